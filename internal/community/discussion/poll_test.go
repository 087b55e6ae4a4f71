package discussion_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/community/discussion"
	"polis/internal/keyring"
	"polis/internal/store"
)

// polled is a topic of anna's with a poll.
func polled(t *testing.T, d *discussion.Discussion, draft discussion.PollDraft) discussion.Topic {
	t.Helper()
	o := open(t, d, anna, "cyber", asked())
	if len(draft.Choices) == 0 {
		draft.Choices = []string{"Bern", "Wien", "Tallinn"}
	}
	if draft.Until.IsZero() {
		draft.Until = time.Now().Add(time.Hour)
	}
	if draft.Results == "" {
		draft.Results = discussion.AfterVote
	}
	if err := d.AddPoll(ctx, anna, o.ID, draft); err != nil {
		t.Fatal(err)
	}
	return o
}

// figures are how often each choice was chosen, as somebody is shown it.
func figures(t *testing.T, d *discussion.Discussion, who access.Subject, o discussion.Topic) (list []int, sees bool) {
	t.Helper()
	p, _, sees, err := d.Poll(ctx, who, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range p.Choices {
		list = append(list, c.Votes)
	}
	return list, sees
}

func vote(t *testing.T, d *discussion.Discussion, who access.Subject, o discussion.Topic, choices ...int) {
	t.Helper()
	if err := d.Vote(ctx, who, o.ID, choices); err != nil {
		t.Fatal(who.ID, err)
	}
}

func same(a, b []int) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return len(a) == len(b)
}

// over ends a poll without anybody's doing.
func over(t *testing.T, d *discussion.Discussion, o discussion.Topic) {
	t.Helper()
	exec(t, d, "UPDATE poll SET until = 1 WHERE topic = $1", o.ID)
}

func TestAPollByName(t *testing.T) {
	each(t, func(t *testing.T, d *discussion.Discussion) {
		o := polled(t, d, discussion.PollDraft{})
		t.Run("shows results to who has voted", func(t *testing.T) {
			vote(t, d, bela, o, 2)
			if _, sees := figures(t, d, anna, o); sees {
				t.Error("anna has not voted")
			}
			got, sees := figures(t, d, bela, o)
			p, _, _, _ := d.Poll(ctx, bela, o)
			if !sees || !same(got, []int{0, 1, 0}) || !p.Choices[1].Hers || strings.Join(p.Choices[1].Who, "") != "bela" {
				t.Errorf("%v %+v", sees, p)
			}
		})
		t.Run("is voted once, and anew until the end", func(t *testing.T) {
			vote(t, d, bela, o, 1)
			vote(t, d, bela, o, 1, 1)
			p, _, _, err := d.Poll(ctx, bela, o)
			if got, _ := figures(t, d, bela, o); err != nil || !same(got, []int{1, 0, 0}) || p.Voters != 1 {
				t.Error(got, p.Voters, err)
			}
		})
		t.Run("by members who may write, with one of its answers", func(t *testing.T) {
			for _, who := range []access.Subject{other, keeper, nobody} {
				if err := d.Vote(ctx, who, o.ID, []int{1}); err == nil {
					t.Errorf("%q votes", who.ID)
				}
			}
			var wrong discussion.Invalid
			for _, bad := range [][]int{nil, {0}, {4}, {-1}, {1, 2}, {1 << 40}} {
				if err := d.Vote(ctx, lead, o.ID, bad); !errors.As(err, &wrong) {
					t.Error(bad, err)
				}
			}
		})
		t.Run("and a vote stays when she is expelled", func(t *testing.T) {
			exec(t, d, "DELETE FROM membership WHERE person = 'bela' AND grp = 'cyber'")
			vote(t, d, lead, o, 1)
			if got, _ := figures(t, d, lead, o); !same(got, []int{2, 0, 0}) {
				t.Error(got)
			}
		})
		t.Run("over, it takes no vote and shows all what was chosen", func(t *testing.T) {
			over(t, d, o)
			var not discussion.Impossible
			if err := d.Vote(ctx, anna, o.ID, []int{1}); !errors.As(err, &not) {
				t.Error(err)
			}
			if got, sees := figures(t, d, anna, o); !sees || !same(got, []int{2, 0, 0}) {
				t.Error(got, sees)
			}
		})
	})
}

func TestASecretPoll(t *testing.T) {
	each(t, func(t *testing.T, d *discussion.Discussion) {
		var err error
		if d.Keys, err = keyring.Open(t.TempDir(), ""); err != nil {
			t.Fatal(err)
		}
		o := polled(t, d, discussion.PollDraft{Secret: true, Many: true, Results: discussion.AfterVote})
		vote(t, d, anna, o, 1)
		vote(t, d, bela, o, 2, 3)
		vote(t, d, bela, o, 3)
		vote(t, d, lead, o, 3)
		everything := store.Everything("test")
		t.Run("shows nobody a figure before the end, nor her own choice", func(t *testing.T) {
			for _, who := range []access.Subject{anna, bela, lead} {
				p, voted, sees, err := d.Poll(ctx, who, o)
				if err != nil || !voted || sees {
					t.Error(voted, sees, err)
				}
				for _, c := range p.Choices {
					if c.Hers || c.Votes != 0 || c.Who != nil {
						t.Errorf("%+v", c)
					}
				}
			}
		})
		t.Run("keeps no vote beside a name, in a table or in the log", func(t *testing.T) {
			n, err := store.Get[int](ctx, d.DB, everything, "SELECT COUNT(*) FROM poll_vote WHERE {scope}")
			if err != nil || n != 0 {
				t.Error(n, err)
			}
			marks, err := store.List[string](ctx, d.DB, everything, "SELECT mark FROM poll_ballot WHERE {scope}")
			for _, mark := range marks {
				if strings.Contains(mark, "anna") || strings.Contains(mark, "bela") || strings.Contains(mark, "lead") || len(mark) < 32 {
					t.Error(mark)
				}
			}
			if err != nil || len(marks) != 3 {
				t.Error(marks, err)
			}
			acts, err := store.List[struct{ Data string }](ctx, d.DB, everything, "SELECT data FROM event WHERE {scope} AND act = 'community.poll.voted' ORDER BY seq")
			if err != nil || len(acts) != 4 {
				t.Fatal(acts, err)
			}
			for _, a := range acts {
				if a != acts[0] {
					t.Error("the log tells votes apart:", acts)
				}
			}
		})
		t.Run("the database refuses a secret vote by name, and figures before the end", func(t *testing.T) {
			for _, query := range []string{
				"INSERT INTO poll_vote (topic, person, choice, secret) VALUES ($1, 'anna', 1, FALSE)",
				"INSERT INTO poll_vote (topic, person, choice, secret) VALUES ($1, 'anna', 1, TRUE)",
				"UPDATE poll SET results = 'voted' WHERE topic = $1",
			} {
				_, err := store.Write(ctx, d.DB, access.System("test"), func(tx *store.Tx) (store.Event, error) {
					_, err := tx.Exec(ctx, query, o.ID)
					return store.Event{Act: "test.prepared"}, err
				})
				if !store.Refused(err) {
					t.Error(query, err)
				}
			}
		})
		t.Run("over, its ballots are counted and deleted, and the figures stay", func(t *testing.T) {
			over(t, d, o)
			for range 2 {
				if got, sees := figures(t, d, bela, o); !sees || !same(got, []int{1, 0, 2}) {
					t.Error(got, sees)
				}
				if err := d.SettlePolls(ctx, nil); err != nil {
					t.Fatal(err)
				}
				n, err := store.Get[int](ctx, d.DB, everything, "SELECT COUNT(*) FROM poll_ballot WHERE {scope}")
				if err != nil || n != 0 {
					t.Error(n, err)
				}
			}
		})
		t.Run("in which two have voted tells no figures", func(t *testing.T) {
			few := polled(t, d, discussion.PollDraft{Secret: true})
			vote(t, d, anna, few, 1)
			vote(t, d, bela, few, 1)
			over(t, d, few)
			if got, sees := figures(t, d, anna, few); sees || !same(got, []int{0, 0, 0}) {
				t.Error(got, sees)
			}
		})
	})
}

func TestWhoPutsAPollAndWithWhat(t *testing.T) {
	each(t, func(t *testing.T, d *discussion.Discussion) {
		o := open(t, d, anna, "cyber", asked())
		good := discussion.PollDraft{Choices: []string{" Bern ", "", "Wien"}, Results: discussion.AtEnd, Until: time.Now().Add(time.Hour)}
		for field, change := range map[string]func(*discussion.PollDraft){
			"choices": func(d *discussion.PollDraft) { d.Choices = []string{"Bern", "  "} },
			"until":   func(d *discussion.PollDraft) { d.Until = time.Now().Add(-time.Hour) },
			"results": func(d *discussion.PollDraft) { d.Results = "now" },
		} {
			bad := good
			change(&bad)
			var wrong discussion.Invalid
			if err := d.AddPoll(ctx, anna, o.ID, bad); !errors.As(err, &wrong) || wrong[field] == "" {
				t.Error(field, err)
			}
		}
		for _, choices := range [][]string{{"Bern", "bern"}, {"Bern", strings.Repeat("x", 201)}, strings.Split(strings.Repeat("x ", 11), " ")} {
			bad := good
			bad.Choices = choices
			var wrong discussion.Invalid
			if err := d.AddPoll(ctx, anna, o.ID, bad); !errors.As(err, &wrong) || wrong["choices"] == "" {
				t.Error(choices, err)
			}
		}
		if err := d.AddPoll(ctx, bela, o.ID, good); !errors.Is(err, discussion.ErrForbidden) {
			t.Error("another member:", err)
		}
		if err := d.AddPoll(ctx, lead, o.ID, good); err != nil {
			t.Fatal(err)
		}
		var not discussion.Impossible
		if err := d.AddPoll(ctx, anna, o.ID, good); !errors.As(err, &not) {
			t.Error("a second:", err)
		}
		if err := d.RemovePoll(ctx, bela, o.ID); !errors.Is(err, discussion.ErrForbidden) {
			t.Error(err)
		}
		if err := d.RemovePoll(ctx, anna, o.ID); err != nil {
			t.Error(err)
		}
		if err := d.AddPoll(ctx, anna, o.ID, good); err != nil {
			t.Fatal(err)
		}
		vote(t, d, bela, o, 2)
		if err := d.RemovePoll(ctx, anna, o.ID); !errors.As(err, &not) {
			t.Error("voted in:", err)
		}
		if _, sees := figures(t, d, bela, o); sees {
			t.Error("figures before the end")
		}
		if err := d.EndPoll(ctx, anna, o.ID); err != nil {
			t.Fatal(err)
		}
		if got, sees := figures(t, d, anna, o); !sees || !same(got, []int{0, 1}) {
			t.Error(got, sees)
		}
	})
}
