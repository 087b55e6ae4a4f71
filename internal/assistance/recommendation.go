package assistance

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"polis/internal/access"
	"polis/internal/store"
)

// Response is what the management answers to a recommendation. Messages:
// "evaluation.response.RESPONSE".
type Response string

// The responses; "" is none yet.
const (
	RecommendationAccepted Response = "accepted"
	RecommendationPartly   Response = "partly"
	RecommendationRejected Response = "rejected"
)

// Responses lists them in their order.
var Responses = []Response{RecommendationAccepted, RecommendationPartly, RecommendationRejected}

// Acts reports whether something is done after it.
func (r Response) Acts() bool { return r == RecommendationAccepted || r == RecommendationPartly }

// Recommendation is what an evaluation recommends, and what became of it.
type Recommendation struct {
	ID           string
	Evaluation   string
	Project      string
	Kind         EvaluationKind
	Number       string // the project's
	Title        string
	ProjectStage ProjectStage
	Wish         string // what is recommended
	Addressee    string // an office: id of the directory, or a name
	Priority     string
	AnswerBy     string // the day by which it is answered, "" until the evaluation is final
	Response     Response
	Words        string // the management's
	Responded    time.Time
	By           string   `db:"by_whom"` // a person's id
	Actions      []Action `db:"-"`
	Rev          int64
	Created      time.Time
	access.Label // the project's
}

// Overdue reports whether it should have been answered before this moment.
func (r Recommendation) Overdue(now time.Time) bool {
	return r.Response == "" && r.AnswerBy != "" && r.AnswerBy < today(now)
}

const recommendationColumns = `r.id, r.evaluation, r.project, r.kind, p.of_year || '/' || p.nth AS number, p.title, p.stage AS project_stage, r.wish, r.addressee,
	r.priority, r.answer_by, r.response, r.words, r.responded, r.by_whom, r.rev, r.created, p.level, p.state, p.grp, p.owner`

const recommendationsFrom = " FROM recommendation r JOIN project p ON p.id = r.project WHERE "

// RecommendationsOf are those of an evaluation with what is done about them, in the
// order in which they were written.
func (a *Assistance) RecommendationsOf(ctx context.Context, scope access.Scope, evaluation string) ([]Recommendation, error) {
	list, err := store.List[Recommendation](ctx, a.DB, scope,
		"SELECT "+recommendationColumns+recommendationsFrom+"{scope p} AND r.evaluation = $1 ORDER BY r.created, r.id", evaluation)
	if err != nil {
		return nil, err
	}
	return list, withActions(ctx, a.DB, scope, list)
}

// AdviceDraft is what is written of one.
type AdviceDraft struct{ Wish, Addressee, Priority string }

// Draft is what of a recommendation can be written anew.
func (r Recommendation) Draft() AdviceDraft {
	return AdviceDraft{r.Wish, r.Addressee, r.Priority}
}

func (d *AdviceDraft) clean() {
	d.Wish, d.Addressee = strings.TrimSpace(d.Wish), strings.TrimSpace(d.Addressee)
}

// Validate returns an Invalid that names the fields, or nil.
func (d AdviceDraft) Validate() error {
	d.clean()
	v := Invalid{}
	v.text("wish", d.Wish, maxWords, false)
	v.text("addressee", d.Addressee, maxName, false)
	if d.Wish == "" {
		v["wish"] = "evaluation.error.wish"
	}
	if d.Addressee == "" {
		v["addressee"] = "evaluation.error.addressee"
	}
	if !slices.Contains(Priorities, d.Priority) {
		v["priority"] = "evaluation.error.priority"
	}
	return v.orNil()
}

// Recommend adds a recommendation to an evaluation that is being written.
func (a *Assistance) Recommend(ctx context.Context, who access.Subject, project string, kind EvaluationKind, d AdviceDraft) (string, error) {
	d.clean()
	id := store.NewID()
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		e, err := evaluationBegun(ctx, tx, who, project, kind, "recommend")
		if err != nil {
			return store.Event{}, err
		}
		if err := d.Validate(); err != nil {
			return store.Event{}, err
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO recommendation (id, evaluation, project, kind, evaluation_stage, answer_by, project_stage, made, mark, prior, wish, addressee, priority,
			  response, words, responded, by_whom, rev, created, updated)
			SELECT $2, e.id, e.project, e.kind, e.stage, e.answer_by, $3, $3, $4, e.advice, $5, $6, $7, '', '', 0, '', 1, $8, $8
			FROM evaluation e WHERE e.id = $1`,
			e.ID, id, string(e.ProjectStage), e.ID+" "+id, d.Wish, d.Addressee, d.Priority, tx.Now())
		if err != nil {
			return store.Event{}, err
		}
		_, err = tx.Exec(ctx, "UPDATE evaluation SET advice = $2 WHERE id = $1", e.ID, e.ID+" "+id)
		return e.event("assistance.evaluation.recommended"), err
	})
	return id, err
}

// recommendationOf reads one with its project.
func recommendationOf(ctx context.Context, tx *store.Tx, who access.Subject, id string, rev int64) (Recommendation, Project, error) {
	r, err := store.Get[Recommendation](ctx, tx, who.Scope(), "SELECT "+recommendationColumns+recommendationsFrom+"{scope p} AND r.id = $1", id)
	if err != nil {
		return r, Project{}, err
	}
	p, err := project(ctx, tx, who.Scope(), r.Project)
	switch {
	case err != nil:
		return r, p, err
	case !p.Writes(who):
		return r, p, ErrForbidden
	case r.Rev != rev:
		return r, p, Stale{r.Rev}
	}
	return r, p, nil
}

// ReviseAdvice writes one anew, as long as its evaluation is being written.
func (a *Assistance) ReviseAdvice(ctx context.Context, who access.Subject, id string, rev int64, d AdviceDraft) error {
	d.clean()
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		r, _, err := recommendationOf(ctx, tx, who, id, rev)
		if err != nil {
			return store.Event{}, err
		}
		e, err := evaluationBegun(ctx, tx, who, r.Project, r.Kind, "recommend")
		if err != nil {
			return store.Event{}, err
		}
		if err := d.Validate(); err != nil {
			return store.Event{}, err
		}
		if d == r.Draft() {
			return store.Event{}, store.ErrUnchanged
		}
		_, err = tx.Exec(ctx, "UPDATE recommendation SET wish = $2, addressee = $3, priority = $4, rev = rev + 1, updated = $5 WHERE id = $1",
			id, d.Wish, d.Addressee, d.Priority, tx.Now())
		return e.event("assistance.evaluation.recommendation-revised"), err
	})
	return err
}

// DropAdvice takes one away, as long as its evaluation is being written.
func (a *Assistance) DropAdvice(ctx context.Context, who access.Subject, id string, rev int64) error {
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		r, _, err := recommendationOf(ctx, tx, who, id, rev)
		if err != nil {
			return store.Event{}, err
		}
		e, err := evaluationBegun(ctx, tx, who, r.Project, r.Kind, "recommend")
		if err != nil {
			return store.Event{}, err
		}
		before, err := store.Get[string](ctx, tx, everything, "SELECT COALESCE(prior, '') FROM recommendation WHERE {scope} AND id = $1", id)
		if err != nil {
			return store.Event{}, err
		}
		mark := e.ID + " " + id
		for _, statement := range []struct {
			sql  string
			args []any
		}{
			{"UPDATE recommendation SET prior = NULL WHERE mark = $1", []any{mark}},
			{"UPDATE recommendation SET prior = $2 WHERE prior = $1", []any{mark, orNull(before)}},
			{"UPDATE evaluation SET advice = $2 WHERE advice = $1", []any{mark, orNull(before)}},
			{"DELETE FROM recommendation WHERE mark = $1", []any{mark}},
		} {
			if _, err := tx.Exec(ctx, statement.sql, statement.args...); err != nil {
				return store.Event{}, err
			}
		}
		return e.event("assistance.evaluation.recommendation-dropped"), nil
	})
	return err
}

// Respond writes the management's response to a recommendation of an evaluation that
// is final. It may be mended; rejected only while nothing was planned after it.
func (a *Assistance) Respond(ctx context.Context, who access.Subject, id string, rev int64, response Response, words string) error {
	words = strings.TrimSpace(words)
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		r, p, err := recommendationOf(ctx, tx, who, id, rev)
		switch {
		case err != nil:
			return store.Event{}, err
		case r.AnswerBy == "":
			return store.Event{}, Impossible{"respond", string(p.Stage), "evaluation.impossible.early"}
		}
		v := Invalid{}
		if !slices.Contains(Responses, response) {
			v["response"] = "evaluation.error.response"
		}
		if words == "" {
			v["words"] = "evaluation.error.words.respond"
		}
		if utf8.RuneCountInString(words) > maxWords {
			v["words"] = "assistance.error.long"
		}
		if len(v) > 0 {
			return store.Event{}, v
		}
		if r.Response.Acts() && !response.Acts() {
			n, err := store.Get[int64](ctx, tx, everything, "SELECT COUNT(*) FROM recommendation_action WHERE {scope} AND recommendation = $1", id)
			if err != nil {
				return store.Event{}, err
			}
			if n > 0 {
				return store.Event{}, Impossible{"respond", string(r.Response), "evaluation.impossible.acting"}
			}
		}
		_, err = tx.Exec(ctx, "UPDATE recommendation SET response = $2, words = $3, responded = $4, by_whom = $5, rev = rev + 1, updated = $4 WHERE id = $1",
			id, string(response), words, tx.Now(), who.ID)
		return r.event("assistance.evaluation.responded"), keepTasks(ctx, tx, r.Project, err)
	})
	return err
}

// event is about the recommendation; its texts stand in no log.
func (r Recommendation) event(act string) store.Event {
	return store.Event{Act: act, Object: r.Evaluation, Label: r.Label}
}
