package account_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/account/providertest"
	"polis/internal/keyring"
	"polis/internal/lang"
	"polis/internal/mail"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// What a provider says of a person, signed as it should be: the claims of its ID
// token and of its user info are whatever it makes up. They go the whole way, from
// the provider's line to an account.
func FuzzClaims(f *testing.F) {
	for _, seed := range [][2]string{
		{``, `{"sub":"person-1","email":"anna@mia.example","email_verified":true,"name":"Anna"}`},
		{`"email":"anna@mia.example","email_verified":"true","name":"Anna Example","groups":["experts"],"amr":["pwd","otp"]`, ``},
		{`"email":"ANNA@mia.example ","given_name":"Anna","family_name":"Ex\u0000ample\r\nBcc: x","groups":"experts","amr":"otp","acr":"high"`, `{}`},
		{`"email":["a@b.example"],"name":{"x":1},"groups":{"experts":true},"amr":7,"acr":null`, `[]`},
		{`"email":"a@b.example\r\nBcc: all@b.example","email_verified":1,"name":"\ud800","realm":{"roles":["experts","keepers"]}`, `{"sub":"other"}`},
		{`"sub":"","email":"a@b.example"`, `null`},
		{`"sub":7`, ``},
		{`"sub":"\u0000","email":"n@b.example","email_verified":true,"name":"N","groups":[]`, ``},
		{`"azp":"somebody","aud":["polis","other"]`, ``},
		{`"auth_time":1e300,"iat":-1`, ``},
		{`"auth_time":"yesterday"`, ``},
		{`"nonce":"mine"`, ``},
		{`"exp":0`, ``},
		{`"email":"ю@пример.example","email_verified":true,"name":"` + strings.Repeat("ж", 300) + `","groups":["` + strings.Repeat("g", 5000) + `"]`, ``},
		{`"realm":` + strings.Repeat(`{"realm":`, 200) + `1` + strings.Repeat(`}`, 200), `{"sub":"person-1","groups":[["experts"]]}`},
		{`"email":"e@b.example","email_verified":true,"name":"\u202eevil\u2066","groups":["experts"]`, "\xff"},
	} {
		f.Add(seed[0], seed[1], "groups")
		f.Add(seed[0], seed[1], "realm.roles")
	}
	db := storetest.SQLite(f)
	keys, err := keyring.Open(f.TempDir(), "")
	if err != nil {
		f.Fatal(err)
	}
	there := providertest.New(f, nil)
	ps := account.NewProviders(db, keys, &http.Client{Timeout: 5 * time.Second})
	mia := account.Provider{
		ID: "mia", Names: lang.Names{"en": "Ministry"}, Issuer: there.URL, Client: there.Client, Scopes: []string{"email"},
		Claim: "groups", AMR: []string{"otp"}, ACR: []string{"high"}, Enabled: true,
		Mapping: []account.Mapping{{Value: "experts", Role: access.Expert}, {Value: "keepers", Role: access.Administrator}},
	}
	if err := ps.SaveProvider(ctx, system, mia, there.Secret); err != nil {
		f.Fatal(err)
	}
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	f.Fuzz(func(t *testing.T, claims, info, group string) {
		there.Break(func(r *providertest.Rules) {
			r.Sign = func(s *providertest.Server, payload []byte) string {
				if claims != "" {
					payload = []byte(string(payload[:len(payload)-1]) + "," + claims + "}")
				}
				return s.Signed(payload, "first")
			}
			r.Path = map[string]func(http.ResponseWriter, *http.Request) bool{"/userinfo": func(w http.ResponseWriter, _ *http.Request) bool {
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte(info)) // whoever asked is gone if this fails
				return true
			}}
		})
		p, err := account.LoadProvider(ctx, db, mia.ID)
		must(t, err)
		p.Claim = group
		errand, address, err := ps.Begin(ctx, p, backHere, account.Errand{})
		must(t, err)
		answer, err := browser.Get(address)
		must(t, err)
		answer.Body.Close()
		back, err := answer.Location()
		must(t, err)
		c, err := ps.Return(ctx, p, backHere, errand, back.Query())
		var fault *account.ProviderFault
		if err != nil {
			if !errors.As(err, &fault) || !strings.HasPrefix(fault.Key, "provider.refusal.") || len(fault.Said) > 200 || fault.Down {
				t.Fatalf("%q %q: %v", claims, info, err)
			}
			return
		}
		sane(t, there.URL, c)
		person, _, err := ps.Arrive(ctx, p, c, "en")
		switch {
		case errors.Is(err, account.ErrStranger), errors.Is(err, store.ErrText):
		case err != nil:
			t.Fatalf("%+v: %v", c, err)
		case person.Email != c.Email && person.Email == "":
			t.Fatalf("%+v has become %+v", c, person)
		}
	})
}

// sane holds what claims that were looked at keep to.
func sane(t *testing.T, issuer string, c account.Claims) {
	t.Helper()
	if c.Issuer != issuer || c.Subject == "" || len(c.Subject) > 255 {
		t.Fatalf("%+v", c)
	}
	if c.Email != "" && (!mail.ValidAddress(c.Email) || c.Email != strings.ToLower(c.Email)) || c.Verified && c.Email == "" {
		t.Fatalf("address %q, verified %v", c.Email, c.Verified)
	}
	if len(c.Name) > 254 || !utf8.ValidString(c.Name) || strings.ContainsFunc(c.Name, unicode.IsControl) {
		t.Fatalf("name %q", c.Name)
	}
	if len(c.Groups) > 2000 || c.Strength != account.OneFactor && c.Strength != account.TwoFactors {
		t.Fatalf("%d groups, strength %d", len(c.Groups), c.Strength)
	}
	if _, err := json.Marshal(c); err != nil { // a year beyond 9999 breaks what is made of it
		t.Fatal(err)
	}
}
