package web

import (
	"net/http"
	"net/url"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/assistance"
	"polis/internal/directory"
	"polis/internal/framework"
	"polis/internal/search"
)

// AssistanceView is the doorway: what waits for the reader, what her State has
// asked for, and what States have submitted.
type AssistanceView struct {
	New     string // address of the form for a new request, or ""
	Waiting []HelpLine
	Further *Link // to more of what waits
	Lists   []HelpList
	Ways    []Link // to everything else
}

// HelpLine is a request for assistance, or a consent, in a list.
type HelpLine struct {
	Title, URL, Lang string
	Tag              Tag
	Late             *Tag
	Meta             string
	Next             string // what comes next, by when
}

// HelpList is a list of them under a heading.
type HelpList struct {
	ID, Title string
	Lines     []HelpLine
	None      string // where there are none
	All       Link
}

var sampleHelpLine = HelpLine{
	"Training of trainers", "/en/assistance/requests/1", "ru",
	Tag{Attention, "Submitted"},
	&Tag{Refusal, "Overdue"},
	"2026/17 · Kyrgyzstan", "The desk acknowledges it by 3 March 2026.",
}

var assistancePage = newPage("assistance", AssistanceView{
	New: "/en/assistance/requests/new", Waiting: []HelpLine{sampleHelpLine}, Further: &Link{"The whole queue", "/en/assistance/requests?stage=waiting"},
	Lists: []HelpList{{"latest", "Requests submitted", []HelpLine{sampleHelpLine}, "None.", Link{"All requests", "/en/assistance/requests"}}},
	Ways:  []Link{{"My desk", "/en/desk"}},
})

// shownAtDoor is how many requests a list of the doorway shows.
const shownAtDoor = 10

func (h *House) openAssistance() {
	h.site.Handle("GET /assistance", h.official(h.assistanceDoor))
	h.site.Handle("GET /assistance/requests", h.official(h.helpRequests))
	h.site.Handle("GET /assistance/requests/new", h.official(h.newHelp))
	h.site.Handle("POST /assistance/requests", h.official(h.once(h.draftHelp)))
	h.site.Handle("GET /assistance/requests/{id}", h.official(h.helpRequest))
	h.site.Handle("GET /assistance/requests/{id}/edit", h.official(h.editHelp))
	h.site.Handle("POST /assistance/requests/{id}/edit", h.official(h.reviseHelp))
	h.site.Handle("POST /assistance/requests/{id}/move/{move}", h.official(h.moveHelp))
	h.openConsents()
	h.openProjects()
	h.openProgrammes()
	h.openResults()
	h.openMoney()
	h.openAssessments()
	h.openEvaluations()
	h.openActivities()
	h.openActivityImports()
	h.openAgendas()
	h.openTimeline()
}

// helps is the room behind these pages.
func (h *House) helps() *assistance.Assistance { return &assistance.Assistance{DB: h.DB} }

// ReadsOfficial reports whether the reader may read official records.
func (r Reader) ReadsOfficial() bool { return r.SignedIn() && r.Trust >= access.Official }

// official lets those in who may read official records: what States ask for and
// agree to is nobody else's.
func (h *House) official(next Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		who := ReaderOf(r)
		switch {
		case !who.SignedIn() && r.Method == http.MethodGet:
			return h.mustSignIn(w, r)
		case !who.SignedIn():
			return Refused(access.RuleSignIn)
		case !who.ReadsOfficial():
			return Refused(access.RuleLevel)
		}
		return next(w, r)
	}
}

// speaksFor reports whether the reader writes her State's requests.
func speaksFor(who access.Subject) bool {
	return who.State != "" && who.May(access.AskHelp, access.Label{Level: access.Closed, State: who.State, Owner: who.ID}).Allowed
}

// helping shows requests for assistance and consents in words.
type helping struct {
	wording
	r      *http.Request
	h      *House
	people map[string]string
	now    time.Time
}

func (h *House) helping(r *http.Request, f *Frame) (*helping, error) {
	words, err := h.words(r, f)
	return &helping{wording: words, r: r, h: h, now: time.Now()}, err
}

// meet learns what the people are called.
func (p *helping) meet(ids []string) (err error) {
	p.people, err = account.Names(p.r.Context(), p.h.DB, distinct(ids))
	return err
}

// name is how somebody is called who may have left.
func (p *helping) name(id string) string {
	if name := p.people[id]; name != "" {
		return name
	}
	return p.T("assistance.gone")
}

// called is an entry of the directory by its name, or the name that was written.
func (p *helping) entry(id string) Link {
	if e, ok := p.names.Entry(id); ok {
		return Link{p.names.Label(e, p.Lang), p.URL("/directory/" + url.PathEscape(id))}
	}
	return Link{id, ""}
}

// day is a day of the tables in words.
func (p *helping) day(s string) string { return p.PartialDate(s) }

var helpMoods = map[assistance.Stage]Mood{
	assistance.Submitted: Attention, assistance.Acknowledged: Attention, assistance.Clarification: Attention,
	assistance.Accepted: Done, assistance.Declined: Refusal,
}

func (p *helping) stage(s assistance.Stage) Tag {
	mood := helpMoods[s]
	if mood == "" {
		mood = Plain
	}
	return Tag{mood, p.T("assistance.stage." + string(s))}
}

// late is the tag of what somebody should have acted on, nil where nobody should.
func (p *helping) late(q assistance.Request) *Tag {
	if !q.Overdue(p.now) {
		return nil
	}
	return &Tag{Refusal, p.T("assistance.late", "day", p.day(q.Due))}
}

// next says what comes next and by when, "" where nothing does.
func (p *helping) next(q assistance.Request) string {
	switch q.Stage {
	case assistance.Drafted, assistance.Submitted, assistance.Acknowledged, assistance.Clarification, assistance.Accepted:
		return p.T("assistance.next."+string(q.Stage), "day", p.day(q.Due))
	}
	return ""
}

// age says for how many days a request has been where it is.
func (p *helping) age(q assistance.Request) string {
	days := int(p.now.Sub(q.Moved).Hours() / 24)
	if days < 1 {
		return p.T("assistance.age.today")
	}
	return p.T("assistance.age", "n", days)
}

func (p *helping) line(q assistance.Request) HelpLine {
	meta := p.names.Name(q.Asker, "", p.Lang)
	for _, part := range []string{q.Number, p.all(search.Theme, q.Themes)} {
		if part != "" {
			meta += " · " + part
		}
	}
	if q.Stage.Awaits() {
		meta += " · " + p.age(q)
	}
	title := q.Title
	if title == "" {
		title = p.T("assistance.untitled")
	}
	line := HelpLine{Title: title, URL: p.URL(helpPath(q.ID)), Lang: string(q.Lang), Tag: p.stage(q.Stage), Late: p.late(q), Meta: meta}
	if q.Stage.Awaits() || q.Stage == assistance.Drafted {
		line.Next = p.next(q)
	}
	return line
}

func (p *helping) lines(list []assistance.Request) (lines []HelpLine) {
	for _, q := range list {
		lines = append(lines, p.line(q))
	}
	return lines
}

func helpPath(id string) string { return "/assistance/requests/" + id }

// ways lead from the doorway to each kind of record, in the order of the cycle.
func (f *Frame) ways() (list []Link) {
	for _, way := range []struct{ key, path string }{
		{"desk.title", "/desk"},
		{"overview.title", "/assistance/overview"},
		{"assistance.requests.title", "/assistance/requests"},
		{"assistance.consents.title", "/assistance/consents"},
		{"assessment.list.title", "/assistance/assessments"},
		{"context.list.title", "/assistance/context"},
		{"programme.title", "/assistance/programmes"},
		{"project.title", "/assistance/projects"},
		{"activity.title", "/assistance/activities"},
		{"timeline.title", "/assistance/timeline"},
		{"evaluation.title", "/assistance/evaluations"},
		{"lesson.title", "/assistance/lessons"},
		{"mandate.title", "/assistance/mandates"},
	} {
		list = append(list, Link{f.T(way.key), f.URL(way.path)})
	}
	return list
}

// assistanceDoor is the doorway.
func (h *House) assistanceDoor(w http.ResponseWriter, r *http.Request) error {
	f := h.asking(r, "assistance.title")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	v := AssistanceView{Ways: f.ways()}
	if err := p.waiting(&v); err != nil {
		return err
	}
	who := ReaderOf(r).Subject
	if speaksFor(who) {
		v.New = f.URL("/assistance/requests/new")
		state := p.names.Name(who.State, "", f.Lang)
		own := HelpList{ID: "own", Title: f.T("assistance.own", "state", state), None: f.T("assistance.own.none"), All: Link{f.T("assistance.all.own"), f.URL("/assistance/requests?state=" + who.State)}}
		if own.Lines, err = p.listed(assistance.RequestFilter{State: who.State}); err != nil {
			return err
		}
		v.Lists = append(v.Lists, own)
	}
	latest := HelpList{ID: "latest", Title: f.T("assistance.latest"), None: f.T("assistance.latest.none"), All: Link{f.T("assistance.all"), f.URL("/assistance/requests")}}
	if latest.Lines, err = p.listed(assistance.RequestFilter{Stages: shownStages}); err != nil {
		return err
	}
	v.Lists = append(v.Lists, latest)
	if err := p.projectsAtDoor(&v); err != nil {
		return err
	}
	return assistancePage.Show(w, f, v)
}

// shownStages are those of what was submitted and not taken back.
var shownStages = []assistance.Stage{
	assistance.Submitted, assistance.Acknowledged, assistance.Clarification, assistance.Accepted, assistance.Declined, assistance.Referred,
}

func (p *helping) listed(f assistance.RequestFilter) ([]HelpLine, error) {
	list, _, err := p.h.helps().Requests(p.r.Context(), scope(p.r), f, assistance.Place{}, shownAtDoor)
	return p.lines(list), err
}

// waiting gathers what the reader herself has to act on: the desk's queue, the
// longest waiting first; her State's drafts and the questions put to it; the
// consents that it was asked for.
func (p *helping) waiting(v *AssistanceView) error {
	ctx, who := p.r.Context(), ReaderOf(p.r).Subject
	if who.May(access.HandleHelp, access.Label{}).Allowed {
		list, more, err := p.h.helps().Requests(ctx, scope(p.r), assistance.RequestFilter{Waiting: true}, assistance.Place{}, 2*shownAtDoor)
		if err != nil {
			return err
		}
		v.Waiting = p.lines(list)
		if more != (assistance.Place{}) {
			v.Further = &Link{p.T("assistance.queue"), p.URL("/assistance/requests?stage=waiting")}
		}
	}
	if speaksFor(who) {
		mine := assistance.RequestFilter{State: who.State, Stages: []assistance.Stage{assistance.Clarification, assistance.Drafted}}
		lines, err := p.listed(mine)
		if err != nil {
			return err
		}
		v.Waiting = append(v.Waiting, lines...)
	}
	if err := p.toDecide(v); err != nil {
		return err
	}
	asked, err := p.askedOf(who)
	v.Waiting = append(asked, v.Waiting...)
	return err
}

// themeOptions are the six themes for a filter.
func (p *helping) themeOptions(chosen string) []Option {
	options := []Option{{Text: p.T("assistance.any")}}
	for _, t := range framework.Themes() {
		options = append(options, Option{Value: t.ID, Text: t.Names.In(p.Lang), Chosen: t.ID == chosen})
	}
	return options
}

// stateOptions are the States for a filter.
func (p *helping) stateOptions(chosen string) []Option {
	options := []Option{{Text: p.T("assistance.any")}}
	for _, e := range p.names.List(directory.Filter{Lang: p.Lang}) {
		if e.Kind == directory.State {
			options = append(options, Option{Value: e.ID, Text: p.names.Label(e, p.Lang), Chosen: e.ID == chosen})
		}
	}
	return options
}
