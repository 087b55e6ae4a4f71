package store

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"

	"polis/internal/access"
)

// logLine is an event as a file holds it, one a line, in the very form in which
// a backup has the table. The order is that of the alphabet.
type logLine struct {
	Act    string `json:"act"`
	At     int64  `json:"at"` // microseconds since 1970, UTC
	Data   string `json:"data"`
	Group  string `json:"grp"`
	Hash   string `json:"hash"`
	Level  int    `json:"level"`
	Object string `json:"object"`
	Owner  string `json:"owner"`
	Quiet  bool   `json:"quiet"`
	Seq    int64  `json:"seq"`
	State  string `json:"state"`
	Who    string `json:"who"`
}

func (r eventRow) line() logLine {
	return logLine{r.Act, r.At, r.Data, r.Group, r.Hash, int(r.Level), r.Object, r.Owner, r.Quiet, r.Seq, r.State, r.Who}
}

func (l logLine) row() eventRow {
	return eventRow{
		Seq: l.Seq, At: l.At, Who: l.Who, Act: l.Act, Object: l.Object, Data: l.Data, Quiet: l.Quiet, Hash: l.Hash,
		Label: access.Label{Level: access.Level(l.Level), State: l.State, Group: l.Group, Owner: l.Owner},
	}
}

// text is the line as it is written.
func (l logLine) text() []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(l); err != nil {
		panic(err) // texts and numbers always become JSON
	}
	return b.Bytes()
}

// logRows reads the events from number seq on, in their order.
func logRows(ctx context.Context, q Reader, seq int64) iter.Seq2[eventRow, error] {
	return Rows[eventRow](ctx, q, verifier, "SELECT "+eventColumns+" FROM event WHERE {scope} AND seq >= $1 ORDER BY seq", seq)
}

// ExportLog writes the whole log, one event a line as JSON, and returns how many
// there are: VerifyFile checks it without any database.
func ExportLog(ctx context.Context, db *DB, w io.Writer) (int64, error) {
	out, n := bufio.NewWriterSize(w, 1<<16), int64(0)
	for r, err := range logRows(ctx, db, 1) {
		if err != nil {
			return n, err
		}
		if _, err := out.Write(r.line().text()); err != nil {
			return n, fmt.Errorf("store: export the log: %w", err)
		}
		n++
	}
	if err := out.Flush(); err != nil {
		return n, fmt.Errorf("store: export the log: %w", err)
	}
	return n, nil
}

// maxLogLine is the longest line of a log in a file, in bytes.
const maxLogLine = 64 << 20

// maxSeq is the highest number that an event in a file may have.
const maxSeq = 1 << 53

// VerifyFile is Verify for a log in a file, as ExportLog or a backup wrote it,
// against checkpoints from outside. A file does not know where it should end:
// only a checkpoint does. exact says that every line must be as ExportLog writes
// it, to the byte.
func VerifyFile(r io.Reader, exact bool, against ...Checkpoint) (int64, []Fault, error) {
	c := newChain(0, "")
	c.expect(against)
	lines := bufio.NewReaderSize(r, 1<<16)
	for {
		line, err := readLine(lines)
		if len(line) > 0 {
			c.addLine(line, exact)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return c.count, nil, fmt.Errorf("store: read the log: %w", err)
		}
	}
	c.judge()
	c.hold(against, CutOff)
	return c.count, c.named(), nil
}

// readLine reads a line with its end; of one that is too long it keeps the
// beginning, which is no event then.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if len(line) < maxLogLine {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}

func (c *chain) addLine(line []byte, exact bool) {
	var l logLine
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&l); err != nil || l.Seq < 1 || l.Seq > maxSeq {
		c.unreadable()
		return
	}
	if exact && !bytes.Equal(l.text(), line) {
		if c.next != l.Seq { // even its number may be false
			c.unreadable()
			return
		}
		c.faults = append(c.faults, Fault{Seq: l.Seq, What: Changed})
	}
	c.add(l.row())
}
