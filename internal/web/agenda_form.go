package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"polis/internal/access"
	"polis/internal/agenda"
	"polis/internal/assistance"
	"polis/internal/lang"
	"polis/internal/store"
)

// Proposed marks a value as proposed, with the place in a text where it stands. The
// template "field" shows it.
type Proposed struct {
	Tag   Tag
	Where string // file and page
	Quote string
	Lang  string // of the quote, or ""
}

var sampleProposed = Proposed{Tag{Attention, "Proposed: likely"}, "agenda.pdf, page 1", "с 12 по 14 марта 2026 г.", "ru"}

// AgendaNote says above the form of an activity that an agenda has filled it in.
type AgendaNote struct {
	Says    []string
	Either  string // the days that can be read in two ways, or ""
	Choices []Link // the two ways
	Faults  []string
	Intake  string // address of the files that wait to come into the library, or ""
}

var sampleAgendaNote = AgendaNote{
	Says: []string{"Proposed from agenda.pdf."}, Either: "03/04/2026 can be read in two ways.", Choices: []Link{{"3 April 2026", "?days=0"}, {"4 March 2026", "?days=1"}},
	Faults: []string{"scan.pdf: no text"}, Intake: "/en/library/intake?batch=b1",
}

// agendaOf is the agenda of which the activity is made, nil where there is none any more:
// it is let go after a time, and the form stays what it is.
func (h *House) agendaOf(r *http.Request, id string) (*assistance.WaitingAgenda, error) {
	if id == "" {
		return nil, nil
	}
	x, err := h.helps().WaitingAgenda(r.Context(), ReaderOf(r).Subject, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return &x, err
}

// fillAgenda puts what the agenda proposes into a new form. What it does not say is left
// as the project has it, but for the place: that would be guessed.
func (h *House) fillAgenda(r *http.Request, form *activityForm) error {
	d, a := &form.draft, form.agenda.Found
	d.Title, d.Place, d.Online = a.Title.Value, a.Place.Value, a.Online.Found()
	d.Starts, d.Ends = a.Starts.Value, a.Ends.Value
	if days, ok := chosenDays(r.URL.Query(), a); ok {
		d.Starts, d.Ends = days.Starts, days.Ends
	}
	if tag, ok := lang.Parse(a.Lang.Value); ok {
		d.Lang = tag
	}
	if a.State.Found() {
		at := slices.DeleteFunc(slices.Clone(d.Hosts), func(x assistance.ActivityHost) bool { return x.Host != a.State.Value })
		if len(at) > 0 {
			d.Hosts = at
		}
	}
	if len(a.Organisers) > 0 {
		d.Organisers = valuesOf(a.Organisers)
	}
	if len(a.Languages) > 0 {
		d.Languages = valuesOf(a.Languages)
	}
	return h.fillMaterials(r.Context(), scope(r), r.URL.Query()["material"], d)
}

// fillMaterials puts files in that are documents of the library already.
func (h *House) fillMaterials(ctx context.Context, scope access.Scope, given []string, d *assistance.ActivityDraft) error {
	for _, text := range given[:min(len(given), mostAgendas)] {
		id, err := h.document(ctx, scope, "/library/"+text)
		if err != nil {
			return err
		}
		if id != "" && !slices.Contains(d.Materials, id) {
			d.Materials = append(d.Materials, id)
		}
	}
	return nil
}

// chosenDays are those of the two ways to read the days that she chose.
func chosenDays(q url.Values, a agenda.Agenda) (agenda.Days, bool) {
	n, err := strconv.Atoi(q.Get("days"))
	if err != nil || n < 0 || n >= len(a.Either) {
		return agenda.Days{}, false
	}
	return a.Either[n], true
}

func valuesOf(list []agenda.Finding) (values []string) {
	for _, f := range list {
		values = append(values, f.Value)
	}
	return values
}

// markAgenda marks what the agenda has proposed, and says above the form what it is.
func (p *helping) markAgenda(form activityForm, v *ActivityFormView) {
	x := form.agenda
	if x == nil {
		return
	}
	v.Hidden = append(v.Hidden, Carried{"agenda", x.ID})
	marks := p.marks(x.Found)
	for _, fields := range [][]Field{v.Head, v.Who, v.More} {
		for i := range fields {
			fields[i].Proposed = marks[fields[i].Name]
		}
	}
	if v.Hosts != nil {
		v.Hosts.Proposed = marks["hosts"]
	}
	note := &AgendaNote{Says: []string{p.T("agenda.form.lead", "name", x.Name)}, Faults: p.unread(*x)}
	if x.Found.Past {
		note.Says = append(note.Says, p.T("agenda.past"))
	}
	if state := x.Found.State.Value; state != "" && !slices.ContainsFunc(form.project.Gates, func(g assistance.Gate) bool { return g.Included && g.Host == state }) {
		note.Says = append(note.Says, p.T("agenda.form.state", "name", p.names.Name(state, "", p.Lang)))
		if v.Hosts != nil {
			v.Hosts.Proposed = nil
		}
	}
	query := p.r.URL.Query()
	if _, chosen := chosenDays(query, x.Found); len(x.Found.Either) > 0 && !chosen && p.r.Method == http.MethodGet {
		note.Either = p.T("agenda.form.either", "words", x.Found.Starts.Quote)
		for i, days := range x.Found.Either {
			note.Choices = append(note.Choices, Link{p.period(days.Starts, days.Ends), p.With("days", strconv.Itoa(i))})
		}
	}
	if batch := query.Get("batch"); batchForm.MatchString(batch) {
		note.Intake = p.URL(listPath(batch))
	}
	v.Says, v.Agenda, v.Open = nil, note, true
}

// marks are what is proposed for each field of the form, with its place in the text.
func (p *helping) marks(a agenda.Agenda) map[string]*Proposed {
	all := map[string]*Proposed{}
	for name, f := range map[string]agenda.Finding{
		"title": a.Title, "starts": a.Starts, "ends": a.Ends, "place": a.Place, "online": a.Online, "hosts": a.State, "lang": a.Lang,
		"organisers": firstOf(a.Organisers), "languages": firstOf(a.Languages),
	} {
		if f.Quote != "" {
			mark := p.proposed(f, a)
			all[name] = &mark
		}
	}
	return all
}

func firstOf(list []agenda.Finding) agenda.Finding {
	if len(list) == 0 {
		return agenda.Finding{}
	}
	return list[0]
}

// proposed is the mark of a proposal.
func (p *helping) proposed(f agenda.Finding, a agenda.Agenda) Proposed {
	mood := Attention
	if f.Sure == agenda.Stated {
		mood = Plain
	}
	m := Proposed{Tag: Tag{mood, p.T("agenda.sure." + string(f.Sure))}, Where: f.File, Quote: f.Quote, Lang: a.Lang.Value}
	if f.Page > 0 {
		m.Where = p.T("agenda.where", "file", f.File, "page", f.Page)
	}
	return m
}

// found lists what an agenda proposes.
func (p *helping) found(a agenda.Agenda) (list []FoundView) {
	add := func(field, value, tag string, f agenda.Finding) {
		if value != "" {
			list = append(list, FoundView{p.T("activity.field." + field), value, tag, p.proposed(f, a)})
		}
	}
	add("title", a.Title.Value, a.Lang.Value, a.Title)
	add("starts", p.day(a.Starts.Value), "", a.Starts)
	add("ends", p.day(a.Ends.Value), "", a.Ends)
	for _, days := range a.Either {
		add("dates", p.period(days.Starts, days.Ends), "", a.Starts)
	}
	add("place", a.Place.Value, a.Lang.Value, a.Place)
	add("state", p.entry(a.State.Value).Text, "", a.State)
	if a.Online.Found() {
		add("online", p.T("core.yes"), "", a.Online)
	}
	for _, f := range a.Organisers {
		add("organisers", p.entry(f.Value).Text, "", f)
	}
	for _, f := range a.Languages {
		add("languages", f.Value, a.Lang.Value, f)
	}
	return list
}

// unread says of each file that could not be read why.
func (p *helping) unread(x assistance.WaitingAgenda) (list []string) {
	for _, f := range x.Faults {
		list = append(list, p.T("agenda.fault", "file", f.File, "reason", p.T("extract.reason."+string(f.Reason))))
	}
	return list
}
