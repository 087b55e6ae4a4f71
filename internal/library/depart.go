package library

import (
	"context"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/store"
)

// depart remembers that a document leaves the circle of readers that its label
// names: harvesters of that circle are to hear of it (Feed). It is called before
// the rows change. What only its owner could read leaves no circle.
func depart(ctx context.Context, tx *store.Tx, document string, label access.Label) error {
	if label.Circle() == "nobody" {
		return nil
	}
	sets, err := setsOf(ctx, tx, document)
	if err != nil {
		return err
	}
	circle := access.Label{Level: label.Level}
	if label.Level == access.Closed {
		circle.Group = label.Group
		if label.Group == "" {
			circle.State = label.State
		}
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO departed (document, at, sets, level, state, grp, owner) VALUES ($1, $2, $3, $4, $5, $6, '')
		ON CONFLICT (document, level, state, grp) DO UPDATE SET at = excluded.at, sets = excluded.sets`,
		document, tx.Now(), " "+strings.Join(sets, " ")+" ", int(circle.Level), circle.State, circle.Group)
	return err
}

// setsOf are the sets that a document is in, each with those above it.
func setsOf(ctx context.Context, q store.Reader, document string) ([]string, error) {
	kind, err := store.Get[string](ctx, q, parts, "SELECT kind FROM document WHERE {scope} AND id = $1", document)
	if err != nil {
		return nil, err
	}
	t, err := tags(ctx, q, document)
	var all []string
	for _, set := range sets(kind, t.Themes) {
		for ; set != "" && !slices.Contains(all, set); set = above(set) {
			all = append(all, set)
		}
	}
	return all, err
}

// sets are the narrowest sets that a document is in: "theme:cybercrime:network-24-7",
// "type:guide".
func sets(kind string, themes []string) []string {
	var list []string
	for _, id := range themes {
		list = append(list, ThemeSet+":"+strings.ReplaceAll(id, "/", ":"))
	}
	if kind != "" {
		list = append(list, TypeSet+":"+kind)
	}
	return list
}

// above is the set that a set is part of, or "".
func above(set string) string { return set[:max(strings.LastIndexByte(set, ':'), 0)] }
