package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/directory"
	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/search"
	"polis/internal/store"
)

// draftForm is a document's metadata as it stands in a form: as typed, right
// or wrong, so that nothing typed is lost.
type draftForm struct {
	Symbol, Type, Date, Original, Origin, Licence string
	Circle                                        string // who may read it; see circleOf
	Themes, Lines, Items                          []string
	Relations                                     []relationForm
}

// relationForm is one row of relations: how, and to which address or symbol.
type relationForm struct{ Kind, To string }

// textForm is one language version in a form.
type textForm struct {
	Lang                     lang.Tag
	Title, Summary, Keywords string
	suffix                   string // of its fields' names, where a form has several
}

// maxRelations is how many relations a form takes.
const maxRelations = 40

// readDraft takes the form as it came.
func readDraft(form url.Values) draftForm {
	text := func(name string) string { return strings.TrimSpace(form.Get(name)) }
	d := draftForm{
		Symbol: text("symbol"), Type: text("type"), Date: text("date"), Original: text("original"), Origin: text("origin"),
		Licence: text("licence"), Circle: text("level"),
		Themes: form["themes"], Lines: form["lines"], Items: readItems(form.Get("items")),
	}
	for i := 1; i <= maxRelations; i++ {
		row := relationForm{text(fmt.Sprintf("relation-kind-%d", i)), text(fmt.Sprintf("relation-to-%d", i))}
		if row != (relationForm{}) {
			d.Relations = append(d.Relations, row)
		}
	}
	return d
}

// readItems takes the Framework's items as people write them: "14.3, ¶22". A
// number alone is the current edition's.
func readItems(typed string) (ids []string) {
	for _, word := range strings.FieldsFunc(typed, func(r rune) bool { return strings.ContainsRune(",; \t\r\n", r) }) {
		if word = strings.Trim(word, "¶§."); word == "" {
			continue
		}
		if !strings.Contains(word, "/") {
			word = framework.Current().ID + "/" + word
		}
		if !slices.Contains(ids, word) {
			ids = append(ids, word)
		}
	}
	return ids
}

// itemNumbers writes items as a form shows them.
func itemNumbers(ids []string) string {
	numbers := make([]string, len(ids))
	for i, id := range ids {
		numbers[i] = strings.TrimPrefix(id, framework.Current().ID+"/")
	}
	return strings.Join(numbers, ", ")
}

// readText takes a language version's fields.
func readText(form url.Values, t lang.Tag, suffix string) textForm {
	return textForm{
		Lang: t, suffix: suffix, Title: strings.Join(strings.Fields(form.Get("title"+suffix)), " "),
		Summary: strings.TrimSpace(form.Get("summary" + suffix)), Keywords: strings.TrimSpace(form.Get("keywords" + suffix)),
	}
}

// keywords are the words of a field, one after each comma, semicolon or line.
func (t textForm) keywords() []string {
	var list []string
	for _, word := range strings.FieldsFunc(t.Keywords, func(r rune) bool { return strings.ContainsRune(",;\n", r) }) {
		if word = strings.Join(strings.Fields(word), " "); word != "" {
			list = append(list, word)
		}
	}
	return list
}

// formOf is a stored document as the form shows it.
func formOf(rec library.Record, relations []library.Relation) draftForm {
	d := draftForm{
		Symbol: rec.Symbol, Type: rec.Kind, Date: rec.Dated, Original: string(rec.Original), Origin: rec.Origin,
		Licence: rec.Licence, Circle: circleOf(rec.Label), Themes: rec.Themes, Lines: rec.Lines, Items: rec.Items,
	}
	for _, r := range relations {
		to := r.Symbol
		if r.Target != "" {
			to = "/library/" + r.Target
		}
		d.Relations = append(d.Relations, relationForm{r.Kind, to})
	}
	return d
}

// textsOf are a stored document's language versions as the form shows them.
func textsOf(rec library.Record) []textForm {
	texts := make([]textForm, len(rec.Editions))
	for i, e := range rec.Editions {
		texts[i] = textForm{e.Lang, e.Title, e.Summary, strings.Join(rec.Keywords[e.Lang], ", "), "-" + library.LangPath(e.Lang)}
	}
	return texts
}

// circleOf names who may read a record, as one choice of a form: "public",
// "member", "official", "state:KG", "group:ID", or "owner".
func circleOf(l access.Label) string {
	switch {
	case l.Level < access.Closed:
		return l.Level.String()
	case l.Group != "":
		return "group:" + l.Group
	case l.State != "":
		return "state:" + l.State
	}
	return "owner"
}

// labelOf is the label that the choice stands for; ok is false for none. There
// is no default: a document whose readers nobody chose must not fall open.
func labelOf(circle string) (l access.Label, ok bool) {
	if circle == "owner" {
		circle = "nobody"
	}
	return access.ParseCircle(circle)
}

// draft makes of the form what the library takes, and says field by field what
// is wrong with it.
func (d draftForm) draft(r *http.Request, h *House) (library.Draft, library.Invalid, error) {
	ctx := r.Context()
	out := library.Draft{
		Symbol: d.Symbol, Kind: d.Type, Dated: plainDate(d.Date), Licence: d.Licence,
		Tags: library.Tags{Themes: d.Themes, Lines: d.Lines, Items: d.Items}, Original: lang.Tag(d.Original), Confirmed: true,
	}
	wrong := library.Invalid{}
	label, ok := labelOf(d.Circle)
	if !ok {
		wrong["level"] = "library.error.level"
	}
	out.Level, out.State, out.Group = label.Level, label.State, label.Group
	names, err := directory.Names(ctx, h.DB)
	if err != nil {
		return out, nil, err
	}
	if found := names.Named(d.Origin, LangOf(r)); len(found) == 1 {
		out.Origin = found[0].ID
	} else if d.Origin != "" {
		wrong["origin"] = "library.error.origin"
	}
	for i, row := range d.Relations {
		relation, key, err := row.relation(ctx, h, scope(r))
		if err != nil {
			return out, nil, err
		}
		if key != "" {
			wrong[fmt.Sprintf("relation-to-%d", i+1)] = key
			continue
		}
		out.Relations = append(out.Relations, relation)
	}
	err = out.Validate(ctx, h.DB)
	var more library.Invalid
	if errors.As(err, &more) {
		for field, key := range more {
			wrong[field] = key
		}
		err = nil
	}
	return out, wrong, err
}

// relation understands one row; key is what is wrong with it, or "".
func (row relationForm) relation(ctx context.Context, h *House, scope access.Scope) (r library.Relation, key string, err error) {
	r.Kind = row.Kind
	if row.Kind == "" || row.To == "" {
		return r, "library.error.relation", nil
	}
	id := documentID(row.To)
	if id == "" {
		r.Symbol = row.To
		return r, "", nil
	}
	if _, err := h.Library.Get(ctx, scope, id); errors.Is(err, store.ErrNotFound) {
		return r, "library.error.document", nil
	} else if err != nil {
		return r, "", err
	}
	r.Target = id
	return r, "", nil
}

var documentForm = regexp.MustCompile(`^(?:.*/library/)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:[/?#].*)?$`)

// documentID is the id in a document's address, "" where it is none.
func documentID(address string) string {
	if m := documentForm.FindStringSubmatch(strings.TrimSpace(address)); m != nil {
		return m[1]
	}
	return ""
}

// document finds the document that an address or a symbol names, "" where the
// reader may see none.
func (h *House) document(ctx context.Context, scope access.Scope, name string) (string, error) {
	id, err := documentID(name), error(nil)
	if id == "" {
		id, err = h.Library.BySymbol(ctx, scope, name)
	} else {
		_, err = h.Library.Get(ctx, scope, id)
	}
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return id, err
}

var dottedDate = regexp.MustCompile(`^(?:(\d{1,2})\.)?\s*(?:(\d{1,2})\.)\s*(\d{4})$`)

// plainDate turns 26.7.2012 and 7.2012 into the form in which dates are kept,
// and leaves anything else as it is.
func plainDate(s string) string {
	m := dottedDate.FindStringSubmatch(s)
	if m == nil {
		return s
	}
	parts := []string{m[3], fmt.Sprintf("%02s", m[2])}
	if m[1] != "" {
		parts = append(parts, fmt.Sprintf("%02s", m[1]))
	}
	return strings.Join(parts, "-")
}

// langOf reads the language of a text from a form: "other" is none of the six.
func langOf(s string) lang.Tag {
	if s == search.OtherLang {
		return ""
	}
	return lang.Tag(s)
}
