package web

import (
	"errors"
	"net/http"
	"time"

	"polis/internal/mail"
	"polis/internal/store"
)

// HealthView says how the installation is: what the addresses for machines say,
// and what people ask first when something is wrong. Nothing in it is secret.
type HealthView struct {
	State  Tag
	Why    string // what is missing, or ""
	Groups []HealthGroup
}

// HealthGroup is a headed list of facts.
type HealthGroup struct {
	ID, Head string
	Facts    []Fact
}

var healthPage = newPage("admin-health", HealthView{
	State: Tag{Done, "Ready"}, Why: "The file storage does not answer.",
	Groups: []HealthGroup{{"program", "Program", []Fact{{"Version", []Link{{"1.2.3", ""}}}}}},
})

// BackupMade is the event of a backup: the last one that POLIS knows of.
const BackupMade = "archive.backup.made"

func (h *House) openHealth() { h.site.Handle("GET /admin/health", h.operates(h.health)) }

func (h *House) health(w http.ResponseWriter, r *http.Request) error {
	f := h.site.Frame(r)
	f.Title, f.Crumbs = f.T("admin.health.title"), []Link{{f.T("admin.title"), f.URL("/admin")}}
	v := HealthView{State: Tag{Done, f.T("admin.health.ready")}}
	if h.Ready != nil {
		if err := h.Ready(r.Context()); err != nil {
			v.State, v.Why = Tag{Refusal, f.T("admin.health.not-ready")}, err.Error()
		}
	}
	for _, part := range []struct {
		id    string
		facts func(*http.Request, *Frame) ([]Fact, error)
	}{
		{"program", h.programHealth}, {"log", h.logHealth}, {"search", h.indexHealth}, {"around", h.aroundHealth},
	} {
		facts, err := part.facts(r, f)
		if err != nil { // what is ill must not hide the rest
			h.site.log.Warn("health", "of", part.id, "err", err)
			facts = []Fact{{f.T("admin.health.answer"), []Link{{f.T("admin.health.no-answer"), ""}}}}
		}
		v.Groups = append(v.Groups, HealthGroup{part.id, f.T("admin.health." + part.id), facts})
	}
	return healthPage.Show(w, f, v)
}

func (f *Frame) healthFact(key, value string) Fact {
	return Fact{f.T("admin.health." + key), []Link{{value, ""}}}
}

func (h *House) programHealth(r *http.Request, f *Frame) ([]Fact, error) {
	release, err := h.DB.Release(r.Context())
	return []Fact{
		f.healthFact("version", f.Version()), f.healthFact("engine", release),
		f.healthFact("schema", f.T("admin.health.schema.of", "n", h.DB.Schema(), "newest", store.Newest())),
	}, err
}

func (h *House) logHealth(r *http.Request, f *Frame) ([]Fact, error) {
	end, err := h.DB.Refresh(r.Context())
	if err != nil {
		return nil, err
	}
	checkpoint := f.T("admin.health.never")
	c, err := store.LastCheckpoint(r.Context(), h.DB)
	switch {
	case err == nil:
		checkpoint = f.T("admin.health.at-event", "when", f.DateTime(c.At.In(time.Local)), "event", c.Seq)
	case !errors.Is(err, store.ErrNotFound):
		return nil, err
	}
	backup := f.T("admin.health.unknown")
	made, err := store.Log(r.Context(), h.DB, store.Everything("health"), store.LogFilter{Act: BackupMade, Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(made) > 0 {
		backup = f.DateTime(made[0].At.In(time.Local))
	}
	return []Fact{f.healthFact("events", f.Number(end)), f.healthFact("checkpoint", checkpoint), f.healthFact("backup", backup)}, nil
}

func (h *House) indexHealth(_ *http.Request, f *Frame) ([]Fact, error) {
	at, err := h.Index.Seq()
	if err != nil {
		return nil, err
	}
	n, err := h.Index.Count()
	lag := f.T("admin.health.up-to-date")
	if behind := h.DB.Content() - at; behind > 0 {
		lag = f.T("admin.health.behind", "n", behind)
	}
	return []Fact{f.healthFact("index", lag), f.healthFact("entries", f.Number(n))}, err
}

// aroundHealth is of what POLIS asks beside itself.
func (h *House) aroundHealth(r *http.Request, f *Frame) ([]Fact, error) {
	files := f.T("admin.health.answers")
	if err := h.Library.Files.Ready(r.Context()); err != nil {
		files = f.T("admin.health.no-answer")
	}
	writes, err := h.writes(r)
	if err != nil {
		return nil, err
	}
	letters := f.T("mail.state.off")
	if writes {
		letters = f.T("mail.state.on")
	}
	counts, err := mail.Counts(r.Context(), h.DB)
	if err != nil {
		return nil, err
	}
	facts := []Fact{f.healthFact("files", files), f.healthFact("mail", letters)}
	for _, stage := range []mail.Stage{mail.Waiting, mail.Failed} {
		facts = append(facts, Fact{f.T("mail.stage." + string(stage)), []Link{{f.Number(counts[stage]), f.URL("/admin/mail")}}})
	}
	return append(facts, f.healthFact("scanner", h.scannerState(r, f)), Fact{f.T("translation.state"), []Link{{Text: h.machineState(r, f)}}}), nil
}

// scannerState says whether files are looked at for viruses.
func (h *House) scannerState(r *http.Request, f *Frame) string {
	if h.Library.Scanner == nil {
		return f.T("admin.health.scanner.none")
	}
	if err := h.Library.Scanner.Ready(r.Context()); err != nil {
		return f.T("admin.health.no-answer")
	}
	return f.T("admin.health.answers")
}
