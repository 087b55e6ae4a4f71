package roster

import (
	"context"
	"errors"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/job"
	"polis/internal/lang"
	"polis/internal/mail"
	"polis/internal/store"
)

// The letters of the room. They lead to a page and say what happened there, never what
// stands on it. Messages: the kind with ".subject", ".text" and ".button".
const (
	nominatedLetter = "expert.letter.nominated"
	askLetter       = "expert.letter.ask"
	reviewLetter    = "expert.letter.review"
)

// Finish writes the letters of this room when they are sent, and leaves all others to the
// next. Whom it concerns no more gets none.
func (r *Roster) Finish(next func(context.Context, mail.Letter) (mail.Letter, error)) func(context.Context, mail.Letter) (mail.Letter, error) {
	write := map[string]func(context.Context, access.Subject, mail.Letter) (mail.Letter, error){
		nominatedLetter: r.finishNominated, askLetter: r.finishAsk, reviewLetter: r.finishReview,
	}
	return func(ctx context.Context, l mail.Letter) (mail.Letter, error) {
		if finish := write[l.Kind]; finish != nil {
			who, person, err := account.Subject(ctx, r.DB, l.To, account.TwoFactors)
			if err == nil {
				l.Lang = person.Lang
				l, err = finish(ctx, who, l)
			}
			if errors.Is(err, store.ErrNotFound) {
				err = mail.ErrDropped
			}
			if err != nil {
				return l, err
			}
		}
		return next(ctx, l)
	}
}

func (r *Roster) finishNominated(ctx context.Context, who access.Subject, l mail.Letter) (mail.Letter, error) {
	list, err := r.Nominations(ctx, who)
	if err != nil {
		return l, err
	}
	for _, n := range list {
		if n.Verdict == "" {
			l.Path, l.Args = "/account/profile", map[string]string{"entry": n.ActsFor + n.Body}
			return l, nil
		}
	}
	return l, mail.ErrDropped
}

func (r *Roster) finishAsk(ctx context.Context, who access.Subject, l mail.Letter) (mail.Letter, error) {
	a, err := r.Ask(ctx, who, l.Object)
	if err != nil {
		return l, err
	}
	l.Path = "/assignments/" + a.ID
	l.Args = map[string]string{"did": lang.For(l.Lang).T("expert.did." + l.Args["move"])}
	return l, nil
}

func (r *Roster) finishReview(ctx context.Context, who access.Subject, l mail.Letter) (mail.Letter, error) {
	p, err := profile(ctx, r.DB, who.ID)
	if err != nil {
		return l, err
	}
	if p.Found == Mine || p.ReviewBy.After(time.Now().Add(RemindAhead)) {
		return l, mail.ErrDropped
	}
	l.Path = "/account/profile"
	l.Args = map[string]string{"day": day(p.ReviewBy), "lastday": day(p.ReviewBy.Add(Overdue))}
	return l, nil
}

// The reminders in the timetable: their name, how often they look, and how long before the
// review falls due the letter goes out.
const (
	RemindJob   = "community.experts"
	RemindEvery = 12 * time.Hour
	RemindAhead = 30 * 24 * time.Hour
)

// aWrite is how many profiles one write takes.
const aWrite = 200

// Reminder is the work of the timetable.
func (r *Roster) Reminder(ctx context.Context, _ *job.Run) error {
	for {
		n, err := r.Remind(ctx, time.Now())
		if err != nil || n < aWrite {
			return errors.Join(err, r.forget(ctx, time.Now()))
		}
	}
}

// Remind writes to those whose profile is due for review, once for each review, and
// returns to how many: who is found by nobody has nothing to review.
func (r *Roster) Remind(ctx context.Context, now time.Time) (int, error) {
	events, err := store.WriteAll(ctx, r.DB, access.System("roster"), func(tx *store.Tx) (events []store.Event, err error) {
		due, err := store.List[string](ctx, tx, everything,
			"SELECT person FROM expert WHERE {scope} AND found > 0 AND reminded = 0 AND review_by <= $1 AND NOT blocked ORDER BY review_by, person LIMIT $2", now.Add(RemindAhead), aWrite)
		if err != nil {
			return nil, err
		}
		for _, person := range due {
			if _, err := tx.Exec(ctx, "UPDATE expert SET reminded = $2 WHERE person = $1", person, now); err != nil {
				return nil, err
			}
			if err := mail.Queue(ctx, tx, mail.Letter{To: person, Kind: reviewLetter, Object: person}); err != nil {
				return nil, err
			}
			e := event(person, "community.expert.reminded", nil)
			e.Quiet = true
			events = append(events, e)
		}
		if len(events) == 0 {
			return nil, store.ErrUnchanged
		}
		return events, nil
	})
	return len(events), err
}

// forget takes out who looked longer ago than they are kept.
func (r *Roster) forget(ctx context.Context, now time.Time) error {
	_, err := store.Write(ctx, r.DB, access.System("roster"), func(tx *store.Tx) (store.Event, error) {
		n, err := tx.Exec(ctx, "DELETE FROM expert_look WHERE at <= $1", now.Add(-KeptLooks))
		if err == nil && n == 0 {
			err = store.ErrUnchanged
		}
		return store.Event{Act: "community.expert.forgotten", Data: map[string]int64{"n": n}, Quiet: true}, err
	})
	return err
}

// Release takes a person out of the room as part of her erasure: her profile, her
// nominations, who looked at it, and the assignments she was thought of for. Lists that she
// kept stay with the desk; at whom she looked, and whom she nominated, they see still, by
// an id that leads to nobody.
func Release(ctx context.Context, tx *store.Tx, person string) error {
	for _, statement := range []string{
		"UPDATE expert_ask SET stage = 'listed', moves = 0, step = NULL WHERE person = $1",
		"DELETE FROM expert_ask_step WHERE person = $1",
		"DELETE FROM expert_ask WHERE person = $1",
		"UPDATE expert_ask SET owner = '', rev = rev + 1 WHERE owner = $1",
		"DELETE FROM expert_look WHERE person = $1",
		"DELETE FROM expert_word WHERE person = $1",
		"DELETE FROM expert_line WHERE person = $1",
		"DELETE FROM expert_field WHERE person = $1",
		"DELETE FROM expert WHERE person = $1",
		"DELETE FROM expert_nomination WHERE person = $1",
	} {
		if _, err := tx.Exec(ctx, statement, person); err != nil {
			return err
		}
	}
	return nil
}
