package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/library"
	"polis/internal/usage"
)

// used says what the answer is a use of. It is counted when the answer was sent; a
// page that is kept takes it along. Who may change the document is not counted: she
// looks at her own work, and so it is with programs, which say who they are.
func (h *House) used(r *http.Request, d library.Document, t lang.Tag, kinds ...usage.Kind) {
	v := visitOf(r)
	if forProgram(r) || v.reader.Token != "" || v.reader.May(access.Edit, d.Label).Allowed {
		return
	}
	for _, k := range kinds {
		v.uses = append(v.uses, usage.Use{Document: d.ID, Lang: library.LangPath(t), Kind: k})
	}
}

// uses are those of a reading page: a reading, and where the address brings a
// question, one to which a search led.
func (p *reading) uses() []usage.Kind {
	if p.asked == "" || p.r.FormValue("inside") != "" {
		return []usage.Kind{usage.Read}
	}
	return []usage.Kind{usage.Read, usage.Found}
}

// tally counts what was answered, where a person asked for it and does not object.
// Readers are told apart by account, else by network and browser, for an hour and in
// memory alone: see usage.Counter.
func (s *Site) tally(r *http.Request, v *visit, status int) {
	if s.counter == nil || len(v.uses) == 0 || r.Method != http.MethodGet || !personAsks(r.Header) {
		return
	}
	switch status {
	case http.StatusOK, http.StatusPartialContent, http.StatusNotModified:
		reader := askerOf(r)
		if reader != "" && !v.reader.SignedIn() {
			reader += "\x00" + r.Header.Get("User-Agent") // many sit behind one address
		}
		s.counter.Add(reader, time.Now(), v.uses...)
	}
}

// robots are words in the names of programs that look like browsers otherwise.
var robots = []string{"bot", "http", "crawl", "spider", "slurp", "headless", "preview", "scrap", "monitor", "archiv", "fetch"}

// viewers are how browsers call themselves; all other programs call themselves by
// their own names.
var viewers = []string{"Mozilla/", "Opera/", "Lynx/", "w3m/", "ELinks", "Links ", "Dillo/"}

// personAsks reports whether a person seems to look at the answer: no robot, no
// browser that only fetches ahead; and one who does not ask to be left uncounted
// (Global Privacy Control, Do Not Track).
func personAsks(head http.Header) bool {
	if head.Get("Sec-Gpc") == "1" || head.Get("Dnt") == "1" {
		return false
	}
	for _, name := range []string{"Sec-Purpose", "Purpose", "X-Moz"} {
		if p := head.Get(name); strings.HasPrefix(p, "prefetch") || strings.HasPrefix(p, "preview") {
			return false
		}
	}
	agent := head.Get("User-Agent")
	begins := func(name string) bool { return strings.HasPrefix(agent, name) }
	if !slices.ContainsFunc(viewers, begins) {
		return false
	}
	agent = strings.ReplaceAll(strings.ToLower(agent), "cubot", "") // telephones
	return !slices.ContainsFunc(robots, func(word string) bool { return strings.Contains(agent, word) })
}

// usagePart is what the privacy page says of it.
func (f *Frame) usagePart() TextPart {
	p := TextPart{ID: "usage", Head: f.T("usage.privacy")}
	for n := range 4 {
		p.Paragraphs = append(p.Paragraphs, f.T("usage.privacy."+strconv.Itoa(n+1), "n", usage.Fewest))
	}
	return p
}
