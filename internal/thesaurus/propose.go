package thesaurus

import (
	"context"
	"slices"

	"polis/internal/lang"
	"polis/internal/store"
)

// propose finds concepts of ours that a foreign one has the names of, and
// proposes the two as the same: where its preferred labels are ours in two
// languages, or in the only one that it has.
func (im *importing) propose(ctx context.Context) error {
	ours, err := ourNames(ctx, im.db)
	if err != nil {
		return err
	}
	var pairs [][]any
	for _, d := range im.drafts {
		if im.schemes[d.schemes[0]].ID == Policing {
			continue
		}
		if id := ours.like(d); id != "" {
			pairs = append(pairs, []any{id, d.uri, "exact", string(Proposed)})
		}
	}
	for part := range slices.Chunk(pairs, batch) {
		added := 0
		_, err := store.Write(ctx, im.db, im.who, func(tx *store.Tx) (store.Event, error) {
			added = 0
			for _, row := range part {
				n, err := tx.Exec(ctx, `
					INSERT INTO concept_match (concept, uri, kind, stage) VALUES ($1, $2, $3, $4)
					ON CONFLICT (concept, uri) DO NOTHING`, row...)
				if err != nil {
					return store.Event{}, err
				}
				added += int(n)
			}
			if added == 0 {
				return store.Event{}, store.ErrUnchanged
			}
			return store.Event{Act: "thesaurus.match.proposed", Object: Policing, Data: map[string]int{"matches": added}}, nil
		})
		if err != nil {
			return err
		}
		im.tally.Proposed += added
	}
	return nil
}

// name is a folded label in a language.
type name struct {
	lang lang.Tag
	text string
}

// names are the labels of our concepts.
type names map[name][]string

func ourNames(ctx context.Context, q store.Reader) (names, error) {
	rows, err := store.List[struct {
		Concept, Folded string
		Lang            lang.Tag
	}](ctx, q, everything, `
		SELECT l.concept, l.lang, l.folded
		FROM concept_label l
		JOIN concept c ON c.id = l.concept
		WHERE {scope} AND c.scheme = $1 AND NOT c.deprecated AND l.kind <> 'hidden'
		ORDER BY l.concept`, Policing)
	all := names{}
	for _, r := range rows {
		key := name{r.Lang, r.Folded}
		if !slices.Contains(all[key], r.Concept) {
			all[key] = append(all[key], r.Concept)
		}
	}
	return all, err
}

// like is our concept with the names of the draft, or "".
func (n names) like(d *draft) string {
	langs, counts := 0, map[string]int{}
	best := ""
	for _, f := range d.facts {
		if f.What != string(Pref) {
			continue
		}
		langs++
		for _, id := range n[name{f.Lang, fold(f.Text)}] {
			if counts[id]++; best == "" || counts[id] > counts[best] {
				best = id
			}
		}
	}
	if counts[best] >= min(2, max(langs, 1)) {
		return best
	}
	return ""
}
