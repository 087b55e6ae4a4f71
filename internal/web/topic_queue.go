package web

import (
	"errors"
	"html/template"
	"net/http"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/community/discussion"
	"polis/internal/store"
)

// QueueView is what waits for those who run a group: posts that are held or were
// reported, and appeals.
type QueueView struct {
	Lead    string
	Posts   []QueuedPost
	Appeals []AppealLine
	None    string
}

// QueuedPost is a post that waits.
type QueuedPost struct {
	Topic   Link
	Lang    string
	Post    PostView
	Reports []string
	Acts    []PostAct
	Forms   Link // to all that can be done
}

// AppealLine is an appeal that waits.
type AppealLine struct {
	Group, When string
	Reason      string
	Words       string
	Body        template.HTML
	Form        PersonForm
	Shown       PostAct
}

var queuePage = newPage("topic-queue", QueueView{
	Lead:  "What waits for you.",
	Posts: []QueuedPost{{Link{"Wer hat ein Muster?", "/en/topics/1#post-1"}, "de", samplePost, []string{"Insult: “unfair” (Bela, 3 March 2026)"}, []PostAct{{"/en/topics/1/posts/1/move/show", "Let it through", ""}}, Link{"Hide, warn, silence", "/en/topics/1/posts/1/about"}}},
	Appeals: []AppealLine{{
		"Investigators", "3 March 2026", "Names a person.", "It names nobody.", "<p>Hier ist es.</p>",
		samplePersonForm,
		PostAct{"/en/topics/1/posts/1/move/decide", "Show it again", "shown"},
	}}, None: "Nothing waits.",
})

// queue is the page of what waits in a group.
func (h *House) queue(w http.ResponseWriter, r *http.Request) error {
	who := ReaderOf(r).Subject
	if !who.SignedIn() {
		return h.mustSignIn(w, r)
	}
	g, err := account.GetGroup(r.Context(), h.DB, who, r.PathValue("id"))
	if err != nil {
		return err
	}
	if runs, err := h.talks().Runs(r.Context(), who, g.ID); err != nil || !runs {
		return errors.Join(err, h.site.Frame(r).talkFault(discussion.ErrForbidden))
	}
	f := h.asking(r, "topic.queue.title")
	p, err := h.talking(r, f)
	if err != nil {
		return err
	}
	f.Crumbs = []Link{{f.T("groups.title"), f.URL("/groups")}, {g.Name, f.URL("/groups/" + g.ID)}}
	v := QueueView{Lead: f.T("topic.queue.lead"), None: f.T("topic.queue.none")}
	list, err := h.talks().Queue(r.Context(), who, g.ID, mostQueued)
	if err != nil {
		return err
	}
	for _, q := range list {
		line, err := p.queued(q)
		if err != nil {
			return err
		}
		v.Posts = append(v.Posts, line)
	}
	if v.Appeals, err = p.appealLines(g.ID); err != nil {
		return err
	}
	return queuePage.Show(w, f, v)
}

// mostQueued is how many posts a queue shows.
const mostQueued = 50

// queued is a post that waits, with who reported it.
func (p talking) queued(q discussion.Waiting) (QueuedPost, error) {
	t, err := p.h.talks().Topic(p.r.Context(), p.Reader.Subject, q.Post.Topic)
	if err != nil {
		return QueuedPost{}, err
	}
	views, err := p.posts(t, []discussion.Post{q.Post}, false, true)
	if err != nil {
		return QueuedPost{}, err
	}
	line := QueuedPost{Topic: Link{q.Title, p.postAt(t.ID, q.Post.N)}, Lang: string(t.Lang), Post: views[0], Forms: Link{p.T("topic.queue.more"), p.URL(q.Post.Path() + "/about")}}
	line.Post.About, line.Post.Words = Link{}, nil
	var ids []string
	for _, r := range q.Reports {
		ids = append(ids, r.Person)
	}
	if err := p.meet(ids); err != nil {
		return line, err
	}
	for _, r := range q.Reports {
		line.Reports = append(line.Reports, p.T("topic.reported", "reason", p.T("topic.reason."+r.Reason), "words", r.Words, "who", p.author(r.Person), "day", r.At))
	}
	if q.Post.Stage == discussion.Held {
		line.Acts = append(line.Acts, PostAct{p.URL(q.Post.Path() + "/move/show"), p.T("topic.do.show.button"), ""})
	}
	if len(q.Reports) > 0 {
		line.Acts = append(line.Acts, PostAct{p.URL(q.Post.Path() + "/move/dismiss"), p.T("topic.do.dismiss.button"), ""})
	}
	return line, nil
}

// appealLines are the appeals that wait for her: of a group, or of all for who keeps
// groups.
func (p talking) appealLines(group string) (lines []AppealLine, err error) {
	list, err := p.h.talks().Appeals(p.r.Context(), p.Reader.Subject, group)
	if err != nil {
		return nil, err
	}
	names, err := account.GroupNames(p.r.Context(), p.h.DB)
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		action := p.URL("/topics/-/posts/" + a.Post + "/move/decide")
		lines = append(lines, AppealLine{
			Group: names[a.Grp], When: p.DateTime(a.Appealed), Reason: a.Reason, Words: a.Appeal,
			Body: template.HTML(discussion.HTML(a.Body, p.author)), // through the sieve
			Form: PersonForm{
				ID: "decide-" + a.Post, Title: p.T("topic.do.uphold"), Says: []string{p.T("topic.do.uphold.says")}, Action: action, Button: p.T("topic.do.uphold.button"),
				Fields: []Field{{Name: "words-" + a.Post, Label: p.T("topic.field.reason"), Type: "textarea", Rows: 3}},
			},
			Shown: PostAct{action, p.T("topic.do.reinstate"), "shown"},
		})
	}
	return lines, nil
}

// appeals is the page of all of them, for those who keep groups.
func (h *House) appeals(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	if d := keepsGroups(r); !d.Allowed {
		return Refused(d.Rule)
	}
	f := h.asking(r, "topic.appeals.title")
	p, err := h.talking(r, f)
	if err != nil {
		return err
	}
	f.Crumbs = []Link{{f.T("groups.title"), f.URL("/groups")}}
	v := QueueView{Lead: f.T("topic.appeals.lead"), None: f.T("topic.appeals.none")}
	if v.Appeals, err = p.appealLines(""); err != nil {
		return err
	}
	return queuePage.Show(w, f, v)
}

// decideAppeal takes the word of somebody else than who hid the post.
func (h *House) decideAppeal(w http.ResponseWriter, r *http.Request) error {
	f, id := h.site.Frame(r), r.PathValue("post")
	err := h.talks().Decide(r.Context(), f.Reader.Subject, id, r.PostFormValue("value") == "shown", r.PostFormValue("words-"+id))
	var wrong discussion.Invalid
	switch {
	case errors.As(err, &wrong):
		return &Fault{Status: http.StatusUnprocessableEntity, Key: wrong["words"], Err: err}
	case err != nil:
		return f.talkFault(err)
	}
	if keepsGroups(r).Allowed {
		return f.Redirect(w, "/topics/appeals", postNotices["decide"], 0)
	}
	return f.Redirect(w, "/groups", postNotices["decide"], 0)
}

// DraftsView lists what somebody is writing.
type DraftsView struct {
	Lead   string
	Drafts []DraftLine
	None   string
}

// DraftLine is a draft: where it can be gone on with, or its words alone where the group
// does not hear her any more.
type DraftLine struct {
	Title, URL, Lang string
	Meta             string
	Text             string // the whole, where there is no form for it any more
	Forget           PostAct
}

var draftsPage = newPage("topic-drafts", DraftsView{
	Lead: "They are yours alone.", Drafts: []DraftLine{{"Wer hat ein Muster?", "/en/groups/g1/topics/new", "de", "3 March 2026", "Hallo", PostAct{"/en/topics/drafts", "Throw away", "topic 1"}}}, None: "None.",
})

// drafts is the page of her own.
func (h *House) drafts(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	f := h.asking(r, "topic.drafts.title")
	p, err := h.talking(r, f)
	if err != nil {
		return err
	}
	list, err := h.talks().Drafts(r.Context(), f.Reader.Subject)
	if err != nil {
		return err
	}
	f.Crumbs = []Link{{f.T("topic.title"), f.URL("/topics")}}
	v := DraftsView{Lead: f.T("topic.drafts.lead"), None: f.T("topic.drafts.none")}
	for _, k := range list {
		line, err := p.draftLine(k)
		if err != nil {
			return err
		}
		v.Drafts = append(v.Drafts, line)
	}
	return draftsPage.Show(w, f, v)
}

// draftLine leads to where it can be gone on with, as far as she reads that now.
func (p talking) draftLine(k discussion.Kept) (line DraftLine, err error) {
	kind, id, _ := strings.Cut(k.Place, " ")
	ctx, who, d := p.r.Context(), p.Reader.Subject, p.h.talks()
	line = DraftLine{Title: k.Draft.Title, Lang: string(k.Draft.Lang), Meta: p.T("topic.draft.kept", "day", p.DateTime(k.Updated)), Forget: PostAct{p.URL("/topics/drafts"), p.T("topic.draft.forget"), k.Place}}
	where := ""
	switch kind {
	case "group":
		if _, err = d.MayWrite(ctx, who, id); err == nil {
			where = "/groups/" + id + "/topics/new"
		}
	case "topic":
		var t discussion.Topic
		if t, err = d.Topic(ctx, who, id); err == nil {
			line.Title = t.Title
			if pages, err := d.Pages(ctx, who.Scope(), id); err == nil {
				line.URL = p.topicPage(id, pages) + "#write"
			}
			if _, err = d.MayWrite(ctx, who, t.Group); err != nil {
				line.URL = ""
			}
		}
	case "post":
		var o discussion.Post
		if o, err = d.Post(ctx, who, id); err == nil {
			where = o.Path() + "/edit"
		}
	}
	var not discussion.Impossible
	if errors.Is(err, store.ErrNotFound) || errors.As(err, &not) || errors.Is(err, discussion.ErrForbidden) {
		err = nil
	}
	if where != "" {
		line.URL = p.URL(where)
	}
	if line.URL == "" {
		line.Text = k.Draft.Body
	}
	if line.Title == "" {
		line.Title = p.T("topic.draft.untitled")
	}
	return line, err
}

// keepDraft keeps one as the script sends it, or throws one away.
func (h *House) keepDraft(w http.ResponseWriter, r *http.Request, t *typedPost) error {
	f := h.site.Frame(r)
	if place := r.PostFormValue("forget"); place != "" {
		if err := h.talks().Forget(r.Context(), f.Reader.Subject, place); err != nil {
			return err
		}
		return f.Redirect(w, "/topics/drafts", noticeDraftForgotten, 0)
	}
	place, _, _ := strings.Cut(r.PostFormValue("place"), "\n")
	kind, id, _ := strings.Cut(place, " ")
	if kind != "group" && kind != "topic" && kind != "post" || id == "" {
		return NotFound()
	}
	if err := h.talks().Keep(r.Context(), f.Reader.Subject, place, t.draft); err != nil {
		return f.talkFault(err)
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := w.Write([]byte(f.T("topic.draft.kept", "day", f.DateTime(time.Now()))))
	return err
}

var noticeDraftForgotten = newNotice("topic.said.forgotten")

// mayDraw reports whether she may make a note of the library.
func mayDraw(r *http.Request) bool {
	return !ReaderOf(r).Program && ReaderOf(r).May(access.Contribute, access.Label{Level: access.Closed, Owner: ReaderOf(r).ID}).Allowed
}
