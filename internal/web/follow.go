package web

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/framework"
	"polis/internal/sheet"
)

// FollowForm is the button by which somebody follows what the page is about, or ends
// it.
type FollowForm struct {
	Action, Kind, Object string
	Button               string
	Pressed              bool // she follows it
}

// FollowedView is what changed in what somebody follows, and what she follows.
type FollowedView struct {
	Lead    string
	Lines   []HelpLine
	More    string // address of those further back, or ""
	Sheets  []Link
	Seen    string // address that takes that she has seen them, "" where there are none
	Until   string // up to when
	Follows []FollowedLine
}

// FollowedLine is something that she follows.
type FollowedLine struct {
	HelpLine
	Form FollowForm
}

var sampleFollow = FollowForm{"/en/assistance/unfollow", "project", "1", "Follow no longer", true}

var followedPage = newPage("followed", FollowedView{
	Lead: "What changed.", Lines: []HelpLine{sampleHelpLine}, More: "/en/desk/followed?after=1", Sheets: []Link{{"CSV", "/en/desk/followed.csv"}},
	Seen: "/en/desk/followed/seen", Until: "1", Follows: []FollowedLine{{sampleHelpLine, sampleFollow}},
})

func (h *House) openFollows() {
	h.site.Handle("GET /desk/followed", h.official(h.followed))
	h.openSheet("/desk/followed", followedSheet)
	h.site.Handle("POST /desk/followed/seen", h.official(h.seenFollowed))
	h.site.Handle("POST /assistance/follow", h.official(h.follow))
	h.site.Handle("POST /assistance/unfollow", h.unfollow) // also by who reads it no more
}

// followedPaths are the addresses of what can be followed, by its kind.
var followedPaths = map[string]string{
	"request": "/assistance/requests/", "project": "/assistance/projects/", "programme": "/assistance/programmes/", "activity": "/assistance/activities/",
	"lesson": "/assistance/lessons/", "state": "/assistance/territory/", "theme": "/themes/",
}

// offerFollow puts the button onto the page of something, for who may follow it.
func (h *House) offerFollow(r *http.Request, f *Frame, kind, object string) error {
	who := ReaderOf(r)
	if !who.ReadsOfficial() {
		return nil
	}
	pressed, err := h.helps().Follows(r.Context(), who.Subject, kind, object)
	if err != nil {
		return err
	}
	form := FollowForm{f.URL("/assistance/follow"), kind, object, f.T("follow.do"), pressed}
	if pressed {
		form.Action, form.Button = f.URL("/assistance/unfollow"), f.T("follow.end")
	}
	f.Follow = &form
	return nil
}

var (
	noticeFollowing = newNotice("follow.done.begun")
	noticeUnfollow  = newNotice("follow.done.ended")
	noticeSeen      = newNotice("follow.done.seen")
)

func (h *House) follow(w http.ResponseWriter, r *http.Request) error {
	kind, object := r.PostFormValue("kind"), r.PostFormValue("object")
	err := h.helps().Follow(r.Context(), ReaderOf(r).Subject, kind, object)
	if wrong := invalidHelp(err); len(wrong) > 0 {
		return &Fault{Status: http.StatusUnprocessableEntity, Key: wrong["follow"], Err: err}
	}
	if err != nil {
		return helpFault(r, access.Read, access.Label{Level: access.Official}, err)
	}
	return h.site.Frame(r).Redirect(w, followedPaths[kind]+object, noticeFollowing, 0)
}

// unfollow ends it: on the page of it, or in the list of what she follows.
func (h *House) unfollow(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return Refused(access.RuleSignIn)
	}
	kind, object := r.PostFormValue("kind"), r.PostFormValue("object")
	if followedPaths[kind] == "" {
		return NotFound()
	}
	if err := h.helps().Unfollow(r.Context(), ReaderOf(r).Subject, kind, object); err != nil {
		return err
	}
	at := followedPaths[kind] + object
	if r.PostFormValue("from") == "list" {
		at = "/desk/followed"
	}
	return h.site.Frame(r).Redirect(w, at, noticeUnfollow, 0)
}

// seenFollowed takes that she has seen what the page showed: what changed while she
// read stays.
func (h *House) seenFollowed(w http.ResponseWriter, r *http.Request) error {
	n, err := strconv.ParseInt(r.PostFormValue("until"), 10, 64)
	if err != nil {
		return &Fault{Status: http.StatusUnprocessableEntity, Key: "follow.error.until", Err: err}
	}
	if err := h.helps().Seen(r.Context(), ReaderOf(r).Subject, time.UnixMicro(n).UTC()); err != nil {
		return err
	}
	return h.site.Frame(r).Redirect(w, "/desk/followed", noticeSeen, 0)
}

// changeStages are the messages of the stages of what changes, by its kind.
var changeStages = map[string]string{
	"request": "assistance.stage.", "consent": "assistance.consent.stage.", "assessment": "assessment.stage.", "project": "project.stage.",
	"programme": "programme.stage.", "activity": "activity.stage.", "lesson": "lesson.stage.",
}

// changeLine is a record that changed.
func (p *helping) changeLine(c assistance.Change) HelpLine {
	line := HelpLine{
		Title: c.Title, URL: p.URL(c.Path()), Lang: c.Lang, Tag: Tag{Plain, p.T(changeStages[c.Kind] + c.Stage)}, Meta: p.T("follow.kind." + c.Kind),
		Next: p.DateTime(c.At.In(time.Local)),
	}
	if c.Number != "" {
		line.Meta += " " + c.Number
	}
	if c.Host != "" {
		line.Meta += " · " + p.names.Name(c.Host, "", p.Lang)
	}
	if line.Title == "" {
		line.Title = line.Meta
	}
	if c.Act != "" {
		line.Next += " · " + p.T("log.act.is."+c.Act)
	}
	return line
}

// followedAtDesk is the beginning of what changed, for the desk.
func (p *helping) followedAtDesk(v *DeskView) error {
	list, _, err := p.h.helps().Changes(p.r.Context(), p.Reader.Subject, p.now, assistance.Place{}, shownAtDoor)
	if err != nil {
		return err
	}
	l := HelpList{ID: "followed", Title: p.T("follow.title"), None: p.T("follow.none.desk"), All: Link{p.T("follow.all"), p.URL("/desk/followed")}}
	for _, c := range list {
		l.Lines = append(l.Lines, p.changeLine(c))
	}
	v.Lists = append([]HelpList{l}, v.Lists...)
	return nil
}

// followed is all that changed in what she follows since she has looked, and what she
// follows.
func (h *House) followed(w http.ResponseWriter, r *http.Request) error {
	after, ok := assistance.Place{}, true
	if text := r.URL.Query().Get("after"); text != "" {
		after, ok = assistance.ParsePlace(text)
	}
	if !ok {
		return NotFound()
	}
	f := h.asking(r, "follow.title")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	f.Crumbs = []Link{{f.T("desk.title"), f.URL("/desk")}}
	list, more, err := h.helps().Changes(r.Context(), ReaderOf(r).Subject, p.now, after, shownInList)
	if err != nil {
		return err
	}
	v := FollowedView{Lead: f.T("follow.lead")}
	for _, c := range list {
		v.Lines = append(v.Lines, p.changeLine(c))
	}
	if len(list) > 0 {
		v.Seen, v.Until, v.Sheets = f.URL("/desk/followed/seen"), strconv.FormatInt(p.now.UnixMicro(), 10), p.sheetLinks("/desk/followed", "")
	}
	if more != (assistance.Place{}) {
		v.More = f.With("after", more.String())
	}
	if v.Follows, err = p.following(); err != nil {
		return err
	}
	return followedPage.Show(w, f, v)
}

// following is what she follows, each with the button that ends it.
func (p *helping) following() (lines []FollowedLine, err error) {
	list, err := p.h.helps().Following(p.r.Context(), p.Reader.Subject)
	for _, x := range list {
		line := HelpLine{Title: x.Title, Lang: x.Lang, URL: p.URL(followedPaths[x.Kind] + x.Object), Meta: p.T("follow.kind." + x.Kind)}
		switch x.Kind {
		case "state":
			line.Title = p.names.Name(x.Object, "", p.Lang)
		case "theme":
			t, _ := framework.Theme(x.Object)
			line.Title = t.Names.In(p.Lang)
		}
		if x.Number != "" {
			line.Meta += " " + x.Number
		}
		lines = append(lines, FollowedLine{line, FollowForm{p.URL("/assistance/unfollow"), x.Kind, x.Object, p.T("follow.end"), true}})
	}
	return lines, err
}

// followedSheet is what changed, as a sheet.
func followedSheet(p *helping) (listSheet, error) {
	what := sheet.Column{ID: "kind", Names: sheet.Named("follow.sheet.kind"), Kind: sheet.Choice}
	for _, kind := range slices.Sorted(maps.Keys(changeStages)) {
		what.Choices = append(what.Choices, sheet.Option{ID: kind, Names: sheet.Named("follow.kind." + kind)})
	}
	columns := []sheet.Column{
		column("follow.sheet.changed", sheet.Date), what, column("follow.sheet.what", sheet.Text), column("assistance.sheet.number", sheet.Text),
		column("assistance.field.title", sheet.Text), column("assistance.sheet.address", sheet.Text),
	}
	return listSheet{"followed", p.T("follow.title"), columns, func(after assistance.Place) (rows [][]string, more assistance.Place, err error) {
		list, more, err := p.h.helps().Changes(p.r.Context(), p.Reader.Subject, p.now, after, sheetStep)
		return each(list, func(c assistance.Change) []string {
			act := ""
			if c.Act != "" {
				act = p.T("log.act.is." + c.Act)
			}
			return []string{c.At.UTC().Format(time.DateOnly), c.Kind, act, c.Number, c.Title, p.address(c.Path())}
		}), more, err
	}}, nil
}
