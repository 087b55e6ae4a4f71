package assistance

import (
	"context"
	"slices"
	"strconv"
	"time"

	"polis/internal/store"
)

// entry is one that is about to be written: what it is about, and what it adds.
type entry struct {
	move                   MoneyMove
	line, fund, commitment string
	amount, booked         int64
	day                    string
	former                 FormerMoney
	words, paper           string
}

// largest bounds an amount, so that no sum of amounts overflows.
const largest = 100_000_000_000_000

// follow brings the money to what an order leads to, and returns the entry; or says
// what is wrong with it.
func (m *Money) follow(ctx context.Context, q store.Reader, p Project, o Order) (entry, error) {
	e := entry{move: o.Move, day: o.Day, words: o.Words, paper: o.Paper}
	v := Invalid{}
	v.text("words", o.Words, maxWords, false)
	v.text("paper", o.Paper, maxName, false)
	v.text("title", o.Title, maxTitle, false)
	if o.Amount > largest || o.Amount < -largest {
		v["amount"] = "money.error.large"
	}
	if err := v.orNil(); err != nil {
		return e, err
	}
	if m.Currency == "" && o.Move != OpenBooks {
		return e, Impossible{string(o.Move), string(p.Stage), "money.impossible.closed"}
	}
	var err error
	switch o.Move {
	case OpenBooks:
		err = m.open(o)
	case CoverGap:
		err = m.cover(o)
	case PlanLine:
		err = m.plan(p, o, &e)
	case PledgeFund:
		err = m.pledge(ctx, q, o, &e)
	case GrantFund, ReceiveFund, WorkDays:
		err = m.pour(o, &e)
	case CommitMoney:
		err = m.commit(o, &e)
	case SpendMoney:
		err = m.spend(o, &e)
	}
	if err == nil {
		err = m.holds(p, o)
	}
	if e.day == "" {
		e.day = today(time.Now())
	}
	m.Rev++
	return e, err
}

// holds asks whether a project that runs is still covered, or says by what.
func (m Money) holds(p Project, o Order) error {
	if !p.Stage.Runs() || m.Gap != "" || m.Uncovered() == 0 || o.Move != PlanLine && o.Move != GrantFund && o.Move != CoverGap {
		return nil
	}
	field := map[MoneyMove]string{PlanLine: "planned", GrantFund: "amount", CoverGap: "words"}[o.Move]
	return Short{field, "money.short.gap", m.Uncovered(), m.Currency}
}

func (m *Money) open(o Order) error {
	_, known := decimals[o.Currency]
	switch {
	case !known:
		return Invalid{"currency": "money.error.currency"}
	case m.Currency == o.Currency:
		return store.ErrUnchanged
	case m.Currency != "":
		return Invalid{"currency": "money.error.opened"}
	}
	m.Currency = o.Currency
	return nil
}

func (m *Money) cover(o Order) error {
	if m.Gap == o.Words {
		return store.ErrUnchanged
	}
	m.Gap = o.Words
	return nil
}

// plan writes a line, or revises it: then it says why.
func (m *Money) plan(p Project, o Order, e *entry) error {
	v := Invalid{}
	next := o.Line
	if v.text("output", next.Output, maxTitle, false); next.Output == "" {
		v["output"] = "money.error.output"
	}
	if !slices.Contains(BudgetCategories, next.Category) {
		v["category"] = "money.error.category"
	}
	if !p.budgets(next.Year) {
		v["year"] = "money.error.year"
	}
	if next.Planned < 0 || next.Planned > largest {
		v["planned"] = "money.error.amount"
	}
	l := m.line(o.ID)
	if l == nil && o.ID != "" {
		return store.ErrNotFound
	}
	if l != nil && o.Words == "" {
		v["words"] = "money.error.why"
	}
	if err := v.orNil(); err != nil {
		return err
	}
	if l == nil {
		m.Lines = append(m.Lines, BudgetLine{ID: store.NewID()})
		l = &m.Lines[len(m.Lines)-1]
	} else {
		if l.Year == next.Year && l.Output == next.Output && l.Category == next.Category && l.Planned == next.Planned {
			e.line = l.ID
			return store.ErrUnchanged
		}
		was := *l
		e.former.Line = &was
	}
	if next.Planned < l.Committed {
		return Short{"planned", "money.short.planned", l.Committed, m.Currency}
	}
	e.line, e.amount, e.booked = l.ID, next.Planned-l.Planned, next.Planned-l.Planned
	l.Year, l.Output, l.Category, l.Planned, l.N = next.Year, next.Output, next.Category, next.Planned, l.N+1
	return nil
}

// budgets reports whether a project can have a budget in a year: those of its dates,
// and one more, in which it is evaluated.
func (p Project) budgets(year int) bool {
	if p.Starts == "" {
		return year >= 2000 && year <= 2200
	}
	first, _ := strconv.Atoi(p.Starts[:4])
	last, _ := strconv.Atoi(p.Ends[:4])
	return year >= first && year <= last+1
}

// pledge writes a source of funding, or revises it.
func (m *Money) pledge(ctx context.Context, q store.Reader, o Order, e *entry) error {
	next := o.Fund
	f := m.fund(o.ID)
	switch {
	case f == nil && o.ID != "":
		return store.ErrNotFound
	case f != nil:
		next.Kind, next.Currency = f.Kind, f.Currency // it stays what it is
	}
	if err := next.check(f, o.Words); err != nil {
		return err
	}
	if f == nil {
		rate, err := exchanged(ctx, q, next.Currency, m.Currency, today(time.Now()))
		if err != nil {
			return err
		}
		m.Funds = append(m.Funds, Fund{ID: store.NewID(), Kind: next.Kind, Currency: next.Currency, Rated: rate.Day, FromRate: rate.FromRate, ToRate: rate.ToRate})
		f = &m.Funds[len(m.Funds)-1]
	} else {
		was := *f
		e.former.Fund = &was
	}
	e.fund = f.ID
	switch {
	case next.Pledged < f.Granted:
		return Short{"pledged", "money.short.pledged", f.Granted, f.Currency}
	case next.Days < f.Worked:
		return Short{"days", "money.short.days", f.Worked, ""}
	case f.Granted > 0 && f.Kind == DonorPledge && (next.Paper == "" || next.Consented == ""):
		return Invalid{"paper": "money.error.consent"}
	}
	if err := f.validFor(ctx, q, next.Since, next.Until); err != nil {
		return err
	}
	was := *f
	e.amount = next.Pledged - f.Pledged
	f.Source, f.Since, f.Until, f.Conditions, f.Paper, f.Consented = next.Source, next.Since, next.Until, next.Conditions, next.Paper, next.Consented
	f.Days, f.Pledged = next.Days, next.Pledged
	if *f == was && f.N > 0 {
		return store.ErrUnchanged
	}
	f.N++
	e.booked = f.Books(f.Pledged) - was.Books(was.Pledged)
	return nil
}

// check asks whether a fund says what it has to. f is what it was, nil where it is new.
func (next Fund) check(f *Fund, words string) error {
	v := Invalid{}
	if !slices.Contains(FundKinds, next.Kind) {
		v["kind"] = "money.error.kind"
	}
	if v.text("source", next.Source, maxName, false); next.Source == "" {
		v["source"] = "money.error.source"
	}
	if _, ok := decimals[next.Currency]; !ok {
		v["currency"] = "money.error.currency"
	}
	v.text("conditions", next.Conditions, maxText, false)
	v.text("paper", next.Paper, maxName, false)
	if next.Since == "" {
		v["since"] = "money.error.since"
	}
	until := next.Until
	if until == endless {
		until = next.Since
	}
	if next.Since != "" {
		v.days("since", "until", next.Since, until)
	}
	if next.Consented != "" && (len(next.Consented) != 10 || !validDate(next.Consented)) {
		v["consented"] = "assistance.error.day"
	} else if next.Consented > today(time.Now()) {
		v["consented"] = "money.error.future"
	}
	switch {
	case next.Pledged < 0 || next.Pledged > largest:
		v["pledged"] = "money.error.amount"
	case next.Kind == StaffDays && (next.Days < 1 || next.Days > 100_000_000):
		v["days"] = "money.error.days"
	case next.Kind != StaffDays && next.Days != 0:
		v["days"] = "money.error.days.other"
	case next.Kind != StaffDays && next.Pledged == 0 && f == nil:
		v["pledged"] = "money.error.amount"
	}
	if f != nil && words == "" {
		v["words"] = "money.error.why"
	}
	return v.orNil()
}

// validFor asks whether everything that was promised out of a fund is within its days.
func (f Fund) validFor(ctx context.Context, q store.Reader, since, until string) error {
	n, err := store.Get[int](ctx, q, everything, `
		SELECT COUNT(*) FROM ledger WHERE {scope} AND fund = $1 AND move = 'commit' AND amount > 0 AND (day < $2 OR day > $3)`, f.ID, since, until)
	if err == nil && n > 0 {
		err = Invalid{"until": "money.error.validity"}
	}
	return err
}
