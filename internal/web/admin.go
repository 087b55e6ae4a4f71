package web

import (
	"net/http"

	"polis/internal/access"
	"polis/internal/library"
)

// adminLine is a page of the administration as the index at /admin names it.
type adminLine struct {
	path        string
	title, line string                    // message keys: its name, and one sentence on what it is for
	needs       access.Action             // she may do it to what is nobody's in particular: access.Label{}
	also        func(access.Subject) bool // who else finds it there, or nil
	part        string                    // message key: under which heading
}

// The headings of the index, in their order.
const (
	partLibrary = "web.nav.library"
	partPeople  = "admin.part.people"
	partSystem  = "admin.part.system"
)

var adminParts = []string{partLibrary, partPeople, partSystem}

// adminLines are the pages of the administration. Whoever adds one puts its
// line here; the index and the menu show it to those who may use it.
var adminLines = []adminLine{
	{path: "/people", title: "people.title.all", line: "people.line", needs: access.ManagePeople, also: keepsEverybody, part: partPeople},
	{path: "/groups", title: "groups.title", line: "groups.line", needs: access.ManageGroups, part: partPeople},
	{path: "/invitations", title: "joining.invitations.title", line: "joining.invitations.line", needs: access.ManagePeople, also: keepsEverybody, part: partPeople},
	{path: "/admin/hand-over", title: "joining.hand-over.title", line: "joining.hand-over.line", needs: access.ManagePeople, part: partPeople},
	{path: "/admin/tokens", title: "token.service.title", line: "token.service.line", needs: access.Operate, also: keepsTokens, part: partPeople},
	{path: "/admin/providers", title: "provider.title", line: "provider.index", needs: access.Operate, part: partPeople},
	{path: usagePath, title: "usage.title", line: "usage.line", needs: access.EditThesaurus, part: partLibrary},
	{path: "/library/misses", title: "box.misses.title", line: "usage.misses.line", needs: access.EditThesaurus, part: partLibrary},
	{path: twinsPath, title: "twins.title", line: "twins.line", needs: access.EditThesaurus, part: partLibrary},
	{path: "/library/bulk", title: "tidy.bulk.title", line: "tidy.line", needs: access.Edit, also: func(who access.Subject) bool { return library.MayBatch(who).Allowed }, part: partLibrary},
	{path: "/thesaurus", title: "thesaurus.title", line: "thesaurus.line", needs: access.EditThesaurus, part: partLibrary},
	{path: "/library/lowering", title: "lowering.title.all", line: "lowering.line", needs: access.Lower, also: lowersForState, part: partLibrary},
	{path: "/admin/mail", title: "mail.title", line: "mail.line", needs: access.Operate, part: partSystem},
	{path: "/admin/log", title: "log.title", line: "log.line", needs: access.Operate, part: partSystem},
	{path: "/admin/quarantine", title: "admin.quarantine.title", line: "admin.quarantine.line", needs: access.Operate, part: partLibrary},
	{path: sourcesPath, title: "exchange.title", line: "exchange.line", needs: access.Edit, part: partLibrary},
	{path: dictionariesPath, title: "lexicon.title", line: "lexicon.line", needs: access.Operate, part: partLibrary},
	{path: "/admin/storage", title: "admin.storage.title", line: "admin.storage.line", needs: access.Operate, part: partSystem},
	{path: "/admin/retention", title: "admin.retention.title", line: "admin.retention.line", needs: access.Operate, part: partSystem},
	{path: "/admin/health", title: "admin.health.title", line: "admin.health.line", needs: access.Operate, part: partSystem},
	{path: "/admin/jobs", title: "admin.jobs.title", line: "admin.jobs.line", needs: access.Operate, part: partSystem},
}

// shows reports whether the index names the page to the subject.
func (l adminLine) shows(who access.Subject) bool {
	return who.May(l.needs, access.Label{}).Allowed || l.also != nil && l.also(who)
}

// AdminView is the index of the administration.
type AdminView struct{ Parts []AdminPart }

// AdminPart is what stands under one heading.
type AdminPart struct {
	Name  string
	Lines []AdminLine
}

// AdminLine leads to a page of the administration.
type AdminLine struct{ Title, Line, URL string }

var adminPage = newPage("admin", AdminView{[]AdminPart{{"People", []AdminLine{{"People", "Who may come in, and on whose word.", "/en/people"}}}}})

func (h *House) openAdmin() {
	h.site.Handle("GET /admin", h.admin)
	h.openAdminJobs()
}

func (h *House) admin(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	f := h.site.Frame(r)
	parts := f.adminParts()
	if len(parts) == 0 {
		return Refused(ReaderOf(r).May(access.Operate, access.Label{}).Rule)
	}
	f.Title = f.T("admin.title")
	return adminPage.Show(w, f, AdminView{parts})
}

// adminParts are those pages of the administration that exist and that the reader
// may use, under their headings.
func (f *Frame) adminParts() (list []AdminPart) {
	for _, part := range adminParts {
		p := AdminPart{Name: f.T(part)}
		for _, l := range adminLines {
			if l.part == part && l.shows(f.Reader.Subject) && f.Has(l.path) {
				p.Lines = append(p.Lines, AdminLine{f.T(l.title), f.T(l.line), f.URL(l.path)})
			}
		}
		if len(p.Lines) > 0 {
			list = append(list, p)
		}
	}
	return list
}

// Administers reports whether the index of the administration has anything for
// the reader: the menu then leads there.
func (f *Frame) Administers() bool { return f.Has("/admin") && len(f.adminParts()) > 0 }

// keepsEverybody reports whether the subject looks after everybody's account:
// the administrator and the desk, which appoints the focal points.
func keepsEverybody(who access.Subject) bool { return who.MayVouch("", "").Allowed }

// KeepsPeople reports whether the reader is a focal point with people of her
// own, to whom the menu leads.
func (f *Frame) KeepsPeople() bool {
	return f.Has("/people") && f.Reader.Has(access.FocalPoint) && !keepsEverybody(f.Reader.Subject)
}
