package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/extract"
	"polis/internal/library"
)

// long is a text of some hundred words, with what is said beside them.
func long(title string, more ...string) library.Text {
	t := textIn("en", title)
	t.Passages = nil
	for i := range 30 {
		t.Passages = append(t.Passages, extract.Passage{Kind: extract.Paragraph, Text: fmt.Sprintf("Paragraph %d names contact %d, post %d and the duty officer of district %d.", i, i*7, i*11, i*13)})
	}
	for _, m := range more {
		t.Passages = append(t.Passages, extract.Passage{Kind: extract.Paragraph, Text: m})
	}
	t.Sum = title
	return t
}

func (h inhabited) seekTwins() {
	h.t.Helper()
	if err := h.Library.SeekTwins(h.t.Context(), func(int64, int64) error { return nil }); err != nil {
		h.t.Fatal(err)
	}
}

func TestDuplicatesFromTheListToADecision(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		desk := h.subject("somebody", access.DeskOfficer)
		first := h.document(desk, library.Draft{}, long("Alpha guide", "Call the post <first>."))
		second := h.document(desk, library.Draft{}, long("Alpha guide, revised", "Call the desk <first>."), textIn("de", "Leitfaden Alpha, überarbeitet"))
		third := h.document(desk, library.Draft{}, long("Alpha guide, a copy", "Call the post <first>."))
		closed := h.document(access.System("test"), library.Draft{Level: access.Closed, State: "KG"}, long("Secret guide", "Call the post <first>."))
		h.seekTwins()
		v, anybody := h.signedIn("desk@polis.example", access.DeskOfficer), h.visitor()
		path := func(a, b string) string { return twinPath(library.Pair{One: min(a, b), Other: max(a, b)}) }

		t.Run("a reader is told what says nearly the same, and what differs", func(t *testing.T) {
			page := anybody.get("/en/library/" + first).body
			if !strings.Contains(page, "Alpha guide, revised") || !strings.Contains(page, "/en"+path(first, second)) || strings.Contains(page, "Secret") || strings.Contains(page, closed) {
				t.Error(page)
			}
			if page := anybody.get("/de/library/" + first).body; !strings.Contains(page, "Leitfaden Alpha, überarbeitet") {
				t.Error("the other has a title in the reader's language:", page)
			}
			got := anybody.get("/en" + path(first, second))
			if got.status != http.StatusOK || !strings.Contains(got.body, "1 passage differs") || !strings.Contains(got.body, "<mark>post</mark>") || !strings.Contains(got.body, "<mark>desk</mark>") || strings.Contains(got.body, `name="say"`) {
				t.Error(got.status, got.body)
			}
			for _, hidden := range []string{path(first, closed), "/twins/" + first + "/" + first, "/twins/" + first + "/x"} {
				if got := anybody.get("/en" + hidden); got.status != http.StatusNotFound {
					t.Errorf("%s: %d", hidden, got.status)
				}
			}
			other := h.document(desk, library.Draft{}, textIn("en", "Beta"))
			if a, b := anybody.get("/en"+path(first, other)).status, v.get("/en"+path(first, other)).status; a != http.StatusNotFound || b != http.StatusOK {
				t.Errorf("two that are not alike: %d to anybody, %d to who may change them", a, b)
			}
		})
		t.Run("the list is for those who may change documents", func(t *testing.T) {
			if got := anybody.get("/en/library/twins"); got.status != http.StatusSeeOther {
				t.Error(got.status)
			}
			got := v.get("/en/library/twins")
			if got.status != http.StatusOK || !strings.Contains(got.body, "3 pairs") || strings.Contains(got.body, "Secret") {
				t.Error(got.body)
			}
			if got := v.get("/de/library/twins?kind=exact"); !strings.Contains(got.body, "1 Paar") || !strings.Contains(got.body, "derselbe Text") {
				t.Error(got.body)
			}
			if got := v.get("/en/library/twins?after=nonsense"); got.status != http.StatusNotFound {
				t.Error(got.status)
			}
		})
		t.Run("a page of yesterday decides nothing, and a button pressed twice decides once", func(t *testing.T) {
			if got := v.post("/en"+path(first, second), "say", "newer", "newer", second, "rev", "9"); got.status != http.StatusConflict {
				t.Error(got.status)
			}
			for range 2 {
				if got := v.post("/en"+path(first, second), "say", "newer", "newer", second, "rev", "1"); got.status != http.StatusSeeOther {
					t.Error(got.status, got.body)
				}
				if got := v.post("/en"+path(second, third), "say", "apart"); got.status != http.StatusSeeOther {
					t.Error(got.status, got.body)
				}
			}
			if got := anybody.post("/en"+path(first, third), "say", "apart"); got.status == http.StatusSeeOther {
				t.Errorf("anybody decides: %d", got.status)
			}
			if page := v.get("/en/library/twins").body; !strings.Contains(page, "1 pair<") {
				t.Error(page)
			}
			if page := v.get("/en" + path(second, third)).body; !strings.Contains(page, `value="again"`) || !strings.Contains(page, "not the same") {
				t.Error(page)
			}
		})
		t.Run("two become one, and the other’s address leads there", func(t *testing.T) {
			at := "/en" + path(first, third)
			if got := v.post(at+"/unite", "keep", "", "reason", "x"); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "error-summary") {
				t.Error(got.status, got.body)
			}
			form := v.form(at, at+"/unite")
			if got := v.submit(form.filled("keep", first, "reason", " ")); got.status != http.StatusUnprocessableEntity {
				t.Error(got.status)
			}
			for range 2 {
				if got := v.submit(form.filled("keep", first)); got.status != http.StatusSeeOther || !strings.Contains(got.location, first) {
					t.Fatal(got.status, got.body)
				}
			}
			got := anybody.get("/en/library/" + third)
			to, err := url.Parse(got.location)
			if err != nil || got.status != http.StatusSeeOther || to.Path != "/en/library/"+first {
				t.Fatal(got.status, got.location)
			}
			if page := anybody.get(got.location).body; !strings.Contains(page, "put together with it") || !strings.Contains(page, "Version 1") {
				t.Error(page)
			}
		})
		t.Run("a file that arrives looks like what is there", func(t *testing.T) {
			var body []string
			for _, p := range long("", "Call the post <first>.").Passages {
				body = append(body, p.Text)
			}
			expert := h.signedIn("expert@polis.example", access.Expert)
			page := expert.get(expert.arrive("copy.md", "# Copy\n\n"+strings.Join(body, "\n\n"))).body
			if !strings.Contains(page, "looks like") || !strings.Contains(page, first) || strings.Contains(page, closed) || strings.Contains(page, "new version</a>") {
				t.Error(page)
			}
		})
	})
}
