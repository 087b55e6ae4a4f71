package web

import (
	"net/http"
	"strconv"
	"time"

	"polis/internal/access"
	"polis/internal/community/discussion"
	"polis/internal/community/notice"
)

// makeGroupFeed makes the address of a group's or topic's feed and shows it, which no
// other page does.
func (h *House) makeGroupFeed(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return Refused(access.RuleSignIn)
	}
	secret, err := h.told().MakeFeed(r.Context(), ReaderOf(r).Subject, notice.Kind(r.PostFormValue("kind")), r.PostFormValue("object"))
	if err != nil {
		return paceFault(err)
	}
	f := h.asking(r, "ways.feed.title")
	f.Crumbs = []Link{{f.T("notice.title"), f.URL(notice.NewsPath)}}
	return askPage.Show(w, f, AskView{
		Lead: []string{f.T("ways.feed.lead"), f.T("ways.feed.secret")}, Address: h.origin(r) + f.URL("/feeds/groups/"+secret),
		Links: []Link{{f.T("notice.title"), f.URL(notice.NewsPath)}},
	})
}

func (h *House) endGroupFeed(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return Refused(access.RuleSignIn)
	}
	if err := h.told().EndFeed(r.Context(), ReaderOf(r).Subject, notice.Kind(r.PostFormValue("kind")), r.PostFormValue("object")); err != nil {
		return err
	}
	return h.site.Frame(r).Redirect(w, notice.NewsPath, noticeFeedEnded, 0)
}

// groupFeed is the feed of a group, of its topics, or of a topic, of its posts, for a feed
// reader, which knows nothing but its address.
func (h *House) groupFeed(w http.ResponseWriter, r *http.Request) error {
	feed, who, err := h.told().Feed(r.Context(), r.PathValue("secret"))
	if err != nil {
		return err
	}
	w.Header().Set("X-Robots-Tag", "noindex")
	w.Header().Set("Referrer-Policy", "no-referrer")
	p, err := h.talking(r, h.site.Frame(r))
	if err != nil {
		return err
	}
	f := atomFeed{Lang: p.Lang, Updated: atomTime(time.Unix(0, 0)), Author: atomPerson{"POLIS", h.origin(r)}, Generator: "POLIS"}
	if feed.Kind == notice.Topic {
		err = p.feedOfTopic(&f, who, feed.Object)
	} else {
		err = p.feedOfGroup(&f, who, feed.Object)
	}
	if err != nil {
		return err
	}
	if len(f.Entries) > 0 {
		f.Updated = f.Entries[0].Updated
	}
	return sendXML(w, r, f, atomMedia, "private, no-cache")
}

func (p talking) feedOfGroup(f *atomFeed, who access.Subject, id string) error {
	name, lang, err := p.h.told().GroupName(p.r.Context(), who, id)
	if err != nil {
		return err
	}
	base := p.h.origin(p.r)
	f.Title, f.ID, f.Lang = "POLIS – "+name, tagURI(base, "/groups/"+id), lang
	f.Links = []atomLink{{Rel: "alternate", Type: "text/html", Href: base + p.URL("/groups/"+id)}}
	topics, _, err := p.h.talks().Topics(p.r.Context(), who.Scope(), discussion.TopicFilter{Group: id}, discussion.Place{}, entriesAPage)
	for _, t := range topics {
		f.Entries = append(f.Entries, atomEntry{
			Lang: string(t.Lang), ID: documentURN("", t.ID), Title: t.Title, Updated: atomTime(t.Last), Published: atomTime(t.Created), Author: &atomPerson{Name: p.author(t.Author)},
			Links: []atomLink{{Rel: "alternate", Type: "text/html", Lang: string(t.Lang), Href: base + p.URL(t.Path())}}, Summary: p.T("topic.posts", "n", t.Posts),
		})
	}
	return err
}

func (p talking) feedOfTopic(f *atomFeed, who access.Subject, id string) error {
	t, err := p.h.talks().Topic(p.r.Context(), who, id)
	if err != nil {
		return err
	}
	base := p.h.origin(p.r)
	f.Title, f.ID, f.Lang = "POLIS – "+t.Title, documentURN("", t.ID), t.Lang
	f.Links = []atomLink{{Rel: "alternate", Type: "text/html", Lang: string(t.Lang), Href: base + p.URL(t.Path())}}
	pages, err := p.h.talks().Pages(p.r.Context(), who.Scope(), t.ID)
	if err != nil {
		return err
	}
	for page := pages; page > max(0, pages-2); page-- {
		posts, err := p.h.talks().Posts(p.r.Context(), who, t, page)
		if err != nil {
			return err
		}
		for i := len(posts) - 1; i >= 0; i-- {
			if post := posts[i]; post.Stage == discussion.Shown {
				f.Entries = append(f.Entries, atomEntry{
					Lang: string(post.Lang), ID: documentURN("", post.ID), Title: t.Title + " · " + strconv.Itoa(post.N), Updated: atomTime(post.Created), Published: atomTime(post.Created),
					Author: &atomPerson{Name: p.author(post.Author)}, Summary: p.h.told().Plain(p.r.Context(), post.Body),
					Links: []atomLink{{Rel: "alternate", Type: "text/html", Lang: string(post.Lang), Href: base + p.URL(post.Path())}},
				})
			}
		}
	}
	return nil
}
