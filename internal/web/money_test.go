package web

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"

	"polis/internal/assistance"
	"polis/internal/lang"
)

// budgeted opens the books of a project with a line and money of the unified budget
// that covers it, so that it can be approved.
func (o planned) budgeted(t *testing.T, path string) (line, fund string) {
	t.Helper()
	id := o.read(t, path).ID
	year := 0
	for _, digit := range dayFromNow(0)[:4] {
		year = 10*year + int(digit-'0')
	}
	for _, order := range []assistance.Order{
		{Move: assistance.OpenBooks, Currency: "EUR"},
		{Move: assistance.PlanLine, Line: assistance.BudgetLine{Year: year, Output: "A course for <trainers>", Category: "experts", Planned: 1_000_000}},
		{Move: assistance.PledgeFund, Fund: assistance.Fund{Kind: assistance.UnifiedBudget, Source: "spmu", Currency: "EUR", Since: dayFromNow(-30), Until: dayFromNow(300), Pledged: 1_000_000}},
		{Move: assistance.GrantFund, Amount: 1_000_000, Currency: "EUR"},
	} {
		m := o.books(t, path)
		if order.Move == assistance.GrantFund {
			order.ID = m.Funds[0].ID
		}
		if _, err := o.helps().Order(everywhere, o.asDesk, id, m.Rev, order); err != nil {
			t.Fatal(order.Move, err)
		}
	}
	m := o.books(t, path)
	return m.Lines[0].ID, m.Funds[0].ID
}

func (o planned) books(t *testing.T, path string) assistance.Money {
	t.Helper()
	m, err := o.helps().Money(everywhere, o.read(t, path).ID)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// looked sends the form of the address, filled in: what comes back shows the effect.
func (o planned) looked(v visitor, path, do string, pairs ...string) seen {
	o.t.Helper()
	action, _, _ := strings.Cut(path+"/money/"+do, "?")
	return v.submit(v.form(path+"/money/"+do, action).filled(pairs...))
}

// sure is the form by which an effect is confirmed.
func sure(t *testing.T, got seen) form {
	t.Helper()
	f, ok := formIn(got.body, "/money/")
	if !ok || got.status != http.StatusOK && got.status != http.StatusConflict {
		t.Fatalf("nothing to be confirmed: %d %.5000s", got.status, got.body)
	}
	return f.filled("sure", "1")
}

func (o planned) booked(t *testing.T, v visitor, path, do string, pairs ...string) {
	t.Helper()
	if got := v.submit(sure(t, o.looked(v, path, do, pairs...))); got.status != http.StatusSeeOther {
		t.Fatalf("%s: %d %.5000s", do, got.status, got.body)
	}
}

func TestMoneyPages(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		o := h.planned()
		t.Run("a budget is written, covered and approved on the pages", o.budgetIsWritten)
		t.Run("the effect is shown before anything is booked, and once more where somebody was faster", o.effectIsShown)
		t.Run("amounts are read as each language writes them, and doubt is said", o.amountsAreRead)
		t.Run("confirmed twice it is booked once", o.bookedOnce)
		t.Run("only who writes the project sees the forms", o.moneyIsHeld)
		t.Run("the desk puts in rates, and a fund is converted by them", o.ratesArePutIn)
	})
}

func (o planned) budgetIsWritten(t *testing.T) {
	path := o.begun(t)
	en := lang.For("en")
	page := o.officer.get(path + "/money")
	if page.status != http.StatusOK || !page.says(en.T("money.none")) || !strings.Contains(page.body, path+"/money/open") || strings.Contains(page.body, path+"/money/plan") {
		t.Fatalf("%d %.3000s", page.status, page.body)
	}
	if got := o.officer.submit(o.officer.form(path+"/money/open", path+"/money/open").filled("currency", "EUR")); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	year := dayFromNow(0)[:4]
	o.booked(t, o.officer, path, "plan", "output", "A course & its books", "category", "material", "year", year, "planned", "12,345.50")
	o.booked(t, o.officer, path, "pledge", "kind", "pledge", "source", "Norway", "pledged", "12000", "since", dayFromNow(-5))
	m := o.books(t, path)
	if m.Planned() != 1_234_550 || len(m.Funds) != 1 || m.Funds[0].Pledged != 1_200_000 {
		t.Fatalf("%+v", m)
	}
	fund := m.Funds[0].ID
	page = o.officer.get(path + "/money")
	if !page.says("A course &amp; its books") || !page.says("12,345.50") || !page.says(en.T("money.unconsented")) || strings.Contains(page.body, "/money/grant") {
		t.Errorf("%.6000s", page.body)
	}
	if got := o.officer.get(path + "/money/grant?of=" + fund); got.status != http.StatusForbidden {
		t.Errorf("the officer confirms it herself: %d", got.status)
	}
	if got := o.looked(o.desk, path, "grant?of="+fund, "amount", "12000"); got.status != http.StatusUnprocessableEntity || !got.says(en.T("money.error.consent")) {
		t.Errorf("without the donor's consent: %d", got.status)
	}
	o.booked(t, o.officer, path, "pledge?of="+fund, "paper", "SEC.GAL/12/26", "consented", dayFromNow(-6), "words", "The letter has come.")
	o.booked(t, o.desk, path, "grant?of="+fund, "amount", "12,000.00")
	page = o.officer.get(path + "/money")
	if !page.says("345.50\u00a0EUR") || !strings.Contains(page.body, path+"/money/gap") || !strings.Contains(page.body, `class="money-bar"`) {
		t.Errorf("%.6000s", page.body)
	}
	o.booked(t, o.officer, path, "gap", "words", "The academy pays the rest.")
	if page := o.officer.get(path + "/money"); !page.says("The academy pays the rest.") || !page.says("Before: ") || !page.says("The letter has come.") {
		t.Errorf("%.8000s", page.body)
	}
	sheet := o.officer.get(path + "/money.csv")
	if sheet.status != http.StatusOK || !strings.Contains(sheet.body, "12345.50") || !strings.Contains(sheet.body, "Norway") {
		t.Errorf("%d %s", sheet.status, sheet.body)
	}
}

func (o planned) effectIsShown(t *testing.T) {
	path, _ := o.active(t, "cybercrime")
	en := lang.For("en")
	m := o.books(t, path)
	line, fund := m.Lines[0].ID, m.Funds[0].ID
	pairs := []string{"title", "Interpreters", "fund", fund, "line", line, "amount", "9,000.00", "words", "For May"}
	first := o.looked(o.officer, path, "commit", pairs...)
	if first.status != http.StatusOK || !strings.Contains(first.body, ">10,000.00<") || !strings.Contains(first.body, ">1,000.00<") || o.books(t, path).Rev != m.Rev {
		t.Fatalf("%d %.5000s", first.status, first.body)
	}
	second := o.looked(o.desk, path, "commit", "title", "Rooms", "fund", fund, "line", line, "amount", "500")
	third := o.looked(o.desk, path, "commit", "title", "Books", "fund", fund, "line", line, "amount", "900")
	if got := o.officer.submit(sure(t, first)); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	again := o.desk.submit(sure(t, second))
	if again.status != http.StatusConflict || !again.says(en.T("money.effect.stale")) || !strings.Contains(again.body, ">500.00<") || len(o.books(t, path).Commitments) != 1 {
		t.Fatalf("%d %.5000s", again.status, again.body)
	}
	if got := o.desk.submit(sure(t, again)); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	late := o.desk.submit(sure(t, third))
	if late.status != http.StatusUnprocessableEntity || !late.says(en.T("money.short.fund", "left", "500.00\u00a0EUR")) || !strings.Contains(late.body, `value="Books"`) {
		t.Errorf("more than is left: %d %.5000s", late.status, late.body)
	}
	form := sure(t, o.looked(o.officer, path, "commit", "title", "Keep me", "fund", fund, "line", line, "amount", "2"))
	form.fields.Del("sure")
	if got := o.officer.submit(form.filled("change", "1")); got.status != http.StatusOK || !strings.Contains(got.body, `value="Keep me"`) {
		t.Errorf("she wants to change it: %d", got.status)
	}
	c := o.books(t, path).Commitments[0].ID
	o.booked(t, o.officer, path, "spend?of="+c, "amount", "100")
	if got := o.looked(o.officer, path, "spend?of="+c, "amount", "8,900.01"); got.status != http.StatusUnprocessableEntity || !got.says(en.T("money.short.open", "left", "8,900.00\u00a0EUR")) {
		t.Errorf("more than was promised: %d", got.status)
	}
	if got := o.looked(o.officer, path, "commit?of="+c, "amount", "-1"); got.status != http.StatusUnprocessableEntity || !got.says(en.T("money.error.back")) {
		t.Errorf("taken back without a reason: %d", got.status)
	}
	o.booked(t, o.officer, path, "commit?of="+c, "amount", "-8,900", "words", "It cost less.")
	if page := o.officer.get(path + "/money"); !page.says("It cost less.") || !page.says("−8,900.00\u00a0EUR") {
		t.Errorf("%.8000s", page.body)
	}
}

func (o planned) amountsAreRead(t *testing.T) {
	path := o.begun(t)
	o.budgeted(t, path)
	for _, c := range []struct {
		tag, typed, shown string
	}{
		{"en", "1,234.50", "1,234.50"},
		{"fr", "1 234,50", "1\u00a0234,50"},
		{"de", "1.234,50", "1.234,50"},
		{"it", "1234,5", "1.234,50"},
		{"ru", "1\u00a0234,50", "1\u00a0234,50"},
		{"es", "1234,50", "1234,50"},
	} {
		at := "/" + c.tag + strings.TrimPrefix(path, "/en")
		got := o.looked(o.officer, at, "pledge", "kind", "host", "source", "Academy", "pledged", c.typed, "since", dayFromNow(0))
		if got.status != http.StatusOK || !strings.Contains(got.body, ">"+c.shown+"<") {
			t.Errorf("%s: %d %.4000s", c.tag, got.status, got.body)
		}
		words := lang.For(lang.Tag(c.tag))
		for _, doubt := range map[string][]string{"en": {"1.234"}, "fr": {"1.234", "1,234"}, "de": {"1,234"}, "it": {"1,234"}, "ru": {"1.234", "1,234"}, "es": {"1,234"}}[c.tag] {
			got := o.looked(o.officer, at, "pledge", "kind", "host", "source", "Academy", "pledged", doubt, "since", dayFromNow(0))
			if got.status != http.StatusUnprocessableEntity || !got.says(words.T("money.error.ambiguous", "example", words.Amount(123450, 2))) || !strings.Contains(got.body, `value="`+doubt+`"`) {
				t.Errorf("%s %q: %d", c.tag, doubt, got.status)
			}
		}
		if got := o.officer.get(at + "/money"); got.status != http.StatusOK || strings.Contains(got.body, "⟦") {
			t.Errorf("%s: %d", c.tag, got.status)
		}
	}
	if got := o.officer.get(path + "/money/pledge?of=nothing"); got.status != http.StatusNotFound {
		t.Errorf("of nothing: %d", got.status)
	}
	if got := o.officer.get(path + "/money/nonsense"); got.status != http.StatusNotFound {
		t.Errorf("a move that is none: %d", got.status)
	}
	if got := o.officer.get(path + "/money/commit"); got.status != http.StatusConflict || !got.says(lang.For("en").T("money.impossible.commit.idea")) {
		t.Errorf("before it is approved: %d", got.status)
	}
}

func (o planned) bookedOnce(t *testing.T) {
	path, _ := o.active(t, "cybercrime")
	m := o.books(t, path)
	form := sure(t, o.looked(o.officer, path, "commit", "title", "Interpreters", "fund", m.Funds[0].ID, "line", m.Lines[0].ID, "amount", "100"))
	status := make([]int, 4)
	var all sync.WaitGroup
	for i := range status {
		all.Go(func() { status[i] = o.officer.submit(form).status })
	}
	all.Wait()
	done := 0
	for _, s := range status {
		if s == http.StatusSeeOther {
			done++
		} else if s != http.StatusConflict {
			t.Error(status)
		}
	}
	if m := o.books(t, path); done != 1 || len(m.Commitments) != 1 || m.Funds[0].Committed != 10_000 {
		t.Errorf("%v %+v", status, m)
	}
}

func (o planned) moneyIsHeld(t *testing.T) {
	path, _ := o.active(t, "cybercrime")
	for name, v := range map[string]visitor{"an officer of another structure": o.stranger, "a focal point": o.focal} {
		page := v.get(path + "/money")
		if page.status != http.StatusOK || strings.Contains(page.body, path+"/money/") {
			t.Errorf("%s: %d", name, page.status)
		}
		if got := v.get(path + "/money/plan"); got.status != http.StatusForbidden {
			t.Errorf("%s plans: %d", name, got.status)
		}
		if got := v.post(path+"/money/plan", "output", "x", "sure", "1"); got.status != http.StatusForbidden {
			t.Errorf("%s writes: %d", name, got.status)
		}
		if got := v.post("/en/assistance/rates", "currency", "USD"); got.status != http.StatusForbidden {
			t.Errorf("%s puts in a rate: %d", name, got.status)
		}
	}
	if got := o.visitor().get(path + "/money.csv"); got.status != http.StatusSeeOther {
		t.Errorf("nobody: %d", got.status)
	}
}

func (o planned) ratesArePutIn(t *testing.T) {
	path := o.begun(t)
	o.budgeted(t, path)
	en := lang.For("en")
	dollars := []string{"kind", "unified", "source", "spmu", "currency", "USD", "pledged", "1,000.00", "since", dayFromNow(0)}
	if got := o.looked(o.officer, path, "pledge", dollars...); got.status != http.StatusUnprocessableEntity || !got.says(en.T("money.error.rate.missing")) {
		t.Errorf("without a rate: %d", got.status)
	}
	rate := func(pairs ...string) seen {
		return o.desk.submit(o.desk.form("/de/assistance/rates", "/de/assistance/rates").filled(append([]string{"currency", "USD", "day", dayFromNow(-2), "source", "EZB"}, pairs...)...))
	}
	if got := rate("rate", "1.082"); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#rate"`) {
		t.Errorf("a rate in doubt: %d", got.status)
	}
	if got := rate("rate", "1,0823", "source", ""); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#source"`) {
		t.Errorf("a rate from nowhere: %d", got.status)
	}
	if got := rate("rate", "1,0823"); got.status != http.StatusSeeOther {
		t.Fatalf("%d %.4000s", got.status, got.body)
	}
	if page := o.focal.get("/fr/assistance/rates"); page.status != http.StatusOK || !page.says("1,0823") || strings.Contains(page.body, `name="rate"`) {
		t.Errorf("%d %.4000s", page.status, page.body)
	}
	o.booked(t, o.officer, path, "pledge", dollars...)
	if page := o.officer.get(path + "/money"); !page.says("923.96\u00a0EUR") || !page.says("1,000.00\u00a0USD") {
		t.Errorf("%.6000s", page.body)
	}
	if got := o.desk.get("/en/assistance/rates?after=nonsense"); got.status != http.StatusNotFound {
		t.Errorf("a place that is none: %d", got.status)
	}
}

// formIn is the form of a page that goes to an address with this in it.
func formIn(body, action string) (form, bool) {
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return form{}, false
	}
	for n := range root.Descendants() {
		if n.Data == "form" {
			if f := readHTMLForm(n, attributes(n)); strings.Contains(f.action, action) {
				return f, true
			}
		}
	}
	return form{}, false
}
