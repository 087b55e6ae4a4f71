package access_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"polis/internal/access"
	"polis/internal/lang"
)

var update = flag.Bool("update", false, "write doc/access.md anew from the code")

const published = "../../doc/access.md"

// TestMatrix holds the published matrix against the code: whoever changes a
// right changes the document that security officers read, and sees there whose
// rights have changed.
func TestMatrix(t *testing.T) {
	want := matrix()
	if *update {
		if err := os.WriteFile(published, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(published)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(have, want) {
		return
	}
	written, made := strings.Split(string(have), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(written), len(made)) {
		a, b := line(written, i), line(made, i)
		if a != b {
			t.Errorf("doc/access.md, line %d:\n  published: %s\n  the code:  %s", i+1, a, b)
			break
		}
	}
	t.Error("the code decides otherwise than doc/access.md says. If that is meant: go test ./internal/access -run Matrix -update")
}

func line(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}

// reader is a row of the matrix: who asks, and how she is described.
type reader struct {
	role, word, factor string
	access.Subject
}

// What vouches for somebody: nothing, the house itself, an organisation or
// academy, a structure, a State.
const (
	nobody       = "nobody"
	house        = "the house"
	organisation = "an organisation or academy"
	structure    = "an OSCE structure"
	state        = "a State"
)

// The State, bodies and groups of the matrix, in the reader's words.
const (
	hers, other = "KG", "TJ"
	herBody     = "her-body"
	otherBody   = "other-body"
	herGroup    = "her-group"
	otherGroup  = "other-group"
	herID       = "she"
)

// readers are all kinds of reader there are: roles × who vouches × whether the
// session was opened with a second factor, as account.Subject makes them.
func readers() []reader {
	list := []reader{{role: "not signed in", word: nobody, factor: "–"}}
	for _, role := range access.Roles {
		for _, word := range words(role) {
			list = append(list, subject(role, word, true))
			if role.Granted() {
				list = append(list, subject(role, word, false))
			}
		}
	}
	full := subject(access.FocalPoint, state, true)
	return append(list,
		reader{"focal point, through a token that reads what members read", state, "token", full.Within(access.Member, false)},
		reader{"focal point, through a token that reads and changes everything", state, "token", full.Within(access.Closed, true)},
	)
}

// words are who may vouch for somebody who holds the role.
func words(role access.Role) []string {
	switch role {
	case access.Visitor:
		return []string{nobody}
	case access.MemberRole, access.Expert, access.Trainer, access.CivilSociety, access.Partner:
		return []string{house, organisation, structure, state}
	case access.FocalPoint:
		return []string{organisation, structure, state}
	case access.ProgrammeOfficer:
		return []string{structure}
	case access.Delegation:
		return []string{state}
	}
	return []string{nobody, structure, state} // the roles of the house need no word
}

// subject is the person as account.Subject sees her. Without a word she is in
// no group and holds no role but those of the house; without a second factor she
// holds none at all until she brings one.
func subject(role access.Role, word string, second bool) reader {
	s := access.Subject{ID: herID}
	g := access.Grant{Role: role}
	switch word {
	case state:
		s.Trust, s.State, g.State = access.Trust(true), hers, hers
	case structure:
		s.Trust, s.Body, g.Body = access.Trust(true), herBody, herBody
	case organisation:
		s.Trust, s.Body, g.Body = access.Trust(false), herBody, herBody
	case house:
		s.Trust = access.Trust(false)
	}
	if word != nobody {
		s.Groups = []string{herGroup}
	}
	if role.House() {
		g.State, g.Body = "", ""
	}
	factor := "–"
	if role.Granted() {
		factor = "yes"
		if s.Withheld = !second; s.Withheld {
			factor = "no"
		} else {
			s.Grants = []access.Grant{g}
			if role.House() {
				s.Trust = access.Official
			}
		}
	}
	return reader{string(role), word, factor, s}
}

// record is a column of the matrix: a kind of record.
type record struct {
	name string
	access.Label
}

// records are the kinds of record that any rule tells apart.
func records() []record {
	var list []record
	for _, level := range access.Levels[:access.Closed] {
		list = append(list,
			record{level.String(), access.Label{Level: level}},
			record{level.String() + ", her State", access.Label{Level: level, State: hers}},
			record{level.String() + ", another State", access.Label{Level: level, State: other}},
			record{level.String() + ", her own", access.Label{Level: level, Owner: herID}},
		)
	}
	return append(list,
		record{"closed, her group", access.Label{Level: access.Closed, Group: herGroup}},
		record{"closed, her group, another State", access.Label{Level: access.Closed, Group: herGroup, State: other}},
		record{"closed, another group", access.Label{Level: access.Closed, Group: otherGroup}},
		record{"closed, another group, her State", access.Label{Level: access.Closed, Group: otherGroup, State: hers}},
		record{"closed, her State", access.Label{Level: access.Closed, State: hers}},
		record{"closed, another State", access.Label{Level: access.Closed, State: other}},
		record{"closed, another State, her own", access.Label{Level: access.Closed, State: other, Owner: herID}},
		record{"closed, her own draft", access.Label{Level: access.Closed, Owner: herID}},
		record{"closed, somebody else's draft", access.Label{Level: access.Closed, Owner: "somebody"}},
	)
}

// table is a part of the matrix before rows and columns that say the same are
// put together.
type table struct {
	heads []string
	rows  []row
}

type row struct {
	reader reader
	cells  []string
}

func cell(d access.Decision) string {
	if d.Allowed {
		return "**yes** " + string(d.Rule)
	}
	return "no " + string(d.Rule)
}

// decided is the table of one action.
func decided(a access.Action) table {
	var t table
	for _, rec := range records() {
		t.heads = append(t.heads, rec.name)
	}
	for _, who := range readers() {
		r := row{reader: who}
		for _, rec := range records() {
			r.cells = append(r.cells, cell(who.May(a, rec.Label)))
		}
		t.rows = append(t.rows, r)
	}
	return t
}

// vouching is the table of whom she may vouch for.
func vouching() table {
	t := table{heads: []string{"people of her State", "of another State", "of her body", "of another body", "of nobody, for the house"}}
	for _, who := range readers() {
		r := row{reader: who}
		for _, of := range [][2]string{{hers, ""}, {other, ""}, {"", herBody}, {"", otherBody}, {"", ""}} {
			r.cells = append(r.cells, cell(who.MayVouch(of[0], of[1])))
		}
		t.rows = append(t.rows, r)
	}
	return t
}

// seconding is the table of who may be the second person beside a focal point.
func seconding() table {
	t := table{heads: []string{"closed, her State", "closed, another State"}}
	for _, who := range readers() {
		r := row{reader: who}
		for _, of := range []string{hers, other} {
			r.cells = append(r.cells, cell(who.MaySecond(access.Label{Level: access.Closed, State: of})))
		}
		t.rows = append(t.rows, r)
	}
	return t
}

// granting is the table of which roles she may give.
func granting() table {
	var t table
	for _, role := range access.Roles {
		if role.Granted() {
			t.heads = append(t.heads, string(role))
			if !role.House() {
				t.heads = append(t.heads, string(role)+", of another State or body")
			}
		}
	}
	for _, who := range readers() {
		r := row{reader: who}
		for _, role := range access.Roles {
			switch {
			case role.House():
				r.cells = append(r.cells, cell(who.MayGrant(access.Grant{Role: role})))
			case role.Granted():
				own := access.Grant{Role: role, State: hers}
				if who.Body != "" {
					own = access.Grant{Role: role, Body: herBody}
				}
				r.cells = append(r.cells, cell(who.MayGrant(own)), cell(who.MayGrant(access.Grant{Role: role, State: other})))
			}
		}
		t.rows = append(t.rows, r)
	}
	return t
}

// write shows the table with equal columns put together, and equal rows.
func (t table) write(b *bytes.Buffer) {
	heads, columns := t.merged()
	fmt.Fprintf(b, "| role | vouched for by | second factor | %s |\n|---|---|---|%s\n", strings.Join(heads, " | "), strings.Repeat("---|", len(heads)))
	var shown []string
	for _, r := range t.rows {
		cells := r.show(columns)
		if slices.Contains(shown, cells) {
			continue
		}
		shown = append(shown, cells)
		for _, who := range t.alike(cells, columns) {
			fmt.Fprintf(b, "| %s | %s\n", who, cells)
		}
	}
}

// merged puts the columns together in which every reader gets the same answer.
func (t table) merged() (heads []string, columns []int) {
	var keys []string
	for i, name := range t.heads {
		var key strings.Builder
		for _, r := range t.rows {
			key.WriteString(r.cells[i] + "\n")
		}
		if at := slices.Index(keys, key.String()); at >= 0 {
			heads[at] += "; " + name
			continue
		}
		keys, heads, columns = append(keys, key.String()), append(heads, name), append(columns, i)
	}
	return heads, columns
}

func (r row) show(columns []int) string {
	var cells []string
	for _, i := range columns {
		cells = append(cells, r.cells[i])
	}
	return strings.Join(cells, " | ") + " |"
}

// alike names the readers who get these cells: those who differ in one thing
// alone share a line.
func (t table) alike(cells string, columns []int) []string {
	var kinds []kind
	for _, r := range t.rows {
		if r.show(columns) == cells {
			kinds = append(kinds, kind{r.reader.role, r.reader.word, r.reader.factor})
		}
	}
	for _, part := range []int{2, 1, 0} {
		kinds = joined(kinds, part)
	}
	var list []string
	for _, k := range kinds {
		list = append(list, strings.Join(k[:], " | "))
	}
	return list
}

// kind is a line's beginning: role, who vouches, second factor.
type kind [3]string

// joined puts the kinds together that differ in the one part alone.
func joined(kinds []kind, part int) []kind {
	var list []kind
	for _, k := range kinds {
		at := slices.IndexFunc(list, func(have kind) bool {
			have[part] = k[part]
			return have == k
		})
		if at < 0 {
			list = append(list, k)
			continue
		}
		list[at][part] += "; " + k[part]
	}
	return list
}

// actions say what each action of the matrix is.
var actions = map[access.Action]string{
	access.Read:          "Read a record, and everything that is made from it: lists, search, counts, suggestions, files, feeds, the API.",
	access.Contribute:    "Put a document into the library under this label.",
	access.Edit:          "Change a record that exists.",
	access.Lower:         "Ask for a lower level, or agree to it as the second person. The two are never the same person.",
	access.EditDirectory: "Change an entry of the directory of States, structures and organisations.",
	access.EditThesaurus: "Change a concept of the thesaurus, import another vocabulary.",
	access.ManagePeople:  "Open, close and change the accounts of people whom one does not vouch for.",
	access.ManageGroups:  "Open, raise and end groups, admit and dismiss people, say who runs a group. It opens nothing that is in a closed one.",
	access.Operate:       "Jobs, quarantine, imports, storage, settings, the log of everybody.",
	access.AskHelp:       "Write a State's request for help, submit it, answer what is asked about it, withdraw it.",
	access.HandleHelp:    "Acknowledge requests for help, ask about them, accept, decline or refer them.",
	access.PlanHelp:      "Write projects of assistance and their activities. An officer of a structure changes her own and those that her structure organises.",
	access.AskConsent:    "Ask a State for its consent.",
	access.Consent:       "Give or refuse the consent of a State, close and open its areas, withdraw it. The desk, which handles help, may write down what a State has said on paper.",
	access.Assess:        "Plan, field and write a needs assessment and its findings, and context notes.",
	access.Comment:       "Comment for a State on the draft of an assessment of it.",
}

// matrix is the whole document.
func matrix() []byte {
	var b bytes.Buffer
	b.WriteString(opening)
	b.WriteString("\n## The rules\n\nThe name stands in the matrix and in the API; the sentence is what a person is told, in her language.\n\n| rule | sentence |\n|---|---|\n")
	en := lang.For("en")
	for _, rule := range used() {
		fmt.Fprintf(&b, "| %s | %s |\n", rule, en.T("access.rule."+rule))
	}
	for _, a := range access.Actions {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n", a, actions[a])
		decided(a).write(&b)
	}
	b.WriteString("\n## second\n\nAgree, as the second person, where a State's focal point asks to open a record that is closed to her State. Whoever cannot read the record sees the State, the asker, from whom to whom, and the reason, agrees to the act, and reads nothing by it.\n\n")
	seconding().write(&b)
	b.WriteString("\n## vouch\n\nGive one's word for a person, renew it, take it back. Nobody vouches for herself.\n\n")
	vouching().write(&b)
	b.WriteString("\n## grant\n\nGive a role for a State or body, or for the house, and take it away. Nobody grants herself anything.\n\n")
	granting().write(&b)
	return b.Bytes()
}

// used are the rules that the matrix names, sorted.
func used() []string {
	var names []string
	tables := []table{vouching(), granting(), seconding()}
	for _, a := range access.Actions {
		tables = append(tables, decided(a))
	}
	for _, t := range tables {
		for _, r := range t.rows {
			for _, c := range r.cells {
				names = append(names, c[strings.LastIndexByte(c, ' ')+1:])
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

const opening = `# Who may do what

*Made from the code by ` + "`go test ./internal/access -run Matrix -update`" + `. The same test fails when the code decides otherwise
than this page says, so it cannot grow old.*

Every record of POLIS carries a **label**: a level, and where it matters a State, a closed group and an owner.

| level | who reads it |
|---|---|
| public | everyone, signed in or not |
| member | people somebody vouches for |
| official | people for whom a State or an OSCE structure vouches, and the staff of the house |
| closed | one named group; without a group one State; without both the owner alone |

A person's rights come from three things and from nothing else, and are read anew on every request:

1. **Who vouches for her.** Somebody who registers is a visitor and reads what is public. A focal point gives her word for
   people of her own State, structure, organisation or academy, for a term. The word of a State or a structure reaches to what is
   official; that of an organisation, an academy or the house to what members read. When the word ends – by its term, or
   withdrawn – everything that rests on it ends in the same moment: the level, the roles held for that State or body, the groups.
2. **Roles**, granted by somebody, for a State or body, until a date. A role is in force only while that State or body vouches.
   The roles of the house (administrator, desk officer, moderator) need no word.
3. **Closed groups** that admitted her.

**A second factor** is required for every role. A session that was opened without one has the level that the word gives and none
of the roles: the rows with "second factor: no". The rule is then called second-factor, and the person is told what to do.

Two principles hold everywhere. *Nobody changes what she may not read*: an administrator cannot open a group's document or
somebody else's draft. *A State's closed records are its own*: no role of the house reads them. When a State's focal point asks
to open one of them, the desk or an administrator can be the second person all the same: see *second*. What its owner has closed
to herself alone she opens again up to those who could read it before; further takes two, as everywhere.

**How to read the tables.** A row is a kind of person, a column a kind of record; columns in which everybody gets the same answer
are put together, and so are kinds of person. A cell says whether she may and by which rule. "her State" is the State that vouches for
her, "her group" a group that admitted her, "her own" a record that she answers for. The program itself (indexing, backup) may do
everything, by the rule *system*, and stands in no table. A token never does more than its person.
`
