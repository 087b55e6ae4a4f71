package assistance

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// Task is something that waits for somebody to do it, with the day by which.
// Messages: "desk.task.KIND".
type Task struct {
	Kind    TaskKind
	Project string // id
	ID      string // of the activity or the agenda; "" where it is the project's
	Of      string // the kind of an evaluation
	Host    string // of a gate
	Number  string // the project's
	Title   string
	Lang    string
	Due     string // the day
}

// TaskKind says what there is to do.
type TaskKind string

// The kinds of tasks.
const (
	ToDecideOn TaskKind = "decide"    // what becomes of what runs in an area that was closed
	ToReport   TaskKind = "report"    // an activity's day is over: was it held?
	ToEvaluate TaskKind = "evaluate"  // an evaluation is due
	ToRespond  TaskKind = "respond"   // a recommendation has no response
	ToAct      TaskKind = "act"       // what was promised in a response
	ToReview   TaskKind = "review"    // a risk
	ToFollowUp TaskKind = "follow-up" // after a consultation
	ToArrange  TaskKind = "agenda"    // an agenda waits to become an activity
)

// kept are those that lie on desks; agendas are their owners' alone.
var kept = []TaskKind{ToDecideOn, ToReport, ToEvaluate, ToRespond, ToAct, ToReview, ToFollowUp}

// TaskKinds lists them all.
var TaskKinds = append(slices.Clone(kept), ToArrange)

// Watch says whose projects are looked at: those in a State, those that a structure
// organises, those of a person; its zero value is all of them.
type Watch struct{ State, Body, Owner string }

// WatchesOf are what a person looks after: the desk everything, a structure's officer
// what her structure organises and what she has begun herself, a State's people what
// goes on there.
func WatchesOf(who access.Subject) []Watch {
	switch {
	case !who.SignedIn():
		return nil
	case who.May(access.HandleHelp, access.Label{Level: access.Official}).Allowed:
		return []Watch{{}}
	case who.May(access.PlanHelp, access.Label{Level: access.Official}).Allowed:
		list := []Watch{{Owner: who.ID}}
		if who.Body != "" {
			list = append(list, Watch{Body: who.Body})
		}
		return list
	case who.State != "":
		return []Watch{{State: who.State}}
	}
	return nil
}

// Tasks are what there is to do until a day, the first one in front; of each kind at
// most so many. What should have been done, reported and looked at counts from the day
// after. now is the moment for which it is asked.
func (a *Assistance) Tasks(ctx context.Context, scope access.Scope, watches []Watch, now time.Time, until string, limit int) ([]Task, error) {
	var list []Task
	for _, w := range watches {
		found, err := a.onDesk(ctx, scope, w, kept, now, until, limit)
		if err != nil {
			return nil, err
		}
		waiting, err := a.waiting(ctx, scope, w, now, until, limit)
		if err != nil {
			return nil, err
		}
		for _, t := range append(found, waiting...) {
			if !slices.Contains(list, t) {
				list = append(list, t)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Task) int { return cmp.Compare(a.Due, b.Due) })
	return list, nil
}

// desk is where the tasks of a watch lie.
func (w Watch) desk() (desk, whose string) {
	switch {
	case w.Owner != "":
		return "owner", w.Owner
	case w.Body != "":
		return "organiser", w.Body
	case w.State != "":
		return "host", w.State
	}
	return "all", ""
}

// dueBy is until which day tasks of a kind are asked for.
func (k TaskKind) dueBy(now time.Time, until string) string {
	switch k {
	case ToDecideOn:
		return endless
	case ToReport, ToReview, ToFollowUp:
		return today(now.AddDate(0, 0, -1))
	}
	return until
}

// onDesk reads the tasks of one desk, kind after kind, each out of the order in which
// they are kept.
func (a *Assistance) onDesk(ctx context.Context, scope access.Scope, w Watch, kinds []TaskKind, now time.Time, until string, limit int) ([]Task, error) {
	desk, whose := w.desk()
	var q query
	var reads []string
	for _, kind := range kinds {
		reads = append(reads, q.bound(`SELECT * FROM (
				SELECT t.kind, t.due, t.project, t.object, t.part FROM task t
				WHERE {scope t} AND t.desk = ? AND t.whose = ? AND t.kind = ? AND t.due <= ? ORDER BY t.due, t.object LIMIT ?) `+strings.ReplaceAll(string(kind), "-", "_"),
			desk, whose, string(kind), kind.dueBy(now, until), limit))
	}
	list, err := store.List[struct {
		Kind                               TaskKind
		Due, Project, Object, Part, Number string
		Title, Lang                        string
	}](ctx, a.DB, scope, `
		SELECT w.kind, w.due, w.project, w.object, w.part, COALESCE(x.of_year, p.of_year) || '/' || COALESCE(x.nth, p.nth) AS number,
		  COALESCE(x.title, p.title) AS title, COALESCE(x.lang, p.lang) AS lang
		FROM (`+strings.Join(reads, " UNION ALL ")+`) w JOIN project p ON p.id = w.project
		LEFT JOIN activity x ON w.kind = 'report' AND x.id = w.object
		ORDER BY w.due, w.object`, q.args...)
	tasks := make([]Task, len(list))
	for i, r := range list {
		t := Task{Kind: r.Kind, Project: r.Project, Number: r.Number, Title: r.Title, Lang: r.Lang, Due: r.Due}
		switch r.Kind {
		case ToReport:
			t.ID = r.Object
		case ToDecideOn:
			t.Host = r.Part
		default:
			t.Of = r.Part
		}
		tasks[i] = t
	}
	return tasks, err
}

// Path is the address of the page where it is done, without language.
func (t Task) Path() string {
	project := "/assistance/projects/" + t.Project
	switch t.Kind {
	case ToDecideOn:
		return project + "/gates"
	case ToReport:
		return "/assistance/activities/" + t.ID
	case ToEvaluate, ToRespond, ToAct:
		return project + "/evaluation/" + t.Of
	case ToArrange:
		return "/assistance/agendas/" + t.ID
	case ToReview, ToFollowUp:
		return project + "/stakeholders"
	}
	return project
}

// UID is the same for the same task for ever.
func (t Task) UID() string {
	return string(t.Kind) + "-" + t.Project + "-" + t.ID + t.Of + t.Host + "-" + t.Due
}
