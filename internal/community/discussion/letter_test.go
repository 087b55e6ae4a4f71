package discussion_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"polis/internal/community/discussion"
	"polis/internal/mail"
	"polis/internal/store"
)

// sent writes the letters that wait, as they leave, and takes them out of the queue.
func sent(t *testing.T, d *discussion.Discussion) (letters []mail.Letter) {
	t.Helper()
	list, err := store.List[struct{ ID, Recipient, Kind, Object string }](ctx, d.DB, store.Everything("test"), "SELECT id, recipient, kind, object FROM letter WHERE {scope} AND stage = 'waiting' ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	finish := d.Finish(func(_ context.Context, l mail.Letter) (mail.Letter, error) { return l, nil })
	for _, h := range list {
		l, err := finish(ctx, mail.Letter{To: h.Recipient, Kind: h.Kind, Object: h.Object})
		if err == nil {
			letters = append(letters, l)
		} else if !errors.Is(err, mail.ErrDropped) {
			t.Fatal(h.Kind, err)
		}
		if _, err := store.Upkeep(ctx, d.DB, "UPDATE letter SET stage = 'sent' WHERE id = $1", h.ID); err != nil {
			t.Fatal(err)
		}
	}
	return letters
}

// one is the only letter that leaves, of that kind and to her; said is all it tells.
func one(t *testing.T, d *discussion.Discussion, to, kind string) (l mail.Letter, said string) {
	t.Helper()
	letters := sent(t, d)
	if len(letters) != 1 || letters[0].To != to || letters[0].Kind != "topic.letter."+kind {
		t.Fatalf("%s, of kind %q: %+v", to, kind, letters)
	}
	l = letters[0]
	all := []string{l.Path, l.Args["group"], l.Args["day"]}
	for _, w := range l.Words {
		all = append(all, w.Text)
	}
	for _, x := range l.Lines {
		all = append(all, x.Under, x.Text, x.Path)
	}
	return l, strings.Join(all, "\n")
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func lettersSay(t *testing.T, d *discussion.Discussion) {
	t.Helper()
	exec(t, d, "UPDATE circle SET mails = TRUE WHERE id = 'cyber'")
}

func TestAnAuthorIsWrittenToWhenHerPostIsHiddenAndHerAppealDecided(t *testing.T) {
	each(t, func(t *testing.T, d *discussion.Discussion) {
		o := open(t, d, anna, "cyber", asked())
		p := write(t, d, bela, o.ID, "Etwas, das nicht geht.")
		must(t, d.Hide(ctx, lead, p.ID, "Es nennt eine Person."))
		l, said := one(t, d, "bela", "hidden")
		if l.Path != p.Path()+"/about" || strings.Contains(said, "cyber") || strings.Contains(said, "Person") || strings.Contains(said, o.Title) {
			t.Errorf("a closed group's letter tells: %s", said)
		}
		lettersSay(t, d)
		must(t, d.Appeal(ctx, bela, p.ID, "Sie ist öffentlich bekannt."))
		must(t, d.Decide(ctx, keeper, p.ID, false, "Auch dann nicht."))
		if _, said := one(t, d, "bela", "upheld"); !strings.Contains(said, "Auch dann nicht.") || !strings.Contains(said, o.Title) || !strings.Contains(said, "cyber") {
			t.Error(said)
		}
		must(t, d.Show(ctx, lead, p.ID))
		one(t, d, "bela", "shown")
		must(t, d.Hide(ctx, lead, p.ID, "Doch nicht."))
		if _, said := one(t, d, "bela", "hidden"); !strings.Contains(said, "Doch nicht.") {
			t.Error(said)
		}
		must(t, d.Appeal(ctx, bela, p.ID, "Noch einmal."))
		must(t, d.Decide(ctx, keeper, p.ID, true, "Sie haben recht."))
		if _, said := one(t, d, "bela", "shown"); !strings.Contains(said, "Sie haben recht.") {
			t.Error(said)
		}
	})
}

func TestALetterAboutAPostLeavesOnlyWhileItIsTrue(t *testing.T) {
	each(t, func(t *testing.T, d *discussion.Discussion) {
		o := open(t, d, anna, "cyber", asked())
		p := write(t, d, bela, o.ID, "Etwas.")
		must(t, d.Hide(ctx, lead, p.ID, "Nein."))
		must(t, d.Show(ctx, lead, p.ID))
		one(t, d, "bela", "shown") // nothing is hidden any more
		for range 2 {
			must(t, d.Hide(ctx, lead, p.ID, "Nein."))
			must(t, d.Show(ctx, lead, p.ID))
		}
		one(t, d, "bela", "shown")
		own := write(t, d, lead, o.ID, "Von mir.")
		must(t, d.Hide(ctx, lead, own.ID, "Verschrieben."))
		if got := sent(t, d); len(got) > 0 {
			t.Error("she hid her own:", got)
		}
		must(t, d.Hide(ctx, lead, p.ID, "Nein."))
		exec(t, d, "DELETE FROM membership WHERE person = 'bela' AND grp = 'cyber'")
		if got := sent(t, d); len(got) > 0 {
			t.Error("who was expelled reads of it:", got)
		}
	})
}

func TestAnAuthorIsWrittenToWhenSheIsWarnedOrSilenced(t *testing.T) {
	each(t, func(t *testing.T, d *discussion.Discussion) {
		lettersSay(t, d)
		o := open(t, d, anna, "cyber", asked())
		p := write(t, d, bela, o.ID, "Etwas.")
		must(t, d.Warn(ctx, lead, p.ID, "Bitte sachlich."))
		if _, said := one(t, d, "bela", "warned"); !strings.Contains(said, "Bitte sachlich.") {
			t.Error(said)
		}
		until := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 14)
		must(t, d.Silence(ctx, lead, p.ID, until, "Es reicht."))
		if l, said := one(t, d, "bela", "silenced"); !strings.Contains(said, "Es reicht.") || l.Args["day"] != until.Format(time.DateOnly) {
			t.Error(said)
		}
		must(t, d.Silence(ctx, lead, p.ID, until, "Es reicht."))
		exec(t, d, "UPDATE membership SET silent = 0 WHERE person = 'bela' AND grp = 'cyber'")
		if got := sent(t, d); len(got) > 0 {
			t.Error("it is over:", got)
		}
	})
}

func TestWhoRunsAGroupIsWrittenToOnceADayWhileSomethingWaits(t *testing.T) {
	each(t, func(t *testing.T, d *discussion.Discussion) {
		exec(t, d, `INSERT INTO role_grant (id, person, role, acts_for, body, by_whom, since, until, ended, ended_by, reason)
			VALUES ('r-keeper', 'keeper', 'moderator', '', '', 'test', $1, 0, 0, '', '')`, time.Now())
		remind := func(at time.Time, want int) {
			t.Helper()
			if n, err := d.Remind(ctx, at); err != nil || n != want {
				t.Fatalf("%d letters, not %d (%v)", n, want, err)
			}
		}
		now := time.Now()
		remind(now, 0)
		o := open(t, d, anna, "cyber", asked())
		p := write(t, d, bela, o.ID, "Etwas.")
		must(t, d.Report(ctx, anna, p.ID, "insult", ""))
		remind(now, 1)
		remind(now.Add(time.Hour), 0)
		if l, said := one(t, d, "lead", "queue"); strings.Contains(said, "cyber") || l.Path != "/groups" {
			t.Errorf("a closed group is named: %s", said)
		}
		remind(now.Add(25*time.Hour), 1)
		must(t, d.Dismiss(ctx, lead, p.ID))
		if got := sent(t, d); len(got) > 0 {
			t.Error("nothing waits any more:", got)
		}
		must(t, d.Hide(ctx, lead, p.ID, "Nein."))
		must(t, d.Appeal(ctx, bela, p.ID, "Doch."))
		sent(t, d)
		remind(now.Add(50*time.Hour), 1)
		l, _ := one(t, d, "keeper", "queue")
		if l.Path != "/topics/appeals" || len(l.Lines) != 1 {
			t.Errorf("%+v", l)
		}
		lettersSay(t, d)
		must(t, d.Report(ctx, anna, write(t, d, bela, o.ID, "Noch etwas.").ID, "insult", ""))
		remind(now.Add(75*time.Hour), 2)
		for _, l := range sent(t, d) {
			if l.To == "lead" && (l.Lines[0].Under != "cyber" || l.Path != "/groups/cyber/queue") {
				t.Errorf("%+v", l)
			}
		}
	})
}
