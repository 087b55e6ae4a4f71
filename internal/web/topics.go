package web

import (
	"net/http"
	"slices"
	"strings"

	"polis/internal/account"
	"polis/internal/community/discussion"
	"polis/internal/framework"
)

// TopicsView lists topics.
type TopicsView struct {
	Lead   string
	Action string // address that filters
	Fields []Field
	Hidden []Carried
	Count  string
	Chips  []Chip
	Topics []TopicLine
	None   string
	More   string // address of those that follow, or ""
	New    *Link
	Others []Link // drafts of hers, what waits for her
}

// TopicLine is a topic in a list.
type TopicLine struct {
	Title, URL, Lang string
	Tag              *Tag
	Review           *Tag // where its day is over
	Meta             string
}

var topicsPage = newPage("topics", TopicsView{
	Lead: "What is asked and told.", Action: "/en/topics", Fields: []Field{{Name: "words", Label: "Words", Type: "search"}}, Hidden: []Carried{{"group", "g1"}}, Count: "3 topics",
	Chips:  []Chip{{"Group", "Cyber", "/en/topics", "Remove the filter: Group: Cyber"}},
	Topics: []TopicLine{{"Wer hat ein Muster?", "/en/topics/1", "de", &Tag{Attention, "Waits for an answer"}, &Tag{Attention, "To be looked at again"}, "Investigators · 2 posts"}},
	None:   "Nothing yet.", More: "/en/topics?after=1", New: &Link{"Ask", "/en/groups/g1/topics/new"}, Others: []Link{{"Your drafts", "/en/topics/drafts"}},
})

// topicLine is a topic in a list.
func (p talking) topicLine(t discussion.Topic, withGroup bool) TopicLine {
	line := TopicLine{Title: t.Title, URL: p.URL(t.Path()), Lang: string(t.Lang), Tag: p.topicTag(t)}
	parts := []string{p.T("topic.kind." + string(t.Kind))}
	if withGroup {
		parts = append(parts, p.groupCalled(t.Group))
	}
	parts = append(parts, p.T("topic.posts", "n", t.Posts), p.T("topic.last", "day", t.Last))
	line.Meta = strings.Join(parts, " · ")
	if t.Overdue(p.now) {
		line.Review = &Tag{Attention, p.T("topic.overdue")}
	}
	return line
}

// groupCalled is the name of a group that the reader may know, since she reads what is
// written there.
func (p talking) groupCalled(id string) string {
	if name := p.groups[id]; name != "" {
		return name
	}
	g, err := account.GetGroup(p.r.Context(), p.h.DB, ReaderOf(p.r).Subject, id)
	if err != nil {
		return ""
	}
	if p.groups == nil {
		p.wording.groups = map[string]string{}
	}
	p.groups[id] = g.Name
	return g.Name
}

// topicTag is how far a topic is.
func (p talking) topicTag(t discussion.Topic) *Tag {
	switch {
	case t.Posts == 0:
		return &Tag{Attention, p.T("topic.waits")}
	case t.Answered:
		return &Tag{Done, p.T("topic.answered")}
	case !t.Locked.IsZero():
		return &Tag{Plain, p.T("topic.locked")}
	case t.Kind == discussion.Question:
		return &Tag{Attention, p.T("topic.open")}
	}
	return nil
}

// shownTopics is how many topics a list shows at once.
const shownTopics = 25

// topics lists what the reader may read, of a group or of all.
func (h *House) topics(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	filter := discussion.TopicFilter{Group: q.Get("group"), Open: q.Get("open") != "", Words: cutFilter(q.Get("words"))}
	if kind := discussion.Kind(q.Get("kind")); slices.Contains(discussion.Kinds, kind) {
		filter.Kind = kind
	}
	if _, ok := framework.Theme(q.Get("theme")); ok {
		filter.Theme = q.Get("theme")
	}
	after, ok := discussion.ParsePlace(q.Get("after"))
	if !ok && q.Get("after") != "" {
		return NotFound()
	}
	f := h.site.Frame(r)
	f.Title = f.T("topic.title")
	p, err := h.talking(r, f)
	if err != nil {
		return err
	}
	v := TopicsView{Lead: f.T("topic.lead"), Action: f.URL("/topics"), None: f.T("topic.none")}
	if filter.Group != "" {
		if err := p.inGroup(&v, filter.Group); err != nil {
			return err
		}
	}
	list, more, err := h.talks().Topics(r.Context(), scope(r), filter, after, shownTopics)
	if err != nil {
		return err
	}
	count := len(list)
	if more != (discussion.Place{}) || after != (discussion.Place{}) {
		if count, err = h.talks().CountTopics(r.Context(), scope(r), filter, discussion.MostCounted+1); err != nil {
			return err
		}
	}
	if v.Count = f.T("topic.count", "n", count); count > discussion.MostCounted {
		v.Count = f.T("topic.count.more", "n", discussion.MostCounted)
	}
	for _, t := range list {
		v.Topics = append(v.Topics, p.topicLine(t, filter.Group == ""))
	}
	if more != (discussion.Place{}) {
		v.More = f.With("after", more.String())
	}
	p.topicFields(&v, filter)
	if drafts, err := h.talks().Drafts(r.Context(), ReaderOf(r).Subject); err != nil {
		return err
	} else if len(drafts) > 0 {
		v.Others = append(v.Others, Link{f.T("topic.drafts.link", "n", len(drafts)), f.URL("/topics/drafts")})
	}
	return topicsPage.Show(w, f, v)
}

// cutFilter bounds what somebody seeks by.
func cutFilter(s string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(s[:min(len(s), longestFilter)], "\x00", ""), "")
}

// inGroup says of which group the list is, and what she can do there.
func (p talking) inGroup(v *TopicsView, id string) error {
	who := p.Reader.Subject
	g, err := account.GetGroup(p.r.Context(), p.h.DB, who, id)
	if err != nil {
		return err
	}
	p.Crumbs = []Link{{p.T("groups.title"), p.URL("/groups")}, {g.Name, p.URL("/groups/" + id)}}
	v.Hidden, v.Lead = []Carried{{"group", id}}, p.T("topic.lead.group", "group", g.Name)
	s, err := p.h.talks().MayWrite(p.r.Context(), who, id)
	if err == nil {
		v.New = &Link{p.T("topic.new"), p.URL("/groups/" + id + "/topics/new")}
	}
	if s.Runs() {
		n, err := p.h.talks().CountQueue(p.r.Context(), who, id)
		if err != nil {
			return err
		}
		v.Others = append(v.Others, Link{p.T("topic.queue.link", "n", n), p.URL("/groups/" + id + "/queue")})
	}
	return nil
}

// topicFields are the filters, and the chips of those that are chosen.
func (p talking) topicFields(v *TopicsView, f discussion.TopicFilter) {
	any := p.T("assistance.any")
	kinds := []Option{{Text: any}}
	for _, k := range discussion.Kinds {
		kinds = append(kinds, Option{Value: string(k), Text: p.T("topic.kind." + string(k)), Chosen: k == f.Kind})
	}
	v.Fields = []Field{
		{Name: "words", Label: p.T("topic.field.words"), Type: "search", Value: f.Words},
		{Name: "kind", Label: p.T("topic.field.kind"), Type: "select", Options: kinds},
		{Name: "open", Label: p.T("topic.field.open"), Type: "select", Options: []Option{{Text: any}, {Value: "1", Text: p.T("topic.open.only"), Chosen: f.Open}}},
		{Name: "theme", Label: p.T("assistance.field.theme"), Type: "select", Options: p.themeOptions(f.Theme)},
	}
	for _, field := range v.Fields {
		value, text := field.Value, field.Value
		for _, o := range field.Options {
			if o.Chosen {
				value, text = o.Value, o.Text
			}
		}
		if value != "" {
			v.Chips = append(v.Chips, p.Chip(field.Name, field.Label, value, text))
		}
	}
	if len(v.Chips) > 0 {
		v.None = p.T("topic.none.fit")
	}
}
