package web

import (
	"errors"
	"mime"
	"net/http"
	"strconv"
	"time"

	"polis/internal/blob"
	"polis/internal/library"
	"polis/internal/store"
)

// QuarantineView lists what could not be read, everybody's.
type QuarantineView struct {
	Files []QuarantinedFile
	Count string
	Pages *Pagination
}

// QuarantinedFile is a file that lies in quarantine.
type QuarantinedFile struct {
	File           string
	Meta           []string
	Reason, Advice string
	Retry          string // address to read it again, or ""
	Discard        string
	Download       string // or "": its content is not here
}

var quarantinePage = newPage("admin-quarantine", QuarantineView{
	Files: []QuarantinedFile{{
		File: "minutes.docx", Meta: []string{"40 kB", "3 March 2026, 10:00", "Demo Expert"}, Reason: "The file needs a password.", Advice: "Save it without one and send it again.",
		Retry: "/en/admin/quarantine/1/retry", Discard: "/en/admin/quarantine/1/discard", Download: "/en/admin/quarantine/1/file",
	}},
	Count: "1 file", Pages: &Pagination{Label: "Pages", Previous: "Previous", Next: "Next", NextURL: "/en/admin/quarantine?page=2", State: "Page 1 of 2", Pages: []PageLink{{"1", "/en/admin/quarantine", "Page 1", true}}},
})

var (
	noticeRetried   = newNotice("admin.quarantine.retried")
	noticeDiscarded = newNotice("admin.quarantine.discarded")
)

// quarantinePath is where the quarantine is.
const quarantinePath = "/admin/quarantine"

func (h *House) openQuarantine() {
	h.site.Handle("GET "+quarantinePath, h.operates(h.quarantine))
	h.site.Handle("GET "+quarantinePath+"/{id}/file", h.operates(h.proven(h.quarantined)))
	h.site.Handle("POST "+quarantinePath+"/{id}/retry", h.operates(h.onQuarantined(noticeRetried, func(r *http.Request, id string) error {
		err := h.Library.Retry(r.Context(), ReaderOf(r).Subject, id)
		h.Jobs.Wake()
		return err
	})))
	h.site.Handle("POST "+quarantinePath+"/{id}/discard", h.operates(h.proven(h.onQuarantined(noticeDiscarded, func(r *http.Request, id string) error {
		return h.Library.Discard(r.Context(), ReaderOf(r).Subject, id)
	}))))
}

func (h *House) quarantine(w http.ResponseWriter, r *http.Request) error {
	page := pageOf(r)
	list, n, err := h.Library.Intakes(r.Context(), ReaderOf(r).Subject, library.Filter{Stage: library.Quarantined}, intakeAPage, (page-1)*intakeAPage)
	if err != nil {
		return err
	}
	f := h.site.Frame(r)
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	f.Title, f.Crumbs = f.T("admin.quarantine.title"), []Link{{f.T("admin.title"), f.URL("/admin")}}
	v := QuarantineView{Count: f.T("admin.quarantine.count", "n", n), Pages: f.Pagination(page, int(n+intakeAPage-1)/intakeAPage)}
	owners := map[string]string{}
	for _, in := range list {
		base := f.URL(quarantinePath + "/" + in.ID)
		file := QuarantinedFile{
			File: in.File, Meta: words.arrivalMeta(in, h.owner(r, in.Owner, owners)), Discard: base + "/discard",
			Reason: f.T("extract.reason." + in.Reason), Advice: f.T("extract.advice." + in.Reason),
		}
		if mayHelp(in) {
			file.Retry = base + "/retry"
		}
		if in.Sum != "" {
			file.Download = base + "/file"
		}
		v.Files = append(v.Files, file)
	}
	return quarantinePage.Show(w, f, v)
}

// pageOf is the page of a list that the address names, from 1.
func pageOf(r *http.Request) int {
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	return min(max(page, 1), 10_000)
}

// onQuarantined does something to the file of the address.
func (h *House) onQuarantined(notice string, act func(r *http.Request, id string) error) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if _, err := h.inQuarantine(r); err != nil {
			return err
		}
		if err := act(r, r.PathValue("id")); err != nil {
			return moved(err)
		}
		return h.site.Frame(r).Redirect(w, quarantinePath, notice, 0)
	}
}

// inQuarantine reads the file of the address, which must lie there.
func (h *House) inQuarantine(r *http.Request) (library.Intake, error) {
	in, err := h.Library.Intake(r.Context(), ReaderOf(r).Subject, r.PathValue("id"))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return in, NotFound()
	case err == nil && in.Stage != library.Quarantined:
		return in, &Fault{Status: http.StatusConflict, Key: "library.intake.moved"}
	}
	return in, err
}

// quarantined sends a file to whoever has to find out what is wrong with it, as a
// download that no browser opens by itself. The log says who took it.
func (h *House) quarantined(w http.ResponseWriter, r *http.Request) error {
	in, err := h.inQuarantine(r)
	if err != nil {
		return err
	}
	content, err := h.Library.Files.Get(r.Context(), blob.Sum(in.Sum))
	if errors.Is(err, blob.ErrNotFound) {
		return NotFound()
	}
	if err != nil {
		return err
	}
	defer content.Close()
	if err := h.Library.NoteQuarantined(r.Context(), ReaderOf(r).Subject, in); err != nil {
		return err
	}
	head := w.Header()
	head.Set("Content-Type", "application/octet-stream")
	head.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": in.File + ".quarantined"}))
	head.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	head.Set("Cache-Control", "private, no-store")
	Patient(w, time.Hour)
	http.ServeContent(w, r, "", in.Created, content)
	return nil
}
