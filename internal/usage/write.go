package usage

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// Flush writes down what was counted. What cannot be written waits for the next
// time; where only the answer was lost, that counts it twice, which is better than
// never.
func (c *Counter) Flush(ctx context.Context) error {
	c.mu.Lock()
	taken := c.waiting
	c.waiting = nil
	c.mu.Unlock()
	levels, err := c.levels(ctx, taken)
	if err == nil {
		err = c.write(ctx, taken, levels)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for k, f := range taken { // what is left
		c.put(k, c.waiting[k].Plus(f))
	}
	return err
}

// levels are those of the documents that are there.
func (c *Counter) levels(ctx context.Context, taken map[cell]Figures) (map[string]access.Level, error) {
	ids := map[string]bool{}
	for k := range taken {
		ids[k.document] = true
	}
	levels := map[string]access.Level{"": access.Public}
	for chunk := range slices.Chunk(slices.Sorted(maps.Keys(ids)), 200) {
		marks, args := make([]string, len(chunk)), make([]any, len(chunk))
		for i, id := range chunk {
			marks[i], args[i] = fmt.Sprintf("$%d", i+1), id
		}
		rows, err := store.List[struct {
			ID    string
			Level access.Level
		}](ctx, c.DB, everything, "SELECT id, level FROM document WHERE {scope} AND id IN ("+strings.Join(marks, ", ")+")", args...)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			levels[r.ID] = r.Level
		}
	}
	return levels, nil
}

// write writes document by document, each in one statement, so that its sums agree
// whatever happens between two; and takes out of the map what is written. The
// documents come in order: two programs never wait for each other in a circle.
func (c *Counter) write(ctx context.Context, taken map[cell]Figures, levels map[string]access.Level) error {
	cells := slices.SortedFunc(maps.Keys(taken), func(a, b cell) int {
		return cmp.Or(strings.Compare(b.document, a.document), a.month.Compare(b.month), strings.Compare(a.lang, b.lang))
	})
	for len(cells) > 0 {
		document := cells[0].document
		n := slices.IndexFunc(cells, func(k cell) bool { return k.document != document })
		if n < 0 {
			n = len(cells)
		}
		level, there := levels[document]
		if there && level < access.Closed {
			if err := c.writeOne(ctx, level, cells[:n], taken); err != nil {
				return err
			}
		}
		for _, k := range cells[:n] {
			if sum := (cell{"", k.lang, k.month}); there && level == access.Public && document != "" {
				if _, known := taken[sum]; !known {
					cells = append(cells, sum) // "" comes last
				}
				taken[sum] = taken[sum].Plus(taken[k])
			}
			delete(taken, k)
		}
		cells = cells[n:]
	}
	return nil
}

func (c *Counter) writeOne(ctx context.Context, level access.Level, cells []cell, taken map[cell]Figures) error {
	if level > access.Public {
		for _, k := range cells {
			f := taken[k]
			if _, err := store.Upkeep(ctx, c.DB, `
				INSERT INTO usage_pending (quarter, document, reads, found, files, cites) VALUES ($1, $2, $3, $4, $5, $6)
				ON CONFLICT (quarter, document) DO UPDATE
				SET reads = usage_pending.reads + excluded.reads, found = usage_pending.found + excluded.found,
					files = usage_pending.files + excluded.files, cites = usage_pending.cites + excluded.cites`,
				PeriodOf(Quarter, k.month).Since, k.document, f.Reads, f.Found, f.Files, f.Cites); err != nil {
				return err
			}
			delete(taken, k)
		}
		return nil
	}
	query, args := addition(cells[0].document, sums(cells, taken))
	_, err := store.Upkeep(ctx, c.DB, query, args...)
	return err
}

// sum is a figure's place beside its document.
type sum struct {
	Period
	lang string
}

// sums counts what was counted by month and language into all the sums of which it
// is part.
func sums(cells []cell, figures map[cell]Figures) map[sum]Figures {
	all := map[sum]Figures{}
	for _, k := range cells {
		for _, p := range periods(k.month) {
			for _, t := range []string{k.lang, ""} {
				all[sum{p, t}] = all[sum{p, t}].Plus(figures[k])
			}
		}
	}
	return all
}

// addition is the statement that adds to the sums of one document.
func addition(document string, all map[sum]Figures) (string, []any) {
	var rows []string
	var args []any
	for _, s := range slices.SortedFunc(maps.Keys(all), func(a, b sum) int {
		return cmp.Or(cmp.Compare(a.Span, b.Span), a.Since.Compare(b.Since), cmp.Compare(a.lang, b.lang))
	}) {
		f, marks := all[s], []string(nil)
		for _, v := range []any{document, string(s.Span), micros(s.Since), s.lang, f.Reads, f.Found, f.Files, f.Cites} {
			args = append(args, v)
			marks = append(marks, fmt.Sprintf("$%d", len(args)))
		}
		rows = append(rows, "("+strings.Join(marks, ", ")+")")
	}
	return `
		INSERT INTO usage_count (document, span, since, lang, reads, found, files, cites) VALUES ` + strings.Join(rows, ", ") + `
		ON CONFLICT (document, span, since, lang) DO UPDATE
		SET reads = usage_count.reads + excluded.reads, found = usage_count.found + excluded.found,
			files = usage_count.files + excluded.files, cites = usage_count.cites + excluded.cites`, args
}

func micros(t time.Time) int64 { return store.Micros(t) }

// everything is the program's own scope.
var everything = store.Everything("usage")
