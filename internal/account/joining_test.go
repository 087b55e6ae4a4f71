package account_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/directory"
	"polis/internal/keyring"
	"polis/internal/lang"
	"polis/internal/mail"
	"polis/internal/mail/mailtest"
	"polis/internal/store"
)

// office is an installation whose letters reach a real server.
type office struct {
	t      *testing.T
	db     *store.DB
	post   *mail.Post
	server *mailtest.Server
}

const origin = "https://polis.example"

// withMail runs fn on both engines, with people who may vouch.
func withMail(t *testing.T, fn func(t *testing.T, o office)) {
	t.Helper()
	inhabited(t, func(t *testing.T, db *store.DB) {
		keys, err := keyring.Open(t.TempDir(), "")
		must(t, err)
		s := mailtest.Start(t, false, nil)
		must(t, mail.Save(ctx, db, keys, system, s.Settings(mail.Plain)))
		must(t, account.WaiveSecondFactor(ctx, db, system))
		fn(t, office{t, db, account.Post(db, keys, origin, nil), s})
	})
}

// person makes somebody with a role, as the rules see her.
func (o office) person(email string, role access.Role, state string) (account.Person, access.Subject) {
	o.t.Helper()
	p := create(o.t, o.db, account.New{Email: email, Name: "Name of " + email, Role: role, ActsFor: state})
	return p, now(o.t, o.db, p.ID)
}

// send empties the queue, and returns the newest letter to the address.
func (o office) send(to string) mailtest.Letter {
	o.t.Helper()
	_, err := o.post.SendDue(ctx)
	must(o.t, err)
	return o.server.Last(o.t, to)
}

func (o office) newcomer(name string) account.Newcomer {
	return account.Newcomer{Name: name, ActsFor: "KG", Lang: "ru", Password: password}
}

func subject(kind string) string { return lang.For("en").T("mail." + kind + ".subject") }

func TestSomebodyRegistersAndHerFocalPointHearsOfIt(t *testing.T) {
	withMail(t, func(t *testing.T, o office) {
		o.person("focal@polis.example", access.FocalPoint, "KG")
		o.person("other@polis.example", access.FocalPoint, "TJ")
		must(t, account.AskToRegister(ctx, o.db, " Aigul@Polis.example", "en"))
		letter := o.send("aigul@polis.example")
		if got, _ := letter.Link(t); got != origin {
			t.Error("the link leads to", got)
		}
		p, err := account.Register(ctx, o.db, letter.Secret(t), o.newcomer("Aigul Asanova"))
		must(t, err)
		if who := now(t, o.db, p.ID); who.Trust != access.Public || len(who.Grants) > 0 || p.Confirmed.IsZero() || p.Email != "aigul@polis.example" {
			t.Errorf("%+v %+v", who, p)
		}
		told := o.send("focal@polis.example")
		if body := told.Parts(t)["text/plain"]; !strings.Contains(body, "Aigul Asanova") || !strings.Contains(body, "Kyrgyzstan") {
			t.Error(body)
		}
		for _, l := range o.server.Letters() {
			if l.To == "other@polis.example" {
				t.Error("another State's focal point was told")
			}
		}
		if _, err := account.Register(ctx, o.db, letter.Secret(t), o.newcomer("Again")); !errors.Is(err, account.ErrTicket) {
			t.Error("the link works twice:", err)
		}
	})
}

func TestTheDeskHearsOfWhomNoFocalPointWaitsFor(t *testing.T) {
	withMail(t, func(t *testing.T, o office) {
		o.person("desk@polis.example", access.DeskOfficer, "")
		must(t, account.AskToRegister(ctx, o.db, "a@polis.example", "en"))
		_, err := account.Register(ctx, o.db, o.send("a@polis.example").Secret(t), account.Newcomer{Name: "A", Lang: "en", Password: password})
		must(t, err)
		if got := o.send("desk@polis.example").Subject(); !strings.Contains(got, "A") {
			t.Error(got)
		}
	})
}

func TestNoTableHoldsWhatOpensSomething(t *testing.T) {
	withMail(t, func(t *testing.T, o office) {
		must(t, account.AskToRegister(ctx, o.db, "a@polis.example", "en"))
		before, err := store.Get[int](ctx, o.db, store.Everything("test"), "SELECT COUNT(*) FROM ticket WHERE {scope}")
		if err != nil || before != 0 {
			t.Error("a ticket was made before its letter left:", before, err)
		}
		secret := o.send("a@polis.example").Secret(t)
		for _, table := range []string{"ticket", "letter", "event"} {
			n, err := store.Get[int](ctx, o.db, store.Everything("test"), "SELECT COUNT(*) FROM "+table+" t WHERE {scope} AND "+map[string]string{
				"ticket": "hash || object", "letter": "args || path || reason", "event": "data || object",
			}[table]+" LIKE $1", "%"+secret+"%")
			if err != nil || n != 0 {
				t.Errorf("%s holds the secret (%v)", table, err)
			}
		}
	})
}

func TestKnownAndUnknownAddressesAreAskedForAlike(t *testing.T) {
	withMail(t, func(t *testing.T, o office) {
		known, _ := o.person("known@polis.example", access.MemberRole, "KG")
		for _, c := range []struct{ email, register, reset string }{
			{"known@polis.example", "register-known", "reset"},
			{"unknown@polis.example", "register", "reset-none"},
		} {
			must(t, account.AskToRegister(ctx, o.db, c.email, "en"))
			if got := o.send(c.email).Subject(); got != subject(c.register) {
				t.Errorf("%s: %q", c.email, got)
			}
			must(t, account.AskToReset(ctx, o.db, c.email, "en"))
			if got := o.send(c.email).Subject(); got != subject(c.reset) {
				t.Errorf("%s: %q", c.email, got)
			}
		}
		must(t, account.Block(ctx, o.db, system, known.ID, true))
		must(t, account.AskToReset(ctx, o.db, "known@polis.example", "en"))
		if got := o.send("known@polis.example").Subject(); got != subject("reset-none") {
			t.Errorf("a blocked account: %q", got)
		}
	})
}

func TestATicketOpensOnceHoweverManyBringIt(t *testing.T) {
	withMail(t, func(t *testing.T, o office) {
		must(t, account.AskToRegister(ctx, o.db, "a@polis.example", "en"))
		secret := o.send("a@polis.example").Secret(t)
		var made sync.Map
		var work sync.WaitGroup
		for i := range 12 {
			work.Go(func() {
				p, err := account.Register(ctx, o.db, secret, o.newcomer(fmt.Sprint("Nobody ", i)))
				if err == nil {
					made.Store(p.ID, true)
				} else if !errors.Is(err, account.ErrTicket) {
					t.Error(err)
				}
			})
		}
		work.Wait()
		n := 0
		made.Range(func(any, any) bool { n++; return true })
		if n != 1 {
			t.Errorf("%d accounts from one ticket", n)
		}
	})
}

func TestAForgedOrForeignOrLateTicketOpensNothing(t *testing.T) {
	withMail(t, func(t *testing.T, o office) {
		must(t, account.AskToRegister(ctx, o.db, "a@polis.example", "en"))
		secret := o.send("a@polis.example").Secret(t)
		for _, forged := range []string{"", secret[1:], secret + "A", strings.ToLower(secret), strings.Repeat("A", 1<<16), "' OR 1=1 --"} {
			if _, err := account.Register(ctx, o.db, forged, o.newcomer("X")); !errors.Is(err, account.ErrTicket) {
				t.Errorf("%.30q: %v", forged, err)
			}
		}
		if _, err := account.Reset(ctx, o.db, secret, password); !errors.Is(err, account.ErrTicket) {
			t.Error("a ticket for one thing opens another:", err)
		}
		_, err := store.Upkeep(ctx, o.db, "UPDATE ticket SET made = 1, expires = $1", time.Now().Add(-time.Second))
		must(t, err)
		if _, err := account.Register(ctx, o.db, secret, o.newcomer("X")); !errors.Is(err, account.ErrTicket) {
			t.Error("a late ticket:", err)
		}
	})
}

func TestAWrongFormLeavesTheTicket(t *testing.T) {
	withMail(t, func(t *testing.T, o office) {
		must(t, account.AskToRegister(ctx, o.db, "a@polis.example", "en"))
		secret := o.send("a@polis.example").Secret(t)
		for field, spoil := range map[string]func(*account.Newcomer){
			"name":     func(n *account.Newcomer) { n.Name = "Eve\r\nBcc: all@polis.example" },
			"password": func(n *account.Newcomer) { n.Password = "short" },
			"for":      func(n *account.Newcomer) { n.ActsFor = "XX" },
		} {
			n := o.newcomer("A")
			spoil(&n)
			var wrong account.Invalid
			if _, err := account.Register(ctx, o.db, secret, n); !errors.As(err, &wrong) || wrong[field] == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		_, err := account.Register(ctx, o.db, secret, o.newcomer("A"))
		must(t, err)
	})
}

func TestANewPasswordEndsEverySessionAndIsTold(t *testing.T) {
	withMail(t, func(t *testing.T, o office) {
		p, _ := o.person("a@polis.example", access.MemberRole, "KG")
		must(t, account.AskToReset(ctx, o.db, "a@polis.example", "en"))
		secret := o.send("a@polis.example").Secret(t)
		must(t, account.AskToReset(ctx, o.db, "a@polis.example", "en"))
		second := o.send("a@polis.example").Secret(t)
		before := time.Now()
		_, err := account.Reset(ctx, o.db, secret, "quite another password")
		must(t, err)
		if out, err := account.SignedOut(ctx, o.db, p.ID); err != nil || out.Before(before.Add(-time.Millisecond)) {
			t.Error("her sessions go on:", out, err)
		}
		if _, err := account.SignIn(ctx, o.db, "a@polis.example", "quite another password"); err != nil {
			t.Error(err)
		}
		if got := o.send("a@polis.example").Subject(); got != subject("password-changed") {
			t.Error(got)
		}
		if _, err := account.Reset(ctx, o.db, second, "a third long password"); !errors.Is(err, account.ErrTicket) {
			t.Error("an older letter still opens:", err)
		}
	})
}

func TestOnlyAnAdministratorHandsANewPasswordOver(t *testing.T) {
	withMail(t, func(t *testing.T, o office) {
		p, self := o.person("a@polis.example", access.Administrator, "")
		for _, role := range access.Roles {
			secret, err := account.ResetByHand(ctx, o.db, access.Act("x", role, "KG", ""), p.ID)
			if role != access.Administrator {
				if !errors.Is(err, account.ErrForbidden) {
					t.Errorf("%s: %v", role, err)
				}
				continue
			}
			must(t, err)
			_, err = account.Reset(ctx, o.db, secret, "quite another password")
			must(t, err)
		}
		if _, err := account.ResetByHand(ctx, o.db, self, p.ID); !errors.Is(err, account.ErrForbidden) {
			t.Error("for herself:", err)
		}
	})
}

func TestAnAddressMovesWhenBothHaveHeard(t *testing.T) {
	withMail(t, func(t *testing.T, o office) {
		p, who := o.person("old@polis.example", access.MemberRole, "KG")
		other, stranger := o.person("other@polis.example", access.MemberRole, "KG")
		must(t, account.AskToMove(ctx, o.db, who, "NEW@polis.example"))
		confirm := o.send("new@polis.example").Secret(t)
		undo := o.send("old@polis.example").Secret(t)
		if got, err := account.Load(ctx, o.db, p.ID); err != nil || got.Email != "old@polis.example" {
			t.Fatal("it moved before it was confirmed:", got.Email, err)
		}
		if err := account.Move(ctx, o.db, stranger, confirm, ""); !errors.Is(err, account.ErrForbidden) {
			t.Error("a stranger confirms it:", err)
		}
		must(t, account.AskToReset(ctx, o.db, "old@polis.example", "en"))
		reset := o.send("old@polis.example").Secret(t)
		must(t, account.Move(ctx, o.db, who, confirm, ""))
		if got, err := account.Load(ctx, o.db, p.ID); err != nil || got.Email != "new@polis.example" {
			t.Fatal(got.Email, err)
		}
		if got := o.send("old@polis.example").Subject(); got != subject("moved") {
			t.Error("the old address was not told:", got)
		}
		if _, err := account.Reset(ctx, o.db, reset, "quite another password"); !errors.Is(err, account.ErrTicket) {
			t.Error("a letter to the old address still sets a password:", err)
		}
		t.Run("the old address undoes it, whatever came after", func(t *testing.T) {
			must(t, account.AskToMove(ctx, o.db, who, "third@polis.example"))
			must(t, account.Move(ctx, o.db, who, o.send("third@polis.example").Secret(t), ""))
			_, err := account.Stay(ctx, o.db, undo)
			must(t, err)
			if got, err := account.Load(ctx, o.db, p.ID); err != nil || got.Email != "old@polis.example" {
				t.Error(got.Email, err)
			}
			if _, err := account.Stay(ctx, o.db, undo); !errors.Is(err, account.ErrTicket) {
				t.Error("twice:", err)
			}
		})
		t.Run("an address that somebody has is taken by nobody, and only its letter says so", func(t *testing.T) {
			must(t, account.AskToMove(ctx, o.db, who, other.Email))
			letter := o.send(other.Email)
			if letter.Subject() != subject("move-taken") || strings.Contains(letter.Raw, "?t=") {
				t.Error(letter.Subject())
			}
		})
	})
}

func TestAChangeThatIsStoppedIsNotMade(t *testing.T) {
	withMail(t, func(t *testing.T, o office) {
		p, who := o.person("old@polis.example", access.MemberRole, "KG")
		must(t, account.AskToMove(ctx, o.db, who, "new@polis.example"))
		confirm := o.send("new@polis.example").Secret(t)
		_, err := account.Stay(ctx, o.db, o.send("old@polis.example").Secret(t))
		must(t, err)
		if err := account.Move(ctx, o.db, who, confirm, ""); !errors.Is(err, account.ErrTicket) {
			t.Error(err)
		}
		if got, err := account.Load(ctx, o.db, p.ID); err != nil || got.Email != "old@polis.example" {
			t.Error(got.Email, err)
		}
	})
}

func TestATableOfInvitationsIsReadInEveryLanguage(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		names, err := directory.Names(ctx, db)
		must(t, err)
		groups := []account.Group{{ID: "cyber", Name: "Cyber network"}}
		for _, tag := range lang.All {
			p := lang.For(tag)
			var heads []string
			for _, c := range account.InvitationColumns {
				heads = append(heads, p.T("joining.column."+c))
			}
			text := strings.Join(heads, ";") + "\r\n" +
				strings.Join([]string{"A@Polis.example", "Anna", p.T("access.role.expert"), names.Name("KG", "", tag), tag.Name(), "30.06.2028", "cyber"}, ";") + "\r\n\r\n" +
				"b@polis.example\r\n"
			sheet, err := account.SheetReader{Names: names, Groups: groups, Lang: tag, Own: access.Grant{State: "TJ"}}.Read(ctx, []byte(text))
			must(t, err)
			if sheet.Wrong != "" || len(sheet.Lines) != 2 {
				t.Fatalf("%s: %+v", tag, sheet)
			}
			a, b := sheet.Lines[0], sheet.Lines[1]
			if len(a.Wrong) > 0 || a.Email != "a@polis.example" || a.Role != access.Expert || a.ActsFor != "KG" || a.Lang != tag || a.Until.Year() != 2028 || len(a.Circles) != 1 {
				t.Errorf("%s: %+v", tag, a)
			}
			if len(b.Wrong) > 0 || b.Line != 4 || b.Role != access.MemberRole || b.ActsFor != "TJ" {
				t.Errorf("%s: %+v", tag, b)
			}
		}
		reader := account.SheetReader{Names: names, Lang: "en"}
		for text, want := range map[string]string{
			"":                              "joining.sheet.empty",
			"email\n":                       "joining.sheet.empty",
			"name\nAnna\n":                  "joining.sheet.no-email",
			"email,colour\na@b.example,r\n": "joining.sheet.column",
			"email,email\na,b\n":            "joining.sheet.column",
			"email\n" + strings.Repeat("a@b.example\n", account.MostInvitations+1): "joining.sheet.long",
			"PK\x03\x04\x00\x00": "sheet.error.broken",
		} {
			sheet, err := reader.Read(ctx, []byte(text))
			if err != nil || sheet.Wrong != want {
				t.Errorf("%.20q: %q %v", text, sheet.Wrong, err)
			}
		}
		sheet, err := reader.Read(ctx, []byte("email,role,for,language,until,groups\na,king,Atlantis,tlh,soon,none,more\n"))
		must(t, err)
		if got := fmt.Sprint(sheet.Lines[0].WrongFields()); got != "[email role for lang until groups]" {
			t.Error(got)
		}
	})
}

func TestLinksInLettersNameTheConfiguredSite(t *testing.T) {
	withMail(t, func(t *testing.T, o office) {
		_, focal := o.person("focal@polis.example", access.FocalPoint, "KG")
		_, err := account.Invite(ctx, o.db, focal, account.Invitation{Email: "new@polis.example", Role: access.Expert, ActsFor: "KG", Lang: "de"}, false)
		must(t, err)
		at, path := o.send("new@polis.example").Link(t)
		u, err := url.Parse(path)
		if err != nil || at != origin || u.Path != "/de/invitation" {
			t.Error(at, path, err)
		}
	})
}
