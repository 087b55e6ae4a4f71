package assistance

import (
	"context"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// ActivityMove leads an activity from one stage to the next.
type ActivityMove string

// The moves of an activity. Messages: "activity.did.MOVE".
const (
	HoldMove   ActivityMove = "hold"   // it was held: with figures
	MendMove   ActivityMove = "mend"   // other figures, with a reason
	CancelMove ActivityMove = "cancel" // with a reason
	ReopenMove ActivityMove = "reopen" // by the desk, with a reason
)

// activityFrom are the stages from which each move leads on, in the order in which the
// moves are offered.
var activityFrom = []struct {
	move ActivityMove
	from []ActivityStage
}{
	{HoldMove, []ActivityStage{ActivityPlanned}},
	{MendMove, []ActivityStage{ActivityHeld}},
	{CancelMove, []ActivityStage{ActivityPlanned}},
	{ReopenMove, []ActivityStage{ActivityHeld, ActivityCancelled}},
}

// ActivityMoves are those that are possible to her now.
func ActivityMoves(who access.Subject, x Activity, p Project) (list []ActivityMove) {
	for _, w := range activityFrom {
		if slices.Contains(w.from, x.Stage) && x.may(w.move, who, p) && (w.move != ReopenMove || p.Plans()) && (w.move != HoldMove || p.holds()) {
			list = append(list, w.move)
		}
	}
	return list
}

func (x Activity) may(m ActivityMove, who access.Subject, p Project) bool {
	if m == ReopenMove {
		return who.SignedIn() && who.May(access.HandleHelp, x.Label).Allowed
	}
	return x.Writes(who, p)
}

// holds reports whether activities of the project can have been held.
func (p Project) holds() bool { return p.Stage == Active || p.Stage == Suspended }

// Held is what is said of an activity that was held: when and where, and who took part.
type Held struct {
	Starts string // days
	Ends   string // the same day where it is ""
	Place  string
	Online bool
	Figures
	Feedback
}

// Held is what stands there.
func (x Activity) Held() Held {
	return Held{x.Starts, x.Ends, x.Place, x.Online, x.Figures, x.Feedback}
}

func (h *Held) clean() {
	for _, s := range []*string{&h.Starts, &h.Ends, &h.Place, &h.Opinions} {
		*s = strings.TrimSpace(*s)
	}
	if h.Ends == "" {
		h.Ends = h.Starts
	}
	h.Figures.clean()
}

// validate returns an Invalid that names the fields, an Uneven, or nil.
func (h Held) validate(p Project, now time.Time) error {
	v := Invalid{}
	v.days("starts", "ends", h.Starts, h.Ends)
	switch {
	case len(v) > 0:
	case h.Starts == "":
		v["starts"] = "activity.error.starts"
	case h.Ends > today(now):
		v["starts"] = "activity.error.future"
	default:
		v.within(p, h.Starts, h.Ends)
	}
	v.text("place", h.Place, maxTitle, false)
	if h.Place == "" && !h.Online {
		v["place"] = "activity.error.place"
	}
	v.text("opinions", h.Opinions, maxWords, false)
	if h.Answers < 0 || h.Answers > maxFigure {
		v["answers"] = "activity.error.figure"
	}
	for _, name := range Questions {
		switch average := *h.Question(name); {
		case average != 0 && (average < 100 || average > 500):
			v["question-"+name] = "activity.error.average"
		case average != 0 && h.Answers == 0:
			v["answers"] = "activity.error.answers"
		}
	}
	err := h.Figures.Validate()
	if wrong, ok := err.(Invalid); ok {
		for field, key := range wrong {
			v[field] = key
		}
	}
	if len(v) > 0 {
		return v
	}
	return err
}

// writableActivity reads one with its project, for somebody who writes it, at the
// revision that she read.
func writableActivity(ctx context.Context, tx *store.Tx, who access.Subject, id string, rev int64) (x Activity, p Project, err error) {
	if x, err = activity(ctx, tx, who.Scope(), id); err != nil {
		return x, p, err
	}
	p, err = project(ctx, tx, who.Scope(), x.Project)
	switch {
	case err != nil:
		return x, p, err
	case !x.Writes(who, p):
		return x, p, ErrForbidden
	case x.Rev != rev:
		return x, p, Stale{x.Rev}
	}
	return x, p, nil
}

// HoldActivity says that one was held, with who took part in figures. rev is the
// revision that the caller read.
func (a *Assistance) HoldActivity(ctx context.Context, who access.Subject, id string, rev int64, h Held) error {
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		x, p, err := writableActivity(ctx, tx, who, id, rev)
		if err != nil {
			return store.Event{}, err
		}
		return x.event("assistance.activity.held"), x.hold(ctx, tx, who, p, h)
	})
	return err
}

// hold is HoldActivity for somebody who was found to write it.
func (x *Activity) hold(ctx context.Context, tx *store.Tx, who access.Subject, p Project, h Held) error {
	switch {
	case x.Stage != ActivityPlanned:
		return Impossible{string(HoldMove), string(x.Stage), "activity.impossible." + string(x.Stage)}
	case !p.holds():
		return Impossible{string(HoldMove), string(p.Stage), "activity.impossible.project." + string(p.Stage)}
	}
	var undecided []Need
	for _, host := range x.on() {
		if g, _ := p.Gate(host.Host, host.Area); g.DecideBy != "" {
			undecided = append(undecided, Need{Key: "activity.needs.decision", Host: g.Host, Area: g.Area})
		}
	}
	if len(undecided) > 0 {
		return Incomplete{ProjectMove(HoldMove), undecided}
	}
	return x.putHeld(ctx, tx, who, p, h, activityStep{move: HoldMove, stage: ActivityHeld})
}

// MendActivity puts other figures in place of those of an activity that was held; words
// say why, and what stood there is kept.
func (a *Assistance) MendActivity(ctx context.Context, who access.Subject, id string, rev int64, h Held, words string) error {
	words = strings.TrimSpace(words)
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		x, p, err := writableActivity(ctx, tx, who, id, rev)
		if err != nil {
			return store.Event{}, err
		}
		if x.Stage != ActivityHeld {
			return store.Event{}, Impossible{string(MendMove), string(x.Stage), "activity.impossible." + string(x.Stage)}
		}
		v := Invalid{}
		v.reason(words, MendMove)
		if err := v.orNil(); err != nil {
			return store.Event{}, err
		}
		h.clean()
		former := x.Held()
		if store.JSON(h) == store.JSON(former) {
			return store.Event{}, store.ErrUnchanged
		}
		step := activityStep{move: MendMove, stage: ActivityHeld, words: words, former: store.JSON(Former{Held: &former})}
		return x.event("assistance.activity.mended"), x.putHeld(ctx, tx, who, p, h, step)
	})
	return err
}

// reason asks for the words of a move.
func (v Invalid) reason(words string, m ActivityMove) {
	v.text("words", words, maxWords, false)
	if words == "" {
		v["words"] = "activity.error.words." + string(m)
	}
}

// putHeld stores what is said of it, and takes the step.
func (x *Activity) putHeld(ctx context.Context, tx *store.Tx, who access.Subject, p Project, h Held, s activityStep) error {
	h.clean()
	if err := h.validate(p, tx.Now()); err != nil {
		return err
	}
	if err := h.known(ctx, tx); err != nil {
		return err
	}
	moved := h.Starts != x.Starts
	x.Starts, x.Ends, x.Place, x.Online, x.Figures, x.Feedback = h.Starts, h.Ends, h.Place, h.Online, h.Figures, h.Feedback
	_, err := tx.Exec(ctx, `
		UPDATE activity
		SET starts = $2, ends = $3, place = $4, online = $5, total = $6, women = $7, men = $8, unattended = $9, remark = $10,
		    answers = $11, relevance = $12, content = $13, trainers = $14, organisation = $15, opinions = $16
		WHERE id = $1`, x.ID, h.Starts, h.Ends, h.Place, h.Online, h.Total, h.Women, h.Men, h.Unattended, h.Remark,
		h.Answers, h.Relevance, h.Content, h.Teaching, h.Organisation, h.Opinions)
	if err != nil {
		return err
	}
	if moved {
		if _, err := tx.Exec(ctx, "UPDATE activity_tag SET starts = $2 WHERE activity = $1", x.ID, x.Starts); err != nil {
			return err
		}
	}
	if err := h.put(ctx, tx, x.ID); err != nil {
		return err
	}
	return x.take(ctx, tx, who, s)
}

// CancelActivity cancels what was planned; words say why.
func (a *Assistance) CancelActivity(ctx context.Context, who access.Subject, id string, rev int64, words string) error {
	words = strings.TrimSpace(words)
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		x, _, err := writableActivity(ctx, tx, who, id, rev)
		v := Invalid{}
		v.reason(words, CancelMove)
		switch {
		case err != nil:
			return store.Event{}, err
		case x.Stage != ActivityPlanned:
			return store.Event{}, Impossible{string(CancelMove), string(x.Stage), "activity.impossible." + string(x.Stage)}
		case len(v) > 0:
			return store.Event{}, v
		}
		return x.event("assistance.activity.cancelled"), x.take(ctx, tx, who, activityStep{move: CancelMove, stage: ActivityCancelled, words: words})
	})
	return err
}

// ReopenActivity makes what was held or cancelled by mistake planned again, in those of
// its States and areas that are open now; the desk says why.
func (a *Assistance) ReopenActivity(ctx context.Context, who access.Subject, id string, rev int64, words string) error {
	words = strings.TrimSpace(words)
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		x, err := activity(ctx, tx, who.Scope(), id)
		if err != nil {
			return store.Event{}, err
		}
		p, err := project(ctx, tx, who.Scope(), x.Project)
		v := Invalid{}
		v.reason(words, ReopenMove)
		switch {
		case err != nil:
			return store.Event{}, err
		case !x.may(ReopenMove, who, p):
			return store.Event{}, ErrForbidden
		case x.Rev != rev:
			return store.Event{}, Stale{x.Rev}
		case x.Stage == ActivityPlanned:
			return store.Event{}, Impossible{string(ReopenMove), string(x.Stage), "activity.impossible." + string(x.Stage)}
		case !p.Plans():
			return store.Event{}, Impossible{string(ReopenMove), string(p.Stage), "activity.impossible.project." + string(p.Stage)}
		case len(v) > 0:
			return store.Event{}, v
		}
		return x.event("assistance.activity.reopened"), x.reopen(ctx, tx, who, p, words)
	})
	return err
}

func (x Activity) reopen(ctx context.Context, tx *store.Tx, who access.Subject, p Project, words string) error {
	v := Invalid{}
	if v.within(p, x.Starts, x.Ends); len(v) > 0 {
		return Impossible{string(ReopenMove), string(x.Stage), "activity.impossible.dates"}
	}
	var on, off []ActivityHost
	for _, h := range x.Hosts {
		if g, _ := p.Gate(h.Host, h.Area); g.Included {
			on = append(on, ActivityHost{Host: h.Host, Area: h.Area})
		} else {
			off = append(off, h)
		}
	}
	if len(on) == 0 {
		return Impossible{string(ReopenMove), string(x.Stage), "activity.impossible.hosts"}
	}
	for _, h := range on {
		if err := x.setDropped(ctx, tx, h, false); err != nil {
			return err
		}
	}
	if err := x.restOn(ctx, tx, on[0]); err != nil {
		return err
	}
	for _, h := range off {
		if err := x.setDropped(ctx, tx, h, true); err != nil {
			return err
		}
	}
	x.Hosts = on
	if err := x.putLists(ctx, tx); err != nil {
		return err
	}
	return x.take(ctx, tx, who, activityStep{move: ReopenMove, stage: ActivityPlanned, words: words})
}

// activityStep is one that is being taken.
type activityStep struct {
	move                      ActivityMove
	stage                     ActivityStage
	host, area, words, former string
}

// take writes the next step and brings the activity to its stage.
func (x *Activity) take(ctx context.Context, tx *store.Tx, who access.Subject, s activityStep) error {
	next := nextStep{"activity", x.ID, x.Moves, string(x.Stage), string(s.move), string(s.stage), s.words, owner(who)}
	mark, err := next.put(ctx, tx, column{"host", s.host}, column{"area", s.area}, column{"former", s.former})
	if err != nil {
		return err
	}
	moved := ""
	if s.stage != x.Stage {
		moved = ", moved = $4"
	}
	_, err = tx.Exec(ctx, "UPDATE activity SET stage = $2, moves = moves + 1, step = $3, rev = rev + 1, updated = $4"+moved+" WHERE id = $1",
		x.ID, string(s.stage), mark, tx.Now())
	if err != nil {
		return err
	}
	x.Moves, x.Rev, x.Stage = x.Moves+1, x.Rev+1, s.stage
	return keepReports(ctx, tx, x.ID)
}

// Former is what stood in an activity before it was changed: its draft, or what was
// said of how it was held.
type Former struct {
	Draft *ActivityDraft `json:",omitempty"`
	Held  *Held          `json:",omitempty"`
}

// ActivityStep is one that was taken: "plan", "revise", "drop" or a move.
type ActivityStep struct {
	N      int64
	Move   ActivityMove
	Stage  ActivityStage // after it
	Host   string        // that was dropped, or ""
	Area   string
	Words  string
	Former Former `db:"former,json"`
	By     string `db:"by_whom"` // a person's id, "" where time ended a consent
	At     time.Time
}

// ActivitySteps are those of an activity that was read in the reader's scope, the first
// first.
func (a *Assistance) ActivitySteps(ctx context.Context, id string) ([]ActivityStep, error) {
	return store.List[ActivityStep](ctx, a.DB, everything,
		"SELECT n, move, stage, host, area, words, former, by_whom, at FROM activity_step WHERE {scope} AND activity = $1 ORDER BY n", id)
}
