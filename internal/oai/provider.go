package oai

import (
	"context"
	"encoding/xml"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/keyring"
	"polis/internal/library"
)

// Provider answers at Path. Every answer is made within the scope of who asks, so
// two harvesters may see two libraries, and each sees what leaves hers as deleted.
type Provider struct {
	Library *library.Library
	Keys    *keyring.Ring // signs the tokens
	Origin  string        // where POLIS stands, "https://polis.example"
	// Who tells on whose behalf a request comes.
	Who func(*http.Request) access.Subject
	// Mail is the address of whoever keeps this POLIS; nil or "": postmaster there.
	Mail func(context.Context) string
	Log  *slog.Logger
	// Page is how many records an answer holds; 0: 100, and of heads alone 500.
	Page int
}

// base is the provider's address, exactly as harvesters are to write it.
func (p *Provider) base() string { return p.Origin + Path }

// bodyLimit is more than any request of the protocol has, in bytes.
const bodyLimit = 64 << 10

// ServeHTTP answers one request, by GET or by POST.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodPost {
		w.Header().Set("Allow", "GET, HEAD, POST")
		http.Error(w, "OAI-PMH is asked with GET or POST.", http.StatusMethodNotAllowed)
		return
	}
	a := answer{
		Xmlns: space, Instance: instance, Schema: space + " http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd",
		Date: stamp(time.Now()), Request: request{Base: p.base()},
	}
	var f *fault
	err := p.ask(w, r, &a)
	switch {
	case errors.As(err, &f):
		a.Error = f
		if f.Code == badVerb || f.Code == badArgument { // the schema wants no arguments beside these
			a.Request = request{Base: p.base()}
		}
	case err != nil:
		if r.Context().Err() == nil && p.Log != nil {
			p.Log.Error("oai", "err", err)
		}
		w.Header().Set("Retry-After", "60")
		http.Error(w, "POLIS cannot answer at the moment. Ask again in a minute.", http.StatusServiceUnavailable)
		return
	}
	body, err := xml.Marshal(a)
	if err != nil {
		http.Error(w, "POLIS could not write its answer.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	w.Header().Set("Cache-Control", "private, no-cache")
	_, _ = w.Write(append([]byte(xml.Header), body...)) // whoever has gone away misses nothing
}

// ask reads the arguments and lets the verb answer.
func (p *Provider) ask(w http.ResponseWriter, r *http.Request, a *answer) error {
	args, err := argumentsOf(w, r)
	if err != nil {
		return err
	}
	v, ok := verbs[args["verb"]]
	if !ok {
		return refuse(badVerb, "The verb is one of Identify, ListMetadataFormats, ListSets, ListIdentifiers, ListRecords and GetRecord.")
	}
	if err := v.check(args); err != nil {
		return err
	}
	a.Request = request{
		Base: p.base(), Verb: args["verb"], Identifier: args["identifier"], Prefix: args["metadataPrefix"],
		From: args["from"], Until: args["until"], Set: args["set"], Token: args["resumptionToken"],
	}
	return v.answer(p, question{r.Context(), p.Who(r).Scope(), args}, a)
}

// question is one request, read.
type question struct {
	ctx   context.Context
	scope access.Scope
	args  map[string]string
}

// argumentsOf reads the arguments of a request, each of which may be given once.
func argumentsOf(w http.ResponseWriter, r *http.Request) (map[string]string, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err == nil && r.Method == http.MethodPost {
		r.Body = http.MaxBytesReader(w, r.Body, bodyLimit)
		if err = r.ParseForm(); err == nil {
			values = r.Form
		}
	}
	if err != nil {
		return nil, refuse(badArgument, "The arguments cannot be read.")
	}
	args := map[string]string{}
	for name, list := range values {
		if len(list) > 1 {
			if name == "verb" {
				return nil, refuse(badVerb, "There is more than one verb.")
			}
			return nil, refuse(badArgument, "An argument is given more than once.")
		}
		args[name] = list[0]
	}
	return args, nil
}

// verb is one of the six.
type verb struct {
	needs, takes []string
	resumes      bool // it takes a resumptionToken in place of everything else
	answer       func(*Provider, question, *answer) error
}

var verbs map[string]verb

func init() { // the lists answer by verbs, too
	listed := []string{"from", "until", "set"}
	verbs = map[string]verb{
		"Identify":            {answer: (*Provider).identify},
		"ListMetadataFormats": {takes: []string{"identifier"}, answer: (*Provider).formats},
		"ListSets":            {resumes: true, answer: (*Provider).sets},
		"ListIdentifiers":     {needs: []string{"metadataPrefix"}, takes: listed, resumes: true, answer: (*Provider).list},
		"ListRecords":         {needs: []string{"metadataPrefix"}, takes: listed, resumes: true, answer: (*Provider).list},
		"GetRecord":           {needs: []string{"identifier", "metadataPrefix"}, answer: (*Provider).record},
	}
}

// check holds the arguments against those of the verb.
func (v verb) check(args map[string]string) error {
	if _, ok := args["resumptionToken"]; ok && v.resumes {
		if len(args) != 2 {
			return refuse(badArgument, "Beside a resumptionToken there is no other argument.")
		}
		return nil
	}
	for name, value := range args {
		switch {
		case name == "verb":
		case !slices.Contains(v.needs, name) && !slices.Contains(v.takes, name):
			return refuse(badArgument, "This verb does not take one of the arguments that were given.")
		case value == "":
			return refuse(badArgument, "The argument "+name+" is empty.")
		}
	}
	for _, name := range v.needs {
		if args[name] == "" {
			return refuse(badArgument, "The argument "+name+" is missing.")
		}
	}
	return checkForms(args)
}

// checkForms refuses what the schema would not let us repeat in the answer.
func checkForms(args map[string]string) error {
	if s, ok := args["metadataPrefix"]; ok && !prefixForm.MatchString(s) {
		return refuse(badArgument, "The metadataPrefix has signs that none can have.")
	}
	if s, ok := args["set"]; ok && !setForm.MatchString(s) {
		return refuse(badArgument, "The set has signs that none can have.")
	}
	if s, ok := args["identifier"]; ok && (!identifierForm.MatchString(s) || percentForm.MatchString(s) || strings.Count(s, "#") > 1) {
		return refuse(badArgument, "The identifier is no URI.")
	}
	return nil
}

// window reads from and until: the first second that is wanted and the first one
// behind.
func window(args map[string]string) (from, behind time.Time, err error) {
	f, u := args["from"], args["until"]
	if f != "" && u != "" && len(f) != len(u) {
		return from, behind, refuse(badArgument, "From and until are both days or both seconds.")
	}
	if f != "" {
		if from, _, err = moment(f); err != nil {
			return from, behind, err
		}
	}
	if u != "" {
		last, step, err := moment(u)
		if err != nil {
			return from, behind, err
		}
		if f != "" && last.Before(from) {
			return from, behind, refuse(badArgument, "From is later than until.")
		}
		behind = last.Add(step)
	}
	return from, behind, nil
}

// moment reads a date, and how long it lasts.
func moment(s string) (time.Time, time.Duration, error) {
	if t, err := time.Parse(days, s); err == nil {
		return t, 24 * time.Hour, nil
	}
	t, err := time.Parse(seconds, s)
	if err != nil || len(s) != len(seconds) {
		return t, 0, refuse(badArgument, "A date is written 2026-11-23 or 2026-11-23T10:00:00Z.")
	}
	return t, time.Second, nil
}
