package account

import (
	"context"
	"slices"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// mappedFor is how long a role that a provider gave outlives the last sign-in
// there: who has left her service does not come back to be told so.
const mappedFor = 30 * 24 * time.Hour

// renewRoles makes the roles that the provider gave to a person what her groups
// give now. A role that somebody here has granted stays as it is. The roles of
// the house, which need nobody to vouch, begin only with a second factor.
func renewRoles(ctx context.Context, tx *store.Tx, p Provider, person string, c Claims) (events []store.Event, err error) {
	if err := endOver(ctx, tx, person); err != nil {
		return nil, err
	}
	held, err := store.List[Held](ctx, tx, everything, "SELECT "+heldColumns+" FROM role_grant WHERE {scope} AND person = $1 AND ended = 0", person)
	if err != nil {
		return nil, err
	}
	wanted := p.Gives(c.Groups)
	var have []access.Grant
	for _, h := range held {
		have = append(have, h.Grant())
		switch {
		case h.ByWhom != p.by():
			continue
		case !slices.Contains(wanted, h.Grant()):
			e, err := p.end(ctx, tx, h)
			if err != nil {
				return nil, err
			}
			events = append(events, e)
		default:
			if _, err := tx.Exec(ctx, "UPDATE role_grant SET until = $2 WHERE id = $1", h.ID, tx.Now().Add(mappedFor)); err != nil {
				return nil, err
			}
			events = append(events, quiet(person, "account.role.renewed", rights(h.Grant())))
		}
	}
	for _, g := range wanted {
		if slices.Contains(have, g) || g.Role.House() && c.Strength < TwoFactors {
			continue
		}
		e, err := grant(ctx, tx, access.Subject{ID: p.by()}, person, g, tx.Now().Add(mappedFor))
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	return events, nil
}

// endOver ends the roles of a person whose term is over.
func endOver(ctx context.Context, tx *store.Tx, person string) error {
	_, err := tx.Exec(ctx, `
		UPDATE role_grant SET ended = until, ended_by = 'system:term', reason = 'term'
		WHERE person = $1 AND ended = 0 AND until > 0 AND until <= $2`, person, tx.Now())
	return err
}

// end takes back a role that the provider gave.
func (p Provider) end(ctx context.Context, tx *store.Tx, h Held) (store.Event, error) {
	_, err := tx.Exec(ctx, "UPDATE role_grant SET ended = $2, ended_by = $3, reason = $3 WHERE id = $1", h.ID, tx.Now(), p.by())
	return about(h.Person, "account.role.ended", rights(h.Grant())), err
}

// endUnmapped ends every role that the provider gave and that no line of its
// mapping gives any more; all of them where it is not enabled.
func (p Provider) endUnmapped(ctx context.Context, tx *store.Tx) (events []store.Event, err error) {
	held, err := store.List[Held](ctx, tx, everything, "SELECT "+heldColumns+" FROM role_grant WHERE {scope} AND by_whom = $1 AND ended = 0", p.by())
	if err != nil {
		return nil, err
	}
	for _, h := range held {
		given := slices.ContainsFunc(p.Mapping, func(m Mapping) bool { return m.Grant() == h.Grant() })
		if given && p.Enabled && (!h.Role.House() || p.CountsSecond()) {
			continue
		}
		e, err := p.end(ctx, tx, h)
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	return events, nil
}

// endRolesBy ends the roles that the provider gave to a person, unless she is
// known there by something else too.
func endRolesBy(ctx context.Context, tx *store.Tx, p Provider, person string) error {
	_, err := tx.Exec(ctx, `
		UPDATE role_grant SET ended = $3, ended_by = $2, reason = $2 WHERE person = $1 AND by_whom = $2 AND ended = 0
			AND NOT EXISTS (SELECT 1 FROM identity i WHERE i.person = $1 AND i.provider = $4)`,
		person, p.by(), tx.Now(), p.ID)
	return err
}
