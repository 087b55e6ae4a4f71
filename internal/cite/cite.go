// Package cite writes what a reference list needs of documents, in the three
// formats that reference managers read: BibTeX, RIS and CSL-JSON.
//
// A Work is a document in one language with its words already in that language;
// who makes one has asked whether its reader may know of it. Every format takes a
// list: one document, a page of results, a collection.
package cite

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"polis/internal/lang"
)

// Work is a document as a reference list names it.
type Work struct {
	ID       string // of the document
	Kind     string // document type, an id of framework.Types
	Genre    string // that type in words
	Title    string
	Summary  string
	Lang     lang.Tag // of the text, "" where it is none of the six
	Author   string   // the State, structure or organisation that it comes from, or ""
	Symbol   string   // PC.DEC/1049, or ""
	Mark     string   // Rev.1, or ""
	Dated    string   // "", 2012, 2012-07 or 2012-07-26
	Licence  string
	Keywords []string
	Pages    int64  // 0 where unknown
	URL      string // permanent address
}

// Format is a way to write a list of works.
type Format struct {
	Ext   string // of a file's name
	Media string
	Name  string
	Write func(w io.Writer, works []Work) error
}

// Formats are those that there are.
var Formats = []Format{
	{"bib", "application/x-bibtex; charset=utf-8", "BibTeX", WriteBibTeX},
	{"ris", "application/x-research-info-systems; charset=utf-8", "RIS", WriteRIS},
	{"json", "application/vnd.citationstyles.csl+json; charset=utf-8", "CSL-JSON", WriteCSL},
}

// Lookup finds a format by the ending of its files.
func Lookup(ext string) (Format, bool) {
	for _, f := range Formats {
		if f.Ext == ext {
			return f, true
		}
	}
	return Format{}, false
}

// form is what a type of document is called in each format.
type form struct{ bibtex, ris, csl string }

// formOf chooses the nearest of each format's own types. What councils decide is
// a document of theirs and no law; what teaches or reports is a report of who
// brought it out.
func formOf(kind string) form {
	switch kind {
	case "decision", "minutes":
		return form{"misc", "GOVDOC", "document"}
	case "strategy", "training-material", "curriculum", "good-practice", "study", "report":
		return form{"techreport", "RPRT", "report"}
	case "guide":
		return form{"manual", "RPRT", "report"}
	case "legislation":
		return form{"misc", "STAT", "legislation"}
	case "leaflet":
		return form{"booklet", "PAMP", "pamphlet"}
	case "checklist":
		return form{"misc", "RPRT", "report"}
	}
	return form{"misc", "GEN", "document"}
}

// parts are the year, month and day of a full or partial date, as far as it goes.
func parts(dated string) []int {
	var list []int
	for _, part := range strings.SplitN(dated, "-", 3) {
		n, err := strconv.Atoi(part)
		if err != nil || n < 1 {
			break
		}
		list = append(list, n)
	}
	return list
}

// keys name the works of a list, each once: by the symbol, by which people know
// it, else by the document's id; and by the language.
func keys(works []Work) []string {
	list, seen := make([]string, len(works)), map[string]int{}
	for i, w := range works {
		key := plain(w.Symbol)
		if key == "" {
			key = "polis-" + plain(w.ID)
		}
		if w.Lang != "" {
			key += "-" + string(w.Lang)
		}
		if seen[key]++; seen[key] > 1 {
			key = fmt.Sprintf("%s-%d", key, seen[key])
		}
		list[i] = key
	}
	return list
}

// plain keeps of a text what a key may have in every program: letters and digits
// of ASCII, stops and single hyphens.
func plain(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '.'):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String(), "-.")
}

// line makes of any text one line without control characters.
func line(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}
