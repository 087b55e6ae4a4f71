package api

import (
	"context"
	"strconv"
	"strings"

	"polis/internal/assistance"
	"polis/internal/lang"
)

// Result is what a project is to change, or hands over (Framework ¶8).
type Result struct {
	ID          string      `json:"id"`
	Number      string      `json:"number" doc:"Its place in the framework: 1, 1.2, 1.2.1."`
	Kind        string      `json:"kind" enum:"impact,outcome,output"`
	Parent      string      `json:"parent" doc:"Id of the result above it, or empty."`
	Text        string      `json:"text"`
	Capacity    string      `json:"capacity" enum:",training,strategic-planning,law-enforcement,human-resources,accountability"`
	Assumptions string      `json:"assumptions"`
	Retired     string      `json:"retired" doc:"Why it counts no more, or empty."`
	Indicators  []Indicator `json:"indicators"`
}

// Indicator is by what a result is measured.
type Indicator struct {
	ID          string   `json:"id"`
	Text        string   `json:"text"`
	Unit        string   `json:"unit" enum:"number,percent,yes-no,words"`
	Baseline    Measure  `json:"baseline"`
	BaselineDay string   `json:"baselineDay" doc:"Empty where there is no baseline."`
	Target      Measure  `json:"target"`
	TargetDay   string   `json:"targetDay"`
	Split       []string `json:"split" doc:"By what a number is broken down: sex, service, state."`
	Means       string   `json:"means" doc:"Of verification."`
	Retired     string   `json:"retired" doc:"Why it counts no more, or empty."`
	Met         bool     `json:"met" doc:"The target is reached."`
	Actuals     []Actual `json:"actuals" doc:"What was measured, day by day; of what was corrected, what counts."`
}

// Measure is a figure, or words, or nothing yet.
type Measure struct {
	Figure *float64 `json:"figure" doc:"1 is yes and 0 is no. null: there is none."`
	Words  string   `json:"words"`
}

// Actual is what was measured on a day.
type Actual struct {
	Day      string       `json:"day"`
	Value    Measure      `json:"value"`
	Evidence string       `json:"evidence"`
	Document string       `json:"document" doc:"Id of the document that says it, or empty."`
	Parts    []ActualPart `json:"parts" doc:"Those of each split add up to the figure."`
}

// ActualPart is one of a figure that is broken down.
type ActualPart struct {
	Split  string  `json:"split" enum:"sex,service,state"`
	Name   string  `json:"name" doc:"women, men or unknown; a service; a State's directory id."`
	Figure float64 `json:"figure"`
}

// ResultsOutput is a results framework.
type ResultsOutput struct {
	Body struct {
		Results []Result `json:"results" doc:"In the order of the tree: each is followed by those below it."`
	}
}

func newMeasure(v assistance.Value) Measure {
	m := Measure{Words: v.Words}
	if v.Known {
		figure := float64(v.Figure) / 100 // the room counts in hundredths
		m.Figure = &figure
	}
	return m
}

func (a *API) results(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"100"`
},
) (*ResultsOutput, error) {
	p, err := a.help().Project(ctx, scope(ctx), in.ID)
	if err != nil {
		return nil, problem(ctx, err)
	}
	f, err := a.help().Framework(ctx, p.ID)
	if err != nil {
		return nil, problem(ctx, err)
	}
	readable, err := a.readable(ctx, evidence(f))
	if err != nil {
		return nil, problem(ctx, err)
	}
	out := &ResultsOutput{}
	out.Body.Results = make([]Result, 0, len(f.Results))
	for _, r := range f.Results {
		made := Result{
			ID: r.ID, Number: numbered(f.Number(r.ID)), Kind: string(r.Kind), Parent: r.Parent, Text: r.Text, Capacity: r.Capacity,
			Assumptions: r.Assumptions, Retired: r.Retired, Indicators: make([]Indicator, 0, len(r.Indicators)),
		}
		for _, i := range r.Indicators {
			made.Indicators = append(made.Indicators, newIndicator(i, readable))
		}
		out.Body.Results = append(out.Body.Results, made)
	}
	return out, nil
}

func newIndicator(i assistance.Indicator, readable map[string]bool) Indicator {
	out := Indicator{
		ID: i.ID, Text: i.Text, Unit: string(i.Unit), Baseline: newMeasure(i.Baseline), BaselineDay: i.BaselineDay, Target: newMeasure(i.Target),
		TargetDay: i.TargetDay, Split: list(i.Split), Means: i.Means, Retired: i.Retired, Met: i.Met(), Actuals: make([]Actual, 0, len(i.Actuals)),
	}
	for _, got := range i.Actuals {
		actual := Actual{Day: got.Day, Value: newMeasure(got.Value), Evidence: got.Evidence, Parts: make([]ActualPart, 0, len(got.Parts))}
		if readable[got.Document] {
			actual.Document = got.Document
		}
		for _, part := range got.Parts {
			actual.Parts = append(actual.Parts, ActualPart{part.Split, part.Name, float64(part.Figure) / 100})
		}
		out.Actuals = append(out.Actuals, actual)
	}
	return out
}

// evidence are the documents on which the figures rest.
func evidence(f assistance.Framework) (ids []string) {
	for _, r := range f.Results {
		for _, i := range r.Indicators {
			for _, got := range i.Actuals {
				if got.Document != "" {
					ids = append(ids, got.Document)
				}
			}
		}
	}
	return ids
}

// readable are those of the documents that the caller may read: of another not even its
// id is told.
func (a *API) readable(ctx context.Context, ids []string) (map[string]bool, error) {
	titles, err := a.Library.Titles(ctx, scope(ctx), ids, lang.English)
	found := make(map[string]bool, len(titles))
	for id := range titles {
		found[id] = true
	}
	return found, err
}

// numbered writes the place of a result with dots.
func numbered(place []int) string {
	parts := make([]string, len(place))
	for i, n := range place {
		parts[i] = strconv.Itoa(n)
	}
	return strings.Join(parts, ".")
}
