package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/oai"
	"polis/internal/search"
	"polis/internal/store"
)

// SourcesView lists the libraries from which this one harvests.
type SourcesView struct {
	Feeds   string
	Sources []SourceLine
	Action  string
	Fields  []Field
	Origin  NamedField
	Often   Field
}

// SourceLine is one of them.
type SourceLine struct {
	Name    string
	Tags    []Tag
	Reason  string // why the last harvest failed, or ""
	Facts   []Fact
	Now     string // address that harvests it
	Nightly string // address that turns the nightly harvest on or off
	Turn    string // what that does
	To      string // the value that it sends
	Look    string // address where one sees how far the harvest under way is, or ""
	Aside   string // how many records could not be taken, or ""
	Records []AsideLine
}

// AsideLine is a record that could not be taken.
type AsideLine struct {
	Name   Link // leads to the record there
	Reason string
	Here   string // address of what it would have changed, or ""
}

var sourcesPage = newPage("admin-sources", SourcesView{
	Feeds: "Others harvest this library at https://polis.example/oai.",
	Sources: []SourceLine{{
		Name: "National Library", Tags: []Tag{{Done, "Every night"}, {Refusal, "The last harvest failed"}}, Reason: "The repository cannot be reached.",
		Facts: []Fact{{"Last harvest", []Link{{"3 March 2026, 10:00", ""}}}}, Now: "/en/admin/sources/1/now", Nightly: "/en/admin/sources/1/nightly", Turn: "Stop the nightly harvest", To: "0", Look: "/en/admin/sources",
		Aside: "1 record could not be taken", Records: []AsideLine{{Link{"oai:library.example:1", ""}, "It has no title.", "/en/library/1"}},
	}},
	Action: "/en/admin/sources",
	Fields: []Field{{Name: "url", Label: "Address of the library", Hint: "Its base URL", Error: "Write the base URL."}, {Name: "set", Label: "Set"}},
	Origin: NamedField{Field: Field{Name: "origin", Label: "Where the documents come from"}, All: "/en/directory/names", Near: []string{"Kyrgyzstan"}},
	Often:  Field{Name: "nightly", Label: "How often", Type: "radios", Options: []Option{{Value: "1", Text: "Every night", Chosen: true}, {Value: "0", Text: "On request"}}},
})

var (
	noticeHarvest = newNotice("exchange.done.now")
	noticeSource  = newNotice("exchange.done.changed")
)

const (
	sourcesPath = "/admin/sources"
	asideShown  = 20
)

func (h *House) openSources() {
	h.site.Handle("GET "+sourcesPath, h.harvests(func(w http.ResponseWriter, r *http.Request) error {
		return h.sources(w, r, sourceDraft{nightly: true})
	}))
	h.site.Handle("POST "+sourcesPath, h.harvests(h.addSource))
	h.site.Handle("POST "+sourcesPath+"/{id}/now", h.harvests(h.onSource(noticeHarvest, h.harvestNow)))
	h.site.Handle("POST "+sourcesPath+"/{id}/nightly", h.harvests(h.onSource(noticeSource, func(r *http.Request, s library.Source) error {
		return h.Library.SetNightly(r.Context(), ReaderOf(r).Subject, s.ID, r.PostFormValue("nightly") == "1")
	})))
}

// harvests leads to the sign-in who is not, and refuses who may not bring other
// libraries in.
func (h *House) harvests(next Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if !signedIn(r) {
			return h.mustSignIn(w, r)
		}
		if d := library.MayHarvest(ReaderOf(r).Subject); !d.Allowed {
			return Refused(d.Rule)
		}
		return next(w, r)
	}
}

// sourceDraft is a library as somebody names it in the form.
type sourceDraft struct {
	library.SourceDraft
	place   string // where its documents come from, as it was written
	nightly bool
	wrong   map[string]string
}

func (h *House) sources(w http.ResponseWriter, r *http.Request, d sourceDraft) error {
	list, err := h.Library.Sources(r.Context())
	if err != nil {
		return err
	}
	f := h.site.Frame(r)
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	f.Title, f.Crumbs = f.T("exchange.title"), []Link{{f.T("admin.title"), f.URL("/admin")}}
	v := SourcesView{Action: f.URL(sourcesPath), Feeds: f.T("exchange.feeds", "url", h.ownOrigin()+oai.Path)}
	working, err := oai.UnderWay(r.Context(), h.DB)
	if err != nil {
		return err
	}
	for _, s := range list {
		line, err := h.sourceLine(r, words, s)
		if err != nil {
			return err
		}
		if working[s.ID] {
			line.Tags, line.Look = []Tag{{Attention, f.T("exchange.state.working")}}, f.URL(sourcesPath)
		}
		v.Sources = append(v.Sources, line)
	}
	words.sourceForm(&v, d)
	return sourcesPage.Show(w, f, v)
}

func (h *House) sourceLine(r *http.Request, f wording, s library.Source) (SourceLine, error) {
	held, aside, err := h.Library.Held(r.Context(), s.ID)
	if err != nil {
		return SourceLine{}, err
	}
	base := f.URL(sourcesPath + "/" + s.ID)
	line := SourceLine{Name: nameOfSource(s), Reason: troubleOf(f, s.Reason), Now: base + "/now", Nightly: base + "/nightly", Turn: f.T("exchange.go"), To: "1"}
	often := Tag{Plain, f.T("exchange.state.asked")}
	if s.Nightly {
		often, line.Turn, line.To = Tag{Done, f.T("exchange.state.nightly")}, f.T("exchange.pause"), "0"
	}
	line.Tags = []Tag{often}
	if s.Reason != "" {
		line.Tags = append(line.Tags, Tag{Refusal, f.T("exchange.state.failed")})
	}
	line.Facts = f.sourceFacts(s, held)
	if aside == 0 {
		return line, nil
	}
	line.Aside = f.T("exchange.aside.count", "n", aside)
	list, err := h.Library.SetAside(r.Context(), s.ID, asideShown)
	for _, a := range list {
		record := AsideLine{Name: Link{a.Identifier, webAddress(a.Link)}, Reason: f.T(a.Reason)}
		if a.Document != "" {
			record.Here = f.URL("/library/" + a.Document)
		}
		line.Records = append(line.Records, record)
	}
	return line, err
}

// nameOfSource is as it calls itself or, until it was asked, its host.
func nameOfSource(s library.Source) string {
	if s.Name != "" {
		return s.Name
	}
	if u, err := url.Parse(s.URL); err == nil && u.Host != "" {
		return u.Host
	}
	return s.URL
}

// sourceName names a source where it stands as a filter of the library.
func (h *House) sourceName(ctx context.Context, id string) string {
	s, err := h.Library.Source(ctx, id)
	if err != nil {
		return id
	}
	return nameOfSource(s)
}

// webAddress lets only addresses of the web become links.
func webAddress(s string) string {
	if u, err := url.Parse(s); err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return s
}

func (w wording) sourceFacts(s library.Source, held int64) []Fact {
	ran := w.T("exchange.never")
	if !s.Ran.IsZero() {
		ran = w.DateTime(s.Ran.In(time.Local))
	}
	facts := []Fact{{w.T("exchange.field.url"), []Link{{s.URL, ""}}}}
	if s.Set != "" {
		facts = append(facts, Fact{w.T("exchange.field.set"), []Link{{s.Set, ""}}})
	}
	if s.Origin != "" {
		facts = append(facts, Fact{w.T("exchange.field.origin"), []Link{{w.names.Name(s.Origin, "", w.Lang), w.URL("/library?origin=" + url.QueryEscape(s.Origin))}}})
	}
	facts = append(facts, Fact{w.T("exchange.field.ran"), []Link{{ran, ""}}})
	if !s.Ran.IsZero() {
		facts = append(facts, Fact{w.T("exchange.field.did"), []Link{{w.T("exchange.did", "added", s.Added, "changed", s.Changed, "withdrawn", s.Withdrawn, "same", s.Same), ""}}})
	}
	return append(facts, Fact{w.T("exchange.field.held"), []Link{{w.T("library.count", "n", held), w.URL("/library?" + string(search.Harvest) + "=" + s.ID)}}})
}

// sourceForm fills the form, with what is wrong in it.
func (w wording) sourceForm(v *SourcesView, d sourceDraft) {
	wrong := func(name string) string {
		key := d.wrong[name]
		if key == "" {
			return ""
		}
		w.Errors = append(w.Errors, Error{name, w.T(key)})
		return w.T(key)
	}
	v.Fields = []Field{
		{Name: "url", Label: w.T("exchange.field.url"), Hint: w.T("exchange.hint.url"), Value: d.URL, Auto: "off", Error: wrong("url")},
		{Name: "set", Label: w.T("exchange.field.set"), Hint: w.T("exchange.hint.set"), Value: d.Set, Width: "medium", Auto: "off", Error: wrong("set")},
	}
	v.Origin = w.entryField("origin", w.T("exchange.field.origin"), w.T("exchange.hint.origin"), d.place)
	v.Origin.Error = wrong("origin")
	v.Often = Field{Name: "nightly", Label: w.T("exchange.field.nightly"), Type: "radios", Options: []Option{
		{Value: "1", Text: w.T("exchange.state.nightly"), Chosen: d.nightly},
		{Value: "0", Text: w.T("exchange.state.asked"), Chosen: !d.nightly},
	}}
}

// addSource makes a library known and asks for its first harvest.
func (h *House) addSource(w http.ResponseWriter, r *http.Request) error {
	f := h.site.Frame(r)
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	d := sourceDraft{place: r.PostFormValue("origin"), nightly: r.PostFormValue("nightly") == "1", wrong: map[string]string{}}
	d.URL, d.Set = r.PostFormValue("url"), r.PostFormValue("set")
	if d.place != "" {
		if list := words.names.Named(d.place, f.Lang); len(list) == 1 {
			d.Origin = list[0].ID
		} else {
			d.wrong["origin"] = "library.error.origin"
			return h.sources(w, r, d)
		}
	}
	s, err := h.Library.AddSource(r.Context(), ReaderOf(r).Subject, d.SourceDraft, d.nightly)
	var invalid library.Invalid
	if errors.As(err, &invalid) {
		d.wrong = invalid
		return h.sources(w, r, d)
	}
	if err == nil {
		err = h.harvestNow(r, s)
	}
	if err != nil {
		return err
	}
	return f.Redirect(w, sourcesPath, noticeHarvest, 0)
}

func (h *House) harvestNow(r *http.Request, s library.Source) error {
	err := oai.Begin(r.Context(), h.DB, ReaderOf(r).Subject, s)
	h.Jobs.Wake()
	return err
}

// onSource does something to the library of the address.
func (h *House) onSource(notice string, act func(r *http.Request, s library.Source) error) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		s, err := h.Library.Source(r.Context(), r.PathValue("id"))
		if errors.Is(err, store.ErrNotFound) {
			return NotFound()
		}
		if err == nil {
			err = act(r, s)
		}
		if err != nil {
			return err
		}
		return h.site.Frame(r).Redirect(w, sourcesPath, notice, 0)
	}
}

// harvestedFrom says where a document was harvested, for its facts; nothing where it
// was not.
func (p *reading) harvestedFrom() ([]Fact, error) {
	from, err := p.h.Library.HarvestedFrom(p.r.Context(), p.rec.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	name := nameOfSource(library.Source{Name: from.Name, URL: from.URL})
	return []Fact{{p.T("exchange.from"), []Link{{name, webAddress(from.Link)}}}}, err
}

// troubleOf says why the last harvest failed: a sentence in her language, and what
// was met in the words of the machines.
func troubleOf(f wording, reason string) string {
	key, met, _ := strings.Cut(reason, "\n")
	switch {
	case reason == "":
		return ""
	case !lang.Has(key): // kept by an earlier version
		return reason
	case met == "":
		return f.T(key)
	}
	return f.T(key) + " (" + met + ")"
}
