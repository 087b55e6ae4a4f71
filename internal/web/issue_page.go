package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"polis/internal/account"
	"polis/internal/community/forum"
	"polis/internal/search"
)

// IssueView is one issue: what it is about, who owes the answer, what became of it.
type IssueView struct {
	Kind    string
	Tag     Tag
	Late    *Tag
	Lang    string
	Steps   []Step
	Says    []string
	About   string
	Answers []IssueAnswer
	Facts   []Fact
	Moves   []PersonForm
	Talks   bool // she reads what is said between who raised it and the facilitators
	Words   []IssueWord
	Say     *PersonForm
	Was     []Fact // the original, for the facilitators
	History []HelpStep
}

// IssueAnswer is an answer, or what came of it.
type IssueAnswer struct{ ID, Title, Meta, Text string }

var issuePage = newPage("issue", IssueView{
	Kind: "Issue · Round table", Tag: Tag{Attention, "Taken up"}, Late: &Tag{Refusal, "Overdue"}, Lang: "ru", Steps: []Step{{Text: "Raised", Done: true}, {Text: "Taken up", Here: true}, {Text: "Answered", Missing: "by 3 March 2026"}},
	Says: []string{"Somebody has acted meanwhile."}, About: "At night nobody sees who waits.", Answers: []IssueAnswer{{"answer-2", "The answer", "For the town, 3 March 2026", "Lamps come in March."}},
	Facts: []Fact{{"Raised for", []Link{{"Women’s organisations", ""}}}}, Moves: []PersonForm{samplePersonForm}, Talks: true, Words: []IssueWord{{"Asked, 3 March 2026", "Which side?"}}, Say: &PersonForm{ID: "say", Title: "Ask", Action: "/en/issues/1/say", Button: "Send", Fields: []Field{{Name: "words-say", Label: "Ask", Type: "textarea"}}},
	Was: []Fact{{"What it is about", []Link{{"At night nobody sees who waits.", ""}}}}, History: []HelpStep{sampleHelpStep},
})

func (h *House) issue(w http.ResponseWriter, r *http.Request) error {
	i, err := h.forums().Issue(r.Context(), ReaderOf(r).Subject, r.PathValue("id"))
	if err != nil {
		return h.readForum(w, r, err)
	}
	return h.showIssue(w, r, i, meant{}, http.StatusOK)
}

func (h *House) showIssue(w http.ResponseWriter, r *http.Request, i forum.Issue, m meant, status int) error {
	who, ctx := ReaderOf(r).Subject, r.Context()
	f := h.site.Frame(r)
	f.Private, f.Status, f.Title = !i.Shown || status != http.StatusOK, status, i.Title
	if i.Title == "" {
		f.Title = f.T("issue.follow.gone")
	}
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	g, err := account.GetGroup(ctx, h.DB, who, i.Forum)
	if err != nil {
		return err
	}
	in, err := account.StandingIn(ctx, h.DB, who, i.Forum)
	if err != nil {
		return err
	}
	part, err := h.forums().PartOf(ctx, who, i)
	if err != nil {
		return err
	}
	steps, err := h.forums().Steps(ctx, i.ID)
	if err != nil {
		return err
	}
	f.inForum(g)
	line := p.issueLine(i)
	v := IssueView{Kind: f.T("issue.kind", "group", g.Name), Tag: line.Tag, Late: line.Late, Lang: string(i.Lang), Steps: p.issueSteps(i), About: i.About}
	if m.says != "" {
		v.Says = []string{m.says}
	}
	if !i.Shown {
		v.Says = append(v.Says, f.T("issue.unshown"))
	}
	names := in.Member || in.Runs()
	if err := p.issueSaid(&v, i, steps, names); err != nil {
		return err
	}
	if v.Facts, err = p.issueFacts(i, names); err != nil {
		return err
	}
	if v.Moves, err = p.issueMoves(i, part, m); err != nil {
		return err
	}
	if err := p.issueTalk(&v, i, part, m); err != nil {
		return err
	}
	if i.Unnamed() && in.Facilitates {
		if was, err := h.forums().Original(ctx, who, i); err == nil && i.Shown {
			for _, of := range []struct{ key, text string }{{"title", was.Title}, {"about", was.About}, {"speaks", was.Speaks}, {"place", was.Place}} {
				if of.text != "" {
					v.Was = append(v.Was, Fact{f.T("issue.field." + of.key), []Link{{Text: of.text}}})
				}
			}
		}
	}
	return issuePage.Show(w, f, v)
}

// issueSaid fills in the answers, and the history. Who took a step is named to the
// members of the forum alone.
func (p *helping) issueSaid(v *IssueView, i forum.Issue, steps []forum.Step, names bool) error {
	people := []string{i.Author}
	for _, s := range steps {
		people = append(people, s.By)
	}
	if names {
		if err := p.meet(people); err != nil {
			return err
		}
	}
	for _, s := range steps {
		point := p.issuePoint(s, names)
		switch s.Move {
		case forum.Answer, forum.Follow:
			v.Answers = append(v.Answers, IssueAnswer{"step-" + strconv.FormatInt(s.N, 10), point.What, point.Who, s.Words})
			point.Words = ""
		}
		v.History = append(v.History, point)
	}
	return nil
}

// issuePoint is a step in words.
func (p *helping) issuePoint(s forum.Step, names bool) HelpStep {
	point := HelpStep{What: p.T("issue.did." + string(s.Move)), Who: p.Date(s.At), Words: s.Words}
	if s.Office != "" {
		point.What = p.T("issue.did."+string(s.Move), "office", p.entry(s.Office).Text, "day", p.day(s.Due))
	}
	if names && s.By != "" {
		point.Who = p.T("assistance.by", "who", p.acted(s.By), "day", s.At)
	}
	return point
}

// acted is how somebody is called who acted in a forum. Who was erased has no name any
// more, only a dash.
func (p *helping) acted(id string) string {
	if name := p.people[id]; name != "" && name != "—" {
		return name
	}
	return p.T("topic.former")
}

// issueSteps are raised, taken up, answered, followed up, closed: the present one is
// marked.
func (p *helping) issueSteps(i forum.Issue) (list []Step) {
	stages := []forum.Stage{forum.Raised, forum.Taken, forum.Answered, forum.Followed, forum.Closed}
	at := slices.Index(stages, i.Stage)
	if at < 0 || i.Stage == forum.Closed && i.Answered == "" {
		list = []Step{{Text: p.T("issue.stage.raised"), Done: true}}
		if i.Stage == forum.Closed {
			list = append(list, Step{Text: p.T("issue.stage.declined"), Done: true})
		}
		return append(list, Step{Text: p.T("issue.stage." + string(i.Stage)), Done: true, Here: true})
	}
	for n, s := range stages {
		if i.Due == "" && s == forum.Taken && at > 1 || s == forum.Followed && i.Stage == forum.Closed {
			continue // it was answered at once; whether it was followed up the history says
		}
		step := Step{Text: p.T("issue.stage." + string(s)), Done: n < at || n == at && s == forum.Closed, Here: n == at}
		switch {
		case s == forum.Answered && i.Stage == forum.Taken:
			step.Missing = p.T("issue.missing.by", "day", p.day(i.Due))
		case s == forum.Followed && i.Stage == forum.Answered && i.FollowBy != "":
			step.Missing = p.T("issue.missing.by", "day", p.day(i.FollowBy))
		}
		list = append(list, step)
	}
	return list
}

// issueFacts are an issue's summary.
func (p *helping) issueFacts(i forum.Issue, names bool) (list []Fact, err error) {
	add := func(key string, values ...Link) {
		if len(values) > 0 && values[0].Text != "" {
			list = append(list, Fact{p.T(key), values})
		}
	}
	for_ := p.groupWords(i.Groups)
	if i.Speaks != "" && for_ != "" {
		for_ += " – " + i.Speaks
	} else if for_ == "" {
		for_ = i.Speaks
	}
	add("issue.field.groups", Link{Text: for_})
	switch {
	case i.Unnamed():
		add("issue.field.by", Link{Text: p.T("issue.by.unnamed")})
	case names:
		add("issue.field.by", Link{Text: p.acted(i.Author)})
	}
	if i.Office != "" {
		add("issue.field.owes", p.entry(i.Office))
		add("issue.field.due", Link{Text: p.day(i.Due)})
	}
	if i.FollowBy != "" {
		add("issue.field.follow-by", Link{Text: p.day(i.FollowBy)})
	}
	add("issue.field.place", Link{Text: i.Place})
	if i.Host != "" {
		add("issue.field.host", p.entry(i.Host))
	}
	var themes []Link
	for _, id := range i.Themes {
		themes = append(themes, Link{p.value(search.Theme, id), p.URL("/themes/" + id)})
	}
	add("library.field.themes", themes...)
	if i.Merged != "" {
		into, err := p.h.forums().Issue(p.r.Context(), p.Reader.Subject, i.Merged)
		if err != nil {
			return nil, err
		}
		add("issue.field.into", Link{into.Title, p.URL(into.Path())})
	}
	meetings, err := p.h.forums().MinutesOf(p.r.Context(), scope(p.r), i.ID)
	var treated []Link
	for _, x := range meetings {
		treated = append(treated, Link{p.T("issue.minutes.of", "day", p.day(x.Held)), p.URL(issuesPath(i.Forum) + "/minutes#" + x.ID)})
	}
	add("issue.field.treated", treated...)
	return list, err
}

// issueMoves are the forms of what the reader can do now.
func (p *helping) issueMoves(i forum.Issue, part forum.Part, m meant) (forms []PersonForm, err error) {
	for _, move := range forum.Moves(part, i) {
		name := string(move)
		form := PersonForm{
			ID: "move-" + name, Title: p.T("issue.do." + name), Says: []string{p.T("issue.do." + name + ".says")}, Button: p.T("issue.do." + name + ".button"),
			Action: p.URL(i.Path() + "/move/" + name), Hidden: []Carried{{"rev", strconv.FormatInt(i.Rev, 10)}},
			Warning: move == forum.Decline || move == forum.Withdraw, Open: m.move == name || move == forum.Publish && m.move == "" && i.Stage == forum.Raised,
		}
		if form.Fields, err = p.issueFieldsOf(i, move); err != nil {
			return nil, err
		}
		if move == forum.Merge && len(form.Fields[0].Options) == 0 && m.move != name {
			continue // there is no earlier one
		}
		if m.move == name {
			for n := range form.Fields {
				field := &form.Fields[n]
				field.Value = p.r.PostFormValue(field.Name)
				for o := range field.Options {
					field.Options[o].Chosen = field.Options[o].Value == field.Value
				}
			}
			p.flagAt(form.Fields, m, name)
		}
		forms = append(forms, form)
	}
	return forms, nil
}

// issueFieldsOf are what a move asks for. Each bears the name of its move, since several
// forms stand on one page.
func (p *helping) issueFieldsOf(i forum.Issue, move forum.Move) ([]Field, error) {
	name := "-" + string(move)
	words := Field{Name: "words" + name, Label: p.T("issue.words." + string(move)), Type: "textarea", Rows: 4, Auto: "off"}
	office := Field{Name: "office" + name, Label: p.T("issue.field.office"), Hint: p.T("issue.hint.office"), Auto: "off"}
	due := Field{Name: "due" + name, Label: p.T("issue.field.due"), Type: "date", Width: "medium"}
	if i.Office != "" {
		office.Value = p.entry(i.Office).Text
	}
	switch move {
	case forum.Take, forum.Hand:
		s, err := p.h.forums().SettingOf(p.r.Context(), i.Forum)
		due.Value = p.now.UTC().AddDate(0, 0, int(s.Days)).Format(time.DateOnly)
		return []Field{office, due, words}, err
	case forum.Answer:
		words.Rows = 8
		due.Label, due.Hint = p.T("issue.field.follow-by"), p.T("issue.hint.follow-by")
		return []Field{office, words, due}, nil
	case forum.Publish:
		area := func(field, value, kind string) Field {
			return Field{Name: field + name, Label: p.T("issue.field." + field), Value: value, Type: kind, Rows: 8, Auto: "off"}
		}
		return []Field{area("title", i.Title, ""), area("about", i.About, "textarea"), area("speaks", i.Speaks, ""), area("place", i.Place, "")}, nil
	case forum.Merge:
		into := Field{Name: "into" + name, Label: p.T("issue.field.into"), Hint: p.T("issue.hint.into"), Type: "select"}
		list, _, err := p.h.forums().Issues(p.r.Context(), scope(p.r), forum.Filter{Forum: i.Forum}, forum.Place{At: i.Created, ID: i.ID}, 50)
		for _, x := range list {
			if x.Stage != forum.Merged && x.Stage != forum.Withdrawn {
				into.Options = append(into.Options, Option{Value: x.ID, Text: x.Title})
			}
		}
		return []Field{into, words}, err
	}
	return []Field{words}, nil
}

// issueTalk is what is said between who raised it and the facilitators, for them.
func (p *helping) issueTalk(v *IssueView, i forum.Issue, part forum.Part, m meant) error {
	if v.Talks = part.Runs || part.Raiser; !v.Talks {
		return nil
	}
	said, err := p.h.forums().Words(p.r.Context(), part, i)
	if err != nil {
		return err
	}
	for _, s := range said {
		v.Words = append(v.Words, IssueWord{p.T("issue.word."+s.Side, "day", s.At), s.Words})
	}
	if part.Ended || !i.Talks() {
		return nil
	}
	side := "issue.say.forum"
	if part.Raiser {
		side = "issue.say.hers"
	}
	form := PersonForm{
		ID: "say", Title: p.T(side), Action: p.URL(i.Path() + "/say"), Button: p.T("issue.say.button"), Open: m.move == "say",
		Says:   []string{p.T("issue.say.says")},
		Fields: []Field{{Name: "words-say", Label: p.T(side), Type: "textarea", Rows: 4, Auto: "off"}},
	}
	if m.move == "say" {
		form.Fields[0].Value = p.r.PostFormValue("words-say")
		p.flagAt(form.Fields, m, "say")
	}
	v.Say = &form
	return nil
}

var issueNotices = map[forum.Move]string{
	forum.Publish: newNotice("issue.said.publish"), forum.Take: newNotice("issue.said.take"), forum.Hand: newNotice("issue.said.hand"), forum.Answer: newNotice("issue.said.answer"),
	forum.Follow: newNotice("issue.said.follow"), forum.Close: newNotice("issue.said.close"), forum.Decline: newNotice("issue.said.decline"), forum.Merge: newNotice("issue.said.merge"),
	forum.Withdraw: newNotice("issue.said.withdraw"),
}

var noticeSaid = newNotice("issue.said.say")

// moveIssue takes a move of the address.
func (h *House) moveIssue(w http.ResponseWriter, r *http.Request) error {
	move, id := forum.Move(r.PathValue("move")), r.PathValue("id")
	if issueNotices[move] == "" {
		return NotFound()
	}
	who := ReaderOf(r).Subject
	i, err := h.forums().Issue(r.Context(), who, id)
	if err != nil {
		return err
	}
	_ = r.PostFormValue("rev") // the form is read
	in := func(name string) string { return plain(r.PostForm, name+"-"+string(move)) }
	act := forum.Act{Words: in("words"), Due: in("due"), Into: in("into"), Draft: i.Draft()}
	if act.Office, err = h.directoryID(r, in("office")); err != nil {
		return err
	}
	if move == forum.Publish {
		act.Draft.Title, act.Draft.About, act.Draft.Speaks, act.Draft.Place = in("title"), in("about"), in("speaks"), in("place")
	}
	err = h.forums().Make(r.Context(), who, id, revOf(r), move, act)
	f := h.site.Frame(r)
	if err == nil {
		return f.Redirect(w, i.Path(), issueNotices[move], 0)
	}
	m, status, other := f.issueUnmoved(err, string(move))
	if other != nil {
		return issueFault(other)
	}
	if i, err = h.forums().Issue(r.Context(), who, id); err != nil {
		return err
	}
	part, err := h.forums().PartOf(r.Context(), who, i)
	if err != nil {
		return err
	}
	if !slices.Contains(forum.Moves(part, i), move) {
		m.keep(f, act.Words, in("title"), in("about"))
	}
	return h.showIssue(w, r, i, m, status)
}

// sayOfIssue adds a question back, or words of who raised it.
func (h *House) sayOfIssue(w http.ResponseWriter, r *http.Request) error {
	id, who := r.PathValue("id"), ReaderOf(r).Subject
	words := plain(r.PostForm, "words-say")
	err := h.forums().Say(r.Context(), who, id, words)
	f := h.site.Frame(r)
	if err == nil {
		return f.Redirect(w, forum.Path(id), noticeSaid, 0)
	}
	m, status, other := f.issueUnmoved(err, "say")
	if other != nil {
		return issueFault(other)
	}
	i, err := h.forums().Issue(r.Context(), who, id)
	if err != nil {
		return err
	}
	if len(m.wrong) == 0 {
		m.keep(f, words)
	}
	return h.showIssue(w, r, i, m, status)
}
