package assistance

import (
	"context"
	"slices"

	"polis/internal/access"
	"polis/internal/store"
)

// assessmentDecideDays is how many working days there are to decide what becomes of
// an assessment whose ground was taken away while it was fielded.
const assessmentDecideDays = 20

// AssessmentGrounds are the areas of an assessment, each with the consent on which it rests or,
// where it rests on none that is open, the one on which it could.
func (a *Assistance) AssessmentGrounds(ctx context.Context, x Assessment) ([]AssessmentArea, error) {
	return assessmentGrounds(ctx, a.DB, x)
}

func assessmentGrounds(ctx context.Context, q store.Reader, x Assessment) ([]AssessmentArea, error) {
	open, err := store.List[AssessmentArea](ctx, q, everything, `
		SELECT a.theme, a.consent, c.of_year || '/' || c.nth AS number, a.standing, a.since, a.until
		FROM consent c
		JOIN consent_area a ON a.consent = c.id
		WHERE {scope c} AND c.giver = $1 AND c.stage = 'given' AND a.standing = 'open' AND (c.request = $2 OR c.request IS NULL)
		ORDER BY CASE WHEN c.request IS NULL THEN 1 ELSE 0 END, a.until DESC, a.consent`, x.Host, x.Request)
	list := slices.Clone(x.Areas)
	for i, area := range list {
		if area.Covers(x.Starts, x.Ends) {
			continue
		}
		best := slices.IndexFunc(open, func(o AssessmentArea) bool { return o.Theme == area.Theme && o.Covers(x.Starts, x.Ends) })
		if best < 0 {
			best = slices.IndexFunc(open, func(o AssessmentArea) bool { return o.Theme == area.Theme })
		}
		if best >= 0 {
			list[i] = open[best]
		}
	}
	return list, err
}

// groundAssessment lets the areas of an assessment rest on the consents that there are for them
// now: of the State for this request, or for none in particular.
func groundAssessment(ctx context.Context, tx *store.Tx, id string) error {
	x, err := assessment(ctx, tx, everything, id)
	if err != nil {
		return err
	}
	list, err := assessmentGrounds(ctx, tx, x)
	if err != nil {
		return err
	}
	for _, area := range list {
		if area.Consent == "" || area.Standing != AreaOpen {
			continue
		}
		_, err := tx.Exec(ctx, "UPDATE assessment_area SET consent = $3, standing = $4, since = $5, until = $6 WHERE assessment = $1 AND theme = $2",
			x.ID, area.Theme, area.Consent, string(area.Standing), area.Since, area.Until)
		if err != nil {
			return err
		}
	}
	return nil
}

// closeAssessments is to be called before an area of a consent is closed, theme "" for
// all of them, with the reason that the State gives. What is planned on that ground
// stops at once; what is fielded has a day by which it is decided what becomes of it.
func closeAssessments(ctx context.Context, tx *store.Tx, consent, theme, reason string) (events []store.Event, err error) {
	var which query
	which.and("{scope x} AND x.stage IN ('planned', 'fielded') AND a.consent = ? AND a.standing = 'open'", consent)
	if theme != "" {
		which.and("a.theme = ?", theme)
	}
	list, err := store.List[struct {
		Theme string
		Assessment
	}](ctx, tx, everything,
		"SELECT a.theme, "+assessmentColumns+" FROM assessment_area a JOIN assessment x ON x.id = a.assessment WHERE "+which.conditions()+" ORDER BY x.id, a.theme", which.args...)
	lost := map[string]bool{}
	for _, row := range list {
		if lost[row.ID] {
			continue // it is said once, of the first of the areas
		}
		lost[row.ID] = true
		if err := row.lose(ctx, tx, consent, row.Theme, reason); err != nil {
			return nil, err
		}
		events = append(events, row.event("assistance.assessment.lost"))
	}
	return events, err
}

// closeAssessmentsOf is to be called before a request is withdrawn that was accepted.
func closeAssessmentsOf(ctx context.Context, tx *store.Tx, request, reason string) (events []store.Event, err error) {
	list, err := store.List[Assessment](ctx, tx, everything,
		"SELECT "+assessmentColumns+" FROM assessment x WHERE {scope x} AND x.request = $1 AND x.stage IN ('planned', 'fielded') ORDER BY x.id", request)
	for _, x := range list {
		if err := x.lose(ctx, tx, "", "", reason); err != nil {
			return nil, err
		}
		events = append(events, x.event("assistance.assessment.lost"))
	}
	return events, err
}

// lose takes the ground from under it: by the program, because the State has spoken
// already. Its areas keep the names of the consents on which they rested.
func (x Assessment) lose(ctx context.Context, tx *store.Tx, consent, theme, reason string) error {
	s := assessmentStep{move: LoseAssessment, stage: AssessmentStopped, words: reason, consent: consent, theme: theme}
	if x.Stage == AssessmentFielded {
		s.move, s.stage, s.due = DoubtAssessment, AssessmentFielded, workingDays(tx.Now(), assessmentDecideDays)
		if x.DecideBy != "" {
			s.due = x.DecideBy
		}
	}
	mark, err := putAssessmentStep(ctx, tx, access.System("assistance"), x, s)
	if err != nil {
		return err
	}
	return x.settle(ctx, tx, s, mark)
}
