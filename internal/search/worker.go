package search

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/index/scorch/mergeplan"
)

// Scorch writes and merges segments in goroutines of its own, its workers. They
// tell what they do to functions that are registered by name for the whole
// program.
const workers = "polis"

func init() { // scorch asks for it: the tables must not change once the program runs
	scorch.RegistryEventCallbacks[workers] = prepareWorker
	scorch.RegistryAsyncErrorCallbacks[workers] = hearWorker
}

// prepareWorker is called by the workers themselves. A segment that is cut short
// while they read it would end the program; so that it becomes a panic, which
// they recover and tell hearWorker, each goroutine has to ask for itself.
func prepareWorker(e scorch.Event) bool {
	switch e.Kind {
	case scorch.EventKindPreMergeCheck, scorch.EventKindPurgerCheck, scorch.EventKindPersisterProgress:
		debug.SetPanicOnFault(true)
	}
	return true
}

// hearWorker is called by a worker that failed. One that panicked is gone: what
// it does is not done any more. Any other failure (no room on the disk) it tries
// again at once and for ever, so it is made to wait.
func hearWorker(err error, dir string) {
	if !errors.Is(err, scorch.ErrAsyncPanic) {
		time.Sleep(retryAfter)
		return
	}
	if w, ok := watched.Load(dir); ok {
		w.(*watch).stop(err)
	}
}

// retryAfter is less than a stopping program may take.
const retryAfter = time.Second

// watched are the watches of the indexes on disk, by directory: scorch lets only
// one index be open in each.
var watched sync.Map

// watch tells whether the workers of an index are at work.
type watch struct {
	dir     string
	once    sync.Once
	stopped chan struct{} // closed when a worker is gone, or all are
	err     error         // why; to be read once stopped is closed
}

// newWatch watches the index that was opened in the directory, until end; one in
// memory has no workers.
func newWatch(dir string) *watch {
	w := &watch{dir: dir, stopped: make(chan struct{})}
	if dir != "" {
		watched.Store(dir, w)
	}
	return w
}

// end ends the watch when the index is closed.
func (w *watch) end() {
	watched.CompareAndDelete(w.dir, w)
	w.stop(ErrClosed)
}

func (w *watch) stop(err error) {
	w.once.Do(func() {
		w.err = fmt.Errorf("search: the index stopped: %w", err)
		close(w.stopped)
	})
}

// check is the error of a worker that is gone.
func (w *watch) check() error {
	select {
	case <-w.stopped:
		return w.err
	default:
		return nil
	}
}

// Compact merges the index into one segment, which makes every search quicker:
// after a rebuild, and from time to time. Searches and updates go on meanwhile.
// Its cost is that of writing the index once.
func (ix *Index) Compact(ctx context.Context) error {
	return ix.merge(ctx, &mergeplan.SingleSegmentMergePlanOptions)
}

// merge has scorch merge segments as the options say, and waits for it.
func (ix *Index) merge(ctx context.Context, options *mergeplan.MergePlanOptions) error {
	ix.open.RLock()
	store := ix.scorch
	ix.open.RUnlock() // so that Close need not wait for the merge, but ends it
	switch {
	case store == nil:
		return ErrClosed
	case ix.dir == "":
		return nil // nothing merges in memory
	}
	if err := ix.settle(ctx); err != nil {
		return err
	}
	merged := make(chan error, 1)
	go func() { merged <- store.ForceMerge(ctx, options) }()
	select {
	case err := <-merged:
		if err != nil {
			return fmt.Errorf("search: merge: %w", err)
		}
		return nil
	case <-ix.watch.stopped: // ForceMerge would wait for the merger until the index is closed
		return ix.diagnose(ix.watch.err)
	}
}

// settle waits until the last Update is on the disk: only what is there is merged.
func (ix *Index) settle(ctx context.Context) error {
	ix.writing.Lock()
	onDisk := ix.onDisk
	ix.writing.Unlock()
	if onDisk == nil {
		return nil
	}
	select {
	case <-onDisk:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-ix.watch.stopped:
		return ix.diagnose(ix.watch.err)
	}
}
