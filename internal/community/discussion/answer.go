package discussion

import (
	"context"
	"errors"
	"slices"

	"polis/internal/access"
	"polis/internal/store"
)

// Accept makes a post the answer of its question, in the place of any other, or takes
// that back: who asked does, and who runs the group.
func (d *Discussion) Accept(ctx context.Context, who access.Subject, id string, accepted bool) error {
	return d.onPost(ctx, who, id, func(tx *store.Tx, p Post, t Topic) (store.Event, error) {
		if t.Author != who.ID {
			if err := runs(ctx, tx, who, t.Group); err != nil {
				return store.Event{}, err
			}
		} else if _, err := mayWrite(ctx, tx, who, t.Group, tx.Now()); err != nil {
			return store.Event{}, err
		}
		switch {
		case t.Kind != Question || p.N == 1 || p.Stage != Shown:
			return store.Event{}, Impossible{Key: "topic.impossible.answer"}
		case p.Answer == accepted:
			return store.Event{}, store.ErrUnchanged
		}
		if err := unaccept(ctx, tx, t.ID); err != nil {
			return store.Event{}, err
		}
		act := "community.answer.withdrawn"
		if accepted {
			act = "community.answer.accepted"
			_, err := tx.Exec(ctx, "UPDATE post SET answer = TRUE WHERE id = $1", p.ID)
			if err != nil {
				return store.Event{}, err
			}
			if _, err = tx.Exec(ctx, "UPDATE topic SET answered = TRUE WHERE id = $1", t.ID); err != nil {
				return store.Event{}, err
			}
		}
		return t.event(act, map[string]string{"post": p.ID}), nil
	})
}

// unaccept leaves a question without an answer.
func unaccept(ctx context.Context, tx *store.Tx, topic string) error {
	if _, err := tx.Exec(ctx, "UPDATE post SET answer = FALSE WHERE topic = $1 AND answer", topic); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "UPDATE topic SET answered = FALSE, updated = $2 WHERE id = $1", topic, tx.Now())
	return err
}

// Answer is the accepted answer of a question, or store.ErrNotFound.
func (d *Discussion) Answer(ctx context.Context, scope access.Scope, topic string) (Post, error) {
	return store.Get[Post](ctx, d.DB, scope, "SELECT "+postColumns+" FROM post p WHERE {scope p} AND p.topic = $1 AND p.answer", topic)
}

// Words are what readers can say to a post with one word. Messages: "topic.word.WORD".
var Words = []string{"useful", "thanks", "help"}

// React says a word to a post, or takes it back: a member does, of others' posts.
func (d *Discussion) React(ctx context.Context, who access.Subject, id, word string, on bool) error {
	if !slices.Contains(Words, word) {
		return Invalid{"word": "topic.error.word"}
	}
	return d.onPost(ctx, who, id, func(tx *store.Tx, p Post, _ Topic) (store.Event, error) {
		if _, err := mayWrite(ctx, tx, who, p.Group, tx.Now()); err != nil {
			return store.Event{}, err
		}
		if p.Stage != Shown || p.Author == who.ID {
			return store.Event{}, ErrForbidden
		}
		act, query := "community.post.reacted", "INSERT INTO post_reaction (post, person, word, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"
		args := []any{p.ID, who.ID, word, tx.Now()}
		if !on {
			act, query, args = "community.post.unreacted", "DELETE FROM post_reaction WHERE post = $1 AND person = $2 AND word = $3", args[:3]
		}
		n, err := tx.Exec(ctx, query, args...)
		if err == nil && n == 0 {
			err = store.ErrUnchanged
		}
		e := p.event(act)
		return e, err
	})
}

// Said is how often a word was said to a post, and whether by her.
type Said struct {
	Post, Word string
	N          int
	Hers       bool
}

// Reactions are the words that were said to posts that she has read.
func (d *Discussion) Reactions(ctx context.Context, who access.Subject, posts []Post) (map[string][]Said, error) {
	if len(posts) == 0 {
		return nil, nil
	}
	var c query
	ids := make([]any, len(posts))
	for i, p := range posts {
		ids[i] = p.ID
	}
	c.args = append(c.args, who.ID)
	c.and("post IN "+marks(len(ids)), ids...)
	list, err := store.List[Said](ctx, d.DB, everything, `
		SELECT post, word, COUNT(*) AS n, MAX(CASE WHEN person = $1 THEN 1 ELSE 0 END) = 1 AS hers FROM post_reaction
		WHERE {scope} AND `+c.conditions()+" GROUP BY post, word", c.args...)
	by := map[string][]Said{}
	for _, s := range list {
		by[s.Post] = append(by[s.Post], s)
	}
	return by, err
}

// WhoHelps are the ids of those who said that they can help with a question, the latest
// first.
func (d *Discussion) WhoHelps(ctx context.Context, scope access.Scope, topic string, limit int) ([]string, error) {
	return store.List[string](ctx, d.DB, scope, `
		SELECT r.person FROM post_reaction r JOIN post p ON p.id = r.post
		WHERE {scope p} AND p.topic = $1 AND p.n = 1 AND p.stage = 'shown' AND r.word = 'help' ORDER BY r.at DESC, r.person LIMIT $2`, topic, limit)
}

// Outcome is what was drawn from a topic. Kind is "document" or "lesson".
type Outcome struct {
	Topic, Kind, Object string
}

// Outcomes are what was drawn from a topic that she reads. Whether she reads that too is
// for its own room to say.
func (d *Discussion) Outcomes(ctx context.Context, topic string) ([]Outcome, error) {
	return store.List[Outcome](ctx, d.DB, everything, "SELECT topic, kind, object FROM topic_outcome WHERE {scope} AND topic = $1 ORDER BY at, object", topic)
}

// DrawnFrom are the topics from which a note or a lesson was drawn, as far as the scope
// reads them.
func (d *Discussion) DrawnFrom(ctx context.Context, scope access.Scope, kind, object string) ([]Topic, error) {
	return store.List[Topic](ctx, d.DB, scope, "SELECT "+topicColumns+` FROM topic_outcome o JOIN topic t ON t.id = o.topic
		WHERE {scope t} AND t.posts > 0 AND o.kind = $1 AND o.object = $2 ORDER BY o.at, t.id`, kind, object)
}

// Draw writes down that a note or a lesson was drawn from a topic. Who may make it is for
// its own room to say; she reads the topic.
func (d *Discussion) Draw(ctx context.Context, who access.Subject, id, kind, object string) error {
	if !who.SignedIn() {
		return ErrForbidden
	}
	err := d.onTopic(ctx, who, id, func(tx *store.Tx, t Topic) (store.Event, error) {
		n, err := tx.Exec(ctx, "INSERT INTO topic_outcome (topic, kind, object, by_whom, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING", t.ID, kind, object, who.ID, tx.Now())
		if err == nil && n == 0 {
			err = store.ErrUnchanged
		}
		return t.event("community.topic.drawn", map[string]string{"kind": kind, "object": object}), err
	})
	if errors.Is(err, store.ErrUnchanged) {
		return nil
	}
	return err
}
