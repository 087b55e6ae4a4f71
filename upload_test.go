package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"sync"
	"testing"

	"polis/internal/access"
	"polis/internal/account"
)

const password = "a long enough password"

// contributor makes an account that may bring files.
func contributor(t *testing.T, p place) {
	t.Helper()
	h, err := p.open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	_, err = account.Create(context.Background(), h.db, access.System("test"), account.New{
		Email: "expert@example.org", Name: "Expert", Role: access.Expert, Lang: "en", Password: password,
	})
	if err := errors.Join(err, account.WaiveSecondFactor(context.Background(), h.db, access.System("test"))); err != nil {
		t.Fatal(err)
	}
}

// browser signs in and sends files, one after the other, until the line breaks.
type browser struct {
	http.Client
	site  string
	sent  sync.WaitGroup
	names []string // of the files that were acknowledged; read it after sent
}

func (s *served) browse(t *testing.T, round int) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{site: s.url, Client: http.Client{Jar: jar}}
	answer, err := b.PostForm(b.site+"/en/sign-in", url.Values{"email": {"expert@example.org"}, "password": {password}})
	if err != nil {
		t.Fatal("sign in:", err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatal("sign in:", answer.Status)
	}
	b.sent.Go(func() {
		for n := range 400 {
			name := fmt.Sprintf("upload-%d-%d.txt", round, n)
			status, err := b.send(name, fmt.Sprintf("Minutes %d of meeting %d\n\nThe officers of both towns met and agreed to meet again.\n", n, round))
			if err != nil { // the line broke
				return
			}
			if status != http.StatusOK {
				t.Errorf("upload of %s: %d", name, status)
				return
			}
			b.names = append(b.names, name)
		}
	})
	return b
}

// send uploads one file as the page's script does, and returns the status.
func (b *browser) send(name, text string) (int, error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	file, err := form.CreateFormFile("file", name)
	if err != nil {
		return 0, err
	}
	if _, err := file.Write([]byte(text)); err != nil {
		return 0, err
	}
	if err := form.Close(); err != nil {
		return 0, err
	}
	r, err := http.NewRequest(http.MethodPost, b.site+"/en/library/upload?batch=kill", &body)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Accept", "application/json")
	answer, err := b.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	return answer.StatusCode, nil
}
