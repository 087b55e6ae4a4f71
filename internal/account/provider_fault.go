package account

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"syscall"
	"unicode"

	"golang.org/x/oauth2"

	"polis/internal/fetch"
)

// ProviderFault is why a provider could not be used. What a test of a provider may
// find has a message of that key in the catalogue; the others are for the log. It
// holds nothing of what a provider sent but Said, because tokens stand in that.
type ProviderFault struct {
	Key  string // "provider.refusal.issuer"
	Said string // a few words of the provider's own, "" where it said none
	Down bool   // it may be over in a while; else somebody has to mend something
}

func (f *ProviderFault) Error() string {
	if f.Said == "" {
		return "account: " + f.Key
	}
	return "account: " + f.Key + ": " + f.Said
}

// Errors of a way to a provider and back that are nobody's fault there.
var (
	ErrErrand = errors.New("account: this way was not begun in this browser, or is over")
	ErrDenied = errors.New("account: the sign-in was not completed there")
)

func fault(key string, said ...string) *ProviderFault {
	return &ProviderFault{Key: "provider.refusal." + key, Said: brief(strings.Join(said, " "))}
}

// lineFault explains why an answer did not come.
func lineFault(err error) *ProviderFault {
	var (
		known  *ProviderFault
		large  *http.MaxBytesError
		dns    *net.DNSError
		record tls.RecordHeaderError
		verify *tls.CertificateVerificationError
		trust  x509.UnknownAuthorityError
		late   interface{ Timeout() bool }
	)
	f := &ProviderFault{Down: true}
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &large), errors.Is(err, fetch.ErrTooLarge):
		return fault("large")
	case errors.Is(err, fetch.ErrInternal):
		return fault("internal")
	case errors.Is(err, errRedirect):
		return fault("redirect")
	case errors.As(err, &verify), errors.As(err, &trust), errors.As(err, &record):
		f = fault("certificate")
	case errors.As(err, &late) && late.Timeout(), errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		f.Key = "provider.refusal.time"
	case errors.As(err, &dns):
		f.Key = "provider.refusal.unknown-host"
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		f.Key = "provider.refusal.nobody-there"
	default:
		f.Key = "provider.refusal.line"
	}
	return f
}

// errorCode is what an error of OAuth may be called; anything else is not
// repeated.
var errorCode = regexp.MustCompile(`^[a-z_]{1,40}$`)

// tokenFault explains why the provider gave no token for a code.
func tokenFault(err error) *ProviderFault {
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) {
		var url interface{ Timeout() bool }
		if errors.As(err, &url) {
			return lineFault(err)
		}
		return fault("token")
	}
	said := ""
	if errorCode.MatchString(refused.ErrorCode) {
		said = refused.ErrorCode
	}
	status := 0
	if refused.Response != nil {
		status = refused.Response.StatusCode
	}
	switch {
	case refused.ErrorCode == "invalid_grant":
		return fault("code", said)
	case refused.ErrorCode == "invalid_client", refused.ErrorCode == "unauthorized_client", status == http.StatusUnauthorized:
		return fault("client", said)
	case status >= http.StatusInternalServerError:
		return &ProviderFault{Key: "provider.refusal.status", Said: refused.Response.Status, Down: true}
	}
	return fault("token", said)
}

// brief makes a stranger's words one short line.
func brief(s string) string {
	const most = 200
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }), " ")
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
