package assistance

import (
	"context"

	"polis/internal/store"
)

// stepped are the kinds of records that move by steps: the table, and with "_step"
// behind it that of the steps.
var stepped = []string{"request", "consent", "assessment", "programme", "project", "activity", "evaluation", "lesson"}

// Rewound are records that stand at an earlier step than their last one, each as
// "kind id". No function of this room does that; statements that go around it can, and
// the verification of the system tells.
func Rewound(ctx context.Context, q store.Reader) (list []string, err error) {
	for _, kind := range stepped {
		found, err := store.List[string](ctx, q, everything,
			"SELECT '"+kind+" ' || r.id FROM "+kind+" r JOIN "+kind+"_step s ON s."+kind+" = r.id AND s.n = r.moves + 1 WHERE {scope} ORDER BY r.id LIMIT 100")
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	return list, nil
}
