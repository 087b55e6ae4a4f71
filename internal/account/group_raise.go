package account

import (
	"context"
	"slices"

	"polis/internal/access"
	"polis/internal/store"
)

// GroupReach is how far a group is open.
type GroupReach struct {
	Kind  GroupKind
	Level access.Level
}

// Rises are what a group can become: its level only rises, since what was written
// for few is not to be read by more. A forum stays one.
func (g Group) Rises() []GroupReach {
	var list []GroupReach
	kinds := []GroupKind{GroupMembers, GroupClosed}
	if g.Kind == GroupForum {
		kinds = []GroupKind{GroupForum}
	}
	for _, kind := range kinds {
		for _, level := range kind.Levels() {
			if level > g.Level {
				list = append(list, GroupReach{kind, level})
			}
		}
	}
	return list
}

// RaiseEffect says who stays in a group whose level rises.
type RaiseEffect struct {
	Stay  int
	Leave int // members who do not read what is at the new level
}

// outOfReach chooses members m whom no word and no role of the house lets read what
// is at the level in $3, at the time in $2.
const outOfReach = `m.grp = $1
	AND m.person NOT IN (SELECT person FROM vouching WHERE ended = 0 AND until > $2 AND trust >= $3)
	AND m.person NOT IN (SELECT person FROM role_grant WHERE role IN ('administrator', 'desk-officer', 'moderator') AND ended = 0 AND (until = 0 OR until > $2))`

// EffectOfRaise is what RaiseGroup would do, for those who keep groups.
func EffectOfRaise(ctx context.Context, q store.Reader, who access.Subject, g Group, to GroupReach) (RaiseEffect, error) {
	if !keepsGroups(who) {
		return RaiseEffect{}, ErrForbidden
	}
	counts, err := MemberCounts(ctx, q, []string{g.ID})
	if err != nil || to.Kind == GroupClosed {
		return RaiseEffect{Stay: counts[g.ID]}, err
	}
	n, err := store.Get[int](ctx, q, everything, "SELECT COUNT(*) FROM membership m JOIN vouching v ON v.id = m.vouching WHERE {scope} AND v.ended = 0 AND v.until > $2 AND "+outOfReach,
		g.ID, nowOf(q), int(to.Level))
	return RaiseEffect{counts[g.ID] - n, n}, err
}

// RaiseGroup raises a group's level, for those who keep groups. All that was written
// there follows at once by its key. Who does not read it then is no member any more; a
// closed group keeps those who were in it.
func RaiseGroup(ctx context.Context, db *store.DB, who access.Subject, id string, rev int64, to GroupReach) error {
	if !keepsGroups(who) {
		return ErrForbidden
	}
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		g, err := runnable(ctx, tx, who, id)
		if err == nil && g.Rev != rev {
			err = ErrChanged
		}
		if err != nil {
			return store.Event{}, err
		}
		if !slices.Contains(g.Rises(), to) {
			return store.Event{}, Invalid{"to": "groups.error.rise"}
		}
		_, err = tx.Exec(ctx, "UPDATE circle SET kind = $2, level = $3, rev = rev + 1, updated = $4 WHERE id = $1", id, string(to.Kind), int(to.Level), tx.Now())
		if err == nil {
			err = unmachine(ctx, tx, id)
		}
		if err == nil && to.Kind != GroupClosed {
			_, err = tx.Exec(ctx, "DELETE FROM membership AS m WHERE "+outOfReach, id, tx.Now(), int(to.Level))
		}
		return store.Event{Act: "account.group.raised", Object: id, Label: groupLabel(to.Level, id), Data: map[string]string{
			"from": g.Level.String(), "to": to.Level.String(), "kind": string(to.Kind),
		}}, err
	})
	return err
}
