package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"polis/internal/assistance"
)

// ResultsView is the results framework of a project as a table, what was measured
// beside what is to be reached; and the risks.
type ResultsView struct {
	Head    ProjectHead
	Add     *Link // the form of an impact
	Rows    []ResultRow
	Changes []HelpStep
	AddRisk *Link
	Risks   []RiskRow
	Lang    string // of the texts
}

// ResultRow is one result with its indicators.
type ResultRow struct {
	Name        string // "Output 1.1.2"
	Text, URL   string
	Level       string // impact, outcome or output
	Capacity    string
	Assumptions string
	Retired     *Tag
	Why         string // it was retired
	Add         []Link // what can be added below it
	Indicators  []IndicatorRow
}

// IndicatorRow is what is measured, with the last figure and how far that is.
type IndicatorRow struct {
	Text, URL        string
	Baseline, Target string
	Last             string // "12, 3 March 2026", or ""
	Parts            []string
	Bar              int // how much of the way was gone, in per cent; -1 where no figure says it
	Share            string
	Tag              Tag
	Means            string
}

var resultsPage = newPage("results", ResultsView{
	Head: sampleProjectHead, Add: &Link{"Add an impact", "/en/assistance/projects/1/results/new?kind=impact"},
	Rows: []ResultRow{{
		"Output 1.1.1", "Двадцать инструкторов", "/en/assistance/projects/1/results/2", "output", "Training", "The reform goes on.", &Tag{Plain, "Retired"}, "Asked otherwise.",
		[]Link{{"Add an indicator", "/en/assistance/projects/1/indicators/new?result=2"}},
		[]IndicatorRow{
			{"Trainers who teach", "/en/assistance/projects/1/indicators/3", "2, 1 March 2026", "22, 3 March 2027", "12, 3 June 2026", []string{"By sex: women 5, men 7"}, 50, "50 % of the way", Tag{Attention, "Under way"}, "Records"},
			{"Law adopted", "/en/assistance/projects/1/indicators/4", "", "Yes, 3 March 2027", "", []string{"–"}, -1, "", Tag{Plain, "Not measured yet"}, "Gazette"},
		},
	}},
	Changes: []HelpStep{{What: "Output 1.1.1", Who: "Aigul Asanova, 3 March 2026", Words: "Target: 22"}}, AddRisk: &Link{"Add a risk", "/en/assistance/projects/1/risks/new"},
	Risks: []RiskRow{sampleRiskRow}, Lang: "ru",
})

func (h *House) openResults() {
	h.site.Handle("GET /assistance/projects/{id}/results", h.official(h.resultsOf))
	h.site.Handle("GET /assistance/projects/{id}/stakeholders", h.official(h.stakeholdersOf))
	for _, part := range []projectPart{resultPart(), indicatorPart(), riskPart(), stakeholderPart(), consultationPart()} {
		h.openPart(part)
	}
}

// resultsOf is the part of a project's pages.
func (h *House) resultsOf(w http.ResponseWriter, r *http.Request) error {
	p, q, err := h.partOf(r)
	if err != nil {
		return err
	}
	framework, err := h.helps().Framework(r.Context(), q.ID)
	if err != nil {
		return err
	}
	v := ResultsView{Head: p.projectHead(q, "results"), Lang: string(q.Lang)}
	if v.Changes, err = p.resultChanges(q, framework); err != nil {
		return err
	}
	for _, one := range framework.Results {
		v.Rows = append(v.Rows, p.resultRow(q, framework, one))
	}
	if v.Risks, err = p.riskRows(q); err != nil {
		return err
	}
	if p.writes(q) {
		v.Add = &Link{p.T("result.add.impact"), p.URL(projectPath(q.ID, "results/new?kind=impact"))}
		v.AddRisk = &Link{p.T("risk.add"), p.URL(projectPath(q.ID, "risks/new"))}
	}
	return resultsPage.Show(w, p.Frame, v)
}

// resultName is a result by its kind and number: "Output 1.1.2".
func (p *helping) resultName(f assistance.Framework, r assistance.Result) string {
	var number []string
	for _, n := range f.Number(r.ID) {
		number = append(number, strconv.Itoa(n))
	}
	return p.T("result.kind."+string(r.Kind)) + " " + strings.Join(number, ".")
}

func (p *helping) resultRow(q assistance.Project, f assistance.Framework, r assistance.Result) ResultRow {
	row := ResultRow{Name: p.resultName(f, r), Text: r.Text, URL: p.URL(projectPath(q.ID, "results/"+r.ID)), Level: string(r.Kind), Assumptions: r.Assumptions}
	if r.Capacity != "" {
		row.Capacity = p.T("result.capacity." + r.Capacity)
	}
	if r.Retired != "" {
		row.Retired, row.Why = &Tag{Plain, p.T("result.retired")}, r.Retired
	} else if p.writes(q) {
		if below := map[assistance.ResultKind]string{assistance.Impact: "outcome", assistance.Outcome: "output"}[r.Kind]; below != "" {
			at := url.Values{"kind": {below}, "parent": {r.ID}}
			row.Add = append(row.Add, Link{p.T("result.add." + below), p.URL(projectPath(q.ID, "results/new?"+at.Encode()))})
		}
		row.Add = append(row.Add, Link{p.T("result.add.indicator"), p.URL(projectPath(q.ID, "indicators/new?result="+url.QueryEscape(r.ID)))})
	}
	for _, i := range r.Indicators {
		row.Indicators = append(row.Indicators, p.indicatorRow(q, i))
	}
	return row
}

func (p *helping) indicatorRow(q assistance.Project, i assistance.Indicator) IndicatorRow {
	row := IndicatorRow{
		Text: i.Text, URL: p.URL(projectPath(q.ID, "indicators/"+i.ID)), Means: i.Means, Bar: -1,
		Baseline: p.dated(p.measure(i.Unit, i.Baseline), i.BaselineDay), Target: p.dated(p.measure(i.Unit, i.Target), i.TargetDay),
		Tag: Tag{Plain, p.T("result.tag.none")},
	}
	last, ok := i.Last()
	if ok {
		row.Last, row.Parts = p.dated(p.measure(i.Unit, last.Value), last.Day), p.parts(last)
		row.Tag = Tag{Attention, p.T("result.tag.under-way")}
	}
	if share, known := i.Reached(); known {
		row.Bar, row.Share = int(share*100), p.T("result.share", "share", p.Percent(share))
	}
	switch {
	case i.Retired != "":
		row.Tag = Tag{Plain, p.T("result.retired")}
	case i.Met():
		row.Tag = Tag{Done, p.T("result.tag.met")}
	case i.TargetDay < p.now.UTC().Format(time.DateOnly) && i.Unit != assistance.InWords:
		row.Tag = Tag{Refusal, p.T("result.tag.missed")}
	case ok && i.Unit == assistance.InWords:
		row.Tag = Tag{Plain, p.T("result.tag.words")}
	}
	return row
}

// dated is a value with its day, "" where there is none.
func (p *helping) dated(value, day string) string {
	if value == "" || day == "" {
		return value
	}
	return p.T("result.dated", "value", value, "day", p.day(day))
}

// measure is a value in words.
func (p *helping) measure(u assistance.Unit, v assistance.Value) string {
	switch {
	case !v.Known:
		return v.Words
	case u == assistance.InYesNo && v.Figure > 0:
		return p.T("result.yes")
	case u == assistance.InYesNo:
		return p.T("result.no")
	case u == assistance.InPercent:
		return p.Percent(float64(v.Figure) / 100 / 100)
	case v.Figure%100 == 0:
		return p.Number(v.Figure / 100)
	case v.Figure%10 == 0:
		return p.Decimal(float64(v.Figure)/100, 1)
	}
	return p.Decimal(float64(v.Figure)/100, 2)
}

// parts are what a number is made of, a line each way of breaking it down.
func (p *helping) parts(a assistance.Actual) (lines []string) {
	for _, split := range assistance.Splits {
		var list []string
		for _, part := range a.Parts {
			if part.Split == split {
				list = append(list, p.partOfNumber(part)+" "+p.measure(assistance.InNumber, assistance.Value{Known: true, Figure: part.Figure}))
			}
		}
		if len(list) > 0 {
			lines = append(lines, p.T("result.split."+split)+": "+strings.Join(list, ", "))
		}
	}
	return lines
}

func (p *helping) partOfNumber(part assistance.Part) string {
	switch part.Split {
	case "sex":
		return p.T("result.part." + part.Name)
	case "state":
		return p.names.Name(part.Name, "", p.Lang)
	}
	return part.Name
}

// resultChanges are what was changed since the project was approved.
func (p *helping) resultChanges(q assistance.Project, f assistance.Framework) (lines []HelpStep, err error) {
	list, err := p.h.helps().ResultChanges(p.r.Context(), q.ID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var people []string
	for _, c := range list {
		people = append(people, c.By)
	}
	if err := p.meet(people); err != nil {
		return nil, err
	}
	for _, c := range list {
		lines = append(lines, p.resultChange(f, c))
	}
	return lines, nil
}

func (p *helping) resultChange(f assistance.Framework, c assistance.ResultChange) HelpStep {
	step := HelpStep{What: p.T("result.gone"), Who: p.T("assistance.by", "who", p.name(c.By), "day", c.At)}
	var former []string
	if c.Result != nil {
		if r, ok := f.Result(c.Of); ok {
			step.What = p.resultName(f, r)
		}
		former = append(former, c.Result.Text, c.Result.Assumptions)
	}
	if d := c.Indicator; d != nil {
		if i, r, ok := f.Indicator(c.Of); ok {
			step.What = p.resultName(f, r) + ", " + i.Text
		}
		former = append(former, d.Text, p.T("result.field.baseline")+": "+p.dated(p.measure(d.Unit, d.Baseline), d.BaselineDay),
			p.T("result.field.target")+": "+p.dated(p.measure(d.Unit, d.Target), d.TargetDay), d.Means)
	}
	step.Words = strings.Join(plainLines(strings.Join(former, "\n")), "\n")
	return step
}
