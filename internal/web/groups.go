package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/framework"
)

// GroupsView lists the groups of which the reader may know.
type GroupsView struct {
	Lead   string
	Action string // address that filters
	Fields []Field
	Unled  []Link // groups that nobody runs, for those who keep groups
	Groups []GroupLine
	None   string
	More   string // address of those that follow, or ""
	New    string // address of the form for a new one, or ""
}

// GroupLine is one group of a list.
type GroupLine struct {
	Name, URL, Lang string
	Tag             *Tag
	Mine            *Tag // where the reader is in it
	About           string
	Life            string // how alive it is
}

var sampleGroupLine = GroupLine{"Investigators", "/en/groups/g1", "en", &Tag{Attention, "Closed"}, &Tag{Done, "Member"}, "Of one network.", "12 members · last post on 3 March 2026"}

var groupsPage = newPage("groups", GroupsView{
	Lead: "Circles of people.", Action: "/en/groups", Fields: []Field{{Name: "words", Label: "Name", Type: "search"}},
	Unled: []Link{{"Investigators", "/en/groups/g1"}}, Groups: []GroupLine{sampleGroupLine}, None: "Nothing yet.", More: "/en/groups?after=g1", New: "/en/groups/new",
})

var (
	noticeGroupOpened = newNotice("groups.done.opened")
	noticeGroupSaved  = newNotice("groups.done.saved")
	noticeGroupEnded  = newNotice("groups.done.ended")
	noticeRaised      = newNotice("groups.done.raised")
	noticeGroupJoined = newNotice("groups.done.joined")
	noticeAdmitted    = newNotice("groups.done.admitted")
	noticeDismissed   = newNotice("groups.done.dismissed")
	noticeLeft        = newNotice("groups.done.left")
	noticeFacilitates = newNotice("groups.done.facilitates")
	noticeNoLonger    = newNotice("groups.done.no-longer")
	noticeProposed    = newNotice("groups.done.proposed")
	noticeDeclined    = newNotice("groups.done.declined")
	noticeWithdrawn   = newNotice("groups.done.withdrawn")
)

func (h *House) openGroups() {
	h.site.Handle("GET /community", h.community)
	h.site.Handle("GET /groups", h.groups)
	h.site.Handle("GET /groups/new", h.newGroup)
	h.site.Handle("POST /groups/new", h.proven(h.openGroup))
	h.site.Handle("GET /groups/{id}", h.group)
	h.site.Handle("GET /groups/{id}/about", h.aboutGroup)
	h.site.Handle("GET /groups/{id}/edit", h.groupForm)
	h.site.Handle("POST /groups/{id}/edit", h.editGroup)
	h.site.Handle("GET /groups/{id}/raise", h.raising)
	h.site.Handle("POST /groups/{id}/raise", h.proven(h.raise))
	h.site.Handle("POST /groups/{id}/end", h.proven(h.endGroup))
	h.site.Handle("GET /groups/{id}/members", h.members)
	h.site.Handle("POST /groups/{id}/join", h.join)
	h.site.Handle("POST /groups/{id}/greeted", h.greeted)
	h.site.Handle("POST /groups/{id}/admit", h.proven(h.admit))
	h.site.Handle("POST /groups/{id}/dismiss", h.dismiss)
	h.site.Handle("POST /groups/{id}/facilitate", h.facilitate)
	h.site.Handle("GET /groups/{id}/proposals", h.proposals)
	h.site.Handle("POST /groups/{id}/proposals", h.site.costly(h.propose))
	h.site.Handle("POST /groups/{id}/proposals/{act}", h.answerProposal)
}

// keepsGroups decides whether the reader keeps the groups.
func keepsGroups(r *http.Request) access.Decision {
	return ReaderOf(r).May(access.ManageGroups, access.Label{})
}

// groupsAPage is how many groups a list shows at once.
const groupsAPage = 30

func (h *House) groups(w http.ResponseWriter, r *http.Request) error {
	f := h.site.Frame(r)
	f.Title = f.T("groups.title")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	who, q := ReaderOf(r).Subject, r.URL.Query()
	filter := account.GroupFilter{
		Kind: account.GroupKind(q.Get("kind")), Theme: q.Get("theme"), Words: q.Get("words"), Mine: who.SignedIn() && q.Get("which") == "mine", Ended: q.Get("which") == "ended",
	}
	if !slices.Contains(account.GroupKinds, filter.Kind) {
		filter.Kind = ""
	}
	list, more, err := account.FindGroups(r.Context(), h.DB, who, filter, q.Get("after"), groupsAPage)
	if err != nil {
		return err
	}
	f.Crumbs = []Link{{f.T("community.title"), f.URL("/community")}}
	v := GroupsView{Lead: f.T("groups.lead"), Action: f.URL("/groups"), Fields: p.groupFilter(filter, who.SignedIn()), None: f.T("groups.empty")}
	if v.Groups, err = p.groupLines(list); err != nil {
		return err
	}
	if more != "" {
		v.More = f.With("after", more)
	}
	if keepsGroups(r).Allowed {
		v.Lead, v.New = f.T("groups.lead.all"), f.URL("/groups/new")
		v.Unled, err = h.unled(r, f)
	}
	if err != nil {
		return err
	}
	return groupsPage.Show(w, f, v)
}

// unled leads to the groups that nobody runs, for those who keep groups.
func (h *House) unled(r *http.Request, f *Frame) (links []Link, err error) {
	list, err := account.Unled(r.Context(), h.DB, ReaderOf(r).Subject)
	for _, g := range list {
		links = append(links, Link{g.Name, f.URL("/groups/" + g.ID + "/members")})
	}
	return links, err
}

func (p *helping) groupFilter(filter account.GroupFilter, signedIn bool) []Field {
	kinds := []Option{{Value: "", Text: p.T("core.all")}}
	for _, k := range account.GroupKinds {
		kinds = append(kinds, Option{Value: string(k), Text: p.T("groups.kind." + string(k)), Chosen: k == filter.Kind})
	}
	which := []Option{{Value: "", Text: p.T("groups.which.all")}}
	if signedIn {
		which = append(which, Option{Value: "mine", Text: p.T("groups.which.mine"), Chosen: filter.Mine})
	}
	which = append(which, Option{Value: "ended", Text: p.T("groups.which.ended"), Chosen: filter.Ended})
	return []Field{
		{Name: "words", Label: p.T("groups.field.name"), Type: "search", Value: filter.Words, Auto: "off"},
		{Name: "kind", Label: p.T("groups.field.kind"), Type: "select", Options: kinds},
		{Name: "theme", Label: p.T("assistance.field.theme"), Type: "select", Options: p.themeOptions(filter.Theme)},
		{Name: "which", Label: p.T("groups.which"), Type: "select", Options: which},
	}
}

// groupLines are groups as a list shows them, each with its signs of life.
func (p *helping) groupLines(list []account.Group) ([]GroupLine, error) {
	ids := make([]string, len(list))
	for i, g := range list {
		ids[i] = g.ID
	}
	who, ctx := ReaderOf(p.r).Subject, p.r.Context()
	lives, err := p.h.talks().Lives(ctx, who.Scope(), ids)
	if err != nil {
		return nil, err
	}
	counts, err := account.MemberCounts(ctx, p.h.DB, ids)
	if err != nil {
		return nil, err
	}
	own, err := account.GroupsOf(ctx, p.h.DB, who)
	if err != nil {
		return nil, err
	}
	lines := make([]GroupLine, len(list))
	for i, g := range list {
		lines[i] = GroupLine{Name: g.Name, URL: p.URL("/groups/" + g.ID), Lang: string(g.Lang), About: g.About, Tag: p.groupTag(g)}
		if slices.ContainsFunc(own, func(o account.Group) bool { return o.ID == g.ID }) {
			lines[i].Mine = &Tag{Done, p.T("groups.member-here")}
		}
		life := []string{p.T("groups.life.members", "n", counts[g.ID])}
		if l := lives[g.ID]; !l.Last.IsZero() {
			life = append(life, p.T("groups.life.last", "day", l.Last))
			if l.Open > 0 {
				life = append(life, p.T("groups.life.open", "n", l.Open))
			}
		}
		lines[i].Life = strings.Join(life, " · ")
	}
	return lines, nil
}

// groupTag says how far a group is open, or that it is an archive.
func (f *Frame) groupTag(g account.Group) *Tag {
	switch {
	case !g.Ended.IsZero():
		return &Tag{Plain, f.T("groups.ended", "day", g.Ended)}
	case g.Kind == account.GroupClosed:
		return &Tag{Attention, f.T("groups.kind.closed")}
	}
	return &Tag{Plain, f.T("groups.reach." + reachKey(account.GroupReach{Kind: g.Kind, Level: g.Level}))}
}

// reachKey names how far a group is open in messages and forms.
func reachKey(r account.GroupReach) string { return string(r.Kind) + "-" + r.Level.String() }

// reachesOf are all that there are.
func reachesOf() (list []account.GroupReach) {
	for _, kind := range account.GroupKinds {
		for _, level := range kind.Levels() {
			list = append(list, account.GroupReach{Kind: kind, Level: level})
		}
	}
	return list
}

// themeLinks leads to the themes of a group.
func (f *Frame) themeLinks(ids []string) (links []Link) {
	for _, id := range ids {
		if theme, ok := framework.Theme(id); ok {
			links = append(links, Link{theme.Names.In(f.Lang), f.URL("/themes/" + id)})
		}
	}
	return links
}

// ownGroups leads to the groups in which the reader is.
func (w wording) ownGroups(list []account.Group) (links []Link) {
	for _, g := range list {
		if g.Ended.IsZero() {
			links = append(links, Link{g.Name, w.URL("/groups/" + url.PathEscape(g.ID))})
		}
	}
	return links
}

// groupNames are the names of the closed groups that the reader may know: her own, or
// all for those who keep them. archives are the ids of her own that have ended.
func (h *House) groupNames(r *http.Request) (names map[string]string, archives []string, err error) {
	who := ReaderOf(r).Subject
	if keepsGroups(r).Allowed {
		if names, err = account.GroupNames(r.Context(), h.DB); err != nil {
			return nil, nil, err
		}
	}
	if len(who.Groups) == 0 {
		return names, nil, nil
	}
	if names == nil {
		names = map[string]string{}
	}
	own, err := account.GroupsOf(r.Context(), h.DB, who)
	for _, g := range own {
		names[g.ID] = g.Name
		if !g.Ended.IsZero() {
			archives = append(archives, g.ID)
		}
	}
	return names, archives, err
}
