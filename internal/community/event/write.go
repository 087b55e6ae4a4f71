package event

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/community/roster"
	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/store"
)

// Written is what is written of an event.
type Written struct {
	Title     string
	Lang      lang.Tag
	About     string
	Host      string
	Place     string
	Organiser string
	Zone      string
	Begins    time.Time
	Ends      time.Time
	Link      string
	Capacity  int64
	Closes    time.Time // zero: until it begins
	Approves  bool
	PerState  int64
	Women     int64
	Themes    []string
}

// Written is what of an event can be written anew. The link is read apart.
func (e Event) Written(link string) Written {
	return Written{e.Title, e.Lang, e.About, e.Host, e.Place, e.Organiser, e.Zone, e.Begins, e.Ends, link, e.Capacity, e.Closes, e.Approves, e.PerState, e.Women, e.Themes}
}

func (d *Written) clean() {
	for _, s := range []*string{&d.Title, &d.About, &d.Host, &d.Place, &d.Organiser, &d.Link} {
		*s = strings.TrimSpace(*s)
	}
	d.Themes = slices.Compact(slices.Sorted(slices.Values(d.Themes)))
	if d.Closes.IsZero() {
		d.Closes = d.Begins
	}
}

// check returns an Invalid that names the fields.
func (d Written) check(ctx context.Context, q store.Reader) error {
	v := Invalid{}
	if _, ok := lang.Parse(string(d.Lang)); !ok {
		v["lang"] = "event.error.lang"
	}
	v.text("title", d.Title, MaxTitle, true)
	v.text("about", d.About, MaxAbout, false)
	v.text("place", d.Place, MaxPlace, d.Link == "")
	v.text("link", d.Link, MaxLink, false)
	if u, err := url.Parse(d.Link); d.Link != "" && (err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || strings.ContainsAny(d.Link, " \t\n\"<>")) {
		v["link"] = "event.error.link"
	}
	d.checkTimes(v)
	if d.Capacity < 1 || d.Capacity > MaxCapacity {
		v["capacity"] = "event.error.capacity"
	}
	if d.PerState < 0 || d.PerState > MaxCapacity {
		v["per-state"] = "event.error.per-state"
	}
	if d.Women < 0 || d.Women > d.Capacity {
		v["women"] = "event.error.women"
	}
	if len(d.Themes) > MaxThemes {
		v["themes"] = "event.error.themes"
	}
	for _, id := range d.Themes {
		if _, ok := framework.Theme(id); !ok {
			v["themes"] = "event.error.themes"
		}
	}
	for _, of := range []struct{ field, id, which string }{
		{"host", d.Host, " AND kind IN ('state', 'partner-state')"}, {"organiser", d.Organiser, ""},
	} {
		if of.id == "" {
			continue
		}
		n, err := store.Get[int](ctx, q, everything, "SELECT COUNT(*) FROM directory_entry WHERE {scope} AND id = $1"+of.which, of.id)
		if err != nil {
			return err
		}
		if n == 0 {
			v[of.field] = "event.error." + of.field
		}
	}
	return v.orNil()
}

func (d Written) checkTimes(v Invalid) {
	if _, err := Location(d.Zone); err != nil {
		v["zone"] = "event.error.zone"
		return
	}
	switch {
	case d.Begins.IsZero():
		v["begins"] = "event.error.begins"
	case d.Ends.IsZero():
		v["ends"] = "event.error.ends"
	case !d.Ends.After(d.Begins):
		v["ends"] = "event.error.order"
	case d.Ends.Sub(d.Begins) > longest:
		v["ends"] = "event.error.longest"
	case d.Closes.After(d.Begins):
		v["closes"] = "event.error.closes"
	}
}

// Plan writes a new event of a group, as a draft. It returns its id.
func (s *Events) Plan(ctx context.Context, who access.Subject, group string, d Written) (string, error) {
	d.clean()
	e := Event{ID: store.NewID(), Stage: Draft}
	_, err := store.Write(ctx, s.DB, who, func(tx *store.Tx) (store.Event, error) {
		in, err := account.StandingIn(ctx, tx, who, group)
		if err != nil {
			return store.Event{}, err
		}
		if err := mayRun(ctx, tx, who, group, in); err != nil {
			return store.Event{}, err
		}
		if err := d.check(ctx, tx); err != nil {
			return store.Event{}, err
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO meeting (id, title, lang, about, host, place, organiser, zone, begins, ends, link, capacity, closes, approves, per_state, women,
			  stage, reason, seq, author, rev, created, updated, level, state, grp, owner)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 'draft', '', 0, $17, 1, $18, $18, $19, '', $20, '')`,
			e.ID, d.Title, string(d.Lang), d.About, d.Host, d.Place, d.Organiser, d.Zone, d.Begins, d.Ends, d.Link, d.Capacity, d.Closes, d.Approves, d.PerState, d.Women,
			who.ID, tx.Now(), int(in.Level), group)
		if err != nil {
			return store.Event{}, err
		}
		return e.event("community.event.drafted"), e.tag(ctx, tx, d.Themes)
	})
	return e.ID, err
}

// mayRun says why somebody does not decide about the events of a group that she reads.
// Who keeps groups from outside a closed one has to be let in first.
func mayRun(_ context.Context, _ store.Reader, who access.Subject, group string, in account.GroupStanding) error {
	if in.Ended {
		return Impossible{"event.impossible.ended"}
	}
	_, reads := who.Scope().Allows(access.Label{Level: in.Level, Group: group})
	if !runs(who, in) || !reads {
		return ErrForbidden
	}
	return nil
}

// tag writes what it is about.
func (e Event) tag(ctx context.Context, tx *store.Tx, themes []string) error {
	if _, err := tx.Exec(ctx, "DELETE FROM meeting_theme WHERE meeting = $1", e.ID); err != nil {
		return err
	}
	var rows [][]any
	under := slices.Clone(themes)
	for _, id := range themes {
		rows = append(rows, []any{e.ID, "theme", id})
		if t, ok := framework.Theme(id); ok && t.Parent() != "" {
			under = append(under, t.Parent())
		}
	}
	for _, id := range slices.Compact(slices.Sorted(slices.Values(under))) {
		rows = append(rows, []any{e.ID, "under", id})
	}
	return tx.Insert(ctx, "meeting_theme (meeting, kind, theme)", rows, "")
}

// change runs a change by somebody who runs the group on the revision that she read.
func (s *Events) change(ctx context.Context, who access.Subject, id string, rev int64, fn func(*store.Tx, Event) (store.Event, error)) error {
	_, err := store.Write(ctx, s.DB, who, func(tx *store.Tx) (store.Event, error) {
		e, in, err := read(ctx, tx, who, id)
		if err != nil {
			return store.Event{}, err
		}
		if err := mayRun(ctx, tx, who, e.Group, in); err != nil {
			return store.Event{}, err
		}
		if e.Rev != rev {
			return store.Event{}, Stale{e.Rev}
		}
		event, err := fn(tx, e)
		if err != nil {
			return store.Event{}, err
		}
		_, err = tx.Exec(ctx, "UPDATE meeting SET rev = rev + 1, updated = $2 WHERE id = $1", id, tx.Now())
		return event, err
	})
	return err
}

// Edit writes an event anew. rev is the revision that the caller read. Where its time or
// place is another one, all who are registered are told; where there are more places, those
// who wait move up.
func (s *Events) Edit(ctx context.Context, who access.Subject, id string, rev int64, d Written) error {
	d.clean()
	return s.change(ctx, who, id, rev, func(tx *store.Tx, e Event) (store.Event, error) {
		if e.Stage == Held || e.Stage == Cancelled {
			return store.Event{}, Impossible{"event.impossible." + string(e.Stage)}
		}
		if err := d.check(ctx, tx); err != nil {
			return store.Event{}, err
		}
		admitted, err := count(ctx, tx, id, "stage = 'admitted'")
		if err != nil {
			return store.Event{}, err
		}
		if d.Capacity < admitted {
			return store.Event{}, Invalid{"capacity": "event.error.admitted"}
		}
		if err := seatWithin(ctx, tx, id, d.Capacity); err != nil {
			return store.Event{}, err
		}
		moved := !d.Begins.Equal(e.Begins) || !d.Ends.Equal(e.Ends) || d.Zone != e.Zone || d.Place != e.Place
		_, err = tx.Exec(ctx, `
			UPDATE meeting SET title = $2, lang = $3, about = $4, host = $5, place = $6, organiser = $7, zone = $8, begins = $9, ends = $10, link = $11, capacity = $12,
			  closes = $13, approves = $14, per_state = $15, women = $16, seq = seq + $17 WHERE id = $1`,
			id, d.Title, string(d.Lang), d.About, d.Host, d.Place, d.Organiser, d.Zone, d.Begins, d.Ends, d.Link, d.Capacity, d.Closes, d.Approves, d.PerState, d.Women, one(moved))
		if err != nil {
			return store.Event{}, err
		}
		if err := e.tag(ctx, tx, d.Themes); err != nil {
			return store.Event{}, err
		}
		if moved && e.Stage != Draft {
			if err := e.tell(ctx, tx, movedLetter, registered); err != nil {
				return store.Event{}, err
			}
		}
		e.Capacity, e.PerState, e.Women, e.Begins, e.Closes = d.Capacity, d.PerState, d.Women, d.Begins, d.Closes
		return e.event("community.event.changed"), e.moveUp(ctx, tx)
	})
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

// Move leads an event from one stage to the next. Messages: "event.do.MOVE".
type Move string

// The moves of an event.
const (
	Publish Move = "publish"
	Close   Move = "close" // the registration
	Reopen  Move = "reopen"
	Hold    Move = "hold" // it was held
	Cancel  Move = "cancel"
)

// way is where a move leads.
type way struct {
	move Move
	from []Stage
	to   Stage
	did  string
}

var ways = []way{
	{Publish, []Stage{Draft}, Open, "community.event.opened"},
	{Close, []Stage{Open}, Closed, "community.event.closed"},
	{Reopen, []Stage{Closed}, Open, "community.event.reopened"},
	{Hold, []Stage{Open, Closed}, Held, "community.event.held"},
	{Cancel, []Stage{Draft, Open, Closed}, Cancelled, "community.event.cancelled"},
}

// Moves are those that lead on from where the event is, for who runs its group.
func Moves(e Event, now time.Time) (list []Move) {
	for _, w := range ways {
		if w.fits(e, now) {
			list = append(list, w.move)
		}
	}
	return list
}

func (w way) fits(e Event, now time.Time) bool {
	if w.move == Hold && now.Before(e.Begins) || w.move == Reopen && !now.Before(e.Closes) || w.move == Publish && !now.Before(e.Ends) {
		return false
	}
	return slices.Contains(w.from, e.Stage)
}

// Make makes a move; words say why it is cancelled. All who are registered are told of
// that, and the experts who were asked to speak.
func (s *Events) Make(ctx context.Context, who access.Subject, id string, rev int64, m Move, words string) error {
	words = strings.TrimSpace(words)
	n := slices.IndexFunc(ways, func(w way) bool { return w.move == m })
	if n < 0 {
		return Impossible{"event.impossible.move"}
	}
	w := ways[n]
	return s.change(ctx, who, id, rev, func(tx *store.Tx, e Event) (store.Event, error) {
		if !w.fits(e, tx.Now()) {
			key := "event.impossible." + string(e.Stage)
			if slices.Contains(w.from, e.Stage) {
				key = "event.impossible.time." + string(m)
			}
			return store.Event{}, Impossible{key}
		}
		if m != Cancel {
			words = ""
		} else if v := (Invalid{}); true {
			if v.text("words", words, MaxWords, true); len(v) > 0 {
				return store.Event{}, v
			}
		}
		if _, err := tx.Exec(ctx, "UPDATE meeting SET stage = $2, reason = $3, seq = seq + $4 WHERE id = $1", id, string(w.to), words, one(m == Cancel)); err != nil {
			return store.Event{}, err
		}
		if m == Cancel && e.Stage != Draft {
			if err := e.tell(ctx, tx, cancelledLetter, registered); err != nil {
				return store.Event{}, err
			}
		}
		if m == Publish {
			e.Stage = Open // from here on it is told of
		}
		did := e.event(w.did)
		if m == Cancel {
			n, err := roster.CallOff(ctx, tx, who, id, words)
			if err != nil {
				return store.Event{}, err
			}
			if n > 0 {
				did.Data = map[string]int{"speakers": n}
			}
		}
		return did, nil
	})
}
