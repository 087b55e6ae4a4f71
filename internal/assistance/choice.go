package assistance

import (
	"context"
	"strconv"
	"strings"

	"polis/internal/access"
	"polis/internal/store"
)

// choice is one of the conditions by which a list is chosen. Its rows are read out of an
// index in the order of the list, or it is looked up for each row that another choice
// has found.
type choice struct {
	way   string // a SELECT of id and at, "" where no index leads there
	when  string // the condition on a row
	args  []any  // of the one and of the other
	loose bool   // its rows do not come in the order of the list
}

// listing is a list as it is asked for.
type listing struct {
	columns string
	table   string // that is listed, with its alias: "project p"
	join    string // " JOIN project p ON …", or ""
	scope   string // "{scope p}"
	at      string // the column by which it goes; with the id it says where a row stands
	day     bool   // at is a day, and no time
	rising  bool   // the first first, else the last
	choices []choice
}

// among adds a choice of stages. Several of them do not come in the order of the list.
func (l *listing) among(stages []any) {
	l.add("{row}.stage IN "+marks(len(stages)), stages...)
	l.choices[len(l.choices)-1].loose = len(stages) > 1
}

// alias is that of the listed table.
func (l listing) alias() string { return l.table[strings.Index(l.table, " ")+1:] }

// add puts a choice by columns of the listed table itself, {row}, to the others; an
// index leads there.
func (l *listing) add(condition string, args ...any) {
	table, alias, _ := strings.Cut(l.table, " ")
	l.choices = append(l.choices, choice{
		way:  "SELECT s.id, s." + l.at + " AS at FROM " + table + " s WHERE " + strings.ReplaceAll(condition, "{row}", "s"),
		when: strings.ReplaceAll(condition, "{row}", alias), args: args,
	})
}

// watched puts the choices of what belongs to the projects of a State, a structure or a
// person to the others; p is the project. joined is how the listed rows, j, are found
// from a project's id.
func (l *listing) watched(w Watch, joined string) {
	for _, of := range []struct{ kind, value string }{{"host", w.State}, {"organiser", w.Body}} {
		if of.value != "" {
			c := projectTag(of.kind, of.value)
			c.loose = true
			c.way = "SELECT j.id, j." + l.at + " AS at FROM project_tag s " + strings.ReplaceAll(joined, "{project}", "s.project") + " WHERE s.kind = '" + of.kind + "' AND s.value = ?"
			l.choices = append(l.choices, c)
		}
	}
	if w.Owner != "" {
		l.choices = append(l.choices, choice{
			"SELECT j.id, j." + l.at + " AS at FROM project s " + strings.ReplaceAll(joined, "{project}", "s.id") + " WHERE s.owner = ?",
			"p.owner = ?",
			[]any{w.Owner},
			true,
		})
	}
}

// enough is to how many rows a choice is counted before the list is read: beyond, it
// leads to too many to tell them apart.
const enough = 5000

// narrowest finds the choice that leads to the fewest rows: its index is read, and the
// others are looked up. The first of those that lead to too many wins, unless its rows
// would have to be sorted to be listed; -1 is none.
func (l listing) narrowest(ctx context.Context, q store.Reader, counted bool) (int, error) {
	var ask query
	var counts []string
	best := -1
	for i, c := range l.choices {
		if c.way != "" {
			best = i
			counts = append(counts, "SELECT "+strconv.Itoa(i)+" AS way, COUNT(*) AS n FROM ("+ask.bound(c.way, c.args...)+" LIMIT "+strconv.Itoa(enough)+") w WHERE {scope}")
		}
	}
	if len(counts) == 0 || len(counts) == 1 && (counted || !l.choices[best].loose) {
		return best, nil
	}
	list, err := store.List[struct{ Way, N int }](ctx, q, everything, strings.Join(counts, " UNION ALL ")+" ORDER BY n, way", ask.args...)
	for _, w := range list {
		if counted || w.N < enough || !l.choices[w.Way].loose {
			return w.Way, err
		}
	}
	return -1, err
}

// found is the part of the statement that finds the rows, or counts them: what they are, with their id and
// at as columns, and from where.
func (l listing) found(ctx context.Context, db store.Reader, q *query, counted bool) (id, at, from string, err error) {
	best, err := l.narrowest(ctx, db, counted)
	if err != nil {
		return "", "", "", err
	}
	id, at, from = l.alias()+".id", l.alias()+"."+l.at, " FROM "+l.table
	if best >= 0 {
		way := q.bound(l.choices[best].way, l.choices[best].args...)
		id, at, from = "w.id", "w.at", " FROM ("+way+") w JOIN "+l.table+" ON "+l.alias()+".id = w.id"
	}
	q.and(l.scope)
	for i, c := range l.choices {
		if i != best {
			q.and(c.when, c.args...)
		}
	}
	return id, at, from + l.join + " WHERE ", nil
}

// listed reads a part of a list from behind a place on, and tells where the next begins.
func listed[Row any](ctx context.Context, db *store.DB, scope access.Scope, l listing, after Place, limit int, place func(Row) Place) (list []Row, more Place, err error) {
	var q query
	id, at, from, err := l.found(ctx, db, &q, false)
	if err != nil {
		return nil, Place{}, err
	}
	order, beyond := " DESC", "<"
	if l.rising {
		order, beyond = "", ">"
	}
	if after != (Place{}) {
		var stood any = after.At
		if l.day {
			stood = today(after.At)
		}
		q.and("("+at+", "+id+") "+beyond+" (?, ?)", stood, after.ID)
	}
	q.args = append(q.args, limit+1)
	list, err = store.List[Row](ctx, db, scope, "SELECT "+l.columns+" FROM (SELECT "+id+" AS id, "+at+" AS at"+from+q.conditions()+
		" ORDER BY "+at+order+", "+id+order+" LIMIT $"+strconv.Itoa(len(q.args))+") f JOIN "+l.table+" ON "+l.alias()+".id = f.id"+l.join+
		" ORDER BY f.at"+order+", f.id"+order, q.args...)
	list, more = page(list, limit, place)
	return list, more, err
}

// tallied is how many rows a list has, counted up to most.
func tallied(ctx context.Context, db *store.DB, scope access.Scope, l listing, most int) (int, error) {
	var q query
	_, _, from, err := l.found(ctx, db, &q, true)
	if err != nil {
		return 0, err
	}
	q.args = append(q.args, most)
	return store.Get[int](ctx, db, scope, "SELECT COUNT(*) FROM (SELECT 1 AS one"+from+q.conditions()+" LIMIT $"+strconv.Itoa(len(q.args))+") n", q.args...)
}
