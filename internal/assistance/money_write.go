package assistance

import (
	"context"
	"fmt"

	"polis/internal/access"
	"polis/internal/store"
)

// write stores the entry, and what it has changed. Words come first, because an entry
// stands on the terms of its fund; figures last, because they rest on the entry.
func (e entry) write(ctx context.Context, tx *store.Tx, who access.Subject, p Project, now, next Money) error {
	for _, put := range []func() error{
		func() error { return e.putBudget(ctx, tx, now, next) },
		func() error { return e.putWords(ctx, tx, p, now, next) },
		func() error { return e.put(ctx, tx, who, now, next) },
		func() error { return e.rest(ctx, tx, next) },
	} {
		if err := put(); err != nil {
			return err
		}
	}
	return nil
}

func (e entry) putBudget(ctx context.Context, tx *store.Tx, now, next Money) error {
	if now.Rev == 0 {
		_, err := tx.Exec(ctx, "INSERT INTO budget (project, currency, gap, n) VALUES ($1, $2, '', 0)", next.Project, next.Currency)
		return err
	}
	if now.Gap == next.Gap {
		return nil
	}
	_, err := tx.Exec(ctx, "UPDATE budget SET gap = $2 WHERE project = $1", next.Project, next.Gap)
	return err
}

// putWords writes the words of the line or fund, and makes what is new.
func (e entry) putWords(ctx context.Context, tx *store.Tx, p Project, now, next Money) (err error) {
	switch e.move {
	case PlanLine:
		l := next.line(e.line)
		if _, old := now.Line(e.line); old {
			_, err = tx.Exec(ctx, "UPDATE budget_line SET year = $2, output = $3, category = $4 WHERE id = $1", l.ID, l.Year, l.Output, l.Category)
			return err
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO budget_line (id, project, currency, year, output, category, planned, committed, spent, n)
			VALUES ($1, $2, $3, $4, $5, $6, 0, 0, 0, 0)`, l.ID, next.Project, next.Currency, l.Year, l.Output, l.Category)
	case PledgeFund:
		f := next.fund(e.fund)
		if _, old := now.Fund(e.fund); old {
			_, err = tx.Exec(ctx, `
				UPDATE fund SET source = $2, since = $3, until = $4, conditions = $5, paper = $6, consented = $7, days = $8 WHERE id = $1`,
				f.ID, f.Source, f.Since, f.Until, f.Conditions, f.Paper, f.Consented, f.Days)
			return err
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO fund (id, project, books, kind, source, currency, rated, from_rate, to_rate, since, until, conditions, paper, consented, days,
			  pledged, granted, received, committed, spent, worked, n)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0, 0, 0, 0, 0, 0, 0)`,
			f.ID, next.Project, next.Currency, string(f.Kind), f.Source, f.Currency, orNull(f.Rated), f.FromRate, f.ToRate, f.Since, f.Until, f.Conditions,
			f.Paper, f.Consented, f.Days)
	case CommitMoney:
		c := next.commitment(e.commitment)
		if _, old := now.Commitment(e.commitment); old {
			return nil
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO commitment (id, project, project_stage, fund, fund_last, fund_n, line, line_last, line_n, title, day, paper, held, paid, held_books, paid_books, n)
			VALUES ($1, $2, $3, $4, $5, 0, $6, $7, 0, $8, $9, $10, 0, 0, 0, 0, 0)`,
			c.ID, next.Project, string(p.Stage), c.Fund, now.fund(c.Fund).N, c.Line, now.line(c.Line).N, c.Title, c.Day, c.Paper)
	}
	return err
}

// put writes the entry itself, with what then stands and the marks on which it stood.
func (e entry) put(ctx context.Context, tx *store.Tx, who access.Subject, now, next Money) error {
	var prior any
	if now.Rev > 0 {
		prior = now.Rev
	}
	former := ""
	if e.former != (FormerMoney{}) {
		former = store.JSON(e.former)
	}
	row := []any{
		next.Project, now.Rev + 1, prior, string(e.move), e.amount, e.booked, next.Currency, e.day, former, e.words, e.paper, owner(who), tx.Now(),
		fmt.Sprintf("%s %d", next.Project, now.Rev+1),
	}
	row = append(row, e.ofFund(now, next)...)
	row = append(row, e.ofLine(now, next)...)
	row = append(row, e.ofCommitment(now, next)...)
	return tx.Insert(ctx, `ledger (project, n, prior, move, amount, booked, books, day, former, words, paper, by_whom, at, mark,
		fund, fund_n, currency, since, until, from_rate, to_rate, pledged, granted, received, committed, spent, worked, fund_was, fund_mark,
		line, line_n, planned, taken, used, line_was, line_mark,
		commitment, commitment_n, held, paid, held_books, paid_books, commitment_was, commitment_mark, tie)`, [][]any{row}, "")
}

func (e entry) ofFund(now, next Money) []any {
	f := next.fund(e.fund)
	if f == nil {
		return make([]any, 15)
	}
	var was any
	if f.N > 1 {
		was = now.fund(e.fund).mark()
	}
	return []any{f.ID, f.N, f.Currency, f.Since, f.Until, f.FromRate, f.ToRate, f.Pledged, f.Granted, f.Received, f.Committed, f.Spent, f.Worked, was, f.mark()}
}

func (e entry) ofLine(now, next Money) []any {
	l := next.line(e.line)
	if l == nil {
		return make([]any, 7)
	}
	var was any
	if l.N > 1 {
		was = now.line(e.line).mark()
	}
	return []any{l.ID, l.N, l.Planned, l.Committed, l.Spent, was, l.mark()}
}

func (e entry) ofCommitment(now, next Money) []any {
	c := next.commitment(e.commitment)
	if c == nil {
		return make([]any, 9)
	}
	var was any
	if c.N > 1 {
		was = now.commitment(e.commitment).mark()
	}
	return []any{c.ID, c.N, c.Held, c.Paid, c.HeldBooks, c.PaidBooks, was, c.mark(), c.tie()}
}

// rest lets every figure rest on the entry.
func (e entry) rest(ctx context.Context, tx *store.Tx, next Money) error {
	if f := next.fund(e.fund); f != nil {
		_, err := tx.Exec(ctx, `
			UPDATE fund SET n = $2, entry = $3, pledged = $4, granted = $5, received = $6, committed = $7, spent = $8, worked = $9 WHERE id = $1`,
			f.ID, f.N, f.mark(), f.Pledged, f.Granted, f.Received, f.Committed, f.Spent, f.Worked)
		if err != nil {
			return err
		}
	}
	if l := next.line(e.line); l != nil {
		_, err := tx.Exec(ctx, "UPDATE budget_line SET n = $2, entry = $3, planned = $4, committed = $5, spent = $6 WHERE id = $1",
			l.ID, l.N, l.mark(), l.Planned, l.Committed, l.Spent)
		if err != nil {
			return err
		}
	}
	if c := next.commitment(e.commitment); c != nil {
		_, err := tx.Exec(ctx, `
			UPDATE commitment SET n = $2, entry = $3, tie = $4, held = $5, paid = $6, held_books = $7, paid_books = $8, fund_n = $9, line_n = $10 WHERE id = $1`,
			c.ID, c.N, c.mark(), c.tie(), c.Held, c.Paid, c.HeldBooks, c.PaidBooks, c.FundN, c.LineN)
		if err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, "UPDATE budget SET n = $2, entry = project || ' ' || $3 WHERE project = $1", next.Project, next.Rev, fmt.Sprint(next.Rev))
	return err
}
