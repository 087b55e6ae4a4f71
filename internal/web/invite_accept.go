package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"polis/internal/access"
	"polis/internal/account"
)

// What somebody sees who was invited: who invites her to what, and two fields:
// with a passkey not even a password. A minute later she is in.

var noticeAccepted = newNotice("joining.accepted")

func (h *House) invitation(w http.ResponseWriter, r *http.Request) error {
	return h.showInvitation(w, r, r.FormValue("t"), newcomer{}, nil)
}

func (h *House) showInvitation(w http.ResponseWriter, r *http.Request, secret string, n newcomer, wrong account.Invalid) error {
	f := h.asking(r, "joining.invitation.title")
	i, err := account.InvitationOf(r.Context(), h.DB, secret)
	if errors.Is(err, account.ErrTicket) {
		return h.spent(w, f, Link{f.T("joining.invitation.ask"), f.URL("/sign-in")})
	}
	if err != nil {
		return err
	}
	has, err := i.HasAccount(r.Context(), h.DB)
	if err != nil {
		return err
	}
	words, err := h.words(r, f)
	if err != nil {
		return err
	}
	v := AskView{Action: f.URL("/invitation"), Ticket: secret, Button: f.T("joining.invitation.button")}
	if v.Facts, err = h.invitationFacts(r, words, i); err != nil {
		return err
	}
	switch {
	case has && !signedIn(r):
		v.Lead, v.Action = []string{f.T("joining.invitation.has-account", "address", i.Email)}, ""
		v.Links = []Link{{f.T("web.nav.sign-in"), f.URL("/sign-in") + nextHere(f, secret)}}
	case signedIn(r):
		if v.Lead = []string{f.T("joining.invitation.accept")}; !h.invitedHere(r, i) {
			v.Lead, v.Action, v.Mood = []string{f.T("joining.invitation.other", "address", i.Email)}, "", Attention
		}
	default:
		v.Lead = []string{f.T("joining.invitation.lead")}
		if n.Name == "" && wrong == nil {
			n.Name, n.Lang = i.Name, f.Lang
		}
		h.fillNewcomer(r, words, &v, account.ToJoin, n, i.Email, wrong)
	}
	return askPage.Show(w, f, v)
}

// nextHere leads back to the invitation after signing in.
func nextHere(f *Frame, secret string) string {
	return "?" + url.Values{"next": {f.URL("/invitation") + "?t=" + url.QueryEscape(secret)}}.Encode()
}

// invitedHere reports whether the reader is the one who was invited.
func (h *House) invitedHere(r *http.Request, i account.Invitation) bool {
	p, err := account.Load(r.Context(), h.DB, ReaderOf(r).ID)
	return err == nil && p.Email == i.Email
}

// invitationFacts say who invites to what, and what it opens.
func (h *House) invitationFacts(r *http.Request, w wording, i account.Invitation) ([]Fact, error) {
	by, err := account.Load(r.Context(), h.DB, i.ByWhom)
	if err != nil {
		return nil, err
	}
	facts := []Fact{
		{w.T("joining.invitation.by"), []Link{{by.Name, ""}}},
		{w.T("access.role"), []Link{{w.offer(i), ""}}},
	}
	groups, err := account.GroupNames(r.Context(), h.DB)
	if err != nil {
		return nil, err
	}
	var open []Link
	for _, id := range i.Circles {
		open = append(open, Link{groups[id], ""})
	}
	if len(open) > 0 {
		facts = append(facts, Fact{w.T("joining.field.groups"), open})
	}
	return append(facts, Fact{w.T("joining.invitation.good"), []Link{{w.Date(i.Expires), ""}}}), nil
}

func (h *House) accept(w http.ResponseWriter, r *http.Request) error {
	secret := r.PostFormValue("t")
	if signedIn(r) {
		return h.acceptAs(w, r, secret)
	}
	n, wrong, err := h.readNewcomer(r, false)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return h.showInvitation(w, r, secret, n, wrong)
	}
	var p account.Person
	if err = h.readPasskey(r, account.ToJoin, &n); err == nil {
		p, err = account.Accept(r.Context(), h.DB, secret, n.Newcomer)
	}
	switch {
	case errors.As(err, &wrong):
		return h.showInvitation(w, r, secret, n, wrong)
	case errors.Is(err, account.ErrTicket), errors.Is(err, account.ErrHasAccount):
		return h.showInvitation(w, r, secret, n, nil)
	case err != nil:
		return notGiven(err)
	}
	return h.arrive(w, r, p, n)
}

func (h *House) acceptAs(w http.ResponseWriter, r *http.Request, secret string) error {
	err := account.AcceptAs(r.Context(), h.DB, ReaderOf(r).Subject, secret)
	switch {
	case errors.Is(err, account.ErrTicket), errors.Is(err, account.ErrForbidden):
		return h.showInvitation(w, r, secret, newcomer{}, nil)
	case err != nil:
		return notGiven(err)
	}
	return h.site.Frame(r).Redirect(w, "/welcome", noticeAccepted, 0)
}

// notGiven says why an invitation cannot be accepted though it is good.
func notGiven(err error) error {
	var wrong account.Invalid
	switch {
	case errors.Is(err, account.ErrInviter), errors.Is(err, account.ErrChanged), errors.As(err, &wrong):
		return &Fault{Status: http.StatusConflict, Key: "joining.error.inviter"}
	case errors.Is(err, account.ErrVouched):
		return &Fault{Status: http.StatusConflict, Key: "joining.error.vouched"}
	}
	return err
}

// Invites reports whether the menu leads the reader to her invitations.
func (f *Frame) Invites() bool {
	return f.Has("/invitations") && account.MayInvite(f.Reader.Subject) && slices.ContainsFunc(f.Reader.Grants, func(g access.Grant) bool { return g.Role == access.FocalPoint })
}
