package account

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"polis/internal/directory"
	"polis/internal/keyring"
	"polis/internal/lang"
	"polis/internal/mail"
	"polis/internal/store"
)

// Post is the post of an installation: it finds out at the last moment to whom a
// letter goes and what it may say there, and makes its one-time link. origin is
// where the pages stand, as the installation was told; never as a request says.
func Post(db *store.DB, keys *keyring.Ring, origin string, log *slog.Logger) *mail.Post {
	finish := func(ctx context.Context, l mail.Letter) (mail.Letter, error) { return finish(ctx, db, l) }
	return &mail.Post{DB: db, Keys: keys, Origin: origin, Log: log, Finish: finish}
}

// The kinds of letters that go to an address and not to a person.
const (
	letterRegister   = "register"
	letterReset      = "reset"
	letterInvitation = "invitation"
	letterMove       = "move"   // to the new address: confirm it
	letterMoving     = "moving" // to the old one: a change was asked for
	letterMoved      = "moved"  // to the old one: it was made
)

func finish(ctx context.Context, db *store.DB, l mail.Letter) (mail.Letter, error) {
	var err error
	switch l.Kind {
	case letterRegister:
		l, err = finishRegister(ctx, db, l)
	case letterReset:
		l, err = finishReset(ctx, db, l)
	case letterInvitation:
		l, err = finishInvitation(ctx, db, l)
	case letterMove, letterMoving, letterMoved:
		l, err = finishMove(ctx, db, l)
	case letterDevice, letterFactor:
		l, err = finishWarning(ctx, db, l)
	default:
		l, err = finishPersonal(ctx, db, l)
	}
	if err != nil || l.Args["entry"] == "" {
		return l, err
	}
	names, err := directory.Names(ctx, db)
	if err != nil {
		return l, err
	}
	args := map[string]string{}
	for name, value := range l.Args {
		args[name] = value
	}
	args["entry"] = names.Name(l.Args["entry"], "", lang.For(l.Lang).Tag())
	l.Args = args
	return l, nil
}

// finishPersonal addresses a letter to a person by her id. Whose account is
// closed gets none.
func finishPersonal(ctx context.Context, db *store.DB, l mail.Letter) (mail.Letter, error) {
	if strings.Contains(l.To, "@") {
		l.Address = l.To
		return l, nil
	}
	p, err := Load(ctx, db, l.To)
	if errors.Is(err, store.ErrNotFound) || err == nil && (p.Blocked || p.Erased) {
		return l, mail.ErrDropped
	}
	l.Address, l.Name = p.Email, p.Name
	if l.Lang == "" {
		l.Lang = p.Lang
	}
	return l, err
}

// open finds the person with an address, whose account is open.
func openAccount(ctx context.Context, db *store.DB, email string) (p Person, ok bool, err error) {
	p, err = ByEmail(ctx, db, email)
	if errors.Is(err, store.ErrNotFound) {
		return Person{}, false, nil
	}
	return p, err == nil && !p.Blocked && !p.Erased, err
}

// finishRegister tells an address that has an account already so, and gives any
// other a link.
func finishRegister(ctx context.Context, db *store.DB, l mail.Letter) (mail.Letter, error) {
	_, err := ByEmail(ctx, db, l.To)
	l.Address = l.To
	switch {
	case err == nil:
		l.Kind, l.Path = "register-known", "/sign-in"
		return l, nil
	case !errors.Is(err, store.ErrNotFound):
		return l, err
	}
	l.Path = "/register/confirm"
	l.Ticket, err = issue(ctx, db, ToRegister, l.To, true, time.Time{})
	return l, err
}

// finishReset gives who has an account a link, and tells any other address that
// there is none.
func finishReset(ctx context.Context, db *store.DB, l mail.Letter) (mail.Letter, error) {
	p, ok, err := openAccount(ctx, db, l.To)
	l.Address = l.To
	if err != nil {
		return l, err
	}
	if !ok {
		l.Kind, l.Path = "reset-none", "/register"
		return l, nil
	}
	l.Name, l.Path = p.Name, "/reset/new"
	l.Ticket, err = issue(ctx, db, ToReset, p.ID, true, time.Time{})
	return l, err
}

// finishInvitation says who invites to what. One that was accepted or withdrawn
// meanwhile is not sent.
func finishInvitation(ctx context.Context, db *store.DB, l mail.Letter) (mail.Letter, error) {
	inv, err := invitationByID(ctx, db, l.Object)
	if errors.Is(err, store.ErrNotFound) || err == nil && inv.Stage(time.Now()) != InvitationOpen {
		return l, mail.ErrDropped
	}
	if err != nil {
		return l, err
	}
	by, err := Load(ctx, db, inv.ByWhom)
	if err != nil {
		return l, err
	}
	l.Address, l.Name, l.Path = inv.Email, inv.Name, "/invitation"
	l.Args = map[string]string{"by": by.Name, "role": string(inv.Role), "lastday": inv.Expires.Format(time.DateOnly)}
	if l.Args["entry"] = inv.ActsFor + inv.Body; l.Args["entry"] == "" {
		l.Kind = "invitation-house"
	}
	l.Ticket, err = issue(ctx, db, ToJoin, inv.ID, true, inv.Expires)
	return l, err
}

// finishMove writes to the new address, or to the old one, of a change.
func finishMove(ctx context.Context, db *store.DB, l mail.Letter) (mail.Letter, error) {
	c, err := changeByID(ctx, db, l.Object)
	if errors.Is(err, store.ErrNotFound) || err == nil && !c.Undone.IsZero() {
		return l, mail.ErrDropped
	}
	if err != nil {
		return l, err
	}
	p, err := Load(ctx, db, c.Person)
	if err != nil {
		return l, err
	}
	if l.Name = p.Name; l.Lang == "" {
		l.Lang = p.Lang
	}
	if l.Kind != letterMove {
		l.Address, l.Path, l.Args = c.Was, "/address/undo", map[string]string{"address": c.Becomes}
		l.Ticket, err = issue(ctx, db, ToStay, c.ID, true, time.Time{})
		return l, err
	}
	return finishNewAddress(ctx, db, l, c)
}

func finishNewAddress(ctx context.Context, db *store.DB, l mail.Letter, c Change) (mail.Letter, error) {
	if !c.Done.IsZero() {
		return l, mail.ErrDropped
	}
	l.Address = c.Becomes
	if other, err := ByEmail(ctx, db, c.Becomes); err == nil && other.ID != c.Person {
		l.Kind, l.Name, l.Path = "move-taken", "", ""
		return l, nil
	} else if err != nil && !errors.Is(err, store.ErrNotFound) {
		return l, err
	}
	l.Path = "/address/confirm"
	var err error
	l.Ticket, err = issue(ctx, db, ToMove, c.ID, true, time.Time{})
	return l, err
}
