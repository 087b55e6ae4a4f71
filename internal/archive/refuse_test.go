package archive_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"polis/internal/archive"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// nothingRestored fails where a refused restore left something.
func nothingRestored(t *testing.T, file string) error {
	t.Helper()
	above := t.TempDir()
	_, err := archive.Restore(ctx, file, archive.Place{Dir: filepath.Join(above, "new")}, nil)
	if err == nil {
		t.Error("it was restored")
	}
	if left, _ := filepath.Glob(filepath.Join(above, "*")); len(left) > 0 {
		inside, _ := filepath.Glob(filepath.Join(above, "new", "*"))
		t.Error("left behind:", left, inside)
	}
	return err
}

// refused expects a sentence that says why.
func refused(t *testing.T, file string) {
	t.Helper()
	var r *archive.Refused
	if err := nothingRestored(t, file); err != nil && !errors.As(err, &r) {
		t.Error("the error is not a refusal:", err)
	}
}

func write(t *testing.T, content []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "spoilt.zip")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestRefusedBackups(t *testing.T) {
	t.Parallel()
	s := furnished(t, storetest.SQLite(t))
	file, manifest := backup(t, s)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("cut off anywhere", func(t *testing.T) {
		for _, n := range []int{0, 1, len(whole) / 3, len(whole) / 2, len(whole) - 1} {
			refused(t, write(t, whole[:n]))
		}
	})
	t.Run("with a byte flipped: refused, or nothing of the content was touched", func(t *testing.T) {
		for range 25 {
			spoilt := bytes.Clone(whole)
			spoilt[rand.IntN(len(spoilt))] ^= byte(1 + rand.IntN(255))
			dir := filepath.Join(t.TempDir(), "new")
			_, err := archive.Restore(ctx, write(t, spoilt), archive.Place{Dir: dir}, nil)
			var r *archive.Refused
			switch {
			case err == nil:
				sameRows(t, s.DB, reopen(t, dir, "").DB)
			case !errors.As(err, &r):
				t.Error("the error is not a refusal:", err)
			}
		}
	})
	t.Run("no zip at all, an empty zip, another zip", func(t *testing.T) {
		refused(t, write(t, []byte("minutes of a meeting")))
		refused(t, zipped(t, nil))
		refused(t, zipped(t, map[string]string{"word/document.xml": "<w/>"}))
	})
	t.Run("with names that lead out of the place", func(t *testing.T) {
		for _, name := range []string{"../evil", "/etc/evil", "files/../../evil", `..\evil`, "tables/../x.jsonl", "files/" + string(bytes.Repeat([]byte("G"), 64))} {
			parts := unzip(t, file)
			parts[name] = "x"
			m := manifest
			m.Parts = append(m.Parts[:len(m.Parts):len(m.Parts)], archive.Part{Name: name, Bytes: 1})
			parts["manifest.json"] = asJSON(t, m)
			refused(t, zipped(t, parts))
		}
	})
	t.Run("with a part that the manifest does not list, or without one that it lists", func(t *testing.T) {
		parts := unzip(t, file)
		parts["tables/more.jsonl"] = "{}"
		refused(t, zipped(t, parts))
		parts = unzip(t, file)
		delete(parts, "tables/event.jsonl")
		refused(t, zipped(t, parts))
	})
	t.Run("with other content than the manifest says", func(t *testing.T) {
		parts := unzip(t, file)
		parts["tables/setting.jsonl"] = `{"name":"x","value":"y"}` + "\n"
		refused(t, zipped(t, parts))
	})
	t.Run("of a later version, with a sentence that says what to do", func(t *testing.T) {
		for _, later := range []func(*archive.Manifest){
			func(m *archive.Manifest) { m.Format = 99 },
			func(m *archive.Manifest) { m.Schema = store.Newest() + 1 },
		} {
			parts := unzip(t, file)
			m := manifest
			m.Program = "9.1.0"
			later(&m)
			parts["manifest.json"] = asJSON(t, m)
			err := nothingRestored(t, zipped(t, parts))
			if err == nil || !strings.Contains(err.Error(), "later version of POLIS (9.1.0). Install that version") {
				t.Error("got:", err)
			}
		}
	})
	t.Run("with a table that this version does not know", func(t *testing.T) {
		parts := unzip(t, file)
		parts["tables/tomorrow.jsonl"] = ""
		m := manifest
		m.Parts = append(m.Parts[:len(m.Parts):len(m.Parts)], archive.Part{
			Name: "tables/tomorrow.jsonl", SHA256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		})
		parts["manifest.json"] = asJSON(t, m)
		nothingRestored(t, zipped(t, parts))
	})
	t.Run("that is not there", func(t *testing.T) {
		if err := nothingRestored(t, filepath.Join(t.TempDir(), "none.zip")); !errors.Is(err, os.ErrNotExist) {
			t.Error("got:", err)
		}
	})
}

func TestRestoreIntoAPlaceInUse(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := furnished(t, db)
		file, _ := backup(t, s)
		t.Run("a directory that holds something is left as it is", func(t *testing.T) {
			dir := t.TempDir()
			note := filepath.Join(dir, "note.txt")
			if err := os.WriteFile(note, []byte("mine"), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := archive.Restore(ctx, file, archive.Place{Dir: dir}, nil); !errors.Is(err, archive.ErrNotEmpty) {
				t.Error("got:", err)
			}
			if _, err := os.Stat(note); err != nil {
				t.Error(err)
			}
			if err := archive.CheckPlace(dir); err != nil {
				t.Error(err)
			}
		})
		t.Run("a directory that another process holds is refused", func(t *testing.T) {
			dir := t.TempDir()
			release, err := store.Lock(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer release()
			if _, err := archive.Restore(ctx, file, archive.Place{Dir: dir}, nil); !errors.Is(err, store.ErrInUse) {
				t.Error("got:", err)
			}
		})
		t.Run("a PostgreSQL database with a log is left as it is", func(t *testing.T) {
			dsn := storetest.PostgresDSN(t)
			target, err := store.Open(ctx, store.Options{DSN: dsn})
			if err != nil {
				t.Fatal(err)
			}
			defer target.Close()
			addDocument(t, archive.System{DB: target, Files: s.Files}, 1)
			dir := filepath.Join(t.TempDir(), "new")
			if _, err := archive.Restore(ctx, file, archive.Place{Dir: dir, DSN: dsn}, nil); !errors.Is(err, archive.ErrNotEmpty) {
				t.Error("got:", err)
			}
			if _, err := os.Stat(dir); err == nil {
				t.Error("the directory was made")
			}
		})
		t.Run("what an interrupted restore left is known for that, and the next one goes through", func(t *testing.T) {
			dir := t.TempDir()
			for _, left := range []string{"restoring/files/ab", "files/cd"} {
				if err := os.MkdirAll(filepath.Join(dir, left), 0o750); err != nil {
					t.Fatal(err)
				}
			}
			if err := archive.CheckPlace(dir); err == nil {
				t.Error("it was taken for a whole one")
			}
			if _, err := archive.Restore(ctx, file, archive.Place{Dir: dir}, nil); err != nil {
				t.Fatal(err)
			}
			sameRows(t, s.DB, reopen(t, dir, "").DB)
		})
	})
}

func unzip(t *testing.T, file string) map[string]string {
	t.Helper()
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	parts := map[string]string{}
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(content)
	}
	return parts
}

func zipped(t *testing.T, parts map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range parts {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return write(t, b.Bytes())
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
