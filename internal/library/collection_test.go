package library_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/store"
)

// collection makes one that everybody may read, unless it says otherwise.
func collection(t *testing.T, l *library.Library, who access.Subject, label access.Label, documents ...string) string {
	t.Helper()
	id, err := l.Collect(ctx, who, library.CollectionDraft{Titles: lang.Names{"en": "First contact"}, Label: label})
	for _, d := range documents {
		err = errors.Join(err, l.AddToCollection(ctx, who, id, d, ""))
	}
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// order is what the reader finds in it, by the titles' first letters.
func order(t *testing.T, l *library.Library, who access.Subject, id string) string {
	t.Helper()
	list, err := l.Collected(ctx, who.Scope(), id)
	if err != nil {
		t.Fatal(err)
	}
	var letters []string
	for _, c := range list {
		rec, err := l.Get(ctx, all, c.Document)
		if err != nil {
			t.Fatal(err)
		}
		letters = append(letters, rec.Editions[0].Title)
	}
	return strings.Join(letters, "")
}

func TestCollections(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		var ids []string
		for _, title := range []string{"a", "b", "c", "d"} {
			level := access.Public
			if title == "b" {
				level = access.Official
			}
			ids = append(ids, create(t, l, desk, library.Draft{Level: level}, text("en", title, title)))
		}
		id := collection(t, l, desk, access.Label{}, ids...)

		t.Run("each reader finds what she may read, in the order, and so does the count", func(t *testing.T) {
			if got := order(t, l, desk, id) + " " + order(t, l, nobody, id); got != "abcd acd" {
				t.Error(got)
			}
			counts, err := l.CountCollected(ctx, nobody.Scope(), []string{id, "missing"})
			if err != nil || counts[id] != 3 || counts["missing"] != 0 {
				t.Error(counts, err)
			}
		})
		t.Run("who does not see everything orders what she sees, and the rest keeps its place", func(t *testing.T) {
			own := collection(t, l, expert, access.Label{}, ids[0], ids[2], ids[3])
			if err := l.AddToCollection(ctx, desk, own, ids[1], ""); err != nil { // a c d [b]
				t.Fatal(err)
			}
			if err := l.PlaceInCollection(ctx, desk, own, ids[1], 2); err != nil { // a [b] c d
				t.Fatal(err)
			}
			if err := l.PlaceInCollection(ctx, expert, own, ids[3], 1); err != nil {
				t.Fatal(err)
			}
			if got := order(t, l, desk, own) + " " + order(t, l, expert, own); got != "dbac dac" {
				t.Error(got)
			}
			for _, far := range []int{99, -7} {
				if err := l.PlaceInCollection(ctx, expert, own, ids[0], far); err != nil {
					t.Error(err)
				}
			}
			if err := l.PlaceInCollection(ctx, expert, own, ids[1], 1); !errors.Is(err, store.ErrNotFound) {
				t.Error(err)
			}
		})
		t.Run("only her own, and the desk’s all, may be changed", func(t *testing.T) {
			for _, who := range []access.Subject{expert, member, nobody} {
				for name, err := range map[string]error{
					"add":    l.AddToCollection(ctx, who, id, ids[0], "x"),
					"note":   l.Annotate(ctx, who, id, ids[0], "x"),
					"remove": l.TakeFromCollection(ctx, who, id, ids[0]),
					"place":  l.PlaceInCollection(ctx, who, id, ids[0], 2),
					"drop":   l.DropCollection(ctx, who, id),
					"say":    l.Recollect(ctx, who, id, 1, library.CollectionDraft{Titles: lang.Names{"en": "x"}}),
				} {
					if !errors.Is(err, library.ErrForbidden) {
						t.Errorf("%s: %s: %v", who.ID, name, err)
					}
				}
			}
			if _, err := l.Collect(ctx, member, library.CollectionDraft{Titles: lang.Names{"en": "x"}}); !errors.Is(err, library.ErrForbidden) {
				t.Error(err)
			}
			if err := l.AddToCollection(ctx, expert, collection(t, l, expert, access.Label{}), ids[1], ""); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("what she may not read goes into her collection: %v", err)
			}
		})
		t.Run("what is taken out of the library is out of the collection", func(t *testing.T) {
			rec, err := l.Get(ctx, all, ids[3])
			if err == nil {
				err = l.Withdraw(ctx, desk, ids[3], rec.Rev, "outdated")
			}
			if got := order(t, l, desk, id); err != nil || got != "abc" {
				t.Error(got, err)
			}
		})
		t.Run("a document that somebody cannot read does not move the collection in her list", func(t *testing.T) {
			before, err := l.Collection(ctx, all, id)
			if err == nil {
				err = l.Annotate(ctx, desk, id, ids[1], "for officials")
			}
			after, err2 := l.Collection(ctx, all, id)
			if err != nil || err2 != nil || !after.Updated.Equal(before.Updated) {
				t.Error(err, err2, before.Updated, after.Updated)
			}
		})
		t.Run("added twice is there once, and what is full says so", func(t *testing.T) {
			if err := l.AddToCollection(ctx, desk, id, ids[0], ""); !errors.Is(err, store.ErrUnchanged) {
				t.Log(err) // Write may say that nothing changed by nil
			}
			if got := order(t, l, desk, id); got != "abc" {
				t.Error(got)
			}
			_, err := store.Write(ctx, l.DB, system, func(tx *store.Tx) (store.Event, error) {
				for i := range library.MaxCollected {
					d := fmt.Sprintf("full-%d", i)
					for _, query := range []string{
						"INSERT INTO document (id, symbol, kind, dated, original, origin, licence, sample, confirmed, rev, created, updated, level, state, grp, owner, circle, was) SELECT '" + d + "', '', kind, dated, original, origin, licence, sample, confirmed, rev, created, updated, level, state, grp, owner, circle, was FROM document WHERE id = $1",
						"INSERT INTO collection_document (collection, document, n, note, added) SELECT '" + id + "', '" + d + "', 9, '', 1 FROM document WHERE id = $1",
					} {
						if _, err := tx.Exec(ctx, query, ids[0]); err != nil {
							return store.Event{}, err
						}
					}
				}
				return store.Event{Act: "test.filled"}, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			extra := create(t, l, desk, library.Draft{}, text("en", "extra", "e"))
			if err := l.AddToCollection(ctx, desk, id, extra, ""); !errors.Is(err, library.ErrFull) {
				t.Error(err)
			}
		})
	})
}

func TestWhoReadsACollection(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		draft := func(label access.Label) library.CollectionDraft {
			return library.CollectionDraft{Titles: lang.Names{"en": "Title", "ru": "Название"}, Label: label}
		}
		rev := func(id string) int64 {
			k, err := l.Collection(ctx, all, id)
			if err != nil {
				t.Fatal(err)
			}
			return k.Rev
		}
		t.Run("a new one is its owner’s, and she publishes it", func(t *testing.T) {
			id := collection(t, l, expert, access.Label{Level: access.Closed})
			if _, err := l.Collection(ctx, admin.Scope(), id); !errors.Is(err, store.ErrNotFound) {
				t.Error(err)
			}
			if err := l.Recollect(ctx, expert, id, rev(id), draft(access.Label{Level: access.Member})); err != nil {
				t.Fatal(err)
			}
			if k, err := l.Collection(ctx, member.Scope(), id); err != nil || k.Titles["ru"] != "Название" || k.Owner != "expert" {
				t.Error(k, err)
			}
			t.Run("further it is opened by those who may open documents, not by way of closing it first", func(t *testing.T) {
				if err := l.Recollect(ctx, expert, id, rev(id), draft(access.Label{})); !errors.Is(err, library.ErrLowering) {
					t.Error(err)
				}
				if err := l.Recollect(ctx, expert, id, rev(id), draft(access.Label{Level: access.Closed})); err != nil {
					t.Fatal(err)
				}
				if err := l.Recollect(ctx, expert, id, rev(id), draft(access.Label{})); !errors.Is(err, library.ErrLowering) {
					t.Error(err)
				}
			})
			other := collection(t, l, expert, access.Label{Level: access.Member})
			if err := l.Recollect(ctx, desk, other, rev(other), draft(access.Label{})); err != nil {
				t.Error(err)
			}
		})
		t.Run("nobody writes over what another one wrote meanwhile", func(t *testing.T) {
			id := collection(t, l, expert, access.Label{})
			var stale library.Stale
			if err := l.Recollect(ctx, expert, id, rev(id)-1, draft(access.Label{})); !errors.As(err, &stale) {
				t.Error(err)
			}
		})
		t.Run("bad words are refused with the field", func(t *testing.T) {
			for field, d := range map[string]library.CollectionDraft{
				"title-en": {Titles: lang.Names{"en": "  "}},
				"title-fr": {Titles: lang.Names{"en": "x"}, Abouts: lang.Names{"fr": "quoi"}},
				"title-de": {Titles: lang.Names{"de": strings.Repeat("x", 301)}},
				"about-en": {Titles: lang.Names{"en": "x"}, Abouts: lang.Names{"en": strings.Repeat("я", 5001)}},
				"title-xx": {Titles: lang.Names{"xx": "x"}},
				"level":    {Titles: lang.Names{"en": "x"}, Label: access.Label{Level: access.Closed, State: "KG", Group: "g"}},
			} {
				_, err := l.Collect(ctx, system, d)
				var wrong library.Invalid
				if !errors.As(err, &wrong) || wrong[field] == "" {
					t.Errorf("%s: %v", field, err)
				}
			}
			if _, err := l.Collect(ctx, desk, library.CollectionDraft{Titles: lang.Names{"en": "a\x00b\xff"}}); err != nil {
				t.Errorf("what no text may hold is left out: %v", err)
			}
		})
		t.Run("the list goes on from where it was", func(t *testing.T) {
			for range 5 {
				collection(t, l, desk, access.Label{})
			}
			seen, after := []string{}, library.Place{}
			for {
				list, more, err := l.Collections(ctx, nobody.Scope(), after, 2)
				if err != nil {
					t.Fatal(err)
				}
				for _, k := range list {
					if slices.Contains(seen, k.ID) {
						t.Error("twice")
					}
					seen = append(seen, k.ID)
				}
				if after = more; more == (library.Place{}) {
					break
				}
			}
			if len(seen) < 6 {
				t.Error(len(seen))
			}
		})
	})
}
