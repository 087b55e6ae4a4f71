package web

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"polis/internal/directory"
	"polis/internal/lang"
)

// entryField is a column of an entry as the form has it.
type entryField struct {
	column string
	desk   bool // not for a State's focal point to change
	of     func(*directory.Entry) *string
}

// entryFields are an entry's own columns in the order of the form.
var entryFields = []entryField{
	{"kind", true, func(e *directory.Entry) *string { return (*string)(&e.Kind) }},
	{"id", true, func(e *directory.Entry) *string { return &e.ID }},
	{"iso3", true, func(e *directory.Entry) *string { return &e.ISO3 }},
	{"sub_region", true, func(e *directory.Entry) *string { return &e.SubRegion }},
	{"host", true, func(e *directory.Entry) *string { return &e.Host }},
	{"parent", true, func(e *directory.Entry) *string { return &e.Parent }},
	{"mandate", false, func(e *directory.Entry) *string { return &e.Mandate }},
	{"website", false, func(e *directory.Entry) *string { return &e.Website }},
	{"valid_from", true, func(e *directory.Entry) *string { return &e.ValidFrom }},
	{"valid_to", true, func(e *directory.Entry) *string { return &e.ValidTo }},
}

// maxNames is how many names one form carries.
const maxNames = 40

// nameParts are the columns of a name in one language.
var nameParts = []string{"long", "short", "note"}

// nameCell finds a name's column; set writes it where text is given.
func nameCell(n *directory.Name, column string, text ...string) string {
	switch column {
	case "name_from":
		return setOrGet(&n.Since, text)
	case "name_to":
		return setOrGet(&n.Until, text)
	}
	part, tag, _ := strings.Cut(column, "_")
	names := map[string]*lang.Names{"long": &n.Long, "short": &n.Short, "note": &n.Note}[part]
	if len(text) > 0 {
		if *names == nil {
			*names = lang.Names{}
		}
		if delete(*names, lang.Tag(tag)); text[0] != "" {
			(*names)[lang.Tag(tag)] = text[0]
		}
	}
	return (*names)[lang.Tag(tag)]
}

func setOrGet(s *string, text []string) string {
	if len(text) > 0 {
		*s = text[0]
	}
	return *s
}

// nameColumns are the columns of a name, as the CSV calls them.
var nameColumns = func() []string {
	columns := []string{"name_from", "name_to"}
	for _, part := range nameParts {
		for _, t := range lang.All {
			columns = append(columns, part+"_"+string(t))
		}
	}
	return columns
}()

// readNames takes the names out of a form, in the order in which the directory
// keeps them, because the faults that it finds count them so. A name of which
// nothing was typed is none.
func readNames(form url.Values) []directory.Name {
	count, _ := strconv.Atoi(form.Get("names"))
	var list []directory.Name
	for i := range min(max(count, 0), maxNames) {
		var n directory.Name
		typed := false
		for _, column := range nameColumns {
			text := strings.TrimSpace(form.Get(at(column, i)))
			nameCell(&n, column, text)
			typed = typed || text != ""
		}
		if typed && form.Get(at("remove", i)) == "" {
			list = append(list, n)
		}
	}
	slices.SortStableFunc(list, func(a, b directory.Name) int { return strings.Compare(b.Since, a.Since) })
	return list
}

// at names the field of the name with number i.
func at(column string, i int) string { return column + "." + strconv.Itoa(i) }

// flatten writes an entry as cells: "website", or "long_en|2017" for the name
// that begins in 2017. "name_from|2017" says that there is such a name.
func flatten(e directory.Entry) map[string]string {
	cells := map[string]string{}
	for _, field := range entryFields {
		cells[field.column] = strings.TrimSpace(*field.of(&e))
	}
	for _, n := range e.Names {
		cells["name_from|"+n.Since] = cmp.Or(n.Since, "…")
		for _, column := range nameColumns[1:] {
			if text := nameCell(&n, column); text != "" {
				cells[column+"|"+n.Since] = text
			}
		}
	}
	return cells
}

// unflatten is flatten backwards; what is no cell comes from e.
func unflatten(e directory.Entry, cells map[string]string) directory.Entry {
	for _, field := range entryFields {
		*field.of(&e) = cells[field.column]
	}
	e.Names = nil
	for _, key := range slices.Backward(keysOf(cells)) { // the newest name first
		since, ok := strings.CutPrefix(key, "name_from|")
		if !ok || cells[key] == "" {
			continue
		}
		n := directory.Name{Since: since}
		for _, column := range nameColumns[1:] {
			nameCell(&n, column, cells[column+"|"+since])
		}
		e.Names = append(e.Names, n)
	}
	return e
}

func keysOf(cells ...map[string]string) []string {
	all := map[string]bool{}
	for _, m := range cells {
		for key := range m {
			all[key] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// columnLabel is what a cell is called: "Full name, German (from 2017)".
func (f *Frame) columnLabel(cell string) string {
	column, since, ofName := strings.Cut(cell, "|")
	key, t := directory.Label(column)
	label := f.T(key)
	if t != "" {
		label += ", " + t.Name()
	}
	if ofName && since != "" {
		label += " (" + f.T("directory.since", "date", f.PartialDate(since)) + ")"
	}
	return label
}

// fields are the entry's own fields.
func (p *entryForm) fields() []Field {
	var list []Field
	for _, field := range entryFields {
		if !p.offers(field) {
			continue
		}
		f := Field{Name: field.column, Label: p.columnLabel(field.column), Value: *field.of(&p.entry), Auto: "off"}
		switch field.column {
		case "kind":
			f.Type, f.Options, f.Must = "select", p.kindOptions(), true
		case "sub_region":
			f.Type, f.Hint, f.Options = "select", p.T("directory.hint.sub_region"), p.regionOptions()
		case "host":
			f.Type, f.Options = "select", p.entryOptions(p.entry.Host, directory.State, directory.PartnerState)
		case "parent":
			f.Type, f.Options = "select", p.entryOptions(p.entry.Parent, directory.Body, directory.Unit, directory.Institution, directory.FieldOperation, directory.Organisation)
		case "id":
			f.Hint, f.Width = p.T("directory.hint.id"), "medium"
		case "iso3":
			f.Width = "short"
		case "mandate":
			f.Hint, f.Width = p.T("directory.hint.mandate"), "medium"
		case "valid_from", "valid_to":
			f.Hint, f.Width = p.T("directory.hint.date"), "short"
		}
		list = append(list, p.checked(f, field.column, field.column))
	}
	return list
}

// offers reports whether the form has the field: what cannot be changed any
// more, what the entry cannot have, and what is not for a focal point to change
// it has not.
func (p *entryForm) offers(field entryField) bool {
	state := p.base.Kind.IsState()
	switch {
	case p.own && field.desk:
		return false
	case p.base.Rev == 0 || p.faults[field.column] != "":
		return true
	case field.column == "id", field.column == "iso3" && !state, (field.column == "host" || field.column == "parent") && state:
		return false
	}
	return true
}

// checked adds what is wrong with a field, or what somebody else has stored in
// it meanwhile. fault and cell are its names there.
func (p *entryForm) checked(f Field, fault, cell string) Field {
	if key := p.faults[fault]; key != "" {
		f.Error = p.T(key)
	} else if is, ok := p.stored[cell]; ok {
		f.Error = p.T("directory.stale.theirs", "value", cmp.Or(is, "—"))
	}
	if f.Error != "" {
		p.Errors = append(p.Errors, Error{f.Name, f.Label + ": " + f.Error})
	}
	return f
}

func (p *entryForm) kindOptions() []Option {
	var list []Option
	for _, k := range directory.Kinds {
		if p.base.Rev == 0 || k.IsState() == p.base.Kind.IsState() {
			list = append(list, Option{Value: string(k), Text: p.T("directory.kind." + string(k)), Chosen: k == p.entry.Kind})
		}
	}
	return list
}

func (p *entryForm) regionOptions() []Option {
	list := []Option{{Text: "—"}}
	for _, region := range directory.SubRegions {
		list = append(list, Option{Value: region, Text: p.T("directory.sub-region." + region), Chosen: region == p.entry.SubRegion})
	}
	return list
}

func (p *entryForm) entryOptions(chosen string, kinds ...directory.Kind) []Option {
	list := []Option{{Text: "—"}}
	found := false
	for _, e := range p.names.List(directory.Filter{Kinds: kinds, Lang: p.Lang}) {
		if e.ID == p.base.ID {
			continue
		}
		found = found || e.ID == chosen
		list = append(list, Option{Value: e.ID, Text: e.NameOn("", p.Lang), Chosen: e.ID == chosen})
	}
	if !found && chosen != "" { // as typed, to be put right
		list = append(list, Option{Value: chosen, Text: chosen, Chosen: true})
	}
	return list
}

// nameFields are the fields of all names, newest first.
func (p *entryForm) nameFields() []NameFields {
	if len(p.entry.Names) == 0 {
		p.entry.Names = []directory.Name{{}}
	}
	var list []NameFields
	for i, n := range p.entry.Names {
		v := NameFields{Title: cmp.Or(p.period(n.Since, n.Until), p.T("directory.name.undated"))}
		for _, column := range nameColumns {
			f := Field{Name: at(column, i), Label: p.columnLabel(column), Value: nameCell(&n, column), Auto: "off"}
			part, _, _ := strings.Cut(column, "_")
			if part == "name" {
				f.Width = "short"
			}
			f = p.checked(f, f.Name, column+"|"+n.Since)
			switch part {
			case "name":
				v.Times = append(v.Times, f)
			case "long":
				v.Long = append(v.Long, f)
			default:
				v.Other = append(v.Other, f)
				v.Open = v.Open || f.Value+f.Error != ""
			}
		}
		if len(p.entry.Names) > 1 {
			v.Remove = &Field{Name: at("remove", i), Label: p.T("directory.remove"), Type: "checkboxes", Options: []Option{{Value: "1", Text: p.T("directory.remove-name")}}}
		}
		list = append(list, v)
	}
	return list
}
