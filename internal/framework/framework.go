// Package framework holds the Strategic Framework for Police-Related
// Activities as data, so that documents, requests, projects and reports can
// point at the very words they serve.
//
// An Edition has sections and items. An Item is a numbered paragraph
// ("1049/14") or one of its dash items ("1049/14.3"): the edition's number, a
// slash, and the number that the source itself gives by counting. Ids never
// change; a later edition stands beside the first under its own number, and
// records that point at the old one keep their meaning.
//
// What POLIS says about an item is a short title of its own in six languages
// (editions/*.json, one object an item). The official wording is not part of
// the program: ParseOfficial reads it, Import stores it, and the pages show
// both side by side. Beside the editions stand the words that POLIS sorts by —
// themes, principles, kinds of support, types of document, dimensions
// (vocabulary.json) — each naming the items it rests on.
package framework

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"polis/internal/lang"
)

//go:embed editions/*.json
var editionFiles embed.FS

// Edition is one adopted text of the Framework, as the program knows it: its
// shape and our titles, not its words. Editions are shared: do not change them.
type Edition struct {
	ID       string     `json:"id"`       // number of the decision: "1049"
	Body     string     `json:"body"`     // directory id of the body that adopted it
	Symbol   string     `json:"symbol"`   // "PC.DEC/1049"
	Date     string     `json:"date"`     // of adoption, "2012-07-26"
	InForce  string     `json:"in_force"` // first day on which it holds
	Names    lang.Names `json:"names"`
	Notes    int        `json:"notes"` // footnotes of the official text
	Sections []Section  `json:"sections"`
	Items    []Item     `json:"items"` // in the order of the text, each paragraph before its dash items

	places map[string]int // id → index in Items
}

// Section is a headed part of an edition. A subsection follows the section it
// belongs to and repeats its mark: "V", then "V.a".
type Section struct {
	ID     string     `json:"id"`    // "1049/V.a"
	Mark   string     `json:"mark"`  // "V.a"
	First  int        `json:"first"` // number of its first paragraph
	Last   int        `json:"last"`  // and of its last
	Titles lang.Names `json:"titles"`
}

// Sub reports whether the section is part of another one.
func (s Section) Sub() bool { return strings.Contains(s.Mark, ".") }

// Item is a paragraph or a dash item, the smallest thing that work can serve.
type Item struct {
	ID      string     `json:"id"`     // "1049/14", "1049/14.3"
	Titles  lang.Names `json:"titles"` // ours, never the official words
	Consent Wording    `json:"consent"`
	Under   string     `json:"under"` // id of the paragraph whose consent wording covers this one too, or ""

	Paragraph int `json:"-"` // 14
	Dash      int `json:"-"` // 3, or 0 for the paragraph itself
}

// Number is the item's number inside its edition: "14", "14.3".
func (i Item) Number() string {
	_, number, _ := strings.Cut(i.ID, "/")
	return number
}

// Edition is the id of the edition that the item belongs to: "1049".
func (i Item) Edition() string {
	edition, _, _ := strings.Cut(i.ID, "/")
	return edition
}

// Editions lists all editions, the newest first.
func Editions() []*Edition { return loaded().editions }

// Current is the edition in force.
func Current() *Edition { return Editions()[0] }

// Lookup finds an edition by its id.
func Lookup(id string) (*Edition, bool) {
	i := slices.IndexFunc(Editions(), func(e *Edition) bool { return e.ID == id })
	if i < 0 {
		return nil, false
	}
	return Editions()[i], true
}

// Find finds an item of whatever edition by its id. What is no item's id, such
// as one typed into an import file, is not found.
func Find(id string) (Item, bool) {
	edition, _, _ := strings.Cut(id, "/")
	e, ok := Lookup(edition)
	if !ok {
		return Item{}, false
	}
	return e.Item(id)
}

// Item finds an item of this edition by its id.
func (e *Edition) Item(id string) (Item, bool) {
	i, ok := e.places[id]
	if !ok {
		return Item{}, false
	}
	return e.Items[i], true
}

// Paragraphs lists the numbered paragraphs without their dash items.
func (e *Edition) Paragraphs() []Item {
	var list []Item
	for _, i := range e.Items {
		if i.Dash == 0 {
			list = append(list, i)
		}
	}
	return list
}

// Dashes lists the dash items of the paragraph with this number.
func (e *Edition) Dashes(paragraph int) []Item {
	var list []Item
	for _, i := range e.Items {
		if i.Paragraph == paragraph && i.Dash > 0 {
			list = append(list, i)
		}
	}
	return list
}

// Section is the innermost section in which the paragraph with this number
// stands.
func (e *Edition) Section(paragraph int) (Section, bool) {
	for _, s := range slices.Backward(e.Sections) {
		if s.First <= paragraph && paragraph <= s.Last {
			return s, true
		}
	}
	return Section{}, false
}

// last is the number of the last paragraph.
func (e *Edition) last() int { return e.Items[len(e.Items)-1].Paragraph }

// data is everything that the package reads from its embedded files.
type data struct {
	editions []*Edition
	words    vocabulary
}

// loaded reads the embedded files once. They are part of the program, so one
// that cannot be read is a mistake in it and stops it.
var loaded = sync.OnceValue(func() data {
	d := data{words: loadVocabulary()}
	entries, err := editionFiles.ReadDir("editions")
	if err != nil {
		panic(err)
	}
	for _, entry := range entries {
		e, err := loadEdition("editions/" + entry.Name())
		if err != nil {
			panic(fmt.Errorf("framework: %s: %w", entry.Name(), err))
		}
		d.editions = append(d.editions, e)
	}
	slices.SortFunc(d.editions, func(a, b *Edition) int { return strings.Compare(b.InForce, a.InForce) })
	return d
})

func loadEdition(file string) (*Edition, error) {
	raw, err := editionFiles.ReadFile(file)
	if err != nil {
		return nil, err
	}
	e := &Edition{places: map[string]int{}}
	if err := json.Unmarshal(raw, e); err != nil {
		return nil, err
	}
	for n := range e.Items {
		i := &e.Items[n]
		paragraph, dash, _ := strings.Cut(i.Number(), ".")
		if i.Paragraph, err = strconv.Atoi(paragraph); err != nil {
			return nil, fmt.Errorf("item %q: %w", i.ID, err)
		}
		if dash != "" {
			if i.Dash, err = strconv.Atoi(dash); err != nil {
				return nil, fmt.Errorf("item %q: %w", i.ID, err)
			}
		}
		if i.Consent == "" {
			i.Consent = Silent
		}
		e.places[i.ID] = n
	}
	return e, nil
}
