package rdf

import (
	"bufio"
	"errors"
	"io"
	"iter"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Turtle reads a file in Turtle 1.1, of which N-Triples are a part. After an
// error, a *Fault or the reader's own, it ends.
func Turtle(r io.Reader) iter.Seq2[Triple, error] {
	return func(yield func(Triple, error) bool) {
		t := &turtle{in: bufio.NewReaderSize(r, 64<<10), line: 1, prefixes: map[string]string{}, yield: yield}
		t.skipMark()
		err := t.document()
		if err != nil && !errors.Is(err, errEnough) {
			yield(Triple{}, err)
		}
	}
}

// errEnough ends the reading where the caller wants no more.
var errEnough = errors.New("rdf: enough")

// turtle reads one file.
type turtle struct {
	in       *bufio.Reader
	line     int
	prefixes map[string]string
	base     *url.URL
	blanks   int
	depth    int
	yield    func(Triple, error) bool
}

// skipMark passes over the byte order mark that editors put before UTF-8.
func (t *turtle) skipMark() {
	if head, err := t.in.Peek(3); err == nil && string(head) == "\uFEFF" {
		_, _ = t.in.Discard(3)
	}
}

func (t *turtle) fault(what, near string) error {
	return &Fault{Line: t.line, What: what, Near: near}
}

// next takes a rune; 0 at the end of the file.
func (t *turtle) next() (rune, error) {
	r, size, err := t.in.ReadRune()
	switch {
	case errors.Is(err, io.EOF):
		return 0, nil
	case err != nil:
		return 0, err
	case r == utf8.RuneError && size == 1, r == 0:
		return 0, t.fault(Encoding, "")
	case r == '\n':
		t.line++
	}
	return r, nil
}

// peek shows the rune that comes; 0 at the end of the file.
func (t *turtle) peek() (rune, error) {
	r, size, err := t.in.ReadRune()
	switch {
	case errors.Is(err, io.EOF):
		return 0, nil
	case err != nil:
		return 0, err
	case r == utf8.RuneError && size == 1, r == 0:
		return 0, t.fault(Encoding, "")
	}
	return r, t.in.UnreadRune()
}

// space passes over white space and comments, and shows what comes then.
func (t *turtle) space() (rune, error) {
	for {
		r, err := t.peek()
		if err != nil {
			return 0, err
		}
		switch r {
		case ' ', '\t', '\r', '\n':
			_, err = t.next()
		case '#':
			for r != '\n' && r != 0 && err == nil {
				r, err = t.next()
			}
		default:
			return r, nil
		}
		if err != nil {
			return 0, err
		}
	}
}

// expect takes the sign, after white space.
func (t *turtle) expect(sign rune) error {
	r, err := t.space()
	if err != nil {
		return err
	}
	if r != sign {
		return t.wrong(r)
	}
	_, err = t.next()
	return err
}

// wrong is the fault of a rune that may not stand here.
func (t *turtle) wrong(r rune) error {
	if r == 0 {
		return t.fault(Ended, "")
	}
	return t.fault(Syntax, string(r))
}

func (t *turtle) document() error {
	for {
		r, err := t.space()
		if err != nil || r == 0 {
			return err
		}
		if err := t.statement(r); err != nil {
			return err
		}
	}
}

// statement reads a directive or the triples of one subject.
func (t *turtle) statement(r rune) error {
	if r == '@' {
		_, _ = t.next()
		word, err := t.word()
		if err != nil {
			return err
		}
		if word != "prefix" && word != "base" {
			return t.fault(Syntax, "@"+word)
		}
		if err := t.directive(word); err != nil {
			return err
		}
		return t.expect('.')
	}
	if r == 'p' || r == 'P' || r == 'b' || r == 'B' {
		head, _ := t.in.Peek(7)
		for _, word := range []string{"prefix", "base"} {
			n := len(word)
			if len(head) > n && strings.EqualFold(string(head[:n]), word) && strings.ContainsRune(" \t\r\n", rune(head[n])) {
				_, _ = t.in.Discard(n)
				return t.directive(word)
			}
		}
	}
	return t.triples(r)
}

func (t *turtle) directive(word string) error {
	prefix := ""
	if word == "prefix" {
		if _, err := t.space(); err != nil {
			return err
		}
		var err error
		if prefix, err = t.prefix(); err != nil {
			return err
		}
	}
	if r, err := t.space(); err != nil {
		return err
	} else if r != '<' {
		return t.wrong(r)
	}
	iri, err := t.iri()
	if err != nil {
		return err
	}
	if word == "base" {
		t.base, err = url.Parse(iri)
		if err != nil {
			return t.fault(Address, near(iri))
		}
		return nil
	}
	if len(t.prefixes) >= maxNames {
		return t.fault(Long, "")
	}
	t.prefixes[prefix] = iri
	return nil
}

// triples reads what is said of one subject.
func (t *turtle) triples(r rune) error {
	subject, bare, err := t.subject(r)
	if err != nil {
		return err
	}
	if r, err = t.space(); err != nil {
		return err
	}
	if bare && r == '.' { // [ … ] . says all between its brackets
		_, err = t.next()
		return err
	}
	if err := t.properties(subject, '.'); err != nil {
		return err
	}
	return t.expect('.')
}

// subject reads a subject; bare is true of one in brackets.
func (t *turtle) subject(r rune) (Term, bool, error) {
	switch r {
	case '[':
		term, err := t.bracket()
		return term, true, err
	case '(':
		term, err := t.collection()
		return term, false, err
	case '"', '\'', '+', '-':
		return Term{}, false, t.wrong(r)
	}
	term, err := t.named(r)
	return term, false, err
}

// properties reads predicates with their objects up to the sign that ends them,
// which it leaves.
func (t *turtle) properties(subject Term, end rune) error {
	for {
		r, err := t.space()
		if err != nil {
			return err
		}
		predicate, err := t.predicate(r)
		if err != nil {
			return err
		}
		if err := t.objects(subject, predicate); err != nil {
			return err
		}
		more := false
		for { // several semicolons are one, and the last may have nothing behind it
			if r, err = t.space(); err != nil {
				return err
			}
			if r != ';' {
				break
			}
			more = true
			_, _ = t.next()
		}
		switch {
		case r == end:
			return nil
		case !more:
			return t.wrong(r)
		}
	}
}

func (t *turtle) predicate(r rune) (string, error) {
	if r == 'a' {
		if head, _ := t.in.Peek(2); len(head) == 2 && strings.IndexByte(" \t\r\n<[\"'(", head[1]) >= 0 {
			_, err := t.next()
			return Type, err
		}
	}
	term, err := t.named(r)
	if err == nil && term.Kind != IRI {
		err = t.fault(Syntax, "_:")
	}
	return term.Value, err
}

// objects reads the objects of one predicate and says the triples.
func (t *turtle) objects(subject Term, predicate string) error {
	for {
		r, err := t.space()
		if err != nil {
			return err
		}
		object, err := t.object(r)
		if err != nil {
			return err
		}
		if err := t.say(subject, predicate, object); err != nil {
			return err
		}
		if r, err = t.space(); err != nil || r != ',' {
			return err
		}
		_, _ = t.next()
	}
}

func (t *turtle) say(subject Term, predicate string, object Term) error {
	if !t.yield(Triple{subject, predicate, object, t.line}, nil) {
		return errEnough
	}
	return nil
}

func (t *turtle) object(r rune) (Term, error) {
	switch {
	case r == '[':
		return t.bracket()
	case r == '(':
		return t.collection()
	case r == '"' || r == '\'':
		return t.literal(r)
	case r == '+' || r == '-' || r == '.' || r >= '0' && r <= '9':
		return t.number()
	}
	return t.named(r)
}

// deeper counts a nesting.
func (t *turtle) deeper() error {
	if t.depth++; t.depth > maxDepth {
		return t.fault(Deep, "")
	}
	return nil
}

func (t *turtle) blank() Term {
	t.blanks++
	return Term{Kind: Blank, Value: "." + strconv.Itoa(t.blanks)} // a name that no file can give
}

// bracket reads [ … ], a node without a name.
func (t *turtle) bracket() (Term, error) {
	if err := t.deeper(); err != nil {
		return Term{}, err
	}
	defer func() { t.depth-- }()
	_, _ = t.next()
	node := t.blank()
	r, err := t.space()
	if err != nil {
		return Term{}, err
	}
	if r != ']' {
		if err := t.properties(node, ']'); err != nil {
			return Term{}, err
		}
	}
	return node, t.expect(']')
}

// collection reads ( … ), a list.
func (t *turtle) collection() (Term, error) {
	if err := t.deeper(); err != nil {
		return Term{}, err
	}
	defer func() { t.depth-- }()
	_, _ = t.next()
	head, last := Term{Kind: IRI, Value: Nil}, Term{}
	for {
		r, err := t.space()
		if err != nil {
			return Term{}, err
		}
		if r == ')' {
			break
		}
		item, err := t.object(r)
		if err != nil {
			return Term{}, err
		}
		node := t.blank()
		if last.Value == "" {
			head = node
		} else if err := t.say(last, Rest, node); err != nil {
			return Term{}, err
		}
		if err := t.say(node, First, item); err != nil {
			return Term{}, err
		}
		last = node
	}
	if last.Value != "" {
		if err := t.say(last, Rest, Term{Kind: IRI, Value: Nil}); err != nil {
			return Term{}, err
		}
	}
	_, err := t.next()
	return head, err
}

// near cuts what is shown of a place.
func near(s string) string {
	letters := []rune(s)
	if len(letters) > 40 {
		return string(letters[:40]) + "…"
	}
	return s
}
