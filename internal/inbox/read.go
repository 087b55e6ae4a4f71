package inbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/blob"
	"polis/internal/clamd"
	"polis/internal/eml"
	"polis/internal/job"
	"polis/internal/store"
)

// ReadJob is the kind of the job that reads one message.
const ReadJob = "inbox.read"

// Why a message is put aside. Messages: "inbox.reason.REASON".
const (
	bomb      = "bomb"      // more parts, or more in them, than a message may have
	charset   = "charset"   // its letters cannot be read
	form      = "form"      // its form cannot be read
	infected  = "infected"  // by a virus
	unscanned = "unscanned" // the virus scanner does not take anything so large
	refused   = "refused"   // by whoever looks after the purpose
	failing   = "failing"   // they failed again and again
	killed    = "killed"    // the program stopped while reading it, twice
	lost      = "lost"      // its file is gone, or another one
	late      = "late"      // it could not be handled for a week
)

// reasons of what eml does not read.
var reasons = map[string]string{"header": bomb, "depth": bomb, "parts": bomb, "large": bomb, "charset": charset, "form": form}

// waits are the times between the tries of a handler that fails.
var waits = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour}

// away is how long a message waits for a scanner or storage that is not there.
const away = 30 * time.Second

// outcome is the error of a message that is done with, other than well.
type outcome struct {
	stage  Stage
	reason string
	key    string // message for the owner instead of that of the reason
	silent bool   // she is not told
	err    error
}

func (o *outcome) Error() string { return fmt.Sprintf("inbox: %s: %s: %v", o.stage, o.reason, o.err) }

// Reader is the job that reads one message and hands it on.
func (b *Box) Reader(ctx context.Context, run *job.Run) error {
	var args jobArgs
	if err := run.Decode(&args, nil); err != nil {
		return err
	}
	h, err := store.Get[Held](ctx, b.DB, everything, "SELECT "+columns+" FROM inbox_message WHERE {scope} AND id = $1", args.Message)
	if errors.Is(err, store.ErrNotFound) { // its owner is gone
		return b.discard(ctx, args.Sum)
	}
	if err != nil || h.Stage != Waiting {
		return err
	}
	if run.Tries > 2 {
		return b.finish(ctx, h, &outcome{stage: Aside, reason: killed})
	}
	err = b.handle(ctx, h)
	var end *outcome
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err == nil:
		return b.finish(ctx, h, &outcome{stage: Done})
	case errors.As(err, &end):
		return b.finish(ctx, h, end)
	case errors.Is(err, clamd.ErrUnavailable), errors.Is(err, blob.ErrUnavailable):
		return job.Later(away, err)
	}
	return b.again(ctx, h, err)
}

// again lets a message wait for its next try, or puts it aside.
func (b *Box) again(ctx context.Context, h Held, err error) error {
	b.log().Error("inbox: handle a message", "message", h.ID, "purpose", h.Purpose, "try", h.Tries+1, "err", err)
	if h.Tries >= len(waits) {
		return b.finish(ctx, h, &outcome{stage: Aside, reason: failing, err: err})
	}
	_, uerr := store.Upkeep(ctx, b.DB, "UPDATE inbox_message SET tries = tries + 1, reason = $2, updated = $3 WHERE id = $1 AND stage = 'waiting'", h.ID, failing, time.Now())
	if uerr != nil {
		return uerr
	}
	return job.Later(waits[h.Tries], err)
}

// handle reads a message, asks whether it is to be acted upon, and hands it on.
func (b *Box) handle(ctx context.Context, h Held) (err error) {
	m, err := b.read(ctx, h)
	if err != nil {
		return err
	}
	handler := b.handlers[h.Purpose]
	if handler == nil {
		return fmt.Errorf("inbox: nobody looks after %q", h.Purpose)
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("inbox: the handler of %q broke: %v", h.Purpose, p)
		}
	}()
	err = handler(ctx, h.address(), Message{h.ID, m})
	var no *Refusal
	if errors.As(err, &no) {
		return &outcome{stage: Aside, reason: refused, key: no.Key, silent: no.Key == "", err: err}
	}
	return err
}

// read reads the file of a message: first as far as it takes to know whether it is the
// owner's own, then the rest.
func (b *Box) read(ctx context.Context, h Held) (eml.Message, error) {
	f, err := b.Files.Local(ctx, h.Sum)
	if errors.Is(err, blob.ErrNotFound) || errors.Is(err, blob.ErrDamaged) {
		return eml.Message{}, &outcome{stage: Aside, reason: lost, err: err}
	}
	if err != nil {
		return eml.Message{}, err
	}
	defer f.Close()
	if err := b.judge(ctx, h, f); err != nil {
		return eml.Message{}, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return eml.Message{}, err
	}
	if err := b.scan(ctx, f); err != nil {
		return eml.Message{}, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return eml.Message{}, err
	}
	m, err := eml.Read(ctx, b.Texts, f)
	if reason := reasons[eml.ReasonOf(err)]; reason != "" {
		return m, &outcome{stage: Aside, reason: reason, err: err}
	}
	if err != nil {
		return m, err
	}
	for _, file := range m.Files { // a scanner that does not read mail sees them unpacked
		if err := b.scan(ctx, bytes.NewReader(file.Data)); err != nil {
			return m, err
		}
	}
	return m, nil
}

// judge decides by the head alone whether a message is dropped.
func (b *Box) judge(ctx context.Context, h Held, f io.Reader) error {
	first, err := io.ReadAll(io.LimitReader(f, eml.HeaderBytes))
	if err != nil {
		return err
	}
	m, err := eml.Describe(first)
	if err != nil {
		return &outcome{stage: Aside, reason: bomb, silent: true, err: err} // who wrote it is not known
	}
	if reason := runs(m); reason != "" {
		return &outcome{stage: Dropped, reason: reason, silent: true}
	}
	p, err := account.Load(ctx, b.DB, h.Person)
	switch {
	case errors.Is(err, store.ErrNotFound), err == nil && (p.Blocked || p.Erased || p.Confirmed.IsZero()):
		return &outcome{stage: Dropped, reason: closed, silent: true}
	case err != nil:
		return err
	}
	if reason := b.stranger(m, p.Email); reason != "" {
		return &outcome{stage: Dropped, reason: reason}
	}
	return nil
}

// scan has the virus scanner look at something, where there is one.
func (b *Box) scan(ctx context.Context, r io.Reader) error {
	if b.Scanner == nil {
		return nil
	}
	virus, err := b.Scanner.Scan(ctx, r)
	switch {
	case errors.Is(err, clamd.ErrTooLarge):
		return &outcome{stage: Aside, reason: unscanned, err: err}
	case err == nil && virus != "":
		return &outcome{stage: Aside, reason: infected, err: errors.New(virus)}
	}
	return err
}

// unread are the acts of a message that was not acted upon.
var unread = map[Stage]string{Dropped: "inbox.dropped", Aside: "inbox.aside"}

// finish writes down what became of a message, lets its file go unless it was put
// aside, notes it and tells the owner.
func (b *Box) finish(ctx context.Context, h Held, o *outcome) error {
	ctx = context.WithoutCancel(ctx)
	sum := ""
	if o.stage == Aside && o.reason != infected {
		sum = string(h.Sum)
	}
	n, err := store.Upkeep(ctx, b.DB, "UPDATE inbox_message SET stage = $2, reason = $3, sum = $4, updated = $5 WHERE id = $1 AND stage = 'waiting'",
		h.ID, string(o.stage), o.reason, sum, time.Now())
	if err != nil || n == 0 {
		return err
	}
	if err := b.discard(ctx, h.Sum); err != nil {
		b.log().Warn("inbox: remove a message's file", "message", h.ID, "err", err) // the sweep will
	}
	if o.stage == Done {
		return nil
	}
	b.log().Info("inbox: a message was not acted upon", "message", h.ID, "stage", o.stage, "why", o.reason)
	if err := b.note(ctx, h, unread[o.stage], o.reason); err != nil {
		return err
	}
	if o.silent {
		return nil
	}
	return b.tell(ctx, h, o)
}

// Again lets a message that was put aside be handled once more, as long as its file is
// kept.
func (b *Box) Again(ctx context.Context, who access.Subject, id string) error {
	if !who.May(access.Operate, access.Label{}).Allowed {
		return ErrForbidden
	}
	_, err := store.Write(ctx, b.DB, who, func(tx *store.Tx) (store.Event, error) {
		h, err := store.Get[Held](ctx, tx, everything, "SELECT "+columns+" FROM inbox_message WHERE {scope} AND id = $1 AND stage = 'aside' AND sum <> ''", id)
		if err != nil {
			return store.Event{}, err
		}
		if _, err := tx.Exec(ctx, "UPDATE inbox_message SET stage = 'waiting', reason = '', tries = 0, updated = $2 WHERE id = $1", id, tx.Now()); err != nil {
			return store.Event{}, err
		}
		_, err = job.Add(ctx, tx, ReadJob, jobArgs{id, h.Sum}, access.Label{Level: access.Closed})
		return store.Event{Act: "inbox.again", Object: id, Label: own(h.Person), Quiet: true}, err
	})
	if err == nil && b.Wake != nil {
		b.Wake()
	}
	return err
}
