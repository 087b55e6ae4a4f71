package assistance

import (
	"context"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// EvaluationKind is when a project is evaluated (Framework ¶21). Messages:
// "evaluation.kind.KIND".
type EvaluationKind string

// The kinds.
const (
	EvaluationInterim EvaluationKind = "interim"
	EvaluationAtEnd   EvaluationKind = "final"
	EvaluationExPost  EvaluationKind = "expost"
)

// EvaluationKinds lists them in their order.
var EvaluationKinds = []EvaluationKind{EvaluationInterim, EvaluationAtEnd, EvaluationExPost}

// EvaluationStage is how far an evaluation is. Messages: "evaluation.stage.STAGE".
type EvaluationStage string

// The stages of an evaluation.
const (
	EvaluationDue    EvaluationStage = "due"
	EvaluationBegun  EvaluationStage = "begun"
	EvaluationFinal  EvaluationStage = "final"
	EvaluationWaived EvaluationStage = "waived" // with a reason
)

// EvaluationStages lists them all in their order.
var EvaluationStages = []EvaluationStage{EvaluationDue, EvaluationBegun, EvaluationFinal, EvaluationWaived}

// Open reports whether it is still to be done.
func (s EvaluationStage) Open() bool { return s == EvaluationDue || s == EvaluationBegun }

// Criteria are the six of the OECD's Development Assistance Committee, in its order.
// Messages: "evaluation.criterion.NAME" and "evaluation.criterion.NAME.question".
var Criteria = []string{"relevance", "coherence", "effectiveness", "efficiency", "impact", "sustainability"}

// Ratings are how far a project meets a criterion. Messages: "evaluation.rating.N";
// 0 is "not assessed".
var Ratings = []int64{1, 2, 3, 4}

// Criterion is what an evaluation says to one of them: a rating with what it rests on,
// or why it was not assessed.
type Criterion struct {
	Question string
	Evidence string
	Finding  string
	Rating   int64  // 1 to 4, 0 for none
	WhyNot   string `db:"why_not"` // assessed
}

// Whole reports whether nothing is missing.
func (c Criterion) Whole() bool {
	if c.Rating > 0 {
		return c.Question != "" && c.Evidence != "" && c.Finding != ""
	}
	return c.WhyNot != ""
}

// Evaluation is one of a project's three.
type Evaluation struct {
	ID           string
	Project      string
	Number       string // the project's
	Title        string
	ProjectLang  lang.Tag
	ProjectStage ProjectStage
	Kind         EvaluationKind
	Due          string // the day
	Lang         lang.Tag
	Evaluator    string // an office or organisation: id of the directory, or a name; never a person's
	Independence string
	Summary      string
	Criteria     map[string]Criterion `db:"-"` // all six, once it has begun
	Answers      map[string]string    `db:"-"` // to the principles, asked anew (¶11)
	NotArising   []string             `db:"-"`
	Stage        EvaluationStage
	Moves        int64
	Moved        time.Time
	AnswerBy     string // the day by which its recommendations are answered, "" until it is final
	Waiting      int64  // recommendations without a response
	Rev          int64
	Updated      time.Time
	access.Label // the project's
}

// Overdue reports whether it should have been final before this moment.
func (e Evaluation) Overdue(now time.Time) bool {
	return e.Stage.Open() && e.ProjectStage != Stopped && e.Due < today(now)
}

const evaluationColumns = `e.id, e.project, p.of_year || '/' || p.nth AS number, p.title, p.lang AS project_lang, p.stage AS project_stage, e.kind, e.due, e.lang,
	e.evaluator, e.independence, e.summary, e.stage, e.moves, e.moved, e.answer_by,
	(SELECT COUNT(*) FROM recommendation r WHERE r.evaluation = e.id AND r.response = '') AS waiting,
	e.rev, e.updated, p.level, p.state, p.grp, p.owner`

// Evaluation reads one of a project, or store.ErrNotFound. It is whole: with its
// criteria and the answers to the principles.
func (a *Assistance) Evaluation(ctx context.Context, scope access.Scope, project string, kind EvaluationKind) (Evaluation, error) {
	return evaluation(ctx, a.DB, scope, "e.project = $1 AND e.kind = $2", project, string(kind))
}

func evaluation(ctx context.Context, q store.Reader, scope access.Scope, which string, args ...any) (Evaluation, error) {
	e, err := store.Get[Evaluation](ctx, q, scope, "SELECT "+evaluationColumns+" FROM evaluation e JOIN project p ON p.id = e.project WHERE {scope p} AND "+which, args...)
	if err != nil {
		return e, err
	}
	rows, err := store.List[struct {
		Criterion string
		Question  string
		Evidence  string
		Finding   string
		Rating    int64
		WhyNot    string
	}](ctx, q, everything, "SELECT criterion, question, evidence, finding, rating, why_not FROM evaluation_criterion WHERE {scope} AND evaluation = $1", e.ID)
	if err != nil {
		return e, err
	}
	e.Criteria = map[string]Criterion{}
	for _, r := range rows {
		e.Criteria[r.Criterion] = Criterion{r.Question, r.Evidence, r.Finding, r.Rating, r.WhyNot}
	}
	said, err := store.Get[struct{ RuleOfLaw, HumanRights, Gender, Minorities, Partnership, Account, NotArising string }](ctx, q, everything, `
		SELECT rule_of_law, human_rights, gender, minorities, partnership, accountability AS account, not_arising
		FROM evaluation WHERE {scope} AND id = $1`, e.ID)
	e.Answers = map[string]string{}
	for i, text := range []string{said.RuleOfLaw, said.HumanRights, said.Gender, said.Minorities, said.Partnership, said.Account} {
		e.Answers[Principles[i]] = text
	}
	e.NotArising = strings.Fields(said.NotArising)
	return e, err
}

// EvaluationFilter chooses among evaluations; its zero value chooses all.
type EvaluationFilter struct {
	Project string
	Kind    EvaluationKind
	Stages  []EvaluationStage
	State   string // a host of the project
	Body    string // an organiser of it
	Owner   string // the project's
	Before  string // still to be done, and due before this day
}

// open reports whether only those are listed that are still to be done.
func (f EvaluationFilter) open() bool {
	return f.Before != "" || len(f.Stages) > 0 && !slices.ContainsFunc(f.Stages, func(s EvaluationStage) bool { return !s.Open() })
}

func (f EvaluationFilter) query() (q query) {
	q.and("{scope p}")
	if f.Before != "" {
		q.and("e.due < ?", f.Before)
	}
	if f.open() {
		q.and("e.stage IN ('due', 'begun') AND p.stage <> 'stopped'")
	}
	if len(f.Stages) > 0 {
		q.and("e.stage IN "+marks(len(f.Stages)), anys(f.Stages)...)
	}
	for column, value := range map[string]string{"e.project": f.Project, "e.kind": string(f.Kind), "p.owner": f.Owner} {
		if value != "" {
			q.and(column+" = ?", value)
		}
	}
	q.of(f.State, f.Body)
	return q
}

// of keeps what belongs to projects p with the host and the organiser.
func (q *query) of(state, body string) {
	for kind, value := range map[string]string{"host": state, "organiser": body} {
		if value != "" {
			q.and("EXISTS (SELECT 1 FROM project_tag t WHERE t.project = p.id AND t.kind = ? AND t.value = ?)", kind, value)
		}
	}
}

// dayPlace is where something with a day stands in a list.
func dayPlace(day, id string) Place {
	t, _ := time.Parse(time.DateOnly, day) // the tables hold that it is one
	return Place{t, id}
}

// listing reads those of a host or an organiser by its projects.
func (f EvaluationFilter) listing() listing {
	l := listing{columns: evaluationColumns, table: "evaluation e", join: " JOIN project p ON p.id = e.project", scope: "{scope p}", at: "due", day: true, rising: f.open()}
	if f.Project != "" {
		l.add("{row}.project = ?", f.Project)
	}
	l.watched(Watch{f.State, f.Body, f.Owner}, "JOIN evaluation j ON j.project = {project}")
	if f.Before != "" {
		l.add("{row}.stage IN ('due', 'begun') AND {row}.due < ?", f.Before)
	} else if f.open() {
		l.add("{row}.stage IN ('due', 'begun')")
	}
	if f.open() {
		l.choices = append(l.choices, choice{when: "p.stage <> 'stopped'"})
	}
	if len(f.Stages) > 0 {
		l.choices = append(l.choices, choice{when: "e.stage IN " + marks(len(f.Stages)), args: anys(f.Stages)})
	}
	if f.Kind != "" {
		l.choices = append(l.choices, choice{when: "e.kind = ?", args: []any{string(f.Kind)}})
	}
	return l
}

// Evaluations lists them without their texts, from behind a place on: those still to be
// done by the day on which they are due, the first first; else the latest day first.
func (a *Assistance) Evaluations(ctx context.Context, scope access.Scope, f EvaluationFilter, after Place, limit int) (list []Evaluation, more Place, err error) {
	return listed(ctx, a.DB, scope, f.listing(), after, limit, func(e Evaluation) Place { return dayPlace(e.Due, e.ID) })
}

// CountEvaluations is how many there are in all, or Countable+1 where there are more.
func (a *Assistance) CountEvaluations(ctx context.Context, scope access.Scope, f EvaluationFilter) (int, error) {
	return tallied(ctx, a.DB, scope, f.listing(), Countable+1)
}

// EvaluationStep is one that was taken.
type EvaluationStep struct {
	N     int64
	Move  EvaluationMove
	Stage EvaluationStage // after it
	Words string
	Due   string // the day until then, of one that was put off
	By    string `db:"by_whom"` // a person's id
	At    time.Time
}

// EvaluationSteps are those of an evaluation that was read in the reader's scope, the
// first first.
func (a *Assistance) EvaluationSteps(ctx context.Context, id string) ([]EvaluationStep, error) {
	return store.List[EvaluationStep](ctx, a.DB, everything,
		"SELECT n, move, stage, words, due, by_whom, at FROM evaluation_step WHERE {scope} AND evaluation = $1 ORDER BY n", id)
}

// event is about the evaluation; its texts stand in no log.
func (e Evaluation) event(act string) store.Event {
	return store.Event{Act: act, Object: e.ID, Label: e.Label}
}
