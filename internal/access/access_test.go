package access_test

import (
	"testing"

	"polis/internal/access"
)

func TestLevelsReadTheirOwnNames(t *testing.T) {
	for _, l := range access.Levels {
		if got, err := access.ParseLevel(l.String()); err != nil || got != l {
			t.Errorf("%s reads as %s, %v", l, got, err)
		}
	}
	for _, bad := range []string{"", "Public", "secret", "0"} {
		if got, err := access.ParseLevel(bad); err == nil || got != access.Closed {
			t.Errorf("%q reads as %s: what is not understood must not fall open", bad, got)
		}
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	state := access.Label{Level: access.Official, State: "KG", Owner: "owner"}
	draft := access.Label{Level: access.Closed, Owner: "owner"}
	kg := access.Act("a", access.FocalPoint, "KG", "")
	tj := access.Act("b", access.FocalPoint, "TJ", "")
	desk := access.Act("d", access.DeskOfficer, "", "")
	admin := access.Act("e", access.Administrator, "", "")
	owner := access.Act("owner", access.Trainer, "", "")
	for _, c := range []struct {
		name  string
		who   access.Subject
		act   access.Action
		label access.Label
		want  access.Decision
	}{
		{"anybody reads what is public", access.Subject{}, access.Read, access.Label{}, access.Decision{Allowed: true, Rule: access.RulePublic}},
		{"nobody edits without signing in", access.Subject{}, access.Edit, access.Label{}, access.Decision{Rule: access.RuleSignIn}},
		{"nobody edits what she may not read", access.Act("m", access.MemberRole, "", ""), access.Edit, state, access.Decision{Rule: access.RuleLevel}},
		{"a focal point edits her State's records", kg, access.Edit, state, access.Decision{Allowed: true, Rule: access.RuleOwnState}},
		{"and no other's", tj, access.Edit, state, access.Decision{Rule: access.RuleRole}},
		{"the desk edits", desk, access.Edit, state, access.Decision{Allowed: true, Rule: access.RuleRole}},
		{"the administrator opens no draft of another's", admin, access.Edit, draft, access.Decision{Rule: access.RuleOwnerOnly}},
		{"the owner edits her draft", owner, access.Edit, draft, access.Decision{Allowed: true, Rule: access.RuleOwner}},
		{"a State's closed record is its own", tj, access.Read, access.Label{Level: access.Closed, State: "KG"}, access.Decision{Rule: access.RuleNotState}},
		{"a group's is the group's", desk, access.Read, access.Label{Level: access.Closed, Group: "g"}, access.Decision{Rule: access.RuleNotGroup}},
		{"a focal point keeps her own State's entry", kg, access.EditDirectory, access.Label{State: "KG"}, access.Decision{Allowed: true, Rule: access.RuleOwnState}},
		{"only the administrator manages people", desk, access.ManagePeople, access.Label{}, access.Decision{Rule: access.RuleRole}},
		{"she does", admin, access.ManagePeople, access.Label{}, access.Decision{Allowed: true, Rule: access.RuleRole}},
		{"the program may", access.System("x"), access.Edit, draft, access.Decision{Allowed: true, Rule: access.RuleSystem}},
		{"what no rule names is refused", admin, access.Action("fly"), access.Label{}, access.Decision{Rule: access.RuleRole}},
	} {
		if got := c.who.May(c.act, c.label); got != c.want {
			t.Errorf("%s: %+v, not %+v", c.name, got, c.want)
		}
	}
}

func TestADerivedRecordIsAsClosedAsItsSources(t *testing.T) {
	labels := []access.Label{
		{},
		{Level: access.Member},
		{Level: access.Official, State: "KG"},
		{Level: access.Closed, Group: "g"},
		{Level: access.Closed, State: "KG"},
		{Level: access.Closed, State: "TJ", Owner: "o"},
		{Level: access.Closed},
	}
	readers := []access.Subject{
		{},
		access.Act("m", access.MemberRole, "", ""),
		access.Act("f", access.FocalPoint, "KG", ""),
		access.Act("g", access.Expert, "", "", "g"),
		access.Act("o", access.FocalPoint, "UZ", ""),
		access.Act("a", access.Administrator, "", ""),
	}
	for _, a := range labels {
		for _, b := range labels {
			made := access.Narrowest(a, b)
			for _, who := range readers {
				_, reads := who.Scope().Allows(made)
				_, first := who.Scope().Allows(a)
				_, second := who.Scope().Allows(b)
				if reads && (!first || !second) {
					t.Errorf("%+v reads what was made of %+v and %+v", who, a, b)
				}
			}
		}
	}
}

func TestAScopeOfNobodyIsAnonymous(t *testing.T) {
	if !(access.Subject{}).Scope().Anonymous() || !(access.Scope{}).Anonymous() {
		t.Error("the zero scope is not anonymous")
	}
	for _, who := range []access.Subject{access.Act("v", access.Visitor, "", ""), access.System("x"), access.Act("", access.MemberRole, "", "")} {
		if who.Scope().Anonymous() {
			t.Errorf("%+v is taken for nobody: her pages would be kept for others", who)
		}
	}
}
