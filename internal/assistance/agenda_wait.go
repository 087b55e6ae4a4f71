package assistance

import (
	"context"
	"errors"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// WaitingAgenda reads one, or store.ErrNotFound: it is its owner's.
func (a *Assistance) WaitingAgenda(ctx context.Context, who access.Subject, id string) (WaitingAgenda, error) {
	return store.Get[WaitingAgenda](ctx, a.DB, who.Scope(), "SELECT "+waitingColumns+" FROM agenda WHERE {scope} AND id = $1 AND owner = $2", id, who.ID)
}

// WaitingAgendas are those of a person, the last one first.
func (a *Assistance) WaitingAgendas(ctx context.Context, who access.Subject) ([]WaitingAgenda, error) {
	return store.List[WaitingAgenda](ctx, a.DB, who.Scope(),
		"SELECT "+waitingColumns+" FROM agenda WHERE {scope} AND owner = $1 ORDER BY created DESC, id DESC LIMIT $2", who.ID, mostAgendas)
}

const waitingColumns = "id, name, letter, COALESCE(project, '') AS project, found, faults, created, level, state, grp, owner"

// DropAgenda takes one away: an activity was made of it, or none will be. One that is
// gone is no error.
func (a *Assistance) DropAgenda(ctx context.Context, who access.Subject, id string) error {
	w, err := a.WaitingAgenda(ctx, who, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		n, err := tx.Exec(ctx, "DELETE FROM agenda WHERE id = $1", w.ID)
		if err == nil && n == 0 {
			err = store.ErrUnchanged
		}
		return w.event("assistance.agenda.dropped"), err
	})
	return err
}

// AgendaDays is after how many days one that waits is late. After thirty it is let go
// (package personal, "agendas").
const AgendaDays = 14

// waiting are the agendas of a person as what there is to do. They are nobody else's:
// a State and a structure have none.
func (a *Assistance) waiting(ctx context.Context, scope access.Scope, w Watch, _ time.Time, until string, limit int) (list []Task, err error) {
	if w.State != "" || w.Body != "" {
		return nil, nil
	}
	rows, err := store.List[WaitingAgenda](ctx, a.DB, scope,
		"SELECT "+waitingColumns+" FROM agenda WHERE {scope} AND ($1 = '' OR owner = $1) ORDER BY created, id LIMIT $2", w.Owner, limit)
	for _, x := range rows {
		t := Task{Kind: ToArrange, ID: x.ID, Title: x.Name, Due: today(x.Created.AddDate(0, 0, AgendaDays))}
		if x.Found.Title.Found() {
			t.Title, t.Lang = x.Found.Title.Value, x.Found.Lang.Value
		}
		if t.Due <= until {
			list = append(list, t)
		}
	}
	return list, err
}

// releaseAgendas takes what waits for a person away as part of her erasure.
func releaseAgendas(ctx context.Context, tx *store.Tx, person string) error {
	_, err := tx.Exec(ctx, "DELETE FROM agenda WHERE owner = $1", person)
	return err
}
