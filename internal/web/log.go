package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/lang"
	"polis/internal/store"
)

// LogView is the event log as an administrator searches it.
type LogView struct {
	Fields     []Field
	All        string // address without the filter, or ""
	Choices    []Link // the people who fit, where several do
	Unknown    string // that nobody does, or ""
	Events     []LogLine
	Newest     string
	Older      string
	CSV        string
	Checkpoint CheckpointView
}

// LogLine is an event in words.
type LogLine struct {
	Number, When, Exact string
	Act                 string
	Who                 string // "by Aigul Asanova"
	WhoURL              string
	doer                string // "Aigul Asanova", for a sheet
	Object              Link
	Details             []Fact
}

// CheckpointView says how the log is signed.
type CheckpointView struct {
	Last string // when the last one was made, and over how much
	URL  string
	Key  string
}

var sampleEvent = LogLine{
	Number: "17", When: "3 March 2026, 10:00 UTC", Exact: "2026-03-03T10:00:00Z", Act: "Read a file",
	Who: "by Aigul Asanova", WhoURL: "/en/admin/log?who=1",
	Object: Link{"Community policing", "/en/library/1"}, Details: []Fact{{"Version", []Link{{"0190", ""}}}},
}

var logPage = newPage("log", LogView{
	Fields: []Field{
		{Name: "who", Label: "Person", Hint: "Name or address", Width: "medium"},
		{Name: "act", Label: "What was done", Type: "select", Options: []Option{{Value: "", Text: "Everything", Chosen: true}}},
		{Name: "from", Label: "From", Type: "date", Width: "short"},
	},
	All: "/en/admin/log", Choices: []Link{{"Aigul Asanova (aigul@polis.example)", "/en/admin/log?who=1"}}, Unknown: "Nobody fits.",
	Events: []LogLine{sampleEvent}, Newest: "/en/admin/log", Older: "/en/admin/log?before=1.1", CSV: "/en/admin/log/csv",
	Checkpoint: CheckpointView{"3 March 2026, 10:00 UTC, over 17 events", "/en/admin/log/checkpoint", "3VNhbXBsZQ=="},
})

// logAPage is how many events a page shows.
const logAPage = 50

func (h *House) openLog() {
	h.site.Handle("GET /admin/log", h.log)
	h.site.Handle("GET /admin/log/csv", h.logCSV)
	h.site.Handle("GET /admin/log/checkpoint", h.logCheckpoint)
	h.site.Handle("GET /account/log", h.ownLog)
	h.site.Handle("GET /why", h.why)
}

// log shows what happened to those who may know. To look is itself an event,
// which the person who was looked at finds in her own log.
func (h *House) log(w http.ResponseWriter, r *http.Request) error {
	if !ReaderOf(r).SignedIn() {
		return h.mustSignIn(w, r)
	}
	if err := mayOperate(r); err != nil {
		return err
	}
	f := h.site.Frame(r)
	asked, err := h.askedOfLog(r)
	if err != nil {
		return err
	}
	f.Title, f.Crumbs = f.T("log.title"), []Link{{f.T("admin.title"), f.URL("/admin")}}
	v := LogView{Fields: f.logFields(asked), Choices: asked.choices(f)}
	if asked.filtered() {
		v.All = f.URL("/admin/log")
	}
	if v.Checkpoint, err = h.checkpointView(r.Context(), f); err != nil {
		return err
	}
	if asked.unknown() {
		if len(v.Choices) == 0 {
			v.Unknown = f.T("log.who.none")
		}
		return logPage.Show(w, f, v)
	}
	if err := h.noteSearch(r, "log.searched", asked, 10*time.Minute); err != nil {
		return err
	}
	events, err := store.Log(r.Context(), h.DB, store.Everything("log"), asked.LogFilter)
	if err != nil {
		return err
	}
	if v.Events, err = h.logLines(r, f, events, true); err != nil {
		return err
	}
	v.Newest, v.Older = f.logPages(events)
	v.CSV = f.URL("/admin/log/csv") + "?" + asked.query().Encode()
	return logPage.Show(w, f, v)
}

// logPages lead to the newest events and to those after the last one shown.
func (f *Frame) logPages(events []store.Event) (newest, older string) {
	if f.request.FormValue("before") != "" {
		newest = f.With("before", "")
	}
	if len(events) == logAPage {
		older = f.With("before", store.PlaceOf(events[len(events)-1]).String())
	}
	return newest, older
}

// asked is a question to the log, as it was typed and as it was understood.
type asked struct {
	store.LogFilter
	who, of, from, to string           // as typed
	people            []account.Listed // who fits, where it is not one
}

// identifier is what stands in the log for a person or a record.
var identifier = regexp.MustCompile(`^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|system:[a-z-]+)$`)

// askedOfLog reads the question from the address.
func (h *House) askedOfLog(r *http.Request) (asked, error) {
	q := func(name string) string { return strings.TrimSpace(r.FormValue(name)) }
	a := asked{who: q("who"), of: q("of"), from: q("from"), to: q("to")}
	a.Act, a.Before, a.Limit = q("act"), store.ParseLogPlace(q("before")), logAPage
	a.From, _ = time.ParseInLocation(time.DateOnly, a.from, time.Local) // what is no day asks for nothing
	if to, err := time.ParseInLocation(time.DateOnly, a.to, time.Local); err == nil {
		a.To = to.AddDate(0, 0, 1)
	}
	var err error
	if a.Who, a.people, err = h.personAsked(r.Context(), ReaderOf(r).Subject, a.who); err != nil {
		return a, err
	}
	a.Object, err = h.objectAsked(r.Context(), a.of)
	return a, err
}

// personAsked finds whom a name, an address or an id means: one, or several to
// choose from.
func (h *House) personAsked(ctx context.Context, who access.Subject, text string) (string, []account.Listed, error) {
	if text == "" || identifier.MatchString(text) {
		return text, nil, nil
	}
	p, err := account.ByEmail(ctx, h.DB, text)
	if err == nil {
		return p.ID, nil, nil
	}
	if !errors.Is(err, store.ErrNotFound) {
		return "", nil, err
	}
	people, _, err := account.People(ctx, h.DB, who, account.Filter{Words: text, Limit: 20})
	if err == nil && len(people) == 1 {
		return people[0].ID, nil, nil
	}
	return "", people, err
}

// recordPath finds the id in the address of a record's page.
var recordPath = regexp.MustCompile(`/(?:library|people|groups|states|structures|organisations)/([^/?#]+)`)

// objectAsked finds what an address of ours, a person's address or an id means.
func (h *House) objectAsked(ctx context.Context, text string) (string, error) {
	if m := recordPath.FindStringSubmatch(text); m != nil {
		return m[1], nil
	}
	if !strings.Contains(text, "@") {
		return text, nil
	}
	p, err := account.ByEmail(ctx, h.DB, text)
	if errors.Is(err, store.ErrNotFound) {
		return text, nil
	}
	return p.ID, err
}

// unknown reports whether a person was asked for, and it is not clear whom.
func (a asked) unknown() bool { return a.who != "" && a.Who == "" }

func (a asked) filtered() bool {
	return a.who != "" || a.of != "" || a.Act != "" || a.from != "" || a.to != ""
}

// query is the question as it was understood, for an address.
func (a asked) query() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"who": a.Who, "of": a.Object, "act": a.Act, "from": a.from, "to": a.to} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

// choices lead to the log of each person who fits.
func (a asked) choices(f *Frame) (list []Link) {
	for _, p := range a.people {
		list = append(list, Link{p.Name + " (" + p.Email + ")", f.With("who", p.ID)})
	}
	return list
}

func (f *Frame) logFields(a asked) []Field {
	acts := []Option{{Value: "", Text: f.T("log.act.any"), Chosen: a.Act == ""}}
	for _, key := range lang.Keys() {
		if act, ok := strings.CutPrefix(key, actWords); ok {
			acts = append(acts, Option{Value: act, Text: f.T(key), Chosen: act == a.Act})
		}
	}
	slices.SortFunc(acts[1:], func(x, y Option) int { return cmp.Or(f.Compare(x.Text, y.Text), cmp.Compare(x.Value, y.Value)) })
	return []Field{
		{Name: "who", Label: f.T("log.field.who"), Hint: f.T("log.hint.who"), Value: a.who},
		{Name: "of", Label: f.T("log.field.of"), Hint: f.T("log.hint.of"), Value: a.of},
		{Name: "act", Label: f.T("log.field.act"), Type: "select", Options: acts},
		{Name: "from", Label: f.T("log.field.from"), Type: "date", Value: a.from},
		{Name: "to", Label: f.T("log.field.to"), Type: "date", Value: a.to},
	}
}

// noteSearch notes that somebody looks into the log, and at whom or what.
func (h *House) noteSearch(r *http.Request, act string, a asked, once time.Duration) error {
	who, of := ReaderOf(r).Subject, a.query()
	of.Del("who")
	data := map[string]string{}
	for name := range of {
		data[name] = of.Get(name)
	}
	return store.Note(r.Context(), h.DB, who, store.Event{
		Act: act, Object: cmp.Or(a.Who, a.Object), Data: data, Label: access.Label{Level: access.Closed, Owner: who.ID},
	}, once)
}
