package web

import (
	"net/http"

	"polis/internal/assistance"
	"polis/internal/search"
)

// HelpListView is a long list of requests or consents with its filters.
type HelpListView struct {
	Lead   string
	Action string
	Fields []Field
	Chips  []Chip
	Count  string
	New    *Link
	Lines  []HelpLine
	More   string // address of those further back, or ""
	Sheets []Link // the same list as a sheet
	None   string
}

var assistanceListPage = newPage("assistance-list", HelpListView{
	Lead: "What States have asked for.", Action: "/en/assistance/requests",
	Fields: []Field{{Name: "state", Label: "State", Type: "select", Options: []Option{{Value: "KG", Text: "Kyrgyzstan", Chosen: true}}}},
	Chips:  []Chip{{"State", "Kyrgyzstan", "/en/assistance/requests", "State: Kyrgyzstan, take away"}}, Count: "12 requests", New: &Link{"Ask", "/en/assistance/requests/new"},
	Lines: []HelpLine{sampleHelpLine}, More: "/en/assistance/requests?after=1", Sheets: []Link{{"As CSV", "/en/assistance/requests.csv"}}, None: "None.",
})

// shownInList is how many lines a page of a long list has.
const shownInList = 25

// stageWaiting is the filter for what waits for the desk.
const stageWaiting = "waiting"

// readHelpFilter reads what the address asks for.
func readHelpFilter(r *http.Request) (f assistance.RequestFilter, after assistance.Place, ok bool) {
	q := r.URL.Query()
	f = assistance.RequestFilter{State: q.Get("state"), Theme: q.Get("theme"), Waiting: q.Get("stage") == stageWaiting}
	if stage := q.Get("stage"); stage != "" && !f.Waiting {
		f.Stages = []assistance.Stage{assistance.Stage(stage)}
	}
	if text := q.Get("after"); text != "" {
		if after, ok = assistance.ParsePlace(text); !ok {
			return f, after, false
		}
	}
	return f, after, true
}

// helpRequests lists requests: those that the reader may read.
func (h *House) helpRequests(w http.ResponseWriter, r *http.Request) error {
	filter, after, ok := readHelpFilter(r)
	if !ok {
		return NotFound()
	}
	list, more, err := h.helps().Requests(r.Context(), scope(r), filter, after, shownInList)
	if err != nil {
		return err
	}
	count, err := h.helps().CountRequests(r.Context(), scope(r), filter)
	if err != nil {
		return err
	}
	f := h.asking(r, "assistance.requests.title")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	f.Crumbs = []Link{{f.T("assistance.title"), f.URL("/assistance")}}
	v := HelpListView{
		Lead: f.T("assistance.requests.lead"), Action: f.URL("/assistance/requests"), Lines: p.lines(list), Count: f.counted("assistance.count", count),
		Sheets: p.sheets("/assistance/requests"),
		Fields: p.helpFilters(r.URL.Query().Get("stage"), filter), None: f.T("assistance.requests.none"),
	}
	p.chips(&v, r.URL.Query().Get("stage"), filter)
	if len(v.Chips) == 0 {
		v.None = f.T("assistance.latest.none")
	}
	if more != (assistance.Place{}) {
		v.More = f.With("after", more.String())
	}
	if speaksFor(ReaderOf(r).Subject) {
		v.New = &Link{f.T("assistance.new"), f.URL("/assistance/requests/new")}
	}
	return assistanceListPage.Show(w, f, v)
}

// counted says how many there are, or that there are more than are counted.
func (f *Frame) counted(key string, n int) string {
	if n > assistance.Countable {
		return f.T(key+".more", "n", assistance.Countable)
	}
	return f.T(key, "n", n)
}

func (p *helping) helpFilters(stage string, f assistance.RequestFilter) []Field {
	stages := []Option{{Text: p.T("assistance.any")}, {Value: stageWaiting, Text: p.T("assistance.stage.waiting"), Chosen: f.Waiting}}
	for _, s := range assistance.Stages {
		stages = append(stages, Option{Value: string(s), Text: p.T("assistance.stage." + string(s)), Chosen: string(s) == stage})
	}
	return []Field{
		{Name: "stage", Label: p.T("assistance.field.stage"), Type: "select", Options: stages},
		{Name: "state", Label: p.T("assistance.field.state"), Type: "select", Options: p.stateOptions(f.State)},
		{Name: "theme", Label: p.T("assistance.field.theme"), Type: "select", Options: p.themeOptions(f.Theme)},
	}
}

// chips are what was chosen, each to be taken away.
func (p *helping) chips(v *HelpListView, stage string, f assistance.RequestFilter) {
	add := func(name, value, text string) {
		if value != "" && text != "" {
			chip := p.Chip(name, p.T("assistance.field."+name), value, text)
			chip.Remove = p.instead(name)
			v.Chips = append(v.Chips, chip)
		}
	}
	for _, o := range v.Fields[0].Options {
		if o.Chosen {
			add("stage", stage, o.Text)
		}
	}
	add("state", f.State, p.names.Name(f.State, "", p.Lang))
	add("theme", f.Theme, p.value(search.Theme, f.Theme))
}

// instead is the address of the list without a filter, from its beginning.
func (p *helping) instead(without string) string {
	q := p.r.URL.Query()
	q.Del("after")
	q.Del(without)
	return p.here(q)
}
