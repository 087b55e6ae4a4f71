package assistance

import (
	"context"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/store"
)

func (d *ResultDraft) clean() {
	for _, s := range []*string{&d.Parent, &d.Text, &d.Capacity, &d.Assumptions} {
		*s = strings.TrimSpace(*s)
	}
	if d.Kind == Impact {
		d.Parent, d.Capacity = "", ""
	}
}

// check asks whether the result can stand in the framework, and not under itself.
func (d ResultDraft) check(f Framework, itself string) error {
	v := Invalid{}
	if !slices.Contains(ResultKinds, d.Kind) {
		v["kind"] = "assistance.error.choice"
	}
	v.need("text", d.Text, maxWords, "result.error.text")
	v.text("assumptions", d.Assumptions, maxWords, false)
	if d.Kind != Impact {
		v.among("capacity", d.Capacity, Capacities, "result.error.capacity")
	}
	if parent, ok := f.Result(d.Parent); d.Kind != Impact && (!ok || parent.Kind != d.Kind.Above()) {
		v["parent"] = "result.error.parent." + string(d.Kind)
	} else if ok && parent.Retired != "" {
		v["parent"] = "result.error.parent.retired"
	}
	if old, ok := f.Result(itself); ok && old.Kind != d.Kind {
		v["kind"] = "result.error.kind"
	}
	return v.orNil()
}

// maxResults is how many results a project may have, and how many indicators.
const maxResults = 200

// AddResult adds one to the framework of a project, behind its like.
func (a *Assistance) AddResult(ctx context.Context, who access.Subject, project string, d ResultDraft) (string, error) {
	d.clean()
	id := store.NewID()
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, err := partly(ctx, tx, who, project, "change")
		if err != nil {
			return store.Event{}, err
		}
		f, err := results(ctx, tx, project)
		if err != nil {
			return store.Event{}, err
		}
		if err := d.check(f, ""); err != nil {
			return store.Event{}, err
		}
		if len(f.Results) >= maxResults {
			return store.Event{}, Invalid{"text": "result.error.many"}
		}
		n, err := lastPlace(ctx, tx, "result", project)
		if err != nil {
			return store.Event{}, err
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO result (id, project, kind, parent, parent_kind, parent_live, text, capacity, assumptions, n, retired, live, rev, created, updated)
			SELECT $1, $2, $3, u.id, u.kind, u.live, $4, $5, $6, $7, '', TRUE, 1, $8, $8
			FROM (SELECT 1 AS one) o LEFT JOIN result u ON u.id = $9`,
			id, project, string(d.Kind), d.Text, d.Capacity, d.Assumptions, n, tx.Now(), d.Parent)
		return store.Event{Act: "assistance.result.added", Object: id, Label: p.Label}, err
	})
	return id, err
}

// found reads a result for somebody who writes it, at the revision that she read.
func found(ctx context.Context, tx *store.Tx, who access.Subject, project, id string, rev int64) (p Project, f Framework, r Result, err error) {
	if p, err = partly(ctx, tx, who, project, "change"); err != nil {
		return p, f, r, err
	}
	if f, err = results(ctx, tx, project); err != nil {
		return p, f, r, err
	}
	r, ok := f.Result(id)
	switch {
	case !ok:
		err = store.ErrNotFound
	case r.Rev != rev:
		err = Stale{r.Rev}
	}
	return p, f, r, err
}

// ChangeResult writes one anew, and hangs it elsewhere where its parent is another.
func (a *Assistance) ChangeResult(ctx context.Context, who access.Subject, project, id string, rev int64, d ResultDraft) error {
	d.clean()
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, f, r, err := found(ctx, tx, who, project, id, rev)
		if err != nil {
			return store.Event{}, err
		}
		if r.Retired != "" {
			return store.Event{}, Impossible{"change", "retired", "result.impossible.retired"}
		}
		if err := d.check(f, id); err != nil {
			return store.Event{}, err
		}
		if d == r.ResultDraft {
			return store.Event{}, store.ErrUnchanged
		}
		if err := p.keep(ctx, tx, who, id, rev, former{Result: &r.ResultDraft}); err != nil {
			return store.Event{}, err
		}
		_, err = tx.Exec(ctx, `
			UPDATE result SET text = $2, capacity = $3, assumptions = $4, parent = (SELECT id FROM result WHERE id = $5),
			  parent_kind = (SELECT kind FROM result WHERE id = $5), parent_live = (SELECT live FROM result WHERE id = $5), rev = rev + 1, updated = $6
			WHERE id = $1`, id, d.Text, d.Capacity, d.Assumptions, d.Parent, tx.Now())
		return store.Event{Act: "assistance.result.changed", Object: id, Label: p.Label}, err
	})
	return err
}

// ShiftResult exchanges its place with the one before or behind it.
func (a *Assistance) ShiftResult(ctx context.Context, who access.Subject, project, id string, rev int64, up bool) error {
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, f, r, err := found(ctx, tx, who, project, id, rev)
		if err != nil {
			return store.Event{}, err
		}
		other, ok := beside(f.siblings(r), func(s Result) bool { return s.ID == id }, up)
		if !ok {
			return store.Event{}, store.ErrUnchanged
		}
		for place, of := range map[int64]string{r.N: other.ID, other.N: id} {
			if _, err := tx.Exec(ctx, "UPDATE result SET n = $2, updated = $3 WHERE id = $1", of, place, tx.Now()); err != nil {
				return store.Event{}, err
			}
		}
		return store.Event{Act: "assistance.result.moved", Object: id, Label: p.Label}, nil
	})
	return err
}

// RemoveResult takes one away with those below it and their indicators, as long as
// nothing was measured on them.
func (a *Assistance) RemoveResult(ctx context.Context, who access.Subject, project, id string, rev int64) error {
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, f, _, err := found(ctx, tx, who, project, id, rev)
		switch {
		case err != nil:
			return store.Event{}, err
		case f.Measured(id):
			return store.Event{}, Impossible{"remove", "measured", "result.impossible.measured"}
		}
		for _, one := range f.branch(id) {
			r, _ := f.Result(one)
			if err := p.keep(ctx, tx, who, one, r.Rev, former{Result: &r.ResultDraft}); err != nil {
				return store.Event{}, err
			}
			for _, query := range []string{"DELETE FROM indicator WHERE result = $1", "DELETE FROM result WHERE id = $1"} {
				if _, err := tx.Exec(ctx, query, one); err != nil {
					return store.Event{}, err
				}
			}
		}
		return store.Event{Act: "assistance.result.removed", Object: id, Label: p.Label}, nil
	})
	return err
}

// RetireResult lets one, and those below it, count no more; what was measured stays.
// words are why. RestoreResult takes it back.
func (a *Assistance) RetireResult(ctx context.Context, who access.Subject, project, id string, rev int64, words string) error {
	words = strings.TrimSpace(words)
	v := Invalid{}
	v.need("words", words, maxWords, "result.error.words.retire")
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, f, r, err := found(ctx, tx, who, project, id, rev)
		switch {
		case err != nil:
			return store.Event{}, err
		case r.Retired != "":
			return store.Event{}, Impossible{"retire", "retired", "result.impossible.retired"}
		case len(v) > 0:
			return store.Event{}, v
		}
		for _, one := range f.branch(id) {
			if _, err := tx.Exec(ctx, "UPDATE result SET retired = $2, live = FALSE, rev = rev + 1, updated = $3 WHERE id = $1 AND live", one, words, tx.Now()); err != nil {
				return store.Event{}, err
			}
		}
		return store.Event{Act: "assistance.result.retired", Object: id, Label: p.Label}, nil
	})
	return err
}

// RestoreResult lets a retired one count again; its parent has to count.
func (a *Assistance) RestoreResult(ctx context.Context, who access.Subject, project, id string, rev int64) error {
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, f, r, err := found(ctx, tx, who, project, id, rev)
		if err != nil {
			return store.Event{}, err
		}
		if parent, ok := f.Result(r.Parent); ok && parent.Retired != "" {
			return store.Event{}, Impossible{"restore", "retired", "result.impossible.restore"}
		}
		if r.Retired == "" {
			return store.Event{}, store.ErrUnchanged
		}
		_, err = tx.Exec(ctx, "UPDATE result SET retired = '', live = TRUE, rev = rev + 1, updated = $2 WHERE id = $1", id, tx.Now())
		return store.Event{Act: "assistance.result.restored", Object: id, Label: p.Label}, err
	})
	return err
}
