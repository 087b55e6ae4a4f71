// Package clamd has files looked at by a ClamAV daemon, over the network or a
// socket of this machine, before anything of ours reads them.
//
// The daemon is asked with INSTREAM: the file goes over the line in pieces, each
// with its length before it, and one sentence comes back. A daemon that does not
// answer says nothing about the file: it waits.
package clamd

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"time"
)

// Daemon is a ClamAV daemon. The zero Daemon is none: make one with Parse.
type Daemon struct {
	network, address string
	// Patience is how long one answer may take after the last byte was taken.
	Patience time.Duration

	silent atomic.Bool
	refuse atomic.Int64 // until when nothing is asked, nanoseconds: it did not answer just before
}

// ErrUnavailable is of the daemon and says nothing of the file: it is not reached,
// breaks off, or answers something unknown.
var ErrUnavailable = errors.New("clamd: the virus scanner is not available")

// ErrTooLarge is of a file that is larger than the daemon takes, as its
// StreamMaxLength says.
var ErrTooLarge = errors.New("clamd: the file is larger than the virus scanner takes")

// patience is the usual Patience: archives take their time. greeting is how long
// the daemon may take to say that it is there, and pause how long it is left alone
// after it did not: who waits for a file does not stand in the way of other work.
const (
	patience = 2 * time.Minute
	greeting = 3 * time.Second
	pause    = 5 * time.Second
)

// Parse reads the daemon's address: tcp://HOST:PORT or unix:/PATH.
func Parse(text string) (*Daemon, error) {
	d := &Daemon{Patience: patience}
	if path, ok := strings.CutPrefix(text, "unix:"); ok && strings.HasPrefix(path, "/") {
		d.network, d.address = "unix", strings.Replace(path, "///", "/", 1)
		return d, nil
	}
	address, ok := strings.CutPrefix(text, "tcp://")
	host, port, err := net.SplitHostPort(address)
	if !ok || err != nil || host == "" || port == "" {
		return nil, fmt.Errorf("%s is no address of a virus scanner: write tcp://HOST:PORT or unix:/PATH", text)
	}
	d.network, d.address = "tcp", address
	return d, nil
}

// String is the address as Parse reads it.
func (d *Daemon) String() string {
	if d.network == "unix" {
		return "unix:" + d.address
	}
	return d.network + "://" + d.address
}

// Silent reports whether the daemon did not answer when it was last asked.
func (d *Daemon) Silent() bool { return d != nil && d.silent.Load() }

// Scan has the daemon look at what r gives. It returns the name of what was found,
// "" for nothing. A daemon that does not greet is not given the file, and who comes
// soon after is told so at once.
func (d *Daemon) Scan(ctx context.Context, r io.Reader) (virus string, err error) {
	if time.Now().UnixNano() < d.refuse.Load() {
		return "", fmt.Errorf("%w: it did not answer a moment ago", ErrUnavailable)
	}
	if err := d.Ready(ctx); err != nil {
		return "", err
	}
	answer, err := d.ask(ctx, "zINSTREAM\x00", r, d.Patience)
	d.heard(err)
	if err != nil {
		return "", err
	}
	said := strings.TrimSpace(strings.TrimPrefix(answer, "stream:"))
	virus, found := strings.CutSuffix(said, " FOUND")
	switch {
	case found && virus != "":
		return virus, nil
	case said == "OK":
		return "", nil
	case strings.Contains(said, "size limit exceeded"):
		return "", ErrTooLarge
	}
	err = fmt.Errorf("%w: it answers %.200q", ErrUnavailable, answer)
	d.heard(err)
	return "", err
}

// heard keeps whether the daemon answered.
func (d *Daemon) heard(err error) {
	away := errors.Is(err, ErrUnavailable)
	if d.silent.Store(away); away {
		d.refuse.Store(time.Now().Add(pause).UnixNano())
	}
}

// Ready asks whether the daemon answers.
func (d *Daemon) Ready(ctx context.Context) error {
	answer, err := d.ask(ctx, "zPING\x00", nil, min(greeting, d.Patience))
	if err == nil && answer != "PONG" {
		err = fmt.Errorf("%w: it answers %.200q", ErrUnavailable, answer)
	}
	d.heard(err)
	return err
}

// ask sends a command, and what belongs to it, and reads the answer. An error of r
// comes back as it is: it is not the daemon's.
func (d *Daemon) ask(ctx context.Context, command string, r io.Reader, patience time.Duration) (string, error) {
	line, err := (&net.Dialer{Timeout: min(10*time.Second, patience)}).DialContext(ctx, d.network, d.address)
	if err != nil {
		return "", d.unavailable(ctx, err)
	}
	defer line.Close()
	defer context.AfterFunc(ctx, func() { line.Close() })()
	if err := d.send(line, []byte(command)); err != nil {
		return "", d.unavailable(ctx, err)
	}
	if r != nil {
		sent, err := d.stream(line, r)
		if err != nil && !sent {
			return "", err
		}
		// Where sending failed the daemon may have said why before it hung up.
	}
	_ = line.SetReadDeadline(time.Now().Add(patience)) // a closed line says so below
	answer, err := bufio.NewReader(io.LimitReader(line, 4096)).ReadString(0)
	if err != nil && !errors.Is(err, io.EOF) || answer == "" {
		return "", d.unavailable(ctx, errors.Join(err, errors.New("no answer")))
	}
	return strings.Trim(answer, "\x00\r\n "), nil
}

// pieceSize is how much goes over the line at once.
const pieceSize = 64 << 10

// stream sends what r gives in pieces, and one of no length as the end. sent says
// that an error is the line's.
func (d *Daemon) stream(line net.Conn, r io.Reader) (sent bool, err error) {
	piece := make([]byte, 4+pieceSize)
	for {
		n, err := io.ReadFull(r, piece[4:])
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return false, err
		}
		binary.BigEndian.PutUint32(piece, uint32(n)) //nolint:gosec // at most pieceSize
		if serr := d.send(line, piece[:4+n]); serr != nil || n == 0 {
			return true, serr
		}
	}
}

func (d *Daemon) send(line net.Conn, p []byte) error {
	_ = line.SetWriteDeadline(time.Now().Add(d.Patience)) // a closed line says so below
	_, err := line.Write(p)
	return err
}

// unavailable makes of a failure on the line what it means. Where the caller has
// stopped, it is the caller's.
func (d *Daemon) unavailable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}
