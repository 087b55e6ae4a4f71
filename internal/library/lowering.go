package library

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/mail"
	"polis/internal/store"
)

// Opening a document to people who could not read it before is a lowering
// (access.Wider). No form, import or program does it on its own: somebody with
// the right asks and says why, and a second person with the right agrees. The
// tables hold it too; see the migration.
//
// The line is where others come to rely on the level. A draft that only its owner
// has ever been able to read is hers to publish at whatever level she could have
// given it at once: that is no lowering. As soon as anybody else could read it, it
// never is a draft again, whatever it is closed to later; else closing it for a
// moment would be the way around the second person.
//
// What its owner has closed to herself she opens again by herself up to the circle
// that could read it before (circle.go); for more she asks from there.
//
// The second person reads what she agrees to, with one exception: where a State's
// focal point asks to open what is closed to that State, the desk or an administrator
// may agree to the act alone (access.Subject.MaySecond). She sees the State, the asker,
// the circles and the reason, and the log and the row say that she has not read it.
// Whoever asked must still have the right when it is agreed to.

// Errors of lowering.
var (
	ErrLowering   = errors.New("library: more people could read it than before: that takes a second person")
	ErrPending    = errors.New("library: somebody has asked for that already")
	ErrDecided    = errors.New("library: that request is decided already")
	ErrLapsed     = errors.New("library: the document was changed since that was asked")
	ErrSamePerson = errors.New("library: the second person must be another one")
	ErrAskerLeft  = errors.New("library: whoever asked may not ask for that any more")
)

// LoweringStage is how far a request is.
type LoweringStage string

// The stages: pending, then one of the others for good.
const (
	LoweringPending   LoweringStage = "pending"
	LoweringAgreed    LoweringStage = "agreed"
	LoweringRefused   LoweringStage = "refused"
	LoweringTakenBack LoweringStage = "taken-back" // by whoever asked
	LoweringLapsed    LoweringStage = "lapsed"     // the document was changed since, or the asker's right has ended
)

// Lowering is a request to open a document to more people, and what became of it.
type Lowering struct {
	ID           string
	Document     string
	Rev          int64 // of the document as it was asked about
	ToLevel      access.Level
	ToState      string
	ToGrp        string
	Reason       string
	AskedBy      string
	Asked        time.Time
	Stage        LoweringStage
	DecidedBy    string
	Decided      time.Time
	Answer       string // why it was refused
	Unread       bool   // the second person agreed to the act and could not read the document
	access.Label        // of the document as it was asked about
}

// To is the label that the document would take.
func (w Lowering) To() access.Label {
	return access.Label{Level: w.ToLevel, State: w.ToState, Group: w.ToGrp, Owner: w.Owner}
}

const loweringColumns = "l.id, l.document, l.rev, l.to_level, l.to_state, l.to_grp, l.reason, l.asked_by, l.asked, l.stage, l.decided_by, l.decided, l.answer, l.unread, l.level, l.state, l.grp, l.owner"

// maxReason is the longest reason of a request or refusal, in characters.
const maxReason = 1000

// cleanReason is the reason as it is kept, or an Invalid for the field.
func cleanReason(reason string) (string, error) {
	reason = strings.TrimSpace(reason)
	if reason == "" || utf8.RuneCountInString(reason) > maxReason {
		return "", Invalid{"reason": "lowering.error.reason"}
	}
	return reason, nil
}

// AskLowering asks for the document with the revision that the caller read to be
// opened to more people, and says why. Another one must agree.
func (l *Library) AskLowering(ctx context.Context, who access.Subject, document string, rev int64, to access.Label, reason string) (id string, err error) {
	if reason, err = cleanReason(reason); err != nil {
		return "", err
	}
	id = store.NewID()
	_, err = store.WriteAll(ctx, l.DB, who, func(tx *store.Tx) ([]store.Event, error) {
		d, err := mayLower(ctx, tx, who, document)
		if err != nil {
			return nil, err
		}
		if d.Rev != rev {
			return nil, Stale{d.Rev}
		}
		w := Lowering{ID: id, Document: d.ID, Rev: d.Rev, ToLevel: to.Level, ToState: d.State, Reason: reason, AskedBy: who.ID, Asked: tx.Now(), Label: d.Label}
		if to.Level == access.Closed {
			w.ToState, w.ToGrp = to.State, to.Group
		}
		if d.Circle() == "nobody" || !access.Wider(d.Label, w.To()) || !who.May(access.Contribute, w.To()).Allowed || w.ToState != "" && w.ToGrp != "" && to.Level == access.Closed {
			return nil, Invalid{"level": "lowering.error.level"}
		}
		events, err := clearWay(ctx, tx, d)
		if err != nil {
			return nil, err
		}
		return append(events, w.event("library.lowering.asked")), insertLowering(ctx, tx, w)
	})
	return id, err
}

// mayLower reads a document and checks that the caller may ask or agree.
func mayLower(ctx context.Context, tx *store.Tx, who access.Subject, document string) (Document, error) {
	d, err := store.Get[Document](ctx, tx, who.Scope(), "SELECT "+documentColumns+" FROM document d WHERE {scope d} AND d.id = $1", document)
	if err == nil && (!who.SignedIn() || !who.May(access.Lower, d.Label).Allowed) {
		err = ErrForbidden
	}
	return d, err
}

// clearWay lets a request lapse that the document has left behind; one that still
// holds stands in the way.
func clearWay(ctx context.Context, tx *store.Tx, d Document) ([]store.Event, error) {
	w, err := store.Get[Lowering](ctx, tx, parts, "SELECT "+loweringColumns+" FROM lowering l WHERE {scope} AND l.document = $1 AND l.stage = 'pending'", d.ID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	case w.Rev == d.Rev:
		return nil, ErrPending
	}
	return []store.Event{w.event("library.lowering.lapsed")}, settleLowering(ctx, tx, w, LoweringLapsed, "", "")
}

func insertLowering(ctx context.Context, tx *store.Tx, w Lowering) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO lowering (id, document, rev, to_level, to_state, to_grp, circle, reason, asked_by, asked, stage, decided_by, decided, answer, agreed, level, state, grp, owner)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'pending', '', 0, '', NULL, $11, $12, $13, $14)`,
		w.ID, w.Document, w.Rev, int(w.ToLevel), w.ToState, w.ToGrp, w.To().Circle(), w.Reason, w.AskedBy, w.Asked,
		int(w.Level), w.State, w.Group, w.Owner)
	return err
}

// event is about the document: its history tells of it.
func (w Lowering) event(act string) store.Event {
	return changed(act, w.Document, w.Label, map[string]string{
		"lowering": w.ID, "from": w.Circle(), "to": w.To().Circle(), "reason": w.Reason, "asked-by": w.AskedBy, "answer": w.Answer, "unread": strconv.FormatBool(w.Unread),
	})
}

// settleLowering ends a request. With LoweringAgreed the document can rest on it.
func settleLowering(ctx context.Context, tx *store.Tx, w Lowering, stage LoweringStage, by, answer string) error {
	var rests any
	if stage == LoweringAgreed {
		rests = w.rests()
	}
	n, err := tx.Exec(ctx, `
		UPDATE lowering SET stage = $2, decided_by = $3, decided = $4, answer = $5, agreed = $6, unread = $7
		WHERE id = $1 AND stage = 'pending'`, w.ID, string(stage), by, tx.Now(), answer, rests, w.Unread && stage == LoweringAgreed)
	if err == nil && n == 0 {
		err = ErrDecided
	}
	return err
}

// rests names the agreement as the document's row does.
func (w Lowering) rests() string { return w.Document + " " + w.To().Circle() + " " + w.ID }

// AgreeLowering is the second person's word: the document is opened in the same
// write. Where it was changed since, or where whoever asked may not ask any more, the
// request lapses: ErrLapsed, ErrAskerLeft.
func (l *Library) AgreeLowering(ctx context.Context, who access.Subject, id string) error {
	left := false
	err := l.decide(ctx, who, id, func(tx *store.Tx, w Lowering) (_ store.Event, err error) {
		if w.AskedBy == who.ID {
			return store.Event{}, ErrSamePerson
		}
		if left, err = w.askerLeft(ctx, tx); err != nil {
			return store.Event{}, err
		}
		if left {
			return w.event("library.lowering.lapsed"), settleLowering(ctx, tx, w, LoweringLapsed, "", "")
		}
		if err := settleLowering(ctx, tx, w, LoweringAgreed, who.ID, ""); err != nil {
			return store.Event{}, err
		}
		if err := depart(ctx, tx, w.Document, w.Label); err != nil { // a closed group may lose what officials gain
			return store.Event{}, err
		}
		to := w.To()
		_, err = tx.Exec(ctx, `
			UPDATE document
			SET level = $2, state = $3, grp = $4, circle = $5, was = circle, lowering = $6, rev = rev + 1, updated = $7
			WHERE id = $1`, w.Document, int(to.Level), to.State, to.Group, to.Circle(), w.rests(), tx.Now())
		if err == nil {
			err = w.tell(ctx, tx, LoweringAgreed)
		}
		e := w.event("library.document.lowered")
		e.Label = to
		return e, err
	})
	if err == nil && left {
		err = ErrAskerLeft
	}
	return err
}

// askerLeft reports whether whoever asked may not ask for it any more: her account
// is closed, her role has ended, she cannot read the document.
func (w Lowering) askerLeft(ctx context.Context, q store.Reader) (bool, error) {
	asker, err := account.Rights(ctx, q, w.AskedBy)
	if errors.Is(err, store.ErrNotFound) {
		return true, nil
	}
	if w.Unread && !asker.HasFor(access.FocalPoint, w.State) {
		return true, err
	}
	return !asker.May(access.Lower, w.Label).Allowed || !asker.May(access.Contribute, w.To()).Allowed, err
}

// RefuseLowering is the second person's no, with the reason.
func (l *Library) RefuseLowering(ctx context.Context, who access.Subject, id, answer string) error {
	answer, err := cleanReason(answer)
	if err != nil {
		return err
	}
	return l.decide(ctx, who, id, func(tx *store.Tx, w Lowering) (store.Event, error) {
		if w.AskedBy == who.ID {
			return store.Event{}, ErrSamePerson
		}
		if err := settleLowering(ctx, tx, w, LoweringRefused, who.ID, answer); err != nil {
			return store.Event{}, err
		}
		w.Answer = answer
		return w.event("library.lowering.refused"), w.tell(ctx, tx, LoweringRefused)
	})
}

// TakeBackLowering ends the caller's own request.
func (l *Library) TakeBackLowering(ctx context.Context, who access.Subject, id string) error {
	return l.decide(ctx, who, id, func(tx *store.Tx, w Lowering) (store.Event, error) {
		if w.AskedBy != who.ID {
			return store.Event{}, ErrForbidden
		}
		return w.event("library.lowering.taken-back"), settleLowering(ctx, tx, w, LoweringTakenBack, who.ID, "")
	})
}

// mayConfirm reports whether somebody who cannot read the document may be the second
// person: what is closed to a State, when its focal point asks.
func (w Lowering) mayConfirm(who access.Subject) bool {
	return who.SignedIn() && w.AskedBy != who.ID && w.Level == access.Closed && who.MaySecond(w.Label).Allowed
}

// decide reads a pending request for somebody who may decide about it and hands it
// to end, unless the document has left it behind.
func (l *Library) decide(ctx context.Context, who access.Subject, id string, end func(*store.Tx, Lowering) (store.Event, error)) error {
	lapsed := false
	_, err := store.Write(ctx, l.DB, who, func(tx *store.Tx) (store.Event, error) {
		w, err := store.Get[Lowering](ctx, tx, parts, "SELECT "+loweringColumns+" FROM lowering l WHERE {scope} AND l.id = $1", id)
		if err != nil {
			return store.Event{}, err
		}
		d, err := mayLower(ctx, tx, who, w.Document)
		if errors.Is(err, store.ErrNotFound) && w.mayConfirm(who) {
			w.Unread = true
			d, err = store.Get[Document](ctx, tx, parts, "SELECT "+documentColumns+" FROM document d WHERE {scope} AND d.id = $1", w.Document)
		}
		if err != nil {
			return store.Event{}, err
		}
		if w.Stage != LoweringPending {
			return store.Event{}, ErrDecided
		}
		if lapsed = d.Rev != w.Rev; lapsed {
			return w.event("library.lowering.lapsed"), settleLowering(ctx, tx, w, LoweringLapsed, "", "")
		}
		return end(tx, w)
	})
	if err == nil && lapsed {
		err = ErrLapsed
	}
	return err
}

// tell writes to whoever asked what became of it.
func (w Lowering) tell(ctx context.Context, tx *store.Tx, stage LoweringStage) error {
	return mail.Queue(ctx, tx, mail.Letter{
		To: w.AskedBy, Kind: "lowering.letter." + string(stage), Object: w.Document, Path: "/library/" + w.Document + "/lowering",
	})
}
