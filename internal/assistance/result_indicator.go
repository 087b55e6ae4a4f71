package assistance

import (
	"context"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/store"
)

// Unit is how an indicator is measured. Messages: "result.unit.UNIT".
type Unit string

// The units. A share is between 0 and 100 per cent.
const (
	InNumber  Unit = "number"
	InPercent Unit = "percent"
	InYesNo   Unit = "yes-no"
	InWords   Unit = "words"
)

// Units lists them.
var Units = []Unit{InNumber, InPercent, InYesNo, InWords}

// Splits are by what a number can be broken down. Messages: "result.split.SPLIT".
var Splits = []string{"sex", "service", "state"}

// SexParts are the parts of a number that is broken down by sex. Messages:
// "result.part.PART".
var SexParts = []string{"women", "men", "unknown"}

// Value is a figure or words. Figures are in hundredths, yes is 100 and no is 0.
type Value struct {
	Known  bool // a figure is there
	Figure int64
	Words  string
}

// Says reports whether there is anything.
func (v Value) Says() bool { return v.Known || v.Words != "" }

// arg is the figure as the tables hold it.
func (v Value) arg() any {
	if !v.Known {
		return nil
	}
	return v.Figure
}

// Indicator is by what a result is measured.
type Indicator struct {
	ID      string
	Project string
	Result  string
	IndicatorDraft
	N       int64
	Retired string   // why it counts no more, or ""
	Actuals []Actual // day by day; of each day what counts
	Former  []Actual // what was corrected since
	Rev     int64
}

// IndicatorDraft is what of an indicator is written.
type IndicatorDraft struct {
	Text        string
	Unit        Unit
	Baseline    Value
	BaselineDay string // the day, "" where there is no baseline
	Target      Value
	TargetDay   string
	Split       []string // of a number
	Means       string   // of verification
}

// Last is what was measured last, and whether anything was.
func (i Indicator) Last() (Actual, bool) {
	if len(i.Actuals) == 0 {
		return Actual{}, false
	}
	return i.Actuals[len(i.Actuals)-1], true
}

// Reached is how much of the way from the baseline to the target was gone, 0 to 1; a
// target below the baseline is reached downwards. ok is false where no figure says it.
func (i Indicator) Reached() (share float64, ok bool) {
	last, measured := i.Last()
	if !measured || !i.Target.Known || i.Unit == InYesNo {
		return 0, false
	}
	way, gone := i.Target.Figure-i.Baseline.Figure, last.Value.Figure-i.Baseline.Figure
	if way == 0 {
		if gone >= 0 {
			return 1, true
		}
		return 0, true
	}
	return min(1, max(0, float64(gone)/float64(way))), true
}

// Met reports whether the target is reached.
func (i Indicator) Met() bool {
	last, ok := i.Last()
	if i.Unit == InYesNo {
		return ok && last.Value.Figure == i.Target.Figure
	}
	share, ok := i.Reached()
	return ok && share == 1
}

type indicatorRow struct {
	ID, Project, Result, Text  string
	Unit                       Unit
	BaselineKnown, TargetKnown bool
	Baseline, Target           int64
	BaselineWords, TargetWords string
	BaselineDay, TargetDay     string
	Split, Means, Retired      string
	N, Rev                     int64
}

// indicators are those of a project with what was measured, by their result.
func indicators(ctx context.Context, q store.Reader, project string) (map[string][]Indicator, error) {
	rows, err := store.List[indicatorRow](ctx, q, everything, `
		SELECT id, project, result, text, unit, baseline IS NOT NULL AS baseline_known, target IS NOT NULL AS target_known, COALESCE(baseline, 0) AS baseline,
		  COALESCE(target, 0) AS target, baseline_words, target_words, baseline_day, target_day, split, means, retired, n, rev
		FROM indicator WHERE {scope} AND project = $1 ORDER BY n, id`, project)
	if err != nil {
		return nil, err
	}
	measured, err := actuals(ctx, q, project)
	if err != nil {
		return nil, err
	}
	list := map[string][]Indicator{}
	for _, r := range rows {
		i := Indicator{ID: r.ID, Project: r.Project, Result: r.Result, N: r.N, Retired: r.Retired, Rev: r.Rev, IndicatorDraft: IndicatorDraft{
			Text: r.Text, Unit: r.Unit, Baseline: Value{r.BaselineKnown, r.Baseline, r.BaselineWords}, BaselineDay: r.BaselineDay,
			Target: Value{r.TargetKnown, r.Target, r.TargetWords}, TargetDay: r.TargetDay, Split: strings.Fields(r.Split), Means: r.Means,
		}}
		i.Actuals, i.Former = counting(measured[r.ID])
		list[r.Result] = append(list[r.Result], i)
	}
	return list, nil
}

func (d *IndicatorDraft) clean() {
	for _, s := range []*string{&d.Text, &d.BaselineDay, &d.TargetDay, &d.Means, &d.Baseline.Words, &d.Target.Words} {
		*s = strings.TrimSpace(*s)
	}
	d.Split = slices.DeleteFunc(slices.Clone(Splits), func(s string) bool { return !slices.Contains(d.Split, s) })
	if d.Unit != InNumber {
		d.Split = nil
	}
}

// Validate returns an Invalid that names the fields, or nil.
func (d IndicatorDraft) Validate() error {
	d.clean()
	v := Invalid{}
	v.need("text", d.Text, maxWords, "result.error.indicator")
	v.among("unit", string(d.Unit), []string{"number", "percent", "yes-no", "words"}, "assistance.error.choice")
	v.need("means", d.Means, maxWords, "result.error.means")
	v.value("baseline", d.Unit, d.Baseline, false)
	v.value("target", d.Unit, d.Target, true)
	for field, day := range map[string]string{"baseline_day": d.BaselineDay, "target_day": d.TargetDay} {
		if day != "" && (len(day) != 10 || !validDate(day)) {
			v[field] = "assistance.error.day"
		}
	}
	switch {
	case d.Baseline.Says() && d.BaselineDay == "":
		v["baseline_day"] = "result.error.baseline_day"
	case !d.Baseline.Says() && d.BaselineDay != "" && v["baseline"] == "":
		v["baseline"] = "result.error.baseline"
	}
	if d.TargetDay == "" {
		v["target_day"] = "result.error.target_day"
	} else if v["target_day"] == "" && d.BaselineDay > d.TargetDay {
		v["target_day"] = "assistance.error.order"
	}
	return v.orNil()
}

// maxMeasure is the greatest figure that an indicator holds, in hundredths.
const maxMeasure = 1_000_000_000_000

// value asks whether it is one of the unit.
func (v Invalid) value(field string, u Unit, value Value, needed bool) {
	v.text(field, value.Words, maxWords, false)
	switch {
	case v[field] != "" || !slices.Contains(Units, u):
	case !value.Says() && needed:
		v[field] = "result.error." + field
	case !value.Says():
	case (u == InWords) == value.Known || value.Known && value.Words != "":
		v[field] = "result.error.unit." + string(u)
	case value.Known && (value.Figure < 0 || value.Figure > maxMeasure):
		v[field] = "result.error.unit.number"
	case u == InPercent && value.Figure > 100*100:
		v[field] = "result.error.unit.percent"
	case u == InYesNo && value.Figure != 0 && value.Figure != 100:
		v[field] = "result.error.unit.yes-no"
	}
}

// AddIndicator adds one to a result.
func (a *Assistance) AddIndicator(ctx context.Context, who access.Subject, project, result string, d IndicatorDraft) (string, error) {
	d.clean()
	id := store.NewID()
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, err := partly(ctx, tx, who, project, "change")
		if err != nil {
			return store.Event{}, err
		}
		f, err := results(ctx, tx, project)
		if err != nil {
			return store.Event{}, err
		}
		r, ok := f.Result(result)
		switch {
		case !ok:
			return store.Event{}, store.ErrNotFound
		case r.Retired != "":
			return store.Event{}, Impossible{"add", "retired", "result.impossible.retired"}
		}
		if err := d.Validate(); err != nil {
			return store.Event{}, err
		}
		n, err := lastPlace(ctx, tx, "indicator", project)
		if err != nil {
			return store.Event{}, err
		}
		if n > maxResults {
			return store.Event{}, Invalid{"text": "result.error.many"}
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO indicator (id, project, result, text, unit, baseline, baseline_words, baseline_day, target, target_words, target_day, split, means, n, retired, rev, created, updated)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, '', 1, $15, $15)`,
			id, project, result, d.Text, string(d.Unit), d.Baseline.arg(), d.Baseline.Words, d.BaselineDay, d.Target.arg(), d.Target.Words, d.TargetDay,
			strings.Join(d.Split, " "), d.Means, n, tx.Now())
		return store.Event{Act: "assistance.indicator.added", Object: id, Label: p.Label}, err
	})
	return id, err
}

// measure reads an indicator for somebody who writes it, at the revision that she read.
func measure(ctx context.Context, tx *store.Tx, who access.Subject, project, id string, rev int64) (Project, Indicator, error) {
	p, err := partly(ctx, tx, who, project, "change")
	if err != nil {
		return p, Indicator{}, err
	}
	f, err := results(ctx, tx, project)
	if err != nil {
		return p, Indicator{}, err
	}
	i, _, ok := f.Indicator(id)
	switch {
	case !ok:
		return p, i, store.ErrNotFound
	case i.Rev != rev:
		return p, i, Stale{i.Rev}
	}
	return p, i, nil
}

// ChangeIndicator writes one anew. Its unit stays once something was measured in it,
// and so does that by which figures are broken down.
func (a *Assistance) ChangeIndicator(ctx context.Context, who access.Subject, project, id string, rev int64, d IndicatorDraft) error {
	d.clean()
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, i, err := measure(ctx, tx, who, project, id, rev)
		switch {
		case err != nil:
			return store.Event{}, err
		case i.Retired != "":
			return store.Event{}, Impossible{"change", "retired", "result.impossible.retired"}
		}
		if err := d.Validate(); err != nil {
			return store.Event{}, err
		}
		if d.Unit != i.Unit && len(i.Actuals) > 0 {
			return store.Event{}, Invalid{"unit": "result.error.unit.measured"}
		}
		if store.JSON(d) == store.JSON(i.IndicatorDraft) {
			return store.Event{}, store.ErrUnchanged
		}
		if err := p.keep(ctx, tx, who, id, rev, former{Indicator: &i.IndicatorDraft}); err != nil {
			return store.Event{}, err
		}
		_, err = tx.Exec(ctx, `
			UPDATE indicator SET text = $2, unit = $3, baseline = $4, baseline_words = $5, baseline_day = $6, target = $7, target_words = $8, target_day = $9,
			  split = $10, means = $11, rev = rev + 1, updated = $12
			WHERE id = $1`, id, d.Text, string(d.Unit), d.Baseline.arg(), d.Baseline.Words, d.BaselineDay, d.Target.arg(), d.Target.Words, d.TargetDay,
			strings.Join(d.Split, " "), d.Means, tx.Now())
		return store.Event{Act: "assistance.indicator.changed", Object: id, Label: p.Label}, err
	})
	return err
}

// RemoveIndicator takes one away on which nothing was measured.
func (a *Assistance) RemoveIndicator(ctx context.Context, who access.Subject, project, id string, rev int64) error {
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, i, err := measure(ctx, tx, who, project, id, rev)
		switch {
		case err != nil:
			return store.Event{}, err
		case len(i.Actuals) > 0:
			return store.Event{}, Impossible{"remove", "measured", "result.impossible.measured"}
		}
		if err := p.keep(ctx, tx, who, id, rev, former{Indicator: &i.IndicatorDraft}); err != nil {
			return store.Event{}, err
		}
		_, err = tx.Exec(ctx, "DELETE FROM indicator WHERE id = $1", id)
		return store.Event{Act: "assistance.indicator.removed", Object: id, Label: p.Label}, err
	})
	return err
}

// RetireIndicator lets one count no more, and says why; without words it counts again.
func (a *Assistance) RetireIndicator(ctx context.Context, who access.Subject, project, id string, rev int64, words string) error {
	words = strings.TrimSpace(words)
	v := Invalid{}
	v.text("words", words, maxWords, false)
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, i, err := measure(ctx, tx, who, project, id, rev)
		switch {
		case err != nil:
			return store.Event{}, err
		case words == "" && i.Retired == "":
			return store.Event{}, Invalid{"words": "result.error.words.retire"}
		case len(v) > 0:
			return store.Event{}, v
		}
		act := "assistance.indicator.retired"
		if words == "" {
			act = "assistance.indicator.restored"
		}
		_, err = tx.Exec(ctx, "UPDATE indicator SET retired = $2, rev = rev + 1, updated = $3 WHERE id = $1", id, words, tx.Now())
		return store.Event{Act: act, Object: id, Label: p.Label}, err
	})
	return err
}
