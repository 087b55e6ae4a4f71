package web

import (
	"net/http"
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"

	"polis/internal/access"
	"polis/internal/community/discussion"
	"polis/internal/community/notice"
)

// NoticesView is what is new for somebody in her groups, and the one place where she says
// how she is told of it.
type NoticesView struct {
	Lead, Count, None string
	Topics            []TopicLine
	More              string // address of those that follow, or ""
	Seen, Until       string // address that takes that she has seen them, and up to when
	NoMail            string // why letters would not leave, or ""
	Wish              NoticeForm
	Paces             NoticeForm
	NoGroups          string
	Groups            string // address of all groups
	Feeds             []NoticeFeed
}

// NoticeForm is one of the forms.
type NoticeForm struct {
	Action string
	Fields []Field
}

// NoticeFeed is the feed of a group or topic.
type NoticeFeed struct {
	Name, Lang   string
	Kind, Object string
	Since        string // since when it is there, or ""
	Make, End    string // addresses; End is "" where there is none
}

// PaceForm sets how soon the reader is told of what the page is about.
type PaceForm struct {
	Action       string
	Kind, Object string
	Field        Field
	Button       string
	All          Link
}

var noticesPage = newPage("notices", NoticesView{
	Lead: "What was written.", Count: "1 topic with news", None: "Nothing new.",
	Topics: []TopicLine{{"Wer hat ein Muster?", "/en/topics/1", "de", &Tag{Attention, "Question"}, nil, "Investigators · 3 March 2026, 10:00"}}, More: "/en/account/notices?after=1",
	Seen: "/en/account/notices/seen", Until: "1", NoMail: "This installation sends no letters.",
	Wish:  NoticeForm{"/en/account/notices", []Field{{Name: "own", Label: "Own topics", Type: "select", Options: []Option{{Value: "once", Text: "At once", Chosen: true}}}}},
	Paces: NoticeForm{"/en/account/notices/paces", []Field{{Name: "group-g1", Label: "Investigators", Type: "select", Options: []Option{{Value: "", Text: "By itself (once a week)", Chosen: true}}}}}, NoGroups: "None yet.", Groups: "/en/groups",
	Feeds: []NoticeFeed{{"Neighbourhood policing", "en", "group", "g2", "Since 3 March 2026.", "/en/account/notices/feed", "/en/account/notices/feed/end"}},
})

var (
	noticeWishSaved = newNotice("notice.saved")
	noticeAllSeen   = newNotice("notice.seen.done")
	noticePaced     = newNotice("notice.tell.done")
)

func (h *House) openNotices() {
	h.site.Handle("GET "+notice.NewsPath, h.notices)
	h.site.Handle("POST "+notice.NewsPath, h.setWish)
	h.site.Handle("POST "+notice.NewsPath+"/paces", h.setPaces)
	h.site.Handle("POST "+notice.NewsPath+"/pace", h.setPace)
	h.site.Handle("POST "+notice.NewsPath+"/seen", h.seenNotices)
	h.site.Handle("POST "+notice.NewsPath+"/feed", h.makeGroupFeed)
	h.site.Handle("POST "+notice.NewsPath+"/feed/end", h.endGroupFeed)
	h.site.Handle("GET /feeds/groups/{secret}", h.site.costly(h.groupFeed))
	h.site.Handle("GET /letters/notices", h.askStopNotices)
	h.site.Handle("POST /letters/notices", h.stopNotices)
	h.site.Handle("POST /letters/notices/again", h.resumeNotices)
}

// told tells people what is written in their groups.
func (h *House) told() *notice.Notice { return &notice.Notice{DB: h.DB, Keys: h.Keys} }

// shownNews is how many topics with news a page shows.
const shownNews = 25

func (h *House) notices(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	wish, err := h.told().Wish(r.Context(), ReaderOf(r).Subject)
	if err != nil {
		return err
	}
	return h.showNotices(w, r, wishTyped(wish), nil)
}

// showNotices shows the page; typed are the fields as she has them.
func (h *House) showNotices(w http.ResponseWriter, r *http.Request, typed typedWish, wrong notice.Invalid) error {
	f := h.asking(r, "notice.title")
	f.Crumbs = []Link{{f.T("account.title"), f.URL("/account")}}
	p, err := h.talking(r, f)
	if err != nil {
		return err
	}
	v := NoticesView{Lead: f.T("notice.lead"), None: f.T("notice.none"), NoGroups: f.T("notice.groups.none"), Groups: f.URL("/groups")}
	if err := p.news(&v); err != nil {
		return err
	}
	if v.NoMail, err = h.noLetters(r, f); err != nil {
		return err
	}
	v.Wish = NoticeForm{f.URL(notice.NewsPath), p.wishFields(typed)}
	f.flag(v.Wish.Fields, wrong)
	if err := p.watched(&v); err != nil {
		return err
	}
	return noticesPage.Show(w, f, v)
}

// news are the topics with something that she has not seen.
func (p talking) news(v *NoticesView) error {
	ctx, who := p.r.Context(), p.Reader.Subject
	after := notice.Place{}
	if text := p.r.URL.Query().Get("after"); text != "" {
		var ok bool
		if after, ok = discussion.ParsePlace(text); !ok {
			return NotFound()
		}
	}
	list, more, err := p.h.told().News(ctx, who, after, shownNews)
	if err != nil || len(list) == 0 {
		return err
	}
	count, err := p.h.told().CountNews(ctx, who)
	if err != nil {
		return err
	}
	v.Count = p.countNews(count)
	for _, x := range list {
		v.Topics = append(v.Topics, p.newsLine(x))
	}
	if more != (notice.Place{}) {
		v.More = p.With("after", more.String())
	}
	v.Seen, v.Until = p.URL(notice.NewsPath+"/seen"), strconv.FormatInt(p.now.UnixMicro(), 10)
	return nil
}

// newsCount says how many topics are new for the reader and leads to them; it is empty where
// none are.
func (p talking) newsCount() (Link, error) {
	count, err := p.h.told().CountNews(p.r.Context(), p.Reader.Subject)
	if err != nil || count == 0 {
		return Link{}, err
	}
	return Link{p.countNews(count), p.URL(notice.NewsPath)}, nil
}

// countNews says how many there are, as far as they are counted.
func (p talking) countNews(count int) string {
	if count >= notice.MostCounted {
		return p.T("notice.count.more", "n", notice.MostCounted-1)
	}
	return p.T("notice.count", "n", count)
}

func (p talking) newsLine(x notice.News) TopicLine {
	line := TopicLine{Title: x.Title, URL: p.URL(discussion.TopicPath(x.ID)), Lang: x.Lang, Meta: x.GroupName + " · " + p.DateTime(x.Last.In(time.Local))}
	switch {
	case x.Answered:
		line.Tag = &Tag{Done, p.T("notice.answered")}
	case x.Kind == string(discussion.Question):
		line.Tag = &Tag{Attention, p.T("notice.question")}
	}
	return line
}

// watched are her groups and topics, each with its pace, and the feeds.
func (p talking) watched(v *NoticesView) error {
	groups, topics, err := p.h.told().Watches(p.r.Context(), p.Reader.Subject)
	if err != nil {
		return err
	}
	for _, x := range append(groups, topics...) {
		field := p.paceField(x)
		field.Name = string(x.Kind) + "-" + x.ID
		if field.Label = x.Title; x.Kind == notice.Topic {
			field.Hint = p.T("notice.topic")
		}
		v.Paces.Fields = append(v.Paces.Fields, field)
		if x.Feeds {
			feed := NoticeFeed{Name: x.Title, Lang: x.Lang, Kind: string(x.Kind), Object: x.ID, Make: p.URL(notice.NewsPath + "/feed")}
			if !x.Feed.IsZero() {
				feed.Since, feed.End = p.T("notice.feed.since", "day", x.Feed), p.URL(notice.NewsPath+"/feed/end")
			}
			v.Feeds = append(v.Feeds, feed)
		}
	}
	v.Paces.Action = p.URL(notice.NewsPath + "/paces")
	return nil
}

// paceField is the choice of how soon she is told of something.
func (f *Frame) paceField(x notice.Watched) Field {
	itself := f.T("notice.itself")
	if x.Kind == notice.Group {
		itself = f.T("notice.itself.pace", "pace", lowered(f.T("notice.pace.weekly")))
	}
	field := Field{Name: "pace", Type: "select", Width: "medium", Options: []Option{{Value: "", Text: itself, Chosen: !x.Chosen}}}
	for _, pace := range notice.Paces {
		field.Options = append(field.Options, Option{Value: string(pace), Text: f.T("notice.pace." + string(pace)), Chosen: x.Chosen && x.Pace == pace})
	}
	return field
}

// lowered is a word of ours as it stands within a sentence.
func lowered(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToLower(first)) + text[size:]
}

// offerPace puts the choice onto the page of a group or topic, for who has signed in.
func (h *House) offerPace(r *http.Request, f *Frame, kind notice.Kind, object string) error {
	who := ReaderOf(r).Subject
	if !who.SignedIn() || who.Program {
		return nil
	}
	pace, err := h.told().Chosen(r.Context(), who, kind, object)
	if err != nil {
		return err
	}
	field := f.paceField(notice.Watched{Kind: kind, Pace: pace, Chosen: pace != ""})
	field.Label = f.T("notice.tell")
	f.Pace = &PaceForm{f.URL(notice.NewsPath + "/pace"), string(kind), object, field, f.T("core.save"), Link{f.T("notice.stop.all"), f.URL(notice.NewsPath)}}
	return nil
}

// seenTopic takes that the reader has seen a topic up to its last post.
func (h *House) seenTopic(r *http.Request, t discussion.Topic) error {
	if who := ReaderOf(r).Subject; who.SignedIn() && t.Posts > 0 {
		return h.told().Seen(r.Context(), who, notice.Topic, t.ID, t.Last)
	}
	return nil
}

// seenNotices takes that she has seen what the page showed: what was written while she
// read stays.
func (h *House) seenNotices(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return Refused(access.RuleSignIn)
	}
	n, err := strconv.ParseInt(r.PostFormValue("until"), 10, 64)
	if err != nil {
		return &Fault{Status: http.StatusUnprocessableEntity, Key: "notice.error.until", Err: err}
	}
	if err := h.told().SeenAll(r.Context(), ReaderOf(r).Subject, time.UnixMicro(n).UTC()); err != nil {
		return err
	}
	return h.site.Frame(r).Redirect(w, notice.NewsPath, noticeAllSeen, 0)
}
