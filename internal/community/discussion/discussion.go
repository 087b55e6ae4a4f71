// Package discussion keeps what is talked about in groups: discussions, and questions
// that want an answer (Framework ¶9.3, 12.4, 22).
//
// A Topic begins with a Post; the others follow it by number. Both carry the label of
// their group and are nobody's own: whoever reads the group reads them, and who has left
// it reads no more of them than anybody else. Who writes is a member who is not silent,
// in a group that goes on. Who runs the group (facilitates it, or keeps groups) approves
// what is held, hides with a reason, and decides what was reported. What was hidden its
// author sees with the reason, and may appeal once, to somebody else.
//
// Every change is an event: "community.topic.opened", "community.post.written",
// "community.post.changed", "community.post.hidden", "community.answer.accepted" and
// others, with the topic's id as Object of what happens to a topic, the post's of what
// happens to a post, and ids alone as Data.
package discussion

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/blob"
	"polis/internal/clamd"
	"polis/internal/keyring"
	"polis/internal/lang"
	"polis/internal/store"
	"polis/internal/translate"
)

// Discussion is the room with its store, and the files of what is attached.
type Discussion struct {
	DB      *store.DB
	Files   *blob.Store        // nil: nothing can be attached
	Scanner *clamd.Daemon      // looks at what is attached; nil: none does
	Machine *translate.Service // translates posts; nil: none does
	Keys    *keyring.Ring      // hides who voted what; nil: there are no secret polls
}

// Kind is what a topic is. Messages: "topic.kind.KIND".
type Kind string

// The kinds of topics.
const (
	Talk     Kind = "discussion"
	Question Kind = "question"
)

// Kinds lists them all.
var Kinds = []Kind{Question, Talk}

// Topic is what is talked about in a group.
type Topic struct {
	ID       string
	Kind     Kind
	Title    string
	Lang     lang.Tag
	Author   string    // a person's id
	Posts    int       // that are shown, the first included; 0 of a topic that waits, is hidden or was taken away
	Last     time.Time // when the last of them was written
	Answered bool      // one of them was accepted as the answer
	ReviewBy string    // the day by which what it says is to be looked at again, or ""
	Locked   time.Time // since when nobody writes here any more
	Rev      int64
	Created  time.Time
	Updated  time.Time
	Themes   []string `db:"-"`
	access.Label
}

// Place is where the topic stands in a list by its last post.
func (t Topic) Place() Place { return Place{t.Last, t.ID} }

// Asked is where a question stands in a list by when it was asked.
func (t Topic) Asked() Place { return Place{t.Created, t.ID} }

// Overdue reports whether what it says was to be looked at before today.
func (t Topic) Overdue(now time.Time) bool {
	return t.ReviewBy != "" && t.ReviewBy < now.UTC().Format(time.DateOnly)
}

// Path is the address of its page, without language.
func (t Topic) Path() string { return TopicPath(t.ID) }

// TopicPath is the address of a topic's page, without language.
func TopicPath(id string) string { return "/topics/" + id }

// Stage is what became of a post. Messages: "topic.stage.STAGE".
type Stage string

// The stages of a post.
const (
	Held   Stage = "held"   // waits for who runs the group
	Shown  Stage = "shown"  // read by all who read the group
	Hidden Stage = "hidden" // with a reason; read by who wrote it and who runs the group
	Gone   Stage = "gone"   // taken away by who wrote it
)

// Post is what somebody says in a topic.
type Post struct {
	ID      string
	Topic   string
	N       int // its place; the first is what was asked
	Author  string
	Lang    lang.Tag
	Body    string // Markdown; who is mentioned stands in it as @{id}
	Quotes  string // id of the post that it answers, or ""
	Way     string // "page" or "mail"
	Stage   Stage
	Reason  string // why it is hidden
	Answer  bool   // it was accepted as the answer
	Edits   int    // how often it was changed
	Rev     int64
	Created time.Time
	Updated time.Time
	access.Label
}

// Path is the address of the post, without language.
func (p Post) Path() string { return TopicPath(p.Topic) + "/posts/" + p.ID }

// Draft is what somebody writes: a topic with its first post, or a post.
type Draft struct {
	ID       string // that the post is to get, so that what comes twice by mail is written once; "" makes one
	Kind     Kind   // of a topic
	Title    string // of a topic
	Themes   []string
	ReviewBy string // of a topic
	Lang     lang.Tag
	Body     string   // Markdown; "@Name" of a member of the group mentions her
	Quotes   string   // id of a post of the topic, or ""
	Way      string   // "page", also "", or "mail"
	Files    []string // ids of her own files that are to be attached
}

// What is written is bounded.
const (
	MaxTitle    = 200     // characters
	MaxBody     = 100_000 // bytes
	MaxMentions = 10      // people whom a post mentions
	MaxThemes   = 5
	MaxFiles    = 5  // of a post
	MaxPace     = 6  // posts that one person writes in a minute
	PostsAPage  = 20 // of a topic
)

// TopicFilter chooses among topics; its zero value chooses all.
type TopicFilter struct {
	Group  string
	Kind   Kind
	Open   bool   // questions without an accepted answer
	Theme  string // with those that belong to it
	Author string
	Words  string // all stand in the title, each at least with its beginning
}

// ErrForbidden is returned where the caller may not do what she asked.
var ErrForbidden = errors.New("discussion: not allowed")

// Stale is returned where the post was changed since the caller read it. Rev is its
// present revision.
type Stale struct{ Rev int64 }

func (s Stale) Error() string {
	return fmt.Sprintf("discussion: changed meanwhile, now revision %d", s.Rev)
}

// Invalid says which fields are wrong: field name → message key.
type Invalid map[string]string

func (v Invalid) Error() string { return fmt.Sprintf("discussion: invalid: %v", map[string]string(v)) }

func (v Invalid) orNil() error {
	if len(v) == 0 {
		return nil
	}
	return v
}

// Impossible is returned where something stands in the way: she is no member any more,
// the topic is locked, she writes too fast. Key is the sentence that says so and what to
// do; Until is until when, or zero.
type Impossible struct {
	Key   string
	Until time.Time
}

func (i Impossible) Error() string { return "discussion: not possible: " + i.Key }

// everything is the room's own scope, for the rows of topics that were read in the
// reader's.
var everything = store.Everything("discussion")

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
