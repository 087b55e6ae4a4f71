package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"polis/internal/account"
	"polis/internal/personal"
)

var noticePeriods = newNotice("admin.retention.saved")

func (h *House) openRetention() {
	h.site.Handle("GET /admin/retention", h.operates(h.retention))
	h.site.Handle("POST /admin/retention", h.operates(h.proven(h.saveRetention)))
}

// operates leads to the sign-in who is not, and refuses who may not run the
// installation.
func (h *House) operates(next Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if !signedIn(r) {
			return h.mustSignIn(w, r)
		}
		if err := mayOperate(r); err != nil {
			return err
		}
		return next(w, r)
	}
}

func (h *House) retention(w http.ResponseWriter, r *http.Request) error {
	chosen, err := personal.LoadPeriods(r.Context(), h.DB)
	if err != nil {
		return err
	}
	typed := map[string]string{}
	for name, n := range chosen {
		typed[name] = strconv.Itoa(n)
	}
	return h.showRetention(w, r, typed, nil)
}

func (h *House) showRetention(w http.ResponseWriter, r *http.Request, typed map[string]string, wrong personal.Invalid) error {
	f := h.asking(r, "admin.retention.title")
	f.Crumbs = []Link{{f.T("admin.title"), f.URL("/admin")}}
	writes, err := h.writes(r)
	if err != nil {
		return err
	}
	v := AskView{Lead: []string{f.T("admin.retention.lead")}, Action: f.URL("/admin/retention"), Button: f.T("core.save")}
	if !writes {
		v.Lead = append(v.Lead, f.T("admin.retention.no-mail"))
	}
	for _, p := range personal.Periods {
		field := Field{
			Name: p.Name, Label: f.T("admin.retention.period." + p.Name), Hint: f.T("admin.retention.hint." + p.Name),
			Type: "number", Width: "short", Value: typed[p.Name], Must: true,
		}
		if wrong[p.Name] != "" {
			field.Error = f.T("personal.error.period", "least", p.Least, "most", p.Most)
			f.Errors = append(f.Errors, Error{p.Name, field.Label + ": " + field.Error})
			f.Status = http.StatusUnprocessableEntity
		}
		v.Fields = append(v.Fields, field)
	}
	return askPage.Show(w, f, v)
}

func (h *House) saveRetention(w http.ResponseWriter, r *http.Request) error {
	typed, chosen := map[string]string{}, personal.Chosen{}
	for _, p := range personal.Periods {
		typed[p.Name] = strings.TrimSpace(r.PostFormValue(p.Name))
		n, err := strconv.Atoi(typed[p.Name])
		if err != nil {
			n = -1 // no period is
		}
		chosen[p.Name] = n
	}
	err := personal.SavePeriods(r.Context(), h.DB, ReaderOf(r).Subject, chosen)
	var wrong personal.Invalid
	switch {
	case errors.As(err, &wrong):
		return h.showRetention(w, r, typed, wrong)
	case errors.Is(err, account.ErrForbidden):
		return mayOperate(r)
	case err != nil:
		return err
	}
	return h.site.Frame(r).Redirect(w, "/admin/retention", noticePeriods, 0)
}
