package directory

import (
	"slices"
	"strings"

	"polis/internal/lang"
)

// An entry is one line of the CSV, and one more for each of its former names.
// The line's first columns are the entry's own, filled in on its first line; the
// others are the name's. Seed, import and export share this form.
var (
	entryColumns = []string{
		"id", "kind", "parent", "host", "iso2", "iso3", "sub_region", "mandate", "website", "valid_from", "valid_to",
	}
	nameColumns = namesIn([]string{"name_from", "name_to"}, "long", "short", "note")
)

// Columns lists the columns of the CSV in the order of an export.
func Columns() []string { return slices.Concat(entryColumns, nameColumns) }

// Label returns the message key for a column's name, and the language that
// belongs to the column, or "": "long_de" → "directory.field.long", German.
func Label(column string) (key string, t lang.Tag) {
	part, tag, _ := strings.Cut(column, "_")
	if t, ok := lang.Parse(tag); ok {
		return "directory.field." + part, t
	}
	return "directory.field." + column, ""
}

// namesIn adds each part in each language: "long_en", "long_fr", ….
func namesIn(columns []string, parts ...string) []string {
	for _, part := range parts {
		for _, t := range lang.All {
			columns = append(columns, part+"_"+string(t))
		}
	}
	return columns
}

// field is where the entry keeps one of its own columns.
func (e *Entry) field(column string) *string {
	switch column {
	case "id":
		return &e.ID
	case "kind":
		return (*string)(&e.Kind)
	case "parent":
		return &e.Parent
	case "host":
		return &e.Host
	case "iso2":
		return &e.ISO2
	case "iso3":
		return &e.ISO3
	case "sub_region":
		return &e.SubRegion
	case "mandate":
		return &e.Mandate
	case "website":
		return &e.Website
	case "valid_from":
		return &e.ValidFrom
	case "valid_to":
		return &e.ValidTo
	}
	panic("directory: no column " + column)
}

// cell reads one column of the name.
func (n Name) cell(column string) string {
	switch column {
	case "name_from":
		return n.Since
	case "name_to":
		return n.Until
	}
	names, t := n.part(column)
	return names[t]
}

// fill writes one column of the name.
func (n *Name) fill(column, text string) {
	switch column {
	case "name_from":
		n.Since = text
		return
	case "name_to":
		n.Until = text
		return
	}
	names, t := n.part(column)
	if delete(names, t); text != "" {
		names[t] = text
	}
}

func (n Name) part(column string) (lang.Names, lang.Tag) {
	part, t, _ := strings.Cut(column, "_")
	switch part {
	case "long":
		return n.Long, lang.Tag(t)
	case "short":
		return n.Short, lang.Tag(t)
	case "note":
		return n.Note, lang.Tag(t)
	}
	panic("directory: no column " + column)
}

// Difference is one cell that a change alters. Since tells the name, by its
// beginning, where the column is one of a name.
type Difference struct {
	Column string
	Since  string
	Before string
	After  string
}

// differences lists the cells in which two states of an entry differ.
func differences(before, after Entry) []Difference {
	var list []Difference
	compare := func(column, since, was, is string) {
		if was != is {
			list = append(list, Difference{column, since, was, is})
		}
	}
	for _, col := range entryColumns {
		compare(col, "", *before.field(col), *after.field(col))
	}
	for _, since := range periods(before, after) {
		was, had := before.named(since)
		is, has := after.named(since)
		if had != has && since != "" {
			compare("name_from", since, was.Since, is.Since)
		}
		for _, col := range nameColumns[1:] {
			compare(col, since, was.cell(col), is.cell(col))
		}
	}
	return list
}

// periods lists the beginnings of all names of the entries, newest first.
func periods(entries ...Entry) []string {
	var list []string
	for _, e := range entries {
		for _, n := range e.Names {
			if !slices.Contains(list, n.Since) {
				list = append(list, n.Since)
			}
		}
	}
	slices.SortFunc(list, func(a, b string) int { return strings.Compare(b, a) })
	return list
}

// named finds the name that begins at since.
func (e Entry) named(since string) (Name, bool) {
	for _, n := range e.Names {
		if n.Since == since {
			return n, true
		}
	}
	return Name{}, false
}

// columnsOf names the columns that differ, each once.
func columnsOf(list []Difference) []string {
	var columns []string
	for _, d := range list {
		if !slices.Contains(columns, d.Column) {
			columns = append(columns, d.Column)
		}
	}
	return columns
}
