package web

import (
	"net/url"
	"time"

	"polis/internal/access"
	"polis/internal/account"
)

// words are the words for the person, the newest first, each with what may be
// done about it.
func (v *personView) words() ([]WordView, error) {
	var list []WordView
	for _, word := range v.p.Words {
		w := WordView{By: v.circleName(word.ActsFor, word.Body)}
		w.Tag, w.Lines = v.wordState(word)
		if v.who.ID != v.p.ID && v.who.MayVouch(word.ActsFor, word.Body).Allowed {
			forms, err := v.wordForms(word)
			if err != nil {
				return nil, err
			}
			w.Forms = forms
		}
		list = append(list, w)
	}
	return list, nil
}

// wordState is the state of a word as a mark, and who gave and ended it.
func (v *personView) wordState(word account.Vouching) (Tag, []string) {
	lines := []string{v.T("people.word.given", "who", v.by(word.ByWhom), "since", word.Since, "until", word.Until)}
	switch {
	case word.Holds(v.now) && word.Until.Before(v.now.Add(account.ReviewAhead)):
		return Tag{Attention, v.T("people.is.due")}, lines
	case word.Holds(v.now):
		return Tag{Done, v.T("people.is.holds")}, lines
	case renewable(word, v.now):
		return Tag{Refusal, v.T("people.is.ended")}, append(lines, v.T("people.word.ran-out"))
	case word.Reason == "term":
		return Tag{Plain, v.T("people.is.ended")}, append(lines, v.T("people.word.let-go", "who", v.by(word.EndedBy)))
	}
	return Tag{Plain, v.T("people.is.withdrawn")}, append(lines, v.T("people.word.withdrawn", "who", v.by(word.EndedBy), "day", word.Ended, "reason", word.Reason))
}

func (v *personView) wordForms(word account.Vouching) ([]PersonForm, error) {
	switch {
	case word.Holds(v.now):
		c, err := account.Consequences(v.r.Context(), v.h.DB, word)
		if err != nil {
			return nil, err
		}
		return []PersonForm{v.renewForm(word), v.withdrawForm(word, c)}, nil
	case renewable(word, v.now):
		return []PersonForm{v.form(PersonForm{
			ID: "let-go-" + word.ID, Title: v.T("people.let-go"), Action: "let-go", Button: v.T("people.let-go.button"),
			Says: []string{v.T("people.let-go.says")}, Hidden: []Carried{{"word", word.ID}},
		})}, nil
	}
	return nil, nil
}

func (v *personView) renewForm(word account.Vouching) PersonForm {
	return v.form(PersonForm{
		ID: "renew-" + word.ID, Title: v.T("people.renew"), Action: "renew", Button: v.T("people.renew.button"),
		Says: []string{v.T("people.renew.says", "by", v.circleName(word.ActsFor, word.Body))}, Hidden: []Carried{{"word", word.ID}},
		Fields: []Field{v.untilField("until-"+word.ID, v.r.PostFormValue("until-"+word.ID), account.Term)},
	})
}

// withdrawForm says what ends with the word: the groups and roles by name.
func (v *personView) withdrawForm(word account.Vouching, c account.Consequence) PersonForm {
	f := PersonForm{
		ID: "withdraw-" + word.ID, Title: v.T("people.withdraw"), Action: "withdraw", Button: v.T("people.withdraw.button"), Warning: true,
		Hidden: []Carried{{"word", word.ID}},
		Fields: []Field{v.reasonField("reason-" + word.ID)},
		Says:   []string{v.T("people.withdraw.reads." + c.Trust.String())},
	}
	var groups, roles []string
	for _, g := range c.Groups {
		groups = append(groups, g.Name)
	}
	for _, h := range c.Roles {
		roles = append(roles, v.roleFor(h))
	}
	if n := len(groups); n > 0 {
		f.Says = append(f.Says, v.T("people.withdraw.groups", "n", n, "groups", groups))
	}
	if n := len(roles); n > 0 {
		f.Says = append(f.Says, v.T("people.withdraw.roles", "n", n, "roles", roles))
	}
	f.Says = append(f.Says, v.T("people.withdraw.once"))
	return v.form(f)
}

func (v *personView) reasonField(name string) Field {
	return Field{Name: name, Label: v.T("people.field.reason"), Hint: v.T("people.hint.reason"), Value: v.r.PostFormValue(name), Auto: "off"}
}

// form completes a form: its address, and what was wrong in it.
func (v *personView) form(f PersonForm) PersonForm {
	f.Action = v.URL("/people/" + url.PathEscape(v.p.ID) + "/" + f.Action)
	before := len(v.Errors)
	v.flag(f.Fields, v.wrong)
	f.Open = f.Open || len(v.Errors) > before
	return f
}

// vouchForm gives a word that is not given yet.
func (v *personView) vouchForm() *PersonForm {
	if v.who.ID == v.p.ID {
		return nil
	}
	held := map[string]bool{}
	for _, word := range v.p.Words {
		if word.Holds(v.now) {
			held[word.ActsFor+word.Body] = true
		}
	}
	var open []string
	for _, id := range v.circles(v.who) {
		if !held[id] {
			open = append(open, id)
		}
	}
	if len(open) == 0 {
		return nil
	}
	house := ""
	if keepsEverybody(v.who) {
		house = v.T("people.house")
	}
	chosen := v.r.PostFormValue("vouch-for")
	if chosen == "" {
		chosen = v.p.ActsFor + v.p.Body
		if v.p.ActsFor != "" {
			chosen = v.p.ActsFor
		}
	}
	f := v.form(PersonForm{
		ID: "vouch", Title: v.T("people.vouch"), Action: "vouch", Button: v.T("people.vouch.button"),
		Says: []string{v.T("people.vouch.says"), v.T("people.vouch.reads"), v.T("people.vouch.term")},
		Fields: []Field{
			v.circleField("vouch-for", v.T("people.field.for"), chosen, open, house),
			v.untilField("vouch-until", v.r.PostFormValue("vouch-until"), account.Term),
		},
	})
	f.Open = f.Open || v.p.StandingOf(v.now) == account.Waiting
	return &f
}

// lostForm takes away the second factors of who has lost them, for the
// administrator, who must know that it is she who asks.
func (v *personView) lostForm() *PersonForm {
	if !v.who.May(access.ManagePeople, access.Label{}).Allowed || v.who.ID == v.p.ID {
		return nil
	}
	f := v.form(PersonForm{ID: "lost", Title: v.T("people.lost"), Action: "lost", Button: v.T("people.lost.button"), Warning: true, Says: []string{v.T("people.lost.says")}})
	return &f
}

// blockForm closes or opens the account, for the administrator.
func (v *personView) blockForm() *PersonForm {
	if !v.who.May(access.ManagePeople, access.Label{}).Allowed || v.who.ID == v.p.ID {
		return nil
	}
	f := PersonForm{ID: "block", Title: v.T("people.block"), Action: "block", Button: v.T("people.block.button"), Warning: true, Says: []string{v.T("people.block.says")}, Hidden: []Carried{{"blocked", "yes"}}}
	if v.p.Blocked {
		f = PersonForm{ID: "block", Title: v.T("people.unblock"), Action: "block", Button: v.T("people.unblock.button"), Says: []string{v.T("people.unblock.says")}, Hidden: []Carried{{"blocked", "no"}}}
	}
	f = v.form(f)
	return &f
}

// dayOf writes the zero time as the words given.
func (f *Frame) dayOf(t time.Time, none string) string {
	if t.IsZero() {
		return none
	}
	return f.Date(t)
}
