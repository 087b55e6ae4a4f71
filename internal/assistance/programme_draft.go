package assistance

import (
	"context"
	"strings"
	"unicode/utf8"

	"polis/internal/access"
	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/store"
)

func (d *ProgrammeDraft) clean() {
	for _, s := range []*string{&d.Title, &d.Purpose, &d.Since, &d.Until, &d.Brief, &d.Ownership, &d.Handover, &d.HandoverDay} {
		*s = strings.TrimSpace(*s)
	}
	for _, list := range d.tags() {
		*list = clean(*list)
	}
}

// Validate returns an Invalid that names the fields, or nil. What it lacks until it can
// be agreed is no fault of a draft: see Missing.
func (d ProgrammeDraft) Validate() error {
	d.clean()
	v := Invalid{}
	if _, ok := lang.Parse(string(d.Lang)); !ok {
		v["lang"] = "assistance.error.lang"
	}
	v.text("title", d.Title, maxTitle, true)
	for field, text := range map[string]string{"purpose": d.Purpose, "brief": d.Brief, "ownership": d.Ownership, "handover": d.Handover} {
		v.text(field, text, maxText, false)
	}
	v.days("since", "until", d.Since, d.Until)
	if d.HandoverDay != "" && (len(d.HandoverDay) != 10 || !validDate(d.HandoverDay)) {
		v["handover_day"] = "assistance.error.day"
	} else if d.HandoverDay != "" && d.Since != "" && (d.HandoverDay < d.Since || d.HandoverDay > d.Until) {
		v["handover_day"] = "programme.error.handover_day"
	}
	v.each("themes", d.Themes, func(id string) bool { _, ok := framework.Theme(id); return ok })
	for field, list := range map[string][]string{"government": d.Government, "civil": d.Civil, "organisers": d.Organisers, "partners": d.Partners} {
		v.each(field, list, func(name string) bool { return utf8.RuneCountInString(name) <= maxName && !strings.Contains(name, "@") })
		if v[field] == "assistance.error."+field {
			v[field] = "programme.error.body"
		}
	}
	if d.both() != "" {
		v["civil"] = "programme.error.both"
	}
	return v.orNil()
}

// known asks whether the States are there.
func (d ProgrammeDraft) known(ctx context.Context, tx *store.Tx) error {
	for _, state := range d.States {
		n, err := store.Get[int](ctx, tx, everything, "SELECT COUNT(*) FROM directory_entry WHERE {scope} AND id = $1 AND kind IN ('state', 'partner-state')", state)
		if err != nil || n == 0 {
			return invalidOr(err, "states", "programme.error.states")
		}
	}
	return nil
}

// DraftProgramme begins one.
func (a *Assistance) DraftProgramme(ctx context.Context, who access.Subject, d ProgrammeDraft) (string, error) {
	d.clean()
	label := access.Label{Level: access.Official, Owner: owner(who)}
	if !who.SignedIn() || !who.May(access.PlanHelp, label).Allowed {
		return "", ErrForbidden
	}
	if err := d.Validate(); err != nil {
		return "", err
	}
	g := Programme{ID: store.NewID(), Stage: ProgrammeDrafted, Label: label}
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		if err := d.known(ctx, tx); err != nil {
			return store.Event{}, err
		}
		g.Created, g.Moves = tx.Now(), 0
		year := int64(tx.Now().Year())
		nth, err := store.Get[int64](ctx, tx, everything, "SELECT COALESCE(MAX(nth), 0) + 1 FROM programme WHERE {scope} AND of_year = $1", year)
		if err != nil {
			return store.Event{}, err
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO programme (id, of_year, nth, lang, title, purpose, since, until, brief, ownership, handover, handover_day,
			  stage, mark, moves, moved, rev, created, updated, level, state, grp, owner)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'draft', $13, 0, $14, 1, $14, $14, 2, '', '', $15)`,
			g.ID, year, nth, string(d.Lang), d.Title, d.Purpose, d.Since, d.Until, d.Brief, d.Ownership, d.Handover, d.HandoverDay,
			g.ID+" draft", tx.Now(), label.Owner)
		if err != nil {
			return store.Event{}, err
		}
		if err := g.put(ctx, tx, d); err != nil {
			return store.Event{}, err
		}
		return g.event("assistance.programme.drafted"), g.take(ctx, tx, who, programmeStep{move: "draft", stage: ProgrammeDrafted})
	})
	return g.ID, err
}

// put brings what it is about and who carries it to the draft: first what is new, then
// the co-owners on whom it rests, and what is gone at last.
func (g Programme) put(ctx context.Context, tx *store.Tx, d ProgrammeDraft) error {
	lists := map[string][]string{"under": above(d.Themes)}
	for kind, list := range d.tags() {
		lists[kind] = *list
	}
	var rows [][]any
	var gone query
	gone.and("programme = ?", g.ID)
	for _, kind := range []string{"theme", "under", "state", "government", "civil", "organiser", "partner"} {
		for i, value := range lists[kind] {
			mark := g.ID + " " + kind + " " + value
			rows = append(rows, []any{g.ID, kind, value, i, g.Created, mark})
			gone.and("mark <> ?", mark)
		}
	}
	err := tx.Insert(ctx, "programme_tag (programme, kind, value, n, created, mark)", rows, "ON CONFLICT (programme, kind, value) DO UPDATE SET n = excluded.n")
	if err != nil {
		return err
	}
	mark := func(kind string) any {
		if len(lists[kind]) == 0 {
			return nil
		}
		return g.ID + " " + kind + " " + lists[kind][0]
	}
	if _, err := tx.Exec(ctx, "UPDATE programme SET government = $2, civil = $3 WHERE id = $1", g.ID, mark("government"), mark("civil")); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "DELETE FROM programme_tag WHERE "+gone.conditions(), gone.args...)
	return err
}

// ReviseProgramme writes a programme anew. What was agreed keeps what stood there with
// the step, and stays whole. rev is the revision that the caller read.
func (a *Assistance) ReviseProgramme(ctx context.Context, who access.Subject, id string, rev int64, d ProgrammeDraft) error {
	d.clean()
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		g, err := programme(ctx, tx, who.Scope(), id)
		switch {
		case err != nil:
			return store.Event{}, err
		case !g.Writes(who):
			return store.Event{}, ErrForbidden
		case g.Rev != rev:
			return store.Event{}, Stale{g.Rev}
		case g.Stage.Over():
			return store.Event{}, Impossible{"revise", string(g.Stage), "programme.impossible." + string(g.Stage)}
		}
		if err := d.Validate(); err != nil {
			return store.Event{}, err
		}
		if lacks := needs(d.missing()).invalid(); g.Stage != ProgrammeDrafted && len(lacks) > 0 {
			return store.Event{}, lacks
		}
		if err := d.known(ctx, tx); err != nil {
			return store.Event{}, err
		}
		if store.JSON(d) == store.JSON(g.ProgrammeDraft) {
			return store.Event{}, store.ErrUnchanged
		}
		return g.event("assistance.programme.revised"), g.rewrite(ctx, tx, who, d)
	})
	return err
}

func (g Programme) rewrite(ctx context.Context, tx *store.Tx, who access.Subject, d ProgrammeDraft) error {
	_, err := tx.Exec(ctx, `
		UPDATE programme
		SET lang = $2, title = $3, purpose = $4, since = $5, until = $6, brief = $7, ownership = $8, handover = $9, handover_day = $10, rev = rev + 1, updated = $11
		WHERE id = $1`, g.ID, string(d.Lang), d.Title, d.Purpose, d.Since, d.Until, d.Brief, d.Ownership, d.Handover, d.HandoverDay, tx.Now())
	if err != nil {
		return err
	}
	if err := g.put(ctx, tx, d); err != nil || g.Stage == ProgrammeDrafted {
		return err
	}
	return g.take(ctx, tx, who, programmeStep{move: "revise", stage: g.Stage, former: store.JSON(g.ProgrammeDraft)})
}
