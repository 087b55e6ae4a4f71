package assistance

import (
	"context"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// ConsentStage is how far a consent is. Messages: "assistance.consent.stage.STAGE".
type ConsentStage string

// The stages of a consent. Refused, expired, withdrawn and retracted are ends: what a
// State wants later is a consent of its own.
const (
	ConsentAsked     ConsentStage = "asked"
	ConsentGiven     ConsentStage = "given"
	ConsentRefused   ConsentStage = "refused"
	ConsentExpired   ConsentStage = "expired"
	ConsentWithdrawn ConsentStage = "withdrawn"
	ConsentRetracted ConsentStage = "retracted" // it was asked by mistake
)

// ConsentStages lists them all.
var ConsentStages = []ConsentStage{ConsentAsked, ConsentGiven, ConsentRefused, ConsentExpired, ConsentWithdrawn, ConsentRetracted}

// Standing is how an area of a consent stands. Messages:
// "assistance.standing.STANDING".
type Standing string

// The standings of an area.
const (
	AreaAsked     Standing = "asked"
	AreaOpen      Standing = "open"
	AreaRefused   Standing = "refused"   // the consent was given without it, or refused
	AreaClosed    Standing = "closed"    // it was open once
	AreaRetracted Standing = "retracted" // it is asked for no more
)

// Standings lists them all.
var Standings = []Standing{AreaAsked, AreaOpen, AreaRefused, AreaClosed, AreaRetracted}

// Consent is what a State was asked to agree to, and its answer.
type Consent struct {
	ID         string
	Number     string // "2026/4"
	Giver      string // the State
	Request    string // the request that it was asked for, or ""
	Stage      ConsentStage
	Why        string // it was asked
	Authority  string // that gave it
	Office     string // of who signed; never a name
	Given      string // the day
	Since      string // from when on it holds: a day, "" before it is given
	Until      string // until when, "" where it has no end
	Conditions string
	Document   string // the paper: a document's id or symbol
	Recorded   string // who wrote down that it was given: "state", "desk", or ""
	Areas      []Area `db:"-"`
	Moves      int64  // number of its last step
	Rev        int64
	Created    time.Time
	Updated    time.Time
	access.Label
}

// Area is a theme for which consent was asked.
type Area struct {
	Theme    string
	Standing Standing
	Stood    time.Time // since when it stands so
	Closed   string    // the day, or ""
	Reason   string    // why it was closed
}

// Area finds one by its theme.
func (c Consent) Area(theme string) (Area, bool) {
	for _, area := range c.Areas {
		if area.Theme == theme {
			return area, true
		}
	}
	return Area{}, false
}

const consentColumns = `c.id, c.of_year || '/' || c.nth AS number, c.giver, COALESCE(c.request, '') AS request, c.stage, c.why, c.authority, c.office, c.given,
	c.since, CASE c.until WHEN '` + endless + `' THEN '' ELSE c.until END AS until, c.conditions, c.document, c.recorded, c.moves, c.rev, c.created, c.updated, c.level, c.state, c.grp, c.owner`

// Consent reads one, or store.ErrNotFound.
func (a *Assistance) Consent(ctx context.Context, scope access.Scope, id string) (Consent, error) {
	return consent(ctx, a.DB, scope, id)
}

func consent(ctx context.Context, q store.Reader, scope access.Scope, id string) (Consent, error) {
	c, err := store.Get[Consent](ctx, q, scope, "SELECT "+consentColumns+" FROM consent c WHERE {scope c} AND c.id = $1", id)
	if err != nil {
		return Consent{}, err
	}
	list := []Consent{c}
	err = withAreas(ctx, q, list)
	return list[0], err
}

// withAreas fills in the areas of the consents.
func withAreas(ctx context.Context, q store.Reader, list []Consent) error {
	if len(list) == 0 {
		return nil
	}
	var which query
	at := map[string]*Consent{}
	ids := make([]string, len(list))
	for i := range list {
		ids[i], at[list[i].ID] = list[i].ID, &list[i]
	}
	which.and("consent IN "+marks(len(ids)), anys(ids)...)
	rows, err := store.List[struct {
		Consent string
		Area
	}](ctx, q, everything,
		"SELECT consent, theme, standing, stood, closed, reason FROM consent_area WHERE {scope} AND "+which.conditions()+" ORDER BY consent, theme", which.args...)
	for _, row := range rows {
		c := at[row.Consent]
		c.Areas = append(c.Areas, row.Area)
	}
	return err
}

// ConsentFilter chooses among consents; its zero value chooses all.
type ConsentFilter struct {
	State   string
	Request string
	Theme   string // and those that belong to it
	Stages  []ConsentStage
}

func (f ConsentFilter) listing() listing {
	l := listing{columns: consentColumns, table: "consent c", scope: "{scope c}", at: "created"}
	for _, of := range []struct{ column, value string }{{"giver", f.State}, {"request", f.Request}} {
		if of.value != "" {
			l.add("{row}."+of.column+" = ?", of.value)
		}
	}
	if f.Theme != "" {
		themes := under(f.Theme)
		l.choices = append(l.choices, choice{when: "EXISTS (SELECT 1 FROM consent_area a WHERE a.consent = c.id AND a.theme IN " + marks(len(themes)) + ")", args: anys(themes)})
	}
	if len(f.Stages) > 0 {
		l.among(anys(f.Stages))
	}
	return l
}

// Consents lists those that the scope reads, the newest first, from behind a place on.
func (a *Assistance) Consents(ctx context.Context, scope access.Scope, f ConsentFilter, after Place, limit int) (list []Consent, more Place, err error) {
	list, more, err = listed(ctx, a.DB, scope, f.listing(), after, limit, func(c Consent) Place { return Place{c.Created, c.ID} })
	if err != nil {
		return nil, Place{}, err
	}
	return list, more, withAreas(ctx, a.DB, list)
}

// CountConsents is how many there are in all, or Countable+1 where there are more.
func (a *Assistance) CountConsents(ctx context.Context, scope access.Scope, f ConsentFilter) (int, error) {
	return tallied(ctx, a.DB, scope, f.listing(), Countable+1)
}

// ConsentStep is a step of a consent.
type ConsentStep struct {
	N     int64
	Move  ConsentMove
	Stage ConsentStage // after it
	Theme string       // of the area that was closed or opened, or ""
	Words string
	By    string `db:"by_whom"` // a person's id, "" where time ended it
	At    time.Time
}

// ConsentSteps are those of a consent that was read in the reader's scope, the first
// first.
func (a *Assistance) ConsentSteps(ctx context.Context, id string) ([]ConsentStep, error) {
	return store.List[ConsentStep](ctx, a.DB, everything,
		"SELECT n, move, stage, COALESCE(theme, '') AS theme, words, by_whom, at FROM consent_step WHERE {scope} AND consent = $1 ORDER BY n", id)
}
