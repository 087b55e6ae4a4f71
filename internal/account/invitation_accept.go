package account

import (
	"context"
	"errors"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// ErrInviter is returned where whoever invites may not give any more what the
// invitation promises: her own term is over, or her role.
var ErrInviter = errors.New("account: the inviter may not give this any more")

// ErrHasAccount is returned where the invited address has an account already: its
// person signs in and accepts with AcceptAs.
var ErrHasAccount = errors.New("account: this address has an account")

// InvitationOf reads the invitation that a ticket is for, without using it.
func InvitationOf(ctx context.Context, q store.Reader, secret string) (Invitation, error) {
	t, err := Peek(ctx, q, ToJoin, secret)
	if err != nil {
		return Invitation{}, err
	}
	i, err := invitationByID(ctx, q, t.Object)
	if errors.Is(err, store.ErrNotFound) || err == nil && i.Stage(time.Now()) != InvitationOpen {
		err = ErrTicket
	}
	return i, err
}

// HasAccount reports whether the invited address has an account: her way is to
// sign in then.
func (i Invitation) HasAccount(ctx context.Context, q store.Reader) (bool, error) {
	_, err := ByEmail(ctx, q, i.Email)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Accept makes the account of somebody who was invited, with the word, the role
// and the groups of the invitation, in one write.
func Accept(ctx context.Context, db *store.DB, secret string, n Newcomer) (Person, error) {
	i, err := InvitationOf(ctx, db, secret)
	if err != nil {
		return Person{}, err
	}
	if has, err := i.HasAccount(ctx, db); err != nil || has {
		return Person{}, errors.Join(err, ErrHasAccount)
	}
	n.ActsFor, n.Body = i.ActsFor, i.Body
	p, sealed, err := n.prepare(ctx, db, secret, i.Email)
	if err != nil {
		return Person{}, err
	}
	_, err = store.WriteAll(ctx, db, access.Subject{ID: p.ID}, func(tx *store.Tx) ([]store.Event, error) {
		i, t, err := take(ctx, tx, secret)
		if err != nil {
			return nil, err
		}
		events, err := n.insert(ctx, tx, p, sealed)
		if err != nil {
			return nil, err
		}
		if !t.Mailed { // handed over: nobody has shown that she reads that address
			if _, err := tx.Exec(ctx, "UPDATE person SET confirmed = 0 WHERE id = $1", p.ID); err != nil {
				return nil, err
			}
		}
		more, err := give(ctx, tx, i, p.ID)
		return append(events, more...), err
	})
	if err != nil {
		return Person{}, err
	}
	return Load(ctx, db, p.ID)
}

// AcceptAs accepts an invitation to the caller's own address.
func AcceptAs(ctx context.Context, db *store.DB, who access.Subject, secret string) error {
	p, err := Load(ctx, db, who.ID)
	if err != nil {
		return err
	}
	_, err = store.WriteAll(ctx, db, who, func(tx *store.Tx) ([]store.Event, error) {
		i, _, err := take(ctx, tx, secret)
		if err != nil {
			return nil, err
		}
		if i.Email != p.Email {
			return nil, ErrForbidden
		}
		return give(ctx, tx, i, p.ID)
	})
	return err
}

// take uses the ticket and reads the invitation that it is for.
func take(ctx context.Context, tx *store.Tx, secret string) (Invitation, Ticket, error) {
	t, err := use(ctx, tx, ToJoin, secret)
	if err != nil {
		return Invitation{}, t, err
	}
	i, err := invitationByID(ctx, tx, t.Object)
	if err == nil && i.Stage(tx.Now()) != InvitationOpen {
		err = ErrTicket
	}
	return i, t, err
}

// give gives a person what the invitation promises, if its inviter may give it
// now, and closes it.
func give(ctx context.Context, tx *store.Tx, i Invitation, person string) ([]store.Event, error) {
	by, err := inviter(ctx, tx, i)
	if err != nil {
		return nil, err
	}
	if by.ID == person {
		return nil, ErrForbidden
	}
	events, err := giveWord(ctx, tx, by, i, person)
	if err != nil {
		return nil, err
	}
	for _, group := range i.Circles {
		e, err := admit(ctx, tx, by, group, person)
		if errors.Is(err, store.ErrUnchanged) {
			continue
		}
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	_, err = tx.Exec(ctx, "UPDATE invitation SET accepted = $2, person = $3 WHERE id = $1", i.ID, tx.Now(), person)
	return append(events, about(person, "account.invitation.accepted", map[string]string{"invitation": i.ID, "by": i.ByWhom})), err
}

// giveWord vouches, unless that State or body does, and grants the role, unless
// she holds it.
func giveWord(ctx context.Context, tx *store.Tx, by access.Subject, i Invitation, person string) ([]store.Event, error) {
	g := i.Grant()
	words, err := inForce(ctx, tx, person, tx.Now())
	if err != nil {
		return nil, err
	}
	var events []store.Event
	if !vouchedBy(words, g.State, g.Body) {
		e, err := vouch(ctx, tx, by, person, g.State, g.Body, i.Until)
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	held, err := inOffice(ctx, tx, person, tx.Now())
	if err != nil || !g.Role.Granted() {
		return events, err
	}
	for _, h := range held {
		if h.Grant() == g {
			return events, nil
		}
	}
	e, err := grant(ctx, tx, by, person, g, i.Until)
	return append(events, e), err
}

// inviter is the person who answers for the invitation as the rules see her now,
// if she may still give what it promises. Her second factor was asked for when
// she made it.
func inviter(ctx context.Context, tx *store.Tx, i Invitation) (access.Subject, error) {
	p, err := Load(ctx, tx, i.ByWhom)
	if errors.Is(err, store.ErrNotFound) || err == nil && (p.Blocked || p.Erased) {
		err = ErrInviter
	}
	if err != nil {
		return access.Subject{}, err
	}
	by := access.Subject{ID: p.ID, Trust: access.Official}
	words, err := inForce(ctx, tx, p.ID, tx.Now())
	if err != nil {
		return by, err
	}
	held, err := inOffice(ctx, tx, p.ID, tx.Now())
	if err != nil {
		return by, err
	}
	for _, h := range held {
		if h.Role.House() || vouchedBy(words, h.ActsFor, h.Body) {
			by.Grants = append(by.Grants, h.Grant())
		}
	}
	g := i.Grant()
	ok := by.MayVouch(g.State, g.Body).Allowed && (!g.Role.Granted() || by.MayGrant(g).Allowed) &&
		(len(i.Circles) == 0 || by.May(access.ManageGroups, access.Label{}).Allowed)
	if !ok {
		return by, ErrInviter
	}
	return by, nil
}
