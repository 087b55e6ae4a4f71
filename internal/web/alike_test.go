package web

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// answer is all that comes back, but for what differs from request to request.
func (v visitor) answer(path string, pairs ...string) (string, time.Duration) {
	v.h.t.Helper()
	var form strings.Builder
	for i := 0; i+1 < len(pairs); i += 2 {
		fmt.Fprintf(&form, "&%s=%s", pairs[i], pairs[i+1])
	}
	start := time.Now()
	w, err := v.client.Do(v.request("POST", path, "application/x-www-form-urlencoded", strings.NewReader(form.String()[1:])))
	took := time.Since(start)
	if err != nil {
		v.h.t.Fatal(err)
	}
	defer w.Body.Close()
	for _, own := range []string{"X-Request-Id", "Date", "Set-Cookie"} {
		w.Header.Del(own)
	}
	var text strings.Builder
	fmt.Fprintln(&text, w.StatusCode)
	_ = w.Header.Write(&text) // a strings.Builder takes everything
	body, err := io.ReadAll(w.Body)
	if err != nil {
		v.h.t.Fatal(err)
	}
	return text.String() + string(body), took
}

// TestLettersAreAskedForAlike asks for letters to addresses that have an account
// and to others, in turn: the answers are the same to the last byte, what follows
// them too, and they take as long. ASVS 5.0 6.3.8.
func TestLettersAreAskedForAlike(t *testing.T) {
	const rounds = 41
	eachPostal(t, func(t *testing.T, h postal) {
		h.person("known@polis.example", access.MemberRole, "KG")
		own := h.entered("mover@polis.example", access.MemberRole, "KG")
		for path, v := range map[string]visitor{"/en/register": h.visitor(), "/ru/reset": h.visitor(), "/en/account/address": own} {
			var times [2][]time.Duration
			first := ""
			for i := range 2 * rounds {
				which := i % 2
				address := []string{"known@polis.example", "other@polis.example"}[which]
				h.forgetTries()
				got, took := v.answer(path, "email", address)
				if first == "" {
					first = got
				}
				if got != first || !strings.HasPrefix(got, fmt.Sprint(http.StatusSeeOther)) {
					t.Fatalf("%s: for %s\n%s\nbefore\n%s", path, address, got, first)
				}
				times[which] = append(times[which], took)
			}
			known, unknown := median(times[0]), median(times[1])
			t.Logf("%s: known %s, unknown %s", path, known, unknown)
			if (known - unknown).Abs() > max(3*time.Millisecond, min(known, unknown)/2) {
				t.Errorf("%s: %s for a known address, %s for an unknown one", path, known, unknown)
			}
		}
		sent := h.visitor().get("/en/reset/sent")
		if again := h.visitor().get("/en/reset/sent"); again.body != sent.body || strings.Contains(sent.body, "@") {
			t.Error("the page that follows says of which address it speaks")
		}
	})
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

// forgetTries makes the next try the first: this test is about something else.
func (h inhabited) forgetTries() {
	h.t.Helper()
	if _, err := store.Upkeep(h.t.Context(), h.DB, "DELETE FROM attempt WHERE count > $1", 0); err != nil {
		h.t.Fatal(err)
	}
}
