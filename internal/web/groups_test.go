package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/api"
	"polis/internal/community/discussion"
	"polis/internal/extract"
	"polis/internal/lang"
	"polis/internal/library"
)

func TestAClosedGroupFromItsOpeningToItsEnd(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		keeper, _ := h.as("desk@polis.example", access.DeskOfficer, "")
		anna, annaID := h.as("anna@polis.example", access.Expert, "KG")
		outsider, outsiderID := h.as("bela@polis.example", access.Expert, "KG")
		en := lang.For("en")
		const group = "/en/groups/cyber-network"
		if got := keeper.post("/en/groups/new", "id", "Cyber Network", "name", "", "reach", "secret"); got.status != http.StatusUnprocessableEntity || !got.says(en.T("account.error.group-id")) || !got.says(en.T("groups.error.kind")) {
			t.Errorf("%d", got.status)
		}
		for range 2 { // a double click: the second finds the name taken
			if got := keeper.post("/en/groups/new", "id", "cyber-network", "name", "Network of cyber investigators", "reach", "closed-closed", "welcome", "Be **welcome**.", "rules", "<script>alert(1)</script>Be brief."); got.status != http.StatusSeeOther && !got.says(en.T("account.error.group-taken")) {
				t.Fatalf("%d", got.status)
			}
		}
		if page := keeper.get(group + "/members?q=anna"); !page.says("Test anna@polis.example") {
			t.Error("nobody is found")
		}
		if page := keeper.get("/en/groups"); !page.says(en.T("groups.unled")) {
			t.Error("the keepers are not told that nobody runs it")
		}
		for name, v := range map[string]visitor{"an outsider": outsider, "who will be a member": anna} {
			for _, path := range []string{"", "/about", "/members", "/proposals", "/edit", "/raise"} {
				if got := v.get(group + path); got.status != http.StatusNotFound || got.says("Network of cyber") {
					t.Errorf("%s sees the group%s: %d", name, path, got.status)
				}
			}
			for _, path := range []string{"edit", "end", "admit", "dismiss", "join", "facilitate", "raise", "proposals", "proposals/admit", "greeted"} {
				got := v.post(group+"/"+path, "person", "x", "name", "Mine", "rev", "1", "to", "closed-closed", "address", "a@polis.example", "words", "w")
				if got.status != http.StatusForbidden && got.status != http.StatusNotFound || got.says("Network of cyber") {
					t.Errorf("%s may %s: %d", name, path, got.status)
				}
			}
			if got := v.post("/en/groups/new", "id", "mine", "name", "Mine", "reach", "open-public"); got.status != http.StatusForbidden {
				t.Errorf("%s opens groups: %d", name, got.status)
			}
			if page := v.get("/en/groups"); page.says("Network of cyber") {
				t.Errorf("%s finds it in the list", name)
			}
		}
		keeper.post(group+"/admit", "person", annaID)
		if page := anna.get(group); page.status != 200 || !page.says("<strong>welcome</strong>") {
			t.Errorf("she is not welcome: %d", page.status)
		}
		if got := anna.post(group + "/greeted"); got.status != http.StatusSeeOther || anna.get(group).says("<strong>welcome</strong>") {
			t.Errorf("she is greeted again: %d", got.status)
		}
		if page := anna.get(group + "/about"); !page.says("<strong>welcome</strong>") || page.says("<script>alert") {
			t.Error("what it says is not to be reached, or runs")
		}
		if page := anna.get(group + "/members"); page.status != 200 || !page.says("Test anna@polis.example") || page.says(en.T("groups.admit")) || page.says(en.T("groups.facilitate")) {
			t.Errorf("%d", page.status)
		}
		for _, path := range []string{"/en/account", "/en/groups", "/en/community"} {
			if page := anna.get(path); !page.says("Network of cyber investigators") {
				t.Errorf("%s does not lead there", path)
			}
		}
		h.proposed(keeper, anna, group, outsiderID)
		keeper.post(group+"/facilitate", "person", annaID, "runs", "yes")
		if page := anna.get(group + "/edit"); page.status != 200 || page.says(en.T("groups.end.button")) {
			t.Errorf("who runs it edits it, and does not end it: %d", page.status)
		}
		if got := anna.post(group+"/edit", "rev", "1", "name", "", "lang", "de"); got.status != http.StatusUnprocessableEntity {
			t.Errorf("a group without a name: %d", got.status)
		}
		anna.post(group+"/edit", "rev", "1", "name", "Network of cyber investigators", "lang", "de", "rules", "Theirs.", "switches", "mails")
		if got := keeper.post(group+"/edit", "rev", "1", "name", "Other name", "lang", "de", "rules", "Typed here."); got.status != http.StatusConflict || !got.says("Typed here.") || !got.says("Theirs.") || !got.says(en.T("groups.stale")) {
			t.Errorf("a stale form loses what was typed: %d", got.status)
		}
		if got := anna.post(group+"/dismiss", "person", annaID); got.status != http.StatusSeeOther || len(h.now(annaID).Groups) > 0 {
			t.Errorf("she cannot leave: %d", got.status)
		}
		keeper.post(group+"/admit", "person", annaID)
		if got := keeper.post(group+"/end", "rev", "2"); got.status != http.StatusSeeOther {
			t.Errorf("it does not end: %d", got.status)
		}
		if page := anna.get(group); page.status != 200 || !page.says(en.T("groups.archive")) || page.says(en.T("groups.ask")) {
			t.Errorf("the archive is closed to its member: %d", page.status)
		}
		if page := keeper.get(group + "/members"); page.status != 200 || page.says(en.T("groups.admit")) {
			t.Errorf("an ended group admits: %d", page.status)
		}
		if page := anna.get("/en/library/upload"); page.says("group:cyber-network") {
			t.Error("the library offers an archive for new documents")
		}
		if _, err := h.Library.Create(everywhere, h.now(annaID), library.Draft{Level: access.Closed, Group: "cyber-network"}, library.Text{Lang: "en", Title: "Late", Passages: []extract.Passage{{Kind: extract.Paragraph, Text: "Late."}}}); err == nil {
			t.Error("something new comes into an archive")
		}
	})
}

// proposed has a member propose somebody, who is declined with a reason, proposed again
// and let in.
func (h inhabited) proposed(keeper, member visitor, group, person string) {
	h.t.Helper()
	en := lang.For("en")
	if got := member.post(group+"/proposals", "address", "nobody@polis.example", "words", "She leads."); got.status != http.StatusUnprocessableEntity || !got.says(en.T("groups.error.nobody")) || !got.says("nobody@polis.example") {
		h.t.Errorf("%d", got.status)
	}
	asked := regexp.MustCompile(`name="asked" value="(\d+)"`)
	propose := func() string {
		h.t.Helper()
		for range 2 { // a double click
			member.post(group+"/proposals", "address", "bela@polis.example", "words", "She leads the unit.")
		}
		found := asked.FindStringSubmatch(keeper.get(group + "/proposals").body)
		if found == nil {
			h.t.Fatal("nobody waits")
		}
		return found[1]
	}
	first := propose()
	if got := keeper.post(group+"/proposals/decline", "person", person, "asked", first); got.status != http.StatusUnprocessableEntity || !got.says(en.T("groups.error.reason")) {
		h.t.Errorf("declined without a reason: %d", got.status)
	}
	keeper.post(group+"/proposals/decline", "person", person, "asked", first, "reason-"+person, "Not this year.")
	if page := member.get(group + "/proposals"); !page.says("Not this year.") || page.says("She leads the unit.") {
		h.t.Error("she is not told why, or the words are kept")
	}
	second := propose()
	if got := keeper.post(group+"/proposals/admit", "person", person, "asked", first); got.status != http.StatusConflict || len(h.now(person).Groups) > 0 {
		h.t.Errorf("an old form answers a new proposal: %d", got.status)
	}
	if got := keeper.post(group+"/proposals/admit", "person", person, "asked", second); got.status != http.StatusSeeOther || len(h.now(person).Groups) != 1 {
		h.t.Errorf("%d", got.status)
	}
	keeper.post(group+"/dismiss", "person", person)
}

func TestAnOpenGroupIsReadByAllAndRises(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		keeper, _ := h.as("desk@polis.example", access.DeskOfficer, "")
		anna, annaID := h.as("anna@polis.example", access.Expert, "KG")
		waits, _ := h.as("waits@polis.example", access.Visitor, "KG")
		anonymous := h.visitor()
		en := lang.For("en")
		const group = "/en/groups/patrol"
		keeper.post("/en/groups/new", "id", "patrol", "name", "Patrol work", "reach", "open-public", "lang", "en", "themes", "cybercrime")
		for _, path := range []string{group, group + "/about", "/en/groups", "/en/community"} {
			if page := anonymous.get(path); page.status != 200 || !page.says("Patrol work") && path != "/en/community" {
				t.Errorf("%s: %d", path, page.status)
			}
		}
		if page := anonymous.get(group + "/members"); page.status == 200 {
			t.Error("everybody sees who is in it")
		}
		if page := waits.get(group); !page.says(en.T("groups.join.no-word")) {
			t.Error("she is not told what to do")
		}
		if got := waits.post(group + "/join"); got.status != http.StatusConflict || !got.says(en.T("groups.error.no-word")) {
			t.Errorf("nobody vouches, and she joins: %d", got.status)
		}
		for range 2 { // a double click
			if got := anna.post(group + "/join"); got.status != http.StatusSeeOther {
				t.Errorf("%d", got.status)
			}
		}
		if page := anna.get(group); !page.says(en.T("groups.ask")) || page.says(en.T("groups.join")) {
			t.Error("she is not in it")
		}
		talks := h.talks()
		id, err := talks.Open(everywhere, h.now(annaID), "patrol", discussion.Draft{Kind: discussion.Question, Title: "Who has a model agreement?", Lang: "en", Body: "Of patrols across a border."})
		if err != nil {
			t.Fatal(err)
		}
		reading := []string{group, "/en/groups", "/en/topics?group=patrol", "/en" + discussion.TopicPath(id)}
		for _, path := range reading {
			if page := anonymous.get(path); page.status != 200 {
				t.Errorf("%s: %d", path, page.status)
			}
		}
		if page := keeper.get(group + "/raise?to=members-official"); !page.says(en.T("groups.raise.topics", "n", 1)) || !page.says(en.T("groups.raise.stay", "n", 1)) {
			t.Error("what follows is not shown")
		}
		if got := anna.get(group + "/raise"); got.status != http.StatusForbidden {
			t.Errorf("a member raises it: %d", got.status)
		}
		if got := keeper.post(group+"/raise", "rev", "1", "to", "open-public"); got.status == http.StatusSeeOther {
			t.Error("it does not rise, and it is done")
		}
		if got := keeper.post(group+"/raise", "rev", "1", "to", "members-official"); got.status != http.StatusSeeOther {
			t.Fatalf("%d", got.status)
		}
		for name, v := range map[string]visitor{"nobody in particular": anonymous, "a visitor": waits} {
			for _, path := range append(reading, "/en/community", "/en/topics") {
				if page := v.get(path); page.says("model agreement") || page.says("Patrol work") {
					t.Errorf("%s reads %s still", name, path)
				}
			}
		}
		if n, err := talks.CountTopics(everywhere, access.Subject{}.Scope(), discussion.TopicFilter{Group: "patrol"}, discussion.MostCounted); err != nil || n != 0 {
			t.Errorf("it is counted: %d, %v", n, err)
		}
		page := anna.get("/en" + discussion.TopicPath(id))
		if page.status != 200 || !page.says("model agreement") {
			t.Errorf("%d", page.status)
		}
		if err := account.Dismiss(everywhere, h.DB, access.System("test"), "patrol", annaID); err != nil {
			t.Fatal(err)
		}
		if _, err := talks.Write(everywhere, h.now(annaID), id, discussion.Draft{Lang: "en", Body: "While I was taken out."}); err == nil {
			t.Error("who was taken out while she wrote writes still")
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
		if err := account.OpenGroup(everywhere, h.DB, system, account.GroupDraft{ID: "cyber", Name: "Network of cyber investigators", Kind: account.GroupClosed}); err != nil {
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
