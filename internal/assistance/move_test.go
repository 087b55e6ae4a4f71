package assistance_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/lang"
	"polis/internal/store"
)

var moves = []assistance.Move{
	assistance.Submit, assistance.Acknowledge, assistance.Ask, assistance.Answer,
	assistance.Accept, assistance.Decline, assistance.Refer, assistance.Withdraw,
}

// leads are where the moves lead, for the State and for the desk: all others are
// refused.
var leads = map[assistance.Stage]map[assistance.Move]assistance.Stage{
	assistance.Drafted:       {assistance.Submit: assistance.Submitted, assistance.Withdraw: assistance.Withdrawn},
	assistance.Submitted:     {assistance.Acknowledge: assistance.Acknowledged, assistance.Ask: assistance.Clarification, assistance.Withdraw: assistance.Withdrawn},
	assistance.Acknowledged:  {assistance.Ask: assistance.Clarification, assistance.Accept: assistance.Accepted, assistance.Decline: assistance.Declined, assistance.Refer: assistance.Referred, assistance.Withdraw: assistance.Withdrawn},
	assistance.Clarification: {assistance.Answer: assistance.Acknowledged, assistance.Decline: assistance.Declined, assistance.Withdraw: assistance.Withdrawn},
	assistance.Accepted:      {assistance.Withdraw: assistance.Withdrawn},
}

// hers are the moves of a State's focal point; the others are the desk's.
var hers = []assistance.Move{assistance.Submit, assistance.Answer, assistance.Withdraw}

func TestEveryMoveAtEveryStageByEverybody(t *testing.T) {
	roles := map[string]access.Subject{
		"focal point": focal, "her deputy": deputy, "delegation": envoy, "expert of the State": expertKG, "focal point of another State": focalTJ,
		"desk": desk, "administrator": admin, "programme officer": officer, "member": member, "visitor": visitor, "nobody": nobody,
		"the program": access.System("test"), "the desk without its second factor": {ID: "desk", Trust: access.Official, Withheld: true},
	}
	state, house := []string{"focal point", "her deputy"}, []string{"desk", "administrator"}
	each(t, func(t *testing.T, a *assistance.Assistance) {
		for _, stage := range assistance.Stages {
			base := at(t, a, stage) // until somebody moves it
			for _, m := range moves {
				to, leadsOn := leads[stage][m]
				for name, who := range roles {
					_, reads := who.Scope().Allows(base.Label)
					may := slices.Contains(house, name)
					if slices.Contains(hers, m) {
						may = slices.Contains(state, name)
					}
					err := a.Move(ctx, who, base.ID, base.Rev, m, "words", "spmu")
					var not assistance.Impossible
					ok := false
					switch {
					case !reads:
						ok = errors.Is(err, store.ErrNotFound)
					case !may:
						ok = errors.Is(err, assistance.ErrForbidden)
					case !leadsOn:
						ok = errors.As(err, &not) && lang.Has(not.Key)
					default:
						ok = err == nil && read(t, a, base.ID).Stage == to
						base = at(t, a, stage)
					}
					if !ok {
						t.Errorf("%s: %s by %s: %v", stage, m, name, err)
					}
					if who.SignedIn() {
						if offered := slices.Contains(assistance.Moves(who, base), m); offered != (reads && may && leadsOn) {
							t.Errorf("%s: %s is offered to %s: %v", stage, m, name, offered)
						}
					}
				}
			}
			for name, who := range roles {
				_, reads := who.Scope().Allows(base.Label)
				d := whole()
				d.Title = name
				err := a.Revise(ctx, who, base.ID, base.Rev, d)
				if may := reads && slices.Contains(state, name) && (stage == assistance.Drafted || stage == assistance.Clarification); who.SignedIn() && may != (err == nil) {
					t.Errorf("%s: revised by %s: %v", stage, name, err)
				}
				base = read(t, a, base.ID)
			}
		}
	})
}

func TestOnlyAFocalPointAsks(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		body := access.Act("body", access.FocalPoint, "", "spmu")
		for _, who := range []access.Subject{desk, admin, officer, envoy, expertKG, member, visitor, nobody, body, access.System("test")} {
			if _, err := a.Draft(ctx, who, whole()); !errors.Is(err, assistance.ErrForbidden) {
				t.Errorf("%s: %v", who.ID, err)
			}
		}
		if id, err := a.Draft(ctx, program, assistance.RequestDraft{Lang: "fr"}); err != nil || read(t, a, id).Owner != "focal" {
			t.Error("her own program writes a draft, and it may be empty", err)
		}
	})
}

func TestWhatAMoveNeeds(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		for _, c := range []struct {
			stage assistance.Stage
			who   access.Subject
			move  assistance.Move
			words string
			to    string
			field string
		}{
			{assistance.Submitted, desk, assistance.Ask, " \n ", "", "words"},
			{assistance.Clarification, focal, assistance.Answer, "", "", "words"},
			{assistance.Acknowledged, desk, assistance.Decline, "", "", "words"},
			{assistance.Clarification, desk, assistance.Decline, "", "", "words"},
			{assistance.Acknowledged, desk, assistance.Refer, "words", " ", "to"},
			{assistance.Acknowledged, desk, assistance.Refer, "words", strings.Repeat("я", 201), "to"},
			{assistance.Acknowledged, desk, assistance.Accept, strings.Repeat("я", 5001), "", "words"},
			{assistance.Acknowledged, desk, "approve", "words", "", "move"},
			{assistance.Acknowledged, desk, "revise", "words", "", "move"},
			{assistance.Acknowledged, desk, "", "", "", "move"},
		} {
			r := at(t, a, c.stage)
			var wrong assistance.Invalid
			if err := a.Move(ctx, c.who, r.ID, r.Rev, c.move, c.words, c.to); !errors.As(err, &wrong) || !lang.Has(wrong[c.field]) {
				t.Errorf("%s %s: %v", c.stage, c.move, err)
			}
			if read(t, a, r.ID).Rev != r.Rev {
				t.Errorf("%s %s: it moved", c.stage, c.move)
			}
		}
		t.Run("what no text may hold is refused, and nothing is half done", func(t *testing.T) {
			r := at(t, a, assistance.Acknowledged)
			for _, words := range []string{"a\x00b", "a\xffb"} {
				if err := a.Move(ctx, desk, r.ID, r.Rev, assistance.Decline, words, ""); !errors.Is(err, store.ErrText) {
					t.Error(err)
				}
				d := whole()
				d.Bodies = []string{words}
				if _, err := a.Draft(ctx, focal, d); !errors.Is(err, store.ErrText) {
					t.Error(err)
				}
			}
			if read(t, a, r.ID).Rev != r.Rev {
				t.Error("it moved")
			}
		})
		t.Run("the one to whom it is referred is named", func(t *testing.T) {
			if r := at(t, a, assistance.Referred); r.Referred != "spmu" || r.Due != "" {
				t.Error(r)
			}
		})
	})
}

func TestWhatARequestNeeds(t *testing.T) {
	for field, change := range map[string]func(*assistance.RequestDraft){
		"title":  func(d *assistance.RequestDraft) { d.Title = " " },
		"wish":   func(d *assistance.RequestDraft) { d.Wish = strings.Repeat("я", 20_001) },
		"reason": func(d *assistance.RequestDraft) { d.Reason = "" },
		"lang":   func(d *assistance.RequestDraft) { d.Lang = "xx" },
		"since":  func(d *assistance.RequestDraft) { d.Since = "2027-02-30" },
		"until":  func(d *assistance.RequestDraft) { d.Since, d.Until = "2027-06", "2027-05-31" },
		"themes": func(d *assistance.RequestDraft) { d.Themes = nil },
		"items":  func(d *assistance.RequestDraft) { d.Items = []string{"1049/999"} },
		"lines":  func(d *assistance.RequestDraft) { d.Lines = []string{"1049/14.2"} },
		"bodies": func(d *assistance.RequestDraft) {
			for i := range 51 {
				d.Bodies = append(d.Bodies, fmt.Sprint(i))
			}
		},
	} {
		d := whole()
		change(&d)
		var wrong assistance.Invalid
		if err := d.Validate(true); !errors.As(err, &wrong) || len(wrong) != 1 || !lang.Has(wrong[field]) {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, date := range []string{"27", "2027-13", "2027-00-01", "March 2027", "1066", "9999", "2027-2", " 2027-02-29"} {
		d := whole()
		d.Since = date
		if d.Validate(false) == nil {
			t.Errorf("%q is taken for a date", date)
		}
	}
	if d := (assistance.RequestDraft{Lang: "de", Since: "2027-06", Until: "2027"}); d.Validate(false) != nil {
		t.Error("a draft may lack everything, and June is within its year")
	}
	each(t, func(t *testing.T, a *assistance.Assistance) {
		id, err := a.Draft(ctx, focal, assistance.RequestDraft{Lang: "de"})
		if err != nil {
			t.Fatal(err)
		}
		var wrong assistance.Invalid
		if err := a.Move(ctx, focal, id, 1, assistance.Submit, "", ""); !errors.As(err, &wrong) || wrong["title"] == "" || wrong["wish"] == "" || wrong["reason"] == "" || wrong["themes"] == "" {
			t.Error("half a draft is submitted", err)
		}
	})
}

func TestTwoAtOnce(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		for _, pair := range [][2]assistance.Move{{assistance.Accept, assistance.Accept}, {assistance.Accept, assistance.Decline}} {
			r := at(t, a, assistance.Acknowledged)
			var errs [2]error
			var both sync.WaitGroup
			for i, who := range []access.Subject{desk, second} {
				both.Go(func() { errs[i] = a.Move(ctx, who, r.ID, r.Rev, pair[i], "reason", "") })
			}
			both.Wait()
			var stale assistance.Stale
			if (errs[0] == nil) == (errs[1] == nil) || !errors.As(errors.Join(errs[:]...), &stale) || stale.Rev != r.Rev+1 {
				t.Error(errs)
			}
			if steps, err := a.Steps(ctx, r.ID); err != nil || len(steps) != 4 {
				t.Error(steps, err)
			}
		}
		t.Run("pressed twice it is done once", func(t *testing.T) {
			r := at(t, a, assistance.Submitted)
			first := a.Move(ctx, desk, r.ID, r.Rev, assistance.Acknowledge, "", "")
			var stale assistance.Stale
			if again := a.Move(ctx, desk, r.ID, r.Rev, assistance.Acknowledge, "", ""); first != nil || !errors.As(again, &stale) {
				t.Error(first, again)
			}
		})
		t.Run("many that are submitted at once have each a number of their own", func(t *testing.T) {
			ids := make([]string, 10)
			var all sync.WaitGroup
			for i := range ids {
				ids[i] = draft(t, a)
				all.Go(func() { _ = a.Move(ctx, focal, ids[i], 1, assistance.Submit, "", "") })
			}
			all.Wait()
			var numbers []string
			for _, id := range ids {
				numbers = append(numbers, read(t, a, id).Number)
			}
			slices.Sort(numbers)
			if len(slices.Compact(numbers)) != len(ids) || numbers[0] == "" {
				t.Error(numbers)
			}
		})
	})
}
