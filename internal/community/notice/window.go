package notice

import (
	"context"
	"time"

	"polis/internal/store"
)

// window is the time that a digest gathers: what she wants daily from one moment on, what
// she wants weekly from another, zero where its day has not come.
type window struct{ daily, weekly, to time.Time }

// from is since when something of this pace is gathered, zero where it is not.
func (w window) from(p Pace) time.Time {
	switch p {
	case Daily:
		return w.daily
	case Weekly:
		return w.weekly
	}
	return time.Time{}
}

// countedMost is up to how many topics of one group a digest counts.
const countedMost = 50

// fresh are the topics of a group with news, the latest first: those of which she hears
// as of the group.
func (n *Notice) fresh(ctx context.Context, r reader, group string, w window, p Pace) ([]topicRow, error) {
	return store.List[topicRow](ctx, n.DB, r.who.Scope(), topicOf+`
		AND t.grp = $2 AND t.last > $3 AND t.last <= $4 AND o.topic IS NULL AND c.pace IS NULL
		ORDER BY t.last DESC, t.id DESC LIMIT $5`, r.who.ID, group, w.from(p), w.to, countedMost)
}

// special are the topics with news of which she hears otherwise than of their group: as
// she chose for them, or because they are her own.
func (n *Notice) special(ctx context.Context, r reader, w window) (list []topicRow, err error) {
	for _, p := range []Pace{Daily, Weekly} {
		from := w.from(p)
		if from.IsZero() {
			continue
		}
		found, err := store.List[topicRow](ctx, n.DB, r.who.Scope(), topicOf+`
			AND c.pace = $2 AND t.last > $3 AND t.last <= $4 ORDER BY t.last DESC, t.id DESC LIMIT $5`, r.who.ID, string(p), from, w.to, countedMost)
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
		if r.wish.Own != p {
			continue
		}
		if found, err = store.List[topicRow](ctx, n.DB, r.who.Scope(), topicOf+`
			AND o.topic IS NOT NULL AND c.pace IS NULL AND t.last > $2 AND t.last <= $3 ORDER BY t.last DESC, t.id DESC LIMIT $4`, r.who.ID, from, w.to, countedMost); err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	return list, nil
}
