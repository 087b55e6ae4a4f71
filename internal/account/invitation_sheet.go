package account

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/directory"
	"polis/internal/lang"
	"polis/internal/sheet"
)

// InvitationColumns are the columns of a table of invitations. Their names are
// also understood as joining.column.NAME calls them in any of the languages.
var InvitationColumns = []string{"email", "name", "role", "for", "language", "until", "groups"}

// SheetLine is one line of such a table: the invitation as it was understood, and
// what was not.
type SheetLine struct {
	Line  int // in the file
	Cells map[string]string
	Invitation
	Wrong Invalid
}

// InvitationSheet is a table of invitations as it was read. Wrong is a message
// where it cannot be read at all, At its line and Cell what stands there.
type InvitationSheet struct {
	Lines []SheetLine
	Wrong string
	At    int
	Cell  string
}

// SheetReader knows what the cells of a table may say.
type SheetReader struct {
	Names  *directory.Snapshot
	Groups []Group // to which the caller may admit
	Lang   lang.Tag
	Own    access.Grant // State or body where a line names none
}

// Read reads a table as spreadsheets save it. Nothing is looked up but names.
func (s SheetReader) Read(ctx context.Context, data []byte) (InvitationSheet, error) {
	limits := sheet.DefaultLimits()
	limits.Rows = MostInvitations + 1
	table, err := sheet.ReadFrom(ctx, bytes.NewReader(data), limits)
	var trouble *sheet.Trouble
	switch {
	case errors.As(err, &trouble):
		return noInvitations(trouble), nil
	case err != nil:
		return InvitationSheet{}, err
	case len(table.Rows) < 2:
		return InvitationSheet{Wrong: "joining.sheet.empty", At: 1}, nil
	}
	rows := table.Rows
	columns, unknown := s.columns(rows[0].Texts())
	if unknown != "" {
		return InvitationSheet{Wrong: "joining.sheet.column", At: rows[0].Number, Cell: unknown}, nil
	}
	if !slices.Contains(columns, "email") {
		return InvitationSheet{Wrong: "joining.sheet.no-email", At: rows[0].Number}, nil
	}
	read := InvitationSheet{}
	for _, row := range rows[1:] {
		read.Lines = append(read.Lines, s.line(columns, row))
	}
	return read, nil
}

// noInvitations says why a table cannot be read.
func noInvitations(t *sheet.Trouble) InvitationSheet {
	none := InvitationSheet{Wrong: t.Key, At: max(t.Row, 1)}
	switch t.Key {
	case "sheet.error.empty":
		none.Wrong = "joining.sheet.empty"
	case "sheet.error.too-large":
		none.Wrong = "joining.sheet.long"
	case "sheet.error.columns", "sheet.error.cell-long": // a separator or a quotation mark is not where it should be
		none.Wrong = "joining.sheet.broken"
	}
	return none
}

// columns finds out which column is which; unknown is a head that is none of ours.
func (s SheetReader) columns(heads []string) (columns []string, unknown string) {
	columns = make([]string, len(heads))
	for i, head := range heads {
		if head == "" {
			continue
		}
		at := slices.IndexFunc(InvitationColumns, func(c string) bool { return strings.EqualFold(c, head) || calledSo("joining.column."+c, head) })
		if at < 0 || slices.Contains(columns, InvitationColumns[at]) {
			return nil, head
		}
		columns[i] = InvitationColumns[at]
	}
	return columns, ""
}

// calledSo reports whether a message says the text in any language.
func calledSo(key, text string) bool {
	return slices.ContainsFunc(lang.All, func(t lang.Tag) bool { return strings.EqualFold(lang.For(t).T(key), text) })
}

func (s SheetReader) line(columns []string, row sheet.Row) SheetLine {
	l := SheetLine{Line: row.Number, Cells: map[string]string{}, Wrong: Invalid{}}
	for i, c := range row.Cells {
		cell := strings.ReplaceAll(cmp.Or(c.Text, c.Fault), "\n", " ")
		switch {
		case cell == "":
		case i >= len(columns) || columns[i] == "":
			l.Wrong["email"] = "joining.sheet.cells"
		default:
			l.Cells[columns[i]] = cell
		}
	}
	l.Email, l.Name = l.Cells["email"], l.Cells["name"]
	s.role(&l)
	s.place(&l)
	s.language(&l)
	l.until()
	s.circles(&l)
	l.tidy()
	return l
}

func (s SheetReader) role(l *SheetLine) {
	l.Role = access.MemberRole
	text := l.Cells["role"]
	if text == "" {
		return
	}
	at := slices.IndexFunc(access.Roles, func(r access.Role) bool {
		return strings.EqualFold(string(r), text) || calledSo("access.role."+string(r), text)
	})
	if at < 0 {
		l.Wrong["role"] = "account.error.role"
		return
	}
	l.Role = access.Roles[at]
}

func (s SheetReader) place(l *SheetLine) {
	text := l.Cells["for"]
	if text == "" {
		l.ActsFor, l.Body = s.Own.State, s.Own.Body
		return
	}
	l.ActsFor, l.Body = Placed(s.Names, text, s.Lang)
	if l.ActsFor+l.Body == "" {
		l.Wrong["for"] = "joining.error.for-unclear"
	}
}

// Placed finds the State or the body that is called so, if it is clear which.
func Placed(names *directory.Snapshot, text string, t lang.Tag) (state, body string) {
	found := names.Named(text, t)
	switch {
	case len(found) != 1:
		return "", ""
	case found[0].Kind.IsState():
		return found[0].ID, ""
	}
	return "", found[0].ID
}

func (s SheetReader) language(l *SheetLine) {
	l.Lang = s.Lang
	text := l.Cells["language"]
	if text == "" {
		return
	}
	at := slices.IndexFunc(lang.All, func(t lang.Tag) bool {
		return strings.EqualFold(string(t), text) || strings.EqualFold(t.Name(), text)
	})
	if at < 0 {
		l.Wrong["lang"] = "account.error.lang"
		return
	}
	l.Lang = lang.All[at]
}

// until reads the last day of the word, as tables write days.
func (l *SheetLine) until() {
	text := l.Cells["until"]
	if text == "" {
		return
	}
	day, ok := ParseDay(text)
	if !ok {
		l.Wrong["until"] = "joining.error.day"
	}
	l.Until = day
}

// ParseDay reads a day as forms and tables write it, 2027-06-30 or 30.06.2027,
// and returns its end.
func ParseDay(text string) (time.Time, bool) {
	for _, layout := range []string{time.DateOnly, "2.1.2006"} {
		if day, err := time.Parse(layout, strings.TrimSpace(text)); err == nil {
			return day.Add(24*time.Hour - time.Second), true
		}
	}
	return time.Time{}, false
}

func (s SheetReader) circles(l *SheetLine) {
	for _, text := range strings.FieldsFunc(l.Cells["groups"], func(r rune) bool { return r == ',' || r == ';' || r == '|' }) {
		text = strings.TrimSpace(text)
		at := slices.IndexFunc(s.Groups, func(g Group) bool { return g.ID == text || strings.EqualFold(g.Name, text) })
		if at < 0 {
			l.Wrong["groups"] = "joining.error.groups"
			continue
		}
		l.Circles = append(l.Circles, s.Groups[at].ID)
	}
}

// Invitations are the lines as invitations.
func (s InvitationSheet) Invitations() []Invitation {
	list := make([]Invitation, len(s.Lines))
	for i, l := range s.Lines {
		list[i] = l.Invitation
	}
	return list
}

// Add adds what else is wrong with a line. What could not be read stays the
// reason where both speak of one field.
func (l SheetLine) Add(wrong Invalid) {
	for field, key := range wrong {
		if l.Wrong[field] == "" {
			l.Wrong[field] = key
		}
	}
}

// WrongFields are the fields in which something is wrong, in the order of the
// columns.
func (l SheetLine) WrongFields() []string {
	fields := slices.Collect(maps.Keys(l.Wrong))
	slices.SortFunc(fields, func(a, b string) int {
		return slices.Index(InvitationColumns, ColumnOf(a)) - slices.Index(InvitationColumns, ColumnOf(b))
	})
	return fields
}

// ColumnOf is the column of a table in which a field of an invitation stands.
func ColumnOf(field string) string {
	if field == "lang" {
		return "language"
	}
	return field
}
