package thesaurus

import (
	"slices"
	"testing"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// What is brought is looked at as a whole, before any database has a word in it.
func TestTheShippedThesaurus(t *testing.T) {
	e, err := brought()
	if err != nil {
		t.Fatal(err)
	}
	byID := map[string]Concept{}
	for _, d := range e.drafts {
		if byID[d.id].ID != "" {
			t.Errorf("%s stands there twice", d.id)
		}
		byID[d.id] = Concept{ID: d.id}.with(d.facts)
	}
	t.Run("it has four hundred concepts", func(t *testing.T) {
		if len(byID) < 400 {
			t.Errorf("it has %d", len(byID))
		}
	})
	t.Run("each has a name and a definition in six languages", func(t *testing.T) {
		for id, c := range byID {
			for _, l := range lang.All {
				if len(c.Labelled(l, Pref)) != 1 || len(c.Noted(l, Definition)) != 1 {
					t.Errorf("%s in %s: %q, %q", id, l, c.Labelled(l, Pref), c.Noted(l, Definition))
				}
			}
		}
	})
	t.Run("no label stands for two concepts, or twice for one", func(t *testing.T) {
		of := map[name]string{}
		for _, d := range e.drafts {
			for _, l := range byID[d.id].Labels {
				key := name{l.Lang, fold(l.Text)}
				if other := of[key]; other != "" && other != d.id {
					t.Errorf("%q in %s stands for %s and %s", l.Text, l.Lang, other, d.id)
				}
				of[key] = d.id
			}
		}
	})
	t.Run("relations lead to what is there, and upwards never around", func(t *testing.T) {
		g := graph{}
		for _, d := range e.drafts {
			c := byID[d.id]
			for _, id := range append(slices.Clone(c.Broader), c.Related...) {
				if byID[id].ID == "" {
					t.Errorf("%s leads to %s, which is not there", c.ID, id)
				}
			}
			if len(g.join(c.ID, c.Broader)) < len(c.Broader) {
				t.Errorf("%s stands above itself", c.ID)
			}
		}
		for id, c := range byID {
			for _, other := range c.Related {
				if g.reaches(id, other) || g.reaches(other, id) {
					t.Errorf("%s is related to %s, which stands above or below it", id, other)
				}
			}
		}
	})
	t.Run("the abbreviations of the field lead to their concepts", func(t *testing.T) {
		for _, l := range []Label{
			{"intelligence-led-policing", "ru", Alt, "ДПИ"},
			{"intelligence-led-policing", "ru", Alt, "ПДОДИ"},
			{"trafficking-in-human-beings", "en", Alt, "THB"},
		} {
			if !slices.Contains(byID[l.Concept].Labels, l) {
				t.Errorf("%q is missing from %s", l.Text, l.Concept)
			}
		}
		if !slices.ContainsFunc(e.drafts, func(d *draft) bool {
			return slices.Contains(d.facts, fact{string(Alt), "en", "VERLT"})
		}) {
			t.Error("VERLT is missing")
		}
	})
}

// made is an edition as small as a test needs.
func made(sum string, concepts ...Concept) edition {
	e := edition{sum: sum}
	for _, c := range concepts {
		e.drafts = append(e.drafts, &draft{uri: Space + c.ID, id: c.ID, facts: c.facts()})
	}
	return e
}

func named(id string, labels ...Label) Concept {
	return Concept{ID: id, Labels: append([]Label{{id, "en", Pref, id}}, labels...)}
}

func TestANewVersion(t *testing.T) {
	desk := access.Act("desk", access.DeskOfficer, "", "")
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		plant := func(e edition) {
			t.Helper()
			if err := e.plant(ctx, db); err != nil {
				t.Fatal(err)
			}
		}
		get := func(id string) Concept {
			t.Helper()
			c, err := Get(ctx, db, id)
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		above, below, gone := named("above"), named("below", Label{"below", "de", Pref, "unten"}, Label{"below", "en", Alt, "under"}), named("gone")
		below.Broader = []string{"above"}
		below.Notes = []Note{{Definition, "en", "first"}}
		plant(made("1", above, below, gone))
		c := get("below")
		c.Labels = append(slices.DeleteFunc(c.Labels, func(l Label) bool { return l.Text == "under" }), Label{"below", "ru", Pref, "внизу"})
		c.Notes = []Note{{Definition, "en", "ours"}}
		if _, err := Save(ctx, db, desk, c); err != nil {
			t.Fatal(err)
		}
		below.Labels = []Label{{"below", "en", Pref, "beneath"}, {"below", "de", Pref, "unter"}, {"below", "en", Alt, "under"}, {"below", "fr", Alt, "dessous"}}
		below.Notes[0].Text = "second"
		below.Broader, below.Related = nil, []string{"fresh"}
		plant(made("2", named("above"), below, named("fresh")))
		c = get("below")
		for what, is := range map[string]bool{
			"changes what nobody changed here":          c.Name("en") == "beneath" && c.Name("de") == "unter",
			"adds what is new":                          slices.Equal(c.Labelled("fr", Alt), []string{"dessous"}) && slices.Equal(c.Related, []string{"fresh"}),
			"takes out what it dropped":                 len(c.Broader) == 0,
			"leaves what was added here":                c.Name("ru") == "внизу",
			"leaves what was changed here":              slices.Equal(c.Noted("en", Definition), []string{"ours"}),
			"does not bring back what was taken out":    len(c.Labelled("en", Alt)) == 0,
			"lets what it dropped stay, out of use":     get("gone").Deprecated,
			"leaves what it does not change as it was":  get("above").Rev == 1,
			"makes relations that are seen from beyond": slices.Equal(get("fresh").Related, []string{"below"}),
		} {
			if !is {
				t.Errorf("it does not do this: it %s (%+v)", what, c)
			}
		}
		t.Run("is put in once", func(t *testing.T) {
			before := db.Seq()
			plant(made("2", named("above"), below, named("fresh")))
			if db.Seq() != before {
				t.Error("something was written")
			}
		})
	})
	t.Run("does not close a circle with what was changed here", func(t *testing.T) {
		storetest.Each(t, func(t *testing.T, db *store.DB) {
			ctx := t.Context()
			if err := made("1", named("a"), named("b")).plant(ctx, db); err != nil {
				t.Fatal(err)
			}
			a, _ := Get(ctx, db, "a")
			a.Broader = []string{"b"}
			if _, err := Save(ctx, db, desk, a); err != nil {
				t.Fatal(err)
			}
			b := named("b")
			b.Broader = []string{"a"}
			if err := made("2", named("a"), b).plant(ctx, db); err != nil {
				t.Fatal(err)
			}
			stored, err := Get(ctx, db, "b")
			if err != nil || len(stored.Broader) > 0 {
				t.Errorf("b stands below %v, %v", stored.Broader, err)
			}
		})
	})
}
