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

// Actual is what was measured on a day. It stays as it was written; of two on one day
// the later one counts.
type Actual struct {
	N        int64
	Day      string
	Value    Value
	Evidence string // words, or "" where the document says it
	Document string // a document's id, or ""
	Parts    []Part // in their order, split by split
	By       string // a person's id
	At       time.Time
}

// Part is one of a number that is broken down; those of each split add up to it.
type Part struct {
	Split  string // by what
	Name   string // one of SexParts, a service's name, a State's id
	Figure int64  // in hundredths
}

// actuals are those of a project by their indicator, in the order in which they were
// written.
func actuals(ctx context.Context, q store.Reader, project string) (map[string][]Actual, error) {
	rows, err := store.List[struct {
		Indicator, Day, Words, Evidence, Document, By string
		N, Value                                      int64
		Known                                         bool
		At                                            time.Time
	}](ctx, q, everything, `
		SELECT indicator, n, day, value IS NOT NULL AS known, COALESCE(value, 0) AS value, words, evidence, document, by_whom AS by, at
		FROM actual WHERE {scope} AND project = $1 ORDER BY indicator, n`, project)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	parts, err := store.List[struct {
		Indicator, Split, Part string
		N, Figure              int64
	}](ctx, q, everything, `
		SELECT p.indicator, p.n, p.split, p.part, p.figure
		FROM actual a JOIN actual_split s ON s.indicator = a.indicator AND s.n = a.n
		JOIN actual_part p ON p.indicator = s.indicator AND p.n = s.n AND p.split = s.split AND p.k <= s.parts
		WHERE {scope} AND a.project = $1 ORDER BY p.indicator, p.n, p.split, p.k`, project)
	list := map[string][]Actual{}
	for _, r := range rows {
		list[r.Indicator] = append(list[r.Indicator], Actual{N: r.N, Day: r.Day, Value: Value{r.Known, r.Value, r.Words}, Evidence: r.Evidence, Document: r.Document, By: r.By, At: r.At})
	}
	for _, part := range parts {
		of := list[part.Indicator]
		if i := slices.IndexFunc(of, func(a Actual) bool { return a.N == part.N }); i >= 0 {
			of[i].Parts = append(of[i].Parts, Part{part.Split, part.Part, part.Figure})
		}
	}
	return list, err
}

// counting parts what counts, by its day, from what was corrected.
func counting(list []Actual) (counts, former []Actual) {
	for _, a := range list {
		if i := slices.IndexFunc(counts, func(c Actual) bool { return c.Day == a.Day }); i >= 0 {
			former = append(former, counts[i])
			counts[i] = a
			continue
		}
		counts = append(counts, a)
	}
	slices.SortFunc(counts, func(a, b Actual) int { return strings.Compare(a.Day, b.Day) })
	return counts, former
}

// Sum is what the parts of a split add up to, and how many there are.
func (a Actual) Sum(split string) (sum int64, parts int) {
	for _, p := range a.Parts {
		if p.Split == split {
			sum += p.Figure
			parts++
		}
	}
	return sum, parts
}

// Measurable reports whether something can be measured on a project: from its beginning
// on, and for the ex post evaluation after its end.
func (s ProjectStage) Measurable() bool {
	return s == Active || s == Suspended || s == Closed || s == Evaluated
}

// Enter writes what was measured on an indicator. Where that day has a figure already,
// this one counts in its place. rev is the indicator's revision that the caller read:
// nobody enters a figure for what has become another question.
func (a *Assistance) Enter(ctx context.Context, who access.Subject, projectID, id string, rev int64, got Actual) error {
	got.Day, got.Evidence, got.Document = strings.TrimSpace(got.Day), strings.TrimSpace(got.Evidence), strings.TrimSpace(got.Document)
	got.Value.Words = strings.TrimSpace(got.Value.Words)
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, err := project(ctx, tx, who.Scope(), projectID)
		switch {
		case err != nil:
			return store.Event{}, err
		case !p.Writes(who):
			return store.Event{}, ErrForbidden
		case !p.Stage.Measurable():
			return store.Event{}, Impossible{"enter", string(p.Stage), "result.impossible.enter"}
		}
		f, err := results(ctx, tx, projectID)
		if err != nil {
			return store.Event{}, err
		}
		i, r, ok := f.Indicator(id)
		switch {
		case !ok:
			return store.Event{}, store.ErrNotFound
		case i.Rev != rev:
			return store.Event{}, Stale{i.Rev}
		case i.Retired != "" || r.Retired != "":
			return store.Event{}, Impossible{"enter", "retired", "result.impossible.retired"}
		}
		if err := got.check(p, i, today(tx.Now())); err != nil {
			return store.Event{}, err
		}
		if err := got.known(ctx, tx, who); err != nil {
			return store.Event{}, err
		}
		return store.Event{Act: "assistance.indicator.measured", Object: id, Label: p.Label}, got.insert(ctx, tx, who, p, i)
	})
	return err
}

// check asks whether it was measured, when, and by what evidence, and whether the
// parts add up.
func (a Actual) check(p Project, i Indicator, now string) error {
	v := Invalid{}
	v.value("value", i.Unit, a.Value, true)
	switch {
	case len(a.Day) != 10 || !validDate(a.Day):
		v["day"] = "assistance.error.day"
	case a.Day > now:
		v["day"] = "result.error.day.future"
	case a.Day < p.Starts:
		v["day"] = "result.error.day.before"
	}
	v.text("evidence", a.Evidence, maxWords, false)
	if a.Evidence == "" && a.Document == "" {
		v["evidence"] = "result.error.evidence"
	}
	for _, split := range Splits {
		sum, parts := a.Sum(split)
		switch {
		case parts == 0:
		case !slices.Contains(i.Split, split):
			v[split] = "result.error.split"
		case parts > maxList:
			v[split] = "assistance.error.many"
		case v["value"] == "" && sum != a.Value.Figure:
			v[split] = "result.error.sum"
		}
	}
	a.checkParts(v)
	return v.orNil()
}

func (a Actual) checkParts(v Invalid) {
	seen := map[Part]bool{}
	for _, p := range a.Parts {
		key := Part{Split: p.Split, Name: p.Name}
		switch {
		case !slices.Contains(Splits, p.Split):
			v["value"] = "assistance.error.choice"
		case p.Figure < 0 || p.Figure > maxMeasure:
			v[p.Split] = "result.error.unit.number"
		case p.Name == "" || utf8.RuneCountInString(p.Name) > maxName || p.Split == "sex" && !slices.Contains(SexParts, p.Name) || strings.Contains(p.Name, "@"):
			v[p.Split] = "result.error.part"
		case seen[key]:
			v[p.Split] = "result.error.part.twice"
		}
		seen[key] = true
	}
}

// known asks whether States and document are there, for her to see.
func (a Actual) known(ctx context.Context, tx *store.Tx, who access.Subject) error {
	for _, p := range a.Parts {
		if p.Split != "state" {
			continue
		}
		n, err := store.Get[int](ctx, tx, everything, "SELECT COUNT(*) FROM directory_entry WHERE {scope} AND id = $1 AND kind IN ('state', 'partner-state')", p.Name)
		if err != nil || n == 0 {
			return invalidOr(err, "state", "programme.error.states")
		}
	}
	if a.Document == "" {
		return nil
	}
	n, err := store.Get[int](ctx, tx, who.Scope(), "SELECT COUNT(*) FROM document WHERE {scope} AND id = $1", a.Document)
	if err != nil || n == 0 {
		return invalidOr(err, "document", "result.error.document")
	}
	return nil
}

// insert writes it with its parts, each with the sum up to it.
func (a Actual) insert(ctx context.Context, tx *store.Tx, who access.Subject, p Project, i Indicator) error {
	n := int64(len(i.Actuals) + len(i.Former) + 1)
	_, err := tx.Exec(ctx, `
		INSERT INTO actual (indicator, n, project, project_stage, unit, day, value, words, evidence, document, by_whom, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		i.ID, n, p.ID, string(p.Stage), string(i.Unit), a.Day, a.Value.arg(), a.Value.Words, a.Evidence, a.Document, owner(who), tx.Now())
	if err != nil {
		return err
	}
	for _, split := range i.Split {
		var sum, k int64
		var prior any
		for _, part := range a.Parts {
			if part.Split != split {
				continue
			}
			_, err := tx.Exec(ctx, "INSERT INTO actual_part (indicator, n, split, k, prior, part, before, figure, upto) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
				i.ID, n, split, k+1, prior, part.Name, sum, part.Figure, sum+part.Figure)
			if err != nil {
				return err
			}
			k, sum = k+1, sum+part.Figure
			prior = k
		}
		if k == 0 {
			continue
		}
		if _, err := tx.Exec(ctx, "INSERT INTO actual_split (indicator, n, split, parts, unit, value) VALUES ($1, $2, $3, $4, 'number', $5)", i.ID, n, split, k, sum); err != nil {
			return err
		}
	}
	return nil
}
