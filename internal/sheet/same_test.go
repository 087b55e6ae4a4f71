package sheet_test

import (
	"bytes"
	"testing"

	"polis/internal/sheet"
)

func TestTheSameRowsGiveTheSameBytes(t *testing.T) {
	columns := []sheet.Column{{ID: "title", Names: sheet.Named("assistance.field.title")}, {ID: "due", Names: sheet.Named("desk.sheet.due"), Kind: sheet.Date}}
	var first bytes.Buffer
	for n := range 8 {
		var out bytes.Buffer
		if err := sheet.WriteXLSX(&out, "de", "Aufgaben", columns, each([][]string{{"Kurs", "2026-12-31"}})); err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			first = out
		} else if !bytes.Equal(first.Bytes(), out.Bytes()) {
			t.Fatal("another file")
		}
	}
}
