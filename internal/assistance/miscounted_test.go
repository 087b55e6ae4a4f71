package assistance_test

import (
	"slices"
	"testing"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/store"
)

func TestANumberOfProjectsThatIsNotTheirsIsFound(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		started(t, a, assistance.Suspended, "KG", "TJ")
		started(t, a, assistance.Idea, "KG")
		if list, err := assistance.Miscounted(ctx, a.DB); err != nil || len(list) > 0 {
			t.Fatal(list, err)
		}
		for _, query := range []string{
			"UPDATE project_count SET n = n + 1 WHERE kind = 'host' AND place = 'KG'",
			"DELETE FROM project_place WHERE kind = 'host' AND place = 'TJ'",
		} {
			if _, err := store.Write(ctx, a.DB, access.System("attack"), func(tx *store.Tx) (store.Event, error) {
				_, err := tx.Exec(ctx, query)
				return store.Event{Act: "test.attack"}, err
			}); err != nil {
				t.Fatal(err)
			}
		}
		if list, err := assistance.Miscounted(ctx, a.DB); err != nil || !slices.Equal(list, []string{"host KG", "host TJ"}) {
			t.Error(list, err)
		}
	})
}
