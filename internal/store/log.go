package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
)

// LogFilter chooses events. What is zero chooses nothing out.
type LogFilter struct {
	Who    string // subject's id
	Object string
	Act    string
	From   time.Time // at this moment or later
	To     time.Time // before it
	Before LogPlace  // what follows this place in the list
	Limit  int
}

// LogPlace is a place in the list of events, newest first: the event after
// which a page ends. The zero LogPlace is the beginning.
type LogPlace struct{ At, Seq int64 }

// PlaceOf is the place of an event.
func PlaceOf(e Event) LogPlace { return LogPlace{e.At.UnixMicro(), e.Seq} }

// String writes the place for an address.
func (p LogPlace) String() string { return fmt.Sprintf("%d.%d", p.At, p.Seq) }

// ParseLogPlace reads what String wrote; anything else is the beginning.
func ParseLogPlace(text string) LogPlace {
	var p LogPlace
	if n, err := fmt.Sscanf(text, "%d.%d", &p.At, &p.Seq); err != nil || n != 2 {
		return LogPlace{}
	}
	return p
}

// Log lists events within the scope, the newest first. Each filter has an index
// that gives the order too, so a page costs what it shows, however long the log.
func Log(ctx context.Context, q Reader, scope access.Scope, f LogFilter) ([]Event, error) {
	var where strings.Builder
	var args []any
	add := func(condition string, values ...any) {
		for _, v := range values {
			args = append(args, v)
			condition = strings.Replace(condition, "?", fmt.Sprintf("$%d", len(args)), 1)
		}
		where.WriteString(" AND " + condition)
	}
	for _, is := range [][2]string{{"who", f.Who}, {"object", f.Object}, {"act", f.Act}} {
		if is[1] != "" {
			add(is[0]+" = ?", is[1])
		}
	}
	if !f.From.IsZero() {
		add("at >= ?", f.From)
	}
	if !f.To.IsZero() {
		add("at < ?", f.To)
	}
	if f.Before != (LogPlace{}) {
		add("(at, seq) < (?, ?)", f.Before.At, f.Before.Seq)
	}
	args = append(args, f.Limit)
	rows, err := List[eventRow](ctx, q, scope, "SELECT "+eventColumns+" FROM event WHERE {scope}"+where.String()+
		fmt.Sprintf(" ORDER BY at DESC, seq DESC LIMIT $%d", len(args)), args...)
	return eventsOf(rows), err
}

// LogOf lists what a person did and what was done about her, the newest first.
// It is for herself: what she may no longer read stands in it by its id.
func LogOf(ctx context.Context, q Reader, person string, before LogPlace, limit int) ([]Event, error) {
	did, err := Log(ctx, q, verifier, LogFilter{Who: person, Before: before, Limit: limit})
	if err != nil {
		return nil, err
	}
	about, err := Log(ctx, q, verifier, LogFilter{Object: person, Before: before, Limit: limit})
	if err != nil {
		return nil, err
	}
	all := append(did, about...)
	slices.SortFunc(all, func(a, b Event) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.Seq, a.Seq)) })
	all = slices.CompactFunc(all, func(a, b Event) bool { return a.Seq == b.Seq })
	return all[:min(len(all), limit)], nil
}

// LogAbout lists what a person did, what was done about her and what concerns
// what is hers, the oldest first, after number seq: all that the log has of her,
// for herself.
func LogAbout(ctx context.Context, q Reader, person string, seq int64, limit int) ([]Event, error) {
	rows, err := List[eventRow](ctx, q, verifier, "SELECT "+eventColumns+` FROM event
		WHERE {scope} AND seq > $2 AND (who = $1 OR object = $1 OR owner = $1) ORDER BY seq LIMIT $3`, person, seq, limit)
	return eventsOf(rows), err
}
