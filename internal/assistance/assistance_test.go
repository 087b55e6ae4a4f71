package assistance_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/directory"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

var (
	ctx      = context.Background()
	all      = store.Everything("test")
	focal    = access.Act("focal", access.FocalPoint, "KG", "")
	deputy   = access.Act("deputy", access.FocalPoint, "KG", "")
	envoy    = access.Act("envoy", access.Delegation, "KG", "")
	expertKG = access.Act("expert-kg", access.Expert, "KG", "")
	focalTJ  = access.Act("focal-tj", access.FocalPoint, "TJ", "")
	envoyTJ  = access.Act("envoy-tj", access.Delegation, "TJ", "")
	desk     = access.Act("desk", access.DeskOfficer, "", "")
	second   = access.Act("second", access.DeskOfficer, "", "")
	admin    = access.Act("admin", access.Administrator, "", "")
	officer  = access.Act("officer", access.ProgrammeOfficer, "", "spmu")
	member   = access.Act("member", access.MemberRole, "", "")
	visitor  = access.Act("visitor", access.Visitor, "", "")
	nobody   = access.Subject{}
	program  = focal.Within(access.Closed, true)
)

func each(t *testing.T, fn func(t *testing.T, a *assistance.Assistance)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if err := directory.Seed(ctx, db); err != nil {
			t.Fatal(err)
		}
		fn(t, &assistance.Assistance{DB: db})
		if list, err := assistance.Misplaced(ctx, db); err != nil || len(list) > 0 {
			t.Errorf("tasks that lie where they do not belong: %v, %v", list, err)
		}
	})
}

// whole is a draft with everything that it takes to be submitted.
func whole() assistance.RequestDraft {
	return assistance.RequestDraft{
		Lang: "ru", Title: "Подготовка инструкторов", Wish: "Курс для десяти инструкторов", Reason: "Новый закон о полиции",
		Since: "2027", Until: "2027-06", Themes: []string{"police-reform", "cybercrime/cyber-investigation"},
		Items: []string{"1049/14.2"}, Lines: []string{"1049/12.1"}, Bodies: []string{"Полицейская академия", "spmu"},
	}
}

func draft(t testing.TB, a *assistance.Assistance) string {
	t.Helper()
	id, err := a.Draft(ctx, focal, whole())
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func read(t testing.TB, a *assistance.Assistance, id string) assistance.Request {
	t.Helper()
	r, err := a.Request(ctx, all, id)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func move(t testing.TB, a *assistance.Assistance, who access.Subject, id string, m assistance.Move) {
	t.Helper()
	if err := a.Move(ctx, who, id, read(t, a, id).Rev, m, "words", "spmu"); err != nil {
		t.Fatal(m, err)
	}
}

// waysTo are the moves that bring a draft to a stage.
var waysTo = map[assistance.Stage][]assistance.Move{
	assistance.Drafted:       nil,
	assistance.Submitted:     {assistance.Submit},
	assistance.Acknowledged:  {assistance.Submit, assistance.Acknowledge},
	assistance.Clarification: {assistance.Submit, assistance.Ask},
	assistance.Accepted:      {assistance.Submit, assistance.Acknowledge, assistance.Accept},
	assistance.Declined:      {assistance.Submit, assistance.Acknowledge, assistance.Decline},
	assistance.Referred:      {assistance.Submit, assistance.Acknowledge, assistance.Refer},
	assistance.Withdrawn:     {assistance.Submit, assistance.Withdraw},
}

// at makes a request that is at the stage.
func at(t testing.TB, a *assistance.Assistance, s assistance.Stage) assistance.Request {
	t.Helper()
	id := draft(t, a)
	for _, m := range waysTo[s] {
		who := desk
		if m == assistance.Submit || m == assistance.Withdraw {
			who = focal
		}
		move(t, a, who, id, m)
	}
	r := read(t, a, id)
	if r.Stage != s {
		t.Fatalf("%s, not %s", r.Stage, s)
	}
	return r
}

func TestARequestGoesItsWay(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		id := draft(t, a)
		t.Run("a draft is its State's alone", func(t *testing.T) {
			for who, reads := range map[*access.Subject]bool{&focal: true, &deputy: true, &expertKG: true, &focalTJ: false, &desk: false, &admin: false, &nobody: false} {
				if _, err := a.Request(ctx, who.Scope(), id); (err == nil) != reads {
					t.Errorf("%s: %v", who.ID, err)
				}
			}
		})
		t.Run("what was written is what is read, in its order", func(t *testing.T) {
			if got := store.JSON(read(t, a, id).Draft()); got != store.JSON(whole()) {
				t.Error(got)
			}
		})
		t.Run("submitted it has a number and a day, and others of the States and the desk read it", func(t *testing.T) {
			move(t, a, deputy, id, assistance.Submit)
			r, err := a.Request(ctx, focalTJ.Scope(), id)
			if err != nil || r.Number != fmt.Sprintf("%d/1", time.Now().UTC().Year()) || len(r.Due) != 10 || r.Owner != "focal" || r.Level != access.Official {
				t.Error(r, err)
			}
			if _, err := a.Request(ctx, member.Scope(), id); !errors.Is(err, store.ErrNotFound) {
				t.Error(err)
			}
		})
		t.Run("its history has each step with its words", func(t *testing.T) {
			r := read(t, a, id)
			for _, m := range []struct {
				who   access.Subject
				move  assistance.Move
				words string
			}{{desk, assistance.Ask, "Сколько?"}, {focal, assistance.Answer, "Десять"}, {second, assistance.Accept, ""}} {
				if err := a.Move(ctx, m.who, id, r.Rev, m.move, m.words, ""); err != nil {
					t.Fatal(m.move, err)
				}
				r = read(t, a, id)
			}
			steps, err := a.Steps(ctx, id)
			var told []string
			for _, s := range steps {
				told = append(told, fmt.Sprintf("%d %s→%s %s %s", s.N, s.Move, s.Stage, s.By, s.Words))
			}
			want := "1 draft→draft focal |2 submit→submitted deputy words|3 ask→clarification desk Сколько?|4 answer→acknowledged focal Десять|5 accept→accepted second "
			if err != nil || strings.Join(told, "|") != want || r.Handler != "second" || r.Due != "" {
				t.Error(err, told, r)
			}
		})
		t.Run("what the State changes in answer to a question leaves what stood there", func(t *testing.T) {
			r := at(t, a, assistance.Clarification)
			d := whole()
			d.Wish, d.Themes = "Курс для двадцати", []string{"drugs"}
			if err := a.Revise(ctx, focal, r.ID, r.Rev, d); err != nil {
				t.Fatal(err)
			}
			steps, err := a.Steps(ctx, r.ID)
			if last := steps[len(steps)-1]; err != nil || last.Move != "revise" || last.Former.Wish != whole().Wish || !slices.Equal(last.Former.Themes, whole().Themes) {
				t.Error(last, err)
			}
			if now := read(t, a, r.ID); now.Wish != d.Wish || !slices.Equal(now.Themes, d.Themes) || !now.Moved.Equal(r.Moved) {
				t.Error(now)
			}
			d.Title = ""
			var wrong assistance.Invalid
			if err := a.Revise(ctx, focal, r.ID, r.Rev+1, d); !errors.As(err, &wrong) || wrong["title"] == "" {
				t.Error("others read it: it stays whole", err)
			}
		})
		t.Run("the same words again are no change", func(t *testing.T) {
			id := draft(t, a)
			if err := a.Revise(ctx, deputy, id, 1, whole()); err != nil || read(t, a, id).Rev != 1 {
				t.Error(err)
			}
		})
	})
}
