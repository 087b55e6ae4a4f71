package web

import (
	"net/http"
	"slices"

	"polis/internal/access"
	"polis/internal/assistance"
)

// projectsOf are the projects that rest on a request, and where one is begun for it
// once it is accepted.
func (p *helping) projectsOf(q assistance.Request) (lines []HelpLine, begin string, err error) {
	if q.Stage == assistance.Drafted {
		return nil, "", nil
	}
	lines, err = p.projectLines(assistance.ProjectFilter{Request: q.ID}, 2*shownInList)
	if q.Stage == assistance.Accepted && plansHelp(p.Reader.Subject) {
		begin = p.URL("/assistance/projects/new?request=" + q.ID)
	}
	return lines, begin, err
}

// shownDecisions is how many decisions the doorway shows.
const shownDecisions = 20

// decisions are what runs in areas that a State has closed, the one to be decided
// first in front; state is "" for all, and keep chooses among the projects.
func (p *helping) decisions(state string, keep func(assistance.Project) bool) (lines []HelpLine, err error) {
	gates, err := p.h.helps().ToDecide(p.r.Context(), scope(p.r), state, shownDecisions)
	if err != nil {
		return nil, err
	}
	known := map[string]assistance.Project{}
	for _, g := range gates {
		q, ok := known[g.Project]
		if !ok {
			if q, err = p.h.helps().Project(p.r.Context(), scope(p.r), g.Project); err != nil {
				return nil, err
			}
			known[g.Project] = q
		}
		if !keep(q) {
			continue
		}
		line := HelpLine{Title: q.Title, URL: p.gateURL(q, g.Host, g.Area), Lang: string(q.Lang), Tag: Tag{Attention, p.T("project.decide.tag")}, Meta: q.Number + " · " + p.gateName(g.Host, g.Area)}
		line.Next = p.T("project.decide.by", "day", p.day(g.DecideBy))
		if g.Overdue(p.now) {
			line.Late = &Tag{Refusal, p.T("project.decide.late")}
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// toDecide puts before the reader the decisions that are hers.
func (p *helping) toDecide(v *AssistanceView) error {
	who := p.Reader.Subject
	if !plansHelp(who) {
		return nil
	}
	lines, err := p.decisions("", func(q assistance.Project) bool { return q.Writes(who) })
	v.Waiting = append(lines, v.Waiting...)
	return err
}

// projectsAtDoor are the latest projects, and for who speaks for a State what still
// runs in areas that it has closed.
func (p *helping) projectsAtDoor(v *AssistanceView) (err error) {
	who := p.Reader.Subject
	if who.State != "" && who.May(access.Consent, access.Label{Level: access.Official, State: who.State}).Allowed {
		closed := HelpList{
			ID: "closed", Title: p.T("project.closed-areas", "state", p.names.Name(who.State, "", p.Lang)),
			All: Link{p.T("project.all.state"), p.URL("/assistance/projects?state=" + who.State)},
		}
		if closed.Lines, err = p.decisions(who.State, func(assistance.Project) bool { return true }); err != nil {
			return err
		}
		if len(closed.Lines) > 0 {
			v.Lists = append(v.Lists, closed)
		}
	}
	latest := HelpList{ID: "projects", Title: p.T("project.latest"), None: p.T("project.none"), All: Link{p.T("project.all"), p.URL("/assistance/projects")}}
	if latest.Lines, err = p.projectLines(assistance.ProjectFilter{}, shownAtDoor); err != nil {
		return err
	}
	v.Lists = append(v.Lists, latest)
	return nil
}

// askedForProject fills the form by which a State is asked for its consent with what
// is known of a project: the State, the areas that lack it, and what for.
func (h *House) askedForProject(r *http.Request, id string, a *askedConsent) error {
	q, err := h.helps().Project(r.Context(), scope(r), id)
	if err != nil {
		return err
	}
	host, area := r.URL.Query().Get("host"), r.URL.Query().Get("area")
	if _, ok := q.Gate(host, area); !ok {
		return NotFound()
	}
	a.giver = host
	a.in = assistance.AskedConsent{Giver: host, Areas: []string{area}, Why: q.Title + " (" + q.Number + ")"}
	if q.Summary != "" {
		a.in.Why += "\n\n" + q.Summary
	}
	for _, g := range q.Gates {
		if g.Host != host {
			continue
		}
		if g.Included && lacking(q, g) != "" && !slices.Contains(a.in.Areas, g.Area) {
			a.in.Areas = append(a.in.Areas, g.Area)
		}
		if g.Request != "" && g.RequestStage == assistance.Accepted && a.in.Request == "" {
			a.in.Request = g.Request
		}
	}
	return nil
}
