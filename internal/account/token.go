package account

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"

	"polis/internal/access"
	"polis/internal/store"
)

// Token is a key with which a program asks in somebody's place. A personal token
// acts as the person who made it, and never gives more than she has at that
// moment. A service token acts for a State or body; a person answers for it, and
// it ends with her word.
type Token struct {
	ID       string
	Person   string // whose it is, or who answers for it
	Name     string
	Service  bool
	ActsFor  string       // two-letter code of the State of a service token, or
	Body     string       // directory id of its structure or organisation
	Reach    access.Level // the highest level that it reads
	Changes  bool         // it may change things, as far as its person may
	Strength Strength     // of the session in which it was made
	Made     time.Time
	Until    time.Time
	Ended    time.Time // zero while it was not taken back
	EndedBy  string
	Used     time.Time // to the minute, zero never
	Held     bool      // the role and word on which it rests still hold
}

// How long a token lasts, in days, and how many of them one person or body has.
const (
	TokenDays    = 90
	MaxTokenDays = 365
	maxTokens    = 20
)

// Wanted is a token to be.
type Wanted struct {
	Name    string
	ActsFor string // of a service token: the State, or
	Body    string // the body. Both "": a personal token
	Reach   access.Level
	Changes bool
	Days    int // from 1 to MaxTokenDays
}

func (n Wanted) service() bool { return n.ActsFor != "" || n.Body != "" }

// Validate returns an Invalid, or nil.
func (n Wanted) Validate() error {
	v := Invalid{}
	if n.Name == "" || len(n.Name) > 100 || strings.ContainsFunc(n.Name, unicode.IsControl) {
		v["name"] = "token.error.name"
	}
	if !slices.Contains(access.Levels[:], n.Reach) || n.service() && n.Reach > access.Official {
		v["reach"] = "token.error.reach"
	}
	if n.Days < 1 || n.Days > MaxTokenDays {
		v["days"] = "token.error.days"
	}
	return v.orNil()
}

// tokenFrom is every token with its last use and whether what it rests on holds
// at $1. The focal point who made a service token gave the word of her State or
// body on it: with that vouching, or with her role, it is gone for good, even if
// another word for her follows.
const tokenFrom = `
	t.id, t.person, t.name, t.service, t.acts_for, t.body, t.reach, t.changes, t.strength, t.made, t.until, t.ended, t.ended_by,
	COALESCE((SELECT u.used FROM token_use u WHERE u.token = t.id), 0) AS used,
	` + tokenHeld + ` AS held
	FROM token t`

const tokenHeld = `(NOT p.blocked AND NOT p.erased AND (NOT t.service OR
		EXISTS (SELECT 1 FROM role_grant g WHERE g.id = t.role AND g.ended = 0 AND (g.until = 0 OR g.until > $1)) AND
		(t.word = '' OR EXISTS (SELECT 1 FROM vouching v WHERE v.id = t.word AND v.ended = 0 AND v.until > $1))))`

// MayKeepTokens decides whether the subject makes and ends the service tokens of
// a State or body: an administrator, and its own focal point.
func MayKeepTokens(who access.Subject, state, body string) access.Decision {
	for _, g := range who.Grants {
		if g.Role == access.FocalPoint && (state != "" && g.State == state || state == "" && body != "" && g.Body == body) {
			return access.Decision{Allowed: true, Rule: access.RuleOwnPeople}
		}
	}
	return who.May(access.Operate, access.Label{})
}

// MakeToken makes a token and returns its secret, which is nowhere else from then
// on. strength is that of the session: without a second factor a token of her own
// gives her roles to nobody, and a service token cannot be made.
func MakeToken(ctx context.Context, db *store.DB, who access.Subject, strength Strength, n Wanted) (secret string, t Token, err error) {
	n.Name = strings.TrimSpace(n.Name)
	if !who.SignedIn() || who.Limited || n.service() && !MayKeepTokens(who, n.ActsFor, n.Body).Allowed {
		return "", t, ErrForbidden
	}
	if err := n.Validate(); err != nil {
		return "", t, err
	}
	secret = newSecret()
	t = Token{
		ID: store.NewID(), Person: who.ID, Name: n.Name, Service: n.service(), ActsFor: n.ActsFor, Body: n.Body,
		Reach: n.Reach, Changes: n.Changes, Strength: strength,
	}
	_, err = store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		t.Made, t.Until = tx.Now(), tx.Now().Add(time.Duration(n.Days)*24*time.Hour)
		return t.event("account.token.made"), insertToken(ctx, tx, who, t, secret)
	})
	if err != nil {
		return "", Token{}, err
	}
	t.Held = true
	return secret, t, nil
}

func insertToken(ctx context.Context, tx *store.Tx, who access.Subject, t Token, secret string) error {
	var role, word string
	if t.Service {
		if _, err := trustOf(ctx, tx, t.ActsFor, t.Body); err != nil {
			return err
		}
		var err error
		if role, word, err = restsOn(ctx, tx, t); err != nil {
			return err
		}
	}
	n, err := store.Get[int](ctx, tx, everything, `
		SELECT COUNT(*) FROM token t
		WHERE {scope} AND t.ended = 0 AND t.until > $1 AND t.acts_for = $2 AND t.body = $3 AND (t.service OR t.person = $4)`,
		tx.Now(), t.ActsFor, t.Body, t.Person)
	if err != nil {
		return err
	}
	if n >= maxTokens {
		return Invalid{"name": "token.error.many"}
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO token (id, hash, person, name, service, acts_for, body, reach, changes, strength, role, word, made, until, ended, ended_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, '')`,
		t.ID, hashed(secret), t.Person, t.Name, t.Service, t.ActsFor, t.Body, int(t.Reach), t.Changes, int(t.Strength),
		role, word, t.Made, t.Until)
	return err
}

// restsOn is the role with which somebody makes a service token, and the word
// behind that role: hers as the State's or body's focal point, else as
// administrator, which needs nobody's word.
func restsOn(ctx context.Context, tx *store.Tx, t Token) (role, word string, err error) {
	row, err := store.Get[struct{ Role, Word string }](ctx, tx, everything, `
		SELECT g.id AS role, COALESCE(v.id, '') AS word FROM role_grant g
		LEFT JOIN vouching v ON v.person = g.person AND v.acts_for = g.acts_for AND v.body = g.body AND v.ended = 0 AND v.until > $2
			AND g.role = 'focal-point'
		WHERE {scope} AND g.person = $1 AND g.ended = 0 AND (g.until = 0 OR g.until > $2)
			AND (g.role = 'administrator' OR g.role = 'focal-point' AND g.acts_for = $3 AND g.body = $4 AND v.id IS NOT NULL)
		ORDER BY CASE g.role WHEN 'focal-point' THEN 0 ELSE 1 END`, t.Person, tx.Now(), t.ActsFor, t.Body)
	if errors.Is(err, store.ErrNotFound) {
		err = ErrForbidden
	}
	return row.Role, row.Word, err
}

// event says what became of the token. It concerns the person who answers for it.
func (t Token) event(act string) store.Event {
	return quiet(t.Person, act, map[string]any{
		"token": t.ID, "acts_for": t.ActsFor, "body": t.Body, "reach": t.Reach.String(), "changes": t.Changes, "until": t.Until.UnixMicro(),
	})
}

// TokensOf lists the personal tokens of somebody, the newest first, ended ones
// too: for herself and for administrators.
func TokensOf(ctx context.Context, q store.Reader, who access.Subject, person string) ([]Token, error) {
	if err := self(who, person); err != nil {
		return nil, err
	}
	return listTokens(ctx, q, "t.person = $2 AND NOT t.service", person)
}

// ServiceTokens lists the service tokens that the caller keeps: an administrator
// all of them, a focal point those of her State or body.
func ServiceTokens(ctx context.Context, q store.Reader, who access.Subject) ([]Token, error) {
	all, err := listTokens(ctx, q, "t.service = $2", true)
	return slices.DeleteFunc(all, func(t Token) bool { return !MayKeepTokens(who, t.ActsFor, t.Body).Allowed }), err
}

func listTokens(ctx context.Context, q store.Reader, which string, arg any) ([]Token, error) {
	return store.List[Token](ctx, q, everything,
		"SELECT "+tokenFrom+" JOIN person p ON p.id = t.person WHERE {scope} AND "+which+" ORDER BY t.made DESC, t.id DESC LIMIT 1000", time.Now(), arg)
}

// EndToken takes a token back at once: its owner, an administrator, and for a
// service token the focal point of its State or body. ErrNotFound where it was
// taken back already, or is none of hers.
func EndToken(ctx context.Context, db *store.DB, who access.Subject, id string) error {
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		list, err := listTokens(ctx, tx, "t.ended = 0 AND t.id = $2", id)
		if err != nil {
			return store.Event{}, err
		}
		if len(list) == 0 || !list[0].mayEnd(who) {
			return store.Event{}, store.ErrNotFound
		}
		_, err = tx.Exec(ctx, "UPDATE token SET ended = $2, ended_by = $3 WHERE id = $1", id, tx.Now(), who.ID)
		return list[0].event("account.token.ended"), err
	})
	return err
}

func (t Token) mayEnd(who access.Subject) bool {
	if t.Service && MayKeepTokens(who, t.ActsFor, t.Body).Allowed {
		return true
	}
	return self(who, t.Person) == nil
}
