package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/search"
	"polis/internal/store"
)

// ReadingView is a document in one language, or in two side by side.
type ReadingView struct {
	Title, Lang string
	Summary     string
	Facts       []Fact
	Tags        []Tag
	Languages   []VersionLink // the language versions
	Beside      []VersionLink // what can be put beside it
	Contents    []HeadingLink
	Rows        []PassageRow
	Other       string // language of the text beside, or ""
	Parts       *Pagination
	Search      string // address to look inside the document
	Asked       string
	Inside      *InsideView // where the words stand, if that was asked
	File        *FileLink
	Versions    []FileLink // earlier ones
	Related     []RelationView
	Twins       []TwinLink // documents that say nearly the same
	Usage       *UsageNote // how often it is read, for those who may edit it
	Why         string     // the rule by which the reader sees it
	WhyURL      string     // where that is explained
	Edit        string     // address, for those who may
	Lowering    *Link      // that a wider circle was asked for, or where one asks, for those who may edit
	Withdraw    string     // address where she takes it out, where she may edit it
	Concepts    ConceptLinks
	Collections []Link // those with it
	Drawn       *LessonsDrawn
	Collect     string // address where it is put into one, for those who contribute
	Address     string // the document's own, for citing
	Cite        string // where its reference is
	Source      string // title, symbol and date, as a copied citation names them
}

// VersionLink leads to a language version.
type VersionLink struct {
	Name, Lang, URL string
	Here            bool
	Original        string // "original", where it is
}

// InsideView lists the passages of the whole text that have the words.
type InsideView struct {
	Count int
	More  bool // there are more than are listed
	Links []InsideLink
}

// InsideLink leads to one of them.
type InsideLink struct {
	URL, Number string
	Text        []MarkedText
}

// HeadingLink leads to a heading of the text.
type HeadingLink struct {
	Text, URL string
	Depth     int64
}

// PassageRow is a passage, with the same one in the other language beside it.
type PassageRow struct {
	Own, Beside *PassageView
	Page        string // "page 4", where a new page of the original begins
}

// PassageView is one passage.
type PassageView struct {
	N        string // of the anchor
	Kind     string
	Depth    int64
	Lang     string
	Text     []MarkedText
	Cells    [][]MarkedText // of a table row
	Cite     string         // address of the citation
	CiteWord string         // "Cite"
	Number   string
}

// FileLink leads to a file to download.
type FileLink struct{ Text, URL, View, Line string }

// RelationView groups what a document leads to in one way.
type RelationView struct {
	Name  string
	Links []Link
}

var readingPage = newPage("reading", ReadingView{
	Title: "Community policing: first contact", Lang: "en", Summary: "How to begin.",
	Facts:     []Fact{{"Type", []Link{{"Guide", ""}}}, {"Theme", []Link{{"Police reform", "/en/themes/police-reform"}}}},
	Tags:      []Tag{{Plain, "Demonstration"}},
	Languages: []VersionLink{{"English", "en", "/en/library/1/en", true, "original"}, {"Русский", "ru", "/en/library/1/ru", false, ""}},
	Beside:    []VersionLink{{"Русский", "ru", "/en/library/1/en?beside=ru", false, ""}},
	Contents:  []HeadingLink{{"Before the first meeting", "/en/library/1/en#p2", 2}},
	Rows: []PassageRow{
		{Own: &PassageView{N: "1", Kind: "heading", Depth: 2, Lang: "en", Text: []MarkedText{{"Before the first meeting", false}}, Cite: "/en/library/1/en/cite?p=1", Number: "1", CiteWord: "Cite"}, Beside: &PassageView{N: "1", Kind: "heading", Depth: 2, Lang: "ru", Text: []MarkedText{{"До первой встречи", false}}, Number: "1"}, Page: "page 2"},
		{Own: &PassageView{N: "2", Kind: "paragraph", Lang: "en", Text: []MarkedText{{"Name one ", false}, {"contact", true}}, Cite: "/en/library/1/en/cite?p=2", Number: "2", CiteWord: "Cite"}, Beside: &PassageView{N: "2", Kind: "list-item", Lang: "ru", Text: []MarkedText{{"Назначьте", false}}, Number: "2"}},
		{Own: &PassageView{N: "3", Kind: "table-row", Lang: "en", Cells: [][]MarkedText{{{"When", false}}, {{"Who", false}}}, Cite: "/en/library/1/en/cite?p=3", Number: "3", CiteWord: "Cite"}},
	},
	Search: "/en/library/1/en", Asked: "contact",
	Inside:   &InsideView{Count: 1, More: true, Links: []InsideLink{{"/en/library/1/en#p2", "2", []MarkedText{{"Name one ", false}, {"contact", true}}}}},
	File:     &FileLink{"guide.pdf", "/files/1", "/files/1?view=1", "PDF, 1.2 MB, 12 pages"},
	Versions: []FileLink{{"Version 1", "/files/2", "", "3 March 2026"}},
	Related:  []RelationView{{"Cites", []Link{{"PC.DEC/1049", "/en/library/2"}}}},
	Why:      "Everyone may read it.", WhyURL: "/en/why?of=/library/1", Edit: "/en/library/1/edit", Withdraw: "/en/library/1/withdraw", Concepts: ConceptLinks{[]Link{{"community policing", "/en/thesaurus/community-policing"}}, true, "/en/library/1/concepts"}, Collections: []Link{{"First contact", "/en/collections/1"}}, Drawn: &sampleDrawn, Collect: "/en/library/1/collect", Lowering: &Link{"Somebody asks that more people may read this", "/en/library/1/lowering"}, Address: "https://polis.example/library/1",
	Twins: []TwinLink{sampleTwin}, Usage: sampleUsageNote, Source: "Community policing: first contact, POLIS.DEMO/1/26", Cite: "/en/library/1/en/cite",
})

func (h *House) openReading() {
	h.site.Handle("GET /library/{id}", h.read)
	h.site.Handle("GET /library/{id}/{lang}", h.read)
	h.openFiles()
	h.site.Handle("GET /library/{id}/linkset.json", h.linkset)
	h.site.Handle("GET /library/{id}/{lang}/cite", h.cite)
}

// record reads the document of the address within the reader's scope.
func (h *House) record(r *http.Request) (library.Record, error) {
	rec, err := h.Library.Get(r.Context(), scope(r), r.PathValue("id"))
	if errors.Is(err, store.ErrNotFound) {
		return rec, h.gone(r)
	}
	return rec, err
}

// edition chooses the language version: the one of the address, or the
// reader's.
func edition(r *http.Request, rec library.Record) (library.Edition, error) {
	want := r.PathValue("lang")
	if want == "" {
		return rec.Edition(LangOf(r)), nil
	}
	i := slices.IndexFunc(rec.Editions, func(e library.Edition) bool { return library.LangPath(e.Lang) == want })
	if i < 0 {
		return library.Edition{}, NotFound()
	}
	return rec.Editions[i], nil
}

// reading is what the parts of one reading page share.
type reading struct {
	wording
	h     *House
	r     *http.Request
	rec   library.Record
	ed    library.Edition
	other *library.Edition      // beside it
	part  int                   // from 0
	words map[lang.Tag][]string // what is marked in a text of that language
	asked string
}

func (h *House) read(w http.ResponseWriter, r *http.Request) error {
	rec, err := h.record(r)
	if err != nil {
		return h.forwarded(w, r, err)
	}
	ed, err := edition(r, rec)
	if err != nil {
		return err
	}
	f := h.site.Frame(r)
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	p := &reading{wording: words, h: h, r: r, rec: rec, ed: ed, asked: strings.TrimSpace(r.FormValue("q"))}
	part, _ := strconv.Atoi(r.FormValue("part"))
	p.part = min(max(part, 1), 10_000) - 1
	for i, e := range rec.Editions {
		if library.LangPath(e.Lang) == r.FormValue("beside") && e.ID != ed.ID {
			p.other = &rec.Editions[i]
		}
	}
	if err := p.note(); err != nil {
		return err
	}
	if err := p.understand(); err != nil {
		return err
	}
	v, err := p.view()
	if err != nil {
		return err
	}
	f.Title, f.Description = ed.Title, ed.Summary
	f.Crumbs = []Link{{f.T("web.nav.library"), f.URL("/library")}}
	if p.asked != "" {
		f.Crumbs = append(f.Crumbs, Link{f.T("library.search.title", "q", p.asked), f.search(p.asked)})
		f.Query = p.asked
	}
	portrait{wording: words, base: h.origin(r), rec: rec, ed: ed}.describe(f)
	h.used(r, rec.Document, ed.Lang, p.uses()...)
	return readingPage.Show(w, f, v)
}

// note writes into the log that she reads this, where that is noted: both texts
// of those that stand side by side.
func (p *reading) note() error {
	versions := []string{p.ed.Version.ID}
	if p.other != nil {
		versions = append(versions, p.other.Version.ID)
	}
	return p.h.Library.NoteText(p.r.Context(), ReaderOf(p.r).Subject, p.rec.Document, versions...)
}

func (p *reading) view() (ReadingView, error) {
	v := ReadingView{
		Title: p.ed.Title, Lang: string(p.ed.Lang), Summary: p.ed.Summary, Asked: p.asked,
		Search: p.URL("/library/" + p.rec.ID + "/" + library.LangPath(p.ed.Lang)), Facts: p.facts(), Tags: p.tags(),
		Related: p.related(), Address: p.h.address(p.r, p.rec.ID),
		Source: p.source(p.rec, p.ed), Cite: p.URL(library.Path(p.rec.ID, p.ed.Lang) + "/cite"),
	}
	from, err := p.harvestedFrom()
	if err != nil {
		return v, err
	}
	drawn, err := p.comesFrom()
	if err != nil {
		return v, err
	}
	authors, err := p.experts()
	if err != nil {
		return v, err
	}
	v.Facts = slices.Concat(v.Facts, authors, from, drawn)
	rule, _ := ReaderOf(p.r).Scope().Allows(p.rec.Label)
	v.Why = p.T("access.rule." + string(rule))
	v.WhyURL = p.URL("/why?of=/library/" + p.rec.ID)
	if ReaderOf(p.r).May(access.Edit, p.rec.Label).Allowed {
		v.Edit, v.Withdraw = p.URL("/library/"+p.rec.ID+"/edit"), p.URL("/library/"+p.rec.ID+"/withdraw")
		if err := p.lowering(&v); err != nil {
			return v, err
		}
		if err := p.usage(&v); err != nil {
			return v, err
		}
	}
	if err := p.twins(&v); err != nil {
		return v, err
	}
	if v.Concepts, err = p.h.conceptsOf(p.r, p.Frame, p.rec); err != nil {
		return v, err
	}
	if err := p.collections(&v); err != nil {
		return v, err
	}
	if v.Drawn, err = p.lessonsDrawn(); err != nil {
		return v, err
	}
	p.languages(&v)
	if p.other != nil {
		v.Other = string(p.other.Lang)
	}
	if err := p.files(&v); err != nil {
		return v, err
	}
	if p.r.FormValue("inside") != "" && len(p.words[p.ed.Lang]) > 0 {
		if err := p.inside(&v); err != nil {
			return v, err
		}
	}
	return v, p.text(&v)
}

// understand finds what the question says in the languages of the texts: a
// reader who asked in Russian sees the French words marked that answer her.
func (p *reading) understand() error {
	p.words = map[lang.Tag][]string{}
	typed := search.Words(p.asked)
	if len(typed) == 0 {
		return nil
	}
	shown := []library.Edition{p.ed}
	if p.other != nil {
		shown = append(shown, *p.other)
	}
	for _, e := range shown {
		meant, err := p.h.Index.Meant(p.r.Context(), scope(p.r), p.asked, p.Lang, p.rec.ID, e.Lang)
		if err != nil {
			return err
		}
		p.words[e.Lang] = slices.Concat(typed, meant)
	}
	return nil
}

// maxInside is how many passages a search inside a document lists.
const maxInside = 40

// inside looks for the words in the whole text, wherever its parts are.
func (p *reading) inside(v *ReadingView) error {
	v.Inside = &InsideView{}
	for from := int64(0); ; from += insideStep {
		passages, err := p.h.Library.Passages(p.r.Context(), scope(p.r), p.ed.Version.ID, from, insideStep)
		if err != nil || len(passages) == 0 {
			return err
		}
		for _, one := range passages {
			x := search.Snippet(p.ed.Lang, one.Body, p.words[p.ed.Lang], 160)
			if len(x.Marks) == 0 || one.Kind == "margin" {
				continue
			}
			if v.Inside.Count++; len(v.Inside.Links) == maxInside {
				v.Inside.More = true
				continue
			}
			v.Inside.Links = append(v.Inside.Links, InsideLink{
				URL:    p.URL(library.PassagePath(p.rec.ID, p.ed.Lang, int(one.N), p.asked)),
				Number: p.Number(one.N + 1), Text: marked(x.Text, x.Marks),
			})
		}
	}
}

// insideStep is how many passages a search inside a document reads at once.
const insideStep = 500

// address is the document's permanent address, as a citation writes it: where
// readers find the pages, and not what the request called the server, which is
// whatever its sender writes.
func (h *House) address(r *http.Request, id string) string {
	return h.origin(r) + "/library/" + id
}

func (p *reading) languages(v *ReadingView) {
	base := "/library/" + p.rec.ID + "/"
	for _, t := range append(slices.Clone(lang.All), "") {
		for _, e := range p.rec.Editions {
			if e.Lang != t {
				continue
			}
			link := VersionLink{Name: p.value(search.Lang, library.LangPath(t)), Lang: string(t), URL: p.URL(base + library.LangPath(t)), Here: e.ID == p.ed.ID}
			if t == p.rec.Original && t != "" {
				link.Original = p.T("library.original")
			}
			v.Languages = append(v.Languages, link)
			if e.ID != p.ed.ID {
				link.URL, link.Here = p.With("beside", library.LangPath(t)), p.other != nil && p.other.ID == e.ID
				v.Beside = append(v.Beside, link)
			}
		}
	}
}

// text reads the passages of this part, and those beside them.
func (p *reading) text(v *ReadingView) error {
	ctx, from := p.r.Context(), int64(p.part*library.PartSize)
	length, err := p.h.Library.Length(ctx, p.ed.Version.ID)
	if err != nil {
		return err
	}
	own, err := p.h.Library.Passages(ctx, scope(p.r), p.ed.Version.ID, from, min(library.PartSize, length-from))
	if err != nil {
		return err
	}
	if len(own) == 0 && from > 0 {
		return NotFound()
	}
	var beside []library.Passage
	if p.other != nil {
		if beside, err = p.h.Library.Passages(ctx, scope(p.r), p.other.Version.ID, from, library.PartSize); err != nil {
			return err
		}
		beside = slices.DeleteFunc(beside, func(q library.Passage) bool { return q.Kind == "margin" })
	}
	page := int64(-1)
	for i := range max(len(own), len(beside)) {
		var row PassageRow
		if i < len(own) {
			row.Own = p.passage(own[i], p.ed, true)
			if own[i].Page > 0 && own[i].Page != page {
				page = own[i].Page
				row.Page = p.T("library.page", "page", strconv.FormatInt(page, 10))
			}
		}
		if i < len(beside) {
			row.Beside = p.passage(beside[i], *p.other, false)
		}
		v.Rows = append(v.Rows, row)
	}
	v.Parts = p.parts(int(length))
	return p.contents(v, length)
}

func (p *reading) parts(length int) *Pagination {
	pages := (length + library.PartSize - 1) / library.PartSize
	return p.paginate(p.part+1, pages, func(n int) string { return p.partURL(n - 1) })
}

// partURL is this page at another part of the text.
func (p *reading) partURL(part int) string {
	if part == 0 {
		return p.With("part", "")
	}
	return p.With("part", strconv.Itoa(part+1))
}

// maxHeadings is how many headings the contents list.
const maxHeadings = 80

func (p *reading) contents(v *ReadingView, length int64) error {
	if length < 6 {
		return nil
	}
	heads, err := p.h.Library.Headings(p.r.Context(), scope(p.r), p.ed.Version.ID, maxHeadings)
	if err != nil {
		return err
	}
	for _, h := range heads {
		if h.N == 0 {
			continue // the title, as a rule
		}
		v.Contents = append(v.Contents, HeadingLink{
			Text: h.Body, Depth: h.Depth, URL: p.partURL(int(h.N)/library.PartSize) + "#p" + strconv.FormatInt(h.N+1, 10),
		})
	}
	if len(v.Contents) < 2 {
		v.Contents = nil
	}
	return nil
}

func (p *reading) passage(in library.Passage, e library.Edition, own bool) *PassageView {
	v := &PassageView{N: strconv.FormatInt(in.N+1, 10), Kind: in.Kind, Depth: min(max(in.Depth+1, 2), 5), Lang: string(e.Lang)}
	v.Number = p.Number(in.N + 1)
	if own {
		v.CiteWord = p.T("web.cite")
		v.Cite = p.URL(fmt.Sprintf("/library/%s/%s/cite?p=%d", p.rec.ID, library.LangPath(e.Lang), in.N+1))
	}
	if in.Kind == "table-row" {
		for _, cell := range strings.Split(in.Body, "\t") {
			v.Cells = append(v.Cells, p.mark(e.Lang, cell))
		}
		return v
	}
	text := in.Body
	if in.Kind == "list-item" { // the page has a mark of its own
		text = strings.TrimSpace(strings.TrimLeft(text, "•◦▪‣·–-*"))
	}
	v.Text = p.mark(e.Lang, text)
	return v
}

func (p *reading) mark(t lang.Tag, text string) []MarkedText {
	if len(p.words[t]) == 0 {
		return []MarkedText{{text, false}}
	}
	return marked(text, search.Marks(t, text, p.words[t]))
}
