package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/search"
	"polis/internal/store"
)

// TwinView shows what differs between two documents.
type TwinView struct {
	Why    string
	Said   string // what somebody has said of them, or ""
	Both   [2]TwinSide
	Facts  []TwinFact
	Langs  []StageLink // the languages in which both have a text
	Counts []string    // how much of the text differs
	Rows   []TwinRow
	Acts   *TwinActs // for those who may decide
	Back   string    // the list, for them
}

// TwinSide is one of the two.
type TwinSide struct {
	Letter           string // "A"
	Title, Lang, URL string
	Tag              *Tag
}

// TwinFact is one field of both.
type TwinFact struct {
	Name       string
	One, Other []MarkedText
	Differs    bool
}

// TwinRow is a passage of one text beside that of the other.
type TwinRow struct {
	Skipped    string // that so many are the same and not shown, or ""
	Same       bool
	One, Other *TwinPassage
}

// TwinPassage is one passage; its number leads to where it stands.
type TwinPassage struct {
	URL, Number, Lang string
	Heading           bool
	Text              []MarkedText
}

// TwinActs are what somebody may say of the two.
type TwinActs struct {
	Action  string
	Apart   bool // told apart already: it can be taken back
	Newer   []TwinNewer
	Unite   string    // address, or ""
	Revs    []TwinRev // as the page shows them
	Keep    Field
	Reason  Field
	Instead string // why they cannot become one, or ""
}

// TwinRev is a field with a revision.
type TwinRev struct {
	Name string
	Rev  int64
}

// TwinNewer is a button that says which is the newer edition.
type TwinNewer struct {
	ID, Text string
	Rev      int64
}

var twinPage = newPage("twin", TwinView{
	Why: "About 94% of the text", Said: "Somebody has said that they are not the same.",
	Both:   [2]TwinSide{{"A", "Guide", "en", "/en/library/1/en", nil}, {"B", "Guide, second edition", "en", "/en/library/2/en", &Tag{Attention, "Members"}}},
	Facts:  []TwinFact{{"Title", []MarkedText{{"Guide", false}}, []MarkedText{{"Guide", false}, {", second edition", true}}, true}, {"Type", []MarkedText{{"Guide", false}}, []MarkedText{{"Guide", false}}, false}},
	Langs:  []StageLink{{"English", "", "/en/twins/1/2?lang=en", true}, {"Русский", "", "/en/twins/1/2?lang=ru", false}},
	Counts: []string{"2 passages differ", "118 are the same"},
	Rows: []TwinRow{
		{Skipped: "12 passages that are the same"},
		{Same: true, One: &TwinPassage{"/en/library/1/en#p12", "13", "en", true, []MarkedText{{"First contact", false}}}, Other: &TwinPassage{"/en/library/2/en#p12", "13", "en", true, []MarkedText{{"First contact", false}}}},
		{One: &TwinPassage{"/en/library/1/en#p13", "14", "en", false, []MarkedText{{"Name ", false}, {"one", true}}}, Other: &TwinPassage{"/en/library/2/en#p13", "14", "en", false, []MarkedText{{"Name ", false}, {"two", true}}}},
		{Other: &TwinPassage{"/en/library/2/en#p14", "15", "en", false, []MarkedText{{"A new one", true}}}},
	},
	Acts: &TwinActs{
		Action: "/en/twins/1/2", Apart: true, Newer: []TwinNewer{{"1", "A is a newer edition of B", 3}}, Unite: "/en/twins/1/2/unite", Revs: []TwinRev{{"rev-1", 3}, {"rev-2", 1}},
		Keep:   Field{Name: "keep", Label: "Which one stays?", Type: "radios", Options: []Option{{Value: "1", Text: "A stays", Chosen: true}}},
		Reason: Field{Name: "reason", Label: "Reason", Value: "Twice", Error: "Write it."}, Instead: "They are for different readers.",
	},
	Back: "/en/library/twins",
})

// pairing are two documents that somebody looks at together.
type pairing struct {
	wording
	h    *House
	r    *http.Request
	twin library.Twin
	both [2]library.Record
	in   lang.Tag            // the language compared
	eds  [2]*library.Edition // the texts in it, nil where they have no language in common
	may  bool                // she may decide
}

// paired reads both documents within her scope. Two of which nobody knows that they
// are alike are compared for those who may change one.
func (h *House) paired(r *http.Request) (*pairing, error) {
	p := &pairing{h: h, r: r}
	pair := library.Pair{One: r.PathValue("a"), Other: r.PathValue("b")}
	if pair.One > pair.Other {
		pair.One, pair.Other = pair.Other, pair.One
	}
	for i, id := range []string{pair.One, pair.Other} {
		var err error
		if p.both[i], err = h.Library.Get(r.Context(), scope(r), id); err != nil {
			return nil, err
		}
		p.may = p.may || ReaderOf(r).May(access.Edit, p.both[i].Label).Allowed
	}
	var err error
	p.twin, err = h.Library.Twin(r.Context(), pair)
	if errors.Is(err, store.ErrNotFound) && p.may && pair.One != pair.Other {
		p.twin, err = library.Twin{Pair: pair}, nil
	}
	return p, err
}

func (h *House) twin(w http.ResponseWriter, r *http.Request) error {
	p, err := h.paired(r)
	if err != nil {
		return err
	}
	return p.show(w, nil)
}

func (p *pairing) show(w http.ResponseWriter, wrong library.Invalid) error {
	f := p.h.site.Frame(p.r)
	var err error
	if p.wording, err = p.h.words(p.r, f); err != nil {
		return err
	}
	p.choose()
	v := TwinView{Why: p.twinWhy(p.twin), Facts: p.facts()}
	if p.twin.Stage != "" && p.twin.Stage != library.TwinOpen {
		v.Said = p.T("twins.said."+string(p.twin.Stage), "letter", p.letter(p.twin.Kept))
	}
	for i, rec := range p.both {
		e := rec.Edition(p.in)
		v.Both[i] = TwinSide{letters[i], e.Title, string(e.Lang), p.URL(library.Path(rec.ID, e.Lang)), p.closedTo(rec.Label)}
	}
	if err := p.text(&v); err != nil {
		return err
	}
	f.Title, f.Crumbs = f.T("twins.pair.title"), []Link{{f.T("web.nav.library"), f.URL("/library")}}
	if p.may {
		f.Crumbs = append(f.Crumbs, Link{f.T("twins.title"), f.URL(twinsPath)})
		v.Acts, v.Back = p.acts(wrong), f.URL(twinsPath)
	}
	return twinPage.Show(w, f, v)
}

// letters name the two: they may have one title.
var letters = [2]string{"A", "B"}

func (p *pairing) letter(id string) string {
	if id == p.both[1].ID {
		return letters[1]
	}
	return letters[0]
}

// choose finds the language in which they are compared: the one asked for, the
// reader's, that of the likeness, or any that both have.
func (p *pairing) choose() {
	asked, _ := lang.Parse(p.r.URL.Query().Get("lang"))
	common := p.common()
	p.in = p.Lang
	for _, t := range append([]lang.Tag{asked, p.Lang, p.twin.Lang}, common...) {
		if slices.Contains(common, t) {
			p.in = t
			for i := range p.both {
				at := slices.IndexFunc(p.both[i].Editions, func(e library.Edition) bool { return e.Lang == t })
				p.eds[i] = &p.both[i].Editions[at]
			}
			return
		}
	}
}

// common are the languages in which both have a text.
func (p *pairing) common() (list []lang.Tag) {
	for _, e := range p.both[0].Editions {
		if slices.ContainsFunc(p.both[1].Editions, func(o library.Edition) bool { return o.Lang == e.Lang }) {
			list = append(list, e.Lang)
		}
	}
	return list
}

// facts are the metadata of both, field by field: first what differs. Of the texts
// those in the language compared are described.
func (p *pairing) facts() (list []TwinFact) {
	var sides [2][]described
	for i, rec := range p.both {
		form, langs := textForm{Lang: p.in}, []string{}
		for j, had := range textsOf(rec) {
			if langs = append(langs, p.value(search.Lang, library.LangPath(had.Lang))); j == 0 && p.eds[i] == nil || had.Lang == p.in {
				form = had
				form.Lang = p.in
			}
		}
		sides[i] = append(p.lines(formOf(rec, nil), []textForm{form}), described{p.T("library.languages"), strings.Join(langs, ", ")})
		sides[i] = append(sides[i], p.origins(i)...)
	}
	for i, one := range sides[0] {
		other := sides[1][i]
		if one.Text == "" && other.Text == "" {
			continue
		}
		fact := TwinFact{Name: one.Name, Differs: one.Text != other.Text}
		if fact.One, fact.Other = library.MarkDifference(one.Text, other.Text, markText); one.Text == "" || other.Text == "" {
			fact.One, fact.Other = p.stated(one.Text), p.stated(other.Text)
		}
		list = append(list, fact)
	}
	slices.SortStableFunc(list, func(a, b TwinFact) int {
		switch {
		case a.Differs == b.Differs:
			return 0
		case a.Differs:
			return -1
		}
		return 1
	})
	return list
}

// stated is a value that only one of the two may have.
func (p *pairing) stated(text string) []MarkedText {
	if text == "" {
		text = p.T("core.not-stated")
	}
	return []MarkedText{{text, false}}
}

// origins say which file the text came in, and how the document came.
func (p *pairing) origins(i int) []described {
	rec := p.both[i]
	e := rec.Edition(p.in)
	if p.eds[i] != nil {
		e = *p.eds[i]
	}
	var file []string
	if v := e.Version; v.File != "" {
		file = append(file, v.File, p.Size(v.Bytes))
		if v.Pages > 0 {
			file = append(file, p.T("library.pages", "n", v.Pages))
		}
		if v.OCR {
			file = append(file, p.T("library.ocr"))
		}
	}
	from, err := p.h.Library.Provenances(p.r.Context(), []string{rec.ID})
	if err != nil {
		from = nil // the page is worth showing without
	}
	return []described{
		{p.T("library.file"), strings.Join(file, ", ")},
		{p.T("twins.fact.mark"), e.Version.Mark},
		{p.T("twins.fact.came"), p.came(rec.Document, e, from)},
	}
}

// text compares the texts, and notes that she reads them.
func (p *pairing) text(v *TwinView) error {
	if p.eds[0] == nil {
		v.Counts = []string{p.T("twins.text.none")}
		return nil
	}
	common := p.common()
	for _, t := range common {
		if len(common) > 1 {
			v.Langs = append(v.Langs, StageLink{p.value(search.Lang, library.LangPath(t)), "", p.With("lang", string(t)), t == p.in})
		}
	}
	for i, e := range p.eds {
		if err := p.h.Library.NoteText(p.r.Context(), ReaderOf(p.r).Subject, p.both[i].Document, e.Version.ID); err != nil {
			return err
		}
	}
	c, err := p.h.Library.Compare(p.r.Context(), scope(p.r), p.eds[0].Version.ID, p.eds[1].Version.ID)
	if err != nil {
		return err
	}
	v.Counts = []string{p.T("twins.text.changed", "n", c.Changed), p.T("twins.text.same", "n", c.Same)}
	if c.More > 0 {
		v.Counts = append(v.Counts, p.T("twins.text.more", "n", c.More))
	}
	if c.Cut {
		v.Counts = append(v.Counts, p.T("twins.text.cut"))
	}
	for _, row := range c.Rows {
		v.Rows = append(v.Rows, p.row(row))
	}
	return nil
}

func (p *pairing) row(c library.ComparedRow) TwinRow {
	if c.Skipped > 0 {
		return TwinRow{Skipped: p.T("twins.text.skipped", "n", c.Skipped)}
	}
	row := TwinRow{Same: c.Same, One: p.passage(0, c.One), Other: p.passage(1, c.Other)}
	switch {
	case c.Same:
	case c.One == nil:
		row.Other.Text[0].Marked = true
	case c.Other == nil:
		row.One.Text[0].Marked = true
	default:
		row.One.Text, row.Other.Text = library.MarkDifference(c.One.Body, c.Other.Body, markText)
	}
	return row
}

func (p *pairing) passage(i int, q *library.Passage) *TwinPassage {
	if q == nil {
		return nil
	}
	return &TwinPassage{
		URL: p.URL(library.PassagePath(p.both[i].ID, p.in, int(q.N), "")), Number: p.Number(q.N + 1), Lang: string(p.in),
		Heading: q.Kind == "heading", Text: []MarkedText{{strings.ReplaceAll(q.Body, "\t", " · "), false}},
	}
}

// acts are what she may say of the two.
func (p *pairing) acts(wrong library.Invalid) *TwinActs {
	path := p.URL(twinPath(p.twin.Pair))
	a := &TwinActs{Action: path, Apart: p.twin.Stage == library.TwinDifferent}
	all := true
	for i, rec := range p.both {
		a.Revs = append(a.Revs, TwinRev{"rev-" + rec.ID, rec.Rev})
		if !ReaderOf(p.r).May(access.Edit, rec.Label).Allowed {
			all = false
			continue
		}
		if p.twin.Stage != library.TwinEdition {
			a.Newer = append(a.Newer, TwinNewer{rec.ID, p.T("twins.act.newer", "one", letters[i], "other", letters[1-i]), rec.Rev})
		}
	}
	switch {
	case !all:
		a.Instead = p.T("twins.unite.rights")
		return a
	case !library.SameReaders(p.both[0].Label, p.both[1].Label):
		a.Instead = p.T("twins.unite.readers")
		return a
	}
	a.Unite = path + "/unite"
	keep := p.r.PostFormValue("keep")
	a.Keep = Field{Name: "keep", Label: p.T("twins.unite.keep"), Type: "radios", Error: p.wrongly(wrong, "keep")}
	for i, rec := range p.both {
		a.Keep.Options = append(a.Keep.Options, Option{
			Value: rec.ID, Text: letters[i] + " · " + rec.Edition(p.in).Title, Chosen: rec.ID == keep, Hint: p.came(rec.Document, rec.Edition(p.in), nil),
		})
	}
	reason := p.r.PostFormValue("reason")
	if keep == "" && len(wrong) == 0 {
		reason = p.T("twins.unite.reason")
	}
	a.Reason = Field{Name: "reason", Label: p.T("personal.withdraw.reason"), Hint: p.T("personal.withdraw.reason.hint"), Value: reason, Error: p.wrongly(wrong, "reason"), Auto: "off"}
	return a
}

// wrongly is what is wrong with a field, which the page then says on top as well.
func (p *pairing) wrongly(wrong library.Invalid, field string) string {
	key := wrong[field]
	if key == "" {
		return ""
	}
	p.Errors, p.Status = append(p.Errors, Error{field, p.T(key)}), http.StatusUnprocessableEntity
	return p.T(key)
}

// twinWhy says in words why two documents may be the same.
func (w wording) twinWhy(t library.Twin) string {
	var list []string
	add := func(is bool, key string, args ...any) {
		if is {
			list = append(list, w.T(key, args...))
		}
	}
	share := w.Percent(float64((t.Likeness+5)/10) / 100)
	add(t.File, "twins.why.file")
	add(t.Likeness == 1000 && !t.File, "twins.why.text")
	add(t.Likeness >= leastShare && t.Likeness < 1000, "twins.why.share", "share", share)
	add(t.Symbol, "twins.why.symbol")
	add(t.Titled, "twins.why.titled")
	return strings.Join(list, " · ")
}

// leastShare is from what likeness on it is worth saying.
const leastShare = 200

// twinRev is a revision that a form has kept.
func twinRev(r *http.Request, name string) int64 {
	rev, _ := strconv.ParseInt(r.PostFormValue(name), 10, 64) // 0 is no revision
	return rev
}
