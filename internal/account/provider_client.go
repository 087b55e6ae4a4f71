package account

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"polis/internal/keyring"
	"polis/internal/store"
)

// Providers signs people in with the providers of an installation.
type Providers struct {
	DB   *store.DB
	Keys *keyring.Ring

	client *http.Client
	mu     sync.Mutex
	met    map[string]*meeting // issuer → what it says of itself
}

// NewProviders makes Providers whose requests leave through the client's
// transport, which decides to which hosts they may.
func NewProviders(db *store.DB, keys *keyring.Ring, client *http.Client) *Providers {
	return &Providers{DB: db, Keys: keys, client: careful(client), met: map[string]*meeting{}}
}

// Limits of one request to a provider.
const (
	answerTime = 10 * time.Second
	answerSize = 1 << 20 // bytes
)

var errRedirect = errors.New("account: a provider's address led elsewhere")

// careful is the client with limits: a provider is another house, and may be
// slow, talkative or not itself. It is followed nowhere, because a code or a
// secret would be sent along.
func careful(c *http.Client) *http.Client {
	way := c.Transport
	if way == nil {
		way = http.DefaultTransport
	}
	patience := answerTime
	if c.Timeout > 0 {
		patience = min(patience, c.Timeout)
	}
	return &http.Client{
		Transport: bounded{way}, Timeout: patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return errRedirect },
	}
}

type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		answer.Body = http.MaxBytesReader(nil, answer.Body, answerSize)
	}
	return answer, err
}

// metadata is what a provider says of itself (OpenID Connect Discovery 1.0,
// section 3).
type metadata struct {
	Issuer      string   `json:"issuer"`
	Auth        string   `json:"authorization_endpoint"`
	Token       string   `json:"token_endpoint"`
	Keys        string   `json:"jwks_uri"`
	Info        string   `json:"userinfo_endpoint"`
	EndSession  string   `json:"end_session_endpoint"`
	Algorithms  []string `json:"id_token_signing_alg_values_supported"`
	Methods     []string `json:"token_endpoint_auth_methods_supported"`
	Challenges  []string `json:"code_challenge_methods_supported"`
	NamesIssuer bool     `json:"authorization_response_iss_parameter_supported"` // RFC 9207
}

// meeting is a provider as it was met.
type meeting struct {
	metadata
	*oidc.Provider
	mu    sync.Mutex
	until time.Time
	fault *ProviderFault
}

// For how long a provider is taken at its word, and how soon one that failed is
// asked again: anybody can press its button.
const (
	knownFor  = time.Hour
	failedFor = 10 * time.Second
)

// meet asks the issuer for what it says of itself, unless it has just been asked.
func (ps *Providers) meet(ctx context.Context, issuer string) (*meeting, error) {
	ps.mu.Lock()
	m := ps.met[issuer]
	if m == nil {
		m = &meeting{}
		ps.met[issuer] = m
	}
	ps.mu.Unlock()
	m.mu.Lock()
	defer m.mu.Unlock()
	if time.Now().After(m.until) {
		fresh, fault := ps.discover(context.WithoutCancel(ctx), issuer)
		m.metadata, m.Provider, m.fault, m.until = fresh, nil, fault, time.Now().Add(failedFor)
		if fault == nil {
			m.Provider, m.until = ps.provider(fresh), time.Now().Add(knownFor)
		}
	}
	if m.fault != nil {
		return nil, m.fault
	}
	return &meeting{metadata: m.metadata, Provider: m.Provider}, nil
}

// forget makes the issuer be asked anew.
func (ps *Providers) forget(issuer string) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	delete(ps.met, issuer)
}

// asymmetric are the signatures that are believed. Those with a shared secret are
// not, nor is none.
var asymmetric = []string{
	oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA,
}

func (ps *Providers) provider(m metadata) *oidc.Provider {
	algorithms := slices.DeleteFunc(slices.Clone(m.Algorithms), func(a string) bool { return !slices.Contains(asymmetric, a) })
	c := oidc.ProviderConfig{IssuerURL: m.Issuer, AuthURL: m.Auth, TokenURL: m.Token, UserInfoURL: m.Info, JWKSURL: m.Keys, Algorithms: algorithms}
	return c.NewProvider(oidc.ClientContext(context.Background(), ps.client))
}

// discover reads what the issuer says of itself.
func (ps *Providers) discover(ctx context.Context, issuer string) (m metadata, f *ProviderFault) {
	if f := ps.read(ctx, strings.TrimSuffix(issuer, "/")+"/.well-known/openid-configuration", &m); f != nil {
		return m, f
	}
	if m.Issuer != issuer {
		return m, fault("issuer", m.Issuer)
	}
	for _, e := range []struct {
		address string
		must    bool
	}{{m.Auth, true}, {m.Token, true}, {m.Keys, true}, {m.Info, false}, {m.EndSession, false}} {
		u, err := url.Parse(e.address)
		if e.address == "" && !e.must {
			continue
		}
		if err != nil || !secure(u) || u.Fragment != "" {
			return m, fault("addresses", e.address)
		}
	}
	return m, nil
}

// read reads a JSON document of a provider.
func (ps *Providers) read(ctx context.Context, address string, into any) *ProviderFault {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fault("line")
	}
	r.Header.Set("Accept", "application/json")
	answer, err := ps.client.Do(r)
	if err != nil {
		return lineFault(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return &ProviderFault{Key: "provider.refusal.status", Said: brief(answer.Status), Down: answer.StatusCode >= http.StatusInternalServerError}
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return lineFault(err)
	}
	if err := json.Unmarshal(body, into); err != nil {
		kind, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type"))
		return fault("json", kind)
	}
	return nil
}

// config is the client's side of OAuth.
func (ps *Providers) config(p Provider, m *meeting, redirect string) (*oauth2.Config, error) {
	secret, err := ps.Keys.Unseal(sealedFor(p.ID), p.Sealed)
	if err != nil {
		return nil, fault("secret")
	}
	end := m.Endpoint()
	end.AuthStyle = oauth2.AuthStyleInHeader
	if len(m.Methods) > 0 && !slices.Contains(m.Methods, "client_secret_basic") && slices.Contains(m.Methods, "client_secret_post") {
		end.AuthStyle = oauth2.AuthStyleInParams
	}
	return &oauth2.Config{
		ClientID: p.Client, ClientSecret: secret, Endpoint: end, RedirectURL: redirect,
		Scopes: append([]string{oidc.ScopeOpenID}, p.Scopes...),
	}, nil
}

// Finding is one thing that a test of a provider found out.
type Finding struct {
	Good bool
	Key  string // message under provider.found or provider.refusal
	Said string
	N    int
}

// Probe asks a provider everything that can be asked without a person: what it
// says of itself, its keys, and whether it knows our client and secret.
func (ps *Providers) Probe(ctx context.Context, p Provider, redirect string) (found []Finding) {
	ps.forget(p.Issuer)
	bad := func(err error) []Finding {
		f := lineFault(err)
		return append(found, Finding{Key: f.Key, Said: f.Said})
	}
	m, err := ps.meet(ctx, p.Issuer)
	if err != nil {
		return bad(err)
	}
	found = append(found, Finding{Good: true, Key: "provider.found.issuer"})
	n, f := ps.countKeys(ctx, m.Keys)
	if f != nil {
		return bad(f)
	}
	found = append(found, Finding{Good: n > 0, Key: "provider.found.keys", N: n})
	if len(m.Challenges) > 0 && !slices.Contains(m.Challenges, "S256") {
		found = append(found, Finding{Key: "provider.found.no-pkce"})
	}
	if m.EndSession != "" {
		found = append(found, Finding{Good: true, Key: "provider.found.logout"})
	}
	c, err := ps.config(p, m, redirect)
	if err != nil {
		return bad(err)
	}
	return append(found, ps.probeClient(ctx, c))
}

// countKeys is how many keys the provider has that can sign.
func (ps *Providers) countKeys(ctx context.Context, address string) (n int, f *ProviderFault) {
	var set struct {
		Keys []struct {
			Kind string `json:"kty"`
			Use  string `json:"use"`
		} `json:"keys"`
	}
	if f := ps.read(ctx, address, &set); f != nil {
		return 0, f
	}
	for _, k := range set.Keys {
		if slices.Contains([]string{"RSA", "EC", "OKP"}, k.Kind) && k.Use != "enc" {
			n++
		}
	}
	return n, nil
}

// probeClient shows the provider a code that nobody has: one that knows us says
// that the code is wrong, another one that we are.
func (ps *Providers) probeClient(ctx context.Context, c *oauth2.Config) Finding {
	_, err := c.Exchange(oidc.ClientContext(ctx, ps.client), "polis-test", oauth2.VerifierOption(oauth2.GenerateVerifier()))
	if err == nil {
		return Finding{Key: "provider.refusal.token"}
	}
	f := tokenFault(err)
	if f.Key == "provider.refusal.code" {
		return Finding{Good: true, Key: "provider.found.client"}
	}
	return Finding{Key: f.Key, Said: f.Said}
}

// LogoutAddress is where somebody ends her session there too, "" where the
// provider has no such place (OpenID Connect RP-Initiated Logout 1.0). back is
// where it leads her afterwards.
func (ps *Providers) LogoutAddress(ctx context.Context, p Provider, back string) (string, error) {
	m, err := ps.meet(ctx, p.Issuer)
	if err != nil || m.EndSession == "" {
		return "", err
	}
	u, err := url.Parse(m.EndSession)
	if err != nil {
		return "", fmt.Errorf("account: %w", err)
	}
	q := u.Query()
	q.Set("client_id", p.Client)
	q.Set("post_logout_redirect_uri", back)
	u.RawQuery = q.Encode()
	return u.String(), nil
}
