package web

import (
	"net/http"
	"slices"
	"strconv"

	"polis/internal/access"
	"polis/internal/assistance"
)

// MoneyView is the money of a project: what is planned, where it comes from, what was
// promised and spent, and each entry of the books.
type MoneyView struct {
	Head        ProjectHead
	Says        []string
	Empty       string // where the books are not open
	Facts       []Fact
	Matrix      *Table // planned, by output and year
	Lines       *Table
	Funds       []FundView
	FundTable   *Table
	Commitments *Table
	Early       string // why nothing can be committed, or that nothing was
	Acts        []Link
	History     []HelpStep
	Earlier     string // address of earlier entries, or ""
	Sheets      []Link
	Rates       string
}

// FundView is a source of funding with what can be done about it.
type FundView struct {
	Name, URL string
	Tags      []Tag
	Meta      []string
	Bar       *MoneyBar // nil where it has no money
	Acts      []Link
}

// MoneyBar draws parts of what was pledged, each in hundredths of it.
type MoneyBar struct {
	Label                     string
	Granted, Committed, Spent int
}

var moneyPage = newPage("money", MoneyView{
	Head: sampleProjectHead, Says: []string{"The funding covers the whole budget."}, Empty: "The books are not open yet.",
	Facts:  []Fact{{"Planned", []Link{{"12,000.00 EUR", ""}}}},
	Matrix: &Table{Caption: "Planned, by output and year", Columns: []Column{{Text: "Output"}, {Text: "2026", Figure: true}}, Rows: [][]Cell{{{Text: "A course"}, {Text: "12,000.00", Figure: true}}}},
	Lines:  &Table{Caption: "Budget lines", Columns: []Column{{Text: "Output"}, {Text: "Planned", Figure: true}}, Rows: [][]Cell{{{Text: "A course", URL: "/en/assistance/projects/1/money/plan?of=1"}, {Text: "12,000.00", Figure: true}}}},
	Funds: []FundView{{
		"Norway", "/en/directory/NO",
		[]Tag{{Plain, "Extra-budgetary pledge"}, {Attention, "Without consent"}},
		[]string{"From 3 March 2026"},
		&MoneyBar{"Of 12,000 pledged: 6,000 available, 3,000 committed, 1,000 spent", 50, 25, 8},
		[]Link{{"Confirm what is available", "/en/assistance/projects/1/money/grant?of=1"}},
	}},
	FundTable:   &Table{Caption: "Funding", Columns: []Column{{Text: "Donor"}, {Text: "Pledged", Figure: true}}, Rows: [][]Cell{{{Text: "Norway"}, {Text: "12,000.00", Figure: true}}}},
	Commitments: &Table{Caption: "Commitments", Columns: []Column{{Text: "What for"}, {Text: "Spent", Figure: true}}, Rows: [][]Cell{{{Text: "Interpreters", URL: "/en/assistance/projects/1/money/spend?of=1"}, {Text: "100.00", Figure: true}}}},
	Early:       "Nothing can be committed before the project is approved.", Acts: []Link{{"Add a budget line", "/en/assistance/projects/1/money/plan"}},
	History: []HelpStep{{"Committed: Interpreters, 100.00 EUR", "Aigul Asanova, 3 March 2026", "Please.", nil}}, Earlier: "/en/assistance/projects/1/money?before=5#history",
	Sheets: []Link{{"As CSV", "/en/assistance/projects/1/money.csv"}}, Rates: "/en/assistance/rates",
})

// shownEntries is how many entries of the books a page shows.
const shownEntries = 25

func (h *House) openMoney() {
	h.site.Handle("GET /assistance/projects/{id}/money", h.official(h.money))
	h.openSheet("/assistance/projects/{id}/money", moneySheet)
	h.site.Handle("GET /assistance/projects/{id}/money/{do}", h.official(h.moneyForm))
	h.site.Handle("POST /assistance/projects/{id}/money/{do}", h.official(h.order))
	h.site.Handle("GET /assistance/rates", h.official(h.rates))
	h.site.Handle("POST /assistance/rates", h.official(h.once(h.putRate)))
}

// money is the page of a project's money.
func (h *House) money(w http.ResponseWriter, r *http.Request) error {
	q, err := h.projectOf(r)
	if err != nil {
		return err
	}
	var before int64
	if text := r.URL.Query().Get("before"); text != "" {
		if before, err = strconv.ParseInt(text, 10, 64); err != nil || before < 1 {
			return NotFound()
		}
	}
	p, err := h.helping(r, h.site.Frame(r))
	if err != nil {
		return err
	}
	v := MoneyView{Head: p.projectHead(q, "money"), Rates: p.URL("/assistance/rates")}
	m, err := h.helps().Money(r.Context(), q.ID)
	if err != nil {
		return err
	}
	v.Acts = p.moneyActs(q, m)
	if m.Currency == "" {
		v.Empty = p.T("money.none")
		return moneyPage.Show(w, p.Frame, v)
	}
	v.Says, v.Facts, v.Sheets = p.moneySays(m), p.moneyFacts(m), p.sheetLinks(projectPath(q.ID, "money"), "")
	p.budget(q, m, &v)
	p.funds(q, m, &v)
	p.commitments(q, m, &v)
	if err := p.entries(q, m, before, &v); err != nil {
		return err
	}
	return moneyPage.Show(w, p.Frame, v)
}

// orders reports whether a move is possible to the reader.
func (p *helping) orders(q assistance.Project, m assistance.MoneyMove) bool {
	return slices.Contains(assistance.MayOrder(p.Reader.Subject, q), m)
}

// moneyActs are the ways to the forms that are about nothing in particular.
func (p *helping) moneyActs(q assistance.Project, m assistance.Money) (acts []Link) {
	add := func(move assistance.MoneyMove, possible bool) {
		if possible && p.orders(q, move) {
			acts = append(acts, Link{p.T("money.do." + string(move)), p.URL(projectPath(q.ID, "money/"+string(move)))})
		}
	}
	open := m.Currency != ""
	add(assistance.OpenBooks, !open)
	add(assistance.CommitMoney, len(m.Funds) > 0 && len(m.Lines) > 0 && assistance.MayCommit(p.Reader.Subject, q))
	add(assistance.PlanLine, open)
	add(assistance.PledgeFund, open)
	add(assistance.CoverGap, open && (m.Uncovered() > 0 || m.Gap != ""))
	return acts
}

// moneySays are the currency of the books, and whether the budget is covered.
func (p *helping) moneySays(m assistance.Money) []string {
	says := []string{p.T("money.lead", "currency", m.Currency)}
	switch {
	case m.Planned() == 0:
	case m.Uncovered() == 0:
		says = append(says, p.T("money.covered.all"))
	case m.Gap != "":
		says = append(says, p.T("money.uncovered.gap", "amount", p.amount(m.Uncovered(), m.Currency), "gap", m.Gap))
	default:
		says = append(says, p.T("money.uncovered", "amount", p.amount(m.Uncovered(), m.Currency)))
	}
	return says
}

func (p *helping) moneyFacts(m assistance.Money) []Fact {
	var committed, spent int64
	for _, l := range m.Lines {
		committed, spent = committed+l.Committed, spent+l.Spent
	}
	var list []Fact
	for _, of := range []struct {
		figure string
		amount int64
	}{{"planned", m.Planned()}, {"covered", m.Covered()}, {"committed", committed}, {"spent", spent}} {
		list = append(list, Fact{p.T("money.figure." + of.figure), []Link{{p.amount(of.amount, m.Currency), ""}}})
	}
	return list
}

// figures are the heads of columns with amounts.
func (p *helping) figures(first string, names ...string) []Column {
	columns := []Column{{Text: first}}
	for _, name := range names {
		columns = append(columns, Column{Text: p.T("money.figure." + name), Figure: true})
	}
	return columns
}

// plain are amounts of one currency, which stands in the caption.
func (p *helping) plain(currency string, amounts ...int64) (cells []Cell) {
	for _, amount := range amounts {
		cells = append(cells, Cell{Text: p.Amount(amount, assistance.Decimals(currency)), Figure: true})
	}
	return cells
}

// budget is what is planned: by output and year, and line by line.
func (p *helping) budget(q assistance.Project, m assistance.Money, v *MoneyView) {
	if len(m.Lines) == 0 {
		return
	}
	v.Matrix = p.matrix(m)
	v.Lines = &Table{Caption: p.T("money.lines.caption", "currency", m.Currency), Columns: p.figures(p.T("money.field.output"), "planned", "committed", "spent", "left")}
	for _, l := range m.Lines {
		name := Cell{Text: p.lineName(l) + " · " + p.T("money.category."+l.Category)}
		if p.orders(q, assistance.PlanLine) {
			name.URL = p.URL(projectPath(q.ID, "money/plan?of="+l.ID))
		}
		v.Lines.Rows = append(v.Lines.Rows, append([]Cell{name}, p.plain(m.Currency, l.Planned, l.Committed, l.Spent, l.Left())...))
	}
}

// matrix has a row for each output and a column for each year, with their sums.
func (p *helping) matrix(m assistance.Money) *Table {
	var outputs []string
	var years []int
	sums := map[string]map[int]int64{}
	all := map[int]int64{}
	for _, l := range m.Lines {
		if sums[l.Output] == nil {
			sums[l.Output], outputs = map[int]int64{}, append(outputs, l.Output)
		}
		if !slices.Contains(years, l.Year) {
			years = append(years, l.Year)
		}
		sums[l.Output][l.Year] += l.Planned
		all[l.Year] += l.Planned
	}
	t := &Table{Caption: p.T("money.matrix", "currency", m.Currency), Columns: []Column{{Text: p.T("money.field.output")}}}
	row := func(name string, of map[int]int64) {
		cells, sum := []Cell{{Text: name}}, int64(0)
		for _, year := range years {
			sum += of[year]
			cells = append(cells, p.plain(m.Currency, of[year])...)
		}
		t.Rows = append(t.Rows, append(cells, p.plain(m.Currency, sum)...))
	}
	for _, year := range years {
		t.Columns = append(t.Columns, Column{Text: strconv.Itoa(year), Figure: true})
	}
	t.Columns = append(t.Columns, Column{Text: p.T("money.total"), Figure: true})
	for _, output := range outputs {
		row(output, sums[output])
	}
	row(p.T("money.total"), all)
	return t
}

// funds are the sources, each with its figures in its own currency.
func (p *helping) funds(q assistance.Project, m assistance.Money, v *MoneyView) {
	if len(m.Funds) == 0 {
		return
	}
	v.FundTable = &Table{Caption: p.T("money.funds.caption"), Columns: p.figures(p.T("money.field.source"), "pledged", "granted", "received", "committed", "spent", "left")}
	for _, f := range m.Funds {
		row := []Cell{{Text: p.fundName(f)}}
		for _, amount := range []int64{f.Pledged, f.Granted, f.Received, f.Committed, f.Spent, f.Left()} {
			row = append(row, Cell{Text: p.amount(amount, f.Currency), Figure: true})
		}
		v.FundTable.Rows = append(v.FundTable.Rows, row)
		v.Funds = append(v.Funds, p.fundView(q, m, f))
	}
}

func (p *helping) fundView(q assistance.Project, m assistance.Money, f assistance.Fund) FundView {
	source := p.entry(f.Source)
	view := FundView{Name: source.Text, URL: source.URL, Tags: []Tag{{Plain, p.T("money.kind." + string(f.Kind))}}, Meta: []string{p.validity(f)}}
	if f.Rated != "" {
		view.Meta = append(view.Meta, p.T("money.rated.worth", "amount", p.amount(f.Books(f.Pledged), m.Currency), "day", p.day(f.Rated)))
	}
	switch {
	case f.Kind == assistance.DonorPledge && f.Consented == "":
		view.Tags = append(view.Tags, Tag{Attention, p.T("money.unconsented")})
	case f.Granted == 0 && f.Pledged > 0:
		view.Tags = append(view.Tags, Tag{Attention, p.T("money.pending")})
	}
	if f.Consented != "" {
		view.Meta = append(view.Meta, p.T("money.consented", "day", p.day(f.Consented))+" · "+f.Paper)
	}
	if f.Conditions != "" {
		view.Meta = append(view.Meta, p.T("money.conditions", "text", f.Conditions))
	}
	if f.Days > 0 {
		view.Meta = append(view.Meta, p.T("money.days", "worked", p.days(f.Worked), "days", p.days(f.Days)))
	}
	if f.Pledged > 0 {
		in := func(amount int64) string { return p.amount(amount, f.Currency) }
		view.Bar = &MoneyBar{
			p.T("money.bar", "pledged", in(f.Pledged), "granted", in(f.Granted), "committed", in(f.Committed), "spent", in(f.Spent)),
			share(f.Granted, f.Pledged), share(f.Committed, f.Pledged), share(f.Spent, f.Pledged),
		}
	}
	for _, move := range []assistance.MoneyMove{assistance.GrantFund, assistance.ReceiveFund, assistance.WorkDays, assistance.PledgeFund} {
		if p.orders(q, move) && (move != assistance.WorkDays || f.Days > 0) && (move != assistance.ReceiveFund || f.Granted > 0) && (move != assistance.GrantFund || f.Pledged > 0) {
			view.Acts = append(view.Acts, Link{p.doTitle(move, f.ID), p.URL(projectPath(q.ID, "money/"+string(move)+"?of="+f.ID))})
		}
	}
	return view
}

// share is a part in hundredths of a whole.
func share(part, whole int64) int { return int(assistance.Convert(part, whole, 100)) }

func (p *helping) commitments(q assistance.Project, m assistance.Money, v *MoneyView) {
	if len(m.Commitments) == 0 {
		v.Early = p.T("money.commitments.none")
		if q.Stage.Drafting() {
			v.Early = p.T("money.commitments.early")
		}
		return
	}
	v.Commitments = &Table{Caption: p.T("money.commitments.caption"), Columns: p.figures(p.T("money.field.title"), "held", "spent", "open")}
	for _, c := range m.Commitments {
		f, _ := m.Fund(c.Fund)
		name := Cell{Text: c.Title + " · " + p.fundName(f) + " · " + p.day(c.Day)}
		if p.orders(q, assistance.SpendMoney) {
			name.URL = p.URL(projectPath(q.ID, "money/spend?of="+c.ID))
		}
		row := []Cell{name}
		for _, amount := range []int64{c.Held, c.Paid, c.Open()} {
			row = append(row, Cell{Text: p.amount(amount, f.Currency), Figure: true})
		}
		v.Commitments.Rows = append(v.Commitments.Rows, row)
	}
}

// entries are those of the books in words, the last first.
func (p *helping) entries(q assistance.Project, m assistance.Money, before int64, v *MoneyView) error {
	list, more, err := p.h.helps().Ledger(p.r.Context(), q.ID, before, shownEntries)
	if err != nil {
		return err
	}
	people := make([]string, len(list))
	for i, e := range list {
		people[i] = e.By
	}
	if err := p.meet(people); err != nil {
		return err
	}
	for _, e := range list {
		v.History = append(v.History, HelpStep{What: p.did(m, e), Who: p.T("assistance.by", "who", p.name(e.By), "day", e.At), Words: p.entryWords(m, e)})
	}
	if more {
		v.Earlier = p.URL(projectPath(q.ID, "money")) + "?before=" + strconv.FormatInt(list[len(list)-1].N, 10) + "#history"
	}
	return nil
}

// mayRate reports whether the reader puts in exchange rates: the desk.
func mayRate(r *http.Request) access.Decision {
	return ReaderOf(r).May(access.HandleHelp, access.Label{Level: access.Official})
}
