package web

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/community/discussion"
	"polis/internal/lang"
	"polis/internal/store/storetest"
)

// circle is a closed group with its people.
type circle struct {
	inhabited
	lead, anna, bela, other, keeper visitor
	ids                             map[string]string
}

// circle opens the closed group "cyber": lead runs it, anna and bela are its members.
func (h inhabited) circle() circle {
	h.t.Helper()
	c := circle{inhabited: h, ids: map[string]string{}}
	system := access.System("test")
	check := func(err error) {
		h.t.Helper()
		if err != nil {
			h.t.Fatal(err)
		}
	}
	check(account.OpenGroup(everywhere, h.DB, system, account.GroupDraft{ID: "cyber", Kind: account.GroupClosed, Name: "Cyber network", Lang: "en", Rules: "Be **exact**."}))
	for name, v := range map[string]*visitor{"lead": &c.lead, "anna": &c.anna, "bela": &c.bela} {
		*v, c.ids[name] = h.as(name+"@topic.example", access.Expert, "KG")
		check(account.Admit(everywhere, h.DB, system, "cyber", c.ids[name]))
	}
	check(account.Facilitate(everywhere, h.DB, system, "cyber", c.ids["lead"]))
	c.other, c.ids["other"] = h.as("other@topic.example", access.FocalPoint, "TJ")
	c.keeper, c.ids["keeper"] = h.as("keeper@topic.example", access.DeskOfficer, "")
	return c
}

// asked is the address of a question that anna asks.
func (c circle) asked() string {
	c.t.Helper()
	got := c.anna.submit(c.anna.form("/en/groups/cyber/topics/new", "/en/groups/cyber/topics").filled("title", "Chi ha un modello di accordo?", "body", "Cerchiamo **uno**.", "lang", "it"))
	path, _, _ := strings.Cut(got.location, "?")
	if got.status != http.StatusSeeOther || !strings.HasPrefix(path, "/en/topics/") {
		c.t.Fatal(got.status, got.location, got.body)
	}
	return path
}

// written is the address of a post that somebody writes under the topic.
func (c circle) written(v visitor, topic, body string) string {
	c.t.Helper()
	got := v.submit(v.form(topic, topic+"/write").filled("body", body, "lang", "de"))
	if got.status != http.StatusSeeOther {
		c.t.Fatal(got.status, got.body)
	}
	found := regexp.MustCompile(regexp.QuoteMeta(topic)+`/posts/[0-9a-f-]+`).FindAllString(v.get(topic).body, -1)
	if len(found) == 0 {
		c.t.Fatal("the post has no address")
	}
	return found[len(found)-1]
}

func TestTopicPages(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		c, en := h.circle(), lang.For("en")
		topic := c.asked()
		t.Run("a question is read by its group, in its language, and by nobody else", func(t *testing.T) {
			page := c.bela.get(topic)
			if page.status != http.StatusOK || !strings.Contains(page.body, "<strong>uno</strong>") || !strings.Contains(page.body, `lang="it"`) {
				t.Error(page.status, page.body)
			}
			for _, v := range []visitor{c.other, c.keeper} {
				if got := v.get(topic); got.status != http.StatusNotFound || strings.Contains(got.body, "modello") {
					t.Error(got.status)
				}
				if got := v.get("/en/topics"); strings.Contains(got.body, "modello") {
					t.Error("it stands in their list")
				}
			}
			if got := h.visitor().get(topic); got.status != http.StatusSeeOther {
				t.Error("nobody:", got.status)
			}
			h.sixTimes(t, c.bela, topic)
			h.sixTimes(t, c.bela, "/en/topics?group=cyber&open=1&words=modello")
		})
		t.Run("a preview shows it and writes nothing", func(t *testing.T) {
			form := c.bela.form(topic, topic+"/write")
			for range 2 {
				got := c.bela.submit(form.filled("body", "*Ecco* <script>alert(1)</script> @Nessuno", "do", "preview"))
				if got.status != http.StatusOK || !strings.Contains(got.body, "<em>Ecco</em> &lt;script&gt;") || !got.says(en.T("topic.unheard", "names", "Nessuno")) || !strings.Contains(got.body, "&lt;script&gt;alert(1)&lt;/script&gt; @Nessuno</textarea>") {
					t.Error(got.status, got.body)
				}
			}
			if got := c.bela.get(topic); strings.Contains(got.body, "Ecco") {
				t.Error("it was written")
			}
		})
		t.Run("it is answered, quoted, accepted, and sent twice it is there once", func(t *testing.T) {
			form := c.bela.form(topic, topic+"/write").filled("body", "Hier ist eins, @anna@topic.example.", "lang", "de")
			for range 2 {
				c.bela.submit(form)
			}
			page := c.anna.get(topic)
			if strings.Count(page.body, "<article") != 2 {
				t.Error(page.body)
			}
			accept := c.anna.form(topic, topic+"/posts/")
			for i := 0; i < 9 && !strings.HasSuffix(accept.action, "/move/accept"); i++ {
				accept.action = regexp.MustCompile(regexp.QuoteMeta(topic) + `/posts/[0-9a-f-]+/move/accept`).FindString(page.body)
			}
			if got := c.bela.post(accept.action, "value", "1"); got.status != http.StatusForbidden {
				t.Error("another member:", got.status)
			}
			if got := c.anna.post(accept.action, "value", "1"); got.status != http.StatusSeeOther || !c.bela.get(topic).says(en.T("topic.answered")) {
				t.Error(got.status, got.body)
			}
			quoting := c.anna.get(topic + "?quote=" + strings.Split(accept.action, "/")[5])
			if !strings.Contains(quoting.body, "Hier ist eins") || !strings.Contains(quoting.body, `name="quotes"`) {
				t.Error(quoting.body)
			}
		})
		t.Run("the answer becomes a note of the library at the group's level, and each leads to the other", func(t *testing.T) {
			got := c.anna.submit(c.anna.form(topic, topic+"/note"))
			if got.status != http.StatusSeeOther || !strings.Contains(got.location, "/confirm?topic=") {
				t.Fatal(got.status, got.location, got.body)
			}
			form := c.anna.form(got.location, "/en/library/intake/")
			if form.fields.Get("title") != "Chi ha un modello di accordo?" || form.fields.Get("level") != "group:cyber" || form.fields.Get("lang") != "it" {
				t.Fatal(form.fields)
			}
			kept := c.anna.submit(form)
			note, _, _ := strings.Cut(kept.location, "?")
			if kept.status != http.StatusSeeOther || !strings.HasPrefix(note, "/en/library/") {
				t.Fatal(kept.status, kept.body)
			}
			if page := c.bela.get(topic); !strings.Contains(page.body, note) {
				t.Error("the topic does not lead to the note")
			}
			read := c.bela.get(note)
			if read.status == http.StatusSeeOther || read.status == http.StatusMovedPermanently || read.status == http.StatusFound {
				read = c.bela.get(read.location)
			}
			if !strings.Contains(read.body, topic) || !strings.Contains(read.body, "Hier ist eins") {
				t.Error("the note does not say where it comes from", read.status)
			}
		})
		t.Run("what was asked before is shown to who asks", func(t *testing.T) {
			form := c.bela.form("/en/groups/cyber/topics/new", "/en/groups/cyber/topics").filled("title", "Modello di accordo per prove", "do", "look")
			if got := c.bela.submit(form); got.status != http.StatusOK || !strings.Contains(got.body, topic) {
				t.Error(got.status, got.body)
			}
		})
	})
}

func TestAPasteThatIsTooLongIsRefusedAndKeptAsFarAsItFits(t *testing.T) {
	h := inhabit(t, storetest.SQLite(t))
	c, en := h.circle(), lang.For("en")
	topic := c.asked()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("place", "topic "+topic)
	_ = form.WriteField("lang", "ru")
	_ = form.WriteField("body", strings.Repeat("щ", 10<<20)) // 20 MB
	_ = form.Close()
	got := c.bela.do(c.bela.request("POST", topic+"/write", form.FormDataContentType(), &body))
	if got.status != http.StatusUnprocessableEntity || !got.says(en.T("topic.error.body.long")) {
		t.Fatal(got.status, len(got.body))
	}
	if n := strings.Count(got.body, "щ"); n != discussion.MaxBody/2 {
		t.Errorf("%d letters are kept", n)
	}
	if page := c.bela.get(topic); strings.Count(page.body, "<article") != 1 {
		t.Error("it was written")
	}
}

func TestAMemberWhoIsExpelledWhileWriting(t *testing.T) {
	h := inhabit(t, storetest.SQLite(t))
	c, en := h.circle(), lang.For("en")
	topic := c.asked()
	form := c.bela.form(topic, topic+"/write").filled("body", "Ich schreibe gerade.", "lang", "de")
	if err := account.Dismiss(everywhere, h.DB, access.System("test"), "cyber", c.ids["bela"]); err != nil {
		t.Fatal(err)
	}
	got := c.bela.submit(form)
	if got.status != http.StatusConflict || !got.says(en.T("topic.impossible.member.kept")) || strings.Contains(got.body, "modello") {
		t.Error(got.status, got.body)
	}
	if page := c.bela.get("/en/topics/drafts"); !page.says("Ich schreibe gerade.") || strings.Contains(page.body, "modello") || page.says("Cyber network") {
		t.Error(page.body)
	}
	if page := c.anna.get(topic); strings.Contains(page.body, "Ich schreibe gerade") {
		t.Error("it was posted")
	}
	t.Run("a topic of nowhere is answered alike", func(t *testing.T) {
		form.action = "/en/topics/01890000-0000-7000-8000-000000000000/write"
		if again := c.bela.submit(form); again.status != got.status {
			t.Error(again.status)
		}
	})
}

func TestPostPages(t *testing.T) {
	eachHouse(t, func(t *testing.T, h inhabited) {
		c, en := h.circle(), lang.For("en")
		topic := c.asked()
		post := strings.TrimSuffix(c.written(c.bela, topic, "Hier ist eins."), "/about")
		t.Run("its author changes it; what it was is shown as a difference; a stale form is answered with one", func(t *testing.T) {
			form := c.bela.form(post+"/edit", post+"/edit")
			if got := c.anna.get(post + "/edit"); got.status != http.StatusForbidden {
				t.Error(got.status)
			}
			if got := c.bela.submit(form.filled("body", "Hier liegt eins.")); got.status != http.StatusSeeOther {
				t.Fatal(got.status, got.body)
			}
			got := c.bela.submit(form.filled("body", "Dort ist eins."))
			if got.status != http.StatusConflict || !got.says(en.T("topic.stale")) || !strings.Contains(got.body, "Hier liegt eins.") || !strings.Contains(got.body, "Dort ist eins.") {
				t.Error(got.status, got.body)
			}
			if page := c.anna.get(post + "/about"); !strings.Contains(page.body, "<del>ist</del>") || !strings.Contains(page.body, "<ins>liegt</ins>") {
				t.Error(page.body)
			}
		})
		t.Run("a draft is kept by its button and is there again", func(t *testing.T) {
			form := c.bela.form(topic, topic+"/write").filled("body", "Noch nicht fertig", "do", "keep")
			if got := c.bela.submit(form); got.status != http.StatusOK {
				t.Fatal(got.status)
			}
			if page := c.bela.get(topic); !strings.Contains(page.body, "Noch nicht fertig</textarea>") {
				t.Error("it is gone")
			}
			if got := c.bela.post("/en/topics/drafts", "place", "topic "+strings.TrimPrefix(topic, "/en/topics/"), "body", "Weiter", "lang", "de"); got.status != http.StatusOK {
				t.Error("the script's:", got.status)
			}
			if page := c.bela.get(topic); !strings.Contains(page.body, "Weiter</textarea>") {
				t.Error("it is gone")
			}
		})
		t.Run("reported it waits for who runs the group, who hides it; its author appeals to somebody else", func(t *testing.T) {
			if got := c.anna.submit(c.anna.form(post+"/about", post+"/move/report").filled("reason-report", "insult", "words-report", "Frech.")); got.status != http.StatusSeeOther {
				t.Fatal(got.status, got.body)
			}
			if page := c.lead.get("/en/groups/cyber/queue"); !page.says("Frech.") || !page.says("Hier liegt eins.") {
				t.Error(page.body)
			}
			for v, status := range map[visitor]int{c.anna: http.StatusForbidden, c.other: http.StatusNotFound} {
				if got := v.get("/en/groups/cyber/queue"); got.status != status {
					t.Error(got.status)
				}
			}
			hide := c.lead.form(post+"/about", post+"/move/hide")
			if got := c.lead.submit(hide); got.status != http.StatusUnprocessableEntity || !got.says(en.T("topic.error.words")) {
				t.Error("without a reason:", got.status)
			}
			if got := c.lead.submit(hide.filled("words-hide", "Es nennt jemanden.")); got.status != http.StatusSeeOther {
				t.Fatal(got.status, got.body)
			}
			if page := c.anna.get(topic); strings.Contains(page.body, "Hier liegt") || page.says("Es nennt jemanden.") || !page.says(en.T("topic.hidden")) {
				t.Error("others read it")
			}
			if page := c.bela.get(topic); !page.says("Es nennt jemanden.") {
				t.Error("its author does not learn why")
			}
			if got := c.bela.submit(c.bela.form(post+"/about", post+"/move/appeal").filled("words-appeal", "Es nennt niemanden.")); got.status != http.StatusSeeOther {
				t.Fatal(got.status, got.body)
			}
			page := c.keeper.get("/en/topics/appeals")
			if !page.says("Es nennt niemanden.") || !page.says("Hier liegt eins.") || page.says("modello") {
				t.Error(page.body)
			}
			form := c.keeper.form("/en/topics/appeals", "/en/topics/-/posts/").filled("value", "shown")
			if got := c.lead.post(form.action, "value", "shown"); got.status != http.StatusForbidden {
				t.Error("who hid it decided:", got.status)
			}
			if got := c.keeper.submit(form); got.status != http.StatusSeeOther || !c.anna.get(topic).says("Hier liegt eins.") {
				t.Error(got.status, got.body)
			}
		})
		t.Run("taken away its place says so", func(t *testing.T) {
			if got := c.bela.submit(c.bela.form(post+"/about", post+"/move/remove")); got.status != http.StatusSeeOther {
				t.Fatal(got.status, got.body)
			}
			if page := c.anna.get(topic); !page.says(en.T("topic.gone")) || page.says("Hier liegt") {
				t.Error(page.body)
			}
		})
	})
}

func TestAFileComesWithAPost(t *testing.T) {
	h := inhabit(t, storetest.SQLite(t))
	c := h.circle()
	topic := c.asked()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("body", "Anbei.")
	_ = form.WriteField("lang", "de")
	part, _ := form.CreateFormFile("file", "plan.txt")
	_, _ = io.WriteString(part, "Der geheime Plan")
	_ = form.Close()
	if got := c.bela.do(c.bela.request("POST", topic+"/write", form.FormDataContentType(), &body)); got.status != http.StatusSeeOther {
		t.Fatal(got.status, got.body)
	}
	file := regexp.MustCompile(`/en/files/posts/[0-9a-f-]+`).FindString(c.anna.get(topic).body)
	if got := c.anna.get(file); got.status != http.StatusOK || got.body != "Der geheime Plan" {
		t.Error(file, got.status, got.body)
	}
	for _, v := range []visitor{c.other, c.keeper, h.visitor()} {
		if got := v.get(file); got.status != http.StatusNotFound || strings.Contains(got.body, "Plan") {
			t.Error("others get it:", got.status)
		}
	}
}
