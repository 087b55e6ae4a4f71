package library

import (
	"context"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// Original is a version with the document that it is of: what a file needs to
// be given out.
type Original struct {
	Version
	Document string
	Lang     lang.Tag
	access.Label
}

// seenOnce is how long turning the pages of one text, or taking a file in
// pieces, is one reading.
const seenOnce = 10 * time.Minute

// guarded reports whether it is noted who reads a record: all that is official
// or closed. Public pages and members' pages stay as quick as they are.
func guarded(l access.Label) bool { return l.Level >= access.Official }

// NoteText notes in the log that somebody reads the texts of a document in these
// versions, where it is official or closed. It is asked before the text is sent,
// and where it fails nothing is.
func (l *Library) NoteText(ctx context.Context, who access.Subject, d Document, versions ...string) error {
	if !guarded(d.Label) {
		return nil
	}
	for _, v := range versions {
		if err := l.note(ctx, who, "library.document.read", d.ID, v, seenOnce); err != nil {
			return err
		}
	}
	return nil
}

// NoteFile is NoteText for the file itself: every time, but for the further
// pieces of one that is taken in pieces.
func (l *Library) NoteFile(ctx context.Context, who access.Subject, o Original, piece bool) error {
	if !guarded(o.Label) {
		return nil
	}
	once := time.Duration(0)
	if piece {
		once = seenOnce
	}
	return l.note(ctx, who, "library.file.read", o.Document, o.ID, once)
}

// note writes who read which version. The event is hers and the
// administrator's to see: who else reads the document need not know.
func (l *Library) note(ctx context.Context, who access.Subject, act, document, version string, once time.Duration) error {
	return store.Note(ctx, l.DB, who, store.Event{
		Act: act, Object: document, Data: map[string]string{"version": version},
		Label: access.Label{Level: access.Closed, Owner: who.ID},
	}, once)
}

// NoteQuarantined notes in the log that somebody takes a file out of quarantine
// to look at it: everybody's files lie there.
func (l *Library) NoteQuarantined(ctx context.Context, who access.Subject, in Intake) error {
	return store.Note(ctx, l.DB, who, store.Event{
		Act: "library.intake.downloaded", Object: in.ID, Label: in.Label, Data: map[string]string{"sum": in.Sum},
	}, 0)
}
