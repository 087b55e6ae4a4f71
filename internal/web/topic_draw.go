package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/community/discussion"
	"polis/internal/library"
	"polis/internal/search"
	"polis/internal/store"
)

// look finds what was asked before, and what the library says of it, as far as she reads
// them.
func (p talking) look(d discussion.Draft, except string, v *ComposeView) error {
	v.Looked = true
	if strings.TrimSpace(d.Title) == "" {
		return nil
	}
	list, err := p.h.talks().Similar(p.r.Context(), scope(p.r), d.Title, except, shownSimilar)
	if err != nil {
		return err
	}
	for _, t := range list {
		v.Similar = append(v.Similar, p.topicLine(t, true))
	}
	text := []rune(d.Title)
	_, found, err := p.h.Library.Search(p.r.Context(), p.h.Index, scope(p.r), search.Query{Text: string(text[:min(len(text), discussion.MaxTitle)]), Lang: d.Lang, Group: true, Limit: shownBeside})
	if err != nil {
		return err
	}
	wanted := make([]library.Wish, len(found))
	for i, f := range found {
		wanted[i] = library.Wish{Document: f.Hit.Document, Lang: p.Lang}
	}
	briefs, err := p.h.Library.Briefs(p.r.Context(), scope(p.r), wanted)
	for _, b := range briefs { // in her own language, where there is one
		v.Passages = append(v.Passages, PassageLine{Title: b.Edition.Title, URL: p.URL(library.Path(b.ID, b.Edition.Lang)), Text: b.Edition.Summary, Lang: string(b.Edition.Lang)})
	}
	return err
}

// shownSimilar is how many topics are shown that ask something similar.
const shownSimilar = 6

// outcomes are what was made of the topic, and what she can make of its answer.
func (p talking) outcomes(t discussion.Topic, v *TopicView) error {
	drawn, err := p.h.talks().Outcomes(p.r.Context(), t.ID)
	if err != nil {
		return err
	}
	for _, o := range drawn {
		if o.Kind == "lesson" {
			l, err := p.h.helps().Lesson(p.r.Context(), scope(p.r), o.Object)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			v.Outcomes = append(v.Outcomes, Link{l.Title, p.URL(lessonPath(l.ID))})
			continue
		}
		titles, err := p.h.Library.Titles(p.r.Context(), scope(p.r), []string{o.Object}, p.Lang)
		if err != nil {
			return err
		}
		if title := titles[o.Object]; title != "" {
			v.Outcomes = append(v.Outcomes, Link{title, p.URL("/library/" + o.Object)})
		}
	}
	if !t.Answered {
		return nil
	}
	if mayDraw(p.r) {
		v.Note = p.URL(t.Path() + "/note")
	}
	if t.Level < access.Closed && plansHelp(p.Reader.Subject) && p.Reader.ReadsOfficial() {
		v.Lesson = p.URL("/assistance/lessons/new?topic=" + t.ID)
	}
	return nil
}

// noteOfTopic brings a question with its answer into the library's intake, where the
// ordinary form asks what else a note needs; its readers are proposed as the group's.
func (h *House) noteOfTopic(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	if err := mayContribute(r); err != nil {
		return err
	}
	t, text, err := h.answered(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	in, err := h.Library.Receive(r.Context(), ReaderOf(r).Subject, store.NewID(), "answer-"+t.ID[:8]+".md", strings.NewReader(text))
	if err != nil {
		return err
	}
	h.Jobs.Wake()
	if in.Stage == library.Kept { // the same was made before
		if err := h.talks().Draw(r.Context(), ReaderOf(r).Subject, t.ID, "document", in.Document); err != nil {
			return err
		}
		return h.site.Frame(r).Redirect(w, "/library/"+in.Document, "", 0)
	}
	return h.site.Frame(r).Redirect(w, confirmPath(in.ID)+"?"+url.Values{"topic": {t.ID}}.Encode(), "", 0)
}

// answered is a question with its accepted answer as a text. Nobody's name stands in it
// who is no author of a note.
func (h *House) answered(r *http.Request, id string) (discussion.Topic, string, error) {
	who := ReaderOf(r).Subject
	t, err := h.talks().Topic(r.Context(), who, id)
	if err != nil {
		return t, "", err
	}
	a, err := h.talks().Answer(r.Context(), who.Scope(), id)
	if errors.Is(err, store.ErrNotFound) {
		return t, "", &Fault{Status: http.StatusConflict, Key: "topic.error.unanswered"}
	}
	if err != nil {
		return t, "", err
	}
	posts, err := h.talks().Posts(r.Context(), who, t, 1)
	if err != nil {
		return t, "", err
	}
	f := h.site.Frame(r)
	words := func(body string) string {
		return discussion.Spoken(body, func(string) string { return "…" })
	}
	var out strings.Builder
	out.WriteString("# " + t.Title + "\n\n")
	if len(posts) > 0 && posts[0].N == 1 && posts[0].Body != "" {
		out.WriteString(words(posts[0].Body) + "\n\n")
	}
	out.WriteString("## " + f.T("topic.answer") + "\n\n" + words(a.Body) + "\n\n")
	out.WriteString(f.T("topic.note.origin", "address", f.site.opts.Origin+pageAt(t.ID, a.N)) + "\n")
	return t, out.String(), nil
}

// ofNote fills the form of a note with what its topic says.
func (c *confirming) ofNote() error {
	if c.topic == "" {
		return nil
	}
	t, err := c.h.talks().Topic(c.r.Context(), ReaderOf(c.r).Subject, c.topic)
	if errors.Is(err, store.ErrNotFound) {
		c.topic = ""
		return nil
	}
	c.draft.Circle, c.draft.Themes, c.draft.Type = circleOf(t.Label), t.Themes, "good-practice"
	c.texts = []textForm{{Lang: t.Lang, Title: t.Title}}
	return err
}

// lessonOfTopic fills the form of a lesson with a question and its answer, where those who read
// lessons read them too.
func (h *House) lessonOfTopic(r *http.Request, d assistance.LessonDraft) assistance.LessonDraft {
	id := r.URL.Query().Get("topic")
	who := ReaderOf(r).Subject
	t, err := h.talks().Topic(r.Context(), who, id)
	if err != nil || t.Level >= access.Closed {
		return d
	}
	a, err := h.talks().Answer(r.Context(), who.Scope(), id)
	if err != nil {
		return d
	}
	words := func(body string) string { return discussion.Spoken(body, func(string) string { return "…" }) }
	d.Lang, d.Title, d.Themes, d.Learned = t.Lang, t.Title, slices.Clone(t.Themes), words(a.Body)
	d.Source = h.site.opts.Origin + pageAt(t.ID, a.N)
	if posts, err := h.talks().Posts(r.Context(), who, t, 1); err == nil && len(posts) > 0 && posts[0].N == 1 {
		d.Happened = words(posts[0].Body)
	}
	return d
}

// drawnFromTopic writes down from which topic a note or a lesson was drawn, where the form says so.
func (h *House) drawnFromTopic(r *http.Request, kind, object string) error {
	topic := r.PostFormValue("topic")
	if topic == "" {
		return nil
	}
	err := h.talks().Draw(r.Context(), ReaderOf(r).Subject, topic, kind, object)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// comesFrom are the topics from which a document was drawn, as far as she reads them.
func (p *reading) comesFrom() ([]Fact, error) {
	list, err := p.h.talks().DrawnFrom(p.r.Context(), scope(p.r), "document", p.rec.ID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var links []Link
	for _, t := range list {
		links = append(links, Link{t.Title, p.URL(t.Path())})
	}
	return []Fact{{p.T("topic.drawn.from"), links}}, nil
}
