package web

import (
	"net/http"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/library"
)

func TestLessonsStandWhereTheyAreDrawn(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		o := h.planned()
		project, _ := o.active(t, "cybercrime")
		hidden := o.document(o.asDesk, library.Draft{Level: access.Closed}, textIn("en", "Hidden handout"))
		note := o.document(access.System("test"), library.Draft{}, textIn("en", "After-action note"))
		guide := o.document(access.System("test"), library.Draft{}, textIn("en", "Guide for round tables"))
		forum := o.arranged(t, project, "kind", "forum")
		if strings.Contains(o.officer.get(forum).body, "/lessons/new") {
			t.Error("a lesson from what was not held yet")
		}
		held := o.officer.form(forum+"/held", forum+"/held")
		if got := o.officer.submit(held.filled("total", "20", "women", "9", "men", "11")); got.status != http.StatusSeeOther {
			t.Fatal(got.status, got.body)
		}
		edit := o.desk.form(forum+"/edit", forum+"/edit")
		if got := o.desk.submit(edit.filled("materials", "/library/"+hidden+"\r\n/library/"+note)); got.status != http.StatusSeeOther {
			t.Fatal(got.status, got.body)
		}
		lesson := o.lessonFrom(t, forum, hidden, note)
		t.Run("of a forum and its project, and of the document that bears it out", func(t *testing.T) {
			for _, where := range []string{forum, project, "/en/library/" + note} {
				o.sixTimes(t, o.officer, where)
				if page := o.focal.get(where); !strings.Contains(page.body, lesson) || strings.Contains(page.body, "/lessons/new") {
					t.Errorf("%s does not show it to the State, or lets it write one", where)
				}
				if page := o.officer.get(where); !strings.Contains(page.body, "/lessons/new?") {
					t.Errorf("%s does not let her write one", where)
				}
			}
			if page := o.focal.get(lesson); !strings.Contains(page.body, forum) || !page.says(lang.For("en").T("lesson.origin.forum")) {
				t.Error("the lesson does not lead to the forum")
			}
		})
		t.Run("of the document into which it was carried, on the day", func(t *testing.T) {
			for _, move := range []string{"review", "publish"} {
				o.moved(t, o.desk, lesson, move)
			}
			o.moved(t, o.desk, lesson, "adopt", "words-adopt", "/library/"+guide)
			carried, _, _ := strings.Cut(lang.For("en").T("lesson.carried", "day", "|"), "|")
			if page := o.focal.get("/en/library/" + guide); !strings.Contains(page.body, lesson) || !page.says(carried) {
				t.Error("the guidance does not show what led to it")
			}
			if page := o.focal.get("/en/library/" + note); !strings.Contains(page.body, lesson) || page.says(carried) {
				t.Error("the note says that it was carried into it")
			}
			if page := o.focal.get(lesson); !strings.Contains(page.body, "/library/"+guide) {
				t.Error("the lesson does not lead to the guidance")
			}
		})
		t.Run("who reads nothing official reads the documents and no lesson", func(t *testing.T) {
			for _, v := range []visitor{o.visitor(), o.signedIn("member@drawn.example", access.MemberRole)} {
				if page := v.get("/en/library/" + guide); page.status != http.StatusOK || strings.Contains(page.body, "/assistance/lessons") {
					t.Errorf("%d %s", page.status, page.body)
				}
			}
		})
		t.Run("the list of them says from what they are drawn", func(t *testing.T) {
			id := func(path string) string { return path[strings.LastIndex(path, "/")+1:] }
			for _, q := range []string{"activity=" + id(forum), "project=" + id(project), "document=" + note, "document=" + guide} {
				page := o.focal.get("/en/assistance/lessons?" + q)
				if !strings.Contains(page.body, lesson) || strings.Count(page.body, `class="chip-name"`) != 1 {
					t.Errorf("%s: %d", q, page.status)
				}
			}
			for _, q := range []string{"activity=none", "project=none", "document=" + hidden} {
				if page := o.focal.get("/en/assistance/lessons?" + q); page.status != http.StatusNotFound {
					t.Errorf("%s: %d", q, page.status)
				}
			}
		})
	})
}

// lessonFrom writes a lesson from a forum, whose hidden material is not named.
func (o planned) lessonFrom(t *testing.T, forum, hidden, note string) string {
	t.Helper()
	begin := "/en/assistance/lessons/new?activity=" + forum[strings.LastIndex(forum, "/")+1:]
	form := o.officer.form(begin, "/en/assistance/lessons")
	if documents := form.fields.Get("documents"); strings.Contains(documents, hidden) || !strings.Contains(documents, note) {
		t.Errorf("documents: %q", documents)
	}
	if form.fields.Get("origin") != "forum" || form.fields.Get("states") == "" {
		t.Errorf("%v", form.fields)
	}
	got := o.officer.submit(form.filled("title", "Ask before you speak", "happened", "Nobody came.", "learned", "Ask.", "guidance", "Ask first.", "evidence", "Minutes."))
	if got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	at, _, _ := strings.Cut(got.location, "?")
	return at
}
