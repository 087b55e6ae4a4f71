package assistance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/blob"
	"polis/internal/job"
	"polis/internal/lang"
	"polis/internal/sheet"
	"polis/internal/store"
)

// ImportJob is the kind of the job that stores an import.
const ImportJob = "assistance.import"

type importArgs struct{ Import, Sum string }

// Importer stores an import that was started, step by step: a step and how far the
// import is are one write, so it may begin again at any time. Then its file goes.
func (a *Activities) Importer(ctx context.Context, run *job.Run) error {
	var args importArgs
	if err := run.Decode(&args, nil); err != nil {
		return err
	}
	im, err := store.Get[Import](ctx, a.DB, everything, "SELECT "+importColumns+" FROM activity_import WHERE {scope} AND id = $1", args.Import)
	if errors.Is(err, store.ErrNotFound) {
		return a.forget(ctx, blob.Sum(args.Sum)) // its owner is gone
	}
	if err != nil {
		return err
	}
	if im.Stage == ImportStarted && im.Job == run.ID {
		if err := a.storeAll(ctx, im, run.Progress); err != nil {
			return err
		}
	}
	return a.forget(ctx, blob.Sum(args.Sum))
}

// storeAll goes through the rows that are still to be stored.
func (a *Activities) storeAll(ctx context.Context, im Import, progress func(ctx context.Context, done, total int64, mark any) error) error {
	who, err := a.subject(ctx, a.DB, im.Owner)
	if err != nil {
		return fmt.Errorf("assistance: whose import it is: %w", err)
	}
	t, err := a.readImport(ctx, im)
	if err != nil {
		return err
	}
	if int64(len(t.rows)) != im.Total {
		return fmt.Errorf("assistance: the import has %d rows, and not the %d that were shown", len(t.rows), im.Total)
	}
	for im.Done < im.Total {
		part := t.rows[im.Done:min(im.Done+importStep, im.Total)]
		if err := a.storeStep(ctx, who, im, t, part); err != nil {
			return err
		}
		im.Done += int64(len(part))
		if err := progress(ctx, im.Done, im.Total, nil); err != nil {
			return err
		}
	}
	_, err = store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		if _, err := tx.Exec(ctx, "DELETE FROM imported_activity WHERE import IN (SELECT id FROM activity_import WHERE owner = $1 AND id <> $2 AND stage = 'done')", im.Owner, im.ID); err != nil {
			return store.Event{}, err
		}
		_, err := tx.Exec(ctx, "UPDATE activity_import SET stage = 'done', sum = '', updated = $2 WHERE id = $1", im.ID, tx.Now())
		return store.Event{Act: "assistance.import.done", Object: im.ID, Label: im.Label, Quiet: true}, err
	})
	return err
}

func (a *Activities) subject(ctx context.Context, q store.Reader, id string) (access.Subject, error) {
	if a.Subject != nil {
		return a.Subject(ctx, id)
	}
	return account.Rights(ctx, q, id)
}

// storeStep stores some rows, all or none. Each is judged again as things stand now: her
// rights, the gates, and what others have written since she was shown the differences.
func (a *Activities) storeStep(ctx context.Context, who access.Subject, im Import, t *importTable, rows []importRow) error {
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		now, err := a.subject(ctx, tx, who.ID)
		if err == nil {
			err = mayImport(now)
		}
		if err != nil {
			return store.Event{}, err
		}
		l, err := newLook(ctx, tx, now, im, t, rows, tx.Now())
		if err != nil {
			return store.Event{}, err
		}
		s := &importing{look: l, tx: tx, here: map[string]bool{}}
		for _, r := range rows {
			if err := s.take(ctx, l.judge(r)); err != nil {
				return store.Event{}, err
			}
		}
		if err := s.plant(ctx); err != nil {
			return store.Event{}, err
		}
		if err := s.count(ctx, len(rows)); err != nil {
			return store.Event{}, err
		}
		e := store.Event{Act: "assistance.activities.imported", Object: im.ID, Label: access.Label{Level: access.Official, Owner: im.Owner}, Data: map[string][]string{"activities": s.touched}}
		e.Quiet = len(s.touched) == 0
		return e, nil
	})
	return err
}

// importing is a step while it is stored.
type importing struct {
	*look
	tx      *store.Tx
	fresh   []verdict
	here    map[string]bool // activities for which a row stands
	touched []string        // those that were made or changed
	changed int
	same    int
	passed  []PassedRow
}

// take stores a row, puts it aside to be made with the others, or leaves it out.
func (s *importing) take(ctx context.Context, v verdict) error {
	switch {
	case len(v.troubles) > 0:
	case v.was == nil:
		s.fresh = append(s.fresh, v)
		return nil
	case s.here[v.was.ID]:
		v.fault("title", "activityimport.error.same")
	case v.same():
		s.same++
		s.here[v.was.ID] = true
		return nil
	case v.was.Updated.After(s.im.Started):
		v.fault("", "activityimport.error.meanwhile", "number", v.was.Number)
	default:
		s.changed++
		s.here[v.was.ID] = true
		s.touched = append(s.touched, v.was.ID)
		return s.change(ctx, v)
	}
	for _, t := range v.troubles {
		s.passed = append(s.passed, passedRow(t, s.im.Lang))
	}
	return nil
}

func passedRow(t sheet.Trouble, reader lang.Tag) PassedRow {
	return PassedRow{t.Row, t.Letter(), t.Say(lang.For(reader))}
}

// change brings what was there to what the row says, by the steps that the pages take.
func (s *importing) change(ctx context.Context, v verdict) error {
	x := *v.was
	if v.rewrites() {
		if err := x.rewrite(ctx, s.tx, s.who, v.next()); err != nil {
			return err
		}
		var err error
		if x, err = activity(ctx, s.tx, everything, x.ID); err != nil {
			return err
		}
	}
	switch {
	case v.holds():
		return x.hold(ctx, s.tx, s.who, *v.project, *v.held)
	case v.mends():
		former := x.Held()
		step := activityStep{move: MendMove, stage: ActivityHeld, words: s.im.Name, former: store.JSON(Former{Held: &former})}
		return x.putHeld(ctx, s.tx, s.who, *v.project, *v.held, step)
	}
	return nil
}

// plant makes the new ones, project by project; those that were held with their figures.
func (s *importing) plant(ctx context.Context) error {
	for len(s.fresh) > 0 {
		p := s.fresh[0].project
		n := slices.IndexFunc(s.fresh, func(v verdict) bool { return v.project.ID != p.ID })
		if n < 0 {
			n = len(s.fresh)
		}
		var list []Activity
		for _, v := range s.fresh[:n] {
			x := Activity{ID: store.NewID(), Importer: s.im.Importer, External: v.row.key}
			x.apply(v.draft)
			if v.held != nil {
				x.Figures = v.held.Figures
			}
			list = append(list, x)
		}
		if err := p.plant(ctx, s.tx, s.who, list); err != nil {
			return err
		}
		for _, x := range list {
			s.touched, s.here[x.ID] = append(s.touched, x.ID), true
		}
		s.fresh = s.fresh[n:]
	}
	return nil
}

// count moves the import on by its rows, and keeps for which activities they stand.
func (s *importing) count(ctx context.Context, rows int) error {
	var stand [][]any
	for id := range s.here {
		stand = append(stand, []any{s.im.ID, id})
	}
	if err := s.tx.Insert(ctx, "imported_activity (import, activity)", stand, " ON CONFLICT DO NOTHING"); err != nil {
		return err
	}
	before, err := store.Get[Import](ctx, s.tx, everything, "SELECT "+importColumns+" FROM activity_import WHERE {scope} AND id = $1", s.im.ID)
	if err != nil {
		return err
	}
	if before.Stage != ImportStarted || before.Done != s.im.Done {
		return fmt.Errorf("assistance: another worker stores the import %s", s.im.ID)
	}
	passed := slices.Concat(before.Passed, s.passed)
	_, err = s.tx.Exec(ctx, `
		UPDATE activity_import SET done = done + $2, made = made + $3, changed = changed + $4, same = same + $5, passed = $6, updated = $7
		WHERE id = $1`, s.im.ID, rows, len(s.touched)-s.changed, s.changed, s.same, store.JSON(passed[:min(len(passed), mostPassed)]), s.tx.Now())
	return err
}

// forget takes the file of an import away, unless something else refers to it. One that
// has only just come rests first.
func (a *Activities) forget(ctx context.Context, sum blob.Sum) error {
	n, err := store.Get[int](ctx, a.DB, everything, "SELECT COUNT(*) FROM activity_import WHERE {scope} AND sum = $1", string(sum))
	if err != nil || n > 0 {
		return err
	}
	if a.Needs != nil {
		if needed, err := a.Needs(ctx, sum); err != nil || needed {
			return err
		}
	}
	err = a.Files.Remove(ctx, sum, a.Rest)
	switch {
	case errors.Is(err, blob.ErrYoung):
		return job.Later(a.Rest+time.Second, err)
	case errors.Is(err, blob.ErrNotFound):
		return nil
	}
	return err
}
