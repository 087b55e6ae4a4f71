package extract

import (
	"sync"

	"github.com/tetratelabs/wazero/experimental"
)

// arena is the memory of one sandbox: reserved once at its largest size, so that it never moves, and given back to
// the operating system when the file is done. Only pages that the engine touches cost anything.
//
// It is also how a runaway file is stopped. The engine's own way (checking for cancellation in every loop) makes all
// files three times slower. Here the watchdog shuts the arena instead: its length becomes one byte, and the next
// function that the engine enters traps at its first access to memory.
type arena struct {
	mu        sync.Mutex
	memory    []byte // of the full reservation
	size      uint64 // in use
	shut      bool
	exhausted bool // more was asked for than there is
}

// newArena reserves at most limit bytes.
func newArena(limit uint64) (*arena, error) {
	memory, err := reserve(limit)
	if err != nil {
		return nil, err
	}
	return &arena{memory: memory}, nil
}

// Reallocate implements experimental.LinearMemory.
func (a *arena) Reallocate(size uint64) []byte {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.shut {
		return a.memory[:1:1]
	}
	if size > uint64(len(a.memory)) {
		a.exhausted = true
		return nil
	}
	a.size = max(a.size, size)
	return a.memory[:size]
}

// Free implements experimental.LinearMemory. The module calls it when it is closed, after its last instruction.
func (a *arena) Free() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.memory != nil {
		unreserve(a.memory)
		a.memory = nil
	}
}

// close makes the arena useless for the code that runs in it.
func (a *arena) close() {
	a.mu.Lock()
	a.shut = true
	a.mu.Unlock()
}

// full tells whether the engine asked for more memory than it may have.
func (a *arena) full() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.exhausted
}

// slice is n bytes at p, or nil where the engine handed out an address outside its memory.
func (a *arena) slice(p, n uint64) []byte {
	a.mu.Lock()
	defer a.mu.Unlock()
	if p == 0 || n > a.size || p > a.size-n {
		return nil
	}
	return a.memory[p : p+n : p+n]
}

var _ experimental.LinearMemory = (*arena)(nil)
