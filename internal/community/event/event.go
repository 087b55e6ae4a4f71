// Package event keeps the events of groups, and who takes part in them (Framework ¶9.3,
// 12.4).
//
// An Event belongs to a group and is read by whoever reads it; those who run the group
// write it. It begins and ends at instants, and is spoken of in the time zone of its own
// place: so a change of the clocks moves nothing. It goes from draft to open, closed for
// registration, held; or it is cancelled, and all who are registered are told.
//
// A member registers by an Entry: she asks, is admitted, waits or is declined with a
// sentence. Who is admitted has a numbered seat. The tables hold that no seat is taken
// twice and none is beyond the capacity; so the last place goes to one of two who want it
// at once. When a place becomes free those who wait move up in their order, each where the
// figures for States and for women let her in. Whoever is no member of the group any more
// loses her seat, and reads the online link no more.
package event

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/community/notice"
	"polis/internal/lang"
	"polis/internal/store"
)

// Events is the room with its store.
type Events struct{ DB *store.DB }

// ErrForbidden is returned where the caller may not do what she asked.
var ErrForbidden = errors.New("event: not allowed")

// Stale is returned where the event was changed since the caller read it. Rev is its
// present revision.
type Stale struct{ Rev int64 }

func (s Stale) Error() string {
	return fmt.Sprintf("event: changed meanwhile, now revision %d", s.Rev)
}

// Impossible is returned where the event or the entry is not where this leads on from.
// Key is the sentence that says why.
type Impossible struct{ Key string }

func (i Impossible) Error() string { return "event: not possible: " + i.Key }

// Invalid says which fields are wrong: field name → message key.
type Invalid map[string]string

func (v Invalid) Error() string { return fmt.Sprintf("event: invalid: %v", map[string]string(v)) }

func (v Invalid) orNil() error {
	if len(v) == 0 {
		return nil
	}
	return v
}

// text notes a text that is missing or longer than most characters.
func (v Invalid) text(field, text string, most int, must bool) {
	if n := len([]rune(text)); n > most {
		v[field] = "event.error.long"
	} else if n == 0 && must {
		v[field] = "event.error." + field
	}
}

// Stage is how far an event is. Messages: "event.stage.STAGE".
type Stage string

// The stages of an event.
const (
	Draft     Stage = "draft"
	Open      Stage = "open"
	Closed    Stage = "closed" // for registration
	Held      Stage = "held"
	Cancelled Stage = "cancelled"
)

// What is written is bounded, in characters.
const (
	MaxTitle    = 200
	MaxAbout    = 20_000
	MaxPlace    = 300
	MaxLink     = 500
	MaxWords    = 2_000
	MaxThemes   = 5
	MaxCapacity = 10_000
	mostItems   = 100
	mostPapers  = 50
	longest     = 31 * 24 * time.Hour
)

// Event is one event, without what is for the admitted only.
type Event struct {
	ID        string
	Title     string
	Lang      lang.Tag
	About     string // Markdown
	Host      string // the State, or ""
	Place     string // in words
	Organiser string // of the directory, or ""
	Zone      string // one of notice.Zones
	Begins    time.Time
	Ends      time.Time
	Online    bool // there is a link
	Capacity  int64
	Closes    time.Time // until when one registers
	Approves  bool      // those who run the group decide on each registration
	PerState  int64     // at most so many of one State, 0 is without limit
	Women     int64     // places kept for women
	Stage     Stage
	Reason    string // why it was cancelled
	Seq       int64
	Author    string
	Rev       int64
	Created   time.Time
	Updated   time.Time
	Themes    []string `db:"-"`
	access.Label
}

const columns = `e.id, e.title, e.lang, e.about, e.host, e.place, e.organiser, e.zone, e.begins, e.ends, (e.link <> '') AS online, e.capacity, e.closes, e.approves, e.per_state, e.women,
	e.stage, e.reason, e.seq, e.author, e.rev, e.created, e.updated, e.level, e.state, e.grp, e.owner`

// Path is the address of its page, without language.
func (e Event) Path() string { return Path(e.ID) }

// Path is the address of an event's page, without language.
func Path(id string) string { return "/events/" + id }

// Location is where the event's own clock stands.
func (e Event) Location() *time.Location {
	if l, err := Location(e.Zone); err == nil {
		return l
	}
	return time.UTC
}

// Location is a time zone of notice.Zones.
func Location(zone string) (*time.Location, error) {
	if !slices.Contains(notice.Zones, zone) {
		return nil, fmt.Errorf("event: no time zone %q", zone)
	}
	return time.LoadLocation(zone)
}

// minute is how a form writes a moment, in the zone that stands beside it.
const minute = "2006-01-02T15:04"

// Moment reads a day and a time of the day as a clock at that place shows them. A time that
// the clocks leave out in spring is none; of one that they show twice in autumn it is the
// first.
func Moment(day, clock, zone string) (time.Time, bool) {
	l, err := Location(zone)
	if err != nil {
		return time.Time{}, false
	}
	text := day + "T" + clock
	t, err := time.ParseInLocation(minute, text, l)
	if err != nil || t.Format(minute) != text || t.Year() < 1990 || t.Year() > 2200 {
		return time.Time{}, false
	}
	if before := t.Add(-time.Hour); before.Format(minute) == text {
		t = before
	}
	return t.UTC(), true
}

// Registers reports whether registrations are taken now.
func (e Event) Registers(now time.Time) bool { return e.Stage == Open && now.Before(e.Closes) }

// event is about the event; its texts stand in no log. Of a draft nobody is told.
func (e Event) event(act string) store.Event {
	if e.Stage == Draft {
		return store.Event{Act: act, Object: e.ID, Label: access.Label{Level: access.Closed}, Quiet: true}
	}
	return store.Event{Act: act, Object: e.ID, Label: e.Label}
}

// of is about what somebody has to do with an event: hers alone.
func of(person, id, act string) store.Event {
	return store.Event{Act: act, Object: id, Label: access.Label{Level: access.Closed, Owner: person}, Quiet: true}
}

// everything is the room's own scope, for the rows of records that were read in the
// reader's.
var everything = store.Everything("event")

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
