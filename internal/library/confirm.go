package library

import (
	"context"
	"fmt"

	"polis/internal/access"
	"polis/internal/job"
	"polis/internal/store"
)

// Filter chooses among what has arrived.
type Filter struct {
	Batch string
	Stage Stage
}

// Intakes lists what has arrived, newest first, and how many there are in all.
// Those who operate the system see everybody's, others their own.
func (l *Library) Intakes(ctx context.Context, who access.Subject, f Filter, limit, offset int) ([]Intake, int64, error) {
	const where = "FROM intake WHERE {scope} AND ($1 = '' OR batch = $1) AND ($2 = '' OR stage = $2) AND ($2 <> '' OR stage <> 'discarded')"
	list, err := store.List[Intake](ctx, l.DB, trayScope(who),
		"SELECT "+intakeColumns+" "+where+" ORDER BY created DESC, id DESC LIMIT $3 OFFSET $4", f.Batch, string(f.Stage), limit, offset)
	if err != nil {
		return nil, 0, err
	}
	n, err := store.Get[int64](ctx, l.DB, trayScope(who), "SELECT COUNT(*) "+where, f.Batch, string(f.Stage))
	return list, n, err
}

// Stages counts what has arrived by stage.
func (l *Library) Stages(ctx context.Context, who access.Subject, batch string) (map[Stage]int64, error) {
	rows, err := store.List[struct {
		Stage Stage
		N     int64
	}](ctx, l.DB, trayScope(who), `
		SELECT stage, COUNT(*) AS n
		FROM intake
		WHERE {scope} AND ($1 = '' OR batch = $1)
		GROUP BY stage`, batch)
	counts := map[Stage]int64{}
	for _, r := range rows {
		counts[r.Stage] = r.N
	}
	return counts, err
}

// trayScope: a file in the intake is seen by who brought it, and by those who
// operate the system, for whom the quarantine is a work list.
func trayScope(who access.Subject) access.Scope {
	if who.SignedIn() && who.May(access.Operate, access.Label{}).Allowed {
		return parts
	}
	return who.Scope()
}

// Intake reads one arrived file.
func (l *Library) Intake(ctx context.Context, who access.Subject, id string) (Intake, error) {
	return store.Get[Intake](ctx, l.DB, trayScope(who), "SELECT "+intakeColumns+" FROM intake WHERE {scope} AND id = $1", id)
}

// Confirm makes a document of a ready file, or, where into is the id of one,
// its next language version or version. It returns the document's id.
func (l *Library) Confirm(ctx context.Context, who access.Subject, id string, rev int64, into string, d Draft, t Text) (string, error) {
	in, err := l.Intake(ctx, who, id)
	if err != nil {
		return "", err
	}
	if in.Stage == Kept { // the second click of a double click
		return in.Document, nil
	}
	if in.Stage != Ready || in.Rev != rev {
		return "", Stale{in.Rev}
	}
	stored, err := l.text(ctx, in)
	if err != nil {
		return "", err
	}
	stored.Lang, stored.Title, stored.Summary, stored.Mark = t.Lang, t.Title, t.Summary, t.Mark
	events, err := store.WriteAll(ctx, l.DB, who, func(tx *store.Tx) ([]store.Event, error) {
		return keep(ctx, tx, who, in, into, d, stored)
	})
	if err != nil {
		return "", err
	}
	return events[len(events)-1].Object, nil
}

// keep writes the document and closes the intake, in that order of events.
func keep(ctx context.Context, tx *store.Tx, who access.Subject, in Intake, into string, d Draft, t Text) ([]store.Event, error) {
	var (
		made store.Event
		err  error
	)
	if into == "" {
		into = store.NewID()
		made, err = create(ctx, tx, who, into, d, []Text{t})
	} else {
		made, err = extend(ctx, tx, who, into, t)
	}
	if err != nil {
		return nil, err
	}
	in.Stage, in.Document = Kept, into
	return []store.Event{in.event(), made}, updateIntake(ctx, tx, in)
}

func extend(ctx context.Context, tx *store.Tx, who access.Subject, id string, t Text) (store.Event, error) {
	d, err := store.Get[Document](ctx, tx, who.Scope(), "SELECT "+documentColumns+" FROM document d WHERE {scope d} AND d.id = $1", id)
	if err != nil {
		return store.Event{}, err
	}
	if !who.May(access.Edit, d.Label).Allowed {
		return store.Event{}, ErrForbidden
	}
	return addText(ctx, tx, d, t)
}

// Discard puts a file aside that shall not become a document. Its content stays
// in the store until the retention job takes it.
func (l *Library) Discard(ctx context.Context, who access.Subject, id string) error {
	return l.move(ctx, who, id, Discarded, func(s Stage) bool { return s != Kept })
}

// Retry reads a quarantined file again: the limits or the tools may have
// changed.
func (l *Library) Retry(ctx context.Context, who access.Subject, id string) error {
	return l.move(ctx, who, id, Arrived, func(s Stage) bool { return s == Quarantined })
}

func (l *Library) move(ctx context.Context, who access.Subject, id string, to Stage, from func(Stage) bool) error {
	_, err := store.Write(ctx, l.DB, who, func(tx *store.Tx) (store.Event, error) {
		in, err := store.Get[Intake](ctx, tx, trayScope(who), "SELECT "+intakeColumns+" FROM intake WHERE {scope} AND id = $1", id)
		if err != nil {
			return store.Event{}, err
		}
		if in.Stage == to {
			return store.Event{}, store.ErrUnchanged
		}
		if !from(in.Stage) || to == Arrived && in.Sum == "" {
			return store.Event{}, fmt.Errorf("library: a file that is %s cannot become %s: %w", in.Stage, to, ErrForbidden)
		}
		in.Stage, in.Reason = to, ""
		if to == Arrived {
			if _, err := job.Add(ctx, tx, readJob, in.ID, in.Label); err != nil {
				return store.Event{}, err
			}
		}
		return in.event(), updateIntake(ctx, tx, in)
	})
	return err
}
