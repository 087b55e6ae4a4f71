// Package mail writes letters and sends them over SMTP.
//
// A letter is put into a queue as part of the write that causes it, and is sent
// a moment later, again and again with growing waits where the server does not
// take it. It is no job of package job: letters must not stand behind a file
// that is being read, and wait hours where jobs wait seconds.
//
// A letter rests as a kind and a few words, not as a text. What it says is
// written when it is sent, in the reader's language: to whom it goes, which
// kind of it fits, and the one-time link that it may carry, are asked of
// Post.Finish then. So no link that opens something rests in a table, and what a
// page answers cannot depend on whether an address is known: nobody has looked.
package mail

import (
	"context"
	"errors"
	"net/mail"
	"strings"
	"time"

	"polis/internal/lang"
	"polis/internal/store"
)

// Letter is one to be sent.
type Letter struct {
	To   string   // a person's id, or an address
	Lang lang.Tag // its language; "" asks Finish, and else is English
	// Kind names the texts: "register" has mail.register.subject and
	// mail.register.text, where the letter leads somewhere mail.register.button.
	// A kind with a dot in it is of another room: "people.letter.due" has
	// people.letter.due.subject.
	Kind   string
	Object string // id of what it is about: an invitation, a person; or ""
	Path   string // page of ours that it leads to, without language: "/people"
	// Args are the words of the texts. "role" is written as the role's name, one
	// that ends with "day" (2026-11-23) as a date, "moment" (RFC 3339) with its
	// time, "change" (an act of the log) as the sentence of what has changed,
	// "entry" (an id of the directory) by Finish as that entry's name.
	Args map[string]string

	// What only Finish knows.
	Address string // to which it goes
	Name    string // by which its reader is addressed, or ""
	Ticket  string // the secret of its link, which is put into Path as ?t=
	Lines   []Line // what it lists, each with its page
	Stop    string // page of ours that ends letters like it, without signing in (RFC 8058), or ""
	ReplyTo string // address at which an answer is taken in, or ""
	Thread  string // names, in letters and figures, what mail programs show together: a topic; or ""
	Words   []Words
}

// Words are what somebody has written, as a letter hands it on.
type Words struct {
	By   string // her name
	Lang lang.Tag
	Text string // plain, in paragraphs
}

// Line is one of the things that a letter lists.
type Line struct {
	Under string // heading of this line and those after it with the same, or ""
	Text  string
	Lang  lang.Tag // of the text, "" where unknown
	Path  string   // page of ours, without language
}

// ErrDropped is what Finish returns for a letter that needs not be sent any
// more: what it was about is over.
var ErrDropped = errors.New("mail: it needs not be sent any more")

// Stage is where a letter is.
type Stage string

// The stages.
const (
	Waiting Stage = "waiting"
	Sent    Stage = "sent"
	Failed  Stage = "failed"
	Dropped Stage = "dropped" // what it was about is over
)

const inQueue = `
	INSERT INTO letter (id, recipient, lang, kind, object, path, args, stage, tries, due, reason, created, updated)
	VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', 0, $8, '', $8, $8)`

func (l Letter) row(now time.Time) []any {
	return []any{store.NewID(), l.To, string(l.Lang), l.Kind, l.Object, l.Path, store.JSON(l.Args), now}
}

// Queue puts a letter into the queue as part of a write.
func Queue(ctx context.Context, tx *store.Tx, l Letter) error {
	_, err := tx.Exec(ctx, inQueue, l.row(tx.Now())...)
	return err
}

// Put is Queue where nothing is written but the letter.
func Put(ctx context.Context, db *store.DB, l Letter) error {
	_, err := store.Upkeep(ctx, db, inQueue, l.row(time.Now())...)
	return err
}

// Held is a letter as the queue shows it to the administrator.
type Held struct {
	ID        string
	Recipient string
	Lang      string
	Kind      string
	Object    string
	Path      string
	Args      map[string]string `db:"args,json"`
	Stage     Stage
	Tries     int
	Due       time.Time // not before
	Reason    string    // of the last failure, in the server's words
	Created   time.Time
	Updated   time.Time
}

const columns = "id, recipient, lang, kind, object, path, args, stage, tries, due, reason, created, updated"

func (h Held) letter() Letter {
	return Letter{To: h.Recipient, Lang: lang.Tag(h.Lang), Kind: h.Kind, Object: h.Object, Path: h.Path, Args: h.Args}
}

// everything is the program's scope on the queue.
var everything = store.Everything("mail")

// Counts are how many letters there are in each stage.
func Counts(ctx context.Context, q store.Reader) (map[Stage]int, error) {
	rows, err := store.List[struct {
		Stage Stage
		N     int
	}](ctx, q, everything, "SELECT stage, COUNT(*) AS n FROM letter WHERE {scope} GROUP BY stage")
	counts := map[Stage]int{}
	for _, r := range rows {
		counts[r.Stage] = r.N
	}
	return counts, err
}

// Troubled lists the letters that failed for good or were tried in vain, the
// newest first.
func Troubled(ctx context.Context, q store.Reader, limit int) ([]Held, error) {
	return store.List[Held](ctx, q, everything,
		"SELECT "+columns+" FROM letter WHERE {scope} AND reason <> '' AND stage <> 'sent' ORDER BY updated DESC, id DESC LIMIT $1", limit)
}

// Again puts a letter that failed back into the queue.
func Again(ctx context.Context, db *store.DB, id string) error {
	n, err := store.Upkeep(ctx, db,
		"UPDATE letter SET stage = 'waiting', tries = 0, due = $2, created = $2, updated = $2 WHERE id = $1 AND stage = 'failed'", id, time.Now())
	if err == nil && n == 0 {
		err = store.ErrNotFound
	}
	return err
}

// ValidAddress reports whether letters can be addressed to it: one address,
// without a name, without anything that could become a line of a header.
func ValidAddress(address string) bool {
	if len(address) > 254 || strings.ContainsFunc(address, unprintable) || strings.ContainsAny(address, " <>\"(),;:\\") {
		return false
	}
	a, err := mail.ParseAddress(address)
	return err == nil && a.Address == address && a.Name == ""
}

// unprintable reports characters that have no place in a line.
func unprintable(r rune) bool { return r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 }

// oneLine makes of any text one line without control characters.
func oneLine(s string) string {
	gap := func(r rune) bool { return r == ' ' || unprintable(r) }
	return strings.Join(strings.FieldsFunc(s, gap), " ")
}
