package roster_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/community/roster"
	"polis/internal/community/roster/rostertest"
	"polis/internal/directory"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// TestWhoCanHelp holds the lists that groups, questions and documents make of the roster
// against what each reader sees of it.
func TestWhoCanHelp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, now := context.Background(), time.Now()
		must(t, directory.Seed(ctx, db))
		must(t, rostertest.Many(ctx, db, 200, 7, now))
		disturb(t, db, now)
		r := &roster.Roster{DB: db}
		all, err := roster.Everybody(ctx, r)
		must(t, err)
		themes := []string{"cybercrime", "drugs"}
		has := func(p roster.Profile) bool {
			return slices.ContainsFunc(p.Parts[roster.Theme].Lines, func(l roster.Line) bool {
				return l.Value == "drugs" || l.Value == "cybercrime" || len(l.Value) > 5 && l.Value[:6] == "drugs/" || len(l.Value) > 10 && l.Value[:11] == "cybercrime/"
			})
		}
		sees := func(who access.Subject, p roster.Profile) bool {
			seen, ok := roster.SeenBy(who, p, now)
			return ok && has(seen)
		}
		t.Run("a question goes to whoever lets the desk find her by its themes", func(t *testing.T) {
			people, err := r.Knowing(ctx, db, themes, 1000)
			must(t, err)
			for _, p := range all {
				if got, want := slices.Contains(people, p.Person), sees(searchers["the desk"], p); got != want {
					t.Errorf("%s: %v", p.Person, got)
				}
			}
			few, err := r.Knowing(ctx, db, themes, 3)
			if must(t, err); !slices.Equal(few, people[:3]) {
				t.Error(few)
			}
			if none, err := r.Knowing(ctx, db, nil, 3); err != nil || none != nil {
				t.Error(none, err)
			}
		})
		t.Run("a group names those of its members whom the reader finds", func(t *testing.T) {
			write(t, db, "INSERT INTO circle (id, name, about, rev, created, updated, ended, level, state, grp, owner) VALUES ('g', 'G', '', 1, 1, 1, 0, 3, '', 'g', '')")
			write(t, db, "INSERT INTO membership (grp, person, vouching, by_whom, since) SELECT 'g', v.person, v.id, 'test', 1 FROM vouching v WHERE v.person < 'many-000100'")
			for name, who := range searchers {
				hits, err := r.Helpers(ctx, who, "g", themes, 1000)
				must(t, err)
				var got []string
				for _, h := range hits {
					got = append(got, h.Person)
				}
				for _, p := range all {
					if want := p.Person < "many-000100" && sees(who, p); want != slices.Contains(got, p.Person) {
						t.Errorf("%s: %s: %v", name, p.Person, !want)
					}
				}
			}
			if none, err := r.Helpers(ctx, access.Subject{}, "g", themes, 10); err != nil || none != nil {
				t.Error(none, err)
			}
		})
		t.Run("a document names who shows it among her publications", func(t *testing.T) {
			for i, p := range []string{"many-000020", "many-000021", "many-000004"} {
				write(t, db, "DELETE FROM expert_line WHERE person = $1 AND field = 'publication'", p)
				write(t, db, "UPDATE expert SET found = 3, consented = 1 WHERE person = $1", p)
				write(t, db, "INSERT INTO expert_field (person, field, width, rev, updated) VALUES ($1, 'publication', $2, 1, 1) ON CONFLICT (person, field) DO UPDATE SET width = excluded.width", p, 1+2*(i%2))
				write(t, db, "INSERT INTO expert_line (person, field, n, width, value, under, level, words, since, until) VALUES ($1, 'publication', 1, $2, 'doc-1', '', 0, '', '', '')", p, 1+2*(i%2))
			}
			for name, want := range map[string][]string{"the desk": {"many-000020", "many-000021"}, "a member": {"many-000021"}} {
				got, err := r.Authors(ctx, searchers[name], "doc-1", 10)
				must(t, err)
				slices.Sort(got)
				if !slices.Equal(got, want) {
					t.Errorf("%s: %v instead of %v", name, got, want)
				}
			}
			if none, err := r.Authors(ctx, access.Subject{}, "doc-1", 10); err != nil || none != nil {
				t.Error(none, err)
			}
		})
	})
}
