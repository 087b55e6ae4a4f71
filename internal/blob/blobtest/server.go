package blobtest

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"polis/internal/blob"
)

// Name is the one bucket that the server has.
const Name = "polis-test"

// Server is an S3-compatible storage.
type Server struct {
	URL     string // "http://127.0.0.1:45678"
	backend *s3mem.Backend
	wire    *wire
	refusal atomic.Pointer[refusal]
}

type refusal struct {
	status int
	code   string
}

// Start starts a server that ends with the test.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{backend: s3mem.New()}
	if err := s.backend.CreateBucket(Name); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.wire = &wire{Listener: listener}
	s.wire.Revive()
	storage := gofakes3.New(s.backend).Server()
	server := &httptest.Server{Listener: s.wire, Config: &http.Server{
		ErrorLog: log.New(io.Discard, "", 0), // it dies many deaths
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if no := s.unwelcome(r); no != nil {
				no.answer(w)
				return
			}
			storage.ServeHTTP(w, r)
		}),
	}}
	server.Start()
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

func (no *refusal) answer(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(no.status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>no</Message></Error>", no.code)
}

// unwelcome says why a request is refused, or nil.
func (s *Server) unwelcome(r *http.Request) *refusal {
	if no := s.refusal.Load(); no != nil {
		return no
	}
	if code := unsigned(r); code != "" {
		return &refusal{http.StatusForbidden, code}
	}
	return nil
}

// Refuse makes every further request fail, until status is 0.
func (s *Server) Refuse(status int, code string) {
	if status == 0 {
		s.refusal.Store(nil)
		return
	}
	s.refusal.Store(&refusal{status, code})
}

// Die makes the server go away after it has taken in or given out so many more
// bytes: in the middle of a request, with all its connections.
func (s *Server) Die(after int64) {
	s.wire.once.Store(false)
	s.wire.left.Store(after)
}

// Stumble makes the connection break that moves the byte so far on; the next
// one holds.
func (s *Server) Stumble(after int64) {
	s.wire.once.Store(true)
	s.wire.left.Store(after)
}

// Revive brings it back.
func (s *Server) Revive() { s.wire.Revive() }

// Address is that of a prefix in the server's bucket.
func (s *Server) Address(prefix string) string {
	return "s3://" + Name + "/" + prefix + "?endpoint=" + s.URL + "&region=eu"
}

// Bucket is a prefix in the server's bucket.
func (s *Server) Bucket(t testing.TB, prefix string) blob.Bucket {
	t.Helper()
	b, err := blob.ParseBucket(s.Address(prefix), Key, Secret)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func object(prefix string, sum blob.Sum) string {
	return prefix + "/" + string(sum[:2]) + "/" + string(sum)
}

// Put puts something under a sum, behind the store's back.
func (s *Server) Put(t testing.TB, prefix string, sum blob.Sum, content string) {
	t.Helper()
	s.PutObject(t, object(prefix, sum), content)
}

// PutObject puts something under any name.
func (s *Server) PutObject(t testing.TB, name, content string) {
	t.Helper()
	when := map[string]string{"Last-Modified": time.Now().UTC().Format(http.TimeFormat)}
	if _, err := s.backend.PutObject(Name, name, when, strings.NewReader(content), int64(len(content)), nil); err != nil {
		t.Fatal(err)
	}
}

// Remove removes a file, behind the store's back.
func (s *Server) Remove(t testing.TB, prefix string, sum blob.Sum) {
	t.Helper()
	if _, err := s.backend.DeleteObject(Name, object(prefix, sum)); err != nil {
		t.Fatal(err)
	}
}

// Count counts the objects, of whatever name.
func (s *Server) Count(t testing.TB) int {
	t.Helper()
	list, err := s.backend.ListBucket(Name, nil, gofakes3.ListBucketPage{})
	if err != nil {
		t.Fatal(err)
	}
	return len(list.Contents)
}

// wire is a listener whose connections break once the bytes left have moved.
type wire struct {
	net.Listener
	left atomic.Int64
	once atomic.Bool // the next connection holds
}

const unlimited = 1 << 60

func (w *wire) Revive() {
	w.once.Store(false)
	w.left.Store(unlimited)
}

// Accept drops whoever comes while the server is dead.
func (w *wire) Accept() (net.Conn, error) {
	for {
		conn, err := w.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if w.left.Load() > 0 {
			return &brittle{conn, w}, nil
		}
		conn.Close()
	}
}

// brittle is a connection that breaks with its wire.
type brittle struct {
	net.Conn
	wire *wire
}

func (b *brittle) Read(p []byte) (int, error)  { return b.move(p, b.Conn.Read) }
func (b *brittle) Write(p []byte) (int, error) { return b.move(p, b.Conn.Write) }

// move lets pass what may still pass, and breaks the connection behind it.
func (b *brittle) move(p []byte, move func([]byte) (int, error)) (int, error) {
	short := p[:min(int64(len(p)), max(b.wire.left.Load(), 0))]
	if len(short) == 0 && len(p) > 0 {
		return 0, b.cut()
	}
	n, err := move(short)
	if b.wire.left.Add(int64(-n)) <= 0 {
		return n, b.cut()
	}
	return n, err
}

func (b *brittle) cut() error {
	if b.wire.once.Load() {
		b.wire.Revive()
	}
	b.Conn.Close()
	return io.ErrClosedPipe
}
