// Package access decides who may do what, and says by which rule.
//
// Every record carries a Label, every caller is a Subject. A Subject's Scope
// is one value with three readings that must agree: Allows for a record in
// memory, SQL for a WHERE clause, and Tokens for the search index. Nothing else
// in the program decides who sees what (Framework ¶9.3, 16.2, 22).
package access

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Level is how widely a record may be read, from everyone to one named circle.
type Level int

// The four levels, in rising order of restriction.
const (
	Public   Level = iota // everyone, signed in or not
	Member                // vetted accounts
	Official              // people vouched for by a State or a structure
	Closed                // one named group, or one State, or the owner alone
)

// Levels lists all levels from the most open to the most closed.
var Levels = []Level{Public, Member, Official, Closed}

var levelNames = []string{"public", "member", "official", "closed"}

// String returns the level's stable name, as the API and the messages use it.
func (l Level) String() string {
	if l < Public || l > Closed {
		return "level(" + strconv.Itoa(int(l)) + ")"
	}
	return levelNames[l]
}

// ParseLevel reads a level's stable name. An empty or unknown name is an
// error: a record whose level is not understood must not fall open.
func ParseLevel(name string) (Level, error) {
	i := slices.Index(levelNames, name)
	if i < 0 {
		return Closed, fmt.Errorf("access: unknown level %q", name)
	}
	return Level(i), nil
}

// Label is what a record says about who may see it. All four parts are stored
// beside the record as the columns level, state, grp and owner, NOT NULL.
type Label struct {
	Level Level
	State string // two-letter code of the State it belongs to, or ""
	Group string // id of the group that a closed record belongs to, or ""
	Owner string // id of the person who answers for it, or ""
}

// Narrowest returns the label that a record derived from a and b must take, so
// that nobody reads in it what she could not read at its sources. Where no level
// or circle is sure to be inside both, only its owner may read it, whom the
// caller sets: whoever derived it has read both.
func Narrowest(a, b Label) Label {
	a.Owner, b.Owner = "", ""
	if b.Level > a.Level {
		a, b = b, a
	}
	switch {
	case a.Level < Closed || a == b:
		return a
	case b.Level == Closed || a.Group != "" && b.Level > Public:
		return Label{Level: Closed} // a group may have admitted people below b's level
	}
	return a
}

// Tokens are the label as the search index stores it: a record is found by
// those whose Scope.Tokens share one of them.
func (l Label) Tokens() []string {
	tokens := []string{l.Circle()}
	if l.Owner != "" {
		tokens = append(tokens, "owner:"+l.Owner)
	}
	return tokens
}

// Rule names why something is allowed or refused. The messages catalogue holds
// a sentence for each under "access.rule.NAME".
type Rule string

// The rules of reading.
const (
	RuleSystem       Rule = "system"         // the program itself: indexing, backup
	RulePublic       Rule = "public"         // the record is open to everyone
	RuleMember       Rule = "member"         // the reader's account is vetted
	RuleOfficial     Rule = "official"       // the reader is vouched for
	RuleGroup        Rule = "group"          // the reader is in the record's group
	RuleState        Rule = "state"          // the reader acts for the record's State
	RuleOwner        Rule = "owner"          // the reader answers for the record
	RuleLevel        Rule = "level"          // refused: the level is above the reader's
	RuleNotGroup     Rule = "not-in-group"   // refused: closed to another group
	RuleNotState     Rule = "not-of-state"   // refused: closed to another State
	RuleOwnerOnly    Rule = "owner-only"     // refused: a draft of somebody else's
	RuleRole         Rule = "role"           // by the reader's role; refused: her role does not reach
	RuleSignIn       Rule = "sign-in"        // refused: nobody is signed in
	RuleOwnState     Rule = "own-state"      // a focal point for her own State
	RuleUnvouched    Rule = "state-unproven" // refused: she does not act for that State
	RuleOwnPeople    Rule = "own-people"     // a focal point for the people of her State or body
	RuleSecondFactor Rule = "second-factor"  // refused: her role waits for a second factor
	RuleProgram      Rule = "program"        // refused: it takes a person, and a program asks for her
)

// Scope is what one Subject may read. The zero Scope reads what is public.
type Scope struct {
	all     bool
	ceiling Level
	state   string
	groups  []string
	owner   string
}

// Allows reports whether the scope reads a record with this label, and by
// which rule, or which rule refuses it.
func (s Scope) Allows(l Label) (Rule, bool) {
	switch {
	case s.all:
		return RuleSystem, true
	case l.Level <= s.ceiling && l.Level < Closed:
		return []Rule{RulePublic, RuleMember, RuleOfficial}[l.Level], true
	case s.owner != "" && l.Owner == s.owner:
		return RuleOwner, true
	case l.Level < Closed:
		return RuleLevel, false
	case l.Group != "":
		return either(slices.Contains(s.groups, l.Group), RuleGroup, RuleNotGroup)
	case l.State != "":
		return either(s.state == l.State && s.ceiling >= Official, RuleState, RuleNotState)
	}
	return RuleOwnerOnly, false
}

func either(ok bool, yes, no Rule) (Rule, bool) {
	if ok {
		return yes, true
	}
	return no, false
}

// SQL renders the scope as a condition over the columns level, state, grp and
// owner of the table alias (or of the only table, if alias is ""), with
// placeholders numbered from first, and the arguments they stand for.
func (s Scope) SQL(alias string, first int) (string, []any) {
	if s.all {
		return "TRUE", nil
	}
	col := func(name string) string {
		if alias == "" {
			return name
		}
		return alias + "." + name
	}
	var args []any
	bind := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(first+len(args)-1)
	}
	or := []string{fmt.Sprintf("%s <= %s", col("level"), bind(int(min(s.ceiling, Official))))}
	if s.owner != "" {
		or = append(or, fmt.Sprintf("%s = %s", col("owner"), bind(s.owner)))
	}
	if s.state != "" && s.ceiling >= Official {
		or = append(or, fmt.Sprintf("(%s = %d AND %s = '' AND %s = %s)",
			col("level"), Closed, col("grp"), col("state"), bind(s.state)))
	}
	if len(s.groups) > 0 {
		marks := make([]string, len(s.groups))
		for i, g := range s.groups {
			marks[i] = bind(g)
		}
		or = append(or, fmt.Sprintf("(%s = %d AND %s IN (%s))",
			col("level"), Closed, col("grp"), strings.Join(marks, ", ")))
	}
	return "(" + strings.Join(or, " OR ") + ")", args
}

// Tokens are the circles whose records the scope reads; all is true where it
// reads everything and no token has to match.
func (s Scope) Tokens() (tokens []string, all bool) {
	if s.all {
		return nil, true
	}
	for l := Public; l <= min(s.ceiling, Official); l++ {
		tokens = append(tokens, l.String())
	}
	if s.owner != "" {
		tokens = append(tokens, "owner:"+s.owner)
	}
	if s.state != "" && s.ceiling >= Official {
		tokens = append(tokens, "state:"+s.state)
	}
	for _, g := range s.groups {
		tokens = append(tokens, "group:"+g)
	}
	return tokens, false
}

// Anonymous reports whether the scope is that of a reader who is not signed
// in: its pages may be kept for the next such reader.
func (s Scope) Anonymous() bool {
	return !s.all && s.ceiling == Public && s.owner == "" && len(s.groups) == 0
}
