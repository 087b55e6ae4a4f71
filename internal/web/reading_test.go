package web

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/extract"
	"polis/internal/library"
)

// shelve puts a document of paragraphs into the library, in English and German,
// and returns its id.
func (h inhabited) shelve(d library.Draft, title string, paragraphs ...string) string {
	h.t.Helper()
	var passages []extract.Passage
	for _, p := range paragraphs {
		passages = append(passages, extract.Passage{Kind: extract.Paragraph, Text: p})
	}
	id, err := h.Library.Create(context.Background(), access.System("test"), d,
		library.Text{Lang: "en", Title: title, Sum: title, Passages: passages},
		library.Text{Lang: "de", Title: title + " (deutsch)", Sum: title + "de", Passages: []extract.Passage{{Kind: extract.Paragraph, Text: "Beweise werden aufbewahrt."}}})
	if err != nil {
		h.t.Fatal(err)
	}
	if err := h.Library.CatchUp(context.Background(), h.Index, nil); err != nil {
		h.t.Fatal(err)
	}
	return id
}

func on(themes ...string) library.Draft { return library.Draft{Tags: library.Tags{Themes: themes}} }

var shown = regexp.MustCompile(`<li class="hit">`)

func TestTheListNarrows(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, h inhabited) {
		h.shelve(on("cybercrime/network-24-7"), "The network", "Evidence is kept.")
		h.shelve(on("cybercrime/cyber-investigation"), "Telephones", "Evidence is kept.")
		h.shelve(on("police-reform/community-policing"), "Patrols", "Streets are walked.")
		h.shelve(library.Draft{Level: access.Official}, "Secret evidence", "Evidence is secret.")
		v := h.visitor()
		for path, want := range map[string]int{
			"/en/library":                                3, // documents, not language versions
			"/en/search?q=evidence":                      2,
			"/en/search?q=Beweise":                       3,
			"/en/library?theme=cybercrime":               2,
			"/en/library?theme=cybercrime/network-24-7":  1,
			"/en/search?q=evidence&theme=police-reform":  0,
			"/en/search?q=%22evidence+is+kept%22+-phone": 2,
			"/en/library?theme=nonsense":                 0,
			"/en/library?page=400":                       0,
			"/en/library?page=minus&sort=luck":           3,
		} {
			got := v.get(path)
			if n := len(shown.FindAllString(got.body, -1)); got.status != http.StatusOK || n != want {
				t.Errorf("%s answers %d with %d documents, not %d", path, got.status, n, want)
			}
			if got.says("Secret") || got.says("secret") {
				t.Errorf("%s betrays what is official", path)
			}
		}
		if list := v.get("/en/library?theme=cybercrime"); !strings.Contains(list.body, "theme=cybercrime%2Fnetwork-24-7") || strings.Contains(list.body, "theme=cybercrime&amp;theme=cybercrime%2F") {
			t.Error("a sub-theme does not take the place of its theme")
		}
		if h.signedIn("desk@example.org", access.DeskOfficer).get("/en/search?q=secret").says("Secret evidence") == false {
			t.Error("the desk does not find what is official")
		}
	})
}

func TestAQuestionOfAnySortIsAnswered(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, h inhabited) {
		h.shelve(library.Draft{}, "Telephones", "Evidence is kept.")
		v := h.visitor()
		for _, q := range []string{"%22", "-", "%00%ff%fe", "*:*", "<script>alert(1)</script>", strings.Repeat("a", 5000), strings.Repeat("x%20", 3000), "'; DROP TABLE document; --", "evidense"} {
			got := v.get("/en/search?q=" + strings.ReplaceAll(q, " ", "+"))
			if got.status != http.StatusOK || strings.Contains(got.body, "<script>alert") {
				t.Errorf("%.20s answers %d", q, got.status)
			}
		}
		if got := v.get("/en/search?q=evidense"); !got.says("Telephones") {
			t.Error("a typo is not forgiven where nothing else is found")
		}
	})
}

func TestALongTextIsReadInParts(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, h inhabited) {
		var paragraphs []string
		for i := range 2*library.PartSize + 5 {
			paragraphs = append(paragraphs, fmt.Sprintf("Paragraph number %d of the text.", i+1))
		}
		paragraphs[100] = "Here the drone is mentioned."
		id := h.shelve(library.Draft{}, "Long", paragraphs...)
		v := h.visitor()
		first := v.get("/en/library/" + id + "/en")
		if !first.says("Paragraph number 60 of") || first.says("Paragraph number 61 of") {
			t.Error("the first part does not end where it should")
		}
		if last := v.get("/en/library/" + id + "/en?part=3"); !last.says("Paragraph number 125 of") || last.says("Paragraph number 120 of") {
			t.Error("the last part is not the last")
		}
		if got := v.get("/en/library/" + id + "/en?part=4"); got.status != http.StatusNotFound {
			t.Errorf("a part behind the end answers %d", got.status)
		}
		found := v.get("/en/search?q=drone").body
		if path := "/en/library/" + id + "/en?part=2&amp;q=drone#p101"; !strings.Contains(found, path) {
			t.Errorf("the result does not lead to %s", path)
		}
		if inside := v.get("/en/library/" + id + "/en?q=drone&inside=1"); !strings.Contains(inside.body, "#p101") {
			t.Error("a word on another part is not found inside the document")
		}
	})
}

func TestADocumentOpensForThoseWhoMayReadIt(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, h inhabited) {
		id := h.shelve(library.Draft{Level: access.Official, Symbol: "X/1"}, "Closed doors", "Words.")
		for _, path := range []string{"/en/library/" + id, "/en/library/" + id + "/en", "/en/library/" + id + "/en/cite?p=1", "/en/library/" + id + "/edit"} {
			got := h.visitor().get(path)
			if got.status != http.StatusNotFound && got.status != http.StatusSeeOther || got.says("Closed doors") {
				t.Errorf("%s answers anybody with %d", path, got.status)
			}
		}
		desk := h.signedIn("desk@example.org", access.DeskOfficer)
		if got := desk.get("/en/library/" + id); got.status != http.StatusOK || !got.says("Closed doors") {
			t.Errorf("the desk gets %d", got.status)
		}
		if got := desk.get("/en/library/" + id + "/en/cite?p=1"); !got.says("X/1") {
			t.Error("the citation lacks the symbol")
		}
		for _, path := range []string{"/en/library/" + id + "/ru", "/en/library/" + id + "/en/cite?p=99", "/en/library/" + id + "/en/cite?p=x", "/en/library/nothing", "/en/files/nothing"} {
			if got := desk.get(path); got.status != http.StatusNotFound {
				t.Errorf("%s answers %d", path, got.status)
			}
		}
	})
}

func TestAnOriginalIsADownloadThatCannotRun(t *testing.T) {
	t.Parallel()
	eachHouse(t, func(t *testing.T, h inhabited) {
		const page = "<html><script>alert(1)</script><body><p>Words of a page that might run.</p></body></html>"
		sum, size, err := h.Library.Files.Put(t.Context(), strings.NewReader(page), 1000)
		if err != nil {
			t.Fatal(err)
		}
		id, err := h.Library.Create(t.Context(), access.System("test"), library.Draft{}, library.Text{
			Lang: "en", Title: "Page", Sum: string(sum), File: "page \"1\".html", Media: "text/html", Bytes: size,
			Passages: []extract.Passage{{Kind: extract.Paragraph, Text: "Words."}},
		})
		if err != nil {
			t.Fatal(err)
		}
		rec, err := h.Library.Get(t.Context(), access.Scope{}, id)
		if err != nil {
			t.Fatal(err)
		}
		path := "/files/" + rec.Editions[0].Version.ID
		for _, view := range []string{"", "?view=1"} {
			v := h.visitor()
			answer, err := v.client.Do(v.request("GET", path+view, "", nil))
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			head := answer.Header
			if !strings.HasPrefix(head.Get("Content-Disposition"), "attachment") || head.Get("Content-Type") != "application/octet-stream" ||
				!strings.Contains(head.Get("Content-Security-Policy"), "sandbox") || head.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("an HTML file comes as %v", head)
			}
		}
	})
}
