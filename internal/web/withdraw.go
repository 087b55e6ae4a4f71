package web

import (
	"errors"
	"net/http"
	"strconv"

	"polis/internal/access"
	"polis/internal/library"
	"polis/internal/store"
)

// Taking a document out of the library: who may change it may, with a reason,
// where no other document leads to it.

var noticeTakenOut = newNotice("personal.withdraw.done")

func (h *House) openWithdraw() {
	h.site.Handle("GET /library/{id}/withdraw", h.withdrawForm)
	h.site.Handle("POST /library/{id}/withdraw", h.proven(h.withdrawDocument))
}

// gone says of a document that was taken out that it was, to those who could
// read it; to all others it never was there.
func (h *House) gone(r *http.Request) error {
	_, err := h.Library.Withdrawn(r.Context(), scope(r), r.PathValue("id"))
	if errors.Is(err, store.ErrNotFound) {
		return NotFound()
	}
	if err != nil {
		return err
	}
	return &Fault{Status: http.StatusGone, Key: "personal.withdrawn"}
}

func (h *House) withdrawForm(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	return h.showWithdraw(w, r, "", nil)
}

func (h *House) showWithdraw(w http.ResponseWriter, r *http.Request, reason string, wrong map[string]string) error {
	rec, err := h.record(r)
	if err != nil {
		return err
	}
	if d := ReaderOf(r).May(access.Edit, rec.Label); !d.Allowed {
		return Refused(d.Rule)
	}
	f := h.asking(r, "personal.withdraw.title")
	title := rec.Edition(f.Lang).Title
	f.Crumbs = []Link{{f.T("web.nav.library"), f.URL("/library")}, {title, f.URL("/library/" + rec.ID)}}
	v := AskView{
		Lead:   []string{f.T("personal.withdraw.lead", "title", title), f.T("personal.withdraw.after")},
		Action: f.URL("/library/" + rec.ID + "/withdraw?rev=" + strconv.FormatInt(rec.Rev, 10)), Button: f.T("personal.withdraw.button"),
		Fields: []Field{{Name: "reason", Label: f.T("personal.withdraw.reason"), Hint: f.T("personal.withdraw.reason.hint"), Type: "textarea", Rows: 3, Value: reason, Must: true}},
	}
	f.flag(v.Fields, wrong)
	return askPage.Show(w, f, v)
}

func (h *House) withdrawDocument(w http.ResponseWriter, r *http.Request) error {
	rev, _ := strconv.ParseInt(r.URL.Query().Get("rev"), 10, 64) // 0 is no revision
	err := h.Library.Withdraw(r.Context(), ReaderOf(r).Subject, r.PathValue("id"), rev, r.PostFormValue("reason"))
	var wrong library.Invalid
	var stale library.Stale
	switch {
	case errors.As(err, &wrong):
		return h.showWithdraw(w, r, r.PostFormValue("reason"), wrong)
	case errors.Is(err, library.ErrCited):
		return &Fault{Status: http.StatusConflict, Key: "personal.withdraw.cited", Err: err}
	case errors.As(err, &stale):
		return &Fault{Status: http.StatusConflict, Key: "personal.withdraw.stale", Err: err}
	case errors.Is(err, library.ErrForbidden):
		return Refused(access.RuleRole)
	case errors.Is(err, store.ErrNotFound):
		return h.gone(r)
	case err != nil:
		return err
	}
	return h.site.Frame(r).Redirect(w, "/library", noticeTakenOut, 0)
}
