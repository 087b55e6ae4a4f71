package event

import (
	"context"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// Item is a point of the agenda.
type Item struct {
	At      time.Time
	Title   string
	Speaker string // in words
}

// Items are the agenda of an event that the caller has read.
func (s *Events) Items(ctx context.Context, id string) ([]Item, error) {
	return store.List[Item](ctx, s.DB, everything, "SELECT at, title, speaker FROM meeting_item WHERE {scope} AND meeting = $1 ORDER BY n", id)
}

// Papers are the ids of documents of the library, for before and after the event.
type Papers struct{ Before, After []string }

// Papers are those of an event that the caller has read. Whether she reads them the
// library says.
func (s *Events) Papers(ctx context.Context, id string) (p Papers, err error) {
	rows, err := store.List[struct{ Phase, Document string }](ctx, s.DB, everything, "SELECT phase, document FROM meeting_document WHERE {scope} AND meeting = $1 ORDER BY phase, n", id)
	for _, r := range rows {
		to := &p.Before
		if r.Phase == "after" {
			to = &p.After
		}
		*to = append(*to, r.Document)
	}
	return p, err
}

// SetProgramme writes the agenda of an event, in the order of its times, and the documents
// that belong to it. That each document is there and may be named the caller has asked of
// the library.
func (s *Events) SetProgramme(ctx context.Context, who access.Subject, id string, rev int64, items []Item, p Papers) error {
	return s.change(ctx, who, id, rev, func(tx *store.Tx, e Event) (store.Event, error) {
		v := Invalid{}
		lines, papers := e.items(items, v), e.papers(p, v)
		if len(v) > 0 {
			return store.Event{}, v
		}
		for _, table := range []string{"meeting_item", "meeting_document"} {
			if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE meeting = $1", id); err != nil {
				return store.Event{}, err
			}
		}
		if err := tx.Insert(ctx, "meeting_item (meeting, n, at, title, speaker)", lines, ""); err != nil {
			return store.Event{}, err
		}
		return e.event("community.event.programme"), tx.Insert(ctx, "meeting_document (meeting, phase, document, n)", papers, "")
	})
}

func (e Event) items(items []Item, v Invalid) (rows [][]any) {
	if len(items) > mostItems {
		v["items"] = "event.error.items"
	}
	items = slices.Clone(items)
	slices.SortStableFunc(items, func(a, b Item) int { return a.At.Compare(b.At) })
	for n, i := range items {
		i.Title, i.Speaker = strings.TrimSpace(i.Title), strings.TrimSpace(i.Speaker)
		if i.At.Before(e.Begins) || i.At.After(e.Ends) {
			v["items"] = "event.error.items.time"
		}
		if i.Title == "" || len([]rune(i.Title)) > MaxTitle || len([]rune(i.Speaker)) > MaxTitle {
			v["items"] = "event.error.items.line"
		}
		rows = append(rows, []any{e.ID, n + 1, i.At, i.Title, i.Speaker})
	}
	return rows
}

func (e Event) papers(p Papers, v Invalid) (rows [][]any) {
	for _, of := range []struct {
		phase string
		ids   []string
	}{{"before", p.Before}, {"after", p.After}} {
		if len(of.ids) > mostPapers {
			v[of.phase] = "event.error.papers.many"
		}
		for n, document := range of.ids {
			if !slices.Contains(of.ids[:n], document) {
				rows = append(rows, []any{e.ID, of.phase, document, n})
			}
		}
	}
	return rows
}
