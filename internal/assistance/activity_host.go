package assistance

import (
	"context"
	"slices"

	"polis/internal/access"
	"polis/internal/store"
)

const hostColumns = "activity_host (activity, project, activity_stage, starts, gate, host, area, dropped, mark)"

// mark is a host as the activity rests on it.
func (x Activity) mark(h ActivityHost) string {
	if h.Dropped {
		return x.ID + " " + h.Host + " " + h.Area + " dropped"
	}
	return x.ID + " " + h.Host + " " + h.Area + " on"
}

// hostRow is a host whose gate is open.
func (x Activity) hostRow(h ActivityHost) []any {
	g := Gate{Project: x.Project, Host: h.Host, Area: h.Area, Included: true}
	return []any{x.ID, x.Project, string(x.Stage), x.Starts, g.mark(), h.Host, h.Area, h.Dropped, x.mark(h)}
}

// putHosts brings the hosts of what is planned to those that are wanted, whose gates
// were found open; those that were dropped stay on record.
func (x Activity) putHosts(ctx context.Context, tx *store.Tx, want []ActivityHost) error {
	var rows [][]any
	for _, h := range want {
		i := slices.IndexFunc(x.Hosts, func(o ActivityHost) bool { return o.Host == h.Host && o.Area == h.Area })
		if i < 0 {
			rows = append(rows, x.hostRow(h))
		} else if x.Hosts[i].Dropped {
			if err := x.setDropped(ctx, tx, h, false); err != nil {
				return err
			}
		}
	}
	if err := tx.Insert(ctx, hostColumns, rows, ""); err != nil {
		return err
	}
	if err := x.restOn(ctx, tx, want[0]); err != nil {
		return err
	}
	for _, h := range x.on() {
		if slices.Contains(want, h) {
			continue
		}
		if _, err := tx.Exec(ctx, "DELETE FROM activity_host WHERE activity = $1 AND host = $2 AND area = $3", x.ID, h.Host, h.Area); err != nil {
			return err
		}
	}
	return nil
}

// restOn lets the activity rest on a host.
func (x Activity) restOn(ctx context.Context, tx *store.Tx, h ActivityHost) error {
	h.Dropped = false
	_, err := tx.Exec(ctx, "UPDATE activity SET lead = $2 WHERE id = $1", x.ID, x.mark(h))
	return err
}

func (x Activity) setDropped(ctx context.Context, tx *store.Tx, h ActivityHost, dropped bool) error {
	h.Dropped = dropped
	_, err := tx.Exec(ctx, "UPDATE activity_host SET dropped = $4, mark = $5 WHERE activity = $1 AND host = $2 AND area = $3", x.ID, h.Host, h.Area, dropped, x.mark(h))
	return err
}

// dropHosts is told before a gate of the project is closed: what is planned there goes
// on without that State in that area, or is cancelled where that was the last one. What
// was held keeps its history.
func dropHosts(ctx context.Context, tx *store.Tx, who access.Subject, p Project, g Gate, words string) error {
	ids, err := store.List[string](ctx, tx, everything,
		"SELECT activity FROM activity_host WHERE {scope} AND project = $1 AND host = $2 AND area = $3 AND activity_stage = 'planned' AND NOT dropped ORDER BY activity",
		p.ID, g.Host, g.Area)
	for _, id := range ids {
		x, err := activity(ctx, tx, everything, id)
		if err != nil {
			return err
		}
		if err := x.drop(ctx, tx, who, g, words); err != nil {
			return err
		}
	}
	return err
}

func (x Activity) drop(ctx context.Context, tx *store.Tx, who access.Subject, g Gate, words string) error {
	left := slices.DeleteFunc(x.on(), func(h ActivityHost) bool { return h.Host == g.Host && h.Area == g.Area })
	if len(left) == 0 {
		if words == "" {
			words = g.Host + " · " + g.Area
		}
		return x.take(ctx, tx, who, activityStep{move: CancelMove, stage: ActivityCancelled, words: words})
	}
	if err := x.restOn(ctx, tx, left[0]); err != nil {
		return err
	}
	if err := x.setDropped(ctx, tx, ActivityHost{Host: g.Host, Area: g.Area}, true); err != nil {
		return err
	}
	x.Hosts = left
	if err := x.putLists(ctx, tx); err != nil {
		return err
	}
	return x.take(ctx, tx, who, activityStep{move: "drop", stage: x.Stage, host: g.Host, area: g.Area, words: words})
}

// cancelPlanned cancels what is planned in a project that is being closed or stopped.
func cancelPlanned(ctx context.Context, tx *store.Tx, who access.Subject, p Project, words string) error {
	ids, err := store.List[string](ctx, tx, everything, "SELECT id FROM activity WHERE {scope} AND project = $1 AND stage = 'planned' ORDER BY id", p.ID)
	for _, id := range ids {
		x, err := activity(ctx, tx, everything, id)
		if err != nil {
			return err
		}
		if err := x.take(ctx, tx, who, activityStep{move: CancelMove, stage: ActivityCancelled, words: words}); err != nil {
			return err
		}
	}
	return err
}

// holdsActivities asks whether the project can have these days: no activity may lie
// outside of them.
func (p Project) holdsActivities(ctx context.Context, tx *store.Tx, starts, ends string) error {
	if starts == "" {
		return nil
	}
	n, err := store.Get[int](ctx, tx, everything,
		"SELECT COUNT(*) FROM activity WHERE {scope} AND project = $1 AND stage <> 'cancelled' AND (starts < $2 OR ends > $3)", p.ID, starts, ends)
	if err != nil || n > 0 {
		return invalidOr(err, "starts", "activity.error.project.shorter")
	}
	return nil
}

// freeGate is told before a gate of a draft is taken away: nothing may be planned
// there. What was cancelled lets go of it.
func freeGate(ctx context.Context, tx *store.Tx, g Gate) error {
	n, err := store.Get[int](ctx, tx, everything,
		"SELECT COUNT(*) FROM activity_host WHERE {scope} AND project = $1 AND host = $2 AND area = $3 AND activity_stage = 'planned' AND NOT dropped", g.Project, g.Host, g.Area)
	if err != nil || n > 0 {
		return invalidOr(err, "hosts", "activity.error.gate.used")
	}
	const there = " IN (SELECT mark FROM activity_host WHERE project = $1 AND host = $2 AND area = $3)"
	if _, err := tx.Exec(ctx, "UPDATE activity SET lead = NULL WHERE project = $1 AND stage = 'cancelled' AND lead"+there, g.Project, g.Host, g.Area); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "DELETE FROM activity_host WHERE project = $1 AND host = $2 AND area = $3", g.Project, g.Host, g.Area)
	return err
}
