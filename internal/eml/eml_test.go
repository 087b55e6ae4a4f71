package eml_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"

	"polis/internal/eml"
	"polis/internal/extract"
)

var ctx = context.Background()

func texts(t testing.TB) *extract.Extractor {
	x := extract.New("", extract.DefaultLimits())
	t.Cleanup(x.Close)
	return x
}

// letter joins lines as they travel.
func letter(lines ...string) string { return strings.Join(lines, "\r\n") + "\r\n" }

func read(t testing.TB, raw string) eml.Message {
	t.Helper()
	m, err := eml.Read(ctx, texts(t), strings.NewReader(raw))
	if err != nil {
		t.Fatalf("%v, of\n%.500s", err, raw)
	}
	return m
}

func TestAMessageWithTwoFiles(t *testing.T) {
	m := read(t, letter(
		"Received: from a by b", "Received: from c by a",
		"From: =?utf-8?q?Aigerim_T=C3=B6l=C3=B6?= <Aigerim@Polis.Example>", "Subject: =?koi8-r?B?8M/XxdPULcE=?= agenda",
		"Message-ID: <one@polis.example>", "In-Reply-To: <zero@polis.example> <other@polis.example>",
		"Date: Mon, 23 Nov 2026 15:20:00 +0100", `Content-Type: multipart/mixed; boundary="b1"`, "",
		"This is a preamble.", "--b1", `Content-Type: multipart/alternative; boundary="b2"`, "",
		"--b2", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable", "", "Please find the agenda of the caf=C3=A9.", "",
		"--b2", "Content-Type: text/html", "", "<p>Another word</p>", "--b2--",
		"--b1", `Content-Type: application/pdf; name="=?windows-1251?B?7+vg7S5wZGY=?="`, "Content-Transfer-Encoding: base64", "Content-Disposition: attachment", "",
		"JVBERi0x", "LjQK", "",
		"--b1", "Content-Type: application/zip", "Content-Disposition: attachment; filename*=windows-1251''%EF%EB%E0%ED.zip", "", "PK\x03\x04", "--b1--",
	))
	if m.From != "aigerim@polis.example" || m.ID != "one@polis.example" || m.InReplyTo != "zero@polis.example" {
		t.Errorf("%+v", m)
	}
	if m.Subject != "Повест-а agenda" {
		t.Errorf("subject %q", m.Subject)
	}
	if !m.Date.Equal(time.Date(2026, 11, 23, 14, 20, 0, 0, time.UTC)) {
		t.Error(m.Date)
	}
	if m.Text != "Please find the agenda of the café." || m.Quoted != "" {
		t.Errorf("%q %q", m.Text, m.Quoted)
	}
	if len(m.Files) != 2 || m.Files[0].Name != "план.pdf" || string(m.Files[0].Data) != "%PDF-1.4\n" || m.Files[0].Type != "application/pdf" || m.Files[1].Name != "план.zip" {
		t.Errorf("%+v", m.Files)
	}
	if len(m.Header.All("received")) != 2 {
		t.Error(m.Header)
	}
}

func TestCharsets(t *testing.T) {
	russian := "Рабочая встреча начальников участковых пунктов полиции пройдёт в Бишкеке, просим подтвердить участие до пятницы."
	russian = strings.ReplaceAll(russian, "ё", "е")
	for label, c := range map[string]struct {
		enc  encoding.Encoding
		text string
	}{
		"windows-1251": {charmap.Windows1251, russian}, "KOI8-R": {charmap.KOI8R, russian}, "iso-8859-5": {charmap.ISO8859_5, russian}, "cp866": {charmap.CodePage866, russian},
		"ISO-8859-1": {charmap.ISO8859_1, "Größe, élève, señor"}, "iso-8859-15": {charmap.ISO8859_15, "prix en €, œuvre"}, "iso-8859-2": {charmap.ISO8859_2, "Žofia přišla"},
		"windows-1252": {charmap.Windows1252, "„Größe“ – l’élève"}, "macintosh": {charmap.Macintosh, "élève"}, "ibm850": {charmap.CodePage850, "élève"},
	} {
		raw, err := c.enc.NewEncoder().String(c.text)
		if err != nil {
			t.Fatal(label, err)
		}
		m := read(t, letter("From: a@polis.example", "Content-Type: text/plain; charset="+label, "Content-Transfer-Encoding: 8bit", "", raw))
		if m.Text != c.text {
			t.Errorf("%s: %q", label, m.Text)
		}
	}
	for what, label := range map[string]string{"a lie": "utf-8", "an unknown name": "x-nonsense", "nothing": "", "a plain name": "us-ascii"} {
		raw, _ := charmap.Windows1251.NewEncoder().String(russian)
		m := read(t, letter("From: a@polis.example", "Content-Type: text/plain; charset=\""+label+`"`, "", raw))
		if m.Text != russian {
			t.Errorf("%s: the bytes themselves tell: %q", what, m.Text)
		}
	}
	for _, label := range []string{"utf-7", "UNICODE-1-1-UTF-7", "x-utf7"} {
		_, err := eml.Read(ctx, texts(t), strings.NewReader(letter("From: a@polis.example", "Content-Type: text/plain; charset="+label, "", "+ADw-script+AD4-")))
		if eml.ReasonOf(err) != "charset" {
			t.Errorf("%s: %v", label, err)
		}
	}
}

func TestHTMLAlone(t *testing.T) {
	page, err := charmap.Windows1251.NewEncoder().String(`<html><head><meta charset="windows-1251"><style>p{color:red}</style><script>alert(1)</script></head>
		<body><p>Повестка дня семинара</p><img src="http://evil.example/pixel.gif"><p>12 марта 2027, Бишкек</p></body></html>`)
	if err != nil {
		t.Fatal(err)
	}
	m := read(t, letter("From: a@polis.example", "Content-Type: text/html; charset=windows-1251", "Content-Transfer-Encoding: base64", "", base64.StdEncoding.EncodeToString([]byte(page))))
	if m.Text != "Повестка дня семинара\n12 марта 2027, Бишкек" {
		t.Errorf("%q", m.Text)
	}
	if m := read(t, letter("From: a@polis.example", "Content-Type: text/html", "", "<img src=x>")); m.Text != "" {
		t.Errorf("a page without words: %q", m.Text)
	}
}

func TestWhoWrote(t *testing.T) {
	for head, want := range map[string]string{
		`From: "boss@polis.example" <spy@evil.example>`:                                     "spy@evil.example",
		"From: a@polis.example, b@polis.example":                                            "",
		"From: a@polis.example\r\nFrom: b@polis.example":                                    "",
		"Sender: a@polis.example":                                                           "",
		"From: a@polis.example\r\n b@polis.example":                                         "",
		"From: Group: a@polis.example;":                                                     "a@polis.example",
		"From: =?utf-8?q?x=00y?= <A@polis.example>":                                         "a@polis.example",
		"From:a@polis.example(comment)":                                                     "a@polis.example",
		"From : a@polis.example":                                                            "a@polis.example",
		"X: y\r\n\r\nFrom: a@polis.example":                                                 "",
		"From: =?unknown-8bit?B?8M/XxdPUy8E=?= <a@polis.example>":                           "a@polis.example",
		"From: a@polis.example\x00@evil.example":                                            "",
		"From: <a@polis.example> <b@evil.example>":                                          "",
		"From: a@polis.example\r\nfRoM: a@polis.example":                                    "",
		"From: " + strings.Repeat("\"x\" ", 1000) + "<a@polis.example>":                     "a@polis.example",
		"From: undisclosed:;":                                                               "",
		"Resent-From: b@polis.example\r\nFrom: a@polis.example\r\nReply-To: c@evil.example": "a@polis.example",
	} {
		m, err := eml.Describe([]byte(head + "\r\n\r\n"))
		if err != nil || m.From != want {
			t.Errorf("%q: %q, %v", head, m.From, err)
		}
	}
}

func TestFilesAreNamedSafely(t *testing.T) {
	for param, want := range map[string]string{
		`filename="../../etc/passwd"`:                     "passwd",
		`filename="C:\\dir\\agenda.docx"`:                 "agenda.docx",
		"filename=\"invoice\u202Efdp.exe\"":               "invoicefdp.exe",
		`filename="` + strings.Repeat("x", 400) + `.pdf"`: strings.Repeat("x", 146) + ".pdf",
		`filename=agenda of today.pdf`:                    "agenda of today.pdf",
		`filename*0="agen"; filename*1="da.pdf"`:          "agenda.pdf",
		`filename=""`:                                     "file",
		`filename="=?utf-8?Q?=D0=BF.pdf?="`:               "п.pdf",
		`filename="a` + "\x00" + `b.pdf"`:                 "a b.pdf",
	} {
		m := read(t, letter("From: a@polis.example", "Content-Type: application/octet-stream", "Content-Disposition: attachment; "+param, "", "x"))
		if len(m.Files) != 1 || m.Files[0].Name != want {
			t.Errorf("%q: %+v", param, m.Files)
		}
	}
}

func TestAnAttachedMessageIsUnpacked(t *testing.T) {
	m := read(t, letter("From: a@polis.example", `Content-Type: multipart/mixed; boundary=b`, "",
		"--b", "", "See below.", "",
		"--b", "Content-Type: message/rfc822", "",
		"Subject: Round table", "Content-Type: multipart/mixed; boundary=c", "", "--c", "", "12 March 2027, Osh", "--c", "Content-Type: application/pdf; name=a.pdf", "", "x", "--c--", "--b--"))
	if m.Text != "See below." || m.Quoted != "Round table\n\n12 March 2027, Osh" || len(m.Files) != 1 || m.Files[0].Name != "a.pdf" {
		t.Errorf("%+v", m)
	}
}

func TestAPictureInTheTextIsNoFileOfIts(t *testing.T) {
	m := read(t, letter("From: a@polis.example", `Content-Type: multipart/related; boundary=b`, "",
		"--b", "Content-Type: text/html", "", "<p>Hello <img src=cid:1></p>", "--b", "Content-Type: image/png; name=logo.png", "Content-ID: <1>", "", "x",
		"--b", "Content-Type: application/pkcs7-signature; name=smime.p7s", "", "x", "--b--"))
	if len(m.Files) != 1 || !m.Files[0].Inline || m.Text != "Hello" {
		t.Errorf("%+v", m)
	}
}

func TestDamagedMessagesAreReadAsFarAsTheyGo(t *testing.T) {
	for what, c := range map[string]struct{ raw, text string }{
		"no end of the parts":    {letter("From: a@polis.example", "Content-Type: multipart/mixed; boundary=b", "", "--b", "", "words"), "words"},
		"no boundary":            {letter("From: a@polis.example", "Content-Type: multipart/mixed", "", "words"), ""},
		"an unknown encoding":    {letter("From: a@polis.example", "Content-Transfer-Encoding: x-rot13", "", "words"), "words"},
		"base64 with dirt in it": {letter("From: a@polis.example", "Content-Transfer-Encoding: base64", "", "d29y*", " !ZHM=", "-- the list's footer"), "words"},
		"a type that is none":    {letter("From: a@polis.example", "Content-Type: text", "", "words"), "words"},
		"only line feeds":        {"From: a@polis.example\nSubject: x\n\nwords\n", "words"},
		"no body":                {"From: a@polis.example", ""},
		"zeros":                  {letter("From: a@polis.example", "", "wo\x00rds"), "words"},
		"lines that are none":    {letter("From MAILER Mon Nov 23", "From: a@polis.example", "what is this", "", "words"), "words"},
	} {
		m := read(t, c.raw)
		if !strings.HasPrefix(m.Text, c.text) || (c.text == "") != (m.Text == "") || m.From != "a@polis.example" {
			t.Errorf("%s: %q from %q", what, m.Text, m.From)
		}
	}
}

func TestBombsAreNotReadToTheirEnd(t *testing.T) {
	nested := "From: a@polis.example\r\n"
	for i := range 5000 {
		nested += fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	messages := "From: a@polis.example\r\n" + strings.Repeat("Content-Type: message/rfc822\r\n\r\n", 5000)
	parts := letter("From: a@polis.example", "Content-Type: multipart/mixed; boundary=b", "", "--b") + strings.Repeat("\r\nx\r\n--b\r\n", 10_000)
	fields := "From: a@polis.example\r\n" + strings.Repeat("X: y\r\n", 100_000) + "\r\nwords"
	wide := "From: a@polis.example\r\nX: " + strings.Repeat("y", 1<<20) + "\r\n\r\nwords"
	inPart := letter("From: a@polis.example", "Content-Type: multipart/mixed; boundary=b", "", "--b") + "X: " + strings.Repeat("y", 12<<20) + "\r\n\r\nwords\r\n--b--"
	grown := letter("From: a@polis.example", "Content-Type: message/rfc822", "", "Content-Type: message/rfc822", "", "Content-Type: message/rfc822", "", "") + strings.Repeat("x", 20<<20)
	for what, c := range map[string]struct{ raw, reason string }{
		"5,000 levels": {nested, "depth"}, "5,000 messages in messages": {messages, "depth"}, "10,000 parts": {parts, "parts"},
		"100,000 fields": {fields, "header"}, "a field of a megabyte": {wide, "header"}, "a part's field of 12": {inPart, "header"}, "the same bytes again and again": {grown, "large"},
	} {
		began := time.Now()
		_, err := eml.Read(ctx, texts(t), strings.NewReader(c.raw))
		if eml.ReasonOf(err) != c.reason {
			t.Errorf("%s: %v", what, err)
		}
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("%s took %v", what, took)
		}
	}
}

func TestAReaderThatHasGoneStopsTheReading(t *testing.T) {
	gone, stop := context.WithCancel(ctx)
	stop()
	if _, err := eml.Read(gone, texts(t), strings.NewReader(letter("From: a@polis.example", "", "words"))); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestLongWordsAreCut(t *testing.T) {
	m := read(t, letter("From: a@polis.example", "Content-Type: text/plain; charset=utf-8", "", strings.Repeat("я ", 1<<20)))
	if len(m.Text) > 1<<20+10 || len(m.Text) < 1<<19 || strings.Contains(m.Text, "\ufffd ") {
		t.Error(len(m.Text))
	}
}

func FuzzRead(f *testing.F) {
	x := texts(f)
	f.Add([]byte(letter("From: a@polis.example", "Content-Type: multipart/mixed; boundary=b", "", "--b", "", "words", "--b", "Content-Type: text/html", "", "<p>x", "--b--")))
	f.Add([]byte(letter("Subject: =?koi8-r?B?8M/XxdPU?=", "Content-Type: text/plain; charset=utf-7", "Content-Transfer-Encoding: base64", "", "d29yZHM=")))
	f.Add([]byte("Content-Type: message/rfc822\n\nContent-Type: text/plain; format=flowed; delsp=yes\n\n> a \n> b\n-- \nsig"))
	f.Add([]byte(letter("Content-Disposition: attachment; filename*=windows-1251''%EF", "", "Am 1.1.2026 schrieb A:", "> x")))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := eml.Read(ctx, x, bytes.NewReader(raw))
		if err != nil {
			if eml.ReasonOf(err) == "" {
				t.Fatal(err)
			}
			return
		}
		for _, text := range append([]string{m.Subject, m.Text, m.Quoted, m.ID}, names(m)...) {
			if strings.ContainsRune(text, 0) || strings.ToValidUTF8(text, "") != text {
				t.Fatalf("%q cannot be stored", text)
			}
		}
		for _, name := range names(m) {
			if name == "" || strings.ContainsAny(name, "/\\\n") {
				t.Fatalf("a file is called %q", name)
			}
		}
	})
}

func names(m eml.Message) (list []string) {
	for _, f := range m.Files {
		list = append(list, f.Name)
	}
	return list
}
