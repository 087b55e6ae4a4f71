package watch_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/blob"
	"polis/internal/directory"
	"polis/internal/extract"
	"polis/internal/keyring"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/mail"
	"polis/internal/search"
	"polis/internal/store"
	"polis/internal/store/storetest"
	"polis/internal/watch"
)

var (
	ctx    = context.Background()
	system = access.System("test")
)

// room is a library with a person who is a member.
type room struct {
	*watch.Watch
	t  *testing.T
	me access.Subject
}

func each(t *testing.T, fn func(t *testing.T, r room)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		files, err := blob.Open(t.TempDir())
		must(t, err)
		ix, err := search.Open("")
		must(t, err)
		t.Cleanup(func() { ix.Close() })
		keys, err := keyring.Open(t.TempDir(), "")
		must(t, err)
		must(t, directory.Seed(ctx, db))
		must(t, account.WaiveSecondFactor(ctx, db, system))
		w := &watch.Watch{DB: db, Library: &library.Library{DB: db, Files: files}, Index: ix, Keys: keys}
		r := room{Watch: w, t: t}
		r.me = r.person("anna@polis.example", access.MemberRole)
		fn(t, r)
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (r room) person(email string, role access.Role) access.Subject {
	r.t.Helper()
	p, err := account.Create(ctx, r.DB, system, account.New{Email: email, Name: "Anna Test", Role: role, ActsFor: "KG", Password: "correct horse battery staple"})
	must(r.t, err)
	return r.now(p.ID)
}

func (r room) now(id string) access.Subject {
	r.t.Helper()
	who, _, err := account.Subject(ctx, r.DB, id, account.TwoFactors)
	must(r.t, err)
	return who
}

func (r room) document(title string, level access.Level) string {
	r.t.Helper()
	d := library.Draft{Kind: "guide", Level: level, Confirmed: true}
	if level == access.Closed {
		d.State = "KG"
	}
	id, err := r.Library.Create(ctx, system, d, library.Text{
		Lang: "en", Title: title, Sum: title, Media: "text/plain",
		Passages: []extract.Passage{{Kind: extract.Paragraph, Text: "About " + title}},
	})
	must(r.t, err)
	must(r.t, r.Library.CatchUp(ctx, r.Index, nil))
	return id
}

func (r room) save(name, text string, often watch.Often) watch.Search {
	r.t.Helper()
	s, err := r.Save(ctx, r.me, watch.New{Name: name, Query: search.Query{Text: text, Lang: "en"}, Often: often})
	must(r.t, err)
	return s
}

// letters are those that wait, finished as they would be sent; "dropped" for one
// that needs not be.
func (r room) letters() (list []mail.Letter, dropped int) {
	r.t.Helper()
	rows, err := store.List[mail.Held](ctx, r.DB, store.Everything("test"),
		"SELECT id, recipient, lang, kind, object, path, args, stage, tries, due, reason, created, updated FROM letter WHERE {scope} AND stage = 'waiting' ORDER BY id")
	must(r.t, err)
	next := func(_ context.Context, l mail.Letter) (mail.Letter, error) { return l, nil }
	for _, h := range rows {
		l, err := r.Finish(next)(ctx, mail.Letter{To: h.Recipient, Lang: lang.Tag(h.Lang), Kind: h.Kind, Object: h.Object, Path: h.Path, Args: h.Args})
		if errors.Is(err, mail.ErrDropped) {
			dropped++
			continue
		}
		must(r.t, err)
		list = append(list, l)
	}
	return list, dropped
}

// sent forgets what waits.
func (r room) sent() {
	r.t.Helper()
	_, err := store.Upkeep(ctx, r.DB, "DELETE FROM letter WHERE stage = 'waiting'")
	must(r.t, err)
}

func titles(l mail.Letter) string {
	var list []string
	for _, line := range l.Lines {
		list = append(list, line.Text)
	}
	return strings.Join(list, ", ")
}

const aDay = 25 * time.Hour

func TestALetterTellsWhatIsNew(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		r.document("Patrol old", access.Public)
		s := r.save("Patrols", "patrol", watch.Daily)
		start := time.Now()
		tell := func(at time.Duration) {
			t.Helper()
			_, err := r.TellDue(ctx, start.Add(at))
			must(t, err)
		}
		t.Run("nothing is sent before its time, nor where nothing is new", func(t *testing.T) {
			r.document("Horses", access.Public)
			tell(0)
			tell(aDay)
			if list, dropped := r.letters(); len(list)+dropped > 0 {
				t.Errorf("%+v", list)
			}
		})
		r.document("Patrol in a car", access.Public)
		member := r.document("Patrol of members", access.Member)
		r.document("Patrol of the State", access.Closed)
		tell(2 * aDay)
		list, _ := r.letters()
		t.Run("one letter names what came since, as far as she may see it and nothing that is closed", func(t *testing.T) {
			if len(list) != 1 || list[0].To != r.me.ID || list[0].Args["n"] != "2" || list[0].Args["search"] != "Patrols" {
				t.Fatalf("%+v", list)
			}
			if got := titles(list[0]); !strings.Contains(got, "Patrol in a car") || !strings.Contains(got, "Patrol of members") || strings.Contains(got, "State") || strings.Contains(got, "old") {
				t.Error(got)
			}
			if list[0].Path != "/library?q=patrol" || !strings.Contains(list[0].Stop, s.ID) {
				t.Errorf("%+v", list[0])
			}
		})
		t.Run("while it waits there is no second, and the next tells of both times", func(t *testing.T) {
			r.document("Patrol by night", access.Public)
			tell(3 * aDay)
			if list, _ := r.letters(); len(list) != 1 || strings.Contains(titles(list[0]), "night") {
				t.Errorf("%+v", list)
			}
			r.sent()
			tell(4 * aDay)
			if list, _ := r.letters(); len(list) != 1 || titles(list[0]) != "Patrol by night" {
				t.Errorf("%+v", list)
			}
			r.sent()
			tell(5 * aDay)
			if list, dropped := r.letters(); len(list)+dropped > 0 {
				t.Errorf("%+v", list)
			}
		})
		t.Run("what she has lost the right to see meanwhile is not in it, and with nothing left there is none", func(t *testing.T) {
			r.document("Patrol of members again", access.Member)
			tell(6 * aDay)
			if list, _ := r.letters(); len(list) != 1 {
				t.Fatalf("%+v", list)
			}
			must(t, account.Withdraw(ctx, r.DB, system, vouching(t, r), "left"))
			if list, dropped := r.letters(); len(list) != 0 || dropped != 1 {
				t.Errorf("%+v %s", list, member)
			}
		})
		t.Run("of an account that is closed nothing is sent", func(t *testing.T) {
			must(t, account.Block(ctx, r.DB, system, r.me.ID, true))
			r.sent()
			r.document("Patrol for all", access.Public)
			tell(7 * aDay)
			if list, dropped := r.letters(); len(list)+dropped > 0 {
				t.Errorf("%+v", list)
			}
		})
	})
}

func vouching(t *testing.T, r room) string {
	t.Helper()
	list, err := account.Vouchings(ctx, r.DB, r.me.ID)
	must(t, err)
	if len(list) == 0 {
		t.Fatal("nobody vouches for her")
	}
	return list[0].ID
}

func TestWeeklyLettersComeOnMonday(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		r.save("Patrols", "patrol", watch.Weekly)
		r.document("Patrol", access.Public)
		due, err := store.Get[time.Time](ctx, r.DB, store.Everything("test"), "SELECT due FROM alert WHERE {scope}")
		if err != nil || due.Local().Weekday() != time.Monday || due.Before(time.Now()) || due.After(time.Now().AddDate(0, 0, 8)) {
			t.Fatal(due, err)
		}
		for at, want := range map[time.Duration]int{-time.Minute: 0, time.Minute: 1} {
			if n, err := r.TellDue(ctx, due.Add(at)); err != nil || n != want {
				t.Errorf("%v: %d %v", at, n, err)
			}
			if want == 0 {
				continue
			}
			if n, err := r.TellDue(ctx, due.Add(at)); err != nil || n != 0 {
				t.Errorf("again %d %v", n, err)
			}
		}
	})
}

func TestLettersStopWithoutSigningIn(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		s, other := r.save("Patrols", "patrol", watch.Daily), r.save("Horses", "horses", watch.Daily)
		q := func(id string) url.Values {
			_, query, _ := strings.Cut(watch.StopPath(r.Keys, id), "?")
			v, _ := url.ParseQuery(query)
			return v
		}
		t.Run("not by a mark that is another's, or none", func(t *testing.T) {
			for _, mark := range []string{"", "x", q(other.ID).Get("t"), strings.Repeat("a", 10_000)} {
				if err := r.Stop(ctx, s.ID, mark); !errors.Is(err, store.ErrNotFound) {
					t.Errorf("%.20q: %v", mark, err)
				}
			}
		})
		t.Run("by its own, as often as anybody likes", func(t *testing.T) {
			for range 2 {
				must(t, r.Stop(ctx, s.ID, q(s.ID).Get("t")))
			}
			list, err := r.Searches(ctx, r.me)
			must(t, err)
			for _, have := range list {
				if want := map[string]watch.Often{s.ID: watch.Never, other.ID: watch.Daily}[have.ID]; have.Often != want {
					t.Errorf("%s is %s", have.Name, have.Often)
				}
			}
		})
	})
}

func TestASearchIsItsPersonsAlone(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		s, other := r.save("Patrols", "patrol", watch.Never), r.person("bert@polis.example", access.Administrator)
		for name, act := range map[string]func(who access.Subject) error{
			"rename": func(who access.Subject) error { return r.Rename(ctx, who, s.ID, "Mine") },
			"tell":   func(who access.Subject) error { return r.Tell(ctx, who, s.ID, watch.Daily) },
			"feed":   func(who access.Subject) error { _, err := r.MakeFeed(ctx, who, s.ID); return err },
			"end":    func(who access.Subject) error { return r.EndFeed(ctx, who, s.ID) },
			"delete": func(who access.Subject) error { return r.Delete(ctx, who, s.ID) },
		} {
			if err := act(other); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s by somebody else: %v", name, err)
			}
			if err := act(access.Subject{}); !errors.Is(err, watch.ErrForbidden) {
				t.Errorf("%s by nobody: %v", name, err)
			}
		}
		if _, err := r.Save(ctx, access.Subject{}, watch.New{Name: "x", Often: watch.Never}); !errors.Is(err, watch.ErrForbidden) {
			t.Error(err)
		}
		if list, err := r.Searches(ctx, other); err != nil || len(list) != 0 {
			t.Error(list, err)
		}
		for _, bad := range []watch.New{{Name: "", Often: watch.Never}, {Name: "a\nb", Often: watch.Never}, {Name: strings.Repeat("я", 101), Often: watch.Never}, {Name: "x", Often: "hourly"}} {
			var wrong watch.Invalid
			if _, err := r.Save(ctx, r.me, bad); !errors.As(err, &wrong) {
				t.Errorf("%.20q is taken: %v", bad.Name, err)
			}
		}
	})
}

func TestAFeedHasASecretOfItsOwn(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		s := r.save("Patrols", "patrol", watch.Never)
		secret, err := r.MakeFeed(ctx, r.me, s.ID)
		must(t, err)
		t.Run("it opens what members read, and nothing above", func(t *testing.T) {
			got, scope, err := r.Feed(ctx, secret)
			if err != nil || got.ID != s.ID {
				t.Fatal(err)
			}
			for level, want := range map[access.Level]bool{access.Public: true, access.Member: true, access.Official: false, access.Closed: false} {
				if _, ok := scope.Allows(access.Label{Level: level, Owner: r.me.ID, State: "KG"}); ok != want {
					t.Errorf("%v: %v", level, ok)
				}
			}
		})
		t.Run("the tables hold nothing that opens it", func(t *testing.T) {
			kept, err := store.Get[string](ctx, r.DB, store.Everything("test"), "SELECT feed FROM saved_search WHERE {scope}")
			if err != nil || kept == "" || strings.Contains(kept, secret) {
				t.Error(kept, err)
			}
			if _, _, err := r.Feed(ctx, kept[:52]); !errors.Is(err, store.ErrNotFound) {
				t.Error(err)
			}
		})
		t.Run("a new one ends the old, and it can be taken back", func(t *testing.T) {
			again, err := r.MakeFeed(ctx, r.me, s.ID)
			must(t, err)
			if _, _, err := r.Feed(ctx, secret); !errors.Is(err, store.ErrNotFound) {
				t.Error(err)
			}
			must(t, r.EndFeed(ctx, r.me, s.ID))
			for _, bad := range []string{again, "", strings.Repeat("A", 52), strings.Repeat("A", 100_000)} {
				if _, _, err := r.Feed(ctx, bad); !errors.Is(err, store.ErrNotFound) {
					t.Errorf("%.10q: %v", bad, err)
				}
			}
		})
		t.Run("with the account it is closed", func(t *testing.T) {
			last, err := r.MakeFeed(ctx, r.me, s.ID)
			must(t, err)
			must(t, account.Block(ctx, r.DB, system, r.me.ID, true))
			if _, _, err := r.Feed(ctx, last); !errors.Is(err, store.ErrNotFound) {
				t.Error(err)
			}
		})
	})
}

func TestRecentSearches(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		for i := range 25 {
			must(t, r.Remember(ctx, r.me, search.Query{Text: fmt.Sprint("patrol ", i)}))
		}
		must(t, r.Remember(ctx, r.me, search.Query{Text: "patrol 10"}))
		must(t, r.Remember(ctx, r.me, search.Query{}))
		must(t, r.Remember(ctx, access.Subject{}, search.Query{Text: "of nobody"}))
		list, err := r.Recent(ctx, r.me, 100)
		if err != nil || len(list) != 20 || list[0].Get("q") != "patrol 10" || list[1].Get("q") != "patrol 24" {
			t.Fatal(list, err)
		}
		must(t, r.Forget(ctx, r.me))
		if rows, err := store.Get[int](ctx, r.DB, store.Everything("test"), "SELECT COUNT(*) FROM recent_search WHERE {scope}"); err != nil || rows != 0 {
			t.Error(rows, err)
		}
	})
}
