package assistance

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/job"
	"polis/internal/mail"
	"polis/internal/store"
)

// The reminders of what is overdue: their name in the timetable, and how often it
// looks.
const (
	RemindJob   = "assistance.reminders"
	RemindEvery = 12 * time.Hour
)

// namedMost is how many things one letter names, and countedMost how many of each kind
// it counts.
const (
	namedMost   = 20
	countedMost = 500
)

// Reminder is the work of the timetable.
func (a *Assistance) Reminder(ctx context.Context, _ *job.Run) error {
	_, err := a.Remind(ctx, time.Now())
	return err
}

// Remind writes to everybody who should have acted before this moment, on a request, a
// decision, an evaluation or what follows from one: one letter for all of it and one at
// most on a day, however often it runs. It returns to how many.
func (a *Assistance) Remind(ctx context.Context, now time.Time) (int, error) {
	who := access.System("assistance")
	events, err := store.WriteAll(ctx, a.DB, who, func(tx *store.Tx) (events []store.Event, err error) {
		people, err := overdueFor(ctx, tx, now)
		if err != nil {
			return nil, err
		}
		owners, err := chased(ctx, tx, now)
		if err != nil {
			return nil, err
		}
		told, err := store.List[string](ctx, tx, everything,
			"SELECT DISTINCT recipient FROM letter WHERE {scope} AND kind = $1 AND created >= $2", overdueLetter, now.UTC().Truncate(24*time.Hour))
		if err != nil {
			return nil, err
		}
		for _, person := range clean(append(people, owners...)) {
			if slices.Contains(told, person) {
				continue
			}
			if err := tell(ctx, tx, who, []string{person}, mail.Letter{Kind: overdueLetter, Object: person}); err != nil {
				return nil, err
			}
			events = append(events, store.Event{Act: "assistance.reminded", Object: person, Label: access.Label{Level: access.Closed, Owner: person}, Quiet: true})
		}
		if len(events) == 0 {
			return nil, store.ErrUnchanged
		}
		return events, nil
	})
	return len(events), err
}

// overdueFor are those who should have acted on requests: the desk and, of States that
// owe an answer, the focal points.
func overdueFor(ctx context.Context, tx *store.Tx, now time.Time) ([]string, error) {
	late, err := store.List[struct{ Asker, Stage string }](ctx, tx, everything,
		"SELECT DISTINCT asker, stage FROM request WHERE {scope} AND due <> '' AND due < $1 ORDER BY asker, stage", today(now))
	if err != nil || len(late) == 0 {
		return nil, err
	}
	desk, err := account.Desk(ctx, tx)
	people := ids(desk)
	for _, of := range late {
		if err != nil || Stage(of.Stage) != Clarification {
			continue
		}
		var focal []string
		focal, err = speaking(ctx, tx, of.Asker, access.FocalPoint)
		people = append(people, focal...)
	}
	return people, err
}

// finishOverdue looks up what is overdue now: for the desk all of it, for a focal point
// what her State has not answered, for others what is theirs. Nobody who has nothing
// left to do gets a letter.
func (a *Assistance) finishOverdue(ctx context.Context, who access.Subject, l mail.Letter) (mail.Letter, error) {
	requests, n, err := a.overdueRequests(ctx, who)
	if err != nil {
		return l, err
	}
	rest, err := a.overdueRest(ctx, who, l.Lang, time.Now())
	if err != nil {
		return l, err
	}
	lines := append(requests, rest...)
	if len(lines) == 0 {
		return l, mail.ErrDropped
	}
	l.Args = map[string]string{"n": strconv.Itoa(max(n, len(requests)) + len(rest))}
	l.Lines, l.Path = lines[:min(len(lines), namedMost)], "/desk"
	return l, nil
}

// overdueRequests are the first of the requests on which she should have acted, and how
// many there are.
func (a *Assistance) overdueRequests(ctx context.Context, who access.Subject) (lines []mail.Line, n int, err error) {
	f := RequestFilter{Overdue: true}
	if !who.May(access.HandleHelp, access.Label{}).Allowed {
		if !who.HasFor(access.FocalPoint, who.State) {
			return nil, 0, nil
		}
		f.State, f.Stages = who.State, []Stage{Clarification}
	}
	list, _, err := a.Requests(ctx, who.Scope(), f, Place{}, namedMost)
	if err != nil {
		return nil, 0, err
	}
	for _, r := range list {
		lines = append(lines, mail.Line{Text: strings.TrimSpace(r.Number + " " + r.Title), Lang: r.Lang, Path: "/assistance/requests/" + r.ID})
	}
	n, err = a.CountRequests(ctx, who.Scope(), f)
	return lines, n, err
}
