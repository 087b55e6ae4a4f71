package store

import (
	"bytes"
	"cmp"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Checkpoint is a signed head of the log. Whoever keeps one outside the
// installation can prove later that the log still holds exactly what it held
// then, whatever was done to the tables meanwhile.
type Checkpoint struct {
	Log       string    // hash of the log's first event: which installation it is
	Seq       int64     // number of the newest event
	Count     int64     // how many events there are up to it
	Hash      string    // of the newest event, and so of all before it
	At        time.Time // when it was signed
	Key       string    // public key, base64
	Signature string    // Ed25519 over text, base64
}

// checkpointLine is a checkpoint as a file holds it.
type checkpointLine struct {
	Format    int       `json:"format"`
	Log       string    `json:"log"`
	Seq       int64     `json:"seq"`
	Count     int64     `json:"count"`
	Hash      string    `json:"hash"`
	At        time.Time `json:"at"`
	Key       string    `json:"key"`
	Signature string    `json:"signature"`
}

// checkpointFormat is the version of what is signed and how it is written down.
const checkpointFormat = 1

// text is what the signature is made over: one fact a line, so that anybody
// can check it with a tool of her own.
func (p Checkpoint) text() []byte {
	return fmt.Appendf(nil, "polis checkpoint %d\nlog %s\nseq %d\ncount %d\nhash %s\nat %s\n",
		checkpointFormat, p.Log, p.Seq, p.Count, p.Hash, p.At.UTC().Format(time.RFC3339Nano))
}

func (p *Checkpoint) sign(key ed25519.PrivateKey) {
	p.Key = KeyText(key.Public().(ed25519.PublicKey))
	p.Signature = base64.StdEncoding.EncodeToString(ed25519.Sign(key, p.text()))
}

// KeyText is a public key as it is written down.
func KeyText(key ed25519.PublicKey) string { return base64.StdEncoding.EncodeToString(key) }

// ErrForged is returned where a checkpoint was not signed with the key, or was
// changed since.
var ErrForged = errors.New("the checkpoint was not signed with this key, or was changed since")

// Check tells whether the checkpoint was signed with the public key. Who does
// not know the installation's key from elsewhere can only check with the key in
// the checkpoint, which proves no more than that it was not damaged.
func (p Checkpoint) Check(key string) error {
	public, err := base64.StdEncoding.DecodeString(strings.TrimSpace(key))
	if err != nil || len(public) != ed25519.PublicKeySize {
		return fmt.Errorf("the public key is not base64 of %d bytes", ed25519.PublicKeySize)
	}
	signature, err := base64.StdEncoding.DecodeString(p.Signature)
	if err != nil || strings.TrimSpace(key) != p.Key || !ed25519.Verify(public, p.text(), signature) {
		return ErrForged
	}
	return nil
}

// JSON is the checkpoint as a file holds it.
func (p Checkpoint) JSON() []byte {
	b, err := json.MarshalIndent(checkpointLine{
		checkpointFormat, p.Log, p.Seq, p.Count, p.Hash, p.At.UTC(), p.Key, p.Signature,
	}, "", "  ")
	if err != nil {
		panic(err) // texts, numbers and a time of this era
	}
	return append(b, '\n')
}

// ReadCheckpoint reads a checkpoint from a file of it. Its signature is for
// Check.
func ReadCheckpoint(r io.Reader) (Checkpoint, error) {
	text, err := io.ReadAll(io.LimitReader(r, 1<<16))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("store: read the checkpoint: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	var l checkpointLine
	if err := dec.Decode(&l); err != nil {
		return Checkpoint{}, fmt.Errorf("this is no checkpoint: %w", err)
	}
	if l.Format != checkpointFormat || l.Seq < 1 {
		return Checkpoint{}, fmt.Errorf("this is no checkpoint of format %d", checkpointFormat)
	}
	return Checkpoint{l.Log, l.Seq, l.Count, l.Hash, l.At, l.Key, l.Signature}, nil
}

const checkpointColumns = "log, seq, count, hash, at, key, signature"

// Checkpoints lists the checkpoints stored with the log, oldest first.
func Checkpoints(ctx context.Context, q Reader) ([]Checkpoint, error) {
	return List[Checkpoint](ctx, q, verifier, "SELECT "+checkpointColumns+" FROM checkpoint WHERE {scope} ORDER BY seq")
}

// LastCheckpoint reads the newest one, or ErrNotFound.
func LastCheckpoint(ctx context.Context, q Reader) (Checkpoint, error) {
	return Get[Checkpoint](ctx, q, verifier, "SELECT "+checkpointColumns+" FROM checkpoint WHERE {scope} ORDER BY seq DESC LIMIT 1")
}

// ErrEmpty is returned where there is no event yet to sign.
var ErrEmpty = errors.New("store: the log is empty")

// BrokenError says why no checkpoint was made: to sign a log that is not whole
// would make it look as if it were.
type BrokenError struct{ Faults []Fault }

func (e *BrokenError) Error() string {
	return fmt.Sprintf("the log is not whole, so no checkpoint was signed: %s", e.Faults[0])
}

// Sign makes a checkpoint over the log as it stands and stores it. Where
// nothing has happened since the last one, that one is returned. The events
// since the last one are checked first, and that it is still part of the log: a
// log that is not whole gives a *BrokenError.
func Sign(ctx context.Context, db *DB, key ed25519.PrivateKey) (Checkpoint, error) {
	last, err := LastCheckpoint(ctx, db)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Checkpoint{}, err
	}
	if last.Seq > 0 && last.Check(KeyText(key.Public().(ed25519.PublicKey))) != nil {
		last = Checkpoint{} // of another key, or forged: nothing is built on it
	}
	p, err := follow(ctx, db, last)
	if err != nil || p.Seq == last.Seq {
		return p, err
	}
	p.At = time.Now().UTC().Truncate(time.Microsecond)
	p.sign(key)
	_, err = Upkeep(ctx, db, `
		INSERT INTO checkpoint (log, seq, count, hash, at, key, signature) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (seq) DO NOTHING`, p.Log, p.Seq, p.Count, p.Hash, p.At, p.Key, p.Signature)
	return p, err
}

// follow checks the log from the last checkpoint on and returns its end.
func follow(ctx context.Context, db *DB, last Checkpoint) (Checkpoint, error) {
	h, err := readHead(ctx, db)
	if err != nil {
		return Checkpoint{}, err
	}
	if h.Seq == 0 && last.Seq == 0 {
		return Checkpoint{}, ErrEmpty
	}
	c, p := newChain(last.Seq, last.Hash), last
	c.watch(h.Seq)
	anchored := last.Seq == 0
	for r, err := range logRows(ctx, db, max(last.Seq, 1)) {
		switch {
		case err != nil:
			return Checkpoint{}, err
		case r.Seq == last.Seq && !anchored:
			anchored = r.Hash == last.Hash
			*c.watch(r.Seq) = mark{seen: true, hash: r.Hash, count: last.Count}
			continue
		case r.Seq == 1:
			p.Log = r.Hash
		}
		c.add(r)
		p.Seq, p.Hash, p.Count = r.Seq, r.Hash, last.Count+c.count
	}
	c.judge()
	switch {
	case h.Seq < last.Seq:
		c.faults = append(c.faults, run(h.Seq+1, last.Seq, RolledBack))
	case !anchored:
		c.faults = append(c.faults, Fault{Seq: last.Seq, What: Rewritten})
	}
	c.closeAt(h)
	if len(c.faults) > 0 {
		return Checkpoint{}, &BrokenError{c.faults}
	}
	return p, nil
}

// expect watches the events that the checkpoints speak of.
func (c *chain) expect(list []Checkpoint) {
	for _, p := range list {
		c.watch(1)
		c.watch(p.Seq)
	}
}

// hold compares what was read with the checkpoints. shorter is what to call a
// log that ends before one.
func (c *chain) hold(list []Checkpoint, shorter string) {
	slices.SortFunc(list, func(a, b Checkpoint) int { return cmp.Compare(a.Seq, b.Seq) })
	good, end := int64(0), c.next // what the first one signed that still holds
	for _, p := range list {
		fault := c.against(p)
		switch fault.What {
		case "":
			good = p.Seq
		case Rewritten: // and so are all later ones
			if good >= 0 {
				c.faults = append(c.faults, run(good+1, p.Seq, Rewritten))
			}
			good = -1
		case CutOff:
			end = p.Seq + 1
		default:
			c.faults = append(c.faults, fault)
		}
	}
	if end > c.next {
		c.faults = append(c.faults, run(c.next, end-1, shorter))
	}
}

// against says how what was read differs from one checkpoint.
func (c *chain) against(p Checkpoint) Fault {
	first, at := c.watch(1), c.watch(p.Seq)
	switch {
	case p.Check(p.Key) != nil:
		return Fault{Seq: p.Seq, What: Forged}
	case first.seen && !first.has(p.Log) && !c.doubts(1):
		return Fault{Seq: p.Seq, What: OtherLog}
	case c.doubts(p.Seq): // named already
	case p.Seq >= c.next:
		return Fault{Seq: p.Seq, What: CutOff}
	case !at.has(p.Hash), at.count != p.Count && len(c.faults) == 0:
		return Fault{Seq: p.Seq, What: Rewritten}
	}
	return Fault{}
}
