package notice

import (
	"context"
	"slices"
	"strconv"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// followedTo is the setting with the number of the log up to which was told.
const followedTo = "community.notice.to"

const (
	followStep = 50          // events that one transaction follows
	pause      = time.Second // between two looks
	troubled   = 5 * time.Second
)

// The acts with which a post begins to be read by all who read the group, and the one
// with which it may mention somebody more.
var (
	shows    = []string{"community.topic.opened", "community.post.written", approved}
	approved = "community.post.approved"
	changes  = "community.post.changed"
)

// Follow tells what is written until the context ends: it follows the log and puts the
// letters that are due into the queue. Several nodes may do it.
func (n *Notice) Follow(ctx context.Context) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for ctx.Err() == nil {
		err := n.CatchUp(ctx)
		if err == nil {
			_, err = n.Tell(ctx, time.Now())
		}
		wait := tick.C
		if err != nil && ctx.Err() == nil {
			n.log().Error("tell what is written in groups", "err", err)
			wait = time.After(troubled)
		}
		select {
		case <-ctx.Done():
		case <-wait:
		}
	}
}

// CatchUp follows the log to its end: for each post that can be read now it writes down
// who is owed a letter at once. It can be stopped at any time, and goes on there.
func (n *Notice) CatchUp(ctx context.Context) error {
	for {
		text, err := n.DB.Setting(ctx, followedTo)
		if err != nil {
			return err
		}
		from, _ := strconv.ParseInt(text, 10, 64) // "" is the beginning
		from = max(from, n.passed.Load())
		if n.DB.Content() <= from {
			return nil
		}
		events, err := store.Changes(ctx, n.DB, everything, from, followStep)
		if err != nil || len(events) == 0 {
			return err
		}
		if err := n.follow(ctx, text, events); err != nil {
			return err
		}
	}
}

// follow follows some events. Where none of them is about a post nothing is written, only
// remembered: the log is full of what other rooms do.
func (n *Notice) follow(ctx context.Context, from string, events []store.Event) error {
	end := events[len(events)-1].Seq
	events = slices.DeleteFunc(events, func(e store.Event) bool { return !slices.Contains(shows, e.Act) && e.Act != changes })
	if len(events) == 0 {
		n.passed.Store(end)
		return nil
	}
	_, err := store.Write(ctx, n.DB, access.System("notice"), func(tx *store.Tx) (store.Event, error) {
		now, err := store.List[string](ctx, tx, everything, "SELECT value FROM setting WHERE {scope} AND name = $1", followedTo)
		if err != nil || len(now) > 0 && now[0] != from || len(now) == 0 && from != "" {
			return store.Event{}, orUnchanged(err) // another node has followed them
		}
		for _, e := range events {
			if err := n.owe(ctx, tx, e); err != nil {
				return store.Event{}, err
			}
		}
		at := strconv.FormatInt(end, 10)
		return store.Event{Act: "community.notice.followed", Object: at, Label: access.Label{Level: access.Closed}, Quiet: true}, tx.Set(ctx, followedTo, at)
	})
	return err
}

func orUnchanged(err error) error {
	if err == nil {
		err = store.ErrUnchanged
	}
	return err
}

// said is a post with its topic, as who is told depends on it.
type said struct{ ID, Topic, Author, Grp string }

// owe writes down who is owed a letter about what an event says.
func (n *Notice) owe(ctx context.Context, tx *store.Tx, e store.Event) error {
	posts, err := store.List[said](ctx, tx, everything, `
		SELECT p.id, p.topic, p.author, p.grp FROM post p JOIN topic t ON t.id = p.topic
		WHERE {scope} AND (p.id = $1 OR p.topic = $1 AND p.n = 1) AND p.stage = 'shown' AND t.posts > 0`, e.Object)
	if err != nil || len(posts) == 0 {
		return err // it waits, or is gone by now
	}
	p := posts[0]
	if e.Act == changes {
		return n.oweMentioned(ctx, tx, e, p)
	}
	again, err := store.Get[int](ctx, tx, everything, "SELECT COUNT(*) FROM event WHERE {scope} AND object = $1 AND seq > $2 AND act = $3", p.ID, e.Seq, approved)
	if err != nil || again > 0 {
		return err // it was approved since: that event tells it
	}
	if err := n.takePart(ctx, tx, p, e.At); err != nil {
		return err
	}
	people, err := concerned(ctx, tx, p)
	if err != nil {
		return err
	}
	for _, c := range people {
		if err := c.owe(ctx, tx, p); err != nil {
			return err
		}
	}
	return nil
}

// takePart notes that the topic is her own now who wrote there, and theirs who are
// mentioned. What she writes she has seen.
func (n *Notice) takePart(ctx context.Context, tx *store.Tx, p said, at time.Time) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO notice_own (person, topic)
		SELECT id, $2 FROM person WHERE NOT erased AND (id = $3 OR id IN (SELECT person FROM post_mention WHERE post = $1))
		ON CONFLICT (person, topic) DO NOTHING`, p.ID, p.Topic, p.Author)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, seenUntil, p.Author, string(Topic), p.Topic, at)
	return err
}

// oweMentioned tells those whom a change of a post mentions that it did not before.
func (n *Notice) oweMentioned(ctx context.Context, tx *store.Tx, e store.Event, p said) error {
	people, err := store.List[string](ctx, tx, everything,
		"SELECT m.person FROM post_mention m JOIN person q ON q.id = m.person WHERE {scope} AND m.post = $1 AND m.at >= $2 AND NOT q.erased", p.ID, e.At)
	if err != nil || len(people) == 0 {
		return err
	}
	if err := n.takePart(ctx, tx, p, e.At); err != nil {
		return err
	}
	all, err := concerned(ctx, tx, p)
	if err != nil {
		return err
	}
	for _, c := range all {
		if slices.Contains(people, c.Person) {
			if err := c.owe(ctx, tx, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// concern is somebody whom a post may concern at once, with what she has chosen.
type concern struct {
	Person    string
	Own       bool
	OfTopic   Pace
	OfGroup   Pace
	Zone      string
	QuietFrom int
	QuietTo   int
	QuietDays string
	OwnPace   Pace
}

// concerned are those whom a post may concern at once: to whom the topic is their own,
// and who chose so for it or its group. Not its author.
func concerned(ctx context.Context, tx *store.Tx, p said) ([]concern, error) {
	return store.List[concern](ctx, tx, everything, `
		SELECT r.person, r.own, COALESCE(t.pace, '') AS of_topic, COALESCE(g.pace, '') AS of_group,
		  COALESCE(w.zone, '') AS zone, COALESCE(w.quiet_from, 0) AS quiet_from, COALESCE(w.quiet_to, 0) AS quiet_to, COALESCE(w.quiet_days, '') AS quiet_days, COALESCE(w.own, $4) AS own_pace
		FROM (
		  SELECT x.person, MAX(x.own) > 0 AS own FROM (
		    SELECT person, 1 AS own FROM notice_own WHERE topic = $1
		    UNION ALL SELECT person, 0 AS own FROM notice_choice WHERE kind = 'topic' AND object = $1 AND pace = 'once'
		    UNION ALL SELECT person, 0 AS own FROM notice_choice WHERE kind = 'group' AND object = $2 AND pace = 'once'
		  ) x WHERE x.person <> $3 GROUP BY x.person
		) r
		LEFT JOIN notice_choice t ON t.person = r.person AND t.kind = 'topic' AND t.object = $1
		LEFT JOIN notice_choice g ON g.person = r.person AND g.kind = 'group' AND g.object = $2
		LEFT JOIN notice_wish w ON w.person = r.person
		WHERE {scope} ORDER BY r.person`, p.Topic, p.Grp, p.Author, string(ownPace))
}

// owe writes down that she is owed a letter about a post, if she wants it at once.
func (c concern) owe(ctx context.Context, tx *store.Tx, p said) error {
	w := Wish{Zone: c.Zone, Quiet: Quiet{c.QuietFrom, c.QuietTo, c.QuietDays}, Own: c.OwnPace}
	if pace(c.OfTopic, c.OfGroup, c.Own, w) != Once {
		return nil
	}
	_, err := tx.Exec(ctx, oweOne, c.Person, "post", p.ID, p.Topic, w.until(tx.Now()), tx.Now())
	return err
}

const oweOne = `
	INSERT INTO notice_owed (person, kind, object, topic, due, at) VALUES ($1, $2, $3, $4, $5, $6)
	ON CONFLICT (person, kind, object) DO NOTHING`
