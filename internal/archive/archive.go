// Package archive keeps an installation whole: it makes a backup of a running
// system into one file, puts one back into an empty place, and verifies that
// what is stored is still what was written.
//
// A backup is a zip that any tool opens:
//
//	tables/TABLE.jsonl   one row a line, the same from both engines
//	files/SHA-256        every file that the tables refer to, under its sum
//	key                  the installation's secret: keep a backup as safe as POLIS itself
//	manifest.json        what is in it, with the size and SHA-256 of each part
//
// The tables are those of one moment, while others go on writing. Files never
// change, so those that the tables refer to can be copied afterwards. The
// manifest is written last: a backup that was cut off has none, and is refused.
//
// A backup of an older version is restored with the tables that it was made
// with, and then brought up to date as at the first start after an update.
//
// The search index is not in it. It is built again from the tables.
package archive

import (
	"fmt"
	"regexp"
	"time"

	"polis/internal/blob"
	"polis/internal/keyring"
	"polis/internal/store"
)

// System is what is backed up and verified.
type System struct {
	DB    *store.DB
	Files *blob.Store
	Keys  *keyring.Ring // goes into the backup, and has signed the checkpoints; nil where there is none
}

// Manifest says what a backup holds.
type Manifest struct {
	Format  int       `json:"format"`  // see format
	Schema  int64     `json:"schema"`  // number of the newest migration of its tables
	Program string    `json:"program"` // version of POLIS that made it
	Made    time.Time `json:"made"`
	Engine  string    `json:"engine"` // "sqlite" or "postgres"; either restores into either
	Seq     int64     `json:"seq"`    // number of the newest event
	Hash    string    `json:"hash"`   // its hash, the head of the chain
	Parts   []Part    `json:"parts"`
	Missing []Fault   `json:"missing,omitempty"` // files that the tables refer to and that were not there
}

// Part is one table or file of a backup.
type Part struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// format is the version of the layout of a backup. A program refuses those it
// does not know.
const format = 1

// firstSchema is that of the backups that were made before they said so.
const firstSchema = 5

const manifestName = "manifest.json"

// partName is what a part may be called. Names are never used as paths; what is
// called otherwise was not made by a backup.
var partName = regexp.MustCompile(`^(?:tables/([a-z_]+)\.jsonl|files/([0-9a-f]{64})|` + keyring.File + `)$`)

// Fault is something that is not as it should be.
type Fault struct {
	Where string `json:"where"` // "version 0190…", "file 3f9a…", "event 17", "search index"
	What  string `json:"what"`
}

func (f Fault) String() string { return f.Where + ": " + f.What }

// Refused says why a file is not restored. Nothing was changed.
type Refused struct {
	File string
	Why  string
	Err  error // cause, or nil
}

func (r *Refused) Error() string {
	text := fmt.Sprintf("%s is not restored: %s", r.File, r.Why)
	if r.Err != nil {
		text += " (" + r.Err.Error() + ")"
	}
	return text
}

func (r *Refused) Unwrap() error { return r.Err }

// Progress hears how far a long work is; total is 0 while it is not known.
type Progress func(what string, done, total int64)

func (p Progress) tell(what string, done, total int64) {
	if p != nil {
		p(what, done, total)
	}
}
