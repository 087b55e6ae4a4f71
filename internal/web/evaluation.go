package web

import (
	"net/http"
	"slices"
	"strconv"

	"polis/internal/assistance"
)

func (h *House) openEvaluations() {
	const one = "/assistance/projects/{id}/evaluation/{kind}"
	h.site.Handle("GET /assistance/evaluations", h.official(h.evaluations))
	h.site.Handle("GET /assistance/projects/{id}/evaluation", h.official(h.projectEvaluations))
	h.site.Handle("GET "+one, h.official(h.evaluation))
	h.site.Handle("GET "+one+"/edit", h.official(h.editEvaluation))
	h.site.Handle("POST "+one+"/edit", h.official(h.writeEvaluation))
	h.site.Handle("POST "+one+"/move/{move}", h.official(h.moveEvaluation))
	h.site.Handle("POST "+one+"/recommendations", h.official(h.once(h.recommend)))
	h.site.Handle("POST "+one+"/recommendations/{recommendation}/revise", h.official(h.reviseAdvice))
	h.site.Handle("POST "+one+"/recommendations/{recommendation}/drop", h.official(h.dropAdvice))
	h.site.Handle("POST "+one+"/recommendations/{recommendation}/respond", h.official(h.respond))
	h.site.Handle("POST "+one+"/recommendations/{recommendation}/actions", h.official(h.once(h.planAction)))
	h.site.Handle("POST "+one+"/actions/{action}/done", h.official(h.finishAction))
	h.openLessons()
}

func evaluationPath(project string, kind assistance.EvaluationKind) string {
	return projectPath(project, "evaluation/"+string(kind))
}

// EvaluationsView is the part of a project with its three evaluations.
type EvaluationsView struct {
	Head    ProjectHead
	Lines   []HelpLine
	Ratings *Table
	Lessons []HelpLine
	Lesson  string // address where one is written, or ""
}

var evaluationsPage = newPage("evaluations", EvaluationsView{
	Head: sampleProjectHead, Lines: []HelpLine{sampleHelpLine}, Lessons: []HelpLine{sampleHelpLine}, Lesson: "/en/assistance/lessons/new?project=1",
	Ratings: &Table{Caption: "How it was rated", Columns: []Column{{Text: "Criterion"}, {Text: "Final evaluation"}}, Rows: [][]Cell{{{Text: "Relevance"}, {Text: "3 – largely met"}}}},
})

var evaluationMoods = map[assistance.EvaluationStage]Mood{
	assistance.EvaluationDue: Attention, assistance.EvaluationBegun: Attention, assistance.EvaluationFinal: Done, assistance.EvaluationWaived: Plain,
}

func (p *helping) evaluationStage(s assistance.EvaluationStage) Tag {
	return Tag{evaluationMoods[s], p.T("evaluation.stage." + string(s))}
}

// evaluationLate is the tag of one that should have been final, nil of any other.
func (p *helping) evaluationLate(e assistance.Evaluation) *Tag {
	if !e.Overdue(p.now) {
		return nil
	}
	return &Tag{Refusal, p.T("evaluation.late", "day", p.day(e.Due))}
}

// evaluationLine is an evaluation in the list of its project.
func (p *helping) evaluationLine(e assistance.Evaluation) HelpLine {
	line := HelpLine{
		Title: p.T("evaluation.kind." + string(e.Kind)), URL: p.URL(evaluationPath(e.Project, e.Kind)), Tag: p.evaluationStage(e.Stage), Late: p.evaluationLate(e),
		Meta: p.T("evaluation.due", "day", p.day(e.Due)),
	}
	if e.Evaluator != "" {
		line.Meta += " · " + p.entry(e.Evaluator).Text
	}
	if e.Waiting > 0 && e.Stage == assistance.EvaluationFinal {
		line.Next = p.T("evaluation.waiting", "n", e.Waiting)
	}
	return line
}

// projectEvaluations is the part of a project.
func (h *House) projectEvaluations(w http.ResponseWriter, r *http.Request) error {
	q, err := h.projectOf(r)
	if err != nil {
		return err
	}
	f := h.site.Frame(r)
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	v := EvaluationsView{Head: p.projectHead(q, "evaluation")}
	var list []assistance.Evaluation
	for _, kind := range assistance.EvaluationKinds {
		if q.Stage.Drafting() {
			break // they come to be when it is approved
		}
		e, err := h.helps().Evaluation(r.Context(), scope(r), q.ID, kind)
		if err != nil {
			return err
		}
		list = append(list, e)
		v.Lines = append(v.Lines, p.evaluationLine(e))
	}
	v.Ratings = p.ratings(list)
	if v.Lessons, err = p.lessonLines(assistance.LessonFilter{Project: q.ID}); err != nil {
		return err
	}
	if plansHelp(p.Reader.Subject) {
		v.Lesson = f.URL("/assistance/lessons/new?project=" + q.ID)
	}
	return evaluationsPage.Show(w, f, v)
}

// ratings compare what the evaluations that are final say to the criteria, nil where
// none is.
func (p *helping) ratings(list []assistance.Evaluation) *Table {
	list = slices.DeleteFunc(list, func(e assistance.Evaluation) bool { return e.Stage != assistance.EvaluationFinal })
	if len(list) == 0 {
		return nil
	}
	t := Table{Caption: p.T("evaluation.ratings"), Columns: []Column{{Text: p.T("evaluation.ratings.criterion")}}}
	for _, e := range list {
		t.Columns = append(t.Columns, Column{Text: p.T("evaluation.kind." + string(e.Kind))})
	}
	for _, name := range assistance.Criteria {
		row := []Cell{{Text: p.T("evaluation.criterion." + name)}}
		for _, e := range list {
			row = append(row, Cell{Text: p.rating(e.Criteria[name].Rating)})
		}
		t.Rows = append(t.Rows, row)
	}
	return &t
}

func (p *helping) rating(n int64) string {
	name := strconv.FormatInt(n, 10)
	if n < 0 || n > 4 {
		return name // there is none such
	}
	return p.T("evaluation.rating." + name)
}

// The filters of the list for what is overdue and what is still to be done.
const (
	stageOverdue = "overdue"
	stageOpen    = "open"
)

// readEvaluationFilter reads what the address asks for.
func (p *helping) readEvaluationFilter() (f assistance.EvaluationFilter, after assistance.Place, ok bool) {
	q := p.r.URL.Query()
	f.State = q.Get("state")
	for _, kind := range assistance.EvaluationKinds {
		if string(kind) == q.Get("kind") {
			f.Kind = kind
		}
	}
	switch stage := q.Get("stage"); stage {
	case stageOverdue:
		f.Before = p.now.UTC().Format("2006-01-02")
	case stageOpen:
		f.Stages = []assistance.EvaluationStage{assistance.EvaluationDue, assistance.EvaluationBegun}
	default:
		for _, s := range assistance.EvaluationStages {
			if string(s) == stage {
				f.Stages = []assistance.EvaluationStage{s}
			}
		}
	}
	if text := q.Get("after"); text != "" {
		if after, ok = assistance.ParsePlace(text); !ok {
			return f, after, false
		}
	}
	return f, after, true
}

// evaluations lists those that the reader may read.
func (h *House) evaluations(w http.ResponseWriter, r *http.Request) error {
	f := h.asking(r, "evaluation.title")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	filter, after, ok := p.readEvaluationFilter()
	if !ok {
		return NotFound()
	}
	list, more, err := h.helps().Evaluations(r.Context(), scope(r), filter, after, shownInList)
	if err != nil {
		return err
	}
	count, err := h.helps().CountEvaluations(r.Context(), scope(r), filter)
	if err != nil {
		return err
	}
	f.Crumbs = []Link{{f.T("assistance.title"), f.URL("/assistance")}}
	v := HelpListView{Lead: f.T("evaluation.lead"), Action: f.URL("/assistance/evaluations"), Count: f.counted("evaluation.count", count), None: f.T("evaluation.none.fit")}
	v.Sheets = p.sheets("/assistance/evaluations")
	for i, l := range p.sheets("/assistance/recommendations") {
		v.Sheets = append(v.Sheets, Link{f.T([]string{"desk.sheet.advice.csv", "desk.sheet.advice.xlsx"}[i]), l.URL})
	}
	for _, e := range list {
		line := p.evaluationLine(e)
		line.Meta = p.T("evaluation.line", "kind", line.Title, "number", e.Number) + " · " + line.Meta
		line.Title, line.Lang = e.Title, string(e.ProjectLang)
		v.Lines = append(v.Lines, line)
	}
	v.Fields = p.evaluationFilters(filter)
	p.fieldChips(&v)
	if len(v.Chips) == 0 {
		v.None = f.T("evaluation.none")
	}
	if more != (assistance.Place{}) {
		v.More = f.With("after", more.String())
	}
	return assistanceListPage.Show(w, f, v)
}

func (p *helping) evaluationFilters(f assistance.EvaluationFilter) []Field {
	chosen := p.r.URL.Query().Get("stage")
	stages := []Option{{Text: p.T("assistance.any")}}
	for _, s := range []string{stageOverdue, stageOpen, string(assistance.EvaluationDue), string(assistance.EvaluationBegun), string(assistance.EvaluationFinal), string(assistance.EvaluationWaived)} {
		stages = append(stages, Option{Value: s, Text: p.T("evaluation.stage." + s), Chosen: s == chosen})
	}
	kinds := []Option{{Text: p.T("assistance.any")}}
	for _, kind := range assistance.EvaluationKinds {
		kinds = append(kinds, Option{Value: string(kind), Text: p.T("evaluation.kind." + string(kind)), Chosen: kind == f.Kind})
	}
	return []Field{
		{Name: "stage", Label: p.T("assistance.field.stage"), Type: "select", Options: stages},
		{Name: "kind", Label: p.T("evaluation.field.kind"), Type: "select", Options: kinds},
		{Name: "state", Label: p.T("assistance.field.state"), Type: "select", Options: p.stateOptions(f.State)},
	}
}

// fieldChips are what was chosen in the fields of a list's filters, each to be taken
// away.
func (p *helping) fieldChips(v *HelpListView) {
	for _, field := range v.Fields {
		for _, o := range field.Options {
			if o.Chosen && o.Value != "" {
				chip := p.Chip(field.Name, field.Label, o.Value, o.Text)
				chip.Remove = p.instead(field.Name)
				v.Chips = append(v.Chips, chip)
			}
		}
	}
}
