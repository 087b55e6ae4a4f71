package assistance

import (
	"context"
	"strings"

	"polis/internal/store"
)

// What there is to do is asked for far more often than it changes. So it is kept in a
// table, task, by the very writes that change it: a row for each task and each desk that
// it lies on, in the order in which desks are read.

// tasksOf are the tasks of projects, without those to report, each with the one to whom
// more than to others it falls: {projects} is the condition on them.
const tasksOf = `
	SELECT 'decide' AS kind, g.project, g.host || ' ' || g.area AS object, g.host AS part, g.decide_by AS due, '' AS person
	FROM gate g WHERE g.decide_by <> '' AND g.project {projects}
	UNION ALL SELECT 'evaluate', e.project, e.id, e.kind, e.due, ''
	FROM evaluation e JOIN project s ON s.id = e.project WHERE e.stage IN ('due', 'begun') AND s.stage <> 'stopped' AND e.project {projects}
	UNION ALL SELECT 'respond', r.project, r.id, r.kind, r.answer_by, ''
	FROM recommendation r WHERE r.evaluation_stage = 'final' AND r.response = '' AND r.project {projects}
	UNION ALL SELECT 'act', r.project, a.id, r.kind, a.due, a.person
	FROM recommendation r JOIN recommendation_action a ON a.recommendation = r.id AND a.done = '' WHERE r.project {projects}
	UNION ALL SELECT 'review', d.project, d.id, '', d.review, ''
	FROM risk d WHERE d.stage <> 'closed' AND d.project_stage NOT IN ('closed', 'evaluated', 'stopped') AND d.project {projects}
	UNION ALL SELECT 'follow-up', c.project, c.id, '', c.due, ''
	FROM consultation c WHERE c.due <> '' AND c.done = '' AND c.project {projects}`

// desksOf are the desks on which the tasks of projects lie: that of all, its author's,
// its States' and its structures'.
const desksOf = `
	SELECT p.id AS project, 'all' AS desk, '' AS whose FROM project p WHERE p.id {projects}
	UNION ALL SELECT p.id, 'owner', p.owner FROM project p WHERE p.owner <> '' AND p.id {projects}
	UNION ALL SELECT t.project, t.kind, t.value FROM project_tag t WHERE t.kind IN ('host', 'organiser') AND t.project {projects}`

// onDesks are the rows of projects' tasks. What a State has to decide lies on its own desk
// alone, and what somebody has taken on herself on hers in place of its author's.
const onDesks = `
	SELECT o.desk, o.whose, w.kind, w.due, w.project, w.object, w.part, p.level, p.state, p.grp, '' AS owner
	FROM (` + tasksOf + `) w JOIN (` + desksOf + `) o ON o.project = w.project JOIN project p ON p.id = w.project
	WHERE NOT (w.kind = 'decide' AND o.desk = 'host' AND o.whose <> w.part) AND NOT (w.person <> '' AND o.desk = 'owner')
	UNION ALL SELECT 'owner', w.person, w.kind, w.due, w.project, w.object, w.part, p.level, p.state, p.grp, ''
	FROM (` + tasksOf + `) w JOIN project p ON p.id = w.project WHERE w.person <> ''`

// toReport are the rows of activities that are planned, on the desks of all, of who
// planned them, of their States and their structures: {activities} is the condition.
const toReport = `
	SELECT o.desk, o.whose, 'report' AS kind, x.ends AS due, x.project, x.id AS object, '' AS part, x.level, x.state, x.grp, '' AS owner
	FROM activity x JOIN (
	  SELECT y.id, 'all' AS desk, '' AS whose FROM activity y WHERE y.stage = 'planned' AND y.id {activities}
	  UNION ALL SELECT y.id, 'owner', y.owner FROM activity y WHERE y.stage = 'planned' AND y.owner <> '' AND y.id {activities}
	  UNION ALL SELECT t.activity, t.kind, t.value FROM activity_tag t WHERE t.kind IN ('host', 'organiser') AND t.activity {activities}
	) o ON o.id = x.id
	WHERE x.stage = 'planned'`

const taskColumns = "desk, whose, kind, due, project, object, part, level, state, grp, owner"

// keepTasks writes anew what there is to do in a project; err is that of the write
// before it.
func keepTasks(ctx context.Context, tx *store.Tx, project string, err error) error {
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "DELETE FROM task WHERE project = $1 AND kind <> 'report'", project); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "INSERT INTO task ("+taskColumns+") "+strings.ReplaceAll(onDesks, "{projects}", "= $1"), project)
	return err
}

// keptAtOnce is for how many activities that is written by one statement.
const keptAtOnce = 100

// keepReports writes anew whether activities are to be reported.
func keepReports(ctx context.Context, tx *store.Tx, activities ...string) error {
	for len(activities) > 0 {
		part := activities[:min(len(activities), keptAtOnce)]
		activities = activities[len(part):]
		var q query
		among := q.bound("IN "+marks(len(part)), anys(part)...)
		if _, err := tx.Exec(ctx, "DELETE FROM task WHERE kind = 'report' AND object "+among, q.args...); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "INSERT INTO task ("+taskColumns+") "+strings.ReplaceAll(toReport, "{activities}", among), q.args...); err != nil {
			return err
		}
	}
	return nil
}

// RestoreTasks writes all of them anew, for what was not written by the functions of
// this room.
func RestoreTasks(ctx context.Context, tx *store.Tx) error {
	for _, statement := range []string{"DELETE FROM task", "INSERT INTO task (" + taskColumns + ") " + allTasks} {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// allTasks are the rows as they have to be.
var allTasks = strings.NewReplacer("{projects}", "<> ''", "{activities}", "<> ''").Replace(onDesks + " UNION ALL " + toReport)

// Misplaced are the tasks that lie on a desk where they do not belong, or lack on one,
// each as "kind object": at most a hundred. No function of this room leaves any;
// statements that go around it can, and the verification of the system tells.
func Misplaced(ctx context.Context, q store.Reader) ([]string, error) {
	stands := "SELECT " + taskColumns + " FROM task"
	return store.List[string](ctx, q, everything, `
		SELECT DISTINCT w.kind || ' ' || w.object AS id FROM (
		  SELECT * FROM (`+stands+" EXCEPT SELECT * FROM ("+allTasks+`) a) more
		  UNION ALL SELECT * FROM (SELECT * FROM (`+allTasks+") b EXCEPT "+stands+`) less
		) w WHERE {scope} ORDER BY id LIMIT 100`)
}
