package web

import (
	"net/http"
	"strings"
	"testing"

	"polis/internal/lang"
)

// recommendationBecomes makes a project of what a final assessment recommends.
func (o helped) recommendationBecomes(t *testing.T, path string) {
	const address = "/en/assistance/projects/new?recommendation="
	page := o.desk.get(path)
	rec, ok := betweenMarks(page.body, `href="`+address, `"`)
	if !ok {
		t.Fatal("no way to make a project of a recommendation", page.body)
	}
	if strings.Contains(o.other.get(path).body, address) {
		t.Error("a State begins a project")
	}
	for who, status := range map[visitor]int{o.other: http.StatusForbidden, o.visitor(): http.StatusSeeOther} {
		if got := who.get(address + rec); got.status != status {
			t.Errorf("not %d: %d", status, got.status)
		}
	}
	if got := o.desk.get(address + "none"); got.status != http.StatusNotFound {
		t.Errorf("of none: %d", got.status)
	}
	o.sixTimes(t, o.desk, address+rec)
	form := o.desk.form(address+rec, "/en/assistance/projects")
	if got := o.desk.submit(form.filled("title", " ")); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `name="recommendation" value="`+rec+`"`) {
		t.Errorf("a form that comes back forgets of what it is made: %d", got.status)
	}
	got := o.desk.submit(form)
	if got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	project, _, _ := strings.Cut(got.location, "?")
	if page := o.desk.get(project); !page.says("Train ten.") || !strings.Contains(page.body, path+"#"+rec) || !page.says(lang.For("en").T("assessment.fact.advised")) {
		t.Error("the project does not say of what it was made", page.body)
	}
	if page := o.other.get(path); !strings.Contains(page.body, `href="`+project+`"`) {
		t.Error("the assessment does not say what became of it")
	}
	o.sixTimes(t, o.desk, path)
}
