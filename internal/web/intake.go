package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"polis/internal/account"
	"polis/internal/extract"
	"polis/internal/library"
	"polis/internal/search"
	"polis/internal/store"
)

// IntakeView lists what has arrived and is not, or not yet, in the library.
type IntakeView struct {
	Stages   []StageLink
	Reading  string // "3 files are being read.", or ""
	Again    string // address of this page
	Arrivals []ArrivalView
	Pages    *Pagination
	Add      string
	Whole    string // address of the list of all batches, where this is one
	All      *KeepAllView
}

// StageLink leads to the files of one stage.
type StageLink struct {
	Text, Count, URL string
	Here             bool
}

// ArrivalView is one file.
type ArrivalView struct {
	File    string
	Title   string // proposed, where it says more than the file's name
	Lang    string // of the title
	URL     string // to confirm it, or to the document that it became
	Tag     Tag
	Meta    []string
	Reason  string // why it is in quarantine
	Advice  string // what can be done
	Confirm string // address, of a file that waits for it
	Retry   string // address to read it again
	Discard string // address to set it aside
}

var intakePage = newPage("intake", IntakeView{
	Stages:  []StageLink{{"All", "14", "/en/library/intake", true}, {"Quarantine", "2", "/en/library/intake?stage=quarantined", false}},
	Reading: "2 files are being read.", Again: "/en/library/intake?batch=b1",
	Arrivals: []ArrivalView{
		{File: "po-guide-2019-final(2).pdf", Title: "Начальные действия", Lang: "ru", URL: "/en/library/intake/1/confirm", Tag: Tag{Attention, "Waits for you"}, Meta: []string{"1.2 MB", "Русский", "12 pages"}, Confirm: "/en/library/intake/1/confirm", Discard: "/en/library/intake/1/discard"},
		{File: "minutes.docx", URL: "/en/library/intake/2/confirm", Tag: Tag{Refusal, "In quarantine"}, Meta: []string{"40 kB"}, Reason: "The file needs a password.", Advice: "Save it without one and send it again.", Retry: "/en/library/intake/2/retry", Discard: "/en/library/intake/2/discard"},
	},
	Pages: &Pagination{Label: "Pages", Previous: "Previous", Next: "Next", NextURL: "/en/library/intake?page=2", State: "Page 1 of 2", Pages: []PageLink{{"1", "/en/library/intake", "Page 1", true}}},
	Add:   "/en/library/upload", Whole: "/en/library/intake",
	All: &sampleKeepAll,
})

// intakeAPage is how many files a page lists.
const intakeAPage = 50

var (
	noticeKept      = newNotice("library.intake.saved")
	noticeAside     = newNotice("library.intake.aside")
	noticeReadAgain = newNotice("library.intake.again")
)

func (h *House) openIntake() {
	h.site.Handle("GET /library/intake", h.intake)
	h.site.Handle("POST /library/intake", h.keepAll)
	h.site.Handle("GET /library/intake/{id}/confirm", h.confirmForm)
	h.site.Handle("POST /library/intake/{id}/confirm", h.confirm)
	h.site.Handle("POST /library/intake/{id}/retry", h.retry)
	h.site.Handle("POST /library/intake/{id}/discard", h.discard)
}

// confirmPath is where a file that has arrived is looked at and confirmed.
func confirmPath(id string) string { return "/library/intake/" + id + "/confirm" }

func (h *House) intake(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	if err := mayContribute(r); err != nil {
		return err
	}
	if r.FormValue("wait") != "" {
		waitUntilRead(r.Context(), h.reading(r, r.FormValue("batch")))
	}
	return h.showIntake(w, r, draftForm{}, nil)
}

// reading tells whether files of the batch are still being read.
func (h *House) reading(r *http.Request, batch string) func() bool {
	return func() bool {
		counts, err := h.Library.Stages(r.Context(), ReaderOf(r).Subject, batch)
		return err == nil && counts[library.Arrived] > 0
	}
}

// showIntake shows the list; shared and wrong are the form for all that are
// ready as it was typed.
func (h *House) showIntake(w http.ResponseWriter, r *http.Request, shared draftForm, wrong map[string]string) error {
	ctx, who := r.Context(), ReaderOf(r).Subject
	filter := library.Filter{Batch: r.URL.Query().Get("batch"), Stage: stageOf(r.URL.Query().Get("stage"))}
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	page = min(max(page, 1), 10_000)
	list, n, err := h.Library.Intakes(ctx, who, filter, intakeAPage, (page-1)*intakeAPage)
	if err != nil {
		return err
	}
	counts, err := h.Library.Stages(ctx, who, filter.Batch)
	if err != nil {
		return err
	}
	f := h.site.Frame(r)
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	f.Title = f.T("library.intake.title")
	f.Crumbs = []Link{{f.T("web.nav.library"), f.URL("/library")}}
	v := IntakeView{
		Stages: f.stages(filter.Stage, counts), Add: f.URL("/library/upload"),
		Pages: f.Pagination(page, int(n+intakeAPage-1)/intakeAPage),
	}
	if filter.Batch != "" {
		v.Whole = f.With("batch", "")
	}
	if waiting := counts[library.Arrived]; waiting > 0 {
		v.Reading, v.Again = f.T("library.intake.reading", "n", waiting), f.With("wait", "1")
	}
	owners := map[string]string{}
	for _, in := range list {
		v.Arrivals = append(v.Arrivals, words.arrival(in, h.owner(r, in.Owner, owners)))
	}
	if filter.Stage == "" || filter.Stage == library.Ready {
		if v.All, err = h.keepAllView(r, words, shared, wrong); err != nil {
			return err
		}
	}
	h.tellOfScanner(f)
	return intakePage.Show(w, f, v)
}

// owner is the name of who brought a file, where that is somebody else.
func (h *House) owner(r *http.Request, id string, known map[string]string) string {
	if id == ReaderOf(r).ID {
		return ""
	}
	if _, ok := known[id]; !ok {
		p, err := account.Load(r.Context(), h.DB, id)
		if err == nil {
			known[id] = p.Name
		}
	}
	return known[id]
}

// listedStages are the stages in the order of their links; "" is all but those
// set aside.
var listedStages = []library.Stage{"", library.Arrived, library.Ready, library.Quarantined, library.Kept, library.Discarded}

func stageOf(s string) library.Stage {
	for _, stage := range listedStages {
		if string(stage) == s {
			return stage
		}
	}
	return ""
}

func (f *Frame) stages(here library.Stage, counts map[library.Stage]int64) []StageLink {
	var links []StageLink
	for _, stage := range listedStages {
		n, key := counts[stage], "library.stage."+string(stage)
		if stage == "" {
			n = counts[library.Arrived] + counts[library.Ready] + counts[library.Quarantined] + counts[library.Kept]
			key = "library.stage.all"
		}
		if n == 0 && stage != "" && stage != here {
			continue
		}
		links = append(links, StageLink{f.T(key), f.Number(n), f.With("stage", string(stage)), stage == here})
	}
	return links
}

// arrival is one file of the list, with what can be done about it.
func (w wording) arrival(in library.Intake, owner string) ArrivalView {
	v := ArrivalView{File: in.File, URL: w.URL(confirmPath(in.ID)), Tag: Tag{stageMoods[in.Stage], w.T("library.stage." + string(in.Stage))}}
	v.Meta = w.arrivalMeta(in, owner)
	if in.Proposal.Title != "" {
		v.Title, v.Lang = in.Proposal.Title, string(in.Proposal.Lang)
	}
	base := w.URL("/library/intake/" + in.ID)
	switch in.Stage {
	case library.Ready:
		v.Confirm, v.Discard = v.URL, base+"/discard"
	case library.Quarantined:
		v.Reason, v.Advice = w.T("extract.reason."+in.Reason), w.T("extract.advice."+in.Reason)
		v.Discard = base + "/discard"
		if mayHelp(in) {
			v.Retry = base + "/retry"
		}
	case library.Kept:
		v.URL = w.URL("/library/" + in.Document)
	}
	return v
}

var stageMoods = map[library.Stage]Mood{
	library.Arrived: Plain, library.Ready: Attention, library.Quarantined: Refusal, library.Kept: Done, library.Discarded: Plain,
}

// mayHelp reports whether reading the file again can give anything else: its
// content is here, and limits, tools or the machine's load may have changed.
func mayHelp(in library.Intake) bool {
	reason := extract.Reason(in.Reason)
	return in.Sum != "" && reason != extract.Empty && reason != extract.Encrypted
}

func (w wording) arrivalMeta(in library.Intake, owner string) []string {
	meta := []string{w.Size(in.Bytes)}
	if in.Stage == library.Ready || in.Stage == library.Kept && in.TextSum != "" {
		if in.Proposal.Lang != "" {
			meta = append(meta, w.value(search.Lang, string(in.Proposal.Lang)))
		}
		if in.Proposal.Pages > 0 {
			meta = append(meta, w.T("library.pages", "n", in.Proposal.Pages))
		}
	}
	meta = append(meta, w.DateTime(in.Created.In(time.Local)))
	if owner != "" {
		meta = append(meta, owner)
	}
	return meta
}

// arrived reads the file of the address. Somebody else's is not there, except
// for those who operate the system.
func (h *House) arrived(r *http.Request) (library.Intake, error) {
	if err := mayContribute(r); err != nil {
		return library.Intake{}, err
	}
	in, err := h.Library.Intake(r.Context(), ReaderOf(r).Subject, r.PathValue("id"))
	if errors.Is(err, store.ErrNotFound) {
		return in, NotFound()
	}
	return in, err
}

func (h *House) retry(w http.ResponseWriter, r *http.Request) error {
	in, err := h.arrived(r)
	if err != nil {
		return err
	}
	if err := h.Library.Retry(r.Context(), ReaderOf(r).Subject, in.ID); err != nil {
		return moved(err)
	}
	h.Jobs.Wake()
	waitUntilRead(r.Context(), h.reading(r, in.Batch))
	return h.site.Frame(r).Redirect(w, listPath(in.Batch), noticeReadAgain, 0)
}

func (h *House) discard(w http.ResponseWriter, r *http.Request) error {
	in, err := h.arrived(r)
	if err != nil {
		return err
	}
	if err := h.Library.Discard(r.Context(), ReaderOf(r).Subject, in.ID); err != nil {
		return moved(err)
	}
	return h.site.Frame(r).Redirect(w, listPath(in.Batch), noticeAside, 0)
}

// moved says of a file that it is no longer where the page showed it.
func moved(err error) error {
	var stale library.Stale
	if errors.Is(err, library.ErrForbidden) || errors.As(err, &stale) {
		return &Fault{Status: http.StatusConflict, Key: "library.intake.moved", Err: err}
	}
	return err
}

// listPath is the list of a batch, or of all that has arrived.
func listPath(batch string) string {
	if batch == "" {
		return "/library/intake"
	}
	return "/library/intake?batch=" + url.QueryEscape(batch)
}
