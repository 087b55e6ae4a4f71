package sheet

import (
	"strconv"
	"strings"

	"polis/internal/lang"
)

// MostTroubles is how many troubles of cells are told. A table with more was not meant for these columns.
const MostTroubles = 500

// headerRows is how far down a header is sought: above it stand titles.
const headerRows = 10

// Binding is a table whose columns were found.
type Binding struct {
	Header  int       // number of the row that names the columns
	Unknown []Unknown // columns of the table that are none of ours: told, and otherwise left alone

	table   *Table
	columns []Column
	reader  lang.Tag
	place   []int // of each of columns in the table, from 0; -1 where the table has it not
	byID    map[string]int
	first   int // row of the table below the header
}

// Unknown is a column that is none of ours.
type Unknown struct {
	Column int    // from 1
	Name   string // "" where it has none
}

// Letter is the column as a spreadsheet names it.
func (u Unknown) Letter() string { return letter(u.Column) }

// Bind finds the columns in the table: the header is the one of its first rows that names most of them. The troubles
// are those of the header; with any, Records would say little.
func (t *Table) Bind(columns []Column, reader lang.Tag) (*Binding, []Trouble) {
	b := &Binding{table: t, columns: columns, reader: reader, byID: make(map[string]int, len(columns)), place: make([]int, len(columns))}
	for i, c := range columns {
		b.byID[c.ID], b.place[i] = i, -1
	}
	names, best := knownColumns(columns, reader), 0
	for i, row := range t.Rows[:min(headerRows, len(t.Rows))] {
		if n := names.count(row); n > best {
			best, b.first = n, i+1
		}
	}
	if best == 0 {
		return b, []Trouble{{Row: t.Rows[0].Number, Key: "sheet.error.no-header", Args: []any{"columns", columnNames(columns, reader)}}}
	}
	header := t.Rows[b.first-1]
	b.Header = header.Number
	troubles := b.find(names, header)
	for i, c := range columns {
		if c.Required && b.place[i] < 0 {
			troubles = append(troubles, Trouble{Row: b.Header, Key: "sheet.error.column-missing", Args: []any{"column", c.Names}})
		}
	}
	return b, troubles
}

// count tells how many columns a row names.
func (k known) count(row Row) int {
	found := map[int]bool{}
	for _, c := range row.Cells {
		if i, ok := k[fold(c.Text)]; ok {
			found[i] = true
		}
	}
	return len(found)
}

// find gives each column its place in the header.
func (b *Binding) find(names known, header Row) (troubles []Trouble) {
	for at, c := range header.Cells {
		i, ok := names[fold(c.Text)]
		switch {
		case !ok && c.Text != "":
			b.Unknown = append(b.Unknown, Unknown{at + 1, c.Text})
		case !ok:
		case b.place[i] >= 0:
			troubles = append(troubles, Trouble{b.Header, at + 1, "sheet.error.column-twice", []any{"column", b.columns[i].Names, "other", letter(b.place[i] + 1)}})
		default:
			b.place[i] = at
		}
	}
	return troubles
}

// columnNames lists the columns for a sentence: those that are required, else all.
func columnNames(columns []Column, reader lang.Tag) string {
	var names, required []string
	for _, c := range columns {
		names = append(names, c.Names.In(reader))
		if c.Required {
			required = append(required, c.Names.In(reader))
		}
	}
	if len(required) > 0 {
		names = required
	}
	return strings.Join(names, "; ")
}

// Has reports whether the table has the column. What it has not, an import leaves as it is.
func (b *Binding) Has(id string) bool {
	i, ok := b.byID[id]
	return ok && b.place[i] >= 0
}

// Trouble is one that the caller has found in a column of a row.
func (b *Binding) Trouble(row int, id, key string, args ...any) Trouble {
	t := Trouble{Row: row, Key: key, Args: args}
	if i, ok := b.byID[id]; ok {
		t.Column = b.place[i] + 1
	}
	return t
}

// Records reads the rows below the header, and tells everything that is wrong with them, by row and column; of what is
// wrong a record holds nothing. More than MostTroubles end the reading.
func (b *Binding) Records() (records []Record, troubles []Trouble) {
	if b.Header == 0 {
		return nil, nil // Bind has told it
	}
	readers := make([]cellReader, len(b.columns))
	for i := range b.columns {
		readers[i] = b.reads(i)
	}
	for _, row := range b.table.Rows[b.first:] {
		r := Record{Row: row.Number, binding: b, values: make([]string, len(b.columns))}
		for i, read := range readers {
			if b.place[i] < 0 {
				continue
			}
			var c Cell
			if b.place[i] < len(row.Cells) {
				c = row.Cells[b.place[i]]
			}
			value, wrong := read.value(c)
			if wrong != nil {
				wrong.Row, wrong.Column = row.Number, b.place[i]+1
				troubles = append(troubles, *wrong)
			}
			r.values[i] = value
		}
		troubles = append(troubles, b.beside(row)...)
		if records = append(records, r); len(troubles) > MostTroubles {
			return records, append(troubles[:MostTroubles], Trouble{Row: row.Number, Key: "sheet.error.many", Args: []any{"n", MostTroubles}})
		}
	}
	return records, troubles
}

// beside finds what stands to the right of the header. In CSV it is a sign that a cell was divided where it should not.
func (b *Binding) beside(row Row) []Trouble {
	width := len(b.table.Rows[b.first-1].Cells)
	if b.table.Format != CSV || len(row.Cells) <= width {
		return nil
	}
	return []Trouble{{Row: row.Number, Column: width + 1, Key: "sheet.error.cells"}}
}

// Record is one row of a table, its cells understood.
type Record struct {
	Row     int // as the spreadsheet counts
	binding *Binding
	values  []string
}

// Text is what stands in the column, in the form of its Kind; "" where there is nothing.
func (r Record) Text(id string) string {
	if i, ok := r.binding.byID[id]; ok {
		return r.values[i]
	}
	return ""
}

// Whole is the number in a column of kind Whole; 0 where there is none.
func (r Record) Whole(id string) int64 {
	n, _ := strconv.ParseInt(r.Text(id), 10, 64) // the column has been read as such
	return n
}

// List is what stands in a column of kind List.
func (r Record) List(id string) []string { return split(r.Text(id)) }

// Has reports whether the table has the column.
func (r Record) Has(id string) bool { return r.binding.Has(id) }

// Trouble is one that the caller has found in a column of this row.
func (r Record) Trouble(id, key string, args ...any) Trouble {
	return r.binding.Trouble(r.Row, id, key, args...)
}

// split divides a list as Record keeps and WriteCSV takes it.
func split(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, "; ")
}
