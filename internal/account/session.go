package account

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"time"

	"github.com/alexedwards/scs/v2"

	"polis/internal/access"
	"polis/internal/store"
)

// What a session says of itself, under these names.
const (
	SessionPerson   = "person"   // string: who is signed in
	SessionStrength = "strength" // int: how surely
	SessionDevice   = "device"   // string: browser and system
	SessionSince    = "since"    // int64, microseconds: when the sign-in began
	SessionProved   = "proved"   // int64, microseconds: when she last showed who she is
	SessionBefore   = "before"   // int64, microseconds: when she had signed in the time before, 0 never
)

// SessionStore keeps sessions in the table `session` for scs. The token itself
// is at the reader's alone; the table has its hash. A session that has ended
// leaves its row behind for a while, so that a request under way, which commits
// what it has loaded, does not bring it back.
type SessionStore struct{ DB *store.DB }

func hashed(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// endedFor is for how long the row of an ended session stays: longer than any
// request takes.
const endedFor = 12 * time.Hour

// FindCtx returns the session's data, and whether there is one that holds.
func (s SessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	text, err := store.Get[string](ctx, s.DB, everything,
		"SELECT data FROM session WHERE {scope} AND hash = $1 AND expires > $2 AND ended = 0", hashed(token), time.Now())
	if errors.Is(err, store.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	data, err := base64.StdEncoding.DecodeString(text)
	return data, err == nil, err
}

// CommitCtx stores the session's data until it expires, beside what the list of
// sessions shows of it. One that has ended stays as it is.
func (s SessionStore) CommitCtx(ctx context.Context, token string, data []byte, expires time.Time) error {
	_, values, err := scs.GobCodec{}.Decode(data)
	if err != nil {
		return err
	}
	person, _ := values[SessionPerson].(string)
	device, _ := values[SessionDevice].(string)
	strength, _ := values[SessionStrength].(int)
	_, err = store.Upkeep(ctx, s.DB, `
		INSERT INTO session (hash, data, expires, person, device, strength, created, seen, ended) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 0)
		ON CONFLICT (hash) DO UPDATE SET data = excluded.data, expires = excluded.expires,
			person = excluded.person, device = excluded.device, strength = excluded.strength, seen = excluded.seen
		WHERE session.ended = 0`,
		hashed(token), base64.StdEncoding.EncodeToString(data), expires, person, device, strength, time.Now())
	return err
}

// DeleteCtx ends a session, and forgets those that are over.
func (s SessionStore) DeleteCtx(ctx context.Context, token string) error {
	if _, err := Retire(ctx, s.DB, token); err != nil {
		return err
	}
	_, err := store.Upkeep(ctx, s.DB, "DELETE FROM session WHERE expires < $1", time.Now())
	return err
}

// Retire ends the session of a token, and reports whether it held until now.
func Retire(ctx context.Context, db *store.DB, token string) (bool, error) {
	now := time.Now()
	n, err := store.Upkeep(ctx, db, "UPDATE session SET ended = $2, expires = $3, data = '' WHERE hash = $1 AND ended = 0 AND expires > $2",
		hashed(token), now, now.Add(endedFor))
	return n == 1, err
}

// Find, Commit and Delete serve callers without a context.
func (s SessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context.
func (s SessionStore) Commit(token string, data []byte, expires time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expires)
}

// Delete is DeleteCtx without a context.
func (s SessionStore) Delete(token string) error {
	return s.DeleteCtx(context.Background(), token)
}

// Session is one browser in which a person is signed in.
type Session struct {
	ID       string `db:"hash"` // opens nothing
	Person   string
	Device   string
	Strength Strength
	Created  time.Time
	Seen     time.Time // to within five minutes
}

// IsOf reports whether it is the session of the token.
func (s Session) IsOf(token string) bool { return s.ID == hashed(token) }

// Sessions lists where a person is signed in, the last seen first: for herself
// and for administrators.
func Sessions(ctx context.Context, db *store.DB, who access.Subject, person string) ([]Session, error) {
	if err := self(who, person); err != nil {
		return nil, err
	}
	return store.List[Session](ctx, db, everything, `
		SELECT hash, person, device, strength, created, seen FROM session
		WHERE {scope} AND person = $1 AND ended = 0 AND expires > $2 ORDER BY seen DESC, hash`, person, time.Now())
}

// EndSession ends one session of a person: by herself or an administrator.
// ErrNotFound where it is over already.
func EndSession(ctx context.Context, db *store.DB, who access.Subject, person, id string) error {
	if err := self(who, person); err != nil {
		return err
	}
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		n, err := tx.Exec(ctx, "UPDATE session SET ended = $3, expires = $4, data = '' WHERE hash = $1 AND person = $2 AND ended = 0",
			id, person, tx.Now(), tx.Now().Add(endedFor))
		if err == nil && n == 0 {
			err = store.ErrNotFound
		}
		return quiet(person, "account.session.ended", nil), err
	})
	return err
}

// EndAllSessions signs a person out everywhere: herself or an administrator.
// Whoever goes on in the present browser gets a new session.
func EndAllSessions(ctx context.Context, db *store.DB, who access.Subject, person string) error {
	if err := self(who, person); err != nil {
		return err
	}
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		return quiet(person, "account.sessions.ended", nil), endSessions(ctx, tx, person, "")
	})
	return err
}

// endSessions ends the sessions of a person as part of a change to how she signs
// in, or whether. Where none is excepted, neither does a sign-in that is under way
// open one (ASVS 5.0 7.4.2, 7.4.3).
func endSessions(ctx context.Context, tx *store.Tx, person, except string) error {
	if except != "" {
		except = hashed(except)
	} else if _, err := tx.Exec(ctx, "UPDATE person SET signed_out = $2 WHERE id = $1", person, tx.Now()); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "UPDATE session SET ended = $2, expires = $3, data = '' WHERE person = $1 AND ended = 0 AND hash <> $4",
		person, tx.Now(), tx.Now().Add(endedFor), except)
	return err
}

// SignedOut is the moment from before which no session of the person holds.
func SignedOut(ctx context.Context, q store.Reader, person string) (time.Time, error) {
	return store.Get[time.Time](ctx, q, everything, "SELECT signed_out FROM person WHERE {scope} AND id = $1", person)
}

// quiet is about for what no page shows: evidence alone.
func quiet(id, act string, data any) store.Event {
	e := about(id, act, data)
	e.Quiet = true
	return e
}
