package archive_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"polis/internal/archive"
)

// A file that is handed over as a backup is one, or is refused with a sentence.
func FuzzInspect(f *testing.F) {
	pack := func(parts ...string) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for i := 0; i+1 < len(parts); i += 2 {
			w, err := z.Create(parts[i])
			if err != nil {
				f.Fatal(err)
			}
			_, _ = w.Write([]byte(parts[i+1])) // a bytes.Buffer takes everything
		}
		if err := z.Close(); err != nil {
			f.Fatal(err)
		}
		return b.Bytes()
	}
	whole := pack("manifest.json", `{"format":1}`, "tables/event.jsonl", "")
	for _, data := range [][]byte{
		{},
		[]byte("PK"), whole, whole[:len(whole)-10], pack("manifest.json", "null"), pack("manifest.json", "{"), pack("manifest.json", `{"format":-1,"schema":99999}`),
		pack("../../evil", "x", "manifest.json", "{}"), pack("manifest.json", "{}", "manifest.json", "{}"), pack("tables/person.jsonl", "{}"),
	} {
		f.Add(data)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := os.CreateTemp(dir, "*.zip")
		if err != nil {
			t.Fatal(err)
		}
		defer os.Remove(file.Name())
		if _, err := file.Write(data); err != nil {
			t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
		_, err = archive.Inspect(filepath.Clean(file.Name()))
		var refused *archive.Refused
		if err != nil && !errors.As(err, &refused) {
			t.Errorf("%v", err)
		}
	})
}
