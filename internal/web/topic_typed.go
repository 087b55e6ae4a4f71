package web

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"polis/internal/blob"
	"polis/internal/community/discussion"
	"polis/internal/extract"
	"polis/internal/lang"
	"polis/internal/library"
)

// typedPost is what somebody is writing, as its form sent it.
type typedPost struct {
	draft   discussion.Draft
	do      string // "" sends it, "preview", "look", "keep"
	place   string // of the draft
	page    int    // of the topic under which it is written
	rev     int64
	post    string // id of the post that is changed, or ""
	wrong   map[string]string
	says    []string // why it did not go, what was cut
	preview bool
	looked  bool
	stored  *discussion.Draft // what somebody has stored meanwhile, or nil
	at      time.Time         // when the draft was kept that she goes on with
	arrived []arrivedFile
}

// arrivedFile is a file that came with the form and lies in the store.
type arrivedFile struct {
	name  string
	sum   blob.Sum
	bytes int64
}

// mostTyped is how much of one field is read: a little more than a body may hold, so that
// it is known to be too much.
const mostTyped = discussion.MaxBody + 4

// typed reads the form of a post, whatever its size: of a field what fits, of the rest
// nothing. A form that sends is taken once; one that looks or keeps, as often as she
// likes.
func (h *House) typed(next func(http.ResponseWriter, *http.Request, *typedPost) error) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if !ReaderOf(r).SignedIn() {
			return h.mustSignIn(w, r)
		}
		t := &typedPost{}
		if err := h.readTyped(r, t); err != nil {
			return err
		}
		t.readFields(r)
		handle := func(w http.ResponseWriter, r *http.Request) error { return next(w, r, t) }
		if t.do == "" {
			handle = h.once(handle)
		}
		return handle(w, r)
	}
}

// readTyped fills the request's form from its parts.
func (h *House) readTyped(r *http.Request, t *typedPost) error {
	if len(r.PostForm) > 0 {
		return nil // an ordinary form was read already
	}
	form, err := r.MultipartReader()
	if err != nil {
		r.PostForm, r.Form = url.Values{}, r.URL.Query()
		return nil
	}
	fields := url.Values{}
	for range 200 {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return cutOff(err)
		}
		if part.FileName() != "" {
			if err := h.storeTyped(r, part, t); err != nil {
				return err
			}
			continue
		}
		text, err := io.ReadAll(io.LimitReader(part, mostTyped))
		if err == nil && len(text) == mostTyped {
			_, err = io.Copy(io.Discard, part)
		}
		if err != nil {
			return cutOff(err)
		}
		fields.Add(part.FormName(), string(text))
	}
	for _, f := range t.arrived {
		fields.Add("sum", string(f.sum)) // the same form is one with the same files
	}
	r.PostForm, r.Form, r.MultipartForm = fields, fields, &multipart.Form{}
	return nil
}

// storeTyped puts a file of the form into the store.
func (h *House) storeTyped(r *http.Request, part *multipart.Part, t *typedPost) error {
	name := library.CleanName(part.FileName())
	if len(t.arrived) == discussion.MaxFiles {
		t.fault("file", "topic.error.files")
		return nil
	}
	body := &watched{r: part}
	sum, bytes, err := h.talks().Store(r.Context(), body)
	switch {
	case errors.Is(err, blob.ErrTooLarge):
		t.fault("file", "topic.error.file.large")
		return nil
	case err != nil && body.err != nil:
		return cutOff(body.err)
	case err != nil:
		return err
	}
	t.arrived = append(t.arrived, arrivedFile{name, sum, bytes})
	return nil
}

func (t *typedPost) fault(field, key string) {
	if t.wrong == nil {
		t.wrong = map[string]string{}
	}
	t.wrong[field] = key
}

// readFields takes the fields as they came. A body that is too long is kept as far as it
// fits.
func (t *typedPost) readFields(r *http.Request) {
	text := func(name string) string { return r.PostFormValue(name) }
	t.do, t.post = text("do"), ""
	if !slices.Contains([]string{"preview", "look", "keep"}, t.do) {
		t.do = ""
	}
	t.page, _ = strconv.Atoi(text("at-page"))
	t.rev = revOf(r)
	body := text("body")
	if len(body) > discussion.MaxBody {
		t.fault("body", "topic.error.body.long")
		for body = body[:discussion.MaxBody]; !utf8.ValidString(body) && len(body) > discussion.MaxBody-4; {
			body = body[:len(body)-1]
		}
	}
	t.draft = discussion.Draft{
		Kind: discussion.Kind(text("kind")), Title: text("title"), Themes: r.PostForm["themes"], ReviewBy: strings.TrimSpace(text("review_by")),
		Lang: lang.Tag(text("lang")), Body: body, Quotes: text("quotes"), Files: r.PostForm["files"],
	}
	if t.draft.Lang == "" { // proposed; she may choose another
		t.draft.Lang = LangOf(r)
		if guess, sure := extract.LanguageOf(t.draft.Title + "\n" + body); sure && guess != "" {
			t.draft.Lang = guess
		}
	}
}

// takeFiles makes rows of the files that arrived, in the group.
func (h *House) takeFiles(r *http.Request, group string, t *typedPost) error {
	for _, a := range t.arrived {
		f, err := h.talks().Attach(r.Context(), ReaderOf(r).Subject, group, a.name, a.sum, a.bytes)
		if err != nil {
			return err
		}
		if f.Stage == "refused" {
			t.fault("file", "topic.file."+f.Reason)
			continue
		}
		t.draft.Files = append(t.draft.Files, f.ID)
	}
	t.arrived = nil
	return nil
}
