package notice_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"polis/internal/community/notice"
	"polis/internal/directory"
	"polis/internal/keyring"
	"polis/internal/mail"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

const (
	manyPeople = 10_000
	manyGroups = 200
	groupsEach = 4 // of which one person is a member
)

// BenchmarkDigests builds the weekly letters of 10,000 people in 200 groups, from the
// question whose are due to the words that leave: with 10,000 topics and 50,000 posts of
// two months, and with ten times as many.
func BenchmarkDigests(b *testing.B) {
	for _, topics := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("%d/sqlite", topics), func(b *testing.B) { benchDigests(b, storetest.SQLite(b), topics) })
		b.Run(fmt.Sprintf("%d/postgres", topics), func(b *testing.B) { benchDigests(b, storetest.Postgres(b), topics) })
	}
}

func benchDigests(b *testing.B, db *store.DB, topics int) {
	keys, err := keyring.Open(b.TempDir(), "")
	if err != nil {
		b.Fatal(err)
	}
	if err := directory.Seed(ctx, db); err != nil {
		b.Fatal(err)
	}
	now := time.Now()
	community(b, db, topics, now)
	n := &notice.Notice{DB: db, Keys: keys}
	finish := n.Finish(func(_ context.Context, l mail.Letter) (mail.Letter, error) { return l, nil })
	for b.Loop() {
		fill(b, db, func(tx *store.Tx) error {
			if _, err := tx.Exec(ctx, "DELETE FROM letter"); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, "UPDATE notice_digest SET daily = $1, weekly = $1, due = $1", now.AddDate(0, 0, -8))
			return err
		})
		letters := 0
		for {
			people, sent, err := n.Gather(ctx, now)
			if err != nil {
				b.Fatal(err)
			}
			if letters += sent; people == 0 {
				break
			}
		}
		list, err := store.List[held](ctx, db, store.Everything("test"), "SELECT id, recipient, kind, object, args FROM letter WHERE {scope}")
		if err != nil || len(list) != manyPeople || letters != manyPeople {
			b.Fatal(len(list), letters, err)
		}
		lines := 0
		for _, h := range list {
			l, err := finish(ctx, mail.Letter{To: h.Recipient, Kind: h.Kind, Object: h.Object, Args: h.Args})
			if err != nil {
				b.Fatal(h.Recipient, err)
			}
			lines += len(l.Lines)
		}
		b.ReportMetric(float64(lines)/manyPeople, "lines/letter")
	}
}

func fill(b *testing.B, db *store.DB, fn func(tx *store.Tx) error) {
	b.Helper()
	_, err := store.Write(ctx, db, system, func(tx *store.Tx) (store.Event, error) { return store.Event{Act: "test.filled", Quiet: true}, fn(tx) })
	if err != nil {
		b.Fatal(err)
	}
}

// community puts people, groups, topics and posts into the tables. Half of the groups are
// closed; letters may say what was written in three of four.
func community(b *testing.B, db *store.DB, topics int, now time.Time) {
	b.Helper()
	person := func(i int) string { return fmt.Sprintf("p%06d", i) }
	group := func(i int) (id string, kind string, level int) {
		if id = fmt.Sprintf("g%03d", i%manyGroups); i%2 == 0 {
			return id, "closed", 3
		}
		return id, "members", 1
	}
	var people, words, members, digests [][]any
	for i := range manyPeople {
		id, since, until := person(i), now.AddDate(0, -3, 0), now.AddDate(1, 0, 0)
		people = append(people, []any{id, id + "@polis.example", fmt.Sprintf("Officer %06d", i), "KG", "", "en", "", since, 0, false, false, 1, since, since, 3, "", "", id, true, until, until})
		words = append(words, []any{"v" + id, id, "KG", "", 2, "focal", since, until, 0, "", "", 3, "KG", "", id})
		for k := range groupsEach {
			g, _, _ := group(i*7 + k*13)
			members = append(members, []any{g, id, "v" + id, "focal", since})
		}
		digests = append(digests, []any{id, now, now, now})
	}
	fill(b, db, func(tx *store.Tx) error {
		for i := range manyGroups {
			id, kind, level := group(i)
			_, err := tx.Exec(ctx, `INSERT INTO circle (id, kind, name, about, lang, welcome, rules, holds, mails, translates, rev, created, updated, ended, level, state, grp, owner)
				VALUES ($1, $2, $3, '', 'en', '', '', FALSE, $4, FALSE, 1, $5, $5, 0, $6, '', $1, '')`, id, kind, "Group "+id, i%4 > 0, now, level)
			if err != nil {
				return err
			}
		}
		if err := tx.Insert(ctx, "person (id, email, name, acts_for, body, lang, secret, confirmed, seen, blocked, erased, rev, created, updated, level, state, grp, owner, vouched, reaches, review)", people, ""); err != nil {
			return err
		}
		if err := tx.Insert(ctx, "vouching (id, person, acts_for, body, trust, by_whom, since, until, ended, ended_by, reason, level, state, grp, owner)", words, ""); err != nil {
			return err
		}
		if err := tx.Insert(ctx, "membership (grp, person, vouching, by_whom, since)", members, " ON CONFLICT DO NOTHING"); err != nil {
			return err
		}
		return tx.Insert(ctx, "notice_digest (person, daily, weekly, due)", digests, "")
	})
	const posts = 5
	for from := 0; from < topics; from += 5_000 {
		fill(b, db, func(tx *store.Tx) error {
			var t, p [][]any
			for i := from; i < min(topics, from+5_000); i++ {
				id, author, at := fmt.Sprintf("t%07d", i), person(i*31%manyPeople), now.Add(-time.Duration(i*7919%(60*24*60))*time.Minute-time.Minute)
				g, _, level := group(i)
				t = append(t, []any{id, "question", fmt.Sprintf("Who has a model of form %d for us?", i), "en", author, posts, at, false, "", 0, 1, at, at, level, "", g, ""})
				for k := range posts {
					p = append(p, []any{fmt.Sprintf("%s-%d", id, k), id, k + 1, author, "en", "It lies with the academy, and may be used.", "", "page", "shown", "", false, 0, 1, at, at, level, "", g, ""})
				}
			}
			if err := tx.Insert(ctx, "topic (id, kind, title, lang, author, posts, last, answered, review_by, locked, rev, created, updated, level, state, grp, owner)", t, ""); err != nil {
				return err
			}
			return tx.Insert(ctx, "post (id, topic, n, author, lang, body, quotes, way, stage, reason, answer, edits, rev, created, updated, level, state, grp, owner)", p, "")
		})
	}
	if db.Engine() == "postgres" {
		fill(b, db, func(tx *store.Tx) error { // as PostgreSQL does by itself after a minute
			_, err := tx.Exec(ctx, "ANALYZE")
			return err
		})
	}
}
