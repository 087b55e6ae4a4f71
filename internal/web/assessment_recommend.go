package web

import (
	"errors"
	"net/http"
	"slices"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/store"
)

// recommendationOf reads a recommendation of the address with its finding, nil for a
// new one.
func (h *House) recommendationOf(r *http.Request, x assistance.Assessment) (*assistance.AssessmentFinding, *assistance.AssessmentRecommendation, error) {
	f, err := h.findingOf(r, x)
	if err == nil && f == nil {
		err = store.ErrNotFound
	}
	id := r.PathValue("recommendation")
	if err != nil || id == anew {
		return f, nil, err
	}
	list, err := h.helps().Recommendations(r.Context(), ReaderOf(r).Subject, x)
	i := slices.IndexFunc(list, func(rec assistance.AssessmentRecommendation) bool { return rec.ID == id && rec.Finding == f.ID })
	if err == nil && i < 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, nil, err
	}
	return f, &list[i], nil
}

func (h *House) editRecommendation(w http.ResponseWriter, r *http.Request) error {
	x, err := h.writing(r)
	if err != nil {
		return err
	}
	f, rec, err := h.recommendationOf(r, x)
	if err != nil {
		return err
	}
	if rec == nil {
		return h.showRecommendation(w, r, x, *f, assistance.RecommendationDraft{Priority: f.Priority}, putting{})
	}
	return h.showRecommendation(w, r, x, *f, rec.RecommendationDraft, putting{rev: rec.Rev})
}

// putRecommendation stores one. Where somebody has stored something else meanwhile she
// sees both beside each other.
func (h *House) putRecommendation(w http.ResponseWriter, r *http.Request) error {
	x, err := h.assessed(r)
	if err != nil {
		return err
	}
	f, rec, err := h.recommendationOf(r, x)
	if err != nil {
		return err
	}
	to, err := h.directoryID(r, r.PostFormValue("addressee"))
	if err != nil {
		return err
	}
	in, id := putting{rev: revOf(r)}, ""
	d := assistance.RecommendationDraft{Words: plain(r.PostForm, "words"), Addressee: to, Priority: r.PostFormValue("priority")}
	if rec != nil {
		id = rec.ID
	}
	_, err = h.helps().PutRecommendation(r.Context(), ReaderOf(r).Subject, x.ID, f.ID, id, in.rev, d)
	var stale assistance.Stale
	switch {
	case errors.As(err, &in.wrong):
		return h.showRecommendation(w, r, x, *f, d, in)
	case errors.As(err, &stale):
		in.rev = rec.Rev
		words, werr := h.helping(r, h.site.Frame(r))
		if werr != nil {
			return werr
		}
		in.stored = words.recommendationWords(rec.RecommendationDraft)
		return h.showRecommendation(w, r, x, *f, d, in)
	case err != nil:
		return helpFault(r, access.Assess, x.Label, err)
	}
	return h.site.Frame(r).Redirect(w, assessmentPath(x.ID), noticeRecommendation, 0)
}

func (h *House) showRecommendation(w http.ResponseWriter, r *http.Request, x assistance.Assessment, of assistance.AssessmentFinding, d assistance.RecommendationDraft, in putting) error {
	f := h.asking(r, "assessment.recommendation.new")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	id := r.PathValue("recommendation")
	v := RecordFormView{Action: f.URL(recommendationPath(x.ID, of.ID, id)), Back: f.URL(assessmentPath(x.ID)), Lead: f.T("assessment.recommendation.lead")}
	v.Of = &Link{of.Title, v.Back + "#" + of.ID}
	f.Crumbs = append(p.assessmentCrumbs(), Link{x.Title, v.Back})
	if id != anew {
		f.Title = f.T("assessment.recommendation.edit")
		v.Drop = p.dropForm(v.Action, in.rev)
	}
	v.Fields = []Field{
		{Name: "words", Label: f.T("assessment.field.recommendation"), Hint: f.T("assessment.hint.recommendation"), Value: d.Words, Type: "textarea", Rows: 4},
		{Name: "addressee", Label: f.T("assessment.field.addressee"), Hint: f.T("assessment.hint.addressee"), Value: p.entry(d.Addressee).Text, Auto: "off"},
		p.choose("priority", "assessment.field.priority", "assessment.priority.", assistance.Priorities, d.Priority),
	}
	return p.showForm(w, v, in, p.recommendationWords(d))
}

func (p *helping) recommendationWords(d assistance.RecommendationDraft) []described {
	return []described{
		{p.T("assessment.field.recommendation"), d.Words},
		{p.T("assessment.field.addressee"), p.entry(d.Addressee).Text},
		{p.T("assessment.field.priority"), p.T("assessment.priority." + d.Priority)},
	}
}

func (h *House) dropRecommendation(w http.ResponseWriter, r *http.Request) error {
	x, err := h.assessed(r)
	if err != nil {
		return err
	}
	if err := h.helps().DropRecommendation(r.Context(), ReaderOf(r).Subject, x.ID, r.PathValue("finding"), r.PathValue("recommendation"), revOf(r)); err != nil {
		return helpFault(r, access.Assess, x.Label, err)
	}
	return h.site.Frame(r).Redirect(w, assessmentPath(x.ID), noticeDropped, 0)
}
