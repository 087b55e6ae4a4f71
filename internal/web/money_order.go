package web

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/store"
)

// EffectGroup is what changes of a fund, a line, a commitment or the project.
type EffectGroup struct {
	Name string // with the currency
	Rows []EffectLine
}

// EffectLine is a figure, or words, before and after.
type EffectLine struct {
	Name, Was, Is string
	Words         bool
}

// MoneyEffectView shows what a decision changes before it is taken (Framework ¶25).
type MoneyEffectView struct {
	Head         ProjectHead
	Title        string
	Stale        bool // somebody has booked something meanwhile
	Groups       []EffectGroup
	Action, Back string
	Hidden       []Carried // what was typed
	Confirm      string    // "" where it changes nothing
}

var moneyEffectPage = newPage("money-effect", MoneyEffectView{
	Head: sampleProjectHead, Title: "What this decision changes", Stale: true,
	Groups: []EffectGroup{{"Norway · EUR", []EffectLine{{"Left to commit", "200.00", "100.00", false}, {"Conditions", "", "None", true}}}},
	Action: "/en/assistance/projects/1/money/commit", Back: "/en/assistance/projects/1/money", Hidden: []Carried{{"amount", "100"}}, Confirm: "Confirm",
})

var noticeBooked = newNotice("money.done")

// order takes a form: first it shows what it would change, and when that is confirmed
// it is done. The books are opened at once, because there is nothing yet to be changed.
func (h *House) order(w http.ResponseWriter, r *http.Request) error {
	switch {
	case r.PostFormValue("change") != "":
		return h.moneyForm(w, r)
	case r.PostFormValue("sure") == "" && r.PathValue("do") != string(assistance.OpenBooks):
		return h.previewOrder(w, r, false)
	}
	return h.once(h.giveOrder)(w, r)
}

// previewOrder shows the effect, or the form with what is wrong.
func (h *House) previewOrder(w http.ResponseWriter, r *http.Request, stale bool) error {
	o, err := h.ordering(r)
	if err != nil {
		return err
	}
	order := o.read()
	if len(o.wrong) > 0 {
		return o.showForm(w)
	}
	e, err := h.helps().Preview(r.Context(), ReaderOf(r).Subject, o.q.ID, order)
	if err != nil {
		return o.refused(w, err)
	}
	return o.showEffect(w, e, stale || e.Rev != revOf(r))
}

// giveOrder does it. Where somebody was faster the effect is shown again, as it is now.
func (h *House) giveOrder(w http.ResponseWriter, r *http.Request) error {
	o, err := h.ordering(r)
	if err != nil {
		return err
	}
	order := o.read()
	if len(o.wrong) > 0 {
		return o.showForm(w)
	}
	_, err = h.helps().Order(r.Context(), ReaderOf(r).Subject, o.q.ID, revOf(r), order)
	var stale assistance.Stale
	switch {
	case errors.As(err, &stale) && o.move != assistance.OpenBooks:
		return h.previewOrder(w, r, true)
	case err != nil && !errors.Is(err, store.ErrUnchanged):
		return o.refused(w, err)
	}
	return o.Redirect(w, projectPath(o.q.ID, "money"), noticeBooked, 0)
}

// refused shows the form with what is wrong, and how much there is.
func (o *ordering) refused(w http.ResponseWriter, err error) error {
	var wrong assistance.Invalid
	var short assistance.Short
	switch {
	case errors.As(err, &wrong):
		for field, key := range wrong {
			o.wrong[field] = o.T(key)
		}
	case errors.As(err, &short):
		o.wrong[short.Field] = o.T(short.Key, "left", o.sum(short.Left, short.Currency))
	default:
		return helpFault(o.r, access.PlanHelp, o.q.Label, err)
	}
	return o.showForm(w)
}

// read takes the order out of the form. What cannot be read is wrong.
func (o *ordering) read() assistance.Order {
	text := func(name string) string { return o.text(name, "") }
	day := func(name string) string { return plainDate(text(name)) }
	order := assistance.Order{
		Move: o.move, ID: o.of, From: text("fund"), Against: text("line"), Title: text("title"), Currency: text("currency"), Day: day("day"),
		Paper: text("paper"), Words: text("words"),
	}
	amount := func(name string, digits int) int64 {
		n, wrong := o.readAmount(text(name), digits)
		if wrong != "" {
			o.wrong[name] = wrong
		}
		return n
	}
	switch o.move {
	case assistance.PlanLine:
		year, _ := strconv.Atoi(text("year")) // 0 is no year of any project
		order.Line = assistance.BudgetLine{Year: year, Output: text("output"), Category: text("category"), Planned: amount("planned", assistance.Decimals(o.m.Currency))}
	case assistance.PledgeFund:
		order.Paper = ""
		order.Fund = o.readFund(amount)
	case assistance.WorkDays:
		order.Amount = amount("amount", dayDigits)
	case assistance.GrantFund, assistance.ReceiveFund, assistance.CommitMoney, assistance.SpendMoney:
		if order.Currency == "" {
			order.Currency = o.currency(order.From)
		}
		order.Amount = amount("amount", assistance.Decimals(order.Currency))
	}
	return order
}

// currency is that of the fund that the order is about.
func (o *ordering) currency(from string) string {
	if c, ok := o.m.Commitment(o.of); ok {
		from = c.Fund
	} else if o.of != "" {
		from = o.of
	}
	if f, ok := o.m.Fund(from); ok {
		return f.Currency
	}
	return o.m.Currency
}

func (o *ordering) readFund(amount func(name string, digits int) int64) assistance.Fund {
	text := func(name string) string { return o.text(name, "") }
	f, _ := o.m.Fund(o.of)
	currency := f.Currency
	if currency == "" {
		currency = text("currency")
	}
	next := assistance.Fund{
		Kind: assistance.FundKind(text("kind")), Source: o.idOf(text("source")), Currency: currency, Since: plainDate(text("since")), Until: plainDate(text("until")),
		Conditions: text("conditions"), Paper: text("paper"), Consented: plainDate(text("consented")),
	}
	if text("pledged") != "" {
		next.Pledged = amount("pledged", assistance.Decimals(currency))
	}
	if text("days") != "" {
		next.Days = amount("days", dayDigits)
	}
	return next
}

// showEffect shows figures and words before and after, and asks whether she is sure.
func (o *ordering) showEffect(w http.ResponseWriter, e assistance.Effect, stale bool) error {
	v := MoneyEffectView{
		Head: o.projectHead(o.q, "money"), Title: o.T("money.effect"), Stale: stale, Action: o.URL(projectPath(o.q.ID, "money/"+string(o.move))),
		Back: o.URL(projectPath(o.q.ID, "money")), Confirm: o.T("money.effect.confirm"),
	}
	o.Title = o.doTitle(o.move, o.of) + " · " + o.q.Title
	o.Crumbs = append(o.Crumbs, Link{o.partName("money"), v.Back})
	if stale {
		o.Status = http.StatusConflict
	}
	if v.Groups = o.groups(e); !slices.ContainsFunc(v.Groups, EffectGroup.changes) {
		v.Confirm = ""
	}
	for _, name := range slices.Sorted(maps.Keys(o.r.PostForm)) {
		if name != "rev" && name != "sure" && name != "change" && name != onceField {
			v.Hidden = append(v.Hidden, Carried{name, o.r.PostForm.Get(name)})
		}
	}
	v.Hidden = append(v.Hidden, Carried{"rev", strconv.FormatInt(e.Rev, 10)})
	return moneyEffectPage.Show(w, o.Frame, v)
}

func (g EffectGroup) changes() bool {
	return slices.ContainsFunc(g.Rows, func(l EffectLine) bool { return l.Was != l.Is })
}

// groups are what changes, thing by thing. The currency stands with its name, so that
// both figures have room on a telephone.
func (o *ordering) groups(e assistance.Effect) (list []EffectGroup) {
	add := func(name string, line EffectLine) {
		if n := len(list); n == 0 || list[n-1].Name != name {
			list = append(list, EffectGroup{Name: name})
		}
		last := &list[len(list)-1]
		last.Rows = append(last.Rows, line)
	}
	for _, of := range e.Rows {
		name, figure := o.objectName(e.After, of.Line, of.Fund, of.Commitment), o.days
		if of.Currency != "" {
			name += " · " + of.Currency
			figure = func(n int64) string { return o.Amount(n, assistance.Decimals(of.Currency)) }
		}
		add(name, EffectLine{Name: o.T("money.figure." + of.Figure), Was: figure(of.Before), Is: figure(of.After)})
	}
	for _, d := range o.rewritten(e) {
		add(o.T("money.effect.words"), EffectLine{d.Name, d.Typed, d.Stored, true})
	}
	return list
}

// rewritten are the words that change: as they stand, and as they are to be.
func (o *ordering) rewritten(e assistance.Effect) (list []Difference) {
	compare := func(was, is []described) {
		for i := range was {
			if was[i].Text != is[i].Text {
				list = append(list, Difference{was[i].Name, was[i].Text, is[i].Text})
			}
		}
	}
	switch o.move {
	case assistance.PlanLine:
		was, _ := o.m.Line(o.of)
		if is, old := e.After.Line(o.of); old {
			compare(o.lineWords(was), o.lineWords(is))
		}
	case assistance.PledgeFund:
		was, _ := o.m.Fund(o.of)
		if is, old := e.After.Fund(o.of); old {
			compare(o.fundWords(was), o.fundWords(is))
		}
	case assistance.CoverGap:
		compare([]described{{o.T("money.field.gap"), o.m.Gap}}, []described{{o.T("money.field.gap"), e.After.Gap}})
	}
	return list
}

func (p *helping) lineWords(l assistance.BudgetLine) []described {
	category := ""
	if l.Category != "" {
		category = p.T("money.category." + l.Category)
	}
	return []described{{p.T("money.field.output"), l.Output}, {p.T("money.field.category"), category}, {p.T("money.field.year"), strconv.Itoa(l.Year)}}
}

func (p *helping) fundWords(f assistance.Fund) []described {
	return []described{
		{p.T("money.field.source"), p.entry(f.Source).Text},
		{p.T("money.field.since") + " – " + strings.ToLower(p.T("money.field.until")), p.validity(f)},
		{p.T("money.field.conditions"), f.Conditions},
		{p.T("money.field.paper"), f.Paper},
		{p.T("money.field.consented"), p.day(f.Consented)},
	}
}
