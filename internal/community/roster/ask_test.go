package roster_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/community/roster"
	"polis/internal/directory"
	"polis/internal/mail"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

var ctx = context.Background()

// place is a roster with a desk, a focal point and an expert of one State.
type place struct {
	*testing.T
	*roster.Roster
	desk, focal, her access.Subject
}

func settled(t *testing.T, db *store.DB) *place {
	t.Helper()
	must(t, directory.Seed(ctx, db))
	must(t, account.WaiveSecondFactor(ctx, db, access.System("test")))
	p := &place{T: t, Roster: &roster.Roster{DB: db}}
	p.desk = p.person("desk@polis.example", access.DeskOfficer, "")
	p.focal = p.person("focal@polis.example", access.FocalPoint, "KG")
	p.her = p.person("her@polis.example", access.MemberRole, "KG")
	return p
}

func (p *place) person(email string, role access.Role, state string) access.Subject {
	p.Helper()
	made, err := account.Create(ctx, p.DB, access.System("test"), account.New{Email: email, Name: email, Role: role, ActsFor: state, Password: "a long enough password 1"})
	must(p.T, err)
	return p.now(made.ID)
}

// now is what somebody is at this moment.
func (p *place) now(id string) access.Subject {
	p.Helper()
	who, _, err := account.Subject(ctx, p.DB, id, account.TwoFactors)
	must(p.T, err)
	return who
}

// accepted puts her onto the roster by her focal point's word, found by members.
func (p *place) accepted() {
	p.Helper()
	must(p.T, p.Nominate(ctx, p.focal, p.her.ID, "She teaches well."))
	list, err := p.Nominations(ctx, p.her)
	must(p.T, err)
	must(p.T, p.Decide(ctx, p.her, "en", list[0].ID, true))
	must(p.T, p.Save(ctx, p.her, "en", roster.Theme, 0, roster.Members, []roster.Line{{Value: "cybercrime", Level: 3, Words: "Darknet courses"}}))
	must(p.T, p.Show(ctx, p.her, "en", 0, roster.Members))
}

func (p *place) found(who access.Subject) int {
	p.Helper()
	f, err := p.Find(ctx, who, roster.Wishes{Themes: []string{"cybercrime"}}, 0, 10)
	must(p.T, err)
	return f.N
}

func TestWhoStandsOnTheRoster(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := settled(t, db)
		t.Run("nobody is found without ground, and nobody without consent", func(t *testing.T) {
			if err := p.Show(ctx, p.her, "en", 0, roster.Members); !errors.Is(err, roster.ErrNoGround) {
				t.Error(err)
			}
			p.accepted()
			if n := p.found(p.desk); n != 1 {
				t.Error(n, "found")
			}
			must(t, p.Show(ctx, p.her, "en", 0, roster.Mine))
			if n := p.found(p.desk); n != 0 {
				t.Error("found without consent")
			}
			must(t, p.Show(ctx, p.her, "en", 0, roster.Members))
		})
		t.Run("nobody nominates herself or another State's people, and nobody else accepts", func(t *testing.T) {
			other := p.person("other@polis.example", access.FocalPoint, "TJ")
			for _, who := range []access.Subject{other, p.her} {
				if err := p.Nominate(ctx, who, p.her.ID, ""); !errors.Is(err, roster.ErrForbidden) {
					t.Error(err)
				}
			}
			if err := p.Decide(ctx, other, "en", "any", true); !errors.Is(err, store.ErrNotFound) {
				t.Error(err)
			}
		})
		t.Run("a purpose is asked, noted once a day and shown to her alone", func(t *testing.T) {
			var wrong roster.Invalid
			if _, err := p.Open(ctx, p.desk, p.her.ID, " "); !errors.As(err, &wrong) {
				t.Error(err)
			}
			for range 2 {
				_, err := p.Open(ctx, p.desk, p.her.ID, "A course in Bishkek")
				must(t, err)
			}
			if looks, err := p.Looks(ctx, p.her, 10); err != nil || len(looks) != 1 || looks[0].ByWhom != p.desk.ID || looks[0].Why != "A course in Bishkek" {
				t.Error(looks, err)
			}
		})
		t.Run("the tables refuse what the room would not do", func(t *testing.T) {
			for _, statement := range []string{
				"UPDATE expert SET consented = 0",
				"UPDATE expert SET nomination = NULL",
				"UPDATE expert SET vouching = NULL",
				"UPDATE expert SET word_ended = 0, word_until = word_until + 1",
				"UPDATE expert_nomination SET decider = by_whom",
				"UPDATE expert_line SET width = 0",
				"UPDATE expert SET owner = 'another'",
			} {
				if err := try(db, statement); err == nil || !store.Refused(err) {
					t.Errorf("%s: %v", statement, err)
				}
			}
		})
		t.Run("an old profile is found for 90 days and no longer, and she is reminded once", func(t *testing.T) {
			write(t, db, "UPDATE expert SET reviewed = 0, review_by = $1", time.Now().Add(-time.Hour))
			if n := p.found(p.desk); n != 1 {
				t.Error("not found while it is overdue")
			}
			for i := range 2 {
				if n, err := p.Remind(ctx, time.Now()); err != nil || n != 1-i {
					t.Error(n, err)
				}
			}
			write(t, db, "UPDATE expert SET review_by = $1", time.Now().Add(-roster.Overdue))
			if n := p.found(p.desk); n != 0 {
				t.Error("found after 90 days")
			}
			must(t, p.Review(ctx, p.her))
			if n := p.found(p.desk); n != 1 {
				t.Error("not found after her review")
			}
		})
		t.Run("blocked, or no longer vouched for, she is gone at once", func(t *testing.T) {
			admin := p.person("admin@polis.example", access.Administrator, "")
			must(t, account.Block(ctx, db, admin, p.her.ID, true))
			if n := p.found(p.desk); n != 0 {
				t.Error("blocked and found")
			}
			must(t, account.Block(ctx, db, admin, p.her.ID, false))
			if n := p.found(p.desk); n != 1 {
				t.Error("not found again")
			}
			words, err := account.Vouchings(ctx, db, p.her.ID)
			must(t, err)
			must(t, account.Withdraw(ctx, db, p.focal, words[0].ID, "Left the service"))
			if n := p.found(p.desk); n != 0 {
				t.Error("unvouched and found")
			}
		})
	})
}

func TestAnAssignmentIsAgreedByHerAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := settled(t, db)
		p.accepted()
		var id string
		move := func(who access.Subject, m roster.Move, words string) error {
			a, err := p.Ask(ctx, p.desk, id)
			must(t, err)
			return p.Move(ctx, who, id, a.Rev, m, words, roster.Ask{Starts: "2027-03-01", Ends: "2027-03-05", Host: "UZ"})
		}
		t.Run("nobody is listed for her own State, or by who keeps no list", func(t *testing.T) {
			var wrong roster.Invalid
			if _, err := p.List(ctx, p.desk, roster.Ask{Person: p.her.ID, Kind: "project", Object: "p", Why: "x", Host: "KG"}); !errors.As(err, &wrong) || wrong["host"] == "" {
				t.Error(err)
			}
			if _, err := p.List(ctx, p.focal, roster.Ask{Person: p.her.ID, Kind: "project", Object: "p", Why: "x"}); !errors.Is(err, roster.ErrForbidden) {
				t.Error(err)
			}
		})
		t.Run("listed twice is once, and she does not know yet", func(t *testing.T) {
			var err error
			id, err = p.List(ctx, p.desk, roster.Ask{Person: p.her.ID, Kind: "project", Object: "p", Why: "Teaches well"})
			must(t, err)
			_, err = p.List(ctx, p.desk, roster.Ask{Person: p.her.ID, Kind: "project", Object: "p", Why: "Again"})
			must(t, err)
			if list, _, err := p.Listing(ctx, p.desk, "project", "p", roster.Place{}, 10); err != nil || len(list) != 1 {
				t.Error(list, err)
			}
			if _, err := p.Ask(ctx, p.her, id); !errors.Is(err, store.ErrNotFound) {
				t.Error("she reads why she is on the list:", err)
			}
		})
		t.Run("asked, she agrees; nobody agrees for her, in the room or by SQL", func(t *testing.T) {
			if err := p.Move(ctx, p.desk, id, 9, roster.AskHer, "A course", roster.Ask{}); !errors.As(err, &roster.Stale{}) {
				t.Error(err)
			}
			must(t, move(p.desk, roster.AskHer, "A course of five days"))
			if err := move(p.desk, roster.Agree, ""); !errors.Is(err, roster.ErrForbidden) {
				t.Error(err)
			}
			for _, statement := range []string{
				"UPDATE expert_ask SET stage = 'agreed'",
				"INSERT INTO expert_ask_step (ask, person, n, prior, was, move, stage, words, by_whom, at, mark) SELECT id, person, 3, 2, 'asked', 'agree', 'agreed', '', owner, 1, id || ' 3 agreed' FROM expert_ask",
				"INSERT INTO expert_ask_step (ask, person, n, prior, was, move, stage, words, by_whom, at, mark) SELECT id, owner, 3, 2, 'asked', 'agree', 'agreed', '', owner, 1, id || ' 3 agreed' FROM expert_ask",
				"UPDATE expert_ask_step SET by_whom = person WHERE n = 2",
			} {
				if err := try(db, statement); err == nil || !store.Refused(err) {
					t.Errorf("%s: %v", statement, err)
				}
			}
			must(t, move(p.her, roster.Agree, ""))
			var impossible roster.Impossible
			if err := move(p.her, roster.Agree, ""); !errors.As(err, &impossible) {
				t.Error(err)
			}
		})
		t.Run("the outcome is hers once both have said it, at her own width", func(t *testing.T) {
			must(t, move(p.desk, roster.Finish, "Twelve officers taught"))
			must(t, move(p.her, roster.Contest, "Fourteen"))
			must(t, move(p.desk, roster.Finish, "Fourteen officers taught"))
			must(t, move(p.her, roster.Confirm, ""))
			x, err := p.Own(ctx, p.her)
			must(t, err)
			if lines := x.Parts[roster.Record].Lines; len(lines) != 1 || lines[0].Words != "Fourteen officers taught" || x.Parts[roster.Record].Width != roster.Keepers {
				t.Errorf("%+v", x.Parts[roster.Record])
			}
		})
		t.Run("letters say that something happened, and are dropped where it is over", func(t *testing.T) {
			send := p.Finish(func(_ context.Context, l mail.Letter) (mail.Letter, error) { return l, nil })
			l, err := send(ctx, mail.Letter{To: p.her.ID, Kind: "expert.letter.ask", Object: id, Args: map[string]string{"move": "ask"}})
			if err != nil || l.Path != "/assignments/"+id || len(l.Args) != 1 {
				t.Error(l, err)
			}
			if _, err := send(ctx, mail.Letter{To: p.focal.ID, Kind: "expert.letter.ask", Object: id}); !errors.Is(err, mail.ErrDropped) {
				t.Error(err)
			}
		})
		t.Run("who is erased is on no list", func(t *testing.T) {
			_, err := store.Write(ctx, db, access.System("test"), func(tx *store.Tx) (store.Event, error) {
				return store.Event{Act: "test.released"}, roster.Release(ctx, tx, p.her.ID)
			})
			must(t, err)
			if list, _, err := p.Listing(ctx, p.desk, "", "", roster.Place{}, 10); err != nil || len(list) != 0 {
				t.Error(list, err)
			}
		})
	})
}

func TestAProfileIsWrittenByHerAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := settled(t, db)
		line := []roster.Line{{Value: "ru", Level: 4}}
		must(t, p.Save(ctx, p.her, "en", roster.Language, 0, roster.Keepers, line))
		t.Run("a second window hears of the first", func(t *testing.T) {
			var stale roster.Stale
			if err := p.Save(ctx, p.her, "en", roster.Language, 0, roster.Keepers, nil); !errors.As(err, &stale) || stale.Rev != 1 {
				t.Error(err)
			}
			seq := db.Seq()
			must(t, p.Save(ctx, p.her, "en", roster.Language, 1, roster.Keepers, line))
			if db.Seq() != seq {
				t.Error("the same twice is written twice")
			}
		})
		t.Run("a program that reads writes nothing", func(t *testing.T) {
			if err := p.Save(ctx, p.her.Within(access.Closed, false), "en", roster.Language, 1, roster.Mine, nil); !errors.Is(err, roster.ErrForbidden) {
				t.Error(err)
			}
		})
		t.Run("what no field takes is refused with a sentence", func(t *testing.T) {
			for field, lines := range map[roster.Field][]roster.Line{
				roster.Theme:    {{Value: "flying", Level: 1}},
				roster.Language: {{Value: "ru", Level: 9}},
				roster.Free:     {{Value: "free", Since: "2027-03-01", Until: "2027-02-01"}},
				roster.Gender:   {{Value: "woman"}, {Value: "man"}},
				roster.National: {{Value: "kg"}},
				roster.Record:   {{Words: "I was never there"}},
				roster.About:    {{Words: string(make([]byte, 20<<20))}},
				"flying":        {{Words: "x"}},
			} {
				var wrong roster.Invalid
				if err := p.Save(ctx, p.her, "en", field, 0, roster.Mine, lines); !errors.As(err, &wrong) && field != roster.Record {
					t.Errorf("%s: %v", field, err)
				}
			}
			x, err := p.Own(ctx, p.her)
			if must(t, err); len(x.Parts[roster.Record].Lines) != 0 {
				t.Error("she wrote into her own record")
			}
		})
	})
}
