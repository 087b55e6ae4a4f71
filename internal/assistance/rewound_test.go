package assistance_test

import (
	"slices"
	"testing"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/store"
)

func TestARecordThatWasPutBackIsFound(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		id, _ := started(t, a, assistance.Suspended, "KG")
		activityAt(t, a, id, assistance.ActivityHeld, "KG")
		if list, err := assistance.Rewound(ctx, a.DB); err != nil || len(list) > 0 {
			t.Fatal(list, err)
		}
		_, err := store.Write(ctx, a.DB, access.System("attack"), func(tx *store.Tx) (store.Event, error) {
			_, err := tx.Exec(ctx, `UPDATE project SET stage = 'active', moves = moves - 1,
				step = (SELECT s.mark FROM project_step s WHERE s.project = project.id AND s.n = project.moves - 1) WHERE id = $1`, id)
			return store.Event{Act: "test.attack"}, err
		})
		if err != nil {
			t.Fatal(err)
		}
		if list, err := assistance.Rewound(ctx, a.DB); err != nil || !slices.Equal(list, []string{"project " + id}) {
			t.Error(list, err)
		}
	})
}
