package access

import "slices"

// Role is what a person is in POLIS. A role is granted; it is never claimed.
type Role string

// The roles of the field. Issue of rights: see may.go.
const (
	Visitor          Role = "visitor"           // registered, vouched for by nobody
	MemberRole       Role = "member"            // vetted account
	Expert           Role = "expert"            // on the roster
	Trainer          Role = "trainer"           // of a police academy
	FocalPoint       Role = "focal-point"       // of a State, structure or organisation
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

// Ceiling is the highest level below closed that the role reads by itself.
func (r Role) Ceiling() Level {
	switch r {
	case MemberRole, Expert, Trainer, CivilSociety, Partner:
		return Member
	case Delegation, ProgrammeOfficer, FocalPoint, DeskOfficer, Moderator, Administrator:
		return Official
	}
	return Public
}

// Subject is who acts: a signed-in person, nobody in particular (the zero
// Subject), or the program itself (System).
type Subject struct {
	ID     string   // person's id, "" for a reader who is not signed in
	Role   Role     // "" for a reader who is not signed in
	State  string   // two-letter code of the State she acts for, or ""
	Body   string   // directory id of her structure or organisation, or ""
	Groups []string // ids of the groups that admitted her

	system bool
}

// System is the program acting for itself: migrations, indexing, timetable.
// name says which part, and stands in the log as "system:name".
func System(name string) Subject { return Subject{ID: "system:" + name, system: true} }

// SignedIn reports whether a person stands behind the subject.
func (s Subject) SignedIn() bool { return s.ID != "" && !s.system }

// Scope is what the subject may read.
func (s Subject) Scope() Scope {
	if s.system {
		return Scope{all: true}
	}
	return Scope{
		ceiling: s.Role.Ceiling(),
		state:   s.State,
		groups:  s.Groups,
		owner:   s.ID,
	}
}
