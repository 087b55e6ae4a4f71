// Package assistance takes a State's request for help through the hands that it
// needs, and keeps whether the State agrees (Framework ¶3, 7, 12, 13).
//
// A Request is written by a State's focal point in her own language, and moves from
// stage to stage by Moves: hers and the desk's. A Consent is asked of a State and
// given, refused or withdrawn by it, area by area; one State asks, another is asked,
// and neither record stands for the other. Both keep every step with its words, who
// took it and when. The tables hold the order of the steps and what each of them
// needs; the sentences here say it before they have to.
package assistance

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

// Assistance is the room with its store.
type Assistance struct{ DB *store.DB }

// ErrForbidden is returned where the caller may not do what she asked.
var ErrForbidden = errors.New("assistance: not allowed")

// Stale is returned where the record was changed since the caller read it.
// Rev is its present revision.
type Stale struct{ Rev int64 }

func (s Stale) Error() string {
	return fmt.Sprintf("assistance: changed meanwhile, now revision %d", s.Rev)
}

// Invalid says which fields are wrong: field name → message key.
type Invalid map[string]string

func (v Invalid) Error() string { return fmt.Sprintf("assistance: invalid: %v", map[string]string(v)) }

func (v Invalid) orNil() error {
	if len(v) == 0 {
		return nil
	}
	return v
}

// Impossible is returned where a record is not at a stage from which the move leads
// on. Key is the sentence that says what is missing and where to do it.
type Impossible struct {
	Move  string
	Stage string
	Key   string
}

func (i Impossible) Error() string {
	return fmt.Sprintf("assistance: %s is not possible while it is %s", i.Move, i.Stage)
}

// everything is the room's own scope, for the rows of records that were read in the
// reader's.
var everything = store.Everything("assistance")

// Place is where a record stands in a list. The zero Place is before all.
type Place struct {
	At time.Time
	ID string
}

func (p Place) String() string { return strconv.FormatInt(p.At.UnixMicro(), 10) + "-" + p.ID }

// ParsePlace reads what String wrote.
func ParsePlace(s string) (Place, bool) {
	micros, id, ok := strings.Cut(s, "-")
	n, err := strconv.ParseInt(micros, 10, 64)
	return Place{time.UnixMicro(n).UTC(), id}, ok && err == nil && id != "" && len(id) <= 100
}

// query gathers the conditions of a list with their arguments.
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
func anys[S ~string](list []S) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

// page asks for one row more than are wanted: it tells whether there are others.
func page[Row any](list []Row, limit int, place func(Row) Place) ([]Row, Place) {
	if len(list) <= limit {
		return list, Place{}
	}
	return list[:limit], place(list[limit-1])
}

// owner is the person who answers for what the subject makes.
func owner(who access.Subject) string {
	if who.SignedIn() {
		return who.ID
	}
	return ""
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
