package assistance

import (
	"context"
	"slices"
	"strconv"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// ProgrammeStage is how far a programme is. Messages: "programme.stage.STAGE".
type ProgrammeStage string

// The stages of a programme.
const (
	ProgrammeDrafted    ProgrammeStage = "draft"
	ProgrammeAgreed     ProgrammeStage = "agreed"
	ProgrammeRunning    ProgrammeStage = "running"
	ProgrammeHandedOver ProgrammeStage = "handed-over"
	ProgrammeEnded      ProgrammeStage = "ended"
)

// ProgrammeStages lists them all in their order.
var ProgrammeStages = []ProgrammeStage{ProgrammeDrafted, ProgrammeAgreed, ProgrammeRunning, ProgrammeHandedOver, ProgrammeEnded}

// Over reports whether nothing runs in it any more.
func (s ProgrammeStage) Over() bool { return s == ProgrammeHandedOver || s == ProgrammeEnded }

// Programme holds projects together under one purpose, for longer than a budget year
// (Framework ¶24).
type Programme struct {
	ID     string
	Number string // "2026/3"
	ProgrammeDraft
	Stage   ProgrammeStage
	Moved   time.Time
	Moves   int64
	Rev     int64
	Created time.Time
	Updated time.Time
	access.Label
}

// ProgrammeDraft is what of a programme is written.
type ProgrammeDraft struct {
	Lang        lang.Tag
	Title       string
	Purpose     string
	Since       string // days
	Until       string
	Brief       string // why it ends within a year
	Ownership   string // who carries it, and what lasts when it is over
	Handover    string // what is handed over to whom, and how
	HandoverDay string
	Themes      []string `db:"-"`
	States      []string `db:"-"`
	Government  []string `db:"-"` // co-owners: ids of the directory, or names
	Civil       []string `db:"-"` // co-owners from civil society
	Organisers  []string `db:"-"`
	Partners    []string `db:"-"`
}

// tags are the lists of what it is about and who carries it, by the kind of their rows.
func (d *ProgrammeDraft) tags() map[string]*[]string {
	return map[string]*[]string{
		"theme": &d.Themes, "state": &d.States, "government": &d.Government, "civil": &d.Civil, "organiser": &d.Organisers, "partner": &d.Partners,
	}
}

const programmeColumns = `g.id, g.of_year || '/' || g.nth AS number, g.lang, g.title, g.purpose, g.since, g.until, g.brief, g.ownership, g.handover, g.handover_day,
	g.stage, g.moved, g.moves, g.rev, g.created, g.updated, g.level, g.state, g.grp, g.owner`

// Programme reads one, or store.ErrNotFound.
func (a *Assistance) Programme(ctx context.Context, scope access.Scope, id string) (Programme, error) {
	return programme(ctx, a.DB, scope, id)
}

func programme(ctx context.Context, q store.Reader, scope access.Scope, id string) (Programme, error) {
	g, err := store.Get[Programme](ctx, q, scope, "SELECT "+programmeColumns+" FROM programme g WHERE {scope g} AND g.id = $1", id)
	if err != nil {
		return Programme{}, err
	}
	list := []Programme{g}
	err = carried(ctx, q, list)
	return list[0], err
}

// carried fills in what the programmes are about and who carries them.
func carried(ctx context.Context, q store.Reader, list []Programme) error {
	if len(list) == 0 {
		return nil
	}
	at := map[string]*Programme{}
	ids := make([]string, len(list))
	for i := range list {
		ids[i], at[list[i].ID] = list[i].ID, &list[i]
	}
	var which query
	which.and("programme IN "+marks(len(ids)), anys(ids)...)
	rows, err := store.List[struct{ Programme, Kind, Value string }](ctx, q, everything,
		"SELECT programme, kind, value FROM programme_tag WHERE {scope} AND kind <> 'under' AND "+which.conditions()+" ORDER BY programme, kind, n", which.args...)
	for _, row := range rows {
		into := at[row.Programme].tags()[row.Kind]
		*into = append(*into, row.Value)
	}
	return err
}

// ProgrammeFilter chooses among programmes; its zero value chooses all. One tag is read
// from its index: the State's, else the structure's, else the theme's.
type ProgrammeFilter struct {
	Stages []ProgrammeStage
	State  string
	Theme  string // and those that belong to it
	Body   string // an organiser
}

func (f ProgrammeFilter) tags() (list [][2]string) {
	for _, tag := range [][2]string{{"state", f.State}, {"organiser", f.Body}, {"under", f.Theme}} {
		if tag[1] != "" {
			list = append(list, tag)
		}
	}
	return list
}

func (f ProgrammeFilter) query() (q query, from, order string) {
	q.and("{scope g}")
	from, order = " FROM programme g WHERE ", "g.created DESC, g.id DESC"
	for i, tag := range f.tags() {
		if i == 0 {
			from, order = " FROM programme_tag t JOIN programme g ON g.id = t.programme WHERE ", "t.created DESC, t.programme DESC"
			q.and("t.kind = ? AND t.value = ?", tag[0], tag[1])
			continue
		}
		q.and("EXISTS (SELECT 1 FROM programme_tag o WHERE o.programme = g.id AND o.kind = ? AND o.value = ?)", tag[0], tag[1])
	}
	if len(f.Stages) > 0 {
		q.and("g.stage IN "+marks(len(f.Stages)), anys(f.Stages)...)
	}
	return q, from, order
}

// Programmes lists those that the scope reads, the newest first, from behind a place on.
func (a *Assistance) Programmes(ctx context.Context, scope access.Scope, f ProgrammeFilter, after Place, limit int) (list []Programme, more Place, err error) {
	q, from, order := f.query()
	if after != (Place{}) {
		beyond := "(g.created, g.id) < (?, ?)"
		if len(f.tags()) > 0 {
			beyond = "(t.created, t.programme) < (?, ?)"
		}
		q.and(beyond, after.At, after.ID)
	}
	q.args = append(q.args, limit+1)
	list, err = store.List[Programme](ctx, a.DB, scope,
		"SELECT "+programmeColumns+from+q.conditions()+" ORDER BY "+order+" LIMIT $"+strconv.Itoa(len(q.args)), q.args...)
	if err != nil {
		return nil, Place{}, err
	}
	list, more = page(list, limit, func(g Programme) Place { return Place{g.Created, g.ID} })
	return list, more, carried(ctx, a.DB, list)
}

// CountProgrammes is how many there are in all.
func (a *Assistance) CountProgrammes(ctx context.Context, scope access.Scope, f ProgrammeFilter) (int, error) {
	q, from, _ := f.query()
	return store.Get[int](ctx, a.DB, scope, "SELECT COUNT(*)"+from+q.conditions(), q.args...)
}

// Writes reports whether the person writes this programme: the desk, its author, and
// the programme officers of a structure that organises it.
func (g Programme) Writes(who access.Subject) bool {
	return Project{Organisers: g.Organisers, Label: g.Label}.Writes(who)
}

// ProgrammeStep is one that was taken.
type ProgrammeStep struct {
	N      int64
	Move   ProgrammeMove
	Stage  ProgrammeStage // after it
	Words  string
	Former ProgrammeDraft `db:"former,json"` // what stood there before a "revise"
	By     string         `db:"by_whom"`     // a person's id
	At     time.Time
}

// ProgrammeSteps are those of a programme that was read in the reader's scope, the
// first first.
func (a *Assistance) ProgrammeSteps(ctx context.Context, id string) ([]ProgrammeStep, error) {
	return store.List[ProgrammeStep](ctx, a.DB, everything,
		"SELECT n, move, stage, words, former, by_whom, at FROM programme_step WHERE {scope} AND programme = $1 ORDER BY n", id)
}

func (g Programme) event(act string) store.Event {
	return store.Event{Act: act, Object: g.ID, Label: g.Label}
}

// missing are the fields that an agreed programme has to say.
func (d ProgrammeDraft) missing() (list []Need) {
	for _, of := range []struct {
		field string
		lacks bool
	}{
		{"purpose", d.Purpose == ""},
		{"themes", len(d.Themes) == 0},
		{"states", len(d.States) == 0},
		{"since", d.Since == ""},
		{"government", len(d.Government) == 0},
		{"civil", len(d.Civil) == 0},
		{"organisers", len(d.Organisers) == 0},
		{"brief", d.Since != "" && d.Brief == "" && d.Until <= dayAfter(d.Since, 1, 0)},
		{"ownership", d.Ownership == ""},
		{"handover", d.Handover == ""},
		{"handover_day", d.HandoverDay == ""},
	} {
		if of.lacks {
			list = append(list, Need{Key: "programme.needs." + of.field, Field: of.field})
		}
	}
	return list
}

// Missing are what the programme lacks until it can be agreed.
func (g Programme) Missing() []Need { return g.missing() }

// both is the co-owner that is named from a government and from civil society, or "":
// one body cannot be both.
func (d ProgrammeDraft) both() string {
	i := slices.IndexFunc(d.Civil, func(body string) bool { return slices.Contains(d.Government, body) })
	if i < 0 {
		return ""
	}
	return d.Civil[i]
}
