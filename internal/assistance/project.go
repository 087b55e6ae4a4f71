package assistance

import (
	"context"
	"slices"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// ProjectStage is how far a project is. Messages: "project.stage.STAGE".
type ProjectStage string

// The stages of a project.
const (
	Idea      ProjectStage = "idea"
	Appraised ProjectStage = "appraised"
	Approved  ProjectStage = "approved"
	Active    ProjectStage = "active"
	Suspended ProjectStage = "suspended"
	Closed    ProjectStage = "closed"
	Evaluated ProjectStage = "evaluated"
	Stopped   ProjectStage = "stopped" // before it began
)

// ProjectStages lists them all in their order.
var ProjectStages = []ProjectStage{Idea, Appraised, Approved, Active, Suspended, Closed, Evaluated, Stopped}

// Runs reports whether it needs an open gate: from approval until it is closed.
func (s ProjectStage) Runs() bool { return s == Approved || s == Active || s == Suspended }

// Drafting reports whether it can be written anew without a step.
func (s ProjectStage) Drafting() bool { return s == Idea || s == Appraised }

// Phases of the conflict cycle (Framework ¶4). Messages: "project.phase.PHASE".
var Phases = []string{"prevention", "crisis", "rehabilitation", "rule-of-law"}

// Dimensions of security (¶9.1). Messages: "project.dimension.DIMENSION".
var Dimensions = []string{"politico-military", "economic-environmental", "human"}

// GenderMarkers say whether the equality of women and men is what a project is for
// (¶14.4). Messages: "project.gender.MARKER".
var GenderMarkers = []string{"none", "significant", "principal"}

// Project is a piece of assistance with a beginning and an end.
type Project struct {
	ID         string
	Number     string // "2026/17"
	Lang       lang.Tag
	Title      string
	Summary    string // what is done and what for
	Tailoring  string // how it fits the political, cultural and structural setting (¶7)
	Line       string // its main line of action: an item (¶12)
	Phase      string
	Dimension  string
	Gender     string
	Starts     string // the days, "" while nobody knows
	Ends       string
	Mandate    string // id, or ""
	Model      string // the project after which it was made, or ""
	Programme  string // to which it belongs, or ""
	InterimDue string // the days of its evaluations, set when it is approved
	FinalDue   string
	ExPostDue  string   `db:"expost_due"`
	MidWaived  string   // why the principles were not asked at mid-term, or ""
	Themes     []string `db:"-"`
	Hosts      []string `db:"-"` // the States
	Items      []string `db:"-"` // of the Framework
	Organisers []string `db:"-"` // structures: ids of the directory, or names; it counts once
	Partners   []string `db:"-"`
	Bodies     []string `db:"-"` // beneficiary institutions and units
	Places     []string `db:"-"`
	Gates      []Gate   `db:"-"` // host by host, area by area
	Stage      ProjectStage
	Moved      time.Time
	Moves      int64
	Rev        int64
	Created    time.Time
	Updated    time.Time
	access.Label
}

const projectColumns = `p.id, p.of_year || '/' || p.nth AS number, p.lang, p.title, p.summary, p.tailoring, p.line, p.phase, p.dimension, p.gender,
	p.starts, p.ends, COALESCE(p.mandate, '') AS mandate, COALESCE(p.model, '') AS model, COALESCE(p.programme, '') AS programme, p.interim_due, p.final_due, p.expost_due, p.mid_waived,
	p.stage, p.moved, p.moves, p.rev, p.created, p.updated, p.level, p.state, p.grp, p.owner`

// Project reads one, or store.ErrNotFound.
func (a *Assistance) Project(ctx context.Context, scope access.Scope, id string) (Project, error) {
	return project(ctx, a.DB, scope, id)
}

func project(ctx context.Context, q store.Reader, scope access.Scope, id string) (Project, error) {
	p, err := store.Get[Project](ctx, q, scope, "SELECT "+projectColumns+" FROM project p WHERE {scope p} AND p.id = $1", id)
	if err != nil {
		return Project{}, err
	}
	list := []Project{p}
	err = completed(ctx, q, list)
	return list[0], err
}

// completed fills in what the projects are about, and their gates.
func completed(ctx context.Context, q store.Reader, list []Project) error {
	if len(list) == 0 {
		return nil
	}
	at := map[string]*Project{}
	ids := make([]string, len(list))
	for i := range list {
		ids[i], at[list[i].ID] = list[i].ID, &list[i]
	}
	var which query
	which.and("project IN "+marks(len(ids)), anys(ids)...)
	rows, err := store.List[struct{ Project, Kind, Value string }](ctx, q, everything,
		"SELECT project, kind, value FROM project_tag WHERE {scope} AND kind <> 'under' AND "+which.conditions()+" ORDER BY project, kind, n", which.args...)
	if err != nil {
		return err
	}
	for _, row := range rows {
		into := at[row.Project].tags()[row.Kind]
		*into = append(*into, row.Value)
	}
	gates, err := store.List[Gate](ctx, q, everything,
		"SELECT "+gateColumns+" FROM gate g WHERE {scope} AND "+which.conditions()+" ORDER BY project, host, area", which.args...)
	for _, g := range gates {
		p := at[g.Project]
		p.Gates = append(p.Gates, g)
	}
	return err
}

// tags are the lists of what it is about, by the kind of their rows.
func (p *Project) tags() map[string]*[]string {
	return map[string]*[]string{
		"theme": &p.Themes, "host": &p.Hosts, "item": &p.Items, "organiser": &p.Organisers, "partner": &p.Partners, "body": &p.Bodies, "place": &p.Places,
	}
}

// Writes reports whether the person writes this project: the desk, its author, and
// the programme officers of a structure that organises it.
func (p Project) Writes(who access.Subject) bool {
	if !who.SignedIn() || !who.May(access.PlanHelp, p.Label).Allowed {
		return false
	}
	if who.May(access.HandleHelp, p.Label).Allowed || p.Owner == who.ID {
		return true
	}
	return slices.ContainsFunc(who.Grants, func(g access.Grant) bool {
		return g.Role == access.ProgrammeOfficer && g.Body != "" && slices.Contains(p.Organisers, g.Body)
	})
}

// ProjectStep is one that was taken.
type ProjectStep struct {
	N      int64
	Move   ProjectMove
	Stage  ProjectStage // after it
	Host   string       // of the gate that it is about, or ""
	Area   string
	Words  string
	Former ProjectDraft `db:"former,json"` // what stood there before a "revise"
	By     string       `db:"by_whom"`     // a person's id, "" where time ended a consent
	At     time.Time
}

// ProjectSteps are those of a project that was read in the reader's scope, the first
// first.
func (a *Assistance) ProjectSteps(ctx context.Context, id string) ([]ProjectStep, error) {
	return store.List[ProjectStep](ctx, a.DB, everything,
		"SELECT n, move, stage, host, area, words, former, by_whom, at FROM project_step WHERE {scope} AND project = $1 ORDER BY n", id)
}

// event is about the project; its texts stand in no log.
func (p Project) event(act string) store.Event {
	return store.Event{Act: act, Object: p.ID, Label: p.Label}
}
