package account_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// withApp makes a person with an authenticator app, and returns its secret.
func withApp(t *testing.T, db *store.DB, d account.Door, email string) (account.Person, string) {
	t.Helper()
	p := create(t, db, account.New{Email: email, Role: access.Visitor})
	offer := d.OfferAuthenticator(p)
	must(t, d.AddAuthenticator(ctx, access.Subject{ID: p.ID}, p, offer.State, code(t, offer.Secret, -30*time.Second)))
	return p, offer.Secret
}

// code is what the app shows, so much before or after now.
func code(t *testing.T, secret string, shift time.Duration) string {
	t.Helper()
	c, err := totp.GenerateCode(secret, time.Now().Add(shift))
	must(t, err)
	return c
}

// ASVS 5.0 6.5.1, 6.5.5.
func TestACodeOpensOnceAndNotLongAfter(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDoor(t, db)
		p, secret := withApp(t, db, d, "a@polis.example")
		right := code(t, secret, 0)
		if how, err := d.Code(ctx, from("192.0.2.1"), p, right[:3]+" "+right[3:]); err != nil || how != "totp" {
			t.Fatal(how, err)
		}
		for name, c := range map[string]string{
			"shown before": right, "of five minutes ago": code(t, secret, -5*time.Minute), "of five minutes ahead": code(t, secret, 5*time.Minute),
			"of another app": code(t, "JBSWY3DPEHPK3PXP", 0),
		} {
			if _, err := d.Code(ctx, from("192.0.2.1"), p, c); !errors.Is(err, account.ErrSignIn) {
				t.Errorf("a code %s: %v", name, err)
			}
		}
		for _, c := range []string{"", "12345", "ａｂｃｄｅｆ", strings.Repeat("9", 5000), "' OR 1=1"} {
			if _, err := d.Code(ctx, account.Knock{Device: d.Remember("", p.Email)}, p, c); !errors.Is(err, account.ErrSignIn) {
				t.Errorf("%.10q: %v", c, err)
			}
		}
	})
}

func TestTheSameCodeAtOnceOpensOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDoor(t, db)
		p, secret := withApp(t, db, d, "a@polis.example")
		c := code(t, secret, 0)
		opened := 0
		var wait sync.WaitGroup
		var mu sync.Mutex
		for range 5 {
			wait.Go(func() {
				if _, err := d.Code(ctx, from("192.0.2.1"), p, c); err == nil {
					mu.Lock()
					opened++
					mu.Unlock()
				}
			})
		}
		if wait.Wait(); opened != 1 {
			t.Errorf("it opened %d times", opened)
		}
	})
}

func TestCodesCannotBeGuessed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDoor(t, db)
		p, _ := withApp(t, db, d, "a@polis.example")
		looked := 0
		var wait sync.WaitGroup
		var mu sync.Mutex
		for range 30 {
			wait.Go(func() {
				if _, err := d.Code(ctx, from("192.0.2.1"), p, "000000"); errors.Is(err, account.ErrSignIn) {
					mu.Lock()
					looked++
					mu.Unlock()
				}
			})
		}
		if wait.Wait(); looked != 5 {
			t.Errorf("%d guesses were looked at", looked)
		}
	})
}

func TestAnAppIsAddedByItsOwnerWithACodeOfIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDoor(t, db)
		p := create(t, db, account.New{Email: "a@polis.example", Role: access.Visitor})
		other := create(t, db, account.New{Email: "b@polis.example", Role: access.Visitor})
		offer := d.OfferAuthenticator(p)
		self := access.Subject{ID: p.ID}
		var invalid account.Invalid
		if err := d.AddAuthenticator(ctx, self, p, offer.State, "123456"); !errors.As(err, &invalid) || invalid["code"] == "" {
			t.Error("a wrong code:", err)
		}
		if err := d.AddAuthenticator(ctx, access.Act("admin", access.Administrator, "", ""), p, offer.State, code(t, offer.Secret, 0)); !errors.Is(err, account.ErrForbidden) {
			t.Error("by an administrator:", err)
		}
		if err := d.AddAuthenticator(ctx, access.Subject{ID: other.ID}, other, offer.State, code(t, offer.Secret, 0)); !errors.Is(err, account.ErrFactor) {
			t.Error("somebody else's offer:", err)
		}
		if err := d.AddAuthenticator(ctx, self, p, offer.State+"x", code(t, offer.Secret, 0)); !errors.Is(err, account.ErrFactor) {
			t.Error("a forged offer:", err)
		}
		must(t, d.AddAuthenticator(ctx, self, p, offer.State, code(t, offer.Secret, 0)))
		second := d.OfferAuthenticator(p)
		if err := d.AddAuthenticator(ctx, self, p, second.State, code(t, second.Secret, 0)); !errors.Is(err, account.ErrFactor) {
			t.Error("a second app:", err)
		}
		kept, err := store.Get[string](ctx, db, store.Everything("test"), "SELECT secret FROM authenticator WHERE {scope}")
		if err != nil || strings.Contains(kept, offer.Secret) {
			t.Error("the secret lies open in the table", err)
		}
		must(t, account.RemoveAuthenticator(ctx, db, self, p.ID))
		if f, err := account.LoadFactors(ctx, db, p.ID); err != nil || f.Second() {
			t.Error(f, err)
		}
	})
}

// ASVS 5.0 6.5.1, 6.5.2, 6.5.3.
func TestARecoveryCodeStandsInOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDoor(t, db)
		p, _ := withApp(t, db, d, "a@polis.example")
		self := access.Subject{ID: p.ID}
		old, err := d.NewRecoveryCodes(ctx, self, p.ID)
		must(t, err)
		codes, err := d.NewRecoveryCodes(ctx, self, p.ID)
		must(t, err)
		if len(codes) != 10 || len(codes[0]) != 14 || codes[0] == codes[1] {
			t.Fatal(codes)
		}
		own := account.Knock{Device: d.Remember("", p.Email)}
		if how, err := d.Code(ctx, own, p, " "+strings.ToUpper(strings.ReplaceAll(codes[0], "-", " "))); err != nil || how != "recovery" {
			t.Fatal(how, err)
		}
		for name, c := range map[string]string{"used": codes[0], "replaced": old[1], "unknown": "0000-0000-0000"} {
			if _, err := d.Code(ctx, own, p, c); !errors.Is(err, account.ErrSignIn) {
				t.Errorf("a code that is %s: %v", name, err)
			}
		}
		opened := 0
		var wait sync.WaitGroup
		var mu sync.Mutex
		for range 4 {
			wait.Go(func() {
				if _, err := d.Code(ctx, own, p, codes[1]); err == nil {
					mu.Lock()
					opened++
					mu.Unlock()
				}
			})
		}
		if wait.Wait(); opened != 1 {
			t.Errorf("a code opened %d times at once", opened)
		}
		if f, err := account.LoadFactors(ctx, db, p.ID); err != nil || f.Codes != 8 {
			t.Error(f.Codes, err)
		}
		kept, err := store.List[string](ctx, db, store.Everything("test"), "SELECT hash FROM recovery_code WHERE {scope}")
		if err != nil || len(kept) != 10 || len(kept[0]) != 64 {
			t.Error("the table holds", kept, err)
		}
		must(t, account.RemoveAuthenticator(ctx, db, self, p.ID))
		if f, err := account.LoadFactors(ctx, db, p.ID); err != nil || f.Codes != 0 {
			t.Error("codes stay without a factor:", f.Codes, err)
		}
		if _, err := d.NewRecoveryCodes(ctx, self, p.ID); !errors.Is(err, account.ErrFactor) {
			t.Error(err)
		}
	})
}

// ASVS 5.0 6.4.4.
func TestAnAdministratorResetsLostFactors(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDoor(t, db)
		p, _ := withApp(t, db, d, "a@polis.example")
		for _, who := range []access.Subject{{}, {ID: p.ID}, access.Act("d", access.DeskOfficer, "", ""), access.Act("f", access.FocalPoint, "KG", "")} {
			if err := account.ResetFactors(ctx, db, who, p.ID); !errors.Is(err, account.ErrForbidden) {
				t.Errorf("%v: %v", who, err)
			}
		}
		must(t, account.ResetFactors(ctx, db, access.Act("admin", access.Administrator, "", ""), p.ID))
		if f, err := account.LoadFactors(ctx, db, p.ID); err != nil || f.Second() {
			t.Error(f, err)
		}
	})
}
