package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/store"
)

// groupPageOf gathers what a group's page says.
type groupPageOf struct {
	wording
	r     *http.Request
	h     *House
	g     account.Group
	wrong account.Invalid
}

func (p groupPageOf) address(path string) string { return p.URL("/groups/" + p.g.ID + path) }

func (p groupPageOf) member(m account.Member) MemberLine {
	line := MemberLine{
		ID: m.Person, Name: m.Name, Meta: p.T("groups.member", "by", p.circleName(m.ActsFor, m.Body), "since", m.Since, "until", m.Until),
	}
	if !m.Open {
		line.Tag = &Tag{Attention, p.T("groups.closed-for")}
	}
	if keepsGroups(p.r).Allowed && p.g.Ended.IsZero() {
		line.Dismiss = p.address("/dismiss")
	}
	if keepsEverybody(p.Reader.Subject) {
		line.URL = p.URL("/people/" + m.Person)
	}
	return line
}

func (p groupPageOf) leaveForm() *PersonForm {
	return &PersonForm{
		ID: "leave", Title: p.T("groups.leave"), Action: p.address("/dismiss"), Button: p.T("groups.leave.button"), Warning: true,
		Says: []string{p.T("groups.leave.says")}, Hidden: []Carried{{"person", p.Reader.ID}},
	}
}

func (p groupPageOf) editForm() PersonForm {
	f := PersonForm{
		ID: "edit", Title: p.T("groups.edit"), Action: p.address("/edit"), Button: p.T("core.save"),
		Hidden: []Carried{{"rev", strconv.FormatInt(p.g.Rev, 10)}},
		Fields: p.groupFields(p.g.Name, p.g.About),
	}
	if p.wrong != nil {
		f.Fields = p.groupFields(p.r.PostFormValue("name"), p.r.PostFormValue("about"))
		f.Open = true
	}
	p.flag(f.Fields, p.wrong)
	return f
}

func (f *Frame) groupFields(name, about string) []Field {
	return []Field{
		{Name: "name", Label: f.T("groups.field.name"), Hint: f.T("groups.hint.name"), Value: name, Auto: "off"},
		{Name: "about", Label: f.T("groups.field.about"), Hint: f.T("groups.hint.about"), Value: about, Type: "textarea", Rows: 3},
	}
}

func (p groupPageOf) endForm(members int) PersonForm {
	return PersonForm{
		ID: "end", Title: p.T("groups.end"), Action: p.address("/end"), Button: p.T("groups.end.button"), Warning: true,
		Says: []string{p.T("groups.end.says", "n", members)}, Hidden: []Carried{{"rev", strconv.FormatInt(p.g.Rev, 10)}},
	}
}

// admit looks for people by what the address asks.
func (p groupPageOf) admit() (*AdmitView, error) {
	q := strings.TrimSpace(p.r.URL.Query().Get("q"))
	q = strings.ToValidUTF8(q[:min(len(q), longestFilter)], "")
	v := &AdmitView{
		Action: p.address(""), Post: p.address("/admit"), Asked: q != "",
		Field: Field{Name: "q", Label: p.T("groups.find"), Hint: p.T("groups.find.hint"), Type: "search", Value: q, Auto: "off", Width: "medium"},
	}
	found, err := account.Candidates(p.r.Context(), p.h.DB, p.Reader.Subject, p.g.ID, q)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	for _, c := range found {
		v.Found = append(v.Found, MemberLine{ID: c.ID, Name: c.Name, Meta: strings.Join(append([]string{c.Email}, p.vouchers(c, now)...), " · ")})
	}
	return v, nil
}

func (h *House) newGroup(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	return h.showNewGroup(w, r, nil)
}

func (h *House) showNewGroup(w http.ResponseWriter, r *http.Request, wrong account.Invalid) error {
	if d := keepsGroups(r); !d.Allowed {
		return Refused(d.Rule)
	}
	f := h.site.Frame(r)
	f.Title, f.Crumbs = f.T("groups.new"), []Link{{f.T("groups.title"), f.URL("/groups")}}
	fields := append([]Field{{Name: "id", Label: f.T("groups.field.id"), Hint: f.T("groups.hint.id"), Value: r.PostFormValue("id"), Width: "medium", Auto: "off"}},
		f.groupFields(r.PostFormValue("name"), r.PostFormValue("about"))...)
	f.flag(fields, wrong)
	return groupNewPage.Show(w, f, GroupEditView{fields})
}

func (h *House) openGroup(w http.ResponseWriter, r *http.Request) error {
	id := strings.TrimSpace(r.PostFormValue("id"))
	err := account.OpenGroup(r.Context(), h.DB, ReaderOf(r).Subject, id, r.PostFormValue("name"), r.PostFormValue("about"))
	var wrong account.Invalid
	if errors.As(err, &wrong) {
		return h.showNewGroup(w, r, wrong)
	}
	if err != nil {
		return groupFault(r, err)
	}
	return h.site.Frame(r).Redirect(w, "/groups/"+id, noticeGroupOpened, 0)
}

// groupFault says of an error what a keeper of groups has to know.
func groupFault(r *http.Request, err error) error {
	switch {
	case errors.Is(err, account.ErrForbidden):
		return Refused(keepsGroups(r).Rule)
	case errors.Is(err, account.ErrChanged):
		return &Fault{Status: http.StatusConflict, Key: "groups.error.changed", Err: err}
	case errors.Is(err, account.ErrNoVouching):
		return &Fault{Status: http.StatusConflict, Key: "groups.error.no-word", Err: err}
	}
	return err
}

func revOf(r *http.Request) int64 {
	rev, _ := strconv.ParseInt(r.PostFormValue("rev"), 10, 64) // 0 is no group's: it was changed
	return rev
}

func (h *House) editGroup(w http.ResponseWriter, r *http.Request) error {
	err := account.EditGroup(r.Context(), h.DB, ReaderOf(r).Subject, r.PathValue("id"), revOf(r), r.PostFormValue("name"), r.PostFormValue("about"))
	var wrong account.Invalid
	if errors.As(err, &wrong) {
		return h.showGroup(w, r, wrong)
	}
	if err != nil {
		return groupFault(r, err)
	}
	return h.site.Frame(r).Redirect(w, "/groups/"+r.PathValue("id"), noticeGroupSaved, 0)
}

func (h *House) endGroup(w http.ResponseWriter, r *http.Request) error {
	if err := account.EndGroup(r.Context(), h.DB, ReaderOf(r).Subject, r.PathValue("id"), revOf(r)); err != nil {
		return groupFault(r, err)
	}
	return h.site.Frame(r).Redirect(w, "/groups", noticeGroupEnded, 0)
}

func (h *House) admit(w http.ResponseWriter, r *http.Request) error {
	err := account.Admit(r.Context(), h.DB, ReaderOf(r).Subject, r.PathValue("id"), r.PostFormValue("person"))
	if err != nil && !errors.Is(err, store.ErrUnchanged) {
		return groupFault(r, err)
	}
	return h.site.Frame(r).Redirect(w, "/groups/"+r.PathValue("id"), noticeAdmitted, 0)
}

// dismiss takes somebody out of a group; a member may leave by herself.
func (h *House) dismiss(w http.ResponseWriter, r *http.Request) error {
	who, person := ReaderOf(r).Subject, r.PostFormValue("person")
	if !who.SignedIn() {
		return Refused(access.RuleSignIn)
	}
	err := account.Dismiss(r.Context(), h.DB, who, r.PathValue("id"), person)
	if err != nil && !errors.Is(err, store.ErrUnchanged) {
		return groupFault(r, err)
	}
	f := h.site.Frame(r)
	if person == who.ID {
		return f.Redirect(w, "/account", noticeLeft, 0)
	}
	return f.Redirect(w, "/groups/"+r.PathValue("id"), noticeDismissed, 0)
}
