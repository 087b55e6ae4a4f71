package library_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"polis/internal/access"
	"polis/internal/library"
	"polis/internal/store"
)

var (
	desk2  = access.Act("desk2", access.DeskOfficer, "", "")
	public = access.Label{Level: access.Public}
)

// official puts an official document in and returns its id.
func official(t *testing.T, l *library.Library) string {
	t.Helper()
	return create(t, l, expert, library.Draft{Level: access.Official}, text("en", "Guide", "x"))
}

func levelOf(t *testing.T, l *library.Library, id string) access.Level {
	t.Helper()
	rec, err := l.Get(ctx, all, id)
	if err != nil {
		t.Fatal(err)
	}
	return rec.Level
}

func asked(t *testing.T, l *library.Library, who access.Subject, document string, rev int64, to access.Label) string {
	t.Helper()
	id, err := l.AskLowering(ctx, who, document, rev, to, "The Council has published it.")
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestOpeningADocumentTakesTwo(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		id := official(t, l)
		request := asked(t, l, desk, id, 1, public)
		if levelOf(t, l, id) != access.Official {
			t.Fatal("asking alone has opened it")
		}
		for _, c := range []struct {
			who  access.Subject
			want error
		}{
			{desk, library.ErrSamePerson},
			{expert, library.ErrForbidden}, // it is hers, and still not hers to open
			{member, store.ErrNotFound},    // she cannot even read it
			{nobody, store.ErrNotFound},
			{system, library.ErrForbidden},
			{desk2.Within(access.Closed, true), library.ErrForbidden},
		} {
			if err := l.AgreeLowering(ctx, c.who, request); !errors.Is(err, c.want) {
				t.Errorf("%s agreed: %v", c.who.ID, err)
			}
			if err := l.RefuseLowering(ctx, c.who, request, "No."); !errors.Is(err, c.want) {
				t.Errorf("%s refused: %v", c.who.ID, err)
			}
		}
		if err := l.AgreeLowering(ctx, desk2, request); err != nil {
			t.Fatal(err)
		}
		if levelOf(t, l, id) != access.Public {
			t.Error("it is not open")
		}
		h, err := store.History(ctx, l.DB, all, id, 1)
		if err != nil || h[0].Act != "library.document.lowered" || h[0].Who != desk2.ID || !strings.Contains(fmt.Sprintf("%s", h[0].Data), "The Council has published it.") {
			t.Errorf("%+v %v", h, err)
		}
		if err := l.AgreeLowering(ctx, desk2, request); !errors.Is(err, library.ErrDecided) {
			t.Error("agreed to twice:", err)
		}
	})
}

func TestWhatARequestNeeds(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		id := official(t, l)
		var invalid library.Invalid
		for _, reason := range []string{"", "  \n", strings.Repeat("ж", 1001)} {
			if _, err := l.AskLowering(ctx, desk, id, 1, public, reason); !errors.As(err, &invalid) || invalid["reason"] == "" {
				t.Errorf("%.9q as a reason: %v", reason, err)
			}
		}
		for _, to := range []access.Label{
			{Level: access.Official},
			{Level: access.Closed},
			{Level: access.Closed, State: "KG"}, // whose people read it already, and the desk does not act for it
			{Level: access.Closed, Group: "g"},  // which the desk is not in
		} {
			if _, err := l.AskLowering(ctx, desk, id, 1, to, "x"); !errors.As(err, &invalid) || invalid["level"] == "" {
				t.Errorf("to %+v: %v", to, err)
			}
		}
		var stale library.Stale
		if _, err := l.AskLowering(ctx, desk, id, 7, public, "x"); !errors.As(err, &stale) {
			t.Error("another revision:", err)
		}
		for _, who := range []access.Subject{expert, system, desk.Within(access.Closed, true)} {
			if _, err := l.AskLowering(ctx, who, id, 1, public, "x"); !errors.Is(err, library.ErrForbidden) {
				t.Errorf("%s asked: %v", who.ID, err)
			}
		}
		asked(t, l, desk, id, 1, public)
		if _, err := l.AskLowering(ctx, desk2, id, 1, access.Label{Level: access.Member}, "x"); !errors.Is(err, library.ErrPending) {
			t.Error("two at a time:", err)
		}
	})
}

func TestARequestIsRefusedOrTakenBack(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		id := official(t, l)
		first := asked(t, l, desk, id, 1, public)
		var invalid library.Invalid
		if err := l.RefuseLowering(ctx, desk2, first, " "); !errors.As(err, &invalid) {
			t.Error("refused without a reason:", err)
		}
		if err := l.RefuseLowering(ctx, desk2, first, "It names a source."); err != nil {
			t.Fatal(err)
		}
		second := asked(t, l, desk, id, 1, access.Label{Level: access.Member})
		if err := l.TakeBackLowering(ctx, desk2, second); !errors.Is(err, library.ErrForbidden) {
			t.Error("somebody else took it back:", err)
		}
		if err := l.TakeBackLowering(ctx, desk, second); err != nil {
			t.Fatal(err)
		}
		rec, _ := l.Get(ctx, all, id)
		list, err := l.Lowerings(ctx, desk, rec.Document)
		if err != nil || len(list) != 2 || list[0].Stage != library.LoweringTakenBack || list[1].Stage != library.LoweringRefused || list[1].Answer != "It names a source." {
			t.Errorf("%+v %v", list, err)
		}
		if rec.Level != access.Official {
			t.Error("it is open")
		}
		letters, err := store.List[string](ctx, l.DB, all, "SELECT kind FROM letter WHERE {scope} AND recipient = 'desk'")
		if err != nil || len(letters) != 1 || letters[0] != "lowering.letter.refused" {
			t.Errorf("letters %v %v", letters, err)
		}
	})
}

func TestARequestLapsesWithTheTextItWasAbout(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		id := official(t, l)
		request := asked(t, l, desk, id, 1, public)
		if err := l.AddText(ctx, expert, id, 1, text("en", "Guide", "the names of the sources")); err != nil {
			t.Fatal(err)
		}
		if waiting, _, err := l.LoweringsFor(ctx, desk2); err != nil || len(waiting) != 0 {
			t.Errorf("it still waits: %+v %v", waiting, err)
		}
		if err := l.AgreeLowering(ctx, desk2, request); !errors.Is(err, library.ErrLapsed) {
			t.Error("agreed to a text that nobody was asked about:", err)
		}
		if levelOf(t, l, id) != access.Official {
			t.Error("it is open")
		}
		asked(t, l, desk, id, 2, public)
		if err := l.Withdraw(ctx, expert, id, 2, "a mistake"); err != nil {
			t.Error("a document with requests cannot be taken out:", err)
		}
		if waiting, own, err := l.LoweringsFor(ctx, desk); err != nil || len(waiting)+len(own) != 0 {
			t.Errorf("%+v %+v %v", waiting, own, err)
		}
	})
}

func TestTwoAgreeAndAnEditorWritesAtTheSameTime(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		id := official(t, l)
		request := asked(t, l, desk, id, 1, public)
		results := make([]error, 8)
		var all sync.WaitGroup
		for i := range results {
			all.Go(func() {
				switch who := access.Act(fmt.Sprintf("desk-%d", i), access.DeskOfficer, "", ""); i % 3 {
				case 0:
					results[i] = l.AgreeLowering(ctx, who, request)
				case 1:
					results[i] = l.RefuseLowering(ctx, who, request, "No.")
				default:
					results[i] = l.Revise(ctx, who, id, 1, library.Draft{Level: access.Official, Symbol: "A"})
				}
			})
		}
		all.Wait()
		done := 0
		for i, err := range results {
			var stale library.Stale
			switch {
			case err == nil && i%3 != 2:
				done++
			case err == nil, errors.Is(err, library.ErrDecided), errors.Is(err, library.ErrLapsed), errors.As(err, &stale), errors.Is(err, library.ErrLowering):
			default:
				t.Errorf("%d: %v", i, err)
			}
		}
		if done > 1 {
			t.Errorf("%d people have decided", done)
		}
	})
}

func TestNoOtherWayOpensADocument(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		id := official(t, l)
		for _, who := range []access.Subject{expert, desk, admin, system} {
			for _, level := range []access.Level{access.Public, access.Member} {
				if err := l.Revise(ctx, who, id, 1, library.Draft{Level: level}); !errors.Is(err, library.ErrLowering) {
					t.Errorf("%s opened it: %v", who.ID, err)
				}
			}
		}
		line := `{"id": "a", "title": "Guide", "text": "%s", "level": "%s"}` + "\n"
		for i, level := range []string{"official", "public"} {
			tally, err := l.ImportRecords(ctx, system, bytes.NewReader(fmt.Appendf(nil, line, strings.Repeat("x", i+1), level)), access.Public, func(int64) {})
			if err != nil || tally.New+tally.Changed != 1 {
				t.Fatalf("%+v %v", tally, err)
			}
		}
		imported, err := store.Get[string](ctx, l.DB, all, "SELECT document FROM language_version WHERE {scope} AND external = 'a'")
		if err != nil || levelOf(t, l, imported) != access.Official {
			t.Errorf("an import of what is there already has opened it: %v", err)
		}
	})
}

func TestADraftIsItsOwnersToPublishAndNothingElseIs(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		id := create(t, l, expert, library.Draft{Level: access.Closed}, text("en", "Draft", "x"))
		if draft, err := l.IsDraft(ctx, id); err != nil || !draft {
			t.Fatal("it is no draft:", err)
		}
		for rev, to := range []library.Draft{
			{Level: access.Closed, Symbol: "A"}, // still a draft
			{Level: access.Member},              // published
			{Level: access.Closed},              // closed again: the way around would begin here
		} {
			if err := l.Revise(ctx, expert, id, int64(rev+1), to); err != nil {
				t.Fatalf("step %d: %v", rev, err)
			}
		}
		if err := l.Revise(ctx, expert, id, 4, library.Draft{Level: access.Public}); !errors.Is(err, library.ErrLowering) {
			t.Error("what members could read was opened to everyone by way of a draft:", err)
		}
		if draft, _ := l.IsDraft(ctx, id); draft {
			t.Error("what others have read is called a draft")
		}
	})
}

// TestTheTablesHoldIt goes around the library: every pair of labels, and the
// second person.
func TestTheTablesHoldIt(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		labels := []access.Label{
			{Level: access.Public},
			{Level: access.Member},
			{Level: access.Official, State: "KG"},
			{Level: access.Closed, Group: "g", State: "KG"},
			{Level: access.Closed, Group: "h"},
			{Level: access.Closed, State: "KG"},
			{Level: access.Closed, State: "TJ"},
			{Level: access.Closed},
		}
		exec := func(statement string, args ...any) error {
			_, err := store.Write(ctx, l.DB, system, func(tx *store.Tx) (store.Event, error) {
				_, err := tx.Exec(ctx, statement, args...)
				return store.Event{Act: "test.changed"}, err
			})
			return err
		}
		const move = "UPDATE document SET level = $2, state = $3, grp = $4, circle = $5, was = circle WHERE id = $1"
		for i, from := range labels {
			for j, to := range labels {
				id := fmt.Sprintf("d-%d-%d", i, j)
				if err := exec(`INSERT INTO document (id, symbol, kind, dated, original, origin, licence, sample, confirmed, rev, created, updated, level, state, grp, owner, circle, was)
					VALUES ($1, '', '', '', '', '', '', FALSE, FALSE, 1, 0, 0, $2, $3, $4, '', $5, $5)`, id, int(from.Level), from.State, from.Group, from.Circle()); err != nil {
					t.Fatal(err)
				}
				if from.Circle() != to.Circle() {
					if err := exec("UPDATE document SET level = $2, state = $3, grp = $4 WHERE id = $1", id, int(to.Level), to.State, to.Group); !store.Refused(err) {
						t.Errorf("%s → %s without a word on the circle: %v", from.Circle(), to.Circle(), err)
					}
				}
				err := exec(move, id, int(to.Level), to.State, to.Group, to.Circle())
				if wider := access.Wider(from, to); wider != store.Refused(err) || !wider && err != nil {
					t.Errorf("%s → %s, wider %v: %v", from.Circle(), to.Circle(), wider, err)
				}
			}
		}
		id := official(t, l)
		request := asked(t, l, desk, id, 1, public)
		for name, statement := range map[string]string{
			"the asker agrees":                   "UPDATE lowering SET stage = 'agreed', decided = 1, decided_by = asked_by, agreed = document || ' ' || circle || ' ' || id WHERE id = $1",
			"nobody agrees":                      "UPDATE lowering SET stage = 'agreed', decided = 1, agreed = document || ' ' || circle || ' ' || id WHERE id = $1",
			"a token agrees":                     "UPDATE lowering SET stage = 'agreed', decided = 1, decided_by = 'token:1', agreed = document || ' ' || circle || ' ' || id WHERE id = $1",
			"it is agreed to for something else": "UPDATE lowering SET stage = 'agreed', decided = 1, decided_by = 'x', agreed = 'other public ' || id WHERE id = $1",
			"it is refused without a reason":     "UPDATE lowering SET stage = 'refused', decided = 1, decided_by = 'x' WHERE id = $1",
			"a document rests on a pending one":  "UPDATE document SET level = 0, circle = 'public', was = circle, lowering = id || ' public ' || $1 WHERE id = '" + id + "'",
			"there are two at a time":            "INSERT INTO lowering SELECT 'second', document, rev, to_level, to_state, to_grp, circle, reason, asked_by, asked, stage, decided_by, decided, answer, agreed, level, state, grp, owner FROM lowering WHERE id = $1",
		} {
			if err := exec(statement, request); !store.Refused(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := l.AgreeLowering(ctx, desk2, request); err != nil {
			t.Fatal(err)
		}
		if err := exec("UPDATE document SET lowering = NULL WHERE id = $1", id); !store.Refused(err) {
			t.Error("what it rests on was taken away:", err)
		}
	})
}
