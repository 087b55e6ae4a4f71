package personal

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/store"
)

// Period is after how long something goes.
type Period struct {
	Name  string
	Years bool // else it is counted in days
	Usual int
	Least int
	Most  int
}

// Unused is the period of accounts that nobody uses; 0 years keeps them.
const Unused = "unused"

// Periods are all that there are, in the order of their page.
var Periods = []Period{
	{Name: "registrations", Usual: 7, Least: 1, Most: 90},
	{Name: "invitations", Usual: 90, Least: 1, Most: 365},
	{Name: "sessions", Usual: 1, Least: 1, Most: 30},
	{Name: "attempts", Usual: 1, Least: 1, Most: 30},
	{Name: "quarantine", Usual: 90, Least: 7, Most: 730},
	{Name: "letters", Usual: 7, Least: 1, Most: 7}, // the post forgets them after a week at any rate
	{Name: "misses", Usual: 365, Least: 30, Most: 1095},
	{Name: "batches", Usual: 90, Least: 7, Most: 730},
	{Name: "agendas", Usual: 30, Least: 7, Most: 90},
	{Name: "imports", Usual: 90, Least: 7, Most: 730},
	{Name: Unused, Years: true, Usual: 3, Least: 0, Most: 10},
}

// Chosen are the periods of an installation: name → days, or years.
type Chosen map[string]int

// periodSetting is the setting in which they stand.
const periodSetting = "personal.retention"

// Invalid says which fields are wrong: field name → message key.
type Invalid map[string]string

func (v Invalid) Error() string { return fmt.Sprintf("personal: invalid: %v", map[string]string(v)) }

// Validate returns an Invalid, or nil.
func (c Chosen) Validate() error {
	v := Invalid{}
	for _, p := range Periods {
		if n, ok := c[p.Name]; !ok || n < p.Least || n > p.Most {
			v[p.Name] = "personal.error.period"
		}
	}
	if len(v) > 0 {
		return v
	}
	return nil
}

// LoadPeriods reads the periods; the usual ones where none were chosen.
func LoadPeriods(ctx context.Context, db *store.DB) (Chosen, error) {
	c := Chosen{}
	for _, p := range Periods {
		c[p.Name] = p.Usual
	}
	text, err := db.Setting(ctx, periodSetting)
	if err != nil || text == "" {
		return c, err
	}
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return c, fmt.Errorf("personal: periods: %w", err)
	}
	return c, nil
}

// SavePeriods keeps the periods that an administrator chose.
func SavePeriods(ctx context.Context, db *store.DB, who access.Subject, c Chosen) error {
	if !who.May(access.Operate, access.Label{}).Allowed {
		return account.ErrForbidden
	}
	if err := c.Validate(); err != nil {
		return err
	}
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		return store.Event{Act: "personal.retention.set", Object: periodSetting, Label: access.Label{Level: access.Closed}, Data: c},
			tx.Set(ctx, periodSetting, store.JSON(c))
	})
	return err
}

// before is the moment before which what has the period goes.
func (c Chosen) before(now time.Time, name string) time.Time {
	for _, p := range Periods {
		if p.Name == name && p.Years {
			return now.AddDate(-c[name], 0, 0)
		}
	}
	return now.AddDate(0, 0, -c[name])
}
