package personal

import (
	"context"
	"time"

	"polis/internal/access"
	"polis/internal/mail"
	"polis/internal/store"
)

// How long before an account that nobody uses is erased its person is told so:
// for the first time, and for the last.
const (
	FirstWarning = 60 * 24 * time.Hour
	LastWarning  = 14 * 24 * time.Hour
)

// active is when a person last used her account: signed in, or let a program ask.
const active = `(CASE WHEN p.seen > p.created THEN p.seen ELSE p.created END)`

const idle = " NOT p.erased AND " + active + ` < $1
	AND NOT EXISTS (SELECT 1 FROM token t JOIN token_use u ON u.token = t.id WHERE t.person = p.id AND t.ended = 0 AND u.used >= $1)`

// unused writes to those who have not used their accounts for nearly the years,
// and erases those who were written to twice and did not come. Where no letters
// leave nobody is erased: she would not know.
func (k *Keeper) unused(ctx context.Context, years int, now time.Time, kept Kept) error {
	configured, err := mail.Configured(ctx, k.DB)
	if err != nil || !configured || years == 0 {
		return err
	}
	gone, err := k.idlers(ctx, now.AddDate(-years, 0, 0),
		"p.warned_again > "+active+" AND p.warned_again <= $2 AND p.warned <= $3", now.Add(-LastWarning), now.Add(-FirstWarning))
	if err != nil {
		return err
	}
	if err := k.eraseAll(ctx, gone, Unused, kept); err != nil {
		return err
	}
	soon := now.AddDate(-years, 0, 0).Add(FirstWarning)
	again, err := k.idlers(ctx, soon, "p.warned > "+active+" AND p.warned_again <= p.warned AND p.warned <= $2", now.Add(LastWarning-FirstWarning))
	if err != nil {
		return err
	}
	if err := k.warn(ctx, again, "warned_again", now, now.Add(LastWarning)); err != nil {
		return err
	}
	first, err := k.idlers(ctx, soon, "p.warned <= "+active)
	if err != nil {
		return err
	}
	return k.warn(ctx, first, "warned", now, now.Add(FirstWarning))
}

// idlers are the people who have not used their accounts since before and for
// whom the condition holds, in which $2 and following are args.
func (k *Keeper) idlers(ctx context.Context, before time.Time, which string, args ...any) ([]string, error) {
	return store.List[string](ctx, k.DB, everything, "SELECT p.id FROM person p WHERE {scope} AND"+idle+" AND "+which+" ORDER BY p.id", append([]any{before}, args...)...)
}

// warn writes to people that their accounts will be erased on the day.
func (k *Keeper) warn(ctx context.Context, ids []string, column string, now, day time.Time) error {
	for _, id := range ids {
		_, err := store.Write(ctx, k.DB, access.System("retention"), func(tx *store.Tx) (store.Event, error) {
			if _, err := tx.Exec(ctx, "UPDATE person SET "+column+" = $2 WHERE id = $1", id, now); err != nil {
				return store.Event{}, err
			}
			return store.Event{Act: "personal.account.warned", Object: id, Label: own(id), Quiet: true, Data: map[string]any{"until": day.UnixMicro()}},
				mail.Queue(ctx, tx, mail.Letter{
					To: id, Kind: "personal.letter.unused", Path: "/sign-in",
					Args: map[string]string{"lastday": day.Format(time.DateOnly)},
				})
		})
		if err != nil {
			return err
		}
	}
	return nil
}
