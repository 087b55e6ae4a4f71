package cite

import (
	"encoding/json"
	"io"
	"strings"
)

// item is a work in the words of the Citation Style Language, 1.0.2.
type item struct {
	ID        string     `json:"id"`
	Type      string     `json:"type"`
	Title     string     `json:"title"`
	Author    []nameWord `json:"author,omitempty"`
	Publisher string     `json:"publisher,omitempty"`
	Number    string     `json:"number,omitempty"`
	Genre     string     `json:"genre,omitempty"`
	Version   string     `json:"version,omitempty"`
	Issued    *dateWord  `json:"issued,omitempty"`
	Language  string     `json:"language,omitempty"`
	Abstract  string     `json:"abstract,omitempty"`
	Keyword   string     `json:"keyword,omitempty"`
	Licence   string     `json:"license,omitempty"`
	Pages     int64      `json:"number-of-pages,omitempty"`
	Source    string     `json:"source"`
	URL       string     `json:"URL,omitempty"`
}

// nameWord is a name that is not divided: an office is no person.
type nameWord struct {
	Literal string `json:"literal"`
}

type dateWord struct {
	Parts [][]int `json:"date-parts"`
}

// WriteCSL writes the works as CSL-JSON, which is an array even of one.
func WriteCSL(w io.Writer, works []Work) error {
	names := keys(works)
	items := make([]item, len(works))
	for i, work := range works {
		it := item{
			ID: names[i], Type: formOf(work.Kind).csl, Title: work.Title, Publisher: work.Author, Number: work.Symbol,
			Genre: work.Genre, Version: work.Mark, Language: string(work.Lang), Abstract: work.Summary,
			Keyword: strings.Join(work.Keywords, ", "), Licence: work.Licence, Pages: work.Pages, Source: "POLIS", URL: work.URL,
		}
		if work.Author != "" {
			it.Author = []nameWord{{work.Author}}
		}
		if p := parts(work.Dated); len(p) > 0 {
			it.Issued = &dateWord{[][]int{p}}
		}
		items[i] = it
	}
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", " ")
	return out.Encode(items)
}
