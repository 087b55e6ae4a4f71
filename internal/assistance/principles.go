package assistance

import (
	"context"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// Moment is when the principles are asked of a project (Framework ¶11). Messages:
// "project.moment.MOMENT".
type Moment string

// The moments.
const (
	AtPlan    Moment = "plan"
	AtMidterm Moment = "midterm"
	AtClose   Moment = "close"
)

// Moments lists them in their order.
var Moments = []Moment{AtPlan, AtMidterm, AtClose}

// Principles are the six that are asked (¶10). Messages: "project.principle.NAME" and
// "project.principle.NAME.question".
var Principles = []string{"rule-of-law", "human-rights", "gender", "minorities", "partnership", "accountability"}

// Answers are what was said to the principles at one moment: principle → answer. Those
// in NotArising do not arise; their answer is the reason.
type Answers struct {
	Moment     Moment
	Texts      map[string]string
	NotArising []string
	By         string // a person's id
	At         time.Time
}

// Answers are those of a project that was read in the reader's scope.
func (a *Assistance) Answers(ctx context.Context, project string) (map[Moment]Answers, error) {
	return answers(ctx, a.DB, project)
}

func answers(ctx context.Context, q store.Reader, project string) (map[Moment]Answers, error) {
	rows, err := store.List[struct {
		Moment                                                           Moment
		RuleOfLaw, HumanRights, Gender, Minorities, Partnership, Account string
		NotArising, By                                                   string
		At                                                               time.Time
	}](ctx, q, everything, `
		SELECT moment, rule_of_law, human_rights, gender, minorities, partnership, accountability AS account, not_arising, by_whom AS by, at
		FROM principles WHERE {scope} AND project = $1`, project)
	list := map[Moment]Answers{}
	for _, r := range rows {
		texts := map[string]string{}
		for i, text := range []string{r.RuleOfLaw, r.HumanRights, r.Gender, r.Minorities, r.Partnership, r.Account} {
			texts[Principles[i]] = text
		}
		list[r.Moment] = Answers{r.Moment, texts, strings.Fields(r.NotArising), r.By, r.At}
	}
	return list, err
}

// Answer writes what is said to the principles at a moment: at the plan until it is
// approved, at mid-term while it runs, and at the end until it is closed.
func (a *Assistance) Answer(ctx context.Context, who access.Subject, id string, rev int64, said Answers) error {
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, err := writable(ctx, tx, who, id, rev)
		if err != nil {
			return store.Event{}, err
		}
		if !said.Moment.in(p.Stage) {
			return store.Event{}, Impossible{"answer", string(p.Stage), "project.impossible.answer." + string(said.Moment)}
		}
		v := Invalid{}
		row := []any{id, string(said.Moment)}
		for _, name := range Principles {
			text := strings.TrimSpace(said.Texts[name])
			switch {
			case text == "" && slices.Contains(said.NotArising, name):
				v[name] = "project.error.not-arising"
			case text == "":
				v[name] = "project.error.answer"
			}
			v.text(name, text, maxWords, false)
			row = append(row, text)
		}
		v.each("not-arising", said.NotArising, func(name string) bool { return slices.Contains(Principles, name) })
		if err := v.orNil(); err != nil {
			return store.Event{}, err
		}
		row = append(row, strings.Join(clean(said.NotArising), " "), owner(who), tx.Now(), id+" "+string(said.Moment))
		return p.event("assistance.project.answered"), p.putAnswers(ctx, tx, said.Moment, row)
	})
	return err
}

// in reports whether the moment is there while a project is at the stage.
func (m Moment) in(s ProjectStage) bool {
	if m == AtPlan {
		return s.Drafting()
	}
	return (m == AtMidterm || m == AtClose) && (s == Active || s == Suspended)
}

func (p Project) putAnswers(ctx context.Context, tx *store.Tx, m Moment, row []any) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO principles (project, moment, rule_of_law, human_rights, gender, minorities, partnership, accountability, not_arising, by_whom, at, mark)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (project, moment) DO UPDATE
		SET rule_of_law = excluded.rule_of_law, human_rights = excluded.human_rights, gender = excluded.gender, minorities = excluded.minorities,
		    partnership = excluded.partnership, accountability = excluded.accountability, not_arising = excluded.not_arising,
		    by_whom = excluded.by_whom, at = excluded.at`, row...)
	if err != nil {
		return err
	}
	column := map[Moment]string{AtPlan: "planned", AtMidterm: "mid", AtClose: "closing"}[m]
	_, err = tx.Exec(ctx, "UPDATE project SET "+column+" = $2, rev = rev + 1, updated = $3 WHERE id = $1", p.ID, p.ID+" "+string(m), tx.Now())
	return err
}

// WaiveMidterm records why the principles were not asked at mid-term.
func (a *Assistance) WaiveMidterm(ctx context.Context, who access.Subject, id string, rev int64, reason string) error {
	reason = strings.TrimSpace(reason)
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, err := writable(ctx, tx, who, id, rev)
		v := Invalid{}
		v.text("words", reason, maxWords, false)
		if reason == "" {
			v["words"] = "assistance.error.words.waive"
		}
		switch {
		case err != nil:
			return store.Event{}, err
		case !AtMidterm.in(p.Stage):
			return store.Event{}, Impossible{"waive", string(p.Stage), "project.impossible.answer.midterm"}
		case len(v) > 0:
			return store.Event{}, v
		}
		_, err = tx.Exec(ctx, "UPDATE project SET mid_waived = $2, rev = rev + 1, updated = $3 WHERE id = $1", id, reason, tx.Now())
		return p.event("assistance.project.waived"), err
	})
	return err
}
