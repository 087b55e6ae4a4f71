package event_test

import (
	"errors"
	"slices"
	"testing"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/community/event"
	"polis/internal/community/roster"
	"polis/internal/store"
)

// podium is a club with an expert on the roster, who is no member of it.
type podium struct {
	club
	*roster.Roster
	her access.Subject
}

func (c club) podium() podium {
	c.Helper()
	s := podium{c, &roster.Roster{DB: c.DB}, c.person("her", "TJ")}
	c.must(s.Save(ctx, s.her, "en", roster.Theme, 0, roster.Members, []roster.Line{{Value: "police-reform/community-policing", Level: 3}}))
	c.must(s.Show(ctx, s.her, "en", 0, roster.Members))
	return s
}

func (s podium) invite(who access.Subject, id string) (string, error) {
	return s.List(ctx, who, roster.Ask{Person: s.her.ID, Kind: roster.ForEvent, Object: id, Why: "Knows night patrols", Host: "KG"})
}

func (s podium) moves(who access.Subject, ask string, m roster.Move, words string) {
	s.Helper()
	a, err := s.Ask(ctx, who, ask)
	s.must(err)
	s.must(s.Roster.Move(ctx, who, ask, a.Rev, m, words, roster.Ask{Host: "KG"}))
}

func (s podium) speaks(id string, want bool) {
	s.Helper()
	people, err := s.Speakers(ctx, id)
	s.must(err)
	if slices.Contains(people, s.her.ID) != want || len(people) > 1 {
		s.Errorf("speakers %v, and she is to be one: %v", people, want)
	}
}

func (s podium) letters(kind string) int {
	s.Helper()
	n, err := store.Get[int](ctx, s.club.DB, store.Everything("test"), "SELECT COUNT(*) FROM letter WHERE {scope} AND recipient = $1 AND kind = $2", s.her.ID, kind)
	s.must(err)
	return n
}

func TestASpeakerIsNamedOnceSheAgreed(t *testing.T) {
	each(t, account.GroupMembers, func(c club) {
		s := c.podium()
		id := c.open(nil)
		var ask string
		c.Run("who runs another group, a member and she herself put nobody on the list", func(t *testing.T) {
			c.must(account.OpenGroup(ctx, c.DB, c.keeper, account.GroupDraft{ID: "others", Kind: account.GroupMembers, Level: access.Member, Name: "Others", Lang: "en"}))
			c.must(account.Admit(ctx, c.DB, c.keeper, "others", c.two.ID))
			c.must(account.Facilitate(ctx, c.DB, c.keeper, "others", c.two.ID))
			for _, who := range []access.Subject{c.now(c.two), c.one, s.her} {
				if _, err := s.invite(who, id); !errors.Is(err, roster.ErrForbidden) {
					t.Error(err)
				}
			}
		})
		c.Run("listed, she is named to those alone who run the event", func(t *testing.T) {
			var err error
			ask, err = s.invite(c.facilitator, id)
			c.must(err)
			s.speaks(id, false)
			for _, who := range []access.Subject{c.now(c.two), c.one, s.her} {
				list, _, err := s.Listing(ctx, who, roster.ForEvent, id, roster.Place{}, 10)
				if all, _, more := s.Listing(ctx, who, "", "", roster.Place{}, 10); err != nil || more != nil || len(list)+len(all) > 0 {
					t.Error(list, all, err, more)
				}
				if _, err := s.Ask(ctx, who, ask); !errors.Is(err, store.ErrNotFound) {
					t.Error(err)
				}
			}
			if list, _, err := s.Listing(ctx, c.facilitator, "", "", roster.Place{}, 10); err != nil || len(list) != 1 || !list[0].Keeps(c.facilitator) {
				t.Error(list, err)
			}
		})
		c.Run("she is a speaker from when she agrees until she withdraws", func(t *testing.T) {
			s.moves(c.facilitator, ask, roster.AskHer, "Speak for an hour")
			s.speaks(id, false)
			s.moves(s.her, ask, roster.Agree, "")
			s.speaks(id, true)
			s.moves(s.her, ask, roster.Withdraw, "")
			s.speaks(id, false)
		})
		c.Run("who is blocked is a speaker no more", func(t *testing.T) {
			var err error
			ask, err = s.invite(c.facilitator, id)
			c.must(err)
			s.moves(c.facilitator, ask, roster.AskHer, "Speak for an hour")
			s.moves(s.her, ask, roster.Agree, "")
			s.speaks(id, true)
			c.must(account.Block(ctx, c.DB, access.Act("admin", access.Administrator, "", ""), s.her.ID, true))
			s.speaks(id, false)
			c.must(account.Block(ctx, c.DB, access.Act("admin", access.Administrator, "", ""), s.her.ID, false))
			s.speaks(id, true)
		})
		c.Run("what she did there becomes part of her record", func(t *testing.T) {
			s.moves(c.facilitator, ask, roster.Finish, "Spoke of lighting")
			s.moves(s.her, ask, roster.Confirm, "")
			x, err := s.Roster.Own(ctx, s.her)
			c.must(err)
			if lines := x.Parts[roster.Record].Lines; len(lines) != 1 || lines[0].Words != "Spoke of lighting" {
				t.Error(lines)
			}
			s.speaks(id, true)
		})
		c.Run("the tables know no other kind of assignment", func(t *testing.T) {
			for _, kind := range []string{"meeting", ""} {
				if err := c.row("UPDATE expert_ask SET kind = $1", kind); err == nil || !store.Refused(err) {
					t.Error(kind, err)
				}
			}
		})
	})
}

func TestACancelledEventCallsItsSpeakersOff(t *testing.T) {
	each(t, account.GroupClosed, func(c club) {
		s := c.podium()
		for name, far := range map[string]int{"listed": 0, "asked": 1, "agreed": 2} {
			c.Run(name, func(t *testing.T) {
				id, before := c.open(nil), s.letters("expert.letter.ask")
				ask, err := s.invite(c.facilitator, id)
				c.must(err)
				if far > 0 {
					s.moves(c.facilitator, ask, roster.AskHer, "Speak for an hour")
				}
				if far > 1 {
					s.moves(s.her, ask, roster.Agree, "")
				}
				c.must(c.Make(ctx, c.facilitator, id, c.rev(id), event.Cancel, "The hall burnt."))
				if a, err := s.Ask(ctx, c.facilitator, ask); err != nil || a.Stage != roster.Withdrawn {
					t.Error(a.Stage, err)
				}
				s.speaks(id, false)
				want := before
				if far > 0 {
					want += 2
				}
				if n := s.letters("expert.letter.ask"); n != want {
					t.Errorf("%d letters, not %d", n, want)
				}
				var wrong roster.Invalid
				if _, err := s.invite(c.facilitator, id); !errors.As(err, &wrong) || wrong["object"] == "" {
					t.Error(err)
				}
			})
		}
		c.Run("the desk from outside a closed group keeps none of its lists", func(t *testing.T) {
			desk := access.Act("desk", access.DeskOfficer, "", "")
			if list, _, err := s.Listing(ctx, desk, "", "", roster.Place{}, 10); err != nil || len(list) > 0 {
				t.Error(list, err)
			}
		})
	})
}
