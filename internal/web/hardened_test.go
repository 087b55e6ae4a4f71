package web

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/library"
)

// TestEveryAnswerIsGuarded (ASVS 5.0 3.4.2 to 3.4.6, 4.1.1, 13.4.1 to 13.4.5).
func TestEveryAnswerIsGuarded(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		v := h.signedIn("member@polis.example", access.MemberRole)
		id := h.document(h.subject("author", access.Expert), library.Draft{}, textIn("en", "Street work"))
		for _, path := range []string{
			"/en/", "/en/library/" + id, "/en/account", "/en/nothing", "/en/search?q=x", "/en/library/suggest?q=st", "/directory/names",
			"/robots.txt", "/static/", "/files/", "/en/admin", "/en/account/data", assets.path("polis.css"), assets.path("polis.js"),
			"/.git/config", "/.git/HEAD", "/.svn/entries", "/debug/pprof/", "/debug/vars", "/metrics", "/go.mod", "/templates/home.html",
		} {
			r := v.request("GET", path, "", nil)
			r.Header.Set("Origin", "https://elsewhere.example")
			answer, err := v.client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			head := answer.Header
			for name := range head {
				if strings.HasPrefix(name, "Access-Control-") {
					t.Errorf("%s: %s: %s", path, name, head.Get(name))
				}
			}
			policy := head.Get("Content-Security-Policy")
			for _, rule := range []string{"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} {
				if !strings.Contains(policy, rule) {
					t.Errorf("%s lacks %s", path, rule)
				}
			}
			if head.Get("X-Content-Type-Options") != "nosniff" || head.Get("Referrer-Policy") != "same-origin" {
				t.Errorf("%s: %v", path, head)
			}
			kind := head.Get("Content-Type")
			if answer.ContentLength != 0 && (kind == "" || strings.HasPrefix(kind, "text/") && !strings.Contains(strings.ToLower(kind), "charset=utf-8")) {
				t.Errorf("%s is %q", path, kind)
			}
			if inner := regexp.MustCompile(`^/(\.git|\.svn|debug|metrics|go\.mod|templates|static/$|files/$)`); inner.MatchString(path) && answer.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %d", path, answer.StatusCode)
			}
		}
	})
}

// TestWhatIsTypedComesBackAsText (ASVS 5.0 1.1.1, 1.1.2, 1.2.1, 1.2.3): it is decoded
// once, and escaped for where it stands.
func TestWhatIsTypedComesBackAsText(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		const evil = `"><script>alert('x')</script>&amp;%3Cb%3E`
		id := h.document(h.subject("author", access.Expert), library.Draft{}, textIn("en", evil))
		desk := h.signedIn("desk@polis.example", access.DeskOfficer)
		for _, path := range []string{
			"/en/library/" + id, "/en/library/" + id + "/edit",
			"/en/search?q=%22%3E%3Cscript%3Ealert%28%27x%27%29%3C%2Fscript%3E%26amp%3B%253Cb%253E", "/en/people?q=%22%3E%3Cscript%3Ealert%28%27x%27%29%3C%2Fscript%3E%26amp%3B%253Cb%253E",
		} {
			page := desk.get(path)
			if page.status != http.StatusOK || strings.Contains(page.body, "<script>alert") || strings.Contains(page.body, "<b>") {
				t.Errorf("%s: %d: it has become markup", path, page.status)
			}
			if !strings.Contains(page.body, "&amp;amp;%3Cb%3E") {
				t.Errorf("%s shows something else than was written", path)
			}
		}
	})
}

// TestTheScriptWritesTextOnly (ASVS 5.0 1.3.2, 3.2.2, 3.5.5): nothing that is read
// becomes markup or script, and no window is listened to.
func TestTheScriptWritesTextOnly(t *testing.T) {
	for _, name := range []string{"static/polis.js", "static/passkey.js"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bad := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|setTimeout\(\s*['"]|srcdoc|DOMParser|createContextualFragment|postMessage|'message'|localStorage|indexedDB|document\.cookie|paste`).Find(text); bad != nil {
			t.Errorf("%s: %s", name, bad)
		}
	}
}

// TestPasswordsAreForTheirManager (ASVS 5.0 6.2.6, 6.2.7, 6.4.2): every field of a
// password is masked, named for a manager, and open to pasting; who forgot hers is
// asked for her address and no secret of her life.
func TestPasswordsAreForTheirManager(t *testing.T) {
	eachPostal(t, func(t *testing.T, h postal) {
		v := h.signedIn("a@polis.example", access.MemberRole)
		field := regexp.MustCompile(`<input[^>]*name="(?:password|again|current)"[^>]*>`)
		fields := 0
		pages := map[string]seen{}
		for _, path := range []string{"/en/sign-in", "/en/register", "/en/reset"} {
			pages[path] = h.visitor().get(path)
		}
		pages["/en/account/security/password"] = v.get("/en/account/security/password")
		v.post("/en/reset", "email", "a@polis.example")
		path := h.link("a@polis.example")
		pages["the way to a new one"] = h.visitor().get(path)
		for where, page := range pages {
			for _, input := range field.FindAllString(page.body, -1) {
				fields++
				if !strings.Contains(input, `type="password"`) || !regexp.MustCompile(`autocomplete="(current|new)-password"`).MatchString(input) || strings.Contains(input, "paste") || strings.Contains(input, "maxlength") {
					t.Errorf("%s: %s", where, input)
				}
			}
		}
		if fields < 6 {
			t.Errorf("only %d fields: the test has gone blind", fields)
		}
		names := regexp.MustCompile(`(?:input|textarea|select)[^>]* name="([^"]+)"`).FindAllStringSubmatch(pages["/en/reset"].body, -1)
		for _, name := range names {
			if name[1] != "email" && name[1] != "q" && name[1] != "lang" && name[1] != "next" && name[1] != onceField {
				t.Errorf("who forgot hers is asked for %s", name[1])
			}
		}
	})
}
