package assistance

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/directory"
	"polis/internal/framework"
	"polis/internal/store"
)

// Priorities are those of findings and recommendations. Messages:
// "assessment.priority.PRIORITY".
var Priorities = []string{"high", "medium", "low"}

// AssessmentFinding is what was found, with the evidence for it.
type AssessmentFinding struct {
	ID         string
	Assessment string
	N          int64 // its number in the assessment
	FindingDraft
	Rev     int64
	Created time.Time
	Updated time.Time
}

// FindingDraft is what of a finding is written.
type FindingDraft struct {
	Title    string
	Baseline string // how it is
	Evidence string // the source: what was seen, heard or read where; no people
	Dated    string // the source's date: a year, a month or a day
	Document string // a document's id or symbol, or ""
	Priority string
	Theme    string // one of the areas
	Item     string // of the Framework, or ""
}

// AssessmentRecommendation is what is recommended upon a finding. Its id is what a
// project leads back to.
type AssessmentRecommendation struct {
	ID         string
	Assessment string
	Finding    string
	N          int64 // its number in the assessment
	RecommendationDraft
	Rev     int64
	Created time.Time
	Updated time.Time
}

// RecommendationDraft is what of a recommendation is written.
type RecommendationDraft struct {
	Words     string
	Addressee string // an id of the directory, or an institution's name
	Priority  string
}

// Findings are those of an assessment that was read in the reader's scope, in their
// order, where she may read them: see Assessment.Shows.
func (a *Assistance) Findings(ctx context.Context, who access.Subject, x Assessment) ([]AssessmentFinding, error) {
	if !x.Shows(who) {
		return nil, ErrForbidden
	}
	return findings(ctx, a.DB, x.ID)
}

const findingColumns = "id, assessment, n, title, baseline, evidence, dated, document, priority, theme, item, rev, created, updated"

func findings(ctx context.Context, q store.Reader, assessment string) ([]AssessmentFinding, error) {
	return store.List[AssessmentFinding](ctx, q, everything,
		"SELECT "+findingColumns+" FROM assessment_finding WHERE {scope} AND assessment = $1 ORDER BY n", assessment)
}

// Recommendations are those of an assessment, as Findings are.
func (a *Assistance) Recommendations(ctx context.Context, who access.Subject, x Assessment) ([]AssessmentRecommendation, error) {
	if !x.Shows(who) {
		return nil, ErrForbidden
	}
	return recommendations(ctx, a.DB, x.ID)
}

func recommendations(ctx context.Context, q store.Reader, assessment string) ([]AssessmentRecommendation, error) {
	return store.List[AssessmentRecommendation](ctx, q, everything,
		"SELECT id, assessment, finding, n, words, addressee, priority, rev, created, updated FROM assessment_recommendation WHERE {scope} AND assessment = $1 ORDER BY n", assessment)
}

func (d *FindingDraft) clean() {
	for _, s := range []*string{&d.Title, &d.Baseline, &d.Evidence, &d.Dated, &d.Document, &d.Item} {
		*s = strings.TrimSpace(*s)
	}
}

func (d FindingDraft) validate(x Assessment, now time.Time) error {
	v := Invalid{}
	v.text("title", d.Title, maxTitle, true)
	v.need("baseline", d.Baseline, maxText, "assessment.error.baseline")
	v.evidence(d.Evidence, d.Dated, now)
	v.text("document", d.Document, maxName, false)
	v.among("priority", d.Priority, Priorities, "assessment.error.priority")
	v.among("theme", d.Theme, x.themes(), "assessment.error.theme")
	if _, ok := framework.Find(d.Item); d.Item != "" && !ok {
		v["item"] = "assessment.error.item"
	}
	return v.orNil()
}

// need asks whether a text is there, and no longer than it may.
func (v Invalid) need(field, text string, most int, key string) {
	if v.text(field, text, most, false); text == "" {
		v[field] = key
	}
}

// among asks whether a value is one of those there are.
func (v Invalid) among(field, value string, of []string, key string) {
	if !slices.Contains(of, value) {
		v[field] = key
	}
}

// evidence asks for a source and its date, which is not to come.
func (v Invalid) evidence(source, dated string, now time.Time) {
	v.need("evidence", source, maxWords, "assessment.error.evidence")
	switch {
	case dated == "":
		v["dated"] = "assessment.error.dated"
	case !validDate(dated):
		v["dated"] = "assistance.error.date"
	case firstDay(dated) > tomorrow(now):
		v["dated"] = "assessment.error.future"
	}
}

func (d *RecommendationDraft) clean() {
	d.Words, d.Addressee = strings.TrimSpace(d.Words), strings.TrimSpace(d.Addressee)
}

func (d RecommendationDraft) validate() error {
	v := Invalid{}
	v.need("words", d.Words, maxWords, "assessment.error.recommendation")
	v.need("addressee", d.Addressee, maxName, "assessment.error.addressee")
	v.among("priority", d.Priority, Priorities, "assessment.error.priority")
	return v.orNil()
}

// writeFindings reads an assessment for somebody who writes its findings, and lets her
// write while they are written. change returns how the event is called.
func (a *Assistance) writeFindings(ctx context.Context, who access.Subject, id string, change func(tx *store.Tx, x Assessment) (string, error)) error {
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		x, err := assessment(ctx, tx, who.Scope(), id)
		switch {
		case err != nil:
			return store.Event{}, err
		case !who.SignedIn() || !who.May(access.Assess, x.Label).Allowed:
			return store.Event{}, ErrForbidden
		case !x.Stage.Written():
			return store.Event{}, Impossible{"write", string(x.Stage), "assessment.impossible.write." + string(x.Stage)}
		}
		act, err := change(tx, x)
		if err != nil {
			return store.Event{}, err
		}
		if _, err := tx.Exec(ctx, "UPDATE assessment SET updated = $2 WHERE id = $1", x.ID, tx.Now()); err != nil {
			return store.Event{}, err
		}
		return x.event(act), nil
	})
	return err
}

// next is the number of the next row of an assessment's findings or recommendations.
func next(ctx context.Context, tx *store.Tx, table, assessment string) (int64, error) {
	return store.Get[int64](ctx, tx, everything, "SELECT COALESCE(MAX(n), 0) + 1 FROM "+table+" WHERE {scope} AND assessment = $1", assessment)
}

// PutFinding writes a finding anew, or a new one, finding "" and rev 0; it returns its
// id. rev is the revision that the caller read.
func (a *Assistance) PutFinding(ctx context.Context, who access.Subject, assessment, finding string, rev int64, d FindingDraft) (string, error) {
	d.clean()
	err := a.writeFindings(ctx, who, assessment, func(tx *store.Tx, x Assessment) (string, error) {
		if err := d.validate(x, tx.Now()); err != nil {
			return "", err
		}
		if finding != "" {
			return "assistance.assessment.finding", d.rewrite(ctx, tx, x, finding, rev)
		}
		n, err := next(ctx, tx, "assessment_finding", x.ID)
		if err != nil {
			return "", err
		}
		finding = store.NewID()
		return "assistance.assessment.finding", tx.Insert(ctx, "assessment_finding ("+findingColumns+")", [][]any{{
			finding, x.ID, n, d.Title, d.Baseline, d.Evidence, d.Dated, d.Document, d.Priority, d.Theme, d.Item, 1, tx.Now(), tx.Now(),
		}}, "")
	})
	return finding, err
}

func (d FindingDraft) rewrite(ctx context.Context, tx *store.Tx, x Assessment, id string, rev int64) error {
	f, err := finding(ctx, tx, x.ID, id)
	switch {
	case err != nil:
		return err
	case f.Rev != rev:
		return Stale{f.Rev}
	case f.FindingDraft == d:
		return store.ErrUnchanged
	}
	_, err = tx.Exec(ctx, `
		UPDATE assessment_finding
		SET title = $2, baseline = $3, evidence = $4, dated = $5, document = $6, priority = $7, theme = $8, item = $9, rev = rev + 1, updated = $10
		WHERE id = $1`, id, d.Title, d.Baseline, d.Evidence, d.Dated, d.Document, d.Priority, d.Theme, d.Item, tx.Now())
	return err
}

func finding(ctx context.Context, q store.Reader, assessment, id string) (AssessmentFinding, error) {
	return store.Get[AssessmentFinding](ctx, q, everything,
		"SELECT "+findingColumns+" FROM assessment_finding WHERE {scope} AND assessment = $1 AND id = $2", assessment, id)
}

// DropFinding takes a finding out of the draft: one that nothing is recommended upon,
// and that the State has not commented on.
func (a *Assistance) DropFinding(ctx context.Context, who access.Subject, assessment, id string, rev int64) error {
	return a.writeFindings(ctx, who, assessment, func(tx *store.Tx, x Assessment) (string, error) {
		f, err := finding(ctx, tx, x.ID, id)
		if err != nil {
			return "", err
		}
		if f.Rev != rev {
			return "", Stale{f.Rev}
		}
		for table, key := range map[string]string{"assessment_comment": "assessment.impossible.commented", "assessment_recommendation": "assessment.impossible.recommended"} {
			n, err := store.Get[int64](ctx, tx, everything, "SELECT COUNT(*) FROM "+table+" WHERE {scope} AND assessment = $1 AND finding = $2", x.ID, id)
			if err != nil {
				return "", err
			}
			if n > 0 {
				return "", Impossible{"drop", string(x.Stage), key}
			}
		}
		_, err = tx.Exec(ctx, "DELETE FROM assessment_finding WHERE id = $1", id)
		return "assistance.assessment.finding", err
	})
}

// PutRecommendation writes a recommendation upon a finding anew, or a new one, id "".
func (a *Assistance) PutRecommendation(ctx context.Context, who access.Subject, assessment, of, id string, rev int64, d RecommendationDraft) (string, error) {
	d.clean()
	err := a.writeFindings(ctx, who, assessment, func(tx *store.Tx, x Assessment) (string, error) {
		if _, err := finding(ctx, tx, x.ID, of); err != nil {
			return "", err
		}
		if err := d.validate(); err != nil {
			return "", err
		}
		if id != "" {
			return "assistance.assessment.recommendation", d.rewrite(ctx, tx, x, of, id, rev)
		}
		n, err := next(ctx, tx, "assessment_recommendation", x.ID)
		if err != nil {
			return "", err
		}
		id = store.NewID()
		return "assistance.assessment.recommendation", tx.Insert(ctx, "assessment_recommendation (id, assessment, finding, n, words, addressee, priority, rev, created, updated)",
			[][]any{{id, x.ID, of, n, d.Words, d.Addressee, d.Priority, 1, tx.Now(), tx.Now()}}, "")
	})
	return id, err
}

// recommended is a recommendation upon a finding, as it stands.
func recommended(ctx context.Context, tx *store.Tx, assessment, of, id string, rev int64) (AssessmentRecommendation, error) {
	r, err := store.Get[AssessmentRecommendation](ctx, tx, everything, `
		SELECT id, assessment, finding, n, words, addressee, priority, rev, created, updated
		FROM assessment_recommendation
		WHERE {scope} AND assessment = $1 AND finding = $2 AND id = $3`, assessment, of, id)
	if err == nil && r.Rev != rev {
		err = Stale{r.Rev}
	}
	return r, err
}

func (d RecommendationDraft) rewrite(ctx context.Context, tx *store.Tx, x Assessment, of, id string, rev int64) error {
	r, err := recommended(ctx, tx, x.ID, of, id, rev)
	if err != nil {
		return err
	}
	if r.RecommendationDraft == d {
		return store.ErrUnchanged
	}
	_, err = tx.Exec(ctx, "UPDATE assessment_recommendation SET words = $2, addressee = $3, priority = $4, rev = rev + 1, updated = $5 WHERE id = $1",
		id, d.Words, d.Addressee, d.Priority, tx.Now())
	return err
}

// DropRecommendation takes a recommendation out of the draft.
func (a *Assistance) DropRecommendation(ctx context.Context, who access.Subject, assessment, of, id string, rev int64) error {
	return a.writeFindings(ctx, who, assessment, func(tx *store.Tx, x Assessment) (string, error) {
		if _, err := recommended(ctx, tx, x.ID, of, id, rev); err != nil {
			return "", err
		}
		_, err := tx.Exec(ctx, "DELETE FROM assessment_recommendation WHERE id = $1", id)
		return "assistance.assessment.recommendation", err
	})
}

// isState reports whether the directory knows a State by that id.
func isState(ctx context.Context, q store.Reader, id string) (bool, error) {
	e, err := directory.Get(ctx, q, everything, id)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && e.Kind.IsState(), err
}
