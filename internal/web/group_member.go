package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/account"
)

// MembersView lists who is in a group.
type MembersView struct {
	Action  string
	Fields  []Field
	Lead    string
	Members []MemberLine
	None    string
	More    string      // address of those that follow, or ""
	Leave   *PersonForm // for a member
	Admit   *AdmitView  // for those who keep groups
}

// MemberLine is somebody in a group.
type MemberLine struct {
	Name, URL string
	Meta      string
	Tags      []Tag
	ID        string
	Acts      []MemberAct // what may be done about her
}

// MemberAct is one of them, a button.
type MemberAct struct {
	Action, Text string
	Hidden       []Carried
}

// AdmitView finds people to be admitted.
type AdmitView struct {
	Action string
	Field  Field
	Asked  bool
	Found  []MemberLine
}

var membersPage = newPage("group-members", MembersView{
	Action: "/en/groups/g1/members", Fields: []Field{{Name: "words", Label: "Name", Type: "search"}}, Lead: "Who is in it.",
	Members: []MemberLine{{Name: "Aigul Asanova", URL: "/en/people/1", Meta: "Kyrgyzstan, since 3 March 2025", Tags: []Tag{{Done, "Runs it"}}, ID: "1", Acts: []MemberAct{{"/en/groups/g1/dismiss", "Take out", []Carried{{"person", "1"}}}}}},
	None:    "Nobody.", More: "/en/groups/g1/members?after=1",
	Leave: &PersonForm{ID: "leave", Title: "Leave the group", Action: "/en/groups/g1/dismiss", Button: "Leave", Says: []string{"You will no longer read its records."}, Hidden: []Carried{{"person", "1"}}, Warning: true},
	Admit: &AdmitView{Action: "/en/groups/g1/members", Field: Field{Name: "q", Label: "Name", Type: "search"}, Asked: true, Found: []MemberLine{{Name: "Bela", Meta: "Kyrgyzstan", ID: "2", Acts: []MemberAct{{"/en/groups/g1/admit", "Admit", []Carried{{"person", "2"}}}}}}},
})

// membersAPage is how many members a page shows.
const membersAPage = 50

func (h *House) members(w http.ResponseWriter, r *http.Request) error {
	return h.onGroup(func(w http.ResponseWriter, p groupPageOf) error {
		if !signedIn(r) {
			return h.mustSignIn(w, r)
		}
		q := r.URL.Query()
		filter := account.MemberFilter{Words: q.Get("words"), Runs: q.Get("runs") == "1"}
		list, more, err := account.Members(r.Context(), h.DB, ReaderOf(r).Subject, p.g.ID, filter, q.Get("after"), membersAPage)
		if err != nil {
			return groupFault(r, err)
		}
		p.below("groups.members")
		v := MembersView{
			Action: p.address("/members"), Lead: p.T("groups.members.lead"), None: p.T("groups.members.none"),
			Fields: []Field{
				{Name: "words", Label: p.T("groups.members.words"), Type: "search", Value: filter.Words, Auto: "off"},
				{Name: "runs", Label: p.T("groups.members.role"), Type: "select", Options: []Option{{Text: p.T("core.all")}, {Value: "1", Text: p.T("groups.facilitators"), Chosen: filter.Runs}}},
			},
		}
		if filter != (account.MemberFilter{}) {
			v.None = p.T("groups.members.none.fit")
		}
		for _, m := range list {
			v.Members = append(v.Members, p.member(m))
		}
		if more != "" {
			v.More = p.With("after", more)
		}
		if p.s.Member {
			v.Leave = p.leaveForm()
		}
		if keepsGroups(r).Allowed && !p.s.Ended {
			v.Admit, err = p.admit()
		}
		if err != nil {
			return err
		}
		return membersPage.Show(w, p.Frame, v)
	})(w, r)
}

func (p groupPageOf) member(m account.Member) MemberLine {
	line := MemberLine{
		ID: m.Person, Name: m.Name, Meta: p.T("groups.member", "by", p.circleName(m.ActsFor, m.Body), "since", m.Since, "until", m.Until),
	}
	if m.Facilitates {
		line.Tags = append(line.Tags, Tag{Done, p.T("groups.facilitator")})
	}
	if m.Silent.After(p.now) {
		line.Tags = append(line.Tags, Tag{Attention, p.T("groups.silent", "day", m.Silent)})
	}
	if !m.Open {
		line.Tags = append(line.Tags, Tag{Attention, p.T("groups.closed-for")})
	}
	if keepsEverybody(p.Reader.Subject) {
		line.URL = p.URL("/people/" + m.Person)
	}
	act := func(path, key string, carried ...Carried) {
		line.Acts = append(line.Acts, MemberAct{p.address(path), p.T(key), append([]Carried{{"person", m.Person}}, carried...)})
	}
	if p.s.Runs() && m.Open && m.Facilitates {
		act("/facilitate", "groups.facilitate.end", Carried{"runs", "no"})
	} else if p.s.Runs() && m.Open {
		act("/facilitate", "groups.facilitate", Carried{"runs", "yes"})
	}
	if p.s.Runs() && m.Person != p.Reader.ID {
		act("/dismiss", "groups.dismiss")
	}
	return line
}

func (p groupPageOf) leaveForm() *PersonForm {
	says := []string{p.T("groups.leave.says")}
	if p.g.Kind == account.GroupClosed {
		says = []string{p.T("groups.leave.says.closed")}
	}
	if p.s.Facilitates {
		says = append(says, p.T("groups.leave.says.facilitator"))
	}
	return &PersonForm{
		ID: "leave", Title: p.T("groups.leave"), Action: p.address("/dismiss"), Button: p.T("groups.leave.button"), Warning: true,
		Says: says, Hidden: []Carried{{"person", p.Reader.ID}},
	}
}

// admit looks for people by what the address asks.
func (p groupPageOf) admit() (*AdmitView, error) {
	q := strings.TrimSpace(p.r.URL.Query().Get("q"))
	q = strings.ToValidUTF8(q[:min(len(q), longestFilter)], "")
	v := &AdmitView{
		Action: p.address("/members"), Asked: q != "",
		Field: Field{Name: "q", Label: p.T("groups.find"), Hint: p.T("groups.find.hint"), Type: "search", Value: q, Auto: "off", Width: "medium"},
	}
	found, err := account.Candidates(p.r.Context(), p.h.DB, p.Reader.Subject, p.g.ID, q)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	for _, c := range found {
		v.Found = append(v.Found, MemberLine{
			ID: c.ID, Name: c.Name, Meta: strings.Join(append([]string{c.Email}, p.vouchers(c, now)...), " · "),
			Acts: []MemberAct{{p.address("/admit"), p.T("groups.admit.button"), []Carried{{"person", c.ID}}}},
		})
	}
	return v, nil
}

func (h *House) admit(w http.ResponseWriter, r *http.Request) error {
	err := account.Admit(r.Context(), h.DB, ReaderOf(r).Subject, r.PathValue("id"), r.PostFormValue("person"))
	return h.changes(w, r, err, membersPath(r), noticeAdmitted)
}

func membersPath(r *http.Request) string {
	return "/groups/" + url.PathEscape(r.PathValue("id")) + "/members"
}

// dismiss takes somebody out of a group; a member may leave by herself.
func (h *House) dismiss(w http.ResponseWriter, r *http.Request) error {
	who, person := ReaderOf(r).Subject, r.PostFormValue("person")
	if !who.SignedIn() {
		return Refused(access.RuleSignIn)
	}
	err := account.Dismiss(r.Context(), h.DB, who, r.PathValue("id"), person)
	if person == who.ID {
		return h.changes(w, r, err, "/community", noticeLeft)
	}
	return h.changes(w, r, err, membersPath(r), noticeDismissed)
}

// facilitate gives a member the group to run, or takes that back.
func (h *House) facilitate(w http.ResponseWriter, r *http.Request) error {
	who, person := ReaderOf(r).Subject, r.PostFormValue("person")
	if !who.SignedIn() {
		return Refused(access.RuleSignIn)
	}
	if r.PostFormValue("runs") == "no" {
		return h.changes(w, r, account.Unfacilitate(r.Context(), h.DB, who, r.PathValue("id"), person), membersPath(r), noticeNoLonger)
	}
	return h.changes(w, r, account.Facilitate(r.Context(), h.DB, who, r.PathValue("id"), person), membersPath(r), noticeFacilitates)
}
