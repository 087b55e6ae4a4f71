package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"polis/internal/directory"
	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/search"
	"polis/internal/store"
)

// FrameworkView is an edition of the Strategic Framework: our short titles, and
// beside them, where it was imported, the official text to the last character.
type FrameworkView struct {
	Meta     []string // adopted, in force
	Official OfficialView
	Contents []HeadingLink
	Rows     []FrameworkRow
	Notes    []NoteView
	Running  []string // page numbers and running heads of the official text
}

// OfficialView says which official text is shown, or how one comes here.
type OfficialView struct {
	Lang      string        // of the text shown, "" where there is none
	Line      string        // when it was imported
	Languages []VersionLink // to choose from
	Other     string        // that the text is not in the reader's language, or ""
	How       string        // how a text is imported, where there is none
}

// FrameworkRow is one piece of the edition: a heading, an item, or a passage
// that has no title of ours.
type FrameworkRow struct {
	Anchor    string
	Head      int // 2 or 3 for a heading, else 0
	Title     string
	URL       string // of the item's page
	Paragraph bool
	Consent   string // how the item speaks of consent, "" where it is silent
	Documents *Link  // to the documents that point at the item, with their number
	Mark      string // of the official text: "14.", "–"
	Text      []RunView
}

// RunView is a stretch of the official text, or the marker of a footnote in it.
type RunView struct {
	Text   string
	Note   string // anchor of the footnote, or ""
	Anchor string // of the marker
	Label  string // "Footnote 2"
}

// NoteView is a footnote.
type NoteView struct {
	Number, Text   string
	Anchor, Marker string // its own, and that of its marker
	Back           string // "Back to the text"
}

var frameworkSample = []FrameworkRow{
	{Anchor: "preamble.1", Text: []RunView{{Text: "DECISION No. 1049"}}},
	{Anchor: "V", Head: 2, Title: "V Priorities", Mark: "V.", Text: []RunView{{Text: "Priorities of the stand-in"}}},
	{Anchor: "V.c", Head: 3, Title: "V.c Thematic priorities", Mark: "c)", Text: []RunView{{Text: "Themes"}}},
	{Anchor: "14", Title: "14 Police development and reform", URL: "/en/framework/1049/14", Paragraph: true, Documents: &Link{"9 documents", "/en/library?item=1049%2F14"}, Mark: "14.", Text: []RunView{{Text: "A stand-in with a note"}, {Text: "1", Note: "note-1", Anchor: "mark-1", Label: "Footnote 1"}}},
	{Anchor: "14.5", Title: "14.5 Guidance documents", URL: "/en/framework/1049/14.5", Consent: "The State must have asked for it.", Documents: &Link{"12 documents", "/en/library?item=1049%2F14.5"}, Mark: "–", Text: []RunView{{Text: "A dash item"}}},
}

var officialSample = OfficialView{
	Lang: "fr", Line: "Imported on 3 March 2026", Other: "It is shown in French.", How: "Import it.",
	Languages: []VersionLink{{"English", "en", "/en/framework?text=en", false, ""}, {"Français", "fr", "/en/framework?text=fr", true, ""}},
}

var noteSample = []NoteView{{"1", "See the first attachment.", "note-1", "mark-1", "Back to the text"}}

var frameworkPage = newPage("framework", FrameworkView{
	Meta: []string{"Adopted on 26 July 2012"}, Official: officialSample, Rows: frameworkSample, Notes: noteSample,
	Contents: []HeadingLink{{"V Priorities", "#V", 2}}, Running: []string{"PC.DEC/1049", "Page 2"},
})

func (h *House) openFramework() {
	h.site.Handle("GET /framework", h.framework)
	h.site.Handle("GET /framework/numbers", h.frameworkNumbers)
	h.site.Handle("GET /framework/{edition}", h.framework)
	h.site.Handle("GET /framework/{edition}/{item}", h.frameworkItem)
}

// frameworking is what the parts of one page of the Framework share.
type frameworking struct {
	wording
	r        *http.Request
	edition  *framework.Edition
	text     framework.Official // no passages where none was imported
	official OfficialView
	counts   map[string]int // documents by item
}

// openEdition reads what a page of the edition with this id needs.
func (h *House) openEdition(r *http.Request, id string) (*frameworking, error) {
	edition, ok := framework.Lookup(id)
	if !ok {
		return nil, NotFound()
	}
	names, err := directory.Names(r.Context(), h.DB)
	if err != nil {
		return nil, err
	}
	p := &frameworking{wording: wording{Frame: h.site.Frame(r), names: names}, r: r, edition: edition}
	if p.counts, err = h.counts(r, search.Item); err != nil {
		return nil, err
	}
	there, err := framework.Languages(r.Context(), h.DB, scope(r), id)
	if err != nil {
		return nil, err
	}
	if len(there) == 0 {
		p.official.How = p.T("framework.official.how", "command", "polis import framework FILE")
		return p, nil
	}
	shown := p.choose(there)
	p.text, err = framework.Text(r.Context(), h.DB, scope(r), id, shown)
	if errors.Is(err, store.ErrNotFound) { // taken away since
		return p, nil
	}
	p.official.Line = p.T("framework.official.imported", "date", p.Date(p.text.Imported))
	return p, err
}

// choose takes the language of the official text: the one asked for, the
// reader's, English, or whichever there is.
func (p *frameworking) choose(there []lang.Tag) lang.Tag {
	asked, _ := lang.Parse(p.r.URL.Query().Get("text"))
	shown := there[0]
	for _, t := range []lang.Tag{lang.English, p.Lang, asked} { // the last that is there
		if slices.Contains(there, t) {
			shown = t
		}
	}
	p.official.Lang = string(shown)
	for _, t := range there {
		p.official.Languages = append(p.official.Languages, VersionLink{Name: t.Name(), Lang: string(t), URL: p.With("text", string(t)), Here: t == shown})
	}
	if !slices.Contains(there, p.Lang) {
		p.official.Other = p.T("framework.official.other", "wanted", p.Lang.Name(), "shown", shown.Name())
	}
	return shown
}

func (h *House) framework(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("edition")
	if id == "" {
		id = framework.Current().ID
	}
	p, err := h.openEdition(r, id)
	if err != nil {
		return err
	}
	v := FrameworkView{Official: p.official, Running: p.text.Running, Notes: p.notes(-1)}
	v.Meta = []string{
		p.T("framework.adopted", "date", p.PartialDate(p.edition.Date), "symbol", p.edition.Symbol),
		p.T("framework.in-force", "date", p.PartialDate(p.edition.InForce)),
	}
	if len(p.text.Passages) > 0 {
		v.Rows = p.textRows()
	} else {
		v.Rows = p.titleRows()
	}
	for _, row := range v.Rows {
		if row.Head > 0 {
			v.Contents = append(v.Contents, HeadingLink{row.Title, "#" + row.Anchor, int64(row.Head)})
		}
	}
	p.Title, p.Description = p.edition.Names.In(p.Lang), p.T("framework.about")
	return frameworkPage.Show(w, p.Frame, v)
}

// titleRows are the sections and items under our titles alone.
func (p *frameworking) titleRows() []FrameworkRow {
	var rows []FrameworkRow
	for _, item := range p.edition.Items {
		for _, s := range p.edition.Sections {
			if item.Dash == 0 && s.First == item.Paragraph {
				rows = append(rows, p.sectionRow(s))
			}
		}
		rows = append(rows, p.itemRow(item))
	}
	return rows
}

// textRows are all passages of the official text in their order, with our
// titles beside those that have one.
func (p *frameworking) textRows() []FrameworkRow {
	rows := []FrameworkRow{{Anchor: "decision", Head: 2, Title: p.T("framework.preamble")}}
	attached := false
	for i, passage := range p.text.Passages {
		if passage.Kind == framework.Attachment && !attached {
			attached = true
			rows = append(rows, FrameworkRow{Anchor: "attachments", Head: 2, Title: p.T("framework.attachments")})
		}
		row := p.row(passage)
		row.Mark, row.Text = passage.Mark, p.runs(i)
		rows = append(rows, row)
	}
	return rows
}

// row finds out what a passage of the official text is in the edition.
func (p *frameworking) row(passage framework.Passage) FrameworkRow {
	if item, ok := p.edition.Item(passage.ID); ok {
		return p.itemRow(item)
	}
	if i := slices.IndexFunc(p.edition.Sections, func(s framework.Section) bool { return s.ID == passage.ID }); i >= 0 {
		return p.sectionRow(p.edition.Sections[i])
	}
	return FrameworkRow{Anchor: anchor(passage.ID)}
}

// anchor is an item's or passage's id without its edition: "14.3".
func anchor(id string) string { return framework.Item{ID: id}.Number() }

func (p *frameworking) sectionRow(s framework.Section) FrameworkRow {
	row := FrameworkRow{Anchor: s.Mark, Head: 2, Title: s.Mark + " " + s.Titles.In(p.Lang)}
	if s.Sub() {
		row.Head = 3
	}
	return row
}

func (p *frameworking) itemRow(item framework.Item) FrameworkRow {
	row := FrameworkRow{
		Anchor: item.Number(), Title: p.itemTitle(item), URL: p.itemURL(item), Paragraph: item.Dash == 0,
		Documents: p.pointing(item),
	}
	if item.Consent != framework.Silent {
		row.Consent = p.T("framework.consent." + string(item.Consent))
	}
	return row
}

func (p *frameworking) itemTitle(item framework.Item) string {
	return item.Number() + " " + item.Titles.In(p.Lang)
}

// itemURL keeps the language of the official text that the reader has chosen.
func (p *frameworking) itemURL(item framework.Item) string {
	address := p.URL("/framework/" + item.ID)
	if asked, ok := lang.Parse(p.r.URL.Query().Get("text")); ok {
		address += "?text=" + string(asked)
	}
	return address
}

// pointing leads to the documents that point at the item, or is nil.
func (p *frameworking) pointing(item framework.Item) *Link {
	n := p.counts[item.ID]
	if n == 0 {
		return nil
	}
	return &Link{p.T("themes.documents", "n", n), p.URL("/library?item=" + item.ID)}
}

// runs are the stretches of a passage, its footnotes' markers among them.
func (p *frameworking) runs(passage int) []RunView {
	var list []RunView
	for _, run := range p.text.Runs(passage) {
		v := RunView{Text: run.Text}
		if run.Note > 0 {
			n := strconv.Itoa(run.Note)
			v.Note, v.Anchor, v.Label = "note-"+n, "mark-"+n, p.T("framework.footnote", "number", n)
		}
		list = append(list, v)
	}
	return list
}

// notes are the footnotes of one passage, or with -1 all of them.
func (p *frameworking) notes(passage int) []NoteView {
	var list []NoteView
	for _, note := range p.text.Notes {
		if passage >= 0 && note.In != passage {
			continue
		}
		n := strconv.Itoa(note.N)
		list = append(list, NoteView{n, note.Text, "note-" + n, "mark-" + n, p.T("framework.footnote.back")})
	}
	return list
}
