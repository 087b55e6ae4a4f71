package web

import (
	"context"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/inbox"
	"polis/internal/lang"
	"polis/internal/store"
)

// takesMail gives the house an inbox.
func (h inhabited) takesMail() {
	h.t.Helper()
	b := &inbox.Box{DB: h.DB, Files: h.Library.Files, Keys: h.Keys, Texts: h.Library.Texts, Domain: "polis.example"}
	b.On("agenda", "/assistance/agendas", func(context.Context, inbox.Address, inbox.Message) error { return nil })
	h.Inbox = b
}

var mailAddress = regexp.MustCompile(`agenda\+[a-z2-7]{26}@polis\.example`)

func TestMailThatComesIn(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		officer := h.signedIn("officer@polis.example", access.DeskOfficer)
		admin := h.signedIn("admin@polis.example", access.Administrator)
		t.Run("where none is taken in no page speaks of an address", func(t *testing.T) {
			if got := officer.get("/en/assistance/agendas"); got.status != http.StatusOK || strings.Contains(got.body, "/inbox/") {
				t.Errorf("%d: %s", got.status, got.body)
			}
			if got := officer.post("/en/inbox/agenda"); got.status != http.StatusNotFound {
				t.Error(got.status)
			}
			if got := admin.get("/en/admin/mail"); !got.says(lang.For("en").T("inbox.state.off")) {
				t.Error(got.body)
			}
		})
		h.takesMail()
		t.Run("she makes an address, renews it and takes it back", func(t *testing.T) {
			page := officer.get("/de/assistance/agendas")
			if mailAddress.MatchString(html.UnescapeString(page.body)) || !page.says("officer@polis.example") {
				t.Errorf("before: %s", page.body)
			}
			var seen []string
			for range 2 {
				if got := officer.post("/de/inbox/agenda"); got.status != http.StatusSeeOther {
					t.Fatal(got.status)
				}
				seen = append(seen, mailAddress.FindString(html.UnescapeString(officer.get("/de/assistance/agendas").body)))
			}
			if seen[0] == "" || seen[1] == "" || seen[0] == seen[1] {
				t.Errorf("%q", seen)
			}
			if got := officer.post("/de/inbox/agenda/end"); got.status != http.StatusSeeOther {
				t.Error(got.status)
			}
			if page := officer.get("/de/assistance/agendas"); mailAddress.MatchString(html.UnescapeString(page.body)) {
				t.Error("it stays")
			}
		})
		t.Run("nobody makes one without an account, or for nothing", func(t *testing.T) {
			if got := h.visitor().post("/en/inbox/agenda"); got.status/100 != 4 {
				t.Error(got.status)
			}
			if got := officer.post("/en/inbox/thread"); got.status != http.StatusNotFound {
				t.Error(got.status)
			}
		})
		t.Run("the administrator sees what was not acted upon, and nothing of what it says", func(t *testing.T) {
			_, err := store.Upkeep(t.Context(), h.DB, `
				INSERT INTO inbox_message (id, person, purpose, object, mark, domain, bytes, sum, stage, reason, tries, created, updated)
				VALUES ('m1', 'p1', 'agenda', '', $1, 'ministry.example', 2048, $1, 'aside', 'failing', 6, $2, $2)`, strings.Repeat("a", 64), time.Now())
			if err != nil {
				t.Fatal(err)
			}
			page := admin.get("/en/admin/mail")
			for _, words := range []string{"From ministry.example", lang.For("en").T("inbox.reason.failing"), "/en/admin/mail/inbox/m1/again", lang.For("en").T("inbox.verifier.none")} {
				if !page.says(words) && !strings.Contains(page.body, words) {
					t.Errorf("%q is missing", words)
				}
			}
			if got := officer.post("/en/admin/mail/inbox/m1/again"); got.status != http.StatusForbidden {
				t.Error("anybody may:", got.status)
			}
			if got := admin.post("/en/admin/mail/inbox/m1/again"); got.status != http.StatusSeeOther {
				t.Error(got.status)
			}
			if got := admin.post("/en/admin/mail/inbox/m1/again"); got.status != http.StatusNotFound {
				t.Error("twice:", got.status)
			}
		})
	})
}
