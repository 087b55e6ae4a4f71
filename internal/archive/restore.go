package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"polis/internal/blob"
	"polis/internal/store"
)

// unfinished is the directory inside the data directory in which a restore
// prepares its work. While it is there, the restore is not finished.
const unfinished = "restoring"

// The names in a data directory of what a restore puts there.
const (
	FilesDir = "files"
	database = "polis.db"
)

// ErrNotEmpty is returned by Restore where the place holds something.
var ErrNotEmpty = errors.New("archive: a backup is restored into an empty place only")

// CheckPlace returns an error where a restore into the data directory was
// interrupted: what is there is not whole.
func CheckPlace(dir string) error {
	if exists(filepath.Join(dir, unfinished)) {
		return fmt.Errorf("a restore into %s was interrupted: run the same polis restore again", dir)
	}
	return nil
}

// Restored says what a restore put back.
type Restored struct {
	Manifest
	// Faults are places where the log was not whole when the backup was made.
	Faults []store.Fault
}

// Restore puts a backup into an empty place: the files into dir, the tables
// into SQLite in dir or, where dsn is set, into an empty PostgreSQL database.
// Everything is first put into a directory of its own and verified, the log's
// chain too; only then does it move to its place. A *Refused says why nothing
// was restored. After an interruption the same call goes through.
func Restore(ctx context.Context, file, dir, dsn string, progress Progress) (done Restored, err error) {
	r, err := open(file)
	if err != nil {
		return Restored{}, err
	}
	defer r.close()
	fresh := !exists(dir)
	release, err := store.Lock(dir)
	if err != nil {
		return Restored{}, err
	}
	p := &place{dir: dir, stage: filepath.Join(dir, unfinished)}
	defer func() {
		err = errors.Join(err, release())
		if err != nil && fresh && !exists(p.stage) {
			os.Remove(filepath.Join(dir, store.LockFile))
			os.Remove(dir)
		}
	}()
	if err := p.prepare(); err != nil {
		return Restored{}, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.clear())
		}
	}()
	if dsn == "" {
		return p.restore(ctx, r, nil, progress)
	}
	target, err := store.Open(ctx, store.Options{DSN: dsn})
	if err != nil {
		return Restored{}, err
	}
	defer target.Close()
	if target.Seq() != 0 {
		return Restored{}, fmt.Errorf("%w: the PostgreSQL database is in use already", ErrNotEmpty)
	}
	return p.restore(ctx, r, target, progress)
}

// place is a data directory that is restored into.
type place struct{ dir, stage string }

// prepare makes sure that the place is empty, but for what an interrupted
// restore left, and makes the directory to work in.
func (p *place) prepare() error {
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	ours := []string{store.LockFile, "lost+found"}
	if exists(p.stage) {
		ours = append(ours, unfinished, FilesDir, database)
	}
	for _, e := range entries {
		if name := e.Name(); !slices.Contains(ours, name) && !strings.HasPrefix(name, store.LockFile) {
			return fmt.Errorf("%w: there is %s already", ErrNotEmpty, filepath.Join(p.dir, name))
		}
	}
	if err := p.clear(); err != nil {
		return err
	}
	if err := os.Mkdir(p.stage, 0o750); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	return nil
}

// clear removes what a restore has put into the place, the sign that it is
// unfinished last.
func (p *place) clear() error {
	if !exists(p.stage) {
		return nil
	}
	for _, name := range []string{FilesDir, database, unfinished} {
		if err := os.RemoveAll(filepath.Join(p.dir, name)); err != nil {
			return fmt.Errorf("archive: remove what was not finished: %w", err)
		}
	}
	return nil
}

// restore fills the stage, verifies it and moves it to its place. With a
// target, the tables on the stage were the rehearsal, and they go to the target
// in one transaction at the end.
func (p *place) restore(ctx context.Context, r *reader, target *store.DB, progress Progress) (Restored, error) {
	if err := p.putFiles(ctx, r, progress); err != nil {
		return Restored{}, err
	}
	done := Restored{Manifest: r.Manifest}
	var err error
	if done.Faults, err = p.putTables(ctx, r, progress); err != nil {
		return Restored{}, err
	}
	if err := os.Rename(filepath.Join(p.stage, FilesDir), filepath.Join(p.dir, FilesDir)); err != nil {
		return Restored{}, fmt.Errorf("archive: %w", err)
	}
	if target == nil {
		err = os.Rename(filepath.Join(p.stage, database), filepath.Join(p.dir, database))
	} else {
		err = load(ctx, r, target, progress)
	}
	if err != nil {
		return Restored{}, fmt.Errorf("archive: %w", err)
	}
	if err := syncDir(p.dir); err != nil {
		return Restored{}, err
	}
	return done, os.RemoveAll(p.stage)
}

// putFiles stores the files of the backup on the stage, under the sums that
// they have.
func (p *place) putFiles(ctx context.Context, r *reader, progress Progress) error {
	files, err := blob.Open(filepath.Join(p.stage, FilesDir))
	if err != nil {
		return err
	}
	for i, part := range r.Parts {
		progress.tell("parts", int64(i), int64(len(r.Parts)))
		if part.file() == "" {
			continue
		}
		err := r.read(part, func(in io.Reader) error {
			_, _, err := files.Put(ctx, in, part.Bytes)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// putTables loads the tables into SQLite on the stage and walks the chain.
func (p *place) putTables(ctx context.Context, r *reader, progress Progress) ([]store.Fault, error) {
	db, err := store.Open(ctx, store.Options{Dir: p.stage})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	if err := load(ctx, r, db, progress); err != nil {
		return nil, err
	}
	progress.tell("log", 0, 0)
	_, faults, err := store.Verify(ctx, db)
	if err != nil {
		return nil, err
	}
	if db.Seq() != r.Seq {
		return nil, r.refuse(nil, "its log ends with event %d, and its manifest says %d", db.Seq(), r.Seq)
	}
	return faults, db.Close() // the last to close it leaves one file
}

// load puts all tables into the database, in one transaction.
func load(ctx context.Context, r *reader, db *store.DB, progress Progress) error {
	return store.Load(ctx, db, func(load func(string, io.Reader) error) error {
		for i, part := range r.Parts {
			if part.table() == "" {
				continue
			}
			progress.tell("tables", int64(i), 0)
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := r.read(part, func(in io.Reader) error { return load(part.table(), in) }); err != nil {
				return err
			}
		}
		return nil
	})
}
