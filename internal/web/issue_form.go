package web

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/http"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/community/forum"
	"polis/internal/lang"
)

// IssueFormView is a form of a forum: to raise an issue, to say how they are raised, to
// put minutes to it.
type IssueFormView struct {
	Lead   string
	Notes  []string // before it is written: what not to write, who reads it
	Says   []string // why it did not go
	Action string
	Back   string
	Once   bool // it makes something
	Hidden []Carried
	Fields []Field
	Themes *Picks
	After  []Field
	Button string
}

var issueFormPage = newPage("issue-form", IssueFormView{
	Lead: "You need no account.", Notes: []string{"Name nobody."}, Says: []string{"Too many today."}, Action: "/en/groups/f/issues", Back: "/en/groups/f/issues", Once: true, Hidden: []Carried{{"rev", "1"}},
	Fields: []Field{{Name: "title", Label: "In one line", Error: "Write it."}}, Themes: &Picks{Name: "themes", Label: "Themes", Groups: []PickGroup{{"Police reform", "", []Pick{{"themes-1-1", "police-reform", "In general", true}}}}},
	After: []Field{{Name: "place", Label: "Where"}}, Button: "Raise it",
})

// raises reports how the reader can raise an issue in the forum: with her name, without
// an account, or not.
func (h *House) raises(r *http.Request, g account.Group, in account.GroupStanding) (named bool, err error) {
	if ReaderOf(r).SignedIn() {
		if !in.Member {
			return true, &Fault{Status: http.StatusForbidden, Key: "issue.fault.member", Rule: access.RuleRole}
		}
		return true, nil
	}
	open, err := h.forums().Open(r.Context(), g.ID)
	if err == nil && !open {
		err = &Fault{Status: http.StatusForbidden, Key: "issue.fault.account", Rule: access.RuleSignIn}
	}
	return false, err
}

// newIssue is the form; it is open to anybody where the forum says so.
func (h *House) newIssue(w http.ResponseWriter, r *http.Request) error {
	g, in, err := h.forumOf(r)
	if err != nil {
		return h.readForum(w, r, err)
	}
	named, err := h.raises(r, g, in)
	if err != nil {
		return err
	}
	if in.Ended {
		return &Fault{Status: http.StatusConflict, Key: "issue.impossible.ended"}
	}
	return h.showRaising(w, r, g, named, forum.Draft{Lang: LangOf(r)}, nil, "")
}

// showRaising shows the form with what was typed. It is kept for nobody else: its number
// is a part of the receipt.
func (h *House) showRaising(w http.ResponseWriter, r *http.Request, g account.Group, named bool, in forum.Draft, wrong map[string]string, says string) error {
	f := h.asking(r, "issue.new")
	f.inForum(g)
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	v := IssueFormView{Action: f.URL(issuesPath(g.ID)), Back: f.URL(issuesPath(g.ID)), Once: true, Button: f.T("issue.raise")}
	groups := "issue.hint.groups"
	if named {
		v.Lead, v.Notes = f.T("issue.new.lead", "group", g.Name), []string{f.T("issue.new.names")}
		if anybody, err := h.forums().Open(r.Context(), g.ID); err != nil {
			return err
		} else if anybody {
			v.Notes = append(v.Notes, f.T("issue.new.unnamed"))
		}
	} else {
		v.Lead, groups = f.T("issue.unnamed.lead", "group", g.Name), "issue.hint.groups.unnamed"
		for _, key := range []string{"issue.unnamed.who", "issue.unnamed.names", "issue.unnamed.receipt"} {
			v.Notes = append(v.Notes, f.T(key))
		}
	}
	if says != "" {
		v.Says = []string{says}
	}
	d := drafting{wording: p.wording, wrong: wrong}
	field := func(name, hint, value, kind string, rows int) Field {
		x := Field{Name: name, Label: f.T("issue.field." + name), Value: value, Type: kind, Rows: rows, Auto: "off", Error: d.fault(name)}
		if hint != "" {
			x.Hint = f.T(hint)
		}
		return x
	}
	v.Fields = []Field{
		field("title", "issue.hint.title", in.Title, "", 0),
		field("about", "issue.hint.about", in.About, "textarea", 10),
	}
	of := f.groupField("issue.field.groups", groups, in.Groups)
	of.Error = d.fault("groups")
	v.Fields = append(v.Fields, of, field("speaks", "issue.hint.speaks", in.Speaks, "", 0))
	v.Fields = append(v.Fields, field("place", "issue.hint.place", in.Place, "", 0))
	states := p.stateOptions(in.Host)
	states[0].Text = f.T("issue.field.host.none")
	v.After = []Field{
		{Name: "host", Label: f.T("issue.field.host"), Type: "select", Options: states, Error: d.fault("host"), Width: "medium"},
		{Name: "lang", Label: f.T("issue.field.lang"), Type: "select", Options: languageOptions(string(in.Lang)), Error: d.fault("lang"), Width: "medium"},
	}
	themes := d.themes(in.Themes)
	themes.Hint = ""
	v.Themes = &themes
	return issueFormPage.Show(w, f, v)
}

// typedIssue reads the form of an issue.
func typedIssue(r *http.Request) forum.Draft {
	_ = r.PostFormValue("title") // the form is read
	in := r.PostForm
	d := forum.Draft{
		Title: plain(in, "title"), About: plain(in, "about"), Speaks: plain(in, "speaks"), Place: plain(in, "place"), Host: in.Get("host"), Groups: in["groups"], Themes: in["themes"],
	}
	d.Lang, _ = lang.Parse(in.Get("lang"))
	return d
}

var noticeIssueRaised = newNotice("issue.said.raise")

// raiseIssue raises an issue of the form: with her name where she is signed in, and
// else without an account.
func (h *House) raiseIssue(w http.ResponseWriter, r *http.Request) error {
	g, in, err := h.forumOf(r)
	if err != nil {
		return err
	}
	named, err := h.raises(r, g, in)
	if err != nil {
		return err
	}
	if !named {
		return h.site.costly(func(w http.ResponseWriter, r *http.Request) error { return h.raiseUnnamed(w, r, g) })(w, r)
	}
	return h.once(func(w http.ResponseWriter, r *http.Request) error {
		d := typedIssue(r)
		id, err := h.forums().Raise(r.Context(), ReaderOf(r).Subject, g.ID, d)
		var wrong forum.Invalid
		switch {
		case errors.As(err, &wrong):
			return h.showRaising(w, r, g, true, d, wrong, "")
		case err != nil:
			return issueFault(err)
		}
		return h.site.Frame(r).Redirect(w, forum.Path(id), noticeIssueRaised, 0)
	})(w, r)
}

// receiptOf is the receipt of a form: made of its number and its words with the
// installation's secret, so that the same form, sent twice, has the same.
func (h *House) receiptOf(r *http.Request) forum.Receipt {
	number := r.PostFormValue(onceField)
	if len(number) < 20 {
		number = rand.Text() // no form of ours
	}
	var bits [16]byte
	mark, err := hex.DecodeString(h.Keys.Mark("receipt", number+" "+r.URL.Path+" "+r.PostForm.Encode()))
	if err != nil {
		panic(err) // a mark is hexadecimal
	}
	copy(bits[:], mark)
	return forum.NewReceipt(bits)
}

// raiseUnnamed raises an issue without an account and shows its receipt, once.
func (h *House) raiseUnnamed(w http.ResponseWriter, r *http.Request, g account.Group) error {
	d, receipt := typedIssue(r), h.receiptOf(r)
	err := h.forums().RaiseUnnamed(r.Context(), g.ID, receipt, d)
	var wrong forum.Invalid
	switch {
	case errors.As(err, &wrong):
		return h.showRaising(w, r, g, false, d, wrong, "")
	case errors.Is(err, forum.ErrFull):
		f := h.site.Frame(r)
		w.Header().Set("Retry-After", "3600")
		return h.showRaising(w, r, g, false, d, nil, f.T("issue.fault.daily"))
	case errors.Is(err, forum.ErrForbidden):
		return &Fault{Status: http.StatusConflict, Key: "issue.fault.receipt", Err: err}
	case err != nil:
		return err
	}
	f := h.asking(r, "issue.receipt")
	f.inForum(g)
	return issueReceiptPage.Show(w, f, IssueReceiptView{Receipt: receipt.String(), Follow: f.URL("/issues/follow"), Back: f.URL(issuesPath(g.ID))})
}
