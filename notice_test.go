package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/smtp"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	gomail "github.com/wneessen/go-mail"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/mail"
	"polis/internal/mail/mailtest"
	"polis/internal/store/storetest"
)

const (
	asker    = "chiara@ministero.example"
	answerer = "greta@ministerium.example"
)

// An officer asks on the page in Italian; a member of the closed group is told by letter,
// and answers it from her mail program in German, quoting the letter below; the answer
// stands on the page in its language, the officer is told, and accepts it. All mail goes
// over real lines, and the program that serves is the real one.
func TestAQuestionIsAnsweredByMailInAnotherLanguage(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); answerByMail(t, place{Data: t.TempDir()}) })
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		answerByMail(t, place{Data: t.TempDir(), Database: storetest.PostgresDSN(t)})
	})
}

func answerByMail(t *testing.T, p place) {
	post, s := mailtest.Start(t, false, nil), &served{}
	serveWith(t, s, p, func(h *house) error { return furnishGroup(h, post) }, "--inbox", "127.0.0.1:0", "--inbox-domain", mailDomain)
	officer, member := s.visit(t, asker), s.visit(t, answerer)
	member.post("/de/account/notices/pace", "kind", "group", "object", "team", "pace", "once")
	topic := officer.post("/it/groups/team/topics", "kind", "question", "lang", "it", "title", "Come si consegna un telefono sequestrato?",
		"body", "Chi firma il **verbale** di consegna, e quando si deve fare la copia della memoria?")
	id := regexp.MustCompile(`/it/topics/([0-9a-f-]{36})`).FindStringSubmatch(topic)
	if id == nil {
		t.Fatalf("the question is not there: %.2000s", topic)
	}

	letter := await(t, post, answerer, "Come si consegna")
	text := letter.Parts(t)["text/plain"]
	if !strings.Contains(text, "Chi firma il verbale di consegna") || !strings.Contains(text, "/de/topics/"+id[1]) {
		t.Errorf("the letter:\n%s", text)
	}
	replyTo := letter.Message.Header.Get("Reply-To")
	if !strings.HasPrefix(replyTo, "<reply+") || !strings.HasSuffix(replyTo, "@"+mailDomain+">") {
		t.Fatalf("answers go to %q", replyTo)
	}
	stop := strings.Trim(letter.Message.Header.Get("List-Unsubscribe"), "<>")
	sendReply(t, s.mail, strings.Trim(replyTo, "<>"), letter, "Das Protokoll unterschreibt bei uns die Staatsanwältin, und die Kopie des Speichers wird sofort nach der Übergabe gemacht.")

	var page, id2 string
	for range 300 {
		if page = officer.get("/it/topics/" + id[1]); strings.Contains(page, "Staatsanwältin") {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	said := regexp.MustCompile(`(?s)<div[^>]*lang="de"[^>]*>\s*<p>Das Protokoll unterschreibt.*?</div>`).FindString(page)
	if said == "" {
		t.Fatalf("the answer is not on the page in its language: %.4000s", page)
	}
	for _, secret := range []string{"reply+", "/letters/", "Chi firma", "schrieb"} {
		if strings.Contains(said, secret) {
			t.Errorf("what she quoted stands on the page: %q in %s", secret, said)
		}
	}
	told := await(t, post, asker, "Come si consegna")
	if !strings.Contains(told.Parts(t)["text/plain"], "Staatsanwältin") || told.Message.Header.Get("References") != letter.Message.Header.Get("References") || told.Message.Header.Get("References") == "" {
		t.Error("the officer is not told in the same thread")
	}
	if m := regexp.MustCompile(`/it/topics/` + id[1] + `/posts/([0-9a-f-]{36})/move/accept`).FindStringSubmatch(page); m != nil {
		id2 = m[1]
	}
	officer.post("/it/topics/"+id[1]+"/posts/"+id2+"/move/accept", "value", "1")
	if page = member.get("/de/topics/" + id[1]); !strings.Contains(page, "post-answer") {
		t.Error("the answer is not accepted")
	}

	// Her mail program ends the letters of the group with one click, without her session.
	u, err := url.Parse(stop)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.Post(s.url+u.RequestURI(), "application/x-www-form-urlencoded", strings.NewReader("List-Unsubscribe=One-Click"))
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatal("one click:", err, answer)
	}
	answer.Body.Close()
	if page = member.get("/de/account/notices"); !regexp.MustCompile(`(?s)id="group-team".*?<option value="none" selected>`).MatchString(page) {
		t.Error("the letters have not ended")
	}
}

// furnishGroup makes a closed group whose letters may say what was written, with an
// officer who reads Italian and a member who reads German.
func furnishGroup(h *house, post *mailtest.Server) error {
	ctx, system := context.Background(), access.System("test")
	err := errors.Join(account.WaiveSecondFactor(ctx, h.db, system), mail.Save(ctx, h.db, h.keys, access.Act("admin", access.Administrator, "", ""), post.Settings(mail.Plain)),
		account.OpenGroup(ctx, h.db, system, account.GroupDraft{ID: "team", Name: "Squadra mobile", About: "Prove digitali", Lang: "it", Kind: account.GroupClosed, Mails: true}))
	for _, n := range []account.New{
		{Email: asker, Name: "Chiara Prova", Role: access.Expert, ActsFor: "IT", Lang: "it", Password: password},
		{Email: answerer, Name: "Greta Probe", Role: access.Expert, ActsFor: "AT", Lang: "de", Password: password},
	} {
		made, merr := account.Create(ctx, h.db, system, n)
		if err = errors.Join(err, merr); err == nil {
			err = account.Admit(ctx, h.db, system, "team", made.ID)
		}
	}
	return err
}

// visitor is somebody who has signed in, without a browser.
type visitor struct {
	*testing.T
	http.Client
	site string
}

func (s *served) visit(t *testing.T, email string) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{t, http.Client{Jar: jar, Timeout: time.Minute}, s.url}
	answer, err := v.PostForm(v.site+"/en/sign-in", url.Values{"email": {email}, "password": {password}})
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatal("sign in:", err, answer)
	}
	answer.Body.Close()
	return v
}

func (v *visitor) get(path string) string {
	v.Helper()
	answer, err := v.Get(v.site + path)
	if err != nil {
		v.Fatal(err)
	}
	return v.read(path, answer)
}

// post sends a form, as one that may bring files, and returns the page to which it leads
// with its address above.
func (v *visitor) post(path string, fields ...string) string {
	v.Helper()
	var body bytes.Buffer
	form, kind := multipart.NewWriter(&body), ""
	values := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		values.Add(fields[i], fields[i+1])
		if err := form.WriteField(fields[i], fields[i+1]); err != nil {
			v.Fatal(err)
		}
	}
	form.Close()
	kind = form.FormDataContentType()
	if !strings.HasSuffix(path, "/topics") { // the others take no files
		body.Reset()
		body.WriteString(values.Encode())
		kind = "application/x-www-form-urlencoded"
	}
	answer, err := v.Post(v.site+path, kind, &body)
	if err != nil {
		v.Fatal(err)
	}
	return answer.Request.URL.Path + "\n" + v.read(path, answer)
}

func (v *visitor) read(path string, answer *http.Response) string {
	v.Helper()
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		v.Fatalf("%s: %d, %v: %.3000s", path, answer.StatusCode, err, page)
	}
	return string(page)
}

// await waits for a letter to somebody whose subject has these words.
func await(t *testing.T, post *mailtest.Server, to, words string) mailtest.Letter {
	t.Helper()
	for range 600 {
		for _, l := range post.Letters() {
			if l.To == to && strings.Contains(l.Subject(), words) {
				return l
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("no letter to %s about %q", to, words)
	return mailtest.Letter{}
}

// sendReply answers a letter as mail programs do: above what is quoted.
func sendReply(t *testing.T, server, to string, letter mailtest.Letter, words string) {
	t.Helper()
	m := gomail.NewMsg()
	if err := m.From(answerer); err != nil {
		t.Fatal(err)
	}
	m.Subject("Re: " + letter.Subject())
	m.SetMessageID()
	m.SetDate()
	m.SetGenHeader(gomail.HeaderInReplyTo, letter.Message.Header.Get("Message-Id"))
	quoted := "> " + strings.ReplaceAll(letter.Parts(t)["text/plain"], "\n", "\n> ")
	m.SetBodyString(gomail.TypeTextPlain, fmt.Sprintf("%s\n\n-- \nGreta Probe\nTel. 123\n\nAm 23.11.2026 um 15:20 schrieb POLIS <%s>:\n\n%s\n", words, to, quoted))
	var raw bytes.Buffer
	if _, err := m.WriteTo(&raw); err != nil {
		t.Fatal(err)
	}
	if err := smtp.SendMail(server, nil, answerer, []string{to}, raw.Bytes()); err != nil {
		t.Fatal(err)
	}
}
