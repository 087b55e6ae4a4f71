package web

import (
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
)

// paper is a PDF as pdftotext reads it.
func paper(t *testing.T, pdf string) string {
	t.Helper()
	if !strings.HasPrefix(pdf, "%PDF-") {
		t.Fatalf("no PDF: %.40q", pdf)
	}
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("no pdftotext here")
	}
	c := exec.Command(tool, "-raw", "-", "-")
	c.Stdin = strings.NewReader(pdf)
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(out), "\f"); n != 1 {
		t.Fatal(n, "pages")
	}
	return strings.Join(strings.Fields(string(out)), " ")
}

func TestExpertOnPaper(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		o := h.planned()
		member := o.entered("member@paper.example", access.MemberRole, "")
		her, herID := o.as("her@paper.example", access.Expert, "TJ")
		for field, pairs := range map[string][]string{
			"theme":   {"value-1", "cybercrime", "level-1", "3", "words-1", "Курсы для следователей", "width", "members"},
			"about":   {"words-1", "Zwanzig Jahre im Dienst", "width", "official"},
			"gender":  {"value", "woman", "width", "keepers"},
			"contact": {"width", "keepers"},
		} {
			form := her.form("/en/account/profile/"+field, "/en/account/profile/field/"+field)
			if got := her.submit(form.filled(pairs...)); got.status != http.StatusSeeOther {
				t.Fatal(field, got.status, got.body)
			}
		}
		path := expertPath(herID) + "/profile.pdf?why=Course"
		if got := o.desk.get("/ru" + path); got.status != http.StatusNotFound {
			t.Fatal("printed before she is found", got.status)
		}
		her.submit(her.form("/en/account/profile", "/en/account/profile/found").filled("found", "members"))
		for _, tag := range []lang.Tag{lang.German, "ru"} {
			words := lang.For(tag)
			t.Run("the desk has one page in "+tag.Name(), func(t *testing.T) {
				got := o.desk.get("/" + string(tag) + path)
				text := paper(t, got.body)
				for _, want := range []string{
					"Курсы для следователей", "Zwanzig Jahre im Dienst", words.T("expert.field.theme"), words.T("expert.level.3"), words.T("expert.gender.woman"),
					tag.Name(), words.Date(time.Now()), "her@paper.example",
				} {
					if !strings.Contains(text, want) {
						t.Errorf("%q is missing: %s", want, text)
					}
				}
			})
			t.Run("a member has no more of it than she sees in "+tag.Name(), func(t *testing.T) {
				text := paper(t, member.get("/"+string(tag)+path).body)
				if !strings.Contains(text, "Курсы") {
					t.Error(text)
				}
				for _, no := range []string{"Zwanzig", words.T("expert.field.gender"), words.T("expert.gender.woman"), words.T("expert.field.contact")} {
					if strings.Contains(text, no) {
						t.Errorf("%q is printed: %s", no, text)
					}
				}
			})
		}
		t.Run("without a purpose, or for a stranger, nothing is printed", func(t *testing.T) {
			if got := o.desk.get("/de" + expertPath(herID) + "/profile.pdf"); strings.HasPrefix(got.body, "%PDF") || got.status >= 500 {
				t.Error(got.status)
			}
			if got := o.visitor().get("/de" + path); strings.HasPrefix(got.body, "%PDF") {
				t.Error(got.status)
			}
		})
	})
}
