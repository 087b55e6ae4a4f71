package assistance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"polis/internal/access"
	"polis/internal/store"
)

// ProgrammeMove leads a programme from one stage to the next.
type ProgrammeMove string

// The moves of a programme.
const (
	AgreeProgramme  ProgrammeMove = "agree"
	ReopenProgramme ProgrammeMove = "reopen" // back into a draft, with a reason
	BeginProgramme  ProgrammeMove = "begin"
	HandOver        ProgrammeMove = "hand-over" // with what was handed over to whom
	EndProgramme    ProgrammeMove = "end"       // with a reason
)

// programmeWay is what a move takes and where it leads.
type programmeWay struct {
	move  ProgrammeMove
	from  []ProgrammeStage
	to    ProgrammeStage
	desk  bool // the desk alone
	words bool // it needs words
	did   string
}

// programmeWays are all moves, in the order in which they are offered.
var programmeWays = []programmeWay{
	{AgreeProgramme, []ProgrammeStage{ProgrammeDrafted}, ProgrammeAgreed, true, false, "assistance.programme.agreed"},
	{BeginProgramme, []ProgrammeStage{ProgrammeAgreed}, ProgrammeRunning, false, false, "assistance.programme.begun"},
	{HandOver, []ProgrammeStage{ProgrammeRunning}, ProgrammeHandedOver, false, true, "assistance.programme.handed"},
	{ReopenProgramme, []ProgrammeStage{ProgrammeAgreed}, ProgrammeDrafted, true, true, "assistance.programme.reopened"},
	{EndProgramme, []ProgrammeStage{ProgrammeDrafted, ProgrammeAgreed, ProgrammeRunning}, ProgrammeEnded, false, true, "assistance.programme.ended"},
}

func (w programmeWay) may(who access.Subject, g Programme) bool {
	if w.desk {
		return who.SignedIn() && who.May(access.HandleHelp, g.Label).Allowed
	}
	return g.Writes(who)
}

// ProgrammeMoves are those that are possible to her now.
func ProgrammeMoves(who access.Subject, g Programme) []ProgrammeMove {
	var list []ProgrammeMove
	for _, w := range programmeWays {
		if slices.Contains(w.from, g.Stage) && w.may(who, g) {
			list = append(list, w.move)
		}
	}
	return list
}

// Unfinished is returned where a programme cannot be over because projects of it run.
type Unfinished struct{ Running int }

func (u Unfinished) Error() string {
	return fmt.Sprintf("assistance: %d projects of the programme still run", u.Running)
}

// MoveProgramme makes a move. words are the reason, or what was handed over; rev is the
// revision that the caller read. What is missing comes back as an Invalid that names
// the fields of the programme's form, or as an Unfinished.
func (a *Assistance) MoveProgramme(ctx context.Context, who access.Subject, id string, rev int64, m ProgrammeMove, words string) error {
	words = strings.TrimSpace(words)
	i := slices.IndexFunc(programmeWays, func(w programmeWay) bool { return w.move == m })
	if i < 0 {
		return Invalid{"move": "assistance.error.move"}
	}
	w := programmeWays[i]
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		g, err := programme(ctx, tx, who.Scope(), id)
		switch {
		case err != nil:
			return store.Event{}, err
		case !w.may(who, g):
			return store.Event{}, ErrForbidden
		case g.Rev != rev:
			return store.Event{}, Stale{g.Rev}
		case !slices.Contains(w.from, g.Stage):
			return store.Event{}, Impossible{string(m), string(g.Stage), "programme.impossible." + string(g.Stage)}
		}
		v := Invalid{}
		v.text("words", words, maxWords, false)
		if w.words && words == "" {
			v["words"] = "programme.error.words." + string(m)
		}
		if err := v.orNil(); err != nil {
			return store.Event{}, err
		}
		if err := g.ready(ctx, tx, w.to); err != nil {
			return store.Event{}, err
		}
		return g.event(w.did), g.take(ctx, tx, who, programmeStep{move: m, stage: w.to, words: words})
	})
	return err
}

// ready asks whether the programme has what the stage needs.
func (g Programme) ready(ctx context.Context, tx *store.Tx, to ProgrammeStage) error {
	if to == ProgrammeAgreed {
		return needs(g.missing()).invalid().orNil()
	}
	if !to.Over() {
		return nil
	}
	n, err := store.Get[int](ctx, tx, everything,
		"SELECT COUNT(*) FROM project WHERE {scope} AND programme = $1 AND stage IN ('approved', 'active', 'suspended')", g.ID)
	if err == nil && n > 0 {
		return Unfinished{n}
	}
	return err
}

// programmeStep is one that is being taken.
type programmeStep struct {
	move          ProgrammeMove
	stage         ProgrammeStage
	words, former string
}

// take writes the next step and brings the programme to its stage.
func (g *Programme) take(ctx context.Context, tx *store.Tx, who access.Subject, s programmeStep) error {
	next := nextStep{"programme", g.ID, g.Moves, string(g.Stage), string(s.move), string(s.stage), s.words, owner(who)}
	mark, err := next.put(ctx, tx, column{"former", s.former})
	if err != nil {
		return err
	}
	first := int64(1)
	if g.Moves == 0 || s.move == "revise" {
		first = 0 // it was written just now, at the revision that it has
	}
	moved := ""
	if s.stage != g.Stage {
		moved = ", moved = $5"
	}
	_, err = tx.Exec(ctx, "UPDATE programme SET stage = $2, mark = $3, moves = moves + 1, step = $4, updated = $5, rev = rev + $6"+moved+" WHERE id = $1",
		g.ID, string(s.stage), g.ID+" "+string(s.stage), mark, tx.Now(), first)
	g.Moves, g.Stage = g.Moves+1, s.stage
	return err
}

// ProjectNumbered finds a project by its number, "2026/17"; found is false where the
// scope reads none.
func (a *Assistance) ProjectNumbered(ctx context.Context, scope access.Scope, number string) (p Project, found bool, err error) {
	year, nth, ok := strings.Cut(number, "/")
	of, yerr := strconv.ParseInt(strings.TrimSpace(year), 10, 64)
	n, nerr := strconv.ParseInt(strings.TrimSpace(nth), 10, 64)
	if !ok || yerr != nil || nerr != nil {
		return Project{}, false, nil
	}
	id, err := store.Get[string](ctx, a.DB, scope, "SELECT p.id FROM project p WHERE {scope p} AND p.of_year = $1 AND p.nth = $2", of, n)
	if errors.Is(err, store.ErrNotFound) {
		return Project{}, false, nil
	}
	if err != nil {
		return Project{}, false, err
	}
	p, err = a.Project(ctx, scope, id)
	return p, err == nil, err
}

// PutInProgramme puts a project into a programme, or out of the one in which it is where
// programme is "". Whoever does it writes the project, at the revision that she read,
// and the programme into which it goes.
func (a *Assistance) PutInProgramme(ctx context.Context, who access.Subject, id string, rev int64, into string) error {
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, err := writable(ctx, tx, who, id, rev)
		if err != nil {
			return store.Event{}, err
		}
		if into == p.Programme {
			return store.Event{}, store.ErrUnchanged
		}
		var programmeID, mark any
		if into != "" {
			g, err := programme(ctx, tx, who.Scope(), into)
			switch {
			case err != nil:
				return store.Event{}, err
			case !g.Writes(who):
				return store.Event{}, ErrForbidden
			case g.Stage.Over():
				return store.Event{}, Impossible{"put", string(g.Stage), "programme.impossible." + string(g.Stage)}
			}
			programmeID, mark = g.ID, g.ID+" "+string(g.Stage)
		}
		_, err = tx.Exec(ctx, "UPDATE project SET programme = $2, programme_mark = $3, rev = rev + 1, updated = $4 WHERE id = $1", id, programmeID, mark, tx.Now())
		return p.event("assistance.project.placed"), err
	})
	return err
}

// programmeAsks: a project is not approved under a programme that is over.
func programmeAsks(ctx context.Context, q store.Reader, p Project, m ProjectMove) ([]Need, error) {
	if m != Approve || p.Programme == "" {
		return nil, nil
	}
	g, err := store.Get[Programme](ctx, q, everything, "SELECT "+programmeColumns+" FROM programme g WHERE {scope g} AND g.id = $1", p.Programme)
	if err != nil || !g.Stage.Over() {
		return nil, err
	}
	return []Need{{Key: "programme.needs.open"}}, nil
}
