package assistance_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/directory"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// pages reads a whole list in pages of two, by their ids.
func pages(t testing.TB, a *assistance.Assistance, scope access.Scope, f assistance.RequestFilter) (ids []string) {
	t.Helper()
	for after := (assistance.Place{}); ; {
		list, more, err := a.Requests(ctx, scope, f, after, 2)
		if err != nil || len(list) > 2 {
			t.Fatal(len(list), err)
		}
		for _, r := range list {
			ids = append(ids, r.ID)
		}
		if more == (assistance.Place{}) {
			break
		}
		again, ok := assistance.ParsePlace(more.String())
		if !ok || again.String() != more.String() {
			t.Fatal(more)
		}
		after = again
	}
	if n, err := a.CountRequests(ctx, scope, f); err != nil || n != len(ids) {
		t.Errorf("%+v: %d are counted, %d listed: %v", f, n, len(ids), err)
	}
	return ids
}

func TestLists(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		id := map[assistance.Stage]string{}
		for _, s := range assistance.Stages {
			id[s] = at(t, a, s).ID
		}
		all := store.Everything("test")
		t.Run("the newest first, each once", func(t *testing.T) {
			want := []string{}
			for _, s := range slices.Backward(assistance.Stages) {
				want = append(want, id[s])
			}
			if got := pages(t, a, all, assistance.RequestFilter{}); !slices.Equal(got, want) {
				t.Error(got, want)
			}
			if got := pages(t, a, desk.Scope(), assistance.RequestFilter{}); !slices.Equal(got, want[:len(want)-1]) {
				t.Error("all but the draft:", got)
			}
			if got := pages(t, a, visitor.Scope(), assistance.RequestFilter{}); len(got) != 0 {
				t.Error(got)
			}
		})
		t.Run("the desk's queue begins with what has waited longest", func(t *testing.T) {
			move(t, a, desk, id[assistance.Submitted], assistance.Acknowledge) // waits anew, since now
			want := []string{id[assistance.Acknowledged], id[assistance.Submitted]}
			if got := pages(t, a, desk.Scope(), assistance.RequestFilter{Waiting: true}); !slices.Equal(got, want) {
				t.Error(got, want)
			}
			_, err := store.Write(ctx, a.DB, access.System("test"), func(tx *store.Tx) (store.Event, error) {
				_, err := tx.Exec(ctx, "UPDATE request SET moved = moved - 86400000000, due = '2020-01-01' WHERE id = $1", id[assistance.Clarification])
				return store.Event{Act: "test.aged"}, err
			})
			if got := pages(t, a, desk.Scope(), assistance.RequestFilter{Waiting: true}); err != nil || len(got) != 3 || got[0] != id[assistance.Clarification] {
				t.Error("what a State has left unanswered rests unseen:", got, err)
			}
			if r := read(t, a, id[assistance.Clarification]); !r.Overdue(time.Now()) || read(t, a, id[assistance.Submitted]).Overdue(time.Now()) {
				t.Error(r)
			}
		})
		t.Run("by State, stage and theme, and what belongs to it", func(t *testing.T) {
			for want, f := range map[int]assistance.RequestFilter{
				8: {State: "KG", Theme: "cybercrime"},
				0: {State: "TJ"},
				2: {Stages: []assistance.Stage{assistance.Declined, assistance.Referred}, Theme: "police-reform"},
			} {
				if got := pages(t, a, all, f); len(got) != want {
					t.Errorf("%+v: %d", f, len(got))
				}
			}
			if got := pages(t, a, all, assistance.RequestFilter{Theme: "drugs"}); len(got) != 0 {
				t.Error(got)
			}
		})
		t.Run("consents too", func(t *testing.T) {
			var want []string
			for range 5 {
				want = append(want, asked(t, a))
			}
			slices.Reverse(want)
			f := assistance.ConsentFilter{State: "KG", Theme: "drugs", Stages: []assistance.ConsentStage{assistance.ConsentAsked}}
			list, more, err := a.Consents(ctx, focalTJ.Scope(), f, assistance.Place{}, 3)
			rest, end, err2 := a.Consents(ctx, focalTJ.Scope(), f, more, 3)
			var got []string
			for _, c := range slices.Concat(list, rest) {
				got = append(got, c.ID)
			}
			n, err3 := a.CountConsents(ctx, focalTJ.Scope(), f)
			if err != nil || err2 != nil || err3 != nil || n != 5 || !slices.Equal(got, want) || end != (assistance.Place{}) || len(list[0].Areas) != 3 {
				t.Error(got, want, n, err, err2, err3)
			}
			if list, _, err := a.Consents(ctx, member.Scope(), assistance.ConsentFilter{}, assistance.Place{}, 3); err != nil || len(list) != 0 {
				t.Error("what is official is shown to a member", list, err)
			}
		})
	})
}

// TestNobodyListsWhatSheMayNotRead holds the lists against the labels, for everybody.
func TestNobodyListsWhatSheMayNotRead(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		for _, s := range assistance.Stages {
			at(t, a, s)
		}
		if _, err := a.Draft(ctx, focalTJ, whole()); err != nil {
			t.Fatal(err)
		}
		gone := draft(t, a)
		move(t, a, focal, gone, assistance.Withdraw) // never submitted
		every := pages(t, a, store.Everything("test"), assistance.RequestFilter{})
		for _, who := range []access.Subject{focal, deputy, envoy, expertKG, focalTJ, envoyTJ, desk, admin, officer, member, visitor, nobody, focal.Within(access.Member, true)} {
			seen := pages(t, a, who.Scope(), assistance.RequestFilter{})
			for _, id := range every {
				if _, reads := who.Scope().Allows(read(t, a, id).Label); reads != slices.Contains(seen, id) {
					t.Errorf("%s lists %s: %v", who.ID, id, !reads)
				}
			}
		}
	})
}

func TestABackupKeepsIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if err := directory.Seed(ctx, db); err != nil {
			t.Fatal(err)
		}
		a := &assistance.Assistance{DB: db}
		r, c := at(t, a, assistance.Declined), consentAt(t, a, assistance.ConsentWithdrawn)
		open := consentAt(t, a, assistance.ConsentGiven)
		parts, order := map[string]*bytes.Buffer{}, []string{}
		if err := store.Dump(ctx, db, func(table string) (io.Writer, error) {
			parts[table], order = &bytes.Buffer{}, append(order, table)
			return parts[table], nil
		}); err != nil {
			t.Fatal(err)
		}
		into := map[string]*store.DB{"sqlite": storetest.SQLite(t)}
		if os.Getenv("POLIS_TEST_POSTGRES") != "" {
			into["postgres"] = storetest.Postgres(t)
		}
		for engine, other := range into {
			err := store.Load(ctx, other, func(load func(string, io.Reader) error) error {
				for _, table := range slices.Backward(order) { // in whatever order
					if err := load(table, bytes.NewReader(parts[table].Bytes())); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(engine, err)
			}
			b := &assistance.Assistance{DB: other}
			if store.JSON(read(t, b, r.ID)) != store.JSON(r) || store.JSON(readConsent(t, b, c.ID)) != store.JSON(c) {
				t.Error(engine, read(t, b, r.ID), readConsent(t, b, c.ID))
			}
			steps, err := b.Steps(ctx, r.ID)
			ends, err2 := b.ConsentSteps(ctx, c.ID)
			if err != nil || err2 != nil || len(steps) != 4 || len(ends) != 3 {
				t.Error(engine, steps, ends, err, err2)
			}
			if err := b.CloseArea(ctx, focal, open.ID, open.Rev, "drugs", ""); err != nil {
				t.Error(engine, "it does not live on:", err)
			}
		}
	})
}

func TestNobodyWaitsForALargeNumber(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		fill(t, a, assistance.Countable+200)
		for want, f := range map[int]assistance.RequestFilter{
			assistance.Countable + 1:    {},
			assistance.Countable/4 + 50: {State: "KG"},
			0:                           {Theme: "police-reform"},
		} {
			if n, err := a.CountRequests(ctx, desk.Scope(), f); err != nil || n != want {
				t.Errorf("%+v: %d, not %d: %v", f, n, want, err)
			}
		}
	})
}

// BenchmarkRequests reads pages out of 100,000 requests.
func BenchmarkRequests(b *testing.B) {
	dbs := map[string]func(testing.TB) *store.DB{"sqlite": storetest.SQLite}
	if os.Getenv("POLIS_TEST_POSTGRES") != "" {
		dbs["postgres"] = storetest.Postgres
	}
	for engine, open := range dbs {
		b.Run(engine, func(b *testing.B) {
			a := &assistance.Assistance{DB: open(b)}
			if err := directory.Seed(ctx, a.DB); err != nil {
				b.Fatal(err)
			}
			fill(b, a, 100_000)
			for name, c := range map[string]struct {
				who access.Subject
				f   assistance.RequestFilter
			}{
				"the newest":       {desk, assistance.RequestFilter{}},
				"of a State":       {focal, assistance.RequestFilter{State: "KG"}},
				"of a theme":       {focal, assistance.RequestFilter{Theme: "drugs"}},
				"of a rare theme":  {focal, assistance.RequestFilter{Theme: "terrorism"}},
				"of a stage":       {focalTJ, assistance.RequestFilter{Stages: []assistance.Stage{assistance.Accepted}}},
				"the desk's queue": {desk, assistance.RequestFilter{Waiting: true}},
			} {
				b.Run(name, func(b *testing.B) {
					after := assistance.Place{}
					for b.Loop() {
						_, more, err := a.Requests(ctx, c.who.Scope(), c.f, after, 25)
						if err != nil {
							b.Fatal(err)
						}
						after = more
					}
				})
			}
			for name, f := range map[string]assistance.RequestFilter{
				"all":                                {},
				"overdue":                            {Overdue: true},
				"of a theme at a stage that few are": {Theme: "drugs", Stages: []assistance.Stage{assistance.Declined}},
			} {
				b.Run("counted, "+name, func(b *testing.B) {
					for b.Loop() {
						if _, err := a.CountRequests(ctx, desk.Scope(), f); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		})
	}
}

// fill writes n requests, nine of ten accepted and the others submitted.
func fill(b testing.TB, a *assistance.Assistance, n int) {
	b.Helper()
	_, err := store.Write(ctx, a.DB, access.System("test"), func(tx *store.Tx) (store.Event, error) {
		var rows, tags [][]any
		for i := range n {
			id, state, theme := fmt.Sprintf("r%07d", i), []string{"KG", "TJ", "UZ", "AL"}[i%4], []string{"drugs", "cybercrime", "trafficking"}[i%3]
			if i%5000 == 0 {
				theme = "terrorism"
			}
			rows = append(rows, []any{id, 0, 0, state, "en", "Training", "A course", "A new law", "", "", "draft", 0, i + 1, "", "", "", 1, i + 1, i + 1, 3, state, "", "focal"})
			tags = append(tags, []any{id, "theme", theme, 0, i + 1}, []any{id, "under", theme, 0, i + 1})
		}
		if err := tx.Insert(ctx, "request (id, of_year, nth, asker, lang, title, wish, reason, since, until, stage, moves, moved, due, referred, handler, rev, created, updated, level, state, grp, owner)", rows, ""); err != nil {
			return store.Event{}, err
		}
		if err := tx.Insert(ctx, "request_tag (request, kind, value, n, created)", tags, ""); err != nil {
			return store.Event{}, err
		}
		const step = "INSERT INTO request_step (request, n, prior, was, move, stage, words, former, by_whom, at, mark) SELECT id, "
		for _, query := range []string{
			step + "1, NULL, NULL, 'draft', 'draft', '', '', 'focal', 1, id || ' 1 draft' FROM request",
			step + "2, 1, 'draft', 'submit', 'submitted', '', '', 'focal', 1, id || ' 2 submitted' FROM request",
			step + "3, 2, 'submitted', 'acknowledge', 'acknowledged', '', '', 'desk', 1, id || ' 3 acknowledged' FROM request WHERE created % 10 <> 0",
			step + "4, 3, 'acknowledged', 'accept', 'accepted', '', '', 'desk', 1, id || ' 4 accepted' FROM request WHERE created % 10 <> 0",
			"UPDATE request SET stage = 'submitted', moves = 2, step = id || ' 2 submitted', of_year = 2026, nth = created, level = 2, due = '2026-12-01' WHERE created % 10 = 0",
			"UPDATE request SET stage = 'accepted', moves = 4, step = id || ' 4 accepted', of_year = 2026, nth = created, level = 2, handler = 'desk' WHERE created % 10 <> 0",
		} {
			if _, err := tx.Exec(ctx, query); err != nil {
				return store.Event{}, err
			}
		}
		return store.Event{Act: "test.filled"}, nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
