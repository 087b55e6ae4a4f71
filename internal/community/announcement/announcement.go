// Package announcement keeps what is said to many at once (Framework ¶12.4).
//
// An announcement is for everybody, for those of a State or a structure, or for a group;
// its Text stands in one or more of the six languages. It is shown from one moment to
// another to whom it is for and who reads its label, until she has put it away; then it
// stands in the archive. Nothing that was said is changed or taken out: it is withdrawn,
// with a reason that stays.
//
// For whom it is and who reads it are two things. One for a State is no secret: whoever is
// vouched for may read it in the archive, and only those of the State are shown it. What is
// said in a group is read by whoever reads the group.
package announcement

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/lang"
	"polis/internal/store"
)

// Board is the room with its store.
type Board struct{ DB *store.DB }

// Audience is for whom an announcement is. Messages: "announcement.for.AUDIENCE".
type Audience string

// The audiences.
const (
	All   Audience = "all"
	State Audience = "state" // those who act for it
	Body  Audience = "body"  // those of a structure, institution or organisation
	Group Audience = "group" // who reads it
)

// Text is what is said in one language.
type Text struct {
	Lang  lang.Tag
	Title string
	Body  string // Markdown
}

// Announcement is one with its texts.
type Announcement struct {
	ID        string
	Audience  Audience
	Whose     string // State, structure or group; "" for everybody
	Begins    time.Time
	Ends      time.Time
	Author    string
	Withdrawn time.Time // zero: it stands
	ByWhom    string    // who withdrew it
	Reason    string
	Created   time.Time
	Texts     []Text `db:"-"`
	access.Label
}

// Shown reports whether it stands at a moment.
func (a Announcement) Shown(now time.Time) bool {
	return a.Withdrawn.IsZero() && !a.Begins.After(now) && a.Ends.After(now)
}

// In is its text in a language, else in English, else the first.
func (a Announcement) In(t lang.Tag) Text {
	for _, want := range []lang.Tag{t, lang.English} {
		for _, text := range a.Texts {
			if text.Lang == want {
				return text
			}
		}
	}
	if len(a.Texts) > 0 {
		return a.Texts[0]
	}
	return Text{Lang: t}
}

// Place is where it stands in the archive.
func (a Announcement) Place() Place { return Place{a.Begins, a.ID} }

// Place is where a list goes on; zero is its beginning.
type Place struct {
	At time.Time
	ID string
}

// String is the place as an address has it.
func (p Place) String() string { return strconv.FormatInt(p.At.UnixMicro(), 10) + "." + p.ID }

// ParsePlace reads it.
func ParsePlace(s string) (Place, bool) {
	at, id, ok := strings.Cut(s, ".")
	n, err := strconv.ParseInt(at, 10, 64)
	if !ok || err != nil || id == "" || len(id) > 64 {
		return Place{}, false
	}
	return Place{time.UnixMicro(n).UTC(), id}, true
}

// ErrForbidden is returned where the caller may not announce anything to that audience.
var ErrForbidden = errors.New("announcement: not allowed")

// Invalid says which fields are wrong: field name → message key.
type Invalid map[string]string

func (v Invalid) Error() string {
	return fmt.Sprintf("announcement: invalid: %v", map[string]string(v))
}

var everything = store.Everything("announcement")

// Announces reports whether somebody may announce to everybody, a State or a structure:
// the desk and administrators.
func Announces(who access.Subject) bool {
	return !who.Idle && (who.Has(access.DeskOfficer) || who.Has(access.Administrator))
}

// may reports whether she may announce to the audience, and withdraw what was.
func may(ctx context.Context, q store.Reader, who access.Subject, a Audience, whose string) (bool, error) {
	if a != Group {
		return Announces(who), nil
	}
	standing, err := account.StandingIn(ctx, q, who, whose)
	return err == nil && standing.Runs(), err
}

// May reports whether the caller may withdraw the announcement.
func (b *Board) May(ctx context.Context, who access.Subject, a Announcement) (bool, error) {
	ok, err := may(ctx, b.DB, who, a.Audience, a.Whose)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return ok, err
}

// Release takes away what a person has seen, as part of her erasure.
func Release(ctx context.Context, tx *store.Tx, person string) error {
	_, err := tx.Exec(ctx, "DELETE FROM announcement_seen WHERE person = $1", person)
	return err
}
