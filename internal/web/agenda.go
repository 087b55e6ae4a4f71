package web

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/agenda"
	"polis/internal/assistance"
	"polis/internal/clamd"
	"polis/internal/library"
	"polis/internal/store"
)

// AgendaUploadView is where agendas are sent in for an activity of a project.
type AgendaUploadView struct {
	Action, Back string
	File         Field
	Keep         *Field // also into the library; nil where she may not
}

var agendaUploadPage = newPage("agenda-upload", AgendaUploadView{
	Action: "/en/assistance/projects/1/activities/agenda", Back: "/en/assistance/projects/1/activities",
	File: Field{Name: "file", Label: "Agenda", Type: "file", Many: true, Error: "Choose one."},
	Keep: &Field{Name: "keep", Label: "Library", Type: "checkboxes", Options: []Option{{Value: "1", Text: "Keep the files"}}},
})

const (
	largestAgendas = 30 << 20 // bytes of all files of a form
	mostAgendas    = 10       // files of a form
	agendaFormats  = ".pdf,.docx,.odt,.txt,.html,.htm,.md,.rtf,.pptx,.xlsx,.eml,.ics,.png,.jpg,.jpeg,.tif,.tiff"
)

func (h *House) openAgendas() {
	h.site.Handle("GET /assistance/projects/{id}/activities/agenda", h.official(h.agendaForm))
	h.site.HandleUpload("POST /assistance/projects/{id}/activities/agenda", largestAgendas+1<<20, h.official(h.site.costly(h.sendAgendas)))
	h.site.Handle("GET /assistance/agendas", h.official(h.agendaList))
	h.site.Handle("GET /assistance/agendas/{id}", h.official(h.agendaPage))
	h.site.Handle("GET /assistance/agendas/{id}/plan", h.official(h.planAgenda))
	h.site.Handle("POST /assistance/agendas/{id}/drop", h.official(h.dropAgenda))
}

func agendaPath(id string) string { return "/assistance/agendas/" + id }

// agendas is the room that reads agendas.
func (h *House) agendas() *assistance.Agendas {
	return &assistance.Agendas{Assistance: h.helps(), Texts: h.Library.Texts, Scanner: h.Library.Scanner}
}

func (h *House) agendaForm(w http.ResponseWriter, r *http.Request) error {
	q, err := h.planning(r)
	if err != nil {
		return err
	}
	return h.showAgendaForm(w, r, q, "")
}

// showAgendaForm shows the form; fault is the key of what is wrong with the files, or "".
func (h *House) showAgendaForm(w http.ResponseWriter, r *http.Request, q assistance.Project, fault string) error {
	f := h.asking(r, "agenda.upload.title")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	f.Crumbs = p.activityCrumbs(q)
	v := AgendaUploadView{Action: f.URL(projectPath(q.ID, "activities/agenda")), Back: f.URL(projectPath(q.ID, "activities"))}
	v.File = Field{
		Name: "file", Label: f.T("agenda.upload.file"), Hint: f.T("agenda.upload.hint", "size", f.Size(largestAgendas)), Type: "file", Many: true, Must: true, Accept: agendaFormats,
	}
	if mayContribute(r) == nil {
		v.Keep = &Field{
			Name: "keep", Label: f.T("agenda.upload.library"), Type: "checkboxes", Options: []Option{{Value: "1", Text: f.T("agenda.upload.keep"), Hint: f.T("agenda.upload.keep.hint")}},
		}
	}
	if fault != "" {
		v.File.Error, f.Status = f.T(fault, "size", f.Size(largestAgendas), "n", mostAgendas), http.StatusUnprocessableEntity
		if advice := strings.Replace(fault, "extract.reason.", "extract.advice.", 1); advice != fault {
			v.File.Error += " " + f.T(advice)
		}
		f.Errors = []Error{{"file", v.File.Error}}
	}
	return agendaUploadPage.Show(w, f, v)
}

// sendAgendas reads the files and leads to the form of the activity, filled in with what
// they propose. Of the files nothing is kept, unless she wants them in the library.
func (h *House) sendAgendas(w http.ResponseWriter, r *http.Request) error {
	q, err := h.planning(r)
	if err != nil {
		return err
	}
	files, keep, fault, err := agendaFiles(r)
	switch {
	case err != nil:
		return err
	case fault != "":
		return h.showAgendaForm(w, r, q, fault)
	}
	id, err := h.agendas().FromUpload(r.Context(), ReaderOf(r).Subject, q.ID, files)
	var wrong assistance.Invalid
	switch {
	case errors.As(err, &wrong):
		return h.showAgendaForm(w, r, q, wrong["file"])
	case errors.Is(err, clamd.ErrUnavailable):
		return &Fault{Status: http.StatusServiceUnavailable, Key: "agenda.error.scanner", Err: err}
	case err != nil:
		return helpFault(r, access.PlanHelp, q.Label, err)
	}
	query := url.Values{"agenda": {id}}
	if keep && mayContribute(r) == nil {
		if err := h.keepAgendas(r, files, query); err != nil {
			return err
		}
	}
	return h.site.Frame(r).Redirect(w, withQuery(projectPath(q.ID, "activities/new"), query), "", 0)
}

// agendaFiles takes the files of the form. fault is the key of what is wrong with it.
func agendaFiles(r *http.Request) (files []agenda.File, keep bool, fault string, err error) {
	form, err := r.MultipartReader()
	if err != nil {
		return nil, false, "agenda.error.file", nil
	}
	left := int64(largestAgendas)
	for range maxParts {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, false, tooLarge(err), unlessLarge(err)
		}
		data, err := io.ReadAll(io.LimitReader(part, left+1))
		switch left -= int64(len(data)); {
		case err != nil:
			return nil, false, tooLarge(err), unlessLarge(err)
		case left < 0:
			return nil, false, "agenda.error.large", nil
		case part.FileName() == "":
			keep = keep || part.FormName() == "keep"
			continue
		case len(files) == mostAgendas:
			return nil, false, "agenda.error.number", nil
		}
		files = append(files, agenda.File{Name: partName(part), Data: data})
	}
	if len(files) == 0 {
		return nil, false, "agenda.error.file", nil
	}
	return files, keep, "", nil
}

func partName(part *multipart.Part) string { return library.CleanName(part.FileName()) }

// tooLarge tells files that are too large from a line that broke.
func tooLarge(err error) string {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return "agenda.error.large"
	}
	return ""
}

func unlessLarge(err error) error {
	if tooLarge(err) != "" {
		return nil
	}
	return cutOff(err)
}

// keepAgendas puts the files into the library's intake as well; query gets the batch in
// which they wait, and the documents that they are already.
func (h *House) keepAgendas(r *http.Request, files []agenda.File, query url.Values) error {
	batch := store.NewID()
	for _, f := range files {
		if ending := strings.ToLower(path.Ext(f.Name)); ending == ".eml" || ending == ".ics" {
			continue
		}
		in, err := h.Library.Receive(r.Context(), ReaderOf(r).Subject, batch, f.Name, bytes.NewReader(f.Data))
		switch {
		case err != nil:
			return err
		case in.Document != "":
			query.Add("material", in.Document)
		default:
			query.Set("batch", in.Batch)
		}
	}
	h.Jobs.Wake()
	return nil
}

// AgendaListView are the agendas that wait for the reader.
type AgendaListView struct {
	Lines []HelpLine
	Inbox *InboxAddress // where she sends agendas; nil where no mail is taken in
}

var agendaListPage = newPage("agendas", AgendaListView{Lines: []HelpLine{sampleHelpLine}, Inbox: sampleInboxAddress})

func (h *House) agendaList(w http.ResponseWriter, r *http.Request) error {
	if err := mayBring(r); err != nil {
		return err
	}
	f := h.asking(r, "agenda.title")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	f.Crumbs = []Link{{f.T("assistance.title"), f.URL("/assistance")}, {f.T("activity.title"), f.URL("/assistance/activities")}}
	list, err := h.helps().WaitingAgendas(r.Context(), ReaderOf(r).Subject)
	if err != nil {
		return err
	}
	var v AgendaListView
	for _, x := range list {
		v.Lines = append(v.Lines, p.agendaLine(x))
	}
	if v.Inbox, err = h.inboxAddress(r, "agenda"); err != nil {
		return err
	}
	return agendaListPage.Show(w, f, v)
}

// agendaLine is one in a list.
func (p *helping) agendaLine(x assistance.WaitingAgenda) HelpLine {
	line := HelpLine{Title: x.Name, URL: p.URL(agendaPath(x.ID)), Tag: Tag{Attention, p.T("agenda.waits")}, Meta: p.T("agenda.since", "day", x.Created)}
	if x.Found.Title.Found() {
		line.Title, line.Lang = x.Found.Title.Value, x.Found.Lang.Value
	}
	for _, part := range []string{p.period(x.Found.Starts.Value, x.Found.Ends.Value), x.Found.Place.Value} {
		if part != "" {
			line.Meta += " · " + part
		}
	}
	return line
}

// AgendaView is what an agenda proposes, and the project for which an activity is made
// of it.
type AgendaView struct {
	Says     []string
	Findings []FoundView
	Faults   []string
	Action   string
	Projects *Field // nil where there are none
	Number   Field
	Drop     string
}

// FoundView is a proposal with its place in the text.
type FoundView struct {
	Name, Value, Lang string // Lang of what it says, or ""
	Proposed          Proposed
}

var agendaViewPage = newPage("agenda", AgendaView{
	Says: []string{"From a letter of 3 March 2026."}, Findings: []FoundView{{"Title", "Семинар", "ru", sampleProposed}}, Faults: []string{"scan.pdf: no text"},
	Action: "/en/assistance/agendas/1/plan", Projects: &Field{Name: "project", Label: "Project", Type: "select", Options: []Option{{Value: "1", Text: "2026/17"}}},
	Number: Field{Name: "number", Label: "Number"}, Drop: "/en/assistance/agendas/1/drop",
})

func (h *House) agendaPage(w http.ResponseWriter, r *http.Request) error {
	return h.showAgenda(w, r, "")
}

// showAgenda shows one; fault is what is wrong with the number of a project, or "".
func (h *House) showAgenda(w http.ResponseWriter, r *http.Request, fault string) error {
	x, err := h.helps().WaitingAgenda(r.Context(), ReaderOf(r).Subject, r.PathValue("id"))
	if err != nil {
		return err
	}
	f := h.asking(r, "agenda.title")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	f.Title = x.Name
	f.Crumbs = []Link{{f.T("assistance.title"), f.URL("/assistance")}, {f.T("agenda.title"), f.URL("/assistance/agendas")}}
	v := AgendaView{
		Says: []string{f.T("agenda.page.lead")}, Findings: p.found(x.Found), Faults: p.unread(x), Action: f.URL(agendaPath(x.ID) + "/plan"), Drop: f.URL(agendaPath(x.ID) + "/drop"),
		Number: Field{Name: "number", Label: f.T("agenda.number"), Hint: f.T("agenda.number.hint"), Width: "short", Auto: "off", Value: plain(r.URL.Query(), "number")},
	}
	if x.Found.Past {
		v.Says = append(v.Says, f.T("agenda.past"))
	}
	if v.Projects, err = p.projectField(x); err != nil {
		return err
	}
	if fault != "" {
		v.Number.Error, f.Status = f.T(fault), http.StatusUnprocessableEntity
		f.Errors = []Error{{"number", v.Number.Error}}
	}
	return agendaViewPage.Show(w, f, v)
}

// projectField offers the projects in which she plans: first the one for which it came,
// then those in the State of the agenda.
func (p *helping) projectField(x assistance.WaitingAgenda) (*Field, error) {
	f := &Field{Name: "project", Label: p.T("agenda.project"), Type: "select", Options: []Option{{Text: p.T("agenda.project.none")}}}
	var first, rest []Option
	seen := map[string]bool{}
	for _, w := range assistance.WatchesOf(p.Reader.Subject) {
		filter := assistance.ProjectFilter{Body: w.Body, Owner: w.Owner, Stages: []assistance.ProjectStage{assistance.Idea, assistance.Appraised, assistance.Approved, assistance.Active, assistance.Suspended}}
		list, _, err := p.h.helps().Projects(p.r.Context(), scope(p.r), filter, assistance.Place{}, 100)
		if err != nil {
			return nil, err
		}
		for _, q := range list {
			if seen[q.ID] || !q.Writes(p.Reader.Subject) {
				continue
			}
			seen[q.ID] = true
			o := Option{Value: q.ID, Text: q.Number + " · " + q.Title, Chosen: q.ID == x.Project}
			in := slices.ContainsFunc(q.Gates, func(g assistance.Gate) bool { return g.Included && g.Host == x.Found.State.Value })
			if o.Chosen || in {
				first = append(first, o)
			} else {
				rest = append(rest, o)
			}
		}
	}
	if len(seen) == 0 {
		return nil, nil
	}
	f.Options = append(f.Options, append(first, rest...)...)
	return f, nil
}

// planAgenda leads to the form of the activity in the project that she chose.
func (h *House) planAgenda(w http.ResponseWriter, r *http.Request) error {
	x, err := h.helps().WaitingAgenda(r.Context(), ReaderOf(r).Subject, r.PathValue("id"))
	if err != nil {
		return err
	}
	id := r.URL.Query().Get("project")
	if number := plain(r.URL.Query(), "number"); number != "" {
		q, found, err := h.helps().ProjectNumbered(r.Context(), scope(r), number)
		if err != nil {
			return err
		}
		if id = ""; found {
			id = q.ID
		}
	}
	if id == "" {
		return h.showAgenda(w, r, "agenda.error.project")
	}
	return h.site.Frame(r).Redirect(w, withQuery(projectPath(id, "activities/new"), url.Values{"agenda": {x.ID}}), "", 0)
}

var noticeAgendaDropped = newNotice("agenda.dropped")

func (h *House) dropAgenda(w http.ResponseWriter, r *http.Request) error {
	if err := h.helps().DropAgenda(r.Context(), ReaderOf(r).Subject, r.PathValue("id")); err != nil {
		return err
	}
	return h.site.Frame(r).Redirect(w, "/assistance/agendas", noticeAgendaDropped, 0)
}
