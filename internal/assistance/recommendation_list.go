package assistance

import (
	"context"
	"strconv"

	"polis/internal/access"
	"polis/internal/store"
)

// RecommendationsIn lists those of the evaluations that the filter chooses, with what is
// done about them, the newest first, from behind a place on.
func (a *Assistance) RecommendationsIn(ctx context.Context, scope access.Scope, f EvaluationFilter, after Place, limit int) (list []Recommendation, more Place, err error) {
	q := f.query()
	if after != (Place{}) {
		q.and("r.id < ?", after.ID)
	}
	q.args = append(q.args, limit+1)
	list, err = store.List[Recommendation](ctx, a.DB, scope, "SELECT "+recommendationColumns+`
		FROM recommendation r JOIN evaluation e ON e.id = r.evaluation JOIN project p ON p.id = r.project
		WHERE `+q.conditions()+" ORDER BY r.id DESC LIMIT $"+strconv.Itoa(len(q.args)), q.args...)
	if err != nil {
		return nil, Place{}, err
	}
	list, more = page(list, limit, func(r Recommendation) Place { return Place{r.Created, r.ID} })
	return list, more, withActions(ctx, a.DB, scope, list)
}

// withActions fills in what is done about recommendations, by the days until when.
func withActions(ctx context.Context, db store.Reader, scope access.Scope, list []Recommendation) error {
	if len(list) == 0 {
		return nil
	}
	at := map[string]*Recommendation{}
	ids := make([]string, len(list))
	for i := range list {
		ids[i], at[list[i].ID] = list[i].ID, &list[i]
	}
	var q query
	q.and("{scope p}")
	q.and("a.recommendation IN "+marks(len(ids)), anys(ids)...)
	actions, err := store.List[Action](ctx, db, scope, "SELECT "+actionColumns+actionsFrom+q.conditions()+" ORDER BY a.due, a.id", q.args...)
	for _, action := range actions {
		r := at[action.Recommendation]
		r.Actions = append(r.Actions, action)
	}
	return err
}
