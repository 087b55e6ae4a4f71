package web

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/alexedwards/scs/v2"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/assistance"
	"polis/internal/blob"
	"polis/internal/directory"
	"polis/internal/extract"
	"polis/internal/job"
	"polis/internal/keyring"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/search"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

const testPassword = "a long enough password"

// inhabited is a whole house with people in it, served as in earnest.
type inhabited struct {
	*House
	t      *testing.T
	server *httptest.Server
}

// eachHouse runs the test in a house of its own on each engine.
func eachHouse(t *testing.T, fn func(t *testing.T, h inhabited)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) { fn(t, inhabit(t, db)) })
}

func inhabit(t *testing.T, db *store.DB) inhabited {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	files, err := blob.Open(filepath.Join(t.TempDir(), "files"))
	if err != nil {
		t.Fatal(err)
	}
	index, err := search.Open("")
	if err != nil {
		t.Fatal(err)
	}
	if err := directory.Seed(ctx, db); err != nil {
		t.Fatal(err)
	}
	if err := account.WaiveSecondFactor(ctx, db, access.System("test")); err != nil {
		t.Fatal(err)
	}
	texts := extract.New("", extract.DefaultLimits())
	l := &library.Library{DB: db, Files: files, Texts: texts}
	sessions := scs.New()
	sessions.Store = account.SessionStore{DB: db}
	keys, err := keyring.Open(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	kinds := l.Handlers()
	kinds[assistance.ImportJob] = (&assistance.Activities{Assistance: &assistance.Assistance{DB: db}, Files: files, Needs: l.Needs}).Importer
	h := &House{DB: db, Keys: keys, Library: l, Index: index, Jobs: job.NewRunner(db, quiet, kinds), Sessions: sessions}
	server := httptest.NewServer(h.Open(Options{Log: quiet}))
	var work sync.WaitGroup
	work.Go(func() { h.Jobs.Work(ctx) })
	t.Cleanup(func() {
		server.Close()
		cancel()
		work.Wait()
		texts.Close()
		_ = index.Close()
	})
	return inhabited{h, t, server}
}

// person makes an account and returns its id.
func (h inhabited) person(email string, role access.Role, state string) string {
	h.t.Helper()
	p, err := account.Create(context.Background(), h.DB, access.System("test"), account.New{
		Email: email, Name: "Test " + email, Role: role, ActsFor: state, Password: testPassword,
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return p.ID
}

// visitor is a browser without script.
type visitor struct {
	h      inhabited
	client *http.Client
}

// visitor opens a browser that follows no redirect by itself.
func (h inhabited) visitor() visitor {
	jar, _ := cookiejar.New(nil) // nil options cannot fail
	return visitor{h, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// signedIn makes an account and a browser in which its person is signed in.
func (h inhabited) signedIn(email string, role access.Role) visitor {
	h.t.Helper()
	h.person(email, role, "")
	v := h.visitor()
	if got := v.post("/en/sign-in", "email", email, "password", testPassword); got.status != http.StatusSeeOther {
		h.t.Fatalf("sign-in: %d", got.status)
	}
	return v
}

// seen is what came back.
type seen struct {
	status   int
	body     string
	location string
	cookies  []*http.Cookie
}

func (s seen) says(words string) bool { return strings.Contains(s.body, escaped(words)) }

func (v visitor) do(r *http.Request) seen {
	v.h.t.Helper()
	w, err := v.client.Do(r)
	if err != nil {
		v.h.t.Fatal(err)
	}
	defer w.Body.Close()
	body, err := io.ReadAll(w.Body)
	if err != nil {
		v.h.t.Fatal(err)
	}
	return seen{w.StatusCode, string(body), w.Header.Get("Location"), w.Cookies()}
}

func (v visitor) request(method, path, kind string, body io.Reader) *http.Request {
	r, err := http.NewRequest(method, v.h.server.URL+path, body)
	if err != nil {
		v.h.t.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	return r
}

func (v visitor) get(path string) seen { return v.do(v.request("GET", path, "", nil)) }

// post sends a form of name, value pairs.
func (v visitor) post(path string, pairs ...string) seen {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return v.do(v.request("POST", path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode())))
}

// send posts files, name and content in turn, in one form.
func (v visitor) send(path string, script bool, files ...string) seen {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i+1 < len(files); i += 2 {
		part, err := form.CreateFormFile("file", files[i])
		if err != nil {
			v.h.t.Fatal(err)
		}
		_, _ = io.WriteString(part, files[i+1]) // a bytes.Buffer takes everything
	}
	_ = form.Close()
	r := v.request("POST", path, form.FormDataContentType(), &body)
	if script {
		r.Header.Set("Accept", "application/json")
	}
	return v.do(r)
}

// arrive sends one good file and returns the address of its form.
func (v visitor) arrive(name, content string) string {
	v.h.t.Helper()
	var answer UploadAnswer
	got := v.send("/en/library/upload?batch=b1", true, name, content)
	if err := json.Unmarshal([]byte(got.body), &answer); err != nil || answer.State != "done" {
		v.h.t.Fatalf("%d %s", got.status, got.body)
	}
	if page := v.get(answer.URL); !strings.Contains(page.body, `name="rev"`) {
		v.h.t.Fatalf("the file is not ready: %d %s", page.status, page.body)
	}
	return answer.URL
}

var revision = regexp.MustCompile(`name="rev" value="(\d+)"`)

// rev is the revision that a form was opened with.
func (s seen) rev() string {
	if m := revision.FindStringSubmatch(s.body); m != nil {
		return m[1]
	}
	return ""
}

const guide = "# First contact in the district\n\nPolice and residents meet. The first patrol names one contact person for each street.\n\n" +
	"The contact person answers within two days and writes down what was agreed with the residents.\n"

func TestUploading(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		v := h.signedIn("expert@polis.example", access.Expert)
		t.Run("without script many files come in one form, good and bad", func(t *testing.T) {
			got := v.send("/en/library/upload?batch=mixed", false, "guide.md", guide, "empty.pdf", "", "broken.pdf", "%PDF-1.7 and nothing more")
			if got.status != http.StatusSeeOther || !strings.HasPrefix(got.location, "/en/library/intake?batch=mixed") {
				t.Fatalf("%d %s", got.status, got.location)
			}
			page := v.get("/en/library/intake?batch=mixed&wait=1")
			for _, words := range []string{"First contact in the district", "guide.md", "empty.pdf", "broken.pdf", lang.For("en").T("extract.reason.empty")} {
				if !page.says(words) {
					t.Errorf("the list does not say %q", words)
				}
			}
		})
		t.Run("the reason of quarantine stands there in the reader's language", func(t *testing.T) {
			page := v.get("/ru/library/intake?stage=quarantined")
			if !page.says(lang.For("ru").T("extract.reason.empty")) || page.says("guide.md") {
				t.Errorf("%s", page.body)
			}
		})
		t.Run("with script each file has its answer", func(t *testing.T) {
			var answer UploadAnswer
			got := v.send("/de/library/upload?batch=b2", true, "other.md", guide+"More.")
			if err := json.Unmarshal([]byte(got.body), &answer); err != nil || answer.State != "done" || answer.Text != lang.For("de").T("library.upload.here") {
				t.Errorf("%d %s", got.status, got.body)
			}
		})
		t.Run("the same file again is said to have come before", func(t *testing.T) {
			got := v.send("/en/library/upload?batch=b3", true, "guide again.md", guide)
			if got.status != 200 || !strings.Contains(got.body, `"attention"`) || !got.says(lang.For("en").T("library.upload.before")) {
				t.Errorf("%d %s", got.status, got.body)
			}
		})
		t.Run("a form without a file says so, and a script hears it as a problem", func(t *testing.T) {
			if got := v.send("/en/library/upload", false); got.status != http.StatusUnprocessableEntity || !got.says(lang.For("en").T("library.upload.none")) {
				t.Errorf("%d", got.status)
			}
			if got := v.send("/en/library/upload", true); got.status != http.StatusBadRequest || !strings.Contains(got.body, `"detail"`) {
				t.Errorf("%d %s", got.status, got.body)
			}
		})
		t.Run("a form that is cut off in the middle stores nothing of the file", func(t *testing.T) {
			body := "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"cut.md\"\r\n\r\n# Half a"
			got := v.do(v.request("POST", "/en/library/upload?batch=cut", "multipart/form-data; boundary=x", strings.NewReader(body)))
			if got.status != http.StatusBadRequest || !got.says(lang.For("en").T("library.upload.cut")) {
				t.Errorf("%d %s", got.status, got.body)
			}
			if v.get("/en/library/intake?batch=cut").says("cut.md") {
				t.Error("half a file was stored")
			}
		})
		t.Run("what is no form of files is refused", func(t *testing.T) {
			if got := v.post("/en/library/upload", "file", "x"); got.status != http.StatusBadRequest {
				t.Errorf("%d", got.status)
			}
		})
	})
}

func TestWhoMayContribute(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		expert := h.signedIn("expert@polis.example", access.Expert)
		form := expert.arrive("guide.md", guide)
		visitor := h.signedIn("visitor@polis.example", access.Visitor)
		other := h.signedIn("trainer@polis.example", access.Trainer)
		t.Run("a reader without the right is refused with a page", func(t *testing.T) {
			for _, path := range []string{"/en/library/upload", "/en/library/intake", form} {
				if got := visitor.get(path); got.status != http.StatusForbidden || !got.says("<h1") {
					t.Errorf("%s: %d", path, got.status)
				}
			}
			if got := visitor.send("/en/library/upload", false, "a.md", guide); got.status != http.StatusForbidden {
				t.Errorf("upload: %d", got.status)
			}
		})
		t.Run("nobody signed in is led to the form, and from it back", func(t *testing.T) {
			got := h.visitor().get("/fr/library/upload")
			if got.status != http.StatusSeeOther || got.location != "/fr/sign-in?next=%2Ffr%2Flibrary%2Fupload" {
				t.Errorf("%d %s", got.status, got.location)
			}
			if got := h.visitor().send("/en/library/upload", false, "a.md", guide); got.status != http.StatusForbidden {
				t.Errorf("upload: %d", got.status)
			}
		})
		t.Run("somebody else's file is not there", func(t *testing.T) {
			if got := other.get(form); got.status != http.StatusNotFound {
				t.Errorf("page: %d", got.status)
			}
			for _, act := range []string{"confirm", "retry", "discard"} {
				if got := other.post(strings.TrimSuffix(form, "confirm") + act); got.status != http.StatusNotFound {
					t.Errorf("%s: %d", act, got.status)
				}
			}
			if other.get("/en/library/intake").says("guide.md") {
				t.Error("the list shows it")
			}
		})
		t.Run("an administrator sees everybody's, with the name of who brought it", func(t *testing.T) {
			admin := h.signedIn("admin@polis.example", access.Administrator)
			page := admin.get("/en/library/intake")
			if !page.says("guide.md") || !page.says("Test expert@polis.example") {
				t.Error("the list lacks the file or the name")
			}
		})
	})
}

// confirmation is a file whose form lies before the expert who brought it.
type confirmation struct {
	inhabited
	v     visitor
	form  string // its address
	page  seen   // as it was opened
	first seen   // what sending it well came to
}

// good is what she sends: name, value pairs.
func (c *confirmation) good() []string {
	return []string{"rev", c.page.rev(), "lang", "en", "title", "First contact", "date", "26.7.2012", "level", "public", "themes", "police-reform/community-policing", "origin", "KG", "keywords", "patrol; street"}
}

func TestConfirming(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		v := h.signedIn("expert@polis.example", access.Expert)
		c := &confirmation{inhabited: h, v: v, form: v.arrive("guide.md", guide)}
		c.page = v.get(c.form)
		t.Run("the form proposes what the file says, beside how its text begins", c.proposes)
		t.Run("a mistake keeps everything typed and says what to do", c.keepsWhatWasTyped)
		c.first = v.post(c.form, c.good()...)
		t.Run("a confirmed file is a document with what was typed", c.becomesADocument)
		t.Run("the second click of a double click makes no second document", c.isTakenOnce)
		t.Run("a form of an older state says so and keeps what was typed", c.saysThatItIsOld)
		t.Run("a translation becomes a language version of its document", c.takesATranslation)
		t.Run("save and next leads to the next file, filled in like the one before", c.leadsToTheNext)
		t.Run("a file put aside is no longer offered, and its form says what became of it", c.isPutAside)
	})
}

func (c *confirmation) proposes(t *testing.T) {
	for _, words := range []string{"First contact in the district", "The contact person answers within two days"} {
		if !c.page.says(words) {
			t.Errorf("no %q", words)
		}
	}
}

func (c *confirmation) keepsWhatWasTyped(t *testing.T) {
	got := c.v.post(c.form, "rev", c.page.rev(), "lang", "en", "title", "", "summary", "Typed summary", "symbol", "POLIS/1", "date", "yesterday",
		"themes", "cybercrime", "relation-kind-1", "cites", "keywords", "patrol, street")
	if got.status != http.StatusUnprocessableEntity {
		t.Fatalf("%d", got.status)
	}
	en := lang.For("en")
	for _, words := range []string{
		"Typed summary", "POLIS/1", "yesterday", "patrol, street", `value="cybercrime" checked`,
		en.T("library.error.title"), en.T("library.error.date"), en.T("library.error.level"), en.T("library.error.relation"), `href="#relation-to-1"`,
	} {
		if !strings.Contains(got.body, words) {
			t.Errorf("no %q", words)
		}
	}
}

func (c *confirmation) becomesADocument(t *testing.T) {
	if c.first.status != http.StatusSeeOther || !strings.HasPrefix(c.first.location, "/en/library/") {
		t.Fatalf("%d %s %s", c.first.status, c.first.location, c.first.body)
	}
	doc := c.visitor().get(c.first.location)
	for _, words := range []string{"First contact", "26 July 2012", "Kyrgyzstan", "patrol, street"} {
		if !doc.says(words) {
			t.Errorf("no %q on its page", words)
		}
	}
}

func (c *confirmation) isTakenOnce(t *testing.T) {
	if again := c.v.post(c.form, c.good()...); again.location != c.first.location {
		t.Errorf("%s and %s", c.first.location, again.location)
	}
	n, err := store.Get[int64](context.Background(), c.DB, store.Everything("test"), "SELECT COUNT(*) FROM document WHERE {scope}")
	if err != nil || n != 1 {
		t.Error(n, err)
	}
}

func (c *confirmation) saysThatItIsOld(t *testing.T) {
	form := c.v.arrive("second.md", guide+"\n\nA second text about hate crime and its victims.")
	got := c.v.post(form, "rev", "0", "lang", "en", "title", "Kept title", "level", "public")
	if got.status != http.StatusConflict || !strings.Contains(got.body, "Kept title") {
		t.Errorf("%d", got.status)
	}
	if again := c.v.post(form, "rev", got.rev(), "lang", "en", "title", "Kept title", "level", "public"); again.status != http.StatusSeeOther {
		t.Errorf("saving again: %d", again.status)
	}
}

func (c *confirmation) takesATranslation(t *testing.T) {
	id := documentID(strings.SplitN(c.first.location, "?", 2)[0])
	form := c.v.arrive("ru.md", "# Первая встреча в районе\n\nПолиция и жители встречаются. Первый патруль называет одно контактное лицо для каждой улицы района.\n")
	page := c.v.get(form + "?into=" + id)
	got := c.v.post(form, "rev", page.rev(), "lang", "ru", "title", "Первая встреча", "home", id)
	if got.status != http.StatusSeeOther || documentID(strings.SplitN(got.location, "?", 2)[0]) != id {
		t.Fatalf("%d %s", got.status, got.location)
	}
	if !c.v.get("/ru/library/" + id).says("Первая встреча") {
		t.Error("the Russian page does not show it")
	}
}

func (c *confirmation) leadsToTheNext(t *testing.T) {
	one := c.v.arrive("one.md", guide+"\n\nOne more text about the prevention of trafficking.")
	c.v.arrive("two.md", guide+"\n\nTwo more texts about the prevention of terrorism.")
	got := c.v.post(one, "rev", c.v.get(one).rev(), "lang", "en", "title", "One", "level", "member", "type", "guide", "then", "next")
	next := c.v.get(got.location)
	if got.status != http.StatusSeeOther || !next.says("Two more texts") || !strings.Contains(next.body, `value="member" checked`) || !strings.Contains(next.body, `value="guide" selected`) {
		t.Errorf("%d %s", got.status, got.location)
	}
}

func (c *confirmation) isPutAside(t *testing.T) {
	form := c.v.arrive("aside.md", guide+"\n\nA text that nobody needs.")
	if got := c.v.post(strings.TrimSuffix(form, "confirm") + "discard"); got.status != http.StatusSeeOther {
		t.Fatal(got.status)
	}
	if c.v.get("/en/library/intake").says("aside.md") || !c.v.get("/en/library/intake?stage=discarded").says("aside.md") {
		t.Error("the lists are wrong")
	}
}

func TestTakingAll(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		v := h.signedIn("expert@polis.example", access.Expert)
		v.arrive("en.md", "# Forum minutes\n\nPOLIS.DEMO/7/26\n\nThe police and the public of the district met and agreed on three steps for the coming year.\n")
		v.arrive("de.md", "# Niederschrift des Forums\n\nPOLIS.DEMO/8/26\n\nPolizei und Bevölkerung des Bezirks trafen sich und vereinbarten drei Schritte für das kommende Jahr.\n")
		t.Run("who may read them is asked once for all", func(t *testing.T) {
			got := v.post("/en/library/intake?batch=b1", "type", "minutes", "licence", "Typed terms")
			if got.status != http.StatusUnprocessableEntity || !got.says(lang.For("en").T("library.error.level")) || !got.says("Typed terms") {
				t.Errorf("%d", got.status)
			}
		})
		t.Run("all that are ready are taken as proposed", func(t *testing.T) {
			got := v.post("/en/library/intake?batch=b1", "type", "minutes", "level", "public", "themes", "police-reform")
			if got.status != http.StatusSeeOther || !strings.Contains(got.location, "n=2") {
				t.Fatalf("%d %s", got.status, got.location)
			}
			if page := v.get("/en/library/intake?batch=b1&stage=kept"); !page.says("Forum minutes") || !page.says("Niederschrift des Forums") {
				t.Error("they are not in the library")
			}
		})
	})
}
