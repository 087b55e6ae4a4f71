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
	"polis/internal/keyring"
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
	// Unopened are the sealed secrets of the backup that the key of the place does not
	// open.
	Unopened []Fault
}

// Place is where a backup is restored.
type Place struct {
	Dir    string      // data directory, empty or not there yet
	DSN    string      // of an empty PostgreSQL database; "" for SQLite in Dir
	Bucket blob.Bucket // for the files; the zero value for Dir
	// Keys is the key that the installation is given by its environment; nil where it
	// takes the one in the backup.
	Keys *keyring.Ring
}

// Restore puts a backup into an empty place. Everything is first put into a
// directory of its own and verified, the log's chain too; only then does it
// move to its place. A *Refused says why nothing was restored. After an
// interruption the same call goes through.
//
// A bucket may hold other files already; an interruption leaves some in it that
// nothing refers to, and the same call then passes over them.
func Restore(ctx context.Context, file string, to Place, progress Progress) (done Restored, err error) {
	r, err := open(file)
	if err != nil {
		return Restored{}, err
	}
	defer r.close()
	fresh := !exists(to.Dir)
	release, err := store.Lock(to.Dir)
	if err != nil {
		return Restored{}, err
	}
	p := &place{Place: to, stage: filepath.Join(to.Dir, unfinished)}
	defer func() {
		err = errors.Join(err, release())
		if err != nil && fresh && !exists(p.stage) {
			os.Remove(filepath.Join(to.Dir, store.LockFile))
			os.Remove(to.Dir)
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
	if to.DSN == "" {
		return p.restore(ctx, r, nil, progress)
	}
	target, err := store.Open(ctx, store.Options{DSN: to.DSN, Schema: r.Schema})
	if err != nil {
		return Restored{}, err
	}
	defer target.Close()
	if target.Seq() != 0 || target.Schema() != r.Schema {
		return Restored{}, fmt.Errorf("%w: the PostgreSQL database is in use already", ErrNotEmpty)
	}
	return p.restore(ctx, r, target, progress)
}

// place is a place while it is restored into.
type place struct {
	Place
	stage string
}

// prepare makes sure that the place is empty, but for what an interrupted
// restore left, and makes the directory to work in.
func (p *place) prepare() error {
	entries, err := os.ReadDir(p.Dir)
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	ours := []string{store.LockFile, "lost+found"}
	if exists(p.stage) {
		ours = append(ours, unfinished, FilesDir, keyring.File, database)
	}
	for _, e := range entries {
		if name := e.Name(); !slices.Contains(ours, name) && !strings.HasPrefix(name, store.LockFile) {
			return fmt.Errorf("%w: there is %s already", ErrNotEmpty, filepath.Join(p.Dir, name))
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
	for _, name := range []string{FilesDir, keyring.File, database, unfinished} {
		if err := os.RemoveAll(filepath.Join(p.Dir, name)); err != nil {
			return fmt.Errorf("archive: remove what was not finished: %w", err)
		}
	}
	return nil
}

// restore fills the stage, verifies it and moves it to its place. With a
// target, the tables on the stage were the rehearsal, and they go to the target
// in one transaction at the end.
func (p *place) restore(ctx context.Context, r *reader, target *store.DB, progress Progress) (Restored, error) {
	files, err := p.openFiles(ctx)
	if err != nil {
		return Restored{}, err
	}
	put := func(in io.Reader, bytes int64) error {
		_, _, err := files.Put(ctx, in, bytes)
		return err
	}
	first, away := put, !p.Bucket.IsZero()
	if away { // nothing leaves this machine before all of it was found whole
		first = func(io.Reader, int64) error { return nil } // a part is compared with its sum at any rate
	}
	if err := r.eachFile(ctx, "parts", progress, first); err != nil {
		return Restored{}, err
	}
	done := Restored{Manifest: r.Manifest}
	if err = p.putTables(ctx, r, &done, progress); err != nil {
		return Restored{}, err
	}
	if away {
		if err := r.eachFile(ctx, "files", progress, put); err != nil {
			return Restored{}, err
		}
	}
	if err := p.putKey(r); err != nil {
		return Restored{}, err
	}
	if err := os.Rename(filepath.Join(p.stage, FilesDir), filepath.Join(p.Dir, FilesDir)); err != nil {
		return Restored{}, fmt.Errorf("archive: %w", err)
	}
	if target == nil {
		err = os.Rename(filepath.Join(p.stage, database), filepath.Join(p.Dir, database))
	} else if err = load(ctx, r, target, progress); err == nil {
		err = target.Migrate(ctx)
	}
	if err != nil {
		return Restored{}, fmt.Errorf("archive: %w", err)
	}
	if err := syncDir(p.Dir); err != nil {
		return Restored{}, err
	}
	return done, os.RemoveAll(p.stage)
}

// putKey puts the secret back, for its owner alone. A backup from before there
// was one has none.
func (p *place) putKey(r *reader) error {
	for _, part := range r.Parts {
		if part.Name != keyring.File {
			continue
		}
		return r.read(part, func(in io.Reader) error {
			text, err := io.ReadAll(in)
			if err == nil {
				_, err = keyring.New(string(text))
			}
			if err != nil {
				return r.refuse(err, "its key is damaged")
			}
			staged := filepath.Join(p.stage, keyring.File)
			if err := os.WriteFile(staged, text, 0o600); err != nil {
				return fmt.Errorf("archive: %w", err)
			}
			return os.Rename(staged, filepath.Join(p.Dir, keyring.File))
		})
	}
	return nil
}

// openFiles opens where the files of the backup go: the stage, or the bucket
// with what is on its way on the stage. A bucket that does not let us in is
// found out before any work is done.
func (p *place) openFiles(ctx context.Context) (*blob.Store, error) {
	dir := filepath.Join(p.stage, FilesDir)
	if p.Bucket.IsZero() {
		return blob.Open(dir)
	}
	files, err := p.Bucket.Open(dir)
	if err != nil {
		return nil, err
	}
	return files, files.Ready(ctx)
}

// eachFile hands over the content of every file, and its size in bytes.
func (r *reader) eachFile(ctx context.Context, what string, progress Progress, take func(in io.Reader, bytes int64) error) error {
	for i, part := range r.Parts {
		progress.tell(what, int64(i), int64(len(r.Parts)))
		if part.file() == "" {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.read(part, func(in io.Reader) error { return take(in, part.Bytes) }); err != nil {
			return err
		}
	}
	return nil
}

// putTables loads the tables into SQLite on the stage, brings them up to date,
// walks the chain, and tries the key on what is sealed.
func (p *place) putTables(ctx context.Context, r *reader, done *Restored, progress Progress) error {
	db, err := store.Open(ctx, store.Options{Dir: p.stage, Schema: r.Schema})
	if err != nil {
		return err
	}
	defer db.Close()
	if err := load(ctx, r, db, progress); err != nil {
		return err
	}
	if db.Seq() != r.Seq {
		return r.refuse(nil, "its log ends with event %d, and its manifest says %d", db.Seq(), r.Seq)
	}
	if err := db.Migrate(ctx); err != nil {
		return fmt.Errorf("archive: bring the tables up to date: %w", err)
	}
	progress.tell("log", 0, 0)
	if _, done.Faults, err = store.Verify(ctx, db); err != nil {
		return err
	}
	if done.Unopened, err = unopened(ctx, db, p.Keys); err != nil {
		return err
	}
	return db.Close() // the last to close it leaves one file
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
