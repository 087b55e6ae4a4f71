package directory_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/directory"
	"polis/internal/lang"
	"polis/internal/store"
)

// academy is an organisation that is not in the seed.
func academy() directory.Entry {
	return directory.Entry{
		ID: "demo-academy", Kind: directory.Organisation, Host: "KG", SubRegion: "central-asia",
		Names: []directory.Name{name("", "", "Police Academy")},
	}
}

func TestWhoMayEditTheDirectory(t *testing.T) {
	seeded(t, func(t *testing.T, db *store.DB) {
		for _, role := range append([]access.Role{""}, access.Roles...) {
			who := access.Act("p-"+string(role), role, "KG", "spmu")
			if role == "" {
				who = access.Subject{}
			}
			keeper := role == access.DeskOfficer || role == access.Administrator
			for id, may := range map[string]bool{
				"KG": keeper || role == access.FocalPoint, "TJ": keeper, "programme-office-bishkek": keeper,
			} {
				e := get(t, db, id)
				e.Website = "https://example.org/" + string(role)
				_, err := directory.Save(ctx, db, who, e)
				switch {
				case may && err != nil:
					t.Errorf("%q of KG may edit %s, but: %v", role, id, err)
				case !may && !errors.Is(err, directory.ErrForbidden):
					t.Errorf("%q of KG may not edit %s, but: %v", role, id, err)
				}
			}
		}
	})
}

func TestAFocalPointKeepsTheWordsOfHerStateOnly(t *testing.T) {
	seeded(t, func(t *testing.T, db *store.DB) {
		focal := access.Act("f", access.FocalPoint, "JP", "")
		e := get(t, db, "JP")
		e.Kind, e.SubRegion, e.Website = directory.State, "central-asia", "https://example.org/"
		_, err := directory.Save(ctx, db, focal, e)
		expectInvalid(t, err, map[string]string{"kind": "desk-only", "sub_region": "desk-only"})
		e.Kind, e.SubRegion = directory.PartnerState, "asia-pacific"
		if _, err := directory.Save(ctx, db, focal, e); err != nil {
			t.Error(err)
		}
		if _, err := directory.Save(ctx, db, focal, academy()); !errors.Is(err, directory.ErrForbidden) {
			t.Error("she made an organisation:", err)
		}
	})
}

// expectInvalid wants exactly these fields to be wrong.
func expectInvalid(t *testing.T, err error, want map[string]string) {
	t.Helper()
	var got directory.Invalid
	if !errors.As(err, &got) {
		t.Errorf("wanted %v, got %v", want, err)
		return
	}
	for field, key := range want {
		if got[field] != "directory.error."+key {
			t.Errorf("%s: %q, not %s", field, got[field], key)
		}
	}
	if len(got) != len(want) {
		t.Errorf("wanted %v, got %v", want, got)
	}
}

func TestAnEntryIsSavedWithItsEvent(t *testing.T) {
	seeded(t, func(t *testing.T, db *store.DB) {
		saved, err := directory.Save(ctx, db, desk, academy())
		if err != nil {
			t.Fatal(err)
		}
		if saved.Rev != 1 || saved.Created.IsZero() || saved.State != "" {
			t.Errorf("%+v", saved)
		}
		saved.Names = append(saved.Names, name("2020", "", "Academy of the Ministry\x00 \u202eof\nInterior"))
		if saved, err = directory.Save(ctx, db, desk, saved); err != nil {
			t.Fatal(err)
		}
		stored := get(t, db, "demo-academy")
		if stored.Rev != 2 || stored.NameOn("", lang.French) != "Academy of the Ministry of Interior" ||
			stored.NameOn("2010", lang.English) != "Police Academy" {
			t.Errorf("%+v", stored)
		}
		if !stored.Updated.Equal(saved.Updated) || !stored.Created.Equal(saved.Created) {
			t.Error("what was returned is not what was stored")
		}
		history, err := store.History(ctx, db, all, "demo-academy", 10)
		if err != nil || len(history) != 2 || history[0].Act != "directory.entry.updated" || history[1].Act != "directory.entry.created" {
			t.Fatal(history, err)
		}
		if data := fmt.Sprintf("%s", history[0].Data); !strings.Contains(data, "long_en") || strings.Contains(data, "Ministry") {
			t.Error("the event must say which columns, and hold no text:", data)
		}
		t.Run("the same once more is no event", func(t *testing.T) {
			seq := db.Seq()
			again, err := directory.Save(ctx, db, desk, stored)
			if err != nil || again.Rev != 2 || db.Seq() != seq {
				t.Error(again.Rev, db.Seq(), err)
			}
		})
	})
}

func TestAStaleEditIsRefusedWithWhatIsStored(t *testing.T) {
	seeded(t, func(t *testing.T, db *store.DB) {
		mine, theirs := get(t, db, "spmu"), get(t, db, "spmu")
		theirs.Website = "https://example.org/theirs"
		if _, err := directory.Save(ctx, db, desk, theirs); err != nil {
			t.Fatal(err)
		}
		mine.Website = "https://example.org/mine"
		_, err := directory.Save(ctx, db, desk, mine)
		var stale directory.Stale
		if !errors.As(err, &stale) || stale.Current.Website != theirs.Website || stale.Current.Rev != 2 {
			t.Error(err)
		}
		if got := get(t, db, "spmu").Website; got != theirs.Website {
			t.Error("the stale edit was stored:", got)
		}
		t.Run("a new entry does not take an id that exists", func(t *testing.T) {
			e := academy()
			e.ID = "spmu"
			_, err := directory.Save(ctx, db, desk, e)
			expectInvalid(t, err, map[string]string{"id": "id-taken"})
		})
		t.Run("an entry that is not there cannot be changed", func(t *testing.T) {
			e := academy()
			e.Rev = 3
			if _, err := directory.Save(ctx, db, desk, e); !errors.Is(err, store.ErrNotFound) {
				t.Error(err)
			}
		})
	})
}

// wrongEntry is what somebody may type, with the message of each wrong field.
type wrongEntry struct {
	what   string
	change func(*directory.Entry)
	want   map[string]string
}

func wrongEntries() []wrongEntry {
	long := strings.Repeat("ж", 401)
	return []wrongEntry{
		{
			"nothing but an id", func(e *directory.Entry) { *e = directory.Entry{ID: "x y"} },
			map[string]string{"kind": "kind", "id": "slug", "long_en.0": "english"},
		},
		{"the address of a page", func(e *directory.Entry) { e.ID = "import" }, map[string]string{"id": "reserved"}},
		{
			"a State that is none", func(e *directory.Entry) { e.Kind = directory.State },
			map[string]string{"id": "state-id", "iso3": "iso3", "host": "state-alone"},
		},
		{"a State with another's code", func(e *directory.Entry) {
			e.ID, e.Kind, e.ISO3, e.Host, e.SubRegion = "ZZ", directory.State, "KGZ", "", ""
		}, map[string]string{"iso3": "iso3-taken", "sub_region": "sub-region"}},
		{"an organisation with codes", func(e *directory.Entry) { e.ISO3 = "ABC" }, map[string]string{"iso3": "iso3"}},
		{"a host that is no State", func(e *directory.Entry) { e.Host = "spmu" }, map[string]string{"host": "host"}},
		{"a parent that is not there", func(e *directory.Entry) { e.Parent = "nowhere" }, map[string]string{"parent": "parent"}},
		{"its own parent", func(e *directory.Entry) { e.Parent = e.ID }, map[string]string{"parent": "parent"}},
		{"a region of its own", func(e *directory.Entry) { e.SubRegion = "atlantis" }, map[string]string{"sub_region": "sub-region"}},
		{"an address that runs", func(e *directory.Entry) { e.Website = "javascript:alert(1)" }, map[string]string{"website": "website"}},
		{
			"dates that are none", func(e *directory.Entry) { e.ValidFrom, e.ValidTo = "2012-13", "1.1.2013" },
			map[string]string{"valid_from": "date", "valid_to": "date"},
		},
		{
			"an end before the beginning", func(e *directory.Entry) { e.ValidFrom, e.ValidTo = "2012-05-02", "2012-04" },
			map[string]string{"valid_to": "date-order"},
		},
		{
			"two names from the same day", func(e *directory.Entry) { e.Names = append(e.Names, name("", "", "Other")) },
			map[string]string{"name_from.1": "name-twice"},
		},
		{
			"a name without English", func(e *directory.Entry) { e.Names[0].Long = lang.Names{lang.German: "Akademie"} },
			map[string]string{"long_en.0": "english"},
		},
		{
			"an abbreviation of nothing", func(e *directory.Entry) { e.Names[0].Short = lang.Names{lang.German: "PA"} },
			map[string]string{"long_de.0": "long"},
		},
		{"names and mandates without end", func(e *directory.Entry) {
			e.Mandate, e.Names[0].Long[lang.Russian] = long, long
		}, map[string]string{"mandate": "too-long", "long_ru.0": "too-long"}},
	}
}

func TestWrongFieldsAreNamedAllAtOnce(t *testing.T) {
	seeded(t, func(t *testing.T, db *store.DB) {
		for _, c := range wrongEntries() {
			t.Run(c.what, func(t *testing.T) {
				e := academy()
				c.change(&e)
				_, err := directory.Save(ctx, db, desk, e)
				expectInvalid(t, err, c.want)
			})
		}
		t.Run("a ring of parents", func(t *testing.T) {
			e := get(t, db, "secretariat")
			e.Parent = "spmu"
			_, err := directory.Save(ctx, db, desk, e)
			expectInvalid(t, err, map[string]string{"parent": "parent"})
		})
	})
}

func TestTheDatabaseItselfRefuses(t *testing.T) {
	seeded(t, func(t *testing.T, db *store.DB) {
		for what, stmt := range map[string]string{
			"an unknown kind":              "UPDATE directory_entry SET kind = 'country' WHERE id = 'spmu'",
			"an operation called a State":  "UPDATE directory_entry SET kind = 'state' WHERE id = 'spmu'",
			"a host that is no State":      "UPDATE directory_entry SET host = 'spmu' WHERE id = 'hcnm'",
			"a host that is not there":     "UPDATE directory_entry SET host = 'ZZ' WHERE id = 'hcnm'",
			"one code for two States":      "UPDATE directory_entry SET iso3 = 'KGZ' WHERE id = 'TJ'",
			"another State's label":        "UPDATE directory_entry SET state = 'KG' WHERE id = 'TJ'",
			"an entry that is not public":  "UPDATE directory_entry SET level = 2 WHERE id = 'TJ'",
			"an end before the beginning":  "UPDATE directory_entry SET valid_to = '2011' WHERE id = 'tntd'",
			"a name without English":       "DELETE FROM directory_name WHERE entry = 'TJ' AND lang = 'en'",
			"a name in a seventh language": "UPDATE directory_name SET lang = 'tg' WHERE entry = 'TJ' AND lang = 'fr'",
			"an entry gone that is host":   "DELETE FROM directory_entry WHERE id = 'TJ'",
		} {
			_, err := store.Write(ctx, db, desk, func(tx *store.Tx) (store.Event, error) {
				_, err := tx.Exec(ctx, stmt)
				return store.Event{Act: "test.forced"}, err
			})
			if !store.Refused(err) {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}
