package extract

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// parallel is how many PDF files are read at once.
const parallel = 2

// engine is PDFium as WebAssembly: compiled with the first PDF, put away when idle. Each file gets an instance of its
// own, which costs some milliseconds and leaves nothing of one file for the next.
type engine struct {
	cacheDir string
	limits   Limits
	places   chan struct{}

	mu     sync.Mutex
	pool   pdfium.Pool
	cache  wazero.CompilationCache
	fresh  *arena // of the instance that is being made
	failed error  // why fresh could not be made
	users  int
	idle   *time.Timer
}

func newEngine(cacheDir string, l Limits) *engine {
	return &engine{cacheDir: cacheDir, limits: l, places: make(chan struct{}, parallel)}
}

// acquire waits for a place and makes an instance that ctx can stop.
func (e *engine) acquire(ctx context.Context) (*sandbox, error) {
	select {
	case e.places <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s, err := e.instance()
	if err != nil {
		<-e.places
		return nil, &Error{Reason: Failed, Err: fmt.Errorf("start the PDF engine: %w", err)}
	}
	s.watch(ctx)
	return s, nil
}

// instance starts the engine where needed and makes one sandbox.
func (e *engine) instance() (*sandbox, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.idle != nil {
		e.idle.Stop()
	}
	if e.pool == nil {
		if err := e.start(); err != nil {
			e.stop()
			return nil, err
		}
	}
	e.fresh, e.failed = nil, nil
	instance, err := e.pool.GetInstance(30 * time.Second)
	if err != nil {
		return nil, errors.Join(err, e.failed)
	}
	s, err := newSandbox(instance, e.fresh)
	if err != nil {
		_ = instance.Kill()
		return nil, err
	}
	e.users++
	s.release = e.release
	return s, nil
}

// start compiles the engine, or takes it from the cache. It sees no file system and no standard streams.
func (e *engine) start() error {
	config := wazero.NewRuntimeConfig().
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling)
	if e.cacheDir != "" {
		cache, err := wazero.NewCompilationCacheWithDir(e.cacheDir)
		if err != nil {
			return err
		}
		e.cache, config = cache, config.WithCompilationCache(cache)
	}
	pool, err := webassembly.Init(webassembly.Config{
		Context:       experimental.WithMemoryAllocator(context.Background(), experimental.MemoryAllocatorFunc(e.allocate)),
		MaxTotal:      parallel + 1,
		RuntimeConfig: config,
		FSConfig:      wazero.NewFSConfig(),
		Stdout:        io.Discard,
		Stderr:        io.Discard,
	})
	e.pool = pool
	return err
}

// allocate is called while instance() holds the lock.
func (e *engine) allocate(_, _ uint64) experimental.LinearMemory {
	a, err := newArena(uint64(e.limits.EngineBytes))
	if err != nil {
		e.failed = fmt.Errorf("reserve memory: %w", err)
		a = &arena{}
	}
	e.fresh = a
	return a
}

// release is the end of one sandbox; the last one starts the clock.
func (e *engine) release() {
	e.mu.Lock()
	defer e.mu.Unlock()
	<-e.places
	if e.users--; e.users == 0 {
		e.idle = time.AfterFunc(e.limits.Idle, e.close)
	}
}

// close puts the engine away unless a file is being read, and returns its memory to the operating system.
func (e *engine) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.users > 0 || e.pool == nil {
		return
	}
	e.stop()
	debug.FreeOSMemory()
}

func (e *engine) stop() {
	if e.pool != nil {
		_ = e.pool.Close()
	}
	if e.cache != nil {
		_ = e.cache.Close(context.Background())
	}
	e.pool, e.cache, e.fresh = nil, nil, nil
}
