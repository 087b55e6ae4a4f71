package web

import (
	"net/http"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/lang"
)

// Somebody else signs in as her: she reads a letter, and that one is out.
func TestALetterEndsASessionThatIsNotHers(t *testing.T) {
	eachPostal(t, func(t *testing.T, h postal) {
		const address = "a@polis.example"
		en := lang.For("en")
		h.person(address, access.Expert, "")
		own := h.enter(address, firefox)
		if got := own.post("/en/sign-out"); got.status != http.StatusSeeOther {
			t.Fatal(got.status)
		}
		if got := own.post("/en/sign-in", "email", address, "password", testPassword); got.status != http.StatusSeeOther {
			t.Fatal(got.status)
		}
		if _, err := h.Post.SendDue(t.Context()); err != nil || len(h.mailbox.Letters()) > 0 {
			t.Fatalf("her own browser is told of: %v %v", h.mailbox.Letters(), err)
		}
		thief := h.enter(address, "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36")
		letter := h.letter(address)
		if body := letter.Parts(t)["text/plain"]; !strings.Contains(body, "Chrome, Linux") || letter.Subject() != en.T("mail.new-device.subject") {
			t.Fatalf("%s", body)
		}
		path := h.link(address)
		outside := h.visitor()
		for range 3 { // her mail server opens it too
			if got := outside.get(path); got.status != http.StatusOK || !got.says(en.T("signin.end.lead")) {
				t.Fatalf("%d %s", got.status, got.body)
			}
		}
		if !thief.in() {
			t.Error("looking at the link was enough")
		}
		if got := outside.post("/en/sessions/end", "t", secretOf(t, path)); got.status != http.StatusOK || !got.says(en.T("signin.end.done")) || !strings.Contains(got.body, `href="/en/reset"`) {
			t.Errorf("%d %s", got.status, got.body)
		}
		if thief.in() || own.in() {
			t.Error("a session goes on")
		}
		for _, got := range []seen{outside.get(path), outside.post("/en/sessions/end", "t", secretOf(t, path)), outside.get("/en/sessions/end"), outside.get("/en/sessions/end?t=forged")} {
			if got.status != http.StatusGone {
				t.Errorf("what opens nothing: %d", got.status)
			}
		}
	})
}

// What she does in the browser that she knows is told once, and the browser in
// which she confirms a new address stays known by it.
func TestChangesMadeInTheBrowserAreTold(t *testing.T) {
	eachPostal(t, func(t *testing.T, h postal) {
		en := lang.For("en")
		h.person("a@polis.example", access.Expert, "")
		own := h.enter("a@polis.example", firefox)
		if got := own.post("/en/account/address", "email", "b@polis.example"); got.status != http.StatusSeeOther {
			t.Fatal(got.status, got.body)
		}
		if got := own.post("/en/address/confirm", "t", secretOf(t, h.link("b@polis.example"))); got.status != http.StatusSeeOther {
			t.Fatal(got.status, got.body)
		}
		own.post("/en/sign-out")
		if got := own.post("/en/sign-in", "email", "b@polis.example", "password", testPassword); got.status != http.StatusSeeOther {
			t.Fatal(got.status)
		}
		h.letter("b@polis.example")
		for _, l := range h.mailbox.Letters() {
			if l.Subject() == en.T("mail.new-device.subject") {
				t.Error("the browser in which she confirmed the address is not known by it")
			}
		}
	})
}
