package assistance_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"slices"
	"testing"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// TestTheGateHoldsInWhatWasRestored takes a backup of one engine into both, and tries
// the gate there: by statements, and by closing an area.
func TestTheGateHoldsInWhatWasRestored(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		running, consents := started(t, a, assistance.Active, "KG", "TJ")
		course := arranged(t, a, running, course("KG"))
		done, _ := started(t, a, assistance.Evaluated, "KG")
		parts, order := map[string]*bytes.Buffer{}, []string{}
		if err := store.Dump(ctx, a.DB, func(table string) (io.Writer, error) {
			parts[table], order = &bytes.Buffer{}, append(order, table)
			return parts[table], nil
		}); err != nil {
			t.Fatal(err)
		}
		into := map[string]*store.DB{"sqlite": storetest.SQLite(t)}
		if os.Getenv("POLIS_TEST_POSTGRES") != "" {
			into["postgres"] = storetest.Postgres(t)
		}
		for engine, other := range into {
			t.Run("into "+engine, func(t *testing.T) {
				err := store.Load(ctx, other, func(load func(string, io.Reader) error) error {
					for _, table := range slices.Backward(order) { // in whatever order
						if err := load(table, bytes.NewReader(parts[table].Bytes())); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				b := &assistance.Assistance{DB: other}
				cells, err := b.Matrix(ctx, desk.Scope(), nil)
				if want, _ := a.Matrix(ctx, desk.Scope(), nil); err != nil || len(want) == 0 || !slices.Equal(cells, want) {
					t.Errorf("counted: %v, not %v, %v", cells, want, err)
				}
				for _, wrong := range []func(context.Context, store.Reader) ([]string, error){assistance.Miscounted, assistance.Misplaced} {
					if list, err := wrong(ctx, other); err != nil || len(list) > 0 {
						t.Errorf("%v, %v", list, err)
					}
				}
				for _, id := range []string{running, done} {
					if got, want := store.JSON(readProject(t, b, id)), store.JSON(readProject(t, a, id)); got != want {
						t.Errorf("%s\nis not\n%s", got, want)
					}
				}
				for name, query := range map[string]string{
					"longer than the consent":     "UPDATE project SET ends = '" + day(500) + "' WHERE id = $1",
					"without a consent":           "UPDATE gate SET consent = NULL, standing = NULL, since = NULL, until = NULL WHERE project = $1",
					"close an area, tell nobody":  "UPDATE consent_area SET standing = 'closed', closed = '2026-01-01', reason = 'x' WHERE consent = '" + consents["KG"] + "' AND $1 <> ''",
					"take the steps away":         "DELETE FROM project_step WHERE project = $1",
					"an activity outside its day": "UPDATE activity SET ends = '" + day(400) + "' WHERE project = $1",
				} {
					_, err := store.Write(ctx, other, access.System("attack"), func(tx *store.Tx) (store.Event, error) {
						_, err := tx.Exec(ctx, query, running)
						return store.Event{Act: "test.attack"}, err
					})
					if !store.Refused(err) {
						t.Errorf("%s: %v", name, err)
					}
				}
				if err := b.CloseArea(ctx, focal, consents["KG"], readConsent(t, b, consents["KG"]).Rev, area, "The law has changed."); err != nil {
					t.Fatal(err)
				}
				if g, _ := readProject(t, b, running).Gate("KG", area); g.DecideBy == "" || g.Standing != assistance.AreaClosed {
					t.Errorf("%+v", g)
				}
				if x := readActivity(t, b, course); x.Stage != assistance.ActivityPlanned {
					t.Errorf("%s", x.Stage)
				}
			})
		}
	})
}
