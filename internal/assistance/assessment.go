package assistance

import (
	"context"
	"slices"
	"strconv"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// AssessmentStage is how far a needs assessment is. Messages: "assessment.stage.STAGE".
type AssessmentStage string

// The stages of a needs assessment.
const (
	AssessmentPlanned  AssessmentStage = "planned"
	AssessmentFielded  AssessmentStage = "fielded"  // the team is in the State, or may go
	AssessmentDrafted  AssessmentStage = "draft"    // its findings are being written
	AssessmentComments AssessmentStage = "comments" // the State has the draft
	AssessmentFinal    AssessmentStage = "final"
	AssessmentStopped  AssessmentStage = "stopped"
)

// AssessmentStages lists them all in their order.
var AssessmentStages = []AssessmentStage{AssessmentPlanned, AssessmentFielded, AssessmentDrafted, AssessmentComments, AssessmentFinal, AssessmentStopped}

// Assessment is a needs assessment in one State (Framework ¶3, 6.3). It rests on a
// request of that State, and area by area on its consent.
type Assessment struct {
	ID       string
	Number   string // "2026/3"
	Host     string // the State
	Request  string // on which it rests
	Asked    Stage  `db:"request_stage"` // how far that is
	Lang     lang.Tag
	Title    string
	Purpose  string
	Methods  string
	Team     []string         `db:"team,json"` // offices and organisations: ids of the directory, or names; never people
	Starts   string           // the first day of the visit, or ""
	Ends     string           // the last
	Areas    []AssessmentArea `db:"-"`
	Stage    AssessmentStage
	Moves    int64          // number of its last step
	Last     AssessmentMove // which that was
	Moved    time.Time      // since when it is at this stage
	Due      string         // the day by which somebody has to act on the draft, or ""
	DecideBy string         // the day by which it is decided what becomes of it, having lost its ground; or ""
	Rev      int64
	Created  time.Time
	Updated  time.Time
	access.Label
}

// AssessmentArea is a theme that is assessed, and the consent for it.
type AssessmentArea struct {
	Theme    string
	Consent  string // its id, or "" where there is none
	Number   string // of the consent
	Standing Standing
	Since    string // from when until when the consent holds; endless is "9999-12-31"
	Until    string
}

// Covers reports whether the area is open on all days of a visit.
func (a AssessmentArea) Covers(starts, ends string) bool {
	return a.Consent != "" && a.Standing == AreaOpen && starts >= a.Since && ends <= a.Until
}

// Overdue reports whether somebody should have acted before this moment.
func (x Assessment) Overdue(now time.Time) bool {
	return x.Due != "" && x.Due < today(now) || x.DecideBy != "" && x.DecideBy < today(now)
}

// Shows reports whether she reads the findings. Until they are final they are for
// those who write them and for the State that they are about.
func (x Assessment) Shows(who access.Subject) bool {
	return x.Stage == AssessmentFinal || who.State == x.Host || who.May(access.Assess, x.Label).Allowed
}

// themes are those of its areas.
func (x Assessment) themes() []string {
	list := make([]string, len(x.Areas))
	for i, a := range x.Areas {
		list[i] = a.Theme
	}
	return list
}

const assessmentColumns = `x.id, x.of_year || '/' || x.nth AS number, x.host, x.request, x.request_stage, x.lang, x.title, x.purpose, x.methods, x.team, x.starts, x.ends,
	x.stage, x.moves, COALESCE((SELECT s.move FROM assessment_step s WHERE s.assessment = x.id AND s.n = x.moves), '') AS last,
	x.moved, x.due, x.decide_by, x.rev, x.created, x.updated, x.level, x.state, x.grp, x.owner`

// Assessment reads one, or store.ErrNotFound.
func (a *Assistance) Assessment(ctx context.Context, scope access.Scope, id string) (Assessment, error) {
	return assessment(ctx, a.DB, scope, id)
}

func assessment(ctx context.Context, q store.Reader, scope access.Scope, id string) (Assessment, error) {
	x, err := store.Get[Assessment](ctx, q, scope, "SELECT "+assessmentColumns+" FROM assessment x WHERE {scope x} AND x.id = $1", id)
	if err != nil {
		return Assessment{}, err
	}
	list := []Assessment{x}
	err = withAssessed(ctx, q, list)
	return list[0], err
}

// withAssessed fills in the areas of the assessments.
func withAssessed(ctx context.Context, q store.Reader, list []Assessment) error {
	if len(list) == 0 {
		return nil
	}
	var which query
	at := map[string]*Assessment{}
	ids := make([]string, len(list))
	for i := range list {
		ids[i], at[list[i].ID] = list[i].ID, &list[i]
	}
	which.and("a.assessment IN "+marks(len(ids)), anys(ids)...)
	rows, err := store.List[struct {
		Assessment string
		AssessmentArea
	}](ctx, q, everything, `
		SELECT a.assessment, a.theme, COALESCE(a.consent, '') AS consent, COALESCE(c.of_year || '/' || c.nth, '') AS number,
		       COALESCE(a.standing, '') AS standing, COALESCE(a.since, '') AS since, COALESCE(a.until, '') AS until
		FROM assessment_area a
		LEFT JOIN consent c ON c.id = a.consent
		WHERE {scope} AND `+which.conditions()+" ORDER BY a.assessment, a.theme", which.args...)
	for _, row := range rows {
		x := at[row.Assessment]
		x.Areas = append(x.Areas, row.AssessmentArea)
	}
	return err
}

// AssessmentFilter chooses among assessments; its zero value chooses all.
type AssessmentFilter struct {
	State   string
	Request string
	Theme   string // and those that belong to it
	Stages  []AssessmentStage
}

func (f AssessmentFilter) query() (q query) {
	q.and("{scope x}")
	if f.State != "" {
		q.and("x.host = ?", f.State)
	}
	if f.Request != "" {
		q.and("x.request = ?", f.Request)
	}
	if f.Theme != "" {
		themes := under(f.Theme)
		q.and("EXISTS (SELECT 1 FROM assessment_area a WHERE a.assessment = x.id AND a.theme IN "+marks(len(themes))+")", anys(themes)...)
	}
	if len(f.Stages) > 0 {
		q.and("x.stage IN "+marks(len(f.Stages)), anys(f.Stages)...)
	}
	return q
}

// Assessments lists those that the scope reads, the newest first, from behind a place
// on.
func (a *Assistance) Assessments(ctx context.Context, scope access.Scope, f AssessmentFilter, after Place, limit int) (list []Assessment, more Place, err error) {
	q := f.query()
	if after != (Place{}) {
		q.and("(x.created, x.id) < (?, ?)", after.At, after.ID)
	}
	q.args = append(q.args, limit+1)
	list, err = store.List[Assessment](ctx, a.DB, scope,
		"SELECT "+assessmentColumns+" FROM assessment x WHERE "+q.conditions()+" ORDER BY x.created DESC, x.id DESC LIMIT $"+strconv.Itoa(len(q.args)), q.args...)
	if err != nil {
		return nil, Place{}, err
	}
	list, more = page(list, limit, func(x Assessment) Place { return Place{x.Created, x.ID} })
	return list, more, withAssessed(ctx, a.DB, list)
}

// CountAssessments is how many there are in all.
func (a *Assistance) CountAssessments(ctx context.Context, scope access.Scope, f AssessmentFilter) (int, error) {
	q := f.query()
	return store.Get[int](ctx, a.DB, scope, "SELECT COUNT(*) FROM assessment x WHERE "+q.conditions(), q.args...)
}

// AssessmentStep is one that was taken.
type AssessmentStep struct {
	N       int64
	Move    AssessmentMove
	Stage   AssessmentStage // after it
	Consent string          // of the area that was closed under it, or ""
	Theme   string
	Words   string
	Due     string // by when somebody acts upon it, or ""
	By      string `db:"by_whom"` // a person's id, "" where its ground was taken away
	At      time.Time
}

// AssessmentSteps are those of an assessment that was read in the reader's scope, the
// first first.
func (a *Assistance) AssessmentSteps(ctx context.Context, id string) ([]AssessmentStep, error) {
	return store.List[AssessmentStep](ctx, a.DB, everything, `
		SELECT n, move, stage, COALESCE(consent, '') AS consent, COALESCE(theme, '') AS theme, words, due, by_whom, at
		FROM assessment_step
		WHERE {scope} AND assessment = $1
		ORDER BY n`, id)
}

// event is about the assessment; its texts stand in no log.
func (x Assessment) event(act string) store.Event {
	return store.Event{Act: act, Object: x.ID, Label: x.Label}
}

// Written reports whether its findings are written at this stage.
func (s AssessmentStage) Written() bool {
	return slices.Contains([]AssessmentStage{AssessmentFielded, AssessmentDrafted}, s)
}

// releaseAssessments are the events of what stays when a person leaves: what she wrote
// stays with the desk. The owner is taken away with that of the other records.
func releaseAssessments(ctx context.Context, tx *store.Tx, person string) (events []store.Event, err error) {
	list, err := store.List[Assessment](ctx, tx, everything, "SELECT "+assessmentColumns+" FROM assessment x WHERE {scope x} AND x.owner = $1 ORDER BY x.id", person)
	if err != nil {
		return nil, err
	}
	for _, x := range list {
		x.Owner = ""
		events = append(events, x.event("assistance.assessment.left"))
	}
	notes, err := store.List[ContextNote](ctx, tx, everything, "SELECT "+contextColumns+" FROM context_note n WHERE {scope n} AND n.owner = $1 ORDER BY n.id", person)
	for _, c := range notes {
		c.Owner = ""
		events = append(events, c.event("assistance.context.left"))
	}
	return events, err
}
