package web

import (
	"container/list"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Rates are how many requests a minute one token or address may send, and one
// person twice as many, with all her tokens and browsers. 0: as many as they like.
type Rates struct {
	API    int // to the API
	Costly int // for what is made anew or large: searches, downloads, exports
}

// rates counts the requests of each who asks: a bucket that holds a minute's worth
// and fills up all the time. Of those who asked longest ago it forgets, when there
// are too many: their buckets have filled up again.
type rates struct {
	name   string
	minute int
	most   int // buckets

	mu    sync.Mutex
	held  map[string]*list.Element
	order *list.List // of *bucket, the last used in front
}

type bucket struct {
	key string
	*rate.Limiter
}

// mostBuckets bounds the memory: some four megabytes.
const mostBuckets = 20_000

func newRates(name string, minute int) *rates {
	return &rates{name: name, minute: minute, most: mostBuckets, held: map[string]*list.Element{}, order: list.New()}
}

// asker is somebody whose requests are counted together.
type asker struct {
	key   string
	times int // the rate
}

// askersOf are those for whom a request counts: the token and its person, the
// person, or the address. Who asks from this very machine is its operator, or comes
// through a proxy that does not say for whom it asks: all readers would be one.
func askersOf(r *http.Request) []asker {
	who, address := ReaderOf(r), AddressOf(r)
	switch {
	case who.Token != "" && who.SignedIn() && who.ID != "token:"+who.Token:
		return []asker{{"token " + who.Token, 1}, {"person " + who.ID, 2}}
	case who.Token != "":
		return []asker{{"token " + who.Token, 1}}
	case address.IsLoopback():
		return nil
	case who.SignedIn():
		return []asker{{"person " + who.ID, 2}}
	}
	return []asker{{"address " + networkOf(address), 1}}
}

// bucket returns the asker's. The lock is held.
func (c *rates) bucket(a asker) *bucket {
	if e := c.held[a.key]; e != nil {
		c.order.MoveToFront(e)
		return e.Value.(*bucket)
	}
	n := c.minute * a.times
	b := &bucket{a.key, rate.NewLimiter(rate.Limit(float64(n)/60), n)}
	c.held[a.key] = c.order.PushFront(b)
	for len(c.held) > c.most {
		last := c.order.Remove(c.order.Back()).(*bucket)
		delete(c.held, last.key)
	}
	return b
}

// take counts a request of the askers, or with count false only looks. It returns
// how many are left to the one with the fewest; below zero none was counted,
// because it is one too many, and wait says for how long.
func (c *rates) take(now time.Time, count bool, askers ...asker) (left int, wait time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	left = math.MaxInt
	for _, a := range askers {
		b := c.bucket(a)
		tokens := b.TokensAt(now) - 1
		if tokens < 0 {
			wait = max(wait, time.Duration(-tokens/float64(b.Limit())*float64(time.Second)))
		}
		left = min(left, int(math.Floor(tokens)))
	}
	for _, a := range askers {
		if count && left >= 0 {
			c.bucket(a).AllowN(now, 1)
		}
	}
	return left, wait
}

// admit counts a request and says in the answer's head how many are left
// (draft-ietf-httpapi-ratelimit-headers); one too many is a Fault.
func (c *rates) admit(w http.ResponseWriter, r *http.Request, count bool) error {
	askers := askersOf(r)
	if c.minute <= 0 || len(askers) == 0 {
		return nil
	}
	left, wait := c.take(time.Now(), count, askers...)
	h, seconds := w.Header(), max(int(math.Ceil(wait.Seconds())), 1)
	h.Set("RateLimit-Policy", fmt.Sprintf("%q;q=%d;w=60", c.name, c.minute))
	h.Set("RateLimit", fmt.Sprintf("%q;r=%d;t=%d", c.name, max(left, 0), seconds))
	if left >= 0 {
		return nil
	}
	h.Set("Retry-After", strconv.Itoa(seconds))
	return &Fault{Status: http.StatusTooManyRequests, Key: "token.rate", Args: []any{"n", seconds}}
}

// costly counts requests to a handler whose answers are made anew or large.
func (s *Site) costly(next Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := s.costlyRates.admit(w, r, true); err != nil {
			return err
		}
		return next(w, r)
	}
}

// cheaper is how many cheap requests one may send for a costly one.
const cheaper = 4

// cheap counts requests that come with every key that is typed.
func (s *Site) cheap(next Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := s.cheapRates.admit(w, r, true); err != nil {
			return err
		}
		return next(w, r)
	}
}

// pace counts what programs ask for.
func (s *Site) pace(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if forProgram(r) {
			if err := s.programRates.admit(w, r, true); err != nil {
				s.showFault(w, r, err)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}
