package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/lang"
	"polis/internal/store"
)

var certificateShown = regexp.MustCompile(`<code>([A-Z2-7 ]{31})</code>`)

// round is a group that meets, with the people in it.
type round struct {
	inhabited
	runs, one, two, outsider visitor
	ids                      map[string]string
}

func (h inhabited) round() round {
	h.t.Helper()
	x := round{inhabited: h, ids: map[string]string{}}
	x.runs, x.ids["runs"] = h.as("runs@event.example", access.Expert, "KG")
	x.one, x.ids["one"] = h.as("one@event.example", access.Expert, "KG")
	x.two, x.ids["two"] = h.as("two@event.example", access.Expert, "TJ")
	x.outsider, _ = h.as("outsider@event.example", access.Expert, "TJ")
	system := access.System("test")
	must := func(err error) {
		h.t.Helper()
		if err != nil {
			h.t.Fatal(err)
		}
	}
	must(account.OpenGroup(everywhere, h.DB, system, account.GroupDraft{ID: "round", Kind: account.GroupOpen, Name: "Round", Lang: "en"}))
	for _, id := range x.ids {
		must(account.Admit(everywhere, h.DB, system, "round", id))
	}
	must(account.Facilitate(everywhere, h.DB, system, "round", x.ids["runs"]))
	return x
}

const meetingLink = "https://meet.example/room-7"

// planned is the address of an event with one place, of which registration is open.
func (x round) planned(pairs ...string) string {
	x.t.Helper()
	day := time.Now().AddDate(0, 0, 20).Format(time.DateOnly)
	f := x.runs.form("/en/groups/round/events/new", "/en/groups/round/events")
	got := x.runs.submit(f.filled(append([]string{
		"title", "Lighting at night", "about", "**All** of it <script>alert(1)</script>", "zone", "Asia/Bishkek", "begins", day, "begins-time", "09:00", "ends", day, "ends-time", "12:00",
		"place", "Osh", "host", "KG", "link", meetingLink, "capacity", "1",
	}, pairs...)...))
	if got.status != http.StatusSeeOther {
		x.t.Fatal(got.status, got.body)
	}
	at, _, _ := strings.Cut(got.location, "?")
	if got := x.one.get(at); got.status != http.StatusNotFound {
		x.t.Error("a draft is shown:", got.status)
	}
	x.did(x.runs, at, at+"/move/publish")
	return at
}

// did submits a form of a page.
func (x round) did(v visitor, page, action string, pairs ...string) {
	x.t.Helper()
	if got := v.submit(v.form(page, action).filled(pairs...)); got.status != http.StatusSeeOther {
		x.t.Fatal(action, got.status, got.body)
	}
}

func TestAnEventFromItsDraftToTheFeedback(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		x, en := h.round(), lang.For("en")
		at := x.planned()
		x.did(x.one, at, at+"/register")
		if page := x.one.get(at); !page.says(en.T("event.entry.admitted.says")) || !strings.Contains(page.body, meetingLink) || strings.Contains(page.body, "<script>alert") {
			t.Error("who is admitted does not read it", page.status)
		}
		register := x.two.form(at, at+"/register")
		x.two.submit(register)
		if again := x.two.submit(register); again.status >= http.StatusInternalServerError {
			t.Error("a double click:", again.status)
		}
		if page := x.two.get(at); !page.says(en.T("event.entry.waiting.says")) || strings.Contains(page.body, "meet.example") {
			t.Error("who waits", page.status)
		}
		t.Run("the link is nowhere for anybody else", func(t *testing.T) {
			for name, v := range map[string]visitor{"an outsider": x.outsider, "nobody": x.visitor(), "who waits": x.two} {
				for _, path := range []string{at, at + "/event.ics", "/en/events", "/en/events?month=" + time.Now().AddDate(0, 0, 20).Format("2006-01"), "/en/groups/round", "/en/community", at + "/edit", at + "/people", at + "/programme"} {
					if got := v.get(path); strings.Contains(got.body, "meet.example") || got.status >= http.StatusInternalServerError {
						t.Errorf("%s at %s: %d", name, path, got.status)
					}
				}
			}
			for _, path := range []string{"/en/events", "/en/groups/round", "/en/community"} {
				if got := x.visitor().get(path); !got.says("Lighting at night") {
					t.Errorf("%s does not name it: %d", path, got.status)
				}
			}
		})
		t.Run("only those who run the group change it", func(t *testing.T) {
			for _, path := range []string{"", "/move/cancel", "/decide", "/attendance", "/programme"} {
				if got := x.one.post(at+path, "rev", "2", "words-cancel", "x", "title", "Mine", "person", x.ids["two"], "stage", "waiting", "reason", "x", "items", ""); got.status < 400 {
					t.Errorf("%s: %d", path, got.status)
				}
			}
		})
		x.did(x.one, at, at+"/withdraw")
		if page := x.two.get(at); !page.says(en.T("event.entry.admitted.says")) {
			t.Error("nobody moves up")
		}
		t.Run("a stale form is answered with the difference", func(t *testing.T) {
			form := x.runs.form(at+"/edit", at)
			x.runs.submit(form.filled("title", "Lighting at dusk"))
			form = form.filled("title", "Lighting at dawn", "once", "another")
			if got := x.runs.submit(form); got.status != http.StatusConflict || !got.says("Lighting at dusk") || !got.says("Lighting at dawn") {
				t.Error(got.status)
			}
			if got := x.runs.submit(x.runs.form(at+"/edit", at).filled("begins-time", "25:00", "title", "Kept")); got.status != http.StatusUnprocessableEntity || !got.says(en.T("event.error.time")) || !strings.Contains(got.body, "25:00") || !strings.Contains(got.body, `value="Kept"`) {
				t.Error(got.status)
			}
		})
		x.did(x.runs, at+"/programme", at+"/programme", "items", "09:30 | Opening | The host\n10:00 | Walk")
		if page := x.visitor().get(at); !page.says("Opening") || !page.says("The host") {
			t.Error("the programme is not there")
		}
		now := time.Now()
		_, err := store.Write(everywhere, h.DB, access.System("test"), func(tx *store.Tx) (store.Event, error) {
			_, err := tx.Exec(everywhere, "UPDATE meeting SET begins = $1, ends = $2, closes = $1", now.Add(-2*time.Hour), now.Add(-time.Hour))
			return store.Event{Act: "test.row", Quiet: true}, err
		})
		if err != nil {
			t.Fatal(err)
		}
		x.did(x.runs, at+"/people?stage=admitted", at+"/attendance", "attended-"+x.ids["two"], "present")
		paper := certificateShown.FindStringSubmatch(x.two.get(at + "/certificate").body)
		if paper == nil || x.one.get(at+"/certificate").status != http.StatusNotFound {
			t.Fatal("no certificate")
		}
		if got := x.visitor().post("/en/certificates", "number", strings.ToLower(paper[1])); got.status != http.StatusOK || !got.says("Test two@event.example") {
			t.Error(got.status)
		}
		if got := x.visitor().post("/en/certificates", "number", "<b>"); got.status != http.StatusNotFound || !got.says(en.T("event.certificate.unknown")) {
			t.Error(got.status)
		}
		x.did(x.two, at, at+"/rating", "content-rate", "5", "words-rate", "Well run.")
		if page := x.runs.get(at); page.says("Well run.") {
			t.Error("one answer shows whose it is")
		}
		x.did(x.runs, at, at+"/move/hold")
		t.Run("all pages are there in six languages", func(t *testing.T) {
			for _, tag := range lang.All {
				for _, path := range []string{"/events", "/events?month=2026-11", "/events?when=past", "/groups/round/events/new", strings.TrimPrefix(at, "/en"), strings.TrimPrefix(at, "/en") + "/programme", strings.TrimPrefix(at, "/en") + "/people", "/certificates"} {
					if got := x.runs.get("/" + string(tag) + path); got.status != http.StatusOK || strings.Contains(got.body, "⟦") {
						t.Errorf("%s in %s: %d", path, tag, got.status)
					}
				}
				if got := x.two.get("/" + string(tag) + strings.TrimPrefix(at, "/en") + "/certificate"); got.status != http.StatusOK || strings.Contains(got.body, "⟦") {
					t.Errorf("certificate in %s: %d", tag, got.status)
				}
			}
		})
	})
}

func TestRegistrationIsDecidedAndFed(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		x, en := h.round(), lang.For("en")
		at := x.planned("approves", "1")
		x.did(x.one, at, at+"/register", "words-register", "I lead the unit.")
		if page := x.runs.get(at + "/people"); !page.says("I lead the unit.") {
			t.Error(page.status)
		}
		if got := x.runs.post(at+"/decide", "person", x.ids["one"], "stage", "asked", "verdict", "decline"); got.status != http.StatusUnprocessableEntity || !got.says(en.T("event.error.words")) {
			t.Error(got.status)
		}
		long := strings.Repeat("Only units of the region. ", 100)
		if got := x.runs.post(at+"/decide", "person", x.ids["one"], "stage", "asked", "verdict", "decline", "reason", long); got.status != http.StatusUnprocessableEntity || !got.says(long[:500]) {
			t.Error("what she wrote too long is not kept:", got.status)
		}
		if got := x.runs.post(at+"/decide", "person", x.ids["one"], "stage", "asked", "verdict", "decline", "reason", "It is for the region."); got.status != http.StatusSeeOther {
			t.Error(got.status)
		}
		if page := x.one.get(at); !page.says("It is for the region.") {
			t.Error(page.status)
		}
		made := x.two.post("/en/events/feed")
		address := regexp.MustCompile(`/en/feeds/events/[A-Z2-7]{52}`).FindString(made.body)
		if feed := x.visitor().get(address); address == "" || feed.status != http.StatusOK || !strings.Contains(feed.body, "Lighting at night") || strings.Contains(feed.body, "meet.example") || !strings.Contains(feed.body, "T030000Z") {
			t.Error(feed.status, feed.body)
		}
		x.did(x.runs, at, at+"/move/cancel", "words-cancel", "The hall burnt.")
		if page := x.visitor().get(at); !page.says("The hall burnt.") {
			t.Error(page.status)
		}
		if file := x.visitor().get(at + "/event.ics"); !strings.Contains(file.body, "STATUS:CANCELLED") {
			t.Error(file.body)
		}
		x.two.post("/en/events/feed/end")
		if feed := x.visitor().get(address); feed.status != http.StatusNotFound {
			t.Error("an address that was taken back opens:", feed.status)
		}
	})
}
