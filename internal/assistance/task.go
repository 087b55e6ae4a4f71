package assistance

import (
	"cmp"
	"context"
	"slices"
	"time"

	"polis/internal/access"
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

// TaskKinds lists them all.
var TaskKinds = []TaskKind{ToDecideOn, ToReport, ToEvaluate, ToRespond, ToAct, ToReview, ToFollowUp, ToArrange}

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
// most so many. now is the moment for which it is asked.
func (a *Assistance) Tasks(ctx context.Context, scope access.Scope, watches []Watch, now time.Time, until string, limit int) ([]Task, error) {
	var list []Task
	for _, w := range watches {
		for _, find := range []func(context.Context, access.Scope, Watch, time.Time, string, int) ([]Task, error){
			a.decisions, a.reports, a.evaluations, a.responses, a.actions, a.reviews, a.followUps, a.waiting,
		} {
			found, err := find(ctx, scope, w, now, until, limit)
			if err != nil {
				return nil, err
			}
			for _, t := range found {
				if !slices.Contains(list, t) {
					list = append(list, t)
				}
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Task) int { return cmp.Compare(a.Due, b.Due) })
	return list, nil
}

// dayBehind is the day after, because lists ask for what is due before a day.
func dayBehind(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, 1).Format(time.DateOnly)
}

func (a *Assistance) decisions(ctx context.Context, scope access.Scope, w Watch, _ time.Time, _ string, limit int) (list []Task, err error) {
	gates, err := a.toDecide(ctx, scope, w, limit)
	for _, g := range gates {
		p, err := a.Project(ctx, scope, g.Project)
		if err != nil {
			return nil, err
		}
		list = append(list, Task{Kind: ToDecideOn, Project: p.ID, Host: g.Host, Number: p.Number, Title: p.Title, Lang: string(p.Lang), Due: g.DecideBy})
	}
	return list, err
}

func (a *Assistance) reports(ctx context.Context, scope access.Scope, w Watch, now time.Time, _ string, limit int) (list []Task, err error) {
	f := ActivityFilter{State: w.State, Body: w.Body, Owner: w.Owner, Stages: []ActivityStage{ActivityPlanned}, To: today(now.AddDate(0, 0, -1))}
	activities, _, err := a.Activities(ctx, scope, f, Place{}, limit)
	for _, x := range activities {
		list = append(list, Task{Kind: ToReport, Project: x.Project, ID: x.ID, Number: x.Number, Title: x.Title, Lang: string(x.Lang), Due: x.Ends})
	}
	return list, err
}

func (w Watch) chase(until string) Chase {
	return Chase{Before: dayBehind(until), State: w.State, Body: w.Body, Owner: w.Owner}
}

func (a *Assistance) evaluations(ctx context.Context, scope access.Scope, w Watch, now time.Time, until string, limit int) (list []Task, err error) {
	due, _, err := a.OverdueEvaluations(ctx, scope, w.chase(until), now, Place{}, limit)
	for _, e := range due {
		list = append(list, Task{Kind: ToEvaluate, Project: e.Project, Of: string(e.Kind), Number: e.Number, Title: e.Title, Lang: string(e.ProjectLang), Due: e.Due})
	}
	return list, err
}

func (a *Assistance) responses(ctx context.Context, scope access.Scope, w Watch, now time.Time, until string, limit int) (list []Task, err error) {
	due, _, err := a.OverdueResponses(ctx, scope, w.chase(until), now, Place{}, limit)
	for _, r := range due {
		list = append(list, Task{Kind: ToRespond, Project: r.Project, Of: string(r.Kind), Number: r.Number, Title: r.Title, Due: r.AnswerBy})
	}
	return list, err
}

func (a *Assistance) actions(ctx context.Context, scope access.Scope, w Watch, now time.Time, until string, limit int) (list []Task, err error) {
	due, _, err := a.OverdueActions(ctx, scope, w.chase(until), now, Place{}, limit)
	for _, x := range due {
		list = append(list, Task{Kind: ToAct, Project: x.Project, Of: string(x.Kind), Number: x.Number, Title: x.Title, Due: x.Due})
	}
	return list, err
}

func (a *Assistance) reviews(ctx context.Context, scope access.Scope, w Watch, now time.Time, _ string, limit int) (list []Task, err error) {
	due, _, err := a.OverdueRisks(ctx, scope, OverdueFilter{Owner: w.Owner, Body: w.Body, State: w.State}, now, DuePlace{}, limit)
	for _, r := range due {
		list = append(list, Task{Kind: ToReview, Project: r.Project, Number: r.Number, Title: r.Title, Lang: r.Lang, Due: r.Review})
	}
	return list, err
}

func (a *Assistance) followUps(ctx context.Context, scope access.Scope, w Watch, now time.Time, _ string, limit int) (list []Task, err error) {
	due, _, err := a.OverdueFollowUps(ctx, scope, OverdueFilter{Owner: w.Owner, Body: w.Body, State: w.State}, now, DuePlace{}, limit)
	for _, c := range due {
		list = append(list, Task{Kind: ToFollowUp, Project: c.Project, Number: c.Number, Title: c.Title, Lang: c.Lang, Due: c.Due})
	}
	return list, err
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
		return project + "/evaluation"
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
