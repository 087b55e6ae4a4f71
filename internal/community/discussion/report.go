package discussion

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// Reasons are why a post is reported. Messages: "topic.reason.REASON".
var Reasons = []string{"personal-data", "closed", "insult", "advertising", "off-topic", "wrong", "other"}

// Report is what somebody reported to those who run a group.
type Report struct {
	ID      string
	Post    string
	Grp     string
	Person  string
	Reason  string
	Words   string
	At      time.Time
	Decider string
	Verdict string // "hidden", "warned", "silenced", "dismissed", "gone"; "" while it waits
	Answer  string // what the author is told
	Decided time.Time
}

const reportColumns = "r.id, r.post, r.grp, r.person, r.reason, r.words, r.at, r.decider, r.verdict, r.answer, r.decided"

// Report tells those who run the group of a post: whoever is signed in and reads it may.
// Told again by the same person while it waits it is told once.
func (d *Discussion) Report(ctx context.Context, who access.Subject, id, reason, text string) error {
	text = cut(strings.TrimSpace(text), maxWords)
	switch {
	case !who.SignedIn():
		return ErrForbidden
	case !slices.Contains(Reasons, reason):
		return Invalid{"reason": "topic.error.reason"}
	case reason == "other" && text == "":
		return Invalid{"words": "topic.error.words"}
	}
	return d.onPost(ctx, who, id, func(tx *store.Tx, p Post, _ Topic) (store.Event, error) {
		if p.Stage != Shown || p.Author == who.ID {
			return store.Event{}, ErrForbidden
		}
		today, err := store.Get[int](ctx, tx, everything, "SELECT COUNT(*) FROM post_report WHERE {scope} AND person = $1 AND at > $2", who.ID, tx.Now().Add(-time.Hour))
		if err != nil {
			return store.Event{}, err
		}
		if today >= maxReports {
			return store.Event{}, Impossible{"topic.impossible.reports", tx.Now().Add(time.Hour)}
		}
		n, err := tx.Exec(ctx, `
			INSERT INTO post_report (id, post, grp, person, reason, words, at, decider, verdict, answer, decided)
			VALUES ($1, $2, $3, $4, $5, $6, $7, '', '', '', 0) ON CONFLICT DO NOTHING`, store.NewID(), p.ID, p.Group, who.ID, reason, text, tx.Now())
		if err == nil && n == 0 {
			err = store.ErrUnchanged
		}
		return p.event("community.post.reported"), err
	})
}

// maxReports is how many posts one person reports in an hour.
const maxReports = 20

// Waiting is a post that waits for those who run its group: it is held, or was reported.
type Waiting struct {
	Post    Post
	Title   string // of its topic
	Reports []Report
}

// Queue are the posts of a group that wait for who runs it, the oldest first; nobody else
// is shown any.
func (d *Discussion) Queue(ctx context.Context, who access.Subject, group string, limit int) (list []Waiting, err error) {
	if ok, err := d.Runs(ctx, who, group); err != nil || !ok {
		return nil, err
	}
	reports, err := store.List[Report](ctx, d.DB, everything, "SELECT "+reportColumns+" FROM post_report r WHERE {scope} AND r.grp = $1 AND r.decided = 0 ORDER BY r.at, r.id LIMIT $2", group, limit)
	if err != nil {
		return nil, err
	}
	held, err := store.List[Post](ctx, d.DB, who.Scope(), "SELECT "+postColumns+" FROM post p WHERE {scope p} AND p.grp = $1 AND p.stage = 'held' ORDER BY p.created, p.id LIMIT $2", group, limit)
	if err != nil {
		return nil, err
	}
	for _, p := range held {
		list = append(list, Waiting{Post: p})
	}
	for _, r := range reports {
		i := slices.IndexFunc(list, func(w Waiting) bool { return w.Post.ID == r.Post })
		if i < 0 {
			p, err := d.Post(ctx, who, r.Post)
			if errors.Is(err, store.ErrNotFound) {
				continue // a keeper from outside a closed group
			}
			if err != nil {
				return nil, err
			}
			i, list = len(list), append(list, Waiting{Post: p})
		}
		list[i].Reports = append(list[i].Reports, r)
	}
	for i := range list {
		if list[i].Title, err = store.Get[string](ctx, d.DB, who.Scope(), "SELECT t.title FROM topic t WHERE {scope t} AND t.id = $1", list[i].Post.Topic); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// CountQueue is how many held posts and reports of a group wait.
func (d *Discussion) CountQueue(ctx context.Context, who access.Subject, group string) (int, error) {
	if ok, err := d.Runs(ctx, who, group); err != nil || !ok {
		return 0, err
	}
	return store.Get[int](ctx, d.DB, everything, `
		SELECT (SELECT COUNT(*) FROM post WHERE grp = $1 AND stage = 'held') + (SELECT COUNT(DISTINCT post) FROM post_report WHERE grp = $1 AND decided = 0)
		  + (SELECT COUNT(*) FROM post_hiding WHERE grp = $1 AND appealed > 0 AND decided = 0 AND ended = 0 AND by_whom <> $2 AND author <> $2) AS n WHERE {scope}`, group, who.ID)
}

// settle decides the reports of a post that wait.
func settle(ctx context.Context, tx *store.Tx, who, post, verdict, answer string) error {
	_, err := tx.Exec(ctx, "UPDATE post_report SET decider = $2, verdict = $3, answer = $4, decided = $5 WHERE post = $1 AND decided = 0", post, who, verdict, answer, tx.Now())
	return err
}

// Dismiss lets a reported post stand: who runs the group does.
func (d *Discussion) Dismiss(ctx context.Context, who access.Subject, id string) error {
	return d.moderate(ctx, who, id, "community.report.dismissed", func(tx *store.Tx, p Post) error {
		n, err := store.Get[int](ctx, tx, everything, "SELECT COUNT(*) FROM post_report WHERE {scope} AND post = $1 AND decided = 0", p.ID)
		if err == nil && n == 0 {
			err = store.ErrUnchanged
		}
		return errors.Join(err, settle(ctx, tx, who.ID, p.ID, "dismissed", ""))
	})
}

// Warn tells the author something about her post, which stands: who runs the group does.
func (d *Discussion) Warn(ctx context.Context, who access.Subject, id, text string) error {
	text, err := words(text)
	if err != nil {
		return err
	}
	return d.moderate(ctx, who, id, "community.author.warned", func(tx *store.Tx, p Post) error {
		return tell(ctx, tx, who.ID, p, "warned", text)
	})
}

// Silence lets the author of a post read and not write in the group until a time, with a
// reason: who runs the group does. Who runs it herself is not silenced.
func (d *Discussion) Silence(ctx context.Context, who access.Subject, id string, until time.Time, text string) error {
	text, err := words(text)
	if err != nil {
		return err
	}
	if now := time.Now(); !until.After(now) || until.After(now.AddDate(1, 0, 1)) {
		return Invalid{"until": "topic.error.until"}
	}
	return d.moderate(ctx, who, id, "community.author.silenced", func(tx *store.Tx, p Post) error {
		n, err := tx.Exec(ctx, "UPDATE membership SET silent = $3 WHERE grp = $1 AND person = $2 AND NOT facilitates", p.Group, p.Author, until)
		switch {
		case err != nil:
			return err
		case n == 0:
			return Impossible{Key: "topic.impossible.silence"}
		}
		return tell(ctx, tx, who.ID, p, "silenced", text)
	})
}

// tell keeps what the author of a post is told, with the reports that it decides, and
// writes to her.
func tell(ctx context.Context, tx *store.Tx, who string, p Post, verdict, text string) error {
	kind := warnedLetter
	if verdict == "silenced" {
		kind = silencedLetter
	}
	if err := p.inform(ctx, tx, who, kind); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, "UPDATE post_report SET decider = $2, verdict = $3, answer = $4, decided = $5 WHERE post = $1 AND decided = 0", p.ID, who, verdict, text, tx.Now())
	if err != nil || n > 0 {
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO post_report (id, post, grp, person, reason, words, at, decider, verdict, answer, decided)
		VALUES ($1, $2, $3, $4, 'off-topic', '', $5, $4, $6, $7, $5)`, store.NewID(), p.ID, p.Group, who, tx.Now(), verdict, text)
	return err
}

// moderate is one write of somebody who runs the group, on another's post.
func (d *Discussion) moderate(ctx context.Context, who access.Subject, id, act string, fn func(*store.Tx, Post) error) error {
	return d.onPost(ctx, who, id, func(tx *store.Tx, p Post, _ Topic) (store.Event, error) {
		if err := runs(ctx, tx, who, p.Group); err != nil {
			return store.Event{}, err
		}
		return p.event(act), fn(tx, p)
	})
}

// Told is what those who run the group have said to the author of a post.
type Told struct {
	Post, Verdict, Answer string
	Decided               time.Time
}

// Told are such words about the posts among these that are her own.
func (d *Discussion) Told(ctx context.Context, who access.Subject, posts []Post) (map[string][]Told, error) {
	var c query
	var ids []any
	for _, p := range posts {
		if p.Author == who.ID && who.SignedIn() {
			ids = append(ids, p.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	c.and("post IN "+marks(len(ids)), ids...)
	list, err := store.List[Told](ctx, d.DB, everything, "SELECT DISTINCT post, verdict, answer, decided FROM post_report WHERE {scope} AND verdict IN ('warned', 'silenced') AND "+c.conditions()+" ORDER BY decided", c.args...)
	by := map[string][]Told{}
	for _, t := range list {
		by[t.Post] = append(by[t.Post], t)
	}
	return by, err
}
