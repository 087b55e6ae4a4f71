package library

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/search"
	"polis/internal/store"
)

// Place is where a document stands in the order of the last change, the newest
// first. The zero Place is before all.
type Place struct {
	Updated time.Time
	ID      string
}

func (p Place) String() string { return strconv.FormatInt(p.Updated.UnixMicro(), 10) + "-" + p.ID }

// ParsePlace reads what String wrote.
func ParsePlace(s string) (Place, bool) {
	micros, id, ok := strings.Cut(s, "-")
	n, err := strconv.ParseInt(micros, 10, 64)
	return Place{time.UnixMicro(n).UTC(), id}, ok && err == nil && id != "" && len(id) <= 100
}

// bestAnswers is how many of the documents that a question finds count as its
// answers where they are listed by their last change: each word of a question is
// optional, and what has one of five alone is news to nobody.
const bestAnswers = 500

// How far back a list without a question looks for what its filters let through:
// so many documents at a time, so many times.
const (
	latestStep  = 1000
	latestSteps = 20
)

// Latest lists what a search finds in the order of the last change, from behind a
// place on. more tells where the rest begins, and is the zero Place at the end.
func (l *Library) Latest(ctx context.Context, ix *search.Index, scope access.Scope, q search.Query, after Place, limit int) (list []Brief, more Place, err error) {
	places, more, err := l.latest(ctx, ix, scope, q, after, limit)
	if err != nil {
		return nil, Place{}, err
	}
	wanted := make([]Wish, len(places))
	for i, p := range places {
		wanted[i] = Wish{p.ID, q.Lang}
	}
	list, err = l.Briefs(ctx, scope, wanted)
	return list, more, err
}

func (l *Library) latest(ctx context.Context, ix *search.Index, scope access.Scope, q search.Query, after Place, limit int) (found []Place, more Place, err error) {
	q.Offset, q.Facets, q.Group, q.Among = 0, false, true, nil
	if strings.TrimSpace(q.Text) != "" {
		ids, err := answers(ctx, ix, scope, q)
		if err != nil || len(ids) == 0 {
			return nil, Place{}, err
		}
		found, err = l.places(ctx, scope, after, limit+1, ids)
		return cut(found, limit, err)
	}
	filtered := false
	for _, values := range q.Filter {
		filtered = filtered || len(values) > 0
	}
	if !filtered {
		found, err = l.places(ctx, scope, after, limit+1, nil)
		return cut(found, limit, err)
	}
	for range latestSteps {
		batch, err := l.places(ctx, scope, after, latestStep, nil)
		if err != nil || len(batch) == 0 {
			return found, Place{}, err
		}
		through, err := l.through(ctx, ix, scope, q, batch)
		if err != nil {
			return nil, Place{}, err
		}
		if found = append(found, through...); len(found) > limit {
			return cut(found, limit, nil)
		}
		if after = batch[len(batch)-1]; len(batch) < latestStep {
			return found, Place{}, nil
		}
	}
	return found, after, nil
}

// cut keeps the first of a list, and says where the rest begins.
func cut(found []Place, limit int, err error) ([]Place, Place, error) {
	if err != nil || len(found) <= limit {
		return found, Place{}, err
	}
	return found[:limit], found[limit-1], nil
}

// answers are the documents that answer a question best.
func answers(ctx context.Context, ix *search.Index, scope access.Scope, q search.Query) ([]string, error) {
	q.Sort, q.Limit = search.ByRelevance, bestAnswers
	a, err := ix.Search(ctx, scope, q)
	ids := make([]string, len(a.Hits))
	for i, h := range a.Hits {
		ids[i] = h.Document
	}
	return ids, err
}

// through keeps the documents that the filters let through.
func (l *Library) through(ctx context.Context, ix *search.Index, scope access.Scope, q search.Query, batch []Place) ([]Place, error) {
	ids := make([]string, len(batch))
	for i, p := range batch {
		ids[i] = p.ID
	}
	q.Among, q.Limit = ids, latestStep
	a, err := ix.Search(ctx, scope, q)
	passed := make(map[string]bool, len(a.Hits))
	for _, h := range a.Hits {
		passed[h.Document] = true
	}
	return slices.DeleteFunc(slices.Clone(batch), func(p Place) bool { return !passed[p.ID] }), err
}

// places lists documents by their last change, of those named or of all.
func (l *Library) places(ctx context.Context, scope access.Scope, after Place, limit int, ids []string) ([]Place, error) {
	which, args := "", []any{limit}
	if after != (Place{}) {
		which = " AND (d.updated < $2 OR d.updated = $2 AND d.id < $3)"
		args = append(args, after.Updated, after.ID)
	}
	if ids != nil {
		in, more := among(ids, len(args)+1)
		which, args = which+" AND d.id IN "+in, append(args, more...)
	}
	return store.List[Place](ctx, l.DB, scope,
		"SELECT d.updated, d.id FROM document d WHERE {scope d}"+which+" ORDER BY d.updated DESC, d.id DESC LIMIT $1", args...)
}

// News lists those documents of a search, by id and in the order of the answers,
// that came, were opened to more readers or got a text between two numbers of
// the log. The order is that of the search; at most limit.
func (l *Library) News(ctx context.Context, ix *search.Index, scope access.Scope, q search.Query, from, to int64, limit int) ([]Brief, int, error) {
	came, err := store.List[string](ctx, l.DB, parts, `
		SELECT object FROM event
		WHERE {scope} AND seq > $1 AND seq <= $2 AND act IN ('library.document.created', 'library.document.extended', 'library.document.lowered')
		GROUP BY object ORDER BY MAX(seq) DESC LIMIT $3`, from, to, maxNews)
	if err != nil || len(came) == 0 {
		return nil, 0, err
	}
	q.Offset, q.Facets, q.Group, q.Among, q.Limit = 0, false, true, came, min(limit, maxBriefs)
	if strings.TrimSpace(q.Text) != "" {
		best, err := answers(ctx, ix, scope, search.Query{Text: q.Text, Lang: q.Lang, Filter: q.Filter, Group: true})
		if err != nil {
			return nil, 0, err
		}
		q.Among = slices.DeleteFunc(came, func(id string) bool { return !slices.Contains(best, id) })
	}
	a, err := ix.Search(ctx, scope, q)
	if err != nil {
		return nil, 0, err
	}
	wanted := make([]Wish, len(a.Hits))
	for i, h := range a.Hits {
		wanted[i] = Wish{h.Document, q.Lang}
	}
	list, err := l.Briefs(ctx, scope, wanted)
	return list, max(a.Total-len(wanted)+len(list), 0), err
}

// maxNews is how many new documents are looked through for one letter, the newest
// first.
const maxNews = 5000

// maxCounted is how far new documents are counted; beyond, "many" is enough.
const maxCounted = 1000

// CountSince counts the documents that came since, a thousand at most.
func (l *Library) CountSince(ctx context.Context, scope access.Scope, since time.Time) (int, error) {
	return store.Get[int](ctx, l.DB, scope,
		"SELECT COUNT(*) FROM (SELECT d.id FROM document d WHERE {scope d} AND d.created > $1 ORDER BY d.created DESC LIMIT $2) came", since, maxCounted)
}
