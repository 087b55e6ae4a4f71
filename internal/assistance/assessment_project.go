package assistance

import (
	"context"
	"errors"
	"strings"

	"polis/internal/access"
	"polis/internal/framework"
	"polis/internal/store"
)

// Advised is a recommendation of a needs assessment with what bears it out: of it a
// project can be made.
type Advised struct {
	Assessment     Assessment
	Finding        AssessmentFinding
	Recommendation AssessmentRecommendation
}

// Advised reads the recommendation of that id, or store.ErrNotFound. Those of a draft
// are for nobody: see Assessment.Shows.
func (a *Assistance) Advised(ctx context.Context, who access.Subject, id string) (Advised, error) {
	return advised(ctx, a.DB, who.Scope(), id)
}

func advised(ctx context.Context, q store.Reader, scope access.Scope, id string) (Advised, error) {
	of, err := store.Get[struct{ Assessment, Finding string }](ctx, q, scope, `
		SELECT r.assessment, r.finding FROM assessment_recommendation r
		JOIN assessment x ON x.id = r.assessment
		WHERE {scope x} AND x.stage = 'final' AND r.id = $1`, id)
	if err != nil {
		return Advised{}, err
	}
	x, err := assessment(ctx, q, scope, of.Assessment)
	f, err2 := finding(ctx, q, of.Assessment, of.Finding)
	list, err3 := recommendations(ctx, q, of.Assessment)
	if err := errors.Join(err, err2, err3); err != nil {
		return Advised{}, err
	}
	out := Advised{Assessment: x, Finding: f}
	for _, r := range list {
		if r.ID == id {
			out.Recommendation = r
		}
	}
	return out, nil
}

// Draft is how a project begins that is made of it: in its State, in the area of the
// finding. notes are the context notes that the assessment uses, from which it can be
// told how the work fits the setting (Framework ¶7).
func (s Advised) Draft(notes []ContextNote) ProjectDraft {
	d := ProjectDraft{
		Lang: s.Assessment.Lang, Title: firstLine(s.Recommendation.Words, maxTitle), Summary: s.Recommendation.Words + "\n\n" + s.Finding.Title + ": " + s.Finding.Baseline,
		Themes: []string{s.Finding.Theme}, Hosts: []string{s.Assessment.Host},
	}
	if _, ok := framework.Find(s.Finding.Item); ok {
		d.Items = []string{s.Finding.Item}
	}
	var setting []string
	for _, n := range notes {
		if n.Retired == "" && n.Summary != "" {
			setting = append(setting, n.Summary)
		}
	}
	d.Tailoring = cut(strings.Join(setting, "\n\n"), maxText)
	return d
}

// firstLine is the beginning of a text, up to so many characters.
func firstLine(text string, most int) string {
	line, _, _ := strings.Cut(text, "\n")
	return cut(strings.TrimSpace(line), most)
}

// cut is a text up to so many characters.
func cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

// CitedNotes are the context notes that an assessment uses, as far as the scope reads
// them.
func (a *Assistance) CitedNotes(ctx context.Context, scope access.Scope, assessment string) ([]ContextNote, error) {
	return store.List[ContextNote](ctx, a.DB, scope, "SELECT "+contextColumns+` FROM context_citation c
		JOIN context_note n ON n.id = c.note
		WHERE {scope n} AND c.kind = 'assessment' AND c.object = $1
		ORDER BY c.at, c.note`, assessment)
}

// DraftAdvised begins a project that is made of a recommendation. Its gates rest on the
// request of the assessment, as far as that is still accepted.
func (a *Assistance) DraftAdvised(ctx context.Context, who access.Subject, d ProjectDraft, recommendation string) (string, error) {
	return a.beginProject(ctx, who, d, begun{recommendation: recommendation})
}

// follow writes down of which recommendation a project is made, and says on which
// request it can rest.
func (p Project) follow(ctx context.Context, tx *store.Tx, who access.Subject, recommendation string) (request string, err error) {
	s, err := advised(ctx, tx, who.Scope(), recommendation)
	if err != nil {
		return "", err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO advised_project (recommendation, assessment, assessment_stage, project, by_whom, at)
		VALUES ($1, $2, 'final', $3, $4, $5)`, recommendation, s.Assessment.ID, p.ID, who.ID, tx.Now())
	if s.Assessment.Asked != Accepted {
		return "", err
	}
	return s.Assessment.Request, err
}

// Outcomes are the projects that were made of an assessment's recommendations, by the
// recommendation, as far as the scope reads them.
func (a *Assistance) Outcomes(ctx context.Context, scope access.Scope, assessment string) (map[string][]Project, error) {
	rows, err := store.List[struct {
		Recommendation string
		Project
	}](ctx, a.DB, scope, "SELECT o.recommendation, "+projectColumns+` FROM advised_project o
		JOIN project p ON p.id = o.project
		WHERE {scope p} AND o.assessment = $1
		ORDER BY o.at, p.id`, assessment)
	if err != nil {
		return nil, err
	}
	list := make([]Project, len(rows))
	for i, row := range rows {
		list[i] = row.Project
	}
	if err := completed(ctx, a.DB, list); err != nil {
		return nil, err
	}
	of := map[string][]Project{}
	for i, row := range rows {
		of[row.Recommendation] = append(of[row.Recommendation], list[i])
	}
	return of, nil
}

// AdvisedBy are the recommendations of which a project was made, as far as the scope
// reads their assessments.
func (a *Assistance) AdvisedBy(ctx context.Context, scope access.Scope, project string) (list []Advised, err error) {
	ids, err := store.List[string](ctx, a.DB, scope, `
		SELECT o.recommendation FROM advised_project o
		JOIN assessment x ON x.id = o.assessment
		WHERE {scope x} AND o.project = $1
		ORDER BY o.at, o.recommendation`, project)
	for _, id := range ids {
		s, err := advised(ctx, a.DB, scope, id)
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, err
}
