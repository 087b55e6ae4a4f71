package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"polis/internal/access"
	"polis/internal/assistance"
)

// projectNotices are what is said after a move.
var projectNotices = map[assistance.ProjectMove]string{
	assistance.Appraise: newNotice("project.done.appraise"), assistance.ReturnIdea: newNotice("project.done.return"),
	assistance.Approve: newNotice("project.done.approve"), assistance.Start: newNotice("project.done.start"),
	assistance.Suspend: newNotice("project.done.suspend"), assistance.Resume: newNotice("project.done.resume"),
	assistance.Close: newNotice("project.done.close"), assistance.EvaluateProject: newNotice("project.done.evaluate"),
	assistance.StopProject: newNotice("project.done.stop"),
}

// wordyMoves are those that take words.
var wordyMoves = []assistance.ProjectMove{assistance.ReturnIdea, assistance.Suspend, assistance.Close, assistance.StopProject}

// projectMoves are the forms of what the reader can do now, the likeliest first.
func (p *helping) projectMoves(q assistance.Project, m meant) (forms []PersonForm) {
	for _, move := range assistance.ProjectMoves(p.Reader.Subject, q) {
		name := string(move)
		forms = append(forms, PersonForm{
			ID: "move-" + name, Title: p.T("project.do." + name), Action: p.URL(projectPath(q.ID, "move/"+name)), Button: p.T("project.do." + name + ".button"),
			Says: []string{p.T("project.do." + name + ".says")}, Hidden: []Carried{{"rev", strconv.FormatInt(q.Rev, 10)}},
			Warning: move == assistance.StopProject || move == assistance.Suspend, Open: m.move == name, Fields: p.projectMoveFields(q, move, m),
		})
	}
	return forms
}

// projectMoveFields are what a move needs: words, and for the approval the days by
// which the project is evaluated, of which the usual ones are proposed.
func (p *helping) projectMoveFields(q assistance.Project, move assistance.ProjectMove, m meant) (fields []Field) {
	name := string(move)
	if slices.Contains(wordyMoves, move) {
		fields = append(fields, Field{Name: "words-" + name, Label: p.T("project.words." + name), Type: "textarea", Rows: 4})
	}
	if move == assistance.Approve {
		usual := q.UsualDue()
		for _, of := range []struct{ name, day string }{{"interim", usual.Interim}, {"final", usual.Final}, {"expost", usual.ExPost}} {
			fields = append(fields, Field{Name: of.name + "-" + name, Label: p.T("project.field.due." + of.name), Hint: p.T("project.hint.due." + of.name), Value: of.day, Width: "short", Auto: "off"})
		}
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

// moveProject takes a move of the address. Where it did not go the page comes back as
// it stands now, with all that is missing and the words that were written.
func (h *House) moveProject(w http.ResponseWriter, r *http.Request) error {
	move, id := assistance.ProjectMove(r.PathValue("move")), r.PathValue("id")
	if projectNotices[move] == "" {
		return NotFound()
	}
	typed := func(field string) string { return strings.TrimSpace(r.PostFormValue(field + "-" + string(move))) }
	due := assistance.Due{Interim: plainDate(typed("interim")), Final: plainDate(typed("final")), ExPost: plainDate(typed("expost"))}
	err := h.helps().MoveProject(r.Context(), ReaderOf(r).Subject, id, revOf(r), move, typed("words"), due)
	if err == nil {
		return h.site.Frame(r).Redirect(w, projectPath(id, ""), projectNotices[move], 0)
	}
	q, missing := h.projectOf(r)
	if missing != nil {
		return missing
	}
	f := h.site.Frame(r)
	var incomplete assistance.Incomplete
	if errors.As(err, &incomplete) {
		return h.showProject(w, r, q, meant{move: string(move)}, incomplete.Needs, http.StatusUnprocessableEntity)
	}
	m, status, err := f.unmoved(err, string(move))
	if err != nil {
		return helpFault(r, access.PlanHelp, q.Label, err)
	}
	if !slices.Contains(assistance.ProjectMoves(ReaderOf(r).Subject, q), move) {
		m.keep(f, typed("words"))
	}
	return h.showProject(w, r, q, m, nil, status)
}
