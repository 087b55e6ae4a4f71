// Package blob keeps files under the SHA-256 of their content: a file is
// stored once however often it comes, never changes, and can be checked.
//
// They stay in a directory of this machine (Open) or in a bucket of an
// S3-compatible storage (Bucket.Open), in both under the same names, so that
// any tool can copy them from one into the other. A file that arrives is
// written down here first, because its name is known at its end only, and then
// takes its place in one step: there is never half a file.
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
	// ErrDamaged is of a file that cannot be read, or has become another one.
	ErrDamaged = errors.New("blob: the file is not what was stored")
	// ErrUnavailable is of the whole store and says nothing of the file: the
	// storage is not reached, or does not let us in.
	ErrUnavailable = errors.New("blob: the file storage is not available")
)

// Sum is a file's SHA-256 in lower-case hex, its only name.
type Sum string

var sumForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// place is where a file stays, relative to the directory or prefix of all
// files, with slashes.
func (s Sum) place() string { return string(s[:2]) + "/" + string(s) }

// Entry is a stored file.
type Entry struct {
	Sum  Sum
	Size int64 // in bytes
}

// Store keeps files. It is safe for concurrent use.
type Store struct {
	shelf    shelf
	spool    string // directory of what is on its way
	settling settling
}

// shelf is where files stay, by their sums, which are well-formed. A directory
// and a bucket are shelves.
type shelf interface {
	fmt.Stringer
	// settle puts a file of n bytes under its sum in one step, unless it is
	// there: then it counts as having come anew. One of another size was cut off,
	// and is replaced.
	settle(ctx context.Context, f *os.File, sum Sum, n int64) error
	// open returns an *os.File where the file lies on this machine.
	open(ctx context.Context, sum Sum) (io.ReadSeekCloser, error)
	remove(ctx context.Context, sum Sum, older time.Duration) error
	all(ctx context.Context) iter.Seq2[Entry, error]
	ready(ctx context.Context) error
}

// String names the place of the files, for logs.
func (s *Store) String() string { return s.shelf.String() }

// Ready asks whether files can be kept and found now.
func (s *Store) Ready(ctx context.Context) error { return s.shelf.ready(ctx) }

// newSpool makes the directory of what is on its way, and removes what an
// interrupted process left in it a day ago or earlier.
func newSpool(dir string) (string, error) {
	spool := filepath.Join(dir, "arriving")
	if err := os.MkdirAll(spool, 0o750); err != nil {
		return "", fmt.Errorf("blob: make directory: %w", err)
	}
	left, err := os.ReadDir(spool)
	if err != nil {
		return "", fmt.Errorf("blob: %w", err)
	}
	for _, e := range left {
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > 24*time.Hour {
			os.Remove(filepath.Join(spool, e.Name()))
		}
	}
	return spool, nil
}

// Put stores what r gives, at most limit bytes, and returns its sum and size.
// When Put returns, the file will outlast a power cut; when it fails, nothing
// is left.
func (s *Store) Put(ctx context.Context, r io.Reader, limit int64) (Sum, int64, error) {
	f, err := os.CreateTemp(s.spool, "put-*")
	if err != nil {
		return "", 0, full(err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	sum, n, err := copyTo(ctx, f, io.LimitReader(r, limit+1))
	if err != nil {
		return "", 0, full(err)
	}
	if n > limit {
		return "", 0, ErrTooLarge
	}
	lock := s.settling.of(sum)
	lock.RLock()
	defer lock.RUnlock()
	if err := s.shelf.settle(ctx, f, sum, n); err != nil {
		return "", 0, err
	}
	return sum, n, nil
}

// copyTo copies and returns the sum and the size of what it has copied.
func copyTo(ctx context.Context, w io.Writer, r io.Reader) (Sum, int64, error) {
	hash := sha256.New()
	n, err := io.Copy(io.MultiWriter(w, hash), &during{ctx, r})
	return Sum(hex.EncodeToString(hash.Sum(nil))), n, err
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

// Get opens a file for reading, from any position, for as long as the context
// lasts. The caller closes it.
func (s *Store) Get(ctx context.Context, sum Sum) (io.ReadSeekCloser, error) {
	if !sumForm.MatchString(string(sum)) {
		return nil, ErrNotFound
	}
	return s.shelf.open(ctx, sum)
}

// Check reads a file through and reports whether it still is what its name
// says: an ErrDamaged or ErrNotFound is the file's, everything else is not.
func (s *Store) Check(ctx context.Context, sum Sum) error {
	f, err := s.Get(ctx, sum)
	if err != nil {
		return err
	}
	defer f.Close()
	return copyWhole(ctx, io.Discard, f, sum)
}

// copyWhole copies a stored file and holds it against its sum.
func copyWhole(ctx context.Context, w io.Writer, f io.Reader, sum Sum) error {
	got, _, err := copyTo(ctx, w, f)
	var path *fs.PathError
	switch {
	case errors.As(err, &path) && path.Op == "read":
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	case err != nil:
		return full(err)
	case got != sum:
		return fmt.Errorf("%w: %s has become %s", ErrDamaged, sum, got)
	}
	return nil
}

// All names every file in the store. It ends with the first error.
func (s *Store) All(ctx context.Context) iter.Seq2[Entry, error] { return s.shelf.all(ctx) }
