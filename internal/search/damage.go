package search

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/blevesearch/bleve/v2/util"
	segment "github.com/blevesearch/scorch_segment_api/v2"
	"go.etcd.io/bbolt"
)

// The files of an index are a table, root.bolt, and the segments that it names,
// NUMBER.zap, each ending in the CRC-32 of all bytes before. Scorch looks at
// neither: it opens what it can read as an empty index without saying so, and
// reads what is wrong. So Open checks them first, at some gigabytes a second,
// and a search that fails asks again before it calls the index damaged: a
// question alone must not be able to have it built anew.

// rootFile is the table of a directory's segments.
const rootFile = "root.bolt"

// checkFiles tells whether the files that the directory's index consists of are
// whole, and how many segments there are; an *UnusableError says what is not. No
// files are a new index.
func checkFiles(dir string) (segments int, err error) {
	info, err := os.Stat(filepath.Join(dir, rootFile))
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0 {
		if left, _ := filepath.Glob(filepath.Join(dir, "*.zap")); len(left) > 0 {
			return 0, &UnusableError{Dir: dir, Reason: "damaged: " + rootFile + " is empty or missing"}
		}
		return 0, nil
	}
	if err != nil {
		return 0, openError(dir, err)
	}
	names, err := segmentNames(filepath.Join(dir, rootFile))
	if err != nil {
		return 0, openError(dir, err)
	}
	for _, name := range names {
		if err := checkSum(filepath.Join(dir, name)); err != nil {
			return 0, openError(dir, err)
		}
	}
	return len(names), nil
}

// segmentNames reads the names of the segments in use from the table, once it
// has been found whole.
func segmentNames(path string) (names []string, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true)) // a page that the file has lost
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s: %v", rootFile, p)
		}
	}()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true, Timeout: time.Second})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	err = db.View(func(tx *bbolt.Tx) error {
		if err := checkPages(db, tx); err != nil {
			return err
		}
		snapshots := tx.Bucket(util.BoltSnapshotsBucket)
		if snapshots == nil {
			return nil // nothing was ever written
		}
		last, _ := snapshots.Cursor().Last()
		newest := snapshots.Bucket(last)
		if newest == nil {
			return nil
		}
		return newest.ForEachBucket(func(key []byte) error {
			if name := newest.Bucket(key).Get(util.BoltPathKey); name != nil {
				names = append(names, string(name))
			}
			return nil
		})
	})
	return names, err
}

// checkSum compares a segment's checksum with the one it ends in.
func checkSum(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	sum, end := crc32.NewIEEE(), [crc32.Size]byte{}
	if info.Size() < crc32.Size {
		return fmt.Errorf("%s has %d bytes", filepath.Base(path), info.Size())
	}
	if _, err := io.CopyBuffer(sum, io.LimitReader(f, info.Size()-crc32.Size), make([]byte, 1<<18)); err != nil {
		return err
	}
	if _, err := io.ReadFull(f, end[:]); err != nil {
		return err
	}
	if binary.BigEndian.Uint32(end[:]) != sum.Sum32() {
		return fmt.Errorf("%s does not have the checksum that it ends in", filepath.Base(path))
	}
	return nil
}

// guarded runs a reading of the index. A panic on the way, or a fault over a
// file that was cut short, becomes an error, and an *UnusableError where the
// files turn out to be damaged.
func (ix *Index) guarded(read func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("search: reading the index in %q failed: %v", ix.dir, p)
		}
		if err != nil && !errors.Is(err, ErrClosed) && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
			err = ix.diagnose(err)
		}
	}()
	return read()
}

// diagnose checks the segments that are open, after an error.
func (ix *Index) diagnose(err error) error {
	snap, closed := ix.snapshot()
	if closed != nil {
		return err
	}
	defer snap.Close()
	for _, s := range snap.Segments() {
		file, ok := s.Segment().(segment.PersistedSegment)
		if !ok {
			continue // not on disk yet
		}
		if damage := checkSum(file.Path()); damage != nil {
			return &UnusableError{Dir: ix.dir, Reason: "damaged", Err: errors.Join(damage, err)}
		}
	}
	return err
}
