package inbox

import (
	"sync"
	"time"
)

// pace counts how often something was done by each who does it, within an hour. It is
// kept in memory: a restart forgets, which costs nothing but one more hour's worth.
type pace struct {
	most int // in an hour

	mu   sync.Mutex
	held map[string]*hour
}

type hour struct {
	since time.Time
	n     int
}

// mostHeld bounds the memory. Who comes when all of it is in use has to wait.
const mostHeld = 10_000

// take counts one more, and reports whether that is within the pace.
func (p *pace) take(key string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.held[key]
	if h == nil || now.Sub(h.since) >= time.Hour {
		if h == nil && len(p.held) >= mostHeld && !p.forget(now) {
			return false
		}
		if p.held == nil {
			p.held = map[string]*hour{}
		}
		h = &hour{since: now}
		p.held[key] = h
	}
	h.n++
	return h.n <= p.most
}

// forget lets go whose hour is over, and reports whether there is room again.
func (p *pace) forget(now time.Time) bool {
	for key, h := range p.held {
		if now.Sub(h.since) >= time.Hour {
			delete(p.held, key)
		}
	}
	return len(p.held) < mostHeld
}
