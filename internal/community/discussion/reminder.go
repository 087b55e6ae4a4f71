package discussion

import (
	"context"
	"slices"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/job"
	"polis/internal/mail"
	"polis/internal/store"
)

// The letters to those for whom something waits: their name in the timetable, and how
// often it looks.
const (
	RemindJob   = "community.queues"
	RemindEvery = time.Hour
)

// remindAgain is how long nobody is told again that something waits.
const remindAgain = 24 * time.Hour

// Reminder is the work of the timetable.
func (d *Discussion) Reminder(ctx context.Context, _ *job.Run) error {
	_, err := d.Remind(ctx, time.Now())
	return err
}

// Remind writes to everybody for whom something waits in the queue of a group: to its
// facilitators, and of appeals to those who keep groups. One letter for all of it, and
// one at most within a day, however often it runs. It returns to how many.
func (d *Discussion) Remind(ctx context.Context, now time.Time) (int, error) {
	events, err := store.WriteAll(ctx, d.DB, access.System("discussion"), func(tx *store.Tx) (events []store.Event, err error) {
		people, err := awaited(ctx, tx)
		if err != nil || len(people) == 0 {
			return nil, orUnchanged(err)
		}
		told, err := store.List[string](ctx, tx, everything, "SELECT DISTINCT recipient FROM letter WHERE {scope} AND kind = $1 AND created > $2", queueLetter, now.Add(-remindAgain))
		if err != nil {
			return nil, err
		}
		for _, person := range people {
			if slices.Contains(told, person) {
				continue
			}
			if err := mail.Queue(ctx, tx, mail.Letter{To: person, Kind: queueLetter, Object: person}); err != nil {
				return nil, err
			}
			events = append(events, store.Event{Act: "community.queue.reminded", Object: person, Label: access.Label{Level: access.Closed, Owner: person}, Quiet: true})
		}
		if len(events) == 0 {
			return nil, store.ErrUnchanged
		}
		return events, nil
	})
	return len(events), err
}

func orUnchanged(err error) error {
	if err == nil {
		return store.ErrUnchanged
	}
	return err
}

// awaited are those for whom something waits, each once. Nobody is awaited by an appeal
// over her own word.
func awaited(ctx context.Context, tx *store.Tx) (people []string, err error) {
	rows, err := store.List[struct {
		Grp, ByWhom, Author string
		Appeal              bool
	}](ctx, tx, everything, `
		SELECT w.grp, w.by_whom, w.author, w.appeal FROM (
		  SELECT grp, '' AS by_whom, '' AS author, FALSE AS appeal FROM post WHERE stage = 'held'
		  UNION SELECT grp, '', '', FALSE FROM post_report WHERE decided = 0
		  UNION SELECT grp, by_whom, author, TRUE FROM post_hiding WHERE appealed > 0 AND decided = 0 AND ended = 0
		) w JOIN circle g ON g.id = w.grp WHERE {scope} AND g.ended = 0 ORDER BY w.grp, w.by_whom, w.author`)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	keepers, err := keepers(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, w := range rows {
		runners, err := account.Facilitators(ctx, tx, w.Grp)
		if err != nil {
			return nil, err
		}
		if w.Appeal {
			runners = append(runners, keepers...)
		}
		for _, person := range runners {
			if person != w.ByWhom && person != w.Author {
				people = append(people, person)
			}
		}
	}
	slices.Sort(people)
	return slices.Compact(people), nil
}

// keepers are the moderators or, where there are none, the desk officers, and else the
// administrators.
func keepers(ctx context.Context, tx *store.Tx) ([]string, error) {
	for _, role := range []access.Role{access.Moderator, access.DeskOfficer, access.Administrator} {
		list, err := store.List[string](ctx, tx, everything,
			"SELECT DISTINCT person FROM role_grant WHERE {scope} AND role = $1 AND ended = 0 AND (until = 0 OR until > $2)", string(role), tx.Now())
		if err != nil || len(list) > 0 {
			return list, err
		}
	}
	return nil, nil
}
