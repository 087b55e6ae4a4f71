package access

// Action is what somebody wants to do to a record, or to a part of the system.
type Action string

// The actions that exist. A capability adds its own here, and its rule in May.
const (
	Read          Action = "read"
	Contribute    Action = "contribute"     // put a document into the library
	Edit          Action = "edit"           // change a record that exists
	Lower         Action = "lower"          // ask for a lower level, or agree to it as the second person
	EditDirectory Action = "edit-directory" // States, structures, organisations
	EditThesaurus Action = "edit-thesaurus" // concepts and their labels, and what is imported beside them
	ManagePeople  Action = "manage-people"  // everybody's account, not only those one vouches for
	ManageGroups  Action = "manage-groups"  // groups and who is in them
	Operate       Action = "operate"        // jobs, quarantine of everybody, imports, log, settings
	AskHelp       Action = "ask-help"       // write and submit a State's request for help, answer about it, withdraw it
	HandleHelp    Action = "handle-help"    // acknowledge such requests, ask about them, decide them
	PlanHelp      Action = "plan-help"      // write projects and activities, and say how they go
	AskConsent    Action = "ask-consent"    // ask a State for its consent
	Consent       Action = "consent"        // give or refuse a State's consent, close and open its areas, withdraw it
	Assess        Action = "assess"         // plan, field and write a needs assessment, and context notes
	Comment       Action = "comment"        // say what a State says to the draft of an assessment
)

// Actions lists every action, in the order in which the published matrix shows them.
var Actions = []Action{Read, Contribute, Edit, Lower, EditDirectory, EditThesaurus, ManagePeople, ManageGroups, Operate, AskHelp, HandleHelp, PlanHelp, AskConsent, Consent, Assess, Comment}

// Decision is the answer to "may she?", with the rule that gave it.
type Decision struct {
	Allowed bool
	Rule    Rule
}

// contributors are the roles that may put documents into the library.
var contributors = []Role{
	Expert, Trainer, Partner, ProgrammeOfficer, FocalPoint, DeskOfficer, Moderator, Administrator,
}

// May decides whether the subject may do the action to a record with the
// label. Nothing may be changed by those who may not read it; what MaySecond adds
// opens nothing to her who uses it.
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
	return s.explain(s.may(a, l))
}

func (s Subject) may(a Action, l Label) Decision {
	switch a {
	case Contribute:
		return s.mayContribute(l)
	case Edit:
		return s.mayEdit(l)
	case Lower:
		return s.mayLower(l)
	case EditDirectory:
		return s.mayEditDirectory(l)
	case ManagePeople, Operate:
		return s.byRole(Administrator)
	case ManageGroups, EditThesaurus:
		return s.byRole(Administrator, DeskOfficer, Moderator)
	case AskHelp:
		return s.forState(l, FocalPoint)
	case HandleHelp:
		return s.byRole(Administrator, DeskOfficer)
	case AskConsent, PlanHelp, Assess:
		return s.byRole(Administrator, DeskOfficer, ProgrammeOfficer)
	case Consent, Comment:
		return s.mayConsent(l)
	}
	return Decision{false, RuleRole}
}

// byRole allows those who hold one of the roles.
func (s Subject) byRole(roles ...Role) Decision { return Decision{s.Has(roles...), RuleRole} }

// forState allows those who hold one of the roles for the record's State.
func (s Subject) forState(l Label, roles ...Role) Decision {
	for _, role := range roles {
		if s.HasFor(role, l.State) {
			return Decision{true, RuleOwnState}
		}
	}
	return Decision{false, RuleRole}
}

// mayConsent: a State speaks through its focal point or its delegation (Framework
// ¶13), and through a person: a program consents to nothing, and says nothing in its
// name.
func (s Subject) mayConsent(l Label) Decision {
	if s.Program {
		return Decision{false, RuleProgram}
	}
	return s.forState(l, FocalPoint, Delegation)
}

// explain names the second factor where it is what is missing.
func (s Subject) explain(d Decision) Decision {
	if !d.Allowed && s.Withheld {
		d.Rule = RuleSecondFactor
	}
	return d
}

// mayContribute: a contributor puts in what she herself could read afterwards,
// and speaks for no State but her own.
func (s Subject) mayContribute(l Label) Decision {
	if l.Level == Closed && l.Group == "" && l.State != "" && l.State != s.State {
		return Decision{false, RuleUnvouched}
	}
	return s.byRole(contributors...)
}

// mayEdit: the owner, the desk and the administrator; a focal point for the
// records of her own State. What she has put in stays hers to mend while
// somebody vouches for her.
func (s Subject) mayEdit(l Label) Decision {
	switch {
	case l.Owner == s.ID && !s.Limited && s.Trust > Public:
		return Decision{true, RuleOwner}
	case s.Has(DeskOfficer, Administrator):
		return Decision{true, RuleRole}
	case s.HasFor(FocalPoint, l.State):
		return Decision{true, RuleOwnState}
	}
	return Decision{false, RuleRole}
}

// mayLower: opening a record to more people is not its owner's alone. The desk
// and the administrator may, and for her State's records its focal point; a
// program may not for any of them. That the second person is another one is held
// where the two meet.
func (s Subject) mayLower(l Label) Decision {
	if s.Program {
		return Decision{false, RuleProgram}
	}
	if s.HasFor(FocalPoint, l.State) {
		return Decision{true, RuleOwnState}
	}
	return s.byRole(DeskOfficer, Administrator)
}

// MaySecond decides whether the subject may be the second person where a State's
// focal point asks to open a record that is closed to that State. A State decides
// about its own text, and has seldom two focal points. The desk or an administrator,
// who owe the focal point nothing, then confirm that the State wants it: they agree
// to the act and not to the text, and come to read nothing by it. Her own people
// would not do as the second person: she vouches for them.
func (s Subject) MaySecond(l Label) Decision {
	switch {
	case s.system:
		return Decision{true, RuleSystem}
	case !s.SignedIn():
		return Decision{false, RuleSignIn}
	case s.Program:
		return Decision{false, RuleProgram}
	case l.Level != Closed || l.Group != "" || l.State == "":
		return s.May(Lower, l)
	}
	if _, readable := s.Scope().Allows(l); readable {
		return s.May(Lower, l)
	}
	return s.explain(s.byRole(DeskOfficer, Administrator))
}

// mayEditDirectory: the desk and the administrator keep the directory; a
// national focal point keeps the entry of her own State.
func (s Subject) mayEditDirectory(l Label) Decision {
	if s.HasFor(FocalPoint, l.State) {
		return Decision{true, RuleOwnState}
	}
	return s.byRole(DeskOfficer, Administrator)
}

// MayVouch decides whether the subject may vouch for people of the State or
// the body, of which one is "". The desk and the administrator may for
// everybody, because they appoint the focal points; a focal point for her own
// (Framework ¶9.3, 16.2). Nobody vouches for herself: see account.
func (s Subject) MayVouch(state, body string) Decision {
	if s.system {
		return Decision{true, RuleSystem}
	}
	if !s.SignedIn() {
		return Decision{false, RuleSignIn}
	}
	if s.keeps(state, body) {
		return Decision{true, RuleOwnPeople}
	}
	return s.explain(s.byRole(DeskOfficer, Administrator))
}

// keeps reports whether the subject is the focal point of the State or body.
func (s Subject) keeps(state, body string) bool {
	for _, g := range s.Grants {
		if g.Role == FocalPoint && (state != "" && g.State == state || state == "" && body != "" && g.Body == body) {
			return true
		}
	}
	return false
}

// ownGrants are the roles that a focal point gives to her own people.
var ownGrants = map[Role]bool{Expert: true, Trainer: true, ProgrammeOfficer: true, CivilSociety: true, Partner: true}

// MayGrant decides whether the subject may give the role, or take it away.
func (s Subject) MayGrant(g Grant) Decision {
	if s.system {
		return Decision{true, RuleSystem}
	}
	switch {
	case !s.SignedIn():
		return Decision{false, RuleSignIn}
	case s.Has(Administrator):
		return Decision{true, RuleRole}
	case s.Has(DeskOfficer) && !g.Role.House():
		return Decision{true, RuleRole}
	case ownGrants[g.Role] && s.keeps(g.State, g.Body):
		return Decision{true, RuleOwnPeople}
	}
	return s.explain(Decision{false, RuleRole})
}
