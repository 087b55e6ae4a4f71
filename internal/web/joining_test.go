package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/lang"
	"polis/internal/mail"
	"polis/internal/mail/mailtest"
	"polis/internal/store"
)

// postal is a house whose letters reach a real server.
type postal struct {
	inhabited
	mailbox *mailtest.Server
}

const testOrigin = "https://polis.example"

// eachPostal runs the test in a house with mail on each engine.
func eachPostal(t *testing.T, fn func(t *testing.T, h postal)) {
	t.Helper()
	eachHouse(t, func(t *testing.T, h inhabited) {
		s := mailtest.Start(t, false, nil)
		if err := mail.Save(t.Context(), h.DB, h.Keys, access.System("test"), s.Settings(mail.Plain)); err != nil {
			t.Fatal(err)
		}
		h.Post.Origin = testOrigin
		fn(t, postal{h, s})
	})
}

// letter sends what waits and returns the newest to the address.
func (h postal) letter(to string) mailtest.Letter {
	h.t.Helper()
	if _, err := h.Post.SendDue(context.Background()); err != nil {
		h.t.Fatal(err)
	}
	return h.mailbox.Last(h.t, to)
}

// link is where the newest letter to the address leads.
func (h postal) link(to string) string {
	h.t.Helper()
	at, path := h.letter(to).Link(h.t)
	if at != testOrigin {
		h.t.Errorf("the letter leads to %s", at)
	}
	return path
}

// entered opens a browser in which a person with the role for a State is signed in.
func (h inhabited) entered(email string, role access.Role, state string) visitor {
	h.t.Helper()
	v, _ := h.as(email, role, state)
	return v
}

// secretOf is the ticket in an address.
func secretOf(t *testing.T, path string) string {
	t.Helper()
	u, err := url.Parse(path)
	if err != nil || u.Query().Get("t") == "" {
		t.Fatalf("no ticket in %q", path)
	}
	return u.Query().Get("t")
}

func TestJoining(t *testing.T) {
	en := lang.For("en")
	eachPostal(t, func(t *testing.T, h postal) {
		h.person("focal@polis.example", access.FocalPoint, "KG")
		t.Run("she writes her address, opens the letter, says who she is, and is told what happens next", func(t *testing.T) {
			v := h.visitor()
			if got := v.post("/en/register", "email", "aigul@polis.example"); got.status != http.StatusSeeOther || got.location != "/en/register/sent" {
				t.Fatalf("%d %s", got.status, got.location)
			}
			path := h.link("aigul@polis.example")
			for range 3 { // her mail server opens it too
				if got := v.get(path); got.status != 200 || !got.says(en.T("joining.newcomer.lead")) {
					t.Fatalf("%d", got.status)
				}
			}
			secret := secretOf(t, path)
			bad := v.post("/en/register/confirm", "t", secret, "name", "Aigul Asanova", "for", "Kyrgyz", "password", "short", "again", "short")
			if bad.status != http.StatusUnprocessableEntity || !strings.Contains(bad.body, `value="Aigul Asanova"`) || strings.Contains(bad.body, "short\"") {
				t.Errorf("%d: what she typed is lost, or her password is shown", bad.status)
			}
			got := v.post("/en/register/confirm", "t", secret, "name", "Aigul Asanova", "for", "Kyrgyzstan", "lang", "ru", "password", "four words nobody joins", "again", "four words nobody joins")
			if got.status != http.StatusSeeOther || !strings.HasSuffix(got.location, "/welcome") {
				t.Fatalf("%d %s", got.status, got.location)
			}
			page := v.get("/en/welcome")
			if !page.says(en.T("joining.arrival.asked", "who", "Kyrgyzstan")) || !page.says(en.T("joining.arrival.then", "n", account.AnswerDays)) || strings.Contains(page.body, "focal@") {
				t.Errorf("%d %s", page.status, page.body)
			}
			if again := h.visitor().post("/en/register/confirm", "t", secret, "name", "Eve", "password", "four words nobody joins", "again", "four words nobody joins"); again.status != http.StatusGone {
				t.Errorf("the link again: %d", again.status)
			}
		})
		t.Run("a known and an unknown address are answered alike", func(t *testing.T) {
			for _, form := range []string{"/en/register", "/en/reset"} {
				known := h.visitor().post(form, "email", "focal@polis.example")
				unknown := h.visitor().post(form, "email", "nobody@polis.example")
				if known.status != unknown.status || known.location != unknown.location || known.body != unknown.body {
					t.Errorf("%s: %v %v", form, known, unknown)
				}
			}
		})
		t.Run("what is no address is said, and stays", func(t *testing.T) {
			got := h.visitor().post("/en/register", "email", "aigul@polis.example, all@polis.example")
			if got.status != http.StatusUnprocessableEntity || !got.says(en.T("account.error.email")) || !strings.Contains(got.body, "all@polis.example") {
				t.Errorf("%d", got.status)
			}
		})
		t.Run("a server that is called by another name writes its own into letters", func(t *testing.T) {
			v := h.visitor()
			r := v.request("POST", "/en/reset", "application/x-www-form-urlencoded", strings.NewReader("email=focal@polis.example"))
			r.Host = "evil.example"
			r.Header.Set("X-Forwarded-Host", "evil.example")
			r.Header.Set("Forwarded", "host=evil.example")
			if got := v.do(r); got.status != http.StatusSeeOther {
				t.Fatal(got.status)
			}
			if raw := h.letter("focal@polis.example").Raw; strings.Contains(raw, "evil") {
				t.Error(raw)
			}
			h.link("focal@polis.example")
		})
		t.Run("whoever asks for letter after letter has to wait", func(t *testing.T) {
			var got seen
			for range 12 {
				got = h.visitor().post("/en/reset", "email", "flooded@polis.example")
			}
			if got.status != http.StatusTooManyRequests {
				t.Errorf("%d", got.status)
			}
		})
	})
}

func TestAForgottenPassword(t *testing.T) {
	eachPostal(t, func(t *testing.T, h postal) {
		elsewhere := h.entered("a@polis.example", access.MemberRole, "KG")
		v := h.visitor()
		v.post("/de/reset", "email", "a@polis.example")
		path := h.link("a@polis.example")
		if !strings.HasPrefix(path, "/de/reset/new?t=") {
			t.Fatal(path)
		}
		const fresh = "another four words here"
		if got := v.post("/de/reset/new", "t", secretOf(t, path), "password", fresh, "again", fresh); got.status != http.StatusSeeOther || !strings.HasPrefix(got.location, "/de/sign-in") {
			t.Fatalf("%d %s", got.status, got.location)
		}
		if got := elsewhere.get("/en/account"); got.status != http.StatusSeeOther {
			t.Errorf("the session from before goes on: %d", got.status)
		}
		if got := v.post("/en/sign-in", "email", "a@polis.example", "password", fresh); got.status != http.StatusSeeOther {
			t.Errorf("the new password: %d", got.status)
		}
		if got := v.post("/de/reset/new", "t", secretOf(t, path), "password", "and once more a third", "again", "and once more a third"); got.status != http.StatusGone {
			t.Errorf("the link again: %d", got.status)
		}
	})
}

func TestAnotherAddress(t *testing.T) {
	eachPostal(t, func(t *testing.T, h postal) {
		v, elsewhere := h.entered("old@polis.example", access.MemberRole, "KG"), h.visitor()
		elsewhere.post("/en/sign-in", "email", "old@polis.example", "password", testPassword)
		if got := v.post("/en/account/address", "email", "new@polis.example"); got.status != http.StatusSeeOther {
			t.Fatalf("%d %s", got.status, got.body)
		}
		path := h.link("new@polis.example")
		if got := h.visitor().get(path); got.status != http.StatusSeeOther {
			t.Errorf("a stranger opens it: %d", got.status)
		}
		if got := v.post("/en/address/confirm", "t", secretOf(t, path)); got.status != http.StatusSeeOther {
			t.Fatalf("%d %s", got.status, got.body)
		}
		if got := elsewhere.get("/en/account"); got.status != http.StatusSeeOther {
			t.Errorf("the other session goes on: %d", got.status)
		}
		if page := v.get("/en/account"); page.status != 200 || !page.says("new@polis.example") {
			t.Errorf("hers does not, or shows the old address: %d", page.status)
		}
		undo := h.link("old@polis.example")
		if got := h.visitor().get(undo); got.status != 200 {
			t.Errorf("%d", got.status)
		}
		if got := h.visitor().post("/en/address/undo", "t", secretOf(t, undo)); got.status != 200 || !got.says("old@polis.example") {
			t.Errorf("%d", got.status)
		}
		if got := v.get("/en/account"); got.status != http.StatusSeeOther {
			t.Errorf("her session goes on after the undoing: %d", got.status)
		}
	})
}

func TestAnInvitation(t *testing.T) {
	en := lang.For("en")
	eachPostal(t, func(t *testing.T, h postal) {
		focal := h.entered("focal@polis.example", access.FocalPoint, "KG")
		t.Run("a group that is none of hers is refused with a sentence", func(t *testing.T) {
			got := focal.post("/en/invitations/new", "email", "x@polis.example", "name", "X", "role", "expert", "for", "Kyrgyzstan", "lang", "fr", "groups", "nothing")
			if got.status != http.StatusUnprocessableEntity || !got.says(en.T("joining.error.groups")) {
				t.Errorf("%d", got.status)
			}
		})
		t.Run("a new expert is in with a name and a password", func(t *testing.T) {
			got := focal.post("/en/invitations/new", "email", "anna@polis.example", "name", "Anna", "role", "expert", "for", "Kyrgyzstan", "lang", "fr")
			if got.status != http.StatusSeeOther {
				t.Fatalf("%d %s", got.status, got.body)
			}
			v, path := h.visitor(), h.link("anna@polis.example")
			page := v.get(path)
			if page.status != 200 || !strings.Contains(page.body, `value="Anna"`) || !page.says("Test focal@polis.example") {
				t.Fatalf("%d %s", page.status, page.body)
			}
			got = v.post("/fr/invitation", "t", secretOf(t, path), "name", "Anna A.", "lang", "fr", "password", "four words nobody joins", "again", "four words nobody joins")
			if got.status != http.StatusSeeOther || got.location != "/fr/welcome" {
				t.Fatalf("%d %s", got.status, got.location)
			}
			if welcome := v.get("/en/welcome"); !welcome.says(en.T("access.role.expert")) || !welcome.says("Kyrgyzstan") || welcome.says(en.T("joining.arrival.visitor")) {
				t.Errorf("%d", welcome.status)
			}
		})
		t.Run("whoever has an account signs in first, and comes back", func(t *testing.T) {
			h.person("bela@polis.example", access.Visitor, "")
			focal.post("/en/invitations/new", "email", "bela@polis.example", "role", "member", "for", "KG", "lang", "en")
			v, path := h.visitor(), h.link("bela@polis.example")
			if page := v.get(path); !page.says(en.T("joining.invitation.has-account", "address", "bela@polis.example")) || strings.Contains(page.body, `name="password"`) {
				t.Error("she is asked for a second account")
			}
			got := v.post("/en/sign-in", "email", "bela@polis.example", "password", testPassword, "next", path)
			if got.location != path {
				t.Error("the way back is lost:", got.location)
			}
			if got := focal.get(path); got.status != 200 || strings.Contains(got.body, `action="/en/invitation"`) {
				t.Error("another person may accept it")
			}
			if got := v.post("/en/invitation", "t", secretOf(t, path)); got.status != http.StatusSeeOther {
				t.Errorf("%d %s", got.status, got.body)
			}
			if page := v.get("/en/welcome"); !page.says("Kyrgyzstan") {
				t.Error("nobody vouches for her")
			}
		})
		t.Run("what is wrong is said at its field, and nothing is lost", func(t *testing.T) {
			got := focal.post("/en/invitations/new", "email", "cyril@polis.example", "name", "Cyril", "role", "expert", "for", "Tajikistan", "lang", "en", "until", "2020-01-01")
			if got.status != http.StatusUnprocessableEntity || !got.says(en.T("joining.error.not-yours")) || !got.says(en.T("account.error.until")) || !strings.Contains(got.body, `value="Cyril"`) || !strings.Contains(got.body, `value="Tajikistan"`) {
				t.Errorf("%d %s", got.status, got.body)
			}
		})
		t.Run("the list sends again, hands over and withdraws", func(t *testing.T) {
			focal.post("/en/invitations/new", "email", "dana@polis.example", "role", "member", "for", "KG", "lang", "en")
			id, err := store.Get[string](t.Context(), h.DB, store.Everything("test"), "SELECT id FROM invitation WHERE {scope} AND email = $1", "dana@polis.example")
			if err != nil {
				t.Fatal(err)
			}
			first := h.link("dana@polis.example")
			page := focal.post("/en/invitations/" + id + "/hand")
			if page.status != 200 || !strings.Contains(page.body, testOrigin+"/en/invitation?t=") {
				t.Fatalf("%d %s", page.status, page.body)
			}
			if got := h.visitor().get(first); got.status != http.StatusGone {
				t.Errorf("the link before it: %d", got.status)
			}
			if got := focal.post("/en/invitations/" + id + "/again"); got.status != http.StatusSeeOther {
				t.Errorf("%d", got.status)
			}
			second := h.link("dana@polis.example")
			if got := focal.post("/en/invitations/" + id + "/withdraw"); got.status != http.StatusSeeOther {
				t.Errorf("%d", got.status)
			}
			if got := h.visitor().get(second); got.status != http.StatusGone {
				t.Errorf("a withdrawn one: %d", got.status)
			}
			if page := focal.get("/en/invitations?stage=withdrawn"); !page.says("dana@polis.example") || page.says("anna@polis.example") {
				t.Error("the list by state")
			}
			if got := focal.post("/en/invitations/" + id + "/again"); got.status != http.StatusConflict {
				t.Errorf("%d", got.status)
			}
		})
		t.Run("nobody else comes near", func(t *testing.T) {
			member := h.entered("member@polis.example", access.MemberRole, "KG")
			for _, path := range []string{"/en/invitations", "/en/invitations/new", "/en/invitations/many"} {
				if got := member.get(path); got.status != http.StatusForbidden {
					t.Errorf("a member at %s: %d", path, got.status)
				}
				if got := h.visitor().get(path); got.status != http.StatusSeeOther {
					t.Errorf("nobody at %s: %d", path, got.status)
				}
			}
			if got := member.post("/en/invitations/new", "email", "x@polis.example", "role", "member", "for", "KG", "lang", "en"); got.status != http.StatusForbidden {
				t.Errorf("%d", got.status)
			}
		})
	})
}

// table sends a table of invitations: in a file, or as a field.
func (v visitor) table(field, value string) seen {
	v.h.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if field == "file" {
		part, err := form.CreateFormFile("file", "people.csv")
		if err != nil {
			v.h.t.Fatal(err)
		}
		_, _ = io.WriteString(part, value) // a bytes.Buffer takes everything
	} else if err := form.WriteField(field, value); err != nil {
		v.h.t.Fatal(err)
	}
	_ = form.Close()
	return v.do(v.request("POST", "/en/invitations/many", form.FormDataContentType(), &body))
}

func TestManyInvitations(t *testing.T) {
	en := lang.For("en")
	eachPostal(t, func(t *testing.T, h postal) {
		focal := h.entered("focal@polis.example", access.FocalPoint, "KG")
		t.Run("a table with faults sends nothing, names each, and stays to be mended", func(t *testing.T) {
			got := focal.table("file", "email;role\nanna@polis.example;expert\nnonsense;king\n")
			if got.status != http.StatusUnprocessableEntity || !got.says(en.T("account.error.email")) || !got.says(en.T("account.error.role")) || !strings.Contains(got.body, "anna@polis.example;expert\nnonsense;king") {
				t.Fatalf("%d %s", got.status, got.body)
			}
			if strings.Contains(got.body, `name="held"`) {
				t.Error("it can be sent all the same")
			}
		})
		t.Run("a table in order is shown, and sent with the second step", func(t *testing.T) {
			var text strings.Builder
			text.WriteString("E-Mail;Rolle;Sprache\n")
			for i := range 150 {
				fmt.Fprintf(&text, "p%d@polis.example;Experte;fr\n", i)
			}
			role := lang.For("de").T("access.role.expert")
			got := focal.table("text", strings.ReplaceAll(text.String(), "Experte", role))
			if got.status != 200 || !got.says(en.T("joining.invitations.count", "n", 150)) || !got.says("p99@polis.example") {
				t.Fatalf("%d %s", got.status, got.body)
			}
			_, after, _ := strings.Cut(got.body, `name="held" value="`)
			held, _, _ := strings.Cut(after, `"`)
			if got := focal.table("held", strings.ReplaceAll(held, "&#43;", "+")); got.status != http.StatusSeeOther {
				t.Fatalf("%d %s", got.status, got.body)
			}
			if got := h.link("p149@polis.example"); !strings.HasPrefix(got, "/fr/invitation") {
				t.Error(got)
			}
		})
		t.Run("what is no table is no fault of ours", func(t *testing.T) {
			for _, bad := range []string{"", "\x00\x01\x02", "PK\x03\x04", strings.Repeat("a,", 5000), "email\n\"open"} {
				if got := focal.table("file", bad); got.status >= 500 || got.status == http.StatusSeeOther {
					t.Errorf("%.20q: %d", bad, got.status)
				}
			}
			if got := focal.table("held", "not packed"); got.status != http.StatusBadRequest {
				t.Errorf("%d", got.status)
			}
		})
	})
}

func TestTheMailSettings(t *testing.T) {
	en := lang.For("en")
	eachHouse(t, func(t *testing.T, h inhabited) {
		admin := h.entered("admin@polis.example", access.Administrator, "")
		s := mailtest.Start(t, false, func(s *mailtest.Server) { s.User, s.Password = "polis", "the server's own secret" })
		fields := []string{"host", "127.0.0.1", "port", fmt.Sprint(s.Port), "security", "none", "user", "polis", "from", "polis@polis.example", "name", "POLIS"}
		t.Run("without settings everything that writes says so, and offers the way without", func(t *testing.T) {
			for path, way := range map[string]string{"/en/register": "joining.register.without", "/en/reset": "joining.reset.without"} {
				if got := h.visitor().get(path); !got.says(en.T("joining.no-mail")) || !got.says(en.T(way)) {
					t.Errorf("%s: %d", path, got.status)
				}
				if got := h.visitor().post(path, "email", "a@polis.example"); !got.says(en.T("joining.no-mail")) {
					t.Errorf("POST %s: %d", path, got.status)
				}
			}
			page := admin.post("/en/invitations/new", "email", "anna@polis.example", "role", "member", "for", "KG", "lang", "en")
			if page.status != 200 || !strings.Contains(page.body, "/en/invitation?t=") {
				t.Errorf("no link is made: %d %s", page.status, page.body)
			}
			h.person("lost@polis.example", access.MemberRole, "KG")
			page = admin.post("/en/admin/hand-over", "email", "lost@polis.example")
			if page.status != 200 || !strings.Contains(page.body, "/en/reset/new?t=") {
				t.Errorf("no link for a new password: %d", page.status)
			}
		})
		t.Run("a wrong password is said in the server's words, and never shown", func(t *testing.T) {
			if got := admin.post("/en/admin/mail", append(fields, "password", "a wrong secret")...); got.status != http.StatusSeeOther {
				t.Fatalf("%d %s", got.status, got.body)
			}
			got := admin.post("/en/admin/mail/test", "to", "a@polis.example")
			if !got.says(en.T("mail.refusal.auth")) || !got.says("535 5.7.8 authentication failed") || strings.Contains(got.body, "a wrong secret") {
				t.Errorf("%d %s", got.status, got.body)
			}
		})
		t.Run("the right one sends", func(t *testing.T) {
			admin.post("/en/admin/mail", append(fields, "password", s.Password)...)
			if got := admin.post("/en/admin/mail/test", "to", "a@polis.example"); !got.says(en.T("mail.test.good", "address", "a@polis.example")) || len(s.Letters()) != 1 {
				t.Errorf("%d %s", got.status, got.body)
			}
			if got := admin.get("/en/admin/mail"); strings.Contains(got.body, s.Password) {
				t.Error("the page shows the password")
			}
		})
		t.Run("a line in the open to another machine is refused", func(t *testing.T) {
			got := admin.post("/en/admin/mail", "host", "smtp.polis.example", "port", "25", "security", "none", "from", "polis@polis.example")
			if got.status != http.StatusUnprocessableEntity || !got.says(en.T("mail.error.plain")) {
				t.Errorf("%d", got.status)
			}
		})
		t.Run("a letter that failed is seen and sent again", func(t *testing.T) {
			_, err := store.Write(t.Context(), h.DB, access.System("test"), func(tx *store.Tx) (store.Event, error) {
				return store.Event{Act: "test"}, mail.Queue(t.Context(), tx, mail.Letter{To: "a@polis.example", Kind: "reset"})
			})
			if err != nil {
				t.Fatal(err)
			}
			_, err = store.Upkeep(t.Context(), h.DB, "UPDATE letter SET stage = 'failed', reason = $1, updated = $2", "mail.refusal.recipient\n550 no such user", time.Now())
			if err != nil {
				t.Fatal(err)
			}
			page := admin.get("/en/admin/mail")
			if !page.says(en.T("mail.refusal.recipient")) || !page.says("550 no such user") || !page.says(en.T("mail.again")) {
				t.Errorf("%d %s", page.status, page.body)
			}
		})
		t.Run("only an administrator reaches them", func(t *testing.T) {
			for _, role := range []access.Role{access.DeskOfficer, access.Moderator, access.MemberRole} {
				v := h.entered(string(role)+"@polis.example", role, "")
				for _, path := range []string{"/en/admin/mail", "/en/admin/hand-over"} {
					if got := v.get(path); got.status != http.StatusForbidden {
						t.Errorf("%s at %s: %d", role, path, got.status)
					}
				}
				for _, path := range []string{"/en/admin/mail", "/en/admin/mail/test", "/en/admin/mail/days", "/en/admin/mail/x/again", "/en/admin/hand-over"} {
					if got := v.post(path, append(fields, "to", "a@polis.example", "email", "lost@polis.example")...); got.status != http.StatusForbidden {
						t.Errorf("%s posts to %s: %d", role, path, got.status)
					}
				}
			}
		})
	})
}
