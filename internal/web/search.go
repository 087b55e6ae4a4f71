package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"polis/internal/access"
	"polis/internal/directory"
	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/search"
)

// SearchView is the list of documents: all of them, or those found.
type SearchView struct {
	Asked    string // the question, "" for the whole list
	Total    int
	Forgiven bool  // nothing stands there as typed
	Meant    *Link // the question as it may have been meant
	Loose    bool  // no document has the phrase in quotes
	Sorts    []SortLink
	Chips    []Chip
	Facets   []Facet
	Hits     []HitView
	Pages    *Pagination
	Add      string      // address of the upload page, for those who may
	Hidden   []HiddenTag // what the search form carries on
	Ways     SearchWays
	Mine     string      // "31 in the languages that you read: English, Русский", or ""
	Others   *OthersView // what was found in other languages alone
}

// HiddenTag is a chosen filter as the search form sends it again.
type HiddenTag struct{ Name, Value string }

// SortLink is a way to order the list.
type SortLink struct {
	Text, URL string
	Here      bool
}

// HitView is one document in a list.
type HitView struct {
	Title, URL  string
	Lang        string        // of title and snippet
	Language    string        // in words
	Foreign     *Tag          // "In Russian", where it is not the page's language
	Own         *Link         // the title in the page's language, where it has one and Title is in another
	OwnLang     string        // its language, where it is not the page's
	OwnNote     string        // from where it is, where it is not the document's own
	Also        []VersionLink // other language versions
	Meta        []string
	Tags        []Tag
	Snippet     []MarkedText
	SnippetLang string // where it is not Lang
	Where       string // "page 12"
	Why         string // which words were found under which form
}

// MarkedText is a stretch of text, marked where it is what was looked for.
type MarkedText struct {
	Text   string
	Marked bool
}

var searchPage = newPage("search", SearchView{
	Asked: "community policing", Total: 31, Meant: &Link{"community policing", "/en/search?q=community+policing"},
	Sorts: []SortLink{{"Relevance", "/en/search?q=x", true}, {"Date", "/en/search?q=x&sort=date", false}},
	Chips: []Chip{{"Theme", "Police reform", "/en/search", "Remove theme Police reform"}},
	Facets: []Facet{{Name: "Theme", Open: true, Choices: []Choice{
		{Text: "Police reform", Count: "12", URL: "/en/search?theme=police-reform", Chosen: true},
		{Text: "Terrorism", Count: "3", URL: "/en/search?theme=terrorism"},
	}}},
	Hits: []HitView{{
		Title: "Начало сотрудничества полиции с населением", URL: "/en/library/1/ru", Lang: "ru", Language: "Русский", Foreign: &Tag{Plain, "In Russian"}, Own: &Link{"The start of community policing", "/en/library/1/en"},
		Also: []VersionLink{{Name: "English", Lang: "en", URL: "/en/library/1/en"}},
		Meta: []string{"Guide", "Demonstration Police Academy", "March 2026"}, Tags: []Tag{{Attention, "Member"}},
		Snippet: []MarkedText{{"… с жителями ", false}, {"района", true}, {" проводятся …", false}}, Where: "page 3", Why: "район → районе",
	}},
	Pages:  &Pagination{Label: "Pages", Previous: "Previous", Next: "Next", NextURL: "/en/search?page=2", State: "Page 1 of 2", Pages: []PageLink{{"1", "/en/search", "Page 1", true}, {"2", "/en/search?page=2", "Page 2", false}}},
	Add:    "/en/library/upload",
	Hidden: []HiddenTag{{"theme", "police-reform"}},
	Ways:   sampleWays, Mine: "31 in the languages that you read: English",
	Others: &OthersView{Summary: "Also in other languages (2)", All: "/en/search?q=x&lang=ru", Hits: []HitView{{
		Title: "Полиция и население", URL: "/en/library/2/ru", Lang: "ru", Language: "Русский", Foreign: &Tag{Plain, "Русский"},
		Own: &Link{"community policing", "/en/thesaurus/community-policing"}, OwnNote: "thesaurus", OwnLang: "en",
		Snippet: []MarkedText{{"… с жителями", false}}, SnippetLang: "ru",
	}}},
})

// hitsAPage is how many documents a page of results shows.
const hitsAPage = 20

func (h *House) openSearch() {
	h.site.Handle("GET /search", h.site.costly(h.search))
	h.site.Handle("GET /library", h.site.costly(h.search))
}

// search shows what was found for ?q= and the chosen filters; without a
// question, everything that the reader may see.
func (h *House) search(w http.ResponseWriter, r *http.Request) error {
	f := h.site.Frame(r)
	q, page := question(r, f.Lang)
	res, err := h.find(r, q)
	if err != nil {
		return err
	}
	answer := res.Answer
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	v := SearchView{
		Asked: strings.TrimSpace(r.FormValue("q")), Total: res.Total + res.others, Forgiven: answer.Forgiven, Loose: answer.Loose,
		Sorts: f.sorts(q), Facets: words.facets(q, answer), Chips: words.chips(q),
		Pages: f.Pagination(page, min((answer.Total+hitsAPage-1)/hitsAPage, maxPages)),
	}
	if v.Ways, err = h.searchWays(r, words, q, page == 1); err != nil {
		return err
	}
	answer.Total = v.Total
	if v.Meant, err = h.didYouMean(r, f, q, answer); err != nil {
		return err
	}
	if v.Total == 0 && v.Meant == nil && page == 1 && len(q.Filter) == 0 {
		h.noteMiss(r, f, v.Asked)
	}
	last := h.lastVisit(r)
	for _, hit := range res.found {
		view := words.hit(hit, v.Asked, answer.Words)
		view.Tags = append(words.cameSince(last, hit.Created), view.Tags...)
		v.Hits = append(v.Hits, view)
	}
	if err := h.fold(r, words, q, res, page, &v); err != nil {
		return err
	}
	for _, name := range facetNames {
		for _, value := range q.Filter[name] {
			v.Hidden = append(v.Hidden, HiddenTag{string(name), value})
		}
	}
	if f.Contributes() {
		v.Add = f.URL("/library/upload")
	}
	f.Title, f.Query, f.OwnSearch, f.Feed = f.T("library.list.title"), v.Asked, true, v.Ways.Feed
	if v.Asked != "" {
		f.Title = f.T("library.search.title", "q", v.Asked)
		f.Crumbs = []Link{{f.T("web.nav.library"), f.URL("/library")}}
	}
	return searchPage.Show(w, f, v)
}

// Contributes reports whether the reader may put documents into the library.
func (f *Frame) Contributes() bool {
	own := access.Label{Level: access.Closed, Owner: f.Reader.ID}
	return f.Reader.SignedIn() && f.Reader.May(access.Contribute, own).Allowed
}

// maxPages is how deep one may page; beyond, narrowing leads further.
const maxPages = 500

// facetNames are the filters in the order of the page.
var facetNames = library.Filters

// question reads the query of the address.
func question(r *http.Request, t lang.Tag) (search.Query, int) {
	form := r.URL.Query()
	page, _ := strconv.Atoi(form.Get("page"))
	page = min(max(page, 1), maxPages)
	q := library.ReadAsked(form, t)
	q.Sort, q.Limit, q.Offset, q.Facets, q.Group = search.Sort(form.Get("sort")), hitsAPage, (page-1)*hitsAPage, true, true
	if q.Sort != search.ByDate {
		q.Sort = search.ByRelevance
	}
	return q, page
}

func (f *Frame) sorts(q search.Query) []SortLink {
	if strings.TrimSpace(q.Text) == "" {
		return nil
	}
	return []SortLink{
		{f.T("library.sort.relevance"), f.With("sort", ""), q.Sort == search.ByRelevance},
		{f.T("library.sort.date"), f.With("sort", "date"), q.Sort == search.ByDate},
	}
}

// wording puts ids into the reader's words.
type wording struct {
	*Frame
	names    *directory.Snapshot
	groups   map[string]string           // names of the closed groups that the reader may know, or nil
	archives []string                    // ids of those of hers that have ended: they are read, and take nothing new
	called   func(concept string) string // what a concept of the thesaurus is called, or nil
	feeds    func(id string) string      // what a library that is harvested is called, or nil
}

// groupName is what a closed group is called.
func (w wording) groupName(id string) string {
	if name := w.groups[id]; name != "" {
		return name
	}
	return id
}

// livingGroups are the closed groups of the reader that take something new.
func (w wording) livingGroups() []string {
	return slices.DeleteFunc(slices.Clone(w.Reader.Groups), func(id string) bool { return slices.Contains(w.archives, id) })
}

// levelTag says who may read what is not public; a closed group is named to
// those who may know it.
func (w wording) levelTag(l access.Label) Tag {
	if l.Level == access.Closed && w.groups[l.Group] != "" {
		return Tag{Attention, w.T("groups.label", "group", w.groups[l.Group])}
	}
	return Tag{Attention, w.T("access.level." + l.Level.String())}
}

// closedTo is the tag of what is not public, nil for what is.
func (w wording) closedTo(l access.Label) *Tag {
	if l.Level == access.Public {
		return nil
	}
	t := w.levelTag(l)
	return &t
}

// value is what a facet's value is called.
func (w wording) value(facet search.Facet, value string) string {
	switch facet {
	case search.Theme:
		if t, ok := framework.Theme(value); ok {
			return t.Names.In(w.Lang)
		}
	case search.Type:
		return w.kind(value)
	case search.Lang:
		if t, ok := lang.Parse(value); ok {
			return t.Name()
		}
		return w.T("library.lang.other")
	case search.Origin:
		return w.names.Name(value, "", w.Lang)
	case search.Item, search.Line:
		if i, ok := framework.Find(value); ok {
			return i.Number() + " " + i.Titles.In(w.Lang)
		}
	case search.Level:
		return w.T("access.level." + value)
	case search.Concept:
		if w.called != nil {
			return w.called(value)
		}
	case search.Harvest:
		if w.feeds != nil {
			return w.feeds(value)
		}
	case search.Group:
		return w.groupName(value)
	}
	return value
}

func (w wording) kind(id string) string {
	if t, ok := framework.Type(id); ok {
		return t.Names.In(w.Lang)
	}
	return id
}

// maxChoices is how many values of a facet the page shows.
const maxChoices = 12

// facets are the filters with their counts. One that everything shares, or
// nothing has, is no help and is left out.
func (w wording) facets(q search.Query, a search.Answer) []Facet {
	var list []Facet
	for _, name := range facetNames {
		counts := a.Facets[name]
		if name == search.Theme {
			counts = themesInReach(counts, q.Filter[name])
		}
		if len(counts) == 0 || len(counts) == 1 && len(q.Filter[name]) == 0 && counts[0].N == a.Total {
			continue
		}
		f := Facet{Name: w.T("library.facet." + string(name)), Open: len(q.Filter[name]) > 0 || len(list) < 2}
		for _, c := range counts[:min(len(counts), maxChoices)] {
			f.Choices = append(f.Choices, w.choice(name, c, q.Filter[name]))
		}
		list = append(list, f)
	}
	return list
}

// choice is one value of a facet: choosing adds it, choosing it again takes it
// away, and a sub-theme takes the place of its theme.
func (w wording) choice(name search.Facet, c search.Count, chosen []string) Choice {
	parent, _, _ := strings.Cut(c.Value, "/")
	choice := Choice{Text: w.value(name, c.Value), Count: w.Number(c.N)}
	switch {
	case slices.Contains(chosen, c.Value):
		choice.Chosen, choice.URL = true, w.Without(string(name), c.Value)
	case name == search.Theme && slices.Contains(chosen, parent):
		choice.URL = w.Instead(string(name), parent, c.Value)
	default:
		choice.URL = w.And(string(name), c.Value)
	}
	return choice
}

// themesInReach keeps the themes, and the sub-themes of those that are chosen.
func themesInReach(counts []search.Count, chosen []string) []search.Count {
	return slices.DeleteFunc(slices.Clone(counts), func(c search.Count) bool {
		parent, _, sub := strings.Cut(c.Value, "/")
		return sub && !slices.ContainsFunc(chosen, func(id string) bool { return id == parent || strings.HasPrefix(id, parent+"/") })
	})
}

func (w wording) chips(q search.Query) []Chip {
	var list []Chip
	for _, name := range facetNames {
		for _, v := range q.Filter[name] {
			list = append(list, w.Chip(string(name), w.T("library.facet."+string(name)), v, w.value(name, v)))
		}
	}
	return list
}

// snippetWidth is how much of a passage a hit shows, in characters.
const snippetWidth = 260

// hit is one document of the list, leading to the passage that answers.
func (w wording) hit(found library.Found, asked string, words []string) HitView {
	v := HitView{
		Title: found.Title, Lang: string(found.Hit.Lang), Language: w.value(search.Lang, cmp.Or(string(found.Hit.Lang), search.OtherLang)),
		URL: w.URL(library.PassagePath(found.Hit.Document, found.Hit.Lang, found.Hit.Passage, asked)),
	}
	v.Meta = w.meta(found)
	if found.Hit.Lang != w.Lang {
		v.Foreign = &Tag{Plain, w.T("box.in." + cmp.Or(string(found.Hit.Lang), search.OtherLang))}
	}
	if found.Own != "" {
		v.Own = &Link{found.Own, w.URL(library.Path(found.Document, w.Lang))}
	}
	for _, t := range found.Langs {
		if t != found.Hit.Lang {
			v.Also = append(v.Also, VersionLink{Name: w.value(search.Lang, library.LangPath(t)), Lang: string(t), URL: w.URL(library.Path(found.Document, t))})
		}
	}
	if found.Level > access.Public {
		v.Tags = append(v.Tags, w.levelTag(found.Label))
	}
	if found.Sample {
		v.Tags = append(v.Tags, Tag{Plain, w.T("library.sample")})
	}
	text := found.Passage
	if found.Hit.Passage < 0 && found.Summary != "" {
		text = found.Summary
	}
	x := found.Quote(text, words, snippetWidth)
	v.Snippet = marked(x.Text, x.Marks)
	if x.Before {
		v.Snippet = append([]MarkedText{{"… ", false}}, v.Snippet...)
	}
	if x.After {
		v.Snippet = append(v.Snippet, MarkedText{" …", false})
	}
	if found.Page > 0 {
		v.Where = w.T("library.page", "page", strconv.FormatInt(found.Page, 10))
	}
	if v.Why = w.why(found.Why); v.Why != "" {
		v.Why = w.T("library.why") + " " + v.Why
	}
	return v
}

func (w wording) meta(found library.Found) []string {
	var list []string
	for _, s := range []string{w.kind(found.Kind), found.Symbol, w.names.Short(found.Origin, found.Dated, w.Lang), w.PartialDate(found.Dated)} {
		if s != "" {
			list = append(list, s)
		}
	}
	return list
}

// why says what was found where it is not the word as typed, and how it is known
// to mean it: "Bedarfsermittlung ↔ needs assessment, thesaurus".
func (w wording) why(reasons []search.Reason) string {
	var list []string
	for _, r := range reasons {
		switch {
		case r.Forgiven:
			list = append(list, r.Word+" → "+strings.Join(r.Found, " "))
		case r.Source != "":
			list = append(list, r.Shown+" ↔ "+r.Word+", "+w.T("lexicon.source."+string(r.Source)))
		}
	}
	return strings.Join(list, "; ")
}

// marked cuts a text at its marks.
func marked(text string, marks []search.Span) []MarkedText {
	var list []MarkedText
	at := 0
	for _, m := range marks {
		if m.Start > at {
			list = append(list, MarkedText{text[at:m.Start], false})
		}
		list = append(list, MarkedText{text[m.Start:m.End], true})
		at = m.End
	}
	if at < len(text) {
		list = append(list, MarkedText{text[at:], false})
	}
	return list
}
