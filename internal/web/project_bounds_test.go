package web

import (
	"net/http"
	"strings"
	"testing"

	"polis/internal/lang"
)

// TestWhatLiesOutsideIsSaid tries, on the pages, days outside a mandate, a consent and a
// project, and money in a currency that is not that of its fund.
func TestWhatLiesOutsideIsSaid(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		o, en := h.planned(), lang.For("en")
		refused := func(t *testing.T, got seen, key, field string) {
			t.Helper()
			if got.status != http.StatusUnprocessableEntity || !got.says(en.T(key)) || !strings.Contains(got.body, `href="#`+field+`"`) {
				t.Errorf("%s: %d %.4000s", key, got.status, got.body)
			}
		}
		t.Run("an idea outside its mandate says what it lacks, and where", func(t *testing.T) {
			path := o.begun(t, "ends", dayFromNow(950))
			if page := o.officer.get(path); !page.says(en.T("project.needs.mandate.dates")) || !strings.Contains(page.body, path+"/edit#") {
				t.Errorf("%.4000s", page.body)
			}
		})
		project, _ := o.active(t, "cybercrime")
		t.Run("what runs is not moved outside its mandate", func(t *testing.T) {
			got := o.officer.submit(o.officer.form(project+"/edit", project+"/edit").filled("starts", dayFromNow(-450)))
			refused(t, got, "project.needs.mandate.dates", "mandate")
			if !got.says(dayFromNow(-450)) {
				t.Error("what she typed is lost")
			}
		})
		t.Run("nor outside its consent", func(t *testing.T) {
			got := o.officer.submit(o.officer.form(project+"/edit", project+"/edit").filled("ends", dayFromNow(850)))
			refused(t, got, "project.needs.consent.dates", "starts")
		})
		t.Run("an activity is not planned, and not held, outside its project", func(t *testing.T) {
			form := o.officer.form(project+"/activities/new", project+"/activities").filled(planFields("ends", dayFromNow(300))...)
			if got := o.officer.submit(form); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#ends"`) {
				t.Errorf("planned: %d", got.status)
			}
			at := o.arranged(t, project)
			held := o.officer.form(at+"/held", at+"/held").filled("starts", dayFromNow(-40), "total", "20", "women", "9", "men", "11")
			if got := o.officer.submit(held); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#starts"`) {
				t.Errorf("held: %d", got.status)
			}
		})
		t.Run("money is committed in the currency of its fund alone", func(t *testing.T) {
			rate := o.desk.form("/en/assistance/rates", "/en/assistance/rates").filled("currency", "USD", "day", dayFromNow(-2), "rate", "1.0823", "source", "ECB")
			if got := o.desk.submit(rate); got.status != http.StatusSeeOther {
				t.Fatalf("%d %.4000s", got.status, got.body)
			}
			m := o.books(t, project)
			o.booked(t, o.officer, project, "pledge", "kind", "unified", "source", "spmu", "currency", "USD", "pledged", "500", "since", dayFromNow(0))
			got := o.looked(o.officer, project, "commit", "title", "Books in dollars", "fund", m.Funds[0].ID, "line", m.Lines[0].ID, "amount", "20", "currency", "USD")
			refused(t, got, "money.error.other.currency", "currency")
			if !got.says("Books in dollars") || len(o.books(t, project).Commitments) > 0 {
				t.Error("what she typed is lost, or booked")
			}
		})
		t.Run("a project is not cut under its activities", func(t *testing.T) {
			o.arranged(t, project)
			got := o.officer.submit(o.officer.form(project+"/edit", project+"/edit").filled("starts", dayFromNow(-5)))
			if got.status != http.StatusUnprocessableEntity && got.status != http.StatusConflict {
				t.Errorf("%d", got.status)
			}
		})
	})
}
