package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/store"
)

// WhyView answers: why can I see this, and why not?
type WhyView struct {
	Of     string // the address asked about
	Title  string // of the record, for those who may see it
	URL    string
	Answer string // where there is nothing to say a rule about
	Rules  []WhyLine
	Reads  []Reads // what the one asked about reads in general
	About  string  // her name, where it is not the reader
	Asks   []Field // for whom an administrator may ask
	Wrong  string  // that nobody has that address
	Second string  // that her roles wait for a second factor, or ""
	SignIn string
}

// WhyLine is what may be done, or not, and by which rule.
type WhyLine struct {
	Tag      Tag
	Sentence string
	Rule     string // its name, as the published matrix has it
}

var whyPage = newPage("why", WhyView{
	Of: "/library/1", Title: "Community policing: first contact", URL: "/en/library/1", Answer: "There is nothing.",
	Rules: []WhyLine{{Tag{Done, "Read"}, "This is open to everyone.", "public"}, {Tag{Refusal, "Change"}, "Your role does not allow this.", "role"}},
	Reads: []Reads{{Tag{Done, "Public"}, "Everyone can read it."}}, About: "Aigul Asanova",
	Asks:  []Field{{Name: "as", Label: "Address of the person", Type: "email"}},
	Wrong: "Nobody has an account with this address.", Second: "Your role asks for a second factor.", SignIn: "/en/sign-in",
})

// documentPath finds the document in an address of ours, with or without the
// host and the language.
var documentPath = regexp.MustCompile(`(?:^|/)library/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:[/?#]|$)`)

// whyNothing is the answer where no rule is told.
const whyNothing access.Rule = ""

// verdict is what somebody is told about one record.
type verdict struct {
	label    access.Label
	decision access.Decision // Rule is whyNothing where nothing is told
}

// judge decides what is told about a document to the one who asks.
//
// Reading a page of POLIS betrays nothing: what one may not see and what does not
// exist are the same 404. An answer that names the rule must betray that
// something is there, and what kind of circle it is for. So it is told only to
// people somebody vouches for, who are known by name and whose question stands in
// the log; an address cannot be guessed (62 random bits at least), so such a person had it
// from somebody who knew more already. She learns the rule, because only with it
// can she ask the right person: never the title, the State, the group or the
// owner. Everybody else – not signed in, or a visitor, which anybody can become –
// gets one answer, word for word, whether there is something or not, and with it
// what she reads in general, from which she can tell why.
//
// A draft is told to nobody: until its owner gives it to others, there is nothing.
// An administrator who asks for somebody is told everything but what is in it.
func (h *House) judge(ctx context.Context, id string, who access.Subject, everything bool) (verdict, error) {
	label, err := h.Library.LabelOf(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return verdict{}, nil
	}
	if err != nil {
		return verdict{}, err
	}
	v := verdict{label, who.May(access.Read, label)}
	told := v.decision.Allowed || everything || who.Trust >= access.Member && v.decision.Rule != access.RuleOwnerOnly
	if !told {
		return verdict{}, nil
	}
	return v, nil
}

// why is the page.
func (h *House) why(w http.ResponseWriter, r *http.Request) error {
	f := h.site.Frame(r)
	f.Title, f.Private = f.T("log.why.title"), true
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	who, v := f.Reader.Subject, WhyView{Of: strings.TrimSpace(r.FormValue("of"))}
	mayAsk := who.May(access.Operate, access.Label{}).Allowed
	if mayAsk {
		v.Asks = []Field{
			{Name: "of", Label: f.T("log.why.of"), Hint: f.T("log.why.of.hint"), Value: v.Of},
			{Name: "as", Label: f.T("log.why.as"), Hint: f.T("log.why.as.hint"), Type: "email", Value: r.FormValue("as"), Width: "medium"},
		}
	}
	if mayAsk && strings.TrimSpace(r.FormValue("as")) != "" {
		about, name, err := h.somebody(r.Context(), r.FormValue("as"))
		if errors.Is(err, store.ErrNotFound) {
			v.Wrong = f.T("log.why.as.none")
			return whyPage.Show(w, f, v)
		}
		if err != nil {
			return err
		}
		who, v.About = about, name
	}
	if err := h.answerWhy(r, words, &v, who); err != nil {
		return err
	}
	v.Reads = words.reads(who)
	if who.Withheld {
		v.Second = f.T("access.rule." + string(access.RuleSecondFactor))
	}
	if !f.Reader.SignedIn() && h.site.has("/sign-in") {
		v.SignIn = f.URL("/sign-in") + "?" + url.Values{"next": {f.here(r.URL.Query())}}.Encode()
	}
	return whyPage.Show(w, f, v)
}

// somebody is the person with the address, as a session with a second factor
// would see her.
func (h *House) somebody(ctx context.Context, email string) (access.Subject, string, error) {
	p, err := account.ByEmail(ctx, h.DB, strings.TrimSpace(email))
	if err != nil {
		return access.Subject{}, "", err
	}
	who, _, err := account.Subject(ctx, h.DB, p.ID, account.TwoFactors)
	return who, p.Name, err
}

// answerWhy fills in the answer about one record, and notes the question.
func (h *House) answerWhy(r *http.Request, words wording, v *WhyView, who access.Subject) error {
	if v.Of == "" {
		return nil
	}
	id := ""
	if m := documentPath.FindStringSubmatch(v.Of); m != nil {
		id = m[1]
	}
	told, err := h.judge(r.Context(), id, who, v.About != "")
	if err != nil {
		return err
	}
	if err := h.noteWhy(r, id, who, told); err != nil {
		return err
	}
	if told.decision.Rule == whyNothing {
		v.Answer = words.T("log.why.nothing")
		return nil
	}
	v.Rules = words.whyLines(who, told)
	titles, err := h.Library.Titles(r.Context(), scope(r), []string{id}, words.Lang)
	if title, ok := titles[id]; ok && told.decision.Allowed {
		v.Title, v.URL = cmp.Or(title, id), words.URL("/library/"+id)
	}
	return err
}

// whyLines say what she may do with the record: of what she may not read, that
// alone.
func (w wording) whyLines(who access.Subject, told verdict) []WhyLine {
	list := []WhyLine{w.whyLine("read", told.decision)}
	if !told.decision.Allowed {
		return list
	}
	for _, a := range []access.Action{access.Edit, access.Lower} {
		if d := who.May(a, told.label); who.SignedIn() {
			list = append(list, w.whyLine(string(a), d))
		}
	}
	return list
}

func (w wording) whyLine(action string, d access.Decision) WhyLine {
	mood, key := Refusal, "access.rule."+string(d.Rule)
	if d.Allowed {
		mood = Done
	}
	if d.Rule == access.RuleRole {
		key += map[bool]string{true: ".allowed", false: ".refused"}[d.Allowed]
	}
	return WhyLine{Tag{mood, w.T("log.why.may." + action + map[bool]string{true: "", false: ".not"}[d.Allowed])}, w.T(key), string(d.Rule)}
}

// noteWhy notes the question of somebody who is signed in. That of nobody in
// particular tells nothing, and would let anybody fill the log.
func (h *House) noteWhy(r *http.Request, id string, about access.Subject, told verdict) error {
	who := ReaderOf(r).Subject
	if !who.SignedIn() {
		return nil
	}
	data := map[string]string{"rule": string(told.decision.Rule)}
	if about.ID != who.ID {
		data["about"] = about.ID
	}
	return store.Note(r.Context(), h.DB, who, store.Event{
		Act: "access.asked", Object: id, Data: data, Label: access.Label{Level: access.Closed, Owner: who.ID},
	}, 10*time.Minute)
}

// askWhy is the address of the answer for a page that was refused or not found,
// where it may be one of a record.
func (f *Frame) askWhy(status int) string {
	if status != http.StatusForbidden && status != http.StatusNotFound || !f.Has("/why") || !documentPath.MatchString(f.visit.path) {
		return ""
	}
	return f.URL("/why?" + url.Values{"of": {f.visit.path}}.Encode())
}
