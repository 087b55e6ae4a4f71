package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/assistance/assistancetest"
)

func TestTheDesk(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		if err := assistancetest.Many(t.Context(), h.DB, 60, 300); err != nil {
			t.Fatal(err)
		}
		desk := h.signedIn("desk@desk.example", access.DeskOfficer)
		focal, _ := h.as("focal@desk.example", access.FocalPoint, "KG")
		member := h.signedIn("member@desk.example", access.Visitor)
		t.Run("only those come in who read official records", func(t *testing.T) {
			for _, path := range []string{"/desk", "/desk.csv", "/desk.xlsx", "/desk.ics", "/assistance/overview", "/assistance/territory/KG", "/assistance/portfolio/spmu"} {
				if got := member.get("/en" + path); got.status != http.StatusForbidden {
					t.Errorf("a visitor at %s: %d", path, got.status)
				}
				if got := h.visitor().get("/en" + path); got.status != http.StatusSeeOther {
					t.Errorf("nobody at %s: %d", path, got.status)
				}
				if got := focal.get("/en" + path); got.status != http.StatusOK {
					t.Errorf("the focal point at %s: %d", path, got.status)
				}
			}
		})
		t.Run("a State's page is a State's, and a structure's a structure's", func(t *testing.T) {
			for _, path := range []string{"/assistance/territory/spmu", "/assistance/portfolio/KG", "/assistance/territory/nowhere"} {
				if got := desk.get("/en" + path); got.status != http.StatusNotFound {
					t.Errorf("%s: %d", path, got.status)
				}
			}
		})
		t.Run("a figure of the matrix opens onto as many projects", func(t *testing.T) {
			page := desk.get("/en/assistance/overview").body // of what runs
			cell := regexp.MustCompile(`<td[^>]*><a href="([^"]*state=[A-Z]{2}[^"]*)" aria-label="[^"]*: (\d+) projects?">`).FindStringSubmatch(page)
			if cell == nil {
				t.Fatal(page)
			}
			list := desk.get(strings.ReplaceAll(cell[1], "&amp;", "&")).body
			if n := strings.Count(list, `href="/en/assistance/projects/many-p-`); n == 0 || !strings.Contains(list, cell[2]+" project") {
				t.Errorf("%s says %s, and the list has %d", cell[1], cell[2], n)
			}
		})
		t.Run("a calendar's address opens the calendar and nothing else, and ends when she says so", func(t *testing.T) {
			shown := focal.post("/en/desk/calendar", "")
			address := regexp.MustCompile(`/en/calendars/[A-Z0-9]{52}`).FindString(shown.body)
			if address == "" {
				t.Fatal(shown.body)
			}
			got := h.visitor().get(address)
			if got.status != http.StatusOK || !strings.HasPrefix(got.body, "BEGIN:VCALENDAR\r\n") || !strings.Contains(got.body, "BEGIN:VEVENT") {
				t.Errorf("%d %.300s", got.status, got.body)
			}
			secret := strings.TrimPrefix(address, "/en/calendars/")
			if got := h.visitor().get("/en/feeds/" + secret); got.status != http.StatusNotFound {
				t.Errorf("it opens a feed: %d", got.status)
			}
			focal.post("/en/desk/calendar/end", "")
			if got := h.visitor().get(address); got.status != http.StatusNotFound {
				t.Errorf("after its end: %d", got.status)
			}
		})
	})
}
