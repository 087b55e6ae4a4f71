package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"polis/internal/account"
	"polis/internal/cite"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/search"
	"polis/internal/watch"
)

// SearchWays are the ways on from a page of results: to follow it, take it along,
// ask more exactly, or ask again what was asked before.
type SearchWays struct {
	Feed     string // address of its feed
	Exports  []Link // of its references
	Advanced string // address of the form for more exact questions
	Save     *SaveForm
	Recent   []Link // what she looked for lately
	Edit     string // address where all that was found is edited, for those who may, or ""
	Saved    string // address of what she has saved, "" where nobody is signed in
	News     string // on the whole list: how much is new since her last visit, or ""
}

// SaveForm saves a search under a name.
type SaveForm struct {
	Action string
	Hidden []HiddenTag
	Fields []Field
}

var sampleWays = SearchWays{
	Feed: "/en/library.atom?q=x", Exports: []Link{{"BibTeX", "/en/library.bib?q=x"}}, Advanced: "/en/library/advanced?q=x",
	Save: &SaveForm{Action: "/en/account/searches", Hidden: []HiddenTag{{"q", "community policing"}}, Fields: []Field{
		{Name: "name", Label: "Name", Value: "community policing"},
		{Name: "often", Label: "Letters", Type: "select", Options: []Option{{Value: "never", Text: "None"}}},
	}},
	Recent: []Link{{"victim protection", "/en/search?q=victim+protection"}}, Edit: "/en/library/bulk?q=x", Saved: "/en/account/searches",
	News: "12 documents are new since your last visit, on 3 March 2026",
}

// watch keeps what people want to hear of again.
func (h *House) watch() *watch.Watch {
	return &watch.Watch{DB: h.DB, Library: h.Library, Index: h.Index, Keys: h.Keys}
}

// recentShown is how many earlier questions stand under the search box.
const recentShown = 5

// searchWays are those on from a search; first is true on its first page.
func (h *House) searchWays(r *http.Request, words wording, q search.Query, first bool) (SearchWays, error) {
	asked := library.Asked(q)
	v := SearchWays{Feed: withQuery(words.URL("/library.atom"), asked), Advanced: withQuery(words.URL("/library/advanced"), asked)}
	for _, f := range cite.Formats {
		v.Exports = append(v.Exports, Link{f.Name, withQuery(words.URL("/library."+f.Ext), asked)})
	}
	who := ReaderOf(r)
	if !who.SignedIn() {
		return v, nil
	}
	if library.MayBatch(who.Subject).Allowed {
		v.Edit = withQuery(words.URL("/library/bulk"), asked)
	}
	v.Saved, v.Save = words.URL("/account/searches"), words.saveForm(q, asked)
	recent, err := h.watch().Recent(r.Context(), who.Subject, recentShown+1)
	if err != nil {
		return v, err
	}
	for _, was := range recent {
		if was.Encode() != asked.Encode() && len(v.Recent) < recentShown {
			v.Recent = append(v.Recent, words.again(was))
		}
	}
	if first {
		if err := h.watch().Remember(r.Context(), who.Subject, q); err != nil {
			return v, err
		}
	}
	if len(asked) == 0 {
		v.News, err = h.news(r, words.Frame)
	}
	return v, err
}

// again leads to a search that was made before.
func (w wording) again(asked url.Values) Link {
	return Link{w.searchWords(library.ReadAsked(asked, w.Lang)), withQuery(w.URL("/search"), asked)}
}

// searchWords says in one line what a search asks for.
func (w wording) searchWords(q search.Query) string {
	var parts []string
	if text := strings.TrimSpace(q.Text); text != "" {
		parts = append(parts, text)
	}
	for _, name := range library.Filters {
		for _, v := range q.Filter[name] {
			parts = append(parts, w.value(name, v))
		}
	}
	if len(parts) == 0 {
		return w.T("ways.everything")
	}
	return strings.Join(parts, " · ")
}

func (w wording) saveForm(q search.Query, asked url.Values) *SaveForm {
	f := &SaveForm{Action: w.URL("/account/searches"), Fields: w.savedFields(cut200(w.searchWords(q)), watch.Never)}
	for _, name := range slices.Concat([]string{"q"}, filterNames()) {
		for _, value := range asked[name] {
			f.Hidden = append(f.Hidden, HiddenTag{name, value})
		}
	}
	return f
}

func filterNames() []string {
	names := make([]string, len(library.Filters))
	for i, n := range library.Filters {
		names[i] = string(n)
	}
	return names
}

// cut200 keeps of a text what fits into a name, in bytes.
func cut200(s string) string {
	if len(s) <= 200 {
		return s
	}
	return strings.ToValidUTF8(s[:197], "") + "…"
}

// savedFields are those of a saved search: its name, and how often letters come.
func (w wording) savedFields(name string, often watch.Often) []Field {
	letters := Field{Name: "often", Label: w.T("ways.field.often"), Hint: w.T("ways.hint.often"), Type: "select", Width: "medium"}
	for _, o := range []watch.Often{watch.Never, watch.Daily, watch.Weekly} {
		letters.Options = append(letters.Options, Option{Value: string(o), Text: w.T("ways.often." + string(o)), Chosen: o == often})
	}
	return []Field{{Name: "name", Label: w.T("ways.field.name"), Value: name, Width: "medium", Auto: "off", Must: true}, letters}
}

// lastVisit is when she was here before she signed in this time, zero where she
// is not signed in or was never here.
func (h *House) lastVisit(r *http.Request) time.Time {
	if !ReaderOf(r).SignedIn() || ReaderOf(r).Token != "" {
		return time.Time{}
	}
	at := h.Sessions.GetInt64(r.Context(), account.SessionBefore)
	if at <= 0 {
		return time.Time{}
	}
	return time.UnixMicro(at)
}

// news says how much came since her last visit, "" where nothing did.
func (h *House) news(r *http.Request, f *Frame) (string, error) {
	last := h.lastVisit(r)
	if last.IsZero() {
		return "", nil
	}
	n, err := h.Library.CountSince(r.Context(), scope(r), last)
	if err != nil || n == 0 {
		return "", err
	}
	return f.T("ways.new", "n", n, "day", last), nil
}

// cameSince tags what came since her last visit.
func (w wording) cameSince(last, created time.Time) []Tag {
	if last.IsZero() || !created.After(last) {
		return nil
	}
	return []Tag{{Done, w.T("ways.new.tag")}}
}

// wantedLang is the language that an address asks for by ?lang=, or the reader's.
func wantedLang(r *http.Request) lang.Tag {
	if t, ok := lang.Parse(r.URL.Query().Get("lang")); ok {
		return t
	}
	return LangOf(r)
}
