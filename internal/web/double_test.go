package web

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/account/providertest"
	"polis/internal/assistance"
	"polis/internal/library"
	"polis/internal/store"
)

// form reads the form of a page that goes to the action.
func (v visitor) form(page, action string) form {
	v.h.t.Helper()
	got := v.get(page)
	root, err := html.Parse(strings.NewReader(got.body))
	if err != nil || got.status != http.StatusOK {
		v.h.t.Fatalf("%s: %d %v", page, got.status, err)
	}
	for n := range root.Descendants() {
		if at := attributes(n); n.Data == "form" && strings.EqualFold(at["method"], "post") {
			if f := readHTMLForm(n, at); strings.HasPrefix(f.action, action) {
				return f
			}
		}
	}
	v.h.t.Fatalf("%s has no form that goes to %s", page, action)
	return form{}
}

// filled is the form with what somebody writes into it.
func (f form) filled(pairs ...string) form {
	f.fields = maps.Clone(f.fields)
	for i := 0; i+1 < len(pairs); i += 2 {
		f.fields.Set(pairs[i], pairs[i+1])
	}
	return f
}

// submit sends the form as it is.
func (v visitor) submit(f form) seen {
	v.h.t.Helper()
	return v.do(v.request("POST", f.action, "application/x-www-form-urlencoded", strings.NewReader(f.fields.Encode())))
}

// counted says what is counted before and after: rows of a table, events of an act,
// letters of a kind, or letters that have arrived.
func (h postal) counted(what string) int {
	h.t.Helper()
	kind, name, _ := strings.Cut(what, " ")
	if kind == "arrived" {
		return len(h.mailbox.Letters())
	}
	query, args := "SELECT COUNT(*) FROM "+name+" WHERE {scope}", []any(nil)
	switch kind {
	case "event":
		query, args = "SELECT COUNT(*) FROM event WHERE {scope} AND act = $1", []any{name}
	case "letter":
		query, args = "SELECT COUNT(*) FROM letter WHERE {scope} AND kind = $1", []any{name}
	}
	n, err := store.Get[int](h.t.Context(), h.DB, store.Everything("test"), query, args...)
	if err != nil {
		h.t.Fatalf("%s: %v", what, err)
	}
	return n
}

// twice sends three times the same: two at the same time and one after them. What
// is counted must be once, and each answer a page that people can read.
func (h postal) twice(t *testing.T, name string, send func() seen, counts map[string]int) {
	t.Helper()
	before := map[string]int{}
	for what := range counts {
		before[what] = h.counted(what)
	}
	var answers [3]seen
	var both sync.WaitGroup
	start := make(chan struct{})
	for i := range 2 {
		both.Go(func() { <-start; answers[i] = send() })
	}
	close(start)
	both.Wait()
	answers[2] = send()
	done := 0
	for _, got := range answers {
		if got.status >= 500 || got.status == http.StatusForbidden {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
		if got.status < 400 {
			done++
		}
	}
	if done == 0 {
		t.Errorf("%s: nothing was done: %d %s", name, answers[0].status, answers[0].body)
	}
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		if n := h.counted(what) - before[what]; n != counts[what] {
			t.Errorf("%s: %d of %q instead of %d (%d, %d, %d)", name, n, what, counts[what], answers[0].status, answers[1].status, answers[2].status)
		}
	}
}

// form twice: what a button pressed twice sends.
func (h postal) formTwice(t *testing.T, v visitor, page, action string, counts map[string]int, pairs ...string) {
	t.Helper()
	f := v.form(page, action).filled(pairs...)
	h.twice(t, action, func() seen { return v.submit(f) }, counts)
}

// TestNothingIsDoneTwice sends each form that makes something twice at once, and
// once more.
func TestNothingIsDoneTwice(t *testing.T) {
	eachPostal(t, func(t *testing.T, h postal) {
		t.Run("who comes in", func(t *testing.T) { h.joinsTwice(t) })
		t.Run("who keeps people", func(t *testing.T) { h.keepsTwice(t) })
		t.Run("her own account", func(t *testing.T) { h.ownsTwice(t) })
		t.Run("the library", func(t *testing.T) { h.writesTwice(t) })
		t.Run("the installation", func(t *testing.T) { h.runsTwice(t) })
		t.Run("a State that asks for help", func(t *testing.T) { h.asksTwice(t) })
	})
}

const newPassword = "four words nobody joins"

func (h postal) joinsTwice(t *testing.T) {
	v := h.visitor()
	h.person("forgets@double.example", access.MemberRole, "KG")
	h.formTwice(t, v, "/en/register", "/en/register", map[string]int{"letter register": 1}, "email", "new@double.example")
	h.formTwice(t, v, "/en/reset", "/en/reset", map[string]int{"letter reset": 1}, "email", "forgets@double.example")
	confirm, reset := h.link("new@double.example"), h.link("forgets@double.example")
	h.formTwice(t, v, reset, "/en/reset/new", map[string]int{"event account.password.reset": 1, "letter password-changed": 1}, "password", newPassword, "again", newPassword)
	h.formTwice(t, v, confirm, "/en/register/confirm", map[string]int{"table person": 1, "event account.person.created": 1},
		"name", "New", "for", "Kyrgyzstan", "password", newPassword, "again", newPassword)

	focal := h.entered("focal@double.example", access.FocalPoint, "KG")
	h.formTwice(t, focal, "/en/invitations/new", "/en/invitations/new", map[string]int{"table invitation": 1, "letter invitation": 1, "event account.invitation.made": 1},
		"email", "anna@double.example", "role", "expert", "for", "Kyrgyzstan", "lang", "en")
	list := focal.form("/en/invitations", "/en/invitations/")
	h.formTwice(t, focal, "/en/invitations", list.action, map[string]int{"letter invitation": 1, "event account.invitation.resent": 1})
	looked := focal.table("file", "email;role\none@double.example;expert\ntwo@double.example;member\n")
	held, ok := heldTable(looked.body)
	if !ok {
		t.Fatalf("the table is not held: %d %s", looked.status, looked.body)
	}
	h.twice(t, "/invitations/many", func() seen { return focal.submit(held) }, map[string]int{"table invitation": 2, "letter invitation": 2})

	path := h.link("anna@double.example")
	h.formTwice(t, h.visitor(), path, "/en/invitation", map[string]int{"table person": 1, "event account.vouched": 1, "event account.invitation.accepted": 1},
		"name", "Anna", "password", newPassword, "again", newPassword)
}

// heldTable is the form of the second step, as the page of the first one has it.
func heldTable(body string) (form, bool) {
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return form{}, false
	}
	for n := range root.Descendants() {
		if n.Data == "form" {
			if f := readHTMLForm(n, attributes(n)); f.fields.Get("held") != "" {
				return f, true
			}
		}
	}
	return form{}, false
}

func (h postal) keepsTwice(t *testing.T) {
	admin := h.entered("keeper@double.example", access.Administrator, "")
	focal := h.entered("kg@double.example", access.FocalPoint, "KG")
	waits := h.person("waits@double.example", access.Visitor, "KG")
	until := time.Now().AddDate(1, 0, 0).Format(time.DateOnly)
	page := "/en/people/" + waits
	h.formTwice(t, focal, page, page+"/vouch", map[string]int{"table vouching": 1, "event account.vouched": 1}, "vouch-for", "KG", "vouch-until", until)
	h.formTwice(t, focal, page, page+"/grant", map[string]int{"table role_grant": 1, "event account.role.granted": 1}, "role", "expert", "for", "KG")
	_, word := h.vouched("due@double.example", 20*24*time.Hour)
	due, err := store.Get[string](t.Context(), h.DB, store.Everything("test"), "SELECT person FROM vouching WHERE {scope} AND id = $1", word)
	if err != nil {
		t.Fatal(err)
	}
	page = "/en/people/" + due
	h.formTwice(t, focal, page, page+"/renew", map[string]int{"event account.vouching.renewed": 1}, "word", word, "until-"+word, until)
	h.vouched("review@double.example", 20*24*time.Hour)
	review := focal.form("/en/people?standing=due", "/en/people/review")
	people, err := store.List[string](t.Context(), h.DB, store.Everything("test"), "SELECT id FROM person WHERE {scope} AND email = $1", "review@double.example")
	if err != nil || len(people) != 1 {
		t.Fatal(people, err)
	}
	review = review.filled("person", people[0], "until", until)
	h.twice(t, "/people/review", func() seen { return focal.submit(review) }, map[string]int{"event account.vouching.renewed": 1})

	h.formTwice(t, admin, "/en/groups/new", "/en/groups/new", map[string]int{"table circle": 1, "event account.group.opened": 1}, "id", "double-group", "name", "Double", "reach", "closed-closed")
	h.twice(t, "admit", func() seen { return admin.post("/en/groups/double-group/admit", "person", waits) },
		map[string]int{"table membership": 1, "event account.group.admitted": 1})
	h.twice(t, "dismiss", func() seen { return admin.post("/en/groups/double-group/dismiss", "person", waits) },
		map[string]int{"table membership": -1, "event account.group.dismissed": 1})
	page = "/en/people/" + waits
	h.formTwice(t, admin, page, page+"/block", map[string]int{"event account.person.blocked": 1}, "blocked", "yes")
	h.formTwice(t, admin, "/en/admin/hand-over", "/en/admin/hand-over", map[string]int{"table ticket": 1, "event account.reset.handed": 1}, "email", "due@double.example")
}

func (h postal) ownsTwice(t *testing.T) {
	own := h.entered("own@double.example", access.Expert, "KG")
	h.formTwice(t, own, "/en/account/tokens", "/en/account/tokens", map[string]int{"table token": 1, "event account.token.made": 1}, "name", "script", "reach", "public", "days", "7")
	h.formTwice(t, own, "/en/account/address", "/en/account/address", map[string]int{"table address_change": 1, "letter move": 1, "letter moving": 1}, "email", "moves@double.example")
	h.formTwice(t, own, h.link("moves@double.example"), "/en/address/confirm", map[string]int{"event account.address.changed": 1, "letter moved": 1})
	p, err := account.ByEmail(t.Context(), h.DB, "moves@double.example")
	if err != nil {
		t.Fatal(err)
	}
	_, err = store.Write(t.Context(), h.DB, access.System("test"), func(tx *store.Tx) (store.Event, error) {
		_, err := tx.Exec(t.Context(), "INSERT INTO passkey (id, person, name, site, credential, created, used) VALUES ('double', $1, 'key', 'polis.example', '{}', $2, 0)", p.ID, tx.Now())
		return store.Event{Act: "test.passkey", Object: p.ID, Quiet: true}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	h.formTwice(t, own, "/en/account/security", "/en/account/security/codes", map[string]int{"table recovery_code": 10, "event account.recovery.renewed": 1})
	h.formTwice(t, own, "/en/account/security/password", "/en/account/security/password", map[string]int{"event account.password.set": 1},
		"current", testPassword, "password", newPassword, "again", newPassword)
}

func (h postal) writesTwice(t *testing.T) {
	author, id := h.as("author@double.example", access.Expert, "KG")
	h.twice(t, "/library/upload", func() seen { return author.send("/en/library/upload?batch=double", false, "guide.md", guide) },
		map[string]int{"table intake": 1, "event library.intake.arrived": 1})
	confirm := author.form(author.arrive("other.md", guide+"\n\nAnd more."), "/en/library/intake/").filled("licence", "", "level", "member")
	h.twice(t, "confirm", func() seen { return author.submit(confirm) }, map[string]int{"table document": 1, "table version": 1, "event library.document.created": 1})
	desk := h.entered("desk@double.example", access.DeskOfficer, "")
	doc := h.document(h.now(id), library.Draft{Level: access.Member}, textIn("en", "Street work"))
	page := "/en/library/" + doc
	h.formTwice(t, desk, page+"/lowering", page+"/lowering", map[string]int{"table lowering": 1}, "level", "public", "reason", "The Council decided so on 3 March.")
	edit := desk.form(page+"/edit", page+"/edit").filled("title-en", "Another title", "licence", "CC BY 4.0")
	h.twice(t, "edit", func() seen { return desk.submit(edit) }, map[string]int{"event library.document.revised": 1})
	h.twice(t, "text", func() seen { return desk.send(page+"/text", false, "de.md", "# Straßenarbeit\n\n"+guide) }, map[string]int{"table intake": 1})
	entry := desk.form("/en/directory/new?kind=organisation", "/en/directory/").filled("long_en.0", "Double Police Academy")
	h.twice(t, "/directory/new", func() seen { return desk.submit(entry) }, map[string]int{"table directory_entry": 1, "event directory.entry.created": 1})
}

func (h postal) runsTwice(t *testing.T) {
	admin := h.entered("admin@double.example", access.Administrator, "")
	h.formTwice(t, admin, "/en/admin/mail", "/en/admin/mail/test", map[string]int{"arrived": 1}, "to", "try@double.example")
	h.site.opts.Origin = h.server.URL
	h.providers = account.NewProviders(h.DB, h.Keys, &http.Client{Timeout: 2 * time.Second})
	there := providertest.New(t, anna())
	fields := providerFields(there, "id", "double", "secret", there.Secret)
	h.twice(t, "/admin/providers/new", func() seen { return admin.post("/en/admin/providers/new", fields...) }, map[string]int{"table provider": 1})
	h.formTwice(t, admin, "/en/admin/tokens", "/en/admin/tokens", map[string]int{"table token": 1, "event account.token.made": 1}, "name", "harvester", "for", "KG", "reach", "public", "days", "30")
}

func (h postal) asksTwice(t *testing.T) {
	focal, desk := h.entered("asks@double.example", access.FocalPoint, "TJ"), h.entered("answers@double.example", access.DeskOfficer, "")
	h.formTwice(t, focal, "/en/assistance/requests/new", "/en/assistance/requests", map[string]int{"table request": 1, "event assistance.request.drafted": 1}, "title", "Training", "do", "save")
	h.formTwice(t, desk, "/en/assistance/consents/new", "/en/assistance/consents", map[string]int{"table consent": 1, "event assistance.consent.asked": 1},
		"giver", "Tajikistan", "areas", "cybercrime", "why", "A course.")
	h.formTwice(t, desk, "/en/assistance/projects/new", "/en/assistance/projects", map[string]int{"table project": 1, "event assistance.project.drafted": 1}, "title", "Training of trainers")
	h.formTwice(t, desk, "/en/assistance/mandates/new", "/en/assistance/mandates", map[string]int{"table mandate": 1, "event assistance.mandate.added": 1},
		"holder", "spmu", "title", "Training", "document", "PC.DEC/1049", "since", "2012-07-26")
	h.formTwice(t, desk, "/en/assistance/lessons/new", "/en/assistance/lessons", map[string]int{"table lesson": 1, "event assistance.lesson.drafted": 1}, "title", "Teach in pairs")
	h.assessedTwice(t, focal, desk)
	h.fundedTwice(t, desk)
}

// fundedTwice sends the forms of a project's money, results, risks and stakeholders
// twice, and those of rates and of a programme.
func (h postal) fundedTwice(t *testing.T, desk visitor) {
	got := desk.submit(desk.form("/en/assistance/projects/new", "/en/assistance/projects").filled("title", "Books"))
	path, _, _ := strings.Cut(got.location, "?")
	h.formTwice(t, desk, path+"/money/open", path+"/money/open", map[string]int{"table budget": 1, "table ledger": 1, "event assistance.money.opened": 1}, "currency", "EUR")
	for do, c := range map[string]struct {
		counts map[string]int
		pairs  []string
	}{
		"plan":   {map[string]int{"table budget_line": 1, "table ledger": 1}, []string{"output", "A course", "category", "material", "year", dayFromNow(0)[:4], "planned", "100"}},
		"pledge": {map[string]int{"table fund": 1, "table ledger": 1}, []string{"kind", "unified", "source", "spmu", "pledged", "100", "since", dayFromNow(-5)}},
	} {
		confirm := sure(t, desk.submit(desk.form(path+"/money/"+do, path+"/money/"+do).filled(c.pairs...)))
		h.twice(t, path+"/money/"+do, func() seen { return desk.submit(confirm) }, c.counts)
	}
	// Two rates: that of the euro itself stands on each day that has any.
	h.formTwice(t, desk, "/en/assistance/rates", "/en/assistance/rates", map[string]int{"table rate": 2, "event assistance.rate.put": 1},
		"currency", "USD", "day", dayFromNow(-1), "rate", "1.0823", "source", "European Central Bank")
	h.formTwice(t, desk, path+"/results/new?kind=impact", path+"/results", map[string]int{"table result": 1, "event assistance.result.added": 1}, "text", "Trust")
	h.formTwice(t, desk, path+"/risks/new", path+"/risks", map[string]int{"table risk": 1, "event assistance.risk.raised": 1},
		"text", "They leave", "likelihood", "3", "impact", "4", "measure", "Contracts", "office", "spmu", "review", dayFromNow(5))
	h.formTwice(t, desk, path+"/stakeholders/new", path+"/stakeholders", map[string]int{"table stakeholder": 1, "event assistance.stakeholder.added": 1},
		"name", "Council", "kind", "community", "interest", "Patrols", "influence", "2")
	h.formTwice(t, desk, "/en/assistance/programmes/new", "/en/assistance/programmes", map[string]int{"table programme": 1, "event assistance.programme.drafted": 1}, "title", "Courses that last")
}

// assessedTwice sends the forms of an assessment and of a context note twice.
func (h postal) assessedTwice(t *testing.T, focal, desk visitor) {
	got := focal.submit(focal.form("/en/assistance/requests/new", "/en/assistance/requests").filled("title", "T", "wish", "W", "reason", "R", "themes", "cybercrime", "do", "submit"))
	request, _, _ := strings.Cut(got.location, "?")
	for _, move := range []string{"acknowledge", "accept"} {
		desk.post(request+"/move/"+move, "rev", desk.get(request).rev())
	}
	id := request[strings.LastIndex(request, "/")+1:]
	h.formTwice(t, desk, "/en/assistance/assessments/new?request="+id, "/en/assistance/assessments", map[string]int{"table assessment": 1, "event assistance.assessment.planned": 1}, "title", "Needs")
	h.formTwice(t, desk, "/en/assistance/context/new", "/en/assistance/context", map[string]int{"table context_note": 1, "event assistance.context.written": 1}, "title", "Setting", "theme", "cybercrime")
	notes, _, err := (&assistance.Assistance{DB: h.DB}).Contexts(t.Context(), store.Everything("test"), assistance.ContextFilter{}, assistance.Place{}, 1)
	if err != nil || len(notes) != 1 {
		t.Fatal(notes, err)
	}
	factor := "/en/assistance/context/" + notes[0].ID + "/factors/new"
	h.formTwice(t, desk, factor, factor, map[string]int{"table context_factor": 1}, "kind", "legal", "words", "A law", "source", "Gazette", "dated", "2026", "review_by", "1.1.2199")
}

// A form that came to nothing may be sent again as it is; another content under the
// same number is another form.
func TestAFormThatCameToNothingMayBeSentAgain(t *testing.T) {
	eachPostal(t, func(t *testing.T, h postal) {
		fails, ran := true, 0
		handler := h.site.answer(h.once(func(w http.ResponseWriter, r *http.Request) error {
			if ran++; fails {
				return fmt.Errorf("the disk is full")
			}
			return nil
		}), bodyLimit)
		h.site.mux.Handle("POST /test-once", handler)
		send := func(pairs ...string) int { return h.visitor().post("/test-once", pairs...).status }
		if got := send("once", "1", "x", "a"); got != http.StatusInternalServerError {
			t.Fatal(got)
		}
		fails = false
		for i, c := range []struct {
			pairs []string
			want  int
		}{
			{[]string{"once", "1", "x", "a"}, 200},
			{[]string{"once", "1", "x", "a"}, 409},
			{[]string{"x", "a", "once", "1"}, 409},
			{[]string{"once", "1", "x", "b"}, 200},
			{[]string{"once", "2", "x", "a"}, 200},
			{[]string{"x", "a"}, 200},
			{[]string{"x", "a"}, 200},
		} {
			if got := send(c.pairs...); got != c.want {
				t.Errorf("%d: %v: %d", i, c.pairs, got)
			}
		}
		if ran != 6 {
			t.Errorf("it ran %d times", ran)
		}
		kept, err := store.List[string](context.Background(), h.DB, store.Everything("test"), "SELECT bucket FROM attempt WHERE {scope}")
		if err != nil || len(kept) == 0 || strings.Contains(strings.Join(kept, " "), url.QueryEscape("test-once")) {
			t.Error("the table says which forms were sent:", kept, err)
		}
	})
}
