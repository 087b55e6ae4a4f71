package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

func TestTheLogIsListedByWhatIsAsked(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		began := time.Now()
		people := []string{"p1", "p2", "system:x"}
		for i := range 30 {
			who := access.Subject{ID: people[i%3]}
			e := store.Event{Act: fmt.Sprintf("made.%d", i%2), Object: fmt.Sprintf("o%d", i%5), Label: access.Label{Level: access.Closed, Owner: who.ID}}
			if _, err := store.Write(ctx, db, who, func(*store.Tx) (store.Event, error) { return e, nil }); err != nil {
				t.Fatal(err)
			}
		}
		list := func(scope access.Scope, f store.LogFilter) (numbers []int64) {
			t.Helper()
			for f.Limit = 4; ; {
				page, err := store.Log(ctx, db, scope, f)
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range page {
					numbers = append(numbers, e.Seq)
				}
				if len(page) < f.Limit {
					return numbers
				}
				f.Before = store.ParseLogPlace(store.PlaceOf(page[3]).String())
			}
		}
		later := time.Now().Add(time.Second)
		for _, c := range []struct {
			name string
			f    store.LogFilter
			want func(i int64) bool
		}{
			{"everything", store.LogFilter{}, func(int64) bool { return true }},
			{"a person", store.LogFilter{Who: "p2"}, func(i int64) bool { return i%3 == 1 }},
			{"an object", store.LogFilter{Object: "o3"}, func(i int64) bool { return i%5 == 3 }},
			{"an act", store.LogFilter{Act: "made.1"}, func(i int64) bool { return i%2 == 1 }},
			{"all three", store.LogFilter{Who: "p1", Object: "o3", Act: "made.1"}, func(i int64) bool { return i%30 == 3 }},
			{"a time", store.LogFilter{From: began.Add(-time.Second), To: later}, func(int64) bool { return true }},
			{"a time before all", store.LogFilter{To: began.Add(-time.Second)}, func(int64) bool { return false }},
			{"a time after all", store.LogFilter{From: later}, func(int64) bool { return false }},
			{"nobody", store.LogFilter{Who: "' OR 1=1 --"}, func(int64) bool { return false }},
		} {
			var want []int64
			for i := int64(29); i >= 0; i-- {
				if c.want(i) {
					want = append(want, i+1)
				}
			}
			if got := list(all, c.f); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: %v, not %v", c.name, got, want)
			}
		}
		t.Run("only within the scope", func(t *testing.T) {
			if got := list(access.Act("p1", access.MemberRole, "", "").Scope(), store.LogFilter{}); len(got) != 10 {
				t.Errorf("%v", got)
			}
		})
		t.Run("a person's own: what she did, and what was done about her, once each", func(t *testing.T) {
			put(t, db, "p2", "by p1", access.Label{Level: access.Closed, Group: "g"})
			self := store.Event{Act: "self", Object: "p2"}
			if _, err := store.Write(ctx, db, access.Subject{ID: "p2"}, func(*store.Tx) (store.Event, error) { return self, nil }); err != nil {
				t.Fatal(err)
			}
			var numbers []string
			for at := (store.LogPlace{}); ; {
				page, err := store.LogOf(ctx, db, "p2", at, 5)
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range page {
					numbers = append(numbers, fmt.Sprint(e.Seq))
				}
				if len(page) < 5 {
					break
				}
				at = store.PlaceOf(page[4])
			}
			if got := strings.Join(numbers, " "); got != "32 31 29 26 23 20 17 14 11 8 5 2" {
				t.Error(got)
			}
		})
		t.Run("a place that is none is the beginning", func(t *testing.T) {
			for _, text := range []string{"", "x", "1", "1.x", "."} {
				if got := store.ParseLogPlace(text); got != (store.LogPlace{}) {
					t.Errorf("%q: %+v", text, got)
				}
			}
		})
	})
}

func TestWhatIsNotedOnceIsNotNotedAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		note := func(who, object string, once time.Duration) {
			t.Helper()
			e := store.Event{Act: "seen", Object: object, Data: map[string]string{"v": "1"}}
			if err := store.Note(ctx, db, access.Subject{ID: who}, e, once); err != nil {
				t.Fatal(err)
			}
		}
		count := func() int64 {
			n, err := store.Get[int64](ctx, db, all, "SELECT COUNT(*) FROM event WHERE {scope} AND act = 'seen' AND quiet")
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		for range 3 {
			note("a", "x", time.Minute)
		}
		note("b", "x", time.Minute)
		note("a", "y", time.Minute)
		if n := count(); n != 3 {
			t.Errorf("%d notes of three readings", n)
		}
		note("a", "x", 0)
		note("a", "x", 0)
		if n := count(); n != 5 {
			t.Errorf("%d notes: with no time every one counts", n)
		}
		time.Sleep(5 * time.Millisecond)
		note("a", "x", time.Millisecond)
		if n := count(); n != 6 {
			t.Errorf("%d notes: the time was over", n)
		}
		if db.Content() != 0 {
			t.Error("notes are content")
		}
	})
}

func TestOfSeveralNodesOneNotes(t *testing.T) {
	o := store.Options{DSN: storetest.PostgresDSN(t)}
	for range 2 {
		db, err := store.Open(ctx, o)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		e := store.Event{Act: "seen", Object: "x", Data: map[string]string{"version": "1"}}
		if err := store.Note(ctx, db, access.Subject{ID: "a"}, e, time.Minute); err != nil || db.Seq() != 1 {
			t.Errorf("event %d, %v", db.Seq(), err)
		}
	}
}

// BenchmarkLog searches a log of a million events, as an administrator does.
func BenchmarkLog(b *testing.B) {
	for _, engine := range []struct {
		name string
		open func(testing.TB) *store.DB
	}{{"sqlite", storetest.SQLite}, {"postgres", storetest.Postgres}} {
		b.Run(engine.name, func(b *testing.B) { benchLog(b, engine.open(b)) })
	}
}

func benchLog(b *testing.B, db *store.DB) {
	const events, batch = 1_000_000, 5000
	for n := 0; n < events; n += batch {
		_, err := store.WriteAll(ctx, db, officer, func(*store.Tx) ([]store.Event, error) {
			list := make([]store.Event, batch)
			for i := range list {
				list[i] = store.Event{
					Act: fmt.Sprintf("library.act%d.done", (n+i)%40), Object: fmt.Sprintf("0190a2b4-0000-7000-8000-%012d", (n+i)%50_000), Quiet: i%2 == 0,
					Data: map[string]string{"version": "0190a2b4-0000-7000-8000-000000000000"}, Label: access.Label{Level: access.Closed, Owner: "p1"},
				}
			}
			return list, nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	first, _ := store.Since(ctx, db, all, events/2, 1)
	middle := first[0].At
	for name, f := range map[string]store.LogFilter{
		"newest":               {},
		"by person":            {Who: "p1"},
		"by object":            {Object: "0190a2b4-0000-7000-8000-000000012345"},
		"by act":               {Act: "library.act7.done"},
		"by person and act":    {Who: "p1", Act: "library.act7.done"},
		"by a time long ago":   {To: middle},
		"by person, long ago":  {Who: "p1", To: middle},
		"deep in the list":     {Who: "p1", Before: store.LogPlace{At: middle.UnixMicro(), Seq: events / 2}},
		"nobody":               {Who: "nobody"},
		"an act never written": {Who: "p1", Act: "never"},
		"person, act and time": {Who: "p1", Act: "library.act7.done", From: middle, To: middle.Add(time.Hour)},
	} {
		b.Run(strings.ReplaceAll(name, " ", "_"), func(b *testing.B) {
			for b.Loop() {
				f.Limit = 50
				if _, err := store.Log(ctx, db, all, f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("verify", func(b *testing.B) {
		for b.Loop() {
			if n, faults, err := store.Verify(ctx, db); err != nil || n != events || len(faults) > 0 {
				b.Fatal(n, faults, err)
			}
		}
	})
	b.Run("sign", func(b *testing.B) {
		for b.Loop() {
			if _, err := store.Sign(ctx, db, signer); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("note", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			e := store.Event{Act: "library.document.read", Object: fmt.Sprint("x", i), Data: map[string]string{"version": "1"}}
			if err := store.Note(ctx, db, officer, e, time.Minute); err != nil {
				b.Fatal(err)
			}
		}
	})
}
