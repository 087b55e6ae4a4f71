package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/lang"
	"polis/internal/store"
)

// EvaluationFormView is the form in which an evaluation is written.
type EvaluationFormView struct {
	Head        ProjectHead
	Title       string
	Action      string
	Back        string
	Rev         int64
	Stale       bool // somebody has changed it meanwhile
	Differences []Difference
	Fields      []Field
	Criteria    []FieldGroup
	Principles  []Field
}

// FieldGroup are the fields about one thing.
type FieldGroup struct {
	ID, Name, Asks string
	Fields         []Field
}

var evaluationEditPage = newPage("evaluation-edit", EvaluationFormView{
	Head: sampleProjectHead, Title: "Final evaluation", Action: "/en/assistance/projects/1/evaluation/final/edit", Back: "/en/assistance/projects/1/evaluation/final", Rev: 3, Stale: true,
	Differences: []Difference{{"Summary", "Good", "Very good"}}, Fields: []Field{{Name: "evaluator", Label: "Evaluator", Error: "Name one."}},
	Criteria:   []FieldGroup{{"relevance", "Relevance", "Does it do the right things?", []Field{{Name: "finding-relevance", Label: "Finding", Type: "textarea"}}}},
	Principles: []Field{{Name: "answer-gender", Label: "Gender", Type: "textarea"}},
})

// evaluationTyped is the form in one person's hands.
type evaluationTyped struct {
	rev    int64
	draft  assistance.EvaluationDraft
	wrong  assistance.Invalid
	stored *assistance.EvaluationDraft // what somebody else has stored meanwhile
}

// readEvaluation takes the form as it came.
func readEvaluation(w wording, r *http.Request) assistance.EvaluationDraft {
	text := func(name string) string {
		return strings.TrimSpace(strings.ReplaceAll(r.PostFormValue(name), "\r\n", "\n"))
	}
	d := assistance.EvaluationDraft{
		Lang: lang.Tag(text("lang")), Independence: text("independence"), Summary: text("summary"),
		Criteria: map[string]assistance.Criterion{}, Answers: map[string]string{}, NotArising: r.PostForm["not-arising"],
	}
	if name := text("evaluator"); name != "" {
		d.Evaluator = w.idOf(name)
	}
	for _, name := range assistance.Criteria {
		rating, _ := strconv.ParseInt(text("rating-"+name), 10, 64) // 0 is none
		d.Criteria[name] = assistance.Criterion{
			Question: text("question-" + name), Evidence: text("evidence-" + name), Finding: text("finding-" + name), Rating: rating, WhyNot: text("why-" + name),
		}
	}
	for _, name := range assistance.Principles {
		d.Answers[name] = text("answer-" + name)
	}
	return d
}

// evaluationWritten reads the evaluation of the address for somebody who wants to
// write it.
func (h *House) evaluationWritten(r *http.Request) (assistance.Project, assistance.Evaluation, error) {
	q, e, err := h.evaluationOf(r)
	switch {
	case err != nil:
		return q, e, err
	case !q.Writes(ReaderOf(r).Subject):
		return q, e, helpFault(r, access.PlanHelp, q.Label, assistance.ErrForbidden)
	case e.Stage != assistance.EvaluationBegun:
		return q, e, &Fault{Status: http.StatusConflict, Key: "evaluation.impossible." + string(e.Stage)}
	}
	return q, e, nil
}

func (h *House) editEvaluation(w http.ResponseWriter, r *http.Request) error {
	q, e, err := h.evaluationWritten(r)
	if err != nil {
		return err
	}
	return h.showEvaluationForm(w, r, q, e, evaluationTyped{rev: e.Rev, draft: e.Draft()})
}

// writeEvaluation stores it. Where somebody has stored something else meanwhile she
// sees both beside each other, and nothing that she typed is lost.
func (h *House) writeEvaluation(w http.ResponseWriter, r *http.Request) error {
	q, e, err := h.evaluationWritten(r)
	if err != nil {
		return err
	}
	words, err := h.words(r, h.site.Frame(r))
	if err != nil {
		return err
	}
	form := evaluationTyped{rev: revOf(r), draft: readEvaluation(words, r)}
	err = h.helps().WriteEvaluation(r.Context(), ReaderOf(r).Subject, q.ID, e.Kind, form.rev, form.draft)
	var stale assistance.Stale
	switch {
	case errors.As(err, &form.wrong):
		return h.showEvaluationForm(w, r, q, e, form)
	case errors.As(err, &stale):
		stored := e.Draft()
		form.rev, form.stored = e.Rev, &stored
		return h.showEvaluationForm(w, r, q, e, form)
	case err != nil && !errors.Is(err, store.ErrUnchanged):
		return helpFault(r, access.PlanHelp, q.Label, err)
	}
	return h.site.Frame(r).Redirect(w, evaluationPath(q.ID, e.Kind), noticeEvaluationSaved, 0)
}

func (h *House) showEvaluationForm(w http.ResponseWriter, r *http.Request, q assistance.Project, e assistance.Evaluation, form evaluationTyped) error {
	f := h.site.Frame(r)
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	kind := f.T("evaluation.kind." + string(e.Kind))
	v := EvaluationFormView{Head: p.projectHead(q, "evaluation"), Title: kind, Back: f.URL(evaluationPath(q.ID, e.Kind)), Rev: form.rev}
	v.Action = v.Back + "/edit"
	f.Title = f.T("evaluation.edit") + " · " + q.Title
	f.Crumbs = append(f.Crumbs, Link{p.partName("evaluation"), f.URL(projectPath(q.ID, "evaluation"))}, Link{kind, v.Back})
	p.evaluationFields(form, &v)
	if form.stored != nil {
		f.Status, v.Stale, v.Differences = http.StatusConflict, true, p.evaluationDifferences(form.draft, *form.stored)
	}
	return evaluationEditPage.Show(w, f, v)
}

// evaluationFields fills the view with what was typed.
func (p *helping) evaluationFields(form evaluationTyped, v *EvaluationFormView) {
	in, d := form.draft, drafting{wording: p.wording, wrong: form.wrong}
	area := func(name, label, hint, value string, rows int) Field {
		f := Field{Name: name, Label: label, Value: value, Error: d.fault(name), Type: "textarea", Rows: rows}
		if hint != "" {
			f.Hint = p.T(hint)
		}
		return f
	}
	evaluator := ""
	if in.Evaluator != "" {
		evaluator = p.entry(in.Evaluator).Text
	}
	v.Fields = []Field{
		{Name: "evaluator", Label: p.T("evaluation.field.evaluator"), Hint: p.T("evaluation.hint.evaluator"), Value: evaluator, Error: d.fault("evaluator"), Auto: "off"},
		area("independence", p.T("evaluation.field.independence"), "evaluation.hint.independence", in.Independence, 3),
		{Name: "lang", Label: p.T("evaluation.field.lang"), Type: "select", Width: "medium", Options: languageOptions(string(in.Lang)), Error: d.fault("lang")},
		area("summary", p.T("evaluation.field.summary"), "evaluation.hint.summary", in.Summary, 6),
	}
	for _, name := range assistance.Criteria {
		c := in.Criteria[name]
		rating := Field{Name: "rating-" + name, Label: p.T("evaluation.field.rating"), Type: "select", Width: "medium", Error: d.fault("rating-" + name)}
		for n := range int64(len(assistance.Ratings) + 1) {
			rating.Options = append(rating.Options, Option{Value: strconv.FormatInt(n, 10), Text: p.rating(n), Chosen: n == c.Rating})
		}
		v.Criteria = append(v.Criteria, FieldGroup{name, p.T("evaluation.criterion." + name), p.T("evaluation.criterion." + name + ".question"), []Field{
			area("question-"+name, p.T("evaluation.field.question"), "", c.Question, 2),
			area("evidence-"+name, p.T("evaluation.field.evidence"), "evaluation.hint.evidence", c.Evidence, 3),
			area("finding-"+name, p.T("evaluation.field.finding"), "", c.Finding, 3),
			rating,
			area("why-"+name, p.T("evaluation.field.why"), "evaluation.hint.why", c.WhyNot, 2),
		}})
	}
	out := Field{Name: "not-arising", Label: p.T("evaluation.principles.not"), Type: "checkboxes", Error: d.fault("not-arising")}
	for _, name := range assistance.Principles {
		v.Principles = append(v.Principles, Field{
			Name: "answer-" + name, Label: p.T("project.principle." + name), Hint: p.T("project.principle." + name + ".question"),
			Value: in.Answers[name], Error: d.fault("answer-" + name), Type: "textarea", Rows: 3,
		})
		out.Options = append(out.Options, Option{Value: name, Text: p.T("project.principle." + name), Chosen: slices.Contains(in.NotArising, name)})
	}
	v.Principles = append(v.Principles, out)
}

// evaluationDifferences compares, in words, what was typed with what is stored now.
func (p *helping) evaluationDifferences(typed, stored assistance.EvaluationDraft) (list []Difference) {
	now := p.describedEvaluation(stored)
	for i, t := range p.describedEvaluation(typed) {
		if t.Text != now[i].Text {
			list = append(list, Difference{t.Name, t.Text, now[i].Text})
		}
	}
	return list
}

func (p *helping) describedEvaluation(d assistance.EvaluationDraft) []described {
	list := []described{
		{p.T("evaluation.field.evaluator"), p.entry(d.Evaluator).Text},
		{p.T("evaluation.field.independence"), d.Independence},
		{p.T("evaluation.field.lang"), d.Lang.Name()},
		{p.T("evaluation.field.summary"), d.Summary},
	}
	for _, name := range assistance.Criteria {
		c, called := d.Criteria[name], p.T("evaluation.criterion."+name)
		for _, of := range []described{
			{"question", c.Question}, {"evidence", c.Evidence}, {"finding", c.Finding}, {"rating", p.rating(c.Rating)}, {"why", c.WhyNot},
		} {
			list = append(list, described{called + ": " + p.T("evaluation.field."+of.Name), of.Text})
		}
	}
	for _, name := range assistance.Principles {
		list = append(list, described{p.T("project.principle." + name), d.Answers[name]})
	}
	var out []string
	for _, name := range d.NotArising {
		out = append(out, p.T("project.principle."+name))
	}
	return append(list, described{p.T("evaluation.principles.not"), p.List(out)})
}
