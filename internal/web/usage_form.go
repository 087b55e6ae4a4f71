package web

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"time"

	"polis/internal/framework"
	"polis/internal/lang"
	"polis/internal/usage"
)

// usageYears is how many years back the form offers.
const usageYears = 5

// usageFields are the filters of the form.
func (w wording) usageFields(q usageAsked, now time.Time) []Field {
	choice := func(name, label string, chosen string, options ...Option) Field {
		for i := range options {
			options[i].Chosen = options[i].Value == chosen
		}
		return Field{Name: name, Label: label, Type: "select", Options: options}
	}
	every := Option{Text: w.T("usage.every")}
	themes, kinds, langs, years := []Option{every}, []Option{every}, []Option{every}, []Option{every}
	for _, t := range framework.Themes() {
		themes = append(themes, Option{Value: t.ID, Text: t.Names.In(w.Lang)})
		for _, sub := range t.Narrower {
			themes = append(themes, Option{Value: sub.ID, Text: "– " + sub.Names.In(w.Lang)})
		}
	}
	for _, t := range framework.Types() {
		kinds = append(kinds, Option{Value: t.ID, Text: t.Names.In(w.Lang)})
	}
	for _, t := range lang.All {
		langs = append(langs, Option{Value: string(t), Text: t.Name()})
	}
	for y := now.Year(); y > now.Year()-usageYears; y-- {
		years = append(years, Option{Value: strconv.Itoa(y), Text: strconv.Itoa(y)})
	}
	added := ""
	if q.Added > 0 {
		added = strconv.Itoa(q.Added)
	}
	return []Field{
		choice("period", w.T("usage.period"), q.Period.String(), w.usagePeriods(q, now)...),
		choice("theme", w.T("library.facet.theme"), q.Theme, themes...),
		choice("type", w.T("library.facet.type"), q.Type, kinds...),
		choice("lang", w.T("usage.lang"), q.Lang, langs...),
		choice("added", w.T("usage.added"), added, years...),
	}
}

// usagePeriods are those that the form offers, and the one that was asked for.
func (w wording) usagePeriods(q usageAsked, now time.Time) []Option {
	var list []usage.Period
	for n := range usageYears {
		list = append(list, usage.PeriodOf(usage.Year, now.AddDate(-n, 0, 0)))
	}
	list = append(list, usage.Period{Span: usage.All})
	quarter, month := usage.PeriodOf(usage.Quarter, now).Since, usage.PeriodOf(usage.Month, now).Since
	for n := range 5 {
		list = append(list, usage.PeriodOf(usage.Quarter, quarter.AddDate(0, -3*n, 0)))
	}
	for n := range usageMonths {
		list = append(list, usage.PeriodOf(usage.Month, month.AddDate(0, -n, 0)))
	}
	options, there := make([]Option, 0, len(list)+1), false
	for _, p := range list {
		options = append(options, Option{Value: p.String(), Text: w.period(p)})
		there = there || p == q.Period
	}
	if !there {
		options = append(options, Option{Value: q.Period.String(), Text: w.period(q.Period)})
	}
	return options
}

// period is what a period is called.
func (w wording) period(p usage.Period) string {
	year := strconv.Itoa(p.Since.Year())
	switch p.Span {
	case usage.Month:
		return w.Month(p.Since)
	case usage.Quarter:
		return w.T("usage.quarter", "quarter", strconv.Itoa(p.Number()), "year", year)
	case usage.Year:
		return year
	}
	return w.T("usage.all")
}

// usageCSV answers with the whole list that the address asks for, as a sheet.
func (h *House) usageCSV(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	if err := maySeeUsage(r); err != nil {
		return err
	}
	words, err := h.words(r, h.site.Frame(r))
	if err != nil {
		return err
	}
	q := askedOfUsage(r.URL.Query(), time.Now())
	head := w.Header()
	head.Set("Content-Type", "text/csv; charset=utf-8")
	head.Set("Content-Disposition", `attachment; filename="usage-`+q.Period.String()+`.csv"`)
	head.Set("Cache-Control", "private, no-store")
	Patient(w, 5*time.Minute)
	var page strings.Builder
	sheet := csv.NewWriter(&page)
	writeCells(sheet, []string{
		words.T("usage.document"), words.T("library.address"), words.T("library.facet.level"), words.T("usage.about"),
		words.T("usage.reads"), words.T("usage.found"), words.T("usage.files"), words.T("usage.cites"),
	})
	q.Limit = 500
	for sent := 0; sent < maxSheet; sent += q.Limit {
		lines, more, err := h.usedLines(r, q)
		if err != nil {
			return err
		}
		list, err := h.usageLines(r, words, q, lines)
		if err != nil {
			return err
		}
		for _, l := range list {
			writeCells(sheet, words.usageRow(l))
		}
		sheet.Flush()
		if _, err := w.Write([]byte(page.String())); err != nil || more == (usage.Place{}) {
			return nil // a reader who left needs no answer
		}
		page.Reset()
		q.After = more
	}
	return nil
}

func (w wording) usageRow(l UsageLine) []string {
	level := w.T("access.level.public")
	if l.Tag != nil {
		level = l.Tag.Text
	}
	return []string{l.Title, w.site.opts.Origin + l.URL, level, l.Meta, l.Figures.Reads, l.Figures.Found, l.Figures.Files, l.Figures.Cites}
}
