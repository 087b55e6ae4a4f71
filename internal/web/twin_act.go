package web

import (
	"errors"
	"net/http"

	"polis/internal/access"
	"polis/internal/library"
	"polis/internal/store"
)

// What somebody says of two documents that may be the same. The tables know what was
// said, so a button pressed twice says it once.

var (
	noticeApart     = newNotice("twins.done.apart")
	noticeTogether  = newNotice("twins.done.again")
	noticeNewer     = newNotice("twins.done.newer")
	noticeUnited    = newNotice("twins.done.united")
	noticeForwarded = newNotice("twins.done.forwarded")
)

// decideTwin: not the same; that taken back; or which is the newer edition.
func (h *House) decideTwin(w http.ResponseWriter, r *http.Request) error {
	p, err := h.paired(r)
	if err != nil {
		return err
	}
	ctx, who, to, notice := r.Context(), ReaderOf(r).Subject, twinsPath, noticeApart
	switch newer := r.PostFormValue("newer"); r.PostFormValue("say") {
	case "apart":
		err = h.Library.TellApart(ctx, who, p.twin.Pair, false)
	case "again":
		to, notice = twinPath(p.twin.Pair), noticeTogether
		err = h.Library.TellApart(ctx, who, p.twin.Pair, true)
	case "newer":
		if newer != p.twin.One && newer != p.twin.Other {
			return NotFound()
		}
		to, notice = "/library/"+newer, noticeNewer
		err = h.Library.Succeed(ctx, who, newer, p.twin.Beside(newer), twinRev(r, "rev"))
	default:
		return NotFound()
	}
	if err != nil {
		return twinFault(err)
	}
	return h.site.Frame(r).Redirect(w, to, notice, 0)
}

// twinFault says what stands in the way of what she said.
func twinFault(err error) error {
	var stale library.Stale
	switch {
	case errors.As(err, &stale):
		return &Fault{Status: http.StatusConflict, Key: "twins.error.stale", Err: err}
	case errors.Is(err, library.ErrReversed):
		return &Fault{Status: http.StatusConflict, Key: "twins.error.reversed", Err: err}
	case errors.Is(err, library.ErrApart):
		return &Fault{Status: http.StatusConflict, Key: "twins.unite.readers", Err: err}
	case errors.Is(err, library.ErrForbidden):
		return Refused(access.RuleRole)
	}
	return err
}

// uniteTwins makes one document of two.
func (h *House) uniteTwins(w http.ResponseWriter, r *http.Request) error {
	pair := library.Pair{One: r.PathValue("a"), Other: r.PathValue("b")}
	keep := r.PostFormValue("keep")
	if keep != pair.One && keep != pair.Other {
		return h.reunite(w, r, library.Invalid{"keep": "twins.error.keep"})
	}
	u := library.Union{Keep: keep, Gone: pair.Beside(keep), KeepRev: twinRev(r, "rev-"+keep), GoneRev: twinRev(r, "rev-"+pair.Beside(keep)), Reason: r.PostFormValue("reason")}
	err := h.Library.Unite(r.Context(), ReaderOf(r).Subject, u)
	var wrong library.Invalid
	switch {
	case errors.As(err, &wrong):
		return h.reunite(w, r, wrong)
	case err != nil:
		return twinFault(err)
	}
	return h.site.Frame(r).Redirect(w, "/library/"+keep, noticeUnited, 0)
}

// reunite shows the page again, with what is wrong.
func (h *House) reunite(w http.ResponseWriter, r *http.Request, wrong library.Invalid) error {
	p, err := h.paired(r)
	if err != nil {
		return err
	}
	if !p.may {
		return Refused(access.RuleRole)
	}
	return p.show(w, wrong)
}

// forwarded leads from the address of a document that was withdrawn as the same to
// the one that was kept; else it returns why there is no document.
func (h *House) forwarded(w http.ResponseWriter, r *http.Request, why error) error {
	var fault *Fault
	if !errors.As(why, &fault) || fault.Status != http.StatusGone {
		return why
	}
	to, err := h.Library.Forwarded(r.Context(), scope(r), r.PathValue("id"))
	if errors.Is(err, store.ErrNotFound) {
		return why
	}
	if err != nil {
		return err
	}
	return h.site.Frame(r).Redirect(w, "/library/"+to, noticeForwarded, 0)
}

// twinLinks names the documents of some twins that she reads; add, where not nil, is
// where a file is brought as another version of one.
func (h *House) twinLinks(r *http.Request, w wording, list []library.Twin, of string, add func(library.Brief) string) (links []TwinLink, err error) {
	wanted := make([]library.Wish, len(list))
	for i, t := range list {
		wanted[i] = library.Wish{Document: t.Beside(of), Lang: w.Lang}
	}
	briefs, err := h.Library.Briefs(r.Context(), scope(r), wanted)
	for _, b := range briefs {
		for _, t := range list {
			if t.Beside(of) != b.ID {
				continue
			}
			link := TwinLink{Word: w.T("twins.near"), Title: b.Edition.Title, Lang: string(b.Edition.Lang), URL: w.URL(library.Path(b.ID, b.Edition.Lang)), Share: w.twinWhy(t)}
			if t.Likeness == 1000 {
				link.Word = w.T("twins.same")
			}
			if of != "" {
				link.Differs = w.URL(twinPath(t.Pair))
			}
			if add != nil {
				link.Add = add(b)
			}
			links = append(links, link)
		}
	}
	return links, err
}

// maxAlike is how many documents are named that look like one.
const maxAlike = 3

// twins names beside a text the documents that say nearly the same.
func (p *reading) twins(v *ReadingView) error {
	list, err := p.h.Library.TwinsOf(p.r.Context(), scope(p.r), p.rec.ID, maxAlike)
	if err == nil && len(list) > 0 {
		v.Twins, err = p.h.twinLinks(p.r, p.wording, list, p.rec.ID, nil)
	}
	return err
}

// twins names the documents that the file looks like, where she may read them, and
// offers to bring it there.
func (c *confirming) twins(v *ConfirmView, words wording) error {
	if v.Into != nil {
		return nil
	}
	list, err := c.h.Library.TwinsOfArrived(c.r.Context(), scope(c.r), c.in, maxAlike)
	if err != nil || len(list) == 0 {
		return err
	}
	v.Twins, err = c.h.twinLinks(c.r, words, list, "", func(b library.Brief) string {
		if !ReaderOf(c.r).May(access.Edit, b.Label).Allowed {
			return ""
		}
		return words.URL(confirmPath(c.in.ID)) + "?into=" + b.ID
	})
	return err
}
