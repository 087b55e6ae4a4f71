package discussion

import (
	"context"
	"errors"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/store"
)

// maxWords bounds a reason, an appeal, an answer: in bytes.
const maxWords = 2000

// words is a reason as it was typed, or an Invalid.
func words(text string) (string, error) {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	switch {
	case text == "":
		return "", Invalid{"words": "topic.error.words"}
	case len(text) > maxWords:
		return "", Invalid{"words": "topic.error.words.long"}
	}
	return text, nil
}

// Hide takes a post out of sight with a reason, which its author sees: who runs the group
// does. With the first post the topic is out of sight.
func (d *Discussion) Hide(ctx context.Context, who access.Subject, id, reason string) error {
	reason, err := words(reason)
	if err != nil {
		return err
	}
	return d.onPost(ctx, who, id, func(tx *store.Tx, p Post, t Topic) (store.Event, error) {
		if err := runs(ctx, tx, who, p.Group); err != nil {
			return store.Event{}, err
		}
		return p.event("community.post.hidden"), p.hide(ctx, tx, who, t, reason)
	})
}

// hide writes it; the reports of the post are decided with it.
func (p Post) hide(ctx context.Context, tx *store.Tx, who access.Subject, t Topic, reason string) error {
	switch p.Stage {
	case Hidden:
		return store.ErrUnchanged
	case Gone:
		return Impossible{Key: "topic.impossible.gone"}
	}
	if p.Answer {
		if err := unaccept(ctx, tx, t.ID); err != nil {
			return err
		}
	}
	if err := unmachine(ctx, tx, p.ID); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "UPDATE post SET stage = 'hidden', reason = $2, rev = rev + 1, updated = $3 WHERE id = $1", p.ID, reason, tx.Now())
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO post_hiding (post, n, author, by_whom, reason, at, ended, appeal, body, appealed, decider, verdict, answer, decided, grp)
		SELECT $1, COALESCE(MAX(n), 0) + 1, $2, $3, $4, $5, 0, '', '', 0, '', '', '', 0, $6 FROM post_hiding WHERE post = $1`,
		p.ID, p.Author, who.ID, reason, tx.Now(), p.Group)
	if err != nil {
		return err
	}
	return errors.Join(settle(ctx, tx, who.ID, p.ID, "hidden", reason), count(ctx, tx, t.ID, time.Time{}), p.inform(ctx, tx, who.ID, hiddenLetter))
}

// Show brings back what was hidden, and lets through what was held: who runs the group
// does.
func (d *Discussion) Show(ctx context.Context, who access.Subject, id string) error {
	return d.onPost(ctx, who, id, func(tx *store.Tx, p Post, t Topic) (store.Event, error) {
		if err := runs(ctx, tx, who, p.Group); err != nil {
			return store.Event{}, err
		}
		return p.show(ctx, tx, who, t)
	})
}

func (p Post) show(ctx context.Context, tx *store.Tx, who access.Subject, t Topic) (store.Event, error) {
	act, last := "community.post.shown", time.Time{}
	switch p.Stage {
	case Shown:
		return store.Event{}, store.ErrUnchanged
	case Gone:
		return store.Event{}, Impossible{Key: "topic.impossible.gone"}
	case Held: // it is new to everybody from now on
		act, last = "community.post.approved", tx.Now()
	}
	_, err := tx.Exec(ctx, "UPDATE post SET stage = 'shown', reason = '', rev = rev + 1, updated = $2 WHERE id = $1", p.ID, tx.Now())
	if err != nil {
		return store.Event{}, err
	}
	if _, err := tx.Exec(ctx, "UPDATE post_hiding SET ended = $2, body = '' WHERE post = $1 AND ended = 0", p.ID, tx.Now()); err != nil {
		return store.Event{}, err
	}
	if p.Stage == Hidden {
		if err := p.inform(ctx, tx, who.ID, shownLetter); err != nil {
			return store.Event{}, err
		}
	}
	return p.event(act), count(ctx, tx, t.ID, last)
}

// Remove takes away what she wrote herself: nothing of its words is left, nor of how they
// stood before. What is hidden she takes away too.
func (d *Discussion) Remove(ctx context.Context, who access.Subject, id string) error {
	if !who.SignedIn() {
		return ErrForbidden
	}
	return d.onPost(ctx, who, id, func(tx *store.Tx, p Post, t Topic) (store.Event, error) {
		switch {
		case p.Author != who.ID:
			return store.Event{}, ErrForbidden
		case p.Stage == Gone:
			return store.Event{}, store.ErrUnchanged
		}
		return p.event("community.post.removed"), p.remove(ctx, tx, who, t)
	})
}

func (p Post) remove(ctx context.Context, tx *store.Tx, who access.Subject, t Topic) error {
	if p.Answer {
		if err := unaccept(ctx, tx, t.ID); err != nil {
			return err
		}
	}
	for _, query := range []string{
		"DELETE FROM post_edit WHERE post = $1",
		"DELETE FROM post_machine WHERE post = $1",
		"DELETE FROM post_translation WHERE post = $1",
		"DELETE FROM post_mention WHERE post = $1",
		"DELETE FROM post_reaction WHERE post = $1",
		"DELETE FROM post_file WHERE post = $1",
		"UPDATE post_hiding SET body = '' WHERE post = $1",
	} {
		if _, err := tx.Exec(ctx, query, p.ID); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, "UPDATE post_hiding SET ended = $2 WHERE post = $1 AND ended = 0", p.ID, tx.Now()); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "UPDATE post SET stage = 'gone', body = '', reason = '', quotes = '', rev = rev + 1, updated = $2 WHERE id = $1", p.ID, tx.Now())
	if err != nil {
		return err
	}
	return errors.Join(settle(ctx, tx, who.ID, p.ID, "gone", ""), forget(ctx, tx, who.ID, "post "+p.ID), count(ctx, tx, t.ID, time.Time{}))
}

// Hiding is one time that a post was hidden.
type Hiding struct {
	Post     string
	N        int
	Author   string
	ByWhom   string
	Reason   string
	At       time.Time
	Ended    time.Time
	Appeal   string // her words against it
	Body     string // her post, as she gave it to whoever decides
	Appealed time.Time
	Decider  string
	Verdict  string // "upheld" or "shown", "" while it waits
	Answer   string
	Decided  time.Time
	Grp      string
}

const hidingColumns = "h.post, h.n, h.author, h.by_whom, h.reason, h.at, h.ended, h.appeal, h.body, h.appealed, h.decider, h.verdict, h.answer, h.decided, h.grp"

// HiddenNow is why a post is hidden, for its author and for who runs the group.
func (d *Discussion) HiddenNow(ctx context.Context, p Post) (Hiding, error) {
	if p.Stage != Hidden || p.Reason == "" {
		return Hiding{}, store.ErrNotFound
	}
	return store.Get[Hiding](ctx, d.DB, everything, "SELECT "+hidingColumns+" FROM post_hiding h WHERE {scope} AND h.post = $1 AND h.ended = 0", p.ID)
}

// Appeal says what the author has against it that her post was hidden, once. Her post
// goes with it to whoever decides: a keeper of groups reads nothing else of a closed one.
func (d *Discussion) Appeal(ctx context.Context, who access.Subject, id, text string) error {
	text, err := words(text)
	if err != nil {
		return err
	}
	return d.onPost(ctx, who, id, func(tx *store.Tx, p Post, _ Topic) (store.Event, error) {
		if p.Author != who.ID || !who.SignedIn() {
			return store.Event{}, ErrForbidden
		}
		n, err := tx.Exec(ctx, "UPDATE post_hiding SET appeal = $2, body = $3, appealed = $4 WHERE post = $1 AND ended = 0 AND appealed = 0", p.ID, text, p.Body, tx.Now())
		if err == nil && n == 0 {
			err = Impossible{Key: "topic.impossible.appealed"}
		}
		return p.event("community.post.appealed"), err
	})
}

// keeps reports whether she decides appeals: she keeps groups, and is no program.
func keeps(who access.Subject) bool {
	return !who.Program && who.May(access.ManageGroups, access.Label{}).Allowed
}

// Appeals are those that wait for her: of all groups for who keeps groups, of those that
// she runs for a facilitator. Nobody sees those over her own word.
func (d *Discussion) Appeals(ctx context.Context, who access.Subject, group string) ([]Hiding, error) {
	if !keeps(who) {
		ok, err := d.Runs(ctx, who, group)
		if err != nil || !ok {
			return nil, err
		}
	}
	return store.List[Hiding](ctx, d.DB, everything, "SELECT "+hidingColumns+` FROM post_hiding h
		WHERE {scope} AND h.appealed > 0 AND h.decided = 0 AND h.ended = 0 AND h.by_whom <> $1 AND h.author <> $1 AND (h.grp = $2 OR $2 = '') ORDER BY h.appealed, h.post LIMIT 100`, who.ID, group)
}

// Decide ends an appeal: shown brings the post back, and else it stays hidden, with an
// answer. Somebody else than who hid it decides: one who keeps groups, or runs this one.
func (d *Discussion) Decide(ctx context.Context, who access.Subject, id string, shown bool, answer string) error {
	if strings.TrimSpace(answer) != "" || !shown {
		var err error
		if answer, err = words(answer); err != nil {
			return err
		}
	}
	_, err := store.Write(ctx, d.DB, who, func(tx *store.Tx) (store.Event, error) {
		h, err := store.Get[Hiding](ctx, tx, everything, "SELECT "+hidingColumns+" FROM post_hiding h WHERE {scope} AND h.post = $1 AND h.ended = 0 AND h.appealed > 0", id)
		if err != nil {
			return store.Event{}, err
		}
		s, err := account.StandingIn(ctx, tx, who, h.Grp)
		if err != nil {
			return store.Event{}, err
		}
		switch {
		case !keeps(who) && !s.Runs() || h.ByWhom == who.ID || h.Author == who.ID:
			return store.Event{}, ErrForbidden
		case h.Verdict != "":
			return store.Event{}, Impossible{Key: "topic.impossible.decided"}
		}
		verdict := "upheld"
		if shown {
			verdict = "shown"
		}
		_, err = tx.Exec(ctx, "UPDATE post_hiding SET decider = $3, verdict = $4, answer = $5, decided = $6, body = '' WHERE post = $1 AND n = $2", id, h.N, who.ID, verdict, answer, tx.Now())
		if err != nil {
			return store.Event{}, err
		}
		p, err := store.Get[Post](ctx, tx, everything, "SELECT "+postColumns+" FROM post p WHERE {scope} AND p.id = $1", id)
		switch {
		case err != nil:
		case shown:
			_, err = p.show(ctx, tx, who, Topic{ID: p.Topic})
		default:
			err = p.inform(ctx, tx, who.ID, upheldLetter)
		}
		return p.event("community.appeal." + verdict), err
	})
	return err
}
