package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/directory"
	"polis/internal/lang"
)

// spareLines is how many empty lines the mapping has below those that are filled.
const spareLines = 2

// readProvider takes what the form says. Whom names that the directory does not
// know are for is asked about.
func (h *House) readProvider(r *http.Request) (providerDraft, error) {
	d := providerDraft{wrong: account.Invalid{}}
	if err := r.ParseForm(); err != nil {
		return d, err
	}
	names, err := directory.Names(r.Context(), h.DB)
	if err != nil {
		return d, err
	}
	if d.ID = r.PathValue("id"); d.ID == "" {
		d.ID = r.PostFormValue("id")
	} else {
		d.Rev, _ = strconv.ParseInt(r.PostFormValue("rev"), 10, 64) // 0 has moved
	}
	d.Names = lang.Names{}
	for _, t := range lang.All {
		d.Names[t] = r.PostFormValue("name-" + string(t))
	}
	d.Issuer, d.Client, d.Claim = r.PostFormValue("issuer"), r.PostFormValue("client"), r.PostFormValue("claim")
	d.Scopes, d.AMR, d.ACR = listed(r.PostFormValue("scopes")), listed(r.PostFormValue("amr")), listed(r.PostFormValue("acr"))
	d.Enabled = r.PostFormValue("enabled") == "1"
	d.place = strings.TrimSpace(r.PostFormValue("for"))
	d.ActsFor, d.Body = d.entry(names, "for", d.place, LangOf(r))
	for n := range rowsOf(r) {
		d.addLine(r, names, strconv.Itoa(n))
	}
	return d, nil
}

// addLine takes one line, unless it is empty.
func (d *providerDraft) addLine(r *http.Request, names *directory.Snapshot, n string) {
	m := account.Mapping{Value: strings.TrimSpace(r.PostFormValue("value-" + n)), Role: access.Role(r.PostFormValue("role-" + n))}
	place := strings.TrimSpace(r.PostFormValue("for-" + n))
	if m.Value == "" && place == "" {
		return
	}
	m.State, m.Body = d.entry(names, "for-"+strconv.Itoa(len(d.Mapping)), place, LangOf(r))
	d.Mapping, d.lines = append(d.Mapping, m), append(d.lines, place)
}

// entry is the State or body that somebody writes, by its name or as it is called
// in the tables.
func (d *providerDraft) entry(names *directory.Snapshot, field, typed string, t lang.Tag) (state, body string) {
	if typed == "" {
		return "", ""
	}
	if e, ok := names.Entry(typed); ok {
		if e.Kind.IsState() {
			return e.ID, ""
		}
		return "", e.ID
	}
	if state, body = account.Placed(names, typed, t); state+body == "" {
		d.wrong[field] = "joining.error.for-unclear"
	}
	return state, body
}

// showProvider shows the form, what the test has found, and what the groups of a
// preview would give.
func (h *House) showProvider(w http.ResponseWriter, r *http.Request, d providerDraft, found []FoundLine) error {
	isNew := r.PathValue("id") == ""
	f := h.providerFrame(r, "provider.new")
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	v := ProviderView{Action: f.URL("/admin/providers/new"), New: isNew, Rev: d.Rev, Found: found, Names: f.otherNames(d)}
	if !isNew {
		f.Title, v.Action = d.Names.In(f.Lang), f.URL("/admin/providers/"+d.ID)
		v.Facts = []Fact{
			{f.T("provider.redirect"), []Link{{h.backFrom(d.ID), ""}}},
			{f.T("provider.after-logout"), []Link{{h.ownOrigin() + "/", ""}}},
		}
		n, err := account.CountIdentities(r.Context(), h.DB, d.ID)
		if err != nil {
			return err
		}
		v.Remove = f.T("provider.remove.says", "n", n)
	}
	v.Head, v.Second = f.providerHead(d, isNew), f.secondFields(d)
	v.More = slices.ContainsFunc(v.Names, func(f Field) bool { return f.Value != "" || f.Error != "" })
	v.For = words.entryField("for", f.T("provider.field.for"), f.T("provider.hint.for"), d.place)
	v.Claim = Field{Name: "claim", Label: f.T("provider.field.claim"), Hint: f.T("provider.hint.claim"), Value: d.Claim, Width: "medium", Auto: "off"}
	v.Lines = words.mappingLines(d)
	v.State = Field{Name: "enabled", Label: f.T("provider.field.enabled"), Type: "radios", Options: []Option{
		{Value: "1", Text: f.T("provider.state.open"), Hint: f.T("provider.state.open.hint"), Chosen: d.Enabled},
		{Value: "0", Text: f.T("provider.state.closed"), Hint: f.T("provider.state.closed.hint"), Chosen: !d.Enabled},
	}}
	groups := r.URL.Query().Get("groups")
	v.Ask = Field{Name: "groups", Label: f.T("provider.preview.groups"), Hint: f.T("provider.preview.hint"), Type: "textarea", Rows: 3, Value: groups}
	v.Tried, v.Gives = groups != "", words.gives(d.Provider, linesOf(groups))
	f.flagProvider(&v, d.wrong)
	return providerPage.Show(w, f, v)
}

// flagProvider writes what is wrong at its fields, in the order of the page.
func (f *Frame) flagProvider(v *ProviderView, wrong account.Invalid) {
	named := func(n *NamedField) {
		one := []Field{n.Field}
		f.flag(one, wrong)
		n.Field = one[0]
	}
	single := func(field *Field) {
		one := []Field{*field}
		f.flag(one, wrong)
		*field = one[0]
	}
	f.flag(v.Head, wrong)
	f.flag(v.Names, wrong)
	named(&v.For)
	f.flag(v.Second, wrong)
	single(&v.Claim)
	for i := range v.Lines {
		single(&v.Lines[i].Value)
		single(&v.Lines[i].Role)
		named(&v.Lines[i].For)
	}
}

func (f *Frame) providerHead(d providerDraft, isNew bool) []Field {
	secret := f.T("provider.hint.secret")
	if !isNew {
		secret = f.T("provider.hint.secret-kept")
	}
	fields := []Field{
		f.nameField(d, f.Lang, f.T("provider.field.name"), f.T("provider.hint.name")),
		{Name: "issuer", Label: f.T("provider.field.issuer"), Hint: f.T("provider.hint.issuer"), Value: d.Issuer, Auto: "off", Must: true},
		{Name: "client", Label: f.T("provider.field.client"), Hint: f.T("provider.hint.client"), Value: d.Client, Width: "medium", Auto: "off", Must: true},
		{Name: "secret", Label: f.T("provider.field.secret"), Hint: secret, Type: "password", Width: "medium", Auto: "new-password"},
		{Name: "scopes", Label: f.T("provider.field.scopes"), Hint: f.T("provider.hint.scopes"), Value: strings.Join(d.Scopes, " "), Width: "medium", Auto: "off"},
	}
	if isNew {
		id := Field{Name: "id", Label: f.T("provider.field.id"), Hint: f.T("provider.hint.id"), Value: d.ID, Width: "short", Auto: "off", Must: true}
		fields = slices.Insert(fields, 1, id)
	}
	return fields
}

func (f *Frame) nameField(d providerDraft, t lang.Tag, label, hint string) Field {
	return Field{Name: "name-" + string(t), Label: label, Hint: hint, Value: d.Names[t], Width: "medium", Auto: "off"}
}

// otherNames are the fields for the name in the languages but the reader's.
func (f *Frame) otherNames(d providerDraft) (fields []Field) {
	for _, t := range lang.All {
		if t != f.Lang {
			fields = append(fields, f.nameField(d, t, t.Name(), ""))
		}
	}
	return fields
}

func (f *Frame) secondFields(d providerDraft) []Field {
	return []Field{
		{Name: "amr", Label: f.T("provider.field.amr"), Hint: f.T("provider.hint.amr"), Value: strings.Join(d.AMR, " "), Width: "medium", Auto: "off"},
		{Name: "acr", Label: f.T("provider.field.acr"), Hint: f.T("provider.hint.acr"), Value: strings.Join(d.ACR, " "), Auto: "off"},
	}
}

// entryField asks for a State or body by its name.
func (w wording) entryField(name, label, hint, typed string) NamedField {
	value := w.originName(typed)
	if e, ok := w.names.Entry(typed); ok {
		value = w.names.Label(e, w.Lang)
	}
	field := NamedField{Field: Field{Name: name, Label: label, Hint: hint, Value: value}, All: w.URL("/directory/names")}
	if typed != "" {
		field.Near = nearNames(w.names, typed, w.Lang)
	}
	return field
}

// mappingLines are the lines of the mapping, and some that are empty.
func (w wording) mappingLines(d providerDraft) (lines []MappingLine) {
	for i := range len(d.Mapping) + spareLines {
		var m account.Mapping
		place := ""
		if i < len(d.Mapping) {
			m, place = d.Mapping[i], d.lines[i]
		}
		n := strconv.Itoa(i)
		role := Field{Name: "role-" + n, Label: w.T("access.role"), Type: "select", Width: "medium"}
		for _, r := range access.Roles {
			if r.Granted() {
				role.Options = append(role.Options, Option{Value: string(r), Text: w.T("access.role." + string(r)), Chosen: r == m.Role})
			}
		}
		lines = append(lines, MappingLine{
			Title: w.T("provider.line", "n", i+1), Role: role,
			Value: Field{Name: "value-" + n, Label: w.T("provider.field.value"), Value: m.Value, Auto: "off"},
			For:   w.entryField("for-"+n, w.T("provider.field.line-for"), "", place),
		})
	}
	return lines
}
