package web

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"polis/internal/blob"
	"polis/internal/library"
	"polis/internal/store"
	"polis/internal/usage"
)

func fileExt(name string) string {
	if i := strings.LastIndexByte(name, '.'); i >= 0 && len(name)-i <= 6 {
		return name[i:]
	}
	return "file"
}

// viewable: only what a browser shows without running anything of it.
func viewable(media string) bool {
	return slices.Contains([]string{"application/pdf", "image/png", "image/jpeg", "text/plain"}, strings.Split(media, ";")[0])
}

// openFiles gives what was uploaded addresses of its own, apart from the pages:
// nothing at them is ever a page. Programs find the same files beside their data.
func (h *House) openFiles() {
	h.site.Handle("GET /files/{version}", h.site.costly(h.file))
	h.site.Handle("GET "+programPath+"v1/files/{version}", h.site.costly(h.file))
	h.site.Handle("GET /library/{id}/{lang}/file", h.fileBefore)
}

// fileBefore leads on from the addresses that files had before.
func (h *House) fileBefore(w http.ResponseWriter, r *http.Request) error {
	target := "/files/" + url.PathEscape(r.FormValue("v"))
	if r.FormValue("view") != "" {
		target += "?view=1"
	}
	http.Redirect(w, r, target, http.StatusMovedPermanently)
	return nil
}

// file sends the original. It comes as a download, or, where nothing in it can
// run, as a view; either way sandboxed.
func (h *House) file(w http.ResponseWriter, r *http.Request) error {
	v, err := h.Library.File(r.Context(), scope(r), r.PathValue("version"))
	if errors.Is(err, store.ErrNotFound) {
		return NotFound()
	}
	if err != nil {
		return err
	}
	if r.Method != http.MethodHead { // which gives nothing of the file
		if err := h.Library.NoteFile(r.Context(), ReaderOf(r).Subject, v, r.Header.Get("Range") != ""); err != nil {
			return err
		}
	}
	f, err := h.Library.Files.Get(r.Context(), blob.Sum(v.Sum))
	if err != nil {
		return err
	}
	defer f.Close()
	disposition, media := "attachment", "application/octet-stream"
	if r.FormValue("view") != "" && viewable(v.Media) {
		disposition, media = "inline", v.Media
	}
	head := w.Header()
	head.Set("Content-Type", media)
	head.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": v.File}))
	if media != "application/pdf" { // the browser's own viewer refuses to work in a sandbox
		head.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	}
	head.Set("Cache-Control", "private, no-cache")
	head.Set("ETag", strconv.Quote(v.Sum))
	if piece := r.Header.Get("Range"); piece == "" || strings.HasPrefix(piece, "bytes=0-") {
		h.used(r, library.Document{ID: v.Document, Label: v.Label}, v.Lang, usage.File)
	}
	Patient(w, time.Hour)
	http.ServeContent(w, r, "", v.Created, f)
	return nil
}
