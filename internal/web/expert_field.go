package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"polis/internal/community/roster"
	"polis/internal/framework"
	"polis/internal/lang"
)

// formLines is how many lines a form of a profile has at most, and formSpare how many
// empty ones stand behind those that are written.
const (
	formLines = 60
	formSpare = 3
)

// langTag reads one of the six languages.
func langTag(s string) (lang.Tag, bool) { return lang.Parse(s) }

// ticked are the fields that are lists of few values to be ticked.
var ticked = map[roster.Field][]string{
	roster.Assignment: roster.Assignments, roster.Service: roster.Services, roster.Rank: roster.RankGroups, roster.Gender: roster.Genders,
}

// showField shows the form of a field.
func (h *House) showField(w http.ResponseWriter, r *http.Request, form fieldForm) error {
	f := h.site.Frame(r)
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	f.Private, f.Title = true, f.T("expert.field."+string(form.field))
	f.Crumbs = []Link{{f.T("account.title"), f.URL("/account")}, {f.T("expert.own.title"), f.URL("/account/profile")}}
	v := ProfileFieldView{
		Says: f.T("expert.says." + string(form.field)), Action: f.URL("/account/profile/field/" + string(form.field)), Rev: form.part.Rev,
		Width: p.widthField("width", f.T("expert.width.label"), form.part.Width, false),
		Lang:  Field{Name: "lang", Label: f.T("expert.field.lang"), Hint: f.T("expert.field.lang.hint"), Type: "select", Width: "medium", Options: languageOptions(form.lang)},
	}
	v.Width.Hint = f.T("expert.width.hint")
	v.Rows = p.fieldRows(form)
	if key := form.wrong[string(form.field)]; key != "" {
		p.faultAtRows(&v, f.T(key))
	}
	if form.stored != nil {
		f.Status, v.Stale = http.StatusConflict, true
		typed, stored := p.fieldWords(form.field, form.part), p.fieldWords(form.field, *form.stored)
		if typed != stored {
			v.Differences = []Difference{{f.Title, typed, stored}}
		}
		if form.part.Width != form.stored.Width {
			v.Differences = append(v.Differences, Difference{f.T("expert.width.label"), f.T("expert.width." + form.part.Width.String()), f.T("expert.width." + form.stored.Width.String())})
		}
	}
	return profileFieldPage.Show(w, f, v)
}

// faultAtRows says what is wrong above the form and at its first control.
func (p *helping) faultAtRows(v *ProfileFieldView, text string) {
	p.Status = http.StatusUnprocessableEntity
	at := ""
	if len(v.Rows) > 0 && len(v.Rows[0].Fields) > 0 {
		v.Rows[0].Fields[0].Error, at = text, v.Rows[0].Fields[0].Name
	}
	p.Errors = append(p.Errors, Error{at, text})
}

// fieldWords are a field in words, for the difference.
func (p *helping) fieldWords(field roster.Field, part roster.Part) string {
	var lines []string
	for _, l := range part.Lines {
		if l == (roster.Line{}) {
			continue
		}
		text, words := p.lineText(field, l)
		lines = append(lines, strings.Trim(text+": "+words, ": "))
	}
	return strings.Join(lines, "\n")
}

// fieldRows are the lines of the form: those that are written, and some empty ones.
func (p *helping) fieldRows(form fieldForm) (rows []ProfileRow) {
	field := form.field
	if values, ok := ticked[field]; ok {
		return []ProfileRow{{Fields: []Field{p.tickField(field, values, form.part.Lines)}}}
	}
	lines := slices.DeleteFunc(slices.Clone(form.part.Lines), func(l roster.Line) bool { return l == roster.Line{} })
	switch field {
	case roster.Contact, roster.Record:
		return nil
	case roster.About:
		words := ""
		if len(lines) > 0 {
			words = lines[0].Words
		}
		return []ProfileRow{{Fields: []Field{{Name: "words-1", Label: p.T("expert.field.about"), Type: "textarea", Rows: 8, Value: words}}}}
	}
	for range formSpare {
		if len(lines) < formLines {
			lines = append(lines, roster.Line{})
		}
	}
	for i, l := range lines {
		rows = append(rows, ProfileRow{p.T("expert.line", "n", i+1), p.rowFields(field, strconv.Itoa(i+1), l)})
	}
	return rows
}

// tickField is a field of few values: one of them, or as many as fit.
func (p *helping) tickField(field roster.Field, values []string, lines []roster.Line) Field {
	f := Field{Name: "value", Label: p.T("expert.field." + string(field)), Type: "checkboxes"}
	if field == roster.Rank || field == roster.Gender {
		f.Type = "radios"
	}
	for _, v := range values {
		chosen := slices.ContainsFunc(lines, func(l roster.Line) bool { return l.Value == v })
		f.Options = append(f.Options, Option{Value: v, Text: p.T("expert." + string(field) + "." + v), Chosen: chosen})
	}
	if f.Type == "radios" {
		f.Options = append(f.Options, Option{Value: "", Text: p.T("expert.open"), Chosen: len(lines) == 0})
	}
	return f
}

// rowFields are the controls of a line.
func (p *helping) rowFields(field roster.Field, n string, l roster.Line) []Field {
	level := ""
	if l.Level > 0 {
		level = strconv.FormatInt(l.Level, 10)
	}
	words := Field{Name: "words-" + n, Label: p.T("expert.words." + string(field)), Value: l.Words, Type: "textarea", Rows: 2}
	since, until := Field{Name: "since-" + n, Label: p.T("expert.since"), Value: l.Since, Width: "short"}, Field{Name: "until-" + n, Label: p.T("expert.until"), Value: l.Until, Width: "short"}
	state := Field{Name: "value-" + n, Label: p.T("expert.state"), Type: "select", Options: p.stateOptions(l.Value)}
	state.Options[0].Text = "–"
	switch field {
	case roster.Theme:
		return []Field{
			{Name: "value-" + n, Label: p.T("expert.theme"), Type: "select", Options: p.allThemes(l.Value)},
			{Name: "level-" + n, Label: p.T("expert.level"), Type: "select", Options: p.levelOptions(l.Level, "–")},
			words,
		}
	case roster.Language:
		return []Field{
			{Name: "value-" + n, Label: p.T("expert.tongue"), Type: "select", Options: p.tongueOptions(l.Value, "–")},
			{Name: "level-" + n, Label: p.T("expert.level"), Type: "select", Options: p.cefrOptions(l.Level, "–")},
		}
	case roster.Free:
		since.Type, until.Type, since.Width, until.Width = "date", "date", "medium", "medium"
		return []Field{
			{Name: "value-" + n, Label: p.T("expert.free"), Type: "select", Options: p.valueOptions(roster.Free, roster.Times, l.Value, "–")},
			since, until,
			{Name: "level-" + n, Label: p.T("expert.free.days"), Type: "number", Width: "short", Value: level},
			words,
		}
	case roster.Publication:
		return []Field{{Name: "value-" + n, Label: p.T("expert.document"), Value: l.Value, Auto: "off"}, words, since}
	case roster.Training:
		return []Field{words, since, until}
	case roster.National:
		return []Field{state}
	case roster.Exclusion:
		until.Type, until.Width = "date", "medium"
		return []Field{state, words, until}
	}
	return []Field{state, since, until, words}
}

// allThemes are all themes and what belongs to each, in one list.
func (p *helping) allThemes(chosen string) []Option {
	list := []Option{{Text: "–"}}
	for _, theme := range framework.Themes() {
		list = append(list, Option{Value: theme.ID, Text: theme.Names.In(p.Lang), Chosen: theme.ID == chosen})
		for _, t := range theme.Narrower {
			list = append(list, Option{Value: t.ID, Text: theme.Names.In(p.Lang) + ": " + t.Names.In(p.Lang), Chosen: t.ID == chosen})
		}
	}
	return list
}
