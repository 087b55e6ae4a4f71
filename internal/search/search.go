// Package search is the multilingual index: a disposable projection of the
// event log. It can be deleted at any time and built again from the library.
//
// One Entry is one language version of a document. Each language has its own
// field, its own analyser and its own statistics, and a question is analysed
// for each language by itself, because one language's stop word is another's
// noun. Postings (which word in which entry, how often) are kept by scorch, the
// segment store of bleve; what is computed from them is ours: a question is
// turned into sets of entries (roaring bitmaps) and one score per entry.
//
// The reader's scope is the first set, and every other is cut down to it before
// anything is counted: totals, facets, suggestions, forgiven typos, even the
// rarity of a word in the score are those of an index that holds nothing but
// what the reader may read (Framework ¶22: know-how is shared, not leaked).
package search

import (
	"polis/internal/access"
	"polis/internal/lang"
)

// Entry is one language version of a document as the index takes it in.
type Entry struct {
	Document string       // the document's id
	Lang     lang.Tag     // "" for a language that POLIS does not speak
	Title    string       // counts more than the text
	Symbol   string       // "PC.DEC/1049"
	Keywords []string     // free words, also offered as suggestions
	Passages []string     // paragraphs in document order; Hit.Passage counts them from 0
	Type     string       // id of a document type
	Origin   string       // id of a State, structure or organisation
	Themes   []string     // ids of themes and sub-themes
	Lines    []string     // ids of lines of action, "1049/12.1"
	Items    []string     // ids of Framework items, "1049/14.3"
	Concepts []string     // ids of concepts of the thesaurus
	Harvest  string       // id of the source from which it was harvested, or ""
	Date     string       // "2012-07-26", "2012-07", "2012", or "" where unknown
	Label    access.Label // who may find it
}

// Facet is a way to divide what was found. The values of Lang are tags, those
// of Year four digits, those of Level the level's name; the rest are ids.
type Facet string

// The facets.
const (
	Theme   Facet = "theme"
	Type    Facet = "type"
	Lang    Facet = "lang"
	Year    Facet = "year"
	Origin  Facet = "origin"
	Line    Facet = "line"
	Item    Facet = "item"
	Level   Facet = "level"
	Concept Facet = "concept" // a concept of the thesaurus that it is about: to choose by, never counted
	Harvest Facet = "source"  // the source from which it was harvested: to choose by, never counted
	Group   Facet = "group"   // the closed group that a document is for: to choose by, never counted
)

// Facets lists all facets that are counted, in the order in which a page shows them.
var Facets = []Facet{Theme, Type, Lang, Year, Origin, Line, Item, Level}

// Sort is the order of the hits.
type Sort string

// The orders. Without a word to weigh, everything is in the order of ByDate.
const (
	ByRelevance Sort = "relevance"
	ByDate      Sort = "date" // the newest first, the undated last
)

// Query is a question.
//
// In Text every word is optional and weighs by its rarity; a phrase in quotes
// is required, unless nothing has it; a word or phrase after a minus is excluded. Nothing else has a
// meaning: *, ?, ( and AND are plain text. An empty text finds everything.
//
// With Group, each document is found once, as the one of its language versions
// found that has the best score; in the order of ByDate or without words, the
// one in Lang, else in English, else in the first language of lang.All. Totals,
// pages and facets then count documents by that version, except that Lang counts
// the documents that were found in each language.
type Query struct {
	Text   string
	Lang   lang.Tag           // language the question is asked in: its entries come first; "" for no preference
	Filter map[Facet][]string // any of the values inside a facet, all facets together
	Sort   Sort               // "" is ByRelevance
	Limit  int                // hits wanted; 0 for the counts alone
	Offset int                // hits skipped
	Facets bool               // count the facets too
	Group  bool               // one hit a document, instead of one for each of its language versions
	Among  []string           // only of these documents, for those who ask without facets; nil: of all
}

// Answer is what a scope reads of what was found.
type Answer struct {
	Total    int               // entries found, with Group documents
	Hits     []Hit             // at most Limit of them
	Facets   map[Facet][]Count // if asked for: the most frequent value first
	Loose    bool              // nothing has the phrases, so their words were looked for
	Forgiven bool              // nothing was found as typed, so typos were forgiven
	Words    []string          // the words as typed, for Marks and Snippet; with forgiven typos add Reason.Found
}

// Hit is one entry that was found.
type Hit struct {
	Document string
	Lang     lang.Tag
	Score    float64    // comparable within one answer; 0 in the order of ByDate
	Passage  int        // index of the passage that answers best, -1 if only the title does
	Why      []Reason   // in the order of the question
	Langs    []lang.Tag // with Group: the languages in which the scope reads the document, this one included
}

// Reason says why an entry was found: which words of the question stand behind
// which forms in the entry.
type Reason struct {
	Word     string   // as typed: one word, or those that name a concept
	Found    []string // the forms in the entry's index: stems, without diacritics
	Forgiven bool     // Found is not Word but near it
	Source   Source   // how Found is known to mean Word; "" where it is Word itself
	Shown    string   // Found as it is written, where there is a source
}

// Count is how many entries have a value of a facet. While a facet has a
// selection, its values are counted as if it had none: those that could be
// added are not hidden by those chosen.
type Count struct {
	Value string
	N     int
}

// clampPage keeps limits and offsets from outside within sense.
func (q Query) clampPage() (limit, offset int) {
	return min(max(q.Limit, 0), maxPage), max(q.Offset, 0)
}

// maxPage is the most hits that one answer carries.
const maxPage = 1000
