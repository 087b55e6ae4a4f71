package notice

import (
	"context"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// seenUntil moves up to when somebody has seen something: never back.
const seenUntil = `
	INSERT INTO notice_seen (person, kind, object, seen) VALUES ($1, $2, $3, $4)
	ON CONFLICT (person, kind, object) DO UPDATE SET seen = excluded.seen WHERE notice_seen.seen < excluded.seen`

// Seen says that the caller has seen what a group or topic says up to a moment, which
// lies not ahead. What she reads no more she has not seen.
func (n *Notice) Seen(ctx context.Context, who access.Subject, kind Kind, object string, until time.Time) error {
	if !herself(who) {
		return nil
	}
	if now := time.Now(); until.After(now) {
		until = now
	}
	query := "SELECT id FROM topic WHERE {scope} AND id = $1"
	if kind == Group {
		query = "SELECT id FROM circle WHERE {scope} AND id = $1"
	}
	if _, err := store.Get[string](ctx, n.DB, who.Scope(), query, object); err != nil {
		return err
	}
	known, err := store.List[time.Time](ctx, n.DB, everything, "SELECT seen FROM notice_seen WHERE {scope} AND person = $1 AND kind = $2 AND object = $3", who.ID, string(kind), object)
	if err != nil || len(known) > 0 && !known[0].Before(until) {
		return err
	}
	_, err = store.Upkeep(ctx, n.DB, seenUntil, who.ID, string(kind), object, until)
	return err
}

// SeenAll says so of all her groups.
func (n *Notice) SeenAll(ctx context.Context, who access.Subject, until time.Time) error {
	if !herself(who) {
		return ErrForbidden
	}
	groups, err := groupsOf(ctx, n.DB, who)
	if err != nil {
		return err
	}
	for _, g := range groups {
		if err := n.Seen(ctx, who, Group, g.ID, until); err != nil {
			return err
		}
	}
	return nil
}

// News is a topic in which somebody has written since she has looked.
type News struct {
	ID, Title, Lang, Kind string
	Group, GroupName      string
	Answered              bool
	Last                  time.Time
}

// Place is where it stands in the list.
func (x News) Place() Place { return Place{At: x.Last, ID: x.ID} }

// newsKept is how far back news are told in the page.
const newsKept = 60 * 24 * time.Hour

// fresh are the topics of her groups with something that she has not seen; $1 is she, $2
// now, $3 since when. A group that she asked not to be told of is left out, but for what
// she chose of it, and so is a topic.
const fresh = `
	FROM (
	  SELECT m.grp, m.since FROM membership m
	  JOIN vouching v ON v.id = m.vouching
	  WHERE m.person = $1 AND v.ended = 0 AND v.until > $2
	  UNION
	  SELECT h.object AS grp, h.made AS since FROM notice_choice h
	  WHERE h.person = $1 AND h.kind = 'group' AND h.pace <> 'none'
	    AND NOT EXISTS (SELECT 1 FROM membership k WHERE k.grp = h.object AND k.person = $1)
	) x
	JOIN circle g ON g.id = x.grp
	LEFT JOIN notice_choice c ON c.person = $1 AND c.kind = 'group' AND c.object = x.grp
	LEFT JOIN notice_seen s ON s.person = $1 AND s.kind = 'group' AND s.object = x.grp
	JOIN topic t ON t.grp = x.grp AND t.posts > 0 AND t.last > COALESCE(s.seen, x.since) AND t.last > $3
	LEFT JOIN notice_choice d ON d.person = $1 AND d.kind = 'topic' AND d.object = t.id
	LEFT JOIN notice_seen u ON u.person = $1 AND u.kind = 'topic' AND u.object = t.id
	WHERE {scope t} AND g.ended = 0 AND (c.pace IS NULL OR c.pace <> 'none' OR d.pace IS NOT NULL) AND (d.pace IS NULL OR d.pace <> 'none')
	  AND t.last > COALESCE(u.seen, 0)`

// News lists what is new for the caller, the latest first, from behind a place on.
func (n *Notice) News(ctx context.Context, who access.Subject, after Place, limit int) (list []News, more Place, err error) {
	if !herself(who) {
		return nil, Place{}, ErrForbidden
	}
	now := time.Now()
	args := []any{who.ID, now, now.Add(-newsKept), limit + 1}
	query := "SELECT t.id, t.title, t.lang, t.kind, t.grp AS \"group\", g.name AS group_name, t.answered, t.last" + fresh
	if after != (Place{}) {
		query += " AND (t.last, t.id) < ($5, $6)"
		args = append(args, after.At, after.ID)
	}
	list, err = store.List[News](ctx, n.DB, who.Scope(), query+" ORDER BY t.last DESC, t.id DESC LIMIT $4", args...)
	if err == nil && len(list) > limit {
		list = list[:limit]
		more = list[limit-1].Place()
	}
	return list, more, err
}

// MostCounted is up to how many news are counted.
const MostCounted = 100

// CountNews is how many topics are new for the caller, up to MostCounted.
func (n *Notice) CountNews(ctx context.Context, who access.Subject) (int, error) {
	if !herself(who) {
		return 0, nil
	}
	now := time.Now()
	return store.Get[int](ctx, n.DB, who.Scope(), "SELECT COUNT(*) FROM (SELECT t.id"+fresh+" LIMIT $4) news", who.ID, now, now.Add(-newsKept), MostCounted)
}
