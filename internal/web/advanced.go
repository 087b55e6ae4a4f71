package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/framework"
	"polis/internal/library"
	"polis/internal/search"
)

// AdvancedView is the form for more exact questions. It builds the address of an
// ordinary search, which says the same and can be saved and shared.
type AdvancedView struct {
	Action  string
	Words   []Field
	Choices []Field
	Origin  NamedField
	Years   []Field
	Levels  []Field // to choose by, for those who read more than what is public
}

var advancedPage = newPage("advanced", AdvancedView{
	Action:  "/en/library/advanced",
	Words:   []Field{{Name: "q", Label: "Any of these words", Value: "patrol training"}, {Name: "without", Label: "Without these words"}},
	Choices: []Field{{Name: "lang", Label: "Language", Type: "checkboxes", Options: []Option{{Value: "ru", Text: "Русский"}}}},
	Origin:  NamedField{Field: Field{Name: "from", Label: "Who it comes from"}, Near: []string{"Kyrgyzstan"}, All: "/en/directory/names"},
	Years:   []Field{{Name: "since", Label: "From the year", Width: "short", Error: "Write a year in four digits"}},
	Levels:  []Field{{Name: "level", Label: "Who may read it", Type: "checkboxes", Options: []Option{{Value: "member", Text: "Member"}}}},
})

func (h *House) openAdvanced() {
	h.site.Handle("GET /library/advanced", h.advanced)
}

// advanced shows the form, or where it was sent leads to the search it asks for.
func (h *House) advanced(w http.ResponseWriter, r *http.Request) error {
	f := h.site.Frame(r)
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	form, a := r.URL.Query(), exact{wording: words, wrong: map[string]string{}}
	if form.Get("go") != "" {
		if target := a.read(form); len(a.wrong) == 0 {
			http.Redirect(w, r, f.URL(target), http.StatusSeeOther)
			return nil
		}
	}
	f.Title, f.OwnSearch = f.T("ways.advanced"), true
	f.Crumbs = []Link{{f.T("web.nav.library"), f.URL("/library")}}
	return advancedPage.Show(w, f, a.view(form, ReaderOf(r)))
}

// exact is the form for more exact questions as somebody fills it in.
type exact struct {
	wording
	wrong map[string]string // field → message
}

// read makes of the form the address of a search.
func (a exact) read(form url.Values) string {
	q := library.ReadAsked(form, a.Lang)
	q.Text = fourFields(form)
	a.readYears(form, &q)
	a.readOrigin(form, &q)
	asked := library.Asked(q)
	if asked.Get("q") == "" {
		return withQuery("/library", asked)
	}
	return withQuery("/search", asked)
}

// fourFields joins the four fields of words as the search box has them: a word in
// quotes is required, one behind a minus excluded.
func fourFields(form url.Values) string {
	unquoted := strings.NewReplacer(`"`, " ", "“", " ", "”", " ", "„", " ", "«", " ", "»", " ")
	parts := strings.Fields(form.Get("q"))
	for _, word := range strings.Fields(unquoted.Replace(form.Get("all"))) {
		parts = append(parts, `"`+word+`"`)
	}
	if phrase := strings.Join(strings.Fields(unquoted.Replace(form.Get("phrase"))), " "); phrase != "" {
		parts = append(parts, `"`+phrase+`"`)
	}
	for _, word := range strings.Fields(unquoted.Replace(form.Get("without"))) {
		if word = strings.TrimLeft(word, "-−–"); word != "" {
			parts = append(parts, "-"+word)
		}
	}
	return strings.Join(parts, " ")
}

// mostYears is how many years one search chooses.
const mostYears = 50

// readYears makes a span of years the list of them. One that is open on a side
// ends with the present, or begins as far back as a search reaches.
func (a exact) readYears(form url.Values, q *search.Query) {
	since, to := a.year(form, "since"), a.year(form, "to")
	if since == 0 && to == 0 || a.wrong["since"] != "" || a.wrong["to"] != "" {
		return
	}
	if to == 0 {
		to = time.Now().Year()
	}
	if since == 0 {
		since = to - mostYears + 1
	}
	switch {
	case since > to:
		a.wrong["to"] = a.T("ways.error.years")
		return
	case to-since >= mostYears:
		a.wrong["since"] = a.T("ways.error.span", "n", mostYears)
		return
	}
	q.Filter[search.Year] = nil
	for y := since; y <= to; y++ {
		q.Filter[search.Year] = append(q.Filter[search.Year], strconv.Itoa(y))
	}
}

// year reads a field with a year, 0 where nothing stands there.
func (a exact) year(form url.Values, name string) int {
	text := strings.TrimSpace(form.Get(name))
	if text == "" {
		return 0
	}
	y, err := strconv.Atoi(text)
	if err != nil || y < 1000 || y > 9999 {
		a.wrong[name] = a.T("ways.error.year")
	}
	return y
}

// readOrigin understands who the documents come from.
func (a exact) readOrigin(form url.Values, q *search.Query) {
	text := strings.TrimSpace(form.Get("from"))
	if text == "" {
		return
	}
	found := a.names.Named(text, a.Lang)
	if len(found) == 1 {
		q.Filter[search.Origin] = []string{found[0].ID}
		return
	}
	a.wrong["from"] = a.T("ways.error.origin")
	if near := nearNames(a.names, text, a.Lang); len(near) > 0 {
		a.wrong["from"] = a.T("library.error.origin.which", "name", text, "names", strings.Join(near, "; "))
	}
}

// view shows what was chosen, and what is wrong with it.
func (a exact) view(form url.Values, who Reader) AdvancedView {
	v := AdvancedView{Action: a.URL("/library/advanced")}
	for _, name := range []string{"q", "all", "phrase", "without"} {
		v.Words = append(v.Words, Field{Name: name, Label: a.T("ways.words." + name), Hint: a.T("ways.words." + name + ".hint"), Value: form.Get(name), Type: "search", Auto: "off"})
	}
	v.Choices = []Field{
		a.checks(search.Lang, form, languageOptions("")),
		a.checks(search.Type, form, a.terms(framework.Types())),
		a.checks(search.Theme, form, a.terms(framework.Themes())),
	}
	from := form.Get("from")
	if id := form.Get(string(search.Origin)); from == "" && id != "" {
		from = a.names.Name(id, "", a.Lang)
	}
	v.Origin = NamedField{All: a.URL("/directory/names"), Near: nearNames(a.names, from, a.Lang), Field: Field{
		Name: "from", Label: a.T("library.facet.origin"), Hint: a.T("library.hint.origin"), Value: from, Error: a.wrong["from"],
	}}
	since, to := form.Get("since"), form.Get("to")
	if years := form[string(search.Year)]; len(years) > 0 && since == "" && to == "" {
		since, to = slices.Min(years), slices.Max(years)
	}
	v.Years = []Field{
		{Name: "since", Label: a.T("ways.years.since"), Hint: a.T("ways.years.hint"), Value: since, Width: "short", Auto: "off", Error: a.wrong["since"]},
		{Name: "to", Label: a.T("ways.years.to"), Value: to, Width: "short", Auto: "off", Error: a.wrong["to"]},
	}
	if who.SignedIn() {
		var options []Option
		for _, level := range access.Levels {
			options = append(options, Option{Value: level.String(), Text: a.T("access.level." + level.String())})
		}
		v.Levels = []Field{a.checks(search.Level, form, options)}
	}
	for _, field := range slices.Concat([]Field{v.Origin.Field}, v.Years) {
		if field.Error != "" {
			a.Errors = append(a.Errors, Error{field.Name, field.Error})
			a.Status = http.StatusUnprocessableEntity
		}
	}
	return v
}

func (a exact) terms(terms []framework.Term) (list []Option) {
	for _, t := range terms {
		list = append(list, Option{Value: t.ID, Text: t.Names.In(a.Lang)})
	}
	return list
}

// checks are the choices of a filter, those made before chosen.
func (a exact) checks(name search.Facet, form url.Values, options []Option) Field {
	f := Field{Name: string(name), Label: a.T("library.facet." + string(name)), Type: "checkboxes", Options: options}
	for i, o := range f.Options {
		f.Options[i].Chosen = slices.Contains(form[string(name)], o.Value)
	}
	return f
}
