package assistance

import (
	"context"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// Timeline is what goes on in a stretch of days.
type Timeline struct {
	From, To   string // the days, both included
	Activities []Activity
	Projects   map[string]ProjectName // to which they belong, by id
	Earlier    bool                   // more began before the first day and go on than stand here
	Rest       string                 // the day from which on more begin than stand here, or ""
}

// ProjectName is what a project is called.
type ProjectName struct {
	ID, Number, Title string
	Lang              lang.Tag
}

// Timeline lists at most so many, two or more, of the activities that the filter chooses
// and that go on between two days, by the day on which they begin. From, To and Newest of
// the filter do not count.
func (a *Assistance) Timeline(ctx context.Context, scope access.Scope, f ActivityFilter, from, to string, most int) (Timeline, error) {
	t := Timeline{From: from, To: to}
	f.From, f.To, f.Newest = "", "", false
	month := from[:len("2006-01")] + "-01"
	early := f.listing()
	early.add("SUBSTR({row}.starts, 1, 7) <> SUBSTR({row}.ends, 1, 7) AND {row}.ends >= ? AND {row}.starts < ?", from, month)
	began, more, err := a.inTurn(ctx, scope, early, most/2)
	if err != nil {
		return t, err
	}
	t.Earlier = more
	f.From, f.To = month, to
	within := f.listing()
	within.choices = append(within.choices, choice{when: "x.ends >= ?", args: []any{from}})
	begin, more, err := a.inTurn(ctx, scope, within, most-len(began))
	if err != nil {
		return t, err
	}
	if more {
		begin, t.Rest = untilFull(begin)
	}
	t.Activities = append(began, begin...)
	if err := furnished(ctx, a.DB, t.Activities); err != nil {
		return t, err
	}
	t.Projects, err = a.projectNames(ctx, scope, t.Activities)
	return t, err
}

// inTurn are at most so many, the first in front, and whether there are more.
func (a *Assistance) inTurn(ctx context.Context, scope access.Scope, l listing, limit int) ([]Activity, bool, error) {
	l.rising = true
	list, more, err := listed(ctx, a.DB, scope, l, Place{}, limit, func(x Activity) Place { return dayPlace(x.Starts, x.ID) })
	return list, more != (Place{}), err
}

// untilFull leaves out those that begin on the last day: so it can be said from which day
// on there are more. Where all begin on one day, they stay.
func untilFull(list []Activity) (kept []Activity, rest string) {
	rest = list[len(list)-1].Starts
	n := len(list)
	for n > 0 && list[n-1].Starts == rest {
		n--
	}
	if n == 0 {
		return list, rest
	}
	return list[:n], rest
}

// projectNames are what the projects of activities are called.
func (a *Assistance) projectNames(ctx context.Context, scope access.Scope, list []Activity) (map[string]ProjectName, error) {
	var ids []string
	for _, x := range list {
		ids = append(ids, x.Project)
	}
	named := map[string]ProjectName{}
	if ids = clean(ids); len(ids) == 0 {
		return named, nil
	}
	q := query{where: []string{"{scope p}"}}
	q.and("p.id IN "+marks(len(ids)), anys(ids)...)
	rows, err := store.List[ProjectName](ctx, a.DB, scope,
		"SELECT p.id, p.of_year || '/' || p.nth AS number, p.title, p.lang FROM project p WHERE "+q.conditions(), q.args...)
	for _, p := range rows {
		named[p.ID] = p
	}
	return named, err
}

// ActivityYears counts the activities that the filter chooses by the year in which they
// begin, each up to Countable and one more.
func (a *Assistance) ActivityYears(ctx context.Context, scope access.Scope, f ActivityFilter, first, last int) (list []int, err error) {
	for year := first; year <= last; year++ {
		f.From, f.To = time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), time.Date(year, 12, 31, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		n, err := a.CountActivities(ctx, scope, f, Countable+1)
		if err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	return list, nil
}

// ActivityFigures are what a project has done and will do, and who took part.
type ActivityFigures struct {
	Planned, Held      int
	People, Women, Men int64 // in what was held
}

// ActivityFigures counts the activities of a project that was read in the reader's scope.
func (a *Assistance) ActivityFigures(ctx context.Context, project string) (f ActivityFigures, err error) {
	list, err := store.List[struct {
		Stage              ActivityStage
		N                  int
		People, Women, Men int64
	}](ctx, a.DB, everything, `
		SELECT stage, COUNT(*) AS n, SUM(total) AS people, SUM(women) AS women, SUM(men) AS men
		FROM activity WHERE {scope} AND project = $1 GROUP BY stage`, project)
	for _, row := range list {
		switch row.Stage {
		case ActivityPlanned:
			f.Planned = row.N
		case ActivityHeld:
			f.Held, f.People, f.Women, f.Men = row.N, row.People, row.Women, row.Men
		}
	}
	return f, err
}
