package web

import (
	"encoding/xml"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/library"
)

func TestACollectionFromTheReadingPageToItsReaders(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		desk := h.subject("somebody", access.DeskOfficer)
		first := h.document(desk, library.Draft{}, textIn("en", "Alpha guide"))
		second := h.document(desk, library.Draft{Level: access.Member}, textIn("en", "Beta protocol"))
		v, anybody := h.signedIn("expert@polis.example", access.Expert), h.visitor()
		if err := h.Library.CatchUp(t.Context(), h.Index, nil); err != nil {
			t.Fatal(err)
		}

		if got := v.get("/en/library/" + first); !strings.Contains(got.body, "/library/"+first+"/collect") {
			t.Fatal("the reading page does not offer it")
		}
		if got := anybody.get("/en/library/" + first); strings.Contains(got.body, "/collect\"") {
			t.Error("it is offered to nobody")
		}
		if got := v.get("/en/library/" + first + "/collect"); !strings.Contains(got.body, "/collections/new?document="+first) {
			t.Fatal(got.body)
		}
		form := v.form("/en/collections/new?document="+first, "/en/collections")
		if got := v.submit(form.filled("level", "public")); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "error-summary") {
			t.Errorf("without a title: %d", got.status)
		}
		form = v.form("/en/collections/new?document="+first, "/en/collections")
		got := v.submit(form.filled("title-en", "First <contact>", "about-en", "Read this.", "title-ru", "Первый контакт", "level", "public"))
		if got.status != http.StatusSeeOther {
			t.Fatal(got.status, got.body)
		}
		path := regexp.MustCompile(`/collections/[0-9a-f-]+`).FindString(got.location)
		if got := v.submit(v.form("/en/library/"+second+"/collect", "/en/library").filled("note", "Begin with chapter 2.")); got.status != http.StatusSeeOther {
			t.Fatal(got.status, got.body)
		}

		t.Run("each reader sees what she may, and the count is hers", func(t *testing.T) {
			own, other := v.get("/en"+path).body, anybody.get("/ru"+path).body
			if !strings.Contains(own, "Beta protocol") || !strings.Contains(own, "Begin with chapter 2.") || !strings.Contains(own, "First &lt;contact&gt;") || !strings.Contains(own, "2 documents") {
				t.Error(own)
			}
			if strings.Contains(other, "Beta") || strings.Contains(other, "chapter 2") || !strings.Contains(other, "Первый контакт") || !strings.Contains(other, "1 документ") || strings.Contains(other, `name="do"`) {
				t.Error(other)
			}
			if list := anybody.get("/en/collections").body; !strings.Contains(list, path) || !strings.Contains(list, "1 document") {
				t.Error(list)
			}
			if page := anybody.get("/en/library/" + first).body; !strings.Contains(page, path) {
				t.Error("the document’s page does not name the collection")
			}
		})
		t.Run("it is put in order without script", func(t *testing.T) {
			places := func() string {
				body := v.get("/en" + path).body
				if strings.Index(body, "Alpha guide") < strings.Index(body, "Beta protocol") {
					return "AB"
				}
				return "BA"
			}
			act := "/en" + path + "/documents/" + first
			for _, step := range []struct{ pairs, want string }{
				{"do down", "BA"}, {"do up", "AB"}, {"do move position 2", "BA"}, {"do move position 1", "AB"}, {"do up", "AB"},
			} {
				if got := v.post(act, strings.Fields(step.pairs)...); got.status != http.StatusSeeOther || places() != step.want {
					t.Errorf("%s: %d, %s", step.pairs, got.status, places())
				}
			}
			for _, bad := range []string{"do move position first", "do note note " + strings.Repeat("x", 1001)} {
				if got := v.post(act, strings.Fields(bad)...); got.status != http.StatusUnprocessableEntity {
					t.Errorf("%.30s: %d", bad, got.status)
				}
			}
			if got := v.post(act, "do", "fly"); got.status != http.StatusNotFound {
				t.Error(got.status)
			}
			if got := anybody.post(act, "do", "remove"); got.status != http.StatusForbidden {
				t.Error(got.status)
			}
		})
		t.Run("it is taken along as references and as a feed, as far as she may read", func(t *testing.T) {
			for _, name := range []string{"references.bib", "references.ris", "references.json", "feed.atom"} {
				own, other := v.get("/en"+path+"/"+name), anybody.get("/en"+path+"/"+name)
				if own.status != http.StatusOK || !strings.Contains(own.body, "Beta protocol") && !strings.Contains(own.body, "Begin with chapter 2") || strings.Contains(other.body, "Beta") || !strings.Contains(other.body, "Alpha guide") {
					t.Errorf("%s: %d %s\n%s", name, own.status, own.body, other.body)
				}
			}
			var feed struct {
				Entries []struct {
					Title string `xml:"title"`
				} `xml:"entry"`
			}
			if err := xml.Unmarshal([]byte(v.get("/en"+path+"/feed.atom").body), &feed); err != nil || len(feed.Entries) != 2 || feed.Entries[0].Title != "Beta protocol" {
				t.Error(feed, err)
			}
		})
		t.Run("it is renamed, closed and deleted by those who may", func(t *testing.T) {
			if got := v.submit(v.form("/en"+path+"/edit", "/en"+path).filled("title-en", "Renamed", "level", "member")); got.status != http.StatusSeeOther {
				t.Fatal(got.status, got.body)
			}
			if got := anybody.get("/en" + path); got.status != http.StatusNotFound {
				t.Error(got.status)
			}
			if body := v.get("/en" + path + "/edit").body; strings.Contains(body, `value="public"`) {
				t.Error("she is offered to open it again by herself")
			}
			if got := v.submit(v.form("/en"+path+"/delete", "/en"+path)); got.status != http.StatusSeeOther {
				t.Error(got.status)
			}
			if got := v.get("/en" + path); got.status != http.StatusNotFound {
				t.Error(got.status)
			}
			if got := v.get("/en/library/" + first); got.status != http.StatusOK {
				t.Error(got.status)
			}
		})
	})
}
