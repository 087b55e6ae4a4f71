package web

import (
	"net/http"
	"slices"
	"strings"

	"polis/internal/directory"
	"polis/internal/lang"
)

// NamedField is a field for the name of an entry of the directory, written
// rather than chosen: its hundreds of names would be most of the page's weight.
// The script fetches them when somebody comes to the field; without it the few
// in Near are offered, and what is written is understood or asked about.
type NamedField struct {
	Field
	Near []string // the reader's own, or those that come close
	All  string   // address of all names
}

// maxNear is how many names are offered for one that nobody bears.
const maxNear = 6

// origin is the field for whom the document comes from.
func (d drafting) origin(typed string) NamedField {
	f := NamedField{All: d.URL("/directory/names")}
	f.Field = Field{Name: "origin", Label: d.T("library.facet.origin"), Hint: d.T("library.hint.origin"), Value: d.originName(typed)}
	if d.wrong["origin"] == "" {
		f.Near = d.ownNames()
		return f
	}
	if f.Near = nearNames(d.names, typed, d.Lang); len(f.Near) == 0 {
		f.Error = d.fault("origin")
		return f
	}
	f.Error = d.complain("origin", d.T("library.error.origin.which", "name", typed, "names", strings.Join(f.Near, "; ")))
	return f
}

// ownNames are the States and bodies for which the reader acts or that vouch for
// her, each once.
func (d drafting) ownNames() (own []string) {
	ids := []string{d.who.State, d.who.Body}
	for _, g := range d.who.Grants {
		ids = append(ids, g.State, g.Body)
	}
	for _, id := range ids {
		e, ok := d.names.Entry(id)
		if label := d.names.Label(e, d.Lang); ok && !slices.Contains(own, label) {
			own = append(own, label)
		}
	}
	return own
}

// originName is what was typed, as the directory calls it where it is clear.
func (w wording) originName(typed string) string {
	if found := w.names.Named(typed, w.Lang); len(found) == 1 {
		return w.names.Label(found[0], w.Lang)
	}
	return typed
}

// nearNames are those that the text may stand for: all that bear it, else some
// that have all of its words.
func nearNames(names *directory.Snapshot, text string, t lang.Tag) (near []string) {
	found := names.Named(text, t)
	if len(found) == 0 {
		found = names.List(directory.Filter{Text: text, Lang: t})
	}
	for _, e := range found[:min(len(found), maxNear)] {
		near = append(near, names.Label(e, t))
	}
	return near
}

// directoryNames lists, a line each, how a form calls the directory's entries.
func (h *House) directoryNames(w http.ResponseWriter, r *http.Request) error {
	names, err := directory.Names(r.Context(), h.DB)
	if err != nil {
		return err
	}
	t := LangOf(r)
	var lines []string
	for _, e := range names.List(directory.Filter{Lang: t}) {
		lines = append(lines, names.Label(e, t))
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "private, max-age=600")
	_, err = w.Write([]byte(strings.Join(lines, "\n")))
	return err
}
