package web

import (
	"errors"
	"net/http"
	"time"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/store"
)

var (
	noticeProjectDrafted = newNotice("project.done.drafted")
	noticeProjectSaved   = newNotice("project.done.saved")
)

// newProject is the form of a new one: empty, from a request, or after a model.
func (h *House) newProject(w http.ResponseWriter, r *http.Request) error {
	if who := ReaderOf(r).Subject; !plansHelp(who) {
		return Refused(who.May(access.PlanHelp, access.Label{Level: access.Official, Owner: who.ID}).Rule)
	}
	form := projectForm{stage: assistance.Idea, draft: assistance.ProjectDraft{Lang: LangOf(r)}, model: r.URL.Query().Get("model"), request: r.URL.Query().Get("request"), recommendation: r.URL.Query().Get("recommendation")}
	for _, g := range ReaderOf(r).Grants {
		if g.Role == access.ProgrammeOfficer && g.Body != "" {
			form.draft.Organisers = append(form.draft.Organisers, g.Body)
		}
	}
	if form.model != "" {
		q, err := h.helps().Project(r.Context(), scope(r), form.model)
		if err != nil {
			return err
		}
		form.draft = modelled(q)
	}
	if form.request != "" {
		q, err := h.helps().Request(r.Context(), scope(r), form.request)
		switch {
		case err != nil:
			return err
		case q.Stage != assistance.Accepted:
			return &Fault{Status: http.StatusConflict, Key: "project.impossible.request"}
		}
		form.draft = requested(form.draft, q)
	}
	if form.recommendation != "" {
		if err := h.advisedProject(r, &form); err != nil {
			return err
		}
	}
	form.items = itemNumbers(form.draft.Items)
	return h.showProjectForm(w, r, form)
}

// modelled is what a project after a model begins with: its State, days and setting
// are another's, and nobody's consent is taken over (Framework ¶23).
func modelled(q assistance.Project) assistance.ProjectDraft {
	d := q.Draft()
	d.Hosts, d.Places, d.Bodies, d.Starts, d.Ends, d.Tailoring = nil, nil, nil, "", "", ""
	return d
}

// requested puts in what is known from the request.
func requested(d assistance.ProjectDraft, q assistance.Request) assistance.ProjectDraft {
	if d.Title == "" {
		d.Lang, d.Title = q.Lang, q.Title
	}
	d.Hosts, d.Bodies, d.Themes, d.Items = []string{q.Asker}, q.Bodies, q.Themes, q.Items
	d.Starts, d.Ends = wholeDay(q.Since, false), wholeDay(q.Until, true)
	if d.Starts == "" || d.Ends == "" {
		d.Starts, d.Ends = "", ""
	}
	if d.Line == "" && len(q.Lines) > 0 {
		d.Line = q.Lines[0]
	}
	return d
}

// wholeDay is the first or the last day of a year, a month or a day, "" where it is
// none.
func wholeDay(partial string, last bool) string {
	layouts := map[int]string{4: "2006", 7: "2006-01", 10: time.DateOnly}
	t, err := time.Parse(layouts[len(partial)], partial)
	if partial == "" || err != nil {
		return ""
	}
	if last {
		switch len(partial) {
		case 4:
			t = t.AddDate(1, 0, -1)
		case 7:
			t = t.AddDate(0, 1, -1)
		}
	}
	return t.Format(time.DateOnly)
}

// draftProject stores a new one.
func (h *House) draftProject(w http.ResponseWriter, r *http.Request) error {
	words, err := h.words(r, h.site.Frame(r))
	if err != nil {
		return err
	}
	_ = r.ParseForm() // a form that cannot be read is an empty one
	form := readProject(words, r.PostForm)
	form.stage = assistance.Idea
	id, err := h.beginProject(r, form)
	switch {
	case errors.As(err, &form.wrong) && form.wrong["request"] != "":
		return &Fault{Status: http.StatusConflict, Key: "project.impossible.request", Err: err}
	case form.wrong != nil:
		return h.showProjectForm(w, r, form)
	case err != nil:
		return helpFault(r, access.PlanHelp, access.Label{Level: access.Official, Owner: ReaderOf(r).ID}, err)
	}
	return h.site.Frame(r).Redirect(w, projectPath(id, ""), noticeProjectDrafted, 0)
}

// beginProject begins one: of a recommendation, or for a request and after a model.
func (h *House) beginProject(r *http.Request, form projectForm) (string, error) {
	if form.recommendation != "" {
		return h.helps().DraftAdvised(r.Context(), ReaderOf(r).Subject, form.draft, form.recommendation)
	}
	return h.helps().DraftProject(r.Context(), ReaderOf(r).Subject, form.draft, form.model, form.request)
}

// writtenProject reads the project of the address for somebody who wants to change it.
func (h *House) writtenProject(r *http.Request) (assistance.Project, error) {
	q, err := h.projectOf(r)
	if err != nil {
		return q, err
	}
	if !q.Writes(ReaderOf(r).Subject) {
		return q, helpFault(r, access.PlanHelp, q.Label, assistance.ErrForbidden)
	}
	return q, nil
}

func (h *House) editProject(w http.ResponseWriter, r *http.Request) error {
	q, err := h.writtenProject(r)
	if err != nil {
		return err
	}
	if !q.Stage.Drafting() && !q.Stage.Runs() {
		return &Fault{Status: http.StatusConflict, Key: "assistance.impossible.project." + string(q.Stage)}
	}
	return h.showProjectForm(w, r, projectForm{id: q.ID, rev: q.Rev, stage: q.Stage, draft: q.Draft(), items: itemNumbers(q.Items)})
}

// reviseProject stores it anew. Where somebody has stored something else meanwhile
// she sees both beside each other, and nothing that she typed is lost.
func (h *House) reviseProject(w http.ResponseWriter, r *http.Request) error {
	q, err := h.writtenProject(r)
	if err != nil {
		return err
	}
	words, err := h.words(r, h.site.Frame(r))
	if err != nil {
		return err
	}
	rev := revOf(r)
	form := readProject(words, r.PostForm)
	form.id, form.rev, form.stage = q.ID, rev, q.Stage
	err = h.helps().ReviseProject(r.Context(), ReaderOf(r).Subject, q.ID, rev, form.draft)
	var stale assistance.Stale
	switch {
	case errors.As(err, &form.wrong):
		return h.showProjectForm(w, r, form)
	case errors.As(err, &stale):
		stored := q.Draft()
		form.rev, form.stored = q.Rev, &stored
		return h.showProjectForm(w, r, form)
	case err != nil && !errors.Is(err, store.ErrUnchanged):
		return helpFault(r, access.PlanHelp, q.Label, err)
	}
	return h.site.Frame(r).Redirect(w, projectPath(q.ID, ""), noticeProjectSaved, 0)
}
