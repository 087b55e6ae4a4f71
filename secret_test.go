package main

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/store/storetest"
)

// The secrets of an installation, each with a mark of its own.
const (
	markedPassword = "marked-PASSWORD-a7Qz"
	markedWrong    = "marked-WRONG-b8Rx"
	markedTyped    = "marked-TYPED-f3Vu" // a password in the wrong field: its page repeats it, the log does not
	markedSMTP     = "marked-SMTP-c9Sy"
	markedDatabase = "marked-DATABASE-d1Tw"
	markedS3       = "marked-S3SECRET-e2Uv"
)

var markedKey = base64.StdEncoding.EncodeToString([]byte("marked-key-of-thirty-two-bytes!!"))

// keepsSilent holds that none of the secrets is in what was said.
func keepsSilent(t *testing.T, where, said string, also ...string) {
	t.Helper()
	for _, secret := range append(also, markedPassword, markedWrong, markedSMTP, markedDatabase, markedS3, markedKey, url.QueryEscape(markedKey)) {
		if i := strings.Index(said, secret); i >= 0 {
			t.Errorf("%s tells %s: …%s…", where, secret, said[max(i-200, 0):min(i+80, len(said))])
		}
	}
}

func TestNoSecretIsToldWhenAStartFails(t *testing.T) {
	t.Parallel()
	for why, c := range map[string]struct{ flags, env []string }{
		"a database that is away":   {[]string{"--database", "postgres://polis:" + markedDatabase + "@127.0.0.1:1/polis?sslmode=disable&connect_timeout=2"}, nil},
		"a database that is no URL": {[]string{"--database", "postgres://polis:" + markedDatabase + "@[::1/%zz"}, nil},
		"a storage that is away":    {[]string{"--files", "s3://bucket?endpoint=127.0.0.1:1"}, []string{"POLIS_S3_KEY=polis", "POLIS_S3_SECRET=" + markedS3}},
		"a key that is none":        {nil, []string{"POLIS_KEY=" + markedWrong}},
	} {
		t.Run(why, func(t *testing.T) {
			t.Parallel()
			process := exec.Command("polis", append([]string{"serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0", "--log-level", "debug"}, c.flags...)...)
			process.Env = append(process.Environ(), c.env...)
			said := &storetest.Log{}
			process.Stdout, process.Stderr = said, said
			if err := process.Start(); err != nil {
				t.Fatal(err)
			}
			late := time.AfterFunc(45*time.Second, func() { _ = process.Process.Kill() })
			if err := process.Wait(); err == nil || !late.Stop() {
				t.Errorf("it does not fail: %v", err)
			}
			if said.String() == "" {
				t.Error("it fails without a word")
			}
			keepsSilent(t, "the failure", said.String())
		})
	}
}

// TestNoSecretIsTold goes the main ways with marked secrets, right and wrong, and
// looks through all that the program logs and answers.
func TestNoSecretIsTold(t *testing.T) {
	t.Setenv("POLIS_KEY", markedKey)
	p := place{Data: t.TempDir()}
	h, err := p.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = account.Create(t.Context(), h.db, access.System("test"), account.New{Email: "a@polis.example", Name: "A", Role: access.Administrator, Password: markedPassword})
	if err == nil {
		err = account.WaiveSecondFactor(t.Context(), h.db, access.System("test"))
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := h.close(); err != nil {
		t.Fatal(err)
	}
	said := &storetest.Log{}
	s := &served{said: said}
	if err := s.start("--data", p.Data, "--log-level", "debug"); err != nil {
		t.Fatal(err)
	}
	defer s.kill()
	jar, _ := cookiejar.New(nil) // nil options cannot fail
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	send := func(method, path, authorization string, pairs ...string) (int, string) {
		form := url.Values{}
		for i := 0; i+1 < len(pairs); i += 2 {
			form.Set(pairs[i], pairs[i+1])
		}
		r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if authorization != "" {
			r.Header.Set("Authorization", authorization)
		}
		w, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Body.Close()
		body, _ := io.ReadAll(w.Body) // what is missing is missed below
		keepsSilent(t, path, string(body))
		return w.StatusCode, string(body)
	}
	send("POST", "/en/sign-in", "", "email", "a@polis.example", "password", markedWrong)
	send("POST", "/en/sign-in", "", "email", markedTyped, "password", markedPassword)
	if status, _ := send("POST", "/en/sign-in", "", "email", "a@polis.example", "password", markedPassword); status != http.StatusSeeOther {
		t.Fatal("sign-in:", status)
	}
	_, page := send("POST", "/en/account/tokens", "", "name", "Program", "reach", "official", "days", "7")
	m := regexp.MustCompile(`value="(polis_[0-9A-Za-z]{49})"`).FindStringSubmatch(page)
	if m == nil {
		t.Fatal("no token:", page)
	}
	token := m[1]
	for _, authorization := range []string{"Bearer " + token, "Bearer " + token[:54] + "_", "Basic " + token, token} {
		_, body := send("GET", "/api/v1/documents/nothing", authorization)
		keepsSilent(t, "the API", body, token)
		_, body = send("GET", "/en/nothing", authorization)
		keepsSilent(t, "a page", body, token)
	}
	send("GET", "/api/v1/search?limit=x&token="+token, "")
	send("GET", "/en/sign-in?next=/en/"+token+"%0d%0a", "")
	mail := []string{"host", "127.0.0.1", "port", "1", "security", "starttls", "user", "polis", "password", markedSMTP, "from", "polis@polis.example", "name", "POLIS"}
	if status, body := send("POST", "/en/admin/mail", "", mail...); status != http.StatusSeeOther {
		t.Fatal("mail settings:", status, body)
	}
	send("GET", "/en/admin/mail", "")
	send("POST", "/en/admin/mail/test", "", "to", "b@polis.example")
	send("POST", "/en/account/security/password", "", "current", markedPassword, "password", "short", "again", markedWrong)
	send("POST", "/en/sign-out", "")
	if err := s.term(); err != nil {
		t.Error(err)
	}
	log := said.String()
	if strings.Count(log, "\n") < 15 {
		t.Fatalf("hardly anything was logged, so nothing would be seen: %s", log)
	}
	keepsSilent(t, "the log", log, token, token[6:49], markedTyped)
}
