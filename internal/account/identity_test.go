package account_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/account/providertest"
	"polis/internal/store"
)

func TestWhoComesFromAProviderIsAVisitorUntilSomebodyVouches(t *testing.T) {
	withProvider(t, func(e elsewhere) {
		p, isNew := e.arrives()
		if !isNew || p.Email != "anna@mia.example" || p.Name != "Anna Example" || p.ActsFor != "KG" {
			e.Fatalf("%v %+v", isNew, p)
		}
		p, err := account.Load(ctx, e.db, p.ID)
		if must(e.T, err); p.Confirmed.IsZero() {
			e.Error("the address is not confirmed")
		}
		if who := now(e.T, e.db, p.ID); who.Trust != access.Public || len(who.Grants) > 0 {
			e.Errorf("signing in opens something: %+v", who)
		}
		must(e.T, account.Vouch(ctx, e.db, focalKG, p.ID, "KG", "", time.Time{}))
		if who := now(e.T, e.db, p.ID); !who.HasFor(access.Expert, "KG") {
			e.Errorf("vouched for, she has no role: %+v", who)
		}
		if again, isNew := e.arrives(); isNew || again.ID != p.ID {
			e.Error("she is somebody else the second time")
		}
	})
}

func TestAnAddressAloneOpensNoAccount(t *testing.T) {
	withProvider(t, func(e elsewhere) {
		victim := create(e.T, e.db, account.New{Email: "anna@mia.example", Role: access.Administrator})
		for sentence, change := range map[string]func(map[string]any){
			"a confirmed address that has an account": func(map[string]any) {},
			"an address that is not confirmed":        func(c map[string]any) { c["email"], c["email_verified"] = "new@mia.example", false },
			"one confirmed with a word":               func(c map[string]any) { c["email"], c["email_verified"] = "new@mia.example", "yes" },
			"no address":                              func(c map[string]any) { delete(c, "email") },
			"what is no address": func(c map[string]any) {
				c["email"] = "a@b\r\nBcc: c@d"
			},
			"an address of capitals that has an account": func(c map[string]any) { c["email"] = "ANNA@MIA.example" },
		} {
			claims := anna()
			change(claims)
			e.there.Mend(claims)
			c, err := e.claims(account.ToSignIn)
			must(e.T, err)
			if p, _, err := e.Arrive(ctx, e.mia, c, "en"); !errors.Is(err, account.ErrStranger) {
				e.Errorf("%s: %+v %v", sentence, p, err)
			}
		}
		known, err := account.Identities(ctx, e.db, system, victim.ID)
		if must(e.T, err); len(known) > 0 {
			e.Error("the account was joined by its address")
		}
	})
}

func TestSheConnectsOnceSheHasSignedInHere(t *testing.T) {
	withProvider(t, func(e elsewhere) {
		p := create(e.T, e.db, account.New{Email: "anna@mia.example", Role: access.MemberRole})
		other := create(e.T, e.db, account.New{Email: "other@mia.example", Role: access.MemberRole})
		c, err := e.claims(account.ToSignIn)
		must(e.T, err)
		i, err := e.OpenIntroduction(e.SealIntroduction(e.mia, c))
		must(e.T, err)
		if err := e.Join(ctx, access.Subject{}, i); !errors.Is(err, account.ErrForbidden) {
			e.Errorf("nobody joins: %v", err)
		}
		must(e.T, e.Join(ctx, access.Subject{ID: p.ID}, i))
		must(e.T, e.Join(ctx, access.Subject{ID: p.ID}, i)) // a second press
		if err := e.Join(ctx, access.Subject{ID: other.ID}, i); !errors.Is(err, account.ErrIdentityTaken) {
			e.Errorf("another person takes it: %v", err)
		}
		if got, isNew := e.arrives(); isNew || got.ID != p.ID {
			e.Error("the provider does not lead to her account")
		}
		known, err := account.Identities(ctx, e.db, access.Subject{ID: p.ID}, p.ID)
		if must(e.T, err); len(known) != 1 {
			e.Fatalf("%v", known)
		}
		if err := account.Part(ctx, e.db, access.Subject{ID: other.ID}, p.ID, known[0].ID); !errors.Is(err, account.ErrForbidden) {
			e.Errorf("a stranger parts them: %v", err)
		}
		if err := account.Part(ctx, e.db, access.Subject{ID: other.ID}, other.ID, known[0].ID); !errors.Is(err, store.ErrNotFound) {
			e.Errorf("a stranger parts them in her own name: %v", err)
		}
		must(e.T, account.Part(ctx, e.db, access.Subject{ID: p.ID}, p.ID, known[0].ID))
	})
}

func TestTheLastWayInStays(t *testing.T) {
	withProvider(t, func(e elsewhere) {
		p, _ := e.arrives()
		known, err := account.Identities(ctx, e.db, system, p.ID)
		must(e.T, err)
		if err := account.Part(ctx, e.db, access.Subject{ID: p.ID}, p.ID, known[0].ID); !errors.Is(err, account.ErrLastWay) {
			e.Errorf("%v", err)
		}
	})
}

func TestABlockedAccountIsNotOpenedFromElsewhere(t *testing.T) {
	withProvider(t, func(e elsewhere) {
		p, _ := e.arrives()
		must(e.T, account.Block(ctx, e.db, system, p.ID, true))
		c, err := e.claims(account.ToSignIn)
		must(e.T, err)
		if _, _, err := e.Arrive(ctx, e.mia, c, "en"); !errors.Is(err, account.ErrSignIn) {
			e.Errorf("%v", err)
		}
	})
}

// held are the roles of a person that have not ended and who gave them.
func (e elsewhere) held(person string) (list []string) {
	e.Helper()
	roles, err := account.Roles(ctx, e.db, person)
	must(e.T, err)
	for _, h := range roles {
		if h.Ended.IsZero() {
			list = append(list, string(h.Role)+" by "+h.ByWhom)
		}
	}
	slices.Sort(list)
	return list
}

func (e elsewhere) wants(sentence, person string, want ...string) {
	e.Helper()
	if got := e.held(person); !slices.Equal(got, want) {
		e.Errorf("%s: %q, want %q", sentence, got, want)
	}
}

func TestRolesFollowTheGroupsAtTheProvider(t *testing.T) {
	withProvider(t, func(e elsewhere) {
		p, _ := e.arrives()
		e.wants("in the group", p.ID, "expert by provider:mia")
		as := func(groups any, amr ...string) {
			e.Helper()
			claims := anna()
			claims["groups"], claims["amr"] = groups, amr
			e.there.Mend(claims)
			e.arrives()
		}
		as([]string{"experts", "keepers"}, "pwd")
		e.wants("a role of the house without a second factor", p.ID, "expert by provider:mia")
		as([]string{"experts", "keepers"}, "otp")
		e.wants("a role of the house with it", p.ID, "administrator by provider:mia", "expert by provider:mia")
		as("experts")
		e.wants("a single group as a text", p.ID, "expert by provider:mia")
		as([]any{1, nil, "EXPERTS", "experts "})
		e.wants("what is nearly the group", p.ID)
		as([]string{"experts"})
		e.wants("back in it", p.ID, "expert by provider:mia")

		claims := anna()
		delete(claims, "groups")
		e.there.Mend(claims)
		e.arrives()
		e.wants("the claim is gone", p.ID)

		must(e.T, account.Vouch(ctx, e.db, focalKG, p.ID, "KG", "", time.Time{}))
		must(e.T, account.Grant(ctx, e.db, focalKG, p.ID, access.Grant{Role: access.Expert, State: "KG"}, time.Time{}))
		as([]string{"experts"})
		as([]string{})
		e.wants("what a person has granted stays", p.ID, "expert by focal-kg")
	})
}

func TestRolesEndWithTheirLineAndTheirProvider(t *testing.T) {
	withProvider(t, func(e elsewhere) {
		p, _ := e.arrives()
		lines := e.mia.Mapping
		e.mia.Mapping = lines[1:]
		e.save()
		e.wants("the line is gone", p.ID)
		e.mia.Mapping = lines
		e.save()
		e.arrives()
		e.wants("the line is back", p.ID, "expert by provider:mia")
		e.mia.Enabled = false
		e.save()
		e.wants("the provider is closed", p.ID)
		if _, _, err := e.Begin(ctx, e.mia, backHere, account.Errand{}); !errors.Is(err, store.ErrNotFound) {
			e.Errorf("a closed provider leads somewhere: %v", err)
		}
		must(e.T, account.RemoveProvider(ctx, e.db, system, "mia"))
		known, err := account.Identities(ctx, e.db, system, p.ID)
		if must(e.T, err); len(known) > 0 {
			e.Error("it still knows her")
		}
	})
}

func TestTwoWhoAreOneArriveAtTheSameTime(t *testing.T) {
	withProvider(t, func(e elsewhere) {
		var all sync.WaitGroup
		var mu sync.Mutex
		ids, made := map[string]bool{}, 0
		for range 6 {
			c, err := e.claims(account.ToSignIn)
			must(e.T, err)
			all.Go(func() {
				p, isNew, err := e.Arrive(ctx, e.mia, c, "en")
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					e.Error(err)
				}
				if ids[p.ID] = true; isNew {
					made++
				}
			})
		}
		all.Wait()
		if len(ids) != 1 || made != 1 {
			e.Errorf("%d people, %d of them new", len(ids), made)
		}
	})
}

func TestAFreshSignInElsewhereProves(t *testing.T) {
	withProvider(t, func(e elsewhere) {
		if c, err := e.claims(account.ToProve); err != nil || time.Since(c.Proved) > time.Minute {
			e.Errorf("%v %v", c.Proved, err)
		}
		e.there.Break(func(r *providertest.Rules) {
			r.Token = func(c map[string]any) { c["auth_time"] = time.Now().Add(-time.Hour).Unix() }
		})
		if _, err := e.claims(account.ToProve); err == nil {
			e.Error("an old sign-in proves that it is she")
		}
		if _, err := e.claims(account.ToSignIn); err != nil {
			e.Errorf("an old sign-in is good enough for signing in: %v", err)
		}
	})
}
