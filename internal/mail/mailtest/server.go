// Package mailtest runs a real SMTP server for tests: it takes letters, or
// refuses them as the test says, and shows what it was sent.
package mailtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	polis "polis/internal/mail"
)

// Server is an SMTP server on this machine.
type Server struct {
	Port  int
	Roots *x509.CertPool // trust its certificate

	// How it answers; set before it is used.
	User, Password string // "" asks for no sign-in
	Refuse         error  // what it answers to a recipient

	mu      sync.Mutex
	letters []Letter
}

// Letter is one that the server took.
type Letter struct {
	From, To string
	Raw      string
	Message  *mail.Message
}

// Subject is the letter's subject, decoded.
func (l Letter) Subject() string { return decoded(l.Message.Header.Get("Subject")) }

// Start runs a server with or without TLS from the first byte; it offers
// STARTTLS where it does not.
func Start(t testing.TB, implicit bool, set func(*Server)) *Server {
	t.Helper()
	s := &Server{}
	certificate, roots := certificate(t)
	s.Roots = roots
	if set != nil {
		set(s)
	}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{server: s}, nil }))
	server.Domain, server.AllowInsecureAuth, server.ErrorLog = "localhost", true, silent{}
	config := &tls.Config{Certificates: []tls.Certificate{certificate}}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Port = listener.Addr().(*net.TCPAddr).Port
	if implicit {
		listener = tls.NewListener(listener, config)
	} else {
		server.TLSConfig = config
	}
	go server.Serve(listener) //nolint:errcheck // it ends with the test
	t.Cleanup(func() { server.Close() })
	return s
}

// Settings lead to the server.
func (s *Server) Settings(security polis.Security) polis.Settings {
	return polis.Settings{
		Host: "127.0.0.1", Port: s.Port, Security: security, User: s.User, Password: s.Password,
		From: "polis@polis.example", Name: "POLIS",
	}
}

// Letters are what it took so far.
func (s *Server) Letters() []Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Letter(nil), s.letters...)
}

// Last is the newest letter to the address; the test fails where there is none.
func (s *Server) Last(t testing.TB, to string) Letter {
	t.Helper()
	letters := s.Letters()
	for i := len(letters) - 1; i >= 0; i-- {
		if letters[i].To == to {
			return letters[i]
		}
	}
	t.Fatalf("no letter to %s among %d", to, len(letters))
	return Letter{}
}

type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}

type session struct {
	server   *Server
	from, to string
	signed   bool
}

func (s *session) AuthMechanisms() []string {
	if s.server.User == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.server.User || password != s.server.Password {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "authentication failed"}
		}
		s.signed = true
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.server.User != "" && !s.signed {
		return errors.New("sign in first")
	}
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	return s.server.Refuse
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m, err := mail.ReadMessage(strings.NewReader(string(raw)))
	if err != nil {
		return err
	}
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.letters = append(s.server.letters, Letter{s.from, s.to, string(raw), m})
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

// certificate makes one for 127.0.0.1.
func certificate(t testing.TB) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}
