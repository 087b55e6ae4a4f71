package library_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/directory"
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

// appointed opens an account in that role and returns its owner as she acts.
func appointed(t *testing.T, l *library.Library, name string, role access.Role, state string) access.Subject {
	t.Helper()
	p, err := account.Create(ctx, l.DB, system, account.New{Email: name + "@polis.example", Name: name, Role: role, ActsFor: state, Password: "a long enough passphrase"})
	if err != nil {
		t.Fatal(err)
	}
	who, err := account.Rights(ctx, l.DB, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	return who
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
		desk := appointed(t, l, "desk", access.DeskOfficer, "")
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
		desk := appointed(t, l, "desk", access.DeskOfficer, "")
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
		letters, err := store.List[string](ctx, l.DB, all, "SELECT kind FROM letter WHERE {scope} AND recipient = $1", desk.ID)
		if err != nil || len(letters) != 1 || letters[0] != "lowering.letter.refused" {
			t.Errorf("letters %v %v", letters, err)
		}
	})
}

func TestARequestLapsesWithTheTextItWasAbout(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		desk := appointed(t, l, "desk", access.DeskOfficer, "")
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
		desk := appointed(t, l, "desk", access.DeskOfficer, "")
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
		if m, err := l.Measure(ctx, library.Document{ID: id, Label: access.Label{Level: access.Closed, Owner: expert.ID}}); err != nil || !m.Free {
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
		if m, _ := l.Measure(ctx, library.Document{ID: id, Label: access.Label{Level: access.Closed, Owner: expert.ID}}); m.Free || m.Level != access.Member {
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
		desk := appointed(t, l, "desk", access.DeskOfficer, "")
		id := official(t, l)
		request := asked(t, l, desk, id, 1, public)
		for name, statement := range map[string]string{
			"the asker agrees":                   "UPDATE lowering SET stage = 'agreed', decided = 1, decided_by = asked_by, agreed = document || ' ' || circle || ' ' || id WHERE id = $1",
			"nobody agrees":                      "UPDATE lowering SET stage = 'agreed', decided = 1, agreed = document || ' ' || circle || ' ' || id WHERE id = $1",
			"a token agrees":                     "UPDATE lowering SET stage = 'agreed', decided = 1, decided_by = 'token:1', agreed = document || ' ' || circle || ' ' || id WHERE id = $1",
			"it is agreed to for something else": "UPDATE lowering SET stage = 'agreed', decided = 1, decided_by = 'x', agreed = 'other public ' || id WHERE id = $1",
			"it is refused without a reason":     "UPDATE lowering SET stage = 'refused', decided = 1, decided_by = 'x' WHERE id = $1",
			"a document rests on a pending one":  "UPDATE document SET level = 0, circle = 'public', was = circle, lowering = id || ' public ' || $1 WHERE id = '" + id + "'",
			"it is agreed to unread":             "UPDATE lowering SET stage = 'agreed', decided = 1, decided_by = 'x', unread = TRUE, agreed = document || ' ' || circle || ' ' || id WHERE id = $1",
			"there are two at a time":            "INSERT INTO lowering SELECT 'second', document, rev, to_level, to_state, to_grp, circle, reason, asked_by, asked, stage, decided_by, decided, answer, agreed, level, state, grp, owner, unread FROM lowering WHERE id = $1",
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

func TestWhoAskedMustStillHaveTheRight(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		for name, end := range map[string]func(id string) error{
			"her role has ended": func(id string) error {
				held, err := account.Roles(ctx, l.DB, id)
				if err != nil {
					return err
				}
				return account.EndRole(ctx, l.DB, admin, held[0].ID, "moved on")
			},
			"her account is closed": func(id string) error {
				p, err := account.Load(ctx, l.DB, id)
				if err == nil {
					err = account.Block(ctx, l.DB, admin, p.ID, true)
				}
				return err
			},
		} {
			id := official(t, l)
			asker := appointed(t, l, "asker-"+id, access.DeskOfficer, "")
			request := asked(t, l, asker, id, 1, public)
			if err := end(asker.ID); err != nil {
				t.Fatal(err)
			}
			if err := l.AgreeLowering(ctx, desk2, request); !errors.Is(err, library.ErrAskerLeft) {
				t.Errorf("%s: %v", name, err)
			}
			if err := l.AgreeLowering(ctx, desk2, request); !errors.Is(err, library.ErrDecided) {
				t.Errorf("%s, and it still waits: %v", name, err)
			}
			if levelOf(t, l, id) != access.Official {
				t.Errorf("%s, and it is open", name)
			}
		}
	})
}

// A State with one focal point: the desk confirms the act and reads nothing.
func TestAStateWithOneFocalPointOpensWhatIsClosedToIt(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		if err := directory.Seed(ctx, l.DB); err != nil {
			t.Fatal(err)
		}
		focal := appointed(t, l, "focal", access.FocalPoint, "KG")
		colleague := appointed(t, l, "colleague", access.Expert, "KG")
		another := appointed(t, l, "another", access.FocalPoint, "TJ")
		desk := appointed(t, l, "desk", access.DeskOfficer, "")
		closed := library.Draft{Level: access.Closed, State: "KG"}
		id := create(t, l, colleague, closed, text("en", "Plan", "the secret"))
		request := asked(t, l, focal, id, 1, access.Label{Level: access.Official})
		waits, _, err := l.LoweringsFor(ctx, desk)
		if err != nil || len(waits) != 1 || !waits[0].Unread {
			t.Fatalf("the desk is not asked: %+v %v", waits, err)
		}
		for _, c := range []struct {
			who  access.Subject
			want error
		}{
			{focal, library.ErrSamePerson},
			{colleague, library.ErrForbidden}, // she reads it, and the focal point vouches for her
			{another, store.ErrNotFound},
			{expert, store.ErrNotFound},
			{system, library.ErrForbidden},
			{desk.Within(access.Closed, true), store.ErrNotFound},
		} {
			if err := l.AgreeLowering(ctx, c.who, request); !errors.Is(err, c.want) {
				t.Errorf("%s agreed: %v", c.who.ID, err)
			}
		}
		if _, err := l.Get(ctx, desk.Scope(), id); !errors.Is(err, store.ErrNotFound) {
			t.Error("being asked has opened it to the desk:", err)
		}
		if err := l.RefuseLowering(ctx, desk, request, "Nobody answers the telephone."); err != nil {
			t.Fatal(err)
		}
		request = asked(t, l, focal, id, 1, access.Label{Level: access.Official})
		if err := l.AgreeLowering(ctx, desk, request); err != nil {
			t.Fatal(err)
		}
		rec, err := l.Get(ctx, all, id)
		if err != nil || rec.Level != access.Official {
			t.Fatal("it is not open:", err)
		}
		if list, err := l.Lowerings(ctx, focal, rec.Document); err != nil || !list[0].Unread || list[1].Unread {
			t.Errorf("the row does not say that she could not read it: %+v %v", list, err)
		}
		if h, err := store.History(ctx, l.DB, all, id, 1); err != nil || !strings.Contains(fmt.Sprintf("%s", h[0].Data), `"unread":"true"`) {
			t.Errorf("nor does the log: %+v %v", h, err)
		}
		t.Run("what nobody of the State asks for, the desk cannot confirm", func(t *testing.T) {
			other := create(t, l, colleague, closed, text("en", "Plan 2", "the secret"))
			posted := appointed(t, l, "posted", access.DeskOfficer, "KG") // she reads it, and is not its focal point
			request := asked(t, l, posted, other, 1, access.Label{Level: access.Official})
			if err := l.AgreeLowering(ctx, desk, request); !errors.Is(err, library.ErrAskerLeft) {
				t.Error(err)
			}
		})
		t.Run("nor what is closed to a group", func(t *testing.T) {
			member := colleague
			member.Groups = []string{"g"}
			grouped := create(t, l, member, library.Draft{Level: access.Closed, Group: "g"}, text("en", "Plan 3", "x"))
			in := appointed(t, l, "in-the-group", access.DeskOfficer, "")
			in.Groups = []string{"g"}
			request := asked(t, l, in, grouped, 1, access.Label{Level: access.Official})
			if err := l.AgreeLowering(ctx, desk, request); !errors.Is(err, store.ErrNotFound) {
				t.Error(err)
			}
		})
	})
}

func TestWhatAnOwnerClosedToHerselfSheOpensUpToWhereItWas(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		id := official(t, l)
		step := func(who access.Subject, level access.Level, want error) {
			t.Helper()
			rec, err := l.Get(ctx, all, id)
			if err != nil {
				t.Fatal(err)
			}
			if err := l.Revise(ctx, who, id, rec.Rev, library.Draft{Level: level}); !errors.Is(err, want) {
				t.Errorf("to %s: %v", level, err)
			}
		}
		step(desk, access.Closed, library.ErrForbidden) // nobody closes what is another's to its owner
		step(expert, access.Closed, nil)
		step(expert, access.Closed, nil) // she goes on writing
		step(desk, access.Official, store.ErrNotFound)
		step(expert, access.Public, library.ErrLowering)
		step(expert, access.Member, library.ErrLowering)
		if _, err := l.AskLowering(ctx, access.Act("expert", access.DeskOfficer, "", ""), id, 3, public, "x"); err == nil {
			t.Error("she asks for what nobody could agree to")
		}
		step(expert, access.Official, nil)
		step(expert, access.Public, library.ErrLowering)
		for name, statement := range map[string]string{
			"by a statement alone": "UPDATE document SET level = 0, circle = 'public', was = circle WHERE id = $1",
			"by way of herself":    "UPDATE document SET level = 0, circle = 'public' WHERE id = $1",
		} {
			_, err := store.Write(ctx, l.DB, system, func(tx *store.Tx) (store.Event, error) {
				_, err := tx.Exec(ctx, statement, id)
				return store.Event{Act: "test.changed"}, err
			})
			if !store.Refused(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
