package web

import (
	"net/http"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/lang"
)

func TestFollowPages(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		o, words := h.planned(), lang.For("en")
		project, _ := o.active(t, "cybercrime")
		follows := func(v visitor, page string) {
			t.Helper()
			if got := v.submit(v.form(page, "/en/assistance/follow")); got.status != http.StatusSeeOther || !strings.HasPrefix(got.location, page+"?") {
				t.Fatalf("%s: %d %s", page, got.status, got.location)
			}
		}
		t.Run("the button is pressed on the page, which then offers to end it", func(t *testing.T) {
			follows(o.focal, project)
			if page := o.focal.get(project); !page.says(words.T("follow.end")) || page.says(`action="/en/assistance/follow"`) {
				t.Error("it is offered twice")
			}
		})
		t.Run("what changes stands on her desk and in a list, a sheet and six languages", func(t *testing.T) {
			activity := o.arranged(t, project)
			for _, where := range []string{"/en/desk", "/en/desk/followed", "/en/desk/followed.csv"} {
				if page := o.focal.get(where); page.status != http.StatusOK || !strings.Contains(page.body, activity) {
					t.Errorf("%s does not tell: %d %s", where, page.status, page.body)
				}
			}
			o.sixTimes(t, o.focal, "/en/desk/followed")
			if page := o.stranger.get("/en/desk/followed"); page.status != http.StatusOK || strings.Contains(page.body, activity) || !page.says(words.T("follow.what.none")) {
				t.Error("who follows nothing is told", page.status)
			}
			if got := o.focal.submit(o.focal.form("/en/desk/followed", "/en/desk/followed/seen")); got.status != http.StatusSeeOther {
				t.Fatal(got.status, got.body)
			}
			if page := o.focal.get("/en/desk/followed"); strings.Contains(page.body, activity) || !page.says(words.T("follow.none")) {
				t.Error("what was seen is told again")
			}
		})
		t.Run("a State, a theme, a request, an activity: each of their pages has the button", func(t *testing.T) {
			request, _ := o.ground(t, "cybercrime")
			for _, page := range []string{"/en/assistance/territory/KG", "/en/themes/cybercrime", "/en/assistance/requests/" + request, o.arranged(t, project)} {
				follows(o.focal, page)
			}
			if list := o.focal.get("/en/desk/followed"); strings.Count(list.body, `action="/en/assistance/unfollow"`) != 5 {
				t.Error(list.body)
			}
			if page := o.focal.get("/en/assistance/portfolio/spmu"); strings.Contains(page.body, "/assistance/follow") {
				t.Error("a structure is followed")
			}
			form := o.focal.form("/en/desk/followed", "/en/assistance/unfollow")
			if got := o.focal.submit(form); got.status != http.StatusSeeOther || !strings.HasPrefix(got.location, "/en/desk/followed?") {
				t.Errorf("ended in the list: %d %s", got.status, got.location)
			}
		})
		t.Run("who reads nothing official has no button and follows nothing", func(t *testing.T) {
			member := o.signedIn("member@follow.example", access.MemberRole)
			for v, status := range map[visitor]int{member: http.StatusForbidden, o.visitor(): http.StatusForbidden} {
				if strings.Contains(v.get("/en/themes/cybercrime").body, "/assistance/follow") {
					t.Error("it is offered")
				}
				if got := v.post("/en/assistance/follow", "kind", "theme", "object", "cybercrime"); got.status != status {
					t.Errorf("not %d: %d", status, got.status)
				}
			}
		})
		t.Run("what is no form of ours is answered with a sentence", func(t *testing.T) {
			for _, c := range []struct {
				path   string
				pairs  []string
				status int
			}{
				{"/en/assistance/follow", []string{"kind", "person", "object", "x"}, http.StatusUnprocessableEntity},
				{"/en/assistance/follow", []string{"kind", "project", "object", "none"}, http.StatusNotFound},
				{"/en/assistance/unfollow", []string{"kind", "//evil.example", "object", "x"}, http.StatusNotFound},
				{"/en/desk/followed/seen", []string{"until", "soon"}, http.StatusUnprocessableEntity},
			} {
				if got := o.focal.post(c.path, c.pairs...); got.status != c.status || strings.Contains(got.body, "⟦") {
					t.Errorf("%s %v: %d", c.path, c.pairs, got.status)
				}
			}
			if got := o.focal.get("/en/desk/followed?after=nonsense"); got.status != http.StatusNotFound {
				t.Error(got.status)
			}
		})
	})
}
