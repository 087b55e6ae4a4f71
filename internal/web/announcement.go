package web

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/community/announcement"
	"polis/internal/community/notice"
	"polis/internal/lang"
	"polis/internal/store"
)

func (h *House) openAnnouncements() {
	h.site.Handle("GET /announcements", h.announcements)
	h.site.Handle("GET /announcements/new", h.newAnnouncement)
	h.site.Handle("POST /announcements", h.once(h.writeAnnouncement))
	h.site.Handle("GET /announcements/{id}", h.announcement)
	h.site.Handle("POST /announcements/{id}/seen", h.seenAnnouncement)
	h.site.Handle("POST /announcements/{id}/withdraw", h.withdrawAnnouncement)
}

// board is the room behind these pages.
func (h *House) board() *announcement.Board { return &announcement.Board{DB: h.DB} }

// AnnouncedLine is an announcement as lists and other pages show it.
type AnnouncedLine struct {
	Title, URL, Lang string
	Tag              *Tag
	Meta             string // for whom, and since when
	Seen, Back       string // address that puts it away, or "", and where that leads
	Button           string
}

var sampleAnnounced = []AnnouncedLine{{"Die Herbsttagung ist verlegt", "/en/announcements/1", "de", &Tag{Plain, "Withdrawn"}, "Everybody · 3 March 2026", "/en/announcements/1/seen", "/community", "Put away"}}

// AnnouncementsView is the archive.
type AnnouncementsView struct {
	Lead  string
	New   *Link
	Lines []AnnouncedLine
	None  string
	More  string // address of those before, or ""
}

var announcementsPage = newPage("announcements", AnnouncementsView{"What was announced.", &Link{"Announce something", "/en/announcements/new"}, sampleAnnounced, "Nothing.", "/en/announcements?after=1"})

// AnnouncementView is one.
type AnnouncementView struct {
	Lang      string
	Body      template.HTML
	Tag       *Tag
	Withdrawn string // when, and why
	Facts     []Fact
	Others    []Link // its other languages
	Withdraw  *PersonForm
}

var announcementPage = newPage("announcement", AnnouncementView{
	"de", "<p>Alles.</p>", &Tag{Plain, "Withdrawn"}, "Withdrawn on 3 March 2026: it was wrong.",
	[]Fact{{"For", []Link{{"Everybody", ""}}}},
	[]Link{{"Русский", "/en/announcements/1?text=ru"}},
	&PersonForm{ID: "withdraw", Title: "Withdraw", Action: "/en/announcements/1/withdraw", Button: "Withdraw", Fields: []Field{{Name: "reason", Label: "Why"}}},
})

// AnnounceView is the form.
type AnnounceView struct {
	Lead   string
	Action string
	Hidden []Carried
	Fields []Field
	Texts  []AnnounceText
}

// AnnounceText are the fields of one language; Open where something stands in them.
type AnnounceText struct {
	Name   string
	Fields []Field
	Open   bool
}

var announcePage = newPage("announce", AnnounceView{"Say it in one language at least.", "/en/announcements", []Carried{{"audience", "group"}}, []Field{{Name: "until", Label: "Until"}}, []AnnounceText{{"English", []Field{{Name: "title-en", Label: "Title"}}, true}}})

// shownAnnounced is how many a page shows at its head, perAnnouncements how many the archive does.
const (
	shownAnnounced   = 3
	perAnnouncements = 20
)

// announced are those that stand for the reader; group narrows them to one.
func (p *helping) announced(group, back string) (list []AnnouncedLine, err error) {
	standing, err := p.h.board().Standing(p.r.Context(), p.Reader.Subject, group, shownAnnounced)
	for _, a := range standing {
		line := p.announcedLine(a)
		if p.Reader.SignedIn() {
			line.Seen, line.Back, line.Button = p.URL(notice.AnnouncementPath(a.ID)+"/seen"), back, p.T("announcement.seen")
		}
		list = append(list, line)
	}
	return list, err
}

func (p *helping) announcedLine(a announcement.Announcement) AnnouncedLine {
	text := a.In(p.Lang)
	return AnnouncedLine{
		Title: text.Title, Lang: string(text.Lang), URL: p.URL(notice.AnnouncementPath(a.ID)), Tag: p.announcedTag(a),
		Meta: p.audience(a) + " · " + p.Date(a.Begins.In(time.Local)),
	}
}

// announcedTag says where it stands no more, or not yet.
func (p *helping) announcedTag(a announcement.Announcement) *Tag {
	switch {
	case !a.Withdrawn.IsZero():
		return &Tag{Refusal, p.T("announcement.withdrawn")}
	case a.Begins.After(p.now):
		return &Tag{Attention, p.T("announcement.coming")}
	case !a.Ends.After(p.now):
		return &Tag{Plain, p.T("announcement.over")}
	}
	return nil
}

// audience is for whom it is, in words.
func (p *helping) audience(a announcement.Announcement) string {
	switch a.Audience {
	case announcement.State, announcement.Body:
		return p.names.Name(a.Whose, "", p.Lang)
	case announcement.Group:
		return p.T("announcement.for.group")
	}
	if a.Level > access.Public {
		return p.T("announcement.for.members")
	}
	return p.T("announcement.for.all")
}

func (h *House) announcements(w http.ResponseWriter, r *http.Request) error {
	f := h.site.Frame(r)
	f.Private = f.Reader.SignedIn()
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	after := announcement.Place{}
	if text := r.URL.Query().Get("after"); text != "" {
		var ok bool
		if after, ok = announcement.ParsePlace(text); !ok {
			return NotFound()
		}
	}
	f.Title, f.Crumbs = f.T("announcement.title"), []Link{{f.T("community.title"), f.URL("/community")}}
	filter := announcement.Filter{Group: r.URL.Query().Get("group"), Coming: true}
	list, more, err := h.board().List(r.Context(), f.Reader.Subject, filter, after, perAnnouncements)
	if err != nil {
		return err
	}
	v := AnnouncementsView{Lead: f.T("announcement.lead"), None: f.T("announcement.none")}
	for _, a := range list {
		v.Lines = append(v.Lines, p.announcedLine(a))
	}
	if more != (announcement.Place{}) {
		v.More = f.With("after", more.String())
	}
	if announcement.Announces(f.Reader.Subject) && filter.Group == "" {
		v.New = &Link{f.T("announcement.new"), f.URL("/announcements/new")}
	}
	return announcementsPage.Show(w, f, v)
}

func (h *House) announcement(w http.ResponseWriter, r *http.Request) error {
	return h.showAnnouncement(w, r, nil)
}

func (h *House) showAnnouncement(w http.ResponseWriter, r *http.Request, wrong map[string]string) error {
	f := h.site.Frame(r)
	f.Private = f.Reader.SignedIn()
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	a, err := h.board().Get(r.Context(), f.Reader.Subject, r.PathValue("id"))
	if errors.Is(err, store.ErrNotFound) && !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	if err != nil {
		return err
	}
	asked, _ := lang.Parse(r.URL.Query().Get("text"))
	if asked == "" {
		asked = f.Lang
	}
	text := a.In(asked)
	f.Title, f.Crumbs = text.Title, []Link{{f.T("announcement.title"), f.URL("/announcements")}}
	v := AnnouncementView{Lang: string(text.Lang), Body: groupText(text.Body), Tag: p.announcedTag(a)}
	v.Facts = []Fact{{p.T("announcement.for"), []Link{{p.audience(a), ""}}}, {p.T("announcement.from"), []Link{{p.Date(a.Begins.In(time.Local)), ""}}}, {p.T("announcement.until"), []Link{{p.Date(a.Ends.Add(-time.Second).In(time.Local)), ""}}}}
	if a.Audience == announcement.Group {
		v.Facts[0].Values[0].URL = p.URL("/groups/" + url.PathEscape(a.Whose))
	}
	if !a.Withdrawn.IsZero() {
		v.Withdrawn = p.T("announcement.withdrawn.why", "date", p.Date(a.Withdrawn.In(time.Local)), "reason", a.Reason)
	}
	for _, t := range a.Texts {
		if t.Lang != text.Lang {
			v.Others = append(v.Others, Link{t.Lang.Name(), p.URL(notice.AnnouncementPath(a.ID) + "?text=" + string(t.Lang))})
		}
	}
	may, err := h.board().May(r.Context(), f.Reader.Subject, a)
	if err != nil {
		return err
	}
	if may && a.Withdrawn.IsZero() {
		fields := []Field{{Name: "reason", Label: p.T("announcement.reason"), Hint: p.T("announcement.reason.hint"), Type: "textarea", Rows: 3, Value: r.PostFormValue("reason")}}
		f.flag(fields, wrong)
		v.Withdraw = &PersonForm{ID: "withdraw", Title: p.T("announcement.withdraw"), Action: p.URL(notice.AnnouncementPath(a.ID) + "/withdraw"), Button: p.T("announcement.withdraw"), Fields: fields, Open: len(wrong) > 0, Warning: true}
	}
	return announcementPage.Show(w, f, v)
}

var (
	noticeAnnounced          = newNotice("announcement.done")
	noticeAnnouncementGone   = newNotice("announcement.done.withdrawn")
	noticeAnnouncementPutOff = newNotice("announcement.done.seen")
)

// announceFault says of an error what somebody has to know who announces.
func announceFault(err error) error {
	if errors.Is(err, announcement.ErrForbidden) {
		return &Fault{Status: http.StatusForbidden, Key: "announcement.error.forbidden", Err: err}
	}
	return err
}

func (h *House) seenAnnouncement(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return Refused(access.RuleSignIn)
	}
	if err := h.board().Seen(r.Context(), ReaderOf(r).Subject, r.PathValue("id")); err != nil {
		return announceFault(err)
	}
	back := r.PostFormValue("back")
	if back != "/" && back != "/community" && !strings.HasPrefix(back, "/groups/") || strings.ContainsAny(back, "?#\\") {
		back = "/announcements"
	}
	return h.site.Frame(r).Redirect(w, back, noticeAnnouncementPutOff, 0)
}

func (h *House) withdrawAnnouncement(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return Refused(access.RuleSignIn)
	}
	err := h.board().Withdraw(r.Context(), ReaderOf(r).Subject, r.PathValue("id"), r.PostFormValue("reason"))
	var wrong announcement.Invalid
	if errors.As(err, &wrong) {
		return h.showAnnouncement(w, r, wrong)
	}
	if err != nil && !errors.Is(err, store.ErrUnchanged) {
		return announceFault(err)
	}
	return h.site.Frame(r).Redirect(w, notice.AnnouncementPath(url.PathEscape(r.PathValue("id"))), noticeAnnouncementGone, 0)
}

func (h *House) newAnnouncement(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	return h.showAnnounce(w, r, r.URL.Query(), nil)
}

// showAnnounce shows the form with what was typed; in a group it is for the group.
func (h *House) showAnnounce(w http.ResponseWriter, r *http.Request, q url.Values, wrong map[string]string) error {
	f := h.site.Frame(r)
	f.Private = true
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	group := q.Get("group")
	f.Title, f.Crumbs = f.T("announcement.new"), []Link{{f.T("announcement.title"), f.URL("/announcements")}}
	v := AnnounceView{Lead: f.T("announcement.new.lead"), Action: f.URL("/announcements")}
	may, err := h.board().May(r.Context(), f.Reader.Subject, announcement.Announcement{Audience: announcement.Group, Whose: group})
	switch {
	case group == "":
		may = announcement.Announces(f.Reader.Subject)
		v.Fields = p.audienceFields(q)
	default:
		v.Hidden = []Carried{{"group", group}}
		v.Lead = f.T("announcement.new.group")
	}
	if err != nil {
		return err
	}
	if !may {
		return announceFault(announcement.ErrForbidden)
	}
	v.Fields = append(v.Fields,
		Field{Name: "from", Label: p.T("announcement.from"), Hint: p.T("announcement.from.hint"), Type: "date", Value: q.Get("from"), Width: "medium"},
		Field{Name: "until", Label: p.T("announcement.until"), Hint: p.T("announcement.until.hint"), Type: "date", Value: q.Get("until"), Width: "medium", Must: true})
	for _, t := range lang.All {
		tag := string(t)
		text := AnnounceText{Name: t.Name(), Open: t == f.Lang || q.Get("title-"+tag)+q.Get("body-"+tag) != "", Fields: []Field{
			{Name: "title-" + tag, Label: p.T("announcement.field.title") + " (" + t.Name() + ")", Value: q.Get("title-" + tag)},
			{Name: "body-" + tag, Label: p.T("announcement.field.body") + " (" + t.Name() + ")", Type: "textarea", Rows: 6, Value: q.Get("body-" + tag)},
		}}
		v.Texts = append(v.Texts, text)
	}
	if key := wrong["title-en"]; key == "announcement.error.none" {
		delete(wrong, "title-en")
		wrong["title-"+string(f.Lang)] = key // the one that is open
	}
	f.flag(v.Fields, wrong)
	for i := range v.Texts {
		f.flag(v.Texts[i].Fields, wrong)
	}
	return announcePage.Show(w, f, v)
}

// audienceFields say for whom it is: a State or a structure, else everybody.
func (p *helping) audienceFields(q url.Values) []Field {
	reach := Field{Name: "reach", Label: p.T("announcement.reach"), Type: "radios"}
	for _, v := range []string{"members", "all"} {
		reach.Options = append(reach.Options, Option{Value: v, Text: p.T("announcement.for." + v), Chosen: v == q.Get("reach") || v == "members" && q.Get("reach") == ""})
	}
	states, bodies := p.stateOptions(q.Get("state")), p.structureOptions(q.Get("body"))
	states[0].Text, bodies[0].Text = p.T("announcement.everybody"), p.T("announcement.everybody")
	return []Field{
		reach,
		{Name: "state", Label: p.T("announcement.state"), Hint: p.T("announcement.state.hint"), Type: "select", Options: states},
		{Name: "body", Label: p.T("announcement.body"), Type: "select", Options: bodies},
	}
}

func (h *House) writeAnnouncement(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return Refused(access.RuleSignIn)
	}
	_ = r.ParseForm() // a form that cannot be read is an empty one
	q := r.PostForm
	d := announcement.Draft{Audience: announcement.All, Members: q.Get("reach") != "all", From: plainDate(q.Get("from")), Until: plainDate(q.Get("until"))}
	back := "/announcements"
	switch {
	case q.Get("group") != "":
		d.Audience, d.Whose, back = announcement.Group, q.Get("group"), "/groups/"+url.PathEscape(q.Get("group"))
	case q.Get("state") != "":
		d.Audience, d.Whose = announcement.State, q.Get("state")
	case q.Get("body") != "":
		d.Audience, d.Whose = announcement.Body, q.Get("body")
	}
	for _, t := range lang.All {
		d.Texts = append(d.Texts, announcement.Text{Lang: t, Title: q.Get("title-" + string(t)), Body: q.Get("body-" + string(t))})
	}
	_, err := h.board().Write(r.Context(), ReaderOf(r).Subject, d)
	var wrong announcement.Invalid
	if errors.As(err, &wrong) {
		return h.showAnnounce(w, r, q, wrong)
	}
	if err != nil {
		return announceFault(err)
	}
	return h.site.Frame(r).Redirect(w, back, noticeAnnounced, 0)
}
