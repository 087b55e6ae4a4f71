package web

import (
	"slices"

	"polis/internal/access"
	"polis/internal/account"
)

// roles are those the person holds, and after them those that ended.
func (v *personView) roles(all []account.Held) (list []RoleView) {
	reach := v.p.Reach(v.now)
	for _, ended := range []bool{false, true} {
		for _, h := range all {
			over := !h.Ended.IsZero() || !h.Until.IsZero() && !h.Until.After(v.now)
			if over != ended {
				continue
			}
			role := RoleView{Name: v.roleFor(h), Lines: []string{v.T("people.role.given", "who", v.by(h.ByWhom), "since", h.Since, "until", v.dayOf(h.Until, v.T("people.role.open")))}}
			switch {
			case over:
				role.Tag = &Tag{Plain, v.T("people.is.ended")}
				if h.EndedBy != "" && h.Reason != "term" {
					role.Lines = append(role.Lines, v.T("people.word.withdrawn", "who", v.by(h.EndedBy), "day", h.Ended, "reason", h.Reason))
				}
			case !slices.Contains(reach.Grants, h.Grant()):
				role.Tag = &Tag{Attention, v.T("people.is.rests")}
				role.Lines = append(role.Lines, v.T("people.role.rests.says"))
			default:
				role.Tag = &Tag{Done, v.T("people.is.holds")}
			}
			if !over && v.mayEnd(h) {
				role.Forms = []PersonForm{v.endForm(h)}
			}
			list = append(list, role)
		}
	}
	return list
}

func (v *personView) mayEnd(h account.Held) bool {
	return v.who.MayGrant(h.Grant()).Allowed && !(v.who.ID == h.Person && h.Role.House())
}

func (v *personView) endForm(h account.Held) PersonForm {
	f := PersonForm{
		ID: "end-" + h.ID, Title: v.T("people.end"), Action: "end-role", Button: v.T("people.end.button"), Warning: true,
		Hidden: []Carried{{"held", h.ID}}, Fields: []Field{v.reasonField("reason-" + h.ID)},
		Says: []string{v.T("people.end.says", "role", v.roleFor(h))},
	}
	if h.Role == access.FocalPoint {
		f.Says = append(f.Says, v.T("people.end.focal", "for", v.circleName(h.ActsFor, h.Body)))
	}
	return v.form(f)
}

// grantable are the roles that the reader may give to her people.
func (v *personView) grantable() (roles []access.Role) {
	for _, role := range access.Roles {
		if !role.Granted() {
			continue
		}
		if role.House() {
			if v.who.MayGrant(access.Grant{Role: role}).Allowed {
				roles = append(roles, role)
			}
			continue
		}
		if slices.ContainsFunc(v.circles(v.who), func(id string) bool {
			g, ok := grantFor(v.names, role, id)
			return ok && v.who.MayGrant(g).Allowed
		}) {
			roles = append(roles, role)
		}
	}
	return roles
}

// grantForm grants a role for a State or body. Where that does not vouch for the
// person yet, whoever may do both does both at once: so focal points are made.
func (v *personView) grantForm() *PersonForm {
	roles := v.grantable()
	if v.who.ID == v.p.ID || len(roles) == 0 || v.p.Blocked {
		return nil
	}
	everybody := keepsEverybody(v.who)
	if !everybody && v.p.Reach(v.now).Trust == access.Public {
		return nil // first somebody vouches
	}
	chosen := access.Role(v.r.FormValue("role"))
	role := Field{Name: "role", Label: v.T("access.role"), Type: "select", Width: "medium"}
	for _, r := range roles {
		role.Options = append(role.Options, Option{Value: string(r), Text: v.T("access.role." + string(r)), Chosen: r == chosen})
	}
	given := v.r.FormValue("for")
	if given == "" {
		given = v.p.Reach(v.now).State
	}
	none, says := "", []string{v.T("people.grant.says"), v.T("people.grant.ends")}
	if everybody {
		none = v.T("people.house")
		says = append(says, v.T("people.grant.appoints"))
	}
	f := v.form(PersonForm{
		ID: "grant", Title: v.T("people.grant"), Action: "grant", Button: v.T("people.grant.button"), Says: says,
		Open: chosen != "",
		Fields: []Field{
			role, v.circleField("for", v.T("people.field.for"), given, v.circles(v.who), none),
			v.untilField("grant-until", v.r.PostFormValue("grant-until"), 0),
		},
	})
	return &f
}
