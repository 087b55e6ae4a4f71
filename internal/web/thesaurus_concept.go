package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"polis/internal/lang"
	"polis/internal/search"
	"polis/internal/store"
	"polis/internal/thesaurus"
)

// ConceptView is a concept.
type ConceptView struct {
	Tags       []Tag
	Definition string
	DefLang    string // of the definition, where it is not the reader's
	Scope      []string
	Others     []string // other names in the reader's language
	Facts      []Fact
	Broader    []Link
	Narrower   []Link
	Related    []Link
	Names      []ConceptName
	Matches    []MatchView
	Documents  DocumentsView
	Downloads  []Link
	Edit, Why  string // address for those who may, and by which rule
	Decide     string // address where a proposal is decided
}

// ConceptName is what a concept is called in one language.
type ConceptName struct {
	Language, Lang string
	Name           string
	Others         []string
	Definition     string
}

// MatchView is the same thing in another vocabulary.
type MatchView struct {
	Kind, Text, URL, URI string
	Proposed             bool
}

var conceptPage = newPage("thesaurus-concept", ConceptView{
	Tags: []Tag{{Attention, "Out of use"}}, Definition: "Police management in which analysed information decides priorities.", DefLang: "en", Scope: []string{"Not criminal intelligence itself."},
	Others: []string{"ILP"}, Facts: []Fact{{"Address", []Link{{"urn:polis:concept:ilp", ""}}}},
	Broader: []Link{{"policing models", "/en/thesaurus/policing-models"}}, Narrower: []Link{{"national intelligence model", "/en/thesaurus/nim"}}, Related: []Link{{"criminal intelligence", "/en/thesaurus/criminal-intelligence"}},
	Names:   []ConceptName{{"Русский", "ru", "полицейская деятельность на основе оперативных данных", []string{"ДПИ"}, "Управление полицией."}},
	Matches: []MatchView{{"the same", "riot", "/en/thesaurus/eurovoc.1", "http://eurovoc.europa.eu/1", true}},
	Documents: DocumentsView{
		Items: []DocumentItem{{"A guide", "/en/library/1/en", "en", &Tag{Attention, "Closed"}, []string{"Guide"}, []VersionLink{{"English", "en", "/en/library/1/en", false, ""}}}},
		All:   "/en/library?concept=ilp", AllText: "All 2 documents", Empty: "Nothing yet.",
	},
	Downloads: []Link{{"Turtle", "/en/thesaurus/ilp.ttl"}}, Edit: "/en/thesaurus/ilp/edit", Why: "Your role allows this.", Decide: "/en/thesaurus/ilp/match",
})

// conceptAsked reads the concept of the address; "ID.ttl" asks for it as a file.
func (h *House) conceptAsked(r *http.Request) (thesaurus.Concept, thesaurus.Format, error) {
	id, format := r.PathValue("id"), thesaurus.Format("")
	for _, f := range thesaurus.Formats {
		if plain, ok := strings.CutSuffix(id, "."+string(f)); ok {
			id, format = plain, f
		}
	}
	c, err := thesaurus.Get(r.Context(), h.DB, id)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrText) {
		err = NotFound()
	}
	return c, format, err
}

func (h *House) concept(w http.ResponseWriter, r *http.Request) error {
	c, format, err := h.conceptAsked(r)
	if err != nil {
		return err
	}
	if format == "" {
		w.Header().Add("Vary", "Accept")
		format = formatWanted(r)
	}
	if format != "" {
		asFile(w, format, c.ID)
		return thesaurus.ExportOne(r.Context(), h.DB, w, format, c)
	}
	f := h.site.Frame(r)
	f.Title = c.Name(f.Lang)
	f.Crumbs = []Link{{f.T(thesaurusTitle), f.URL("/thesaurus")}}
	v := ConceptView{Others: c.Labelled(f.Lang, thesaurus.Alt), Downloads: f.downloads(conceptPath(c.ID), nil), Names: namesOfConcept(c)}
	defined := c.Defined()
	if v.Definition = defined.In(f.Lang); defined[f.Lang] == "" {
		v.DefLang = languageOf(defined, v.Definition)
	}
	f.Description = v.Definition
	v.Scope = append(c.Noted(f.Lang, thesaurus.ScopeNote), c.Noted(f.Lang, thesaurus.Remark)...)
	for _, part := range []struct {
		to  *[]Link
		ids []string
	}{{&v.Broader, c.Broader}, {&v.Narrower, c.Narrower}, {&v.Related, c.Related}} {
		if *part.to, err = h.conceptLinks(r.Context(), f, part.ids); err != nil {
			return err
		}
	}
	if err := h.conceptFacts(r, f, c, &v); err != nil {
		return err
	}
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	if v.Documents, _, err = h.documents(r, words, search.Concept, c.ID); err != nil {
		return err
	}
	v.Documents.Empty = f.T("thesaurus.documents.none")
	if d := mayEditThesaurus(r); d.Allowed {
		v.Edit, v.Why = f.URL(conceptPath(c.ID)+"/edit"), f.mayEdit(d)
		v.Decide = f.URL(conceptPath(c.ID) + "/match")
	}
	if v.Matches, err = h.matches(r, f, c, v.Edit != ""); err != nil {
		return err
	}
	return conceptPage.Show(w, f, v)
}

// languageOf is the language in which a text stands among names.
func languageOf(names lang.Names, text string) string {
	for t, n := range names {
		if n == text {
			return string(t)
		}
	}
	return ""
}

func namesOfConcept(c thesaurus.Concept) []ConceptName {
	var list []ConceptName
	names, defined := c.Names(), c.Defined()
	for _, t := range lang.All {
		n := ConceptName{Language: t.Name(), Lang: string(t), Name: names[t], Others: c.Labelled(t, thesaurus.Alt), Definition: defined[t]}
		if n.Name != "" || len(n.Others) > 0 {
			list = append(list, n)
		}
	}
	return list
}

// conceptFacts adds where the concept belongs, and what takes its place.
func (h *House) conceptFacts(r *http.Request, f *Frame, c thesaurus.Concept, v *ConceptView) error {
	schemes, err := thesaurus.Schemes(r.Context(), h.DB)
	if err != nil {
		return err
	}
	for _, s := range schemes {
		if s.ID == c.Scheme && s.ID != thesaurus.Policing {
			list := thesaurusList{scheme: s}
			v.Facts = append(v.Facts, Fact{f.T("thesaurus.scheme"), []Link{{f.schemeName(s), f.URL(list.path(""))}}})
		}
	}
	if c.Notation != "" {
		v.Facts = append(v.Facts, Fact{f.T("thesaurus.notation"), []Link{{c.Notation, ""}}})
	}
	v.Facts = append(v.Facts, Fact{f.T("thesaurus.uri"), []Link{{c.URI, ""}}})
	if !c.Deprecated {
		return nil
	}
	v.Tags = []Tag{{Attention, f.T("thesaurus.deprecated")}}
	if c.ReplacedBy == "" {
		return nil
	}
	links, err := h.conceptLinks(r.Context(), f, []string{c.ReplacedBy})
	v.Facts = append(v.Facts, Fact{f.T("thesaurus.replaced"), links})
	return err
}

// matches are the same thing elsewhere; what is only proposed is for those who
// decide it.
func (h *House) matches(r *http.Request, f *Frame, c thesaurus.Concept, editor bool) ([]MatchView, error) {
	var list []MatchView
	for _, m := range c.Matches {
		proposed := m.Stage == thesaurus.Proposed
		if m.Stage == thesaurus.Refused || proposed && !editor {
			continue
		}
		v := MatchView{Kind: f.T("thesaurus.match." + m.Kind), Text: m.URI, URI: m.URI, Proposed: proposed}
		id, err := thesaurus.ByURI(r.Context(), h.DB, m.URI)
		switch {
		case err == nil:
			links, err := h.conceptLinks(r.Context(), f, []string{id})
			if err != nil {
				return nil, err
			}
			v.Text, v.URL = links[0].Text+" ("+m.URI+")", links[0].URL
		case !errors.Is(err, store.ErrNotFound):
			return nil, err
		case strings.HasPrefix(m.URI, "http://") || strings.HasPrefix(m.URI, "https://"):
			v.URL = m.URI
		}
		list = append(list, v)
	}
	return list, nil
}

// formatWanted is the format that a program asks for in its Accept header, "" for
// a page.
func formatWanted(r *http.Request) thesaurus.Format {
	best, most := thesaurus.Format(""), 0.0
	for part := range strings.SplitSeq(r.Header.Get("Accept"), ",") {
		media, params, _ := strings.Cut(part, ";")
		media, q := strings.ToLower(strings.TrimSpace(media)), 1.0
		if text, ok := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q="); ok {
			q, _ = strconv.ParseFloat(text, 64)
		}
		i := slices.IndexFunc(thesaurus.Formats, func(f thesaurus.Format) bool { return f.Media() == media })
		switch {
		case q <= most:
		case i >= 0:
			best, most = thesaurus.Formats[i], q
		case media == "text/html" || media == "application/xhtml+xml" || media == "*/*" || media == "text/*":
			best, most = "", q
		}
	}
	return best
}

var noticeMatch = newNotice("thesaurus.notice.match")

// decideMatch takes a person's word on a proposal.
func (h *House) decideMatch(w http.ResponseWriter, r *http.Request) error {
	if d := mayEditThesaurus(r); !d.Allowed {
		return Refused(d.Rule)
	}
	c, _, err := h.conceptAsked(r)
	if err != nil {
		return err
	}
	stage := thesaurus.Refused
	if r.PostFormValue("same") == "1" {
		stage = thesaurus.Confirmed
	}
	err = thesaurus.Decide(r.Context(), h.DB, ReaderOf(r).Subject, c.ID, r.PostFormValue("uri"), stage)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrText) {
		return NotFound()
	}
	if err != nil {
		return err
	}
	return h.site.Frame(r).Redirect(w, conceptPath(c.ID), noticeMatch, 0)
}
