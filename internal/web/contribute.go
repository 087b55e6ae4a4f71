package web

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"polis/internal/access"
	"polis/internal/library"
	"polis/internal/store"
)

// ContributeView is the page on which files are added to the library.
type ContributeView struct {
	Upload  Upload
	Arrived string // address of what has arrived
}

var contributePage = newPage("contribute", ContributeView{
	Upload: Upload{
		Action: "/en/library/upload?batch=b1", Drop: "Drop files here, or choose them.", Send: "Send",
		Field: Field{Name: "file", Label: "Files", Hint: "Many at once", Type: "file", Many: true, Accept: ".pdf,.docx"},
		Other: []Field{{Name: "origin", Label: "Origin"}},
		Words: UploadWords{"waiting", "sent", "The line broke.", "Send again"},
	},
	Arrived: "/en/library/intake",
})

// accepted is what the file dialogue offers first; the reader may choose
// others, and what is really in a file is decided by its bytes.
const accepted = ".pdf,.docx,.pptx,.xlsx,.odt,.epub,.html,.htm,.md,.txt,.png,.jpg,.jpeg,.tif,.tiff"

// maxUpload is the largest form that brings files, in bytes: twenty of the
// largest files at once.
const maxUpload = library.MaxFile * 20

// maxFiles is how many files one form may bring.
const maxFiles = 500

func (h *House) openUpload() {
	h.site.Handle("GET /library/upload", h.uploadForm)
	h.site.HandleUpload("POST /library/upload", maxUpload, h.upload)
}

// mayContribute returns nil where the sender of the request may add documents.
func mayContribute(r *http.Request) error {
	who := ReaderOf(r)
	if !who.SignedIn() {
		return Refused(access.RuleSignIn)
	}
	if d := who.May(access.Contribute, access.Label{Level: access.Closed, Owner: who.ID}); !d.Allowed {
		return Refused(d.Rule)
	}
	return nil
}

func (h *House) uploadForm(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	if err := mayContribute(r); err != nil {
		return err
	}
	return h.showUpload(w, r, store.NewID(), "")
}

// showUpload shows the form for one batch; wrong is a message, or "".
func (h *House) showUpload(w http.ResponseWriter, r *http.Request, batch, wrong string) error {
	f := h.site.Frame(r)
	f.Title = f.T("library.add")
	f.Crumbs = []Link{{f.T("web.nav.library"), f.URL("/library")}}
	field := Field{
		Name: "file", Label: f.T("library.upload.files"), Type: "file", Many: true, Accept: accepted,
		Hint: f.T("library.upload.hint", "limit", f.Size(library.MaxFile)),
	}
	if wrong != "" {
		field.Error, f.Status = f.T(wrong), http.StatusUnprocessableEntity
		f.Errors = []Error{{"file", field.Error}}
	}
	query := "?" + url.Values{"batch": {batch}}.Encode()
	h.tellOfScanner(f)
	return contributePage.Show(w, f, ContributeView{
		Upload:  f.NewUpload(f.URL("/library/upload")+query, f.T("library.upload.send"), field),
		Arrived: f.URL("/library/intake"),
	})
}

var batchForm = regexp.MustCompile(`^[0-9a-z-]{1,64}$`)

// upload takes the files of one form as they come in, each straight into the
// store: nothing is held in memory, and one bad file stops no other.
func (h *House) upload(w http.ResponseWriter, r *http.Request) error {
	if err := mayContribute(r); err != nil {
		return err
	}
	batch := r.URL.Query().Get("batch")
	if !batchForm.MatchString(batch) {
		batch = store.NewID()
	}
	start := time.Now().Truncate(time.Microsecond)
	got, err := h.receive(r, batch)
	switch {
	case err != nil:
		return err
	case len(got) == 0 && wantsJSON(r):
		return Wrong("library.upload.none")
	case len(got) == 0:
		return h.showUpload(w, r, batch, "library.upload.none")
	case wantsJSON(r):
		return answerUpload(w, h.site.Frame(r).uploadAnswer(got[len(got)-1], start))
	}
	waitUntilRead(r.Context(), h.reading(r, batch))
	f := h.site.Frame(r)
	for _, in := range got {
		if in.Batch != batch { // had arrived before, with another batch: show all
			batch = ""
		}
	}
	return f.Redirect(w, listPath(batch), noticeArrived, len(got))
}

var noticeArrived = newNotice("library.upload.arrived")

// maxParts is how many parts of a form are read, files and others.
const maxParts = 10_000

// tellOfScanner says above a page why files wait.
func (h *House) tellOfScanner(f *Frame) {
	if h.Library.Scanner.Silent() && f.Notice == nil {
		f.Notice = &Notice{f.T("token.scanner")}
	}
}

// receive stores the files of a form in the order in which they come.
func (h *House) receive(r *http.Request, batch string) ([]library.Intake, error) {
	form, err := r.MultipartReader()
	if err != nil {
		return nil, Wrong("library.upload.cut")
	}
	var got []library.Intake
	for parts := 0; len(got) < maxFiles && parts < maxParts; parts++ {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return got, cutOff(err)
		}
		if part.FileName() == "" { // another field, or a file field left empty
			continue
		}
		in, err := h.receivePart(r, batch, part)
		if err != nil {
			return got, err
		}
		got = append(got, in)
	}
	h.Jobs.Wake()
	return got, nil
}

func (h *House) receivePart(r *http.Request, batch string, part *multipart.Part) (library.Intake, error) {
	body := &watched{r: part}
	in, err := h.Library.Receive(r.Context(), ReaderOf(r).Subject, batch, part.FileName(), body)
	switch {
	case errors.Is(err, library.ErrForbidden):
		return in, Refused(access.RuleRole)
	case err != nil && body.err != nil:
		return in, cutOff(body.err)
	}
	return in, err
}

// watched remembers whether reading failed: then it was the line, not our store.
type watched struct {
	r   io.Reader
	err error
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return n, err
}

// cutOff is what a form says that ended in the middle.
func cutOff(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return err
	}
	return &Fault{Status: http.StatusBadRequest, Key: "library.upload.cut", Err: err}
}

// uploadAnswer says what became of one file.
func (f *Frame) uploadAnswer(in library.Intake, start time.Time) UploadAnswer {
	a := UploadAnswer{State: "done", URL: f.URL(confirmPath(in.ID))}
	switch {
	case in.Stage == library.Kept:
		a.State, a.Text, a.URL = "attention", f.T("library.upload.kept"), f.URL("/library/"+in.Document)
	case in.Stage == library.Quarantined:
		a.State, a.Text = "attention", f.T("extract.reason."+in.Reason)
	case in.Created.Before(start):
		a.State, a.Text = "attention", f.T("library.upload.before")
	default:
		a.Text = f.T("library.upload.here")
	}
	return a
}

func answerUpload(w http.ResponseWriter, a UploadAnswer) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(a)
}

// patience is how long a page waits for files that are just being read: most
// are read by then, and nobody has to look again.
const patience = 1500 * time.Millisecond

// waitUntilRead waits a moment while reading says that files are being read.
func waitUntilRead(ctx context.Context, reading func() bool) {
	for end := time.Now().Add(patience); reading() && time.Now().Before(end) && ctx.Err() == nil; {
		time.Sleep(50 * time.Millisecond)
	}
}
