// Package forum keeps what is raised in a forum of police and public, and what became
// of it (Framework ¶9.3, 17.4, 22).
//
// An Issue goes from stage to stage by Moves: it is raised; taken up by an office of the
// directory that owes the answer by a day; answered; followed up; closed. Or it is
// declined with a reason, merged into an earlier one, or taken back. Each step stays with
// its words. The tables hold the order of the steps and what each of them needs; the
// sentences here say it before they have to.
//
// Where the forum says so, an issue is raised without an account. Then nothing of the
// person is asked or kept; a Receipt, of which only the hash is stored, lets her follow
// it. Such an issue has a label that opens it to nobody: the facilitators read it through
// this room, until they show it, edited where it names people, or answer it unseen.
package forum

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// Forum is the room with its store.
type Forum struct{ DB *store.DB }

// ErrForbidden is returned where the caller may not do what she asked.
var ErrForbidden = errors.New("forum: not allowed")

// ErrFull is returned where as many issues were raised without an account today, or
// words added to one, as there may be.
var ErrFull = errors.New("forum: as many as there may be")

// Stale is returned where the record was changed since the caller read it. Rev is its
// present revision.
type Stale struct{ Rev int64 }

func (s Stale) Error() string {
	return fmt.Sprintf("forum: changed meanwhile, now revision %d", s.Rev)
}

// Invalid says which fields are wrong: field name → message key.
type Invalid map[string]string

func (v Invalid) Error() string { return fmt.Sprintf("forum: invalid: %v", map[string]string(v)) }

func (v Invalid) orNil() error {
	if len(v) == 0 {
		return nil
	}
	return v
}

// text notes a text that is missing or longer than most characters.
func (v Invalid) text(field, text string, most int, must bool) {
	if n := len([]rune(text)); n > most {
		v[field] = "issue.error.long"
	} else if n == 0 && must {
		v[field] = "issue.error." + field
	}
}

// Impossible is returned where an issue is not at a stage from which the move leads on.
// Key is the sentence that says why.
type Impossible struct {
	Move  string
	Stage string
	Key   string
}

func (i Impossible) Error() string {
	return fmt.Sprintf("forum: %s is not possible while it is %s", i.Move, i.Stage)
}

// Stage is how far an issue is. Messages: "issue.stage.STAGE".
type Stage string

// The stages of an issue.
const (
	Raised    Stage = "raised"
	Taken     Stage = "taken" // an office owes the answer
	Answered  Stage = "answered"
	Followed  Stage = "followed" // it was said what came of it
	Closed    Stage = "closed"
	Declined  Stage = "declined"
	Merged    Stage = "merged"    // into an earlier one
	Withdrawn Stage = "withdrawn" // by who had raised it
)

// Stages lists them all in their order.
var Stages = []Stage{Raised, Taken, Answered, Followed, Closed, Declined, Merged, Withdrawn}

// Groups are those for whom issues are raised and who are represented at meetings.
// Messages: "issue.group.GROUP".
var Groups = []string{"residents", "women", "youth", "minorities", "business", "academia", "media", "police", "local-government", "other"}

// What is written is bounded, in characters.
const (
	MaxTitle  = 200
	MaxAbout  = 20_000
	MaxSpeaks = 300
	MaxPlace  = 300
	MaxWords  = 20_000
	MaxThemes = 5
	mostWords = 60 // that are said about one issue, both sides together
)

// Issue is what somebody wants the police and the public to talk about.
type Issue struct {
	ID       string
	Forum    string // the group
	Shown    bool   // to whoever reads the forum
	Lang     lang.Tag
	Title    string
	About    string   // plain, in paragraphs
	Speaks   string   // for whom it is raised, in words
	Place    string   // in words
	Host     string   // the State, or ""
	Groups   []string `db:"-"` // for which it is raised
	Themes   []string `db:"-"`
	Stage    Stage
	Moves    int64
	Moved    time.Time
	Author   string // a person's id, "" without an account
	Office   string // of the directory: it owes the answer, or owed it
	Due      string // the day by which
	Answered string // the day, or ""
	FollowBy string // the day by which is said what came of it, or ""
	Merged   string // id of the one into which it went, or ""
	Rev      int64
	Created  time.Time
	Updated  time.Time
	access.Label
}

const columns = `i.id, i.forum, (i.shown IS NOT NULL) AS shown, i.lang, i.title, i.about, i.speaks, i.place, i.host, i.stage, i.moves, i.moved, i.author, i.office, i.due,
	i.answered, i.follow_by, COALESCE(i.merged, '') AS merged, i.rev, i.created, i.updated, i.level, i.state, i.grp, i.owner`

// Unnamed reports whether it was raised without an account.
func (i Issue) Unnamed() bool { return i.Author == "" }

// Overdue reports whether the answer was owed before today.
func (i Issue) Overdue(now time.Time) bool { return i.Stage == Taken && i.Due < day(now) }

// Unfollowed reports whether it was to be said before today what came of it.
func (i Issue) Unfollowed(now time.Time) bool {
	return i.Stage == Answered && i.FollowBy != "" && i.FollowBy < day(now)
}

// Path is the address of its page, without language.
func (i Issue) Path() string { return Path(i.ID) }

// Path is the address of an issue's page, without language.
func Path(id string) string { return "/issues/" + id }

// event is about the issue; its texts stand in no log.
func (i Issue) event(act string) store.Event {
	return store.Event{Act: act, Object: i.ID, Label: i.Label}
}

// everything is the room's own scope, for the rows of records that were read in the
// reader's.
var everything = store.Everything("forum")

// day is the day of a moment, as the tables write it.
func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// validDay reports whether the text is a day.
func validDay(s string) bool {
	t, err := time.Parse(time.DateOnly, s)
	return err == nil && t.Year() >= 1990 && t.Year() <= 2200
}

// Place is where a record stands in a list. The zero Place is before all.
type Place struct {
	At time.Time
	ID string
}

func (p Place) String() string { return strconv.FormatInt(p.At.UnixMicro(), 10) + "-" + p.ID }

// ParsePlace reads what String wrote.
func ParsePlace(s string) (Place, bool) {
	micros, id, ok := strings.Cut(s, "-")
	n, err := strconv.ParseInt(micros, 10, 64)
	return Place{time.UnixMicro(n).UTC(), id}, ok && err == nil && id != "" && len(id) <= 100
}

// clean takes the blanks off each, and what is empty or there twice out.
func clean(list []string) []string {
	var kept []string
	for _, v := range list {
		if v = strings.TrimSpace(v); v != "" && !slices.Contains(kept, v) {
			kept = append(kept, v)
		}
	}
	return kept
}
