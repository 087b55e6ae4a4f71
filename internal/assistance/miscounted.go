package assistance

import (
	"context"

	"polis/internal/store"
)

// Miscounted are the places, each as "kind place", whose kept numbers of projects are
// not those of the rows that they count: at most a hundred. No function of this room
// does that; statements that go around it can, and the verification of the system tells.
func Miscounted(ctx context.Context, q store.Reader) ([]string, error) {
	return store.List[string](ctx, q, everything, `
		SELECT DISTINCT d.kind || ' ' || d.place AS id FROM (
		  SELECT kind, place, theme, project_stage, level, state, grp, owner, n, once FROM project_count WHERE n > 0
		  UNION ALL
		  SELECT kind, place, theme, project_stage, level, state, grp, '', -COUNT(*), -SUM(once)
		  FROM project_place GROUP BY kind, place, theme, project_stage, level, state, grp
		) d WHERE {scope}
		GROUP BY d.kind, d.place, d.theme, d.project_stage, d.level, d.state, d.grp
		HAVING SUM(d.n) <> 0 OR SUM(d.once) <> 0 ORDER BY id LIMIT 100`)
}
