package web

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"

	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/search"
	"polis/internal/thesaurus"
)

// OthersView are the documents that were found in other languages than those
// that the reader reads.
type OthersView struct {
	Summary string // "Also in other languages (14)"
	Open    bool   // there is little else
	Hits    []HitView
	All     string // address of the list of all
	AllText string
}

// What is shown of other languages: so many documents, looked for among the best
// so many, which are asked for in steps that the index keeps.
const (
	othersShown = 10
	othersStep  = 100
	othersDepth = 300
	othersOpen  = 3 // and fewer in languages that she reads: the others are open
)

// results are what a page of the list shows: everything, or where the reader has
// said in which languages she reads, what was found in those.
type results struct {
	search.Answer
	found   []library.Found
	tongues []lang.Tag
	others  int // documents found in other languages alone
}

// find asks the library. A language that the address names wins over those that
// the reader has chosen.
func (h *House) find(r *http.Request, q search.Query) (results, error) {
	res := results{tongues: h.tongues(r)}
	if len(q.Filter[search.Lang]) > 0 {
		res.tongues = nil
	}
	var err error
	res.Answer, res.found, err = h.Library.Search(r.Context(), h.Index, scope(r), inTongues(q, res.tongues))
	if err != nil || res.tongues == nil {
		return res, err
	}
	q.Facets, q.Limit, q.Offset = false, 0, 0
	all, err := h.Index.Search(r.Context(), scope(r), q)
	res.others = max(all.Total-res.Total, 0)
	return res, err
}

// inTongues narrows a question to languages; without any it stays as it is.
func inTongues(q search.Query, tongues []lang.Tag) search.Query {
	if tongues == nil {
		return q
	}
	values := make([]string, len(tongues))
	for i, t := range tongues {
		values[i] = library.LangPath(t)
	}
	q.Filter = maps.Clone(q.Filter)
	if q.Filter == nil {
		q.Filter = map[search.Facet][]string{}
	}
	q.Filter[search.Lang] = values
	return q
}

// otherTongues are the languages that are not among these, those that POLIS does
// not speak included.
func otherTongues(tongues []lang.Tag) []lang.Tag {
	return slices.DeleteFunc(append(slices.Clone(lang.All), ""), func(t lang.Tag) bool { return slices.Contains(tongues, t) })
}

// elsewhere are the best of the documents that were found in other languages
// alone.
func (h *House) elsewhere(r *http.Request, q search.Query, res results) ([]library.Found, []string, error) {
	q.Facets, q.Limit = false, othersStep
	q = inTongues(q, otherTongues(res.tongues))
	var ids []string
	for q.Offset = 0; q.Offset < othersDepth && len(ids) < othersShown; q.Offset += othersStep {
		a, err := h.Index.Search(r.Context(), scope(r), q)
		if err != nil {
			return nil, nil, err
		}
		alone, err := h.alone(r, q, a.Hits, res)
		if err != nil {
			return nil, nil, err
		}
		if ids = append(ids, alone...); q.Offset+len(a.Hits) >= a.Total {
			break
		}
	}
	if len(ids) == 0 {
		return nil, nil, nil
	}
	q.Among, q.Offset, q.Limit = ids[:min(len(ids), othersShown)], 0, othersShown
	a, found, err := h.Library.Search(r.Context(), h.Index, scope(r), q)
	return found, a.Words, err
}

// alone are those of the documents hit that were not found in a language that she
// reads: most are told by the languages they are in, the index is asked about the
// others.
func (h *House) alone(r *http.Request, q search.Query, hits []search.Hit, res results) ([]string, error) {
	var ids, doubtful []string
	for _, hit := range hits {
		ids = append(ids, hit.Document)
		if slices.ContainsFunc(hit.Langs, func(t lang.Tag) bool { return slices.Contains(res.tongues, t) }) {
			doubtful = append(doubtful, hit.Document)
		}
	}
	if len(doubtful) == 0 || res.Total == 0 {
		return ids, nil
	}
	q = inTongues(q, res.tongues)
	q.Among, q.Offset, q.Limit = doubtful, 0, len(doubtful)
	a, err := h.Index.Search(r.Context(), scope(r), q)
	return slices.DeleteFunc(ids, func(id string) bool {
		return slices.ContainsFunc(a.Hits, func(hit search.Hit) bool { return hit.Document == id })
	}), err
}

// fold adds what the reader's languages do to the page.
func (h *House) fold(r *http.Request, words wording, q search.Query, res results, page int, v *SearchView) (err error) {
	if res.tongues == nil {
		return nil
	}
	names := make([]string, len(res.tongues))
	for i, t := range res.tongues {
		names[i] = t.Name()
	}
	v.Mine = words.T("tongues.mine", "count", words.Number(res.Total), "languages", words.List(names))
	if page == 1 {
		v.Others, err = h.others(r, words, q, res)
	}
	return err
}

// others shows what was found in other languages alone, each under a title that
// the reader can read, where there is one.
func (h *House) others(r *http.Request, words wording, q search.Query, res results) (*OthersView, error) {
	if res.others == 0 {
		return nil, nil
	}
	v := &OthersView{Summary: words.T("tongues.others", "count", words.Number(res.others)), AllText: words.T("tongues.others.all"), Open: res.Total <= othersOpen}
	all := library.Asked(inTongues(q, otherTongues(res.tongues)))
	if q.Sort == search.ByDate {
		all.Set("sort", string(search.ByDate))
	}
	v.All = withQuery(words.URL(words.Path()), all)
	found, typed, err := h.elsewhere(r, q, res)
	if err != nil {
		return nil, err
	}
	hers, err := h.hers(r, words.Frame, found, res.tongues)
	if err != nil {
		return nil, err
	}
	called, err := h.called(r, words.Frame, found, hers, res.tongues)
	if err != nil {
		return nil, err
	}
	last := h.lastVisit(r)
	for _, f := range found {
		view := words.hit(f, q.Text, typed)
		view.Foreign = &Tag{Plain, view.Language}
		if e, ok := hers[f.Document]; ok {
			words.turn(&view, f, e, q.Text)
		} else if title, ok := called[f.Document]; ok && view.Own == nil {
			view.Own, view.OwnLang, view.OwnNote = &title.Link, string(title.lang), title.note
		}
		view.Tags = append(words.cameSince(last, f.Created), view.Tags...)
		v.Hits = append(v.Hits, view)
	}
	return v, nil
}

// turn leads a hit to the version that the reader can read, and says where it was
// found.
func (w wording) turn(v *HitView, f library.Found, e library.Edition, asked string) {
	v.SnippetLang = string(f.Hit.Lang)
	v.Foreign = &Tag{Plain, w.T("tongues.found-in", "language", v.Language)}
	v.Also = append(slices.DeleteFunc(v.Also, func(l VersionLink) bool { return l.Lang == string(e.Lang) }),
		VersionLink{Name: v.Language, Lang: string(f.Hit.Lang), URL: v.URL})
	v.Title, v.Lang, v.Own, v.Language = e.Title, string(e.Lang), nil, w.value(search.Lang, library.LangPath(e.Lang))
	v.URL = w.URL(library.PassagePath(f.Document, e.Lang, -1, asked))
}

// hers are the versions that the reader can read of those documents that were
// found in a language that she does not.
func (h *House) hers(r *http.Request, f *Frame, found []library.Found, tongues []lang.Tag) (map[string]library.Edition, error) {
	var wanted []library.Wish
	for _, one := range found {
		if slices.Contains(tongues, one.Hit.Lang) {
			continue
		}
		for _, t := range f.nearest(tongues) {
			if slices.Contains(one.Hit.Langs, t) {
				wanted = append(wanted, library.Wish{Document: one.Document, Lang: t})
				break
			}
		}
	}
	briefs, err := h.Library.Briefs(r.Context(), scope(r), wanted)
	hers := map[string]library.Edition{}
	for _, b := range briefs {
		if slices.Contains(tongues, b.Edition.Lang) {
			hers[b.ID] = b.Edition
		}
	}
	return hers, err
}

// turnAll gives the documents of a short list the titles that the reader can read.
func (h *House) turnAll(r *http.Request, f *Frame, found []library.Found) error {
	tongues := h.tongues(r)
	if tongues == nil {
		return nil
	}
	hers, err := h.hers(r, f, found, tongues)
	for i, one := range found {
		if e, ok := hers[one.Document]; ok {
			found[i].Title, found[i].Hit.Lang = e.Title, e.Lang
		}
	}
	return err
}

// translatedTitle is what a document is called in another language, from
// elsewhere than its own versions.
type translatedTitle struct {
	Link
	lang lang.Tag
	note string // from where, where it is not the document's own
}

// called finds titles for documents that have no version in a language that the
// reader reads: that of another document which is their translation, or of the
// concept whose name the title is.
func (h *House) called(r *http.Request, f *Frame, found []library.Found, hers map[string]library.Edition, tongues []lang.Tag) (map[string]translatedTitle, error) {
	var ids []string
	titles := map[string]translatedTitle{}
	near := f.nearest(tongues)
	for _, one := range found {
		if _, has := hers[one.Document]; has || one.Own != "" {
			continue
		}
		ids = append(ids, one.Document)
		title, err := h.conceptTitle(r.Context(), f, one, near)
		if err != nil {
			return nil, err
		}
		if title.Text != "" {
			titles[one.Document] = title
		}
	}
	twins, err := h.Library.Translations(r.Context(), scope(r), ids, near)
	for id, b := range twins {
		titles[id] = translatedTitle{Link{b.Edition.Title, f.URL(library.Path(b.ID, b.Edition.Lang))}, b.Edition.Lang, ""}
	}
	return titles, err
}

// conceptTitle is what a title says in the first of the languages, where the whole
// of it is the name of a concept.
func (h *House) conceptTitle(ctx context.Context, f *Frame, one library.Found, near []lang.Tag) (t translatedTitle, err error) {
	concepts, err := h.labels.Begin(ctx, h.DB, one.Title, one.Hit.Lang, 1)
	if err != nil || len(concepts) == 0 || !strings.EqualFold(concepts[0].Text, strings.TrimSpace(one.Title)) {
		return t, err
	}
	names, err := thesaurus.NamesOf(ctx, h.DB, concepts[0].Concept)
	for _, tag := range near {
		if name := names[concepts[0].Concept][tag]; name != "" {
			return translatedTitle{Link{name, f.URL("/thesaurus/" + concepts[0].Concept)}, tag, f.T("lexicon.source.thesaurus")}, err
		}
	}
	return t, err
}

// inFront puts what is in one of the languages before the rest; where none is
// chosen everything stays as it is.
func inFront[T any](list []T, tongues []lang.Tag, in func(T) lang.Tag) []T {
	if tongues == nil {
		return list
	}
	slices.SortStableFunc(list, func(a, b T) int {
		return rankIn(in(a), tongues) - rankIn(in(b), tongues)
	})
	return list
}

func rankIn(t lang.Tag, tongues []lang.Tag) int {
	if slices.Contains(tongues, t) {
		return 0
	}
	return 1
}
