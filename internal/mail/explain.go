package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/textproto"
	"os"
	"strings"
	"syscall"

	gomail "github.com/wneessen/go-mail"
)

// Refusal is why a letter was not sent, for people: a message of the catalogue
// under mail.refusal, and the server's own words where it said something.
type Refusal struct {
	Key     string // message: "mail.refusal.auth"
	Said    string // what the server answered, "" where it did not
	ForGood bool   // this letter will never be taken: no use in trying again
	Err     error
}

func (r *Refusal) Error() string { return r.Key + ": " + r.Err.Error() }

// Unwrap gives the cause.
func (r *Refusal) Unwrap() error { return r.Err }

// refusalOf finds out which step failed.
func refusalOf(err error) *Refusal {
	r := &Refusal{Key: lineFailure(err), Err: err}
	var answer *textproto.Error
	if errors.As(err, &answer) {
		r.Said = oneLine(answer.Error())
	}
	var send *gomail.SendError
	switch text := err.Error(); {
	case errors.As(err, &send):
		r.atSending(send)
	case r.Key != "":
	case strings.Contains(text, "does not support STARTTLS"):
		r.Key = "mail.refusal.starttls"
	case strings.Contains(text, "AUTH"):
		r.Key = "mail.refusal.auth"
	default:
		r.Key = "mail.refusal.other"
	}
	if r.Said == "" && (r.Key == "mail.refusal.other" || r.Key == "mail.refusal.certificate") {
		r.Said = oneLine(err.Error())
	}
	r.Said = brief(strings.ReplaceAll(r.Said, `"`, ""))
	return r
}

// lineFailure is the message for a line that did not come about, or "".
func lineFailure(err error) string {
	var (
		dns     *net.DNSError
		trust   x509.UnknownAuthorityError
		host    x509.HostnameError
		invalid x509.CertificateInvalidError
		record  tls.RecordHeaderError
		verify  *tls.CertificateVerificationError
	)
	switch {
	case errors.As(err, &dns):
		return "mail.refusal.unknown-host"
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "mail.refusal.nobody-there"
	case errors.As(err, &record):
		return "mail.refusal.no-tls"
	case errors.As(err, &verify), errors.As(err, &trust), errors.As(err, &host), errors.As(err, &invalid):
		return "mail.refusal.certificate"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return "mail.refusal.time"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return "mail.refusal.hung-up"
	}
	return ""
}

// atSending tells sender, recipient and text apart. A recipient or a text that
// the server refuses for good is the letter's fault and not the settings'.
func (r *Refusal) atSending(e *gomail.SendError) {
	if e.ErrorCode() == 0 { // the server said nothing
		if r.Key = lineFailure(e); r.Key == "" {
			r.Key = "mail.refusal.hung-up"
		}
		return
	}
	said, _, _ := strings.Cut(e.Error(), ", affected ")
	if _, words, ok := strings.Cut(said, ": "); ok {
		said = words
	}
	r.Said = oneLine(said)
	switch e.Reason {
	case gomail.ErrSMTPMailFrom:
		r.Key = "mail.refusal.sender"
	case gomail.ErrSMTPRcptTo:
		r.Key, r.ForGood = "mail.refusal.recipient", !e.IsTemp()
	case gomail.ErrSMTPData, gomail.ErrSMTPDataClose, gomail.ErrWriteContent:
		r.Key, r.ForGood = "mail.refusal.text", !e.IsTemp()
	default:
		r.Key = "mail.refusal.other"
	}
}

// brief keeps a stranger's words short.
func brief(s string) string {
	const most = 300
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
