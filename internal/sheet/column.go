package sheet

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"polis/internal/lang"
)

// Kind says what the cells of a column hold, and how Record gives it.
type Kind string

// The kinds of columns.
const (
	Text   Kind = "text"   // as it was typed
	Date   Kind = "date"   // a day: "2026-12-31"
	Number Kind = "number" // a decimal number: "-1234.5", without separators, an exponent or zeros at its end
	Whole  Kind = "whole"  // a number without a fraction: "1234"
	Choice Kind = "choice" // the ID of one of Column.Choices
	List   Kind = "list"   // several texts, or several of Column.Choices: divided by semicolons or lines, or else commas
)

// Column is one column of a table that is expected or written.
type Column struct {
	ID       string     // by which Record gives it; also a name that is accepted
	Names    lang.Names // what it is called; all of them are accepted
	Also     []string   // other names that are accepted
	Kind     Kind       // "" is Text
	Required bool       // the column must be there, with something in each row
	Choices  []Option   // for Choice and List
	Hint     lang.Names // what belongs into it, for the explanation of the template
	Example  string     // as Record gives it, for the explanation of the template
}

// Option is one of the values that a column may have.
type Option struct {
	ID    string     // also accepted
	Names lang.Names // all of them are accepted
	Also  []string   // other names that are accepted
}

// Named gives the names in all languages that a message has. Messages with placeholders are no names.
func Named(key string) lang.Names {
	names := lang.Names{}
	for _, t := range lang.All {
		names[t] = lang.For(t).T(key)
	}
	return names
}

// fold is what of a name counts: its letters and digits, without case and accents.
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKD.String(strings.ReplaceAll(name, "ß", "ss")))
}

// known finds things by their names. Where two have the same one, it is theirs in the order of strength: id, the
// reader's language, any other.
type known map[string]int

func (k known) add(name string, i int) {
	name = fold(name)
	if _, taken := k[name]; !taken && name != "" {
		k[name] = i
	}
}

// knownColumns are the columns by their names.
func knownColumns(columns []Column, reader lang.Tag) known {
	k := known{}
	for i, c := range columns {
		k.add(c.ID, i)
	}
	for i, c := range columns {
		k.add(c.Names[reader], i)
	}
	for i, c := range columns {
		k.addAll(c.Names, c.Also, i)
	}
	return k
}

// knownOptions are the choices by their names.
func knownOptions(options []Option, reader lang.Tag) known {
	k := known{}
	for i, o := range options {
		k.add(o.ID, i)
	}
	for i, o := range options {
		k.add(o.Names[reader], i)
	}
	for i, o := range options {
		k.addAll(o.Names, o.Also, i)
	}
	return k
}

func (k known) addAll(names lang.Names, also []string, i int) {
	for _, t := range lang.All {
		k.add(names[t], i)
	}
	for _, name := range also {
		k.add(name, i)
	}
}

// Doubts lists the names that two columns, or two choices of a column, share in any language, for the tests of
// whoever writes columns.
func Doubts(columns []Column) (doubts []string) {
	seen := map[string]string{}
	claim := func(where, name, id string) {
		if name = fold(name); name == "" {
			return
		}
		if other, taken := seen[where+name]; taken && other != id {
			doubts = append(doubts, fmt.Sprintf("%s%q is %s and %s", where, name, other, id))
		}
		seen[where+name] = id
	}
	each := func(where, id string, names lang.Names, also []string) {
		claim(where, id, id)
		for _, t := range lang.All {
			claim(where, names[t], id)
		}
		for _, name := range also {
			claim(where, name, id)
		}
	}
	for _, c := range columns {
		each("", c.ID, c.Names, c.Also)
		for _, o := range c.Choices {
			each(c.ID+": ", o.ID, o.Names, o.Also)
		}
	}
	return doubts
}
