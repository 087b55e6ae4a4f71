package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/library"
	"polis/internal/store"
	"polis/internal/thesaurus"
)

// ConceptsView is what a document is about, to be confirmed.
type ConceptsView struct {
	Action string
	Lead   string
	Fields []Field
	Back   string
}

var conceptsPage = newPage("concepts", ConceptsView{
	Action: "/en/library/1/concepts", Lead: "Community policing", Back: "/en/library/1",
	Fields: []Field{{Name: "concept", Label: "Concepts", Type: "checkboxes", Options: []Option{{"community-policing", "community policing", "Proposed", true}}}, {Name: "more", Label: "Others", Type: "textarea", Error: "No concept is called so."}},
})

var noticeConcepts = newNotice("thesaurus.notice.concepts")

func (h *House) documentConcepts(w http.ResponseWriter, r *http.Request) error {
	return h.showConcepts(w, r, nil, "", "")
}

// showConcepts shows the form: chosen are the concepts as they were ticked, nil
// where nothing was yet; more is what was written, fault what is wrong with it.
func (h *House) showConcepts(w http.ResponseWriter, r *http.Request, chosen []string, more, fault string) error {
	rec, err := h.record(r)
	if err != nil {
		return err
	}
	if !ReaderOf(r).SignedIn() {
		return Refused(access.RuleSignIn)
	}
	if d := ReaderOf(r).May(access.Edit, rec.Label); !d.Allowed {
		return Refused(d.Rule)
	}
	list, err := h.Library.Concepts(r.Context(), scope(r), rec.ID)
	if err != nil {
		return err
	}
	f := h.site.Frame(r)
	f.Private = true
	title := rec.Edition(f.Lang).Title
	f.Title = f.T("thesaurus.concepts")
	f.Crumbs = []Link{{f.T("web.nav.library"), f.URL("/library")}, {title, f.URL("/library/" + rec.ID)}}
	v := ConceptsView{Action: f.URL("/library/" + rec.ID + "/concepts"), Lead: title, Back: f.URL("/library/" + rec.ID)}
	boxes, err := h.conceptBoxes(r, f, list, chosen)
	if err != nil {
		return err
	}
	if len(boxes.Options) > 0 {
		v.Fields = append(v.Fields, boxes)
	}
	field := Field{Name: "more", Label: f.T("thesaurus.concepts.more"), Hint: f.T("thesaurus.hint.broader"), Type: "textarea", Rows: 4, Value: more}
	if fault != "" {
		field.Error, f.Status = fault, http.StatusUnprocessableEntity
		f.Errors = []Error{{"more", fault}}
	}
	v.Fields = append(v.Fields, field)
	return conceptsPage.Show(w, f, v)
}

// conceptBoxes offers the concepts that are there to be ticked or not.
func (h *House) conceptBoxes(r *http.Request, f *Frame, list []library.Indexing, chosen []string) (Field, error) {
	field := Field{Name: "concept", Label: f.T("thesaurus.concepts.proposed"), Hint: f.T("thesaurus.concepts.hint"), Type: "checkboxes"}
	ids := make([]string, len(list))
	for i, one := range list {
		ids[i] = one.Concept
	}
	names, err := thesaurus.NamesOf(r.Context(), h.DB, ids...)
	if err != nil {
		return field, err
	}
	for _, one := range list {
		ticked := one.Stage != thesaurus.Refused
		if chosen != nil {
			ticked = slices.Contains(chosen, one.Concept)
		}
		field.Options = append(field.Options, Option{
			Value: one.Concept, Text: names[one.Concept].In(f.Lang), Hint: f.T("thesaurus.stage." + string(one.Stage)), Chosen: ticked,
		})
	}
	return field, nil
}

// saveDocumentConcepts takes a person's word on what a document is about.
func (h *House) saveDocumentConcepts(w http.ResponseWriter, r *http.Request) error {
	rec, err := h.record(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return err
	}
	f := h.site.Frame(r)
	ticked := append([]string{}, r.PostForm["concept"]...)
	chosen, more := slices.Clone(ticked), tidyLines(strings.ToValidUTF8(r.PostForm.Get("more"), ""))
	var unknown []string
	for l := range strings.SplitSeq(more, "\n") {
		if l == "" {
			continue
		}
		id, err := thesaurus.Named(r.Context(), h.DB, l, f.Lang)
		switch {
		case err == nil:
			chosen = append(chosen, id)
		case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrText):
			unknown = append(unknown, l)
		default:
			return err
		}
	}
	if len(unknown) > 0 {
		return h.showConcepts(w, r, ticked, more, f.T("thesaurus.concepts.unknown", "list", f.List(unknown)))
	}
	slices.Sort(chosen)
	err = h.Library.IndexWith(r.Context(), ReaderOf(r).Subject, rec.ID, slices.Compact(chosen))
	var wrong library.Invalid
	switch {
	case errors.As(err, &wrong), errors.Is(err, store.ErrText):
		return Wrong("thesaurus.form.broken")
	case errors.Is(err, library.ErrForbidden):
		return Refused(access.RuleRole)
	case err != nil:
		return err
	}
	return f.Redirect(w, "/library/"+rec.ID, noticeConcepts, 0)
}

// ConceptLinks are what a document is about, as its page shows it.
type ConceptLinks struct {
	Links    []Link
	Proposed bool   // nobody has looked at them yet
	Check    string // address, for those who may change the document
}

// conceptsOf are the confirmed concepts of a document or, where there are none
// yet, those proposed.
func (h *House) conceptsOf(r *http.Request, f *Frame, rec library.Record) (ConceptLinks, error) {
	list, err := h.Library.Concepts(r.Context(), scope(r), rec.ID)
	if err != nil {
		return ConceptLinks{}, err
	}
	byStage := map[thesaurus.Stage][]string{}
	for _, one := range list {
		byStage[one.Stage] = append(byStage[one.Stage], one.Concept)
	}
	v := ConceptLinks{}
	ids := byStage[thesaurus.Confirmed]
	if len(ids) == 0 {
		ids = byStage[thesaurus.Proposed]
		v.Proposed = len(ids) > 0
	}
	if v.Links, err = h.conceptLinks(r.Context(), f, ids); err != nil {
		return v, err
	}
	if ReaderOf(r).SignedIn() && ReaderOf(r).May(access.Edit, rec.Label).Allowed {
		v.Check = f.URL("/library/" + rec.ID + "/concepts")
	}
	return v, nil
}
