package search

import (
	"slices"
	"strings"
	"unicode"

	index "github.com/blevesearch/bleve_index_api"

	"polis/internal/lang"
)

// The fields of the index beside the facets, which are fields under their own
// names, and the languages' words, each in the field textField names.
const (
	accessField = "access" // tokens of the label
	dateField   = "date"   // as given: sorts by itself
	nameField   = "name"   // folded words of title, symbol and keywords; kept as they are
	symbolField = "symbol" // as it may be typed: see symbol.typed
	sketchField = "sketch" // kept, not indexed
)

// titleWeight is how many times a word of the title counts.
const titleWeight = 3

func textField(t lang.Tag) string { return "text." + string(t) }

// entryID names an entry in the index: "fr:DOCUMENT".
func entryID(t lang.Tag, document string) string { return string(t) + ":" + document }

func splitID(id string) (lang.Tag, string) {
	t, document, _ := strings.Cut(id, ":")
	return lang.Tag(t), document
}

// record is an Entry as scorch takes it. It implements index.Document.
type record struct {
	id     string
	fields []*field
}

// field is one field of a record, analysed beforehand. It implements index.Field.
type field struct {
	name   string
	value  []byte // kept, if any
	length int    // words
	freqs  index.TokenFrequencies
	column bool // kept in a column too: for values of which each entry has its own
}

// newRecord analyses an entry.
func newRecord(e Entry) *record {
	if _, ok := grammars[e.Lang]; !ok {
		e.Lang = ""
	}
	r := &record{id: entryID(e.Lang, e.Document)}
	length := r.addText(e)
	r.addKeys(accessField, e.Label.Tokens()...)
	r.addKeys(symbolField, newSymbol(e.Symbol).typed()...)
	r.addKeys(string(Theme), e.Themes...)
	r.addKeys(string(Type), e.Type)
	r.addKeys(string(Origin), e.Origin)
	r.addKeys(string(Line), e.Lines...)
	r.addKeys(string(Item), e.Items...)
	r.addKeys(string(Concept), e.Concepts...)
	r.addKeys(string(Harvest), e.Harvest)
	r.addKeys(string(Level), e.Label.Level.String())
	r.addKeys(dateField, e.Date)
	r.keepColumn(dateField)
	r.addKeys(string(Year), yearOf(e.Date))
	// The language's own posting carries the entry's length, so that the mean
	// length can be had by walking one list.
	language := &bag{freqs: index.TokenFrequencies{}, room: make([]index.TokenFreq, 1)}
	language.add(langKey(e.Lang), length+1)
	r.add(&field{name: string(Lang), length: 1, freqs: language.freqs})
	return r
}

// langKey is the value of the facet Lang: "other" for an unknown language.
func langKey(t lang.Tag) string {
	if t == "" {
		return OtherLang
	}
	return string(t)
}

// OtherLang is the value of the facet Lang for languages POLIS does not speak.
const OtherLang = "other"

// addText analyses the words of an entry into the field of its language and its
// sketch, and its names for suggestions. It returns the length in words.
func (r *record) addText(e Entry) int {
	a := borrow(e.Lang)
	defer a.giveBack()
	words, length, order := newBag(e), 0, sketch{}
	read := func(text string, weight int, stops bool) {
		a.tokens(text, func(t token) {
			if t.stop && !stops {
				return
			}
			words.add(t.term, weight)
			if t.alt != "" {
				words.add(t.alt, weight)
			}
			if !t.stop && !t.whole {
				length++
				order = order.addWord(t.word)
			}
		})
	}
	read(e.Title, titleWeight, true)
	order = order.divide()
	for _, name := range append([]string{e.Symbol}, e.Keywords...) {
		read(name, titleWeight, false)
	}
	for _, p := range e.Passages {
		order = order.divide()
		read(p, 1, false)
	}
	if len(words.freqs) > 0 {
		r.add(&field{name: textField(e.Lang), length: max(length, 1), freqs: words.freqs})
	}
	r.add(&field{name: sketchField, value: order})
	r.addNames(e)
	return length
}

// addNames keeps title, symbol and keywords for suggestions.
func (r *record) addNames(e Entry) {
	names := append([]string{e.Title, e.Symbol}, e.Keywords...)
	a := borrow("")
	defer a.giveBack()
	var words []string
	for _, name := range names {
		a.tokens(name, func(t token) { words = append(words, t.term) })
	}
	freqs := once(words...)
	kept := strings.Join(names, "\x00")
	r.add(&field{name: nameField, value: []byte(kept), length: max(len(freqs), 1), freqs: freqs})
}

// addKeys adds a field whose values are found whole and as they are.
func (r *record) addKeys(name string, values ...string) {
	if freqs := once(values...); len(freqs) > 0 {
		r.add(&field{name: name, length: 1, freqs: freqs})
	}
}

// keepColumn keeps the values of the field that was added last in a column.
func (r *record) keepColumn(name string) {
	if f := r.fields[len(r.fields)-1]; f.name == name {
		f.column = true
	}
}

func (r *record) add(f *field) { r.fields = append(r.fields, f) }

// bag counts the words of an entry as scorch takes them. Scorch reads the term
// from the key alone.
type bag struct {
	freqs index.TokenFrequencies
	room  []index.TokenFreq // for those to come: one piece of memory for many
}

// bytesPerTerm is about how many bytes of a text bring a word that it did not have.
const bytesPerTerm = 16

func newBag(e Entry) *bag {
	size := len(e.Title)
	for _, p := range e.Passages {
		size += len(p)
	}
	return &bag{freqs: make(index.TokenFrequencies, size/bytesPerTerm)}
}

func (t *bag) add(term string, n int) {
	f := t.freqs[term]
	if f == nil {
		if len(t.room) == 0 {
			t.room = make([]index.TokenFreq, 64)
		}
		f, t.room = &t.room[0], t.room[1:]
		t.freqs[term] = f
	}
	f.SetFrequency(f.Frequency() + n)
}

// once are values that stand once in a field; empty ones do not.
func once(values ...string) index.TokenFrequencies {
	t := &bag{freqs: make(index.TokenFrequencies, len(values)), room: make([]index.TokenFreq, len(values))}
	for _, v := range values {
		if v != "" && t.freqs[v] == nil {
			t.add(v, 1)
		}
	}
	return t.freqs
}

// yearOf is the year of a full or partial date, "" if it has none.
func yearOf(date string) string {
	year, _, _ := strings.Cut(date, "-")
	if len(year) != 4 || strings.IndexFunc(year, func(r rune) bool { return !unicode.IsDigit(r) }) >= 0 {
		return ""
	}
	return year
}

// What follows is what scorch asks of a document and its fields.

func (r *record) ID() string                                 { return r.id }
func (r *record) Size() int                                  { return 0 }
func (r *record) VisitComposite(index.CompositeFieldVisitor) {}
func (r *record) HasComposite() bool                         { return false }
func (r *record) NumPlainTextBytes() uint64                  { return 0 }
func (r *record) StoredFieldsBytes() uint64                  { return 0 }
func (r *record) Indexed() bool                              { return true }
func (r *record) VisitFields(visit index.FieldVisitor) {
	for _, f := range r.fields {
		visit(f)
	}
}

// AddIDField puts the id before all other fields, where scorch looks for it.
func (r *record) AddIDField() {
	id := &field{name: "_id", value: []byte(r.id), length: 1, freqs: once(r.id), column: true}
	r.fields = slices.Insert(r.fields, 0, id)
}

func (f *field) Name() string                                     { return f.name }
func (f *field) Value() []byte                                    { return f.value }
func (f *field) ArrayPositions() []uint64                         { return nil }
func (f *field) EncodedFieldType() byte                           { return 't' }
func (f *field) Analyze()                                         {} // done
func (f *field) AnalyzedLength() int                              { return f.length }
func (f *field) AnalyzedTokenFrequencies() index.TokenFrequencies { return f.freqs }
func (f *field) NumPlainTextBytes() uint64                        { return 0 }

// Options: what has words is indexed, what has a value is kept.
func (f *field) Options() index.FieldIndexingOptions {
	var o index.FieldIndexingOptions
	if f.freqs != nil {
		o |= index.IndexField
	}
	if f.value != nil {
		o |= index.StoreField
	}
	if f.column {
		o |= index.DocValues
	}
	return o
}
