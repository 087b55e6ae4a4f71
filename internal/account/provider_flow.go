package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"polis/internal/lang"
	"polis/internal/store"
)

// Purpose is what somebody goes to a provider for.
type Purpose string

// The purposes: to sign in, to connect her account there with the one here, to
// prove once more who she is.
const (
	ToSignIn  Purpose = "in"
	ToConnect Purpose = "connect"
	ToProve   Purpose = "prove"
)

// Errand is a way to a provider and back (the authorization code flow with PKCE),
// begun by one browser. It travels sealed in a cookie of that browser: an answer
// that arrives in another one finds no errand there and opens nothing.
type Errand struct {
	Provider string // id
	Issuer   string // as it was when the way began
	State    string
	Nonce    string
	Verifier string
	Purpose  Purpose
	Person   string // whose errand it is, where she is signed in already
	Next     string // page to go on to
	Lang     lang.Tag
	Start    time.Time
}

// errandLasts is how long somebody may take to sign in elsewhere.
const errandLasts = 10 * time.Minute

// Begin makes the errand whole and returns the provider's address to go to.
// redirect is where it leads back to.
func (ps *Providers) Begin(ctx context.Context, p Provider, redirect string, e Errand) (Errand, string, error) {
	if !p.Enabled {
		return e, "", store.ErrNotFound
	}
	m, err := ps.meet(ctx, p.Issuer)
	if err != nil {
		return e, "", err
	}
	c, err := ps.config(p, m, redirect)
	if err != nil {
		return e, "", err
	}
	e.Provider, e.Issuer, e.Start = p.ID, p.Issuer, time.Now()
	e.State, e.Nonce, e.Verifier = rand.Text(), rand.Text(), oauth2.GenerateVerifier()
	options := []oauth2.AuthCodeOption{oidc.Nonce(e.Nonce), oauth2.S256ChallengeOption(e.Verifier)}
	if len(p.ACR) > 0 {
		options = append(options, oauth2.SetAuthURLParam("acr_values", strings.Join(p.ACR, " ")))
	}
	if e.Purpose == ToProve {
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0"))
	}
	return e, c.AuthCodeURL(e.State, options...), nil
}

// SealErrand closes the errand for its cookie.
func (ps *Providers) SealErrand(e Errand) string { return ps.Keys.Seal("errand", store.JSON(e)) }

// OpenErrand reads an errand from its cookie. ErrErrand where it is none of ours,
// or took too long.
func (ps *Providers) OpenErrand(sealed string) (e Errand, err error) {
	text, err := ps.Keys.Unseal("errand", sealed)
	if err != nil || json.Unmarshal([]byte(text), &e) != nil || time.Since(e.Start) > errandLasts {
		return Errand{}, ErrErrand
	}
	return e, nil
}

// Return takes what the provider sent back with the browser, and asks it who that
// is. Each errand comes back once.
func (ps *Providers) Return(ctx context.Context, p Provider, redirect string, e Errand, answer url.Values) (Claims, error) {
	state, code := one(answer, "state"), one(answer, "code")
	if !same(state, e.State) || e.Provider != p.ID || e.Issuer != p.Issuer || !p.Enabled {
		return Claims{}, ErrErrand
	}
	m, err := ps.meet(ctx, p.Issuer)
	if err != nil {
		return Claims{}, err
	}
	// Another provider's answer must not be taken for this one's (RFC 9207).
	if iss := answer["iss"]; len(iss) > 1 || len(iss) == 1 && iss[0] != p.Issuer || len(iss) == 0 && m.NamesIssuer {
		return Claims{}, fault("mix-up")
	}
	first, err := Door{DB: ps.DB, Keys: ps.Keys}.once(ctx, "errand "+e.State, errandLasts)
	if err != nil {
		return Claims{}, err
	}
	if !first {
		return Claims{}, ErrErrand
	}
	if answer.Has("error") {
		return Claims{}, refusedThere(one(answer, "error"))
	}
	if code == "" {
		return Claims{}, fault("code")
	}
	return ps.redeem(ctx, p, m, redirect, e, code)
}

// refusedThere is why the provider sent somebody back without a code.
func refusedThere(code string) error {
	switch code {
	case "access_denied", "login_required", "interaction_required", "consent_required", "account_selection_required":
		return ErrDenied
	case "temporarily_unavailable", "server_error":
		return &ProviderFault{Key: "provider.refusal.status", Said: code, Down: true}
	}
	if !errorCode.MatchString(code) {
		code = ""
	}
	return fault("request", code)
}

// redeem changes the code for tokens, and looks at every claim of the ID token
// (OpenID Connect Core 1.0, section 3.1.3.7).
func (ps *Providers) redeem(ctx context.Context, p Provider, m *meeting, redirect string, e Errand, code string) (Claims, error) {
	c, err := ps.config(p, m, redirect)
	if err != nil {
		return Claims{}, err
	}
	ctx = oidc.ClientContext(ctx, ps.client)
	token, err := c.Exchange(ctx, code, oauth2.VerifierOption(e.Verifier))
	if err != nil {
		return Claims{}, tokenFault(err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return Claims{}, fault("no-identity")
	}
	id, err := m.Verifier(&oidc.Config{ClientID: p.Client}).Verify(ctx, raw)
	if err != nil {
		return Claims{}, fault("identity")
	}
	var said said
	if err := id.Claims(&said); err != nil {
		return Claims{}, fault("identity")
	}
	switch {
	case id.Issuer != p.Issuer, id.Subject == "" || len(id.Subject) > 255,
		len(id.Audience) > 1 && said.AuthorizedParty == "", said.AuthorizedParty != "" && said.AuthorizedParty != p.Client,
		!same(id.Nonce, e.Nonce), id.IssuedAt.After(time.Now().Add(clockSkew)),
		id.AccessTokenHash != "" && id.VerifyAccessToken(token.AccessToken) != nil:
		return Claims{}, fault("identity")
	}
	said.all = map[string]any{}
	if err := id.Claims(&said.all); err != nil {
		return Claims{}, fault("identity")
	}
	claims := Claims{Issuer: id.Issuer, Subject: id.Subject, Strength: p.strength(said), Proved: time.Unix(said.AuthTime, 0)}
	if e.Purpose == ToProve && claims.Proved.Before(e.Start.Add(-clockSkew)) {
		return Claims{}, fault("stale")
	}
	if said.lacks(p) && m.Info != "" {
		if err := ps.askMore(ctx, m, token, &said); err != nil {
			return Claims{}, err
		}
	}
	said.fill(&claims, p)
	return claims, nil
}

// clockSkew is by how much two machines' clocks may differ.
const clockSkew = time.Minute

// askMore asks the provider for what the ID token leaves out. It must speak of
// the same person (OpenID Connect Core 1.0, section 5.3.2).
func (ps *Providers) askMore(ctx context.Context, m *meeting, token *oauth2.Token, s *said) error {
	info, err := m.Provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return fault("user-info")
	}
	if info.Subject != s.Subject {
		return fault("identity")
	}
	var more map[string]any
	var other said
	if info.Claims(&more) != nil || info.Claims(&other) != nil {
		return fault("user-info")
	}
	if s.Email == "" {
		s.Email, s.Verified = other.Email, other.Verified
	}
	if s.name() == "" {
		s.profile = other.profile
	}
	for name, value := range more {
		if _, known := s.all[name]; !known {
			s.all[name] = value
		}
	}
	return nil
}

// same compares what must not be guessed, and never with nothing.
func same(a, b string) bool {
	return a != "" && subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}

// one is the only value of a name, "" where there are several.
func one(q url.Values, name string) string {
	if values := q[name]; len(values) == 1 {
		return values[0]
	}
	return ""
}

// strength is how surely the provider says that it knows her. Without methods
// that count it is one factor, whatever it says.
func (p Provider) strength(s said) Strength {
	counts := func(method string) bool { return slices.Contains(p.AMR, method) }
	if slices.ContainsFunc(s.Methods, counts) || s.Class != "" && slices.Contains(p.ACR, s.Class) {
		return TwoFactors
	}
	return OneFactor
}
