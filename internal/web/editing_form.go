package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"polis/internal/access"
	"polis/internal/library"
)

// recordForm is the form of a document in the hands of one person, with what
// she typed: of a document that exists, or of a file that becomes one.
type recordForm struct {
	h       *House
	r       *http.Request
	rev     int64 // that it was opened with
	draft   draftForm
	texts   []textForm
	wrong   library.Invalid
	changed bool             // by somebody else, since it was opened
	measure *library.Measure // see drafting
}

// read takes what was typed into the fields that every such form has.
func (f *recordForm) read(form url.Values) {
	f.draft = readDraft(form)
	f.rev, _ = strconv.ParseInt(form.Get("rev"), 10, 64)
}

// check says of everything at once what is wrong with it. Without whole only the
// texts count: what they are added to has metadata of its own.
func (f *recordForm) check(whole bool) (draft library.Draft, wrong library.Invalid, err error) {
	wrong = library.Invalid{}
	if whole {
		if draft, wrong, err = f.draft.draft(f.r, f.h); err != nil {
			return draft, nil, err
		}
	}
	for _, t := range f.texts {
		var invalid library.Invalid
		if errors.As((library.Text{Lang: t.Lang, Title: t.Title, Summary: t.Summary}).Validate(), &invalid) {
			for field, key := range invalid {
				wrong[field+t.suffix] = key
			}
		}
	}
	return draft, wrong, nil
}

// refusal turns the library's refusal into the field that causes it: she may
// change the document, but not for these readers.
func refusal(err error) error {
	switch {
	case errors.Is(err, library.ErrLowering):
		return library.Invalid{"level": "lowering.error.wider"}
	case errors.Is(err, library.ErrForbidden):
		return library.Invalid{"level": "library.error.level"}
	}
	return err
}

// page begins the page that shows the form.
func (f *recordForm) page() (wording, error) {
	frame := f.h.site.Frame(f.r)
	if f.changed {
		frame.Status = http.StatusConflict
	}
	return f.h.words(f.r, frame)
}

// drafting makes the fields; label is what the document has now.
func (f *recordForm) drafting(w wording, label access.Label) drafting {
	return drafting{wording: w, who: ReaderOf(f.r).Subject, label: label, measure: f.measure, wrong: f.wrong}
}
