package inbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
	"golang.org/x/net/netutil"

	"polis/internal/blob"
	"polis/internal/store"
)

// What the listener takes.
const (
	MaxBytes       = 25 << 20 // of one message
	maxRecipients  = 10       // of one message
	maxConnections = 20       // at once; others wait to be greeted
	maxConnected   = 10 * time.Minute
	silence        = time.Minute // between two lines
	bySender       = 60          // messages in an hour
	byAddress      = 60
	heldBytes      = 200 << 20 // of one person's, not handled yet
)

// Listener takes mail in by SMTP (RFC 5321), of the operator's own mail server.
type Listener struct {
	server *smtp.Server
	end    context.CancelFunc
}

// Listen begins to take mail in. An error that ends it, other than Shutdown, goes to
// failed.
func (b *Box) Listen(l net.Listener, failed chan<- error) *Listener {
	ctx, end := context.WithCancel(context.Background())
	d := &door{Box: b, ctx: ctx, senders: pace{most: bySender}, addresses: pace{most: byAddress}}
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{door: d, conn: c}, nil
	}))
	s.Domain, s.MaxRecipients, s.MaxMessageBytes = b.Domain, maxRecipients, MaxBytes
	s.ReadTimeout, s.WriteTimeout, s.ErrorLog = silence, silence, quiet{b.log()}
	go func() {
		if err := s.Serve(&hurried{netutil.LimitListener(l, maxConnections)}); err != nil && !errors.Is(err, smtp.ErrServerClosed) && ctx.Err() == nil {
			failed <- fmt.Errorf("inbox: %w", err)
		}
	}()
	return &Listener{s, end}
}

// Shutdown takes no more mail, and waits until the context ends for what is on its way.
// What was not acknowledged the other server sends again.
func (l *Listener) Shutdown(ctx context.Context) {
	_ = l.server.Shutdown(ctx) // an error says only that somebody is still connected
	l.end()
	_ = l.server.Close()
}

// hurried ends connections that stay too long: who sends a letter an hour keeps the
// place of others.
type hurried struct{ net.Listener }

func (h *hurried) Accept() (net.Conn, error) {
	c, err := h.Listener.Accept()
	if err == nil {
		late := time.AfterFunc(maxConnected, func() { c.Close() })
		c = &timed{c, late}
	}
	return c, err
}

type timed struct {
	net.Conn
	late *time.Timer
}

func (t *timed) Close() error {
	t.late.Stop()
	return t.Conn.Close()
}

// quiet is the log of the protocol: broken lines are everyday.
type quiet struct{ log *slog.Logger }

func (q quiet) Printf(format string, v ...any) {
	q.log.Debug("inbox: " + strings.TrimSpace(fmt.Sprintf(format, v...)))
}
func (q quiet) Println(v ...any) { q.log.Debug("inbox: " + strings.TrimSpace(fmt.Sprintln(v...))) }

// door is what the connections share.
type door struct {
	*Box
	ctx       context.Context //nolint:containedctx // of the listener: a connection has none of its own
	senders   pace
	addresses pace
}

// session is one connection.
type session struct {
	*door
	conn *smtp.Conn
	from string
	to   []Address
}

// The answers. A temporary one lets the other server try again later; a permanent one
// ends it there.
var (
	nobody   = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "There is no such address here"}
	tooOften = &smtp.SMTPError{Code: 450, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "Too many messages within an hour, try again later"}
	tooMuch  = &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 2, 2}, Message: "Too much waits for this address already, try again later"}
	noRoom   = &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 3, 1}, Message: "There is no room to keep the message, try again later"}
	notNow   = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "The message cannot be kept now, try again later"}
)

// Mail begins a message.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.from = oneLine(from); !s.senders.take(strings.ToLower(s.from), time.Now()) {
		return tooOften
	}
	return nil
}

// Rcpt takes a recipient who is somebody.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	a, err := s.find(s.ctx, to)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nobody
	case err != nil:
		s.log().Error("inbox: find a recipient", "err", err)
		return notNow
	case !s.addresses.take(fmt.Sprintf("%q", a), time.Now()):
		return tooOften
	}
	s.to = append(s.to, a)
	return nil
}

// Data takes the message in. Once it returns nil the message outlasts a power cut.
func (s *session) Data(r io.Reader) error {
	err := s.arrive(s.ctx, r, s.from, s.trace(), s.to)
	var answer *smtp.SMTPError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &answer):
		return answer
	case errors.Is(err, blob.ErrTooLarge):
		return smtp.ErrDataTooLarge
	case errors.Is(err, blob.ErrFull):
		s.log().Error("inbox: no room for a message", "err", err)
		return noRoom
	case !errors.Is(err, io.ErrUnexpectedEOF): // else the line broke, and nobody hears the answer
		s.log().Error("inbox: keep a message", "err", err)
	}
	return notNow
}

// trace is what the head of the message says of this connection (RFC 5321 4.4).
func (s *session) trace() string {
	host, _, err := net.SplitHostPort(s.conn.Conn().RemoteAddr().String())
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("from %.100s ([%s]) by %s with ESMTP; %s", oneLine(s.conn.Hostname()), host, s.Domain, time.Now().UTC().Format(time.RFC1123Z))
}

// Reset forgets the message that was begun.
func (s *session) Reset() { s.from, s.to = "", nil }

// Logout ends the connection.
func (s *session) Logout() error { return nil }

// oneLine is a stranger's word as it may stand in a head of ours.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f || r == '<' || r == '>' {
			return -1
		}
		return r
	}, text)
}
