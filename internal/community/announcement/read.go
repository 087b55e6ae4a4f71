package announcement

import (
	"context"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

const columns = "a.id, a.audience, a.whose, a.begins, a.ends, a.author, a.withdrawn, a.by_whom, a.reason, a.created, a.level, a.state, a.grp, a.owner"

// Get reads one that the caller may read. What has not begun is there for who wrote it, and
// for who may write to everybody.
func (b *Board) Get(ctx context.Context, who access.Subject, id string) (Announcement, error) {
	return get(ctx, b.DB, who, id)
}

func get(ctx context.Context, q store.Reader, who access.Subject, id string) (Announcement, error) {
	a, err := store.Get[Announcement](ctx, q, who.Scope(), "SELECT "+columns+" FROM announcement a WHERE {scope a} AND a.id = $1", id)
	if err != nil {
		return a, err
	}
	if a.Begins.After(nowOf(q)) && a.Author != who.ID {
		if ok, err := may(ctx, q, who, a.Audience, a.Whose); err != nil || !ok {
			return Announcement{}, store.ErrNotFound
		}
	}
	list := []Announcement{a}
	err = withTexts(ctx, q, list)
	return list[0], err
}

func nowOf(q store.Reader) time.Time {
	if tx, ok := q.(*store.Tx); ok {
		return tx.Now()
	}
	return time.Now()
}

// Filter narrows the archive.
type Filter struct {
	Group  string // said in it alone
	Coming bool   // also what has not begun, for who may write to everybody
}

// List is the archive: what the caller reads and has begun, the latest first, from behind a
// place on.
func (b *Board) List(ctx context.Context, who access.Subject, f Filter, after Place, limit int) (list []Announcement, more Place, err error) {
	args := []any{time.Now(), who.ID, limit + 1}
	where := "(a.begins <= $1 OR $2 <> '' AND a.author = $2)"
	if f.Coming && Announces(who) {
		where = "(a.begins <= $1 OR a.author = $2 OR a.audience <> 'group')"
	}
	if f.Group != "" {
		args = append(args, f.Group)
		where += " AND a.circle = $" + strconv.Itoa(len(args))
	}
	if after != (Place{}) {
		args = append(args, after.At, after.ID)
		where += " AND (a.begins, a.id) < ($" + strconv.Itoa(len(args)-1) + ", $" + strconv.Itoa(len(args)) + ")"
	}
	list, err = store.List[Announcement](ctx, b.DB, who.Scope(), "SELECT "+columns+" FROM announcement a WHERE {scope a} AND "+where+" ORDER BY a.begins DESC, a.id DESC LIMIT $3", args...)
	if err != nil {
		return nil, more, err
	}
	if len(list) > limit {
		list = list[:limit]
		more = list[limit-1].Place()
	}
	return list, more, withTexts(ctx, b.DB, list)
}

// Standing are those that are shown to the caller now: for her, of a moment that has come
// and is not over, not withdrawn and not put away. group narrows them to those of a group;
// else those of the groups that she is in are among them.
func (b *Board) Standing(ctx context.Context, who access.Subject, group string, limit int) ([]Announcement, error) {
	return b.Since(ctx, who, group, time.Time{}, limit)
}

// Since are those of them that have begun after a moment.
func (b *Board) Since(ctx context.Context, who access.Subject, group string, since time.Time, limit int) ([]Announcement, error) {
	now := time.Now()
	args := []any{now, who.ID, limit, since}
	audience := "a.circle = $5"
	if group != "" {
		args = append(args, group)
	} else {
		args = append(args, who.State, who.Body)
		audience = `(a.audience = 'all' OR a.audience = 'state' AND a.whose = $5 OR a.audience = 'body' AND a.whose = $6 OR a.audience = 'group' AND EXISTS (
			SELECT 1 FROM membership m JOIN vouching v ON v.id = m.vouching WHERE m.grp = a.circle AND m.person = $2 AND v.ended = 0 AND v.until > $1))`
	}
	list, err := store.List[Announcement](ctx, b.DB, who.Scope(), "SELECT "+columns+` FROM announcement a
		WHERE {scope a} AND a.withdrawn = 0 AND a.ends > $1 AND a.begins <= $1 AND a.begins > $4 AND `+audience+`
		AND NOT EXISTS (SELECT 1 FROM announcement_seen s WHERE s.person = $2 AND s.announcement = a.id)
		ORDER BY a.begins DESC, a.id DESC LIMIT $3`, args...)
	if err != nil {
		return nil, err
	}
	return list, withTexts(ctx, b.DB, list)
}

// Seen says that the caller has put an announcement away.
func (b *Board) Seen(ctx context.Context, who access.Subject, id string) error {
	if !who.SignedIn() || who.Program {
		return ErrForbidden
	}
	if _, err := get(ctx, b.DB, who, id); err != nil {
		return err
	}
	_, err := store.Upkeep(ctx, b.DB, "INSERT INTO announcement_seen (person, announcement, at) VALUES ($1, $2, $3) ON CONFLICT (person, announcement) DO NOTHING", who.ID, id, time.Now())
	return err
}

// withTexts fills in what they say.
func withTexts(ctx context.Context, q store.Reader, list []Announcement) error {
	if len(list) == 0 {
		return nil
	}
	at, marks, args := map[string]int{}, []string{}, []any{}
	for i, a := range list {
		at[a.ID] = i
		args = append(args, a.ID)
		marks = append(marks, "$"+strconv.Itoa(i+1))
	}
	rows, err := store.List[struct {
		Announcement string
		Text
	}](ctx, q, everything, `SELECT t.announcement, t.lang, t.title, t.body FROM announcement_text t
		WHERE {scope} AND t.announcement IN (`+strings.Join(marks, ", ")+") ORDER BY t.announcement, t.lang", args...)
	for _, r := range rows {
		a := &list[at[r.Announcement]]
		a.Texts = append(a.Texts, r.Text)
	}
	return err
}
