package web

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/mail"
)

// How people come in: by a letter to an address they confirm, or invited. The
// secret of a link travels as ?t=, because a query stands in no log of ours, and
// is used only when its form is sent: mail servers open links too.

// AskView is a page that asks for little, or says what happens next: the forms
// of joining, of a new password and of a new address.
type AskView struct {
	Lead    []string
	Mood    Mood // "" for ordinary words, else of a note around them
	Facts   []Fact
	Action  string // where the form goes, "" for none
	Ticket  string // of the link that led here, or ""
	Fields  []Field
	For     *NamedField  // State or body
	More    []Field      // after it
	Small   string       // before the button: what it means
	Passkey *PasskeyView // in place of Secrets, where the browser can
	Secrets []Field      // a new password
	Button  string
	Address string // a link to be handed over, shown once
	Links   []Link
}

var askPage = newPage("ask", AskView{
	Lead: []string{"Write your address.", "You get a letter."}, Mood: Attention,
	Facts: []Fact{{"Role", []Link{{"Expert", ""}}}}, Action: "/en/register", Ticket: "AB12",
	Fields:  []Field{{Name: "email", Label: "E-mail address", Type: "email", Error: "Write one address", Must: true}},
	For:     &NamedField{Field: Field{Name: "for", Label: "State or organisation", Hint: "For example Kyrgyzstan"}, Near: []string{"Kyrgyzstan"}, All: "/en/directory/names"},
	More:    []Field{{Name: "lang", Label: "Language", Type: "select", Options: []Option{{Value: "ru", Text: "Русский", Chosen: true}}}},
	Passkey: &PasskeyView{Options: "/en/passkey/options", Purpose: "join", Button: "Make a passkey and enter", Failed: "That did not work.", Title: "With a passkey", Lead: "Nothing to remember.", Other: "Or with a password"},
	Secrets: []Field{{Name: "password", Label: "Password", Type: "password", Auto: "new-password", Must: true}},
	Small:   "The letter is good for a day.", Button: "Send", Address: "http://localhost:8080/en/invitation?t=AB12", Links: []Link{{"Sign in", "/en/sign-in"}},
})

func (h *House) openJoining() {
	if h.Post == nil {
		h.Post = account.Post(h.DB, h.Keys, h.site.opts.Origin, h.site.log)
	}
	h.openRegister()
	h.openReset()
	h.openAddress()
	h.openSessionsByLetter()
	h.openInvitations()
	h.openMail()
}

// asking begins a page of joining. Nobody's browser or cache keeps it.
func (h *House) asking(r *http.Request, title string) *Frame {
	f := h.site.Frame(r)
	f.Title, f.Private = f.T(title), true
	return f
}

// without says that this installation sends no letters, and which way there is.
func (h *House) without(w http.ResponseWriter, f *Frame, way string, links []Link) error {
	return askPage.Show(w, f, AskView{
		Mood: Attention, Lead: []string{f.T("joining.no-mail"), f.T(way)}, Links: links,
	})
}

// spent says that a link opens nothing, and how to get another one.
func (h *House) spent(w http.ResponseWriter, f *Frame, again Link) error {
	f.Status = http.StatusGone
	return askPage.Show(w, f, AskView{Mood: Attention, Lead: []string{f.T("joining.spent")}, Links: []Link{again}})
}

// writes reports whether letters leave this installation.
func (h *House) writes(r *http.Request) (bool, error) { return mail.Configured(r.Context(), h.DB) }

// letterForm asks for an address to which a letter goes.
type letterForm struct {
	title, lead, button, action, without string
	links                                func(*Frame) []Link
	ask                                  func(*http.Request, string, *Frame) error
}

func (h *House) showLetterForm(w http.ResponseWriter, r *http.Request, form letterForm, typed string, wrong account.Invalid) error {
	f := h.asking(r, form.title)
	ok, err := h.writes(r)
	if err != nil {
		return err
	}
	if !ok {
		return h.without(w, f, form.without, form.links(f))
	}
	v := AskView{Lead: []string{f.T(form.lead)}, Action: f.URL(form.action), Button: f.T(form.button), Links: form.links(f)}
	v.Fields = []Field{{Name: "email", Label: f.T("account.field.email"), Type: "email", Auto: "email", Width: "medium", Value: typed, Must: true}}
	f.flag(v.Fields, wrong)
	return askPage.Show(w, f, v)
}

// sendLetterForm takes the address. What follows is the same for every address:
// nobody looks whether it is known.
func (h *House) sendLetterForm(w http.ResponseWriter, r *http.Request, form letterForm) error {
	if ok, err := h.writes(r); err != nil || !ok {
		return errors.Join(err, h.showLetterForm(w, r, form, "", nil))
	}
	f := h.asking(r, form.title)
	typed := r.PostFormValue("email")
	err := h.knockForLetter(r, typed)
	if err == nil {
		err = form.ask(r, typed, f)
	}
	var wrong account.Invalid
	if errors.As(err, &wrong) {
		return h.showLetterForm(w, r, form, typed, wrong)
	}
	if slow, ok := account.AsSlow(err); ok {
		return &Fault{Status: http.StatusTooManyRequests, Key: "joining.slow", Args: []any{"n", minutes(slow.Wait)}}
	}
	if err != nil {
		return err
	}
	return f.Redirect(w, form.action+"/sent", "", 0)
}

// minutes is a wait in whole minutes, at least one.
func minutes(d time.Duration) int { return max(1, int((d+time.Minute-1)/time.Minute)) }

// sent says that a letter is under way, if there is reason for one.
func (h *House) sent(title, lead string) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		f := h.asking(r, title)
		back := Link{f.T("web.nav.sign-in"), f.URL("/sign-in")}
		if signedIn(r) {
			back = Link{f.T("joining.arrival.account"), f.URL("/account")}
		}
		return askPage.Show(w, f, AskView{Lead: []string{f.T(lead), f.T("joining.sent.look")}, Links: []Link{back}})
	}
}

// placeField asks for the State or body by its name.
func (w wording) placeField(typed, error string, own ...string) NamedField {
	f := NamedField{All: w.URL("/directory/names")}
	f.Field = Field{Name: "for", Label: w.T("joining.field.for"), Hint: w.T("joining.hint.for"), Value: w.originName(typed)}
	if error == "" {
		for _, id := range own {
			if e, ok := w.names.Entry(id); ok {
				f.Near = append(f.Near, w.names.Label(e, w.Lang))
			}
		}
		return f
	}
	f.Error = w.T(error)
	if f.Near = nearNames(w.names, typed, w.Lang); typed != "" && error == "joining.error.for-unclear" && len(f.Near) > 0 {
		f.Error = w.T("joining.error.for-which", "name", typed, "names", strings.Join(f.Near, "; "))
	}
	w.Errors = append(w.Errors, Error{"for", f.Error})
	w.Status = http.StatusUnprocessableEntity
	return f
}

// knockForLetter slows down who asks for many letters.
func (h *House) knockForLetter(r *http.Request, email string) error {
	return h.door().Letter(r.Context(), h.knock(r), email)
}

// signedIn reports whether somebody is.
func signedIn(r *http.Request) bool { return ReaderOf(r).SignedIn() }

// forbidden turns the accounts' refusal into the page that says so.
func forbidden(r *http.Request, err error) error {
	if errors.Is(err, account.ErrForbidden) || errors.Is(err, mail.ErrForbidden) {
		return Refused(ReaderOf(r).May(access.ManagePeople, access.Label{}).Rule)
	}
	return err
}
