package sheet

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"polis/internal/lang"
)

// cellReader understands the cells of one column.
type cellReader struct {
	column  Column
	options known
	from    time.Time // of the workbook's numbers of days
	order   order     // of day and month, where the column or the reader's language says it
	mark    byte      // of decimals, where the column says it
}

// reads prepares the reading of a column: its own cells say first how it is written.
func (b *Binding) reads(i int) cellReader {
	r := cellReader{column: b.columns[i], from: b.table.from}
	at := b.place[i]
	if at < 0 {
		return r
	}
	r.options = knownOptions(r.column.Choices, b.reader)
	cells := func(yield func(string) bool) {
		for _, row := range b.table.Rows[b.first:] {
			if at < len(row.Cells) && !row.Cells[at].Exact && row.Cells[at].Text != "" && !yield(row.Cells[at].Text) {
				return
			}
		}
	}
	switch r.column.Kind {
	case Date:
		r.order = orderOf(cells)
		if r.order == unknown && b.reader != lang.English { // in English both orders are at home
			r.order = dayFirst
		}
	case Number:
		r.mark = markOf(cells)
	}
	return r
}

// value is what a cell says, in the form of its column's kind.
func (r cellReader) value(c Cell) (string, *Trouble) {
	if c.Fault != "" {
		return "", wrong("sheet.error.formula", "value", c.Fault)
	}
	if c.Text == "" {
		if r.column.Required {
			return "", wrong("sheet.error.missing", "column", r.column.Names)
		}
		return "", nil
	}
	switch r.column.Kind {
	case Date:
		return r.date(c)
	case Number, Whole:
		return r.number(c)
	case Choice:
		return r.choice(c.Text)
	case List:
		return r.list(c.Text)
	}
	return c.Text, nil
}

// quote shortens what a sentence repeats of a cell.
func quote(text string) string {
	runes := []rune(strings.ReplaceAll(text, "\n", " "))
	if len(runes) > 60 {
		return string(runes[:60]) + "…"
	}
	return string(runes)
}

func (r cellReader) date(c Cell) (string, *Trouble) {
	text := c.Text
	if days, err := strconv.Atoi(text); c.Exact && err == nil && days > 10_000 && days < 110_000 { // a day whose format was lost
		text = r.from.AddDate(0, 0, days).Format(time.DateOnly)
	}
	day, key := readDate(text, r.order)
	switch key {
	case "":
		return day, nil
	case "sheet.error.date-order":
		return "", wrong(key, "value", quote(text), "one", day, "other", swapped(day))
	}
	return "", wrong(key, "value", quote(text))
}

// swapped is a day with day and month exchanged.
func swapped(iso string) string { return iso[:5] + iso[8:] + "-" + iso[5:7] }

func (r cellReader) number(c Cell) (string, *Trouble) {
	mark := r.mark
	if c.Exact {
		mark = '.'
	}
	number, key := readNumber(c.Text, mark, r.column.Kind == Whole, c.Exact)
	switch key {
	case "":
		return number, nil
	case "sheet.error.number-order":
		return "", wrong(key, "value", quote(c.Text), "one", bare.Replace(c.Text), "other", strings.ReplaceAll(c.Text, ",", ".")+"0")
	}
	return "", wrong(key, "value", quote(c.Text))
}

func (r cellReader) choice(text string) (string, *Trouble) {
	i, ok := r.options[fold(text)]
	if !ok {
		return "", wrong("sheet.error.choice", "value", quote(text), "choices", r.column.Choices)
	}
	return r.column.Choices[i].ID, nil
}

// list reads several values. A name may have a comma in it, so commas divide only where nothing else does and the whole
// is no name.
func (r cellReader) list(text string) (string, *Trouble) {
	if i, ok := r.options[fold(text)]; ok && !strings.ContainsAny(text, ";\n") {
		return r.column.Choices[i].ID, nil
	}
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == '\n' })
	if len(parts) == 1 {
		parts = strings.Split(text, ",")
	}
	var values []string
	for _, part := range parts {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		if len(r.column.Choices) > 0 {
			id, wrong := r.choice(part)
			if wrong != nil {
				return "", wrong
			}
			part = id
		}
		if !slices.Contains(values, part) {
			values = append(values, part)
		}
	}
	return strings.Join(values, "; "), nil
}
