package discussion

import (
	"context"
	"errors"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/store"
)

// Changed is how a post stood before one of its changes.
type Changed struct {
	N      int
	Title  string // of the topic, where it was changed too
	Body   string
	Lang   string
	ByWhom string
	At     time.Time // when it was changed
}

// History are the changes of a post, the first first, for whoever reads the post.
func (d *Discussion) History(ctx context.Context, who access.Subject, p Post) ([]Changed, error) {
	if p.Body == "" {
		return nil, nil // gone, or hidden from her
	}
	return store.List[Changed](ctx, d.DB, everything, "SELECT n, title, body, lang, by_whom, at FROM post_edit WHERE {scope} AND post = $1 ORDER BY n", p.ID)
}

// Edit writes a post anew: its author does. rev is the revision that she read. With the
// first post of a topic its title, themes and day are written too; what kind it is stays.
func (d *Discussion) Edit(ctx context.Context, who access.Subject, id string, rev int64, draft Draft) error {
	draft.clean()
	_, err := store.Write(ctx, d.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, t, err := d.both(ctx, tx, who, id)
		if err != nil {
			return store.Event{}, err
		}
		if p.Author != who.ID {
			return store.Event{}, ErrForbidden
		}
		if _, err := mayWrite(ctx, tx, who, p.Group, tx.Now()); err != nil {
			return store.Event{}, err
		}
		switch {
		case !t.Locked.IsZero():
			return store.Event{}, Impossible{Key: "topic.impossible.locked"}
		case p.Stage == Gone || p.Stage == Hidden:
			return store.Event{}, Impossible{Key: "topic.impossible." + string(p.Stage)}
		case p.Rev != rev:
			return store.Event{}, Stale{p.Rev}
		}
		draft.Kind = t.Kind
		if err := draft.check(p.N == 1); err != nil {
			return store.Event{}, err
		}
		said, err := name(ctx, tx, p.Group, draft.Body)
		if err != nil {
			return store.Event{}, err
		}
		head := p.N == 1 && (draft.Title != t.Title || draft.ReviewBy != t.ReviewBy || store.JSON(draft.Themes) != store.JSON(t.Themes))
		if said.text == p.Body && draft.Lang == p.Lang && !head && len(draft.Files) == 0 {
			return store.Event{}, errors.Join(forget(ctx, tx, who.ID, "post "+id), store.ErrUnchanged)
		}
		if err := p.rewrite(ctx, tx, who, t, draft, said); err != nil {
			return store.Event{}, err
		}
		if head || p.N == 1 && draft.Lang != t.Lang {
			if err := t.rewrite(ctx, tx, draft); err != nil {
				return store.Event{}, err
			}
		}
		return p.event("community.post.changed"), errors.Join(
			putMentions(ctx, tx, p.ID, said.people), attach(ctx, tx, who.ID, p.Group, p.ID, draft.Files), forget(ctx, tx, who.ID, "post "+id))
	})
	return err
}

// rewrite keeps how the post stood and writes it anew.
func (p Post) rewrite(ctx context.Context, tx *store.Tx, who access.Subject, t Topic, draft Draft, said said) error {
	was := ""
	if p.N == 1 && draft.Title != t.Title {
		was = t.Title
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO post_edit (post, n, title, body, lang, by_whom, at)
		SELECT id, edits + 1, $2, body, lang, $3, $4 FROM post WHERE id = $1`, p.ID, was, who.ID, tx.Now())
	if err != nil {
		return err
	}
	if err := unmachine(ctx, tx, p.ID); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE post SET body = $2, lang = $3, edits = edits + 1, rev = rev + 1, updated = $4 WHERE id = $1", p.ID, said.text, string(draft.Lang), tx.Now())
	return err
}

func (t Topic) rewrite(ctx context.Context, tx *store.Tx, draft Draft) error {
	_, err := tx.Exec(ctx, "UPDATE topic SET title = $2, lang = $3, review_by = $4, rev = rev + 1, updated = $5 WHERE id = $1",
		t.ID, draft.Title, string(draft.Lang), draft.ReviewBy, tx.Now())
	return errors.Join(err, putThemes(ctx, tx, t.ID, draft.Themes), putWords(ctx, tx, t.ID, draft.Title))
}

// both reads a post that she sees, with its topic.
func (d *Discussion) both(ctx context.Context, tx *store.Tx, who access.Subject, id string) (Post, Topic, error) {
	p, err := d.post(ctx, tx, who, id)
	if err != nil {
		return Post{}, Topic{}, err
	}
	t, err := topic(ctx, tx, who, p.Topic)
	return p, t, err
}

// runs returns nil where she runs the group of what she reads.
func runs(ctx context.Context, q store.Reader, who access.Subject, group string) error {
	s, err := account.StandingIn(ctx, q, who, group)
	switch {
	case err != nil:
		return err
	case !s.Runs() && s.Ended:
		return Impossible{Key: "topic.impossible.ended"}
	case !s.Runs():
		return ErrForbidden
	}
	return nil
}

// Runs reports whether she runs the group.
func (d *Discussion) Runs(ctx context.Context, who access.Subject, group string) (bool, error) {
	s, err := account.StandingIn(ctx, d.DB, who, group)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && s.Runs(), err
}

// Review sets the day by which a topic is looked at again, or takes it away with "": its
// author does, and who runs the group.
func (d *Discussion) Review(ctx context.Context, who access.Subject, id string, rev int64, day string) error {
	return d.onTopic(ctx, who, id, func(tx *store.Tx, t Topic) (store.Event, error) {
		if t.Author != who.ID {
			if err := runs(ctx, tx, who, t.Group); err != nil {
				return store.Event{}, err
			}
		} else if _, err := mayWrite(ctx, tx, who, t.Group, tx.Now()); err != nil {
			return store.Event{}, err
		}
		v := Invalid{}
		if Draft.checkTopic(Draft{Title: t.Title, Kind: t.Kind, ReviewBy: day}, v); len(v) > 0 {
			return store.Event{}, v
		}
		switch {
		case t.Rev != rev:
			return store.Event{}, Stale{t.Rev}
		case t.ReviewBy == day:
			return store.Event{}, store.ErrUnchanged
		}
		_, err := tx.Exec(ctx, "UPDATE topic SET review_by = $2, rev = rev + 1, updated = $3 WHERE id = $1", t.ID, day, tx.Now())
		return t.event("community.topic.reviewed", nil), err
	})
}

// Lock ends the writing in a topic, or opens it again: who runs the group does.
func (d *Discussion) Lock(ctx context.Context, who access.Subject, id string, locked bool) error {
	return d.onTopic(ctx, who, id, func(tx *store.Tx, t Topic) (store.Event, error) {
		if err := runs(ctx, tx, who, t.Group); err != nil {
			return store.Event{}, err
		}
		if locked != t.Locked.IsZero() {
			return store.Event{}, store.ErrUnchanged
		}
		act, at := "community.topic.reopened", time.Time{}
		if locked {
			act, at = "community.topic.locked", tx.Now()
		}
		_, err := tx.Exec(ctx, "UPDATE topic SET locked = $2, rev = rev + 1, updated = $3 WHERE id = $1", t.ID, at, tx.Now())
		return t.event(act, nil), err
	})
}

// onTopic is one write on a topic that she reads.
func (d *Discussion) onTopic(ctx context.Context, who access.Subject, id string, fn func(*store.Tx, Topic) (store.Event, error)) error {
	_, err := store.Write(ctx, d.DB, who, func(tx *store.Tx) (store.Event, error) {
		t, err := topic(ctx, tx, who, id)
		if err != nil {
			return store.Event{}, err
		}
		return fn(tx, t)
	})
	return err
}

// onPost is one write on a post that she sees.
func (d *Discussion) onPost(ctx context.Context, who access.Subject, id string, fn func(*store.Tx, Post, Topic) (store.Event, error)) error {
	_, err := store.Write(ctx, d.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, t, err := d.both(ctx, tx, who, id)
		if err != nil {
			return store.Event{}, err
		}
		return fn(tx, p, t)
	})
	return err
}
