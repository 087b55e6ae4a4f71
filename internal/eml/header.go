package eml

import (
	"bufio"
	"bytes"
	"io"
	"mime"
	"net/textproto"
	"strings"
	"unicode"
)

// Field is a line of a head, unfolded.
type Field struct{ Name, Value string }

// Header is the head of a message or part, in its order.
type Header []Field

// All are the values of a field, the topmost first: mail servers write on top.
func (h Header) All(name string) (values []string) {
	for _, f := range h {
		if strings.EqualFold(f.Name, name) {
			values = append(values, f.Value)
		}
	}
	return values
}

// Get is the topmost value of a field, or "".
func (h Header) Get(name string) string {
	for _, f := range h {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// Has reports whether there is such a field.
func (h Header) Has(name string) bool { return len(h.All(name)) > 0 }

// Head is the head of a message as a mail server sees it; what is no field is passed
// over. It is read of the first bytes alone, at most HeaderBytes.
func Head(first []byte) (Header, error) {
	h, _, err := cut(bytes.NewReader(first))
	return h, err
}

// cut reads the head and leaves the body.
func cut(r io.Reader) (h Header, body *bufio.Reader, err error) {
	body = bufio.NewReader(r)
	for size := 0; ; {
		text, err := body.ReadString('\n')
		if size += len(text); size > HeaderBytes || len(h) > mostFields {
			return nil, nil, &Unreadable{"header"}
		}
		text = strings.TrimRight(text, "\r\n")
		h = h.add(text)
		if err == io.EOF || text == "" {
			return h, body, nil
		}
		if err != nil {
			return nil, nil, err
		}
	}
}

// add takes a line, or the continuation of the last.
func (h Header) add(text string) Header {
	if text == "" {
		return h
	}
	if text[0] == ' ' || text[0] == '\t' {
		if n := len(h); n > 0 {
			h[n-1].Value += " " + strings.TrimSpace(text)
		}
		return h
	}
	name, value, ok := strings.Cut(text, ":")
	name = strings.TrimRight(name, " \t")
	if !ok || name == "" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return h // the "From " of a mailbox file, or damage
	}
	return append(h, Field{name, strings.TrimSpace(value)})
}

// headerOf is the head of a part.
func headerOf(fields textproto.MIMEHeader) (h Header) {
	for name, values := range fields {
		for _, v := range values {
			h = append(h, Field{name, v})
		}
	}
	return h
}

// media is the type of a message or part with its parameters. What says none, or what
// cannot be read, is plain text (RFC 2045 5.2).
func media(field string) (string, map[string]string) {
	if field == "" {
		return "text/plain", nil
	}
	kind, params, err := mime.ParseMediaType(field)
	if err != nil {
		kind, _, _ = strings.Cut(field, ";")
		kind, params = strings.ToLower(strings.TrimSpace(kind)), loose(field)
	}
	if kind == "" || !strings.Contains(kind, "/") && kind != "attachment" && kind != "inline" {
		kind = "text/plain"
	}
	return kind, params
}

// loose reads the parameters of a field that breaks the rules.
func loose(field string) map[string]string {
	params := map[string]string{}
	for _, piece := range strings.Split(field, ";")[1:] {
		name, value, ok := strings.Cut(piece, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if ok && params[name] == "" {
			params[name] = strings.Trim(strings.TrimSpace(value), `"`)
		}
	}
	return params
}

// fileName is the name of a part as a file, or "".
func fileName(h Header) string {
	for _, from := range []struct{ field, param string }{{"Content-Disposition", "filename"}, {"Content-Type", "name"}} {
		field := h.Get(from.field)
		_, params := media(field)
		name := params[from.param]
		if name == "" {
			name = extended(field, from.param)
		}
		if name = cleanName(decodeWords(name)); name != "" {
			return name
		}
	}
	return ""
}

// cleanName is the last part of a path in characters that can be shown.
func cleanName(name string) string {
	name = line(name)
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Trim(name, " .")
	if r := []rune(name); len(r) > 150 {
		name = string(r[len(r)-150:]) // with its extension
	}
	return name
}

// line makes of any text one line of characters that show themselves: a file's name
// must not be written from right to left to hide what it is.
func line(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar {
			return -1
		}
		if unicode.IsControl(r) || unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}
