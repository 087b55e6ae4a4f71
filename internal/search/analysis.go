package search

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is one word of a text: where it stands and the forms it is known by.
type token struct {
	word
	start, end int  // byte range in the text
	whole      bool // several parts as one ("PC.DEC/1049"): shares the place of the parts
}

// limits against noise: a term longer than this is cut, a compound of more
// parts than this (an address, a table row) has no form of its own.
const (
	maxTerm  = 64
	maxParts = 6
)

// part is a stretch of letters and digits inside a chunk; joint is the rune
// that ties it to the part before.
type part struct {
	start, end int
	joint      rune
}

// tokens calls emit for every word of the text, in order. Stop words are
// emitted too and say so. Parts tied by a hyphen, stop, slash or comma ("24/7",
// "co-operation") are emitted one by one and then whole.
func (a *analyser) tokens(text string, emit func(token)) {
	mixed := strings.IndexFunc(text, unicode.IsLower) >= 0
	named := func(t token) {
		if t.term != "" { // a word of nothing but invisible runes
			emit(t)
		}
	}
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		if !inWord(r) {
			at += size
			continue
		}
		a.parts, at = chunk(text, at, a.parts[:0])
		a.emitChunk(text, a.parts, mixed, named)
	}
}

// chunk reads the parts that begin at from; the second result is where it ends.
func chunk(text string, from int, parts []part) ([]part, int) {
	joint := rune(0)
	for {
		end := wordEnd(text, from)
		parts = append(parts, part{from, end, joint})
		r, size := utf8.DecodeRuneInString(text[end:])
		if !isJoint(r) {
			return parts, end
		}
		next, _ := utf8.DecodeRuneInString(text[end+size:])
		if !inWord(next) || r == ',' && !betweenDigits(text, end, next) {
			return parts, end
		}
		joint, from = r, end+size
	}
}

func (a *analyser) emitChunk(text string, parts []part, mixed bool, emit func(token)) {
	spoken := parts
	for i := 0; i < len(parts); i++ {
		raw := text[parts[i].start:parts[i].end]
		if i+1 < len(parts) && isApostrophe(parts[i+1].joint) {
			if a.elides(raw) {
				spoken = parts[i+1:]
				continue
			}
			if a.tag == "en" && isPossessive(text[parts[i+1].start:parts[i+1].end]) {
				emit(token{word: a.know(raw, mixed), start: parts[i].start, end: parts[i+1].end})
				i++
				continue
			}
		}
		emit(token{word: a.know(raw, mixed), start: parts[i].start, end: parts[i].end})
	}
	if len(spoken) > 1 && len(spoken) <= maxParts {
		a.emitWhole(text, spoken, emit)
	}
}

// emitWhole emits the compound form: "pc.dec.1049" for whatever stood between
// the parts where there is a digit, "cooperation" for hyphens between letters.
func (a *analyser) emitWhole(text string, parts []part, emit func(token)) {
	from, to := parts[0].start, parts[len(parts)-1].end
	hyphens, digits := true, hasDigit(text[from:to])
	for _, p := range parts[1:] {
		hyphens = hyphens && isHyphen(p.joint)
		if isApostrophe(p.joint) {
			return
		}
	}
	switch {
	case digits:
		names := make([]string, len(parts))
		for i, p := range parts {
			names[i] = fold(clean(text[p.start:p.end]))
		}
		whole := cut(strings.Join(names, "."))
		emit(token{word: word{term: whole}, start: from, end: to, whole: true})
	case hyphens:
		var joined strings.Builder
		for _, p := range parts {
			joined.WriteString(text[p.start:p.end])
		}
		emit(token{word: a.know(joined.String(), false), start: from, end: to, whole: true})
	}
}

// inWord reports whether the rune is part of a word; invisible ones (soft
// hyphen, zero-width space and joiners) are, so that they do not break it.
func inWord(r rune) bool {
	if r < 0x80 {
		return r|0x20 >= 'a' && r|0x20 <= 'z' || r >= '0' && r <= '9'
	}
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.M, r) || invisible(r))
}

func wordEnd(text string, at int) int {
	for at < len(text) {
		r, size := utf8.DecodeRuneInString(text[at:])
		if !inWord(r) {
			break
		}
		at += size
	}
	return at
}

func betweenDigits(text string, at int, next rune) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	return unicode.IsDigit(before) && unicode.IsDigit(next)
}

func invisible(r rune) bool {
	return r == 0xAD || r >= 0x200B && r <= 0x200F || r == 0x2060 || r == 0xFEFF
}

func isApostrophe(r rune) bool { return r == '\'' || r == '’' || r == 'ʼ' || r == '‘' || r == '`' }
func isHyphen(r rune) bool     { return r == '-' || r == '‐' || r == '‑' }

func isJoint(r rune) bool {
	return r == '.' || r == '/' || r == ',' || r == '_' || isHyphen(r) || isApostrophe(r)
}

func isPossessive(s string) bool { return s == "s" || s == "S" }

func hasDigit(s string) bool { return strings.IndexFunc(s, unicode.IsDigit) >= 0 }

// cut shortens an overlong term at a rune boundary.
func cut(term string) string {
	if len(term) <= maxTerm {
		return term
	}
	end := maxTerm
	for !utf8.RuneStart(term[end]) {
		end--
	}
	return term[:end]
}
