package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"polis/internal/access"
	"polis/internal/store"
)

// Fault is an error that a reader is told about: a status, a sentence from the
// catalogue, and for refusals the rule that refused.
type Fault struct {
	Status int         // HTTP status, 400–599
	Key    string      // message that says what happened and what to do
	Args   []any       // arguments of the message: name, value pairs
	Rule   access.Rule // why a reader may not, or ""
	Err    error       // cause, for the log only
}

// Error is the fault as the log shows it.
func (f *Fault) Error() string {
	text := http.StatusText(f.Status) + ": " + f.Key
	if f.Err != nil {
		text += ": " + f.Err.Error()
	}
	return text
}

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.Err }

// NotFound says that nothing is at this address.
func NotFound() error { return &Fault{Status: http.StatusNotFound, Key: "web.fault.missing"} }

// Refused says why a reader may not see or do something.
func Refused(rule access.Rule) error {
	return &Fault{Status: http.StatusForbidden, Key: "web.fault.refused", Rule: rule}
}

// Wrong says what is wrong with a request that no form of ours would send.
func Wrong(key string, args ...any) error {
	return &Fault{Status: http.StatusBadRequest, Key: key, Args: args}
}

// faultOf makes of any error what the reader is told. What we did not foresee
// is ours to answer for: she gets a number and nothing else.
func faultOf(err error) *Fault {
	var fault *Fault
	if errors.As(err, &fault) {
		return fault
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return &Fault{Status: http.StatusRequestEntityTooLarge, Key: "web.fault.large", Args: []any{"limit", large.Limit}, Err: err}
	}
	for _, known := range foreseen {
		if errors.Is(err, known.err) {
			return &Fault{Status: known.status, Key: known.key, Err: err}
		}
	}
	return &Fault{Status: http.StatusInternalServerError, Key: "web.fault.ours", Err: err}
}

// foreseen are the errors of other rooms, and what they mean to a reader.
var foreseen = []struct {
	err    error
	status int
	key    string
}{
	{store.ErrNotFound, http.StatusNotFound, "web.fault.missing"},
	{store.ErrText, http.StatusBadRequest, "web.fault.text"},
	{context.DeadlineExceeded, http.StatusServiceUnavailable, "web.fault.busy"},
	{context.Canceled, http.StatusServiceUnavailable, "web.fault.busy"},
}

// FaultView is the error page.
type FaultView struct {
	Status int
	Text   string // what happened and what to do
	Why    string // sentence of the rule that refused, or ""
	Number string // for questions to the people who run the system, or ""
	SignIn string // address of the sign-in page where signing in could help, or ""
	Ask    string // address where it is explained, or ""
}

var faultPage = newPage("fault", FaultView{
	Status: http.StatusForbidden, Text: "You may not read this document.", Why: "It is closed to a group.",
	Number: "QWERTZ2345", SignIn: "/en/sign-in", Ask: "/en/why?of=/library/1",
})

// showFault answers with the error page, or for programs with a problem document.
func (s *Site) showFault(w http.ResponseWriter, r *http.Request, err error) {
	fault, v := faultOf(err), visitOf(r)
	v.rule = fault.Rule
	if fault.Status >= http.StatusInternalServerError && !errors.Is(err, context.Canceled) {
		s.log.Error("fault", "request", v.id, "route", v.route, "path", v.path, "error", err)
	}
	f := s.Frame(r)
	f.Status, f.Private = fault.Status, true
	f.Title = f.T(faultTitle(fault.Status))
	view := FaultView{Status: fault.Status, Text: f.faultText(fault), Ask: f.askWhy(fault.Status)}
	if fault.Rule != "" {
		view.Why = f.T("access.rule." + string(fault.Rule))
	}
	if fault.Status >= http.StatusInternalServerError {
		view.Number = v.id
	}
	if !f.Reader.SignedIn() && (fault.Status == http.StatusForbidden || fault.Status == http.StatusUnauthorized) && s.has("/sign-in") {
		view.SignIn = f.URL("/sign-in")
	}
	if fault.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="POLIS", error="invalid_token"`)
	}
	if wantsJSON(r) || forProgram(r) {
		answerProblem(w, f.Title, view)
		return
	}
	if err := faultPage.Show(w, f, view); err != nil {
		s.log.Error("error page", "request", v.id, "error", err)
		http.Error(w, http.StatusText(fault.Status), fault.Status)
	}
}

// faultText writes limits as sizes: "at most 20 MB".
func (f *Frame) faultText(fault *Fault) string {
	args := append([]any(nil), fault.Args...)
	for i := 1; i < len(args); i += 2 {
		if bytes, ok := args[i].(int64); ok && args[i-1] == "limit" {
			args[i] = f.Size(bytes)
		}
	}
	return f.T(fault.Key, args...)
}

func faultTitle(status int) string {
	switch status {
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return "web.fault.title.missing"
	case http.StatusForbidden, http.StatusUnauthorized:
		return "web.fault.title.refused"
	case http.StatusRequestEntityTooLarge:
		return "web.fault.title.large"
	case http.StatusTooManyRequests:
		return "token.rate.title"
	}
	if status >= http.StatusInternalServerError {
		return "web.fault.title.ours"
	}
	return "web.fault.title.wrong"
}

// wantsJSON reports whether a script asked, as the upload page's does.
func wantsJSON(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Accept"), "application/json")
}

// answerProblem writes a problem document (RFC 9457).
func answerProblem(w http.ResponseWriter, title string, view FaultView) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(view.Status)
	problem := map[string]any{"title": title, "status": view.Status, "detail": strings.TrimSpace(view.Text + " " + view.Why)}
	if view.SignIn != "" {
		problem["sign-in"] = view.SignIn // what helps, for a script that can lead there
	}
	_ = json.NewEncoder(w).Encode(problem) // the line is gone if this fails
}
