package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"regexp"

	"polis/internal/account"
	"polis/internal/agenda"
	"polis/internal/assistance"
	"polis/internal/community/notice"
	"polis/internal/inbox"
	"polis/internal/mail"
)

// incoming is how mail comes in.
type incoming struct {
	Inbox         string `help:"Address and port on which the ministry's mail server hands over mail by SMTP, for the internal network only. Not given: none is taken in." env:"POLIS_INBOX" placeholder:"ADDR"`
	InboxDomain   string `help:"Domain of the mail that is handed over: people's addresses at POLIS end with it." env:"POLIS_INBOX_DOMAIN" placeholder:"polis.example"`
	InboxVerifier string `help:"Name by which that mail server signs its Authentication-Results (authserv-id). Given: only messages are used of which it says dmarc=pass, or spf=pass or dkim=pass for the sender's domain." env:"POLIS_INBOX_VERIFIER" placeholder:"NAME"`
}

var domainForm = regexp.MustCompile(`(?i)^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// checkInbox says what does not go together.
func (i incoming) checkInbox() error {
	switch {
	case (i.Inbox == "") != (i.InboxDomain == ""):
		return errors.New("--inbox and --inbox-domain go together: where mail is handed over, and for which domain")
	case i.InboxVerifier != "" && i.Inbox == "":
		return errors.New("--inbox-verifier proves the senders of mail that is handed over at --inbox")
	case i.InboxDomain != "" && (len(i.InboxDomain) > 190 || !domainForm.MatchString(i.InboxDomain)): // with what stands before it, an address has 254
		return fmt.Errorf("--inbox-domain %s is no domain: write one such as polis.example", i.InboxDomain)
	}
	return nil
}

// box is the inbox with those who look after what comes.
func (i incoming) box(h *house, log *slog.Logger) *inbox.Box {
	b := &inbox.Box{
		DB: h.db, Files: h.files, Keys: h.keys, Texts: h.library.Texts, Scanner: h.library.Scanner, Log: log,
		Domain: i.InboxDomain, Verifier: i.InboxVerifier,
	}
	b.On(agendaPurpose, "/assistance/agendas", h.takeAgenda)
	b.On(replyPurpose, notice.NewsPath, h.takeReply)
	return b
}

// takeMail begins to take mail in, where it is asked for.
func (r *running) takeMail(ctx context.Context, c *console, i incoming) error {
	r.inbox.Wake = r.jobs.Wake
	if i.Inbox == "" {
		return nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", i.Inbox)
	if err != nil {
		return fmt.Errorf("cannot listen on %s for mail: %w", i.Inbox, err)
	}
	r.mail = r.inbox.Listen(listener, r.failed)
	c.say("Mail for %s is taken in at %s", i.InboxDomain, listener.Addr())
	return nil
}

// agendaPurpose is what stands before the + of an address for agendas.
const agendaPurpose = "agenda"

// takeAgenda reads an agenda that somebody has sent, and tells her that it waits. The
// message was looked at for viruses already.
func (h *house) takeAgenda(ctx context.Context, to inbox.Address, m inbox.Message) error {
	who, err := account.Rights(ctx, h.db, to.Person)
	if err != nil {
		return err
	}
	agendas := &assistance.Agendas{Assistance: &assistance.Assistance{DB: h.db}, Texts: h.library.Texts}
	letter := assistance.AgendaLetter{ID: cmp.Or(m.ID, m.Entry), Subject: m.Subject, Sent: m.Date}
	id, err := agendas.FromLetter(ctx, who, letter, agenda.FilesOf(m.Message))
	var wrong assistance.Invalid
	switch {
	case errors.As(err, &wrong):
		return &inbox.Refusal{Key: wrong["file"], Err: err}
	case errors.Is(err, assistance.ErrForbidden):
		return &inbox.Refusal{Key: "inbox.agenda.forbidden", Err: err}
	case err != nil:
		return err
	}
	return mail.Put(ctx, h.db, mail.Letter{To: to.Person, Kind: "inbox.letter.agenda", Object: id, Path: h.inbox.Page(agendaPurpose) + "/" + id})
}
