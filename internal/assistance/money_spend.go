package assistance

import (
	"time"

	"polis/internal/store"
)

// dayOf asks for the day of something that has happened.
func (v Invalid) dayOf(field, day string) {
	switch {
	case day == "":
		v[field] = "assistance.error.day.missing"
	case len(day) != 10 || !validDate(day):
		v[field] = "assistance.error.day"
	case day > today(time.Now()):
		v[field] = "money.error.future"
	}
}

// pour puts money, or days, into a fund: what is available, what has arrived, what was
// worked. Less than nothing takes back, with words.
func (m *Money) pour(o Order, e *entry) error {
	f := m.fund(o.ID)
	if f == nil {
		return store.ErrNotFound
	}
	e.fund, e.amount = f.ID, o.Amount
	v := Invalid{}
	switch o.Move {
	case GrantFund:
		e.amount = o.Amount - f.Granted
		if o.Amount < 0 {
			v["amount"] = "money.error.amount"
		}
	case WorkDays:
		v.dayOf("day", o.Day)
		if f.Kind != StaffDays {
			v["amount"] = "money.error.days.other"
		}
	default:
		v.dayOf("day", o.Day)
	}
	if o.Currency != f.Currency && o.Move != WorkDays {
		v["currency"] = "money.error.other.currency"
	}
	v.back(o.Amount, e.amount, o.Words)
	if err := v.orNil(); err != nil {
		return err
	}
	f.N++
	switch o.Move {
	case GrantFund:
		e.booked = f.Books(f.Granted+e.amount) - f.Books(f.Granted)
		return f.grant(o.Amount)
	case WorkDays:
		if f.Worked += e.amount; f.Worked < 0 || f.Worked > f.Days {
			return Short{"amount", "money.short.worked", f.Days - (f.Worked - e.amount), ""}
		}
		return nil
	}
	e.booked = f.Books(f.Received+e.amount) - f.Books(f.Received)
	if f.Received += e.amount; f.Received < 0 || f.Received > f.Granted {
		return Short{"amount", "money.short.received", f.Granted - (f.Received - e.amount), f.Currency}
	}
	return nil
}

// back asks for a reason where something is taken back, and for an amount at all.
func (v Invalid) back(given, amount int64, words string) {
	switch {
	case amount < 0 && words == "":
		v["words"] = "money.error.back"
	case amount == 0 && given == 0:
		v["amount"] = "money.error.nothing"
	case amount == 0:
		v["amount"] = "money.error.same"
	}
}

// grant makes so much of a fund available: a donor's money with its written consent,
// and never less than what is promised already (Framework ¶25).
func (f *Fund) grant(amount int64) error {
	switch {
	case amount > 0 && f.Kind == DonorPledge && (f.Paper == "" || f.Consented == ""):
		return Invalid{"amount": "money.error.consent"}
	case amount > f.Pledged:
		return Short{"amount", "money.short.granted", f.Pledged, f.Currency}
	case amount < f.Committed:
		return Short{"amount", "money.short.committed", f.Committed, f.Currency}
	case amount < f.Received:
		return Short{"amount", "money.short.arrived", f.Received, f.Currency}
	}
	f.Granted = amount
	return nil
}

// commit promises money out of a fund and a line, or takes back of it what is not spent.
func (m *Money) commit(o Order, e *entry) error {
	c, v := m.commitment(o.ID), Invalid{}
	from, against := o.From, o.Against
	if c == nil && o.ID != "" {
		return store.ErrNotFound
	}
	if c != nil {
		from, against = c.Fund, c.Line
	} else if o.Title == "" {
		v["title"] = "money.error.title"
	}
	f, l := m.fund(from), m.line(against)
	if f == nil {
		v["fund"] = "money.error.fund"
	}
	if l == nil {
		v["line"] = "money.error.line"
	}
	if o.Day == "" || len(o.Day) != 10 || !validDate(o.Day) {
		v.dayOf("day", o.Day)
	} else if f != nil && o.Amount > 0 && (o.Day < f.Since || o.Day > f.Until) {
		v["day"] = "money.error.valid"
	}
	if f != nil && o.Currency != f.Currency {
		v["currency"] = "money.error.other.currency"
	}
	v.back(o.Amount, o.Amount, o.Words)
	if c == nil && o.Amount < 0 {
		v["amount"] = "money.error.amount"
	}
	if err := v.orNil(); err != nil {
		return err
	}
	if c == nil {
		m.Commitments = append(m.Commitments, Commitment{ID: store.NewID(), Fund: f.ID, Line: l.ID, Title: o.Title, Day: o.Day, Paper: o.Paper})
		c = &m.Commitments[len(m.Commitments)-1]
	}
	e.line, e.fund, e.commitment, e.amount = l.ID, f.ID, c.ID, o.Amount
	e.booked = f.Books(c.Held+o.Amount) - c.HeldBooks
	switch {
	case o.Amount > f.Left():
		return Short{"amount", "money.short.fund", f.Left(), f.Currency}
	case e.booked > l.Left():
		return Short{"amount", "money.short.line", l.Left(), m.Currency}
	case c.Open()+o.Amount < 0:
		return Short{"amount", "money.short.taken", c.Open(), f.Currency}
	}
	c.Held, c.HeldBooks = c.Held+o.Amount, c.HeldBooks+e.booked
	f.Committed, l.Committed = f.Committed+o.Amount, l.Committed+e.booked
	m.join(c, f, l)
	return nil
}

// join counts an entry that is about all three.
func (m *Money) join(c *Commitment, f *Fund, l *BudgetLine) {
	c.N, f.N, l.N = c.N+1, f.N+1, l.N+1
	c.FundN, c.LineN = f.N, l.N
}

// spend pays out of a commitment. Paid in full it has cost, in the books, what was
// promised there, to the last unit.
func (m *Money) spend(o Order, e *entry) error {
	c := m.commitment(o.ID)
	if c == nil {
		return store.ErrNotFound
	}
	f, l, v := m.fund(c.Fund), m.line(c.Line), Invalid{}
	if v.dayOf("day", o.Day); v["day"] == "" && o.Day < c.Day {
		v["day"] = "money.error.early"
	}
	if o.Currency != f.Currency {
		v["currency"] = "money.error.other.currency"
	}
	v.back(o.Amount, o.Amount, o.Words)
	if err := v.orNil(); err != nil {
		return err
	}
	e.line, e.fund, e.commitment, e.amount = l.ID, f.ID, c.ID, o.Amount
	e.booked = f.Books(c.Paid+o.Amount) - c.PaidBooks
	switch {
	case o.Amount > c.Open():
		return Short{"amount", "money.short.open", c.Open(), f.Currency}
	case c.Paid+o.Amount < 0:
		return Short{"amount", "money.short.paid", c.Paid, f.Currency}
	}
	c.Paid, c.PaidBooks = c.Paid+o.Amount, c.PaidBooks+e.booked
	f.Spent, l.Spent = f.Spent+o.Amount, l.Spent+e.booked
	m.join(c, f, l)
	return nil
}
