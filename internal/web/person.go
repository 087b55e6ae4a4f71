package web

import (
	"net/http"
	"slices"
	"time"

	"polis/internal/access"
	"polis/internal/account"
)

// PersonView is one person to those who look after her account: who vouches for
// her, what follows from it, and what can be done about it. Each deed says
// before what it will do.
type PersonView struct {
	Tag     *Tag
	Facts   []Fact
	Reach   []Reads
	Words   []WordView
	Vouch   *PersonForm
	Roles   []RoleView
	Grant   *PersonForm
	Groups  []Link
	Lost    *PersonForm // nil for all but an administrator
	Block   *PersonForm
	History []HistoryLine
	Erase   string // address where she is erased, or ""
	Own     bool   // the reader's own: she changes nothing here
}

// WordView is somebody's word for the person.
type WordView struct {
	By    string
	Tag   Tag
	Lines []string
	Forms []PersonForm
}

// RoleView is a role that the person holds or held.
type RoleView struct {
	Name  string
	Tag   *Tag
	Lines []string
	Forms []PersonForm
}

// PersonForm is something that can be done, folded up behind its name.
type PersonForm struct {
	ID      string
	Title   string
	Says    []string // what will happen
	Action  string   // address
	Hidden  []Carried
	Fields  []Field
	Button  string
	Warning bool // it takes something away
	Open    bool
}

// HistoryLine is an event in words.
type HistoryLine struct{ When, Text string }

var samplePersonForm = PersonForm{
	ID: "withdraw-1", Title: "Withdraw this word", Says: []string{"It closes 2 groups for her at once."}, Action: "/en/people/1/withdraw",
	Hidden: []Carried{{"word", "w1"}}, Fields: []Field{{Name: "reason-1", Label: "Reason", Error: "Say why."}}, Button: "Withdraw", Warning: true, Open: true,
}

var personPage = newPage("person", PersonView{
	Tag: &Tag{Attention, "Due for review"}, Facts: []Fact{{"E-mail address", []Link{{"aigul@polis.example", ""}}}},
	Reach:  []Reads{{Tag{Done, "Official use"}, "Open to her."}},
	Words:  []WordView{{"Kyrgyzstan", Tag{Done, "Holds"}, []string{"Since 3 March 2025"}, []PersonForm{samplePersonForm}}},
	Vouch:  &PersonForm{ID: "vouch", Title: "Vouch for this person", Action: "/en/people/1/vouch", Button: "Vouch", Fields: []Field{{Name: "until", Label: "Until", Type: "date"}}},
	Roles:  []RoleView{{"Trainer · Kyrgyzstan", &Tag{Plain, "Rests"}, []string{"Granted by Demo"}, []PersonForm{{ID: "end-1", Title: "End this role", Action: "/en/people/1/end-role", Button: "End", Fields: []Field{{Name: "reason-r1", Label: "Reason"}}}}}},
	Grant:  &PersonForm{ID: "grant", Title: "Grant a role", Action: "/en/people/1/grant", Button: "Grant", Fields: []Field{{Name: "role", Label: "Role", Type: "select", Options: []Option{{Value: "expert", Text: "Expert"}}}}},
	Groups: []Link{{"Investigators", "/en/groups/g1"}},
	Lost:   &PersonForm{ID: "lost", Title: "She has lost her second factor", Action: "/en/people/1/lost", Button: "Reset", Warning: true},
	Block:  &PersonForm{ID: "block", Title: "Close the account", Action: "/en/people/1/block", Button: "Close", Warning: true},
	History: []HistoryLine{
		{"3 March 2025, 10:12", "Demo Focal Point vouched for this person."},
	},
	Erase: "/en/people/1/delete", Own: true,
})

func (h *House) openPerson() {
	h.site.Handle("GET /people/{id}", h.person)
	for path, act := range map[string]personAct{
		"vouch": h.vouch, "renew": h.renew, "withdraw": h.withdraw, "let-go": h.letGo,
		"grant": h.grant, "end-role": h.endRole, "block": h.block, "lost": h.lost,
	} {
		h.site.Handle("POST /people/{id}/"+path, h.proven(h.once(h.onPerson(act))))
	}
}

// kept reads the person of the address: another's is not there.
func (h *House) kept(r *http.Request) (account.Listed, error) {
	if err := mayKeepPeople(r); err != nil {
		return account.Listed{}, err
	}
	return account.Kept(r.Context(), h.DB, ReaderOf(r).Subject, r.PathValue("id"))
}

func (h *House) person(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	p, err := h.kept(r)
	if err != nil {
		return err
	}
	return h.showPerson(w, r, p, nil)
}

// personView gathers what the page says.
type personView struct {
	wording
	r      *http.Request
	h      *House
	who    access.Subject
	p      account.Listed
	now    time.Time
	people map[string]string // names of who did what
	wrong  account.Invalid
}

func (h *House) showPerson(w http.ResponseWriter, r *http.Request, p account.Listed, wrong account.Invalid) error {
	f := h.site.Frame(r)
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	if words.groups, err = account.GroupNames(r.Context(), h.DB); err != nil {
		return err // who keeps a person knows her groups by name
	}
	page := personView{wording: words, r: r, h: h, who: f.Reader.Subject, p: p, now: time.Now(), wrong: wrong}
	events, roles, err := page.past()
	if err != nil {
		return err
	}
	v := PersonView{
		Tag: words.standingTag(p), Facts: page.facts(), Reach: page.reach(), Groups: page.openGroups(),
		History: page.history(events), Own: page.who.ID == p.ID,
	}
	if v.Words, err = page.words(); err != nil {
		return err
	}
	v.Roles = page.roles(roles)
	v.Vouch, v.Grant, v.Lost, v.Block = page.vouchForm(), page.grantForm(), page.lostForm(), page.blockForm()
	if f.Reader.May(access.ManagePeople, access.Label{}).Allowed && !v.Own {
		v.Erase = f.URL("/people/" + p.ID + "/delete")
	}
	f.Title = p.Name
	f.Crumbs = []Link{{f.T("people.title"), f.URL("/people")}}
	if keepsEverybody(page.who) {
		f.Crumbs = []Link{{f.T("admin.title"), f.URL("/admin")}, {f.T("people.title.all"), f.URL("/people")}}
	}
	f.complain(wrong)
	return personPage.Show(w, f, v)
}

func (v *personView) facts() []Fact {
	p := v.p.Person
	list := []Fact{{v.T("account.field.email"), []Link{{p.Email, ""}}}}
	if p.ActsFor != "" {
		list = append(list, Fact{v.T("people.names.state"), []Link{{v.circleName(p.ActsFor, ""), v.URL("/directory/" + p.ActsFor)}}})
	}
	if p.Body != "" {
		list = append(list, Fact{v.T("people.names.body"), []Link{{v.circleName("", p.Body), v.URL("/directory/" + p.Body)}}})
	}
	confirmed := v.T("people.unconfirmed")
	if !p.Confirmed.IsZero() {
		confirmed = v.Date(p.Confirmed)
	}
	return append(list,
		Fact{v.T("people.confirmed"), []Link{{confirmed, ""}}},
		Fact{v.T("people.sheet.seen"), []Link{{v.seen(p), ""}}})
}

// reach says circle by circle whether the person reads it.
func (v *personView) reach() []Reads {
	who := v.p.Reach(v.now)
	var list []Reads
	for _, level := range access.Levels[:access.Closed] {
		key := "access.level." + level.String()
		if _, ok := who.Scope().Allows(access.Label{Level: level}); ok {
			list = append(list, Reads{Tag{Done, v.T(key)}, v.T("people.reach.open")})
		} else {
			list = append(list, Reads{Tag{Plain, v.T(key)}, v.T("people.reach.not")})
		}
	}
	closed := Tag{Done, v.T("access.level.closed")}
	if _, ok := who.Scope().Allows(access.Label{Level: access.Closed, State: who.State}); ok && who.State != "" {
		list = append(list, Reads{closed, v.T("people.reach.state", "state", v.circleName(who.State, ""))})
	}
	for _, g := range who.Groups {
		list = append(list, Reads{closed, v.T("people.reach.group", "group", v.groupName(g))})
	}
	return list
}

// openGroups are the groups that are open to the person; they lead on where the
// reader may go too.
func (v *personView) openGroups() (list []Link) {
	keeps := v.who.May(access.ManageGroups, access.Label{}).Allowed
	for _, g := range v.p.Groups {
		link := Link{Text: v.groupName(g)}
		if keeps || slices.Contains(v.who.Groups, g) {
			link.URL = v.URL("/groups/" + g)
		}
		list = append(list, link)
	}
	return list
}

// by is the name of who did something.
func (v *personView) by(id string) string {
	if name := v.people[id]; name != "" {
		return name
	}
	return "POLIS"
}

// complain says above the page what is wrong where no field could say it:
// somebody was quicker, and the field is gone.
func (f *Frame) complain(wrong account.Invalid) {
	if len(wrong) == 0 {
		return
	}
	f.Status = http.StatusUnprocessableEntity
	for field, key := range wrong {
		if !slices.ContainsFunc(f.Errors, func(e Error) bool { return e.Field == field }) {
			f.Errors = append(f.Errors, Error{"", f.T(key)})
		}
	}
}
