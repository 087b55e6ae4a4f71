package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/search"
	"polis/internal/usage"
)

// UsageView is how often documents are read, for the librarian.
type UsageView struct {
	Fields []Field
	Hidden []HiddenTag
	All    string // address without the filter, or ""
	Sorts  []SortLink
	Note   string       // what the order says
	Heads  []string     // message keys of the columns with figures
	Charts []UsageChart // all public documents together
	Lines  []UsageLine  // the documents
	Few    string       // what "fewer than 5" means, where it may stand there
	Next   string       // address of those that follow, or ""
	CSV    string
	Misses string // address
}

// UsageChart is a table whose rows are drawn as bars too.
type UsageChart struct {
	ID, Title, Head string
	Bars            []UsageBar
}

// UsageBar is a figure with its bar: Width in hundredths of the longest.
type UsageBar struct {
	Name, Lang string // Lang of the name
	Width      int
	Figures    UsageFigures
}

// UsageFigures are the figures in words.
type UsageFigures struct{ Reads, Found, Files, Cites string }

// UsageLine is a document with its figures.
type UsageLine struct {
	Title, URL, Lang string
	Tag              *Tag // who may read what is not public
	Meta             string
	Figures          UsageFigures
}

var sampleUsage = UsageFigures{"1,240", "310", "96", "12"}

var usagePage = newPage("usage", UsageView{
	Fields: []Field{{Name: "period", Label: "Period", Type: "select", Options: []Option{{Value: "2026", Text: "2026", Chosen: true}}}},
	Hidden: []HiddenTag{{"show", "least"}}, All: "/en/library/usage",
	Sorts: []SortLink{{"Most read", "/en/library/usage", true}, {"Least read", "/en/library/usage?show=least", false}}, Note: "The most read first.",
	Heads:  usageHeads,
	Charts: []UsageChart{{"months", "Public documents by month", "Month", []UsageBar{{"November 2026", "", 100, sampleUsage}}}, {"languages", "By language", "Language", []UsageBar{{"Русский", "ru", 40, sampleUsage}}}},
	Lines:  []UsageLine{{"Community policing: first contact", "/en/library/1/en", "en", &Tag{Attention, "Members"}, "Guide · 3 March 2026", UsageFigures{"at least 12", "fewer than 5", "7", "fewer than 5"}}},
	Few:    "Of documents that not everybody may read …", Next: "/en/library/usage?after=12-1", CSV: "/en/library/usage.csv", Misses: "/en/library/misses",
})

// usageHeads are the columns with figures.
var usageHeads = []string{"usage.reads", "usage.found", "usage.files", "usage.cites"}

const (
	usagePath   = "/library/usage"
	usageAPage  = 50
	usageMonths = 12
)

func (h *House) openUsage() {
	h.site.Handle("GET "+usagePath, h.site.costly(h.usage))
	h.site.Handle("GET "+usagePath+".csv", h.site.costly(h.usageCSV))
}

// maySeeUsage lets those in who see what is not found: the librarians.
func maySeeUsage(r *http.Request) error {
	if d := mayEditThesaurus(r); !d.Allowed {
		return Refused(d.Rule)
	}
	return nil
}

// usageAsked is what the address asks for.
type usageAsked struct {
	usage.Query
	least bool
}

// askedOfUsage reads it. What it does not understand is as good as not asked.
func askedOfUsage(form url.Values, now time.Time) (q usageAsked) {
	var ok bool
	if q.Period, ok = usage.ParsePeriod(form.Get("period")); !ok {
		q.Period = usage.PeriodOf(usage.Year, now)
	}
	if t, ok := lang.Parse(form.Get("lang")); ok {
		q.Lang = string(t)
	}
	if t, ok := framework.Theme(form.Get("theme")); ok {
		q.Theme = t.ID
	}
	if t, ok := framework.Type(form.Get("type")); ok {
		q.Type = t.ID
	}
	if year, err := strconv.Atoi(form.Get("added")); err == nil && year > 1900 && year <= now.Year() {
		q.Added = year
	}
	q.least = form.Get("show") == "least"
	return q
}

// filtered reports whether the list is narrowed.
func (q usageAsked) filtered() bool { return q.Lang+q.Theme+q.Type != "" || q.Added > 0 }

// values are the question as an address has it, without a place.
func (q usageAsked) values() url.Values {
	v := url.Values{"period": {q.Period.String()}}
	for name, value := range map[string]string{"lang": q.Lang, "theme": q.Theme, "type": q.Type} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if q.Added > 0 {
		v.Set("added", strconv.Itoa(q.Added))
	}
	if q.least {
		v.Set("show", "least")
	}
	return v
}

// usedLines are the documents asked for, in their order. Those that nobody reads have
// had a year to be found, unless a year is asked for.
func (h *House) usedLines(r *http.Request, q usageAsked) ([]usage.Line, usage.Place, error) {
	if !q.least {
		return usage.Most(r.Context(), h.DB, scope(r), q.Query)
	}
	before := time.Now()
	if q.Added == 0 {
		before = before.AddDate(-1, 0, 0)
	}
	return usage.Least(r.Context(), h.DB, scope(r), q.Query, before)
}

func (h *House) usage(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	if err := maySeeUsage(r); err != nil {
		return err
	}
	f, now := h.site.Frame(r), time.Now()
	q := askedOfUsage(r.URL.Query(), now)
	if after := r.URL.Query().Get("after"); after != "" {
		var ok bool
		if q.After, ok = usage.ParsePlace(after); !ok {
			return NotFound()
		}
	}
	q.Limit = usageAPage
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	lines, more, err := h.usedLines(r, q)
	if err != nil {
		return err
	}
	v := UsageView{
		Fields: words.usageFields(q, now), CSV: f.URL(usagePath+".csv") + "?" + q.values().Encode(), Misses: f.URL("/library/misses"),
		Sorts: []SortLink{{f.T("usage.most"), f.usageURL(q, false), !q.least}, {f.T("usage.least"), f.usageURL(q, true), q.least}},
		Note:  f.T("usage.most.note"), Heads: usageHeads,
	}
	if q.least {
		v.Hidden = []HiddenTag{{"show", "least"}}
		if v.Note = f.T("usage.least.note"); q.Added > 0 {
			v.Note = f.T("usage.least.note.added")
		}
	}
	if q.filtered() {
		v.All = f.URL(usagePath)
	}
	if q.Beyond() == access.Closed {
		v.Few = f.T("usage.few.note", "n", usage.Fewest)
	}
	if more != (usage.Place{}) {
		v.Next = f.With("after", more.String())
	}
	if v.Lines, err = h.usageLines(r, words, q, lines); err != nil {
		return err
	}
	if err := h.usageSums(r, words, q, now, &v); err != nil {
		return err
	}
	f.Title, f.Crumbs = f.T("usage.title"), []Link{{f.T("web.nav.library"), f.URL("/library")}}
	return usagePage.Show(w, f, v)
}

func (f *Frame) usageURL(q usageAsked, least bool) string {
	q.least = least
	return f.URL(usagePath) + "?" + q.values().Encode()
}

// usageSums are the figures of all public documents together, on the first page of a
// list that is not narrowed.
func (h *House) usageSums(r *http.Request, words wording, q usageAsked, now time.Time, v *UsageView) error {
	if q.filtered() || q.After != (usage.Place{}) {
		return nil
	}
	months, err := usage.Months(r.Context(), h.DB, usage.PeriodOf(usage.Month, now).Since.AddDate(0, 1-usageMonths, 0))
	if err != nil {
		return err
	}
	langs, err := usage.Languages(r.Context(), h.DB, q.Period)
	if err != nil {
		return err
	}
	if len(months) > 0 {
		v.Charts = append(v.Charts, UsageChart{"months", words.T("usage.months"), words.T("usage.month"), words.usageBars(months, func(c usage.Count) (string, string) {
			return words.Month(c.Since), ""
		})})
	}
	if len(langs) > 0 {
		v.Charts = append(v.Charts, UsageChart{"languages", words.T("usage.languages", "period", words.period(q.Period)), words.T("library.facet.lang"), words.usageBars(langs, func(c usage.Count) (string, string) {
			t, _ := lang.Parse(c.Lang)
			return words.value(search.Lang, c.Lang), string(t)
		})})
	}
	return nil
}

func (w wording) usageBars(counts []usage.Count, name func(usage.Count) (text, in string)) (bars []UsageBar) {
	longest := int64(1)
	for _, c := range counts {
		longest = max(longest, c.Reads)
	}
	for _, c := range counts {
		text, in := name(c)
		bars = append(bars, UsageBar{text, in, int(c.Reads * 100 / longest), w.usageFigures(c.Figures, w.figure)})
	}
	return bars
}

func (w wording) figure(n int64) string { return w.Number(n) }

// guardedFigure is a figure of a document that not everybody may read: several
// quarters together are at least what is kept of them, and of one that came in the
// running quarter nothing is known yet.
func (w wording) guardedFigure(d library.Document, span usage.Span) func(int64) string {
	return func(n int64) string {
		switch {
		case n == 0 && !d.Created.Before(usage.PeriodOf(usage.Quarter, time.Now()).Since):
			return w.T("usage.not-yet")
		case n == 0:
			return w.T("usage.few", "n", usage.Fewest)
		case span == usage.Quarter:
			return w.Number(n)
		}
		return w.T("usage.least-so-many", "n", n)
	}
}

func (w wording) usageFigures(f usage.Figures, say func(int64) string) UsageFigures {
	return UsageFigures{say(f.Reads), say(f.Found), say(f.Files), say(f.Cites)}
}

// usageLines puts documents into words: those that she may read still.
func (h *House) usageLines(r *http.Request, words wording, q usageAsked, lines []usage.Line) ([]UsageLine, error) {
	wanted, figures := make([]library.Wish, len(lines)), map[string]usage.Line{}
	for i, l := range lines {
		wanted[i], figures[l.Document] = library.Wish{Document: l.Document, Lang: words.Lang}, l
	}
	briefs, err := h.Library.Briefs(r.Context(), scope(r), wanted)
	list := make([]UsageLine, 0, len(briefs))
	for _, b := range briefs {
		say := words.figure
		if b.Level > access.Public {
			say = words.guardedFigure(b.Document, q.Period.Span)
		}
		meta := []string{words.Date(b.Created)}
		if b.Kind != "" {
			meta = []string{words.kind(b.Kind), meta[0]}
		}
		list = append(list, UsageLine{
			Title: b.Edition.Title, URL: words.URL(library.Path(b.ID, b.Edition.Lang)), Lang: string(b.Edition.Lang), Tag: words.closedTo(b.Label),
			Meta: strings.Join(meta, " · "), Figures: words.usageFigures(figures[b.ID].Figures, say),
		})
	}
	return list, err
}
