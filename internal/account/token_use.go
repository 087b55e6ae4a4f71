package account

import (
	"context"
	"errors"
	"time"

	"polis/internal/access"
	"polis/internal/directory"
	"polis/internal/store"
)

// ErrToken is returned for a token that opens nothing: never made, run out, taken
// back, or of somebody who is out. They are not told apart.
var ErrToken = errors.New("account: this token opens nothing")

// Bearer is on whose behalf a token asks.
type Bearer struct {
	access.Subject
	Token  string // its id
	Person string // who answers for it
}

// UseToken tells on whose behalf somebody asks who shows the secret of a token:
// rights are read anew. What is mistyped asks the database nothing: its checksum is
// wrong. Whatever else is wrong with it, one question finds out, so that the answers
// take the same time (ASVS 5.0 6.3.8).
func UseToken(ctx context.Context, db *store.DB, secret string) (Bearer, error) {
	if !LooksLikeToken(secret) {
		return Bearer{}, ErrToken
	}
	now := time.Now()
	list, err := store.List[Token](ctx, db, everything, "SELECT "+tokenFrom+` JOIN person p ON p.id = t.person
		WHERE {scope} AND t.hash = $2 AND t.ended = 0 AND t.until > $1 AND `+tokenHeld, now, hashed(secret))
	if err != nil {
		return Bearer{}, err
	}
	if len(list) == 0 {
		return Bearer{}, ErrToken
	}
	t := list[0]
	who, err := t.subject(ctx, db)
	if errors.Is(err, store.ErrNotFound) {
		err = ErrToken
	}
	if err != nil {
		return Bearer{}, err
	}
	return Bearer{who, t.ID, t.Person}, t.noteUse(ctx, db, now)
}

// subject is what the token gives now: of her own what its person has, with the
// factors she has, and no further than the token reaches.
func (t Token) subject(ctx context.Context, db *store.DB) (access.Subject, error) {
	strength, err := t.strength(ctx, db)
	if err != nil {
		return access.Subject{}, err
	}
	person, _, err := Subject(ctx, db, t.Person, strength)
	if err != nil || !t.Service {
		return person.Within(t.Reach, t.Changes), err
	}
	if !MayKeepTokens(person, t.ActsFor, t.Body).Allowed {
		return access.Subject{}, store.ErrNotFound
	}
	return t.service(ctx, db, person)
}

// strength is that of the session in which the token was made, as long as the
// second factor that opened it is still hers.
func (t Token) strength(ctx context.Context, db *store.DB) (Strength, error) {
	if t.Strength < TwoFactors {
		return OneFactor, nil
	}
	factors, err := LoadFactors(ctx, db, t.Person)
	if err != nil || factors.Second() {
		return TwoFactors, err
	}
	return OneFactor, nil
}

// service is what a service token gives: what the word of its State or body lets
// anybody read, no more than the person who answers for it reads, and nothing that
// is closed. Where it may change things it contributes as a partner does.
func (t Token) service(ctx context.Context, db *store.DB, person access.Subject) (access.Subject, error) {
	trust := access.Official
	if t.Body != "" {
		e, err := directory.Get(ctx, db, access.Scope{}, t.Body)
		if err != nil {
			return access.Subject{}, err
		}
		trust = access.Trust(e.Kind != directory.Organisation)
	}
	s := access.Subject{
		ID: "token:" + t.ID, State: t.ActsFor, Body: t.Body, Trust: min(trust, person.Trust),
		Grants: []access.Grant{{Role: access.Partner, State: t.ActsFor, Body: t.Body}},
	}
	return s.Within(min(t.Reach, access.Official), t.Changes), nil
}

// noteUse writes down that the token was used, once a minute.
func (t Token) noteUse(ctx context.Context, db *store.DB, now time.Time) error {
	minute := now.Truncate(time.Minute)
	if !t.Used.Before(minute) {
		return nil
	}
	_, err := store.Upkeep(ctx, db, `
		INSERT INTO token_use (token, used) VALUES ($1, $2)
		ON CONFLICT (token) DO UPDATE SET used = excluded.used WHERE token_use.used < excluded.used`, t.ID, minute)
	return err
}
