package extract_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"polis/internal/extract"
	"polis/internal/lang"
)

// cache keeps the compiled PDF engine from one run of the tests to the next.
var cache = filepath.Join(os.TempDir(), "polis-test-pdfium")

// shared is one extractor for all tests, so that the PDF engine is compiled once.
var shared *extract.Extractor

func TestMain(m *testing.M) {
	shared = extract.New(cache, extract.DefaultLimits())
	code := m.Run()
	shared.Close()
	os.Exit(code)
}

// read reads bytes that must be readable.
func read(t *testing.T, name string, data []byte) extract.Content {
	t.Helper()
	c, err := shared.File(context.Background(), name, bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return c
}

// refused reads bytes that must be refused, and returns why.
func refused(t *testing.T, x *extract.Extractor, name string, data []byte) extract.Reason {
	t.Helper()
	c, err := x.File(context.Background(), name, bytes.NewReader(data), int64(len(data)))
	if err == nil {
		t.Fatalf("%s was read: %d passages, notes %v", name, len(c.Passages), c.Notes)
	}
	var e *extract.Error
	if !errors.As(err, &e) {
		t.Fatalf("%s: %T is not an *extract.Error: %v", name, err, err)
	}
	return e.Reason
}

func wantReason(t *testing.T, x *extract.Extractor, name string, data []byte, want extract.Reason) {
	t.Helper()
	if got := refused(t, x, name, data); got != want {
		t.Errorf("%s is refused as %q, want %q", name, got, want)
	}
}

func testdata(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// passage looks for a passage by its text.
func passage(c extract.Content, text string) (extract.Passage, bool) {
	i := slices.IndexFunc(c.Passages, func(p extract.Passage) bool { return p.Text == text })
	if i < 0 {
		return extract.Passage{}, false
	}
	return c.Passages[i], true
}

// has fails unless the content has exactly this passage.
func has(t *testing.T, c extract.Content, want extract.Passage) {
	t.Helper()
	got, ok := passage(c, want.Text)
	if !ok {
		var all strings.Builder
		for _, p := range c.Passages {
			all.WriteString("\n  " + string(p.Kind) + ": " + p.Text)
		}
		t.Fatalf("no passage %q in:%s", want.Text, all.String())
	}
	if got != want {
		t.Errorf("passage %q is %+v, want %+v", want.Text, got, want)
	}
}

func TestPDF(t *testing.T) {
	type text struct {
		title, sentence, item string
		number                string
	}
	for tag, want := range map[lang.Tag]text{
		lang.English: {"Community policing in practice", "Each meeting therefore ends with one task, one name and one date.", "A room that everybody can enter", "PC.DEL/700/12"},
		lang.French:  {"La police de proximité au quotidien", "Chaque réunion se termine donc par une tâche, un nom et une date.", "Une salle où chacun peut entrer", "PC.DEL/701/12"},
		lang.German:  {"Bürgernahe Polizeiarbeit in der Praxis", "Jedes Treffen endet deshalb mit einer Aufgabe, einem Namen und einem Datum.", "Einen Raum, den alle betreten können", "PC.DEL/702/12"},
		lang.Italian: {"La polizia di prossimità nella pratica", "Ogni incontro si conclude perciò con un compito, un nome e una data.", "Una sala in cui tutti possano entrare", "PC.DEL/703/12"},
		lang.Russian: {"Сотрудничество полиции с населением на практике", "Поэтому каждая встреча заканчивается одной задачей, одним именем и одной датой.", "Помещение, в которое может войти каждый", "PC.DEL/704/12"},
		lang.Spanish: {"La policía de proximidad en la práctica", "Por eso cada reunión termina con una tarea, un nombre y una fecha.", "Una sala en la que todos puedan entrar", "PC.DEL/705/12"},
	} {
		t.Run("a PDF in "+tag.Name()+" becomes paragraphs with their pages, and proposals", func(t *testing.T) {
			c := read(t, "policing.pdf", testdata(t, "policing."+string(tag)+".pdf"))
			if c.Media != "application/pdf" || c.Pages != 4 || c.Lang != tag || !c.LangSure {
				t.Errorf("media %s, %d pages, language %q (sure: %t)", c.Media, c.Pages, c.Lang, c.LangSure)
			}
			if c.Title != want.title || c.Date != "2012-07-26" || c.Symbol != want.number || c.Original != lang.English {
				t.Errorf("title %q, date %q, symbol %q, original %q", c.Title, c.Date, c.Symbol, c.Original)
			}
			has(t, c, extract.Passage{Kind: extract.Heading, Level: 1, Page: 1, Text: want.title})
			pages := map[int]bool{}
			for _, p := range c.Passages {
				if strings.HasSuffix(p.Text, want.sentence) && p.Kind == extract.Paragraph && len(p.Text) > len(want.sentence) {
					pages[p.Page] = true
				}
			}
			if len(pages) != 4 {
				t.Errorf("the paragraph stands whole on pages %v, want 4 of them", pages)
			}
			if !strings.Contains(c.Text(), want.item) {
				t.Errorf("no list item %q", want.item)
			}
			if strings.Contains(c.Text(), want.number) || len(c.Margins) != 8 {
				t.Errorf("the running header is in the text, or the margins are not 8: %v", c.Margins)
			}
		})
	}
}

func TestPDFWords(t *testing.T) {
	t.Run("no word of a PDF is lost or doubled", func(t *testing.T) {
		c := read(t, "policing.pdf", testdata(t, "policing.ru.pdf"))
		if n := strings.Count(c.Text(), "договорённости"); n != 4 {
			t.Errorf("a word of each of 4 pages was found %d times", n)
		}
	})
	t.Run("the engine is put away and starts again", func(t *testing.T) {
		read(t, "a.pdf", testdata(t, "policing.en.pdf"))
		shared.Close()
		shared.Close()
		read(t, "a.pdf", testdata(t, "policing.en.pdf"))
	})
	t.Run("several PDF are read at once", func(t *testing.T) {
		data, done := testdata(t, "policing.fr.pdf"), make(chan error, 6)
		for range cap(done) {
			go func() {
				c, err := shared.File(context.Background(), "a.pdf", bytes.NewReader(data), int64(len(data)))
				if err == nil && c.Lang != lang.French {
					err = errors.New("language " + string(c.Lang))
				}
				done <- err
			}()
		}
		for range cap(done) {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	})
}
