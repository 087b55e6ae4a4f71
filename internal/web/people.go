package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"polis/internal/access"
	"polis/internal/account"
)

// PeopleView is the list of those whom the reader looks after: a focal point's
// own people, or everybody's for the administrator and the desk.
type PeopleView struct {
	Lead      string
	Appoint   string // for whom somebody is to be chosen: "Kyrgyzstan", or ""
	Standings []StageLink
	Fields    []Field // of the filter
	All       string  // address without the filter, or ""
	Hidden    []Carried
	Count     string
	CSV       string
	People    []PersonLine
	Review    string // address that renews the words of those chosen, "" where nobody can be
	Until     Field
	Pages     *Pagination
	Empty     string
}

// PersonLine is a person of the list.
type PersonLine struct {
	ID, Name, URL string
	Tag           *Tag
	Email         string
	Words         []string // "Kyrgyzstan vouches until 3 March 2027"
	Meta          []string // roles, reach, last sign-in
	Choose        bool     // her word can be renewed
	Chosen        bool
}

var peoplePage = newPage("people", PeopleView{
	Lead: "You answer for these people.", Appoint: "Kyrgyzstan",
	Standings: []StageLink{{"All", "", "/en/people", true}, {"Waiting", "2", "/en/people?standing=waiting", false}},
	Fields:    []Field{{Name: "q", Label: "Name or address", Type: "search"}, {Name: "role", Label: "Role", Type: "select", Options: []Option{{Value: "", Text: "All"}}}},
	All:       "/en/people", Hidden: []Carried{{"standing", "due"}}, Count: "2 people", CSV: "/en/people.csv",
	People: []PersonLine{
		{ID: "1", Name: "Aigul Asanova", URL: "/en/people/1", Tag: &Tag{Attention, "Due for review"}, Email: "aigul@polis.example", Words: []string{"Kyrgyzstan vouches until 3 March 2027"}, Meta: []string{"Trainer", "Reads up to official use"}, Choose: true, Chosen: true},
	},
	Review: "/en/people/review", Until: Field{Name: "until", Label: "Until", Type: "date", Error: "Name a day."},
	Pages: &Pagination{Label: "Pages", Previous: "Previous", Next: "Next", NextURL: "/en/people?page=2", State: "Page 1 of 2", Pages: []PageLink{{"1", "/en/people", "Page 1", true}}},
	Empty: "Nobody.",
})

// peopleAPage is how many people a page lists.
const peopleAPage = 50

var noticeReviewed = newNotice("people.reviewed")

func (h *House) openPeople() {
	h.site.Handle("GET /people", h.people)
	h.site.Handle("GET /people.csv", h.site.costly(h.proven(h.peopleCSV)))
	h.site.Handle("POST /people/review", h.proven(h.once(h.reviewPeople)))
	h.openPerson()
	h.openGroups()
}

// mayKeepPeople returns nil where the reader looks after anybody's account.
func mayKeepPeople(r *http.Request) error {
	who := ReaderOf(r)
	if !who.SignedIn() {
		return Refused(access.RuleSignIn)
	}
	if d := who.MayVouch("", ""); !d.Allowed && !who.Has(access.FocalPoint) {
		return Refused(d.Rule)
	}
	return nil
}

func (h *House) people(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	return h.showPeople(w, r, nil, nil)
}

// showPeople shows the list; chosen and wrong are the form for renewing as it
// was sent.
func (h *House) showPeople(w http.ResponseWriter, r *http.Request, chosen []string, wrong map[string]string) error {
	if err := mayKeepPeople(r); err != nil {
		return err
	}
	f := h.site.Frame(r)
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	filter := peopleFilter(r.URL.Query(), words.names)
	page := pageOf(r)
	filter.Offset = (page - 1) * peopleAPage
	list, total, err := account.People(r.Context(), h.DB, f.Reader.Subject, filter)
	if err != nil {
		return err
	}
	v := PeopleView{
		Fields: words.peopleFields(filter), Count: f.peopleCount(total), Pages: f.Pagination(page, (total.N+peopleAPage-1)/peopleAPage),
		CSV: f.URL("/people.csv") + "?" + peopleQuery(filter).Encode(), Empty: f.T("people.empty." + emptyKey(filter)),
	}
	if v.Standings, err = h.standings(r, f, filter); err != nil {
		return err
	}
	v.title(f)
	v.narrow(words, filter, r.URL.Query().Get("appoint") != "")
	v.list(words, filter, list, chosen)
	if v.Review != "" {
		fields := []Field{f.untilField("until", r.PostFormValue("until"), account.Term)}
		f.flag(fields, wrong)
		v.Until = fields[0]
	}
	f.complain(wrong)
	return peoplePage.Show(w, f, v)
}

// peopleCount says how many people there are, or that there are more than were
// counted.
func (f *Frame) peopleCount(total account.Tally) string {
	if total.More {
		return f.T("people.count.more", "n", total.N)
	}
	return f.T("people.count", "n", total.N)
}

// narrow says what the list is narrowed to, and carries it through the form of
// the filter.
func (v *PeopleView) narrow(w wording, filter account.Filter, appoint bool) {
	if filter.Words+filter.State+filter.Body+string(filter.Role) != "" {
		v.All = w.URL("/people")
	}
	if filter.Standing != "" {
		v.Hidden = []Carried{{"standing", string(filter.Standing)}}
	}
	if appoint && keepsEverybody(w.Reader.Subject) {
		v.Appoint = w.names.Name(filter.State+filter.Body, "", w.Lang)
		v.Hidden = append(v.Hidden, Carried{"appoint", "1"})
	}
}

// list adds the people. Those whose word the reader gives can be chosen and
// renewed together, except where she looks for a focal point.
func (v *PeopleView) list(w wording, filter account.Filter, people []account.Listed, chosen []string) {
	for _, p := range people {
		line := w.personLine(p, w.Reader.Subject)
		line.Chosen = slices.Contains(chosen, p.ID)
		if v.Appoint != "" {
			line.URL += "?" + url.Values{"role": {string(access.FocalPoint)}, "for": {filter.State + filter.Body}}.Encode() + "#grant"
		}
		v.People = append(v.People, line)
	}
	if v.Appoint == "" && slices.ContainsFunc(v.People, func(p PersonLine) bool { return p.Choose }) {
		v.Review = w.URL("/people/review") + "?" + peopleQuery(filter).Encode()
	}
}

func (v *PeopleView) title(f *Frame) {
	f.Title, v.Lead = f.T("people.title"), f.T("people.lead")
	if keepsEverybody(f.Reader.Subject) {
		f.Title, v.Lead = f.T("people.title.all"), f.T("people.lead.all")
		f.Crumbs = []Link{{f.T("admin.title"), f.URL("/admin")}}
	}
}

// untilField asks for the day on which something ends, usually after the term.
func (f *Frame) untilField(name, typed string, term time.Duration) Field {
	if typed == "" && term > 0 {
		typed = time.Now().Add(term).Format(time.DateOnly)
	}
	return Field{Name: name, Label: f.T("people.field.until"), Hint: f.T("people.hint.until"), Type: "date", Value: typed, Width: "short"}
}

// untilDay reads a day as the last on which something holds.
func untilDay(typed string) (time.Time, bool) {
	if typed == "" {
		return time.Time{}, true
	}
	day, err := time.Parse(time.DateOnly, typed)
	return day.Add(24*time.Hour - time.Microsecond), err == nil
}

// reviewPeople renews the words for those chosen.
func (h *House) reviewPeople(w http.ResponseWriter, r *http.Request) error {
	if err := mayKeepPeople(r); err != nil {
		return err
	}
	until, ok := untilDay(r.PostFormValue("until"))
	chosen := r.PostForm["person"]
	switch {
	case !ok:
		return h.showPeople(w, r, chosen, account.Invalid{"until": "account.error.until"})
	case len(chosen) == 0 || len(chosen) > peopleAPage:
		return h.showPeople(w, r, chosen, account.Invalid{"person": "people.error.choose"})
	}
	n, err := account.Review(r.Context(), h.DB, ReaderOf(r).Subject, slices.Compact(slices.Sorted(slices.Values(chosen))), until)
	var wrong account.Invalid
	switch {
	case errors.As(err, &wrong):
		return h.showPeople(w, r, chosen, wrong)
	case errors.Is(err, account.ErrForbidden):
		return Refused(ReaderOf(r).MayVouch("", "").Rule)
	case err != nil:
		return err
	}
	f := h.site.Frame(r)
	path := "/people"
	if q := r.URL.Query().Encode(); q != "" {
		path += "?" + q
	}
	return f.Redirect(w, path, noticeReviewed, n)
}
