package web

import (
	"errors"
	"net/http"
	"slices"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/library"
	"polis/internal/personal"
)

// LeavingView says what will happen when a person is erased, before it does.
type LeavingView struct {
	Lead    []string
	Refused string // why it cannot be done, or ""
	Facts   []Fact // what ends
	Goes    []LeftLine
	Stays   []LeftLine
	Office  string // who keeps what stays
	Choose  *Field // what may go, to be chosen
	Final   string // what it means
	Action  string
	Button  string
	Data    string // address where she takes her data with her, or ""
}

// LeftLine is a document that goes or stays, and why.
type LeftLine struct {
	Link
	Why string
}

var leavingPage = newPage("leaving", LeavingView{
	Lead: []string{"Your account and everything by which you are known here is deleted."}, Refused: "Nobody else is an administrator.",
	Facts:  []Fact{{"Roles", []Link{{"Expert", ""}}}},
	Goes:   []LeftLine{{Link{"My notes", "/en/library/1"}, "Only you can read it."}},
	Stays:  []LeftLine{{Link{"Checklist", "/en/library/2"}, "Other documents lead to it."}},
	Choose: &Field{Name: "goes", Label: "Documents that may go", Hint: "Choose those.", Type: "checkboxes", Options: []Option{{Value: "1", Text: "Guide"}}},
	Office: "They stay with the office of Kyrgyzstan.", Final: "This cannot be undone.", Action: "/en/account/delete", Button: "Delete my account", Data: "/en/account/data",
})

// leaver is whom the request is about: its sender, or, for an administrator, the
// person of the address.
func leaver(r *http.Request) (id string, other bool) {
	own := ReaderOf(r).ID
	if id = r.PathValue("id"); id != "" && id != own {
		return id, true
	}
	return own, false
}

// mayErase refuses who may erase nobody but herself before she is asked to prove
// anything.
func mayErase(next Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		_, other := leaver(r)
		if d := ReaderOf(r).May(access.ManagePeople, access.Label{}); other && signedIn(r) && !d.Allowed {
			return Refused(d.Rule)
		}
		return next(w, r)
	}
}

// leave shows what would happen.
func (h *House) leave(w http.ResponseWriter, r *http.Request) error {
	id, other := leaver(r)
	p, err := account.Load(r.Context(), h.DB, id)
	if err != nil || p.Erased {
		return errors.Join(err, NotFound())
	}
	f := h.asking(r, "personal.erase.title")
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	v := LeavingView{Action: f.URL("/account/delete"), Button: f.T("personal.erase.button"), Final: f.T("personal.erase.final"), Data: f.URL("/account/data")}
	v.Lead = []string{f.T("personal.erase.lead")}
	f.Crumbs = []Link{{f.T("account.title"), f.URL("/account")}}
	if other {
		f.Title = f.T("personal.erase.other.title", "name", p.Name)
		f.Crumbs = []Link{{f.T("people.title"), f.URL("/people")}, {p.Name, f.URL("/people/" + id)}}
		v.Lead, v.Data = []string{f.T("personal.erase.other.lead")}, ""
		v.Action, v.Button = f.URL("/people/"+id+"/delete"), f.T("personal.erase.other.button")
	}
	l, err := h.keeper().Leaving(r.Context(), ReaderOf(r).Subject, id)
	if errors.Is(err, account.ErrLastAdministrator) {
		v.Refused = f.T("personal.erase.last")
		return leavingPage.Show(w, f, v)
	}
	if err != nil {
		return forbidden(r, err)
	}
	words.leaving(&v, l)
	return leavingPage.Show(w, f, v)
}

// leaving fills in what ends and what becomes of the documents.
func (w wording) leaving(v *LeavingView, l personal.Leaving) {
	fact := func(key string, values ...string) {
		if len(values) == 0 {
			return
		}
		var links []Link
		for _, value := range values {
			links = append(links, Link{value, ""})
		}
		v.Facts = append(v.Facts, Fact{w.T(key), links})
	}
	fact("personal.erase.entrance", w.T("personal.erase.entrance.all"))
	var roles, by []string
	for _, h := range l.Roles {
		name := w.T("access.role." + string(h.Role))
		if of := w.names.Name(h.ActsFor+h.Body, "", w.Lang); h.ActsFor+h.Body != "" {
			name += " · " + of
		}
		roles = append(roles, name)
	}
	for _, word := range l.Words {
		if word.ActsFor+word.Body != "" {
			by = append(by, w.names.Name(word.ActsFor+word.Body, "", w.Lang))
		}
	}
	fact("personal.erase.roles", roles...)
	fact("personal.erase.words", by...)
	fact("personal.erase.groups", l.Groups...)
	for _, n := range []struct {
		key string
		n   int64
	}{{"personal.erase.tokens", l.Tokens}, {"personal.erase.invitations", l.Open}, {"personal.erase.arrived", l.Arrived}} {
		if n.n > 0 {
			fact(n.key, w.Number(n.n))
		}
	}
	w.leavingDocuments(v, l)
}

// leavingDocuments sorts them. What the reader may not read, such as the drafts of
// somebody who asked an administrator, is counted and not named.
func (w wording) leavingDocuments(v *LeavingView, l personal.Leaving) {
	v.Choose = &Field{Name: "goes", Label: w.T("personal.erase.choose"), Hint: w.T("personal.erase.choose.hint"), Type: "checkboxes"}
	unseenGo, unseenStay := 0, 0
	for _, d := range l.Documents {
		line := LeftLine{Link{d.Name(), w.URL("/library/" + d.ID)}, ""}
		_, seen := w.Reader.Scope().Allows(d.Label)
		switch {
		case d.Goes && !seen:
			unseenGo++
		case d.Goes:
			line.Why = w.T("personal.erase.goes.why")
			v.Goes = append(v.Goes, line)
		case !seen:
			unseenStay++
		case d.May:
			v.Choose.Options = append(v.Choose.Options, Option{Value: d.ID, Text: d.Name()})
		default:
			line.Why = w.T(leftWhy(d))
			v.Stays = append(v.Stays, line)
		}
	}
	v.Goes = w.unseen(v.Goes, unseenGo)
	v.Stays = w.unseen(v.Stays, unseenStay)
	if len(v.Choose.Options) == 0 {
		v.Choose = nil
	}
	if len(v.Stays) > 0 || v.Choose != nil {
		if v.Office = w.T("personal.erase.desk"); l.State != "" {
			v.Office = w.T("personal.erase.office", "state", w.names.Name(l.State, "", w.Lang))
		}
	}
}

// unseen adds the number of those that the reader may not read.
func (w wording) unseen(list []LeftLine, n int) []LeftLine {
	if n == 0 {
		return list
	}
	return append(list, LeftLine{Link{w.T("personal.erase.unseen", "n", n), ""}, ""})
}

// leftWhy is the key of why a document cannot go.
func leftWhy(d library.Left) string {
	if d.Cited {
		return "personal.erase.cited"
	}
	return "personal.erase.others"
}

// erase does it. Who has erased herself is signed in nowhere any more.
func (h *House) erase(w http.ResponseWriter, r *http.Request) error {
	id, other := leaver(r)
	who := ReaderOf(r).Subject
	if err := r.ParseForm(); err != nil {
		return Wrong("personal.error.form")
	}
	goes := slices.Compact(slices.Sorted(slices.Values(r.PostForm["goes"])))
	err := h.keeper().Erase(r.Context(), who, id, goes...)
	switch {
	case errors.Is(err, account.ErrLastAdministrator):
		return &Fault{Status: http.StatusConflict, Key: "personal.erase.last"}
	case err != nil:
		return forbidden(r, err)
	}
	_ = h.Jobs.Now(r.Context(), personal.SweepJob) // else the files go tomorrow
	f := h.site.Frame(r)
	if other {
		return f.Redirect(w, "/people", noticeErased, 0)
	}
	if err := h.Sessions.Destroy(r.Context()); err != nil {
		return err
	}
	return f.Redirect(w, "/", noticeErased, 0)
}
