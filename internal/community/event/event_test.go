package event_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/community/event"
	"polis/internal/directory"
	"polis/internal/lang"
	"polis/internal/mail"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

var ctx = context.Background()

// club is a closed group with the people in it.
type club struct {
	*testing.T
	*event.Events
	keeper, facilitator, one, two, three, outsider access.Subject
}

const (
	group = "investigators"
	link  = "https://meet.example/secret-room"
)

func each(t *testing.T, kind account.GroupKind, fn func(c club)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		c := club{T: t, Events: &event.Events{DB: db}, keeper: access.Act("keeper", access.DeskOfficer, "", "")}
		c.must(directory.Seed(ctx, db))
		c.must(account.OpenGroup(ctx, db, c.keeper, account.GroupDraft{ID: group, Kind: kind, Level: map[account.GroupKind]access.Level{account.GroupMembers: access.Member, account.GroupClosed: access.Closed}[kind], Name: "Investigators", Lang: "en"}))
		c.facilitator = c.joined("facilitator", "KG")
		c.one, c.two, c.three = c.joined("one", "KG"), c.joined("two", "KG"), c.joined("three", "TJ")
		c.outsider = c.person("outsider", "TJ")
		c.must(account.Facilitate(ctx, db, c.keeper, group, c.facilitator.ID))
		c.facilitator = c.now(c.facilitator)
		fn(c)
	})
}

func (c club) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

func (c club) person(name, state string) access.Subject {
	c.Helper()
	p, err := account.Create(ctx, c.DB, access.System("test"), account.New{Email: name + "@polis.example", Name: name, Role: access.Expert, ActsFor: state, Password: "a long enough password"})
	c.must(err)
	return c.now(access.Subject{ID: p.ID})
}

// now is what somebody may at this moment.
func (c club) now(who access.Subject) access.Subject {
	c.Helper()
	who, _, err := account.Subject(ctx, c.DB, who.ID, account.TwoFactors)
	c.must(err)
	return who
}

func (c club) joined(name, state string) access.Subject {
	c.Helper()
	who := c.person(name, state)
	c.must(account.Admit(ctx, c.DB, c.keeper, group, who.ID))
	return c.now(who)
}

func written() event.Written {
	begins := time.Now().Add(72 * time.Hour).Truncate(time.Minute)
	return event.Written{Title: "Round table", Lang: "en", About: "*All* of it.", Host: "KG", Place: "Osh", Organiser: "spmu", Zone: "Asia/Bishkek", Begins: begins, Ends: begins.Add(3 * time.Hour), Link: link, Capacity: 1, Themes: []string{"police-reform/community-policing"}}
}

// open is an event that takes registrations.
func (c club) open(change func(*event.Written)) string {
	c.Helper()
	d := written()
	if change != nil {
		change(&d)
	}
	id, err := c.Plan(ctx, c.facilitator, group, d)
	c.must(err)
	c.must(c.Make(ctx, c.facilitator, id, c.rev(id), event.Publish, ""))
	return id
}

func (c club) rev(id string) int64 {
	c.Helper()
	e, err := c.Event(ctx, c.facilitator, id)
	c.must(err)
	return e.Rev
}

// row changes the tables as time does.
func (c club) row(query string, args ...any) error {
	_, err := store.Write(ctx, c.DB, access.System("test"), func(tx *store.Tx) (store.Event, error) {
		_, err := tx.Exec(ctx, query, args...)
		return store.Event{Act: "test.row", Quiet: true}, err
	})
	return err
}

// begun puts an event back so that it is over.
func (c club) begun(id string) {
	c.Helper()
	now := time.Now()
	c.must(c.row("UPDATE meeting SET begins = $2, ends = $3, closes = $2 WHERE id = $1", id, now.Add(-2*time.Hour), now.Add(-time.Hour)))
}

func (c club) stage(id string, who access.Subject) event.EntryStage {
	c.Helper()
	e, err := c.Own(ctx, who, id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		c.Fatal(err)
	}
	return e.Stage
}

func (c club) letters(kind string) int {
	c.Helper()
	n, err := store.Get[int](ctx, c.DB, store.Everything("test"), "SELECT COUNT(*) FROM letter WHERE {scope} AND kind = $1", kind)
	c.must(err)
	return n
}

func TestTheWaitingListMovesUpInOrder(t *testing.T) {
	each(t, account.GroupClosed, func(c club) {
		id := c.open(nil)
		for _, who := range []access.Subject{c.one, c.two, c.three} {
			c.must(c.Register(ctx, who, id, false, ""))
		}
		c.must(c.Register(ctx, c.one, id, false, "")) // pressed twice
		c.want(id, event.Admitted, event.Waiting, event.Waiting)
		if n := c.letters("event.letter.admitted"); n != 1 {
			t.Errorf("%d letters say that somebody is admitted", n)
		}
		c.must(c.Withdraw(ctx, c.one, id))
		c.must(c.Withdraw(ctx, c.one, id))
		c.want(id, event.Withdrawn, event.Admitted, event.Waiting)
		c.must(c.Register(ctx, c.one, id, false, ""))
		c.want(id, event.Waiting, event.Admitted, event.Waiting)
		c.must(c.Withdraw(ctx, c.two, id))
		c.want(id, event.Waiting, event.Withdrawn, event.Admitted) // who came back stands at the end
		d := written()
		d.Capacity = 2
		c.must(c.Edit(ctx, c.facilitator, id, c.rev(id), d))
		c.want(id, event.Admitted, event.Withdrawn, event.Admitted)
		d.Capacity = 1
		var wrong event.Invalid
		if err := c.Edit(ctx, c.facilitator, id, c.rev(id), d); !errors.As(err, &wrong) || wrong["capacity"] == "" {
			t.Error("more are admitted than there are places:", err)
		}
		c.must(c.Withdraw(ctx, c.three, id)) // one sits on the second seat or the first
		c.must(c.Edit(ctx, c.facilitator, id, c.rev(id), d))
		c.want(id, event.Admitted, event.Withdrawn, event.Withdrawn)
	})
}

func (c club) want(id string, stages ...event.EntryStage) {
	c.Helper()
	for i, who := range []access.Subject{c.one, c.two, c.three} {
		if got := c.stage(id, who); got != stages[i] {
			c.Errorf("the %d. is %q, not %q", i+1, got, stages[i])
		}
	}
}

func TestFiguresForStatesAndWomen(t *testing.T) {
	each(t, account.GroupClosed, func(c club) {
		t := c.T
		id := c.open(func(d *event.Written) { d.Capacity, d.PerState = 3, 1 })
		c.must(c.Register(ctx, c.one, id, false, ""))
		c.must(c.Register(ctx, c.two, id, false, ""))
		c.must(c.Register(ctx, c.three, id, false, ""))
		c.want(id, event.Admitted, event.Waiting, event.Admitted)
		c.must(c.Withdraw(ctx, c.one, id))
		c.want(id, event.Withdrawn, event.Admitted, event.Admitted)
		kept := c.open(func(d *event.Written) { d.Capacity, d.Women = 2, 1 })
		c.must(c.Register(ctx, c.one, kept, false, ""))
		c.must(c.Register(ctx, c.two, kept, false, ""))
		c.must(c.Register(ctx, c.three, kept, true, ""))
		c.want(kept, event.Admitted, event.Waiting, event.Admitted)
		e, err := c.Event(ctx, c.facilitator, kept)
		c.must(err)
		d := e.Written(link)
		d.Women, d.Capacity = 0, 3
		c.must(c.Edit(ctx, c.facilitator, kept, e.Rev, d))
		c.want(kept, event.Admitted, event.Admitted, event.Admitted)
		if own, _ := c.Own(ctx, c.one, id); own.Woman {
			t.Error("it is kept of her where nobody asked")
		}
	})
}

func TestTwoForTheLastPlace(t *testing.T) {
	each(t, account.GroupClosed, func(c club) {
		id := c.open(nil)
		var all sync.WaitGroup
		for _, who := range []access.Subject{c.one, c.two, c.three, c.one, c.two} {
			all.Go(func() {
				if err := c.Register(ctx, who, id, false, ""); err != nil {
					c.Error(err)
				}
			})
		}
		all.Wait()
		tally, err := c.TallyOf(ctx, id)
		c.must(err)
		if tally.Admitted != 1 || tally.Waiting != 2 {
			c.Errorf("%+v", tally)
		}
		t := c.T
		t.Run("the tables let nobody in beyond the capacity, whoever writes", func(t *testing.T) {
			for name, query := range map[string]string{
				"a seat that is taken":     "UPDATE meeting_entry SET stage = 'admitted', seat = 1 WHERE meeting = $1 AND stage = 'waiting'",
				"a seat beyond":            "UPDATE meeting_entry SET stage = 'admitted', seat = 2 WHERE meeting = $1 AND stage = 'waiting'",
				"another capacity":         "UPDATE meeting_entry SET capacity = 2 WHERE meeting = $1",
				"no seat":                  "UPDATE meeting_entry SET stage = 'admitted' WHERE meeting = $1 AND stage = 'waiting'",
				"a certificate of nothing": "UPDATE meeting_entry SET certificate = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ' WHERE meeting = $1 AND stage = 'admitted'",
			} {
				if err := c.row(query, id); err == nil {
					t.Error(name, "is taken")
				}
			}
		})
	})
}

func TestApproval(t *testing.T) {
	each(t, account.GroupClosed, func(c club) {
		id := c.open(func(d *event.Written) { d.Approves = true })
		c.must(c.Register(ctx, c.one, id, false, "I lead the unit."))
		c.must(c.Register(ctx, c.two, id, false, ""))
		c.must(c.Register(ctx, c.three, id, false, ""))
		c.want(id, event.Asked, event.Asked, event.Asked)
		for name, who := range map[string]access.Subject{"a member": c.one, "an outsider": c.outsider} {
			if err := c.Decide(ctx, who, id, c.one.ID, event.Asked, true, ""); err == nil {
				c.Error(name, "decides")
			}
			if _, _, err := c.Entries(ctx, who, id, event.Asked, 0, 10); err == nil {
				c.Error(name, "reads who asked")
			}
		}
		c.must(c.Decide(ctx, c.facilitator, id, c.two.ID, event.Asked, true, ""))
		c.must(c.Decide(ctx, c.facilitator, id, c.one.ID, event.Asked, true, ""))
		var wrong event.Invalid
		if err := c.Decide(ctx, c.facilitator, id, c.three.ID, event.Asked, false, " "); !errors.As(err, &wrong) {
			c.Error("declined without a sentence:", err)
		}
		c.must(c.Decide(ctx, c.facilitator, id, c.three.ID, event.Asked, false, "It is for those of the region."))
		c.want(id, event.Waiting, event.Admitted, event.Declined)
		var not event.Impossible
		if err := c.Decide(ctx, c.facilitator, id, c.one.ID, event.Asked, true, ""); !errors.As(err, &not) {
			c.Error("decided twice:", err)
		}
		if err := c.Register(ctx, c.three, id, false, ""); !errors.As(err, &not) {
			c.Error("who was declined registers again:", err)
		}
		c.must(c.Decide(ctx, c.facilitator, id, c.two.ID, event.Admitted, false, "The flight was cancelled."))
		c.want(id, event.Admitted, event.Declined, event.Declined)
		if c.letters("event.letter.waiting") != 1 || c.letters("event.letter.declined") != 2 || c.letters("event.letter.admitted") != 2 {
			c.Error("they are not told")
		}
	})
}

func TestTheLinkIsForTheAdmitted(t *testing.T) {
	each(t, account.GroupOpen, func(c club) {
		id := c.open(nil)
		c.must(c.Register(ctx, c.one, id, false, ""))
		c.must(c.Register(ctx, c.two, id, false, ""))
		reads := func(who access.Subject) bool {
			got, err := c.Link(ctx, who, id)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				c.Fatal(err)
			}
			return got == link
		}
		program := c.one
		program.Program = true
		for name, who := range map[string]access.Subject{"who waits": c.two, "a member": c.three, "an outsider": c.outsider, "nobody": {}, "a program of hers": program} {
			if reads(who) {
				c.Error(name, "reads the link")
			}
			e, err := c.Event(ctx, who, id)
			if text := fmt.Sprintf("%+v", e); err != nil || strings.Contains(text, "meet.example") || !e.Online {
				c.Error(name, err, text)
			}
			list, _, err := c.List(ctx, who.Scope(), event.Filter{Group: group}, event.Place{}, 5)
			if text := fmt.Sprintf("%+v", list); err != nil || len(list) != 1 || strings.Contains(text, "meet.example") {
				c.Error(name, err, text)
			}
		}
		if !reads(c.one) || !reads(c.facilitator) {
			c.Error("the admitted do not read it")
		}
		c.must(account.Dismiss(ctx, c.DB, c.keeper, group, c.one.ID))
		if reads(c.now(c.one)) {
			c.Error("who was expelled reads the link")
		}
		if err := c.Register(ctx, c.now(c.one), id, false, ""); !errors.Is(err, event.ErrForbidden) {
			c.Error("who was expelled registers:", err)
		}
		c.must(c.Sweep(ctx))
		c.want(id, event.Withdrawn, event.Admitted, "")
		c.must(c.Sweep(ctx))
		c.must(c.Make(ctx, c.facilitator, id, c.rev(id), event.Cancel, "The hall burnt."))
		if reads(c.two) || c.letters("event.letter.cancelled") != 1 {
			c.Error("a cancelled event has a link, or nobody was told")
		}
		var not event.Impossible
		if err := c.Register(ctx, c.three, id, false, ""); !errors.As(err, &not) {
			c.Error("registered for a cancelled event:", err)
		}
	})
}

func TestAGroupIsRaised(t *testing.T) {
	each(t, account.GroupOpen, func(c club) {
		id := c.open(nil)
		g, err := account.GetGroup(ctx, c.DB, c.keeper, group)
		c.must(err)
		if _, err := c.Event(ctx, access.Subject{}, id); err != nil {
			c.Error(err)
		}
		c.must(c.Register(ctx, c.one, id, false, ""))
		c.must(account.RaiseGroup(ctx, c.DB, c.keeper, group, g.Rev, account.GroupReach{Kind: account.GroupClosed, Level: access.Closed}))
		for name, who := range map[string]access.Subject{"everybody": {}, "an outsider": c.outsider} {
			if _, err := c.Event(ctx, who, id); !errors.Is(err, store.ErrNotFound) {
				c.Error(name, "reads it still:", err)
			}
			if n, err := c.Count(ctx, who.Scope(), event.Filter{}); err != nil || n != 0 {
				c.Error(name, n, err)
			}
		}
		if l, err := c.Link(ctx, c.now(c.one), id); err != nil || l != link {
			c.Error(l, err)
		}
	})
}

func TestDraftsAndStaleForms(t *testing.T) {
	each(t, account.GroupOpen, func(c club) {
		id, err := c.Plan(ctx, c.facilitator, group, written())
		c.must(err)
		for name, who := range map[string]access.Subject{"a member": c.one, "nobody": {}} {
			if _, err := c.Event(ctx, who, id); !errors.Is(err, store.ErrNotFound) {
				c.Error(name, "reads a draft:", err)
			}
			if _, err := c.Plan(ctx, who, group, written()); !errors.Is(err, event.ErrForbidden) {
				c.Error(name, "plans an event:", err)
			}
			if list, err := c.Drafts(ctx, who, group); err != nil || len(list) != 0 {
				c.Error(name, "lists drafts:", err)
			}
		}
		if list, err := c.Drafts(ctx, c.facilitator, group); err != nil || len(list) != 1 || !slices.Equal(list[0].Themes, written().Themes) {
			c.Error(list, err)
		}
		if n, err := c.Count(ctx, c.facilitator.Scope(), event.Filter{}); err != nil || n != 0 {
			c.Error("a draft is in the calendar:", n, err)
		}
		d := written()
		d.Title = "Another"
		c.must(c.Edit(ctx, c.facilitator, id, 1, d))
		var stale event.Stale
		if err := c.Edit(ctx, c.facilitator, id, 1, d); !errors.As(err, &stale) || stale.Rev != 2 {
			c.Error(err)
		}
		if err := c.Make(ctx, c.facilitator, id, 1, event.Publish, ""); !errors.As(err, &stale) {
			c.Error(err)
		}
		for field, change := range map[string]func(*event.Written){
			"title": func(d *event.Written) { d.Title = " " }, "zone": func(d *event.Written) { d.Zone = "Mars/Olympus" }, "ends": func(d *event.Written) { d.Ends = d.Begins },
			"closes": func(d *event.Written) { d.Closes = d.Ends }, "capacity": func(d *event.Written) { d.Capacity = 0 }, "women": func(d *event.Written) { d.Women = 2 },
			"link": func(d *event.Written) { d.Link = "javascript:alert(1)" }, "host": func(d *event.Written) { d.Host = "spmu" }, "organiser": func(d *event.Written) { d.Organiser = "nobody" },
			"themes": func(d *event.Written) { d.Themes = []string{"x"} }, "about": func(d *event.Written) { d.About = strings.Repeat("x", 20_001) }, "lang": func(d *event.Written) { d.Lang = "xx" },
		} {
			d := written()
			change(&d)
			var wrong event.Invalid
			if _, err := c.Plan(ctx, c.facilitator, group, d); !errors.As(err, &wrong) || wrong[field] == "" || !lang.Has(wrong[field]) {
				c.Errorf("%s: %v", field, err)
			}
		}
	})
}

func TestTimesOverAChangeOfTheClocks(t *testing.T) {
	for _, of := range []struct{ day, clock, zone, want string }{
		{"2027-03-27", "09:00", "Europe/Vienna", "2027-03-27T08:00:00Z"},
		{"2027-03-28", "09:00", "Europe/Vienna", "2027-03-28T07:00:00Z"},
		{"2027-03-28", "02:30", "Europe/Vienna", ""}, // the clocks leave it out
		{"2027-10-31", "02:30", "Europe/Vienna", "2027-10-31T00:30:00Z"},
		{"2027-10-31", "03:30", "Europe/Vienna", "2027-10-31T02:30:00Z"},
		{"2027-03-28", "09:00", "Asia/Bishkek", "2027-03-28T03:00:00Z"},
		{"2027-02-30", "09:00", "Asia/Bishkek", ""},
		{"2027-02-03", "24:00", "Asia/Bishkek", ""},
		{"2027-02-03", "09:00", "Mars/Olympus", ""},
		{"0001-02-03", "09:00", "UTC", ""},
	} {
		got, ok := event.Moment(of.day, of.clock, of.zone)
		if text := got.Format(time.RFC3339); ok != (of.want != "") || ok && text != of.want {
			t.Errorf("%s %s %s is %s", of.day, of.clock, of.zone, text)
		}
	}
	begins, _ := event.Moment("2027-03-27", "22:00", "Europe/Vienna")
	ends, _ := event.Moment("2027-03-28", "06:00", "Europe/Vienna")
	if ends.Sub(begins) != 7*time.Hour {
		t.Error("the night of the change is an hour shorter:", ends.Sub(begins))
	}
	e := event.Event{Zone: "Europe/Vienna", Begins: begins, Ends: ends}
	bishkek, _ := event.Location("Asia/Bishkek")
	rome, _ := event.Location("Europe/Rome")
	if got := event.When(lang.For("en"), e, bishkek); !strings.Contains(got, "22:00") || !strings.Contains(got, "06:00") || !strings.Contains(got, "03:00") || !strings.Contains(got, "10:00") || !strings.Contains(got, "28 March 2027") {
		t.Error(got)
	}
	if got, own := event.When(lang.For("en"), e, rome), event.When(lang.For("en"), e, nil); got != own {
		t.Error("the same time is said twice:", got)
	}
}

func TestAttendanceCertificateAndRating(t *testing.T) {
	each(t, account.GroupClosed, func(c club) {
		id := c.open(func(d *event.Written) { d.Capacity = 4 })
		people := []access.Subject{c.one, c.two, c.three, c.facilitator}
		noted := map[string]string{}
		for _, who := range people {
			c.must(c.Register(ctx, who, id, false, ""))
			noted[who.ID] = "present"
		}
		noted[c.two.ID] = "absent"
		var not event.Impossible
		if err := c.Note(ctx, c.facilitator, id, noted); !errors.As(err, &not) {
			c.Error("noted before it begins:", err)
		}
		if err := c.Rate(ctx, c.one, id, event.Rating{Content: 5}); !errors.Is(err, event.ErrForbidden) {
			c.Error("rated before it was held:", err)
		}
		c.begun(id)
		if err := c.Note(ctx, c.one, id, noted); !errors.Is(err, event.ErrForbidden) {
			c.Error("a member notes who was there:", err)
		}
		c.must(c.Note(ctx, c.facilitator, id, noted))
		if err := c.Withdraw(ctx, c.one, id); !errors.As(err, &not) {
			c.Error("withdrawn from what is over:", err)
		}
		mine, err := c.Certificate(ctx, c.one, id)
		c.must(err)
		if found, err := c.Check(ctx, " "+strings.ToLower(mine.Spaced())); err != nil || found != mine || mine.Person != c.one.ID {
			c.Error(found, err)
		}
		c.must(c.Note(ctx, c.facilitator, id, noted))
		if again, err := c.Certificate(ctx, c.one, id); err != nil || again.Number != mine.Number {
			c.Error("it has another number:", err)
		}
		for _, number := range []string{"", "x", strings.Repeat("A", 26), mine.Number + "A", strings.Repeat("'", 26)} {
			if _, err := c.Check(ctx, number); !errors.Is(err, store.ErrNotFound) {
				c.Error(number, err)
			}
		}
		for _, who := range []access.Subject{c.two, c.outsider, {}} {
			if _, err := c.Certificate(ctx, who, id); !errors.Is(err, store.ErrNotFound) {
				c.Error("a certificate of somebody who was not there:", err)
			}
			if err := c.Rate(ctx, who, id, event.Rating{Content: 5}); err == nil {
				c.Error("rated by who was not there")
			}
		}
		for i, who := range []access.Subject{c.one, c.three, c.facilitator} {
			if r, err := c.RatingsOf(ctx, c.facilitator, id); err != nil || len(r.Words) > 0 || r.Average != nil {
				c.Error("fewer than three show whose they are:", err)
			}
			c.must(c.Rate(ctx, who, id, event.Rating{Content: int64(i) + 3, Words: "Well run."}))
			if err := c.Rate(ctx, who, id, event.Rating{Content: 1}); !errors.As(err, &not) {
				c.Error("rated twice:", err)
			}
		}
		r, err := c.RatingsOf(ctx, c.facilitator, id)
		if err != nil || r.Ratings != 3 || len(r.Words) != 3 || r.Average[0] != 4 || r.Average[1] != 0 {
			c.Error(r, err)
		}
		if _, err := c.RatingsOf(ctx, c.one, id); !errors.Is(err, event.ErrForbidden) {
			c.Error(err)
		}
		_, err = store.Write(ctx, c.DB, access.System("test"), func(tx *store.Tx) (store.Event, error) {
			return store.Event{Act: "test.row", Quiet: true}, event.Release(ctx, tx, c.one.ID)
		})
		c.must(err)
		if _, err := c.Check(ctx, mine.Number); !errors.Is(err, store.ErrNotFound) {
			c.Error("a certificate of who was erased:", err)
		}
	})
}

func TestLettersSayWhatTheReaderReads(t *testing.T) {
	each(t, account.GroupMembers, func(c club) {
		id := c.open(nil)
		c.must(c.Register(ctx, c.one, id, false, ""))
		c.must(c.Register(ctx, c.two, id, false, ""))
		d := written()
		d.Begins, d.Ends, d.Closes = d.Begins.Add(time.Hour), d.Ends.Add(time.Hour), time.Time{}
		c.must(c.Edit(ctx, c.facilitator, id, c.rev(id), d))
		if n := c.letters("event.letter.moved"); n != 2 {
			c.Errorf("%d are told of another time", n)
		}
		d.Title = "A better title"
		c.must(c.Edit(ctx, c.facilitator, id, c.rev(id), d))
		if n := c.letters("event.letter.moved"); n != 2 {
			c.Errorf("%d are told of nothing", n)
		}
		var got mail.Letter
		finish := c.Finish(func(_ context.Context, l mail.Letter) (mail.Letter, error) { got = l; return l, nil })
		_, err := finish(ctx, mail.Letter{To: c.one.ID, Kind: "event.letter.admitted", Object: id})
		if err != nil || len(got.Lines) != 2 || got.Lines[0].Text != "A better title" || strings.Contains(fmt.Sprint(got), "meet.example") {
			c.Error(got, err)
		}
		c.must(account.Block(ctx, c.DB, access.Act("admin", access.Administrator, "", ""), c.one.ID, true))
		if _, err := finish(ctx, mail.Letter{To: c.one.ID, Kind: "event.letter.admitted", Object: id}); !errors.Is(err, mail.ErrDropped) {
			c.Error(err)
		}
	})
	each(t, account.GroupClosed, func(c club) {
		id := c.open(nil)
		var got mail.Letter
		finish := c.Finish(func(_ context.Context, l mail.Letter) (mail.Letter, error) { got = l; return l, nil })
		if _, err := finish(ctx, mail.Letter{To: c.one.ID, Kind: "event.letter.admitted", Object: id}); err != nil || len(got.Lines) != 0 || got.Path != event.Path(id) {
			c.Error("a letter says what is closed:", got, err)
		}
		if _, err := finish(ctx, mail.Letter{To: c.outsider.ID, Kind: "event.letter.moved", Object: id}); !errors.Is(err, mail.ErrDropped) {
			c.Error("a letter to who does not read it:", err)
		}
	})
}

func TestAgendaPapersAndFeed(t *testing.T) {
	each(t, account.GroupMembers, func(c club) {
		id := c.open(nil)
		e, err := c.Event(ctx, c.facilitator, id)
		c.must(err)
		papers := event.Papers{Before: []string{"a", "b", "a"}, After: []string{"c"}}
		c.must(c.SetProgramme(ctx, c.facilitator, id, e.Rev, []event.Item{{At: e.Begins.Add(time.Hour), Title: "Second"}, {At: e.Begins, Title: "First", Speaker: "The host"}}, papers))
		items, err := c.Items(ctx, id)
		if err != nil || len(items) != 2 || items[0].Title != "First" {
			c.Error(items, err)
		}
		if p, err := c.Papers(ctx, id); err != nil || !slices.Equal(p.Before, []string{"a", "b"}) || !slices.Equal(p.After, []string{"c"}) {
			c.Error(p, err)
		}
		var wrong event.Invalid
		if err := c.SetProgramme(ctx, c.facilitator, id, e.Rev+1, []event.Item{{At: e.Ends.Add(time.Minute), Title: "Late"}}, papers); !errors.As(err, &wrong) {
			c.Error(err)
		}
		var stale event.Stale
		if err := c.SetProgramme(ctx, c.facilitator, id, e.Rev, nil, papers); !errors.As(err, &stale) {
			c.Error(err)
		}
		secret, err := c.MakeFeed(ctx, c.one)
		c.must(err)
		who, err := c.Fed(ctx, secret)
		if err != nil || who.ID != c.one.ID || who.Trust > access.Member || len(who.Groups) != 0 {
			c.Error(who, err)
		}
		list, _, err := c.List(ctx, who.Scope(), event.Filter{Person: who.ID}, event.Place{}, 10)
		if err != nil || len(list) != 1 {
			c.Error(list, err)
		}
		c.must(c.EndFeed(ctx, c.one))
		if _, err := c.Fed(ctx, secret); !errors.Is(err, store.ErrNotFound) {
			c.Error("an address that was taken back opens:", err)
		}
	})
}

func TestListsArePagedAndFiltered(t *testing.T) {
	each(t, account.GroupOpen, func(c club) {
		base := time.Now().Add(100 * time.Hour).Truncate(time.Hour)
		for i := range 7 {
			c.open(func(d *event.Written) {
				d.Title, d.Begins, d.Ends = fmt.Sprint(i), base.AddDate(0, 0, i), base.AddDate(0, 0, i).Add(time.Hour)
				if i%2 == 1 {
					d.Host, d.Themes, d.Organiser = "TJ", nil, ""
				}
			})
		}
		var seen []string
		var after event.Place
		for range 10 {
			list, more, err := c.List(ctx, access.Scope{}, event.Filter{From: time.Now()}, after, 3)
			c.must(err)
			for _, e := range list {
				seen = append(seen, e.Title)
			}
			if more == (event.Place{}) {
				break
			}
			after, _ = event.ParsePlace(more.String())
		}
		if got := strings.Join(seen, ""); got != "0123456" {
			c.Error(got)
		}
		for want, f := range map[int]event.Filter{
			4: {Host: "KG"}, 3: {Host: "TJ"}, 2: {From: base.AddDate(0, 0, 2), To: base.AddDate(0, 0, 4)}, 7: {Group: group}, 0: {Theme: "cybercrime"},
		} {
			if n, err := c.Count(ctx, access.Scope{}, f); err != nil || n != want {
				c.Errorf("%+v: %d %v", f, n, err)
			}
		}
		for _, f := range []event.Filter{{Theme: "police-reform"}, {Theme: "police-reform/community-policing"}, {Organiser: "spmu"}} {
			if n, err := c.Count(ctx, access.Scope{}, f); err != nil || n != 4 {
				c.Errorf("%+v: %d %v", f, n, err)
			}
		}
	})
}
