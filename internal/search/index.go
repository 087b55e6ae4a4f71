package search

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch"
	index "github.com/blevesearch/bleve_index_api"
	bolt "go.etcd.io/bbolt/errors"
	"golang.org/x/sync/errgroup"

	"polis/internal/lang"
)

// layout is the version of what the index holds: fields, analysis, sketches.
// Whoever changes one of them raises it, and every index is built again.
const layout = "3"

// Layout names how the index takes words apart: what was learned of words as
// another layout has them is of no use.
func Layout() string { return layout }

// Keys of the values that scorch keeps beside the entries.
var (
	layoutKey = []byte("layout")
	seqKey    = []byte("seq")
)

// UnusableError says that the index in Dir cannot be used as it is: damaged, or
// of another layout. Nothing is lost: remove Dir, open it anew, and index the
// library again.
type UnusableError struct {
	Dir    string
	Reason string
	Err    error // may be nil
}

func (e *UnusableError) Error() string {
	text := fmt.Sprintf("search: the index in %q must be built again: %s", e.Dir, e.Reason)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *UnusableError) Unwrap() error { return e.Err }

// ErrClosed is returned by an index that was closed.
var ErrClosed = errors.New("search: the index is closed")

// Index is an open index. Its methods may be called at the same time; each
// search sees the index as it was after one Update.
type Index struct {
	dir     string
	queue   *index.AnalysisQueue
	watch   *watch
	ledgers ledgers

	version   atomic.Int64 // moves after each Update
	translate atomic.Pointer[Translate]
	standing  standing
	recalls   recalls

	writing sync.Mutex    // one Update at a time
	onDisk  chan struct{} // closed once the last Update is on disk; nil before the first
	open    sync.RWMutex
	scorch  *scorch.Scorch // nil once closed
}

// Open opens the index in a directory, which is made if need be; "" keeps the
// index in memory. An *UnusableError says that it must be built again; any
// other error (no right, no room, in use by another process) is not cured so.
func Open(dir string) (ix *Index, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true)) // a page that the file has lost
	defer func() {
		if p := recover(); p != nil {
			ix, err = nil, &UnusableError{Dir: dir, Reason: "damaged", Err: fmt.Errorf("%v", p)}
		}
	}()
	segments := 0
	if dir != "" {
		if segments, err = checkFiles(dir); err != nil {
			return nil, err
		}
	}
	queue := index.NewAnalysisQueue(1) // records come analysed
	config := map[string]any{
		"path":                   dir,
		"bolt_timeout":           "1s",
		"eventCallbackName":      workers,
		"asyncErrorCallbackName": workers,
		// An Update returns before it is on disk. After a crash the index and its
		// sequence number are together those of an earlier Update, and the events
		// since then are indexed again.
		"unsafe_batch": true,
	}
	opened, err := scorch.NewScorch(scorch.Name, config, queue)
	if err == nil {
		err = opened.Open()
	}
	if err != nil {
		queue.Close()
		return nil, openError(dir, err)
	}
	ix = &Index{dir: dir, queue: queue, watch: newWatch(dir), scorch: opened.(*scorch.Scorch)}
	if err := ix.checkLayout(segments); err != nil {
		return nil, errors.Join(err, ix.Close())
	}
	return ix, nil
}

func openError(dir string, err error) error {
	if errors.Is(err, bolt.ErrTimeout) {
		return fmt.Errorf("search: the index in %q is in use: %w", dir, err)
	}
	var path *fs.PathError
	if errors.As(err, &path) && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("search: open the index: %w", err)
	}
	return &UnusableError{Dir: dir, Reason: "damaged", Err: err}
}

// checkLayout accepts an empty index or one of the present layout. Where there
// are segments, scorch must have opened some: what it cannot read it passes over.
func (ix *Index) checkLayout(segments int) error {
	s, err := ix.snapshot()
	if err != nil {
		return err
	}
	defer s.Close()
	if segments > 0 && len(s.Segments()) == 0 {
		return &UnusableError{Dir: ix.dir, Reason: "damaged: its segments cannot be read"}
	}
	found, err := s.GetInternal(layoutKey)
	if err != nil {
		return &UnusableError{Dir: ix.dir, Reason: "damaged", Err: err}
	}
	if n, _ := s.DocCount(); found == nil && n == 0 || string(found) == layout {
		return nil
	}
	return &UnusableError{Dir: ix.dir, Reason: fmt.Sprintf("it has layout %q, this program writes %q", found, layout)}
}

// closeWithin is how long Close waits for the last Update to reach the disk.
const closeWithin = 3 * time.Second

// Close waits a moment for what is still on its way to the disk and closes the
// index. What did not get there is indexed again from the event log.
func (ix *Index) Close() error {
	ix.writing.Lock()
	defer ix.writing.Unlock()
	if ix.onDisk != nil {
		select {
		case <-ix.onDisk:
		case <-time.After(closeWithin):
		}
	}
	ix.open.Lock()
	defer ix.open.Unlock()
	if ix.scorch == nil {
		return nil
	}
	ix.version.Add(1)
	ix.watch.end()
	err := ix.scorch.Close()
	ix.queue.Close()
	ix.scorch = nil
	return err
}

// snapshot is the index as it is now; close it.
func (ix *Index) snapshot() (*scorch.IndexSnapshot, error) {
	ix.open.RLock()
	defer ix.open.RUnlock()
	if ix.scorch == nil {
		return nil, ErrClosed
	}
	r, err := ix.scorch.Reader()
	if err != nil {
		return nil, fmt.Errorf("search: read the index: %w", err)
	}
	return r.(*scorch.IndexSnapshot), nil
}

// Update brings the index to the state after event seq: it drops every language
// version of the documents in drop, then puts the entries, replacing those with
// the same document and language. All of it is seen at once, with the sequence
// number. To replace a document whole, put its versions and drop it in one call.
// A batch is analysed in memory: keep it under a few thousand entries.
func (ix *Index) Update(seq int64, put []Entry, drop []string) error {
	records := make([]*record, len(put))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range put {
		group.Go(func() error { records[i] = newRecord(put[i]); return nil })
	}
	_ = group.Wait() // analysis cannot fail
	batch := index.NewBatch()
	for _, document := range drop {
		for _, t := range append([]lang.Tag{""}, lang.All...) {
			batch.Delete(entryID(t, document))
		}
	}
	for _, r := range records {
		batch.Update(r)
	}
	batch.SetInternal(layoutKey, []byte(layout))
	batch.SetInternal(seqKey, binary.BigEndian.AppendUint64(nil, uint64(seq)))
	ix.writing.Lock()
	defer ix.writing.Unlock()
	ix.open.RLock()
	defer ix.open.RUnlock()
	if ix.scorch == nil {
		return ErrClosed
	}
	if ix.dir != "" {
		done := make(chan struct{})
		once := sync.OnceFunc(func() { close(done) })
		batch.SetPersistedCallback(func(error) { once() })
		ix.onDisk = done
	}
	err := ix.guarded(func() error {
		if err := ix.watch.check(); err != nil {
			return err
		}
		return ix.scorch.Batch(batch)
	})
	if err != nil {
		ix.onDisk = nil
		return fmt.Errorf("search: update to event %d: %w", seq, err)
	}
	ix.version.Add(1)
	return nil
}

// Seq is the number of the last event that the index holds, 0 for none.
func (ix *Index) Seq() (int64, error) {
	s, err := ix.snapshot()
	if err != nil {
		return 0, err
	}
	defer s.Close()
	b, err := s.GetInternal(seqKey)
	if err != nil || len(b) != 8 {
		return 0, err
	}
	return int64(binary.BigEndian.Uint64(b)), nil
}

// Count is how many entries the index holds, whoever may read them.
func (ix *Index) Count() (int, error) {
	s, err := ix.snapshot()
	if err != nil {
		return 0, err
	}
	defer s.Close()
	n, err := s.DocCount()
	return int(n), err
}
