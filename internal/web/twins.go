package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"

	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/search"
)

// TwinsView lists the documents that may be the same, for those who may change one
// of the two.
type TwinsView struct {
	Count string
	Kinds []StageLink
	Langs []StageLink
	Lines []TwinLine
	More  string
}

// TwinLine is one pair of the list.
type TwinLine struct {
	Why     string
	Compare Link
	Both    [2]DocumentItem
}

// TwinLink leads to a document that looks like another.
type TwinLink struct {
	Word             string // "Nearly the same:"
	Title, Lang, URL string
	Differs          string // address of the page that shows what differs, or ""
	Share            string // how much of the text, or ""
	Add              string // address to bring a file as its new version, or ""
}

var sampleTwin = TwinLink{"Nearly the same:", "Guide, second edition", "en", "/en/library/2/en", "/en/twins/1/2", "about 94% of the text", "/en/library/intake/1/confirm?into=2"}

var twinsPage = newPage("twins", TwinsView{
	Count: "2 pairs", Kinds: []StageLink{{"All", "2", "/en/library/twins", true}, {"The same text", "1", "/en/library/twins?kind=exact", false}},
	Langs: []StageLink{{"All languages", "", "/en/library/twins", true}, {"Русский", "", "/en/library/twins?lang=ru", false}},
	Lines: []TwinLine{{"About 94% of the text · the same symbol", Link{"Compare: Guide, Guide, second edition", "/en/twins/1/2"}, [2]DocumentItem{
		{Title: "Guide", URL: "/en/library/1/en", Lang: "en", Meta: []string{"Guide", "from: Library of Vienna"}, Languages: []VersionLink{{"English", "en", "/en/library/1/en", false, ""}}},
		{Title: "Guide, second edition", URL: "/en/library/2/en", Lang: "en", Tag: &Tag{Attention, "Members"}, Meta: []string{"Guide"}},
	}}},
	More: "/en/library/twins?after=900.1.2",
})

// twinsShown is how many pairs one page lists.
const twinsShown = 25

// twinsPath is the list, twinPath the page of two documents.
const twinsPath = "/library/twins"

func twinPath(p library.Pair) string { return "/twins/" + p.One + "/" + p.Other }

func (h *House) openTwins() {
	h.site.Handle("GET "+twinsPath, h.twins)
	h.site.Handle("GET /twins/{a}/{b}", h.site.costly(h.twin))
	h.site.Handle("POST /twins/{a}/{b}", h.decideTwin)
	h.site.Handle("POST /twins/{a}/{b}/unite", h.proven(h.uniteTwins))
}

// twinKinds are the filters in the order of their links.
var twinKinds = []string{"", "exact", "near", "named"}

func (h *House) twins(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	if err := mayContribute(r); err != nil && !library.MayBatch(ReaderOf(r).Subject).Allowed {
		return err
	}
	asked := r.URL.Query()
	filter := library.TwinFilter{Kind: asked.Get("kind")}
	if t, ok := lang.Parse(asked.Get("lang")); ok {
		filter.Lang = t
	}
	var after library.TwinPlace
	if text := asked.Get("after"); text != "" {
		var ok bool
		if after, ok = library.ParseTwinPlace(text); !ok {
			return NotFound()
		}
	}
	if !slices.Contains(twinKinds, filter.Kind) {
		return NotFound()
	}
	list, more, err := h.Library.Twins(r.Context(), ReaderOf(r).Subject, filter, after, twinsShown)
	if err != nil {
		return err
	}
	f := h.asking(r, "twins.title")
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	v := TwinsView{Langs: words.twinLangs(filter)}
	if v.Kinds, v.Count, err = h.twinCounts(r, f, filter); err != nil {
		return err
	}
	if v.Lines, err = h.twinLines(r, words, list); err != nil {
		return err
	}
	if more != (library.TwinPlace{}) {
		v.More = f.twinsURL(filter, more.String())
	}
	f.Crumbs = []Link{{f.T("web.nav.library"), f.URL("/library")}}
	return twinsPage.Show(w, f, v)
}

func (f *Frame) twinsURL(filter library.TwinFilter, after string) string {
	q := url.Values{}
	for name, value := range map[string]string{"kind": filter.Kind, "lang": string(filter.Lang), "after": after} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return withQuery(f.URL(twinsPath), q)
}

// twinCounts are the filters by kind, each with how many pairs it leaves.
func (h *House) twinCounts(r *http.Request, f *Frame, filter library.TwinFilter) (links []StageLink, all string, err error) {
	for _, kind := range twinKinds {
		of := library.TwinFilter{Kind: kind, Lang: filter.Lang}
		n, err := h.Library.CountTwins(r.Context(), ReaderOf(r).Subject, of)
		if err != nil {
			return nil, "", err
		}
		if kind == filter.Kind {
			all = f.T("twins.count", "n", n)
		}
		if n > 0 || kind == "" || kind == filter.Kind {
			links = append(links, StageLink{f.T("twins.kind." + cmp.Or(kind, "all")), f.Number(n), f.twinsURL(of, ""), kind == filter.Kind})
		}
	}
	return links, all, nil
}

func (w wording) twinLangs(filter library.TwinFilter) []StageLink {
	links := []StageLink{{w.T("twins.lang.all"), "", w.twinsURL(library.TwinFilter{Kind: filter.Kind}, ""), filter.Lang == ""}}
	for _, t := range lang.All {
		links = append(links, StageLink{w.value(search.Lang, string(t)), "", w.twinsURL(library.TwinFilter{Kind: filter.Kind, Lang: t}, ""), filter.Lang == t})
	}
	return links
}

// twinLines puts pairs into words, with all that stands beside their titles.
func (h *House) twinLines(r *http.Request, words wording, list []library.Twin) (lines []TwinLine, err error) {
	var wanted []library.Wish
	var ids []string
	for _, t := range list {
		for _, id := range []string{t.One, t.Other} {
			ids = append(ids, id)
			wanted = append(wanted, library.Wish{Document: id, Lang: words.Lang})
		}
	}
	briefs, err := h.Library.Briefs(r.Context(), scope(r), wanted)
	if err != nil {
		return nil, err
	}
	from, err := h.Library.Provenances(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	items := map[string]DocumentItem{} // a document that stands in many pairs is read for each, and named alike
	for _, b := range briefs {
		item := words.briefly(b)
		item.Meta = append(item.Meta, words.came(b.Document, b.Edition, from))
		items[b.ID] = item
	}
	for _, t := range list {
		one, ok := items[t.One]
		other, both := items[t.Other]
		if !ok || !both { // withdrawn a moment ago
			continue
		}
		lines = append(lines, TwinLine{
			Why: words.twinWhy(t), Both: [2]DocumentItem{one, other},
			Compare: Link{words.T("twins.compare") + ": " + one.Title + "; " + other.Title, words.URL(twinPath(t.Pair))},
		})
	}
	return lines, nil
}

// came says where a document came from, and when.
func (w wording) came(d library.Document, e library.Edition, from map[string]library.Provenance) string {
	day := w.Date(d.Created.Local())
	if p, ok := from[d.ID]; ok {
		return w.T("twins.came.harvest", "source", nameOfSource(library.Source{Name: p.Name, URL: p.URL}), "date", day)
	}
	if e.Version.File != "" {
		return w.T("twins.came.file", "file", e.Version.File, "date", day)
	}
	return w.T("twins.came.record", "date", day)
}
