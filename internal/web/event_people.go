package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"polis/internal/community/event"
)

// EventPeopleView is who registered, stage by stage, for those who run the group.
type EventPeopleView struct {
	Back    string
	Stages  []StageLink
	Stage   string
	After   string // where this page begins
	Action  string // of the form of a decision
	Noting  string // address that takes who was there, "" before it begins
	People  []EventPerson
	Choices []Option // of what is noted
	Admit   bool     // they can be admitted
	Decline bool
	More    string
	None    string
}

// EventPerson is one of them.
type EventPerson struct {
	ID, Name, Meta, Words, Reason string
	Said, Error                   string // what was written for a decision, and why it was not taken
	Attended                      []Option
}

var eventPeoplePage = newPage("event-people", EventPeopleView{
	Back: "/en/events/1", Stages: []StageLink{{Text: "Asked", Count: "2", URL: "/en/events/1/people?stage=asked", Here: true}}, Stage: "asked", After: "20", Action: "/en/events/1/decide", Noting: "/en/events/1/attendance",
	People: []EventPerson{{"p1", "Aigul Asanova", "Kyrgyzstan", "I lead the unit.", "Not of the region.", "No", "Write a sentence.", []Option{{Value: "present", Text: "Was there", Chosen: true}}}}, Choices: []Option{{Value: "present", Text: "Was there"}},
	Admit: true, Decline: true, More: "/en/events/1/people?after=20", None: "Nobody.",
})

// shownRegistrations is how many people a page shows.
const shownRegistrations = 50

func (h *House) eventPeople(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	return h.showEntries(w, r, r.URL.Query(), "")
}

// showEntries shows a page of them: at is its address's query, or the form of a decision
// that was not taken, whose words stand beside that person again with the fault's key.
func (h *House) showEntries(w http.ResponseWriter, r *http.Request, at url.Values, fault string) error {
	e, err := h.runEvent(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	tally, err := h.meets().TallyOf(ctx, e.ID)
	if err != nil {
		return err
	}
	stage := event.EntryStage(at.Get("stage"))
	if !slices.Contains(event.EntryStages, stage) {
		stage = event.Admitted
		if tally.Asked > 0 {
			stage = event.Asked
		}
	}
	after, _ := strconv.ParseInt(at.Get("after"), 10, 64) // 0 is the beginning
	list, more, err := h.meets().Entries(ctx, ReaderOf(r).Subject, e.ID, stage, after, shownRegistrations)
	if err != nil {
		return eventFault(err)
	}
	f := h.asking(r, "event.people")
	f.Crumbs = []Link{{f.T("event.title"), f.URL("/events")}, {e.Title, f.URL(e.Path())}}
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	stages := e.Path() + "/people?stage="
	v := EventPeopleView{Back: f.URL(e.Path()), Stage: string(stage), After: at.Get("after"), Action: f.URL(e.Path() + "/decide"), None: f.T("event.people.none")}
	counts := map[event.EntryStage]int64{event.Asked: tally.Asked, event.Admitted: tally.Admitted, event.Waiting: tally.Waiting, event.Declined: tally.Declined, event.Withdrawn: tally.Withdrawn}
	for _, s := range event.EntryStages {
		v.Stages = append(v.Stages, StageLink{f.T("event.entry." + string(s)), f.Number(counts[s]), f.URL(stages + string(s)), s == stage})
	}
	decides := e.Stage == event.Open || e.Stage == event.Closed
	v.Admit = decides && (stage == event.Asked || stage == event.Declined)
	v.Decline = decides && (stage == event.Asked || stage == event.Waiting || stage == event.Admitted)
	if stage == event.Admitted && !p.now.Before(e.Begins) && e.Stage != event.Cancelled {
		v.Noting, v.Decline = f.URL(e.Path()+"/attendance"), false
	}
	if more > 0 {
		v.More = f.URL(stages + string(stage) + "&after=" + strconv.FormatInt(more, 10))
	}
	if v.People, err = p.eventEntries(list); err != nil {
		return err
	}
	for i, x := range v.People {
		if fault != "" && x.ID == at.Get("person") {
			v.People[i].Said, v.People[i].Error = at.Get("reason"), f.T(fault)
			f.Errors, f.Status = []Error{{"reason-" + x.ID, f.T(fault)}}, http.StatusUnprocessableEntity
		}
	}
	return eventPeoplePage.Show(w, f, v)
}

func (p *helping) eventEntries(list []event.Entry) (people []EventPerson, err error) {
	var ids []string
	for _, e := range list {
		ids = append(ids, e.Person)
	}
	if err := p.meet(ids); err != nil {
		return nil, err
	}
	for _, e := range list {
		x := EventPerson{ID: e.Person, Name: p.acted(e.Person), Meta: p.Date(e.Created), Words: e.Words, Reason: e.Reason}
		if e.Host != "" {
			x.Meta = p.entry(e.Host).Text + " · " + x.Meta
		}
		for _, is := range []string{"", "present", "absent"} {
			key := "event.attended.none"
			if is != "" {
				key = "event.attended." + is
			}
			x.Attended = append(x.Attended, Option{Value: is, Text: p.T(key), Chosen: e.Attended == is})
		}
		people = append(people, x)
	}
	return people, nil
}

var (
	noticeEntryDecided = newNotice("event.said.decided")
	noticeNoted        = newNotice("event.said.noted")
)

// decideEntry admits somebody, or declines with a sentence.
func (h *House) decideEntry(w http.ResponseWriter, r *http.Request) error {
	_ = r.PostFormValue("person") // the form is read
	in := r.PostForm
	from, admit := event.EntryStage(in.Get("stage")), in.Get("verdict") == "admit"
	err := h.meets().Decide(r.Context(), ReaderOf(r).Subject, r.PathValue("id"), in.Get("person"), from, admit, plain(in, "reason"))
	if wrong, ok := err.(event.Invalid); ok { //nolint:errorlint // the room returns it as it is
		return h.showEntries(w, r, in, wrong["words"])
	}
	if err != nil {
		return eventFault(err)
	}
	return h.site.Frame(r).Redirect(w, event.Path(r.PathValue("id"))+"/people?stage="+string(from), noticeEntryDecided, 0)
}

func (h *House) noteAttendance(w http.ResponseWriter, r *http.Request) error {
	_ = r.PostFormValue("person") // the form is read
	attended := map[string]string{}
	for _, person := range r.PostForm["person"] {
		attended[person] = r.PostForm.Get("attended-" + person)
	}
	if err := h.meets().Note(r.Context(), ReaderOf(r).Subject, r.PathValue("id"), attended); err != nil {
		return eventFault(err)
	}
	return h.site.Frame(r).Redirect(w, event.Path(r.PathValue("id"))+"/people?stage=admitted", noticeNoted, 0)
}
