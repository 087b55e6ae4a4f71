package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"polis/internal/account"
	"polis/internal/community/discussion"
	"polis/internal/store"
)

func (h *House) openPolls() {
	h.site.Handle("GET /topics/{id}/poll", h.pollForm)
	h.site.Handle("POST /topics/{id}/poll", h.addPoll)
	h.site.Handle("POST /topics/{id}/poll/{move}", h.movePoll)
}

// PollView is the poll of a topic.
type PollView struct {
	Title   string
	Says    []string // until when, how it is voted, how many have
	Vote    *Field   // where she votes
	Action  string
	Button  string
	Results *PollResults
	Ends    []PersonForm // ends it, or takes it away
}

// PollResults is what was chosen, in a table with bars.
type PollResults struct {
	Caption string
	Named   bool // it says who
	Rows    []PollRow
}

// PollRow is a choice.
type PollRow struct {
	Text, Votes, Share, Who string
	Width                   int  // of its bar, 0 to 100
	Hers                    bool // she has chosen it
}

var samplePoll = PollView{
	Title: "Poll", Says: []string{"Open until 3 March 2026."}, Vote: &Field{Name: "choice", Label: "Your answer", Type: "radios", Options: []Option{{Value: "1", Text: "Yes"}, {Value: "2", Text: "No"}}},
	Action: "/en/topics/1/poll/vote", Button: "Vote",
	Results: &PollResults{Caption: "Results", Named: true, Rows: []PollRow{{"Yes", "2", "66 %", "Aigul, Bela", 66, true}, {"No", "1", "33 %", "", 33, false}}}, Ends: []PersonForm{{ID: "poll-end", Title: "End the poll now", Says: []string{"Nobody votes any more."}, Action: "/en/topics/1/poll/end", Button: "End"}},
}

// poll fills in the poll of a topic, or where one can be put to it.
func (p talking) poll(t discussion.Topic, s account.GroupStanding, writes bool, v *TopicView) error {
	decides := discussion.MayPoll(p.Reader.Subject, t, s, p.now)
	o, voted, sees, err := p.h.talks().Poll(p.r.Context(), p.Reader.Subject, t)
	if errors.Is(err, store.ErrNotFound) {
		if decides {
			v.AddPoll = &Link{p.T("poll.add"), p.URL(t.Path() + "/poll")}
		}
		return nil
	}
	if err != nil {
		return err
	}
	view := PollView{Title: p.T("poll.title"), Action: p.URL(t.Path() + "/poll/vote")}
	over := o.Over(p.now)
	view.Says = p.pollSays(o, voted, sees, over)
	if writes && !over {
		view.Vote, view.Button = p.pollVote(o), p.T("poll.vote")
		if voted {
			view.Button = p.T("poll.vote.anew")
		}
	}
	if sees {
		if view.Results, err = p.pollResults(o); err != nil {
			return err
		}
	}
	if decides && !over {
		view.Ends = append(view.Ends, p.pollMove(t, "end", false))
	}
	if decides && o.Voters == 0 {
		view.Ends = append(view.Ends, p.pollMove(t, "remove", true))
	}
	v.Poll = &view
	return nil
}

// pollSays is what is to be known before one votes.
func (p talking) pollSays(o discussion.Poll, voted, sees, over bool) (says []string) {
	key := "poll.until"
	if over {
		key = "poll.over"
	}
	kind := "poll.named.says"
	if o.Secret {
		kind = "poll.secret.says"
	}
	says = append(says, p.T(key, "day", p.DateTime(o.Until))+" "+p.T("poll.voters", "n", o.Voters), p.T(kind))
	switch {
	case sees:
	case over:
		says = append(says, p.T("poll.few", "n", discussion.FewestSecret))
	case o.Results == discussion.AfterVote:
		says = append(says, p.T("poll.results.voted.says"))
	default:
		says = append(says, p.T("poll.results.end.says"))
	}
	if voted && !over {
		says = append(says, p.T("poll.hers"))
	}
	return says
}

func (p talking) pollVote(o discussion.Poll) *Field {
	f := &Field{Name: "choice", Label: p.T("poll.field.one"), Type: "radios"}
	if o.Many {
		f.Label, f.Type = p.T("poll.field.many"), "checkboxes"
	}
	for _, c := range o.Choices {
		f.Options = append(f.Options, Option{Value: strconv.Itoa(c.N), Text: c.Text, Chosen: c.Hers})
	}
	return f
}

// shownVoters is how many names stand beside a choice.
const shownVoters = 50

func (p talking) pollResults(o discussion.Poll) (*PollResults, error) {
	r := &PollResults{Caption: p.T("poll.results"), Named: !o.Secret}
	var met []discussion.Post
	for _, c := range o.Choices {
		for _, id := range c.Who[:min(len(c.Who), shownVoters)] {
			met = append(met, discussion.Post{Author: id})
		}
	}
	if len(met) > 0 {
		if err := p.know(met); err != nil {
			return nil, err
		}
	}
	for _, c := range o.Choices {
		row := PollRow{Text: c.Text, Votes: p.Number(c.Votes), Hers: c.Hers, Share: p.Percent(0)}
		if o.Voters > 0 {
			share := float64(c.Votes) / float64(o.Voters)
			row.Share, row.Width = p.Percent(share), int(100*share+.5)
		}
		var names []string
		for _, id := range c.Who[:min(len(c.Who), shownVoters)] {
			names = append(names, p.author(id))
		}
		if len(c.Who) > shownVoters {
			names = append(names, p.T("poll.more", "n", len(c.Who)-shownVoters))
		}
		row.Who = p.List(names)
		r.Rows = append(r.Rows, row)
	}
	return r, nil
}

func (p talking) pollMove(t discussion.Topic, move string, warning bool) PersonForm {
	return PersonForm{
		ID: "poll-" + move, Title: p.T("poll.do." + move), Says: []string{p.T("poll.do." + move + ".says")},
		Action: p.URL(t.Path() + "/poll/" + move), Button: p.T("poll.do." + move), Warning: warning,
	}
}

// PollForm is the form of a new poll.
type PollForm struct {
	Lead         string
	Action, Back string
	Fields       []Field
}

var pollPage = newPage("poll", PollForm{
	Lead: "The title is the question.", Action: "/en/topics/1/poll", Back: "/en/topics/1",
	Fields: []Field{{Name: "choices", Label: "Answers", Type: "textarea", Error: "Write two."}, {Name: "until", Label: "Until", Width: "short"}},
})

func (h *House) pollForm(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	return h.showPollForm(w, r, nil)
}

// showPollForm shows it, with what was typed where wrong says what does not go.
func (h *House) showPollForm(w http.ResponseWriter, r *http.Request, wrong map[string]string) error {
	t, err := h.talks().Topic(r.Context(), ReaderOf(r).Subject, r.PathValue("id"))
	if err != nil {
		return err
	}
	f := h.asking(r, "poll.new")
	p, err := h.talking(r, f)
	if err != nil {
		return err
	}
	s, err := account.StandingIn(r.Context(), h.DB, f.Reader.Subject, t.Group)
	if err != nil {
		return err
	}
	if !discussion.MayPoll(f.Reader.Subject, t, s, p.now) {
		return f.talkFault(discussion.ErrForbidden)
	}
	f.Crumbs = []Link{{p.groupCalled(t.Group), f.URL("/groups/" + t.Group)}, {t.Title, f.URL(t.Path())}}
	d := drafting{wording: p.wording, wrong: wrong}
	radios := func(name, chosen string, values ...string) Field {
		field := Field{Name: name, Label: p.T("poll.field." + name), Type: "radios", Error: d.fault(name)}
		for _, v := range values {
			field.Options = append(field.Options, Option{Value: v, Text: p.T("poll." + name + "." + v), Hint: p.T("poll." + name + "." + v + ".hint"), Chosen: v == chosen})
		}
		return field
	}
	typed := func(name, otherwise string) string {
		if wrong == nil {
			return otherwise
		}
		return r.PostFormValue(name)
	}
	example := p.now.AddDate(0, 0, 14).Format(time.DateOnly)
	v := PollForm{Lead: f.T("poll.lead", "title", t.Title), Action: f.URL(t.Path() + "/poll"), Back: f.URL(t.Path()), Fields: []Field{
		{Name: "choices", Label: p.T("poll.field.choices"), Hint: p.T("poll.hint.choices"), Type: "textarea", Rows: 5, Value: typed("choices", ""), Error: d.fault("choices")},
		radios("count", typed("count", "one"), "one", "many"),
		radios("ballot", typed("ballot", "named"), "named", "secret"),
		radios("results", typed("results", discussion.AfterVote), discussion.AfterVote, discussion.AtEnd),
		{Name: "until", Label: p.T("poll.field.until"), Hint: p.T("poll.hint.until", "example", example), Value: typed("until", example), Width: "short", Auto: "off", Error: d.fault("until")},
	}}
	if wrong != nil {
		f.Status = http.StatusUnprocessableEntity
	}
	return pollPage.Show(w, f, v)
}

// addPoll puts a poll to a topic. It is open through the day that was named.
func (h *House) addPoll(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	f, id := h.site.Frame(r), r.PathValue("id")
	draft := discussion.PollDraft{
		Choices: strings.Split(r.PostFormValue("choices"), "\n"), Many: r.PostFormValue("count") == "many",
		Secret: r.PostFormValue("ballot") == "secret", Results: r.PostFormValue("results"),
	}
	if day, err := time.Parse(time.DateOnly, strings.TrimSpace(r.PostFormValue("until"))); err == nil {
		draft.Until = day.AddDate(0, 0, 1)
	}
	err := h.talks().AddPoll(r.Context(), f.Reader.Subject, id, draft)
	var wrong discussion.Invalid
	switch {
	case errors.As(err, &wrong):
		return h.showPollForm(w, r, wrong)
	case err != nil:
		return f.talkFault(err)
	}
	return f.Redirect(w, discussion.TopicPath(id)+"#poll", pollNotices["add"], 0)
}

var pollNotices = map[string]string{
	"add": newNotice("poll.said.add"), "vote": newNotice("poll.said.vote"), "end": newNotice("poll.said.end"), "remove": newNotice("poll.said.remove"),
}

// movePoll votes, ends a poll or takes it away.
func (h *House) movePoll(w http.ResponseWriter, r *http.Request) error {
	move, id := r.PathValue("move"), r.PathValue("id")
	if !slices.Contains([]string{"vote", "end", "remove"}, move) {
		return NotFound()
	}
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	f := h.site.Frame(r)
	var err error
	switch move {
	case "vote":
		_ = r.ParseForm() // a form that cannot be read chooses nothing
		var choices []int
		for _, text := range r.PostForm["choice"] {
			n, _ := strconv.Atoi(text) // 0 is no choice
			choices = append(choices, n)
		}
		err = h.talks().Vote(r.Context(), f.Reader.Subject, id, choices)
	case "end":
		err = h.talks().EndPoll(r.Context(), f.Reader.Subject, id)
	case "remove":
		err = h.talks().RemovePoll(r.Context(), f.Reader.Subject, id)
	}
	var wrong discussion.Invalid
	switch {
	case errors.As(err, &wrong):
		return &Fault{Status: http.StatusUnprocessableEntity, Key: wrong["choice"], Err: err}
	case err != nil:
		return f.talkFault(err)
	}
	return f.Redirect(w, discussion.TopicPath(id)+"#poll", pollNotices[move], 0)
}
