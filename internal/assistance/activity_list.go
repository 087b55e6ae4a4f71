package assistance

import (
	"context"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// ActivityFilter chooses among activities; its zero value chooses all. Of Project,
// State, Body and Theme the first that is set is read from its index, the others are
// looked up.
type ActivityFilter struct {
	Project string
	State   string // in which it goes on
	Body    string // an organiser
	Owner   string // who wrote it
	Theme   string // and those that belong to it
	Kind    string
	Stages  []ActivityStage
	From    string // days: it starts on the first or later,
	To      string // and on the second or before
	Over    string // its last day is this one or before
	Newest  bool   // by when they were made, and not by when they start
}

// tag is the row from whose index the list is read.
func (f ActivityFilter) tag() (kind, value string) {
	switch {
	case f.Project != "" || f.Newest:
		return "", ""
	case f.State != "":
		return "host", f.State
	case f.Body != "":
		return "organiser", f.Body
	case f.Theme != "":
		return "under", f.Theme
	}
	return "", ""
}

func (f ActivityFilter) query() (q query) {
	q.and("{scope x}")
	day := "x.starts"
	tagged, value := f.tag()
	if tagged != "" {
		day = "t.starts"
		q.and("t.kind = ? AND t.value = ?", tagged, value)
	}
	for _, of := range []struct{ kind, value string }{{"host", f.State}, {"organiser", f.Body}, {"under", f.Theme}} {
		if of.value != "" && of.kind != tagged {
			q.and("EXISTS (SELECT 1 FROM activity_tag o WHERE o.activity = x.id AND o.kind = ? AND o.value = ?)", of.kind, of.value)
		}
	}
	for _, of := range []struct{ condition, value string }{
		{"x.project = ?", f.Project}, {"x.kind = ?", f.Kind}, {"x.owner = ?", f.Owner}, {"x.ends <= ?", f.Over}, {day + " >= ?", f.From}, {day + " <= ?", f.To},
	} {
		if of.value != "" {
			q.and(of.condition, of.value)
		}
	}
	if len(f.Stages) > 0 {
		q.and("x.stage IN "+marks(len(f.Stages)), anys(f.Stages)...)
	}
	return q
}

func (f ActivityFilter) from() string {
	if kind, _ := f.tag(); kind != "" {
		return " FROM activity_tag t JOIN activity x ON x.id = t.activity WHERE "
	}
	return " FROM activity x WHERE "
}

// order is how they are listed, and what is behind a place.
func (f ActivityFilter) order(after Place) (order, beyond string, at any) {
	kind, _ := f.tag()
	switch {
	case f.Newest:
		return "x.created DESC, x.id DESC", "(x.created, x.id) < (?, ?)", after.At
	case kind != "":
		return "t.starts DESC, t.activity DESC", "(t.starts, t.activity) < (?, ?)", today(after.At)
	}
	return "x.starts DESC, x.id DESC", "(x.starts, x.id) < (?, ?)", today(after.At)
}

// place is where an activity stands in the list.
func (f ActivityFilter) place(x Activity) Place {
	if f.Newest {
		return Place{x.Created, x.ID}
	}
	day, _ := time.Parse(time.DateOnly, x.Starts) // the table holds days
	return Place{day, x.ID}
}

// Activities lists those that the scope reads, the latest first, from behind a place
// on; without their figures by group, which Activity reads.
func (a *Assistance) Activities(ctx context.Context, scope access.Scope, f ActivityFilter, after Place, limit int) (list []Activity, more Place, err error) {
	q := f.query()
	order, beyond, at := f.order(after)
	if after != (Place{}) {
		q.and(beyond, at, after.ID)
	}
	q.args = append(q.args, limit+1)
	list, err = store.List[Activity](ctx, a.DB, scope,
		"SELECT "+activityColumns+f.from()+q.conditions()+" ORDER BY "+order+" LIMIT $"+strconv.Itoa(len(q.args)), q.args...)
	if err != nil {
		return nil, Place{}, err
	}
	list, more = page(list, limit, f.place)
	return list, more, furnished(ctx, a.DB, list)
}

// CountActivities is how many there are in all, counted up to most.
func (a *Assistance) CountActivities(ctx context.Context, scope access.Scope, f ActivityFilter, most int) (int, error) {
	q := f.query()
	q.args = append(q.args, most)
	return store.Get[int](ctx, a.DB, scope,
		"SELECT COUNT(*) FROM (SELECT 1"+f.from()+q.conditions()+" LIMIT $"+strconv.Itoa(len(q.args))+") n", q.args...)
}

// numbered reads a number such as "2026/17".
func numbered(s string) (year, nth int64, ok bool) {
	before, behind, ok := strings.Cut(strings.TrimSpace(s), "/")
	year, err := strconv.ParseInt(before, 10, 64)
	nth, nerr := strconv.ParseInt(behind, 10, 64)
	return year, nth, ok && err == nil && nerr == nil && year > 0 && nth > 0
}
