package notice_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/smtp"
	"slices"
	"strings"
	"testing"
	"time"

	"polis/internal/account"
	"polis/internal/blob"
	"polis/internal/community/discussion"
	"polis/internal/community/notice"
	"polis/internal/extract"
	"polis/internal/inbox"
	"polis/internal/job"
	"polis/internal/store"
)

// mailed is a room to which people write by mail: a real listener takes it in.
type mailed struct {
	*room
	*inbox.Box
	runner    *job.Runner
	address   string // of the listener
	topic, to string // a topic, and where Berta answers to it
	after     int    // serial number of the last message
}

const berta = "berta@polis.example"

func eachMailed(t *testing.T, fn func(m *mailed)) {
	each(t, func(r *room) {
		files, err := blob.Open(r.TempDir())
		r.must(err)
		texts := extract.New("", extract.DefaultLimits())
		r.Cleanup(texts.Close)
		r.talk.Files = files
		quiet := slog.New(slog.DiscardHandler)
		m := &mailed{room: r, Box: &inbox.Box{DB: r.Notice.DB, Files: files, Keys: r.Notice.Keys, Texts: texts, Domain: "polis.example", Log: quiet}}
		m.On("reply", notice.NewsPath, func(ctx context.Context, to inbox.Address, msg inbox.Message) error {
			who, err := account.Rights(ctx, r.Notice.DB, to.Person)
			if err != nil {
				return err
			}
			err = r.Take(ctx, r.talk, who, to.Object, msg.Entry, msg.Message)
			var no *notice.Refused
			if errors.As(err, &no) {
				return &inbox.Refusal{Key: no.Key, Err: err}
			}
			return err
		})
		m.runner = job.NewRunner(r.Notice.DB, quiet, map[string]job.Handler{inbox.ReadJob: m.Reader})
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		r.must(err)
		m.address = listener.Addr().String()
		failed := make(chan error, 1)
		l := m.Listen(listener, failed)
		r.Cleanup(func() {
			patience, done := context.WithTimeout(ctx, time.Second)
			defer done()
			l.Shutdown(patience)
		})
		m.topic = r.topic(r.anna, r.closed, "Evidence", "Who?")
		m.to, err = m.Give(ctx, inbox.Address{Person: r.berta, Purpose: "reply", Object: m.topic})
		r.must(err)
		fn(m)
	})
}

// mail is a message of Berta's.
func (m *mailed) mail(body string, more ...string) string {
	m.after++
	head := append([]string{"From: Berta <" + berta + ">", "Subject: Re: Joint team: Evidence", fmt.Sprintf("Message-ID: <%d@ministry.example>", m.after), "Date: Mon, 23 Nov 2026 15:20:00 +0000"}, more...)
	return strings.Join(head, "\r\n") + "\r\n\r\n" + strings.ReplaceAll(body, "\n", "\r\n") + "\r\n"
}

// send hands a message over as a mail server does, and lets it be read.
func (m *mailed) send(raw string) {
	m.Helper()
	m.must(smtp.SendMail(m.address, nil, berta, []string{m.to}, []byte(raw)))
	m.work()
}

func (m *mailed) work() {
	m.Helper()
	jobs, err := job.List(ctx, m.room.Notice.DB, store.Everything("test"), 200, 0)
	m.must(err)
	for _, j := range jobs {
		if j.Stage == job.Waiting && !j.Due.After(time.Now()) {
			_, _ = m.runner.RunNow(ctx, j.ID, nil) // what becomes of it is looked at
		}
	}
}

type written struct {
	Author, Body, Lang, Way string
	ID                      string
}

// answers are the posts of the topic behind the first.
func (m *mailed) answers() []written {
	m.Helper()
	list, err := store.List[written](ctx, m.room.Notice.DB, store.Everything("test"), "SELECT id, author, body, lang, way FROM post WHERE {scope} AND topic = $1 AND n > 1 ORDER BY n", m.topic)
	m.must(err)
	return list
}

// told are the kinds of the letters that wait, with why.
func (m *mailed) told() (list []string) {
	m.Helper()
	rows, err := store.List[held](ctx, m.room.Notice.DB, store.Everything("test"), "SELECT id, recipient, kind, object, args FROM letter WHERE {scope} AND stage = 'waiting' ORDER BY id")
	m.must(err)
	for _, l := range rows {
		if l.Recipient != m.berta {
			m.Errorf("a letter to %s", l.Recipient)
		}
		list = append(list, l.Kind+" "+l.Args["why"]+l.Args["files"])
	}
	_, err = store.Upkeep(ctx, m.room.Notice.DB, "UPDATE letter SET stage = 'sent' WHERE stage = 'waiting'")
	m.must(err)
	return list
}

func TestAnAnswerByMailBecomesAPost(t *testing.T) {
	eachMailed(t, func(m *mailed) {
		said := "Das Protokoll unterschreibt bei uns die Staatsanwältin, und die Kopie des Speichers wird sofort nach der Übergabe gemacht. Das ist nicht immer einfach, aber es ist für die Beweise vor Gericht von großer Bedeutung, und wir haben damit in den letzten Jahren gute Erfahrungen gemacht."
		secret := "https://polis.example/de/letters/notices?k=topic&o=x&p=y&t=0123456789"
		m.send(m.mail(said + "\n\n-- \nBerta\nTel. 1\n\nAm 23.11.2026 um 15:20 schrieb POLIS:\n> Guten Tag,\n> " + secret + "\n> Nobody else should see this\n"))
		list := m.answers()
		if len(list) != 1 || list[0] != (written{m.berta, said, "de", "mail", list[0].ID}) {
			m.Fatalf("%+v", list)
		}
		m.send(m.mail("See " + secret + " and write to " + m.to + " yourself.")) // quoted without marks
		if list = m.answers(); len(list) != 2 || strings.Contains(list[1].Body, "letters/notices") || strings.Contains(list[1].Body, "reply+") {
			m.Errorf("the secrets of her letter stand there: %+v", list)
		}
		m.send(m.mail("<html><body><p>In our State the <b>court</b> signs.</p><script>alert(1)</script></body></html>", "Content-Type: text/html; charset=utf-8"))
		if list = m.answers(); len(list) != 3 || !strings.Contains(list[2].Body, "the court signs") || strings.Contains(list[2].Body, "alert") || strings.Contains(list[2].Body, "<") {
			m.Errorf("HTML alone: %+v", list)
		}
		if got := m.told(); len(got) != 0 {
			m.Errorf("letters: %v", got)
		}
	})
}

func TestTheSameAnswerCountsOnce(t *testing.T) {
	eachMailed(t, func(m *mailed) {
		raw := m.mail("We do.")
		m.send(raw)
		m.send(raw)
		m.send("Received: from another way\r\n" + raw)
		// The handler is called again with the same message: a kill after the post was written.
		_, err := store.Upkeep(ctx, m.room.Notice.DB, "UPDATE inbox_message SET stage = 'done'")
		m.must(err)
		who, err := account.Rights(ctx, m.room.Notice.DB, m.berta)
		m.must(err)
		for range 2 {
			m.must(m.Take(ctx, m.talk, who, m.topic, m.answers()[0].ID, inbox.Message{}.Message))
		}
		if list := m.answers(); len(list) != 1 {
			m.Errorf("%d posts", len(list))
		}
	})
}

func TestWhatIsNoAnswerOfHersIsNone(t *testing.T) {
	eachMailed(t, func(m *mailed) {
		for name, raw := range map[string]string{
			"a forged sender":           strings.Replace(m.mail("I am Berta."), berta, "spy@evil.example", 1),
			"a name that looks like it": strings.Replace(m.mail("I am Berta."), "Berta <"+berta+">", `"`+berta+`" <spy@evil.example>`, 1),
			"an out-of-office answer":   m.mail("I am away.", "Auto-Submitted: auto-replied"),
			"a list's":                  m.mail("All of you.", "Precedence: bulk"),
			"a letter of POLIS itself":  strings.Replace(m.mail("Hello."), "Message-ID: <", "Message-ID: <ABCDEFGHIJKLMNOPQRSTUVWX23@polis.example> <", 1),
			"one that goes round":       m.mail("Hello.", "X-Loop: "+m.to),
		} {
			if m.send(raw); len(m.answers()) != 0 {
				m.Fatalf("%s is taken: %+v", name, m.answers())
			}
		}
		local, domain, _ := strings.Cut(m.to, "@")
		if err := smtp.SendMail(m.address, nil, berta, []string{local[:len(local)-1] + "x@" + domain}, []byte(m.mail("Guessed."))); err == nil {
			m.Error("an address that was guessed is taken")
		}
		if got := m.told(); !slices.Equal(got, []string{"inbox.letter.foreign "}) {
			m.Errorf("letters: %v", got)
		}
	})
}

func TestAnAnswerThatWillNotDoIsToldWhyByLetter(t *testing.T) {
	refusal := func(key string) []string { return []string{"inbox.letter.aside " + key} }
	for name, c := range map[string]struct {
		before func(m *mailed)
		raw    func(m *mailed) string
		want   []string
	}{
		"who was expelled while she wrote": {func(m *mailed) { m.must(account.Dismiss(ctx, m.room.Notice.DB, system, m.closed, m.berta)) }, nil, refusal("notice.reply.left")},
		"a group that stopped taking mail": {func(m *mailed) { m.row("UPDATE circle SET mails = FALSE") }, nil, refusal("notice.reply.mail")},
		"a topic that was locked":          {func(m *mailed) { m.must(m.talk.Lock(ctx, m.keeper(), m.topic, true)) }, nil, refusal("notice.reply.locked")},
		"who is silent": {func(m *mailed) {
			m.row("UPDATE membership SET silent = $1 WHERE person = $2", time.Now().Add(time.Hour), m.berta)
		}, nil, refusal("notice.reply.silent")},
		"nothing but what she quotes": {nil, func(m *mailed) string { return m.mail("> Hello,\n> Who?\n") }, refusal("notice.reply.empty")},
		"20 MB of words": {nil, func(m *mailed) string {
			return m.mail(strings.Repeat(strings.Repeat("word ", 15)+"\n", 20<<20/76))
		}, refusal("notice.reply.long")},
	} {
		t.Run(name, func(t *testing.T) {
			eachMailed(t, func(m *mailed) {
				if c.before != nil {
					c.before(m)
				}
				raw := m.mail("We do.")
				if c.raw != nil {
					raw = c.raw(m)
				}
				m.send(raw)
				if got := m.told(); !slices.Equal(got, c.want) || len(m.answers()) != 0 {
					m.Errorf("told %v, %d posts", got, len(m.answers()))
				}
			})
		})
	}
}

func TestFilesOfAnAnswer(t *testing.T) {
	eachMailed(t, func(m *mailed) {
		file := func(name string, data []byte) string {
			return "--b\nContent-Type: application/octet-stream; name=" + name + "\nContent-Disposition: attachment; filename=" + name + "\nContent-Transfer-Encoding: base64\n\n" + wrapped(data) + "\n"
		}
		m.send(m.mail("--b\n\nSee the form.\n"+file("form.pdf", []byte("%PDF-1.4\n"))+file("film.bin", make([]byte, 12<<20))+"--b--", "Content-Type: multipart/mixed; boundary=b"))
		list := m.answers()
		if len(list) != 1 || !strings.HasPrefix(list[0].Body, "See the form.") || !strings.Contains(list[0].Body, "film.bin") || strings.Contains(list[0].Body, "form.pdf") {
			m.Fatalf("%+v", list)
		}
		kept, err := store.List[string](ctx, m.room.Notice.DB, store.Everything("test"), "SELECT name FROM post_file WHERE {scope} AND post = $1", list[0].ID)
		if m.must(err); !slices.Equal(kept, []string{"form.pdf"}) {
			m.Errorf("attached: %v", kept)
		}
		if got := m.told(); !slices.Equal(got, []string{"notice.letter.files film.bin"}) {
			m.Errorf("letters: %v", got)
		}
	})
}

// wrapped is base64 as mail programs write it.
func wrapped(data []byte) string {
	var b strings.Builder
	for text := base64.StdEncoding.EncodeToString(data); text != ""; {
		n := min(76, len(text))
		b.WriteString(text[:n] + "\n")
		text = text[n:]
	}
	return b.String()
}

func TestAMailBombWaits(t *testing.T) {
	eachMailed(t, func(m *mailed) {
		for i := range 12 {
			m.send(m.mail(fmt.Sprintf("Shot %02d.", i)))
		}
		if n := len(m.answers()); n != discussion.MaxPace {
			m.Fatalf("%d posts within a minute", n)
		}
		m.row("UPDATE post SET created = created - 100000000")
		_, err := store.Upkeep(ctx, m.room.Notice.DB, "UPDATE job SET due = 0 WHERE stage = 'waiting'")
		m.must(err)
		if m.work(); len(m.answers()) != 12 {
			m.Errorf("%d posts in the end: none is lost", len(m.answers()))
		}
	})
}

func TestAFirstAnswerByMailIsHeldToo(t *testing.T) {
	eachMailed(t, func(m *mailed) {
		m.row("UPDATE circle SET holds = TRUE WHERE id = $1", m.closed)
		m.send(m.mail("We do."))
		if got := m.told(); !slices.Equal(got, []string{"notice.letter.held "}) {
			m.Errorf("letters: %v", got)
		}
		if m.tell(time.Now()) != 0 {
			m.Error("what waits is told")
		}
		if _, err := m.talk.Post(ctx, m.who(m.clara), m.answers()[0].ID); !errors.Is(err, store.ErrNotFound) {
			m.Error("another member reads it:", err)
		}
	})
}
