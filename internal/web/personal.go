package web

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/personal"
	"polis/internal/store"
)

// What a person can do about what POLIS knows of her: have it given out, correct
// it, and be erased.

var (
	noticeCorrected = newNotice("personal.correct.saved")
	noticeErased    = newNotice("personal.erase.done")
)

func (h *House) openPersonal() {
	h.site.periods = func(ctx context.Context) (personal.Chosen, error) { return personal.LoadPeriods(ctx, h.DB) }
	h.site.Handle("GET /account/data", h.data)
	h.site.Handle("POST /account/data", h.proven(h.giveOut))
	h.site.Handle("GET /account/details", h.details)
	h.site.Handle("POST /account/details", h.proven(h.correct))
	h.site.Handle("GET /account/delete", h.proven(h.leave))
	h.site.Handle("POST /account/delete", h.proven(h.erase))
	h.site.Handle("GET /people/{id}/delete", mayErase(h.proven(h.leave)))
	h.site.Handle("POST /people/{id}/delete", mayErase(h.proven(h.erase)))
}

// keeper keeps what is personal.
func (h *House) keeper() *personal.Keeper {
	if h.Personal != nil {
		return h.Personal
	}
	return &personal.Keeper{DB: h.DB, Library: h.Library}
}

// data says what she will be given.
func (h *House) data(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	f := h.asking(r, "personal.data.title")
	f.Crumbs = []Link{{f.T("account.title"), f.URL("/account")}}
	return askPage.Show(w, f, AskView{
		Lead:   []string{f.T("personal.data.lead"), f.T("personal.data.holds"), f.T("personal.data.lacks")},
		Action: f.URL("/account/data"), Button: f.T("personal.data.button"),
		Links: []Link{
			{f.T("personal.correct.title"), f.URL("/account/details")},
			{f.T("personal.erase.title"), f.URL("/account/delete")},
			{f.T("web.privacy.title"), f.URL("/privacy")},
		},
	})
}

// giveOut sends all of it as one file, while it is being read.
func (h *House) giveOut(w http.ResponseWriter, r *http.Request) error {
	who := ReaderOf(r).Subject
	if who.Limited {
		return Refused(access.RuleRole)
	}
	f := h.site.Frame(r)
	name := "polis-" + time.Now().Format(time.DateOnly) + ".zip"
	head := w.Header()
	head.Set("Content-Type", "application/zip")
	head.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	head.Set("Cache-Control", "private, no-store")
	Patient(w, time.Hour)
	err := h.keeper().Export(r.Context(), who, w, f.T("personal.data.read-me")+"\n", h.sayer(r, f))
	if err != nil { // the file has begun: to break it off is all that can be said
		h.site.log.Error("give out a person's data", "request", visitOf(r).id, "err", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}

// sayer says events as the log's pages do, in one line.
func (h *House) sayer(r *http.Request, f *Frame) personal.Sayer {
	return func(_ context.Context, events []store.Event) ([]string, error) {
		lines, err := h.logLines(r, f, events, false)
		if err != nil {
			return nil, err
		}
		words := make([]string, len(lines))
		for i, l := range lines {
			parts := []string{l.Act}
			for _, more := range []string{l.Object.Text, l.Who} {
				if more != "" {
					parts = append(parts, more)
				}
			}
			words[i] = strings.Join(parts, " · ")
		}
		return words, nil
	}
}

// details asks what she says of herself.
func (h *House) details(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	p, err := account.Load(r.Context(), h.DB, ReaderOf(r).ID)
	if err != nil {
		return err
	}
	n := newcomer{place: p.ActsFor + p.Body}
	n.Name = p.Name
	return h.showDetails(w, r, n, nil)
}

func (h *House) showDetails(w http.ResponseWriter, r *http.Request, n newcomer, wrong account.Invalid) error {
	f := h.asking(r, "personal.correct.title")
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	f.Crumbs = []Link{{f.T("account.title"), f.URL("/account")}}
	fields := []Field{{
		Name: "name", Label: f.T("account.field.name"), Hint: f.T("joining.hint.name"), Value: n.Name, Auto: "name", Width: "medium", Must: true,
	}}
	f.flag(fields, wrong)
	place := words.placeField(n.place, wrong["for"])
	v := AskView{
		Lead: []string{f.T("personal.correct.lead")}, Fields: fields, For: &place, Small: f.T("personal.correct.small"),
		Action: f.URL("/account/details"), Button: f.T("core.save"),
		Links: []Link{{f.T("personal.correct.lang"), f.URL("/account")}},
	}
	if f.Has("/account/address") {
		v.Links = append(v.Links, Link{f.T("joining.address.title"), f.URL("/account/address")})
	}
	return askPage.Show(w, f, v)
}

func (h *House) correct(w http.ResponseWriter, r *http.Request) error {
	n, wrong, err := h.readNewcomer(r, true)
	if err != nil {
		return err
	}
	delete(wrong, "again") // of the password, for which this form does not ask
	if len(wrong) > 0 {
		return h.showDetails(w, r, n, wrong)
	}
	who := ReaderOf(r)
	err = account.Correct(r.Context(), h.DB, who.Subject, who.ID, account.Own{Name: n.Name, ActsFor: n.ActsFor, Body: n.Body})
	switch {
	case errors.As(err, &wrong):
		return h.showDetails(w, r, n, wrong)
	case err != nil:
		return forbidden(r, err)
	}
	return h.site.Frame(r).Redirect(w, "/account", noticeCorrected, 0)
}
