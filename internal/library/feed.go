package library

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// The feed is the library as another system harvests it: every document that the
// scope reads in the order of its last change, and among them those that it could
// read once and cannot any more, which are gone. A place in it is the time and the
// id of the last one read, so the two-hundred-thousandth costs what the first does.

// The two kinds of sets: by theme, with sub-themes below, and by type.
const (
	ThemeSet = "theme"
	TypeSet  = "type"
)

// FeedQuery is what is wanted of the feed.
type FeedQuery struct {
	From    time.Time // changed then or later
	Until   time.Time // changed before; zero: no end
	Set     string    // "theme", "theme:cybercrime", "type:guide"; "": everything
	After   time.Time // the place of the last one read; zero: from the beginning
	AfterID string
	Limit   int
}

// place is where the next one stands behind.
func (q FeedQuery) place() (int64, string) {
	if at := store.Micros(q.After); at != 0 {
		return at, q.AfterID
	}
	return store.Micros(q.From), ""
}

func (q FeedQuery) until() int64 {
	if q.Until.IsZero() {
		return math.MaxInt64
	}
	return store.Micros(q.Until)
}

// Fed is one document of the feed, or that it is gone.
type Fed struct {
	ID     string
	Stamp  time.Time // of its last change
	Sets   []string  // the narrowest
	Gone   bool      // then nothing follows
	Record Record    // without Inverse and titles of related documents
	About  []FedConcept
	From   *Provenance
}

// FedConcept is a concept of a thesaurus that people have confirmed for a document.
type FedConcept struct {
	ID, URI string
	Scheme  string // of which it is: "policing", "eurovoc"
	Names   lang.Names
}

// Provenance is where a document was harvested.
type Provenance struct {
	Document   string
	Source     string // id
	URL        string
	Name       string // as the source calls itself
	Identifier string
	Stamp      string
	Link       string
	Taken      time.Time
}

// Feed reads at most q.Limit documents. With heads, records hold the document and
// its tags alone.
func (l *Library) Feed(ctx context.Context, scope access.Scope, q FeedQuery, heads bool) ([]Fed, error) {
	docs, err := l.fedDocuments(ctx, scope, q)
	if err != nil {
		return nil, err
	}
	gone, err := l.fedGone(ctx, scope, q)
	if err != nil {
		return nil, err
	}
	list := append(gone, docs...)
	slices.SortFunc(list, func(a, b Fed) int { return cmp.Or(a.Stamp.Compare(b.Stamp), strings.Compare(a.ID, b.ID)) })
	list = list[:min(len(list), q.Limit)]
	return list, l.furnish(ctx, scope, list, heads)
}

func (l *Library) fedDocuments(ctx context.Context, scope access.Scope, q FeedQuery) ([]Fed, error) {
	in, more := q.inSet(4)
	at, id := q.place()
	args := append([]any{at, id, q.until()}, more...)
	docs, err := store.List[Document](ctx, l.DB, scope, fmt.Sprintf(`
		SELECT `+documentColumns+`
		FROM document d
		WHERE {scope d} AND (d.updated, d.id) > ($1, $2) AND d.updated < $3%s
		ORDER BY d.updated, d.id
		LIMIT $%d`, in, len(args)+1), append(args, q.Limit)...)
	list := make([]Fed, 0, len(docs))
	for _, d := range docs {
		list = append(list, Fed{ID: d.ID, Stamp: d.Updated, Record: Record{Document: d}})
	}
	return list, err
}

// inSet is the condition for the set on a document d, with placeholders from first.
func (q FeedQuery) inSet(first int) (string, []any) {
	kind, rest, named := strings.Cut(q.Set, ":")
	switch {
	case q.Set == "":
		return "", nil
	case kind == TypeSet && named:
		return fmt.Sprintf(" AND d.kind = $%d", first), []any{rest}
	case kind == TypeSet:
		return " AND d.kind <> ''", nil
	case kind == ThemeSet && named:
		theme := strings.ReplaceAll(rest, ":", "/")
		return fmt.Sprintf(" AND EXISTS (SELECT 1 FROM document_tag t WHERE t.document = d.id AND t.kind = 'theme' AND t.lang = '' AND (t.value = $%d OR t.value >= $%d AND t.value < $%d))",
			first, first+1, first+2), []any{theme, theme + "/", theme + "0"} // 0 follows the slash
	case kind == ThemeSet:
		return " AND EXISTS (SELECT 1 FROM document_tag t WHERE t.document = d.id AND t.kind = 'theme')", nil
	}
	return " AND FALSE", nil
}

// departedHere are the rows of departed that count for the scope: what it reads
// now is not gone, and what left twice left the last time.
const departedHere = `
	{scope r}
	AND NOT EXISTS (SELECT 1 FROM document d WHERE d.id = r.document AND {scope d})
	AND NOT EXISTS (SELECT 1 FROM departed x WHERE x.document = r.document AND x.at > r.at AND {scope x})`

func (l *Library) fedGone(ctx context.Context, scope access.Scope, q FeedQuery) ([]Fed, error) {
	at, id := q.place()
	rows, err := store.List[struct {
		Document, Sets string
		At             time.Time
	}](ctx, l.DB, scope, `
		SELECT r.document, r.at, r.sets
		FROM departed r
		WHERE `+departedHere+` AND (r.at, r.document) > ($1, $2) AND r.at < $3 AND ($4 = '' OR r.sets LIKE '% ' || $4 || ' %')
		ORDER BY r.at, r.document
		LIMIT $5`, at, id, q.until(), q.Set, q.Limit)
	list := make([]Fed, 0, len(rows))
	for _, r := range rows {
		list = append(list, Fed{ID: r.Document, Stamp: r.At, Gone: true, Sets: narrowest(strings.Fields(r.Sets))})
	}
	return list, err
}

// narrowest leaves out the sets of which another one in the list is part.
func narrowest(all []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(set string) bool {
		return slices.ContainsFunc(all, func(other string) bool { return strings.HasPrefix(other, set+":") })
	})
}

// FeedSize is how many documents the whole query finds, from its beginning.
func (l *Library) FeedSize(ctx context.Context, scope access.Scope, q FeedQuery) (int64, error) {
	in, more := q.inSet(3)
	n, err := store.Get[int64](ctx, l.DB, scope, "SELECT COUNT(*) FROM document d WHERE {scope d} AND d.updated >= $1 AND d.updated < $2"+in,
		append([]any{store.Micros(q.From), q.until()}, more...)...)
	if err != nil {
		return 0, err
	}
	gone, err := store.Get[int64](ctx, l.DB, scope, `
		SELECT COUNT(*) FROM departed r
		WHERE `+departedHere+` AND r.at >= $1 AND r.at < $2 AND ($3 = '' OR r.sets LIKE '% ' || $3 || ' %')`, store.Micros(q.From), q.until(), q.Set)
	return n + gone, err
}

// FedOne is one document as the feed has it, or store.ErrNotFound.
func (l *Library) FedOne(ctx context.Context, scope access.Scope, id string) (Fed, error) {
	d, err := store.Get[Document](ctx, l.DB, scope, "SELECT "+documentColumns+" FROM document d WHERE {scope d} AND d.id = $1", id)
	if err == nil {
		list := []Fed{{ID: d.ID, Stamp: d.Updated, Record: Record{Document: d}}}
		err = l.furnish(ctx, scope, list, false)
		return list[0], err
	}
	if !errors.Is(err, store.ErrNotFound) {
		return Fed{}, err
	}
	r, err := store.Get[struct {
		At   time.Time
		Sets string
	}](ctx, l.DB, scope, "SELECT r.at, r.sets FROM departed r WHERE "+departedHere+" AND r.document = $1", id)
	return Fed{ID: id, Stamp: r.At, Gone: true, Sets: narrowest(strings.Fields(r.Sets))}, err
}

// FeedBegin is the time of the first change in the feed; zero where it is empty.
func (l *Library) FeedBegin(ctx context.Context, scope access.Scope) (time.Time, error) {
	first, err := l.Feed(ctx, scope, FeedQuery{Limit: 1}, true)
	if err != nil || len(first) == 0 {
		return time.Time{}, err
	}
	return first[0].Stamp, nil
}
