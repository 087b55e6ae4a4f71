// Package eml reads one e-mail: the bytes that a mail server hands over become the
// sender's own words, what she quoted or forwarded, and the files that came along.
//
// Mail is the least regular of all that comes from outside: header lines that break
// the rules, charsets that are wrongly named, parts within parts without end. So the
// reading works on a budget (depth, parts, bytes), what is damaged is read as far as
// it goes, and a message that would cost too much is an *Unreadable with a reason.
// Archives among the files are not opened here, and nothing is fetched.
package eml

import (
	"context"
	"errors"
	"io"
	"net/mail"
	"strings"
	"time"

	"polis/internal/extract"
)

// Message is an e-mail as it was meant for people.
type Message struct {
	From      string // address of its author, lower case; "" where it names none, or several
	Subject   string
	Text      string // her own words, without quoted ones and signature
	Quoted    string // what she quoted or forwarded, without its marks
	Files     []File
	ID        string // Message-ID without the brackets, or ""
	InReplyTo string
	Date      time.Time // zero where there is none that can be read
	Header    Header
}

// File is a file that came with a message.
type File struct {
	Name   string // last part of its name, in valid characters
	Type   string // media type as the sender says: "application/pdf"
	Data   []byte
	Inline bool // a picture that is shown in the text, such as a logo
}

// Unreadable is of a message that is not read further, with the reason as a word:
// "header", "depth", "parts", "large", "charset" or "form".
type Unreadable struct{ Reason string }

func (u *Unreadable) Error() string { return "eml: not readable: " + u.Reason }

// The budget of one message.
const (
	HeaderBytes = 256 << 10 // of its head
	mostFields  = 1000      // of a head
	mostDepth   = 10        // parts within parts
	mostParts   = 200
	mostBytes   = 40 << 20 // all parts, decoded
	mostText    = 1 << 20  // of words; more are left out
	mostHTML    = 4 << 20  // of HTML
)

// Read reads a message. texts makes words of HTML where a message has no others.
func Read(ctx context.Context, texts *extract.Extractor, raw io.Reader) (Message, error) {
	head, body, err := cut(raw)
	if err != nil {
		return Message{}, err
	}
	m := describe(head)
	r := &reading{ctx: ctx, texts: texts, left: mostBytes}
	p, err := r.entity(head, body, 0)
	if err != nil {
		return Message{}, err
	}
	text, err := r.words(p)
	if err != nil {
		return Message{}, err
	}
	own, quoted := split(text)
	m.Text = brief(own)
	m.Quoted = brief(strings.TrimSpace(quoted + "\n\n" + p.forwarded))
	m.Files = p.files
	return m, ctx.Err()
}

// Describe reads a message without its words and files, of its first bytes: at most
// HeaderBytes.
func Describe(first []byte) (Message, error) {
	h, err := Head(first)
	if err != nil {
		return Message{}, err
	}
	return describe(h), nil
}

// describe reads what the head says.
func describe(h Header) Message {
	m := Message{From: Author(h), Subject: line(decodeWords(h.Get("Subject"))), Header: h}
	m.ID, m.InReplyTo = messageID(h.Get("Message-Id")), messageID(h.Get("In-Reply-To"))
	if at, err := mail.ParseDate(h.Get("Date")); err == nil && at.Year() > 1970 && at.Year() < 2200 {
		m.Date = at.UTC()
	}
	return m
}

// Author is the address of the only author, in small letters, "" for none or several (RFC 5322 3.6.2):
// of two, each reader might take another for the sender.
func Author(h Header) string {
	fields := h.All("From")
	if len(fields) != 1 {
		return ""
	}
	list, err := (&mail.AddressParser{WordDecoder: &words}).ParseList(fields[0])
	if err != nil || len(list) != 1 {
		return ""
	}
	return strings.ToLower(list[0].Address)
}

// messageID is the first id of a field, without its brackets.
func messageID(field string) string {
	_, rest, found := strings.Cut(field, "<")
	id, _, closed := strings.Cut(rest, ">")
	if !found || !closed || len(id) > 500 {
		return ""
	}
	return line(id)
}

// brief cuts words to what is kept of them.
func brief(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > mostText {
		s = strings.ToValidUTF8(s[:mostText], "") + " …"
	}
	return s
}

// ReasonOf is why a message was not readable, "" for every other error.
func ReasonOf(err error) string {
	var u *Unreadable
	if errors.As(err, &u) {
		return u.Reason
	}
	return ""
}
