package access

import "slices"

// Role is what a person is in POLIS. A role is granted; it is never claimed.
type Role string

// The roles of the field. What each may do: see may.go.
const (
	Visitor          Role = "visitor"           // registered, vouched for by nobody
	MemberRole       Role = "member"            // vouched for
	Expert           Role = "expert"            // on the roster
	Trainer          Role = "trainer"           // of a police academy
	FocalPoint       Role = "focal-point"       // of a State, structure, organisation or academy
	ProgrammeOfficer Role = "programme-officer" // of a structure
	DeskOfficer      Role = "desk-officer"      // of the strategic police unit (Framework ¶22)
	Delegation       Role = "delegation"        // of a participating State
	CivilSociety     Role = "civil-society"
	Partner          Role = "partner" // organisation
	Moderator        Role = "moderator"
	Administrator    Role = "administrator"
)

// Roles lists every role, from the least to the most trusted.
var Roles = []Role{
	Visitor, MemberRole, Expert, Trainer, CivilSociety, Partner, Delegation,
	ProgrammeOfficer, FocalPoint, DeskOfficer, Moderator, Administrator,
}

// Valid reports whether the role is one of Roles.
func (r Role) Valid() bool { return slices.Contains(Roles, r) }

// Granted reports whether the role is given by a grant. Visitor and member are
// not: they follow from whether somebody vouches.
func (r Role) Granted() bool { return r.Valid() && r != Visitor && r != MemberRole }

// House reports whether the role is one of the house's own, which needs nobody
// to vouch: whoever keeps the installation appoints it.
func (r Role) House() bool { return r == Administrator || r == DeskOfficer || r == Moderator }

// Grant is one role and for whom it is held. State and Body are both "" for
// the roles of the house.
type Grant struct {
	Role  Role
	State string // two-letter code
	Body  string // directory id of a structure, organisation or academy
}

// Subject is who acts: a signed-in person, nobody in particular (the zero
// Subject), or the program itself (System).
type Subject struct {
	ID     string   // person's id, "" for a reader who is not signed in
	Trust  Level    // Public, Member or Official: what she reads by being vouched for or appointed
	State  string   // two-letter code of the State that vouches for her, or ""
	Body   string   // directory id of the structure or organisation that does, or ""
	Grants []Grant  // the roles in force
	Groups []string // ids of the groups that admitted her

	// Withheld says that she holds roles that need a second factor, and that
	// this session was opened without one: Grants lacks them.
	Withheld bool
	// Limited says that she acts through a token that reaches less far than she
	// does: neither to her own drafts nor to anything closed.
	Limited bool
	// Program says that it is a program that asks, with a token of hers; Idle that
	// this token changes nothing.
	Program, Idle bool

	system bool
}

// Act makes the subject of a person who holds one role, as it stands when
// somebody vouches for her: a State for what is official, and so a structure
// for its officers; else she is a member. Tests and the matrix are made with it.
func Act(id string, role Role, state, body string, groups ...string) Subject {
	s := Subject{ID: id, State: state, Body: body, Groups: groups, Trust: Member}
	switch {
	case role == Visitor || role == "":
		s.Trust = Public
	case role.House() || role == FocalPoint || role == ProgrammeOfficer || state != "":
		s.Trust = Official
	}
	if role.Granted() {
		s.Grants = []Grant{{role, state, body}}
		if role.House() {
			s.Grants[0] = Grant{Role: role}
		}
	}
	return s
}

// Trust is what a vouching lets somebody read: the word of a State or a
// structure reaches to what is official, that of an organisation, an academy or
// the house itself to what members read.
func Trust(stateOrStructure bool) Level {
	if stateOrStructure {
		return Official
	}
	return Member
}

// System is the program acting for itself: migrations, indexing, timetable.
// name says which part, and stands in the log as "system:name".
func System(name string) Subject { return Subject{ID: "system:" + name, system: true} }

// SignedIn reports whether a person stands behind the subject.
func (s Subject) SignedIn() bool { return s.ID != "" && !s.system }

// Has reports whether the subject holds one of the roles, for whomever.
func (s Subject) Has(roles ...Role) bool {
	return slices.ContainsFunc(s.Grants, func(g Grant) bool { return slices.Contains(roles, g.Role) })
}

// HasFor reports whether the subject holds the role for this State.
func (s Subject) HasFor(role Role, state string) bool {
	return state != "" && slices.ContainsFunc(s.Grants, func(g Grant) bool { return g.Role == role && g.State == state })
}

// Within is the subject as a token lets it act: it reads at most what is at
// level, and holds its roles only where the token may change things.
func (s Subject) Within(level Level, changes bool) Subject {
	s.Trust, s.Program = min(s.Trust, level), true
	if level < Closed {
		s.Groups, s.Limited = nil, true
	}
	if !changes {
		s.Grants, s.Idle = nil, true
	}
	return s
}

// Scope is what the subject may read.
func (s Subject) Scope() Scope {
	if s.system {
		return Scope{all: true}
	}
	scope := Scope{ceiling: min(s.Trust, Official)}
	if !s.Limited {
		scope.state, scope.groups, scope.owner = s.State, s.Groups, s.ID
	}
	return scope
}
