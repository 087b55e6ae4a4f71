package assistance

import (
	"context"

	"polis/internal/store"
)

// moneyNeeds are what a project lacks of money before it is approved: a budget, and
// funding that is available for all of it, or words that say from where the rest comes
// (Framework ¶25).
func moneyNeeds(ctx context.Context, q store.Reader, p Project, move ProjectMove) ([]Need, error) {
	if move != Approve {
		return nil, nil
	}
	m, err := money(ctx, q, p.ID)
	switch {
	case err != nil:
		return nil, err
	case m.Planned() == 0:
		return []Need{{Key: "money.needs.budget"}}, nil
	case m.Uncovered() > 0 && m.Gap == "":
		return []Need{{Key: "money.needs.covered"}}, nil
	}
	return nil, nil
}
