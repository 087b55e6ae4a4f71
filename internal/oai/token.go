package oai

import (
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"
)

// place is what a resumptionToken holds: everything that was asked, and behind
// which record the list goes on. Nothing is kept here, so a token is good for as
// long as the installation's key is; it is signed, because what it holds is
// believed. Who resumes a list sees what she may see, whoever began it.
type place struct {
	Verb   string `json:"v"`
	Prefix string `json:"p"`
	From   string `json:"f,omitempty"`
	Until  string `json:"u,omitempty"`
	Set    string `json:"s,omitempty"`
	At     int64  `json:"a"` // microseconds
	ID     string `json:"i"`
	Cursor int64  `json:"c"` // how many came before
	Size   int64  `json:"n"`
}

const tokenPurpose = "oai resumption"

// token writes a place: what it holds, a point, its signature.
func (p *Provider) token(at place) string {
	text, err := json.Marshal(at)
	if err != nil {
		panic(err) // strings and numbers become JSON
	}
	held := base64.RawURLEncoding.EncodeToString(text)
	return held + "." + p.Keys.Mark(tokenPurpose, held)[:32]
}

// place reads a token of ours for the verb.
func (p *Provider) place(verb, token string) (place, error) {
	var at place
	held, sign, _ := strings.Cut(token, ".")
	if subtle.ConstantTimeCompare([]byte(sign), []byte(p.Keys.Mark(tokenPurpose, held)[:32])) != 1 {
		return at, refuse(badResumptionToken, "This resumptionToken is not of this repository.")
	}
	text, err := base64.RawURLEncoding.DecodeString(held)
	if err == nil {
		err = json.Unmarshal(text, &at)
	}
	if err != nil || at.Verb != verb {
		return at, refuse(badResumptionToken, "This resumptionToken is for another list.")
	}
	return at, nil
}

func (at place) time() time.Time { return time.UnixMicro(at.At).UTC() }
