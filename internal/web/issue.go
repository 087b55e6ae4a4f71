package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/assistance"
	"polis/internal/community/forum"
	"polis/internal/search"
	"polis/internal/store"
)

func (h *House) openIssues() {
	h.site.Handle("GET /groups/{id}/issues", h.issues)
	h.openSheetTo(asTheyAre, "/groups/{id}/issues", issueSheet)
	h.site.Handle("GET /groups/{id}/issues/new", h.newIssue)
	h.site.Handle("POST /groups/{id}/issues", h.raiseIssue)
	h.site.Handle("GET /groups/{id}/issues/unread", h.unreadIssues)
	h.site.Handle("GET /groups/{id}/issues/setting", h.issueSetting)
	h.site.Handle("POST /groups/{id}/issues/setting", h.setIssues)
	h.site.Handle("GET /groups/{id}/issues/minutes", h.issueMinutes)
	h.site.Handle("POST /groups/{id}/issues/minutes", h.once(h.addMinutes))
	h.site.Handle("POST /groups/{id}/issues/minutes/{minutes}/drop", h.dropMinutes)
	h.site.Handle("GET /issues/follow", h.askReceipt)
	h.site.Handle("POST /issues/follow", h.site.costly(h.followReceipt))
	h.site.Handle("POST /issues/follow/say", h.site.costly(h.sayByReceipt))
	h.site.Handle("POST /issues/follow/close", h.site.costly(h.closeByReceipt))
	h.site.Handle("GET /issues/{id}", h.issue)
	h.site.Handle("POST /issues/{id}/move/{move}", h.moveIssue)
	h.site.Handle("POST /issues/{id}/say", h.once(h.sayOfIssue))
}

// asTheyAre lets everybody in: what a page shows is asked within the reader's scope.
func asTheyAre(next Handler) Handler { return next }

// forums is the room behind these pages.
func (h *House) forums() *forum.Forum { return &forum.Forum{DB: h.DB} }

func issuesPath(group string) string { return "/groups/" + group + "/issues" }

// forumOf is the forum of the address, which the reader reads, and what she is in it.
func (h *House) forumOf(r *http.Request) (account.Group, account.GroupStanding, error) {
	who := ReaderOf(r).Subject
	g, err := account.GetGroup(r.Context(), h.DB, who, r.PathValue("id"))
	if err != nil {
		return g, account.GroupStanding{}, err
	}
	if g.Kind != account.GroupForum {
		return g, account.GroupStanding{}, NotFound()
	}
	in, err := account.StandingIn(r.Context(), h.DB, who, g.ID)
	return g, in, err
}

// inForum sets where a page of a forum stands.
func (f *Frame) inForum(g account.Group) {
	f.Crumbs = []Link{{f.T("groups.title"), f.URL("/groups")}, {g.Name, f.URL("/groups/" + g.ID)}, {f.T("issue.title"), f.URL(issuesPath(g.ID))}}
}

// IssuesView lists the issues of a forum, with how it deals with them.
type IssuesView struct {
	Lead     string
	New      *Link
	Receipt  *Link // where somebody follows hers without an account
	Ways     []Link
	Overview *Table
	Action   string
	Fields   []Field
	Chips    []Chip
	Count    string
	Lines    []HelpLine
	More     string
	Sheets   []Link
	None     string
}

var sampleIssueLine = HelpLine{"Lighting at the bus station", "/en/issues/1", "ru", Tag{Attention, "Raised"}, &Tag{Refusal, "Overdue"}, "Women’s organisations · 3 March 2026", "An answer is owed by 3 April 2026."}

var issuesPage = newPage("issues", IssuesView{
	Lead: "What the public and the police have to talk about.", New: &Link{"Raise an issue", "/en/groups/f/issues/new"}, Receipt: &Link{"Follow your issue", "/en/issues/follow"},
	Ways: []Link{{"Minutes", "/en/groups/f/issues/minutes"}}, Overview: &Table{Caption: "How it goes", Columns: []Column{{Text: "What"}, {Text: "Issues", Figure: true}}, Rows: [][]Cell{{{Text: "Raised", URL: "/en/groups/f/issues"}, {Text: "12", Figure: true}}}},
	Action: "/en/groups/f/issues", Fields: []Field{{Name: "stage", Label: "Stage", Type: "select", Options: []Option{{Value: "raised", Text: "Raised", Chosen: true}}}},
	Chips: []Chip{{"Stage", "Raised", "/en/groups/f/issues", "Stage: Raised, take away"}}, Count: "12 issues", Lines: []HelpLine{sampleIssueLine}, More: "/en/groups/f/issues?after=1",
	Sheets: []Link{{"As CSV", "/en/groups/f/issues.csv"}}, None: "None.",
})

var issueMoods = map[forum.Stage]Mood{
	forum.Raised: Attention, forum.Taken: Attention, forum.Answered: Done, forum.Followed: Done, forum.Closed: Done, forum.Declined: Refusal,
}

func (f *Frame) issueStage(s forum.Stage) Tag {
	mood := issueMoods[s]
	if mood == "" {
		mood = Plain
	}
	return Tag{mood, f.T("issue.stage." + string(s))}
}

// issueLine is an issue in a list.
func (p *helping) issueLine(i forum.Issue) HelpLine {
	line := HelpLine{Title: i.Title, URL: p.URL(i.Path()), Lang: string(i.Lang), Tag: p.issueStage(i.Stage)}
	var groups []string
	for _, g := range i.Groups {
		groups = append(groups, p.T("issue.group."+g))
	}
	line.Meta = p.Date(i.Created)
	for _, part := range []string{p.List(groups), p.all(search.Theme, i.Themes)} {
		if part != "" {
			line.Meta += " · " + part
		}
	}
	if i.Stage == forum.Taken {
		line.Next = p.T("issue.owed", "office", p.entry(i.Office).Text, "day", p.day(i.Due))
	}
	line.Late = p.issueLate(i)
	return line
}

// issueLate is the tag of what somebody should have done, nil where nobody should.
func (p *helping) issueLate(i forum.Issue) *Tag {
	switch {
	case i.Overdue(p.now):
		return &Tag{Refusal, p.T("issue.overdue")}
	case i.Unfollowed(p.now):
		return &Tag{Refusal, p.T("issue.unfollowed")}
	}
	return nil
}

// readIssueFilter reads what the address asks for.
func readIssueFilter(r *http.Request) (f forum.Filter, after forum.Place, ok bool) {
	q := r.URL.Query()
	f = forum.Filter{Forum: r.PathValue("id"), Theme: q.Get("theme"), Office: q.Get("office")}
	if stage := forum.Stage(q.Get("stage")); slices.Contains(forum.Stages, stage) {
		f.Stages = []forum.Stage{stage}
	}
	if which := forum.Which(q.Get("which")); slices.Contains(forum.Whiches, which) {
		f.Which = which
	}
	if text := q.Get("after"); text != "" {
		if after, ok = forum.ParsePlace(text); !ok {
			return f, after, false
		}
	}
	return f, after, true
}

// issues lists those of a forum that are shown.
func (h *House) issues(w http.ResponseWriter, r *http.Request) error {
	g, in, err := h.forumOf(r)
	if err != nil {
		return h.readForum(w, r, err)
	}
	filter, after, ok := readIssueFilter(r)
	if !ok {
		return NotFound()
	}
	list, more, err := h.forums().Issues(r.Context(), scope(r), filter, after, shownInList)
	if err != nil {
		return err
	}
	count, err := h.forums().Count(r.Context(), scope(r), filter)
	if err != nil {
		return err
	}
	f := h.site.Frame(r)
	f.Title = f.T("issue.title")
	f.inForum(g)
	f.Crumbs = f.Crumbs[:2]
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	v := IssuesView{Lead: f.T("issue.lead", "group", g.Name), Action: f.URL(issuesPath(g.ID)), Count: f.T("issue.count", "n", count), None: f.T("issue.none.fit"), Sheets: p.sheets(issuesPath(g.ID))}
	if v.Fields, err = p.issueFields(filter); err != nil {
		return err
	}
	for _, i := range list {
		v.Lines = append(v.Lines, p.issueLine(i))
	}
	p.issueChips(&v)
	if len(v.Chips) == 0 {
		v.None = f.T("issue.none")
	}
	if more != (forum.Place{}) {
		v.More = f.With("after", more.String())
	}
	if err := p.issueWays(&v, g, in); err != nil {
		return err
	}
	if v.Overview, err = p.issueOverview(g); err != nil {
		return err
	}
	return issuesPage.Show(w, f, v)
}

// readForum lets somebody sign in who is not, where a forum is not there for her.
func (h *House) readForum(w http.ResponseWriter, r *http.Request, err error) error {
	if errors.Is(err, store.ErrNotFound) && !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	return err
}

// issueChips are what was chosen in the fields, each to be taken away.
func (p *helping) issueChips(v *IssuesView) {
	list := HelpListView{Fields: v.Fields}
	p.fieldChips(&list)
	v.Chips = list.Chips
}

// issueFields are the filters of the list.
func (p *helping) issueFields(f forum.Filter) ([]Field, error) {
	any := Option{Text: p.T("assistance.any")}
	stages, whiches, offices := []Option{any}, []Option{any}, []Option{any}
	for _, s := range forum.Stages {
		stages = append(stages, Option{Value: string(s), Text: p.T("issue.stage." + string(s)), Chosen: slices.Contains(f.Stages, s)})
	}
	for _, w := range forum.Whiches {
		whiches = append(whiches, Option{Value: string(w), Text: p.T("issue.which." + string(w)), Chosen: f.Which == w})
	}
	ids, err := p.h.forums().OfficesIn(p.r.Context(), scope(p.r), f.Forum)
	for _, id := range ids {
		offices = append(offices, Option{Value: id, Text: p.entry(id).Text, Chosen: f.Office == id})
	}
	return []Field{
		{Name: "stage", Label: p.T("assistance.field.stage"), Type: "select", Options: stages},
		{Name: "which", Label: p.T("issue.field.which"), Type: "select", Options: whiches},
		{Name: "office", Label: p.T("issue.field.owes"), Type: "select", Options: offices},
		{Name: "theme", Label: p.T("assistance.field.theme"), Type: "select", Options: p.themeOptions(f.Theme)},
	}, err
}

// issueWays lead on from the list: to raise one, to follow hers, to what only those who
// run the forum do.
func (p *helping) issueWays(v *IssuesView, g account.Group, in account.GroupStanding) error {
	anybody, err := p.h.forums().Open(p.r.Context(), g.ID)
	if err != nil {
		return err
	}
	if in.Writes(p.now) || !p.Reader.SignedIn() && anybody {
		v.New = &Link{p.T("issue.new"), p.URL(issuesPath(g.ID) + "/new")}
	}
	if anybody {
		v.Receipt = &Link{p.T("issue.follow"), p.URL("/issues/follow")}
	}
	v.Ways = []Link{{p.T("issue.minutes"), p.URL(issuesPath(g.ID) + "/minutes")}}
	if in.Facilitates && in.Member && !p.Reader.Program {
		v.Ways = append(v.Ways, Link{p.T("issue.unread"), p.URL(issuesPath(g.ID) + "/unread")})
	}
	if in.Runs() {
		v.Ways = append(v.Ways, Link{p.T("issue.setting"), p.URL(issuesPath(g.ID) + "/setting")})
	}
	return nil
}

// issueOverview are the counts of a forum, each leading to what it counts.
func (p *helping) issueOverview(g account.Group) (*Table, error) {
	o, err := p.h.forums().OverviewOf(p.r.Context(), scope(p.r), g.ID)
	if err != nil || o.Raised == 0 {
		return nil, err
	}
	t := &Table{Caption: p.T("issue.overview"), Columns: []Column{{Text: p.T("issue.overview.what")}, {Text: p.T("issue.overview.n"), Figure: true}}}
	for _, row := range []struct {
		key, query string
		n          int
	}{
		{"issue.overview.raised", "", o.Raised},
		{"issue.which.open", "?which=open", o.Open},
		{"issue.which.overdue", "?which=overdue", o.Overdue},
		{"issue.which.in-time", "?which=in-time", o.InTime},
		{"issue.which.late", "?which=late", o.Late},
		{"issue.stage.declined", "?stage=declined", o.Declined},
		{"issue.stage.closed", "?stage=closed", o.Closed},
	} {
		t.Rows = append(t.Rows, []Cell{{Text: p.T(row.key), URL: p.URL(issuesPath(g.ID) + row.query)}, {Text: p.Number(row.n), Figure: true}})
	}
	return t, nil
}

// issueSheet is the list of a forum's issues, as its page shows it.
func issueSheet(p *helping) (listSheet, error) {
	g, _, err := p.h.forumOf(p.r)
	if err != nil {
		return listSheet{}, err
	}
	filter, _, ok := readIssueFilter(p.r)
	if !ok {
		return listSheet{}, NotFound()
	}
	heads := columns(
		texts("issue.field.title", "assistance.field.stage", "issue.field.groups", "issue.field.speaks", "library.field.themes", "issue.field.place", "issue.field.host", "issue.field.owes"),
		dates("issue.field.raised", "issue.field.due", "issue.field.answered", "issue.field.follow-by"), texts("assistance.sheet.address"))
	return listSheet{"issues", p.T("issue.title") + ": " + g.Name, heads, func(after assistance.Place) ([][]string, assistance.Place, error) {
		list, more, err := p.h.forums().Issues(p.r.Context(), scope(p.r), filter, forum.Place(after), sheetStep)
		return each(list, func(i forum.Issue) []string {
			office, host := "", ""
			if i.Office != "" {
				office = p.entry(i.Office).Text
			}
			if i.Host != "" {
				host = p.names.Name(i.Host, "", p.Lang)
			}
			return []string{
				i.Title, p.T("issue.stage." + string(i.Stage)), p.groupWords(i.Groups), i.Speaks, p.all(search.Theme, i.Themes), i.Place, host, office,
				i.Created.UTC().Format(time.DateOnly), i.Due, i.Answered, i.FollowBy, p.address(i.Path()),
			}
		}), assistance.Place(more), err
	}}, nil
}

// groupWords are the groups for which an issue is raised.
func (f *Frame) groupWords(groups []string) string {
	var words []string
	for _, g := range groups {
		words = append(words, f.T("issue.group."+g))
	}
	return f.List(words)
}

// groupField chooses among those for whom issues are raised.
func (f *Frame) groupField(label, hint string, chosen []string) Field {
	field := Field{Name: "groups", Label: f.T(label), Hint: f.T(hint), Type: "checkboxes"}
	for _, g := range forum.Groups {
		field.Options = append(field.Options, Option{Value: g, Text: f.T("issue.group." + g), Chosen: slices.Contains(chosen, g)})
	}
	return field
}

// unreadIssues lists what was raised without an account and is not shown: for the
// facilitators alone; to everybody else it is not there.
func (h *House) unreadIssues(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	g, _, err := h.forumOf(r)
	if err != nil {
		return err
	}
	_, after, ok := readIssueFilter(r)
	if !ok {
		return NotFound()
	}
	list, more, err := h.forums().Unread(r.Context(), ReaderOf(r).Subject, g.ID, after, shownInList)
	if err != nil {
		return err
	}
	f := h.asking(r, "issue.unread")
	f.inForum(g)
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	v := IssuesView{Lead: f.T("issue.unread.lead"), None: f.T("issue.unread.none")}
	for _, i := range list {
		v.Lines = append(v.Lines, p.issueLine(i))
	}
	if more != (forum.Place{}) {
		v.More = f.With("after", more.String())
	}
	return issuesPage.Show(w, f, v)
}

// owedInForums puts the answers that her office owes among what waits for her.
func (p *helping) owedInForums(v *DeskView) error {
	list, err := p.h.forums().Owed(p.r.Context(), p.Reader.Subject, "", shownTasks)
	for _, i := range list {
		line := HelpLine{Title: i.Title, URL: p.URL(i.Path()), Lang: string(i.Lang), Tag: Tag{Attention, p.T("issue.desk.task")}, Meta: p.entry(i.Office).Text, Next: p.T("desk.by", "day", p.day(i.Due))}
		if i.Overdue(p.now) {
			line.Late = &Tag{Refusal, p.T("desk.late")}
		}
		v.Tasks = append(v.Tasks, line)
	}
	return err
}

// issueFault says of an error what those who act have to know.
func issueFault(err error) error {
	var stale forum.Stale
	var impossible forum.Impossible
	switch {
	case errors.Is(err, forum.ErrForbidden):
		return Refused(access.RuleRole)
	case errors.Is(err, forum.ErrFull):
		return &Fault{Status: http.StatusTooManyRequests, Key: "issue.fault.full", Err: err}
	case errors.As(err, &stale):
		return &Fault{Status: http.StatusConflict, Key: "assistance.fault.stale", Err: err}
	case errors.As(err, &impossible):
		return &Fault{Status: http.StatusConflict, Key: impossible.Key, Err: err}
	}
	return err
}

// issueUnmoved says why something did not go, as unmoved does of the other rooms.
func (f *Frame) issueUnmoved(err error, move string) (m meant, status int, other error) {
	m = meant{move: move, err: err}
	var wrong forum.Invalid
	var stale forum.Stale
	var impossible forum.Impossible
	switch {
	case errors.As(err, &wrong):
		m.wrong = wrong
		return m, http.StatusUnprocessableEntity, nil
	case errors.As(err, &stale):
		m.says = f.T("assistance.says.changed")
		return m, http.StatusConflict, nil
	case errors.As(err, &impossible):
		m.says = f.T(impossible.Key)
		return m, http.StatusConflict, nil
	}
	return m, 0, err
}

var noticeForumSet = newNotice("issue.said.set")

// issueSetting is how issues are raised in a forum.
func (h *House) issueSetting(w http.ResponseWriter, r *http.Request) error {
	g, in, err := h.forumOf(r)
	if err != nil {
		return h.readForum(w, r, err)
	}
	if !in.Runs() {
		return Refused(access.RuleRole)
	}
	s, err := h.forums().SettingOf(r.Context(), g.ID)
	if err != nil {
		return err
	}
	return h.showSetting(w, r, g, s, nil, "")
}

func (h *House) showSetting(w http.ResponseWriter, r *http.Request, g account.Group, s forum.Setting, wrong forum.Invalid, says string) error {
	f := h.asking(r, "issue.setting")
	f.inForum(g)
	fields := []Field{
		{Name: "anybody", Label: f.T("issue.field.anybody"), Hint: f.T("issue.hint.anybody"), Type: "checkboxes", Options: []Option{{Value: "1", Text: f.T("issue.field.anybody.yes"), Chosen: s.Anybody}}},
		{Name: "daily", Label: f.T("issue.field.daily"), Hint: f.T("issue.hint.daily"), Value: strconv.FormatInt(s.Daily, 10), Type: "number", Width: "short"},
		{Name: "days", Label: f.T("issue.field.days"), Value: strconv.FormatInt(s.Days, 10), Type: "number", Width: "short"},
	}
	f.flag(fields, wrong)
	v := IssueFormView{Action: f.URL(issuesPath(g.ID) + "/setting"), Back: f.URL(issuesPath(g.ID)), Button: f.T("core.save"), Hidden: []Carried{{"rev", strconv.FormatInt(s.Rev, 10)}}, Fields: fields}
	if says != "" {
		v.Says, f.Status = []string{says}, http.StatusConflict
	}
	if g.Level != access.Public {
		v.Notes = []string{f.T("issue.setting.level")}
	}
	return issueFormPage.Show(w, f, v)
}

func (h *House) setIssues(w http.ResponseWriter, r *http.Request) error {
	g, _, err := h.forumOf(r)
	if err != nil {
		return err
	}
	daily, _ := strconv.ParseInt(r.PostFormValue("daily"), 10, 64) // 0 is refused with a sentence
	days, _ := strconv.ParseInt(r.PostFormValue("days"), 10, 64)
	s := forum.Setting{Anybody: r.PostFormValue("anybody") != "", Daily: daily, Days: days, Rev: revOf(r)}
	err = h.forums().Set(r.Context(), ReaderOf(r).Subject, g.ID, s)
	var wrong forum.Invalid
	var stale forum.Stale
	switch {
	case errors.As(err, &wrong):
		return h.showSetting(w, r, g, s, wrong, "")
	case errors.As(err, &stale):
		s.Rev = stale.Rev
		return h.showSetting(w, r, g, s, nil, h.site.Frame(r).T("assistance.says.changed"))
	case err != nil:
		return issueFault(err)
	}
	return h.site.Frame(r).Redirect(w, issuesPath(g.ID), noticeForumSet, 0)
}
