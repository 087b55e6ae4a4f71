package api

import (
	"context"

	"polis/internal/assistance"
	"polis/internal/lang"
)

// Money is what a project plans to spend, out of which funds, and what it has promised
// and spent (Framework ¶6.6, 25). Amounts are written in the units of their currency,
// with as many decimals as it has.
type Money struct {
	Currency    string       `json:"currency" doc:"Of the books; empty while none is chosen."`
	Rev         int64        `json:"rev" doc:"How many entries the books have."`
	Planned     string       `json:"planned" doc:"The whole budget."`
	Covered     string       `json:"covered" doc:"What of it is available from all funds."`
	Uncovered   string       `json:"uncovered"`
	Gap         string       `json:"gap" doc:"From where that comes which no fund covers, or empty."`
	Lines       []BudgetLine `json:"lines"`
	Funds       []Fund       `json:"funds"`
	Commitments []Commitment `json:"commitments"`
}

// BudgetLine is what an output costs in a year, in the currency of the books.
type BudgetLine struct {
	ID        string `json:"id"`
	Year      int    `json:"year"`
	Output    string `json:"output"`
	Category  string `json:"category" enum:"experts,travel,venue,interpretation,material,equipment,staff,support,other"`
	Planned   string `json:"planned"`
	Committed string `json:"committed"`
	Spent     string `json:"spent"`
	Left      string `json:"left" doc:"What can still be promised of it."`
}

// Fund is a source of money, or of days of staff, in its own currency.
type Fund struct {
	ID         string `json:"id"`
	Kind       string `json:"kind" enum:"unified,pledge,host,staff"`
	Source     string `json:"source" doc:"The donor, State or structure: a directory id, or a name."`
	Currency   string `json:"currency"`
	Rated      string `json:"rated" doc:"The day of its rate; empty in the currency of the books."`
	Since      string `json:"since" doc:"The first day on which it can be committed."`
	Until      string `json:"until" doc:"The last one; empty where it has no end."`
	Conditions string `json:"conditions"`
	Paper      string `json:"paper" doc:"The donor's written consent: a symbol, or a document's id."`
	Consented  string `json:"consented" doc:"The day of that consent."`
	Pledged    string `json:"pledged"`
	Granted    string `json:"granted" doc:"What of it is available, as the desk has confirmed."`
	Received   string `json:"received"`
	Committed  string `json:"committed"`
	Spent      string `json:"spent"`
	Left       string `json:"left" doc:"What is still available."`
	Days       string `json:"days" doc:"Of staff."`
	Worked     string `json:"worked" doc:"Of these days."`
}

// Commitment is what was promised to somebody, in the currency of its fund.
type Commitment struct {
	ID    string `json:"id"`
	Fund  string `json:"fund" doc:"Id."`
	Line  string `json:"line" doc:"Id."`
	Title string `json:"title" doc:"What for; no person's name."`
	Day   string `json:"day"`
	Paper string `json:"paper"`
	Held  string `json:"held" doc:"What was promised."`
	Paid  string `json:"paid" doc:"What of it was spent."`
	Open  string `json:"open"`
}

// MoneyOutput is the money of a project.
type MoneyOutput struct{ Body Money }

func (a *API) money(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"100"`
},
) (*MoneyOutput, error) {
	p, err := a.help().Project(ctx, scope(ctx), in.ID)
	if err != nil {
		return nil, problem(ctx, err)
	}
	m, err := a.help().Money(ctx, p.ID)
	if err != nil {
		return nil, problem(ctx, err)
	}
	return &MoneyOutput{newMoney(m)}, nil
}

// amounts writes amounts of a currency.
func amounts(currency string) func(int64) string {
	digits := assistance.Decimals(currency)
	return func(n int64) string { return lang.PlainAmount(n, digits) }
}

// hundredths is how many decimals days of staff have.
const hundredths = 2

func newMoney(m assistance.Money) Money {
	books := amounts(m.Currency)
	out := Money{
		Currency: m.Currency, Rev: m.Rev, Planned: books(m.Planned()), Covered: books(m.Covered()), Uncovered: books(m.Uncovered()), Gap: m.Gap,
		Lines: make([]BudgetLine, 0, len(m.Lines)), Funds: make([]Fund, 0, len(m.Funds)), Commitments: make([]Commitment, 0, len(m.Commitments)),
	}
	for _, l := range m.Lines {
		out.Lines = append(out.Lines, BudgetLine{l.ID, l.Year, l.Output, l.Category, books(l.Planned), books(l.Committed), books(l.Spent), books(l.Left())})
	}
	of := map[string]func(int64) string{}
	for _, f := range m.Funds {
		in := amounts(f.Currency)
		of[f.ID] = in
		out.Funds = append(out.Funds, Fund{
			ID: f.ID, Kind: string(f.Kind), Source: f.Source, Currency: f.Currency, Rated: f.Rated, Since: f.Since, Until: untilOf(f.Until), Conditions: f.Conditions,
			Paper: f.Paper, Consented: f.Consented, Pledged: in(f.Pledged), Granted: in(f.Granted), Received: in(f.Received), Committed: in(f.Committed),
			Spent: in(f.Spent), Left: in(f.Left()), Days: lang.PlainAmount(f.Days, hundredths), Worked: lang.PlainAmount(f.Worked, hundredths),
		})
	}
	for _, c := range m.Commitments {
		in := of[c.Fund]
		out.Commitments = append(out.Commitments, Commitment{c.ID, c.Fund, c.Line, c.Title, c.Day, c.Paper, in(c.Held), in(c.Paid), in(c.Open())})
	}
	return out
}
