package main

import (
	"bytes"
	"context"
	"log/slog"
	"net/smtp"
	"strings"
	"testing"
	"time"

	gomail "github.com/wneessen/go-mail"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/assistance"
	"polis/internal/inbox"
	"polis/internal/mail"
	"polis/internal/mail/mailtest"
	"polis/internal/store/storetest"
)

const (
	mailer     = "officer@ministry.example"
	mailDomain = "polis.example"
)

// An officer sends an agenda from her mail program to a polis that is killed right after
// it has said that it took it. The next one reads it: it waits for her, and a letter in
// her language leads there. Another's mail to her address does nothing, and is told to
// her. All mail goes over real lines.
func TestAnAgendaBySMTPWaitsForWhoSentIt(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); mailAnAgenda(t, place{Data: t.TempDir()}) })
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		mailAnAgenda(t, place{Data: t.TempDir(), Database: storetest.PostgresDSN(t)})
	})
}

func mailAnAgenda(t *testing.T, p place) {
	post := mailtest.Start(t, false, nil)
	officer, to := officerWithAddress(t, p, post)
	flags := append(p.flags(), "--inbox", "127.0.0.1:0", "--inbox-domain", mailDomain, "--metrics", "127.0.0.1:0")

	s := &served{}
	if err := s.start(append(flags, "--workers", "0")...); err != nil {
		t.Fatal(err)
	}
	sendAgenda(t, s.mail, mailer, to)
	s.kill()

	s = &served{}
	if err := s.start(flags...); err != nil {
		t.Fatal(err)
	}
	defer s.kill()
	told := awaitLetter(t, post, 1)
	if told.Subject() != "POLIS: Ihre Tagesordnung wurde gelesen" {
		t.Errorf("the letter is %q", told.Subject())
	}
	waiting := agendasOf(t, p, officer)
	if len(waiting) != 1 {
		t.Fatalf("%d agendas wait", len(waiting))
	}
	if _, link := told.Link(t); link != "/de/assistance/agendas/"+waiting[0].ID {
		t.Errorf("the letter leads to %s", link)
	}
	if f := waiting[0].Found; f.Starts.Value != "2027-03-12" || f.Ends.Value != "2027-03-13" || !strings.Contains(f.Place.Value, "Bishkek") || f.Title.Value == "" {
		t.Errorf("what was read: %+v", f)
	}

	sendAgenda(t, s.mail, "spy@evil.example", to)
	if told := awaitLetter(t, post, 2); told.To != mailer || told.Subject() != "POLIS: Post von anderswo" {
		t.Errorf("the letter to %s is %q", told.To, told.Subject())
	}
	if n := len(agendasOf(t, p, officer)); n != 1 {
		t.Errorf("%d agendas wait", n)
	}
	if err := s.expect("metrics", "200", `polis_inbox_messages\{stage="dropped"\} 1`); err != nil {
		t.Error(err)
	}
	if err := s.term(); err != nil {
		t.Error(err)
	}
}

// officerWithAddress makes an installation with a programme officer who reads German,
// and whose letters go to post.
func officerWithAddress(t *testing.T, p place, post *mailtest.Server) (id, address string) {
	t.Helper()
	ctx := context.Background()
	h, err := p.open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	made, err := account.Create(ctx, h.db, access.System("test"), account.New{
		Email: mailer, Name: "Officer", Role: access.ProgrammeOfficer, Body: "spmu", Lang: "de", Password: password,
	})
	if err != nil {
		t.Fatal(err)
	}
	h.inbox = incoming{InboxDomain: mailDomain}.box(h, slog.New(slog.DiscardHandler))
	if err := h.inbox.Renew(ctx, access.Subject{ID: made.ID}, agendaPurpose); err != nil {
		t.Fatal(err)
	}
	address, _, err = h.inbox.Address(ctx, inbox.Address{Person: made.ID, Purpose: agendaPurpose})
	if err != nil || address == "" {
		t.Fatalf("no address: %v", err)
	}
	if err := mail.Save(ctx, h.db, h.keys, access.Act("admin", access.Administrator, "", ""), post.Settings(mail.Plain)); err != nil {
		t.Fatal(err)
	}
	return made.ID, address
}

// sendAgenda writes it with a mail library and hands it over as a mail server does.
func sendAgenda(t *testing.T, server, from, to string) {
	t.Helper()
	m := gomail.NewMsg()
	if err := m.From(from); err != nil {
		t.Fatal(err)
	}
	m.Subject("Fwd: Семинар")
	m.SetMessageID()
	m.SetDate()
	m.SetBodyString(gomail.TypeTextPlain, "For POLIS.\n\n-- \nOfficer")
	text := "AGENDA\n\nSeminar on police and the public in rural districts\n\nBishkek, Kyrgyzstan\n12–13 March 2027\n\n09:00 Opening\n10:00 Police and the public: first session\n"
	if err := m.AttachReader("agenda.txt", strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	var raw bytes.Buffer
	if _, err := m.WriteTo(&raw); err != nil {
		t.Fatal(err)
	}
	if err := smtp.SendMail(server, nil, from, []string{to}, raw.Bytes()); err != nil {
		t.Fatal(err)
	}
}

// awaitLetter waits until POLIS has sent so many letters, and returns the last.
func awaitLetter(t *testing.T, post *mailtest.Server, n int) mailtest.Letter {
	t.Helper()
	for range 300 {
		if list := post.Letters(); len(list) >= n {
			return list[n-1]
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("%d letters were sent, not %d", len(post.Letters()), n)
	return mailtest.Letter{}
}

func agendasOf(t *testing.T, p place, person string) []assistance.WaitingAgenda {
	t.Helper()
	ctx := context.Background()
	h, err := p.open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	who, err := account.Rights(ctx, h.db, person)
	if err != nil {
		t.Fatal(err)
	}
	list, err := (&assistance.Assistance{DB: h.db}).WaitingAgendas(ctx, who)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestTheFlagsOfIncomingMail(t *testing.T) {
	for _, i := range []incoming{
		{Inbox: "127.0.0.1:0"},
		{InboxDomain: "polis.example"},
		{InboxVerifier: "mx"},
		{Inbox: "x", InboxDomain: "polis example"},
		{Inbox: "x", InboxDomain: "polis.example\r\nX"},
		{Inbox: "x", InboxDomain: strings.Repeat("a.", 100) + "b"},
		{Inbox: "x", InboxDomain: "@polis.example"},
	} {
		if i.checkInbox() == nil {
			t.Errorf("%+v is taken", i)
		}
	}
	for _, i := range []incoming{{}, {Inbox: "127.0.0.1:2525", InboxDomain: "Polis.ministry.example", InboxVerifier: "mx.ministry.example"}} {
		if err := i.checkInbox(); err != nil {
			t.Error(err)
		}
	}
}
