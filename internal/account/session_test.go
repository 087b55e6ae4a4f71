package account_test

import (
	"errors"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// open stores a session of a person and returns what was stored.
func open(t *testing.T, db *store.DB, token, person, device string) []byte {
	t.Helper()
	data, err := scs.GobCodec{}.Encode(time.Now().Add(time.Hour), map[string]any{
		account.SessionPerson: person, account.SessionDevice: device, account.SessionStrength: int(account.TwoFactors),
	})
	must(t, err)
	must(t, account.SessionStore{DB: db}.CommitCtx(ctx, token, data, time.Now().Add(time.Hour)))
	return data
}

func holds(t *testing.T, db *store.DB, token string) bool {
	t.Helper()
	_, ok, err := account.SessionStore{DB: db}.FindCtx(ctx, token)
	must(t, err)
	return ok
}

// ASVS 5.0 7.4.3, 7.5.2.
func TestAPersonSeesAndEndsHerSessions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := create(t, db, account.New{Email: "a@polis.example", Role: access.Visitor})
		other := create(t, db, account.New{Email: "b@polis.example", Role: access.Visitor})
		open(t, db, "one", p.ID, "Firefox, Windows")
		open(t, db, "two", p.ID, "Chrome, Android")
		open(t, db, "three", other.ID, "Safari, macOS")
		self := access.Subject{ID: p.ID}
		list, err := account.Sessions(ctx, db, self, p.ID)
		must(t, err)
		if len(list) != 2 || list[0].Device != "Chrome, Android" || list[0].Strength != account.TwoFactors || !list[1].IsOf("one") || list[1].IsOf("two") {
			t.Fatalf("%+v", list)
		}
		theirs, err := account.Sessions(ctx, db, access.Subject{ID: other.ID}, other.ID)
		must(t, err)
		if err := account.EndSession(ctx, db, self, p.ID, theirs[0].ID); !errors.Is(err, store.ErrNotFound) || !holds(t, db, "three") {
			t.Error("somebody else's session:", err)
		}
		for _, do := range []func() error{
			func() error { return account.EndSession(ctx, db, self, other.ID, theirs[0].ID) },
			func() error { return account.EndAllSessions(ctx, db, self, other.ID) },
			func() error { _, err := account.Sessions(ctx, db, self, other.ID); return err },
		} {
			if err := do(); !errors.Is(err, account.ErrForbidden) {
				t.Error("she reaches somebody else's sessions:", err)
			}
		}
		must(t, account.EndSession(ctx, db, self, p.ID, list[1].ID))
		if holds(t, db, "one") || !holds(t, db, "two") {
			t.Error("not that one alone has ended")
		}
		must(t, account.EndAllSessions(ctx, db, access.Act("admin", access.Administrator, "", ""), p.ID))
		if holds(t, db, "two") || !holds(t, db, "three") {
			t.Error("an administrator ends them all, and nobody else's")
		}
	})
}

func TestARequestUnderWayBringsNoEndedSessionBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := create(t, db, account.New{Email: "a@polis.example", Role: access.Visitor})
		sessions := account.SessionStore{DB: db}
		for name, end := range map[string]func(token string) error{
			"signed out": func(token string) error { return sessions.DeleteCtx(ctx, token) },
			"retired":    func(token string) error { _, err := account.Retire(ctx, db, token); return err },
			"revoked": func(string) error {
				return account.EndAllSessions(ctx, db, access.Subject{ID: p.ID}, p.ID)
			},
		} {
			data := open(t, db, name, p.ID, "")
			must(t, end(name))
			must(t, sessions.CommitCtx(ctx, name, data, time.Now().Add(time.Hour))) // what the request had loaded
			if holds(t, db, name) {
				t.Errorf("a session that was %s is back", name)
			}
			if held, err := account.Retire(ctx, db, name); err != nil || held {
				t.Errorf("a session that was %s can be renewed: %v", name, err)
			}
		}
		left, err := store.List[string](ctx, db, store.Everything("test"), "SELECT data FROM session WHERE {scope}")
		must(t, err)
		for _, data := range left {
			if data != "" {
				t.Error("an ended session keeps what it held")
			}
		}
	})
}

func TestAnExpiredSessionIsOver(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		data := open(t, db, "old", "somebody", "")
		must(t, account.SessionStore{DB: db}.CommitCtx(ctx, "old", data, time.Now().Add(-time.Second)))
		if holds(t, db, "old") {
			t.Error("it holds")
		}
		if held, err := account.Retire(ctx, db, "old"); err != nil || held {
			t.Error("it can be renewed:", err)
		}
	})
}

// ASVS 5.0 7.4.2, 7.4.3.
func TestWhatChangesHowSomebodySignsInEndsHerSessions(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		d := newDoor(t, db)
		p, _ := withApp(t, db, d, "a@polis.example")
		must(t, account.Vouch(ctx, db, focalKG, p.ID, "KG", "", time.Time{}))
		must(t, account.Grant(ctx, db, focalKG, p.ID, access.Grant{Role: access.Expert, State: "KG"}, time.Time{}))
		held, err := account.Roles(ctx, db, p.ID)
		must(t, err)
		self := access.Subject{ID: p.ID}
		for _, c := range []struct {
			name string
			do   func() error
		}{
			{"a new password", func() error { return account.SetPassword(ctx, db, self, p.ID, "another quite long one") }},
			{"a removed factor", func() error { return account.RemoveAuthenticator(ctx, db, self, p.ID) }},
			{"a new factor", func() error {
				offer := d.OfferAuthenticator(p)
				return d.AddAuthenticator(ctx, self, p, offer.State, code(t, offer.Secret, 0))
			}},
			{"a role that ended", func() error { return account.EndRole(ctx, db, focalKG, held[0].ID, "No longer on the roster.") }},
			{"being blocked", func() error { return account.Block(ctx, db, system, p.ID, true) }},
		} {
			open(t, db, c.name, p.ID, "")
			before := time.Now()
			must(t, c.do())
			if holds(t, db, c.name) {
				t.Errorf("after %s the session holds", c.name)
			}
			if out, err := account.SignedOut(ctx, db, p.ID); err != nil || out.Before(before.Truncate(time.Microsecond)) {
				t.Errorf("after %s a sign-in under way would hold: %v", c.name, err)
			}
		}
	})
}
