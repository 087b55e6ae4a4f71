package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/search"
)

func (h *House) openLessons() {
	h.site.Handle("GET /assistance/lessons", h.official(h.lessons))
	h.site.Handle("GET /assistance/lessons/new", h.official(h.newLesson))
	h.site.Handle("POST /assistance/lessons", h.official(h.once(h.draftLesson)))
	h.site.Handle("GET /assistance/lessons/{id}", h.official(h.lesson))
	h.site.Handle("GET /assistance/lessons/{id}/edit", h.official(h.editLesson))
	h.site.Handle("POST /assistance/lessons/{id}/edit", h.official(h.reviseLesson))
	h.site.Handle("POST /assistance/lessons/{id}/move/{move}", h.official(h.moveLesson))
}

func lessonPath(id string) string { return "/assistance/lessons/" + id }

var lessonMoods = map[assistance.LessonStage]Mood{
	assistance.LessonDrafted: Plain, assistance.LessonReviewed: Attention, assistance.LessonPublished: Done, assistance.LessonWithdrawn: Refusal,
}

// lessonLine is a lesson in a list.
func (p *helping) lessonLine(l assistance.Lesson) HelpLine {
	line := HelpLine{
		Title: l.Title, URL: p.URL(lessonPath(l.ID)), Lang: string(l.Lang), Tag: Tag{lessonMoods[l.Stage], p.T("lesson.stage." + string(l.Stage))},
		Meta: p.T("lesson.kind", "origin", p.T("lesson.origin."+l.Origin)),
	}
	for _, part := range []string{p.all(search.Theme, l.Themes), p.all(search.Origin, l.States)} {
		if part != "" {
			line.Meta += " · " + part
		}
	}
	return line
}

// lessonLines are those that the filter chooses, the newest first.
func (p *helping) lessonLines(f assistance.LessonFilter) (lines []HelpLine, err error) {
	list, _, err := p.h.helps().Lessons(p.r.Context(), scope(p.r), f, assistance.Place{}, shownInList)
	for _, l := range list {
		lines = append(lines, p.lessonLine(l))
	}
	return lines, err
}

// lessonsFor are the published lessons for whoever writes about the themes for the
// States.
func (p *helping) lessonsFor(themes, states []string) (lines []HelpLine, err error) {
	list, err := p.h.helps().LessonsFor(p.r.Context(), scope(p.r), themes, states, shownBeside)
	for _, l := range list {
		lines = append(lines, p.lessonLine(l))
	}
	return lines, err
}

// readLessonFilter reads what the address asks for.
func readLessonFilter(r *http.Request) (f assistance.LessonFilter, after assistance.Place, ok bool) {
	asked, after, ok := readHelpFilter(r)
	q := r.URL.Query()
	f = assistance.LessonFilter{State: asked.State, Theme: asked.Theme, Project: q.Get("project"), Activity: q.Get("activity"), Document: q.Get("document")}
	if stage := assistance.LessonStage(r.URL.Query().Get("stage")); slices.Contains(assistance.LessonStages, stage) {
		f.Stages = []assistance.LessonStage{stage}
	}
	return f, after, ok
}

// lessons lists those that the reader may read.
func (h *House) lessons(w http.ResponseWriter, r *http.Request) error {
	filter, after, ok := readLessonFilter(r)
	if !ok {
		return NotFound()
	}
	list, more, err := h.helps().Lessons(r.Context(), scope(r), filter, after, shownInList)
	if err != nil {
		return err
	}
	count, err := h.helps().CountLessons(r.Context(), scope(r), filter)
	if err != nil {
		return err
	}
	f := h.asking(r, "lesson.title")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	f.Crumbs = []Link{{f.T("assistance.title"), f.URL("/assistance")}}
	stages := []Option{{Text: f.T("assistance.any")}}
	for _, s := range assistance.LessonStages {
		stages = append(stages, Option{Value: string(s), Text: f.T("lesson.stage." + string(s)), Chosen: slices.Contains(filter.Stages, s)})
	}
	v := HelpListView{
		Lead: f.T("lesson.lead"), Action: f.URL("/assistance/lessons"), Count: f.counted("lesson.count", count), None: f.T("evaluation.none.fit"),
		Sheets: p.sheets("/assistance/lessons"),
		Fields: []Field{
			{Name: "stage", Label: f.T("assistance.field.stage"), Type: "select", Options: stages},
			{Name: "state", Label: f.T("assistance.field.state"), Type: "select", Options: p.stateOptions(filter.State)},
			{Name: "theme", Label: f.T("assistance.field.theme"), Type: "select", Options: p.themeOptions(filter.Theme)},
		},
	}
	for _, l := range list {
		v.Lines = append(v.Lines, p.lessonLine(l))
	}
	if p.fieldChips(&v); len(v.Chips) == 0 {
		v.None = f.T("lesson.none")
	}
	if err := p.drawnChips(&v, filter); err != nil {
		return err
	}
	if more != (assistance.Place{}) {
		v.More = f.With("after", more.String())
	}
	if plansHelp(ReaderOf(r).Subject) {
		v.New = &Link{f.T("lesson.new"), f.URL("/assistance/lessons/new")}
	}
	return assistanceListPage.Show(w, f, v)
}

// LessonView is one lesson: what happened, what was learned, what others should do, and
// what became of that.
type LessonView struct {
	Kind    string
	Tag     Tag
	Lang    string
	Steps   []Step
	Says    []string
	Texts   []HelpText
	Facts   []Fact
	Edit    string // address of the form, or ""
	Moves   []PersonForm
	History []HelpStep
}

var lessonPage = newPage("lesson", LessonView{
	Kind: "Lesson from: an evaluation", Tag: Tag{Done, "Published"}, Lang: "fr", Steps: []Step{{Text: "Draft", Done: true}, {Text: "Published", Here: true}},
	Says: []string{"Somebody has acted meanwhile."}, Texts: []HelpText{{"learned", "What was learned", "À deux, ils enseignent mieux."}},
	Facts: []Fact{{"Themes", []Link{{"Cybercrime", "/en/themes/cybercrime"}}}}, Edit: "/en/assistance/lessons/1/edit", Moves: []PersonForm{samplePersonForm},
	History: []HelpStep{sampleHelpStep},
})

func (h *House) lesson(w http.ResponseWriter, r *http.Request) error {
	l, err := h.helps().Lesson(r.Context(), scope(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.showLesson(w, r, l, meant{}, http.StatusOK)
}

func (h *House) showLesson(w http.ResponseWriter, r *http.Request, l assistance.Lesson, m meant, status int) error {
	f := h.site.Frame(r)
	f.Private, f.Status, f.Title = true, status, l.Title
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	steps, err := h.helps().LessonSteps(r.Context(), l.ID)
	if err != nil {
		return err
	}
	people := []string{l.Reviewer}
	for _, s := range steps {
		people = append(people, s.By)
	}
	if err := p.meet(people); err != nil {
		return err
	}
	f.Crumbs = []Link{{f.T("assistance.title"), f.URL("/assistance")}, {f.T("lesson.title"), f.URL("/assistance/lessons")}}
	line := p.lessonLine(l)
	v := LessonView{Kind: p.T("lesson.kind", "origin", p.T("lesson.origin."+l.Origin)), Tag: line.Tag, Lang: string(l.Lang), Steps: p.lessonSteps(l), Moves: p.lessonMoves(l, m)}
	if m.says != "" {
		v.Says = []string{m.says}
	}
	for _, t := range []HelpText{
		{"learned", f.T("lesson.field.learned"), l.Learned},
		{"guidance", f.T("lesson.field.guidance"), l.Guidance},
		{"happened", f.T("lesson.field.happened"), l.Happened},
		{"evidence", f.T("lesson.field.evidence"), l.Evidence},
	} {
		if t.Text != "" {
			v.Texts = append(v.Texts, t)
		}
	}
	if v.Facts, err = p.lessonFacts(l); err != nil {
		return err
	}
	for _, s := range steps {
		step := HelpStep{What: p.T("lesson.did." + string(s.Move)), Words: s.Words, Who: p.T("assistance.by", "who", p.name(s.By), "day", s.At)}
		if s.Move == assistance.AdoptLesson {
			document, err := p.paper("/library/" + s.Words)
			if err != nil {
				return err
			}
			step.Words = document.Text
		}
		v.History = append(v.History, step)
	}
	if l.Stage == assistance.LessonDrafted && l.Writes(p.Reader.Subject) {
		v.Edit = f.URL(lessonPath(l.ID) + "/edit")
	}
	if err := h.offerFollow(r, f, "lesson", l.ID); err != nil {
		return err
	}
	return lessonPage.Show(w, f, v)
}

// lessonFacts are a lesson's summary: what it is about, what it was drawn from, what
// bears it out and into what it was carried.
func (p *helping) lessonFacts(l assistance.Lesson) (list []Fact, err error) {
	add := func(key string, values ...Link) {
		if len(values) > 0 && values[0].Text != "" {
			list = append(list, Fact{p.T(key), values})
		}
	}
	if l.Adopted != "" {
		document, err := p.paper("/library/" + l.Adopted)
		if err != nil {
			return nil, err
		}
		document.Text = p.T("lesson.adopted", "document", document.Text, "day", p.day(l.AdoptedOn))
		add("lesson.fact.adopted", document)
	}
	drawn, err := p.drawnFrom(l.Draft())
	if err != nil {
		return nil, err
	}
	list = append(list, drawn...)
	add("lesson.field.source", Link{Text: l.Source})
	var themes, items, states, documents []Link
	for _, id := range l.Themes {
		themes = append(themes, Link{p.value(search.Theme, id), p.URL("/themes/" + id)})
	}
	for _, id := range l.Items {
		items = append(items, Link{p.value(search.Item, id), p.URL("/framework/" + id)})
	}
	for _, id := range l.States {
		states = append(states, p.entry(id))
	}
	for _, id := range l.Documents {
		document, err := p.paper("/library/" + id)
		if err != nil {
			return nil, err
		}
		documents = append(documents, document)
	}
	add("library.field.themes", themes...)
	add("lesson.field.states", states...)
	add("library.field.items", items...)
	add("lesson.field.documents", documents...)
	if l.Reviewer != "" {
		add("lesson.fact.reviewer", Link{Text: p.name(l.Reviewer)})
	}
	add("lesson.field.lang", Link{Text: l.Lang.Name()})
	return list, nil
}

// drawnFrom are the project, and the evaluation or the activity, from which a lesson is
// drawn.
func (p *helping) drawnFrom(d assistance.LessonDraft) (list []Fact, err error) {
	if d.Project == "" {
		return nil, nil
	}
	q, err := p.h.helps().Project(p.r.Context(), scope(p.r), d.Project)
	if err != nil {
		return nil, err
	}
	list = append(list, Fact{p.T("lesson.fact.project"), []Link{{q.Number + " " + q.Title, p.URL(projectPath(q.ID, ""))}}})
	for _, kind := range assistance.EvaluationKinds {
		if d.Evaluation == "" {
			break
		}
		e, err := p.h.helps().Evaluation(p.r.Context(), scope(p.r), q.ID, kind)
		if err != nil {
			return nil, err
		}
		if e.ID == d.Evaluation {
			list = append(list, Fact{p.T("lesson.fact.evaluation"), []Link{{p.T("evaluation.kind." + string(kind)), p.URL(evaluationPath(q.ID, kind))}}})
		}
	}
	if d.Activity == "" {
		return list, nil
	}
	x, err := p.h.helps().Activity(p.r.Context(), scope(p.r), d.Activity)
	if err != nil {
		return nil, err
	}
	return append(list, Fact{p.T("lesson.fact.activity"), []Link{{x.Number + " " + x.Title, p.URL(activityPath(x.ID, ""))}}}), nil
}

// lessonSteps are draft, reviewed, published: the present one is marked, and of the
// next it says by whom.
func (p *helping) lessonSteps(l assistance.Lesson) []Step {
	if l.Stage == assistance.LessonWithdrawn {
		return []Step{{Text: p.T("lesson.stage.draft"), Done: true}, {Text: p.T("lesson.stage.withdrawn"), Done: true, Here: true}}
	}
	stages := []assistance.LessonStage{assistance.LessonDrafted, assistance.LessonReviewed, assistance.LessonPublished}
	at := slices.Index(stages, l.Stage)
	var list []Step
	for i, s := range stages {
		step := Step{Text: p.T("lesson.stage." + string(s)), Done: i < at || i == at && i == len(stages)-1, Here: i == at}
		if i == at+1 {
			step.Missing = p.T("lesson.missing." + string(s))
		}
		list = append(list, step)
	}
	return list
}

// lessonMoves are the forms of what the reader can do now.
func (p *helping) lessonMoves(l assistance.Lesson, m meant) (forms []PersonForm) {
	for _, move := range assistance.LessonMoves(p.Reader.Subject, l) {
		name := string(move)
		form := PersonForm{
			ID: "move-" + name, Title: p.T("lesson.do." + name), Says: []string{p.T("lesson.do." + name + ".says")}, Button: p.T("lesson.do." + name + ".button"),
			Action: p.URL(lessonPath(l.ID) + "/move/" + name), Hidden: []Carried{{"rev", strconv.FormatInt(l.Rev, 10)}}, Warning: move == assistance.WithdrawLesson, Open: m.move == name,
		}
		field := Field{Name: "words-" + name, Label: p.T("lesson.field.words"), Type: "textarea", Rows: 3}
		switch move {
		case assistance.AdoptLesson:
			field = Field{Name: field.Name, Label: p.T("lesson.field.words.adopt"), Hint: p.T("lesson.hint.adopt"), Auto: "off"}
		case assistance.ReturnLesson:
			field.Label = p.T("lesson.field.words.return")
		case assistance.ReviewLesson, assistance.PublishLesson:
			field.Label = p.T("lesson.field.words.note")
		}
		form.Fields = []Field{field}
		if m.move == name {
			form.Fields[0].Value = p.r.PostFormValue(field.Name)
			p.flagAt(form.Fields, m, name)
		}
		forms = append(forms, form)
	}
	return forms
}

var lessonNotices = map[assistance.LessonMove]string{
	assistance.ReviewLesson: newNotice("lesson.said.review"), assistance.PublishLesson: newNotice("lesson.said.publish"), assistance.AdoptLesson: newNotice("lesson.said.adopt"),
	assistance.ReturnLesson: newNotice("lesson.said.return"), assistance.WithdrawLesson: newNotice("lesson.said.withdraw"),
}

// moveLesson takes a move of the address; what is adopted is a document that the
// library has.
func (h *House) moveLesson(w http.ResponseWriter, r *http.Request) error {
	move, id := assistance.LessonMove(r.PathValue("move")), r.PathValue("id")
	if lessonNotices[move] == "" {
		return NotFound()
	}
	typed := strings.TrimSpace(r.PostFormValue("words-" + string(move)))
	words, err := typed, error(nil)
	if move == assistance.AdoptLesson && typed != "" {
		if words, err = h.document(r.Context(), scope(r), typed); err != nil {
			return err
		}
	}
	if words == "" && typed != "" {
		err = assistance.Invalid{"words": "lesson.error.adopt"}
	} else {
		err = h.helps().MoveLesson(r.Context(), ReaderOf(r).Subject, id, revOf(r), move, words)
	}
	if err == nil {
		return h.site.Frame(r).Redirect(w, lessonPath(id), lessonNotices[move], 0)
	}
	l, missing := h.helps().Lesson(r.Context(), scope(r), id)
	if missing != nil {
		return missing
	}
	f := h.site.Frame(r)
	m, status, err := f.unmoved(err, string(move))
	if err != nil {
		return helpFault(r, access.PlanHelp, l.Label, err)
	}
	if move == assistance.ReviewLesson && len(m.wrong) > 0 && m.wrong["words"] == "" && l.Writes(ReaderOf(r).Subject) {
		return h.showLessonForm(w, r, lessonTyped{id: l.ID, rev: l.Rev, draft: l.Draft(), items: itemNumbers(l.Items), wrong: m.wrong})
	}
	if !slices.Contains(assistance.LessonMoves(ReaderOf(r).Subject, l), move) {
		m.keep(f, typed)
	}
	return h.showLesson(w, r, l, m, status)
}
