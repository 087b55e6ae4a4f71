package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/lang"
)

// ProjectDraft is what is written of a project.
type ProjectDraft struct {
	Lang       string   `json:"lang" enum:"en,fr,de,it,ru,es" doc:"In which this is written."`
	Title      string   `json:"title" maxLength:"1000"`
	Summary    string   `json:"summary" required:"false" maxLength:"50000" doc:"What is done, and what for."`
	Tailoring  string   `json:"tailoring" required:"false" maxLength:"50000" doc:"How it fits the political, cultural and structural setting (Framework ¶7)."`
	Line       string   `json:"line" required:"false" maxLength:"100" doc:"Its main line of action: an item of the Framework."`
	Phase      string   `json:"phase" required:"false" enum:",prevention,crisis,rehabilitation,rule-of-law" doc:"Of the conflict cycle (¶4)."`
	Dimension  string   `json:"dimension" required:"false" enum:",politico-military,economic-environmental,human"`
	Gender     string   `json:"gender" required:"false" enum:",none,significant,principal" doc:"How far the equality of women and men is what it is for."`
	Starts     string   `json:"starts" required:"false" maxLength:"10" doc:"The first day, or empty while nobody knows."`
	Ends       string   `json:"ends" required:"false" maxLength:"10" doc:"The last day."`
	Mandate    string   `json:"mandate" required:"false" maxLength:"100" doc:"Id of the mandate on which it rests."`
	Themes     []string `json:"themes" required:"false" maxItems:"100"`
	States     []string `json:"states" required:"false" maxItems:"100" doc:"The host States: directory ids."`
	Items      []string `json:"items" required:"false" maxItems:"200" doc:"Of the Framework."`
	Organisers []string `json:"organisers" required:"false" maxItems:"100" doc:"Directory ids, or names. However many there are, it is one project."`
	Partners   []string `json:"partners" required:"false" maxItems:"100" doc:"Directory ids, or names."`
	Bodies     []string `json:"bodies" required:"false" maxItems:"100" doc:"Institutions and units that benefit: directory ids, or names."`
	Places     []string `json:"places" required:"false" maxItems:"100"`
}

// draftNames are the fields of a draft that the room calls otherwise.
var draftNames = map[string]string{"hosts": "states"}

func (d ProjectDraft) draft() assistance.ProjectDraft {
	return assistance.ProjectDraft{
		Lang: lang.Tag(d.Lang), Title: d.Title, Summary: d.Summary, Tailoring: d.Tailoring, Line: d.Line, Phase: d.Phase, Dimension: d.Dimension, Gender: d.Gender,
		Starts: d.Starts, Ends: d.Ends, Mandate: d.Mandate, Themes: d.Themes, Hosts: d.States, Items: d.Items, Organisers: d.Organisers,
		Partners: d.Partners, Bodies: d.Bodies, Places: d.Places,
	}
}

func newProjectDraft(d assistance.ProjectDraft) ProjectDraft {
	return ProjectDraft{
		Lang: string(d.Lang), Title: d.Title, Summary: d.Summary, Tailoring: d.Tailoring, Line: d.Line, Phase: d.Phase, Dimension: d.Dimension, Gender: d.Gender,
		Starts: d.Starts, Ends: d.Ends, Mandate: d.Mandate, Themes: list(d.Themes), States: list(d.Hosts), Items: list(d.Items), Organisers: list(d.Organisers),
		Partners: list(d.Partners), Bodies: list(d.Bodies), Places: list(d.Places),
	}
}

// Project is a piece of assistance with a beginning and an end.
type Project struct {
	ID     string `json:"id"`
	URL    string `json:"url" doc:"Its page on this server, without the language."`
	Number string `json:"number"`
	ProjectDraft
	Stage         string   `json:"stage" enum:"idea,appraised,approved,active,suspended,closed,evaluated,stopped"`
	Moved         string   `json:"moved" doc:"Since when it is at this stage."`
	Model         string   `json:"model" doc:"Id of the project after which it was made, or empty."`
	Programme     string   `json:"programme" doc:"Id of the programme to which it belongs, or empty."`
	InterimDue    string   `json:"interimDue" doc:"The day by which it is evaluated; empty until it is approved."`
	FinalDue      string   `json:"finalDue"`
	ExPostDue     string   `json:"expostDue"`
	MidtermWaived string   `json:"midtermWaived" doc:"Why the principles were not asked at mid-term, or empty."`
	Gates         []Gate   `json:"gates" doc:"State by State, area by area: on what it rests there."`
	Level         string   `json:"level"`
	Rev           int64    `json:"rev" doc:"What a change or a move has to name."`
	Created       string   `json:"created"`
	Updated       string   `json:"updated"`
	Moves         []string `json:"moves" doc:"Those that the caller can make now."`
}

// Gate is a host State of a project in one area, with the request and the consent on
// which the project rests there (Framework ¶3, 13).
type Gate struct {
	State        string `json:"state"`
	Theme        string `json:"theme" doc:"The area."`
	Included     bool   `json:"included" doc:"The project goes on there."`
	Request      string `json:"request" doc:"Id of the State's request, or empty."`
	RequestStage string `json:"requestStage"`
	Consent      string `json:"consent" doc:"Id of the State's consent, or empty."`
	Standing     string `json:"standing" enum:",asked,open,refused,closed,retracted" doc:"Of the area in that consent."`
	Since        string `json:"since" doc:"The first day on which the consent holds."`
	Until        string `json:"until" doc:"The last one; empty where it has no end, or there is no consent."`
	DecideBy     string `json:"decideBy" doc:"The day by which is decided what becomes of what runs in an area that was closed, or empty."`
	Lacks        string `json:"lacks" doc:"Key of what is missing here; the project's needs say it in words. Empty for nothing."`
}

// Principles are the answers to the six principles at one moment (Framework ¶10, 11).
type Principles struct {
	Moment     string           `json:"moment" enum:"plan,midterm,close"`
	Answers    PrincipleAnswers `json:"answers"`
	NotArising []string         `json:"notArising" doc:"The principles that do not arise: their answer is the reason."`
	At         string           `json:"at"`
}

// PrincipleAnswers are what was said to each.
type PrincipleAnswers struct {
	RuleOfLaw      string `json:"rule-of-law" required:"false" maxLength:"20000"`
	HumanRights    string `json:"human-rights" required:"false" maxLength:"20000"`
	Gender         string `json:"gender" required:"false" maxLength:"20000"`
	Minorities     string `json:"minorities" required:"false" maxLength:"20000"`
	Partnership    string `json:"partnership" required:"false" maxLength:"20000"`
	Accountability string `json:"accountability" required:"false" maxLength:"20000"`
}

func newAnswers(said map[string]string) PrincipleAnswers {
	return PrincipleAnswers{
		said["rule-of-law"], said["human-rights"], said["gender"], said["minorities"], said["partnership"], said["accountability"],
	}
}

func (p PrincipleAnswers) texts() map[string]string {
	return map[string]string{
		"rule-of-law": p.RuleOfLaw, "human-rights": p.HumanRights, "gender": p.Gender, "minorities": p.Minorities,
		"partnership": p.Partnership, "accountability": p.Accountability,
	}
}

// ProjectsOutput is a page of projects.
type ProjectsOutput struct {
	Body struct {
		Projects []Project `json:"projects"`
		Next     string    `json:"next" doc:"What after has to be for the next page; empty where there is none."`
	}
}

// ProjectOutput is one project.
type ProjectOutput struct {
	Body struct {
		Project
		Principles []Principles `json:"principles" doc:"In their order: at the plan, at mid-term, at the end."`
		Steps      []HelpStep   `json:"steps" doc:"The first first."`
	}
}

func (a *API) registerProjects(h huma.API) {
	read := []int{http.StatusNotFound}
	tags := []string{"Assistance"}
	huma.Register(h, huma.Operation{
		OperationID: "list-projects", Method: http.MethodGet, Path: Base + "/projects", Tags: tags,
		Summary: "Projects, the newest first",
	}, a.projects)
	huma.Register(h, huma.Operation{
		OperationID: "get-project", Method: http.MethodGet, Path: Base + "/projects/{id}", Tags: tags, Errors: read,
		Summary: "A project with its host States, its answers to the principles and its history",
	}, a.project)
	huma.Register(h, huma.Operation{
		OperationID: "list-needs", Method: http.MethodGet, Path: Base + "/projects/{id}/needs", Tags: tags, Errors: read,
		Summary: "What a project lacks for a move, all of it, and where each is put right",
	}, a.needs)
	huma.Register(h, huma.Operation{
		OperationID: "get-results", Method: http.MethodGet, Path: Base + "/projects/{id}/results", Tags: tags, Errors: read,
		Summary: "The results framework of a project, with what was measured",
	}, a.results)
	huma.Register(h, huma.Operation{
		OperationID: "get-money", Method: http.MethodGet, Path: Base + "/projects/{id}/money", Tags: tags, Errors: read,
		Summary: "What a project plans to spend, out of which funds, and what it has promised and spent",
	}, a.money)
	a.registerProjectWrites(h)
}

func newGate(p assistance.Project, g assistance.Gate) Gate {
	out := Gate{
		State: g.Host, Theme: g.Area, Included: g.Included, Request: g.Request, RequestStage: string(g.RequestStage), Consent: g.Consent,
		Standing: string(g.Standing), Since: g.Since, Until: untilOf(g.Until), DecideBy: g.DecideBy, Lacks: g.Need(p.Starts, p.Ends),
	}
	if unknowable(p, out.Lacks) {
		out.Lacks = ""
	}
	return out
}

// untilOf is the last day of something, "" where it has no end.
func untilOf(day string) string {
	if day == endless {
		return ""
	}
	return day
}

// endless is how the tables write a day that never comes.
const endless = "9999-12-31"

func newProject(who access.Subject, p assistance.Project) Project {
	out := Project{
		ID: p.ID, URL: projectPage + p.ID, Number: p.Number, ProjectDraft: newProjectDraft(p.Draft()), Stage: string(p.Stage), Moved: moment(p.Moved),
		Model: p.Model, Programme: p.Programme, InterimDue: p.InterimDue, FinalDue: p.FinalDue, ExPostDue: p.ExPostDue, MidtermWaived: p.MidWaived,
		Gates: make([]Gate, 0, len(p.Gates)), Level: p.Level.String(), Rev: p.Rev, Created: moment(p.Created), Updated: moment(p.Updated), Moves: []string{},
	}
	for _, g := range p.Gates {
		out.Gates = append(out.Gates, newGate(p, g))
	}
	for _, m := range assistance.ProjectMoves(who, p) {
		out.Moves = append(out.Moves, string(m))
	}
	return out
}

func (a *API) projects(ctx context.Context, in *struct {
	State     string   `query:"state" maxLength:"100" doc:"Directory id of a State in which it takes part."`
	Theme     string   `query:"theme" maxLength:"100" doc:"And those that belong to it."`
	Structure string   `query:"structure" maxLength:"200" doc:"Directory id of an organiser."`
	Programme string   `query:"programme" maxLength:"100"`
	Mandate   string   `query:"mandate" maxLength:"100"`
	Request   string   `query:"request" maxLength:"100" doc:"On which it rests."`
	Consent   string   `query:"consent" maxLength:"100" doc:"On which it rests."`
	Model     string   `query:"model" maxLength:"100" doc:"The project after which it was made."`
	Stage     []string `query:"stage,explode" maxItems:"8" enum:"idea,appraised,approved,active,suspended,closed,evaluated,stopped"`
	After     string   `query:"after" maxLength:"200" doc:"The next of the page before."`
	Limit     int      `query:"limit" minimum:"1" maximum:"500" default:"50"`
},
) (*ProjectsOutput, error) {
	after, err := placeOf(in.After)
	if err != nil {
		return nil, err
	}
	f := assistance.ProjectFilter{
		State: in.State, Theme: in.Theme, Body: in.Structure, Programme: in.Programme, Mandate: in.Mandate, Request: in.Request, Consent: in.Consent, Model: in.Model,
	}
	for _, s := range in.Stage {
		f.Stages = append(f.Stages, assistance.ProjectStage(s))
	}
	found, more, err := a.help().Projects(ctx, scope(ctx), f, after, in.Limit)
	if err != nil {
		return nil, problem(ctx, err)
	}
	out := &ProjectsOutput{}
	out.Body.Projects, out.Body.Next = make([]Project, 0, len(found)), next(more)
	for _, p := range found {
		out.Body.Projects = append(out.Body.Projects, newProject(subject(ctx), p))
	}
	return out, nil
}

func (a *API) project(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"100"`
},
) (*ProjectOutput, error) {
	return a.projectOf(ctx, in.ID)
}

func (a *API) projectOf(ctx context.Context, id string) (*ProjectOutput, error) {
	p, err := a.help().Project(ctx, scope(ctx), id)
	if err != nil {
		return nil, problem(ctx, err)
	}
	steps, err := a.help().ProjectSteps(ctx, p.ID)
	if err != nil {
		return nil, problem(ctx, err)
	}
	answered, err := a.help().Answers(ctx, p.ID)
	if err != nil {
		return nil, problem(ctx, err)
	}
	out := &ProjectOutput{}
	out.Body.Project, out.Body.Principles, out.Body.Steps = newProject(subject(ctx), p), []Principles{}, make([]HelpStep, 0, len(steps))
	for _, m := range assistance.Moments {
		if said, ok := answered[m]; ok {
			out.Body.Principles = append(out.Body.Principles, Principles{string(m), newAnswers(said.Texts), list(said.NotArising), moment(said.At)})
		}
	}
	for _, s := range steps {
		out.Body.Steps = append(out.Body.Steps, HelpStep{s.N, string(s.Move), string(s.Stage), s.Host, s.Area, s.Words, moment(s.At)})
	}
	return out, nil
}
