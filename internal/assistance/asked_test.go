package assistance_test

import (
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/directory"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// beforeGrounds is the last migration under which an area rested on no step.
const beforeGrounds = 32

// TestAreasFromBeforeRestOnTheirSteps brings consents of that time to the present.
func TestAreasFromBeforeRestOnTheirSteps(t *testing.T) {
	for engine, options := range map[string]func(*testing.T) store.Options{
		"sqlite":   func(t *testing.T) store.Options { return store.Options{Dir: t.TempDir()} },
		"postgres": func(t *testing.T) store.Options { return store.Options{DSN: storetest.PostgresDSN(t)} },
	} {
		t.Run(engine, func(t *testing.T) {
			o := options(t)
			o.Schema = beforeGrounds
			db, err := store.Open(ctx, o)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			if err := directory.Seed(ctx, db); err != nil {
				t.Fatal(err)
			}
			for _, c := range formerConsents {
				c.insert(t, db)
			}
			if err := db.Migrate(ctx); err != nil {
				t.Fatal(err)
			}
			a := &assistance.Assistance{DB: db}
			for _, c := range formerConsents {
				rests, err := store.List[string](ctx, db, all, "SELECT step FROM consent_area WHERE {scope} AND consent = $1 ORDER BY theme", c.id)
				if got := strings.ReplaceAll(strings.Join(rests, "|"), c.id+" ", ""); err != nil || got != c.rests {
					t.Errorf("%s: %q, not %q: %v", c.id, got, c.rests, err)
				}
				if now := readConsent(t, a, c.id); now.Areas[0].Stood.IsZero() || standings(now) != c.standings {
					t.Errorf("%s: %v", c.id, now)
				}
			}
			if err := a.OpenArea(ctx, focal, "narrowed", 1, "drugs", ""); err != nil {
				t.Error("it does not live on:", err)
			}
			if err := a.Retract(ctx, desk, "asked", 1, "A mistake"); err != nil {
				t.Error(err)
			}
		})
	}
}

// formerConsent is one with the areas cybercrime, drugs and trafficking: its moves
// ("close drugs"), how its areas stand after them, and on which steps they then rest.
type formerConsent struct{ id, moves, standings, rests string }

var formerConsents = []formerConsent{
	{"asked", "ask", "asked asked asked", " ask 1| ask 1| ask 1"},
	{"refused", "ask|refuse", "refused refused refused", " refuse 2| refuse 2| refuse 2"},
	{"given", "ask|give", "open open refused", " give 2| give 2| give 2"},
	{"narrowed", "ask|give|close drugs", "open closed refused", " give 2|drugs close 3| give 2"},
	{"widened", "ask|give|close drugs|open drugs|open trafficking", "open open open", " give 2|drugs open 4|trafficking open 5"},
	{"withdrawn", "ask|give|close drugs|withdraw", "closed closed refused", " withdraw 4|drugs close 3| give 2"},
	{"expired", "ask|give|close drugs|open drugs|expire", "closed closed refused", " expire 5| expire 5| give 2"},
}

var stagesAfter = map[string]string{"ask": "asked", "give": "given", "refuse": "refused", "close": "given", "open": "given", "withdraw": "withdrawn", "expire": "expired"}

func (c formerConsent) insert(t *testing.T, db *store.DB) {
	t.Helper()
	moves := strings.Split(c.moves, "|")
	last, _, _ := strings.Cut(moves[len(moves)-1], " ")
	stage := stagesAfter[last]
	authority, day, until, recorded := "Ministry", "2026-01-01", "9999-12-31", "state"
	if len(moves) == 1 || stage == "refused" {
		authority, day, until, recorded = "", "", "", ""
	}
	_, err := store.Write(ctx, db, access.System("test"), func(tx *store.Tx) (store.Event, error) {
		_, err := tx.Exec(ctx, `INSERT INTO consent (id, of_year, nth, giver, stage, why, authority, office, given, since, until, conditions, document, recorded, moves, rev, created, updated, level, state, grp, owner)
			VALUES ($1, 2026, (SELECT COUNT(*) + 1 FROM consent), 'KG', 'asked', 'why', '', '', '', '', '', '', '', '', 0, 1, 1, 1, 2, 'KG', '', 'desk')`, c.id)
		for _, theme := range areas {
			if err == nil {
				_, err = tx.Exec(ctx, "INSERT INTO consent_area (consent, theme, giver, consent_stage, since, until, standing, closed, reason) VALUES ($1, $2, 'KG', 'asked', '', '', 'asked', '', '')", c.id, theme)
			}
		}
		var prior, was any
		for i, step := range moves {
			move, area, _ := strings.Cut(step, " ")
			var theme any
			by := "x"
			if area != "" {
				theme = area
			}
			if move == "expire" {
				by = ""
			}
			if err == nil {
				_, err = tx.Exec(ctx, "INSERT INTO consent_step (consent, n, prior, was, move, stage, theme, words, by_whom, at, mark) VALUES ($1, $2, $3, $4, $5, $6, $7, '', $8, $9, $10)",
					c.id, i+1, prior, was, move, stagesAfter[move], theme, by, 1000+i, c.id+" "+string(rune('1'+i))+" "+stagesAfter[move])
			}
			prior, was = i+1, stagesAfter[move]
		}
		if err == nil {
			_, err = tx.Exec(ctx, "UPDATE consent SET stage = $2, moves = $3, step = id || ' ' || $4 || ' ' || $2, authority = $5, office = $5, given = $6, since = $6, until = $7, recorded = $8 WHERE id = $1",
				c.id, stage, len(moves), string(rune('0'+len(moves))), authority, day, until, recorded)
		}
		for i, standing := range strings.Fields(c.standings) {
			closed := ""
			if standing == "closed" {
				closed = "2026-02-01"
			}
			if err == nil {
				_, err = tx.Exec(ctx, "UPDATE consent_area SET standing = $3, closed = $4 WHERE consent = $1 AND theme = $2", c.id, areas[i], standing, closed)
			}
		}
		return store.Event{Act: "test.former"}, err
	})
	if err != nil {
		t.Fatal(c.id, err)
	}
}
