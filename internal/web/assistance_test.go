package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/extract"
	"polis/internal/lang"
	"polis/internal/library"
)

// helped is a house in which a State asks and the desk answers.
type helped struct {
	inhabited
	focal, desk, other visitor
}

func TestAssistancePages(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		o := helped{inhabited: h, desk: h.signedIn("desk@help.example", access.DeskOfficer)}
		o.focal, _ = h.as("focal@help.example", access.FocalPoint, "KG")
		o.other, _ = h.as("other@help.example", access.FocalPoint, "TJ")
		t.Run("only those who read official records come in, and only they see it in the bar", o.doorIsHeld)
		t.Run("a draft is its State's alone, and what it lacks is said beside the field", o.draftIsKept)
		t.Run("of two who write the second sees the difference, and loses nothing", o.secondSeesDifference)
		t.Run("of two who decide the second sees how it stands, and keeps her words", o.secondKeepsWords)
		t.Run("the desk's queue names the next step, and a filter can be taken away", o.queueSaysNext)
		t.Run("consent is asked of a State by its name, and closed area by area", o.consentIsGiven)
		t.Run("what was asked of a State by mistake is taken back", o.consentIsTakenBack)
		t.Run("the history shows what a State has changed in answer to a question", o.historyShowsFormer)
		t.Run("a list is taken along as a sheet, with its filters and without its texts", o.listIsASheet)
		t.Run("what the library says to it stands beside it, in the reader's language", o.libraryIsBeside)
	})
}

func (o helped) doorIsHeld(t *testing.T) {
	if got := o.visitor().get("/en/assistance"); got.status != http.StatusSeeOther || !strings.Contains(got.location, "/sign-in") {
		t.Errorf("nobody: %d %s", got.status, got.location)
	}
	member := o.signedIn("member@help.example", access.Visitor)
	for _, path := range []string{"", "/requests", "/requests/new", "/consents", "/consents/new"} {
		if got := member.get("/en/assistance" + path); got.status != http.StatusForbidden {
			t.Errorf("a visitor at %q: %d", path, got.status)
		}
	}
	if strings.Contains(member.get("/en/help").body, "/assistance\"") {
		t.Error("the bar leads a visitor there")
	}
	if !strings.Contains(o.focal.get("/en/help").body, "/assistance\"") {
		t.Error("the bar does not lead a focal point there")
	}
	if got := o.desk.get("/en/assistance/requests/new"); got.status != http.StatusForbidden {
		t.Errorf("the desk writes a State's request: %d", got.status)
	}
}

// write drafts a request; do is "save" or "submit".
func (o helped) write(t *testing.T, do string, pairs ...string) string {
	t.Helper()
	form := o.focal.form("/en/assistance/requests/new", "/en/assistance/requests").filled("do", do).filled(pairs...)
	got := o.focal.submit(form)
	if got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	path, _, _ := strings.Cut(got.location, "?")
	return path
}

// whole is what a request needs to be submitted.
var whole = []string{"title", "Training <of> trainers", "wish", "Ten trainers.", "reason", "None are there.", "themes", "cybercrime", "items", "14.3", "bodies", "Police academy\r\nUnit 5", "until", "3.2027"}

func (o helped) draftIsKept(t *testing.T) {
	path := o.write(t, "save", "title", "An early thought")
	if got := o.other.get(path); got.status != http.StatusNotFound {
		t.Errorf("another State: %d", got.status)
	}
	if got := o.desk.get(path); got.status != http.StatusNotFound {
		t.Errorf("the desk: %d", got.status)
	}
	page := o.focal.get(path)
	got := o.focal.post(path+"/move/submit", "rev", page.rev())
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#wish"`) || !strings.Contains(got.body, `href="#themes"`) {
		t.Errorf("what is missing is not said: %d", got.status)
	}
	if got := o.focal.post(path+"/move/nonsense", "rev", page.rev()); got.status != http.StatusNotFound {
		t.Errorf("a move that is none: %d", got.status)
	}
	if got := o.focal.post(path+"/edit", "rev", page.rev(), "lang", "en", "title", "Late", "since", "yesterday", "until", "1999", "items", "99.9", "themes", "nonsense"); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `value="yesterday"`) || !strings.Contains(got.body, "99.9") {
		t.Errorf("what is wrong: %d", got.status)
	}
	if got := o.focal.post(path+"/move/accept", "rev", page.rev()); got.status != http.StatusForbidden {
		t.Errorf("she accepts her own: %d", got.status)
	}
}

func (o helped) secondSeesDifference(t *testing.T) {
	path := o.write(t, "save", whole...)
	form := o.focal.form(path+"/edit", path+"/edit")
	if got := o.focal.submit(form.filled("reason", "Another has written this.", "do", "save")); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	got := o.focal.submit(form.filled("reason", "This is mine.", "do", "save"))
	if got.status != http.StatusConflict || !got.says("Another has written this.") || !got.says("This is mine.") {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if got := o.focal.post(path+"/edit", "rev", got.rev(), "lang", "en", "title", "Mine", "reason", "This is mine.", "do", "save"); got.status != http.StatusSeeOther || !o.focal.get(path).says("This is mine.") {
		t.Errorf("saved once more: %d", got.status)
	}
}

func (o helped) secondKeepsWords(t *testing.T) {
	path := o.write(t, "submit", whole...)
	rev := o.desk.get(path).rev()
	if got := o.desk.post(path+"/move/acknowledge", "rev", rev); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	if got := o.desk.post(path+"/move/ask", "rev", rev, "words-ask", "How many?"); got.status != http.StatusConflict || !strings.Contains(got.body, ">How many?</textarea>") {
		t.Errorf("her question is lost: %d", got.status)
	}
	rev = o.desk.get(path).rev()
	if got := o.desk.post(path+"/move/decline", "rev", rev, "words-decline", " "); got.status != http.StatusUnprocessableEntity || !got.says(lang.For("en").T("assistance.error.words.decline")) {
		t.Errorf("declined without a reason: %d", got.status)
	}
	if got := o.desk.post(path+"/move/refer", "rev", rev, "to-refer", "Tajikistan"); got.status != http.StatusSeeOther || !strings.Contains(o.focal.get(path).body, "/directory/TJ") {
		t.Errorf("referred: %d", got.status)
	}
	if got := o.desk.post(path+"/move/decline", "rev", rev, "words-decline", "Too late for us."); got.status != http.StatusConflict || !got.says("Too late for us.") {
		t.Errorf("her reason is lost: %d", got.status)
	}
}

func (o helped) queueSaysNext(t *testing.T) {
	path := o.write(t, "submit", whole...)
	words := lang.For("en")
	door := o.desk.get("/en/assistance")
	if !strings.Contains(door.body, path) || !door.says("Training &lt;of&gt; trainers") || !door.says(words.T("assistance.age.today")) {
		t.Error(door.body)
	}
	if page := o.other.get(path); page.status != 200 || strings.Contains(page.body, "/move/") {
		t.Errorf("another State: %d", page.status)
	}
	list := o.desk.get("/en/assistance/requests?" + url.Values{"stage": {"waiting"}, "theme": {"cybercrime"}, "state": {"KG"}}.Encode())
	if !strings.Contains(list.body, path) || strings.Count(list.body, `class="chip-name"`) != 3 {
		t.Error(list.body)
	}
	if got := o.desk.get("/en/assistance/requests?state=TJ&after=nonsense"); got.status != http.StatusNotFound {
		t.Errorf("a place that is none: %d", got.status)
	}
	if got := o.desk.get("/en/assistance/requests?state=TJ"); got.status != 200 || strings.Contains(got.body, path) {
		t.Errorf("of another State: %d", got.status)
	}
}

func (o helped) libraryIsBeside(t *testing.T) {
	theirs := textIn("de", "Hinweise")
	theirs.Passages = []extract.Passage{{Kind: extract.Paragraph, Text: "Training trainers: ein Kurs für Ausbilder."}}
	o.document(access.System("test"), library.Draft{Tags: library.Tags{Themes: []string{"cybercrime"}}}, textIn("en", "A note for teachers"), theirs)
	if err := o.Library.CatchUp(t.Context(), o.Index, nil); err != nil {
		t.Fatal(err)
	}
	if page := o.focal.get(o.write(t, "submit", whole...)).body; !strings.Contains(page, "A note for teachers") || strings.Contains(page, "Hinweise") {
		t.Error(page)
	}
}

func (o helped) consentIsGiven(t *testing.T) {
	path := o.write(t, "submit", whole...)
	for _, move := range []string{"acknowledge", "accept"} {
		if got := o.desk.post(path+"/move/"+move, "rev", o.desk.get(path).rev()); got.status != http.StatusSeeOther {
			t.Fatal(move, got.status, got.body)
		}
	}
	id := path[strings.LastIndex(path, "/")+1:]
	ask := "/en/assistance/consents/new?request=" + id
	if !strings.Contains(o.desk.get(path).body, "consents/new?request="+id) || strings.Contains(o.focal.get(path).body, "consents/new") {
		t.Error("consent is not asked for where it should be")
	}
	if got := o.desk.submit(o.desk.form(ask, "/en/assistance/consents").filled("giver", "Atlantis", "why", "A course.")); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#giver"`) || !got.says("Atlantis") {
		t.Errorf("a State that is none: %d", got.status)
	}
	got := o.desk.submit(o.desk.form(ask, "/en/assistance/consents").filled("giver", "Kyrgyzstan", "why", "A course."))
	if got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	at, _, _ := strings.Cut(got.location, "?")
	if door := o.focal.get("/en/assistance"); !strings.Contains(door.body, at) {
		t.Error("it does not wait for the focal point")
	}
	if page := o.other.get(at); page.status != 200 || strings.Contains(page.body, at+"/") {
		t.Errorf("another State: %d", page.status)
	}
	rev := o.focal.get(at).rev()
	if got := o.focal.post(at+"/give", "rev", rev, "areas", "cybercrime", "authority", "Ministry"); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#office"`) || !strings.Contains(got.body, `value="Ministry"`) {
		t.Errorf("half a consent: %d", got.status)
	}
	if got := o.other.post(at+"/give", "rev", rev); got.status != http.StatusForbidden {
		t.Errorf("another State gives it: %d", got.status)
	}
	given := []string{"rev", rev, "areas", "cybercrime", "authority", "Ministry", "office", "Minister", "given", time.Now().UTC().Format("2.1.2006")}
	if got := o.focal.post(at+"/give", given...); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	if got := o.focal.post(at+"/give", given...); got.status != http.StatusConflict || !got.says("Ministry · Minister") {
		t.Errorf("twice: %d", got.status)
	}
	rev = o.focal.get(at).rev()
	if got := o.focal.post(at+"/close", "rev", rev, "theme", "cybercrime", "n", "0", "reason-close-0", "Another agreement."); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	if page := o.desk.get(at); !page.says("Another agreement.") || !page.says(lang.For("en").T("assistance.covers.nothing")) {
		t.Error(page.body)
	}
	if page := o.desk.get(path); !strings.Contains(page.body, at) {
		t.Error("the request does not lead to its consent")
	}
}

func (o helped) consentIsTakenBack(t *testing.T) {
	ask := "/en/assistance/consents/new"
	got := o.desk.submit(o.desk.form(ask, "/en/assistance/consents").filled("giver", "Tajikistan", "why", "A course.", "areas", "drugs"))
	if got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	at, _, _ := strings.Cut(got.location, "?")
	if page := o.other.get(at); strings.Contains(page.body, at+"/retract") || !strings.Contains(page.body, at+"/give") {
		t.Error("the State is offered to take back what others ask of it")
	}
	rev := o.desk.get(at).rev()
	if got := o.other.post(at+"/retract", "rev", rev, "reason-retract", "x"); got.status != http.StatusForbidden {
		t.Errorf("the State takes it back: %d", got.status)
	}
	if got := o.desk.post(at+"/retract", "rev", rev, "reason-retract", " "); got.status != http.StatusUnprocessableEntity || !got.says(lang.For("en").T("assistance.error.reason.retract")) {
		t.Errorf("without a word: %d", got.status)
	}
	if got := o.desk.post(at+"/retract", "rev", rev, "reason-retract", "Kyrgyzstan was meant."); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	page := o.other.get(at)
	if !page.says("Kyrgyzstan was meant.") || !page.says(lang.For("en").T("assistance.covers.retracted")) || strings.Contains(page.body, at+"/give") {
		t.Error(page.body)
	}
	if got := o.other.post(at+"/give", "rev", "2", "areas", "drugs"); got.status != http.StatusConflict || !got.says(lang.For("en").T("assistance.impossible.consent.retracted")) {
		t.Errorf("given all the same: %d", got.status)
	}
	if door := o.other.get("/en/assistance"); strings.Contains(door.body, at) {
		t.Error("it still waits for the State")
	}
}

func (o helped) historyShowsFormer(t *testing.T) {
	path := o.write(t, "submit", whole...)
	if got := o.desk.post(path+"/move/ask", "rev", o.desk.get(path).rev(), "words-ask", "How many?"); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	for _, pair := range [][2]string{{"wish", "Twenty trainers."}, {"reason", "None <are> left."}} {
		if got := o.focal.submit(o.focal.form(path+"/edit", path+"/edit").filled(pair[0], pair[1], "do", "save")); got.status != http.StatusSeeOther {
			t.Fatal(got.status, got.body)
		}
	}
	body := o.other.get(path).body
	for _, want := range []string{"<mark>Ten</mark> trainers.</del>", "<mark>Twenty</mark> trainers.</ins>", "&lt;", ">left</mark>"} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is not shown", want)
		}
	}
	if n := strings.Count(body, `<dl class="differs">`); n != 2 {
		t.Errorf("%d differences are shown for two changes", n)
	}
}

func (o helped) listIsASheet(t *testing.T) {
	path := o.write(t, "submit", "title", "=1+1", "wish", "Ten trainers.", "reason", "None are there.", "themes", "terrorism")
	list := o.desk.get("/en/assistance/requests?theme=terrorism&stage=waiting")
	if !strings.Contains(list.body, `href="/en/assistance/requests.csv?stage=waiting&amp;theme=terrorism"`) {
		t.Error(list.body)
	}
	sheet := o.desk.get("/en/assistance/requests.csv?stage=waiting&theme=terrorism")
	lines := strings.Split(strings.TrimSpace(sheet.body), "\n")
	if sheet.status != 200 || len(lines) != 2 || !strings.Contains(lines[1], "'=1+1") || !strings.Contains(lines[1], path) || strings.Contains(sheet.body, "Ten trainers") {
		t.Errorf("%d %s", sheet.status, sheet.body)
	}
	if got := o.desk.get("/de/assistance/consents.csv?state=TJ"); got.status != 200 || !strings.Contains(got.body, "Tadschikistan") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := o.desk.get("/en/assistance/requests.csv?after=x"); got.status != http.StatusNotFound {
		t.Errorf("a place that is none: %d", got.status)
	}
	if got := o.signedIn("sheet@help.example", access.Visitor).get("/en/assistance/requests.csv"); got.status != http.StatusForbidden {
		t.Errorf("a visitor: %d", got.status)
	}
}
