package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/lang"
	"polis/internal/store"
)

// ActivityFormView is the form of an activity: new, or to be changed.
type ActivityFormView struct {
	Action, Back string
	Says         []string
	Rev          int64 // 0 for a new one
	Stale        bool  // somebody has changed it meanwhile
	Differences  []Difference
	Agenda       *AgendaNote // an agenda has filled it in, nil otherwise
	Hidden       []Carried
	Head         []Field
	Hosts        *Field // States and areas, nil where they are fixed
	Who          []Field
	Open         bool // something further is filled in or wrong
	More         []Field
	Forum        []Field
	Button       string
}

var activityEditPage = newPage("activity-edit", ActivityFormView{
	Action: "/en/assistance/activities/1/edit", Back: "/en/assistance/activities/1", Says: []string{"The essentials are kind, title, day and State."}, Rev: 2, Stale: true,
	Differences: []Difference{{"Title", "Training", "Training of trainers"}}, Agenda: &sampleAgendaNote, Hidden: []Carried{{"model", "1"}},
	Head:  []Field{{Name: "kind", Label: "Kind", Type: "select", Options: []Option{{Value: "training", Text: "Training", Chosen: true}}}, {Name: "title", Label: "Title", Error: "Write one.", Proposed: &sampleProposed}},
	Hosts: &Field{Name: "hosts", Label: "States and areas", Type: "checkboxes", Options: []Option{{Value: "KG drugs", Text: "Kyrgyzstan, drugs", Chosen: true}}},
	Who:   []Field{{Name: "organisers", Label: "Organised by", Type: "textarea"}}, Open: true,
	More: []Field{{Name: "agenda", Label: "Agenda", Type: "textarea"}}, Forum: []Field{{Name: "issues", Label: "Issues", Type: "textarea"}}, Button: "Save",
})

var (
	noticeActivityPlanned = newNotice("activity.done.plan")
	noticeActivitySaved   = newNotice("activity.done.revise")
)

// activityForm is the form in one person's hands.
type activityForm struct {
	id      string // "" for a new one
	rev     int64
	stage   assistance.ActivityStage
	project assistance.Project
	model   string                    // of a new one
	agenda  *assistance.WaitingAgenda // of which a new one is made, or nil
	draft   assistance.ActivityDraft
	wrong   assistance.Invalid
	stored  *assistance.ActivityDraft // what somebody else has stored meanwhile
}

// readActivity takes the form as it came. Materials that the library does not know stay
// as they were typed: unknown says that there are some.
func (h *House) readActivity(ctx context.Context, scope access.Scope, w wording, form url.Values) (d assistance.ActivityDraft, unknown bool, err error) {
	named := func(name string) (list []string) {
		for _, line := range plainLines(form.Get(name)) {
			list = append(list, w.idOf(line))
		}
		return list
	}
	d = assistance.ActivityDraft{
		Kind: form.Get("kind"), Lang: lang.Tag(form.Get("lang")), Title: strings.Join(strings.Fields(form.Get("title")), " "),
		Starts: plainDate(plain(form, "starts")), Ends: plainDate(plain(form, "ends")), Place: plain(form, "place"), Online: form.Get("online") != "",
		Organisers: named("organisers"), Languages: plainLines(form.Get("languages")), Trainers: named("trainers"), Agenda: plain(form, "agenda"),
		Coauthor: plain(form, "coauthor"), Issues: plain(form, "issues"), Replies: plain(form, "replies"), Groups: plainLines(form.Get("groups")),
	}
	for _, value := range form["hosts"] {
		host, area, _ := strings.Cut(value, " ")
		d.Hosts = append(d.Hosts, assistance.ActivityHost{Host: host, Area: area})
	}
	for _, day := range plainLines(form.Get("follow-ups")) {
		d.FollowUps = append(d.FollowUps, plainDate(day))
	}
	for _, line := range plainLines(form.Get("materials")) {
		id, err := h.document(ctx, scope, line)
		if err != nil {
			return d, unknown, err
		}
		if id == "" {
			id, unknown = line, true
		}
		d.Materials = append(d.Materials, id)
	}
	return d, unknown, nil
}

// newActivity is the form of a new one: it begins with the project's States, areas and
// organisers, or with another activity a year later.
func (h *House) newActivity(w http.ResponseWriter, r *http.Request) error {
	q, err := h.planning(r)
	if err != nil {
		return err
	}
	form := activityForm{project: q, draft: assistance.ActivityDraft{Lang: q.Lang, Kind: assistance.ActivityKinds[0], Organisers: q.Organisers}}
	if body := ReaderOf(r).Body; body != "" && slices.Contains(q.Organisers, body) {
		form.draft.Organisers = []string{body}
	}
	for _, g := range q.Gates {
		if g.Included {
			form.draft.Hosts = append(form.draft.Hosts, assistance.ActivityHost{Host: g.Host, Area: g.Area})
		}
	}
	if len(q.Places) == 1 {
		form.draft.Place = q.Places[0]
	}
	if form.agenda, err = h.agendaOf(r, r.URL.Query().Get("agenda")); err != nil {
		return err
	}
	number := plain(r.URL.Query(), "from")
	switch {
	case form.agenda != nil:
		if err := h.fillAgenda(r, &form); err != nil {
			return err
		}
		return h.showActivityForm(w, r, form)
	case number == "":
		return h.showActivityForm(w, r, form)
	}
	x, err := h.helps().NumberedActivity(r.Context(), scope(r), number)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return Wrong("activity.error.copy")
	case err != nil:
		return err
	}
	form.draft, form.model = x.Copy(q), x.ID
	return h.showActivityForm(w, r, form)
}

// planning reads the project of the address for somebody who plans in it.
func (h *House) planning(r *http.Request) (assistance.Project, error) {
	q, err := h.writtenProject(r)
	if err == nil && !q.Plans() {
		err = &Fault{Status: http.StatusConflict, Key: "activity.impossible.project." + string(q.Stage)}
	}
	return q, err
}

func (h *House) planActivity(w http.ResponseWriter, r *http.Request) error {
	q, err := h.planning(r)
	if err != nil {
		return err
	}
	words, err := h.words(r, h.site.Frame(r))
	if err != nil {
		return err
	}
	_ = r.ParseForm() // a form that cannot be read is an empty one
	form := activityForm{project: q, model: plain(r.PostForm, "model")}
	if form.agenda, err = h.agendaOf(r, r.PostForm.Get("agenda")); err != nil {
		return err
	}
	var unknown bool
	if form.draft, unknown, err = h.readActivity(r.Context(), scope(r), words, r.PostForm); err != nil {
		return err
	}
	if unknown {
		form.wrong = assistance.Invalid{"materials": "activity.error.materials"}
		return h.showActivityForm(w, r, form)
	}
	id, err := h.helps().PlanActivity(r.Context(), ReaderOf(r).Subject, q.ID, form.draft, form.model)
	switch {
	case errors.As(err, &form.wrong):
		return h.showActivityForm(w, r, form)
	case err != nil:
		return helpFault(r, access.PlanHelp, q.Label, err)
	}
	if form.agenda != nil { // where it stays, she drops it
		_ = h.helps().DropAgenda(r.Context(), ReaderOf(r).Subject, form.agenda.ID)
	}
	return h.site.Frame(r).Redirect(w, activityPath(id, ""), noticeActivityPlanned, 0)
}

// activityOf reads the activity of the address with its project, in the reader's scope.
func (h *House) activityOf(r *http.Request) (x assistance.Activity, q assistance.Project, err error) {
	if x, err = h.helps().Activity(r.Context(), scope(r), r.PathValue("id")); err != nil {
		return x, q, err
	}
	q, err = h.helps().Project(r.Context(), scope(r), x.Project)
	return x, q, err
}

// writtenActivity reads it for somebody who writes it.
func (h *House) writtenActivity(r *http.Request) (x assistance.Activity, q assistance.Project, err error) {
	if x, q, err = h.activityOf(r); err == nil && !x.Writes(ReaderOf(r).Subject, q) {
		err = helpFault(r, access.PlanHelp, x.Label, assistance.ErrForbidden)
	}
	return x, q, err
}

func (h *House) editActivity(w http.ResponseWriter, r *http.Request) error {
	x, q, err := h.writtenActivity(r)
	switch {
	case err != nil:
		return err
	case x.Stage == assistance.ActivityCancelled:
		return &Fault{Status: http.StatusConflict, Key: "activity.impossible." + string(x.Stage)}
	}
	return h.showActivityForm(w, r, activityForm{id: x.ID, rev: x.Rev, stage: x.Stage, project: q, draft: x.Draft()})
}

// reviseActivity stores it anew. Where somebody has stored something else meanwhile she
// sees both beside each other, and nothing that she typed is lost.
func (h *House) reviseActivity(w http.ResponseWriter, r *http.Request) error {
	x, q, err := h.writtenActivity(r)
	if err != nil {
		return err
	}
	p, err := h.helping(r, h.site.Frame(r))
	if err != nil {
		return err
	}
	form := activityForm{id: x.ID, rev: revOf(r), stage: x.Stage, project: q}
	var unknown bool
	if form.draft, unknown, err = h.readActivity(r.Context(), scope(r), p.wording, r.PostForm); err != nil {
		return err
	}
	p.keepHidden(&form.draft, x.Materials)
	if x.Stage == assistance.ActivityHeld { // what is fixed is not asked for
		was := x.Draft()
		form.draft.Starts, form.draft.Ends, form.draft.Place, form.draft.Online, form.draft.Hosts = was.Starts, was.Ends, was.Place, was.Online, was.Hosts
	}
	if unknown {
		form.wrong = assistance.Invalid{"materials": "activity.error.materials"}
		return h.showActivityForm(w, r, form)
	}
	err = h.helps().ReviseActivity(r.Context(), ReaderOf(r).Subject, x.ID, form.rev, form.draft)
	var stale assistance.Stale
	switch {
	case errors.As(err, &form.wrong):
		return h.showActivityForm(w, r, form)
	case errors.As(err, &stale):
		stored := x.Draft()
		form.rev, form.stored = x.Rev, &stored
		return h.showActivityForm(w, r, form)
	case err != nil:
		return helpFault(r, access.PlanHelp, x.Label, err)
	}
	return h.site.Frame(r).Redirect(w, activityPath(x.ID, ""), noticeActivitySaved, 0)
}

func (h *House) showActivityForm(w http.ResponseWriter, r *http.Request, form activityForm) error {
	f := h.asking(r, "activity.new")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	q := form.project
	f.Crumbs = p.activityCrumbs(q)
	v := ActivityFormView{Action: f.URL(projectPath(q.ID, "activities")), Back: f.URL(projectPath(q.ID, "activities")), Says: []string{f.T("activity.new.lead")}, Button: f.T("activity.new")}
	switch {
	case form.id != "":
		f.Title, v.Button, v.Says = f.T("activity.edit"), f.T("core.save"), nil
		v.Action, v.Back, v.Rev = f.URL(activityPath(form.id, "edit")), f.URL(activityPath(form.id, "")), form.rev
		f.Crumbs = append(f.Crumbs, Link{form.draft.Title, v.Back})
		if form.stage == assistance.ActivityHeld {
			v.Says = []string{f.T("activity.edit.held")}
		}
	case form.model != "":
		x, err := h.helps().Activity(r.Context(), scope(r), form.model)
		if err != nil {
			return err
		}
		v.Hidden = []Carried{{"model", x.ID}}
		v.Says = []string{f.T("activity.new.copied", "title", x.Title, "number", x.Number)}
	}
	p.activityFields(form, &v)
	p.markAgenda(form, &v)
	if form.stored != nil {
		f.Status, v.Stale, v.Differences = http.StatusConflict, true, differing(p.activityWords(form.draft), p.activityWords(*form.stored))
	}
	return activityEditPage.Show(w, f, v)
}

// activityCrumbs lead to an activity through its project.
func (p *helping) activityCrumbs(q assistance.Project) []Link {
	return []Link{
		{p.T("assistance.title"), p.URL("/assistance")},
		{p.T("project.title"), p.URL("/assistance/projects")},
		{q.Title, p.URL(projectPath(q.ID, ""))},
		{p.T("activity.title"), p.URL(projectPath(q.ID, "activities"))},
	}
}

// activityFields fills the view with what was typed.
func (p *helping) activityFields(form activityForm, v *ActivityFormView) {
	in, d := form.draft, drafting{wording: p.wording, wrong: form.wrong}
	kind := p.choose("kind", "activity.field.kind", "activity.kind.", assistance.ActivityKinds, in.Kind)
	kind.Error = d.fault("kind")
	field := func(name, value string) Field {
		return Field{Name: name, Label: p.T("activity.field." + name), Value: value, Error: d.fault(name), Auto: "off"}
	}
	area := func(name, value, hint string, rows int) Field {
		f := Field{Name: name, Label: p.T("activity.field." + name), Value: value, Error: d.fault(name), Type: "textarea", Rows: rows}
		if hint != "" {
			f.Hint = p.T(hint)
		}
		return f
	}
	v.Head = []Field{kind, field("title", in.Title)}
	if form.stage != assistance.ActivityHeld {
		v.Head = append(v.Head, p.dayFields(d, in.Starts, in.Ends)...)
		v.Head = append(v.Head, field("place", in.Place), p.onlineField(in.Online))
		v.Hosts = p.hostField(form)
		v.Hosts.Error = d.fault("hosts")
	}
	v.Who = []Field{area("organisers", p.bodies(in.Organisers), "activity.hint.names", 2)}
	before := len(p.Errors)
	coauthor := field("coauthor", in.Coauthor)
	coauthor.Hint = p.T("activity.hint.coauthor")
	v.More = []Field{
		{Name: "lang", Label: p.T("activity.field.lang"), Type: "select", Width: "medium", Options: languageOptions(string(in.Lang)), Error: d.fault("lang")},
		coauthor, area("languages", strings.Join(in.Languages, "\n"), "activity.hint.languages", 2), area("trainers", p.bodies(in.Trainers), "activity.hint.trainers", 3),
		area("agenda", in.Agenda, "", 6), area("materials", p.addresses(in.Materials), "activity.hint.materials", 3),
	}
	v.Forum = []Field{
		area("groups", strings.Join(in.Groups, "\n"), "activity.hint.groups", 3), area("issues", in.Issues, "", 4), area("replies", in.Replies, "", 4),
		area("follow-ups", strings.Join(in.FollowUps, "\n"), "activity.hint.follow-ups", 2),
	}
	v.Open = len(p.Errors) > before || form.id != ""
}

// dayFields are the first and the last day.
func (p *helping) dayFields(d drafting, starts, ends string) []Field {
	return []Field{
		{Name: "starts", Label: p.T("activity.field.starts"), Hint: p.T("activity.hint.day", "example", p.now.Format(time.DateOnly)), Value: starts, Width: "short", Error: d.fault("starts"), Auto: "off"},
		{Name: "ends", Label: p.T("activity.field.ends"), Hint: p.T("activity.hint.ends"), Value: ends, Width: "short", Error: d.fault("ends"), Auto: "off"},
	}
}

func (p *helping) onlineField(online bool) Field {
	return Field{Name: "online", Label: p.T("activity.online"), Type: "checkboxes", Options: []Option{{Value: "1", Text: p.T("activity.field.online"), Chosen: online}}}
}

// hostField offers the States and areas through which the project goes.
func (p *helping) hostField(form activityForm) *Field {
	f := &Field{Name: "hosts", Label: p.T("activity.field.hosts"), Type: "checkboxes"}
	for _, g := range form.project.Gates {
		chosen := slices.Contains(form.draft.Hosts, assistance.ActivityHost{Host: g.Host, Area: g.Area})
		if !g.Included && !chosen {
			continue
		}
		f.Options = append(f.Options, Option{Value: g.Host + " " + g.Area, Text: p.gateName(g.Host, g.Area), Chosen: chosen})
	}
	if len(f.Options) == 0 {
		f.Hint = p.T("activity.hint.hosts.none")
	}
	return f
}

// addresses are documents as a form shows them, one a line: those that the reader finds
// in the library, and what she typed that is none.
func (p *helping) addresses(ids []string) string {
	shown := p.readable(ids)
	var lines []string
	for _, id := range ids {
		switch {
		case documentID(id) == "":
			lines = append(lines, id)
		case slices.Contains(shown, id):
			lines = append(lines, "/library/"+id)
		}
	}
	return strings.Join(lines, "\n")
}

// readable are those of some documents that the reader may read; where that cannot be
// told, none.
func (p *helping) readable(ids []string) (list []string) {
	if len(ids) == 0 {
		return nil
	}
	titles, _ := p.h.Library.Titles(p.r.Context(), scope(p.r), ids, p.Lang)
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return titles[id] == "" })
}

// keepHidden keeps the documents that somebody else put in and the writer may not read:
// her form does not show them.
func (p *helping) keepHidden(d *assistance.ActivityDraft, was []string) {
	shown := p.readable(was)
	for _, id := range was {
		if !slices.Contains(shown, id) {
			d.Materials = append(d.Materials, id)
		}
	}
}

// activityWords puts an activity's fields into words, in a fixed order.
func (p *helping) activityWords(d assistance.ActivityDraft) []described {
	word := func(name, text string) described { return described{p.T("activity.field." + name), text} }
	var hosts []string
	for _, h := range d.Hosts {
		hosts = append(hosts, p.gateName(h.Host, h.Area))
	}
	kind := ""
	if slices.Contains(assistance.ActivityKinds, d.Kind) {
		kind = p.T("activity.kind." + d.Kind)
	}
	return []described{
		word("kind", kind), word("title", d.Title), word("lang", d.Lang.Name()), word("dates", p.period(d.Starts, d.Ends)),
		word("place", p.where(assistance.Activity{Place: d.Place, Online: d.Online})), word("hosts", strings.Join(hosts, "\n")),
		word("organisers", p.bodies(d.Organisers)), word("coauthor", d.Coauthor), word("languages", strings.Join(d.Languages, "\n")), word("trainers", p.bodies(d.Trainers)),
		word("agenda", d.Agenda), word("materials", p.addresses(d.Materials)), word("groups", strings.Join(d.Groups, "\n")), word("issues", d.Issues), word("replies", d.Replies),
		word("follow-ups", strings.Join(d.FollowUps, "\n")),
	}
}
