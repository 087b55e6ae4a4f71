package web

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/assistance"
)

// RatesView are the exchange rates that the desk has put in.
type RatesView struct {
	Lead  string
	Form  *PersonForm // for the desk
	Table *Table
	None  string
	More  string // address of earlier ones, or ""
}

var moneyRatesPage = newPage("money-rates", RatesView{
	Lead: "Funding in another currency is converted.", Form: &samplePersonForm, None: "None yet.", More: "/en/assistance/rates?after=2026-11-01+USD",
	Table: &Table{Caption: "Exchange rates", Columns: []Column{{Text: "Currency"}, {Text: "Units for one euro", Figure: true}}, Rows: [][]Cell{{{Text: "USD"}, {Text: "1.0823", Figure: true}}}},
})

var noticeRate = newNotice("money.rates.put")

// shownRates is how many rates a page shows.
const shownRates = 50

func (h *House) rates(w http.ResponseWriter, r *http.Request) error {
	return h.showRates(w, r, nil)
}

func (h *House) showRates(w http.ResponseWriter, r *http.Request, wrong map[string]string) error {
	f := h.asking(r, "money.rates")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	f.Crumbs = []Link{{f.T("assistance.title"), f.URL("/assistance")}, {f.T("project.title"), f.URL("/assistance/projects")}}
	after := r.URL.Query().Get("after")
	if after != "" && (len(after) != 14 || after[10] != ' ') {
		return NotFound()
	}
	list, more, err := h.helps().Rates(r.Context(), "", after, shownRates)
	if err != nil {
		return err
	}
	v := RatesView{Lead: f.T("money.rates.lead"), None: f.T("money.rates.none")}
	if len(list) > 0 {
		v.Table = p.rateTable(list)
	}
	if more != "" {
		v.More = f.With("after", more)
	}
	if mayRate(r).Allowed {
		form := p.rateForm(wrong)
		v.Form = &form
	}
	return moneyRatesPage.Show(w, f, v)
}

func (p *helping) rateTable(list []assistance.Rate) *Table {
	t := &Table{Caption: p.T("money.rates.caption"), Columns: []Column{
		{Text: p.T("money.rate.currency")}, {Text: p.T("money.rate.rate"), Figure: true}, {Text: p.T("money.rate.day")}, {Text: p.T("money.rate.source")}, {Text: p.T("money.rate.use")},
	}}
	for _, rate := range list {
		use := p.T("money.rate.free")
		if rate.Used {
			use = p.T("money.rate.used")
		}
		t.Rows = append(t.Rows, []Cell{{Text: rate.Currency}, {Text: p.rate(rate.Units()), Figure: true}, {Text: p.day(rate.Day)}, {Text: rate.Source}, {Text: use}})
	}
	return t
}

// rate writes a rate with as many decimals as it has, and four at least.
func (p *helping) rate(millionths int64) string {
	text, spare := p.Amount(millionths, assistance.RateDigits), assistance.RateDigits-4
	for ; spare > 0 && strings.HasSuffix(text, "0"); spare-- {
		text = text[:len(text)-1]
	}
	return text
}

func (p *helping) rateForm(wrong map[string]string) PersonForm {
	day := p.r.PostFormValue("day")
	if day == "" {
		day = time.Now().UTC().Format(time.DateOnly)
	}
	fields := []Field{
		{Name: "currency", Label: p.T("money.rate.currency"), Type: "select", Width: "short"},
		{Name: "rate", Label: p.T("money.rate.rate"), Hint: p.T("money.hint.amount", "example", p.rate(1_082_300)), Value: p.r.PostFormValue("rate"), Width: "short", Auto: "off"},
		{Name: "day", Label: p.T("money.rate.day"), Hint: p.T("money.hint.amount", "example", "26.7.2026"), Value: day, Width: "short", Auto: "off"},
		{Name: "source", Label: p.T("money.rate.source"), Hint: p.T("money.rate.hint.source"), Value: p.r.PostFormValue("source"), Auto: "off"},
	}
	for _, o := range currencyOptions() {
		if o.Value == "EUR" {
			continue
		}
		o.Chosen = o.Value == p.r.PostFormValue("currency")
		fields[0].Options = append(fields[0].Options, o)
	}
	for i, f := range fields {
		if says := wrong[f.Name]; says != "" {
			fields[i].Error = says
			p.Errors, p.Status = append(p.Errors, Error{f.Name, says}), http.StatusUnprocessableEntity
		}
	}
	return PersonForm{ID: "put-rate", Title: p.T("money.rates.add"), Action: p.URL("/assistance/rates"), Fields: fields, Button: p.T("money.rates.add"), Open: len(wrong) > 0}
}

// putRate stores the rate of a day.
func (h *House) putRate(w http.ResponseWriter, r *http.Request) error {
	if d := mayRate(r); !d.Allowed {
		return Refused(d.Rule)
	}
	p, err := h.helping(r, h.site.Frame(r))
	if err != nil {
		return err
	}
	rate := assistance.Rate{Currency: r.PostFormValue("currency"), Day: plainDate(strings.TrimSpace(r.PostFormValue("day"))), Source: r.PostFormValue("source")}
	units, says := p.readAmount(r.PostFormValue("rate"), assistance.RateDigits)
	if says != "" {
		return h.showRates(w, r, map[string]string{"rate": says})
	}
	if units > 1_000_000_000_000_000/100_000 { // a million for a euro, far above any that there is
		units = 0
	}
	rate.PerEuro = assistance.RateOf(rate.Currency, units)
	err = h.helps().PutRate(r.Context(), ReaderOf(r).Subject, rate)
	var wrong assistance.Invalid
	switch {
	case errors.As(err, &wrong):
		sentences := map[string]string{}
		for field, key := range wrong {
			sentences[field] = p.T(key)
		}
		return h.showRates(w, r, sentences)
	case err != nil:
		return helpFault(r, access.HandleHelp, access.Label{Level: access.Official}, err)
	}
	return p.Redirect(w, "/assistance/rates", noticeRate, 0)
}
