package web

import (
	"net/http"
	"strconv"
	"strings"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/search"
)

// HelpView is one request for assistance: how far it is, what was asked, what the
// reader can do about it, and what became of it so far.
type HelpView struct {
	Kind      string
	Tag       Tag
	Late      *Tag
	Steps     []Step
	Says      []string // what has just gone otherwise than she meant, and what comes next
	Lang      string   // of the texts
	Texts     []HelpText
	Facts     []Fact
	Edit      string // address of the form, or ""
	Moves     []PersonForm
	History   []HelpStep
	Consents  []HelpLine
	Ask       string // address where consent is asked for, or ""
	Assessed  []HelpLine
	Assess    string // address where a needs assessment is planned for it, or ""
	Projects  []HelpLine
	Begin     string // address where a project is begun for it, or ""
	Similar   []HelpLine
	Lessons   []HelpLine
	Documents []Link
	Readers   string
	Experts   string // address where experts are looked for, or ""
}

// HelpText is one of a request's texts.
type HelpText struct{ ID, Title, Text string }

// HelpStep is a line of the history.
type HelpStep struct {
	What, Who, Words string
	Former           []DifferenceView // where it has changed the words
}

var sampleHelpStep = HelpStep{
	"Changed by the State", "Aigul Asanova, 3 March 2026", "Please.",
	[]DifferenceView{{"What is asked for", "ru", []MarkedText{{"Курс", false}, {"для десяти", true}}, []MarkedText{{"Курс", false}, {"для двадцати", true}}}},
}

var assistanceRequestPage = newPage("assistance-request", HelpView{
	Kind: "Request for assistance 2026/17 · Kyrgyzstan", Tag: Tag{Attention, "Submitted"}, Late: &Tag{Refusal, "Overdue"},
	Steps: []Step{{Text: "Draft", Done: true}, {Text: "Submitted", Here: true}, {Text: "Acknowledged", Missing: "by the desk"}},
	Says:  []string{"The desk acknowledges it by 3 March 2026."}, Lang: "ru", Texts: []HelpText{{"wish", "What is asked for", "Подготовка инструкторов."}},
	Facts: []Fact{{"State", []Link{{"Kyrgyzstan", "/en/directory/KG"}}}}, Edit: "/en/assistance/requests/1/edit", Moves: []PersonForm{samplePersonForm},
	History: []HelpStep{sampleHelpStep}, Consents: []HelpLine{sampleHelpLine}, Ask: "/en/assistance/consents/new?request=1",
	Assessed: []HelpLine{sampleHelpLine}, Assess: "/en/assistance/assessments/new?request=1",
	Projects: []HelpLine{sampleHelpLine}, Begin: "/en/assistance/projects/new?request=1",
	Similar: []HelpLine{sampleHelpLine}, Lessons: []HelpLine{sampleHelpLine}, Documents: []Link{{"Community policing", "/en/library/1"}}, Readers: "Official use", Experts: "/en/experts?request=1",
})

// meant is what somebody wanted to do to a record and could not: it is shown again
// with the words that she wrote.
type meant struct {
	move  string
	wrong map[string]string // field → message
	says  string            // why it did not go, or ""
	err   error
}

// helpRequest is the page of a request.
func (h *House) helpRequest(w http.ResponseWriter, r *http.Request) error {
	q, err := h.helps().Request(r.Context(), scope(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.showHelp(w, r, q, meant{}, http.StatusOK)
}

func (h *House) showHelp(w http.ResponseWriter, r *http.Request, q assistance.Request, m meant, status int) error {
	f := h.site.Frame(r)
	f.Private, f.Status = true, status
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	steps, err := h.helps().Steps(r.Context(), q.ID)
	if err != nil {
		return err
	}
	people := []string{q.Handler}
	for _, s := range steps {
		people = append(people, s.By)
	}
	if err := p.meet(people); err != nil {
		return err
	}
	line := p.line(q)
	f.Title, f.Crumbs = line.Title, []Link{{f.T("assistance.title"), f.URL("/assistance")}, {f.T("assistance.requests.title"), f.URL("/assistance/requests")}}
	v := HelpView{
		Kind: p.kindOf(q), Tag: line.Tag, Late: line.Late, Steps: p.steps(q), Lang: string(q.Lang), Facts: p.facts(q), Moves: p.moves(q, m),
		Readers: p.readers(q),
	}
	if plansHelp(f.Reader.Subject) {
		v.Experts = f.URL("/experts?request=" + q.ID)
	}
	for _, says := range []string{m.says, p.next(q)} {
		if says != "" {
			v.Says = append(v.Says, says)
		}
	}
	for _, t := range []HelpText{{"wish", f.T("assistance.field.wish"), q.Wish}, {"reason", f.T("assistance.field.reason"), q.Reason}} {
		if t.Text != "" {
			v.Texts = append(v.Texts, t)
		}
	}
	v.History = p.history(q, steps)
	if p.revisable(q) {
		v.Edit = f.URL(helpPath(q.ID) + "/edit")
	}
	if err := p.beside(q, &v); err != nil {
		return err
	}
	if err := h.offerFollow(r, f, "request", q.ID); err != nil {
		return err
	}
	return assistanceRequestPage.Show(w, f, v)
}

// beside is what stands at the side: the consents, and what is like it.
func (p *helping) beside(q assistance.Request, v *HelpView) (err error) {
	if v.Consents, err = p.consentsOf(q); err != nil {
		return err
	}
	if q.Stage == assistance.Accepted && p.Reader.May(access.AskConsent, access.Label{}).Allowed {
		v.Ask = p.URL("/assistance/consents/new?request=" + q.ID)
	}
	if v.Assessed, v.Assess, err = p.assessmentsOf(q); err != nil {
		return err
	}
	if v.Projects, v.Begin, err = p.projectsOf(q); err != nil {
		return err
	}
	if v.Similar, err = p.similar(q.ID, q.Asker, q.Themes); err != nil {
		return err
	}
	if v.Lessons, err = p.lessonsFor(q.Themes, []string{q.Asker}); err != nil {
		return err
	}
	v.Documents, err = p.documents(q)
	return err
}

// revisable reports whether the reader may write it anew, as it stands.
func (p *helping) revisable(q assistance.Request) bool {
	return (q.Stage == assistance.Drafted || q.Stage == assistance.Clarification) && p.Reader.May(access.AskHelp, q.Label).Allowed
}

func (p *helping) kindOf(q assistance.Request) string {
	text := p.T("assistance.kind.request", "number", q.Number, "state", p.names.Name(q.Asker, "", p.Lang))
	return strings.Join(strings.Fields(text), " ") // a draft has no number
}

func (p *helping) readers(q assistance.Request) string {
	if q.Level == access.Closed {
		return p.T("assistance.readers.state", "state", p.names.Name(q.Asker, "", p.Lang))
	}
	return p.T("access.level." + q.Level.String() + ".hint")
}

// steps are draft, submitted, acknowledged, decided: the present one is marked, and
// of the next it says what is missing.
func (p *helping) steps(q assistance.Request) []Step {
	at := map[assistance.Stage]int{
		assistance.Drafted: 0, assistance.Submitted: 1, assistance.Acknowledged: 2, assistance.Clarification: 2,
		assistance.Accepted: 3, assistance.Declined: 3, assistance.Referred: 3, assistance.Withdrawn: 3,
	}[q.Stage]
	day := p.day(q.Due)
	missing := []string{"", p.T("assistance.missing.submitted"), p.T("assistance.missing.acknowledged", "day", day), p.T("assistance.missing.decided", "day", day)}
	var list []Step
	for i, name := range []string{"draft", "submitted", "acknowledged", "decided"} {
		s := Step{Text: p.T("assistance.step." + name), Done: i < at || i == 3 && at == 3, Here: i == at}
		switch {
		case i == at && (at == 3 || q.Stage == assistance.Clarification):
			s.Text = p.T("assistance.stage." + string(q.Stage))
		case i == at+1 && q.Stage == assistance.Clarification:
			s.Missing = p.T("assistance.missing.answer", "day", day)
		case i == at+1 && (at > 0 || q.Draft().Validate(true) != nil):
			s.Missing = missing[i]
		}
		list = append(list, s)
	}
	return list
}

// facts are a request's summary.
func (p *helping) facts(q assistance.Request) []Fact {
	list := []Fact{{p.T("assistance.fact.state"), []Link{p.entry(q.Asker)}}}
	add := func(key string, values ...Link) {
		if len(values) > 0 && values[0].Text != "" {
			list = append(list, Fact{p.T(key), values})
		}
	}
	var themes, items, bodies []Link
	for _, id := range q.Themes {
		themes = append(themes, Link{p.value(search.Theme, id), p.URL("/themes/" + id)})
	}
	for _, id := range append(append([]string{}, q.Items...), q.Lines...) {
		items = append(items, Link{p.value(search.Item, id), p.URL("/framework/" + id)})
	}
	for _, id := range q.Bodies {
		bodies = append(bodies, p.entry(id))
	}
	add("assistance.field.dates", Link{Text: p.span(q.Since, q.Until)})
	add("library.field.themes", themes...)
	add("library.field.items", items...)
	add("assistance.field.bodies", bodies...)
	if q.Referred != "" {
		add("assistance.fact.referred", p.entry(q.Referred))
	}
	if q.Handler != "" {
		add("assistance.fact.handler", Link{Text: p.name(q.Handler)})
	}
	add("assistance.fact.lang", Link{Text: q.Lang.Name()})
	return list
}

// span writes a time with a beginning, an end, both or neither.
func (p *helping) span(since, until string) string {
	switch {
	case since == "" && until == "":
		return ""
	case until == "":
		return p.T("assistance.dates.from", "since", p.day(since))
	case since == "":
		return p.T("assistance.dates.to", "until", p.day(until))
	}
	return p.T("assistance.dates.both", "since", p.day(since), "until", p.day(until))
}

// moves are the forms of what the reader can do now, the likeliest first and open.
func (p *helping) moves(q assistance.Request, m meant) (forms []PersonForm) {
	for _, move := range assistance.Moves(p.Reader.Subject, q) {
		name := string(move)
		form := PersonForm{
			ID: "move-" + name, Title: p.T("assistance.do." + name), Action: p.URL(helpPath(q.ID) + "/move/" + name), Button: p.T("assistance.do." + name + ".button"),
			Says: []string{p.T("assistance.do." + name + ".says")}, Hidden: []Carried{{"rev", strconv.FormatInt(q.Rev, 10)}},
			Warning: move == assistance.Decline || move == assistance.Withdraw, Open: m.move == name,
		}
		form.Fields = p.moveFields(move, m)
		forms = append(forms, form)
	}
	return forms
}

// moveFields are what a move needs; their names differ from form to form, because
// all of them stand on one page.
func (p *helping) moveFields(move assistance.Move, m meant) (fields []Field) {
	name := string(move)
	if move == assistance.Refer {
		fields = append(fields, Field{Name: "to-" + name, Label: p.T("assistance.words.to"), Hint: p.T("assistance.words.to.hint"), Auto: "off"})
	}
	if move != assistance.Submit && move != assistance.Acknowledge {
		key := "assistance.words.reason"
		switch move {
		case assistance.Ask, assistance.Answer:
			key = "assistance.words." + name
		case assistance.Accept:
			key = "assistance.words.note"
		}
		fields = append(fields, Field{Name: "words-" + name, Label: p.T(key), Type: "textarea", Rows: 4})
	}
	if m.move != name {
		return fields
	}
	wrong := map[string]string{}
	for field, key := range m.wrong {
		wrong[field+"-"+name] = key
	}
	for i := range fields {
		fields[i].Value = p.r.PostFormValue(fields[i].Name)
	}
	p.flag(fields, wrong)
	return fields
}
