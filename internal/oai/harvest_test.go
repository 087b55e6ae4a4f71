package oai_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/fetch"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/oai"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// harvester is one that may ask this machine and waits for nobody; waits keeps for
// how long it would have.
func (h *house) harvester(waits *[]time.Duration) *oai.Harvester {
	return &oai.Harvester{
		Library: h.lib, Client: fetch.Client(fetch.Options{Internal: []string{"127.0.0.1"}, Limit: 1 << 20, Time: 5 * time.Second}),
		Wait: func(ctx context.Context, d time.Duration) error {
			if waits != nil {
				*waits = append(*waits, d)
			}
			return ctx.Err()
		},
	}
}

// harvest takes in what there is at the address.
func (h *house) harvest(url string) (library.HarvestTally, error) {
	h.t.Helper()
	s, err := h.lib.AddSource(ctx, system, library.SourceDraft{URL: url}, false)
	if err != nil {
		h.t.Fatal(err)
	}
	return h.harvester(nil).Harvest(ctx, system, s, nil)
}

func (h *house) source() library.Source {
	h.t.Helper()
	list, err := h.lib.Sources(ctx)
	if err != nil || len(list) == 0 {
		h.t.Fatal(list, err)
	}
	return list[len(list)-1]
}

// twin is the document that came of one in another house.
func (h *house) twin(identifier string) (library.Record, bool) {
	h.t.Helper()
	id, err := store.Get[string](ctx, h.lib.DB, all, "SELECT document FROM harvested WHERE {scope} AND identifier = $1", identifier)
	if err != nil || id == "" {
		return library.Record{}, false
	}
	return h.record(id), true
}

func tally(added, changed, same, withdrawn, aside int64) library.HarvestTally {
	return library.HarvestTally{Added: added, Changed: changed, Same: same, Withdrawn: withdrawn, Aside: aside}
}

func TestOneHouseHarvestsAnother(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		from, to := build(t, storetest.SQLite(t), 2), build(t, db, 2)
		guide := from.guide()
		reports := from.few(4)
		hidden := from.create(library.Draft{Kind: "guide", Level: access.Member}, text("en", "For members", ""))
		must := func(want library.HarvestTally) {
			t.Helper()
			got, err := to.harvest(from.base())
			if err != nil || got != want {
				t.Fatalf("%+v %v, not %+v", got, err, want)
			}
		}
		must(tally(5, 0, 0, 0, 0))
		t.Run("the same documents are there, and say that nobody has looked", func(t *testing.T) {
			a := from.record(guide)
			b, ok := to.twin(from.identifier(guide))
			if !ok {
				t.Fatal("the guide is not there")
			}
			titles := func(r library.Record) lang.Names {
				n := lang.Names{}
				for _, e := range r.Editions {
					n[e.Lang] = e.Title
				}
				return n
			}
			if fmt.Sprint(titles(a)) != fmt.Sprint(titles(b)) || a.Symbol != b.Symbol || a.Kind != b.Kind || a.Dated != b.Dated || a.Origin != b.Origin || a.Licence != b.Licence ||
				!slices.Equal(a.Themes, b.Themes) || fmt.Sprint(a.Keywords) != fmt.Sprint(b.Keywords) {
				t.Errorf("%+v\nbecame\n%+v", a, b)
			}
			if b.Confirmed || b.Level != access.Public || b.Owner != "" {
				t.Errorf("%+v", b.Document)
			}
			p, err := to.lib.HarvestedFrom(ctx, b.ID)
			if err != nil || p.Identifier != from.identifier(guide) || p.Link != from.server.URL+"/library/"+guide {
				t.Errorf("%+v %v", p, err)
			}
		})
		t.Run("again there is nothing new", func(t *testing.T) {
			got, err := to.harvest(from.base())
			if err != nil || got.Added+got.Changed+got.Withdrawn+got.Aside != 0 {
				t.Errorf("%+v %v", got, err)
			}
		})
		t.Run("a change travels, and a withdrawal, and what is for fewer now", func(t *testing.T) {
			r := from.record(guide)
			d := library.Draft{Symbol: r.Symbol, Kind: "checklist", Dated: r.Dated, Original: "ru", Tags: r.Tags, Confirmed: true}
			if err := from.lib.Revise(ctx, system, guide, r.Rev, d, library.Titles{Lang: "en", Title: "Taking telephones"}); err != nil {
				t.Fatal(err)
			}
			if err := from.lib.Withdraw(ctx, system, reports[0], from.record(reports[0]).Rev, "test"); err != nil {
				t.Fatal(err)
			}
			r = from.record(reports[1])
			if err := from.lib.Revise(ctx, system, reports[1], r.Rev, library.Draft{Kind: "report", Tags: r.Tags, Level: access.Official}); err != nil {
				t.Fatal(err)
			}
			must(tally(0, 1, 2, 2, 0))
			if b, _ := to.twin(from.identifier(guide)); b.Kind != "checklist" || b.Edition("en").Title != "Taking telephones" {
				t.Errorf("%+v", b)
			}
			for _, id := range reports[:2] {
				if _, ok := to.twin(from.identifier(id)); ok {
					t.Errorf("%s is still there", id)
				}
			}
		})
		t.Run("what is hidden there never came", func(t *testing.T) {
			if _, ok := to.twin(from.identifier(hidden)); ok {
				t.Error("it did")
			}
		})
		t.Run("what somebody has made her own is neither overwritten nor withdrawn", func(t *testing.T) {
			own, _ := to.twin(from.identifier(reports[2]))
			d := library.Draft{Kind: own.Kind, Dated: own.Dated, Tags: own.Tags, Confirmed: true}
			if err := to.lib.Revise(ctx, system, own.ID, own.Rev, d, library.Titles{Lang: "en", Title: "Mine"}); err != nil {
				t.Fatal(err)
			}
			if err := from.lib.Withdraw(ctx, system, reports[2], from.record(reports[2]).Rev, "test"); err != nil {
				t.Fatal(err)
			}
			got, err := to.harvest(from.base())
			if err != nil || got.Aside != 1 || got.Withdrawn != 0 || to.record(own.ID).Edition("en").Title != "Mine" {
				t.Errorf("%+v %v", got, err)
			}
			list, err := to.lib.SetAside(ctx, to.source().ID, 10)
			if err != nil || len(list) != 1 || list[0].Reason != "exchange.aside.kept" {
				t.Errorf("%+v %v", list, err)
			}
		})
		t.Run("what went around comes back to nobody twice", func(t *testing.T) {
			if got, err := from.harvest(to.base()); err != nil || got.Added != 0 {
				t.Errorf("%+v %v", got, err)
			}
			third := build(t, storetest.SQLite(t), 0)
			if got, err := third.harvest(from.base()); err != nil || got.Added != 2 {
				t.Errorf("%+v %v", got, err)
			}
			if got, err := third.harvest(to.base()); err != nil || got.Added != 1 { // what was made her own there
				t.Errorf("%+v %v", got, err)
			}
		})
	})
}

// repository is one that answers what it is told to.
type repository struct {
	*httptest.Server
	asked []string
}

const beginning = `<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-11-23T10:00:00Z</responseDate><request>x</request>`

const identify = beginning + `<Identify><repositoryName>Library of Nowhere</repositoryName><granularity>YYYY-MM-DD</granularity></Identify></OAI-PMH>`

// dc is a record with such Dublin Core inside.
func dc(id, inside string) string {
	return `<record><header><identifier>` + id + `</identifier><datestamp>2026-11-01</datestamp></header><metadata>` +
		`<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">` + inside + `</oai_dc:dc></metadata></record>`
}

func records(inside ...string) string {
	return beginning + `<ListRecords>` + strings.Join(inside, "") + `</ListRecords></OAI-PMH>`
}

func repositoryOf(t *testing.T, answer func(n int, w http.ResponseWriter, r *http.Request)) *repository {
	t.Helper()
	rep := &repository{}
	rep.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rep.asked = append(rep.asked, r.URL.RawQuery)
		if r.FormValue("verb") == "Identify" {
			fmt.Fprint(w, identify)
			return
		}
		answer(len(rep.asked)-1, w, r)
	}))
	t.Cleanup(rep.Close)
	return rep
}

func says(pages ...string) func(int, http.ResponseWriter, *http.Request) {
	return func(n int, w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, pages[min(n, len(pages))-1]) }
}

func TestRecordsOfStrangersAreRead(t *testing.T) {
	each(t, 0, func(t *testing.T, h *house) {
		rep := repositoryOf(t, says(records(
			dc("oai:n:1", `<dc:title>Handbook on seized telephones</dc:title><dc:language>eng</dc:language><dc:date>2019-05-04T00:00:00Z</dc:date><dc:identifier>https://n.example/1</dc:identifier><dc:identifier>10.1000/182</dc:identifier><dc:type>Guide</dc:type><dc:subject>Cybercrime</dc:subject><dc:subject>telephones</dc:subject><dc:publisher>Kyrgyzstan</dc:publisher>`),
			dc("oai:n:2", `<dc:title>Руководство по изъятию телефонов и электронных доказательств</dc:title><dc:description>Как следователь изымает телефон и сохраняет доказательства для суда.</dc:description><dc:date>long ago</dc:date>`),
			dc("oai:n:3", `<dc:title>Podręcznik</dc:title><dc:language>pol</dc:language>`),
			dc("oai:n:4", `<dc:description>nameless</dc:description>`),
			dc("oai:n:5", `<dc:title>`+strings.Repeat("long ", 300)+"\x01"+`</dc:title><dc:rights>`+strings.Repeat("r", 1000)+`</dc:rights>`),
			`<record><header><identifier>oai:n:6</identifier></header><metadata><other xmlns="urn:x"><title>x</title></other></metadata></record>`,
			`<record><header status="deleted"><identifier>oai:n:7</identifier></header></record>`,
			dc("", `<dc:title>no name</dc:title>`),
		)))
		got, err := h.harvest(rep.URL)
		if err != nil || got != tally(4, 0, 1, 0, 3) {
			t.Fatalf("%+v %v", got, err)
		}
		one, _ := h.twin("oai:n:1")
		if e := one.Edition("en"); e.Lang != "en" || e.External != "oai:n:1" || one.Dated != "2019-05-04" || one.Kind != "guide" || one.Symbol != "" || one.Origin != "KG" ||
			!slices.Equal(one.Themes, []string{"cybercrime"}) || !slices.Equal(one.Keywords["en"], []string{"telephones"}) {
			t.Errorf("%+v", one)
		}
		if two, _ := h.twin("oai:n:2"); two.Editions[0].Lang != "ru" || two.Dated != "" || two.Editions[0].Summary == "" {
			t.Errorf("%+v", two)
		}
		if three, _ := h.twin("oai:n:3"); three.Editions[0].Lang != "" {
			t.Errorf("Polish became %q", three.Editions[0].Lang)
		}
		s := h.source()
		list, err := h.lib.SetAside(ctx, s.ID, 10)
		if err != nil || len(list) != 2 || s.Name != "Library of Nowhere" || s.Since != "2026-11-23T10:00:00Z" || s.Reason != "" {
			t.Errorf("%+v %+v %v", list, s, err)
		}
		for _, a := range list {
			if !lang.Has(a.Reason) {
				t.Errorf("%s has no words", a.Reason)
			}
		}
		if _, err := h.harvest(rep.URL); err != nil || !strings.Contains(rep.asked[len(rep.asked)-1], "from=2026-11-23") {
			t.Errorf("%v %v", rep.asked, err)
		}
	})
}

func TestAHarvestThatIsInterruptedGoesOnWhereItWas(t *testing.T) {
	each(t, 0, func(t *testing.T, h *house) {
		broken := true
		rep := repositoryOf(t, func(_ int, w http.ResponseWriter, r *http.Request) {
			switch r.FormValue("resumptionToken") {
			case "":
				fmt.Fprint(w, records(dc("oai:n:1", `<dc:title>One</dc:title>`), `<resumptionToken completeListSize="3">t1</resumptionToken>`))
			case "t1":
				fmt.Fprint(w, records(dc("oai:n:2", `<dc:title>Two</dc:title>`), `<resumptionToken>t2</resumptionToken>`))
			default:
				if broken {
					w.WriteHeader(http.StatusForbidden)
					return
				}
				fmt.Fprint(w, records(dc("oai:n:3", `<dc:title>Three</dc:title>`), `<resumptionToken/>`))
			}
		})
		if got, err := h.harvest(rep.URL); err == nil || got.Added != 2 {
			t.Fatalf("%+v %v", got, err)
		}
		if s := h.source(); s.Token != "t2" || !strings.HasPrefix(s.Reason, "exchange.trouble.none\n") || s.Since != "" {
			t.Errorf("%+v", s)
		}
		broken = false
		if got, err := h.harvest(rep.URL); err != nil || got != tally(1, 0, 0, 0, 0) {
			t.Errorf("%+v %v: %v", got, err, rep.asked)
		}
		if s := h.source(); s.Token != "" || s.Reason != "" || s.Since == "" {
			t.Errorf("%+v", s)
		}
		t.Run("a place that the repository has forgotten means to begin again", func(t *testing.T) {
			rep := repositoryOf(t, func(_ int, w http.ResponseWriter, r *http.Request) {
				switch r.FormValue("resumptionToken") {
				case "":
					fmt.Fprint(w, records(dc("oai:m:1", `<dc:title>One</dc:title>`), `<resumptionToken>old</resumptionToken>`))
				default:
					if !broken {
						broken = true
						w.WriteHeader(http.StatusNotFound)
						return
					}
					fmt.Fprint(w, beginning+`<error code="badResumptionToken">gone</error></OAI-PMH>`)
				}
			})
			if _, err := h.harvest(rep.URL); err == nil {
				t.Error("it was not interrupted")
			}
			if _, err := h.harvest(rep.URL); err == nil {
				t.Error("a place that is always forgotten leads nowhere")
			}
			n := 0
			for _, asked := range rep.asked {
				if strings.Contains(asked, "metadataPrefix") {
					n++
				}
			}
			if n < 2 || n > 3 {
				t.Errorf("%q", rep.asked)
			}
		})
	})
}

func TestWhatIsNoRepositoryIsRefusedWithASentence(t *testing.T) {
	h := build(t, storetest.SQLite(t), 0)
	bomb := `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>`
	for sentence, c := range map[string]struct {
		answer func(int, http.ResponseWriter, *http.Request)
		want   string
		key    string // of the sentence that a librarian reads
	}{
		"declarations of its own":       {says(strings.Replace(records(dc("oai:n:1", `<dc:title>&b;</dc:title>`)), "?>", "?>"+bomb, 1)), "DOCTYPE", "broken"},
		"entities without declarations": {says(records(dc("oai:n:1", `<dc:title>&b;</dc:title>`))), "well-formed", "broken"},
		"a page of HTML":                {says(`<html><body>Welcome</body></html>`), "<html>", "none"},
		"something that is no XML":      {says(`{"error": 1}`), "no OAI-PMH", "none"},
		"nothing":                       {says(``), "no OAI-PMH", "none"},
		"an answer without end":         {says(records(strings.Repeat(dc("oai:n:1", `<dc:title>One</dc:title>`), 8000))), "larger than allowed", "large"},
		"an answer that breaks off":     {says(records(dc("oai:n:1", `<dc:title>One</dc:title>`))[:300]), "well-formed", "broken"},
		"elements a million deep":       {says(records(`<record><metadata>` + strings.Repeat("<a>", 100_000))), "well-formed", "broken"},
		"a circle":                      {says(records(dc("oai:n:1", `<dc:title>One</dc:title>`), `<resumptionToken>t</resumptionToken>`)), "circle", "broken"},
		"a refusal":                     {says(beginning + `<error code="cannotDisseminateFormat">no</error></OAI-PMH>`), "cannotDisseminateFormat", "refused"},
		"no time":                       {says(strings.Replace(records(), "2026-11-23T10:00:00Z", "today", 1)), "responseDate", "broken"},
		"another encoding":              {says(strings.Replace(records(), "UTF-8", "KOI8-R", 1)), "xml", "broken"},
	} {
		t.Run(sentence, func(t *testing.T) {
			rep := repositoryOf(t, c.answer)
			began := time.Now()
			_, err := h.harvest(rep.URL)
			if err == nil || !strings.Contains(err.Error(), c.want) || time.Since(began) > 10*time.Second {
				t.Errorf("%v", err)
			}
			key, _, _ := strings.Cut(h.source().Reason, "\n")
			if key != "exchange.trouble."+c.key || !lang.Has(key) {
				t.Errorf("the librarian reads %q", key)
			}
		})
	}
	t.Run("an address inside the network", func(t *testing.T) {
		rep := repositoryOf(t, says(records()))
		s, err := h.lib.AddSource(ctx, system, library.SourceDraft{URL: rep.URL + "/inside"}, false)
		if err != nil {
			t.Fatal(err)
		}
		careful := &oai.Harvester{Library: h.lib, Client: fetch.Client(fetch.Options{})}
		if _, err := careful.Harvest(ctx, system, s, nil); !errors.Is(err, fetch.ErrInternal) || len(rep.asked) > 0 {
			t.Errorf("%v %v", err, rep.asked)
		}
	})
	t.Run("addresses that are none", func(t *testing.T) {
		for _, url := range []string{"", "ftp://x.example/", "file:///etc/passwd", "http://", "https://a:b@x.example/oai", "https://x.example/oai?verb=Identify", "\x00"} {
			var invalid library.Invalid
			if _, err := h.lib.AddSource(ctx, system, library.SourceDraft{URL: url}, false); !errors.As(err, &invalid) {
				t.Errorf("%q: %v", url, err)
			}
		}
	})
	t.Run("who does not edit what is everybody's", func(t *testing.T) {
		for _, who := range []access.Subject{{}, access.Act("t", access.Trainer, "", ""), access.Act("f", access.FocalPoint, "KG", ""), access.Act("m", access.Moderator, "", "")} {
			if _, err := h.lib.AddSource(ctx, who, library.SourceDraft{URL: "https://x.example/oai"}, true); !errors.Is(err, library.ErrForbidden) {
				t.Errorf("%v", err)
			}
		}
	})
}

func TestABusyRepositoryIsAskedAgainAsItWishes(t *testing.T) {
	h := build(t, storetest.SQLite(t), 0)
	rep := repositoryOf(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		switch n {
		case 1:
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(http.StatusServiceUnavailable)
		case 2:
			w.Header().Set("Retry-After", "999999999")
			w.WriteHeader(http.StatusTooManyRequests)
		case 3, 4:
			w.WriteHeader(http.StatusBadGateway)
		default:
			fmt.Fprint(w, records(dc("oai:n:1", `<dc:title>One</dc:title>`)))
		}
	})
	var waits []time.Duration
	s, err := h.lib.AddSource(ctx, system, library.SourceDraft{URL: rep.URL}, false)
	if err != nil {
		t.Fatal(err)
	}
	got, err := h.harvester(&waits).Harvest(ctx, system, s, nil)
	if err != nil || got.Added != 1 || fmt.Sprint(waits) != "[7s 5m0s 2s 4s]" {
		t.Errorf("%+v %v %v", got, waits, err)
	}
	t.Run("but not for ever", func(t *testing.T) {
		rep := repositoryOf(t, func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
		if _, err := h.harvest(rep.URL); err == nil || len(rep.asked) != 7 {
			t.Errorf("%v after %d", err, len(rep.asked))
		}
	})
}
