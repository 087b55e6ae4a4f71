package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/search"
)

// GatesView are the host States of a project, area by area: on which request and
// consent it rests there, and what can be done where it rests on none (Framework ¶13).
type GatesView struct {
	Head   ProjectHead
	Says   []string
	States []GateState
}

// GateState is a host State with its areas.
type GateState struct {
	Name, URL string
	Gates     []GateView
}

// GateView is the gate of a State in one area.
type GateView struct {
	ID    string
	Area  string
	Tag   Tag
	Says  string // what is missing or to be decided, or ""
	Rests []Link // request and consent
	Forms []GateAct
}

// GateAct is a form about a gate, or the way to one.
type GateAct struct {
	Form *PersonForm
	Link Link
}

var projectGatesPage = newPage("project-gates", GatesView{
	Head: sampleProjectHead, Says: []string{"Each State asks and agrees for itself."},
	States: []GateState{{"Kyrgyzstan", "/en/directory/KG", []GateView{{
		"gate-1", "Cybercrime",
		Tag{Refusal, "Closed by the State: decide by 3 March 2026"},
		"The State has closed this area.",
		[]Link{{"Request 2026/17", "/en/assistance/requests/1"}},
		[]GateAct{{&samplePersonForm, Link{}}, {nil, Link{"Ask this State for its consent", "/en/assistance/consents/new?project=1"}}},
	}}}},
})

var (
	noticeGateRests = newNotice("project.done.bind")
	noticeGateLeft  = newNotice("project.done.leave")
)

// shownGates is for how many gates of one page the choices are read at once; those of
// the others wait until somebody comes to them.
const shownGates = 12

// gateID is the place of a gate on its page.
func gateID(q assistance.Project, host, area string) string {
	return "gate-" + strconv.Itoa(slices.IndexFunc(q.Gates, func(g assistance.Gate) bool { return g.Host == host && g.Area == area }))
}

func (h *House) gates(w http.ResponseWriter, r *http.Request) error {
	q, err := h.projectOf(r)
	if err != nil {
		return err
	}
	return h.showGates(w, r, q, gated{meant: meant{}, host: r.URL.Query().Get("host"), area: r.URL.Query().Get("area")}, http.StatusOK)
}

// gated is what somebody wanted of a gate and could not have.
type gated struct {
	meant
	host, area string
}

func (h *House) showGates(w http.ResponseWriter, r *http.Request, q assistance.Project, m gated, status int) error {
	f := h.site.Frame(r)
	f.Status = status
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	v := GatesView{Head: p.projectHead(q, "gates"), Says: []string{f.T("project.gates.lead")}}
	if len(q.Gates) == 0 {
		v.Says = []string{f.T("project.gates.none")}
	}
	if m.says != "" {
		v.Says = append([]string{m.says}, v.Says...)
	}
	rests, err := p.rests(q)
	if err != nil {
		return err
	}
	left := shownGates
	for i, g := range q.Gates {
		if n := len(v.States); n == 0 || v.States[n-1].Name != p.entry(g.Host).Text {
			host := p.entry(g.Host)
			v.States = append(v.States, GateState{Name: host.Text, URL: host.URL})
		}
		view := p.gate(q, g, i, rests)
		if p.writes(q) {
			if view.Forms, err = p.gateActs(q, g, i, m, &left); err != nil {
				return err
			}
		}
		last := &v.States[len(v.States)-1]
		last.Gates = append(last.Gates, view)
	}
	if len(f.Errors) == 0 {
		for _, key := range m.wrong { // there is no form any more that could say it
			v.Says = append([]string{f.T(key)}, v.Says...)
		}
	}
	return projectGatesPage.Show(w, f, v)
}

// resting are the requests and consents on which a project rests, by their id.
type resting struct {
	requests map[string]assistance.Request
	consents map[string]assistance.Consent
}

// rests reads them, each once.
func (p *helping) rests(q assistance.Project) (resting, error) {
	ctx, found := p.r.Context(), resting{map[string]assistance.Request{}, map[string]assistance.Consent{}}
	for _, g := range q.Gates {
		if _, ok := found.requests[g.Request]; !ok && g.Request != "" {
			r, err := p.h.helps().Request(ctx, scope(p.r), g.Request)
			if err != nil {
				return found, err
			}
			found.requests[g.Request] = r
		}
		if _, ok := found.consents[g.Consent]; !ok && g.Consent != "" {
			c, err := p.h.helps().Consent(ctx, scope(p.r), g.Consent)
			if err != nil {
				return found, err
			}
			found.consents[g.Consent] = c
		}
	}
	return found, nil
}

// gate says in words how it stands.
func (p *helping) gate(q assistance.Project, g assistance.Gate, i int, found resting) GateView {
	v := GateView{ID: "gate-" + strconv.Itoa(i), Area: p.value(search.Theme, g.Area)}
	if r, ok := found.requests[g.Request]; ok {
		line := p.line(r)
		v.Rests = append(v.Rests, Link{p.T("project.rests.request", "number", r.Number, "title", line.Title), line.URL})
	}
	c, agreed := found.consents[g.Consent]
	area, _ := c.Area(g.Area)
	if agreed {
		v.Rests = append(v.Rests, Link{p.T("project.rests.consent", "number", c.Number, "dates", p.span(c.Since, c.Until)), p.URL(consentPath(c.ID))})
	}
	need := lacking(q, g)
	switch {
	case !g.Included:
		v.Tag = Tag{Plain, p.T("project.gate.out")}
	case g.DecideBy != "":
		v.Tag, v.Says = Tag{Refusal, p.T("project.gate.decide", "day", p.day(g.DecideBy))}, p.T("project.gate.decide.says")
	case need == "":
		v.Tag = Tag{Done, p.T("project.gate.open")}
	case g.Request == "" && g.Consent == "":
		v.Tag, v.Says = Tag{Attention, p.T("project.gate.nothing")}, p.T(need)
	case area.Closed != "":
		v.Tag, v.Says = Tag{Refusal, p.T("project.gate.closed", "day", p.day(area.Closed))}, p.T(need)
	default:
		v.Tag, v.Says = Tag{Attention, p.T("project.gate.lacks")}, p.T(need)
	}
	return v
}

// gateActs are what can be done about a gate: let it rest on a request and a consent,
// ask for the consent, or go on without the State there.
func (p *helping) gateActs(q assistance.Project, g assistance.Gate, i int, m gated, left *int) (acts []GateAct, err error) {
	mine := m.host == g.Host && m.area == g.Area
	lacks := g.DecideBy != "" || !g.Included || lacking(q, g) != ""
	if mine || lacks && *left > 0 {
		*left--
		act, err := p.restAct(q, g, i, m)
		if err != nil {
			return nil, err
		}
		acts = append(acts, act)
	} else {
		acts = append(acts, GateAct{Link: Link{p.T("project.do.bind"), p.gateURL(q, g.Host, g.Area)}})
	}
	if lacks && p.Reader.May(access.AskConsent, access.Label{}).Allowed {
		at := url.Values{"project": {q.ID}, "host": {g.Host}, "area": {g.Area}}
		acts = append(acts, GateAct{Link: Link{p.T("project.ask"), p.URL("/assistance/consents/new") + "?" + at.Encode()}})
	}
	if g.Included {
		form := p.gateForm(q, g, i, "leave", m)
		form.Warning = true
		form.Fields = []Field{{Name: "words-leave-" + strconv.Itoa(i), Label: p.T("assistance.words.reason"), Type: "textarea", Rows: 3}}
		p.keepGate(form, m, i)
		acts = append(acts, GateAct{Form: form})
	}
	return acts, nil
}

// gateForm is a form about one gate; its number tells it from those of the others.
func (p *helping) gateForm(q assistance.Project, g assistance.Gate, i int, act string, m gated) *PersonForm {
	action := map[string]string{"bind": "gates/rest", "leave": "gates/leave"}[act]
	return &PersonForm{
		ID: act + "-" + strconv.Itoa(i), Title: p.T("project.do." + act), Says: []string{p.T("project.do." + act + ".says")}, Button: p.T("project.do." + act + ".button"),
		Action: p.URL(projectPath(q.ID, action)), Hidden: []Carried{{"rev", strconv.FormatInt(q.Rev, 10)}, {"host", g.Host}, {"area", g.Area}},
		Open: m.host == g.Host && m.area == g.Area && (m.move == act || m.move == "" && act == "bind"),
	}
}

// keepGate puts back what was typed, and says what is wrong with it.
func (p *helping) keepGate(form *PersonForm, m gated, i int) {
	if !form.Open || m.move == "" {
		return
	}
	wrong := map[string]string{}
	for field, key := range m.wrong {
		wrong[field+"-"+m.move+"-"+strconv.Itoa(i)] = key
	}
	for k := range form.Fields {
		typed := p.r.PostFormValue(form.Fields[k].Name)
		form.Fields[k].Value = typed
		for j := range form.Fields[k].Options {
			form.Fields[k].Options[j].Chosen = form.Fields[k].Options[j].Value == typed
		}
	}
	p.flag(form.Fields, wrong)
}

// restAct is the choice of request and consent, or what has to come before it.
func (p *helping) restAct(q assistance.Project, g assistance.Gate, i int, m gated) (GateAct, error) {
	requests, consents, err := p.h.helps().Grounds(p.r.Context(), scope(p.r), g.Host, g.Area)
	switch {
	case err != nil:
		return GateAct{}, err
	case len(requests) == 0:
		return GateAct{Link: Link{p.T("project.gate.no-request"), p.URL("/assistance/requests?" + url.Values{"state": {g.Host}}.Encode())}}, nil
	case len(consents) == 0:
		return GateAct{Link: Link{p.T("project.gate.no-consent"), p.URL("/assistance/consents?" + url.Values{"state": {g.Host}}.Encode())}}, nil
	}
	form := p.gateForm(q, g, i, "bind", m)
	ask := Field{Name: "request-bind-" + strconv.Itoa(i), Label: p.T("project.field.request"), Type: "select"}
	for _, r := range requests {
		ask.Options = append(ask.Options, Option{Value: r.ID, Text: r.Number + " " + r.Title, Chosen: r.ID == g.Request})
	}
	agree := Field{Name: "consent-bind-" + strconv.Itoa(i), Label: p.T("project.field.consent"), Type: "select"}
	for _, c := range consents {
		agree.Options = append(agree.Options, Option{Value: c.ID, Text: c.Number + " (" + p.span(c.Since, c.Until) + ")", Chosen: c.ID == g.Consent})
	}
	form.Fields = []Field{ask, agree}
	p.keepGate(form, m, i)
	return GateAct{Form: form}, nil
}

// restGate lets a gate rest on a request and a consent.
func (h *House) restGate(w http.ResponseWriter, r *http.Request) error {
	return h.onGate(w, r, "bind", noticeGateRests, func(q assistance.Project, host, area, suffix string) error {
		return h.helps().Bind(r.Context(), ReaderOf(r).Subject, q.ID, revOf(r), host, area, r.PostFormValue("request"+suffix), r.PostFormValue("consent"+suffix))
	})
}

// leaveGate lets a project go on without a State in an area.
func (h *House) leaveGate(w http.ResponseWriter, r *http.Request) error {
	return h.onGate(w, r, "leave", noticeGateLeft, func(q assistance.Project, host, area, suffix string) error {
		return h.helps().LeaveOut(r.Context(), ReaderOf(r).Subject, q.ID, revOf(r), host, area, r.PostFormValue("words"+suffix))
	})
}

// onGate does something about the gate that the form names; where it did not go the
// page comes back as it stands, with what was typed.
func (h *House) onGate(w http.ResponseWriter, r *http.Request, act, notice string, do func(q assistance.Project, host, area, suffix string) error) error {
	q, err := h.projectOf(r)
	if err != nil {
		return err
	}
	host, area := r.PostFormValue("host"), r.PostFormValue("area")
	if _, ok := q.Gate(host, area); !ok {
		return NotFound()
	}
	id := gateID(q, host, area)
	suffix := "-" + act + strings.TrimPrefix(id, "gate")
	err = do(q, host, area, suffix)
	if err == nil {
		return h.site.Frame(r).Redirect(w, projectPath(q.ID, "gates")+"#"+id, notice, 0)
	}
	f := h.site.Frame(r)
	m, status, err := f.unmoved(err, act)
	if err != nil {
		return helpFault(r, access.PlanHelp, q.Label, err)
	}
	if q, err = h.projectOf(r); err != nil {
		return err
	}
	if g, ok := q.Gate(host, area); !ok || !q.Stage.Drafting() && !q.Stage.Runs() || act == "leave" && !g.Included {
		m.keep(f, r.PostFormValue("words"+suffix))
	}
	return h.showGates(w, r, q, gated{m, host, area}, status)
}
