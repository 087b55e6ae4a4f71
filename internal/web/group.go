package web

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/community/discussion"
	"polis/internal/community/notice"
	"polis/internal/store"
)

// GroupView is one group.
type GroupView struct {
	About     string
	Lang      string // of what the group says of itself
	Tag       *Tag
	Says      string // who reads what is written here, or that it is an archive
	Facts     []Fact
	Welcome   template.HTML // shown to who has just come, until she has read it
	Greeted   string        // address that takes that she has
	Join      string        // address, or ""
	Why       string        // why she does not join, or ""
	Links     []Link
	Announced []AnnouncedLine // what stands in it
	Helpers   []HelperLine    // who is on the roster for what it is about
	Find      string          // address that finds more
	Topics    []TopicLine
	None      string
	All       string // address of all topics
	New       []Link // to ask, to begin a discussion
	Events    []HelpLine
	Plan      []Link // to all events, to plan one, to drafts
}

var groupPage = newPage("group", GroupView{
	About: "Of one network.", Lang: "de", Tag: &Tag{Plain, "Ended"}, Says: "Everybody reads it.", Facts: []Fact{{"Members", []Link{{"12", "/en/groups/g1/members"}}}},
	Welcome: "<p>Welcome.</p>", Greeted: "/en/groups/g1/greeted", Join: "/en/groups/g1/join", Why: "Nobody vouches for you.",
	Links: []Link{{"Members", "/en/groups/g1/members"}}, Announced: sampleAnnounced, Helpers: []HelperLine{{"Aigul Asanova", "/en/experts/1", "Cybercrime – level 3"}}, Find: "/en/experts", Topics: []TopicLine{{"Wer hat ein Muster?", "/en/topics/1", "de", &Tag{Attention, "Waits for an answer"}, &Tag{Attention, "To be looked at again"}, "2 posts"}},
	None: "Nothing yet.", All: "/en/topics?group=g1", New: []Link{{"Ask", "/en/groups/g1/topics/new?kind=question"}}, Events: []HelpLine{sampleEventLine}, Plan: []Link{{"Plan an event", "/en/groups/g1/events/new"}},
})

// GroupAboutView is what a group says to who has come, and its rules.
type GroupAboutView struct {
	Lang           string
	About          string
	Welcome, Rules template.HTML
	None           string
	Edit           string // address of the form, for who runs it
}

var groupAboutPage = newPage("group-about", GroupAboutView{"de", "Of one network.", "<p>Welcome.</p>", "<p>Be brief.</p>", "Nothing yet.", "/en/groups/g1/edit"})

// groupPageOf gathers what the pages of a group say.
type groupPageOf struct {
	talking
	g account.Group
	s account.GroupStanding
}

// groupOf reads the group of the address. To who may not know of it it is not there:
// its name alone may say too much. Who is not signed in is asked to.
func (h *House) groupOf(r *http.Request) (account.Group, account.GroupStanding, error) {
	who, ctx := ReaderOf(r).Subject, r.Context()
	g, err := account.GetGroup(ctx, h.DB, who, r.PathValue("id"))
	if err != nil {
		return g, account.GroupStanding{}, err
	}
	s, err := account.StandingIn(ctx, h.DB, who, g.ID)
	return g, s, err
}

// onGroup begins a page of a group.
func (h *House) onGroup(show func(http.ResponseWriter, groupPageOf) error) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		g, s, err := h.groupOf(r)
		if errors.Is(err, store.ErrNotFound) && !signedIn(r) {
			return h.mustSignIn(w, r)
		}
		if err != nil {
			return err
		}
		f := h.site.Frame(r)
		p, err := h.talking(r, f)
		if err != nil {
			return err
		}
		f.Title, f.Crumbs = g.Name, []Link{{f.T("community.title"), f.URL("/community")}, {f.T("groups.title"), f.URL("/groups")}}
		return show(w, groupPageOf{p, g, s})
	}
}

// address is one below the group's page.
func (p groupPageOf) address(path string) string { return p.URL(p.path(path)) }

func (p groupPageOf) path(path string) string { return "/groups/" + url.PathEscape(p.g.ID) + path }

// below names the page as one below the group's.
func (p groupPageOf) below(key string) {
	p.Title, p.Crumbs = p.T(key), append(p.Crumbs, Link{p.g.Name, p.address("")})
}

// reads reports whether the reader reads what is written in the group; a keeper from
// outside a closed one does not.
func (p groupPageOf) reads() bool {
	_, reads := ReaderOf(p.r).Scope().Allows(p.g.Label)
	return reads
}

func (h *House) group(w http.ResponseWriter, r *http.Request) error {
	return h.onGroup(func(w http.ResponseWriter, p groupPageOf) error {
		v := GroupView{About: p.g.About, Lang: string(p.g.Lang), Tag: p.groupTag(p.g), Says: p.reachWords(), Links: p.links(), None: p.T("groups.topics.none")}
		var err error
		if v.Facts, err = p.facts(); err != nil {
			return err
		}
		if err := p.arriving(&v); err != nil {
			return err
		}
		themes, err := account.GroupThemes(r.Context(), h.DB, p.g.ID)
		if err != nil {
			return err
		}
		if err := p.helpers(&v, themes); err != nil {
			return err
		}
		if !p.reads() {
			v.None = p.T("groups.topics.closed")
			return groupPage.Show(w, p.Frame, v)
		}
		if v.Announced, err = p.announced(p.g.ID, p.path("")); err != nil {
			return err
		}
		topics, more, err := h.talks().Topics(r.Context(), scope(r), discussion.TopicFilter{Group: p.g.ID}, discussion.Place{}, 8)
		if err != nil {
			return err
		}
		for _, t := range topics {
			v.Topics = append(v.Topics, p.topicLine(t, false))
		}
		if more != (discussion.Place{}) {
			v.All = p.URL("/topics?" + url.Values{"group": {p.g.ID}}.Encode())
		}
		if p.s.Writes(p.now) {
			v.New = []Link{{p.T("groups.ask"), p.address("/topics/new?kind=question")}, {p.T("groups.talk"), p.address("/topics/new?kind=discussion")}}
		}
		if err := p.gathers(&v); err != nil {
			return err
		}
		if err := h.offerPace(r, p.Frame, notice.Group, p.g.ID); err != nil {
			return err
		}
		return groupPage.Show(w, p.Frame, v)
	})(w, r)
}

// gathers are the group's next events, and for who runs it the drafts.
func (p groupPageOf) gathers(v *GroupView) (err error) {
	if v.Events, err = p.comingEvents(p.g.ID, 5); err != nil {
		return err
	}
	v.Plan = []Link{{p.T("event.all"), p.URL("/events?" + url.Values{"group": {p.g.ID}}.Encode())}}
	if !p.s.Runs() {
		return nil
	}
	v.Plan = append(v.Plan, Link{p.T("event.new"), p.address("/events/new")})
	drafts, err := p.h.meets().Drafts(p.r.Context(), ReaderOf(p.r).Subject, p.g.ID)
	for _, e := range drafts {
		v.Plan = append(v.Plan, Link{p.T("event.stage.draft") + ": " + e.Title, p.URL(e.Path())})
	}
	return err
}

// reachWords say who reads what is written here.
func (p groupPageOf) reachWords() string {
	if p.s.Ended {
		return p.T("groups.archive")
	}
	return p.T("groups.reach." + reachKey(account.GroupReach{Kind: p.g.Kind, Level: p.g.Level}) + ".hint")
}

// facts are the group's signs of life, and what it is about.
func (p groupPageOf) facts() ([]Fact, error) {
	ctx, who := p.r.Context(), ReaderOf(p.r).Subject
	counts, err := account.MemberCounts(ctx, p.h.DB, []string{p.g.ID})
	if err != nil {
		return nil, err
	}
	members := Link{p.Number(counts[p.g.ID]), ""}
	if p.s.Member || keepsGroups(p.r).Allowed {
		members.URL = p.address("/members")
	}
	list := []Fact{{p.T("groups.members"), []Link{members}}}
	lives, err := p.h.talks().Lives(ctx, who.Scope(), []string{p.g.ID})
	if err != nil {
		return nil, err
	}
	if life := lives[p.g.ID]; !life.Last.IsZero() {
		list = append(list, Fact{p.T("groups.fact.last"), []Link{{p.Date(life.Last.Local()), ""}}},
			Fact{p.T("groups.fact.open"), []Link{{p.Number(life.Open), p.URL("/topics?" + url.Values{"group": {p.g.ID}, "open": {"1"}}.Encode())}}})
	}
	themes, err := account.GroupThemes(ctx, p.h.DB, p.g.ID)
	if links := p.themeLinks(themes); len(links) > 0 {
		list = append(list, Fact{p.T("library.field.themes"), links})
	}
	return list, err
}

// arriving says how the reader comes in, or greets her who has just come.
func (p groupPageOf) arriving(v *GroupView) error {
	who := ReaderOf(p.r).Subject
	switch {
	case p.s.Member && p.g.Welcome != "":
		greeted, err := account.Greeted(p.r.Context(), p.h.DB, who, p.g.ID)
		if err == nil && !greeted {
			v.Welcome, v.Greeted = groupText(p.g.Welcome), p.address("/greeted")
		}
		return err
	case p.s.Member || p.s.Ended || p.g.Kind == account.GroupClosed:
	case !who.SignedIn():
		v.Why = p.T("groups.join.sign-in")
	case who.Trust == access.Public:
		v.Why = p.T("groups.join.no-word")
	default:
		v.Join = p.address("/join")
	}
	return nil
}

// groupText is what a group says of itself; nobody is mentioned in it.
func groupText(text string) template.HTML {
	return template.HTML(discussion.HTML(text, func(string) string { return "" })) //nolint:gosec // cleaned by discussion
}

// links lead to what belongs to the group.
func (p groupPageOf) links() []Link {
	list := []Link{{p.T("groups.about"), p.address("/about")}}
	add := func(is bool, key, url string) {
		if is {
			list = append(list, Link{p.T(key), url})
		}
	}
	keeps := keepsGroups(p.r).Allowed
	add(p.s.Member || keeps, "groups.members", p.address("/members"))
	add(p.g.Kind == account.GroupForum && p.Has(p.path("/issues")), "groups.issues", p.address("/issues"))
	add(p.g.Kind == account.GroupClosed && p.reads(), "groups.documents", p.URL("/library?group="+url.QueryEscape(p.g.ID)))
	add(p.g.Kind == account.GroupClosed && !p.s.Ended && (p.s.Member || p.s.Runs()), "groups.proposals", p.address("/proposals"))
	add(p.s.Runs() && p.reads() && p.Has(p.path("/queue")), "groups.queue", p.address("/queue"))
	add(p.reads(), "announcement.title", p.URL("/announcements?group="+url.QueryEscape(p.g.ID)))
	add(p.s.Runs() && p.reads(), "announcement.new", p.URL("/announcements/new?group="+url.QueryEscape(p.g.ID)))
	add(p.s.Runs(), "groups.edit", p.address("/edit"))
	return list
}

func (h *House) aboutGroup(w http.ResponseWriter, r *http.Request) error {
	return h.onGroup(func(w http.ResponseWriter, p groupPageOf) error {
		p.below("groups.about")
		v := GroupAboutView{Lang: string(p.g.Lang), About: p.g.About, None: p.T("groups.about.none")}
		if p.g.Welcome != "" {
			v.Welcome = groupText(p.g.Welcome)
		}
		if p.g.Rules != "" {
			v.Rules = groupText(p.g.Rules)
		}
		if p.s.Runs() {
			v.Edit = p.address("/edit")
		}
		return groupAboutPage.Show(w, p.Frame, v)
	})(w, r)
}

// groupFault says of an error what somebody has to know who changes a group.
func groupFault(r *http.Request, err error) error {
	for _, of := range []struct {
		err error
		key string
	}{
		{account.ErrChanged, "groups.error.changed"},
		{account.ErrNoVouching, "groups.error.no-word"},
		{account.ErrBeyond, "groups.error.beyond"},
		{account.ErrLastFacilitator, "groups.error.last"},
		{account.ErrDecided, "groups.error.decided"},
	} {
		if errors.Is(err, of.err) {
			return &Fault{Status: http.StatusConflict, Key: of.key, Err: err}
		}
	}
	if errors.Is(err, account.ErrForbidden) {
		if signedIn(r) && !slices.Contains([]access.Rule{access.RuleSecondFactor}, keepsGroups(r).Rule) {
			return &Fault{Status: http.StatusForbidden, Key: "groups.error.forbidden", Err: err}
		}
		return Refused(keepsGroups(r).Rule)
	}
	return err
}

// changes runs one change of who is in a group, or what she is there, and goes on to
// the page. What was done already is done.
func (h *House) changes(w http.ResponseWriter, r *http.Request, err error, to, notice string) error {
	if err != nil && !errors.Is(err, store.ErrUnchanged) {
		return groupFault(r, err)
	}
	return h.site.Frame(r).Redirect(w, to, notice, 0)
}

func (h *House) join(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return Refused(access.RuleSignIn)
	}
	err := account.Join(r.Context(), h.DB, ReaderOf(r).Subject, r.PathValue("id"))
	return h.changes(w, r, err, "/groups/"+url.PathEscape(r.PathValue("id")), noticeGroupJoined)
}

func (h *House) greeted(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return Refused(access.RuleSignIn)
	}
	err := account.Greet(r.Context(), h.DB, ReaderOf(r).Subject, r.PathValue("id"))
	return h.changes(w, r, err, "/groups/"+url.PathEscape(r.PathValue("id")), "")
}
