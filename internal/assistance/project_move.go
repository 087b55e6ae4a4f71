package assistance

import (
	"context"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/store"
)

// ProjectMove leads a project from one stage to the next.
type ProjectMove string

// The moves of a project.
const (
	Appraise        ProjectMove = "appraise"
	ReturnIdea      ProjectMove = "return" // with what is to be mended
	Approve         ProjectMove = "approve"
	Start           ProjectMove = "start"
	Suspend         ProjectMove = "suspend" // with a reason
	Resume          ProjectMove = "resume"
	Close           ProjectMove = "close"    // with what came of it
	EvaluateProject ProjectMove = "evaluate" // it has been evaluated
	StopProject     ProjectMove = "stop"     // with a reason
)

// projectWay is what a move takes and where it leads.
type projectWay struct {
	move  ProjectMove
	from  []ProjectStage
	to    ProjectStage
	desk  bool // the desk alone
	words bool // it needs words
	did   string
}

// projectWays are all moves, in the order in which they are offered.
var projectWays = []projectWay{
	{Appraise, []ProjectStage{Idea}, Appraised, false, false, "assistance.project.appraised"},
	{Approve, []ProjectStage{Appraised}, Approved, true, false, "assistance.project.approved"},
	{Start, []ProjectStage{Approved}, Active, false, false, "assistance.project.started"},
	{Resume, []ProjectStage{Suspended}, Active, false, false, "assistance.project.resumed"},
	{Suspend, []ProjectStage{Active}, Suspended, false, true, "assistance.project.suspended"},
	{Close, []ProjectStage{Active, Suspended}, Closed, false, true, "assistance.project.closed"},
	{EvaluateProject, []ProjectStage{Closed}, Evaluated, true, false, "assistance.project.evaluated"},
	{ReturnIdea, []ProjectStage{Appraised}, Idea, true, true, "assistance.project.returned"},
	{StopProject, []ProjectStage{Idea, Appraised, Approved}, Stopped, false, true, "assistance.project.stopped"},
}

func (w projectWay) may(who access.Subject, p Project) bool {
	if w.desk {
		return who.SignedIn() && who.May(access.HandleHelp, p.Label).Allowed
	}
	return p.Writes(who)
}

// ProjectMoves are those that are possible to her now.
func ProjectMoves(who access.Subject, p Project) []ProjectMove {
	var list []ProjectMove
	for _, w := range projectWays {
		if slices.Contains(w.from, p.Stage) && w.may(who, p) {
			list = append(list, w.move)
		}
	}
	return list
}

// Due are the days by which a project is evaluated, chosen when it is approved; "" for
// the usual ones: halfway, two months and a year after its end (¶21).
type Due struct{ Interim, Final, ExPost string }

// UsualDue are the usual days of a project.
func (p Project) UsualDue() Due {
	return Due{midway(p.Starts, p.Ends), dayAfter(p.Ends, 0, 2), dayAfter(p.Ends, 1, 0)}
}

// MoveProject makes a move. words are the reason, or what came of it; due counts when
// it is approved. rev is the revision that the caller read. What is missing comes back
// as an Incomplete, all of it at once.
func (a *Assistance) MoveProject(ctx context.Context, who access.Subject, id string, rev int64, m ProjectMove, words string, due Due) error {
	words = strings.TrimSpace(words)
	i := slices.IndexFunc(projectWays, func(w projectWay) bool { return w.move == m })
	if i < 0 {
		return Invalid{"move": "assistance.error.move"}
	}
	w := projectWays[i]
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, err := project(ctx, tx, who.Scope(), id)
		switch {
		case err != nil:
			return store.Event{}, err
		case !w.may(who, p):
			return store.Event{}, ErrForbidden
		case p.Rev != rev:
			return store.Event{}, Stale{p.Rev}
		case !slices.Contains(w.from, p.Stage):
			return store.Event{}, Impossible{string(m), string(p.Stage), "assistance.impossible.project." + string(p.Stage)}
		}
		v := Invalid{}
		v.text("words", words, maxWords, false)
		if w.words && words == "" {
			v["words"] = "assistance.error.words." + string(m)
		}
		if m == Approve {
			p.setDue(due, v)
		}
		if err := v.orNil(); err != nil {
			return store.Event{}, err
		}
		missing, err := missing(ctx, tx, p, m)
		if err != nil {
			return store.Event{}, err
		}
		if len(missing) > 0 {
			return store.Event{}, Incomplete{m, missing}
		}
		if err := p.ready(ctx, tx, who, m); err != nil {
			return store.Event{}, err
		}
		return p.event(w.did), p.take(ctx, tx, who, projectStep{move: m, stage: w.to, words: words})
	})
	return err
}

// setDue puts the usual days in where none are chosen, and asks whether the days are
// in their order.
func (p *Project) setDue(due Due, v Invalid) {
	usual := p.UsualDue()
	for _, of := range []struct {
		field, day, usual string
		into              *string
	}{{"interim", due.Interim, usual.Interim, &p.InterimDue}, {"final", due.Final, usual.Final, &p.FinalDue}, {"expost", due.ExPost, usual.ExPost, &p.ExPostDue}} {
		*of.into = strings.TrimSpace(of.day)
		if *of.into == "" {
			*of.into = of.usual
		}
		if *of.into != "" && (len(*of.into) != 10 || !validDate(*of.into)) {
			v[of.field] = "assistance.error.day"
		}
	}
	if p.Ends == "" || len(v) > 0 {
		return
	}
	if p.FinalDue < p.Ends {
		v["final"] = "project.error.due"
	}
	if p.ExPostDue < p.FinalDue {
		v["expost"] = "project.error.due"
	}
}

// ready brings the tables to what the stage needs, before the stage changes.
func (p Project) ready(ctx context.Context, tx *store.Tx, who access.Subject, m ProjectMove) error {
	if m != Approve {
		return nil
	}
	if err := p.goThrough(ctx, tx); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "UPDATE project SET interim_due = $2, final_due = $3, expost_due = $4 WHERE id = $1", p.ID, p.InterimDue, p.FinalDue, p.ExPostDue)
	if err != nil {
		return err
	}
	return p.putEvaluations(ctx, tx, who)
}

// Missing are what a project lacks for a move, all of it.
func (a *Assistance) Missing(ctx context.Context, p Project, m ProjectMove) ([]Need, error) {
	if m == Approve && p.InterimDue == "" {
		p.setDue(Due{}, Invalid{})
	}
	return missing(ctx, a.DB, p, m)
}

// asked are further rooms' conditions for a move: what evaluations and activities ask
// of it.
var asked = []func(ctx context.Context, q store.Reader, p Project, m ProjectMove) ([]Need, error){
	evaluationNeeds,
	programmeAsks,
	moneyNeeds,
}

func missing(ctx context.Context, q store.Reader, p Project, m ProjectMove) (list []Need, err error) {
	answered, err := answers(ctx, q, p.ID)
	if err != nil {
		return nil, err
	}
	switch m {
	case Approve, Start, Resume:
		of, err := mandate(ctx, q, everything, p.Mandate)
		if err != nil && p.Mandate != "" {
			return nil, err
		}
		list = append(p.wanting(of), p.gateNeeds()...)
		if _, ok := answered[AtPlan]; !ok {
			list = append(list, Need{Key: "project.needs.principles.plan"})
		}
	case Close:
		if _, ok := answered[AtMidterm]; !ok && p.MidWaived == "" {
			list = append(list, Need{Key: "project.needs.principles.midterm"})
		}
		if _, ok := answered[AtClose]; !ok {
			list = append(list, Need{Key: "project.needs.principles.close"})
		}
	}
	for _, ask := range asked {
		more, err := ask(ctx, q, p, m)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return list, nil
}

// wanting are the fields that an approved project has to say.
func (p Project) wanting(m Mandate) (list needs) {
	for field, value := range map[string]string{
		"summary": p.Summary, "tailoring": p.Tailoring, "line": p.Line, "phase": p.Phase, "dimension": p.Dimension, "gender": p.Gender, "starts": p.Starts, "mandate": p.Mandate,
	} {
		if value == "" {
			list = append(list, Need{Key: "project.needs." + field, Field: field})
		}
	}
	slices.SortFunc(list, func(a, b Need) int { return strings.Compare(a.Key, b.Key) })
	if len(p.Organisers) == 0 {
		list = append(list, Need{Key: "project.needs.organisers", Field: "organisers"})
	}
	if len(p.Themes) == 0 {
		list = append(list, Need{Key: "project.needs.themes", Field: "themes"})
	}
	if p.Mandate != "" && p.Starts != "" && !m.covers(p.Starts, p.Ends) {
		list = append(list, Need{Key: "project.needs.mandate.dates", Field: "mandate"})
	}
	return list
}

// projectStep is one that is being taken.
type projectStep struct {
	move                      ProjectMove
	stage                     ProjectStage
	host, area, words, former string
}

// take writes the next step and brings the project to its stage. Its revision goes up:
// whoever reads it at the former one is told.
func (p *Project) take(ctx context.Context, tx *store.Tx, who access.Subject, s projectStep) error {
	if s.stage == Closed || s.stage == Stopped {
		if err := cancelPlanned(ctx, tx, who, *p, s.words); err != nil {
			return err
		}
	}
	next := nextStep{"project", p.ID, p.Moves, string(p.Stage), string(s.move), string(s.stage), s.words, owner(who)}
	mark, err := next.put(ctx, tx, column{"host", s.host}, column{"area", s.area}, column{"former", s.former})
	if err != nil {
		return err
	}
	moved := ""
	if s.stage != p.Stage {
		moved = ", moved = $4"
	}
	stand := func() error {
		_, err := tx.Exec(ctx, "UPDATE project SET stage = $2, moves = moves + 1, step = $3, rev = rev + 1, updated = $4"+moved+" WHERE id = $1",
			p.ID, string(s.stage), mark, tx.Now())
		return err
	}
	if s.stage == p.Stage {
		err = stand()
	} else {
		err = p.recounted(ctx, tx, stand)
	}
	p.Moves, p.Stage = p.Moves+1, s.stage
	return keepTasks(ctx, tx, p.ID, err)
}
