package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"polis/internal/access"
	"polis/internal/community/roster"
	"polis/internal/framework"
	"polis/internal/search"
	"polis/internal/store"
)

func (h *House) openExperts() {
	h.site.Handle("GET /experts", h.vouched(h.experts))
	h.site.Handle("GET /experts/{id}", h.vouched(h.expert))
	h.site.Handle("GET /experts/{id}/card.vcf", h.vouched(h.expertCard))
	h.site.Handle("GET /experts/{id}/profile.pdf", h.vouched(h.site.costly(h.expertPDF)))
	h.site.Handle("POST /experts/{id}/list", h.official(h.listExpert))
	h.site.Handle("GET /assignments", h.vouched(h.expertAsks))
	h.site.Handle("GET /assignments/{id}", h.vouched(h.expertAsk))
	h.site.Handle("POST /assignments/{id}/move/{move}", h.vouched(h.moveExpertAsk))
	h.site.Handle("GET /experts/nominate", h.vouched(h.nominateForm))
	h.site.Handle("POST /experts/nominate", h.vouched(h.nominateExpert))
	h.site.Handle("GET /account/profile", h.vouched(h.ownProfile))
	h.site.Handle("GET /account/profile/{field}", h.vouched(h.ownField))
	h.site.Handle("POST /account/profile/field/{field}", h.vouched(h.saveField))
	h.site.Handle("POST /account/profile/found", h.vouched(h.saveFound))
	h.site.Handle("POST /account/profile/review", h.vouched(h.reviewProfile))
	h.site.Handle("POST /account/profile/nominations/{id}/{verdict}", h.vouched(h.decideNomination))
}

// roster is the room behind these pages.
func (h *House) roster() *roster.Roster { return &roster.Roster{DB: h.DB} }

// vouched lets those in for whom somebody vouches: people are no page for everybody.
func (h *House) vouched(next Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		who := ReaderOf(r)
		switch {
		case !who.SignedIn() && r.Method == http.MethodGet:
			return h.mustSignIn(w, r)
		case !who.SignedIn():
			return Refused(access.RuleSignIn)
		case who.Trust < access.Member:
			return Refused(access.RuleLevel)
		}
		return next(w, r)
	}
}

func expertPath(id string) string { return "/experts/" + url.PathEscape(id) }

// expertFault says of an error what those who act have to know.
func expertFault(err error) error {
	var stale roster.Stale
	var impossible roster.Impossible
	var invalid roster.Invalid
	switch {
	case errors.Is(err, roster.ErrForbidden):
		return Refused(access.RuleRole)
	case errors.Is(err, roster.ErrNoGround):
		return &Fault{Status: http.StatusConflict, Key: "expert.fault.ground", Err: err}
	case errors.As(err, &stale), errors.As(err, &impossible):
		return &Fault{Status: http.StatusConflict, Key: "expert.fault.stale", Err: err}
	case errors.As(err, &invalid):
		for _, key := range invalid {
			return &Fault{Status: http.StatusUnprocessableEntity, Key: key, Err: err}
		}
	case errors.Is(err, store.ErrUnchanged):
		return nil
	}
	return err
}

// ExpertsView finds experts by what is needed.
type ExpertsView struct {
	Lead    string
	Action  string
	Hidden  []Carried // the request, project or event for which somebody is looked for
	For     *Link     // it
	Long    *Link     // its long list
	Themes  Picks
	Needs   []Field
	Wishes  []Field
	Why     Field
	Asked   bool
	Says    string // why there is no list, or how it is ordered
	Count   string
	Balance []Fact
	Hits    []ExpertHit
	None    string
	Pages   *Pagination
	Ways    []Link
}

// ExpertHit is somebody who was found, with how she stands to each wish.
type ExpertHit struct {
	Name, URL string
	Meta      string
	Reasons   []ExpertReason
}

// ExpertReason is how she stands to one wish.
type ExpertReason struct {
	Tag   Tag
	Text  string
	Lang  string // of the words
	Words string
}

var sampleReason = ExpertReason{Tag{Done, "Met"}, "Cybercrime – level 3", "ru", "Курсы."}

var expertsPage = newPage("experts", ExpertsView{
	Lead: "Find by what you need.", Action: "/en/experts", Hidden: []Carried{{"project", "1"}}, For: &Link{"2026/17 Patrols", "/en/assistance/projects/1"},
	Long:   &Link{"The long list", "/en/assignments?project=1"},
	Themes: Picks{Name: "theme", Label: "Themes", Groups: []PickGroup{{"Cybercrime", "", []Pick{{"theme-1-1", "cybercrime", "In general", true}}}}},
	Needs:  []Field{{Name: "q", Label: "Words"}}, Wishes: []Field{{Name: "from", Label: "From"}}, Why: Field{Name: "why", Label: "What for", Error: "Say it."},
	Asked: true, Says: "In this order.", Count: "1 expert", Balance: []Fact{{"Women and men", []Link{{"1 woman", ""}}}},
	Hits: []ExpertHit{{"Aigul Asanova", "/en/experts/1", "Kyrgyzstan", []ExpertReason{sampleReason}}}, None: "Nobody.", Ways: []Link{{"My profile", "/en/account/profile"}},
	Pages: &Pagination{Label: "Pages", Previous: "Previous", Next: "Next", NextURL: "/en/experts?page=2", State: "Page 1 of 2", Pages: []PageLink{{"1", "/en/experts", "Page 1", true}}},
})

// perExperts is how many a page shows.
const perExperts = 10

// tongue is what a language is called in that of the page.
func (f *Frame) tongue(code string) string {
	name := display.Languages(language.Make(string(f.Lang))).Name(language.Make(code))
	if name == "" {
		return code
	}
	return name
}

// tongueOptions are the languages that a profile can name, by the names that they have in
// that of the page.
func (f *Frame) tongueOptions(chosen, none string) []Option {
	var list []Option
	namer := display.Languages(language.Make(string(f.Lang)))
	for _, code := range roster.Tongues {
		list = append(list, Option{Value: code, Text: namer.Name(language.Make(code)), Chosen: code == chosen})
	}
	slices.SortFunc(list, func(a, b Option) int { return f.Compare(a.Text, b.Text) })
	return append([]Option{{Text: none}}, list...)
}

// cefr is a level of a language: A1 to C2, or her own.
func (f *Frame) cefr(level int64) string {
	if level == roster.Own {
		return f.T("expert.cefr.own")
	}
	return []string{"", "A1", "A2", "B1", "B2", "C1", "C2"}[max(0, min(level, 6))]
}

func (f *Frame) cefrOptions(chosen int64, none string) []Option {
	list := []Option{{Text: none}}
	for l := int64(1); l <= roster.Own; l++ {
		list = append(list, Option{Value: strconv.FormatInt(l, 10), Text: f.cefr(l), Chosen: l == chosen})
	}
	return list
}

// levelOptions are the levels in a theme, in words.
func (f *Frame) levelOptions(chosen int64, none string) []Option {
	var list []Option
	if none != "" {
		list = append(list, Option{Text: none})
	}
	for l := int64(1); l <= 3; l++ {
		n := strconv.FormatInt(l, 10)
		list = append(list, Option{Value: n, Text: f.T("expert.level." + n), Chosen: l == chosen})
	}
	return list
}

// valueOptions are the choices of a field that has few.
func (f *Frame) valueOptions(field roster.Field, values []string, chosen, none string) []Option {
	list := []Option{{Text: none}}
	for _, v := range values {
		list = append(list, Option{Value: v, Text: f.T("expert." + string(field) + "." + v), Chosen: v == chosen})
	}
	return list
}

// themePicks are the themes with what belongs to each, as checkboxes.
func (p *helping) themePicks(name, label string, chosen []string, fault string) Picks {
	picks := Picks{Name: name, Label: label, Error: fault}
	for i, theme := range framework.Themes() {
		g := PickGroup{Name: theme.Names.In(p.Lang)}
		for j, t := range append([]framework.Term{theme}, theme.Narrower...) {
			text := t.Names.In(p.Lang)
			if j == 0 {
				text = p.T("library.pick.general")
			}
			pick := Pick{name + "-" + strconv.Itoa(i+1) + "-" + strconv.Itoa(j+1), t.ID, text, slices.Contains(chosen, t.ID)}
			if pick.Chosen {
				g.Chosen = strings.TrimPrefix(g.Chosen+", "+text, ", ")
			}
			g.Options = append(g.Options, pick)
		}
		picks.Groups = append(picks.Groups, g)
	}
	return picks
}

// lineText is a line of a profile in the language of the page, and what she wrote to it.
func (p *helping) lineText(field roster.Field, l roster.Line) (text, words string) {
	switch field {
	case roster.Theme:
		return p.value(search.Theme, l.Value) + " – " + p.T("expert.level."+strconv.FormatInt(l.Level, 10)), l.Words
	case roster.Language:
		return p.tongue(l.Value) + " – " + p.cefr(l.Level), ""
	case roster.Free:
		if l.Value == "lead" {
			return p.T("expert.lead", "n", l.Level), l.Words
		}
		return p.T("expert.free."+l.Value) + ": " + p.stretch(l.Since, l.Until), l.Words
	case roster.Mission, roster.Record, roster.National:
		text = p.names.Name(l.Value, "", p.Lang)
		if years := p.stretch(l.Since, l.Until); years != "" {
			text = strings.TrimPrefix(text+", "+years, ", ")
		}
		return text, l.Words
	case roster.Exclusion:
		if l.Value != "" {
			text = p.names.Name(l.Value, "", p.Lang)
		}
		if until := p.stretch("", l.Until); until != "" {
			text = strings.TrimPrefix(text+", "+until, ", ")
		}
		return text, l.Words
	case roster.Training, roster.Publication:
		return p.stretch(l.Since, l.Until), l.Words
	case roster.About:
		return "", l.Words
	}
	return p.T("expert." + string(field) + "." + l.Value), l.Words
}

// stretch is one of days or years in words, "" for none.
func (p *helping) stretch(since, until string) string {
	switch {
	case since == "" && until == "":
		return ""
	case since == until || until == "" && len(since) == 4:
		return p.PartialDate(since)
	case until == "":
		return p.T("expert.days.from", "from", p.PartialDate(since))
	case since == "":
		return p.T("expert.days.to", "to", p.PartialDate(until))
	}
	return p.PartialDate(since) + " – " + p.PartialDate(until)
}

// vouchedBy is who stands for an entry.
func (p *helping) vouchedBy(x roster.Profile) string {
	return p.names.Name(x.ActsFor+x.Body, "", p.Lang)
}

// reasons are those of a hit in words.
func (p *helping) reasons(h roster.Hit) (list []ExpertReason) {
	moods := map[roster.Outcome]Mood{roster.Met: Done, roster.Unmet: Refusal, roster.Unsaid: Attention}
	for _, r := range h.Reasons {
		line := ExpertReason{Tag: Tag{moods[r.Outcome], p.T("expert.reason." + string(r.Outcome))}, Lang: string(h.Lang)}
		wish := p.wish(r)
		if len(r.Lines) > 0 && r.Wish != "host" && r.Wish != "not" {
			var texts []string
			for _, l := range r.Lines {
				text, words := p.lineText(r.Field, l)
				texts = append(texts, text)
				if line.Words == "" {
					line.Words = words
				}
			}
			if text := strings.Trim(strings.Join(texts, "; "), "; "); text != "" && r.Wish != "words" {
				wish += ": " + text
			}
		}
		line.Text = wish
		list = append(list, line)
	}
	return list
}

// wish is what was wished, in words.
func (p *helping) wish(r roster.Reason) string {
	switch r.Wish {
	case "language":
		return p.tongue(r.Value)
	case "host", "not":
		return p.T("expert.wish."+r.Wish, "state", p.names.Name(r.Value, "", p.Lang))
	case "assignment", "service", "rank", "gender":
		return p.T("expert.field."+r.Wish) + " (" + p.T("expert."+r.Wish+"."+r.Value) + ")"
	}
	return p.T("expert.wish." + r.Wish)
}

// fromToday is a day of a record, or today where it is over: nobody is free in the past.
func fromToday(day string, now time.Time) string {
	if len(day) != len(time.DateOnly) {
		return ""
	}
	return max(day, now.UTC().Format(time.DateOnly))
}
