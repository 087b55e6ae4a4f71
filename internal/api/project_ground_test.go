package api_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/api"
	"polis/internal/assistance"
	"polis/internal/blob"
	"polis/internal/directory"
	"polis/internal/extract"
	"polis/internal/keyring"
	"polis/internal/library"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// people are those who ask, by what they are called in the header "As".
var people = map[string]access.Subject{
	"focal": access.Act("focal", access.FocalPoint, "KG", ""), "focal of TJ": access.Act("tj", access.FocalPoint, "TJ", ""),
	"desk": access.Act("desk", access.DeskOfficer, "", ""), "second of the desk": access.Act("desk-2", access.DeskOfficer, "", ""), "member": access.Act("m", access.MemberRole, "", ""),
	"officer": access.Act("officer", access.ProgrammeOfficer, "", "spmu"), "officer elsewhere": access.Act("officer-2", access.ProgrammeOfficer, "", "po-astana"),
}

// whoAsks reads "desk", and what a token of hers may do: "program of desk" changes what
// she may, "reader of desk" reads, "member's program of desk" reaches no further than
// what is for members.
func whoAsks(r *http.Request) access.Subject {
	as := r.Header.Get("As")
	for kind, within := range map[string]func(access.Subject) access.Subject{
		"program of ":          func(s access.Subject) access.Subject { return s.Within(access.Closed, true) },
		"reader of ":           func(s access.Subject) access.Subject { return s.Within(access.Closed, false) },
		"member's program of ": func(s access.Subject) access.Subject { return s.Within(access.Member, true) },
	} {
		if of, ok := strings.CutPrefix(as, kind); ok {
			return within(people[of])
		}
	}
	return people[as]
}

// world is the API over HTTP, with the rooms behind it.
type world struct {
	*assistance.Assistance
	t       *testing.T
	library *library.Library
	url     string
	lang    string // of the refusals
	key     string // Idempotency-Key
}

// behind serves the API of an empty system on both engines.
func behind(t *testing.T, fn func(t *testing.T, w world)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if err := directory.Seed(ctx, db); err != nil {
			t.Fatal(err)
		}
		keys, err := keyring.Open(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		files, err := blob.Open(filepath.Join(t.TempDir(), "files"))
		if err != nil {
			t.Fatal(err)
		}
		lib := &library.Library{DB: db, Files: files, Texts: extract.New("", extract.DefaultLimits())}
		server := httptest.NewServer((&api.API{DB: db, Keys: keys, Library: lib, Version: "test", Who: whoAsks}).Handler())
		t.Cleanup(server.Close)
		fn(t, world{&assistance.Assistance{DB: db}, t, lib, server.URL + api.Base, "", ""})
	})
}

// in is the world for a part of a test.
func (w world) in(t *testing.T) world {
	w.t = t
	return w
}

// answer is what came back.
type answer struct {
	code int
	j
	text string
	head http.Header
}

func (w world) ask(as, method, path string, body ...any) answer {
	w.t.Helper()
	var sent io.Reader
	if len(body) > 0 {
		sent = strings.NewReader(store.JSON(body[0]))
	}
	r, err := http.NewRequestWithContext(ctx, method, w.url+path, sent)
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("As", as)
	r.Header.Set("Content-Type", "application/json")
	for name, value := range map[string]string{"Accept-Language": w.lang, "Idempotency-Key": w.key} {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	out := answer{code: got.StatusCode, text: string(text), head: got.Header}
	if err := json.Unmarshal(text, &out.j); err != nil {
		w.t.Fatalf("%s %s: %d %s", method, path, got.StatusCode, text)
	}
	if out.code >= 400 && (out.head.Get("Content-Type") != "application/problem+json" || out.j["status"] != float64(out.code)) {
		w.t.Errorf("%s %s: %s is no problem of RFC 9457", method, path, text)
	}
	return out
}

// done is ask for what has to go.
func (w world) done(as, method, path string, body ...any) answer {
	w.t.Helper()
	got := w.ask(as, method, path, body...)
	if got.code >= 300 {
		w.t.Fatalf("%s %s by %q: %d %s", method, path, as, got.code, got.text)
	}
	return got
}

// refused is ask for what must not go: the problem says each of these.
func (w world) refused(code int, as, method, path string, body any, says ...string) {
	w.t.Helper()
	got := w.ask(as, method, path, body)
	if got.code != code {
		w.t.Errorf("%s %s by %q: %d %s, not %d", method, path, as, got.code, got.text, code)
	}
	for _, s := range says {
		if !strings.Contains(got.text, s) {
			w.t.Errorf("%s %s by %q does not say %q: %s", method, path, as, s, got.text)
		}
	}
}

// rev is the revision of what stands at an address.
func (w world) rev(path string) int64 {
	w.t.Helper()
	return int64(w.done("desk", "GET", path).j["rev"].(float64))
}

// move is a move with the present revision.
func (w world) move(path, move string, more ...j) j {
	body := j{"move": move, "rev": w.rev(path), "words": "Because."}
	for _, m := range more {
		for name, value := range m {
			body[name] = value
		}
	}
	return body
}

const area = "police-reform"

func day(days int) string { return time.Now().UTC().AddDate(0, 0, days).Format(time.DateOnly) }

// asked is a request of the State that was accepted.
func (w world) asked(state string) string {
	w.t.Helper()
	focal := people[map[string]string{"KG": "focal", "TJ": "focal of TJ"}[state]]
	id, err := w.Draft(ctx, focal, assistance.RequestDraft{Lang: "ru", Title: "Курс", Wish: "Курс для десяти", Reason: "Новый закон", Themes: []string{area}})
	if err != nil {
		w.t.Fatal(err)
	}
	for i, m := range []assistance.Move{assistance.Submit, assistance.Acknowledge, assistance.Accept} {
		who := people["desk"]
		if m == assistance.Submit {
			who = focal
		}
		if err := w.Move(ctx, who, id, int64(i+1), m, "", ""); err != nil {
			w.t.Fatal(m, err)
		}
	}
	return id
}

// given is a consent that a State has given for the area on these days.
func (w world) given(state, request string, since, until int) string {
	w.t.Helper()
	id, err := w.AskConsent(ctx, people["desk"], assistance.AskedConsent{Giver: state, Request: request, Why: "A course", Areas: []string{area, "cybercrime"}})
	if err == nil {
		err = w.Give(ctx, people[map[string]string{"KG": "focal", "TJ": "focal of TJ"}[state]], id, 1, assistance.GivenConsent{
			Authority: "Ministry of Internal Affairs", Office: "Head of department", Given: day(min(since, 0)), Since: day(since), Until: day(until), Areas: []string{area, "cybercrime"},
		})
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

// mandated is a mandate that is valid on these days.
func (w world) mandated(since, until int) string {
	w.t.Helper()
	id, err := w.PutMandate(ctx, people["desk"], assistance.Mandate{Holder: "spmu", Lang: "en", Title: "Police-related activities", Document: "PC.DEC/1049", Since: day(since), Until: day(until)})
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

// budgeted gives a project a budget that is covered.
func (w world) budgeted(path string) {
	w.t.Helper()
	id := strings.TrimPrefix(path, "/projects/")
	fund := assistance.Fund{Kind: assistance.UnifiedBudget, Source: "spmu", Currency: "EUR", Since: day(-100), Until: day(300), Pledged: 1_200_050}
	line := assistance.BudgetLine{Year: time.Now().UTC().Year(), Output: "A course", Category: "experts", Planned: 1_200_050}
	order := func(o assistance.Order) assistance.Money {
		m, err := w.Money(ctx, id)
		if err != nil {
			w.t.Fatal(err)
		}
		e, err := w.Order(ctx, people["desk"], id, m.Rev, o)
		if err != nil {
			w.t.Fatal(o.Move, err)
		}
		return e.After
	}
	order(assistance.Order{Move: assistance.OpenBooks, Currency: "EUR"})
	order(assistance.Order{Move: assistance.PlanLine, Line: line})
	m := order(assistance.Order{Move: assistance.PledgeFund, Fund: fund})
	order(assistance.Order{Move: assistance.GrantFund, ID: m.Funds[0].ID, Amount: 1_200_050, Currency: "EUR"})
}

// planned is a draft with everything that it takes to be approved, but gates and
// answers.
func (w world) planned(states ...string) j {
	return j{
		"lang": "en", "title": "Training of trainers", "summary": "A course for trainers of the academy.", "tailoring": "Fits the reform of the academy.",
		"line": "1049/12.3", "phase": "rule-of-law", "dimension": "politico-military", "gender": "significant", "starts": day(-30), "ends": day(200),
		"mandate": w.mandated(-365, 730), "themes": []string{area}, "states": states, "items": []string{"1049/14.2"}, "organisers": []string{"spmu"},
		"partners": []string{"A police academy"}, "bodies": []string{"The police academy"}, "places": []string{"Bishkek"},
	}
}

var answers = j{
	"rule-of-law": "By the law on the police.", "human-rights": "A module of two days.", "gender": "A third of the places.",
	"minorities": "Taught in two languages.", "partnership": "With residents' councils.", "accountability": "Results are published.",
}

// bound is the order to let a gate rest on a State's request and consent.
func (w world) bound(path, state, request, consent string) j {
	return j{"move": "bind", "rev": w.rev(path), "state": state, "theme": area, "request": request, "consent": consent}
}

// The steps by which a project is made ready, in their order.
var readying = []string{"gates", "answers", "budget", "appraised"}

// readied is a project, and what it needs to be approved but what is left out.
func (w world) readied(draft j, without ...string) (path string) {
	w.t.Helper()
	path = "/projects/" + w.done("officer", "POST", "/projects", draft).j["id"].(string)
	for _, step := range readying {
		if slices.Contains(without, step) {
			continue
		}
		switch step {
		case "gates":
			for _, state := range draft["states"].([]string) {
				request := w.asked(state)
				w.done("officer", "POST", path+"/gates", w.bound(path, state, request, w.given(state, request, -60, 400)))
			}
		case "answers":
			w.done("officer", "PUT", path+"/principles/plan", j{"rev": w.rev(path), "answers": answers})
		case "budget":
			w.budgeted(path)
		case "appraised":
			w.done("officer", "POST", path+"/moves", w.move(path, "appraise"))
		}
	}
	return path
}

// stage is how far what stands at an address is.
func (w world) stage(path string) string { return fmt.Sprint(w.done("desk", "GET", path).j["stage"]) }

// document is the id of an imported document.
func (w world) document(external string) string {
	w.t.Helper()
	id, err := store.Get[string](ctx, w.library.DB, store.Everything("test"), "SELECT document FROM language_version WHERE {scope} AND external = $1", external)
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}
