package roster

import (
	"context"
	"slices"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/store"
)

// ForEvent is the kind of an assignment to speak at an event. Its list is kept by those
// who run the event's group now, and by nobody else.
const ForEvent = "event"

// Kinds are what an assignment may be for. Messages: "expert.for.KIND".
var Kinds = []string{"request", "project", ForEvent}

// running is the condition that a is for an event of a group that the subject runs: as one
// of its facilitators, or as who keeps groups, where it is none of a closed group.
func running(q *query, who access.Subject, now time.Time) string {
	closed := ""
	if who.May(access.ManageGroups, access.Label{}).Allowed {
		closed = q.bound("x.level < ? OR ", int64(access.Closed))
	}
	return q.bound(`a.kind = 'event' AND a.object IN (SELECT x.id FROM meeting x JOIN circle c ON c.id = x.grp AND c.ended = 0 WHERE `+closed+`
		x.grp IN (SELECT m.grp FROM membership m JOIN vouching v ON v.id = m.vouching WHERE m.person = ? AND m.facilitates AND v.ended = 0 AND v.until > ?))`, who.ID, now)
}

// mayInvite says why somebody puts nobody onto the list of an event.
func mayInvite(ctx context.Context, tx *store.Tx, who access.Subject, event string) error {
	e, err := store.Get[struct{ Grp, Stage string }](ctx, tx, who.Scope(), "SELECT e.grp, e.stage FROM meeting e WHERE {scope e} AND e.id = $1", event)
	if err != nil {
		return err
	}
	in, err := account.StandingIn(ctx, tx, who, e.Grp)
	switch {
	case err != nil:
		return err
	case !in.Runs():
		return ErrForbidden
	case e.Stage == "held" || e.Stage == "cancelled":
		return Invalid{"object": "expert.error.event"}
	}
	return nil
}

// Speakers are the experts who agreed to speak at an event that the caller has read, as
// long as they stand on the roster; nobody is one before she agreed, or after she withdrew.
func (r *Roster) Speakers(ctx context.Context, event string) ([]string, error) {
	q := &query{}
	q.and("a.kind = 'event' AND a.object = ? AND a.stage IN ('agreed', 'done', 'confirmed')", event)
	q.where = append(q.where, stands(q, time.Now()))
	return store.List[string](ctx, r.DB, everything,
		"SELECT a.person FROM expert_ask a JOIN expert e ON e.person = a.person WHERE {scope} AND "+q.conditions()+" ORDER BY a.created, a.id", q.args...)
}

// CallOff withdraws what is open of the assignments for an event that is cancelled, and
// writes to those who had been asked. It returns how many there were.
func CallOff(ctx context.Context, tx *store.Tx, who access.Subject, event, words string) (int, error) {
	list, err := store.List[Ask](ctx, tx, everything, "SELECT "+askColumns+`, FALSE AS runs FROM expert_ask a
		WHERE {scope} AND a.kind = 'event' AND a.object = $1 AND a.stage IN ('listed', 'asked', 'agreed') ORDER BY a.created, a.id`, event)
	if err != nil {
		return 0, err
	}
	w := ways[slices.IndexFunc(ways, func(w way) bool { return w.move == Withdraw })]
	for _, a := range list {
		if _, err := a.move(ctx, tx, who, w, words); err != nil {
			return 0, err
		}
	}
	return len(list), nil
}
