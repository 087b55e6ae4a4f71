package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"polis/internal/lang"
)

// The provider's button and its way back make us ask another host: one address
// may do so as often as anything that is costly.
func TestTheWayToAProviderIsRated(t *testing.T) {
	eachFederated(t, func(t *testing.T, h federated) {
		h.site.costlyRates = newRates("costly", 4)
		knocks := func(peer, method, path string) *httptest.ResponseRecorder {
			r := httptest.NewRequest(method, path, strings.NewReader(url.Values{"next": {"/en/library"}}.Encode()))
			r.RemoteAddr = peer
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			w := httptest.NewRecorder()
			h.site.ServeHTTP(w, r)
			return w
		}
		for peer, way := range map[string][2]string{
			"203.0.113.7:5000": {"POST", "/ru/sign-in/with/mia"},
			"203.0.113.8:5000": {"GET", "/sign-in/with/mia/back?state=12345678&code=x"},
		} {
			before := h.there.Asked("/token")
			var admitted int
			for range 9 {
				switch w := knocks(peer, way[0], way[1]); w.Code {
				case http.StatusTooManyRequests:
					if w.Header().Get("Retry-After") == "" || len(w.Result().Cookies()) > 0 {
						t.Errorf("%s: the refusal is %v", way[1], w.Header())
					}
				default:
					admitted++
				}
			}
			if admitted != 4 {
				t.Errorf("%s: %d of 9 were admitted", way[1], admitted)
			}
			if n := h.there.Asked("/token"); n != before {
				t.Errorf("%s: the provider was asked %d times for nothing", way[1], n-before)
			}
		}
		if w := knocks("203.0.113.9:5000", "POST", "/en/sign-in/with/mia"); w.Code != http.StatusOK {
			t.Errorf("another address: %d", w.Code)
		}
		for range 5 { // both ways count together
			knocks("203.0.113.10:5000", "POST", "/en/sign-in/with/mia")
		}
		if w := knocks("203.0.113.10:5000", "GET", "/sign-in/with/mia/back?state=12345678&code=x"); w.Code != http.StatusTooManyRequests {
			t.Errorf("the way back of who has pressed the button too often: %d", w.Code)
		}
		if !strings.Contains(knocks("203.0.113.7:5000", "POST", "/ru/sign-in/with/mia").Body.String(), lang.For("ru").T("web.nav.sign-in")) {
			t.Error("the refusal is not in the reader's language")
		}
	})
}
