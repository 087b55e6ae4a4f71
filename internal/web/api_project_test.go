package web

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/api"
	"polis/internal/store"
)

// told sends JSON as a program does, with a token or without, and returns the status
// with what came back.
func (h inhabited) told(method, path, secret string, body any, headers ...string) (int, map[string]any) {
	h.t.Helper()
	v := h.visitor()
	r := v.request(method, api.Base+path, "application/json", strings.NewReader(store.JSON(body)))
	if secret != "" {
		r.Header.Set("Authorization", "Bearer "+secret)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	got, err := v.client.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	var answer map[string]any
	if err := json.Unmarshal(text, &answer); err != nil {
		h.t.Fatalf("%s %s: %d %s", method, path, got.StatusCode, text)
	}
	return got.StatusCode, answer
}

// A token writes a project where the person behind it may, as far as it was made for,
// through the whole of the site; and nobody does without one from elsewhere.
func TestTokensWriteProjectsAsFarAsTheyReach(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		programs := api.API{DB: h.DB, Keys: h.Keys, Library: h.Library, Index: h.Index, Who: func(r *http.Request) access.Subject { return ReaderOf(r).Subject }}
		h.site.Mount(api.Base+"/", programs.Handler())
		officer, _ := h.serving("officer@polis.example", "spmu")
		desk := h.signedIn("desk@polis.example", access.DeskOfficer)
		path := "/en/account/tokens"
		writes, reads := officer.make(path, "reach", "official", "changes", "yes"), officer.make(path, "reach", "official")
		low, desks := officer.make(path, "reach", "member", "changes", "yes"), desk.make(path, "reach", "official", "changes", "yes")
		draft := map[string]any{"lang": "en", "title": "Training of trainers", "states": []string{"KG"}, "themes": []string{"drugs"}}
		for secret, want := range map[string]int{"": 403, reads: 403, low: 403} {
			if code, got := h.told("POST", "/projects", secret, draft); code != want {
				t.Errorf("%d %v", code, got)
			}
		}
		code, made := h.told("POST", "/projects", writes, draft, "Idempotency-Key", "1")
		if code != http.StatusCreated {
			t.Fatal(code, made)
		}
		if code, got := h.told("POST", "/projects", writes, draft, "Idempotency-Key", "1"); code != http.StatusConflict {
			t.Error("sent twice:", code, got)
		}
		at := "/projects/" + made["id"].(string)
		move := func(name string, rev any) map[string]any { return map[string]any{"move": name, "rev": rev} }
		for _, c := range []struct {
			what, secret string
			body         map[string]any
			want         int
		}{
			{"a token that reads", reads, move("appraise", made["rev"]), 403},
			{"a token for members", low, move("appraise", made["rev"]), 404},
			{"nobody", "", move("appraise", made["rev"]), 404},
			{"hers", writes, move("appraise", made["rev"]), 200},
			{"hers, of what is the desk's", writes, move("approve", 3), 403},
			{"the desk's, at a former revision", desks, move("approve", made["rev"]), 412},
			{"the desk's, without consent", desks, move("approve", 3), 422},
		} {
			if code, got := h.told("POST", at+"/moves", c.secret, c.body); code != c.want {
				t.Errorf("%s: %d %v", c.what, code, got)
			}
		}
		draft["rev"], draft["title"] = 3, "Another title"
		if code, got := h.told("PUT", at, writes, draft); code != http.StatusOK || got["title"] != "Another title" {
			t.Error(code, got)
		}
		from := officer.request("PUT", api.Base+at, "application/json", strings.NewReader(store.JSON(draft)))
		from.Header.Set("Sec-Fetch-Site", "cross-site")
		from.Header.Set("Origin", "https://elsewhere.example")
		if got := officer.do(from); got.status != http.StatusForbidden {
			t.Errorf("another site writes with her session: %d", got.status)
		}
	})
}
