package event

import (
	"context"
	"errors"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/community/notice"
	"polis/internal/lang"
	"polis/internal/mail"
	"polis/internal/store"
)

// The letters of the room. Messages: the kind with ".subject", ".text" and ".button".
const (
	admittedLetter  = "event.letter.admitted"
	waitingLetter   = "event.letter.waiting"
	declinedLetter  = "event.letter.declined"
	movedLetter     = "event.letter.moved"
	cancelledLetter = "event.letter.cancelled"
)

var letters = []string{admittedLetter, waitingLetter, declinedLetter, movedLetter, cancelledLetter}

// registered are those who are told of a change.
const registered = "stage IN ('asked', 'admitted', 'waiting')"

// tell writes to all whose registration is such.
func (e Event) tell(ctx context.Context, tx *store.Tx, kind, which string) error {
	people, err := store.List[string](ctx, tx, everything, "SELECT person FROM meeting_entry WHERE {scope} AND meeting = $1 AND "+which+" ORDER BY n", e.ID)
	if err != nil {
		return err
	}
	for _, person := range people {
		if err := e.write(ctx, tx, kind, person); err != nil {
			return err
		}
	}
	return nil
}

// write puts a letter into the queue. It says nothing yet: what it may say is found out
// when it is sent.
func (e Event) write(ctx context.Context, tx *store.Tx, kind, person string) error {
	return mail.Queue(ctx, tx, mail.Letter{To: person, Kind: kind, Object: e.ID})
}

// Finish writes the letters of this room when they are sent, and leaves all others to the
// next. Nobody gets one about what she does not read at that moment. The title stands in
// it where the group lets letters say what was written; the online link never does.
func (s *Events) Finish(next func(context.Context, mail.Letter) (mail.Letter, error)) func(context.Context, mail.Letter) (mail.Letter, error) {
	return func(ctx context.Context, l mail.Letter) (mail.Letter, error) {
		if !isLetter(l.Kind) {
			return next(ctx, l)
		}
		who, person, err := account.Subject(ctx, s.DB, l.To, account.TwoFactors)
		if errors.Is(err, store.ErrNotFound) {
			err = mail.ErrDropped
		}
		if err != nil {
			return l, err
		}
		e, in, err := read(ctx, s.DB, who, l.Object)
		if errors.Is(err, store.ErrNotFound) {
			err = mail.ErrDropped
		}
		if err != nil {
			return l, err
		}
		l.Lang, l.Path = person.Lang, e.Path()
		if in.Level < access.Closed || in.Mails {
			zone, err := s.zoneOf(ctx, who)
			if err != nil {
				return l, err
			}
			words := lang.For(l.Lang)
			l.Lines = []mail.Line{{Text: e.Title, Lang: e.Lang, Path: e.Path()}}
			if l.Kind != cancelledLetter && l.Kind != declinedLetter {
				l.Lines = append(l.Lines, mail.Line{Text: When(words, e, zone) + " · " + words.T("event.ics"), Lang: l.Lang, Path: e.Path() + "/event.ics"})
			}
		}
		return next(ctx, l)
	}
}

func isLetter(kind string) bool {
	for _, k := range letters {
		if k == kind {
			return true
		}
	}
	return false
}

// zoneOf is where somebody's clock stands, nil where she has not said.
func (s *Events) zoneOf(ctx context.Context, who access.Subject) (*time.Location, error) {
	w, err := (&notice.Notice{DB: s.DB}).Wish(ctx, who)
	if err != nil || w.Zone == "" {
		return nil, nil //nolint:nilerr,nilnil // a program has no clock
	}
	l, err := Location(w.Zone)
	if err != nil {
		return nil, nil //nolint:nilerr,nilnil // it is not known any more
	}
	return l, nil
}

// ZoneOf is where the reader's clock stands, nil where she has not said.
func (s *Events) ZoneOf(ctx context.Context, who access.Subject) *time.Location {
	l, _ := s.zoneOf(ctx, who)
	return l
}

// When says when an event is: as a clock there shows it, and, where hers shows another
// time, as hers does.
func When(words *lang.Printer, e Event, hers *time.Location) string {
	text := words.T("event.when", "span", span(words, e, e.Location()), "zone", e.Zone)
	if hers == nil || same(e, hers) {
		return text
	}
	return text + " " + words.T("event.when.hers", "span", span(words, e, hers), "zone", hers.String())
}

// same reports whether both clocks show the same while the event lasts.
func same(e Event, hers *time.Location) bool {
	for _, t := range []time.Time{e.Begins, e.Ends} {
		if t.In(hers).Format(minute) != t.In(e.Location()).Format(minute) {
			return false
		}
	}
	return true
}

// span is from when to when, on one day with two times, else with two days.
func span(words *lang.Printer, e Event, l *time.Location) string {
	from, to := e.Begins.In(l), e.Ends.In(l)
	if from.Format(time.DateOnly) == to.Format(time.DateOnly) {
		return words.T("event.span.day", "day", words.Date(from), "from", from.Format("15:04"), "to", to.Format("15:04"))
	}
	return words.T("event.span.days", "begins", words.Date(from), "from", from.Format("15:04"), "ends", words.Date(to), "to", to.Format("15:04"))
}
