package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

// directory is a shelf on this machine.
type directory string

// Open keeps files in the directory, making it where it is missing. It refuses
// a directory whose files are in a bucket.
func Open(dir string) (*Store, error) {
	if at := marked(dir); at != "" {
		return nil, fmt.Errorf("blob: the files of this place are in %s: name it with --files", at)
	}
	spool, err := newSpool(dir)
	if err != nil {
		return nil, err
	}
	return &Store{shelf: directory(dir), spool: spool}, nil
}

func (d directory) String() string { return string(d) }

func (d directory) path(sum Sum) string {
	return filepath.Join(string(d), filepath.FromSlash(sum.place()))
}

// settle moves an arrived file to its place.
func (d directory) settle(_ context.Context, f *os.File, sum Sum, n int64) error {
	place := d.path(sum)
	if info, err := os.Stat(place); err == nil && info.Size() == n {
		now := time.Now()
		if err := os.Chtimes(place, now, now); err != nil {
			return full(err)
		}
		return nil
	}
	if err := f.Sync(); err != nil {
		return full(err)
	}
	if err := os.MkdirAll(filepath.Dir(place), 0o750); err != nil {
		return full(err)
	}
	if err := f.Chmod(0o440); err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	if err := os.Rename(f.Name(), place); err != nil {
		return full(err)
	}
	return syncDir(filepath.Dir(place))
}

// syncDir makes a rename in the directory survive a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, fs.ErrInvalid) {
		return full(err)
	}
	return nil
}

func (d directory) open(_ context.Context, sum Sum) (io.ReadSeekCloser, error) {
	f, err := os.Open(d.path(sum))
	if err != nil {
		return nil, unread(err)
	}
	return f, nil
}

// unread says of a file that could not be read whether it is there at all.
func unread(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNotFound
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}

// shelfForm is the name of a directory in which files are.
var shelfForm = regexp.MustCompile(`^[0-9a-f]{2}$`)

func (d directory) all(ctx context.Context) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		err := filepath.WalkDir(string(d), func(path string, e fs.DirEntry, err error) error {
			switch root := path == string(d); {
			case ctx.Err() != nil:
				return ctx.Err()
			case err != nil:
				return err
			case e.IsDir() && !root && !shelfForm.MatchString(e.Name()):
				return fs.SkipDir
			case e.IsDir() || !sumForm.MatchString(e.Name()) || path != d.path(Sum(e.Name())):
				return nil
			}
			info, err := e.Info()
			if err != nil {
				return err
			}
			if !yield(Entry{Sum(e.Name()), info.Size()}, nil) {
				return fs.SkipAll
			}
			return nil
		})
		if err != nil {
			yield(Entry{}, fmt.Errorf("blob: %w", err))
		}
	}
}

// ready finds out whether the directory is still there: it may be one that
// several machines share.
func (d directory) ready(context.Context) error {
	if _, err := os.Stat(filepath.Join(string(d), "arriving")); err != nil {
		return &unavailable{fmt.Sprintf("the directory of the files, %s, cannot be used: %v", d, err), err}
	}
	return nil
}
