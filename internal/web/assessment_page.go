package web

import (
	"net/http"
	"slices"
	"strconv"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/search"
)

// AssessmentView is one needs assessment: how far it is, on what it rests, what was
// found, what is recommended, and what the State says to it.
type AssessmentView struct {
	Kind     string
	Tag      Tag
	Late     *Tag
	Steps    []Step
	Says     []string
	Lang     string
	Facts    []Fact
	Texts    []HelpText
	Edit     string
	Areas    []AssessedArea
	Shows    bool   // the findings are for the reader
	Closed   string // why they are not
	Findings []FindingView
	Add      string // address of the form for a finding, or ""
	Whole    []CommentView
	Context  []CitationView
	Cite     *PersonForm
	Moves    []PersonForm
	History  []HelpStep
	Readers  string
}

// AssessedArea is an area with the consent on which it rests.
type AssessedArea struct {
	Name    string
	Tag     Tag
	Consent *Link
	Says    string
	Ask     string // address where consent is asked for, or ""
}

// FindingView is a finding with what is recommended upon it and said to it.
type FindingView struct {
	ID, Title       string
	Priority        Tag
	Theme, Item     string
	Baseline        string
	Evidence        string
	Source          *Link
	Edit, Add       string // addresses of the forms, or ""
	Recommendations []RecommendationView
	Comments        []CommentView
}

// RecommendationView is a recommendation.
type RecommendationView struct {
	ID, Words string
	Priority  Tag
	Addressee Link
	Edit      string
	Made      []HelpLine // the projects that were made of it
	Begin     string     // address where one is made of it, or ""
}

// CommentView is what the State has said.
type CommentView struct {
	Words, Who string
	Former     string // the finding as it was then, "" where it is the same
}

// CitationView is a note that is used.
type CitationView struct {
	Note Link
	Tag  *Tag
	Says []string
	Form *PersonForm
}

var assessmentPage = newPage("assessment", AssessmentView{
	Kind: "Needs assessment 2026/3 · Kyrgyzstan", Tag: Tag{Attention, "With the State"}, Late: &Tag{Refusal, "Overdue"},
	Steps: []Step{{Text: "Planned", Done: true}, {Text: "In the State", Here: true}, {Text: "Draft", Missing: "visit"}}, Says: []string{"Kyrgyzstan comments by 3 March 2026."}, Lang: "en",
	Facts: []Fact{{"State", []Link{{"Kyrgyzstan", "/en/directory/KG"}}}}, Texts: []HelpText{{"purpose", "Purpose", "What training is needed."}}, Edit: "/en/assistance/assessments/1/edit",
	Areas: []AssessedArea{{"Cybercrime", Tag{Refusal, "Consent is missing"}, &Link{"Consent 2026/4", "/en/assistance/consents/1"}, "From 1 March 2026", "/en/assistance/consents/new?request=1"}},
	Shows: true, Closed: "Not yet.", Findings: []FindingView{{
		ID: "f1", Title: "1. No trainers", Priority: Tag{Refusal, "High"}, Theme: "Cybercrime", Item: "19.1", Baseline: "None.", Evidence: "Visit, March 2026", Source: &Link{"KG/1/26", ""},
		Edit: "/en/assistance/assessments/1/findings/f1", Add: "/en/assistance/assessments/1/findings/f1/recommendations/new",
		Recommendations: []RecommendationView{{"r1", "Train ten trainers", Tag{Refusal, "High"}, Link{"Ministry", ""}, "/en/assistance/assessments/1/findings/f1/recommendations/r1", []HelpLine{sampleHelpLine}, "/en/assistance/projects/new?recommendation=r1"}},
		Comments:        []CommentView{{"There is one.", "The delegation, 3 March 2026", "No trainers: none."}},
	}},
	Add: "/en/assistance/assessments/1/findings/new", Whole: []CommentView{{"We agree.", "The delegation, 3 March 2026", ""}},
	Context: []CitationView{{Link{"Police reform in 2026", "/en/assistance/context/1"}, &Tag{Refusal, "Review was due"}, []string{"Used nonetheless."}, &PersonForm{ID: "uncite-1", Title: "Use it no longer", Action: "/en/assistance/assessments/1/uncite", Hidden: []Carried{{"note", "1"}}, Button: "Take it off", Warning: true}}},
	Cite:    &PersonForm{ID: "cite", Title: "Use a context note", Says: []string{"Choose one."}, Action: "/en/assistance/assessments/1/cite", Fields: []Field{{Name: "words-cite", Label: "Why"}}, Button: "Use it"},
	Moves:   []PersonForm{samplePersonForm}, History: []HelpStep{{What: "Planned", Who: "Aigul Asanova, 3 March 2026", Words: "Please."}}, Readers: "Official use",
})

// assessment is the page of one.
func (h *House) assessment(w http.ResponseWriter, r *http.Request) error {
	x, err := h.helps().Assessment(r.Context(), scope(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.showAssessment(w, r, x, meant{}, http.StatusOK)
}

func (h *House) showAssessment(w http.ResponseWriter, r *http.Request, x assistance.Assessment, m meant, status int) error {
	f := h.site.Frame(r)
	f.Private, f.Status = true, status
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	line := p.assessmentLine(x)
	f.Title, f.Crumbs = x.Title, p.assessmentCrumbs()
	v := AssessmentView{
		Kind: p.T("assessment.kind", "number", x.Number, "state", p.names.Name(x.Host, "", p.Lang)), Tag: line.Tag, Late: line.Late, Steps: p.assessmentSteps(x), Lang: string(x.Lang),
		Readers: p.T("access.level." + x.Level.String() + ".hint"),
	}
	for _, says := range []string{m.says, p.assessmentNext(x)} {
		if says != "" {
			v.Says = append(v.Says, says)
		}
	}
	for _, t := range []HelpText{{"purpose", p.T("assessment.field.purpose"), x.Purpose}, {"methods", p.T("assessment.field.methods"), x.Methods}} {
		if t.Text != "" {
			v.Texts = append(v.Texts, t)
		}
	}
	for _, fill := range []func(assistance.Assessment, *AssessmentView) error{p.assessmentFacts, p.assessedAreas, p.assessmentHistory, p.findings, p.outcomes, p.citations} {
		if err := fill(x, &v); err != nil {
			return err
		}
	}
	if x.Revisable() && p.Reader.May(access.Assess, x.Label).Allowed {
		v.Edit = p.URL(assessmentPath(x.ID) + "/edit")
		if v.Cite, err = p.citeForm(x, m); err != nil {
			return err
		}
	}
	v.Moves = p.assessmentMoves(x, v.Findings, m)
	return assessmentPage.Show(w, f, v)
}

// assessmentSteps are planned, fielded, draft, the State's comments, final: the present
// one is marked.
func (p *helping) assessmentSteps(x assistance.Assessment) (list []Step) {
	stages := assistance.AssessmentStages[:5]
	at := slices.Index(stages, x.Stage)
	for i, s := range stages {
		step := Step{Text: p.T("assessment.stage." + string(s)), Done: i < at || i == 4 && at == 4, Here: i == at}
		if i == at+1 && at >= 0 {
			step.Missing = p.T("assessment.missing." + string(s))
		}
		list = append(list, step)
	}
	if at < 0 {
		list = append(list[:1], Step{Text: p.T("assessment.stage.stopped"), Here: true})
		list[0].Done = true
	}
	return list
}

func (p *helping) assessmentFacts(x assistance.Assessment, v *AssessmentView) error {
	q, err := p.h.helps().Request(p.r.Context(), scope(p.r), x.Request)
	if err != nil {
		return err
	}
	line := p.line(q)
	v.Facts = []Fact{
		{p.T("assistance.fact.state"), []Link{p.entry(x.Host)}},
		{p.T("assistance.fact.request"), []Link{{q.Number + " " + line.Title, line.URL}}},
	}
	if dates := p.span(x.Starts, x.Ends); dates != "" {
		v.Facts = append(v.Facts, Fact{p.T("assessment.field.visit"), []Link{{Text: dates}}})
	}
	var team []Link
	for _, id := range x.Team {
		team = append(team, p.entry(id))
	}
	if len(team) > 0 {
		v.Facts = append(v.Facts, Fact{p.T("assessment.field.team"), team})
	}
	v.Facts = append(v.Facts, Fact{p.T("assistance.fact.lang"), []Link{{Text: x.Lang.Name()}}})
	return nil
}

// assessedAreas say on which consents it rests; of one that is to be fielded, on which
// it could, and what is missing.
func (p *helping) assessedAreas(x assistance.Assessment, v *AssessmentView) (err error) {
	areas := x.Areas
	waits := x.Stage == assistance.AssessmentPlanned || x.DecideBy != ""
	if waits {
		if areas, err = p.h.helps().AssessmentGrounds(p.r.Context(), x); err != nil {
			return err
		}
	}
	for _, a := range areas {
		area := AssessedArea{Name: p.value(search.Theme, a.Theme), Tag: Tag{Done, p.T("assessment.area.open")}}
		if a.Consent != "" {
			area.Consent = &Link{p.T("assistance.kind.consent", "number", a.Number), p.URL(consentPath(a.Consent))}
			until := a.Until
			if until == "9999-12-31" { // it has no end
				until = ""
			}
			area.Says = p.span(a.Since, until)
		}
		switch {
		case a.Consent == "" || a.Standing != assistance.AreaOpen:
			area.Tag = Tag{Refusal, p.T("assessment.area.missing")}
			if waits && x.Asked == assistance.Accepted && p.Reader.May(access.AskConsent, access.Label{}).Allowed {
				area.Ask = p.URL("/assistance/consents/new?request=" + x.Request)
			}
		case waits && x.Starts != "" && x.Ends != "" && !a.Covers(x.Starts, x.Ends):
			area.Tag = Tag{Attention, p.T("assessment.area.dates")}
		}
		v.Areas = append(v.Areas, area)
	}
	return nil
}

func (p *helping) assessmentHistory(x assistance.Assessment, v *AssessmentView) error {
	steps, err := p.h.helps().AssessmentSteps(p.r.Context(), x.ID)
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
	for _, s := range steps {
		line := HelpStep{What: p.T("assessment.did." + string(s.Move)), Who: p.T("assistance.program", "day", s.At), Words: s.Words}
		if s.By != "" {
			line.Who = p.T("assistance.by", "who", p.name(s.By), "day", s.At)
			v.History = append(v.History, line)
			continue
		}
		line.What += ": " + p.T("assessment.lost.request", "state", p.names.Name(x.Host, "", p.Lang))
		if s.Theme != "" {
			line.What = p.T("assessment.did."+string(s.Move)) + ": " + p.T("assessment.lost.consent", "state", p.names.Name(x.Host, "", p.Lang), "theme", p.quotedTheme(s.Theme))
		}
		v.History = append(v.History, line)
	}
	return nil
}

// assessmentMoves are the forms of what the reader can do now.
func (p *helping) assessmentMoves(x assistance.Assessment, findings []FindingView, m meant) (forms []PersonForm) {
	for _, move := range assistance.AssessmentMoves(p.Reader.Subject, x, p.now) {
		name := string(move)
		form := PersonForm{
			ID: "move-" + name, Title: p.T("assessment.do." + name), Action: p.URL(assessmentPath(x.ID) + "/move/" + name), Button: p.T("assessment.do." + name + ".button"),
			Says: []string{p.T("assessment.do."+name+".says", "state", p.names.Name(x.Host, "", p.Lang))}, Hidden: []Carried{{"rev", strconv.FormatInt(x.Rev, 10)}},
			Warning: move == assistance.StopAssessment, Open: m.move == name,
		}
		words := Field{Name: "words-" + name, Label: p.T("assistance.words.note"), Type: "textarea", Rows: 4}
		switch move {
		case assistance.CommentAssessment:
			words.Label = p.T("assessment.words.whole")
		case assistance.StopAssessment, assistance.ReworkAssessment:
			words.Label = p.T("assistance.words.reason")
		}
		form.Fields = []Field{words}
		if move == assistance.CommentAssessment {
			for _, f := range findings {
				form.Fields = append(form.Fields, Field{Name: "on-" + f.ID, Label: p.T("assessment.words.finding", "title", f.Title), Type: "textarea", Rows: 3})
			}
		}
		if m.move == name {
			wrong := map[string]string{}
			for field, key := range m.wrong {
				wrong[field+"-"+name], wrong["on-"+field] = key, key
			}
			for i := range form.Fields {
				form.Fields[i].Value = p.r.PostFormValue(form.Fields[i].Name)
			}
			p.flag(form.Fields, wrong)
		}
		forms = append(forms, form)
	}
	return forms
}
