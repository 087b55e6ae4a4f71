package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/search"
)

// ConsentView is one consent: how its areas stand, what it covers and until when,
// and what the reader can do about it.
type ConsentView struct {
	Kind    string
	Tag     Tag
	Steps   []Step
	Says    []string // what it covers
	Areas   []AreaView
	Facts   []Fact
	Acts    []PersonForm
	Rests   []HelpLine // the projects that rest on it
	History []HelpStep
}

// AreaView is one area of a consent.
type AreaView struct {
	Name string
	Tag  Tag
	Says string      // when and why it was closed, or ""
	Form *PersonForm // to close it or to open it again, for whom that is
}

var assistanceConsentPage = newPage("assistance-consent", ConsentView{
	Kind: "Consent of the host State 2026/4", Tag: Tag{Done, "Given"}, Steps: []Step{{Text: "Asked for", Done: true}, {Text: "Given", Here: true}},
	Says: []string{"It covers cybercrime, from 1 March 2026 to 1 March 2027."}, Facts: []Fact{{"State", []Link{{"Kyrgyzstan", "/en/directory/KG"}}}},
	Areas:   []AreaView{{"Cybercrime", Tag{Done, "Open"}, "Closed on 3 March 2026", &PersonForm{ID: "close-1", Title: "Close cybercrime", Action: "/en/assistance/consents/1/close", Button: "Close", Warning: true}}},
	Acts:    []PersonForm{samplePersonForm},
	Rests:   []HelpLine{sampleHelpLine},
	History: []HelpStep{{What: "Given", Who: "Aigul Asanova, 3 March 2026", Words: "With these words."}},
})

// consentNotices are what is said after a move.
var consentNotices = map[assistance.ConsentMove]string{
	assistance.GiveConsent: newNotice("assistance.done.give"), assistance.RefuseConsent: newNotice("assistance.done.refuse"),
	assistance.ConsentClosing: newNotice("assistance.done.close"), assistance.ConsentOpening: newNotice("assistance.done.open"),
	assistance.ConsentWithdraw: newNotice("assistance.done.take-back"), assistance.ConsentRetract: newNotice("assistance.done.retract"),
}

// invalidHelp is what is wrong with the fields, nil for any other error.
func invalidHelp(err error) assistance.Invalid {
	var wrong assistance.Invalid
	errors.As(err, &wrong)
	return wrong
}

// consent is the page of one.
func (h *House) consent(w http.ResponseWriter, r *http.Request) error {
	c, err := h.helps().Consent(r.Context(), scope(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.showConsent(w, r, c, meant{}, http.StatusOK)
}

func (h *House) showConsent(w http.ResponseWriter, r *http.Request, c assistance.Consent, m meant, status int) error {
	f := h.site.Frame(r)
	f.Private, f.Status = true, status
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	steps, err := h.helps().ConsentSteps(r.Context(), c.ID)
	if err != nil {
		return err
	}
	people := make([]string, len(steps))
	for i, s := range steps {
		people[i] = s.By
	}
	if err := p.meet(people); err != nil {
		return err
	}
	line := p.consentLine(c)
	f.Title, f.Crumbs = line.Title, []Link{{f.T("assistance.title"), f.URL("/assistance")}, {f.T("assistance.consents.title"), f.URL("/assistance/consents")}}
	facts, err := p.consentFacts(c)
	if err != nil {
		return err
	}
	v := ConsentView{Kind: f.T("assistance.kind.consent", "number", c.Number), Tag: line.Tag, Steps: p.consentSteps(c), Facts: facts, Areas: p.areas(c, m), Acts: p.consentActs(c, m)}
	if v.Rests, err = p.projectLines(assistance.ProjectFilter{Consent: c.ID}, 2*shownInList); err != nil {
		return err
	}
	for _, says := range []string{m.says, p.covers(c)} {
		if says != "" {
			v.Says = append(v.Says, says)
		}
	}
	for _, s := range steps {
		v.History = append(v.History, p.consentStep(s))
	}
	return assistanceConsentPage.Show(w, f, v)
}

func (p *helping) consentStep(s assistance.ConsentStep) HelpStep {
	line := HelpStep{What: p.T("assistance.consent.did." + string(s.Move)), Words: s.Words}
	if s.Theme != "" {
		line.What += ": " + p.value(search.Theme, s.Theme)
	}
	line.Who = p.T("assistance.program", "day", s.At)
	if s.By != "" {
		line.Who = p.T("assistance.by", "who", p.name(s.By), "day", s.At)
	}
	return line
}

// consentSteps are asked, answered, ended.
func (p *helping) consentSteps(c assistance.Consent) []Step {
	asked := Step{Text: p.T("assistance.step.asked"), Done: true}
	here := Step{Text: p.T("assistance.consent.stage." + string(c.Stage)), Here: true}
	switch c.Stage {
	case assistance.ConsentAsked:
		asked.Done, asked.Here = false, true
		return []Step{asked, {Text: p.T("assistance.step.answer"), Missing: p.T("assistance.missing.given")}}
	case assistance.ConsentGiven:
		end := Step{Text: p.T("assistance.step.ended")}
		if c.Until != "" {
			end.Missing = p.T("assistance.missing.until", "day", p.day(c.Until))
		}
		return []Step{asked, here, end}
	case assistance.ConsentRefused, assistance.ConsentRetracted:
		return []Step{asked, here}
	}
	return []Step{asked, {Text: p.T("assistance.step.given"), Done: true}, here}
}

// covers says in a sentence what work may begin on this ground, and until when.
func (p *helping) covers(c assistance.Consent) string {
	if c.Stage != assistance.ConsentGiven {
		return p.T("assistance.covers."+string(c.Stage), "state", p.names.Name(c.Giver, "", p.Lang))
	}
	var open []string
	for _, a := range c.Areas {
		if a.Standing == assistance.AreaOpen {
			open = append(open, p.quotedTheme(a.Theme))
		}
	}
	switch {
	case len(open) == 0:
		return p.T("assistance.covers.nothing")
	case c.Until == "":
		return p.T("assistance.covers.endless", "areas", p.List(open), "since", p.day(c.Since))
	}
	return p.T("assistance.covers.given", "areas", p.List(open), "since", p.day(c.Since), "until", p.day(c.Until))
}

// quotedTheme is a theme's name as it stands within a sentence.
func (p *helping) quotedTheme(id string) string {
	return p.T("assistance.quoted", "name", p.value(search.Theme, id))
}

func (p *helping) consentFacts(c assistance.Consent) ([]Fact, error) {
	list := []Fact{{p.T("assistance.fact.state"), []Link{p.entry(c.Giver)}}}
	add := func(key string, value Link) {
		if value.Text != "" {
			list = append(list, Fact{p.T(key), []Link{value}})
		}
	}
	if c.Request != "" {
		q, err := p.h.helps().Request(p.r.Context(), scope(p.r), c.Request)
		if err != nil {
			return nil, err
		}
		line := p.line(q)
		add("assistance.fact.request", Link{strings.TrimSpace(q.Number + " " + line.Title), line.URL})
	}
	add("assistance.fact.why", Link{Text: c.Why})
	add("assistance.field.authority", Link{Text: c.Authority})
	add("assistance.field.office", Link{Text: c.Office})
	add("assistance.field.given", Link{Text: p.day(c.Given)})
	add("assistance.field.valid", Link{Text: p.span(c.Since, c.Until)})
	add("assistance.field.conditions", Link{Text: c.Conditions})
	document, err := p.paper(c.Document)
	add("assistance.field.document", document)
	if c.Recorded != "" {
		add("assistance.fact.recorded", Link{Text: p.T("assistance.recorded." + c.Recorded)})
	}
	return list, err
}

// paper is the document of a consent: in the library where the reader finds it
// there, else its symbol.
func (p *helping) paper(symbol string) (Link, error) {
	id := documentID(symbol)
	if id == "" {
		return Link{Text: symbol}, nil
	}
	titles, err := p.h.Library.Titles(p.r.Context(), scope(p.r), []string{id}, p.Lang)
	if title := titles[id]; title != "" {
		return Link{title, p.URL("/library/" + id)}, err
	}
	return Link{Text: symbol}, err
}

var areaMoods = map[assistance.Standing]Mood{
	assistance.AreaAsked: Attention, assistance.AreaOpen: Done, assistance.AreaRefused: Refusal, assistance.AreaClosed: Refusal,
	assistance.AreaRetracted: Plain,
}

// areas are those of a consent, each with the form that changes it.
func (p *helping) areas(c assistance.Consent, m meant) (list []AreaView) {
	moves := assistance.ConsentMoves(p.Reader.Subject, c)
	for i, a := range c.Areas {
		name := p.value(search.Theme, a.Theme)
		v := AreaView{Name: name, Tag: Tag{areaMoods[a.Standing], p.T("assistance.standing." + string(a.Standing))}}
		if a.Closed != "" {
			v.Says = p.T("assistance.area.closed", "day", p.day(a.Closed))
			if a.Reason != "" {
				v.Says += ": " + a.Reason
			}
		}
		move := assistance.ConsentOpening
		if a.Standing == assistance.AreaOpen {
			move = assistance.ConsentClosing
		}
		if slices.Contains(moves, move) {
			form := p.consentForm(c, string(move), m, strconv.Itoa(i))
			form.Title = p.T("assistance.do."+string(move), "theme", p.quotedTheme(a.Theme))
			form.Hidden = append(form.Hidden, Carried{"theme", a.Theme}, Carried{"n", strconv.Itoa(i)})
			v.Form = &form
		}
		list = append(list, v)
	}
	return list
}

// consentActs are the forms about the whole of it.
func (p *helping) consentActs(c assistance.Consent, m meant) (forms []PersonForm) {
	for _, move := range assistance.ConsentMoves(p.Reader.Subject, c) {
		switch move {
		case assistance.GiveConsent:
			forms = append(forms, p.giveForm(c, m))
		case assistance.RefuseConsent, assistance.ConsentWithdraw, assistance.ConsentRetract:
			forms = append(forms, p.consentForm(c, string(move), m, ""))
		}
	}
	return forms
}

// doKeys are the words of moves that a request has too, and means otherwise.
var doKeys = map[string]string{string(assistance.ConsentWithdraw): "take-back"}

// consentForm is a form with a reason; n tells those of the areas apart.
func (p *helping) consentForm(c assistance.Consent, move string, m meant, n string) PersonForm {
	id := strings.TrimSuffix(move+"-"+n, "-")
	key := move
	if doKeys[move] != "" {
		key = doKeys[move]
	}
	reason := []Field{{Name: "reason-" + id, Label: p.T("assistance.words.reason"), Type: "textarea", Rows: 3}}
	mine := m.move == id
	if mine {
		reason[0].Value = p.r.PostFormValue("reason-" + id)
		p.flag(reason, map[string]string{"reason-" + id: m.wrong["reason"]})
	}
	return PersonForm{
		ID: "move-" + id, Title: p.T("assistance.do." + key), Action: p.URL(consentPath(c.ID) + "/" + move), Button: p.T("assistance.do." + key + ".button"),
		Says: []string{p.T("assistance.do." + key + ".says")}, Hidden: []Carried{{"rev", strconv.FormatInt(c.Rev, 10)}}, Fields: reason,
		Warning: move != string(assistance.ConsentOpening), Open: mine,
	}
}

// giveForm is the form by which it is given, for the areas that are marked.
func (p *helping) giveForm(c assistance.Consent, m meant) PersonForm {
	form := p.consentForm(c, string(assistance.GiveConsent), meant{}, "")
	mine := m.move == string(assistance.GiveConsent)
	text := func(name, label, hint, width string) Field {
		f := Field{Name: name, Label: p.T("assistance.field." + label), Width: width, Auto: "off"}
		if hint != "" {
			f.Hint = p.T(hint)
		}
		if mine {
			f.Value = p.r.PostFormValue(name)
		}
		return f
	}
	areas := Field{Name: "areas", Label: p.T("assistance.field.given.areas"), Hint: p.T("assistance.hint.given.areas"), Type: "checkboxes"}
	for _, a := range c.Areas {
		areas.Options = append(areas.Options, Option{Value: a.Theme, Text: p.value(search.Theme, a.Theme), Chosen: mine && slices.Contains(p.r.PostForm["areas"], a.Theme)})
	}
	conditions := text("conditions", "conditions", "", "")
	conditions.Type, conditions.Rows = "textarea", 3
	form.Warning, form.Open = false, mine
	form.Fields = []Field{
		areas, text("authority", "authority", "assistance.hint.authority", ""), text("office", "office", "assistance.hint.office", ""),
		text("given", "given", "assistance.hint.given", "short"), text("since", "valid.since", "assistance.hint.since", "short"),
		text("until", "valid.until", "assistance.hint.until", "short"), conditions, text("document", "document", "assistance.hint.document", "medium"),
	}
	if mine {
		p.flag(form.Fields, m.wrong)
	}
	return form
}

// moveConsent takes what a State says about one: the page comes back where it did
// not go.
func (h *House) moveConsent(w http.ResponseWriter, r *http.Request) error {
	move := assistance.ConsentMove(r.PathValue("move"))
	if consentNotices[move] == "" {
		return NotFound()
	}
	id, name := r.PathValue("id"), string(move)
	if n := r.PostFormValue("n"); n != "" {
		name += "-" + n
	}
	reason := r.PostFormValue("reason-" + name)
	err := h.consentMoved(r, id, move, reason)
	if err == nil {
		return h.site.Frame(r).Redirect(w, consentPath(id), consentNotices[move], 0)
	}
	c, missing := h.helps().Consent(r.Context(), scope(r), id)
	if missing != nil {
		return missing
	}
	f := h.site.Frame(r)
	m, status, err := f.unmoved(err, name)
	if err != nil {
		needs := access.Consent
		if move == assistance.ConsentRetract {
			needs = access.AskConsent
		}
		return helpFault(r, needs, c.Label, err)
	}
	if !slices.Contains(assistance.ConsentMoves(ReaderOf(r).Subject, c), move) {
		text := r.PostFormValue
		m.keep(f, reason, text("authority"), text("office"), text("given"), text("since"), text("until"), text("conditions"), text("document"))
	}
	return h.showConsent(w, r, c, m, status)
}

func (h *House) consentMoved(r *http.Request, id string, move assistance.ConsentMove, reason string) error {
	ctx, who, rev, theme := r.Context(), ReaderOf(r).Subject, revOf(r), r.PostFormValue("theme")
	switch move {
	case assistance.GiveConsent:
		text := r.PostFormValue
		return h.helps().Give(ctx, who, id, rev, assistance.GivenConsent{
			Authority: text("authority"), Office: text("office"), Given: plainDate(strings.TrimSpace(text("given"))), Since: plainDate(strings.TrimSpace(text("since"))),
			Until: plainDate(strings.TrimSpace(text("until"))), Conditions: text("conditions"), Document: text("document"), Areas: r.PostForm["areas"],
		})
	case assistance.RefuseConsent:
		return h.helps().Refuse(ctx, who, id, rev, reason)
	case assistance.ConsentClosing:
		return h.helps().CloseArea(ctx, who, id, rev, theme, reason)
	case assistance.ConsentOpening:
		return h.helps().OpenArea(ctx, who, id, rev, theme, reason)
	case assistance.ConsentRetract:
		return h.helps().Retract(ctx, who, id, rev, reason)
	}
	return h.helps().WithdrawConsent(ctx, who, id, rev, reason)
}
