package web

import (
	"net/http"

	"polis/internal/store"
)

// OwnLogView is what a person did, and what was done about her.
type OwnLogView struct {
	Events        []LogLine
	Newest, Older string
}

var ownLogPage = newPage("log-own", OwnLogView{Events: []LogLine{sampleEvent}, Newest: "/en/account/log", Older: "/en/account/log?before=1.1"})

// ownLog shows a person her own events. They are hers whatever she may read
// today: a record that is closed to her now stands there by its id.
func (h *House) ownLog(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	f := h.site.Frame(r)
	events, err := store.LogOf(r.Context(), h.DB, f.Reader.ID, store.ParseLogPlace(r.FormValue("before")), logAPage)
	if err != nil {
		return err
	}
	var v OwnLogView
	if v.Events, err = h.logLines(r, f, events, false); err != nil {
		return err
	}
	v.Newest, v.Older = f.logPages(events)
	f.Title, f.Crumbs = f.T("log.own.title"), []Link{{f.T("account.title"), f.URL("/account")}}
	return ownLogPage.Show(w, f, v)
}
