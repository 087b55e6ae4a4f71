package web

import (
	"net/http"

	"polis/internal/access"
)

// adminLine is a page of the administration as the index at /admin names it.
type adminLine struct {
	path        string
	title, line string                    // message keys: its name, and one sentence on what it is for
	needs       access.Action             // she may do it to what is nobody's in particular: access.Label{}
	also        func(access.Subject) bool // who else finds it there, or nil
}

// adminLines are the pages of the administration. Whoever adds one puts its
// line here; the index and the menu show it to those who may use it.
var adminLines = []adminLine{
	{path: "/people", title: "people.title.all", line: "people.line", needs: access.ManagePeople, also: keepsEverybody},
	{path: "/groups", title: "groups.title", line: "groups.line", needs: access.ManageGroups},
	{path: "/invitations", title: "joining.invitations.title", line: "joining.invitations.line", needs: access.ManagePeople, also: keepsEverybody},
	{path: "/admin/hand-over", title: "joining.hand-over.title", line: "joining.hand-over.line", needs: access.ManagePeople},
	{path: "/admin/tokens", title: "token.service.title", line: "token.service.line", needs: access.Operate, also: keepsTokens},
	{path: "/admin/providers", title: "provider.title", line: "provider.index", needs: access.Operate},
	{path: "/library/lowering", title: "lowering.title.all", line: "lowering.line", needs: access.Lower, also: lowersForState},
	{path: "/admin/mail", title: "mail.title", line: "mail.line", needs: access.Operate},
	{path: "/admin/log", title: "log.title", line: "log.line", needs: access.Operate},
	{path: "/admin/quarantine", title: "admin.quarantine.title", line: "admin.quarantine.line", needs: access.Operate},
	{path: "/admin/sources", title: "exchange.title", line: "exchange.line", needs: access.Operate},
	{path: dictionariesPath, title: "lexicon.title", line: "lexicon.line", needs: access.Operate},
	{path: "/admin/storage", title: "admin.storage.title", line: "admin.storage.line", needs: access.Operate},
	{path: "/admin/retention", title: "admin.retention.title", line: "admin.retention.line", needs: access.Operate},
	{path: "/admin/health", title: "admin.health.title", line: "admin.health.line", needs: access.Operate},
	{path: "/admin/jobs", title: "admin.jobs.title", line: "admin.jobs.line", needs: access.Operate},
}

// shows reports whether the index names the page to the subject.
func (l adminLine) shows(who access.Subject) bool {
	return who.May(l.needs, access.Label{}).Allowed || l.also != nil && l.also(who)
}

// AdminView is the index of the administration.
type AdminView struct{ Lines []AdminLine }

// AdminLine leads to a page of the administration.
type AdminLine struct{ Title, Line, URL string }

var adminPage = newPage("admin", AdminView{[]AdminLine{{"People", "Who may come in, and on whose word.", "/en/people"}}})

func (h *House) openAdmin() {
	h.site.Handle("GET /admin", h.admin)
	h.openAdminJobs()
}

func (h *House) admin(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	f := h.site.Frame(r)
	lines := f.adminLines()
	if len(lines) == 0 {
		return Refused(ReaderOf(r).May(access.Operate, access.Label{}).Rule)
	}
	f.Title = f.T("admin.title")
	return adminPage.Show(w, f, AdminView{lines})
}

// adminLines are those pages of the administration that exist and that the
// reader may use.
func (f *Frame) adminLines() (list []AdminLine) {
	for _, l := range adminLines {
		if l.shows(f.Reader.Subject) && f.Has(l.path) {
			list = append(list, AdminLine{f.T(l.title), f.T(l.line), f.URL(l.path)})
		}
	}
	return list
}

// Administers reports whether the index of the administration has anything for
// the reader: the menu then leads there.
func (f *Frame) Administers() bool { return f.Has("/admin") && len(f.adminLines()) > 0 }

// keepsEverybody reports whether the subject looks after everybody's account:
// the administrator and the desk, which appoints the focal points.
func keepsEverybody(who access.Subject) bool { return who.MayVouch("", "").Allowed }

// KeepsPeople reports whether the reader is a focal point with people of her
// own, to whom the menu leads.
func (f *Frame) KeepsPeople() bool {
	return f.Has("/people") && f.Reader.Has(access.FocalPoint) && !keepsEverybody(f.Reader.Subject)
}
