package thesaurus

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// Save stores a new concept (Rev 0) or a changed one (Rev as it was read) and
// returns it as stored. A new one without an id gets one from its English name;
// it belongs to our own vocabulary. Save returns an Invalid where fields are
// wrong, ErrForbidden, a Stale, or store.ErrNotFound.
func Save(ctx context.Context, db *store.DB, who access.Subject, in Concept) (Concept, error) {
	if d := who.May(access.EditThesaurus, access.Label{}); !d.Allowed {
		return Concept{}, fmt.Errorf("%w: %s", ErrForbidden, d.Rule)
	}
	var saved Concept
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		before, err := current(ctx, tx, in)
		if err != nil {
			return store.Event{}, err
		}
		next, faults := in.tidy(before)
		if err := next.check(ctx, tx, before, faults); err != nil {
			return store.Event{}, err
		}
		saved = before
		if before.Rev > 0 && slices.Equal(before.facts(), next.facts()) {
			return store.Event{}, store.ErrUnchanged
		}
		if err := change(ctx, tx, next); err != nil {
			return store.Event{}, err
		}
		if saved, err = Get(ctx, tx, next.ID); err != nil {
			return store.Event{}, err
		}
		act := "thesaurus.concept.updated"
		if before.Rev == 0 {
			act = "thesaurus.concept.created"
		}
		return store.Event{Act: act, Object: next.ID, Data: map[string]int64{"rev": next.Rev}}, nil
	})
	return saved, err
}

// change writes one concept with all that hangs on it.
func change(ctx context.Context, tx *store.Tx, c Concept) error {
	if err := putScheme(ctx, tx, Scheme{ID: Policing, URI: SchemeURI, Title: "Thesaurus of policing"}); err != nil {
		return err
	}
	if err := put(ctx, tx, []Concept{c}); err != nil {
		return err
	}
	if err := relate(ctx, tx, []Concept{c}); err != nil {
		return err
	}
	return moved(ctx, tx)
}

// current reads what the concept replaces: nothing, for a new one.
func current(ctx context.Context, tx *store.Tx, in Concept) (Concept, error) {
	if in.Rev == 0 {
		return Concept{}, nil
	}
	before, err := Get(ctx, tx, in.ID)
	if err == nil && in.Rev != before.Rev {
		err = Stale{before}
	}
	return before, err
}

// tidy returns the concept as it would be stored after before, and what is wrong
// with its texts.
func (c Concept) tidy(before Concept) (Concept, Invalid) {
	v := Invalid{}
	next := before
	if before.Rev == 0 {
		next = Concept{Scheme: Policing, ID: slug(c.Name("en"))}
		next.URI = Space + next.ID
		if slices.Contains(Reserved, next.ID) {
			v["pref.en"] = "thesaurus.error.taken"
		}
	}
	var facts []fact
	for _, l := range c.Labels {
		if l.Text = line(l.Text); utf8.RuneCountInString(l.Text) > maxLabel {
			v[string(l.Kind)+"."+string(l.Lang)] = "thesaurus.error.long"
		}
		facts = append(facts, fact{string(l.Kind), l.Lang, l.Text})
	}
	for _, n := range c.Notes {
		if n.Text = paragraph(n.Text); utf8.RuneCountInString(n.Text) > maxNote {
			v[string(n.Kind)+"."+string(n.Lang)] = "thesaurus.error.long"
		}
		facts = append(facts, fact{string(n.Kind), n.Lang, n.Text})
	}
	for _, f := range c.facts() {
		if f.Lang == "" && (f.What != "notation" || line(f.Text) == cut(f.Text, maxLabel)) {
			facts = append(facts, f)
		}
	}
	facts = oneMatch(slices.DeleteFunc(facts, func(f fact) bool { return !f.possible() }))
	next = next.with(agreeing(facts))
	next.Rev = before.Rev + 1
	if next.Names()["en"] == "" && next.Scheme == Policing {
		v["pref.en"] = "thesaurus.error.no-name"
	} else if len(next.Names()) == 0 {
		v["pref."+string(lang.English)] = "thesaurus.error.no-name"
	}
	return next, v
}

// possible reports whether the tables can hold a fact.
func (f fact) possible() bool {
	_, label := map[string]bool{string(Pref): true, string(Alt): true, string(Hidden): true}[f.What]
	_, note := noteKinds[f.What]
	_, spoken := lang.Parse(string(f.Lang))
	if kind, match := strings.CutPrefix(f.What, "match-"); match {
		return validURI(f.Text) && slices.Contains([]string{"exact", "close", "broad", "narrow", "related"}, kind)
	}
	return f.Text != "" && (label || note) == spoken && (spoken || f.Lang == "")
}

// check refuses what cannot be: a name that another concept has, a circle, a
// relation to itself or to nothing.
func (c Concept) check(ctx context.Context, tx *store.Tx, before Concept, v Invalid) error {
	if before.Rev == 0 {
		if _, err := Get(ctx, tx, c.ID); err == nil {
			v["pref.en"] = "thesaurus.error.taken"
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	for _, l := range c.Labels {
		n, err := store.Get[int64](ctx, tx, everything, `
			SELECT COUNT(*)
			FROM concept_label l
			JOIN concept c ON c.id = l.concept
			WHERE {scope} AND l.lang = $1 AND l.folded = $2 AND c.scheme = $3 AND l.concept <> $4 AND NOT c.deprecated
			  AND (l.kind = 'pref' OR $5 = 'pref')`, string(l.Lang), fold(l.Text), c.Scheme, c.ID, string(l.Kind))
		if err != nil {
			return err
		}
		if n > 0 && !slices.Contains(before.Labels, Label{before.ID, l.Lang, l.Kind, l.Text}) {
			v[string(l.Kind)+"."+string(l.Lang)] = "thesaurus.error.taken"
		}
	}
	if err := c.checkRelations(ctx, tx, v); err != nil {
		return err
	}
	if len(v) > 0 {
		return v
	}
	return nil
}

func (c Concept) checkRelations(ctx context.Context, tx *store.Tx, v Invalid) error {
	for field, ids := range map[string][]string{"broader": c.Broader, "related": c.Related, "replaced": {c.ReplacedBy}} {
		for _, id := range ids {
			if id == "" {
				continue
			}
			if _, err := Get(ctx, tx, id); errors.Is(err, store.ErrNotFound) {
				v[field] = "thesaurus.error.unknown"
			} else if err != nil {
				return err
			}
			if id == c.ID {
				v[field] = "thesaurus.error.itself"
			}
		}
	}
	g, err := readGraph(ctx, tx)
	if err != nil {
		return err
	}
	g.forget(c.ID)
	if v["broader"] == "" && len(g.join(c.ID, c.Broader)) < len(c.Broader) {
		v["broader"] = "thesaurus.error.circle"
	}
	return nil
}

// decided are the acts of a decision.
var decided = map[Stage]string{Confirmed: "thesaurus.match.confirmed", Refused: "thesaurus.match.refused"}

// Decide confirms or refuses that a concept is the same as one elsewhere.
func Decide(ctx context.Context, db *store.DB, who access.Subject, id, uri string, stage Stage) error {
	if d := who.May(access.EditThesaurus, access.Label{}); !d.Allowed {
		return fmt.Errorf("%w: %s", ErrForbidden, d.Rule)
	}
	if decided[stage] == "" {
		return fmt.Errorf("thesaurus: nobody decides %q", stage)
	}
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		was, err := store.Get[Stage](ctx, tx, everything, "SELECT stage FROM concept_match WHERE {scope} AND concept = $1 AND uri = $2", id, uri)
		if err != nil {
			return store.Event{}, err
		}
		if was == stage {
			return store.Event{}, store.ErrUnchanged
		}
		if _, err := tx.Exec(ctx, "UPDATE concept_match SET stage = $3 WHERE concept = $1 AND uri = $2", id, uri, string(stage)); err != nil {
			return store.Event{}, err
		}
		if _, err := tx.Exec(ctx, "UPDATE concept SET rev = rev + 1, updated = $2 WHERE id = $1", id, tx.Now()); err != nil {
			return store.Event{}, err
		}
		return store.Event{Act: decided[stage], Object: id, Data: map[string]string{"uri": uri}}, moved(ctx, tx)
	})
	return err
}
