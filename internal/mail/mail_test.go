package mail_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"polis/internal/access"
	"polis/internal/keyring"
	"polis/internal/lang"
	"polis/internal/mail"
	"polis/internal/mail/mailtest"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

var (
	ctx   = context.Background()
	admin = access.Act("a", access.Administrator, "", "")
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func ring(t *testing.T) *keyring.Ring {
	t.Helper()
	r, err := keyring.Open(t.TempDir(), "")
	must(t, err)
	return r
}

// office is a post on a database, with settings for the server.
func office(t *testing.T, db *store.DB, s *mailtest.Server, security mail.Security) *mail.Post {
	t.Helper()
	p := &mail.Post{DB: db, Keys: ring(t), Origin: "https://polis.example", Roots: s.Roots}
	must(t, mail.Save(ctx, db, p.Keys, admin, s.Settings(security)))
	return p
}

func queue(t *testing.T, db *store.DB, l mail.Letter) {
	t.Helper()
	_, err := store.Write(ctx, db, admin, func(tx *store.Tx) (store.Event, error) {
		return store.Event{Act: "test"}, mail.Queue(ctx, tx, l)
	})
	must(t, err)
}

func TestALetterReachesAServerByEachWay(t *testing.T) {
	db := storetest.SQLite(t)
	for _, c := range []struct {
		name     string
		security mail.Security
		implicit bool
		user     string
	}{
		{"in the open on this machine", mail.Plain, false, ""},
		{"in the open on this machine, signed in", mail.Plain, false, "polis"},
		{"with STARTTLS", mail.StartTLS, false, "polis"},
		{"with TLS from the first byte", mail.TLS, true, "polis"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := mailtest.Start(t, c.implicit, func(s *mailtest.Server) {
				if s.User = c.user; c.user != "" {
					s.Password = "a password of the server"
				}
			})
			p := office(t, db, s, c.security)
			for _, tag := range lang.All {
				if r := p.Test(ctx, s.Settings(c.security), "a@polis.example", tag); r != nil {
					t.Fatal(r)
				}
				got := s.Last(t, "a@polis.example")
				if got.Subject() != lang.For(tag).T("mail.test.subject") || got.From != "polis@polis.example" {
					t.Errorf("%s: %q from %s", tag, got.Subject(), got.From)
				}
				if parts := got.Parts(t); !strings.Contains(parts["text/plain"], lang.For(tag).T("mail.test.text")) || !strings.Contains(parts["text/html"], `lang="`+string(tag)+`"`) {
					t.Errorf("%s: %v", tag, parts)
				}
			}
		})
	}
}

func TestALetterLoadsNothingAndIsToldToBeAutomatic(t *testing.T) {
	db := storetest.SQLite(t)
	s := mailtest.Start(t, false, nil)
	p := office(t, db, s, mail.Plain)
	queue(t, db, mail.Letter{To: "a@polis.example", Kind: "register", Path: "/register/confirm"})
	sent, err := p.SendDue(ctx)
	if err != nil || sent != 1 {
		t.Fatal(sent, err)
	}
	got := s.Last(t, "a@polis.example")
	html := got.Parts(t)["text/html"]
	for _, sign := range []string{"<img", "<link", "<script", "url(", "src=", "@import"} {
		if strings.Contains(html, sign) {
			t.Errorf("the letter has %s", sign)
		}
	}
	if got.Message.Header.Get("Auto-Submitted") != "auto-generated" || strings.Contains(got.Raw, "go-mail") {
		t.Error("its head:", got.Message.Header)
	}
}

func TestNothingThatIsWrittenBecomesALineOfAHead(t *testing.T) {
	db := storetest.SQLite(t)
	s := mailtest.Start(t, false, nil)
	p := office(t, db, s, mail.Plain)
	evil := "Eve\r\nBcc: many@polis.example\r\n\r\nAnother letter"
	p.Finish = func(_ context.Context, l mail.Letter) (mail.Letter, error) {
		l.Address, l.Name = l.To, evil
		return l, nil
	}
	queue(t, db, mail.Letter{To: "a@polis.example", Kind: "waits", Path: "/people", Args: map[string]string{"who": evil, "address": evil, "entry": evil}})
	_, err := p.SendDue(ctx)
	must(t, err)
	got := s.Last(t, "a@polis.example")
	if len(s.Letters()) != 1 || got.Message.Header.Get("Bcc") != "" || strings.ContainsAny(got.Subject(), "\r\n") {
		t.Errorf("%+v", got.Message.Header)
	}
	if !strings.Contains(got.Parts(t)["text/plain"], "Eve Bcc: many@polis.example Another letter") {
		t.Error("the name is no single line")
	}
	for _, to := range []string{"a@polis.example\r\nBcc: b@polis.example", "a@polis.example>\r\nRCPT TO:<b@polis.example", "a@b\x00.example", "a b@polis.example", "A <a@polis.example>", "a@polis.example,b@polis.example", "", "a"} {
		if mail.ValidAddress(to) {
			t.Errorf("%q is taken for an address", to)
		}
		if r := p.Test(ctx, s.Settings(mail.Plain), to, "en"); r == nil {
			t.Errorf("a letter went to %q", to)
		}
	}
	settings := s.Settings(mail.Plain)
	settings.Name, settings.From = evil, "polis@polis.example\r\nBcc: b@polis.example"
	var wrong mail.Invalid
	if err := settings.Validate(); !errors.As(err, &wrong) || wrong["name"] == "" || wrong["from"] == "" {
		t.Error(err)
	}
}

func TestTheServersAnswerIsSaidInPlainWords(t *testing.T) {
	db := storetest.SQLite(t)
	open := mailtest.Start(t, false, nil)
	locked := mailtest.Start(t, false, func(s *mailtest.Server) { s.User, s.Password = "polis", "right" })
	refusing := mailtest.Start(t, false, func(s *mailtest.Server) {
		s.Refuse = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user here"}
	})
	p := &mail.Post{DB: db, Keys: ring(t), Origin: "https://polis.example", Roots: open.Roots}
	wrongPassword := locked.Settings(mail.Plain)
	wrongPassword.Password = "wrong secret"
	nobody := open.Settings(mail.Plain)
	nobody.Port = 1
	unknown := open.Settings(mail.StartTLS)
	unknown.Host = "no-such-host.invalid"
	for name, c := range map[string]struct {
		s         mail.Settings
		key, said string
	}{
		"a wrong password":                 {wrongPassword, "mail.refusal.auth", "535 5.7.8 authentication failed"},
		"an unknown recipient":             {refusing.Settings(mail.Plain), "mail.refusal.recipient", "550 5.1.1 no such user here"},
		"nobody there":                     {nobody, "mail.refusal.nobody-there", ""},
		"no such server":                   {unknown, "mail.refusal.unknown-host", ""},
		"TLS where there is none":          {open.Settings(mail.TLS), "mail.refusal.no-tls", ""},
		"a certificate that nobody trusts": {locked.Settings(mail.StartTLS), "mail.refusal.certificate", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := p.Test(ctx, c.s, "a@polis.example", "en")
			if r == nil || r.Key != c.key || c.said != "" && !strings.Contains(r.Said, c.said) {
				t.Fatalf("%+v", r)
			}
			if !lang.Has(r.Key) || strings.Contains(r.Said+r.Error(), "secret") {
				t.Errorf("%q %q", r.Key, r.Said)
			}
		})
	}
}

func TestALetterIsTriedAgainAndGivenUpInSight(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		busy := mailtest.Start(t, false, func(s *mailtest.Server) {
			s.Refuse = &smtp.SMTPError{Code: 451, Message: "come back later"}
		})
		p := office(t, db, busy, mail.Plain)
		queue(t, db, mail.Letter{To: "a@polis.example", Kind: "reset"})
		var waits []time.Duration
		for try := 1; try <= 8; try++ {
			sent, err := p.SendDue(ctx)
			if err != nil || sent != 0 {
				t.Fatal(sent, err)
			}
			list, err := mail.Troubled(ctx, db, 10)
			must(t, err)
			if len(list) != 1 || list[0].Tries != try || !strings.HasPrefix(list[0].Reason, "mail.refusal.recipient\n451") {
				t.Fatalf("after try %d: %+v", try, list)
			}
			if try == 8 {
				if list[0].Stage != mail.Failed {
					t.Error("it is not given up")
				}
				break
			}
			waits = append(waits, time.Until(list[0].Due))
			_, err = store.Upkeep(ctx, db, "UPDATE letter SET due = 0 WHERE id = $1", list[0].ID)
			must(t, err)
		}
		for i := 1; i < len(waits); i++ {
			if waits[i] <= waits[i-1] {
				t.Errorf("the waits do not grow: %v", waits)
			}
		}
		busy.Refuse = nil
		list, err := mail.Troubled(ctx, db, 10)
		must(t, err)
		must(t, mail.Again(ctx, db, list[0].ID))
		if sent, err := p.SendDue(ctx); err != nil || sent != 1 {
			t.Error("it is not sent when the administrator says so:", sent, err)
		}
	})
}

func TestALetterThatIsRefusedForGoodIsGivenUpAtOnce(t *testing.T) {
	db := storetest.SQLite(t)
	s := mailtest.Start(t, false, func(s *mailtest.Server) {
		s.Refuse = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	})
	p := office(t, db, s, mail.Plain)
	queue(t, db, mail.Letter{To: "a@polis.example", Kind: "reset"})
	_, err := p.SendDue(ctx)
	must(t, err)
	if c, err := mail.Counts(ctx, db); err != nil || c[mail.Failed] != 1 {
		t.Error(c, err)
	}
}

func TestWithoutSettingsLettersAreHeldBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := mailtest.Start(t, false, nil)
		p := &mail.Post{DB: db, Keys: ring(t), Origin: "https://polis.example"}
		queue(t, db, mail.Letter{To: "a@polis.example", Kind: "test"})
		if sent, err := p.SendDue(ctx); err != nil || sent != 0 {
			t.Fatal(sent, err)
		}
		must(t, mail.Save(ctx, db, p.Keys, admin, s.Settings(mail.Plain)))
		if sent, err := p.SendDue(ctx); err != nil || sent != 1 {
			t.Error("it is not sent once there are settings:", sent, err)
		}
	})
}

func TestOnlyWhoRunsTheInstallationSetsItsMail(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		keys := ring(t)
		s := mail.Settings{Host: "localhost", Port: 25, Security: mail.Plain, User: "u", Password: "p0pular secret", From: "polis@polis.example"}
		for _, role := range access.Roles {
			err := mail.Save(ctx, db, keys, access.Act("x", role, "KG", ""), s)
			if role == access.Administrator {
				must(t, err)
			} else if !errors.Is(err, mail.ErrForbidden) {
				t.Errorf("%s set the mail: %v", role, err)
			}
		}
		t.Run("the password is sealed, in the table and in the log", func(t *testing.T) {
			text, err := db.Setting(ctx, "mail.settings")
			must(t, err)
			events, err := store.List[string](ctx, db, store.Everything("test"), "SELECT data FROM event WHERE {scope}")
			must(t, err)
			if strings.Contains(text+strings.Join(events, ""), "p0pular secret") {
				t.Error("it stands there in the open")
			}
			if got, err := mail.Load(ctx, db, keys); err != nil || got.Password != "p0pular secret" {
				t.Error(got, err)
			}
		})
		t.Run("it is not sent to another server", func(t *testing.T) {
			again := s
			again.Password = ""
			must(t, mail.Save(ctx, db, keys, admin, again))
			for _, spoil := range []func(*mail.Settings){
				func(s *mail.Settings) { s.Host, s.Security = "evil.example", mail.TLS },
				func(s *mail.Settings) { s.User = "other" },
			} {
				moved := again
				spoil(&moved)
				var wrong mail.Invalid
				if err := mail.Save(ctx, db, keys, admin, moved); !errors.As(err, &wrong) || wrong["password"] == "" {
					t.Error(err)
				}
			}
		})
		t.Run("no line in the open leaves this machine", func(t *testing.T) {
			far := s
			far.Host = "smtp.polis.example"
			var wrong mail.Invalid
			if err := mail.Save(ctx, db, keys, admin, far); !errors.As(err, &wrong) || wrong["security"] == "" {
				t.Error(err)
			}
		})
	})
}
