package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"polis/internal/access"
	"polis/internal/assistance"
)

// evaluationForm is one of the forms of the page. The names of its fields end with its
// id, because all of them stand on one page; what was typed into it stands there again.
func (p *helping) evaluationForm(id, key, path string, rev int64, m meant, fields ...Field) PersonForm {
	form := PersonForm{
		ID: id, Title: p.T("evaluation.do." + key), Says: []string{p.T("evaluation.do." + key + ".says")}, Button: p.T("evaluation.do." + key + ".button"),
		Action: p.URL(path), Hidden: []Carried{{"rev", strconv.FormatInt(rev, 10)}, {"form", id}}, Fields: fields, Open: m.move == id,
		Warning: key == "waive" || key == "drop",
	}
	for i := range fields {
		field := &fields[i]
		field.Name += "-" + id
		if m.move != id {
			continue
		}
		field.Value = p.r.PostFormValue(field.Name)
		for n := range field.Options {
			field.Options[n].Chosen = slices.Contains(p.r.PostForm[field.Name], field.Options[n].Value)
		}
	}
	if m.move == id {
		p.flagAt(fields, m, id)
	}
	return form
}

// evaluationActs are the forms about the whole of it.
func (p *helping) evaluationActs(q assistance.Project, e assistance.Evaluation, m meant) (forms []PersonForm) {
	for _, move := range assistance.EvaluationMoves(p.Reader.Subject, q, e) {
		var fields []Field
		if move == assistance.PostponeEvaluation {
			fields = append(fields, Field{Name: "due", Label: p.T("evaluation.field.new-due"), Hint: p.T("evaluation.hint.day"), Width: "short", Auto: "off"})
		}
		if move == assistance.PostponeEvaluation || move == assistance.WaiveEvaluation {
			fields = append(fields, Field{Name: "words", Label: p.T("evaluation.field.words"), Type: "textarea", Rows: 3})
		}
		forms = append(forms, p.evaluationForm(string(move), string(move), evaluationPath(q.ID, e.Kind)+"/move/"+string(move), e.Rev, m, fields...))
	}
	return forms
}

func (p *helping) adviceFields(d assistance.AdviceDraft) []Field {
	priorities := Field{Name: "priority", Label: p.T("evaluation.field.priority"), Type: "select", Width: "short"}
	for _, name := range assistance.Priorities {
		priorities.Options = append(priorities.Options, Option{Value: name, Text: p.T("evaluation.priority." + name), Chosen: name == d.Priority})
	}
	addressee := ""
	if d.Addressee != "" {
		addressee = p.entry(d.Addressee).Text
	}
	return []Field{
		{Name: "wish", Label: p.T("evaluation.field.wish"), Value: d.Wish, Type: "textarea", Rows: 4},
		{Name: "addressee", Label: p.T("evaluation.field.addressee"), Hint: p.T("evaluation.hint.addressee"), Value: addressee, Auto: "off"},
		priorities,
	}
}

// adviceForms are those of a recommendation: to change it while the evaluation is
// written; then to answer it, and to plan what is done about it.
func (p *helping) adviceForms(e assistance.Evaluation, a assistance.Recommendation, n string, m meant) []PersonForm {
	path := evaluationPath(e.Project, e.Kind) + "/recommendations/" + a.ID
	if e.Stage == assistance.EvaluationBegun {
		return []PersonForm{
			p.evaluationForm("revise-"+n, "revise", path+"/revise", a.Rev, m, p.adviceFields(a.Draft())...),
			p.evaluationForm("drop-"+n, "drop", path+"/drop", a.Rev, m),
		}
	}
	response := Field{Name: "response", Label: p.T("evaluation.field.response"), Type: "radios"}
	for _, r := range assistance.Responses {
		response.Options = append(response.Options, Option{Value: string(r), Text: p.T("evaluation.response." + string(r)), Chosen: r == a.Response})
	}
	forms := []PersonForm{p.evaluationForm("respond-"+n, "respond", path+"/respond", a.Rev, m,
		response, Field{Name: "words", Label: p.T("evaluation.field.respond"), Value: a.Words, Type: "textarea", Rows: 4})}
	if a.Response.Acts() {
		forms = append([]PersonForm{p.evaluationForm("act-"+n, "act", path+"/actions", a.Rev, m,
			Field{Name: "task", Label: p.T("evaluation.field.task"), Type: "textarea", Rows: 3},
			Field{Name: "office", Label: p.T("evaluation.field.office"), Hint: p.T("evaluation.hint.addressee"), Auto: "off"},
			Field{Name: "due", Label: p.T("evaluation.field.action-due"), Hint: p.T("evaluation.hint.day"), Width: "short", Auto: "off"},
			Field{Name: "mine", Label: p.T("evaluation.field.mine"), Type: "checkboxes", Options: []Option{{Value: "yes", Text: p.T("evaluation.field.mine")}}})}, forms...)
	}
	return forms
}

var (
	noticeEvaluationSaved = newNotice("evaluation.said.saved")
	noticeRecommended     = newNotice("evaluation.said.recommend")
	noticeAdviceDropped   = newNotice("evaluation.said.drop")
	noticeResponded       = newNotice("evaluation.said.respond")
	noticeActionPlanned   = newNotice("evaluation.said.act")
	noticeActionDone      = newNotice("evaluation.said.done")
)

var evaluationNotices = map[assistance.EvaluationMove]string{
	assistance.BeginEvaluation: newNotice("evaluation.said.begin"), assistance.FinishEvaluation: newNotice("evaluation.said.finish"),
	assistance.PostponeEvaluation: newNotice("evaluation.said.postpone"), assistance.WaiveEvaluation: newNotice("evaluation.said.waive"),
}

// writtenIn reads the fields of the form that was sent.
func writtenIn(r *http.Request) func(name string) string {
	form := r.PostFormValue("form")
	return func(name string) string {
		return strings.TrimSpace(strings.ReplaceAll(r.PostFormValue(name+"-"+form), "\r\n", "\n"))
	}
}

// evaluationActed leads back to the page after something was done there; where it did
// not go, the page comes back as it stands now, with what was written.
func (h *House) evaluationActed(w http.ResponseWriter, r *http.Request, notice string, err error) error {
	if err == nil {
		return h.site.Frame(r).Redirect(w, evaluationPath(r.PathValue("id"), assistance.EvaluationKind(r.PathValue("kind"))), notice, 0)
	}
	q, e, missing := h.evaluationOf(r)
	if missing != nil {
		return missing
	}
	m, status, err := h.site.Frame(r).unmoved(err, r.PostFormValue("form"))
	if err != nil {
		return helpFault(r, access.PlanHelp, q.Label, err)
	}
	return h.showEvaluation(w, r, q, e, m, status)
}

func (h *House) moveEvaluation(w http.ResponseWriter, r *http.Request) error {
	move, kind := assistance.EvaluationMove(r.PathValue("move")), assistance.EvaluationKind(r.PathValue("kind"))
	if evaluationNotices[move] == "" {
		return NotFound()
	}
	text := writtenIn(r)
	err := h.helps().MoveEvaluation(r.Context(), ReaderOf(r).Subject, r.PathValue("id"), kind, revOf(r), move, text("words"), plainDate(text("due")))
	if wrong := invalidHelp(err); len(wrong) > 0 && move == assistance.FinishEvaluation {
		q, e, err := h.evaluationOf(r)
		if err != nil {
			return err
		}
		return h.showEvaluationForm(w, r, q, e, evaluationTyped{rev: e.Rev, draft: e.Draft(), wrong: wrong})
	}
	return h.evaluationActed(w, r, evaluationNotices[move], err)
}

// adviceOf reads a recommendation from the form that was sent.
func (h *House) adviceOf(r *http.Request) (assistance.AdviceDraft, error) {
	text := writtenIn(r)
	addressee, err := h.directoryID(r, text("addressee"))
	return assistance.AdviceDraft{Wish: text("wish"), Addressee: addressee, Priority: text("priority")}, err
}

func (h *House) recommend(w http.ResponseWriter, r *http.Request) error {
	d, err := h.adviceOf(r)
	if err != nil {
		return err
	}
	_, err = h.helps().Recommend(r.Context(), ReaderOf(r).Subject, r.PathValue("id"), assistance.EvaluationKind(r.PathValue("kind")), d)
	return h.evaluationActed(w, r, noticeRecommended, err)
}

func (h *House) reviseAdvice(w http.ResponseWriter, r *http.Request) error {
	d, err := h.adviceOf(r)
	if err != nil {
		return err
	}
	return h.evaluationActed(w, r, noticeEvaluationSaved, h.helps().ReviseAdvice(r.Context(), ReaderOf(r).Subject, r.PathValue("recommendation"), revOf(r), d))
}

func (h *House) dropAdvice(w http.ResponseWriter, r *http.Request) error {
	return h.evaluationActed(w, r, noticeAdviceDropped, h.helps().DropAdvice(r.Context(), ReaderOf(r).Subject, r.PathValue("recommendation"), revOf(r)))
}

func (h *House) respond(w http.ResponseWriter, r *http.Request) error {
	text := writtenIn(r)
	err := h.helps().Respond(r.Context(), ReaderOf(r).Subject, r.PathValue("recommendation"), revOf(r), assistance.Response(text("response")), text("words"))
	return h.evaluationActed(w, r, noticeResponded, err)
}

func (h *House) planAction(w http.ResponseWriter, r *http.Request) error {
	text, who := writtenIn(r), ReaderOf(r).Subject
	office, err := h.directoryID(r, text("office"))
	if err != nil {
		return err
	}
	d := assistance.ActionDraft{Task: text("task"), Office: office, Due: plainDate(text("due"))}
	if text("mine") != "" {
		d.Person = who.ID
	}
	_, err = h.helps().PlanAction(r.Context(), who, r.PathValue("recommendation"), d)
	return h.evaluationActed(w, r, noticeActionPlanned, err)
}

func (h *House) finishAction(w http.ResponseWriter, r *http.Request) error {
	text := writtenIn(r)
	err := h.helps().FinishAction(r.Context(), ReaderOf(r).Subject, r.PathValue("action"), revOf(r), plainDate(text("done")), text("how"))
	return h.evaluationActed(w, r, noticeActionDone, err)
}
