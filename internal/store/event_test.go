package store_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"testing"

	"polis/internal/access"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// note writes a quiet event.
func note(t *testing.T, db *store.DB) store.Event {
	t.Helper()
	e, err := store.Write(ctx, db, officer, func(*store.Tx) (store.Event, error) {
		return store.Event{Act: "account.signed-in", Object: "p1", Quiet: true}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestWhatIsQuietMovesTheLogAndNothingElse(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			o := store.Options{}
			if engine == "sqlite" {
				o.Dir = t.TempDir()
			} else {
				o.DSN = storetest.PostgresDSN(t)
			}
			node := func() *store.DB {
				db, err := store.Open(ctx, o)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { db.Close() })
				return db
			}
			here, there := node(), node()
			stands := func(seq, content int64) {
				t.Helper()
				if _, err := there.Refresh(ctx); err != nil {
					t.Fatal(err)
				}
				for name, db := range map[string]*store.DB{"here": here, "there": there} {
					if db.Seq() != seq || db.Content() != content {
						t.Errorf("%s: event %d, content %d; not %d, %d", name, db.Seq(), db.Content(), seq, content)
					}
				}
			}
			moved := func() bool {
				select {
				case <-here.Moved():
					return true
				default:
					return false
				}
			}
			put(t, here, "colour", "green", access.Label{})
			stands(1, 1)
			moved()
			note(t, here)
			note(t, here)
			stands(3, 1)
			if moved() {
				t.Error("a quiet event wakes the follower")
			}
			_, err := store.WriteAll(ctx, there, officer, func(*store.Tx) ([]store.Event, error) {
				return []store.Event{{Act: "made"}, {Act: "seen", Quiet: true}}, nil
			})
			if _, err2 := here.Refresh(ctx); err != nil || err2 != nil {
				t.Fatal(err, err2)
			}
			stands(5, 4)
			if !moved() {
				t.Error("a change on another node wakes nobody")
			}
			note(t, there)
			changes, err := store.Changes(ctx, here, all, 0, 10)
			if err != nil || len(changes) != 2 || changes[1].Seq != 4 {
				t.Errorf("%+v, %v", changes, err)
			}
			if again := node(); again.Content() != 4 || again.Seq() != 6 {
				t.Errorf("a fresh start: %d, %d", again.Seq(), again.Content())
			}
			if _, faults, err := store.Verify(ctx, here); err != nil || len(faults) > 0 {
				t.Error(faults, err)
			}
		})
	}
}

// The form of what is hashed can never change: this is how it was before there
// were quiet events.
func TestTheHashOfALoudEventIsWhatItAlwaysWas(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		e := put(t, db, "colour", "grün & \"rot\"", access.Label{Level: access.Closed, State: "KG", Group: "g", Owner: "p"})
		data, _ := json.Marshal(map[string]string{"value": "grün & \"rot\""})
		row, _ := json.Marshal([]any{1, e.At.UnixMicro(), "p1", "setting.changed", "colour", 3, "KG", "g", "p", string(data)})
		sum := sha256.Sum256(fmt.Appendf(nil, "\n%s", row))
		if e.Hash != hex.EncodeToString(sum[:]) {
			t.Errorf("%s", e.Hash)
		}
	})
}
