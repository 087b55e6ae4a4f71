package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"polis/internal/access"
	"polis/internal/assistance"
)

// helpNotices are what is said after a move.
var helpNotices = map[assistance.Move]string{
	assistance.Submit: newNotice("assistance.done.submit"), assistance.Acknowledge: newNotice("assistance.done.acknowledge"),
	assistance.Ask: newNotice("assistance.done.ask"), assistance.Answer: newNotice("assistance.done.answer"),
	assistance.Accept: newNotice("assistance.done.accept"), assistance.Decline: newNotice("assistance.done.decline"),
	assistance.Refer: newNotice("assistance.done.refer"), assistance.Withdraw: newNotice("assistance.done.withdraw"),
}

// moveHelp takes a move of the address. Where it did not go the page comes back as
// it stands now, with the words that were written.
func (h *House) moveHelp(w http.ResponseWriter, r *http.Request) error {
	move, id := assistance.Move(r.PathValue("move")), r.PathValue("id")
	if helpNotices[move] == "" {
		return NotFound()
	}
	to, err := h.directoryID(r, r.PostFormValue("to-"+string(move)))
	if err != nil {
		return err
	}
	err = h.helps().Move(r.Context(), ReaderOf(r).Subject, id, revOf(r), move, r.PostFormValue("words-"+string(move)), to)
	if err == nil {
		return h.site.Frame(r).Redirect(w, helpPath(id), helpNotices[move], 0)
	}
	q, missing := h.helps().Request(r.Context(), scope(r), id)
	if missing != nil {
		return missing
	}
	f := h.site.Frame(r)
	words := strings.TrimSpace(r.PostFormValue("words-" + string(move)))
	m, status, err := f.unmoved(err, string(move))
	var wrong assistance.Invalid
	switch {
	case err != nil:
		return helpFault(r, access.AskHelp, q.Label, err)
	case errors.As(m.err, &wrong) && move == assistance.Submit:
		return h.showHelpForm(w, r, helpForm{id: q.ID, rev: q.Rev, draft: q.Draft(), items: itemNumbers(q.Items), wrong: wrong, stage: q.Stage})
	}
	if !slices.Contains(assistance.Moves(ReaderOf(r).Subject, q), move) {
		m.keep(f, words)
	}
	return h.showHelp(w, r, q, m, status)
}

// keep shows words for which there is no form any more, to be copied: nothing that
// she wrote is lost.
func (m *meant) keep(f *Frame, words ...string) {
	words = slices.DeleteFunc(words, func(s string) bool { return s == "" })
	if len(words) > 0 {
		m.says += " " + f.T("assistance.says.lost", "words", strings.Join(words, " · "))
	}
}

// unmoved says why something did not go: what is wrong with the words, or that
// somebody has acted meanwhile.
func (f *Frame) unmoved(err error, move string) (m meant, status int, other error) {
	m = meant{move: move, err: err}
	var wrong assistance.Invalid
	var stale assistance.Stale
	var impossible assistance.Impossible
	switch {
	case errors.As(err, &wrong):
		m.wrong = wrong
		return m, http.StatusUnprocessableEntity, nil
	case errors.As(err, &stale):
		m.says = f.T("assistance.says.changed")
		return m, http.StatusConflict, nil
	case errors.As(err, &impossible):
		m.says = f.T(impossible.Key)
		return m, http.StatusConflict, nil
	}
	return m, 0, err
}

// helpFault says of an error what those who act have to know.
func helpFault(r *http.Request, a access.Action, l access.Label, err error) error {
	var stale assistance.Stale
	var impossible assistance.Impossible
	switch {
	case errors.Is(err, assistance.ErrForbidden):
		rule := ReaderOf(r).May(a, l).Rule
		if ReaderOf(r).May(a, l).Allowed {
			rule = access.RuleRole
		}
		return Refused(rule)
	case errors.As(err, &stale):
		return &Fault{Status: http.StatusConflict, Key: "assistance.fault.stale", Err: err}
	case errors.As(err, &impossible):
		return &Fault{Status: http.StatusConflict, Key: impossible.Key, Err: err}
	}
	return err
}

// directoryID is the id of what was named, where the directory knows it beyond
// doubt; else the name as it was written.
func (h *House) directoryID(r *http.Request, typed string) (string, error) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return "", nil
	}
	words, err := h.words(r, h.site.Frame(r))
	if err != nil {
		return "", err
	}
	return words.idOf(typed), nil
}

func (w wording) idOf(typed string) string {
	if found := w.names.Named(typed, w.Lang); len(found) == 1 {
		return found[0].ID
	}
	return typed
}
