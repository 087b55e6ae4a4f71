package web

import (
	"net/http"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/lang"
)

// AccountView is the page on which a person sees what POLIS knows of her and
// why she sees what she sees.
type AccountView struct {
	Facts    []Fact
	Reads    []Reads
	May      []string // sentences
	Language []Field
	Tongues  []Field // the languages that she reads
}

// Reads is one circle of records, and whether she reads it.
type Reads struct {
	Tag  Tag
	Text string
}

var accountPage = newPage("account", AccountView{
	Facts:    []Fact{{"Name", []Link{{"Aigul Asanova", ""}}}, {"Role", []Link{{"Focal point", ""}}}, {"State", []Link{{"Kyrgyzstan", "/en/states/KG"}}}},
	Reads:    []Reads{{Tag{Done, "Public"}, "Everyone can read it."}, {Tag{Plain, "Official use"}, "Not open to you."}},
	May:      []string{"You may add documents to the library."},
	Language: []Field{{Name: "lang", Label: "Language", Type: "select", Options: []Option{{Value: "ru", Text: "Русский", Chosen: true}}}},
	Tongues:  []Field{{Name: "reads", Label: "I read", Type: "checkboxes", Options: []Option{{Value: "ru", Text: "Русский", Chosen: true}}}},
})

var noticeLanguage = newNotice("account.language.saved")

func (h *House) openAccount() {
	h.site.Handle("GET /account", h.account)
	h.site.Handle("POST /account/language", h.setLanguage)
}

func (h *House) account(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	who := ReaderOf(r)
	p, err := account.Load(r.Context(), h.DB, who.ID)
	if err != nil {
		return err
	}
	f := h.site.Frame(r)
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	groups, err := account.GroupsOf(r.Context(), h.DB, who.Subject)
	if err != nil {
		return err
	}
	f.Title = f.T("account.title")
	v := AccountView{Facts: words.person(who.Subject, p, groups), Reads: words.reads(who.Subject), May: words.may(who.Subject)}
	v.Language = []Field{{
		Name: "lang", Label: f.T("account.field.lang"), Hint: f.T("account.hint.lang"), Type: "select", Width: "medium",
		Options: append([]Option{{Value: "", Text: f.T("account.lang.browser"), Chosen: p.Lang == ""}}, languageOptions(string(p.Lang))...),
	}}
	v.Tongues = f.tonguesFields(append([]lang.Tag{}, who.Reads...))
	return accountPage.Show(w, f, v)
}

// flag writes what is wrong at its fields, and above the page.
func (f *Frame) flag(fields []Field, wrong map[string]string) {
	for i := range fields {
		if key := wrong[fields[i].Name]; key != "" {
			fields[i].Error = f.T(key)
			f.Errors = append(f.Errors, Error{fields[i].Name, fields[i].Error})
			f.Status = http.StatusUnprocessableEntity
		}
	}
}

// person are the facts of an account.
func (w wording) person(who access.Subject, p account.Person, in []account.Group) []Fact {
	list := []Fact{
		{w.T("account.field.name"), []Link{{p.Name, ""}}},
		{w.T("account.field.email"), []Link{{p.Email, ""}}},
		{w.T("access.role"), w.roles(who)},
	}
	if groups := w.ownGroups(in); len(groups) > 0 {
		list = append(list, Fact{w.T("groups.mine"), groups})
	}
	if p.ActsFor != "" {
		list = append(list, Fact{w.T("account.field.state"), []Link{{w.names.Name(p.ActsFor, "", w.Lang), ""}}})
	}
	if p.Body != "" {
		list = append(list, Fact{w.T("account.field.body"), []Link{{w.names.Name(p.Body, "", w.Lang), ""}}})
	}
	return list
}

// roles names what she is: her roles, each with the body for which she holds
// it, or without any a member or visitor.
func (w wording) roles(who access.Subject) []Link {
	var list []Link
	for _, g := range who.Grants {
		name := w.T("access.role." + string(g.Role))
		if g.Body != "" {
			name += " · " + w.names.Name(g.Body, "", w.Lang)
		}
		list = append(list, Link{name, ""})
	}
	switch {
	case len(list) > 0:
		return list
	case who.Trust > access.Public:
		return []Link{{w.T("access.role.member"), ""}}
	}
	return []Link{{w.T("access.role.visitor"), ""}}
}

// reads says circle by circle whether she reads it: the answer to "why do I see
// this, and not that?"
func (w wording) reads(who access.Subject) []Reads {
	var list []Reads
	for _, level := range access.Levels[:access.Closed] {
		_, ok := who.Scope().Allows(access.Label{Level: level})
		list = append(list, w.circle(ok, "access.level."+level.String(), w.T("access.level."+level.String()+".hint")))
	}
	if _, ok := who.Scope().Allows(access.Label{Level: access.Closed, State: who.State}); ok && who.State != "" {
		list = append(list, w.circle(true, "access.level.closed", w.T("account.reads.state", "state", w.names.Name(who.State, "", w.Lang))))
	}
	for _, g := range who.Groups {
		list = append(list, w.circle(true, "access.level.closed", w.T("people.reach.group", "group", w.groupName(g))))
	}
	return append(list, w.circle(true, "access.level.closed", w.T("account.reads.own")))
}

func (w wording) circle(open bool, key, sentence string) Reads {
	if !open {
		return Reads{Tag{Plain, w.T(key)}, w.T("account.reads.not") + " " + sentence}
	}
	return Reads{Tag{Done, w.T(key)}, sentence}
}

// may lists what her role allows beyond reading.
func (w wording) may(who access.Subject) []string {
	own := access.Label{Level: access.Closed, Owner: who.ID}
	var list []string
	for _, can := range []struct {
		ok  bool
		key string
	}{
		{who.May(access.Contribute, own).Allowed, "account.may.contribute"},
		{who.HasFor(access.FocalPoint, who.State), "account.may.own-state"},
		{who.May(access.Edit, access.Label{}).Allowed, "account.may.edit"},
		{who.May(access.ManagePeople, access.Label{}).Allowed, "account.may.people"},
	} {
		if can.ok {
			list = append(list, w.T(can.key))
		}
	}
	return list
}

func (h *House) setLanguage(w http.ResponseWriter, r *http.Request) error {
	who := ReaderOf(r)
	if !who.SignedIn() {
		return Refused(access.RuleSignIn)
	}
	t, ok := lang.Parse(r.PostFormValue("lang"))
	if !ok && r.PostFormValue("lang") != "" {
		return Wrong("account.error.lang")
	}
	if err := account.SetLang(r.Context(), h.DB, who.Subject, who.ID, t); err != nil {
		return err
	}
	f := h.site.Frame(r)
	if t != "" {
		f.Lang = t
	}
	return f.Redirect(w, "/account", noticeLanguage, 0)
}
