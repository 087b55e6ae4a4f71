package web

import (
	"net/http"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/lang"
)

func TestExpertPages(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		o, words := h.planned(), lang.For("en")
		project, _ := o.active(t, "cybercrime")
		member := o.entered("member@roster.example", access.MemberRole, "")
		her, herID := o.as("her@roster.example", access.Expert, "TJ")
		done := func(got seen) {
			t.Helper()
			if got.status != http.StatusSeeOther {
				t.Fatal(got.status, got.location, got.body)
			}
		}
		t.Run("she writes section by section, says who sees it, and agrees to be found", func(t *testing.T) {
			for field, pairs := range map[string][]string{
				"theme":    {"value-1", "cybercrime", "level-1", "3", "words-1", "Darknet courses", "width", "members"},
				"language": {"value-1", "ru", "level-1", "4", "width", "official"},
				"gender":   {"value", "woman", "width", "keepers"},
				"free":     {"value-1", "free", "since-1", "2026-12-01", "until-1", "2028-01-01", "width", "official"},
			} {
				form := her.form("/en/account/profile/"+field, "/en/account/profile/field/"+field)
				done(her.submit(form.filled(pairs...)))
				if got := her.submit(form.filled(append(pairs, "width", "mine")...)); got.status != http.StatusConflict || !got.says(words.T("expert.stale")) {
					t.Errorf("%s: the second window: %d", field, got.status)
				}
			}
			done(her.submit(her.form("/en/account/profile", "/en/account/profile/found").filled("found", "members")))
			if page := her.get("/en/account/profile"); page.status != http.StatusOK || !strings.Contains(page.body, "Darknet courses") {
				t.Error(page.status, page.body)
			}
			o.sixTimes(t, her, "/en/account/profile")
			o.sixTimes(t, her, "/en/account/profile/free")
		})
		search := "/en/experts?theme=cybercrime&q=&tongue-1=ru&cefr-1=3&gender=woman&why=A+course"
		t.Run("each finds by what she may see, and hears why", func(t *testing.T) {
			page := o.desk.get(search)
			if !page.says(words.T("expert.count", "n", 1)) || !page.says(words.T("expert.reason.met")) || !strings.Contains(page.body, "Darknet") {
				t.Error(page.status, page.body)
			}
			o.sixTimes(t, o.desk, search)
			if page := o.officer.get(search); !page.says(words.T("expert.count", "n", 1)) || !page.says(words.T("expert.reason.unsaid")) {
				t.Error("the officer", page.body)
			}
			if page := member.get(search); !page.says(words.T("expert.none")) {
				t.Error("a hidden language finds", page.body)
			}
			if page := member.get("/en/experts?q="); !page.says(words.T("expert.everybody")) {
				t.Error("a member lists everybody")
			}
			if page := o.visitor().get("/en/experts"); page.status == http.StatusOK && strings.Contains(page.body, "Darknet") {
				t.Error("everybody reads it")
			}
		})
		t.Run("a profile is opened for a purpose, which she sees", func(t *testing.T) {
			path := "/en" + expertPath(herID)
			if page := o.desk.get(path); page.status != http.StatusOK || strings.Contains(page.body, "Darknet") {
				t.Error("opened without a purpose", page.status)
			}
			if page := o.desk.get(path + "?why=Course+in+Bishkek"); !strings.Contains(page.body, "Darknet") {
				t.Error(page.status, page.body)
			}
			card := member.get(path + "/card.vcf?why=Card")
			if card.status != http.StatusOK || !strings.HasPrefix(card.body, "BEGIN:VCARD\r\nVERSION:4.0\r\n") || strings.Contains(card.body, "EMAIL") || strings.Contains(card.body, "LANG") {
				t.Error(card.status, card.body)
			}
			if page := her.get("/en/account/profile"); !page.says("Course in Bishkek") {
				t.Error("she does not see who looked")
			}
		})
		t.Run("from a project to the long list, the question, and her answer", func(t *testing.T) {
			id := strings.TrimPrefix(project, "/en/assistance/projects/")
			if page := o.desk.get("/en/experts?project=" + id); page.status != http.StatusOK || !strings.Contains(page.body, herID) {
				t.Fatal("not proposed", page.status, page.body)
			}
			path := "/en" + expertPath(herID)
			form := o.desk.form(path+"?why=Course&project="+id, path+"/list")
			if got := o.desk.submit(form); got.status != http.StatusUnprocessableEntity {
				t.Error("listed without a reason", got.status)
			}
			done(o.desk.submit(form.filled("reason", "Teaches well")))
			list := o.desk.get("/en/assignments?project=" + id)
			at := list.body[strings.Index(list.body, "/en/assignments/0"):]
			ask := at[:strings.IndexAny(at, `"?`)]
			if got := her.get(ask); got.status != http.StatusNotFound {
				t.Error("she reads the list", got.status)
			}
			done(o.desk.submit(o.desk.form(ask, ask+"/move/ask").filled("words-ask", "Five days in spring")))
			if got := o.desk.post(ask+"/move/agree", "rev", "2"); got.status != http.StatusForbidden {
				t.Error("the desk agrees for her", got.status)
			}
			o.sixTimes(t, her, ask)
			agree := her.form(ask, ask+"/move/agree")
			done(her.submit(agree))
			if got := her.submit(agree); got.status != http.StatusConflict {
				t.Error("twice", got.status)
			}
			if page := her.get("/en/assignments"); !page.says(words.T("expert.stage.agreed")) {
				t.Error(page.body)
			}
			if page := member.get(ask); page.status != http.StatusNotFound {
				t.Error("a stranger reads it", page.status)
			}
		})
		t.Run("what is no form of ours is answered with a sentence", func(t *testing.T) {
			for _, path := range []string{"/en/experts?from=never&theme=flying&tongue-1=xx&q=", "/en/experts?page=99&theme=cybercrime", "/en/experts/none?why=x", "/en/assignments?after=x", "/en/account/profile/flying", "/en/experts?request=none"} {
				if got := o.desk.get(path); got.status >= 500 || strings.Contains(got.body, "⟦") {
					t.Errorf("%s: %d", path, got.status)
				}
			}
			for _, path := range []string{"/en/account/profile/found", "/en/account/profile/field/theme", "/en/account/profile/nominations/x/accept", "/en/experts/nominate", "/en/experts/none/list"} {
				if got := o.desk.post(path, "found", "flying", "value-1", "flying", "level-1", "x"); got.status >= 500 || got.status < 400 && path != "/en/experts/nominate" || strings.Contains(got.body, "⟦") {
					t.Errorf("%s: %d", path, got.status)
				}
			}
		})
	})
}
