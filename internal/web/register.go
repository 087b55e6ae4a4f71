package web

import (
	"errors"
	"net/http"
	"time"

	"polis/internal/account"
	"polis/internal/library"
	"polis/internal/store"
)

// Registration: an address, a letter, a link, and who she says she is. From then
// on she is a visitor, and those who may vouch for her have been asked.

func (h *House) openRegister() {
	h.site.Handle("GET /register", func(w http.ResponseWriter, r *http.Request) error {
		return h.showLetterForm(w, r, h.registerForm(), "", nil)
	})
	h.site.Handle("POST /register", h.once(func(w http.ResponseWriter, r *http.Request) error {
		return h.sendLetterForm(w, r, h.registerForm())
	}))
	h.site.Handle("GET /register/sent", h.sent("joining.register.title", "joining.register.sent"))
	h.site.Handle("GET /register/confirm", h.newcomerForm)
	h.site.Handle("POST /register/confirm", h.register)
	h.site.Handle("GET /welcome", h.arrival)
}

func (h *House) registerForm() letterForm {
	return letterForm{
		title: "joining.register.title", lead: "joining.register.lead", button: "joining.letter.button",
		action: "/register", without: "joining.register.without",
		links: func(f *Frame) []Link { return []Link{{f.T("joining.has-account"), f.URL("/sign-in")}} },
		ask: func(r *http.Request, email string, f *Frame) error {
			return account.AskToRegister(r.Context(), h.DB, email, f.Lang)
		},
	}
}

func (h *House) newcomerForm(w http.ResponseWriter, r *http.Request) error {
	return h.showNewcomer(w, r, r.FormValue("t"), newcomer{Newcomer: account.Newcomer{Lang: LangOf(r)}}, nil)
}

func (h *House) showNewcomer(w http.ResponseWriter, r *http.Request, secret string, n newcomer, wrong account.Invalid) error {
	f := h.asking(r, "joining.register.title")
	ticket, err := account.Peek(r.Context(), h.DB, account.ToRegister, secret)
	if errors.Is(err, account.ErrTicket) {
		return h.spent(w, f, Link{f.T("joining.register.again"), f.URL("/register")})
	}
	if err != nil {
		return err
	}
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	v := AskView{Lead: []string{f.T("joining.newcomer.lead")}, Action: f.URL("/register/confirm"), Ticket: secret, Button: f.T("joining.newcomer.button")}
	h.fillNewcomer(r, words, &v, account.ToRegister, n, ticket.Object, wrong)
	place := words.placeField(n.place, wrong["for"])
	v.For, v.Small = &place, f.T("joining.newcomer.next")
	if wrong["email"] != "" { // it has got an account meanwhile
		f.Errors = append(f.Errors, Error{"username", f.T(wrong["email"])})
		f.Status = http.StatusUnprocessableEntity
	}
	return askPage.Show(w, f, v)
}

func (h *House) register(w http.ResponseWriter, r *http.Request) error {
	secret := r.PostFormValue("t")
	n, wrong, err := h.readNewcomer(r, true)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return h.showNewcomer(w, r, secret, n, wrong)
	}
	var p account.Person
	if err = h.readPasskey(r, account.ToRegister, &n); err == nil {
		p, err = account.Register(r.Context(), h.DB, secret, n.Newcomer)
	}
	switch {
	case errors.As(err, &wrong), errors.Is(err, account.ErrTicket):
		return h.showNewcomer(w, r, secret, n, wrong)
	case err != nil:
		return err
	}
	return h.arrive(w, r, p, n)
}

// arrive signs in who has just opened her account, and leads her to her first
// page. A passkey that asked for her finger or a number stands for two factors.
func (h *House) arrive(w http.ResponseWriter, r *http.Request, p account.Person, n newcomer) error {
	strength := account.OneFactor
	if n.First != nil {
		strength = account.TwoFactors
	}
	if err := h.enter(w, r, p, strength, "joined", time.Now()); err != nil {
		return err
	}
	return h.lead(w, r, p, strength, "/welcome")
}

// WelcomeView is the first page of somebody new: what is open to her, and what
// happens next.
type WelcomeView struct {
	Lead      string
	Next      []string // sentences: what happens next
	Codes     bool     // she has a passkey and no recovery codes yet
	Here      string   // address of this page
	Facts     []Fact
	Reads     []Reads
	Groups    []Link
	Documents []HomeItem
	Do        []Link
}

var welcomePage = newPage("welcome", WelcomeView{
	Lead: "Your account is open.", Next: []string{"The focal point of Kyrgyzstan has been asked to vouch for you."},
	Codes: true, Here: "/en/welcome",
	Facts:     []Fact{{"Role", []Link{{"Expert", ""}}}},
	Reads:     []Reads{{Tag{Done, "Public"}, "Everyone can read it."}},
	Groups:    []Link{{"Cyber network", "/en/groups/cyber"}},
	Documents: []HomeItem{{Title: "Guide", URL: "/en/library/1", Line: "Guide · 2024", Lang: "en", Tag: &Tag{Attention, "Closed: Cyber network"}}},
	Do:        []Link{{"My account", "/en/account"}},
})

func (h *House) arrival(w http.ResponseWriter, r *http.Request) error {
	who := ReaderOf(r)
	if !who.SignedIn() {
		return h.mustSignIn(w, r)
	}
	p, err := account.Load(r.Context(), h.DB, who.ID)
	if err != nil {
		return err
	}
	f := h.site.Frame(r)
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	f.Title = f.T("joining.arrival.title", "name", p.Name)
	levels := who.Subject
	levels.Groups = nil // they have a list of their own
	v := WelcomeView{Reads: words.reads(levels), Facts: []Fact{{f.T("access.role"), words.roles(who.Subject)}}}
	if err := words.arriving(r, h.DB, p, &v); err != nil {
		return err
	}
	factors, err := account.LoadFactors(r.Context(), h.DB, who.ID)
	if err != nil {
		return err
	}
	v.Codes, v.Here = factors.Second() && factors.Codes == 0, f.URL("/welcome")
	newest, err := h.Library.Newest(r.Context(), who.Scope(), newOnHome)
	if err != nil {
		return err
	}
	for _, rec := range newest {
		v.Documents = append(v.Documents, words.item(rec))
	}
	v.Do = []Link{{f.T("joining.arrival.library"), f.URL("/library")}, {f.T("joining.arrival.account"), f.URL("/account")}}
	if f.Has("/account/security") {
		v.Do = append(v.Do, Link{f.T("signin.security.title"), f.URL("/account/security")})
	}
	return welcomePage.Show(w, f, v)
}

func (w wording) item(rec library.Record) HomeItem {
	e := rec.Edition(w.Lang)
	return HomeItem{
		Title: e.Title, Lang: string(e.Lang), URL: w.URL(library.PassagePath(rec.ID, e.Lang, -1, "")),
		Line: w.line(rec.Kind, rec.Origin, rec.Dated), Tag: w.closedTo(rec.Label),
	}
}

// arriving says who vouches until when, or who has been asked to and in how long.
func (w wording) arriving(r *http.Request, db *store.DB, p account.Person, v *WelcomeView) error {
	who := ReaderOf(r).Subject
	vouched, err := account.Vouchings(r.Context(), db, p.ID)
	if err != nil {
		return err
	}
	groups, err := account.GroupsOf(r.Context(), db, who)
	if err != nil {
		return err
	}
	for _, g := range groups {
		v.Groups = append(v.Groups, Link{g.Name, w.URL("/groups/" + g.ID)})
	}
	for _, word := range vouched {
		if word.Ended.IsZero() {
			v.Facts = append(v.Facts, Fact{w.T("joining.arrival.vouched"), []Link{{w.T("joining.arrival.until", "who", w.voucher(word.ActsFor+word.Body), "day", word.Until), ""}}})
		}
	}
	if who.Withheld {
		v.Next = append(v.Next, w.T("access.rule.second-factor"))
	}
	if v.Lead = w.T("joining.arrival.member"); len(vouched) > 0 {
		return nil
	}
	v.Lead = w.T("joining.arrival.visitor")
	asked, desk, err := account.Asked(r.Context(), db, p.ActsFor, p.Body)
	if err != nil {
		return err
	}
	v.Next = append(v.Next, w.asked(p, len(asked), desk), w.T("joining.arrival.then", "n", account.AnswerDays))
	return nil
}

// voucher names the State or body that vouches, or the house.
func (w wording) voucher(id string) string {
	if id == "" {
		return "POLIS"
	}
	return w.names.Name(id, "", w.Lang)
}

// asked says who has been asked to vouch. Names of officers are none of a
// stranger's business.
func (w wording) asked(p account.Person, n int, desk bool) string {
	switch {
	case n == 0:
		return w.T("joining.arrival.nobody")
	case desk:
		return w.T("joining.arrival.desk")
	}
	return w.T("joining.arrival.asked", "who", w.names.Name(p.ActsFor+p.Body, "", w.Lang))
}
