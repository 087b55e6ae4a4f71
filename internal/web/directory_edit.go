package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"polis/internal/access"
	"polis/internal/directory"
	"polis/internal/lang"
	"polis/internal/store"
)

// EntryFormView is the form of an entry, new or changed.
type EntryFormView struct {
	Action string
	Base   string // the entry as it was read, for the comparison when it is saved
	Stale  *Table // what somebody else has changed meanwhile, or nil
	Fields []Field
	Names  []NameFields
	Count  int // of Names, as the form sends it back
	Back   string
}

// NameFields are the fields of one name of an entry.
type NameFields struct {
	Title  string
	Times  []Field
	Long   []Field
	Other  []Field // abbreviations and notes
	Open   bool    // something stands in Other, or is wrong there
	Remove *Field  // where there is another name that stays
}

var entryFormPage = newPage("directory-edit", EntryFormView{
	Action: "/en/directory/KG/edit", Base: "{}", Back: "/en/directory/KG", Count: 1,
	Stale: &Table{Caption: "What was changed meanwhile", Columns: []Column{{Text: "Field"}, {Text: "Now"}}, Rows: [][]Cell{{{Text: "Website"}, {Text: "osce.org"}}}},
	Fields: []Field{
		{Name: "mandate", Label: "Mandate", Hint: "PC.DEC/245"},
		{Name: "kind", Label: "Kind", Type: "select", Options: []Option{{Value: "state", Text: "State", Chosen: true}}},
	},
	Names: []NameFields{{
		Title: "from 2017", Open: true,
		Times:  []Field{{Name: "name_from.0", Label: "Name used from", Value: "2017", Width: "short"}},
		Long:   []Field{{Name: "long_en.0", Label: "Full name, English", Value: "OSCE Programme Office in Bishkek", Error: "Every name needs its English form."}},
		Other:  []Field{{Name: "short_en.0", Label: "Abbreviation, English"}},
		Remove: &Field{Name: "remove.0", Label: "Remove", Type: "checkboxes", Options: []Option{{Value: "1", Text: "Remove this name"}}},
	}},
})

var noticeEntrySaved = newNotice("directory.notice.saved")

// entryForm is an entry in the form: as it is typed, and as it was when the
// form was opened.
type entryForm struct {
	*Frame
	names  *directory.Snapshot
	base   directory.Entry // Rev 0 for a new entry
	entry  directory.Entry
	faults directory.Invalid
	own    bool   // the sender is a focal point of this State: some fields are the desk's
	stale  *Table // differences that somebody else made
	stored map[string]string
}

// mayChange refuses whoever may not change an entry with this label.
func mayChange(r *http.Request, l access.Label) (own bool, err error) {
	d := ReaderOf(r).May(access.EditDirectory, l)
	if !d.Allowed {
		return false, &Fault{Status: http.StatusForbidden, Key: "directory.forbidden", Rule: d.Rule}
	}
	return d.Rule == access.RuleOwnState, nil
}

// form begins the form of an entry. known is the entry itself, or the zero
// Entry for a new one.
func (h *House) form(r *http.Request, known directory.Entry, names *directory.Snapshot) (*entryForm, error) {
	own, err := mayChange(r, known.Label)
	if err != nil {
		return nil, err
	}
	p := &entryForm{Frame: h.site.Frame(r), names: names, base: known, entry: known, own: own}
	p.Private = true
	return p, nil
}

func (h *House) editEntry(w http.ResponseWriter, r *http.Request) error {
	e, names, err := h.entry(r)
	if err != nil {
		return err
	}
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	p, err := h.form(r, e, names)
	if err != nil {
		return err
	}
	return p.show(w)
}

func (h *House) newEntry(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	names, err := directory.Names(r.Context(), h.DB)
	if err != nil {
		return err
	}
	p, err := h.form(r, directory.Entry{}, names)
	if err != nil {
		return err
	}
	if kind := directory.Kind(r.FormValue("kind")); slices.Contains(directory.Kinds, kind) {
		p.entry.Kind = kind
	}
	p.entry.Names = []directory.Name{{}}
	return p.show(w)
}

// saveEntry stores what was typed, or shows the form again with everything in
// it and what is to be put right.
func (h *House) saveEntry(w http.ResponseWriter, r *http.Request) error {
	var known directory.Entry
	names, err := directory.Names(r.Context(), h.DB)
	if err != nil {
		return err
	}
	if r.PathValue("id") != "" {
		if known, names, err = h.entry(r); err != nil {
			return err
		}
	}
	p, err := h.form(r, known, names)
	if err != nil {
		return err
	}
	if err := p.read(r); err != nil {
		return err
	}
	if r.PostForm.Has("add") {
		p.entry.Names = slices.Insert(p.entry.Names, 0, directory.Name{})
		return p.show(w)
	}
	saved, err := directory.Save(r.Context(), h.DB, ReaderOf(r).Subject, p.entry)
	var stale directory.Stale
	switch {
	case err == nil:
		return p.Redirect(w, "/directory/"+url.PathEscape(saved.ID), noticeEntrySaved, 0)
	case errors.As(err, &p.faults):
		p.Status = http.StatusUnprocessableEntity
	case errors.As(err, &stale):
		p.Status = http.StatusConflict
		p.reconcile(stale.Current)
	case errors.Is(err, directory.ErrForbidden):
		return &Fault{Status: http.StatusForbidden, Key: "directory.forbidden", Rule: access.RuleRole, Err: err}
	case errors.Is(err, store.ErrNotFound):
		return NotFound()
	default:
		return err
	}
	return p.show(w)
}

// read takes the form's fields over the entry as the form was opened with it.
func (p *entryForm) read(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	var base directory.Entry
	if text := r.PostForm.Get("base"); text != "" {
		if err := json.Unmarshal([]byte(text), &base); err != nil {
			return &Fault{Status: http.StatusBadRequest, Key: "directory.form.broken", Err: err}
		}
	}
	if base.ID != p.base.ID || (base.Rev == 0) != (p.base.Rev == 0) {
		return Wrong("directory.form.broken")
	}
	p.base, p.entry = base, base
	for _, field := range entryFields {
		if r.PostForm.Has(field.column) && !(p.own && field.desk) {
			*field.of(&p.entry) = r.PostForm.Get(field.column)
		}
	}
	p.entry.Names = readNames(r.PostForm)
	if p.entry.ID == "" && !p.entry.Kind.IsState() && len(p.entry.Names) > 0 {
		p.entry.ID = directory.Slug(p.entry.Names[0].Long[lang.English])
	}
	return nil
}

// reconcile lays what was typed over what somebody else has stored meanwhile:
// her fields where she changed them, the other's where she did not. Where both
// changed one, hers stays in the form and the other's stands beside it.
func (p *entryForm) reconcile(now directory.Entry) {
	base, typed, stored := flatten(p.base), flatten(p.entry), flatten(now)
	table := Table{Caption: p.T("directory.stale.caption"), Columns: []Column{
		{Text: p.T("directory.stale.field")}, {Text: p.T("directory.stale.opened")}, {Text: p.T("directory.stale.stored")}, {Text: p.T("directory.stale.yours")},
	}}
	merged := map[string]string{}
	p.stored = map[string]string{}
	for _, key := range keysOf(base, typed, stored) {
		was, yours, is := base[key], typed[key], stored[key]
		merged[key] = yours
		if was == yours {
			merged[key] = is
		} else if is != was && is != yours {
			p.stored[key] = is
		}
		if is != was {
			table.Rows = append(table.Rows, []Cell{{Text: p.columnLabel(key)}, {Text: was}, {Text: is}, {Text: yours}})
		}
	}
	p.stale, p.base = &table, now
	p.entry = unflatten(now, merged)
}

// show writes the form with what is wrong in it.
func (p *entryForm) show(w http.ResponseWriter) error {
	base, err := json.Marshal(p.base)
	if err != nil {
		return err
	}
	v := EntryFormView{Base: string(base), Stale: p.stale, Fields: p.fields(), Names: p.nameFields(), Count: len(p.entry.Names)}
	if p.base.Rev == 0 {
		room := roomOf(p.entry.Kind)
		p.Title, p.Crumbs = p.T("directory.new"), []Link{{p.T(room.key), p.URL(room.path)}}
		v.Action, v.Back = p.URL("/directory/new"), p.URL(room.path)
	} else {
		room, name := roomOf(p.base.Kind), p.base.NameOn("", p.Lang)
		v.Back = p.URL("/directory/" + url.PathEscape(p.base.ID))
		p.Title, v.Action = p.T("directory.edit", "name", name), v.Back+"/edit"
		p.Crumbs = []Link{{p.T(room.key), p.URL(room.path)}, {name, v.Back}}
	}
	return entryFormPage.Show(w, p.Frame, v)
}
