package extract

import (
	"context"
	"errors"
	"fmt"
)

// Reason is a stable code for why a file was not read. Messages: "extract.reason.CODE" says what is wrong,
// "extract.advice.CODE" what the sender can do.
type Reason string

// The reasons of quarantine.
const (
	Empty         Reason = "empty"           // no bytes
	Broken        Reason = "broken"          // cut off, damaged, or not what its structure promises
	Encrypted     Reason = "encrypted"       // needs a password or a licence
	Mislabelled   Reason = "mislabelled"     // the bytes are of another format than the name says
	Unsupported   Reason = "unsupported"     // a format without a reader here
	Oversized     Reason = "oversized"       // more bytes than Limits.FileBytes
	Bomb          Reason = "bomb"            // unpacks to far more than it is, or nests without end
	NoText        Reason = "no-text"         // read without trouble, and there is no word in it
	TooSlow       Reason = "too-slow"        // stopped after Limits.Time
	TooMuchMemory Reason = "too-much-memory" // stopped at Limits.EngineBytes
	Infected      Reason = "infected"        // a virus scanner has found something in it
	Cancelled     Reason = "cancelled"       // the caller stopped; the file may be fine
	Failed        Reason = "failed"          // this machine's fault: disk, engine; the file may be fine
)

// Reasons lists all reasons.
func Reasons() []Reason {
	return []Reason{
		Empty, Broken, Encrypted, Mislabelled, Unsupported, Oversized, Bomb, NoText, TooSlow, TooMuchMemory, Infected, Cancelled, Failed,
	}
}

// Transient says that trying the same file again later makes sense.
func (r Reason) Transient() bool { return r == Cancelled || r == Failed }

// Error is the only kind of error that File returns.
type Error struct {
	Reason Reason
	Err    error // for the log, in English
}

// Error gives the reason's code and the cause.
func (e *Error) Error() string { return string(e.Reason) + ": " + e.Err.Error() }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// fail makes an *Error.
func fail(r Reason, format string, args ...any) error {
	return &Error{Reason: r, Err: fmt.Errorf(format, args...)}
}

// explain turns any error into an *Error. A context that ended outranks what the reader made of it: a reader that is
// stopped reports all kinds of damage.
func explain(parent, bounded context.Context, err error) error {
	switch {
	case parent.Err() != nil:
		return &Error{Reason: Cancelled, Err: errors.Join(parent.Err(), err)}
	case bounded.Err() != nil:
		return &Error{Reason: TooSlow, Err: errors.Join(bounded.Err(), err)}
	}
	var known *Error
	if errors.As(err, &known) {
		return &Error{Reason: known.Reason, Err: err}
	}
	return &Error{Reason: Broken, Err: err}
}
