package assistance_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/lang"
	"polis/internal/store"
)

var areas = []string{"cybercrime", "drugs", "trafficking"}

// asked is a consent that the desk has asked of Kyrgyzstan.
func asked(t testing.TB, a *assistance.Assistance) string {
	t.Helper()
	id, err := a.AskConsent(ctx, desk, assistance.AskedConsent{Giver: "KG", Why: "A course", Areas: areas})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func readConsent(t testing.TB, a *assistance.Assistance, id string) assistance.Consent {
	t.Helper()
	c, err := a.Consent(ctx, all, id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// answer is how a State consents to two areas of three.
func answer() assistance.GivenConsent {
	return assistance.GivenConsent{
		Authority: "Министерство внутренних дел", Office: "Заместитель министра", Given: "2026-01-15",
		Since: "2026", Until: "2199-02", Conditions: "Только в Бишкеке", Document: "KG/12/26", Areas: areas[:2],
	}
}

// consentAt makes a consent that is at the stage.
func consentAt(t testing.TB, a *assistance.Assistance, s assistance.ConsentStage) assistance.Consent {
	t.Helper()
	id := asked(t, a)
	var err error
	switch s {
	case assistance.ConsentRefused:
		err = a.Refuse(ctx, focal, id, 1, "")
	case assistance.ConsentRetracted:
		err = a.Retract(ctx, officer, id, 1, "Another State was meant")
	case assistance.ConsentGiven, assistance.ConsentWithdrawn:
		err = a.Give(ctx, envoy, id, 1, answer())
		if s == assistance.ConsentWithdrawn {
			err = errors.Join(err, a.WithdrawConsent(ctx, focal, id, 2, "A new law"))
		}
	case assistance.ConsentExpired:
		g := answer()
		g.Until = today()
		err = errors.Join(a.Give(ctx, focal, id, 1, g), a.Expire(ctx, time.Now().AddDate(0, 0, 2)))
	}
	c := readConsent(t, a, id)
	if err != nil || c.Stage != s {
		t.Fatal(s, c.Stage, err)
	}
	return c
}

func today() string { return time.Now().UTC().Format(time.DateOnly) }

// standings are how the areas stand, in their order.
func standings(c assistance.Consent) string {
	var list []string
	for _, area := range c.Areas {
		list = append(list, string(area.Standing))
	}
	return strings.Join(list, " ")
}

func TestAConsentGoesItsWay(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		r := at(t, a, assistance.Accepted)
		id, err := a.AskConsent(ctx, officer, assistance.AskedConsent{Giver: "KG", Request: r.ID, Why: "A course", Areas: []string{"trafficking", " drugs", "cybercrime", "drugs"}})
		if err != nil {
			t.Fatal(err)
		}
		if c := readConsent(t, a, id); c.Number != fmt.Sprintf("%d/1", time.Now().UTC().Year()) || c.Request != r.ID || standings(c) != "asked asked asked" || c.Level != access.Official || c.State != "KG" {
			t.Error(c)
		}
		t.Run("given for two areas, it is refused for the third, and holds from the first day to the last", func(t *testing.T) {
			if err := a.Give(ctx, envoy, id, 1, answer()); err != nil {
				t.Fatal(err)
			}
			c := readConsent(t, a, id)
			if standings(c) != "open open refused" || c.Since != "2026-01-01" || c.Until != "2199-02-28" || c.Recorded != "state" || c.Office != answer().Office {
				t.Error(c)
			}
		})
		t.Run("one area is closed and the rest stays, and it may be opened again", func(t *testing.T) {
			if err := a.CloseArea(ctx, focal, id, 2, "drugs", "Проверка"); err != nil {
				t.Fatal(err)
			}
			c := readConsent(t, a, id)
			if area, _ := c.Area("drugs"); standings(c) != "open closed refused" || area.Closed != today() || area.Reason != "Проверка" || c.Stage != assistance.ConsentGiven {
				t.Error(c)
			}
			for _, theme := range []string{"drugs", "trafficking"} {
				if err := a.OpenArea(ctx, focal, id, readConsent(t, a, id).Rev, theme, ""); err != nil {
					t.Fatal(err)
				}
			}
			if c := readConsent(t, a, id); standings(c) != "open open open" || c.Areas[1].Closed != "" {
				t.Error(c)
			}
		})
		t.Run("withdrawn it closes all of it, and keeps its history", func(t *testing.T) {
			if err := a.WithdrawConsent(ctx, envoy, id, 5, "Новый закон"); err != nil {
				t.Fatal(err)
			}
			if c := readConsent(t, a, id); standings(c) != "closed closed closed" || c.Stage != assistance.ConsentWithdrawn || c.Authority == "" {
				t.Error(c)
			}
			steps, err := a.ConsentSteps(ctx, id)
			var told []string
			for _, s := range steps {
				told = append(told, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", s.Move, s.Theme, s.By, s.Words)))
			}
			want := "ask  officer|give  envoy|close drugs focal Проверка|open drugs focal|open trafficking focal|withdraw  envoy Новый закон"
			if err != nil || strings.Join(told, "|") != want {
				t.Error(err, strings.Join(told, "|"))
			}
		})
	})
}

func TestEveryMoveOfAConsentAtEveryStageByEverybody(t *testing.T) {
	roles := map[string]access.Subject{
		"focal point": focal, "delegation": envoy, "expert of the State": expertKG, "focal point of another State": focalTJ, "delegation of another State": envoyTJ,
		"desk": desk, "administrator": admin, "programme officer": officer, "member": member, "visitor": visitor, "nobody": nobody,
		"a program of the focal point": program, "a program of the desk": desk.Within(access.Closed, true), "the program": access.System("test"),
	}
	state, house := []string{"focal point", "delegation"}, []string{"desk", "administrator"}
	each(t, func(t *testing.T, a *assistance.Assistance) {
		do := map[assistance.ConsentMove]func(access.Subject, assistance.Consent) error{
			assistance.GiveConsent:   func(who access.Subject, c assistance.Consent) error { return a.Give(ctx, who, c.ID, c.Rev, answer()) },
			assistance.RefuseConsent: func(who access.Subject, c assistance.Consent) error { return a.Refuse(ctx, who, c.ID, c.Rev, "why") },
			assistance.ConsentClosing: func(who access.Subject, c assistance.Consent) error {
				return a.CloseArea(ctx, who, c.ID, c.Rev, "drugs", "why")
			},
			assistance.ConsentOpening: func(who access.Subject, c assistance.Consent) error {
				return a.OpenArea(ctx, who, c.ID, c.Rev, "trafficking", "why")
			},
			assistance.ConsentWithdraw: func(who access.Subject, c assistance.Consent) error {
				return a.WithdrawConsent(ctx, who, c.ID, c.Rev, "why")
			},
			assistance.ConsentRetract: func(who access.Subject, c assistance.Consent) error { return a.Retract(ctx, who, c.ID, c.Rev, "why") },
		}
		from := map[assistance.ConsentMove]assistance.ConsentStage{
			assistance.GiveConsent: assistance.ConsentAsked, assistance.RefuseConsent: assistance.ConsentAsked,
			assistance.ConsentClosing: assistance.ConsentGiven, assistance.ConsentOpening: assistance.ConsentGiven, assistance.ConsentWithdraw: assistance.ConsentGiven,
			assistance.ConsentRetract: assistance.ConsentAsked,
		}
		asks := append([]string{"programme officer", "a program of the desk"}, house...)
		for _, stage := range assistance.ConsentStages {
			base := consentAt(t, a, stage)
			for m, try := range do {
				for name, who := range roles {
					_, reads := who.Scope().Allows(base.Label)
					may := slices.Contains(state, name) || m != assistance.ConsentOpening && slices.Contains(house, name)
					if m == assistance.ConsentRetract {
						may = slices.Contains(asks, name)
					}
					offered := slices.Contains(assistance.ConsentMoves(who, base), m)
					if offered != (may && from[m] == stage) {
						t.Errorf("%s: %s is offered to %s: %v", stage, m, name, offered)
					}
					err := try(who, base)
					var not assistance.Impossible
					ok := false
					switch {
					case !reads:
						ok = errors.Is(err, store.ErrNotFound)
					case !may:
						ok = errors.Is(err, assistance.ErrForbidden)
					case from[m] != stage:
						ok = errors.As(err, &not) && lang.Has(not.Key)
					default:
						ok = err == nil
						base = consentAt(t, a, stage)
					}
					if !ok {
						t.Errorf("%s: %s by %s: %v", stage, m, name, err)
					}
				}
			}
		}
		for name, who := range roles {
			_, err := a.AskConsent(ctx, who, assistance.AskedConsent{Giver: "KG", Why: "A course", Areas: areas})
			if may := slices.Contains(asks, name); may != (err == nil) || !may && !errors.Is(err, assistance.ErrForbidden) {
				t.Errorf("%s asks: %v", name, err)
			}
		}
	})
}

func TestWhatAConsentNeeds(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		for field, change := range map[string]func(*assistance.GivenConsent){
			"authority":  func(g *assistance.GivenConsent) { g.Authority = " " },
			"office":     func(g *assistance.GivenConsent) { g.Office = "" },
			"given":      func(g *assistance.GivenConsent) { g.Given = "" },
			"since":      func(g *assistance.GivenConsent) { g.Since = "soon" },
			"until":      func(g *assistance.GivenConsent) { g.Until = "2026-02-01" },
			"areas":      func(g *assistance.GivenConsent) { g.Areas = []string{"terrorism"} },
			"conditions": func(g *assistance.GivenConsent) { g.Conditions = strings.Repeat("я", 5001) },
		} {
			id, g := asked(t, a), answer()
			change(&g)
			var wrong assistance.Invalid
			if err := a.Give(ctx, focal, id, 1, g); !errors.As(err, &wrong) || len(wrong) != 1 || !lang.Has(wrong[field]) {
				t.Errorf("%s: %v", field, err)
			}
			if c := readConsent(t, a, id); c.Stage != assistance.ConsentAsked || c.Moves != 1 || standings(c) != "asked asked asked" {
				t.Errorf("%s: %v", field, c)
			}
		}
		for _, given := range []string{"2026", "2026-01", "2199-01-01", "15.01.2026"} {
			g := answer()
			g.Given = given
			var wrong assistance.Invalid
			if err := a.Give(ctx, focal, asked(t, a), 1, g); !errors.As(err, &wrong) || wrong["given"] == "" {
				t.Errorf("given on %s: %v", given, err)
			}
		}
		t.Run("the desk writes it down with the paper, and says by which letter it is over", func(t *testing.T) {
			id, g := asked(t, a), answer()
			g.Document = ""
			var wrong assistance.Invalid
			if err := a.Give(ctx, desk, id, 1, g); !errors.As(err, &wrong) || wrong["document"] == "" {
				t.Error(err)
			}
			if err := a.Give(ctx, focal, asked(t, a), 1, g); err != nil {
				t.Error("a State needs no paper here", err)
			}
			if err := a.Give(ctx, desk, id, 1, answer()); err != nil || readConsent(t, a, id).Recorded != "desk" {
				t.Error(err)
			}
			if err := a.WithdrawConsent(ctx, desk, id, 2, " "); !errors.As(err, &wrong) || !lang.Has(wrong["reason"]) {
				t.Error(err)
			}
		})
		t.Run("an area that it does not have, and one that stands so already", func(t *testing.T) {
			c := consentAt(t, a, assistance.ConsentGiven)
			var wrong assistance.Invalid
			var not assistance.Impossible
			if err := a.CloseArea(ctx, focal, c.ID, c.Rev, "terrorism", ""); !errors.As(err, &wrong) || !lang.Has(wrong["theme"]) {
				t.Error(err)
			}
			if err := a.CloseArea(ctx, focal, c.ID, c.Rev, "trafficking", ""); !errors.As(err, &not) || !lang.Has(not.Key) {
				t.Error(err)
			}
			if err := a.OpenArea(ctx, focal, c.ID, c.Rev, "drugs", ""); !errors.As(err, &not) || !lang.Has(not.Key) {
				t.Error(err)
			}
		})
		t.Run("it is asked of a State, with areas, for a request that is accepted, once at a time", func(t *testing.T) {
			good := assistance.AskedConsent{Giver: "TJ", Why: "A course", Areas: areas}
			for field, change := range map[string]func(*assistance.AskedConsent){
				"giver":   func(in *assistance.AskedConsent) { in.Giver = "spmu" },
				"why":     func(in *assistance.AskedConsent) { in.Why = "" },
				"areas":   func(in *assistance.AskedConsent) { in.Areas = []string{"1049/14"} },
				"request": func(in *assistance.AskedConsent) { in.Request = draft(t, a) }, // which the desk does not read
			} {
				in := good
				change(&in)
				var wrong assistance.Invalid
				if _, err := a.AskConsent(ctx, desk, in); !errors.As(err, &wrong) || len(wrong) != 1 || !lang.Has(wrong[field]) {
					t.Errorf("%s: %v", field, err)
				}
			}
			var not assistance.Impossible
			good.Request = at(t, a, assistance.Acknowledged).ID
			if _, err := a.AskConsent(ctx, desk, good); !errors.As(err, &not) || !lang.Has(not.Key) {
				t.Error(err)
			}
			good.Request = at(t, a, assistance.Accepted).ID
			_, first := a.AskConsent(ctx, desk, good)
			if _, err := a.AskConsent(ctx, second, good); first != nil || !errors.As(err, &not) || !lang.Has(not.Key) {
				t.Error(first, err)
			}
		})
	})
}

func TestAConsentAskedByMistakeIsTakenBack(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		r := at(t, a, assistance.Accepted)
		in := assistance.AskedConsent{Giver: "TJ", Request: r.ID, Why: "A course", Areas: areas}
		id, err := a.AskConsent(ctx, desk, in)
		if err != nil {
			t.Fatal(err)
		}
		var wrong assistance.Invalid
		if err := a.Retract(ctx, desk, id, 1, " "); !errors.As(err, &wrong) || !lang.Has(wrong["reason"]) || readConsent(t, a, id).Moves != 1 {
			t.Error("the State is not told why:", err)
		}
		if err := a.Retract(ctx, second, id, 1, "KG was meant"); err != nil {
			t.Fatal(err)
		}
		c := readConsent(t, a, id)
		if c.Stage != assistance.ConsentRetracted || standings(c) != "retracted retracted retracted" || c.Areas[0].Stood.Before(c.Created) {
			t.Error(c)
		}
		if steps, err := a.ConsentSteps(ctx, id); err != nil || steps[1].Move != assistance.ConsentRetract || steps[1].Words != "KG was meant" || steps[1].By != "second" {
			t.Error(steps, err)
		}
		if _, err := a.AskConsent(ctx, desk, in); err != nil {
			t.Error("it stands in the way of the right one:", err)
		}
	})
}

func TestConsentsRunOut(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		g := answer()
		g.Until = today()
		over, endless := asked(t, a), asked(t, a)
		err := a.Give(ctx, focal, over, 1, g)
		g.Until = ""
		err = errors.Join(err, a.Give(ctx, focal, endless, 1, g), a.Expire(ctx, time.Now()))
		if c := readConsent(t, a, over); err != nil || c.Stage != assistance.ConsentGiven {
			t.Fatal("its last day is not over", err)
		}
		for range 2 {
			err = errors.Join(err, a.Expire(ctx, time.Now().AddDate(0, 0, 1)))
		}
		if c := readConsent(t, a, over); err != nil || c.Stage != assistance.ConsentExpired || standings(c) != "closed closed refused" || c.Moves != 3 {
			t.Error(c, err)
		}
		if c := readConsent(t, a, endless); c.Stage != assistance.ConsentGiven || c.Until != "" || standings(c) != "open open refused" {
			t.Error(c)
		}
		if steps, err := a.ConsentSteps(ctx, over); err != nil || steps[2].Move != assistance.ConsentExpiry || steps[2].By != "" {
			t.Error(steps, err)
		}
	})
}

func TestGivenAndRefusedAtOnce(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		id := asked(t, a)
		var given, refused error
		var both sync.WaitGroup
		both.Go(func() { given = a.Give(ctx, envoy, id, 1, answer()) })
		both.Go(func() { refused = a.Refuse(ctx, focal, id, 1, "") })
		both.Wait()
		var stale assistance.Stale
		if (given == nil) == (refused == nil) || !errors.As(errors.Join(given, refused), &stale) || readConsent(t, a, id).Moves != 2 {
			t.Error(given, refused)
		}
	})
}
