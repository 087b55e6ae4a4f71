// Package thesaurus says what the things of policing are called in six
// languages, and how they hang together.
//
// A Concept is a thing, not a word: "community policing", "police de proximité"
// and «работа полиции с населением» are labels of one Concept. Each language has
// one preferred label of it and any number of others: what people type,
// abbreviations, older terms. Concepts stand below broader ones, without a
// circle, and beside related ones (ISO 25964, SKOS). What is narrower is not
// stored: it is broader, read from the other end.
//
// The program brings a thesaurus of its own (policing/*.ttl) and puts a newer
// version into the tables without touching what was changed here. Others,
// EuroVoc or UNBIS, come as SKOS and stand beside it, each a Scheme. Internally
// a concept is a set of facts ("alt, ru, ДПИ"; "broader, police-service"): what
// differs, what a new version changes and what an import brings are operations
// on sets.
package thesaurus

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"polis/internal/lang"
)

// Kind is what a label is to its concept. Messages: "thesaurus.label.KIND".
type Kind string

// The kinds of labels, as in SKOS.
const (
	Pref   Kind = "pref"   // one for each language
	Alt    Kind = "alt"    // another name, an abbreviation
	Hidden Kind = "hidden" // found by and never shown: a frequent misspelling
)

// Label is a name of a concept in one of the six languages.
type Label struct {
	Concept string // id
	Lang    lang.Tag
	Kind    Kind
	Text    string
}

// NoteKind is what a note tells of its concept. Messages: "thesaurus.note.KIND".
type NoteKind string

// The kinds of notes that are kept.
const (
	Definition NoteKind = "definition"
	ScopeNote  NoteKind = "scope" // what falls under it and what does not
	Remark     NoteKind = "note"
	Example    NoteKind = "example"
)

// Note is a text on a concept in one of the six languages.
type Note struct {
	Kind NoteKind
	Lang lang.Tag
	Text string
}

// Stage is how far a proposal is: a program proposes, a person decides.
type Stage string

// The stages of a match.
const (
	Proposed  Stage = "proposed"
	Confirmed Stage = "confirmed"
	Refused   Stage = "refused"
)

// Match names the same thing, or nearly, in another vocabulary.
type Match struct {
	URI   string
	Kind  string // exact, close, broad, narrow, related
	Stage Stage
}

// Scheme is a vocabulary.
type Scheme struct {
	ID    string
	URI   string
	Title string
}

// The scheme that the program brings, and the beginning of its concepts' URIs.
const (
	Policing  = "policing"
	SchemeURI = Space + "policing-thesaurus"
	Space     = "urn:polis:concept:"
)

// Reserved are the ids that no concept may have: what stands at /thesaurus/ID
// under these names are pages of their own.
var Reserved = []string{"new", "import"}

// Concept is a thing with its names. Narrower is filled on reading and not
// heeded on writing.
type Concept struct {
	ID         string
	URI        string
	Scheme     string // id
	Notation   string // code in its own vocabulary, or ""
	Deprecated bool
	ReplacedBy string // id, or ""
	Rev        int64  // 0 for one that is not stored yet
	Created    time.Time
	Updated    time.Time
	Labels     []Label  `db:"-"` // by language in the order of lang.All, the preferred one first
	Notes      []Note   `db:"-"`
	Broader    []string `db:"-"` // ids
	Narrower   []string `db:"-"`
	Related    []string `db:"-"`
	Matches    []Match  `db:"-"`

	shipped string `db:"-"` // facts as the program brought them last, as JSON
}

// Name is the preferred label in the language, else in another one.
func (c Concept) Name(t lang.Tag) string { return c.Names().In(t) }

// Names are the preferred labels.
func (c Concept) Names() lang.Names {
	names := lang.Names{}
	for _, l := range c.Labels {
		if l.Kind == Pref {
			names[l.Lang] = l.Text
		}
	}
	return names
}

// Labelled lists the texts of the labels of a kind in a language.
func (c Concept) Labelled(t lang.Tag, k Kind) []string {
	var list []string
	for _, l := range c.Labels {
		if l.Lang == t && l.Kind == k {
			list = append(list, l.Text)
		}
	}
	return list
}

// Noted lists the notes of a kind in a language.
func (c Concept) Noted(t lang.Tag, k NoteKind) []string {
	var list []string
	for _, n := range c.Notes {
		if n.Lang == t && n.Kind == k {
			list = append(list, n.Text)
		}
	}
	return list
}

// Defined are the definitions, one a language.
func (c Concept) Defined() lang.Names {
	names := lang.Names{}
	for _, n := range c.Notes {
		if n.Kind == Definition && names[n.Lang] == "" {
			names[n.Lang] = n.Text
		}
	}
	return names
}

// sort brings labels, notes and relations into their order.
func (c *Concept) sort() {
	kinds, notes := []Kind{Pref, Alt, Hidden}, []NoteKind{Definition, ScopeNote, Remark, Example}
	slices.SortStableFunc(c.Labels, func(a, b Label) int {
		if a.Lang != b.Lang {
			return slices.Index(lang.All, a.Lang) - slices.Index(lang.All, b.Lang)
		}
		return slices.Index(kinds, a.Kind) - slices.Index(kinds, b.Kind)
	})
	slices.SortStableFunc(c.Notes, func(a, b Note) int {
		if a.Kind != b.Kind {
			return slices.Index(notes, a.Kind) - slices.Index(notes, b.Kind)
		}
		return slices.Index(lang.All, a.Lang) - slices.Index(lang.All, b.Lang)
	})
	slices.Sort(c.Broader)
	slices.Sort(c.Narrower)
	slices.Sort(c.Related)
}

// ErrForbidden is returned where the caller may not change the thesaurus. The
// error's text ends with the access rule that refused.
var ErrForbidden = errors.New("thesaurus: not allowed")

// Stale is returned where somebody else has changed the concept since the caller
// read it. Current is the concept as it now stands.
type Stale struct{ Current Concept }

func (s Stale) Error() string {
	return fmt.Sprintf("thesaurus: %s was changed in the meantime (it is at revision %d)", s.Current.ID, s.Current.Rev)
}

// Invalid says which fields are wrong: field → message key. The fields are
// "id", "pref.en", "alt.ru", "definition.fr", "broader", "related", "replaced".
type Invalid map[string]string

func (v Invalid) Error() string { return fmt.Sprintf("thesaurus: invalid: %v", map[string]string(v)) }
