package eml

import (
	"bytes"
	"context"
	"io"
	"mime"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"

	"polis/internal/extract"
)

// named is the encoding of a name, nil where it is unknown or says nothing: then the
// bytes themselves tell. UTF-7 is refused: it hides letters, and marks, in plain ones.
func named(label string) (encoding.Encoding, error) {
	label = strings.ToLower(strings.Trim(strings.TrimSpace(label), `"'`))
	switch {
	case strings.Contains(label, "utf-7") || strings.Contains(label, "utf7"):
		return nil, &Unreadable{"charset"}
	case label == "" || label == "us-ascii" || label == "ascii" || strings.HasPrefix(label, "unknown") || label == "x-unknown":
		return nil, nil
	}
	if enc, err := htmlindex.Get(label); err == nil {
		if name, err := htmlindex.Name(enc); err == nil && name != "replacement" {
			return enc, nil
		}
		return nil, nil
	}
	if enc, err := ianaindex.MIME.Encoding(label); err == nil && enc != nil {
		return enc, nil
	}
	return nil, nil
}

// decode makes UTF-8 of bytes that are said to be in a charset. Where that is not
// true, or not known, what they look like counts.
func decode(ctx context.Context, raw []byte, label string) (string, error) {
	enc, err := named(label)
	if err != nil {
		return "", err
	}
	if name, err := htmlindex.Name(enc); enc != nil && err == nil && name == "utf-8" {
		enc = nil
	}
	if enc == nil && utf8.Valid(raw) && bytes.IndexByte(raw, 0) < 0 {
		return tidy(strings.TrimPrefix(string(raw), "\ufeff")), nil
	}
	if enc == nil {
		if enc, _, err = extract.Charset(ctx, bytes.NewReader(raw), int64(len(raw))); err != nil {
			enc = charmap.Windows1252
		}
	}
	text, err := enc.NewDecoder().Bytes(raw)
	if err != nil && len(text) == 0 {
		return "", &Unreadable{"charset"}
	}
	return tidy(string(text)), ctx.Err()
}

// tidy makes lines end alike and leaves out what no text holds.
func tidy(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\r\n", "\n"), "\r", "\n")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
}

// words decodes the words of a head (RFC 2047).
var words = mime.WordDecoder{CharsetReader: func(label string, r io.Reader) (io.Reader, error) {
	raw, err := io.ReadAll(io.LimitReader(r, HeaderBytes))
	if err != nil {
		return nil, err
	}
	text, err := decode(context.Background(), raw, label)
	return strings.NewReader(text), err
}}

// decodeWords is a field as people read it; letters outside ASCII without any mark of
// their charset are taken for what they look like.
func decodeWords(field string) string {
	if !utf8.ValidString(field) {
		if text, err := decode(context.Background(), []byte(field), ""); err == nil {
			field = text
		}
	}
	if text, err := words.DecodeHeader(field); err == nil {
		return text
	}
	return field
}

// extended reads a parameter in a charset of its own (RFC 2231), which the standard
// library reads in UTF-8 alone.
func extended(field, param string) string {
	low := strings.ToLower(field)
	at := strings.Index(low, param+"*=")
	if at < 0 {
		return ""
	}
	value, _, _ := strings.Cut(field[at+len(param)+2:], ";")
	label, rest, ok := strings.Cut(strings.Trim(strings.TrimSpace(value), `"`), "'")
	if !ok {
		return ""
	}
	_, escaped, _ := strings.Cut(rest, "'")
	raw, err := url.PathUnescape(escaped)
	if err != nil {
		return ""
	}
	text, err := decode(context.Background(), []byte(raw), label)
	if err != nil {
		return ""
	}
	return text
}
