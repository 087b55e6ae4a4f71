package web

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/demo"
	"polis/internal/library"
)

// nasty is what no form of ours would send and somebody will: bytes that no text
// may hold, what the engines refuse, ways out of a directory, lines of a header.
var nasty = map[string]string{
	"NUL":            "a\x00b",
	"invalid UTF-8":  "a\xff\xfe\xc3(b",
	"half a pair":    "\xed\xa0\x80",
	"up and out":     "../../../../etc/passwd",
	"up, encoded":    "..%2f..%2f..%2fetc%2fpasswd",
	"a header":       "x\r\nSet-Cookie: forged=1\r\n\r\n<script>",
	"script":         `"'><script>alert(1)</script>`,
	"template":       "{{.}}${7*7}#{7*7}",
	"statement":      "' OR 1=1; DROP TABLE event; --",
	"very long":      strings.Repeat("ж", 4000),
	"a number":       "99999999999999999999999999",
	"below nothing":  "-9223372036854775808",
	"wild cards":     "%_*?\\[",
	"turned letters": "\u202e\u2066gpj.exe",
}

// sturdy holds what every answer keeps to, whatever was asked.
func sturdy(got *httptest.ResponseRecorder) (faults []string) {
	if got.Code >= 500 {
		faults = append(faults, fmt.Sprintf("%d", got.Code))
	}
	if strings.Contains(got.Body.String(), "root:x:0") {
		faults = append(faults, "a file of the machine")
	}
	if strings.Contains(got.Body.String(), "<script>alert(1)") {
		faults = append(faults, "the script that was sent")
	}
	for name, values := range got.Header() {
		for _, v := range values {
			if strings.ContainsAny(v, "\r\n\x00") || name == "Set-Cookie" && strings.HasPrefix(v, "forged=") {
				faults = append(faults, fmt.Sprintf("the header %s: %q", name, v))
			}
		}
	}
	return faults
}

var wildcard = regexp.MustCompile(`\{[^}]*\}`)

// asks sends a GET whose path may be anything that a line of HTTP can hold.
func (c *crawler) asks(path, query string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", "/", nil)
	r.URL = &url.URL{Path: path, RawQuery: query}
	r.RequestURI = r.URL.RequestURI()
	if c.cookie != "" {
		r.Header.Set("Cookie", c.cookie)
	}
	w := httptest.NewRecorder()
	c.site.ServeHTTP(w, r)
	return w
}

// queries are the names that some page reads from its address.
var queries = []string{"q", "page", "part", "sort", "of", "as", "who", "from", "to", "act", "stage", "batch", "into", "like", "next", "v", "view", "beside", "inside", "p", "t", "on", "notice", "n", "level", "theme", "lang", "year", "origin", "code", "state", "error"}

func TestAddressesHoldAnything(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		h.person("admin@abuse.example", access.Administrator, "")
		h.document(access.System("test"), library.Draft{Symbol: "A/1"}, textIn("en", "A guide"))
		for _, c := range []*crawler{h.crawler("nobody", "en", "", ""), h.crawler("administrator", "en", "admin@abuse.example", testPassword)} {
			for _, pattern := range h.site.routes {
				path, ok := strings.CutPrefix(pattern, "GET ")
				if !ok {
					continue
				}
				for name, value := range nasty {
					if c.cookie == "" && name != "NUL" && name != "invalid UTF-8" && name != "up and out" && name != "a header" {
						continue
					}
					filled := wildcard.ReplaceAllLiteralString(path, strings.ReplaceAll(value, "/", "\u2215"))
					if strings.HasSuffix(path, "...}") {
						filled = wildcard.ReplaceAllLiteralString(path, value)
					}
					var q url.Values = map[string][]string{}
					for _, one := range queries {
						q.Add(one, value)
					}
					for _, fault := range sturdy(c.asks("/en"+filled, q.Encode())) {
						t.Errorf("%s as %s with %s answers with %s", pattern, c.name, name, fault)
					}
				}
			}
			for _, raw := range []string{"q=%zz", "q=%00", "q=%ff&page=%ff", ";;;", strings.Repeat("a=1&", 2000), "q=" + strings.Repeat("(", 900)} {
				for _, path := range []string{"/en/library", "/search", "/en/admin/log", "/en/people", "/why", "/en/states"} {
					for _, fault := range sturdy(c.asks(path, raw)) {
						t.Errorf("%s?%.20s as %s answers with %s", path, raw, c.name, fault)
					}
				}
			}
		}
	})
}

// sends posts a form, as a browser would.
func (c *crawler) sends(f form, fields url.Values) *httptest.ResponseRecorder {
	var body bytes.Buffer
	kind := "application/x-www-form-urlencoded"
	if strings.HasPrefix(f.kind, "multipart/") {
		parts := multipart.NewWriter(&body)
		for name, values := range fields {
			for _, v := range values {
				_ = parts.WriteField(name, v) // a bytes.Buffer takes everything
			}
		}
		for _, name := range f.files {
			part, _ := parts.CreateFormFile(name, "../../x\r\nSet-Cookie: forged=1\x00.csv")
			_, _ = part.Write([]byte("id,\xff\x00\n"))
		}
		_ = parts.Close()
		kind = parts.FormDataContentType()
	} else {
		body.WriteString(fields.Encode())
	}
	r := httptest.NewRequest("POST", "/", &body)
	if u, err := url.Parse(f.action); err == nil {
		r.URL = u
	}
	r.Header.Set("Content-Type", kind)
	if c.cookie != "" {
		r.Header.Set("Cookie", c.cookie)
	}
	w := httptest.NewRecorder()
	c.site.ServeHTTP(w, r)
	return w
}

// final are the forms after which she is gone, or signed in no more.
var final = regexp.MustCompile(`/sign-out|/account/delete|/account/sessions|/account/security/(sessions|end|others)|/delete$`)

// addresses are the forms that were found, in an order that is always the same,
// and a few of each kind.
func (c *crawler) addresses() (list []string) {
	kinds := map[string]int{}
	for action := range c.forms {
		list = append(list, action)
	}
	slices.Sort(list)
	return slices.DeleteFunc(list, func(action string) bool {
		kind := regexp.MustCompile(`[0-9a-f-]{36}|\?.*`).ReplaceAllString(action, "")
		kinds[kind]++
		return final.MatchString(action) || kinds[kind] > 1
	})
}

// TestFormsHoldAnything sends every form of the demonstration twice as it is, and
// then with what no form would send.
func TestFormsHoldAnything(t *testing.T) {
	t.Parallel()
	h := demonstration(t)
	for _, role := range []access.Role{access.Administrator, access.FocalPoint, access.Expert, ""} {
		email := string(role) + "@polis.example"
		if role == "" {
			email = ""
		}
		c := h.crawler(email, "en", email, demo.Password)
		c.many = 2
		c.walk("/en/", "/en/account", "/en/sign-in", "/en/register", "/en/reset")
		if len(c.addresses()) < 2 {
			t.Errorf("%s: only %d forms were found", email, len(c.addresses()))
		}
		for _, action := range c.addresses() {
			f := c.forms[action]
			hold := func(what string, got *httptest.ResponseRecorder) {
				for _, fault := range sturdy(got) {
					t.Errorf("%s as %q, %s, answers with %s", action, email, what, fault)
				}
			}
			hold("as it is", c.sends(f, f.fields))
			hold("a second time", c.sends(f, f.fields))
			hold("empty", c.sends(f, url.Values{}))
			for name, value := range nasty {
				fields := url.Values{}
				for field := range f.fields {
					fields.Set(field, value)
				}
				hold("filled with "+name, c.sends(f, fields))
			}
			for field := range f.fields {
				fields := url.Values{field: {strings.Repeat("x", 1<<20-100)}}
				hold(fmt.Sprintf("with a megabyte in %q", field), c.sends(f, fields))
				break
			}
			if got := c.sends(f, url.Values{"x": {strings.Repeat("x", 2<<20)}}); len(f.files) == 0 && (got.Code < 400 || got.Code >= 500) {
				t.Errorf("%s takes two megabytes: %d", action, got.Code)
			}
		}
		if got := c.get("/en/account"); role != "" && got.Code != http.StatusOK && got.Code != http.StatusSeeOther {
			t.Errorf("%s: her account answers %d afterwards", email, got.Code)
		}
	}
}

// TestTextsHoldAnything puts what no text may hold into each field of the forms
// that write, on both engines: PostgreSQL takes neither NUL nor broken UTF-8.
func TestTextsHoldAnything(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		h.person("admin@abuse.example", access.Administrator, "")
		h.person("desk@abuse.example", access.DeskOfficer, "")
		id := h.document(access.System("test"), library.Draft{Symbol: "A/1", Level: access.Member}, textIn("en", "A guide"))
		for _, email := range []string{"admin@abuse.example", "desk@abuse.example", ""} {
			c := h.crawler(email, "en", email, testPassword)
			c.many = 1
			c.walk("/en/", "/en/account", "/en/sign-in", "/en/register", "/en/reset", "/en/library/"+id)
			for _, action := range c.addresses() {
				f := c.forms[action]
				for field := range f.fields {
					for _, name := range []string{"NUL", "invalid UTF-8", "half a pair", "a number"} {
						fields := url.Values{}
						for k, v := range f.fields {
							fields[k] = v
						}
						fields.Set(field, nasty[name])
						for _, fault := range sturdy(c.sends(f, fields)) {
							t.Errorf("%s as %q with %s in %q answers with %s", action, email, name, field, fault)
						}
					}
				}
			}
		}
	})
}
