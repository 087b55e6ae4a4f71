// Package personal answers for what POLIS knows of people: it gives it out to
// whom it is about, erases it, and keeps the periods after which it goes.
//
// What is known stands in many rooms' tables. Parts lists all of them, and a
// test holds it against the schema: a new column that names a person has to be
// given out or to say why not before anything is merged.
//
// The log cannot be changed, and needs not be: it holds ids. When a person is
// erased her row is overwritten, and her id leads to nobody from then on. A
// backup from before brings her back, unless the list of erasures is repeated on
// it: see Repeat.
package personal

import (
	"cmp"
	"time"

	"polis/internal/access"
	"polis/internal/library"
	"polis/internal/store"
)

// Keeper keeps what is personal in an installation.
type Keeper struct {
	DB      *store.DB
	Library *library.Library
	// List is a file beside the tables to which each erasure is added, so that it
	// outlasts them; "" for none.
	List string
	// Now is the clock of the periods; nil is the clock on the wall.
	Now func() time.Time
}

func (k *Keeper) now() time.Time {
	if k.Now == nil {
		return time.Now()
	}
	return k.Now()
}

// everything is the program's scope on tables without labels of their own.
var everything = store.Everything("personal")

// own is the label of what concerns one person.
func own(id string) access.Label { return access.Label{Level: access.Closed, Owner: id} }

// clean is a name as it may stand in an archive, on whatever system it is opened.
func clean(name, otherwise string) string {
	out := make([]rune, 0, len(name))
	for _, r := range name {
		switch r {
		case '/', '\\', ':', '*', '?', '"', '<', '>', '|':
			r = '_'
		}
		if r >= ' ' && r != 0x7f {
			out = append(out, r)
		}
	}
	if s := string(out); s != "." && s != ".." {
		return cmp.Or(s, otherwise)
	}
	return otherwise
}
