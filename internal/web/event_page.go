package web

import (
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strconv"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/community/event"
	"polis/internal/search"
	"polis/internal/store"
)

// EventView is one event.
type EventView struct {
	Kind     string
	Tag      Tag
	Lang     string
	When     string
	Says     []string
	About    template.HTML
	Facts    []Fact
	Mine     *Tag   // what became of the reader's registration
	Told     string // of it, in a sentence
	Link     string // online, for the admitted
	Enter    []PersonForm
	Why      string // why she does not register, or ""
	Agenda   *Table
	Speakers []Link // experts of the roster who agreed
	Before   []Link
	After    []Link
	File     string // address of the file for calendars
	Paper    string // address of her certificate
	Rate     *PersonForm
	Runs     []Link     // for who runs it
	Asked    []HelpLine // experts on the list of speakers, for who runs it
	Moves    []PersonForm
	Rated    []Fact
	Words    []string // what was said of it, without names
}

var eventPage = newPage("event", EventView{
	Kind: "Event · Investigators", Tag: Tag{Done, "Open"}, Lang: "ru", When: "3 March 2026, 09:00–12:00 (Asia/Bishkek)", Says: []string{"It was changed."}, About: "<p>All of it.</p>", Facts: []Fact{{"Where", []Link{{"Osh", ""}}}},
	Mine: &Tag{Done, "Admitted"}, Told: "You have a place.", Link: "/en/meet", Enter: []PersonForm{{ID: "register", Title: "Register", Action: "/en/events/1/register", Button: "Register"}}, Why: "Join the group first.", Agenda: &Table{Caption: "Programme", Columns: []Column{{Text: "When"}}, Rows: [][]Cell{{{Text: "09:00"}}}},
	Speakers: []Link{{"A. Asanova", "/en/experts/1"}}, Asked: []HelpLine{sampleHelpLine},
	Before: []Link{{"Reader", "/en/library/1"}}, After: []Link{{"Report", "/en/library/2"}}, File: "/en/events/1/event.ics", Paper: "/en/events/1/certificate", Rate: &PersonForm{ID: "rate", Title: "What you think of it", Action: "/en/events/1/rating", Button: "Send"}, Runs: []Link{{"Edit", "/en/events/1/edit"}},
	Moves: []PersonForm{samplePersonForm}, Rated: []Fact{{"Content", []Link{{"4.5", ""}}}}, Words: []string{"Well run."},
})

var entryMoods = map[event.EntryStage]Mood{event.Asked: Attention, event.Admitted: Done, event.Waiting: Attention, event.Declined: Refusal, event.Withdrawn: Plain}

func (h *House) event(w http.ResponseWriter, r *http.Request) error {
	e, err := h.meets().Event(r.Context(), ReaderOf(r).Subject, r.PathValue("id"))
	if err != nil {
		return h.readForum(w, r, err)
	}
	return h.showEvent(w, r, e, meant{}, http.StatusOK)
}

func (h *House) showEvent(w http.ResponseWriter, r *http.Request, e event.Event, m meant, status int) error {
	who, ctx := ReaderOf(r).Subject, r.Context()
	f := h.site.Frame(r)
	f.Private, f.Status, f.Title = who.SignedIn() || status != http.StatusOK, status, e.Title
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	g, err := account.GetGroup(ctx, h.DB, who, e.Group)
	if err != nil {
		return err
	}
	in, err := account.StandingIn(ctx, h.DB, who, e.Group)
	if err != nil {
		return err
	}
	f.Crumbs = []Link{{f.T("event.title"), f.URL("/events")}, {g.Name, f.URL("/groups/" + g.ID)}}
	line := p.eventLine(e, h.meets().ZoneOf(ctx, who))
	v := EventView{Kind: f.T("event.kind", "group", g.Name), Tag: line.Tag, Lang: string(e.Lang), When: line.Meta, About: groupText(e.About), File: f.URL(e.Path() + "/event.ics")}
	if m.says != "" {
		v.Says = append(v.Says, m.says)
	}
	if e.Stage == event.Cancelled {
		v.Says = append(v.Says, f.T("event.cancelled", "words", e.Reason))
	}
	tally, err := h.meets().TallyOf(ctx, e.ID)
	if err != nil {
		return err
	}
	v.Facts = p.eventFacts(e, tally)
	if err := p.eventParts(&v, e); err != nil {
		return err
	}
	if err := p.eventEntry(&v, e, in, m); err != nil {
		return err
	}
	if in.Runs() && who.SignedIn() {
		if err := p.runsEvent(&v, e, tally, m); err != nil {
			return err
		}
	}
	return eventPage.Show(w, f, v)
}

// eventFacts are the summary of an event.
func (p *helping) eventFacts(e event.Event, tally event.Tally) (list []Fact) {
	add := func(key string, values ...Link) {
		if len(values) > 0 && values[0].Text != "" {
			list = append(list, Fact{p.T(key), values})
		}
	}
	add("event.field.place", Link{Text: e.Place})
	if e.Online {
		add("event.field.online", Link{Text: p.T("event.online.admitted")})
	}
	if e.Host != "" {
		add("event.field.host", p.entry(e.Host))
	}
	if e.Organiser != "" {
		add("event.field.organiser", p.entry(e.Organiser))
	}
	add("event.field.lang", Link{Text: e.Lang.Name()})
	add("event.field.taken", Link{Text: p.T("event.taken", "taken", tally.Admitted, "n", e.Capacity)})
	if e.PerState > 0 {
		add("event.field.per-state", Link{Text: p.Number(e.PerState)})
	}
	if e.Women > 0 {
		add("event.field.women", Link{Text: p.Number(e.Women)})
	}
	if e.Stage == event.Open || e.Stage == event.Draft {
		closes := e.Closes.In(e.Location())
		add("event.field.closes", Link{Text: p.Date(closes) + ", " + closes.Format("15:04")})
	}
	var themes []Link
	for _, id := range e.Themes {
		themes = append(themes, Link{p.value(search.Theme, id), p.URL("/themes/" + id)})
	}
	add("library.field.themes", themes...)
	return list
}

// eventParts are the programme, the speakers and the documents, as the reader finds them.
func (p *helping) eventParts(v *EventView, e event.Event) error {
	ctx := p.r.Context()
	items, err := p.h.meets().Items(ctx, e.ID)
	if err != nil {
		return err
	}
	if len(items) > 0 {
		v.Agenda = &Table{Caption: p.T("event.programme"), Columns: []Column{{Text: p.T("event.agenda.at")}, {Text: p.T("event.agenda.what")}, {Text: p.T("event.agenda.who")}}}
	}
	for _, i := range items {
		at := i.At.In(e.Location())
		text := at.Format("15:04")
		if manyDays(e) {
			text = p.Date(at) + ", " + text
		}
		v.Agenda.Rows = append(v.Agenda.Rows, []Cell{{Text: text}, {Text: i.Title, Lang: string(e.Lang)}, {Text: i.Speaker}})
	}
	if err := p.eventSpeakers(v, e); err != nil {
		return err
	}
	papers, err := p.h.meets().Papers(ctx, e.ID)
	if err != nil {
		return err
	}
	if v.Before, err = p.materials(papers.Before); err != nil {
		return err
	}
	v.After, err = p.materials(papers.After)
	return err
}

// eventEntry is what the reader has to do with it: her registration, the link, what she
// thought of it.
func (p *helping) eventEntry(v *EventView, e event.Event, in account.GroupStanding, m meant) error {
	who, ctx := p.Reader.Subject, p.r.Context()
	if !who.SignedIn() {
		if e.Registers(p.now) {
			v.Why = p.T("event.why.sign-in")
		}
		return nil
	}
	own, err := p.h.meets().Own(ctx, who, e.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if own.Stage != "" && e.Stage != event.Cancelled {
		v.Mine = &Tag{entryMoods[own.Stage], p.T("event.entry." + string(own.Stage))}
		v.Told = p.T("event.entry."+string(own.Stage)+".says", "words", own.Reason)
	}
	if link, err := p.h.meets().Link(ctx, who, e.ID); err == nil {
		v.Link = link
	} else if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if own.Holds() && own.Attended == "" && p.now.Before(e.Begins) && e.Stage != event.Cancelled {
		v.Enter = append(v.Enter, PersonForm{ID: "withdraw", Title: p.T("event.withdraw"), Says: []string{p.T("event.withdraw.says")}, Action: p.URL(e.Path() + "/withdraw"), Button: p.T("event.withdraw"), Warning: true})
	}
	if e.Registers(p.now) && !own.Holds() && own.Stage != event.Declined {
		if !in.Member {
			v.Why = p.T("event.why.member")
		} else {
			v.Enter = append(v.Enter, p.registerForm(e, m))
		}
	}
	if own.Attended == "present" && !who.Program {
		if _, err := p.h.meets().Certificate(ctx, who, e.ID); err == nil {
			v.Paper = p.URL(e.Path() + "/certificate")
		}
		if !own.Rated {
			v.Rate = p.eventRating(e, m)
		}
	}
	return nil
}

func (p *helping) registerForm(e event.Event, m meant) PersonForm {
	form := PersonForm{ID: "register", Title: p.T("event.register"), Says: []string{p.T("event.register.says")}, Action: p.URL(e.Path() + "/register"), Button: p.T("event.register"), Open: true}
	words := p.r.PostForm.Get("words-register")
	if e.Approves {
		form.Says = []string{p.T("event.register.asks")}
	}
	if e.Women > 0 {
		form.Fields = append(form.Fields, Field{Name: "woman-register", Label: p.T("event.field.woman"), Hint: p.T("event.hint.woman"), Type: "checkboxes", Options: []Option{{Value: "1", Text: p.T("event.field.woman.yes"), Chosen: p.r.PostForm.Get("woman-register") != ""}}})
	}
	form.Fields = append(form.Fields, Field{Name: "words-register", Label: p.T("event.field.words"), Hint: p.T("event.hint.words"), Type: "textarea", Rows: 3, Auto: "off", Value: words})
	if m.move == "register" {
		p.flagAt(form.Fields, m, "register")
	}
	return form
}

func (p *helping) eventRating(e event.Event, m meant) *PersonForm {
	form := PersonForm{ID: "rate", Title: p.T("event.rate"), Says: []string{p.T("event.rate.says")}, Action: p.URL(e.Path() + "/rating"), Button: p.T("event.rate.button"), Open: true}
	for _, question := range event.Questions {
		name := question + "-rate"
		field := Field{Name: name, Label: p.T("event.question." + question), Type: "select", Width: "medium", Options: []Option{{Text: p.T("event.rating.none")}}}
		for n := 1; n <= 5; n++ {
			value := strconv.Itoa(n)
			field.Options = append(field.Options, Option{Value: value, Text: p.T("event.rating." + value), Chosen: p.r.PostForm.Get(name) == value})
		}
		form.Fields = append(form.Fields, field)
	}
	form.Fields = append(form.Fields, Field{Name: "words-rate", Label: p.T("event.field.remark"), Hint: p.T("event.hint.remark"), Type: "textarea", Rows: 4, Auto: "off", Value: p.r.PostForm.Get("words-rate")})
	if m.move == "rate" {
		p.flagAt(form.Fields, m, "rate")
	}
	return &form
}

// runsEvent adds what those see who run the group.
func (p *helping) runsEvent(v *EventView, e event.Event, tally event.Tally, m meant) error {
	if !p.Reader.Program {
		v.Runs = append(v.Runs, Link{p.T("event.people.link", "asked", tally.Asked, "waiting", tally.Waiting), p.URL(e.Path() + "/people")})
	}
	if e.Stage != event.Held && e.Stage != event.Cancelled {
		v.Runs = append(v.Runs, Link{p.T("event.edit"), p.URL(e.Path() + "/edit")})
	}
	v.Runs = append(v.Runs, Link{p.T("event.programme.edit"), p.URL(e.Path() + "/programme")})
	if err := p.speakersAsked(v, e); err != nil {
		return err
	}
	for _, move := range event.Moves(e, p.now) {
		name := string(move)
		form := PersonForm{ID: "move-" + name, Title: p.T("event.do." + name), Says: []string{p.T("event.do." + name + ".says")}, Button: p.T("event.do." + name), Action: p.URL(e.Path() + "/move/" + name), Hidden: []Carried{{"rev", strconv.FormatInt(e.Rev, 10)}}, Open: m.move == name || move == event.Publish}
		if move == event.Cancel {
			form.Warning = true
			form.Fields = []Field{{Name: "words-cancel", Label: p.T("event.field.reason"), Type: "textarea", Rows: 3, Auto: "off", Value: p.r.PostForm.Get("words-cancel")}}
			if m.move == name {
				p.flagAt(form.Fields, m, name)
			}
		}
		v.Moves = append(v.Moves, form)
	}
	if tally.Present == 0 || p.Reader.Program {
		return nil
	}
	rated, err := p.h.meets().RatingsOf(p.r.Context(), p.Reader.Subject, e.ID)
	if err != nil {
		return err
	}
	v.Rated = []Fact{{p.T("event.rated"), []Link{{p.T("event.rated.n", "n", rated.Ratings), ""}}}}
	for i, average := range rated.Average {
		if average > 0 {
			v.Rated = append(v.Rated, Fact{p.T("event.question." + event.Questions[i]), []Link{{p.Decimal(average, 1), ""}}})
		}
	}
	v.Words = rated.Words
	return nil
}

var eventNotices = map[event.Move]string{
	event.Publish: newNotice("event.said.publish"), event.Close: newNotice("event.said.close"), event.Reopen: newNotice("event.said.reopen"), event.Hold: newNotice("event.said.hold"), event.Cancel: newNotice("event.said.cancel"),
}

// eventUnmoved says why something did not go, as unmoved does of the other rooms.
func (h *House) eventUnmoved(w http.ResponseWriter, r *http.Request, err error, move string) error {
	m, status := meant{move: move, err: err}, http.StatusConflict
	f := h.site.Frame(r)
	var wrong event.Invalid
	var stale event.Stale
	var impossible event.Impossible
	switch {
	case errors.As(err, &wrong):
		m.wrong, status = wrong, http.StatusUnprocessableEntity
	case errors.As(err, &stale):
		m.says = f.T("assistance.says.changed")
	case errors.As(err, &impossible):
		m.says = f.T(impossible.Key)
		m.keep(f, plain(r.PostForm, "words-"+move))
	default:
		return eventFault(err)
	}
	e, err := h.meets().Event(r.Context(), ReaderOf(r).Subject, r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.showEvent(w, r, e, m, status)
}

func (h *House) moveEvent(w http.ResponseWriter, r *http.Request) error {
	move := event.Move(r.PathValue("move"))
	if eventNotices[move] == "" {
		return NotFound()
	}
	_ = r.PostFormValue("rev") // the form is read
	err := h.meets().Make(r.Context(), ReaderOf(r).Subject, r.PathValue("id"), revOf(r), move, plain(r.PostForm, "words-"+string(move)))
	if err != nil {
		return h.eventUnmoved(w, r, err, string(move))
	}
	return h.site.Frame(r).Redirect(w, event.Path(r.PathValue("id")), eventNotices[move], 0)
}

var (
	noticeEventRegistered = newNotice("event.said.registered")
	noticeEventWithdrawn  = newNotice("event.said.withdrawn")
	noticeEventRated      = newNotice("event.said.rated")
)

// registerForEvent registers the reader; what came of it the page says.
func (h *House) registerForEvent(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return Refused(access.RuleSignIn)
	}
	_ = r.PostFormValue("words-register") // the form is read
	err := h.meets().Register(r.Context(), ReaderOf(r).Subject, r.PathValue("id"), r.PostForm.Get("woman-register") != "", plain(r.PostForm, "words-register"))
	if err != nil {
		return h.eventUnmoved(w, r, err, "register")
	}
	return h.site.Frame(r).Redirect(w, event.Path(r.PathValue("id")), noticeEventRegistered, 0)
}

func (h *House) withdrawFromEvent(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return Refused(access.RuleSignIn)
	}
	if err := h.meets().Withdraw(r.Context(), ReaderOf(r).Subject, r.PathValue("id")); err != nil {
		return h.eventUnmoved(w, r, err, "withdraw")
	}
	return h.site.Frame(r).Redirect(w, event.Path(r.PathValue("id")), noticeEventWithdrawn, 0)
}

func (h *House) rateEvent(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return Refused(access.RuleSignIn)
	}
	_ = r.PostFormValue("words-rate") // the form is read
	var n [4]int64
	for i, question := range event.Questions {
		text := r.PostForm.Get(question + "-rate")
		if !slices.Contains([]string{"", "1", "2", "3", "4", "5"}, text) {
			n[i] = -1
		} else if text != "" {
			n[i] = int64(text[0] - '0')
		}
	}
	err := h.meets().Rate(r.Context(), ReaderOf(r).Subject, r.PathValue("id"), event.Rating{Content: n[0], Speakers: n[1], Running: n[2], Useful: n[3], Words: plain(r.PostForm, "words-rate")})
	if err != nil {
		return h.eventUnmoved(w, r, err, "rate")
	}
	return h.site.Frame(r).Redirect(w, event.Path(r.PathValue("id")), noticeEventRated, 0)
}
