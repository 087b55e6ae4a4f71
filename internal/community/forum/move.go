package forum

import (
	"context"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/store"
)

// Move leads an issue from one stage to the next. Messages: "issue.do.MOVE".
type Move string

// The moves of an issue.
const (
	Publish  Move = "publish" // what was raised without an account
	Take     Move = "take"    // an office owes the answer
	Hand     Move = "hand"    // to another office, or until another day
	Answer   Move = "answer"
	Follow   Move = "follow" // what came of it
	Close    Move = "close"
	Decline  Move = "decline"
	Merge    Move = "merge"    // into an earlier one
	Withdraw Move = "withdraw" // by who had raised it
)

// Part is what somebody is to an issue.
type Part struct {
	Runs   bool // the forum
	Office bool // she speaks for the office that owes the answer
	Raiser bool
	Ended  bool // the forum is over
}

// way is what a move takes and where it leads.
type way struct {
	move   Move
	from   []Stage
	to     Stage // "" stays
	by     func(Part) bool
	words  bool // it needs words
	shown  bool // only of what is shown
	hidden bool // only of what is not
	did    string
}

func runs(p Part) bool    { return p.Runs }
func answers(p Part) bool { return p.Runs || p.Office }
func closes(p Part) bool  { return p.Runs || p.Raiser }
func raiser(p Part) bool  { return p.Raiser }

// ways are all moves, in the order in which they are offered.
var ways = []way{
	{move: Publish, from: []Stage{Raised, Answered, Followed}, by: runs, hidden: true, did: "community.issue.published"},
	{move: Take, from: []Stage{Raised}, to: Taken, by: runs, shown: true, did: "community.issue.taken"},
	{move: Answer, from: []Stage{Raised, Taken}, to: Answered, by: answers, words: true, did: "community.issue.answered"},
	{move: Hand, from: []Stage{Taken}, to: Taken, by: runs, words: true, shown: true, did: "community.issue.handed"},
	{move: Follow, from: []Stage{Answered, Followed}, to: Followed, by: answers, words: true, did: "community.issue.followed"},
	{move: Close, from: []Stage{Answered, Followed, Declined}, to: Closed, by: closes, did: "community.issue.closed"},
	{move: Decline, from: []Stage{Raised, Taken}, to: Declined, by: runs, words: true, did: "community.issue.declined"},
	{move: Merge, from: []Stage{Raised, Taken}, to: Merged, by: runs, did: "community.issue.merged"},
	{move: Withdraw, from: []Stage{Raised, Taken}, to: Withdrawn, by: raiser, did: "community.issue.withdrawn"},
}

// fits reports whether the move leads on from where the issue is.
func (w way) fits(i Issue) bool {
	return slices.Contains(w.from, i.Stage) && (i.Shown || !w.shown) && (!i.Shown || !w.hidden)
}

// Moves are those that are possible to her now.
func Moves(p Part, i Issue) (list []Move) {
	for _, w := range ways {
		if !p.Ended && w.by(p) && w.fits(i) {
			list = append(list, w.move)
		}
	}
	return list
}

// PartOf is what somebody is to an issue that she reads.
func (f *Forum) PartOf(ctx context.Context, who access.Subject, i Issue) (Part, error) {
	return partOf(ctx, f.DB, who, i)
}

func partOf(ctx context.Context, q store.Reader, who access.Subject, i Issue) (p Part, err error) {
	in, err := account.StandingIn(ctx, q, who, i.Forum)
	if err != nil {
		return p, err
	}
	p = Part{Runs: in.Runs(), Raiser: who.SignedIn() && !who.Idle && i.Author == who.ID, Ended: in.Ended}
	if !i.Shown {
		p.Runs = p.Runs && in.Facilitates // it is theirs alone to read
	}
	if i.Shown && i.Stage != Raised {
		p.Office, err = account.SpeaksIn(ctx, q, who, i.Forum, i.Office)
	}
	return p, err
}

// Act is what a move needs besides: only some of it.
type Act struct {
	Words  string
	Office string // of the directory
	Due    string // a day: by when the answer is owed; of an answer, by when is said what came of it, or ""
	Into   string // id of the issue into which it is merged
	Draft  Draft  // as it is shown
}

// Make makes a move. rev is the revision that the caller read.
func (f *Forum) Make(ctx context.Context, who access.Subject, id string, rev int64, m Move, a Act) error {
	a.Words, a.Office, a.Due = strings.TrimSpace(a.Words), strings.TrimSpace(a.Office), strings.TrimSpace(a.Due)
	a.Draft.clean()
	n := slices.IndexFunc(ways, func(w way) bool { return w.move == m })
	if n < 0 {
		return Invalid{"move": "issue.error.move"}
	}
	w := ways[n]
	_, err := store.Write(ctx, f.DB, who, func(tx *store.Tx) (store.Event, error) {
		i, err := read(ctx, tx, who, id)
		if err != nil {
			return store.Event{}, err
		}
		p, err := partOf(ctx, tx, who, i)
		switch {
		case err != nil:
			return store.Event{}, err
		case p.Ended:
			return store.Event{}, Impossible{string(m), string(i.Stage), "issue.impossible.ended"}
		case !w.by(p):
			return store.Event{}, ErrForbidden
		case i.Rev != rev:
			return store.Event{}, Stale{i.Rev}
		case !w.fits(i):
			return store.Event{}, w.impossible(i)
		}
		if err := w.check(ctx, tx, i, a); err != nil {
			return store.Event{}, err
		}
		return i.take(ctx, tx, w, a, who.ID)
	})
	return err
}

// impossible says why the move does not lead on from where the issue is.
func (w way) impossible(i Issue) Impossible {
	key := "issue.impossible." + string(i.Stage)
	if slices.Contains(w.from, i.Stage) {
		key = "issue.impossible.shown"
		if !i.Shown {
			key = "issue.impossible.hidden"
		}
	}
	return Impossible{string(w.move), string(i.Stage), key}
}

// check asks whether the move has what it needs.
func (w way) check(ctx context.Context, tx *store.Tx, i Issue, a Act) error {
	if w.move == Publish {
		return a.Draft.check(ctx, tx, false)
	}
	v := Invalid{}
	v.text("words", a.Words, MaxWords, false)
	if w.words && a.Words == "" {
		v["words"] = "issue.error.words." + string(w.move)
	}
	today := day(tx.Now())
	switch w.move {
	case Take, Hand:
		if !validDay(a.Due) || a.Due < today {
			v["due"] = "issue.error.due"
		}
	case Answer:
		if a.Due != "" && (!validDay(a.Due) || a.Due < today) {
			v["due"] = "issue.error.due"
		}
	case Merge:
		into, err := store.Get[Issue](ctx, tx, everything, "SELECT "+columns+" FROM issue i WHERE {scope i} AND i.id = $1 AND i.forum = $2 AND i.shown IS NOT NULL", a.Into, i.Forum)
		if err != nil || into.Stage == Merged || into.Stage == Withdrawn {
			v["into"] = "issue.error.into"
		} else if a.Into >= i.ID {
			v["into"] = "issue.error.earlier"
		}
	}
	if w.move == Take || w.move == Hand || w.move == Answer {
		n, err := store.Get[int](ctx, tx, everything, "SELECT COUNT(*) FROM directory_entry WHERE {scope} AND id = $1", a.Office)
		if err != nil {
			return err
		}
		if n == 0 {
			v["office"] = "issue.error.office"
		}
	}
	return v.orNil()
}

// take takes the step and brings the issue to where it leads.
func (i Issue) take(ctx context.Context, tx *store.Tx, w way, a Act, by string) (store.Event, error) {
	s := taken{move: w.move, stage: w.to, words: a.Words, by: by}
	if w.to == "" {
		s.stage = i.Stage
	}
	set, owes := i, w.move == Take || w.move == Hand
	switch w.move {
	case Take, Hand:
		s.office, s.due = a.Office, a.Due
		set.Office, set.Due = a.Office, a.Due
	case Answer:
		s.office, s.due = a.Office, a.Due
		set.Answered, set.FollowBy = day(tx.Now()), a.Due
	case Merge:
		set.Merged = a.Into
	case Publish:
		if err := set.show(ctx, tx, a.Draft); err != nil {
			return store.Event{}, err
		}
	case Withdraw:
		if err := set.empty(ctx, tx); err != nil {
			return store.Event{}, err
		}
	}
	mark, err := i.step(ctx, tx, s)
	if err != nil {
		return store.Event{}, err
	}
	if set.Stage = s.stage; set.Stage != i.Stage {
		set.Moved = tx.Now()
	}
	var shown any
	if set.Shown {
		shown = set.Forum
	}
	_, err = tx.Exec(ctx, `
		UPDATE issue
		SET stage = $2, moves = moves + 1, step = $3, moved = $4, office = $5, due = $6, answered = $7, follow_by = $8, merged = $9,
		    owed = CASE WHEN $10 THEN moves + 1 ELSE owed END, owing = CASE WHEN $10 THEN $11 ELSE owing END,
		    lang = $12, title = $13, about = $14, speaks = $15, place = $16, host = $17, shown = $18, level = $19, grp = $20, rev = rev + 1, updated = $21
		WHERE id = $1`, i.ID, string(set.Stage), mark, set.Moved, set.Office, set.Due, set.Answered, set.FollowBy, orNull(set.Merged),
		owes, i.owing(s), string(set.Lang), set.Title, set.About, set.Speaks, set.Place, set.Host, shown, int(set.Level), set.Group, tx.Now())
	if err == nil {
		err = set.tell(ctx, tx, s)
	}
	return set.event(w.did), err
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// show opens what was raised without an account to whoever reads the forum, in the words
// of the draft; its original stays.
func (i *Issue) show(ctx context.Context, tx *store.Tx, d Draft) error {
	level, err := store.Get[int](ctx, tx, everything, "SELECT level FROM circle WHERE {scope} AND id = $1", i.Forum)
	if err != nil {
		return err
	}
	i.Shown, i.Label = true, access.Label{Level: access.Level(level), Group: i.Forum}
	i.Lang, i.Title, i.About, i.Speaks, i.Place, i.Host = d.Lang, d.Title, d.About, d.Speaks, d.Place, d.Host
	return i.tag(ctx, tx, d)
}

// empty takes away what was never shown, with the words about it: who raised it without
// an account takes it back whole.
func (i *Issue) empty(ctx context.Context, tx *store.Tx) error {
	if i.Shown {
		return nil
	}
	i.Title, i.About, i.Speaks, i.Place, i.Host = "", "", "", "", ""
	for _, table := range []string{"issue_original", "issue_word", "issue_tag"} {
		if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE issue = $1", i.ID); err != nil {
			return err
		}
	}
	return nil
}
