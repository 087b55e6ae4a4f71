package framework

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"
)

// largest is the size in bytes above which a text is not read: the edition of
// 2012 has less than 100 kB in any language, attachments included.
const largest = 512 << 10

// ParseOfficial reads the official text of one of the editions, in whichever
// language, from plain text in UTF-8. It gives a *TextError that names what is
// missing when the text is not complete: half a Framework is not imported.
func ParseOfficial(r io.Reader) (Official, error) {
	raw, err := io.ReadAll(io.LimitReader(r, largest+1))
	if err != nil {
		return Official{}, fmt.Errorf("framework: read official text: %w", err)
	}
	text, err := decode(raw)
	if err != nil {
		return Official{}, err
	}
	lines, running := split(text)
	e, err := recognise(text)
	if err != nil {
		return Official{}, err
	}
	p := parser{e: e, place: Preamble, markers: map[string]bool{}, out: Official{Edition: e.ID, Running: running}}
	for _, l := range lines {
		p.feed(l)
	}
	o := p.finish()
	o.Lang = detect(text)
	if problems := e.check(o); len(problems) > 0 {
		return Official{}, &TextError{Incomplete, problems}
	}
	return o, nil
}

// decode refuses what is not plain text in UTF-8, and says what it looks like.
// Guessing would mend the text silently.
func decode(raw []byte) (string, error) {
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	switch {
	case len(bytes.TrimSpace(raw)) == 0:
		return "", refuse(Empty, "the file is empty")
	case len(raw) > largest:
		return "", refuse(TooLarge, "the file is larger than %d KiB", largest>>10)
	case bytes.HasPrefix(raw, []byte{0xff, 0xfe}), bytes.HasPrefix(raw, []byte{0xfe, 0xff}):
		return "", refuse(Encoding, "the file is in UTF-16: save it as UTF-8")
	case bytes.HasPrefix(raw, []byte("%PDF")), bytes.HasPrefix(raw, []byte("PK")):
		return "", refuse(Encoding, "the file is no plain text: save its text as UTF-8")
	case bytes.IndexByte(raw, 0) >= 0:
		return "", refuse(Encoding, "the file has zero bytes, so it is UTF-16 or no text: save it as UTF-8")
	}
	if !utf8.Valid(raw) {
		good := 0
		for good < len(raw) {
			r, size := utf8.DecodeRune(raw[good:])
			if r == utf8.RuneError && size == 1 {
				break
			}
			good += size
		}
		return "", refuse(Encoding, "line %d has a byte 0x%X that is not UTF-8: the file may be in Windows-1252 or Windows-1251; save it as UTF-8",
			1+bytes.Count(raw[:good], []byte("\n")), raw[good])
	}
	if n := twiceEncoded.FindAllIndex(raw, 4); len(n) > 3 {
		return "", refuse(Encoding, "letters are broken (%q): UTF-8 was read as Windows-1252 before it was saved", raw[n[0][0]:n[0][1]])
	}
	return string(raw), nil
}

// twiceEncoded finds "é", "à", "’" and Cyrillic letters that went through the
// wrong encoding once.
var twiceEncoded = regexp.MustCompile(`Ã[©¨ª §¼¶¤±³]|â€[™œ“”]|Ð[°-¿]`)

// recognise tells which edition a text is, by the number of the decision,
// which stands in its title.
func recognise(text string) (*Edition, error) {
	head := text[:min(len(text), 4000)]
	var known []string
	for _, e := range Editions() {
		if regexp.MustCompile(`(?:^|[^\p{L}\p{N}])` + e.ID + `(?:[^\p{L}\p{N}]|$)`).MatchString(head) {
			return e, nil
		}
		known = append(known, e.Symbol)
	}
	return nil, refuse(Other, "its first page does not name a decision that is an edition of the Framework (%s)", strings.Join(known, ", "))
}
