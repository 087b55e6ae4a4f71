package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/api"
	"polis/internal/extract"
	"polis/internal/lang"
	"polis/internal/library"
)

func TestAClosedGroupFromItsOpeningToItsEnd(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		keeper, _ := h.as("desk@polis.example", access.DeskOfficer, "")
		anna, annaID := h.as("anna@polis.example", access.Expert, "KG")
		outsider, _ := h.as("bela@polis.example", access.Expert, "KG")
		en := lang.For("en")
		if got := keeper.post("/en/groups/new", "id", "Cyber Network", "name", ""); got.status != http.StatusUnprocessableEntity || !got.says(en.T("account.error.group-id")) {
			t.Errorf("%d", got.status)
		}
		if got := keeper.post("/en/groups/new", "id", "cyber-network", "name", "Network of cyber investigators"); got.status != http.StatusSeeOther {
			t.Fatalf("%d", got.status)
		}
		if page := keeper.get("/en/groups/cyber-network?q=anna"); !page.says("Test anna@polis.example") || !page.says(en.T("groups.admit.says")) {
			t.Error("nobody is found")
		}
		for name, v := range map[string]visitor{"an outsider": outsider, "who will be a member": anna} {
			if got := v.get("/en/groups/cyber-network"); got.status != http.StatusNotFound || got.says("Network of cyber") {
				t.Errorf("%s sees the group: %d", name, got.status)
			}
			for _, path := range []string{"edit", "end", "admit", "dismiss"} {
				if got := v.post("/en/groups/cyber-network/"+path, "person", "x", "name", "Mine", "rev", "1"); got.status != http.StatusForbidden {
					t.Errorf("%s may %s: %d", name, path, got.status)
				}
			}
			if got := v.post("/en/groups/new", "id", "mine", "name", "Mine"); got.status != http.StatusForbidden {
				t.Errorf("%s opens groups: %d", name, got.status)
			}
		}
		keeper.post("/en/groups/cyber-network/admit", "person", annaID)
		if page := anna.get("/en/groups/cyber-network"); page.status != 200 || !page.says("Test anna@polis.example") || page.says(en.T("groups.admit")) {
			t.Errorf("%d", page.status)
		}
		if page := anna.get("/en/account"); !page.says("Network of cyber investigators") {
			t.Error("her account does not name the group")
		}
		if page := anna.get("/en/groups"); !page.says("Network of cyber investigators") {
			t.Error("she is not led there")
		}
		if got := keeper.post("/en/groups/cyber-network/edit", "rev", "1", "name", ""); got.status != http.StatusUnprocessableEntity {
			t.Errorf("a group without a name: %d", got.status)
		}
		if got := keeper.post("/en/groups/cyber-network/edit", "rev", "7", "name", "Other"); got.status != http.StatusConflict {
			t.Errorf("a stale form: %d", got.status)
		}
		if got := anna.post("/en/groups/cyber-network/dismiss", "person", annaID); got.status != http.StatusSeeOther || len(h.now(annaID).Groups) > 0 {
			t.Errorf("she cannot leave: %d", got.status)
		}
		keeper.post("/en/groups/cyber-network/admit", "person", annaID)
		if got := keeper.post("/en/groups/cyber-network/end", "rev", "1"); got.status != http.StatusSeeOther || len(h.now(annaID).Groups) > 0 {
			t.Errorf("it does not end: %d", got.status)
		}
		if page := keeper.get("/en/groups/cyber-network"); page.status != 200 || page.says(en.T("groups.admit.says")) {
			t.Errorf("an ended group admits: %d", page.status)
		}
	})
}

// TestAWithdrawnWordClosesTheGroupEverywhere holds that page, list, search and
// file follow at once, in the session that is open.
func TestAWithdrawnWordClosesTheGroupEverywhere(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		anna, annaID := h.as("anna@polis.example", access.Expert, "KG")
		author, authorID := h.as("author@polis.example", access.Expert, "TJ")
		system := access.System("test")
		if err := account.OpenGroup(everywhere, h.DB, system, "cyber", "Network of cyber investigators", ""); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{annaID, authorID} {
			if err := account.Admit(everywhere, h.DB, system, "cyber", id); err != nil {
				t.Fatal(err)
			}
		}
		id := h.closedTo("cyber", "Undercover servers")
		document := "/en/library/" + id + "/en"
		programs := api.API{DB: h.DB, Library: h.Library, Index: h.Index, Who: func(r *http.Request) access.Subject { return ReaderOf(r).Subject }}
		h.site.Mount(api.Base+"/", programs.Handler())
		file := regexp.MustCompile(`href="([^"]*/file(?:s/|\?)[^"]*)"`).FindStringSubmatch(anna.get(document).body)
		if file == nil {
			t.Fatal("the page leads to no file")
		}
		original := strings.ReplaceAll(file[1], "&amp;", "&")
		open := []string{document, original, "/en/library?q=undercover", "/en/library", "/en/", api.Base + "/documents/" + id, api.Base + "/search?q=undercover"}
		for _, path := range open {
			if got := anna.get(path); got.status != http.StatusOK || !got.says("Undercover servers") {
				t.Errorf("%s is not open to a member: %d", path, got.status)
			}
		}
		if page := anna.get(document); !page.says(lang.For("en").T("groups.label", "group", "Network of cyber investigators")) {
			t.Error("it does not say for whom it is")
		}
		words, err := account.Vouchings(everywhere, h.DB, annaID)
		if err != nil {
			t.Fatal(err)
		}
		if err := account.Withdraw(everywhere, h.DB, system, words[0].ID, "left"); err != nil {
			t.Fatal(err)
		}
		for _, path := range append(open, "/en/groups/cyber") {
			if got := anna.get(path); got.says("Undercover servers") {
				t.Errorf("%s is open still: %d", path, got.status)
			}
		}
		for _, path := range []string{document, original, api.Base + "/documents/" + id, "/en/groups/cyber"} {
			if got := anna.get(path); got.status != http.StatusNotFound {
				t.Errorf("%s answers %d", path, got.status)
			}
		}
		if got := author.get(document); got.status != 200 {
			t.Errorf("it closed for another member too: %d", got.status)
		}
	})
}

// closedTo puts a document with a file into the library that is closed to a group.
func (h inhabited) closedTo(group, title string) string {
	h.t.Helper()
	sum, size, err := h.Library.Files.Put(everywhere, strings.NewReader(title), 1000)
	if err != nil {
		h.t.Fatal(err)
	}
	id, err := h.Library.Create(everywhere, access.System("test"), library.Draft{Level: access.Closed, Group: group}, library.Text{
		Lang: "en", Title: title, Sum: string(sum), File: "servers.txt", Media: "text/plain", Bytes: size,
		Passages: []extract.Passage{{Kind: extract.Paragraph, Text: title + " are undercover."}},
	})
	if err != nil {
		h.t.Fatal(err)
	}
	if err := h.Library.CatchUp(everywhere, h.Index, nil); err != nil {
		h.t.Fatal(err)
	}
	return id
}
