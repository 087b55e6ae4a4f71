package personal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/assistance"
	"polis/internal/community/announcement"
	"polis/internal/community/discussion"
	"polis/internal/community/event"
	"polis/internal/community/notice"
	"polis/internal/community/roster"
	"polis/internal/inbox"
	"polis/internal/library"
	"polis/internal/store"
)

// Leaving is what will happen when a person is erased, to be told before.
type Leaving struct {
	State     string // whose office keeps the documents that stay, or ""
	Documents []library.Left
	Arrived   int64 // files that are no documents
	Groups    []string
	Roles     []account.Held
	Words     []account.Vouching
	Tokens    int64
	Open      int64 // invitations of hers that nobody has accepted yet
}

// Leaving finds out what would happen: for herself, and for an administrator.
// account.ErrLastAdministrator where it cannot be.
func (k *Keeper) Leaving(ctx context.Context, who access.Subject, person string) (l Leaving, err error) {
	if err := account.MayErase(ctx, k.DB, who, person); err != nil {
		return l, err
	}
	if l.Words, err = k.words(ctx, k.DB, person); err != nil {
		return l, err
	}
	l.State = stateOf(l.Words)
	if l.Documents, err = k.Library.LeftBy(ctx, person); err != nil {
		return l, err
	}
	roles, err := account.Roles(ctx, k.DB, person)
	if err != nil {
		return l, err
	}
	for _, h := range roles {
		if h.Ended.IsZero() {
			l.Roles = append(l.Roles, h)
		}
	}
	l.Groups, err = store.List[string](ctx, k.DB, everything,
		"SELECT g.name FROM membership m JOIN circle g ON g.id = m.grp WHERE {scope} AND m.person = $1 ORDER BY g.name", person)
	if err != nil {
		return l, err
	}
	for _, n := range []struct {
		to    *int64
		query string
	}{
		{&l.Arrived, "SELECT COUNT(*) FROM intake WHERE {scope} AND owner = $1 AND stage IN ('arrived', 'ready', 'quarantined')"},
		{&l.Tokens, "SELECT COUNT(*) FROM token WHERE {scope} AND person = $1 AND ended = 0"},
		{&l.Open, "SELECT COUNT(*) FROM invitation WHERE {scope} AND by_whom = $1 AND accepted = 0 AND withdrawn = 0"},
	} {
		if *n.to, err = store.Get[int64](ctx, k.DB, everything, n.query, person); err != nil {
			return l, err
		}
	}
	return l, nil
}

// words are the words for a person that hold.
func (k *Keeper) words(ctx context.Context, q store.Reader, person string) ([]account.Vouching, error) {
	all, err := account.Vouchings(ctx, q, person)
	var hold []account.Vouching
	for _, v := range all {
		if v.Holds(time.Now()) {
			hold = append(hold, v)
		}
	}
	return hold, err
}

// stateOf is the State that vouches.
func stateOf(words []account.Vouching) string {
	for _, v := range words {
		if v.ActsFor != "" {
			return v.ActsFor
		}
	}
	return ""
}

// Erase erases a person: she herself, or an administrator who was asked to. Of
// the documents that may go, those in goes do; all others stay with the office of
// her State. It is one write: all of it happens, or nothing. Files that nothing
// refers to any more go with the next sweep.
func (k *Keeper) Erase(ctx context.Context, who access.Subject, person string, goes ...string) error {
	return k.erase(ctx, who, person, goes, func(tx *store.Tx) error { return account.MayErase(ctx, tx, who, person) })
}

// erase is Erase with another condition, and adds to the list what is gone.
func (k *Keeper) erase(ctx context.Context, who access.Subject, person string, goes []string, may func(*store.Tx) error) error {
	chosen := map[string]bool{}
	for _, id := range goes {
		chosen[id] = true
	}
	events, err := store.WriteAll(ctx, k.DB, who, func(tx *store.Tx) ([]store.Event, error) {
		if err := may(tx); err != nil {
			return nil, err
		}
		words, err := k.words(ctx, tx, person)
		if err != nil {
			return nil, err
		}
		events, err := account.Erase(ctx, tx, who, person)
		if err != nil {
			return nil, err
		}
		left, err := library.Release(ctx, tx, person, stateOf(words), chosen)
		if err != nil {
			return nil, err
		}
		if err := inbox.Release(ctx, tx, person); err != nil {
			return nil, err
		}
		if err := discussion.Release(ctx, tx, person); err != nil {
			return nil, err
		}
		if err := roster.Release(ctx, tx, person); err != nil {
			return nil, err
		}
		if err := announcement.Release(ctx, tx, person); err != nil {
			return nil, err
		}
		if err := event.Release(ctx, tx, person); err != nil {
			return nil, err
		}
		if err := notice.Release(ctx, tx, person); err != nil {
			return nil, err
		}
		asked, err := assistance.Release(ctx, tx, person)
		return slices.Concat(left, asked, events), err
	})
	for _, e := range events {
		switch e.Act {
		case "account.person.erased":
			err = errors.Join(err, k.remember("person", e.Object))
		case "library.document.withdrawn":
			err = errors.Join(err, k.remember("document", e.Object))
		}
	}
	return err
}

// List is who was erased and what was taken out, by id.
type List struct{ People, Documents []string }

// Erased reads the list from the tables.
func (k *Keeper) Erased(ctx context.Context) (l List, err error) {
	if l.People, err = store.List[string](ctx, k.DB, everything, "SELECT person FROM erasure WHERE {scope} ORDER BY at, person"); err != nil {
		return l, err
	}
	l.Documents, err = store.List[string](ctx, k.DB, everything, "SELECT id FROM withdrawn_document WHERE {scope} ORDER BY at, id")
	return l, err
}

// Repeat erases again who came back with a backup from before, and takes out
// again what had been; it returns how many those were. Who is not there, or
// erased already, is passed over, so it may be done as often as anybody likes.
func (k *Keeper) Repeat(ctx context.Context, l List) (people, documents int, err error) {
	who := access.System("erasure")
	for _, id := range l.Documents {
		switch err := k.Library.WithdrawAgain(ctx, who, id); {
		case err == nil:
			documents++
		case !errors.Is(err, store.ErrNotFound):
			return people, documents, fmt.Errorf("personal: take out %s again: %w", id, err)
		}
	}
	for _, id := range l.People {
		p, err := account.Load(ctx, k.DB, id)
		if errors.Is(err, store.ErrNotFound) || err == nil && p.Erased {
			continue
		}
		if err == nil {
			err = k.erase(ctx, who, id, nil, func(*store.Tx) error { return nil })
		}
		if err != nil {
			return people, documents, fmt.Errorf("personal: erase %s again: %w", id, err)
		}
		people++
	}
	return people, documents, nil
}
