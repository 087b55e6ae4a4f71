package assistance

import (
	"context"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/store"
)

// ContextDraft is what of a note is written.
type ContextDraft struct {
	About   string // the State, or ""
	Theme   string // or ""
	Lang    lang.Tag
	Title   string
	Summary string
}

// Draft is what of a note can be written anew.
func (c ContextNote) Draft() ContextDraft {
	return ContextDraft{c.About, c.Theme, c.Lang, c.Title, c.Summary}
}

func (d *ContextDraft) clean() {
	for _, s := range []*string{&d.About, &d.Theme, &d.Title, &d.Summary} {
		*s = strings.TrimSpace(*s)
	}
}

func (d ContextDraft) validate(ctx context.Context, q store.Reader) error {
	v := Invalid{}
	if _, ok := lang.Parse(string(d.Lang)); !ok {
		v["lang"] = "assistance.error.lang"
	}
	v.text("title", d.Title, maxTitle, true)
	v.text("summary", d.Summary, maxText, false)
	if _, ok := framework.Theme(d.Theme); d.Theme != "" && !ok {
		v["theme"] = "assistance.error.themes"
	}
	if d.About == "" && d.Theme == "" {
		v["about"] = "context.error.about"
	}
	if d.About != "" {
		ok, err := isState(ctx, q, d.About)
		if err != nil {
			return err
		}
		if !ok {
			v["about"] = "assistance.error.giver.state"
		}
	}
	return v.orNil()
}

// WriteContext begins a note. Its factors are put into it one by one.
func (a *Assistance) WriteContext(ctx context.Context, who access.Subject, d ContextDraft) (string, error) {
	d.clean()
	c := ContextNote{ID: store.NewID(), Label: access.Label{Level: access.Official, State: d.About, Owner: owner(who)}}
	if !who.SignedIn() || !who.May(access.Assess, c.Label).Allowed {
		return "", ErrForbidden
	}
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		if err := d.validate(ctx, tx); err != nil {
			return store.Event{}, err
		}
		var about any
		if d.About != "" {
			about = d.About
		}
		_, err := tx.Exec(ctx, `
			INSERT INTO context_note (id, about, theme, lang, title, summary, review_by, retired, moves, rev, created, updated, level, state, grp, owner)
			VALUES ($1, $2, $3, $4, $5, $6, '', '', 0, 1, $7, $7, $8, $9, '', $10)`,
			c.ID, about, d.Theme, string(d.Lang), d.Title, d.Summary, tx.Now(), int(c.Level), c.State, c.Owner)
		if err != nil {
			return store.Event{}, err
		}
		return c.event("assistance.context.written"), c.step(ctx, tx, who, "write", "", "")
	})
	return c.ID, err
}

// step writes the note's next step.
func (c ContextNote) step(ctx context.Context, tx *store.Tx, who access.Subject, move, words, former string) error {
	_, err := tx.Exec(ctx, "INSERT INTO context_step (note, n, move, words, former, by_whom, at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		c.ID, c.Moves+1, move, words, former, owner(who), tx.Now())
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE context_note SET moves = moves + 1, updated = $2 WHERE id = $1", c.ID, tx.Now())
	return err
}

// writeContext reads a note for somebody who writes it, and lets her write while it is
// not retired. change returns how the event is called.
func (a *Assistance) writeContext(ctx context.Context, who access.Subject, id string, change func(tx *store.Tx, c ContextNote) (string, error)) error {
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		c, err := contextNote(ctx, tx, who.Scope(), id)
		switch {
		case err != nil:
			return store.Event{}, err
		case !who.SignedIn() || !who.May(access.Assess, c.Label).Allowed:
			return store.Event{}, ErrForbidden
		case c.Retired != "":
			return store.Event{}, Impossible{"write", "retired", "context.impossible.retired"}
		}
		act, err := change(tx, c)
		return c.event(act), err
	})
	return err
}

// ReviseContext writes a note anew; what stood there stays with the step. rev is the
// revision that the caller read, here as in what follows.
func (a *Assistance) ReviseContext(ctx context.Context, who access.Subject, id string, rev int64, d ContextDraft) error {
	d.clean()
	return a.writeContext(ctx, who, id, func(tx *store.Tx, c ContextNote) (string, error) {
		if c.Rev != rev {
			return "", Stale{c.Rev}
		}
		if err := d.validate(ctx, tx); err != nil {
			return "", err
		}
		if c.Draft() == d {
			return "", store.ErrUnchanged
		}
		var about any
		if d.About != "" {
			about = d.About
		}
		_, err := tx.Exec(ctx, "UPDATE context_note SET about = $2, state = $3, theme = $4, lang = $5, title = $6, summary = $7, rev = rev + 1 WHERE id = $1",
			id, about, d.About, d.Theme, string(d.Lang), d.Title, d.Summary)
		if err != nil {
			return "", err
		}
		return "assistance.context.revised", c.step(ctx, tx, who, "revise", "", store.JSON(c.Draft()))
	})
}

// RetireContext takes a note out of use: nobody cites it any more. Who has cited it
// still leads to it.
func (a *Assistance) RetireContext(ctx context.Context, who access.Subject, id string, rev int64, reason string) error {
	reason = strings.TrimSpace(reason)
	return a.writeContext(ctx, who, id, func(tx *store.Tx, c ContextNote) (string, error) {
		if c.Rev != rev {
			return "", Stale{c.Rev}
		}
		v := Invalid{}
		v.need("words", reason, maxWords, "context.error.retire")
		if len(v) > 0 {
			return "", v
		}
		if _, err := tx.Exec(ctx, "UPDATE context_note SET retired = $2, rev = rev + 1 WHERE id = $1", id, today(tx.Now())); err != nil {
			return "", err
		}
		return "assistance.context.retired", c.step(ctx, tx, who, "retire", reason, "")
	})
}

func (d *FactorDraft) clean() {
	for _, s := range []*string{&d.Words, &d.Source, &d.Dated, &d.Document, &d.ReviewBy} {
		*s = strings.TrimSpace(*s)
	}
}

func (d FactorDraft) validate(now time.Time) error {
	v := Invalid{}
	v.among("kind", d.Kind, FactorKinds, "context.error.kind")
	v.need("words", d.Words, maxWords, "context.error.words")
	v.evidence(d.Source, d.Dated, now)
	if key := v["evidence"]; key != "" {
		v["source"] = key
		delete(v, "evidence")
	}
	v.text("document", d.Document, maxName, false)
	graded := append([]string{""}, Reliabilities...)
	credible := append([]string{""}, Credibilities...)
	if d.Kind == Threat {
		graded, credible = Reliabilities, Credibilities
	}
	v.among("reliability", d.Reliability, graded, "context.error.reliability")
	v.among("credibility", d.Credibility, credible, "context.error.credibility")
	switch {
	case len(d.ReviewBy) != len(time.DateOnly) || !validDate(d.ReviewBy):
		v["review_by"] = "context.error.review"
	case d.ReviewBy < today(now):
		v["review_by"] = "context.error.past"
	}
	return v.orNil()
}

// PutFactor writes a factor of a note anew, or a new one, factor "" and rev 0. Reviewing
// one is writing it with a later day.
func (a *Assistance) PutFactor(ctx context.Context, who access.Subject, note, factor string, rev int64, d FactorDraft) error {
	d.clean()
	return a.writeContext(ctx, who, note, func(tx *store.Tx, c ContextNote) (string, error) {
		if err := d.validate(tx.Now()); err != nil {
			return "", err
		}
		s := ContextStep{Move: "add", Words: d.Kind}
		former := ""
		if factor != "" {
			f, err := factorOf(ctx, tx, note, factor, rev)
			if err != nil {
				return "", err
			}
			if f.FactorDraft == d {
				return "", store.ErrUnchanged
			}
			s.Move, former = "change", store.JSON(f.FactorDraft)
		}
		if err := c.putFactor(ctx, tx, factor, d); err != nil {
			return "", err
		}
		return "assistance.context.revised", c.step(ctx, tx, who, s.Move, s.Words, former)
	})
}

func factorOf(ctx context.Context, tx *store.Tx, note, id string, rev int64) (Factor, error) {
	f, err := store.Get[Factor](ctx, tx, everything, "SELECT "+factorColumns+" FROM context_factor WHERE {scope} AND note = $1 AND id = $2", note, id)
	if err == nil && f.Rev != rev {
		err = Stale{f.Rev}
	}
	return f, err
}

// putFactor stores a factor. The note is to be reviewed no later than it.
func (c ContextNote) putFactor(ctx context.Context, tx *store.Tx, factor string, d FactorDraft) error {
	first := d.ReviewBy
	if c.ReviewBy != "" {
		first = min(first, c.ReviewBy)
	}
	if _, err := tx.Exec(ctx, "UPDATE context_note SET review_by = $2 WHERE id = $1", c.ID, first); err != nil {
		return err
	}
	var err error
	if factor == "" {
		err = tx.Insert(ctx, "context_factor (id, note, note_review, kind, words, source, dated, document, reliability, credibility, review_by, rev, created, updated)", [][]any{{
			store.NewID(), c.ID, first, d.Kind, d.Words, d.Source, d.Dated, d.Document, d.Reliability, d.Credibility, d.ReviewBy, 1, tx.Now(), tx.Now(),
		}}, "")
	} else {
		_, err = tx.Exec(ctx, `
			UPDATE context_factor
			SET kind = $2, words = $3, source = $4, dated = $5, document = $6, reliability = $7, credibility = $8, review_by = $9, rev = rev + 1, updated = $10
			WHERE id = $1`, factor, d.Kind, d.Words, d.Source, d.Dated, d.Document, d.Reliability, d.Credibility, d.ReviewBy, tx.Now())
	}
	if err != nil {
		return err
	}
	return c.reckon(ctx, tx)
}

// reckon sets the note's day to the first of its factors'.
func (c ContextNote) reckon(ctx context.Context, tx *store.Tx) error {
	_, err := tx.Exec(ctx, "UPDATE context_note SET review_by = (SELECT COALESCE(MIN(f.review_by), '') FROM context_factor f WHERE f.note = $1) WHERE id = $1", c.ID)
	return err
}

// DropFactor takes a factor out of a note; what it said stays with the step.
func (a *Assistance) DropFactor(ctx context.Context, who access.Subject, note, factor string, rev int64) error {
	return a.writeContext(ctx, who, note, func(tx *store.Tx, c ContextNote) (string, error) {
		f, err := factorOf(ctx, tx, note, factor, rev)
		if err != nil {
			return "", err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM context_factor WHERE id = $1", factor); err != nil {
			return "", err
		}
		if err := c.reckon(ctx, tx); err != nil {
			return "", err
		}
		return "assistance.context.revised", c.step(ctx, tx, who, "drop", f.Kind, store.JSON(f.FactorDraft))
	})
}
