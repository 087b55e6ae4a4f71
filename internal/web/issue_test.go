package web

import (
	"context"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/community/forum"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

// table is a forum that everybody reads, with the people in it.
type table struct {
	inhabited
	facilitator, member, officer, outsider, admin, keeper visitor
}

// roundTable opens a forum to which anybody brings issues; KG is a State of those who
// answer there.
func (h inhabited) roundTable() table {
	h.t.Helper()
	x := table{inhabited: h}
	var ids [3]string
	x.facilitator, ids[0] = h.as("facilitator@forum.example", access.Expert, "TJ")
	x.member, ids[1] = h.as("member@forum.example", access.CivilSociety, "TJ")
	x.officer, ids[2] = h.as("officer@forum.example", access.FocalPoint, "KG")
	x.outsider, _ = h.as("outsider@forum.example", access.FocalPoint, "TJ")
	x.admin, _ = h.as("admin@forum.example", access.Administrator, "")
	x.keeper, _ = h.as("keeper@forum.example", access.DeskOfficer, "")
	system := access.System("test")
	check := func(err error) {
		h.t.Helper()
		if err != nil {
			h.t.Fatal(err)
		}
	}
	check(account.OpenGroup(everywhere, h.DB, system, account.GroupDraft{ID: "table", Kind: account.GroupForum, Name: "Round table", Lang: "en"}))
	for _, id := range ids {
		check(account.Admit(everywhere, h.DB, system, "table", id))
	}
	check(account.Facilitate(everywhere, h.DB, system, "table", ids[0]))
	check(h.forums().Set(everywhere, h.now(ids[0]), "table", forum.Setting{Anybody: true, Daily: 5, Days: 28}))
	return x
}

const issuesOf = "/en/groups/table/issues"

// raised is the address of an issue that the member raises.
func (x table) raised() string {
	x.t.Helper()
	f := x.member.form(issuesOf+"/new", issuesOf)
	got := x.member.submit(f.filled("title", "Lighting at the bus station", "about", "At night nobody sees who waits.", "groups", "women"))
	if got.status != http.StatusSeeOther {
		x.t.Fatal(got.status, got.body)
	}
	at, _, _ := strings.Cut(got.location, "?")
	return at
}

// moved makes a move of an issue.
func (x table) moved(v visitor, at, move string, pairs ...string) {
	x.t.Helper()
	if got := v.submit(v.form(at, at+"/move/"+move).filled(pairs...)); got.status != http.StatusSeeOther {
		x.t.Fatal(move, got.status, got.body)
	}
}

var receiptShown = regexp.MustCompile(`<code class="secret">([B-Z ]{35})</code>`)

// unnamed raises an issue without an account, and returns its receipt and its address,
// which only a facilitator knows.
func (x table) unnamed() (receipt, at string) {
	x.t.Helper()
	v := x.visitor()
	f := v.form(issuesOf+"/new", issuesOf).filled("title", "A patrol that frightens", "about", "Officer Bakyt of the third district shouts.")
	got := v.submit(f)
	found := receiptShown.FindStringSubmatch(got.body)
	if got.status != http.StatusOK || found == nil || len(got.cookies) > 0 {
		x.t.Fatal(got.status, got.cookies, got.body)
	}
	if again := receiptShown.FindStringSubmatch(v.submit(f).body); again == nil || again[1] != found[1] {
		x.t.Error("a button pressed twice leaves her with a receipt of nothing", again)
	}
	page := x.facilitator.get(issuesOf + "/unread")
	link := regexp.MustCompile(`href="(/en/issues/[0-9a-f-]{36})"`).FindStringSubmatch(page.body)
	if link == nil || strings.Count(page.body, "A patrol that frightens") != 1 {
		x.t.Fatal(page.status, page.body)
	}
	return found[1], link[1]
}

func TestIssuePages(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		x, en := h.roundTable(), lang.For("en")
		receipt, hidden := x.unnamed()
		at := x.raised()
		day := time.Now().AddDate(0, 0, 20).Format(time.DateOnly)
		t.Run("what is not shown is there for the facilitators alone, at every address", func(t *testing.T) {
			for name, v := range map[string]visitor{"a member": x.member, "an officer": x.officer, "an outsider": x.outsider, "an administrator": x.admin, "a keeper of groups": x.keeper} {
				for _, path := range []string{hidden, issuesOf + "/unread"} {
					if got := v.get(path); got.status != http.StatusNotFound {
						t.Errorf("%s, %s: %d", name, path, got.status)
					}
				}
				for _, path := range []string{hidden + "/move/publish", hidden + "/move/answer", hidden + "/say"} {
					if got := v.post(path, "rev", "1", "words-say", "x", "title-publish", "x", "about-publish", "x"); got.status != http.StatusNotFound {
						t.Errorf("%s, %s: %d", name, path, got.status)
					}
				}
				for _, path := range []string{issuesOf, issuesOf + "?stage=raised", issuesOf + "?which=open", issuesOf + ".csv", issuesOf + ".xlsx", issuesOf + "/minutes", "/en/desk", "/en/groups/table", "/en/community", "/en/search?q=patrol", at} {
					if got := v.get(path); strings.Contains(got.body, "frightens") || strings.Contains(got.body, "Bakyt") || strings.Contains(got.body, hidden) {
						t.Errorf("%s reads it at %s", name, path)
					}
				}
			}
			if got := x.visitor().get(hidden); strings.Contains(got.body, "frightens") || got.status == http.StatusOK {
				t.Errorf("nobody in particular reads it: %d", got.status)
			}
		})
		t.Run("all pages are there in six languages", func(t *testing.T) {
			for _, tag := range lang.All {
				for _, path := range []string{issuesOf, issuesOf + "/new", issuesOf + "/unread", issuesOf + "/setting", issuesOf + "/minutes", hidden, at, "/en/issues/follow"} {
					got := x.facilitator.get("/" + string(tag) + strings.TrimPrefix(path, "/en"))
					if got.status != http.StatusOK || strings.Contains(got.body, "⟦") {
						t.Errorf("%s in %s: %d", path, tag, got.status)
					}
				}
				if got := x.visitor().post("/"+string(tag)+"/issues/follow", "receipt", receipt); got.status != http.StatusOK || strings.Contains(got.body, "⟦") || !strings.Contains(got.body, "frightens") {
					t.Errorf("by receipt in %s: %d", tag, got.status)
				}
			}
		})
		t.Run("a receipt that nobody has is answered kindly, whatever it is like", func(t *testing.T) {
			bodies := map[string]bool{}
			for _, code := range []string{"", "x", strings.ToLower(receipt[1:]), strings.Repeat("B", 30), "<script>alert(1)</script>", strings.Repeat("Z", 5000)} {
				got := x.visitor().post("/en/issues/follow", "receipt", code)
				if got.status != http.StatusNotFound || !got.says(en.T("issue.follow.unknown")) || code != "" && len(code) > 3 && strings.Contains(got.body, code) {
					t.Errorf("%q: %d", code, got.status)
				}
				bodies[got.body] = true
			}
			if len(bodies) != 1 {
				t.Errorf("%d different answers", len(bodies))
			}
			if got := x.visitor().get("/en/issues/follow?receipt=" + strings.ReplaceAll(receipt, " ", "")); strings.Contains(got.body, "frightens") {
				t.Error("it is taken from an address")
			}
		})
		t.Run("hostile words are words", func(t *testing.T) {
			v, words := x.visitor(), `<img src=x onerror=alert(1)> {{.}} '; DROP TABLE issue; --`
			if got := v.post("/en/issues/follow/say", "receipt", receipt, "words", words); got.status != http.StatusOK || !strings.Contains(got.body, html.EscapeString(words)) || strings.Contains(got.body, "<img src=x") {
				t.Error(got.status)
			}
			if got := v.post("/en/issues/follow/say", "receipt", receipt, "words", strings.Repeat("long ", 5000)); got.status != http.StatusUnprocessableEntity || !got.says(en.T("issue.error.long")) || !strings.Contains(got.body, "long long") {
				t.Error("too long:", got.status)
			}
			if got := v.post(issuesOf, "title", "Kept words", "about", strings.Repeat("long ", 5000)); got.status != http.StatusUnprocessableEntity || !got.says("Kept words") || !strings.Contains(got.body, "long long") {
				t.Error("what was typed is lost:", got.status)
			}
			if got := v.post(issuesOf, "title", strings.Repeat("x", 2<<20)); got.status != http.StatusRequestEntityTooLarge {
				t.Error("a flood:", got.status)
			}
		})
		t.Run("a facilitator publishes it without the name, and its original stays with her", func(t *testing.T) {
			x.moved(x.facilitator, hidden, "publish", "about-publish", "An officer of one district shouts.", "place-publish", "")
			for _, v := range []visitor{x.visitor(), x.member, x.admin} {
				if got := v.get(hidden); got.status != http.StatusOK || strings.Contains(got.body, "Bakyt") || !got.says("An officer of one district shouts.") {
					t.Error(got.status, strings.Contains(got.body, "Bakyt"))
				}
			}
			if got := x.facilitator.get(hidden); !strings.Contains(got.body, "Bakyt") {
				t.Error("the original is lost")
			}
		})
		t.Run("it goes its way, and waits on the desk of who owes the answer", func(t *testing.T) {
			x.moved(x.facilitator, at, "take", "office-take", "Kyrgyzstan", "due-take", day)
			if got := x.officer.get("/en/desk"); !strings.Contains(got.body, at) {
				t.Error("it does not wait on her desk", got.status)
			}
			for path, sign := range map[string]string{"/en/desk.csv": "Lighting at the bus station", "/en/desk.ics": "UID:owed-"} {
				if got := x.officer.get(path); got.status != http.StatusOK || !strings.Contains(got.body, sign) {
					t.Errorf("it is not in %s: %d", path, got.status)
				}
				if got := x.outsider.get(path); got.status != http.StatusOK || strings.Contains(got.body, sign) {
					t.Errorf("another State's focal point has it in %s: %d", path, got.status)
				}
				if got := x.officer.get(path + "?state=KG"); got.status != http.StatusOK || strings.Contains(got.body, sign) {
					t.Errorf("it stands among a State's help in %s: %d", path, got.status)
				}
			}
			stale := x.officer.form(at, at+"/move/answer").filled("words-answer", "Too late.")
			x.moved(x.officer, at, "answer", "words-answer", "Lamps come in March.", "due-answer", day)
			if got := x.officer.submit(stale); got.status != http.StatusConflict || !got.says("Too late.") {
				t.Error("a stale form:", got.status)
			}
			if got := x.officer.get("/en/desk"); strings.Contains(got.body, at) {
				t.Error("it waits still")
			}
			if got := x.visitor().get(at); !got.says("Lamps come in March.") || strings.Contains(got.body, "Test member@") {
				t.Error("the answer, or her name:", got.status)
			}
			if got := x.facilitator.post(at+"/move/decline", "rev", "3", "words-decline", "No."); got.status != http.StatusConflict || !got.says(en.T("issue.impossible.answered")) {
				t.Error("an illegal move:", got.status)
			}
			if got := x.member.post(at+"/move/follow", "rev", "3", "words-follow", "x"); got.status != http.StatusForbidden {
				t.Error("another's move:", got.status)
			}
			x.moved(x.officer, at, "follow", "words-follow", "Twelve lamps stand.")
			x.moved(x.member, at, "close")
			if csv := x.visitor().get(issuesOf + ".csv"); csv.status != http.StatusOK || !strings.Contains(csv.body, "Lighting at the bus station") {
				t.Error(csv.status, csv.body)
			}
			if page := x.visitor().get(issuesOf + "?which=in-time"); !strings.Contains(page.body, at) || strings.Contains(page.body, hidden) {
				t.Error("the overview leads elsewhere")
			}
		})
		t.Run("minutes are a document that whoever reads the forum reads", func(t *testing.T) {
			open := h.document(access.System("test"), library.Draft{Level: access.Public}, textIn("en", "Minutes of March"))
			closed := h.document(access.System("test"), library.Draft{Level: access.Official}, textIn("en", "Minutes of the closed part"))
			form := x.facilitator.form(issuesOf+"/minutes", issuesOf+"/minutes").filled("held", "2026-03-03", "groups", "police", "issues", at[strings.LastIndex(at, "/")+1:])
			if got := x.facilitator.submit(form.filled("document", "/library/"+closed)); got.status != http.StatusUnprocessableEntity || !got.says(en.T("issue.error.document.level")) {
				t.Error(got.status)
			}
			if got := x.facilitator.submit(form.filled("document", "/library/"+open)); got.status != http.StatusSeeOther {
				t.Fatal(got.status, got.body)
			}
			if got := x.visitor().get(issuesOf + "/minutes"); !got.says("Minutes of March") || !strings.Contains(got.body, at) {
				t.Error(got.status)
			}
			if got := x.visitor().get(at); !strings.Contains(got.body, issuesOf+"/minutes#") {
				t.Error("the issue does not lead to the meeting")
			}
		})
		t.Run("a day takes so many, and says so with all that was written", func(t *testing.T) {
			v, last := x.visitor(), seen{}
			for range 6 {
				last = v.submit(v.form(issuesOf+"/new", issuesOf).filled("title", "One more", "about", "All of it."))
			}
			if !last.says(en.T("issue.fault.daily")) || !last.says("All of it.") {
				t.Error(last.status)
			}
		})
		t.Run("who is erased leaves what she raised, without her name", func(t *testing.T) {
			id := h.idOf("member@forum.example")
			if _, err := store.WriteAll(everywhere, h.DB, access.System("test"), func(tx *store.Tx) ([]store.Event, error) {
				return account.Erase(everywhere, tx, access.System("test"), id)
			}); err != nil {
				t.Fatal(err)
			}
			if got := x.facilitator.get(at); got.status != http.StatusOK || strings.Contains(got.body, "Test member@") || !got.says(en.T("topic.former")) {
				t.Error(got.status)
			}
		})
	})
}

// idOf is the account of an address.
func (h inhabited) idOf(email string) string {
	h.t.Helper()
	id, err := store.Get[string](context.Background(), h.DB, store.Everything("test"), "SELECT id FROM person WHERE {scope} AND email = $1", email)
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

// enters signs in on the page.
func (j journey) enters(email string) {
	j.Helper()
	j.open("/en/sign-in")
	j.write("#email", email)
	j.write("#password", testPassword)
	j.follow("main form button")
}

// writes is write for a text field of several lines that is empty.
func (j journey) writes(field, words string) {
	j.Helper()
	j.do(chromedp.SendKeys(chromedp.CSS(field), words))
}

// TestAMemberRaisesAnIssueAndGetsHerAnswer goes her way in a browser, with its script.
func TestAMemberRaisesAnIssueAndGetsHerAnswer(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	x, en := inhabit(t, storetest.SQLite(t)).roundTable(), lang.For("en")
	j := journey{t, x.inhabited, tab(t, browser(t))}
	j.do(chromedp.EmulateViewport(1280, 900))
	j.enters("member@forum.example")
	j.open(issuesOf)
	j.follow(`main a[href$="/issues/new"]`)
	j.write("#title", "Lighting at the bus station")
	j.writes("#about", "At night nobody sees who waits.")
	j.do(chromedp.Click(chromedp.CSS(`input[name=groups][value=women]`)))
	j.follow("main form[action$='/issues'] button[type=submit]")
	at := j.at()
	j.reads("Lighting at the bus station", en.T("issue.said.raise"), en.T("issue.stage.raised"))
	x.moved(x.facilitator, at, "take", "office-take", "Kyrgyzstan")
	x.moved(x.officer, at, "answer", "words-answer", "Lamps come in March.")
	j.open(at)
	j.reads("Lamps come in March.", en.T("issue.stage.answered"))
	j.unfold("#move-close summary")
	j.follow("#move-close button[type=submit]")
	j.reads(en.T("issue.said.close"))
}

// TestAnIssueIsFollowedByItsReceipt goes the way of somebody without an account: on a
// telephone, in Russian, with script off.
func TestAnIssueIsFollowedByItsReceipt(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	x, ru := inhabit(t, storetest.SQLite(t)).roundTable(), lang.For("ru")
	j := newJourney(t, x.inhabited)
	j.do(chromedp.EmulateViewport(360, 740))
	j.open("/ru/groups/table/issues")
	j.follow(`main a[href$="/issues/new"]`)
	j.reads(ru.T("issue.unnamed.names"))
	j.write("#title", "Освещение на автовокзале")
	j.writes("#about", "Ночью не видно, кто ждёт.")
	j.follow("main form[action$='/issues'] button[type=submit]")
	j.reads(ru.T("issue.receipt.once"))
	var code string
	j.do(into(&code, chromedp.Text(chromedp.CSS("code.secret"))))
	list := x.facilitator.get(issuesOf + "/unread")
	at := regexp.MustCompile(`/en/issues/[0-9a-f-]{36}`).FindString(list.body)
	if got := x.facilitator.submit(x.facilitator.form(at, at+"/say").filled("words-say", "С какой стороны?")); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	j.follow(`main a[href$="/issues/follow"]`)
	j.write("#receipt", strings.ToLower(code)+"x")
	j.follow("main form button[type=submit]")
	j.reads(ru.T("issue.follow.unknown"))
	j.write("#receipt", strings.ToLower(code))
	j.follow("main form button[type=submit]")
	j.reads("Освещение на автовокзале", "С какой стороны?", ru.T("issue.stage.raised"))
	j.writes("#words", "С северной.")
	j.follow("form[action$='/follow/say'] button")
	j.reads("С северной.", ru.T("issue.said.say"))
	x.moved(x.facilitator, at, "answer", "office-answer", "Kyrgyzstan", "words-answer", "Фонари будут в марте.")
	j.open("/ru/issues/follow")
	j.write("#receipt", code)
	j.follow("main form button[type=submit]")
	j.reads("Фонари будут в марте.", ru.T("issue.stage.answered"))
	var wide bool
	j.do(into(&wide, chromedp.Evaluate[bool]("document.documentElement.scrollWidth > 360")))
	if wide {
		t.Error("the page is wider than the telephone")
	}
	j.unfold("#close summary")
	j.follow("#close button")
	j.reads(ru.T("issue.stage.closed"), ru.T("issue.said.close"))
	if strings.Contains(j.at(), code) {
		t.Error("the receipt stands in an address")
	}
}
