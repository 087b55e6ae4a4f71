package inbox_test

import (
	"errors"
	"fmt"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/blob/blobtest"
	"polis/internal/clamd"
	"polis/internal/clamd/clamdtest"
	"polis/internal/inbox"
	"polis/internal/keyring"
	"polis/internal/store"
	"polis/internal/store/storetest"
)

func TestALineThatBreaksLeavesNothing(t *testing.T) {
	each(t, func(p *place) {
		c, err := textproto.Dial("tcp", p.address)
		p.must(err)
		for _, say := range []string{"", "EHLO x", "MAIL FROM:<" + hers + ">", "RCPT TO:<" + p.to + ">", "DATA"} {
			if say != "" {
				p.must(c.PrintfLine("%s", say))
			}
			_, _, err := c.ReadResponse(0)
			p.must(err)
		}
		p.must(c.PrintfLine("%s", strings.TrimSpace(letter())))
		p.must(c.Close())
		time.Sleep(200 * time.Millisecond)
		if len(p.rows()) != 0 || p.files() != 0 {
			p.Errorf("%+v, %d files", p.rows(), p.files())
		}
	})
}

// A line end that only one of two servers takes for the end of a message lets a sender
// write a second one behind it in another's name ("SMTP smuggling").
func TestNoMessageHidesInAnother(t *testing.T) {
	each(t, func(p *place) {
		for _, end := range []string{"\n.\n", "\n.\r\n", "\r.\r", "\r\n.\n", "\r\n.\r"} {
			c, err := textproto.Dial("tcp", p.address)
			p.must(err)
			for _, say := range []string{"", "EHLO x", "MAIL FROM:<spy@evil.example>", "RCPT TO:<" + p.to + ">", "DATA"} {
				if say != "" {
					p.must(c.PrintfLine("%s", say))
				}
				_, _, err := c.ReadResponse(0)
				p.must(err)
			}
			hidden := strings.Replace(letter(), hers, "spy@evil.example", 1) + end + "MAIL FROM:<" + hers + ">\r\nRCPT TO:<" + p.to + ">\r\nDATA\r\n" + letter()
			_, err = c.W.WriteString(hidden + "\r\n.\r\nQUIT\r\n")
			p.must(errors.Join(err, c.W.Flush()))
			if _, _, err := c.ReadResponse(250); err != nil {
				p.Errorf("%q: %v", end, err)
			}
			c.Close()
		}
		if p.work(); len(p.came) != 0 || len(p.rows()) != 5 {
			p.Errorf("%d came, %d rows", len(p.came), len(p.rows()))
		}
	})
}

func TestAStorageThatIsFullOrAwayLosesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		server := blobtest.Start(t)
		files, err := server.Bucket(t, "files").Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		p := settle(t, db, files)
		raw := letter()
		server.Refuse(507, "XMinioStorageFull")
		if err := p.send(hers, raw, p.to); code(err) != 452 {
			p.Error("full:", err)
		}
		server.Refuse(503, "SlowDown")
		if err := p.send(hers, raw, p.to); code(err) != 451 {
			p.Error("away:", err)
		}
		if len(p.rows()) != 0 {
			p.Error("it was taken in all the same")
		}
		server.Refuse(0, "")
		p.must(p.send(hers, raw, p.to))
		server.Refuse(503, "SlowDown")
		if p.work(); p.rows()[0].Stage != inbox.Waiting || p.rows()[0].Tries != 0 {
			p.Errorf("away while it is read: %+v", p.rows())
		}
		server.Refuse(0, "")
		p.later()
		if p.work(); len(p.came) != 1 {
			p.Errorf("%+v", p.rows())
		}
		p.must(p.DB.Close())
		if err := p.send(hers, letter(), p.to); code(err) != 451 {
			p.Error("without tables:", err)
		}
	})
}

func TestAHandlerThatFailsIsAskedAgainThenTheMessageIsPutAside(t *testing.T) {
	each(t, func(p *place) {
		p.fail = func(inbox.Message) error { panic("a slip of ours") }
		p.must(p.send(hers, letter(), p.to))
		for try := 1; try <= 6; try++ {
			p.work()
			if r := p.rows()[0]; r.Stage != inbox.Waiting || r.Tries != try {
				p.Fatalf("try %d: %+v", try, r)
			}
			if p.work() != 0 {
				p.Fatal("it does not wait")
			}
			p.later()
		}
		p.work()
		if r := p.rows()[0]; r.Stage != inbox.Aside || r.Reason != "failing" || r.Sum == "" || p.files() != 1 {
			p.Fatalf("%+v, %d files", r, p.files())
		}
		if got := p.letters(); len(got) != 1 || got[0] != "aside" {
			p.Error(got)
		}
		held, err := p.Troubled(ctx, 10)
		if err != nil || len(held) != 1 || held[0].Domain != "ministry.example" {
			p.Fatalf("%+v, %v", held, err)
		}
		if err := p.Again(ctx, p.who, held[0].ID); !errors.Is(err, inbox.ErrForbidden) {
			p.Error("anybody may:", err)
		}
		p.fail = nil
		p.must(p.Again(ctx, access.Act("admin", access.Administrator, "", ""), held[0].ID))
		if p.work(); len(p.came) != 1 || p.rows()[0].Stage != inbox.Done || p.files() != 0 {
			p.Errorf("%d came: %+v", len(p.came), p.rows())
		}
	})
}

func TestAHandlerRefusesForGood(t *testing.T) {
	each(t, func(p *place) {
		p.fail = func(m inbox.Message) error {
			return &inbox.Refusal{Key: "inbox.agenda.forbidden", Err: errors.New("no")}
		}
		p.must(p.send(hers, letter(), p.to))
		if p.work(); p.rows()[0].Stage != inbox.Aside || p.rows()[0].Reason != "refused" || len(p.letters()) != 1 {
			p.Errorf("%+v, %v", p.rows(), p.letters())
		}
		for range 20 {
			p.must(p.send(hers, letter(), p.to))
		}
		if p.work(); len(p.letters()) != 10 {
			p.Errorf("%d letters in a day", len(p.letters()))
		}
	})
}

func TestBombsAndUnreadableLettersArePutAside(t *testing.T) {
	each(t, func(p *place) {
		nested := ""
		for i := range 2000 {
			nested += fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
		}
		begin := func() string { return strings.SplitN(letter(), "\r\n\r\n", 2)[0] + "\r\n" }
		for _, c := range []struct{ reason, raw string }{
			{"bomb", begin() + nested},
			{"bomb", begin() + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b" + strings.Repeat("\r\n\r\nx\r\n--b", 10_000)},
			{"bomb", begin() + strings.Repeat("X: "+strings.Repeat("y", 900)+"\r\n", 1000) + "\r\nx"},
			{"charset", begin() + "Content-Type: text/plain; charset=utf-7\r\n\r\n+ADw-"},
		} {
			p.must(p.send(hers, c.raw, p.to))
			p.work()
			rows := p.rows()
			if last := rows[len(rows)-1]; last.Stage != inbox.Aside || last.Reason != c.reason {
				p.Errorf("%s: %+v", c.reason, last)
			}
		}
		if len(p.came) != 0 {
			p.Error("one was handed on")
		}
	})
}

func TestAVirusScannerLooksBeforeAnybodyReads(t *testing.T) {
	each(t, func(p *place) {
		scanner := clamdtest.Start(p.T, "")
		daemon, err := clamd.Parse(scanner.Address)
		p.must(err)
		daemon.Patience = time.Second
		p.Scanner = daemon
		packed := strings.SplitN(letter("Content-Type: multipart/mixed; boundary=b"), "\r\n\r\n", 2)[0] + "\r\n\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
			strings.ReplaceAll(clamdtest.EICAR(), "$", "=24") + "\r\n--b--\r\n"
		p.must(p.send(hers, packed, p.to))
		if p.work(); p.rows()[0].Reason != "infected" || p.rows()[0].Sum != "" || p.files() != 0 || len(p.came) != 0 {
			p.Errorf("%+v, %d files", p.rows(), p.files())
		}
		scanner.Hang.Store(true)
		p.must(p.send(hers, letter(), p.to))
		if p.work(); p.rows()[1].Stage != inbox.Waiting || p.rows()[1].Tries != 0 {
			p.Errorf("it is read without the scanner: %+v", p.rows())
		}
		scanner.Hang.Store(false)
		time.Sleep(5 * time.Second) // for which the scanner is left alone
		p.later()
		if p.work(); len(p.came) != 1 {
			p.Errorf("%+v", p.rows())
		}
	})
}

func TestWhatIsDoneWithGoes(t *testing.T) {
	each(t, func(p *place) {
		p.fail = func(inbox.Message) error { return &inbox.Refusal{Err: errors.New("no")} }
		p.must(p.send(hers, letter(), p.to))
		p.work()
		p.must(p.send(hers, letter(), p.to)) // and nobody works
		now := time.Now()
		p.must(p.Sweep(ctx, now.Add(6*24*time.Hour)))
		if p.files() != 2 {
			p.Fatal("it goes too early")
		}
		p.must(p.Sweep(ctx, now.Add(8*24*time.Hour)))
		rows := p.rows()
		if rows[0].Sum != "" || rows[1].Stage != inbox.Aside || rows[1].Reason != "late" {
			p.Errorf("after a week: %+v", rows)
		}
		p.must(p.Sweep(ctx, now.Add(15*24*time.Hour)))
		if p.files() != 0 {
			p.Error("a file stays")
		}
		p.must(p.Sweep(ctx, now.Add(40*24*time.Hour)))
		if len(p.rows()) != 0 {
			p.Errorf("after a month: %+v", p.rows())
		}
		p.work() // the job of what has gone meanwhile
	})
}

func TestWhoIsBlockedMeanwhileIsNotHeard(t *testing.T) {
	each(t, func(p *place) {
		p.must(p.send(hers, letter(), p.to))
		_, err := store.Write(ctx, p.DB, access.System("test"), func(tx *store.Tx) (store.Event, error) {
			_, err := tx.Exec(ctx, "UPDATE person SET blocked = TRUE WHERE id = $1", p.who.ID)
			return store.Event{Act: "test.blocked"}, err
		})
		p.must(err)
		if p.work(); len(p.came) != 0 || p.rows()[0].Reason != "closed" {
			p.Errorf("%+v", p.rows())
		}
		if code(p.send(hers, letter(), p.to)) != 550 {
			p.Error("her address is taken still")
		}
	})
}

func TestAnAddressUnderAnotherKeyOpensNothing(t *testing.T) {
	each(t, func(p *place) {
		other, err := keyring.Open(p.TempDir(), "")
		p.must(err)
		p.Keys = other // restored without its key
		if p.hers() != "" || code(p.send(hers, letter(), p.to)) != 550 {
			p.Error("it is shown, or taken")
		}
		p.must(p.Renew(ctx, p.who, "agenda"))
		p.to = p.hers()
		p.must(p.send(hers, letter(), p.to))
	})
}

func TestErasureTakesAllOfIt(t *testing.T) {
	each(t, func(p *place) {
		p.must(p.send(hers, letter(), p.to))
		_, err := store.Write(ctx, p.DB, access.System("test"), func(tx *store.Tx) (store.Event, error) {
			return store.Event{Act: "test.erased"}, inbox.Release(ctx, tx, p.who.ID)
		})
		p.must(err)
		if len(p.rows()) != 0 || code(p.send(hers, letter(), p.to)) != 550 {
			p.Error("something is left")
		}
		if p.work(); p.files() != 0 || len(p.came) != 0 {
			p.Error("the file stays")
		}
	})
}
