package discussion

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/store"
)

// clean takes the blanks off what was written and mends what no text may hold.
func (d *Draft) clean() {
	text := func(s string) string {
		s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\uFFFD")
		return strings.ReplaceAll(s, "\r\n", "\n")
	}
	d.Title = strings.Join(strings.Fields(text(d.Title)), " ")
	d.Body = strings.Trim(strings.TrimRight(text(d.Body), " \t\n"), "\n")
	d.ReviewBy = strings.TrimSpace(d.ReviewBy)
	if d.Way == "" {
		d.Way = "page"
	}
	var themes []string
	for _, id := range d.Themes {
		if id = strings.TrimSpace(id); id != "" && !slices.Contains(themes, id) {
			themes = append(themes, id)
		}
	}
	d.Themes = themes
}

// check returns an Invalid that names the fields; first is of the post with which a topic
// begins.
func (d Draft) check(first bool) error {
	v := Invalid{}
	if _, ok := lang.Parse(string(d.Lang)); !ok {
		v["lang"] = "topic.error.lang"
	}
	switch {
	case d.Body == "":
		v["body"] = "topic.error.body"
	case len(d.Body) > MaxBody:
		v["body"] = "topic.error.body.long"
	}
	if d.Way != "page" && d.Way != "mail" {
		v["body"] = "topic.error.body"
	}
	if len(d.Files) > MaxFiles {
		v["file"] = "topic.error.files"
	}
	if first {
		d.checkTopic(v)
	}
	return v.orNil()
}

func (d Draft) checkTopic(v Invalid) {
	switch {
	case d.Title == "":
		v["title"] = "topic.error.title"
	case utf8.RuneCountInString(d.Title) > MaxTitle:
		v["title"] = "topic.error.title.long"
	}
	if !slices.Contains(Kinds, d.Kind) {
		v["kind"] = "topic.error.kind"
	}
	for _, id := range d.Themes {
		if _, ok := framework.Theme(id); !ok || len(d.Themes) > MaxThemes {
			v["themes"] = "topic.error.themes"
		}
	}
	if day, err := time.Parse(time.DateOnly, d.ReviewBy); d.ReviewBy != "" && (err != nil || day.Year() < 2000 || day.Year() > 2200) {
		v["review_by"] = "topic.error.review"
	}
}

// mayWrite returns nil where she writes in the group now, and else the sentence that says
// why she does not.
func mayWrite(ctx context.Context, q store.Reader, who access.Subject, group string, now time.Time) (account.GroupStanding, error) {
	s, err := account.StandingIn(ctx, q, who, group)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return s, Impossible{Key: "topic.impossible.member"} // she wrote while she lost it
	case err != nil:
		return s, err
	case s.Writes(now):
		return s, nil
	case s.Ended:
		return s, Impossible{Key: "topic.impossible.ended"}
	case !s.Member:
		return s, Impossible{Key: "topic.impossible.member"}
	case s.Silent.After(now):
		return s, Impossible{"topic.impossible.silent", s.Silent}
	}
	return s, ErrForbidden
}

// MayWrite is nil where she may open topics in the group now, or an Impossible that says
// why not. In a topic that is locked nobody writes.
func (d *Discussion) MayWrite(ctx context.Context, who access.Subject, group string) (account.GroupStanding, error) {
	return mayWrite(ctx, d.DB, who, group, time.Now())
}

// pace holds up who writes more in a minute than anybody reads.
func pace(ctx context.Context, tx *store.Tx, person string) error {
	n, err := store.Get[int](ctx, tx, everything, "SELECT COUNT(*) FROM post WHERE {scope} AND author = $1 AND created > $2", person, tx.Now().Add(-time.Minute))
	if err == nil && n >= MaxPace {
		return Impossible{"topic.impossible.pace", tx.Now().Add(time.Minute)}
	}
	return err
}

// stage is that in which her post begins: held, where the group holds what its members
// write until one of their posts was approved.
func stage(ctx context.Context, tx *store.Tx, s account.GroupStanding, group, person string) (Stage, error) {
	if !s.Holds || s.Runs() {
		return Shown, nil
	}
	n, err := store.Get[int](ctx, tx, everything, `
		SELECT COUNT(*) FROM (SELECT 1 AS one FROM post WHERE {scope} AND grp = $1 AND author = $2 AND stage = 'shown' LIMIT 1) n`, group, person)
	if n > 0 {
		return Shown, err
	}
	return Held, err
}

// Open begins a topic with its first post, and returns its id. Opened again with the id
// of a post that is there it returns that post's topic.
func (d *Discussion) Open(ctx context.Context, who access.Subject, group string, draft Draft) (id string, err error) {
	draft.clean()
	_, err = store.Write(ctx, d.DB, who, func(tx *store.Tx) (store.Event, error) {
		s, err := mayWrite(ctx, tx, who, group, tx.Now())
		if err != nil {
			return store.Event{}, err
		}
		if err := draft.check(true); err != nil {
			return store.Event{}, err
		}
		if before, err := written(ctx, tx, who.ID, draft.ID); err != nil || before.ID != "" {
			id = before.Topic
			return store.Event{}, errors.Join(err, unchanged(err))
		}
		if err := pace(ctx, tx, who.ID); err != nil {
			return store.Event{}, err
		}
		at, err := stage(ctx, tx, s, group, who.ID)
		if err != nil {
			return store.Event{}, err
		}
		t := Topic{ID: store.NewID(), Kind: draft.Kind, Author: who.ID, Label: access.Label{Level: s.Level, Group: group}}
		if at == Shown {
			t.Posts = 1
		}
		id = t.ID
		_, err = tx.Exec(ctx, `
			INSERT INTO topic (id, kind, title, lang, author, posts, last, answered, review_by, locked, rev, created, updated, level, state, grp, owner)
			VALUES ($1, $2, $3, $4, $5, $6, $7, FALSE, $8, 0, 1, $7, $7, $9, '', $10, '')`,
			t.ID, string(draft.Kind), draft.Title, string(draft.Lang), who.ID, t.Posts, tx.Now(), draft.ReviewBy, int(s.Level), group)
		if err != nil {
			return store.Event{}, err
		}
		if err := errors.Join(putThemes(ctx, tx, t.ID, draft.Themes), putWords(ctx, tx, t.ID, draft.Title)); err != nil {
			return store.Event{}, err
		}
		p, err := d.put(ctx, tx, who, t, 1, at, draft)
		if err != nil {
			return store.Event{}, err
		}
		return t.event("community.topic.opened", map[string]string{"post": p.ID, "stage": string(at)}), forget(ctx, tx, who.ID, "group "+group)
	})
	return id, err
}

// unchanged ends a write that found it done.
func unchanged(err error) error {
	if err != nil {
		return err
	}
	return store.ErrUnchanged
}

// written finds the post that she has written already under this id.
func written(ctx context.Context, tx *store.Tx, person, id string) (Post, error) {
	if id == "" {
		return Post{}, nil
	}
	p, err := store.Get[Post](ctx, tx, everything, "SELECT "+postColumns+" FROM post p WHERE {scope} AND p.id = $1", id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return Post{}, nil
	case err == nil && p.Author != person:
		return Post{}, ErrForbidden
	}
	return p, err
}

// event is an event of the topic.
func (t Topic) event(act string, data any) store.Event {
	return store.Event{Act: act, Object: t.ID, Label: t.Label, Data: data}
}

// event is an event of the post.
func (p Post) event(act string) store.Event {
	return store.Event{Act: act, Object: p.ID, Label: p.Label, Data: map[string]string{"topic": p.Topic}}
}

func putThemes(ctx context.Context, tx *store.Tx, topic string, themes []string) error {
	if _, err := tx.Exec(ctx, "DELETE FROM topic_theme WHERE topic = $1", topic); err != nil {
		return err
	}
	var rows [][]any
	for _, id := range themes {
		rows = append(rows, []any{topic, id})
	}
	return tx.Insert(ctx, "topic_theme (topic, theme)", rows, "")
}

// again is for how long the same words of the same person in the same topic are the same
// post, sent twice.
const again = 10 * time.Minute

// Write puts a post into a topic. One that was sent twice is there once, and comes back as
// it stands.
func (d *Discussion) Write(ctx context.Context, who access.Subject, topicID string, draft Draft) (p Post, err error) {
	draft.clean()
	_, err = store.Write(ctx, d.DB, who, func(tx *store.Tx) (store.Event, error) {
		t, err := topic(ctx, tx, who, topicID)
		if err != nil {
			return store.Event{}, err
		}
		s, err := mayWrite(ctx, tx, who, t.Group, tx.Now())
		if err != nil {
			return store.Event{}, err
		}
		if !t.Locked.IsZero() {
			return store.Event{}, Impossible{Key: "topic.impossible.locked"}
		}
		if err := draft.check(false); err != nil {
			return store.Event{}, err
		}
		if p, err = written(ctx, tx, who.ID, draft.ID); err != nil || p.ID != "" {
			return store.Event{}, unchanged(err)
		}
		last, err := store.List[Post](ctx, tx, everything, "SELECT "+postColumns+` FROM post p
			WHERE {scope} AND p.author = $1 AND p.created > $2 AND p.topic = $3 AND p.stage IN ('held', 'shown') ORDER BY p.created DESC, p.id DESC LIMIT 1`,
			who.ID, tx.Now().Add(-again), t.ID)
		if err != nil {
			return store.Event{}, err
		}
		if draft.ID == "" && len(last) > 0 && len(draft.Files) == 0 {
			if body, err := name(ctx, tx, t.Group, draft.Body); err != nil || body.text == last[0].Body {
				p = last[0]
				return store.Event{}, unchanged(err)
			}
		}
		if err := pace(ctx, tx, who.ID); err != nil {
			return store.Event{}, err
		}
		at, err := stage(ctx, tx, s, t.Group, who.ID)
		if err != nil {
			return store.Event{}, err
		}
		n, err := store.Get[int](ctx, tx, everything, "SELECT COALESCE(MAX(n), 0) + 1 FROM post WHERE {scope} AND topic = $1", t.ID)
		if err != nil {
			return store.Event{}, err
		}
		if p, err = d.put(ctx, tx, who, t, n, at, draft); err != nil {
			return store.Event{}, err
		}
		if at == Shown {
			err = count(ctx, tx, t.ID, tx.Now())
		}
		e := p.event("community.post.written")
		if at == Held {
			e.Act = "community.post.held"
		}
		return e, errors.Join(err, forget(ctx, tx, who.ID, "topic "+t.ID))
	})
	return p, err
}

// put writes a post with whom it mentions and what is attached.
func (d *Discussion) put(ctx context.Context, tx *store.Tx, who access.Subject, t Topic, n int, at Stage, draft Draft) (Post, error) {
	p := Post{
		ID: draft.ID, Topic: t.ID, N: n, Author: who.ID, Lang: draft.Lang, Quotes: draft.Quotes, Way: draft.Way, Stage: at, Rev: 1,
		Created: tx.Now(), Updated: tx.Now(), Label: t.Label,
	}
	if p.ID == "" {
		p.ID = store.NewID()
	}
	if p.Quotes != "" {
		q, err := store.Get[int](ctx, tx, everything, "SELECT COUNT(*) FROM post WHERE {scope} AND id = $1 AND topic = $2 AND stage = 'shown'", p.Quotes, t.ID)
		if err != nil {
			return p, err
		}
		if q == 0 {
			p.Quotes = "" // it was hidden or taken away meanwhile
		}
	}
	said, err := name(ctx, tx, t.Group, draft.Body)
	if err != nil {
		return p, err
	}
	p.Body = said.text
	_, err = tx.Exec(ctx, `
		INSERT INTO post (id, topic, n, author, lang, body, quotes, way, stage, reason, answer, edits, rev, created, updated, level, state, grp, owner)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', FALSE, 0, 1, $10, $10, $11, '', $12, '')`,
		p.ID, p.Topic, p.N, p.Author, string(p.Lang), p.Body, p.Quotes, p.Way, string(p.Stage), tx.Now(), int(t.Level), t.Group)
	if err != nil {
		return p, err
	}
	if err := putMentions(ctx, tx, p.ID, said.people); err != nil {
		return p, err
	}
	return p, attach(ctx, tx, who.ID, t.Group, p.ID, draft.Files)
}

// count says in the topic how many of its posts are shown, and whether one of them is
// somebody else's. While the first is held or
// hidden none is. last is when the latest was written, or zero where that stays.
func count(ctx context.Context, tx *store.Tx, topic string, last time.Time) error {
	_, err := tx.Exec(ctx, `
		UPDATE topic
		SET posts = (SELECT CASE WHEN MIN(CASE WHEN p.n = 1 AND p.stage IN ('held', 'hidden') THEN 0 ELSE 1 END) = 0 THEN 0
		    ELSE COALESCE(SUM(CASE WHEN p.stage = 'shown' THEN 1 ELSE 0 END), 0) END FROM post p WHERE p.topic = $1),
		  heard = EXISTS (SELECT 1 FROM post p WHERE p.topic = $1 AND p.stage = 'shown' AND p.author <> topic.author),
		  last = CASE WHEN $2 > last THEN $2 ELSE last END, updated = $3
		WHERE id = $1`, topic, last, tx.Now())
	return err
}
