package inbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/smtp"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/blob"
	"polis/internal/extract"
	"polis/internal/inbox"
	"polis/internal/job"
	"polis/internal/keyring"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

var ctx = context.Background()

const (
	hers   = "aigerim@ministry.example"
	domain = "polis.example"
)

// place is an inbox that takes mail in, with a person who has an address.
type place struct {
	*testing.T
	*inbox.Box
	runner  *job.Runner
	who     access.Subject
	to      string // her address
	address string // of the listener

	mu   sync.Mutex
	came []inbox.Message
	fail func(inbox.Message) error
}

func each(t *testing.T, fn func(p *place)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		files, err := blob.Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		fn(settle(t, db, files))
	})
}

func settle(t *testing.T, db *store.DB, files *blob.Store) *place {
	t.Helper()
	keys, err := keyring.Open(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	texts := extract.New("", extract.DefaultLimits())
	t.Cleanup(texts.Close)
	p := &place{T: t, Box: &inbox.Box{DB: db, Files: files, Keys: keys, Texts: texts, Domain: domain, Log: slog.New(slog.DiscardHandler)}}
	p.On("agenda", "/assistance/agendas", p.take)
	p.runner = job.NewRunner(db, slog.New(slog.DiscardHandler), map[string]job.Handler{inbox.ReadJob: p.Reader})
	p.who = access.Subject{ID: p.person(hers)}
	p.must(p.Renew(ctx, p.who, "agenda"))
	p.to = p.hers()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.address = listener.Addr().String()
	failed := make(chan error, 1)
	l := p.Listen(listener, failed)
	t.Cleanup(func() {
		patience, done := context.WithTimeout(ctx, time.Second)
		defer done()
		l.Shutdown(patience)
		select {
		case err := <-failed:
			t.Error("the listener ended:", err)
		default:
		}
	})
	return p
}

func (p *place) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

func (p *place) person(email string) string {
	p.Helper()
	made, err := account.Create(ctx, p.DB, access.System("test"), account.New{Email: email, Name: "A B", Role: access.Visitor, Lang: "en", Password: "a long enough pass phrase"})
	p.must(err)
	return made.ID
}

// hers is her address now.
func (p *place) hers() string {
	p.Helper()
	text, _, err := p.Address(ctx, inbox.Address{Person: p.who.ID, Purpose: "agenda"})
	p.must(err)
	return text
}

// take is the handler.
func (p *place) take(_ context.Context, to inbox.Address, m inbox.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if to != (inbox.Address{Person: p.who.ID, Purpose: "agenda"}) || m.Entry == "" {
		return fmt.Errorf("for %+v, entry %q", to, m.Entry)
	}
	if p.fail != nil {
		if err := p.fail(m); err != nil {
			return err
		}
	}
	p.came = append(p.came, m)
	return nil
}

// send hands a message over as a mail server does.
func (p *place) send(from string, raw string, to ...string) error {
	p.Helper()
	c, err := smtp.Dial(p.address)
	p.must(err)
	defer c.Close()
	p.must(c.Hello("mx.ministry.example"))
	if err := c.Mail(from); err != nil {
		return err
	}
	for _, t := range to {
		if err := c.Rcpt(t); err != nil {
			return err
		}
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	_, werr := w.Write([]byte(raw))
	if err := w.Close(); err != nil {
		return err
	}
	p.must(werr)
	return c.Quit()
}

// work does all jobs that are due, and returns how many were begun.
func (p *place) work() (n int) {
	p.Helper()
	jobs, err := job.List(ctx, p.DB, store.Everything("test"), 100, 0)
	p.must(err)
	for _, j := range jobs {
		if j.Stage == job.Waiting && !j.Due.After(time.Now()) {
			_, _ = p.runner.RunNow(ctx, j.ID, nil) // what becomes of it is looked at
			n++
		}
	}
	return n
}

// later lets the waits of all jobs pass.
func (p *place) later() {
	p.Helper()
	_, err := store.Upkeep(ctx, p.DB, "UPDATE job SET due = 0 WHERE stage = 'waiting'")
	p.must(err)
}

type row struct {
	Stage  inbox.Stage
	Reason string
	Sum    string
	Tries  int
}

// rows are the messages as they stand, the oldest first.
func (p *place) rows() []row {
	p.Helper()
	list, err := store.List[row](ctx, p.DB, store.Everything("test"), "SELECT stage, reason, sum, tries FROM inbox_message WHERE {scope} ORDER BY created, id")
	p.must(err)
	return list
}

// files counts the stored files.
func (p *place) files() (n int) {
	p.Helper()
	for _, err := range p.Files.All(ctx) {
		p.must(err)
		n++
	}
	return n
}

// letters are the kinds and recipients of the letters that wait.
func (p *place) letters() []string {
	p.Helper()
	list, err := store.List[struct{ Kind, Recipient, Args string }](ctx, p.DB, store.Everything("test"), "SELECT kind, recipient, args FROM letter WHERE {scope} ORDER BY created, id")
	p.must(err)
	var kinds []string
	for _, l := range list {
		if l.Recipient != p.who.ID {
			p.Errorf("a letter goes to %s", l.Recipient)
		}
		kinds = append(kinds, strings.TrimPrefix(l.Kind, "inbox.letter."))
	}
	return kinds
}

var serial int

// letter is a message of hers, with more in its head.
func letter(more ...string) string {
	serial++
	head := append([]string{"From: Aigerim <" + hers + ">", "Subject: Agenda", fmt.Sprintf("Message-ID: <%d@ministry.example>", serial), "Date: Mon, 23 Nov 2026 15:20:00 +0000"}, more...)
	return strings.Join(head, "\r\n") + "\r\n\r\nSeminar, 12 March 2027, Bishkek\r\n"
}

// code is what the other server was answered.
func code(err error) int {
	var answer *textproto.Error
	if errors.As(err, &answer) {
		return answer.Code
	}
	return 0
}

func TestAMessageIsTakenInReadAndHandedOn(t *testing.T) {
	each(t, func(p *place) {
		raw := strings.Join([]string{
			"From: Aigerim <" + strings.ToUpper(hers) + ">", "Subject: =?utf-8?q?Agenda_=E2=80=93_Osh?=", "Message-ID: <first@ministry.example>", `Content-Type: multipart/mixed; boundary=b`, "",
			"--b", "", "See the file.", "", "-- ", "Aigerim", "--b", "Content-Type: application/pdf; name=agenda.pdf", "Content-Transfer-Encoding: base64", "", "JVBERi0xLjQK", "--b--", "",
		}, "\r\n")
		p.must(p.send(hers, raw, strings.ToUpper(p.to))) // some servers write addresses in capitals
		if rows := p.rows(); len(rows) != 1 || rows[0].Stage != inbox.Waiting || rows[0].Sum == "" || p.files() != 1 {
			p.Fatalf("before it is read: %+v", rows)
		}
		if p.work(); len(p.came) != 1 {
			p.Fatalf("%d came: %+v", len(p.came), p.rows())
		}
		m := p.came[0]
		if m.From != hers || m.Subject != "Agenda – Osh" || m.Text != "See the file." || m.ID != "first@ministry.example" || len(m.Files) != 1 || string(m.Files[0].Data) != "%PDF-1.4\n" {
			p.Errorf("%+v", m)
		}
		if rows := p.rows(); rows[0].Stage != inbox.Done || rows[0].Sum != "" || p.files() != 0 {
			p.Errorf("what it said is kept: %+v, %d files", rows, p.files())
		}
		if got := p.letters(); len(got) != 0 {
			p.Error(got)
		}
	})
}

func TestAGuessIsRefusedBeforeAnythingIsSent(t *testing.T) {
	each(t, func(p *place) {
		local, _, _ := strings.Cut(p.to, "@")
		changed := []byte(local)
		if changed[len(changed)-1]++; changed[len(changed)-1] > 'z' {
			changed[len(changed)-1] = 'a'
		}
		other := p.person("other@ministry.example")
		p.must(p.Renew(ctx, access.Subject{ID: other}, "agenda"))
		guesses := []string{
			string(changed) + "@" + domain, local[:len(local)-1] + "@" + domain, local + "@evil.example", local + "@" + domain + ".evil.example",
			strings.Replace(local, "agenda+", "thread+", 1) + "@" + domain, "agenda@" + domain, "agenda+" + p.who.ID + "@" + domain, "postmaster@" + domain,
			`"` + local + `' OR 1=1"@` + domain, "agenda+" + strings.Repeat("a", 26) + "@" + domain, "agenda+" + strings.Repeat("a", 2000) + "@" + domain,
		}
		for _, to := range guesses {
			if err := p.send(hers, letter(), to); code(err)/100 != 5 {
				p.Errorf("%.60s: %v", to, err)
			}
		}
		p.must(p.Renew(ctx, p.who, "agenda"))
		if code(p.send(hers, letter(), p.to)) != 550 || p.hers() == p.to {
			p.Error("the address before is taken still")
		}
		p.to = p.hers()
		p.must(p.End(ctx, p.who, "agenda"))
		if code(p.send(hers, letter(), p.to)) != 550 || p.hers() != "" {
			p.Error("an address that was taken back is taken still")
		}
		p.must(p.Renew(ctx, p.who, "agenda"))
		if p.hers() == p.to {
			p.Error("an address comes back that was taken back")
		}
		if n := len(p.rows()) + p.files(); n != 0 {
			p.Errorf("%d things were stored", n)
		}
		if err := p.Renew(ctx, p.who, "thread"); !errors.Is(err, store.ErrNotFound) {
			p.Error("an address for nothing:", err)
		}
		if err := p.Renew(ctx, access.Subject{}, "agenda"); !errors.Is(err, inbox.ErrForbidden) {
			p.Error("an address for nobody:", err)
		}
	})
}

func TestWhatIsNotHersIsNotActedUpon(t *testing.T) {
	each(t, func(p *place) {
		for _, c := range []struct{ reason, from, raw string }{
			{"foreign", "spy@evil.example", strings.Replace(letter(), hers, "spy@evil.example", 1)},
			{"foreign", "spy@evil.example", strings.Replace(letter(), "Aigerim <"+hers+">", `"`+hers+`" <spy@evil.example>`, 1)},
			{"foreign", "spy@evil.example", letter("From: spy@evil.example")},
			{"foreign", "spy@evil.example", strings.Replace(letter(), "From: ", "Sender: ", 1)},
			{"foreign", "spy@evil.example", strings.Replace(letter(), hers+">", hers+">, spy@evil.example", 1)},
			{"bounce", "", letter()},
			{"bounce", "mailer-daemon@ministry.example", letter("Content-Type: multipart/report; boundary=b")},
			{"automatic", hers, letter("Auto-Submitted: auto-replied")},
			{"automatic", hers, letter("Precedence: auto_reply")},
			{"automatic", hers, letter("X-Autoreply: yes")},
			{"list", hers, letter("Precedence: bulk")},
			{"list", hers, letter("List-Id: <all.ministry.example>")},
			{"loop", hers, letter("X-Loop: " + p.to)},
			{"loop", hers, letter(strings.Split(strings.Repeat("Received: from a by b|", 31), "|")[:31]...)},
			{"loop", hers, strings.Replace(letter(), "Message-ID: <", "Message-ID: <ABCDEFGHIJKLMNOPQRSTUVWX23@polis.example> <", 1)},
		} {
			p.must(p.send(c.from, c.raw, p.to))
			p.work()
			rows := p.rows()
			if last := rows[len(rows)-1]; last.Stage != inbox.Dropped || last.Reason != c.reason || last.Sum != "" {
				p.Errorf("%s: %+v", c.reason, last)
			}
		}
		if len(p.came) != 0 || p.files() != 0 {
			p.Errorf("%d were acted upon, %d files stay", len(p.came), p.files())
		}
		if got := p.letters(); len(got) != 1 || got[0] != "foreign" { // of five strangers, in one day
			p.Errorf("letters: %v", got)
		}
		p.must(p.send(hers, letter("Auto-Submitted: no"), p.to))
		if p.work(); len(p.came) != 1 {
			p.Error("what says that it is written by hand is dropped")
		}
	})
}

func TestTheMailServerProvesWhoWrote(t *testing.T) {
	each(t, func(p *place) {
		p.Verifier = "mx.ministry.example"
		for field, good := range map[string]bool{
			"": false,
			"mx.ministry.example; dmarc=pass header.from=ministry.example":                                          true,
			"mx.ministry.example 1; dmarc=pass (p=reject (dis=none)) header.from=ministry.example; spf=fail":        true,
			"MX.ministry.example;\r\n dkim=pass header.d=ministry.example header.s=x":                               true,
			"mx.ministry.example; spf=pass smtp.mailfrom=bounces@post.ministry.example":                             true,
			"mx.ministry.example; spf=pass smtp.mailfrom=evil.example; dkim=pass header.d=evil.example":             false,
			"mx.ministry.example; dkim=pass header.d=evilministry.example":                                          false,
			"mx.ministry.example; dmarc=fail header.from=ministry.example; spf=pass smtp.mailfrom=ministry.example": false,
			"mx.evil.example; dmarc=pass header.from=ministry.example":                                              false,
			"mx.evil.example (mx.ministry.example; dmarc=pass); dmarc=pass":                                         false,
			"mx.ministry.example; none":                                                                                        false,
			"mx.ministry.example; dmarc=pass header.from=evil.example":                                                         false,
			"mx.ministry.example; spf=softfail smtp.mailfrom=ministry.example; x=\"dmarc=pass\"":                               false,
			"mx.ministry.example; dmarc=fail\r\nAuthentication-Results: mx.ministry.example; dmarc=pass":                       false,
			"mx.evil.example; dmarc=pass\r\nAuthentication-Results: mx.ministry.example; dkim=pass header.i=@ministry.example": true,
		} {
			p.came = nil
			var more []string
			if field != "" {
				more = []string{"Authentication-Results: " + field}
			}
			p.must(p.send(hers, letter(more...), p.to))
			if p.work(); (len(p.came) == 1) != good {
				rows := p.rows()
				p.Errorf("%q: %d came, %+v", field, len(p.came), rows[len(rows)-1])
			}
		}
	})
}

func TestTheSameMessageCountsOnce(t *testing.T) {
	each(t, func(p *place) {
		raw := letter()
		p.must(p.send(hers, raw, p.to))
		p.must(p.send(hers, "Received: from another way\r\n"+raw, p.to, p.to)) // the other server had not heard the answer
		p.work()
		p.must(p.send(hers, raw, p.to))
		nameless := strings.Replace(letter(), "Message-ID", "X-ID", 1)
		p.must(p.send(hers, nameless, p.to))
		p.must(p.send(hers, nameless, p.to))
		if p.work(); len(p.came) != 2 || len(p.rows()) != 2 || p.files() != 0 {
			p.Errorf("%d came, %d rows, %d files", len(p.came), len(p.rows()), p.files())
		}
		id := letter()
		p.must(p.send("spy@evil.example", strings.Replace(id, hers, "spy@evil.example", 1), p.to)) // who knows an id beforehand
		p.must(p.send(hers, id, p.to))
		if p.work(); len(p.came) != 3 {
			p.Error("a stranger's message takes the place of hers")
		}
	})
}

func TestTwoRecipientsOfOneMessage(t *testing.T) {
	each(t, func(p *place) {
		second := access.Subject{ID: p.person("second@ministry.example")}
		p.must(p.Renew(ctx, second, "agenda"))
		theirs, _, err := p.Address(ctx, inbox.Address{Person: second.ID, Purpose: "agenda"})
		p.must(err)
		p.must(p.send(hers, letter(), p.to, theirs))
		if len(p.rows()) != 2 || p.files() != 1 {
			p.Fatalf("%+v, %d files", p.rows(), p.files())
		}
		p.work()
		if len(p.came) != 1 || p.files() != 0 { // to the second it comes from a stranger
			p.Errorf("%d came, %d files: %+v", len(p.came), p.files(), p.rows())
		}
		many := make([]string, 0, 11)
		for range 11 {
			many = append(many, p.to)
		}
		if err := p.send(hers, letter(), many...); code(err) != 452 {
			p.Error("eleven recipients:", err)
		}
	})
}

func TestBounds(t *testing.T) {
	each(t, func(p *place) {
		big := letter() + strings.Repeat(strings.Repeat("x", 998)+"\r\n", 26<<10)
		if err := p.send(hers, big, p.to); code(err) != 552 {
			p.Error("26 MB:", err)
		}
		c, err := textproto.Dial("tcp", p.address)
		p.must(err)
		defer c.Close()
		for _, step := range []struct {
			say  string
			want int
		}{{"", 220}, {"EHLO x", 250}, {"MAIL FROM:<" + hers + "> SIZE=30000000", 552}, {"MAIL FROM:<" + hers + ">", 250}, {"RCPT TO:<" + p.to + ">", 250}, {"STARTTLS", 502}, {"AUTH PLAIN AGEAYg==", 523}, {strings.Repeat("x", 3000), 500}} {
			if step.say != "" {
				p.must(c.PrintfLine("%s", step.say))
			}
			if _, _, err := c.ReadResponse(step.want); err != nil {
				p.Errorf("%.30s: %v", step.say, err)
			}
		}
		if len(p.rows()) != 0 || p.files() != 0 {
			p.Error("something was stored")
		}
		_, err = store.Upkeep(ctx, p.DB, `INSERT INTO inbox_message (id, person, purpose, object, mark, domain, bytes, sum, stage, reason, tries, created, updated)
			VALUES ('full', $1, 'agenda', '', $2, '', $3, $2, 'waiting', '', 0, $4, $4)`, p.who.ID, strings.Repeat("0", 64), 200<<20-100, time.Now())
		p.must(err)
		if err := p.send(hers, letter(), p.to); code(err) != 452 || p.files() != 0 {
			p.Error("more than waits for one person:", err)
		}
	})
}

func TestMoreThanSixtyAnHourWait(t *testing.T) {
	each(t, func(p *place) {
		for i := range 60 {
			if err := p.send(fmt.Sprintf("a%d@ministry.example", i), letter(), p.to); err != nil {
				p.Fatal(i, err)
			}
		}
		if err := p.send("a60@ministry.example", letter(), p.to); code(err) != 450 {
			p.Error("to one address:", err)
		}
		for range 60 {
			_ = p.send("flood@ministry.example", letter(), "nobody@"+domain)
		}
		if err := p.send("flood@ministry.example", letter(), "nobody@"+domain); code(err) != 450 {
			p.Error("by one sender:", err)
		}
	})
}
