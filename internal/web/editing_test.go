package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/extract"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/store"
)

// document puts a document into the library and returns its id.
func (h inhabited) document(owner access.Subject, d library.Draft, texts ...library.Text) string {
	h.t.Helper()
	id, err := h.Library.Create(context.Background(), owner, d, texts...)
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

func textIn(t lang.Tag, title string) library.Text {
	return library.Text{Lang: t, Title: title, Sum: title, Passages: []extract.Passage{{Kind: extract.Paragraph, Text: title}}}
}

// subject is the person with the address as the access rules see her.
func (h inhabited) subject(id string, role access.Role) access.Subject {
	return access.Act(id, role, "", "")
}

func TestEditing(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		ctx, everything := context.Background(), store.Everything("test")
		desk := h.signedIn("desk@polis.example", access.DeskOfficer)
		author := h.subject("author", access.Expert)
		secret := h.document(author, library.Draft{Level: access.Closed}, textIn("en", "Hidden draft"))
		id := h.document(author, library.Draft{
			Symbol: "POLIS/1", Level: access.Official, Relations: []library.Relation{{Kind: "cites", Target: secret}, {Kind: "implements", Symbol: "PC.DEC/1049"}},
			Tags: library.Tags{Keywords: map[lang.Tag][]string{"fr": {"patrouille"}}},
		}, textIn("en", "Old title"), textIn("ru", "Старое название"))
		path := "/en/library/" + id + "/edit"
		page := desk.get(path)
		form := func(rev string, pairs ...string) []string {
			return append([]string{
				"rev", rev, "title-en", "New title", "summary-en", "What it is.", "keywords-en", "street", "title-ru", "Новое название",
				"symbol", "POLIS/1", "level", "official", "relation-kind-1", "implements", "relation-to-1", "PC.DEC/1049",
			}, pairs...)
		}
		t.Run("the form holds every language version and nothing that she may not see", func(t *testing.T) {
			if page.status != 200 || !page.says("Old title") || !page.says("Старое название") || !page.says("PC.DEC/1049") {
				t.Fatalf("%d", page.status)
			}
			if strings.Contains(page.body, secret) {
				t.Error("the form betrays a document that she may not read")
			}
		})
		t.Run("a mistake keeps what was typed", func(t *testing.T) {
			got := desk.post(path, form(page.rev(), "title-ru", "", "date", "never", "type", "guide")...)
			if got.status != http.StatusUnprocessableEntity || !got.says("New title") || !got.says("never") || !got.says(lang.For("en").T("library.error.date")) {
				t.Errorf("%d", got.status)
			}
		})
		t.Run("saving changes what the form shows and leaves what it does not", func(t *testing.T) {
			if got := desk.post(path, form(page.rev(), "type", "guide")...); got.status != http.StatusSeeOther {
				t.Fatalf("%d %s", got.status, got.body)
			}
			rec, err := h.Library.Get(ctx, everything, id)
			if err != nil {
				t.Fatal(err)
			}
			if rec.Edition("en").Title != "New title" || rec.Edition("ru").Title != "Новое название" || rec.Kind != "guide" {
				t.Errorf("%+v", rec)
			}
			if !slices.Equal(rec.Keywords["fr"], []string{"patrouille"}) || !slices.Equal(rec.Keywords["en"], []string{"street"}) {
				t.Errorf("keywords %v", rec.Keywords)
			}
			if !slices.ContainsFunc(rec.Related, func(r library.Related) bool { return r.ID == secret }) || len(rec.Related) != 2 {
				t.Errorf("the relation to what she may not see is gone: %+v", rec.Related)
			}
		})
		t.Run("a form opened before somebody else's change overwrites nothing and shows the difference", func(t *testing.T) {
			if err := h.Library.AddText(ctx, author, id, 2, textIn("it", "Titolo")); err != nil {
				t.Fatal(err)
			}
			got := desk.post(path, form(page.rev(), "type", "study")...)
			if got.status != http.StatusConflict || !got.says("Titolo") || !got.says(lang.For("en").T("library.edit.stale")) || !got.says("Study") || !got.says("Guide") {
				t.Errorf("%d", got.status)
			}
			rec, err := h.Library.Get(ctx, everything, id)
			if err != nil || rec.Kind != "guide" {
				t.Errorf("%s %v", rec.Kind, err)
			}
			if again := desk.post(path, form(got.rev(), "type", "study", "title-it", "Titolo")...); again.status != http.StatusSeeOther {
				t.Errorf("saving with both before her eyes: %d", again.status)
			}
		})
		t.Run("opening it to more people asks why", func(t *testing.T) {
			now := desk.get(path)
			open := slices.Clone(form(now.rev()))
			open[slices.Index(open, "level")+1] = "public"
			got := desk.post(path, open...)
			if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `id="reason"`) {
				t.Fatalf("%d", got.status)
			}
			if got := desk.post(path, append(open, "reason", "Agreed by the author on 3 March")...); got.status != http.StatusSeeOther {
				t.Errorf("%d %s", got.status, got.body)
			}
			if got := h.visitor().get("/en/library/" + id); got.status != 200 {
				t.Errorf("the public page: %d", got.status)
			}
		})
		t.Run("who may not edit gets a page that says so; what she may not read is not there", func(t *testing.T) {
			expert := h.signedIn("expert@polis.example", access.Expert)
			if got := expert.get(path); got.status != http.StatusForbidden {
				t.Errorf("%d", got.status)
			}
			if got := expert.post(path, form("1")...); got.status != http.StatusForbidden {
				t.Errorf("%d", got.status)
			}
			if got := desk.get("/en/library/" + secret + "/edit"); got.status != http.StatusNotFound {
				t.Errorf("%d", got.status)
			}
			if got := h.visitor().get(path); got.status != http.StatusForbidden {
				t.Errorf("nobody signed in: %d", got.status)
			}
		})
		t.Run("a file brought for the document is confirmed as its translation", func(t *testing.T) {
			got := desk.send("/en/library/"+id+"/text", false, "de.md", "# Neuer Titel\n\nDie Polizei und die Bevölkerung des Bezirks arbeiten zusammen und schreiben auf, was vereinbart wurde.\n")
			if got.status != http.StatusSeeOther || !strings.Contains(got.location, "into="+id) {
				t.Fatalf("%d %s", got.status, got.location)
			}
			page := desk.get(got.location)
			address, _, _ := strings.Cut(got.location, "?")
			if got := desk.post(address, "rev", page.rev(), "home", id, "lang", "de", "title", "Neuer Titel"); got.status != http.StatusSeeOther {
				t.Errorf("%d %s", got.status, got.body)
			}
			if !desk.get("/de/library/" + id).says("Neuer Titel") {
				t.Error("the German page does not show it")
			}
		})
	})
}
