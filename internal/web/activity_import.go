package web

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/blob"
	"polis/internal/directory"
	"polis/internal/job"
	"polis/internal/sheet"
)

// ActivityImportsView is where a table of activities is sent in: the form, templates
// to fill in, and what she has brought in lately.
type ActivityImportsView struct {
	Action    string
	File      Field
	Templates []Link
	Mine      []HelpLine
}

var activityImportsPage = newPage("activity-imports", ActivityImportsView{
	Action: "/en/assistance/imports", File: Field{Name: "file", Label: "Table", Type: "file", Error: "Choose one."},
	Templates: []Link{{"Template", "/en/assistance/imports/template.xlsx"}}, Mine: []HelpLine{sampleHelpLine},
})

const (
	largestActivities = 20 << 20 // bytes of a table
	shownImports      = 10
)

func (h *House) openActivityImports() {
	h.site.Handle("GET /assistance/imports", h.official(h.activityImports))
	h.site.HandleUpload("POST /assistance/imports", largestActivities+1<<20, h.official(h.sendActivities))
	h.site.Handle("GET /assistance/imports/template.xlsx", h.official(h.activityTemplate))
	h.site.Handle("GET /assistance/imports/template.csv", h.official(h.activityColumns))
	h.site.Handle("GET /assistance/imports/{id}", h.official(h.activityImport))
	h.site.Handle("POST /assistance/imports/{id}/{act}", h.official(h.importAct))
}

// bringing is the room that takes tables in.
func (h *House) bringing() *assistance.Activities {
	return &assistance.Activities{Assistance: h.helps(), Files: h.Library.Files, Rest: time.Minute, Needs: h.Library.Needs}
}

func importPath(id string) string { return "/assistance/imports/" + id }

// mayBring lets those in who write projects.
func mayBring(r *http.Request) error {
	if d := assistance.MayImport(ReaderOf(r).Subject); !d.Allowed {
		return Refused(d.Rule)
	}
	return nil
}

func (h *House) activityImports(w http.ResponseWriter, r *http.Request) error {
	return h.showActivityImports(w, r, "")
}

func (h *House) showActivityImports(w http.ResponseWriter, r *http.Request, fault string) error {
	if err := mayBring(r); err != nil {
		return err
	}
	f := h.asking(r, "activityimport.title")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	f.Crumbs = []Link{{f.T("assistance.title"), f.URL("/assistance")}, {f.T("activity.title"), f.URL("/assistance/activities")}}
	v := ActivityImportsView{Action: f.URL("/assistance/imports"), Templates: []Link{
		{f.T("activityimport.template.xlsx"), f.URL("/assistance/imports/template.xlsx")}, {f.T("activityimport.template.csv"), f.URL("/assistance/imports/template.csv")},
	}}
	v.File = Field{
		Name: "file", Label: f.T("activityimport.file"), Hint: f.T("activityimport.file.hint", "size", f.Size(largestActivities)), Type: "file", Must: true, Accept: ".csv,.xlsx,.txt,text/csv",
	}
	if fault != "" {
		v.File.Error, f.Status = f.T(fault, "size", f.Size(largestActivities)), http.StatusUnprocessableEntity
		f.Errors = []Error{{"file", v.File.Error}}
	}
	mine, err := h.helps().Imports(r.Context(), ReaderOf(r).Subject, shownImports)
	if err != nil {
		return err
	}
	for _, im := range mine {
		line := HelpLine{Title: im.Name, URL: f.URL(importPath(im.ID)), Tag: p.importTag(im, job.Job{}), Meta: f.DateTime(im.Created)}
		if im.Stage != assistance.ImportLooked {
			line.Meta += " · " + f.T("activityimport.rows", "n", im.Done)
		}
		v.Mine = append(v.Mine, line)
	}
	return activityImportsPage.Show(w, f, v)
}

// sendActivities takes a table in. Nothing of it is stored yet but the file itself.
func (h *House) sendActivities(w http.ResponseWriter, r *http.Request) error {
	if err := mayBring(r); err != nil {
		return err
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return h.showActivityImports(w, r, "activityimport.error.file")
	}
	for {
		part, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return h.showActivityImports(w, r, "activityimport.error.file")
		case err != nil:
			return cutOff(err)
		case part.FormName() != "file" || part.FileName() == "":
			continue
		}
		f := h.site.Frame(r)
		id, err := h.bringing().Upload(r.Context(), ReaderOf(r).Subject, part.FileName(), f.Lang, part)
		var wrong assistance.Invalid
		switch {
		case errors.As(err, &wrong):
			return h.showActivityImports(w, r, wrong["file"])
		case errors.Is(err, blob.ErrTooLarge):
			return h.showActivityImports(w, r, "activityimport.error.large")
		case err != nil:
			return cutOffHelp(r, err)
		}
		return f.Redirect(w, importPath(id), "", 0)
	}
}

// cutOffHelp tells an upload that ended too early from what the room refuses.
func cutOffHelp(r *http.Request, err error) error {
	if errors.Is(err, assistance.ErrForbidden) {
		return helpFault(r, access.PlanHelp, access.Label{Level: access.Official}, err)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return cutOff(err)
	}
	return err
}

// activityTemplate answers with the empty form: the choices as lists, and a second
// sheet that explains each column.
func (h *House) activityTemplate(w http.ResponseWriter, r *http.Request) error {
	columns, err := h.importColumns(r)
	if err != nil {
		return err
	}
	f := h.site.Frame(r)
	var book bytes.Buffer
	if err := sheet.WriteTemplate(&book, f.Lang, f.T("activityimport.template.name"), columns); err != nil {
		return err
	}
	return sendSheet(w, "activities.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", book.Bytes())
}

// activityColumns answers with the names of the columns.
func (h *House) activityColumns(w http.ResponseWriter, r *http.Request) error {
	columns, err := h.importColumns(r)
	if err != nil {
		return err
	}
	var page bytes.Buffer
	if err := sheet.WriteCSV(&page, h.site.Frame(r).Lang, columns, func(func([]string, error) bool) {}); err != nil {
		return err
	}
	return sendSheet(w, "activities.csv", "text/csv; charset=utf-8", page.Bytes())
}

func (h *House) importColumns(r *http.Request) ([]sheet.Column, error) {
	if err := mayBring(r); err != nil {
		return nil, err
	}
	names, err := directory.Names(r.Context(), h.DB)
	if err != nil {
		return nil, err
	}
	return assistance.ImportColumns(names), nil
}

func sendSheet(w http.ResponseWriter, name, kind string, data []byte) error {
	head := w.Header()
	head.Set("Content-Type", kind)
	head.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	head.Set("Cache-Control", "private, no-store")
	head.Set("Content-Length", strconv.Itoa(len(data)))
	_, _ = w.Write(data) // a reader who left needs no answer
	return nil
}

// importAct starts an import, with the faulty rows left out or only where there are
// none, stops and resumes it, or drops the table.
func (h *House) importAct(w http.ResponseWriter, r *http.Request) error {
	ctx, who, id, act := r.Context(), ReaderOf(r).Subject, r.PathValue("id"), r.PathValue("act")
	im, err := h.helps().Import(ctx, who, id)
	if err != nil {
		return err
	}
	to := importPath(id)
	_ = r.ParseForm() // a form that cannot be read is an empty one
	switch act {
	case "start", "partly":
		err = h.bringing().StartImport(ctx, who, id, plain(r.PostForm, "plan"), act == "partly")
		var not assistance.Impossible
		if errors.As(err, &not) && im.Stage == assistance.ImportLooked {
			return h.showActivityImport(w, r, im, not.Key)
		}
	case "drop":
		to, err = "/assistance/imports", h.helps().DropImport(ctx, who, id)
	case "stop":
		err = atRest(job.Stop(ctx, h.DB, im.Job))
	case "resume":
		err = atRest(job.Resume(ctx, h.DB, im.Job))
	default:
		err = NotFound()
	}
	if err != nil {
		return helpFault(r, access.PlanHelp, im.Label, err)
	}
	h.Jobs.Wake()
	return h.site.Frame(r).Redirect(w, to, "", 0)
}

// importTag says how far it is.
func (p *helping) importTag(im assistance.Import, work job.Job) Tag {
	stage, mood := string(im.Stage), map[assistance.ImportStage]Mood{
		assistance.ImportLooked: Plain, assistance.ImportStarted: Attention, assistance.ImportDone: Done, assistance.ImportDropped: Refusal,
	}[im.Stage]
	if im.Stage == assistance.ImportStarted && slices.Contains([]job.Stage{job.Stopped, job.Failed}, work.Stage) {
		stage, mood = "stopped", Refusal
	}
	return Tag{mood, p.T("activityimport.stage." + stage)}
}
