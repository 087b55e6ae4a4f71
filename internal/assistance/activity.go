package assistance

import (
	"context"
	"slices"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// ActivityStage is how far an activity is. Messages: "activity.stage.STAGE".
type ActivityStage string

// The stages of an activity.
const (
	ActivityPlanned   ActivityStage = "planned"
	ActivityHeld      ActivityStage = "held"
	ActivityCancelled ActivityStage = "cancelled"
)

// ActivityStages lists them in their order.
var ActivityStages = []ActivityStage{ActivityPlanned, ActivityHeld, ActivityCancelled}

// ActivityKinds are what an activity can be. Messages: "activity.kind.KIND".
var ActivityKinds = []string{"training", "workshop", "study-visit", "advice", "monitoring", "equipment", "guidance", "legislative", "forum"}

// The kinds that say more than the others: guidance has a co-author of the State
// (Framework ¶14.5), a forum what was raised there and answered (¶9.3).
const (
	GuidanceKind = "guidance"
	ForumKind    = "forum"
)

// Activity is what was done, or will be, on some days in a project.
type Activity struct {
	ID            string
	Number        string // "2026/412"
	Project       string // id
	ProjectNumber string // "2026/17"
	ProjectStage  ProjectStage
	Kind          string
	Lang          lang.Tag
	Title         string
	Starts        string // days
	Ends          string
	Place         string
	Online        bool
	Agenda        string
	Coauthor      string         // the State's office that writes the guidance with us
	Issues        string         // raised at a forum,
	Replies       string         // and what was answered
	Hosts         []ActivityHost `db:"-"`
	Organisers    []string       `db:"-"` // structures: ids of the directory, or names; it counts once
	Languages     []string       `db:"-"` // in which it is held
	Trainers      []string       `db:"-"` // offices and organisations, never people
	Groups        []string       `db:"-"` // that a forum brought together
	FollowUps     []string       `db:"-"` // the days on which it goes on
	Materials     []string       `db:"-"` // documents of the library
	Stage         ActivityStage
	Moved         time.Time
	Moves         int64
	Figures
	Feedback
	Model    string // the activity of which it was made as a copy, or ""
	Importer string // the structure that brought it in, or ""
	External string // and its own key for it
	Rev      int64
	Created  time.Time
	Updated  time.Time
	access.Label
}

// ActivityHost is a State and area in which it is planned or was held: a gate of its
// project.
type ActivityHost struct {
	Host    string
	Area    string
	Dropped bool // the area was closed before it was held
}

// Feedback is what those who took part thought of it, in figures and words.
type Feedback struct {
	Answers      int64 // how many there were
	Relevance    int64 // the average of 1 to 5, in hundredths; 0 where it was not asked
	Content      int64
	Teaching     int64 `db:"trainers"`
	Organisation int64
	Opinions     string
}

// Questions are what is asked. Messages: "activity.question.QUESTION".
var Questions = []string{"relevance", "content", "trainers", "organisation"}

// Question is where the average of a question stands.
func (f *Feedback) Question(name string) *int64 {
	return map[string]*int64{"relevance": &f.Relevance, "content": &f.Content, "trainers": &f.Teaching, "organisation": &f.Organisation}[name]
}

const activityColumns = `x.id, x.of_year || '/' || x.nth AS number, x.project,
	(SELECT p.of_year || '/' || p.nth FROM project p WHERE p.id = x.project) AS project_number, x.project_stage, x.kind, x.lang, x.title, x.starts, x.ends, x.place, x.online,
	x.agenda, x.coauthor, x.issues, x.replies, x.stage, x.moves, x.moved, x.total, x.women, x.men, x.unattended, x.remark,
	x.answers, x.relevance, x.content, x.trainers, x.organisation, x.opinions, COALESCE(x.model, '') AS model, x.importer, x.external,
	x.rev, x.created, x.updated, x.level, x.state, x.grp, x.owner`

// Activity reads one, or store.ErrNotFound.
func (a *Assistance) Activity(ctx context.Context, scope access.Scope, id string) (Activity, error) {
	return activity(ctx, a.DB, scope, id)
}

func activity(ctx context.Context, q store.Reader, scope access.Scope, id string) (Activity, error) {
	x, err := store.Get[Activity](ctx, q, scope, "SELECT "+activityColumns+" FROM activity x WHERE {scope x} AND x.id = $1", id)
	if err != nil {
		return Activity{}, err
	}
	list := []Activity{x}
	if err = furnished(ctx, q, list); err != nil {
		return Activity{}, err
	}
	list[0].Who, err = store.List[Participants](ctx, q, everything, `
		SELECT sex, rank_group AS rank, service, state, number FROM participants
		WHERE {scope} AND activity = $1 ORDER BY state, service, rank_group, sex`, id)
	return list[0], err
}

// NumberedActivity finds the one with a number such as "2026/412", or store.ErrNotFound.
func (a *Assistance) NumberedActivity(ctx context.Context, scope access.Scope, number string) (Activity, error) {
	year, nth, ok := numbered(number)
	if !ok {
		return Activity{}, store.ErrNotFound
	}
	id, err := store.Get[string](ctx, a.DB, scope, "SELECT id FROM activity WHERE {scope} AND of_year = $1 AND nth = $2", year, nth)
	if err != nil {
		return Activity{}, err
	}
	return a.Activity(ctx, scope, id)
}

// furnished fills in hosts, lists and materials of activities.
func furnished(ctx context.Context, q store.Reader, list []Activity) error {
	if len(list) == 0 {
		return nil
	}
	at := map[string]*Activity{}
	ids := make([]string, len(list))
	for i := range list {
		ids[i], at[list[i].ID] = list[i].ID, &list[i]
	}
	var which query
	which.and("activity IN "+marks(len(ids)), anys(ids)...)
	type row struct{ Activity, Kind, Value string }
	rows, err := store.List[row](ctx, q, everything,
		"SELECT activity, kind, value FROM activity_tag WHERE {scope} AND kind NOT IN ('under', 'host') AND "+which.conditions()+" ORDER BY activity, kind, n", which.args...)
	if err != nil {
		return err
	}
	used, err := store.List[row](ctx, q, everything,
		"SELECT activity, 'material' AS kind, document AS value FROM activity_material WHERE {scope} AND "+which.conditions()+" ORDER BY activity, n", which.args...)
	if err != nil {
		return err
	}
	for _, row := range append(rows, used...) {
		into := at[row.Activity].lists()[row.Kind]
		*into = append(*into, row.Value)
	}
	hosts, err := store.List[struct {
		Activity string
		ActivityHost
	}](ctx, q, everything, "SELECT activity, host, area, dropped FROM activity_host WHERE {scope} AND "+which.conditions()+" ORDER BY activity, host, area", which.args...)
	for _, h := range hosts {
		x := at[h.Activity]
		x.Hosts = append(x.Hosts, h.ActivityHost)
	}
	return err
}

// lists are what it says in several values, by the kind of their rows.
func (x *Activity) lists() map[string]*[]string {
	return map[string]*[]string{
		"organiser": &x.Organisers, "language": &x.Languages, "trainer": &x.Trainers, "group": &x.Groups, "follow-up": &x.FollowUps, "material": &x.Materials,
	}
}

// on are the hosts that were not dropped.
func (x Activity) on() []ActivityHost {
	return slices.DeleteFunc(slices.Clone(x.Hosts), func(h ActivityHost) bool { return h.Dropped })
}

// States are those in which it goes on, each once.
func (x Activity) States() (list []string) {
	for _, h := range x.on() {
		list = append(list, h.Host)
	}
	return clean(list)
}

// Areas are the themes in which it goes on, each once.
func (x Activity) Areas() (list []string) {
	for _, h := range x.on() {
		list = append(list, h.Area)
	}
	return clean(list)
}

// Writes reports whether the person writes this activity of the project: whoever
// writes the project, and the programme officers of a structure that organises it.
func (x Activity) Writes(who access.Subject, p Project) bool {
	if p.Writes(who) {
		return true
	}
	return who.SignedIn() && who.May(access.PlanHelp, x.Label).Allowed && slices.ContainsFunc(who.Grants, func(g access.Grant) bool {
		return g.Role == access.ProgrammeOfficer && g.Body != "" && slices.Contains(x.Organisers, g.Body)
	})
}

// event is about the activity; its texts stand in no log.
func (x Activity) event(act string) store.Event {
	return store.Event{Act: act, Object: x.ID, Label: x.Label}
}
