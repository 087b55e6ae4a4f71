package discussion_test

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/community/discussion"
	"polis/internal/lang"
	"polis/internal/store"
	"polis/internal/translate"
	"polis/internal/translate/translatetest"
)

// machine puts a translation service beside the room, which may be given what is written
// up to a level.
func machine(t *testing.T, d *discussion.Discussion, highest access.Level) *translatetest.Double {
	t.Helper()
	double := translatetest.Serve(t)
	d.Machine = double.Service(t, highest)
	return double
}

// allow has a group say that a machine may be given what is written.
func allow(t *testing.T, d *discussion.Discussion, group string) {
	t.Helper()
	exec(t, d, "UPDATE circle SET translates = TRUE WHERE id = $1", group)
}

// inEnglish is what stands beside a post for somebody who reads English.
func inEnglish(t *testing.T, d *discussion.Discussion, p discussion.Post) []discussion.Translation {
	t.Helper()
	list, err := d.Translations(ctx, []discussion.Post{p}, lang.English)
	if err != nil {
		t.Fatal(err)
	}
	return list[p.ID]
}

func TestAPostLeavesTheHouseOnlyWhereItMay(t *testing.T) {
	each(t, func(t *testing.T, d *discussion.Discussion) {
		for _, group := range []string{"open", "officials", "cyber"} {
			p := write(t, d, bela, open(t, d, anna, group, asked()).ID, "Geheim in "+group)
			t.Run("not of "+group+", which does not allow it", func(t *testing.T) {
				double := machine(t, d, access.Closed)
				if err := d.Translate(ctx, anna, p.ID, lang.English); !errors.Is(err, translate.ErrForbidden) || double.Given() != "" {
					t.Error(err, double.Given())
				}
			})
			allow(t, d, group)
			t.Run("not of "+group+" above the service's level, nor without a service", func(t *testing.T) {
				if p.Level > access.Public {
					double := machine(t, d, p.Level-1)
					if err := d.Translate(ctx, anna, p.ID, lang.English); !errors.Is(err, translate.ErrForbidden) || double.Given() != "" {
						t.Error(err, double.Given())
					}
				}
				d.Machine = nil
				if err := d.Translate(ctx, anna, p.ID, lang.English); !errors.Is(err, translate.ErrForbidden) {
					t.Error(err)
				}
			})
			t.Run("of "+group+" where both allow it, for who reads it", func(t *testing.T) {
				double := machine(t, d, p.Level)
				if err := d.Translate(ctx, nobody, p.ID, lang.English); err == nil {
					t.Error("nobody asks a machine")
				}
				if p.Level > access.Official {
					if err := d.Translate(ctx, other, p.ID, lang.English); !errors.Is(err, store.ErrNotFound) {
						t.Error(err)
					}
				}
				if double.Given() != "" {
					t.Error(double.Given())
				}
				if err := d.Translate(ctx, anna, p.ID, lang.English); err != nil {
					t.Fatal(err)
				}
				if got := inEnglish(t, d, p); len(got) != 1 || got[0].Body != "EN Geheim in "+group || got[0].Service != "Double" {
					t.Errorf("%+v", got)
				}
			})
		}
	})
}

func TestAMachineIsAskedOnce(t *testing.T) {
	each(t, func(t *testing.T, d *discussion.Discussion) {
		double := machine(t, d, access.Closed)
		allow(t, d, "cyber")
		q := asked()
		q.Body = "Wir suchen **eins**.\n\n- @Bela Muster <script>"
		o := open(t, d, anna, "cyber", q)
		posts, err := d.Posts(ctx, anna, o, 1)
		if err != nil {
			t.Fatal(err)
		}
		p := posts[0]
		t.Run("by all who ask at the same time", func(t *testing.T) {
			var all sync.WaitGroup
			for range 5 {
				all.Go(func() {
					if err := d.Translate(ctx, bela, p.ID, lang.English); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if double.Times() != 1 {
				t.Error(double.Times())
			}
		})
		t.Run("with title and structure, and without the name of who is mentioned", func(t *testing.T) {
			got := inEnglish(t, d, p)
			if len(got) != 1 || got[0].Title != "EN "+o.Title || got[0].Body != "EN Wir suchen **eins**.\n\n- @{bela} EN <script>" {
				t.Errorf("%+v", got)
			}
			if given := double.Given(); strings.Contains(given, "bela") || strings.Contains(given, "Bela") {
				t.Error(given)
			}
		})
		ask := func() discussion.Post {
			t.Helper()
			if err := d.Translate(ctx, bela, p.ID, lang.English); err != nil {
				t.Fatal(err)
			}
			p = post(t, d, anna, p.ID)
			if len(inEnglish(t, d, p)) != 1 {
				t.Fatal("it is not there")
			}
			return p
		}
		gone := func() {
			t.Helper()
			n, err := store.Get[int](ctx, d.DB, store.Everything("test"), "SELECT COUNT(*) FROM post_machine WHERE {scope}")
			if err != nil || n != 0 {
				t.Error("it is kept:", n, err)
			}
		}
		t.Run("and what it said is dropped when the post changes", func(t *testing.T) {
			q.Body = "Wir suchen zwei."
			if err := d.Edit(ctx, anna, p.ID, p.Rev, q); err != nil {
				t.Fatal(err)
			}
			gone()
		})
		t.Run("or is hidden", func(t *testing.T) {
			ask()
			if err := d.Hide(ctx, lead, p.ID, "x"); err != nil {
				t.Fatal(err)
			}
			gone()
			if err := d.Translate(ctx, lead, p.ID, lang.English); err == nil {
				t.Error("a hidden post is given to a machine")
			}
			if err := d.Show(ctx, lead, p.ID); err != nil {
				t.Fatal(err)
			}
		})
		t.Run("or the group takes its word back", func(t *testing.T) {
			ask()
			g, err := account.GetGroup(ctx, d.DB, lead, "cyber")
			if err != nil {
				t.Fatal(err)
			}
			if err := account.EditGroup(ctx, d.DB, lead, g.Rev, account.GroupDraft{ID: "cyber", Name: g.Name, Lang: g.Lang}); err != nil {
				t.Fatal(err)
			}
			gone()
		})
	})
}

func TestAGroupWhoseLevelRisesDropsWhatMachinesSaid(t *testing.T) {
	each(t, func(t *testing.T, d *discussion.Discussion) {
		double := machine(t, d, access.Public)
		allow(t, d, "open")
		p := write(t, d, bela, open(t, d, anna, "open", asked()).ID, "Vorher offen")
		if err := d.Translate(ctx, anna, p.ID, lang.English); err != nil {
			t.Fatal(err)
		}
		system := access.System("test")
		g, err := account.GetGroup(ctx, d.DB, system, "open")
		if err != nil {
			t.Fatal(err)
		}
		if err := account.RaiseGroup(ctx, d.DB, system, "open", g.Rev, account.GroupReach{Kind: account.GroupMembers, Level: access.Member}); err != nil {
			t.Fatal(err)
		}
		if got := inEnglish(t, d, post(t, d, anna, p.ID)); len(got) != 0 {
			t.Error(got)
		}
		if err := d.Translate(ctx, anna, p.ID, lang.English); !errors.Is(err, translate.ErrForbidden) || double.Times() != 1 {
			t.Error(err, double.Times())
		}
	})
}

func TestAPostThatChangesWhileAMachineReadsIt(t *testing.T) {
	each(t, func(t *testing.T, d *discussion.Discussion) {
		double := machine(t, d, access.Closed)
		allow(t, d, "cyber")
		p := write(t, d, bela, open(t, d, anna, "cyber", asked()).ID, "Alt")
		double.Do(func(http.ResponseWriter, *http.Request, []string) bool {
			if err := d.Edit(ctx, bela, p.ID, p.Rev, discussion.Draft{Lang: lang.German, Body: "Neu"}); err != nil {
				t.Error(err)
			}
			return false
		})
		var not discussion.Impossible
		if err := d.Translate(ctx, anna, p.ID, lang.English); !errors.As(err, &not) {
			t.Error(err)
		}
		if got := inEnglish(t, d, post(t, d, anna, p.ID)); len(got) != 0 {
			t.Error(got)
		}
	})
}

func TestAMemberTranslates(t *testing.T) {
	each(t, func(t *testing.T, d *discussion.Discussion) {
		o := open(t, d, anna, "cyber", asked())
		p := write(t, d, anna, o.ID, "Hier liegt eins.")
		put := func(who access.Subject, rev int64, body string) error {
			return d.PutTranslation(ctx, who, p.ID, rev, discussion.Draft{Lang: lang.English, Body: body})
		}
		t.Run("who may write in the group, and nobody else", func(t *testing.T) {
			if err := put(other, 0, "Here."); !errors.Is(err, store.ErrNotFound) {
				t.Error(err)
			}
			if err := put(keeper, 0, "Here."); err == nil {
				t.Error("a keeper from outside")
			}
			exec(t, d, "UPDATE membership SET silent = 9000000000000000 WHERE person = 'bela' AND grp = 'cyber'")
			var not discussion.Impossible
			if err := put(bela, 0, "Here."); !errors.As(err, &not) {
				t.Error(err)
			}
			exec(t, d, "UPDATE membership SET silent = 0 WHERE person = 'bela' AND grp = 'cyber'")
			if err := put(bela, 0, "Here is one, @Anna Muster."); err != nil {
				t.Fatal(err)
			}
			got := inEnglish(t, d, p)
			if len(got) != 1 || got[0].ByWhom != "bela" || got[0].Body != "Here is one, @{anna}." || got[0].Stale(p) {
				t.Errorf("%+v", got)
			}
		})
		t.Run("and another corrects it, where she has read it", func(t *testing.T) {
			var stale discussion.Stale
			if err := put(lead, 0, "Here lies one."); !errors.As(err, &stale) || stale.Rev != 1 {
				t.Fatal(err)
			}
			if err := put(lead, stale.Rev, "Here lies one."); err != nil {
				t.Fatal(err)
			}
			if got := inEnglish(t, d, p); len(got) != 1 || got[0].ByWhom != "lead" || got[0].Body != "Here lies one." {
				t.Errorf("%+v", got)
			}
		})
		t.Run("and it is behind when the post changes", func(t *testing.T) {
			if err := d.Edit(ctx, anna, p.ID, p.Rev, discussion.Draft{Lang: lang.German, Body: "Dort liegt eins."}); err != nil {
				t.Fatal(err)
			}
			p = post(t, d, anna, p.ID)
			if got := inEnglish(t, d, p); len(got) != 1 || !got[0].Stale(p) {
				t.Errorf("%+v", got)
			}
		})
		t.Run("bad input is said", func(t *testing.T) {
			var wrong discussion.Invalid
			for field, draft := range map[string]discussion.Draft{"lang": {Lang: lang.German, Body: "x"}, "body": {Lang: lang.French, Body: " \n"}} {
				if err := d.PutTranslation(ctx, bela, p.ID, 0, draft); !errors.As(err, &wrong) || wrong[field] == "" {
					t.Error(field, err)
				}
			}
			posts, err := d.Posts(ctx, anna, o, 1)
			if err != nil {
				t.Fatal(err)
			}
			if err := d.PutTranslation(ctx, bela, posts[0].ID, 0, discussion.Draft{Lang: lang.English, Body: "x"}); !errors.As(err, &wrong) || wrong["title"] == "" {
				t.Error(err)
			}
			if err := put(bela, 2, strings.Repeat("x", discussion.MaxBody+1)); !errors.As(err, &wrong) || wrong["body"] == "" {
				t.Error(err)
			}
		})
		t.Run("it is out of sight with its post", func(t *testing.T) {
			if err := d.Hide(ctx, lead, p.ID, "x"); err != nil {
				t.Fatal(err)
			}
			if got := inEnglish(t, d, post(t, d, bela, p.ID)); len(got) != 0 {
				t.Errorf("%+v", got)
			}
			if err := d.Show(ctx, lead, p.ID); err != nil {
				t.Fatal(err)
			}
		})
		t.Run("and is removed by who wrote it or the post, and who runs the group", func(t *testing.T) {
			if err := d.Untranslate(ctx, bela, p.ID, lang.English); !errors.Is(err, discussion.ErrForbidden) {
				t.Error("another member:", err)
			}
			if err := d.Untranslate(ctx, anna, p.ID, lang.English); err != nil {
				t.Error(err)
			}
			if got := inEnglish(t, d, post(t, d, anna, p.ID)); len(got) != 0 {
				t.Errorf("%+v", got)
			}
		})
		t.Run("and goes with a post that is taken away", func(t *testing.T) {
			if err := put(bela, 0, "Here."); err != nil {
				t.Fatal(err)
			}
			if err := d.Remove(ctx, anna, p.ID); err != nil {
				t.Fatal(err)
			}
			if n, err := store.Get[int](ctx, d.DB, store.Everything("test"), "SELECT COUNT(*) FROM post_translation WHERE {scope}"); n != 0 || err != nil {
				t.Error(n, err)
			}
		})
	})
}
