package mailtest

import (
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

func decoded(header string) string {
	text, err := new(mime.WordDecoder).DecodeHeader(header)
	if err != nil {
		return header
	}
	return text
}

// Parts are the letter's bodies by type: "text/plain", "text/html".
func (l Letter) Parts(t testing.TB) map[string]string {
	t.Helper()
	_, params, err := mime.ParseMediaType(l.Message.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	_, body, _ := strings.Cut(l.Raw, "\r\n\r\n")
	for r := multipart.NewReader(strings.NewReader(body), params["boundary"]); ; {
		part, err := r.NextRawPart()
		if err == io.EOF {
			return parts
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type"))
		parts[kind] = strings.ReplaceAll(string(text), "\r\n", "\n")
	}
}

var address = regexp.MustCompile(`https?://\S+`)

// Link is the address that the letter leads to, without the origin.
func (l Letter) Link(t testing.TB) (origin, path string) {
	t.Helper()
	u, err := url.Parse(address.FindString(l.Parts(t)["text/plain"]))
	if err != nil || u.Host == "" {
		t.Fatalf("no link in %q: %v", l.Parts(t)["text/plain"], err)
	}
	return u.Scheme + "://" + u.Host, u.RequestURI()
}

// Secret is that of the letter's link.
func (l Letter) Secret(t testing.TB) string {
	t.Helper()
	_, path := l.Link(t)
	u, err := url.Parse(path)
	if err != nil || u.Query().Get("t") == "" {
		t.Fatalf("no ticket in %s", path)
	}
	return u.Query().Get("t")
}
