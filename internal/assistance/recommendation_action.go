package assistance

import (
	"context"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// Action is what is done about a recommendation: by which office, until when, and what
// was done.
type Action struct {
	ID             string
	Recommendation string
	Project        string
	Kind           EvaluationKind
	Number         string // the project's
	Title          string
	Task           string
	Office         string // that answers for it: id of the directory, or a name
	Person         string // who has taken it on herself, or ""
	Due            string // the day
	Done           string // the day, or ""
	How            string // what was done
	Rev            int64
	access.Label   // the project's
}

// Overdue reports whether it should have been done before this moment.
func (a Action) Overdue(now time.Time) bool { return a.Done == "" && a.Due < today(now) }

const actionColumns = `a.id, a.recommendation, r.project, r.kind, p.of_year || '/' || p.nth AS number, p.title, a.task, a.office, a.person, a.due, a.done, a.how, a.rev,
	p.level, p.state, p.grp, p.owner`

const actionsFrom = " FROM recommendation_action a JOIN recommendation r ON r.id = a.recommendation JOIN project p ON p.id = r.project WHERE "

// ActionDraft is what is written of one.
type ActionDraft struct {
	Task   string
	Office string
	Person string // an id, or ""
	Due    string
}

// Validate returns an Invalid that names the fields, or nil.
func (d ActionDraft) Validate() error {
	v := Invalid{}
	for field, of := range map[string]struct {
		text string
		most int
	}{"task": {d.Task, maxWords}, "office": {d.Office, maxName}} {
		v.text(field, strings.TrimSpace(of.text), of.most, false)
		if strings.TrimSpace(of.text) == "" {
			v[field] = "evaluation.error." + field
		}
	}
	if due := strings.TrimSpace(d.Due); len(due) != len(time.DateOnly) || !validDate(due) {
		v["due"] = "assistance.error.day"
	}
	return v.orNil()
}

// PlanAction says what is done about a recommendation that was accepted, in full or in
// part.
func (a *Assistance) PlanAction(ctx context.Context, who access.Subject, recommendation string, d ActionDraft) (string, error) {
	id := store.NewID()
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		rev, err := store.Get[int64](ctx, tx, everything, "SELECT rev FROM recommendation WHERE {scope} AND id = $1", recommendation)
		if err != nil {
			return store.Event{}, err
		}
		r, _, err := recommendationOf(ctx, tx, who, recommendation, rev)
		switch {
		case err != nil:
			return store.Event{}, err
		case r.Response == "":
			return store.Event{}, Impossible{"act", "", "evaluation.impossible.unanswered"}
		case !r.Response.Acts():
			return store.Event{}, Impossible{"act", string(r.Response), "evaluation.impossible.rejected"}
		}
		if err := d.Validate(); err != nil {
			return store.Event{}, err
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO recommendation_action (id, recommendation, response, task, office, person, due, done, how, rev, created, updated)
			VALUES ($1, $2, $3, $4, $5, $6, $7, '', '', 1, $8, $8)`,
			id, r.ID, string(r.Response), strings.TrimSpace(d.Task), strings.TrimSpace(d.Office), d.Person, strings.TrimSpace(d.Due), tx.Now())
		return r.event("assistance.evaluation.action-planned"), keepTasks(ctx, tx, r.Project, err)
	})
	return id, err
}

// Finishes reports whether she says of the action that it is done: who writes the
// project, and who has taken it on herself.
func (a Action) Finishes(who access.Subject, p Project) bool {
	return p.Writes(who) || who.SignedIn() && a.Person == who.ID
}

// FinishAction says that an action is done, on which day and how; "" is today. rev is
// the revision that the caller read.
func (a *Assistance) FinishAction(ctx context.Context, who access.Subject, id string, rev int64, done, how string) error {
	done, how = strings.TrimSpace(done), strings.TrimSpace(how)
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		of, err := store.Get[Action](ctx, tx, who.Scope(), "SELECT "+actionColumns+actionsFrom+"{scope p} AND a.id = $1", id)
		if err != nil {
			return store.Event{}, err
		}
		p, err := project(ctx, tx, who.Scope(), of.Project)
		switch {
		case err != nil:
			return store.Event{}, err
		case !of.Finishes(who, p):
			return store.Event{}, ErrForbidden
		case of.Rev != rev:
			return store.Event{}, Stale{of.Rev}
		case of.Done != "":
			return store.Event{}, Impossible{"finish", "done", "evaluation.impossible.done"}
		}
		if done == "" {
			done = today(tx.Now())
		}
		v := Invalid{}
		v.text("how", how, maxWords, false)
		if how == "" {
			v["how"] = "evaluation.error.how"
		}
		switch {
		case len(done) != len(time.DateOnly) || !validDate(done):
			v["done"] = "assistance.error.day"
		case done > today(tx.Now()):
			v["done"] = "evaluation.error.done"
		}
		if len(v) > 0 {
			return store.Event{}, v
		}
		_, err = tx.Exec(ctx, "UPDATE recommendation_action SET done = $2, how = $3, rev = rev + 1, updated = $4 WHERE id = $1", id, done, how, tx.Now())
		return of.event("assistance.evaluation.action-done"), keepTasks(ctx, tx, of.Project, err)
	})
	return err
}

// event is about the action's evaluation's project; its texts stand in no log.
func (a Action) event(act string) store.Event {
	return store.Event{Act: act, Object: a.Project, Label: a.Label}
}
