package assistance_test

import (
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/store"
)

// books are a project's that runs: a fund in euro and one in dollars, a commitment out
// of the first of which something is spent, and a donor's pledge without consent.
func books(t *testing.T, a *assistance.Assistance) *strings.Replacer {
	t.Helper()
	if err := a.PutRate(ctx, desk, assistance.Rate{Currency: "USD", Day: day(-20), PerEuro: assistance.RateOf("USD", 1_082_300), Source: "ECB"}); err != nil {
		t.Fatal(err)
	}
	id, _ := started(t, a, assistance.Active, "KG")
	idea, _ := started(t, a, assistance.Appraised, "KG")
	m := readMoney(t, a, id)
	l, euro := m.Lines[0].ID, m.Funds[0].ID
	dollar := fund(t, a, id, "USD", 500_000)
	donor := order(t, a, id, assistance.Order{Move: assistance.PledgeFund, Fund: assistance.Fund{Kind: assistance.DonorPledge, Source: "NO", Currency: "EUR", Since: day(-10), Pledged: 5000}}).After.Funds[2].ID
	c := order(t, a, id, committed(l, euro, 1000)).After.Commitments[0].ID
	order(t, a, id, assistance.Order{Move: assistance.SpendMoney, ID: c, Amount: 400, Currency: "EUR", Day: day(0)})
	m = readMoney(t, a, id)
	if m.Rev != 9 || m.Funds[0].N != 4 || m.Lines[0].N != 3 || m.Commitments[0].N != 2 {
		t.Fatalf("the statements below count entries otherwise: %+v", m)
	}
	return strings.NewReplacer("PROJECT", id, "IDEA", idea, "LINE", l, "EURO", euro, "DOLLAR", dollar, "DONOR", donor, "COMMITMENT", c,
		"TODAY", day(0), "SINCE", day(-100), "UNTIL", day(300))
}

// The columns of an entry that is about a fund alone, and about all three.
const (
	poured = `INSERT INTO ledger (project, n, prior, move, amount, booked, books, day, former, words, paper, by_whom, at, mark,
		fund, fund_n, currency, since, until, from_rate, to_rate, pledged, granted, received, committed, spent, worked, fund_was, fund_mark) VALUES `
	promised = `INSERT INTO ledger (project, n, prior, move, amount, booked, books, day, former, words, paper, by_whom, at, mark,
		fund, fund_n, currency, since, until, from_rate, to_rate, pledged, granted, received, committed, spent, worked, fund_was, fund_mark,
		line, line_n, planned, taken, used, line_was, line_mark, commitment, commitment_n, held, paid, held_books, paid_books, commitment_was, commitment_mark, tie) VALUES `
	head     = "('PROJECT', 10, 9, "
	terms    = "'SINCE', 'UNTIL', 1, 1, "
	lineMore = "'LINE', 4, 1000000, 1100, 400, 'LINE 3 1000000 1000 400', 'LINE 4 1000000 1100 400', "
	heldMore = "'COMMITMENT', 3, 1100, 400, 1100, 400, 'COMMITMENT 2 1000 400 1000 400', 'COMMITMENT 3 1100 400 1100 400', 'COMMITMENT 3 5 4')"
	fundMore = "1000000, 1000000, 0, 1100, 400, 0, 'EURO 4 1000000 1000000 0 1000 400 0', 'EURO 5 1000000 1000000 0 1100 400 0', "
)

// more is an entry that promises 100 more, as the program would write it.
const more = promised + head + "'commit', 100, 100, 'EUR', 'TODAY', '', '', '', 'x', 1, 'PROJECT 10', 'EURO', 5, 'EUR', " + terms + fundMore + lineMore + heldMore

// TestTheBooksHold runs statements that go around every page and every function.
func TestTheBooksHold(t *testing.T) {
	each(t, func(t *testing.T, a *assistance.Assistance) {
		ids := books(t, a)
		changed := func(pairs ...string) string { // the entry with something else in it
			query := more
			for i := 0; i < len(pairs); i += 2 {
				if !strings.Contains(query, pairs[i]) {
					t.Fatalf("%q is not in the entry", pairs[i])
				}
				query = strings.Replace(query, pairs[i], pairs[i+1], 1)
			}
			return query
		}
		try := func(queries ...string) error {
			_, err := store.Write(ctx, a.DB, access.System("attack"), func(tx *store.Tx) (store.Event, error) {
				for _, query := range queries {
					n, err := tx.Exec(ctx, ids.Replace(query))
					if err != nil {
						return store.Event{}, err
					}
					if n == 0 {
						t.Errorf("touched nothing: %s", query)
					}
				}
				return store.Event{}, store.ErrUnchanged // what passes is not kept
			})
			return err
		}
		const restFund = "UPDATE fund SET n = 5, committed = 1100, entry = 'EURO 5 1000000 1000000 0 1100 400 0' WHERE id = 'EURO'"
		const restLine = "UPDATE budget_line SET n = 4, committed = 1100, entry = 'LINE 4 1000000 1100 400' WHERE id = 'LINE'"
		const restCommitment = `UPDATE commitment SET n = 3, held = 1100, held_books = 1100, fund_n = 5, line_n = 4, entry = 'COMMITMENT 3 1100 400 1100 400', tie = 'COMMITMENT 3 5 4'
			WHERE id = 'COMMITMENT'`
		if err := try(more, restFund, restLine, restCommitment, "UPDATE budget SET n = 10, entry = 'PROJECT 10' WHERE project = 'PROJECT'"); err != nil {
			t.Fatal("the entry that the attacks change is refused itself:", err)
		}
		const commitment = `INSERT INTO commitment (id, project, project_stage, fund, fund_last, fund_n, line, line_last, line_n, title, day, paper, held, paid, held_books, paid_books, n, entry, tie)
			VALUES ('c', 'PROJECT', 'active', 'EURO', 4, `
		for name, queries := range map[string][]string{
			"a commitment that is on no fund's account":      {commitment + "0, 'LINE', 3, 0, 't', 'TODAY', '', 500, 0, 500, 0, 0, NULL, NULL)"},
			"a commitment on another's entry":                {commitment + "3, 'LINE', 3, 2, 't', 'TODAY', '', 1000, 0, 1000, 0, 1, 'COMMITMENT 1 1000 0 1000 0', 'COMMITMENT 1 3 2')"},
			"a commitment in a project that is not approved": {"INSERT INTO commitment (id, project, project_stage, fund, fund_last, fund_n, line, line_last, line_n, title, day, paper, held, paid, held_books, paid_books, n) VALUES ('c', 'IDEA', 'appraised', 'EURO', 4, 0, 'LINE', 3, 0, 't', 'TODAY', '', 0, 0, 0, 0, 0)"},
			"promise more by a stroke":                       {"UPDATE commitment SET held = 1100, held_books = 1100 WHERE id = 'COMMITMENT'"},
			"promise more, and the fund is not told":         {more, restLine, restCommitment},
			"promise more, and the line is not told":         {more, restFund, restCommitment},
			"spend by a stroke":                              {"UPDATE commitment SET paid = 1000, paid_books = 1000 WHERE id = 'COMMITMENT'"},
			"make more available by a stroke":                {"UPDATE fund SET granted = 2000000, pledged = 2000000 WHERE id = 'EURO'"},
			"make less available than is promised":           {"UPDATE fund SET granted = 900 WHERE id = 'EURO'"},
			"forget what was promised":                       {"UPDATE fund SET committed = 0, spent = 0 WHERE id = 'EURO'"},
			"turn the fund back to before":                   {"UPDATE fund SET n = 2, committed = 0, spent = 0, entry = 'EURO 2 1000000 1000000 0 0 0 0' WHERE id = 'EURO'"},
			"turn the line back to before":                   {"UPDATE budget_line SET n = 1, committed = 0, spent = 0, entry = 'LINE 1 1000000 0 0' WHERE id = 'LINE'"},
			"a fund that begins anew":                        {"UPDATE fund SET n = 0, entry = NULL, pledged = 0, granted = 0, committed = 0, spent = 0 WHERE id = 'EURO'"},
			"plan more by a stroke":                          {"UPDATE budget_line SET planned = 9000000 WHERE id = 'LINE'"},
			"plan less than is promised":                     {"UPDATE budget_line SET planned = 1 WHERE id = 'LINE'"},
			"change an amount":                               {"UPDATE ledger SET amount = 1, booked = 1 WHERE project = 'PROJECT' AND n = 8"},
			"change an amount and what then stood":           {"UPDATE ledger SET amount = 1, booked = 1, committed = 1, taken = 1, held = 1, held_books = 1, fund_mark = 'EURO 3 1000000 1000000 0 1 0 0', line_mark = 'LINE 2 1000000 1 0', commitment_mark = 'COMMITMENT 1 1 0 1 0' WHERE project = 'PROJECT' AND n = 8"},
			"change the last amount and what then stood":     {"UPDATE ledger SET amount = 1, booked = 1, spent = 1, used = 1, paid = 1, paid_books = 1, fund_mark = 'EURO 4 1000000 1000000 0 1000 1 0', line_mark = 'LINE 3 1000000 1000 1', commitment_mark = 'COMMITMENT 2 1000 1 1000 1' WHERE project = 'PROJECT' AND n = 9"},
			"take an entry away":                             {"DELETE FROM ledger WHERE project = 'PROJECT' AND n = 5"},
			"take the last entry away":                       {"DELETE FROM ledger WHERE project = 'PROJECT' AND n = 9"},
			"take all entries away":                          {"DELETE FROM ledger WHERE project = 'PROJECT'"},
			"take a commitment away":                         {"DELETE FROM commitment WHERE id = 'COMMITMENT'"},
			"take a fund away":                               {"DELETE FROM fund WHERE id = 'EURO'"},
			"take a line away":                               {"DELETE FROM budget_line WHERE id = 'LINE'"},
			"take the books away":                            {"DELETE FROM budget WHERE project = 'PROJECT'"},
			"let a commitment go out of another fund":        {"UPDATE commitment SET fund = 'DOLLAR', fund_last = 2, fund_n = 2 WHERE id = 'COMMITMENT'"},
			"give the fund another currency":                 {"UPDATE fund SET currency = 'USD' WHERE id = 'EURO'"},
			"give the fund another rate":                     {"UPDATE fund SET to_rate = 200000000 WHERE id = 'DOLLAR'"},
			"give the books another currency":                {"UPDATE budget SET currency = 'USD' WHERE project = 'PROJECT'"},
			"change a rate by which was booked":              {"UPDATE rate SET per_euro = 1 WHERE currency = 'USD'"},
			"take it away":                                   {"DELETE FROM rate WHERE currency = 'USD'"},
			"another euro than a euro":                       {"UPDATE rate SET per_euro = 1 WHERE currency = 'EUR'"},
			"let the fund end before what was promised":      {"UPDATE fund SET until = '2020-01-01', since = '2019-01-01' WHERE id = 'EURO'"},
			"a pledge granted without consent": {
				poured + head + "'grant', 5000, 5000, 'EUR', 'TODAY', '', '', '', 'x', 1, 'PROJECT 10', 'DONOR', 2, 'EUR', (SELECT since FROM fund WHERE id = 'DONOR'), '9999-12-31', 1, 1, 5000, 5000, 0, 0, 0, 0, 'DONOR 1 5000 0 0 0 0 0', 'DONOR 2 5000 5000 0 0 0 0')",
				"UPDATE fund SET n = 2, granted = 5000, entry = 'DONOR 2 5000 5000 0 0 0 0' WHERE id = 'DONOR'",
			},
			"more granted than pledged":                  {poured + head + "'grant', 1, 1, 'EUR', 'TODAY', '', '', '', 'x', 1, 'PROJECT 10', 'EURO', 5, 'EUR', " + terms + "1000000, 1000001, 0, 1000, 400, 0, 'EURO 4 1000000 1000000 0 1000 400 0', 'EURO 5 1000000 1000001 0 1000 400 0')"},
			"more received than pledged":                 {poured + head + "'receive', 1000001, 1000001, 'EUR', 'TODAY', '', '', '', 'x', 1, 'PROJECT 10', 'EURO', 5, 'EUR', " + terms + "1000000, 1000000, 1000001, 1000, 400, 0, 'EURO 4 1000000 1000000 0 1000 400 0', 'EURO 5 1000000 1000000 1000001 1000 400 0')"},
			"an entry in the wrong currency":             {changed("5, 'EUR', ", "5, 'USD', ")},
			"in the wrong books":                         {changed("100, 100, 'EUR'", "100, 100, 'USD'")},
			"in books and currency that are wrong":       {changed("100, 100, 'EUR'", "100, 100, 'USD'", "5, 'EUR', ", "5, 'USD', ")},
			"more than is available":                     {changed("'commit', 100, 100", "'commit', 999001, 999001", "1000000, 0, 1100, 400", "1000000, 0, 1000001, 400", "5 1000000 1000000 0 1100", "5 1000000 1000000 0 1000001")},
			"an entry on nothing":                        {changed("'EURO 4 1000000 1000000 0 1000 400 0'", "NULL")},
			"an entry that leaves one out":               {changed("'EURO', 5", "'EURO', 6", "EURO 5", "EURO 6", "3 5 4", "3 6 4")},
			"on another than the last":                   {changed("'EURO 4 1000000 1000000 0 1000 400 0'", "'EURO 2 1000000 1000000 0 0 0 0'")},
			"the same twice":                             {changed("'EURO', 5", "'EURO', 4")},
			"that begins the fund anew":                  {changed("'EURO', 5", "'EURO', 1", "'EURO 4 1000000 1000000 0 1000 400 0'", "NULL", "EURO 5", "EURO 1", "3 5 4", "3 1 4")},
			"one amount promised, another booked":        {changed("100, 100, 'EUR'", "100, 1, 'EUR'")},
			"one amount for the fund, none for the line": {changed("1000000, 1100, 400, 'LINE 3", "1000000, 1000, 400, 'LINE 3", "LINE 4 1000000 1100", "LINE 4 1000000 1000")},
			"one for the fund, none for the commitment":  {changed("3, 1100, 400, 1100, 400", "3, 1000, 400, 1000, 400", "COMMITMENT 3 1100 400 1100", "COMMITMENT 3 1000 400 1000")},
			"to the account of a commitment elsewhere":   {changed("'LINE', 4", "'IDEA', 4")},
			"without a commitment":                       {changed("'COMMITMENT', 3", "NULL, 3")},
			"by nobody":                                  {changed("'', 'x', 1", "'', '', 1")},
			"before the fund is valid":                   {changed("'EUR', 'TODAY'", "'EUR', '2001-01-01'")},
			"taken back without a word":                  {changed("'commit', 100, 100", "'commit', -100, -100", "1000000, 0, 1100, 400", "1000000, 0, 900, 400", "5 1000000 1000000 0 1100", "5 1000000 1000000 0 900", "1000000, 1100, 400, 'LINE 3", "1000000, 900, 400, 'LINE 3", "LINE 4 1000000 1100", "LINE 4 1000000 900", "3, 1100, 400, 1100, 400", "3, 900, 400, 900, 400", "COMMITMENT 3 1100 400 1100", "COMMITMENT 3 900 400 900")},
			"an entry that leaves a number out":          {changed("10, 9, ", "11, 9, ", "PROJECT 10", "PROJECT 11")},
			"a move that there is not":                   {changed("'commit'", "'give'")},
			"a rate that the fund has not":               {changed("'UNTIL', 1, 1, ", "'UNTIL', 1, 2, ")},
			"a project that goes back to an idea":        {"UPDATE project SET stage = 'appraised' WHERE id = 'PROJECT'"},
		} {
			if err := try(queries...); !store.Refused(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
		t.Run("what is booked of another currency is what it was worth", func(t *testing.T) {
			o := committed(ids.Replace("LINE"), ids.Replace("DOLLAR"), 10_000)
			o.Currency = "USD"
			m := order(t, a, ids.Replace("PROJECT"), o).After
			if m.Commitments[1].HeldBooks != 9240 { // 100 / 1.0823 = 92.3958…
				t.Fatal(m.Commitments[1])
			}
			c := m.Commitments[1].ID
			err := try(strings.ReplaceAll(promised+`SELECT project, 11, 10, move, amount, 1, books, day, former, words, paper, by_whom, at, 'PROJECT 11', fund, 4, currency, since, until,
				from_rate, to_rate, pledged, granted, received, 20000, spent, worked, fund_mark, fund || ' 4 500000 500000 0 20000 0 0', line, 5, planned, taken + 1, used, line_mark,
				line || ' 5 1000000 ' || (taken + 1) || ' ' || used, commitment, 2, 20000, 0, held_books + 1, 0, commitment_mark,
				commitment || ' 2 20000 0 ' || (held_books + 1) || ' 0', commitment || ' 2 4 5' FROM ledger WHERE project = 'PROJECT' AND commitment = '`+c+"'", "VALUES SELECT", "SELECT"))
			if !store.Refused(err) {
				t.Errorf("a hundred dollars for a cent: %v", err)
			}
		})
	})
}
