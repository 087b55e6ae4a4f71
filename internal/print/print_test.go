package print_test

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
	"time"

	"polis/internal/lang"
	"polis/internal/print"
)

// read is a PDF as pdftotext reads it, and how many pages it has.
func read(t *testing.T, p print.Page) (text string, pages int) {
	t.Helper()
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(b.Bytes(), []byte("%PDF-")) {
		t.Fatalf("no PDF: %.20q", b.Bytes())
	}
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("no pdftotext here")
	}
	c := exec.Command(tool, "-layout", "-", "-")
	c.Stdin = &b
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out), strings.Count(string(out), "\f")
}

func TestPage(t *testing.T) {
	made := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	page := func(parts ...print.Part) print.Page {
		return print.Page{Lang: lang.Russian, Made: made, Title: "Айгуль Асанова", Lead: "Кыргызстан", Parts: parts, Foot: []string{"От 23 ноября 2026 г."}, More: "Есть ещё строки."}
	}
	t.Run("the letters of the six languages are set and read back", func(t *testing.T) {
		words := []string{"Противодействие киберпреступности", "Größe, Maß und Übung – „Fachleute“", "cœur, façade, où, Noël", "perché, città, però", "¿Quién? Año, formación", "Čačak, Beşiktaş, Әбілқайыр, Өзгөн, Україна"}
		var lines []print.Line
		for _, w := range words {
			lines = append(lines, print.Line{Text: w, Words: "· " + w})
		}
		text, pages := read(t, page(print.Part{Title: "Темы", Lines: lines}))
		for _, w := range append(words, "Айгуль Асанова", "Кыргызстан", "Темы", "От 23 ноября 2026 г.") {
			if !strings.Contains(text, w) {
				t.Errorf("%q is missing in %q", w, text)
			}
		}
		if pages != 1 || strings.Contains(text, "Есть ещё") {
			t.Error(pages, text)
		}
	})
	t.Run("what is too long is cut, and the page says so", func(t *testing.T) {
		var lines []print.Line
		for range 300 {
			lines = append(lines, print.Line{Text: "Учебный курс", Words: strings.Repeat("долгое слово ", 20)})
		}
		text, pages := read(t, page(print.Part{Title: "Обучение", Lines: lines}, print.Part{Title: "Последнее", Lines: lines}))
		if pages != 1 || !strings.Contains(text, "Есть ещё строки.") || !strings.Contains(text, "От 23 ноября") || strings.Contains(text, "Последнее") {
			t.Error(pages, text)
		}
	})
	t.Run("letters that nobody can set break nothing", func(t *testing.T) {
		bad := "a\x00b\u202ec\ufffe 👮 " + strings.Repeat("Ж", 300) + "\r\nend \u200d ქართული"
		if text, pages := read(t, page(print.Part{Title: bad, Lines: []print.Line{{bad, bad}, {}}}, print.Part{})); pages != 1 || !strings.Contains(text, "abc") {
			t.Error(pages, text)
		}
	})
}
