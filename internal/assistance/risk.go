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

// RiskStage is how a risk stands. Messages: "risk.stage.STAGE".
type RiskStage string

// The stages of a risk.
const (
	RiskOpen     RiskStage = "open"
	RiskHappened RiskStage = "happened"
	RiskClosed   RiskStage = "closed"
)

// Risk is what could keep a project from its results, and what is done about it.
type Risk struct {
	ID      string
	Project string
	RiskDraft
	Stage   RiskStage
	Moves   int64
	Rev     int64
	Created time.Time
	Updated time.Time
}

// RiskDraft is what of a risk is written.
type RiskDraft struct {
	Text       string
	Likelihood int // 1 to 5
	Impact     int // 1 to 5
	Measure    string
	Office     string // who owns it: an id of the directory, or an office's name; never a person
	Review     string // the day by which it is looked at again
}

// Weight is how much it weighs, 1 to 25.
func (d RiskDraft) Weight() int { return d.Likelihood * d.Impact }

// Overdue reports whether somebody should have looked at it before this moment.
func (r Risk) Overdue(now time.Time) bool { return r.Stage != RiskClosed && r.Review < today(now) }

// RiskStep is one that was taken. The first is "raise".
type RiskStep struct {
	Risk  string
	N     int64
	Move  RiskMove
	Stage RiskStage // after it
	Words string
	By    string `db:"by_whom"` // a person's id
	At    time.Time
}

// RiskMove is what is done with a risk. Messages: "risk.do.MOVE".
type RiskMove string

// The moves. Each needs words; a review and what opens it again need the next day.
const (
	ReviewRisk RiskMove = "review"
	Happen     RiskMove = "happen"
	CloseRisk  RiskMove = "close"
	ReopenRisk RiskMove = "reopen"
)

var riskWays = []struct {
	move RiskMove
	from []RiskStage
	to   RiskStage // "" where it stays
	did  string
}{
	{ReviewRisk, []RiskStage{RiskOpen, RiskHappened}, "", "assistance.risk.reviewed"},
	{Happen, []RiskStage{RiskOpen}, RiskHappened, "assistance.risk.happened"},
	{CloseRisk, []RiskStage{RiskOpen, RiskHappened}, RiskClosed, "assistance.risk.closed"},
	{ReopenRisk, []RiskStage{RiskHappened, RiskClosed}, RiskOpen, "assistance.risk.reopened"},
}

// RiskMoves are those that are possible to her now.
func RiskMoves(who access.Subject, p Project, r Risk) (list []RiskMove) {
	for _, w := range riskWays {
		if slices.Contains(w.from, r.Stage) && p.Writes(who) && (p.Stage.Drafting() || p.Stage.Runs()) {
			list = append(list, w.move)
		}
	}
	return list
}

const riskColumns = "r.id, r.project, r.text, r.likelihood, r.impact, r.measure, r.office, r.review, r.stage, r.moves, r.rev, r.created, r.updated"

// Risks are those of a project that was read in the reader's scope: what is not closed
// first, the heaviest first.
func (a *Assistance) Risks(ctx context.Context, project string) ([]Risk, error) {
	return store.List[Risk](ctx, a.DB, everything, "SELECT "+riskColumns+` FROM risk r WHERE {scope} AND r.project = $1
		ORDER BY CASE r.stage WHEN 'closed' THEN 1 ELSE 0 END, r.likelihood * r.impact DESC, r.id`, project)
}

// RiskSteps are those of the risks of a project, the latest first.
func (a *Assistance) RiskSteps(ctx context.Context, project string) ([]RiskStep, error) {
	return store.List[RiskStep](ctx, a.DB, everything, `
		SELECT s.risk, s.n, s.move, s.stage, s.words, s.by_whom, s.at FROM risk_step s JOIN risk r ON r.id = s.risk
		WHERE {scope} AND r.project = $1 ORDER BY s.risk, s.n DESC`, project)
}

func (d *RiskDraft) clean() {
	for _, s := range []*string{&d.Text, &d.Measure, &d.Office, &d.Review} {
		*s = strings.TrimSpace(*s)
	}
}

// office asks whether a name is one of an office or organisation and not longer than it
// may be: an address is a person's.
func (v Invalid) office(field, name, missing string) {
	switch {
	case name == "":
		v[field] = missing
	case utf8.RuneCountInString(name) > maxName:
		v[field] = "assistance.error.long"
	case strings.Contains(name, "@"):
		v[field] = "programme.error.body"
	}
}

func (d RiskDraft) check() error {
	v := Invalid{}
	v.need("text", d.Text, maxWords, "risk.error.text")
	v.need("measure", d.Measure, maxWords, "risk.error.measure")
	v.office("office", d.Office, "risk.error.office")
	for field, n := range map[string]int{"likelihood": d.Likelihood, "impact": d.Impact} {
		if n < 1 || n > 5 {
			v[field] = "risk.error." + field
		}
	}
	if len(d.Review) != 10 || !validDate(d.Review) {
		v["review"] = "risk.error.review"
	}
	return v.orNil()
}

// AddRisk writes down a new one.
func (a *Assistance) AddRisk(ctx context.Context, who access.Subject, project string, d RiskDraft) (string, error) {
	d.clean()
	r := Risk{ID: store.NewID(), Project: project, Stage: RiskOpen}
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, err := partly(ctx, tx, who, project, "change")
		if err != nil {
			return store.Event{}, err
		}
		if err := d.check(); err != nil {
			return store.Event{}, err
		}
		if d.Review < today(tx.Now()) {
			return store.Event{}, Invalid{"review": "risk.error.review.past"}
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO risk (id, project, project_stage, text, likelihood, impact, measure, office, review, stage, moves, rev, created, updated)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', 0, 1, $10, $10)`,
			r.ID, project, string(p.Stage), d.Text, d.Likelihood, d.Impact, d.Measure, d.Office, d.Review, tx.Now())
		if err != nil {
			return store.Event{}, err
		}
		return store.Event{Act: "assistance.risk.raised", Object: r.ID, Label: p.Label}, r.take(ctx, tx, who, "raise", RiskOpen, "")
	})
	return r.ID, err
}

// dangerous reads a risk for somebody who writes it, at the revision that she read.
func dangerous(ctx context.Context, tx *store.Tx, who access.Subject, project, id string, rev int64) (Project, Risk, error) {
	p, err := partly(ctx, tx, who, project, "change")
	if err != nil {
		return p, Risk{}, err
	}
	r, err := store.Get[Risk](ctx, tx, everything, "SELECT "+riskColumns+" FROM risk r WHERE {scope} AND r.project = $1 AND r.id = $2", project, id)
	if err == nil && r.Rev != rev {
		err = Stale{r.Rev}
	}
	return p, r, err
}

// ChangeRisk writes one anew. One that is closed stays as it was.
func (a *Assistance) ChangeRisk(ctx context.Context, who access.Subject, project, id string, rev int64, d RiskDraft) error {
	d.clean()
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, r, err := dangerous(ctx, tx, who, project, id, rev)
		switch {
		case err != nil:
			return store.Event{}, err
		case r.Stage == RiskClosed:
			return store.Event{}, Impossible{"change", string(r.Stage), "risk.impossible.closed"}
		case d == r.RiskDraft:
			return store.Event{}, store.ErrUnchanged
		}
		if err := d.check(); err != nil {
			return store.Event{}, err
		}
		if d.Review != r.Review && d.Review < today(tx.Now()) {
			return store.Event{}, Invalid{"review": "risk.error.review.past"}
		}
		_, err = tx.Exec(ctx, `
			UPDATE risk SET text = $2, likelihood = $3, impact = $4, measure = $5, office = $6, review = $7, rev = rev + 1, updated = $8
			WHERE id = $1`, id, d.Text, d.Likelihood, d.Impact, d.Measure, d.Office, d.Review, tx.Now())
		return store.Event{Act: "assistance.risk.changed", Object: id, Label: p.Label}, keepTasks(ctx, tx, p.ID, err)
	})
	return err
}

// MoveRisk makes a move. words are what was found, what happened or why; review is the
// next day on which it is looked at, for a review and where it is opened again.
func (a *Assistance) MoveRisk(ctx context.Context, who access.Subject, project, id string, rev int64, m RiskMove, words, review string) error {
	words, review = strings.TrimSpace(words), strings.TrimSpace(review)
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, r, err := dangerous(ctx, tx, who, project, id, rev)
		if err != nil {
			return store.Event{}, err
		}
		for _, w := range riskWays {
			if w.move != m {
				continue
			}
			if !slices.Contains(w.from, r.Stage) {
				return store.Event{}, Impossible{string(m), string(r.Stage), "risk.impossible." + string(r.Stage)}
			}
			v := Invalid{}
			v.need("words", words, maxWords, "risk.error.words."+string(m))
			again := m == ReviewRisk || m == ReopenRisk
			if again && (len(review) != 10 || !validDate(review) || review <= today(tx.Now())) {
				v["review"] = "risk.error.review.next"
			}
			if len(v) > 0 {
				return store.Event{}, v
			}
			if again {
				if _, err := tx.Exec(ctx, "UPDATE risk SET review = $2 WHERE id = $1", id, review); err != nil {
					return store.Event{}, err
				}
			}
			to := w.to
			if to == "" {
				to = r.Stage
			}
			return store.Event{Act: w.did, Object: id, Label: p.Label}, r.take(ctx, tx, who, m, to, words)
		}
		return store.Event{}, Invalid{"move": "assistance.error.move"}
	})
	return err
}

// take writes the next step and brings the risk to its stage.
func (r Risk) take(ctx context.Context, tx *store.Tx, who access.Subject, m RiskMove, to RiskStage, words string) error {
	mark, err := nextStep{"risk", r.ID, r.Moves, string(r.Stage), string(m), string(to), words, owner(who)}.put(ctx, tx)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE risk SET stage = $2, moves = moves + 1, step = $3, rev = rev + $4, updated = $5 WHERE id = $1",
		r.ID, string(to), mark, min(r.Moves, 1), tx.Now())
	return keepTasks(ctx, tx, r.Project, err)
}

// DuePlace is where something stands in a list of what is overdue: its day, then its id. The
// zero DuePlace is before all.
type DuePlace struct{ Day, ID string }

func (p DuePlace) String() string { return p.Day + "-" + p.ID }

// ParseDuePlace reads what String wrote.
func ParseDuePlace(s string) (DuePlace, bool) {
	if len(s) < 12 || s[10] != '-' || !validDate(s[:10]) || len(s) > 111 {
		return DuePlace{}, false
	}
	return DuePlace{s[:10], s[11:]}, true
}
