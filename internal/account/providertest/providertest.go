// Package providertest is an OpenID Connect provider for tests: a server that
// keeps to the rules as long as it is not told to break one.
package providertest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
)

// Server is a provider at which one person at a time signs in: whoever Claims
// describes. The functions break rules; nil keeps them.
type Server struct {
	URL    string // the issuer
	Client string
	Secret string

	mu     sync.Mutex
	rules  Rules
	key    *rsa.PrivateKey
	kid    string
	codes  map[string]code
	asked  map[string]int // path → requests
	server *httptest.Server
}

// Rules are what the provider says, and which rules it breaks.
type Rules struct {
	Claims   map[string]any                                               // of the ID token, beside those of the protocol
	Info     map[string]any                                               // of the user info; nil: Claims
	Metadata func(map[string]any)                                         // changes what it says of itself
	Token    func(map[string]any)                                         // changes the claims before they are signed
	Sign     func(s *Server, payload []byte) string                       // signs otherwise
	Back     func(url.Values)                                             // changes what is sent back with the browser
	Path     map[string]func(w http.ResponseWriter, r *http.Request) bool // answers in place of a path; true: it has
	Page     bool                                                         // the person has to press a button
}

// code is what an authorization code stands for.
type code struct{ nonce, challenge, redirect, prompt string }

// keys are made once: they take long.
var keys = sync.OnceValue(func() (pair [2]*rsa.PrivateKey) {
	for i := range pair {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		pair[i] = key
	}
	return pair
})

// New starts a provider, which ends with the test.
func New(t testing.TB, claims map[string]any) *Server {
	t.Helper()
	s := &Server{Client: "polis", Secret: "client secret", codes: map[string]code{}, asked: map[string]int{}, key: keys()[0], kid: "first"}
	s.rules.Claims = claims
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", s.metadata)
	mux.HandleFunc("/authorize", s.authorize)
	mux.HandleFunc("/token", s.token)
	mux.HandleFunc("/keys", s.keySet)
	mux.HandleFunc("/userinfo", s.userInfo)
	mux.HandleFunc("/logout", s.logout)
	s.server = httptest.NewServer(s.watched(mux))
	// By another name than the house under test, so that to a browser it is another site.
	s.URL = strings.Replace(s.server.URL, "127.0.0.1", "localhost", 1)
	t.Cleanup(s.server.Close)
	return s
}

// Break changes the rules from now on.
func (s *Server) Break(change func(*Rules)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.rules)
}

// Mend returns to the rules, for a person with the claims.
func (s *Server) Mend(claims map[string]any) {
	s.Break(func(r *Rules) { *r = Rules{Claims: claims} })
}

// Rotate signs with another key from now on.
func (s *Server) Rotate() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.key, s.kid = keys()[1], "second"
}

// Asked is how often a path was asked for.
func (s *Server) Asked(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[path]
}

// Close makes the provider one that does not answer.
func (s *Server) Close() { s.server.Close() }

func (s *Server) now() Rules {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rules
}

// watched counts requests and lets a rule answer in place of a path.
func (s *Server) watched(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked[r.URL.Path]++
		instead := s.rules.Path[r.URL.Path]
		s.mu.Unlock()
		if instead == nil || !instead(w, r) {
			next.ServeHTTP(w, r)
		}
	})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // whoever asked is gone if this fails
}

func (s *Server) metadata(w http.ResponseWriter, _ *http.Request) {
	m := map[string]any{
		"issuer": s.URL, "authorization_endpoint": s.URL + "/authorize", "token_endpoint": s.URL + "/token",
		"jwks_uri": s.URL + "/keys", "userinfo_endpoint": s.URL + "/userinfo", "end_session_endpoint": s.URL + "/logout",
		"response_types_supported": []string{"code"}, "id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"},
		"code_challenge_methods_supported": []string{"S256"}, "authorization_response_iss_parameter_supported": true,
	}
	if change := s.now().Metadata; change != nil {
		change(m)
	}
	answer(w, http.StatusOK, m)
}

// authorize signs the person in, at once or with a button, and sends her back.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) {
	q, rules := r.URL.Query(), s.now()
	if q.Get("client_id") != s.Client || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || q.Get("nonce") == "" {
		http.Error(w, "this client may not ask so", http.StatusBadRequest)
		return
	}
	if rules.Page && q.Get("pressed") == "" {
		q.Set("pressed", "1")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><html lang="en"><title>Provider</title><h1>Provider</h1><a id="go" href="/authorize?%s">Sign in as %v</a>`,
			html.EscapeString(q.Encode()), rules.Claims["name"])
		return
	}
	back := url.Values{"code": {rand.Text()}, "state": {q.Get("state")}, "iss": {s.URL}}
	s.mu.Lock()
	s.codes[back.Get("code")] = code{q.Get("nonce"), q.Get("code_challenge"), q.Get("redirect_uri"), q.Get("prompt")}
	s.mu.Unlock()
	if rules.Back != nil {
		rules.Back(back)
	}
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
}

// token changes a code for tokens, once, for who knows its verifier.
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	if id, secret, ok := r.BasicAuth(); !ok || id != s.Client || secret != url.QueryEscape(s.Secret) {
		answer(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
		return
	}
	s.mu.Lock()
	c, known := s.codes[r.PostFormValue("code")]
	delete(s.codes, r.PostFormValue("code"))
	s.mu.Unlock()
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !known || c.redirect != r.PostFormValue("redirect_uri") || c.challenge != base64.RawURLEncoding.EncodeToString(sum[:]) {
		answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
		return
	}
	access := rand.Text()
	answer(w, http.StatusOK, map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": 60, "id_token": s.identity(c, access)})
}

// identity is the ID token.
func (s *Server) identity(c code, access string) string {
	rules, now := s.now(), time.Now()
	sum := sha256.Sum256([]byte(access))
	claims := map[string]any{
		"iss": s.URL, "aud": s.Client, "sub": "person-1", "exp": now.Add(time.Minute).Unix(), "iat": now.Unix(), "auth_time": now.Unix(),
		"nonce": c.nonce, "at_hash": base64.RawURLEncoding.EncodeToString(sum[:16]),
	}
	if c.prompt != "login" {
		claims["auth_time"] = now.Add(-time.Hour).Unix()
	}
	maps.Copy(claims, rules.Claims)
	if rules.Token != nil {
		rules.Token(claims)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		panic(err)
	}
	if rules.Sign != nil {
		return rules.Sign(s, payload)
	}
	return s.Signed(payload, s.kid)
}

// Signed signs with the present key under the name.
func (s *Server) Signed(payload []byte, kid string) string {
	return sign(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: s.key, KeyID: kid}}, payload)
}

// Unsigned is a token of the algorithm "none".
func (s *Server) Unsigned(payload []byte) string {
	enc := base64.RawURLEncoding.EncodeToString
	return enc([]byte(`{"alg":"none"}`)) + "." + enc(payload) + "."
}

// WithPublicKey signs with HS256 and the public key as the shared secret: what a
// verifier falls for that lets the token choose the algorithm.
func (s *Server) WithPublicKey(payload []byte) string {
	public, err := json.Marshal(jose.JSONWebKey{Key: s.key.Public(), KeyID: s.kid})
	if err != nil {
		panic(err)
	}
	return sign(jose.SigningKey{Algorithm: jose.HS256, Key: jose.JSONWebKey{Key: public, KeyID: s.kid}}, payload)
}

func sign(key jose.SigningKey, payload []byte) string {
	signer, err := jose.NewSigner(key, nil)
	if err != nil {
		panic(err)
	}
	object, err := signer.Sign(payload)
	if err != nil {
		panic(err)
	}
	text, err := object.CompactSerialize()
	if err != nil {
		panic(err)
	}
	return text
}

// WithStrangersKey signs with a key that the provider does not publish, under the
// name of the one that it does.
func (s *Server) WithStrangersKey(payload []byte) string {
	other := keys()[1]
	if s.key == other {
		other = keys()[0]
	}
	return sign(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: other, KeyID: s.kid}}, payload)
}

func (s *Server) keySet(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	public := jose.JSONWebKey{Key: crypto.PublicKey(s.key.Public()), KeyID: s.kid, Algorithm: "RS256", Use: "sig"}
	s.mu.Unlock()
	answer(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{public}})
}

func (s *Server) userInfo(w http.ResponseWriter, r *http.Request) {
	rules := s.now()
	info := rules.Info
	if info == nil {
		info = map[string]any{"sub": "person-1"}
		maps.Copy(info, rules.Claims)
	}
	if r.Header.Get("Authorization") == "" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	answer(w, http.StatusOK, info)
}

// logout ends the person's session and sends her back.
func (s *Server) logout(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, r.URL.Query().Get("post_logout_redirect_uri"), http.StatusFound)
}
