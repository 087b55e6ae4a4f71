package web

import (
	"net/http"

	"polis/internal/community/notice"
	"polis/internal/store"
)

// stopWords say what each link in a letter ends.
var stopWords = map[string]string{
	"topic": "notice.stop.lead.topic", "group": "notice.stop.lead.group", "digests": "notice.stop.lead.digests", "questions": "notice.stop.lead.questions", "announcements": "notice.stop.lead.announcements",
}

// stopping is what the link of the address ends. One that is no longer good leads nowhere.
func (h *House) stopping(r *http.Request) (notice.Stopping, error) {
	s := notice.ReadStopping(r.URL.Query())
	if stopWords[s.Kind] == "" || !h.told().Good(s) {
		return s, store.ErrNotFound
	}
	return s, nil
}

// askStopNotices is the page of the link in a letter: what opens every link of a letter by
// itself must not end anything.
func (h *House) askStopNotices(w http.ResponseWriter, r *http.Request) error {
	s, err := h.stopping(r)
	if err != nil {
		return err
	}
	f := h.asking(r, "notice.stop.title")
	return askPage.Show(w, f, AskView{
		Lead: []string{f.T(stopWords[s.Kind])}, Action: withQuery(f.URL("/letters/notices"), r.URL.Query()), Button: f.T("notice.stop.button"),
		Links: []Link{{f.T("notice.stop.all"), f.URL(notice.NewsPath)}},
	})
}

// stopNotices ends the letters, for a person or for her mail program (RFC 8058), which is
// not signed in; the page brings them back.
func (h *House) stopNotices(w http.ResponseWriter, r *http.Request) error {
	s, err := h.stopping(r)
	if err == nil {
		err = h.told().Stop(r.Context(), s, false)
	}
	if err != nil {
		return err
	}
	f := h.asking(r, "notice.stop.done")
	return askPage.Show(w, f, AskView{
		Lead: []string{f.T(stopWords[s.Kind])}, Action: withQuery(f.URL("/letters/notices/again"), r.URL.Query()), Button: f.T("notice.stop.undo"),
		Links: []Link{{f.T("notice.stop.all"), f.URL(notice.NewsPath)}},
	})
}

// resumeNotices undoes it.
func (h *House) resumeNotices(w http.ResponseWriter, r *http.Request) error {
	s, err := h.stopping(r)
	if err == nil {
		err = h.told().Stop(r.Context(), s, true)
	}
	if err != nil {
		return err
	}
	f := h.asking(r, "notice.stop.undone")
	return askPage.Show(w, f, AskView{Lead: []string{f.T("notice.stop.undone.lead")}, Links: []Link{{f.T("notice.stop.all"), f.URL(notice.NewsPath)}}})
}
