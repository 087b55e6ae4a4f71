package web

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/store"
	"polis/internal/usage"
)

const firefoxNow = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"

// counting is a house whose documents are counted.
type counting struct{ inhabited }

func eachCounting(t *testing.T, fn func(t *testing.T, c counting)) {
	t.Helper()
	eachHouse(t, func(t *testing.T, h inhabited) {
		h.site.counter = &usage.Counter{DB: h.DB}
		fn(t, counting{h})
	})
}

// reads asks for a page, in the language of the address, from the n-th network.
func (c counting) reads(n int, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.RemoteAddr = fmt.Sprintf("198.51.%d.%d:4000", n/250, n%250+1)
	r.Header.Set("User-Agent", firefoxNow)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	c.site.ServeHTTP(w, r)
	return w
}

// figures are those of a document in all languages, up to now.
func (c counting) figures(id string) usage.Figures {
	c.t.Helper()
	if err := c.site.counter.Flush(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
	counts, err := usage.Of(c.t.Context(), c.DB, store.Everything("test"), id)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, f := range counts {
		if f.Span == usage.All {
			return f.Figures
		}
	}
	return usage.Figures{}
}

func TestAReadingIsCountedWhetherThePageIsMadeOrKept(t *testing.T) {
	eachCounting(t, func(t *testing.T, c counting) {
		id, versions := c.shelved(access.Public, "")
		if err := c.Library.CatchUp(t.Context(), c.Index, nil); err != nil {
			t.Fatal(err)
		}
		path := "/en/library/" + id + "/en"
		var tag string
		for n := range 4 {
			w := c.reads(n, path)
			tag = w.Header().Get("Etag")
			if kept := w.Header().Get("Etag") != ""; w.Code != http.StatusOK || !kept {
				t.Fatal(w.Code, w.Header())
			}
		}
		if c.site.shelf.order.Len() != 1 {
			t.Errorf("%d pages are kept", c.site.shelf.order.Len())
		}
		if w := c.reads(4, path, "If-None-Match", tag); w.Code != http.StatusNotModified { // her browser has it still
			t.Error(w.Code)
		}
		for range 10 { // reloads, turns the page, puts the other language beside it
			c.reads(0, path)
			c.reads(0, path+"?beside=ru")
		}
		if got := c.figures(id); got != (usage.Figures{Reads: 5}) {
			t.Errorf("%+v", got)
		}
		for range 2 {
			c.reads(0, "/fr/library/"+id+"/ru?q=order")
			c.reads(1, path+"?q=order&inside=1")
			c.reads(0, "/files/"+versions["ru"])
			c.reads(0, "/files/"+versions["ru"], "Range", "bytes=4-")
			c.reads(0, "/library/"+id+"/cite.bib")
			c.reads(0, "/en/library/"+id+"/ru/cite?p=1")
		}
		c.reads(9, "/files/"+versions["en"], "Range", "bytes=2-")
		if got := c.figures(id); got != (usage.Figures{Reads: 6, Found: 1, Files: 1, Cites: 2}) { // en and ru
			t.Errorf("%+v", got)
		}
		p := usage.PeriodOf(usage.Month, time.Now())
		langs, err := usage.Languages(t.Context(), c.DB, p)
		if err != nil || len(langs) != 2 || langs[0].Lang != "en" || langs[0].Reads != 5 || langs[1].Reads != 1 {
			t.Errorf("%+v, %v", langs, err)
		}
	})
}

func TestWhoIsNotCounted(t *testing.T) {
	eachCounting(t, func(t *testing.T, c counting) {
		id, versions := c.shelved(access.Public, "")
		if err := c.Library.CatchUp(t.Context(), c.Index, nil); err != nil {
			t.Fatal(err)
		}
		path := "/en/library/" + id + "/en"
		for i, head := range [][]string{
			{"Sec-Gpc", "1"},
			{"Dnt", "1"},
			{"Sec-Purpose", "prefetch"},
			{"Sec-Purpose", "prefetch;prerender"},
			{"Purpose", "prefetch"},
			{"X-Moz", "prefetch"},
			{"User-Agent", ""},
			{"User-Agent", "curl/8.0"},
			{"User-Agent", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
			{"User-Agent", "Mozilla/5.0 (X11) AppleWebKit/537.36 HeadlessChrome/140.0"},
			{"User-Agent", "Python-urllib/3.12"},
		} {
			for range 2 { // made and kept
				c.reads(i, path, head...)
				c.reads(i, "/files/"+versions["en"], head...)
			}
		}
		ask(c.site, http.MethodHead, path, "User-Agent", firefoxNow)
		c.reads(1, "/api/v1/files/"+versions["en"])
		c.reads(1, "/en/library/"+id+"/fr") // which there is not
		c.reads(1, "/en/library?q=order")
		desk := c.signedIn("desk@example.org", access.DeskOfficer)
		r := desk.request("GET", path, "", nil)
		r.Header.Set("User-Agent", firefoxNow)
		if got := desk.do(r); got.status != http.StatusOK { // who may change it
			t.Fatal(got.status)
		}
		if got := c.figures(id); got != (usage.Figures{}) {
			t.Errorf("%+v", got)
		}
		member := c.signedIn("member@example.org", access.MemberRole)
		for range 3 {
			r := member.request("GET", path, "", nil)
			r.Header.Set("User-Agent", "Mozilla/5.0 (Linux; Android 14; CUBOT_X70) Chrome/140.0 Mobile")
			member.do(r)
		}
		if got := c.figures(id); got != (usage.Figures{Reads: 1}) {
			t.Errorf("a member: %+v", got)
		}
	})
}

func TestManyReadersAtOnceAreCountedRight(t *testing.T) {
	eachCounting(t, func(t *testing.T, c counting) {
		id := c.shelve(library.Draft{}, "Telephones", "Evidence is kept.")
		var all sync.WaitGroup
		for n := range 200 {
			all.Go(func() {
				c.reads(n, "/en/library/"+id)
				c.reads(n, "/de/library/"+id)
			})
		}
		all.Wait()
		if got := c.figures(id); got.Reads != 400 {
			t.Errorf("%+v", got)
		}
	})
}

func TestTheLibrarianSeesWhatIsRead(t *testing.T) {
	eachCounting(t, func(t *testing.T, c counting) {
		much := c.shelve(library.Draft{Kind: "guide", Tags: library.Tags{Themes: []string{"cybercrime"}}}, "Much read", "Evidence is kept.")
		little := c.shelve(library.Draft{}, "Little read", "Evidence is kept.")
		none := c.shelve(library.Draft{}, "Never read", "Evidence is kept.")
		members := c.shelve(library.Draft{Level: access.Member}, "For members", "Evidence is kept.")
		c.shelve(library.Draft{Level: access.Closed}, "Closed one", "Evidence is kept.")
		for n := range 7 {
			c.reads(n, "/en/library/"+much)
		}
		c.reads(1, "/de/library/"+little+"?q=evidence")
		c.figures(much)
		year := usage.PeriodOf(usage.Year, time.Now())
		for _, p := range []usage.Period{year, {Span: usage.All}} {
			if _, err := store.Upkeep(t.Context(), c.DB, "INSERT INTO usage_count (document, span, since, lang, reads, found, files, cites) VALUES ($1, $2, $3, '', 6, 0, 0, 0)", members, string(p.Span), p.Since); err != nil {
				t.Fatal(err)
			}
		}
		desk := c.signedIn("desk@example.org", access.DeskOfficer)
		order := func(body string, titles ...string) {
			t.Helper()
			at := 0
			for _, title := range titles {
				i := strings.Index(body[at:], ">"+title+"<")
				if i < 0 {
					t.Errorf("%q does not stand where it should in\n%s", title, body)
					return
				}
				at += i
			}
		}
		t.Run("the most read come first, small numbers of a few in words", func(t *testing.T) {
			got := desk.get("/en/library/usage")
			order(got.body, "Much read", "For members", "at least 6", "not yet", "Little read")
			if got.status != http.StatusOK || strings.Contains(got.body, "Never read") || strings.Contains(got.body, "Closed one") {
				t.Error(got.status, got.body)
			}
			order(got.body, "All public documents by month")
		})
		t.Run("what was published and nobody reads", func(t *testing.T) {
			got := desk.get(fmt.Sprintf("/en/library/usage?show=least&added=%d", time.Now().Year()))
			order(got.body, "Never read", "Little read", "For members", "Much read")
			if got := desk.get("/en/library/usage?show=least"); strings.Contains(got.body, "Never read") {
				t.Error("what came today is said to be read by nobody")
			}
		})
		t.Run("by theme, type, language and period", func(t *testing.T) {
			for _, query := range []string{"theme=cybercrime", "type=guide", "lang=en", "period=" + usage.PeriodOf(usage.Month, time.Now()).String() + "&lang=en"} {
				if got := desk.get("/en/library/usage?" + query); !strings.Contains(got.body, "Much read") || strings.Contains(got.body, "Little read") {
					t.Errorf("%s:\n%s", query, got.body)
				}
			}
			if got := desk.get("/en/library/usage?period=2020"); !got.says(lang.For("en").T("usage.none")) {
				t.Error(got.body)
			}
			if got := desk.get("/en/library/usage?after=nowhere"); got.status != http.StatusNotFound {
				t.Error(got.status)
			}
		})
		t.Run("as a sheet", func(t *testing.T) {
			rows, err := csv.NewReader(strings.NewReader(desk.get("/en/library/usage.csv").body)).ReadAll()
			if err != nil || len(rows) != 4 || rows[1][0] != "Much read" || rows[1][4] != "7" || rows[2][4] != "at least 6" || rows[3][5] != "1" {
				t.Errorf("%q, %v", rows, err)
			}
		})
		t.Run("a document says it to those who may change it", func(t *testing.T) {
			if got := desk.get("/en/library/" + much); !got.says("Read 7 times") || !strings.Contains(got.body, "/en/library/usage") {
				t.Error(got.body)
			}
			if got := desk.get("/en/library/" + members); !got.says("at least 6") {
				t.Error(got.body)
			}
			if got := desk.get("/en/library/" + none); !got.says("Read 0 times") {
				t.Error(got.body)
			}
			if got := c.visitor().get("/en/library/" + much); got.says("Read 7 times") {
				t.Error("and to nobody else")
			}
		})
		t.Run("of what came before this quarter it is said that it was few", func(t *testing.T) {
			_, err := store.Write(t.Context(), c.DB, access.System("test"), func(tx *store.Tx) (store.Event, error) {
				_, err := tx.Exec(t.Context(), "UPDATE document SET created = $2 WHERE id = $1", members, time.Now().AddDate(0, -4, 0))
				return store.Event{Act: "library.document.revised", Object: members}, err
			})
			if err != nil {
				t.Fatal(err)
			}
			order(desk.get("/en/library/usage").body, "For members", "at least 6", "fewer than 5")
		})
		t.Run("nobody else", func(t *testing.T) {
			member := c.signedIn("m@example.org", access.MemberRole)
			for _, path := range []string{"/en/library/usage", "/en/library/usage.csv"} {
				for who, got := range map[string]seen{"nobody": c.visitor().get(path), "a member": member.get(path)} {
					if got.status == http.StatusOK || got.says("Much read") {
						t.Errorf("%s gets %s: %d", who, path, got.status)
					}
				}
			}
		})
	})
}

// TestNoTableTellsWhoRead holds that what a reader brings along stands nowhere once
// her reading is counted.
func TestNoTableTellsWhoRead(t *testing.T) {
	eachCounting(t, func(t *testing.T, c counting) {
		id := c.shelve(library.Draft{}, "Telephones", "Evidence is kept.")
		c.reads(77, "/en/library/"+id+"?q=evidence", "User-Agent", "Mozilla/5.0 (Kestrel 9)", "Referer", "https://ministry.example/desk")
		if got := c.figures(id); got.Reads != 1 || got.Found != 1 {
			t.Fatalf("%+v", got)
		}
		err := store.Dump(t.Context(), c.DB, func(table string) (io.Writer, error) { return &nosy{t, table, bytes.Buffer{}}, nil })
		if err != nil {
			t.Fatal(err)
		}
	})
}

// nosy reads a table of a dump and complains of what tells who read.
type nosy struct {
	t     *testing.T
	table string
	rows  bytes.Buffer
}

func (n *nosy) Write(p []byte) (int, error) {
	n.rows.Write(p)
	for _, word := range []string{"198.51.", "Kestrel", "ministry.example"} {
		if strings.Contains(n.rows.String(), word) {
			n.t.Errorf("%s holds %q", n.table, word)
		}
	}
	return len(p), nil
}

// BenchmarkKept sends a document's page from the shelf, with and without counting.
func BenchmarkKept(b *testing.B) {
	for _, counted := range []bool{false, true} {
		b.Run(fmt.Sprintf("counted=%v", counted), func(b *testing.B) {
			h := longList(b, 10)
			h.openReading()
			if counted {
				h.site.counter = &usage.Counter{DB: h.DB}
			}
			list, err := store.List[string](b.Context(), h.DB, store.Everything("test"), "SELECT id FROM document WHERE {scope} LIMIT 1")
			if err != nil {
				b.Fatal(err)
			}
			h.site.shelf.generation = func() int64 { return 1 }
			h.site.handler = h.site.chain()
			path := "/en/library/" + list[0]
			ask(h.site, "GET", path)
			b.ReportAllocs()
			for b.Loop() {
				if w := ask(h.site, "GET", path, "Accept-Encoding", "gzip", "User-Agent", firefoxNow); w.Code != 200 {
					b.Fatal(w.Code)
				}
			}
		})
	}
}
