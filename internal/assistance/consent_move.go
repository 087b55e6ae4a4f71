package assistance

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/store"
)

// ConsentMove changes a consent, or an area of it.
type ConsentMove string

// The moves of a consent: the asker's, the State's, and that of time.
const (
	AskForConsent   ConsentMove = "ask"
	GiveConsent     ConsentMove = "give"
	RefuseConsent   ConsentMove = "refuse"
	ConsentClosing  ConsentMove = "close" // one area
	ConsentOpening  ConsentMove = "open"  // one area
	ConsentWithdraw ConsentMove = "withdraw"
	ConsentRetract  ConsentMove = "retract" // what was asked by mistake
	ConsentExpiry   ConsentMove = "expire"
)

// consentStep is one that is being taken.
type consentStep struct {
	move  ConsentMove
	stage ConsentStage
	theme string
	words string
}

// taken is what rests on a step that was taken.
type taken struct {
	mark   string // the consent's stage
	ground string // the standing of its areas
}

// putConsentStep writes the consent's next step.
func putConsentStep(ctx context.Context, tx *store.Tx, who access.Subject, c Consent, s consentStep) (taken, error) {
	var theme any
	if s.theme != "" {
		theme = s.theme
	}
	next := nextStep{"consent", c.ID, c.Moves, string(c.Stage), string(s.move), string(s.stage), s.words, owner(who)}
	t := taken{next.mark(), fmt.Sprintf("%s %s %s %d", c.ID, s.theme, s.move, c.Moves+1)}
	_, err := next.put(ctx, tx, column{"theme", theme}, column{"ground", t.ground})
	return t, err
}

func (c Consent) event(act, theme string) store.Event {
	e := store.Event{Act: act, Object: c.ID, Label: c.Label}
	if theme != "" {
		e.Data = map[string]string{"theme": theme}
	}
	return e
}

// voice is whose word a move is.
type voice int

const (
	ofState  voice = iota // the State's own
	ofPaper               // the State's; the desk may write it down
	ofAskers              // theirs who ask
)

// consentWay is what a move of a consent takes.
type consentWay struct {
	from ConsentStage
	to   ConsentStage
	by   voice
	did  string
}

var consentWays = map[ConsentMove]consentWay{
	GiveConsent:     {ConsentAsked, ConsentGiven, ofPaper, "assistance.consent.given"},
	RefuseConsent:   {ConsentAsked, ConsentRefused, ofPaper, "assistance.consent.refused"},
	ConsentClosing:  {ConsentGiven, ConsentGiven, ofPaper, "assistance.consent.narrowed"},
	ConsentOpening:  {ConsentGiven, ConsentGiven, ofState, "assistance.consent.widened"},
	ConsentWithdraw: {ConsentGiven, ConsentWithdrawn, ofPaper, "assistance.consent.withdrawn"},
	ConsentRetract:  {ConsentAsked, ConsentRetracted, ofAskers, "assistance.consent.retracted"},
}

// ConsentMoves are those that are possible to her now. The desk writes down what a
// State has said on paper; it opens nothing again. Who asks for consents takes back
// what was asked by mistake, as long as nobody has answered.
func ConsentMoves(who access.Subject, c Consent) []ConsentMove {
	var list []ConsentMove
	for _, m := range []ConsentMove{GiveConsent, RefuseConsent, ConsentClosing, ConsentOpening, ConsentWithdraw, ConsentRetract} {
		w := consentWays[m]
		if ok, _ := w.may(who, c); ok && w.from == c.Stage && c.hasAreaFor(m) {
			list = append(list, m)
		}
	}
	return list
}

// hasAreaFor reports whether there is an area that could be closed or opened.
func (c Consent) hasAreaFor(m ConsentMove) bool {
	return m != ConsentClosing && m != ConsentOpening || slices.ContainsFunc(c.Areas, func(a Area) bool { return (a.Standing == AreaOpen) == (m == ConsentClosing) })
}

// may reports whether she may make the move, and whether she does so for the desk.
func (w consentWay) may(who access.Subject, c Consent) (ok, byDesk bool) {
	switch {
	case !who.SignedIn():
		return false, false
	case w.by == ofAskers:
		return who.May(access.AskConsent, c.Label).Allowed, false
	case who.May(access.Consent, c.Label).Allowed:
		return true, false
	}
	return w.by == ofPaper && !who.Program && who.May(access.HandleHelp, c.Label).Allowed, true
}

// moving is a move of a consent while it is written.
type moving struct {
	consentStep
	Consent
	taken
	byDesk bool
}

// moveConsent reads the consent for somebody who may make the move, takes the step,
// and lets change bring the tables to where it leads.
func (a *Assistance) moveConsent(ctx context.Context, who access.Subject, id string, rev int64, s consentStep, change func(*store.Tx, moving) error) error {
	s.words = strings.TrimSpace(s.words)
	w := consentWays[s.move]
	s.stage = w.to
	_, err := store.WriteAll(ctx, a.DB, who, func(tx *store.Tx) ([]store.Event, error) {
		c, err := consent(ctx, tx, who.Scope(), id)
		if err != nil {
			return nil, err
		}
		ok, byDesk := w.may(who, c)
		switch {
		case !ok:
			return nil, ErrForbidden
		case c.Rev != rev:
			return nil, Stale{c.Rev}
		case c.Stage != w.from:
			return nil, Impossible{string(s.move), string(c.Stage), "assistance.impossible.consent." + string(c.Stage)}
		}
		if err := s.check(c, byDesk); err != nil {
			return nil, err
		}
		lost, err := s.lose(ctx, tx, who, c)
		if err != nil {
			return nil, err
		}
		t, err := putConsentStep(ctx, tx, who, c, s)
		if err != nil {
			return nil, err
		}
		if err := change(tx, moving{s, c, t, byDesk}); err != nil {
			return nil, err
		}
		return append([]store.Event{c.event(w.did, s.theme)}, lost...), tellOfConsent(ctx, tx, who, c, s.move)
	})
	return err
}

// check asks for what the move needs. A State owes nobody a reason; the desk says by
// which paper it knows, and who has troubled a State for nothing why.
func (s consentStep) check(c Consent, byDesk bool) error {
	v := Invalid{}
	v.text("reason", s.words, maxWords, false)
	if byDesk && s.move != GiveConsent && s.words == "" {
		v["reason"] = "assistance.error.reason.desk"
	}
	if s.move == ConsentRetract && s.words == "" {
		v["reason"] = "assistance.error.reason.retract"
	}
	if s.move == ConsentClosing || s.move == ConsentOpening {
		area, ok := c.Area(s.theme)
		switch {
		case !ok:
			v["theme"] = "assistance.error.area"
		case (area.Standing == AreaOpen) != (s.move == ConsentClosing):
			return Impossible{string(s.move), string(area.Standing), "assistance.impossible.area." + string(area.Standing)}
		}
	}
	return v.orNil()
}

// lose takes the ground from what rests on what the step ends.
func (s consentStep) lose(ctx context.Context, tx *store.Tx, who access.Subject, c Consent) ([]store.Event, error) {
	if s.move != ConsentClosing && s.move != ConsentWithdraw && s.move != ConsentExpiry {
		return nil, nil
	}
	lost, err := closeAssessments(ctx, tx, c.ID, s.theme, s.words)
	if err != nil {
		return nil, err
	}
	gates, err := loseGates(ctx, tx, who, "consent", c.ID, s.theme, s.words)
	return append(gates, lost...), err
}

// settle brings the consent to its stage; its areas follow by their key.
func (m moving) settle(ctx context.Context, tx *store.Tx) error {
	_, err := tx.Exec(ctx, "UPDATE consent SET stage = $2, moves = moves + 1, step = $3, rev = rev + 1, updated = $4 WHERE id = $1",
		m.ID, string(m.stage()), m.mark, tx.Now())
	return err
}

func (m moving) stage() ConsentStage { return m.consentStep.stage }

// shut closes what is open, before the consent ends.
func (m moving) shut(ctx context.Context, tx *store.Tx) error {
	_, err := tx.Exec(ctx, "UPDATE consent_area SET standing = 'closed', step = $4, stood = $5, closed = $2, reason = $3 WHERE consent = $1 AND standing = 'open'",
		m.ID, today(tx.Now()), m.words, m.ground, tx.Now())
	if err != nil {
		return err
	}
	return m.settle(ctx, tx)
}

// Give gives the consent for some of its areas, or all; the others are refused. The
// State's focal point or delegation does; the desk may write it down where there is a
// paper. rev is the revision that the caller read, here as in what follows.
func (a *Assistance) Give(ctx context.Context, who access.Subject, id string, rev int64, g GivenConsent) error {
	g.clean()
	return a.moveConsent(ctx, who, id, rev, consentStep{move: GiveConsent}, func(tx *store.Tx, m moving) error {
		if err := g.validate(m.Consent, tx.Now(), m.byDesk); err != nil {
			return err
		}
		recorded := "state"
		if m.byDesk {
			recorded = "desk"
		}
		since, until := g.span()
		_, err := tx.Exec(ctx, `
			UPDATE consent
			SET stage = 'given', moves = moves + 1, step = $2, authority = $3, office = $4, given = $5, since = $6, until = $7,
			    conditions = $8, document = $9, recorded = $10, rev = rev + 1, updated = $11
			WHERE id = $1`, id, m.mark, g.Authority, g.Office, g.Given, since, until, g.Conditions, g.Document, recorded, tx.Now())
		if err != nil {
			return err
		}
		return m.open(ctx, tx, g.Areas)
	})
}

// open opens the areas for which the consent is given.
func (m moving) open(ctx context.Context, tx *store.Tx, themes []string) error {
	for _, area := range m.Areas {
		standing := AreaRefused
		if slices.Contains(themes, area.Theme) {
			standing = AreaOpen
		}
		_, err := tx.Exec(ctx, "UPDATE consent_area SET standing = $3, step = $4, stood = $5 WHERE consent = $1 AND theme = $2", m.ID, area.Theme, string(standing), m.ground, tx.Now())
		if err != nil {
			return err
		}
	}
	return nil
}

// Refuse says no to all of it.
func (a *Assistance) Refuse(ctx context.Context, who access.Subject, id string, rev int64, reason string) error {
	return a.moveConsent(ctx, who, id, rev, consentStep{move: RefuseConsent, words: reason}, func(tx *store.Tx, m moving) error {
		return m.end(ctx, tx, AreaRefused)
	})
}

// Retract takes back what was asked of a State by mistake, before it has answered.
// Who may ask may; the State reads why.
func (a *Assistance) Retract(ctx context.Context, who access.Subject, id string, rev int64, reason string) error {
	return a.moveConsent(ctx, who, id, rev, consentStep{move: ConsentRetract, words: reason}, func(tx *store.Tx, m moving) error {
		return m.end(ctx, tx, AreaRetracted)
	})
}

// end ends a consent that was never given, with all its areas.
func (m moving) end(ctx context.Context, tx *store.Tx, as Standing) error {
	_, err := tx.Exec(ctx, "UPDATE consent_area SET standing = $2, step = $3, stood = $4 WHERE consent = $1", m.ID, string(as), m.ground, tx.Now())
	if err != nil {
		return err
	}
	return m.settle(ctx, tx)
}

// CloseArea closes one area of a consent that is given, and leaves the rest.
func (a *Assistance) CloseArea(ctx context.Context, who access.Subject, id string, rev int64, theme, reason string) error {
	return a.moveConsent(ctx, who, id, rev, consentStep{move: ConsentClosing, theme: theme, words: reason}, func(tx *store.Tx, m moving) error {
		_, err := tx.Exec(ctx, "UPDATE consent_area SET standing = 'closed', step = $5, stood = $6, closed = $3, reason = $4 WHERE consent = $1 AND theme = $2",
			id, theme, today(tx.Now()), m.words, m.ground, tx.Now())
		if err != nil {
			return err
		}
		return m.settle(ctx, tx)
	})
}

// OpenArea opens one that was closed, or that was refused when the consent was given.
func (a *Assistance) OpenArea(ctx context.Context, who access.Subject, id string, rev int64, theme, reason string) error {
	return a.moveConsent(ctx, who, id, rev, consentStep{move: ConsentOpening, theme: theme, words: reason}, func(tx *store.Tx, m moving) error {
		_, err := tx.Exec(ctx, "UPDATE consent_area SET standing = 'open', step = $3, stood = $4, closed = '', reason = '' WHERE consent = $1 AND theme = $2",
			id, theme, m.ground, tx.Now())
		if err != nil {
			return err
		}
		return m.settle(ctx, tx)
	})
}

// WithdrawConsent takes back what was given, with all its areas.
func (a *Assistance) WithdrawConsent(ctx context.Context, who access.Subject, id string, rev int64, reason string) error {
	return a.moveConsent(ctx, who, id, rev, consentStep{move: ConsentWithdraw, words: reason}, func(tx *store.Tx, m moving) error {
		return m.shut(ctx, tx)
	})
}
