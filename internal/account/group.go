package account

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// Group is a closed group: a named circle of people, such as the investigators
// of one network (Framework ¶16.2). Its records are read by them alone.
type Group struct {
	ID      string // a slug, which its records carry
	Name    string
	About   string
	Rev     int64
	Created time.Time
	Updated time.Time
	Ended   time.Time
	access.Label
}

const groupColumns = "id, name, about, rev, created, updated, ended, level, state, grp, owner"

var groupID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,63}$`)

// ErrNoVouching is returned where nobody vouches for a person who is to be
// admitted to a group.
var ErrNoVouching = errors.New("account: nobody vouches for this person")

// ErrChanged is returned where somebody else changed the group meanwhile, or
// ended it.
var ErrChanged = errors.New("account: the group was changed meanwhile")

// OpenGroup makes a closed group without members.
func OpenGroup(ctx context.Context, db *store.DB, who access.Subject, id, name, about string) error {
	if !who.May(access.ManageGroups, access.Label{}).Allowed {
		return ErrForbidden
	}
	v := Invalid{}
	if !groupID.MatchString(id) {
		v["id"] = "account.error.group-id"
	}
	if name = strings.TrimSpace(name); name == "" || len(name) > 200 {
		v["name"] = "account.error.group-name"
	}
	if len(v) > 0 {
		return v
	}
	label := access.Label{Level: access.Closed, Group: id}
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		_, err := tx.Exec(ctx, `
			INSERT INTO closed_group (id, name, about, rev, created, updated, ended, level, state, grp, owner)
			VALUES ($1, $2, $3, 1, $4, $4, 0, $5, '', $1, '')`, id, name, strings.TrimSpace(about), tx.Now(), int(label.Level))
		if store.Refused(err) {
			err = Invalid{"id": "account.error.group-taken"}
		}
		return store.Event{Act: "account.group.opened", Object: id, Label: label}, err
	})
	return err
}

// Admit lets a person into a closed group, on the word that vouches for her: of
// her State before any other. When that word ends, so does this.
func Admit(ctx context.Context, db *store.DB, who access.Subject, group, person string) error {
	if !who.May(access.ManageGroups, access.Label{}).Allowed {
		return ErrForbidden
	}
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		return admit(ctx, tx, who, group, person)
	})
	return err
}

func admit(ctx context.Context, tx *store.Tx, who access.Subject, group, person string) (store.Event, error) {
	ended, err := store.Get[time.Time](ctx, tx, everything, "SELECT ended FROM closed_group WHERE {scope} AND id = $1", group)
	if err != nil || !ended.IsZero() {
		return store.Event{}, orEnded(err)
	}
	word, err := strongest(ctx, tx, person)
	if err != nil {
		return store.Event{}, err
	}
	n, err := tx.Exec(ctx, `
		INSERT INTO membership (grp, person, vouching, by_whom, since) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (grp, person) DO UPDATE SET vouching = excluded.vouching, by_whom = excluded.by_whom, since = excluded.since
		WHERE membership.vouching <> excluded.vouching`, group, person, word, who.ID, tx.Now())
	if err == nil && n == 0 {
		err = store.ErrUnchanged
	}
	return membership("account.group.admitted", group, person), err
}

// orEnded is the error of a group that cannot admit anybody.
func orEnded(err error) error {
	if err == nil {
		err = ErrChanged
	}
	return err
}

// strongest is the id of the word on which a person is admitted.
func strongest(ctx context.Context, tx *store.Tx, person string) (string, error) {
	id, err := store.Get[string](ctx, tx, everything, `
		SELECT id FROM vouching WHERE {scope} AND person = $1 AND ended = 0 AND until > $2
		ORDER BY trust DESC, acts_for DESC, id LIMIT 1`, person, tx.Now())
	if errors.Is(err, store.ErrNotFound) {
		err = ErrNoVouching
	}
	return id, err
}

// Dismiss takes a person out of a group.
func Dismiss(ctx context.Context, db *store.DB, who access.Subject, group, person string) error {
	if !who.May(access.ManageGroups, access.Label{}).Allowed && who.ID != person {
		return ErrForbidden
	}
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		n, err := tx.Exec(ctx, "DELETE FROM membership WHERE grp = $1 AND person = $2", group, person)
		if err == nil && n == 0 {
			err = store.ErrUnchanged
		}
		return membership("account.group.dismissed", group, person), err
	})
	return err
}

func membership(act, group, person string) store.Event {
	return store.Event{
		Act: act, Object: person,
		Label: access.Label{Level: access.Closed, Group: group}, Data: map[string]string{"group": group},
	}
}

// Groups lists the closed groups by name, for those who keep them: what is in
// them stays closed to her.
func Groups(ctx context.Context, q store.Reader, who access.Subject) ([]Group, error) {
	scope := who.Scope()
	if who.May(access.ManageGroups, access.Label{}).Allowed {
		scope = everything
	}
	return store.List[Group](ctx, q, scope, "SELECT "+groupColumns+" FROM closed_group WHERE {scope} ORDER BY name, id")
}
