package library

import (
	"context"

	"polis/internal/store"
)

// inherit gives the document that is kept what the one that goes has and it lacks.
// Both are for the same readers, so nobody comes to read anything by it.
func inherit(ctx context.Context, tx *store.Tx, keep, gone Document) error {
	if err := inheritTexts(ctx, tx, keep.ID, gone.ID); err != nil {
		return err
	}
	for _, query := range []string{
		`INSERT INTO document_tag (document, kind, lang, value)
		 SELECT $1, kind, lang, value FROM document_tag WHERE document = $2 ON CONFLICT DO NOTHING`,
		`INSERT INTO document_concept (document, concept, stage, weight, by_whom, at)
		 SELECT $1, concept, stage, weight, by_whom, at FROM document_concept WHERE document = $2 ON CONFLICT DO NOTHING`,
		`INSERT INTO collection_document (collection, document, n, note, added)
		 SELECT collection, $1, n, note, added FROM collection_document WHERE document = $2 ON CONFLICT DO NOTHING`,
		// what it led to, and what led to it
		`INSERT INTO relation (document, kind, target, symbol)
		 SELECT $1, kind, target, symbol FROM relation WHERE document = $2 AND target <> $1 ON CONFLICT DO NOTHING`,
		`INSERT INTO relation (document, kind, target, symbol)
		 SELECT document, kind, $1, '' FROM relation WHERE target <> '' AND target = $2 AND document <> $1 ON CONFLICT DO NOTHING`,
	} {
		if _, err := tx.Exec(ctx, query, keep.ID, gone.ID); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `
		UPDATE document
		SET symbol   = CASE symbol   WHEN '' THEN $2 ELSE symbol   END,
		    kind     = CASE kind     WHEN '' THEN $3 ELSE kind     END,
		    dated    = CASE dated    WHEN '' THEN $4 ELSE dated    END,
		    original = CASE original WHEN '' THEN $5 ELSE original END,
		    origin   = CASE origin   WHEN '' THEN $6 ELSE origin   END,
		    licence  = CASE licence  WHEN '' THEN $7 ELSE licence  END,
		    rev = rev + 1, updated = $8
		WHERE id = $1`, keep.ID, gone.Symbol, gone.Kind, gone.Dated, string(gone.Original), gone.Origin, gone.Licence, tx.Now())
	if err != nil || gone.Symbol == "" || keep.Symbol == "" || keep.Symbol == gone.Symbol {
		return err
	}
	// Its symbol goes with it: what named it by that leads to the other by its address.
	for _, query := range []string{
		`INSERT INTO relation (document, kind, target, symbol)
		 SELECT document, kind, $1, '' FROM relation WHERE symbol <> '' AND symbol = $2 AND document <> $1 ON CONFLICT DO NOTHING`,
		`DELETE FROM relation WHERE symbol <> '' AND symbol = $2 AND document <> $1`,
	} {
		if _, err := tx.Exec(ctx, query, keep.ID, gone.Symbol); err != nil {
			return err
		}
	}
	return nil
}

// inheritTexts: a language that the one lacks moves over; in the languages that both
// have, the other's versions become earlier ones, but for the very same text.
func inheritTexts(ctx context.Context, tx *store.Tx, keep, gone string) error {
	own, err := editions(ctx, tx, keep)
	if err != nil {
		return err
	}
	others, err := editions(ctx, tx, gone)
	if err != nil {
		return err
	}
	have := map[string]Edition{}
	for _, e := range own {
		have[string(e.Lang)] = e
	}
	for _, e := range others {
		into, both := have[string(e.Lang)]
		if !both {
			for _, table := range []string{"language_version SET document = $1 WHERE id = $2", "text_sign SET document = $1 WHERE edition = $2"} {
				if _, err := tx.Exec(ctx, "UPDATE "+table, keep, e.ID); err != nil {
					return err
				}
			}
			continue
		}
		if err := putBefore(ctx, tx, into, e); err != nil {
			return err
		}
	}
	return nil
}

// putBefore makes the versions of one language version the first ones of another.
func putBefore(ctx context.Context, tx *store.Tx, into, e Edition) error {
	if e.Version.Number == 0 || e.Version.Number == 1 && e.Version.Sum == into.Version.Sum && e.Version.Sum != "" {
		return nil
	}
	const away = 1_000_000 // no two may bear one number in between
	for _, step := range []struct {
		query string
		args  []any
	}{
		{"UPDATE version SET number = number + $2 WHERE edition = $1", []any{into.ID, away}},
		{"UPDATE version SET number = number - $2 WHERE edition = $1", []any{into.ID, away - e.Version.Number}},
		{"UPDATE version SET edition = $1 WHERE edition = $2", []any{into.ID, e.ID}},
	} {
		if _, err := tx.Exec(ctx, step.query, step.args...); err != nil {
			return err
		}
	}
	return nil
}
