package sheet

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"polis/internal/lang"
)

// WriteTemplate writes an empty workbook to fill in: the columns under their names in the reader's language, those that
// are required with an asterisk, the choices as lists to pick from, and a second sheet that explains each column.
func WriteTemplate(w io.Writer, reader lang.Tag, title string, columns []Column) (err error) {
	b, err := newBook(reader, title, title)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.file.Close()) }()
	if err := b.writeForm(columns); err != nil {
		return err
	}
	if err := b.explain(columns); err != nil {
		return err
	}
	return b.write(w)
}

// writeForm writes the sheet to fill in.
func (b *book) writeForm(columns []Column) error {
	out, err := b.openTable(columns, func(c Column) string {
		if c.Required {
			return c.Names.In(b.reader) + " *"
		}
		return c.Names.In(b.reader)
	})
	if err != nil {
		return err
	}
	lists, err := b.writeLists(columns)
	if err != nil {
		return err
	}
	for i, c := range columns {
		if v := b.validation(c, lists[i]); v != nil {
			v.Sqref = fmt.Sprintf("%s2:%s%d", letter(i+1), letter(i+1), excelize.TotalRows)
			if err := b.file.AddDataValidation(b.sheet, v); err != nil {
				return fmt.Errorf("sheet: column %s: %w", c.ID, err)
			}
		}
	}
	return out.Flush()
}

// validation is what a spreadsheet allows in a column; nil where it cannot know.
func (b *book) validation(c Column, list string) *excelize.DataValidation {
	v, p := excelize.NewDataValidation(!c.Required), lang.For(b.reader)
	switch {
	case c.Kind == Choice && list != "":
		v.SetSqrefDropList(list)
	case c.Kind == Date:
		_ = v.SetRange(1, 109_939, excelize.DataValidationTypeDate, excelize.DataValidationOperatorBetween) // 1900 to 2200; fails only for other types
	case c.Kind == Whole:
		_ = v.SetRange(-1e15, 1e15, excelize.DataValidationTypeWhole, excelize.DataValidationOperatorBetween)
	case c.Kind == Number:
		_ = v.SetRange(-1e15, 1e15, excelize.DataValidationTypeDecimal, excelize.DataValidationOperatorBetween)
	default:
		return nil
	}
	v.SetError(excelize.DataValidationErrorStyleStop, cut(c.Names.In(b.reader), 30), cut(p.T("sheet.kind."+string(c.Kind)), 220))
	return v
}

// cut shortens a text for Excel, which allows so many characters.
func cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

// writeLists writes the choices into a hidden sheet, because a list within a cell's rule is limited to 255 characters.
// It gives the area of each column's list.
func (b *book) writeLists(columns []Column) ([]string, error) {
	areas, name, at := make([]string, len(columns)), b.freeName("sheet.template.lists"), 0
	for i, c := range columns {
		if c.Kind != Choice || len(c.Choices) == 0 {
			continue
		}
		if at++; at == 1 {
			if _, err := b.file.NewSheet(name); err != nil {
				return nil, err
			}
		}
		for j, o := range c.Choices {
			if err := b.file.SetCellStr(name, letter(at)+strconv.Itoa(j+1), o.Names.In(b.reader)); err != nil {
				return nil, err
			}
		}
		areas[i] = fmt.Sprintf("'%s'!$%s$1:$%s$%d", strings.ReplaceAll(name, "'", "''"), letter(at), letter(at), len(c.Choices))
	}
	if at == 0 {
		return areas, nil
	}
	return areas, b.file.SetSheetVisible(name, false)
}

// freeName is the name of a further sheet.
func (b *book) freeName(key string) string {
	name := sheetName(lang.For(b.reader).T(key))
	if strings.EqualFold(name, b.sheet) {
		name = sheetName(cut(name, 28) + " 2")
	}
	return name
}

// explain writes the sheet that says what belongs into each column.
func (b *book) explain(columns []Column) error {
	name, p := b.freeName("sheet.template.explain"), lang.For(b.reader)
	if _, err := b.file.NewSheet(name); err != nil {
		return err
	}
	var header []string
	for _, part := range []string{"column", "required", "content", "example", "choices"} {
		header = append(header, p.T("sheet.template."+part))
	}
	text := b.style[Text]
	out, err := b.open(name, header, []float64{28, 12, 60, 28, 60}, []int{text, text, text, text, text})
	if err != nil {
		return err
	}
	for i, c := range columns {
		required := p.T("core.no")
		if c.Required {
			required = p.T("core.yes")
		}
		kind := c.Kind
		if kind == "" {
			kind = Text
		}
		content := strings.TrimSpace(c.Hint.In(b.reader) + " " + p.T("sheet.kind."+string(kind)))
		var choices []string
		for _, o := range c.Choices {
			choices = append(choices, o.Names.In(b.reader))
		}
		said := newTeller(c, b.reader)
		row := []any{}
		for _, cell := range []string{c.Names.In(b.reader), required, content, said.say(c.Example), strings.Join(choices, "; ")} {
			if row = append(row, nil); cell != "" {
				row[len(row)-1] = excelize.Cell{StyleID: text, Value: cell}
			}
		}
		if err := out.SetRow("A"+strconv.Itoa(i+2), row); err != nil {
			return err
		}
	}
	return out.Flush()
}
