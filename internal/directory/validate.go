package directory

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"polis/internal/lang"
)

// Invalid says which fields are wrong: column → message key. The columns are
// those of the CSV; for those of a name the number of the name in Entry.Names
// follows ("long_en.0").
type Invalid map[string]string

func (v Invalid) Error() string { return fmt.Sprintf("directory: invalid: %v", map[string]string(v)) }

// The longest values, in characters.
const (
	maxID   = 80
	maxText = 400
)

var (
	stateID = regexp.MustCompile(`^[A-Z]{2}$`)
	slugID  = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	iso3    = regexp.MustCompile(`^[A-Z]{3}$`)
)

// Reserved are the identifiers that no entry may have: what stands at
// /directory/ID under these names are pages of their own.
var Reserved = []string{"new", "import", "names"}

// tidy returns the entry with its texts trimmed and freed of what is no text,
// its codes set from its id, its names in order.
func (e Entry) tidy() Entry {
	e.ID, e.Kind = tidy(e.ID), Kind(tidy(string(e.Kind)))
	for _, s := range []*string{
		&e.Parent, &e.Host, &e.ISO3, &e.SubRegion, &e.Mandate, &e.Website, &e.ValidFrom, &e.ValidTo,
	} {
		*s = tidy(*s)
	}
	if e.ISO2 = ""; e.Kind.IsState() {
		e.ISO2 = e.ID
	}
	names := e.Names
	e.Names = make([]Name, len(names))
	for i, n := range names {
		e.Names[i] = newName(tidy(n.Since), tidy(n.Until))
		for _, t := range lang.All {
			e.Names[i].set(t, tidy(n.Long[t]), tidy(n.Short[t]), tidy(n.Note[t]))
		}
	}
	e.sortNames()
	return e
}

// tidy makes one line of valid text: PostgreSQL takes neither NUL nor broken
// UTF-8, no name has a line break, and invisible marks only deceive the reader.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) && r != '\u00a0' && r != '\u202f':
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.TrimSpace(s)
}

// validate says which fields are wrong. known are the entries that exist, or
// will exist when this one is stored.
func (e Entry) validate(known map[string]Entry) Invalid {
	v := Invalid{}
	e.validateID(v, known)
	e.validatePlace(v, known)
	v.lengths(map[string]string{"mandate": e.Mandate, "website": e.Website})
	if e.Website != "" && !webAddress(e.Website) {
		v["website"] = "directory.error.website"
	}
	v.period("valid_from", "valid_to", e.ValidFrom, e.ValidTo)
	if len(e.Names) == 0 {
		v["long_en.0"] = "directory.error.english"
	}
	for i, n := range e.Names {
		v.name(i, n)
		if slices.ContainsFunc(e.Names[:i], func(m Name) bool { return m.Since == n.Since }) {
			v[at("name_from", i)] = "directory.error.name-twice"
		}
	}
	return v
}

func (e Entry) validateID(v Invalid, known map[string]Entry) {
	if !slices.Contains(Kinds, e.Kind) {
		v["kind"] = "directory.error.kind"
	}
	switch {
	case e.Kind.IsState() && !stateID.MatchString(e.ID):
		v["id"] = "directory.error.state-id"
	case !e.Kind.IsState() && (len(e.ID) < 3 || len(e.ID) > maxID || !slugID.MatchString(e.ID)):
		v["id"] = "directory.error.slug"
	case slices.Contains(Reserved, e.ID):
		v["id"] = "directory.error.reserved"
	}
	switch {
	case e.Kind.IsState() != (e.ISO3 != "") || e.ISO3 != "" && !iso3.MatchString(e.ISO3):
		v["iso3"] = "directory.error.iso3"
	case e.ISO3 != "":
		for id, other := range known {
			if id != e.ID && other.ISO3 == e.ISO3 {
				v["iso3"] = "directory.error.iso3-taken"
			}
		}
	}
}

func (e Entry) validatePlace(v Invalid, known map[string]Entry) {
	if e.Parent != "" && !e.mayBelongTo(known) {
		v["parent"] = "directory.error.parent"
	}
	if e.Host != "" && !known[e.Host].Kind.IsState() {
		v["host"] = "directory.error.host"
	}
	if e.Kind.IsState() && (e.Parent != "" || e.Host != "") {
		v["host"] = "directory.error.state-alone"
	}
	if e.SubRegion == "" && e.Kind.IsState() || e.SubRegion != "" && !slices.Contains(SubRegions, e.SubRegion) {
		v["sub_region"] = "directory.error.sub-region"
	}
}

// mayBelongTo walks up from the parent: all of it exists, and nothing belongs
// to itself.
func (e Entry) mayBelongTo(known map[string]Entry) bool {
	for id, steps := e.Parent, 0; id != ""; steps++ {
		up, ok := known[id]
		if !ok || id == e.ID || steps > len(known) {
			return false
		}
		id = up.Parent
	}
	return true
}

// name checks the name with number i.
func (v Invalid) name(i int, n Name) {
	v.period(at("name_from", i), at("name_to", i), n.Since, n.Until)
	for _, t := range lang.All {
		v.lengths(map[string]string{
			at("long_"+string(t), i): n.Long[t], at("short_"+string(t), i): n.Short[t], at("note_"+string(t), i): n.Note[t],
		})
		if n.Long[t] == "" && n.Short[t]+n.Note[t] != "" {
			v[at("long_"+string(t), i)] = "directory.error.long"
		}
	}
	if n.Long[lang.English] == "" {
		v[at("long_en", i)] = "directory.error.english"
	}
}

// period checks a pair of dates.
func (v Invalid) period(fromField, toField, from, to string) {
	if from != "" && !validDate(from) {
		v[fromField] = "directory.error.date"
	}
	if to != "" && !validDate(to) {
		v[toField] = "directory.error.date"
	} else if later(from, to) {
		v[toField] = "directory.error.date-order"
	}
}

func (v Invalid) lengths(fields map[string]string) {
	for field, s := range fields {
		if utf8.RuneCountInString(s) > maxText {
			v[field] = "directory.error.too-long"
		}
	}
}

// at names the field of the name with number i.
func at(column string, i int) string { return fmt.Sprintf("%s.%d", column, i) }

// webAddress reports whether s is an address that a link may lead to.
func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil
}
