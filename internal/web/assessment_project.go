package web

import (
	"net/http"

	"polis/internal/assistance"
)

// advisedProject fills the form of a new project with what is known from the
// recommendation of which it is made.
func (h *House) advisedProject(r *http.Request, form *projectForm) error {
	s, err := h.helps().Advised(r.Context(), ReaderOf(r).Subject, form.recommendation)
	if err != nil {
		return err
	}
	notes, err := h.helps().CitedNotes(r.Context(), scope(r), s.Assessment.ID)
	if err != nil {
		return err
	}
	organisers := form.draft.Organisers
	form.draft = s.Draft(notes)
	form.draft.Organisers = organisers
	return nil
}

// adviceName is a recommendation as one finds it: its number in the assessment.
func (p *helping) adviceName(s assistance.Advised) Link {
	return Link{
		p.T("assessment.advised", "n", s.Recommendation.N, "number", s.Assessment.Number, "state", p.names.Name(s.Assessment.Host, "", p.Lang)),
		p.URL(assessmentPath(s.Assessment.ID)) + "#" + s.Recommendation.ID,
	}
}

// beginsAdvised says of which recommendation a new project is made.
func (p *helping) beginsAdvised(form projectForm, v *ProjectFormView) error {
	s, err := p.h.helps().Advised(p.r.Context(), p.Reader.Subject, form.recommendation)
	if err != nil {
		return err
	}
	v.Back = p.adviceName(s).URL
	v.Hidden = append(v.Hidden, Carried{"recommendation", s.Recommendation.ID})
	v.Says = append(v.Says, p.T("assessment.project.says", "of", p.adviceName(s).Text))
	if s.Assessment.Asked != assistance.Accepted {
		v.Says = append(v.Says, p.T("assessment.project.request"))
	}
	return nil
}

// advisedLinks are the recommendations of which a project was made.
func (p *helping) advisedLinks(q assistance.Project) (links []Link, err error) {
	list, err := p.h.helps().AdvisedBy(p.r.Context(), scope(p.r), q.ID)
	for _, s := range list {
		links = append(links, p.adviceName(s))
	}
	return links, err
}

// outcomes puts beside each recommendation what was made of it, and where a project of
// it is begun.
func (p *helping) outcomes(x assistance.Assessment, v *AssessmentView) error {
	if x.Stage != assistance.AssessmentFinal {
		return nil
	}
	made, err := p.h.helps().Outcomes(p.r.Context(), scope(p.r), x.ID)
	if err != nil {
		return err
	}
	for i := range v.Findings {
		for j := range v.Findings[i].Recommendations {
			rec := &v.Findings[i].Recommendations[j]
			for _, q := range made[rec.ID] {
				rec.Made = append(rec.Made, p.projectLine(q))
			}
			if plansHelp(p.Reader.Subject) {
				rec.Begin = p.URL("/assistance/projects/new?recommendation=" + rec.ID)
			}
		}
	}
	return nil
}
