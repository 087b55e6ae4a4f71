package blob

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/minio/minio-go/v7"
)

// ErrYoung is returned by Remove for a file that came, or came again, too short
// a time ago: who brought it may not have written down yet that she needs it.
var ErrYoung = errors.New("blob: the file has only just come")

// Remove takes a file out of the store that nothing refers to any more, unless
// it came, for the first time or again, less than that long ago. A file that is
// not there is ErrNotFound.
func (s *Store) Remove(ctx context.Context, sum Sum, older time.Duration) error {
	if !sumForm.MatchString(string(sum)) {
		return ErrNotFound
	}
	lock := s.settling.of(sum)
	lock.Lock()
	defer lock.Unlock()
	return s.shelf.remove(ctx, sum, older)
}

// settling keeps a file from leaving while the same file takes its place again.
// Files that begin with the same byte wait for each other, all others do not.
type settling [256]sync.RWMutex

func (s *settling) of(sum Sum) *sync.RWMutex {
	n, err := strconv.ParseUint(string(sum[:2]), 16, 8)
	if err != nil {
		n = 0 // no sum begins so
	}
	return &s[n]
}

func (d directory) remove(_ context.Context, sum Sum, older time.Duration) error {
	info, err := os.Stat(d.path(sum))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return ErrNotFound
	case err != nil:
		return fmt.Errorf("blob: %w", err)
	case time.Since(info.ModTime()) < older:
		return ErrYoung
	}
	if err := os.Remove(d.path(sum)); err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	return nil
}

// remove needs the right to delete, which nothing else does: where the storage
// does not give it, files that nothing refers to stay, and whoever sweeps is told.
func (b *bucket) remove(ctx context.Context, sum Sum, older time.Duration) error {
	there, err := b.client.StatObject(ctx, b.name, b.object(sum), minio.StatObjectOptions{})
	if err != nil {
		return b.explain(err)
	}
	if time.Since(there.LastModified) < older {
		return ErrYoung
	}
	return b.explain(b.client.RemoveObject(ctx, b.name, b.object(sum), minio.RemoveObjectOptions{}))
}
