package web

import (
	"errors"
	"net/http"
	"net/url"

	"polis/internal/access"
	"polis/internal/directory"
	"polis/internal/lang"
	"polis/internal/search"
	"polis/internal/store"
)

// EntryView is a State, a structure or an organisation.
type EntryView struct {
	Tags      []Tag
	Note      string // that must stand beside the name
	Asked     string // what it is called today, where the page shows another time
	Facts     []Fact
	Website   string
	Hosted    []DirectoryLine // field operations and seats in a State
	Parts     []DirectoryLine // what belongs to it
	Documents DocumentsView
	Names     []NameView
	Appoint   string // address at which a focal point is chosen, for those who may
	Edit      string // address, for those who may
	Why       string // the rule by which she may
}

// NameView is a name that an entry bore for a time, in six languages.
type NameView struct {
	Period string
	Forms  []NameForm
}

// NameForm is a name in one language.
type NameForm struct{ Language, Lang, Long, Short, Note string }

var entryPage = newPage("directory-entry", EntryView{
	Tags: []Tag{{Plain, "Field operation"}, {Attention, "Closed 2012"}}, Note: "A note to the name.", Asked: "As it stood in 2012.",
	Facts:  []Fact{{"Host State", []Link{{"Kyrgyzstan", "/en/directory/KG"}}}},
	Hosted: []DirectoryLine{{"OSCE Centre in Bishkek", "/en/directory/programme-office-bishkek", "CiB", "1998–2017", "A note.", 1}},
	Parts:  []DirectoryLine{{"Security Committee", "/en/directory/security-committee", "SC", "", "", 2}},
	Documents: DocumentsView{
		Items: []DocumentItem{{"A guide", "/en/library/1/en", "en", &Tag{Attention, "Closed"}, []string{"Guide"}, []VersionLink{{"English", "en", "/en/library/1/en", false, ""}}}},
		All:   "/en/library?origin=KG", AllText: "All 2 documents", Empty: "Nothing yet.",
	},
	Names:   []NameView{{"from 2017", []NameForm{{"Русский", "ru", "Офис программ ОБСЕ в Бишкеке", "ОПБ", "Примечание"}}}},
	Appoint: "/en/people?appoint=1&for=KG",
	Edit:    "/en/directory/KG/edit", Why: "Your role allows this.",
})

// entry finds the entry of the address.
func (h *House) entry(r *http.Request) (directory.Entry, *directory.Snapshot, error) {
	names, err := directory.Names(r.Context(), h.DB)
	if err != nil {
		return directory.Entry{}, nil, err
	}
	e, ok := names.Entry(r.PathValue("id"))
	if !ok {
		return e, names, NotFound()
	}
	return e, names, nil
}

func (h *House) directoryEntry(w http.ResponseWriter, r *http.Request) error {
	e, names, err := h.entry(r)
	if err != nil {
		return err
	}
	counts, err := h.counts(r, search.Origin)
	if err != nil {
		return err
	}
	filter, _ := directoryFilter(r, nil)
	f := h.site.Frame(r)
	list := directoryList{f, filter.On, counts}
	words := wording{Frame: f, names: names}
	v := EntryView{Tags: f.entryTags(e), Note: e.Called(filter.On).Note.In(f.Lang), Names: f.namesOf(e)}
	if v.Documents, _, err = h.documents(r, words, search.Origin, e.ID); err != nil {
		return err
	}
	v.Documents.Empty = f.T("directory.documents.none")
	if v.Facts, err = h.entryFacts(r, words, e); err != nil {
		return err
	}
	if v.Appoint, err = h.focalPoints(r, words, e, &v.Facts); err != nil {
		return err
	}
	v.Website = e.Website
	for _, other := range names.List(directory.Filter{Lang: f.Lang, On: filter.On}) {
		switch e.ID {
		case other.Host:
			v.Hosted = append(v.Hosted, list.line(other))
		case other.Parent:
			v.Parts = append(v.Parts, list.line(other))
		}
	}
	if d := ReaderOf(r).May(access.EditDirectory, e.Label); d.Allowed {
		v.Edit, v.Why = f.URL("/directory/"+url.PathEscape(e.ID)+"/edit"), f.mayEdit(d)
	}
	room := roomOf(e.Kind)
	f.Title, f.Crumbs = e.NameOn(filter.On, f.Lang), []Link{{f.T(room.key), f.URL(room.path)}}
	if filter.On != "" {
		v.Asked = f.T("directory.as-of", "date", f.PartialDate(filter.On), "name", e.NameOn("", f.Lang))
	}
	return entryPage.Show(w, f, v)
}

// mayEdit says by which rule the reader may change the entry.
func (f *Frame) mayEdit(d access.Decision) string {
	if d.Rule == access.RuleRole {
		return f.T("access.rule.role.allowed")
	}
	return f.T("access.rule." + string(d.Rule))
}

func (f *Frame) entryTags(e directory.Entry) []Tag {
	tags := []Tag{{Plain, f.T("directory.kind." + string(e.Kind))}}
	if e.Closed() {
		tags = append(tags, Tag{Attention, f.T("directory.closed-on", "date", f.PartialDate(e.ValidTo))})
	}
	return tags
}

// entryFacts are what is known of the entry, each leading on where it can.
func (h *House) entryFacts(r *http.Request, w wording, e directory.Entry) ([]Fact, error) {
	var list []Fact
	add := func(column, text, address string) {
		if text != "" {
			list = append(list, Fact{w.T("directory.field." + column), []Link{{text, address}}})
		}
	}
	leads := func(column, id string) {
		if id != "" {
			add(column, w.names.Name(id, "", w.Lang), w.URL("/directory/"+url.PathEscape(id)))
		}
	}
	leads("host", e.Host)
	leads("parent", e.Parent)
	if e.SubRegion != "" {
		add("sub_region", w.T("directory.sub-region."+e.SubRegion), "")
	}
	decision, err := h.Library.BySymbol(r.Context(), scope(r), e.Mandate)
	switch {
	case err == nil:
		add("mandate", e.Mandate, w.URL("/library/"+decision))
	case errors.Is(err, store.ErrNotFound):
		add("mandate", e.Mandate, "")
	default:
		return nil, err
	}
	add("valid_from", w.PartialDate(e.ValidFrom), "")
	add("valid_to", w.PartialDate(e.ValidTo), "")
	if e.Kind.IsState() {
		add("iso2", e.ISO2, "")
		add("iso3", e.ISO3, "")
	}
	return list, nil
}

// namesOf are all names that the entry bears and bore, newest first.
func (f *Frame) namesOf(e directory.Entry) []NameView {
	var list []NameView
	for _, n := range e.Names {
		v := NameView{Period: f.period(n.Since, n.Until)}
		for _, t := range lang.All {
			if n.Long[t] != "" {
				v.Forms = append(v.Forms, NameForm{t.Name(), string(t), n.Long[t], n.Short[t], n.Note[t]})
			}
		}
		list = append(list, v)
	}
	return list
}

// period is a stretch of time in words: "1998 – 3 March 2017", "from 2017", "".
func (f *Frame) period(from, to string) string {
	switch {
	case from != "" && to != "":
		return f.PartialDate(from) + " – " + f.PartialDate(to)
	case from != "":
		return f.T("directory.since", "date", f.PartialDate(from))
	case to != "":
		return f.T("directory.until", "date", f.PartialDate(to))
	}
	return ""
}
