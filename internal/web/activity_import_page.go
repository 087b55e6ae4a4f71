package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"polis/internal/assistance"
	"polis/internal/job"
	"polis/internal/sheet"
	"polis/internal/store"
)

// ActivityImportView is one table: before it is stored what it would change or what is
// wrong with it, then how far it is, then what came of it.
type ActivityImportView struct {
	Tag         Tag
	Says        string
	Note        string // why it was not begun, or ""
	Facts       []Fact
	Progress    string // how far it is, or ""
	Done, Total int64
	Look        string // address where one sees how far it is later, or ""
	Acts        []ImportAct
	Faults      *Table
	Changes     []ActivityChange
	More        int // changes that are not shown
	Gone        []HelpLine
	Back        string
}

// ImportAct is one button. Plan is the digest of the differences on the page.
type ImportAct struct{ Action, Text, Kind, Plan string }

// ActivityChange is one activity that a row makes or changes.
type ActivityChange struct {
	Title, URL, Meta string
	Tag              Tag
	Table            Table
}

var activityImportPage = newPage("activity-import", ActivityImportView{
	Tag: Tag{Attention, "At work"}, Says: "Nothing is stored yet.", Note: "Something has changed.", Facts: []Fact{{"New", []Link{{"12", ""}}}},
	Progress: "500 of 10,000", Done: 500, Total: 10_000, Look: "/en/assistance/imports/1", Acts: []ImportAct{{"/en/assistance/imports/1/start", "Store 12 rows", "", "ab12"}},
	Faults: &Table{Caption: "What is wrong", Columns: []Column{{Text: "Row", Figure: true}, {Text: "Column"}}, Rows: [][]Cell{{{Text: "2", Figure: true}, {Text: "B"}}}},
	Changes: []ActivityChange{{"Course", "/en/assistance/activities/1", "Project 2026/17", Tag{Attention, "Changed"}, Table{
		Caption: "Course", Columns: []Column{{Text: "Field"}, {Text: "Now"}, {Text: "In the table"}}, Rows: [][]Cell{{{Text: "Women"}, {Text: "3"}, {Text: "4"}}},
	}}},
	More: 3, Gone: []HelpLine{sampleHelpLine}, Back: "/en/assistance/imports",
})

// shownRows is how many changes and faults of a table a page shows.
const shownRows = 100

func (h *House) activityImport(w http.ResponseWriter, r *http.Request) error {
	if err := mayBring(r); err != nil {
		return err
	}
	im, err := h.helps().Import(r.Context(), ReaderOf(r).Subject, r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.showActivityImport(w, r, im, "")
}

func (h *House) showActivityImport(w http.ResponseWriter, r *http.Request, im assistance.Import, note string) error {
	f := h.asking(r, "activityimport.title")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	f.Title = im.Name
	f.Crumbs = []Link{
		{f.T("assistance.title"), f.URL("/assistance")}, {f.T("activity.title"), f.URL("/assistance/activities")}, {f.T("activityimport.title"), f.URL("/assistance/imports")},
	}
	v := ActivityImportView{Back: f.URL("/assistance/imports")}
	if note != "" {
		v.Note, f.Status = f.T(note), http.StatusConflict
	}
	if im.Stage == assistance.ImportLooked {
		v.Tag = p.importTag(im, job.Job{})
		found, err := h.bringing().Look(r.Context(), ReaderOf(r).Subject, im)
		if err != nil {
			return err
		}
		p.previewImport(&v, im, found)
		return activityImportPage.Show(w, f, v)
	}
	work, err := job.Get(r.Context(), h.DB, scope(r), im.Job)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	p.importWork(&v, im, work)
	return activityImportPage.Show(w, f, v)
}

// previewImport says what would become of the table.
func (p *helping) previewImport(v *ActivityImportView, im assistance.Import, found assistance.Preview) {
	act := func(name, text, kind, plan string) {
		v.Acts = append(v.Acts, ImportAct{p.URL(importPath(im.ID) + "/" + name), text, kind, plan})
	}
	stored := found.Made + found.Changed
	switch {
	case found.Broken:
		v.Says = p.T("activityimport.says.broken")
	case len(found.Troubles) > 0:
		if v.Says = p.T("activityimport.says.faults"); stored > 0 {
			act("partly", p.T("activityimport.act.partly", "n", stored), "secondary", found.Plan)
		}
	case stored == 0:
		v.Says = p.T("activityimport.impossible.nothing")
	default:
		v.Says = p.T("activityimport.says.looked")
		act("start", p.T("activityimport.act.start", "n", stored), "", found.Plan)
	}
	act("drop", p.T("activityimport.act.drop"), "secondary", "")
	if !found.Broken {
		v.Facts = p.importFacts([]importFact{{"rows", found.Rows}, {"made", found.Made}, {"changed", found.Changed}, {"same", found.Same}, {"faulty", found.Faulty}})
	}
	if found.Encoding != "" {
		v.Facts = append(v.Facts, Fact{p.T("activityimport.fact.encoding"), []Link{{found.Encoding, ""}}})
	}
	if len(found.Unknown) > 0 {
		var names []string
		for _, u := range found.Unknown {
			names = append(names, u.Name+" ("+u.Letter()+")")
		}
		v.Facts = append(v.Facts, Fact{p.T("activityimport.fact.unknown"), []Link{{strings.Join(names, "; "), ""}}})
	}
	var faults []assistance.PassedRow
	for _, t := range found.Troubles {
		faults = append(faults, assistance.PassedRow{Row: t.Row, Column: t.Letter(), Says: t.Say(p.Printer)})
	}
	v.Faults = p.importFaults("activityimport.faults", faults)
	v.More = max(0, len(found.Changes)-shownRows)
	for _, c := range found.Changes[:min(len(found.Changes), shownRows)] {
		v.Changes = append(v.Changes, p.importChange(c, found.Columns))
	}
	for _, x := range found.Gone {
		v.Gone = append(v.Gone, p.activityLine(x))
	}
}

type importFact struct {
	name string
	n    int
}

func (p *helping) importFacts(list []importFact) (facts []Fact) {
	for _, one := range list {
		if one.n > 0 || one.name == "rows" {
			facts = append(facts, Fact{p.T("activityimport.fact." + one.name), []Link{{p.T("activityimport.rows", "n", one.n), ""}}})
		}
	}
	return facts
}

// importFaults lists what is wrong, by row and column.
func (p *helping) importFaults(caption string, list []assistance.PassedRow) *Table {
	if len(list) == 0 {
		return nil
	}
	t := &Table{Caption: p.T(caption), Columns: []Column{{Text: p.T("activityimport.row"), Figure: true}, {Text: p.T("activityimport.column")}, {Text: p.T("activityimport.problem")}}}
	for _, one := range list {
		row := ""
		if one.Row > 0 {
			row = strconv.Itoa(one.Row)
		}
		t.Rows = append(t.Rows, []Cell{{Text: row, Figure: true}, {Text: one.Column}, {Text: one.Says}})
	}
	return t
}

// importChange is an activity field by field: what stands there, and what comes.
func (p *helping) importChange(c assistance.ImportChange, columns []sheet.Column) ActivityChange {
	v := ActivityChange{Title: c.Title, Tag: Tag{Done, p.T("activityimport.tag.new")}, Meta: p.T("activityimport.change.line", "project", c.Project, "row", strconv.Itoa(c.Row))}
	v.Table = Table{Caption: c.Title, Columns: []Column{{Text: p.T("activityimport.field")}, {Text: p.T("activityimport.after")}}}
	if c.ID != "" {
		v.URL, v.Tag = p.URL(activityPath(c.ID, "")), Tag{Attention, p.T("activityimport.tag.changed")}
		v.Table.Columns = slices.Insert(v.Table.Columns, 1, Column{Text: p.T("activityimport.before")})
	}
	for _, cell := range c.Cells {
		row := []Cell{{Text: p.T("activityimport.column." + cell.Column)}, {Text: p.importValue(cell.Column, cell.Before, columns)}, {Text: p.importValue(cell.Column, cell.After, columns)}}
		if c.ID == "" {
			row = []Cell{row[0], row[2]}
		}
		v.Table.Rows = append(v.Table.Rows, row)
	}
	return v
}

// importValue is what stands in a cell, in the reader's words.
func (p *helping) importValue(column, value string, columns []sheet.Column) string {
	if value == "" {
		return ""
	}
	switch column {
	case "starts", "ends":
		return p.day(value)
	case "organisers":
		return strings.ReplaceAll(p.bodies(strings.Split(value, "; ")), "\n", "; ")
	}
	i := slices.IndexFunc(columns, func(c sheet.Column) bool { return c.ID == column })
	if i < 0 || len(columns[i].Choices) == 0 {
		return value
	}
	var names []string
	for _, id := range strings.Split(value, "; ") {
		if host, area, pair := strings.Cut(id, " "); pair && column == "areas" {
			names = append(names, p.gateName(host, area))
			continue
		}
		if o := slices.IndexFunc(columns[i].Choices, func(o sheet.Option) bool { return o.ID == id }); o >= 0 {
			id = columns[i].Choices[o].Names.In(p.Lang)
		}
		names = append(names, id)
	}
	return strings.Join(names, "; ")
}

// importWork says how far an import is, or what came of it.
func (p *helping) importWork(v *ActivityImportView, im assistance.Import, work job.Job) {
	act := func(name, kind string) {
		v.Acts = append(v.Acts, ImportAct{p.URL(importPath(im.ID) + "/" + name), p.T("activityimport.act." + name), kind, ""})
	}
	v.Tag = p.importTag(im, work)
	if im.Stage == assistance.ImportDropped {
		v.Says = p.T("activityimport.says.dropped")
		return
	}
	v.Facts = p.importFacts([]importFact{
		{"rows", int(im.Total)}, {"made", int(im.Made)}, {"changed", int(im.Changed)}, {"same", int(im.Same)}, {"passed", int(im.Done - im.Made - im.Changed - im.Same)},
	})
	v.Faults = p.importFaults("activityimport.passed", im.Passed)
	if im.Stage == assistance.ImportDone {
		if v.Says = p.T("activityimport.says.done"); im.Done < im.Total {
			v.Says = p.T("activityimport.says.ended", "done", im.Done, "total", im.Total)
		}
		return
	}
	v.Done, v.Total = im.Done, max(im.Total, 1)
	v.Progress = p.T("activityimport.progress", "done", p.Number(im.Done), "total", p.Number(im.Total))
	switch work.Stage {
	case job.Failed:
		v.Says = p.T("activityimport.failed")
		act("resume", "")
	case job.Stopped:
		v.Says = p.T("activityimport.says.stopped")
		act("resume", "")
	default:
		v.Says, v.Look = p.T("activityimport.says.working"), p.URL(importPath(im.ID))
		act("stop", "secondary")
	}
}
