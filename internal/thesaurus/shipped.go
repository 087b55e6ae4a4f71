package thesaurus

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"polis/internal/access"
	"polis/internal/store"
	"polis/internal/thesaurus/rdf"
)

// The thesaurus of policing, written for this program.
//
//go:embed policing/*.ttl
var policing embed.FS

// shippedKey is the setting with the SHA-256 of the version that was put in last.
const shippedKey = "thesaurus.shipped"

// shipped is the SHA-256 of the program's own thesaurus: it says without reading it
// whether it is in already.
var shipped = sync.OnceValues(func() (string, error) {
	sum := sha256.New()
	err := eachShipped(func(_ string, text []byte) error {
		sum.Write(text)
		return nil
	})
	return hex.EncodeToString(sum.Sum(nil)), err
})

func eachShipped(look func(name string, text []byte) error) error {
	names, err := fs.Glob(policing, "policing/*.ttl")
	if err != nil {
		return err
	}
	for _, name := range names {
		text, err := policing.ReadFile(name)
		if err != nil {
			return err
		}
		if err := look(name, text); err != nil {
			return err
		}
	}
	return nil
}

// brought reads the program's own thesaurus.
func brought() (edition, error) {
	sum, err := shipped()
	if err != nil {
		return edition{}, err
	}
	s := &sheet{nodes: map[string]*node{}}
	err = eachShipped(func(name string, text []byte) error {
		for t, err := range rdf.Turtle(bytes.NewReader(text)) {
			if err == nil {
				err = s.add(t)
			}
			if err != nil {
				return fmt.Errorf("thesaurus: %s: %w", name, err)
			}
		}
		return nil
	})
	if err != nil {
		return edition{}, err
	}
	e := edition{sum: sum, drafts: s.drafts()}
	for _, d := range e.drafts {
		d.id = strings.TrimPrefix(d.uri, Space)
		for i, f := range d.facts {
			if f.What == "broader" || f.What == "related" || f.What == "replaced" {
				d.facts[i].Text = strings.TrimPrefix(f.Text, Space)
			}
		}
		d.facts = ordered(d.facts)
	}
	return e, nil
}

// edition is one version of the program's own thesaurus.
type edition struct {
	sum    string
	drafts []*draft
}

// Seed puts the program's own thesaurus in. It does so once for each version of
// it, and changes only what was not changed here since the version before.
func Seed(ctx context.Context, db *store.DB) error {
	sum, err := shipped()
	if err != nil {
		return err
	}
	if have, err := db.Setting(ctx, shippedKey); err != nil || have == sum {
		return err
	}
	e, err := brought()
	if err != nil {
		return err
	}
	return e.plant(ctx, db)
}

func (e edition) plant(ctx context.Context, db *store.DB) error {
	have, err := db.Setting(ctx, shippedKey)
	if err != nil || have == e.sum {
		return err
	}
	who := access.System("thesaurus")
	_, err = store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		// Another node may have been quicker.
		n, err := store.Get[int64](ctx, tx, who.Scope(), "SELECT COUNT(*) FROM setting WHERE {scope} AND name = $1 AND value = $2", shippedKey, e.sum)
		if err != nil {
			return store.Event{}, err
		}
		if n > 0 {
			return store.Event{}, store.ErrUnchanged
		}
		added, changed, err := e.put(ctx, tx)
		if err != nil {
			return store.Event{}, err
		}
		return store.Event{Act: "thesaurus.seeded", Object: Policing, Data: map[string]int{"added": added, "changed": changed}},
			tx.Set(ctx, shippedKey, e.sum)
	})
	if err != nil {
		return fmt.Errorf("thesaurus: seed: %w", err)
	}
	return nil
}

// put writes what is new or changed, and returns how much that was.
func (e edition) put(ctx context.Context, tx *store.Tx) (added, changed int, err error) {
	if err := putScheme(ctx, tx, Scheme{ID: Policing, URI: SchemeURI, Title: "Thesaurus of policing"}); err != nil {
		return 0, 0, err
	}
	here := map[string]Concept{}
	for c, err := range All(ctx, tx, Policing) {
		if err != nil {
			return 0, 0, err
		}
		here[c.ID] = c
	}
	var list []Concept
	for _, d := range e.drafts {
		c, known := here[d.id]
		next := d.facts
		if !known {
			c = Concept{ID: d.id, URI: d.uri, Scheme: Policing}
			added++
		} else {
			var base []fact
			if err := json.Unmarshal([]byte(cmp.Or(c.shipped, "[]")), &base); err != nil {
				return 0, 0, fmt.Errorf("what was shipped of %s: %w", c.ID, err)
			}
			next = merge(c.facts(), base, d.facts)
		}
		shipped := store.JSON(d.facts)
		if known && shipped == c.shipped {
			continue
		}
		c = c.with(next)
		c.Rev, c.shipped = c.Rev+1, shipped
		list = append(list, c)
	}
	list = append(list, e.dropped(here)...)
	changed = len(list) - added
	list, err = e.sound(ctx, tx, list)
	if err != nil {
		return 0, 0, err
	}
	if err := put(ctx, tx, list); err != nil {
		return 0, 0, err
	}
	if err := relate(ctx, tx, list); err != nil {
		return 0, 0, err
	}
	return added, changed, moved(ctx, tx)
}

// dropped are the concepts that an earlier version brought and this one does not:
// documents may be indexed with them, so they stay, out of use.
func (e edition) dropped(here map[string]Concept) []Concept {
	for _, d := range e.drafts {
		delete(here, d.id)
	}
	var list []Concept
	for _, c := range here {
		if c.shipped != "" && !c.Deprecated {
			c.Deprecated, c.shipped, c.Rev = true, "", c.Rev+1
			list = append(list, c)
		}
	}
	return list
}

// sound takes out relations that what was changed here makes impossible: to a
// concept that is no more, or around in a circle.
func (e edition) sound(ctx context.Context, tx *store.Tx, list []Concept) ([]Concept, error) {
	g, err := readGraph(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		g.forget(c.ID)
	}
	for i := range list {
		list[i].Broader = g.join(list[i].ID, list[i].Broader)
	}
	return list, nil
}
