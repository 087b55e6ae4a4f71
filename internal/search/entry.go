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
	r.addKeys(string(Theme), e.Themes...)
	r.addKeys(string(Type), e.Type)
	r.addKeys(string(Origin), e.Origin)
	r.addKeys(string(Line), e.Lines...)
	r.addKeys(string(Item), e.Items...)
	r.addKeys(string(Concept), e.Concepts...)
	r.addKeys(string(Level), e.Label.Level.String())
	r.addKeys(dateField, e.Date)
	r.keepColumn(dateField)
	r.addKeys(string(Year), yearOf(e.Date))
	// The language's own posting carries the entry's length, so that the mean
	// length can be had by walking one list.
	r.add(&field{name: string(Lang), length: 1, freqs: frequencies(map[string]int{langKey(e.Lang): length + 1})})
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
	counts, length, order := a.count, 0, sketch{}
	clear(counts)
	read := func(text string, weight int, stops bool) {
		a.tokens(text, func(t token) {
			if t.stop && !stops {
				return
			}
			counts[t.term] += weight
			if t.alt != "" {
				counts[t.alt] += weight
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
	if len(counts) > 0 {
		r.add(&field{name: textField(e.Lang), length: max(length, 1), freqs: frequencies(counts)})
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
	counts := map[string]int{}
	for _, name := range names {
		a.tokens(name, func(t token) { counts[t.term] = 1 })
	}
	kept := strings.Join(names, "\x00")
	r.add(&field{name: nameField, value: []byte(kept), length: max(len(counts), 1), freqs: frequencies(counts)})
}

// addKeys adds a field whose values are found whole and as they are.
func (r *record) addKeys(name string, values ...string) {
	counts := map[string]int{}
	for _, v := range values {
		if v != "" {
			counts[v] = 1
		}
	}
	if len(counts) > 0 {
		r.add(&field{name: name, length: 1, freqs: frequencies(counts)})
	}
}

// keepColumn keeps the values of the field that was added last in a column.
func (r *record) keepColumn(name string) {
	if f := r.fields[len(r.fields)-1]; f.name == name {
		f.column = true
	}
}

func (r *record) add(f *field) { r.fields = append(r.fields, f) }

func frequencies(counts map[string]int) index.TokenFrequencies {
	freqs := make(index.TokenFrequencies, len(counts))
	all := make([]index.TokenFreq, len(counts))
	i := 0
	for term, n := range counts {
		all[i].Term = []byte(term)
		all[i].SetFrequency(n)
		freqs[term] = &all[i]
		i++
	}
	return freqs
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
	id := &field{name: "_id", value: []byte(r.id), length: 1, freqs: frequencies(map[string]int{r.id: 1}), column: true}
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
