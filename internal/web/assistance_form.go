package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/lang"
	"polis/internal/search"
	"polis/internal/store"
)

// HelpFormView is the form of a request: new, or to be changed.
type HelpFormView struct {
	Action, Back string
	Lead         string
	Rev          int64 // 0 for a new one
	Stale        bool  // somebody has changed it meanwhile
	Differences  []Difference
	Head         []Field // title, language, what is asked and why
	Themes       Picks
	Dates        []Field
	Bodies       Field
	Open         bool // something of the Framework is filled in or wrong
	Items        Field
	Heard        []string
	Hears        string
	Numbers      Link
	Lines        Picks
	Buttons      []SaveButton
	Similar      []HelpLine
	Lessons      []HelpLine
}

// SaveButton is one of several ways to send a form.
type SaveButton struct {
	Value, Text string
	Secondary   bool
}

var assistanceEditPage = newPage("assistance-edit", HelpFormView{
	Action: "/en/assistance/requests/1/edit", Back: "/en/assistance/requests/1", Lead: "Write it in your own language.", Rev: 2, Stale: true,
	Differences: []Difference{{"Title", "Training", "Training of trainers"}},
	Head:        []Field{{Name: "title", Label: "Title", Error: "Write one."}, {Name: "wish", Label: "What is asked for", Type: "textarea"}},
	Themes:      Picks{Name: "themes", Label: "Themes", Groups: []PickGroup{{"Police reform", "", []Pick{{"themes-1-1", "police-reform", "In general", true}}}}},
	Dates:       []Field{{Name: "since", Label: "Wished from"}}, Bodies: Field{Name: "bodies", Label: "Units", Type: "textarea"}, Open: true,
	Items: Field{Name: "items", Label: "Items", Value: "14.3"}, Heard: []string{"14.3 Victims"}, Hears: "/en/framework/numbers", Numbers: Link{"The Framework", "/en/framework"},
	Lines:   Picks{Name: "lines", Label: "Lines of action", Groups: []PickGroup{{"Lines", "", []Pick{{"lines-1-1", "1049/12.1", "12.1", false}}}}},
	Buttons: []SaveButton{{"save", "Save", true}}, Similar: []HelpLine{sampleHelpLine}, Lessons: []HelpLine{sampleHelpLine},
})

var (
	noticeHelpDrafted = newNotice("assistance.done.drafted")
	noticeHelpSaved   = newNotice("assistance.done.saved")
)

// helpForm is the form in one person's hands.
type helpForm struct {
	id     string // "" for a new one
	rev    int64
	stage  assistance.Stage
	draft  assistance.RequestDraft
	items  string // as they were typed
	wrong  assistance.Invalid
	stored *assistance.RequestDraft // what somebody else has stored meanwhile
}

// readHelp takes the form as it came.
func readHelp(w wording, form url.Values) helpForm {
	text := func(name string) string { return strings.TrimSpace(strings.ReplaceAll(form.Get(name), "\r\n", "\n")) }
	d := assistance.RequestDraft{
		Title: strings.Join(strings.Fields(form.Get("title")), " "), Wish: text("wish"), Reason: text("reason"), Lang: lang.Tag(text("lang")),
		Since: plainDate(text("since")), Until: plainDate(text("until")), Themes: form["themes"], Lines: form["lines"], Items: readItems(form.Get("items")),
	}
	for line := range strings.Lines(form.Get("bodies")) {
		if line = strings.TrimSpace(line); line != "" {
			d.Bodies = append(d.Bodies, w.idOf(line))
		}
	}
	return helpForm{draft: d, items: form.Get("items")}
}

// newHelp is the form of a new request, in the language of the page.
func (h *House) newHelp(w http.ResponseWriter, r *http.Request) error {
	if who := ReaderOf(r).Subject; !speaksFor(who) {
		return Refused(who.May(access.AskHelp, access.Label{}).Rule)
	}
	return h.showHelpForm(w, r, helpForm{stage: assistance.Drafted, draft: assistance.RequestDraft{Lang: LangOf(r)}})
}

// draftHelp stores a new one, and submits it where she asked for that.
func (h *House) draftHelp(w http.ResponseWriter, r *http.Request) error {
	words, err := h.words(r, h.site.Frame(r))
	if err != nil {
		return err
	}
	_ = r.ParseForm() // a form that cannot be read is an empty one
	form := readHelp(words, r.PostForm)
	form.stage = assistance.Drafted
	id, err := h.helps().Draft(r.Context(), ReaderOf(r).Subject, form.draft)
	if errors.As(err, &form.wrong) {
		return h.showHelpForm(w, r, form)
	}
	if err != nil {
		return helpFault(r, access.AskHelp, access.Label{}, err)
	}
	if r.PostFormValue("do") == string(assistance.Submit) {
		return h.submitHelp(w, r, id)
	}
	return h.site.Frame(r).Redirect(w, helpPath(id), noticeHelpDrafted, 0)
}

// submitHelp submits a draft that has just been stored. Where something is missing
// the form comes back and says what; the draft is kept.
func (h *House) submitHelp(w http.ResponseWriter, r *http.Request, id string) error {
	q, err := h.helps().Request(r.Context(), scope(r), id)
	if err != nil {
		return err
	}
	err = h.helps().Move(r.Context(), ReaderOf(r).Subject, id, q.Rev, assistance.Submit, "", "")
	form := helpForm{id: id, rev: q.Rev, stage: q.Stage, draft: q.Draft(), items: itemNumbers(q.Items)}
	switch {
	case errors.As(err, &form.wrong):
		return h.showHelpForm(w, r, form)
	case err != nil:
		return helpFault(r, access.AskHelp, q.Label, err)
	}
	return h.site.Frame(r).Redirect(w, helpPath(id), helpNotices[assistance.Submit], 0)
}

// written reads the request of the address for somebody who wants to change it.
func (h *House) written(r *http.Request) (assistance.Request, error) {
	q, err := h.helps().Request(r.Context(), scope(r), r.PathValue("id"))
	if err != nil {
		return q, err
	}
	if d := ReaderOf(r).May(access.AskHelp, q.Label); !d.Allowed {
		return q, Refused(d.Rule)
	}
	return q, nil
}

func (h *House) editHelp(w http.ResponseWriter, r *http.Request) error {
	q, err := h.written(r)
	if err != nil {
		return err
	}
	if q.Stage != assistance.Drafted && q.Stage != assistance.Clarification {
		return &Fault{Status: http.StatusConflict, Key: "assistance.impossible." + string(q.Stage)}
	}
	return h.showHelpForm(w, r, helpForm{id: q.ID, rev: q.Rev, stage: q.Stage, draft: q.Draft(), items: itemNumbers(q.Items)})
}

// reviseHelp stores it anew. Where somebody has stored something else meanwhile she
// sees both beside each other, and nothing that she typed is lost.
func (h *House) reviseHelp(w http.ResponseWriter, r *http.Request) error {
	q, err := h.written(r)
	if err != nil {
		return err
	}
	words, err := h.words(r, h.site.Frame(r))
	if err != nil {
		return err
	}
	rev := revOf(r)
	form := readHelp(words, r.PostForm)
	form.id, form.rev, form.stage = q.ID, rev, q.Stage
	err = h.helps().Revise(r.Context(), ReaderOf(r).Subject, q.ID, rev, form.draft)
	var stale assistance.Stale
	switch {
	case errors.As(err, &form.wrong):
		return h.showHelpForm(w, r, form)
	case errors.As(err, &stale):
		stored := q.Draft()
		form.rev, form.stored = q.Rev, &stored
		return h.showHelpForm(w, r, form)
	case err != nil && !errors.Is(err, store.ErrUnchanged):
		return helpFault(r, access.AskHelp, q.Label, err)
	}
	if r.PostFormValue("do") == string(assistance.Submit) {
		return h.submitHelp(w, r, q.ID)
	}
	return h.site.Frame(r).Redirect(w, helpPath(q.ID), noticeHelpSaved, 0)
}

func (h *House) showHelpForm(w http.ResponseWriter, r *http.Request, form helpForm) error {
	f := h.asking(r, "assistance.new")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	f.Crumbs = []Link{{f.T("assistance.title"), f.URL("/assistance")}, {f.T("assistance.requests.title"), f.URL("/assistance/requests")}}
	v := HelpFormView{Action: f.URL("/assistance/requests"), Back: f.URL("/assistance"), Lead: f.T("assistance.new.lead")}
	if form.id != "" {
		f.Title = f.T("assistance.edit")
		v.Action, v.Back, v.Rev = f.URL(helpPath(form.id)+"/edit"), f.URL(helpPath(form.id)), form.rev
		f.Crumbs = append(f.Crumbs, Link{form.draft.Title, v.Back})
		if form.draft.Title == "" {
			f.Crumbs[2].Text = f.T("assistance.untitled")
		}
	}
	if form.stage == assistance.Clarification {
		v.Lead = f.T("assistance.edit.lead")
	}
	p.fields(form, &v)
	if form.stored != nil {
		f.Status, v.Stale, v.Differences = http.StatusConflict, true, p.helpDifferences(form.draft, *form.stored)
	}
	v.Similar, err = p.similar(form.id, ReaderOf(r).State, form.draft.Themes)
	if err != nil {
		return err
	}
	if v.Lessons, err = p.lessonsFor(form.draft.Themes, []string{ReaderOf(r).State}); err != nil {
		return err
	}
	return assistanceEditPage.Show(w, f, v)
}

// fields fills the view with what was typed.
func (p *helping) fields(form helpForm, v *HelpFormView) {
	in := form.draft
	d := drafting{wording: p.wording, wrong: form.wrong}
	v.Head = []Field{
		{Name: "title", Label: p.T("assistance.field.title"), Hint: p.T("assistance.hint.title"), Value: in.Title, Error: d.fault("title"), Auto: "off"},
		{Name: "lang", Label: p.T("assistance.field.lang"), Type: "select", Width: "medium", Options: languageOptions(string(in.Lang)), Error: d.fault("lang")},
		{Name: "wish", Label: p.T("assistance.field.wish"), Hint: p.T("assistance.hint.wish"), Value: in.Wish, Error: d.fault("wish"), Type: "textarea", Rows: 8},
		{Name: "reason", Label: p.T("assistance.field.reason"), Hint: p.T("assistance.hint.reason"), Value: in.Reason, Error: d.fault("reason"), Type: "textarea", Rows: 6},
	}
	v.Themes = d.themes(in.Themes)
	v.Dates = []Field{
		{Name: "since", Label: p.T("assistance.field.since"), Hint: p.T("library.hint.date"), Value: in.Since, Width: "short", Error: d.fault("since"), Auto: "off"},
		{Name: "until", Label: p.T("assistance.field.until"), Value: in.Until, Width: "short", Error: d.fault("until"), Auto: "off"},
	}
	v.Bodies = Field{Name: "bodies", Label: p.T("assistance.field.bodies"), Hint: p.T("assistance.hint.bodies"), Value: p.bodies(in.Bodies), Error: d.fault("bodies"), Type: "textarea", Rows: 3}
	before := len(p.Errors)
	v.Items, v.Lines = d.items(in.Items), d.lines(in.Lines)
	v.Items.Hint = p.T("assistance.hint.items")
	if form.items != "" {
		v.Items.Value = form.items
	}
	v.Open = len(p.Errors) > before || len(in.Items)+len(in.Lines) > 0
	v.Heard, v.Hears, v.Numbers = p.heard(in.Items), p.URL("/framework/numbers"), Link{p.T("library.items.numbers"), p.URL("/framework")}
	v.Buttons = []SaveButton{{"save", p.T("core.save"), false}}
	if form.stage == assistance.Drafted {
		v.Buttons = []SaveButton{{"save", p.T("assistance.save.draft"), false}, {string(assistance.Submit), p.T("assistance.save.submit"), true}}
	}
}

// bodies are institutions and units as a form shows them, one a line.
func (p *helping) bodies(ids []string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = p.entry(id).Text
	}
	return strings.Join(names, "\n")
}

// helpDifferences compares, in words, what was typed with what is stored now.
func (p *helping) helpDifferences(typed, stored assistance.RequestDraft) (list []Difference) {
	now := p.described(stored)
	for i, t := range p.described(typed) {
		if t.Text != now[i].Text {
			list = append(list, Difference{t.Name, t.Text, now[i].Text})
		}
	}
	return list
}

func (p *helping) described(d assistance.RequestDraft) []described {
	return []described{
		{p.T("assistance.field.title"), d.Title},
		{p.T("assistance.field.lang"), d.Lang.Name()},
		{p.T("assistance.field.wish"), d.Wish},
		{p.T("assistance.field.reason"), d.Reason},
		{p.T("library.field.themes"), p.all(search.Theme, d.Themes)},
		{p.T("assistance.field.dates"), p.span(d.Since, d.Until)},
		{p.T("assistance.field.bodies"), p.bodies(d.Bodies)},
		{p.T("library.field.items"), p.all(search.Item, d.Items)},
		{p.T("library.field.lines"), p.all(search.Line, d.Lines)},
	}
}
