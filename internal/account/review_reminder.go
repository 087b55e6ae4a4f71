package account

import (
	"context"
	"time"

	"polis/internal/access"
	"polis/internal/job"
	"polis/internal/store"
)

// The review in the timetable: its name, and how often it looks.
const (
	ReviewJob   = "account.review"
	ReviewEvery = 12 * time.Hour
)

// Reminder is a letter that the review writes to somebody. Kinds: "vouching-ends" to the
// person herself, "review-due" to a focal point, "review-left" to the desk.
type Reminder struct {
	To      Person
	Kind    string
	ActsFor string    // whose word it is about
	Body    string    // or that of a body; both "" for the house's own
	Until   time.Time // of a letter to the person: when the word ends or has ended
	Due     int       // of the others: words that end within the next weeks
	Ended   int       // and words that have ended
}

// Deliver takes a reminder as part of a write. It is how the review reaches the mail.
type Deliver func(ctx context.Context, tx *store.Tx, l Reminder) error

// The steps of a review, as far as the letters have come. Step left is for the
// desk: the focal point was asked 30 days ago.
const (
	stepDue   = 1 + iota // 60 days before the end
	stepLeft             // 30 days before
	stepSoon             // 14 days before
	stepEnded            // on the day
)

// soon is how long before the end the second letter goes out.
const soon = 14 * 24 * time.Hour

// stepOf is the last step that a word has come to.
func stepOf(v Vouching, now time.Time) int {
	switch left := v.Until.Sub(now); {
	case left <= 0:
		return stepEnded
	case left <= soon:
		return stepSoon
	case left <= ReviewAhead-LeftAfter:
		return stepLeft
	}
	return stepDue
}

// Reviewer is the review as the timetable runs it.
func Reviewer(db *store.DB, deliver Deliver) job.Handler {
	return func(ctx context.Context, run *job.Run) error {
		n, err := ReviewAll(ctx, db, access.System("review"), time.Now(), deliver)
		if err != nil {
			return err
		}
		return run.Progress(ctx, int64(n), int64(n), nil)
	}
}

// ReviewAll ends the words whose term is over and writes what is due: 60 days,
// 14 days and 0 days before the end to the person and to her focal points, and
// to the desk where there is none or none acted within 30 days. Each letter goes
// out once, however often it runs; it returns how many words it wrote about.
func ReviewAll(ctx context.Context, db *store.DB, who access.Subject, now time.Time, deliver Deliver) (int, error) {
	for {
		n, err := LapseAll(ctx, db, who)
		if err != nil {
			return 0, err
		}
		if n == 0 {
			break
		}
	}
	circles, err := store.List[circle](ctx, db, everything, "SELECT DISTINCT acts_for, body FROM vouching WHERE {scope} AND "+reviewable, times(now)...)
	if err != nil {
		return 0, err
	}
	total := 0
	for _, c := range circles {
		for {
			n, err := reviewCircle(ctx, db, who, c, now, deliver)
			if err != nil {
				return total, err
			}
			if total += n; n == 0 {
				break
			}
		}
	}
	return total, nil
}

// circle is those whose people are reviewed together.
type circle struct{ ActsFor, Body string }

// reviewable are the words that have come to a step of which nobody has written
// yet. What ended long ago is not dug up.
const reviewable = `(
	ended = 0 AND (until <= $1 AND reviewed < 1 OR until <= $2 AND reviewed < 2 OR until <= $3 AND reviewed < 3)
	OR ended_by = 'system:term' AND ended > $4 AND reviewed < 4)`

func times(now time.Time) []any {
	return []any{now.Add(ReviewAhead), now.Add(ReviewAhead - LeftAfter), now.Add(soon), now.Add(-LeftAfter)}
}

// aWrite is how many words one write takes.
const aWrite = 500

func reviewCircle(ctx context.Context, db *store.DB, who access.Subject, c circle, now time.Time, deliver Deliver) (int, error) {
	events, err := store.WriteAll(ctx, db, who, func(tx *store.Tx) ([]store.Event, error) {
		words, err := store.List[Vouching](ctx, tx, everything, "SELECT "+vouchingColumns+" FROM vouching WHERE {scope} AND "+reviewable+
			" AND acts_for = $5 AND body = $6 ORDER BY until, id LIMIT $7", append(times(now), c.ActsFor, c.Body, aWrite)...)
		if err != nil || len(words) == 0 {
			return nil, err
		}
		letters, err := c.prepare(ctx, tx)
		if err != nil {
			return nil, err
		}
		var events []store.Event
		for _, v := range words {
			step := stepOf(v, now)
			if _, err := tx.Exec(ctx, "UPDATE vouching SET reviewed = $2 WHERE id = $1", v.ID, step); err != nil {
				return nil, err
			}
			if err := letters.add(ctx, tx, v, step); err != nil {
				return nil, err
			}
			events = append(events, about(v.Person, "account.review.asked", map[string]any{"vouching": v.ID, "step": step}))
		}
		return events, letters.post(ctx, tx, deliver)
	})
	return len(events), err
}

// bundle are the letters about the words of one circle: one to each person, and
// one to each who has to act, with their number.
type bundle struct {
	circle
	keepers, desk []Person
	due, ended    map[string]int // recipient → words
	letters       []Reminder
}

func (c circle) prepare(ctx context.Context, tx *store.Tx) (b *bundle, err error) {
	b = &bundle{circle: c, due: map[string]int{}, ended: map[string]int{}}
	if b.keepers, err = FocalPoints(ctx, tx, c.ActsFor, c.Body); err != nil {
		return nil, err
	}
	b.desk, err = Desk(ctx, tx)
	return b, err
}

// add counts a word for those who have to act, and writes to its person. Nobody
// is asked to act on her own.
func (b *bundle) add(ctx context.Context, tx *store.Tx, v Vouching, step int) error {
	count := b.due
	if step == stepEnded {
		count = b.ended
	}
	asked := false
	for _, p := range b.keepers {
		if p.ID == v.Person {
			continue
		}
		asked = true
		if step != stepLeft {
			count[p.ID]++
		}
	}
	if !asked || step == stepLeft {
		for _, p := range b.desk {
			if p.ID != v.Person {
				count[p.ID]++
			}
		}
	}
	if step == stepLeft {
		return nil
	}
	p, err := Load(ctx, tx, v.Person)
	if err == nil && !p.Blocked && !p.Erased {
		b.letters = append(b.letters, Reminder{To: p, Kind: "vouching-ends", ActsFor: v.ActsFor, Body: v.Body, Until: v.Until})
	}
	return err
}

func (b *bundle) post(ctx context.Context, tx *store.Tx, deliver Deliver) error {
	for kind, list := range map[string][]Person{"review-due": b.keepers, "review-left": b.desk} {
		for _, p := range list {
			due, ended := b.due[p.ID], b.ended[p.ID]
			if due+ended > 0 {
				b.letters = append(b.letters, Reminder{To: p, Kind: kind, ActsFor: b.ActsFor, Body: b.Body, Due: due, Ended: ended})
			}
			delete(b.due, p.ID) // a focal point who is a desk officer gets one letter
			delete(b.ended, p.ID)
		}
	}
	for _, l := range b.letters {
		if err := deliver(ctx, tx, l); err != nil {
			return err
		}
	}
	return nil
}
