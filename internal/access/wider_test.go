package access_test

import (
	"testing"

	"polis/internal/access"
)

// labels are all that there are over two groups, States and owners.
func labels() (list []access.Label) {
	for _, level := range access.Levels {
		for _, state := range []string{"", "KG", "TJ"} {
			for _, group := range []string{"", "g", "h"} {
				for _, owner := range []string{"", "p", "q"} {
					list = append(list, access.Label{Level: level, State: state, Group: group, Owner: owner})
				}
			}
		}
	}
	return list
}

// everybody are all subjects over the same, as account can make them: who is in
// a group has somebody's word, and who acts for a State is official.
func everybody() (list []access.Subject) {
	for _, id := range []string{"", "x", "p", "q"} {
		for _, trust := range access.Levels[:access.Closed] {
			for _, state := range []string{"", "KG", "TJ"} {
				for _, groups := range [][]string{nil, {"g"}, {"h"}, {"g", "h"}} {
					if id == "" && (trust > access.Public || state != "" || groups != nil) || groups != nil && trust == access.Public {
						continue
					}
					s := access.Subject{ID: id, Trust: trust, State: state, Groups: groups}
					list = append(list, s, s.Within(access.Official, true))
				}
			}
		}
	}
	return list
}

func TestALabelIsWiderWhenSomebodyMoreReadsIt(t *testing.T) {
	var scopes []access.Scope
	for _, s := range everybody() {
		scopes = append(scopes, s.Scope())
	}
	wider := 0
	for _, old := range labels() {
		for _, new := range labels() {
			gained := false
			for _, s := range scopes {
				if _, now := s.Allows(new); now {
					_, before := s.Allows(old)
					gained = gained || !before
				}
			}
			if got := access.Wider(old, new); got != gained {
				t.Errorf("%+v → %+v: wider %v, but somebody more reads it: %v", old, new, got, gained)
			}
			if gained {
				wider++
			}
		}
	}
	if wider == 0 {
		t.Error("nothing was wider: the test has gone blind")
	}
}

func TestAProgramLowersNothing(t *testing.T) {
	desk := access.Act("desk", access.DeskOfficer, "", "")
	official := access.Label{Level: access.Official}
	if d := desk.May(access.Lower, official); !d.Allowed {
		t.Errorf("the desk itself: %+v", d)
	}
	if d := desk.Within(access.Closed, true).May(access.Lower, official); d.Allowed || d.Rule != access.RuleProgram {
		t.Errorf("a token of the desk's that reaches everything: %+v", d)
	}
}
