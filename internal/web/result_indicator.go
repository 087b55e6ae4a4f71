package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"polis/internal/assistance"
	"polis/internal/lang"
	"polis/internal/store"
)

// indicatorPart are the indicators, and what is measured on them.
func indicatorPart() projectPart {
	return projectPart{
		name: "indicators", tab: "results", folds: true, fields: indicatorFields, save: saveIndicator, beside: besideIndicator, move: moveIndicator, find: findIndicator,
		blank: func(p *helping, q assistance.Project) (url.Values, error) {
			id := p.r.URL.Query().Get("result")
			f, err := p.h.helps().Framework(p.r.Context(), q.ID)
			if _, ok := f.Result(id); err == nil && !ok {
				err = store.ErrNotFound
			}
			return url.Values{"result": {id}, "unit": {string(assistance.InNumber)}, "target_day": {q.Ends}}, err
		},
		title: func(p *helping, x partForm) string {
			if x.id == "" {
				return p.T("result.add.indicator")
			}
			return p.T("result.indicator")
		},
	}
}

func findIndicator(p *helping, q assistance.Project, id string) (partForm, error) {
	f, err := p.h.helps().Framework(p.r.Context(), q.ID)
	if err != nil {
		return partForm{}, err
	}
	i, r, ok := f.Indicator(id)
	if !ok {
		return partForm{}, store.ErrNotFound
	}
	in := url.Values{
		"result": {r.ID}, "text": {i.Text}, "unit": {string(i.Unit)}, "baseline": {p.typed(i.Unit, i.Baseline)}, "baseline_day": {i.BaselineDay},
		"target": {p.typed(i.Unit, i.Target)}, "target_day": {i.TargetDay}, "split": i.Split, "means": {i.Means},
	}
	return partForm{q: q, id: id, rev: i.Rev, fixed: i.Retired != "" || r.Retired != "", in: in}, nil
}

func indicatorFields(p *helping, x partForm) ([]Field, error) {
	unit := p.choiceField("result", "unit", x.in, []string{"number", "percent", "yes-no", "words"})
	unit.Options = unit.Options[1:]
	split := p.hinted("result", Field{Name: "split", Type: "checkboxes"})
	for _, s := range assistance.Splits {
		split.Options = append(split.Options, Option{Value: s, Text: p.T("result.split." + s), Chosen: slices.Contains(x.in["split"], s)})
	}
	value := func(name string) Field {
		return p.hinted("result", Field{Name: name, Value: x.in.Get(name), Width: "medium", Auto: "off"})
	}
	return []Field{
		p.area("result", "text", x.in, 2).named(p.T("result.field.indicator"), p.T("result.hint.indicator")), unit,
		value("baseline"), p.dayField("result", "baseline_day", x.in), value("target"), p.dayField("result", "target_day", x.in),
		split, p.area("result", "means", x.in, 2),
	}, nil
}

// named is the field by another label and hint.
func (f Field) named(label, hint string) Field {
	f.Label, f.Hint = label, hint
	return f
}

// typed is a value as it is typed into a form.
func (p *helping) typed(u assistance.Unit, v assistance.Value) string {
	if u == assistance.InYesNo || !v.Known {
		return p.measure(u, v)
	}
	text := strings.TrimRight(strings.TrimRight(strconv.FormatFloat(float64(v.Figure)/100, 'f', 2, 64), "0"), ".")
	if strings.Contains(p.Decimal(1.5, 1), ",") {
		text = strings.Replace(text, ".", ",", 1)
	}
	return text
}

// readValue understands what was typed in a unit. What is no figure stays words, which
// the room then refuses with its sentence.
func readValue(u assistance.Unit, typed string) assistance.Value {
	typed = strings.TrimSpace(typed)
	switch u {
	case assistance.InWords:
		return assistance.Value{Words: typed}
	case assistance.InYesNo:
		for _, l := range lang.All {
			for key, figure := range map[string]int64{"result.yes": 100, "result.no": 0} {
				if strings.EqualFold(typed, lang.For(l).T(key)) {
					return assistance.Value{Known: true, Figure: figure}
				}
			}
		}
		return assistance.Value{Words: typed}
	}
	if n, ok := readFigure(strings.TrimSuffix(typed, "%")); ok {
		return assistance.Value{Known: true, Figure: n}
	}
	return assistance.Value{Words: typed}
}

// readFigure reads a number in hundredths as it is written in any of the languages. A
// point or comma before three digits parts thousands: no figure has three decimals.
func readFigure(s string) (int64, bool) {
	s = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "'", "", "’", "").Replace(s)
	whole, decimals := s, ""
	if i := strings.LastIndexAny(s, ".,"); i >= 0 && len(s)-i-1 < 3 {
		whole, decimals = s[:i], s[i+1:]
	}
	whole = strings.NewReplacer(".", "", ",", "").Replace(whole)
	n, err := strconv.ParseInt(whole+(decimals + "00")[:2], 10, 64)
	return n, err == nil && whole != "" && len(whole) <= 12 && !strings.ContainsAny(s, "+-")
}

func saveIndicator(p *helping, x partForm) error {
	ctx, who, in := p.r.Context(), p.Reader.Subject, x.in
	unit := assistance.Unit(in.Get("unit"))
	d := assistance.IndicatorDraft{
		Text: plain(in, "text"), Unit: unit, Baseline: readValue(unit, in.Get("baseline")), BaselineDay: plainDate(plain(in, "baseline_day")),
		Target: readValue(unit, in.Get("target")), TargetDay: plainDate(plain(in, "target_day")), Split: in["split"], Means: plain(in, "means"),
	}
	if x.id == "" {
		_, err := p.h.helps().AddIndicator(ctx, who, x.q.ID, in.Get("result"), d)
		return err
	}
	return p.h.helps().ChangeIndicator(ctx, who, x.q.ID, x.id, x.rev, d)
}

// besideIndicator are what was measured, and the forms beside that of the indicator.
func besideIndicator(p *helping, x partForm, v *PartView) error {
	f, err := p.h.helps().Framework(p.r.Context(), x.q.ID)
	if err != nil {
		return err
	}
	i, r, _ := f.Indicator(x.id)
	v.Says = append(v.Says, p.resultName(f, r)+": "+r.Text)
	if i.Retired != "" {
		v.Says = append(v.Says, p.T("result.retired.why", "words", i.Retired))
	}
	if err := p.measured(i, v); err != nil {
		return err
	}
	if !x.q.Writes(p.Reader.Subject) {
		return nil
	}
	if x.q.Stage.Measurable() && !x.fixed {
		v.Forms = append(v.Forms, p.measureForm(x, i))
	}
	switch {
	case !p.writes(x.q):
	case i.Retired != "":
		v.Forms = append(v.Forms, p.partMove(x, "indicators", "result", "restore"))
	case len(i.Actuals) > 0:
		v.Forms = append(v.Forms, p.partMove(x, "indicators", "result", "retire", p.words("result", "retire")))
	default:
		v.Forms = append(v.Forms, p.partMove(x, "indicators", "result", "remove"))
	}
	return nil
}

// measured lists what was measured, the latest first, with what was corrected.
func (p *helping) measured(i assistance.Indicator, v *PartView) error {
	list := append(slices.Clone(i.Former), i.Actuals...)
	slices.SortStableFunc(list, func(a, b assistance.Actual) int { return strings.Compare(b.Day, a.Day) })
	var people []string
	for _, a := range list {
		people = append(people, a.By)
	}
	if err := p.meet(people); err != nil {
		return err
	}
	for _, a := range list {
		step := HelpStep{What: p.dated(p.measure(i.Unit, a.Value), a.Day), Who: p.T("assistance.by", "who", p.name(a.By), "day", a.At), Words: a.Evidence}
		if slices.ContainsFunc(i.Former, func(f assistance.Actual) bool { return f.N == a.N }) {
			step.What += " · " + p.T("result.corrected")
		}
		step.Words = strings.Join(append(plainLines(step.Words), p.parts(a)...), "\n")
		if a.Document != "" {
			step.Words = strings.TrimSpace(step.Words + "\n" + p.T("result.field.document") + ": " + p.URL("/library/"+url.PathEscape(a.Document)))
		}
		v.History = append(v.History, step)
	}
	if len(list) > 0 {
		v.Below = p.T("result.measured")
	}
	return nil
}

// measureForm is the form by which something measured is entered.
func (p *helping) measureForm(x partForm, i assistance.Indicator) PersonForm {
	const move = "measure"
	fields := []Field{
		p.hinted("result", Field{Name: "day", Type: "date", Width: "medium", Value: p.now.UTC().Format(time.DateOnly)}),
		p.hinted("result", Field{Name: "value", Width: "medium", Auto: "off"}),
	}
	fields[1].Hint = p.T("result.hint.value." + string(i.Unit))
	for _, split := range i.Split {
		if split != "sex" {
			fields = append(fields, p.hinted("result", Field{Name: split, Type: "textarea", Rows: 3}))
			continue
		}
		for n, sex := range assistance.SexParts {
			f := Field{Name: sex, Label: p.T("result.part." + sex), Width: "short", Auto: "off"}
			if n == 0 {
				f.Name = "sex"
				f.Hint = p.T("result.hint.sex")
			}
			fields = append(fields, f)
		}
	}
	fields = append(fields, p.hinted("result", Field{Name: "evidence", Type: "textarea", Rows: 3}), p.hinted("result", Field{Name: "document", Auto: "off"}))
	form := p.partMove(x, "indicators", "result", move, fields...)
	p.sayAll(x, i, &form)
	form.Open = form.Open || p.Status == 0 || p.Status == 200
	return form
}

// sayAll says by how much parts do not add up.
func (p *helping) sayAll(x partForm, i assistance.Indicator, form *PersonForm) {
	if x.m.move != "measure" {
		return
	}
	got := p.readActual(i)
	for n, f := range form.Fields {
		split := strings.TrimSuffix(f.Name, "-measure")
		if x.m.wrong[split] != "result.error.sum" {
			continue
		}
		sum, _ := got.Sum(split)
		text := p.T("result.error.sum.is", "sum", p.measure(assistance.InNumber, assistance.Value{Known: true, Figure: sum}), "value", p.measure(assistance.InNumber, got.Value))
		form.Fields[n].Error = text
		for k := range p.Errors {
			if p.Errors[k].Field == f.Name {
				p.Errors[k].Text = text
			}
		}
	}
}

// readActual reads what was measured from the form. A part is a line with its figure at
// the end: "Border police: 12".
func (p *helping) readActual(i assistance.Indicator) assistance.Actual {
	value := func(name string) string { return strings.TrimSpace(p.r.PostFormValue(name + "-measure")) }
	a := assistance.Actual{Day: plainDate(value("day")), Value: readValue(i.Unit, value("value")), Evidence: strings.ReplaceAll(value("evidence"), "\r\n", "\n"), Document: value("document")}
	for n, sex := range assistance.SexParts {
		name := sex
		if n == 0 {
			name = "sex"
		}
		if text := value(name); text != "" {
			a.Parts = append(a.Parts, p.readPart("sex", sex, text))
		}
	}
	for _, split := range []string{"service", "state"} {
		for _, line := range plainLines(value(split)) {
			at := strings.LastIndexAny(line, ":\t")
			name, figure := line, ""
			if at >= 0 {
				name, figure = strings.TrimSpace(line[:at]), line[at+1:]
			}
			if split == "state" {
				name = p.idOf(name)
			}
			a.Parts = append(a.Parts, p.readPart(split, name, figure))
		}
	}
	return a
}

func (p *helping) readPart(split, name, figure string) assistance.Part {
	n, ok := readFigure(strings.TrimSpace(figure))
	if !ok {
		n = -1 // which is no figure of a part
	}
	return assistance.Part{Split: split, Name: name, Figure: n}
}

func moveIndicator(p *helping, x partForm, move string) error {
	ctx, who, a := p.r.Context(), p.Reader.Subject, p.h.helps()
	switch move {
	case "measure":
		f, err := a.Framework(ctx, x.q.ID)
		if err != nil {
			return err
		}
		i, _, _ := f.Indicator(x.id)
		got := p.readActual(i)
		if got.Document != "" {
			id, err := p.h.document(ctx, scope(p.r), got.Document)
			if err != nil {
				return err
			}
			if id != "" { // else the room says that there is none
				got.Document = id
			}
		}
		return a.Enter(ctx, who, x.q.ID, x.id, x.rev, got)
	case "remove":
		return a.RemoveIndicator(ctx, who, x.q.ID, x.id, x.rev)
	case "retire":
		words := strings.TrimSpace(p.r.PostFormValue("words-retire"))
		if words == "" {
			return assistance.Invalid{"words": "result.error.words.retire"}
		}
		return a.RetireIndicator(ctx, who, x.q.ID, x.id, x.rev, words)
	case "restore":
		return a.RetireIndicator(ctx, who, x.q.ID, x.id, x.rev, "")
	}
	return NotFound()
}
