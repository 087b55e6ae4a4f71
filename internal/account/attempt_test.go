package account_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/keyring"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// newDoor is the door of an installation with a secret of its own.
func newDoor(t *testing.T, db *store.DB) account.Door {
	t.Helper()
	keys, err := keyring.Open(t.TempDir(), "")
	must(t, err)
	return account.Door{DB: db, Keys: keys, Pace: time.Millisecond}
}

func from(address string) account.Knock { return account.Knock{Address: address} }

const wrong = "a quite wrong password"

// tries shows an address and a password n times at once, from as many places, and
// counts the answers.
func tries(t *testing.T, d account.Door, n int, email, password string) (refused, slow int) {
	t.Helper()
	var wait sync.WaitGroup
	answers := make([]error, n)
	for i := range n {
		wait.Go(func() { _, answers[i] = d.Password(ctx, from(fmt.Sprint("192.0.2.", i)), email, password) })
	}
	wait.Wait()
	for _, err := range answers {
		var s account.Slow
		switch {
		case errors.Is(err, account.ErrSignIn):
			refused++
		case errors.As(err, &s):
			slow++
		case err != nil:
			t.Error(err)
		}
	}
	return refused, slow
}

// later lets time pass for those who have to wait.
func later(t *testing.T, db *store.DB, d time.Duration) {
	t.Helper()
	_, err := store.Upkeep(ctx, db, "UPDATE attempt SET last = last - $1, expires = expires - $1", d.Microseconds())
	must(t, err)
}

// ASVS 5.0 6.1.1, 6.3.1.
func TestGuessesAreSlowedKnownAccountOrNot(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		create(t, db, account.New{Email: "known@polis.example", Role: access.Visitor})
		d := newDoor(t, db)
		for _, email := range []string{"known@polis.example", "unknown@polis.example"} {
			if refused, slow := tries(t, d, 40, email, wrong); refused != 5 || slow != 35 {
				t.Errorf("%s: of 40 guesses at once %d were looked at and %d had to wait", email, refused, slow)
			}
		}
		rows, err := store.List[string](ctx, db, store.Everything("test"), "SELECT bucket FROM attempt WHERE {scope}")
		must(t, err)
		if text := strings.Join(rows, " "); len(rows) == 0 || strings.Contains(text, "@") || strings.Contains(text, "192.0.2") {
			t.Error("the table says who tried:", text)
		}
	})
}

func TestEachGuessWaitsLongerUpToAQuarterOfAnHour(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDoor(t, db)
		tries(t, d, 5, "a@polis.example", wrong)
		var waits []time.Duration
		for i := range 10 {
			_, err := d.Password(ctx, from(fmt.Sprint("198.51.100.", i)), "a@polis.example", wrong)
			var s account.Slow
			if !errors.As(err, &s) {
				t.Fatal(err)
			}
			waits = append(waits, s.Wait.Round(2*time.Second))
			later(t, db, s.Wait)
			if _, err := d.Password(ctx, from(fmt.Sprint("203.0.113.", i)), "a@polis.example", wrong); !errors.Is(err, account.ErrSignIn) {
				t.Fatal("after the wait:", err)
			}
		}
		if !slices.IsSorted(waits) || waits[0] > 2*time.Second || waits[4] < 30*time.Second || waits[9] > 15*time.Minute {
			t.Error(waits)
		}
		later(t, db, 25*time.Hour)
		if refused, _ := tries(t, d, 5, "a@polis.example", wrong); refused != 5 {
			t.Error("a day later they are not forgotten:", refused)
		}
	})
}

func TestOneNetworkAddressCannotTryManyAccounts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDoor(t, db)
		var wait sync.WaitGroup
		var mu sync.Mutex
		slow := 0
		for i := range 60 {
			wait.Go(func() {
				_, err := d.Password(ctx, from("2001:db8:1:2::/64"), fmt.Sprintf("a%d@polis.example", i), wrong)
				if errors.As(err, new(account.Slow)) {
					mu.Lock()
					slow++
					mu.Unlock()
				}
			})
		}
		wait.Wait()
		if slow != 30 {
			t.Errorf("%d of 60 had to wait", slow)
		}
	})
}

func TestAStrangerCannotLockSomebodyOut(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := create(t, db, account.New{Email: "owner@polis.example", Role: access.Visitor})
		d := newDoor(t, db)
		own := d.Remember("", p.Email)
		tries(t, d, 20, p.Email, wrong)
		if _, err := d.Password(ctx, from("192.0.2.99"), p.Email, password); !errors.As(err, new(account.Slow)) {
			t.Error("an unknown browser need not wait:", err)
		}
		for range 3 {
			if _, err := d.Password(ctx, account.Knock{Address: "192.0.2.1", Device: own}, "Owner@polis.example ", password); err != nil {
				t.Error("her own browser is locked out:", err)
			}
		}
		for name, device := range map[string]account.Device{
			"for another address": d.Remember("", "other@polis.example"),
			"with another number": account.Device("X" + string(own)),
			"without a mark":      account.Device(strings.Split(string(own), ".")[0] + "."),
			"of another house":    newDoor(t, db).Remember("", p.Email),
			"too long":            account.Device(strings.Repeat("A.", 400)),
		} {
			if d.Recognises(device, p.Email) {
				t.Errorf("a browser's cookie %s is believed", name)
			}
		}
	})
}

func TestABrowserRemembersTheLastFour(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDoor(t, db)
		var device account.Device
		for i := range 6 {
			device = d.Remember(device, fmt.Sprintf("p%d@polis.example", i))
		}
		for i := range 6 {
			if got := d.Recognises(device, fmt.Sprintf("p%d@polis.example", i)); got != (i > 1) {
				t.Errorf("%d: %v", i, got)
			}
		}
		if again := d.Remember(device, "P5@polis.example"); again != device {
			t.Error("the same person changed it")
		}
	})
}

// Whether an address has an account does not show in the time of the answer (ASVS
// 5.0 6.3.8). The machine may be busy, so the middle of several is compared.
func TestAnUnknownAccountTakesAsLongAsAKnownOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		create(t, db, account.New{Email: "known@polis.example", Role: access.Visitor})
		d := newDoor(t, db)
		d.Pace = 0 // as it is in use
		measure := func(try func(email string) error, email string) time.Duration {
			start := time.Now()
			if err := try(email); !errors.Is(err, account.ErrSignIn) {
				t.Fatal(err)
			}
			return time.Since(start)
		}
		for _, c := range []struct {
			name   string
			n      int
			margin time.Duration
			try    func(email string) error
		}{
			{"the hash", 15, 30 * time.Millisecond, func(email string) error { _, err := account.SignIn(ctx, db, email, wrong); return err }},
			{"the door", 4, 50 * time.Millisecond, func(email string) error { _, err := d.Password(ctx, from("192.0.2.1"), email, wrong); return err }},
		} {
			var known, unknown []time.Duration
			for range c.n { // in turn, so that both meet the same neighbours
				known = append(known, measure(c.try, "known@polis.example"))
				unknown = append(unknown, measure(c.try, "unknown@polis.example"))
			}
			slices.Sort(known)
			slices.Sort(unknown)
			if k, u := known[c.n/2], unknown[c.n/2]; (k - u).Abs() > max(c.margin, k/3) {
				t.Errorf("%s: %s for a known account, %s for an unknown one", c.name, k, u)
			}
		}
	})
}

func TestFailuresAreEvidenceOfKnownAccountsOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := create(t, db, account.New{Email: "known@polis.example", Role: access.Visitor})
		d := newDoor(t, db)
		for _, email := range []string{p.Email, "unknown@polis.example"} {
			if _, err := d.Password(ctx, from("192.0.2.1"), email, wrong); !errors.Is(err, account.ErrSignIn) {
				t.Fatal(err)
			}
		}
		must(t, d.Welcome(ctx, from("192.0.2.1"), p, "password", account.OneFactor))
		var acts []string
		for _, e := range history(t, db, p.ID) {
			if e.Quiet {
				acts = append(acts, e.Act)
			}
			if text := fmt.Sprint(string(store.JSON(e.Data)), e.Object); strings.Contains(text, "@") {
				t.Error("an event holds an address:", text)
			}
		}
		if got := strings.Join(acts, " "); got != "account.signed-in account.sign-in-failed" {
			t.Error(got)
		}
		if seen, err := account.Load(ctx, db, p.ID); err != nil || time.Since(seen.Seen) > time.Minute {
			t.Error("when she last signed in is not noted:", seen.Seen, err)
		}
		must(t, account.Block(ctx, db, system, p.ID, true))
		if err := d.Welcome(ctx, from("192.0.2.1"), p, "password", account.OneFactor); !errors.Is(err, account.ErrSignIn) {
			t.Error("somebody blocked meanwhile comes in:", err)
		}
	})
}

func history(t *testing.T, db *store.DB, id string) []store.Event {
	t.Helper()
	events, err := store.History(ctx, db, store.Everything("test"), id, 100)
	must(t, err)
	return events
}
