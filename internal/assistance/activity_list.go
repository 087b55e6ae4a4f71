package assistance

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"polis/internal/access"
)

// ActivityFilter chooses among activities; its zero value chooses all. What
// leads to the fewest is read from its index, the others are looked up.
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

// activityTag is a choice by what activities are listed by, between two days.
func (f ActivityFilter) tag(kind, value string) choice {
	c := choice{when: "EXISTS (SELECT 1 FROM activity_tag o WHERE o.activity = x.id AND o.kind = '" + kind + "' AND o.value = ?)", args: []any{value}}
	if !f.Newest {
		c.way = "SELECT s.activity AS id, s.starts AS at FROM activity_tag s WHERE s.kind = '" + kind + "' AND s.value = ?"
	}
	return c
}

func (f ActivityFilter) listing() listing {
	l := listing{columns: activityColumns, table: "activity x", scope: "{scope x}", at: "starts", day: true}
	if f.Newest {
		l.at, l.day = "created", false
	}
	for _, of := range []struct{ column, value string }{{"project", f.Project}, {"owner", f.Owner}} {
		if of.value != "" {
			l.add("{row}."+of.column+" = ?", of.value)
		}
	}
	if f.State != "" {
		l.choices = append(l.choices, f.tag("host", f.State))
	}
	if len(f.Stages) > 0 && !slices.Contains(f.Stages, ActivityHeld) { // most were held
		l.among(anys(f.Stages))
	}
	for _, of := range []struct{ kind, value string }{{"organiser", f.Body}, {"under", f.Theme}} {
		if of.value != "" {
			l.choices = append(l.choices, f.tag(of.kind, of.value))
		}
	}
	if slices.Contains(f.Stages, ActivityHeld) {
		l.among(anys(f.Stages))
	}
	if f.Kind != "" {
		l.add("{row}.kind = ?", f.Kind)
	}
	f.between(&l)
	if f.Over != "" {
		l.choices = append(l.choices, choice{when: "x.ends <= ?", args: []any{f.Over}})
	}
	return l
}

// between keeps what starts between the days, on whichever way it is found.
func (f ActivityFilter) between(l *listing) {
	for _, of := range []struct{ is, day string }{{" >= ?", f.From}, {" <= ?", f.To}} {
		if of.day == "" {
			continue
		}
		for i, c := range l.choices {
			if c.way != "" {
				l.choices[i].way, l.choices[i].args = c.way+" AND s.starts"+of.is, append(c.args, of.day)
			}
			l.choices[i].when += " AND x.starts" + of.is
		}
		if len(l.choices) == 0 {
			l.add("{row}.starts"+of.is, of.day)
		}
	}
}

// Activities lists those that the scope reads, the latest first, from behind a place
// on; without their figures by group, which Activity reads.
func (a *Assistance) Activities(ctx context.Context, scope access.Scope, f ActivityFilter, after Place, limit int) (list []Activity, more Place, err error) {
	place := func(x Activity) Place { return dayPlace(x.Starts, x.ID) }
	if f.Newest {
		place = func(x Activity) Place { return Place{x.Created, x.ID} }
	}
	list, more, err = listed(ctx, a.DB, scope, f.listing(), after, limit, place)
	if err != nil {
		return nil, Place{}, err
	}
	return list, more, furnished(ctx, a.DB, list)
}

// CountActivities is how many there are in all, counted up to most.
func (a *Assistance) CountActivities(ctx context.Context, scope access.Scope, f ActivityFilter, most int) (int, error) {
	return tallied(ctx, a.DB, scope, f.listing(), most)
}

// numbered reads a number such as "2026/17".
func numbered(s string) (year, nth int64, ok bool) {
	before, behind, ok := strings.Cut(strings.TrimSpace(s), "/")
	year, err := strconv.ParseInt(before, 10, 64)
	nth, nerr := strconv.ParseInt(behind, 10, 64)
	return year, nth, ok && err == nil && nerr == nil && year > 0 && nth > 0
}
