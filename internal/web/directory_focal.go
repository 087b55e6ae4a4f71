package web

import (
	"net/http"
	"net/url"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/directory"
)

// focalPoints adds who the focal point of the entry is, for members only: a name
// is nobody's business who is not vouched for. It returns the address at which
// one is chosen, for those who may.
func (h *House) focalPoints(r *http.Request, w wording, e directory.Entry, facts *[]Fact) (string, error) {
	who := w.Reader.Subject
	if who.Trust < access.Member || e.Closed() {
		return "", nil
	}
	g, _ := grantFor(w.names, access.FocalPoint, e.ID)
	people, err := account.FocalPoints(r.Context(), h.DB, g.State, g.Body)
	if err != nil {
		return "", err
	}
	var names []Link
	for _, p := range people {
		link := Link{Text: p.Name}
		if keepsEverybody(who) {
			link.URL = w.URL("/people/" + p.ID)
		}
		names = append(names, link)
	}
	if len(names) == 0 {
		names = []Link{{Text: w.T("people.focal.none")}}
	}
	*facts = append(*facts, Fact{w.T("people.focal"), names})
	if !keepsEverybody(who) || !who.MayGrant(g).Allowed {
		return "", nil
	}
	return w.URL("/people") + "?" + url.Values{"appoint": {"1"}, "for": {e.ID}}.Encode(), nil
}
