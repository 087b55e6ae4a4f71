package demo_test

import (
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/community/announcement"
	"polis/internal/community/discussion"
	"polis/internal/community/forum"
	"polis/internal/community/roster"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

func TestTheDemonstrationHoldsACommunity(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		load(t, db)
		all := store.Everything("test")
		t.Run("groups of each kind, each with who runs it", func(t *testing.T) {
			desk := subject(t, db, access.DeskOfficer)
			for kind, want := range map[account.GroupKind]int{account.GroupOpen: 2, account.GroupMembers: 2, account.GroupForum: 2} {
				list, _, err := account.FindGroups(ctx, db, desk, account.GroupFilter{Kind: kind}, "", 10)
				if err != nil || len(list) != want {
					t.Error(kind, len(list), err)
				}
				for _, g := range list {
					if who, err := account.Facilitators(ctx, db, g.ID); err != nil || len(who) == 0 {
						t.Error(g.ID, "is run by nobody", err)
					}
				}
			}
		})
		t.Run("a question that is answered and one that waits", func(t *testing.T) {
			d := &discussion.Discussion{DB: db}
			topics, _, err := d.Topics(ctx, all, discussion.TopicFilter{}, discussion.Place{}, 50)
			answered, langs := 0, map[string]bool{}
			for _, x := range topics {
				langs[string(x.Lang)] = true
				if x.Answered {
					answered++
				}
			}
			waits, _, werr := d.Unanswered(ctx, all, discussion.TopicFilter{}, time.Now().Add(time.Minute), discussion.Place{}, 50)
			if err != nil || werr != nil || answered < 2 || len(waits) == 0 || len(langs) < 4 {
				t.Error(answered, len(waits), langs, err, werr)
			}
		})
		t.Run("experts who let themselves be found, and the document of one names her", func(t *testing.T) {
			found, err := (&roster.Roster{DB: db}).Find(ctx, subject(t, db, access.DeskOfficer), roster.Wishes{Themes: []string{"police-reform"}}, 0, 10)
			if err != nil || found.N != 2 {
				t.Error(found.N, err)
			}
		})
		t.Run("a forum with issues at several steps, minutes, and an announcement", func(t *testing.T) {
			f := &forum.Forum{DB: db}
			issues, _, err := f.Issues(ctx, all, forum.Filter{}, forum.Place{}, 50)
			stages := map[forum.Stage]bool{}
			for _, i := range issues {
				stages[i.Stage] = true
			}
			minutes, merr := f.MinutesIn(ctx, all, "demo-forum-town")
			if err != nil || merr != nil || len(stages) != 4 || len(minutes) != 1 {
				t.Error(stages, len(minutes), err, merr)
			}
			said, err := (&announcement.Board{DB: db}).Standing(ctx, access.Subject{}, "", 10)
			if err != nil || len(said) != 1 || len(said[0].Texts) != 6 {
				t.Error(said, err)
			}
		})
	})
}
