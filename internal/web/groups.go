package web

import (
	"net/http"
	"net/url"
	"slices"

	"polis/internal/access"
	"polis/internal/account"
)

// GroupsView lists the closed groups: all for those who keep them, her own for
// everybody else.
type GroupsView struct {
	Lead   string
	Groups []GroupLine
	New    string // address of the form for a new one, or ""
}

// GroupLine is one group of the list.
type GroupLine struct {
	Name, URL, About string
	Tag              *Tag
}

var groupsPage = newPage("groups", GroupsView{
	Lead: "Circles of named people.", Groups: []GroupLine{{"Investigators", "/en/groups/g1", "Of one network.", &Tag{Plain, "Ended"}}}, New: "/en/groups/new",
})

// GroupView is one group with its people.
type GroupView struct {
	About     string
	Tag       *Tag
	Members   []MemberLine
	Documents Link         // what is closed to the group, for its members
	Leave     *PersonForm  // for a member
	Admit     *AdmitView   // for those who keep groups
	Forms     []PersonForm // to change and to end it, for those
}

// MemberLine is somebody in a group.
type MemberLine struct {
	Name, URL string
	Meta      string
	Tag       *Tag // where the group is closed for her
	Dismiss   string
	ID        string
}

// AdmitView finds people to be admitted.
type AdmitView struct {
	Action string
	Field  Field
	Asked  bool
	Found  []MemberLine
	Post   string
}

var groupPage = newPage("group", GroupView{
	About: "Of one network.", Tag: &Tag{Plain, "Ended"},
	Members:   []MemberLine{{Name: "Aigul Asanova", URL: "/en/people/1", Meta: "Kyrgyzstan, since 3 March 2025", Tag: &Tag{Attention, "Closed for her"}, Dismiss: "/en/groups/g1/dismiss", ID: "1"}},
	Documents: Link{"What is closed to this group", "/en/library?group=cyber"},
	Leave:     &PersonForm{ID: "leave", Title: "Leave the group", Action: "/en/groups/g1/dismiss", Button: "Leave", Says: []string{"You will no longer read its records."}, Hidden: []Carried{{"person", "1"}}, Warning: true},
	Admit:     &AdmitView{Action: "/en/groups/g1", Field: Field{Name: "q", Label: "Name", Type: "search"}, Asked: true, Found: []MemberLine{{Name: "Bela", Meta: "Kyrgyzstan", ID: "2"}}, Post: "/en/groups/g1/admit"},
	Forms:     []PersonForm{{ID: "edit", Title: "Change", Action: "/en/groups/g1/edit", Button: "Save", Fields: []Field{{Name: "name", Label: "Name", Error: "Write it."}, {Name: "about", Label: "About", Type: "textarea"}}, Open: true}},
})

// GroupEditView is the form for a new group.
type GroupEditView struct{ Fields []Field }

var groupNewPage = newPage("group-new", GroupEditView{[]Field{{Name: "name", Label: "Name", Error: "Write it."}}})

var (
	noticeGroupOpened = newNotice("groups.done.opened")
	noticeGroupSaved  = newNotice("groups.done.saved")
	noticeGroupEnded  = newNotice("groups.done.ended")
	noticeAdmitted    = newNotice("groups.done.admitted")
	noticeDismissed   = newNotice("groups.done.dismissed")
	noticeLeft        = newNotice("groups.done.left")
)

func (h *House) openGroups() {
	h.site.Handle("GET /groups", h.groups)
	h.site.Handle("GET /groups/new", h.newGroup)
	h.site.Handle("POST /groups/new", h.proven(h.openGroup))
	h.site.Handle("GET /groups/{id}", h.group)
	h.site.Handle("POST /groups/{id}/edit", h.editGroup)
	h.site.Handle("POST /groups/{id}/end", h.proven(h.endGroup))
	h.site.Handle("POST /groups/{id}/admit", h.proven(h.admit))
	h.site.Handle("POST /groups/{id}/dismiss", h.dismiss)
}

// keepsGroups decides whether the reader keeps the closed groups.
func keepsGroups(r *http.Request) access.Decision {
	return ReaderOf(r).May(access.ManageGroups, access.Label{})
}

// KnowsGroups reports whether the reader has groups to go to: her own.
func (f *Frame) KnowsGroups() bool {
	return f.Has("/groups") && len(f.Reader.Groups) > 0 && !f.Reader.May(access.ManageGroups, access.Label{}).Allowed
}

func (h *House) groups(w http.ResponseWriter, r *http.Request) error {
	who := ReaderOf(r)
	if !who.SignedIn() {
		return h.mustSignIn(w, r)
	}
	f := h.site.Frame(r)
	f.Title = f.T("groups.title")
	v := GroupsView{Lead: f.T("groups.lead")}
	groups, err := account.GroupsOf(r.Context(), h.DB, who.Subject)
	if keepsGroups(r).Allowed {
		f.Crumbs = []Link{{f.T("admin.title"), f.URL("/admin")}}
		v.Lead, v.New = f.T("groups.lead.all"), f.URL("/groups/new")
		groups, err = account.Groups(r.Context(), h.DB, who.Subject)
	}
	if err != nil {
		return err
	}
	for _, g := range groups {
		line := GroupLine{Name: g.Name, URL: f.URL("/groups/" + g.ID), About: g.About}
		if !g.Ended.IsZero() {
			line.Tag = &Tag{Plain, f.T("groups.ended", "day", g.Ended)}
		}
		v.Groups = append(v.Groups, line)
	}
	slices.SortStableFunc(v.Groups, func(a, b GroupLine) int {
		if (a.Tag == nil) != (b.Tag == nil) {
			if a.Tag == nil {
				return -1
			}
			return 1
		}
		return f.Compare(a.Name, b.Name)
	})
	return groupsPage.Show(w, f, v)
}

// group shows one group. To those who are not in it and do not keep groups it
// is not there: its name alone may say too much.
func (h *House) group(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	return h.showGroup(w, r, nil)
}

func (h *House) showGroup(w http.ResponseWriter, r *http.Request, wrong account.Invalid) error {
	who := ReaderOf(r).Subject
	g, err := account.GetGroup(r.Context(), h.DB, who, r.PathValue("id"))
	if err != nil {
		return err
	}
	members, err := account.Members(r.Context(), h.DB, who, g.ID)
	if err != nil {
		return err
	}
	f := h.site.Frame(r)
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	page := groupPageOf{words, r, h, g, wrong}
	f.Title, f.Crumbs = g.Name, []Link{{f.T("groups.title"), f.URL("/groups")}}
	v := GroupView{About: g.About}
	if !g.Ended.IsZero() {
		v.Tag = &Tag{Plain, f.T("groups.ended", "day", g.Ended)}
	}
	for _, m := range members {
		v.Members = append(v.Members, page.member(m))
	}
	if slices.Contains(who.Groups, g.ID) {
		v.Documents = Link{f.T("groups.documents"), f.URL("/library?group=" + url.QueryEscape(g.ID))}
		v.Leave = page.leaveForm()
	}
	if keepsGroups(r).Allowed && g.Ended.IsZero() {
		if v.Admit, err = page.admit(); err != nil {
			return err
		}
		v.Forms = []PersonForm{page.editForm(), page.endForm(len(members))}
	}
	if len(wrong) > 0 {
		f.Status = http.StatusUnprocessableEntity
	}
	return groupPage.Show(w, f, v)
}

// ownGroups leads to the groups that are open to the reader.
func (w wording) ownGroups(who access.Subject) (list []Link) {
	for _, g := range who.Groups {
		list = append(list, Link{w.groupName(g), w.URL("/groups/" + g)})
	}
	return list
}

// groupNames are the names of the closed groups that the reader may know: her
// own, or all for those who keep them.
func (h *House) groupNames(r *http.Request) (map[string]string, error) {
	who := ReaderOf(r).Subject
	if keepsGroups(r).Allowed {
		return account.GroupNames(r.Context(), h.DB)
	}
	own, err := account.GroupsOf(r.Context(), h.DB, who)
	if err != nil || len(own) == 0 {
		return nil, err
	}
	names := make(map[string]string, len(own))
	for _, g := range own {
		names[g.ID] = g.Name
	}
	return names, nil
}
