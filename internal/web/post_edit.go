package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"polis/internal/community/discussion"
)

// editPost is the form in which its author changes a post.
func (h *House) editPost(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	o, t, err := h.ofTopic(r)
	switch {
	case err != nil:
		return err
	case o.Author != ReaderOf(r).ID:
		return h.site.Frame(r).talkFault(discussion.ErrForbidden)
	}
	p := &typedPost{place: "post " + o.ID, post: o.ID, rev: o.Rev}
	return h.showEdit(w, r, o, t, p, true)
}

// showEdit shows the form; with fresh it holds what is stored, or the draft that she kept.
func (h *House) showEdit(w http.ResponseWriter, r *http.Request, o discussion.Post, t discussion.Topic, typed *typedPost, fresh bool) error {
	f := h.asking(r, "topic.edit")
	p, err := h.talking(r, f)
	if err != nil {
		return err
	}
	if err := p.know([]discussion.Post{o}); err != nil {
		return err
	}
	stored := discussion.Draft{Kind: t.Kind, Title: t.Title, Themes: t.Themes, ReviewBy: t.ReviewBy, Lang: o.Lang, Body: discussion.Spoken(o.Body, p.author)}
	if fresh {
		typed.draft = stored
		if err := p.resume(typed); err != nil {
			return err
		}
	}
	typed.draft.Kind = t.Kind
	f.Crumbs = []Link{{p.groupCalled(o.Group), f.URL("/groups/" + o.Group)}, {t.Title, p.postAt(o.Topic, o.N)}}
	v, err := p.compose(o.Group, typed, o.N == 1)
	if err != nil {
		return err
	}
	if o.N == 1 {
		v.Head = v.Head[1:] // what kind it is stays
	}
	v.Action, v.Send = f.URL(o.Path()+"/edit"), f.T("core.save")
	v.Hidden = []Carried{{"rev", strconv.FormatInt(typed.rev, 10)}}
	if typed.stored != nil {
		v.Stale, v.Differences, f.Status = true, p.postDifferences(typed.draft, *typed.stored, o.N == 1), http.StatusConflict
	}
	return composePage.Show(w, f, ComposePage{Lead: f.T("topic.edit.lead"), Compose: *v})
}

// postDifferences compares, in words, what was typed with what is stored now.
func (p talking) postDifferences(typed, stored discussion.Draft, first bool) (list []Difference) {
	add := func(label, a, b string) {
		if a != b {
			list = append(list, Difference{label, a, b})
		}
	}
	if first {
		add(p.T("topic.field.title"), strings.TrimSpace(typed.Title), stored.Title)
		add(p.T("topic.field.review"), p.PartialDate(typed.ReviewBy), p.PartialDate(stored.ReviewBy))
	}
	add(p.T("topic.field.lang"), typed.Lang.Name(), stored.Lang.Name())
	add(p.T("topic.field.body"), strings.TrimSpace(strings.ReplaceAll(typed.Body, "\r\n", "\n")), stored.Body)
	return list
}

// revisePost writes a post anew. Where it was changed meanwhile she sees both beside each
// other, and nothing that she typed is lost.
func (h *House) revisePost(w http.ResponseWriter, r *http.Request, typed *typedPost) error {
	o, t, err := h.ofTopic(r)
	switch {
	case err != nil:
		return err
	case o.Author != ReaderOf(r).ID:
		return h.site.Frame(r).talkFault(discussion.ErrForbidden)
	}
	typed.place, typed.post = "post "+o.ID, o.ID
	again := func() error { return h.showEdit(w, r, o, t, typed, false) }
	if done, err := h.halt(w, r, o.Group, typed, again); done || err != nil {
		return err
	}
	err = h.talks().Edit(r.Context(), ReaderOf(r).Subject, o.ID, typed.rev, typed.draft)
	var stale discussion.Stale
	if errors.As(err, &stale) {
		f := h.site.Frame(r)
		p, err := h.talking(r, f)
		if err != nil {
			return err
		}
		if err := p.know([]discussion.Post{o}); err != nil {
			return err
		}
		typed.rev = stale.Rev
		typed.stored = &discussion.Draft{Title: t.Title, ReviewBy: t.ReviewBy, Lang: o.Lang, Body: discussion.Spoken(o.Body, p.author)}
		return again()
	}
	if err != nil {
		return h.unsaid(r, typed, err, again)
	}
	return h.site.Frame(r).Redirect(w, pageAt(o.Topic, o.N), noticePostChanged, 0)
}
