package web

import (
	"net/http"
	"slices"
	"strconv"

	"polis/internal/assistance"
)

// EvaluationView is one evaluation: what it says to the criteria and the principles,
// what it recommends, and what became of that.
type EvaluationView struct {
	Head       ProjectHead
	Title      string
	Tag        Tag
	Late       *Tag
	Steps      []Step
	Says       []string
	Facts      []Fact
	Lang       string // of its texts
	Texts      []HelpText
	Edit       string // address of the form, or ""
	Criteria   []CriterionView
	Principles []AnswerView
	Begun      bool // it can recommend something
	Advice     []AdviceView
	Recommend  *PersonForm
	Moves      []PersonForm
	Lessons    []HelpLine
	Lesson     string // address where one is drawn from it, or ""
	History    []HelpStep
}

// CriterionView is what it says to one of the six.
type CriterionView struct {
	ID, Name, Asks string
	Tag            Tag
	Points         []HelpText
}

// AdviceView is a recommendation, the response to it and what is done about it.
type AdviceView struct {
	ID, Title, Text string
	Tag             Tag
	Late            *Tag
	Meta            string
	Next            string // who answers by when
	Words, By       string // the response
	Actions         []ActionView
	Forms           []PersonForm
}

// ActionView is something that is done about a recommendation.
type ActionView struct {
	Text, Meta, How string
	Tag             Tag
	Late            *Tag
	Form            *PersonForm
}

var evaluationPage = newPage("evaluation", EvaluationView{
	Head: sampleProjectHead, Title: "Final evaluation", Tag: Tag{Done, "Final"}, Late: &Tag{Refusal, "Overdue"},
	Steps: []Step{{Text: "Due", Done: true}, {Text: "Being written", Here: true}}, Says: []string{"Somebody has acted meanwhile."},
	Facts: []Fact{{"Due", []Link{{"3 March 2027", ""}}}}, Lang: "de", Texts: []HelpText{{"summary", "Summary", "Der Kurs wirkt."}}, Edit: "/en/assistance/projects/1/evaluation/final/edit",
	Criteria:   []CriterionView{{"relevance", "Relevance", "Does it do the right things?", Tag{Plain, "3 – largely met"}, []HelpText{{"", "Finding", "Der Kurs entspricht dem Bedarf."}}}},
	Principles: []AnswerView{{"Rule of law", "By the law.", "Does not arise"}}, Begun: true,
	Advice: []AdviceView{{
		"r-0", "Recommendation 1", "Hold it every year.",
		Tag{Done, "Accepted"},
		&Tag{Refusal, "Overdue"},
		"SPMU · High", "The management answers by 3 March 2027.", "Every second year.", "Aigul Asanova, 3 March 2026",
		[]ActionView{{"Plan it", "SPMU, by 3 March 2027", "Planned.", Tag{Done, "Done"}, &Tag{Refusal, "Overdue"}, &PersonForm{ID: "done-1", Title: "Say that it is done", Action: "/en/x", Button: "Done"}}},
		[]PersonForm{samplePersonForm},
	}},
	Recommend: &PersonForm{ID: "recommend", Title: "Add a recommendation", Action: "/en/x", Button: "Add"}, Moves: []PersonForm{{ID: "finish", Title: "Make it final", Action: "/en/x", Button: "Final"}},
	Lessons: []HelpLine{sampleHelpLine}, Lesson: "/en/assistance/lessons/new?evaluation=1", History: []HelpStep{sampleHelpStep},
})

// evaluationOf reads the evaluation of the address in the reader's scope, with its
// project.
func (h *House) evaluationOf(r *http.Request) (assistance.Project, assistance.Evaluation, error) {
	q, err := h.projectOf(r)
	if err != nil {
		return q, assistance.Evaluation{}, err
	}
	e, err := h.helps().Evaluation(r.Context(), scope(r), q.ID, assistance.EvaluationKind(r.PathValue("kind")))
	return q, e, err
}

func (h *House) evaluation(w http.ResponseWriter, r *http.Request) error {
	q, e, err := h.evaluationOf(r)
	if err != nil {
		return err
	}
	return h.showEvaluation(w, r, q, e, meant{}, http.StatusOK)
}

func (h *House) showEvaluation(w http.ResponseWriter, r *http.Request, q assistance.Project, e assistance.Evaluation, m meant, status int) error {
	f := h.site.Frame(r)
	f.Status = status
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	steps, err := h.helps().EvaluationSteps(r.Context(), e.ID)
	if err != nil {
		return err
	}
	advice, err := h.helps().RecommendationsOf(r.Context(), scope(r), e.ID)
	if err != nil {
		return err
	}
	var people []string
	for _, s := range steps {
		people = append(people, s.By)
	}
	for _, a := range advice {
		people = append(people, a.By)
		for _, action := range a.Actions {
			people = append(people, action.Person)
		}
	}
	if err := p.meet(people); err != nil {
		return err
	}
	v := p.evaluationView(q, e, m)
	for i, a := range advice {
		v.Advice = append(v.Advice, p.advice(q, e, a, i, m))
	}
	for _, s := range steps {
		v.History = append(v.History, p.evaluationStep(s))
	}
	if v.Lessons, err = p.lessonLines(assistance.LessonFilter{Evaluation: e.ID}); err != nil {
		return err
	}
	v.says(f, m, r)
	return evaluationPage.Show(w, f, v)
}

// says puts first why something did not go, with the words for which there is no form
// any more.
func (v *EvaluationView) says(f *Frame, m meant, r *http.Request) {
	if m.says == "" {
		return
	}
	forms := slices.Clone(v.Moves)
	if v.Recommend != nil {
		forms = append(forms, *v.Recommend)
	}
	for _, a := range v.Advice {
		forms = append(forms, a.Forms...)
		for _, action := range a.Actions {
			if action.Form != nil {
				forms = append(forms, *action.Form)
			}
		}
	}
	if !slices.ContainsFunc(forms, func(form PersonForm) bool { return form.ID == m.move }) {
		var words []string
		for _, name := range []string{"words", "due", "wish", "addressee", "task", "office", "how"} {
			words = append(words, r.PostFormValue(name+"-"+m.move))
		}
		m.keep(f, words...)
	}
	v.Says = append([]string{m.says}, v.Says...)
}

func (p *helping) evaluationView(q assistance.Project, e assistance.Evaluation, m meant) EvaluationView {
	v := EvaluationView{
		Head: p.projectHead(q, "evaluation"), Title: p.T("evaluation.kind." + string(e.Kind)), Tag: p.evaluationStage(e.Stage), Late: p.evaluationLate(e),
		Lang: string(e.Lang), Steps: p.evaluationSteps(e), Begun: e.Stage == assistance.EvaluationBegun || e.Stage == assistance.EvaluationFinal,
	}
	p.Title = v.Title + " · " + q.Title
	p.Crumbs = append(p.Crumbs, Link{p.partName("evaluation"), p.URL(projectPath(q.ID, "evaluation"))})
	v.Facts = []Fact{{p.T("evaluation.fact.due"), []Link{{Text: p.day(e.Due)}}}}
	if e.Evaluator != "" {
		v.Facts = append(v.Facts, Fact{p.T("evaluation.field.evaluator"), []Link{p.entry(e.Evaluator)}})
	}
	if e.AnswerBy != "" {
		v.Facts = append(v.Facts, Fact{p.T("evaluation.fact.answer"), []Link{{Text: p.day(e.AnswerBy)}}})
	}
	for _, t := range []HelpText{{"summary", p.T("evaluation.field.summary"), e.Summary}, {"independence", p.T("evaluation.field.independence"), e.Independence}} {
		if t.Text != "" {
			v.Texts = append(v.Texts, t)
		}
	}
	if v.Begun {
		v.Criteria, v.Principles = p.criteria(e), p.principlesAnew(e)
	}
	if e.Stage == assistance.EvaluationBegun && q.Writes(p.Reader.Subject) {
		v.Edit = p.URL(evaluationPath(q.ID, e.Kind) + "/edit")
		form := p.evaluationForm("recommend", "recommend", evaluationPath(q.ID, e.Kind)+"/recommendations", e.Rev, m, p.adviceFields(assistance.AdviceDraft{})...)
		v.Recommend = &form
	}
	if v.Begun && plansHelp(p.Reader.Subject) {
		v.Lesson = p.URL("/assistance/lessons/new?evaluation=" + string(e.Kind) + "&project=" + q.ID)
	}
	v.Moves = p.evaluationActs(q, e, m)
	return v
}

// criteria are what it says to the six.
func (p *helping) criteria(e assistance.Evaluation) (list []CriterionView) {
	for _, name := range assistance.Criteria {
		c := e.Criteria[name]
		v := CriterionView{ID: name, Name: p.T("evaluation.criterion." + name), Asks: p.T("evaluation.criterion." + name + ".question"), Tag: Tag{Plain, p.rating(c.Rating)}}
		for _, t := range []HelpText{
			{"", p.T("evaluation.field.question"), c.Question},
			{"", p.T("evaluation.field.evidence"), c.Evidence},
			{"", p.T("evaluation.field.finding"), c.Finding},
			{"", p.T("evaluation.field.why"), c.WhyNot},
		} {
			if t.Text != "" {
				v.Points = append(v.Points, t)
			}
		}
		list = append(list, v)
	}
	return list
}

// principlesAnew are the answers to the principles, as far as they are there.
func (p *helping) principlesAnew(e assistance.Evaluation) (list []AnswerView) {
	for _, name := range assistance.Principles {
		if e.Answers[name] == "" {
			continue
		}
		a := AnswerView{Name: p.T("project.principle." + name), Text: e.Answers[name]}
		if slices.Contains(e.NotArising, name) {
			a.Out = p.T("project.not-arising")
		}
		list = append(list, a)
	}
	return list
}

// evaluationSteps are due, being written, final; the present one is marked.
func (p *helping) evaluationSteps(e assistance.Evaluation) []Step {
	stages := []assistance.EvaluationStage{assistance.EvaluationDue, assistance.EvaluationBegun, assistance.EvaluationFinal}
	if e.Stage == assistance.EvaluationWaived {
		stages = []assistance.EvaluationStage{assistance.EvaluationDue, assistance.EvaluationWaived}
	}
	at := slices.Index(stages, e.Stage)
	var list []Step
	for i, s := range stages {
		step := Step{Text: p.T("evaluation.stage." + string(s)), Done: i < at || i == at && !s.Open(), Here: i == at}
		if i == at+1 && i == len(stages)-1 {
			step.Missing = p.T("evaluation.due", "day", p.day(e.Due))
		}
		list = append(list, step)
	}
	return list
}

func (p *helping) evaluationStep(s assistance.EvaluationStep) HelpStep {
	return HelpStep{
		What: p.T("evaluation.did."+string(s.Move), "day", p.day(s.Due)), Words: s.Words,
		Who: p.T("assistance.by", "who", p.name(s.By), "day", s.At),
	}
}

var responseMoods = map[assistance.Response]Mood{
	"": Attention, assistance.RecommendationAccepted: Done, assistance.RecommendationPartly: Done, assistance.RecommendationRejected: Refusal,
}

// advice is the recommendation with its response, what is done about it, and the forms
// that the reader has for it.
func (p *helping) advice(q assistance.Project, e assistance.Evaluation, a assistance.Recommendation, i int, m meant) AdviceView {
	v := AdviceView{
		ID: "recommendation-" + strconv.Itoa(i+1), Title: p.T("evaluation.recommendation", "n", i+1), Text: a.Wish,
		Tag:  Tag{responseMoods[a.Response], p.T("evaluation.response.none")},
		Meta: p.entry(a.Addressee).Text + " · " + p.T("evaluation.field.priority") + ": " + p.T("evaluation.priority."+a.Priority),
	}
	switch {
	case a.Response != "":
		v.Tag.Text = p.T("evaluation.response." + string(a.Response))
		v.Words, v.By = a.Words, p.T("evaluation.responded", "who", p.name(a.By), "day", a.Responded)
	case a.AnswerBy != "":
		v.Next = p.T("evaluation.response.due", "day", p.day(a.AnswerBy))
	}
	if a.Overdue(p.now) {
		v.Late = &Tag{Refusal, p.T("evaluation.late", "day", p.day(a.AnswerBy))}
	}
	for n, action := range a.Actions {
		v.Actions = append(v.Actions, p.action(q, action, strconv.Itoa(i)+"-"+strconv.Itoa(n), m))
	}
	if q.Writes(p.Reader.Subject) {
		v.Forms = p.adviceForms(e, a, strconv.Itoa(i), m)
	}
	return v
}

func (p *helping) action(q assistance.Project, a assistance.Action, n string, m meant) ActionView {
	v := ActionView{
		Text: a.Task, Meta: p.T("evaluation.action.by", "office", p.entry(a.Office).Text, "day", p.day(a.Due)), How: a.How,
		Tag: Tag{Attention, p.T("evaluation.action.open")},
	}
	if a.Person != "" {
		v.Meta += " · " + p.T("evaluation.action.person", "who", p.name(a.Person))
	}
	if a.Overdue(p.now) {
		v.Late = &Tag{Refusal, p.T("evaluation.late", "day", p.day(a.Due))}
	}
	if a.Done != "" {
		v.Tag = Tag{Done, p.T("evaluation.action.done")}
		v.Meta += " · " + p.T("evaluation.action.done.on", "day", p.day(a.Done))
		return v
	}
	if a.Finishes(p.Reader.Subject, q) {
		form := p.evaluationForm("done-"+n, "done", evaluationPath(a.Project, a.Kind)+"/actions/"+a.ID+"/done", a.Rev, m,
			Field{Name: "how", Label: p.T("evaluation.field.how"), Type: "textarea", Rows: 3},
			Field{Name: "done", Label: p.T("evaluation.field.done"), Hint: p.T("evaluation.hint.done"), Width: "short", Auto: "off"})
		v.Form = &form
	}
	return v
}
