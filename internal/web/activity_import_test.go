package web

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/lang"
)

// sendTable sends a table of activities in, in a language.
func (v visitor) sendTable(tag lang.Tag, content string) seen {
	v.h.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	w, err := form.CreateFormFile("file", "plan <2026>.csv")
	if err == nil {
		_, err = w.Write([]byte(content))
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		v.h.t.Fatal(err)
	}
	return v.do(v.request("POST", "/"+string(tag)+"/assistance/imports", form.FormDataContentType(), &body))
}

// plan is the digest of the differences that a page shows.
func (s seen) plan() string {
	_, after, _ := strings.Cut(s.body, `name="plan" value="`)
	plan, _, _ := strings.Cut(after, `"`)
	return plan
}

func TestActivityImportPages(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		o := h.planned()
		path, _ := o.active(t, "cybercrime")
		q, err := o.helps().Project(everywhere, access.System("test").Scope(), path[strings.LastIndex(path, "/")+1:])
		if err != nil {
			t.Fatal(err)
		}
		header := "Own key;Project;Kind;Title;First day;Place;States;Stage;Participants;Women;Men\r\n"
		row := func(key, title, total string) string {
			return key + ";" + q.Number + ";training;" + title + ";" + dayFromNow(-9) + ";Osh;KG;held;" + total + ";3;17\r\n"
		}
		t.Run("whoever writes projects finds the form, and others do not", func(t *testing.T) {
			if got := o.officer.get("/en/assistance/activities"); !strings.Contains(got.body, "/en/assistance/imports") {
				t.Error("the list does not lead there")
			}
			for _, at := range []string{"", "/template.xlsx", "/template.csv"} {
				if got := o.officer.get("/ru/assistance/imports" + at); got.status != http.StatusOK {
					t.Errorf("%s: %d", at, got.status)
				}
				if got := o.focal.get("/ru/assistance/imports" + at); got.status != http.StatusForbidden {
					t.Errorf("%s for a focal point: %d", at, got.status)
				}
			}
			if got := o.focal.sendTable("en", header); got.status != http.StatusForbidden {
				t.Error(got.status)
			}
			if got := o.officer.get("/de/assistance/imports/template.csv"); !strings.Contains(got.body, "Erster Tag") {
				t.Error(got.body)
			}
			if got := o.officer.sendTable("en", ""); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#file"`) {
				t.Errorf("an empty file: %d", got.status)
			}
		})
		t.Run("what is wrong is told at once in each language, and nothing is stored", func(t *testing.T) {
			for _, tag := range lang.All {
				sent := o.officer.sendTable(tag, header+row("a", "Course <for> trainers", "20")+row("b", "Too few", "2")+strings.Replace(row("c", "Nowhere", "20"), q.Number, "2026/9999", 1))
				if sent.status != http.StatusSeeOther {
					t.Fatal(sent.status, sent.body)
				}
				page, words := o.officer.get(sent.location), lang.For(tag)
				for _, key := range []string{"activity.error.total", "activityimport.says.faults", "activityimport.changes"} {
					if page.status != http.StatusOK || !page.says(words.T(key)) {
						t.Errorf("%s: %d %s", tag, page.status, key)
					}
				}
				if strings.Contains(page.body, "⟦") || !page.says("Course &lt;for&gt; trainers") || !page.says(words.T("activityimport.error.project", "number", "2026/9999")) {
					t.Errorf("%s: %s", tag, page.body)
				}
				if got := o.officer.post(sent.location+"/start", "plan", page.plan()); got.status != http.StatusConflict || !got.says(words.T("activityimport.impossible.faults")) {
					t.Errorf("%s: started with faults: %d", tag, got.status)
				}
				if got := o.desk.get(sent.location); got.status != http.StatusNotFound {
					t.Errorf("another reads it: %d", got.status)
				}
			}
			if n, _ := o.helps().CountActivities(everywhere, access.System("test").Scope(), assistance.ActivityFilter{}, 9); n > 0 {
				t.Error("something is stored")
			}
		})
		t.Run("a file that is no table is told to be none", func(t *testing.T) {
			sent := o.officer.sendTable("fr", "%PDF-1.7")
			if page := o.officer.get(sent.location); page.status != http.StatusOK || !page.says(lang.For("fr").T("sheet.error.format")) || page.plan() != "" {
				t.Errorf("%d %s", page.status, page.body)
			}
			if got := o.officer.post(sent.location + "/drop"); got.status != http.StatusSeeOther {
				t.Error(got.status)
			}
			if page := o.officer.get(sent.location); !page.says(lang.For("fr").T("activityimport.says.dropped")) {
				t.Error(page.body)
			}
		})
		t.Run("looked through, it is started, and its page tells what came of it", func(t *testing.T) { o.tableIsStored(t, header, row) })
	})
}

func (o planned) tableIsStored(t *testing.T, header string, row func(key, title, total string) string) {
	words := lang.For("de")
	stored := func(content string) seen {
		t.Helper()
		sent := o.officer.sendTable("de", content)
		page := o.officer.get(sent.location)
		if got := o.officer.post(sent.location+"/start", "plan", "another"); got.status != http.StatusConflict || !got.says(words.T("activityimport.impossible.moved")) {
			t.Errorf("differences that she was not shown: %d", got.status)
		}
		if got := o.officer.post(sent.location+"/start", "plan", page.plan()); got.status != http.StatusSeeOther {
			t.Fatal(got.status, got.body)
		}
		for range 200 {
			if page = o.officer.get(sent.location); page.says(words.T("activityimport.says.done")) {
				return page
			}
			time.Sleep(50 * time.Millisecond)
		}
		t.Fatal(page.body)
		return page
	}
	page := stored(header + row("a", "Kurs", "20") + row("b", "Zweiter Kurs", "20"))
	if !page.says(words.T("activityimport.rows", "n", 2)) {
		t.Error(page.body)
	}
	sent := o.officer.sendTable("de", header+row("a", "Kurs", "21"))
	page = o.officer.get(sent.location)
	if !page.says("Zweiter Kurs") || !page.says(words.T("activityimport.gone.says")) || !page.says("<td>20</td>") && !strings.Contains(page.body, ">20<") || !strings.Contains(page.body, ">21<") {
		t.Errorf("the difference: %s", page.body)
	}
	if list := o.officer.get("/de/assistance/imports"); !list.says("plan &lt;2026&gt;.csv") || !list.says(words.T("activityimport.stage.done")) {
		t.Error(list.body)
	}
	sent = o.officer.sendTable("de", header+row("a", "Kurs", "20")+row("b", "Zweiter Kurs", "20"))
	if page = o.officer.get(sent.location); !page.says(words.T("activityimport.impossible.nothing")) || page.plan() != "" {
		t.Errorf("the same once more: %s", page.body)
	}
}
