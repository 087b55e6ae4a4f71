package web

import (
	"bytes"
	"embed"
	"fmt"
	"hash/maphash"
	"html/template"
	"net/http"
	"strconv"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// Page shows a view of one type through the template of its name.
type Page[V any] struct{ name string }

// sample is a registered page with a view to try it with.
type sample struct {
	name string
	view any
}

// samples are all registered pages, in the order of their files' names.
var samples []sample

// newPage registers a page: name is its template's file without ".html", view a
// sample with every field filled. Tests make every slice in it non-empty.
func newPage[V any](name string, view V) Page[V] {
	samples = append(samples, sample{name, view})
	return Page[V]{name}
}

// Show writes the page: f's language, title and the rest of the frame around
// the view. Status 200 unless f.Status says otherwise.
func (p Page[V]) Show(w http.ResponseWriter, f *Frame, view V) error {
	f.View = view
	return f.show(w, p.name)
}

//go:embed templates
var templateFiles embed.FS

// templates are parsed with the first page shown. A page is executed first and
// stands ready-made in the layout, so one set serves all of them.
var templates = sync.OnceValue(func() *template.Template {
	return template.Must(template.ParseFS(templateFiles, "templates/*.html"))
})

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// render executes the page and the layout around it.
func (f *Frame) render(out *bytes.Buffer, name string) error {
	main := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(main)
	main.Reset()
	if err := templates().ExecuteTemplate(main, name+".html", f); err != nil {
		return fmt.Errorf("web: page %s: %w", name, err)
	}
	f.Main = template.HTML(main.String()) // escaped by the template above
	if err := templates().ExecuteTemplate(out, "layout.html", f); err != nil {
		return fmt.Errorf("web: layout of page %s: %w", name, err)
	}
	return nil
}

// show renders before it sends anything, so that a failing template becomes an
// error page and not half a page.
func (f *Frame) show(w http.ResponseWriter, name string) error {
	out := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(out)
	out.Reset()
	if err := f.render(out, name); err != nil {
		return err
	}
	page := keptPage{lang: string(f.Lang), link: f.Link, body: shrink(out.Bytes())}
	page.tag = strconv.Quote(strconv.FormatUint(maphash.Bytes(tagSeed, page.body), 36))
	h := w.Header()
	switch {
	case f.Reader.SignedIn():
		// Nothing of a signed-in reader's stays in a shared computer's browser.
		h.Set("Cache-Control", "private, no-store")
	case f.Private || f.Status != http.StatusOK:
		h.Set("Cache-Control", "no-store")
	default:
		page.uses = f.visit.uses
		f.visit.keep = &page
		page.send(w, f.request)
		return nil
	}
	page.write(w, f.request, f.Status)
	return nil
}

// tagSeed makes entity tags differ from one start of the program to the next,
// in which templates may have changed.
var tagSeed = maphash.MakeSeed()

var shrinkers = sync.Pool{New: func() any {
	z, err := gzip.NewWriterLevel(nil, 5)
	if err != nil {
		panic(err) // only a wrong level can cause it
	}
	return z
}}

// shrink compresses a page.
func shrink(page []byte) []byte {
	var out bytes.Buffer
	z := shrinkers.Get().(*gzip.Writer)
	defer shrinkers.Put(z)
	z.Reset(&out)
	_, _ = z.Write(page) // a bytes.Buffer takes everything
	_ = z.Close()
	return bytes.Clone(out.Bytes())
}
