package discussion_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/community/discussion"
	"polis/internal/lang"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

var ctx = context.Background()

// Those of the tests: a facilitator, two members, a keeper of groups and people outside.
var (
	lead   = access.Act("lead", access.MemberRole, "KG", "", "cyber")
	anna   = access.Act("anna", access.MemberRole, "KG", "", "cyber")
	bela   = access.Act("bela", access.MemberRole, "KG", "", "cyber")
	keeper = access.Act("keeper", access.Moderator, "", "")
	other  = access.Act("other", access.MemberRole, "TJ", "")
	nobody = access.Subject{}
)

// each opens the room on both engines: with the closed group "cyber", the open group
// "open" and the group "officials", of which lead, anna and bela are members.
func each(t *testing.T, fn func(t *testing.T, d *discussion.Discussion)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) { fn(t, furnished(t, db)) })
}

func furnished(t testing.TB, db *store.DB) *discussion.Discussion {
	t.Helper()
	now := time.Now()
	run(t, db, func(tx *store.Tx) error {
		for _, id := range []string{"lead", "anna", "bela", "keeper", "other"} {
			_, err := tx.Exec(ctx, `
				INSERT INTO person (id, email, name, acts_for, body, lang, secret, confirmed, seen, signed_out, blocked, erased, warned, warned_again, rev, created, updated, level, state, grp, owner)
				VALUES ($1, $2, $3, 'KG', '', 'en', '', $4, 0, 0, FALSE, FALSE, 0, 0, 1, $4, $4, 3, '', '', $1)`, id, id+"@example.org", strings.ToUpper(id[:1])+id[1:]+" Muster", now)
			if err != nil {
				return err
			}
			_, err = tx.Exec(ctx, `
				INSERT INTO vouching (id, person, acts_for, body, trust, by_whom, since, until, ended, ended_by, reason, level, state, grp, owner)
				VALUES ($1, $2, 'KG', '', 2, 'test', $3, $4, 0, '', '', 2, 'KG', '', $2)`, "v-"+id, id, now, now.AddDate(1, 0, 0))
			if err != nil {
				return err
			}
		}
		return nil
	})
	keepGroups(t, db)
	return &discussion.Discussion{DB: db}
}

func keepGroups(t testing.TB, db *store.DB) {
	t.Helper()
	run(t, db, func(tx *store.Tx) error {
		for id, g := range map[string]struct {
			kind  string
			level int
		}{"cyber": {"closed", 3}, "open": {"open", 0}, "officials": {"members", 2}} {
			if _, err := tx.Exec(ctx, `
				INSERT INTO circle (id, name, about, rev, created, updated, ended, kind, level, state, grp, owner) VALUES ($1, $1, '', 1, $2, $2, 0, $3, $4, '', $1, '')`,
				id, tx.Now(), g.kind, g.level); err != nil {
				return err
			}
			for _, who := range []string{"lead", "anna", "bela"} {
				if _, err := tx.Exec(ctx, "INSERT INTO membership (grp, person, vouching, by_whom, since, facilitates) VALUES ($1, $2, $3, 'test', $4, $5)", id, who, "v-"+who, tx.Now(), who == "lead"); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// run writes rows that the room has no function for.
func run(t testing.TB, db *store.DB, fn func(tx *store.Tx) error) {
	t.Helper()
	_, err := store.Write(ctx, db, access.System("test"), func(tx *store.Tx) (store.Event, error) {
		return store.Event{Act: "test.prepared"}, fn(tx)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func exec(t testing.TB, d *discussion.Discussion, query string, args ...any) {
	t.Helper()
	run(t, d.DB, func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, query, args...)
		if err == nil && n == 0 {
			t.Fatal("the statement touched nothing: ", query)
		}
		return err
	})
}

// asked is a question with all that it needs.
func asked() discussion.Draft {
	return discussion.Draft{Kind: discussion.Question, Title: "Wer hat ein Muster für die Vereinbarung?", Lang: lang.German, Body: "Wir suchen **eins**.", Themes: []string{"cybercrime"}}
}

func open(t testing.TB, d *discussion.Discussion, who access.Subject, group string, draft discussion.Draft) discussion.Topic {
	t.Helper()
	id, err := d.Open(ctx, who, group, draft)
	if err != nil {
		t.Fatal(err)
	}
	return topic(t, d, who, id)
}

func topic(t testing.TB, d *discussion.Discussion, who access.Subject, id string) discussion.Topic {
	t.Helper()
	o, err := d.Topic(ctx, who, id)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func write(t testing.TB, d *discussion.Discussion, who access.Subject, id, body string) discussion.Post {
	t.Helper()
	p, err := d.Write(ctx, who, id, discussion.Draft{Lang: lang.German, Body: body})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func post(t testing.TB, d *discussion.Discussion, who access.Subject, id string) discussion.Post {
	t.Helper()
	p, err := d.Post(ctx, who, id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func bodies(t testing.TB, d *discussion.Discussion, who access.Subject, o discussion.Topic) (list []string) {
	t.Helper()
	posts, err := d.Posts(ctx, who, o, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range posts {
		list = append(list, p.Body)
	}
	return list
}

// says is the key of the sentence by which it did not go, or the error.
func says(err error) string {
	var not discussion.Impossible
	var wrong discussion.Invalid
	switch {
	case errors.As(err, &not):
		if !lang.Has(not.Key) {
			return "no sentence says " + not.Key
		}
		return not.Key
	case errors.As(err, &wrong):
		for _, key := range wrong {
			if !lang.Has(key) {
				return "no sentence says " + key
			}
			return key
		}
	case err == nil:
		return ""
	}
	return err.Error()
}

func TestAQuestionIsAskedAndAnswered(t *testing.T) {
	each(t, func(t *testing.T, d *discussion.Discussion) {
		o := open(t, d, anna, "cyber", asked())
		if o.Posts != 1 || o.Label != (access.Label{Level: access.Closed, Group: "cyber"}) || len(o.Themes) != 1 || o.Answered {
			t.Errorf("%+v", o)
		}
		first := write(t, d, bela, o.ID, "Hier ist eins.")
		second := write(t, d, lead, o.ID, "Und hier.")
		if first.N != 2 || second.N != 3 || topic(t, d, anna, o.ID).Posts != 3 {
			t.Error(first.N, second.N)
		}
		t.Run("who asked accepts one answer, takes it back, and another in its place", func(t *testing.T) {
			for _, c := range []struct {
				who      access.Subject
				post     string
				on, want bool
			}{{anna, first.ID, true, true}, {lead, second.ID, true, true}, {anna, second.ID, false, false}, {anna, first.ID, true, true}} {
				if err := d.Accept(ctx, c.who, c.post, c.on); err != nil {
					t.Fatal(err)
				}
				if got := topic(t, d, anna, o.ID); got.Answered != c.want {
					t.Error(got.Answered)
				}
			}
			if a, err := d.Answer(ctx, anna.Scope(), o.ID); err != nil || a.ID != first.ID {
				t.Error(a.ID, err)
			}
			if err := d.Accept(ctx, bela, second.ID, true); !errors.Is(err, discussion.ErrForbidden) {
				t.Error("another member:", err)
			}
			posts, _ := d.Posts(ctx, anna, o, 1)
			if err := d.Accept(ctx, anna, posts[0].ID, true); says(err) != "topic.impossible.answer" {
				t.Error("the question itself:", err)
			}
		})
		t.Run("a hidden answer answers no more", func(t *testing.T) {
			if err := d.Hide(ctx, lead, first.ID, "Es nennt jemanden."); err != nil {
				t.Fatal(err)
			}
			if got := topic(t, d, anna, o.ID); got.Answered || got.Posts != 2 {
				t.Errorf("%+v", got)
			}
		})
	})
}

func TestNothingIsReadThatTheGroupDoesNotRead(t *testing.T) {
	each(t, func(t *testing.T, d *discussion.Discussion) {
		reads := map[string][]access.Subject{"cyber": {lead, anna, bela}, "officials": {lead, anna, bela, other, keeper}, "open": {lead, anna, bela, other, keeper, nobody}}
		everybody := []access.Subject{lead, anna, bela, other, keeper, nobody}
		topics := map[string]discussion.Topic{}
		for group := range reads {
			topics[group] = open(t, d, anna, group, asked())
			write(t, d, anna, topics[group].ID, "Noch etwas aus "+group)
		}
		for group, o := range topics {
			for _, who := range everybody {
				_, may := who.Scope().Allows(o.Label)
				if want := contains(reads[group], who.ID); may != want {
					t.Fatalf("the test is wrong about %q in %s", who.ID, group)
				}
				_, err := d.Topic(ctx, who, o.ID)
				posts, _ := d.Posts(ctx, who, o, 1)
				pages, _ := d.Pages(ctx, who.Scope(), o.ID)
				f := discussion.TopicFilter{Group: group, Open: true, Theme: "cybercrime", Words: "muster verein"}
				n, _ := d.CountTopics(ctx, who.Scope(), f, discussion.MostCounted)
				list, _, _ := d.Topics(ctx, who.Scope(), f, discussion.Place{}, 9)
				waits, _, _ := d.Unanswered(ctx, who.Scope(), discussion.TopicFilter{Group: group}, time.Now().Add(time.Hour), discussion.Place{}, 9)
				similar, _ := d.Similar(ctx, who.Scope(), o.Title, "", 9)
				found := false
				for _, s := range similar {
					found = found || s.Group == group
				}
				if (err == nil) != may || (len(posts) == 2) != may || (pages == 1) != true || (n == 1) != may || (len(list) == 1) != may || (len(waits) == 1) != may || found != may {
					t.Errorf("%q in %s, may %v: %v, %d posts, %d counted, %d listed, %d wait, similar %v", who.ID, group, may, err, len(posts), n, len(list), len(waits), found)
				}
				if !may && !errors.Is(err, store.ErrNotFound) {
					t.Error(err)
				}
			}
		}
	})
}

func contains(list []access.Subject, id string) bool {
	for _, s := range list {
		if s.ID == id {
			return true
		}
	}
	return false
}

func TestWhoWrites(t *testing.T) {
	each(t, func(t *testing.T, d *discussion.Discussion) {
		o := open(t, d, anna, "open", asked())
		body := discussion.Draft{Lang: lang.German, Body: "Ein Wort."}
		t.Run("nobody but members", func(t *testing.T) {
			for _, who := range []access.Subject{other, nobody, keeper} {
				if _, err := d.Write(ctx, who, o.ID, body); says(err) != "topic.impossible.member" {
					t.Errorf("%q: %v", who.ID, err)
				}
				if _, err := d.Open(ctx, who, "open", asked()); says(err) != "topic.impossible.member" {
					t.Errorf("%q: %v", who.ID, err)
				}
			}
		})
		t.Run("a program that changes nothing does not", func(t *testing.T) {
			if _, err := d.Write(ctx, bela.Within(access.Closed, false), o.ID, body); err == nil {
				t.Error("it wrote")
			}
		})
		t.Run("one who is silent until a day reads and does not write", func(t *testing.T) {
			p := write(t, d, bela, o.ID, "Laut!")
			until := time.Now().AddDate(0, 0, 7)
			if err := d.Silence(ctx, anna, p.ID, until, "Leiser."); !errors.Is(err, discussion.ErrForbidden) {
				t.Error("a member silenced another:", err)
			}
			if err := d.Silence(ctx, lead, p.ID, until, "Leiser."); err != nil {
				t.Fatal(err)
			}
			if _, err := d.Write(ctx, bela, o.ID, body); says(err) != "topic.impossible.silent" {
				t.Error(err)
			}
			told, err := d.Told(ctx, bela, []discussion.Post{p})
			if err != nil || len(told[p.ID]) != 1 || told[p.ID][0].Answer != "Leiser." {
				t.Error(told, err)
			}
			if told, _ := d.Told(ctx, anna, []discussion.Post{p}); len(told) > 0 {
				t.Error("others are told too")
			}
		})
		t.Run("in a locked topic nobody", func(t *testing.T) {
			if err := d.Lock(ctx, anna, o.ID, true); !errors.Is(err, discussion.ErrForbidden) {
				t.Error(err)
			}
			if err := d.Lock(ctx, lead, o.ID, true); err != nil {
				t.Fatal(err)
			}
			for _, who := range []access.Subject{anna, lead} {
				if _, err := d.Write(ctx, who, o.ID, body); says(err) != "topic.impossible.locked" {
					t.Error(err)
				}
			}
			if err := d.Lock(ctx, lead, o.ID, false); err != nil {
				t.Fatal(err)
			}
			write(t, d, anna, o.ID, "Wieder offen.")
		})
		t.Run("in a group that has ended nobody, and all read on", func(t *testing.T) {
			exec(t, d, "UPDATE circle SET ended = $1 WHERE id = 'open'", time.Now())
			if _, err := d.Write(ctx, anna, o.ID, body); says(err) != "topic.impossible.ended" {
				t.Error(err)
			}
			if len(bodies(t, d, nobody, o)) < 3 {
				t.Error("it is read no more")
			}
		})
	})
}

func TestAMemberWhoIsExpelledWhileWritingKeepsHerDraft(t *testing.T) {
	each(t, func(t *testing.T, d *discussion.Discussion) {
		o := open(t, d, anna, "cyber", asked())
		place := "topic " + o.ID
		draft := discussion.Draft{Lang: lang.German, Body: "Ich schreibe gerade."}
		if err := d.Keep(ctx, bela, place, draft); err != nil {
			t.Fatal(err)
		}
		if err := account.Dismiss(ctx, d.DB, keeper, "cyber", "bela"); err != nil {
			t.Fatal(err)
		}
		expelled := access.Act("bela", access.MemberRole, "KG", "")
		if _, err := d.Write(ctx, expelled, o.ID, draft); !errors.Is(err, store.ErrNotFound) {
			t.Error(err)
		}
		k, ok, err := d.Draft(ctx, expelled, place)
		if err != nil || !ok || k.Draft.Body != draft.Body {
			t.Error(k, ok, err)
		}
		if _, ok, _ := d.Draft(ctx, anna, place); ok {
			t.Error("somebody else has her draft")
		}
		if got := topic(t, d, anna, o.ID); got.Posts != 1 {
			t.Error("it was posted")
		}
		t.Run("with the subject of before too", func(t *testing.T) {
			if _, err := d.Write(ctx, bela, o.ID, draft); says(err) != "topic.impossible.member" {
				t.Error(err)
			}
		})
	})
}

func TestWhatIsHeldWaitsForWhoRunsTheGroup(t *testing.T) {
	each(t, func(t *testing.T, d *discussion.Discussion) {
		exec(t, d, "UPDATE circle SET holds = TRUE WHERE id = 'officials'")
		id, err := d.Open(ctx, anna, "officials", asked())
		if err != nil {
			t.Fatal(err)
		}
		for _, who := range []access.Subject{bela, other, nobody} {
			if _, err := d.Topic(ctx, who, id); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%q reads it: %v", who.ID, err)
			}
		}
		held := topic(t, d, anna, id)
		queue, err := d.Queue(ctx, lead, "officials", 9)
		if err != nil || len(queue) != 1 || queue[0].Title != held.Title || held.Posts != 0 {
			t.Fatal(queue, err)
		}
		for _, who := range []access.Subject{anna, bela, other} {
			if queue, _ := d.Queue(ctx, who, "officials", 9); len(queue) > 0 {
				t.Errorf("%q sees the queue", who.ID)
			}
			if err := d.Show(ctx, who, queue[0].Post.ID); err == nil {
				t.Errorf("%q let it through", who.ID)
			}
		}
		if err := d.Show(ctx, lead, queue[0].Post.ID); err != nil {
			t.Fatal(err)
		}
		if got := topic(t, d, bela, id); got.Posts != 1 {
			t.Errorf("%+v", got)
		}
		if p := write(t, d, anna, id, "Der zweite."); p.Stage != discussion.Shown {
			t.Error("the second waits too")
		}
		if p := write(t, d, bela, id, "Mein erster."); p.Stage != discussion.Held || topic(t, d, anna, id).Posts != 2 || len(bodies(t, d, anna, held)) != 2 || len(bodies(t, d, lead, held)) != 3 {
			t.Error(p.Stage)
		}
	})
}

func TestAHiddenPostAndItsAppeal(t *testing.T) {
	each(t, func(t *testing.T, d *discussion.Discussion) {
		o := open(t, d, anna, "cyber", asked())
		p := write(t, d, bela, o.ID, "Etwas, das nicht geht.")
		if err := d.Report(ctx, anna, p.ID, "insult", "Frech."); err != nil {
			t.Fatal(err)
		}
		if err := d.Report(ctx, anna, p.ID, "insult", "Frech."); err != nil {
			t.Error("told twice:", err)
		}
		if n, _ := d.CountQueue(ctx, lead, "cyber"); n != 1 {
			t.Error(n)
		}
		for _, who := range []access.Subject{bela, other} {
			if err := d.Hide(ctx, who, p.ID, "x"); err == nil {
				t.Errorf("%q hid it", who.ID)
			}
		}
		if err := d.Hide(ctx, lead, p.ID, " "); says(err) != "topic.error.words" {
			t.Error(err)
		}
		if err := d.Hide(ctx, lead, p.ID, "Es beleidigt."); err != nil {
			t.Fatal(err)
		}
		if got := post(t, d, anna, p.ID); got.Body != "" || got.Reason != "" || got.Stage != discussion.Hidden {
			t.Errorf("others read it: %+v", got)
		}
		if got := post(t, d, bela, p.ID); got.Body == "" || got.Reason != "Es beleidigt." {
			t.Errorf("its author does not: %+v", got)
		}
		if n, _ := d.CountQueue(ctx, lead, "cyber"); n != 0 {
			t.Error("the report waits on:", n)
		}
		if err := d.Appeal(ctx, anna, p.ID, "Für sie."); err == nil {
			t.Error("somebody else appealed")
		}
		if err := d.Appeal(ctx, bela, p.ID, "Es beleidigt niemanden."); err != nil {
			t.Fatal(err)
		}
		if err := d.Appeal(ctx, bela, p.ID, "Noch einmal."); says(err) != "topic.impossible.appealed" {
			t.Error(err)
		}
		for _, who := range []access.Subject{lead, bela, anna, other} {
			if err := d.Decide(ctx, who, p.ID, true, ""); err == nil {
				t.Errorf("%q decided", who.ID)
			}
		}
		list, err := d.Appeals(ctx, keeper, "")
		if err != nil || len(list) != 1 || list[0].Body != "Etwas, das nicht geht." {
			t.Fatal(list, err)
		}
		if list, _ := d.Appeals(ctx, lead, "cyber"); len(list) > 0 {
			t.Error("who hid it is asked")
		}
		if err := d.Decide(ctx, keeper, p.ID, false, ""); says(err) != "topic.error.words" {
			t.Error(err)
		}
		if err := d.Decide(ctx, keeper, p.ID, true, ""); err != nil {
			t.Fatal(err)
		}
		if got := post(t, d, anna, p.ID); got.Body == "" || topic(t, d, anna, o.ID).Posts != 2 {
			t.Errorf("%+v", got)
		}
		t.Run("hidden with the first post the topic is gone for others", func(t *testing.T) {
			posts, _ := d.Posts(ctx, anna, o, 1)
			if err := d.Hide(ctx, lead, posts[0].ID, "Falsche Gruppe."); err != nil {
				t.Fatal(err)
			}
			if _, err := d.Topic(ctx, bela, o.ID); !errors.Is(err, store.ErrNotFound) {
				t.Error(err)
			}
			if _, err := d.Post(ctx, bela, p.ID); !errors.Is(err, store.ErrNotFound) {
				t.Error("its other posts are read on:", err)
			}
			topic(t, d, anna, o.ID)
		})
	})
}

func TestAPostIsChangedAndTakenAway(t *testing.T) {
	each(t, func(t *testing.T, d *discussion.Discussion) {
		o := open(t, d, anna, "open", asked())
		p := write(t, d, bela, o.ID, "Hier ist eins.")
		edit := func(who access.Subject, rev int64, body string) error {
			return d.Edit(ctx, who, p.ID, rev, discussion.Draft{Lang: lang.German, Body: body})
		}
		if err := edit(anna, p.Rev, "x"); !errors.Is(err, discussion.ErrForbidden) {
			t.Error(err)
		}
		if err := edit(bela, p.Rev, "Hier liegt eins."); err != nil {
			t.Fatal(err)
		}
		var stale discussion.Stale
		if err := edit(bela, p.Rev, "Anders."); !errors.As(err, &stale) || stale.Rev != p.Rev+1 {
			t.Error(err)
		}
		changes, err := d.History(ctx, anna, post(t, d, anna, p.ID))
		if err != nil || len(changes) != 1 || changes[0].Body != "Hier ist eins." {
			t.Error(changes, err)
		}
		t.Run("the first changes the title, by whose words it is found then", func(t *testing.T) {
			posts, _ := d.Posts(ctx, anna, o, 1)
			again := asked()
			again.Title, again.ReviewBy = "Vorlage gesucht", "2020-01-01"
			if err := d.Edit(ctx, anna, posts[0].ID, posts[0].Rev, again); err != nil {
				t.Fatal(err)
			}
			if n, _ := d.CountTopics(ctx, nobody.Scope(), discussion.TopicFilter{Words: "vorlage"}, discussion.MostCounted); n != 1 {
				t.Error(n)
			}
			if n, _ := d.CountTopics(ctx, nobody.Scope(), discussion.TopicFilter{Words: "muster"}, discussion.MostCounted); n != 0 {
				t.Error(n)
			}
			late, err := d.Overdue(ctx, nobody.Scope(), "open", time.Now(), 9)
			if err != nil || len(late) != 1 || !late[0].Overdue(time.Now()) {
				t.Error(late, err)
			}
		})
		t.Run("taken away nothing is left of its words", func(t *testing.T) {
			if err := d.Remove(ctx, lead, p.ID); !errors.Is(err, discussion.ErrForbidden) {
				t.Error(err)
			}
			if err := d.Remove(ctx, bela, p.ID); err != nil {
				t.Fatal(err)
			}
			got := post(t, d, bela, p.ID)
			changes, err := d.History(ctx, bela, got)
			n, _ := store.Get[int](ctx, d.DB, access.System("test").Scope(), "SELECT COUNT(*) FROM post_edit WHERE {scope} AND post = $1", p.ID)
			if got.Body != "" || got.Stage != discussion.Gone || len(changes) > 0 || err != nil || n != 0 {
				t.Error(got, changes, n)
			}
			if err := d.Show(ctx, lead, p.ID); says(err) != "topic.impossible.gone" {
				t.Error(err)
			}
		})
	})
}

func TestBadInputIsNormal(t *testing.T) {
	each(t, func(t *testing.T, d *discussion.Discussion) {
		o := open(t, d, anna, "open", asked())
		for name, c := range map[string]struct {
			change func(*discussion.Draft)
			want   string
		}{
			"nothing":           {func(w *discussion.Draft) { w.Body = " \n" }, "topic.error.body"},
			"too much":          {func(w *discussion.Draft) { w.Body = strings.Repeat("ä", discussion.MaxBody/2+1) }, "topic.error.body.long"},
			"no title":          {func(w *discussion.Draft) { w.Title = "  " }, "topic.error.title"},
			"a long title":      {func(w *discussion.Draft) { w.Title = strings.Repeat("ä", 201) }, "topic.error.title.long"},
			"no kind":           {func(w *discussion.Draft) { w.Kind = "x" }, "topic.error.kind"},
			"no language":       {func(w *discussion.Draft) { w.Lang = "tlh" }, "topic.error.lang"},
			"a theme of ours":   {func(w *discussion.Draft) { w.Themes = []string{"x"} }, "topic.error.themes"},
			"no day":            {func(w *discussion.Draft) { w.ReviewBy = "tomorrow" }, "topic.error.review"},
			"a file of nowhere": {func(w *discussion.Draft) { w.Files = []string{"x"} }, "topic.error.file"},
		} {
			draft := asked()
			c.change(&draft)
			if _, err := d.Open(ctx, anna, "open", draft); says(err) != c.want {
				t.Errorf("%s: %v", name, err)
			}
		}
		t.Run("broken letters and NUL are mended", func(t *testing.T) {
			if p := write(t, d, bela, o.ID, "a\x00b\xff"); p.Body != "ab\uFFFD" {
				t.Errorf("%q", p.Body)
			}
		})
		t.Run("sent twice it is there once", func(t *testing.T) {
			a, b := write(t, d, bela, o.ID, "Zweimal."), write(t, d, bela, o.ID, "Zweimal.")
			if a.ID != b.ID {
				t.Error("it is there twice")
			}
			c := discussion.Draft{ID: store.NewID(), Lang: lang.German, Body: "Per Post.", Way: "mail"}
			for range 2 {
				if p, err := d.Write(ctx, bela, o.ID, c); err != nil || p.ID != c.ID {
					t.Error(p.ID, err)
				}
			}
			if _, err := d.Write(ctx, anna, o.ID, c); !errors.Is(err, discussion.ErrForbidden) {
				t.Error("under another's id:", err)
			}
		})
		t.Run("nobody writes faster than others read", func(t *testing.T) {
			var err error
			for i := range 20 {
				if _, err = d.Write(ctx, lead, o.ID, discussion.Draft{Lang: lang.German, Body: fmt.Sprint("Nummer ", i)}); err != nil {
					if i != discussion.MaxPace {
						t.Error("after", i)
					}
					break
				}
			}
			if says(err) != "topic.impossible.pace" {
				t.Error(err)
			}
		})
	})
}

func TestMentions(t *testing.T) {
	each(t, func(t *testing.T, d *discussion.Discussion) {
		o := open(t, d, anna, "cyber", asked())
		p := write(t, d, anna, o.ID, "Danke @Bela Muster, @other und x@Lead Muster! @{other} @{lead}")
		if want := "Danke @{bela}, @other und x@Lead Muster! @ {other} @{lead}"; p.Body != want {
			t.Errorf("%q", p.Body)
		}
		rows, err := store.List[string](ctx, d.DB, access.System("test").Scope(), "SELECT person FROM post_mention WHERE {scope} AND post = $1 ORDER BY person", p.ID)
		if err != nil || fmt.Sprint(rows) != "[bela lead]" {
			t.Error(rows, err)
		}
		if unheard, err := d.Unheard(ctx, "cyber", "@Bela Muster @Karl"); err != nil || fmt.Sprint(unheard) != "[Karl]" {
			t.Error(unheard, err)
		}
		t.Run("not more than ten of them", func(t *testing.T) {
			run(t, d.DB, func(tx *store.Tx) error {
				for i := range 11 {
					id := fmt.Sprintf("m%02d", i)
					if _, err := tx.Exec(ctx, `
						INSERT INTO person (id, email, name, acts_for, body, lang, secret, confirmed, seen, signed_out, blocked, erased, warned, warned_again, rev, created, updated, level, state, grp, owner)
						SELECT $1, $1 || '@example.org', $1, acts_for, body, lang, secret, confirmed, seen, signed_out, blocked, erased, warned, warned_again, rev, created, updated, level, state, grp, $1 FROM person WHERE id = 'bela'`, id); err != nil {
						return err
					}
					if _, err := tx.Exec(ctx, `
						INSERT INTO vouching (id, person, acts_for, body, trust, by_whom, since, until, ended, ended_by, reason, level, state, grp, owner)
						SELECT 'v-' || $1, $1, acts_for, body, trust, by_whom, since, until, ended, ended_by, reason, level, state, grp, $1 FROM vouching WHERE id = 'v-bela'`, id); err != nil {
						return err
					}
					if _, err := tx.Exec(ctx, "INSERT INTO membership (grp, person, vouching, by_whom, since) VALUES ('cyber', $1, 'v-' || $1, 'test', $2)", id, tx.Now()); err != nil {
						return err
					}
				}
				return nil
			})
			flood := ""
			for i := range 11 {
				flood += fmt.Sprintf("@m%02d ", i)
			}
			if _, err := d.Write(ctx, bela, o.ID, discussion.Draft{Lang: lang.German, Body: flood}); says(err) != "topic.error.mentions" {
				t.Error(err)
			}
			write(t, d, bela, o.ID, strings.TrimSuffix(flood, "@m10 "))
		})
	})
}

func TestReactionsAndWhoCanHelp(t *testing.T) {
	each(t, func(t *testing.T, d *discussion.Discussion) {
		o := open(t, d, anna, "open", asked())
		posts, _ := d.Posts(ctx, anna, o, 1)
		for _, who := range []access.Subject{bela, lead, bela} {
			if err := d.React(ctx, who, posts[0].ID, "help", true); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.React(ctx, anna, posts[0].ID, "useful", true); !errors.Is(err, discussion.ErrForbidden) {
			t.Error("of her own:", err)
		}
		if err := d.React(ctx, bela, posts[0].ID, "fire", true); says(err) != "topic.error.word" {
			t.Error(err)
		}
		if err := d.React(ctx, other, posts[0].ID, "help", true); says(err) != "topic.impossible.member" {
			t.Error(err)
		}
		said, err := d.Reactions(ctx, bela, posts)
		if err != nil || len(said[posts[0].ID]) != 1 || said[posts[0].ID][0].N != 2 || !said[posts[0].ID][0].Hers {
			t.Error(said, err)
		}
		if err := d.React(ctx, bela, posts[0].ID, "help", false); err != nil {
			t.Fatal(err)
		}
		if who, err := d.WhoHelps(ctx, nobody.Scope(), o.ID, 9); err != nil || fmt.Sprint(who) != "[lead]" {
			t.Error(who, err)
		}
	})
}

func TestALongTopicIsReadByPages(t *testing.T) {
	each(t, func(t *testing.T, d *discussion.Discussion) {
		o := open(t, d, anna, "open", asked())
		run(t, d.DB, func(tx *store.Tx) error {
			for n := 2; n <= 45; n++ {
				if _, err := tx.Exec(ctx, `
					INSERT INTO post (id, topic, n, author, lang, body, quotes, way, stage, reason, answer, edits, rev, created, updated, level, state, grp, owner)
					VALUES ($1, $2, $3, 'bela', 'de', $1, '', 'page', 'shown', '', FALSE, 0, 1, $4, $4, 0, '', 'open', '')`, fmt.Sprintf("p%02d", n), o.ID, n, tx.Now()); err != nil {
					return err
				}
			}
			return nil
		})
		if n, err := d.Pages(ctx, nobody.Scope(), o.ID); err != nil || n != 3 {
			t.Error(n, err)
		}
		posts, err := d.Posts(ctx, nobody, o, 3)
		if err != nil || len(posts) != 5 || posts[0].N != 41 || discussion.PageOf(41) != 3 || discussion.PageOf(40) != 2 {
			t.Error(len(posts), err)
		}
	})
}

func TestUnansweredQuestions(t *testing.T) {
	each(t, func(t *testing.T, d *discussion.Discussion) {
		three := time.Now().AddDate(0, 0, -3)
		wait := func(group string) discussion.Topic {
			o := open(t, d, anna, group, asked())
			exec(t, d, "UPDATE topic SET created = $2 WHERE id = $1", o.ID, three.Add(-time.Minute))
			return o
		}
		alone, told, locked, ended := wait("cyber"), wait("cyber"), wait("cyber"), wait("open")
		write(t, d, anna, alone.ID, "Niemand?")
		write(t, d, bela, told.ID, "Doch.")
		if err := d.Lock(ctx, lead, locked.ID, true); err != nil {
			t.Fatal(err)
		}
		exec(t, d, "UPDATE circle SET ended = $1 WHERE id = $2", time.Now(), ended.Group)
		exec(t, d, "UPDATE post SET created = created - 60000000 WHERE author = 'anna'")
		open(t, d, anna, "cyber", asked())
		list, more, err := d.Unanswered(ctx, anna.Scope(), discussion.TopicFilter{}, three, discussion.Place{}, 9)
		if err != nil || len(list) != 1 || list[0].ID != alone.ID || more != (discussion.Place{}) {
			t.Error(len(list), more, err)
		}
	})
}

func TestAttacksOnPosts(t *testing.T) {
	each(t, func(t *testing.T, d *discussion.Discussion) {
		o := open(t, d, anna, "cyber", asked())
		p := write(t, d, bela, o.ID, "Hier.")
		if err := d.Accept(ctx, anna, p.ID, true); err != nil {
			t.Fatal(err)
		}
		for name, query := range map[string]string{
			"open what is closed":      "UPDATE post SET level = 0 WHERE id = $1",
			"into another group":       "UPDATE post SET grp = 'open' WHERE id = $1",
			"make it hers":             "UPDATE post SET owner = 'bela' WHERE id = $1",
			"hide without a reason":    "UPDATE post SET answer = FALSE, stage = 'hidden' WHERE id = $1",
			"a hidden answer":          "UPDATE post SET stage = 'hidden', reason = 'x' WHERE id = $1",
			"words of what is gone":    "UPDATE post SET answer = FALSE, stage = 'gone' WHERE id = $1",
			"a second answer":          "INSERT INTO post SELECT 'x', topic, 9, author, lang, body, quotes, way, stage, reason, answer, edits, rev, created, updated, level, state, grp, owner FROM post WHERE id = $1",
			"the same place":           "INSERT INTO post SELECT 'x', topic, n, author, lang, body, quotes, way, stage, reason, FALSE, edits, rev, created, updated, level, state, grp, owner FROM post WHERE id = $1",
			"decide over her own word": "INSERT INTO post_hiding SELECT id, 1, author, 'lead', 'x', 1, 0, 'x', '', 1, 'lead', 'shown', '', 1, grp FROM post WHERE id = $1",
			"decide without an appeal": "INSERT INTO post_hiding SELECT id, 1, author, 'lead', 'x', 1, 0, '', '', 0, 'keeper', 'shown', '', 1, grp FROM post WHERE id = $1",
			"uphold without an answer": "INSERT INTO post_hiding SELECT id, 1, author, 'lead', 'x', 1, 0, 'x', '', 1, 'keeper', 'upheld', '', 1, grp FROM post WHERE id = $1",
			"a word of nobody":         "INSERT INTO post_reaction SELECT id, 'nobody', 'useful', 1 FROM post WHERE id = $1",
			"another word":             "INSERT INTO post_reaction SELECT id, 'anna', 'fire', 1 FROM post WHERE id = $1",
		} {
			_, err := store.Write(ctx, d.DB, access.System("attack"), func(tx *store.Tx) (store.Event, error) {
				n, err := tx.Exec(ctx, query, p.ID)
				if err == nil && n == 0 {
					t.Errorf("%s: the statement touched nothing", name)
				}
				return store.Event{Act: "test.attack"}, err
			})
			if !store.Refused(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
