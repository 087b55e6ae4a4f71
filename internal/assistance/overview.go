package assistance

import (
	"context"

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
	q.and("{scope} AND kind = 'host'")
	if len(stages) > 0 {
		q.and("project_stage IN "+marks(len(stages)), anys(stages)...)
	}
	return store.List[Cell](ctx, a.DB, scope,
		"SELECT place AS host, theme, SUM(n) AS n, SUM(once) AS once FROM project_count WHERE "+q.conditions()+" GROUP BY place, theme ORDER BY place, theme", q.args...)
}

// putPlaces writes where the project is, who organises it and what about, from its gates
// and its organisers.
func (p Project) putPlaces(ctx context.Context, tx *store.Tx) error {
	gates, err := store.List[Gate](ctx, tx, everything, "SELECT "+gateColumns+" FROM gate g WHERE {scope} AND project = $1 AND included ORDER BY host, area", p.ID)
	if err != nil {
		return err
	}
	organisers, err := store.List[string](ctx, tx, everything, "SELECT value FROM project_tag WHERE {scope} AND project = $1 AND kind = 'organiser'", p.ID)
	if err != nil {
		return err
	}
	var rows [][]any
	seen := map[string]bool{}
	put := func(kind, place, theme string) {
		here, once := kind+" "+place, 1
		if seen[here] {
			once = 0
		}
		if !seen[here+" "+theme] {
			seen[here], seen[here+" "+theme] = true, true
			rows = append(rows, []any{p.ID, string(p.Stage), kind, place, theme, once, p.Created, int(p.Level), p.State, p.Label.Group, ""})
		}
	}
	for _, g := range gates {
		put("host", g.Host, top(g.Area))
	}
	for _, body := range organisers {
		for _, g := range gates {
			put("organiser", body, top(g.Area))
		}
		if len(gates) == 0 {
			put("organiser", body, "")
		}
	}
	err = p.recounted(ctx, tx, func() error {
		if _, err := tx.Exec(ctx, "DELETE FROM project_place WHERE project = $1", p.ID); err != nil {
			return err
		}
		return tx.Insert(ctx, "project_place (project, project_stage, kind, place, theme, once, created, level, state, grp, owner)", rows, "")
	})
	return keepTasks(ctx, tx, p.ID, err)
}

// recounted makes a change to where a project stands, or how far it is, and keeps the
// counts equal to the rows.
func (p Project) recounted(ctx context.Context, tx *store.Tx, change func() error) error {
	for _, by := range []int{-1, 1} {
		if by > 0 {
			if err := change(); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `
				INSERT INTO project_count (kind, place, theme, project_stage, level, state, grp, owner, n, once)
				SELECT kind, place, theme, project_stage, level, state, grp, '', 0, 0 FROM project_place WHERE project = $1 ON CONFLICT DO NOTHING`, p.ID)
			if err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `
			UPDATE project_count SET n = project_count.n + $2, once = project_count.once + $2 * p.once
			FROM project_place p
			WHERE p.project = $1 AND p.kind = project_count.kind AND p.place = project_count.place AND p.theme = project_count.theme
			  AND p.project_stage = project_count.project_stage AND p.level = project_count.level AND p.state = project_count.state AND p.grp = project_count.grp`, p.ID, by)
		if err != nil {
			return err
		}
	}
	return nil
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

// Tally counts the projects of a State or structure by stage and by theme at the top. One
// with several themes counts in each of them.
type Tally struct {
	Stages map[ProjectStage]int
	Themes map[string]int
}

// Of is how many are at one of the stages.
func (t Tally) Of(stages []ProjectStage) (n int) {
	for _, s := range stages {
		n += t.Stages[s]
	}
	return n
}

// Tally counts the projects of a watch, which is a State's or a structure's.
func (a *Assistance) Tally(ctx context.Context, scope access.Scope, w Watch) (t Tally, err error) {
	t = Tally{map[ProjectStage]int{}, map[string]int{}}
	type count struct {
		Stage ProjectStage
		Theme string
		N     int
		Once  int
	}
	kind, place := w.place()
	list, err := store.List[count](ctx, a.DB, scope,
		"SELECT project_stage AS stage, theme, n, once FROM project_count WHERE {scope} AND kind = $1 AND place = $2", kind, place)
	for _, c := range list {
		t.Stages[c.Stage] += c.Once
		if c.Theme != "" {
			t.Themes[c.Theme] += c.N
		}
	}
	return t, err
}

// RequestStages counts the requests of a State by stage.
func (a *Assistance) RequestStages(ctx context.Context, scope access.Scope, state string) (map[Stage]int, error) {
	list, err := store.List[struct {
		Stage Stage
		N     int
	}](ctx, a.DB, scope, "SELECT r.stage, COUNT(*) AS n FROM request r WHERE {scope r} AND r.asker = $1 GROUP BY r.stage", state)
	counts := map[Stage]int{}
	for _, c := range list {
		counts[c.Stage] = c.N
	}
	return counts, err
}

// ConsentStages counts the consents of a State by stage.
func (a *Assistance) ConsentStages(ctx context.Context, scope access.Scope, state string) (map[ConsentStage]int, error) {
	list, err := store.List[struct {
		Stage ConsentStage
		N     int
	}](ctx, a.DB, scope, "SELECT c.stage, COUNT(*) AS n FROM consent c WHERE {scope c} AND c.giver = $1 GROUP BY c.stage", state)
	counts := map[ConsentStage]int{}
	for _, c := range list {
		counts[c.Stage] = c.N
	}
	return counts, err
}
