package blob

import (
	"context"
	"errors"
	"io"
	"os"
)

// Local is a stored file on this machine's disk.
type Local struct {
	*os.File
	fetched bool
}

// Close closes the file, and removes it where it was fetched.
func (l *Local) Close() error {
	err := l.File.Close()
	if l.fetched {
		err = errors.Join(err, os.Remove(l.Name()))
	}
	return err
}

// Local opens a file on this machine's disk, fetching it where it is elsewhere,
// for those who read it back and forth or more than once. It was checked
// against its sum. The caller closes it.
func (s *Store) Local(ctx context.Context, sum Sum) (*Local, error) {
	from, err := s.Get(ctx, sum)
	if err != nil {
		return nil, err
	}
	l := &Local{}
	if here, ok := from.(*os.File); ok {
		l.File = here
		err = copyWhole(ctx, io.Discard, here, sum)
	} else {
		defer from.Close()
		if l.File, err = os.CreateTemp(s.spool, "get-*"); err != nil {
			return nil, full(err)
		}
		l.fetched = true
		err = copyWhole(ctx, l.File, from, sum)
	}
	if err == nil {
		_, err = l.Seek(0, io.SeekStart)
	}
	if err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}
