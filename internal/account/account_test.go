package account_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

var (
	ctx    = context.Background()
	system = access.System("test")
)

const password = "a long enough password"

func create(t *testing.T, db *store.DB, n account.New) account.Person {
	t.Helper()
	n.Password = password
	if n.Name == "" {
		n.Name = "Officer"
	}
	p, err := account.Create(ctx, db, system, n)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAPersonSignsInWithHerAddressAndPassword(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := create(t, db, account.New{Email: "Desk@polis.example", Role: access.DeskOfficer})
		got, err := account.SignIn(ctx, db, " desk@POLIS.example", password)
		if err != nil || got.ID != p.ID {
			t.Fatal(got, err)
		}
		kept, err := store.Get[string](ctx, db, store.Everything("test"), "SELECT secret FROM person WHERE {scope} AND id = $1", p.ID)
		if err != nil || !strings.HasPrefix(kept, "$argon2id$v=19$m=19456,t=2,") {
			t.Errorf("it is kept as %.32s %v", kept, err) // ASVS 5.0 11.4.2, 11.2.2
		}
		for _, c := range [][2]string{
			{"desk@polis.example", "a wrong password here"},
			{"desk@polis.example", ""},
			{"desk@polis.example", " " + password}, // as she typed it, to the letter (ASVS 5.0 6.2.8)
			{"desk@polis.example", password + " "},
			{"desk@polis.example", strings.ToUpper(password)},
			{"desk@polis.example", password[:len(password)-1]},
			{"nobody@polis.example", password},
			{"", ""},
		} {
			if _, err := account.SignIn(ctx, db, c[0], c[1]); !errors.Is(err, account.ErrSignIn) {
				t.Errorf("%q with %q: %v", c[0], c[1], err)
			}
		}
	})
}

func TestABlockedPersonIsOutAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := create(t, db, account.New{Email: "a@polis.example", Role: access.MemberRole})
		if err := account.Block(ctx, db, system, p.ID, true); err != nil {
			t.Fatal(err)
		}
		if _, err := account.SignIn(ctx, db, "a@polis.example", password); !errors.Is(err, account.ErrSignIn) {
			t.Error("a blocked account signs in:", err)
		}
		if _, _, err := account.Subject(ctx, db, p.ID, account.TwoFactors); !errors.Is(err, store.ErrNotFound) {
			t.Error("a session of a blocked account goes on:", err)
		}
	})
}

func TestOnlyAnAdministratorClosesAccounts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := create(t, db, account.New{Email: "a@polis.example", Role: access.MemberRole})
		for _, role := range access.Roles {
			err := account.Block(ctx, db, access.Act("other", role, "KG", ""), p.ID, true)
			if role == access.Administrator {
				if err != nil {
					t.Error(role, err)
				}
			} else if !errors.Is(err, account.ErrForbidden) {
				t.Errorf("%s closed an account: %v", role, err)
			}
		}
		self := access.Act(p.ID, access.MemberRole, "", "")
		if err := account.SetPassword(ctx, db, self, p.ID, "another long password"); err != nil {
			t.Error("she may change her own password:", err)
		}
		if err := account.SetPassword(ctx, db, access.Act("other", access.DeskOfficer, "", ""), p.ID, "another long password"); !errors.Is(err, account.ErrForbidden) {
			t.Error("the desk sets somebody's password:", err)
		}
		if err := account.Block(ctx, db, self, p.ID, false); !errors.Is(err, account.ErrForbidden) {
			t.Error(err)
		}
	})
}

func TestABadAccountIsRefusedFieldByField(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		create(t, db, account.New{Email: "a@polis.example", Role: access.MemberRole})
		good := account.New{Email: "b@polis.example", Name: "B", Role: access.MemberRole, Password: password}
		for field, spoil := range map[string]func(*account.New){
			"email":    func(n *account.New) { n.Email = "A@polis.example" },
			"name":     func(n *account.New) { n.Name = "  " },
			"role":     func(n *account.New) { n.Role = "king" },
			"state":    func(n *account.New) { n.Role = access.Delegation },
			"body":     func(n *account.New) { n.Role = access.ProgrammeOfficer },
			"password": func(n *account.New) { n.Password = "short" },
		} {
			n := good
			spoil(&n)
			_, err := account.Create(ctx, db, system, n)
			var invalid account.Invalid
			if !errors.As(err, &invalid) || invalid[field] == "" || len(invalid) != 1 {
				t.Errorf("%s: %v", field, err)
			}
		}
	})
}

func TestTheLogKnowsPeopleByIdOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		create(t, db, account.New{Email: "jane@polis.example", Name: "Jane Roe", Role: access.MemberRole})
		type texts struct{ Data, Object, Who string }
		rows, err := store.List[texts](ctx, db, store.Everything("test"), "SELECT data, object, who FROM event WHERE {scope}")
		if err != nil || len(rows) == 0 {
			t.Fatal(rows, err)
		}
		for _, r := range rows {
			if s := r.Data + r.Object + r.Who; strings.Contains(s, "jane") || strings.Contains(s, "Roe") {
				t.Error("a name stands in the log:", s)
			}
		}
	})
}

func TestASessionLivesUntilItExpires(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := account.SessionStore{DB: db}
		data := open(t, db, "token", "somebody", "")
		if b, ok, err := s.Find("token"); err != nil || !ok || string(b) != string(data) {
			t.Error(b, ok, err)
		}
		if err := s.Commit("token", []byte("not a session"), time.Now().Add(time.Hour)); err == nil {
			t.Error("something that is no session is stored")
		}
		if err := s.Commit("token", data, time.Now().Add(-time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, ok, err := s.Find("token"); err != nil || ok {
			t.Error("an expired session is found", err)
		}
		if err := s.Delete("token"); err != nil {
			t.Error(err)
		}
		left, err := store.List[string](ctx, db, store.Everything("test"), "SELECT hash FROM session WHERE {scope}")
		if err != nil || len(left) != 0 {
			t.Error(left, err)
		}
	})
}
