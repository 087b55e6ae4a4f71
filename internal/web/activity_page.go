package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"polis/internal/access"
	"polis/internal/assistance"
)

// ActivityView is one activity: what it is, where and when, who took part, what they
// thought of it, what the reader can do about it, and its history.
type ActivityView struct {
	Kind      string
	Tag       Tag
	Lang      string // of the texts
	Says      []string
	Held      *Link // to the form that says how it went, or corrects the figures
	Facts     []Fact
	Texts     []HelpText
	Figures   []Fact
	Groups    *Table
	Feedback  []Fact
	Edit      string
	Moves     []PersonForm
	Copy      string // address where it is planned again, or ""
	Drawn     *LessonsDrawn
	Materials []Link
	History   []HelpStep
	Readers   string
}

var activityPage = newPage("activity", ActivityView{
	Kind: "Training 2026/412", Tag: Tag{Done, "Held"}, Lang: "ru", Says: []string{"Its days are over."}, Held: &Link{"We did it", "/en/assistance/activities/1/held"},
	Facts: []Fact{{"Project", []Link{{"2026/17", "/en/assistance/projects/1"}}}}, Texts: []HelpText{{"agenda", "Agenda", "День 1."}}, Figures: []Fact{{"In all", []Link{{"20", ""}}}},
	Groups:   &Table{Caption: "By group", Columns: []Column{{Text: "State"}, {Text: "How many", Figure: true}}, Rows: [][]Cell{{{Text: "Kyrgyzstan"}, {Text: "20", Figure: true}}}},
	Feedback: []Fact{{"Content", []Link{{"4.3 of 5", ""}}}}, Edit: "/en/assistance/activities/1/edit", Moves: []PersonForm{samplePersonForm}, Copy: "/en/assistance/projects/1/activities/new?from=2026%2F412",
	Drawn: &sampleDrawn, Materials: []Link{{"Community policing", "/en/library/1"}}, History: []HelpStep{sampleHelpStep}, Readers: "Official use",
})

// activityNotices are what is said after a move.
var activityNotices = map[assistance.ActivityMove]string{
	assistance.CancelMove: newNotice("activity.done.cancel"), assistance.ReopenMove: newNotice("activity.done.reopen"),
}

func (h *House) activity(w http.ResponseWriter, r *http.Request) error {
	x, q, err := h.activityOf(r)
	if err != nil {
		return err
	}
	return h.showActivity(w, r, x, q, meant{}, http.StatusOK)
}

func (h *House) showActivity(w http.ResponseWriter, r *http.Request, x assistance.Activity, q assistance.Project, m meant, status int) error {
	f := h.site.Frame(r)
	f.Private, f.Status, f.Title = true, status, x.Title
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	steps, err := h.helps().ActivitySteps(r.Context(), x.ID)
	if err != nil {
		return err
	}
	var people []string
	for _, s := range steps {
		people = append(people, s.By)
	}
	if err := p.meet(people); err != nil {
		return err
	}
	f.Crumbs = p.activityCrumbs(q)
	v := ActivityView{
		Kind: p.T("activity.kind.line", "kind", p.T("activity.kind."+x.Kind), "number", x.Number), Tag: p.activityStage(x.Stage), Lang: string(x.Lang),
		Texts: p.activityTexts(x), Moves: p.activityMoves(x, q, m), History: p.activityHistory(x, steps), Readers: p.T("access.level." + x.Level.String() + ".hint"),
	}
	if v.Facts, err = p.activityFacts(x, q); err != nil {
		return err
	}
	if x.Stage == assistance.ActivityHeld {
		v.Figures, v.Groups, v.Feedback = p.figuresOf(x), p.groupTable(x.Who), p.feedbackOf(x.Feedback)
	}
	if v.Materials, err = p.materials(x.Materials); err != nil {
		return err
	}
	from := ""
	if x.Stage == assistance.ActivityHeld {
		from = "activity=" + x.ID
	}
	if v.Drawn, err = p.drawnHere(assistance.LessonFilter{Activity: x.ID}, from); err != nil {
		return err
	}
	p.nextOf(x, q, m, &v)
	if err := h.offerFollow(r, f, "activity", x.ID); err != nil {
		return err
	}
	return activityPage.Show(w, f, v)
}

// nextOf says what the reader can do next, and where.
func (p *helping) nextOf(x assistance.Activity, q assistance.Project, m meant, v *ActivityView) {
	if m.says != "" {
		v.Says = append(v.Says, m.says)
	}
	moves := assistance.ActivityMoves(p.Reader.Subject, x, q)
	writes := x.Writes(p.Reader.Subject, q)
	for _, move := range []assistance.ActivityMove{assistance.HoldMove, assistance.MendMove} {
		if slices.Contains(moves, move) {
			v.Held = &Link{p.T("activity.do." + string(move)), p.URL(activityPath(x.ID, "held"))}
		}
	}
	switch {
	case !writes || x.Stage == assistance.ActivityCancelled:
	case p.past(x) && v.Held != nil:
		v.Says = append(v.Says, p.T("activity.says.past"))
	case x.Stage == assistance.ActivityPlanned && v.Held == nil:
		v.Says = append(v.Says, p.T("activity.says.waits"))
	}
	if writes && x.Stage != assistance.ActivityCancelled {
		v.Edit = p.URL(activityPath(x.ID, "edit"))
	}
	if q.Writes(p.Reader.Subject) && q.Plans() {
		v.Copy = p.URL(projectPath(q.ID, "activities/new")) + "?from=" + strings.ReplaceAll(x.Number, "/", "%2F")
	}
}

func (p *helping) activityTexts(x assistance.Activity) (list []HelpText) {
	for _, t := range []HelpText{{"agenda", "", x.Agenda}, {"issues", "", x.Issues}, {"replies", "", x.Replies}} {
		if t.Text != "" {
			t.Title = p.T("activity.field." + t.ID)
			list = append(list, t)
		}
	}
	return list
}

// activityFacts are its summary.
func (p *helping) activityFacts(x assistance.Activity, q assistance.Project) (list []Fact, err error) {
	add := func(name string, values ...Link) {
		values = slices.DeleteFunc(values, func(l Link) bool { return l.Text == "" })
		if len(values) > 0 {
			list = append(list, Fact{p.T("activity.field." + name), values})
		}
	}
	entries := func(ids []string) (links []Link) {
		for _, id := range ids {
			links = append(links, p.entry(id))
		}
		return links
	}
	plain := func(texts []string) (links []Link) {
		for _, text := range texts {
			links = append(links, Link{Text: text})
		}
		return links
	}
	add("dates", Link{Text: p.period(x.Starts, x.Ends)})
	add("place", Link{Text: p.where(x)})
	var hosts, days []Link
	for _, h := range x.Hosts {
		if h.Dropped {
			hosts = append(hosts, Link{p.T("activity.dropped", "gate", p.gateName(h.Host, h.Area)), ""})
			continue
		}
		hosts = append(hosts, Link{p.gateName(h.Host, h.Area), p.gateURL(q, h.Host, h.Area)})
	}
	add("hosts", hosts...)
	add("project", Link{q.Number + " " + q.Title, p.URL(projectPath(q.ID, ""))})
	add("organisers", entries(x.Organisers)...)
	add("coauthor", Link{Text: x.Coauthor})
	add("languages", plain(x.Languages)...)
	add("trainers", entries(x.Trainers)...)
	add("groups", plain(x.Groups)...)
	for _, day := range x.FollowUps {
		days = append(days, Link{Text: p.day(day)})
	}
	add("follow-ups", days...)
	if x.Model != "" {
		model, err := p.h.helps().Activity(p.r.Context(), scope(p.r), x.Model)
		if err != nil {
			return nil, err
		}
		add("model", Link{model.Number + " " + model.Title, p.URL(activityPath(model.ID, ""))})
	}
	return list, nil
}

// figuresOf are who took part.
func (p *helping) figuresOf(x assistance.Activity) (list []Fact) {
	add := func(name, text string) {
		if text != "" {
			list = append(list, Fact{p.T("activity.field." + name), []Link{{Text: text}}})
		}
	}
	if x.Total > 0 {
		add("total", p.Number(x.Total))
		add("women", p.share(x.Women, x.Total))
		add("men", p.share(x.Men, x.Total))
		if other := x.Total - x.Women - x.Men; other > 0 {
			list = append(list, Fact{p.T("activity.sex.other"), []Link{{Text: p.share(other, x.Total)}}})
		}
	}
	add("unattended", x.Unattended)
	add("remark", x.Remark)
	return list
}

// share is a figure with its part of the whole.
func (p *helping) share(n, of int64) string {
	return p.Number(n) + " (" + p.Percent(float64(n)/float64(of)) + ")"
}

// groupTable are the groups in a table, nil where there are none.
func (p *helping) groupTable(list []assistance.Participants) *Table {
	if len(list) == 0 {
		return nil
	}
	t := &Table{Caption: p.T("activity.field.who")}
	for _, name := range []string{"state", "service", "rank", "sex"} {
		t.Columns = append(t.Columns, Column{Text: p.T("activity.field." + name)})
	}
	t.Columns = append(t.Columns, Column{Text: p.T("activity.field.number"), Figure: true})
	for _, g := range list {
		state := p.T("activity.state.unknown")
		if g.State != "" {
			state = p.names.Name(g.State, "", p.Lang)
		}
		t.Rows = append(t.Rows, []Cell{
			{Text: state},
			{Text: p.T("activity.service." + g.Service)},
			{Text: p.T("activity.rank." + g.Rank)},
			{Text: p.T("activity.sex." + g.Sex)},
			{Text: p.Number(g.Number), Figure: true},
		})
	}
	return t
}

func (p *helping) feedbackOf(f assistance.Feedback) (list []Fact) {
	if f.Answers > 0 {
		list = append(list, Fact{p.T("activity.field.answers"), []Link{{Text: p.Number(f.Answers)}}})
	}
	for _, name := range assistance.Questions {
		if text := p.average(*f.Question(name)); text != "" {
			list = append(list, Fact{p.T("activity.question." + name), []Link{{Text: text}}})
		}
	}
	if f.Opinions != "" {
		list = append(list, Fact{p.T("activity.field.opinions"), []Link{{Text: f.Opinions}}})
	}
	return list
}

// materials are the documents that the reader finds in the library.
func (p *helping) materials(ids []string) (links []Link, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	titles, err := p.h.Library.Titles(p.r.Context(), scope(p.r), ids, p.Lang)
	for _, id := range ids {
		if title := titles[id]; title != "" {
			links = append(links, Link{title, p.URL("/library/" + id)})
		}
	}
	return links, err
}

// activityMoves are the forms that stand on the page: cancelling, and planning again.
func (p *helping) activityMoves(x assistance.Activity, q assistance.Project, m meant) (forms []PersonForm) {
	for _, move := range assistance.ActivityMoves(p.Reader.Subject, x, q) {
		name := string(move)
		if activityNotices[move] == "" {
			continue
		}
		fields := []Field{{Name: "words-" + name, Label: p.T("activity.field.words"), Type: "textarea", Rows: 3}}
		if m.move == name {
			fields[0].Value = p.r.PostFormValue(fields[0].Name)
			p.flag(fields, map[string]string{fields[0].Name: m.wrong["words"]})
		}
		forms = append(forms, PersonForm{
			ID: "move-" + name, Title: p.T("activity.do." + name), Action: p.URL(activityPath(x.ID, "move/"+name)), Button: p.T("activity.do." + name + ".button"),
			Says: []string{p.T("activity.do." + name + ".says")}, Hidden: []Carried{{"rev", strconv.FormatInt(x.Rev, 10)}}, Warning: move == assistance.CancelMove,
			Open: m.move == name, Fields: fields,
		})
	}
	return forms
}

// moveActivity takes a move of the address. Where it did not go the page comes back as
// it stands now, with the words that were written.
func (h *House) moveActivity(w http.ResponseWriter, r *http.Request) error {
	move := assistance.ActivityMove(r.PathValue("move"))
	if activityNotices[move] == "" {
		return NotFound()
	}
	words := strings.TrimSpace(r.PostFormValue("words-" + string(move)))
	id, rev, who := r.PathValue("id"), revOf(r), ReaderOf(r).Subject
	act := h.helps().CancelActivity
	if move == assistance.ReopenMove {
		act = h.helps().ReopenActivity
	}
	err := act(r.Context(), who, id, rev, words)
	if err == nil {
		return h.site.Frame(r).Redirect(w, activityPath(id, ""), activityNotices[move], 0)
	}
	x, q, missing := h.activityOf(r)
	if missing != nil {
		return missing
	}
	f := h.site.Frame(r)
	m, status, err := f.unmoved(err, string(move))
	if err != nil {
		return helpFault(r, access.PlanHelp, x.Label, err)
	}
	if !slices.Contains(assistance.ActivityMoves(who, x, q), move) {
		m.keep(f, words)
	}
	return h.showActivity(w, r, x, q, m, status)
}

// activityHistory are its steps in words; of a change the former text stands beside the
// new one.
func (p *helping) activityHistory(x assistance.Activity, steps []assistance.ActivityStep) []HelpStep {
	list := make([]HelpStep, len(steps))
	draft, held, left := x.Draft(), x.Held(), shownRevisions
	for i := len(steps) - 1; i >= 0; i-- {
		s := steps[i]
		list[i] = HelpStep{What: p.T("activity.did." + string(s.Move)), Who: p.T("assistance.program", "day", s.At), Words: s.Words}
		if s.By != "" {
			list[i].Who = p.T("assistance.by", "who", p.name(s.By), "day", s.At)
		}
		if s.Host != "" {
			list[i].What += ": " + p.gateName(s.Host, s.Area)
		}
		var former []DifferenceView
		switch {
		case s.Former.Draft != nil:
			former, draft = p.differing(p.activityWords(*s.Former.Draft), p.activityWords(draft)), *s.Former.Draft
		case s.Former.Held != nil:
			former, held = p.differing(p.heldWords(*s.Former.Held), p.heldWords(held)), *s.Former.Held
		default:
			continue
		}
		if left--; left >= 0 {
			list[i].Former = former
		}
	}
	return list
}
