package roster

import (
	"cmp"
	"context"
	"slices"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// rank puts who meets most of what is wished first, then the higher level, then who
// reviewed her profile last.
func rank(rows []foundRow) {
	slices.SortFunc(rows, func(a, b foundRow) int {
		return cmp.Or(cmp.Compare(b.Met, a.Met), cmp.Compare(b.Level, a.Level), cmp.Compare(b.Reviewed, a.Reviewed), cmp.Compare(a.Person, b.Person))
	})
}

// likeliest are the first of those whom a search finds, at most limit.
func (f *finding) likeliest(ctx context.Context, q store.Reader, limit int) ([]foundRow, error) {
	rows, err := f.rows(ctx, q)
	rank(rows)
	return rows[:min(limit, len(rows))], err
}

// Knowing are experts on one of the themes, the likeliest first, whoever asks: for the
// program, which brings them a question and tells nobody to whom it went. Who lets nobody
// find her, or find her by her themes, is left alone.
func (r *Roster) Knowing(ctx context.Context, q store.Reader, themes []string, limit int) (people []string, err error) {
	if len(themes) == 0 {
		return nil, nil
	}
	rows, err := r.finding(Wishes{Themes: themes}, Eye{floor: Keepers}, time.Now()).likeliest(ctx, q, limit)
	for _, row := range rows {
		people = append(people, row.Person)
	}
	return people, err
}

// Helpers are members of a group, on a word that holds, whom the caller finds on the
// roster for one of the themes. Whether she may know who is in the group the group says.
func (r *Roster) Helpers(ctx context.Context, who access.Subject, group string, themes []string, limit int) ([]Hit, error) {
	e, now := EyeOf(who), time.Now()
	if e.Blind() || len(themes) == 0 {
		return nil, nil
	}
	const member = "FROM membership m JOIN vouching v ON v.id = m.vouching WHERE m.grp = ? AND v.ended = 0 AND v.until > ?"
	f := r.finding(Wishes{Themes: themes}, e, now)
	f.needs = append(f.needs, choice{
		func(q *query) string { return q.bound("SELECT m.person, 0 AS level "+member, group, now) },
		func(q *query) string {
			return q.bound("EXISTS (SELECT 1 "+member+" AND m.person = e.person)", group, now)
		},
	})
	rows, err := f.likeliest(ctx, r.DB, limit)
	if err != nil {
		return nil, err
	}
	return f.hits(ctx, r.DB, rows)
}

// Authors are the experts whom the caller finds and who name the document of the library
// among their publications, as far as she sees those.
func (r *Roster) Authors(ctx context.Context, who access.Subject, document string, limit int) (people []string, err error) {
	e := EyeOf(who)
	if e.Blind() || document == "" {
		return nil, nil
	}
	f := &finding{Eye: e, now: time.Now()}
	f.needs = append(f.needs, f.line(valued(Publication, document, 0)))
	rows, err := f.likeliest(ctx, r.DB, limit)
	for _, row := range rows {
		people = append(people, row.Person)
	}
	return people, err
}
