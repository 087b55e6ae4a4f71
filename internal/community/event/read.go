package event

import (
	"context"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/store"
)

// Event reads one: for whoever reads the group; a draft for those who run it alone.
// store.ErrNotFound for everybody else.
func (s *Events) Event(ctx context.Context, who access.Subject, id string) (Event, error) {
	e, _, err := read(ctx, s.DB, who, id)
	return e, err
}

// read reads an event with what the caller is in its group.
func read(ctx context.Context, q store.Reader, who access.Subject, id string) (Event, account.GroupStanding, error) {
	e, err := store.Get[Event](ctx, q, who.Scope(), "SELECT "+columns+" FROM meeting e WHERE {scope e} AND e.id = $1", id)
	if err != nil {
		return Event{}, account.GroupStanding{}, err
	}
	in, err := account.StandingIn(ctx, q, who, e.Group)
	if err != nil {
		return Event{}, in, err
	}
	if e.Stage == Draft && !runs(who, in) {
		return Event{}, in, store.ErrNotFound
	}
	list := []Event{e}
	err = withThemes(ctx, q, list)
	return list[0], in, err
}

// runs reports whether the caller decides about events of the group. An archive keeps
// its events as they are.
func runs(who access.Subject, in account.GroupStanding) bool {
	return who.SignedIn() && in.Runs()
}

// Link is where the event is joined online: for those who are admitted and are members
// still, and those who run the group; store.ErrNotFound for everybody else, and for a
// program.
func (s *Events) Link(ctx context.Context, who access.Subject, id string) (string, error) {
	e, in, err := read(ctx, s.DB, who, id)
	if err != nil {
		return "", err
	}
	if who.Program || e.Stage == Cancelled {
		return "", store.ErrNotFound
	}
	if !runs(who, in) {
		n, err := store.Get[int](ctx, s.DB, everything, "SELECT COUNT(*) FROM meeting_entry WHERE {scope} AND meeting = $1 AND person = $2 AND stage = 'admitted'", id, who.ID)
		if err != nil {
			return "", err
		}
		if n == 0 || !in.Member {
			return "", store.ErrNotFound
		}
	}
	return store.Get[string](ctx, s.DB, everything, "SELECT link FROM meeting WHERE {scope} AND id = $1", id)
}

// withThemes fills in what the events are about.
func withThemes(ctx context.Context, q store.Reader, list []Event) error {
	if len(list) == 0 {
		return nil
	}
	at, marks, args := map[string]*Event{}, make([]string, len(list)), make([]any, len(list))
	for n := range list {
		at[list[n].ID], marks[n], args[n] = &list[n], "$"+strconv.Itoa(n+1), list[n].ID
	}
	rows, err := store.List[struct{ Meeting, Theme string }](ctx, q, everything,
		"SELECT meeting, theme FROM meeting_theme WHERE {scope} AND kind = 'theme' AND meeting IN ("+strings.Join(marks, ", ")+") ORDER BY meeting, theme", args...)
	for _, row := range rows {
		at[row.Meeting].Themes = append(at[row.Meeting].Themes, row.Theme)
	}
	return err
}

// Filter chooses among the events that are no drafts. Its zero value chooses all.
type Filter struct {
	Group     string
	Theme     string // with those that belong to it
	Host      string // the State
	Organiser string
	From      time.Time // that end after it
	To        time.Time // and begin before it
	Past      bool      // the last first
	Person    string    // in whose groups they are, or who is admitted or waits
}

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

func (f Filter) query() *query {
	var q query
	q.and("{scope e}")
	q.and("e.stage <> 'draft'")
	for _, of := range []struct{ condition, value string }{
		{"e.grp = ?", f.Group},
		{"e.host = ?", f.Host},
		{"e.organiser = ?", f.Organiser},
		{"e.id IN (SELECT t.meeting FROM meeting_theme t WHERE t.kind = 'under' AND t.theme = ?)", f.Theme},
	} {
		if of.value != "" {
			q.and(of.condition, of.value)
		}
	}
	if !f.From.IsZero() { // no event is longer than the longest: the index is read from there on
		q.and("e.begins > ? AND e.ends > ?", f.From.Add(-longest), f.From)
	}
	if !f.To.IsZero() {
		q.and("e.begins < ?", f.To)
	}
	if f.Person != "" {
		q.and(`(e.grp IN (SELECT m.grp FROM membership m WHERE m.person = ?)
			OR e.id IN (SELECT x.meeting FROM meeting_entry x WHERE x.person = ? AND x.stage IN ('admitted', 'waiting')))`, f.Person, f.Person)
	}
	return &q
}

// List lists those that the scope reads, by when they begin, from behind a place on, and
// tells where the next begins.
func (s *Events) List(ctx context.Context, scope access.Scope, f Filter, after Place, limit int) ([]Event, Place, error) {
	return s.page(ctx, scope, f.query(), f.Past, after, limit)
}

func (s *Events) page(ctx context.Context, scope access.Scope, q *query, back bool, after Place, limit int) ([]Event, Place, error) {
	order, than := "ASC", ">"
	if back {
		order, than = "DESC", "<"
	}
	if after != (Place{}) {
		q.and("(e.begins, e.id) "+than+" (?, ?)", after.At, after.ID)
	}
	q.args = append(q.args, limit+1)
	list, err := store.List[Event](ctx, s.DB, scope, "SELECT "+columns+" FROM meeting e WHERE "+q.conditions()+
		" ORDER BY e.begins "+order+", e.id "+order+" LIMIT $"+strconv.Itoa(len(q.args)), q.args...)
	if err != nil {
		return nil, Place{}, err
	}
	var more Place
	if len(list) > limit {
		list = list[:limit]
		more = Place{list[limit-1].Begins, list[limit-1].ID}
	}
	return list, more, withThemes(ctx, s.DB, list)
}

// Count is how many the scope reads.
func (s *Events) Count(ctx context.Context, scope access.Scope, f Filter) (int, error) {
	q := f.query()
	return store.Get[int](ctx, s.DB, scope, "SELECT COUNT(*) FROM meeting e WHERE "+q.conditions(), q.args...)
}

// Drafts are those of a group, for who runs it; nobody else has any.
func (s *Events) Drafts(ctx context.Context, who access.Subject, group string) ([]Event, error) {
	in, err := account.StandingIn(ctx, s.DB, who, group)
	if err != nil || !runs(who, in) {
		return nil, err
	}
	var q query
	q.and("{scope e}")
	q.and("e.stage = 'draft' AND e.grp = ?", group)
	list, _, err := s.page(ctx, who.Scope(), &q, false, Place{}, 50)
	return list, err
}

// Organisers are those of the events that are to come, for the list's filter.
func (s *Events) Organisers(ctx context.Context, scope access.Scope, now time.Time) ([]string, error) {
	return store.List[string](ctx, s.DB, scope, "SELECT DISTINCT e.organiser FROM meeting e WHERE {scope e} AND e.stage <> 'draft' AND e.organiser <> '' AND e.begins > $1 ORDER BY e.organiser LIMIT 100", now.Add(-longest))
}
