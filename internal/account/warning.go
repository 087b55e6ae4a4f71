package account

import (
	"context"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/mail"
	"polis/internal/store"
)

// A person hears of what somebody else may do in her name: that she has signed in
// with a browser she had not used before, and that how she signs in has changed
// (ASVS 5.0 6.3.5, 6.3.7). The letter's link ends her sessions, whoever has them:
// whoever reads her letters may not be able to sign in any more.
const (
	letterDevice   = "new-device"
	letterFactor   = "factor-changed"
	letterPassword = "password-changed"
)

const (
	// settling is how long somebody new sets up how she signs in. No letter tells
	// her of each step that she takes then.
	settling = time.Hour
	// sameBrowser is for how long a browser that keeps no cookie, known by its name
	// and its network alone, is taken for the one of which she was told: a form
	// that was sent twice is one letter.
	sameBrowser = time.Hour
)

// strange reports whether a person has to hear that she signs in: with a browser
// in which she had not signed in before, and not for the first time at all.
func (d Door) strange(ctx context.Context, k Knock, p Person) (bool, error) {
	if p.Seen.IsZero() || d.Recognises(k.Device, p.Email) {
		return false, nil
	}
	return d.once(ctx, "told "+p.ID+" "+k.Address+" "+k.Browser, sameBrowser)
}

// tellDevice writes to her with which browser she has signed in.
func tellDevice(ctx context.Context, tx *store.Tx, person, browser string) error {
	return mail.Queue(ctx, tx, mail.Letter{To: person, Kind: letterDevice, Path: "/sessions/end", Args: map[string]string{
		"device": browser, "moment": tx.Now().UTC().Format(time.RFC3339),
	}})
}

// tellFactor writes to a person what has changed in how she signs in: the act of
// the event, which has its words in mail.json.
func tellFactor(ctx context.Context, tx *store.Tx, person, act string) error {
	return tellSettled(ctx, tx, mail.Letter{To: person, Kind: letterFactor, Path: "/sessions/end", Args: map[string]string{
		"change": strings.TrimPrefix(act, "account."),
	}})
}

// tellPassword writes to a person that her password is another one.
func tellPassword(ctx context.Context, tx *store.Tx, person string) error {
	return tellSettled(ctx, tx, mail.Letter{To: person, Kind: letterPassword, Path: "/reset"})
}

// tellSettled writes to a person unless her account is new.
func tellSettled(ctx context.Context, tx *store.Tx, l mail.Letter) error {
	p, err := Load(ctx, tx, l.To)
	if err != nil || tx.Now().Sub(p.Created) < settling {
		return err
	}
	return mail.Queue(ctx, tx, l)
}

// finishWarning makes the link that ends the sessions.
func finishWarning(ctx context.Context, db *store.DB, l mail.Letter) (mail.Letter, error) {
	l, err := finishPersonal(ctx, db, l)
	if err != nil {
		return l, err
	}
	if browser, named := l.Args["device"]; named && browser == "" {
		l.Args["device"] = lang.For(l.Lang).T("signin.device.unknown")
	}
	l.Ticket, err = issue(ctx, db, ToEnd, l.To, true, time.Time{})
	return l, err
}

// EndByLetter ends every session of the person to whom the letter with the ticket
// went.
func EndByLetter(ctx context.Context, db *store.DB, secret string) error {
	ticket, err := Peek(ctx, db, ToEnd, secret)
	if err != nil {
		return err
	}
	_, err = store.Write(ctx, db, access.Subject{ID: ticket.Object}, func(tx *store.Tx) (store.Event, error) {
		if _, err := use(ctx, tx, ToEnd, secret); err != nil {
			return store.Event{}, err
		}
		return quiet(ticket.Object, "account.sessions.ended", map[string]bool{"mailed": true}), endSessions(ctx, tx, ticket.Object, "")
	})
	return err
}
