package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/search"
	"polis/internal/thesaurus"
)

// ThesaurusView is a vocabulary: looked through, by letter, or as a tree.
type ThesaurusView struct {
	Count     string // "615 concepts"
	Action    string
	Search    Field
	Scheme    string     // id, where it is not ours
	Schemes   []SortLink // the vocabularies, where there are several
	Asked     string     // what was looked for
	Found     []ThesaurusLine
	Letters   []SortLink
	Letter    string
	Tree      []ThesaurusBranch
	All       string // address of the tree, from a search or a letter
	Downloads []Link
	Misses    []MissLine // what people look for and do not find, for those who may add it
	New       string     // address, for those who may
	Import    string
}

// ThesaurusLine is a label that leads to its concept.
type ThesaurusLine struct {
	Text, URL string
	Lang      string
	Name      string // what the concept is called in the reader's language, where Text is not that
	Scheme    string // where it is found in several
}

// ThesaurusBranch is a concept with those below it.
type ThesaurusBranch struct {
	Name, URL string
	Summary   string // "12 narrower concepts"
	Below     []ThesaurusBranch
}

// Miss is something that people looked for and did not find.
type Miss struct {
	Text  string
	Lang  lang.Tag
	Count int
}

// MissLine is a Miss with the way to a concept that has its name.
type MissLine struct{ Text, Lang, Count, URL string }

var thesaurusPage = newPage("thesaurus", ThesaurusView{
	Count: "615 concepts", Action: "/en/thesaurus", Scheme: "eurovoc", Search: Field{Name: "q", Label: "Find a concept", Type: "search"},
	Schemes: []SortLink{{"POLIS", "/en/thesaurus", true}, {"EuroVoc", "/en/thesaurus?scheme=eurovoc", false}}, Asked: "ДПИ",
	Found:   []ThesaurusLine{{"ДПИ", "/en/thesaurus/intelligence-led-policing", "ru", "intelligence-led policing", "EuroVoc"}},
	Letters: []SortLink{{"A", "/en/thesaurus?letter=a", true}}, Letter: "A", All: "/en/thesaurus",
	Tree:      []ThesaurusBranch{{"police organisation", "/en/thesaurus/police-organisation", "1 narrower concept", []ThesaurusBranch{{"police", "/en/thesaurus/police", "", nil}}}},
	Downloads: []Link{{"Turtle", "/en/thesaurus.ttl"}}, Misses: []MissLine{{"bodycam", "de", "12", "/en/thesaurus/new?name=bodycam"}},
	New: "/en/thesaurus/new", Import: "/en/thesaurus/import",
})

func (h *House) openThesaurus() {
	h.site.Handle("GET /thesaurus", h.thesaurus)
	for _, format := range thesaurus.Formats {
		h.site.Handle("GET /thesaurus."+string(format), h.site.costly(h.thesaurusFile(format)))
	}
	h.site.Handle("GET /thesaurus/{id}", h.concept)
	h.site.Handle("POST /thesaurus/{id}/match", h.decideMatch)
	h.site.Handle("GET /thesaurus/{id}/edit", h.editConcept)
	h.site.Handle("POST /thesaurus/{id}/edit", h.saveConcept)
	h.site.Handle("GET /thesaurus/new", h.newConcept)
	h.site.Handle("POST /thesaurus/new", h.saveConcept)
	h.site.Handle("GET /thesaurus/import", h.thesaurusImport)
	h.site.HandleUpload("POST /thesaurus/import", largestThesaurus+bodyLimit, h.thesaurusUpload)
	h.site.Handle("GET /library/{id}/concepts", h.documentConcepts)
	h.site.Handle("POST /library/{id}/concepts", h.saveDocumentConcepts)
}

// mayEditThesaurus reports whether the reader may change the thesaurus.
func mayEditThesaurus(r *http.Request) access.Decision {
	return ReaderOf(r).May(access.EditThesaurus, access.Label{})
}

const (
	longestTerm    = 200 // of what is looked for, in bytes
	foundConcepts  = 100
	shownMisses    = 12
	thesaurusTitle = "thesaurus.title"
)

// conceptPath is where a concept is shown.
func conceptPath(id string) string { return "/thesaurus/" + url.PathEscape(id) }

// schemeAsked is the vocabulary of the address: ours where it names none.
func schemeAsked(r *http.Request, all []thesaurus.Scheme) (thesaurus.Scheme, error) {
	id := r.URL.Query().Get("scheme")
	if id == "" {
		id = thesaurus.Policing
	}
	for _, s := range all {
		if s.ID == id {
			return s, nil
		}
	}
	if id == thesaurus.Policing { // not put in yet
		return thesaurus.Scheme{ID: id}, nil
	}
	return thesaurus.Scheme{}, NotFound()
}

// schemeName is what a vocabulary is called: ours in the reader's language.
func (f *Frame) schemeName(s thesaurus.Scheme) string {
	if s.ID == thesaurus.Policing {
		return f.T("thesaurus.ours")
	}
	return s.Title
}

func (h *House) thesaurus(w http.ResponseWriter, r *http.Request) error {
	schemes, err := thesaurus.Schemes(r.Context(), h.DB)
	if err != nil {
		return err
	}
	scheme, err := schemeAsked(r, schemes)
	if err != nil {
		return err
	}
	f := h.site.Frame(r)
	f.Title, f.Description = f.T(thesaurusTitle), f.T("thesaurus.lead")
	p := thesaurusList{Frame: f, h: h, ctx: r.Context(), scheme: scheme, schemes: schemes}
	asked := strings.TrimSpace(r.URL.Query().Get("q"))
	asked = strings.ToValidUTF8(asked[:min(len(asked), longestTerm)], "")
	v := ThesaurusView{Action: f.URL("/thesaurus"), Asked: asked, All: f.URL(p.path("")), Downloads: f.downloads("/thesaurus", p.query())}
	v.Search = Field{Name: "q", Label: f.T("thesaurus.search"), Hint: f.T("thesaurus.search.hint"), Type: "search", Value: asked, Auto: "off"}
	if scheme.ID != thesaurus.Policing {
		v.Scheme = scheme.ID
	}
	if err := p.fill(&v, asked, r.URL.Query().Get("letter")); err != nil {
		return err
	}
	if mayEditThesaurus(r).Allowed {
		v.New, v.Import = f.URL("/thesaurus/new"), f.URL("/thesaurus/import")
		if v.Misses, err = h.misses(r.Context(), f); err != nil {
			return err
		}
	}
	return thesaurusPage.Show(w, f, v)
}

// thesaurusList is the list of one vocabulary.
type thesaurusList struct {
	*Frame
	h       *House
	ctx     context.Context
	scheme  thesaurus.Scheme
	schemes []thesaurus.Scheme
}

// query is what an address needs to lead to this vocabulary.
func (p thesaurusList) query() url.Values {
	q := url.Values{}
	if p.scheme.ID != thesaurus.Policing {
		q.Set("scheme", p.scheme.ID)
	}
	return q
}

func (p thesaurusList) path(letter string) string {
	q := p.query()
	if letter != "" {
		q.Set("letter", letter)
	}
	if len(q) == 0 {
		return "/thesaurus"
	}
	return "/thesaurus?" + q.Encode()
}

// fill adds what was looked for, or what stands under the letter, or the tree.
func (p thesaurusList) fill(v *ThesaurusView, asked, letter string) error {
	for _, s := range p.schemes {
		if len(p.schemes) > 1 {
			other := thesaurusList{scheme: s}
			v.Schemes = append(v.Schemes, SortLink{p.schemeName(s), p.URL(other.path("")), s.ID == p.scheme.ID})
		}
	}
	letters, err := thesaurus.Initials(p.ctx, p.h.DB, p.scheme.ID, p.Lang)
	if err != nil {
		return err
	}
	for _, l := range letters {
		v.Letters = append(v.Letters, SortLink{strings.ToUpper(l), p.URL(p.path(l)), l == letter && asked == ""})
	}
	switch {
	case asked != "":
		found, err := thesaurus.Find(p.ctx, p.h.DB, asked, p.Lang, foundConcepts)
		v.Found = p.lines(found)
		v.Count = p.T("thesaurus.count", "n", len(found))
		return err
	case slices.Contains(letters, letter):
		found, err := thesaurus.Under(p.ctx, p.h.DB, p.scheme.ID, p.Lang, letter)
		v.Letter, v.Found = strings.ToUpper(letter), p.lines(found)
		v.Count = p.T("thesaurus.labels", "n", len(found))
		return err
	}
	v.All = ""
	tree, n, err := thesaurus.Tree(p.ctx, p.h.DB, p.scheme.ID, p.Lang)
	v.Tree, v.Count = p.branches(tree), p.T("thesaurus.count", "n", n)
	return err
}

func (p thesaurusList) lines(found []thesaurus.Found) []ThesaurusLine {
	var list []ThesaurusLine
	for _, f := range found {
		line := ThesaurusLine{Text: f.Text, URL: p.URL(conceptPath(f.Concept)), Lang: string(f.Lang)}
		if f.Name != f.Text {
			line.Name = f.Name
		}
		for _, s := range p.schemes {
			if s.ID == f.Scheme && s.ID != p.scheme.ID {
				line.Scheme = p.schemeName(s)
			}
		}
		list = append(list, line)
	}
	return list
}

func (p thesaurusList) branches(tree []*thesaurus.Branch) []ThesaurusBranch {
	var list []ThesaurusBranch
	for _, b := range tree {
		one := ThesaurusBranch{Name: b.Name, URL: p.URL(conceptPath(b.ID)), Below: p.branches(b.Below)}
		if n := len(b.Below) + b.More; n > 0 {
			one.Summary = p.T("thesaurus.narrower.count", "n", n)
		}
		list = append(list, one)
	}
	return list
}

// misses are what people look for and do not find, where somebody counts it.
func (h *House) misses(ctx context.Context, f *Frame) ([]MissLine, error) {
	if h.Misses == nil {
		return nil, nil
	}
	list, err := h.Misses(ctx, shownMisses)
	var lines []MissLine
	for _, m := range list {
		q := url.Values{"name": {m.Text}, "in": {string(m.Lang)}}
		lines = append(lines, MissLine{m.Text, string(m.Lang), f.Number(m.Count), f.URL("/thesaurus/new?" + q.Encode())})
	}
	return lines, err
}

// downloads lead to the same in the formats that programs read.
func (f *Frame) downloads(path string, q url.Values) []Link {
	var list []Link
	names := map[thesaurus.Format]string{thesaurus.Turtle: "Turtle", thesaurus.RDFXML: "RDF/XML", thesaurus.JSONLD: "JSON-LD"}
	for _, format := range thesaurus.Formats {
		address := f.URL(path + "." + string(format))
		if len(q) > 0 {
			address += "?" + q.Encode()
		}
		list = append(list, Link{names[format], address})
	}
	return list
}

// thesaurusFile answers with a vocabulary as SKOS.
func (h *House) thesaurusFile(format thesaurus.Format) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		schemes, err := thesaurus.Schemes(r.Context(), h.DB)
		if err != nil {
			return err
		}
		scheme, err := schemeAsked(r, schemes)
		if err != nil {
			return err
		}
		asFile(w, format, scheme.ID)
		return thesaurus.Export(r.Context(), h.DB, w, format, scheme.ID)
	}
}

// asFile announces SKOS as a file.
func asFile(w http.ResponseWriter, format thesaurus.Format, name string) {
	head := w.Header()
	head.Set("Content-Type", format.Media()+"; charset=utf-8")
	head.Set("Content-Disposition", `attachment; filename="`+name+"."+string(format)+`"`)
	head.Set("Cache-Control", "private, no-cache")
}

// conceptLinks are concepts by their names in the reader's language.
func (h *House) conceptLinks(ctx context.Context, f *Frame, ids []string) ([]Link, error) {
	names, err := thesaurus.NamesOf(ctx, h.DB, ids...)
	if err != nil {
		return nil, err
	}
	var list []Link
	for _, id := range ids {
		name := names[id].In(f.Lang)
		if !utf8.ValidString(name) || name == "" {
			name = id
		}
		list = append(list, Link{name, f.URL(conceptPath(id))})
	}
	slices.SortFunc(list, func(a, b Link) int { return f.Compare(a.Text, b.Text) })
	return list, nil
}

// conceptName names a concept where it stands as a filter of the library.
func (f *Frame) conceptName(ctx context.Context, h *House, id string) string {
	names, err := thesaurus.NamesOf(ctx, h.DB, id)
	if err != nil || names[id] == nil {
		return id
	}
	return names[id].In(f.Lang)
}

var _ = search.Concept
