package notice

import (
	"context"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/mail"
	"polis/internal/store"
)

// The letters of the room. Messages: the kind with ".subject", ".text" and ".button".
const (
	postLetter     = "notice.letter.post"     // what was said in a topic
	closedLetter   = "notice.letter.closed"   // that something was, of a group whose letters say no more
	digestLetter   = "notice.letter.digest"   // what is new in her groups
	questionLetter = "notice.letter.question" // questions that wait for an answer
)

const (
	tellAtOnce = 50          // letters that one transaction puts into the queue
	saidMost   = 20          // posts, or questions, of which one letter tells
	behind     = time.Minute // a letter waits so long for the one before it
)

// debt is one letter that is owed.
type debt struct{ Person, Kind, Topic string }

// letter is the letter with which it is paid. What is said in one topic is one letter; all
// questions together are one.
func (d debt) letter(objects []string) mail.Letter {
	l := mail.Letter{To: d.Person, Kind: postLetter, Object: d.Topic, Args: map[string]string{"posts": strings.Join(objects, " ")}}
	if d.Kind == "question" {
		l.Kind, l.Object, l.Args = questionLetter, d.Person, map[string]string{"topics": strings.Join(objects, " ")}
	}
	return l
}

// Tell puts the letters into the queue that are owed and due, and returns how many. In
// quiet hours they wait until their end, and each waits until the one before it about the
// same has left: so a mail server that is away for a day gives one letter and not fifty.
func (n *Notice) Tell(ctx context.Context, now time.Time) (told int, err error) {
	for {
		list, err := store.List[debt](ctx, n.DB, everything, `
			SELECT o.person, o.kind, CASE WHEN o.kind = 'question' THEN '' ELSE o.topic END AS topic FROM notice_owed o
			WHERE {scope} AND o.due <= $1
			GROUP BY 1, 2, 3 ORDER BY MIN(o.due), 1, 3 LIMIT $2`, now, tellAtOnce)
		if err != nil || len(list) == 0 {
			return told, err
		}
		var ready []debt
		for _, d := range list {
			wait, err := n.waits(ctx, d, now)
			if err != nil {
				return told, err
			}
			if wait.IsZero() {
				ready = append(ready, d)
				continue
			}
			if _, err := store.Upkeep(ctx, n.DB, "UPDATE notice_owed SET due = $4 WHERE person = $1 AND kind = $2 AND (kind = 'question' OR topic = $3) AND due <= $5",
				d.Person, d.Kind, d.Topic, wait, now); err != nil {
				return told, err
			}
		}
		sent, err := n.pay(ctx, ready)
		if told += sent; err != nil {
			return told, err
		}
	}
}

// waits is until when a letter has to wait, or zero.
func (n *Notice) waits(ctx context.Context, d debt, now time.Time) (time.Time, error) {
	w, err := wishOf(ctx, n.DB, d.Person)
	if err != nil {
		return time.Time{}, err
	}
	if end := w.until(now); end.After(now) {
		return end, nil
	}
	l := d.letter(nil)
	waiting, err := store.Get[int](ctx, n.DB, everything,
		"SELECT COUNT(*) FROM letter WHERE {scope} AND recipient = $1 AND kind = $2 AND object = $3 AND stage = 'waiting'", l.To, l.Kind, l.Object)
	if err != nil || waiting == 0 {
		return time.Time{}, err
	}
	return now.Add(behind), nil
}

// pay puts letters into the queue, and forgets that they were owed, in one write.
func (n *Notice) pay(ctx context.Context, list []debt) (sent int, err error) {
	if len(list) == 0 {
		return 0, nil
	}
	_, err = store.Write(ctx, n.DB, access.System("notice"), func(tx *store.Tx) (store.Event, error) {
		sent = 0
		for _, d := range list {
			objects, err := store.List[string](ctx, tx, everything,
				"SELECT object FROM notice_owed WHERE {scope} AND person = $1 AND kind = $2 AND (kind = 'question' OR topic = $3) ORDER BY at, object", d.Person, d.Kind, d.Topic)
			if err != nil {
				return store.Event{}, err
			}
			if len(objects) == 0 {
				continue // another node has paid
			}
			if _, err := tx.Exec(ctx, "DELETE FROM notice_owed WHERE person = $1 AND kind = $2 AND (kind = 'question' OR topic = $3)", d.Person, d.Kind, d.Topic); err != nil {
				return store.Event{}, err
			}
			if err := mail.Queue(ctx, tx, d.letter(objects[max(0, len(objects)-saidMost):])); err != nil {
				return store.Event{}, err
			}
			sent++
		}
		if sent == 0 {
			return store.Event{}, store.ErrUnchanged
		}
		return written(sent), nil
	})
	return sent, err
}

// written is the event of letters that were put into the queue.
func written(n int) store.Event {
	return store.Event{Act: "community.notice.written", Label: access.Label{Level: access.Closed}, Quiet: true, Data: map[string]int{"letters": n}}
}
