package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/assistance"
)

// assessmentNotices are what is said after a move.
var assessmentNotices = map[assistance.AssessmentMove]string{
	assistance.FieldAssessment: newNotice("assessment.done.field"), assistance.ReturnAssessment: newNotice("assessment.done.return"),
	assistance.SendAssessment: newNotice("assessment.done.send"), assistance.CommentAssessment: newNotice("assessment.done.comment"),
	assistance.LapseAssessment: newNotice("assessment.done.lapse"), assistance.FinaliseAssessment: newNotice("assessment.done.finalise"),
	assistance.ReworkAssessment: newNotice("assessment.done.rework"), assistance.ResumeAssessment: newNotice("assessment.done.resume"),
	assistance.StopAssessment: newNotice("assessment.done.stop"),
}

var (
	noticeCited   = newNotice("context.done.cite")
	noticeUncited = newNotice("context.done.uncite")
)

// moveAssessment takes a move of the address. Where it did not go the page comes back
// as it stands now, with the words that were written.
func (h *House) moveAssessment(w http.ResponseWriter, r *http.Request) error {
	move, id := assistance.AssessmentMove(r.PathValue("move")), r.PathValue("id")
	if assessmentNotices[move] == "" {
		return NotFound()
	}
	words := r.PostFormValue("words-" + string(move))
	said := assistance.SaidOfAssessment{Whole: plain(r.PostForm, "words-"+string(move)), Findings: map[string]string{}}
	lost := []string{said.Whole}
	for name := range r.PostForm {
		if finding, ok := strings.CutPrefix(name, "on-"); ok {
			said.Findings[finding] = plain(r.PostForm, name)
			lost = append(lost, said.Findings[finding])
		}
	}
	var err error
	if move == assistance.CommentAssessment {
		err = h.helps().CommentOn(r.Context(), ReaderOf(r).Subject, id, revOf(r), said)
	} else {
		err = h.helps().MoveAssessment(r.Context(), ReaderOf(r).Subject, id, revOf(r), move, words)
	}
	if err == nil {
		return h.site.Frame(r).Redirect(w, assessmentPath(id), assessmentNotices[move], 0)
	}
	slices.Sort(lost)
	return h.notMoved(w, r, id, string(move), err, lost, slices.Contains(assistance.AssessmentMoves(ReaderOf(r).Subject, h.present(r, id), time.Now()), move))
}

// present is the assessment as it stands, empty where it is not there.
func (h *House) present(r *http.Request, id string) assistance.Assessment {
	x, _ := h.helps().Assessment(r.Context(), scope(r), id)
	return x
}

// notMoved shows the assessment again, and says why something did not go. Words for
// which there is no form any more are shown to be copied.
func (h *House) notMoved(w http.ResponseWriter, r *http.Request, id, move string, err error, words []string, offered bool) error {
	x, missing := h.helps().Assessment(r.Context(), scope(r), id)
	if missing != nil {
		return missing
	}
	f := h.site.Frame(r)
	m, status, other := f.unmoved(err, move)
	if other != nil {
		a := access.Assess
		if move == string(assistance.CommentAssessment) {
			a = access.Comment
		}
		return helpFault(r, a, x.Label, other)
	}
	if !offered {
		m.keep(f, words...)
	}
	return h.showAssessment(w, r, x, m, status)
}

// citeNote uses a context note for the assessment.
func (h *House) citeNote(w http.ResponseWriter, r *http.Request) error {
	id, words := r.PathValue("id"), r.PostFormValue("words-cite")
	err := h.helps().Cite(r.Context(), ReaderOf(r).Subject, id, r.PostFormValue("note-cite"), words)
	if err != nil {
		return h.notMoved(w, r, id, "cite", err, []string{words}, h.present(r, id).Revisable())
	}
	return h.site.Frame(r).Redirect(w, assessmentPath(id), noticeCited, 0)
}

// unciteNote takes that back.
func (h *House) unciteNote(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if err := h.helps().Uncite(r.Context(), ReaderOf(r).Subject, id, r.PostFormValue("note")); err != nil {
		return h.notMoved(w, r, id, "uncite", err, nil, true)
	}
	return h.site.Frame(r).Redirect(w, assessmentPath(id), noticeUncited, 0)
}

// citeForm is the form by which a note is used, nil where there is none to be used.
func (p *helping) citeForm(x assistance.Assessment, m meant) (*PersonForm, error) {
	notes, err := p.h.helps().Citable(p.r.Context(), scope(p.r), x)
	if err != nil || len(notes) == 0 {
		return nil, err
	}
	which := Field{Name: "note-cite", Label: p.T("context.field.note"), Type: "select"}
	for _, n := range notes {
		text := n.Title
		if n.Overdue(p.now) {
			text += " – " + p.T("context.overdue", "day", p.day(n.ReviewBy))
		}
		which.Options = append(which.Options, Option{Value: n.ID, Text: text, Chosen: m.move == "cite" && p.r.PostFormValue("note-cite") == n.ID})
	}
	form := PersonForm{
		ID: "cite", Title: p.T("context.cite"), Action: p.URL(assessmentPath(x.ID) + "/cite"), Button: p.T("context.cite.button"), Says: []string{p.T("context.cite.says")},
		Fields: []Field{which, {Name: "words-cite", Label: p.T("context.field.nonetheless"), Hint: p.T("context.hint.nonetheless"), Type: "textarea", Rows: 3}}, Open: m.move == "cite",
	}
	if m.move == "cite" {
		form.Fields[1].Value = p.r.PostFormValue("words-cite")
		wrong := map[string]string{}
		for field, key := range m.wrong {
			wrong[field+"-cite"] = key
		}
		p.flag(form.Fields, wrong)
	}
	return &form, nil
}

// citations are the notes that the assessment uses. One whose review is due is never
// shown without that.
func (p *helping) citations(x assistance.Assessment, v *AssessmentView) error {
	list, err := p.h.helps().Citations(p.r.Context(), scope(p.r), "assessment", x.ID)
	for _, c := range list {
		view := CitationView{Note: Link{c.Title, p.URL(contextPath(c.Note))}, Says: []string{p.T("context.cited", "day", p.day(c.Day))}}
		switch {
		case c.Retired != "":
			view.Tag = &Tag{Refusal, p.T("context.retired", "day", p.day(c.Retired))}
		case c.Overdue(p.now):
			view.Tag = &Tag{Refusal, p.T("context.overdue", "day", p.day(c.ReviewNow))}
		}
		if c.Words != "" {
			view.Says = append(view.Says, p.T("context.nonetheless", "day", p.day(c.ReviewBy), "words", c.Words))
		}
		if x.Revisable() && p.Reader.May(access.Assess, x.Label).Allowed {
			view.Form = &PersonForm{
				ID: "uncite-" + c.Note, Title: p.T("context.uncite"), Action: p.URL(assessmentPath(x.ID) + "/uncite"), Button: p.T("context.uncite.button"),
				Hidden: []Carried{{"note", c.Note}}, Warning: true,
			}
		}
		v.Context = append(v.Context, view)
	}
	return err
}
