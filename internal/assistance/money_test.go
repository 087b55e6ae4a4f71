package assistance_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/lang"
	"polis/internal/store"
)

func readMoney(t testing.TB, a *assistance.Assistance, project string) assistance.Money {
	t.Helper()
	m, err := a.Money(ctx, project)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// order carries one out for the desk, and fails where it does not go.
func order(t testing.TB, a *assistance.Assistance, project string, o assistance.Order) assistance.Effect {
	t.Helper()
	e, err := a.Order(ctx, desk, project, readMoney(t, a, project).Rev, o)
	if err != nil {
		t.Fatalf("%s: %v", o.Move, err)
	}
	return e
}

// newestLine is the id of the one that was made last.
func newestLine(m assistance.Money) string {
	return slices.MaxFunc(m.Lines, func(a, b assistance.BudgetLine) int { return strings.Compare(a.ID, b.ID) }).ID
}

// lineOf is a budget line of this year's.
func lineOf(planned int64) assistance.BudgetLine {
	year := day(0)[:4]
	n := 0
	for _, digit := range year {
		n = n*10 + int(digit-'0')
	}
	return assistance.BudgetLine{Year: n, Output: "A course for trainers", Category: "experts", Planned: planned}
}

// budget opens the books in euro, with one line and one fund of the unified budget.
func budget(t testing.TB, a *assistance.Assistance, project string, planned, granted int64) (lineID, fundID string) {
	t.Helper()
	order(t, a, project, assistance.Order{Move: assistance.OpenBooks, Currency: "EUR"})
	m := order(t, a, project, assistance.Order{Move: assistance.PlanLine, Line: lineOf(planned)}).After
	lineID = newestLine(m)
	return lineID, fund(t, a, project, "EUR", granted)
}

// fund is one of the unified budget, all of it available.
func fund(t testing.TB, a *assistance.Assistance, project, currency string, granted int64) string {
	t.Helper()
	m := order(t, a, project, assistance.Order{Move: assistance.PledgeFund, Fund: assistance.Fund{
		Kind: assistance.UnifiedBudget, Source: "spmu", Currency: currency, Since: day(-100), Until: day(300), Pledged: granted,
	}}).After
	id := m.Funds[len(m.Funds)-1].ID
	if granted > 0 {
		order(t, a, project, assistance.Order{Move: assistance.GrantFund, ID: id, Amount: granted, Currency: currency})
	}
	return id
}

// committed is an order by which so much is promised today.
func committed(line, fund string, amount int64) assistance.Order {
	return assistance.Order{Move: assistance.CommitMoney, From: fund, Against: line, Title: "Interpreters", Amount: amount, Currency: "EUR", Day: day(0)}
}

func TestMoneyGoesItsWay(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		id, _ := started(t, a, assistance.Active, "KG")
		m := readMoney(t, a, id)
		l, f := m.Lines[0].ID, m.Funds[0].ID
		was := m.Funds[0].Granted
		t.Run("the effect of a decision is reckoned before it is taken, and changes nothing", func(t *testing.T) {
			e, err := a.Preview(ctx, officer, id, committed(l, f, 12345))
			want := []assistance.EffectRow{
				{Line: l, Figure: "left", Currency: "EUR", Before: was, After: was - 12345}, {Fund: f, Figure: "left", Currency: "EUR", Before: was, After: was - 12345},
			}
			if err != nil || e.Rev != m.Rev || !slices.Equal(e.Rows[:2], want) || e.Rows[2].After != 12345 {
				t.Errorf("%+v, %v", e, err)
			}
			if now := readMoney(t, a, id); now.Rev != m.Rev || now.Funds[0].Committed != 0 {
				t.Errorf("%+v", now)
			}
		})
		c := order(t, a, id, committed(l, f, 12345)).After.Commitments[0].ID
		order(t, a, id, assistance.Order{Move: assistance.SpendMoney, ID: c, Amount: 10000, Currency: "EUR", Day: day(0), Paper: "Invoice 7"})
		order(t, a, id, assistance.Order{Move: assistance.CommitMoney, ID: c, Amount: -2345, Currency: "EUR", Day: day(0), Words: "It cost less."})
		m = readMoney(t, a, id)
		if f, l, c := m.Funds[0], m.Lines[0], m.Commitments[0]; f.Committed != 10000 || f.Spent != 10000 || l.Committed != 10000 || l.Spent != 10000 || c.Open() != 0 || c.N != 3 {
			t.Errorf("%+v", m)
		}
		t.Run("a revision keeps what stood there, who changed it and why", func(t *testing.T) {
			next := lineOf(2_000_000)
			next.Output = "A longer course"
			order(t, a, id, assistance.Order{Move: assistance.CoverGap, Words: "The academy pays."})
			order(t, a, id, assistance.Order{Move: assistance.PlanLine, ID: l, Line: next, Words: "More days."})
			list, more, err := a.Ledger(ctx, id, 0, 2)
			if err != nil || !more || list[0].Former.Line == nil || list[0].Former.Line.Output != "A course for trainers" || list[0].By != "desk" || list[0].Words != "More days." || list[0].Amount != 1_000_000 {
				t.Errorf("%+v %v", list, err)
			}
			if list, more, err = a.Ledger(ctx, id, 3, 10); err != nil || more || len(list) != 2 || list[1].Move != assistance.OpenBooks {
				t.Errorf("%+v %v %v", list, more, err)
			}
		})
		t.Run("what was promised is still paid when the project is closed, and nothing new is promised", func(t *testing.T) {
			order(t, a, id, assistance.Order{Move: assistance.CommitMoney, ID: c, Amount: 500, Currency: "EUR", Day: day(0)})
			answerAt(t, a, id, assistance.AtMidterm)
			answerAt(t, a, id, assistance.AtClose)
			waive(t, a, id, assistance.EvaluationInterim)
			moveProject(t, a, id, assistance.Close)
			order(t, a, id, assistance.Order{Move: assistance.SpendMoney, ID: c, Amount: 500, Currency: "EUR", Day: day(0)})
			var not assistance.Impossible
			if _, err := a.Order(ctx, desk, id, readMoney(t, a, id).Rev, committed(l, f, 1)); !errors.As(err, &not) || !lang.Has(not.Key) {
				t.Error(err)
			}
		})
	})
}

// TestWhatMoneyRefuses is the table of what is wrong with an order, and the sentence.
func TestWhatMoneyRefuses(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		id, _ := started(t, a, assistance.Approved, "KG")
		m := readMoney(t, a, id)
		l, f := m.Lines[0].ID, m.Funds[0].ID
		c := order(t, a, id, committed(l, f, 1000)).After.Commitments[0].ID
		order(t, a, id, assistance.Order{Move: assistance.SpendMoney, ID: c, Amount: 400, Currency: "EUR", Day: day(0)})
		donor := order(t, a, id, assistance.Order{Move: assistance.PledgeFund, Fund: assistance.Fund{Kind: assistance.DonorPledge, Source: "NO", Currency: "EUR", Since: day(-10), Pledged: 5000}}).After.Funds[1].ID
		staff := order(t, a, id, assistance.Order{Move: assistance.PledgeFund, Fund: assistance.Fund{Kind: assistance.StaffDays, Source: "spmu", Currency: "EUR", Since: day(-10), Days: 1250}}).After.Funds[2].ID
		order(t, a, id, assistance.Order{Move: assistance.WorkDays, ID: staff, Amount: 250, Day: day(0)})
		commit := func(change func(*assistance.Order)) assistance.Order {
			o := committed(l, f, 100)
			change(&o)
			return o
		}
		plan := func(change func(*assistance.BudgetLine)) assistance.Order {
			o := assistance.Order{Move: assistance.PlanLine, Line: lineOf(100)}
			change(&o.Line)
			return o
		}
		pledge := func(change func(*assistance.Fund)) assistance.Order {
			o := assistance.Order{Move: assistance.PledgeFund, Fund: assistance.Fund{Kind: assistance.UnifiedBudget, Source: "spmu", Currency: "EUR", Since: day(0), Pledged: 100}}
			change(&o.Fund)
			return o
		}
		for name, test := range map[string]struct {
			order      assistance.Order
			field, key string
			left       int64
		}{
			"more than the fund has":            {commit(func(o *assistance.Order) { o.Amount = 999_001 }), "amount", "money.short.fund", 999_000},
			"in another currency":               {commit(func(o *assistance.Order) { o.Currency = "USD" }), "currency", "money.error.other.currency", 0},
			"nothing":                           {commit(func(o *assistance.Order) { o.Amount = 0 }), "amount", "money.error.nothing", 0},
			"less than nothing":                 {commit(func(o *assistance.Order) { o.Amount, o.Words = -1, "why" }), "amount", "money.error.amount", 0},
			"more than anybody has":             {commit(func(o *assistance.Order) { o.Amount = 1 << 60 }), "amount", "money.error.large", 0},
			"before the fund is valid":          {commit(func(o *assistance.Order) { o.Day = day(-101) }), "day", "money.error.valid", 0},
			"after it was":                      {commit(func(o *assistance.Order) { o.Day = day(301) }), "day", "money.error.valid", 0},
			"on no day":                         {commit(func(o *assistance.Order) { o.Day = "" }), "day", "assistance.error.day.missing", 0},
			"on a day that there is not":        {commit(func(o *assistance.Order) { o.Day = "2026-02-30" }), "day", "assistance.error.day", 0},
			"out of no fund":                    {commit(func(o *assistance.Order) { o.From = "" }), "fund", "money.error.fund", 0},
			"against no line":                   {commit(func(o *assistance.Order) { o.Against = "" }), "line", "money.error.line", 0},
			"for nothing":                       {commit(func(o *assistance.Order) { o.Title = " " }), "title", "money.error.title", 0},
			"out of a pledge without consent":   {commit(func(o *assistance.Order) { o.From = donor }), "amount", "money.short.fund", 0},
			"taken back without a reason":       {assistance.Order{Move: assistance.CommitMoney, ID: c, Amount: -1, Currency: "EUR", Day: day(0)}, "words", "money.error.back", 0},
			"more taken back than is open":      {assistance.Order{Move: assistance.CommitMoney, ID: c, Amount: -601, Currency: "EUR", Day: day(0), Words: "w"}, "amount", "money.short.taken", 600},
			"more spent than promised":          {assistance.Order{Move: assistance.SpendMoney, ID: c, Amount: 601, Currency: "EUR", Day: day(0)}, "amount", "money.short.open", 600},
			"more unspent than spent":           {assistance.Order{Move: assistance.SpendMoney, ID: c, Amount: -401, Currency: "EUR", Day: day(0), Words: "w"}, "amount", "money.short.paid", 400},
			"spent in another currency":         {assistance.Order{Move: assistance.SpendMoney, ID: c, Amount: 1, Currency: "KGS", Day: day(0)}, "currency", "money.error.other.currency", 0},
			"spent tomorrow":                    {assistance.Order{Move: assistance.SpendMoney, ID: c, Amount: 1, Currency: "EUR", Day: day(1)}, "day", "money.error.future", 0},
			"spent before it was promised":      {assistance.Order{Move: assistance.SpendMoney, ID: c, Amount: 1, Currency: "EUR", Day: day(-1)}, "day", "money.error.early", 0},
			"a pledge granted without consent":  {assistance.Order{Move: assistance.GrantFund, ID: donor, Amount: 1, Currency: "EUR"}, "amount", "money.error.consent", 0},
			"more granted than pledged":         {assistance.Order{Move: assistance.GrantFund, ID: f, Amount: 1_000_001, Currency: "EUR"}, "amount", "money.short.granted", 1_000_000},
			"less granted than promised":        {assistance.Order{Move: assistance.GrantFund, ID: f, Amount: 999, Currency: "EUR", Words: "w"}, "amount", "money.short.committed", 1000},
			"granted less, and nobody pays":     {assistance.Order{Move: assistance.GrantFund, ID: f, Amount: 999_999, Currency: "EUR", Words: "w"}, "amount", "money.short.gap", 1},
			"granted the same":                  {assistance.Order{Move: assistance.GrantFund, ID: f, Amount: 1_000_000, Currency: "EUR"}, "amount", "money.error.same", 0},
			"granted in another currency":       {assistance.Order{Move: assistance.GrantFund, ID: f, Amount: 1, Currency: "USD", Words: "w"}, "currency", "money.error.other.currency", 0},
			"more received than granted":        {assistance.Order{Move: assistance.ReceiveFund, ID: f, Amount: 1_000_001, Currency: "EUR", Day: day(0)}, "amount", "money.short.received", 1_000_000},
			"received tomorrow":                 {assistance.Order{Move: assistance.ReceiveFund, ID: f, Amount: 1, Currency: "EUR", Day: day(1)}, "day", "money.error.future", 0},
			"more worked than there are days":   {assistance.Order{Move: assistance.WorkDays, ID: staff, Amount: 1001, Day: day(0)}, "amount", "money.short.worked", 1000},
			"days of a fund of money":           {assistance.Order{Move: assistance.WorkDays, ID: f, Amount: 1, Day: day(0)}, "amount", "money.error.days.other", 0},
			"a line without an output":          {plan(func(l *assistance.BudgetLine) { l.Output = "" }), "output", "money.error.output", 0},
			"a line of no kind":                 {plan(func(l *assistance.BudgetLine) { l.Category = "gifts" }), "category", "money.error.category", 0},
			"a line of another time":            {plan(func(l *assistance.BudgetLine) { l.Year = 1999 }), "year", "money.error.year", 0},
			"a line below nothing":              {plan(func(l *assistance.BudgetLine) { l.Planned = -1 }), "planned", "money.error.amount", 0},
			"more planned, and nobody pays":     {plan(func(l *assistance.BudgetLine) {}), "planned", "money.short.gap", 100},
			"a line below what is promised":     {assistance.Order{Move: assistance.PlanLine, ID: l, Line: lineOf(999), Words: "w"}, "planned", "money.short.planned", 1000},
			"a line revised without a reason":   {assistance.Order{Move: assistance.PlanLine, ID: l, Line: lineOf(5000)}, "words", "money.error.why", 0},
			"a fund of no kind":                 {pledge(func(f *assistance.Fund) { f.Kind = "luck" }), "kind", "money.error.kind", 0},
			"a fund of nobody":                  {pledge(func(f *assistance.Fund) { f.Source = "" }), "source", "money.error.source", 0},
			"a fund in no currency":             {pledge(func(f *assistance.Fund) { f.Currency = "XXX" }), "currency", "money.error.currency", 0},
			"a fund without a rate":             {pledge(func(f *assistance.Fund) { f.Currency = "USD" }), "currency", "money.error.rate.missing", 0},
			"a fund of nothing":                 {pledge(func(f *assistance.Fund) { f.Pledged = 0 }), "pledged", "money.error.amount", 0},
			"a fund that ends before it begins": {pledge(func(f *assistance.Fund) { f.Until = day(-1) }), "until", "assistance.error.order", 0},
			"a fund from no day on":             {pledge(func(f *assistance.Fund) { f.Since = "" }), "since", "money.error.since", 0},
			"staff without days":                {pledge(func(f *assistance.Fund) { f.Kind = assistance.StaffDays }), "days", "money.error.days", 0},
			"days without staff":                {pledge(func(f *assistance.Fund) { f.Days = 5 }), "days", "money.error.days.other", 0},
			"consent of tomorrow":               {pledge(func(f *assistance.Fund) { f.Consented = day(1) }), "consented", "money.error.future", 0},
			"the books opened twice":            {assistance.Order{Move: assistance.OpenBooks, Currency: "USD"}, "currency", "money.error.opened", 0},
		} {
			before := readMoney(t, a, id)
			_, err := a.Order(ctx, desk, id, before.Rev, test.order)
			var wrong assistance.Invalid
			var short assistance.Short
			switch {
			case errors.As(err, &wrong):
				if wrong[test.field] != test.key {
					t.Errorf("%s: %v", name, err)
				}
			case errors.As(err, &short):
				if short.Field != test.field || short.Key != test.key || short.Left != test.left {
					t.Errorf("%s: %+v", name, short)
				}
			default:
				t.Errorf("%s: %v", name, err)
			}
			if !lang.Has(test.key) {
				t.Errorf("no sentence says %s", test.key)
			}
			if now := readMoney(t, a, id); now.Rev != before.Rev {
				t.Errorf("%s: something was written", name)
			}
		}
		t.Run("a fund keeps the days of what was promised out of it", func(t *testing.T) {
			next := readMoney(t, a, id).Funds[0]
			next.Since = day(1)
			var wrong assistance.Invalid
			_, err := a.Order(ctx, desk, id, readMoney(t, a, id).Rev, assistance.Order{Move: assistance.PledgeFund, ID: f, Fund: next, Words: "w"})
			if !errors.As(err, &wrong) || wrong["until"] != "money.error.validity" {
				t.Error(err)
			}
		})
		t.Run("with the donor's written consent a pledge is available", func(t *testing.T) {
			next := readMoney(t, a, id).Funds[1]
			next.Paper, next.Consented = "SEC.GAL/12/26", day(-1)
			order(t, a, id, assistance.Order{Move: assistance.PledgeFund, ID: donor, Fund: next, Words: "The donor has written."})
			order(t, a, id, assistance.Order{Move: assistance.GrantFund, ID: donor, Amount: 3000, Currency: "EUR"})
			next.Paper = ""
			var wrong assistance.Invalid
			if _, err := a.Order(ctx, desk, id, readMoney(t, a, id).Rev, assistance.Order{Move: assistance.PledgeFund, ID: donor, Fund: next, Words: "w"}); !errors.As(err, &wrong) || wrong["paper"] == "" {
				t.Errorf("the consent is taken out again: %v", err)
			}
		})
	})
}

func TestWhoMayOrder(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		id, _ := started(t, a, assistance.Approved, "KG")
		m := readMoney(t, a, id)
		l, f := m.Lines[0].ID, m.Funds[0].ID
		for name, of := range map[string]struct {
			who  access.Subject
			want error
		}{
			"its officer": {officer, nil}, "the desk": {desk, nil}, "an officer of another structure": {officerAstana, assistance.ErrForbidden},
			"a focal point": {focal, assistance.ErrForbidden}, "a member": {member, store.ErrNotFound}, "nobody": {nobody, store.ErrNotFound},
		} {
			if _, err := a.Order(ctx, of.who, id, readMoney(t, a, id).Rev, committed(l, f, 1)); !errors.Is(err, of.want) {
				t.Errorf("%s: %v", name, err)
			}
			if _, err := a.Preview(ctx, of.who, id, committed(l, f, 1)); !errors.Is(err, of.want) {
				t.Errorf("%s looks: %v", name, err)
			}
		}
		t.Run("the desk alone confirms what is available", func(t *testing.T) {
			o := assistance.Order{Move: assistance.GrantFund, ID: f, Amount: 999_999, Currency: "EUR", Words: "w"}
			if _, err := a.Order(ctx, officer, id, readMoney(t, a, id).Rev, o); !errors.Is(err, assistance.ErrForbidden) {
				t.Error(err)
			}
			if slices.Contains(assistance.MayOrder(officer, readProject(t, a, id)), assistance.GrantFund) {
				t.Error("it is offered")
			}
		})
		t.Run("nothing is promised before a project is approved", func(t *testing.T) {
			id, _ := started(t, a, assistance.Appraised, "KG")
			m := readMoney(t, a, id)
			var not assistance.Impossible
			if _, err := a.Order(ctx, desk, id, m.Rev, committed(m.Lines[0].ID, m.Funds[0].ID, 1)); !errors.As(err, &not) || !lang.Has(not.Key) {
				t.Error(err)
			}
		})
		t.Run("an order about what there is not comes to nothing", func(t *testing.T) {
			for _, move := range assistance.MoneyMoves[2:] {
				o := assistance.Order{Move: move, ID: "none", Line: lineOf(1), Amount: 1, Currency: "EUR", Day: day(0), Words: "w"}
				if _, err := a.Order(ctx, desk, id, readMoney(t, a, id).Rev, o); !errors.Is(err, store.ErrNotFound) {
					t.Errorf("%s: %v", move, err)
				}
			}
		})
	})
}

func TestApprovalAsksForMoney(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		id, _ := started(t, a, assistance.Idea, "KG")
		answerAt(t, a, id, assistance.AtPlan)
		moveProject(t, a, id, assistance.Appraise)
		refused := func(key string) {
			t.Helper()
			var not assistance.Incomplete
			err := a.MoveProject(ctx, desk, id, readProject(t, a, id).Rev, assistance.Approve, "", assistance.Due{})
			if !errors.As(err, &not) || !slices.ContainsFunc(not.Needs, func(n assistance.Need) bool { return n.Key == key }) || !lang.Has(key) {
				t.Errorf("%s: %v", key, err)
			}
		}
		refused("money.needs.budget")
		order(t, a, id, assistance.Order{Move: assistance.OpenBooks, Currency: "EUR"})
		order(t, a, id, assistance.Order{Move: assistance.PlanLine, Line: lineOf(500_00)})
		refused("money.needs.covered")
		fund(t, a, id, "EUR", 400_00)
		refused("money.needs.covered")
		order(t, a, id, assistance.Order{Move: assistance.CoverGap, Words: "The academy pays for its rooms."})
		moveProject(t, a, id, assistance.Approve)
	})
}

// Two officers at the same moment, with the last euro: one of them has it.
func TestTheLastEuroIsCommittedOnce(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		for range 5 {
			id, _ := started(t, a, assistance.Active, "KG")
			m := readMoney(t, a, id)
			l, f := m.Lines[0].ID, m.Funds[0].ID
			rev := order(t, a, id, committed(l, f, m.Funds[0].Granted-100)).After.Rev
			errs := make([]error, 8)
			var all sync.WaitGroup
			for i := range errs {
				who := []access.Subject{desk, second, officer, admin}[i%4]
				all.Go(func() { _, errs[i] = a.Order(ctx, who, id, rev, committed(l, f, 100)) })
			}
			all.Wait()
			done := 0
			for _, err := range errs {
				var short assistance.Short
				switch {
				case err == nil:
					done++
				case !errors.As(err, &short) || short.Left != 0 || short.Currency != "EUR":
					t.Error(err)
				}
			}
			if m := readMoney(t, a, id); done != 1 || m.Funds[0].Left() != 0 || len(m.Commitments) != 2 {
				t.Errorf("%d did: %+v", done, m.Funds)
			}
		}
		t.Run("where it is enough for both, the second looks at the figures again", func(t *testing.T) {
			id, _ := started(t, a, assistance.Active, "KG")
			m := readMoney(t, a, id)
			o := committed(m.Lines[0].ID, m.Funds[0].ID, 100)
			order(t, a, id, o)
			var stale assistance.Stale
			if _, err := a.Order(ctx, second, id, m.Rev, o); !errors.As(err, &stale) || stale.Rev != m.Rev+1 {
				t.Error(err)
			}
		})
	})
}

func TestMoneyInSeveralCurrencies(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		for _, r := range []assistance.Rate{
			{Currency: "USD", Day: day(-40), PerEuro: assistance.RateOf("USD", 1_000_000)},
			{Currency: "USD", Day: day(-20), PerEuro: assistance.RateOf("USD", 1_082_300)},
			{Currency: "JPY", Day: day(-20), PerEuro: assistance.RateOf("JPY", 162_450_000)},
			{Currency: "USD", Day: day(0), PerEuro: assistance.RateOf("USD", 1_100_000)},
		} {
			r.Source = "European Central Bank"
			if err := a.PutRate(ctx, desk, r); err != nil {
				t.Fatal(err)
			}
		}
		id, _ := started(t, a, assistance.Active, "KG")
		l := readMoney(t, a, id).Lines[0].ID
		m := order(t, a, id, assistance.Order{Move: assistance.PledgeFund, Fund: assistance.Fund{Kind: assistance.UnifiedBudget, Source: "spmu", Currency: "JPY", Since: day(-10), Pledged: 1_000_000}}).After
		f := m.Funds[1]
		if f.Rated != day(-20) || f.Books(f.Pledged) != 615_574 { // 1,000,000 / 162.45 = 6,155.7402…
			t.Errorf("%+v %d", f, f.Books(f.Pledged))
		}
		order(t, a, id, assistance.Order{Move: assistance.GrantFund, ID: f.ID, Amount: 1_000_000, Currency: "JPY"})
		o := committed(l, f.ID, 100_001)
		o.Currency = "JPY"
		c := order(t, a, id, o).After.Commitments[0]
		if c.Held != 100_001 || c.HeldBooks != 61_558 { // 615.5802… euro
			t.Errorf("%+v", c)
		}
		t.Run("paid in parts, it has cost what was promised, to the cent", func(t *testing.T) {
			for _, part := range []int64{33_333, 33_333, 33_335} {
				order(t, a, id, assistance.Order{Move: assistance.SpendMoney, ID: c.ID, Amount: part, Currency: "JPY", Day: day(0)})
			}
			if m := readMoney(t, a, id); m.Commitments[0].PaidBooks != 61_558 || m.Lines[0].Spent != 61_558 || m.Funds[1].Spent != 100_001 {
				t.Errorf("%+v", m)
			}
		})
		t.Run("a rate by which something was booked stays", func(t *testing.T) {
			var wrong assistance.Invalid
			err := a.PutRate(ctx, desk, assistance.Rate{Currency: "JPY", Day: day(-20), PerEuro: 1, Source: "s"})
			if !errors.As(err, &wrong) || wrong["day"] != "money.error.rate.used" {
				t.Error(err)
			}
			if err := a.PutRate(ctx, desk, assistance.Rate{Currency: "USD", Day: day(0), PerEuro: assistance.RateOf("USD", 1_110_000), Source: "Mended"}); err != nil {
				t.Error(err)
			}
		})
		t.Run("rates are listed by day, page by page", func(t *testing.T) {
			list, more, err := a.Rates(ctx, "", "", 2)
			if err != nil || len(list) != 2 || list[0].Source != "Mended" || list[0].Units() != 1_110_000 || list[1].Currency != "JPY" || !list[1].Used || more == "" {
				t.Fatalf("%+v %q %v", list, more, err)
			}
			list, more, err = a.Rates(ctx, "", more, 2)
			if err != nil || len(list) != 2 || list[0].Currency != "USD" || list[0].Day != day(-20) || list[0].Used || more != "" {
				t.Errorf("%+v %q %v", list, more, err)
			}
		})
		t.Run("what is no rate is refused", func(t *testing.T) {
			good := assistance.Rate{Currency: "CHF", Day: day(-1), PerEuro: 1, Source: "s"}
			for field, change := range map[string]func(*assistance.Rate){
				"currency": func(r *assistance.Rate) { r.Currency = "EUR" }, "day": func(r *assistance.Rate) { r.Day = day(1) },
				"rate": func(r *assistance.Rate) { r.PerEuro = 0 }, "source": func(r *assistance.Rate) { r.Source = " " },
			} {
				r := good
				change(&r)
				var wrong assistance.Invalid
				if err := a.PutRate(ctx, desk, r); !errors.As(err, &wrong) || !lang.Has(wrong[field]) {
					t.Errorf("%s: %v", field, err)
				}
			}
			if err := a.PutRate(ctx, officer, good); !errors.Is(err, assistance.ErrForbidden) {
				t.Error(err)
			}
		})
	})
}

func TestConversionRounds(t *testing.T) {
	for _, c := range []struct{ amount, from, to, want int64 }{
		{5, 2, 1, 3}, {-5, 2, 1, -3}, {4, 3, 1, 1}, {-4, 3, 1, -1}, {0, 7, 9, 0}, {100, 1, 1, 100}, {1, 3, 2, 1}, {1 << 50, 1, 1 << 50, 1<<63 - 1},
	} {
		if got := assistance.Convert(c.amount, c.from, c.to); got != c.want {
			t.Errorf("%+v: %d", c, got)
		}
	}
	for range 10000 {
		from, to := 1+rand.Int64N(1e12), 1+rand.Int64N(1e12)
		whole, part := rand.Int64N(1e6), int64(0)
		if whole > 0 {
			part = rand.Int64N(whole)
		}
		sum := assistance.Convert(part, from, to) + (assistance.Convert(whole, from, to) - assistance.Convert(part, from, to))
		if sum != assistance.Convert(whole, from, to) || assistance.Convert(part, from, to) > assistance.Convert(whole, from, to) {
			t.Fatalf("%d of %d at %d/%d", part, whole, from, to)
		}
	}
}
