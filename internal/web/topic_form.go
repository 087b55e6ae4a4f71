package web

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"polis/internal/account"
	"polis/internal/community/discussion"
	"polis/internal/store"
)

// largestPost is how much a form may send: a text that was pasted whole is read and
// refused with a sentence, and files come along.
const largestPost = 96 << 20

// ComposeView is the form in which somebody writes.
type ComposeView struct {
	Title, Action string
	Here          string    // the address of the page about it, for what keeps drafts
	Place         string    // of the draft
	Keep          string    // address that keeps it
	Kept          string    // that it was kept, and when, or ""
	Hidden        []Carried // what stands beside the fields
	Says          []string
	Quote         *QuoteView
	Preview       template.HTML
	Previewed     bool
	PreviewLang   string
	Unheard       string // who is mentioned and is nobody
	Head          []Field
	Themes        *Picks
	Body          Field
	Names         []string // of members, who can be mentioned
	Members       *Link    // all of them
	Lang          Field
	Foot          []Field
	Files         []FileLine
	FileIDs       []string
	File          *Field
	Looks         bool // "Look first" is offered
	Looked        bool
	Similar       []TopicLine
	Passages      []PassageLine
	Send          string
	Stale         bool
	Once          bool // the form makes something
	Differences   []Difference
}

// PassageLine is a document that may answer what is asked.
type PassageLine struct{ Title, URL, Text, Lang string }

var sampleCompose = ComposeView{
	Title: "Write", Action: "/en/topics/1/write", Here: "/en/topics/1", Place: "topic 1", Keep: "/en/topics/drafts", Kept: "Kept at 12:30.", Hidden: []Carried{{"at-page", "2"}}, Says: []string{"You are silent until 3 March 2026."},
	Quote:   &QuoteView{"Bela", "/en/topics/1#post-1", "Wer hat ein Muster?", "de"},
	Preview: "<p>Hier ist <em>eins</em>.</p>", Previewed: true, PreviewLang: "de", Unheard: "Nobody of this name: Karl.",
	Head: []Field{{Name: "title", Label: "Title", Error: "Write a title."}}, Themes: &Picks{Name: "themes", Label: "Themes", Groups: []PickGroup{{Name: "Cybercrime", Options: []Pick{{ID: "t1", Value: "cybercrime", Text: "General"}}}}},
	Body: Field{Name: "body", Label: "Text", Type: "textarea", Rows: 8}, Names: []string{"Bela"}, Members: &Link{"Members", "/en/groups/g1/members"}, Lang: Field{Name: "lang", Label: "Language", Type: "select", Options: []Option{{Value: "de", Text: "Deutsch"}}},
	Foot: []Field{{Name: "review_by", Label: "Day"}}, Files: []FileLine{{"plan.pdf", "", "2 MB"}}, FileIDs: []string{"f1"}, File: &Field{Name: "file", Label: "File", Type: "file"}, Looks: true, Looked: true,
	Similar: []TopicLine{{"Muster?", "/en/topics/1", "de", nil, nil, "3 posts"}}, Passages: []PassageLine{{"Guide", "/en/library/1", "…", "en"}}, Send: "Send", Stale: true, Once: true, Differences: []Difference{{"Text", "a", "b"}},
}

// ComposePage is a page with that form alone.
type ComposePage struct {
	Lead    string
	Rules   template.HTML
	Lang    string // of the rules
	Compose ComposeView
}

var composePage = newPage("topic-write", ComposePage{"It is read by those who read the group.", "Be exact.", "en", sampleCompose})

// compose fills the form with what was typed.
func (p talking) compose(group string, t *typedPost, first bool) (*ComposeView, error) {
	d := drafting{wording: p.wording, wrong: t.wrong}
	in := t.draft
	v := &ComposeView{Place: t.place, Keep: p.URL("/topics/drafts"), Says: t.says, Looked: t.looked, Once: t.post == ""}
	if !t.at.IsZero() {
		v.Kept = p.T("topic.draft.kept", "day", p.DateTime(t.at))
	}
	if first {
		p.composeHead(d, in, v)
		v.Looks = t.post == ""
	}
	v.Body = Field{Name: "body", Label: p.T("topic.field.body"), Hint: p.T("topic.hint.body"), Value: in.Body, Type: "textarea", Rows: 10, Error: d.fault("body")}
	v.Lang = Field{Name: "lang", Label: p.T("topic.field.lang"), Hint: p.T("topic.hint.lang"), Type: "select", Width: "medium", Options: languageOptions(string(in.Lang)), Error: d.fault("lang")}
	file := Field{Name: "file", Label: p.T("topic.field.file"), Hint: p.T("topic.hint.file", "size", p.Size(discussion.MaxFile), "n", discussion.MaxFiles), Type: "file", Many: true, Error: d.fault("file")}
	v.File = &file
	if p.Errors != nil && t.stored == nil && p.Status == http.StatusOK {
		p.Status = http.StatusUnprocessableEntity
	}
	if err := p.composeFiles(in, v); err != nil {
		return nil, err
	}
	if t.preview {
		unheard, err := p.h.talks().Unheard(p.r.Context(), group, in.Body)
		if err != nil {
			return nil, err
		}
		if len(unheard) > 0 {
			v.Unheard = p.T("topic.unheard", "names", p.List(unheard))
		}
		v.Previewed, v.PreviewLang = true, string(in.Lang)
		v.Preview = template.HTML(discussion.HTML(in.Body, p.author)) // through the sieve
	}
	v.Members = &Link{p.T("groups.members"), p.URL("/groups/" + url.PathEscape(group) + "/members")}
	names, err := p.offered(group)
	v.Names = names
	return v, err
}

// offered are names to mention: under a topic of those who speak in it, elsewhere of the
// first members. Nobody waits for a thousand names on each page; the list is a click away.
func (p talking) offered(group string) (names []string, err error) {
	if len(p.people) > 0 {
		for id, name := range p.people {
			if name != "" && id != p.Reader.ID {
				names = append(names, name)
			}
		}
		slices.SortFunc(names, p.Compare)
		return names, nil
	}
	members, _, err := account.Members(p.r.Context(), p.h.DB, p.Reader.Subject, group, account.MemberFilter{}, "", mostOffered)
	for _, m := range members {
		if m.Person != p.Reader.ID && m.Open {
			names = append(names, m.Name)
		}
	}
	if errors.Is(err, account.ErrForbidden) {
		err = nil
	}
	return names, err
}

// mostOffered is how many names are offered to be mentioned.
const mostOffered = 50

// composeHead are the fields of a topic.
func (p talking) composeHead(d drafting, in discussion.Draft, v *ComposeView) {
	kind := Field{Name: "kind", Label: p.T("topic.field.kind"), Type: "radios", Error: d.fault("kind")}
	for _, k := range discussion.Kinds {
		kind.Options = append(kind.Options, Option{Value: string(k), Text: p.T("topic.kind." + string(k)), Hint: p.T("topic.kind." + string(k) + ".hint"), Chosen: k == in.Kind})
	}
	title := Field{Name: "title", Label: p.T("topic.field.title"), Hint: p.T("topic.hint.title"), Value: in.Title, Error: d.fault("title"), Auto: "off"}
	v.Head = []Field{kind, title}
	themes := d.themes(in.Themes)
	v.Themes = &themes
	v.Foot = []Field{{Name: "review_by", Label: p.T("topic.field.review"), Hint: p.T("topic.hint.review", "example", p.now.AddDate(1, 0, 0).Format(time.DateOnly)), Value: in.ReviewBy, Width: "short", Auto: "off", Error: d.fault("review_by")}}
}

// composeFiles are those that wait for the post.
func (p talking) composeFiles(in discussion.Draft, v *ComposeView) error {
	files, err := p.h.talks().Brought(p.r.Context(), p.Reader.Subject, in.Files)
	for _, f := range files {
		v.Files = append(v.Files, p.fileLine(f))
		v.FileIDs = append(v.FileIDs, f.ID)
	}
	return err
}

// fileLine is a file with its size, and what keeps it.
func (p talking) fileLine(f discussion.File) FileLine {
	line := FileLine{Name: f.Name, Meta: p.Size(f.Bytes)}
	switch {
	case f.Stage == "refused":
		line.Meta = p.T("topic.file." + f.Reason)
	case f.Stage == "held":
		line.Meta += " · " + p.T("topic.file.held")
	case f.Post != "":
		line.URL = p.URL("/files/posts/" + f.ID)
	}
	return line
}

// resume goes on with the draft that she kept, where nothing was typed.
func (p talking) resume(t *typedPost) error {
	k, ok, err := p.h.talks().Draft(p.r.Context(), p.Reader.Subject, t.place)
	if ok {
		k.Draft.Kind, k.Draft.Lang = orOf(k.Draft.Kind, t.draft.Kind), orOf(k.Draft.Lang, t.draft.Lang)
		t.draft, t.at = k.Draft, k.Updated
	}
	return err
}

func orOf[S ~string](a, b S) S {
	if a != "" {
		return a
	}
	return b
}

// newTopic is the form of a new topic.
func (h *House) newTopic(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	group := r.PathValue("id")
	if _, err := h.talks().MayWrite(r.Context(), ReaderOf(r).Subject, group); err != nil {
		return h.site.Frame(r).talkFault(err)
	}
	t := &typedPost{place: "group " + group, draft: discussion.Draft{Kind: discussion.Question, Lang: LangOf(r), Title: cutFilter(r.URL.Query().Get("title"))}}
	if kind := discussion.Kind(r.URL.Query().Get("kind")); slices.Contains(discussion.Kinds, kind) {
		t.draft.Kind = kind
	}
	return h.showNewTopic(w, r, group, t, t.draft.Title == "")
}

func (h *House) showNewTopic(w http.ResponseWriter, r *http.Request, group string, t *typedPost, resumes bool) error {
	g, err := account.GetGroup(r.Context(), h.DB, ReaderOf(r).Subject, group)
	if err != nil {
		return err
	}
	f := h.asking(r, "topic.new")
	p, err := h.talking(r, f)
	if err != nil {
		return err
	}
	if resumes {
		if err := p.resume(t); err != nil {
			return err
		}
	}
	f.Crumbs = []Link{{f.T("groups.title"), f.URL("/groups")}, {g.Name, f.URL("/groups/" + group)}, {f.T("topic.title"), f.URL("/topics?group=" + url.QueryEscape(group))}}
	v, err := p.compose(group, t, true)
	if err != nil {
		return err
	}
	v.Title, v.Action, v.Send = "", f.URL("/groups/"+group+"/topics"), f.T("topic.send.open")
	if t.looked {
		if err := p.look(t.draft, "", v); err != nil {
			return err
		}
	}
	return composePage.Show(w, f, ComposePage{f.T("topic.new.lead."+g.Level.String(), "group", g.Name), template.HTML(discussion.HTML(g.Rules, p.author)), string(g.Lang), *v})
}

// openTopic opens it, or shows the form again: to look, to preview, to keep.
func (h *House) openTopic(w http.ResponseWriter, r *http.Request, t *typedPost) error {
	group := r.PathValue("id")
	t.place = "group " + group
	done, err := h.halt(w, r, group, t, func() error { return h.showNewTopic(w, r, group, t, false) })
	if done || err != nil {
		return err
	}
	id, err := h.talks().Open(r.Context(), ReaderOf(r).Subject, group, t.draft)
	if err != nil {
		return h.unsaid(r, t, err, func() error { return h.showNewTopic(w, r, group, t, false) })
	}
	return h.site.Frame(r).Redirect(w, discussion.TopicPath(id), noticeTopicOpened, 0)
}

// halt does what the form asks for instead of being sent: done says that it was answered.
func (h *House) halt(w http.ResponseWriter, r *http.Request, group string, t *typedPost, again func() error) (done bool, err error) {
	if len(t.arrived) > 0 {
		if err := h.takeFiles(r, group, t); err != nil {
			return true, h.unsaid(r, t, err, again)
		}
	}
	switch {
	case t.do == "keep":
		if err := h.talks().Keep(r.Context(), ReaderOf(r).Subject, t.place, t.draft); err != nil {
			return true, h.site.Frame(r).talkFault(err)
		}
		t.at = time.Now()
		return true, again()
	case t.do == "preview":
		t.preview = true
		return true, again()
	case t.do == "look":
		t.looked = true
		return true, again()
	case len(t.wrong) > 0:
		return true, again()
	}
	return false, nil
}

// unsaid shows the form again with why it did not go; what she wrote is kept, on the page
// and as a draft of hers.
func (h *House) unsaid(r *http.Request, t *typedPost, err error, again func() error) error {
	var wrong discussion.Invalid
	var not discussion.Impossible
	f := h.site.Frame(r)
	switch {
	case errors.As(err, &wrong):
		for field, key := range wrong {
			t.fault(field, key)
		}
		return again()
	case errors.As(err, &not):
		if kept := h.talks().Keep(r.Context(), ReaderOf(r).Subject, t.place, t.draft); kept != nil {
			return kept
		}
		t.says = append(t.says, f.T(not.Key, "until", not.Until), f.T("topic.draft.stays"))
		t.fault("", not.Key)
		shown := again()
		if errors.Is(shown, store.ErrNotFound) { // she does not read the group any more
			return &Fault{Status: http.StatusConflict, Key: "topic.impossible.member.kept", Err: err}
		}
		return shown
	}
	return f.talkFault(err)
}

// composeReply is the form under a topic.
func (p talking) composeReply(topic discussion.Topic, t *typedPost) (*ComposeView, error) {
	if t == nil {
		t = &typedPost{place: "topic " + topic.ID, draft: discussion.Draft{Lang: topic.Lang, Quotes: p.r.URL.Query().Get("quote")}}
		if err := p.resume(t); err != nil {
			return nil, err
		}
		if quotes := p.r.URL.Query().Get("quote"); quotes != "" {
			t.draft.Quotes = quotes
		}
	}
	v, err := p.compose(topic.Group, t, false)
	if err != nil {
		return nil, err
	}
	v.Title, v.Action, v.Send = p.T("topic.write"), p.URL(topic.Path()+"/write"), p.T("topic.send")
	page := max(t.page, 1)
	if t.page == 0 {
		page, _ = strconv.Atoi(p.r.URL.Query().Get("page"))
	}
	v.Hidden = []Carried{{"at-page", strconv.Itoa(max(page, 1))}}
	if v.Quote, err = p.quote(topic, t.draft.Quotes); v.Quote != nil {
		v.Hidden = append(v.Hidden, Carried{"quotes", t.draft.Quotes})
		v.Title = p.T("topic.write.to", "who", v.Quote.Who)
	}
	return v, err
}

// quote is the post that is answered, or nil where she is not shown it.
func (p talking) quote(t discussion.Topic, id string) (*QuoteView, error) {
	if id == "" {
		return nil, nil
	}
	o, err := p.h.talks().Post(p.r.Context(), p.Reader.Subject, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && (o.Topic != t.ID || o.Stage != discussion.Shown) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if p.people[o.Author] == "" {
		if err := p.know([]discussion.Post{o}); err != nil {
			return nil, err
		}
	}
	return p.quoted(o), nil
}

// writePost puts a post into a topic.
func (h *House) writePost(w http.ResponseWriter, r *http.Request, t *typedPost) error {
	id, who := r.PathValue("id"), ReaderOf(r).Subject
	t.place = "topic " + id
	topic, err := h.talks().Topic(r.Context(), who, id)
	if errors.Is(err, store.ErrNotFound) {
		return h.lostTopic(r, t, err)
	}
	if err != nil {
		return err
	}
	again := func() error { return h.showTopic(w, r, topic, t) }
	done, err := h.halt(w, r, topic.Group, t, again)
	if done || err != nil {
		return err
	}
	p, err := h.talks().Write(r.Context(), who, id, t.draft)
	if err != nil {
		return h.unsaid(r, t, err, again)
	}
	notice := noticePostWritten
	if p.Stage == discussion.Held {
		notice = noticePostHeld
	}
	return h.site.Frame(r).Redirect(w, pageAt(id, p.N), notice, 0)
}

// lostTopic keeps what was written in a topic that she does not read, or not any more. It
// says the same whether there is such a topic or not.
func (h *House) lostTopic(r *http.Request, t *typedPost, err error) error {
	if strings.TrimSpace(t.draft.Body) == "" {
		return err
	}
	if kept := h.talks().Keep(r.Context(), ReaderOf(r).Subject, t.place, t.draft); kept != nil {
		return h.site.Frame(r).talkFault(kept)
	}
	return &Fault{Status: http.StatusConflict, Key: "topic.impossible.member.kept", Err: err}
}

// pageAt is the path of a post in its topic, without language.
func pageAt(topic string, n int) string {
	path := discussion.TopicPath(topic)
	if page := discussion.PageOf(n); page > 1 {
		path += "?page=" + strconv.Itoa(page)
	}
	return path + "#post-" + strconv.Itoa(n)
}

var (
	noticeTopicOpened = newNotice("topic.said.opened")
	noticePostWritten = newNotice("topic.said.written")
	noticePostHeld    = newNotice("topic.said.held")
	noticePostChanged = newNotice("topic.said.changed")
)
