package account

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/mail"
	"polis/internal/store"
)

// MostInvitations is how many invitations are made at once.
const MostInvitations = 2000

// ErrSettled is returned for an invitation that was accepted or withdrawn.
var ErrSettled = errors.New("account: the invitation was accepted or withdrawn")

// InvalidLine says what is wrong with one of several invitations; At counts from 0.
type InvalidLine struct {
	At int
	Invalid
}

// InvalidLines are all that is wrong with several invitations.
type InvalidLines []InvalidLine

func (v InvalidLines) Error() string {
	return fmt.Sprintf("account: %d invitations are invalid", len(v))
}

// Invite makes an invitation and sends it, unless byHand: then it waits for
// InviteByHand. It returns its id.
func Invite(ctx context.Context, db *store.DB, who access.Subject, i Invitation, byHand bool) (string, error) {
	ids, err := InviteAll(ctx, db, who, []Invitation{i}, byHand)
	var lines InvalidLines
	if errors.As(err, &lines) {
		return "", lines[0].Invalid
	}
	if err != nil {
		return "", err
	}
	return ids[0], nil
}

// InviteAll makes all of the invitations, or none and says what is wrong with
// which.
func InviteAll(ctx context.Context, db *store.DB, who access.Subject, list []Invitation, byHand bool) ([]string, error) {
	if !MayInvite(who) || len(list) > MostInvitations {
		return nil, ErrForbidden
	}
	days, err := InvitationDays(ctx, db)
	if err != nil {
		return nil, err
	}
	var ids []string
	_, err = store.WriteAll(ctx, db, who, func(tx *store.Tx) ([]store.Event, error) {
		var events []store.Event
		ids = ids[:0]
		if err := checkAll(ctx, tx, who, list, tx.Now()); err != nil {
			return nil, err
		}
		for _, i := range list {
			i.tidy()
			i.ID, i.Expires = store.NewID(), tx.Now().AddDate(0, 0, days)
			if err := invite(ctx, tx, who, i, byHand); err != nil {
				return nil, err
			}
			ids = append(ids, i.ID)
			events = append(events, invited(i, "account.invitation.made"))
		}
		return events, nil
	})
	return ids, err
}

// CheckInvitations says what is wrong with which of the invitations, as
// InviteAll would, and makes none.
func CheckInvitations(ctx context.Context, db *store.DB, who access.Subject, list []Invitation) error {
	if !MayInvite(who) || len(list) > MostInvitations {
		return ErrForbidden
	}
	return checkAll(ctx, db, who, list, time.Now())
}

func checkAll(ctx context.Context, q store.Reader, who access.Subject, list []Invitation, now time.Time) error {
	c, err := newChecker(ctx, q, who, now)
	if err != nil {
		return err
	}
	var wrong InvalidLines
	for at, i := range list {
		i.tidy()
		v, err := c.check(ctx, i)
		if err != nil {
			return err
		}
		if len(v) > 0 {
			wrong = append(wrong, InvalidLine{at, v})
		}
	}
	if len(wrong) > 0 {
		return wrong
	}
	return nil
}

// tidy brings what was typed into the form of the table.
func (i *Invitation) tidy() {
	i.Email, i.Name = strings.ToLower(strings.TrimSpace(i.Email)), strings.TrimSpace(i.Name)
	if i.Role.House() {
		i.ActsFor, i.Body = "", ""
	}
	if i.Lang == "" {
		i.Lang = lang.English
	}
}

// checker holds what the invitations of one caller are checked against.
type checker struct {
	q      store.Reader
	who    access.Subject
	own    string // the caller's address
	now    time.Time
	groups map[string]bool  // closed groups that she may admit to
	known  map[string]error // State + body → what is wrong with it
	seen   map[string]bool  // addresses so far
}

func newChecker(ctx context.Context, q store.Reader, who access.Subject, now time.Time) (*checker, error) {
	c := &checker{q: q, who: who, now: now, groups: map[string]bool{}, known: map[string]error{}, seen: map[string]bool{}}
	if p, err := Load(ctx, q, who.ID); err == nil {
		c.own = p.Email
	} else if !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	groups, err := AdmitsTo(ctx, q, who)
	for _, g := range groups {
		c.groups[g.ID] = true
	}
	return c, err
}

// AdmitsTo lists the closed groups to which the caller may admit people.
func AdmitsTo(ctx context.Context, q store.Reader, who access.Subject) ([]Group, error) {
	if !who.May(access.ManageGroups, access.Label{}).Allowed {
		return nil, nil
	}
	return store.List[Group](ctx, q, everything, "SELECT "+groupColumns+" FROM circle WHERE {scope} AND kind = 'closed' AND ended = 0 ORDER BY name, id")
}

// check returns what is wrong with one invitation, field by field.
func (c *checker) check(ctx context.Context, i Invitation) (Invalid, error) {
	v := Invalid{}
	switch {
	case !mail.ValidAddress(i.Email):
		v["email"] = "account.error.email"
	case i.Email == c.own:
		v["email"] = "joining.error.yourself"
	case c.seen[i.Email]:
		v["email"] = "joining.error.twice"
	}
	c.seen[i.Email] = true
	if i.Name != "" {
		v.name(i.Name)
	}
	v.grant(i.Grant())
	if i.Role == access.Visitor {
		v["role"] = "account.error.role"
	}
	if field := "state"; v["state"] != "" || v["body"] != "" { // of the form: one field for both
		delete(v, field)
		delete(v, "body")
		v["for"] = "joining.error.for"
	}
	if _, ok := lang.Parse(string(i.Lang)); !ok {
		v["lang"] = "account.error.lang"
	}
	if !i.Until.IsZero() && (!i.Until.After(c.now) || i.Until.After(c.now.Add(MaxTerm))) {
		v["until"] = "account.error.until"
	}
	for _, g := range i.Circles {
		if !c.groups[g] {
			v["groups"] = "joining.error.groups"
		}
	}
	return v, c.checkRights(ctx, i, v)
}

// checkRights: she invites those for whom she may vouch, to roles that she may
// give.
func (c *checker) checkRights(ctx context.Context, i Invitation, v Invalid) error {
	key := i.ActsFor + "/" + i.Body
	err, known := c.known[key]
	if !known {
		entry := Invalid{}
		if e := entry.belongs(ctx, c.q, i.ActsFor, i.Body); e != nil {
			return e
		}
		err = entry.orNil()
		c.known[key] = err
	}
	switch {
	case v["for"] != "":
	case err != nil:
		v["for"] = "account.error.unknown-entry"
	case !c.who.MayVouch(i.ActsFor, i.Body).Allowed:
		v["for"] = "joining.error.not-yours"
	case v["role"] == "" && i.Role.Granted() && !c.who.MayGrant(i.Grant()).Allowed:
		v["role"] = "joining.error.not-your-role"
	}
	return nil
}

// invite stores an invitation and queues its letter.
func invite(ctx context.Context, tx *store.Tx, who access.Subject, i Invitation, byHand bool) error {
	if i.Circles == nil {
		i.Circles = []string{}
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO invitation (id, email, name, role, acts_for, body, lang, circles, until, by_whom, created, sent, expires,
		  accepted, person, withdrawn, withdrawn_by, level, state, grp, owner)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12, 0, '', 0, '', $13, '', '', $10)`,
		i.ID, i.Email, i.Name, string(i.Role), i.ActsFor, i.Body, string(i.Lang), store.JSON(i.Circles), i.Until, who.ID,
		tx.Now(), i.Expires, int(access.Closed))
	if err != nil || byHand {
		return err
	}
	return mail.Queue(ctx, tx, mail.Letter{To: i.Email, Lang: i.Lang, Kind: letterInvitation, Object: i.ID})
}

// invited is an event about an invitation. It names nobody: she has no id yet.
func invited(i Invitation, act string) store.Event {
	return store.Event{
		Act: act, Object: i.ID, Label: access.Label{Level: access.Closed, Owner: i.ByWhom},
		Data: map[string]any{"role": i.Role, "acts_for": i.ActsFor, "body": i.Body, "groups": i.Circles},
	}
}

// Resend sends an invitation again, for another term, on the word of the caller:
// she answers for it from then on. Links sent before open nothing any more.
func Resend(ctx context.Context, db *store.DB, who access.Subject, id string) error {
	_, err := renewInvitation(ctx, db, who, id, "account.invitation.resent", func(tx *store.Tx, i Invitation) error {
		return mail.Queue(ctx, tx, mail.Letter{To: i.Email, Lang: i.Lang, Kind: letterInvitation, Object: i.ID})
	})
	return err
}

// InviteByHand is Resend without a letter: it returns the secret of a link that
// the caller hands over in person.
func InviteByHand(ctx context.Context, db *store.DB, who access.Subject, id string) (secret string, err error) {
	i, err := renewInvitation(ctx, db, who, id, "account.invitation.handed", func(*store.Tx, Invitation) error { return nil })
	if err != nil {
		return "", err
	}
	return issue(ctx, db, ToJoin, id, false, i.Expires)
}

func renewInvitation(ctx context.Context, db *store.DB, who access.Subject, id, act string, then func(*store.Tx, Invitation) error) (Invitation, error) {
	days, err := InvitationDays(ctx, db)
	if err != nil {
		return Invitation{}, err
	}
	var renewed Invitation
	err = onInvitation(ctx, db, who, id, func(tx *store.Tx, i Invitation) (store.Event, error) {
		c, err := newChecker(ctx, tx, who, tx.Now())
		if err != nil {
			return store.Event{}, err
		}
		if v, err := c.check(ctx, i); err != nil || len(v) > 0 {
			return store.Event{}, errors.Join(err, v.orNil())
		}
		i.ByWhom, i.Expires = who.ID, tx.Now().AddDate(0, 0, days)
		renewed = i
		_, err = tx.Exec(ctx, "UPDATE invitation SET by_whom = $2, owner = $2, sent = $3, expires = $4 WHERE id = $1", id, who.ID, tx.Now(), i.Expires)
		if err == nil {
			err = spend(ctx, tx, ToJoin, id)
		}
		if err == nil {
			err = then(tx, i)
		}
		return invited(i, act), err
	})
	return renewed, err
}

// WithdrawInvitation takes an invitation back: its links open nothing any more.
func WithdrawInvitation(ctx context.Context, db *store.DB, who access.Subject, id string) error {
	return onInvitation(ctx, db, who, id, func(tx *store.Tx, i Invitation) (store.Event, error) {
		_, err := tx.Exec(ctx, "UPDATE invitation SET withdrawn = $2, withdrawn_by = $3 WHERE id = $1", id, tx.Now(), who.ID)
		if err == nil {
			err = spend(ctx, tx, ToJoin, id)
		}
		return invited(i, "account.invitation.withdrawn"), err
	})
}

// onInvitation runs fn on an invitation that the caller keeps and that is
// neither accepted nor withdrawn.
func onInvitation(ctx context.Context, db *store.DB, who access.Subject, id string, fn func(*store.Tx, Invitation) (store.Event, error)) error {
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		var c condition
		c.add("i.id = " + c.bind(id))
		if err := c.invitedBy(who); err != nil {
			return store.Event{}, err
		}
		i, err := store.Get[Invitation](ctx, tx, everything, "SELECT "+invitationColumns+" FROM invitation i WHERE {scope} AND "+strings.Join(c.all, " AND "), c.args...)
		if err != nil {
			return store.Event{}, err
		}
		if stage := i.Stage(tx.Now()); stage == InvitationAccepted || stage == InvitationWithdrawn {
			return store.Event{}, ErrSettled
		}
		return fn(tx, i)
	})
	return err
}
