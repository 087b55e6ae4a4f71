package api

import (
	"context"
	"errors"
	"math"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/lang"
)

// ActivityDraft is what is written of an activity before it is held.
type ActivityDraft struct {
	Kind       string      `json:"kind" enum:"training,workshop,study-visit,advice,monitoring,equipment,guidance,legislative,forum"`
	Lang       string      `json:"lang" enum:"en,fr,de,it,ru,es" doc:"In which this is written."`
	Title      string      `json:"title" maxLength:"1000"`
	Starts     string      `json:"starts" maxLength:"10" doc:"The first day."`
	Ends       string      `json:"ends" required:"false" maxLength:"10" doc:"The last day; empty for the same one."`
	Place      string      `json:"place" required:"false" maxLength:"1000"`
	Online     bool        `json:"online" required:"false"`
	Hosts      []HostDraft `json:"hosts" maxItems:"400" doc:"In which it goes on: gates of its project that are open."`
	Organisers []string    `json:"organisers" maxItems:"100" doc:"Directory ids, or names. However many there are, it is one activity."`
	Languages  []string    `json:"languages" required:"false" maxItems:"100" doc:"In which it is held."`
	Trainers   []string    `json:"trainers" required:"false" maxItems:"100" doc:"Offices and organisations, never people."`
	Agenda     string      `json:"agenda" required:"false" maxLength:"50000"`
	Coauthor   string      `json:"coauthor" required:"false" maxLength:"1000" doc:"Of guidance: the State's office that writes it (Framework ¶14.5)."`
	Materials  []string    `json:"materials" required:"false" maxItems:"100" doc:"Ids of documents of the library."`
	Issues     string      `json:"issues" required:"false" maxLength:"50000" doc:"Raised at a forum."`
	Replies    string      `json:"replies" required:"false" maxLength:"50000" doc:"And what was answered."`
	Groups     []string    `json:"groups" required:"false" maxItems:"100" doc:"That a forum brought together."`
	FollowUps  []string    `json:"followUps" required:"false" maxItems:"100" doc:"The days on which a forum goes on."`
}

// HostDraft is a State with one of the areas of its consent.
type HostDraft struct {
	State string `json:"state" maxLength:"100"`
	Area  string `json:"area" maxLength:"100" doc:"A theme."`
}

func (a *API) activityDraft(ctx context.Context, d ActivityDraft, there []string) (assistance.ActivityDraft, error) {
	materials, err := a.named(ctx, "materials", d.Materials, there)
	out := assistance.ActivityDraft{
		Kind: d.Kind, Lang: lang.Tag(d.Lang), Title: d.Title, Starts: d.Starts, Ends: d.Ends, Place: d.Place, Online: d.Online, Organisers: d.Organisers,
		Languages: d.Languages, Trainers: d.Trainers, Agenda: d.Agenda, Coauthor: d.Coauthor, Materials: materials, Issues: d.Issues, Replies: d.Replies,
		Groups: d.Groups, FollowUps: d.FollowUps,
	}
	for _, h := range d.Hosts {
		out.Hosts = append(out.Hosts, assistance.ActivityHost{Host: h.State, Area: h.Area})
	}
	return out, err
}

// written is the draft of an activity as the caller reads it.
func (o *ActivityOutput) written() ActivityDraft {
	b := o.Body
	d := ActivityDraft{
		Kind: b.Kind, Lang: b.Lang, Title: b.Title, Starts: b.Starts, Ends: b.Ends, Place: b.Place, Online: b.Online, Organisers: b.Organisers,
		Languages: b.Languages, Trainers: b.Trainers, Agenda: b.Agenda, Coauthor: b.Coauthor, Materials: b.Materials, Issues: b.Issues, Replies: b.Replies,
		Groups: b.Groups, FollowUps: b.FollowUps, Hosts: []HostDraft{},
	}
	for _, h := range b.Hosts {
		if !h.Dropped {
			d.Hosts = append(d.Hosts, HostDraft{h.State, h.Area})
		}
	}
	return d
}

// HeldActivity is what is said of an activity that was held: when and where, and who
// took part, in figures.
type HeldActivity struct {
	Starts       string         `json:"starts" required:"false" maxLength:"10" doc:"The first day; empty: as it was planned."`
	Ends         string         `json:"ends" required:"false" maxLength:"10" doc:"The last day; empty for the same one."`
	Place        string         `json:"place" required:"false" maxLength:"1000" doc:"Empty: as it was planned."`
	Online       bool           `json:"online" required:"false"`
	Total        int64          `json:"total" minimum:"0" doc:"How many took part."`
	Women        int64          `json:"women" required:"false" minimum:"0"`
	Men          int64          `json:"men" required:"false" minimum:"0" doc:"What women and men leave of the total is not known, or other."`
	Unattended   string         `json:"unattended" required:"false" maxLength:"20000" doc:"Why nobody took part, as with equipment."`
	Remark       string         `json:"remark" required:"false" maxLength:"20000" doc:"In a few words, what came of it; without names."`
	Participants []Participants `json:"participants" required:"false" maxItems:"200" doc:"By group, where more is known; they add up to the totals."`
	Feedback     *Feedback      `json:"feedback" required:"false"`
}

// held is what the room takes, with the days and the place that were planned where
// nothing else is said.
func (h HeldActivity) held(x assistance.Activity) assistance.Held {
	out := assistance.Held{Starts: h.Starts, Ends: h.Ends, Place: h.Place, Online: h.Online}
	if h.Starts == "" && h.Ends == "" {
		out.Starts, out.Ends = x.Starts, x.Ends
	}
	if h.Place == "" && !h.Online {
		out.Place, out.Online = x.Place, x.Online
	}
	out.Figures = assistance.Figures{Total: h.Total, Women: h.Women, Men: h.Men, Unattended: h.Unattended, Remark: h.Remark}
	for _, g := range h.Participants {
		out.Who = append(out.Who, assistance.Participants{Sex: g.Sex, Rank: g.Rank, Service: g.Service, State: g.State, Number: g.Number})
	}
	if f := h.Feedback; f != nil {
		hundredths := func(average float64) int64 { return int64(math.Round(average * 100)) }
		out.Feedback = assistance.Feedback{
			Answers: f.Answers, Relevance: hundredths(f.Relevance), Content: hundredths(f.Content), Teaching: hundredths(f.Trainers),
			Organisation: hundredths(f.Organisation), Opinions: f.Opinions,
		}
	}
	return out
}

// activityNames are the fields of an activity that the room calls otherwise.
var activityNames = map[string]string{
	"follow-ups": "followUps", "who": "held.participants", "total": "held.total", "women": "held.women", "men": "held.men", "unattended": "held.unattended",
	"remark": "held.remark", "answers": "held.feedback.answers", "opinions": "held.feedback.opinions", "question-relevance": "held.feedback.relevance",
	"question-content": "held.feedback.content", "question-trainers": "held.feedback.trainers", "question-organisation": "held.feedback.organisation",
}

func (a *API) registerActivityWrites(h huma.API) {
	tags := []string{"Assistance"}
	moved := []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed}
	huma.Register(h, huma.Operation{
		OperationID: "plan-activity", Method: http.MethodPost, Path: Base + "/projects/{id}/activities", Tags: tags, DefaultStatus: http.StatusCreated,
		Errors:  []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict},
		Summary: "Plan an activity in a project, within its days and its host States",
	}, a.planActivity)
	huma.Register(h, huma.Operation{
		OperationID: "revise-activity", Method: http.MethodPut, Path: Base + "/activities/{id}", Tags: tags, Errors: moved,
		Summary: "Write an activity anew, as a whole: what is left out is emptied. What was held keeps its days, its place and its States",
	}, a.reviseActivity)
	huma.Register(h, huma.Operation{
		OperationID: "move-activity", Method: http.MethodPost, Path: Base + "/activities/{id}/moves", Tags: tags, Errors: moved,
		Summary: "Say that an activity was held, with figures; mend them; cancel it; open it again",
	}, a.moveActivity)
}

func (a *API) planActivity(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"100" doc:"Of the project."`
	Key  string `header:"Idempotency-Key" maxLength:"200" doc:"Of the same that is sent twice under one key within a day, one is done."`
	Body struct {
		ActivityDraft
		Model string `json:"model" required:"false" maxLength:"100" doc:"Id of the activity of which it is made as a copy."`
	}
},
) (*ActivityOutput, error) {
	id, err := a.once(ctx, in.Key, "projects/"+in.ID+"/activities", in.Body, func() (string, error) {
		d, err := a.activityDraft(ctx, in.Body.ActivityDraft, nil)
		if err != nil {
			return "", err
		}
		return a.help().PlanActivity(ctx, subject(ctx), in.ID, d, in.Body.Model)
	})
	if err != nil {
		p, missing := a.help().Project(ctx, scope(ctx), in.ID)
		if missing != nil {
			return nil, problem(ctx, missing)
		}
		return nil, unready(ctx, p, access.PlanHelp, p.Label, renamed(err, activityNames))
	}
	return a.activityOf(ctx, id)
}

func (a *API) reviseActivity(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"100"`
	Body struct {
		ActivityDraft
		Rev int64 `json:"rev" doc:"Of the activity as it was read: where it was changed meanwhile nothing is done, and what stands there now is told."`
	}
},
) (*ActivityOutput, error) {
	x, err := a.help().Activity(ctx, scope(ctx), in.ID)
	if err != nil {
		return nil, problem(ctx, err)
	}
	d, err := a.activityDraft(ctx, in.Body.ActivityDraft, x.Materials)
	if err == nil {
		err = a.help().ReviseActivity(ctx, subject(ctx), in.ID, in.Body.Rev, d)
	}
	stored, missing := a.activityOf(ctx, in.ID)
	if missing == nil && failed(err) {
		return nil, unsaved(ctx, access.PlanHelp, x.Label, renamed(err, activityNames), in.Body.ActivityDraft, stored.written())
	}
	return stored, missing
}

func (a *API) moveActivity(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"100"`
	Body struct {
		Move  string        `json:"move" enum:"hold,mend,cancel,reopen" doc:"hold: it was held. mend: other figures in place of those that stand there."`
		Rev   int64         `json:"rev" doc:"Of the activity as it was read: where it was changed meanwhile nothing is done."`
		Words string        `json:"words" required:"false" maxLength:"20000" doc:"The reason, of all moves but hold."`
		Held  *HeldActivity `json:"held" required:"false" doc:"To hold or to mend."`
	}
},
) (*ActivityOutput, error) {
	x, err := a.help().Activity(ctx, scope(ctx), in.ID)
	if err != nil {
		return nil, problem(ctx, err)
	}
	h, who, b := a.help(), subject(ctx), in.Body
	var said HeldActivity
	if b.Held != nil {
		said = *b.Held
	}
	move := assistance.ActivityMove(b.Move)
	switch move {
	case assistance.HoldMove:
		err = h.HoldActivity(ctx, who, in.ID, b.Rev, said.held(x))
	case assistance.MendMove:
		err = h.MendActivity(ctx, who, in.ID, b.Rev, said.held(x), b.Words)
	case assistance.CancelMove:
		err = h.CancelActivity(ctx, who, in.ID, b.Rev, b.Words)
	case assistance.ReopenMove:
		err = h.ReopenActivity(ctx, who, in.ID, b.Rev, b.Words)
	}
	if failed(err) {
		return nil, a.unheld(ctx, x, move, said, err)
	}
	return a.activityOf(ctx, in.ID)
}

// unheld is unready for an activity; figures that do not add up are said with what the
// groups make.
func (a *API) unheld(ctx context.Context, x assistance.Activity, move assistance.ActivityMove, said HeldActivity, err error) error {
	needs := access.PlanHelp
	if move == assistance.ReopenMove {
		needs = access.HandleHelp
	}
	var uneven assistance.Uneven
	if errors.As(err, &uneven) {
		return unadded(ctx, said, uneven)
	}
	p, missing := a.help().Project(ctx, scope(ctx), x.Project)
	if missing != nil {
		return problem(ctx, missing)
	}
	return unready(ctx, p, needs, x.Label, renamed(err, activityNames))
}

// unadded says by how much the groups differ from the totals.
func unadded(ctx context.Context, said HeldActivity, by assistance.Uneven) error {
	p := lang.For(asked(ctx))
	var details []error
	for _, of := range []struct {
		name      string
		typed, by int64
	}{{"total", said.Total, by.Total}, {"women", said.Women, by.Women}, {"men", said.Men, by.Men}} {
		if of.by == 0 {
			continue
		}
		far, n := "activity.uneven.more", of.by
		if n < 0 {
			far, n = "activity.uneven.less", -n
		}
		message := p.T("activity.uneven."+of.name, "sum", of.typed+of.by, "typed", of.typed, "by", p.T(far, "n", n))
		details = append(details, &huma.ErrorDetail{Location: "body.held." + of.name, Message: message, Value: of.typed})
	}
	refused := huma.Error422UnprocessableEntity("something is missing or wrong", details...)
	return huma.ErrorWithHeaders(refused, http.Header{"Content-Language": {string(asked(ctx))}})
}
