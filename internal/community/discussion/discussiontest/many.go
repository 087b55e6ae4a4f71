// Package discussiontest fills a database with people, groups, topics and posts, so that
// what is fast with a few can be measured with many.
package discussiontest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// ten are the groups that Many makes unless it is told which: "many-g-0" to "many-g-9", of
// all kinds, the first of them closed.
var ten = []string{"closed", "open", "members", "members", "forum", "closed", "open", "members", "members", "forum"}

// words of the titles, so that some are common and some rare.
var words = []string{"agreement", "training", "evidence", "patrol", "exchange", "checklist", "curriculum", "interview", "analysis", "statistics", "vehicle", "border", "academy", "mentor", "drill"}

// Many makes people ("many-p-N"), groups of these kinds with their members (everybody is
// in two), topics ("many-t-N") and posts, as even as they come: each topic has its share
// of the posts, half of the topics are questions, and a third of those have an answer.
func Many(ctx context.Context, db *store.DB, people, topics, posts int, kinds ...string) error {
	if len(kinds) == 0 {
		kinds = ten
	}
	m := many{kinds: kinds, at: time.Now().Add(-time.Duration(topics) * time.Minute).UnixMicro(), people: people, topics: topics, each: max(1, posts/max(topics, 1))}
	for _, step := range []func(context.Context, *store.Tx) error{m.folk, m.circles} {
		if err := write(ctx, db, step); err != nil {
			return err
		}
	}
	const atOnce = 2000
	for from := 0; from < topics; from += atOnce {
		err := write(ctx, db, func(ctx context.Context, tx *store.Tx) error { return m.talk(ctx, tx, from, min(from+atOnce, topics)) })
		if err != nil {
			return err
		}
	}
	return nil
}

func write(ctx context.Context, db *store.DB, fn func(context.Context, *store.Tx) error) error {
	_, err := store.Write(ctx, db, access.System("test"), func(tx *store.Tx) (store.Event, error) {
		return store.Event{Act: "test.many", Quiet: true}, fn(ctx, tx)
	})
	return err
}

// many is what is to be made.
type many struct {
	kinds                []string
	at                   int64 // when the first topic was opened
	people, topics, each int
}

func (m many) folk(ctx context.Context, tx *store.Tx) error {
	var folk, vouchings [][]any
	later := tx.Now().AddDate(1, 0, 0)
	for i := range m.people {
		id := fmt.Sprintf("many-p-%d", i)
		folk = append(folk, []any{id, id + "@example.org", fmt.Sprintf("Officer %d", i), "KG", "", "en", "", tx.Now(), 0, 0, false, false, 0, 0, 1, tx.Now(), tx.Now(), 3, "", "", id})
		vouchings = append(vouchings, []any{"v-" + id, id, "KG", "", 2, "test", tx.Now(), later, 0, "", "", 2, "KG", "", id})
	}
	err := tx.Insert(ctx, "person (id, email, name, acts_for, body, lang, secret, confirmed, seen, signed_out, blocked, erased, warned, warned_again, rev, created, updated, level, state, grp, owner)", folk, "")
	if err != nil {
		return err
	}
	return tx.Insert(ctx, "vouching (id, person, acts_for, body, trust, by_whom, since, until, ended, ended_by, reason, level, state, grp, owner)", vouchings, "")
}

// level is that of a group, of each kind those that are usual.
func (m many) level(group int) int {
	switch m.kinds[group] {
	case "closed":
		return 3
	case "members":
		return 2 - group%2
	}
	return 0
}

func (m many) circles(ctx context.Context, tx *store.Tx) error {
	var circles, members [][]any
	for g, kind := range m.kinds {
		id := fmt.Sprintf("many-g-%d", g)
		circles = append(circles, []any{id, "Group " + id, "", 1, tx.Now(), tx.Now(), 0, kind, m.level(g), "", id, ""})
	}
	for i := range m.people {
		id, of := fmt.Sprintf("many-p-%d", i), len(m.kinds)
		for _, g := range slices.Compact([]int{i % of, (i + 3) % of}) {
			members = append(members, []any{fmt.Sprintf("many-g-%d", g), id, "v-" + id, "test", tx.Now(), i < of})
		}
	}
	if err := tx.Insert(ctx, "circle (id, name, about, rev, created, updated, ended, kind, level, state, grp, owner)", circles, ""); err != nil {
		return err
	}
	return tx.Insert(ctx, "membership (grp, person, vouching, by_whom, since, facilitates)", members, "")
}

// talk makes the topics from one number to another, with their posts.
func (m many) talk(ctx context.Context, tx *store.Tx, from, to int) error {
	var topics, posts, titled, themes [][]any
	for t := from; t < to; t++ {
		id, group := fmt.Sprintf("many-t-%d", t), t%len(m.kinds)
		grp, opened := fmt.Sprintf("many-g-%d", group), m.at+int64(t)*60_000_000
		kind, answered := "discussion", false
		if t%20 >= 10 {
			kind, answered = "question", t%3 == 0 && m.each > 1
		}
		one, two := words[t%len(words)], words[(t/len(words))%len(words)]
		topics = append(topics, []any{
			id, kind, fmt.Sprintf("About the %s and the %s, case%d", one, two, t), "en", m.author(t), m.each, opened + int64(m.each)*1_000_000, answered, "", 0, 1, opened, opened,
			m.level(group), "", grp, "", m.each > 1,
		})
		seen := map[string]bool{}
		for _, w := range []string{"about", "the", one, "and", two, fmt.Sprintf("case%d", t)} {
			if !seen[w] {
				seen[w], titled = true, append(titled, []any{id, w})
			}
		}
		themes = append(themes, []any{id, []string{"cybercrime", "drugs", "trafficking", "terrorism"}[t%4]})
		for n := 1; n <= m.each; n++ {
			posts = append(posts, []any{
				fmt.Sprintf("many-o-%d-%d", t, n), id, n, m.author(t + n - 1), "en", fmt.Sprintf("Post **%d** of topic %d: we use a %s for the %s, and it works.", n, t, one, two), "", "page", "shown", "",
				answered && n == 2, 0, 1, opened + int64(n)*1_000_000, opened + int64(n)*1_000_000, m.level(group), "", grp, "",
			})
		}
	}
	for _, of := range []struct {
		into string
		rows [][]any
	}{
		{"topic (id, kind, title, lang, author, posts, last, answered, review_by, locked, rev, created, updated, level, state, grp, owner, heard)", topics},
		{"post (id, topic, n, author, lang, body, quotes, way, stage, reason, answer, edits, rev, created, updated, level, state, grp, owner)", posts},
		{"topic_word (topic, word)", titled},
		{"topic_theme (topic, theme)", themes},
	} {
		if err := tx.Insert(ctx, of.into, of.rows, ""); err != nil {
			return err
		}
	}
	return nil
}

// author is one of the members of the topic's group.
func (m many) author(n int) string { return fmt.Sprintf("many-p-%d", n%max(m.people, 1)) }
