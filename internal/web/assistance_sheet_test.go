package web

import (
	"testing"

	"polis/internal/assistance"
	"polis/internal/sheet"
)

func TestASheetSaysThatThereAreMoreRows(t *testing.T) {
	endless := listSheet{columns: make([]sheet.Column, 2), rows: func(assistance.Place) ([][]string, assistance.Place, error) {
		rows := make([][]string, sheetStep)
		for i := range rows {
			rows[i] = []string{"one", "two"}
		}
		return rows, assistance.Place{ID: "more"}, nil
	}}
	n, last := 0, []string(nil)
	for row, err := range endless.all("There are more.") {
		if err != nil {
			t.Fatal(err)
		}
		n, last = n+1, row
	}
	if n != maxSheet+1 || len(last) != 2 || last[0] != "There are more." {
		t.Errorf("%d rows, the last %q", n, last)
	}
}
