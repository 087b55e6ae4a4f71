package storetest

import (
	"strings"
	"sync"
)

// Log keeps what several goroutines or processes write at once, such as the log of a
// server, for a test to look through. The zero Log is empty.
type Log struct {
	mu  sync.Mutex
	all strings.Builder
}

func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(p)
}

// String is all that was written so far.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}
