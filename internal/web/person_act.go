package web

import (
	"errors"
	"net/http"
	"strings"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/directory"
	"polis/internal/store"
)

// What can be done about a person. The rooms below decide whether it may be.

var (
	noticeVouched   = newNotice("people.done.vouched")
	noticeRenewed   = newNotice("people.done.renewed")
	noticeWordBack  = newNotice("people.done.withdrawn")
	noticeLetGo     = newNotice("people.done.let-go")
	noticeGranted   = newNotice("people.done.granted")
	noticeRoleEnded = newNotice("people.done.role-ended")
	noticeLost      = newNotice("people.done.lost")
	noticeBlocked   = newNotice("people.done.blocked")
	noticeUnblocked = newNotice("people.done.unblocked")
)

// personAct does something about a person and returns the notice of it.
type personAct func(r *http.Request, who access.Subject, p account.Listed) (notice string, err error)

// onPerson runs the act on the person of the address and shows what came of it.
func (h *House) onPerson(act personAct) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		p, err := h.kept(r)
		if err != nil {
			return err
		}
		notice, err := act(r, ReaderOf(r).Subject, p)
		var wrong account.Invalid
		switch {
		case errors.As(err, &wrong):
			return h.showPerson(w, r, p, wrong)
		case errors.Is(err, account.ErrForbidden):
			return Refused(ReaderOf(r).MayVouch("", "").Rule)
		case errors.Is(err, store.ErrUnchanged):
		case err != nil:
			return err
		}
		return h.site.Frame(r).Redirect(w, "/people/"+p.ID, notice, 0)
	}
}

// said puts an error of the rooms below at the field with the suffix.
func said(err error, names ...string) error {
	var wrong account.Invalid
	if !errors.As(err, &wrong) {
		return err
	}
	out := account.Invalid{}
	for field, key := range wrong {
		for i := 0; i+1 < len(names); i += 2 {
			if names[i] == field {
				field = names[i+1]
				break
			}
		}
		out[field] = key
	}
	return out
}

// circleOf reads the State or body that a form names.
func (h *House) circleOf(r *http.Request, field string) (access.Grant, error) {
	names, err := directory.Names(r.Context(), h.DB)
	if err != nil {
		return access.Grant{}, err
	}
	g, ok := grantFor(names, "", r.PostFormValue(field))
	if !ok {
		return g, account.Invalid{field: "account.error.unknown-entry"}
	}
	return g, nil
}

func (h *House) vouch(r *http.Request, who access.Subject, p account.Listed) (string, error) {
	until, ok := untilDay(r.PostFormValue("vouch-until"))
	if !ok {
		return "", account.Invalid{"vouch-until": "account.error.until"}
	}
	g, err := h.circleOf(r, "vouch-for")
	if err != nil {
		return "", err
	}
	err = account.Vouch(r.Context(), h.DB, who, p.ID, g.State, g.Body, until)
	if errors.Is(err, account.ErrVouched) {
		err = account.Invalid{"vouch-for": "people.error.vouched"}
	}
	return noticeVouched, said(err, "until", "vouch-until", "state", "vouch-for", "body", "vouch-for")
}

func (h *House) renew(r *http.Request, who access.Subject, p account.Listed) (string, error) {
	word := r.PostFormValue("word")
	field := "until-" + word
	until, ok := untilDay(r.PostFormValue(field))
	if !ok {
		return "", account.Invalid{field: "account.error.until"}
	}
	if err := ownWord(p, word); err != nil {
		return "", err
	}
	err := account.Renew(r.Context(), h.DB, who, word, until)
	if errors.Is(err, account.ErrLapsed) {
		err = &Fault{Status: http.StatusConflict, Key: "people.error.lapsed", Err: err}
	}
	return noticeRenewed, said(err, "until", field)
}

// ownWord holds that the word is one for this person.
func ownWord(p account.Listed, word string) error {
	for _, v := range p.Words {
		if v.ID == word {
			return nil
		}
	}
	return store.ErrNotFound
}

func (h *House) withdraw(r *http.Request, who access.Subject, p account.Listed) (string, error) {
	word := r.PostFormValue("word")
	if err := ownWord(p, word); err != nil {
		return "", err
	}
	err := account.Withdraw(r.Context(), h.DB, who, word, r.PostFormValue("reason-"+word))
	if errors.Is(err, store.ErrNotFound) {
		err = nil // somebody was quicker
	}
	return noticeWordBack, said(err, "reason", "reason-"+word)
}

func (h *House) letGo(r *http.Request, who access.Subject, p account.Listed) (string, error) {
	word := r.PostFormValue("word")
	if err := ownWord(p, word); err != nil {
		return "", err
	}
	return noticeLetGo, account.LetGo(r.Context(), h.DB, who, word)
}

// grant gives a role. For a State or body that does not vouch for her yet, the
// word is given with it by whoever may give both.
func (h *House) grant(r *http.Request, who access.Subject, p account.Listed) (string, error) {
	until, ok := untilDay(r.PostFormValue("grant-until"))
	if !ok {
		return "", account.Invalid{"grant-until": "account.error.until"}
	}
	g, err := h.circleOf(r, "for")
	if err != nil {
		return "", err
	}
	g.Role = access.Role(r.PostFormValue("role"))
	give := account.Appoint
	if g.Role.House() || g.State+g.Body == "" {
		give = account.Grant
		g.State, g.Body = "", ""
	}
	if g.Role == access.MemberRole || g.Role == access.Visitor {
		return "", account.Invalid{"role": "account.error.role"}
	}
	err = give(r.Context(), h.DB, who, p.ID, g, until)
	if errors.Is(err, account.ErrHeld) {
		err = account.Invalid{"role": "people.error.held"}
	}
	if errors.Is(err, account.ErrVouched) {
		err = account.Invalid{"for": "people.error.another"}
	}
	return noticeGranted, said(err, "until", "grant-until", "state", "for", "body", "for")
}

func (h *House) endRole(r *http.Request, who access.Subject, p account.Listed) (string, error) {
	held := r.PostFormValue("held")
	known := false
	for _, own := range p.Held {
		known = known || own.ID == held
	}
	if !known {
		return "", store.ErrNotFound
	}
	err := account.EndRole(r.Context(), h.DB, who, held, strings.TrimSpace(r.PostFormValue("reason-"+held)))
	return noticeRoleEnded, said(err, "reason", "reason-"+held)
}

// lost resets the second factors of a person and signs her out everywhere.
func (h *House) lost(r *http.Request, who access.Subject, p account.Listed) (string, error) {
	if err := account.ResetFactors(r.Context(), h.DB, who, p.ID); err != nil {
		return "", err
	}
	return noticeLost, account.EndAllSessions(r.Context(), h.DB, who, p.ID)
}

func (h *House) block(r *http.Request, who access.Subject, p account.Listed) (string, error) {
	blocked := r.PostFormValue("blocked") == "yes"
	notice := noticeUnblocked
	if blocked {
		notice = noticeBlocked
	}
	return notice, account.Block(r.Context(), h.DB, who, p.ID, blocked)
}
