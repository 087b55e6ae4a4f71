package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"polis/internal/assistance"
)

// Activity is what was done, or will be, on some days in a project.
type Activity struct {
	ID            string         `json:"id"`
	URL           string         `json:"url" doc:"Its page on this server, without the language."`
	Number        string         `json:"number"`
	Project       string         `json:"project" doc:"Id of its project."`
	ProjectNumber string         `json:"projectNumber"`
	Kind          string         `json:"kind" enum:"training,workshop,study-visit,advice,monitoring,equipment,guidance,legislative,forum"`
	Lang          string         `json:"lang" doc:"In which this is written."`
	Title         string         `json:"title"`
	Starts        string         `json:"starts" doc:"The first day."`
	Ends          string         `json:"ends" doc:"The last day."`
	Place         string         `json:"place"`
	Online        bool           `json:"online"`
	Hosts         []ActivityHost `json:"hosts" doc:"The States and areas in which it goes on or went on."`
	Organisers    []string       `json:"organisers" doc:"Directory ids, or names. However many there are, it is one activity."`
	Languages     []string       `json:"languages" doc:"In which it is held."`
	Trainers      []string       `json:"trainers" doc:"Offices and organisations, never people."`
	Stage         string         `json:"stage" enum:"planned,held,cancelled"`
	Total         int64          `json:"total" doc:"How many took part; 0 until it was held."`
	Women         int64          `json:"women"`
	Men           int64          `json:"men"`
	External      string         `json:"external" doc:"The key under which an import knows it, or empty."`
	Level         string         `json:"level"`
	Rev           int64          `json:"rev"`
	Created       string         `json:"created"`
	Updated       string         `json:"updated"`
}

// ActivityHost is a State with one of the areas of its consent.
type ActivityHost struct {
	State   string `json:"state"`
	Area    string `json:"area" doc:"A theme."`
	Dropped bool   `json:"dropped" doc:"The area was closed before the activity was held."`
}

// Participants are some of those who took part.
type Participants struct {
	State   string `json:"state" doc:"Empty where it is not known."`
	Service string `json:"service" enum:"police,border,prosecution,judiciary,prison,civil-society,academy,other"`
	Rank    string `json:"rank" enum:"command,middle,line,civilian,other-service,unknown"`
	Sex     string `json:"sex" enum:"f,m,other" doc:"other: or not known."`
	Number  int64  `json:"number"`
}

// Feedback is what those who took part thought of it.
type Feedback struct {
	Answers      int64   `json:"answers" doc:"How many there were."`
	Relevance    float64 `json:"relevance" required:"false" minimum:"0" maximum:"5" doc:"The average of 1 to 5; 0 where it was not asked."`
	Content      float64 `json:"content" required:"false" minimum:"0" maximum:"5"`
	Trainers     float64 `json:"trainers" required:"false" minimum:"0" maximum:"5"`
	Organisation float64 `json:"organisation" required:"false" minimum:"0" maximum:"5"`
	Opinions     string  `json:"opinions" required:"false" maxLength:"20000" doc:"In words, without names."`
}

func newFeedback(f assistance.Feedback) Feedback {
	average := func(n int64) float64 { return float64(n) / 100 } // the room counts in hundredths
	return Feedback{f.Answers, average(f.Relevance), average(f.Content), average(f.Teaching), average(f.Organisation), f.Opinions}
}

// ActivitiesOutput is a page of activities.
type ActivitiesOutput struct {
	Body struct {
		Activities []Activity `json:"activities"`
		Next       string     `json:"next" doc:"What after has to be for the next page; empty where there is none."`
	}
}

// ActivityOutput is one activity.
type ActivityOutput struct {
	Body struct {
		Activity
		Model        string         `json:"model" doc:"Id of the activity of which it was made as a copy, or empty."`
		Agenda       string         `json:"agenda"`
		Issues       string         `json:"issues" doc:"Raised at a forum."`
		Replies      string         `json:"replies" doc:"And what was answered."`
		Groups       []string       `json:"groups" doc:"That a forum brought together."`
		FollowUps    []string       `json:"followUps" doc:"The days on which a forum goes on."`
		Coauthor     string         `json:"coauthor" doc:"Of guidance: the State's office that writes it."`
		Materials    []string       `json:"materials" doc:"Ids of documents of the library."`
		Unattended   string         `json:"unattended" doc:"Why nobody took part."`
		Remark       string         `json:"remark"`
		Participants []Participants `json:"participants" doc:"Figures by group."`
		Feedback     Feedback       `json:"feedback"`
		Moves        []string       `json:"moves" doc:"Those that the caller can make now."`
		Steps        []HelpStep     `json:"steps" doc:"The first first."`
	}
}

func (a *API) registerActivities(h huma.API) {
	tags := []string{"Assistance"}
	huma.Register(h, huma.Operation{
		OperationID: "list-activities", Method: http.MethodGet, Path: Base + "/activities", Tags: tags,
		Summary: "Trainings, workshops, visits, advice, equipment: the latest first",
	}, a.activities)
	huma.Register(h, huma.Operation{
		OperationID: "get-activity", Method: http.MethodGet, Path: Base + "/activities/{id}", Tags: tags, Errors: []int{http.StatusNotFound},
		Summary: "An activity with its figures and its history",
	}, a.activity)
	a.registerActivityWrites(h)
}

func newActivity(x assistance.Activity) Activity {
	out := Activity{
		ID: x.ID, URL: "/assistance/activities/" + x.ID, Number: x.Number, Project: x.Project, ProjectNumber: x.ProjectNumber, Kind: x.Kind, Lang: string(x.Lang),
		Title: x.Title, Starts: x.Starts, Ends: x.Ends, Place: x.Place, Online: x.Online, Hosts: []ActivityHost{}, Organisers: list(x.Organisers),
		Languages: list(x.Languages), Trainers: list(x.Trainers), Stage: string(x.Stage), External: x.External, Level: x.Level.String(), Rev: x.Rev,
		Created: moment(x.Created), Updated: moment(x.Updated),
	}
	if x.Stage == assistance.ActivityHeld {
		out.Total, out.Women, out.Men = x.Total, x.Women, x.Men
	}
	for _, h := range x.Hosts {
		out.Hosts = append(out.Hosts, ActivityHost{h.Host, h.Area, h.Dropped})
	}
	return out
}

func (a *API) activities(ctx context.Context, in *struct {
	Project   string   `query:"project" maxLength:"100"`
	State     string   `query:"state" maxLength:"100" doc:"Directory id of a State in which it goes on."`
	Theme     string   `query:"theme" maxLength:"100" doc:"And those that belong to it."`
	Structure string   `query:"structure" maxLength:"200" doc:"Directory id of an organiser."`
	Kind      string   `query:"kind" enum:"training,workshop,study-visit,advice,monitoring,equipment,guidance,legislative,forum"`
	Stage     []string `query:"stage,explode" maxItems:"3" enum:"planned,held,cancelled"`
	From      string   `query:"from" format:"date" doc:"It starts on this day or later."`
	To        string   `query:"to" format:"date" doc:"It starts on this day or before."`
	Order     string   `query:"order" enum:"starts,created" default:"starts"`
	After     string   `query:"after" maxLength:"200" doc:"The next of the page before."`
	Limit     int      `query:"limit" minimum:"1" maximum:"500" default:"50"`
},
) (*ActivitiesOutput, error) {
	after, err := placeOf(in.After)
	if err != nil {
		return nil, err
	}
	f := assistance.ActivityFilter{
		Project: in.Project, State: in.State, Theme: in.Theme, Body: in.Structure, Kind: in.Kind, From: in.From, To: in.To, Newest: in.Order == "created",
	}
	for _, s := range in.Stage {
		f.Stages = append(f.Stages, assistance.ActivityStage(s))
	}
	found, more, err := a.help().Activities(ctx, scope(ctx), f, after, in.Limit)
	if err != nil {
		return nil, problem(ctx, err)
	}
	out := &ActivitiesOutput{}
	out.Body.Activities, out.Body.Next = make([]Activity, 0, len(found)), next(more)
	for _, x := range found {
		out.Body.Activities = append(out.Body.Activities, newActivity(x))
	}
	return out, nil
}

func (a *API) activity(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"100"`
},
) (*ActivityOutput, error) {
	return a.activityOf(ctx, in.ID)
}

func (a *API) activityOf(ctx context.Context, id string) (*ActivityOutput, error) {
	x, err := a.help().Activity(ctx, scope(ctx), id)
	if err != nil {
		return nil, problem(ctx, err)
	}
	p, err := a.help().Project(ctx, scope(ctx), x.Project)
	if err != nil {
		return nil, problem(ctx, err)
	}
	steps, err := a.help().ActivitySteps(ctx, x.ID)
	if err != nil {
		return nil, problem(ctx, err)
	}
	readable, err := a.readable(ctx, x.Materials)
	if err != nil {
		return nil, problem(ctx, err)
	}
	out := &ActivityOutput{}
	b := &out.Body
	b.Activity, b.Model, b.Agenda, b.Coauthor, b.Issues, b.Replies = newActivity(x), x.Model, x.Agenda, x.Coauthor, x.Issues, x.Replies
	b.Groups, b.FollowUps, b.Materials = list(x.Groups), list(x.FollowUps), slices.DeleteFunc(list(x.Materials), func(id string) bool { return !readable[id] })
	b.Participants, b.Moves, b.Steps = []Participants{}, []string{}, make([]HelpStep, 0, len(steps))
	if x.Stage == assistance.ActivityHeld {
		b.Unattended, b.Remark, b.Feedback = x.Unattended, x.Remark, newFeedback(x.Feedback)
		for _, g := range x.Who {
			b.Participants = append(b.Participants, Participants{g.State, g.Service, g.Rank, g.Sex, g.Number})
		}
	}
	for _, m := range assistance.ActivityMoves(subject(ctx), x, p) {
		b.Moves = append(b.Moves, string(m))
	}
	for _, s := range steps {
		b.Steps = append(b.Steps, HelpStep{s.N, string(s.Move), string(s.Stage), s.Host, s.Area, s.Words, moment(s.At)})
	}
	return out, nil
}
