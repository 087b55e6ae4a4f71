package web

import (
	"net/http"
	"strings"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/search"
)

func (h *House) openConsents() {
	h.site.Handle("GET /assistance/consents", h.official(h.consents))
	h.site.Handle("GET /assistance/consents/new", h.official(h.newConsent))
	h.site.Handle("POST /assistance/consents", h.official(h.once(h.askConsent)))
	h.site.Handle("GET /assistance/consents/{id}", h.official(h.consent))
	h.site.Handle("POST /assistance/consents/{id}/{move}", h.official(h.moveConsent))
	h.openHelpSheets()
}

func consentPath(id string) string { return "/assistance/consents/" + id }

var consentMoods = map[assistance.ConsentStage]Mood{
	assistance.ConsentAsked: Attention, assistance.ConsentGiven: Done, assistance.ConsentRefused: Refusal,
	assistance.ConsentExpired: Plain, assistance.ConsentWithdrawn: Refusal, assistance.ConsentRetracted: Plain,
}

func (p *helping) consentStage(s assistance.ConsentStage) Tag {
	return Tag{consentMoods[s], p.T("assistance.consent.stage." + string(s))}
}

// consentLine is a consent in a list, with what it covers.
func (p *helping) consentLine(c assistance.Consent) HelpLine {
	state := p.names.Name(c.Giver, "", p.Lang)
	line := HelpLine{Title: p.T("assistance.consent.title", "state", state), URL: p.URL(consentPath(c.ID)), Tag: p.consentStage(c.Stage), Meta: c.Number}
	var themes []string
	for _, a := range c.Areas {
		if c.Stage != assistance.ConsentGiven || a.Standing == assistance.AreaOpen {
			themes = append(themes, a.Theme)
		}
	}
	if len(themes) > 0 {
		line.Meta += " · " + p.all(search.Theme, themes)
	}
	if dates := p.span(c.Since, c.Until); dates != "" {
		line.Meta += " · " + dates
	}
	if c.Stage == assistance.ConsentAsked {
		line.Next = p.T("assistance.covers.asked", "state", state)
	} else if len(themes) == 0 {
		line.Next = p.T("assistance.covers.nothing")
	}
	return line
}

func (p *helping) consentLines(f assistance.ConsentFilter, limit int) (lines []HelpLine, err error) {
	list, _, err := p.h.helps().Consents(p.r.Context(), scope(p.r), f, assistance.Place{}, limit)
	for _, c := range list {
		lines = append(lines, p.consentLine(c))
	}
	return lines, err
}

// consentsOf are those that were asked for on the ground of a request.
func (p *helping) consentsOf(q assistance.Request) ([]HelpLine, error) {
	return p.consentLines(assistance.ConsentFilter{Request: q.ID}, 2*shownInList)
}

// askedOf are the consents that wait for the answer of the reader's State, where
// she answers for it.
func (p *helping) askedOf(who access.Subject) ([]HelpLine, error) {
	if who.State == "" || !who.May(access.Consent, access.Label{Level: access.Official, State: who.State}).Allowed {
		return nil, nil
	}
	return p.consentLines(assistance.ConsentFilter{State: who.State, Stages: []assistance.ConsentStage{assistance.ConsentAsked}}, shownAtDoor)
}

// readConsentFilter reads what the address asks for.
func readConsentFilter(r *http.Request) (f assistance.ConsentFilter, ok bool) {
	asked, _, ok := readHelpFilter(r)
	f = assistance.ConsentFilter{State: asked.State, Theme: asked.Theme}
	for _, s := range assistance.ConsentStages {
		if string(s) == r.URL.Query().Get("stage") {
			f.Stages = []assistance.ConsentStage{s}
		}
	}
	return f, ok
}

// consents lists what States were asked to agree to.
func (h *House) consents(w http.ResponseWriter, r *http.Request) error {
	asked, after, ok := readHelpFilter(r)
	if !ok {
		return NotFound()
	}
	filter, _ := readConsentFilter(r)
	list, more, err := h.helps().Consents(r.Context(), scope(r), filter, after, shownInList)
	if err != nil {
		return err
	}
	count, err := h.helps().CountConsents(r.Context(), scope(r), filter)
	if err != nil {
		return err
	}
	f := h.asking(r, "assistance.consents.title")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	f.Crumbs = []Link{{f.T("assistance.title"), f.URL("/assistance")}}
	v := HelpListView{
		Lead: f.T("assistance.consents.lead"), Action: f.URL("/assistance/consents"), Count: f.counted("assistance.consents.count", count),
		Sheets: p.sheets("/assistance/consents"),
		Fields: p.consentFilters(r.URL.Query().Get("stage"), asked), None: f.T("assistance.requests.none"),
	}
	for _, c := range list {
		v.Lines = append(v.Lines, p.consentLine(c))
	}
	p.chips(&v, r.URL.Query().Get("stage"), asked)
	if len(v.Chips) == 0 {
		v.None = f.T("assistance.consents.none")
	}
	if more != (assistance.Place{}) {
		v.More = f.With("after", more.String())
	}
	if p.Reader.May(access.AskConsent, access.Label{}).Allowed {
		v.New = &Link{f.T("assistance.consent.ask"), f.URL("/assistance/consents/new")}
	}
	return assistanceListPage.Show(w, f, v)
}

func (p *helping) consentFilters(stage string, f assistance.RequestFilter) []Field {
	stages := []Option{{Text: p.T("assistance.any")}}
	for _, s := range assistance.ConsentStages {
		stages = append(stages, Option{Value: string(s), Text: p.T("assistance.consent.stage." + string(s)), Chosen: string(s) == stage})
	}
	fields := p.helpFilters("", f)
	fields[0].Options = stages
	return fields
}

// ConsentAskView is the form by which a State's consent is asked for.
type ConsentAskView struct {
	Action, Back, ID string
	Request          Link // for which it is asked, or none
	Giver            NamedField
	Areas            Picks
	Why              Field
}

var assistanceAskPage = newPage("assistance-ask", ConsentAskView{
	"/en/assistance/consents", "/en/assistance", "1",
	Link{"Training of trainers", "/en/assistance/requests/1"},
	NamedField{Field{Name: "giver", Label: "Whose consent", Error: "Which?"}, []string{"Kyrgyzstan"}, "/en/directory/names"},
	Picks{Name: "areas", Label: "Areas", Groups: []PickGroup{{"Police reform", "", []Pick{{"areas-1-1", "police-reform", "In general", true}}}}},
	Field{Name: "why", Label: "What for", Type: "textarea"},
})

var noticeConsentAsked = newNotice("assistance.done.asked")

// askedConsent is that form in one person's hands.
type askedConsent struct {
	giver string // as it was typed
	in    assistance.AskedConsent
	wrong assistance.Invalid
}

// newConsent is the form; from a request it begins with its State, themes and title.
func (h *House) newConsent(w http.ResponseWriter, r *http.Request) error {
	if d := ReaderOf(r).May(access.AskConsent, access.Label{}); !d.Allowed {
		return Refused(d.Rule)
	}
	a := askedConsent{}
	if id := r.URL.Query().Get("request"); id != "" {
		q, err := h.helps().Request(r.Context(), scope(r), id)
		if err != nil {
			return err
		}
		a.giver, a.in = q.Asker, assistance.AskedConsent{Giver: q.Asker, Request: q.ID, Areas: q.Themes}
	}
	if id := r.URL.Query().Get("project"); id != "" {
		if err := h.askedForProject(r, id, &a); err != nil {
			return err
		}
	}
	return h.showConsentForm(w, r, a)
}

func (h *House) showConsentForm(w http.ResponseWriter, r *http.Request, a askedConsent) error {
	f := h.asking(r, "assistance.consent.ask")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	f.Crumbs = []Link{{f.T("assistance.title"), f.URL("/assistance")}, {f.T("assistance.consents.title"), f.URL("/assistance/consents")}}
	v := ConsentAskView{Action: f.URL("/assistance/consents"), Back: f.URL("/assistance/consents"), ID: a.in.Request}
	if a.in.Request != "" {
		q, err := h.helps().Request(r.Context(), scope(r), a.in.Request)
		if err != nil {
			return err
		}
		line := p.line(q)
		v.Request, v.Back = Link{line.Title, line.URL}, line.URL
	}
	d := drafting{wording: p.wording, wrong: a.wrong}
	v.Giver = p.entryField("giver", f.T("assistance.field.giver"), f.T("assistance.hint.giver"), a.giver)
	if a.wrong["giver"] != "" {
		v.Giver.Error = p.complainGiver(d, a.giver, v.Giver.Near)
	}
	v.Areas = d.themes(a.in.Areas)
	v.Areas.Name, v.Areas.Label, v.Areas.Hint = "areas", f.T("assistance.field.areas"), f.T("assistance.hint.areas.ask")
	v.Areas.Error = d.fault("areas")
	v.Why = Field{Name: "why", Label: f.T("assistance.field.why"), Hint: f.T("assistance.hint.why"), Value: a.in.Why, Error: d.fault("why"), Type: "textarea"}
	return assistanceAskPage.Show(w, f, v)
}

func (p *helping) complainGiver(d drafting, typed string, near []string) string {
	if typed == "" || len(near) == 0 {
		return d.complain("giver", p.T("assistance.error.giver.state"))
	}
	return d.complain("giver", p.T("assistance.error.giver.which", "name", typed, "names", strings.Join(near, "; ")))
}

// askConsent takes the form.
func (h *House) askConsent(w http.ResponseWriter, r *http.Request) error {
	words, err := h.words(r, h.site.Frame(r))
	if err != nil {
		return err
	}
	_ = r.ParseForm() // a form that cannot be read is an empty one
	a := askedConsent{giver: strings.TrimSpace(r.PostForm.Get("giver"))}
	a.in = assistance.AskedConsent{Giver: words.idOf(a.giver), Request: r.PostForm.Get("request"), Why: r.PostForm.Get("why"), Areas: r.PostForm["areas"]}
	id, err := h.helps().AskConsent(r.Context(), ReaderOf(r).Subject, a.in)
	if a.wrong = invalidHelp(err); a.wrong != nil && a.wrong["request"] == "" {
		return h.showConsentForm(w, r, a)
	}
	if a.wrong != nil {
		return Wrong(a.wrong["request"])
	}
	if err != nil {
		return helpFault(r, access.AskConsent, access.Label{Level: access.Official, State: a.in.Giver}, err)
	}
	return h.site.Frame(r).Redirect(w, consentPath(id), noticeConsentAsked, 0)
}
