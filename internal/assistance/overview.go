package assistance

import (
	"context"
	"strconv"

	"polis/internal/access"
	"polis/internal/framework"
	"polis/internal/store"
)

// Cell is how many projects there are in a State about a theme.
type Cell struct {
	Host  string
	Theme string // one at the top
	N     int
	Once  int // of these, the ones that count here for the State: one with several themes counts once
}

// Groups of stages by which the overview counts. Messages: "overview.group.GROUP".
var Groups = map[string][]ProjectStage{
	"running": {Approved, Active, Suspended},
	"drafts":  {Idea, Appraised},
	"ended":   {Closed, Evaluated},
}

// Matrix counts the projects that the scope reads, by host State and theme. A project
// with several themes or States counts once in each of their cells; stages chooses
// among them, nil all.
func (a *Assistance) Matrix(ctx context.Context, scope access.Scope, stages []ProjectStage) ([]Cell, error) {
	var q query
	q.and("{scope}")
	if len(stages) > 0 {
		q.and("project_stage IN "+marks(len(stages)), anys(stages)...)
	}
	return store.List[Cell](ctx, a.DB, scope,
		"SELECT host, theme, COUNT(*) AS n, SUM(once) AS once FROM project_cell WHERE "+q.conditions()+" GROUP BY host, theme ORDER BY host, theme", q.args...)
}

// putCells writes where the project is and what about, from its gates.
func (p Project) putCells(ctx context.Context, tx *store.Tx) error {
	gates, err := store.List[Gate](ctx, tx, everything, "SELECT "+gateColumns+" FROM gate g WHERE {scope} AND project = $1 AND included ORDER BY host, area", p.ID)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "DELETE FROM project_cell WHERE project = $1", p.ID); err != nil {
		return err
	}
	var rows [][]any
	seen := map[Cell]bool{}
	for _, g := range gates {
		state, cell := Cell{Host: g.Host}, Cell{Host: g.Host, Theme: top(g.Area)}
		if !seen[cell] {
			once := 1
			if seen[state] {
				once = 0
			}
			seen[cell], seen[state] = true, true
			rows = append(rows, []any{p.ID, string(p.Stage), cell.Host, cell.Theme, once, int(p.Level), p.State, p.Label.Group, ""})
		}
	}
	return tx.Insert(ctx, "project_cell (project, project_stage, host, theme, once, level, state, grp, owner)", rows, "")
}

// top is the theme at the top to which a theme belongs.
func top(theme string) string {
	if t, ok := framework.Theme(theme); ok {
		if parent := t.Parent(); parent != "" {
			return parent
		}
	}
	return theme
}

// query chooses the projects of a watch.
func (w Watch) query() (q query) {
	q.and("{scope p}")
	for _, of := range []struct{ condition, value string }{
		{"p.owner = ?", w.Owner},
		{"p.id IN (SELECT t.project FROM project_tag t WHERE t.kind = 'host' AND t.value = ?)", w.State},
		{"p.id IN (SELECT t.project FROM project_tag t WHERE t.kind = 'organiser' AND t.value = ?)", w.Body},
	} {
		if of.value != "" {
			q.and(of.condition, of.value)
		}
	}
	return q
}

// Changed lists the projects of a watch in which something has happened, the last
// change first.
func (a *Assistance) Changed(ctx context.Context, scope access.Scope, w Watch, limit int) ([]Project, error) {
	q := w.query()
	q.args = append(q.args, limit)
	list, err := store.List[Project](ctx, a.DB, scope, "SELECT "+projectColumns+" FROM project p WHERE "+q.conditions()+
		" ORDER BY p.updated DESC, p.id DESC LIMIT $"+strconv.Itoa(len(q.args)), q.args...)
	if err != nil {
		return nil, err
	}
	return list, completed(ctx, a.DB, list)
}
