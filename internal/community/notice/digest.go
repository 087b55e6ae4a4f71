package notice

import (
	"context"
	"errors"
	"strconv"
	"time"

	"polis/internal/access"
	"polis/internal/job"
	"polis/internal/mail"
	"polis/internal/store"
)

// The digests in the timetable: their name, and how often it looks whose are due.
const (
	DigestJob   = "community.digests"
	DigestEvery = 10 * time.Minute
)

const (
	gatherAtOnce = 200       // people whom one transaction looks after
	putOff       = time.Hour // while her last digest still waits to leave
)

// plan sets when the next digest of somebody is due, after she chose something.
func (n *Notice) plan(ctx context.Context, tx *store.Tx, person string, w Wish) error {
	daily, err := daily(ctx, tx, person, w)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO notice_digest (person, daily, weekly, due) VALUES ($1, $2, $2, $3)
		ON CONFLICT (person) DO UPDATE SET due = excluded.due`, person, tx.Now(), w.nextMorning(tx.Now(), !daily))
	return err
}

// daily reports whether she wants something gathered daily.
func daily(ctx context.Context, q store.Reader, person string, w Wish) (bool, error) {
	if w.Own == Daily {
		return true, nil
	}
	n, err := store.Get[int](ctx, q, everything, "SELECT COUNT(*) FROM notice_choice WHERE {scope} AND person = $1 AND pace = 'daily'", person)
	return n > 0, err
}

// gathered is somebody whose digest is due, with what she wishes.
type gathered struct {
	Person string
	Daily  time.Time
	Weekly time.Time
	Each   bool // she wants something daily
	wishRow
}

// Digester is the work of the timetable.
func (n *Notice) Digester(ctx context.Context, run *job.Run) error {
	done := int64(0)
	for {
		people, _, err := n.Gather(ctx, time.Now())
		if err != nil || people == 0 {
			return err
		}
		done += int64(people)
		if err := errors.Join(run.Progress(ctx, done, done, nil), run.GiveWay(ctx)); err != nil {
			return err
		}
	}
}

// Gather looks after some two hundred people whose digest is due, or who have had none
// yet, and puts a letter into the queue for each in whose groups there may be news. It
// returns after how many it looked, 0 where nobody is due, and how many letters they get:
// one a person at most. What a letter gathers is looked up when it is sent.
func (n *Notice) Gather(ctx context.Context, now time.Time) (people, letters int, err error) {
	if people, err = n.enrol(ctx, now); err != nil || people > 0 {
		return people, 0, err
	}
	_, err = store.Write(ctx, n.DB, access.System("notice"), func(tx *store.Tx) (store.Event, error) {
		letters = 0
		list, err := store.List[gathered](ctx, tx, everything, `
			SELECT d.person, d.daily, d.weekly,
			  EXISTS (SELECT 1 FROM notice_choice c WHERE c.person = d.person AND c.pace = 'daily') AS each,
			  COALESCE(w.zone, '') AS zone, COALESCE(w.quiet_from, 0) AS quiet_from, COALESCE(w.quiet_to, 0) AS quiet_to, COALESCE(w.quiet_days, '') AS quiet_days,
			  COALESCE(w.own, $3) AS own, COALESCE(w.digests, TRUE) AS digests, COALESCE(w.asked, TRUE) AS asked
			FROM notice_digest d LEFT JOIN notice_wish w ON w.person = d.person
			WHERE {scope} AND d.due <= $1 ORDER BY d.due, d.person LIMIT $2`, now, gatherAtOnce, string(ownPace))
		if people = len(list); err != nil || people == 0 {
			return store.Event{}, orUnchanged(err)
		}
		for _, d := range list {
			sent, err := d.gather(ctx, tx, now)
			if err != nil {
				return store.Event{}, err
			}
			if sent {
				letters++
			}
		}
		return written(letters), nil
	})
	return people, letters, err
}

// enrol begins the digests of those who are in a group, or want something gathered, and
// have none yet: what was written before is not told.
func (n *Notice) enrol(ctx context.Context, now time.Time) (int, error) {
	list, err := store.List[struct {
		Person string
		wishRow
	}](ctx, n.DB, everything, `
		SELECT x.person, COALESCE(w.zone, '') AS zone, COALESCE(w.quiet_from, 0) AS quiet_from, COALESCE(w.quiet_to, 0) AS quiet_to, COALESCE(w.quiet_days, '') AS quiet_days,
		  COALESCE(w.own, $2) AS own, COALESCE(w.digests, TRUE) AS digests, COALESCE(w.asked, TRUE) AS asked
		FROM (SELECT DISTINCT m.person FROM membership m WHERE NOT EXISTS (SELECT 1 FROM notice_digest d WHERE d.person = m.person)) x
		JOIN person p ON p.id = x.person
		LEFT JOIN notice_wish w ON w.person = x.person
		WHERE {scope} AND NOT p.erased ORDER BY x.person LIMIT $1`, 10*gatherAtOnce, string(ownPace))
	if err != nil || len(list) == 0 {
		return 0, err
	}
	_, err = store.Write(ctx, n.DB, access.System("notice"), func(tx *store.Tx) (store.Event, error) {
		var rows [][]any
		for _, p := range list {
			w := p.wish()
			each, err := daily(ctx, tx, p.Person, w)
			if err != nil {
				return store.Event{}, err
			}
			rows = append(rows, []any{p.Person, now, now, w.nextMorning(now, !each)})
		}
		return written(0), tx.Insert(ctx, "notice_digest (person, daily, weekly, due)", rows, " ON CONFLICT (person) DO NOTHING")
	})
	return len(list), err
}

// gather puts her digest into the queue, if there may be something for it, and says when
// the next is due. Until her last one has left it waits, and tells of both times.
func (d gathered) gather(ctx context.Context, tx *store.Tx, now time.Time) (sent bool, err error) {
	w := d.wish()
	each := d.Each || w.Own == Daily
	move := func(daily, weekly, due time.Time) error {
		_, err := tx.Exec(ctx, "UPDATE notice_digest SET daily = $2, weekly = $3, due = $4 WHERE person = $1", d.Person, daily, weekly, due)
		return err
	}
	next := w.nextMorning(now, !each)
	if !w.Digests {
		return false, move(now, now, next)
	}
	waiting, err := store.Get[int](ctx, tx, everything, "SELECT COUNT(*) FROM letter WHERE {scope} AND recipient = $1 AND kind = $2 AND stage = 'waiting'", d.Person, digestLetter)
	if err != nil {
		return false, err
	}
	if waiting > 0 {
		return false, move(d.Daily, d.Weekly, now.Add(putOff))
	}
	from, weekly, args := d.Daily, d.Weekly, map[string]string{"daily": micros(d.Daily), "to": micros(now)}
	if !w.nextMorning(d.Weekly, true).After(now) { // a Monday has come since
		args["weekly"], weekly = micros(d.Weekly), now
		if d.Weekly.Before(from) {
			from = d.Weekly
		}
	}
	news, err := mayHaveNews(ctx, tx, d.Person, from, now)
	if err != nil {
		return false, err
	}
	if news {
		err = mail.Queue(ctx, tx, mail.Letter{To: d.Person, Kind: digestLetter, Object: d.Person, Args: args})
	}
	return news, errors.Join(err, move(now, weekly, next))
}

// mayHaveNews reports whether anything was written in what she may be told of. What of it
// she reads and wants is asked when the letter is sent.
func mayHaveNews(ctx context.Context, q store.Reader, person string, from, to time.Time) (bool, error) {
	n, err := store.Get[int](ctx, q, everything, `
		SELECT CASE WHEN EXISTS (
		    SELECT 1 FROM membership m JOIN topic t ON t.grp = m.grp WHERE m.person = $1 AND t.posts > 0 AND t.last > $2 AND t.last <= $3)
		  OR EXISTS (
		    SELECT 1 FROM notice_choice c JOIN topic t ON t.grp = c.object WHERE c.person = $1 AND c.kind = 'group' AND t.posts > 0 AND t.last > $2 AND t.last <= $3)
		  OR EXISTS (
		    SELECT 1 FROM notice_choice c JOIN topic t ON t.id = c.object WHERE c.person = $1 AND c.kind = 'topic' AND t.posts > 0 AND t.last > $2 AND t.last <= $3)
		  THEN 1 ELSE 0 END AS news FROM person p WHERE {scope} AND p.id = $1`, person, from, to)
	return n > 0, err
}

func micros(t time.Time) string { return strconv.FormatInt(t.UnixMicro(), 10) }

// moment reads what micros wrote; zero where there is none.
func moment(text string) time.Time {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}
