package web

import (
	"context"
	"hash/maphash"
	"net/http"
	"net/url"
	"sync"
	"time"

	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/personal"
)

// MissesView is what people look for and do not find, for the librarian.
type MissesView struct {
	Lead  string
	Usage string // address of what is read
	Lines []MissedLine
}

// MissedLine is a question that found nothing.
type MissedLine struct {
	Text, Lang     string
	Language       string // in words
	Again, Concept string // addresses: to ask it now, to make a concept of it
	Times, Last    string
}

var missesPage = newPage("misses", MissesView{
	Lead: "Questions that found nothing.", Usage: "/en/library/usage",
	Lines: []MissedLine{{"bodycams", "de", "Deutsch", "/de/search?q=bodycams", "/en/thesaurus/new?name=bodycams", "12", "3 March 2026"}},
})

// missesListed is how many the page shows.
const missesListed = 200

func (h *House) openMisses() { h.site.Handle("GET /library/misses", h.listMisses) }

func (h *House) listMisses(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	if d := mayEditThesaurus(r); !d.Allowed {
		return Refused(d.Rule)
	}
	f := h.site.Frame(r)
	list, err := h.missesSince(r.Context(), missesListed)
	if err != nil {
		return err
	}
	v := MissesView{Lead: f.T("box.misses.lead"), Usage: f.URL(usagePath)}
	for _, m := range list {
		q := url.Values{"name": {m.Asked}, "in": {string(m.Lang)}}
		v.Lines = append(v.Lines, MissedLine{
			Text: m.Asked, Lang: string(m.Lang), Language: m.Lang.Name(), Times: f.Number(m.Times), Last: f.Date(m.Last),
			Again: "/" + string(m.Lang) + "/search?" + url.Values{"q": {m.Asked}}.Encode(), Concept: f.URL("/thesaurus/new?" + q.Encode()),
		})
	}
	f.Title, f.Crumbs = f.T("box.misses.title"), []Link{{f.T("web.nav.library"), f.URL("/library")}}
	return missesPage.Show(w, f, v)
}

// missesSince are those of the period for which they are kept.
func (h *House) missesSince(ctx context.Context, limit int) ([]library.Miss, error) {
	periods, err := personal.LoadPeriods(ctx, h.DB)
	if err != nil {
		return nil, err
	}
	return h.Library.Misses(ctx, time.Now().AddDate(0, 0, -periods["misses"]), limit)
}

// missed tells the thesaurus what people look for and do not find.
func (h *House) missed(ctx context.Context, limit int) ([]Miss, error) {
	list, err := h.missesSince(ctx, limit)
	misses := make([]Miss, len(list))
	for i, m := range list {
		misses[i] = Miss{Text: m.Asked, Lang: m.Lang, Count: m.Times}
	}
	return misses, err
}

// noteMiss counts a question that found nothing, once a day for each who asks.
// The page is not kept for others: they are counted too. What cannot be counted
// is no reason to show no page.
func (h *House) noteMiss(r *http.Request, f *Frame, asked string) {
	f.Private = true
	if asked == "" || h.missing.again(askerOf(r), f.Lang, asked, time.Now()) {
		return
	}
	if err := h.Library.NoteMiss(r.Context(), asked, f.Lang, time.Now()); err != nil && r.Context().Err() == nil {
		h.site.log.Warn("count what was not found", "err", err)
	}
}

// askerOf is who asks, "" where many may stand behind one address.
func askerOf(r *http.Request) string {
	for _, a := range askersOf(r) {
		return a.key
	}
	return ReaderOf(r).ID
}

// missing remembers who has asked what today, as sums that say neither.
type missing struct {
	mu   sync.Mutex
	day  time.Time
	seed maphash.Seed
	sums map[uint64]bool
}

// maxMissing bounds its memory: some two megabytes.
const maxMissing = 50_000

// again reports whether the asker has asked this today, and remembers it.
func (m *missing) again(asker string, t lang.Tag, asked string, now time.Time) bool {
	if asker == "" {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if day := now.UTC().Truncate(24 * time.Hour); m.sums == nil || !m.day.Equal(day) || len(m.sums) >= maxMissing {
		m.day, m.seed, m.sums = day, maphash.MakeSeed(), map[uint64]bool{}
	}
	sum := maphash.String(m.seed, asker+"\x00"+string(t)+"\x00"+asked)
	was := m.sums[sum]
	m.sums[sum] = true
	return was
}
