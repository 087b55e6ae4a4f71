package web

import "polis/internal/assistance"

// shownRevisions is of how many changes of a request the history shows what differs: a
// page takes no longer because a State has thought again a hundred times.
const shownRevisions = 10

// history are the steps of a request. Of what its State has changed in answer to a
// question it shows the former words beside the new ones: others have read them.
func (p *helping) history(q assistance.Request, steps []assistance.Step) []HelpStep {
	list := make([]HelpStep, len(steps))
	became, left := q.Draft(), shownRevisions
	for i := len(steps) - 1; i >= 0; i-- {
		s := steps[i]
		list[i] = HelpStep{What: p.T("assistance.did." + string(s.Move)), Who: p.T("assistance.by", "who", p.name(s.By), "day", s.At), Words: s.Words}
		if s.Move != assistance.Revising {
			continue
		}
		if left--; left >= 0 {
			list[i].Former = p.changes(s.Former, became)
		}
		became = s.Former
	}
	return list
}

// changes are the fields in which two versions of a request differ, with what differs
// marked.
func (p *helping) changes(was, became assistance.RequestDraft) []DifferenceView {
	return p.differing(p.described(was), p.described(became))
}

func (p *helping) stated(text string) string {
	if text == "" {
		return p.T("core.not-stated")
	}
	return text
}
