package account

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"polis/internal/store"
)

// Ticket lets whoever brings its secret do one thing, once. The secret is in the
// letter alone; the table has its hash.
type Ticket struct {
	Hash    string
	Kind    TicketKind
	Object  string // what it is for: an address, a person's id, an invitation's, a change's
	Mailed  bool   // it went to an address, which whoever brings it therefore reads
	Made    time.Time
	Expires time.Time
	Used    time.Time
}

// TicketKind is what a ticket opens.
type TicketKind string

// The kinds, each with how long it is good.
const (
	ToRegister TicketKind = "register" // an address: make an account
	ToJoin     TicketKind = "join"     // an invitation: accept it
	ToReset    TicketKind = "reset"    // a person: set a new password
	ToMove     TicketKind = "move"     // a change of address: confirm the new one
	ToStay     TicketKind = "stay"     // a change of address: stop it, or undo it
	ToEnd      TicketKind = "end"      // a person: end her sessions
)

var lives = map[TicketKind]time.Duration{
	ToRegister: 24 * time.Hour, ToReset: time.Hour, ToMove: 24 * time.Hour, ToStay: 7 * 24 * time.Hour, ToEnd: 7 * 24 * time.Hour,
}

// ErrTicket is returned for a ticket that opens nothing: never made, used, or
// run out. The three are not told apart.
var ErrTicket = errors.New("account: this link was used, or has run out")

// issue makes a ticket and returns its secret: 26 characters, 130 bits of chance.
func issue(ctx context.Context, db *store.DB, kind TicketKind, object string, mailed bool, until time.Time) (string, error) {
	now := time.Now()
	if until.IsZero() {
		until = now.Add(lives[kind])
	}
	secret := rand.Text()
	_, err := store.Upkeep(ctx, db,
		"INSERT INTO ticket (hash, kind, object, mailed, made, expires, used) VALUES ($1, $2, $3, $4, $5, $6, 0)",
		hashed(secret), string(kind), object, mailed, now, until)
	return secret, err
}

// Peek reads what a ticket is for without using it: the form behind a link, which
// a mail server may open before its reader does.
func Peek(ctx context.Context, q store.Reader, kind TicketKind, secret string) (Ticket, error) {
	if len(secret) > 100 {
		return Ticket{}, ErrTicket
	}
	t, err := store.Get[Ticket](ctx, q, everything, `
		SELECT hash, kind, object, mailed, made, expires, used FROM ticket
		WHERE {scope} AND hash = $1 AND kind = $2 AND used = 0 AND expires > $3`, hashed(secret), string(kind), time.Now())
	if errors.Is(err, store.ErrNotFound) {
		err = ErrTicket
	}
	return t, err
}

// use takes a ticket as part of what it opens. Writes are taken one at a time, so
// of two who bring it at once one finds it used. With it go the other tickets
// for the same: those of a letter that was sent twice.
func use(ctx context.Context, tx *store.Tx, kind TicketKind, secret string) (Ticket, error) {
	t, err := Peek(ctx, tx, kind, secret)
	if err != nil {
		return t, err
	}
	return t, spend(ctx, tx, kind, t.Object)
}

// spend ends all tickets of one kind for one object.
func spend(ctx context.Context, tx *store.Tx, kind TicketKind, object string) error {
	_, err := tx.Exec(ctx, "UPDATE ticket SET used = $3 WHERE kind = $1 AND object = $2 AND used = 0", string(kind), object, tx.Now())
	return err
}
