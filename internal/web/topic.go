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

	"polis/internal/community/discussion"
	"polis/internal/community/notice"
	"polis/internal/search"
	"polis/internal/store"
)

func (h *House) openTopics() {
	h.site.Handle("GET /topics", h.topics)
	h.site.Handle("GET /groups/{id}/topics/new", h.newTopic)
	h.site.HandleUpload("POST /groups/{id}/topics", largestPost, h.typed(h.openTopic))
	h.site.Handle("GET /groups/{id}/queue", h.queue)
	h.site.Handle("GET /topics/appeals", h.appeals)
	h.site.Handle("GET /topics/drafts", h.drafts)
	h.site.HandleUpload("POST /topics/drafts", largestPost, h.typed(h.keepDraft))
	h.site.Handle("GET /topics/{id}", h.topic)
	h.site.HandleUpload("POST /topics/{id}/write", largestPost, h.typed(h.writePost))
	h.site.Handle("POST /topics/{id}/move/{move}", h.moveTopic)
	h.site.Handle("POST /topics/{id}/note", h.once(h.noteOfTopic))
	h.site.Handle("GET /topics/{id}/posts/{post}", h.toPost)
	h.site.Handle("GET /topics/{id}/posts/{post}/about", h.post)
	h.site.Handle("GET /topics/{id}/posts/{post}/edit", h.editPost)
	h.site.HandleUpload("POST /topics/{id}/posts/{post}/edit", largestPost, h.typed(h.revisePost))
	h.site.Handle("POST /topics/{id}/posts/{post}/move/{move}", h.movePost)
	h.site.Handle("GET /files/posts/{file}", h.site.costly(h.postFile))
	h.openTranslations()
	h.openPolls()
}

func (h *House) talks() *discussion.Discussion {
	return &discussion.Discussion{DB: h.DB, Files: h.Library.Files, Scanner: h.Library.Scanner, Machine: h.Machine, Keys: h.Keys}
}

// talking shows what is said in groups in words.
type talking struct{ *helping }

func (h *House) talking(r *http.Request, f *Frame) (talking, error) {
	p, err := h.helping(r, f)
	return talking{p}, err
}

// author is how somebody is called who wrote in a group.
func (p talking) author(id string) string {
	if name := p.people[id]; name != "" {
		return name
	}
	return p.T("topic.former")
}

// talkFault says of an error what somebody who writes has to know.
func (f *Frame) talkFault(err error) error {
	var not discussion.Impossible
	switch {
	case errors.As(err, &not):
		return &Fault{Status: http.StatusConflict, Key: not.Key, Args: []any{"until", not.Until}, Err: err}
	case errors.Is(err, discussion.ErrForbidden):
		return &Fault{Status: http.StatusForbidden, Key: "topic.error.forbidden", Err: err}
	}
	return err
}

// TopicView is a topic with a page of its posts.
type TopicView struct {
	Meta     string
	Lang     string
	Tag      *Tag
	Notes    []string // its day is over, it is locked, it waits
	Facts    []Fact
	Poll     *PollView
	AddPoll  *Link // where one is put to it
	Answer   *Link // to the accepted answer, where it stands below another post
	Posts    []PostView
	Pages    *Pagination
	Helps    string // who said that they can help
	Compose  *ComposeView
	Why      string // why she does not write here, or ""
	Forms    []PersonForm
	Note     string // address that makes a note of the library of the answer, or ""
	Lesson   string // address of the form of a lesson with the answer, or ""
	Outcomes []Link // what was made of it
}

// PostView is a post as it is shown.
type PostView struct {
	ID, Anchor  string
	Author      string
	Meta, Lang  string
	Link        Link // to itself, with its number
	Tag         *Tag
	Answer      bool
	Quote       *QuoteView
	Body        template.HTML
	Says        []string // why it is hidden, what she was told
	Files       []FileLine
	Words       []SaidView
	Accept      *PostAct
	Reply, Edit *Link
	About       Link
	Placeholder string // in the place of words that are not there

	Translations []TranslationView
	Machine      *PostAct // asks the machine for one
	Translate    *Link    // where she writes one herself
}

// FileLine is a file that came with a post.
type FileLine struct{ Name, URL, Meta string }

// QuoteView is the post that another answers.
type QuoteView struct{ Who, URL, Text, Lang string }

// SaidView is a word that can be said to a post.
type SaidView struct {
	Text, Count string
	Act         *PostAct // nil where she only reads
	On          bool
}

// PostAct is a button.
type PostAct struct{ Action, Text, Value string }

var samplePost = PostView{
	ID: "1", Anchor: "post-1", Author: "Aigul Asanova", Meta: "3 March 2026", Lang: "de", Link: Link{"1", "/en/topics/1#post-1"}, Tag: &Tag{Done, "Answer"}, Answer: true,
	Quote: &QuoteView{"Bela", "/en/topics/1#post-1", "Wer hat ein Muster?", "de"}, Body: "<p>Hier ist <em>eins</em>.</p>", Says: []string{"It was hidden."}, Files: []FileLine{{"plan.pdf", "/en/files/posts/1", "2 MB"}},
	Words:  []SaidView{{"Useful", "2", &PostAct{"/en/topics/1/posts/1/move/word", "Useful", "useful"}, true}},
	Accept: &PostAct{"/en/topics/1/posts/1/move/accept", "Accept as the answer", "1"}, Reply: &Link{"Answer", "/en/topics/1?quote=1#write"}, Edit: &Link{"Change", "/en/topics/1/posts/1/edit"}, About: Link{"More", "/en/topics/1/posts/1/about"},
	Placeholder: "Taken away by its author.", Translations: []TranslationView{sampleTranslation}, Machine: &PostAct{"/en/topics/1/posts/1/machine", "Translate into English", "en"}, Translate: &Link{"Translate it yourself", "/en/topics/1/posts/1/translation"},
}

var topicPage = newPage("topic", TopicView{
	Meta: "Question · Investigators", Lang: "de", Tag: &Tag{Done, "Answered"}, Notes: []string{"It was to be looked at again by 3 March 2026."}, Facts: []Fact{{"Themes", []Link{{"Cybercrime", "/en/themes/cybercrime"}}}},
	Answer: &Link{"To the answer", "/en/topics/1#post-2"}, Posts: []PostView{samplePost}, Helps: "Bela can help.", Compose: &sampleCompose, Why: "You are not a member.", Forms: []PersonForm{samplePersonForm},
	Poll: &samplePoll, AddPoll: &Link{"Add a poll", "/en/topics/1/poll"}, Note: "/en/topics/1/note", Lesson: "/en/assistance/lessons/new?topic=1", Outcomes: []Link{{"Model agreement", "/en/library/1"}},
})

func (h *House) topic(w http.ResponseWriter, r *http.Request) error {
	t, err := h.talks().Topic(r.Context(), ReaderOf(r).Subject, r.PathValue("id"))
	if errors.Is(err, store.ErrNotFound) && !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r) // it may be one of her group's, as a letter's link says
	}
	if err != nil {
		return err
	}
	return h.showTopic(w, r, t, nil)
}

// showTopic shows a page of a topic; typed is what she is writing, or nil.
func (h *House) showTopic(w http.ResponseWriter, r *http.Request, t discussion.Topic, typed *typedPost) error {
	f := h.site.Frame(r)
	f.Title, f.Description = t.Title, ""
	p, err := h.talking(r, f)
	if err != nil {
		return err
	}
	pages, err := h.talks().Pages(r.Context(), scope(r), t.ID)
	if err != nil {
		return err
	}
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	if page = max(page, 1); typed != nil && typed.page > 0 {
		page = typed.page
	}
	if page > pages {
		return NotFound()
	}
	posts, err := h.talks().Posts(r.Context(), ReaderOf(r).Subject, t, page)
	if err != nil {
		return err
	}
	group := p.groupCalled(t.Group)
	f.Crumbs = []Link{{f.T("groups.title"), f.URL("/groups")}, {group, f.URL("/groups/" + t.Group)}, {f.T("topic.title"), f.URL("/topics?group=" + url.QueryEscape(t.Group))}}
	v := TopicView{Lang: string(t.Lang), Tag: p.topicTag(t), Pages: f.paginate(page, pages, func(n int) string { return p.topicPage(t.ID, n) })}
	standing, blocked := h.talks().MayWrite(r.Context(), ReaderOf(r).Subject, t.Group)
	writes := blocked == nil && t.Locked.IsZero()
	if v.Posts, err = p.posts(t, posts, writes, standing.Runs()); err != nil {
		return err
	}
	if err := p.translations(posts, v.Posts, writes, standing); err != nil {
		return err
	}
	v.Meta = p.T("topic.by", "kind", p.T("topic.kind."+string(t.Kind)), "who", p.author(t.Author), "day", t.Created)
	p.topicNotes(t, &v)
	if err := p.poll(t, standing, writes, &v); err != nil {
		return err
	}
	if err := p.topicHelps(t, &v); err != nil {
		return err
	}
	if err := p.topicFacts(t, &v); err != nil {
		return err
	}
	if err := p.topicAnswer(t, posts, &v); err != nil {
		return err
	}
	if err := p.topicWriting(t, typed, page, pages, blocked, &v); err != nil {
		return err
	}
	if runs := standing.Runs(); runs || t.Author == f.Reader.ID && blocked == nil {
		v.Forms = p.topicForms(t, runs)
	}
	if err := h.offerPace(r, f, notice.Topic, t.ID); err != nil {
		return err
	}
	if page == pages {
		if err := h.seenTopic(r, t); err != nil {
			return err
		}
	}
	return topicPage.Show(w, f, v)
}

// topicPage is the address of a page of a topic.
func (p talking) topicPage(id string, page int) string {
	if page <= 1 {
		return p.URL(discussion.TopicPath(id))
	}
	return p.URL(discussion.TopicPath(id)) + "?page=" + strconv.Itoa(page)
}

// postAt is the address of a post in its topic.
func (p talking) postAt(topic string, n int) string {
	return p.topicPage(topic, discussion.PageOf(n)) + "#post-" + strconv.Itoa(n)
}

// topicNotes says what is to be known of a topic before it is read.
func (p talking) topicNotes(t discussion.Topic, v *TopicView) {
	if t.Overdue(p.now) {
		v.Notes = append(v.Notes, p.T("topic.overdue.says", "day", p.PartialDate(t.ReviewBy)))
	}
	if !t.Locked.IsZero() {
		v.Notes = append(v.Notes, p.T("topic.locked.says", "day", t.Locked))
	}
	if t.Posts == 0 {
		v.Notes = append(v.Notes, p.T("topic.waits.says"))
	}
}

// topicHelps says who said that they can help with a question that is open.
func (p talking) topicHelps(t discussion.Topic, v *TopicView) error {
	if t.Kind != discussion.Question || t.Answered {
		return nil
	}
	ids, err := p.h.talks().WhoHelps(p.r.Context(), scope(p.r), t.ID, mostHelps)
	var names []string
	for _, id := range ids {
		names = append(names, p.author(id))
	}
	if len(names) > 0 {
		v.Helps = p.T("topic.helps", "names", p.List(names))
	}
	return err
}

// topicFacts are what it is about, by when it is looked at again, and what was made of it.
func (p talking) topicFacts(t discussion.Topic, v *TopicView) error {
	var themes []Link
	for _, id := range t.Themes {
		themes = append(themes, Link{p.value(search.Theme, id), p.URL("/themes/" + id)})
	}
	if len(themes) > 0 {
		v.Facts = append(v.Facts, Fact{p.T("library.field.themes"), themes})
	}
	if t.ReviewBy != "" && !t.Overdue(p.now) {
		v.Facts = append(v.Facts, Fact{p.T("topic.field.review"), []Link{{Text: p.PartialDate(t.ReviewBy)}}})
	}
	return p.outcomes(t, v)
}

// topicAnswer leads to the accepted answer, where it does not stand on the page.
func (p talking) topicAnswer(t discussion.Topic, posts []discussion.Post, v *TopicView) error {
	if !t.Answered || slices.ContainsFunc(posts[:min(2, len(posts))], func(o discussion.Post) bool { return o.Answer }) {
		return nil
	}
	a, err := p.h.talks().Answer(p.r.Context(), scope(p.r), t.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	v.Answer = &Link{p.T("topic.answer.to"), p.postAt(t.ID, a.N)}
	return err
}

// topicWriting is the form under the last page, or why there is none.
func (p talking) topicWriting(t discussion.Topic, typed *typedPost, page, pages int, blocked error, v *TopicView) error {
	var not discussion.Impossible
	switch {
	case !p.Reader.SignedIn():
		v.Why = p.T("topic.why.sign-in")
		return nil
	case !t.Locked.IsZero():
		if typed == nil {
			return nil
		}
	case errors.As(blocked, &not) && typed == nil:
		v.Why = p.T(not.Key, "until", not.Until)
		return nil
	case blocked != nil && typed == nil:
		return nil
	}
	if typed == nil && page != pages && p.r.URL.Query().Get("quote") == "" {
		v.Why = ""
		return nil
	}
	compose, err := p.composeReply(t, typed)
	v.Compose = compose
	return err
}

// topicForms are what its author, and who runs the group, can do with a topic.
func (p talking) topicForms(t discussion.Topic, runs bool) (forms []PersonForm) {
	action := func(move string) string { return p.URL(t.Path() + "/move/" + move) }
	rev := []Carried{{"rev", strconv.FormatInt(t.Rev, 10)}}
	review := Field{Name: "review_by", Label: p.T("topic.field.review"), Hint: p.T("topic.hint.review", "example", p.now.AddDate(1, 0, 0).Format(time.DateOnly)), Value: t.ReviewBy, Width: "short", Auto: "off"}
	forms = append(forms, PersonForm{ID: "review", Title: p.T("topic.do.review"), Says: []string{p.T("topic.do.review.says")}, Action: action("review"), Hidden: rev, Fields: []Field{review}, Button: p.T("core.save")})
	if runs {
		move := "lock"
		if !t.Locked.IsZero() {
			move = "unlock"
		}
		forms = append(forms, PersonForm{ID: move, Title: p.T("topic.do." + move), Says: []string{p.T("topic.do." + move + ".says")}, Action: action(move), Button: p.T("topic.do." + move)})
	}
	return forms
}

var topicNotices = map[string]string{
	"review": newNotice("topic.said.review"), "lock": newNotice("topic.said.lock"), "unlock": newNotice("topic.said.unlock"),
}

func (h *House) moveTopic(w http.ResponseWriter, r *http.Request) error {
	id, move, who := r.PathValue("id"), r.PathValue("move"), ReaderOf(r).Subject
	f := h.site.Frame(r)
	var err error
	switch move {
	case "review":
		err = h.talks().Review(r.Context(), who, id, revOf(r), strings.TrimSpace(r.PostFormValue("review_by")))
	case "lock", "unlock":
		err = h.talks().Lock(r.Context(), who, id, move == "lock")
	default:
		return NotFound()
	}
	var wrong discussion.Invalid
	var stale discussion.Stale
	switch {
	case errors.As(err, &wrong):
		return &Fault{Status: http.StatusUnprocessableEntity, Key: wrong["review_by"], Err: err}
	case errors.As(err, &stale):
		return &Fault{Status: http.StatusConflict, Key: "topic.error.stale", Err: err}
	case err != nil:
		return f.talkFault(err)
	}
	return f.Redirect(w, discussion.TopicPath(id), topicNotices[move], 0)
}
