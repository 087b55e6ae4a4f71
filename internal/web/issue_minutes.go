package web

import (
	"errors"
	"net/http"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/community/forum"
	"polis/internal/library"
)

// IssueMinutesView are the meetings of a forum, the last first.
type IssueMinutesView struct {
	Lead     string
	Meetings []IssueMeeting
	None     string
	Add      *PersonForm
}

// IssueMeeting is one: its minutes in the library, who was represented, what was treated.
type IssueMeeting struct {
	ID, Day  string
	Document Link
	Groups   string
	Issues   []Link
	Drop     string // address where the minutes are taken away, or ""
}

var issueMinutesPage = newPage("issue-minutes", IssueMinutesView{
	Lead: "What was said.", Meetings: []IssueMeeting{{"m1", "3 March 2026", Link{"Minutes", "/en/library/1"}, "Police and youth", []Link{{"Lighting", "/en/issues/1"}}, "/en/groups/f/issues/minutes/m1/drop"}}, None: "None.", Add: &samplePersonForm,
})

func (h *House) issueMinutes(w http.ResponseWriter, r *http.Request) error {
	g, in, err := h.forumOf(r)
	if err != nil {
		return h.readForum(w, r, err)
	}
	return h.showMinutes(w, r, g, in, meant{}, http.StatusOK)
}

func (h *House) showMinutes(w http.ResponseWriter, r *http.Request, g account.Group, in account.GroupStanding, m meant, status int) error {
	f := h.site.Frame(r)
	f.Title, f.Status = f.T("issue.minutes"), status
	f.inForum(g)
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	list, err := h.forums().MinutesIn(r.Context(), scope(r), g.ID)
	if err != nil {
		return err
	}
	v := IssueMinutesView{Lead: f.T("issue.minutes.lead"), None: f.T("issue.minutes.none")}
	for _, x := range list {
		document, err := p.paper("/library/" + x.Document)
		if err != nil {
			return err
		}
		if document.URL == "" {
			document.Text = f.T("issue.minutes.closed") // it was withdrawn, or is closed to her
		}
		meeting := IssueMeeting{ID: x.ID, Day: p.day(x.Held), Document: document, Groups: f.groupWords(x.Groups)}
		for _, i := range x.Issues {
			meeting.Issues = append(meeting.Issues, Link{i.Title, f.URL(i.Path())})
		}
		if in.Runs() {
			meeting.Drop = f.URL(issuesPath(g.ID) + "/minutes/" + x.ID + "/drop")
		}
		v.Meetings = append(v.Meetings, meeting)
	}
	if in.Runs() {
		if v.Add, err = p.minutesForm(g, m); err != nil {
			return err
		}
	}
	return issueMinutesPage.Show(w, f, v)
}

// minutesForm puts minutes to the forum. What is offered as treated are the latest
// issues.
func (p *helping) minutesForm(g account.Group, m meant) (*PersonForm, error) {
	issues := Field{Name: "issues", Label: p.T("issue.field.issues"), Type: "checkboxes"}
	list, _, err := p.h.forums().Issues(p.r.Context(), scope(p.r), forum.Filter{Forum: g.ID}, forum.Place{}, 30)
	if err != nil {
		return nil, err
	}
	typed := map[string]bool{}
	for _, value := range append(p.r.PostForm["issues"], p.r.PostForm["groups"]...) {
		typed[value] = true
	}
	for _, i := range list {
		issues.Options = append(issues.Options, Option{Value: i.ID, Text: i.Title, Chosen: typed[i.ID]})
	}
	groups := p.groupField("issue.field.represented", "issue.hint.represented", p.r.PostForm["groups"])
	form := &PersonForm{
		ID: "add", Title: p.T("issue.minutes.add"), Action: p.URL(issuesPath(g.ID) + "/minutes"), Button: p.T("core.save"), Open: m.move != "",
		Says: []string{p.T("issue.minutes.add.says", "level", p.T("access.level."+g.Level.String()))},
		Fields: []Field{
			{Name: "document", Label: p.T("issue.field.document"), Hint: p.T("issue.hint.document"), Value: p.r.PostForm.Get("document"), Auto: "off"},
			{Name: "held", Label: p.T("issue.field.held"), Value: p.r.PostForm.Get("held"), Type: "date", Width: "medium"},
			groups,
		},
	}
	if len(issues.Options) > 0 {
		form.Fields = append(form.Fields, issues)
	}
	p.flag(form.Fields, m.wrong)
	return form, nil
}

var (
	noticeMinutesAdded   = newNotice("issue.said.minutes")
	noticeMinutesDropped = newNotice("issue.said.dropped")
)

// addMinutes puts a document of the library to the forum: one that whoever reads the
// forum reads.
func (h *House) addMinutes(w http.ResponseWriter, r *http.Request) error {
	g, in, err := h.forumOf(r)
	if err != nil {
		return err
	}
	if !in.Runs() {
		return Refused(access.RuleRole)
	}
	d := forum.MinutesDraft{Held: plain(r.PostForm, "held"), Groups: r.PostForm["groups"], Issues: r.PostForm["issues"]}
	if d.Document, err = h.document(r.Context(), scope(r), plain(r.PostForm, "document")); err != nil {
		return err
	}
	var document library.Record
	if d.Document != "" {
		if document, err = h.Library.Get(r.Context(), scope(r), d.Document); err != nil {
			return err
		}
	}
	if document.Level > g.Level {
		err = forum.Invalid{"document": "issue.error.document.level"}
	} else {
		err = h.forums().AddMinutes(r.Context(), ReaderOf(r).Subject, g.ID, d)
	}
	var wrong forum.Invalid
	if errors.As(err, &wrong) {
		return h.showMinutes(w, r, g, in, meant{move: "add", wrong: wrong}, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return issueFault(err)
	}
	return h.site.Frame(r).Redirect(w, issuesPath(g.ID)+"/minutes", noticeMinutesAdded, 0)
}

func (h *House) dropMinutes(w http.ResponseWriter, r *http.Request) error {
	g, _, err := h.forumOf(r)
	if err != nil {
		return err
	}
	if err := h.forums().DropMinutes(r.Context(), ReaderOf(r).Subject, g.ID, r.PathValue("minutes")); err != nil {
		return issueFault(err)
	}
	return h.site.Frame(r).Redirect(w, issuesPath(g.ID)+"/minutes", noticeMinutesDropped, 0)
}
