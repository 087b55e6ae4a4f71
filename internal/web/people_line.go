package web

import (
	"slices"
	"time"

	"polis/internal/access"
	"polis/internal/account"
)

// What a person is, reads and waits for, in words: on the list, on her page and
// in the sheet.

var standingMoods = map[account.Standing]Mood{
	account.Waiting: Attention, account.Due: Attention, account.Overdue: Refusal, account.Vouched: Done, account.Blockade: Refusal,
}

// standingTag is the mark of what has to be done about a person, or nil.
func (w wording) standingTag(p account.Listed) *Tag {
	s := p.StandingOf(time.Now())
	if s == account.Anyone {
		return nil
	}
	return &Tag{standingMoods[s], w.T("people.is." + string(s))}
}

func (w wording) personLine(p account.Listed, who access.Subject) PersonLine {
	now := time.Now()
	line := PersonLine{ID: p.ID, Name: p.Name, URL: w.URL("/people/" + p.ID), Email: p.Email, Tag: w.standingTag(p)}
	line.Choose = p.ID != who.ID && slices.ContainsFunc(p.Words, func(v account.Vouching) bool {
		return renewable(v, now) && who.MayVouch(v.ActsFor, v.Body).Allowed
	})
	line.Words = w.vouchers(p, now)
	reach := p.Reach(now)
	line.Meta = append(w.heldRoles(p, now), w.reachLine(reach), w.seen(p.Person))
	return line
}

// renewable reports whether a word can be given for another term from a list:
// it holds, or ran out and nobody has said what follows.
func renewable(v account.Vouching, now time.Time) bool {
	return v.Holds(now) || v.Ended.IsZero() || v.EndedBy == "system:term"
}

// vouchers says who vouches and until when; without anybody who did last, or
// whose she says she is.
func (w wording) vouchers(p account.Listed, now time.Time) (list []string) {
	for _, v := range p.Words {
		if v.Holds(now) {
			list = append(list, w.T("people.word.holds", "by", w.circleName(v.ActsFor, v.Body), "day", v.Until))
		}
	}
	if len(list) == 0 && len(p.Words) > 0 {
		v := p.Words[0]
		ended := v.Ended
		if ended.IsZero() {
			ended = v.Until
		}
		return []string{w.T("people.word.ended", "by", w.circleName(v.ActsFor, v.Body), "day", ended)}
	}
	if len(list) == 0 && p.ActsFor+p.Body != "" {
		return []string{w.T("people.word.names", "by", w.circleName(p.ActsFor, p.Body), "day", p.Created)}
	}
	return list
}

// circleName is what a State or body is called; "" is the house itself.
func (w wording) circleName(state, body string) string {
	if state+body == "" {
		return "POLIS"
	}
	return w.names.Name(state+body, "", w.Lang)
}

// heldRoles names the roles in force, those that wait for a word as such.
func (w wording) heldRoles(p account.Listed, now time.Time) (list []string) {
	reach := p.Reach(now)
	for _, h := range p.Held {
		name := w.roleFor(h)
		if !slices.Contains(reach.Grants, h.Grant()) {
			name = w.T("people.role.rests", "role", name)
		}
		list = append(list, name)
	}
	return list
}

// roleFor is a role with the State or body for which it is held.
func (w wording) roleFor(h account.Held) string {
	name := w.T("access.role." + string(h.Role))
	if h.ActsFor+h.Body != "" {
		name += " · " + w.circleName(h.ActsFor, h.Body)
	}
	return name
}

// reachLine says in one line what somebody reads.
func (w wording) reachLine(who access.Subject) string {
	line := w.T("people.reads." + min(who.Trust, access.Official).String())
	if who.State != "" && who.Trust >= access.Official {
		line += ", " + w.T("people.reads.state", "state", w.circleName(who.State, ""))
	}
	if n := len(who.Groups); n > 0 {
		line += ", " + w.T("people.reads.groups", "n", n)
	}
	return line
}

// seen says when a person last signed in.
func (f *Frame) seen(p account.Person) string {
	if p.Seen.IsZero() {
		return f.T("people.seen.never")
	}
	return f.T("people.seen", "day", p.Seen.In(time.Local))
}
