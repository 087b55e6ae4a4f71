package web

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"

	"polis/internal/access"
	"polis/internal/job"
	"polis/internal/library"
	"polis/internal/store"
	"polis/internal/thesaurus"
)

// ThesaurusImportView is the import of another vocabulary: the form, and how the
// one that was sent last is getting on.
type ThesaurusImportView struct {
	Action string
	File   Field
	State  *Tag
	Line   string // how far it is, or what it did
	Again  string // address of this page, while it is under way
	Counts []Fact
	Flaws  *Table
}

var thesaurusImportPage = newPage("thesaurus-import", ThesaurusImportView{
	Action: "/en/thesaurus/import", File: Field{Name: "file", Label: "SKOS file", Type: "file"}, State: &Tag{Done, "Done"}, Line: "200 of 7,000 concepts",
	Again: "/en/thesaurus/import?job=1", Counts: []Fact{{"New", []Link{{"12", ""}}}},
	Flaws: &Table{Caption: "What was left out", Columns: []Column{{Text: "Line", Figure: true}, {Text: "Concept"}}, Rows: [][]Cell{{{Text: "2", Figure: true}, {Text: "urn:x"}}}},
})

// largestThesaurus is the largest file, in bytes: EuroVoc with all its languages
// has a few hundred megabytes.
const largestThesaurus = 512 << 20

func (h *House) thesaurusImport(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	return h.showThesaurusImport(w, r, "")
}

// thesaurusUpload stores the file and leaves the rest to a job.
func (h *House) thesaurusUpload(w http.ResponseWriter, r *http.Request) error {
	if d := mayEditThesaurus(r); !d.Allowed {
		return Refused(d.Rule)
	}
	name, sum, err := h.storeSent(r)
	switch {
	case errors.Is(err, http.ErrMissingFile):
		return h.showThesaurusImport(w, r, "thesaurus.import.none")
	case err != nil:
		return err
	}
	who := ReaderOf(r).Subject
	id := ""
	_, err = store.Write(r.Context(), h.DB, who, func(tx *store.Tx) (store.Event, error) {
		label := access.Label{Level: access.Closed, Owner: who.ID}
		id, err = job.Add(r.Context(), tx, thesaurus.ImportJob, thesaurus.ImportArgs{Sum: sum, Name: name, By: who.ID}, label)
		return store.Event{Act: "thesaurus.import.begun", Object: id, Label: label, Data: map[string]string{"sum": sum}}, err
	})
	if err != nil {
		return err
	}
	h.Jobs.Wake()
	return h.site.Frame(r).Redirect(w, "/thesaurus/import?"+url.Values{"job": {id}}.Encode(), "", 0)
}

// storeSent stores the first file of a form.
func (h *House) storeSent(r *http.Request) (name, sum string, err error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return "", "", http.ErrMissingFile
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return "", "", http.ErrMissingFile
		}
		if err != nil {
			return "", "", cutOff(err)
		}
		if part.FormName() != "file" || part.FileName() == "" {
			continue
		}
		stored, n, err := h.Library.Files.Put(r.Context(), part, largestThesaurus)
		if err == nil && n == 0 {
			err = http.ErrMissingFile
		}
		return library.CleanName(part.FileName()), string(stored), err
	}
}

func (h *House) showThesaurusImport(w http.ResponseWriter, r *http.Request, fault string) error {
	if d := mayEditThesaurus(r); !d.Allowed {
		return Refused(d.Rule)
	}
	f := h.site.Frame(r)
	f.Title, f.Private = f.T("thesaurus.import"), true
	f.Crumbs = []Link{{f.T(thesaurusTitle), f.URL("/thesaurus")}}
	v := ThesaurusImportView{Action: f.URL("/thesaurus/import")}
	v.File = Field{
		Name: "file", Label: f.T("thesaurus.import.file"), Hint: f.T("thesaurus.import.hint", "limit", f.Size(largestThesaurus)), Type: "file", Must: true,
		Accept: ".ttl,.nt,.rdf,.xml,.skos,text/turtle,application/rdf+xml",
	}
	if fault != "" {
		v.File.Error, f.Status = f.T(fault), http.StatusUnprocessableEntity
		f.Errors = []Error{{"file", v.File.Error}}
	}
	if id := r.URL.Query().Get("job"); id != "" {
		if err := h.thesaurusJob(r, f, id, &v); err != nil {
			return err
		}
	}
	return thesaurusImportPage.Show(w, f, v)
}

// thesaurusJob says how far an import is.
func (h *House) thesaurusJob(r *http.Request, f *Frame, id string, v *ThesaurusImportView) error {
	j, err := job.Get(r.Context(), h.DB, scope(r), id)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrText) || err == nil && j.Kind != thesaurus.ImportJob {
		return NotFound()
	}
	if err != nil {
		return err
	}
	var mark thesaurus.ImportMark
	if j.Mark != "" {
		if err := json.Unmarshal([]byte(j.Mark), &mark); err != nil {
			return err
		}
	}
	switch {
	case mark.Fault != nil:
		v.State = &Tag{Refusal, f.T("thesaurus.import.broken")}
		v.Line = f.T("thesaurus.import.line", "n", mark.Fault.Line) + " " + f.T("thesaurus.fault."+mark.Fault.What, "near", mark.Fault.Near)
	case j.Stage == job.Done && mark.Tally != nil:
		v.State = &Tag{Done, f.T("thesaurus.import.done")}
		f.importTally(*mark.Tally, v)
	case slices.Contains([]job.Stage{job.Failed, job.Stopped, job.Stopping}, j.Stage):
		v.State = &Tag{Attention, f.T("thesaurus.import.stopped")}
	default:
		v.State, v.Again = &Tag{Plain, f.T("thesaurus.import.running")}, f.URL("/thesaurus/import?"+url.Values{"job": {id}}.Encode())
		v.Line = f.T("thesaurus.import.progress", "done", f.Number(j.Done), "total", f.Number(j.Total))
	}
	return nil
}

// shownFlaws is how many flaws the page names.
const shownFlaws = 200

// importTally says what an import did.
func (f *Frame) importTally(t thesaurus.Tally, v *ThesaurusImportView) {
	for _, c := range []struct {
		key string
		n   int
	}{
		{"new", t.New},
		{"changed", t.Changed},
		{"same", t.Same},
		{"proposed", t.Proposed},
		{"foreign", t.Foreign},
		{"lost", t.Lost},
		{"bad", len(t.Bad)},
	} {
		v.Counts = append(v.Counts, Fact{f.T("thesaurus.import." + c.key), []Link{{f.Number(c.n), ""}}})
	}
	if len(t.Bad) == 0 {
		return
	}
	v.Flaws = &Table{Caption: f.T("thesaurus.import.bad"), Columns: []Column{{Text: f.T("thesaurus.import.row"), Figure: true}, {Text: f.T("thesaurus.uri")}, {Text: f.T("thesaurus.import.why")}}}
	for _, b := range t.Bad[:min(len(t.Bad), shownFlaws)] {
		v.Flaws.Rows = append(v.Flaws.Rows, []Cell{{Text: f.Number(b.Line), Figure: true}, {Text: b.URI}, {Text: f.T("thesaurus.flaw." + b.What)}})
	}
}
