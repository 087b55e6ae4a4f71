package account

import (
	"context"
	"slices"

	"polis/internal/access"
	"polis/internal/store"
)

// Office is a State or a body of the directory for which somebody speaks; Group is
// the one in which she does, or "" where it is everywhere.
type Office struct{ Group, ID string }

// OfficesOf are those for which somebody speaks: everywhere as its focal point or
// officer, and in a group where its word admitted her.
func OfficesOf(ctx context.Context, q store.Reader, who access.Subject) (list []Office, err error) {
	if !who.SignedIn() || who.Idle {
		return nil, nil
	}
	for _, g := range who.Grants {
		if g.Role != access.FocalPoint && g.Role != access.ProgrammeOfficer {
			continue
		}
		if g.Body != "" {
			list = append(list, Office{ID: g.Body})
		} else if g.State != "" {
			list = append(list, Office{ID: g.State})
		}
	}
	rows, err := store.List[struct{ Grp, ActsFor, Body string }](ctx, q, everything, `
		SELECT m.grp, v.acts_for, v.body FROM membership m JOIN vouching v ON v.id = m.vouching
		WHERE {scope} AND m.person = $1 AND v.ended = 0 AND v.until > $2 ORDER BY m.grp`, who.ID, nowOf(q))
	for _, r := range rows {
		if r.Body != "" {
			list = append(list, Office{r.Grp, r.Body})
		} else if r.ActsFor != "" {
			list = append(list, Office{r.Grp, r.ActsFor})
		}
	}
	return list, err
}

// SpeaksIn reports whether somebody speaks for an office in a group.
func SpeaksIn(ctx context.Context, q store.Reader, who access.Subject, group, office string) (bool, error) {
	list, err := OfficesOf(ctx, q, who)
	return office != "" && slices.ContainsFunc(list, func(o Office) bool {
		return o.ID == office && (o.Group == "" || o.Group == group)
	}), err
}

// OfficeIn are the ids of those who speak for an office in a group.
func OfficeIn(ctx context.Context, q store.Reader, group, office string) ([]string, error) {
	list, err := store.List[string](ctx, q, everything, `
		SELECT m.person FROM membership m JOIN vouching v ON v.id = m.vouching
		WHERE {scope} AND m.grp = $1 AND v.ended = 0 AND v.until > $2 AND (v.body = $3 OR v.body = '' AND v.acts_for = $3)
		ORDER BY m.person`, group, nowOf(q), office)
	if err != nil {
		return nil, err
	}
	for _, of := range []struct{ state, body string }{{office, ""}, {"", office}} {
		people, err := Speakers(ctx, q, access.FocalPoint, of.state, of.body)
		if err != nil {
			return nil, err
		}
		for _, p := range people {
			list = append(list, p.ID)
		}
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

// Facilitators are the ids of those who run a group, on words that hold.
func Facilitators(ctx context.Context, q store.Reader, group string) ([]string, error) {
	return store.List[string](ctx, q, everything, `
		SELECT m.person FROM membership m JOIN vouching v ON v.id = m.vouching
		WHERE {scope} AND m.grp = $1 AND m.facilitates AND v.ended = 0 AND v.until > $2 ORDER BY m.person`, group, nowOf(q))
}
