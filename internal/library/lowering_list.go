package library

import (
	"context"
	"slices"

	"polis/internal/access"
	"polis/internal/store"
)

// Lowerings lists the requests about a document, the newest first, for those who
// may edit it. A pending one that the document has left behind is shown as lapsed.
func (l *Library) Lowerings(ctx context.Context, who access.Subject, d Document) ([]Lowering, error) {
	if !who.May(access.Edit, d.Label).Allowed {
		return nil, ErrForbidden
	}
	list, err := store.List[Lowering](ctx, l.DB, parts,
		"SELECT "+loweringColumns+" FROM lowering l WHERE {scope} AND l.document = $1 ORDER BY l.asked DESC, l.id DESC LIMIT 50", d.ID)
	for i := range list {
		if list[i].Stage == LoweringPending && list[i].Rev != d.Rev {
			list[i].Stage = LoweringLapsed
		}
	}
	return list, err
}

// LoweringsFor lists what waits for a second person whom the caller may be, the
// oldest first, and what she has asked for herself, the newest first. Those that are
// Unread she may agree to without reading the document.
func (l *Library) LoweringsFor(ctx context.Context, who access.Subject) (waits, own []Lowering, err error) {
	if waits, err = l.waitingFor(ctx, who); err != nil {
		return nil, nil, err
	}
	own, err = store.List[Lowering](ctx, l.DB, who.Scope(), `
		SELECT l.id, l.document, l.rev, l.to_level, l.to_state, l.to_grp, l.reason, l.asked_by, l.asked,
		       CASE WHEN l.stage = 'pending' AND d.rev <> l.rev THEN 'lapsed' ELSE l.stage END AS stage,
		       l.decided_by, l.decided, l.answer, l.unread, l.level, l.state, l.grp, l.owner
		FROM lowering l
		JOIN document d ON d.id = l.document
		WHERE {scope d} AND l.asked_by = $1
		ORDER BY l.asked DESC, l.id DESC
		LIMIT 50`, who.ID)
	return waits, own, err
}

// waiting reads pending requests of others within a scope.
const waiting = `
	FROM lowering l
	JOIN document d ON d.id = l.document AND d.rev = l.rev
	WHERE {scope d} AND l.stage = 'pending' AND l.asked_by <> $1`

// waitingFor lists the requests of others that the caller may decide about: first
// what she reads, then what she may confirm unread.
func (l *Library) waitingFor(ctx context.Context, who access.Subject) ([]Lowering, error) {
	list, err := store.List[Lowering](ctx, l.DB, who.Scope(), "SELECT "+loweringColumns+waiting+" ORDER BY l.asked, l.id LIMIT 500", who.ID)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(w Lowering) bool { return !who.May(access.Lower, w.Label).Allowed })
	closed, err := store.List[Lowering](ctx, l.DB, parts,
		"SELECT "+loweringColumns+waiting+" AND l.level = 3 AND l.grp = '' AND l.state <> '' ORDER BY l.asked, l.id LIMIT 500", who.ID)
	for _, w := range closed {
		_, readable := who.Scope().Allows(w.Label)
		if w.Unread = !readable && w.mayConfirm(who); !w.Unread {
			continue
		}
		left, err := w.askerLeft(ctx, l.DB)
		if err != nil {
			return nil, err
		}
		if !left {
			list = append(list, w)
		}
	}
	return list, err
}
