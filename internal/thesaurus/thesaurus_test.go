package thesaurus_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
	"polis/internal/store/storetest"
	"polis/internal/thesaurus"
	"polis/internal/thesaurus/rdf"
)

var (
	desk   = access.Act("desk", access.DeskOfficer, "", "")
	expert = access.Act("expert", access.Expert, "KG", "")
)

func export(t *testing.T, db *store.DB, f thesaurus.Format, scheme string) string {
	t.Helper()
	var out bytes.Buffer
	if err := thesaurus.Export(t.Context(), db, &out, f, scheme); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func bring(t *testing.T, db *store.DB, file string) thesaurus.Tally {
	t.Helper()
	tally, err := thesaurus.Import(t.Context(), db, desk, strings.NewReader(file), nil)
	if err != nil {
		t.Fatal(err)
	}
	return tally
}

func concept(t *testing.T, db *store.DB, id string) thesaurus.Concept {
	t.Helper()
	c, err := thesaurus.Get(t.Context(), db, id)
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	return c
}

func TestWhatGoesOutComesInTheSame(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		if err := thesaurus.Seed(ctx, db); err != nil {
			t.Fatal(err)
		}
		c := concept(t, db, "public-order")
		c.Deprecated, c.ReplacedBy, c.Notation = true, "riot", "1.2"
		c.Notes = append(c.Notes, thesaurus.Note{Kind: thesaurus.Remark, Lang: "en", Text: "Says \"so\" \\ and <more> &\nin two lines"})
		c.Labels = append(c.Labels, thesaurus.Label{Lang: "en", Kind: thesaurus.Hidden, Text: "pulbic order"})
		c.Matches = []thesaurus.Match{{URI: "http://eurovoc.europa.eu/1?a=b&c=d", Kind: "close", Stage: thesaurus.Confirmed}}
		if _, err := thesaurus.Save(ctx, db, desk, c); err != nil {
			t.Fatal(err)
		}
		for _, f := range []thesaurus.Format{thesaurus.Turtle, thesaurus.RDFXML} {
			file := export(t, db, f, "")
			if tally := bring(t, db, file); tally.New+tally.Changed+len(tally.Bad)+tally.Lost+tally.Foreign > 0 || tally.Same < 400 {
				t.Errorf("%s: the same file changed something: %+v", f, tally)
			}
			other := storetest.SQLite(t)
			if tally := bring(t, other, file); tally.New < 400 || len(tally.Bad) > 0 {
				t.Errorf("%s: into an empty place: %+v", f, tally)
			}
			if again := export(t, other, f, ""); again != file {
				t.Errorf("%s: it came out differently", f)
			}
		}
	})
}

const eurovoc = `<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:skos="http://www.w3.org/2004/02/skos/core#" xmlns:xl="http://www.w3.org/2008/05/skos-xl#">
<rdf:Description rdf:about="http://eurovoc.europa.eu/100141"><rdf:type rdf:resource="http://www.w3.org/2004/02/skos/core#ConceptScheme"/><skos:prefLabel xml:lang="en">EuroVoc</skos:prefLabel></rdf:Description>
<rdf:Description rdf:about="http://eurovoc.europa.eu/1">
  <rdf:type rdf:resource="http://www.w3.org/2004/02/skos/core#Concept"/>
  <skos:inScheme rdf:resource="http://eurovoc.europa.eu/100141"/><skos:inScheme rdf:resource="http://eurovoc.europa.eu/100200"/>
  <skos:prefLabel xml:lang="en">riot</skos:prefLabel><skos:prefLabel xml:lang="fr">émeute</skos:prefLabel><skos:prefLabel xml:lang="bg">бунт</skos:prefLabel>
  <xl:prefLabel rdf:resource="http://x/label1"/><xl:prefLabel rdf:resource="http://x/label2"/>
  <skos:broader rdf:resource="http://eurovoc.europa.eu/2"/><skos:related rdf:resource="http://eurovoc.europa.eu/99"/>
</rdf:Description>
<rdf:Description rdf:about="http://x/label1"><xl:literalForm xml:lang="en">other</xl:literalForm></rdf:Description>
<rdf:Description rdf:about="http://x/label2"><xl:literalForm xml:lang="de">Aufruhr</xl:literalForm></rdf:Description>
<skos:Concept rdf:about="http://eurovoc.europa.eu/2">
  <skos:inScheme rdf:resource="http://eurovoc.europa.eu/100141"/>
  <skos:prefLabel xml:lang="en-GB">behaviour</skos:prefLabel><skos:prefLabel xml:lang="en-US">behavior</skos:prefLabel>
  <skos:broader rdf:resource="http://eurovoc.europa.eu/1"/>
  <skos:definition><rdf:Description><rdf:value xml:lang="en">How one acts.</rdf:value></rdf:Description></skos:definition>
</skos:Concept>
<skos:Concept rdf:about="http://eurovoc.europa.eu/3"><skos:inScheme rdf:resource="http://eurovoc.europa.eu/100141"/><skos:prefLabel xml:lang="bg">нещо</skos:prefLabel></skos:Concept>
</rdf:RDF>`

func TestAnotherVocabulary(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if err := thesaurus.Seed(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		tally := bring(t, db, eurovoc)
		one, two := concept(t, db, "eurovoc.1"), concept(t, db, "eurovoc.2")
		t.Run("stands beside ours under its own name", func(t *testing.T) {
			if one.Scheme != "eurovoc" || tally.New != 2 || !slices.Equal(tally.Schemes, []string{"eurovoc"}) {
				t.Errorf("%+v, %+v", one, tally)
			}
		})
		t.Run("labels of SKOS-XL count where there is no plain one", func(t *testing.T) {
			if one.Name("en") != "riot" || one.Name("de") != "Aufruhr" || slices.Contains(one.Labelled("en", thesaurus.Alt), "other") {
				t.Errorf("%+v", one.Labels)
			}
		})
		t.Run("the second spelling of a language is another name", func(t *testing.T) {
			if two.Name("en") != "behaviour" || !slices.Equal(two.Labelled("en", thesaurus.Alt), []string{"behavior"}) {
				t.Errorf("%+v", two.Labels)
			}
		})
		t.Run("a definition may be a node with a value", func(t *testing.T) {
			if !slices.Equal(two.Noted("en", thesaurus.Definition), []string{"How one acts."}) {
				t.Errorf("%+v", two.Notes)
			}
		})
		t.Run("other languages and relations to nowhere are counted and left out", func(t *testing.T) {
			if tally.Foreign != 2 || tally.Lost != 1 {
				t.Errorf("%+v", tally)
			}
		})
		t.Run("a circle is cut and named, as is a concept without a name", func(t *testing.T) {
			whats := map[string]int{}
			for _, b := range tally.Bad {
				whats[b.What] = b.Line
			}
			if whats["unlabelled"] != 19 || whats["circle"] == 0 || len(one.Broader)+len(two.Broader) != 1 {
				t.Errorf("%+v, above: %v %v", tally.Bad, one.Broader, two.Broader)
			}
		})
		t.Run("what has the same names is proposed as the same, and a person decides", func(t *testing.T) {
			if m := concept(t, db, "riot").Matches; tally.Proposed != 1 || len(m) != 1 || m[0].Stage != thesaurus.Proposed {
				t.Fatalf("%+v, %+v", tally, m)
			}
			if err := thesaurus.Decide(t.Context(), db, desk, "riot", one.URI, thesaurus.Confirmed); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(export(t, db, thesaurus.Turtle, thesaurus.Policing), "skos:exactMatch <"+one.URI+">") {
				t.Error("it is not given out")
			}
		})
		t.Run("the same file again changes nothing", func(t *testing.T) {
			before := db.Seq()
			if again := bring(t, db, eurovoc); again.New+again.Changed+again.Proposed > 0 || again.Same != 2 || db.Seq() != before {
				t.Errorf("%+v", again)
			}
		})
	})
}

func TestAFileThatIsBroken(t *testing.T) {
	db := storetest.SQLite(t)
	t.Run("changes nothing and says where it is broken", func(t *testing.T) {
		_, err := thesaurus.Import(t.Context(), db, desk, strings.NewReader("@prefix s: <http://www.w3.org/2004/02/skos/core#> .\n<urn:x:a> a s:Concept ; s:prefLabel \"a\"@en .\n<urn:x:b> a s:Concept ; ! ."), nil)
		var fault *rdf.Fault
		if !errors.As(err, &fault) || fault.Line != 3 {
			t.Errorf("got %v", err)
		}
		if _, err := thesaurus.ByURI(t.Context(), db, "urn:x:a"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("something was stored: %v", err)
		}
	})
	t.Run("is not taken from those who may not change the thesaurus", func(t *testing.T) {
		if _, err := thesaurus.Import(t.Context(), db, expert, strings.NewReader(""), nil); !errors.Is(err, thesaurus.ErrForbidden) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("with addresses that are none names them", func(t *testing.T) {
		tally := bring(t, db, "@prefix s: <http://www.w3.org/2004/02/skos/core#> .\n<rel> a s:Concept ; s:prefLabel \"a\"@en .\n<urn:x:c> a s:Concept ; s:prefLabel \"c\\u200b\"@en .")
		if len(tally.Bad) != 1 || tally.Bad[0].What != "address" || tally.Bad[0].Line != 2 {
			t.Errorf("%+v", tally)
		}
	})
}

func TestSave(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		label := func(l lang.Tag, k thesaurus.Kind, text string) thesaurus.Label {
			return thesaurus.Label{Lang: l, Kind: k, Text: text}
		}
		first, err := thesaurus.Save(ctx, db, desk, thesaurus.Concept{Labels: []thesaurus.Label{label("en", "pref", "Body-worn  camera"), label("ru", "alt", "видеорегистратор")}})
		if err != nil {
			t.Fatal(err)
		}
		t.Run("a new concept has its id from its English name", func(t *testing.T) {
			if first.ID != "body-worn-camera" || first.URI != thesaurus.Space+first.ID || first.Name("en") != "Body-worn camera" || first.Rev != 1 {
				t.Errorf("%+v", first)
			}
		})
		second, err := thesaurus.Save(ctx, db, desk, thesaurus.Concept{Labels: []thesaurus.Label{label("en", "pref", "camera")}, Broader: []string{first.ID}})
		if err != nil {
			t.Fatal(err)
		}
		refused := func(name, field, key string, c thesaurus.Concept) {
			t.Run(name, func(t *testing.T) {
				before, _ := thesaurus.Revision(ctx, db)
				_, err := thesaurus.Save(ctx, db, desk, c)
				var v thesaurus.Invalid
				if !errors.As(err, &v) || v[field] != "thesaurus.error."+key {
					t.Errorf("got %v", err)
				}
				if after, _ := thesaurus.Revision(ctx, db); after != before {
					t.Error("something was written")
				}
			})
		}
		around := concept(t, db, first.ID)
		around.Broader = []string{second.ID}
		refused("a circle is refused", "broader", "circle", around)
		self := second
		self.Related = []string{second.ID}
		refused("a relation to itself is refused", "related", "itself", self)
		nowhere := second
		nowhere.Related = []string{"nowhere"}
		refused("a relation to nothing is refused", "related", "unknown", nowhere)
		refused("a name of another concept is refused", "pref.ru", "taken", thesaurus.Concept{Labels: []thesaurus.Label{label("en", "pref", "x"), label("ru", "pref", "Видеорегистратор")}})
		refused("a concept without an English name is refused", "pref.en", "no-name", thesaurus.Concept{Labels: []thesaurus.Label{label("ru", "pref", "имя")}})
		t.Run("what was changed meanwhile is not overwritten", func(t *testing.T) {
			c := second
			c.Notes = []thesaurus.Note{{Kind: thesaurus.Definition, Lang: "en", Text: "One"}}
			if _, err := thesaurus.Save(ctx, db, desk, c); err != nil {
				t.Fatal(err)
			}
			c.Notes[0].Text = "Two"
			var stale thesaurus.Stale
			if _, err := thesaurus.Save(ctx, db, desk, c); !errors.As(err, &stale) || stale.Current.Rev != 2 {
				t.Errorf("got %v", err)
			}
		})
		t.Run("an expert may not change it", func(t *testing.T) {
			if _, err := thesaurus.Save(ctx, db, expert, second); !errors.Is(err, thesaurus.ErrForbidden) {
				t.Errorf("got %v", err)
			}
		})
	})
}

func FuzzImport(f *testing.F) {
	f.Add("@prefix s: <http://www.w3.org/2004/02/skos/core#> .\n<urn:x:a> a s:Concept ; s:prefLabel \"a\"@en ; s:broader <urn:x:a> .")
	f.Add(eurovoc)
	f.Fuzz(func(t *testing.T, file string) {
		db := storetest.SQLite(t)
		_, err := thesaurus.Import(t.Context(), db, desk, strings.NewReader(file), nil)
		var fault *rdf.Fault
		if err != nil && !errors.As(err, &fault) {
			t.Fatalf("a broken file is no fault: %v", err)
		}
		if err != nil {
			return
		}
		out := export(t, db, thesaurus.Turtle, "")
		if again := bring(t, db, out); again.New+again.Changed > 0 {
			t.Fatalf("it came out differently: %+v\n%s", again, out)
		}
	})
}
