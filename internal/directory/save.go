package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/store"
)

// ErrForbidden is returned where the caller may not change the entry. The text
// of the error ends with the access rule that refused.
var ErrForbidden = errors.New("directory: not allowed")

// Stale is returned where somebody else has changed the entry since the caller
// read it. Current is the entry as it now stands.
type Stale struct{ Current Entry }

func (s Stale) Error() string {
	return fmt.Sprintf("directory: %s was changed in the meantime (it is at revision %d)", s.Current.ID, s.Current.Rev)
}

// Save stores a new entry (Rev 0) or a changed one (Rev as it was read), and
// returns it as stored. It returns an Invalid where fields are wrong,
// ErrForbidden, a Stale, or store.ErrNotFound. The label follows from the entry;
// what in.Label says is of no account.
func Save(ctx context.Context, db *store.DB, who access.Subject, in Entry) (Entry, error) {
	in = in.tidy()
	var saved Entry
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		before, err := current(ctx, tx, in)
		if err != nil {
			return store.Event{}, err
		}
		known, err := kinds(ctx, tx)
		if err != nil {
			return store.Event{}, err
		}
		changed, err := check(who, before, in, known)
		if err != nil {
			return store.Event{}, err
		}
		if saved = before; len(changed) == 0 {
			return store.Event{}, store.ErrUnchanged
		}
		saved = in.stored(before, tx.Now())
		return saved.event(before, changed), put(ctx, tx, []Entry{saved})
	})
	if err != nil {
		return Entry{}, err
	}
	return saved, nil
}

// current reads what the entry replaces: nothing, for a new one.
func current(ctx context.Context, tx *store.Tx, in Entry) (Entry, error) {
	before, err := Get(ctx, tx, store.Everything("directory"), in.ID)
	switch {
	case errors.Is(err, store.ErrNotFound) && in.Rev == 0:
		return Entry{}, nil
	case err != nil:
		return Entry{}, err
	case in.Rev == 0:
		return Entry{}, Invalid{"id": "directory.error.id-taken"}
	case in.Rev != before.Rev:
		return Entry{}, Stale{before}
	}
	return before, nil
}

// kinds reads which entries exist, and what they are.
func kinds(ctx context.Context, q store.Reader) (map[string]Entry, error) {
	rows, err := store.List[Entry](ctx, q, store.Everything("directory"),
		"SELECT id, kind, COALESCE(parent, '') AS parent, iso3 FROM directory_entry WHERE {scope}")
	if err != nil {
		return nil, err
	}
	known := make(map[string]Entry, len(rows))
	for _, e := range rows {
		known[e.ID] = e
	}
	return known, nil
}

// check says which columns change from before to after, and refuses what may
// not be or what the caller may not do. known are the entries that exist.
func check(who access.Subject, before, after Entry, known map[string]Entry) ([]string, error) {
	changed := columnsOf(differences(before, after))
	if before.Rev > 0 && len(changed) == 0 {
		return nil, nil
	}
	labels := []access.Label{after.label()}
	if before.Rev > 0 {
		labels = append(labels, before.Label)
	}
	var d access.Decision
	for _, l := range labels {
		if d = who.May(access.EditDirectory, l); !d.Allowed {
			return nil, fmt.Errorf("%w: %s", ErrForbidden, d.Rule)
		}
	}
	v := after.validate(known)
	if before.Rev > 0 && before.Kind.IsState() != after.Kind.IsState() {
		v["kind"] = "directory.error.kind-fixed"
	}
	if d.Rule == access.RuleOwnState {
		v.addReserved(before, changed)
	}
	if len(v) > 0 {
		return nil, v
	}
	return changed, nil
}

// addReserved refuses what a State's focal point may not change: whether it is
// a State, which one, and where it stands in lists is for the desk.
func (v Invalid) addReserved(before Entry, changed []string) {
	if before.Rev == 0 {
		v["id"] = "directory.error.desk-only"
		return
	}
	for _, col := range []string{"kind", "parent", "host", "iso3", "sub_region", "valid_from", "valid_to"} {
		if slices.Contains(changed, col) {
			v[col] = "directory.error.desk-only"
		}
	}
}

// event says that the entry was created, or which columns of it were changed.
func (e Entry) event(before Entry, changed []string) store.Event {
	act := "directory.entry.updated"
	if before.Rev == 0 {
		act = "directory.entry.created"
	}
	return store.Event{
		Act: act, Object: e.ID, Label: e.Label,
		Data: struct {
			Rev     int64    `json:"rev"`
			Columns []string `json:"columns"`
		}{e.Rev, changed},
	}
}

// Slug proposes an id for an entry by its English name: "OSCE Office in Baku" →
// "osce-office-in-baku".
func Slug(name string) string {
	words := strings.FieldsFunc(fold(name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	slug := strings.Join(words, "-")
	if len(slug) > maxID {
		slug = strings.TrimRight(slug[:maxID], "-")
	}
	return slug
}
