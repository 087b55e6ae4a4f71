package thesaurus

import (
	"cmp"
	"slices"

	"polis/internal/lang"
)

// fact is one thing that is said of a concept. What is the kind of a label or a
// note, "broader", "related", "notation", "deprecated", "replaced", or "match-"
// and its kind; Text a text, an id or a URI.
type fact struct {
	What string   `json:"what"`
	Lang lang.Tag `json:"lang,omitempty"`
	Text string   `json:"text"`
}

// single are the facts of which a concept has one, in each language.
var single = []string{string(Pref), string(Definition), "notation", "deprecated", "replaced"}

// slot is what a fact says something about: of a single one, its place.
func (f fact) slot() fact {
	if slices.Contains(single, f.What) {
		f.Text = ""
	}
	return f
}

// facts are all that is said of the concept, in a stable order.
func (c Concept) facts() []fact {
	var list []fact
	add := func(what string, t lang.Tag, text string) {
		if text != "" {
			list = append(list, fact{what, t, text})
		}
	}
	for _, l := range c.Labels {
		add(string(l.Kind), l.Lang, l.Text)
	}
	for _, n := range c.Notes {
		add(string(n.Kind), n.Lang, n.Text)
	}
	for _, id := range c.Broader {
		add("broader", "", id)
	}
	for _, id := range c.Related {
		add("related", "", id)
	}
	for _, m := range c.Matches {
		if m.Stage == Confirmed {
			add("match-"+m.Kind, "", m.URI)
		}
	}
	add("notation", "", c.Notation)
	if c.Deprecated {
		add("deprecated", "", "true")
	}
	add("replaced", "", c.ReplacedBy)
	return ordered(list)
}

// ordered sorts facts and takes doubles out.
func ordered(list []fact) []fact {
	slices.SortFunc(list, func(a, b fact) int {
		return cmp.Or(cmp.Compare(a.What, b.What), cmp.Compare(a.Lang, b.Lang), cmp.Compare(a.Text, b.Text))
	})
	return slices.Compact(list)
}

// with returns the concept saying these facts and no others. Matches that nobody
// has confirmed are no facts and stay.
func (c Concept) with(facts []fact) Concept {
	open := slices.DeleteFunc(slices.Clone(c.Matches), func(m Match) bool { return m.Stage == Confirmed })
	c.Labels, c.Notes, c.Broader, c.Related, c.Matches = nil, nil, nil, nil, nil
	c.Notation, c.Deprecated, c.ReplacedBy = "", false, ""
	for _, f := range facts {
		switch f.What {
		case string(Pref), string(Alt), string(Hidden):
			c.Labels = append(c.Labels, Label{c.ID, f.Lang, Kind(f.What), f.Text})
		case "broader":
			c.Broader = append(c.Broader, f.Text)
		case "related":
			c.Related = append(c.Related, f.Text)
		case "notation":
			c.Notation = f.Text
		case "deprecated":
			c.Deprecated = true
		case "replaced":
			c.ReplacedBy = f.Text
		case string(Definition), string(ScopeNote), string(Remark), string(Example):
			c.Notes = append(c.Notes, Note{NoteKind(f.What), f.Lang, f.Text})
		default:
			c.Matches = append(c.Matches, Match{f.Text, f.What[len("match-"):], Confirmed})
		}
	}
	for _, m := range open {
		if !slices.ContainsFunc(c.Matches, func(n Match) bool { return n.URI == m.URI }) {
			c.Matches = append(c.Matches, m)
		}
	}
	c.sort()
	return c
}

// merge brings a new version of the facts into those that stand: what the new
// version changed against the base is changed, unless it was changed here too.
func merge(now, base, next []fact) []fact {
	here, was, will := slots(now), slots(base), slots(next)
	var list []fact
	for slot, text := range here {
		old, known := was[slot]
		new, stays := will[slot]
		switch {
		case !known || text != old: // it was added or changed here
			list = append(list, slot.saying(text))
		case stays:
			list = append(list, slot.saying(new))
		}
	}
	for slot, text := range will {
		_, stands := here[slot]
		old, known := was[slot]
		if !stands && (!known || text != old && slot.Text == "") { // else it was taken out here
			list = append(list, slot.saying(text))
		}
	}
	return agreeing(list)
}

// slots puts each fact under its slot.
func slots(facts []fact) map[fact]string {
	m := make(map[fact]string, len(facts))
	for _, f := range facts {
		m[f.slot()] = f.Text
	}
	return m
}

func (f fact) saying(text string) fact {
	f.Text = text
	return f
}

// agreeing takes out what the rest of the facts forbid: a second label of the
// same text, a successor of what is in use.
func agreeing(list []fact) []fact {
	taken := map[fact]bool{}
	for _, kind := range []Kind{Pref, Alt, Hidden} {
		list = slices.DeleteFunc(list, func(f fact) bool {
			if f.What != string(kind) {
				return false
			}
			text := fact{Lang: f.Lang, Text: f.Text}
			if taken[text] {
				return true
			}
			taken[text] = true
			return false
		})
	}
	deprecated := slices.ContainsFunc(list, func(f fact) bool { return f.What == "deprecated" })
	list = slices.DeleteFunc(list, func(f fact) bool { return f.What == "replaced" && !deprecated })
	return ordered(list)
}
