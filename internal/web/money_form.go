package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/assistance"
)

// MoneyFormView is a form about the money of a project.
type MoneyFormView struct {
	Head         ProjectHead
	Title        string
	Lead         string // what it is about, or ""
	Action, Back string
	Rev          int64
	Hidden       []Carried
	Fields       []Field
	Button       string
	Also         *Link
}

var moneyFormPage = newPage("money-form", MoneyFormView{
	Head: sampleProjectHead, Title: "Record spending", Lead: "Interpreters", Action: "/en/assistance/projects/1/money/spend", Back: "/en/assistance/projects/1/money", Rev: 7,
	Hidden: []Carried{{"of", "1"}}, Fields: []Field{{Name: "amount", Label: "Amount in EUR", Hint: "For example 1,234.50", Error: "This can be read in two ways."}}, Button: "Look at what it changes",
	Also: &Link{"Commit more of it", "/en/assistance/projects/1/money/commit?of=1"},
})

// ordering is an order in somebody's hands: what there is, and what she has written.
type ordering struct {
	*helping
	q     assistance.Project
	m     assistance.Money
	move  assistance.MoneyMove
	of    string                              // of a line, fund or commitment that is there
	text  func(name, otherwise string) string // what was typed, or stands there
	wrong map[string]string                   // field → sentence
}

// ordering reads the address, and what was typed where something was.
func (h *House) ordering(r *http.Request) (*ordering, error) {
	o := &ordering{move: assistance.MoneyMove(r.PathValue("do")), of: r.FormValue("of"), wrong: map[string]string{}}
	if !slices.Contains(assistance.MoneyMoves, o.move) {
		return nil, NotFound()
	}
	var err error
	if o.q, err = h.projectOf(r); err != nil {
		return nil, err
	}
	asked := assistance.Order{Move: o.move}
	if o.of != "" {
		asked.Amount = -1 // at least what is there can be taken back
	}
	if err := asked.Allowed(ReaderOf(r).Subject, o.q); err != nil {
		return nil, helpFault(r, access.PlanHelp, o.q.Label, err)
	}
	if o.m, err = h.helps().Money(r.Context(), o.q.ID); err != nil {
		return nil, err
	}
	if o.helping, err = h.helping(r, h.site.Frame(r)); err != nil {
		return nil, err
	}
	o.text = func(name, otherwise string) string {
		if _, typed := r.PostForm[name]; typed {
			return strings.TrimSpace(strings.ReplaceAll(r.PostForm.Get(name), "\r\n", "\n"))
		}
		return otherwise
	}
	if (o.m.Currency == "") != (o.move == assistance.OpenBooks) || !o.there() {
		return nil, NotFound()
	}
	return o, nil
}

// there reports whether what the order is about is there, or need not be.
func (o *ordering) there() bool {
	switch o.move {
	case assistance.PlanLine:
		_, ok := o.m.Line(o.of)
		return ok || o.of == ""
	case assistance.CommitMoney:
		_, ok := o.m.Commitment(o.of)
		return ok || o.of == "" && len(o.m.Funds) > 0 && len(o.m.Lines) > 0
	case assistance.SpendMoney:
		_, ok := o.m.Commitment(o.of)
		return ok
	case assistance.OpenBooks, assistance.CoverGap:
		return o.of == ""
	}
	_, ok := o.m.Fund(o.of)
	return ok || o.of == "" && o.move == assistance.PledgeFund
}

func (h *House) moneyForm(w http.ResponseWriter, r *http.Request) error {
	o, err := h.ordering(r)
	if err != nil {
		return err
	}
	return o.showForm(w)
}

func (o *ordering) showForm(w http.ResponseWriter) error {
	v := MoneyFormView{
		Head: o.projectHead(o.q, "money"), Title: o.doTitle(o.move, o.of), Action: o.URL(projectPath(o.q.ID, "money/"+string(o.move))),
		Back: o.URL(projectPath(o.q.ID, "money")), Rev: o.m.Rev, Fields: o.fields(), Button: o.T("money.look"),
	}
	o.Title = v.Title + " · " + o.q.Title
	o.Crumbs = append(o.Crumbs, Link{o.partName("money"), v.Back})
	if o.of != "" {
		v.Hidden = append(v.Hidden, Carried{"of", o.of})
		if o.move != assistance.PlanLine && o.move != assistance.PledgeFund {
			v.Lead = o.about()
		}
	}
	if o.move == assistance.OpenBooks {
		v.Button = o.T("money.do.open")
	}
	if o.move == assistance.SpendMoney {
		v.Also = &Link{o.T("money.take.back"), o.URL(projectPath(o.q.ID, "money/commit?of="+o.of))}
	}
	shown := map[string]bool{}
	for i, f := range v.Fields {
		shown[f.Name] = true
		if says := o.wrong[f.Name]; says != "" {
			v.Fields[i].Error = says
			o.Errors, o.Status = append(o.Errors, Error{f.Name, says}), http.StatusUnprocessableEntity
		}
	}
	for field, says := range o.wrong {
		if !shown[field] {
			o.Errors, o.Status = append(o.Errors, Error{"", says}), http.StatusUnprocessableEntity
		}
	}
	return moneyFormPage.Show(w, o.Frame, v)
}

// about names what the order is about.
func (o *ordering) about() string {
	if c, ok := o.m.Commitment(o.of); ok {
		f, _ := o.m.Fund(c.Fund)
		return o.objectName(o.m, "", "", c.ID) + " · " + o.fundName(f)
	}
	return o.objectName(o.m, o.of, o.of, o.of)
}

// field is one of the form; key is that of its label.
func (o *ordering) field(name, key, hint, otherwise string) Field {
	f := Field{Name: name, Label: o.T("money.field." + key), Value: o.text(name, otherwise), Auto: "off"}
	if hint != "" {
		f.Hint = o.T("money.hint." + hint)
	}
	return f
}

// short is a field for an amount, a year or a day.
func (o *ordering) short(name, label, hint, otherwise string) Field {
	return Field{Name: name, Label: label, Hint: hint, Value: o.text(name, otherwise), Auto: "off", Width: "short"}
}

// dayField is the field for the day of something, today unless she says otherwise.
func (o *ordering) dayField() Field {
	return o.short("day", o.T("money.field.day"), o.T("money.hint.amount", "example", "26.7.2026"), time.Now().UTC().Format(time.DateOnly))
}

func (o *ordering) choice(name, key, chosen string, options []Option) Field {
	f := o.field(name, key, "", chosen)
	f.Type, f.Width, f.Options = "select", "medium", options
	for i := range f.Options {
		f.Options[i].Chosen = f.Options[i].Value == f.Value
	}
	return f
}

// fields are those of the form.
func (o *ordering) fields() []Field {
	note := o.field("words", "note", "", "")
	note.Type, note.Rows = "textarea", 2
	proof := o.field("paper", "proof", "proof", "")
	switch o.move {
	case assistance.OpenBooks:
		books := o.choice("currency", "currency", "EUR", currencyOptions())
		books.Hint, books.Width = o.T("money.hint.currency"), "short"
		return []Field{books}
	case assistance.CoverGap:
		gap := o.field("words", "gap", "gap", o.m.Gap)
		gap.Type, gap.Rows = "textarea", 3
		return []Field{gap}
	case assistance.PlanLine:
		return o.planFields()
	case assistance.PledgeFund:
		return o.pledgeFields()
	case assistance.GrantFund:
		f, _ := o.m.Fund(o.of)
		digits := assistance.Decimals(f.Currency)
		hint := o.T("money.hint.granted", "pledged", o.amount(f.Pledged, f.Currency), "committed", o.amount(f.Committed, f.Currency))
		return []Field{o.short("amount", o.T("money.field.granted", "currency", f.Currency), hint, o.Amount(f.Pledged, digits)), note}
	case assistance.ReceiveFund:
		f, _ := o.m.Fund(o.of)
		return []Field{o.amountField(f.Currency, ""), o.dayField(), proof, note}
	case assistance.WorkDays:
		return []Field{o.short("amount", o.T("money.field.worked"), o.T("money.hint.back", "example", o.Amount(250, dayDigits)), ""), o.dayField(), note}
	case assistance.CommitMoney:
		return o.commitFields(proof, note)
	}
	c, _ := o.m.Commitment(o.of)
	f, _ := o.m.Fund(c.Fund)
	return []Field{o.amountField(f.Currency, o.T("money.hint.open", "amount", o.amount(c.Open(), f.Currency))), o.dayField(), proof, note}
}

// amountField is the field for an amount that is added, or taken back.
func (o *ordering) amountField(currency, more string) Field {
	hint := o.T("money.hint.back", "example", o.example(assistance.Decimals(currency)))
	if more != "" {
		hint = more + ". " + hint
	}
	return o.short("amount", o.T("money.field.amount", "currency", currency), hint, "")
}

func currencyOptions() (options []Option) {
	for _, code := range assistance.Currencies() {
		options = append(options, Option{Value: code, Text: code})
	}
	return options
}

func (o *ordering) planFields() []Field {
	l, old := o.m.Line(o.of)
	planned, year := "", strconv.Itoa(time.Now().Year())
	digits := assistance.Decimals(o.m.Currency)
	if old {
		planned, year = o.Amount(l.Planned, digits), strconv.Itoa(l.Year)
	}
	var kinds []Option
	for _, c := range assistance.BudgetCategories {
		kinds = append(kinds, Option{Value: c, Text: o.T("money.category." + c)})
	}
	fields := []Field{
		o.field("output", "output", "output", l.Output), o.choice("category", "category", l.Category, kinds), o.short("year", o.T("money.field.year"), "", year),
		o.short("planned", o.T("money.field.planned", "currency", o.m.Currency), o.T("money.hint.amount", "example", o.example(digits)), planned),
	}
	return o.withWhy(fields, old)
}

// withWhy asks for a reason where something is changed.
func (o *ordering) withWhy(fields []Field, old bool) []Field {
	if !old {
		return fields
	}
	why := o.field("words", "why", "", "")
	why.Type, why.Rows = "textarea", 2
	return append(fields, why)
}

func (o *ordering) pledgeFields() []Field {
	f, old := o.m.Fund(o.of)
	currency, pledged, days, until := o.m.Currency, "", "", f.Until
	if old {
		currency, pledged = f.Currency, o.Amount(f.Pledged, assistance.Decimals(f.Currency))
	}
	if f.Days > 0 {
		days = o.Amount(f.Days, dayDigits)
	}
	if f.Endless() {
		until = ""
	}
	var fields []Field
	if !old {
		var kinds []Option
		for _, k := range assistance.FundKinds {
			kinds = append(kinds, Option{Value: string(k), Text: o.T("money.kind." + string(k))})
		}
		fields = append(fields, o.choice("kind", "kind", "", kinds))
	}
	source := ""
	if old {
		source = o.entry(f.Source).Text
	}
	since := f.Since
	if !old {
		since = o.q.Starts
	}
	fields = append(fields, o.field("source", "source", "", source))
	if !old {
		fields = append(fields, o.choice("currency", "currency.fund", currency, currencyOptions()))
	}
	conditions := o.field("conditions", "conditions", "conditions", f.Conditions)
	conditions.Type, conditions.Rows = "textarea", 3
	return o.withWhy(append(fields,
		o.short("pledged", o.T("money.field.pledged"), o.T("money.hint.pledged", "example", o.example(assistance.Decimals(currency))), pledged),
		o.short("days", o.T("money.field.days"), o.T("money.hint.days", "example", o.Amount(1250, dayDigits)), days),
		o.short("since", o.T("money.field.since"), o.T("money.hint.amount", "example", "26.7.2026"), since), o.short("until", o.T("money.field.until"), o.T("money.hint.until"), until),
		o.field("paper", "paper", "paper", f.Paper), o.short("consented", o.T("money.field.consented"), "", f.Consented), conditions,
	), old)
}

func (o *ordering) commitFields(proof, note Field) []Field {
	if c, old := o.m.Commitment(o.of); old {
		f, _ := o.m.Fund(c.Fund)
		return []Field{o.amountField(f.Currency, o.T("money.hint.open", "amount", o.amount(c.Open(), f.Currency))), o.dayField(), note}
	}
	var funds, lines, currencies []Option
	for _, f := range o.m.Funds {
		funds = append(funds, Option{Value: f.ID, Text: o.fundName(f) + " · " + o.amount(f.Left(), f.Currency)})
		if !slices.ContainsFunc(currencies, func(c Option) bool { return c.Value == f.Currency }) {
			currencies = append(currencies, Option{Value: f.Currency, Text: f.Currency})
		}
	}
	for _, l := range o.m.Lines {
		lines = append(lines, Option{Value: l.ID, Text: o.lineName(l) + " · " + o.amount(l.Left(), o.m.Currency)})
	}
	fund, line := o.choice("fund", "fund", "", funds), o.choice("line", "line", "", lines)
	fund.Width, line.Width = "", ""
	fields := []Field{o.field("title", "title", "title", ""), fund, line}
	amount := o.short("amount", o.T("money.field.amount", "currency", currencies[0].Value), o.T("money.hint.amount", "example", o.example(assistance.Decimals(currencies[0].Value))), "")
	if len(currencies) > 1 {
		amount.Label = o.T("money.field.amount.any")
		fields = append(fields, amount, o.choice("currency", "currency.fund", o.m.Currency, currencies))
	} else {
		fields = append(fields, amount)
	}
	return append(fields, o.dayField(), proof, note)
}
