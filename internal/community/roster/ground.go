package roster

import (
	"context"
	"errors"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/mail"
	"polis/internal/store"
)

// Year is how long a review of a profile holds.
const Year = 365 * 24 * time.Hour

// ground is on what an entry stands.
type ground struct {
	Vouching   string
	ActsFor    string
	Body       string
	WordUntil  time.Time
	Held       string // "" where it is a nomination
	HeldUntil  time.Time
	Nomination string
}

// grounds are all on which somebody may stand now; $1 is her id, $2 the moment.
const grounds = `
	SELECT v.id AS vouching, v.acts_for, v.body, v.until AS word_until, r.id AS held, r.until AS held_until, '' AS nomination
	FROM vouching v JOIN role_grant r ON r.person = v.person AND r.role = 'expert' AND r.acts_for = v.acts_for AND r.body = v.body
	WHERE {scope} AND v.person = $1 AND v.ended = 0 AND v.until > $2 AND r.ended = 0 AND (r.until = 0 OR r.until > $2)
	UNION ALL
	SELECT v.id, v.acts_for, v.body, v.until, '', 0, n.id
	FROM vouching v JOIN expert_nomination n ON n.vouching = v.id
	WHERE {scope} AND v.person = $1 AND v.ended = 0 AND v.until > $2 AND n.verdict = 'accepted'
	ORDER BY 4 DESC, 1, 5 DESC, 7 DESC LIMIT 1`

// settle puts an entry onto what holds now, the longest word first; ErrNoGround where
// there is nothing.
func settle(ctx context.Context, tx *store.Tx, person string) error {
	g, err := store.Get[ground](ctx, tx, everything, grounds, person, tx.Now())
	if errors.Is(err, store.ErrNotFound) {
		return ErrNoGround
	}
	if err != nil {
		return err
	}
	orNull := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	_, err = tx.Exec(ctx, `
		UPDATE expert SET vouching = $2, acts_for = $3, body = $4, word_until = $5, word_ended = 0, held = $6, held_until = $7, held_ended = 0, nomination = $8
		WHERE person = $1`, person, g.Vouching, g.ActsFor, g.Body, g.WordUntil, orNull(g.Held), g.HeldUntil, orNull(g.Nomination))
	return err
}

// Ground reports whether there is something on which the caller may stand.
func (r *Roster) Ground(ctx context.Context, who access.Subject) (bool, error) {
	_, err := store.Get[ground](ctx, r.DB, everything, grounds, who.ID, time.Now())
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Show is her consent to being found, and by whom; Mine takes it back at once. Giving it
// counts as a review.
func (r *Roster) Show(ctx context.Context, who access.Subject, t lang.Tag, rev int64, width Width) error {
	if err := mayOwn(who); err != nil {
		return err
	}
	if width < Mine || width > Members {
		return Invalid{"found": "expert.error.width"}
	}
	_, err := store.Write(ctx, r.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, err := opened(ctx, tx, who, t)
		switch {
		case err != nil:
			return store.Event{}, err
		case p.Rev != rev && rev != 0:
			return store.Event{}, Stale{p.Rev}
		case width > Mine && !p.Stands(tx.Now()):
			return store.Event{}, ErrNoGround
		case p.Found == width:
			return store.Event{}, store.ErrUnchanged
		}
		consented, act := tx.Now(), "community.expert.shown"
		if width == Mine {
			consented, act = time.Time{}, "community.expert.unshown"
		}
		return event(who.ID, act, map[string]string{"width": width.String()}),
			touch(ctx, tx, who.ID, "found = $3, consented = $4, reviewed = $2, review_by = $5, reminded = 0", int64(width), consented, tx.Now().Add(Year))
	})
	return err
}

// Review is her word that all of it is right still; the next one is due in a year.
func (r *Roster) Review(ctx context.Context, who access.Subject) error {
	if err := mayOwn(who); err != nil {
		return err
	}
	_, err := store.Write(ctx, r.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, err := profile(ctx, tx, who.ID)
		switch {
		case err != nil:
			return store.Event{}, err
		case p.Reviewed.Add(time.Hour).After(tx.Now()) && p.Updated.Equal(p.Reviewed):
			return store.Event{}, store.ErrUnchanged
		}
		if !p.Stands(tx.Now()) {
			if err := settle(ctx, tx, who.ID); err != nil && !errors.Is(err, ErrNoGround) {
				return store.Event{}, err
			}
		}
		return event(who.ID, "community.expert.reviewed", nil), touch(ctx, tx, who.ID, "reviewed = $2, review_by = $3, reminded = 0", tx.Now().Add(Year))
	})
	return err
}

// Nomination is the word of a State or body that she belongs on the roster.
type Nomination struct {
	ID       string
	Person   string
	Vouching string
	ActsFor  string
	Body     string
	ByWhom   string
	Words    string
	Asked    time.Time
	Decided  time.Time
	Verdict  string // "", "accepted", "declined"
}

const nominationColumns = `n.id, n.person, n.vouching, v.acts_for, v.body, n.by_whom, n.words, n.asked, n.decided, n.verdict`

// Nominate names somebody for the roster, for the State or body that vouches for her:
// by its focal point or the desk. She is asked by letter.
func (r *Roster) Nominate(ctx context.Context, who access.Subject, person, words string) error {
	if words = strings.TrimSpace(words); len(words) > maxText {
		return Invalid{"words": "expert.error.long"}
	}
	if who.Idle || person == who.ID {
		return ErrForbidden
	}
	_, err := store.Write(ctx, r.DB, who, func(tx *store.Tx) (store.Event, error) {
		list, err := store.List[ground](ctx, tx, everything, `
			SELECT v.id AS vouching, v.acts_for, v.body, v.until AS word_until, '' AS held, 0 AS held_until, '' AS nomination
			FROM vouching v JOIN person p ON p.id = v.person
			WHERE {scope} AND v.person = $1 AND v.ended = 0 AND v.until > $2 AND NOT p.blocked AND NOT p.erased ORDER BY v.until DESC, v.id`, person, tx.Now())
		if err != nil {
			return store.Event{}, err
		}
		for _, g := range list {
			if !who.MayVouch(g.ActsFor, g.Body).Allowed {
				continue
			}
			n, err := tx.Exec(ctx, `
				INSERT INTO expert_nomination (id, person, vouching, by_whom, words, asked, decided, verdict, decider)
				SELECT $1, $2, $3, $4, $5, $6, 0, '', ''
				WHERE NOT EXISTS (SELECT 1 FROM expert_nomination o WHERE o.person = $2 AND o.vouching = $3 AND o.verdict <> 'declined')`,
				store.NewID(), person, g.Vouching, who.ID, words, tx.Now())
			if err != nil {
				return store.Event{}, err
			}
			if n == 0 {
				return store.Event{}, store.ErrUnchanged
			}
			return event(person, "community.expert.nominated", map[string]string{"acts_for": g.ActsFor, "body": g.Body}),
				mail.Queue(ctx, tx, mail.Letter{To: person, Kind: nominatedLetter, Object: person})
		}
		return store.Event{}, ErrForbidden
	})
	return err
}

// Nominations are those of the caller, the newest first, on words that hold.
func (r *Roster) Nominations(ctx context.Context, who access.Subject) ([]Nomination, error) {
	return nominations(ctx, r.DB, "n.person = $1", who.ID)
}

func nominations(ctx context.Context, q store.Reader, which string, args ...any) ([]Nomination, error) {
	return store.List[Nomination](ctx, q, everything, "SELECT "+nominationColumns+` FROM expert_nomination n JOIN vouching v ON v.id = n.vouching
		WHERE {scope} AND v.ended = 0 AND `+which+" ORDER BY n.asked DESC, n.id DESC", args...)
}

// Decide is what she says to a nomination. Accepting puts her onto the roster; whether
// anybody finds her there is another question, Show.
func (r *Roster) Decide(ctx context.Context, who access.Subject, t lang.Tag, id string, accepts bool) error {
	if err := mayOwn(who); err != nil {
		return err
	}
	verdict := "declined"
	if accepts {
		verdict = "accepted"
	}
	_, err := store.Write(ctx, r.DB, who, func(tx *store.Tx) (store.Event, error) {
		list, err := nominations(ctx, tx, "n.id = $1 AND n.person = $2", id, who.ID)
		switch {
		case err != nil:
			return store.Event{}, err
		case len(list) == 0:
			return store.Event{}, store.ErrNotFound
		case list[0].Verdict != "":
			return store.Event{}, store.ErrUnchanged
		}
		_, err = tx.Exec(ctx, "UPDATE expert_nomination SET decided = $2, verdict = $3, decider = person WHERE id = $1", id, tx.Now(), verdict)
		if err == nil && accepts {
			_, err = opened(ctx, tx, who, t)
		}
		return event(who.ID, "community.expert."+verdict, map[string]string{"nomination": id}), err
	})
	return err
}
