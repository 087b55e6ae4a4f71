package archive

import (
	"archive/zip"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"

	"polis/internal/blob"
	"polis/internal/store"
)

// maxManifest is the longest manifest read, in bytes: that of some millions of
// files.
const maxManifest = 1 << 30

// reader is an opened backup whose names agree with its manifest. The content
// of each part is checked while it is read.
type reader struct {
	Manifest
	name  string
	zip   *zip.ReadCloser
	files map[string]*zip.File
}

// Inspect reads the manifest of a backup. A *Refused says why the file is none,
// or not a whole one; the content of its parts is not read.
func Inspect(file string) (Manifest, error) {
	r, err := open(file)
	if err != nil {
		return Manifest{}, err
	}
	defer r.close()
	return r.Manifest, nil
}

func open(file string) (*reader, error) {
	z, err := zip.OpenReader(file)
	var path *fs.PathError
	switch {
	case errors.As(err, &path):
		return nil, fmt.Errorf("archive: %w", err)
	case err != nil:
		return nil, &Refused{file, "it is no backup, or it was cut off", err}
	}
	r := &reader{name: file, zip: z, files: map[string]*zip.File{}}
	if err := r.readManifest(); err != nil {
		z.Close()
		return nil, err
	}
	return r, nil
}

func (r *reader) close() { r.zip.Close() }

func (r *reader) refuse(err error, format string, args ...any) error {
	return &Refused{r.name, fmt.Sprintf(format, args...), err}
}

// readManifest reads the manifest and compares it with the names in the zip.
func (r *reader) readManifest() error {
	for _, f := range r.zip.File {
		if r.files[f.Name] != nil || f.Name != manifestName && !partName.MatchString(f.Name) {
			return r.refuse(nil, "it holds %q, which no backup of POLIS does", f.Name)
		}
		r.files[f.Name] = f
	}
	f := r.files[manifestName]
	if f == nil {
		return r.refuse(nil, "it has no manifest, so it is no backup of POLIS")
	}
	in, err := f.Open()
	if err == nil {
		defer in.Close()
		err = json.NewDecoder(io.LimitReader(in, maxManifest)).Decode(&r.Manifest)
	}
	if err == nil {
		_, err = io.Copy(io.Discard, in) // the zip's checksum comes at its end
	}
	if err != nil {
		return r.refuse(err, "its manifest is damaged")
	}
	if err := r.refuseLater(); err != nil {
		return err
	}
	return r.compare()
}

// refuseLater refuses a backup that only a later program understands.
func (r *reader) refuseLater() error {
	r.Schema = cmp.Or(r.Schema, firstSchema)
	switch {
	case r.Format > format || r.Schema > store.Newest():
		return r.refuse(nil, "it was made by a later version of POLIS (%s). Install that version or a newer one, and restore it with that", cmp.Or(r.Program, "not named"))
	case r.Format < 1 || r.Schema < 1:
		return r.refuse(nil, "its manifest is damaged: it names format %d and schema %d", r.Format, r.Schema)
	}
	return nil
}

// compare refuses a backup that lacks a part or has one too many.
func (r *reader) compare() error {
	listed := map[string]bool{}
	for _, p := range r.Parts {
		if r.files[p.Name] == nil || !partName.MatchString(p.Name) || listed[p.Name] {
			return r.refuse(nil, "%q is in its manifest, but not in it", p.Name)
		}
		if sum := p.file(); sum != "" && string(sum) != p.SHA256 {
			return r.refuse(nil, "%q is not called by its sum", p.Name)
		}
		listed[p.Name] = true
	}
	if len(listed)+1 != len(r.files) {
		return r.refuse(nil, "it holds %d parts, and its manifest lists %d", len(r.files)-1, len(listed))
	}
	return nil
}

// table is the table that a part holds, file the file; one of them is empty.
func (p Part) table() string          { return partName.FindStringSubmatch(p.Name)[1] }
func (p Part) file() blob.Sum         { return blob.Sum(partName.FindStringSubmatch(p.Name)[2]) }
func (p Part) whole(h hash.Hash) bool { return hex.EncodeToString(h.Sum(nil)) == p.SHA256 }

// read hands the content of a part to take, and refuses it where it is not what
// the manifest says, to the byte.
func (r *reader) read(p Part, take func(io.Reader) error) error {
	in, err := r.files[p.Name].Open()
	if err != nil {
		return r.refuse(err, "%s is damaged", p.Name)
	}
	defer in.Close()
	sum := sha256.New()
	content := io.TeeReader(io.LimitReader(in, p.Bytes+1), sum)
	failed := take(content)
	// What is damaged may have failed for that reason: look at all of it first.
	if _, err := io.Copy(io.Discard, content); err != nil || !p.whole(sum) {
		return r.refuse(err, "%s is damaged", p.Name)
	}
	return failed
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
