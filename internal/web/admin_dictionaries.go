package web

import (
	"errors"
	"net/http"
	"strings"

	"polis/internal/lang"
	"polis/internal/lexicon"
	"polis/internal/library"
)

// DictionariesView says from what POLIS finds across languages.
type DictionariesView struct {
	Books  []BookLine
	Tables *Table // what was learned
	Learn  string // address that learns now
	Action string
	Fields []Field
}

// BookLine is a dictionary that somebody brought.
type BookLine struct{ Name, Line, Remove string }

var dictionariesPage = newPage("admin-dictionaries", DictionariesView{
	Books:  []BookLine{{"freedict-deu-eng", "Deutsch → English · 1,204 pairs", "/en/admin/dictionaries/1/remove"}},
	Tables: &Table{Caption: "What was learned", Columns: []Column{{Text: "From"}, {Text: "Into"}, {Text: "Words", Figure: true}}, Rows: [][]Cell{{{Text: "Deutsch"}, {Text: "English"}, {Text: "1,204", Figure: true}}}},
	Learn:  "/en/admin/dictionaries/learn", Action: "/en/admin/dictionaries",
	Fields: []Field{{Name: "file", Label: "Dictionary", Type: "file", Error: "Choose a file."}, {Name: "from", Label: "From", Type: "select", Options: []Option{{Value: "de", Text: "Deutsch"}}}},
})

var (
	noticeBook    = newNotice("lexicon.done.imported")
	noticeBookOut = newNotice("lexicon.done.removed")
	noticeLearn   = newNotice("lexicon.done.learning")
)

const (
	dictionariesPath = "/admin/dictionaries"
	dictionaryLimit  = 64 << 20 // of a form that brings one
)

func (h *House) openDictionaries() {
	h.site.Handle("GET "+dictionariesPath, h.operates(func(w http.ResponseWriter, r *http.Request) error {
		return h.dictionaries(w, r, http.StatusOK, nil)
	}))
	h.site.HandleUpload("POST "+dictionariesPath, dictionaryLimit, h.operates(h.addDictionary))
	h.site.Handle("POST "+dictionariesPath+"/{id}/remove", h.operates(h.removeDictionary))
	h.site.Handle("POST "+dictionariesPath+"/learn", h.operates(h.learnNow))
}

// dictionaries shows the page; wrong names the fields of the form that are.
func (h *House) dictionaries(w http.ResponseWriter, r *http.Request, status int, wrong map[string]string) error {
	books, err := h.Lexicon.Dictionaries(r.Context())
	if err != nil {
		return err
	}
	known, err := h.Lexicon.Known(r.Context())
	if err != nil {
		return err
	}
	f := h.site.Frame(r)
	f.Title, f.Crumbs, f.Status = f.T("lexicon.title"), []Link{{f.T("admin.title"), f.URL("/admin")}}, status
	v := DictionariesView{Action: f.URL(dictionariesPath), Learn: f.URL(dictionariesPath + "/learn"), Tables: f.learned(known)}
	for _, b := range books {
		v.Books = append(v.Books, BookLine{
			Name: b.Name, Remove: f.URL(dictionariesPath + "/" + b.ID + "/remove"),
			Line: b.SourceLang.Name() + " → " + b.TargetLang.Name() + " · " + f.T("lexicon.pairs", "n", b.Pairs) + " · " + f.Date(b.Added),
		})
	}
	v.Fields = f.dictionaryFields(r, wrong)
	return dictionariesPage.Show(w, f, v)
}

// learned is what the tables know, in words.
func (f *Frame) learned(known []lexicon.Known) *Table {
	if len(known) == 0 {
		return nil
	}
	t := &Table{Caption: f.T("lexicon.learned"), Columns: []Column{{Text: f.T("lexicon.from")}, {Text: f.T("lexicon.to")}, {Text: f.T("lexicon.words"), Figure: true}, {Text: f.T("lexicon.when")}}}
	for _, k := range known {
		t.Rows = append(t.Rows, []Cell{{Text: k.From.Name()}, {Text: k.To.Name()}, {Text: f.Number(k.Words), Figure: true}, {Text: f.Date(k.Learned)}})
	}
	return t
}

func (f *Frame) dictionaryFields(r *http.Request, wrong map[string]string) []Field {
	list := []Field{
		{Name: "file", Type: "file", Accept: ".tsv,.txt,.dict,.dz", Must: true},
		{Name: "index", Type: "file", Accept: ".index"},
		{Name: "from", Type: "select", Options: languageOptions(r.PostFormValue("from")), Width: "medium"},
		{Name: "to", Type: "select", Options: languageOptions(r.PostFormValue("to")), Width: "medium"},
	}
	for i := range list {
		field := &list[i]
		field.Label = f.T("lexicon.field." + field.Name)
		if field.Type == "file" {
			field.Hint = f.T("lexicon.field." + field.Name + ".hint")
		}
		if key := wrong[field.Name]; key != "" {
			field.Error = f.T(key)
			f.Errors = append(f.Errors, Error{field.Name, field.Error})
		}
	}
	return list
}

// addDictionary takes a dictionary in: one file of two columns, or the two of a
// DICT server.
func (h *House) addDictionary(w http.ResponseWriter, r *http.Request) error {
	refuse := func(field, key string) error {
		return h.dictionaries(w, r, http.StatusUnprocessableEntity, map[string]string{field: key})
	}
	text, head, err := r.FormFile("file")
	switch {
	case errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) || errors.Is(err, http.ErrMissingBoundary):
		return refuse("file", "lexicon.wrong.file")
	case err != nil:
		return cutOff(err)
	}
	defer text.Close()
	pairs := lexicon.TSV(text)
	index, _, err := r.FormFile("index")
	switch {
	case err == nil:
		defer index.Close()
		pairs = lexicon.Dictd(index, text)
	case !errors.Is(err, http.ErrMissingFile):
		return err
	case isDictd(head.Filename):
		return refuse("index", "lexicon.wrong.index")
	}
	from, _ := lang.Parse(r.PostFormValue("from"))
	to, _ := lang.Parse(r.PostFormValue("to"))
	_, _, err = h.Lexicon.Import(r.Context(), ReaderOf(r).Subject, bookName(head.Filename), lexicon.Direction{From: from, To: to}, pairs, nil)
	var fault *lexicon.FaultError
	switch {
	case errors.As(err, &fault):
		return refuse("file", "lexicon.fault."+fault.Reason)
	case errors.Is(err, lexicon.ErrEmpty):
		return refuse("file", "lexicon.wrong.empty")
	case errors.Is(err, lexicon.ErrLanguages):
		return refuse("to", "lexicon.wrong.languages")
	case err != nil:
		return err
	}
	return h.site.Frame(r).Redirect(w, dictionariesPath, noticeBook, 0)
}

func isDictd(name string) bool {
	return strings.HasSuffix(name, ".dz") || strings.HasSuffix(name, ".dict")
}

// bookName is what a dictionary is called after its file.
func bookName(file string) string {
	name := library.CleanName(file)
	for _, ending := range []string{".dz", ".dict", ".tsv", ".txt"} {
		name = strings.TrimSuffix(name, ending)
	}
	return name
}

func (h *House) removeDictionary(w http.ResponseWriter, r *http.Request) error {
	if err := h.Lexicon.Remove(r.Context(), ReaderOf(r).Subject, r.PathValue("id")); err != nil {
		return err
	}
	return h.site.Frame(r).Redirect(w, dictionariesPath, noticeBookOut, 0)
}

// learnNow brings the daily learning forward.
func (h *House) learnNow(w http.ResponseWriter, r *http.Request) error {
	if err := h.Jobs.Now(r.Context(), library.LearnJob); err != nil {
		return running(err)
	}
	return h.site.Frame(r).Redirect(w, dictionariesPath, noticeLearn, 0)
}
