package lang

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	numbers "golang.org/x/text/message"
)

// Printer speaks one language. It is safe for concurrent use.
type Printer struct {
	tag       Tag
	index     int // of the language in All, and so in each message
	voice     *voice
	catalogue map[string]*message
	numbers   *numbers.Printer
	forms     forms
	collators sync.Pool
}

// printers are made once, with the catalogue.
var printers = sync.OnceValue(func() []*Printer {
	all := make([]*Printer, len(All))
	for i, t := range All {
		all[i] = newPrinter(i, t)
	}
	return all
})

func newPrinter(index int, t Tag) *Printer {
	standard := language.Make(string(t))
	p := &Printer{
		tag:       t,
		index:     index,
		voice:     &voices[index],
		catalogue: catalogue(),
		numbers:   numbers.NewPrinter(standard),
		forms:     formsOf(t),
	}
	// A collator keeps its working state in itself, so each comparison takes one.
	p.collators.New = func() any { return collate.New(standard, collate.Numeric, collate.Force) }
	return p
}

// For returns the printer of the language, or the English one for a language
// that POLIS does not speak. The first call reads the catalogue; every other
// costs nothing.
func For(t Tag) *Printer {
	return printers()[max(0, slices.Index(All, t))]
}

// Tag is the language that the printer speaks.
func (p *Printer) Tag() Tag { return p.tag }

// T returns the message under the key in the reader's language. args are pairs
// of a name and a value: each {name} in the text is replaced by its value,
// numbers, times (as dates), Names and lists written as the language writes
// them, and the number "n" chooses the plural form. A year or any other number
// that is a name must come as a string, or it is grouped ("2,026").
//
// What is missing stays visible: an unknown key comes back as "⟦key⟧", a
// placeholder without its argument as "{name}". The text is plain, never HTML.
func (p *Printer) T(key string, args ...any) string {
	m := p.catalogue[key]
	if m == nil {
		return "⟦" + key + "⟧"
	}
	x := &m[p.index]
	s := x.other
	if x.plural != nil {
		if n, ok := argument(args, "n"); ok {
			s = cmp.Or(x.plural[p.forms.of(n)], s)
		}
	}
	if len(args) == 0 {
		return s
	}
	return p.fill(s, args)
}

// fill puts the arguments into the placeholders of s. A value is not looked
// through for placeholders again.
func (p *Printer) fill(s string, args []any) string {
	if strings.IndexByte(s, '{') < 0 {
		return s
	}
	var b strings.Builder
	for {
		before, rest, _ := strings.Cut(s, "{")
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(before)
		if v, ok := argument(args, name); ok {
			b.WriteString(p.write(v))
		} else {
			b.WriteString("{" + name + "}")
		}
		s = after
	}
}

// argument finds the value that follows the name.
func argument(args []any, name string) (any, bool) {
	for i := 0; i+1 < len(args); i += 2 {
		if s, ok := args[i].(string); ok && s == name {
			return args[i+1], true
		}
	}
	return nil, false
}

// write renders an argument's value in the language.
func (p *Printer) write(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case time.Time:
		return p.Date(v)
	case Names:
		return v.In(p.tag)
	case []string:
		return p.List(v)
	case nil:
		return ""
	}
	if isNumber(v) {
		return p.Number(v)
	}
	return fmt.Sprint(v)
}

// List joins the items as a sentence does: "a, b and c".
func (p *Printer) List(items []string) string {
	switch len(items) {
	case 0:
		return ""
	case 1:
		return items[0]
	}
	last := items[len(items)-1]
	and := p.voice.and
	if p.tag == Spanish && startsWithI(last) {
		and = "e"
	}
	return strings.Join(items[:len(items)-1], ", ") + " " + and + " " + last
}

// startsWithI reports whether Spanish says "e" and not "y" before the word:
// it begins with the sound i, not with a diphthong ("agua y hielo").
func startsWithI(word string) bool {
	word = strings.TrimPrefix(strings.ToLower(word), "h")
	rest, ok := strings.CutPrefix(word, "i")
	if !ok {
		return strings.HasPrefix(word, "í")
	}
	return rest == "" || !strings.ContainsRune("aeoáéó", []rune(rest)[0])
}

// Compare orders a and b as the reader's dictionary does (negative, 0 or
// positive), numbers in them by their value: "Annex 2" before "Annex 10".
// Only equal strings compare as 0.
func (p *Printer) Compare(a, b string) int {
	c := p.collators.Get().(*collate.Collator)
	defer p.collators.Put(c)
	return c.CompareString(a, b)
}
