// Package roster keeps the experts: what each says of herself, who finds her by it, and
// to which assignments she agreed (Framework ¶9.3, 12.4, 22).
//
// A Profile belongs to its owner. It is made of fields, each with lines and with a Width
// of its own: who sees it. Above them stands who finds her at all (Found), nobody until
// she consents; no field is seen by more people than that. A field that somebody does not
// see does not find her either, for that person: Eye is what she sees, with a reading in
// memory (Sees) and one in SQL (seen), held equal by a test.
//
// Who is found stands on the roster: a State, structure or organisation vouches for her,
// and gave her the role of an expert or nominated her, which she accepted. The tables hold
// that by key, so she is gone from every search with the word, the role or the account.
//
// An Ask is one assignment: she is put on a list, asked, and agrees to it alone. What
// came of it becomes a line of her record once both have confirmed it.
package roster

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// Roster is the room with its store.
type Roster struct{ DB *store.DB }

// ErrForbidden is returned where the caller may not do what she asked.
var ErrForbidden = errors.New("roster: not allowed")

// ErrNoGround is returned where nobody vouches for her, or she neither holds the role of
// an expert nor was nominated: she may write her profile, and nobody finds her.
var ErrNoGround = errors.New("roster: she does not stand on the roster")

// Stale is returned where something was changed since the caller read it. Rev is its
// present revision.
type Stale struct{ Rev int64 }

func (s Stale) Error() string {
	return fmt.Sprintf("roster: changed meanwhile, now revision %d", s.Rev)
}

// Invalid says which fields are wrong: field name → message key.
type Invalid map[string]string

func (v Invalid) Error() string { return fmt.Sprintf("roster: invalid: %v", map[string]string(v)) }

func (v Invalid) orNil() error {
	if len(v) == 0 {
		return nil
	}
	return v
}

// Impossible is returned where an assignment is at a stage from which the move does not
// lead on.
type Impossible struct{ Move, Stage string }

func (i Impossible) Error() string {
	return fmt.Sprintf("roster: %s is not possible while it is %s", i.Move, i.Stage)
}

// everything is the room's own scope, on tables that say by widths who sees them.
var everything = store.Everything("roster")

// own is the label of what is one person's.
func own(person string) access.Label { return access.Label{Level: access.Closed, Owner: person} }

// event is about a profile; what stands in it stands in no log.
func event(person, act string, data any) store.Event {
	return store.Event{Act: act, Object: person, Label: own(person), Data: data}
}

// query gathers conditions with their arguments.
type query struct {
	where []string
	args  []any
}

// and adds a condition; each ? stands for the next argument.
func (q *query) and(condition string, args ...any) {
	q.where = append(q.where, q.bound(condition, args...))
}

// bound is a part of the statement; each ? stands for the next argument.
func (q *query) bound(part string, args ...any) string {
	for _, a := range args {
		q.args = append(q.args, a)
		part = strings.Replace(part, "?", "$"+strconv.Itoa(len(q.args)), 1)
	}
	return part
}

func (q *query) conditions() string { return strings.Join(q.where, " AND ") }

// marks are n question marks for an IN.
func marks(n int) string { return "(" + strings.TrimSuffix(strings.Repeat("?, ", n), ", ") + ")" }

// anys are values as arguments.
func anys(list []string) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}

// clean takes the blanks off each, and what is empty or there twice out.
func clean(list []string) []string {
	var kept []string
	for _, v := range list {
		if v = strings.TrimSpace(v); v != "" && !slices.Contains(kept, v) {
			kept = append(kept, v)
		}
	}
	return kept
}

// day is a moment's day.
func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// validDay reports whether the text is a day, or nothing.
func validDay(s string) bool {
	t, err := time.Parse(time.DateOnly, s)
	return s == "" || err == nil && t.Year() >= 1900 && t.Year() <= 2200
}

// validYear reports whether the text is a year, or nothing.
func validYear(s string) bool {
	n, err := strconv.Atoi(s)
	return s == "" || err == nil && len(s) == 4 && n >= 1900 && n <= 2200
}
