package event

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/lang"
	"polis/internal/store"
)

// Note notes who was there and who was not: "present", "absent", or "" for nothing yet.
// Whoever was there has a certificate from then on. It is noted from the beginning on.
func (s *Events) Note(ctx context.Context, who access.Subject, id string, attended map[string]string) error {
	_, err := store.Write(ctx, s.DB, who, func(tx *store.Tx) (store.Event, error) {
		e, in, err := read(ctx, tx, who, id)
		if err != nil {
			return store.Event{}, err
		}
		if err := mayRun(ctx, tx, who, e.Group, in); err != nil {
			return store.Event{}, err
		}
		if tx.Now().Before(e.Begins) || e.Stage == Draft || e.Stage == Cancelled {
			return store.Event{}, Impossible{"event.impossible.early"}
		}
		changed := false
		for person, is := range attended {
			if !slices.Contains([]string{"", "present", "absent"}, is) {
				return store.Event{}, Invalid{"attended": "event.error.attended"}
			}
			n, err := tx.Exec(ctx, `
				UPDATE meeting_entry SET attended = $3, updated = $4,
				  certificate = CASE WHEN $5 THEN COALESCE(certificate, $6) ELSE NULL END
				WHERE meeting = $1 AND person = $2 AND stage = 'admitted' AND attended <> $3 AND NOT rated`, id, person, is, tx.Now(), is == "present", rand.Text())
			if err != nil {
				return store.Event{}, err
			}
			changed = changed || n > 0
		}
		if !changed {
			return store.Event{}, store.ErrUnchanged
		}
		return store.Event{Act: "community.event.noted", Object: id, Label: access.Label{Level: access.Closed}, Quiet: true}, nil
	})
	return err
}

// Certificate says that somebody was there.
type Certificate struct {
	Number    string
	Person    string // id
	Title     string
	Lang      lang.Tag
	Place     string
	Organiser string
	Group     string `db:"grp"`
	Zone      string
	Begins    time.Time
	Ends      time.Time
}

const certificateColumns = "x.certificate AS number, x.person, e.title, e.lang, e.place, e.organiser, e.grp, e.zone, e.begins, e.ends"

// Certificate is the caller's own, of an event that is over; store.ErrNotFound where she
// has none.
func (s *Events) Certificate(ctx context.Context, who access.Subject, id string) (Certificate, error) {
	if !who.SignedIn() || who.Program {
		return Certificate{}, store.ErrNotFound
	}
	return s.certificate(ctx, "x.meeting = $1 AND x.person = $2", id, who.ID)
}

// Check finds what a number was given for, for whoever holds it; store.ErrNotFound for
// every other.
func (s *Events) Check(ctx context.Context, number string) (Certificate, error) {
	number = strings.ToUpper(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, number))
	if len(number) != 26 || strings.Trim(number, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") != "" {
		return Certificate{}, store.ErrNotFound
	}
	return s.certificate(ctx, "x.certificate = $1", number)
}

func (s *Events) certificate(ctx context.Context, which string, args ...any) (Certificate, error) {
	args = append(args, time.Now())
	c, err := store.Get[Certificate](ctx, s.DB, everything, "SELECT "+certificateColumns+" FROM meeting_entry x JOIN meeting e ON e.id = x.meeting WHERE {scope e} AND x.certificate IS NOT NULL AND e.ends <= $"+
		string(rune('0'+len(args)))+" AND "+which, args...)
	if err != nil {
		return c, err
	}
	p, err := account.Load(ctx, s.DB, c.Person)
	if err == nil && p.Erased {
		err = store.ErrNotFound
	}
	return c, err
}

// Spaced is the number as it is printed: in groups that are copied without mistakes.
func (c Certificate) Spaced() string {
	var parts []string
	for part := range slices.Chunk([]byte(c.Number), 5) {
		parts = append(parts, string(part))
	}
	return strings.Join(parts, " ")
}

// Questions are what those are asked who were there. Messages: "event.question.QUESTION".
var Questions = []string{"content", "speakers", "running", "useful"}

// Rating is what somebody thought of an event: 1 to 5, 0 where she said nothing.
type Rating struct {
	Content, Speakers, Running, Useful int64
	Words                              string
}

func (r Rating) figures() []int64 { return []int64{r.Content, r.Speakers, r.Running, r.Useful} }

// Rate says what the caller thought of an event at which she was, once. That she did is
// known, so that nobody does it twice; what she said is kept without her.
func (s *Events) Rate(ctx context.Context, who access.Subject, id string, r Rating) error {
	r.Words = strings.TrimSpace(r.Words)
	_, err := store.Write(ctx, s.DB, who, func(tx *store.Tx) (store.Event, error) {
		if _, _, err := read(ctx, tx, who, id); err != nil {
			return store.Event{}, err
		}
		was, err := entryOf(ctx, tx, id, who.ID)
		switch {
		case errors.Is(err, store.ErrNotFound) || err == nil && (was.Attended != "present" || who.Program):
			return store.Event{}, ErrForbidden
		case err != nil:
			return store.Event{}, err
		case was.Rated:
			return store.Event{}, Impossible{"event.impossible.rated"}
		}
		v, said := Invalid{}, r.Words != ""
		for i, n := range r.figures() {
			if n < 0 || n > 5 {
				v[Questions[i]] = "event.error.rating"
			}
			said = said || n != 0
		}
		if !said {
			v[Questions[0]] = "event.error.rating"
		}
		if v.text("words", r.Words, MaxWords, false); len(v) > 0 {
			return store.Event{}, v
		}
		if _, err := tx.Exec(ctx, "UPDATE meeting_entry SET rated = TRUE WHERE meeting = $1 AND person = $2", id, who.ID); err != nil {
			return store.Event{}, err
		}
		err = tx.Insert(ctx, "meeting_rating (id, meeting, content, speakers, running, useful, words)", [][]any{{rand.Text(), id, r.Content, r.Speakers, r.Running, r.Useful, r.Words}}, "")
		return of(who.ID, id, "community.event.rated"), err
	})
	return err
}

// fewest is from how many on what was thought of an event is shown: of fewer it would be
// known whose it is.
const fewest = 3

// Rated is what was thought of an event.
type Rated struct {
	Ratings int64
	Average []float64 // of each of Questions, 0 where nobody answered
	Words   []string
}

// RatingsOf are shown to who runs the group, without names, from three on; before, it is
// said how many there are.
func (s *Events) RatingsOf(ctx context.Context, who access.Subject, id string) (Rated, error) {
	if err := s.runsIt(ctx, who, id); err != nil {
		return Rated{}, err
	}
	list, err := store.List[Rating](ctx, s.DB, everything, "SELECT content, speakers, running, useful, words FROM meeting_rating WHERE {scope} AND meeting = $1 ORDER BY id", id)
	r := Rated{Ratings: int64(len(list))}
	if err != nil || len(list) < fewest {
		return r, err
	}
	for i := range Questions {
		var sum, n int64
		for _, x := range list {
			if v := x.figures()[i]; v > 0 {
				sum, n = sum+v, n+1
			}
		}
		r.Average = append(r.Average, float64(sum)/float64(max(n, 1)))
	}
	for _, x := range list {
		if x.Words != "" {
			r.Words = append(r.Words, x.Words)
		}
	}
	return r, nil
}
