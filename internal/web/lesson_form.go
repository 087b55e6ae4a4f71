package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/lang"
	"polis/internal/search"
	"polis/internal/store"
)

// LessonFormView is the form of a lesson: new, or to be changed.
type LessonFormView struct {
	Action, Back string
	Lead         string
	Rev          int64 // 0 for a new one
	Stale        bool  // somebody has changed it meanwhile
	Differences  []Difference
	Hidden       []Carried // from what it is drawn
	Drawn        []Fact
	Head         []Field
	Themes       Picks
	States       Field
	Items        Field
	Heard        []string
	Hears        string
	Numbers      Link
	Similar      []HelpLine
}

var lessonEditPage = newPage("lesson-edit", LessonFormView{
	Action: "/en/assistance/lessons/1/edit", Back: "/en/assistance/lessons/1", Lead: "It begins as a draft.", Rev: 2, Stale: true,
	Differences: []Difference{{"Title", "Training", "Training in pairs"}}, Hidden: []Carried{{"project", "1"}}, Drawn: []Fact{{"Project", []Link{{"2026/17", "/en/assistance/projects/1"}}}},
	Head:   []Field{{Name: "title", Label: "Title", Error: "Write one."}, {Name: "learned", Label: "What was learned", Type: "textarea"}},
	Themes: Picks{Name: "themes", Label: "Themes", Groups: []PickGroup{{"Police reform", "", []Pick{{"themes-1-1", "police-reform", "In general", true}}}}},
	States: Field{Name: "states", Label: "States", Type: "textarea"}, Items: Field{Name: "items", Label: "Items", Value: "14.3"}, Heard: []string{"14.3 Victims"},
	Hears: "/en/framework/numbers", Numbers: Link{"The Framework", "/en/framework"}, Similar: []HelpLine{sampleHelpLine},
})

var (
	noticeLessonDrafted = newNotice("lesson.said.drafted")
	noticeLessonSaved   = newNotice("lesson.said.saved")
)

// lessonTyped is the form in one person's hands.
type lessonTyped struct {
	id        string // "" for a new one
	rev       int64
	draft     assistance.LessonDraft
	items     string // as they were typed
	documents string
	unknown   string // a document that the library does not have
	topic     string // the question from whose answer it is drawn, or ""
	wrong     map[string]string
	stored    *assistance.LessonDraft // what somebody else has stored meanwhile
}

// readLesson takes the form as it came.
func (h *House) readLesson(w wording, r *http.Request) (lessonTyped, error) {
	text := func(name string) string {
		return strings.TrimSpace(strings.ReplaceAll(r.PostFormValue(name), "\r\n", "\n"))
	}
	form := lessonTyped{topic: text("topic"), items: text("items"), documents: text("documents"), draft: assistance.LessonDraft{
		Lang: lang.Tag(text("lang")), Title: strings.Join(strings.Fields(text("title")), " "), Happened: text("happened"), Learned: text("learned"), Guidance: text("guidance"),
		Origin: text("origin"), Source: text("source"), Project: text("project"), Evaluation: text("evaluation"), Activity: text("activity"), Evidence: text("evidence"),
		Themes: r.PostForm["themes"], Items: readItems(text("items")),
	}}
	for line := range strings.Lines(text("states")) {
		if line = strings.TrimSpace(line); line != "" {
			form.draft.States = append(form.draft.States, w.idOf(line))
		}
	}
	for line := range strings.Lines(form.documents) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		id, err := h.document(r.Context(), scope(r), line)
		if err != nil {
			return form, err
		}
		if id == "" {
			form.unknown = line
			continue
		}
		form.draft.Documents = append(form.draft.Documents, id)
	}
	return form, nil
}

// newLesson is the form of a new one; the address may say from what it is drawn.
func (h *House) newLesson(w http.ResponseWriter, r *http.Request) error {
	if !plansHelp(ReaderOf(r).Subject) {
		return Refused(ReaderOf(r).May(access.PlanHelp, access.Label{}).Rule)
	}
	d := assistance.LessonDraft{Lang: LangOf(r), Origin: "note"}
	return h.showLessonForm(w, r, lessonTyped{draft: h.lessonOfTopic(r, h.drawn(r.Context(), r, d)), topic: r.URL.Query().Get("topic")})
}

// drawn fills in what the address says, as far as the reader may read it: the project
// with its themes and States, and its evaluation or activity, or a document that bears
// the lesson out.
func (h *House) drawn(ctx context.Context, r *http.Request, d assistance.LessonDraft) assistance.LessonDraft {
	at := r.URL.Query()
	if rec, err := h.Library.Get(ctx, scope(r), at.Get("document")); err == nil {
		d.Documents, d.Themes = []string{rec.ID}, rec.Themes
	}
	project := at.Get("project")
	if x, err := h.helps().Activity(ctx, scope(r), at.Get("activity")); err == nil {
		project, d.Activity, d.Origin = x.Project, x.ID, "activity"
		if open, err := h.Library.Titles(ctx, scope(r), x.Materials, LangOf(r)); err == nil {
			d.Documents = slices.DeleteFunc(slices.Clone(x.Materials), func(id string) bool { return open[id] == "" })
		}
		if x.Kind == "forum" {
			d.Origin = "forum"
		}
	}
	q, err := h.helps().Project(ctx, scope(r), project)
	if err != nil {
		return d
	}
	d.Project, d.Themes, d.States, d.Items = q.ID, q.Themes, q.States(), q.Items
	if e, err := h.helps().Evaluation(ctx, scope(r), q.ID, assistance.EvaluationKind(at.Get("evaluation"))); err == nil {
		d.Origin, d.Evaluation = "evaluation", e.ID
	}
	return d
}

func (h *House) draftLesson(w http.ResponseWriter, r *http.Request) error {
	words, err := h.words(r, h.site.Frame(r))
	if err != nil {
		return err
	}
	form, err := h.readLesson(words, r)
	if err != nil {
		return err
	}
	if form.unknown != "" {
		return h.showLessonForm(w, r, form)
	}
	id, err := h.helps().DraftLesson(r.Context(), ReaderOf(r).Subject, form.draft)
	if form.wrong = invalidHelp(err); len(form.wrong) > 0 {
		return h.showLessonForm(w, r, form)
	}
	if err != nil {
		return helpFault(r, access.PlanHelp, access.Label{}, err)
	}
	if err := h.drawnFromTopic(r, "lesson", id); err != nil {
		return err
	}
	return h.site.Frame(r).Redirect(w, lessonPath(id), noticeLessonDrafted, 0)
}

// lessonWritten reads the lesson of the address for somebody who wants to change it.
func (h *House) lessonWritten(r *http.Request) (assistance.Lesson, error) {
	l, err := h.helps().Lesson(r.Context(), scope(r), r.PathValue("id"))
	switch {
	case err != nil:
		return l, err
	case !l.Writes(ReaderOf(r).Subject):
		return l, helpFault(r, access.PlanHelp, l.Label, assistance.ErrForbidden)
	case l.Stage != assistance.LessonDrafted:
		return l, &Fault{Status: http.StatusConflict, Key: "lesson.impossible." + string(l.Stage)}
	}
	return l, nil
}

func (h *House) editLesson(w http.ResponseWriter, r *http.Request) error {
	l, err := h.lessonWritten(r)
	if err != nil {
		return err
	}
	return h.showLessonForm(w, r, lessonTyped{id: l.ID, rev: l.Rev, draft: l.Draft(), items: itemNumbers(l.Items)})
}

// reviseLesson stores it anew. Where somebody has stored something else meanwhile she
// sees both beside each other, and nothing that she typed is lost.
func (h *House) reviseLesson(w http.ResponseWriter, r *http.Request) error {
	l, err := h.lessonWritten(r)
	if err != nil {
		return err
	}
	words, err := h.words(r, h.site.Frame(r))
	if err != nil {
		return err
	}
	form, err := h.readLesson(words, r)
	if err != nil {
		return err
	}
	form.id, form.rev = l.ID, revOf(r)
	if form.unknown != "" {
		return h.showLessonForm(w, r, form)
	}
	err = h.helps().ReviseLesson(r.Context(), ReaderOf(r).Subject, l.ID, form.rev, form.draft)
	var stale assistance.Stale
	switch {
	case errors.As(err, &stale):
		stored := l.Draft()
		form.rev, form.stored = l.Rev, &stored
		return h.showLessonForm(w, r, form)
	case len(invalidHelp(err)) > 0:
		form.wrong = invalidHelp(err)
		return h.showLessonForm(w, r, form)
	case err != nil && !errors.Is(err, store.ErrUnchanged):
		return helpFault(r, access.PlanHelp, l.Label, err)
	}
	return h.site.Frame(r).Redirect(w, lessonPath(l.ID), noticeLessonSaved, 0)
}

func (h *House) showLessonForm(w http.ResponseWriter, r *http.Request, form lessonTyped) error {
	f := h.asking(r, "lesson.new")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	f.Crumbs = []Link{{f.T("assistance.title"), f.URL("/assistance")}, {f.T("lesson.title"), f.URL("/assistance/lessons")}}
	v := LessonFormView{Action: f.URL("/assistance/lessons"), Back: f.URL("/assistance/lessons"), Lead: f.T("lesson.new.lead")}
	if form.id != "" {
		f.Title = f.T("lesson.edit")
		v.Action, v.Back, v.Rev = f.URL(lessonPath(form.id)+"/edit"), f.URL(lessonPath(form.id)), form.rev
		f.Crumbs = append(f.Crumbs, Link{form.draft.Title, v.Back})
	}
	if v.Drawn, err = p.drawnFrom(form.draft); errors.Is(err, store.ErrNotFound) {
		v.Drawn, err = nil, nil // it was written into the form; the fields say that it is wrong
	}
	if err != nil {
		return err
	}
	for _, of := range []Carried{{"project", form.draft.Project}, {"evaluation", form.draft.Evaluation}, {"activity", form.draft.Activity}, {"topic", form.topic}} {
		if of.Value != "" {
			v.Hidden = append(v.Hidden, of)
		}
	}
	p.lessonFields(form, &v)
	if form.stored != nil {
		f.Status, v.Stale, v.Differences = http.StatusConflict, true, p.lessonDifferences(form.draft, *form.stored)
	}
	if v.Similar, err = p.lessonsFor(form.draft.Themes, form.draft.States); err != nil {
		return err
	}
	return lessonEditPage.Show(w, f, v)
}

// lessonFields fills the view with what was typed.
func (p *helping) lessonFields(form lessonTyped, v *LessonFormView) {
	in, d := form.draft, drafting{wording: p.wording, wrong: form.wrong}
	area := func(name, hint, value string, rows int) Field {
		f := Field{Name: name, Label: p.T("lesson.field." + name), Value: value, Error: d.fault(name), Type: "textarea", Rows: rows}
		if hint != "" {
			f.Hint = p.T("lesson.hint." + hint)
		}
		return f
	}
	origin := Field{Name: "origin", Label: p.T("lesson.field.origin"), Type: "select", Width: "medium"}
	for _, o := range assistance.Origins {
		origin.Options = append(origin.Options, Option{Value: o, Text: p.T("lesson.origin." + o), Chosen: o == in.Origin})
	}
	v.Head = []Field{
		{Name: "title", Label: p.T("lesson.field.title"), Hint: p.T("lesson.hint.title"), Value: in.Title, Error: d.fault("title"), Auto: "off"},
		{Name: "lang", Label: p.T("lesson.field.lang"), Type: "select", Width: "medium", Options: languageOptions(string(in.Lang)), Error: d.fault("lang")},
	}
	origin.Error = d.fault("origin")
	v.Head = append(v.Head, origin,
		Field{Name: "source", Label: p.T("lesson.field.source"), Hint: p.T("lesson.hint.source"), Value: in.Source, Error: d.fault("source"), Auto: "off"},
		area("happened", "happened", in.Happened, 5), area("learned", "", in.Learned, 4), area("guidance", "guidance", in.Guidance, 4), area("evidence", "happened", in.Evidence, 3))
	documents := area("documents", "documents", p.documentLines(in.Documents), 2)
	if form.documents != "" {
		documents.Value = form.documents
	}
	if form.unknown != "" {
		documents.Error = d.complain("documents", p.T("lesson.error.documents", "name", form.unknown))
	}
	v.Head = append(v.Head, documents)
	v.Themes = d.themes(in.Themes)
	v.States = area("states", "states", p.bodies(in.States), 2)
	v.Items = d.items(in.Items)
	v.Items.Hint = p.T("assistance.hint.items")
	if form.items != "" {
		v.Items.Value = form.items
	}
	v.Heard, v.Hears, v.Numbers = p.heard(in.Items), p.URL("/framework/numbers"), Link{p.T("library.items.numbers"), p.URL("/framework")}
}

// documentLines are documents as a form takes them, one a line.
func (p *helping) documentLines(ids []string) string {
	lines := slices.Clone(ids)
	for i, id := range ids {
		lines[i] = p.URL("/library/" + id)
	}
	return strings.Join(lines, "\n")
}

// lessonDifferences compares, in words, what was typed with what is stored now.
func (p *helping) lessonDifferences(typed, stored assistance.LessonDraft) (list []Difference) {
	described := func(d assistance.LessonDraft) []described {
		return []described{
			{p.T("lesson.field.title"), d.Title},
			{p.T("lesson.field.lang"), d.Lang.Name()},
			{p.T("lesson.field.origin"), p.T("lesson.origin." + d.Origin)},
			{p.T("lesson.field.source"), d.Source},
			{p.T("lesson.field.happened"), d.Happened},
			{p.T("lesson.field.learned"), d.Learned},
			{p.T("lesson.field.guidance"), d.Guidance},
			{p.T("lesson.field.evidence"), d.Evidence},
			{p.T("lesson.field.documents"), p.documentLines(d.Documents)},
			{p.T("library.field.themes"), p.all(search.Theme, d.Themes)},
			{p.T("lesson.field.states"), p.bodies(d.States)},
			{p.T("library.field.items"), p.all(search.Item, d.Items)},
		}
	}
	now := described(stored)
	for i, t := range described(typed) {
		if t.Text != now[i].Text {
			list = append(list, Difference{t.Name, t.Text, now[i].Text})
		}
	}
	return list
}
