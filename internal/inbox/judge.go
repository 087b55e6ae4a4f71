package inbox

import (
	"regexp"
	"strings"

	"golang.org/x/net/publicsuffix"

	"polis/internal/eml"
)

// Why a message is dropped: nothing is to be done with it. Messages:
// "inbox.reason.REASON".
const (
	bounce    = "bounce"    // a mail server reports something
	automatic = "automatic" // a machine has answered
	listed    = "list"      // it went to many
	loop      = "loop"      // it goes round
	foreign   = "foreign"   // its author is not the owner of the address
	unproven  = "unproven"  // the mail server did not prove that she is
	closed    = "closed"    // her account is
)

// mostHops is through how many servers a message may come: more is a loop (RFC 5321
// 6.3 has 100 for servers; nobody writes to POLIS through that many).
const mostHops = 30

// ours is the Message-ID of a letter of POLIS: chance alone before the @ (mail.Post).
var ours = regexp.MustCompile(`^[A-Z2-7]{26}@`)

// runs is why a message is none that somebody has just written, or "" (RFC 3834 5).
func runs(m eml.Message) string {
	h := m.Header
	content := strings.ToLower(h.Get("Content-Type"))
	auto := strings.ToLower(strings.TrimSpace(h.Get("Auto-Submitted")))
	switch {
	case strings.TrimSpace(h.Get("Return-Path")) == "<>", strings.HasPrefix(content, "multipart/report"):
		return bounce
	case auto != "" && auto != "no", h.Has("X-Autoreply"), h.Has("X-Autorespond"), h.Has("X-Auto-Reply"):
		return automatic
	case h.Has("X-Loop"), len(h.All("Received")) > mostHops, ours.MatchString(m.ID):
		return loop
	case h.Has("List-Id"):
		return listed
	}
	switch strings.ToLower(strings.TrimSpace(h.Get("Precedence"))) {
	case "bulk", "list", "junk":
		return listed
	case "auto_reply":
		return automatic
	}
	return ""
}

// stranger is why a message is not taken for its owner's, or "".
func (b *Box) stranger(m eml.Message, email string) string {
	if m.From == "" || m.From != strings.ToLower(email) {
		return foreign
	}
	if b.Verifier != "" && !proven(m.Header, b.Verifier, m.From) {
		return unproven
	}
	return ""
}

// proven reports whether the verifier says that the author's domain has sent a message:
// by DMARC, or by SPF or DKIM for that domain. What others say does not count. The
// verifier takes away what came under its own name from outside (RFC 8601 5).
func proven(h eml.Header, verifier, author string) (good bool) {
	_, domain, _ := strings.Cut(author, "@")
	for _, field := range h.All("Authentication-Results") {
		server, results := results(field)
		if !strings.EqualFold(server, verifier) {
			continue
		}
		for _, r := range results {
			switch {
			case r.method == "dmarc" && r.result == "fail":
				return false
			case r.result != "pass":
			case r.method == "dmarc" && (r.is["header.from"] == "" || sameDomain(r.is["header.from"], domain)),
				r.method == "spf" && related(r.is["smtp.mailfrom"], domain),
				r.method == "dkim" && (related(r.is["header.d"], domain) || related(r.is["header.i"], domain)):
				good = true
			}
		}
	}
	return good
}

// result is one of a verifier's results: "dkim=pass header.d=polis.example".
type result struct {
	method, result string
	is             map[string]string
}

var comment = regexp.MustCompile(`\([^()]*\)`)

// results reads a field of Authentication-Results (RFC 8601 2.2).
func results(field string) (server string, list []result) {
	for before := ""; before != field; { // comments stand within comments
		before, field = field, comment.ReplaceAllString(field, " ")
	}
	pieces := strings.Split(field, ";")
	if words := strings.Fields(pieces[0]); len(words) > 0 { // a version may follow
		server = strings.Trim(words[0], `"`)
	}
	for _, piece := range pieces[1:] {
		r := result{is: map[string]string{}}
		for i, word := range strings.Fields(strings.ToLower(piece)) {
			name, value, _ := strings.Cut(word, "=")
			if value = strings.Trim(value, `"`); i == 0 {
				r.method, _, _ = strings.Cut(name, "/")
				r.result = value
				continue
			}
			r.is[name] = value
		}
		list = append(list, r)
	}
	return server, list
}

// related reports whether an address or domain belongs to the same organisation as a
// domain (relaxed alignment, RFC 7489 3.1).
func related(address, domain string) bool {
	if i := strings.LastIndexByte(address, '@'); i >= 0 {
		address = address[i+1:]
	}
	if address == "" || domain == "" {
		return false
	}
	if sameDomain(address, domain) {
		return true
	}
	a, aerr := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(address))
	d, derr := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(domain))
	return aerr == nil && derr == nil && a == d
}

func sameDomain(a, b string) bool {
	return strings.EqualFold(strings.TrimSuffix(a, "."), strings.TrimSuffix(b, "."))
}
