package web

import (
	"net/http"
	"slices"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/community/discussion"
)

// CommunityView is the landing page of the online community of police experts
// (Framework ¶22).
type CommunityView struct {
	Lead      string
	Announced []AnnouncedLine // what stands for her
	News      Link            // how much is new in her groups, or none
	Mine      []GroupLine     // the reader's groups
	Unled     []Link          // groups that nobody runs, for those who keep groups
	Fresh     []TopicLine     // what was last said in them
	Waits     []TopicLine     // questions that nobody has answered
	Events    []HelpLine      // the next of those that she reads
	Forums    []GroupLine     // of police and public
	Open      []GroupLine     // groups that she might join, where she is in none
	Ways      []CommunityWay
	All       Link // all groups
}

// CommunityWay leads to another part of the community.
type CommunityWay struct{ Title, Line, URL string }

var communityPage = newPage("community", CommunityView{
	Lead: "Ask those who know.", Announced: sampleAnnounced, News: Link{"3 topics with news", "/en/account/notices"}, Mine: []GroupLine{sampleGroupLine}, Unled: []Link{{"Investigators", "/en/groups/g1/members"}}, Fresh: sampleTopicLines, Waits: sampleTopicLines,
	Events: []HelpLine{sampleEventLine}, Forums: []GroupLine{sampleGroupLine}, Open: []GroupLine{sampleGroupLine}, Ways: []CommunityWay{{"Find an expert", "By theme and language.", "/en/experts"}}, All: Link{"All groups", "/en/groups"},
})

var sampleTopicLines = []TopicLine{{Title: "Wer hat ein Muster?", URL: "/en/topics/1", Lang: "de", Tag: &Tag{Attention, "Waits for an answer"}, Meta: "Investigators · 2 posts"}}

// How much the landing page shows of each.
const (
	communityGroups = 20
	communityTopics = 8
	communityOthers = 5
)

func (h *House) community(w http.ResponseWriter, r *http.Request) error {
	f := h.site.Frame(r)
	f.Title = f.T("community.title")
	p, err := h.talking(r, f)
	if err != nil {
		return err
	}
	v := CommunityView{Lead: f.T("community.lead"), Ways: f.communityWays(), All: Link{f.T("community.groups.all"), f.URL("/groups")}}
	if v.Announced, err = p.announced("", "/community"); err != nil {
		return err
	}
	if v.News, err = p.newsCount(); err != nil {
		return err
	}
	mine, err := account.GroupsOf(r.Context(), h.DB, ReaderOf(r).Subject)
	if err != nil {
		return err
	}
	mine = slices.DeleteFunc(mine, func(g account.Group) bool { return !g.Ended.IsZero() })
	mine = mine[:min(len(mine), communityGroups)]
	if v.Mine, err = p.groupLines(mine); err != nil {
		return err
	}
	for i := range v.Mine {
		v.Mine[i].Mine = nil // the heading says it
	}
	if err := p.said(mine, &v); err != nil {
		return err
	}
	if err := p.others(len(mine) == 0, &v); err != nil {
		return err
	}
	if v.Events, err = p.comingEvents("", communityOthers); err != nil {
		return err
	}
	if v.Unled, err = h.unled(r, f); err != nil {
		return err
	}
	return communityPage.Show(w, f, v)
}

// said gathers what was last said in the reader's groups, and which questions wait: in
// her groups, or where she is in none in all that she reads.
func (p talking) said(mine []account.Group, v *CommunityView) error {
	ctx, talks, reads := p.r.Context(), p.h.talks(), scope(p.r)
	var fresh []discussion.Topic
	for _, g := range mine {
		list, _, err := talks.Topics(ctx, reads, discussion.TopicFilter{Group: g.ID}, discussion.Place{}, communityTopics)
		if err != nil {
			return err
		}
		fresh = append(fresh, list...)
	}
	slices.SortFunc(fresh, func(a, b discussion.Topic) int { return b.Last.Compare(a.Last) })
	for _, t := range fresh[:min(len(fresh), communityTopics)] {
		v.Fresh = append(v.Fresh, p.topicLine(t, true))
	}
	waits, _, err := talks.Unanswered(ctx, reads, discussion.TopicFilter{}, time.Now(), discussion.Place{}, communityOthers)
	for _, t := range waits {
		v.Waits = append(v.Waits, p.topicLine(t, true))
	}
	return err
}

// others are forums, and groups to join for who is in none.
func (p talking) others(alone bool, v *CommunityView) error {
	who, ctx := ReaderOf(p.r).Subject, p.r.Context()
	forums, _, err := account.FindGroups(ctx, p.h.DB, who, account.GroupFilter{Kind: account.GroupForum}, "", communityOthers)
	if err != nil {
		return err
	}
	if v.Forums, err = p.groupLines(forums); err != nil || !alone {
		return err
	}
	var open []account.Group
	for _, kind := range []account.GroupKind{account.GroupOpen, account.GroupMembers} {
		list, _, err := account.FindGroups(ctx, p.h.DB, who, account.GroupFilter{Kind: kind}, "", communityOthers)
		if err != nil {
			return err
		}
		open = append(open, list...)
	}
	v.Open, err = p.groupLines(open)
	return err
}

// communityWays lead to the parts that are there.
func (f *Frame) communityWays() (list []CommunityWay) {
	for _, way := range []struct {
		path, key string
		open      bool
	}{
		{"/experts", "community.experts", f.Reader.Trust >= access.Member},
		{"/topics", "community.topics", true},
		{"/events", "community.events", true},
		{"/issues/follow", "community.issues", true},
		{"/account/profile", "community.profile", f.Reader.Trust >= access.Member},
		{"/account/notices", "community.notices", f.Reader.SignedIn()},
		{"/announcements", "community.announcements", true},
	} {
		if way.open && f.Has(way.path) {
			list = append(list, CommunityWay{f.T(way.key), f.T(way.key + ".line"), f.URL(way.path)})
		}
	}
	return list
}
