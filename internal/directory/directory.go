// Package directory knows the States, the structures of the OSCE and the
// organisations that it works with.
//
// Each is an Entry. What it is called is valid-time: the OSCE Centre in Bishkek
// became the Programme Office in Bishkek in 2017, and a report of 2012 still
// came from the Centre. An Entry therefore holds all its names, each with the
// time in which it was borne, and is asked for the name on a date. Dates are
// text of the precision that is known ("1998", "1998-07", "1998-07-23") and are
// compared at the precision that both have.
//
// States are named as they name themselves, in the usage of the OSCE. Where one
// operation was transformed into another by decision of the Permanent Council
// it is one Entry with two names; where one was closed and another opened, they
// are two. Sub-regions only order lists and reports, as the annual reports on
// police-related activities do: they say nothing on status or borders.
package directory

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
)

// Kind is what an entry is. Messages: "directory.kind.KIND".
type Kind string

// The kinds of entries.
const (
	State          Kind = "state"         // participating State
	PartnerState   Kind = "partner-state" // Partner for Co-operation
	Body           Kind = "body"          // decides or deliberates: Permanent Council
	Unit           Kind = "unit"          // the Secretariat and what belongs to it
	Institution    Kind = "institution"
	FieldOperation Kind = "field-operation"
	Organisation   Kind = "organisation" // outside the OSCE
)

// Kinds lists all kinds in the order in which lists show them.
var Kinds = []Kind{State, PartnerState, Body, Unit, Institution, FieldOperation, Organisation}

// IsState reports whether entries of the kind are States.
func (k Kind) IsState() bool { return k == State || k == PartnerState }

// SubRegions lists the groupings for reports in their order. Messages:
// "directory.sub-region.NAME".
var SubRegions = []string{
	"south-eastern-europe", "eastern-europe", "south-caucasus", "central-asia",
	"western-central-europe", "northern-europe", "north-america",
	"mediterranean", "asia-pacific",
}

// Name is what an entry was called from Since until Until, "" for an end that
// is open or not known. Long always has English; Short is an abbreviation.
// Note is what must stand beside the name wherever it is shown in full.
type Name struct {
	Since string
	Until string
	Long  lang.Names
	Short lang.Names
	Note  lang.Names
}

// Entry is a State, a structure or an organisation.
type Entry struct {
	ID        string // a State's ISO code in capitals, otherwise a slug
	Kind      Kind
	Parent    string // entry that it belongs to, or ""
	Host      string // State in whose territory it works or has its seat, or ""
	ISO2      string `db:"iso2"`
	ISO3      string `db:"iso3"`
	SubRegion string
	Mandate   string // symbol of the decision that established it, or ""
	Website   string
	ValidFrom string
	ValidTo   string
	Names     []Name `db:"-"` // newest first, at least one
	Rev       int64  // 0 for an entry that is not stored yet
	Created   time.Time
	Updated   time.Time
	access.Label
}

// Active reports whether the entry existed on the date. An entry without dates
// always did.
func (e Entry) Active(on string) bool { return within(e.ValidFrom, e.ValidTo, on) }

// Closed reports whether the entry has ended.
func (e Entry) Closed() bool { return e.ValidTo != "" }

// Called is the name that the entry bore on the date, with all its languages;
// with "" the newest one. Before the first name it is the first, between two
// the one before.
func (e Entry) Called(on string) Name {
	if len(e.Names) == 0 {
		return Name{}
	}
	if on == "" {
		return e.Names[0]
	}
	for _, n := range e.Names {
		if within(n.Since, n.Until, on) {
			return n
		}
	}
	for _, n := range e.Names {
		if !later(n.Since, on) {
			return n
		}
	}
	return e.Names[len(e.Names)-1]
}

// NameOn is the full name on the date ("" for now) in the language.
func (e Entry) NameOn(date string, t lang.Tag) string { return e.Called(date).Long.In(t) }

// ShortOn is the abbreviation on the date in the language, or the full name
// where the language has none.
func (e Entry) ShortOn(date string, t lang.Tag) string {
	n := e.Called(date)
	return cmp.Or(n.Short[t], n.Long.In(t))
}

// label is the one that the entry must carry: everybody may read the
// directory, and a State's focal point keeps the entry of her own State.
func (e Entry) label() access.Label { return access.Label{Level: access.Public, State: e.ISO2} }

// sortNames puts the newest name first.
func (e *Entry) sortNames() {
	slices.SortStableFunc(e.Names, func(a, b Name) int { return strings.Compare(b.Since, a.Since) })
}

// later reports whether date a is after b, at the precision that both have; a
// date that is not known is never later.
func later(a, b string) bool {
	n := min(len(a), len(b))
	return a[:n] > b[:n]
}

// within reports whether the date lies between from and to; ends that are not
// known are open.
func within(from, to, date string) bool { return !later(from, date) && !later(date, to) }

// validDate reports whether s is a date of the calendar as text: a year, a
// month or a day.
func validDate(s string) bool {
	for _, layout := range []string{"2006", "2006-01", time.DateOnly} {
		if len(s) == len(layout) {
			_, err := time.Parse(layout, s)
			return err == nil
		}
	}
	return false
}
