package web

import (
	"errors"
	"strconv"
	"strings"

	"polis/internal/assistance"
	"polis/internal/lang"
	"polis/internal/sheet"
)

// dayDigits are the decimals of days of staff.
const dayDigits = 2

// amount is one with its currency, on one line.
func (p *helping) amount(amount int64, currency string) string {
	return p.Amount(amount, assistance.Decimals(currency)) + "\u00a0" + currency
}

// days are days of staff: hundredths are shown where there are any.
func (p *helping) days(hundredths int64) string {
	if hundredths%100 == 0 {
		return p.Number(hundredths / 100)
	}
	return p.Amount(hundredths, dayDigits)
}

// sum is an amount, or days where there is no currency.
func (p *helping) sum(amount int64, currency string) string {
	if currency == "" {
		return p.days(amount)
	}
	return p.amount(amount, currency)
}

// readAmount reads what was typed. What is wrong with it comes as a sentence that shows
// how this language writes an amount.
func (p *helping) readAmount(text string, digits int) (amount int64, wrong string) {
	amount, err := p.ParseAmount(text, digits)
	key := ""
	switch {
	case errors.Is(err, lang.ErrAmbiguous):
		key = "money.error.ambiguous"
	case errors.Is(err, lang.ErrDecimals):
		key = "money.error.decimals"
	case err != nil:
		key = "money.error.unread"
	default:
		return amount, ""
	}
	return 0, p.T(key, "example", p.example(digits))
}

// example is an amount as the language writes it.
func (p *helping) example(digits int) string {
	n := int64(1234)
	for i := range digits {
		n = n*10 + []int64{5, 0, 0, 0, 0, 0}[i]
	}
	return p.Amount(n, digits)
}

func (p *helping) lineName(l assistance.BudgetLine) string {
	return l.Output + " · " + strconv.Itoa(l.Year)
}

func (p *helping) fundName(f assistance.Fund) string {
	return p.entry(f.Source).Text + " · " + p.T("money.kind."+string(f.Kind))
}

func (p *helping) validity(f assistance.Fund) string {
	if f.Endless() {
		return p.span(f.Since, "")
	}
	return p.span(f.Since, f.Until)
}

// doTitle is what a form does; those about what is there change it.
func (p *helping) doTitle(move assistance.MoneyMove, of string) string {
	if of != "" && (move == assistance.PlanLine || move == assistance.PledgeFund || move == assistance.CommitMoney) {
		return p.T("money.do." + string(move) + ".change")
	}
	return p.T("money.do." + string(move))
}

// did says what an entry did.
func (p *helping) did(m assistance.Money, e assistance.MoneyEntry) string {
	key := "money.did." + string(e.Move)
	switch e.Move {
	case assistance.OpenBooks:
		return p.T(key, "currency", e.Currency)
	case assistance.CoverGap:
		return p.T(key)
	}
	currency := e.Currency
	if e.Move == assistance.WorkDays {
		currency = ""
	}
	amount := p.sum(e.Amount, currency)
	if e.Amount > 0 {
		amount = "+" + amount
	}
	text := p.T(key, "name", p.objectName(m, e.Line, e.Fund, e.Commitment), "amount", amount)
	if e.Currency != m.Currency && e.Booked != 0 {
		text += " (" + p.amount(e.Booked, m.Currency) + ")"
	}
	return text
}

// objectName is the commitment, fund or line, in this order.
func (p *helping) objectName(m assistance.Money, line, fund, commitment string) string {
	if c, ok := m.Commitment(commitment); ok {
		return c.Title
	}
	if f, ok := m.Fund(fund); ok {
		return p.fundName(f)
	}
	if l, ok := m.Line(line); ok {
		return p.lineName(l)
	}
	return p.T("money.effect.project")
}

// entryWords are the words of an entry, its document, and what stood there before.
func (p *helping) entryWords(m assistance.Money, e assistance.MoneyEntry) string {
	var parts []string
	for _, text := range []string{e.Words, e.Paper} {
		if text != "" {
			parts = append(parts, text)
		}
	}
	if was := e.Former.Line; was != nil {
		parts = append(parts, p.T("money.before", "what", strings.Join([]string{
			p.lineName(*was), p.T("money.category." + was.Category), p.amount(was.Planned, m.Currency),
		}, " · ")))
	}
	if was := e.Former.Fund; was != nil {
		words := []string{p.fundName(*was), p.amount(was.Pledged, was.Currency), p.validity(*was)}
		for _, text := range []string{was.Paper, p.day(was.Consented), was.Conditions} {
			if text != "" {
				words = append(words, text)
			}
		}
		parts = append(parts, p.T("money.before", "what", strings.Join(words, " · ")))
	}
	return strings.Join(parts, "\n")
}

// moneySheet are lines, funds and commitments of the project of the address: amounts
// as numbers, each in the currency of its row.
func moneySheet(p *helping) (listSheet, error) {
	q, err := p.h.projectOf(p.r)
	if err != nil {
		return listSheet{}, err
	}
	m, err := p.h.helps().Money(p.r.Context(), q.ID)
	heads := columns(
		[]sheet.Column{{ID: "id", Names: lang.Names{p.Lang: "id"}}}, texts("money.effect.what", "money.field.title", "money.field.kind"),
		[]sheet.Column{column("money.field.year", sheet.Whole)}, dates("money.field.since", "money.field.until"), texts("money.field.currency.fund"))
	for _, figure := range []string{"planned", "pledged", "granted", "received", "committed", "spent", "left"} {
		heads = append(heads, column("money.figure."+figure, sheet.Number))
	}
	heads = columns(heads, texts("money.field.line", "money.field.fund"), dates("money.rate.day"))
	name := "money-" + strings.ReplaceAll(q.Number, "/", "-")
	return listSheet{name, p.partName("money"), heads, func(assistance.Place) ([][]string, assistance.Place, error) {
		return p.moneyRows(m), assistance.Place{}, nil
	}}, err
}

func (p *helping) moneyRows(m assistance.Money) (rows [][]string) {
	in := func(currency string, amounts ...int64) (cells []string) {
		for _, amount := range amounts {
			cells = append(cells, lang.PlainAmount(amount, assistance.Decimals(currency)))
		}
		return cells
	}
	for _, l := range m.Lines {
		row := []string{l.ID, p.T("money.lines"), l.Output, p.T("money.category." + l.Category), strconv.Itoa(l.Year), "", "", m.Currency}
		figures := in(m.Currency, l.Planned, l.Committed, l.Spent, l.Left())
		rows = append(rows, append(row, figures[0], "", "", "", figures[1], figures[2], figures[3], "", "", ""))
	}
	for _, f := range m.Funds {
		until := f.Until
		if f.Endless() {
			until = ""
		}
		row := []string{f.ID, p.T("money.funds"), p.entry(f.Source).Text, p.T("money.kind." + string(f.Kind)), "", f.Since, until, f.Currency, ""}
		rows = append(rows, append(append(row, in(f.Currency, f.Pledged, f.Granted, f.Received, f.Committed, f.Spent, f.Left())...), "", "", f.Rated))
	}
	for _, c := range m.Commitments {
		f, _ := m.Fund(c.Fund)
		row := []string{c.ID, p.T("money.commitments"), c.Title, "", "", c.Day, "", f.Currency, "", "", "", ""}
		rows = append(rows, append(append(row, in(f.Currency, c.Held, c.Paid, c.Open())...), c.Line, c.Fund, ""))
	}
	return rows
}
