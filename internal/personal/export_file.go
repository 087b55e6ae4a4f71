package personal

import (
	"context"
	"errors"
	"fmt"
	"io"

	"polis/internal/blob"
	"polis/internal/library"
	"polis/internal/store"
)

// documents writes each document that she owns: its record, its texts and files.
func (e *exporting) documents(ctx context.Context) error {
	ids, err := store.List[string](ctx, e.DB, everything, "SELECT id FROM document WHERE {scope} AND owner = $1 ORDER BY id", e.person)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := e.document(ctx, id); err != nil {
			return fmt.Errorf("personal: document %s: %w", id, err)
		}
	}
	return nil
}

func (e *exporting) document(ctx context.Context, id string) error {
	rec, err := e.Library.Get(ctx, e.scope, id)
	if errors.Is(err, store.ErrNotFound) { // taken out a moment ago
		return nil
	}
	if err != nil {
		return err
	}
	dir := "documents/" + id + "/"
	if err := e.json(dir+"document.json", rec); err != nil {
		return err
	}
	for _, ed := range rec.Editions {
		versions, err := e.Library.Versions(ctx, everything, ed.ID)
		if err != nil {
			return err
		}
		for _, v := range versions {
			if err := e.version(ctx, fmt.Sprintf("%s%s/%d-", dir, library.LangPath(ed.Lang), v.Number), v); err != nil {
				return err
			}
		}
	}
	return nil
}

// version writes the file of a version or, where it has none, its text.
func (e *exporting) version(ctx context.Context, prefix string, v library.Version) error {
	if v.File != "" {
		return e.file(ctx, prefix+clean(v.File, "file"), v.Sum)
	}
	w, err := e.begin(prefix + "text.txt")
	if err != nil {
		return err
	}
	for p, err := range store.Rows[string](ctx, e.DB, everything, "SELECT body FROM passage WHERE {scope} AND version = $1 ORDER BY n", v.ID) {
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, p+"\n\n"); err != nil {
			return err
		}
	}
	return nil
}

// arrived writes the files that she has brought and that are no documents.
func (e *exporting) arrived(ctx context.Context) error {
	list, err := store.List[struct{ ID, File, Sum string }](ctx, e.DB, everything,
		"SELECT id, file, sum FROM intake WHERE {scope} AND owner = $1 AND sum <> '' AND stage <> 'kept' ORDER BY created, id", e.person)
	if err != nil {
		return err
	}
	for _, in := range list {
		if err := e.file(ctx, "arrived/"+in.ID+"-"+clean(in.File, "file"), in.Sum); err != nil {
			return err
		}
	}
	return nil
}

// file copies a stored file into the archive.
func (e *exporting) file(ctx context.Context, name, sum string) error {
	f, err := e.Library.Files.Get(ctx, blob.Sum(sum))
	if err != nil {
		return e.lost(ctx, name, err)
	}
	defer f.Close()
	w, err := e.begin(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(line{w}, f)
	return e.lost(ctx, name, err)
}

// line marks the errors of the reader's side.
type line struct{ io.Writer }

func (l line) Write(p []byte) (int, error) {
	n, err := l.Writer.Write(p)
	if err != nil {
		err = errors.Join(errWrite, err)
	}
	return n, err
}
