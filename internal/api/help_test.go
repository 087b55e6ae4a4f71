package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/api"
	"polis/internal/assistance"
	"polis/internal/directory"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// caller asks the API as somebody.
type caller func(as, method, path string, body ...any) (int, map[string]any)

// helping answers about requests and consents on both engines. Who asks stands in the
// header "As"; "program of X" is a token of X.
func helping(t *testing.T, fn func(t *testing.T, ask caller, a *assistance.Assistance)) {
	t.Helper()
	people := map[string]access.Subject{
		"focal": access.Act("focal", access.FocalPoint, "KG", ""), "focal of TJ": access.Act("tj", access.FocalPoint, "TJ", ""),
		"desk": access.Act("desk", access.DeskOfficer, "", ""), "member": access.Act("m", access.MemberRole, "", ""),
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if err := directory.Seed(ctx, db); err != nil {
			t.Fatal(err)
		}
		h := (&api.API{DB: db, Version: "test", Who: func(r *http.Request) access.Subject {
			as := r.Header.Get("As")
			if of, ok := strings.CutPrefix(as, "program of "); ok {
				return people[of].Within(access.Closed, true)
			}
			return people[as]
		}}).Handler()
		fn(t, func(as, method, path string, body ...any) (int, map[string]any) {
			r := httptest.NewRequest(method, api.Base+path, nil)
			if len(body) > 0 {
				r = httptest.NewRequest(method, api.Base+path, strings.NewReader(store.JSON(body[0])))
				r.Header.Set("Content-Type", "application/json")
			}
			r.Header.Set("As", as)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			var answer map[string]any
			if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
				t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
			}
			return w.Code, answer
		}, &assistance.Assistance{DB: db})
	})
}

type j = map[string]any

var course = assistance.RequestDraft{Lang: "ru", Title: "Курс", Wish: "Курс для десяти", Reason: "Новый закон", Themes: []string{"cybercrime", "drugs"}}

func TestARequestIsMovedByPrograms(t *testing.T) {
	helping(t, func(t *testing.T, ask caller, a *assistance.Assistance) {
		id, err := a.Draft(ctx, access.Act("focal", access.FocalPoint, "KG", ""), course)
		if err != nil {
			t.Fatal(err)
		}
		path := "/requests/" + id
		for as, want := range map[string]int{"focal": 200, "program of focal": 200, "desk": 404, "focal of TJ": 404, "member": 404, "": 404} {
			if code, _ := ask(as, "GET", path); code != want {
				t.Errorf("a draft, by %q: %d", as, code)
			}
		}
		for _, c := range []struct {
			as   string
			body j
			want int
			says string
		}{
			{"", j{"move": "submit", "rev": 1}, 404, ""},
			{"program of focal", j{"move": "fly", "rev": 1}, 422, "body.move"},
			{"program of focal", j{"move": "answer", "rev": 1, "words": "Ten"}, 409, "still a draft"},
			{"program of focal", j{"move": "accept", "rev": 1}, 403, ""},
			{"program of focal", j{"move": "submit", "rev": 1}, 200, `"stage":"submitted"`},
			{"focal", j{"move": "withdraw", "rev": 1}, 412, `"value":2`},
			{"program of desk", j{"move": "ask", "rev": 2, "words": " "}, 422, "body.words"},
			{"program of desk", j{"move": "acknowledge", "rev": 2}, 200, `"acknowledged"`},
			{"focal of TJ", j{"move": "accept", "rev": 3}, 403, ""},
			{"desk", j{"move": "refer", "rev": 3, "to": strings.Repeat("x", 1001)}, 422, "body.to"},
			{"desk", j{"move": "decline", "rev": 3, "words": "a\x00b"}, 400, ""},
			{"desk", j{"move": "accept", "rev": 3}, 200, `"accepted"`},
			{"desk", j{"move": "decline", "rev": 4, "words": "No"}, 409, "accepted already"},
		} {
			code, answer := ask(c.as, "POST", path+"/moves", c.body)
			if text := store.JSON(answer); code != c.want || !strings.Contains(text, c.says) {
				t.Errorf("%v by %q: %d %s", c.body, c.as, code, text)
			}
		}
		code, r := ask("focal of TJ", "GET", path)
		if code != 200 || r["title"] != "Курс" || len(r["steps"].([]any)) != 4 || len(r["moves"].([]any)) != 0 || r["state"] != "KG" {
			t.Error(code, r)
		}
		if text := store.JSON(r); strings.Contains(text, `"focal"`) || strings.Contains(text, `"desk"`) {
			t.Error("it names people:", text)
		}
	})
}

func TestListsOfRequestsGoOnFromWhereTheyEnded(t *testing.T) {
	helping(t, func(t *testing.T, ask caller, a *assistance.Assistance) {
		focal := access.Act("focal", access.FocalPoint, "KG", "")
		for range 5 {
			id, err := a.Draft(ctx, focal, course)
			if err == nil {
				err = a.Move(ctx, focal, id, 1, assistance.Submit, "", "")
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		seen, path := 0, "/requests?limit=2&state=KG&theme=drugs&stage=submitted"
		for after := ""; ; {
			code, page := ask("desk", "GET", path+"&after="+after)
			if code != 200 {
				t.Fatal(code, page)
			}
			seen += len(page["requests"].([]any))
			if after = page["next"].(string); after == "" {
				break
			}
		}
		if seen != 5 {
			t.Error(seen)
		}
		for path, want := range map[string]int{"/requests?only=waiting": 5, "/requests?only=overdue": 0, "/requests?state=TJ": 0, "/requests?stage=accepted&stage=declined": 0} {
			if _, page := ask("desk", "GET", path); len(page["requests"].([]any)) != want {
				t.Errorf("%s: %v", path, page)
			}
		}
		for _, as := range []string{"", "member"} {
			if code, page := ask(as, "GET", "/requests"); code != 200 || len(page["requests"].([]any)) != 0 {
				t.Errorf("%q: %d %v", as, code, page)
			}
		}
		for _, path := range []string{"/requests?after=x", "/requests?stage=lost", "/requests?limit=0", "/consents?after=1-", "/consents?stage=x"} {
			if code, _ := ask("desk", "GET", path); code != 422 {
				t.Errorf("%s: %d", path, code)
			}
		}
	})
}

func TestNoProgramConsents(t *testing.T) {
	helping(t, func(t *testing.T, ask caller, a *assistance.Assistance) {
		desk := access.Act("desk", access.DeskOfficer, "", "")
		asked := func() string {
			id, err := a.AskConsent(ctx, desk, assistance.AskedConsent{Giver: "KG", Why: "A course", Areas: []string{"cybercrime", "drugs"}})
			if err != nil {
				t.Fatal(err)
			}
			return "/consents/" + id
		}
		give := func(rev int) j {
			return j{"move": "give", "rev": rev, "areas": []string{"drugs"}, "authority": "Ministry", "office": "Minister", "given": "2026-01-15", "document": "KG/1"}
		}
		path := asked()
		for _, c := range []struct {
			as   string
			body j
			want int
			says string
		}{
			{"program of focal", give(1), 403, "program"},
			{"program of desk", give(1), 403, "program"},
			{"program of focal", j{"move": "refuse", "rev": 1}, 403, "program"},
			{"focal of TJ", give(1), 403, ""},
			{"member", give(1), 404, ""},
			{"focal", j{"move": "give", "rev": 1}, 422, "body.office"},
			{"focal", j{"move": "close", "rev": 1, "theme": "drugs"}, 409, "not answered yet"},
			{"focal", j{"move": "retract", "rev": 1, "reason": "why"}, 403, ""},
			{"focal", give(1), 200, `"standing":"open"`},
			{"desk", j{"move": "retract", "rev": 2, "reason": "why"}, 409, "given already"},
			{"program of focal", j{"move": "close", "rev": 2, "theme": "drugs"}, 403, "program"},
			{"focal", j{"move": "close", "rev": 1, "theme": "drugs"}, 412, `"value":2`},
			{"focal", j{"move": "close", "rev": 2, "theme": "terrorism"}, 422, "body.theme"},
			{"focal", j{"move": "close", "rev": 2, "theme": "drugs", "reason": "Later"}, 200, `"standing":"closed"`},
			{"focal", j{"move": "open", "rev": 3, "theme": "drugs"}, 200, `"standing":"open"`},
			{"focal", j{"move": "withdraw", "rev": 4}, 200, `"withdrawn"`},
		} {
			code, answer := ask(c.as, "POST", path+"/moves", c.body)
			if text := store.JSON(answer); code != c.want || !strings.Contains(text, c.says) {
				t.Errorf("%v by %q: %d %s", c.body, c.as, code, text)
			}
		}
		mistaken := asked()
		if code, c := ask("program of desk", "POST", mistaken+"/moves", j{"move": "retract", "rev": 1, "reason": "TJ was meant"}); code != 200 || c["stage"] != "retracted" {
			t.Error(code, c)
		}
		if code, page := ask("focal of TJ", "GET", "/consents?state=KG&theme=drugs&limit=1"); code != 200 || fmt.Sprint(page["consents"].([]any)[0].(j)["url"]) != "/assistance"+mistaken || page["next"] == "" {
			t.Error(code, page)
		}
		if code, c := ask("focal of TJ", "GET", path); code != 200 || len(c["steps"].([]any)) != 5 {
			t.Error(code, c)
		}
	})
}
