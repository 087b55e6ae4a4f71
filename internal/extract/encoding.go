package extract

import (
	"bytes"
	"context"
	"errors"
	"io"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	wide "golang.org/x/text/encoding/unicode"
)

// Charset finds in which encoding a text is written, and the name of it that people know. What is no text is an *Error.
func Charset(ctx context.Context, r io.ReaderAt, size int64) (encoding.Encoding, string, error) {
	w := &work{ctx: ctx, file: r, size: size}
	head := make([]byte, min(size, 4096))
	if n, err := r.ReadAt(head, 0); n < len(head) {
		return nil, "", fail(Failed, "read the first bytes: %w", err)
	}
	if !looksLikeText(head) {
		return nil, "", fail(Unsupported, "the bytes are no text")
	}
	enc, err := w.encoding()
	if err != nil {
		return nil, "", explain(ctx, ctx, err)
	}
	switch page := enc.(type) {
	case *charmap.Charmap:
		return enc, page.String(), nil
	default:
		if enc == wide.UTF8BOM {
			return enc, "UTF-8", nil
		}
		return enc, "UTF-16", nil
	}
}

// encoding finds in which encoding a text is written. Marks and structure decide first: a byte-order mark, the zeros
// of UTF-16, valid UTF-8. Only then are the encodings of one byte a letter weighed, on the bytes around the first
// that is not ASCII.
func (w *work) encoding() (encoding.Encoding, error) {
	sample := make([]byte, min(w.size, 64<<10))
	if _, err := w.file.ReadAt(sample, 0); err != nil && err != io.EOF {
		return nil, fail(Failed, "read the first bytes: %w", err)
	}
	if enc := wideOrder(sample); enc != nil {
		return enc, nil
	}
	valid, foreign, err := w.scan()
	if err != nil {
		return nil, err
	}
	if valid {
		return wide.UTF8BOM, nil
	}
	sample = sample[:min(w.size, 32<<10)]
	n, err := w.file.ReadAt(sample, max(0, min(foreign-4096, w.size-int64(len(sample)))))
	if err != nil && err != io.EOF {
		return nil, fail(Failed, "read the bytes at %d: %w", foreign, err)
	}
	return weigh(sample[:n]), nil
}

// scan reads the whole file to see whether it is UTF-8, and where the first byte is that is not. A damaged byte or
// two in a thousand letters do not make it something else.
func (w *work) scan() (valid bool, foreign int64, err error) {
	r, buf := w.reader(), make([]byte, 64<<10)
	good, bad, kept, offset := 0, 0, 0, int64(0)
	foreign = -1
	for {
		n, err := r.Read(buf[kept:])
		chunk := buf[:kept+n]
		i := 0
		for i < len(chunk) && (utf8.FullRune(chunk[i:]) || err != nil) {
			if chunk[i] < utf8.RuneSelf {
				i++
				continue
			}
			r, size := utf8.DecodeRune(chunk[i:])
			if r == utf8.RuneError && size == 1 {
				if bad++; foreign < 0 {
					foreign = offset + int64(i)
				}
			} else {
				good++
			}
			i += size
		}
		kept = copy(buf, chunk[i:])
		offset += int64(i)
		if errors.Is(err, io.EOF) {
			return bad*500 <= good, max(foreign, 0), nil
		} else if err != nil {
			return false, 0, err
		}
	}
}

// wideOrder recognises UTF-16 by its mark, or without one by the byte that most of its characters share.
func wideOrder(b []byte) encoding.Encoding {
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		return wide.UTF16(wide.LittleEndian, wide.UseBOM)
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		return wide.UTF16(wide.BigEndian, wide.UseBOM)
	}
	var high [2]int // bytes of Latin or Cyrillic pages at even and odd places
	var zero [2]int
	for i, c := range b {
		if c == 0 || c == 4 || c == 0x20 {
			high[i%2]++
		}
		if c == 0 {
			zero[i%2]++
		}
	}
	half := len(b) / 2
	switch {
	case half < 4:
	case high[1]*10 >= half*9 && zero[1]*20 > half && zero[0]*20 < half:
		return wide.UTF16(wide.LittleEndian, wide.IgnoreBOM)
	case high[0]*10 >= half*9 && zero[0]*20 > half && zero[1]*20 < half:
		return wide.UTF16(wide.BigEndian, wide.IgnoreBOM)
	}
	return nil
}

// cyrillic are the encodings of Russian text, the commonest first.
var cyrillic = []encoding.Encoding{charmap.Windows1251, charmap.KOI8R, charmap.CodePage866, charmap.ISO8859_5, charmap.MacintoshCyrillic}

// weigh chooses among the encodings with one byte a letter. In Cyrillic text the high bytes stand in words, in Western
// text alone between ASCII letters.
func weigh(b []byte) encoding.Encoding {
	high, runs, in := 0, 0, false
	for _, c := range b {
		if c >= 0x80 {
			high++
			if !in {
				runs++
			}
		}
		in = c >= 0x80
	}
	if runs == 0 || float64(high)/float64(runs) < 2.2 {
		return western(b)
	}
	best, most := cyrillic[0], 0.0
	for _, enc := range cyrillic {
		text, err := enc.NewDecoder().Bytes(b)
		if err != nil {
			continue
		}
		if score := russianness(string(text)); score > most {
			best, most = enc, score
		}
	}
	return best
}

// frequency of Russian letters, in parts of a thousand.
var frequency = map[rune]float64{
	'о': 110, 'е': 85, 'а': 80, 'и': 74, 'н': 67, 'т': 63, 'с': 55, 'р': 47, 'в': 45, 'л': 44, 'к': 35, 'м': 32,
	'д': 30, 'п': 28, 'у': 26, 'я': 20, 'ы': 19, 'ь': 17, 'г': 17, 'з': 16, 'б': 16, 'ч': 14, 'й': 12, 'х': 10,
	'ж': 9, 'ш': 7, 'ю': 6, 'ц': 5, 'щ': 4, 'э': 3, 'ф': 3, 'ъ': 1, 'ё': 1,
}

// russianness is how much a decoded text looks like Russian: common letters, small letters after small ones, and no
// signs in the middle of words.
func russianness(text string) float64 {
	score, prev := 0.0, ' '
	for _, r := range text {
		low := unicode.ToLower(r)
		switch {
		case frequency[low] > 0 && r == low:
			score += frequency[low]
		case frequency[low] > 0 && unicode.IsLower(prev):
			score -= 60
		case frequency[low] > 0:
			score += frequency[low] / 3
		case r >= 0x80 && unicode.IsLetter(prev):
			score -= 60
		case r >= 0x80:
			score -= 10
		}
		prev = r
	}
	return score
}

// western tells Windows-1252 from ISO 8859-15, which differ where it matters: the bytes 80 to 9F are letters and
// quotation marks in the first and nothing in the second; A4 is the euro and BD the œ only in the second.
func western(b []byte) encoding.Encoding {
	latin9 := 0
	for i, c := range b {
		switch {
		case c >= 0x80 && c <= 0x9f:
			return charmap.Windows1252
		case c == 0xa4 || c == 0xa6 || c == 0xa8:
			latin9++
		case (c == 0xbd || c == 0xbc) && (asciiLetter(b, i-1) || asciiLetter(b, i+1)):
			latin9++
		}
	}
	if latin9 > 0 {
		return charmap.ISO8859_15
	}
	return charmap.Windows1252
}

func asciiLetter(b []byte, i int) bool {
	return i >= 0 && i < len(b) && (b[i]|0x20) >= 'a' && (b[i]|0x20) <= 'z'
}
