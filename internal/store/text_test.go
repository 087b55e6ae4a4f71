package store_test

import (
	"context"
	"errors"
	"testing"

	"polis/internal/access"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

func TestWhatIsNoTextIsTakenByNeitherEngine(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, who := context.Background(), access.System("test")
		for _, bad := range []string{"a\x00b", "\x00", "a\xff", "\xed\xa0\x80", "\xc3("} {
			_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
				return store.Event{Act: "test.set"}, tx.Set(ctx, "name", bad)
			})
			if !errors.Is(err, store.ErrText) {
				t.Errorf("%q was written: %v", bad, err)
			}
			if _, err := store.Get[string](ctx, db, who.Scope(), "SELECT value FROM setting WHERE {scope} AND name = $1", bad); !errors.Is(err, store.ErrText) {
				t.Errorf("%q was asked for: %v", bad, err)
			}
			if _, err := store.Upkeep(ctx, db, "DELETE FROM session WHERE id = $1", bad); !errors.Is(err, store.ErrText) {
				t.Errorf("%q reached the table of sessions: %v", bad, err)
			}
		}
		if _, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
			return store.Event{Act: "test.set", Data: "a\x00\xffb", Object: "ok"}, tx.Set(ctx, "name", "Ж\u2028 😀")
		}); err != nil {
			t.Error("a text was refused:", err)
		}
	})
}
