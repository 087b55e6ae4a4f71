package account_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/store"
)

// postbox keeps the letters that a review writes.
type postbox struct{ letters []account.Reminder }

func (b *postbox) post(_ context.Context, _ *store.Tx, l account.Reminder) error {
	b.letters = append(b.letters, l)
	return nil
}

// take empties the box: "KIND to NAME due/ended", sorted.
func (b *postbox) take() string {
	var list []string
	for _, l := range b.letters {
		line := l.Kind + " to " + l.To.Name
		if l.Kind != "vouching-ends" {
			line += fmt.Sprintf(" %d/%d", l.Due, l.Ended)
		}
		list = append(list, line)
	}
	b.letters = nil
	slices.Sort(list)
	return strings.Join(list, ", ")
}

const day = 24 * time.Hour

// ending makes a person for whom KG vouches for so long.
func ending(t *testing.T, db *store.DB, name string, left time.Duration) account.Person {
	t.Helper()
	p := create(t, db, account.New{Email: strings.ToLower(name) + "@polis.example", Name: name, Role: access.Visitor, ActsFor: "KG"})
	must(t, account.Vouch(ctx, db, focalKG, p.ID, "KG", "", time.Now().Add(left)))
	return p
}

func TestTheReviewWritesSixtyFourteenAndNoDaysBeforeTheEnd(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		focal := create(t, db, account.New{Email: "focal@polis.example", Name: "Focal", Role: access.FocalPoint, ActsFor: "KG"})
		create(t, db, account.New{Email: "desk@polis.example", Name: "Desk", Role: access.DeskOfficer})
		ending(t, db, "Later", 300*day)
		anna := ending(t, db, "Anna", 61*day)
		start := time.Now()
		box := &postbox{}
		look := func(at time.Duration, want string) {
			t.Helper()
			for range 2 { // a second look writes nothing
				_, err := account.ReviewAll(ctx, db, system, start.Add(at), box.post)
				must(t, err)
			}
			if got := box.take(); got != want {
				t.Errorf("after %s: %q, not %q", at, got, want)
			}
		}
		look(0, "")
		look(2*day, "review-due to Focal 1/0, vouching-ends to Anna")
		look(20*day, "")
		look(32*day, "review-left to Desk 1/0") // nobody acted for 30 days
		look(48*day, "review-due to Focal 1/0, vouching-ends to Anna")

		must(t, account.Renew(ctx, db, focalKG, word(t, db, anna.ID).ID, start.Add(100*day)))
		look(48*day, "review-due to Focal 1/0, vouching-ends to Anna") // another term, another review: 52 days left
		_ = focal
	})
}

func TestAWordThatEndsIsSaidOnTheDay(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		create(t, db, account.New{Email: "focal@polis.example", Name: "Focal", Role: access.FocalPoint, ActsFor: "KG"})
		p := ending(t, db, "Anna", 150*time.Millisecond)
		time.Sleep(200 * time.Millisecond)
		box := &postbox{}
		n, err := account.ReviewAll(ctx, db, system, time.Now(), box.post)
		must(t, err)
		if got := box.take(); n != 1 || got != "review-due to Focal 0/1, vouching-ends to Anna" {
			t.Errorf("%d %q", n, got)
		}
		if w := word(t, db, p.ID); w.Ended.IsZero() || w.EndedBy != "system:term" {
			t.Errorf("%+v", w)
		}
		if n, err := account.ReviewAll(ctx, db, system, time.Now(), box.post); n != 0 || err != nil || box.take() != "" {
			t.Error("it is said twice")
		}
		if err := account.Renew(ctx, db, focalKG, word(t, db, p.ID).ID, time.Time{}); err == nil {
			t.Error("what has ended is renewed, with all that it opened")
		}
	})
}

func TestTheDeskIsAskedWhereThereIsNoFocalPoint(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		create(t, db, account.New{Email: "desk@polis.example", Name: "Desk", Role: access.DeskOfficer})
		ending(t, db, "Anna", 10*day)
		box := &postbox{}
		_, err := account.ReviewAll(ctx, db, system, time.Now(), box.post)
		must(t, err)
		if got := box.take(); got != "review-left to Desk 1/0, vouching-ends to Anna" {
			t.Errorf("%q", got)
		}
		// Nobody is asked to renew the word for herself: of a State's only focal
		// point it is the desk.
		lone := create(t, db, account.New{Email: "lone@polis.example", Name: "Lone", Role: access.Visitor})
		must(t, account.Appoint(ctx, db, system, lone.ID, access.Grant{Role: access.FocalPoint, State: "TJ"}, time.Now().Add(20*day)))
		_, err = account.ReviewAll(ctx, db, system, time.Now(), box.post)
		must(t, err)
		if got := box.take(); got != "review-left to Desk 1/0" {
			t.Errorf("%q", got)
		}
	})
}

func TestManyAreReviewedAtOnceOrNone(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		due, over := ending(t, db, "Due", 10*day), ending(t, db, "Over", 100*time.Millisecond)
		waiting := create(t, db, account.New{Email: "w@polis.example", Name: "W", Role: access.Visitor, ActsFor: "KG"})
		other := create(t, db, account.New{Email: "o@polis.example", Name: "O", Role: access.MemberRole, ActsFor: "TJ"})
		time.Sleep(150 * time.Millisecond)
		for _, stranger := range []string{waiting.ID, other.ID, "nobody", "focal-kg"} {
			if _, err := account.Review(ctx, db, focalKG, []string{due.ID, stranger}, time.Time{}); !errors.Is(err, account.ErrForbidden) {
				t.Errorf("%s: %v", stranger, err)
			}
		}
		if left := time.Until(word(t, db, due.ID).Until); left > 11*day {
			t.Error("one was renewed though another was refused")
		}
		n, err := account.Review(ctx, db, focalKG, []string{due.ID, over.ID}, time.Time{})
		if n != 2 || err != nil {
			t.Fatal(n, err)
		}
		for _, id := range []string{due.ID, over.ID} {
			if who := now(t, db, id); who.State != "KG" || time.Until(word(t, db, id).Until) < account.Term-time.Hour {
				t.Errorf("%+v", who)
			}
		}
	})
}

func TestTheStandingSaysWhoHasToAct(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		ending(t, db, "Due", 40*day)
		ending(t, db, "Late", 20*day)
		over := ending(t, db, "Over", 50*time.Millisecond)
		gone := ending(t, db, "Gone", 50*time.Millisecond)
		create(t, db, account.New{Email: "w@polis.example", Name: "Waiting", Role: access.Visitor, ActsFor: "KG"})
		time.Sleep(100 * time.Millisecond)
		desk := access.Act("d", access.DeskOfficer, "", "")
		list := func(s account.Standing) string {
			people, _, err := account.People(ctx, db, desk, account.Filter{Standing: s, Limit: 50})
			must(t, err)
			var names []string
			for _, p := range people {
				names = append(names, p.Name)
				if at := p.StandingOf(time.Now()); s != account.Left && s != account.Vouched && s != account.Staff && at != s {
					t.Errorf("%s is listed as %q and stands as %q", p.Name, s, at)
				}
			}
			if s == account.Left {
				slices.Sort(names) // within a second of each other
			}
			return strings.Join(names, " ")
		}
		check := func(s account.Standing, want string) {
			t.Helper()
			if got := list(s); got != want {
				t.Errorf("%s: %q, not %q", s, got, want)
			}
		}
		check(account.Due, "Late Due") // what ends first comes first
		check(account.Overdue, "Over Gone")
		check(account.Waiting, "Waiting")
		check(account.Left, "Due Gone Late Over Waiting") // KG has no focal point
		_, err := account.LapseAll(ctx, db, system)
		must(t, err)
		must(t, account.LetGo(ctx, db, focalKG, word(t, db, gone.ID).ID))
		check(account.Overdue, "Over")
		if err := account.LetGo(ctx, db, access.Act("tj", access.FocalPoint, "TJ", ""), word(t, db, over.ID).ID); !errors.Is(err, account.ErrForbidden) {
			t.Error(err)
		}
		create(t, db, account.New{Email: "focal@polis.example", Name: "Focal", Role: access.FocalPoint, ActsFor: "KG"})
		check(account.Left, "Late Over")
		if _, err := store.Write(ctx, db, system, func(tx *store.Tx) (store.Event, error) {
			_, err := tx.Exec(ctx, "UPDATE person SET created = $1 WHERE name = 'Waiting'", time.Now().Add(-31*day))
			return store.Event{Act: "test.aged"}, err
		}); err != nil {
			t.Fatal(err)
		}
		check(account.Left, "Late Over Waiting")
	})
}

func TestConsequencesAreSaidBefore(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		p := create(t, db, account.New{Email: "a@polis.example", Role: access.Visitor})
		must(t, account.Appoint(ctx, db, system, p.ID, access.Grant{Role: access.Trainer, State: "KG"}, time.Time{}))
		must(t, account.Vouch(ctx, db, system, p.ID, "", "interpol", time.Time{}))
		must(t, account.OpenGroup(ctx, db, system, account.GroupDraft{ID: "g1", Name: "Investigators", Kind: account.GroupClosed}))
		must(t, account.Admit(ctx, db, system, "g1", p.ID))
		for _, v := range words(t, db, p.ID) {
			c, err := account.Consequences(ctx, db, v)
			must(t, err)
			if v.ActsFor == "KG" && (len(c.Groups) != 1 || c.Groups[0].Name != "Investigators" || len(c.Roles) != 1 || c.Trust != access.Member) {
				t.Errorf("KG: %+v", c)
			}
			if v.Body == "interpol" && (len(c.Groups)+len(c.Roles) != 0 || c.Trust != access.Official) {
				t.Errorf("interpol: %+v", c)
			}
		}
	})
}

func words(t *testing.T, db *store.DB, person string) []account.Vouching {
	t.Helper()
	list, err := account.Vouchings(ctx, db, person)
	must(t, err)
	return list
}

func TestAGroupIsKeptByFewAndSeenByItsOwn(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		anna, bela := ending(t, db, "Anna", 100*day), ending(t, db, "Bela", 100*day)
		keeper, member := access.Act("k", access.Moderator, "", ""), access.Act("m", access.Expert, "KG", "")
		must(t, account.OpenGroup(ctx, db, keeper, account.GroupDraft{ID: "g1", Name: "Investigators", About: "Of one network.", Kind: account.GroupClosed}))
		if found, err := account.Candidates(ctx, db, keeper, "g1", "an"); err != nil || len(found) != 1 || found[0].Name != "Anna" {
			t.Error(found, err)
		}
		if found, err := account.Candidates(ctx, db, keeper, "g1", "a"); err != nil || len(found) != 0 {
			t.Error("one letter lists people:", found, err)
		}
		if _, err := account.Candidates(ctx, db, member, "g1", "anna"); !errors.Is(err, account.ErrForbidden) {
			t.Error(err)
		}
		must(t, account.Admit(ctx, db, keeper, "g1", anna.ID))
		must(t, account.Admit(ctx, db, keeper, "g1", bela.ID))
		inside := now(t, db, anna.ID)
		if list, _, err := account.Members(ctx, db, inside, "g1", account.MemberFilter{}, "", 50); err != nil || len(list) != 2 {
			t.Error(list, err)
		}
		if groups, err := account.GroupsOf(ctx, db, inside); err != nil || len(groups) != 1 || groups[0].Name != "Investigators" {
			t.Error(groups, err)
		}
		for _, who := range []access.Subject{{}, member, access.Act("f", access.FocalPoint, "KG", "")} {
			if _, _, err := account.Members(ctx, db, who, "g1", account.MemberFilter{}, "", 50); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%+v: %v", who, err)
			}
			if _, err := account.GetGroup(ctx, db, who, "g1"); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%+v: %v", who, err)
			}
			if err := account.EditGroup(ctx, db, who, 1, account.GroupDraft{ID: "g1", Name: "Mine"}); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%+v: %v", who, err)
			}
			if err := account.EndGroup(ctx, db, who, "g1", 1); !errors.Is(err, account.ErrForbidden) {
				t.Errorf("%+v: %v", who, err)
			}
		}
		must(t, account.EditGroup(ctx, db, keeper, 1, account.GroupDraft{ID: "g1", Name: "Network investigators"}))
		if err := account.EditGroup(ctx, db, keeper, 1, account.GroupDraft{ID: "g1", Name: "Too late"}); !errors.Is(err, account.ErrChanged) {
			t.Error("two changes of one revision:", err)
		}
		must(t, account.Withdraw(ctx, db, focalKG, word(t, db, bela.ID).ID, "left"))
		if list, _, _ := account.Members(ctx, db, inside, "g1", account.MemberFilter{}, "", 50); len(list) != 1 {
			t.Errorf("members still see who was let go: %+v", list)
		}
		if list, _, _ := account.Members(ctx, db, keeper, "g1", account.MemberFilter{}, "", 50); len(list) != 2 || list[1].Open {
			t.Errorf("keepers do not see that it is closed for her: %+v", list)
		}
		must(t, account.EndGroup(ctx, db, keeper, "g1", 2))
		if who := now(t, db, anna.ID); !slices.Equal(who.Groups, []string{"g1"}) {
			t.Errorf("the archive is closed to her: %+v", who)
		}
		if err := account.Admit(ctx, db, keeper, "g1", anna.ID); !errors.Is(err, account.ErrChanged) {
			t.Error("somebody is admitted to a group that has ended:", err)
		}
		if err := account.EndGroup(ctx, db, keeper, "none", 1); !errors.Is(err, store.ErrNotFound) {
			t.Error(err)
		}
	})
}
