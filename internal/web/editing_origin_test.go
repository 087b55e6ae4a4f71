package web

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"polis/internal/access"
	"polis/internal/directory"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/store"
)

// organisations puts so many into the directory, each with a name as long as
// such names are, in all six languages.
func (h inhabited) organisations(n int) {
	h.t.Helper()
	for i := range n {
		names := lang.Names{}
		for _, t := range lang.All {
			names[t] = fmt.Sprintf("Regional Police Academy of District %d", i)
		}
		names["ru"] = fmt.Sprintf("Региональная полицейская академия округа %d", i)
		e := directory.Entry{ID: fmt.Sprintf("academy-%d", i), Kind: directory.Organisation, Names: []directory.Name{{Long: names}}}
		if _, err := directory.Save(context.Background(), h.DB, access.System("test"), e); err != nil {
			h.t.Fatal(err)
		}
	}
}

// weight is what a page costs on the line, headers included, in bytes.
func (v visitor) weight(path string) int {
	v.h.t.Helper()
	r := v.request("GET", path, "", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	w, err := v.client.Do(r)
	if err != nil {
		v.h.t.Fatal(err)
	}
	defer w.Body.Close()
	if w.StatusCode != http.StatusOK || w.Header.Get("Content-Encoding") != "gzip" {
		v.h.t.Fatalf("%s: %d %v", path, w.StatusCode, w.Header)
	}
	head, err := httputil.DumpResponse(w, false)
	if err != nil {
		v.h.t.Fatal(err)
	}
	body, err := io.Copy(io.Discard, w.Body)
	if err != nil {
		v.h.t.Fatal(err)
	}
	return len(head) + int(body)
}

// TestFormWeight holds that the forms are light with a full directory and a
// real text beside them: a telephone with one bar opens them too.
func TestFormWeight(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		h.organisations(90)
		v := h.signedIn("desk@polis.example", access.DeskOfficer)
		texts := []library.Text{}
		for _, tag := range lang.All {
			texts = append(texts, textIn(tag, "Community policing: first contact in the district"))
		}
		id := h.document(h.subject("author", access.Expert), library.Draft{Symbol: "POLIS/1", Level: access.Official, Origin: "KG"}, texts...)
		text, err := os.ReadFile(filepath.Join("..", "demo", "library", "community-policing-first-contact", "ru.md"))
		if err != nil {
			t.Fatal(err)
		}
		form := strings.TrimPrefix(v.arrive("ru.md", string(text)), "/en")
		v.arrive("second.md", guide)
		for path, most := range map[string]int{
			form: 9_000, "/library/" + id + "/edit": 9_000, "/library/intake?batch=b1": 9_000,
			"/directory/KG/edit": 9_000, "/directory/new": 12_000,
		} {
			for _, tag := range lang.All {
				address := "/" + string(tag) + path
				if n := v.weight(address); n > most {
					t.Errorf("%s costs %d bytes", address, n)
				} else {
					t.Logf("%s costs %d bytes", address, n)
				}
			}
		}
	})
}

// TestOrigin holds that whom a document comes from is written by name, and that
// a name that is not clear is asked about.
func TestOrigin(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		en := lang.For("en")
		h.organisations(2)
		desk := h.signedIn("desk@polis.example", access.DeskOfficer)
		id := h.document(h.subject("author", access.Expert), library.Draft{Level: access.Official, Origin: "KG"}, textIn("en", "Guide"))
		path := "/library/" + id + "/edit"
		write := func(prefix, name string) seen {
			return desk.post(prefix+path, "rev", desk.get(prefix+path).rev(), "title-en", "Guide", "level", "official", "origin", name)
		}
		stored := func() string {
			rec, err := h.Library.Get(context.Background(), store.Everything("test"), id)
			if err != nil {
				t.Fatal(err)
			}
			return rec.Origin
		}
		t.Run("the field holds its name in the reader's language", func(t *testing.T) {
			if page := desk.get("/ru" + path); !strings.Contains(page.body, `value="Кыргызстан"`) {
				t.Error(page.body)
			}
		})
		for _, c := range []struct{ sentence, prefix, name, origin string }{
			{"a name in the reader's language", "/ru", "Узбекистан", "UZ"},
			{"an abbreviation", "/fr", "BIDDH", "odihr"},
			{"an id, as forms once sent it", "/en", "KG", "KG"},
			{"nothing: not stated", "/en", "", ""},
		} {
			t.Run(c.sentence, func(t *testing.T) {
				if got := write(c.prefix, c.name); got.status != http.StatusSeeOther || stored() != c.origin {
					t.Errorf("%d, and the origin is %q", got.status, stored())
				}
			})
		}
		t.Run("a part of several names changes nothing and offers them", func(t *testing.T) {
			got := write("/en", "regional academy")
			if got.status != http.StatusUnprocessableEntity || stored() != "" || !strings.Contains(got.body, `href="#origin"`) || !strings.Contains(got.body, `value="regional academy"`) {
				t.Errorf("%d", got.status)
			}
			for i := range 2 {
				name := fmt.Sprintf("Regional Police Academy of District %d", i)
				if !strings.Contains(got.body, `<option value="`+name+`">`) || !got.says(name+map[int]string{0: ";", 1: "."}[i]) {
					t.Errorf("%s is not offered", name)
				}
			}
		})
		t.Run("a name that nobody bears is said to be unknown", func(t *testing.T) {
			if got := write("/en", "Atlantis"); got.status != http.StatusUnprocessableEntity || !got.says(en.T("library.error.origin")) {
				t.Errorf("%d", got.status)
			}
		})
		t.Run("who acts for a State finds it offered without script", func(t *testing.T) { offersOwnState(t, h) })
		t.Run("the address of all names has one a line, in the reader's language", func(t *testing.T) { listsAllNames(t, desk) })
	})
}

func offersOwnState(t *testing.T, h inhabited) {
	h.person("focal@polis.example", access.FocalPoint, "KG")
	focal := h.visitor()
	focal.post("/en/sign-in", "email", "focal@polis.example", "password", testPassword)
	if page := focal.get(focal.arrive("guide.md", guide)); !strings.Contains(page.body, `<option value="Kyrgyzstan">`) {
		t.Error("it is not")
	}
}

func listsAllNames(t *testing.T, desk visitor) {
	lines := strings.Split(desk.get("/ru/directory/names").body, "\n")
	if len(lines) < 150 || lines[0] != "Австрия" {
		t.Errorf("%d lines, the first is %q", len(lines), lines[0])
	}
}

// TestNames holds that the script offers all names to who comes to the field,
// her own first and each once.
func TestNames(t *testing.T) {
	site := testSite(t, Options{})
	site.Handle("GET /directory/names", func(w http.ResponseWriter, _ *http.Request) error {
		_, err := io.WriteString(w, "Albania\nKyrgyzstan\nUzbekistan")
		return err
	})
	server := httptest.NewServer(site)
	t.Cleanup(server.Close)
	var names string
	err := chromedp.Do(tab(t, browser(t)),
		chromedp.Navigate(server.URL+"/en/sample/confirm"),
		chromedp.Focus(chromedp.CSS("#origin")),
		chromedp.WaitReady(chromedp.CSS("#origin-names option:nth-child(3)")),
		into(&names, chromedp.Evaluate[string]("[...document.getElementById('origin').list.options].map(o => o.value).join()")))
	if err != nil {
		t.Fatal(err)
	}
	if names != "Kyrgyzstan,Albania,Uzbekistan" {
		t.Errorf("offered: %s", names)
	}
}

// TestHeard holds that the script says in words what is typed by number.
func TestHeard(t *testing.T) {
	site := testSite(t, Options{})
	site.Handle("GET /framework/numbers", func(w http.ResponseWriter, r *http.Request) error {
		_, err := io.WriteString(w, "heard "+r.FormValue("n"))
		return err
	})
	server := httptest.NewServer(site)
	t.Cleanup(server.Close)
	var heard string
	err := chromedp.Do(tab(t, browser(t)),
		chromedp.Navigate(server.URL+"/en/sample/confirm"),
		chromedp.Evaluate[chromedp.Void]("document.getElementById('items').closest('details').open = true"),
		chromedp.Clear(chromedp.CSS("#items")),
		chromedp.SendKeys(chromedp.CSS("#items"), "12.3"),
		into(&heard, chromedp.Evaluate[string](`new Promise(resolve => setTimeout(() => resolve(document.getElementById('items-heard').textContent.trim()), 1500))`, chromedp.EvalAwaitPromise)))
	if err != nil {
		t.Fatal(err)
	}
	if heard != "heard 12.3" {
		t.Errorf("said: %q", heard)
	}
}
