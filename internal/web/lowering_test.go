package web

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/lang"
	"polis/internal/library"
)

var requestID = regexp.MustCompile(`name="request" value="([^"]+)"`)

// opened is a document that two at the desk are to open together.
type opened struct {
	inhabited
	first, second, author visitor
	id, path              string
}

func (h inhabited) opened() opened {
	o := opened{inhabited: h}
	o.first, o.second = h.signedIn("desk.one@polis.example", access.DeskOfficer), h.signedIn("desk.two@polis.example", access.DeskOfficer)
	var author string
	o.author, author = h.as("author@polis.example", access.Expert, "")
	o.id = h.document(h.now(author), library.Draft{Level: access.Member}, textIn("en", "Street work"))
	o.path = "/en/library/" + o.id + "/lowering"
	return o
}

func (o opened) ask(t *testing.T, v visitor, pairs ...string) seen {
	t.Helper()
	return v.post(o.path, append([]string{"rev", v.get(o.path).rev()}, pairs...)...)
}

func TestLoweringPage(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		o := h.opened()
		t.Run("whoever may edit a document sees its page, and the right people the form", o.isOffered)
		t.Run("a request without a reason or a wider circle is shown again with what was typed", o.namesMistakes)
		t.Run("whoever asked cannot agree, and is told so", o.takesAnother)
		t.Run("a refusal needs a reason, which whoever asked reads", o.isRefused)
		t.Run("what was asked about a text that changed lapses", o.lapses)
		t.Run("who has lost the right in between has asked for nothing", o.isHeldAgainstRights)
		t.Run("a second person agrees, and everybody reads it at once", o.isAgreed)
	})
}

func (o opened) isOffered(t *testing.T) {
	if got := o.first.get("/en/library/" + o.id); !strings.Contains(got.body, o.path) {
		t.Error("the document's page does not lead there")
	}
	if got := o.first.get(o.path); got.status != 200 || !strings.Contains(got.body, `value="public"`) || strings.Contains(got.body, `value="official"`) {
		t.Errorf("the form: %d", got.status)
	}
	if got := o.author.get(o.path); got.status != 200 || strings.Contains(got.body, `name="level"`) || !got.says(lang.For("en").T("lowering.not-yours")) {
		t.Errorf("the author: %d", got.status)
	}
	if got := o.ask(t, o.author, "level", "public", "reason", "Mine."); got.status != http.StatusForbidden {
		t.Errorf("the author asks: %d", got.status)
	}
	if got := o.visitor().get(o.path); got.status != http.StatusSeeOther || !strings.Contains(got.location, "/sign-in") {
		t.Errorf("nobody: %d %s", got.status, got.location)
	}
	if got := o.signedIn("visitor@polis.example", access.Visitor).get(o.path); got.status != http.StatusNotFound {
		t.Errorf("a visitor: %d", got.status)
	}
	if got := o.signedIn("member@polis.example", access.MemberRole).get(o.path); got.status != http.StatusForbidden {
		t.Errorf("a member: %d", got.status)
	}
}

func (o opened) namesMistakes(t *testing.T) {
	words := lang.For("en")
	if got := o.ask(t, o.first, "level", "public", "reason", "  "); got.status != http.StatusUnprocessableEntity || !got.says(words.T("lowering.error.reason")) {
		t.Errorf("without a reason: %d", got.status)
	}
	for _, circle := range []string{"", "official", "member", "owner", "state:KG", "group:none", "nonsense"} {
		if got := o.ask(t, o.first, "level", circle, "reason", "The Council decided"); got.status != http.StatusUnprocessableEntity || !got.says(words.T("lowering.error.level")) || !got.says("The Council decided") {
			t.Errorf("to %q: %d", circle, got.status)
		}
	}
}

// pending asks and returns the request's id.
func (o opened) pending(t *testing.T) string {
	t.Helper()
	if got := o.ask(t, o.first, "level", "public", "reason", "The Council decided so on 3 March."); got.status != http.StatusSeeOther {
		t.Fatalf("ask: %d %s", got.status, got.body)
	}
	m := requestID.FindStringSubmatch(o.second.get(o.path).body)
	if m == nil {
		t.Fatal("the second person sees no request")
	}
	return m[1]
}

func (o opened) takesAnother(t *testing.T) {
	id := o.pending(t)
	page := o.first.get(o.path)
	if strings.Contains(page.body, "/lowering/agree") || !page.says(lang.For("en").T("lowering.same")) {
		t.Error("the page offers her to agree with herself")
	}
	if got := o.first.post(o.path+"/agree", "request", id); got.status != http.StatusForbidden || !got.says(lang.For("en").T("lowering.fault.same")) {
		t.Errorf("%d", got.status)
	}
	if got := o.ask(t, o.second, "level", "public", "reason", "Me too."); got.status != http.StatusConflict {
		t.Errorf("a second request: %d", got.status)
	}
	if list := o.second.get("/en/library/lowering"); list.status != 200 || !list.says("Street work") {
		t.Errorf("the desk's list: %d", list.status)
	}
	if got := o.author.get("/en/library/lowering"); got.status != http.StatusForbidden {
		t.Errorf("the list for the author: %d", got.status)
	}
	if got := o.first.post(o.path+"/take-back", "request", id); got.status != http.StatusSeeOther {
		t.Errorf("take back: %d", got.status)
	}
}

func (o opened) isRefused(t *testing.T) {
	id := o.pending(t)
	if got := o.second.post(o.path+"/refuse", "request", id, "reason", ""); got.status != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", got.status)
	}
	if got := o.second.post(o.path+"/refuse", "request", id, "reason", "It names a source."); got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	if page := o.first.get(o.path); !page.says("It names a source.") {
		t.Error("whoever asked does not read why")
	}
	if got := o.second.post(o.path+"/agree", "request", id); got.status != http.StatusConflict {
		t.Errorf("agreed to what was refused: %d", got.status)
	}
}

func (o opened) lapses(t *testing.T) {
	id := o.pending(t)
	rec, err := o.Library.Get(context.Background(), access.System("test").Scope(), o.id)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Library.AddText(context.Background(), access.Act("d", access.DeskOfficer, "", ""), o.id, rec.Rev, textIn("ru", "Работа на улице")); err != nil {
		t.Fatal(err)
	}
	if got := o.second.post(o.path+"/agree", "request", id); got.status != http.StatusConflict || !got.says(lang.For("en").T("lowering.fault.lapsed")) {
		t.Errorf("%d", got.status)
	}
	if got := o.visitor().get("/en/library/" + o.id); got.status != http.StatusNotFound {
		t.Errorf("it is open: %d", got.status)
	}
}

func (o opened) isAgreed(t *testing.T) {
	id := o.pending(t)
	for _, wrong := range []string{"", "none", o.id} {
		if got := o.second.post(o.path+"/agree", "request", wrong); got.status != http.StatusNotFound {
			t.Errorf("request %q: %d", wrong, got.status)
		}
	}
	if got := o.second.post(o.path+"/agree", "request", id); got.status != http.StatusSeeOther {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if got := o.visitor().get("/en/library/" + o.id); got.status != 200 {
		t.Errorf("the public page: %d", got.status)
	}
	if got := o.second.post(o.path+"/agree", "request", id); got.status != http.StatusConflict {
		t.Errorf("the second click: %d", got.status)
	}
}

func (o opened) isHeldAgainstRights(t *testing.T) {
	asker, person := o.as("short@polis.example", access.DeskOfficer, "")
	if got := o.ask(t, asker, "level", "public", "reason", "It is time."); got.status != http.StatusSeeOther {
		t.Fatalf("ask: %d", got.status)
	}
	id := requestID.FindStringSubmatch(o.second.get(o.path).body)[1]
	if err := account.Block(context.Background(), o.DB, access.System("test"), person, true); err != nil {
		t.Fatal(err)
	}
	if got := o.second.post(o.path+"/agree", "request", id); got.status != http.StatusConflict || !got.says(lang.For("en").T("lowering.fault.asker")) {
		t.Errorf("%d", got.status)
	}
	if got := o.visitor().get("/en/library/" + o.id); got.status != http.StatusNotFound {
		t.Errorf("it is open: %d", got.status)
	}
}

// A State has one focal point: the desk is the second person and reads nothing.
func TestTheDeskConfirmsWhatAStateOpens(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		focal, person := h.as("focal@polis.example", access.FocalPoint, "KG")
		desk, expert := h.signedIn("desk@polis.example", access.DeskOfficer), h.signedIn("expert@polis.example", access.Expert)
		words := lang.For("en")
		id := h.document(h.now(person), library.Draft{Level: access.Closed, State: "KG"}, textIn("en", "Night plan"))
		path := "/en/library/" + id + "/lowering"
		form := focal.get(path)
		if !form.says(words.T("lowering.ask.says.state")) {
			t.Error("she is not told who reads her reason")
		}
		if got := focal.post(path, "rev", form.rev(), "level", "official", "reason", "The operation is over."); got.status != http.StatusSeeOther {
			t.Fatalf("ask: %d", got.status)
		}
		list := desk.get("/en/library/lowering")
		if !list.says("The operation is over.") || !list.says(words.T("lowering.unread.says")) || strings.Contains(list.body, "Night plan") || strings.Contains(list.body, id) {
			t.Errorf("the desk's list: %s", list.body)
		}
		if got := desk.get(path); got.status != http.StatusNotFound {
			t.Errorf("the document's page for the desk: %d", got.status)
		}
		request := requestID.FindStringSubmatch(list.body)[1]
		for name, v := range map[string]visitor{"an expert": expert, "nobody": h.visitor()} {
			if got := v.post("/en/library/lowering/agree", "request", request); got.status < 400 {
				t.Errorf("%s agrees: %d", name, got.status)
			}
		}
		if got := focal.post("/en/library/lowering/agree", "request", request); got.status != http.StatusForbidden {
			t.Errorf("she agrees with herself: %d", got.status)
		}
		if got := desk.post("/en/library/lowering/refuse", "request", request, "reason", " "); got.status != http.StatusUnprocessableEntity || !got.says(words.T("lowering.error.reason")) {
			t.Errorf("refused without a reason: %d", got.status)
		}
		if got := desk.post("/en/library/lowering/agree", "request", request); got.status != http.StatusSeeOther {
			t.Fatalf("agree: %d %s", got.status, got.body)
		}
		if got := desk.get("/en/library/" + id); got.status != 200 || !got.says("Night plan") {
			t.Errorf("it is not open: %d", got.status)
		}
		if page := focal.get(path); !page.says(words.T("lowering.fact.unread")) {
			t.Error("the page does not say that she could not read it")
		}
	})
}

func TestAnOwnerOpensAgainWhatSheClosedToHerself(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		author, person := h.as("author@polis.example", access.DeskOfficer, "")
		id := h.document(h.now(person), library.Draft{Level: access.Official}, textIn("en", "Street work"))
		edit := "/en/library/" + id + "/edit"
		relabel := func(level string) seen {
			return author.post(edit, "rev", author.get(edit).rev(), "title-en", "Street work", "level", level)
		}
		if got := relabel("owner"); got.status != http.StatusSeeOther {
			t.Fatalf("close: %d", got.status)
		}
		page := author.get("/en/library/" + id + "/lowering")
		if words := lang.For("en").T("lowering.closed-by-you", "circle", lang.For("en").T("access.level.official")); !page.says(words) || strings.Contains(page.body, `name="level"`) {
			t.Errorf("the page does not say %q", words)
		}
		form := author.get(edit)
		if !strings.Contains(form.body, `value="official"`) || strings.Contains(form.body, `value="public"`) {
			t.Error("the form offers more, or less, than it was")
		}
		if got := relabel("public"); got.status != http.StatusUnprocessableEntity {
			t.Errorf("opened to everyone: %d", got.status)
		}
		if got := relabel("official"); got.status != http.StatusSeeOther {
			t.Errorf("opened again: %d", got.status)
		}
	})
}
