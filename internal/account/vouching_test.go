package account_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/directory"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// inhabited runs fn on both engines, with the States and structures in place.
func inhabited(t *testing.T, fn func(t *testing.T, db *store.DB)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if err := directory.Seed(ctx, db); err != nil {
			t.Fatal(err)
		}
		fn(t, db)
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// now is the person as the rules see her, with a second factor.
func now(t *testing.T, db *store.DB, id string) access.Subject {
	t.Helper()
	who, _, err := account.Subject(ctx, db, id, account.TwoFactors)
	must(t, err)
	return who
}

// word is the newest vouching for a person.
func word(t *testing.T, db *store.DB, person string) account.Vouching {
	t.Helper()
	words, err := account.Vouchings(ctx, db, person)
	must(t, err)
	if len(words) == 0 {
		t.Fatal("nobody vouched")
	}
	return words[0]
}

var focalKG = access.Act("focal-kg", access.FocalPoint, "KG", "")

func TestWhoRegistersIsAVisitorUntilSomebodyVouches(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		p := create(t, db, account.New{Email: "a@polis.example", Role: access.Visitor, ActsFor: "KG"})
		if who := now(t, db, p.ID); who.Trust != access.Public || who.State != "" {
			t.Errorf("naming a State gives rights: %+v", who)
		}
		must(t, account.Vouch(ctx, db, focalKG, p.ID, "KG", "", time.Time{}))
		if who := now(t, db, p.ID); who.Trust != access.Official || who.State != "KG" || len(who.Grants) > 0 {
			t.Errorf("%+v", who)
		}
		if w := word(t, db, p.ID); w.ByWhom != "focal-kg" || w.Until.Sub(w.Since) != account.Term {
			t.Errorf("%+v", w)
		}
	})
}

func TestAnOrganisationsWordReachesLessFarThanAStructures(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		for body, want := range map[string]access.Level{"interpol": access.Member, "spmu": access.Official} {
			p := create(t, db, account.New{Email: body + "@polis.example", Role: access.Visitor})
			must(t, account.Vouch(ctx, db, access.Act("f", access.FocalPoint, "", body), p.ID, "", body, time.Time{}))
			if who := now(t, db, p.ID); who.Trust != want || who.Body != body || who.State != "" {
				t.Errorf("%s: %+v", body, who)
			}
		}
	})
}

func TestAFocalPointVouchesForHerOwnAndForNobodyElses(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		p := create(t, db, account.New{Email: "a@polis.example", Role: access.Visitor})
		for _, who := range []access.Subject{
			{},
			access.Act("m", access.MemberRole, "KG", ""), access.Act("e", access.Expert, "KG", ""),
			access.Act("tj", access.FocalPoint, "TJ", ""), access.Act("b", access.FocalPoint, "", "spmu"),
			access.Act(p.ID, access.FocalPoint, "KG", ""), access.Act("mod", access.Moderator, "", ""),
		} {
			if err := account.Vouch(ctx, db, who, p.ID, "KG", "", time.Time{}); !errors.Is(err, account.ErrForbidden) {
				t.Errorf("%+v vouched: %v", who, err)
			}
		}
		must(t, account.Vouch(ctx, db, focalKG, p.ID, "KG", "", time.Time{}))
		if err := account.Vouch(ctx, db, focalKG, p.ID, "KG", "", time.Time{}); !errors.Is(err, account.ErrVouched) {
			t.Error("the same word twice:", err)
		}
		if err := account.Withdraw(ctx, db, access.Act("tj", access.FocalPoint, "TJ", ""), word(t, db, p.ID).ID, "no"); !errors.Is(err, account.ErrForbidden) {
			t.Error("another State's focal point withdrew it:", err)
		}
	})
}

func TestWhatIsWithdrawnTakesRolesAndGroupsWithItAtOnce(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		p := create(t, db, account.New{Email: "a@polis.example", Role: access.Visitor})
		must(t, account.Appoint(ctx, db, system, p.ID, access.Grant{Role: access.Trainer, State: "KG"}, time.Time{}))
		must(t, account.OpenGroup(ctx, db, system, account.GroupDraft{ID: "g1", Name: "Investigators", Kind: account.GroupClosed}))
		must(t, account.Admit(ctx, db, system, "g1", p.ID))
		if who := now(t, db, p.ID); !who.HasFor(access.Trainer, "KG") || !slices.Equal(who.Groups, []string{"g1"}) {
			t.Fatalf("%+v", who)
		}
		must(t, account.Withdraw(ctx, db, focalKG, word(t, db, p.ID).ID, "She has left the service."))
		if who := now(t, db, p.ID); who.Trust != access.Public || len(who.Grants)+len(who.Groups) > 0 || who.State != "" {
			t.Errorf("something is left: %+v", who)
		}
		// A new word does not open the old group by itself.
		must(t, account.Vouch(ctx, db, focalKG, p.ID, "KG", "", time.Time{}))
		if who := now(t, db, p.ID); len(who.Groups) > 0 {
			t.Errorf("the group opened again: %+v", who)
		}
		if err := account.Admit(ctx, db, system, "g1", p.ID); err != nil || len(now(t, db, p.ID).Groups) != 1 {
			t.Error("she cannot be admitted anew:", err)
		}
	})
}

func TestAWordLapsesOnTimeWithoutAnyJob(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		p := create(t, db, account.New{Email: "a@polis.example", Role: access.Visitor})
		must(t, account.Vouch(ctx, db, focalKG, p.ID, "KG", "", time.Now().Add(300*time.Millisecond)))
		if now(t, db, p.ID).Trust != access.Official {
			t.Fatal("it does not hold yet")
		}
		time.Sleep(400 * time.Millisecond)
		if who := now(t, db, p.ID); who.Trust != access.Public {
			t.Errorf("it holds beyond its term: %+v", who)
		}
		n, err := account.LapseAll(ctx, db, system)
		if err != nil || n != 1 || word(t, db, p.ID).Reason != "term" {
			t.Errorf("%d lapsed: %v", n, err)
		}
		if n, err := account.LapseAll(ctx, db, system); err != nil || n != 0 {
			t.Errorf("%d lapsed twice: %v", n, err)
		}
	})
}

func TestATermIsRenewedByWhoeverAnswersForIt(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		p := create(t, db, account.New{Email: "a@polis.example", Role: access.Visitor})
		must(t, account.Vouch(ctx, db, focalKG, p.ID, "KG", "", time.Now().Add(time.Hour)))
		id := word(t, db, p.ID).ID
		for _, until := range []time.Time{time.Now().Add(-time.Hour), time.Now().Add(account.MaxTerm + time.Hour)} {
			var invalid account.Invalid
			if err := account.Renew(ctx, db, focalKG, id, until); !errors.As(err, &invalid) || invalid["until"] == "" {
				t.Errorf("renewed until %s: %v", until, err)
			}
		}
		second := access.Act("second", access.FocalPoint, "KG", "")
		must(t, account.Renew(ctx, db, second, id, time.Time{}))
		if w := word(t, db, p.ID); w.ByWhom != "second" || time.Until(w.Until) < account.Term-time.Minute {
			t.Errorf("%+v", w)
		}
	})
}

func TestARoleIsGivenWithinOnesOwnReach(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		p := create(t, db, account.New{Email: "a@polis.example", Role: access.Visitor})
		must(t, account.Vouch(ctx, db, focalKG, p.ID, "KG", "", time.Time{}))
		desk, admin := access.Act("d", access.DeskOfficer, "", ""), access.Act("x", access.Administrator, "", "")
		for _, c := range []struct {
			who access.Subject
			g   access.Grant
			ok  bool
		}{
			{focalKG, access.Grant{Role: access.Expert, State: "KG"}, true},
			{focalKG, access.Grant{Role: access.Expert, State: "TJ"}, false},
			{focalKG, access.Grant{Role: access.Expert}, false},
			{focalKG, access.Grant{Role: access.FocalPoint, State: "KG"}, false},
			{focalKG, access.Grant{Role: access.Administrator}, false},
			{desk, access.Grant{Role: access.FocalPoint, State: "KG"}, true},
			{desk, access.Grant{Role: access.Administrator}, false},
			{desk, access.Grant{Role: access.DeskOfficer}, false},
			{admin, access.Grant{Role: access.Moderator}, true},
			{access.Act(p.ID, access.Administrator, "", ""), access.Grant{Role: access.DeskOfficer}, false},
		} {
			err := account.Grant(ctx, db, c.who, p.ID, c.g, time.Time{})
			if c.ok != (err == nil) || !c.ok && !errors.Is(err, account.ErrForbidden) {
				t.Errorf("%v by %v: %v", c.g, c.who.Grants, err)
			}
		}
		if err := account.Grant(ctx, db, focalKG, p.ID, access.Grant{Role: access.Expert, State: "KG"}, time.Time{}); !errors.Is(err, account.ErrHeld) {
			t.Error("the same role twice:", err)
		}
		held, err := account.Roles(ctx, db, p.ID)
		must(t, err)
		for _, h := range held {
			if h.Role == access.Expert {
				must(t, account.EndRole(ctx, db, focalKG, h.ID, "No longer on the roster."))
			}
		}
		if now(t, db, p.ID).Has(access.Expert) {
			t.Error("an ended role is in force")
		}
	})
}

func TestRolesAboveMemberWaitForASecondFactor(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		p := create(t, db, account.New{Email: "a@polis.example", Role: access.Administrator})
		weak, _, err := account.Subject(ctx, db, p.ID, account.OneFactor)
		must(t, err)
		if d := weak.May(access.Operate, access.Label{}); d.Allowed || d.Rule != access.RuleSecondFactor || weak.Trust > access.Member {
			t.Errorf("%+v %+v", weak, d)
		}
		if !now(t, db, p.ID).May(access.Operate, access.Label{}).Allowed {
			t.Error("two factors do not suffice")
		}
	})
}

func TestTheDatabaseItselfRefusesAForgedWord(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		p := create(t, db, account.New{Email: "a@polis.example", Role: access.Visitor})
		for why, values := range map[string]string{
			"for oneself":          `'KG', '', 2, $1, 1, 9, 0, ''`,
			"by nobody":            `'KG', '', 2, '', 1, 9, 0, ''`,
			"for a State and body": `'KG', 'spmu', 2, 'f', 1, 9, 0, ''`,
			"closed by trust":      `'KG', '', 3, 'f', 1, 9, 0, ''`,
			"of nobody, official":  `'', '', 2, 'f', 1, 9, 0, ''`,
			"ending before it is":  `'KG', '', 2, 'f', 9, 1, 0, ''`,
			"ended by nobody":      `'KG', '', 2, 'f', 1, 9, 5, ''`,
		} {
			_, err := store.Write(ctx, db, system, func(tx *store.Tx) (store.Event, error) {
				_, err := tx.Exec(ctx, `
					INSERT INTO vouching (id, person, acts_for, body, trust, by_whom, since, until, ended, ended_by, reason, level, state, grp, owner)
					VALUES ('x', $1, `+values+`, '', 3, '', '', '')`, p.ID)
				return store.Event{Act: "forged"}, err
			})
			if !store.Refused(err) {
				t.Errorf("a word %s: %v", why, err)
			}
		}
	})
}

func TestAFocalPointSeesHerPeopleOnly(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		names := create(t, db, account.New{Email: "names@polis.example", Name: "Bela", Role: access.Visitor, ActsFor: "KG"})
		vouched := create(t, db, account.New{Email: "vouched@polis.example", Name: "Anna", Role: access.MemberRole, ActsFor: "KG"})
		other := create(t, db, account.New{Email: "other@polis.example", Name: "Cyril", Role: access.MemberRole, ActsFor: "TJ"})
		list := func(who access.Subject, f account.Filter) string {
			f.Limit = 10
			people, total, err := account.People(ctx, db, who, f)
			must(t, err)
			var ids []string
			for _, p := range people {
				ids = append(ids, p.Name)
			}
			if total.N != len(ids) || total.More {
				t.Errorf("%d of %+v", len(ids), total)
			}
			return strings.Join(ids, " ")
		}
		desk := access.Act("d", access.DeskOfficer, "", "")
		for _, c := range []struct {
			who  access.Subject
			f    account.Filter
			want string
		}{
			{focalKG, account.Filter{}, "Anna Bela"},
			{focalKG, account.Filter{Standing: account.Waiting}, "Bela"},
			{focalKG, account.Filter{Standing: account.Vouched}, "Anna"},
			{focalKG, account.Filter{State: "TJ"}, ""},
			{desk, account.Filter{}, "Anna Bela Cyril"},
			{desk, account.Filter{Words: "CYR"}, "Cyril"},
			{desk, account.Filter{Words: "%"}, ""},
			{desk, account.Filter{Words: "ril"}, ""},
			{desk, account.Filter{Words: "cy"}, "Cyril"},
			{desk, account.Filter{Words: "c"}, ""},
			{desk, account.Filter{Words: "Ännä"}, "Anna"},
			{desk, account.Filter{Words: "names@polis.example"}, "Bela"},
			{desk, account.Filter{Words: "polis.example vouch"}, "Anna"},
			{desk, account.Filter{State: "TJ"}, "Cyril"},
			{desk, account.Filter{Standing: account.Due}, ""},
			{desk, account.Filter{Standing: account.Overdue}, ""},
			{desk, account.Filter{Standing: account.Blockade}, ""},
			{desk, account.Filter{Standing: account.Staff}, ""},
		} {
			if got := list(c.who, c.f); got != c.want {
				t.Errorf("%v with %+v sees %q, not %q", c.who.Grants, c.f, got, c.want)
			}
		}
		if _, _, err := account.People(ctx, db, access.Act("m", access.MemberRole, "KG", ""), account.Filter{Limit: 10}); !errors.Is(err, account.ErrForbidden) {
			t.Error("a member lists people:", err)
		}
		if _, err := account.Kept(ctx, db, focalKG, other.ID); !errors.Is(err, store.ErrNotFound) {
			t.Error("another State's person is shown:", err)
		}
		if _, err := account.Kept(ctx, db, focalKG, names.ID); err != nil {
			t.Error(err)
		}
		must(t, account.Withdraw(ctx, db, focalKG, word(t, db, vouched.ID).ID, "left"))
		if got := list(focalKG, account.Filter{}); got != "Anna Bela" {
			t.Errorf("whom she let go is out of her sight: %q", got)
		}
	})
}
