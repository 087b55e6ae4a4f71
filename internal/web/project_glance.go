package web

import (
	"cmp"
	"strconv"
	"time"

	"polis/internal/assistance"
)

// glanceOf is what came of a project so far in a few figures: activities, people,
// targets and money. What has not begun is left out.
func (p *helping) glanceOf(q assistance.Project) (list []Glance, err error) {
	ctx, rooms := p.r.Context(), p.h.helps()
	figures, err := rooms.ActivityFigures(ctx, q.ID)
	if err != nil {
		return nil, err
	}
	if n := figures.Held + figures.Planned; n > 0 {
		g := Glance{p.T("activity.title"), p.URL(projectPath(q.ID, "activities")), p.Number(n), nil}
		for _, part := range []struct {
			stage assistance.ActivityStage
			n     int
		}{{assistance.ActivityHeld, figures.Held}, {assistance.ActivityPlanned, figures.Planned}} {
			if part.n > 0 {
				at := p.URL("/assistance/activities?project=" + q.ID + "&stage=" + string(part.stage))
				g.Parts = append(g.Parts, GlancePart{p.activityStage(part.stage).Text, at, p.Number(part.n)})
			}
		}
		list = append(list, g)
	}
	if figures.People > 0 {
		g := Glance{p.T("activity.field.total"), p.URL("/assistance/activities?project=" + q.ID + "&stage=held"), p.Number(figures.People), nil}
		g.Parts = []GlancePart{{p.T("activity.field.women"), "", p.share(figures.Women, figures.People)}, {p.T("activity.field.men"), "", p.share(figures.Men, figures.People)}}
		list = append(list, g)
	}
	results, err := rooms.Framework(ctx, q.ID)
	if err != nil {
		return nil, err
	}
	if met, of := targetsMet(results.Results); of > 0 {
		list = append(list, Glance{p.T("project.glance.targets"), p.URL(projectPath(q.ID, "results")), p.T("project.glance.of", "n", met, "of", of), nil})
	}
	m, err := rooms.Money(ctx, q.ID)
	if err != nil || m.Currency == "" || m.Planned() == 0 {
		return list, err
	}
	g := Glance{p.T("money.figure.planned"), p.URL(projectPath(q.ID, "money")), p.amount(m.Planned(), m.Currency), nil}
	var spent int64
	for _, l := range m.Lines {
		spent += l.Spent
	}
	g.Parts = []GlancePart{{p.T("money.figure.spent"), "", p.amount(spent, m.Currency)}}
	return append(list, g), nil
}

// targetsMet are the indicators that count, and those of them whose target is reached.
func targetsMet(results []assistance.Result) (met, of int) {
	for _, r := range results {
		for _, i := range r.Indicators {
			if i.Retired != "" || r.Retired != "" {
				continue
			}
			of++
			if i.Met() {
				met++
			}
		}
	}
	return met, of
}

// timelineOfProject is all that goes on in it, from its first day to its last; of one
// without days, in the present year.
func (p *helping) timelineOfProject(q assistance.Project) (*Timeline, error) {
	from, to := stretch{year: p.now.UTC().Year()}.days()
	from, to = cmp.Or(q.Starts, from), cmp.Or(q.Ends, to)
	if first, err := time.Parse(time.DateOnly, from); err == nil && to < from {
		to = first.AddDate(1, 0, -1).Format(time.DateOnly)
	}
	t, err := p.timelineOf(assistance.ActivityFilter{Project: q.ID}, from, to, false, someBars)
	if err != nil || len(t.Lanes) == 0 {
		return nil, err
	}
	for i := range t.Lanes {
		t.Lanes[i].Text, t.Lanes[i].URL = p.period(from, to), p.URL("/assistance/timeline?project="+q.ID+"&at="+strconv.Itoa(p.now.UTC().Year()))
		t.Lanes[i].Lang = ""
	}
	return &t, nil
}

// programmeFact is the programme to which it belongs, if to any that the reader reads.
func (p *helping) programmeFact(q assistance.Project, add func(string, ...Link)) error {
	if q.Programme == "" {
		return nil
	}
	g, err := p.h.helps().Programme(p.r.Context(), scope(p.r), q.Programme)
	if err != nil {
		return err
	}
	add("project.field.programme", Link{g.Number + " " + g.Title, p.URL(programmePath(g.ID, ""))})
	return nil
}
