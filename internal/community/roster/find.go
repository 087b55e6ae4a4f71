package roster

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// Most is how many people one search ranks. Beyond, it says that there are more: whoever
// finds five hundred has not said what she needs.
const Most = 500

// ErrEverybody is returned to who is no official and names nothing that she needs: a list
// of all experts is for those who send them.
var ErrEverybody = errors.New("roster: nobody but officials lists everybody")

// Hit is somebody who was found: of her profile only what the searcher sees is in it.
type Hit struct {
	Profile
	Judged
}

// Found is what a search found: a page of the hits in their order, and how all of them
// are spread.
type Found struct {
	Hits    []Hit
	N       int
	More    bool           // there are more than N
	Genders map[string]int // "" is who does not say, or not to the searcher
	States  map[string]int // that vouch; "" is for structures and organisations
}

// choice is one of the conditions of a search: read out of an index, or looked up for each
// person that another one has found. as picture in internal/assistance/choice.go.
type choice struct {
	way  func(q *query) string // a SELECT of person and level, nil where no index leads there
	when func(q *query) string // the condition on the expert e
}

// finding is a search as it is put together.
type finding struct {
	Wishes
	Eye
	now    time.Time
	needs  []choice
	wishes []choice
	themed func(q *query) string // the condition on a line x of a theme
}

// exists is the condition that the expert e has a line that fits and is seen; index names the
// columns by which it is looked up.
func (f *finding) exists(fits func(q *query) string) func(q *query) string {
	return func(q *query) string {
		return "EXISTS (SELECT 1 FROM expert_line x WHERE x.person = e.person AND " + fits(q) + " AND " + f.seen(q) + ")"
	}
}

// line is a choice by lines that fit.
func (f *finding) line(fits func(q *query) string) choice {
	return choice{func(q *query) string {
		return "SELECT x.person, x.level FROM expert_line x WHERE " + fits(q) + " AND " + f.loosely(q)
	}, f.exists(fits)}
}

// loosely is what of seen can be said without the expert: for who answers for some
// people it is too wide, and the condition is looked up again.
func (f *finding) loosely(q *query) string {
	if f.answers() {
		return "x.width >= 1"
	}
	return f.seen(q)
}

// valued is the condition of a field's value.
func valued(of Field, value string, level int64) func(q *query) string {
	return func(q *query) string {
		return q.bound("x.field = '"+string(of)+"' AND x.value = ? AND x.level >= ?", value, level)
	}
}

func (r *Roster) finding(w Wishes, e Eye, now time.Time) *finding {
	f := &finding{Wishes: w, Eye: e, now: now}
	if len(w.Themes) > 0 {
		f.themed = func(q *query) string { return f.ofThemes(q, "x.under || ''") } // of one person: SQLite is not to read all of the theme
		c := f.line(func(q *query) string { return f.ofThemes(q, "x.under") })
		c.when = f.exists(f.themed)
		f.needs = append(f.needs, c)
	}
	for _, s := range w.Languages {
		f.needs = append(f.needs, f.line(valued(Language, s.Tongue, s.Level)))
	}
	for _, stem := range w.stems() {
		fits := func(q *query) string { return q.bound("x.stem = ?", stem) }
		f.needs = append(f.needs, choice{
			func(q *query) string {
				return "SELECT x.person, 0 AS level FROM expert_word x WHERE " + fits(q) + " AND " + f.loosely(q)
			},
			func(q *query) string {
				return "EXISTS (SELECT 1 FROM expert_word x WHERE x.person = e.person AND " + fits(q) + " AND " + f.seen(q) + ")"
			},
		})
	}
	for _, of := range w.plain() {
		if of.value != "" {
			f.wishes = append(f.wishes, f.line(valued(of.field, of.value, 0)))
		}
	}
	f.states()
	if w.From != "" {
		f.days()
	}
	if w.strict() {
		f.needs, f.wishes = append(f.needs, f.wishes...), nil
	}
	return f
}

// ofThemes: a whole theme is found by what its lines lie under, a part by itself.
func (f *finding) ofThemes(q *query, under string) string {
	var parts []string
	for _, t := range f.Themes {
		if strings.Contains(t, "/") {
			parts = append(parts, valued(Theme, t, f.Level)(q))
		} else {
			parts = append(parts, q.bound("x.field = 'theme' AND "+under+" = ? AND x.level >= ?", t, f.Level))
		}
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

// states leave out her own State, a nationality, and what she excludes.
func (f *finding) states() {
	for _, state := range clean([]string{f.Host, f.NotOf}) {
		national := f.exists(valued(National, state, 0))
		f.needs = append(f.needs, choice{when: func(q *query) string {
			return q.bound("e.acts_for <> ?", state) + " AND NOT " + national(q)
		}})
	}
	if f.Host != "" {
		excluded := f.exists(func(q *query) string {
			return q.bound("x.field = 'exclusion' AND x.value = ? AND (x.until = '' OR x.until >= ?)", f.Host, f.first(f.now))
		})
		f.needs = append(f.needs, choice{when: func(q *query) string { return "NOT " + excluded(q) }})
	}
}

// days: one stretch of free days holds all that are wished, and no other says otherwise.
func (f *finding) days() {
	free := f.exists(func(q *query) string {
		return q.bound("x.field = 'free' AND x.value = 'free' AND x.since <= ? AND x.until >= ?", f.From, f.until())
	})
	busy := f.exists(func(q *query) string {
		return q.bound("x.field = 'free' AND x.value = 'busy' AND x.since <= ? AND x.until >= ?", f.until(), f.From)
	})
	lead := f.exists(func(q *query) string {
		return q.bound("x.field = 'free' AND x.value = 'lead' AND x.level <= ?", f.ahead(f.now))
	})
	f.wishes = append(f.wishes,
		choice{when: func(q *query) string { return "(" + free(q) + " AND NOT " + busy(q) + ")" }},
		choice{when: lead})
}

// enough is to how many rows a choice is counted before the search is run: beyond, it
// leads to too many to tell them apart.
const enough = 1500

// narrowest finds the choice whose index leads to the fewest people; -1 is none.
func (f *finding) narrowest(ctx context.Context, q store.Reader) (int, error) {
	var ask query
	var counts []string
	best := -1
	for i, c := range f.needs {
		if c.way != nil {
			if best < 0 {
				best = i
			}
			counts = append(counts, "SELECT "+strconv.Itoa(i)+" AS way, COUNT(*) AS n FROM ("+c.way(&ask)+" LIMIT "+strconv.Itoa(enough)+") w WHERE {scope}")
		}
	}
	if len(counts) < 2 {
		return best, nil
	}
	list, err := store.List[struct{ Way, N int }](ctx, q, everything, strings.Join(counts, " UNION ALL ")+" ORDER BY n, way LIMIT 1", ask.args...)
	if err != nil || len(list) == 0 {
		return best, err
	}
	return list[0].Way, nil
}

// foundRow is somebody in a search before her profile is read.
type foundRow struct {
	Person   string
	ActsFor  string
	Reviewed int64
	Level    int64
	Met      int
	Gender   string
}

// Find looks for experts: the hits of a page (from 0) in their order, who meet all that
// is needed: first who meets most of what is wished, then the higher level in the theme,
// then who reviewed her profile last.
func (r *Roster) Find(ctx context.Context, who access.Subject, w Wishes, page, size int) (Found, error) {
	if err := w.Check(); err != nil {
		return Found{}, err
	}
	e := EyeOf(who)
	switch {
	case e.Blind():
		return Found{}, ErrForbidden
	case !w.Narrow() && !e.Lists():
		return Found{}, ErrEverybody
	}
	now := time.Now()
	f := r.finding(w, e, now)
	rows, err := f.rows(ctx, r.DB)
	if err != nil {
		return Found{}, err
	}
	found := Found{N: min(len(rows), Most), More: len(rows) > Most, Genders: map[string]int{}, States: map[string]int{}}
	rows = rows[:found.N]
	for _, row := range rows {
		found.Genders[row.Gender]++
		found.States[row.ActsFor]++
	}
	rank(rows)
	first := min(max(page, 0)*size, len(rows))
	found.Hits, err = f.hits(ctx, r.DB, rows[first:min(first+size, len(rows))])
	return found, err
}

// rows are those who meet what is needed, at most one more than Most.
func (f *finding) rows(ctx context.Context, db store.Reader) ([]foundRow, error) {
	best, err := f.narrowest(ctx, db)
	if err != nil {
		return nil, err
	}
	q := &query{}
	from := "expert e"
	if best >= 0 {
		q.and("e.person = d.person")
		from = "(SELECT w.person, MAX(w.level) AS level FROM (" + f.needs[best].way(q) + ") w GROUP BY w.person) d CROSS JOIN expert e"
	}
	level, met := "0", []string{"0"}
	switch {
	case f.themed != nil && best == 0 && !f.answers():
		level = "d.level"
	case f.themed != nil:
		level = "COALESCE((SELECT MAX(x.level) FROM expert_line x WHERE x.person = e.person AND " + f.themed(q) + " AND " + f.seen(q) + "), 0)"
	}
	for _, c := range f.wishes {
		met = append(met, "CASE WHEN "+c.when(q)+" THEN 1 ELSE 0 END")
	}
	gender := "COALESCE((SELECT x.value FROM expert_line x WHERE x.person = e.person AND x.field = 'gender' AND " + f.seen(q) + "), '')"
	f.finds(q, f.now)
	for i, c := range f.needs {
		if i != best || f.answers() {
			q.where = append(q.where, c.when(q))
		}
	}
	order := ""
	if best < 0 {
		order = " ORDER BY e.reviewed DESC, e.person"
	}
	return store.List[foundRow](ctx, db, everything, "SELECT e.person, e.acts_for, e.reviewed, "+level+" AS level, "+strings.Join(met, " + ")+" AS met, "+gender+" AS gender FROM "+
		from+" WHERE {scope} AND "+q.conditions()+order+" LIMIT "+strconv.Itoa(Most+1), q.args...)
}

// hits reads the profiles of a page, in its order, and leaves of each what is seen.
func (f *finding) hits(ctx context.Context, db store.Reader, rows []foundRow) ([]Hit, error) {
	list, err := profiles(ctx, db, rows)
	if err != nil {
		return nil, err
	}
	var hits []Hit
	for _, p := range list {
		p = f.only(p)
		j, _ := f.Judge(p, f.now)
		hits = append(hits, Hit{p, j})
	}
	return hits, nil
}

// profiles reads those of the rows, in their order.
func profiles(ctx context.Context, db store.Reader, rows []foundRow) ([]Profile, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	at := map[string]int{}
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i], at[row.Person] = row.Person, i
	}
	var of query
	in := of.bound("e.person IN "+marks(len(ids)), anys(ids)...)
	list, err := store.List[Profile](ctx, db, everything, "SELECT "+profileColumns+" FROM expert e WHERE {scope} AND "+in, of.args...)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b Profile) int { return at[a.Person] - at[b.Person] })
	return list, withParts(ctx, db, list)
}

// only is the profile with nothing in it but what the eye sees.
func (e Eye) only(p Profile) Profile {
	parts := map[Field]Part{}
	for f, part := range p.Parts {
		if e.Sees(p, part.Width) {
			parts[f] = part
		}
	}
	p.Parts = parts
	return p
}
