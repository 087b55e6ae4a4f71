package web

import (
	"net/http"

	"polis/internal/assistance"
	"polis/internal/library"
)

// ProjectHistoryView are the steps of a project, the first first.
type ProjectHistoryView struct {
	Head    ProjectHead
	History []HelpStep
}

var projectHistoryPage = newPage("project-history", ProjectHistoryView{
	sampleProjectHead,
	[]HelpStep{{"Changed", "Aigul Asanova, 3 March 2026", "Please.", []DifferenceView{{"Title", "", []MarkedText{{"A course", true}}, []MarkedText{{"Two courses", true}}}}}},
})

func (h *House) projectHistory(w http.ResponseWriter, r *http.Request) error {
	q, err := h.projectOf(r)
	if err != nil {
		return err
	}
	p, err := h.helping(r, h.site.Frame(r))
	if err != nil {
		return err
	}
	steps, err := h.helps().ProjectSteps(r.Context(), q.ID)
	if err != nil {
		return err
	}
	people := make([]string, len(steps))
	for i, s := range steps {
		people[i] = s.By
	}
	if err := p.meet(people); err != nil {
		return err
	}
	return projectHistoryPage.Show(w, p.Frame, ProjectHistoryView{p.projectHead(q, "history"), p.projectWay(q, steps)})
}

// projectWay are the steps in words; of a change to what was approved the former text
// stands beside the new one.
func (p *helping) projectWay(q assistance.Project, steps []assistance.ProjectStep) []HelpStep {
	list := make([]HelpStep, len(steps))
	became, left := q.Draft(), shownRevisions
	for i := len(steps) - 1; i >= 0; i-- {
		s := steps[i]
		list[i] = HelpStep{What: p.T("project.did." + string(s.Move)), Who: p.T("assistance.program", "day", s.At), Words: s.Words}
		if s.By != "" {
			list[i].Who = p.T("assistance.by", "who", p.name(s.By), "day", s.At)
		}
		if s.Host != "" {
			list[i].What += ": " + p.gateName(s.Host, s.Area)
		}
		if s.Move != "revise" {
			continue
		}
		if left--; left >= 0 {
			list[i].Former = p.differing(p.projectDescribed(s.Former), p.projectDescribed(became))
		}
		became = s.Former
	}
	return list
}

// differing are the fields in which two versions differ, with what differs marked.
func (p *helping) differing(was, became []described) (list []DifferenceView) {
	for i, then := range was {
		if then.Text == became[i].Text {
			continue
		}
		v := DifferenceView{Name: then.Name}
		v.Was, v.Became = library.MarkDifference(p.stated(then.Text), p.stated(became[i].Text), markText)
		list = append(list, v)
	}
	return list
}
