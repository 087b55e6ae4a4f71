package eml

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"mime/multipart"
	"mime/quotedprintable"
	"slices"
	"strings"

	"polis/internal/extract"
)

// reading is a message while it is read.
type reading struct {
	ctx   context.Context
	texts *extract.Extractor
	parts int
	left  int64 // bytes of the budget
}

// piece is what a part gives.
type piece struct {
	plain     string
	html      []byte // words that are still HTML, in UTF-8
	files     []File
	forwarded string // words of messages that were attached
}

// signatures prove who wrote; they are nothing to read.
var signatures = []string{"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}

// entity reads a message's or part's body by its head.
func (r *reading) entity(h Header, body io.Reader, depth int) (piece, error) {
	if err := r.ctx.Err(); err != nil {
		return piece{}, err
	}
	if depth > mostDepth {
		return piece{}, &Unreadable{"depth"}
	}
	if r.parts++; r.parts > mostParts {
		return piece{}, &Unreadable{"parts"}
	}
	kind, params := media(h.Get("Content-Type"))
	switch {
	case strings.HasPrefix(kind, "multipart/") && params["boundary"] != "":
		return r.multipart(kind, params["boundary"], body, depth)
	case slices.Contains(signatures, kind):
		return piece{}, nil
	}
	data, err := r.bytes(h.Get("Content-Transfer-Encoding"), body)
	if err != nil {
		return piece{}, err
	}
	if kind == "message/rfc822" || kind == "message/global" {
		return r.attached(data, depth)
	}
	return r.leaf(h, kind, params, data)
}

// leaf is a part without parts: words, or a file.
func (r *reading) leaf(h Header, kind string, params map[string]string, data []byte) (piece, error) {
	disposition, _ := media(h.Get("Content-Disposition"))
	name := fileName(h)
	if name == "" && disposition != "attachment" && (kind == "text/plain" || kind == "text/html") {
		if kind == "text/html" {
			text, err := decode(r.ctx, data[:min(len(data), mostHTML)], params["charset"])
			return piece{html: []byte(text)}, err
		}
		text, err := decode(r.ctx, data[:min(len(data), mostText)], params["charset"])
		if err != nil {
			return piece{}, err
		}
		if strings.EqualFold(params["format"], "flowed") {
			text = unflow(text, strings.EqualFold(params["delsp"], "yes"))
		}
		return piece{plain: text}, nil
	}
	if len(data) == 0 && name == "" {
		return piece{}, nil
	}
	if name == "" {
		name = "file"
	}
	inline := strings.HasPrefix(kind, "image/") && disposition != "attachment" && h.Has("Content-Id")
	return piece{files: []File{{Name: name, Type: kind, Data: data, Inline: inline}}}, nil
}

// multipart reads the parts. Where it breaks off, what came before counts.
func (r *reading) multipart(kind, boundary string, body io.Reader, depth int) (piece, error) {
	var all []piece
	for parts := multipart.NewReader(body, boundary); ; {
		part, err := parts.NextRawPart()
		if errors.Is(err, multipart.ErrMessageTooLarge) {
			return piece{}, &Unreadable{"header"}
		}
		if err != nil {
			break
		}
		p, err := r.entity(headerOf(part.Header), part, depth+1)
		if err != nil {
			return piece{}, err
		}
		all = append(all, p)
	}
	if kind == "multipart/alternative" {
		return choose(all), r.ctx.Err()
	}
	var whole piece
	for _, p := range all {
		text, err := r.words(p)
		if err != nil {
			return piece{}, err
		}
		whole.plain = strings.TrimSpace(whole.plain + "\n\n" + text)
		whole.files = append(whole.files, p.files...)
		whole.forwarded += p.forwarded
	}
	return whole, r.ctx.Err()
}

// choose takes the plain words of several alternatives, else those in HTML.
func choose(all []piece) (chosen piece) {
	for _, p := range all {
		if strings.TrimSpace(chosen.plain) == "" {
			chosen.plain = p.plain
		}
		if chosen.html == nil {
			chosen.html = p.html
		}
		chosen.files = append(chosen.files, p.files...)
		chosen.forwarded += p.forwarded
	}
	return chosen
}

// words are a piece's words: the plain ones, else what a reader would see of the HTML.
func (r *reading) words(p piece) (string, error) {
	if strings.TrimSpace(p.plain) != "" || len(bytes.TrimSpace(p.html)) == 0 {
		return p.plain, nil
	}
	page := append([]byte("\ufeff"), p.html...) // it is UTF-8 now, whatever it says of itself
	content, err := r.texts.File(r.ctx, "message.html", bytes.NewReader(page), int64(len(page)))
	var bad *extract.Error
	switch {
	case err == nil:
		return content.Text(), nil
	case r.ctx.Err() != nil:
		return "", r.ctx.Err()
	case errors.As(err, &bad) && (bad.Reason == extract.NoText || bad.Reason == extract.Empty):
		return "", nil
	}
	return "", &Unreadable{"form"}
}

// attached is a message in the message: its words were forwarded, its files are kept.
func (r *reading) attached(data []byte, depth int) (piece, error) {
	head, body, err := cut(bytes.NewReader(data))
	if err != nil {
		return piece{}, err
	}
	p, err := r.entity(head, body, depth+1)
	if err != nil {
		return piece{}, err
	}
	text, err := r.words(p)
	subject := line(decodeWords(head.Get("Subject")))
	return piece{files: p.files, forwarded: strings.TrimSpace(subject+"\n\n"+text) + "\n\n" + p.forwarded}, err
}

// bytes reads a part in its transfer encoding. What is damaged counts up to there.
func (r *reading) bytes(encoding string, body io.Reader) ([]byte, error) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		body = base64.NewDecoder(base64.RawStdEncoding, &onlyBase64{body})
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	data, err := io.ReadAll(io.LimitReader(body, r.left+1))
	if int64(len(data)) > r.left {
		return nil, &Unreadable{"large"}
	}
	r.left -= int64(len(data))
	if err != nil && r.ctx.Err() != nil {
		return nil, r.ctx.Err()
	}
	return data, nil
}

// onlyBase64 passes on what belongs to base64: mail servers and people put all sorts
// of things between its lines.
type onlyBase64 struct{ r io.Reader }

func (o *onlyBase64) Read(p []byte) (int, error) {
	for {
		n, err := o.r.Read(p)
		kept := 0
		for _, c := range p[:n] {
			if c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/' {
				p[kept] = c
				kept++
			}
		}
		if kept > 0 || err != nil {
			return kept, err
		}
	}
}
