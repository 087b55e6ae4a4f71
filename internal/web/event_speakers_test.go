package web

import (
	"net/http"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/lang"
)

func TestSpeakersFromTheRoster(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		x, words := h.round(), lang.For("en")
		her, herID := h.as("her@roster.example", access.Expert, "TJ")
		x.did(her, "/en/account/profile/theme", "/en/account/profile/field/theme", "value-1", "cybercrime", "level-1", "3", "words-1", "Darknet courses", "width", "members")
		x.did(her, "/en/account/profile/language", "/en/account/profile/field/language", "value-1", "en", "level-1", "5", "width", "members")
		x.did(her, "/en/account/profile", "/en/account/profile/found", "found", "members")
		at := x.planned("themes", "cybercrime")
		id, name, heading := strings.TrimPrefix(at, "/en/events/"), "Test her@roster.example", `id="speakers"`
		path, ask := "/en"+expertPath(herID), ""
		named := func(want bool) {
			t.Helper()
			for who, v := range map[string]visitor{"nobody": x.visitor(), "a member": x.one} {
				if page := v.get(at); page.status != http.StatusOK || page.says(name) != want || strings.Contains(page.body, heading) != want {
					t.Errorf("%s: %d, named %v", who, page.status, page.says(name))
				}
			}
		}
		t.Run("who runs the event finds her for it, and nobody else lists her", func(t *testing.T) {
			find := "/en/experts?event=" + id
			if page := x.runs.get(at); !strings.Contains(page.body, find) {
				t.Error("no way to the experts")
			}
			if page := x.runs.get(find); page.status != http.StatusOK || !page.says(name) || !page.says("Lighting at night") {
				t.Fatal(page.status, page.body)
			}
			if page := x.one.get(at); strings.Contains(page.body, find) {
				t.Error("a member is led to it")
			}
			if page := x.one.get(path + "?why=x&event=" + id); page.status != http.StatusOK || strings.Contains(page.body, path+"/list") {
				t.Error("a member has the form", page.status)
			}
			if got := x.one.post(path+"/list", "event", id, "reason", "Mine"); got.status != http.StatusForbidden {
				t.Error(got.status)
			}
			form := x.runs.form(path+"?why=Talk&event="+id, path+"/list")
			if got := x.runs.submit(form.filled("reason", "Knows lamps")); got.status != http.StatusSeeOther || !strings.HasPrefix(got.location, "/en/assignments?event="+id) {
				t.Fatal(got.status, got.location)
			}
		})
		t.Run("listed and asked she is named to them alone, agreed to everybody, withdrawn to nobody", func(t *testing.T) {
			named(false)
			page := x.runs.get(at)
			if !page.says(name) || !page.says(words.T("expert.stage.listed")) {
				t.Error("who runs it does not see the list")
			}
			here := page.body[strings.Index(page.body, "/en/assignments/0"):]
			ask = here[:strings.IndexAny(here, `"?`)]
			if got := x.one.get(ask); got.status != http.StatusNotFound {
				t.Error(got.status)
			}
			x.did(x.runs, ask, ask+"/move/ask", "words-ask", "An hour on lamps", "host-ask", "")
			named(false)
			if page := her.get(ask); !page.says(words.T("expert.do.agree.event")) || !strings.Contains(page.body, at) {
				t.Error("she does not read to what she agrees", page.status)
			}
			if page := her.get("/en/assignments"); !page.says("Lighting at night") {
				t.Error(page.status)
			}
			x.did(her, ask, ask+"/move/agree")
			named(true)
			if page := x.one.get(at); !strings.Contains(page.body, path+"?why=") {
				t.Error("no way to a profile that she reads")
			}
			if page := x.visitor().get(at); strings.Contains(page.body, path) {
				t.Error("everybody is led to her profile")
			}
			for _, tag := range lang.All {
				for _, of := range []string{at, ask, "/en/assignments?event=" + id, "/en/experts?event=" + id} {
					if page := x.runs.get("/" + string(tag) + strings.TrimPrefix(of, "/en")); page.status != http.StatusOK || strings.Contains(page.body, "⟦") {
						t.Errorf("%s in %s: %d", of, tag, page.status)
					}
				}
			}
			x.did(her, ask, ask+"/move/withdraw")
			named(false)
		})
	})
}
