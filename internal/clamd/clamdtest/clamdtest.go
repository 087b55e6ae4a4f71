// Package clamdtest is a virus scanner for tests: a server that speaks clamd's
// protocol over a real connection and knows one virus, the one that is none.
package clamdtest

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"sync/atomic"
	"testing"
)

// EICAR is the string that every virus scanner takes for a virus by agreement. It
// is put together here, so that none takes this file for one.
func EICAR() string {
	return `X5O!P%@AP[4\PZX54(P^)7CC)7}` + "$EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!" + "$H+H*"
}

// Server is the scanner.
type Server struct {
	Address string      // tcp://…
	Max     int         // bytes of a stream that it takes
	Answer  string      // what it says to every stream instead of what is true, or ""
	HangUp  bool        // it breaks off in the middle
	Hang    atomic.Bool // it takes every line and says nothing

	Scanned atomic.Int64 // streams that it has read to their end
}

// Start opens a scanner that stops with the test. At "" it takes a free port.
func Start(t testing.TB, at string) *Server {
	t.Helper()
	if at == "" {
		at = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Address: "tcp://" + listener.Addr().String(), Max: 25 << 20}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			line, err := listener.Accept()
			if err != nil {
				return
			}
			go s.serve(line)
		}
	}()
	return s
}

func (s *Server) serve(line net.Conn) {
	defer line.Close()
	in := bufio.NewReader(line)
	if s.Hang.Load() {
		_, _ = io.Copy(io.Discard, in) // until the other side gives up
		return
	}
	command, err := in.ReadString(0)
	if err != nil {
		return
	}
	switch command {
	case "zPING\x00":
		_, _ = io.WriteString(line, "PONG\x00")
	case "zINSTREAM\x00":
		_, _ = io.WriteString(line, s.scan(in)+"\x00")
	default:
		_, _ = io.WriteString(line, "UNKNOWN COMMAND\x00")
	}
}

// scan reads a stream as clamd does.
func (s *Server) scan(in io.Reader) string {
	var all bytes.Buffer
	for {
		var size uint32
		if err := binary.Read(in, binary.BigEndian, &size); err != nil || s.HangUp && all.Len() > 0 {
			return ""
		}
		if size == 0 {
			break
		}
		if all.Len()+int(size) > s.Max {
			return "INSTREAM size limit exceeded. ERROR"
		}
		if _, err := io.CopyN(&all, in, int64(size)); err != nil {
			return ""
		}
	}
	s.Scanned.Add(1)
	switch {
	case s.Answer != "":
		return s.Answer
	case bytes.Contains(all.Bytes(), []byte(EICAR())):
		return "stream: Eicar-Test-Signature FOUND"
	}
	return "stream: OK"
}
