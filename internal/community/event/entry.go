package event

import (
	"context"
	"errors"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// Entry is somebody's registration.
type Entry struct {
	Meeting     string
	Person      string
	N           int64 // her place in the waiting list
	Stage       EntryStage
	Host        string // the State for which she comes, or ""
	Woman       bool
	Words       string // hers, to those who decide
	Reason      string // why she was declined
	Attended    string // "present", "absent", "" while nothing is noted
	Certificate string // its number, or ""
	Rated       bool   // she said what she thought of it
	Created     time.Time
	Updated     time.Time
}

const entryColumns = "meeting, person, n, stage, host, woman, words, reason, attended, COALESCE(certificate, '') AS certificate, rated, created, updated"

// EntryStage is how far a registration is. Messages: "event.entry.STAGE".
type EntryStage string

// The stages of a registration.
const (
	Asked     EntryStage = "asked"
	Admitted  EntryStage = "admitted"
	Waiting   EntryStage = "waiting"
	Declined  EntryStage = "declined"
	Withdrawn EntryStage = "withdrawn"
)

// EntryStages lists them all.
var EntryStages = []EntryStage{Asked, Waiting, Admitted, Declined, Withdrawn}

// Holds reports whether she takes part, or wants to still.
func (e Entry) Holds() bool { return e.Stage == Asked || e.Stage == Admitted || e.Stage == Waiting }

// Own is the caller's registration for an event that she reads; store.ErrNotFound where
// she has none.
func (s *Events) Own(ctx context.Context, who access.Subject, id string) (Entry, error) {
	return entryOf(ctx, s.DB, id, who.ID)
}

func entryOf(ctx context.Context, q store.Reader, id, person string) (Entry, error) {
	return store.Get[Entry](ctx, q, everything, "SELECT "+entryColumns+" FROM meeting_entry WHERE {scope} AND meeting = $1 AND person = $2", id, person)
}

// Entries are those of an event at one stage, in their order from behind a number on, for
// who runs the group.
func (s *Events) Entries(ctx context.Context, who access.Subject, id string, stage EntryStage, after int64, limit int) ([]Entry, int64, error) {
	if err := s.runsIt(ctx, who, id); err != nil {
		return nil, 0, err
	}
	list, err := store.List[Entry](ctx, s.DB, everything, "SELECT "+entryColumns+" FROM meeting_entry WHERE {scope} AND meeting = $1 AND stage = $2 AND n > $3 ORDER BY n LIMIT $4", id, string(stage), after, limit+1)
	if err != nil || len(list) <= limit {
		return list, 0, err
	}
	return list[:limit], list[limit-1].N, nil
}

// runsIt is ErrForbidden for everybody but those who run the group of an event.
func (s *Events) runsIt(ctx context.Context, who access.Subject, id string) error {
	_, in, err := read(ctx, s.DB, who, id)
	if err == nil && (!runs(who, in) || who.Program) {
		err = ErrForbidden
	}
	return err
}

// Tally is how many registrations are at each stage.
type Tally struct{ Asked, Admitted, Waiting, Declined, Withdrawn, Present int64 }

// TallyOf counts the registrations of an event that the caller has read.
func (s *Events) TallyOf(ctx context.Context, id string) (Tally, error) {
	sum := func(name, when string) string {
		return "COALESCE(SUM(CASE WHEN " + when + " THEN 1 ELSE 0 END), 0) AS " + name
	}
	return store.Get[Tally](ctx, s.DB, everything, "SELECT "+sum("asked", "stage = 'asked'")+", "+sum("admitted", "stage = 'admitted'")+", "+sum("waiting", "stage = 'waiting'")+
		", "+sum("declined", "stage = 'declined'")+", "+sum("withdrawn", "stage = 'withdrawn'")+", "+sum("present", "attended = 'present'")+" FROM meeting_entry WHERE {scope} AND meeting = $1", id)
}

func count(ctx context.Context, q store.Reader, id, which string) (int64, error) {
	return store.Get[int64](ctx, q, everything, "SELECT COUNT(*) FROM meeting_entry WHERE {scope} AND meeting = $1 AND "+which, id)
}

// Register registers the caller, as a member of the group: she is admitted, or waits, or
// asks where those who run the group decide. Who is registered already stays so.
func (s *Events) Register(ctx context.Context, who access.Subject, id string, woman bool, words string) error {
	words = strings.TrimSpace(words)
	_, err := store.Write(ctx, s.DB, who, func(tx *store.Tx) (store.Event, error) {
		e, in, err := read(ctx, tx, who, id)
		switch {
		case err != nil:
			return store.Event{}, err
		case in.Ended:
			return store.Event{}, Impossible{"event.impossible.ended"}
		case !in.Member || who.Idle:
			return store.Event{}, ErrForbidden
		}
		was, err := entryOf(ctx, tx, id, who.ID)
		switch {
		case err != nil && !errors.Is(err, store.ErrNotFound):
			return store.Event{}, err
		case was.Holds():
			return store.Event{}, store.ErrUnchanged // the same form, sent twice
		case was.Stage == Declined:
			return store.Event{}, Impossible{"event.impossible.entry.declined"}
		case !e.Registers(tx.Now()):
			return store.Event{}, Impossible{"event.impossible.registers"}
		}
		v := Invalid{}
		if v.text("words", words, MaxWords, false); len(v) > 0 {
			return store.Event{}, v
		}
		stage := Waiting
		if e.Approves {
			stage = Asked
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO meeting_entry (meeting, person, n, stage, capacity, host, woman, words, reason, attended, rated, created, updated)
			VALUES ($1, $2, (SELECT COALESCE(MAX(n), 0) + 1 FROM meeting_entry WHERE meeting = $1), $3, $4, $5, $6, $7, '', '', FALSE, $8, $8)
			ON CONFLICT (meeting, person) DO UPDATE SET n = excluded.n, stage = excluded.stage, host = excluded.host, woman = excluded.woman, words = excluded.words, updated = excluded.updated`,
			id, who.ID, string(stage), e.Capacity, who.State, woman && e.Women > 0, words, tx.Now())
		if err != nil {
			return store.Event{}, err
		}
		return of(who.ID, id, "community.event.registered"), e.moveUp(ctx, tx)
	})
	return err
}

// Withdraw takes the caller's registration back. Her place goes to the next who waits.
func (s *Events) Withdraw(ctx context.Context, who access.Subject, id string) error {
	_, err := store.Write(ctx, s.DB, who, func(tx *store.Tx) (store.Event, error) {
		e, _, err := read(ctx, tx, who, id)
		if err != nil {
			return store.Event{}, err
		}
		was, err := entryOf(ctx, tx, id, who.ID)
		switch {
		case err != nil:
			return store.Event{}, err
		case who.Idle:
			return store.Event{}, ErrForbidden
		case was.Stage == Withdrawn:
			return store.Event{}, store.ErrUnchanged
		case !was.Holds() || was.Attended != "" || !tx.Now().Before(e.Begins):
			return store.Event{}, Impossible{"event.impossible.withdraw"}
		}
		if err := put(ctx, tx, was, Withdrawn, ""); err != nil {
			return store.Event{}, err
		}
		return of(who.ID, id, "community.event.withdrawn"), e.moveUp(ctx, tx)
	})
	return err
}

// put brings a registration to a stage at which it has no seat.
func put(ctx context.Context, tx *store.Tx, e Entry, to EntryStage, reason string) error {
	_, err := tx.Exec(ctx, "UPDATE meeting_entry SET stage = $3, seat = NULL, reason = $4, words = CASE WHEN $5 THEN '' ELSE words END, updated = $6 WHERE meeting = $1 AND person = $2",
		e.Meeting, e.Person, string(to), reason, to == Withdrawn, tx.Now())
	return err
}

// Decide admits somebody, or declines with a sentence, also who was admitted before. from
// is the stage that the caller saw. Who is admitted and finds no place waits.
func (s *Events) Decide(ctx context.Context, who access.Subject, id, person string, from EntryStage, admit bool, reason string) error {
	reason = strings.TrimSpace(reason)
	_, err := store.Write(ctx, s.DB, who, func(tx *store.Tx) (store.Event, error) {
		e, in, err := read(ctx, tx, who, id)
		if err != nil {
			return store.Event{}, err
		}
		if err := mayRun(ctx, tx, who, e.Group, in); err != nil {
			return store.Event{}, err
		}
		was, err := entryOf(ctx, tx, id, person)
		switch {
		case err != nil:
			return store.Event{}, err
		case e.Stage != Open && e.Stage != Closed || was.Attended != "":
			return store.Event{}, Impossible{"event.impossible." + string(e.Stage)}
		case was.Stage != from || admit && (from == Admitted || from == Waiting) || from == Withdrawn || !admit && from == Declined:
			return store.Event{}, Impossible{"event.impossible.decided"}
		}
		to, letter := Waiting, ""
		if !admit {
			v := Invalid{}
			if v.text("words", reason, MaxWords, true); len(v) > 0 {
				return store.Event{}, v
			}
			to, letter = Declined, declinedLetter
		} else {
			reason = ""
		}
		if err := put(ctx, tx, was, to, reason); err != nil {
			return store.Event{}, err
		}
		if err := e.moveUp(ctx, tx); err != nil {
			return store.Event{}, err
		}
		if admit {
			if now, err := entryOf(ctx, tx, id, person); err != nil {
				return store.Event{}, err
			} else if now.Stage == Waiting {
				letter = waitingLetter
			}
		}
		if letter != "" {
			err = e.write(ctx, tx, letter, person)
		}
		return of(person, id, "community.event.decided"), err
	})
	return err
}
