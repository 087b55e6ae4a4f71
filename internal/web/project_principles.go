package web

import (
	"net/http"
	"slices"
	"strconv"

	"polis/internal/access"
	"polis/internal/assistance"
)

// PrinciplesView are the six principles, asked of a project at three moments
// (Framework ¶10, 11), with what was answered.
type PrinciplesView struct {
	Head    ProjectHead
	Says    []string
	Moments []MomentView
}

// MomentView is one of the three.
type MomentView struct {
	ID, Title string
	Tag       Tag
	Says      string // when it is asked, or why it was not
	Answers   []AnswerView
	Forms     []PersonForm
}

// AnswerView is what was said to one principle.
type AnswerView struct {
	Name, Text string
	Out        string // that it does not arise, or ""
}

var projectPrinciplesPage = newPage("project-principles", PrinciplesView{
	Head: sampleProjectHead, Says: []string{"Somebody has acted meanwhile."},
	Moments: []MomentView{{
		"plan", "At the plan",
		Tag{Done, "Answered"},
		"Aigul Asanova, 3 March 2026",
		[]AnswerView{{"Rule of law", "By the law on the police.", "Does not arise"}},
		[]PersonForm{samplePersonForm},
	}},
})

var (
	noticePrinciplesAnswered = newNotice("project.done.answer")
	noticePrinciplesWaived   = newNotice("project.done.waive")
)

// waive is the place of the form by which the principles are not asked at mid-term.
const waive = "waive"

func (h *House) principles(w http.ResponseWriter, r *http.Request) error {
	q, err := h.projectOf(r)
	if err != nil {
		return err
	}
	return h.showPrinciples(w, r, q, meant{}, http.StatusOK)
}

func (h *House) showPrinciples(w http.ResponseWriter, r *http.Request, q assistance.Project, m meant, status int) error {
	f := h.site.Frame(r)
	f.Status = status
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	given, err := h.helps().Answers(r.Context(), q.ID)
	if err != nil {
		return err
	}
	var people []string
	for _, a := range given {
		people = append(people, a.By)
	}
	if err := p.meet(people); err != nil {
		return err
	}
	v := PrinciplesView{Head: p.projectHead(q, "principles"), Says: []string{f.T("project.principles.lead")}}
	if m.says != "" {
		v.Says = append([]string{m.says}, v.Says...)
	}
	for _, moment := range assistance.Moments {
		answers, ok := given[moment]
		v.Moments = append(v.Moments, p.moment(q, moment, answers, ok, m))
	}
	return projectPrinciplesPage.Show(w, f, v)
}

// answering reports whether the moment is there while a project is at the stage.
func answering(moment assistance.Moment, s assistance.ProjectStage) bool {
	if moment == assistance.AtPlan {
		return s.Drafting()
	}
	return s == assistance.Active || s == assistance.Suspended
}

// moment is one of the three in words, with its forms where the reader answers it.
func (p *helping) moment(q assistance.Project, moment assistance.Moment, said assistance.Answers, answered bool, m meant) MomentView {
	name := string(moment)
	v := MomentView{ID: name, Title: p.T("project.moment." + name), Tag: Tag{Plain, p.T("project.answered.not")}, Says: p.T("project.moment." + name + ".says")}
	waived := moment == assistance.AtMidterm && q.MidWaived != "" && !answered
	switch {
	case answered:
		v.Tag, v.Says = Tag{Done, p.T("project.answered")}, p.T("assistance.by", "who", p.name(said.By), "day", said.At)
	case waived:
		v.Tag, v.Says = Tag{Attention, p.T("project.waived")}, q.MidWaived
	case answering(moment, q.Stage):
		v.Tag.Mood = Attention
	}
	for _, principle := range assistance.Principles {
		if answered {
			a := AnswerView{Name: p.T("project.principle." + principle), Text: said.Texts[principle]}
			if slices.Contains(said.NotArising, principle) {
				a.Out = p.T("project.not-arising")
			}
			v.Answers = append(v.Answers, a)
		}
	}
	if !answering(moment, q.Stage) || !q.Writes(p.Reader.Subject) {
		return v
	}
	v.Forms = append(v.Forms, p.answerForm(q, name, said, answered, m))
	if moment == assistance.AtMidterm && !answered {
		v.Forms = append(v.Forms, p.waiveForm(q, m))
	}
	return v
}

// answerForm has the six questions, and the choice of those that do not arise.
func (p *helping) answerForm(q assistance.Project, moment string, said assistance.Answers, answered bool, m meant) PersonForm {
	mine := m.move == moment
	form := PersonForm{
		ID: "answer-" + moment, Title: p.T("project.do.answer"), Button: p.T("project.do.answer.button"), Action: p.URL(projectPath(q.ID, "principles/"+moment)),
		Says: []string{p.T("project.do.answer.says")}, Hidden: []Carried{{"rev", strconv.FormatInt(q.Rev, 10)}}, Open: mine || !answered && moment == string(assistance.AtPlan),
	}
	if answered {
		form.Title = p.T("project.do.answer.anew")
	}
	out := Field{Name: "not-arising-" + moment, Label: p.T("project.field.not-arising"), Hint: p.T("project.hint.not-arising"), Type: "checkboxes"}
	for _, principle := range assistance.Principles {
		field := Field{
			Name: principle + "-" + moment, Label: p.T("project.principle." + principle), Hint: p.T("project.principle." + principle + ".question"),
			Value: said.Texts[principle], Type: "textarea", Rows: 3,
		}
		chosen := slices.Contains(said.NotArising, principle)
		if mine {
			field.Value, chosen = p.r.PostFormValue(field.Name), slices.Contains(p.r.PostForm[out.Name], principle)
		}
		out.Options = append(out.Options, Option{Value: principle, Text: field.Label, Chosen: chosen})
		form.Fields = append(form.Fields, field)
	}
	form.Fields = append(form.Fields, out)
	if mine {
		p.flagAt(form.Fields, m, moment)
	}
	return form
}

// flagAt says at the fields of one of several forms what is wrong with them.
func (p *helping) flagAt(fields []Field, m meant, suffix string) {
	wrong := map[string]string{}
	for field, key := range m.wrong {
		wrong[field+"-"+suffix] = key
	}
	p.flag(fields, wrong)
}

// waiveForm records why they are not asked at mid-term.
func (p *helping) waiveForm(q assistance.Project, m meant) PersonForm {
	form := PersonForm{
		ID: waive, Title: p.T("project.do.waive"), Button: p.T("project.do.waive.button"), Action: p.URL(projectPath(q.ID, "principles/"+waive)),
		Says: []string{p.T("project.do.waive.says")}, Hidden: []Carried{{"rev", strconv.FormatInt(q.Rev, 10)}}, Warning: true, Open: m.move == waive,
		Fields: []Field{{Name: "words-" + waive, Label: p.T("assistance.words.reason"), Value: q.MidWaived, Type: "textarea", Rows: 3}},
	}
	if m.move == waive {
		form.Fields[0].Value = p.r.PostFormValue("words-" + waive)
		p.flagAt(form.Fields, m, waive)
	}
	return form
}

// answerPrinciples takes the answers of a moment, or why they are not asked.
func (h *House) answerPrinciples(w http.ResponseWriter, r *http.Request) error {
	moment, id := assistance.Moment(r.PathValue("moment")), r.PathValue("id")
	notice := noticePrinciplesAnswered
	var err error
	switch {
	case string(moment) == waive:
		notice = noticePrinciplesWaived
		err = h.helps().WaiveMidterm(r.Context(), ReaderOf(r).Subject, id, revOf(r), r.PostFormValue("words-"+waive))
	case slices.Contains(assistance.Moments, moment):
		_ = r.ParseForm() // a form that cannot be read is an empty one
		said := assistance.Answers{Moment: moment, Texts: map[string]string{}, NotArising: r.PostForm["not-arising-"+string(moment)]}
		for _, principle := range assistance.Principles {
			said.Texts[principle] = r.PostFormValue(principle + "-" + string(moment))
		}
		err = h.helps().Answer(r.Context(), ReaderOf(r).Subject, id, revOf(r), said)
	default:
		return NotFound()
	}
	if err == nil {
		return h.site.Frame(r).Redirect(w, projectPath(id, "principles"), notice, 0)
	}
	q, missing := h.projectOf(r)
	if missing != nil {
		return missing
	}
	f := h.site.Frame(r)
	m, status, err := f.unmoved(err, string(moment))
	if err != nil {
		return helpFault(r, access.PlanHelp, q.Label, err)
	}
	if at := moment; string(at) == waive && !answering(assistance.AtMidterm, q.Stage) || string(at) != waive && !answering(at, q.Stage) {
		m.keep(f, principleWords(r, string(moment))...)
	}
	return h.showPrinciples(w, r, q, m, status)
}

// principleWords are what was typed.
func principleWords(r *http.Request, suffix string) []string {
	words := []string{r.PostFormValue("words-" + suffix)}
	for _, principle := range assistance.Principles {
		words = append(words, r.PostFormValue(principle+"-"+suffix))
	}
	return words
}
