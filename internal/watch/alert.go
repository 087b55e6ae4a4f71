package watch

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/url"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/job"
	"polis/internal/keyring"
	"polis/internal/library"
	"polis/internal/mail"
	"polis/internal/store"
)

// The alerts in the timetable: their name, and how often they are looked at.
const (
	AlertJob   = "watch.alerts"
	AlertEvery = 10 * time.Minute
)

const (
	morning   = 6         // o'clock, where POLIS runs: when letters are written
	namedMost = 20        // documents that one letter names
	postponed = time.Hour // a search whose letter failed waits so long
	atOnce    = 100       // searches looked at before the progress is written down
	newsKind  = "ways.news"
)

// next is when the next letter is due: the next morning, or that of Monday.
func next(often Often, now time.Time) time.Time {
	at := time.Date(now.Year(), now.Month(), now.Day(), morning, 0, 0, 0, now.Location())
	for !at.After(now) || often == Weekly && at.Weekday() != time.Monday {
		at = at.AddDate(0, 0, 1)
	}
	return at
}

// startTelling lets the letters of a search begin now, or end.
func (k *Watch) startTelling(ctx context.Context, tx *store.Tx, s Search) error {
	if s.Often == Never {
		_, err := tx.Exec(ctx, "DELETE FROM alert WHERE search = $1", s.ID)
		return err
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO alert (search, told, due) VALUES ($1, $2, $3)
		ON CONFLICT (search) DO UPDATE SET told = excluded.told, due = excluded.due`,
		s.ID, k.DB.Seq(), next(s.Often, tx.Now().Local()))
	return err
}

// due is a search with how far its letters have told.
type due struct {
	Search
	Told int64
}

// Alerts is the handler of the timetable.
func (k *Watch) Alerts(ctx context.Context, run *job.Run) error {
	done, faults := int64(0), []error(nil)
	for {
		n, err := k.TellDue(ctx, time.Now())
		if err != nil {
			faults = append(faults, err)
		}
		if n == 0 {
			return errors.Join(faults...)
		}
		done += int64(n)
		if err := run.Progress(ctx, done, done, nil); err != nil {
			return err
		}
	}
}

// TellDue writes letters about searches whose time has come, a hundred at most,
// and returns how many searches it looked at. One that fails is put off, and the
// others go on.
func (k *Watch) TellDue(ctx context.Context, now time.Time) (int, error) {
	reached, err := k.Index.Seq()
	if err != nil {
		return 0, err
	}
	list, err := store.List[due](ctx, k.DB, everything, "SELECT "+columns+`, a.told
		FROM alert a JOIN saved_search s ON s.id = a.search
		WHERE {scope} AND a.due <= $1 AND s.often <> 'never' ORDER BY a.due, a.search LIMIT $2`, now, atOnce)
	if err != nil {
		return 0, err
	}
	var faults []error
	for _, d := range list {
		if err := k.tell(ctx, d, now, reached); err != nil {
			if ctx.Err() != nil {
				return 0, ctx.Err()
			}
			faults = append(faults, fmt.Errorf("watch: search %s: %w", d.ID, err))
			if _, err := store.Upkeep(ctx, k.DB, "UPDATE alert SET due = $2 WHERE search = $1", d.ID, now.Add(postponed)); err != nil {
				return 0, err
			}
		}
	}
	return len(list), errors.Join(faults...)
}

// tell puts a letter into the queue where there is news up to the number that the
// index has reached. What it says is written when it is sent. While an earlier
// one waits none is added: the next will tell of both times.
func (k *Watch) tell(ctx context.Context, d due, now time.Time, reached int64) error {
	after := next(d.Often, now.Local())
	news, err := k.isNews(ctx, d, reached)
	if err != nil {
		return err
	}
	if !news {
		_, err = store.Upkeep(ctx, k.DB, "UPDATE alert SET due = $2 WHERE search = $1", d.ID, after)
		return err
	}
	_, err = store.Write(ctx, k.DB, access.System("alerts"), func(tx *store.Tx) (store.Event, error) {
		n, err := tx.Exec(ctx, "UPDATE alert SET told = $2, due = $3 WHERE search = $1 AND told = $4", d.ID, reached, after, d.Told)
		if err == nil && n == 0 {
			err = store.ErrUnchanged // she has just stopped it
		}
		if err != nil {
			return store.Event{}, err
		}
		return of(d.Person, "watch.alert.written", d.ID), mail.Queue(ctx, tx, mail.Letter{
			To: d.Person, Kind: newsKind, Object: d.ID,
			Args: map[string]string{"from": fmt.Sprint(d.Told), "to": fmt.Sprint(reached)},
		})
	})
	return err
}

func (k *Watch) isNews(ctx context.Context, d due, reached int64) (bool, error) {
	waiting, err := store.Get[int](ctx, k.DB, everything, "SELECT COUNT(*) FROM letter WHERE {scope} AND object = $1 AND stage = 'waiting'", d.ID)
	if err != nil || waiting > 0 || reached <= d.Told {
		return false, err
	}
	scope, err := k.letterScope(ctx, d.Person)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	news, _, err := k.Library.News(ctx, k.Index, scope, d.Asked(), d.Told, reached, 1)
	return len(news) > 0, err
}

// letterScope is what letters to a person may name: what she reads now, but for
// what is closed.
func (k *Watch) letterScope(ctx context.Context, person string) (access.Scope, error) {
	who, _, err := account.Subject(ctx, k.DB, person, account.TwoFactors)
	return who.Within(access.Official, false).Scope(), err
}

// Finish writes the letters of this room when they are sent, and leaves all others
// to the next.
func (k *Watch) Finish(next func(context.Context, mail.Letter) (mail.Letter, error)) func(context.Context, mail.Letter) (mail.Letter, error) {
	return func(ctx context.Context, l mail.Letter) (mail.Letter, error) {
		if l.Kind == newsKind {
			var err error
			if l, err = k.finishNews(ctx, l); err != nil {
				return l, err
			}
		}
		return next(ctx, l)
	}
}

// finishNews looks up what is new now. Where nothing is left of it that she may
// see, there is no letter.
func (k *Watch) finishNews(ctx context.Context, l mail.Letter) (mail.Letter, error) {
	s, err := store.Get[Search](ctx, k.DB, everything, "SELECT "+columns+" FROM saved_search s WHERE {scope} AND s.id = $1", l.Object)
	if errors.Is(err, store.ErrNotFound) || err == nil && s.Often == Never {
		return l, mail.ErrDropped
	}
	if err != nil {
		return l, err
	}
	scope, err := k.letterScope(ctx, s.Person)
	if errors.Is(err, store.ErrNotFound) {
		return l, mail.ErrDropped
	}
	if err != nil {
		return l, err
	}
	var from, to int64
	if _, err := fmt.Sscan(l.Args["from"]+" "+l.Args["to"], &from, &to); err != nil {
		return l, mail.ErrDropped
	}
	q := s.Asked()
	news, total, err := k.Library.News(ctx, k.Index, scope, q, from, to, namedMost)
	if err != nil {
		return l, err
	}
	if len(news) == 0 {
		return l, mail.ErrDropped
	}
	l.Lang, l.Path = s.Lang, listPath(s)
	l.Args = map[string]string{"search": s.Name, "n": fmt.Sprint(max(total, len(news)))}
	l.Stop = StopPath(k.Keys, s.ID)
	for _, b := range news {
		l.Lines = append(l.Lines, mail.Line{Text: b.Edition.Title, Lang: b.Edition.Lang, Path: library.Path(b.ID, b.Edition.Lang)})
	}
	return l, nil
}

func listPath(s Search) string {
	if s.Query == "" {
		return "/library"
	}
	return "/library?" + s.Query
}

// StopPath is the page, without language, that ends the letters of a search. The
// mark in it can be made by this installation alone, and rests nowhere.
func StopPath(keys *keyring.Ring, id string) string {
	return "/letters/stop?" + url.Values{"s": {id}, "t": {stopMark(keys, id)}}.Encode()
}

func stopMark(keys *keyring.Ring, id string) string { return keys.Mark("letters", id)[:40] }

// Stop ends the letters of a search for who holds the mark in a letter's link,
// without signing in (RFC 8058). ErrNotFound where the mark is not its own.
func (k *Watch) Stop(ctx context.Context, id, mark string) error {
	if len(id) > 100 || subtle.ConstantTimeCompare([]byte(mark), []byte(stopMark(k.Keys, id))) != 1 {
		return store.ErrNotFound
	}
	s, err := store.Get[Search](ctx, k.DB, everything, "SELECT "+columns+" FROM saved_search s WHERE {scope} AND s.id = $1", id)
	if err != nil {
		return err
	}
	_, err = store.Write(ctx, k.DB, access.System("unsubscribe"), func(tx *store.Tx) (store.Event, error) {
		return of(s.Person, "watch.alert.stopped", id), k.setOften(ctx, tx, s, Never)
	})
	return err
}
