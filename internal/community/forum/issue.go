package forum

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/store"
)

// Issue reads one: for whoever reads the forum where it is shown, else for the
// facilitators of the forum alone; store.ErrNotFound for everybody else.
func (f *Forum) Issue(ctx context.Context, who access.Subject, id string) (Issue, error) {
	return read(ctx, f.DB, who, id)
}

func read(ctx context.Context, q store.Reader, who access.Subject, id string) (Issue, error) {
	i, err := one(ctx, q, who.Scope(), "i.id = $1", id)
	if !errors.Is(err, store.ErrNotFound) {
		return i, err
	}
	i, err = one(ctx, q, everything, "i.id = $1 AND i.shown IS NULL", id)
	if err != nil {
		return Issue{}, err
	}
	if err := facilitates(ctx, q, who, i.Forum); err != nil {
		return Issue{}, err
	}
	return i, nil
}

// facilitates is store.ErrNotFound for everybody but the facilitators of the forum: of
// what is not shown nobody else is to know. A program with a token of hers is nobody.
func facilitates(ctx context.Context, q store.Reader, who access.Subject, group string) error {
	if !who.SignedIn() || who.Program {
		return store.ErrNotFound
	}
	in, err := account.StandingIn(ctx, q, who, group)
	if err == nil && (!in.Member || !in.Facilitates) {
		err = store.ErrNotFound
	}
	return err
}

func one(ctx context.Context, q store.Reader, scope access.Scope, which string, args ...any) (Issue, error) {
	i, err := store.Get[Issue](ctx, q, scope, "SELECT "+columns+" FROM issue i WHERE {scope i} AND "+which, args...)
	if err != nil {
		return Issue{}, err
	}
	list := []Issue{i}
	err = withTags(ctx, q, list)
	return list[0], err
}

// withTags fills in what the issues are about and for whom they are raised.
func withTags(ctx context.Context, q store.Reader, list []Issue) error {
	if len(list) == 0 {
		return nil
	}
	at, marks, args := map[string]*Issue{}, make([]string, len(list)), make([]any, len(list))
	for n := range list {
		at[list[n].ID], marks[n], args[n] = &list[n], "$"+strconv.Itoa(n+1), list[n].ID
	}
	rows, err := store.List[struct{ Issue, Kind, Value string }](ctx, q, everything,
		"SELECT issue, kind, value FROM issue_tag WHERE {scope} AND kind <> 'under' AND issue IN ("+strings.Join(marks, ", ")+") ORDER BY issue, kind, n", args...)
	for _, row := range rows {
		into := &at[row.Issue].Themes
		if row.Kind == "group" {
			into = &at[row.Issue].Groups
		}
		*into = append(*into, row.Value)
	}
	return err
}

// Original is what was written without an account, before it was shown: for the
// facilitators alone.
func (f *Forum) Original(ctx context.Context, who access.Subject, i Issue) (Draft, error) {
	if err := facilitates(ctx, f.DB, who, i.Forum); err != nil {
		return Draft{}, err
	}
	return store.Get[Draft](ctx, f.DB, everything, "SELECT title, about, speaks, place FROM issue_original WHERE {scope} AND issue = $1", i.ID)
}

// Filter chooses among the issues of a forum that are shown; its zero value chooses those
// of all forums.
type Filter struct {
	Forum  string
	Stages []Stage
	Theme  string // with those that belong to it
	Office string // that owes or owed the answer
	Which  Which
}

// Which are issues by how they were answered. Messages: "issue.which.WHICH".
type Which string

// Issues by how they were answered.
const (
	Open       Which = "open"    // neither answered nor declined nor gone
	InTime     Which = "in-time" // answered by the day, or without one
	Late       Which = "late"    // answered behind it
	Overdue    Which = "overdue" // owed before today
	Unfollowed Which = "unfollowed"
)

// Whiches lists them all.
var Whiches = []Which{Open, Overdue, InTime, Late, Unfollowed}

// query gathers the conditions of a list with their arguments.
type query struct {
	where []string
	args  []any
}

// and adds a condition; each ? stands for the next argument.
func (q *query) and(condition string, args ...any) {
	for _, a := range args {
		q.args = append(q.args, a)
		condition = strings.Replace(condition, "?", "$"+strconv.Itoa(len(q.args)), 1)
	}
	q.where = append(q.where, condition)
}

func (q *query) conditions() string { return strings.Join(q.where, " AND ") }

func (f Filter) query(now time.Time) *query {
	var q query
	q.and("{scope i}")
	q.and("i.shown IS NOT NULL")
	if f.Forum != "" {
		q.and("i.forum = ?", f.Forum)
	}
	if len(f.Stages) > 0 {
		stages := make([]any, len(f.Stages))
		for n, s := range f.Stages {
			stages[n] = string(s)
		}
		q.and("i.stage IN ("+strings.TrimSuffix(strings.Repeat("?, ", len(stages)), ", ")+")", stages...)
	}
	if f.Theme != "" {
		q.and("i.id IN (SELECT t.issue FROM issue_tag t WHERE t.kind = 'under' AND t.value = ?)", f.Theme)
	}
	if f.Office != "" {
		q.and("i.office = ?", f.Office)
	}
	switch f.Which {
	case Open:
		q.and("i.stage IN ('raised', 'taken')")
	case InTime:
		q.and("i.answered <> '' AND (i.due = '' OR i.answered <= i.due)")
	case Late:
		q.and("i.answered <> '' AND i.due <> '' AND i.answered > i.due")
	case Overdue:
		q.and("i.stage = 'taken' AND i.due < ?", day(now))
	case Unfollowed:
		q.and("i.stage = 'answered' AND i.follow_by <> '' AND i.follow_by < ?", day(now))
	}
	return &q
}

// Issues lists those that the scope reads, the newest first, from behind a place on, and
// tells where the next begins.
func (f *Forum) Issues(ctx context.Context, scope access.Scope, filter Filter, after Place, limit int) ([]Issue, Place, error) {
	return f.page(ctx, scope, filter.query(time.Now()), after, limit)
}

func (f *Forum) page(ctx context.Context, scope access.Scope, q *query, after Place, limit int) ([]Issue, Place, error) {
	if after != (Place{}) {
		q.and("(i.created, i.id) < (?, ?)", after.At, after.ID)
	}
	q.args = append(q.args, limit+1)
	list, err := store.List[Issue](ctx, f.DB, scope, "SELECT "+columns+" FROM issue i WHERE "+q.conditions()+
		" ORDER BY i.created DESC, i.id DESC LIMIT $"+strconv.Itoa(len(q.args)), q.args...)
	if err != nil {
		return nil, Place{}, err
	}
	var more Place
	if len(list) > limit {
		list = list[:limit]
		more = Place{list[limit-1].Created, list[limit-1].ID}
	}
	return list, more, withTags(ctx, f.DB, list)
}

// Count is how many the scope reads.
func (f *Forum) Count(ctx context.Context, scope access.Scope, filter Filter) (int, error) {
	q := filter.query(time.Now())
	return store.Get[int](ctx, f.DB, scope, "SELECT COUNT(*) FROM issue i WHERE "+q.conditions(), q.args...)
}

// Unread are those of a forum that were raised without an account and are not shown: all
// of them, those that wait for a facilitator first. For the facilitators alone.
func (f *Forum) Unread(ctx context.Context, who access.Subject, group string, after Place, limit int) ([]Issue, Place, error) {
	if err := facilitates(ctx, f.DB, who, group); err != nil {
		return nil, Place{}, err
	}
	var q query
	q.and("{scope i}")
	q.and("i.shown IS NULL AND i.stage <> 'withdrawn' AND i.forum = ?", group)
	return f.page(ctx, everything, &q, after, limit)
}

// Overview is how a forum deals with what is raised: counts that open onto the records.
type Overview struct {
	Raised, Open, InTime, Late, Overdue, Declined, Closed int
}

// OverviewOf counts the issues of a forum that the scope reads.
func (f *Forum) OverviewOf(ctx context.Context, scope access.Scope, group string) (o Overview, err error) {
	q := Filter{Forum: group}.query(time.Now())
	today := append(q.args, day(time.Now()))
	at := "$" + strconv.Itoa(len(today))
	sum := func(name, when string) string {
		return ", COALESCE(SUM(CASE WHEN " + when + " THEN 1 ELSE 0 END), 0) AS " + name
	}
	return store.Get[Overview](ctx, f.DB, scope, "SELECT COUNT(*) AS raised"+
		sum("open", "i.stage IN ('raised', 'taken')")+
		sum("in_time", "i.answered <> '' AND (i.due = '' OR i.answered <= i.due)")+
		sum("late", "i.answered <> '' AND i.due <> '' AND i.answered > i.due")+
		sum("overdue", "i.stage = 'taken' AND i.due < "+at)+
		sum("declined", "i.stage = 'declined'")+
		sum("closed", "i.stage = 'closed'")+
		" FROM issue i WHERE "+q.conditions(), today...)
}

// Owed are the issues to which an answer is owed by an office for which she speaks, the
// first due in front; before, if not "", are those due before that day.
func (f *Forum) Owed(ctx context.Context, who access.Subject, before string, limit int) ([]Issue, error) {
	offices, err := account.OfficesOf(ctx, f.DB, who)
	if err != nil || len(offices) == 0 {
		return nil, err
	}
	var q query
	q.and("{scope i}")
	q.and("i.stage = 'taken'")
	if before != "" {
		q.and("i.due < ?", before)
	}
	var either []string
	for _, o := range offices[:min(len(offices), 50)] {
		var own query
		own.args = q.args
		own.and("i.office = ?", o.ID)
		if o.Group != "" {
			own.and("i.forum = ?", o.Group)
		}
		q.args, either = own.args, append(either, "("+own.conditions()+")")
	}
	q.and("(" + strings.Join(either, " OR ") + ")")
	q.args = append(q.args, limit)
	list, err := store.List[Issue](ctx, f.DB, who.Scope(), "SELECT "+columns+" FROM issue i WHERE "+q.conditions()+
		" ORDER BY i.due, i.id LIMIT $"+strconv.Itoa(len(q.args)), q.args...)
	if err != nil {
		return nil, err
	}
	return list, withTags(ctx, f.DB, list)
}

// OfficesIn are the offices that owe or owed answers in a forum, for its list's filter.
func (f *Forum) OfficesIn(ctx context.Context, scope access.Scope, group string) ([]string, error) {
	return store.List[string](ctx, f.DB, scope, "SELECT DISTINCT i.office FROM issue i WHERE {scope i} AND i.forum = $1 AND i.shown IS NOT NULL AND i.office <> '' ORDER BY i.office LIMIT 100", group)
}
