package assistance

import (
	"context"
	"strconv"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// ContextNote is the setting in which work is planned: of a State, a theme, or a theme
// in a State; dated, sourced, and to be reviewed (Framework ¶6, 6.2).
type ContextNote struct {
	ID       string
	About    string // the State, or ""
	Theme    string // or ""
	Lang     lang.Tag
	Title    string
	Summary  string
	ReviewBy string // the day by which the first of its factors is to be reviewed; "" where it has none
	Retired  string // the day since which nobody cites it any more, or ""
	Moves    int64
	Rev      int64
	Created  time.Time
	Updated  time.Time
	access.Label
}

// Overdue reports whether the note should have been reviewed before this moment.
func (c ContextNote) Overdue(now time.Time) bool {
	return c.Retired == "" && c.ReviewBy != "" && c.ReviewBy < today(now)
}

// FactorKinds are the kinds of factors. Messages: "context.kind.KIND".
var FactorKinds = []string{"political", "legal", "cultural", "institutional", Threat}

// Threat is the kind of a threat assessment, which says how far it can be trusted
// (Framework ¶6.1).
const Threat = "threat"

// Reliabilities are those of a source, from completely reliable to not to be judged;
// Credibilities those of what it says, from confirmed to not to be judged. Messages:
// "context.reliability.A", "context.credibility.1".
var (
	Reliabilities = []string{"A", "B", "C", "D", "E", "F"}
	Credibilities = []string{"1", "2", "3", "4", "5", "6"}
)

// Factor is one of the things that a note says.
type Factor struct {
	ID   string
	Note string
	FactorDraft
	Rev     int64
	Created time.Time
	Updated time.Time
}

// Overdue reports whether the factor should have been reviewed before this moment.
func (f Factor) Overdue(now time.Time) bool { return f.ReviewBy < today(now) }

// FactorDraft is what of a factor is written.
type FactorDraft struct {
	Kind        string
	Words       string
	Source      string // an office or a publication, never a person
	Dated       string // the source's date: a year, a month or a day
	Document    string // a document's id or symbol, or ""
	Reliability string // of the source: A to F; a threat assessment needs it
	Credibility string // of what it says: 1 to 6
	ReviewBy    string // a day
}

const contextColumns = `n.id, COALESCE(n.about, '') AS about, n.theme, n.lang, n.title, n.summary, n.review_by, n.retired, n.moves, n.rev, n.created, n.updated,
	n.level, n.state, n.grp, n.owner`

// ContextNote reads a note, or store.ErrNotFound.
func (a *Assistance) ContextNote(ctx context.Context, scope access.Scope, id string) (ContextNote, error) {
	return contextNote(ctx, a.DB, scope, id)
}

func contextNote(ctx context.Context, q store.Reader, scope access.Scope, id string) (ContextNote, error) {
	return store.Get[ContextNote](ctx, q, scope, "SELECT "+contextColumns+" FROM context_note n WHERE {scope n} AND n.id = $1", id)
}

const factorColumns = "id, note, kind, words, source, dated, document, reliability, credibility, review_by, rev, created, updated"

// Factors are those of a note that was read in the reader's scope, by their kind.
func (a *Assistance) Factors(ctx context.Context, note string) ([]Factor, error) {
	return store.List[Factor](ctx, a.DB, everything, "SELECT "+factorColumns+` FROM context_factor WHERE {scope} AND note = $1
		ORDER BY CASE kind WHEN 'political' THEN 1 WHEN 'legal' THEN 2 WHEN 'cultural' THEN 3 WHEN 'institutional' THEN 4 ELSE 5 END, created, id`, note)
}

// ContextFilter chooses among notes; its zero value chooses all that are not retired.
type ContextFilter struct {
	State   string
	Theme   string // and those that belong to it
	Overdue bool   // those to be reviewed
	Retired bool   // the retired ones instead
}

func (f ContextFilter) query(now time.Time) (q query) {
	q.and("{scope n}")
	if f.Retired {
		q.and("n.retired <> ''")
	} else {
		q.and("n.retired = ''")
	}
	if f.State != "" {
		q.and("n.about = ?", f.State)
	}
	if f.Theme != "" {
		themes := under(f.Theme)
		q.and("n.theme IN "+marks(len(themes)), anys(themes)...)
	}
	if f.Overdue {
		q.and("n.review_by <> '' AND n.review_by < ?", today(now))
	}
	return q
}

// Contexts lists the notes that the scope reads, the newest first, from behind a place
// on.
func (a *Assistance) Contexts(ctx context.Context, scope access.Scope, f ContextFilter, after Place, limit int) (list []ContextNote, more Place, err error) {
	q := f.query(time.Now())
	if after != (Place{}) {
		q.and("(n.created, n.id) < (?, ?)", after.At, after.ID)
	}
	q.args = append(q.args, limit+1)
	list, err = store.List[ContextNote](ctx, a.DB, scope,
		"SELECT "+contextColumns+" FROM context_note n WHERE "+q.conditions()+" ORDER BY n.created DESC, n.id DESC LIMIT $"+strconv.Itoa(len(q.args)), q.args...)
	if err != nil {
		return nil, Place{}, err
	}
	list, more = page(list, limit, func(c ContextNote) Place { return Place{c.Created, c.ID} })
	return list, more, nil
}

// CountContexts is how many there are in all.
func (a *Assistance) CountContexts(ctx context.Context, scope access.Scope, f ContextFilter) (int, error) {
	q := f.query(time.Now())
	return store.Get[int](ctx, a.DB, scope, "SELECT COUNT(*) FROM context_note n WHERE "+q.conditions(), q.args...)
}

// ContextStep is a change of a note. Messages: "context.did.MOVE".
type ContextStep struct {
	N     int64
	Move  string // write, revise, add, change, drop, retire
	Words string // the title of a factor, or why it was retired
	By    string `db:"by_whom"`
	At    time.Time
}

// ContextSteps are those of a note that was read in the reader's scope, the first
// first. What stood before is kept with each.
func (a *Assistance) ContextSteps(ctx context.Context, note string) ([]ContextStep, error) {
	return store.List[ContextStep](ctx, a.DB, everything, "SELECT n, move, words, by_whom, at FROM context_step WHERE {scope} AND note = $1 ORDER BY n", note)
}

func (c ContextNote) event(act string) store.Event {
	return store.Event{Act: act, Object: c.ID, Label: c.Label}
}
