package web

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strconv"

	"polis/internal/access"
	"polis/internal/directory"
)

// ImportView is the CSV import: the form, and of a file that was looked at,
// what it would change or what is wrong with it.
type ImportView struct {
	File    Field
	Action  string
	CSV     string // address of the whole directory as CSV
	Looked  bool
	Summary []string
	Faults  *Table
	Changes []ChangeView
	More    int    // changes that are not shown
	Held    string // the file, packed, for the second step; "" where nothing can be stored
	Plan    string // digest of the differences shown
	Moved   bool   // the directory has changed since the differences were shown
}

// ChangeView is one entry that the file creates or changes.
type ChangeView struct {
	Name, URL string
	Tag       Tag
	Table     Table
}

var importPage = newPage("directory-import", ImportView{
	File: Field{Name: "file", Label: "CSV file", Type: "file"}, Action: "/en/directory/import", CSV: "/en/directory.csv", Looked: true,
	Summary: []string{"1 changed entry", "Read as UTF-8"}, Moved: true, Held: "H4sI", Plan: "ab12", More: 3,
	Faults: &Table{Caption: "What is wrong", Columns: []Column{{Text: "Line", Figure: true}, {Text: "Column"}}, Rows: [][]Cell{{{Text: "2", Figure: true}, {Text: "iso3"}}}},
	Changes: []ChangeView{{"Kyrgyzstan (KG)", "/en/directory/KG", Tag{Attention, "changed"}, Table{
		Caption: "Kyrgyzstan", Columns: []Column{{Text: "Field"}, {Text: "Now"}, {Text: "In the file"}},
		Rows: [][]Cell{{{Text: "Website"}, {Text: ""}, {Text: "gov.kg"}}},
	}}},
})

var noticeImported = newNotice("directory.notice.imported")

const (
	largestSheet = 4 << 20 // bytes that the directory reads of a file
	importLimit  = 8 << 20 // of a form that brings one, packed or not
	shownChanges = 200
)

// mayImport decides whether the reader may import: which entries she may
// change, each line is asked again.
func mayImport(r *http.Request) access.Decision {
	who := ReaderOf(r)
	return who.May(access.EditDirectory, access.Label{State: who.State})
}

func (h *House) importForm(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	return h.showImport(w, r, ImportView{}, http.StatusOK)
}

func (h *House) showImport(w http.ResponseWriter, r *http.Request, v ImportView, status int) error {
	if d := mayImport(r); !d.Allowed {
		return &Fault{Status: http.StatusForbidden, Key: "directory.forbidden", Rule: d.Rule}
	}
	f := h.site.Frame(r)
	f.Title, f.Private, f.Status = f.T("directory.import"), true, status
	f.Crumbs = []Link{{f.T("directory.states"), f.URL("/states")}}
	v.Action, v.CSV = f.URL("/directory/import"), f.URL("/directory.csv")
	v.File.Name, v.File.Type, v.File.Accept = "file", "file", ".csv,.xlsx,.txt,text/csv"
	v.File.Label, v.File.Hint = f.T("directory.import.file"), f.T("directory.import.file-hint")
	if v.File.Error != "" {
		f.Errors = []Error{{"file", v.File.Error}}
	}
	return importPage.Show(w, f, v)
}

// importSheet is both steps. A file that comes in is looked at and nothing is
// stored. The page with its differences carries the file, packed, in the form
// of the second step; nothing waits on the server. The second step trusts
// nothing of that: the file is read and checked again, and stored only if the
// differences are still the very ones that were shown.
func (h *House) importSheet(w http.ResponseWriter, r *http.Request) error {
	if d := mayImport(r); !d.Allowed {
		return &Fault{Status: http.StatusForbidden, Key: "directory.forbidden", Rule: d.Rule}
	}
	f := h.site.Frame(r)
	sheet, plan, err := sentSheet(r)
	if errors.Is(err, http.ErrMissingFile) {
		return h.showImport(w, r, ImportView{File: Field{Error: f.T("directory.import.no-file")}}, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	var report directory.Report
	if plan == "" {
		report, err = directory.ImportCSV(r.Context(), h.DB, ReaderOf(r).Subject, bytes.NewReader(sheet), true)
	} else {
		report, err = directory.ImportAgreed(r.Context(), h.DB, ReaderOf(r).Subject, bytes.NewReader(sheet), plan)
	}
	if err != nil {
		return err
	}
	if report.Stored {
		return f.Redirect(w, "/directory/import", noticeImported, len(report.Changes))
	}
	names, err := directory.Names(r.Context(), h.DB)
	if err != nil {
		return err
	}
	v, status := wording{Frame: f, names: names}.importView(report), http.StatusOK
	switch {
	case len(report.Faults) > 0:
		status = http.StatusUnprocessableEntity
	case plan != "":
		v.Moved, status = true, http.StatusConflict
	}
	if len(report.Faults) == 0 && len(report.Changes) > 0 {
		if v.Held, err = pack(sheet); err != nil {
			return err
		}
		v.Plan = report.Plan
	}
	return h.showImport(w, r, v, status)
}

// sentSheet reads the file of the first step, or that of the second step and
// the digest of what was shown of it.
func sentSheet(r *http.Request) (sheet []byte, plan string, err error) {
	err = r.ParseMultipartForm(importLimit)
	if errors.Is(err, http.ErrNotMultipart) || errors.Is(err, http.ErrMissingBoundary) {
		return nil, "", http.ErrMissingFile
	}
	if err != nil {
		return nil, "", cutOff(err)
	}
	if held := r.PostForm.Get("held"); held != "" {
		sheet, err = unpackSheet(held)
		if err != nil {
			err = &Fault{Status: http.StatusBadRequest, Key: "directory.form.broken", Err: err}
		}
		return sheet, r.PostForm.Get("plan"), err
	}
	file, _, err := r.FormFile("file")
	if err != nil {
		return nil, "", err
	}
	defer file.Close()
	sheet, err = io.ReadAll(io.LimitReader(file, largestSheet+1))
	return sheet, "", err
}

// pack makes a file small enough for a field of a form.
func pack(sheet []byte) (string, error) {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(sheet); err != nil {
		return "", err
	}
	if err := z.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(out.Bytes()), nil
}

// unpackSheet is pack backwards, and reads no more than a sheet may have.
func unpackSheet(held string) ([]byte, error) {
	packed, err := base64.StdEncoding.DecodeString(held)
	if err != nil {
		return nil, err
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(z, largestSheet+1))
}

// importView puts a report into words.
func (w wording) importView(report directory.Report) ImportView {
	v := ImportView{Looked: true}
	fresh := 0
	for _, c := range report.Changes {
		if c.New {
			fresh++
		}
		if len(v.Changes) == shownChanges {
			v.More++
			continue
		}
		v.Changes = append(v.Changes, w.change(c))
	}
	switch {
	case len(report.Faults) > 0:
		v.Summary = []string{w.T("directory.import.faults", "n", len(report.Faults))}
		v.Faults = w.faults(report.Faults)
	case len(report.Changes) == 0:
		v.Summary = []string{w.T("directory.import.nothing")}
	default:
		v.Summary = []string{
			w.T("directory.import.created", "n", fresh), w.T("directory.import.changed", "n", len(report.Changes)-fresh),
			w.T("directory.import.unchanged", "n", report.Unchanged),
		}
	}
	if report.Encoding != "" {
		v.Summary = append(v.Summary, w.T("directory.import.encoding", "encoding", report.Encoding))
	}
	return v
}

func (w wording) change(c directory.Change) ChangeView {
	v := ChangeView{Name: c.ID, Tag: Tag{Done, w.T("directory.import.tag.new")}}
	v.Table.Columns = []Column{{Text: w.T("directory.import.column")}, {Text: w.T("directory.import.after")}}
	if !c.New {
		v.Name, v.URL = w.names.Name(c.ID, "", w.Lang)+" ("+c.ID+")", w.URL("/directory/"+c.ID)
		v.Tag = Tag{Attention, w.T("directory.import.tag.changed")}
		v.Table.Columns = []Column{v.Table.Columns[0], {Text: w.T("directory.import.before")}, v.Table.Columns[1]}
	}
	v.Table.Caption = v.Name
	for _, d := range c.Cells {
		row := []Cell{{Text: w.columnLabel(d.Column + "|" + d.Since)}, {Text: d.Before}, {Text: d.After}}
		if c.New {
			row = []Cell{row[0], row[2]}
		}
		v.Table.Rows = append(v.Table.Rows, row)
	}
	return v
}

// faults lists what is wrong by line and column.
func (w wording) faults(list []directory.Fault) *Table {
	t := &Table{Caption: w.T("directory.import.problem"), Columns: []Column{
		{Text: w.T("directory.import.row")},
		{Text: w.T("directory.import.column")},
		{Text: w.T("directory.import.problem")},
		{Text: w.T("directory.import.value")},
	}}
	for _, fault := range list {
		t.Rows = append(t.Rows, []Cell{{Text: strconv.Itoa(fault.Row)}, {Text: fault.Column}, {Text: w.T(fault.Key)}, {Text: fault.Value}})
	}
	return t
}
