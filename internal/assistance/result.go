package assistance

import (
	"cmp"
	"context"
	"slices"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// ResultKind is the level of a result. Messages: "result.kind.KIND".
type ResultKind string

// The levels, from above: outputs lead to outcomes, outcomes to an impact.
const (
	Impact  ResultKind = "impact"
	Outcome ResultKind = "outcome"
	Output  ResultKind = "output"
)

// ResultKinds lists them from above.
var ResultKinds = []ResultKind{Impact, Outcome, Output}

// Above is the kind under which it hangs, "" for an impact.
func (k ResultKind) Above() ResultKind {
	return map[ResultKind]ResultKind{Outcome: Impact, Output: Outcome}[k]
}

// Capacities are those that police assistance builds (Framework ¶8). Messages:
// "result.capacity.CAPACITY".
var Capacities = []string{"training", "strategic-planning", "law-enforcement", "human-resources", "accountability"}

// Result is what a project is to change, or hands over.
type Result struct {
	ID      string
	Project string
	ResultDraft
	N          int64       // its place among its like
	Retired    string      // why it counts no more, or ""
	Indicators []Indicator `db:"-"`
	Rev        int64
}

// ResultDraft is what of a result is written.
type ResultDraft struct {
	Kind        ResultKind
	Parent      string // id, "" for an impact
	Text        string
	Capacity    string // "" for an impact
	Assumptions string
}

// Framework is the results framework of a project: the results in the order of the
// tree, each with its indicators and what was measured.
type Framework struct{ Results []Result }

// Framework reads that of a project that was read in the reader's scope.
func (a *Assistance) Framework(ctx context.Context, project string) (Framework, error) {
	return results(ctx, a.DB, project)
}

const resultColumns = "id, project, kind, COALESCE(parent, '') AS parent, text, capacity, assumptions, n, retired, rev"

func results(ctx context.Context, q store.Reader, project string) (f Framework, err error) {
	list, err := store.List[Result](ctx, q, everything, "SELECT "+resultColumns+" FROM result WHERE {scope} AND project = $1 ORDER BY n, id", project)
	if err != nil {
		return f, err
	}
	indicators, err := indicators(ctx, q, project)
	if err != nil {
		return f, err
	}
	for i := range list {
		list[i].Indicators = indicators[list[i].ID]
	}
	f.grow(list, "")
	return f, nil
}

// grow adds the results under a parent, each followed by its own.
func (f *Framework) grow(list []Result, parent string) {
	for _, r := range list {
		if r.Parent == parent {
			f.Results = append(f.Results, r)
			f.grow(list, r.ID)
		}
	}
}

// Result finds one.
func (f Framework) Result(id string) (Result, bool) {
	i := slices.IndexFunc(f.Results, func(r Result) bool { return r.ID == id })
	if i < 0 {
		return Result{}, false
	}
	return f.Results[i], true
}

// Indicator finds one, with its result.
func (f Framework) Indicator(id string) (Indicator, Result, bool) {
	for _, r := range f.Results {
		for _, n := range r.Indicators {
			if n.ID == id {
				return n, r, true
			}
		}
	}
	return Indicator{}, Result{}, false
}

// Number is how a result is called in the framework: "1", "1.2", "1.2.1". What is
// retired keeps its place.
func (f Framework) Number(id string) []int {
	r, ok := f.Result(id)
	if !ok {
		return nil
	}
	nth := 0
	for _, other := range f.Results {
		if other.Parent == r.Parent {
			nth++
		}
		if other.ID == id {
			break
		}
	}
	return append(f.Number(r.Parent), nth)
}

// Measured reports whether anything was measured on the result or below it.
func (f Framework) Measured(id string) bool {
	for _, r := range f.Results {
		if r.ID == id && slices.ContainsFunc(r.Indicators, func(n Indicator) bool { return len(n.Actuals) > 0 }) || r.Parent == id && f.Measured(r.ID) {
			return true
		}
	}
	return false
}

// branch are the result and those below it, the lowest first.
func (f Framework) branch(id string) (ids []string) {
	for _, r := range f.Results {
		if r.Parent == id {
			ids = append(ids, f.branch(r.ID)...)
		}
	}
	return append(ids, id)
}

// ResultChange is what stood in a result or an indicator before it was changed, once
// the project was approved.
type ResultChange struct {
	Of        string          // a result's id, or an indicator's
	Result    *ResultDraft    // what stood there,
	Indicator *IndicatorDraft // of one of both
	By        string          // a person's id
	At        time.Time
}

// ResultChanges are those of a project that was read in the reader's scope, the latest
// first, up to a hundred.
func (a *Assistance) ResultChanges(ctx context.Context, project string) (list []ResultChange, err error) {
	rows, err := store.List[struct {
		Result string
		Former former `db:"former,json"`
		By     string `db:"by_whom"`
		At     time.Time
	}](ctx, a.DB, everything, "SELECT result, former, by_whom, at FROM result_change WHERE {scope} AND project = $1 ORDER BY at DESC, result LIMIT 100", project)
	for _, row := range rows {
		list = append(list, ResultChange{row.Result, row.Former.Result, row.Former.Indicator, row.By, row.At})
	}
	return list, err
}

// former is how a change rests in the tables.
type former struct {
	Result    *ResultDraft    `json:",omitempty"`
	Indicator *IndicatorDraft `json:",omitempty"`
}

// keep writes down what stood there, where the project was approved before.
func (p Project) keep(ctx context.Context, tx *store.Tx, who access.Subject, of string, rev int64, what former) error {
	if p.Stage.Drafting() {
		return nil
	}
	_, err := tx.Exec(ctx, "INSERT INTO result_change (result, rev, project, former, by_whom, at) VALUES ($1, $2, $3, $4, $5, $6)",
		of, rev, p.ID, store.JSON(what), owner(who), tx.Now())
	return err
}

// partly reads a project for somebody who writes a part of it that has a revision of
// its own. move is what she does, for the sentence where the project is over.
func partly(ctx context.Context, tx *store.Tx, who access.Subject, id, move string) (Project, error) {
	p, err := project(ctx, tx, who.Scope(), id)
	switch {
	case err != nil:
		return p, err
	case !p.Writes(who):
		return p, ErrForbidden
	case !p.Stage.Drafting() && !p.Stage.Runs():
		return p, Impossible{move, string(p.Stage), "result.impossible." + string(p.Stage)}
	}
	return p, nil
}

// lastPlace is the place behind those that there are.
func lastPlace(ctx context.Context, tx *store.Tx, table, project string) (int64, error) {
	return store.Get[int64](ctx, tx, everything, "SELECT COALESCE(MAX(n), 0) + 1 FROM "+table+" WHERE {scope} AND project = $1", project)
}

// beside is the neighbour in a list with which a place is exchanged, or none.
func beside[Row any](list []Row, here func(Row) bool, up bool) (Row, bool) {
	i := slices.IndexFunc(list, here)
	j := i + 1
	if up {
		j = i - 1
	}
	var none Row
	if i < 0 || j < 0 || j >= len(list) {
		return none, false
	}
	return list[j], true
}

// siblings are the results under the same parent, in their order.
func (f Framework) siblings(of Result) (list []Result) {
	for _, r := range f.Results {
		if r.Parent == of.Parent {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(a, b Result) int { return cmp.Compare(a.N, b.N) })
	return list
}
