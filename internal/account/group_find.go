package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/store"
)

// GroupFilter chooses among groups; its zero value chooses those that go on.
type GroupFilter struct {
	Kind  GroupKind
	Theme string // with those that belong to it
	Words string // stand in the name, in any letters
	Mine  bool   // of which the caller is a member
	Ended bool   // archives instead
}

// maxSifted is how many groups a search by words looks through.
const maxSifted = 5000

// FindGroups lists groups of which the subject may know by name, from behind the one
// with the id after on; more is the last one's id where others follow.
func FindGroups(ctx context.Context, q store.Reader, who access.Subject, f GroupFilter, after string, limit int) (list []Group, more string, err error) {
	var c condition
	c.choose(f, who, q)
	if err := c.behind(ctx, q, who, after); err != nil {
		return nil, "", err
	}
	words, most := wordsOf(f.Words), limit+1
	if len(words) > 0 {
		most = maxSifted
	}
	scope, args := groupScope(who), c.args
	args = append(args, most)
	for g, err := range store.Rows[Group](ctx, q, scope, fmt.Sprintf("SELECT %s FROM circle g WHERE {scope g} AND %s ORDER BY g.name, g.id LIMIT $%d",
		prefixed("g", groupColumns), strings.Join(c.all, " AND "), len(args)), args...) {
		if err != nil {
			return nil, "", err
		}
		if !named(words, g.Name) {
			continue
		}
		if len(list) == limit {
			return list, list[limit-1].ID, nil
		}
		list = append(list, g)
	}
	return list, "", nil
}

func (c *condition) choose(f GroupFilter, who access.Subject, q store.Reader) {
	ended := "g.ended = 0"
	if f.Ended {
		ended = "g.ended > 0"
	}
	c.add(ended)
	if f.Kind != "" {
		c.add("g.kind = " + c.bind(string(f.Kind)))
	}
	if f.Theme != "" {
		c.add(fmt.Sprintf("g.id IN (SELECT grp FROM circle_theme WHERE theme = %s OR theme >= %s AND theme < %s)", c.bind(f.Theme), c.bind(f.Theme+"/"), c.bind(f.Theme+"0"))) // '0' follows '/'
	}
	if f.Mine {
		c.add(fmt.Sprintf(`g.id IN (SELECT m.grp FROM membership m JOIN vouching v ON v.id = m.vouching
			WHERE m.person = %s AND v.ended = 0 AND v.until > %s)`, c.bind(who.ID), c.bind(nowOf(q))))
	}
}

// behind goes on after a group. One that is not there any more begins anew.
func (c *condition) behind(ctx context.Context, q store.Reader, who access.Subject, after string) error {
	if after == "" {
		return nil
	}
	g, err := GetGroup(ctx, q, who, after)
	if err == nil {
		c.add(fmt.Sprintf("(g.name, g.id) > (%s, %s)", c.bind(g.Name), c.bind(g.ID)))
	}
	return orNotFound(err)
}

// orNotFound takes an absence for nothing.
func orNotFound(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// named reports whether each of the words begins a word of the name.
func named(words []string, name string) bool {
	if len(words) == 0 {
		return true
	}
	own := wordsOf(name)
	for _, w := range words {
		if !slices.ContainsFunc(own, func(o string) bool { return strings.HasPrefix(o, w) }) {
			return false
		}
	}
	return true
}
