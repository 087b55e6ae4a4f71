package web

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/assistance/assistancetest"
)

func TestViews(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		if err := assistancetest.Many(t.Context(), h.DB, 200, 2000); err != nil {
			t.Fatal(err)
		}
		v := viewed{h, h.signedIn("desk@views.example", access.DeskOfficer)}
		t.Run("the picture and the table of a timeline are the same", v.timelineIsATable)
		t.Run("other days, and days that are none", v.otherDays)
		t.Run("what does not fit is counted, and its list has as many", v.restIsCounted)
		t.Run("each figure of a State opens onto as many records", func(t *testing.T) { v.figuresOpen(t, "territory/KG") })
		t.Run("and of a structure", func(t *testing.T) { v.figuresOpen(t, "portfolio/spmu") })
		t.Run("each list is a sheet, with its filters", v.listsAreSheets)
		t.Run("a State is a workbook, and a calendar", v.stateIsABook)
		t.Run("a calendar's address opens a State's too, as far as its person reads it", v.calendarOfAState)
		t.Run("a project shows its figures and days", v.projectAtAGlance)
	})
}

type viewed struct {
	inhabited
	desk visitor
}

var (
	bars    = regexp.MustCompile(`tabindex="-1" class="act act-(planned|held|cancelled)"`)
	tableOf = regexp.MustCompile(`(?s)<table class="govuk-table">.*?</table>`)
)

func (v viewed) timelineIsATable(t *testing.T) {
	page := v.desk.get("/en/assistance/timeline?state=KG").body
	n := len(bars.FindAllString(page, -1))
	rows := strings.Count(tableOf.FindString(page), "<tr") - 1
	if n == 0 || n != rows || strings.Count(page, `<title>`) != n+1 || !strings.Contains(page, `aria-hidden="true" focusable="false">`) {
		t.Errorf("%d bars, %d rows: %.4000s", n, rows, page)
	}
	if !strings.Contains(page, `class="timeline-today"`) || !strings.Contains(page, ">Jan<") {
		t.Error("neither today nor Jan(uary) is in this year")
	}
	if got := v.desk.get("/en/assistance/timeline?at=1991"); !strings.Contains(got.body, "Nothing goes on in these days") || strings.Contains(got.body, "<table") {
		t.Errorf("%.4000s", got.body)
	}
}

func (v viewed) otherDays(t *testing.T) {
	year := time.Now().UTC().Year()
	page := v.desk.get(fmt.Sprintf("/en/assistance/timeline?at=%d-Q1&theme=cybercrime", year)).body
	for _, at := range []string{fmt.Sprintf("at=%d-Q4", year-1), fmt.Sprintf("at=%d-Q2", year), fmt.Sprintf("at=%d&amp;theme=cybercrime", year), fmt.Sprintf(`name="at" value="%d-Q1"`, year)} {
		if !strings.Contains(page, at) {
			t.Errorf("no way to %s: %.4000s", at, page)
		}
	}
	for _, at := range []string{"26", "2026-Q5", "2026-Q0", "0001", "9999", "2026-01", "x"} {
		if got := v.desk.get("/en/assistance/timeline?at=" + at); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", at, got.status)
		}
	}
	if got := v.desk.get("/en/assistance/timeline?project=none"); got.status != http.StatusNotFound {
		t.Errorf("a project that is none: %d", got.status)
	}
}

// The list that a sentence or figure leads to says how many there are.
var counts = regexp.MustCompile(`<p>([\d,]+) [a-z]`)

func (v viewed) counted(t *testing.T, address, n string) {
	t.Helper()
	list := v.desk.get(strings.ReplaceAll(address, "&amp;", "&"))
	m := counts.FindStringSubmatch(list.body)
	if list.status != http.StatusOK || m == nil || m[1] != n {
		t.Errorf("%s has %v, not %s", address, m, n)
	}
}

func (v viewed) restIsCounted(t *testing.T) {
	page := v.desk.get("/en/assistance/timeline?organiser=spmu&at=" + fmt.Sprint(time.Now().UTC().Year())).body
	more := regexp.MustCompile(`<a href="([^"]*)">And (\d+) more, which`).FindStringSubmatch(page)
	if more == nil {
		page = v.desk.get("/en/assistance/timeline").body
		more = regexp.MustCompile(`<a href="([^"]*)">And (\d+) more, which`).FindStringSubmatch(page)
	}
	if n := strings.Count(tableOf.FindString(page), "<tr") - 1; more == nil || n > mostBars {
		t.Fatalf("%d rows, %v", n, more)
	}
	v.counted(t, more[1], more[2])
}

func (v viewed) figuresOpen(t *testing.T, at string) {
	page := v.desk.get("/en/assistance/" + at).body
	part := regexp.MustCompile(`<li><a href="([^"]+)">[^<]+</a> <span class="count">([\d,]+)</span></li>`)
	bar := regexp.MustCompile(`<th scope="row" class="govuk-table__header"><a href="([^"]+)">[^<]+</a><svg.*?</svg></th><td[^>]*>([\d,]+)</td>`)
	parts, rows := part.FindAllStringSubmatch(page, -1), bar.FindAllStringSubmatch(page, -1)
	if len(parts) < 3 || len(rows) < 3 {
		t.Fatalf("%d parts, %d bars: %.6000s", len(parts), len(rows), page)
	}
	for _, m := range append(parts, rows...) {
		v.counted(t, m[1], m[2])
	}
}

func (v viewed) listsAreSheets(t *testing.T) {
	for _, list := range []string{"projects", "activities", "requests", "consents", "evaluations", "lessons"} {
		page := v.desk.get("/ru/assistance/" + list + "?state=KG").body
		for _, kind := range []string{"csv", "xlsx"} {
			at := "/ru/assistance/" + list + "." + kind + "?state=KG"
			if !strings.Contains(page, `href="`+at+`" download`) {
				t.Errorf("the list leads not to %s", at)
			}
			got := v.desk.get(at)
			if kind == "csv" && (got.status != http.StatusOK || strings.Count(got.body, "\n") < 2 || !strings.HasPrefix(got.body, "\ufeff") || strings.Contains(got.body, "⟦")) {
				t.Errorf("%s: %d %.300s", at, got.status, got.body)
			}
			if kind == "xlsx" && !strings.HasPrefix(got.body, "PK") {
				t.Errorf("%s: %d", at, got.status)
			}
		}
	}
	all, some := v.desk.get("/en/assistance/activities.csv").body, v.desk.get("/en/assistance/activities.csv?state=KG&stage=planned").body
	if n, m := strings.Count(all, "\n"), strings.Count(some, "\n"); n < 1000 || m >= n/10 || strings.Contains(some, "Held,") {
		t.Errorf("%d rows, of the State's planned %d", n, m)
	}
	if got := v.desk.get("/en/assistance/recommendations.csv"); got.status != http.StatusOK || !strings.Contains(got.body, "What is recommended") {
		t.Errorf("%d %.300s", got.status, got.body)
	}
	if got := v.signedIn("member@views.example", access.Visitor).get("/en/assistance/recommendations.xlsx"); got.status != http.StatusForbidden {
		t.Errorf("a visitor: %d", got.status)
	}
}

func (v viewed) stateIsABook(t *testing.T) {
	book := v.desk.get("/de/assistance/territory/KG/book.xlsx")
	z, err := zip.NewReader(strings.NewReader(book.body), int64(len(book.body)))
	if err != nil {
		t.Fatal(book.status, err)
	}
	f, err := z.Open("xl/workbook.xml")
	if err != nil {
		t.Fatal(err)
	}
	names, err := io.ReadAll(f)
	if err != nil || bytes.Count(names, []byte("<sheet ")) != 6 || !bytes.Contains(names, []byte(`name="Projekte"`)) {
		t.Errorf("%s %v", names, err)
	}
	if got := v.desk.get("/de/assistance/portfolio/KG/book.xlsx"); got.status != http.StatusNotFound {
		t.Errorf("a State is no structure: %d", got.status)
	}
	if got := v.desk.get("/de/desk.ics?state=KG").body; !strings.HasPrefix(got, "BEGIN:VCALENDAR") || !strings.Contains(got, "BEGIN:VEVENT") {
		t.Errorf("%.300s", got)
	}
}

func (v viewed) calendarOfAState(t *testing.T) {
	focal, _ := v.as("focal@views.example", access.FocalPoint, "KG")
	address := regexp.MustCompile(`/en/calendars/[A-Z0-9]{52}`).FindString(focal.post("/en/desk/calendar", "").body)
	own, other := v.visitor().get(address).body, v.visitor().get(address+"?state=TJ").body
	if !strings.Contains(other, "BEGIN:VEVENT") || own == other {
		t.Errorf("%.300s", other)
	}
	if got := v.visitor().get("/en/calendars/" + strings.Repeat("A", 52) + "?state=TJ"); got.status != http.StatusNotFound {
		t.Errorf("an address that is none: %d", got.status)
	}
}

func (v viewed) projectAtAGlance(t *testing.T) {
	page := v.desk.get("/en/assistance/projects?state=KG&stage=active").body
	at := regexp.MustCompile(`/en/assistance/projects/many-p-\d+`).FindString(page)
	for _, address := range []string{at, at + "/activities"} {
		if page = v.desk.get(address).body; !bars.MatchString(page) {
			t.Errorf("%s has no timeline: %.6000s", address, page)
		}
	}
	if page = v.desk.get(at).body; !strings.Contains(page, `class="glances"`) {
		t.Errorf("%.6000s", page)
	}
}
