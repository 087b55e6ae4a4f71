package access

// Action is what somebody wants to do to a record, or to a part of the system.
type Action string

// The actions that exist. A capability adds its own here, and its rule in May.
const (
	Read          Action = "read"
	Contribute    Action = "contribute"     // put a document into the library
	Edit          Action = "edit"           // change a record that exists
	EditDirectory Action = "edit-directory" // States, structures, organisations
	ManagePeople  Action = "manage-people"
	Operate       Action = "operate" // jobs, quarantine of everybody, imports, log
)

// Decision is the answer to "may she?", with the rule that gave it.
type Decision struct {
	Allowed bool
	Rule    Rule
}

// contributors are the roles that may put documents into the library.
var contributors = map[Role]bool{
	Expert: true, Trainer: true, Partner: true, ProgrammeOfficer: true,
	FocalPoint: true, DeskOfficer: true, Moderator: true, Administrator: true,
}

// May decides whether the subject may do the action to a record with the
// label. Nothing may be changed by those who may not read it.
func (s Subject) May(a Action, l Label) Decision {
	if s.system {
		return Decision{true, RuleSystem}
	}
	rule, readable := s.Scope().Allows(l)
	if a == Read || !readable {
		return Decision{readable, rule}
	}
	if !s.SignedIn() {
		return Decision{false, RuleSignIn}
	}
	switch a {
	case Contribute:
		return s.mayContribute(l)
	case Edit:
		return s.mayEdit(l)
	case EditDirectory:
		return s.mayEditDirectory(l)
	case ManagePeople, Operate:
		return Decision{s.Role == Administrator, RuleRole}
	}
	return Decision{false, RuleRole}
}

// mayContribute: a contributor puts in what she herself could read afterwards,
// and speaks for no State but her own.
func (s Subject) mayContribute(l Label) Decision {
	if !contributors[s.Role] {
		return Decision{false, RuleRole}
	}
	if l.Level == Closed && l.Group == "" && l.State != "" && l.State != s.State {
		return Decision{false, RuleUnvouched}
	}
	return Decision{true, RuleRole}
}

// mayEdit: the owner, the desk and the administrator; a focal point for the
// records of her own State.
func (s Subject) mayEdit(l Label) Decision {
	switch {
	case l.Owner == s.ID:
		return Decision{true, RuleOwner}
	case s.Role == DeskOfficer || s.Role == Administrator:
		return Decision{true, RuleRole}
	case s.Role == FocalPoint && l.State != "" && l.State == s.State:
		return Decision{true, RuleOwnState}
	}
	return Decision{false, RuleRole}
}

// mayEditDirectory: the desk and the administrator keep the directory; a
// national focal point keeps the entry of her own State.
func (s Subject) mayEditDirectory(l Label) Decision {
	switch {
	case s.Role == DeskOfficer || s.Role == Administrator:
		return Decision{true, RuleRole}
	case s.Role == FocalPoint && l.State != "" && l.State == s.State:
		return Decision{true, RuleOwnState}
	}
	return Decision{false, RuleRole}
}
