// Package rostertest makes rosters of many experts, to measure and to test with.
package rostertest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"polis/internal/access"
	"polis/internal/community/roster"
	"polis/internal/framework"
	"polis/internal/store"
)

// States are those of the experts that Many makes.
var States = []string{"KG", "TJ", "UZ", "KZ", "MN", "UA", "MD", "GE", "AM", "AZ", "AL", "RS", "BA", "ME", "MK", "DE", "FR", "IT", "ES", "SE", "FI", "NO", "PL", "AT", "CH", "IE", "PT", "GR", "CA", "US"}

// Words are those in which they write.
var Words = []string{
	"cryptocurrency", "forensics", "interview", "patrol", "community", "curriculum", "laboratory", "evidence", "network", "trafficking", "victims", "border", "training", "simulation",
	"academy", "leadership", "integrity", "complaints", "hate", "crime", "darknet", "precursors", "laundering", "assets", "recovery", "hostage", "negotiation", "analysis", "intelligence", "gender",
}

// Many writes so many experts into the tables, each other with the same seed: those of a
// State by its focal point's word, found by members, officials, or who vouches for them and
// the desk. They are there on the day.
func Many(ctx context.Context, db *store.DB, n int, seed uint64, now time.Time) error {
	rnd := rand.New(rand.NewPCG(seed, 1))
	const atOnce = 250
	for first := 0; first < n; first += atOnce {
		_, err := store.Write(ctx, db, access.System("test"), func(tx *store.Tx) (store.Event, error) {
			b := &batch{rnd: rnd, now: now}
			for i := first; i < min(first+atOnce, n); i++ {
				b.expert(i)
			}
			return store.Event{Act: "test.experts"}, b.put(ctx, tx)
		})
		if err != nil {
			return fmt.Errorf("rostertest: from %d: %w", first, err)
		}
	}
	return nil
}

// batch are rows of tables, in the order of the tables.
type batch struct {
	rnd                                                    *rand.Rand
	now                                                    time.Time
	people, words, grants, experts, fields, lines, inWords [][]any
}

func (b *batch) put(ctx context.Context, tx *store.Tx) error {
	for _, t := range []struct {
		into string
		rows [][]any
	}{
		{"person (id, email, name, acts_for, body, lang, secret, confirmed, seen, blocked, erased, rev, created, updated, level, state, grp, owner, vouched, reaches, review)", b.people},
		{"vouching (id, person, acts_for, body, trust, by_whom, since, until, ended, ended_by, reason, level, state, grp, owner)", b.words},
		{"role_grant (id, person, role, acts_for, body, by_whom, since, until, ended, ended_by, reason)", b.grants},
		{"expert (person, blocked, found, consented, vouching, acts_for, body, word_until, word_ended, held, held_as, held_until, held_ended, accepted, lang, reviewed, review_by, reminded, rev, created, updated, level, state, grp, owner)", b.experts},
		{"expert_field (person, field, width, rev, updated)", b.fields},
		{roster.LineInto, b.lines},
		{roster.WordInto, b.inWords},
	} {
		if err := tx.Insert(ctx, t.into, t.rows, ""); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) pick(list []string) string { return list[b.rnd.IntN(len(list))] }

// some are k different ones of the list.
func (b *batch) some(list []string, k int) (out []string) {
	for _, i := range b.rnd.Perm(len(list))[:min(k, len(list))] {
		out = append(out, list[i])
	}
	return out
}

// expert makes the rows of one.
func (b *batch) expert(i int) {
	id, state := fmt.Sprintf("many-%06d", i), b.pick(States)
	name, at := fmt.Sprintf("Expert %06d", i), b.now.Add(-time.Duration(b.rnd.IntN(300*24))*time.Hour)
	until := b.now.Add(365 * 24 * time.Hour)
	b.people = append(b.people, []any{id, id + "@polis.example", name, state, "", "en", "", at, at, false, false, 1, at, at, 3, "", "", id, true, until, until})
	b.words = append(b.words, []any{"v-" + id, id, state, "", 2, "test", at, until, 0, "", "", 3, state, "", id})
	b.grants = append(b.grants, []any{"r-" + id, id, "expert", state, "", "test", at, 0, 0, "", ""})
	found := roster.Width(1 + b.rnd.IntN(3))
	b.experts = append(b.experts, []any{
		id, false, int64(found), at, "v-" + id, state, "", until, 0, "r-" + id, "expert", 0, 0, "accepted", "en", at, at.Add(roster.Year), 0, 1, at, at, 3, "", "", id,
	})
	for f, lines := range b.says(state) {
		width := roster.Width(b.rnd.IntN(4))
		if b.rnd.IntN(3) > 0 {
			width = roster.Members
		}
		b.fields = append(b.fields, []any{id, string(f), int64(width), 1, at})
		rows, words := roster.Rows(id, f, width, lines)
		b.lines, b.inWords = append(b.lines, rows...), append(b.inWords, words...)
	}
}

// sentence is what somebody writes into a line.
func (b *batch) sentence(n int) (s string) {
	for range n {
		s += b.pick(Words) + " "
	}
	return s + "course"
}

// says are what she says of herself.
func (b *batch) says(state string) map[roster.Field][]roster.Line {
	made := map[roster.Field][]roster.Line{}
	add := func(f roster.Field, l roster.Line) { made[f] = append(made[f], l) }
	var themes []string
	for _, t := range framework.Themes() {
		themes = append(themes, t.ID)
		for _, sub := range t.Narrower {
			themes = append(themes, sub.ID)
		}
	}
	for _, t := range b.some(themes, 2+b.rnd.IntN(2)) {
		add(roster.Theme, roster.Line{Value: t, Level: int64(1 + b.rnd.IntN(3)), Words: b.sentence(3)})
	}
	add(roster.Language, roster.Line{Value: "en", Level: int64(1 + b.rnd.IntN(6))})
	for _, t := range b.some(roster.Tongues[1:12], 1+b.rnd.IntN(2)) {
		add(roster.Language, roster.Line{Value: t, Level: int64(1 + b.rnd.IntN(roster.Own))})
	}
	from := b.now.AddDate(0, 0, b.rnd.IntN(200))
	add(roster.Free, roster.Line{Value: "free", Since: from.Format(time.DateOnly), Until: from.AddDate(0, 0, 30+b.rnd.IntN(200)).Format(time.DateOnly)})
	busy := b.now.AddDate(0, 0, b.rnd.IntN(300))
	add(roster.Free, roster.Line{Value: "busy", Since: busy.Format(time.DateOnly), Until: busy.AddDate(0, 0, 14).Format(time.DateOnly)})
	add(roster.Free, roster.Line{Value: "lead", Level: int64(7 + b.rnd.IntN(60))})
	for _, a := range b.some(roster.Assignments, 2) {
		add(roster.Assignment, roster.Line{Value: a})
	}
	add(roster.Service, roster.Line{Value: b.pick(roster.Services)})
	add(roster.Rank, roster.Line{Value: b.pick(roster.RankGroups)})
	for range 2 {
		add(roster.Mission, roster.Line{Value: b.pick(States), Words: b.sentence(3), Since: "2015", Until: "2018"})
	}
	add(roster.Training, roster.Line{Words: b.sentence(4), Since: "2021"})
	if b.rnd.IntN(3) > 0 {
		add(roster.Gender, roster.Line{Value: b.pick(roster.Genders[:2])})
	}
	if b.rnd.IntN(4) > 0 {
		add(roster.National, roster.Line{Value: state})
	}
	if b.rnd.IntN(8) == 0 {
		add(roster.Exclusion, roster.Line{Value: b.pick(States), Words: "family there", Until: b.now.AddDate(1, 0, 0).Format(time.DateOnly)})
	}
	return made
}

// Wishes is a search such as desks make, another with each call.
func Wishes(rnd *rand.Rand, now time.Time) roster.Wishes {
	var themes []string
	for _, t := range framework.Themes() {
		themes = append(themes, t.ID)
		for _, sub := range t.Narrower {
			themes = append(themes, sub.ID)
		}
	}
	pick := func(list []string) string { return list[rnd.IntN(len(list))] }
	w := roster.Wishes{}
	odds := func(n int) bool { return rnd.IntN(n) == 0 }
	if !odds(8) {
		w.Themes, w.Level = []string{pick(themes)}, int64(1+rnd.IntN(3))
	}
	if !odds(3) {
		w.Languages = []roster.Spoken{{Tongue: pick(roster.Tongues[:12]), Level: int64(3 + rnd.IntN(3))}}
	}
	if odds(4) {
		w.Words = pick(Words)
	}
	if !odds(3) {
		from := now.AddDate(0, 0, rnd.IntN(150))
		w.From, w.To = from.Format(time.DateOnly), from.AddDate(0, 0, 4).Format(time.DateOnly)
	}
	if odds(2) {
		w.Host = pick(States)
	}
	if odds(3) {
		w.NotOf = pick(States)
	}
	if odds(4) {
		w.Gender = pick(roster.Genders)
	}
	if odds(4) {
		w.Assignment = pick(roster.Assignments)
	}
	if odds(6) {
		w.Service = pick(roster.Services)
	}
	if odds(8) {
		w.Rank = pick(roster.RankGroups)
	}
	return w
}
