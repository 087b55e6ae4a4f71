package web

import (
	"strconv"
	"strings"
)

// The parts of pages that many pages share. Each type here has a template of
// the same name in components.html; texts in them are already the reader's.

// Field is a control of a form: {{template "field" .}}.
type Field struct {
	Name     string // of the control; also its id
	Label    string
	Hint     string // what to write, with an example, or ""
	Error    string // what is wrong and what to do, or ""
	Value    string
	Type     string // "text" (also ""), "search", "email", "password", "date", "number", "file", "textarea", "select", "checkboxes", "radios"
	Options  []Option
	Rows     int       // of a textarea, 0 means 5
	Width    string    // "" is full, else "short" or "medium"
	Auto     string    // autocomplete token, or ""
	Accept   string    // of a file field
	Many     bool      // a file field or select takes several
	Must     bool      // may not stay empty
	Fixed    bool      // is read, not written
	Proposed *Proposed // the value was proposed, and by what; nil otherwise
}

// Option is one choice of a select, of checkboxes or radios.
type Option struct {
	Value, Text, Hint string
	Chosen            bool
}

// ControlType is the type attribute of an input.
func (f Field) ControlType() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

// RowCount is the height of a textarea in lines.
func (f Field) RowCount() int {
	if f.Rows == 0 {
		return 5
	}
	return f.Rows
}

// DescribedBy lists the ids of the hint, of what it was proposed by and of the error,
// for screen readers.
func (f Field) DescribedBy() string {
	var ids []string
	for _, of := range []struct {
		is   bool
		part string
	}{{f.Hint != "", "-hint"}, {f.Proposed != nil, "-proposed"}, {f.Error != "", "-error"}} {
		if of.is {
			ids = append(ids, f.Name+of.part)
		}
	}
	return strings.Join(ids, " ")
}

// Error is a line of the error summary. It leads to the field of that name.
type Error struct{ Field, Text string }

// Fact is a row of a summary list.
type Fact struct {
	Name   string
	Values []Link // URL may be ""
}

// Mood colours a tag or a note, which say the same in words.
type Mood string

// The moods: one colour for what is, one for what waits, one for refusal.
const (
	Plain     Mood = "plain"
	Done      Mood = "done"
	Attention Mood = "attention"
	Refusal   Mood = "refusal"
)

// Tag is a state as a word in a coloured mark with its icon.
type Tag struct {
	Mood Mood
	Text string
}

// Chip is a chosen filter. Remove leads to the list without it.
type Chip struct{ Name, Text, Remove, Label string }

// Facet is a group of filters with counts.
type Facet struct {
	Name    string
	Open    bool
	Choices []Choice
	More    string // address with all choices, or ""
	All     string // words for that link: "All 57 States"
}

// Choice is one filter of a facet.
type Choice struct {
	Text   string
	Count  string // as the language writes it
	URL    string // adds or removes it
	Chosen bool
}

// Step is one stage of a state machine.
type Step struct {
	Text    string
	Missing string // what is missing for it, or ""
	Done    bool
	Here    bool
}

// Column is a column of a table.
type Column struct {
	Text   string
	Figure bool   // right-aligned, tabular
	Sort   string // address that sorts by it, or ""
}

// Cell is a cell of a table.
type Cell struct {
	Text, URL string
	Figure    bool
	Tag       *Tag
	Lang      string // of the text, "" for the page's
}

// Table has a caption for screen readers and shows its first column as head of
// each row.
type Table struct {
	Caption string
	Columns []Column
	Rows    [][]Cell
	CSV     string // address of the same as CSV, or ""
}

// Pagination leads through a long list.
type Pagination struct {
	Label, Previous, Next       string // words
	PreviousURL, NextURL, State string // State: "Page 2 of 9"
	Pages                       []PageLink
}

// PageLink is a page number; without URL it stands for those left out.
type PageLink struct {
	Number, URL, Label string
	Here               bool
}

// Pagination makes the links of a list with so many pages; page counts from 1.
// With fewer than two pages there is nothing to show.
func (f *Frame) Pagination(page, pages int) *Pagination { return f.paginate(page, pages, f.page) }

// paginate makes the links of whatever comes in pages; at is the address of one.
func (f *Frame) paginate(page, pages int, at func(n int) string) *Pagination {
	if pages < 2 {
		return nil
	}
	p := &Pagination{
		Label: f.T("web.pages.label"), Previous: f.T("web.pages.previous"), Next: f.T("web.pages.next"),
		State: f.T("web.pages.state", "page", page, "pages", pages),
	}
	if page > 1 {
		p.PreviousURL = at(page - 1)
	}
	if page < pages {
		p.NextURL = at(page + 1)
	}
	gap := false
	for n := 1; n <= pages; n++ {
		if near := n == 1 || n == pages || (n >= page-1 && n <= page+1); near {
			number := f.Number(n)
			p.Pages = append(p.Pages, PageLink{number, at(n), f.T("web.pages.page", "page", n), n == page})
			gap = false
		} else if !gap {
			p.Pages = append(p.Pages, PageLink{})
			gap = true
		}
	}
	return p
}

// page is the address of a page of this list; the first has no number.
func (f *Frame) page(n int) string {
	if n == 1 {
		return f.With("page", "")
	}
	return f.With("page", strconv.Itoa(n))
}

// Chip makes the chip of a chosen filter: name is the query's, value its value.
func (f *Frame) Chip(name, label, value, text string) Chip {
	return Chip{label, text, f.Without(name, value), f.T("web.chip.remove", "name", label, "value", text)}
}
