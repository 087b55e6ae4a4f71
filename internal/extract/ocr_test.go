package extract_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"polis/internal/extract"
	"polis/internal/lang"
)

func TestScan(t *testing.T) {
	for _, name := range []string{"scan.pdf", "scan.png"} {
		t.Run(name+" is read by OCR where there is one, and says so plainly where not", func(t *testing.T) {
			c := read(t, name, testdata(t, name))
			if len(shared.OCRLanguages()) == 0 {
				if len(c.Notes) != 1 || c.Notes[0].Code != "ocr-missing" || len(c.Passages) != 0 {
					t.Errorf("without tesseract: notes %v, %d passages", c.Notes, len(c.Passages))
				}
				return
			}
			if !c.OCR || !strings.Contains(strings.ToLower(c.Text()), "community policing") {
				t.Errorf("OCR %t read %q, notes %v", c.OCR, c.Text(), c.Notes)
			}
		})
	}
	t.Run("a machine without tesseract keeps the scan with a note", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		x := extract.New("", extract.DefaultLimits())
		data := testdata(t, "scan.png")
		c, err := x.File(context.Background(), "scan.png", bytes.NewReader(data), int64(len(data)))
		if err != nil || !slices.Equal(c.Notes, []extract.Note{{Code: "ocr-missing", N: 1}}) || c.Pages != 1 {
			t.Errorf("notes %v, pages %d, error %v", c.Notes, c.Pages, err)
		}
	})
}

// scans are pictures of a page in each language, with words that a reading in another language spoils.
var scans = map[lang.Tag][]string{
	lang.French:  {"La police de proximité au quotidien", "réunions régulières"},
	lang.German:  {"Bürgernahe Polizeiarbeit in der Praxis"},
	lang.Italian: {"La polizia di prossimità nella pratica"},
	lang.Russian: {"населением на практике", "договорённости"},
	lang.Spanish: {"La policía de proximidad en la práctica"},
}

func TestScansInSixLanguages(t *testing.T) {
	for _, tag := range lang.All[1:] {
		t.Run("a scan is read in its own language: "+tag.Name(), func(t *testing.T) {
			if !slices.Contains(shared.OCRLanguages(), tag) {
				if os.Getenv("CI") == "true" && (tag == lang.German || tag == lang.Russian) {
					t.Fatalf("with CI=true tesseract must read %s", tag.Name())
				}
				t.Skipf("tesseract does not read %s here", tag.Name())
			}
			c := read(t, "scan.png", testdata(t, "scan."+string(tag)+".png"))
			if c.Lang != tag || !c.OCR || !slices.Equal(c.Notes, []extract.Note{{Code: "ocr-used", N: 1}}) {
				t.Errorf("language %q, OCR %t, notes %v", c.Lang, c.OCR, c.Notes)
			}
			for _, words := range scans[tag] {
				if !strings.Contains(c.Text(), words) {
					t.Errorf("no %q in\n%s", words, c.Text())
				}
			}
		})
	}
}

// standIn puts a program in place of tesseract that knows some languages, runs the script and keeps the languages that
// it was asked for.
func standIn(t *testing.T, installed, script string) (x *extract.Extractor, asked func() []string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the stand-in is a shell script")
	}
	dir := t.TempDir()
	program := "#!/bin/sh\n[ \"$1\" = --list-langs ] && { echo List of languages:; printf '%s\\n' " + installed + "; exit; }\n" +
		"cat > /dev/null\necho \"$4\" >> '" + dir + "/asked'\n" + script + "\n"
	if err := os.WriteFile(filepath.Join(dir, "tesseract"), []byte(program), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	limits := extract.DefaultLimits()
	limits.OCRTime = time.Second
	return extract.New(cache, limits), func() []string {
		lines, _ := os.ReadFile(filepath.Join(dir, "asked"))
		return strings.Fields(string(lines))
	}
}

func readBy(t *testing.T, x *extract.Extractor, ctx context.Context, name string) (extract.Content, error) {
	t.Helper()
	t.Cleanup(x.Close)
	data := testdata(t, name)
	return x.File(ctx, name, bytes.NewReader(data), int64(len(data)))
}

func TestLanguageOfRecognition(t *testing.T) {
	say := func(tag lang.Tag) string { return "echo '" + strings.ReplaceAll(prose[tag], "'", "’") + "'" }
	t.Run("a picture is read in all languages, then in its own and English", func(t *testing.T) {
		x, asked := standIn(t, "eng deu rus osd", say(lang.Russian))
		c, err := readBy(t, x, context.Background(), "scan.png")
		if err != nil || c.Lang != lang.Russian || !slices.Equal(asked(), []string{"eng+deu+rus", "rus+eng"}) {
			t.Errorf("language %q, asked for %v, error %v", c.Lang, asked(), err)
		}
	})
	t.Run("English is not read twice", func(t *testing.T) {
		x, asked := standIn(t, "eng deu rus", say(lang.English))
		if _, err := readBy(t, x, context.Background(), "scan.png"); err != nil || !slices.Equal(asked(), []string{"eng+deu+rus"}) {
			t.Errorf("asked for %v, error %v", asked(), err)
		}
	})
	t.Run("where the language is not known and some are missing, the reader is told", func(t *testing.T) {
		x, _ := standIn(t, "eng deu", "echo CoTpyAHnyecTBo nonunuu c HaceneHueM")
		c, err := readBy(t, x, context.Background(), "scan.png")
		if err != nil || !slices.Equal(c.Notes, []extract.Note{{Code: "ocr-used", N: 1}, {Code: "ocr-languages", N: 2}}) {
			t.Errorf("notes %v, error %v", c.Notes, err)
		}
	})
	t.Run("a tesseract without any of the six languages is none", func(t *testing.T) {
		x, _ := standIn(t, "osd jpn", "echo x")
		c, err := readBy(t, x, context.Background(), "scan.png")
		if err != nil || !slices.Equal(c.Notes, []extract.Note{{Code: "ocr-missing", N: 1}}) || len(x.OCRLanguages()) != 0 {
			t.Errorf("notes %v, languages %v, error %v", c.Notes, x.OCRLanguages(), err)
		}
	})
}

func TestLimitsOfRecognition(t *testing.T) {
	t.Run("a page that takes too long is given up with a note", func(t *testing.T) {
		x, _ := standIn(t, "eng fra deu ita rus spa", "exec /bin/sleep 60")
		start := time.Now()
		c, err := readBy(t, x, context.Background(), "scan.png")
		if err != nil || len(c.Notes) != 1 || c.Notes[0].Code != "ocr-failed" || time.Since(start) > 10*time.Second {
			t.Errorf("notes %v, error %v after %v", c.Notes, err, time.Since(start))
		}
	})
	t.Run("a program that fails leaves a note, and one that never ends its output is bounded", func(t *testing.T) {
		x, _ := standIn(t, "eng fra deu ita rus spa", "exit 3")
		if c, err := readBy(t, x, context.Background(), "scan.pdf"); err != nil || len(c.Notes) == 0 || c.Notes[0].Code != "ocr-failed" {
			t.Errorf("notes %v, error %v", c.Notes, err)
		}
		x, _ = standIn(t, "eng fra deu ita rus spa", "while :; do echo again and again; done")
		if c, err := readBy(t, x, context.Background(), "scan.png"); err != nil || len(c.Notes) == 0 || c.Notes[0].Code != "ocr-failed" {
			t.Errorf("notes %v, error %v", c.Notes, err)
		}
	})
	t.Run("who waits no longer does not wait for the page", func(t *testing.T) {
		x, _ := standIn(t, "eng", "exec /bin/sleep 60")
		ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
		defer cancel()
		start := time.Now()
		if _, err := readBy(t, x, ctx, "scan.png"); err == nil || time.Since(start) > 5*time.Second {
			t.Errorf("error %v after %v", err, time.Since(start))
		}
	})
}
