package web

import (
	"net/http"
	"slices"

	"polis/internal/framework"
	"polis/internal/search"
)

// FrameworkItemView is one paragraph or dash item: its words, what consent it
// wants, and the work that points at it.
type FrameworkItemView struct {
	Official  OfficialView
	Mark      string
	Text      []RunView
	Notes     []NoteView
	Consent   string   // how the item itself speaks of consent
	Gate      []string // what must be on record before approval
	By        []Link   // the items that say so
	Dashes    []FrameworkRow
	Themes    []Link
	Documents DocumentsView
	Previous  *Link
	Next      *Link
	Address   string // of the item in the whole text
}

var frameworkItemPage = newPage("framework-item", FrameworkItemView{
	Official: officialSample, Mark: "14.", Notes: noteSample,
	Text:    []RunView{{Text: "A stand-in with a note"}, {Text: "1", Note: "note-1", Anchor: "mark-1", Label: "Footnote 1"}},
	Consent: "The State must have asked for it.", Gate: []string{"Request of the State", "Agreement of the State"},
	By: []Link{{"13 Host countries", "/en/framework/1049/13"}}, Dashes: frameworkSample[4:],
	Themes: []Link{{"Police development and reform", "/en/themes/police-reform"}},
	Documents: DocumentsView{
		Items: []DocumentItem{{"A guide", "/en/library/1/en", "en", &Tag{Attention, "Closed"}, []string{"Guide"}, []VersionLink{{"English", "en", "/en/library/1/en", false, ""}}}},
		All:   "/en/library?item=1049%2F14", AllText: "All 9 documents", Empty: "No document points at this item yet.",
	},
	Previous: &Link{"13 Host countries", "/en/framework/1049/13"}, Next: &Link{"14.1 Community policing", "/en/framework/1049/14.1"},
	Address: "/en/framework#14",
})

func (h *House) frameworkItem(w http.ResponseWriter, r *http.Request) error {
	p, err := h.openEdition(r, r.PathValue("edition"))
	if err != nil {
		return err
	}
	item, ok := p.edition.Item(p.edition.ID + "/" + r.PathValue("item"))
	if !ok {
		return NotFound()
	}
	p.official.How = "" // said once, on the page of the whole text
	v := FrameworkItemView{Official: p.official, Address: p.URL("/framework/"+p.edition.ID) + "#" + item.Number()}
	if v.Documents, _, err = h.documents(r, p.wording, search.Item, item.ID); err != nil {
		return err
	}
	v.Documents.Empty = p.T("framework.documents.none")
	p.words(&v, item)
	p.consent(&v, item)
	p.neighbours(&v, item)
	for _, t := range framework.ThemesOf(item.ID) {
		v.Themes = append(v.Themes, Link{t.Names.In(p.Lang), p.URL("/themes/" + t.ID)})
	}
	if item.Dash == 0 {
		for _, dash := range p.edition.Dashes(item.Paragraph) {
			v.Dashes = append(v.Dashes, p.itemRow(dash))
		}
	}
	p.Title = p.itemTitle(item)
	return frameworkItemPage.Show(w, p.Frame, v)
}

// words adds the official text of the item, where there is one.
func (p *frameworking) words(v *FrameworkItemView, item framework.Item) {
	i := slices.IndexFunc(p.text.Passages, func(passage framework.Passage) bool { return passage.ID == item.ID })
	if i >= 0 {
		v.Mark, v.Text, v.Notes = p.text.Passages[i].Mark, p.runs(i), p.notes(i)
	}
}

// consent says in words how the item speaks of consent, and what follows from
// that and from the items above it.
func (p *frameworking) consent(v *FrameworkItemView, item framework.Item) {
	v.Consent = p.T("framework.consent." + string(item.Consent))
	gate, _ := p.edition.Gate(item.ID)
	for _, part := range []struct {
		wanted bool
		key    string
	}{
		{gate.Request, "framework.gate.request"},
		{gate.Agreement, "framework.gate.agreement"},
		{gate.CoOperation, "framework.gate.co-operation"},
		{gate.Host, "framework.gate.host"},
		{gate.Mandate, "framework.gate.mandate"},
	} {
		if part.wanted {
			v.Gate = append(v.Gate, p.T(part.key))
		}
	}
	v.By = p.items(gate.By)
}

// neighbours adds where the item stands: the way to it, the one before and the
// one after.
func (p *frameworking) neighbours(v *FrameworkItemView, item framework.Item) {
	p.Crumbs = []Link{{p.T("framework.title"), p.URL("/framework")}}
	if p.edition.ID != framework.Current().ID {
		p.Crumbs = append(p.Crumbs, Link{p.edition.Names.In(p.Lang), p.URL("/framework/" + p.edition.ID)})
	}
	if s, ok := p.edition.Section(item.Paragraph); ok {
		p.Crumbs = append(p.Crumbs, Link{s.Mark + " " + s.Titles.In(p.Lang), p.URL("/framework/"+p.edition.ID) + "#" + s.Mark})
	}
	i := slices.IndexFunc(p.edition.Items, func(other framework.Item) bool { return other.ID == item.ID })
	if item.Dash > 0 {
		up := p.edition.Items[i-item.Dash]
		p.Crumbs = append(p.Crumbs, Link{p.itemTitle(up), p.itemURL(up)})
	}
	if i > 0 {
		v.Previous = &Link{p.itemTitle(p.edition.Items[i-1]), p.itemURL(p.edition.Items[i-1])}
	}
	if i+1 < len(p.edition.Items) {
		v.Next = &Link{p.itemTitle(p.edition.Items[i+1]), p.itemURL(p.edition.Items[i+1])}
	}
}
