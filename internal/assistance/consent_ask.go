package assistance

import (
	"context"
	"errors"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/directory"
	"polis/internal/framework"
	"polis/internal/store"
)

// AskedConsent is what a State is asked to agree to. A regional activity asks each
// State on its own.
type AskedConsent struct {
	Giver   string   // the State
	Request string   // the accepted request that it is asked for, or ""
	Why     string   // what it is asked for
	Areas   []string // themes
}

func (in *AskedConsent) clean() {
	for _, s := range []*string{&in.Giver, &in.Request, &in.Why} {
		*s = strings.TrimSpace(*s)
	}
	in.Areas = clean(in.Areas)
}

// validate returns an Invalid that names the fields, or nil.
func (in AskedConsent) validate(ctx context.Context, q store.Reader) error {
	v := Invalid{}
	state, err := directory.Get(ctx, q, everything, in.Giver)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err != nil || !state.Kind.IsState() {
		v["giver"] = "assistance.error.giver"
	}
	v.text("why", in.Why, maxWords, true)
	v.each("areas", in.Areas, func(id string) bool { _, ok := framework.Theme(id); return ok })
	if len(in.Areas) == 0 {
		v["areas"] = "assistance.error.areas.missing"
	}
	return v.orNil()
}

// AskConsent asks a State for its consent.
func (a *Assistance) AskConsent(ctx context.Context, who access.Subject, in AskedConsent) (string, error) {
	in.clean()
	c := Consent{ID: store.NewID(), Giver: in.Giver, Stage: ConsentAsked, Label: access.Label{Level: access.Official, State: in.Giver, Owner: owner(who)}}
	if !who.SignedIn() || !who.May(access.AskConsent, c.Label).Allowed {
		return "", ErrForbidden
	}
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		if err := in.validate(ctx, tx); err != nil {
			return store.Event{}, err
		}
		if err := in.mayBeAsked(ctx, tx, who); err != nil {
			return store.Event{}, err
		}
		if err := in.insert(ctx, tx, c); err != nil {
			return store.Event{}, err
		}
		taken, err := putConsentStep(ctx, tx, who, c, consentStep{move: AskForConsent, stage: ConsentAsked})
		if err != nil {
			return store.Event{}, err
		}
		if _, err = tx.Exec(ctx, "UPDATE consent SET moves = 1, step = $2 WHERE id = $1", c.ID, taken.mark); err != nil {
			return store.Event{}, err
		}
		if err := in.insertAreas(ctx, tx, c, taken); err != nil {
			return store.Event{}, err
		}
		return c.event("assistance.consent.asked", ""), tellOfConsent(ctx, tx, who, c, AskForConsent)
	})
	return c.ID, err
}

// mayBeAsked asks whether the request is one for which consent can be asked, and
// whether the State has not been asked for it already.
func (in AskedConsent) mayBeAsked(ctx context.Context, tx *store.Tx, who access.Subject) error {
	if in.Request == "" {
		return nil
	}
	r, err := request(ctx, tx, who.Scope(), in.Request)
	if errors.Is(err, store.ErrNotFound) {
		return Invalid{"request": "assistance.error.request"}
	}
	if err != nil {
		return err
	}
	if r.Stage != Accepted {
		return Impossible{string(AskForConsent), string(r.Stage), "assistance.impossible.not-accepted"}
	}
	n, err := store.Get[int64](ctx, tx, everything,
		"SELECT COUNT(*) FROM consent WHERE {scope} AND giver = $1 AND request = $2 AND stage = 'asked'", in.Giver, in.Request)
	if err == nil && n > 0 {
		err = Impossible{string(AskForConsent), string(ConsentAsked), "assistance.impossible.asked-already"}
	}
	return err
}

func (in AskedConsent) insert(ctx context.Context, tx *store.Tx, c Consent) error {
	year := tx.Now().Year()
	nth, err := store.Get[int64](ctx, tx, everything, "SELECT COALESCE(MAX(nth), 0) + 1 FROM consent WHERE {scope} AND of_year = $1", year)
	if err != nil {
		return err
	}
	var request any
	if in.Request != "" {
		request = in.Request
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO consent (id, of_year, nth, giver, request, stage, why, authority, office, given, since, until, conditions, document, recorded, moves, rev, created, updated, level, state, grp, owner)
		VALUES ($1, $2, $3, $4, $5, 'asked', $6, '', '', '', '', '', '', '', '', 0, 1, $7, $7, $8, $4, '', $9)`,
		c.ID, year, nth, c.Giver, request, in.Why, tx.Now(), int(c.Level), c.Owner)
	return err
}

func (in AskedConsent) insertAreas(ctx context.Context, tx *store.Tx, c Consent, asked taken) error {
	rows := make([][]any, len(in.Areas))
	for i, theme := range in.Areas {
		rows[i] = []any{c.ID, theme, c.Giver, string(ConsentAsked), "", "", string(AreaAsked), asked.ground, tx.Now(), "", ""}
	}
	return tx.Insert(ctx, "consent_area (consent, theme, giver, consent_stage, since, until, standing, step, stood, closed, reason)", rows, "")
}

// GivenConsent is how a State consents.
type GivenConsent struct {
	Authority  string // that gives it
	Office     string // of who signed: an office, never a name
	Given      string // the day, which is not to come
	Since      string // from when on it holds, a partial date; "": from that day on
	Until      string // until when, "" for no end
	Conditions string
	Document   string   // the paper: a document's id or symbol
	Areas      []string // those of the areas asked for that it is given for
}

func (g *GivenConsent) clean() {
	for _, s := range []*string{&g.Authority, &g.Office, &g.Given, &g.Since, &g.Until, &g.Conditions, &g.Document} {
		*s = strings.TrimSpace(*s)
	}
	g.Areas = clean(g.Areas)
}

// validate returns an Invalid that names the fields, or nil.
func (g GivenConsent) validate(c Consent, now time.Time, byDesk bool) error {
	v := Invalid{}
	v.text("authority", g.Authority, maxName, true)
	v.text("office", g.Office, maxName, true)
	v.text("conditions", g.Conditions, maxWords, false)
	v.text("document", g.Document, maxName, byDesk)
	v.span(g.Since, g.Until)
	switch _, err := time.Parse(time.DateOnly, g.Given); {
	case g.Given == "":
		v["given"] = "assistance.error.given.missing"
	case err != nil || !validDate(g.Given):
		v["given"] = "assistance.error.day"
	case g.Given > tomorrow(now):
		v["given"] = "assistance.error.given"
	case v["since"] == "" && v["until"] == "":
		if since, until := g.span(); since > until {
			v["until"] = "assistance.error.order"
		} else if until < today(now) {
			v["until"] = "assistance.error.until"
		}
	}
	v.each("areas", g.Areas, func(theme string) bool { _, ok := c.Area(theme); return ok })
	if len(g.Areas) == 0 {
		v["areas"] = "assistance.error.areas.missing"
	}
	return v.orNil()
}

// span is from which day to which it holds.
func (g GivenConsent) span() (since, until string) {
	since, until = g.Given, endless
	if g.Since != "" {
		since = firstDay(g.Since)
	}
	if g.Until != "" {
		until = lastDay(g.Until)
	}
	return since, until
}

// tomorrow is the last day that is today somewhere.
func tomorrow(now time.Time) string { return today(now.AddDate(0, 0, 1)) }
