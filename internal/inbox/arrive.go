package inbox

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"polis/internal/access"
	"polis/internal/blob"
	"polis/internal/eml"
	"polis/internal/job"
	"polis/internal/store"
)

// arrive keeps a message for its recipients: the file first, then the rows with the
// jobs that read them. A message that is there already is taken again in silence: the
// other server had not heard that it was.
func (b *Box) arrive(ctx context.Context, r io.Reader, from, trace string, to []Address) error {
	in := bufio.NewReaderSize(r, eml.HeaderBytes)
	first, err := in.Peek(eml.HeaderBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	head, err := eml.Head(first)
	if err != nil {
		head = nil // larger than a head may be: the job says so
	}
	// Its own line on top makes every file one that came once: it can go as soon as its
	// messages were handled.
	top := fmt.Sprintf("Return-Path: <%s>\r\nReceived: %s\r\nX-Polis-Entry: %s\r\n", from, trace, store.NewID())
	sum, size, err := b.Files.Put(ctx, io.MultiReader(strings.NewReader(top), in), MaxBytes+int64(len(top)))
	if err != nil {
		return err
	}
	stored, err := b.enter(ctx, arrival{mark: b.mark(head, from, first), domain: domainOf(head), bytes: size, sum: sum}, to)
	if stored == 0 {
		err = errors.Join(err, b.discard(context.WithoutCancel(ctx), sum))
	}
	if err == nil && stored > 0 && b.Wake != nil {
		b.Wake()
	}
	return err
}

// arrival is a message whose file is stored.
type arrival struct {
	mark, domain string
	bytes        int64
	sum          blob.Sum
}

// jobArgs are what a job needs, also where the row is gone.
type jobArgs struct {
	Message string
	Sum     blob.Sum
}

// enter writes the rows, and returns how many are new.
func (b *Box) enter(ctx context.Context, a arrival, to []Address) (stored int, err error) {
	events, err := store.WriteAll(ctx, b.DB, access.System("inbox"), func(tx *store.Tx) (events []store.Event, err error) {
		for _, address := range to {
			id := store.NewID()
			if err := room(ctx, tx, address.Person, a.bytes); err != nil {
				return nil, err
			}
			n, err := tx.Exec(ctx, `
				INSERT INTO inbox_message (id, person, purpose, object, mark, domain, bytes, sum, stage, reason, tries, created, updated)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', '', 0, $9, $9)
				ON CONFLICT (person, purpose, object, mark) DO NOTHING`,
				id, address.Person, address.Purpose, address.Object, a.mark, a.domain, a.bytes, string(a.sum), tx.Now())
			if err != nil {
				return nil, err
			}
			if n == 0 {
				continue
			}
			if _, err := job.Add(ctx, tx, ReadJob, jobArgs{id, a.sum}, access.Label{Level: access.Closed}); err != nil {
				return nil, err
			}
			events = append(events, store.Event{
				Act: "inbox.arrived", Object: id, Label: own(address.Person), Quiet: true,
				Data: map[string]any{"purpose": address.Purpose, "bytes": a.bytes},
			})
		}
		if len(events) == 0 {
			return nil, store.ErrUnchanged
		}
		return events, nil
	})
	return len(events), err
}

// room refuses what is too much for one person until some of it was handled.
func room(ctx context.Context, tx *store.Tx, person string, bytes int64) error {
	held, err := store.Get[int64](ctx, tx, everything, "SELECT COALESCE(SUM(bytes), 0) FROM inbox_message WHERE {scope} AND person = $1 AND sum <> ''", person)
	if err == nil && held+bytes > heldBytes {
		err = tooMuch
	}
	return err
}

// mark tells the same message again: by its id and its author, so that nobody else can
// write one that hers is taken for; without an id by how it begins.
func (b *Box) mark(head eml.Header, from string, first []byte) string {
	if id := head.Get("Message-Id"); id != "" {
		return b.Keys.Mark("inbox message", fmt.Sprintf("%q %q %q", from, head.All("From"), id))
	}
	_, body, _ := strings.Cut(string(first), "\r\n\r\n") // above it each server on the way has written
	return b.Keys.Mark("inbox message", fmt.Sprintf("%q %q %q %q %q", from, head.All("From"), head.Get("Date"), head.Get("Subject"), body))
}

// domainOf is from where a message says it comes, for the administrator.
func domainOf(head eml.Header) string {
	_, domain, _ := strings.Cut(eml.Author(head), "@")
	if len(domain) > 253 {
		return ""
	}
	return strings.ToValidUTF8(oneLine(domain), "")
}

// discard removes a message's file, unless another recipient's waits for it.
func (b *Box) discard(ctx context.Context, sum blob.Sum) error {
	n, err := store.Get[int](ctx, b.DB, everything, "SELECT COUNT(*) FROM inbox_message WHERE {scope} AND sum = $1", string(sum))
	if err != nil || n > 0 {
		return err
	}
	if err := b.Files.Remove(ctx, sum, 0); err != nil && !errors.Is(err, blob.ErrNotFound) {
		return err
	}
	return nil
}
