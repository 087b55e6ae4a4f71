package library

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"polis/internal/access"
	"polis/internal/extract"
	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/store"
)

// Draft is a document's metadata as a person, a record or a file gives it.
type Draft struct {
	Symbol    string
	Kind      string
	Dated     string
	Original  lang.Tag
	Origin    string
	Licence   string
	Sample    bool
	Confirmed bool
	Tags
	Relations []Relation
	Level     access.Level
	State     string // of a record closed to one State
	Group     string // of a record closed to one group
}

// Text is one language version as it comes in.
type Text struct {
	Lang     lang.Tag
	Title    string
	Summary  string
	External string
	Mark     string
	Sum      string
	File     string
	Media    string
	Bytes    int64
	Pages    int
	OCR      bool
	Passages []extract.Passage
}

var symbolForm = regexp.MustCompile(`^[^\x00-\x1f<>]{0,80}$`)

// Validate returns an Invalid, or nil. Ids must be the Framework's; the origin
// must be an entry of the directory.
func (d Draft) Validate(ctx context.Context, q store.Reader) error {
	v := Invalid{}
	if !symbolForm.MatchString(d.Symbol) {
		v["symbol"] = "library.error.symbol"
	}
	if d.Kind != "" && !known(framework.Type, d.Kind) {
		v["type"] = "library.error.type"
	}
	if !validDate(d.Dated) {
		v["date"] = "library.error.date"
	}
	if d.Original != "" && !slices.Contains(lang.All, d.Original) {
		v["original"] = "library.error.lang"
	}
	if slices.ContainsFunc(d.Themes, func(id string) bool { return !known(framework.Theme, id) }) {
		v["themes"] = "library.error.theme"
	}
	if slices.ContainsFunc(append(slices.Clone(d.Lines), d.Items...), func(id string) bool { return !known(framework.Find, id) }) {
		v["items"] = "library.error.item"
	}
	if slices.ContainsFunc(d.Relations, func(r Relation) bool {
		return !slices.Contains(RelationKinds, r.Kind) || r.Target == "" && strings.TrimSpace(r.Symbol) == ""
	}) {
		v["relations"] = "library.error.relation"
	}
	if utf8.RuneCountInString(d.Licence) > 300 {
		v["licence"] = "library.error.licence"
	}
	if d.Level == access.Closed && d.State != "" && d.Group != "" {
		v["level"] = "library.error.level"
	}
	if err := d.checkOrigin(ctx, q, v); err != nil {
		return err
	}
	return v.orNil()
}

// known reports whether the Framework's data have the id.
func known[T any](find func(string) (T, bool), id string) bool {
	_, ok := find(id)
	return ok
}

func (d Draft) checkOrigin(ctx context.Context, q store.Reader, v Invalid) error {
	if d.Origin == "" {
		return nil
	}
	n, err := store.Get[int64](ctx, q, parts, "SELECT COUNT(*) FROM directory_entry WHERE {scope} AND id = $1", d.Origin)
	if err == nil && n == 0 {
		v["origin"] = "library.error.origin"
	}
	return err
}

// validDate accepts "", 2012, 2012-07 and 2012-07-26, between 1800 and next year.
func validDate(s string) bool {
	layout, ok := map[int]string{0: "", 4: "2006", 7: "2006-01", 10: "2006-01-02"}[len(s)]
	if !ok {
		return false
	}
	if s == "" {
		return true
	}
	t, err := time.Parse(layout, s)
	return err == nil && t.Year() >= 1800 && t.Year() <= time.Now().Year()+1
}

// label is what the document's record carries.
func (d Draft) label(owner string) access.Label {
	l := access.Label{Level: d.Level, State: d.State, Owner: owner}
	if d.Level == access.Closed {
		l.Group = d.Group
	}
	return l
}

// maxTitle is the longest title, in characters.
const maxTitle = 500

// Validate returns an Invalid, or nil.
func (t Text) Validate() error {
	v := Invalid{}
	if title := strings.TrimSpace(t.Title); title == "" || utf8.RuneCountInString(title) > maxTitle {
		v["title"] = "library.error.title"
	}
	if t.Lang != "" && !slices.Contains(lang.All, t.Lang) {
		v["lang"] = "library.error.lang"
	}
	if utf8.RuneCountInString(t.Summary) > 5000 {
		v["summary"] = "library.error.summary"
	}
	return v.orNil()
}
