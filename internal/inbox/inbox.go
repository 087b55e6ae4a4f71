// Package inbox takes in the mail that people write to POLIS.
//
// It does not stand in the open network: the operator's mail server hands over what
// comes for one domain (Listen). An address there is one person's for one purpose,
// "agenda+7KD…@polis.example": its secret part is computed from the installation's
// key, so a guess is refused before anything is sent. A message is on the disk, and its
// row in the table, before the other server is told that it was taken; a job reads it
// afterwards and hands it to whoever looks after the purpose (On).
//
// An address can leak, and what a message says of its sender anybody can write. So one
// is acted upon only if its author is the owner of the address, by her own confirmed
// address, and, where the operator's server says so, proven (Verifier). What answers
// by itself, or goes round, is dropped. To a sender nothing is ever answered: she may
// be somebody else. The owner is told, by letter, in a few words and not too often.
package inbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"polis/internal/access"
	"polis/internal/blob"
	"polis/internal/clamd"
	"polis/internal/eml"
	"polis/internal/extract"
	"polis/internal/keyring"
	"polis/internal/store"
)

// Box is the inbox of an installation.
type Box struct {
	DB      *store.DB
	Files   *blob.Store
	Keys    *keyring.Ring
	Texts   *extract.Extractor
	Scanner *clamd.Daemon // nil: none
	Log     *slog.Logger  // nil: slog.Default

	Domain   string // to which people write; "" where no mail is taken in
	Verifier string // the authserv-id of the server that proves senders (RFC 8601); "": none does
	Wake     func() // told when a message has come; nil: nobody waits

	handlers map[string]Handler
	pages    map[string]string
}

// Message is one that was taken in for its owner, and is hers.
type Message struct {
	Entry string // its id here: the same when it is handed over again
	eml.Message
}

// Handler does with a message what its purpose is. It may be called again with the same
// one, after a crash or an error. An error lets the message wait and try again, some six
// times within a day; a Refusal puts it aside at once.
type Handler func(ctx context.Context, to Address, m Message) error

// On hands the messages for a purpose, a short word in small letters, to a handler.
// page is where she finds her address for it, without language.
func (b *Box) On(purpose, page string, h Handler) {
	if b.handlers == nil {
		b.handlers, b.pages = map[string]Handler{}, map[string]string{}
	}
	b.handlers[purpose], b.pages[purpose] = h, page
}

// Page is the page of a purpose, "" where there is no such purpose.
func (b *Box) Page(purpose string) string { return b.pages[purpose] }

// Refusal is a handler's error about a message that will never do. Key is a message
// that tells the owner why, in a letter; "" where she is not told, or has been.
type Refusal struct {
	Key string
	Err error
}

func (r *Refusal) Error() string { return r.Err.Error() }

// Unwrap gives the cause.
func (r *Refusal) Unwrap() error { return r.Err }

// Stage is where a message is.
type Stage string

// The stages: waiting → done, dropped (nothing is to be done with it) or aside.
const (
	Waiting Stage = "waiting"
	Done    Stage = "done"
	Dropped Stage = "dropped"
	Aside   Stage = "aside"
)

// Held is a message as its row shows it: nothing of what it says.
type Held struct {
	ID      string
	Person  string
	Purpose string
	Object  string
	Domain  string // from which it says it comes
	Bytes   int64
	Sum     blob.Sum // "" once it is gone
	Stage   Stage
	Reason  string // message "inbox.reason.REASON"
	Tries   int
	Created time.Time
	Updated time.Time
}

const columns = "id, person, purpose, object, domain, bytes, sum, stage, reason, tries, created, updated"

func (h Held) address() Address { return Address{h.Person, h.Purpose, h.Object} }

// everything is the program's scope on the tables of the inbox.
var everything = store.Everything("inbox")

// ErrForbidden is returned where the caller does not run the installation, or has not
// signed in.
var ErrForbidden = errors.New("inbox: not allowed")

// Counts are how many messages there are in each stage: of those that are done with,
// as long as they are remembered.
func (b *Box) Counts(ctx context.Context) (map[Stage]int, error) {
	rows, err := store.List[struct {
		Stage Stage
		N     int
	}](ctx, b.DB, everything, "SELECT stage, COUNT(*) AS n FROM inbox_message WHERE {scope} GROUP BY stage")
	counts := map[Stage]int{}
	for _, r := range rows {
		counts[r.Stage] = r.N
	}
	return counts, err
}

// Troubled lists the messages that were put aside or dropped, the newest first.
func (b *Box) Troubled(ctx context.Context, limit int) ([]Held, error) {
	return store.List[Held](ctx, b.DB, everything,
		"SELECT "+columns+" FROM inbox_message WHERE {scope} AND stage IN ('aside', 'dropped') ORDER BY updated DESC, id DESC LIMIT $1", limit)
}

// note writes down what became of a message, where its owner finds it.
func (b *Box) note(ctx context.Context, h Held, act, reason string) error {
	return store.Note(ctx, b.DB, access.System("inbox"), store.Event{
		Act: act, Object: h.ID, Label: own(h.Person), Data: map[string]string{"purpose": h.Purpose, "reason": reason},
	}, 0)
}

// own is the label of what is one person's.
func own(person string) access.Label { return access.Label{Level: access.Closed, Owner: person} }

func (b *Box) log() *slog.Logger {
	if b.Log == nil {
		return slog.Default()
	}
	return b.Log
}

// Release takes all away that names a person, as part of her erasure. Files that
// nothing refers to any more go with the next sweep.
func Release(ctx context.Context, tx *store.Tx, person string) error {
	for _, query := range []string{"DELETE FROM inbox_message WHERE person = $1", "DELETE FROM inbox_address WHERE person = $1"} {
		if _, err := tx.Exec(ctx, query, person); err != nil {
			return fmt.Errorf("inbox: release: %w", err)
		}
	}
	return nil
}
