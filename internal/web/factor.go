package web

import (
	"net/http"
	"strconv"

	"polis/internal/account"
)

// SecurityView is the page on which a person sees how she signs in, and where she
// is signed in.
type SecurityView struct {
	Next        string // where she was going when her roles were found to wait, or ""
	Go          string // address of it
	Withheld    bool   // her roles wait for a second factor
	Password    string // state of it
	HasPassword bool
	Passkeys    []PasskeyRow
	NoPasskeys  string // why none can be made here, or ""
	App         *Tag   // nil: none
	AppSince    string
	Codes       string // how many recovery codes are left; "" where there is nothing they stand in for
	Sessions    []SessionRow
	Others      bool // there is more than the present session
	Identities  []IdentityRow
	Ways        []WayView // to connect more
}

// PasskeyRow is one passkey of the list.
type PasskeyRow struct {
	ID, Name, Site string
	Elsewhere      bool // made at another address
	Created, Used  string
	Field          Field // for its name
}

// SessionRow is one session of the list.
type SessionRow struct {
	ID, Device, Text string
	Here             bool
}

var securityPage = newPage("security", SecurityView{
	Next: "/en/library", Go: "/en/library", Withheld: true, Password: "Set", HasPassword: true,
	Passkeys: []PasskeyRow{{
		ID: "a1", Name: "My telephone", Site: "polis.example", Elsewhere: true, Created: "3 March 2026", Used: "4 March 2026, 9:12",
		Field: Field{Name: "name-0", Label: "Name of this passkey", Value: "My telephone", Width: "medium"},
	}},
	NoPasskeys: "This address is a number.", App: &Tag{Done, "Set up"}, AppSince: "3 March 2026", Codes: "2 of 10 left", Others: true,
	Identities: []IdentityRow{{"i1", "Ministry of the Interior", "id.example", "3 March 2026", "4 March 2026, 9:12"}},
	Ways:       []WayView{{"/en/account/identities/with/mia", "Connect with the Ministry", ""}},
	Sessions:   []SessionRow{{"f00", "Firefox, Windows", "Two factors. Since 4 March 2026, 9:12, last seen 4 March 2026, 11:40.", true}, {"ba4", "Chrome, Android", "One factor. Since 3 March 2026, 18:40, last seen 3 March 2026, 19:10.", false}},
})

var (
	noticeFactorAdded   = newNotice("signin.factor.added")
	noticeFactorRemoved = newNotice("signin.factor.removed")
	noticeRenamed       = newNotice("signin.passkey.renamed")
)

func (h *House) openSecurity() {
	h.site.Handle("GET /account/security", h.security)
	h.site.Handle("GET /account/security/password", h.proven(h.passwordForm))
	h.site.Handle("POST /account/security/password", h.proven(h.once(h.setPassword)))
	h.site.Handle("GET /account/security/app", h.proven(h.appForm))
	h.site.Handle("POST /account/security/app", h.proven(h.addApp))
	h.site.Handle("POST /account/security/app/remove", h.proven(h.removeApp))
	h.site.Handle("GET /account/security/passkey", h.proven(h.passkeyForm))
	h.site.Handle("POST /account/security/passkey", h.proven(h.addPasskey))
	h.site.Handle("POST /account/security/passkey/rename", h.renamePasskey)
	h.site.Handle("POST /account/security/passkey/remove", h.proven(h.removePasskey))
	h.site.Handle("POST /account/security/codes", h.proven(h.once(h.newCodes)))
	h.site.Handle("POST /account/security/sessions/end", h.proven(h.endSession))
	h.site.Handle("POST /account/security/sessions/end-others", h.proven(h.endOthers))
}

func (h *House) security(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	return h.showSecurity(w, r, "", nil)
}

// showSecurity shows the page; wrong is what is wrong with a new name of the
// passkey.
func (h *House) showSecurity(w http.ResponseWriter, r *http.Request, passkey string, wrong account.Invalid) error {
	who := ReaderOf(r)
	factors, err := account.LoadFactors(r.Context(), h.DB, who.ID)
	if err != nil {
		return err
	}
	sessions, err := account.Sessions(r.Context(), h.DB, who.Subject, who.ID)
	if err != nil {
		return err
	}
	f := h.site.Frame(r)
	f.Title, f.Crumbs = f.T("signin.security.title"), []Link{{f.T("account.title"), f.URL("/account")}}
	v := SecurityView{Withheld: who.Withheld, HasPassword: factors.Password, Next: inside(r.FormValue("next"))}
	if who.Withheld && v.Next != "" {
		v.Go = v.Next
	}
	v.Password = f.T("signin.password.none")
	if factors.Password {
		v.Password = f.T("signin.password.set")
	}
	if !factors.Authenticator.IsZero() {
		v.App, v.AppSince = &Tag{Done, f.T("signin.app.set")}, f.Date(factors.Authenticator)
	}
	if factors.Second() {
		v.Codes = f.T("signin.codes.left", "n", factors.Codes)
	}
	if _, ok := h.passkeySite(r); !ok {
		v.NoPasskeys = f.T("signin.passkey.number")
	}
	v.Passkeys = h.passkeyRows(r, f, factors.Passkeys, passkey, wrong)
	if len(wrong) > 0 && len(f.Errors) == 0 {
		return NotFound() // no such passkey
	}
	v.Sessions = h.sessionRows(r, f, sessions)
	v.Others = len(v.Sessions) > 1
	if v.Identities, v.Ways, err = h.identityRows(r, f); err != nil {
		return err
	}
	return securityPage.Show(w, f, v)
}

func (h *House) passkeyRows(r *http.Request, f *Frame, keys []account.Passkey, chosen string, wrong account.Invalid) (rows []PasskeyRow) {
	site, _ := h.passkeySite(r)
	for i, k := range keys {
		row := PasskeyRow{
			ID: k.ID, Name: k.Name, Site: k.Site, Elsewhere: k.Site != site.Host, Created: f.Date(k.Created), Used: f.T("signin.passkey.never"),
			Field: Field{Name: "name-" + strconv.Itoa(i), Label: f.T("signin.passkey.name"), Value: k.Name, Width: "medium", Must: true},
		}
		if !k.Used.IsZero() {
			row.Used = f.DateTime(k.Used)
		}
		if key := wrong["name"]; key != "" && k.ID == chosen {
			row.Field.Error = f.T(key)
			f.Errors, f.Status = []Error{{row.Field.Name, row.Field.Error}}, http.StatusUnprocessableEntity
		}
		rows = append(rows, row)
	}
	return rows
}

// factorAdded goes on after a new second factor: the session that has just proved
// the first now stands on both. Whoever has no recovery codes yet gets them.
func (h *House) factorAdded(w http.ResponseWriter, r *http.Request) error {
	if err := h.goOn(r, account.TwoFactors); err != nil {
		return err
	}
	factors, err := account.LoadFactors(r.Context(), h.DB, ReaderOf(r).ID)
	if err != nil {
		return err
	}
	if factors.Codes == 0 {
		return h.newCodes(w, r)
	}
	f := h.site.Frame(r)
	if next := inside(r.PostFormValue("next")); next != "" {
		return onward(w, r, f, next)
	}
	return f.Redirect(w, "/account/security", noticeFactorAdded, 0)
}

// factorRemoved goes on after one is gone. Without any the session stands on one
// factor, and roles wait again.
func (h *House) factorRemoved(w http.ResponseWriter, r *http.Request) error {
	factors, err := account.LoadFactors(r.Context(), h.DB, ReaderOf(r).ID)
	if err != nil {
		return err
	}
	strength := h.strength(r)
	if !factors.Second() {
		strength = account.OneFactor
	}
	if err := h.goOn(r, strength); err != nil {
		return err
	}
	return h.site.Frame(r).Redirect(w, "/account/security", noticeFactorRemoved, 0)
}
