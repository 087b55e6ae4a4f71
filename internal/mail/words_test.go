package mail_test

import (
	"context"
	"strings"
	"testing"

	"polis/internal/mail"
	"polis/internal/mail/mailtest"
	"polis/internal/store/storetest"
)

// What others wrote is handed on as theirs, and a letter that can be answered says where,
// and to which thread it belongs.
func TestALetterWithWordsOfOthers(t *testing.T) {
	db := storetest.SQLite(t)
	s := mailtest.Start(t, false, nil)
	p := office(t, db, s, mail.Plain)
	thread, answer := "01a20a15-a35c-7270-a3d9-7565bf4905f6", "reply+abc@polis.example"
	p.Finish = func(_ context.Context, l mail.Letter) (mail.Letter, error) {
		l.Address, l.Lang, l.ReplyTo, l.Thread = l.To, "de", answer, thread
		l.Words = []mail.Words{{By: "Berta\r\nBcc: all@polis.example", Lang: "it", Text: "Prima riga\r\n-- \r\n<b>Terza</b>\u2028riga"}}
		l.Lines = []mail.Line{{Under: "Eins", Text: "A", Path: "/a"}, {Under: "Eins", Text: "B", Path: "/b"}, {Under: "Zwei", Text: "C", Path: "/c"}}
		return l, nil
	}
	queue(t, db, mail.Letter{To: "a@polis.example", Kind: "notice.letter.post", Args: map[string]string{"group": "G", "title": "T", "n": "1"}})
	if sent, err := p.SendDue(ctx); err != nil || sent != 1 {
		t.Fatal(sent, err)
	}
	got := s.Last(t, "a@polis.example")
	parts, h := got.Parts(t), got.Message.Header
	plain, html := parts["text/plain"], parts["text/html"]
	if h.Get("Reply-To") != "<"+answer+">" || h.Get("In-Reply-To") != "<thread."+thread+"@polis.example>" || h.Get("References") != h.Get("In-Reply-To") || h.Get("Bcc") != "" {
		t.Error("its head:", h)
	}
	if !strings.Contains(plain, "Berta Bcc: all@polis.example:\n\n  Prima riga\n  --\n  <b>Terza</b> riga\n") || strings.Count(plain, "\n-- \n") != 1 {
		t.Errorf("another's words look like the letter's own:\n%s", plain)
	}
	if !strings.Contains(html, `<blockquote lang="it"`) || !strings.Contains(html, "&lt;b&gt;Terza") || strings.Count(html, "Eins") != 1 || strings.Count(html, "<ul>") != 2 {
		t.Error(html)
	}
	if !strings.Contains(plain, "wird dort zu einem Beitrag von Ihnen") {
		t.Error("it does not say what becomes of an answer")
	}
	thread = "x@y>\r\nBcc: z"
	queue(t, db, mail.Letter{To: "b@polis.example", Kind: "notice.letter.post", Args: map[string]string{"n": "1"}})
	if _, err := p.SendDue(ctx); err != nil {
		t.Fatal(err)
	}
	if h := s.Last(t, "b@polis.example").Message.Header; h.Get("References") != "" || h.Get("Bcc") != "" {
		t.Error("a thread that is no name is in the head:", h)
	}
}
