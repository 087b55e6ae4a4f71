package assistance

import (
	"context"
	"errors"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/store"
)

// MoneyMove is what an entry of the ledger does. Messages: "money.did.MOVE".
type MoneyMove string

// The moves of money.
const (
	OpenBooks   MoneyMove = "open"    // choose the currency of the books
	CoverGap    MoneyMove = "gap"     // say from where that comes which is not covered
	PlanLine    MoneyMove = "plan"    // write or revise a budget line
	PledgeFund  MoneyMove = "pledge"  // write or revise a source of funding
	GrantFund   MoneyMove = "grant"   // confirm how much of it is available: the desk
	ReceiveFund MoneyMove = "receive" // money has arrived
	WorkDays    MoneyMove = "work"    // days of staff were given
	CommitMoney MoneyMove = "commit"  // promise it to somebody; less than nothing takes back
	SpendMoney  MoneyMove = "spend"   // out of a commitment
)

// MoneyMoves lists them all.
var MoneyMoves = []MoneyMove{OpenBooks, CoverGap, PlanLine, PledgeFund, GrantFund, ReceiveFund, WorkDays, CommitMoney, SpendMoney}

// Order is what somebody wants to do with the money of a project.
type Order struct {
	Move     MoneyMove
	ID       string     // of the line, fund or commitment, "" for a new one
	Line     BudgetLine // what a line is to be: year, output, category, planned
	Fund     Fund       // what a fund is to be: its words, days and what is pledged
	From     string     // of a new commitment: the fund
	Against  string     // and the line
	Title    string     // and what for
	Amount   int64      // of "grant" what is available in all, else what is added; of "work" hundredths of a day
	Currency string     // in which the amount was given; that of the books where they are opened
	Day      string
	Paper    string
	Words    string // why, or the gap
}

// Short is returned where there is not as much as somebody wants: Left is what there
// is. Key is the sentence, Field where it stands.
type Short struct {
	Field    string
	Key      string
	Left     int64
	Currency string // "" for days
}

func (s Short) Error() string { return "assistance: " + s.Key }

// Effect is what an order changes, before and after, and the money behind it.
type Effect struct {
	Rows  []EffectRow
	After Money
	Rev   int64 // of the money from which it was reckoned
}

// EffectRow is a figure before and after. Messages: "money.figure.FIGURE".
type EffectRow struct {
	Line, Fund, Commitment string // whose it is: an id, or all "" for the project
	Figure                 string
	Currency               string // "" for days
	Before, After          int64
}

// stages are those of a project at which the order is possible. What was
// promised is still paid after the end, and taken back.
func (o Order) stages() []ProjectStage {
	drafting := []ProjectStage{Idea, Appraised, Approved, Active, Suspended}
	switch {
	case o.Move == CommitMoney && o.Amount >= 0:
		return []ProjectStage{Approved, Active}
	case o.Move == CommitMoney || o.Move == SpendMoney:
		return []ProjectStage{Approved, Active, Suspended, Closed, Stopped}
	case o.Move == ReceiveFund || o.Move == WorkDays:
		return append(drafting, Closed)
	}
	return drafting
}

// MayOrder are the moves that are possible to her now in a project.
func MayOrder(who access.Subject, p Project) (list []MoneyMove) {
	for _, m := range MoneyMoves {
		o := Order{Move: m, Amount: -1} // what can at least be taken back
		if p.Writes(who) && slices.Contains(o.stages(), p.Stage) && (m != GrantFund || grants(who, p)) {
			list = append(list, m)
		}
	}
	return list
}

// MayCommit reports whether something new can be promised in a project.
func MayCommit(who access.Subject, p Project) bool {
	return p.Writes(who) && slices.Contains(Order{Move: CommitMoney}.stages(), p.Stage)
}

func (o *Order) clean() {
	for _, s := range []*string{
		&o.ID, &o.Line.Output, &o.Line.Category, &o.Fund.Source, &o.Fund.Currency, &o.Fund.Since, &o.Fund.Until, &o.Fund.Conditions, &o.Fund.Paper, &o.Fund.Consented,
		&o.From, &o.Against, &o.Title, &o.Currency, &o.Day, &o.Paper, &o.Words,
	} {
		*s = strings.TrimSpace(*s)
	}
	if o.Fund.Until == "" {
		o.Fund.Until = endless
	}
}

// Allowed asks whether she may give this order in the project as it stands.
func (o Order) Allowed(who access.Subject, p Project) error {
	switch {
	case !p.Writes(who) || o.Move == GrantFund && !grants(who, p):
		return ErrForbidden
	case !slices.Contains(MoneyMoves, o.Move):
		return Invalid{"move": "assistance.error.move"}
	case !slices.Contains(o.stages(), p.Stage):
		key := "money.impossible.project." + string(p.Stage)
		if p.Stage == Suspended || p.Stage.Drafting() {
			key = "money.impossible.commit." + string(p.Stage)
		}
		return Impossible{string(o.Move), string(p.Stage), key}
	}
	return nil
}

// Preview reckons what an order would change, and changes nothing.
func (a *Assistance) Preview(ctx context.Context, who access.Subject, id string, o Order) (Effect, error) {
	o.clean()
	p, err := a.Project(ctx, who.Scope(), id)
	if err != nil {
		return Effect{}, err
	}
	if err := o.Allowed(who, p); err != nil {
		return Effect{}, err
	}
	now, err := a.Money(ctx, id)
	if err != nil {
		return Effect{}, err
	}
	next := now.copied()
	e, err := next.follow(ctx, a.DB, p, o)
	if err != nil && !errors.Is(err, store.ErrUnchanged) {
		return Effect{}, err
	}
	return Effect{e.effect(now, next), next, now.Rev}, nil
}

// Order carries one out and returns what it changed. rev is the revision of the money
// that the caller read: of two who act at once the second is told how much is left or,
// where it is enough for both, that she shall look at the figures again.
func (a *Assistance) Order(ctx context.Context, who access.Subject, id string, rev int64, o Order) (Effect, error) {
	o.clean()
	var effect Effect
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, err := project(ctx, tx, who.Scope(), id)
		if err != nil {
			return store.Event{}, err
		}
		if err := o.Allowed(who, p); err != nil {
			return store.Event{}, err
		}
		now, err := money(ctx, tx, id)
		if err != nil {
			return store.Event{}, err
		}
		next := now.copied()
		e, err := next.follow(ctx, tx, p, o)
		var wrong Invalid
		switch {
		case now.Rev != rev && (err == nil || errors.Is(err, store.ErrUnchanged) || errors.As(err, &wrong)):
			return store.Event{}, Stale{now.Rev}
		case err != nil:
			return store.Event{}, err
		}
		effect = Effect{e.effect(now, next), next, now.Rev}
		return p.event(moneyDid[o.Move]), e.write(ctx, tx, who, p, now, next)
	})
	return effect, err
}

// effect compares the figures of what an entry is about.
func (e entry) effect(now, next Money) (rows []EffectRow) {
	add := func(of EffectRow, figure, currency string, before, after int64, always bool) {
		if before != after || always {
			of.Figure, of.Currency, of.Before, of.After = figure, currency, before, after
			rows = append(rows, of)
		}
	}
	if e.line != "" {
		was, _ := now.Line(e.line)
		is, of := next.line(e.line), EffectRow{Line: e.line}
		add(of, "planned", next.Currency, was.Planned, is.Planned, false)
		add(of, "left", next.Currency, was.Left(), is.Left(), true)
		add(of, "spent", next.Currency, was.Spent, is.Spent, false)
	}
	if e.fund != "" {
		was, _ := now.Fund(e.fund)
		is, of := next.fund(e.fund), EffectRow{Fund: e.fund}
		add(of, "pledged", is.Currency, was.Pledged, is.Pledged, false)
		add(of, "granted", is.Currency, was.Granted, is.Granted, false)
		add(of, "left", is.Currency, was.Left(), is.Left(), e.move != WorkDays)
		add(of, "received", is.Currency, was.Received, is.Received, false)
		add(of, "spent", is.Currency, was.Spent, is.Spent, false)
		add(of, "days", "", was.Days, is.Days, false)
		add(of, "worked", "", was.Worked, is.Worked, false)
	}
	if e.commitment != "" {
		was, _ := now.Commitment(e.commitment)
		is, of := next.commitment(e.commitment), EffectRow{Commitment: e.commitment}
		currency := next.fund(is.Fund).Currency
		add(of, "held", currency, was.Held, is.Held, false)
		add(of, "open", currency, was.Open(), is.Open(), true)
	}
	if e.move == PlanLine || e.move == GrantFund || e.move == CoverGap {
		add(EffectRow{}, "planned", next.Currency, now.Planned(), next.Planned(), false)
		add(EffectRow{}, "covered", next.Currency, now.Covered(), next.Covered(), false)
		add(EffectRow{}, "uncovered", next.Currency, now.Uncovered(), next.Uncovered(), true)
	}
	return rows
}
