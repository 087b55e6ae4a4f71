package web

import (
	"encoding/base64"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// maxCarried is how many bytes of files a proof on the way carries over. More
// has to be chosen again.
const maxCarried = 256 << 10

// Carried is one value of a form that waits for the proof.
type Carried struct{ Name, Value string }

// secrets are the fields that never travel through a page: they are typed again.
var secrets = []string{"current", "password", "again", "secret"}

// carry reads a form's values, without the proof's own, and its small files, so
// that they can travel through the proof in hidden fields.
func carry(r *http.Request) ([]Carried, error) {
	err := r.ParseMultipartForm(1 << 20)
	if err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return nil, err
	}
	var carried []Carried
	for name, values := range r.PostForm {
		if strings.HasPrefix(name, proofPrefix) && name != fileField || slices.Contains(secrets, name) {
			continue
		}
		for _, value := range values {
			carried = append(carried, Carried{name, value})
		}
	}
	if r.MultipartForm != nil {
		files, err := carryFiles(r.MultipartForm.File)
		if err != nil {
			return nil, err
		}
		carried = append(carried, files...)
	}
	slices.SortStableFunc(carried, func(a, b Carried) int { return strings.Compare(a.Name, b.Name) })
	return carried, nil
}

// fileField is the hidden field in which a file travels: the control's name, its
// own name and its content. An empty one says that the form was one for files.
const fileField = proofPrefix + "file"

func carryFiles(files map[string][]*multipart.FileHeader) ([]Carried, error) {
	carried := []Carried{{fileField, ""}}
	room := int64(maxCarried)
	for name, heads := range files {
		for _, head := range heads {
			if room -= head.Size; room < 0 {
				continue
			}
			file, err := head.Open()
			if err != nil {
				return nil, err
			}
			content, err := io.ReadAll(file)
			file.Close()
			if err != nil {
				return nil, err
			}
			carried = append(carried, Carried{fileField, url.Values{
				"control": {name}, "name": {head.Filename}, "content": {base64.StdEncoding.EncodeToString(content)},
			}.Encode()})
		}
	}
	return carried, nil
}

// unload makes the request what it was before the proof.
func unload(r *http.Request, carried []Carried) error {
	if !slices.ContainsFunc(carried, func(c Carried) bool { return c.Name == fileField }) {
		for _, form := range []url.Values{r.Form, r.PostForm} {
			for name := range form {
				if strings.HasPrefix(name, proofPrefix) {
					delete(form, name)
				}
			}
		}
		return nil
	}
	body := new(strings.Builder)
	form := multipart.NewWriter(body)
	for _, c := range carried {
		if err := c.write(form); err != nil {
			return err
		}
	}
	if err := form.Close(); err != nil {
		return err
	}
	r.Body = io.NopCloser(strings.NewReader(body.String()))
	r.ContentLength = int64(body.Len())
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Form, r.PostForm, r.MultipartForm = nil, nil, nil
	return nil
}

// write puts the value, or the file that travelled in it, into a form.
func (c Carried) write(form *multipart.Writer) error {
	if c.Name != fileField {
		return form.WriteField(c.Name, c.Value)
	}
	if c.Value == "" {
		return nil
	}
	file, err := url.ParseQuery(c.Value)
	if err != nil {
		return Wrong("signin.prove.stale")
	}
	content, err := base64.StdEncoding.DecodeString(file.Get("content"))
	if err != nil {
		return Wrong("signin.prove.stale")
	}
	to, err := form.CreateFormFile(file.Get("control"), file.Get("name"))
	if err != nil {
		return err
	}
	_, err = to.Write(content)
	return err
}
