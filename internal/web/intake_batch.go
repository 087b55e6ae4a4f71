package web

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"polis/internal/access"
	"polis/internal/directory"
	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/library"
)

// KeepAllView is the form that takes all files that are ready into the library
// as proposed, with what they have in common: {{template "keep-all" .}}.
type KeepAllView struct {
	Action  string
	Open    bool
	Summary string // "Take all 12 that are ready"
	Lead    string
	Fields  []Field
	Origin  NamedField
	Level   Field
	Button  string
}

var sampleKeepAll = KeepAllView{
	Action: "/en/library/intake?batch=b1", Open: true, Summary: "Take all 12 that are ready", Lead: "As proposed.",
	Fields: []Field{{Name: "type", Label: "Type", Type: "select", Options: []Option{{Value: "guide", Text: "Guide"}}}, {Name: "themes", Label: "Themes", Type: "checkboxes", Options: []Option{{Value: "cybercrime", Text: "Cybercrime"}}}},
	Origin: NamedField{Field{Name: "origin", Label: "Origin"}, []string{"Kyrgyzstan"}, "/en/directory/names"},
	Level:  Field{Name: "level", Label: "Who may read it", Type: "radios", Error: "Choose who may read it.", Options: []Option{{Value: "public", Text: "Public", Hint: "Everyone"}}},
	Button: "Take all",
}

// maxAtOnce is how many files one form takes into the library.
const maxAtOnce = 200

var (
	noticeKeptAll  = newNotice("library.all.saved")
	noticeKeptSome = newNotice("library.all.some")
)

// keepAllView makes the form where more than one file of the reader's own is
// ready.
func (h *House) keepAllView(r *http.Request, w wording, typed draftForm, wrong map[string]string) (*KeepAllView, error) {
	ready, err := h.Library.ReadyOf(r.Context(), ReaderOf(r).Subject, r.URL.Query().Get("batch"), maxAtOnce)
	if err != nil || len(ready) < 2 {
		return nil, err
	}
	d := drafting{wording: w, who: ReaderOf(r).Subject, wrong: wrong}
	themes := Field{Name: "themes", Label: d.T("library.field.themes"), Type: "checkboxes", Error: d.fault("themes")}
	for _, t := range framework.Themes() {
		themes.Options = append(themes.Options, Option{Value: t.ID, Text: t.Names.In(d.Lang), Chosen: slices.Contains(typed.Themes, t.ID)})
	}
	return &KeepAllView{
		Action: d.With("stage", ""), Open: len(wrong) > 0,
		Summary: d.T("library.all.summary", "n", len(ready)), Lead: d.T("library.all.lead"),
		Fields: []Field{d.kinds(typed.Type), themes, {Name: "licence", Label: d.T("library.field.licence"), Hint: d.T("library.hint.licence"), Value: typed.Licence, Error: d.fault("licence")}},
		Origin: d.origin(typed.Origin), Level: d.readers(typed.Circle), Button: d.T("library.all.button", "n", len(ready)),
	}, nil
}

// keepAll takes every ready file of the reader's own into the library as it was
// proposed. A file that cannot be taken so stays, to be looked at by itself.
func (h *House) keepAll(w http.ResponseWriter, r *http.Request) error {
	if err := mayContribute(r); err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return err
	}
	typed := readDraft(r.PostForm)
	shared, wrong, err := typed.draft(r, h)
	if err != nil {
		return err
	}
	who := ReaderOf(r)
	label := access.Label{Level: shared.Level, State: shared.State, Group: shared.Group, Owner: who.ID}
	if len(wrong) == 0 && !who.May(access.Contribute, label).Allowed {
		wrong["level"] = "library.error.level"
	}
	if len(wrong) > 0 {
		return h.showIntake(w, r, typed, wrong)
	}
	Patient(w, 10*time.Minute)
	ready, err := h.Library.ReadyOf(r.Context(), who.Subject, r.URL.Query().Get("batch"), maxAtOnce)
	if err != nil {
		return err
	}
	kept, left := 0, 0
	for _, in := range ready {
		switch err := h.keepAsProposed(r, in, shared); {
		case err == nil:
			kept++
		case ofFile(err):
			left++
		default:
			return err
		}
	}
	notice := noticeKeptAll
	if left > 0 {
		notice = noticeKeptSome
	}
	return h.site.Frame(r).Redirect(w, listPath(r.URL.Query().Get("batch")), notice, kept)
}

// ofFile reports whether the error lies in one file and not in the house.
func ofFile(err error) bool {
	var (
		invalid library.Invalid
		stale   library.Stale
	)
	return errors.As(err, &invalid) || errors.As(err, &stale) || errors.Is(err, library.ErrForbidden)
}

// keepAsProposed makes a document of a file; of one whose symbol is here already
// in other languages it makes that document's next language version.
func (h *House) keepAsProposed(r *http.Request, in library.Intake, shared library.Draft) error {
	p, d := in.Proposal, shared
	d.Symbol, d.Dated, d.Original = p.Symbol, p.Date, p.Original
	into, err := h.home(r, p.Symbol, p.Lang)
	if err != nil {
		return err
	}
	_, err = h.Library.Confirm(r.Context(), ReaderOf(r).Subject, in.ID, in.Rev, into, d, library.Text{Lang: p.Lang, Title: p.Title})
	return err
}

// home finds the document with the symbol that lacks the language and that the
// reader may change, or "".
func (h *House) home(r *http.Request, symbol string, t lang.Tag) (string, error) {
	id, err := h.document(r.Context(), scope(r), symbol)
	if err != nil || id == "" {
		return "", err
	}
	rec, err := h.Library.Get(r.Context(), scope(r), id)
	if err != nil || !ReaderOf(r).May(access.Edit, rec.Label).Allowed {
		return "", err
	}
	for _, e := range rec.Editions {
		if e.Lang == t {
			return "", nil
		}
	}
	return id, nil
}

// words are the words of a page, with the names of the directory and, for
// those who may know of them, of the closed groups.
func (h *House) words(r *http.Request, f *Frame) (wording, error) {
	names, err := directory.Names(r.Context(), h.DB)
	if err != nil {
		return wording{}, err
	}
	groups, archives, err := h.groupNames(r)
	called := func(id string) string { return f.conceptName(r.Context(), h, id) }
	feeds := func(id string) string { return h.sourceName(r.Context(), id) }
	return wording{Frame: f, names: names, groups: groups, archives: archives, called: called, feeds: feeds}, err
}
