package web

import (
	"errors"
	"net/http"

	"polis/internal/account"
	"polis/internal/store"
)

var (
	noticeSessionEnded  = newNotice("signin.session.ended")
	noticeSessionsEnded = newNotice("signin.sessions.ended")
)

// sessionRows are the sessions of a person for the list.
func (h *House) sessionRows(r *http.Request, f *Frame, sessions []account.Session) (rows []SessionRow) {
	token := h.Sessions.Token(r.Context())
	for _, s := range sessions {
		strength := "signin.strength.one"
		if s.Strength >= account.TwoFactors {
			strength = "signin.strength.two"
		}
		row := SessionRow{ID: s.ID, Device: s.Device, Here: s.IsOf(token)}
		row.Text = f.T("signin.session.line", "strength", f.T(strength), "since", f.DateTime(s.Created), "seen", f.DateTime(s.Seen))
		if s.Device == "" {
			row.Device = f.T("signin.device.unknown")
		}
		rows = append(rows, row)
	}
	return rows
}

// endSession ends one session. One that is over already is what she wanted.
func (h *House) endSession(w http.ResponseWriter, r *http.Request) error {
	who := ReaderOf(r)
	err := account.EndSession(r.Context(), h.DB, who.Subject, who.ID, r.PostFormValue("id"))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return h.site.Frame(r).Redirect(w, "/account/security", noticeSessionEnded, 0)
}

// endOthers ends all sessions and goes on in a new one.
func (h *House) endOthers(w http.ResponseWriter, r *http.Request) error {
	who := ReaderOf(r)
	if err := account.EndAllSessions(r.Context(), h.DB, who.Subject, who.ID); err != nil {
		return err
	}
	if err := h.goOn(r, h.strength(r)); err != nil {
		return err
	}
	return h.site.Frame(r).Redirect(w, "/account/security", noticeSessionsEnded, 0)
}
