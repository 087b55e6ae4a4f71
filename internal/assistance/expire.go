package assistance

import (
	"context"
	"time"

	"polis/internal/access"
	"polis/internal/job"
	"polis/internal/store"
)

// ExpireJob ends the consents whose time is over: the timetable's name.
const (
	ExpireJob   = "assistance.consents"
	ExpireEvery = 24 * time.Hour
)

// Expirer is the work of the timetable.
func (a *Assistance) Expirer(ctx context.Context, _ *job.Run) error { return a.Expire(ctx, time.Now()) }

// expireStep is how many consents one write ends.
const expireStep = 100

// Expire ends what was given until a day before this moment's, and closes its areas.
// What is ended it does not find again, so it may stop anywhere.
func (a *Assistance) Expire(ctx context.Context, now time.Time) error {
	who := access.System("assistance")
	for {
		events, err := store.WriteAll(ctx, a.DB, who, func(tx *store.Tx) (events []store.Event, err error) {
			list, err := store.List[Consent](ctx, tx, everything,
				"SELECT "+consentColumns+" FROM consent c WHERE {scope c} AND c.stage = 'given' AND c.until < $1 ORDER BY c.until, c.id LIMIT $2", today(now), expireStep)
			for _, c := range list {
				s := consentStep{move: ConsentExpiry, stage: ConsentExpired}
				lost, err := s.lose(ctx, tx, who, c)
				if err != nil {
					return nil, err
				}
				t, err := putConsentStep(ctx, tx, who, c, s)
				if err != nil {
					return nil, err
				}
				if err := (moving{s, c, t, false}).shut(ctx, tx); err != nil {
					return nil, err
				}
				if err := tellOfConsent(ctx, tx, who, c, ConsentExpiry); err != nil {
					return nil, err
				}
				events = append(events, c.event("assistance.consent.expired", ""))
				events = append(events, lost...)
			}
			return events, err
		})
		if err != nil || len(events) < expireStep {
			return err
		}
	}
}
