package account

import (
	"context"
	"errors"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"polis/internal/access"
	"polis/internal/directory"
	"polis/internal/lang"
	"polis/internal/store"
)

// Provider is a place where people sign in who have an account elsewhere: with
// their ministry or an organisation, over OpenID Connect.
//
// Its word is good for who somebody is, and where the installation says so for
// her second factor. It is good for roles as far as Mapping goes; but nobody is
// vouched for by signing in (Framework ¶9.3, 16.2).
type Provider struct {
	ID      string     // short name in addresses: "kg-mia"
	Names   lang.Names `db:"names,json"` // on the sign-in page, in one language or all
	Issuer  string     // "https://id.example", to the letter as it calls itself
	Client  string     // what it calls us
	Sealed  string     // client secret
	Scopes  []string   `db:"scopes,json"` // asked for beside openid
	Claim   string     // where the groups stand in what it says: "groups", "realm_access.roles"
	Mapping []Mapping  `db:"mapping,json"`
	AMR     []string   `db:"amr,json"` // methods (RFC 8176) any of which counts as a second factor
	ACR     []string   `db:"acr,json"` // classes any of which does
	ActsFor string     // State whose people sign in there, or
	Body    string     // the structure or organisation; or neither
	Enabled bool
	Rev     int64 // 0: not stored yet
	Created time.Time
	Updated time.Time
}

// Mapping is one line: who is in the group there holds the role here, for the
// State or body, while somebody vouches for her.
type Mapping struct {
	Value       string // of the group, as the provider writes it
	Role        access.Role
	State, Body string
}

// Grant is the role that the line gives.
func (m Mapping) Grant() access.Grant {
	if m.Role.House() {
		return access.Grant{Role: m.Role}
	}
	return access.Grant{Role: m.Role, State: m.State, Body: m.Body}
}

const providerColumns = "id, names, issuer, client, sealed, scopes, claim, mapping, amr, acr, acts_for, body, enabled, rev, created, updated"

// maxLines is how many lines a mapping has.
const maxLines = 50

// Bounds of what is written into the form, in characters.
const (
	maxProviderName = 80
	maxProviderText = 300
)

// ErrMoved is returned where somebody else has changed the provider meanwhile.
var ErrMoved = errors.New("account: the provider was changed meanwhile")

// CountsSecond reports whether the provider may say that somebody has shown a
// second factor.
func (p Provider) CountsSecond() bool { return len(p.AMR)+len(p.ACR) > 0 }

// Gives are the roles that the groups give, each once.
func (p Provider) Gives(groups []string) (list []access.Grant) {
	for _, m := range p.Mapping {
		if g := m.Grant(); slices.Contains(groups, m.Value) && !slices.Contains(list, g) {
			list = append(list, g)
		}
	}
	return list
}

// by is how the provider's word stands beside the roles that it gave.
func (p Provider) by() string { return "provider:" + p.ID }

// LoadProvider reads one provider.
func LoadProvider(ctx context.Context, q store.Reader, id string) (Provider, error) {
	return store.Get[Provider](ctx, q, everything, "SELECT "+providerColumns+" FROM provider WHERE {scope} AND id = $1", id)
}

// ListProviders lists them all, by id.
func ListProviders(ctx context.Context, q store.Reader) ([]Provider, error) {
	return store.List[Provider](ctx, q, everything, "SELECT "+providerColumns+" FROM provider WHERE {scope} ORDER BY id")
}

// EnabledProviders lists those with which somebody can sign in now.
func EnabledProviders(ctx context.Context, q store.Reader) ([]Provider, error) {
	return store.List[Provider](ctx, q, everything, "SELECT "+providerColumns+" FROM provider WHERE {scope} AND enabled ORDER BY id")
}

// SaveProvider stores a provider, a new one where its Rev is 0. An empty secret
// keeps the one that is stored while issuer and client stay what they were: else
// whoever may change settings could have the secret sent to a server of her own.
//
// Roles that no line gives any more end at once, and with Enabled off all that
// the provider gave.
func (ps *Providers) SaveProvider(ctx context.Context, who access.Subject, p Provider, secret string) error {
	if !who.May(access.Operate, access.Label{}).Allowed {
		return ErrForbidden
	}
	p = p.tidied()
	_, err := store.WriteAll(ctx, ps.DB, who, func(tx *store.Tx) ([]store.Event, error) {
		before, err := LoadProvider(ctx, tx, p.ID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		v, err := p.validate(ctx, tx)
		if err != nil {
			return nil, err
		}
		switch {
		case p.Rev == 0 && before.Rev > 0:
			v["id"] = "provider.error.taken"
		case p.Rev != before.Rev:
			return nil, ErrMoved
		}
		sealed := v.secret(before, p, secret)
		if len(v) > 0 {
			return nil, v
		}
		if p.Sealed = sealed; p.Sealed == "" {
			p.Sealed = ps.Keys.Seal(sealedFor(p.ID), secret)
		}
		if err := p.put(ctx, tx); err != nil {
			return nil, err
		}
		ended, err := p.endUnmapped(ctx, tx)
		data := map[string]any{"issuer": p.Issuer, "client": p.Client, "enabled": p.Enabled, "mapping": p.Mapping, "amr": p.AMR, "acr": p.ACR}
		return append([]store.Event{p.event("account.provider.saved", data)}, ended...), err
	})
	return err
}

// secret checks the client secret that was typed, and returns the sealed one that
// stays, or "".
func (v Invalid) secret(before, p Provider, typed string) string {
	switch {
	case typed == "" && before.Sealed != "" && before.Issuer == p.Issuer && before.Client == p.Client:
		return before.Sealed
	case typed == "":
		v["secret"] = "provider.error.secret"
	case len(typed) > maxProviderText || strings.ContainsFunc(typed, unicode.IsControl):
		v["secret"] = "provider.error.text"
	}
	return ""
}

// sealedFor is the purpose with which a client secret is sealed.
func sealedFor(id string) string { return "provider " + id }

func (p Provider) event(act string, data any) store.Event {
	return store.Event{Act: act, Object: p.ID, Label: access.Label{Level: access.Closed}, Data: data}
}

func (p Provider) put(ctx context.Context, tx *store.Tx) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO provider (id, names, issuer, client, sealed, scopes, claim, mapping, amr, acr, acts_for, body, enabled, rev, created, updated)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1, $14, $14)
		ON CONFLICT (id) DO UPDATE SET names = excluded.names, issuer = excluded.issuer, client = excluded.client, sealed = excluded.sealed,
			scopes = excluded.scopes, claim = excluded.claim, mapping = excluded.mapping, amr = excluded.amr, acr = excluded.acr,
			acts_for = excluded.acts_for, body = excluded.body, enabled = excluded.enabled, rev = provider.rev + 1, updated = excluded.updated`,
		p.ID, store.JSON(p.Names), p.Issuer, p.Client, p.Sealed, store.JSON(p.Scopes), p.Claim, store.JSON(p.Mapping),
		store.JSON(p.AMR), store.JSON(p.ACR), p.ActsFor, p.Body, p.Enabled, tx.Now())
	return err
}

// RemoveProvider forgets a provider with everything that it knows people by, and
// ends the roles that it gave. The accounts stay.
func RemoveProvider(ctx context.Context, db *store.DB, who access.Subject, id string) error {
	if !who.May(access.Operate, access.Label{}).Allowed {
		return ErrForbidden
	}
	_, err := store.WriteAll(ctx, db, who, func(tx *store.Tx) ([]store.Event, error) {
		p, err := LoadProvider(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		p.Enabled = false
		ended, err := p.endUnmapped(ctx, tx)
		if err != nil {
			return nil, err
		}
		for _, query := range []string{"DELETE FROM identity WHERE provider = $1", "DELETE FROM provider WHERE id = $1"} {
			if _, err := tx.Exec(ctx, query, id); err != nil {
				return nil, err
			}
		}
		return append([]store.Event{p.event("account.provider.removed", nil)}, ended...), nil
	})
	return err
}

// tidied is the provider as the tables have it.
func (p Provider) tidied() Provider {
	p.ID, p.Issuer, p.Client, p.Claim = strings.TrimSpace(p.ID), strings.TrimSpace(p.Issuer), strings.TrimSpace(p.Client), strings.TrimSpace(p.Claim)
	names := lang.Names{}
	for t, name := range p.Names {
		if name = strings.TrimSpace(name); name != "" {
			names[t] = name
		}
	}
	p.Names = names
	p.Scopes = slices.DeleteFunc(slices.Clone(p.Scopes), func(s string) bool { return s == "openid" })
	p.Mapping = slices.Clone(p.Mapping)
	for i, m := range p.Mapping {
		g := m.Grant()
		p.Mapping[i] = Mapping{strings.TrimSpace(m.Value), g.Role, g.State, g.Body}
	}
	return p
}

var (
	providerID = regexp.MustCompile(`^[a-z][a-z0-9-]{1,39}$`)
	scopeToken = regexp.MustCompile(`^[!#-\[\]-~]{1,100}$`) // RFC 6749, section 3.3
)

// validate checks every field but the secret. Fields of line n are called
// "value-n", "role-n" and "for-n".
func (p Provider) validate(ctx context.Context, q store.Reader) (Invalid, error) {
	v := Invalid{}
	if !providerID.MatchString(p.ID) {
		v["id"] = "provider.error.id"
	}
	if len(p.Names) == 0 {
		v["name-"+string(lang.English)] = "provider.error.name"
	}
	for t, name := range p.Names {
		if len([]rune(name)) > maxProviderName || strings.ContainsFunc(name, unicode.IsControl) {
			v["name-"+string(t)] = "provider.error.name"
		}
	}
	if !validIssuer(p.Issuer) {
		v["issuer"] = "provider.error.issuer"
	}
	if !short(p.Client) || p.Client == "" {
		v["client"] = "provider.error.client"
	}
	for field, list := range map[string][]string{"scopes": p.Scopes, "amr": p.AMR, "acr": p.ACR} {
		if len(list) > 20 || slices.ContainsFunc(list, func(s string) bool { return !scopeToken.MatchString(s) }) {
			v[field] = "provider.error.list"
		}
	}
	if !short(p.Claim) || p.Claim == "" && len(p.Mapping) > 0 {
		v["claim"] = "provider.error.claim"
	}
	if err := v.entry(ctx, q, "for", p.ActsFor, p.Body); err != nil {
		return v, err
	}
	return v, v.mapping(ctx, q, p)
}

func (v Invalid) mapping(ctx context.Context, q store.Reader, p Provider) error {
	if len(p.Mapping) > maxLines {
		v["claim"] = "provider.error.lines"
		return nil
	}
	for i, m := range p.Mapping {
		n := strconv.Itoa(i)
		if m.Value == "" || !short(m.Value) {
			v["value-"+n] = "provider.error.value"
		}
		wrong := Invalid{}
		wrong.grant(m.Grant())
		for field, key := range wrong {
			if field != "role" {
				field = "for"
			}
			v[field+"-"+n] = key
		}
		switch {
		case !m.Role.Granted():
			v["role-"+n] = "account.error.role"
		case m.Role.House() && !p.CountsSecond():
			v["role-"+n] = "provider.error.house"
		}
		if err := v.entry(ctx, q, "for-"+n, m.State, m.Body); err != nil {
			return err
		}
	}
	return nil
}

// entry checks that a State or body is one of the directory's.
func (v Invalid) entry(ctx context.Context, q store.Reader, field, state, body string) error {
	if state+body == "" {
		return nil
	}
	e, err := directory.Get(ctx, q, access.Scope{}, state+body)
	if errors.Is(err, store.ErrNotFound) || err == nil && (state != "" && body != "" || e.Kind.IsState() != (state != "")) {
		v[field] = "account.error.unknown-entry"
		return nil
	}
	return err
}

func short(s string) bool {
	return len(s) <= maxProviderText && !strings.ContainsFunc(s, unicode.IsControl)
}

// validIssuer reports whether the address can be an issuer's: https, without
// query or fragment. On this machine, to try things out, http will do.
func validIssuer(issuer string) bool {
	u, err := url.Parse(issuer)
	return err == nil && short(issuer) && secure(u) && u.RawQuery == "" && !u.ForceQuery && !strings.Contains(issuer, "#")
}

// secure reports whether nobody on the way reads what is sent to the address.
func secure(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	local := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	return u.Host != "" && u.User == nil && (u.Scheme == "https" || u.Scheme == "http" && local)
}
