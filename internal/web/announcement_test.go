package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
)

func TestAnnouncementPages(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		o, words := h.planned(), lang.For("en")
		member := o.entered("member@announce.example", access.MemberRole, "")
		until := time.Now().AddDate(0, 0, 10).Format(time.DateOnly)
		t.Run("only the desk announces to everybody, and what is wrong is said with nothing lost", func(t *testing.T) {
			if got := member.get("/en/announcements/new"); got.status != http.StatusForbidden {
				t.Error(got.status)
			}
			if got := member.post("/en/announcements", "title-en", "No", "until", until); got.status != http.StatusForbidden {
				t.Error(got.status)
			}
			form := o.desk.form("/en/announcements/new", "/en/announcements")
			if got := o.desk.submit(form.filled("until", "2020-01-01", "body-ru", "Текст остаётся", "reach", "all")); got.status != http.StatusUnprocessableEntity && got.status != http.StatusOK || !strings.Contains(got.body, "Текст остаётся") || !got.says(words.T("announcement.error.order")) {
				t.Error(got.status, got.body)
			}
			o.sixTimes(t, o.desk, "/en/announcements/new")
		})
		form := o.desk.form("/en/announcements/new", "/en/announcements")
		if got := o.desk.submit(form.filled("until", until, "reach", "all", "title-en", "The hall is closed", "title-ru", "Зал закрыт", "body-en", "Until **Friday**.")); got.status != http.StatusSeeOther {
			t.Fatal(got.status, got.body)
		}
		t.Run("it stands on the first page and in the community, in the reader's language", func(t *testing.T) {
			for _, path := range []string{"/ru", "/ru/", "/ru/community"} {
				if got := o.visitor().get(path); got.status == http.StatusOK && !strings.Contains(got.body, "Зал закрыт") {
					t.Error(path, got.status)
				}
			}
			if got := member.get("/de/community"); !strings.Contains(got.body, "The hall is closed") {
				t.Error(got.body)
			}
		})
		list := member.get("/en/announcements")
		_, at, _ := strings.Cut(list.body, `href="/en/announcements/`)
		id, _, _ := strings.Cut(at, `"`)
		path := "/en/announcements/" + id
		t.Run("who puts it away finds it in the archive", func(t *testing.T) {
			if got := member.post(path+"/seen", "back", "//elsewhere.example"); got.status != http.StatusSeeOther || strings.Contains(got.location, "elsewhere") {
				t.Error(got.status, got.location)
			}
			if got := member.get("/en/community"); strings.Contains(got.body, "The hall is closed") {
				t.Error("it is shown still")
			}
			if got := member.get(path); !strings.Contains(got.body, "<strong>Friday</strong>") {
				t.Error(got.status, got.body)
			}
			o.sixTimes(t, member, path)
			o.sixTimes(t, member, "/en/announcements")
		})
		t.Run("it is withdrawn with a reason that everybody reads", func(t *testing.T) {
			if got := member.post(path+"/withdraw", "reason", "x"); got.status != http.StatusForbidden {
				t.Error(got.status)
			}
			if got := o.desk.post(path+"/withdraw", "reason", " "); !got.says(words.T("announcement.error.reason")) {
				t.Error(got.status)
			}
			if got := o.desk.submit(o.desk.form(path, path+"/withdraw").filled("reason", "The hall is open")); got.status != http.StatusSeeOther {
				t.Error(got.status)
			}
			if got := o.visitor().get(path); !strings.Contains(got.body, "The hall is open") {
				t.Error(got.status, got.body)
			}
			if got := o.visitor().get("/ru/community"); strings.Contains(got.body, "Зал закрыт") {
				t.Error("it stands still")
			}
		})
		t.Run("what is no form of ours is answered with a sentence", func(t *testing.T) {
			for _, path := range []string{"/en/announcements?after=x", "/en/announcements/none", "/en/announcements/new?group=none", "/en/announcements?group=none"} {
				if got := o.desk.get(path); got.status >= 500 || strings.Contains(got.body, "⟦") {
					t.Errorf("%s: %d", path, got.status)
				}
			}
		})
	})
}
