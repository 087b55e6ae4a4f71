package thesaurus

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"polis/internal/lang"
	"polis/internal/store"
)

// everything is the scope of all reading here: the words are everybody's.
var everything = store.Everything("thesaurus")

// revision is the setting that moves with every change.
const revision = "thesaurus.revision"

// Revision is a number that grows with every change of the thesaurus: what was
// made of its labels is still right while it has not moved.
func Revision(ctx context.Context, q store.Reader) (int64, error) {
	list, err := store.List[string](ctx, q, everything, "SELECT value FROM setting WHERE {scope} AND name = $1", revision)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	return strconv.ParseInt(list[0], 10, 64)
}

// moved makes Revision grow as part of a write.
func moved(ctx context.Context, tx *store.Tx) error {
	n, err := Revision(ctx, tx)
	if err != nil {
		return err
	}
	return tx.Set(ctx, revision, strconv.FormatInt(n+1, 10))
}

// Labels reads every label of every concept in use, concept by concept.
func Labels(ctx context.Context, q store.Reader) iter.Seq2[Label, error] {
	return store.Rows[Label](ctx, q, everything, `
		SELECT l.concept, l.lang, l.kind, l.text
		FROM concept_label l
		JOIN concept c ON c.id = l.concept
		WHERE {scope} AND NOT c.deprecated
		ORDER BY l.concept, l.lang, l.kind, l.text`)
}

// Schemes lists the vocabularies, ours first.
func Schemes(ctx context.Context, q store.Reader) ([]Scheme, error) {
	list, err := store.List[Scheme](ctx, q, everything, "SELECT id, uri, title FROM concept_scheme WHERE {scope} ORDER BY title, id")
	slices.SortStableFunc(list, func(a, b Scheme) int {
		return strings.Compare(orders[a.ID == Policing], orders[b.ID == Policing])
	})
	return list, err
}

var orders = map[bool]string{true: "0", false: "1"}

// Get reads a concept, or store.ErrNotFound.
func Get(ctx context.Context, q store.Reader, id string) (Concept, error) {
	list, err := load(ctx, q, []string{id})
	if err != nil {
		return Concept{}, err
	}
	if len(list) == 0 {
		return Concept{}, store.ErrNotFound
	}
	return list[0], nil
}

// ByURI finds the id of the concept with the URI, or store.ErrNotFound.
func ByURI(ctx context.Context, q store.Reader, uri string) (string, error) {
	return store.Get[string](ctx, q, everything, "SELECT id FROM concept WHERE {scope} AND uri = $1", uri)
}

// step is how many concepts are read at once.
const step = 200

// All reads the concepts of a scheme, or with "" of all, in the order of ids.
func All(ctx context.Context, q store.Reader, scheme string) iter.Seq2[Concept, error] {
	return func(yield func(Concept, error) bool) {
		last := ""
		for {
			ids, err := store.List[string](ctx, q, everything, `
				SELECT id FROM concept
				WHERE {scope} AND ($1 = '' OR scheme = $1) AND id > $2
				ORDER BY id
				LIMIT $3`, scheme, last, step)
			if err != nil {
				yield(Concept{}, err)
				return
			}
			if len(ids) == 0 {
				return
			}
			last = ids[len(ids)-1]
			list, err := load(ctx, q, ids)
			if err != nil {
				yield(Concept{}, err)
				return
			}
			for _, c := range list {
				if !yield(c, nil) {
					return
				}
			}
		}
	}
}

// load reads the concepts with the ids, as far as there are such, in their order.
func load(ctx context.Context, q store.Reader, ids []string) ([]Concept, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	in, args := among(ids)
	type row struct {
		Concept
		Shipped string
	}
	rows, err := store.List[row](ctx, q, everything, `
		SELECT id, uri, scheme, notation, deprecated, COALESCE(successor, '') AS replaced_by, shipped, rev, created, updated
		FROM concept
		WHERE {scope} AND id IN `+in, args...)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]*Concept, len(rows))
	for _, r := range rows {
		c := r.Concept
		c.shipped = r.Shipped
		byID[c.ID] = &c
	}
	for _, part := range []func(context.Context, store.Reader, string, []any, map[string]*Concept) error{loadLabels, loadNotes, loadRelations, loadMatches} {
		if err := part(ctx, q, in, args, byID); err != nil {
			return nil, err
		}
	}
	list := make([]Concept, 0, len(rows))
	for _, id := range ids {
		if c := byID[id]; c != nil {
			c.sort()
			list = append(list, *c)
		}
	}
	return list, nil
}

func loadLabels(ctx context.Context, q store.Reader, in string, args []any, into map[string]*Concept) error {
	for l, err := range store.Rows[Label](ctx, q, everything, "SELECT concept, lang, kind, text FROM concept_label WHERE {scope} AND concept IN "+in+" ORDER BY text", args...) {
		if err != nil {
			return err
		}
		into[l.Concept].Labels = append(into[l.Concept].Labels, l)
	}
	return nil
}

func loadNotes(ctx context.Context, q store.Reader, in string, args []any, into map[string]*Concept) error {
	type row struct {
		Concept string
		Note
	}
	for n, err := range store.Rows[row](ctx, q, everything, "SELECT concept, kind, lang, text FROM concept_note WHERE {scope} AND concept IN "+in+" ORDER BY n", args...) {
		if err != nil {
			return err
		}
		into[n.Concept].Notes = append(into[n.Concept].Notes, n.Note)
	}
	return nil
}

func loadRelations(ctx context.Context, q store.Reader, in string, args []any, into map[string]*Concept) error {
	type row struct{ Concept, Kind, Target string }
	for r, err := range store.Rows[row](ctx, q, everything, `
		SELECT concept, kind, target FROM concept_relation WHERE {scope} AND concept IN `+in+`
		UNION ALL
		SELECT target, 'narrower', concept FROM concept_relation WHERE kind = 'broader' AND target IN `+in, args...) {
		if err != nil {
			return err
		}
		c := into[r.Concept]
		switch r.Kind {
		case "broader":
			c.Broader = append(c.Broader, r.Target)
		case "related":
			c.Related = append(c.Related, r.Target)
		default:
			c.Narrower = append(c.Narrower, r.Target)
		}
	}
	return nil
}

func loadMatches(ctx context.Context, q store.Reader, in string, args []any, into map[string]*Concept) error {
	type row struct {
		Concept string
		Match
	}
	for m, err := range store.Rows[row](ctx, q, everything, "SELECT concept, uri, kind, stage FROM concept_match WHERE {scope} AND concept IN "+in+" ORDER BY uri", args...) {
		if err != nil {
			return err
		}
		into[m.Concept].Matches = append(into[m.Concept].Matches, m.Match)
	}
	return nil
}

// NamesOf reads the preferred labels of concepts: id → names.
func NamesOf(ctx context.Context, q store.Reader, ids ...string) (map[string]lang.Names, error) {
	all := map[string]lang.Names{}
	for part := range slices.Chunk(ids, step) {
		in, args := among(part)
		rows, err := store.List[Label](ctx, q, everything, "SELECT concept, lang, kind, text FROM concept_label WHERE {scope} AND kind = 'pref' AND concept IN "+in, args...)
		if err != nil {
			return nil, err
		}
		for _, l := range rows {
			if all[l.Concept] == nil {
				all[l.Concept] = lang.Names{}
			}
			all[l.Concept][l.Lang] = l.Text
		}
	}
	return all, nil
}

// among renders values as a parenthesised list of placeholders from $1 on.
func among(values []string) (string, []any) {
	marks, args := make([]string, len(values)), make([]any, len(values))
	for i, v := range values {
		marks[i], args[i] = fmt.Sprintf("$%d", i+1), v
	}
	return "(" + strings.Join(marks, ", ") + ")", args
}
