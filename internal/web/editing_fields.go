package web

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/search"
)

// DraftView are the fields of a document's metadata: {{template "draft" .}}.
type DraftView struct {
	Head      []Field // symbol, date, type
	Origin    NamedField
	Themes    Picks
	Level     Field
	More      string // heading of the rest, which stands behind it
	Open      bool   // something of the rest is filled in or wrong
	Original  Field
	Lines     Picks
	Items     Field
	Heard     []string // what was understood of the items, in the Framework's words
	Hears     string   // address that says so while they are typed
	Numbers   Link     // where the items' numbers stand
	Licence   Field
	Relations RelationsView
}

// Picks are many checkboxes in groups that open: {{template "picks" .}}.
type Picks struct {
	Name, Label, Hint, Error string
	Groups                   []PickGroup
}

// PickGroup is one group; Chosen names what is chosen in it, or is "".
type PickGroup struct {
	Name, Chosen string
	Options      []Pick
}

// Pick is one checkbox.
type Pick struct {
	ID, Value, Text string
	Chosen          bool
}

// RelationsView are rows of relations.
type RelationsView struct {
	Label, Hint string
	Rows        []RelationRow
}

// RelationRow is one relation: how, and to what.
type RelationRow struct{ Kind, To Field }

// drafting shows a form of metadata to one person.
type drafting struct {
	wording
	who     access.Subject
	label   access.Label     // what the document has now; of a new one the owner alone
	measure *library.Measure // what opening it further is held against: that takes two; nil where it is new
	wrong   map[string]string
}

// fault is what is wrong with a field, "" for nothing; it goes above the page
// as well, in the order in which the fields are made.
func (d drafting) fault(field string) string {
	if key := d.wrong[field]; key != "" {
		return d.complain(field, d.T(key))
	}
	return ""
}

func (d drafting) complain(field, text string) string {
	d.Errors = append(d.Errors, Error{field, text})
	d.Status = http.StatusUnprocessableEntity
	return text
}

// text are the fields of one language version.
func (d drafting) text(t textForm) []Field {
	suffix := t.suffix
	return []Field{
		{Name: "title" + suffix, Label: d.T("library.field.title"), Value: t.Title, Error: d.fault("title" + suffix), Type: "textarea", Rows: 2},
		{Name: "summary" + suffix, Label: d.T("library.field.summary"), Hint: d.T("library.hint.summary"), Value: t.Summary, Error: d.fault("summary" + suffix), Type: "textarea", Rows: 4},
		{Name: "keywords" + suffix, Label: d.T("library.field.keywords"), Hint: d.T("library.hint.keywords"), Value: t.Keywords},
	}
}

// language is the field for the language of a text.
func (d drafting) language(chosen lang.Tag, sure bool) Field {
	f := Field{Name: "lang", Label: d.T("library.field.lang"), Type: "select", Width: "medium", Error: d.fault("lang")}
	if !sure {
		f.Hint = d.T("library.hint.lang")
	}
	f.Options = append(languageOptions(string(chosen)), Option{Value: search.OtherLang, Text: d.T("library.lang.other"), Chosen: chosen == ""})
	return f
}

// view makes the fields of a draft as typed.
func (d drafting) view(in draftForm) DraftView {
	v := DraftView{
		Head: []Field{
			{Name: "symbol", Label: d.T("library.field.symbol"), Hint: d.T("library.hint.symbol"), Value: in.Symbol, Width: "medium", Error: d.fault("symbol"), Auto: "off"},
			{Name: "date", Label: d.T("library.field.date"), Hint: d.T("library.hint.date"), Value: in.Date, Width: "short", Error: d.fault("date"), Auto: "off"},
			d.kinds(in.Type),
		},
		Origin: d.origin(in.Origin),
		Themes: d.themes(in.Themes),
		Level:  d.readers(in.Circle),
		More:   d.T("library.field.more"),
	}
	shown := len(d.Errors)
	v.Original, v.Lines, v.Items = d.original(in.Original), d.lines(in.Lines), d.items(in.Items)
	v.Heard, v.Hears = d.heard(in.Items), d.URL("/framework/numbers")
	v.Numbers = Link{d.T("library.items.numbers"), d.URL("/framework")}
	v.Licence = Field{Name: "licence", Label: d.T("library.field.licence"), Hint: d.T("library.hint.licence"), Value: in.Licence, Error: d.fault("licence")}
	v.Relations = d.relations(in.Relations)
	v.Open = len(d.Errors) > shown || in.Licence != "" || len(in.Lines)+len(in.Items)+len(in.Relations) > 0
	return v
}

func (d drafting) kinds(chosen string) Field {
	f := Field{Name: "type", Label: d.T("library.facet.type"), Type: "select", Width: "medium", Error: d.fault("type")}
	f.Options = []Option{{Value: "", Text: d.T("core.not-stated")}}
	for _, t := range framework.Types() {
		f.Options = append(f.Options, Option{Value: t.ID, Text: t.Names.In(d.Lang), Chosen: t.ID == chosen})
	}
	return f
}

func (d drafting) original(chosen string) Field {
	options := append([]Option{{Value: "", Text: d.T("core.not-stated")}}, languageOptions(chosen)...)
	return Field{
		Name: "original", Label: d.T("library.field.original"), Hint: d.T("library.hint.original"), Type: "select", Width: "medium",
		Error: d.fault("original"), Options: options,
	}
}

// readers is the choice of who may read the document: what the person may
// choose, each with the sentence that says who that is.
func (d drafting) readers(chosen string) Field {
	f := Field{Name: "level", Label: d.T("library.field.level"), Hint: d.T("library.hint.level"), Type: "radios", Error: d.fault("level")}
	for _, level := range access.Levels[:access.Closed] {
		key := "access.level." + level.String()
		f.Options = append(f.Options, Option{Value: level.String(), Text: d.T(key), Hint: d.T(key + ".hint")})
	}
	states, groups := []string{d.who.State, d.label.State}, append(d.livingGroups(), d.label.Group)
	slices.Sort(groups)
	for _, id := range slices.Compact(states) {
		if id != "" {
			f.Options = append(f.Options, Option{Value: "state:" + id, Text: d.T("library.level.state", "state", d.names.Name(id, "", d.Lang)), Hint: d.T("library.level.state.hint")})
		}
	}
	for _, id := range slices.Compact(groups) {
		if id != "" {
			f.Options = append(f.Options, Option{Value: "group:" + id, Text: d.T("library.level.group", "group", d.groupName(id)), Hint: d.T("library.level.group.hint")})
		}
	}
	f.Options = append(f.Options, Option{Value: "owner", Text: d.T("library.level.owner"), Hint: d.T("library.level.owner.hint")})
	f.Options = slices.DeleteFunc(f.Options, func(o Option) bool {
		label, _ := labelOf(o.Value)
		label.Owner = cmp.Or(d.label.Owner, d.who.ID)
		return o.Value != chosen && (!d.who.May(access.Contribute, label).Allowed || d.measure != nil && d.measure.Opens(label))
	})
	for i := range f.Options {
		f.Options[i].Chosen = f.Options[i].Value == chosen
	}
	return f
}

// themes: each of the six opens on itself and its sub-themes.
func (d drafting) themes(chosen []string) Picks {
	p := Picks{Name: "themes", Label: d.T("library.field.themes"), Hint: d.T("library.hint.themes"), Error: d.fault("themes")}
	for _, theme := range framework.Themes() {
		terms := map[string]string{theme.ID: d.T("library.pick.general")}
		ids := []string{theme.ID}
		for _, sub := range theme.Narrower {
			terms[sub.ID] = sub.Names.In(d.Lang)
			ids = append(ids, sub.ID)
		}
		p.add(d, theme.Names.In(d.Lang), ids, terms, chosen)
	}
	return p
}

func (d drafting) lines(chosen []string) Picks {
	p := Picks{Name: "lines", Label: d.T("library.field.lines"), Error: d.fault("lines")}
	terms, ids := map[string]string{}, []string{}
	for _, line := range framework.Lines() {
		terms[line.ID] = line.Names.In(d.Lang)
		ids = append(ids, line.ID)
	}
	p.add(d, d.T("library.pick.lines"), ids, terms, chosen)
	return p
}

// items is the field for the Framework's paragraphs and dash items, written by
// number: who tags by them knows them, and the list of all would weigh more than
// the rest of the form.
func (d drafting) items(typed []string) Field {
	return Field{
		Name: "items", Label: d.T("library.field.items"), Hint: d.T("library.hint.items"), Value: itemNumbers(typed),
		Error: d.fault("items"), Auto: "off",
	}
}

// add puts a group of choices into the field.
func (p *Picks) add(d drafting, name string, ids []string, terms map[string]string, chosen []string) {
	g := PickGroup{Name: name}
	var names []string
	for _, id := range ids {
		pick := Pick{
			ID: fmt.Sprintf("%s-%d-%d", p.Name, len(p.Groups)+1, len(g.Options)+1), Value: id, Text: terms[id],
			Chosen: slices.Contains(chosen, id),
		}
		if pick.Chosen {
			names = append(names, pick.Text)
		}
		g.Options = append(g.Options, pick)
	}
	g.Chosen = strings.Join(names, "; ")
	p.Groups = append(p.Groups, g)
}

// relations shows the rows that are filled, and two to fill.
func (d drafting) relations(in []relationForm) RelationsView {
	v := RelationsView{Label: d.T("library.field.relations"), Hint: d.T("library.hint.relations")}
	for i := 1; i <= min(len(in)+2, maxRelations); i++ {
		var row relationForm
		if i <= len(in) {
			row = in[i-1]
		}
		kind, to := fmt.Sprintf("relation-kind-%d", i), fmt.Sprintf("relation-to-%d", i)
		options := []Option{{Value: "", Text: d.T("core.choose")}}
		for _, k := range library.RelationKinds {
			options = append(options, Option{Value: k, Text: d.T("library.relation." + k), Chosen: k == row.Kind})
		}
		v.Rows = append(v.Rows, RelationRow{
			Kind: Field{Name: kind, Label: d.T("library.relation.kind", "n", i), Type: "select", Options: options},
			To:   Field{Name: to, Label: d.T("library.relation.to", "n", i), Value: row.To, Error: d.fault(to), Auto: "off"},
		})
	}
	return v
}
