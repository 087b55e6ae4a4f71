package mail

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"time"

	gomail "github.com/wneessen/go-mail"

	"polis/internal/keyring"
	"polis/internal/lang"
	"polis/internal/store"
)

// Post sends the letters of an installation.
type Post struct {
	DB     *store.DB
	Keys   *keyring.Ring
	Origin string         // where the pages stand, "https://polis.example": links begin with it
	Log    *slog.Logger   // nil means slog.Default
	Roots  *x509.CertPool // who may vouch for the server's certificate; nil: whom the machine trusts
	// Finish is asked for each letter just before it is sent: to which address
	// and in which language, as which kind, with which one-time link. ErrDropped
	// takes it out of the queue.
	Finish func(ctx context.Context, l Letter) (Letter, error)
}

// waits are the times between the tries of a letter. After the last, a day
// later, it has failed for good.
var waits = []time.Duration{
	time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
}

const (
	patience = 30 * time.Second   // for one letter, from dialling to the answer
	claimed  = 2 * time.Minute    // a letter under way that nobody heard of is tried again then
	kept     = 7 * 24 * time.Hour // how long the queue remembers a letter that is done
	tooOld   = 7 * 24 * time.Hour // a letter held back longer than this is not sent any more
)

// Work sends what waits until the context ends. Several nodes may do it: each
// letter is sent by one of them.
func (p *Post) Work(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	swept := time.Time{}
	for ctx.Err() == nil {
		if _, err := p.SendDue(ctx); err != nil && ctx.Err() == nil {
			p.log().Error("send letters", "err", err)
		}
		if time.Since(swept) > time.Hour {
			swept = time.Now()
			if err := p.sweep(ctx); err != nil && ctx.Err() == nil {
				p.log().Error("forget letters", "err", err)
			}
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

func (p *Post) log() *slog.Logger {
	if p.Log == nil {
		return slog.Default()
	}
	return p.Log
}

// sweep forgets what is done, and tickets that have run out.
func (p *Post) sweep(ctx context.Context) error {
	now := time.Now()
	_, err := store.Upkeep(ctx, p.DB, "DELETE FROM letter WHERE stage <> 'waiting' AND updated < $1", now.Add(-kept))
	_, terr := store.Upkeep(ctx, p.DB, "DELETE FROM ticket WHERE expires < $1", now)
	return errors.Join(err, terr)
}

// SendDue sends every letter whose time has come, and returns how many left.
// Without settings it sends none: they are held back.
func (p *Post) SendDue(ctx context.Context) (sent int, err error) {
	due, err := store.Get[int](ctx, p.DB, everything, "SELECT COUNT(*) FROM letter WHERE {scope} AND stage = 'waiting' AND due <= $1", time.Now())
	if err != nil || due == 0 {
		return 0, err
	}
	s, err := Load(ctx, p.DB, p.Keys)
	if err != nil || s.Host == "" {
		return 0, err
	}
	for ctx.Err() == nil {
		held, err := p.claim(ctx)
		if errors.Is(err, store.ErrNotFound) {
			return sent, nil
		}
		if err != nil {
			return sent, err
		}
		ok, err := p.deliver(ctx, s, held)
		if err != nil {
			return sent, err
		}
		if ok {
			sent++
		}
	}
	return sent, ctx.Err()
}

// claim takes the letter that is due longest, so that no other node does.
func (p *Post) claim(ctx context.Context) (Held, error) {
	now := time.Now()
	return store.UpkeepGet[Held](ctx, p.DB, `
		UPDATE letter SET due = $1, tries = tries + 1, updated = $2
		WHERE id = (SELECT id FROM letter WHERE stage = 'waiting' AND due <= $2 ORDER BY due, id LIMIT 1)
		AND stage = 'waiting' AND due <= $2
		RETURNING `+columns, now.Add(claimed), now)
}

// deliver sends one letter and writes down what became of it.
func (p *Post) deliver(ctx context.Context, s Settings, h Held) (sent bool, err error) {
	if time.Since(h.Created) > tooOld {
		return false, p.settle(ctx, h, Dropped, time.Time{}, "")
	}
	l, err := p.finish(ctx, h.letter())
	switch {
	case ctx.Err() != nil:
		return false, ctx.Err()
	case errors.Is(err, ErrDropped):
		return false, p.settle(ctx, h, Dropped, time.Time{}, "")
	case err != nil:
		return false, p.failed(ctx, h, &Refusal{Key: "mail.refusal.ours", Err: err})
	}
	refusal := p.send(ctx, s, l)
	if ctx.Err() != nil { // it may have left; the next start tries it again
		return false, ctx.Err()
	}
	if refusal != nil {
		return false, p.failed(ctx, h, refusal)
	}
	return true, p.settle(ctx, h, Sent, time.Time{}, "")
}

func (p *Post) finish(ctx context.Context, l Letter) (Letter, error) {
	if p.Finish == nil {
		l.Address = l.To
		return l, nil
	}
	return p.Finish(ctx, l)
}

// failed lets a letter wait for its next try, or gives it up. The log has its
// kind and id: whose it is, the queue knows.
func (p *Post) failed(ctx context.Context, h Held, r *Refusal) error {
	reason := r.Key
	if r.Said != "" {
		reason += "\n" + r.Said
	}
	p.log().Warn("letter not sent", "letter", h.ID, "kind", h.Kind, "try", h.Tries, "why", r.Key)
	if r.ForGood || h.Tries > len(waits) {
		return p.settle(ctx, h, Failed, time.Time{}, reason)
	}
	return p.settle(ctx, h, Waiting, time.Now().Add(waits[h.Tries-1]), reason)
}

// settle writes down where the letter stands. One that is done keeps no words.
func (p *Post) settle(ctx context.Context, h Held, stage Stage, due time.Time, reason string) error {
	args := store.JSON(h.Args)
	if stage == Sent || stage == Dropped {
		args = "{}"
	}
	_, err := store.Upkeep(context.WithoutCancel(ctx), p.DB,
		"UPDATE letter SET stage = $2, due = $3, reason = $4, args = $5, updated = $6 WHERE id = $1",
		h.ID, string(stage), due, reason, args, time.Now())
	return err
}

// Test sends a letter to try the settings out and returns nil, or in plain
// words why it did not leave.
func (p *Post) Test(ctx context.Context, s Settings, to string, t lang.Tag) *Refusal {
	if !ValidAddress(to) {
		return &Refusal{Key: "mail.refusal.recipient", Err: errors.New("no address")}
	}
	return p.send(ctx, s, Letter{Kind: "test", Address: to, Lang: t})
}

// send writes the letter and hands it to the server.
func (p *Post) send(ctx context.Context, s Settings, l Letter) *Refusal {
	m, err := compose(p.Origin, l).message(s, l.Address)
	if err != nil {
		return &Refusal{Key: "mail.refusal.recipient", ForGood: true, Err: err}
	}
	client, err := s.client(p.Roots)
	if err != nil {
		return &Refusal{Key: "mail.refusal.other", Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := client.DialAndSendWithContext(ctx, m); err != nil && !m.IsDelivered() {
		return refusalOf(err)
	}
	return nil
}

// client dials as the settings say. A password never travels in the open.
func (s Settings) client(roots *x509.CertPool) (*gomail.Client, error) {
	options := []gomail.Option{gomail.WithPort(s.Port), gomail.WithTimeout(patience), gomail.WithoutNoop()}
	switch s.Security {
	case TLS:
		options = append(options, gomail.WithSSL())
	case StartTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case Plain:
		if !loopback(s.Host) {
			return nil, fmt.Errorf("mail: %s is not this machine: the line must be encrypted", s.Host)
		}
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	options = append(options, gomail.WithTLSConfig(&tls.Config{MinVersion: tls.VersionTLS12, ServerName: s.Host, RootCAs: roots}))
	if s.User != "" {
		kind := gomail.SMTPAuthAutoDiscover
		if s.Security == Plain {
			kind = gomail.SMTPAuthPlainNoEnc // to this machine only
		}
		options = append(options, gomail.WithSMTPAuth(kind), gomail.WithUsername(s.User), gomail.WithPassword(s.Password))
	}
	return gomail.NewClient(s.Host, options...)
}

// newMessageID names a message by chance alone: neither machine nor account.
func newMessageID(domain string) string { return rand.Text() + "@" + domain }
