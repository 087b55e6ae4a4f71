package assistance

import (
	"context"
	"maps"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// EvaluationDraft is what is written of an evaluation.
type EvaluationDraft struct {
	Lang         lang.Tag
	Evaluator    string // an office or organisation: id of the directory, or a name; never a person's
	Independence string
	Summary      string
	Criteria     map[string]Criterion
	Answers      map[string]string // to the principles
	NotArising   []string
}

// Draft is what of an evaluation can be written anew.
func (e Evaluation) Draft() EvaluationDraft {
	return EvaluationDraft{e.Lang, e.Evaluator, e.Independence, e.Summary, maps.Clone(e.Criteria), maps.Clone(e.Answers), e.NotArising}
}

func (d *EvaluationDraft) clean() {
	for _, s := range []*string{&d.Evaluator, &d.Independence, &d.Summary} {
		*s = strings.TrimSpace(*s)
	}
	criteria, answers := map[string]Criterion{}, map[string]string{}
	for _, name := range Criteria {
		c := d.Criteria[name]
		for _, s := range []*string{&c.Question, &c.Evidence, &c.Finding, &c.WhyNot} {
			*s = strings.TrimSpace(*s)
		}
		criteria[name] = c
	}
	for _, name := range Principles {
		answers[name] = strings.TrimSpace(d.Answers[name])
	}
	d.Criteria, d.Answers, d.NotArising = criteria, answers, clean(d.NotArising)
}

// Validate returns an Invalid that names the fields, or nil. complete asks for what it
// needs to be final: evaluator, independence, summary, the six criteria and the six
// principles. The fields of a criterion are "question-NAME" and so on, those of a
// principle "answer-NAME".
func (d EvaluationDraft) Validate(complete bool) error {
	d.clean()
	v := Invalid{}
	if _, ok := lang.Parse(string(d.Lang)); !ok {
		v["lang"] = "assistance.error.lang"
	}
	for field, of := range map[string]struct {
		text string
		most int
	}{"evaluator": {d.Evaluator, maxName}, "independence": {d.Independence, maxWords}, "summary": {d.Summary, maxText}} {
		v.text(field, of.text, of.most, false)
		if complete && of.text == "" {
			v[field] = "evaluation.error." + field
		}
	}
	for name, c := range d.Criteria {
		v.criterion(name, c, complete)
	}
	v.each("not-arising", d.NotArising, func(name string) bool { return slices.Contains(Principles, name) })
	for name, text := range d.Answers {
		v.text("answer-"+name, text, maxWords, false)
		switch {
		case text == "" && slices.Contains(d.NotArising, name):
			v["answer-"+name] = "project.error.not-arising"
		case text == "" && complete:
			v["answer-"+name] = "project.error.answer"
		}
	}
	return v.orNil()
}

// criterion asks whether one holds together: a rating says what it rests on, and one
// without says why.
func (v Invalid) criterion(name string, c Criterion, complete bool) {
	for field, text := range map[string]string{"question": c.Question, "evidence": c.Evidence, "finding": c.Finding, "why": c.WhyNot} {
		v.text(field+"-"+name, text, maxWords, false)
		if complete && c.Rating > 0 && text == "" && field != "why" {
			v[field+"-"+name] = "evaluation.error." + field
		}
	}
	switch {
	case c.Rating < 0 || c.Rating > 4:
		v["rating-"+name] = "assistance.error.choice"
	case c.Rating > 0 && c.WhyNot != "":
		v["why-"+name] = "evaluation.error.both"
	case complete && c.Rating == 0 && c.WhyNot == "":
		v["why-"+name] = "evaluation.error.why"
	}
}

// WriteEvaluation writes one that has begun. rev is the revision that the caller read.
func (a *Assistance) WriteEvaluation(ctx context.Context, who access.Subject, project string, kind EvaluationKind, rev int64, d EvaluationDraft) error {
	d.clean()
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		e, err := evaluationBegun(ctx, tx, who, project, kind, "write")
		switch {
		case err != nil:
			return store.Event{}, err
		case e.Rev != rev:
			return store.Event{}, Stale{e.Rev}
		}
		if err := d.Validate(false); err != nil {
			return store.Event{}, err
		}
		stands := e.Draft()
		if stands.clean(); store.JSON(d) == store.JSON(stands) {
			return store.Event{}, store.ErrUnchanged
		}
		return e.event("assistance.evaluation.written"), e.rewrite(ctx, tx, d)
	})
	return err
}

// evaluationBegun reads one that is being written, for somebody who writes it.
func evaluationBegun(ctx context.Context, tx *store.Tx, who access.Subject, project string, kind EvaluationKind, act string) (Evaluation, error) {
	e, p, err := evaluationOf(ctx, tx, who, project, kind)
	switch {
	case err != nil:
		return e, err
	case !p.Writes(who):
		return e, ErrForbidden
	case e.Stage == EvaluationDue:
		return e, Impossible{act, string(e.Stage), "evaluation.impossible.due"}
	case e.Stage != EvaluationBegun:
		return e, Impossible{act, string(e.Stage), "evaluation.impossible." + string(e.Stage)}
	}
	return e, nil
}

func (e Evaluation) rewrite(ctx context.Context, tx *store.Tx, d EvaluationDraft) error {
	for _, name := range Criteria {
		c := d.Criteria[name]
		mark := e.ID + " " + name + " part"
		if c.Whole() {
			mark = e.ID + " " + name + " whole"
		}
		_, err := tx.Exec(ctx, `
			UPDATE evaluation_criterion SET question = $3, evidence = $4, finding = $5, rating = $6, why_not = $7, mark = $8
			WHERE evaluation = $1 AND criterion = $2`, e.ID, name, c.Question, c.Evidence, c.Finding, c.Rating, c.WhyNot, mark)
		if err != nil {
			return err
		}
	}
	args := []any{e.ID, string(d.Lang), d.Evaluator, d.Independence, d.Summary, strings.Join(d.NotArising, " "), tx.Now()}
	for _, name := range Principles {
		args = append(args, d.Answers[name])
	}
	_, err := tx.Exec(ctx, `
		UPDATE evaluation
		SET lang = $2, evaluator = $3, independence = $4, summary = $5, not_arising = $6, updated = $7, rev = rev + 1,
		    rule_of_law = $8, human_rights = $9, gender = $10, minorities = $11, partnership = $12, accountability = $13
		WHERE id = $1`, args...)
	return err
}
