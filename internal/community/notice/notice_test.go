package notice_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/community/discussion"
	"polis/internal/community/notice"
	"polis/internal/directory"
	"polis/internal/keyring"
	"polis/internal/lang"
	"polis/internal/mail"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

var (
	ctx    = context.Background()
	system = access.System("test")
)

// room is a group of each kind with Anna, Berta and Clara in them.
type room struct {
	*testing.T
	*notice.Notice
	talk                *discussion.Discussion
	anna, berta, clara  string
	closed, open, quiet string // ids of groups: letters of quiet, which is closed, may say nothing
}

func each(t *testing.T, fn func(r *room)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		keys, err := keyring.Open(t.TempDir(), "")
		r := &room{T: t, Notice: &notice.Notice{DB: db, Keys: keys}, talk: &discussion.Discussion{DB: db}}
		r.must(err)
		r.must(directory.Seed(ctx, db))
		r.must(account.WaiveSecondFactor(ctx, db, system))
		r.anna, r.berta, r.clara = r.person("Anna"), r.person("Berta"), r.person("Clara")
		r.closed, r.open, r.quiet = "closed", "open", "quiet"
		r.group(account.GroupDraft{ID: r.closed, Name: "Joint team", Kind: account.GroupClosed, Mails: true})
		r.group(account.GroupDraft{ID: r.open, Name: "Neighbourhood policing", Kind: account.GroupOpen, Mails: true})
		r.group(account.GroupDraft{ID: r.quiet, Name: "Operation Nightfall", Kind: account.GroupClosed})
		fn(r)
	})
}

func (r *room) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r *room) person(name string) string {
	r.Helper()
	p, err := account.Create(ctx, r.DB, system, account.New{
		Email: strings.ToLower(name) + "@polis.example", Name: name + " Test", Role: access.MemberRole, ActsFor: "KG", Lang: "en", Password: "correct horse battery staple",
	})
	r.must(err)
	return p.ID
}

func (r *room) group(d account.GroupDraft) {
	r.Helper()
	d.About, d.Lang = "About", "en"
	r.must(account.OpenGroup(ctx, r.DB, system, d))
	for _, p := range []string{r.anna, r.berta, r.clara} {
		r.must(account.Admit(ctx, r.DB, system, d.ID, p))
	}
}

// who is somebody with the rights of this moment.
func (r *room) who(id string) access.Subject {
	r.Helper()
	who, _, err := account.Subject(ctx, r.DB, id, account.TwoFactors)
	r.must(err)
	return who
}

func (r *room) topic(who, group, title, body string) string {
	r.Helper()
	id, err := r.talk.Open(ctx, r.who(who), group, discussion.Draft{Kind: discussion.Question, Title: title, Body: body, Lang: "en", Themes: []string{"drugs"}})
	r.must(err)
	return id
}

func (r *room) post(who, topic, body string) string {
	r.Helper()
	p, err := r.talk.Write(ctx, r.who(who), topic, discussion.Draft{Body: body, Lang: "en"})
	r.must(err)
	r.row("UPDATE post SET created = created - 100000000 WHERE id = $1", p.ID) // nobody here is held up for writing too fast
	return p.ID
}

// row changes a table as no room does.
func (r *room) row(query string, args ...any) {
	r.Helper()
	_, err := store.Write(ctx, r.DB, system, func(tx *store.Tx) (store.Event, error) {
		_, err := tx.Exec(ctx, query, args...)
		return store.Event{Act: "test.row", Quiet: true}, err
	})
	r.must(err)
}

// tell follows the log and puts what is due at a moment into the queue.
func (r *room) tell(now time.Time) int {
	r.Helper()
	r.must(r.CatchUp(ctx))
	n, err := r.Tell(ctx, now.Add(time.Second)) // the program's own clock goes on meanwhile
	r.must(err)
	return n
}

// gather looks after all whose digest is due, and returns how many get one.
func (r *room) gather(now time.Time) (letters int) {
	r.Helper()
	for {
		people, n, err := r.Gather(ctx, now)
		r.must(err)
		if letters += n; people == 0 {
			return letters
		}
	}
}

// held is a letter in the queue.
type held struct {
	ID, Recipient, Kind, Object string
	Args                        map[string]string `db:"args,json"`
}

// sent writes the letters that wait, as they leave, and takes them out of the queue.
func (r *room) sent() (letters []mail.Letter) {
	r.Helper()
	list, err := store.List[held](ctx, r.DB, store.Everything("test"), "SELECT id, recipient, kind, object, args FROM letter WHERE {scope} AND stage = 'waiting' AND kind LIKE 'notice.%' ORDER BY id")
	r.must(err)
	finish := r.Finish(func(_ context.Context, l mail.Letter) (mail.Letter, error) { return l, nil })
	for _, h := range list {
		l, err := finish(ctx, mail.Letter{To: h.Recipient, Kind: h.Kind, Object: h.Object, Args: h.Args})
		if err == nil {
			letters = append(letters, l)
		} else if !errors.Is(err, mail.ErrDropped) {
			r.Fatal(err)
		}
		_, err = store.Upkeep(ctx, r.DB, "UPDATE letter SET stage = 'sent' WHERE id = $1", h.ID)
		r.must(err)
	}
	return letters
}

// says is all that a letter's reader sees of others' words.
func says(l mail.Letter) string {
	p := lang.For(l.Lang)
	var args []any
	for k, v := range l.Args {
		args = append(args, k, v)
	}
	all := []string{p.T(l.Kind+".subject", args...), p.T(l.Kind+".text", args...), l.Path, l.Stop}
	for _, w := range l.Words {
		all = append(all, w.By, w.Text)
	}
	for _, x := range l.Lines {
		all = append(all, x.Under, x.Text, x.Path)
	}
	return strings.Join(all, "\n")
}

func to(letters []mail.Letter) (people []string) {
	for _, l := range letters {
		people = append(people, l.To)
	}
	slices.Sort(people)
	return people
}

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func TestWhoWroteInATopicIsToldAtOnce(t *testing.T) {
	each(t, func(r *room) {
		id := r.topic(r.anna, r.closed, "How is evidence handed over?", "Who **signs** for it?")
		if n := r.tell(time.Now()); n != 0 {
			r.Errorf("%d letters about a question in a group whose news come weekly", n)
		}
		r.post(r.berta, id, "The *prosecutor* does, see [the guide](https://polis.example/g).")
		if n := r.tell(time.Now()); n != 1 {
			r.Fatalf("%d letters, not one", n)
		}
		letters := r.sent()
		if got := to(letters); !slices.Equal(got, []string{r.anna}) {
			r.Fatalf("told: %v", got)
		}
		l := letters[0]
		want := "The prosecutor does, see the guide <https://polis.example/g>."
		if l.Path != "/topics/"+id || l.Thread != id || len(l.Words) != 1 || l.Words[0].By != "Berta Test" || l.Words[0].Text != want || !strings.Contains(says(l), "How is evidence handed over?") {
			r.Errorf("%+v", l)
		}
		if r.tell(time.Now()) != 0 || len(r.sent()) != 0 {
			r.Error("it is told twice")
		}
		r.post(r.clara, id, "In our State the police does.")
		r.post(r.clara, id, "Since 2019.")
		if r.tell(time.Now()) != 2 {
			r.Error("two were written before anybody was told: one letter each to Anna and Berta")
		}
		for _, l := range r.sent() {
			if len(l.Words) != 2 || l.Words[0].Text != "In our State the police does." {
				r.Errorf("%+v", l.Words)
			}
		}
	})
}

func TestWhoIsMentionedIsToldOnce(t *testing.T) {
	each(t, func(r *room) {
		id := r.topic(r.anna, r.closed, "Who knows the register?", "@Clara Test perhaps?")
		if r.tell(time.Now()); !slices.Equal(to(r.sent()), []string{r.clara}) {
			r.Error("Clara is mentioned and not told")
		}
		post := r.post(r.berta, id, "I do not.")
		r.tell(time.Now())
		r.sent()
		p, err := r.talk.Post(ctx, r.who(r.berta), post)
		r.must(err)
		r.must(r.talk.Edit(ctx, r.who(r.berta), post, p.Rev, discussion.Draft{Body: "I do not. @Clara Test?", Lang: "en"}))
		if r.tell(time.Now()); len(r.sent()) != 1 {
			r.Error("a change that mentions her is told to her alone")
		}
		r.must(r.Choose(ctx, r.who(r.clara), notice.Topic, id, notice.None))
		r.post(r.anna, id, "@Clara Test, please.")
		if r.tell(time.Now()); slices.Contains(to(r.sent()), r.clara) {
			r.Error("she asked not to be told of this topic")
		}
	})
}

func TestWhatSheMayNotReadAnyMoreIsInNoLetter(t *testing.T) {
	write := func(r *room) string {
		id := r.topic(r.anna, r.closed, "Evidence", "Who?")
		r.tell(time.Now())
		r.must(r.Choose(ctx, r.who(r.clara), notice.Group, r.closed, notice.Once))
		return id
	}
	t.Run("who was dismissed after it was written gets no letter", func(t *testing.T) {
		each(t, func(r *room) {
			id := write(r)
			r.post(r.berta, id, "I know.")
			r.tell(time.Now())
			r.must(account.Dismiss(ctx, r.DB, system, r.closed, r.clara))
			if got := to(r.sent()); !slices.Equal(got, []string{r.anna}) {
				r.Errorf("told: %v", got)
			}
		})
	})
	t.Run("a post that was hidden meanwhile is left out, and the letter with it", func(t *testing.T) {
		each(t, func(r *room) {
			id := write(r)
			first, second := r.post(r.berta, id, "What nobody should read."), r.post(r.berta, id, "What all may read.")
			r.tell(time.Now())
			r.must(r.talk.Hide(ctx, r.keeper(), first, "Off the point."))
			for _, l := range r.sent() {
				if len(l.Words) != 1 || strings.Contains(says(l), "nobody should") {
					r.Errorf("%+v", l.Words)
				}
			}
			r.post(r.berta, id, "Once more.")
			r.tell(time.Now())
			r.row("UPDATE post SET stage = 'hidden', reason = 'x' WHERE topic = $1 AND id <> $2 AND n > 1", id, second)
			if got := r.sent(); len(got) != 0 {
				r.Errorf("a letter without words: %+v", got)
			}
		})
	})
	t.Run("a group whose level rose takes its letters with it", func(t *testing.T) {
		each(t, func(r *room) {
			stranger := r.person("Dora")
			r.must(r.Choose(ctx, r.who(stranger), notice.Group, r.open, notice.Once))
			id := r.topic(r.anna, r.open, "Patrols", "On foot?")
			if r.tell(time.Now()); !slices.Equal(to(r.sent()), []string{stranger}) {
				r.Fatal("who follows an open group is not told")
			}
			r.post(r.berta, id, "By bicycle.")
			r.tell(time.Now())
			r.gather(noon)
			r.row("UPDATE circle SET kind = 'closed', level = 3 WHERE id = $1", r.open)
			r.row("UPDATE circle SET mails = FALSE, name = 'Operation Daybreak' WHERE id = $1", r.open)
			letters := r.sent()
			if slices.Contains(to(letters), stranger) {
				r.Error("somebody outside is told what is closed now")
			}
			for _, l := range letters {
				if text := says(l); strings.Contains(text, "bicycle") || strings.Contains(text, "Patrols") || strings.Contains(text, "Daybreak") {
					r.Errorf("a letter names what is closed now:\n%s", text)
				}
			}
			if list, _, err := r.News(ctx, r.who(stranger), notice.Place{}, 10); err != nil || len(list) != 0 {
				r.Error(list, err)
			}
		})
	})
}

// keeper is Anna, who runs the groups from now on.
func (r *room) keeper() access.Subject {
	r.Helper()
	r.row("UPDATE membership SET facilitates = TRUE WHERE person = $1", r.anna)
	return r.who(r.anna)
}

func TestAClosedGroupWhoseLettersSayNothing(t *testing.T) {
	each(t, func(r *room) {
		r.Address = func(context.Context, string, string) (string, error) { return "reply@polis.example", nil }
		id := r.topic(r.anna, r.quiet, "The safe house", "Where?")
		r.tell(time.Now())
		r.gather(time.Now()) // they begin
		r.post(r.berta, id, "In the old mill.")
		r.tell(time.Now())
		r.gather(time.Now().AddDate(0, 0, 8))
		r.must(func() error { _, err := r.Route(ctx, time.Now().AddDate(0, 0, 4)); return err }())
		letters := r.sent()
		if len(letters) < 2 {
			r.Fatalf("%d letters", len(letters))
		}
		for _, l := range letters {
			text := says(l)
			for _, secret := range []string{"safe house", "mill", "Nightfall", "/groups/", "Berta"} {
				if strings.Contains(text, secret) {
					r.Errorf("a letter says %q:\n%s", secret, text)
				}
			}
			if l.ReplyTo != "" || l.Thread != "" {
				r.Error("it can be answered by mail")
			}
		}
	})
}

func TestQuietHours(t *testing.T) {
	each(t, func(r *room) {
		tashkent, err := time.LoadLocation("Asia/Tashkent")
		r.must(err)
		w, err := r.Wish(ctx, r.who(r.anna))
		r.must(err)
		w.Zone, w.Quiet = "Asia/Tashkent", notice.Quiet{From: 22 * 60, To: 7*60 + 30, Days: "1234567"}
		r.must(r.SetWish(ctx, r.who(r.anna), w))
		id := r.topic(r.anna, r.closed, "Evidence", "Who?")
		r.post(r.berta, id, "I know.")
		r.must(r.CatchUp(ctx))
		r.row("UPDATE notice_owed SET due = 0")
		for at, want := range map[time.Time]int{
			time.Date(2026, 11, 25, 23, 0, 0, 0, tashkent): 0,
			time.Date(2026, 11, 26, 7, 29, 0, 0, tashkent): 0,
		} {
			if n, err := r.Tell(ctx, at); err != nil || n != want {
				r.Errorf("at %s: %d letters, %v", at, n, err)
			}
		}
		if n, err := r.Tell(ctx, time.Date(2026, 11, 26, 7, 30, 0, 0, tashkent)); err != nil || n != 1 {
			r.Errorf("when they are over: %d letters, %v", n, err)
		}
		for _, wrong := range []notice.Wish{
			{Zone: "Mars/Olympus", Own: notice.Once},
			{Own: "often"},
			{Own: notice.Once, Quiet: notice.Quiet{From: 60, To: 60, Days: "1"}},
			{Own: notice.Once, Quiet: notice.Quiet{From: 60, To: 1440, Days: "1"}},
			{Own: notice.Once, Quiet: notice.Quiet{To: 60, Days: "8"}},
		} {
			var v notice.Invalid
			if err := r.SetWish(ctx, r.who(r.anna), wrong); !errors.As(err, &v) {
				r.Errorf("%+v is taken: %v", wrong, err)
			}
			for _, key := range v {
				if !lang.Has(key) {
					r.Errorf("no message %s", key)
				}
			}
		}
	})
}

func TestDigests(t *testing.T) {
	each(t, func(r *room) {
		r.gather(noon.AddDate(0, 0, -7)) // they begin on a Wednesday
		for i := range 8 {
			r.topic(r.anna, r.closed, fmt.Sprintf("Question %d", i), "Text")
			r.row("UPDATE post SET created = created - 100000000")
		}
		r.topic(r.berta, r.open, "An open question", "Text")
		r.row("UPDATE topic SET last = $1", noon.AddDate(0, 0, -6))
		r.tell(time.Now())
		r.must(r.Choose(ctx, r.who(r.clara), notice.Group, r.open, notice.None))
		r.must(r.Choose(ctx, r.who(r.berta), notice.Group, r.open, notice.Daily))
		r.row("UPDATE notice_digest SET due = $1", noon.AddDate(0, 0, -1))
		if n := r.gather(noon); n != 3 {
			r.Errorf("%d digests, not three", n)
		}
		for _, l := range r.sent() {
			text := says(l)
			switch l.To {
			case r.clara:
				if strings.Contains(text, "open question") || !strings.Contains(text, "Question 7") || !strings.Contains(text, "3") || len(l.Lines) != 6 {
					r.Errorf("to Clara:\n%s", text)
				}
			case r.anna:
				if strings.Contains(text, "Question 7") || !strings.Contains(text, "An open question") {
					r.Errorf("what is her own she is told at once:\n%s", text)
				}
			}
			if l.Stop == "" || l.Args["n"] == "" {
				r.Errorf("%+v", l)
			}
		}
		if n := r.gather(noon.AddDate(0, 0, 1)); n != 0 || len(r.sent()) != 0 {
			r.Errorf("%d digests with nothing new", n)
		}
		id := r.topic(r.anna, r.open, "Fresh", "Text")
		r.row("UPDATE topic SET last = $1 WHERE id = $2", noon.AddDate(0, 0, 2).Add(-time.Hour), id)
		r.tell(time.Now())
		r.row("UPDATE notice_digest SET due = 0")
		r.gather(noon.AddDate(0, 0, 2)) // a Friday
		if got := to(r.sent()); !slices.Equal(got, []string{r.berta}) {
			r.Errorf("only Berta hears daily of it: %v", got)
		}
		r.row("UPDATE notice_digest SET due = 0")
		r.gather(noon.AddDate(0, 0, 5)) // a Monday
		if got := r.sent(); len(got) != 0 {
			r.Errorf("the open group is Berta's daily, Anna's own, and none of Clara's: %v", to(got))
		}
		r.must(r.SetWish(ctx, r.who(r.berta), notice.Wish{Own: notice.Once, Announced: notice.None}))
		id = r.topic(r.anna, r.open, "Fresher", "Text")
		r.row("UPDATE topic SET last = $1 WHERE id = $2", noon.AddDate(0, 0, 6).Add(-time.Hour), id)
		r.row("UPDATE notice_digest SET due = 0")
		if n := r.gather(noon.AddDate(0, 0, 6)); n != 0 && slices.Contains(to(r.sent()), r.berta) {
			r.Error("she wants no digests")
		}
	})
}

func TestAQuestionThatNobodyAnswersIsBroughtOnceToWhoMayKnow(t *testing.T) {
	each(t, func(r *room) {
		before := r.topic(r.clara, r.closed, "Seizing wallets", "How?")
		r.post(r.berta, before, "With a warrant.")
		r.topic(r.anna, r.closed, "Storing wallets", "Where?")
		r.tell(time.Now())
		r.sent()
		later := time.Now().Add(2 * 24 * time.Hour)
		if n, err := r.Route(ctx, later); err != nil || n != 0 {
			r.Error("after two days:", n, err)
		}
		later = later.Add(2 * 24 * time.Hour)
		for i, want := range []int{1, 0} {
			if n, err := r.Route(ctx, later); err != nil || n != want {
				r.Errorf("time %d: %d, %v", i, n, err)
			}
		}
		if n, err := r.Tell(ctx, later.AddDate(0, 0, 1)); err != nil || n != 2 {
			r.Fatalf("%d letters, %v", n, err)
		}
		letters := r.sent()
		if got := to(letters); !slices.Equal(got, sorted(r.berta, r.clara)) || !strings.Contains(says(letters[0]), "Storing wallets") {
			r.Errorf("brought to %v", got)
		}
	})
}

func sorted(people ...string) []string {
	slices.Sort(people)
	return people
}

func TestAProgramThatIsKilledInTheMiddleTellsAllAndNothingTwice(t *testing.T) {
	each(t, func(r *room) {
		id := r.topic(r.anna, r.closed, "Evidence", "Who?")
		var want, got []string
		take := func() {
			for _, l := range r.sentAll() {
				for _, p := range strings.Fields(l.Args["posts"]) {
					got = append(got, r.body(p))
				}
			}
		}
		// Each time it is stopped somewhere else, and another one goes on.
		for i := range 40 {
			body := fmt.Sprintf("Answer %02d.", i)
			r.post(r.berta, id, body)
			want = append(want, body)
			killed, end := context.WithTimeout(ctx, time.Duration(i*i)*10*time.Microsecond)
			again := &notice.Notice{DB: r.DB, Keys: r.Keys}
			if err := again.CatchUp(killed); err == nil {
				_, _ = again.Tell(killed, time.Now())
			}
			end()
			if i%10 == 9 {
				r.tell(time.Now())
			}
			take()
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			r.Errorf("told %d of %d: %v", len(got), len(want), got)
		}
		owed, err := store.Get[int](ctx, r.DB, store.Everything("test"), "SELECT COUNT(*) FROM notice_owed WHERE {scope}")
		if r.must(err); owed != 0 {
			r.Errorf("%d are owed still", owed)
		}
	})
}

// sentAll takes the letters out of the queue as they stand there.
func (r *room) sentAll() []held {
	r.Helper()
	list, err := store.List[held](ctx, r.DB, store.Everything("test"), "SELECT id, recipient, kind, object, args FROM letter WHERE {scope} AND stage = 'waiting' ORDER BY id")
	r.must(err)
	_, err = store.Upkeep(ctx, r.DB, "UPDATE letter SET stage = 'sent' WHERE stage = 'waiting'")
	r.must(err)
	return list
}

func (r *room) body(post string) string {
	r.Helper()
	body, err := store.Get[string](ctx, r.DB, store.Everything("test"), "SELECT body FROM post WHERE {scope} AND id = $1", post)
	r.must(err)
	return body
}

func TestTheLinkInALetterEndsWhatBroughtIt(t *testing.T) {
	each(t, func(r *room) {
		r.must(r.Choose(ctx, r.who(r.clara), notice.Group, r.closed, notice.Once))
		id := r.topic(r.anna, r.closed, "Evidence", "Who?")
		r.post(r.berta, id, "I know.")
		r.tell(time.Now())
		for _, l := range r.sent() {
			u, err := url.Parse(l.Stop)
			r.must(err)
			s := notice.ReadStopping(u.Query())
			if kind := s.Kind; l.To == r.clara && kind != "group" || l.To == r.anna && kind != "topic" {
				r.Errorf("the letter to %s stops %s", l.To, kind)
			}
			other := s
			other.Person = r.berta
			if err := r.Stop(ctx, other, false); !errors.Is(err, store.ErrNotFound) {
				r.Error("it ends the letters of somebody else:", err)
			}
			r.must(r.Stop(ctx, s, false))
			r.must(r.Stop(ctx, s, false)) // mail programs press it twice
		}
		r.post(r.berta, id, "More.")
		r.must(r.talk.Accept(ctx, r.who(r.anna), r.post(r.berta, id, "And more."), true))
		r.tell(time.Now())
		if got := r.sent(); len(got) != 0 {
			r.Errorf("told still: %v", to(got))
		}
		r.must(r.Stop(ctx, notice.Stopping{Person: r.clara, Kind: "group", Object: r.closed, Mark: markOf(r, r.clara, "group", r.closed)}, true))
		r.post(r.berta, id, "Still more.")
		if r.tell(time.Now()); !slices.Equal(to(r.sent()), []string{r.clara}) {
			r.Error("it is not undone")
		}
	})
}

func markOf(r *room, person, kind, object string) string {
	u, err := url.Parse(notice.StopPath(r.Keys, person, kind, object))
	r.must(err)
	return u.Query().Get("t")
}

func TestNewsAndWhatWasSeen(t *testing.T) {
	each(t, func(r *room) {
		r.tell(time.Now())
		first := r.topic(r.anna, r.closed, "First", "Text")
		second := r.topic(r.anna, r.open, "Second", "Text")
		r.tell(time.Now())
		count := func(who string) int {
			n, err := r.CountNews(ctx, r.who(who))
			r.must(err)
			return n
		}
		if count(r.anna) != 0 || count(r.berta) != 2 {
			r.Errorf("new: %d for who wrote it, %d for the others", count(r.anna), count(r.berta))
		}
		list, more, err := r.News(ctx, r.who(r.berta), notice.Place{}, 1)
		r.must(err)
		rest, _, err := r.News(ctx, r.who(r.berta), more, 1)
		if r.must(err); len(list) != 1 || len(rest) != 1 || list[0].ID != second || rest[0].ID != first || rest[0].GroupName != "Joint team" {
			r.Errorf("%+v %+v", list, rest)
		}
		r.must(r.Seen(ctx, r.who(r.berta), notice.Topic, first, time.Now()))
		r.must(r.Seen(ctx, r.who(r.berta), notice.Topic, first, time.Now().Add(-time.Hour))) // never back
		if count(r.berta) != 1 {
			r.Error("what she has seen is new still")
		}
		r.post(r.anna, first, "More.")
		if count(r.berta) != 2 {
			r.Error("what was written since is not new")
		}
		r.must(r.SeenAll(ctx, r.who(r.berta), time.Now()))
		if count(r.berta) != 0 {
			r.Error("all was seen")
		}
		r.must(account.Dismiss(ctx, r.DB, system, r.closed, r.clara))
		if list, _, err := r.News(ctx, r.who(r.clara), notice.Place{}, 9); err != nil || len(list) != 1 || list[0].ID != second {
			r.Error("who was dismissed is shown", list, err)
		}
		if err := r.Seen(ctx, r.who(r.clara), notice.Topic, first, time.Now()); !errors.Is(err, store.ErrNotFound) {
			r.Error(err)
		}
	})
}

func TestAPostThatWaitedIsToldWhenItIsApproved(t *testing.T) {
	each(t, func(r *room) {
		r.group(account.GroupDraft{ID: "held", Name: "New", Kind: account.GroupOpen, Holds: true, Mails: true})
		r.must(r.Choose(ctx, r.who(r.clara), notice.Group, "held", notice.Once))
		id := r.topic(r.berta, "held", "Hello", "Text")
		if r.tell(time.Now()) != 0 {
			r.Error("what nobody reads is told")
		}
		post, err := store.Get[string](ctx, r.DB, store.Everything("test"), "SELECT id FROM post WHERE {scope} AND topic = $1", id)
		r.must(err)
		r.must(r.talk.Show(ctx, r.keeper(), post))
		if n := r.tell(time.Now()); n != 1 || len(r.sent()) != 1 {
			r.Errorf("%d letters", n)
		}
		r.must(r.talk.Hide(ctx, r.keeper(), post, "Wrong place."))
		r.must(r.talk.Show(ctx, r.keeper(), post))
		if n := r.tell(time.Now()); n != 0 {
			r.Errorf("it is told again: %d", n)
		}
	})
}

func TestFeeds(t *testing.T) {
	each(t, func(r *room) {
		secret, err := r.MakeFeed(ctx, r.who(r.anna), notice.Group, r.open)
		r.must(err)
		f, who, err := r.Feed(ctx, secret)
		if err != nil || f.Object != r.open || len(who.Groups) != 0 {
			r.Errorf("%+v %+v %v", f, who, err)
		}
		if _, err := r.MakeFeed(ctx, r.who(r.anna), notice.Group, r.closed); !errors.Is(err, store.ErrNotFound) {
			r.Error("a closed group has a feed:", err)
		}
		r.must(r.EndFeed(ctx, r.who(r.anna), notice.Group, r.open))
		if _, _, err := r.Feed(ctx, secret); !errors.Is(err, store.ErrNotFound) {
			r.Error("it opens still:", err)
		}
	})
}

func TestProgramsAndStrangersAreRefused(t *testing.T) {
	each(t, func(r *room) {
		for _, who := range []access.Subject{{}, r.who(r.anna).Within(access.Official, true)} {
			if err := r.Choose(ctx, who, notice.Group, r.open, notice.Once); !errors.Is(err, notice.ErrForbidden) {
				r.Error(err)
			}
			if _, _, err := r.News(ctx, who, notice.Place{}, 1); !errors.Is(err, notice.ErrForbidden) {
				r.Error(err)
			}
		}
		stranger := r.person("Dora")
		if err := r.Choose(ctx, r.who(stranger), notice.Group, r.closed, notice.Once); !errors.Is(err, store.ErrNotFound) {
			r.Error("she learns of a closed group:", err)
		}
	})
}
