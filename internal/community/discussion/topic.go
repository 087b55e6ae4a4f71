package discussion

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/store"
)

const topicColumns = "t.id, t.kind, t.title, t.lang, t.author, t.posts, t.last, t.answered, t.review_by, t.locked, t.rev, t.created, t.updated, t.level, t.state, t.grp, t.owner"

// Topic reads one, or store.ErrNotFound. One whose first post is held, hidden or taken
// away is there for its author and for who runs the group.
func (d *Discussion) Topic(ctx context.Context, who access.Subject, id string) (Topic, error) {
	return topic(ctx, d.DB, who, id)
}

func topic(ctx context.Context, q store.Reader, who access.Subject, id string) (Topic, error) {
	t, err := store.Get[Topic](ctx, q, who.Scope(), "SELECT "+topicColumns+" FROM topic t WHERE {scope t} AND t.id = $1", id)
	if err != nil {
		return Topic{}, err
	}
	if t.Posts == 0 && t.Author != who.ID {
		s, err := account.StandingIn(ctx, q, who, t.Group)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return Topic{}, err
		}
		if err != nil || !s.Runs() {
			return Topic{}, store.ErrNotFound
		}
	}
	list := []Topic{t}
	err = withThemes(ctx, q, list)
	return list[0], err
}

// withThemes fills in what the topics are about.
func withThemes(ctx context.Context, q store.Reader, list []Topic) error {
	if len(list) == 0 {
		return nil
	}
	var c query
	at := map[string]*Topic{}
	ids := make([]any, len(list))
	for i := range list {
		ids[i], at[list[i].ID] = list[i].ID, &list[i]
	}
	c.and("topic IN "+marks(len(ids)), ids...)
	rows, err := store.List[struct{ Topic, Theme string }](ctx, q, everything, "SELECT topic, theme FROM topic_theme WHERE {scope} AND "+c.conditions()+" ORDER BY topic, theme", c.args...)
	for _, r := range rows {
		at[r.Topic].Themes = append(at[r.Topic].Themes, r.Theme)
	}
	return err
}

// query gathers the conditions of a list with their arguments; each ? stands for the
// next of them.
type query struct {
	where []string
	args  []any
}

func (q *query) and(condition string, args ...any) {
	for _, a := range args {
		q.args = append(q.args, a)
		condition = strings.Replace(condition, "?", "$"+strconv.Itoa(len(q.args)), 1)
	}
	q.where = append(q.where, condition)
}

func (q *query) conditions() string { return strings.Join(q.where, " AND ") }

func (q *query) limit(n int) string {
	q.args = append(q.args, n)
	return " LIMIT $" + strconv.Itoa(len(q.args))
}

// marks are n question marks for an IN.
func marks(n int) string { return "(" + strings.TrimSuffix(strings.Repeat("?, ", n), ", ") + ")" }

// To so many topics a theme or a word is counted before a list is read. What leads to fewer
// is read first; beyond, it is looked up for each topic in the list's order. Themes are one
// to a list, and many of its topics bear it; of several words few topics have all.
const (
	enoughOfTheme = 1000
	enoughOfWord  = 5000
)

// within puts a condition on a table of topics with its themes or words, x, on t.
func (d *Discussion) within(ctx context.Context, c *query, table string, enough int, condition string, args ...any) error {
	var few query
	few.and(condition, args...)
	n, err := store.Get[int](ctx, d.DB, everything, "SELECT COUNT(*) FROM (SELECT 1 AS one FROM "+table+" x WHERE {scope} AND "+few.conditions()+few.limit(enough)+") n", few.args...)
	if n < enough {
		c.and("t.id IN (SELECT x.topic FROM "+table+" x WHERE "+condition+")", args...)
	} else {
		c.and("EXISTS (SELECT 1 FROM "+table+" x WHERE x.topic = t.id AND ("+condition+"))", args...)
	}
	return err
}

// choose puts the filter's conditions on t.
func (d *Discussion) choose(ctx context.Context, f TopicFilter, c *query) error {
	c.and("{scope t} AND t.posts > 0")
	if f.Group != "" {
		c.and("t.grp = ?", f.Group)
	}
	if f.Open {
		c.and("t.kind = 'question' AND NOT t.answered")
	}
	if f.Kind != "" {
		c.and("t.kind = ?", string(f.Kind))
	}
	if f.Author != "" {
		c.and("t.author = ?", f.Author)
	}
	if f.Theme != "" {
		if err := d.within(ctx, c, "topic_theme", enoughOfTheme, "x.theme = ? OR x.theme >= ? AND x.theme < ?", f.Theme, f.Theme+"/", f.Theme+"0"); err != nil { // '0' follows '/'
			return err
		}
	}
	for _, word := range firstOf(wordsOf(f.Words), 8) {
		if err := d.within(ctx, c, "topic_word", enoughOfWord, "x.word >= ? AND x.word < ?", word, word+"\U0010FFFF"); err != nil {
			return err
		}
	}
	return nil
}

// Topics lists those that the filter chooses, the one with the latest post first, from
// behind a place on; more is the place behind which others follow, or zero.
func (d *Discussion) Topics(ctx context.Context, scope access.Scope, f TopicFilter, after Place, limit int) (list []Topic, more Place, err error) {
	var c query
	if err := d.choose(ctx, f, &c); err != nil {
		return nil, Place{}, err
	}
	if after != (Place{}) {
		c.and("(t.last, t.id) < (?, ?)", after.At, after.ID)
	}
	list, err = store.List[Topic](ctx, d.DB, scope, "SELECT "+topicColumns+" FROM topic t WHERE "+c.conditions()+" ORDER BY t.last DESC, t.id DESC"+c.limit(limit+1), c.args...)
	if err != nil {
		return nil, Place{}, err
	}
	if len(list) > limit {
		list, more = list[:limit], list[limit-1].Place()
	}
	return list, more, withThemes(ctx, d.DB, list)
}

// MostCounted is up to how many topics a list is counted: who sees more than that seeks
// by another word.
const MostCounted = 100

// CountTopics is how many there are, counted up to so many, in the order of Topics so that
// the same index is read.
func (d *Discussion) CountTopics(ctx context.Context, scope access.Scope, f TopicFilter, most int) (int, error) {
	var c query
	if err := d.choose(ctx, f, &c); err != nil {
		return 0, err
	}
	return store.Get[int](ctx, d.DB, scope, "SELECT COUNT(*) FROM (SELECT 1 AS one FROM topic t WHERE "+c.conditions()+" ORDER BY t.last DESC, t.id DESC"+c.limit(most)+") n", c.args...)
}

// Unanswered lists questions that nobody but their author has said a word to and that
// were asked before, the oldest first, from behind a place on (Topic.Asked). Those of
// groups that have ended, and locked ones, wait for nothing. The group and the theme of
// the filter are heard.
func (d *Discussion) Unanswered(ctx context.Context, scope access.Scope, f TopicFilter, before time.Time, after Place, limit int) (list []Topic, more Place, err error) {
	var c query
	if err := d.choose(ctx, TopicFilter{Group: f.Group, Theme: f.Theme, Open: true}, &c); err != nil {
		return nil, Place{}, err
	}
	c.and("t.created < ? AND t.locked = 0", before)
	c.and("NOT t.heard")
	c.and("NOT EXISTS (SELECT 1 FROM circle g WHERE g.id = t.grp AND g.ended > 0)")
	if after != (Place{}) {
		c.and("(t.created, t.id) > (?, ?)", after.At, after.ID)
	}
	list, err = store.List[Topic](ctx, d.DB, scope, "SELECT "+topicColumns+" FROM topic t WHERE "+c.conditions()+" ORDER BY t.created, t.id"+c.limit(limit+1), c.args...)
	if err != nil {
		return nil, Place{}, err
	}
	if len(list) > limit {
		list, more = list[:limit], list[limit-1].Asked()
	}
	return list, more, withThemes(ctx, d.DB, list)
}

// Overdue lists topics whose day to be looked at again is over, the longest first: of a
// group, or of all that the scope reads.
func (d *Discussion) Overdue(ctx context.Context, scope access.Scope, group string, now time.Time, limit int) ([]Topic, error) {
	var c query
	if err := d.choose(ctx, TopicFilter{Group: group}, &c); err != nil {
		return nil, err
	}
	c.and("t.review_by <> '' AND t.review_by < ?", now.UTC().Format(time.DateOnly))
	return store.List[Topic](ctx, d.DB, scope, "SELECT "+topicColumns+" FROM topic t WHERE "+c.conditions()+" ORDER BY t.review_by, t.id"+c.limit(limit), c.args...)
}

const postColumns = "p.id, p.topic, p.n, p.author, p.lang, p.body, p.quotes, p.way, p.stage, p.reason, p.answer, p.edits, p.rev, p.created, p.updated, p.level, p.state, p.grp, p.owner"

// Pages is how many pages the topic's posts come on.
func (d *Discussion) Pages(ctx context.Context, scope access.Scope, topic string) (int, error) {
	n, err := store.Get[int](ctx, d.DB, scope, "SELECT COALESCE(MAX(p.n), 0) FROM post p WHERE {scope p} AND p.topic = $1", topic)
	return max(1, (n+PostsAPage-1)/PostsAPage), err
}

// PageOf is the page on which the post stands that is its topic's n-th.
func PageOf(n int) int { return (n-1)/PostsAPage + 1 }

// Posts are those of a page of a topic, counted from 1, in their order. A post that is
// held is there for its author and for who runs the group; of a hidden one others get
// the place and no words. What stands on a page is found by its number: the last page
// of a long topic is as near as the first.
func (d *Discussion) Posts(ctx context.Context, who access.Subject, t Topic, page int) ([]Post, error) {
	first := (max(page, 1)-1)*PostsAPage + 1
	return d.posts(ctx, d.DB, who, t.Group, "p.topic = $1 AND p.n >= $2 AND p.n < $3 ORDER BY p.n", t.ID, first, first+PostsAPage)
}

// Post reads one as Posts does, or store.ErrNotFound.
func (d *Discussion) Post(ctx context.Context, who access.Subject, id string) (Post, error) {
	return d.post(ctx, d.DB, who, id)
}

func (d *Discussion) post(ctx context.Context, q store.Reader, who access.Subject, id string) (Post, error) {
	p, err := store.Get[Post](ctx, q, who.Scope(), "SELECT "+postColumns+" FROM post p WHERE {scope p} AND p.id = $1", id)
	if err != nil {
		return Post{}, err
	}
	if _, err := topic(ctx, q, who, p.Topic); err != nil {
		return Post{}, err // of a topic that is held or hidden
	}
	list, err := d.posts(ctx, q, who, p.Group, "p.id = $1", id)
	if err == nil && len(list) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return Post{}, err
	}
	return list[0], nil
}

// posts reads posts of one group and takes out what the reader is not shown.
func (d *Discussion) posts(ctx context.Context, q store.Reader, who access.Subject, group, which string, args ...any) (list []Post, err error) {
	all, err := store.List[Post](ctx, q, who.Scope(), "SELECT "+postColumns+" FROM post p WHERE {scope p} AND "+which, args...)
	runs, asked := false, false
	for _, p := range all {
		if p.Stage != Shown && p.Author != who.ID && !asked {
			s, err := account.StandingIn(ctx, q, who, group)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return nil, err
			}
			runs, asked = err == nil && s.Runs(), true
		}
		if sees := runs || who.SignedIn() && p.Author == who.ID; !sees {
			switch p.Stage {
			case Held:
				continue
			case Hidden:
				p.Body, p.Reason, p.Quotes = "", "", ""
			}
		}
		list = append(list, p)
	}
	return list, err
}

// firstOf is the beginning of a list.
func firstOf[V any](list []V, n int) []V { return list[:min(n, len(list))] }
