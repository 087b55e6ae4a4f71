package web

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"polis/internal/account"
	"polis/internal/directory"
)

// Many invitations from a table: looked at first, with what is wrong line by
// line, and nothing lost. The text stays in the form, where it can be mended.

// SheetView is the page for many invitations.
type SheetView struct {
	Columns []Fact
	Example string
	File    Field
	Text    Field
	Looked  bool
	Summary []string
	Faults  *Table
	Lines   *Table
	More    int    // lines that are not shown
	Held    string // the table, packed, for the second step; "" while something is wrong
	ByHand  bool
}

var sheetPage = newPage("invite-many", SheetView{
	Columns: []Fact{{"email", []Link{{"required", ""}}}}, Example: "email,name\na@b.example,A",
	File: Field{Name: "file", Label: "File", Type: "file"}, Text: Field{Name: "text", Label: "Or the table itself", Type: "textarea"},
	Looked: true, Summary: []string{"2 invitations"}, More: 3, Held: "H4sI", ByHand: true,
	Faults: &Table{Caption: "What is wrong", Columns: []Column{{Text: "Line"}, {Text: "What"}}, Rows: [][]Cell{{{Text: "2"}, {Text: "Write one address"}}}},
	Lines:  &Table{Caption: "Invitations", Columns: []Column{{Text: "Address"}, {Text: "Role"}}, Rows: [][]Cell{{{Text: "a@polis.example"}, {Text: "Expert"}}}},
})

// shownInvitations is how many lines of a table that is in order are shown.
const shownInvitations = 100

func (h *House) sheetForm(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	return h.showSheet(w, r, SheetView{}, "", http.StatusOK)
}

func (h *House) showSheet(w http.ResponseWriter, r *http.Request, v SheetView, text string, status int) error {
	if err := mayInvite(r); err != nil {
		return err
	}
	f := h.asking(r, "joining.many.title")
	f.Status = status
	f.Crumbs = []Link{{f.T("joining.invitations.title"), f.URL("/invitations")}}
	for _, name := range account.InvitationColumns {
		v.Columns = append(v.Columns, Fact{name, []Link{{f.T("joining.column." + name + ".hint"), ""}}})
	}
	v.Example = strings.Join(account.InvitationColumns, ",") + "\n" + f.T("joining.many.example")
	v.File.Name, v.File.Type, v.File.Accept = "file", "file", ".csv,.xlsx,.txt,text/csv"
	v.File.Label, v.File.Hint = f.T("directory.import.file"), f.T("joining.many.file-hint", "n", account.MostInvitations)
	v.Text = Field{Name: "text", Label: f.T("joining.many.text"), Type: "textarea", Rows: 8, Value: text}
	if v.File.Error != "" {
		f.Errors = []Error{{"file", v.File.Error}}
	}
	ok, err := h.writes(r)
	if err != nil {
		return err
	}
	v.ByHand = !ok
	return sheetPage.Show(w, f, v)
}

// inviteSheet is both steps: the second reads and checks the table again.
func (h *House) inviteSheet(w http.ResponseWriter, r *http.Request) error {
	if err := mayInvite(r); err != nil {
		return err
	}
	data, second, err := sentTable(r)
	if err != nil {
		return err
	}
	f := h.site.Frame(r)
	if len(data) == 0 {
		return h.showSheet(w, r, SheetView{File: Field{Error: f.T("directory.import.no-file")}}, "", http.StatusUnprocessableEntity)
	}
	sheet, faults, err := h.checkSheet(r, data)
	if err != nil {
		return err
	}
	if faults == nil && second {
		return h.once(func(w http.ResponseWriter, r *http.Request) error { return h.storeSheet(w, r, sheet) })(w, r)
	}
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	v, status := SheetView{Looked: true, Faults: faults}, http.StatusOK
	if faults != nil {
		v.Summary, status = []string{f.T("joining.many.faults", "n", len(faults.Rows))}, http.StatusUnprocessableEntity
		return h.showSheet(w, r, v, mendable(data), status)
	}
	v.Summary = []string{f.T("joining.invitations.count", "n", len(sheet.Lines))}
	v.Lines, v.More = words.sheetLines(sheet), max(0, len(sheet.Lines)-shownInvitations)
	if v.Held, err = pack(data); err != nil {
		return err
	}
	return h.showSheet(w, r, v, mendable(data), status)
}

// mendable is a table as it can stand in the form. A workbook is mended where it
// was made.
func mendable(data []byte) string {
	if !utf8.Valid(data) || bytes.ContainsRune(data, 0) {
		return ""
	}
	return string(data)
}

// sentTable is what was sent: the second step's table, a file, or what was typed.
func sentTable(r *http.Request) (data []byte, second bool, err error) {
	err = r.ParseMultipartForm(importLimit)
	if err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return nil, false, cutOff(err)
	}
	if held := r.PostForm.Get("held"); held != "" {
		data, err = unpackSheet(held)
		if err != nil {
			err = &Fault{Status: http.StatusBadRequest, Key: "directory.form.broken", Err: err}
		}
		return data, true, err
	}
	file, _, err := r.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return []byte(strings.TrimSpace(r.PostFormValue("text"))), false, nil
	}
	if err != nil {
		return nil, false, err
	}
	defer file.Close()
	data, err = io.ReadAll(io.LimitReader(file, largestSheet))
	return data, false, err
}

// checkSheet reads the table and says of everything at once what is wrong.
func (h *House) checkSheet(r *http.Request, data []byte) (account.InvitationSheet, *Table, error) {
	who := ReaderOf(r).Subject
	names, err := directory.Names(r.Context(), h.DB)
	if err != nil {
		return account.InvitationSheet{}, nil, err
	}
	groups, err := account.AdmitsTo(r.Context(), h.DB, who)
	if err != nil {
		return account.InvitationSheet{}, nil, err
	}
	sheet, err := account.SheetReader{Names: names, Groups: groups, Lang: LangOf(r), Own: ownGrant(who)}.Read(r.Context(), data)
	if err != nil {
		return sheet, nil, err
	}
	f := h.site.Frame(r)
	if sheet.Wrong != "" {
		return sheet, f.faultTable([][]Cell{{{Text: strconv.Itoa(sheet.At)}, {Text: f.T(sheet.Wrong, "n", account.MostInvitations, "name", sheet.Cell)}, {Text: sheet.Cell}}}), nil
	}
	err = account.CheckInvitations(r.Context(), h.DB, who, sheet.Invitations())
	var wrong account.InvalidLines
	if err != nil && !errors.As(err, &wrong) {
		return sheet, nil, forbidden(r, err)
	}
	for _, line := range wrong {
		sheet.Lines[line.At].Add(line.Invalid)
	}
	return sheet, f.sheetFaults(sheet), nil
}

// sheetFaults lists what is wrong, a row each; nil where nothing is.
func (f *Frame) sheetFaults(sheet account.InvitationSheet) *Table {
	var rows [][]Cell
	for _, line := range sheet.Lines {
		for _, field := range line.WrongFields() {
			rows = append(rows, []Cell{{Text: strconv.Itoa(line.Line)}, {Text: f.T(line.Wrong[field])}, {Text: line.Cells[account.ColumnOf(field)]}})
		}
	}
	if rows == nil {
		return nil
	}
	return f.faultTable(rows)
}

func (f *Frame) faultTable(rows [][]Cell) *Table {
	return &Table{Caption: f.T("directory.import.problem"), Rows: rows, Columns: []Column{
		{Text: f.T("directory.import.row")}, {Text: f.T("directory.import.problem")}, {Text: f.T("directory.import.value")},
	}}
}

// sheetLines shows the first lines as they were understood.
func (w wording) sheetLines(sheet account.InvitationSheet) *Table {
	t := &Table{Caption: w.T("joining.invitations.title"), Columns: []Column{
		{Text: w.T("account.field.email")},
		{Text: w.T("account.field.name")},
		{Text: w.T("access.role")},
		{Text: w.T("joining.field.letter-lang")},
		{Text: w.T("joining.field.until")},
		{Text: w.T("joining.field.groups")},
	}}
	for _, line := range sheet.Lines[:min(len(sheet.Lines), shownInvitations)] {
		until := ""
		if !line.Until.IsZero() {
			until = w.Date(line.Until)
		}
		t.Rows = append(t.Rows, []Cell{
			{Text: line.Email},
			{Text: line.Name},
			{Text: w.offer(line.Invitation)},
			{Text: line.Lang.Name()},
			{Text: until},
			{Text: strings.Join(slices.Clone(line.Circles), ", ")},
		})
	}
	return t
}

func (h *House) storeSheet(w http.ResponseWriter, r *http.Request, sheet account.InvitationSheet) error {
	sends, err := h.writes(r)
	if err != nil {
		return err
	}
	ids, err := account.InviteAll(r.Context(), h.DB, ReaderOf(r).Subject, sheet.Invitations(), !sends)
	if err != nil {
		return forbidden(r, err)
	}
	return h.site.Frame(r).Redirect(w, "/invitations", noticeInvited, len(ids))
}
