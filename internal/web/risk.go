package web

import (
	"net/url"
	"slices"
	"strconv"

	"polis/internal/assistance"
	"polis/internal/store"
)

// RiskRow is a risk in the table: how it stands, what it weighs and what is done.
type RiskRow struct {
	Text, URL string
	Tag       Tag
	Late      *Tag
	Weight    string // "4 × 3 = 12"
	Measure   string
	Office    Link
	Review    string
	Last      string // the words of the last step, or ""
}

var sampleRiskRow = RiskRow{"Инструкторы уходят", "/en/assistance/projects/1/risks/1", Tag{Attention, "Open"}, &Tag{Refusal, "Overdue"}, "4 × 3 = 12", "Contracts", Link{"Strategic police matters", "/en/directory/spmu"}, "3 March 2026", "Two have left."}

var riskMoods = map[assistance.RiskStage]Mood{assistance.RiskOpen: Attention, assistance.RiskHappened: Refusal, assistance.RiskClosed: Done}

// riskRows are the risks of a project, the heaviest first, those that are closed last.
func (p *helping) riskRows(q assistance.Project) (rows []RiskRow, err error) {
	list, err := p.h.helps().Risks(p.r.Context(), q.ID)
	if err != nil {
		return nil, err
	}
	steps, err := p.h.helps().RiskSteps(p.r.Context(), q.ID)
	if err != nil {
		return nil, err
	}
	for _, r := range list {
		row := RiskRow{
			Text: r.Text, URL: p.URL(projectPath(q.ID, "risks/"+r.ID)), Tag: Tag{riskMoods[r.Stage], p.T("risk.stage." + string(r.Stage))},
			Weight:  p.T("risk.weight", "likelihood", r.Likelihood, "impact", r.Impact, "weight", r.Weight()),
			Measure: r.Measure, Office: p.entry(r.Office), Review: p.day(r.Review),
		}
		if r.Overdue(p.now) && (q.Stage.Drafting() || q.Stage.Runs()) {
			row.Late = &Tag{Refusal, p.T("risk.late")}
		}
		if i := slices.IndexFunc(steps, func(s assistance.RiskStep) bool { return s.Risk == r.ID }); i >= 0 {
			row.Last = steps[i].Words
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// riskPart are the risks.
func riskPart() projectPart {
	return projectPart{
		name: "risks", tab: "results", find: findRisk, fields: riskFields, save: saveRisk, beside: besideRisk, move: moveRisk,
		blank: func(*helping, assistance.Project) (url.Values, error) { return url.Values{}, nil },
		title: func(p *helping, x partForm) string {
			if x.id == "" {
				return p.T("risk.add")
			}
			return p.T("risk.one")
		},
	}
}

func (p *helping) riskOf(q assistance.Project, id string) (assistance.Risk, error) {
	list, err := p.h.helps().Risks(p.r.Context(), q.ID)
	if err != nil {
		return assistance.Risk{}, err
	}
	i := slices.IndexFunc(list, func(r assistance.Risk) bool { return r.ID == id })
	if i < 0 {
		return assistance.Risk{}, store.ErrNotFound
	}
	return list[i], nil
}

func findRisk(p *helping, q assistance.Project, id string) (partForm, error) {
	r, err := p.riskOf(q, id)
	in := url.Values{
		"text": {r.Text}, "likelihood": {strconv.Itoa(r.Likelihood)}, "impact": {strconv.Itoa(r.Impact)}, "measure": {r.Measure},
		"office": {p.entry(r.Office).Text}, "review": {r.Review},
	}
	return partForm{q: q, id: id, rev: r.Rev, fixed: r.Stage == assistance.RiskClosed, in: in}, err
}

var oneToFive = []string{"1", "2", "3", "4", "5"}

func riskFields(p *helping, x partForm) ([]Field, error) {
	return []Field{
		p.area("risk", "text", x.in, 3), p.choiceField("risk", "likelihood", x.in, oneToFive), p.choiceField("risk", "impact", x.in, oneToFive),
		p.area("risk", "measure", x.in, 3), p.hinted("risk", Field{Name: "office", Value: x.in.Get("office"), Auto: "off"}), p.dayField("risk", "review", x.in),
	}, nil
}

func saveRisk(p *helping, x partForm) error {
	in := x.in
	number := func(name string) int {
		n, _ := strconv.Atoi(in.Get(name)) // 0 is no weight: the room says so
		return n
	}
	d := assistance.RiskDraft{
		Text: plain(in, "text"), Likelihood: number("likelihood"), Impact: number("impact"), Measure: plain(in, "measure"),
		Office: p.idOf(plain(in, "office")), Review: plainDate(plain(in, "review")),
	}
	if x.id == "" {
		_, err := p.h.helps().AddRisk(p.r.Context(), p.Reader.Subject, x.q.ID, d)
		return err
	}
	return p.h.helps().ChangeRisk(p.r.Context(), p.Reader.Subject, x.q.ID, x.id, x.rev, d)
}

// besideRisk are the steps that were taken, and those that can be.
func besideRisk(p *helping, x partForm, v *PartView) error {
	r, err := p.riskOf(x.q, x.id)
	if err != nil {
		return err
	}
	steps, err := p.h.helps().RiskSteps(p.r.Context(), x.q.ID)
	if err != nil {
		return err
	}
	steps = slices.DeleteFunc(steps, func(s assistance.RiskStep) bool { return s.Risk != x.id })
	var people []string
	for _, s := range steps {
		people = append(people, s.By)
	}
	if err := p.meet(people); err != nil {
		return err
	}
	for _, s := range steps {
		v.History = append(v.History, HelpStep{What: p.T("risk.did." + string(s.Move)), Who: p.T("assistance.by", "who", p.name(s.By), "day", s.At), Words: s.Words})
	}
	v.Below = p.T("core.history")
	for _, move := range assistance.RiskMoves(p.Reader.Subject, x.q, r) {
		fields := []Field{p.words("risk", string(move))}
		if move == assistance.ReviewRisk || move == assistance.ReopenRisk {
			fields = append(fields, Field{Name: "review", Label: p.T("risk.field.next"), Type: "date", Width: "medium"})
		}
		v.Forms = append(v.Forms, p.partMove(x, "risks", "risk", string(move), fields...))
	}
	return nil
}

func moveRisk(p *helping, x partForm, move string) error {
	if !slices.Contains([]string{"review", "happen", "close", "reopen"}, move) {
		return NotFound()
	}
	return p.h.helps().MoveRisk(p.r.Context(), p.Reader.Subject, x.q.ID, x.id, x.rev, assistance.RiskMove(move),
		p.r.PostFormValue("words-"+move), plainDate(p.r.PostFormValue("review-"+move)))
}
