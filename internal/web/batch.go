package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"polis/internal/job"
	"polis/internal/library"
	"polis/internal/personal"
	"polis/internal/search"
	"polis/internal/store"
)

// BatchView is one change to many documents: before it is done what it will do,
// then how far it is, then what came of it.
type BatchView struct {
	Edit, Asked string
	Tag         Tag
	Facts       []Fact
	Progress    string // how far the work is, or ""
	Done, Total int64
	Look        string // address where one sees how far it is later, or ""
	Failed      string
	Acts        []BatchAct
	Says        string // what happens next
	Kept        string // until when it is kept, and can be undone
	Lines       []BatchLineView
	More        string
}

// BatchAct is one button.
type BatchAct struct {
	Action, Text string
	Kind         string // "", "secondary" or "warning"
}

// BatchLineView is one document with what is changed.
type BatchLineView struct {
	Title, URL, Lang string
	State            string
	Differences      []DifferenceView
}

// DifferenceView is one field before and after.
type DifferenceView struct {
	Name, Lang  string
	Was, Became []MarkedText
}

var batchPage = newPage("batch", BatchView{
	Edit: "“militia” → “police”", Asked: "militia", Tag: Tag{Attention, "At work"}, Facts: []Fact{{"To be changed", []Link{{"12 documents", ""}}}},
	Progress: "50 of 230", Done: 50, Total: 230, Look: "/en/batches/1", Failed: "It broke.", Says: "Nothing has been changed yet.", Kept: "The former values are kept until 3 June 2026.",
	Acts:  []BatchAct{{"/en/batches/1/start", "Change 12 documents", ""}},
	Lines: []BatchLineView{{"The militia", "/en/library/1", "en", "Changed", []DifferenceView{{"Title", "en", []MarkedText{{"The ", false}, {"militia", true}}, []MarkedText{{"The ", false}, {"police", true}}}}}},
	More:  "/en/batches/1?after=50",
})

// linesShown is how many documents of a batch one page shows.
const linesShown = 50

func (h *House) batch(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	ctx, who := r.Context(), ReaderOf(r).Subject
	b, err := h.Library.Batch(ctx, who, r.PathValue("id"))
	if err != nil {
		return err
	}
	counts, err := h.Library.BatchCounts(ctx, b.ID)
	if err != nil {
		return err
	}
	work, err := job.Get(ctx, h.DB, scope(r), b.Job)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	after, _ := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	lines, more, err := h.Library.BatchLines(ctx, who, b, max(after, 0), linesShown)
	if err != nil {
		return err
	}
	f := h.asking(r, "tidy.batch.title")
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	titles, err := h.Library.Titles(ctx, scope(r), documentsOf(lines), f.Lang)
	if err != nil {
		return err
	}
	v := BatchView{Edit: words.edit(b.Edit), Asked: words.askedOf(b), Tag: words.batchTag(b), Facts: words.batchFacts(b, counts)}
	words.batchWork(&v, b, work, counts)
	if b.Stage == library.BatchDone {
		periods, err := personal.LoadPeriods(ctx, h.DB)
		if err != nil {
			return err
		}
		v.Kept = f.T("tidy.says.kept", "date", f.Date(b.Updated.AddDate(0, 0, periods["batches"])))
	}
	for _, line := range lines {
		v.Lines = append(v.Lines, words.batchLine(line, titles[line.Document]))
	}
	if more > 0 {
		v.More = f.URL(batchPath(b.ID) + "?after=" + strconv.FormatInt(more, 10))
	}
	f.Crumbs = []Link{{f.T("web.nav.library"), f.URL("/library")}, {f.T("tidy.bulk.title"), f.URL("/library/bulk?" + b.Asked)}}
	return batchPage.Show(w, f, v)
}

func documentsOf(lines []library.BatchLine) []string {
	ids := make([]string, len(lines))
	for i, l := range lines {
		ids[i] = l.Document
	}
	return ids
}

// batchFacts count the documents by what becomes of them.
func (w wording) batchFacts(b library.Batch, counts []library.BatchCount) (list []Fact) {
	add := func(text string, n int) {
		list = append(list, Fact{text, []Link{{w.T("library.count", "n", n), ""}}})
	}
	for _, c := range counts {
		text := w.T("tidy.count." + c.Stage)
		if c.Reason != "" {
			text += ": " + w.T("tidy.reason."+c.Reason)
		}
		add(text, c.N)
	}
	for _, reason := range []string{"same", "forbidden", "invalid"} {
		if n := b.Passed[reason]; n > 0 {
			add(w.T("tidy.count.passed")+": "+w.T("tidy.reason."+reason), n)
		}
	}
	return list
}

// batchWork says how far the work is and what she can do next.
func (w wording) batchWork(v *BatchView, b library.Batch, work job.Job, counts []library.BatchCount) {
	of := func(stage string) (n int) {
		for _, c := range counts {
			if c.Stage == stage {
				n += c.N
			}
		}
		return n
	}
	act := func(name, key, kind string, args ...any) {
		v.Acts = append(v.Acts, BatchAct{w.URL(batchPath(b.ID) + "/" + name), w.T(key, args...), kind})
	}
	switch b.Stage {
	case library.BatchPrepared:
		v.Says = w.T("tidy.says.prepared")
		if n := of("waiting"); n > 0 {
			act("start", "tidy.act.start", "", "n", n)
		}
		act("drop", "tidy.act.drop", "secondary")
		return
	case library.BatchDone:
		v.Says = w.T("tidy.says.done")
		if of("changed") > 0 {
			act("undo", "tidy.act.undo", "warning")
		}
		return
	case library.BatchUndone:
		v.Says = w.T("tidy.says.undone")
		return
	}
	v.Done, v.Total = work.Done, max(work.Total, 1)
	v.Progress = w.T("admin.jobs.progress", "done", work.Done, "total", work.Total)
	v.Says = w.T("tidy.says.working")
	switch work.Stage {
	case job.Stopped, job.Failed:
		v.Failed, v.Says = work.Reason, w.T("tidy.says.stopped")
		act("resume", "tidy.act.resume", "")
		if b.Stage == library.BatchRunning && of("changed") > 0 {
			act("undo", "tidy.act.undo", "warning")
		}
	case job.Waiting, job.Running:
		v.Look = w.URL(batchPath(b.ID))
		act("stop", "tidy.act.stop", "secondary")
	}
}

func (w wording) batchLine(line library.BatchLine, title string) BatchLineView {
	v := BatchLineView{Title: title, URL: w.URL("/library/" + line.Document)}
	if line.Stage != "waiting" {
		v.State = w.T("tidy.count." + line.Stage)
	}
	if line.Reason != "" {
		v.State = strings.TrimPrefix(v.State+": "+w.T("tidy.reason."+line.Reason), ": ")
	}
	for _, d := range line.Differences {
		v.Differences = append(v.Differences, w.difference(d))
	}
	return v
}

// difference says one field before and after, with what differs marked.
func (w wording) difference(d library.BatchDifference) DifferenceView {
	names := map[string]string{"type": "library.facet.type", "origin": "library.facet.origin", "level": "library.field.level"}
	key := names[d.Field]
	if key == "" {
		key = "library.field." + d.Field
	}
	v := DifferenceView{Name: w.T(key), Lang: string(d.Lang)}
	if slices.Contains([]string{"title", "summary", "keywords"}, d.Field) {
		v.Name += " (" + w.value(search.Lang, library.LangPath(d.Lang)) + ")"
	}
	say := func(values []string) string {
		var list []string
		for _, s := range values {
			switch d.Field {
			case "type":
				s = w.kind(s)
			case "origin":
				if s != "" {
					s = w.names.Name(s, "", w.Lang)
				}
			case "themes":
				s = w.value(search.Theme, s)
			case "level":
				s = w.readersOf(strings.Replace(s, "nobody", "owner", 1))
			}
			list = append(list, s)
		}
		if text := strings.Join(list, "; "); text != "" {
			return text
		}
		return w.T("core.not-stated")
	}
	v.Was, v.Became = library.MarkDifference(say(d.Was), say(d.Became), markText)
	return v
}

func markText(text string, differs bool) MarkedText { return MarkedText{text, differs} }

// batchAct starts, stops, resumes, undoes or drops it.
func (h *House) batchAct(w http.ResponseWriter, r *http.Request) error {
	ctx, who, id := r.Context(), ReaderOf(r).Subject, r.PathValue("id")
	b, err := h.Library.Batch(ctx, who, id)
	if err != nil {
		return err
	}
	to := batchPath(id)
	switch r.PathValue("act") {
	case "start":
		err = h.Library.StartBatch(ctx, who, id)
	case "undo":
		err = h.Library.UndoBatch(ctx, who, id)
	case "stop":
		err = atRest(job.Stop(ctx, h.DB, b.Job))
	case "resume":
		err = atRest(job.Resume(ctx, h.DB, b.Job))
	case "drop":
		to = "/library/bulk?" + b.Asked
		if err = h.Library.DropBatch(ctx, who, id); errors.Is(err, library.ErrForbidden) {
			err = &Fault{Status: http.StatusConflict, Key: "tidy.error.begun", Err: err}
		}
	default:
		err = NotFound()
	}
	if err != nil {
		return err
	}
	h.Jobs.Wake()
	return h.site.Frame(r).Redirect(w, to, "", 0)
}

// atRest drops the error of work that is where it was asked to be.
func atRest(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return running(err)
}

func batchPath(id string) string { return "/batches/" + id }
