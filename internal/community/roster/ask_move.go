package roster

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/mail"
	"polis/internal/store"
)

// Move leads an assignment from one stage to the next. Messages: "expert.do.MOVE".
type Move string

// The moves.
const (
	AskHer   Move = "ask"     // with the task
	Agree    Move = "agree"   // by her
	Decline  Move = "decline" // by her
	Withdraw Move = "withdraw"
	Finish   Move = "finish"  // with the outcome
	Contest  Move = "contest" // by her: the outcome is not so
	Confirm  Move = "confirm" // by her: it becomes part of her record
)

// way is what a move takes and where it leads.
type way struct {
	move  Move
	from  []Stage
	to    Stage
	hers  bool // hers alone to say
	both  bool // either says it
	words bool // it needs words
}

var ways = []way{
	{AskHer, []Stage{Listed}, Asked, false, false, true},
	{Agree, []Stage{Asked}, Agreed, true, false, false},
	{Decline, []Stage{Asked}, Declined, true, false, false},
	{Finish, []Stage{Agreed}, Done, false, false, true},
	{Confirm, []Stage{Done}, Confirmed, true, false, false},
	{Contest, []Stage{Done}, Agreed, true, false, true},
	{Withdraw, []Stage{Listed, Asked, Agreed}, Withdrawn, false, true, false},
}

func (w way) may(who access.Subject, a Ask) bool {
	her := who.SignedIn() && who.ID == a.Person && !who.Idle && !who.Program
	keeper := a.Keeps(who)
	switch {
	case w.hers:
		return her
	case w.both:
		return keeper || her && a.Stage == Agreed
	}
	return keeper
}

// Moves are those that are possible to the subject now.
func Moves(who access.Subject, a Ask) (list []Move) {
	for _, w := range ways {
		if slices.Contains(w.from, a.Stage) && w.may(who, a) {
			list = append(list, w.move)
		}
	}
	return list
}

// Move takes one. words are the task that she is asked for, the outcome, or a reason; rev
// is the revision that the caller read. days are when it takes place, for AskHer.
func (r *Roster) Move(ctx context.Context, who access.Subject, id string, rev int64, m Move, words string, days Ask) error {
	i := slices.IndexFunc(ways, func(w way) bool { return w.move == m })
	if i < 0 {
		return Invalid{"move": "expert.error.move"}
	}
	w := ways[i]
	words = strings.TrimSpace(words)
	_, err := store.Write(ctx, r.DB, who, func(tx *store.Tx) (store.Event, error) {
		a, err := ask(ctx, tx, who, id)
		switch {
		case err != nil:
			return store.Event{}, err
		case !w.may(who, a):
			return store.Event{}, ErrForbidden
		case a.Rev != rev:
			return store.Event{}, Stale{a.Rev}
		case !slices.Contains(w.from, a.Stage):
			return store.Event{}, Impossible{string(m), string(a.Stage)}
		}
		v := Invalid{}
		if w.words && words == "" {
			v["words"] = "expert.error.words." + string(m)
		} else if len(words) > maxText {
			v["words"] = "expert.error.long"
		}
		if m == AskHer {
			a.Host, a.Starts, a.Ends = days.Host, days.Starts, days.Ends
			v.days(a)
		}
		if err := v.orNil(); err != nil {
			return store.Event{}, err
		}
		return a.move(ctx, tx, who, w, words)
	})
	return err
}

// move takes the step, with what follows from it.
func (a Ask) move(ctx context.Context, tx *store.Tx, who access.Subject, w way, words string) (store.Event, error) {
	former := a.Stage
	switch w.move {
	case AskHer:
		p, err := profile(ctx, tx, a.Person)
		if err != nil {
			return store.Event{}, err
		}
		if !a.fits(EyeOf(who).only(p), tx.Now()) {
			return store.Event{}, Invalid{"host": "expert.error.own-state"}
		}
		a.Task = words
	case Finish:
		a.Outcome = words
	case Contest:
		a.Outcome = ""
	case Confirm:
		if err := a.record(ctx, tx); err != nil {
			return store.Event{}, err
		}
	}
	if err := a.step(ctx, tx, who, string(w.move), w.to, string(former), words); err != nil {
		return store.Event{}, err
	}
	return a.event("community.expert." + string(w.move)), a.tell(ctx, tx, who, w.move, former)
}

// step writes the step and brings the assignment to where it leads.
func (a Ask) step(ctx context.Context, tx *store.Tx, who access.Subject, move string, to Stage, was, words string) error {
	mark := fmt.Sprintf("%s %d %s", a.ID, a.Moves+1, to)
	var prior, before any
	if a.Moves > 0 {
		prior, before = a.Moves, was
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO expert_ask_step (ask, person, n, prior, was, move, stage, words, by_whom, at, mark) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		a.ID, a.Person, a.Moves+1, prior, before, move, string(to), words, who.ID, tx.Now(), mark)
	if err != nil {
		return err
	}
	rev := 1
	if a.Moves == 0 {
		rev = 0
	}
	_, err = tx.Exec(ctx, `
		UPDATE expert_ask SET stage = $2, moves = moves + 1, step = $3, moved = $4, host = $5, starts = $6, ends = $7, task = $8, outcome = $9, rev = rev + $10, updated = $4
		WHERE id = $1`, a.ID, string(to), mark, tx.Now(), a.Host, a.Starts, a.Ends, a.Task, a.Outcome, rev)
	return err
}

// record adds what both have confirmed to her record.
func (a Ask) record(ctx context.Context, tx *store.Tx) error {
	p, err := profile(ctx, tx, a.Person)
	if err != nil {
		return err
	}
	part, ok := p.Parts[Record]
	if !ok {
		part.Width = widthOf(Record)
	}
	part.Rev++
	part.Lines = append(part.Lines, Line{Value: a.Host, Words: a.Outcome, Since: a.Starts, Until: a.Ends})
	return put(ctx, tx, a.Person, Record, part)
}

// tell writes to the other side.
func (a Ask) tell(ctx context.Context, tx *store.Tx, who access.Subject, m Move, former Stage) error {
	l := mail.Letter{Kind: askLetter, Object: a.ID, Args: map[string]string{"move": string(m)}}
	if who.ID != a.Person {
		if m == Withdraw && former == Listed {
			return nil // she was never told
		}
		return tell(ctx, tx, who, []string{a.Person}, l)
	}
	people := []string{a.Owner}
	if a.Owner == "" {
		desk, err := account.Desk(ctx, tx)
		if err != nil {
			return err
		}
		for _, p := range desk {
			people = append(people, p.ID)
		}
	}
	return tell(ctx, tx, who, people, l)
}

// Step is one that was taken.
type Step struct {
	N     int64
	Move  string
	Stage Stage
	Words string
	By    string `db:"by_whom"`
	At    time.Time
}

// Steps are those of an assignment that the caller reads, the first first. Why she was put
// on a list, and that she was, is not hers to read before she is asked.
func (r *Roster) Steps(ctx context.Context, who access.Subject, id string) ([]Step, error) {
	if _, err := r.Ask(ctx, who, id); err != nil {
		return nil, err
	}
	return store.List[Step](ctx, r.DB, everything, "SELECT n, move, stage, words, by_whom, at FROM expert_ask_step WHERE {scope} AND ask = $1 ORDER BY n", id)
}
