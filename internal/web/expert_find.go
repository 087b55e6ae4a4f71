package web

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"polis/internal/account"
	"polis/internal/community/roster"
	"polis/internal/directory"
)

// sought is a search for experts as the address asks for it.
type sought struct {
	roster.Wishes
	why    string
	page   int
	asked  bool
	kind   string // of roster.Kinds, for which somebody is looked for, or ""
	object string // its id
	title  Link
	lists  bool // the reader keeps the list of it
}

// askedTongues is how many languages a search may name.
const askedTongues = 2

// speaksFrom is the level of its language (B2) that is proposed for who speaks at an event.
const speaksFrom = 4

// readSought reads it. Of a request, project or event that the reader reads, what it says
// is proposed where nothing else was asked yet.
func (p *helping) readSought() (s sought, err error) {
	q := p.r.URL.Query()
	text := func(name string) string { return strings.ToValidUTF8(strings.TrimSpace(q.Get(name)), "") }
	number := func(name string) int64 { n, _ := strconv.ParseInt(q.Get(name), 10, 64); return n }
	s.Themes, s.Level, s.Words = slices.Compact(slices.Clone(q["theme"])), number("level"), text("q")
	s.Words = strings.ToValidUTF8(s.Words[:min(len(s.Words), longestFilter)], "")
	for i := range askedTongues {
		n := strconv.Itoa(i + 1)
		if t := text("tongue-" + n); t != "" {
			s.Languages = append(s.Languages, roster.Spoken{Tongue: t, Level: max(1, number("cefr-"+n))})
		}
	}
	s.Host, s.NotOf, s.From, s.To = text("host"), text("not"), plainDate(text("from")), plainDate(text("to"))
	s.Gender, s.Service, s.Rank, s.Assignment = text("gender"), text("service"), text("rank"), text("assignment")
	s.why = strings.Join(strings.Fields(text("why")), " ")
	s.page = max(1, int(number("page")))
	_, sent := q["q"]
	s.asked = sent || s.Narrow()
	for _, kind := range roster.Kinds {
		if id := text(kind); id != "" {
			s.kind, s.object = kind, id
		}
	}
	return s, p.propose(&s, !sent)
}

// propose looks up for what somebody is looked for, and what it says of her.
func (p *helping) propose(s *sought, fresh bool) error {
	var w roster.Wishes
	s.lists = roster.Lists(p.Reader.Subject)
	switch s.kind {
	case "":
		return nil
	case "request":
		q, err := p.h.helps().Request(p.r.Context(), scope(p.r), s.object)
		if err != nil {
			return err
		}
		s.title = Link{strings.TrimSpace(q.Number + " " + q.Title), p.URL(helpPath(q.ID))}
		w = roster.Wishes{Themes: q.Themes, Host: q.Asker, From: fromToday(q.Since, p.now), To: fromToday(q.Until, p.now)}
	case "project":
		q, err := p.h.helps().Project(p.r.Context(), scope(p.r), s.object)
		if err != nil {
			return err
		}
		s.title = Link{strings.TrimSpace(q.Number + " " + q.Title), p.URL(projectPath(q.ID, ""))}
		w = roster.Wishes{Themes: q.Themes, From: fromToday(q.Starts, p.now), To: fromToday(q.Ends, p.now)}
		if len(q.Hosts) == 1 {
			w.Host = q.Hosts[0]
		}
	case roster.ForEvent:
		e, err := p.h.meets().Event(p.r.Context(), p.Reader.Subject, s.object)
		if err != nil {
			return err
		}
		in, err := account.StandingIn(p.r.Context(), p.h.DB, p.Reader.Subject, e.Group)
		if err != nil {
			return err
		}
		day := func(t time.Time) string { return fromToday(t.In(e.Location()).Format(time.DateOnly), p.now) }
		s.title, s.lists = Link{e.Title, p.URL(e.Path())}, in.Runs() && p.Reader.SignedIn()
		w = roster.Wishes{Themes: e.Themes, Languages: []roster.Spoken{{Tongue: string(e.Lang), Level: speaksFrom}}, Host: e.Host, From: day(e.Begins), To: day(e.Ends)}
	}
	if !fresh {
		return nil
	}
	if w.From == "" || w.To != "" && w.To < w.From {
		w.To = ""
	}
	s.Wishes, s.asked, s.why = w, true, s.title.Text
	return nil
}

// query is the address's query with which a profile is opened from the search.
func (s sought) query() string {
	q := url.Values{"why": {s.why}}
	for name, value := range map[string]string{s.kind: s.object, "host": s.Host, "from": s.From, "to": s.To} {
		if name != "" && value != "" {
			q.Set(name, value)
		}
	}
	return q.Encode()
}

// experts is the page on which experts are found.
func (h *House) experts(w http.ResponseWriter, r *http.Request) error {
	f := h.asking(r, "expert.title")
	p, err := h.helping(r, f)
	if err != nil {
		return err
	}
	s, err := p.readSought()
	if err != nil {
		return err
	}
	f.Private = true
	v := ExpertsView{Lead: f.T("expert.lead.find"), Action: f.URL("/experts"), None: f.T("expert.none")}
	if s.kind != "" {
		v.Hidden, v.For = []Carried{{s.kind, s.object}}, &s.title
		if s.lists {
			v.Long = &Link{f.T("expert.list.long"), f.URL("/assignments?" + s.kind + "=" + url.QueryEscape(s.object))}
		}
	}
	var wrong roster.Invalid
	switch err := p.find(&v, s); {
	case errors.As(err, &wrong):
		v.Asked = false
	case errors.Is(err, roster.ErrEverybody):
		v.Says, v.Asked = f.T("expert.everybody"), false
	case err != nil:
		return expertFault(err)
	}
	p.soughtFields(&v, s, wrong)
	v.Ways = []Link{{f.T("expert.own.title"), f.URL("/account/profile")}, {f.T("expert.asks.mine"), f.URL("/assignments")}}
	if nominates(f.Reader.Subject) {
		v.Ways = append(v.Ways, Link{f.T("expert.nominate.title"), f.URL("/experts/nominate")})
	}
	return expertsPage.Show(w, f, v)
}

// find fills in what was found.
func (p *helping) find(v *ExpertsView, s sought) error {
	who := p.Reader.Subject
	if !s.asked && !roster.EyeOf(who).Lists() {
		return roster.ErrEverybody
	}
	found, err := p.h.roster().Find(p.r.Context(), who, s.Wishes, s.page-1, perExperts)
	if err != nil {
		return err
	}
	if s.page > 1 && len(found.Hits) == 0 {
		return NotFound()
	}
	v.Asked, v.Says = true, p.T("expert.order")
	v.Count = p.T("expert.count", "n", found.N)
	if found.More {
		v.Count = p.T("expert.count.more", "n", found.N)
	}
	v.Pages = p.Pagination(s.page, (found.N+perExperts-1)/perExperts)
	v.Balance = p.balance(found)
	people := make([]string, len(found.Hits))
	for i, hit := range found.Hits {
		people[i] = hit.Person
	}
	if err := p.meet(people); err != nil {
		return err
	}
	for _, hit := range found.Hits {
		v.Hits = append(v.Hits, ExpertHit{
			Name: p.name(hit.Person), URL: p.URL(expertPath(hit.Person) + "?" + s.query()), Reasons: p.reasons(hit),
			Meta: p.vouchedBy(hit.Profile) + " · " + p.T("expert.reviewed", "day", hit.Reviewed),
		})
	}
	return nil
}

// balance says how those found are spread over genders and regions.
func (p *helping) balance(found roster.Found) (list []Fact) {
	if found.N < 2 {
		return nil
	}
	var genders, regions []Link
	for _, g := range append(slices.Clone(roster.Genders), "") {
		if n := found.Genders[g]; n > 0 {
			name := p.T("expert.gender.unsaid")
			if g != "" {
				name = p.T("expert.gender." + g)
			}
			genders = append(genders, Link{Text: name + ": " + p.Number(n)})
		}
	}
	counts := map[string]int{}
	for state, n := range found.States {
		e, _ := p.names.Entry(state)
		counts[e.SubRegion] += n
	}
	for _, region := range append(slices.Clone(directory.SubRegions), "") {
		if n := counts[region]; n > 0 {
			name := p.T("expert.region.none")
			if region != "" {
				name = p.T("directory.sub-region." + region)
			}
			regions = append(regions, Link{Text: name + ": " + p.Number(n)})
		}
	}
	return []Fact{{p.T("expert.balance.gender"), genders}, {p.T("expert.balance.region"), regions}}
}

// soughtFields are the form with what was asked.
func (p *helping) soughtFields(v *ExpertsView, s sought, wrong roster.Invalid) {
	any := p.T("assistance.any")
	fault := ""
	if key := wrong["theme"]; key != "" {
		fault = p.T(key)
	}
	v.Themes = p.themePicks("theme", p.T("expert.need.theme"), s.Themes, fault)
	v.Needs = []Field{{Name: "level", Label: p.T("expert.need.level"), Type: "select", Options: p.levelOptions(s.Level, any), Width: "medium"}}
	for i := range askedTongues {
		n, spoken := strconv.Itoa(i+1), roster.Spoken{}
		if i < len(s.Languages) {
			spoken = s.Languages[i]
		}
		v.Needs = append(v.Needs,
			Field{Name: "tongue-" + n, Label: p.T("expert.need.tongue", "n", i+1), Type: "select", Options: p.tongueOptions(spoken.Tongue, any)},
			Field{Name: "cefr-" + n, Label: p.T("expert.need.cefr", "n", i+1), Type: "select", Options: p.cefrOptions(spoken.Level, any)})
	}
	v.Needs = append(v.Needs,
		Field{Name: "q", Label: p.T("expert.need.words"), Hint: p.T("expert.need.words.hint"), Type: "search", Value: s.Words},
		Field{Name: "host", Label: p.T("expert.need.host"), Hint: p.T("expert.need.host.hint"), Type: "select", Options: p.stateOptions(s.Host)},
		Field{Name: "not", Label: p.T("expert.need.not"), Type: "select", Options: p.stateOptions(s.NotOf)})
	v.Wishes = []Field{
		{Name: "from", Label: p.T("expert.wish.from"), Type: "date", Value: s.From, Width: "medium"},
		{Name: "to", Label: p.T("expert.wish.to"), Type: "date", Value: s.To, Width: "medium"},
		{Name: "assignment", Label: p.T("expert.field.assignment"), Type: "select", Options: p.valueOptions(roster.Assignment, roster.Assignments, s.Assignment, any)},
		{Name: "service", Label: p.T("expert.field.service"), Type: "select", Options: p.valueOptions(roster.Service, roster.Services, s.Service, any)},
		{Name: "rank", Label: p.T("expert.field.rank"), Type: "select", Options: p.valueOptions(roster.Rank, roster.RankGroups, s.Rank, any)},
		{Name: "gender", Label: p.T("expert.field.gender"), Hint: p.T("expert.wish.gender.hint"), Type: "select", Options: p.valueOptions(roster.Gender, roster.Genders, s.Gender, any)},
	}
	v.Why = Field{Name: "why", Label: p.T("expert.why"), Hint: p.T("expert.why.hint"), Value: s.why}
	named := maps.Clone(map[string]string(wrong))
	if key := wrong["tongue"]; key != "" {
		named["tongue-1"] = key
	}
	p.flag(v.Needs, named)
	p.flag(v.Wishes, named)
}
