package web

import (
	"iter"
	"net/http"
	"strconv"
	"strings"
	"time"

	"polis/internal/assistance"
	"polis/internal/search"
	"polis/internal/sheet"
)

// listSheet is a list as a sheet: its name as a file, without the ending, and as a
// title, its columns, and how the rows behind a place are read.
type listSheet struct {
	name    string
	title   string
	columns []sheet.Column
	rows    func(after assistance.Place) (rows [][]string, more assistance.Place, err error)
}

// sheetStep is how many rows of a sheet are read at once.
const sheetStep = 500

// all are its rows, at most maxSheet; where there are more, the last says so.
func (s listSheet) all(cut string) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		after := assistance.Place{}
		for n := 0; n < maxSheet; {
			rows, more, err := s.rows(after)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
			if n, after = n+len(rows), more; more == (assistance.Place{}) {
				return
			}
		}
		last := make([]string, len(s.columns))
		last[0] = cut
		yield(last, nil)
	}
}

func (h *House) openHelpSheets() {
	for at, of := range map[string]func(*helping) (listSheet, error){
		"/assistance/requests": requestSheet, "/assistance/consents": consentSheet, "/assistance/projects": projectSheet, "/assistance/activities": activitySheet,
		"/assistance/evaluations": evaluationSheet, "/assistance/recommendations": recommendationSheet, "/assistance/lessons": lessonSheet,
	} {
		h.openSheet(at, of)
	}
}

// sheetMedia are the media types of a sheet by its ending.
var sheetMedia = map[string]string{
	"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

// openSheet gives out a list as CSV and as a workbook, at its address and an ending, to
// those who read official records.
func (h *House) openSheet(at string, of func(*helping) (listSheet, error)) {
	h.openSheetTo(h.official, at, of)
}

// openSheetTo is openSheet for those whom door lets in.
func (h *House) openSheetTo(door func(Handler) Handler, at string, of func(*helping) (listSheet, error)) {
	for kind := range sheetMedia {
		h.site.Handle("GET "+at+"."+kind, door(h.site.costly(func(w http.ResponseWriter, r *http.Request) error {
			p, err := h.helping(r, h.site.Frame(r))
			if err != nil {
				return err
			}
			s, err := of(p)
			if err != nil {
				return err
			}
			Patient(w, 10*time.Minute)
			attach(w, sheetMedia[kind], s.name+"."+kind)
			rows := s.all(p.T("desk.sheet.cut"))
			if kind == "csv" {
				return sheet.WriteCSV(w, p.Lang, s.columns, rows)
			}
			return sheet.WriteXLSX(w, p.Lang, s.title, s.columns, rows)
		})))
	}
}

// sheets are the addresses of a list as a sheet, with the list's filters.
func (p *helping) sheets(at string) []Link {
	q := p.r.URL.Query()
	q.Del("after")
	return p.sheetLinks(at, q.Encode())
}

// sheetLinks are the addresses of a sheet in each of its kinds.
func (p *helping) sheetLinks(at, query string) (list []Link) {
	for _, kind := range []string{"csv", "xlsx"} {
		list = append(list, Link{p.T("desk.sheet." + kind), strings.TrimSuffix(p.URL(at+"."+kind)+"?"+query, "?")})
	}
	return list
}

// column is one of a sheet, under the name that a message gives it.
func column(key string, kind sheet.Kind) sheet.Column {
	return sheet.Column{ID: key, Names: sheet.Named(key), Kind: kind}
}

// texts are columns of words.
func texts(keys ...string) (list []sheet.Column) {
	for _, key := range keys {
		list = append(list, column(key, sheet.Text))
	}
	return list
}

// dates are columns of days.
func dates(keys ...string) (list []sheet.Column) {
	for _, key := range keys {
		list = append(list, column(key, sheet.Date))
	}
	return list
}

// columns puts columns behind each other.
func columns(parts ...[]sheet.Column) (list []sheet.Column) {
	for _, part := range parts {
		list = append(list, part...)
	}
	return list
}

// address is the whole address of a record's page, for a sheet.
func (p *helping) address(at string) string { return p.h.origin(p.r) + p.URL(at) }

// each makes the rows of a list.
func each[Record any](list []Record, row func(Record) []string) (rows [][]string) {
	for _, x := range list {
		rows = append(rows, row(x))
	}
	return rows
}

// called are the names of entries of the directory in one cell.
func (p *helping) called(ids []string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = p.entry(id).Text
	}
	return strings.Join(names, "; ")
}

// requestSheet is the list of requests. The texts stay on their pages.
func requestSheet(p *helping) (listSheet, error) {
	filter, _, ok := readHelpFilter(p.r)
	if !ok {
		return listSheet{}, NotFound()
	}
	heads := columns(
		texts("assistance.sheet.number", "assistance.field.state", "assistance.field.title", "assistance.field.lang", "assistance.field.stage"),
		dates("assistance.sheet.moved", "assistance.sheet.due"), texts("library.field.themes"),
		dates("assistance.field.since", "assistance.field.until"), texts("assistance.sheet.address"))
	return listSheet{"requests", p.T("assistance.requests.title"), heads, func(after assistance.Place) ([][]string, assistance.Place, error) {
		list, more, err := p.h.helps().Requests(p.r.Context(), scope(p.r), filter, after, sheetStep)
		return each(list, func(q assistance.Request) []string {
			return []string{
				q.Number, p.names.Name(q.Asker, "", p.Lang), q.Title, q.Lang.Name(), p.stage(q.Stage).Text, q.Moved.UTC().Format(time.DateOnly),
				q.Due, p.all(search.Theme, q.Themes), q.Since, q.Until, p.address(helpPath(q.ID)),
			}
		}), more, err
	}}, nil
}

// consentSheet is the list of consents.
func consentSheet(p *helping) (listSheet, error) {
	filter, ok := readConsentFilter(p.r)
	if !ok {
		return listSheet{}, NotFound()
	}
	heads := columns(
		texts("assistance.sheet.number", "assistance.field.state", "assistance.field.stage", "assistance.field.areas", "assistance.sheet.open", "assistance.field.authority"),
		dates("assistance.field.given", "assistance.field.valid.since", "assistance.field.valid.until"), texts("assistance.sheet.address"))
	return listSheet{"consents", p.T("assistance.consents.title"), heads, func(after assistance.Place) ([][]string, assistance.Place, error) {
		list, more, err := p.h.helps().Consents(p.r.Context(), scope(p.r), filter, after, sheetStep)
		return each(list, func(c assistance.Consent) []string {
			var all, open []string
			for _, a := range c.Areas {
				all = append(all, a.Theme)
				if a.Standing == assistance.AreaOpen {
					open = append(open, a.Theme)
				}
			}
			return []string{
				c.Number, p.names.Name(c.Giver, "", p.Lang), p.consentStage(c.Stage).Text, p.all(search.Theme, all), p.all(search.Theme, open), c.Authority,
				c.Given, c.Since, c.Until, p.address(consentPath(c.ID)),
			}
		}), more, err
	}}, nil
}

// projectSheet is the list of projects.
func projectSheet(p *helping) (listSheet, error) {
	filter, _, ok := readProjectFilter(p.r)
	if !ok {
		return listSheet{}, NotFound()
	}
	heads := columns(
		texts("assistance.sheet.number", "project.field.title", "assistance.field.stage", "project.field.hosts", "library.field.themes"),
		dates("project.field.starts", "project.field.ends"),
		texts("project.field.organisers", "project.field.partners", "project.field.bodies", "project.field.line", "project.field.gender"),
		dates("project.field.due.interim", "project.field.due.final", "project.field.due.expost"), texts("assistance.sheet.address"))
	return listSheet{"projects", p.T("project.title"), heads, func(after assistance.Place) ([][]string, assistance.Place, error) {
		list, more, err := p.h.helps().Projects(p.r.Context(), scope(p.r), filter, after, sheetStep)
		return each(list, func(q assistance.Project) []string {
			line, gender := "", ""
			if q.Line != "" {
				line = p.value(search.Line, q.Line)
			}
			if q.Gender != "" {
				gender = p.T("project.gender." + q.Gender)
			}
			return []string{
				q.Number, q.Title, p.projectStage(q.Stage).Text, p.all(search.Origin, q.States()), p.all(search.Theme, q.Themes), q.Starts, q.Ends,
				p.called(q.Organisers), p.called(q.Partners), p.called(q.Bodies), line, gender, q.InterimDue, q.FinalDue, q.ExPostDue,
				p.address(projectPath(q.ID, "")),
			}
		}), more, err
	}}, nil
}

// activitySheet is the list of activities, with who took part.
func activitySheet(p *helping) (listSheet, error) {
	filter, _, ok := readActivityFilter(p.r)
	if !ok {
		return listSheet{}, NotFound()
	}
	heads := columns(
		texts("assistance.sheet.number", "activity.field.project", "activity.field.title", "activity.field.kind", "activity.field.stage"),
		dates("activity.field.starts", "activity.field.ends"), texts("activity.field.place", "activity.field.state", "activity.field.theme", "activity.field.organisers"),
		[]sheet.Column{column("activity.field.total", sheet.Whole), column("activity.field.women", sheet.Whole), column("activity.field.men", sheet.Whole)},
		texts("assistance.sheet.address"))
	return listSheet{"activities", p.T("activity.title"), heads, func(after assistance.Place) ([][]string, assistance.Place, error) {
		list, more, err := p.h.helps().Activities(p.r.Context(), scope(p.r), filter, after, sheetStep)
		return each(list, func(x assistance.Activity) []string {
			figures := []string{"", "", ""}
			if x.Stage == assistance.ActivityHeld {
				figures = []string{strconv.FormatInt(x.Total, 10), strconv.FormatInt(x.Women, 10), strconv.FormatInt(x.Men, 10)}
			}
			row := []string{
				x.Number, x.ProjectNumber, x.Title, p.T("activity.kind." + x.Kind), p.activityStage(x.Stage).Text, x.Starts, x.Ends, p.where(x),
				p.all(search.Origin, x.States()), p.all(search.Theme, x.Areas()), p.called(x.Organisers),
			}
			return append(append(row, figures...), p.address(activityPath(x.ID, "")))
		}), more, err
	}}, nil
}

// evaluationSheet is the list of evaluations.
func evaluationSheet(p *helping) (listSheet, error) {
	filter, _, ok := p.readEvaluationFilter()
	if !ok {
		return listSheet{}, NotFound()
	}
	heads := columns(
		texts("activity.field.project", "project.field.title", "evaluation.field.kind", "assistance.field.stage"), dates("evaluation.fact.due"),
		texts("evaluation.field.evaluator"), dates("evaluation.fact.answer"), []sheet.Column{column("desk.sheet.waiting", sheet.Whole)}, texts("assistance.sheet.address"))
	return listSheet{"evaluations", p.T("evaluation.title"), heads, func(after assistance.Place) ([][]string, assistance.Place, error) {
		list, more, err := p.h.helps().Evaluations(p.r.Context(), scope(p.r), filter, after, sheetStep)
		return each(list, func(e assistance.Evaluation) []string {
			return []string{
				e.Number, e.Title, p.T("evaluation.kind." + string(e.Kind)), p.evaluationStage(e.Stage).Text, e.Due, p.entry(e.Evaluator).Text, e.AnswerBy,
				strconv.FormatInt(e.Waiting, 10), p.address(evaluationPath(e.Project, e.Kind)),
			}
		}), more, err
	}}, nil
}

// recommendationSheet are the recommendations of the list of evaluations, with what
// was answered and what is done about them.
func recommendationSheet(p *helping) (listSheet, error) {
	filter, _, ok := p.readEvaluationFilter()
	if !ok {
		return listSheet{}, NotFound()
	}
	heads := columns(
		texts("activity.field.project", "project.field.title", "evaluation.field.kind", "evaluation.field.wish", "evaluation.field.addressee", "evaluation.field.priority"),
		dates("evaluation.fact.answer"), texts("evaluation.field.response", "evaluation.field.respond"),
		[]sheet.Column{column("desk.sheet.actions", sheet.Whole), column("desk.sheet.done", sheet.Whole)},
		dates("desk.sheet.next"), texts("assistance.sheet.address"))
	return listSheet{"recommendations", p.T("evaluation.recommendations"), heads, func(after assistance.Place) ([][]string, assistance.Place, error) {
		list, more, err := p.h.helps().RecommendationsIn(p.r.Context(), scope(p.r), filter, after, sheetStep)
		return each(list, p.recommendationRow), more, err
	}}, nil
}

func (p *helping) recommendationRow(r assistance.Recommendation) []string {
	response, done, next := "none", 0, ""
	if r.Response != "" {
		response = string(r.Response)
	}
	for _, a := range r.Actions { // by their days
		switch {
		case a.Done != "":
			done++
		case next == "":
			next = a.Due
		}
	}
	return []string{
		r.Number, r.Title, p.T("evaluation.kind." + string(r.Kind)), r.Wish, p.entry(r.Addressee).Text, p.T("evaluation.priority." + r.Priority), r.AnswerBy,
		p.T("evaluation.response." + response), r.Words, strconv.Itoa(len(r.Actions)), strconv.Itoa(done), next, p.address(evaluationPath(r.Project, r.Kind)),
	}
}

// lessonSheet is the list of lessons.
func lessonSheet(p *helping) (listSheet, error) {
	filter, _, ok := readLessonFilter(p.r)
	if !ok {
		return listSheet{}, NotFound()
	}
	heads := columns(
		texts("lesson.field.title", "assistance.field.stage", "lesson.field.origin", "library.field.themes", "lesson.field.states", "lesson.field.learned", "lesson.field.guidance"),
		dates("desk.sheet.made"), texts("assistance.sheet.address"))
	return listSheet{"lessons", p.T("lesson.title"), heads, func(after assistance.Place) ([][]string, assistance.Place, error) {
		list, more, err := p.h.helps().Lessons(p.r.Context(), scope(p.r), filter, after, sheetStep)
		return each(list, func(l assistance.Lesson) []string {
			return []string{
				l.Title, p.lessonLine(l).Tag.Text, p.T("lesson.origin." + l.Origin), p.all(search.Theme, l.Themes), p.all(search.Origin, l.States), l.Learned, l.Guidance,
				l.Created.UTC().Format(time.DateOnly), p.address(lessonPath(l.ID)),
			}
		}), more, err
	}}, nil
}
