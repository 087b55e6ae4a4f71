package web

import (
	"errors"
	"net/http"

	"polis/internal/account"
)

// CodesView shows recovery codes, this once.
type CodesView struct {
	Codes []string
	Next  string
}

var codesPage = newPage("codes", CodesView{[]string{"abcd-efgh-jkmn", "0123-4567-89ab"}, "/en/account/security"})

// newCodes makes recovery codes in place of those from before.
func (h *House) newCodes(w http.ResponseWriter, r *http.Request) error {
	who := ReaderOf(r)
	codes, err := h.door().NewRecoveryCodes(r.Context(), who.Subject, who.ID)
	if errors.Is(err, account.ErrFactor) {
		return Wrong("signin.factor.stale")
	}
	if err != nil {
		return err
	}
	f := h.factorFrame(r, "signin.codes.title")
	next := inside(r.PostFormValue("next"))
	if next == "" {
		next = f.URL("/account/security")
	}
	return codesPage.Show(w, f, CodesView{codes, next})
}
