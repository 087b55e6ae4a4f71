package web

import (
	"net/http"

	"github.com/alexedwards/scs/v2"

	"polis/internal/access"
	"polis/internal/job"
	"polis/internal/library"
	"polis/internal/search"
	"polis/internal/store"
)

// House is what the pages need from the rooms below.
type House struct {
	DB       *store.DB
	Library  *library.Library
	Index    *search.Index
	Jobs     *job.Runner
	Sessions *scs.SessionManager

	site *Site
}

// Open makes the site with the pages of every room.
func (h *House) Open(opts Options) *Site {
	opts.Reader = h.reader
	opts.Session = h.Sessions.LoadAndSave
	opts.Generation = h.generation
	h.site = New(opts)
	for _, rooms := range []func(){
		h.openHome, h.openSearch, h.openReading, h.openThemes, h.openFramework, h.openDirectory,
		h.openSignIn, h.openUpload, h.openIntake, h.openEditing,
	} {
		rooms()
	}
	return h.site
}

// generation moves when a record or the index has changed: what was shown
// before may not be true any more.
func (h *House) generation() int64 {
	at, err := h.Index.Seq()
	if err != nil {
		return -1
	}
	return h.DB.Seq() + at
}

// scope is what the sender of the request may read.
func scope(r *http.Request) access.Scope { return ReaderOf(r).Scope() }
