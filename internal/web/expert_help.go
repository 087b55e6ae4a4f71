package web

import (
	"net/url"

	"polis/internal/community/roster"
)

// shownHelpers is how many experts a group's page and a document's name.
const shownHelpers = 6

// HelperLine is an expert with what she knows of the themes that are asked for.
type HelperLine struct{ Name, URL, Meta string }

// helpers are the members of the group whom the reader finds on the roster for its themes.
// Who may not know who is in the group sees none of them.
func (p groupPageOf) helpers(v *GroupView, themes []string) error {
	if len(themes) == 0 || p.s.Ended || !p.s.Member && !keepsGroups(p.r).Allowed {
		return nil
	}
	hits, err := p.h.roster().Helpers(p.r.Context(), p.Reader.Subject, p.g.ID, themes, shownHelpers)
	if err != nil || len(hits) == 0 {
		return err
	}
	var ids []string
	for _, x := range hits {
		ids = append(ids, x.Person)
	}
	known := p.people
	defer func() { p.people = known }() // of the topics beside
	if err := p.meet(ids); err != nil {
		return err
	}
	for _, x := range hits {
		line := HelperLine{Name: p.name(x.Person), URL: p.URL(expertPath(x.Person) + "?" + url.Values{"why": {p.g.Name}}.Encode())}
		var says []string
		for _, l := range x.Parts[roster.Theme].Lines {
			if knows(themes, l.Value) {
				text, _ := p.lineText(roster.Theme, l)
				says = append(says, text)
			}
		}
		line.Meta = p.List(says)
		v.Helpers = append(v.Helpers, line)
	}
	v.Find = p.URL("/experts?" + url.Values{"theme": themes}.Encode())
	return nil
}

// knows reports whether somebody who knows a theme knows something of what is asked for:
// it, or what belongs to it.
func knows(asked []string, theme string) bool {
	for _, t := range asked {
		if theme == t || len(theme) > len(t) && theme[:len(t)+1] == t+"/" {
			return true
		}
	}
	return false
}

// experts are those who name the document among their publications, as the reader finds
// them on the roster.
func (p *reading) experts() ([]Fact, error) {
	who := ReaderOf(p.r).Subject
	ids, err := p.h.roster().Authors(p.r.Context(), who, p.rec.ID, shownHelpers)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	of, err := p.h.helping(p.r, p.Frame)
	if err != nil {
		return nil, err
	}
	if err := of.meet(ids); err != nil {
		return nil, err
	}
	p.Private = true // it names people
	var links []Link
	for _, id := range ids {
		links = append(links, Link{of.name(id), p.URL(expertPath(id) + "?" + url.Values{"why": {p.ed.Title}}.Encode())})
	}
	return []Fact{{p.T("expert.authors"), links}}, nil
}
