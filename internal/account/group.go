package account

import (
	"context"
	"errors"
	"regexp"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// GroupKind is how far a group is open.
type GroupKind string

// The kinds of groups (Framework ¶9.3, 16.2, 17.4, 22).
const (
	GroupOpen    GroupKind = "open"    // everybody reads it, whoever is vouched for joins
	GroupMembers GroupKind = "members" // read by members or by officials, who join by themselves
	GroupClosed  GroupKind = "closed"  // read by those whom it admitted; nobody else knows of it
	GroupForum   GroupKind = "forum"   // of police and public: civil society, business, services
)

// GroupKinds lists them from the most open to the most closed, the forum last.
var GroupKinds = []GroupKind{GroupOpen, GroupMembers, GroupClosed, GroupForum}

// Levels are those that a group of the kind can have, the most open first.
func (k GroupKind) Levels() []access.Level {
	switch k {
	case GroupOpen:
		return []access.Level{access.Public}
	case GroupMembers:
		return []access.Level{access.Member, access.Official}
	case GroupClosed:
		return []access.Level{access.Closed}
	case GroupForum:
		return []access.Level{access.Public, access.Member}
	}
	return nil
}

// Group is a circle of people with its discussions, such as the investigators of
// one network (Framework ¶16.2). Its level is that of all that is written in it.
type Group struct {
	ID         string // a slug, which its records carry
	Kind       GroupKind
	Name       string
	About      string
	Lang       lang.Tag // of name, about, welcome and rules
	Welcome    string   // Markdown, for who has just come
	Rules      string   // Markdown, beside every form that writes
	Holds      bool     // a member's first post waits for a facilitator
	Mails      bool     // letters may say what was written
	Translates bool     // a translation service outside may be given what was written
	Rev        int64
	Created    time.Time
	Updated    time.Time
	Ended      time.Time
	access.Label
}

const groupColumns = "id, kind, name, about, lang, welcome, rules, holds, mails, translates, rev, created, updated, ended, level, state, grp, owner"

var groupID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,63}$`)

// ErrNoVouching is returned where nobody vouches for a person who is to be
// admitted to a group, or no word that reaches to its level.
var ErrNoVouching = errors.New("account: nobody vouches for this person")

// ErrChanged is returned where somebody else changed the group meanwhile, or
// ended it.
var ErrChanged = errors.New("account: the group was changed meanwhile")

// keepsGroups reports whether the subject looks after all groups. What is in a
// closed one stays closed to her.
func keepsGroups(who access.Subject) bool {
	return who.May(access.ManageGroups, access.Label{}).Allowed
}

// groupScope is what the subject may know of groups.
func groupScope(who access.Subject) access.Scope {
	if keepsGroups(who) {
		return everything
	}
	return who.Scope()
}

// GetGroup reads one group: for who reads what is written in it, and for those who
// keep groups.
func GetGroup(ctx context.Context, q store.Reader, who access.Subject, id string) (Group, error) {
	return store.Get[Group](ctx, q, groupScope(who), "SELECT "+groupColumns+" FROM circle WHERE {scope} AND id = $1", id)
}

// HasEnded reports whether a group is an archive, which takes nothing new; one that is
// not there has not.
func HasEnded(ctx context.Context, q store.Reader, id string) (bool, error) {
	n, err := store.Get[int](ctx, q, everything, "SELECT COUNT(*) FROM circle WHERE {scope} AND id = $1 AND ended > 0", id)
	return n > 0, err
}

// GroupThemes are what a group is about, for who has read it.
func GroupThemes(ctx context.Context, q store.Reader, id string) ([]string, error) {
	return store.List[string](ctx, q, everything, "SELECT theme FROM circle_theme WHERE {scope} AND grp = $1 ORDER BY theme", id)
}

// GroupsOf are the groups of which the subject is a member on a word that holds, by
// name, ended ones too: they are read still, and take nothing new.
func GroupsOf(ctx context.Context, q store.Reader, who access.Subject) ([]Group, error) {
	if !who.SignedIn() {
		return nil, nil
	}
	return store.List[Group](ctx, q, who.Scope(), "SELECT "+groupColumns+` FROM circle WHERE {scope} AND id IN (
		SELECT m.grp FROM membership m JOIN vouching v ON v.id = m.vouching
		WHERE m.person = $1 AND v.ended = 0 AND v.until > $2) ORDER BY name, id`, who.ID, nowOf(q))
}

// GroupNames are the names of all groups, for pages that the caller may see: of
// a person whom she keeps, of records that she reads.
func GroupNames(ctx context.Context, q store.Reader) (map[string]string, error) {
	rows, err := store.List[struct{ ID, Name string }](ctx, q, everything, "SELECT id, name FROM circle WHERE {scope}")
	names := make(map[string]string, len(rows))
	for _, g := range rows {
		names[g.ID] = g.Name
	}
	return names, err
}
