package web

import (
	"errors"
	"net/http"
	"time"

	"polis/internal/access"
	"polis/internal/job"
	"polis/internal/lang"
	"polis/internal/store"
)

// JobsView is what runs by itself.
type JobsView struct {
	Turns []TurnLine
	Jobs  []JobLine
	Pages *Pagination
}

// TurnLine is an entry of the timetable.
type TurnLine struct {
	Name, Line string
	Tag        Tag
	Facts      []Fact
	Reason     string // why its last turn failed, or ""
	Now        string // address that runs it now
	Kind       string
}

// JobLine is one job.
type JobLine struct {
	Name   string
	Tag    Tag
	Meta   []string
	Reason string
	Again  string // address that takes it up again, or ""
	Stop   string // address that stops it at its next piece, or ""
	ID     string
}

var jobsPage = newPage("admin-jobs", JobsView{
	Turns: []TurnLine{{"Review of vouching", "Ends what has run out.", Tag{Done, "Waits"}, []Fact{{"Next turn", []Link{{"3 March 2027, 10:00", ""}}}}, "The database did not answer.", "/en/admin/jobs/now", "account.review"}},
	Jobs:  []JobLine{{"Reading a file", Tag{Refusal, "Failed"}, []string{"3 of 10", "3 March 2026, 10:00"}, "It broke.", "/en/admin/jobs/again", "/en/admin/jobs/stop", "1"}},
	Pages: &Pagination{Label: "Pages", Previous: "Previous", Next: "Next", NextURL: "/en/admin/jobs?page=2", State: "Page 1 of 2", Pages: []PageLink{{"1", "/en/admin/jobs", "Page 1", true}}},
})

var (
	noticeTurn  = newNotice("admin.jobs.now.done")
	noticeAgain = newNotice("admin.jobs.again.done")
	noticeStop  = newNotice("admin.jobs.stop.done")
)

// jobsShown is how many jobs a page shows.
const jobsShown = 50

func (h *House) openAdminJobs() {
	h.site.Handle("GET /admin/jobs", h.adminJobs)
	h.site.Handle("POST /admin/jobs/now", h.turnNow)
	h.site.Handle("POST /admin/jobs/again", h.jobAgain)
	h.site.Handle("POST /admin/jobs/stop", h.jobStop)
}

// mayOperate returns nil where the reader keeps the installation running.
func mayOperate(r *http.Request) error {
	if d := ReaderOf(r).May(access.Operate, access.Label{}); !d.Allowed {
		return Refused(d.Rule)
	}
	return nil
}

func (h *House) adminJobs(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	if err := mayOperate(r); err != nil {
		return err
	}
	turns, err := job.Timetable(r.Context(), h.DB)
	if err != nil {
		return err
	}
	page := pageOf(r)
	list, err := job.List(r.Context(), h.DB, store.Everything("jobs"), jobsShown, (page-1)*jobsShown)
	if err != nil {
		return err
	}
	n, err := job.Count(r.Context(), h.DB, store.Everything("jobs"))
	if err != nil {
		return err
	}
	f := h.site.Frame(r)
	f.Title, f.Crumbs = f.T("admin.jobs.title"), []Link{{f.T("admin.title"), f.URL("/admin")}}
	v := JobsView{Pages: f.Pagination(page, (n+jobsShown-1)/jobsShown)}
	for _, j := range turns {
		v.Turns = append(v.Turns, f.turn(j))
	}
	for _, j := range list {
		v.Jobs = append(v.Jobs, f.jobLine(j))
	}
	return jobsPage.Show(w, f, v)
}

// jobName is what a kind of work is called; one without words keeps its id.
func (f *Frame) jobName(kind string) (name, line string) {
	if key := "admin.jobs.kind." + kind; lang.Has(key) {
		name = f.T(key)
	} else {
		name = kind
	}
	if key := "admin.jobs.kind." + kind + ".line"; lang.Has(key) {
		line = f.T(key)
	}
	return name, line
}

var jobMoods = map[job.Stage]Mood{job.Running: Attention, job.Done: Done, job.Failed: Refusal}

func (f *Frame) jobTag(j job.Job) Tag {
	mood := jobMoods[j.Stage]
	if mood == "" {
		mood = Plain
	}
	return Tag{mood, f.T("admin.jobs.stage." + string(j.Stage))}
}

func (f *Frame) turn(j job.Job) TurnLine {
	t := TurnLine{Tag: f.jobTag(j), Kind: j.Kind, Reason: j.Reason, Now: f.URL("/admin/jobs/now")}
	t.Name, t.Line = f.jobName(j.Kind)
	last := f.T("admin.jobs.never")
	if !j.Ran.IsZero() {
		last = f.DateTime(j.Ran.In(time.Local))
	}
	t.Facts = []Fact{{f.T("admin.jobs.last"), []Link{{last, ""}}}, {f.T("admin.jobs.next"), []Link{{f.DateTime(j.Due.In(time.Local)), ""}}}}
	if j.Stage == job.Running {
		t.Now = ""
	}
	if j.Reason != "" {
		t.Tag = Tag{Refusal, f.T("admin.jobs.stage.failed")}
	}
	return t
}

func (f *Frame) jobLine(j job.Job) JobLine {
	line := JobLine{ID: j.ID, Tag: f.jobTag(j), Reason: j.Reason, Meta: []string{f.DateTime(j.Updated.In(time.Local))}}
	line.Name, _ = f.jobName(j.Kind)
	if j.Total > 0 {
		line.Meta = append(line.Meta, f.T("admin.jobs.progress", "done", j.Done, "total", j.Total))
	}
	if j.Stage == job.Failed || j.Stage == job.Stopped {
		line.Again = f.URL("/admin/jobs/again")
	}
	if j.Stage == job.Waiting || j.Stage == job.Running {
		line.Stop = f.URL("/admin/jobs/stop")
	}
	return line
}

// turnNow brings a turn of the timetable forward.
func (h *House) turnNow(w http.ResponseWriter, r *http.Request) error {
	if err := mayOperate(r); err != nil {
		return err
	}
	err := h.Jobs.Now(r.Context(), r.PostFormValue("kind"))
	if err != nil && !errors.Is(err, job.ErrRunning) {
		return err
	}
	return h.site.Frame(r).Redirect(w, "/admin/jobs", noticeTurn, 0)
}

// jobAgain takes up a job that failed or was stopped.
func (h *House) jobAgain(w http.ResponseWriter, r *http.Request) error {
	if err := mayOperate(r); err != nil {
		return err
	}
	if err := job.Resume(r.Context(), h.DB, r.PostFormValue("job")); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	h.Jobs.Wake()
	return h.site.Frame(r).Redirect(w, "/admin/jobs", noticeAgain, 0)
}

// jobStop asks a job to stop at its next piece; it goes on from there when
// somebody takes it up again. One that is over already is what she wanted.
func (h *House) jobStop(w http.ResponseWriter, r *http.Request) error {
	if err := mayOperate(r); err != nil {
		return err
	}
	if err := job.Stop(r.Context(), h.DB, r.PostFormValue("job")); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return h.site.Frame(r).Redirect(w, "/admin/jobs", noticeStop, 0)
}

// running drops the error of a turn that is under way already: it does what was
// asked for.
func running(err error) error {
	if errors.Is(err, job.ErrRunning) {
		return nil
	}
	return err
}
