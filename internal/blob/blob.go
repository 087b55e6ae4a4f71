// Package blob keeps files under the SHA-256 of their content: a file is
// stored once however often it comes, never changes, and can be checked.
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
	"time"
)

// The ways in which keeping or finding a file fails.
var (
	ErrTooLarge = errors.New("blob: the file is larger than allowed")
	ErrFull     = errors.New("blob: the disk is full")
	ErrNotFound = errors.New("blob: no such file")
)

// Sum is a file's SHA-256 in lower-case hex, its only name.
type Sum string

var sumForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Store is a directory of files. It is safe for concurrent use.
type Store struct{ dir string }

// Open uses the directory, making it where it is missing, and removes what an
// interrupted write left behind a day ago or earlier.
func Open(dir string) (*Store, error) {
	s := &Store{dir: dir}
	if err := os.MkdirAll(s.arriving(), 0o750); err != nil {
		return nil, fmt.Errorf("blob: make directory: %w", err)
	}
	left, err := os.ReadDir(s.arriving())
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	for _, e := range left {
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > 24*time.Hour {
			os.Remove(filepath.Join(s.arriving(), e.Name()))
		}
	}
	return s, nil
}

func (s *Store) arriving() string { return filepath.Join(s.dir, "arriving") }

func (s *Store) path(sum Sum) string {
	return filepath.Join(s.dir, string(sum[:2]), string(sum))
}

// Put stores what r gives, at most limit bytes, and returns its sum and size.
// When Put returns, the file is on the disk; when it fails, nothing is left.
func (s *Store) Put(ctx context.Context, r io.Reader, limit int64) (Sum, int64, error) {
	f, err := os.CreateTemp(s.arriving(), "put-*")
	if err != nil {
		return "", 0, full(err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	hash := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, hash), &during{ctx, io.LimitReader(r, limit+1)})
	if err != nil {
		return "", 0, full(err)
	}
	if n > limit {
		return "", 0, ErrTooLarge
	}
	if err := f.Sync(); err != nil {
		return "", 0, full(err)
	}
	sum := Sum(hex.EncodeToString(hash.Sum(nil)))
	return sum, n, s.settle(f, sum)
}

// settle moves an arrived file to its place.
func (s *Store) settle(f *os.File, sum Sum) error {
	place := s.path(sum)
	if _, err := os.Stat(place); err == nil {
		return nil
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

func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return fmt.Errorf("blob: %w", err)
}

// during is a reader that ends when its context does.
type during struct {
	ctx context.Context
	r   io.Reader
}

func (d *during) Read(p []byte) (int, error) {
	if err := d.ctx.Err(); err != nil {
		return 0, err
	}
	return d.r.Read(p)
}

// Get opens a file for reading. The caller closes it.
func (s *Store) Get(sum Sum) (*os.File, error) {
	if !sumForm.MatchString(string(sum)) {
		return nil, ErrNotFound
	}
	f, err := os.Open(s.path(sum))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	return f, nil
}

// Check reads a file through and reports whether it still is what its name says.
func (s *Store) Check(ctx context.Context, sum Sum) error {
	f, err := s.Get(sum)
	if err != nil {
		return err
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, &during{ctx, f}); err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != string(sum) {
		return fmt.Errorf("blob: %s has become %s", sum, got)
	}
	return nil
}

// All names every file in the store, with its size in bytes.
func (s *Store) All() iter.Seq2[Sum, int64] {
	return func(yield func(Sum, int64) bool) {
		_ = filepath.WalkDir(s.dir, func(_ string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || !sumForm.MatchString(e.Name()) {
				return nil //nolint:nilerr // what cannot be read is not there
			}
			info, err := e.Info()
			if err != nil {
				return nil //nolint:nilerr // it went while we looked
			}
			if !yield(Sum(e.Name()), info.Size()) {
				return fs.SkipAll
			}
			return nil
		})
	}
}
