package assistance

import (
	"context"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// Move leads a request from one stage to the next.
type Move string

// The moves: the State's, and the desk's.
const (
	Submit      Move = "submit"
	Acknowledge Move = "acknowledge"
	Ask         Move = "ask"    // with a question
	Answer      Move = "answer" // with an answer
	Accept      Move = "accept"
	Decline     Move = "decline" // with a reason
	Refer       Move = "refer"   // to somebody
	Withdraw    Move = "withdraw"
	Revising    Move = "revise" // it stays where it is, in other words: see Revise
)

// way is what a move takes and where it leads.
type way struct {
	move  Move
	from  []Stage
	to    Stage
	takes access.Action
	words bool   // it needs words
	did   string // the event
}

// ways are all moves, in the order in which they are offered.
var ways = []way{
	{Submit, []Stage{Drafted}, Submitted, access.AskHelp, false, "assistance.request.submitted"},
	{Acknowledge, []Stage{Submitted}, Acknowledged, access.HandleHelp, false, "assistance.request.acknowledged"},
	{Answer, []Stage{Clarification}, Acknowledged, access.AskHelp, true, "assistance.request.answered"},
	{Accept, []Stage{Acknowledged}, Accepted, access.HandleHelp, false, "assistance.request.accepted"},
	{Ask, []Stage{Submitted, Acknowledged}, Clarification, access.HandleHelp, true, "assistance.request.asked"},
	{Refer, []Stage{Acknowledged}, Referred, access.HandleHelp, false, "assistance.request.referred"},
	{Decline, []Stage{Acknowledged, Clarification}, Declined, access.HandleHelp, true, "assistance.request.declined"},
	{Withdraw, []Stage{Drafted, Submitted, Acknowledged, Clarification, Accepted}, Withdrawn, access.AskHelp, false, "assistance.request.withdrawn"},
}

// Moves are those that are possible to her now.
func Moves(who access.Subject, r Request) []Move {
	var list []Move
	for _, w := range ways {
		if slices.Contains(w.from, r.Stage) && who.May(w.takes, r.Label).Allowed {
			list = append(list, w.move)
		}
	}
	return list
}

// Move makes one. words are the question, the answer or the reason; to is whom it is
// referred to, an id of the directory or a name. rev is the revision that the caller
// read: of two who move it at once, one does.
func (a *Assistance) Move(ctx context.Context, who access.Subject, id string, rev int64, m Move, words, to string) error {
	words, to = strings.TrimSpace(words), strings.TrimSpace(to)
	i := slices.IndexFunc(ways, func(w way) bool { return w.move == m })
	if i < 0 {
		return Invalid{"move": "assistance.error.move"}
	}
	w := ways[i]
	_, err := store.WriteAll(ctx, a.DB, who, func(tx *store.Tx) (lost []store.Event, err error) {
		r, err := request(ctx, tx, who.Scope(), id)
		switch {
		case err != nil:
			return nil, err
		case !who.SignedIn() || !who.May(w.takes, r.Label).Allowed:
			return nil, ErrForbidden
		case r.Rev != rev:
			return nil, Stale{r.Rev}
		case !slices.Contains(w.from, r.Stage):
			return nil, Impossible{string(m), string(r.Stage), "assistance.impossible." + string(r.Stage)}
		}
		if err := w.check(r, words, to); err != nil {
			return nil, err
		}
		if r.Stage == Accepted { // it is withdrawn: what rests on it loses its ground
			if lost, err = loseGates(ctx, tx, who, "request", r.ID, "", words); err != nil {
				return nil, err
			}
			assessments, err := closeAssessmentsOf(ctx, tx, r.ID, words)
			if err != nil {
				return nil, err
			}
			lost = append(lost, assessments...)
		}
		e, err := w.take(ctx, tx, who, r, words, to)
		if err != nil {
			return nil, err
		}
		return append([]store.Event{e}, lost...), tellOfRequest(ctx, tx, who, r, m)
	})
	return err
}

// check asks whether the move has what it needs.
func (w way) check(r Request, words, to string) error {
	v := Invalid{}
	v.text("words", words, maxWords, false)
	if w.words && words == "" {
		v["words"] = "assistance.error.words." + string(w.move)
	}
	if w.move == Refer {
		v.text("to", to, maxName, true)
	}
	if w.move == Submit {
		if err := r.Draft().Validate(true); err != nil {
			return err
		}
	}
	return v.orNil()
}

// take takes the step.
func (w way) take(ctx context.Context, tx *store.Tx, who access.Subject, r Request, words, to string) (store.Event, error) {
	mark, err := putStep(ctx, tx, who, r, step{move: string(w.move), stage: w.to, words: words})
	if err != nil {
		return store.Event{}, err
	}
	var year, nth int64
	if w.move == Submit {
		r.Level, year = access.Official, int64(tx.Now().Year())
		nth, err = store.Get[int64](ctx, tx, everything, "SELECT COALESCE(MAX(nth), 0) + 1 FROM request WHERE {scope} AND of_year = $1", year)
		if err != nil {
			return store.Event{}, err
		}
	}
	due, handler := "", r.Handler
	if n, ok := days[w.to]; ok {
		due = workingDays(tx.Now(), n)
	}
	if w.takes == access.HandleHelp {
		handler = who.ID
	}
	if w.move != Refer {
		to = ""
	}
	_, err = tx.Exec(ctx, `
		UPDATE request
		SET stage = $2, moves = moves + 1, step = $3, moved = $4, due = $5, handler = $6, referred = $7,
		    of_year = of_year + $8, nth = nth + $9, level = $10, rev = rev + 1, updated = $4
		WHERE id = $1`, r.ID, string(w.to), mark, tx.Now(), due, handler, to, year, nth, int(r.Level))
	return r.event(w.did), err
}

// step is one that is being taken.
type step struct {
	move          string
	stage         Stage
	words, former string
}

// putStep writes the request's next step, and returns the mark on which its stage
// rests.
func putStep(ctx context.Context, tx *store.Tx, who access.Subject, r Request, s step) (string, error) {
	next := nextStep{"request", r.ID, r.Moves, string(r.Stage), s.move, string(s.stage), s.words, who.ID}
	return next.put(ctx, tx, column{"former", s.former})
}

// Step is one that was taken. The first is "draft"; "revise" is a change that the
// State made in answer to a question.
type Step struct {
	N      int64
	Move   Move
	Stage  Stage // after it
	Words  string
	Former RequestDraft `db:"former,json"` // what stood there before a "revise"
	By     string       `db:"by_whom"`     // a person's id
	At     time.Time
}

// Steps are those of a request that was read in the reader's scope, the first first.
func (a *Assistance) Steps(ctx context.Context, request string) ([]Step, error) {
	return store.List[Step](ctx, a.DB, everything,
		"SELECT n, move, stage, words, former, by_whom, at FROM request_step WHERE {scope} AND request = $1 ORDER BY n", request)
}
