package thesaurus

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"polis/internal/search"
	"polis/internal/store"
)

// putScheme stores a vocabulary, where it is not there yet.
func putScheme(ctx context.Context, tx *store.Tx, s Scheme) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO concept_scheme (id, uri, title, created) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO NOTHING`, s.ID, s.URI, s.Title, tx.Now())
	return err
}

// put writes the concepts without their relations over what was there: Rev is
// that of the new revision. Their successors and relations come with relate,
// when all of them are there.
func put(ctx context.Context, tx *store.Tx, concepts []Concept) error {
	var fresh, labels, notes, matches [][]any
	for _, c := range concepts {
		if c.Rev == 1 {
			fresh = append(fresh, []any{c.ID, c.URI, c.Scheme, c.Notation, c.Deprecated, c.shipped, c.Rev, tx.Now(), tx.Now()})
		} else if err := c.update(ctx, tx); err != nil {
			return err
		}
		for _, l := range c.Labels {
			folded := fold(l.Text)
			labels = append(labels, []any{c.ID, string(l.Lang), string(l.Kind), l.Text, folded, initial(folded)})
		}
		for i, n := range c.Notes {
			notes = append(notes, []any{c.ID, string(n.Kind), string(n.Lang), i, n.Text})
		}
		for _, m := range c.Matches {
			matches = append(matches, []any{c.ID, m.URI, m.Kind, string(m.Stage)})
		}
	}
	for _, t := range []struct {
		into string
		rows [][]any
	}{
		{"concept (id, uri, scheme, notation, deprecated, shipped, rev, created, updated)", fresh},
		{"concept_label (concept, lang, kind, text, folded, initial)", labels},
		{"concept_note (concept, kind, lang, n, text)", notes},
		{"concept_match (concept, uri, kind, stage)", matches},
	} {
		if err := tx.Insert(ctx, t.into, t.rows, ""); err != nil {
			return err
		}
	}
	return nil
}

// update writes a concept's own row and takes out what hangs on it.
func (c Concept) update(ctx context.Context, tx *store.Tx) error {
	n, err := tx.Exec(ctx, `
		UPDATE concept
		SET notation = $2, deprecated = $3, successor = CASE WHEN $3 THEN successor ELSE NULL END, shipped = $4, rev = $5, updated = $6
		WHERE id = $1 AND rev = $5 - 1`, c.ID, c.Notation, c.Deprecated, c.shipped, c.Rev, tx.Now())
	if err != nil {
		return err
	}
	if n != 1 {
		return fmt.Errorf("thesaurus: revision %d of %s does not follow what is stored", c.Rev, c.ID)
	}
	for _, table := range []string{"concept_label", "concept_note", "concept_match"} {
		if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE concept = $1", c.ID); err != nil {
			return err
		}
	}
	return nil
}

// relate writes the concepts' successors and relations over what was there.
// What a relation leads to must exist: the tables hold that.
func relate(ctx context.Context, tx *store.Tx, concepts []Concept) error {
	var rows [][]any
	seen := map[[3]string]bool{}
	add := func(from, kind, to string) {
		if key := [3]string{from, kind, to}; !seen[key] {
			seen[key] = true
			rows = append(rows, []any{from, kind, to})
		}
	}
	for _, c := range concepts {
		_, err := tx.Exec(ctx, `
			DELETE FROM concept_relation
			WHERE concept = $1 OR (target = $1 AND kind = 'related')`, c.ID)
		if err != nil {
			return err
		}
		if c.ReplacedBy != "" || c.Rev > 1 {
			if _, err := tx.Exec(ctx, "UPDATE concept SET successor = $2 WHERE id = $1", c.ID, orNull(c.ReplacedBy)); err != nil {
				return err
			}
		}
	}
	for _, c := range concepts {
		for _, id := range c.Broader {
			add(c.ID, "broader", id)
		}
		for _, id := range c.Related {
			add(c.ID, "related", id)
			add(id, "related", c.ID)
		}
	}
	return tx.Insert(ctx, "concept_relation (concept, kind, target)", rows, " ON CONFLICT DO NOTHING")
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// fold is a label as it is looked for.
func fold(text string) string {
	return strings.Join(strings.Fields(search.Fold(text)), " ")
}

// initial is the letter under which a folded label stands in the alphabet: "#"
// where it begins with none.
func initial(folded string) string {
	for _, r := range folded {
		if unicode.IsLetter(r) {
			return string(r)
		}
		if unicode.IsNumber(r) {
			break
		}
	}
	return "#"
}

// cut shortens a text to so many letters.
func cut(s string, letters int) string {
	if utf8.RuneCountInString(s) <= letters {
		return s
	}
	return string([]rune(s)[:letters])
}
