package thesaurus

import (
	"context"

	"polis/internal/store"
)

// graph is what stands below what: concept → its broader ones.
type graph map[string][]string

// readGraph reads it from the tables, inside the write that changes it.
func readGraph(ctx context.Context, q store.Reader) (graph, error) {
	rows, err := store.List[struct{ Concept, Target string }](ctx, q, everything,
		"SELECT concept, target FROM concept_relation WHERE {scope} AND kind = 'broader'")
	if err != nil {
		return nil, err
	}
	g := graph{}
	for _, r := range rows {
		g[r.Concept] = append(g[r.Concept], r.Target)
	}
	return g, nil
}

// forget takes out what stands above a concept.
func (g graph) forget(id string) { delete(g, id) }

// join puts the concept below the others, and returns those of them for which
// that makes no circle.
func (g graph) join(id string, broader []string) []string {
	var joined []string
	for _, above := range broader {
		if !g.reaches(above, id) {
			g[id] = append(g[id], above)
			joined = append(joined, above)
		}
	}
	return joined
}

// reaches reports whether the way up from one concept leads to the other.
func (g graph) reaches(from, to string) bool {
	seen := map[string]bool{}
	way := []string{from}
	for len(way) > 0 {
		at := way[len(way)-1]
		way = way[:len(way)-1]
		if at == to {
			return true
		}
		if !seen[at] {
			seen[at] = true
			way = append(way, g[at]...)
		}
	}
	return false
}
