package store

import (
	"cmp"
	"context"
	"slices"

	"polis/internal/access"
)

// chain follows a log from event to event and notes what is wrong. Each event
// carries a hash over itself and the hash before it; so an event whose hash does
// not come out is first suspected, and judged at the end, when all hashes that
// are left have been seen.
type chain struct {
	next     int64    // number of the event to come
	prev     string   // hash that the event before carries
	sums     []string // hashes that it should carry, where its own is not sure
	gap      bool     // the event before could not be read
	count    int64    // events read
	faults   []Fault
	gaps     []span
	suspects []suspect
	marks    map[int64]*mark
}

// span are the numbers from first to last.
type span struct{ first, last int64 }

// suspect is an event whose hash did not come out.
type suspect struct {
	eventRow
	prev string // hash of the event that stands before it
	gap  bool   // and that is not the one with the number before
	late bool   // it stands behind events with higher numbers
}

// mark is a number at which a hash is known from elsewhere, and what the log
// has there.
type mark struct {
	seen  bool
	hash  string   // as the event carries it
	sums  []string // as it should
	count int64    // events up to it
}

// has reports whether the event has the hash, or should have it.
func (m *mark) has(hash string) bool { return m.hash == hash || slices.Contains(m.sums, hash) }

// maxSuspects bounds what is judged at the end. Who changed more than that has
// hidden nothing.
const maxSuspects = 48

// maxSums bounds the hashes that may be the right one, where those of several
// events in a row were changed.
const maxSums = 16

// newChain follows a log whose next event is the one after seq, with the hash.
func newChain(seq int64, hash string) *chain {
	return &chain{next: seq + 1, prev: hash, marks: map[int64]*mark{}}
}

// watch returns what the log has at the number, once it was followed there.
func (c *chain) watch(seq int64) *mark {
	if c.marks[seq] == nil {
		c.marks[seq] = &mark{}
	}
	return c.marks[seq]
}

// add takes the next event.
func (c *chain) add(r eventRow) {
	c.count++
	if r.Seq != c.next {
		own := r
		if own.Seq = c.next; own.seal(c.prev) == r.Hash { // nothing but its number was changed
			c.faults = append(c.faults, Fault{Seq: c.next, What: Changed})
			r = own
		}
	}
	if r.Seq < c.next {
		c.suspect(suspect{r, c.prev, true, true})
		return
	}
	gap := c.gap || r.Seq > c.next
	if r.Seq > c.next {
		c.gaps = append(c.gaps, span{c.next, r.Seq - 1})
	}
	sums, whole := c.follow(r)
	if !whole {
		c.suspect(suspect{r, c.prev, gap, false})
	}
	if m := c.marks[r.Seq]; m != nil {
		*m = mark{true, r.Hash, sums, c.count}
	}
	c.prev, c.sums, c.next, c.gap = r.Hash, sums, r.Seq+1, false
}

// follow reports whether the event's hash comes out: with the hash that the one
// before carries, or with one that it should, where only that was changed. Else
// it returns the hashes that this event should carry.
func (c *chain) follow(r eventRow) (sums []string, whole bool) {
	sum := r.seal(c.prev)
	if sum == r.Hash {
		return nil, true
	}
	sums = []string{sum}
	for _, prev := range c.sums {
		sum := r.seal(prev)
		if sum == r.Hash {
			return nil, true
		}
		sums = append(sums, sum)
	}
	return sums[max(0, len(sums)-maxSums):], false
}

// unreadable takes the place of an event that is no event any more.
func (c *chain) unreadable() {
	c.count++
	c.faults = append(c.faults, Fault{Seq: c.next, What: Changed})
	c.next, c.gap = c.next+1, true
}

func (c *chain) suspect(s suspect) {
	if len(c.suspects) < maxSuspects {
		c.suspects = append(c.suspects, s)
		return
	}
	c.faults = append(c.faults, Fault{Seq: s.Seq, What: s.unexplained()})
}

// unexplained is what is said of an event that fits nowhere.
func (s suspect) unexplained() string {
	switch {
	case s.late:
		return Repeated
	case s.gap:
		return Unproven
	}
	return Changed
}

// judge names what became of each suspect and of the numbers that are missing.
func (c *chain) judge() {
	prevs, numbers, at := c.clues()
	found := map[int64]bool{}
	for _, s := range c.suspects {
		switch was := s.written(prevs, numbers, at); {
		case was == s.Seq && s.late && c.misses(was):
			found[was] = true
			c.faults = append(c.faults, Fault{Seq: s.Seq, What: Reordered})
		case was == s.Seq && !s.late: // as it was written: what is wrong is before it
		case was != 0 && was != s.Seq:
			found[was] = true
			c.faults = append(c.faults, Fault{Seq: s.Seq, What: Reordered, Was: was})
		default:
			c.faults = append(c.faults, Fault{Seq: s.Seq, What: s.unexplained()})
		}
	}
	for _, g := range c.gaps {
		c.faults = append(c.faults, g.without(found)...)
	}
}

// named are the faults by number, each once.
func (c *chain) named() []Fault {
	slices.SortStableFunc(c.faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.Last, b.Last), cmp.Compare(a.What, b.What))
	})
	return slices.Compact(c.faults)
}

// misses reports whether the number was passed over.
func (c *chain) misses(seq int64) bool {
	return slices.ContainsFunc(c.gaps, func(g span) bool { return g.first <= seq && seq <= g.last })
}

// clues are what a suspect is tried against: the hashes around the suspects, the
// numbers under which they may have been written, and the hash at each number.
func (c *chain) clues() (prevs []string, numbers []int64, at map[int64]string) {
	at = map[int64]string{}
	for _, s := range c.suspects {
		prevs = append(prevs, s.Hash, s.prev)
		numbers = append(numbers, s.Seq)
		at[s.Seq] = s.Hash
	}
	for _, g := range c.gaps {
		for n := g.first; n <= g.last && len(numbers) < 2*maxSuspects; n++ {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(prevs)
	slices.Sort(numbers)
	return slices.Compact(prevs), slices.Compact(numbers), at
}

// written is the number under which the event was written, as its own hash
// proves, or the one that stands there; 0 where nothing does.
func (s suspect) written(prevs []string, numbers []int64, at map[int64]string) int64 {
	for _, seq := range append([]int64{s.Seq}, numbers...) {
		r := s.eventRow
		r.Seq = seq
		for _, prev := range prevs {
			if sum := r.seal(prev); sum == s.Hash || seq != s.Seq && sum == at[seq] {
				return seq
			}
		}
	}
	return 0
}

// without are the runs of missing numbers, but for those found elsewhere.
func (g span) without(found map[int64]bool) []Fault {
	var gone []int64
	for seq := range found {
		if g.first <= seq && seq <= g.last {
			gone = append(gone, seq)
		}
	}
	slices.Sort(gone)
	var faults []Fault
	first := g.first
	for _, seq := range append(gone, g.last+1) {
		if first < seq {
			faults = append(faults, run(first, seq-1, Missing))
		}
		first = seq + 1
	}
	return faults
}

// run is a fault of the events from first to last.
func run(first, last int64, what string) Fault {
	if first == last {
		last = 0
	}
	return Fault{Seq: first, Last: last, What: what}
}

// doubts reports whether the event with the number is named already.
func (c *chain) doubts(seq int64) bool {
	return slices.ContainsFunc(c.faults, func(f Fault) bool {
		return f.Seq == seq || f.Seq < seq && seq <= f.Last || f.Was == seq
	})
}

// closeAt holds the end of what was read against the head.
func (c *chain) closeAt(h head) {
	m := c.marks[h.Seq]
	switch {
	case h.Seq >= c.next:
		c.faults = append(c.faults, run(c.next, h.Seq, CutOff))
		c.next = h.Seq + 1
	case h.Seq > 0 && !m.has(h.Hash) && !c.doubts(h.Seq):
		c.faults = append(c.faults, Fault{Seq: h.Seq, What: OtherHead})
	}
}

// head is where a log says that it ends.
type head struct {
	Seq  int64
	Hash string
}

func readHead(ctx context.Context, q Reader) (head, error) {
	return Get[head](ctx, q, verifier, "SELECT seq, hash FROM chain WHERE {scope} AND id = 1")
}

var verifier = access.System("verify").Scope()

// Verify walks the whole chain and names each fault: an event that was changed,
// that is missing or reordered, a tail that was cut off. It holds the log against
// the checkpoints that are stored with it and against those given, whose
// signatures the caller has checked: only they know of a tail that was cut off
// with the head set back to hide it, or of a log that was rewritten from some
// event on. It returns how many events it read. Others may write meanwhile.
func Verify(ctx context.Context, db *DB, against ...Checkpoint) (int64, []Fault, error) {
	h, err := readHead(ctx, db)
	if err != nil {
		return 0, nil, err
	}
	stored, err := Checkpoints(ctx, db)
	if err != nil {
		return 0, nil, err
	}
	c := newChain(0, "")
	c.watch(h.Seq)
	all := slices.Concat(stored, against)
	c.expect(all)
	for r, err := range logRows(ctx, db, 1) {
		if err != nil {
			return c.count, nil, err
		}
		c.add(r)
	}
	c.judge()
	c.closeAt(h)
	c.hold(all, RolledBack)
	// What is committed has moved the head with it.
	if h, err = readHead(ctx, db); err == nil && h.Seq < c.next-1 && !c.doubts(c.next-1) {
		c.faults = append(c.faults, Fault{Seq: h.Seq, What: OtherHead})
	}
	return c.count, c.named(), err
}
