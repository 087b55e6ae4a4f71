package store_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"polis/internal/access"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

func readFile(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// labels are all that differ for the rules: levels × State × group × owner.
func labels() []access.Label {
	var all []access.Label
	for _, level := range access.Levels {
		for _, state := range []string{"", "KG", "TJ"} {
			for _, group := range []string{"", "g1", "g2"} {
				for _, owner := range []string{"", "p1", "p2"} {
					all = append(all, access.Label{Level: level, State: state, Group: group, Owner: owner})
				}
			}
		}
	}
	return all
}

// A random person reads in memory, in SQL and in the index's tokens exactly
// the same records.
func TestTheThreeReadingsOfAScopeAgree(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		marked := labels()
		_, err := store.WriteAll(ctx, db, officer, func(*store.Tx) ([]store.Event, error) {
			var events []store.Event
			for i, l := range marked {
				events = append(events, store.Event{Act: "made", Object: fmt.Sprint(i), Label: l})
			}
			return events, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		rapid.Check(t, func(t *rapid.T) {
			who := access.Subject{
				ID:      rapid.SampledFrom([]string{"", "p1", "p2", "p3"}).Draw(t, "id"),
				Trust:   rapid.SampledFrom(access.Levels).Draw(t, "trust"),
				State:   rapid.SampledFrom([]string{"", "KG", "TJ", "UZ"}).Draw(t, "state"),
				Groups:  rapid.SampledFrom([][]string{nil, {"g1"}, {"g2"}, {"g1", "g2", "g'3"}}).Draw(t, "groups"),
				Limited: rapid.Bool().Draw(t, "limited"),
			}
			scope := who.Scope()
			found, err := store.List[string](ctx, db, scope, "SELECT object FROM event e WHERE {scope e} AND act = $1", "made")
			if err != nil {
				t.Fatal(err)
			}
			tokens, all := scope.Tokens()
			for i, l := range marked {
				rule, inMemory := scope.Allows(l)
				inSQL := slices.Contains(found, fmt.Sprint(i))
				inIndex := all || slices.ContainsFunc(l.Tokens(), func(x string) bool { return slices.Contains(tokens, x) })
				if inMemory != inSQL || inMemory != inIndex {
					t.Fatalf("%+v of %+v: memory %v by %s, SQL %v, index %v", who, l, inMemory, rule, inSQL, inIndex)
				}
			}
		})
	})
}

func TestAScopeDoesNotBringItsOwnSQL(t *testing.T) {
	cond, args := access.Act("x' OR 1=1 --", access.FocalPoint, "K'G", "", "');").Scope().SQL("d", 4)
	if strings.Contains(cond, "'") && strings.Contains(cond, "OR 1=1") {
		t.Errorf("the reader's words stand in the statement: %s", cond)
	}
	if len(args) != 4 || !strings.Contains(cond, "$4") || !strings.Contains(cond, "$7") {
		t.Errorf("%s with %v", cond, args)
	}
}
