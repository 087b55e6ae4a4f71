package web

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
	"polis/internal/thesaurus"
)

// ConceptFormView is the form of a concept, new or changed.
type ConceptFormView struct {
	Action    string
	Base      string // the concept as it was read, for the comparison when it is saved
	Stale     *Table // what somebody else has changed meanwhile, or nil
	Languages []ConceptLanguage
	Fields    []Field // relations
	Back      string
}

// ConceptLanguage are the fields of one language.
type ConceptLanguage struct {
	Language, Name string
	Open           bool
	Fields         []Field
}

var conceptFormPage = newPage("thesaurus-edit", ConceptFormView{
	Action: "/en/thesaurus/ilp/edit", Base: "{}", Back: "/en/thesaurus/ilp",
	Stale:     &Table{Caption: "What was changed meanwhile", Columns: []Column{{Text: "Field"}, {Text: "Now"}}, Rows: [][]Cell{{{Text: "Name"}, {Text: "intelligence-led policing"}}}},
	Languages: []ConceptLanguage{{"English", "intelligence-led policing", true, []Field{{Name: "pref.en", Label: "Name", Value: "intelligence-led policing", Error: "Every concept needs an English name."}}}},
	Fields:    []Field{{Name: "broader", Label: "Broader concepts", Type: "textarea"}},
})

var noticeConceptSaved = newNotice("thesaurus.notice.saved")

// cells are the fields of the form: name → what stands in it.
type cells map[string]string

// conceptForm is a concept in the form.
type conceptForm struct {
	*Frame
	h      *House
	r      *http.Request
	base   thesaurus.Concept // as the form was opened with it, Rev 0 for a new one
	typed  cells
	theirs cells // what somebody else has stored in a field that she changed too
	faults thesaurus.Invalid
	stale  *Table
}

// conceptForm begins the form for those who may.
func (h *House) conceptForm(r *http.Request, c thesaurus.Concept) (*conceptForm, error) {
	if d := mayEditThesaurus(r); !d.Allowed {
		return nil, Refused(d.Rule)
	}
	p := &conceptForm{Frame: h.site.Frame(r), h: h, r: r, base: c}
	p.Private = true
	var err error
	p.typed, err = p.cells(c)
	return p, err
}

func (h *House) editConcept(w http.ResponseWriter, r *http.Request) error {
	c, _, err := h.conceptAsked(r)
	if err != nil {
		return err
	}
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	p, err := h.conceptForm(r, c)
	if err != nil {
		return err
	}
	return p.show(w)
}

// newConcept opens an empty form; the address may bring a name.
func (h *House) newConcept(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	p, err := h.conceptForm(r, thesaurus.Concept{})
	if err != nil {
		return err
	}
	name := r.URL.Query().Get("name")
	t, ok := lang.Parse(r.URL.Query().Get("in"))
	if !ok {
		t = p.Lang
	}
	p.typed["pref."+string(t)] = strings.ToValidUTF8(name[:min(len(name), longestTerm)], "")
	return p.show(w)
}

func (h *House) saveConcept(w http.ResponseWriter, r *http.Request) error {
	var c thesaurus.Concept
	if r.PathValue("id") != "" {
		var err error
		if c, _, err = h.conceptAsked(r); err != nil {
			return err
		}
	}
	p, err := h.conceptForm(r, c)
	if err != nil {
		return err
	}
	if err := p.read(); err != nil {
		return err
	}
	in, faults, err := p.concept()
	if err != nil {
		return err
	}
	if len(faults) > 0 {
		p.faults, p.Status = faults, http.StatusUnprocessableEntity
		return p.show(w)
	}
	saved, err := thesaurus.Save(r.Context(), h.DB, ReaderOf(r).Subject, in)
	var stale thesaurus.Stale
	switch {
	case err == nil:
		return p.Redirect(w, conceptPath(saved.ID), noticeConceptSaved, 0)
	case errors.As(err, &p.faults):
		p.Status = http.StatusUnprocessableEntity
	case errors.As(err, &stale):
		p.Status = http.StatusConflict
		if err := p.reconcile(stale.Current); err != nil {
			return err
		}
	case errors.Is(err, store.ErrNotFound):
		return NotFound()
	case errors.Is(err, store.ErrText):
		return Wrong("thesaurus.form.broken")
	case errors.Is(err, thesaurus.ErrForbidden):
		return Refused(access.RuleRole)
	default:
		return err
	}
	return p.show(w)
}

// read takes the form's fields.
func (p *conceptForm) read() error {
	if err := p.r.ParseForm(); err != nil {
		return err
	}
	var base thesaurus.Concept
	if err := json.Unmarshal([]byte(cmp.Or(p.r.PostForm.Get("base"), "{}")), &base); err != nil {
		return &Fault{Status: http.StatusBadRequest, Key: "thesaurus.form.broken", Err: err}
	}
	if base.ID != p.base.ID || (base.Rev == 0) != (p.base.Rev == 0) {
		return Wrong("thesaurus.form.broken")
	}
	p.base = base
	for _, name := range conceptFields() {
		p.typed[name] = tidyLines(strings.ToValidUTF8(p.r.PostForm.Get(name), ""))
	}
	return nil
}

// tidyLines takes empty lines out and sorts nothing.
func tidyLines(text string) string {
	var list []string
	for l := range strings.Lines(strings.ReplaceAll(text, "\r\n", "\n")) {
		if l = strings.TrimSpace(l); l != "" {
			list = append(list, l)
		}
	}
	return strings.Join(list, "\n")
}

// inLanguage are the fields that each language has.
var inLanguage = []string{"pref", "alt", "hidden", "definition", "scope"}

// conceptFields are the names of all fields.
func conceptFields() []string {
	var list []string
	for _, t := range lang.All {
		for _, what := range inLanguage {
			list = append(list, what+"."+string(t))
		}
	}
	return append(list, "broader", "related", "deprecated", "replaced")
}

// cells lays a concept out over the fields.
func (p *conceptForm) cells(c thesaurus.Concept) (cells, error) {
	m := cells{}
	for _, t := range lang.All {
		for _, k := range []thesaurus.Kind{thesaurus.Pref, thesaurus.Alt, thesaurus.Hidden} {
			m[string(k)+"."+string(t)] = strings.Join(c.Labelled(t, k), "\n")
		}
		for _, k := range []thesaurus.NoteKind{thesaurus.Definition, thesaurus.ScopeNote} {
			m[string(k)+"."+string(t)] = tidyLines(strings.Join(c.Noted(t, k), "\n"))
		}
	}
	if c.Deprecated {
		m["deprecated"] = "1"
	}
	for field, ids := range map[string][]string{"broader": c.Broader, "related": c.Related, "replaced": {c.ReplacedBy}} {
		text, err := p.written(ids)
		if err != nil {
			return nil, err
		}
		m[field] = text
	}
	return m, nil
}

// written names concepts as the form writes them: by the name in her language
// where that leads back to the same, else by the id.
func (p *conceptForm) written(ids []string) (string, error) {
	names, err := thesaurus.NamesOf(p.r.Context(), p.h.DB, ids...)
	if err != nil {
		return "", err
	}
	var list []string
	for _, id := range ids {
		if id == "" {
			continue
		}
		name := names[id].In(p.Lang)
		back, err := thesaurus.Named(p.r.Context(), p.h.DB, name, p.Lang)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return "", err
		}
		if back != id {
			name = id
		}
		list = append(list, name)
	}
	slices.SortFunc(list, p.Compare)
	return strings.Join(list, "\n"), nil
}

// concept is what was typed, as it is saved; what the form does not show stays.
func (p *conceptForm) concept() (thesaurus.Concept, thesaurus.Invalid, error) {
	c, faults := p.base, thesaurus.Invalid{}
	c.Labels, c.Deprecated = nil, p.typed["deprecated"] != ""
	c.Notes = slices.DeleteFunc(slices.Clone(c.Notes), func(n thesaurus.Note) bool {
		return n.Kind == thesaurus.Definition || n.Kind == thesaurus.ScopeNote
	})
	for _, t := range lang.All {
		for _, k := range []thesaurus.Kind{thesaurus.Pref, thesaurus.Alt, thesaurus.Hidden} {
			for l := range strings.SplitSeq(p.typed[string(k)+"."+string(t)], "\n") {
				c.Labels = append(c.Labels, thesaurus.Label{Lang: t, Kind: k, Text: l})
			}
		}
		for _, k := range []thesaurus.NoteKind{thesaurus.Definition, thesaurus.ScopeNote} {
			c.Notes = append(c.Notes, thesaurus.Note{Kind: k, Lang: t, Text: p.typed[string(k)+"."+string(t)]})
		}
	}
	for field, to := range map[string]*[]string{"broader": &c.Broader, "related": &c.Related} {
		ids, err := p.meant(field, faults)
		if err != nil {
			return c, nil, err
		}
		*to = ids
	}
	ids, err := p.meant("replaced", faults)
	if c.ReplacedBy = ""; len(ids) > 0 && c.Deprecated {
		c.ReplacedBy = ids[0]
	}
	return c, faults, err
}

// meant finds the concepts that are written in a field.
func (p *conceptForm) meant(field string, faults thesaurus.Invalid) ([]string, error) {
	var ids []string
	for l := range strings.SplitSeq(p.typed[field], "\n") {
		if l == "" {
			continue
		}
		id, err := thesaurus.Named(p.r.Context(), p.h.DB, l, p.Lang)
		if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrText) {
			faults[field] = "thesaurus.error.unknown"
			continue
		}
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// reconcile lays what was typed over what somebody else has stored meanwhile:
// her fields where she changed them, the other's where she did not.
func (p *conceptForm) reconcile(now thesaurus.Concept) error {
	was, err := p.cells(p.base)
	if err != nil {
		return err
	}
	is, err := p.cells(now)
	if err != nil {
		return err
	}
	table := Table{Caption: p.T("directory.stale.caption"), Columns: []Column{
		{Text: p.T("directory.stale.field")}, {Text: p.T("directory.stale.opened")}, {Text: p.T("directory.stale.stored")}, {Text: p.T("directory.stale.yours")},
	}}
	p.theirs = cells{}
	for _, name := range conceptFields() {
		yours := p.typed[name]
		if is[name] != was[name] {
			table.Rows = append(table.Rows, []Cell{{Text: p.label(name)}, {Text: was[name]}, {Text: is[name]}, {Text: yours}})
		}
		if was[name] == yours {
			p.typed[name] = is[name]
		} else if is[name] != was[name] && is[name] != yours {
			p.theirs[name] = is[name]
		}
	}
	p.stale, p.base = &table, now
	return nil
}

// label is what a field is called: "Other names, German".
func (p *conceptForm) label(name string) string {
	what, t, in := strings.Cut(name, ".")
	if in {
		return p.T("thesaurus.field."+what) + ", " + lang.Tag(t).Name()
	}
	return p.T("thesaurus.field." + what)
}

// field is a field with what stands in it and what is wrong with it.
func (p *conceptForm) field(name string) Field {
	what, _, _ := strings.Cut(name, ".")
	f := Field{Name: name, Label: p.label(name), Value: p.typed[name], Auto: "off"}
	switch what {
	case "alt", "hidden", "broader", "related":
		f.Type, f.Rows, f.Hint = "textarea", 4, p.T("thesaurus.hint."+what)
	case "definition", "scope":
		f.Type, f.Rows = "textarea", 3
	case "deprecated":
		f.Type, f.Options = "checkboxes", []Option{{Value: "1", Text: p.T("thesaurus.hint.deprecated"), Chosen: f.Value != ""}}
	case "replaced":
		f.Hint = p.T("thesaurus.hint.replaced")
	}
	if key := p.faults[name]; key != "" {
		f.Error = p.T(key)
	} else if is, ok := p.theirs[name]; ok {
		f.Error = p.T("directory.stale.theirs", "value", cmp.Or(is, "—"))
	}
	if f.Error != "" {
		p.Errors = append(p.Errors, Error{name, f.Label + ": " + f.Error})
	}
	return f
}

// show writes the form with what is wrong in it.
func (p *conceptForm) show(w http.ResponseWriter) error {
	base, err := json.Marshal(p.base)
	if err != nil {
		return err
	}
	v := ConceptFormView{Base: string(base), Stale: p.stale, Back: p.URL("/thesaurus"), Action: p.URL("/thesaurus/new")}
	p.Title, p.Crumbs = p.T("thesaurus.new"), []Link{{p.T(thesaurusTitle), p.URL("/thesaurus")}}
	if p.base.Rev > 0 {
		name := p.base.Name(p.Lang)
		v.Back = p.URL(conceptPath(p.base.ID))
		v.Action, p.Title = v.Back+"/edit", p.T("thesaurus.edit", "name", name)
		p.Crumbs = append(p.Crumbs, Link{name, v.Back})
	}
	for _, t := range lang.All {
		before := len(p.Errors)
		one := ConceptLanguage{Language: t.Name(), Name: p.typed["pref."+string(t)]}
		for _, what := range inLanguage {
			one.Fields = append(one.Fields, p.field(what+"."+string(t)))
		}
		one.Open = t == p.Lang || p.base.Rev == 0 && t == lang.English || len(p.Errors) > before
		v.Languages = append(v.Languages, one)
	}
	for _, name := range []string{"broader", "related", "deprecated", "replaced"} {
		if p.base.Rev > 0 || name == "broader" || name == "related" {
			v.Fields = append(v.Fields, p.field(name))
		}
	}
	return conceptFormPage.Show(w, p.Frame, v)
}
