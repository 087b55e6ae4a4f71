package library_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/search"
	"polis/internal/store"
)

func TestASearchIsListedByItsLastChange(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		ix, ids := openIndex(t), []string{}
		for i := range 7 {
			d := library.Draft{Kind: "guide", Dated: fmt.Sprint(2026 - i), Level: access.Public, Confirmed: true}
			if i == 3 {
				d.Level = access.Official
			}
			if i == 4 {
				d.Kind = "report"
			}
			ids = append(ids, create(t, l, desk, d, text("en", fmt.Sprint("Patrol ", i), "A patrol on foot."), text("ru", fmt.Sprint("Патруль ", i), "Пеший патруль.")))
		}
		catchUp(t, l, ix)
		named := func(list []library.Brief) string {
			var names []string
			for _, b := range list {
				names = append(names, strings.TrimPrefix(b.Edition.Title, "Patrol "))
			}
			return strings.Join(names, " ")
		}
		pages := func(scope access.Scope, q search.Query, limit int) string {
			var all []string
			for after := (library.Place{}); ; {
				list, more, err := l.Latest(ctx, ix, scope, q, after, limit)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, named(list))
				if more == (library.Place{}) {
					return strings.Join(all, " | ")
				}
				var ok bool
				if after, ok = library.ParsePlace(more.String()); !ok || after != more {
					t.Fatalf("%q is no place", more)
				}
				if len(all) > 20 {
					t.Fatal("it does not end")
				}
			}
		}
		for _, c := range []struct {
			name  string
			scope access.Scope
			q     search.Query
			want  string
		}{
			{"what is public, the last first, whatever its date", nobody.Scope(), search.Query{Lang: "en"}, "6 5 4 | 2 1 0"},
			{"those who read more find more", desk.Scope(), search.Query{Lang: "en"}, "6 5 4 | 3 2 1 | 0"},
			{"of a question's answers", nobody.Scope(), search.Query{Text: "patrol", Lang: "en"}, "6 5 4 | 2 1 0"},
			{"of a filter", nobody.Scope(), search.Query{Lang: "en", Filter: map[search.Facet][]string{search.Type: {"guide"}}}, "6 5 2 | 1 0"},
			{"of what nothing has", nobody.Scope(), search.Query{Text: "zzzz qqqq", Lang: "en"}, ""},
		} {
			t.Run(c.name, func(t *testing.T) {
				if got := pages(c.scope, c.q, 3); got != c.want {
					t.Errorf("%q, not %q", got, c.want)
				}
			})
		}
		t.Run("in the language that was asked for", func(t *testing.T) {
			list, _, err := l.Latest(ctx, ix, nobody.Scope(), search.Query{Lang: "ru"}, library.Place{}, 1)
			if err != nil || len(list) != 1 || list[0].Edition.Lang != "ru" || len(list[0].Langs) != 2 {
				t.Errorf("%+v %v", list, err)
			}
		})
		t.Run("what has changed comes first again", func(t *testing.T) {
			if err := l.AddText(ctx, desk, ids[1], 1, text("de", "Streife 1", "Zu Fuß.")); err != nil {
				t.Fatal(err)
			}
			catchUp(t, l, ix)
			list, _, err := l.Latest(ctx, ix, nobody.Scope(), search.Query{Lang: "en"}, library.Place{}, 2)
			if got := named(list); err != nil || got != "1 6" {
				t.Errorf("%s %v", got, err)
			}
		})
		t.Run("news are what came between two numbers of the log", func(t *testing.T) {
			from := l.DB.Seq()
			secret := create(t, l, desk, library.Draft{Kind: "guide", Level: access.Official, Confirmed: true}, text("en", "Patrol 8", "A patrol in a car."))
			create(t, l, desk, library.Draft{Kind: "guide", Level: access.Public, Confirmed: true}, text("en", "Horses", "About horses."))
			create(t, l, desk, library.Draft{Kind: "guide", Level: access.Public, Confirmed: true}, text("en", "Patrol 9", "A patrol on horses."))
			catchUp(t, l, ix)
			to := l.DB.Seq()
			news := func(scope access.Scope, q search.Query) string {
				list, total, err := l.News(ctx, ix, scope, q, from, to, 10)
				if err != nil || total != len(list) {
					t.Errorf("%d %v", total, err)
				}
				return named(list)
			}
			if got := news(nobody.Scope(), search.Query{Text: "patrol", Lang: "en"}); got != "9" {
				t.Error(got)
			}
			if got := news(desk.Scope(), search.Query{Text: "patrol", Lang: "en"}); len(got) != 3 {
				t.Error(got, secret)
			}
			if got := news(nobody.Scope(), search.Query{Lang: "en"}); len(got) != len("9 Horses") {
				t.Error(got)
			}
			if list, total, err := l.News(ctx, ix, desk.Scope(), search.Query{Lang: "en"}, to, to, 10); err != nil || len(list)+total > 0 {
				t.Errorf("%v %v", list, err)
			}
		})
		t.Run("what is new is counted within the scope", func(t *testing.T) {
			n, err := l.CountSince(ctx, nobody.Scope(), time.Now().Add(-time.Hour))
			all, aerr := l.CountSince(ctx, store.Everything("test"), time.Now().Add(-time.Hour))
			none, nerr := l.CountSince(ctx, nobody.Scope(), time.Now().Add(time.Hour))
			if err != nil || aerr != nil || nerr != nil || n != 8 || all != 10 || none != 0 {
				t.Error(n, all, none, err, aerr, nerr)
			}
		})
		t.Run("the sitemap has what is public, each with its languages", func(t *testing.T) {
			parts, err := l.SitemapParts(ctx, nobody.Scope())
			if err != nil || len(parts) != 1 {
				t.Fatal(parts, err)
			}
			list, err := l.SitemapPart(ctx, nobody.Scope(), parts[0])
			if err != nil || len(list) != 8 || fmt.Sprint(list[1].Langs) != fmt.Sprint([]lang.Tag{"de", "en", "ru"}) {
				t.Error(list, err)
			}
		})
	})
}

func TestAPlaceThatIsNoneIsNotTaken(t *testing.T) {
	for _, s := range []string{"", "-", "12", "x-1", "12-", "12-" + strings.Repeat("a", 200), "99999999999999999999-1"} {
		if p, ok := library.ParsePlace(s); ok {
			t.Errorf("%q is %v", s, p)
		}
	}
}

func catchUp(t *testing.T, l *library.Library, ix *search.Index) {
	t.Helper()
	if err := l.CatchUp(ctx, ix, nil); err != nil {
		t.Fatal(err)
	}
}
