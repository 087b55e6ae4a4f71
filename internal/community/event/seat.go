package event

import (
	"context"
	"slices"
	"time"

	"polis/internal/access"
	"polis/internal/job"
	"polis/internal/store"
)

// hall is who sits where, and who may sit down.
type hall struct {
	taken  map[int64]bool
	hosts  map[string]int64
	others int64 // who are no women, or did not say so
}

// taken reads who is admitted.
func taken(ctx context.Context, tx *store.Tx, id string) (hall, error) {
	rows, err := store.List[struct {
		Seat  int64
		Host  string
		Woman bool
	}](ctx, tx, everything, "SELECT seat, host, woman FROM meeting_entry WHERE {scope} AND meeting = $1 AND stage = 'admitted'", id)
	h := hall{taken: map[int64]bool{}, hosts: map[string]int64{}}
	for _, r := range rows {
		h.sit(r.Seat, r.Host, r.Woman)
	}
	return h, err
}

func (h *hall) sit(seat int64, host string, woman bool) {
	h.taken[seat] = true
	h.hosts[host]++
	h.others += int64(one(!woman))
}

// fits reports whether there is a place for her: in the room, of her State, and beside
// those that are kept for women.
func (h *hall) fits(e Event, host string, woman bool) bool {
	return int64(len(h.taken)) < e.Capacity && (e.PerState == 0 || host == "" || h.hosts[host] < e.PerState) && (woman || h.others < e.Capacity-e.Women)
}

// free is the first free seat.
func (h *hall) free() int64 {
	seat := int64(1)
	for h.taken[seat] {
		seat++
	}
	return seat
}

// moveUp gives the free places to those who wait, in their order; each is told. Who is no
// member any more leaves her place before. When the event begins it is over.
func (e Event) moveUp(ctx context.Context, tx *store.Tx) error {
	if e.Stage != Open && e.Stage != Closed || !tx.Now().Before(e.Begins) {
		return nil
	}
	if _, err := e.release(ctx, tx); err != nil {
		return err
	}
	h, err := taken(ctx, tx, e.ID)
	if err != nil || int64(len(h.taken)) >= e.Capacity {
		return err
	}
	waiting, err := store.List[Entry](ctx, tx, everything, "SELECT "+entryColumns+" FROM meeting_entry WHERE {scope} AND meeting = $1 AND stage = 'waiting' ORDER BY n", e.ID)
	if err != nil {
		return err
	}
	for _, w := range waiting {
		if !h.fits(e, w.Host, w.Woman) {
			continue
		}
		seat := h.free()
		h.sit(seat, w.Host, w.Woman)
		if _, err := tx.Exec(ctx, "UPDATE meeting_entry SET stage = 'admitted', seat = $3, updated = $4 WHERE meeting = $1 AND person = $2", e.ID, w.Person, seat, tx.Now()); err != nil {
			return err
		}
		if err := e.write(ctx, tx, admittedLetter, w.Person); err != nil {
			return err
		}
	}
	return nil
}

// release withdraws those who are no members of the group any more.
func (e Event) release(ctx context.Context, tx *store.Tx) (int64, error) {
	return tx.Exec(ctx, `
		UPDATE meeting_entry SET stage = 'withdrawn', seat = NULL, words = '', updated = $3
		WHERE meeting = $1 AND stage IN ('asked', 'admitted', 'waiting') AND attended = '' AND person NOT IN (
		  SELECT m.person FROM membership m JOIN vouching v ON v.id = m.vouching WHERE m.grp = $2 AND v.ended = 0 AND v.until > $3)`, e.ID, e.Group, tx.Now())
}

// seatWithin brings those who sit beyond so many seats onto free ones.
func seatWithin(ctx context.Context, tx *store.Tx, id string, capacity int64) error {
	h, err := taken(ctx, tx, id)
	if err != nil {
		return err
	}
	for seat := range h.taken {
		if seat <= capacity {
			continue
		}
		to := h.free()
		h.taken[to] = true
		if _, err := tx.Exec(ctx, "UPDATE meeting_entry SET seat = $3 WHERE meeting = $1 AND seat = $2", id, seat, to); err != nil {
			return err
		}
	}
	return nil
}

// The upkeep of events: its name in the timetable, and how often it looks.
const (
	UpkeepJob   = "event.upkeep"
	UpkeepEvery = time.Hour
)

// Upkeep is the work of the timetable.
func (s *Events) Upkeep(ctx context.Context, _ *job.Run) error { return s.Sweep(ctx) }

// Sweep frees the places of those who left the groups of the events that are to come, for
// who waits.
func (s *Events) Sweep(ctx context.Context) error {
	ids, err := store.List[string](ctx, s.DB, everything, `
		SELECT DISTINCT e.id FROM meeting e JOIN meeting_entry x ON x.meeting = e.id
		WHERE {scope} AND e.stage IN ('open', 'closed') AND e.begins > $1 AND x.stage IN ('asked', 'admitted', 'waiting') AND x.person NOT IN (
		  SELECT m.person FROM membership m JOIN vouching v ON v.id = m.vouching WHERE m.grp = e.grp AND v.ended = 0 AND v.until > $1)`, time.Now())
	if err != nil {
		return err
	}
	slices.Sort(ids)
	for _, id := range ids {
		_, err := store.Write(ctx, s.DB, access.System("event"), func(tx *store.Tx) (store.Event, error) {
			e, err := store.Get[Event](ctx, tx, everything, "SELECT "+columns+" FROM meeting e WHERE {scope} AND e.id = $1", id)
			if err != nil {
				return store.Event{}, err
			}
			return of("", id, "community.event.freed"), e.moveUp(ctx, tx)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
