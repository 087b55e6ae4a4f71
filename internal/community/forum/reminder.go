package forum

import (
	"context"
	"slices"
	"strconv"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/job"
	"polis/internal/lang"
	"polis/internal/mail"
	"polis/internal/store"
)

// The reminders of what is owed in forums: their name in the timetable, and how often it
// looks.
const (
	RemindJob   = "forum.reminders"
	RemindEvery = 12 * time.Hour
)

// dueLetter says what is owed. Messages: the kind with ".subject", ".text" and ".button".
const dueLetter = "issue.letter.due"

// unreadDays is after how many days an issue that was raised without an account, and
// that nobody has dealt with, is overdue.
const unreadDays = 3

// namedMost is how many things one letter names.
const namedMost = 20

// Reminder is the work of the timetable.
func (f *Forum) Reminder(ctx context.Context, _ *job.Run) error {
	_, err := f.Remind(ctx, time.Now())
	return err
}

// Remind writes to everybody who owes something in a forum since a day before this
// moment: to those who speak for the office that owes an answer, and to the
// facilitators. One letter for all of it, and one at most on a day, however often it
// runs. It returns to how many.
func (f *Forum) Remind(ctx context.Context, now time.Time) (int, error) {
	events, err := store.WriteAll(ctx, f.DB, access.System("forum"), func(tx *store.Tx) (events []store.Event, err error) {
		people, err := owing(ctx, tx, now)
		if err != nil {
			return nil, err
		}
		told, err := store.List[string](ctx, tx, everything,
			"SELECT DISTINCT recipient FROM letter WHERE {scope} AND kind = $1 AND created >= $2", dueLetter, now.UTC().Truncate(24*time.Hour))
		if err != nil {
			return nil, err
		}
		for _, person := range people {
			if slices.Contains(told, person) {
				continue
			}
			if err := mail.Queue(ctx, tx, mail.Letter{To: person, Kind: dueLetter, Object: person}); err != nil {
				return nil, err
			}
			events = append(events, store.Event{Act: "community.issue.reminded", Object: person, Label: access.Label{Level: access.Closed, Owner: person}, Quiet: true})
		}
		if len(events) == 0 {
			return nil, store.ErrUnchanged
		}
		return events, nil
	})
	return len(events), err
}

// owing are those who should have acted, each once.
func owing(ctx context.Context, tx *store.Tx, now time.Time) (people []string, err error) {
	late, err := store.List[struct{ Forum, Office string }](ctx, tx, everything, `
		SELECT DISTINCT i.forum, i.office FROM issue i JOIN circle g ON g.id = i.forum
		WHERE {scope} AND i.stage = 'taken' AND i.due < $1 AND g.ended = 0 ORDER BY i.forum, i.office`, day(now))
	if err != nil {
		return nil, err
	}
	forums, err := store.List[string](ctx, tx, everything, `
		SELECT DISTINCT i.forum FROM issue i JOIN circle g ON g.id = i.forum
		WHERE {scope} AND i.shown IS NULL AND i.stage = 'raised' AND i.created < $1 AND g.ended = 0 ORDER BY i.forum`, now.AddDate(0, 0, -unreadDays))
	if err != nil {
		return nil, err
	}
	for _, l := range late {
		office, err := account.OfficeIn(ctx, tx, l.Forum, l.Office)
		if err != nil {
			return nil, err
		}
		people, forums = append(people, office...), append(forums, l.Forum)
	}
	for _, group := range clean(forums) {
		runners, err := account.Facilitators(ctx, tx, group)
		if err != nil {
			return nil, err
		}
		people = append(people, runners...)
	}
	return clean(people), nil
}

// fillDue names what she owes when the letter goes.
func (f *Forum) fillDue(ctx context.Context, who access.Subject, l *mail.Letter) error {
	lines, err := f.due(ctx, who, lang.For(l.Lang), time.Now())
	if err != nil {
		return err
	}
	if len(lines) == 0 {
		return mail.ErrDropped
	}
	l.Args = map[string]string{"n": strconv.Itoa(len(lines))}
	l.Lines, l.Path = lines[:min(len(lines), namedMost)], "/community"
	if len(lines) == 1 {
		l.Path = lines[0].Path
	}
	return nil
}

// due are the lines of what somebody owes now.
func (f *Forum) due(ctx context.Context, who access.Subject, words *lang.Printer, now time.Time) (lines []mail.Line, err error) {
	seen := map[string]bool{}
	add := func(list []Issue) {
		for _, i := range list {
			if !seen[i.ID] {
				lines, seen[i.ID] = append(lines, mail.Line{Text: i.Title, Lang: i.Lang, Path: i.Path()}), true
			}
		}
	}
	owed, err := f.Owed(ctx, who, day(now), namedMost)
	if err != nil {
		return nil, err
	}
	add(owed)
	groups, err := account.GroupsOf(ctx, f.DB, who)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		in, err := account.StandingIn(ctx, f.DB, who, g.ID)
		if err != nil {
			return nil, err
		}
		if g.Kind != account.GroupForum || !in.Facilitates || in.Ended {
			continue
		}
		late, _, err := f.Issues(ctx, who.Scope(), Filter{Forum: g.ID, Which: Overdue}, Place{}, namedMost)
		if err != nil {
			return nil, err
		}
		add(late)
		unread, _, err := f.Unread(ctx, who, g.ID, Place{}, 1+namedMost)
		if err != nil {
			return nil, err
		}
		unread = slices.DeleteFunc(unread, func(i Issue) bool { return i.Stage != Raised || i.Created.After(now.AddDate(0, 0, -unreadDays)) })
		if len(unread) > 0 {
			lines = append(lines, mail.Line{Text: words.T("issue.letter.unread", "group", g.Name), Lang: words.Tag(), Path: "/groups/" + g.ID + "/issues/unread"})
		}
	}
	return lines, nil
}
