package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/extract"
	"polis/internal/framework"
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

// edited is a document whose form lies before somebody at the desk.
type edited struct {
	inhabited
	author   access.Subject
	desk     visitor
	id, path string
	secret   string // a document that she may not see, to which this one is related
	page     seen   // the form as it was opened first
}

// form is what she sends, with everything filled in.
func (e edited) form(rev string, pairs ...string) []string {
	return append([]string{
		"rev", rev, "title-en", "New title", "summary-en", "What it is.", "keywords-en", "street", "title-ru", "Новое название",
		"symbol", "POLIS/1", "level", "official", "relation-kind-1", "implements", "relation-to-1", "PC.DEC/1049",
	}, pairs...)
}

func (h inhabited) edited() edited {
	e := edited{inhabited: h, desk: h.signedIn("desk@polis.example", access.DeskOfficer), author: h.subject("author", access.Expert)}
	e.secret = h.document(e.author, library.Draft{Level: access.Closed}, textIn("en", "Hidden draft"))
	e.id = h.document(e.author, library.Draft{
		Symbol: "POLIS/1", Level: access.Official, Relations: []library.Relation{{Kind: "cites", Target: e.secret}, {Kind: "implements", Symbol: "PC.DEC/1049"}},
		Tags: library.Tags{Keywords: map[lang.Tag][]string{"fr": {"patrouille"}}},
	}, textIn("en", "Old title"), textIn("ru", "Старое название"))
	e.path = "/en/library/" + e.id + "/edit"
	e.page = e.desk.get(e.path)
	return e
}

// TestEditing holds what a form promises, one step after the other on the same
// document.
func TestEditing(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		e := h.edited()
		t.Run("the form holds every language version and nothing that she may not see", e.formIsWhole)
		t.Run("a mistake keeps what was typed", e.mistakeIsKept)
		t.Run("saving changes what the form shows and leaves what it does not", e.savesWhatItShows)
		t.Run("a form opened before somebody else's change overwrites nothing and shows the difference", e.overwritesNothing)
		t.Run("opening it to more people is not for one alone", e.opensNothingAlone)
		t.Run("who may not edit gets a page that says so; what she may not read is not there", e.isForThoseWhoMayEdit)
		t.Run("a file brought for the document is confirmed as its translation", e.takesATranslation)
		t.Run("items of the Framework are written by number", e.takesItemsByNumber)
	})
}

func (e edited) formIsWhole(t *testing.T) {
	if e.page.status != 200 || !e.page.says("Old title") || !e.page.says("Старое название") || !e.page.says("PC.DEC/1049") {
		t.Fatalf("%d", e.page.status)
	}
	if strings.Contains(e.page.body, e.secret) {
		t.Error("the form betrays a document that she may not read")
	}
}

func (e edited) mistakeIsKept(t *testing.T) {
	got := e.desk.post(e.path, e.form(e.page.rev(), "title-ru", "", "date", "never", "type", "guide")...)
	if got.status != http.StatusUnprocessableEntity || !got.says("New title") || !got.says("never") || !got.says(lang.For("en").T("library.error.date")) {
		t.Errorf("%d", got.status)
	}
}

func (e edited) savesWhatItShows(t *testing.T) {
	if got := e.desk.post(e.path, e.form(e.page.rev(), "type", "guide")...); got.status != http.StatusSeeOther {
		t.Fatalf("%d %s", got.status, got.body)
	}
	rec, err := e.Library.Get(context.Background(), store.Everything("test"), e.id)
	if err != nil {
		t.Fatal(err)
	}
	if rec.Edition("en").Title != "New title" || rec.Edition("ru").Title != "Новое название" || rec.Kind != "guide" {
		t.Errorf("%+v", rec)
	}
	if !slices.Equal(rec.Keywords["fr"], []string{"patrouille"}) || !slices.Equal(rec.Keywords["en"], []string{"street"}) {
		t.Errorf("keywords %v", rec.Keywords)
	}
	if !slices.ContainsFunc(rec.Related, func(r library.Related) bool { return r.ID == e.secret }) || len(rec.Related) != 2 {
		t.Errorf("the relation to what she may not see is gone: %+v", rec.Related)
	}
}

func (e edited) overwritesNothing(t *testing.T) {
	if err := e.Library.AddText(context.Background(), e.author, e.id, 2, textIn("it", "Titolo")); err != nil {
		t.Fatal(err)
	}
	got := e.desk.post(e.path, e.form(e.page.rev(), "type", "study")...)
	if got.status != http.StatusConflict || !got.says("Titolo") || !got.says(lang.For("en").T("library.edit.stale")) || !got.says("Study") || !got.says("Guide") {
		t.Errorf("%d", got.status)
	}
	rec, err := e.Library.Get(context.Background(), store.Everything("test"), e.id)
	if err != nil || rec.Kind != "guide" {
		t.Errorf("%s %v", rec.Kind, err)
	}
	if again := e.desk.post(e.path, e.form(got.rev(), "type", "study", "title-it", "Titolo")...); again.status != http.StatusSeeOther {
		t.Errorf("saving with both before her eyes: %d", again.status)
	}
}

func (e edited) opensNothingAlone(t *testing.T) {
	now := e.desk.get(e.path)
	if strings.Contains(now.body, `value="public"`) || !strings.Contains(now.body, "/library/"+e.id+"/lowering") {
		t.Error("the form offers what takes two, or does not lead to where one asks for it")
	}
	open := slices.Clone(e.form(now.rev()))
	open[slices.Index(open, "level")+1] = "public"
	got := e.desk.post(e.path, open...)
	if got.status != http.StatusUnprocessableEntity || !got.says(lang.For("en").T("lowering.error.wider")) {
		t.Errorf("%d", got.status)
	}
	if got := e.visitor().get("/en/library/" + e.id); got.status != http.StatusNotFound {
		t.Errorf("the public page: %d", got.status)
	}
	e.openedByTwo(t)
}

// openedByTwo opens the document to everyone, as it is done.
func (e edited) openedByTwo(t *testing.T) {
	ctx := context.Background()
	rec, err := e.Library.Get(ctx, store.Everything("test"), e.id)
	if err != nil {
		t.Fatal(err)
	}
	asker := e.now(e.person("asker@polis.example", access.DeskOfficer, ""))
	id, err := e.Library.AskLowering(ctx, asker, e.id, rec.Rev, access.Label{Level: access.Public}, "Published")
	if err == nil {
		err = e.Library.AgreeLowering(ctx, e.subject("desk-2", access.DeskOfficer), id)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (e edited) isForThoseWhoMayEdit(t *testing.T) {
	expert := e.signedIn("expert@polis.example", access.Expert)
	if got := expert.get(e.path); got.status != http.StatusForbidden {
		t.Errorf("%d", got.status)
	}
	if got := expert.post(e.path, e.form("1")...); got.status != http.StatusForbidden {
		t.Errorf("%d", got.status)
	}
	if got := e.desk.get("/en/library/" + e.secret + "/edit"); got.status != http.StatusNotFound {
		t.Errorf("%d", got.status)
	}
	if got := e.visitor().get(e.path); got.status != http.StatusForbidden {
		t.Errorf("nobody signed in: %d", got.status)
	}
}

func (e edited) takesATranslation(t *testing.T) {
	got := e.desk.send("/en/library/"+e.id+"/text", false, "de.md", "# Neuer Titel\n\nDie Polizei und die Bevölkerung des Bezirks arbeiten zusammen und schreiben auf, was vereinbart wurde.\n")
	if got.status != http.StatusSeeOther || !strings.Contains(got.location, "into="+e.id) {
		t.Fatalf("%d %s", got.status, got.location)
	}
	page := e.desk.get(got.location)
	address, _, _ := strings.Cut(got.location, "?")
	if got := e.desk.post(address, "rev", page.rev(), "home", e.id, "lang", "de", "title", "Neuer Titel"); got.status != http.StatusSeeOther {
		t.Errorf("%d %s", got.status, got.body)
	}
	if !e.desk.get("/de/library/" + e.id).says("Neuer Titel") {
		t.Error("the German page does not show it")
	}
}

func (e edited) takesItemsByNumber(t *testing.T) {
	page := e.desk.get(e.path)
	wrong := e.desk.post(e.path, e.form(page.rev(), "items", "14.1, 99")...)
	if wrong.status != http.StatusUnprocessableEntity || !wrong.says(lang.For("en").T("library.error.item")) || !strings.Contains(wrong.body, `value="14.1, 99"`) {
		t.Errorf("an item that is not there: %d", wrong.status)
	}
	known := "14.1 " + titleOf(t, "1049/14.1", "en")
	for _, said := range []string{known, lang.For("en").T("library.items.unknown", "number", "99")} {
		if !wrong.says(said) {
			t.Errorf("the form that comes back does not say %q", said)
		}
	}
	if got := e.desk.get("/en/framework/numbers?n=" + url.QueryEscape("¶14.1; nonsense-nonsense-nonsense")); got.body != known+"\n"+
		lang.For("en").T("library.items.unknown", "number", "nonsense-nonsense-no") {
		t.Errorf("while it is typed: %q", got.body)
	}
	if got := e.desk.post(e.path, e.form(page.rev(), "items", "¶22; 14.1 22, 1049/15")...); got.status != http.StatusSeeOther {
		t.Fatalf("%d %s", got.status, got.body)
	}
	rec, err := e.Library.Get(context.Background(), store.Everything("test"), e.id)
	if want := []string{"1049/14.1", "1049/15", "1049/22"}; err != nil || !slices.Equal(slices.Sorted(slices.Values(rec.Items)), want) {
		t.Errorf("%v %v", rec.Items, err)
	}
	if again := e.desk.get(e.path); !strings.Contains(again.body, `value="14.1, 15, 22"`) {
		t.Error("the form does not show them by number")
	} else if !again.says("22 " + titleOf(t, "1049/22", "en")) {
		t.Error("the form does not show them in words")
	}
}

// titleOf is what the Framework's item says in brief.
func titleOf(t *testing.T, id string, tag lang.Tag) string {
	t.Helper()
	item, ok := framework.Find(id)
	if !ok {
		t.Fatal("no item", id)
	}
	return item.Titles.In(tag)
}
