package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"polis/internal/community/roster"
	"polis/internal/store"
)

// ExpertAsksView are assignments: those on the lists that the reader keeps, and her own.
type ExpertAsksView struct {
	For   *Link // the request, project or event whose list it is
	Find  string
	Lists []HelpList
}

var expertAsksPage = newPage("expert-asks", ExpertAsksView{
	For: &Link{"2026/17 Patrols", "/en/assistance/projects/1"}, Find: "/en/experts?project=1",
	Lists: []HelpList{{"mine", "Asked of me", []HelpLine{sampleHelpLine}, "None.", Link{"More", "/en/assignments?after=1"}}},
})

var expertMoods = map[roster.Stage]Mood{
	roster.Asked: Attention, roster.Agreed: Done, roster.Done: Attention, roster.Confirmed: Done, roster.Declined: Refusal, roster.Withdrawn: Refusal,
}

func (p *helping) expertStage(s roster.Stage) Tag {
	mood := expertMoods[s]
	if mood == "" {
		mood = Plain
	}
	return Tag{mood, p.T("expert.stage." + string(s))}
}

// forWhat is the request, project or event of an assignment; for who may not read it, only
// that it is one.
func (p *helping) forWhat(a roster.Ask) (Link, error) {
	s := sought{kind: a.Kind, object: a.Object}
	err := p.propose(&s, false)
	if errors.Is(err, store.ErrNotFound) || err == nil && a.Kind != roster.ForEvent && !p.Reader.ReadsOfficial() {
		return Link{Text: p.T("expert.for." + a.Kind)}, nil
	}
	return s.title, err
}

// expertAsks lists what the reader was asked and, for who keeps lists, those she keeps.
func (h *House) expertAsks(w http.ResponseWriter, r *http.Request) error {
	f := h.asking(r, "expert.asks.title")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	f.Private, f.Crumbs = true, []Link{{f.T("expert.title"), f.URL("/experts")}}
	s, err := p.readSought()
	if err != nil {
		return err
	}
	after, ok := roster.Place{}, true
	if text := r.URL.Query().Get("after"); text != "" {
		after, ok = roster.ParsePlace(text)
	}
	if !ok {
		return NotFound()
	}
	v := ExpertAsksView{}
	if s.kind != "" && s.lists {
		v.For, v.Find = &s.title, f.URL("/experts?"+s.kind+"="+s.object)
	}
	if s.kind == "" {
		list, more, err := h.roster().Asked(r.Context(), f.Reader.Subject, after, shownInList)
		if err != nil {
			return expertFault(err)
		}
		if err := p.askList(&v, "mine", list, more); err != nil {
			return err
		}
	}
	list, more, err := h.roster().Listing(r.Context(), f.Reader.Subject, s.kind, s.object, after, shownInList)
	if err != nil {
		return expertFault(err)
	}
	if s.lists || len(list) > 0 {
		if err := p.askList(&v, "kept", list, more); err != nil {
			return err
		}
	}
	return expertAsksPage.Show(w, f, v)
}

// askList adds a list of assignments.
func (p *helping) askList(v *ExpertAsksView, id string, list []roster.Ask, more roster.Place) error {
	l := HelpList{ID: id, Title: p.T("expert.asks." + id), None: p.T("expert.asks." + id + ".none")}
	people := make([]string, len(list))
	for i, a := range list {
		people[i] = a.Person
	}
	if err := p.meet(people); err != nil {
		return err
	}
	for _, a := range list {
		what, err := p.forWhat(a)
		if err != nil {
			return err
		}
		line := HelpLine{Title: what.Text, URL: p.URL("/assignments/" + a.ID), Tag: p.expertStage(a.Stage), Meta: p.stretch(a.Starts, a.Ends)}
		if id == "kept" {
			line.Title = p.name(a.Person)
			line.Meta = strings.Trim(what.Text+" · "+line.Meta, " ·")
		}
		if a.Host != "" {
			line.Meta = strings.Trim(line.Meta+" · "+p.names.Name(a.Host, "", p.Lang), " ·")
		}
		l.Lines = append(l.Lines, line)
	}
	if more != (roster.Place{}) {
		l.All = Link{p.T("assistance.further"), p.With("after", more.String())}
	}
	v.Lists = append(v.Lists, l)
	return nil
}

// expertAsk is one assignment, for who keeps its list and, once she was asked, for her.
func (h *House) expertAsk(w http.ResponseWriter, r *http.Request) error {
	a, err := h.roster().Ask(r.Context(), ReaderOf(r).Subject, r.PathValue("id"))
	if err != nil {
		return expertFault(err)
	}
	return h.showExpertAsk(w, r, a, meant{}, http.StatusOK)
}

// showExpertAsk shows it as records that move are shown: on the page of a lesson.
func (h *House) showExpertAsk(w http.ResponseWriter, r *http.Request, a roster.Ask, m meant, status int) error {
	f := h.site.Frame(r)
	f.Private, f.Status = true, status
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	steps, err := h.roster().Steps(r.Context(), f.Reader.Subject, a.ID)
	if err != nil {
		return expertFault(err)
	}
	people := []string{a.Person, a.Owner}
	for _, s := range steps {
		people = append(people, s.By)
	}
	if err := p.meet(people); err != nil {
		return err
	}
	what, err := p.forWhat(a)
	if err != nil {
		return err
	}
	f.Title = p.T("expert.ask.title", "who", p.name(a.Person))
	f.Crumbs = []Link{{f.T("expert.title"), f.URL("/experts")}, {f.T("expert.asks.title"), f.URL("/assignments")}}
	v := LessonView{Kind: p.T("expert.for." + a.Kind), Tag: p.expertStage(a.Stage), Lang: string(f.Lang), Steps: p.askSteps(a), Moves: p.askMoves(a, m)}
	if m.says != "" {
		v.Says = []string{m.says}
	}
	for _, t := range []HelpText{{"task", p.T("expert.ask.task"), a.Task}, {"outcome", p.T("expert.ask.outcome"), a.Outcome}} {
		if t.Text != "" {
			v.Texts = append(v.Texts, t)
		}
	}
	v.Facts = append(v.Facts, Fact{p.T("expert.ask.for"), []Link{what}})
	if a.Keeps(f.Reader.Subject) {
		v.Texts = append(v.Texts, HelpText{"why", p.T("expert.list.why"), a.Why})
	}
	if days := p.stretch(a.Starts, a.Ends); days != "" {
		v.Facts = append(v.Facts, Fact{p.T("expert.ask.days"), []Link{{Text: days}}})
	}
	if a.Host != "" {
		v.Facts = append(v.Facts, Fact{p.T("expert.need.host"), []Link{p.entry(a.Host)}})
	}
	v.Facts = append(v.Facts, Fact{p.T("expert.ask.keeper"), []Link{{Text: p.name(a.Owner)}}})
	for _, s := range steps {
		if s.Move == "list" && f.Reader.ID == a.Person {
			continue
		}
		v.History = append(v.History, HelpStep{What: p.T("expert.did." + s.Move), Words: s.Words, Who: p.T("assistance.by", "who", p.name(s.By), "day", s.At)})
	}
	return lessonPage.Show(w, f, v)
}

// askSteps are the stages that an assignment goes through.
func (p *helping) askSteps(a roster.Ask) (list []Step) {
	stages := []roster.Stage{roster.Listed, roster.Asked, roster.Agreed, roster.Done, roster.Confirmed}
	if a.Stage == roster.Declined || a.Stage == roster.Withdrawn {
		stages = []roster.Stage{roster.Listed, a.Stage}
	}
	at := slices.Index(stages, a.Stage)
	for i, s := range stages {
		list = append(list, Step{Text: p.T("expert.stage." + string(s)), Done: i < at || i == at && i == len(stages)-1, Here: i == at})
	}
	return list
}

// askMoves are the forms of what the reader can do now.
func (p *helping) askMoves(a roster.Ask, m meant) (forms []PersonForm) {
	for _, move := range roster.Moves(p.Reader.Subject, a) {
		name := string(move)
		form := PersonForm{
			ID: "move-" + name, Title: p.T("expert.do." + name), Says: []string{p.T("expert.do." + name + ".says")}, Button: p.T("expert.do." + name),
			Action: p.URL("/assignments/" + a.ID + "/move/" + name), Hidden: []Carried{{"rev", strconv.FormatInt(a.Rev, 10)}},
			Warning: move == roster.Withdraw || move == roster.Decline, Open: m.move == name,
		}
		if move == roster.Agree && a.Kind == roster.ForEvent {
			form.Says = append(form.Says, p.T("expert.do.agree.event"))
		}
		label := "expert.words.note"
		switch move {
		case roster.AskHer:
			label = "expert.words.task"
		case roster.Finish:
			label = "expert.words.outcome"
		case roster.Contest:
			label = "expert.words.contest"
		}
		form.Fields = []Field{{Name: "words-" + name, Label: p.T(label), Type: "textarea", Rows: 3}}
		if move == roster.AskHer {
			form.Fields = append(form.Fields,
				Field{Name: "host-ask", Label: p.T("expert.need.host"), Type: "select", Options: p.stateOptions(a.Host)},
				Field{Name: "starts-ask", Label: p.T("expert.wish.from"), Type: "date", Value: a.Starts, Width: "medium"},
				Field{Name: "ends-ask", Label: p.T("expert.wish.to"), Type: "date", Value: a.Ends, Width: "medium"})
		}
		if m.move == name {
			for i := range form.Fields {
				field := &form.Fields[i]
				if typed := p.r.PostFormValue(field.Name); field.Type == "select" {
					field.Options = p.stateOptions(typed)
				} else {
					field.Value = typed
				}
			}
			p.flagAt(form.Fields, m, name)
		}
		forms = append(forms, form)
	}
	return forms
}

var expertNotices = map[roster.Move]string{
	roster.AskHer: newNotice("expert.said.ask"), roster.Agree: newNotice("expert.said.agree"), roster.Decline: newNotice("expert.said.decline"),
	roster.Withdraw: newNotice("expert.said.withdraw"), roster.Finish: newNotice("expert.said.finish"), roster.Contest: newNotice("expert.said.contest"), roster.Confirm: newNotice("expert.said.confirm"),
}

// moveExpertAsk takes a move of the address. Where somebody has acted meanwhile, the page
// says how it stands now and keeps what was typed.
func (h *House) moveExpertAsk(w http.ResponseWriter, r *http.Request) error {
	move, id, who := roster.Move(r.PathValue("move")), r.PathValue("id"), ReaderOf(r).Subject
	if expertNotices[move] == "" {
		return NotFound()
	}
	words := r.PostFormValue("words-" + string(move))
	err := h.roster().Move(r.Context(), who, id, revOf(r), move, words, roster.Ask{
		Host: r.PostFormValue("host-ask"), Starts: plainDate(r.PostFormValue("starts-ask")), Ends: plainDate(r.PostFormValue("ends-ask")),
	})
	f := h.site.Frame(r)
	if err == nil {
		return f.Redirect(w, "/assignments/"+id, expertNotices[move], 0)
	}
	a, missing := h.roster().Ask(r.Context(), who, id)
	if missing != nil {
		return expertFault(missing)
	}
	m, status := meant{move: string(move), err: err}, http.StatusConflict
	var wrong roster.Invalid
	var stale roster.Stale
	var impossible roster.Impossible
	switch {
	case errors.As(err, &wrong):
		m.wrong, status = wrong, http.StatusUnprocessableEntity
	case errors.As(err, &stale), errors.As(err, &impossible):
		m.says = f.T("expert.fault.stale")
	default:
		return expertFault(err)
	}
	if !slices.Contains(roster.Moves(who, a), move) {
		m.keep(f, words)
	}
	return h.showExpertAsk(w, r, a, m, status)
}
