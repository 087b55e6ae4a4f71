package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"polis/internal/community/discussion"
	"polis/internal/library"
	"polis/internal/store"
)

// PostPage is a post by itself: how it stood before, and what she can do with it.
type PostPage struct {
	Topic   Link
	Post    PostView
	Says    []string
	Forms   []PersonForm
	History []PostChange
}

// PostChange is a change of a post: what was and what became.
type PostChange struct {
	When        string
	Title       string // as it was, or ""
	Lang        string
	Was, Became []MarkedText
}

var postPage = newPage("post", PostPage{
	Topic: Link{"Wer hat ein Muster?", "/en/topics/1"}, Post: samplePost, Says: []string{"It was hidden."}, Forms: []PersonForm{samplePersonForm},
	History: []PostChange{{"3 March 2026", "Muster?", "de", []MarkedText{{"Hier ", false}, {"ist", true}}, []MarkedText{{"Hier ", false}, {"liegt", true}}}},
})

func (h *House) post(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	o, t, err := h.ofTopic(r)
	if err != nil {
		return err
	}
	return h.showPost(w, r, o, t, "", nil)
}

// showPost shows it; move and wrong say which of its forms did not go, and why.
func (h *House) showPost(w http.ResponseWriter, r *http.Request, o discussion.Post, t discussion.Topic, move string, wrong map[string]string) error {
	f := h.asking(r, "topic.post.title")
	p, err := h.talking(r, f)
	if err != nil {
		return err
	}
	runs, err := h.talks().Runs(r.Context(), f.Reader.Subject, o.Group)
	if err != nil {
		return err
	}
	views, err := p.posts(t, []discussion.Post{o}, false, runs)
	if err != nil {
		return err
	}
	f.Title = p.T("topic.post.of", "n", o.N, "who", p.author(o.Author))
	f.Crumbs = []Link{{p.groupCalled(o.Group), f.URL("/groups/" + o.Group)}, {t.Title, p.postAt(o.Topic, o.N)}}
	v := PostPage{Topic: Link{t.Title, p.postAt(o.Topic, o.N)}, Post: views[0]}
	v.Post.About = Link{}
	changes, err := h.talks().History(r.Context(), f.Reader.Subject, o)
	if err != nil {
		return err
	}
	v.History = p.changes(changes, o)
	if v.Says, err = p.appealed(o); err != nil {
		return err
	}
	v.Forms = p.postForms(o, runs, len(v.Says) == 0, move, wrong)
	return postPage.Show(w, f, v)
}

// appealed says how far an appeal is.
func (p talking) appealed(o discussion.Post) (says []string, err error) {
	hidden, err := p.h.talks().HiddenNow(p.r.Context(), o)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	switch {
	case err != nil:
		return nil, err
	case hidden.Verdict == "upheld":
		says = append(says, p.T("topic.appeal.upheld", "day", hidden.Decided, "words", hidden.Answer))
	case !hidden.Appealed.IsZero():
		says = append(says, p.T("topic.appeal.waits", "day", hidden.Appealed))
	}
	return says, nil
}

// changes are shown each as the difference to what came after it, the latest first.
func (p talking) changes(list []discussion.Changed, o discussion.Post) (views []PostChange) {
	after := o.Body
	for _, c := range slices.Backward(list) {
		v := PostChange{When: p.DateTime(c.At), Title: c.Title, Lang: c.Lang}
		v.Was, v.Became = library.MarkDifference(discussion.Spoken(c.Body, p.author), discussion.Spoken(after, p.author), func(text string, differs bool) MarkedText { return MarkedText{text, differs} })
		views, after = append(views, v), c.Body
	}
	return views
}

// postForms are what she can do with a post.
func (p talking) postForms(o discussion.Post, runs, appeals bool, move string, wrong map[string]string) (forms []PersonForm) {
	hers := o.Author == p.Reader.ID
	add := func(name string, warning bool, fields ...Field) {
		form := PersonForm{
			ID: name, Title: p.T("topic.do." + name), Says: []string{p.T("topic.do." + name + ".says")}, Action: p.URL(o.Path() + "/move/" + name),
			Fields: fields, Button: p.T("topic.do." + name + ".button"), Warning: warning, Open: move == name,
		}
		for i := range form.Fields {
			if field := &form.Fields[i]; move == name {
				field.Value = p.r.PostFormValue(field.Name)
				if key := wrong[strings.TrimSuffix(field.Name, "-"+name)]; key != "" {
					field.Error = p.T(key)
					p.Errors, p.Status = append(p.Errors, Error{field.Name, field.Error}), http.StatusUnprocessableEntity
				}
			}
		}
		forms = append(forms, form)
	}
	words := func(name, label string) Field {
		return Field{Name: "words-" + name, Label: p.T(label), Type: "textarea", Rows: 3}
	}
	if runs && o.Stage == discussion.Held {
		add("show", false)
	}
	if runs && o.Stage == discussion.Hidden && !hers {
		add("show", false)
	}
	if runs && o.Stage != discussion.Hidden && o.Stage != discussion.Gone {
		add("hide", true, words("hide", "topic.field.reason"))
	}
	if runs && !hers {
		add("dismiss", false)
		add("warn", false, words("warn", "topic.field.warn"))
		until := Field{Name: "until-silence", Label: p.T("topic.field.until"), Hint: p.T("topic.hint.until", "example", p.now.AddDate(0, 0, 14).Format(time.DateOnly)), Width: "short", Auto: "off"}
		add("silence", true, until, words("silence", "topic.field.reason"))
	}
	if hers && o.Stage == discussion.Hidden && appeals {
		add("appeal", false, words("appeal", "topic.field.appeal"))
	}
	if hers && o.Stage != discussion.Gone {
		add("remove", true)
	}
	if !hers && o.Stage == discussion.Shown {
		reason := Field{Name: "reason-report", Label: p.T("topic.field.report"), Type: "select"}
		for _, name := range discussion.Reasons {
			reason.Options = append(reason.Options, Option{Value: name, Text: p.T("topic.reason." + name)})
		}
		add("report", false, reason, words("report", "topic.field.words-report"))
	}
	return forms
}

var postNotices = map[string]string{
	"accept": newNotice("topic.said.accept"), "unaccept": newNotice("topic.said.unaccept"), "word": newNotice("topic.said.word"), "hide": newNotice("topic.said.hide"), "show": newNotice("topic.said.show"),
	"remove": newNotice("topic.said.remove"), "report": newNotice("topic.said.report"), "warn": newNotice("topic.said.warn"), "silence": newNotice("topic.said.silence"),
	"dismiss": newNotice("topic.said.dismiss"), "appeal": newNotice("topic.said.appeal"), "decide": newNotice("topic.said.decide"),
}

// movePost does with a post what the address says.
func (h *House) movePost(w http.ResponseWriter, r *http.Request) error {
	move := r.PathValue("move")
	if postNotices[move] == "" || move == "unaccept" {
		return NotFound()
	}
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	f := h.site.Frame(r)
	if move == "decide" {
		return h.decideAppeal(w, r)
	}
	o, t, err := h.ofTopic(r)
	if err != nil {
		return err
	}
	notice, err := h.doMove(r, o, move)
	var wrong discussion.Invalid
	switch {
	case errors.As(err, &wrong):
		return h.showPost(w, r, o, t, move, wrong)
	case err != nil:
		return f.talkFault(err)
	}
	if r.PostFormValue("back") == "queue" {
		return f.Redirect(w, "/groups/"+o.Group+"/queue", notice, 0)
	}
	if _, err := h.talks().Topic(r.Context(), f.Reader.Subject, t.ID); errors.Is(err, store.ErrNotFound) {
		return f.Redirect(w, "/groups/"+o.Group, notice, 0)
	}
	return f.Redirect(w, pageAt(o.Topic, o.N), notice, 0)
}

func (h *House) doMove(r *http.Request, o discussion.Post, move string) (notice string, err error) {
	ctx, who, d := r.Context(), ReaderOf(r).Subject, h.talks()
	words := r.PostFormValue("words-" + move)
	notice = postNotices[move]
	switch move {
	case "accept":
		accepted := r.PostFormValue("value") != ""
		if !accepted {
			notice = postNotices["unaccept"]
		}
		err = d.Accept(ctx, who, o.ID, accepted)
	case "word":
		word, off := strings.CutPrefix(r.PostFormValue("value"), "-")
		err = d.React(ctx, who, o.ID, word, !off)
	case "hide":
		err = d.Hide(ctx, who, o.ID, words)
	case "show":
		err = d.Show(ctx, who, o.ID)
	case "remove":
		err = d.Remove(ctx, who, o.ID)
	case "report":
		err = d.Report(ctx, who, o.ID, r.PostFormValue("reason-report"), words)
	case "warn":
		err = d.Warn(ctx, who, o.ID, words)
	case "silence":
		until, bad := time.Parse(time.DateOnly, strings.TrimSpace(r.PostFormValue("until-silence")))
		if bad != nil {
			return notice, discussion.Invalid{"until": "topic.error.until"}
		}
		err = d.Silence(ctx, who, o.ID, until, words)
	case "dismiss":
		err = d.Dismiss(ctx, who, o.ID)
	case "appeal":
		err = d.Appeal(ctx, who, o.ID, words)
	}
	return notice, err
}
