package rdf

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// word reads letters.
func (t *turtle) word() (string, error) {
	var b strings.Builder
	for {
		r, err := t.peek()
		if err != nil {
			return "", err
		}
		if r|0x20 < 'a' || r|0x20 > 'z' || b.Len() > maxName {
			return b.String(), nil
		}
		b.WriteRune(r)
		_, _ = t.next()
	}
}

// named reads an IRI, in angles or with a prefix, a named blank node, or true
// and false.
func (t *turtle) named(r rune) (Term, error) {
	switch r {
	case '<':
		iri, err := t.iri()
		return Term{Kind: IRI, Value: iri}, err
	case '_':
		_, _ = t.next()
		if r, err := t.peek(); err != nil || r != ':' {
			return Term{}, either(err, t.wrong(r))
		}
		_, _ = t.next()
		name, err := t.local()
		if err == nil && name == "" {
			err = t.fault(Syntax, "_:")
		}
		return Term{Kind: Blank, Value: name}, err
	}
	return t.short()
}

// either is the first error, or the second where there is none.
func either(first, second error) error {
	if first != nil {
		return first
	}
	return second
}

// prefix reads a prefix with its colon.
func (t *turtle) prefix() (string, error) {
	var b strings.Builder
	for {
		r, err := t.peek()
		switch {
		case err != nil:
			return "", err
		case r == ':':
			_, err = t.next()
			return b.String(), err
		case b.Len() > maxName:
			return "", t.fault(Long, near(b.String()))
		case !nameRune(r) && r != '.':
			if b.Len() > 0 && r != 0 {
				return "", t.fault(Syntax, near(b.String()))
			}
			return "", t.wrong(r)
		}
		b.WriteRune(r)
		_, _ = t.next()
	}
}

// short reads prefix:name, or true and false.
func (t *turtle) short() (Term, error) {
	var b strings.Builder
	for {
		r, err := t.peek()
		if err != nil {
			return Term{}, err
		}
		if r == ':' {
			break
		}
		if !nameRune(r) && r != '.' || b.Len() > maxName {
			if word := b.String(); word == "true" || word == "false" {
				return Term{Kind: Literal, Value: word, Type: XSD + "boolean"}, nil
			}
			if b.Len() > 0 && r != 0 {
				return Term{}, t.fault(Syntax, near(b.String()))
			}
			return Term{}, t.wrong(r)
		}
		b.WriteRune(r)
		_, _ = t.next()
	}
	_, _ = t.next()
	space, ok := t.prefixes[b.String()]
	if !ok {
		return Term{}, t.fault(Prefix, near(b.String())+":")
	}
	name, err := t.local()
	return Term{Kind: IRI, Value: space + name}, err
}

// nameRune reports whether the rune may stand in a name.
func nameRune(r rune) bool {
	return r == '_' || r == '-' || r == 0xB7 || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r)
}

// local reads the name after a colon. A stop ends a sentence where nothing of
// the name follows it.
func (t *turtle) local() (string, error) {
	var b strings.Builder
	for {
		r, err := t.peek()
		if err != nil {
			return "", err
		}
		switch {
		case b.Len() > maxName:
			return "", t.fault(Long, near(b.String()))
		case nameRune(r), r == ':':
			b.WriteRune(r)
			_, _ = t.next()
		case r == '.':
			if !t.goesOn() {
				return b.String(), nil
			}
			b.WriteRune(r)
			_, _ = t.next()
		case r == '%':
			head, _ := t.in.Peek(3)
			if len(head) < 3 || !hex(head[1]) || !hex(head[2]) {
				return "", t.fault(Escape, "%")
			}
			b.Write(head)
			_, _ = t.in.Discard(3)
		case r == '\\':
			_, _ = t.next()
			if r, err = t.next(); err != nil {
				return "", err
			}
			if r == 0 || !strings.ContainsRune("_~.-!$&'()*+,;=/?#@%", r) {
				return "", t.fault(Escape, "\\")
			}
			b.WriteRune(r)
		default:
			return b.String(), nil
		}
	}
}

// goesOn reports whether a name goes on behind the stops that come.
func (t *turtle) goesOn() bool {
	head, _ := t.in.Peek(64)
	rest := strings.TrimLeft(string(head), ".")
	r, _ := utf8.DecodeRuneInString(rest)
	return rest != "" && (nameRune(r) || r == ':' || r == '%' || r == '\\')
}

func hex(b byte) bool { return b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'f' }

// iri reads <…> and resolves it.
func (t *turtle) iri() (string, error) {
	_, _ = t.next()
	var b strings.Builder
	for {
		r, err := t.next()
		switch {
		case err != nil:
			return "", err
		case r == '>':
			return t.resolve(b.String())
		case r == 0:
			return "", t.fault(Ended, "")
		case b.Len() > maxName:
			return "", t.fault(Long, near(b.String()))
		case r == '\\':
			if r, err = t.point(); err != nil {
				return "", err
			}
			b.WriteRune(r)
		case r <= ' ' || strings.ContainsRune("<\"{}|^`", r):
			return "", t.fault(Address, near(b.String()))
		default:
			b.WriteRune(r)
		}
	}
}

// resolve makes a relative IRI absolute.
func (t *turtle) resolve(ref string) (string, error) {
	iri, ok := resolve(t.base, ref)
	if !ok {
		return "", t.fault(Address, near(ref))
	}
	return iri, nil
}

// resolve makes ref absolute by the base, nil where there is none. An absolute
// one stays as it is written, to the letter.
func resolve(base *url.URL, ref string) (string, bool) {
	if base == nil || absolute(ref) {
		return ref, true
	}
	u, err := url.Parse(ref)
	if err != nil {
		return "", false
	}
	if base.Opaque != "" && strings.HasPrefix(ref, "#") { // urn:x with #y
		plain, _, _ := strings.Cut(base.String(), "#")
		return plain + ref, true
	}
	return base.ResolveReference(u).String(), true
}

// absolute reports whether the IRI begins with a scheme.
func absolute(ref string) bool {
	for i := range len(ref) {
		c := ref[i]
		switch {
		case c|0x20 >= 'a' && c|0x20 <= 'z':
		case i > 0 && (c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.'):
		default:
			return i > 0 && c == ':'
		}
	}
	return false
}

// point reads the rest of \uXXXX or \UXXXXXXXX.
func (t *turtle) point() (rune, error) {
	r, err := t.next()
	if err != nil {
		return 0, err
	}
	digits := map[rune]int{'u': 4, 'U': 8}[r]
	head, _ := t.in.Peek(digits)
	n, err := strconv.ParseUint(string(head), 16, 32)
	if digits == 0 || len(head) < digits || err != nil || n == 0 || !utf8.ValidRune(rune(n)) {
		return 0, t.fault(Escape, "\\"+strings.TrimSpace(string(r)))
	}
	_, _ = t.in.Discard(digits)
	return rune(n), nil
}

// literal reads a text in quotes with its language or datatype.
func (t *turtle) literal(quote rune) (Term, error) {
	text, err := t.quoted(quote)
	if err != nil {
		return Term{}, err
	}
	term := Term{Kind: Literal, Value: text}
	r, err := t.peek()
	switch {
	case err != nil:
		return Term{}, err
	case r == '@':
		_, _ = t.next()
		term.Lang, err = t.language()
		return term, err
	case r != '^':
		return term, nil
	}
	_, _ = t.next()
	if r, err = t.next(); err != nil || r != '^' {
		return Term{}, either(err, t.wrong(r))
	}
	if r, err = t.space(); err != nil {
		return Term{}, err
	}
	kind, err := t.named(r)
	if err == nil && kind.Kind != IRI {
		err = t.fault(Syntax, "^^")
	}
	term.Type = kind.Value
	return term, err
}

func (t *turtle) language() (string, error) {
	var b strings.Builder
	for {
		r, err := t.peek()
		if err != nil {
			return "", err
		}
		letter, digit := r|0x20 >= 'a' && r|0x20 <= 'z', r >= '0' && r <= '9' || r == '-'
		if b.Len() > 64 || !letter && (!digit || b.Len() == 0) {
			break
		}
		b.WriteRune(unicode.ToLower(r))
		_, _ = t.next()
	}
	if b.Len() == 0 || b.Len() > 64 {
		return "", t.fault(Syntax, "@")
	}
	return b.String(), nil
}

// quoted reads a text in one or three quotes of the kind.
func (t *turtle) quoted(quote rune) (string, error) {
	q := byte(quote)
	long := false
	if head, _ := t.in.Peek(3); len(head) == 3 && head[1] == q && head[2] == q {
		long = true
		_, _ = t.in.Discard(2)
	}
	_, _ = t.next()
	var b strings.Builder
	for {
		r, err := t.next()
		switch {
		case err != nil:
			return "", err
		case r == 0:
			return "", t.fault(Ended, near(b.String()))
		case b.Len() > maxLiteral:
			return "", t.fault(Long, near(b.String()))
		case r == '\\':
			if r, err = t.escape(); err != nil {
				return "", err
			}
			b.WriteRune(r)
		case r == quote && !long:
			return b.String(), nil
		case r == quote:
			if head, _ := t.in.Peek(2); len(head) == 2 && head[0] == q && head[1] == q {
				if more, _ := t.in.Peek(3); len(more) < 3 || more[2] != q { // a quote may stand before the last three
					_, _ = t.in.Discard(2)
					return b.String(), nil
				}
			}
			b.WriteRune(r)
		case (r == '\n' || r == '\r') && !long:
			t.line--
			return "", t.fault(Syntax, near(b.String()))
		default:
			b.WriteRune(r)
		}
	}
}

// escape reads what follows a backslash in a text.
func (t *turtle) escape() (rune, error) {
	r, err := t.peek()
	if err != nil {
		return 0, err
	}
	if r == 'u' || r == 'U' {
		return t.point()
	}
	_, _ = t.next()
	if i := strings.IndexRune(`tbnrf"'\`, r); r != 0 && i >= 0 {
		return rune("\t\b\n\r\f\"'\\"[i]), nil
	}
	return 0, t.fault(Escape, "\\"+strings.TrimSpace(string(r)))
}

// number reads an integer, a decimal or a double.
func (t *turtle) number() (Term, error) {
	var b strings.Builder
	kind := "integer"
	for {
		r, err := t.peek()
		if err != nil {
			return Term{}, err
		}
		head, _ := t.in.Peek(2)
		switch {
		case r >= '0' && r <= '9', (r == '+' || r == '-') && (b.Len() == 0 || strings.HasSuffix(strings.ToLower(b.String()), "e")):
		case r == '.' && kind == "integer" && len(head) == 2 && (head[1] >= '0' && head[1] <= '9' || head[1]|0x20 == 'e'):
			kind = "decimal"
		case r|0x20 == 'e' && kind != "double" && b.Len() > 0:
			kind = "double"
		default:
			if text := b.String(); !strings.ContainsAny(text, "0123456789") || strings.HasSuffix(strings.ToLower(text), "e") {
				return Term{}, t.wrong(r)
			}
			return Term{Kind: Literal, Value: b.String(), Type: XSD + kind}, nil
		}
		if b.Len() > maxName {
			return Term{}, t.fault(Long, "")
		}
		b.WriteRune(r)
		_, _ = t.next()
	}
}
