package discussion

import (
	"context"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// Life is what a group's lists say of how alive it is.
type Life struct {
	Last time.Time // its last post, zero where nothing was written
	Open int       // questions without an accepted answer, counted up to MostOpen
}

// MostOpen is up to how many open questions of a group are counted.
const MostOpen = 100

// Lives are the signs of life of those of the groups that the scope reads, from the
// indexes of topics: two looks for each group, however much was written.
func (d *Discussion) Lives(ctx context.Context, scope access.Scope, groups []string) (map[string]Life, error) {
	lives := make(map[string]Life, len(groups))
	if len(groups) == 0 {
		return lives, nil
	}
	var c query
	args := make([]any, len(groups))
	for i, g := range groups {
		args[i] = g
	}
	c.and("g.id IN "+marks(len(groups)), args...)
	rows, err := store.List[struct {
		ID   string
		Last time.Time
		Open int
	}](ctx, d.DB, scope, `
		SELECT g.id,
		  COALESCE((SELECT MAX(t.last) FROM topic t WHERE t.grp = g.id AND t.posts > 0), 0) AS last,
		  (SELECT COUNT(*) FROM (SELECT 1 AS one FROM topic t WHERE t.grp = g.id AND t.posts > 0 AND t.kind = 'question' AND NOT t.answered`+c.limit(MostOpen)+`) n) AS open
		FROM circle g WHERE {scope g} AND `+c.conditions(), c.args...)
	for _, r := range rows {
		lives[r.ID] = Life{r.Last, r.Open}
	}
	return lives, err
}
