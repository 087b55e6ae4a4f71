package web

import (
	"errors"
	"html/template"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"polis/internal/blob"
	"polis/internal/community/discussion"
	"polis/internal/store"
)

// know learns what those are called who wrote posts or are mentioned in them.
func (p talking) know(posts []discussion.Post) error {
	var ids []string
	for id := range p.people {
		ids = append(ids, id)
	}
	for _, o := range posts {
		ids = append(append(ids, o.Author), discussion.Mentioned(o.Body)...)
	}
	return p.meet(ids)
}

// posts are shown with what is said to them. writes says that she writes here, runs that
// she runs the group.
func (p talking) posts(t discussion.Topic, list []discussion.Post, writes, runs bool) (views []PostView, err error) {
	d := p.h.talks()
	quoted := map[string]discussion.Post{}
	all := slices.Clone(list)
	for _, o := range list {
		if o.Quotes == "" {
			continue
		}
		q, err := d.Post(p.r.Context(), p.Reader.Subject, o.Quotes)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		if err == nil && q.Stage == discussion.Shown {
			quoted[o.ID], all = q, append(all, q)
		}
	}
	helps, err := d.WhoHelps(p.r.Context(), scope(p.r), t.ID, mostHelps)
	if err != nil {
		return nil, err
	}
	p.helping.people = map[string]string{t.Author: ""}
	for _, id := range helps {
		p.people[id] = ""
	}
	if err := p.know(all); err != nil {
		return nil, err
	}
	said, err := d.Reactions(p.r.Context(), p.Reader.Subject, list)
	if err != nil {
		return nil, err
	}
	files, err := d.FilesOf(p.r.Context(), list)
	if err != nil {
		return nil, err
	}
	told, err := d.Told(p.r.Context(), p.Reader.Subject, list)
	if err != nil {
		return nil, err
	}
	for _, o := range list {
		v := p.postView(t, o, writes, runs)
		if q, ok := quoted[o.ID]; ok {
			v.Quote = p.quoted(q)
		}
		for _, f := range files[o.ID] {
			v.Files = append(v.Files, p.fileLine(f))
		}
		v.Words = p.wordViews(o, said[o.ID], writes)
		for _, s := range told[o.ID] {
			v.Says = append(v.Says, p.T("topic.told."+s.Verdict, "day", s.Decided, "words", s.Answer))
		}
		views = append(views, v)
	}
	return views, nil
}

// mostHelps is how many names are said of those who can help.
const mostHelps = 8

// quoted is the beginning of a post that another answers.
func (p talking) quoted(o discussion.Post) *QuoteView {
	text := strings.Join(strings.Fields(discussion.Spoken(o.Body, p.author)), " ")
	if short := []rune(text); len(short) > 200 {
		text = string(short[:200]) + "…"
	}
	return &QuoteView{p.author(o.Author), p.postAt(o.Topic, o.N), text, string(o.Lang)}
}

// postView is a post with what she can do with it.
func (p talking) postView(t discussion.Topic, o discussion.Post, writes, runs bool) PostView {
	path := o.Path()
	v := PostView{
		ID: o.ID, Anchor: "post-" + strconv.Itoa(o.N), Author: p.author(o.Author), Lang: string(o.Lang), Answer: o.Answer,
		Meta: p.DateTime(o.Created), Link: Link{"#" + strconv.Itoa(o.N), p.postAt(o.Topic, o.N)}, About: Link{p.T("topic.more"), p.URL(path + "/about")},
	}
	if o.Edits > 0 && o.Body != "" {
		v.Meta += " · " + p.T("topic.edited", "n", o.Edits)
	}
	if o.Way == "mail" {
		v.Meta += " · " + p.T("topic.by-mail")
	}
	hers := p.Reader.SignedIn() && o.Author == p.Reader.ID
	switch {
	case o.Stage == discussion.Gone:
		v.Placeholder = p.T("topic.gone")
		v.About = Link{}
		return v
	case o.Stage == discussion.Hidden && o.Body == "":
		v.Placeholder = p.T("topic.hidden")
		v.About = Link{}
		return v
	case o.Stage == discussion.Hidden:
		v.Tag = &Tag{Refusal, p.T("topic.stage.hidden")}
		v.Says = append(v.Says, p.T("topic.hidden.says", "reason", o.Reason))
	case o.Stage == discussion.Held:
		v.Tag = &Tag{Attention, p.T("topic.stage.held")}
	case o.Answer:
		v.Tag = &Tag{Done, p.T("topic.answer")}
	}
	v.Body = template.HTML(discussion.HTML(o.Body, p.author)) // through the sieve
	if !p.Reader.SignedIn() {
		v.About = Link{}
	}
	if !writes {
		return v
	}
	if o.Stage == discussion.Shown {
		v.Reply = &Link{p.T("topic.reply"), p.URL(t.Path()) + "?" + url.Values{"page": {strconv.Itoa(discussion.PageOf(o.N))}, "quote": {o.ID}}.Encode() + "#write"}
	}
	if hers && (o.Stage == discussion.Shown || o.Stage == discussion.Held) {
		v.Edit = &Link{p.T("topic.change"), p.URL(path + "/edit")}
	}
	if t.Kind == discussion.Question && o.N > 1 && o.Stage == discussion.Shown && (runs || t.Author == p.Reader.ID) {
		v.Accept = &PostAct{p.URL(path + "/move/accept"), p.T("topic.accept"), "1"}
		if o.Answer {
			v.Accept = &PostAct{p.URL(path + "/move/accept"), p.T("topic.unaccept"), ""}
		}
	}
	return v
}

// wordViews are the words that were said to a post, and can be said.
func (p talking) wordViews(o discussion.Post, said []discussion.Said, writes bool) (list []SaidView) {
	if o.Stage != discussion.Shown {
		return nil
	}
	for _, word := range discussion.Words {
		v := SaidView{Text: p.T("topic.word." + word)}
		n := 0
		for _, s := range said {
			if s.Word == word {
				n, v.On = s.N, s.Hers
			}
		}
		if n > 0 {
			v.Count = p.Number(n)
		}
		if writes && o.Author != p.Reader.ID {
			value := word
			if v.On {
				value = "-" + word
			}
			v.Act = &PostAct{p.URL(o.Path() + "/move/word"), v.Text, value}
		}
		if v.Act != nil || n > 0 {
			list = append(list, v)
		}
	}
	return list
}

// ofTopic reads the post of the address, in its topic.
func (h *House) ofTopic(r *http.Request) (discussion.Post, discussion.Topic, error) {
	o, err := h.talks().Post(r.Context(), ReaderOf(r).Subject, r.PathValue("post"))
	if err == nil && o.Topic != r.PathValue("id") {
		err = store.ErrNotFound
	}
	if err != nil {
		return o, discussion.Topic{}, err
	}
	t, err := h.talks().Topic(r.Context(), ReaderOf(r).Subject, o.Topic)
	return o, t, err
}

// toPost leads to a post in its topic.
func (h *House) toPost(w http.ResponseWriter, r *http.Request) error {
	o, _, err := h.ofTopic(r)
	if errors.Is(err, store.ErrNotFound) && !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	if err != nil {
		return err
	}
	return h.site.Frame(r).Redirect(w, pageAt(o.Topic, o.N), "", 0)
}

// postFile gives out a file that came with a post: always as a download, or in a sandbox.
func (h *House) postFile(w http.ResponseWriter, r *http.Request) error {
	file, err := h.talks().File(r.Context(), ReaderOf(r).Subject, r.PathValue("file"))
	if err != nil {
		return h.site.Frame(r).talkFault(err)
	}
	f, err := h.Library.Files.Get(r.Context(), blob.Sum(file.Sum))
	if err != nil {
		return err
	}
	defer f.Close()
	head := w.Header()
	head.Set("Content-Type", "application/octet-stream")
	head.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file.Name}))
	head.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	head.Set("Cache-Control", "private, no-store")
	Patient(w, time.Hour)
	http.ServeContent(w, r, "", file.Created, f)
	return nil
}
