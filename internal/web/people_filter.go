package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/directory"
)

// peopleFilter reads the filter of the address.
func peopleFilter(form url.Values, names *directory.Snapshot) account.Filter {
	f := account.Filter{Words: strings.TrimSpace(form.Get("q")), Role: access.Role(form.Get("role")), Limit: peopleAPage}
	f.Words = strings.ToValidUTF8(f.Words[:min(len(f.Words), longestFilter)], "")
	if s := account.Standing(form.Get("standing")); slices.Contains(account.Standings, s) {
		f.Standing = s
	}
	if !f.Role.Granted() {
		f.Role = ""
	}
	if g, ok := grantFor(names, "", form.Get("for")); ok {
		f.State, f.Body = g.State, g.Body
	}
	return f
}

// grantFor is the role for a directory entry; ok is false where there is none
// of that id. "" is the house itself.
func grantFor(names *directory.Snapshot, role access.Role, id string) (g access.Grant, ok bool) {
	g.Role = role
	if id == "" {
		return g, true
	}
	e, ok := names.Entry(id)
	if ok && e.Kind.IsState() {
		g.State = e.ID
	} else if ok {
		g.Body = e.ID
	}
	return g, ok
}

// emptyKey says what belongs on the page that shows nobody.
func emptyKey(f account.Filter) string {
	if f.Standing == account.Anyone || f.Words != "" {
		return "any"
	}
	return string(f.Standing)
}

// peopleQuery is the filter as an address holds it.
func peopleQuery(f account.Filter) url.Values {
	q := url.Values{}
	for name, value := range map[string]string{
		"q": f.Words, "standing": string(f.Standing), "for": f.State + f.Body, "role": string(f.Role),
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

// standings are the links above the list. Those that wait for somebody say how
// many they are.
func (h *House) standings(r *http.Request, f *Frame, filter account.Filter) ([]StageLink, error) {
	var links []StageLink
	for _, s := range account.Standings {
		if s == account.Left && !keepsEverybody(f.Reader.Subject) || s == account.Blockade && !f.Reader.May(access.ManagePeople, access.Label{}).Allowed {
			continue
		}
		link := StageLink{Text: f.T("people.standing." + standingKey(s)), URL: f.With("standing", string(s)), Here: s == filter.Standing}
		if slices.Contains([]account.Standing{account.Waiting, account.Due, account.Overdue, account.Left}, s) {
			of := filter
			of.Standing = s
			n, err := account.Count(r.Context(), h.DB, f.Reader.Subject, of)
			if err != nil {
				return nil, err
			}
			if link.Count = f.Number(n.N); n.More {
				link.Count += "+"
			}
		}
		links = append(links, link)
	}
	return links, nil
}

func standingKey(s account.Standing) string {
	if s == account.Anyone {
		return "all"
	}
	return string(s)
}

// peopleFields are the filter. Who keeps one State or body alone has nothing to
// choose from there.
func (w wording) peopleFields(filter account.Filter) []Field {
	fields := []Field{{Name: "q", Label: w.T("people.filter.words"), Type: "search", Value: filter.Words, Auto: "off"}}
	if circles := w.circles(w.Reader.Subject); len(circles) > 1 {
		fields = append(fields, w.circleField("for", w.T("people.filter.for"), filter.State+filter.Body, circles, w.T("core.all")))
	}
	role := Field{Name: "role", Label: w.T("access.role"), Type: "select", Options: []Option{{Value: "", Text: w.T("core.all")}}}
	for _, g := range access.Roles {
		if g.Granted() {
			role.Options = append(role.Options, Option{Value: string(g), Text: w.T("access.role." + string(g)), Chosen: g == filter.Role})
		}
	}
	return append(fields, role)
}

// circles are the ids of the States and bodies for which the reader may vouch.
func (w wording) circles(who access.Subject) (ids []string) {
	if keepsEverybody(who) {
		for _, e := range w.names.List(directory.Filter{Lang: w.Lang, On: time.Now().Format(time.DateOnly)}) {
			ids = append(ids, e.ID)
		}
		return ids
	}
	for _, g := range who.Grants {
		if g.Role == access.FocalPoint {
			ids = append(ids, g.State+g.Body)
		}
	}
	return ids
}

// circleField is the choice of one of them; none is the word for "".
func (w wording) circleField(name, label, chosen string, ids []string, none string) Field {
	field := Field{Name: name, Label: label, Type: "select"}
	if none != "" {
		field.Options = []Option{{Value: "", Text: none}}
	}
	for _, id := range ids {
		text := id
		if e, ok := w.names.Entry(id); ok {
			text = w.names.Label(e, w.Lang)
		}
		field.Options = append(field.Options, Option{Value: id, Text: text, Chosen: id == chosen})
	}
	return field
}
