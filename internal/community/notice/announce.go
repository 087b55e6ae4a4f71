package notice

import (
	"context"
	"strconv"
	"time"

	"polis/internal/access"
	"polis/internal/community/announcement"
	"polis/internal/job"
	"polis/internal/lang"
	"polis/internal/mail"
	"polis/internal/store"
)

// The announcements in the timetable: their name, and how often it looks.
const (
	AnnounceJob   = "community.announcements"
	AnnounceEvery = 5 * time.Minute
)

const (
	announcementLetter = "notice.letter.announcement"
	stopAnnouncements  = "announcements"
	announcedAtOnce    = 200 // people whom one transaction looks after
	announcedMost      = 10  // of which a letter tells
)

// Announcer is the work of the timetable.
func (n *Notice) Announcer(ctx context.Context, run *job.Run) error {
	for {
		people, _, err := n.Announce(ctx, time.Now())
		if err != nil || people == 0 {
			return err
		}
		if err := run.GiveWay(ctx); err != nil {
			return err
		}
	}
}

// Announce looks after some two hundred people for whom something was announced since they
// were told, or whose letter is due, and returns after how many, 0 where there is nobody,
// and how many letters they get. A letter tells of all that stands when it is sent.
func (n *Notice) Announce(ctx context.Context, now time.Time) (people, letters int, err error) {
	if people, err = n.planAnnounced(ctx, now); err != nil || people > 0 {
		return people, 0, err
	}
	_, err = store.Write(ctx, n.DB, access.System("notice"), func(tx *store.Tx) (store.Event, error) {
		list, err := store.List[struct {
			Person string
			Told   time.Time
		}](ctx, tx, everything, "SELECT person, told FROM notice_announced WHERE {scope} AND due > 0 AND due <= $1 ORDER BY due, person LIMIT $2", now, announcedAtOnce)
		if people = len(list); err != nil || people == 0 {
			return store.Event{}, orUnchanged(err)
		}
		for _, d := range list {
			l := mail.Letter{To: d.Person, Kind: announcementLetter, Object: d.Person, Args: map[string]string{"since": micros(d.Told)}}
			if err := mail.Queue(ctx, tx, l); err != nil {
				return store.Event{}, err
			}
			if _, err := tx.Exec(ctx, "UPDATE notice_announced SET told = $2, due = 0 WHERE person = $1", d.Person, now); err != nil {
				return store.Event{}, err
			}
		}
		letters = people
		return written(letters), nil
	})
	return people, letters, err
}

// announced is somebody for whom there is something that she was not told of.
type announced struct {
	Person string
	Begins time.Time // the first of it
	Pace   Pace
	wishRow
}

// planAnnounced sets when those for whom something has begun get their letter: at once but
// in no quiet hours, or in their next morning.
func (n *Notice) planAnnounced(ctx context.Context, now time.Time) (people int, err error) {
	_, err = store.Write(ctx, n.DB, access.System("notice"), func(tx *store.Tx) (store.Event, error) {
		list, err := store.List[announced](ctx, tx, everything, `
			SELECT p.id AS person, MIN(a.begins) AS begins, COALESCE(w.announced, $3) AS pace,
			  COALESCE(w.zone, '') AS zone, COALESCE(w.quiet_from, 0) AS quiet_from, COALESCE(w.quiet_to, 0) AS quiet_to, COALESCE(w.quiet_days, '') AS quiet_days
			FROM announcement a
			JOIN person p ON a.begins > p.created AND (a.audience = 'all' OR a.audience IN ('state', 'body') AND EXISTS (
			    SELECT 1 FROM vouching v WHERE v.person = p.id AND v.ended = 0 AND v.until > $1 AND (a.audience = 'state' AND v.acts_for = a.whose OR a.audience = 'body' AND v.body = a.whose))
			  OR a.audience = 'group' AND EXISTS (SELECT 1 FROM membership m WHERE m.grp = a.circle AND m.person = p.id))
			LEFT JOIN notice_announced t ON t.person = p.id
			LEFT JOIN notice_wish w ON w.person = p.id
			WHERE {scope} AND a.withdrawn = 0 AND a.begins <= $1 AND a.ends > $1 AND NOT p.erased AND NOT p.blocked AND p.confirmed > 0
			  AND a.author <> p.id AND (t.person IS NULL OR t.due = 0 AND t.told < a.begins)
			GROUP BY p.id, w.announced, w.zone, w.quiet_from, w.quiet_to, w.quiet_days ORDER BY p.id LIMIT $2`, now, announcedAtOnce, string(announcedPace))
		if people = len(list); err != nil || people == 0 {
			return store.Event{}, orUnchanged(err)
		}
		for _, p := range list {
			told, due := p.plan(now)
			_, err := tx.Exec(ctx, `
				INSERT INTO notice_announced (person, told, due) VALUES ($1, $2, $3)
				ON CONFLICT (person) DO UPDATE SET told = excluded.told, due = excluded.due`, p.Person, told, due)
			if err != nil {
				return store.Event{}, err
			}
		}
		return written(0), nil
	})
	return people, err
}

// plan is up to when she counts as told, and when her letter is due; none is due to who
// wants none.
func (p announced) plan(now time.Time) (told, due time.Time) {
	w := p.wish()
	switch p.Pace {
	case None:
		return now, time.Time{}
	case Once:
		due = w.until(now)
	default:
		due = w.nextMorning(now, p.Pace == Weekly)
	}
	return p.Begins.Add(-time.Microsecond), due
}

// finishAnnounced tells what has been announced to her since a moment, stands still, and
// she has not put away. Of a group whose letters say nothing there is only that it
// announces something.
func (n *Notice) finishAnnounced(ctx context.Context, r reader, l mail.Letter) (mail.Letter, error) {
	if r.wish.Announced == None {
		return l, mail.ErrDropped
	}
	list, err := (&announcement.Board{DB: n.DB}).Since(ctx, r.who, "", moment(l.Args["since"]), announcedMost)
	if err != nil {
		return l, err
	}
	if len(list) == 0 {
		return l, mail.ErrDropped
	}
	p := lang.For(r.lang)
	for _, a := range list {
		text := a.In(r.lang)
		line := mail.Line{Text: text.Title, Lang: text.Lang, Path: AnnouncementPath(a.ID)}
		if a.Audience == announcement.Group {
			g, err := n.group(ctx, r, a.Whose)
			if err != nil {
				return l, err
			}
			line.Under = g.said()
			if !g.Mails {
				line.Text, line.Lang = p.T("notice.announcement.some"), ""
			}
		}
		l.Lines = append(l.Lines, line)
	}
	l.Path, l.Args = "/announcements", map[string]string{"n": strconv.Itoa(len(list))}
	l.Stop = StopPath(n.Keys, r.who.ID, stopAnnouncements, "")
	return l, nil
}

// AnnouncementPath is the page of an announcement, without language.
func AnnouncementPath(id string) string { return "/announcements/" + id }
