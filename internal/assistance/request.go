package assistance

import (
	"context"
	"slices"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// Stage is how far a request is. Messages: "assistance.stage.STAGE".
type Stage string

// The stages of a request.
const (
	Drafted       Stage = "draft"         // its State's alone
	Submitted     Stage = "submitted"     // waits for the desk to acknowledge it
	Acknowledged  Stage = "acknowledged"  // waits for the desk to decide
	Clarification Stage = "clarification" // waits for the State to answer
	Accepted      Stage = "accepted"
	Declined      Stage = "declined"
	Referred      Stage = "referred" // to somebody else
	Withdrawn     Stage = "withdrawn"
)

// Stages lists them all in their order.
var Stages = []Stage{Drafted, Submitted, Acknowledged, Clarification, Accepted, Declined, Referred, Withdrawn}

// days is how many working days a request may rest at a stage before it is overdue.
var days = map[Stage]int{Submitted: 5, Clarification: 15, Acknowledged: 20}

// Request is what a State asks for.
type Request struct {
	ID       string
	Number   string   // "2026/17", given when it is submitted
	Asker    string   // the State
	Lang     lang.Tag // in which it is written
	Title    string
	Wish     string // what is asked
	Reason   string // and why
	Since    string // from when on, a partial date, or ""
	Until    string
	Themes   []string `db:"-"`
	Items    []string `db:"-"` // of the Framework
	Lines    []string `db:"-"` // of action: items too
	Bodies   []string `db:"-"` // institutions and units that it is for: ids of the directory, or names
	Stage    Stage
	Referred string    // to whom it was referred: an id of the directory, or a name
	Handler  string    // who at the desk took the last step, or ""
	Moved    time.Time // since when it is at this stage
	Due      string    // the day by which somebody has to act, or ""
	Moves    int64     // number of its last step
	Rev      int64
	Created  time.Time
	Updated  time.Time
	access.Label
}

// Overdue reports whether somebody should have acted before this moment.
func (r Request) Overdue(now time.Time) bool { return r.Due != "" && r.Due < today(now) }

const requestColumns = `r.id, CASE r.nth WHEN 0 THEN '' ELSE r.of_year || '/' || r.nth END AS number, r.asker, r.lang, r.title, r.wish, r.reason,
	r.since, r.until, r.stage, r.referred, r.handler, r.moved, r.due, r.moves, r.rev, r.created, r.updated, r.level, r.state, r.grp, r.owner`

// Request reads one, or store.ErrNotFound.
func (a *Assistance) Request(ctx context.Context, scope access.Scope, id string) (Request, error) {
	return request(ctx, a.DB, scope, id)
}

func request(ctx context.Context, q store.Reader, scope access.Scope, id string) (Request, error) {
	r, err := store.Get[Request](ctx, q, scope, "SELECT "+requestColumns+" FROM request r WHERE {scope r} AND r.id = $1", id)
	if err != nil {
		return Request{}, err
	}
	list := []Request{r}
	err = tagged(ctx, q, list)
	return list[0], err
}

// tagged fills in what the requests are about.
func tagged(ctx context.Context, q store.Reader, list []Request) error {
	if len(list) == 0 {
		return nil
	}
	var which query
	at := map[string]*Request{}
	ids := make([]string, len(list))
	for i := range list {
		ids[i], at[list[i].ID] = list[i].ID, &list[i]
	}
	which.and("t.request IN "+marks(len(ids)), anys(ids)...)
	rows, err := store.List[struct{ Request, Kind, Value string }](ctx, q, everything,
		"SELECT t.request, t.kind, t.value FROM request_tag t WHERE {scope} AND t.kind <> 'under' AND "+which.conditions()+" ORDER BY t.request, t.kind, t.n", which.args...)
	for _, row := range rows {
		into := at[row.Request].tags()[row.Kind]
		*into = append(*into, row.Value)
	}
	return err
}

// tags are the lists of what it is about, by the kind of their rows.
func (r *Request) tags() map[string]*[]string {
	return map[string]*[]string{"theme": &r.Themes, "item": &r.Items, "line": &r.Lines, "body": &r.Bodies}
}

// RequestFilter chooses among requests; its zero value chooses all.
type RequestFilter struct {
	Stages  []Stage
	State   string
	Theme   string // and those that belong to it
	Waiting bool   // what waits for the desk: to be acknowledged, to be decided, or unanswered for too long
	Overdue bool   // what somebody should have acted on
}

func (f RequestFilter) listing(now time.Time) listing {
	l := listing{columns: requestColumns, table: "request r", scope: "{scope r}", at: "created"}
	if f.Waiting || f.Overdue {
		l.at, l.rising = "moved", true
	}
	if f.State != "" {
		l.add("{row}.asker = ?", f.State)
	}
	if f.Theme != "" {
		c := choice{when: "EXISTS (SELECT 1 FROM request_tag o WHERE o.request = r.id AND o.kind = 'under' AND o.value = ?)", args: []any{f.Theme}}
		if !l.rising {
			c.way = "SELECT s.request AS id, s.created AS at FROM request_tag s WHERE s.kind = 'under' AND s.value = ?"
		}
		l.choices = append(l.choices, c)
	}
	if len(f.Stages) > 0 {
		l.among(anys(f.Stages))
	}
	if f.Waiting {
		l.add("{row}.due <> '' AND ({row}.stage <> 'clarification' OR {row}.due < ?)", today(now))
	}
	if f.Overdue {
		l.add("{row}.due <> '' AND {row}.due < ?", today(now))
	}
	return l
}

// Requests lists those that the scope reads, from behind a place on: what waits by
// how long it has waited, the longest first; else the newest first.
func (a *Assistance) Requests(ctx context.Context, scope access.Scope, f RequestFilter, after Place, limit int) (list []Request, more Place, err error) {
	place := func(r Request) Place { return Place{r.Created, r.ID} }
	if f.Waiting || f.Overdue {
		place = func(r Request) Place { return Place{r.Moved, r.ID} }
	}
	list, more, err = listed(ctx, a.DB, scope, f.listing(time.Now()), after, limit, place)
	if err != nil {
		return nil, Place{}, err
	}
	return list, more, tagged(ctx, a.DB, list)
}

// Countable is to how many a list is counted: beyond, it is told that there are more,
// and nobody waits for a number that she does not need.
const Countable = 1000

// CountRequests is how many there are in all, or Countable+1 where there are more.
func (a *Assistance) CountRequests(ctx context.Context, scope access.Scope, f RequestFilter) (int, error) {
	return tallied(ctx, a.DB, scope, f.listing(time.Now()), Countable+1)
}

// Awaits reports whether the request waits for somebody to act.
func (s Stage) Awaits() bool {
	return slices.Contains([]Stage{Submitted, Acknowledged, Clarification}, s)
}
