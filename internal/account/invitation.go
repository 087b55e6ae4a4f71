package account

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// Invitation is the word for a person who has no account yet, or none of that
// State or body: whoever accepts it is vouched for and holds the role, if its
// inviter may still give both at that moment.
type Invitation struct {
	ID          string
	Email       string // lower case
	Name        string // "" leaves it to her
	Role        access.Role
	ActsFor     string
	Body        string
	Lang        lang.Tag
	Circles     []string `db:"circles,json"` // ids of closed groups that it opens
	Until       time.Time
	ByWhom      string
	Created     time.Time
	Sent        time.Time // when the last letter or link was made
	Expires     time.Time
	Accepted    time.Time
	Person      string // who accepted it
	Withdrawn   time.Time
	WithdrawnBy string
	access.Label
}

const invitationColumns = "id, email, name, role, acts_for, body, lang, circles, until, by_whom, created, sent, expires, " +
	"accepted, person, withdrawn, withdrawn_by, level, state, grp, owner"

// Grant is what the invitation gives, as the access rules see it.
func (i Invitation) Grant() access.Grant {
	return access.Grant{Role: i.Role, State: i.ActsFor, Body: i.Body}
}

// InvitationStage is where an invitation stands.
type InvitationStage string

// The stages; "" stands for all of them in a list.
const (
	InvitationOpen      InvitationStage = "open"
	InvitationExpired   InvitationStage = "expired"
	InvitationAccepted  InvitationStage = "accepted"
	InvitationWithdrawn InvitationStage = "withdrawn"
)

// InvitationStages lists them in the order of the filter.
var InvitationStages = []InvitationStage{"", InvitationOpen, InvitationExpired, InvitationAccepted, InvitationWithdrawn}

// Stage is where the invitation stands at the time.
func (i Invitation) Stage(at time.Time) InvitationStage {
	switch {
	case !i.Accepted.IsZero():
		return InvitationAccepted
	case !i.Withdrawn.IsZero():
		return InvitationWithdrawn
	case !i.Expires.After(at):
		return InvitationExpired
	}
	return InvitationOpen
}

func invitationByID(ctx context.Context, q store.Reader, id string) (Invitation, error) {
	return store.Get[Invitation](ctx, q, everything, "SELECT "+invitationColumns+" FROM invitation WHERE {scope} AND id = $1", id)
}

// MayInvite reports whether the subject may invite anybody.
func MayInvite(who access.Subject) bool {
	return who.MayVouch("", "").Allowed || who.Has(access.FocalPoint)
}

// InvitationFilter chooses invitations.
type InvitationFilter struct {
	Stage  InvitationStage
	Words  string // parts of name or address
	Limit  int
	Offset int
}

// Invitations lists those that the caller keeps, the newest first, and how many
// there are: her own and those for her State or body; the desk and the
// administrator keep all.
func Invitations(ctx context.Context, q store.Reader, who access.Subject, f InvitationFilter) ([]Invitation, int, error) {
	var c condition
	if err := c.invitedBy(who); err != nil {
		return nil, 0, err
	}
	c.invitations(f, time.Now())
	where := " FROM invitation i WHERE {scope} AND " + strings.Join(c.all, " AND ")
	total, err := store.Get[int](ctx, q, everything, "SELECT COUNT(*)"+where, c.args...)
	if err != nil || total == 0 {
		return nil, 0, err
	}
	limit, offset := c.bind(f.Limit), c.bind(f.Offset)
	list, err := store.List[Invitation](ctx, q, everything,
		"SELECT "+invitationColumns+where+fmt.Sprintf(" ORDER BY i.created DESC, i.id DESC LIMIT %s OFFSET %s", limit, offset), c.args...)
	return list, total, err
}

// invitedBy narrows to the invitations that the subject keeps.
func (c *condition) invitedBy(who access.Subject) error {
	if !MayInvite(who) {
		return ErrForbidden
	}
	if who.MayVouch("", "").Allowed {
		c.add("TRUE")
		return nil
	}
	own := []string{"i.by_whom = " + c.bind(who.ID)}
	for _, g := range who.Grants {
		switch {
		case g.Role != access.FocalPoint:
		case g.State != "":
			own = append(own, "i.acts_for = "+c.bind(g.State))
		default:
			own = append(own, "i.body = "+c.bind(g.Body))
		}
	}
	c.add("(" + strings.Join(own, " OR ") + ")")
	return nil
}

func (c *condition) invitations(f InvitationFilter, now time.Time) {
	for _, word := range strings.Fields(strings.ToLower(f.Words)) {
		at := c.bind("%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(word) + "%")
		c.add(fmt.Sprintf(`(LOWER(i.name) LIKE %s ESCAPE '\' OR i.email LIKE %s ESCAPE '\')`, at, at))
	}
	switch f.Stage {
	case InvitationOpen:
		c.add("i.accepted = 0 AND i.withdrawn = 0 AND i.expires > " + c.bind(now))
	case InvitationExpired:
		c.add("i.accepted = 0 AND i.withdrawn = 0 AND i.expires <= " + c.bind(now))
	case InvitationAccepted:
		c.add("i.accepted > 0")
	case InvitationWithdrawn:
		c.add("i.withdrawn > 0")
	}
}

// The setting for how long an invitation is good, in days.
const (
	invitationDays        = "account.invitation-days"
	usualInvitationDays   = 14
	longestInvitationDays = 90
)

// InvitationDays is how many days an invitation is good.
func InvitationDays(ctx context.Context, db *store.DB) (int, error) {
	text, err := db.Setting(ctx, invitationDays)
	if n, nerr := strconv.Atoi(text); nerr == nil && n > 0 {
		return n, err
	}
	return usualInvitationDays, err
}

// SetInvitationDays changes how many days invitations made from now on are good.
func SetInvitationDays(ctx context.Context, db *store.DB, who access.Subject, days int) error {
	if !who.May(access.Operate, access.Label{}).Allowed {
		return ErrForbidden
	}
	if days < 1 || days > longestInvitationDays {
		return Invalid{"days": "joining.error.days"}
	}
	_, err := store.Write(ctx, db, who, func(tx *store.Tx) (store.Event, error) {
		return store.Event{Act: "account.invitation-days.set", Object: invitationDays, Label: access.Label{Level: access.Closed}, Data: map[string]int{"days": days}},
			tx.Set(ctx, invitationDays, strconv.Itoa(days))
	})
	return err
}
