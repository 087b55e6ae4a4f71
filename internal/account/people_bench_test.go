package account_test

import (
	"fmt"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// crowd puts so many people into the tables: of fifty States, nine in ten
// vouched for, with terms that end over two years.
func crowd(b *testing.B, db *store.DB, n int) {
	b.Helper()
	_, err := store.Write(ctx, db, system, func(tx *store.Tx) (store.Event, error) {
		now := tx.Now()
		for i := range n {
			id, state := fmt.Sprintf("p%06d", i), fmt.Sprintf("A%c", 'A'+i/10%50)
			since := now.Add(-account.Term + time.Duration(i%800-70)*24*time.Hour)
			until, ended, by, review := since.Add(account.Term), int64(0), "", since.Add(account.Term)
			if until.Before(now) {
				ended, by, review = until.UnixMicro(), "system:term", time.Time{}
			}
			reaches := until
			if i%10 == 0 {
				reaches, review = time.Time{}, time.Time{}
			}
			if _, err := tx.Exec(ctx, `
				INSERT INTO person (id, email, name, acts_for, body, lang, secret, confirmed, seen, blocked, erased, rev, created, updated, level, state, grp, owner, vouched, reaches, review)
				VALUES ($1, $2, $3, $4, '', 'en', '', $5, 0, FALSE, FALSE, 1, $5, $5, 3, '', '', $1, $6, $7, $8)`,
				id, id+"@polis.example", fmt.Sprintf("Officer %c%c%c %06d", 'A'+i*7%26, 'a'+i*11%26, 'a'+i*3%26, i), state, now.Add(-time.Duration(i%100)*24*time.Hour), i%10 > 0, reaches, review); err != nil {
				return store.Event{}, err
			}
			if i%10 == 0 {
				continue
			}
			if _, err := tx.Exec(ctx, `
				INSERT INTO vouching (id, person, acts_for, body, trust, by_whom, since, until, ended, ended_by, reason, level, state, grp, owner)
				VALUES ($1, $2, $3, '', 2, 'focal', $4, $5, $6, $7, '', 3, $3, '', $2)`,
				"v"+id, id, state, since, until, ended, by); err != nil {
				return store.Event{}, err
			}
		}
		return store.Event{Act: "test.crowd"}, nil
	})
	if err != nil {
		b.Fatal(err)
	}
	if spelt, err := account.Spell(ctx, db); err != nil || spelt != n {
		b.Fatal(spelt, err)
	}
	if db.Engine() == "sqlite" {
		return
	}
	_, err = store.Write(ctx, db, system, func(tx *store.Tx) (store.Event, error) { // as PostgreSQL does by itself after a minute
		_, err := tx.Exec(ctx, "ANALYZE")
		return store.Event{Act: "test.crowd"}, err
	})
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkPeople lists a page of 50 out of 100,000 people.
func BenchmarkPeople(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchPeople(b, storetest.SQLite(b)) })
	b.Run("postgres", func(b *testing.B) { benchPeople(b, storetest.Postgres(b)) })
}

func benchPeople(b *testing.B, db *store.DB) {
	crowd(b, db, 100_000)
	admin, focal := access.Act("a", access.Administrator, "", ""), access.Act("f", access.FocalPoint, "AA", "")
	for _, c := range []struct {
		name string
		who  access.Subject
		f    account.Filter
	}{
		{"focal point, all", focal, account.Filter{}},
		{"focal point, due", focal, account.Filter{Standing: account.Due}},
		{"focal point, waiting", focal, account.Filter{Standing: account.Waiting}},
		{"focal point, overdue", focal, account.Filter{Standing: account.Overdue}},
		{"focal point, words", focal, account.Filter{Words: "officer 0123"}},
		{"administrator, all", admin, account.Filter{}},
		{"administrator, last page", admin, account.Filter{Offset: 99_950}},
		{"administrator, waiting", admin, account.Filter{Standing: account.Waiting}},
		{"administrator, due", admin, account.Filter{Standing: account.Due}},
		{"administrator, overdue", admin, account.Filter{Standing: account.Overdue}},
		{"administrator, left", admin, account.Filter{Standing: account.Left}},
		{"administrator, vouched", admin, account.Filter{Standing: account.Vouched}},
		{"administrator, blocked", admin, account.Filter{Standing: account.Blockade}},
		{"administrator, words", admin, account.Filter{Words: "officer 0123"}},
		{"administrator, one word of all", admin, account.Filter{Words: "officer"}},
		{"administrator, a word of none", admin, account.Filter{Words: "officer nobody"}},
		{"administrator, words left", admin, account.Filter{Words: "officer aa", Standing: account.Left}},
		{"administrator, one State", admin, account.Filter{State: "AB"}},
	} {
		c.f.Limit = 50
		b.Run(c.name, func(b *testing.B) {
			total := 0
			for b.Loop() {
				_, n, err := account.People(ctx, db, c.who, c.f)
				if err != nil {
					b.Fatal(err)
				}
				total = n.N
			}
			b.ReportMetric(float64(total), "people")
		})
		b.Run(c.name+", count", func(b *testing.B) {
			for b.Loop() {
				if _, err := account.Count(ctx, db, c.who, c.f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
