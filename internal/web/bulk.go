package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/directory"
	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/search"
)

// BulkView is the form of one change to all documents of a search, and the
// changes that she has made so before.
type BulkView struct {
	Asked   string // what the search asks for
	Count   string
	Action  string // with the search in it: its filters have the names of the fields
	Replace []Field
	Fields  []Field
	Origin  NamedField
	Add     Picks
	Drop    Picks
	Back    string
	Batches []BatchItem
}

// BatchItem is one batch of the list.
type BatchItem struct {
	Text, URL string
	Meta      string
	Tag       Tag
}

var bulkPage = newPage("bulk", BulkView{
	Asked: "militia · Guide", Count: "12 documents", Action: "/en/library/bulk?q=militia", Back: "/en/search?q=militia",
	Replace: []Field{{Name: "find", Label: "Find", Error: "Write it."}, {Name: "in", Label: "Where", Type: "checkboxes", Options: []Option{{Value: "titles", Text: "Titles"}}}},
	Fields:  []Field{{Name: "type", Label: "Type", Type: "select", Options: []Option{{Value: "", Text: "Leave as it is"}}}},
	Origin:  NamedField{Field: Field{Name: "origin", Label: "Origin"}, Near: []string{"Kyrgyzstan"}, All: "/en/directory/names"},
	Add:     Picks{Name: "add-themes", Label: "Add", Groups: []PickGroup{{"Cybercrime", "", []Pick{{"add-1", "cybercrime", "Cybercrime", false}}}}},
	Drop:    Picks{Name: "drop-themes", Label: "Take away", Groups: []PickGroup{{"Cybercrime", "", []Pick{{"drop-1", "cybercrime", "Cybercrime", false}}}}},
	Batches: []BatchItem{{"militia → police", "/en/batches/1", "12 documents · 3 March 2026", Tag{Done, "Done"}}},
})

func (h *House) openBulk() {
	h.site.Handle("GET /library/bulk", h.bulk)
	h.site.Handle("POST /library/bulk", h.site.costly(h.once(h.prepareBulk)))
	h.site.Handle("GET /batches/{id}", h.batch)
	h.site.Handle("POST /batches/{id}/{act}", h.batchAct)
}

// bulk is the form for the search of the address.
func (h *House) bulk(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	if d := library.MayBatch(ReaderOf(r).Subject); !d.Allowed {
		return Refused(d.Rule)
	}
	return h.showBulk(w, r, library.ReadAsked(r.URL.Query(), LangOf(r)), nil)
}

func (h *House) showBulk(w http.ResponseWriter, r *http.Request, q search.Query, wrong library.Invalid) error {
	q.Group = true
	answer, err := h.Index.Search(r.Context(), scope(r), q)
	if err != nil {
		return err
	}
	f := h.asking(r, "tidy.bulk.title")
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	asked := library.Asked(q)
	d := drafting{wording: words, who: ReaderOf(r).Subject, wrong: wrong}
	v := BulkView{
		Asked: words.searchWords(q), Count: f.T("library.count", "n", answer.Total), Action: withQuery(f.URL("/library/bulk"), asked), Back: withQuery(f.URL("/library"), asked),
		Replace: d.replaceFields(r), Fields: d.bulkFields(r), Origin: d.origin(strings.TrimSpace(r.PostFormValue("origin"))),
		Add:  d.bulkThemes("add-themes", "tidy.field.add-themes", r.PostForm["add-themes"]),
		Drop: d.bulkThemes("drop-themes", "tidy.field.drop-themes", r.PostForm["drop-themes"]),
	}
	v.Origin.Hint = f.T("tidy.hint.same")
	batches, err := h.Library.Batches(r.Context(), ReaderOf(r).Subject, 20)
	for _, b := range batches {
		v.Batches = append(v.Batches, words.batchItem(b))
	}
	f.Crumbs = []Link{{f.T("web.nav.library"), f.URL("/library")}}
	if err != nil {
		return err
	}
	return bulkPage.Show(w, f, v)
}

func (w wording) batchItem(b library.Batch) BatchItem {
	return BatchItem{
		Text: w.edit(b.Edit), URL: w.URL(batchPath(b.ID)), Meta: w.askedOf(b) + " · " + w.DateTime(b.Created.Local()),
		Tag: w.batchTag(b),
	}
}

// askedOf says what the search of a batch asked for.
func (w wording) askedOf(b library.Batch) string {
	asked, err := url.ParseQuery(b.Asked)
	if err != nil {
		return b.Asked
	}
	return w.searchWords(library.ReadAsked(asked, w.Lang))
}

var batchMoods = map[library.BatchStage]Mood{library.BatchRunning: Attention, library.BatchUndoing: Attention, library.BatchDone: Done}

func (w wording) batchTag(b library.Batch) Tag {
	mood := batchMoods[b.Stage]
	if mood == "" {
		mood = Plain
	}
	return Tag{mood, w.T("tidy.stage." + string(b.Stage))}
}

// edit says in one line what a batch changes.
func (w wording) edit(e library.BatchEdit) string {
	var parts []string
	add := func(key, text string) { parts = append(parts, w.T(key)+": "+text) }
	if e.Find != "" {
		parts = append(parts, "“"+e.Find+"” → “"+e.With+"”")
	}
	if len(e.AddThemes) > 0 {
		add("tidy.field.add-themes", w.all(search.Theme, e.AddThemes))
	}
	if len(e.DropThemes) > 0 {
		add("tidy.field.drop-themes", w.all(search.Theme, e.DropThemes))
	}
	if len(e.AddKeywords) > 0 {
		add("tidy.field.add-keywords", strings.Join(e.AddKeywords, ", "))
	}
	if len(e.DropKeywords) > 0 {
		add("tidy.field.drop-keywords", strings.Join(e.DropKeywords, ", "))
	}
	for _, set := range []struct {
		key   string
		value *string
		say   func(string) string
	}{
		{"library.facet.type", e.Kind, w.kind},
		{"library.facet.origin", e.Origin, func(id string) string { return w.names.Name(id, "", w.Lang) }},
		{"library.field.licence", e.Licence, func(s string) string { return s }},
	} {
		switch {
		case set.value == nil:
		case *set.value == "":
			add(set.key, w.T("core.not-stated"))
		default:
			add(set.key, set.say(*set.value))
		}
	}
	if e.Raise != "" {
		add("tidy.field.raise", w.readersOf(e.Raise))
	}
	return strings.Join(parts, " · ")
}

func (d drafting) replaceFields(r *http.Request) []Field {
	chosen := func(name string) []string {
		if len(r.PostForm) == 0 && name == "in" {
			return []string{"titles", "summaries", "keywords"}
		}
		return r.PostForm[name]
	}
	boxes := func(name string, values ...string) Field {
		f := Field{Name: name, Label: d.T("tidy.field." + name), Type: "checkboxes", Error: d.fault(name)}
		for _, v := range values {
			f.Options = append(f.Options, Option{Value: v, Text: d.T("tidy." + name + "." + v), Chosen: slices.Contains(chosen(name), v)})
		}
		return f
	}
	return []Field{
		{Name: "find", Label: d.T("tidy.field.find"), Value: r.PostFormValue("find"), Width: "medium", Auto: "off", Error: d.fault("find")},
		{Name: "with", Label: d.T("tidy.field.with"), Hint: d.T("tidy.hint.with"), Value: r.PostFormValue("with"), Width: "medium", Auto: "off", Error: d.fault("with")},
		boxes("in", "titles", "summaries", "keywords"),
		boxes("how", "words", "case"),
	}
}

// bulkFields are those with one value for all documents.
func (d drafting) bulkFields(r *http.Request) []Field {
	same := Option{Value: "", Text: d.T("tidy.same")}
	kinds := Field{Name: "type", Label: d.T("library.facet.type"), Type: "select", Width: "medium", Error: d.fault("type"), Options: []Option{same, {Value: "-", Text: d.T("core.not-stated"), Chosen: r.PostFormValue("type") == "-"}}}
	for _, t := range framework.Types() {
		kinds.Options = append(kinds.Options, Option{Value: t.ID, Text: t.Names.In(d.Lang), Chosen: t.ID == r.PostFormValue("type")})
	}
	raise := Field{Name: "raise", Label: d.T("tidy.field.raise"), Hint: d.T("tidy.hint.raise"), Type: "select", Width: "medium", Error: d.fault("raise"), Options: []Option{same}}
	circles := []string{"member", "official"}
	if d.who.State != "" {
		circles = append(circles, "state:"+d.who.State)
	}
	for _, g := range d.livingGroups() {
		circles = append(circles, "group:"+g)
	}
	for _, c := range circles {
		raise.Options = append(raise.Options, Option{Value: c, Text: d.readersOf(c), Chosen: c == r.PostFormValue("raise")})
	}
	own := r.PostFormValue("keyword-lang")
	if own == "" {
		own = string(d.Lang)
	}
	return []Field{
		kinds,
		{Name: "licence", Label: d.T("library.field.licence"), Hint: d.T("tidy.hint.same"), Value: r.PostFormValue("licence"), Auto: "off", Error: d.fault("licence")},
		{Name: "add-keywords", Label: d.T("tidy.field.add-keywords"), Hint: d.T("library.hint.keywords"), Value: r.PostFormValue("add-keywords"), Auto: "off", Error: d.fault("add-keywords")},
		{Name: "keyword-lang", Label: d.T("tidy.field.keyword-lang"), Type: "select", Width: "medium", Options: languageOptions(own)},
		{Name: "drop-keywords", Label: d.T("tidy.field.drop-keywords"), Hint: d.T("tidy.hint.drop-keywords"), Value: r.PostFormValue("drop-keywords"), Auto: "off"},
		raise,
	}
}

// bulkThemes: each of the six opens on itself and its sub-themes.
func (d drafting) bulkThemes(name, label string, chosen []string) Picks {
	p := Picks{Name: name, Label: d.T(label)}
	for _, theme := range framework.Themes() {
		g := PickGroup{Name: theme.Names.In(d.Lang)}
		add := func(id, text string) {
			g.Options = append(g.Options, Pick{ID: name + "-" + strings.ReplaceAll(id, "/", "-"), Value: id, Text: text, Chosen: slices.Contains(chosen, id)})
		}
		add(theme.ID, d.T("library.pick.general"))
		for _, sub := range theme.Narrower {
			add(sub.ID, sub.Names.In(d.Lang))
		}
		p.Groups = append(p.Groups, g)
	}
	return p
}

// readEdit takes the form; a hyphen takes a value away, an empty field leaves it.
func (h *House) readEdit(r *http.Request) (e library.BatchEdit, wrong library.Invalid, err error) {
	form := r.PostForm
	text := func(name string) string { return strings.TrimSpace(form.Get(name)) }
	set := func(value string) *string {
		switch value {
		case "":
			return nil
		case "-":
			value = ""
		}
		return &value
	}
	e = library.BatchEdit{
		AddThemes: form["add-themes"], DropThemes: form["drop-themes"], Kind: set(text("type")), Licence: set(text("licence")),
		KeywordLang: langOf(text("keyword-lang")), AddKeywords: textForm{Keywords: text("add-keywords")}.keywords(), DropKeywords: textForm{Keywords: text("drop-keywords")}.keywords(),
		Raise: text("raise"), Find: form.Get("find"), With: form.Get("with"),
		InTitles: slices.Contains(form["in"], "titles"), InSummaries: slices.Contains(form["in"], "summaries"), InKeywords: slices.Contains(form["in"], "keywords"),
		CaseMatters: slices.Contains(form["how"], "case"), WholeWords: slices.Contains(form["how"], "words"),
	}
	if _, ok := lang.Parse(string(e.KeywordLang)); !ok {
		e.KeywordLang = LangOf(r)
	}
	origin := text("origin")
	if e.Origin = set(origin); e.Origin == nil || *e.Origin == "" {
		return e, nil, nil
	}
	names, err := directory.Names(r.Context(), h.DB)
	if err != nil {
		return e, nil, err
	}
	if found := names.Named(origin, LangOf(r)); len(found) == 1 {
		e.Origin = &found[0].ID
		return e, nil, nil
	}
	return e, library.Invalid{"origin": "library.error.origin"}, nil
}

// foundAtOnce is how many documents of a search are asked for at a time.
const foundAtOnce = 1000

// foundIDs are all documents that a search finds, each once.
func (h *House) foundIDs(ctx context.Context, who access.Scope, q search.Query) (ids []string, err error) {
	q.Group, q.Facets, q.Sort, q.Limit = true, false, search.ByDate, foundAtOnce
	for q.Offset = 0; q.Offset <= library.MaxBatch; q.Offset += foundAtOnce {
		answer, err := h.Index.Search(ctx, who, q)
		if err != nil {
			return nil, err
		}
		for _, hit := range answer.Hits {
			ids = append(ids, hit.Document)
		}
		if len(answer.Hits) < foundAtOnce {
			break
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// prepareBulk looks what the change would do, and shows that.
func (h *House) prepareBulk(w http.ResponseWriter, r *http.Request) error {
	who := ReaderOf(r).Subject
	if d := library.MayBatch(who); !d.Allowed {
		return Refused(d.Rule)
	}
	q := library.ReadAsked(r.URL.Query(), LangOf(r))
	if err := r.ParseForm(); err != nil {
		return err
	}
	e, wrong, err := h.readEdit(r)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return h.showBulk(w, r, q, wrong)
	}
	ids, err := h.foundIDs(r.Context(), scope(r), q)
	if err != nil {
		return err
	}
	id, err := h.Library.PrepareBatch(r.Context(), who, e, library.Asked(q).Encode(), ids)
	if errors.As(err, &wrong) {
		return h.showBulk(w, r, q, wrong)
	}
	if err != nil {
		return err
	}
	return h.site.Frame(r).Redirect(w, batchPath(id), "", 0)
}
