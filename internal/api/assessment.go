package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"polis/internal/access"
	"polis/internal/assistance"
)

// Assessment is a needs assessment in one State (Framework ¶3, 6.3).
type Assessment struct {
	ID       string         `json:"id"`
	URL      string         `json:"url" doc:"Its page on this server, without the language."`
	Number   string         `json:"number"`
	State    string         `json:"state" doc:"Directory id of the State."`
	Request  string         `json:"request" doc:"Id of the request on which it rests."`
	Lang     string         `json:"lang" doc:"In which this is written."`
	Title    string         `json:"title"`
	Purpose  string         `json:"purpose"`
	Methods  string         `json:"methods"`
	Team     []string       `json:"team" doc:"Offices and organisations, never people: directory ids, or names."`
	Starts   string         `json:"starts" doc:"The first day of the visit, or empty."`
	Ends     string         `json:"ends" doc:"The last day of it."`
	Areas    []AssessedArea `json:"areas"`
	Stage    string         `json:"stage" enum:"planned,fielded,draft,comments,final,stopped"`
	Moved    string         `json:"moved" doc:"Since when it is at this stage."`
	Due      string         `json:"due" doc:"The day by which somebody has to act on the draft, or empty."`
	DecideBy string         `json:"decideBy" doc:"The day by which is decided what becomes of it, having lost its ground; or empty."`
	Level    string         `json:"level"`
	Rev      int64          `json:"rev" doc:"What a move has to name."`
	Created  string         `json:"created"`
	Updated  string         `json:"updated"`
	Moves    []string       `json:"moves" doc:"Those that the caller can make now, as far as the assessment itself says it."`
}

// AssessedArea is a theme that is assessed, and the consent for it.
type AssessedArea struct {
	Theme    string `json:"theme"`
	Consent  string `json:"consent" doc:"Id, or empty where there is none."`
	Standing string `json:"standing" enum:",asked,open,refused,closed,retracted"`
	Since    string `json:"since" doc:"The first day on which the consent holds."`
	Until    string `json:"until" doc:"The last one; empty where it has no end, or there is no consent."`
}

// Finding is what was found, with the evidence for it.
type Finding struct {
	ID              string              `json:"id"`
	N               int64               `json:"n" doc:"Its number in the assessment."`
	Title           string              `json:"title"`
	Baseline        string              `json:"baseline" doc:"How it is."`
	Evidence        string              `json:"evidence"`
	Dated           string              `json:"dated" doc:"Of the evidence: a year, a month or a day."`
	Document        string              `json:"document" doc:"Symbol or library id, or empty."`
	Priority        string              `json:"priority" enum:"high,medium,low"`
	Theme           string              `json:"theme" doc:"One of the areas."`
	Item            string              `json:"item" doc:"Of the Framework, or empty."`
	Recommendations []FindingAdvice     `json:"recommendations" doc:"What is recommended upon it."`
	Comments        []AssessmentComment `json:"comments" doc:"What the State has said to it, the first first."`
}

// FindingAdvice is what is recommended upon a finding.
type FindingAdvice struct {
	ID        string `json:"id"`
	N         int64  `json:"n" doc:"Its number in the assessment."`
	Words     string `json:"words"`
	Addressee string `json:"addressee" doc:"An office: a directory id, or a name."`
	Priority  string `json:"priority" enum:"high,medium,low"`
}

// AssessmentComment is what the State has said.
type AssessmentComment struct {
	Words string `json:"words"`
	At    string `json:"at"`
}

// AssessmentsOutput is a page of assessments.
type AssessmentsOutput struct {
	Body struct {
		Assessments []Assessment `json:"assessments"`
		Next        string       `json:"next" doc:"What after has to be for the next page; empty where there is none."`
	}
}

// AssessmentOutput is one assessment.
type AssessmentOutput struct {
	Body struct {
		Assessment
		Shown    bool                `json:"shown" doc:"Whether the caller reads the findings. Until they are final they are for those who write them and for the State."`
		Findings []Finding           `json:"findings" doc:"In their order; empty where they are not shown."`
		Comments []AssessmentComment `json:"comments" doc:"What the State has said to the whole of it; empty where it is not shown."`
		Steps    []HelpStep          `json:"steps" doc:"The first first."`
	}
}

func (a *API) registerAssessments(h huma.API) {
	tags := []string{"Assistance"}
	huma.Register(h, huma.Operation{
		OperationID: "list-assessments", Method: http.MethodGet, Path: Base + "/assessments", Tags: tags,
		Summary: "Needs assessments, the newest first",
	}, a.assessments)
	huma.Register(h, huma.Operation{
		OperationID: "get-assessment", Method: http.MethodGet, Path: Base + "/assessments/{id}", Tags: tags, Errors: []int{http.StatusNotFound},
		Summary: "A needs assessment with its findings, what is recommended upon them, and its history",
	}, a.assessment)
	huma.Register(h, huma.Operation{
		OperationID: "move-assessment", Method: http.MethodPost, Path: Base + "/assessments/{id}/moves", Tags: tags,
		Errors:  []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed},
		Summary: "Take a needs assessment to its next stage; what the State says to the draft a person says",
	}, a.moveAssessment)
}

func newAssessment(who access.Subject, x assistance.Assessment) Assessment {
	out := Assessment{
		ID: x.ID, URL: "/assistance/assessments/" + x.ID, Number: x.Number, State: x.Host, Request: x.Request, Lang: string(x.Lang), Title: x.Title,
		Purpose: x.Purpose, Methods: x.Methods, Team: list(x.Team), Starts: x.Starts, Ends: x.Ends, Areas: make([]AssessedArea, 0, len(x.Areas)),
		Stage: string(x.Stage), Moved: moment(x.Moved), Due: x.Due, DecideBy: x.DecideBy, Level: x.Level.String(), Rev: x.Rev,
		Created: moment(x.Created), Updated: moment(x.Updated), Moves: []string{},
	}
	for _, area := range x.Areas {
		out.Areas = append(out.Areas, AssessedArea{area.Theme, area.Consent, string(area.Standing), area.Since, untilOf(area.Until)})
	}
	for _, m := range assistance.AssessmentMoves(who, x, time.Now()) {
		if m != assistance.CommentAssessment { // it is said on its page
			out.Moves = append(out.Moves, string(m))
		}
	}
	return out
}

func (a *API) assessments(ctx context.Context, in *struct {
	State   string   `query:"state" maxLength:"100" doc:"Directory id of the State."`
	Request string   `query:"request" maxLength:"100" doc:"Id of the request on which they rest."`
	Theme   string   `query:"theme" maxLength:"100" doc:"One of their areas, or those that belong to it."`
	Stage   []string `query:"stage,explode" maxItems:"6" enum:"planned,fielded,draft,comments,final,stopped"`
	After   string   `query:"after" maxLength:"200" doc:"The next of the page before."`
	Limit   int      `query:"limit" minimum:"1" maximum:"500" default:"50"`
},
) (*AssessmentsOutput, error) {
	after, err := placeOf(in.After)
	if err != nil {
		return nil, err
	}
	f := assistance.AssessmentFilter{State: in.State, Request: in.Request, Theme: in.Theme}
	for _, s := range in.Stage {
		f.Stages = append(f.Stages, assistance.AssessmentStage(s))
	}
	found, more, err := a.help().Assessments(ctx, scope(ctx), f, after, in.Limit)
	if err != nil {
		return nil, problem(ctx, err)
	}
	out := &AssessmentsOutput{}
	out.Body.Assessments, out.Body.Next = make([]Assessment, 0, len(found)), next(more)
	for _, x := range found {
		out.Body.Assessments = append(out.Body.Assessments, newAssessment(subject(ctx), x))
	}
	return out, nil
}

func (a *API) assessment(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"100"`
},
) (*AssessmentOutput, error) {
	return a.assessmentOf(ctx, in.ID)
}

func (a *API) assessmentOf(ctx context.Context, id string) (*AssessmentOutput, error) {
	x, err := a.help().Assessment(ctx, scope(ctx), id)
	if err != nil {
		return nil, problem(ctx, err)
	}
	steps, err := a.help().AssessmentSteps(ctx, x.ID)
	if err != nil {
		return nil, problem(ctx, err)
	}
	out := &AssessmentOutput{}
	b := &out.Body
	b.Assessment, b.Shown, b.Steps = newAssessment(subject(ctx), x), x.Shows(subject(ctx)), make([]HelpStep, 0, len(steps))
	b.Findings, b.Comments = []Finding{}, []AssessmentComment{}
	for _, s := range steps {
		b.Steps = append(b.Steps, HelpStep{N: s.N, Move: string(s.Move), Stage: string(s.Stage), Theme: s.Theme, Words: s.Words, At: moment(s.At)})
	}
	if b.Shown {
		if b.Findings, b.Comments, err = a.findings(ctx, x); err != nil {
			return nil, problem(ctx, err)
		}
	}
	return out, nil
}

// findings are those of an assessment that are shown to the caller, each with what is
// recommended upon it and said to it, and what was said to the whole.
func (a *API) findings(ctx context.Context, x assistance.Assessment) ([]Finding, []AssessmentComment, error) {
	found, err := a.help().Findings(ctx, subject(ctx), x)
	if err != nil {
		return nil, nil, err
	}
	advice, err := a.help().Recommendations(ctx, subject(ctx), x)
	if err != nil {
		return nil, nil, err
	}
	said, err := a.help().Comments(ctx, subject(ctx), x)
	if err != nil {
		return nil, nil, err
	}
	out, at := make([]Finding, len(found)), map[string]*Finding{}
	for i, f := range found {
		out[i] = Finding{
			ID: f.ID, N: f.N, Title: f.Title, Baseline: f.Baseline, Evidence: f.Evidence, Dated: f.Dated, Document: f.Document,
			Priority: f.Priority, Theme: f.Theme, Item: f.Item, Recommendations: []FindingAdvice{}, Comments: []AssessmentComment{},
		}
		at[f.ID] = &out[i]
	}
	for _, r := range advice {
		if f := at[r.Finding]; f != nil {
			f.Recommendations = append(f.Recommendations, FindingAdvice{r.ID, r.N, r.Words, r.Addressee, r.Priority})
		}
	}
	whole := []AssessmentComment{}
	for _, c := range said {
		words := AssessmentComment{c.Words, moment(c.At)}
		if f := at[c.Finding]; f != nil {
			f.Comments = append(f.Comments, words)
		} else {
			whole = append(whole, words)
		}
	}
	return out, whole, nil
}

func (a *API) moveAssessment(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"100"`
	Body struct {
		Move  string `json:"move" enum:"field,return,send,lapse,finalise,rework,resume,stop" doc:"field: the team may go, where the State's request and consents hold on all days of the visit. return: the visit is over. send: the State has the draft."`
		Rev   int64  `json:"rev" doc:"Of the assessment as it was read: where it was changed meanwhile nothing is done."`
		Words string `json:"words" required:"false" maxLength:"20000" doc:"The reason, or a note."`
	}
},
) (*AssessmentOutput, error) {
	if err := a.help().MoveAssessment(ctx, subject(ctx), in.ID, in.Body.Rev, assistance.AssessmentMove(in.Body.Move), in.Body.Words); err != nil {
		x, _ := a.help().Assessment(ctx, scope(ctx), in.ID)
		return nil, unmoved(ctx, access.Assess, x.Label, err)
	}
	return a.assessmentOf(ctx, in.ID)
}
