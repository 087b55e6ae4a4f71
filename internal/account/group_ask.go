package account

import (
	"context"
	"errors"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/mail"
	"polis/internal/store"
)

// Ask is a proposal to let somebody into a closed group. Nobody else knows of such a
// group, so it is a member who proposes her, and she hears of it when she is in.
type Ask struct {
	Group   string `db:"grp"`
	Person  string
	Name    string
	ActsFor string // the State or body whose people she says she is of
	Body    string
	ByWhom  string
	ByName  string
	Words   string // why, until it is decided
	Asked   time.Time
	Decided time.Time
	Verdict AskVerdict
	Reason  string // why it was declined
}

// AskVerdict is what became of a proposal.
type AskVerdict string

// The verdicts. Messages: "groups.verdict.VERDICT".
const (
	Admitted  AskVerdict = "admitted"
	Declined  AskVerdict = "declined"
	Withdrawn AskVerdict = "withdrawn"
)

const (
	maxAskWords = 2_000
	maxAsksOpen = 20 // that one member has waiting in one group
	maxAsks     = 100
)

const askColumns = `a.grp, a.person, p.name, p.acts_for, p.body, a.by_whom, COALESCE(b.name, '') AS by_name,
	a.words, a.asked, a.decided, a.verdict, a.reason`

const askFrom = " FROM circle_ask a JOIN person p ON p.id = a.person LEFT JOIN person b ON b.id = a.by_whom WHERE {scope} AND a.grp = $1 AND "

// Asks are the proposals of a group that wait, the oldest first, for those who run
// it; ErrForbidden for others.
func Asks(ctx context.Context, q store.Reader, who access.Subject, group string) ([]Ask, error) {
	s, err := StandingIn(ctx, q, who, group)
	if err == nil && !s.Runs() {
		err = ErrForbidden
	}
	if err != nil {
		return nil, err
	}
	return store.List[Ask](ctx, q, everything, "SELECT "+askColumns+askFrom+"a.decided = 0 ORDER BY a.asked LIMIT $2", group, maxAsks)
}

// AsksOf are the proposals that a member made in a group, the latest first, with what
// became of them.
func AsksOf(ctx context.Context, q store.Reader, who access.Subject, group string) ([]Ask, error) {
	s, err := StandingIn(ctx, q, who, group)
	if err != nil || !s.Member {
		return nil, err
	}
	return store.List[Ask](ctx, q, everything, "SELECT "+askColumns+askFrom+"a.by_whom = $2 ORDER BY a.asked DESC LIMIT 20", group, who.ID)
}

// Propose puts somebody before those who run a closed group, by her address: a member
// knows whom she proposes.
func Propose(ctx context.Context, db *store.DB, who access.Subject, group, address, words string) error {
	v := Invalid{}
	address, words = strings.ToLower(strings.TrimSpace(address)), strings.TrimSpace(words)
	if !mail.ValidAddress(address) {
		v["address"] = "account.error.email"
	}
	if words == "" || len(words) > maxAskWords {
		v["words"] = "groups.error.words"
	}
	if len(v) > 0 {
		return v
	}
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		g, err := GetGroup(ctx, tx, who, group)
		if err != nil {
			return store.Event{}, err
		}
		s, err := StandingIn(ctx, tx, who, group)
		switch {
		case err != nil:
			return store.Event{}, err
		case s.Ended:
			return store.Event{}, ErrChanged
		case !s.Writes(tx.Now()) || s.Kind != GroupClosed:
			return store.Event{}, ErrForbidden
		}
		person, err := proposable(ctx, tx, who, group, address)
		if err != nil {
			return store.Event{}, err
		}
		n, err := tx.Exec(ctx, `
			INSERT INTO circle_ask (grp, person, by_whom, words, asked, decided, verdict, decider, reason) VALUES ($1, $2, $3, $4, $5, 0, '', '', '')
			ON CONFLICT DO NOTHING`, group, person, who.ID, words, tx.Now())
		if err == nil && n == 0 {
			err = Invalid{"address": "groups.error.proposed"}
		}
		return membership("account.group.proposed", g, person), err
	})
	return err
}

// proposable is the id of the person with the address, if she can be proposed.
func proposable(ctx context.Context, tx *store.Tx, who access.Subject, group, address string) (string, error) {
	open, err := store.Get[int](ctx, tx, everything, "SELECT COUNT(*) FROM circle_ask WHERE {scope} AND grp = $1 AND by_whom = $2 AND decided = 0", group, who.ID)
	if err != nil {
		return "", err
	}
	if open >= maxAsksOpen {
		return "", Invalid{"address": "groups.error.many"}
	}
	p, err := ByEmail(ctx, tx, address)
	if err == nil && !p.Blocked && !p.Erased {
		_, err = strongest(ctx, tx, p.ID)
	} else if err == nil {
		err = store.ErrNotFound
	}
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, ErrNoVouching) {
		err = Invalid{"address": "groups.error.nobody"}
	}
	if err != nil {
		return "", err
	}
	inside, err := within(ctx, tx, group)
	for _, m := range inside {
		if m.Person == p.ID {
			err = Invalid{"address": "groups.error.inside"}
		}
	}
	return p.ID, err
}

// Answer decides a proposal, for those who run the group. asked is when the one was
// made that the caller saw: ErrDecided where it is another one, or none, by now.
// Whoever proposed is told by letter, and so is she who is let in.
func Answer(ctx context.Context, db *store.DB, who access.Subject, group, person string, asked time.Time, admits bool, reason string) error {
	if reason = strings.TrimSpace(reason); !admits && reason == "" || len(reason) > maxAskWords {
		return Invalid{"reason": "groups.error.reason"}
	}
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		g, err := runnable(ctx, tx, who, group)
		if err != nil {
			return store.Event{}, err
		}
		a, err := openAsk(ctx, tx, group, person, asked)
		if err != nil {
			return store.Event{}, err
		}
		if a.ByWhom == person { // nobody is let in on her own word
			return store.Event{}, ErrForbidden
		}
		if !admits {
			if err := settle(ctx, tx, who, Declined, reason, "grp = $5 AND person = $6", group, person); err != nil {
				return store.Event{}, err
			}
			return membership("account.group.declined", g, person), tellOfAsk(ctx, tx, g, a.ByWhom, "declined", reason)
		}
		e, err := enter(ctx, tx, who, g, person, "account.group.admitted")
		if err != nil {
			return store.Event{}, err
		}
		if err := tellOfAsk(ctx, tx, g, person, "welcome", ""); err != nil {
			return store.Event{}, err
		}
		return e, tellOfAsk(ctx, tx, g, a.ByWhom, "admitted", "")
	})
	return err
}

func openAsk(ctx context.Context, tx *store.Tx, group, person string, asked time.Time) (Ask, error) {
	a, err := store.Get[Ask](ctx, tx, everything, "SELECT "+askColumns+askFrom+"a.person = $2 AND a.asked = $3 AND a.decided = 0", group, person, asked)
	if errors.Is(err, store.ErrNotFound) {
		err = ErrDecided
	}
	return a, err
}

// WithdrawAsk takes a proposal back, for the member who made it.
func WithdrawAsk(ctx context.Context, db *store.DB, who access.Subject, group, person string, asked time.Time) error {
	if !who.SignedIn() || who.Idle {
		return ErrForbidden
	}
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		g, err := GetGroup(ctx, tx, who, group)
		if err != nil {
			return store.Event{}, err
		}
		a, err := openAsk(ctx, tx, group, person, asked)
		if err == nil && a.ByWhom != who.ID {
			err = ErrForbidden
		}
		if err != nil {
			return store.Event{}, err
		}
		return membership("account.group.withdrawn", g, person), settle(ctx, tx, who, Withdrawn, "", "grp = $5 AND person = $6", group, person)
	})
	return err
}

// settle ends the open proposals that the condition chooses, its arguments from $5
// on; their words go with it.
func settle(ctx context.Context, tx *store.Tx, who access.Subject, v AskVerdict, reason, which string, args ...any) error {
	_, err := tx.Exec(ctx, "UPDATE circle_ask SET decided = $1, verdict = $2, decider = $3, reason = $4, words = '' WHERE decided = 0 AND "+which,
		append([]any{tx.Now(), string(v), who.ID, reason}, args...)...)
	return err
}

// tellOfAsk writes what became of a proposal. A letter names the group, and says why,
// only where the group lets letters say what is written in it.
func tellOfAsk(ctx context.Context, tx *store.Tx, g Group, to, what, reason string) error {
	l := mail.Letter{To: to, Kind: "groups.letter." + what, Object: to, Path: "/groups"}
	if g.Mails {
		l.Kind, l.Path = l.Kind+"-named", "/groups/"+g.ID
		l.Args = map[string]string{"group": g.Name, "reason": reason}
	}
	return mail.Queue(ctx, tx, l)
}
