package web

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/search"
	"polis/internal/store"
)

// ConfirmView shows one file that has arrived: what it says of itself, for a
// person to confirm, beside the beginning of its text.
type ConfirmView struct {
	Arrival ArrivalView
	Notes   []string // what the reader of the text should know
	Changed string   // the file has moved on since the form was opened, or ""
	Filled  string   // some fields are as in the document before, or ""
	Action  string
	Rev     int64
	Like    string
	Into    *Link      // the document that it was brought for, or nil
	Home    string     // its id
	Topic   string     // the question from whose answer it was made, or ""
	Twins   []TwinLink // documents that the file looks like
	Propose *Link      // to this form with the document that seems to be the one
	Belongs *Field     // address or symbol of that document
	Mark    Field
	Text    []Field
	Draft   *DraftView // nil where the document has all this already
	Opening []OpeningLine
	Lang    string // of the opening
	More    bool   // the text goes on
	Open    bool   // what it belongs to is filled in or wrong
	Form    bool   // the file is ready
	Again   string // address to look again while it is being read
}

// OpeningLine is one passage of the beginning.
type OpeningLine struct {
	Text    string
	Heading bool
	Page    string
}

var confirmPage = newPage("confirm", ConfirmView{
	Arrival: ArrivalView{File: "guide.pdf", Tag: Tag{Attention, "Waits for you"}, Meta: []string{"1.2 MB", "12 pages"}, Reason: "The file is damaged.", Advice: "Send it again.", Retry: "/en/library/intake/1/retry", Discard: "/en/library/intake/1/discard"},
	Notes:   []string{"Two pages could not be read."}, Changed: "The file was changed meanwhile.", Filled: "As in the document before.",
	Twins: []TwinLink{sampleTwin}, Action: "/en/library/intake/1/confirm", Rev: 3, Like: "d1", Home: "2", Topic: "t1",
	Into: &Link{"Community policing", "/en/library/2"}, Propose: &Link{"Community policing", "/en/library/intake/1/confirm?into=2"},
	Belongs: &Field{Name: "into", Label: "Address or symbol", Hint: "For example PC.DEC/1049", Error: "There is no such document."},
	Mark:    Field{Name: "mark", Label: "Mark", Hint: "Rev.1"},
	Text:    []Field{{Name: "title", Label: "Title", Value: "Guide", Error: "Write the title."}, {Name: "lang", Label: "Language", Type: "select", Options: []Option{{Value: "ru", Text: "Русский", Chosen: true}}}},
	Draft:   &sampleDraft,
	Opening: []OpeningLine{{"Начальные действия", true, "page 1"}, {"Назначьте контактное лицо.", false, ""}}, Lang: "ru", More: true, Open: true, Form: true,
	Again: "/en/library/intake/1/confirm",
})

var sampleDraft = DraftView{
	Head:   []Field{{Name: "symbol", Label: "Symbol", Hint: "As on the document", Value: "PC.DEC/1049", Error: "At most 80 characters."}, {Name: "date", Label: "Date", Width: "short"}},
	Origin: NamedField{Field{Name: "origin", Label: "Origin", Hint: "Who made it", Value: "Bishkek", Error: "Write one."}, []string{"Kyrgyzstan"}, "/en/directory/names"},
	More:   "More", Open: true,
	Original: Field{Name: "original", Label: "Original language", Type: "select", Options: []Option{{Value: "en", Text: "English"}}},
	Level:    Field{Name: "level", Label: "Who may read it", Type: "radios", Options: []Option{{Value: "public", Text: "Public", Hint: "Everyone"}, {Value: "owner", Text: "Only you"}}},
	Themes:   Picks{"themes", "Themes", "Choose what it is about", "One of these is not a theme.", []PickGroup{{"Cybercrime", "In general", []Pick{{"themes-1-1", "cybercrime", "In general", true}}}}},
	Lines:    Picks{"lines", "Lines of action", "", "", []PickGroup{{"Five lines", "", []Pick{{"lines-1-1", "1049/12.1", "Institutions", false}}}}},
	Items:    Field{Name: "items", Label: "Items", Hint: "By number", Value: "14.3, 22", Error: "One is not there."},
	Heard:    []string{"14.3 Victims of hate crime", "22 Co-operation"}, Hears: "/en/framework/numbers",
	Numbers: Link{"The numbers", "/en/framework"},
	Licence: Field{Name: "licence", Label: "Licence"},
	Relations: RelationsView{"Related documents", "Address or symbol", []RelationRow{{
		Field{Name: "relation-kind-1", Label: "How", Type: "select", Options: []Option{{Value: "cites", Text: "Cites"}}}, Field{Name: "relation-to-1", Label: "Which"},
	}}},
}

// openingPassages is how many passages stand beside the form.
const openingPassages = 10

// confirmForm shows a file: the form where it is ready, else what became of it.
func (h *House) confirmForm(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	in, err := h.arrived(r)
	if err != nil {
		return err
	}
	if in.Stage == library.Arrived {
		waitUntilRead(r.Context(), func() bool {
			in, err = h.arrived(r)
			return err == nil && in.Stage == library.Arrived
		})
		if err != nil {
			return err
		}
	}
	if in.Stage == library.Kept {
		http.Redirect(w, r, h.site.Frame(r).URL("/library/"+in.Document), http.StatusSeeOther)
		return nil
	}
	c := confirming{recordForm: recordForm{h: h, r: r, rev: in.Rev}, in: in, into: documentID(r.FormValue("into")), like: r.FormValue("like"), topic: r.FormValue("topic")}
	c.home = c.into != ""
	if err := c.propose(); err != nil {
		return err
	}
	return c.show(w)
}

// confirming is one file on its way into the library, with what was typed.
type confirming struct {
	recordForm // with one text
	in         library.Intake
	mark       string
	into, like string // documents: that it belongs to, that the form resembles
	topic      string // the question from whose answer it was made
	home       bool   // into was not typed: the file was brought for it
}

// propose fills the form with what the file says of itself, and, after another
// file was confirmed, with what documents of one batch have in common.
func (c *confirming) propose() error {
	p := c.in.Proposal
	c.texts = []textForm{{Lang: p.Lang, Title: p.Title}}
	c.draft = draftForm{Symbol: p.Symbol, Date: p.Date, Original: string(p.Original)}
	if c.like == "" {
		return c.ofNote()
	}
	rec, err := c.h.Library.Get(c.r.Context(), scope(c.r), c.like)
	if errors.Is(err, store.ErrNotFound) {
		c.like = ""
		return nil
	}
	before := formOf(rec, nil)
	c.draft.Type, c.draft.Origin, c.draft.Licence, c.draft.Circle = before.Type, before.Origin, before.Licence, before.Circle
	c.draft.Themes, c.draft.Lines, c.draft.Items = before.Themes, before.Lines, before.Items
	return err
}

// confirm makes a document of the file, or says what stands in the way.
func (h *House) confirm(w http.ResponseWriter, r *http.Request) error {
	in, err := h.arrived(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return err
	}
	form := r.PostForm
	c := confirming{
		recordForm: recordForm{h: h, r: r, texts: []textForm{readText(form, langOf(form.Get("lang")), "")}}, in: in,
		mark: strings.TrimSpace(form.Get("mark")), into: strings.TrimSpace(form.Get("into")), like: form.Get("like"), topic: form.Get("topic"),
	}
	c.read(form)
	if c.home = form.Get("home") != ""; c.home {
		c.into = form.Get("home")
	}
	id, err := c.keep()
	var stale library.Stale
	switch {
	case errors.As(err, &c.wrong):
		return c.show(w)
	case errors.As(err, &stale):
		if c.in, err = h.arrived(r); err != nil {
			return err
		}
		if c.in.Stage != library.Kept {
			c.rev, c.changed = c.in.Rev, true
			return c.show(w)
		}
		id = c.in.Document // the other click of a double click was quicker
	case err != nil:
		return err
	}
	if err := h.drawnFromTopic(r, "document", id); err != nil {
		return err
	}
	return c.goOn(w, id, form.Get("then") == "next")
}

// keep checks everything at once, so that all that is wrong is said at once.
func (c *confirming) keep() (string, error) {
	draft, wrong, err := c.check(c.into == "")
	if err != nil {
		return "", err
	}
	if len([]rune(c.mark)) > maxMark {
		wrong["mark"] = "library.error.mark"
	}
	into, err := c.target(wrong)
	switch {
	case err != nil:
		return "", err
	case len(wrong) > 0:
		return "", wrong
	}
	typed := c.texts[0]
	draft.Keywords = map[lang.Tag][]string{typed.Lang: typed.keywords()}
	text := library.Text{Lang: typed.Lang, Title: typed.Title, Summary: typed.Summary, Mark: c.mark}
	id, err := c.h.Library.Confirm(c.r.Context(), ReaderOf(c.r).Subject, c.in.ID, c.rev, into, draft, text)
	return id, refusal(err)
}

// maxMark is the longest mark of a version, in characters: "Rev.1/Corr.2".
const maxMark = 40

// target is the document that the file belongs to, "" for one of its own.
func (c *confirming) target(wrong library.Invalid) (string, error) {
	if c.into == "" {
		return "", nil
	}
	id, err := c.h.document(c.r.Context(), scope(c.r), c.into)
	if err != nil {
		return "", err
	}
	if id == "" {
		wrong["into"] = "library.error.document"
		return "", nil
	}
	rec, err := c.h.Library.Get(c.r.Context(), scope(c.r), id)
	if err == nil && !ReaderOf(c.r).May(access.Edit, rec.Label).Allowed {
		wrong["into"] = "library.error.into"
	}
	return id, err
}

// goOn leads to the next file that is ready, or to what became of this one.
func (c *confirming) goOn(w http.ResponseWriter, id string, next bool) error {
	f := c.h.site.Frame(c.r)
	if !next {
		return f.Redirect(w, "/library/"+id, noticeKept, 0)
	}
	ready, err := c.h.Library.ReadyOf(c.r.Context(), ReaderOf(c.r).Subject, c.in.Batch, 1)
	if err != nil {
		return err
	}
	if len(ready) == 0 {
		return f.Redirect(w, listPath(c.in.Batch), noticeKept, 0)
	}
	return f.Redirect(w, confirmPath(ready[0].ID)+"?"+url.Values{"like": {id}}.Encode(), noticeKept, 0)
}

// show shows the form with what was typed, or what became of the file.
func (c *confirming) show(w http.ResponseWriter) error {
	words, err := c.page()
	if err != nil {
		return err
	}
	f := words.Frame
	f.Title = f.T("library.confirm.title")
	f.Crumbs = []Link{{f.T("web.nav.library"), f.URL("/library")}, {f.T("library.intake.title"), f.URL(listPath(c.in.Batch))}}
	v := ConfirmView{
		Arrival: words.arrival(c.in, ""), Action: f.URL(confirmPath(c.in.ID)), Rev: c.rev, Like: c.like, Topic: c.topic,
		Form: c.in.Stage == library.Ready || c.changed, Lang: string(c.in.Proposal.Lang),
	}
	if c.in.Stage == library.Arrived {
		v.Again = f.here(c.r.URL.Query())
	}
	if c.changed {
		v.Changed = f.T("library.confirm.changed", "stage", f.T("library.stage."+string(c.in.Stage)))
	}
	for _, note := range c.in.Proposal.Notes {
		v.Notes = append(v.Notes, f.T("extract.note."+note.Code, "n", note.N))
	}
	if v.Form {
		if err := c.fill(&v, words); err != nil {
			return err
		}
	}
	return confirmPage.Show(w, f, v)
}

// fill puts the form and the beginning of the text into the view.
func (c *confirming) fill(v *ConfirmView, words wording) error {
	if err := c.belongs(v, words); err != nil {
		return err
	}
	if err := c.twins(v, words); err != nil {
		return err
	}
	d := c.drafting(words, access.Label{})
	if v.Into == nil {
		v.Belongs = &Field{Name: "into", Label: d.T("library.field.into"), Hint: d.T("library.hint.into"), Value: c.into, Error: d.fault("into"), Auto: "off"}
		v.Open = c.into != "" || v.Propose != nil
	}
	v.Mark = Field{Name: "mark", Label: d.T("library.field.mark"), Hint: d.T("library.hint.mark"), Value: c.mark, Error: d.fault("mark"), Width: "short", Auto: "off"}
	v.Text = slices.Insert(d.text(c.texts[0]), 1, d.language(c.texts[0].Lang, c.in.Proposal.LangSure))
	if v.Into == nil {
		draft := d.view(c.draft)
		v.Draft = &draft
		if c.like != "" {
			v.Filled = d.T("library.confirm.like")
		}
	} else {
		v.Text = v.Text[:3] // keywords belong to the document
	}
	return c.opening(v, words)
}

// belongs finds the document that the file was brought for, or that has its
// symbol already.
func (c *confirming) belongs(v *ConfirmView, words wording) error {
	ctx := c.r.Context()
	if c.home && c.wrong["into"] == "" {
		rec, err := c.h.Library.Get(ctx, scope(c.r), documentID(c.into))
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		v.Home, v.Into = rec.ID, &Link{rec.Edition(words.Lang).Title, words.URL("/library/" + rec.ID)}
		return err
	}
	if c.into != "" || c.in.Proposal.Symbol == "" {
		return nil
	}
	id, err := c.h.document(ctx, scope(c.r), c.in.Proposal.Symbol)
	if err != nil || id == "" {
		return err
	}
	rec, err := c.h.Library.Get(ctx, scope(c.r), id)
	if err == nil && ReaderOf(c.r).May(access.Edit, rec.Label).Allowed {
		title := strings.TrimSpace(cmp.Or(rec.Symbol, "") + " " + rec.Edition(words.Lang).Title)
		v.Propose = &Link{title, words.URL(confirmPath(c.in.ID)) + "?" + url.Values{"into": {id}}.Encode()}
	}
	return err
}

// opening puts the first passages beside the form, so that she can check.
func (c *confirming) opening(v *ConfirmView, words wording) error {
	passages, err := c.h.Library.Opening(c.r.Context(), c.in, openingPassages+1)
	if err != nil {
		return err
	}
	page := 0
	for i, p := range passages {
		if i == openingPassages {
			v.More = true
			break
		}
		line := OpeningLine{Text: strings.ReplaceAll(p.Text, "\t", " · "), Heading: p.Kind == "heading"}
		if p.Page > 0 && p.Page != page {
			page = p.Page
			line.Page = words.T("library.page", "page", strconv.Itoa(page))
		}
		if short := search.Snippet(c.in.Proposal.Lang, line.Text, nil, maxOpening); short.After {
			line.Text = short.Text + " …"
		}
		v.Opening = append(v.Opening, line)
	}
	return nil
}

// maxOpening is how much of each passage stands beside the form, in characters.
const maxOpening = 300
