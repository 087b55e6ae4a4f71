package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/library"
)

// until loads a page until it says the words.
func (v visitor) until(path, words string) string {
	v.h.t.Helper()
	var body string
	for range 300 {
		if body = v.get(path).body; strings.Contains(body, words) {
			return body
		}
		time.Sleep(100 * time.Millisecond)
	}
	v.h.t.Fatalf("%s never says %q: %s", path, words, body)
	return ""
}

func TestALibrarianEditsAllThatASearchFinds(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		author := h.subject("author", access.Expert)
		first := h.document(author, library.Draft{}, textIn("en", "The militia and the public"))
		second := h.document(author, library.Draft{}, textIn("en", "A militia guide"))
		hidden := h.document(author, library.Draft{Level: access.Closed}, textIn("en", "Secret militia"))
		v := h.signedIn("desk@polis.example", access.DeskOfficer)
		if err := h.Library.CatchUp(t.Context(), h.Index, nil); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(v.get("/en/search?q=militia").body, "/en/library/bulk?q=militia") {
			t.Error("the results do not lead there")
		}
		if strings.Contains(h.signedIn("expert@polis.example", access.Expert).get("/en/search?q=militia").body, "library/bulk") {
			t.Error("it is offered to an expert")
		}
		t.Run("what is wrong is said, and what was typed stays", func(t *testing.T) {
			got := v.submit(v.form("/en/library/bulk?q=militia", "/en/library/bulk").filled("find", "", "with", "police", "origin", "Atlantis"))
			if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `value="police"`) || !strings.Contains(got.body, "Atlantis") {
				t.Error(got.status)
			}
		})
		got := v.submit(v.form("/en/library/bulk?q=militia", "/en/library/bulk").filled("find", "militia", "with", "police", "type", "guide"))
		if got.status != http.StatusSeeOther {
			t.Fatal(got.status, got.body)
		}
		path := "/en" + regexp.MustCompile(`/batches/[0-9a-f-]+`).FindString(got.location)
		changes := path
		t.Run("she sees each change first, and nothing of what she may not read", func(t *testing.T) {
			body := v.get(changes).body
			if !strings.Contains(body, "<mark>militia</mark>") || !strings.Contains(body, "<mark>police</mark>") || !strings.Contains(body, "Change 2 documents") || strings.Contains(body, "Secret") || strings.Contains(body, hidden) {
				t.Error(body)
			}
			if strings.Contains(v.get("/en/library/"+first).body, "The police") {
				t.Error("it is changed already")
			}
		})
		t.Run("it is nobody else’s", func(t *testing.T) {
			other := h.signedIn("admin@polis.example", access.Administrator)
			for _, act := range []string{"start", "undo", "drop", "stop", "resume"} {
				if got := other.post(path+"/"+act, "x", "y"); got.status != http.StatusNotFound {
					t.Errorf("%s: %d", act, got.status)
				}
			}
			if got := other.get(changes); got.status != http.StatusNotFound {
				t.Error(got.status)
			}
			if got := h.visitor().post("/en/library/bulk", "find", "a"); got.status != http.StatusForbidden {
				t.Error(got.status)
			}
		})
		t.Run("it is done in the background, and taken back with one click", func(t *testing.T) {
			if got := v.post(path + "/start"); got.status != http.StatusSeeOther {
				t.Fatal(got.status, got.body)
			}
			if body := v.until(changes, "Undoing restores"); !strings.Contains(body, "kept until "+lang.For("en").Date(time.Now().AddDate(0, 0, 90))) {
				t.Error("it does not say until when it can be undone")
			}
			for id, title := range map[string]string{first: "The police and the public", second: "A police guide"} {
				if !strings.Contains(v.get("/en/library/"+id).body, title) {
					t.Errorf("%s is not there", title)
				}
			}
			if got := v.post(path + "/drop"); got.status != http.StatusConflict {
				t.Error(got.status)
			}
			if got := v.post(path + "/fly"); got.status != http.StatusNotFound {
				t.Error(got.status)
			}
			v.post(path + "/undo")
			v.until(changes, "is as it was before")
			if !strings.Contains(v.get("/en/library/"+first).body, "The militia and the public") {
				t.Error("it is not taken back")
			}
			if !strings.Contains(v.get("/ru/library/bulk").body, strings.TrimPrefix(path, "/en")) {
				t.Error("it is not among her earlier ones")
			}
		})
	})
}
