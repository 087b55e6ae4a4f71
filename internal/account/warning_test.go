package account_test

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/account/providertest"
	"polis/internal/keyring"
	"polis/internal/lang"
	"polis/internal/mail"
	"polis/internal/store"
)

// settle makes an account that is older than its first hour.
func settle(t *testing.T, db *store.DB, person string) {
	t.Helper()
	_, err := store.Write(ctx, db, system, func(tx *store.Tx) (store.Event, error) {
		_, err := tx.Exec(ctx, "UPDATE person SET created = $2 WHERE id = $1", person, time.Now().Add(-2*time.Hour))
		return store.Event{Act: "test.settled", Object: person, Quiet: true}, err
	})
	must(t, err)
}

// warnings sends what waits and returns the letters to the address that warn.
func (o office) warnings(to string) (texts []string) {
	o.t.Helper()
	_, err := o.post.SendDue(ctx)
	must(o.t, err)
	for _, l := range o.server.Letters() {
		if l.To == to {
			texts = append(texts, l.Subject()+"\n"+l.Parts(o.t)["text/plain"])
		}
	}
	return texts
}

func (o office) door() account.Door {
	return account.Door{DB: o.db, Keys: o.post.Keys, Pace: time.Millisecond}
}

// enter signs the person in from there, as the pages do.
func (o office) enter(id string, k account.Knock) account.Device {
	o.t.Helper()
	p, err := account.Load(ctx, o.db, id)
	must(o.t, err)
	must(o.t, o.door().Welcome(ctx, k, p, "password", account.OneFactor))
	return o.door().Remember(k.Device, p.Email)
}

// ASVS 5.0 6.3.5.
func TestASignInWithANewBrowserIsTold(t *testing.T) {
	const address = "a@polis.example"
	withMail(t, func(t *testing.T, o office) {
		p, _ := o.person(address, access.MemberRole, "KG")
		first := o.enter(p.ID, account.Knock{Address: "192.0.2.1", Browser: "Firefox, Windows"})
		if got := o.warnings(address); len(got) != 0 {
			t.Fatalf("the very first sign-in is told: %q", got)
		}
		o.enter(p.ID, account.Knock{Address: "198.51.100.9", Device: first, Browser: "Firefox, Windows"})
		if got := o.warnings(address); len(got) != 0 {
			t.Fatalf("the browser that she has used is told of: %q", got)
		}
		other := account.Knock{Address: "203.0.113.5", Browser: "Chrome, Android"}
		var twice sync.WaitGroup
		for range 4 { // a button pressed twice, and twice again: the browser has no mark yet
			twice.Go(func() { o.enter(p.ID, other) })
		}
		twice.Wait()
		other.Device = o.enter(p.ID, other)
		o.enter(p.ID, other)
		got := o.warnings(address)
		if len(got) != 1 || !strings.Contains(got[0], "Chrome, Android") || !strings.Contains(got[0], "UTC") || !strings.Contains(got[0], origin+"/en/sessions/end?t=") {
			t.Fatalf("a new browser is told of %d times: %q", len(got), got)
		}
		o.enter(p.ID, account.Knock{Address: "203.0.113.77", Browser: "Chrome, Android"})
		if got := o.warnings(address); len(got) != 2 {
			t.Errorf("one like it elsewhere is told of %d times", len(got)-1)
		}
		o.enter(p.ID, account.Knock{Address: "203.0.113.78"})
		if got := o.warnings(address); len(got) != 3 || !strings.Contains(got[2], lang.For("en").T("signin.device.unknown")) {
			t.Errorf("one that does not say what it is: %q", got)
		}
	})
}

func TestTheLinkOfAWarningEndsEverySessionOnce(t *testing.T) {
	withMail(t, func(t *testing.T, o office) {
		p, _ := o.person("a@polis.example", access.MemberRole, "KG")
		o.enter(p.ID, account.Knock{Address: "192.0.2.1"})
		o.enter(p.ID, account.Knock{Address: "192.0.2.2"})
		secret := o.send("a@polis.example").Secret(t)
		before, err := account.SignedOut(ctx, o.db, p.ID)
		must(t, err)
		if _, err := account.Peek(ctx, o.db, account.ToReset, secret); !errors.Is(err, account.ErrTicket) {
			t.Error("it sets a new password too:", err)
		}
		must(t, account.EndByLetter(ctx, o.db, secret))
		if after, err := account.SignedOut(ctx, o.db, p.ID); err != nil || !after.After(before) {
			t.Error("sessions go on:", before, after, err)
		}
		if err := account.EndByLetter(ctx, o.db, secret); !errors.Is(err, account.ErrTicket) {
			t.Error("a second time:", err)
		}
		if err := account.EndByLetter(ctx, o.db, "forged"); !errors.Is(err, account.ErrTicket) {
			t.Error("a forged one:", err)
		}
	})
}

// ASVS 5.0 6.3.7.
func TestAChangeOfHowSomebodySignsInIsTold(t *testing.T) {
	const address = "anna@mia.example"
	withMail(t, func(t *testing.T, o office) {
		p, _ := o.person(address, access.MemberRole, "KG")
		admin, d, self := access.Act("admin", access.Administrator, "", ""), o.door(), access.Subject{ID: p.ID}
		addApp := func() {
			offer := d.OfferAuthenticator(p)
			must(t, d.AddAuthenticator(ctx, self, p, offer.State, code(t, offer.Secret, 0)))
		}
		codes := func() { _, err := d.NewRecoveryCodes(ctx, self, p.ID); must(t, err) }
		addApp()
		codes()
		must(t, account.SetPassword(ctx, o.db, self, p.ID, password+" anew"))
		must(t, account.RemoveAuthenticator(ctx, o.db, self, p.ID))
		if got := o.warnings(address); len(got) != 0 {
			t.Fatalf("who sets her new account up is told of each step: %q", got)
		}
		settle(t, o.db, p.ID)

		passkey := func() {
			_, err := store.Write(ctx, o.db, system, func(tx *store.Tx) (store.Event, error) {
				_, err := tx.Exec(ctx, "INSERT INTO passkey (id, person, name, site, credential, created, used) VALUES ('k', $1, 'key', 'polis.example', '{}', $2, 0)", p.ID, tx.Now())
				return store.Event{Act: "test.passkey", Object: p.ID, Quiet: true}, err
			})
			must(t, err)
		}
		passkey()
		there := providertest.New(t, anna())
		ps, mia := account.NewProviders(o.db, d.Keys, &http.Client{Timeout: time.Second}), account.Provider{ID: "mia", Names: lang.Names{"en": "Ministry"}, Issuer: there.URL, Client: there.Client, Enabled: true}
		must(t, ps.SaveProvider(ctx, system, mia, there.Secret))
		said := account.Claims{Issuer: there.URL, Subject: "person-1"}
		n := 0
		for _, c := range []struct {
			change string // "": none that anybody has to hear of
			do     func()
		}{
			{"authenticator.added", addApp},
			{"", codes}, // the first ones come with the app
			{"recovery.renewed", codes},
			{"authenticator.removed", func() { must(t, account.RemoveAuthenticator(ctx, o.db, self, p.ID)) }},
			{"passkey.removed", func() { must(t, account.RemovePasskey(ctx, o.db, self, p.ID, "k")) }},
			{"", func() { _ = account.RemovePasskey(ctx, o.db, self, p.ID, "k") }},
			{"authenticator.added", addApp},
			{"factors.reset", func() { must(t, account.ResetFactors(ctx, o.db, admin, p.ID)) }},
			{"", func() { _ = account.ResetFactors(ctx, o.db, admin, p.ID) }},
			{"identity.joined", func() {
				i, err := ps.OpenIntroduction(ps.SealIntroduction(mia, said))
				must(t, err)
				must(t, ps.Join(ctx, self, i))
				must(t, ps.Join(ctx, self, i)) // a second press
			}},
			{"identity.parted", func() {
				known, err := account.Identities(ctx, o.db, self, p.ID)
				must(t, err)
				must(t, account.Part(ctx, o.db, self, p.ID, known[0].ID))
			}},
			{"password", func() { must(t, account.SetPassword(ctx, o.db, self, p.ID, password+" once more")) }},
		} {
			c.do()
			words := lang.For("en").T("mail.change." + c.change)
			if c.change == "password" {
				words = subject("password-changed")
			}
			if c.change != "" {
				n++
			}
			if got := o.warnings(address); len(got) != n || c.change != "" && !strings.Contains(got[n-1], words) {
				t.Fatalf("%q: %d letters instead of %d, the last %q", c.change, len(got), n, got[len(got)-1])
			}
		}
	})
}

// What the acts of changes are called has words in the letters, in each language.
func TestAWarningIsWrittenInHerLanguage(t *testing.T) {
	withMail(t, func(t *testing.T, o office) {
		keys, err := keyring.Open(t.TempDir(), "")
		must(t, err)
		d := account.Door{DB: o.db, Keys: keys}
		for _, tag := range lang.All {
			p := create(t, o.db, account.New{Email: string(tag) + "@polis.example", Role: access.Visitor, Lang: tag})
			settle(t, o.db, p.ID)
			offer := d.OfferAuthenticator(p)
			must(t, d.AddAuthenticator(ctx, access.Subject{ID: p.ID}, p, offer.State, code(t, offer.Secret, 0)))
			l := o.send(p.Email)
			if body := l.Parts(t)["text/plain"]; !strings.Contains(body, lang.For(tag).T("mail.change.authenticator.added")) || strings.Contains(body, "⟦") {
				t.Errorf("%s: %s", tag, body)
			}
			if got, path := l.Link(t); got != origin || !strings.HasPrefix(path, "/"+string(tag)+"/sessions/end?t=") {
				t.Errorf("%s: %s%s", tag, got, path)
			}
		}
		if n, err := mail.Counts(ctx, o.db); err != nil || n[mail.Waiting] > 0 {
			t.Error(n, err)
		}
	})
}
