package account_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/store"
)

// twoFactors gives a person an authenticator app.
func twoFactors(t *testing.T, db *store.DB, person string) {
	t.Helper()
	_, err := store.Write(ctx, db, system, func(tx *store.Tx) (store.Event, error) {
		_, err := tx.Exec(ctx, "INSERT INTO authenticator (person, secret, created) VALUES ($1, 'sealed', 1)", person)
		return store.Event{Act: "test"}, err
	})
	must(t, err)
}

// make gives the secret of a token that the person makes with two factors.
func makeToken(t *testing.T, db *store.DB, who access.Subject, n account.Wanted) (string, account.Token) {
	t.Helper()
	if n.Name == "" {
		n.Name = "Statistics"
	}
	if n.Days == 0 {
		n.Days = account.TokenDays
	}
	secret, token, err := account.MakeToken(ctx, db, who, account.TwoFactors, n)
	must(t, err)
	return secret, token
}

// refused holds that a token opens nothing.
func refused(t *testing.T, db *store.DB, why, secret string) {
	t.Helper()
	if b, err := account.UseToken(ctx, db, secret); !errors.Is(err, account.ErrToken) || b.Trust > access.Public || b.ID != "" {
		t.Errorf("%s: %+v %v", why, b, err)
	}
}

// turnBack makes the token as old as if it had been made that much earlier.
func turnBack(t *testing.T, db *store.DB, id string, by time.Duration) {
	t.Helper()
	_, err := store.Write(ctx, db, system, func(tx *store.Tx) (store.Event, error) {
		_, err := tx.Exec(ctx, "UPDATE token SET made = made - $2, until = until - $2 WHERE id = $1", id, by.Microseconds())
		return store.Event{Act: "test"}, err
	})
	must(t, err)
}

func TestATokenIsShownOnceAndStoredAsAHash(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		p := create(t, db, account.New{Email: "a@polis.example", Role: access.MemberRole})
		secret, token := makeToken(t, db, now(t, db, p.ID), account.Wanted{Reach: access.Member})
		other, _ := makeToken(t, db, now(t, db, p.ID), account.Wanted{Reach: access.Member})
		if !account.LooksLikeToken(secret) || len(secret) != 55 || secret == other {
			t.Errorf("%q, then %q", secret, other)
		}
		if left := time.Until(token.Until); left < 89*24*time.Hour || left > 90*24*time.Hour {
			t.Errorf("it lasts %v", left)
		}
		for i := range secret {
			wrong := []byte(secret)
			wrong[i] ^= 1
			if account.LooksLikeToken(string(wrong)) {
				t.Errorf("%s has a good checksum too", wrong)
			}
		}
		hashes, err := store.List[string](ctx, db, store.Everything("test"), "SELECT hash FROM token WHERE {scope}")
		if must(t, err); len(hashes) != 2 || strings.Contains(strings.Join(hashes, " "), secret[6:49]) {
			t.Errorf("%v", hashes)
		}
		events, err := store.History(ctx, db, store.Everything("test"), p.ID, 1)
		must(t, err)
		if data := fmt.Sprintf("%s", events[0].Data); events[0].Act != "account.token.made" || strings.Contains(data, secret[6:20]) || strings.Contains(data, "Statistics") {
			t.Errorf("the log says %s %s", events[0].Act, data)
		}
	})
}

func TestWhatIsWrongWithATokenIsNotTold(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		p := create(t, db, account.New{Email: "a@polis.example", Role: access.MemberRole})
		who := now(t, db, p.ID)
		secret, token := makeToken(t, db, who, account.Wanted{Reach: access.Member, Days: 1})
		if b, err := account.UseToken(ctx, db, secret); err != nil || b.ID != p.ID || b.Trust != access.Member || b.Token != token.ID {
			t.Fatalf("%+v %v", b, err)
		}
		for _, wrong := range []string{"", "polis_", secret + "0", secret[:54], strings.ToLower(secret), strings.Repeat("A", 1<<20), token.ID, "x' OR '1'='1"} {
			refused(t, db, "never made", wrong)
		}
		turnBack(t, db, token.ID, 24*time.Hour)
		refused(t, db, "run out", secret)
		secret, token = makeToken(t, db, who, account.Wanted{Reach: access.Member})
		must(t, account.EndToken(ctx, db, who, token.ID))
		refused(t, db, "taken back", secret)
		if err := account.EndToken(ctx, db, who, token.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("taken back twice: %v", err)
		}
		secret, _ = makeToken(t, db, who, account.Wanted{Reach: access.Member})
		must(t, account.Block(ctx, db, system, p.ID, true))
		refused(t, db, "of somebody who is out", secret)
	})
}

func TestAPersonalTokenNeverGivesMoreThanItsPersonHas(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		p := create(t, db, account.New{Email: "a@polis.example", Role: access.FocalPoint, ActsFor: "KG"})
		twoFactors(t, db, p.ID)
		who := now(t, db, p.ID)
		closedToKG := access.Label{Level: access.Closed, State: "KG"}
		use := func(secret string) account.Bearer {
			b, err := account.UseToken(ctx, db, secret)
			must(t, err)
			return b
		}
		t.Run("it reads as far as it reaches, and changes nothing unless it may", func(t *testing.T) {
			for _, level := range access.Levels {
				secret, _ := makeToken(t, db, who, account.Wanted{Reach: level})
				b := use(secret)
				for _, of := range []access.Level{access.Public, access.Member, access.Official} {
					if _, ok := b.Scope().Allows(access.Label{Level: of}); ok != (of <= level) {
						t.Errorf("one that reaches to %v reads %v: %t", level, of, ok)
					}
				}
				if _, ok := b.Scope().Allows(closedToKG); ok != (level == access.Closed) {
					t.Errorf("one that reaches to %v reads what is closed: %t", level, ok)
				}
				if b.May(access.Contribute, access.Label{}).Allowed || b.MayVouch("KG", "").Allowed {
					t.Errorf("one that reaches to %v changes things", level)
				}
			}
			secret, _ := makeToken(t, db, who, account.Wanted{Reach: access.Official, Changes: true})
			if !use(secret).May(access.Contribute, access.Label{}).Allowed {
				t.Error("one that may change things does not")
			}
		})
		secret, _ := makeToken(t, db, who, account.Wanted{Reach: access.Closed, Changes: true})
		t.Run("made without a second factor it holds no roles", func(t *testing.T) {
			weak, _, err := account.MakeToken(ctx, db, who, account.OneFactor, account.Wanted{Name: "Weak", Reach: access.Official, Changes: true, Days: 1})
			must(t, err)
			if b := use(weak); !b.Withheld || b.May(access.Contribute, access.Label{}).Allowed {
				t.Errorf("%+v", b)
			}
		})
		t.Run("without the factor with which it was made it holds none any more", func(t *testing.T) {
			must(t, account.RemoveAuthenticator(ctx, db, who, p.ID))
			if b := use(secret); !b.Withheld || len(b.Grants) > 0 {
				t.Errorf("%+v", b)
			}
			twoFactors(t, db, p.ID)
		})
		t.Run("with the word for her it loses what came from it, at once", func(t *testing.T) {
			must(t, account.Withdraw(ctx, db, system, word(t, db, p.ID).ID, "left"))
			if b := use(secret); b.Trust > access.Public || len(b.Grants) > 0 || b.State != "" {
				t.Errorf("%+v", b)
			}
		})
	})
}

func TestAServiceTokenStandsAndFallsWithWhoAnswersForIt(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		focal := create(t, db, account.New{Email: "f@polis.example", Role: access.FocalPoint, ActsFor: "KG"})
		twoFactors(t, db, focal.ID)
		secret, _ := makeToken(t, db, now(t, db, focal.ID), account.Wanted{ActsFor: "KG", Reach: access.Official, Changes: true})
		b, err := account.UseToken(ctx, db, secret)
		must(t, err)
		t.Run("it acts for its State, reads nothing closed, and contributes", func(t *testing.T) {
			_, official := b.Scope().Allows(access.Label{Level: access.Official})
			_, closed := b.Scope().Allows(access.Label{Level: access.Closed, State: "KG"})
			if b.ID != "token:"+b.Token || b.State != "KG" || !official || closed || !b.May(access.Contribute, access.Label{}).Allowed || b.MayVouch("KG", "").Allowed {
				t.Errorf("%+v, official %t, closed %t", b, official, closed)
			}
		})
		t.Run("a renewed word carries it on", func(t *testing.T) {
			must(t, account.Renew(ctx, db, system, word(t, db, focal.ID).ID, time.Time{}))
			if _, err := account.UseToken(ctx, db, secret); err != nil {
				t.Error(err)
			}
		})
		t.Run("a withdrawn word ends it, and another one does not bring it back", func(t *testing.T) {
			must(t, account.Withdraw(ctx, db, system, word(t, db, focal.ID).ID, "left"))
			refused(t, db, "without a word", secret)
			must(t, account.Vouch(ctx, db, system, focal.ID, "KG", "", time.Time{}))
			refused(t, db, "with a new word", secret)
			if now(t, db, focal.ID).MayVouch("KG", "").Allowed {
				if again, _ := makeToken(t, db, now(t, db, focal.ID), account.Wanted{ActsFor: "KG", Reach: access.Member}); again == secret {
					t.Error("the same token twice")
				}
			}
		})
		t.Run("an administrator's ends with her role; without the second factor it sleeps", func(t *testing.T) {
			admin := create(t, db, account.New{Email: "admin@polis.example", Role: access.Administrator})
			twoFactors(t, db, admin.ID)
			secret, _ := makeToken(t, db, now(t, db, admin.ID), account.Wanted{Body: "spmu", Reach: access.Official})
			if b, err := account.UseToken(ctx, db, secret); err != nil || b.Body != "spmu" || b.Trust != access.Official || len(b.Grants) > 0 {
				t.Fatalf("%+v %v", b, err)
			}
			_, err := store.Write(ctx, db, system, func(tx *store.Tx) (store.Event, error) {
				_, err := tx.Exec(ctx, "UPDATE role_grant SET ended = 9, ended_by = 'x' WHERE person = $1", admin.ID)
				return store.Event{Act: "test"}, err
			})
			must(t, err)
			refused(t, db, "of a former administrator", secret)
		})
	})
}

func TestTokensAreMadeAndTakenBackWithinOnesReach(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		person := func(email string, role access.Role, state string) access.Subject {
			p := create(t, db, account.New{Email: email, Role: role, ActsFor: state})
			twoFactors(t, db, p.ID)
			return now(t, db, p.ID)
		}
		kg, tj := person("kg@polis.example", access.FocalPoint, "KG"), person("tj@polis.example", access.FocalPoint, "TJ")
		member, admin := person("m@polis.example", access.MemberRole, ""), person("a@polis.example", access.Administrator, "")
		desk := person("d@polis.example", access.DeskOfficer, "")
		try := func(who access.Subject, n account.Wanted) error {
			n.Name, n.Days = "Name", 30
			_, _, err := account.MakeToken(ctx, db, who, account.TwoFactors, n)
			return err
		}
		forKG := account.Wanted{ActsFor: "KG", Reach: access.Member}
		for name, who := range map[string]access.Subject{"nobody": {}, "member": member, "focal point of another State": tj, "desk": desk} {
			if err := try(who, forKG); !errors.Is(err, account.ErrForbidden) {
				t.Errorf("%s makes one for KG: %v", name, err)
			}
		}
		if err := try(access.Subject{}, account.Wanted{Reach: access.Public}); !errors.Is(err, account.ErrForbidden) {
			t.Errorf("nobody makes one: %v", err)
		}
		if err := try(member.Within(access.Official, true), account.Wanted{Reach: access.Public}); !errors.Is(err, account.ErrForbidden) {
			t.Errorf("a token makes one: %v", err)
		}
		for field, n := range map[string]account.Wanted{
			"reach": {ActsFor: "KG", Reach: access.Closed, Name: "x", Days: 1},
			"days":  {Reach: access.Public, Name: "x", Days: 366},
			"name":  {Reach: access.Public, Name: " \n ", Days: 1},
		} {
			_, _, err := account.MakeToken(ctx, db, kg, account.TwoFactors, n)
			var wrong account.Invalid
			if !errors.As(err, &wrong) || wrong[field] == "" || len(wrong) != 1 {
				t.Errorf("%s: %v", field, err)
			}
		}
		must(t, try(kg, forKG))
		must(t, try(admin, forKG))
		list, err := account.ServiceTokens(ctx, db, kg)
		if must(t, err); len(list) != 2 {
			t.Errorf("the focal point sees %d", len(list))
		}
		for name, who := range map[string]access.Subject{"member": member, "other": tj, "desk": desk} {
			if err := account.EndToken(ctx, db, who, list[0].ID); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s takes it back: %v", name, err)
			}
			if seen, _ := account.ServiceTokens(ctx, db, who); len(seen) > 0 {
				t.Errorf("%s sees %d", name, len(seen))
			}
		}
		must(t, account.EndToken(ctx, db, kg, list[0].ID))
		must(t, account.EndToken(ctx, db, admin, list[1].ID))
		_, own := makeToken(t, db, member, account.Wanted{Reach: access.Member})
		if _, err := account.TokensOf(ctx, db, kg, member.ID); !errors.Is(err, account.ErrForbidden) {
			t.Errorf("somebody sees another's: %v", err)
		}
		must(t, account.EndToken(ctx, db, admin, own.ID))
		for range 20 {
			must(t, try(member, account.Wanted{Reach: access.Public}))
		}
		var wrong account.Invalid
		if err := try(member, account.Wanted{Reach: access.Public}); !errors.As(err, &wrong) {
			t.Errorf("the twenty-first: %v", err)
		}
	})
}

func TestTheLastUseOfATokenIsKnownToTheMinuteWithoutAnEvent(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		p := create(t, db, account.New{Email: "a@polis.example", Role: access.MemberRole})
		who := now(t, db, p.ID)
		secret, _ := makeToken(t, db, who, account.Wanted{Reach: access.Member})
		used := func() time.Time {
			list, err := account.TokensOf(ctx, db, who, p.ID)
			if must(t, err); len(list) != 1 || !list[0].Held {
				t.Fatalf("%+v", list)
			}
			return list[0].Used
		}
		if at := used(); !at.IsZero() {
			t.Errorf("used %v", at)
		}
		seq := db.Seq()
		for range 3 {
			_, err := account.UseToken(ctx, db, secret)
			must(t, err)
		}
		if at := used(); at.Second() != 0 || at.Nanosecond() != 0 || time.Since(at) > 2*time.Minute || db.Seq() != seq {
			t.Errorf("used %v, %d events", at, db.Seq()-seq)
		}
	})
}

func TestAMistypedTokenAsksTheDatabaseNothing(t *testing.T) {
	inhabited(t, func(t *testing.T, db *store.DB) {
		p := create(t, db, account.New{Email: "a@polis.example", Role: access.MemberRole})
		secret, _ := makeToken(t, db, now(t, db, p.ID), account.Wanted{Reach: access.Member})
		must(t, db.Close())
		if _, err := account.UseToken(ctx, db, secret); err == nil || errors.Is(err, account.ErrToken) {
			t.Error("the database is closed, and a token gets an answer:", err)
		}
		for _, wrong := range []string{"", "polis_", secret[:len(secret)-1], secret + "a", strings.ToLower(secret), "x" + secret[1:], strings.Repeat("a", 1<<16)} {
			refused(t, db, "mistyped", wrong)
		}
	})
}
