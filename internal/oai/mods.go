package oai

import (
	"encoding/xml"

	"polis/internal/access"
	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/library"
)

const modsSchema = "http://www.loc.gov/standards/mods/v3/mods-3-8.xsd"

// mods is a description in MODS 3.8 (https://www.loc.gov/standards/mods/).
type mods struct {
	XMLName xml.Name `xml:"mods"`
	Xmlns   string   `xml:"xmlns,attr"`
	Schema  string   `xml:"xsi:schemaLocation,attr"`
	Version string   `xml:"version,attr"`

	Titles      []modsTitle    `xml:"titleInfo"`
	Names       []modsName     `xml:"name"`
	Resource    string         `xml:"typeOfResource"`
	Genres      []modsTerm     `xml:"genre"`
	Issued      *modsIssue     `xml:"originInfo"`
	Languages   []modsLanguage `xml:"language"`
	Forms       []modsForm     `xml:"physicalDescription"`
	Abstracts   []modsText     `xml:"abstract"`
	Subjects    []modsSubject  `xml:"subject"`
	Related     []modsRelated  `xml:"relatedItem"`
	Identifiers []modsID       `xml:"identifier"`
	Places      []modsPlace    `xml:"location"`
	Conditions  []modsText     `xml:"accessCondition"`
	Record      modsRecord     `xml:"recordInfo"`
}

type modsTitle struct {
	Lang  lang.Tag `xml:"xml:lang,attr,omitempty"`
	Usage string   `xml:"usage,attr,omitempty"`
	Type  string   `xml:"type,attr,omitempty"`
	Title string   `xml:"title"`
}

type modsName struct {
	Lang lang.Tag `xml:"xml:lang,attr,omitempty"`
	Type string   `xml:"type,attr"`
	URI  string   `xml:"valueURI,attr,omitempty"`
	Name string   `xml:"namePart"`
	Role struct {
		Term modsTerm `xml:"roleTerm"`
	} `xml:"role"`
}

type modsTerm struct {
	Lang      lang.Tag `xml:"xml:lang,attr,omitempty"`
	Type      string   `xml:"type,attr,omitempty"`
	Authority string   `xml:"authority,attr,omitempty"`
	Text      string   `xml:",chardata"`
}

type modsIssue struct {
	Date struct {
		Encoding string `xml:"encoding,attr"`
		Text     string `xml:",chardata"`
	} `xml:"dateIssued"`
}

type modsLanguage struct {
	Part  string     `xml:"objectPart,attr,omitempty"`
	Usage string     `xml:"usage,attr,omitempty"`
	Terms []modsTerm `xml:"languageTerm"`
}

// modsForm is the form of one language version.
type modsForm struct {
	Label  string `xml:"displayLabel,attr,omitempty"`
	Media  string `xml:"internetMediaType,omitempty"`
	Extent string `xml:"extent,omitempty"`
}

type modsText struct {
	Lang lang.Tag `xml:"xml:lang,attr,omitempty"`
	Type string   `xml:"type,attr,omitempty"`
	Text string   `xml:",chardata"`
}

type modsSubject struct {
	Lang      lang.Tag `xml:"xml:lang,attr,omitempty"`
	Authority string   `xml:"authority,attr,omitempty"`
	URI       string   `xml:"valueURI,attr,omitempty"`
	Topics    []string `xml:"topic"`
}

type modsRelated struct {
	Type       string     `xml:"type,attr,omitempty"`
	Other      string     `xml:"otherType,attr,omitempty"`
	Identifier []modsID   `xml:"identifier"`
	Location   *modsPlace `xml:"location"`
}

type modsID struct {
	Type string `xml:"type,attr,omitempty"`
	Text string `xml:",chardata"`
}

type modsPlace struct {
	URLs []modsURL `xml:"url"`
}

type modsURL struct {
	Usage  string `xml:"usage,attr,omitempty"`
	Access string `xml:"access,attr,omitempty"`
	Label  string `xml:"displayLabel,attr,omitempty"`
	Text   string `xml:",chardata"`
}

type modsRecord struct {
	Source  string   `xml:"recordContentSource"`
	Changed modsDate `xml:"recordChangeDate"`
	ID      struct {
		Source string `xml:"source,attr"`
		Text   string `xml:",chardata"`
	} `xml:"recordIdentifier"`
}

type modsDate struct {
	Encoding string `xml:"encoding,attr"`
	Text     string `xml:",chardata"`
}

// mods describes a document: every title in its language, the original's first,
// what it is about in all six.
func (w writer) mods(fed library.Fed) mods {
	r := fed.Record
	m := mods{Xmlns: modsSpace, Schema: modsSpace + " " + modsSchema, Version: "3.8", Resource: "text"}
	for i, e := range ordered(r) {
		w.modsEdition(&m, r, e, i == 0)
	}
	w.modsOrigin(&m, r)
	if kind, ok := framework.Type(r.Kind); ok {
		for _, t := range lang.All {
			m.Genres = append(m.Genres, modsTerm{Lang: t, Text: kind.Names[t]})
		}
	}
	if r.Dated != "" {
		m.Issued = &modsIssue{}
		m.Issued.Date.Encoding, m.Issued.Date.Text = "w3cdtf", r.Dated
	}
	w.modsSubjects(&m, fed)
	for _, rel := range r.Related {
		m.Related = append(m.Related, w.modsRelation(rel))
	}
	m.Identifiers = append(m.Identifiers, modsID{"uri", w.address(r.ID)})
	if r.Symbol != "" {
		m.Identifiers = append(m.Identifiers, modsID{"symbol", r.Symbol})
	}
	if r.Licence != "" {
		m.Conditions = append(m.Conditions, modsText{Type: "use and reproduction", Text: r.Licence})
	}
	if r.Level > access.Public {
		m.Conditions = append(m.Conditions, modsText{Type: "restriction on access", Text: r.Level.String()})
	}
	m.Record = modsRecord{Source: "POLIS, " + hostOf(w.Origin), Changed: modsDate{"w3cdtf", stamp(fed.Stamp)}}
	m.Record.ID.Source, m.Record.ID.Text = hostOf(w.Origin), r.ID
	return m
}

// modsEdition adds what a language version has: title, language, form, abstract and
// where it is read.
func (w writer) modsEdition(m *mods, r library.Record, e library.Edition, first bool) {
	title := modsTitle{Lang: e.Lang, Title: e.Title}
	spoken := modsLanguage{Terms: []modsTerm{{Type: "code", Authority: "rfc5646", Text: string(e.Lang)}}}
	if first {
		title.Usage = "primary"
		spoken.Usage = "primary"
	} else {
		title.Type = "translated"
	}
	m.Titles = append(m.Titles, title)
	if e.Lang != "" {
		m.Languages = append(m.Languages, spoken)
	}
	if e.Summary != "" {
		m.Abstracts = append(m.Abstracts, modsText{Lang: e.Lang, Text: e.Summary})
	}
	form := modsForm{Label: string(e.Lang), Media: e.Version.Media}
	if e.Version.Pages > 0 {
		form.Extent = lang.For("en").Number(e.Version.Pages) + " p."
	}
	if form.Media != "" || form.Extent != "" {
		m.Forms = append(m.Forms, form)
	}
	if first {
		m.Places = []modsPlace{{[]modsURL{{Usage: "primary", Access: "object in context", Text: w.address(r.ID)}}}}
	}
	urls := &m.Places[0].URLs
	*urls = append(*urls, modsURL{Access: "object in context", Label: string(e.Lang), Text: w.address(r.ID) + "/" + library.LangPath(e.Lang)})
	if e.Version.File != "" {
		*urls = append(*urls, modsURL{Access: "raw object", Label: string(e.Lang), Text: w.Origin + "/files/" + e.Version.ID})
	}
}

func (w writer) modsOrigin(m *mods, r library.Record) {
	origin, ok := w.names.Entry(r.Origin)
	if !ok {
		return
	}
	for _, t := range lang.All {
		n := modsName{Lang: t, Type: "corporate", URI: w.Origin + "/directory/" + r.Origin, Name: origin.NameOn(r.Dated, t)}
		n.Role.Term = modsTerm{Type: "code", Authority: "marcrelator", Text: "isb"} // the body that issues it
		m.Names = append(m.Names, n)
	}
}

func (w writer) modsSubjects(m *mods, fed library.Fed) {
	for _, id := range fed.Record.Themes {
		theme, ok := framework.Theme(id)
		if !ok {
			continue
		}
		for _, t := range lang.All {
			m.Subjects = append(m.Subjects, modsSubject{Lang: t, Authority: "polis", URI: w.Origin + "/themes/" + id, Topics: []string{theme.Names[t]}})
		}
	}
	for _, c := range fed.About {
		for _, t := range lang.All {
			if c.Names[t] != "" {
				m.Subjects = append(m.Subjects, modsSubject{Lang: t, Authority: c.Scheme, URI: c.URI, Topics: []string{c.Names[t]}})
			}
		}
	}
	for _, t := range lang.All {
		for _, word := range fed.Record.Keywords[t] {
			m.Subjects = append(m.Subjects, modsSubject{Lang: t, Topics: []string{word}})
		}
	}
}

// modsTypes are the types of relation that MODS has words for.
var modsTypes = map[string]string{"supersedes": "preceding", "part-of": "host", "translation-of": "original", "cites": "references"}

func (w writer) modsRelation(rel library.Related) modsRelated {
	related := modsRelated{Type: modsTypes[rel.Kind]}
	if related.Type == "" {
		related.Other = rel.Kind
	}
	if rel.ID != "" {
		related.Identifier = []modsID{{"uri", w.address(rel.ID)}}
	} else {
		related.Identifier = []modsID{{"symbol", rel.Symbol}}
	}
	return related
}
