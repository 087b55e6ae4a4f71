package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"time"

	"polis/internal/account"
	"polis/internal/lang"
)

// TonguesView is the form on which a reader says in which languages she reads.
type TonguesView struct {
	Lead   string // what is kept where
	Fields []Field
	Back   string // where she came from, as an address of ours
	Chosen bool   // she has said something that she can take back
}

var tonguesPage = newPage("tongues", TonguesView{
	Lead: "Saving sets one cookie in this browser.", Back: "/en/search?q=patrol", Chosen: true,
	Fields: []Field{{Name: "reads", Label: "I read", Type: "checkboxes", Options: []Option{{Value: "ru", Text: "Русский", Chosen: true}}}},
})

var noticeTongues = newNotice("tongues.saved")

// The cookie of a reader who is not signed in. It is set by her own choice alone,
// and says which languages she reads and nothing else.
const (
	tonguesCookie = "polis-reads"
	tonguesAge    = 365 * 24 * time.Hour
)

func (h *House) openTongues() {
	h.site.Handle("GET /languages", h.askTongues)
	h.site.Handle("POST /languages", h.saveTongues)
}

// tongues are the languages that the reader has said she reads, those of her
// account where she is signed in; nil where she has said nothing. Only pages ask
// it: feeds and programs are answered by their address alone. Whoever brings a
// cookie neither reads nor feeds the shelf, so no choice shows on a kept page.
func (h *House) tongues(r *http.Request) []lang.Tag {
	if who := ReaderOf(r); who.SignedIn() {
		return who.Reads
	}
	if r.Header.Get("Cookie") == "" {
		return nil
	}
	c, err := r.Cookie(h.wayName(tonguesCookie))
	if err != nil {
		return nil
	}
	return account.ParseTongues(c.Value)
}

// askTongues shows the form. Where nothing is chosen yet, the page's own language
// is: nobody reads a page in a language that she does not read.
func (h *House) askTongues(w http.ResponseWriter, r *http.Request) error {
	f := h.site.Frame(r)
	chosen := h.tongues(r)
	v := TonguesView{Fields: f.tonguesFields(chosen), Lead: f.T("tongues.cookie"), Back: f.URL(backTo(cameFrom(r))), Chosen: chosen != nil}
	if f.Reader.SignedIn() {
		v.Lead = f.T("tongues.account")
	}
	f.Private = true // it says where she came from
	f.Title, f.Crumbs = f.T("tongues.title"), []Link{{f.T("web.nav.library"), f.URL("/library")}}
	return tonguesPage.Show(w, f, v)
}

func (f *Frame) tonguesFields(chosen []lang.Tag) []Field {
	field := Field{Name: "reads", Label: f.T("tongues.field"), Hint: f.T("tongues.hint"), Type: "checkboxes"}
	for _, t := range lang.All {
		ticked := slices.Contains(chosen, t) || chosen == nil && t == f.Lang
		field.Options = append(field.Options, Option{Value: string(t), Text: t.Name(), Chosen: ticked})
	}
	return []Field{field}
}

// saveTongues keeps the choice with the account, or in the browser of who has
// none; without a language it takes the choice back.
func (h *House) saveTongues(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	var list []lang.Tag
	for _, value := range r.PostForm["reads"] {
		t, ok := lang.Parse(value)
		if !ok {
			return Wrong("account.error.lang")
		}
		list = append(list, t)
	}
	if r.PostForm.Get("none") != "" {
		list = nil
	}
	if who := ReaderOf(r); who.SignedIn() {
		if err := account.SetTongues(r.Context(), h.DB, who.Subject, who.ID, list); err != nil {
			return err
		}
	} else {
		age := tonguesAge
		if list == nil {
			age = 0
		}
		h.setWay(w, tonguesCookie, account.FormatTongues(list), age)
	}
	return h.site.Frame(r).Redirect(w, backTo(r.PostForm.Get("back")), noticeTongues, 0)
}

// longestBack is how long an address to go back to may be.
const longestBack = 2000

// backTo is the page of ours to go back to, without its language; the library
// where the address leads nowhere of ours.
func backTo(address string) string {
	u, err := url.Parse(inside(address))
	if err != nil || u.Path == "" || len(address) > longestBack {
		return "/library"
	}
	path := u.Path
	if _, rest, ok := splitLanguage(path); ok {
		path = rest
	}
	if inside(path) == "" {
		return "/library"
	}
	q := u.Query()
	for _, name := range []string{"notice", "n", "page"} {
		q.Del(name)
	}
	return withQuery((&url.URL{Path: path}).EscapedPath(), q)
}

// nearest orders the languages that a reader reads: the page's first.
func (f *Frame) nearest(tongues []lang.Tag) []lang.Tag {
	list := slices.Clone(tongues)
	far := func(t lang.Tag) int {
		if t == f.Lang {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(list, func(a, b lang.Tag) int { return cmp.Compare(far(a), far(b)) })
	return list
}
