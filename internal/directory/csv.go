package directory

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/lang"
	table "polis/internal/sheet"
	"polis/internal/store"
)

// Report is what an import did, or would do. Where Faults has anything in it,
// nothing was stored.
type Report struct {
	Encoding  string   // as it was recognised: "UTF-8", "UTF-16", "Windows 1251", "Windows 1252"
	Lines     int      // lines read, without the header
	Changes   []Change // in the order of the file
	Unchanged int      // entries that stand in the directory as in the file
	Faults    []Fault  // all at once, by line
	Plan      string   // names the changes, "" where there are none; for ImportAgreed
	Stored    bool
}

// Change is one entry that an import creates (New) or alters.
type Change struct {
	ID    string
	New   bool
	Cells []Difference
}

// ImportCSV reads entries as ExportCSV writes them, in CSV or in a workbook.
// Columns are found by name; a column that is absent leaves what is stored, an
// empty cell empties it. The lines of one id are all its names, where the column
// name_from is there.
// Either all of it is stored or, with any fault, nothing; with dry, nothing
// either, and the report shows the differences. The same file twice changes
// nothing.
func ImportCSV(ctx context.Context, db *store.DB, who access.Subject, r io.Reader, dry bool) (Report, error) {
	s, err := readSheet(ctx, r)
	if err != nil {
		return Report{}, fmt.Errorf("directory: read CSV: %w", err)
	}
	if dry {
		report, _, err := s.plan(ctx, db, who)
		return report, err
	}
	return s.store(ctx, db, who, func(Report) bool { return true })
}

// ImportAgreed is ImportCSV for somebody who was shown what it would do: plan is
// Report.Plan of that look. Whether the changes are still the very same is
// decided in the transaction that stores them, so nothing that others write in
// between is overwritten unseen. Where they are not, nothing is stored, and the
// report has the changes as they are now.
func ImportAgreed(ctx context.Context, db *store.DB, who access.Subject, r io.Reader, plan string) (Report, error) {
	s, err := readSheet(ctx, r)
	if err != nil {
		return Report{}, fmt.Errorf("directory: read CSV: %w", err)
	}
	return s.store(ctx, db, who, func(now Report) bool { return now.Plan == plan })
}

// store stores the changes where there is no fault in them and they are agreed.
func (s *sheet) store(ctx context.Context, db *store.DB, who access.Subject, agreed func(Report) bool) (Report, error) {
	var report Report
	_, err := store.WriteAll(ctx, db, who, func(tx *store.Tx) ([]store.Event, error) {
		var drafts []draft
		var err error
		if report, drafts, err = s.plan(ctx, tx, who); err != nil {
			return nil, err
		}
		if report.Stored = len(report.Faults) == 0 && len(drafts) > 0 && agreed(report); !report.Stored {
			return nil, store.ErrUnchanged
		}
		entries, events := make([]Entry, len(drafts)), make([]store.Event, len(drafts))
		for i, d := range drafts {
			entries[i] = d.after.stored(d.before, tx.Now())
			events[i] = entries[i].event(d.before, columnsOf(report.Changes[i].Cells))
		}
		return events, put(ctx, tx, entries)
	})
	if err != nil {
		return Report{}, err
	}
	return report, nil
}

// digest is the SHA-256 of changes, in hex.
func digest(changes []Change) string {
	if len(changes) == 0 {
		return ""
	}
	text, err := json.Marshal(changes)
	if err != nil {
		panic(err) // strings and booleans can always be written
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// draft is one entry of a sheet beside what is stored of it.
type draft struct {
	before, after Entry
	rows          map[string]int // the line of each name, by its beginning; the first line under "entry"
}

// plan compares the sheet with what is stored. Its drafts are the changes of
// the report.
func (s *sheet) plan(ctx context.Context, q store.Reader, who access.Subject) (Report, []draft, error) {
	report := Report{Encoding: s.encoding, Lines: len(s.lines), Faults: slices.Clone(s.faults)}
	if len(s.faults) > 0 && (len(s.lines) == 0 || !s.has("id")) {
		return report, nil, nil
	}
	stored, err := load(ctx, q, store.Everything("directory"))
	if err != nil {
		return Report{}, nil, err
	}
	known := make(map[string]Entry, len(stored))
	for _, e := range stored {
		known[e.ID] = e
	}
	all, faults := s.drafts(known)
	report.Faults = append(report.Faults, faults...)
	for _, d := range all {
		known[d.after.ID] = d.after
	}
	var drafts []draft
	for _, d := range all {
		changed, err := check(who, d.before, d.after, known)
		if err != nil {
			faults, err := d.faults(err)
			if err != nil {
				return Report{}, nil, err
			}
			report.Faults = append(report.Faults, faults...)
			continue
		}
		if len(changed) == 0 {
			report.Unchanged++
			continue
		}
		drafts = append(drafts, d)
		report.Changes = append(report.Changes, Change{d.after.ID, d.before.Rev == 0, differences(d.before, d.after)})
	}
	slices.SortStableFunc(report.Faults, func(a, b Fault) int { return a.Row - b.Row })
	report.Plan = digest(report.Changes)
	return report, drafts, nil
}

// drafts puts the lines of each id together into the entry that they describe.
func (s *sheet) drafts(known map[string]Entry) ([]draft, []Fault) {
	found := &sheet{columns: s.columns}
	var order []string
	lines := map[string][]line{}
	for _, l := range s.lines {
		id := l.cells["id"]
		if id == "" {
			found.fault(l.number, "id", "directory.error.id-missing", "")
			continue
		}
		if lines[id] == nil {
			order = append(order, id)
		}
		lines[id] = append(lines[id], l)
	}
	drafts := make([]draft, len(order))
	for i, id := range order {
		drafts[i] = found.draft(known[id], lines[id])
	}
	return drafts, found.faults
}

// draft lays the lines of one entry over what is stored of it.
func (s *sheet) draft(before Entry, lines []line) draft {
	first := lines[0]
	d := draft{before: before, after: before, rows: map[string]int{"entry": first.number}}
	for _, col := range entryColumns {
		if !s.has(col) {
			continue
		}
		for _, l := range lines[1:] {
			if l.cells[col] != "" && l.cells[col] != first.cells[col] {
				s.fault(l.number, col, "directory.error.differs", l.cells[col])
			}
		}
		*d.after.field(col) = first.cells[col]
	}
	d.after.Names = s.names(before, lines)
	for _, l := range lines {
		d.rows[l.cells["name_from"]] = l.number
	}
	d.after = d.after.tidy()
	if iso2 := first.cells["iso2"]; iso2 != "" && iso2 != d.after.ISO2 {
		s.fault(first.number, "iso2", "directory.error.iso2", iso2)
	}
	return d
}

// names are those that the lines give: all of them, or the newest one where
// the sheet says nothing of times.
func (s *sheet) names(before Entry, lines []line) []Name {
	timed := s.has("name_from")
	if !timed {
		for _, l := range lines[1:] {
			s.fault(l.number, "id", "directory.error.id-twice", l.cells["id"])
		}
		lines = lines[:1]
	}
	var names []Name
	for _, l := range lines {
		since := l.cells["name_from"]
		if !timed && len(before.Names) > 0 {
			since = before.Names[0].Since
		}
		n := newName(since, "")
		if was, ok := before.named(since); ok {
			n = was.clone()
		}
		for _, col := range nameColumns[1:] {
			if s.has(col) {
				n.fill(col, l.cells[col])
			}
		}
		names = append(names, n)
	}
	if !timed && len(before.Names) > 1 {
		names = append(names, before.Names[1:]...)
	}
	return names
}

func (n Name) clone() Name {
	c := newName(n.Since, n.Until)
	for _, t := range lang.All {
		c.set(t, n.Long[t], n.Short[t], n.Note[t])
	}
	return c
}

// faults turns what check refuses into cells of the sheet.
func (d draft) faults(refusal error) ([]Fault, error) {
	if errors.Is(refusal, ErrForbidden) {
		return []Fault{{d.rows["entry"], "id", "directory.error.not-yours", d.after.ID}}, nil
	}
	var invalid Invalid
	if !errors.As(refusal, &invalid) {
		return nil, refusal
	}
	var list []Fault
	for field, key := range invalid {
		column, number, ofName := strings.Cut(field, ".")
		f := Fault{Row: d.rows["entry"], Column: column, Key: key}
		if ofName {
			var i int
			fmt.Sscan(number, &i) //nolint:errcheck // at wrote it
			if i < len(d.after.Names) {
				n := d.after.Names[i]
				f.Row, f.Value = cmp.Or(d.rows[n.Since], f.Row), n.cell(column)
			}
		} else {
			f.Value = *d.after.field(column)
		}
		list = append(list, f)
	}
	slices.SortFunc(list, func(a, b Fault) int { return strings.Compare(a.Column, b.Column) })
	return list, nil
}

// ExportCSV writes the entries that the filter chooses. ImportCSV reads it back.
func ExportCSV(ctx context.Context, q store.Reader, scope access.Scope, f Filter, w io.Writer) error {
	entries, err := List(ctx, q, scope, f)
	if err != nil {
		return err
	}
	var columns []table.Column
	for _, name := range Columns() {
		columns = append(columns, table.Column{ID: name, Names: lang.Names{lang.English: name}})
	}
	return table.WriteCSV(w, lang.English, columns, func(yield func([]string, error) bool) {
		for _, e := range entries {
			for i, n := range e.Names {
				if !yield(e.line(i, n), nil) {
					return
				}
			}
		}
	})
}

// line is the entry's name with number i as a line of the CSV.
func (e Entry) line(i int, n Name) []string {
	var cells []string
	for _, col := range entryColumns {
		switch {
		case i == 0 || col == "id":
			cells = append(cells, *e.field(col))
		default:
			cells = append(cells, "")
		}
	}
	for _, col := range nameColumns {
		cells = append(cells, n.cell(col))
	}
	return cells
}
