package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"polis/internal/assistance"
)

// HeldAnswer is what a device hears that has sent the form of an activity: the same that
// the page would say. Sent again because the answer was lost, the form finds its own
// figures stored, and that is "done" too; so nothing is done twice.
type HeldAnswer struct {
	State       string           `json:"state"` // "done", "refused", "conflict", "other"
	Text        string           `json:"text,omitempty"`
	URL         string           `json:"url,omitempty"`
	Errors      []HeldError      `json:"errors,omitempty"`
	Rev         int64            `json:"rev,omitempty"`   // over which it can be sent anew
	Mends       bool             `json:"mends,omitempty"` // figures stand there: others need a reason
	Differences []HeldDifference `json:"differences,omitempty"`
	Stored      url.Values       `json:"stored,omitempty"` // what stands there, as fields
}

// HeldError is a sentence and its field, or the page where it is put right.
type HeldError struct {
	Field string `json:"field,omitempty"`
	Text  string `json:"text"`
	URL   string `json:"url,omitempty"`
}

// HeldDifference is one thing that differs, in words, and the fields that hold it.
type HeldDifference struct {
	Label  string   `json:"label"`
	Mine   string   `json:"mine"`
	Stored string   `json:"stored"`
	Fields []string `json:"fields"`
}

// ofOther reports whether the form was opened by somebody else than who sends it: two
// people may use one browser.
func (p *helping) ofOther(form url.Values) bool {
	holder := form.Get("for")
	return holder != "" && holder != p.Holder()
}

// answerDone says that it is stored.
func (p *helping) answerDone(w http.ResponseWriter, x assistance.Activity) error {
	return answerHeld(w, http.StatusOK, HeldAnswer{State: "done", URL: p.URL(activityPath(x.ID, ""))})
}

// answerOther says that it is somebody else's to send.
func (p *helping) answerOther(w http.ResponseWriter) error {
	return answerHeld(w, http.StatusForbidden, HeldAnswer{State: "other", Text: p.T("offline.fault.other")})
}

// answerOpen says why it is not stored: what is missing, or what others have stored.
func (p *helping) answerOpen(w http.ResponseWriter, x assistance.Activity, q assistance.Project, form heldForm) error {
	if form.stored != nil {
		return p.answerConflict(w, x, form)
	}
	a := HeldAnswer{State: "refused"}
	for field, text := range form.wrong {
		a.Errors = append(a.Errors, HeldError{Field: field, Text: text})
	}
	slices.SortFunc(a.Errors, func(a, b HeldError) int { return strings.Compare(a.Field, b.Field) })
	for _, line := range p.needLines(q, form.needs) {
		a.Errors = append(a.Errors, HeldError{Text: line.Text, URL: line.URL})
	}
	return answerHeld(w, http.StatusUnprocessableEntity, a)
}

// answerConflict shows field by field what was sent and what is stored. Of what is
// planned nothing is stored yet but when and where.
func (p *helping) answerConflict(w http.ResponseWriter, x assistance.Activity, form heldForm) error {
	held := x.Stage == assistance.ActivityHeld
	a := HeldAnswer{State: "conflict", Rev: form.rev, Mends: held, Stored: p.typedHeld(*form.stored)}
	mine, stored := p.heldParts(readHeld(form.typed)), p.heldParts(*form.stored)
	for i, part := range mine {
		if part.Text != stored[i].Text && (held || part.planned) {
			a.Differences = append(a.Differences, HeldDifference{part.Name, part.Text, stored[i].Text, part.fields})
		}
	}
	if held && len(a.Differences) == 0 {
		return p.answerDone(w, x)
	}
	return answerHeld(w, http.StatusConflict, a)
}

func answerHeld(w http.ResponseWriter, status int, a HeldAnswer) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	return json.NewEncoder(w).Encode(a)
}

// heldPart is one thing that is said of what was held, in words, with the fields in
// which it is typed.
type heldPart struct {
	described
	fields  []string
	planned bool // it is part of the plan too
}

// groupParts are the fields of all groups.
func groupParts() (names []string) {
	for i := range mostGroups {
		for _, name := range []string{"number-", "sex-", "rank-", "service-", "state-"} {
			names = append(names, name+strconv.Itoa(i+1))
		}
	}
	return names
}
