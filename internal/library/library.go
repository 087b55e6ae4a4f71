// Package library keeps documents: what POLIS knows, in the languages in which
// it was written down (Framework ¶12.4, 22).
//
// A Document is the same thing in all its languages; a language version is its
// text in one; a version is that text at one time (Rev., Corr.), with the file
// it came in. The text is kept as passages, each with the page of the original,
// because a passage is what a reader is led to and what she cites.
//
// Files come in through the intake: they are stored, read, and their title,
// symbol and date proposed; a person confirms. What cannot be read stays in the
// intake as quarantined, with the reason.
package library

import (
	"errors"
	"fmt"
	"sync"

	"polis/internal/blob"
	"polis/internal/clamd"
	"polis/internal/extract"
	"polis/internal/store"
	"polis/internal/thesaurus"
)

// Library is the room with its stores.
type Library struct {
	DB    *store.DB
	Files *blob.Store
	Texts *extract.Extractor
	// Scanner looks at every file before anything of ours reads it. Nil: none does.
	Scanner *clamd.Daemon

	spotting sync.Mutex
	spots    *thesaurus.Spotter // nil until it is needed; see spotter
}

// ErrForbidden is returned where the caller may not do what she asked.
var ErrForbidden = errors.New("library: not allowed")

// Stale is returned where the record was changed since the caller read it.
// Rev is its present revision.
type Stale struct{ Rev int64 }

func (s Stale) Error() string {
	return fmt.Sprintf("library: changed meanwhile, now revision %d", s.Rev)
}

// Invalid says which fields are wrong: field name → message key.
type Invalid map[string]string

func (v Invalid) Error() string { return fmt.Sprintf("library: invalid: %v", map[string]string(v)) }

func (v Invalid) orNil() error {
	if len(v) == 0 {
		return nil
	}
	return v
}
