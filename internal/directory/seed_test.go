package directory_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"polis/internal/directory"
	"polis/internal/lang"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

func TestTheSeedIsTheDirectoryOfTheOSCE(t *testing.T) {
	db := storetest.SQLite(t)
	if err := directory.Seed(ctx, db); err != nil {
		t.Fatal(err)
	}
	entries, err := directory.List(ctx, db, all, directory.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	byID := map[string]directory.Entry{}
	count := map[directory.Kind]int{}
	for _, e := range entries {
		byID[e.ID] = e
		count[e.Kind]++
	}
	t.Run("it has 57 participating States and 11 Partners", func(t *testing.T) {
		if count[directory.State] != 57 || count[directory.PartnerState] != 11 {
			t.Error(count)
		}
	})
	t.Run("codes are one State's own", func(t *testing.T) { codesAreOwn(t, entries) })
	t.Run("every name stands in six languages, in their letters, without a flag", func(t *testing.T) {
		for _, e := range entries {
			for _, n := range e.Names {
				for _, tag := range lang.All {
					checkText(t, e.ID, tag, n.Long[tag])
					if (n.Note[tag] == "") != (n.Note[lang.English] == "") {
						t.Error(e.ID, tag, "the note is not in all languages")
					}
				}
			}
		}
	})
	t.Run("hosts are States and sub-regions exist", func(t *testing.T) { hostsAreStates(t, entries, byID) })
	t.Run("Kosovo is no State of the list, and its mission carries the note", func(t *testing.T) {
		if _, ok := byID["XK"]; ok {
			t.Error("XK is there")
		}
		m := byID["mission-kosovo"]
		if m.Host != "" || !strings.Contains(m.Called("").Note[lang.English], "1244") {
			t.Errorf("%+v", m)
		}
	})
	t.Run("a mandate is a symbol", func(t *testing.T) {
		symbol := regexp.MustCompile(`^(PC\.DEC/\d+|MC\.DEC/\d+/\d\d|MC\(5\)\.DEC/1|19-CSO, Journal No\. 3, Annex 3)$`)
		for _, e := range entries {
			if e.Mandate != "" && !symbol.MatchString(e.Mandate) {
				t.Error(e.ID, e.Mandate)
			}
		}
	})
}

func codesAreOwn(t *testing.T, entries []directory.Entry) {
	seen := map[string]string{}
	for _, e := range entries {
		for _, code := range []string{e.ISO2, e.ISO3} {
			if code != "" && seen[code] != "" {
				t.Error(code, "is of", seen[code], "and", e.ID)
			}
			seen[code] = e.ID
		}
		if e.Kind.IsState() != (len(e.ISO2) == 2 && len(e.ISO3) == 3) {
			t.Error(e.ID, e.ISO2, e.ISO3)
		}
	}
}

func hostsAreStates(t *testing.T, entries []directory.Entry, byID map[string]directory.Entry) {
	for _, e := range entries {
		if e.Host != "" && !byID[e.Host].Kind.IsState() {
			t.Error(e.ID, "is hosted by", e.Host)
		}
		if e.SubRegion != "" && !slices.Contains(directory.SubRegions, e.SubRegion) {
			t.Error(e.ID, e.SubRegion)
		}
		if e.Kind == directory.FieldOperation && e.SubRegion == "" {
			t.Error(e.ID, "has no sub-region")
		}
	}
}

// checkText reports a name that is missing, in another script or with a symbol
// in place of a word.
func checkText(t *testing.T, id string, tag lang.Tag, s string) {
	t.Helper()
	cyrillic := 0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Cyrillic, r):
			cyrillic++
		case unicode.In(r, unicode.So, unicode.Co, unicode.Cs) || r == unicode.ReplacementChar:
			t.Errorf("%s %s: %q in %q", id, tag, r, s)
		}
	}
	if s == "" || (tag == lang.Russian) != (cyrillic > 0) {
		t.Errorf("%s has no name in %s: %q", id, tag, s)
	}
}

func TestTheSeedIsGivenOnce(t *testing.T) {
	seeded(t, func(t *testing.T, db *store.DB) {
		e := get(t, db, "KG")
		e.Website = "https://www.gov.kg/"
		if _, err := directory.Save(ctx, db, desk, e); err != nil {
			t.Fatal(err)
		}
		seq := db.Seq()
		if err := directory.Seed(ctx, db); err != nil {
			t.Fatal(err)
		}
		if db.Seq() != seq || get(t, db, "KG").Website != e.Website {
			t.Error("a second start changed the directory")
		}
	})
}

func TestTheSeedIsOneEvent(t *testing.T) {
	seeded(t, func(t *testing.T, db *store.DB) {
		events, err := store.Since(ctx, db, all, 0, 10)
		if err != nil || len(events) != 1 || events[0].Act != "directory.seeded" || events[0].Who != "system:directory" {
			t.Error(events, err)
		}
	})
}

// Every key that the package can answer with has a message.
func TestEveryWordHasItsMessage(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	keys := []string{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, regexp.MustCompile(`directory\.error\.[a-z0-9-]+`).FindAllString(string(text), -1)...)
	}
	if len(keys) < 20 {
		t.Fatal("the sources were not found")
	}
	for _, k := range directory.Kinds {
		keys = append(keys, "directory.kind."+string(k), "directory.kinds."+string(k))
	}
	for _, r := range directory.SubRegions {
		keys = append(keys, "directory.sub-region."+r)
	}
	for _, c := range directory.Columns() {
		key, tag := directory.Label(c)
		if strings.HasSuffix(c, "_de") != (tag == lang.German) {
			t.Error(c, "is in", tag)
		}
		keys = append(keys, key)
	}
	for _, k := range keys {
		if !lang.Has(k) {
			t.Error("no message", k)
		}
	}
}
