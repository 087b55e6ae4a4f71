package web

import (
	"errors"
	"net/http"

	"polis/internal/account"
)

// IdentityRow is what a person is known by at a provider.
type IdentityRow struct{ ID, Name, Host, Since, Used string }

// ConnectView asks whether what a provider has just said is to be connected with
// the account.
type ConnectView struct {
	Lead string
	Back Link
}

var connectPage = newPage("provider-connect", ConnectView{Lead: "From then on you sign in with the Ministry too.", Back: Link{"Signing in and security", "/en/account/security"}})

var (
	noticeJoined = newNotice("provider.connect.done")
	noticeParted = newNotice("provider.identity.removed")
)

// identityRows are what the reader is known by, and the buttons for more.
func (h *House) identityRows(r *http.Request, f *Frame) (rows []IdentityRow, more []WayView, err error) {
	who := ReaderOf(r)
	known, err := account.Identities(r.Context(), h.DB, who.Subject, who.ID)
	if err != nil {
		return nil, nil, err
	}
	providers, err := account.ListProviders(r.Context(), h.DB)
	if err != nil {
		return nil, nil, err
	}
	names := map[string]string{}
	for _, p := range providers {
		names[p.ID] = p.Names.In(f.Lang)
	}
	for _, i := range known {
		rows = append(rows, IdentityRow{ID: i.ID, Name: names[i.Provider], Host: hostOf(i.Issuer), Since: f.Date(i.Created), Used: f.DateTime(i.Used)})
	}
	more, err = h.ways(r, f, "/account/identities/with/", "provider.identity.add", "")
	return rows, more, err
}

// introduced asks somebody who is signed in whether to connect what a provider
// has said in this browser.
func (h *House) introduced(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	i, err := h.introduction(r)
	if errors.Is(err, account.ErrErrand) {
		return Wrong("provider.connect.stale")
	}
	if err != nil {
		return err
	}
	p, err := account.LoadProvider(r.Context(), h.DB, i.Provider)
	if err != nil {
		return err
	}
	f := h.asking(r, "provider.connect.title")
	return connectPage.Show(w, f, ConnectView{
		Lead: f.T("provider.connect.lead", "name", p.Names.In(f.Lang), "who", ReaderOf(r).Name),
		Back: Link{f.T("signin.security.title"), f.URL("/account/security")},
	})
}

func (h *House) connectIntroduced(w http.ResponseWriter, r *http.Request) error {
	i, err := h.introduction(r)
	if err == nil {
		err = h.providers.Join(r.Context(), ReaderOf(r).Subject, i)
	}
	switch {
	case errors.Is(err, account.ErrErrand):
		return Wrong("provider.connect.stale")
	case errors.Is(err, account.ErrIdentityTaken):
		h.setWay(w, introductionCookie, "", 0)
		return Wrong("provider.connect.taken")
	case err != nil:
		return err
	}
	h.setWay(w, introductionCookie, "", 0)
	if err := h.goOn(r, h.strength(r)); err != nil {
		return err
	}
	return h.site.Frame(r).Redirect(w, "/account/security", noticeJoined, 0)
}

func (h *House) removeIdentity(w http.ResponseWriter, r *http.Request) error {
	who := ReaderOf(r)
	err := account.Part(r.Context(), h.DB, who.Subject, who.ID, r.PostFormValue("id"))
	if errors.Is(err, account.ErrLastWay) {
		return Wrong("provider.identity.last")
	}
	if err != nil {
		return forbidden(r, err)
	}
	if err := h.goOn(r, h.strength(r)); err != nil {
		return err
	}
	return h.site.Frame(r).Redirect(w, "/account/security", noticeParted, 0)
}

// proofWays are the providers with which the reader can prove that it is she.
func (h *House) proofWays(r *http.Request, f *Frame, next string) ([]WayView, error) {
	who := ReaderOf(r)
	known, err := account.Identities(r.Context(), h.DB, who.Subject, who.ID)
	if err != nil || len(known) == 0 {
		return nil, err
	}
	all, err := h.ways(r, f, "/prove/with/", "provider.prove", next)
	var hers []WayView
	for _, way := range all {
		for _, i := range known {
			if way.Action == f.URL("/prove/with/"+i.Provider) {
				hers = append(hers, way)
				break
			}
		}
	}
	return hers, err
}

// signOutThere shows, after somebody has signed out here, the way to sign out
// where she had signed in. It reports whether there is one.
func (h *House) signOutThere(w http.ResponseWriter, r *http.Request, id string) (bool, error) {
	if id == "" || h.ownOrigin() == "" {
		return false, nil
	}
	p, err := account.LoadProvider(r.Context(), h.DB, id)
	if err != nil {
		return false, nil // it was removed meanwhile
	}
	visitOf(r).reader = Reader{}
	f := h.site.Frame(r)
	address, err := h.providers.LogoutAddress(r.Context(), p, h.ownOrigin()+"/")
	if err != nil || address == "" {
		return false, nil // it cannot be reached: she is signed out here all the same
	}
	f.Title, f.Private = f.T("account.signed-out"), true
	name := p.Names.In(f.Lang)
	return true, leave(w, f, LeaveView{
		Lead: f.T("provider.logout.lead", "name", name), Address: address, Go: f.T("provider.logout.go", "name", name),
		Back: &Link{f.T("provider.logout.stay"), f.URL("/")},
	}, false)
}

// proofNext is where somebody goes on to who proves it elsewhere: where the page
// leads, or back to the form that she sent, which does not travel that far.
func proofNext(r *http.Request, carried []Carried) string {
	for _, c := range carried {
		if c.Name == "next" {
			return inside(c.Value)
		}
	}
	return cameFrom(r)
}
