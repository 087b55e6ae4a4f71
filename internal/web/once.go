package web

import (
	"crypto/rand"
	"net/http"
)

// A form that is sent twice, by a button pressed twice or a page loaded again, does
// what it does once. What the tables know for themselves (a link that was used, a
// word that holds, a revision that has passed) needs nothing of this. The other
// forms bear a number, and the same form with the same number and the same content
// is taken once. No script has a part in it.

// onceField is the form's hidden field for its number.
const onceField = "once"

// Once is a number for a form. Each form of a page has its own.
func (f *Frame) Once() string { return rand.Text() }

// Once is Frame.Once for the forms of a person's page, which stand in a template of
// their own.
func (PersonForm) Once() string { return rand.Text() }

// once lets the handler run for the first of those who send one form. Where it came
// to nothing the form may be sent again. A form without a number is no form of ours,
// and each is meant.
func (h *House) once(next Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		ctx := r.Context()
		if r.PostFormValue(onceField) == "" {
			return next(w, r)
		}
		form := r.URL.Path + " " + r.PostForm.Encode()
		first, err := h.door().First(ctx, form)
		if err != nil {
			return err
		}
		if !first {
			return &Fault{Status: http.StatusConflict, Key: "web.fault.twice"}
		}
		seen := &witness{ResponseWriter: w}
		if err = next(seen, r); err == nil && seen.status < http.StatusBadRequest {
			return nil
		}
		if undone := h.door().Undone(ctx, form); err == nil {
			err = undone
		}
		return err
	}
}
