package assistance

import (
	"context"
	"fmt"
	"slices"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// Money is what a project plans to spend, out of which funds, and what it has promised
// and spent (Framework ¶6.6, 25). Amounts are whole smallest units (cents) of a
// currency; the books of a project are in one, and a fund in another is converted at
// its own rate. Each change is an entry of the ledger, on whose last one every figure
// rests.
type Money struct {
	Project     string
	Currency    string       // of the books, "" while none is chosen
	Gap         string       // from where that comes which the funding does not cover, or ""
	Rev         int64        `db:"n"` // how many entries there are
	Lines       []BudgetLine `db:"-"`
	Funds       []Fund       `db:"-"`
	Commitments []Commitment `db:"-"`
}

// BudgetLine is what an output costs in a year, in the currency of the books.
type BudgetLine struct {
	ID        string
	Year      int
	Output    string
	Category  string
	Planned   int64
	Committed int64
	Spent     int64
	N         int64 // how many entries are about it
}

// BudgetCategories are what money is spent on. Messages: "money.category.CATEGORY".
var BudgetCategories = []string{"experts", "travel", "venue", "interpretation", "material", "equipment", "staff", "support", "other"}

// Left is what can still be promised of it.
func (l BudgetLine) Left() int64 { return l.Planned - l.Committed }

func (l BudgetLine) mark() string {
	return fmt.Sprintf("%s %d %d %d %d", l.ID, l.N, l.Planned, l.Committed, l.Spent)
}

// FundKind is from where money comes. Messages: "money.kind.KIND".
type FundKind string

// The kinds of funding.
const (
	UnifiedBudget FundKind = "unified"
	DonorPledge   FundKind = "pledge" // outside the budget: with the donor's written consent
	HostShare     FundKind = "host"
	StaffDays     FundKind = "staff"
)

// FundKinds lists them all.
var FundKinds = []FundKind{UnifiedBudget, DonorPledge, HostShare, StaffDays}

// Fund is a source of money, or of days of staff that may be valued in money.
type Fund struct {
	ID         string
	Kind       FundKind
	Source     string // the donor, State or structure: an id of the directory, or a name
	Currency   string
	Rated      string // the day of its rate, "" in the currency of the books
	FromRate   int64  // units of its currency for those of the books: see Convert
	ToRate     int64
	Since      string // the days within which it can be committed
	Until      string // "9999-12-31" without an end
	Conditions string
	Paper      string // the donor's written consent: a symbol, or a document's id
	Consented  string // and its day
	Days       int64  // of staff, in hundredths
	Pledged    int64  // what was promised
	Granted    int64  // what is available, as the desk has confirmed
	Received   int64
	Committed  int64
	Spent      int64
	Worked     int64 // of the days
	N          int64
}

// Left is what is still available.
func (f Fund) Left() int64 { return f.Granted - f.Committed }

// Books is an amount of the fund in the currency of the books.
func (f Fund) Books(amount int64) int64 { return Convert(amount, f.FromRate, f.ToRate) }

// Endless reports whether it has no end.
func (f Fund) Endless() bool { return f.Until == endless }

func (f Fund) mark() string {
	return fmt.Sprintf("%s %d %d %d %d %d %d %d", f.ID, f.N, f.Pledged, f.Granted, f.Received, f.Committed, f.Spent, f.Worked)
}

// Commitment is what was promised to somebody, out of a fund and a budget line.
type Commitment struct {
	ID        string
	Fund      string
	Line      string
	Title     string // what for: no person's name
	Day       string
	Paper     string
	Held      int64 // in the currency of the fund
	Paid      int64
	HeldBooks int64
	PaidBooks int64
	FundN     int64
	LineN     int64
	N         int64
}

// Open is what of it has not been spent.
func (c Commitment) Open() int64 { return c.Held - c.Paid }

func (c Commitment) mark() string {
	return fmt.Sprintf("%s %d %d %d %d %d", c.ID, c.N, c.Held, c.Paid, c.HeldBooks, c.PaidBooks)
}

func (c Commitment) tie() string { return fmt.Sprintf("%s %d %d %d", c.ID, c.N, c.FundN, c.LineN) }

// Planned is the whole budget.
func (m Money) Planned() (sum int64) {
	for _, l := range m.Lines {
		sum += l.Planned
	}
	return sum
}

// Covered is what of it is available from all funds, in the currency of the books.
func (m Money) Covered() (sum int64) {
	for _, f := range m.Funds {
		sum += f.Books(f.Granted)
	}
	return sum
}

// Uncovered is the budget for which there is no funding, 0 where all is covered.
func (m Money) Uncovered() int64 { return max(0, m.Planned()-m.Covered()) }

// line, fund and commitment find one, nil where there is none.
func (m *Money) line(id string) *BudgetLine {
	if i := slices.IndexFunc(m.Lines, func(l BudgetLine) bool { return l.ID == id }); i >= 0 {
		return &m.Lines[i]
	}
	return nil
}

func (m *Money) fund(id string) *Fund {
	if i := slices.IndexFunc(m.Funds, func(f Fund) bool { return f.ID == id }); i >= 0 {
		return &m.Funds[i]
	}
	return nil
}

func (m *Money) commitment(id string) *Commitment {
	if i := slices.IndexFunc(m.Commitments, func(c Commitment) bool { return c.ID == id }); i >= 0 {
		return &m.Commitments[i]
	}
	return nil
}

// Line finds a budget line.
func (m Money) Line(id string) (BudgetLine, bool) {
	if l := m.line(id); l != nil {
		return *l, true
	}
	return BudgetLine{}, false
}

// Fund finds a source of money.
func (m Money) Fund(id string) (Fund, bool) {
	if f := m.fund(id); f != nil {
		return *f, true
	}
	return Fund{}, false
}

// Commitment finds one.
func (m Money) Commitment(id string) (Commitment, bool) {
	if c := m.commitment(id); c != nil {
		return *c, true
	}
	return Commitment{}, false
}

// copied is one that can be changed while the other is looked at.
func (m Money) copied() Money {
	m.Lines, m.Funds, m.Commitments = slices.Clone(m.Lines), slices.Clone(m.Funds), slices.Clone(m.Commitments)
	return m
}

// Money is that of a project that was read in the reader's scope.
func (a *Assistance) Money(ctx context.Context, project string) (Money, error) {
	return money(ctx, a.DB, project)
}

func money(ctx context.Context, q store.Reader, project string) (m Money, err error) {
	list, err := store.List[Money](ctx, q, everything, "SELECT project, currency, gap, n FROM budget WHERE {scope} AND project = $1", project)
	if err != nil || len(list) == 0 {
		return Money{Project: project}, err
	}
	m = list[0]
	if m.Lines, err = store.List[BudgetLine](ctx, q, everything, `
		SELECT id, year, output, category, planned, committed, spent, n FROM budget_line
		WHERE {scope} AND project = $1 ORDER BY year, id`, project); err != nil {
		return m, err
	}
	if m.Funds, err = store.List[Fund](ctx, q, everything, `
		SELECT id, kind, source, currency, COALESCE(rated, '') AS rated, from_rate, to_rate, since, until, conditions, paper, consented, days,
		  pledged, granted, received, committed, spent, worked, n
		FROM fund WHERE {scope} AND project = $1 ORDER BY id`, project); err != nil {
		return m, err
	}
	m.Commitments, err = store.List[Commitment](ctx, q, everything, `
		SELECT id, fund, line, title, day, paper, held, paid, held_books, paid_books, fund_n, line_n, n
		FROM commitment WHERE {scope} AND project = $1 ORDER BY id`, project)
	return m, err
}

// MoneyEntry is one of the ledger.
type MoneyEntry struct {
	N          int64
	Move       MoneyMove
	Amount     int64  // what it added; of "work" hundredths of a day
	Currency   string // of the amount
	Booked     int64  // the same in the currency of the books
	Day        string
	Fund       string // ids, or ""
	Line       string
	Commitment string
	Former     FormerMoney `db:"former,json"` // what stood in its words before
	Words      string
	Paper      string
	By         string `db:"by_whom"` // a person's id
	At         time.Time
}

// FormerMoney is what stood in the words of a fund or a line that was changed.
type FormerMoney struct {
	Line *BudgetLine `json:",omitempty"`
	Fund *Fund       `json:",omitempty"`
}

// Ledger lists the entries of a project that was read in the reader's scope, the last
// first, from before a number on; 0 is from the last one. more reports whether there
// are others.
func (a *Assistance) Ledger(ctx context.Context, project string, before int64, limit int) (list []MoneyEntry, more bool, err error) {
	list, err = store.List[MoneyEntry](ctx, a.DB, everything, `
		SELECT n, move, amount, COALESCE(currency, books) AS currency, booked, day, COALESCE(fund, '') AS fund, COALESCE(line, '') AS line,
		  COALESCE(commitment, '') AS commitment, former, words, paper, by_whom, at
		FROM ledger WHERE {scope} AND project = $1 AND ($2 = 0 OR n < $2) ORDER BY n DESC LIMIT $3`, project, before, limit+1)
	if len(list) > limit {
		return list[:limit], true, err
	}
	return list, false, err
}

// moneyDid are the events.
var moneyDid = map[MoneyMove]string{
	OpenBooks: "assistance.money.opened", CoverGap: "assistance.money.gap", PlanLine: "assistance.money.planned", PledgeFund: "assistance.money.pledged",
	GrantFund: "assistance.money.granted", ReceiveFund: "assistance.money.received", WorkDays: "assistance.money.worked",
	CommitMoney: "assistance.money.committed", SpendMoney: "assistance.money.spent",
}

// grants reports whether she confirms what is available: the desk.
func grants(who access.Subject, p Project) bool {
	return who.SignedIn() && who.May(access.HandleHelp, p.Label).Allowed
}
