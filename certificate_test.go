package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// certify writes a certificate of the test's own for this machine and returns it
// as those who trust it have it. later makes the files look newer.
func certify(t *testing.T, dir, name string, later time.Duration) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: cert}, "key.pem": {Type: "PRIVATE KEY", Bytes: private}} {
		path, at := filepath.Join(dir, file), time.Now().Add(later)
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	pool, known := x509.NewCertPool(), must(x509.ParseCertificate(cert))
	pool.AddCert(known)
	return pool
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestCertificate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pool := certify(t, dir, "first", 0)
	c, err := newCertificate(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.TLS, server.Config.ErrorLog = c.config(), slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.StartTLS()
	defer server.Close()
	shake := func(config *tls.Config) (tls.ConnectionState, error) {
		config.ServerName, config.RootCAs = "localhost", pool
		line, err := tls.Dial("tcp", server.Listener.Addr().String(), config)
		if err != nil {
			return tls.ConnectionState{}, err
		}
		defer line.Close()
		return line.ConnectionState(), nil
	}
	name := func() string {
		state, err := shake(&tls.Config{})
		if err != nil {
			t.Fatal(err)
		}
		return state.PeerCertificates[0].Subject.CommonName
	}
	t.Run("1.3 is spoken, and 1.2 with forward secrecy and authenticated encryption only", func(t *testing.T) {
		if state, err := shake(&tls.Config{}); err != nil || state.Version != tls.VersionTLS13 {
			t.Errorf("%x %v", state.Version, err)
		}
		if state, err := shake(&tls.Config{MaxVersion: tls.VersionTLS12}); err != nil || state.Version != tls.VersionTLS12 {
			t.Errorf("%x %v", state.Version, err)
		}
		for why, config := range map[string]*tls.Config{
			"1.1": {MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11},
			"CBC": {MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, tls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA}},
			"RSA": {MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256}},
		} {
			if state, err := shake(config); err == nil {
				t.Errorf("%s is spoken: %s", why, tls.CipherSuiteName(state.CipherSuite))
			}
		}
	})
	t.Run("a renewed certificate is taken up, half of one is not", func(t *testing.T) {
		if name() != "first" {
			t.Error(name())
		}
		if err := os.WriteFile(filepath.Join(dir, "cert.pem"), []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		if name() != "first" {
			t.Error(name())
		}
		pool = certify(t, dir, "second", time.Minute)
		if name() != "second" {
			t.Error(name())
		}
	})
	t.Run("without a good one nothing is served", func(t *testing.T) {
		if _, err := newCertificate(filepath.Join(dir, "none.pem"), filepath.Join(dir, "key.pem"), nil); err == nil {
			t.Error("a missing file is taken")
		}
	})
}

// The program itself: https with its cookie and its promise, http leads there.
func TestServingHTTPS(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pool := certify(t, dir, "polis", 0)
	process := exec.Command("polis", "serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0", "--redirect", "127.0.0.1:0", "--log-level", "error",
		"--tls-cert", filepath.Join(dir, "cert.pem"), "--tls-key", filepath.Join(dir, "key.pem"), "--security-contact", "security@polis.example")
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = process.Process.Kill(); _ = process.Wait() }()
	var plain, safe string
	for lines := bufio.NewScanner(out); safe == "" && lines.Scan(); {
		if _, at, ok := strings.Cut(lines.Text(), "Leads to https from "); ok {
			plain = at
		} else if _, at, ok := strings.Cut(lines.Text(), " at https://"); ok {
			safe = "https://" + at
		}
	}
	client := &http.Client{
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       20 * time.Second,
	}
	get := func(address string) (*http.Response, string) {
		t.Helper()
		w, err := client.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Body.Close()
		body, _ := io.ReadAll(w.Body) // what is missing is missed below
		return w, string(body)
	}
	if w, _ := get(safe + "en/help"); w.StatusCode != 200 || w.Proto != "HTTP/2.0" || w.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%s %s %v", w.Proto, w.Status, w.Header)
	}
	if w, _ := get(plain + "api/v1/search?q=a"); w.StatusCode != http.StatusForbidden || w.Header.Get("Location") != "" {
		t.Errorf("a program is led on in silence: %s %q", w.Status, w.Header.Get("Location"))
	}
	if w, _ := get(plain + "en/library?q=a"); w.StatusCode != http.StatusPermanentRedirect || w.Header.Get("Location") != safe+"en/library?q=a" {
		t.Errorf("%s %q, not to %s", w.Status, w.Header.Get("Location"), safe)
	}
	if _, body := get(safe + ".well-known/security.txt"); !strings.Contains(body, "Contact: mailto:security@polis.example\r\n") {
		t.Errorf("%q", body)
	}
}

func TestShieldRefusesWhatDoesNotGoTogether(t *testing.T) {
	for why, s := range map[string]shield{
		"half a certificate": {TLSCert: "x"}, "a way to nowhere": {Redirect: ":80"}, "less than none": {Rate: -1}, "two lines": {SecurityContact: "a\nb"},
	} {
		if s.check() == nil {
			t.Errorf("%s is taken", why)
		}
	}
}
