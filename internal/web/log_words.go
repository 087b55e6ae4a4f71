package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"polis/internal/account"
	"polis/internal/lang"
	"polis/internal/store"
)

// actWords is how the keys begin that say in words what an event's act is. A test
// holds that every act that is written has its words.
const actWords = "log.act.is."

// logWords are what a page of events needs to be said in words.
type logWords struct {
	wording
	people map[string]string // id → name
	titles map[string]string // of the documents that the reader may see
	search bool              // each name and record leads to its own events
}

// logLines says events in words: people by their names as they are now, records
// by their titles as far as the reader may see them, all else by the id.
func (h *House) logLines(r *http.Request, f *Frame, events []store.Event, search bool) ([]LogLine, error) {
	words, err := h.words(r, f)
	if err != nil {
		return nil, err
	}
	w := logWords{wording: words, search: search}
	var people, documents []string
	for _, e := range events {
		people = append(people, e.Who)
		for _, v := range data(e) {
			if id, ok := v.(string); ok && identifier.MatchString(id) {
				people = append(people, id)
			}
		}
		if strings.HasPrefix(e.Act, "library.") || strings.HasPrefix(e.Act, "access.") {
			documents = append(documents, e.Object)
		} else if identifier.MatchString(e.Object) {
			people = append(people, e.Object)
		}
	}
	if w.people, err = account.Names(r.Context(), h.DB, distinct(people)); err != nil {
		return nil, err
	}
	if w.titles, err = h.Library.Titles(r.Context(), scope(r), distinct(documents), f.Lang); err != nil {
		return nil, err
	}
	lines := make([]LogLine, len(events))
	for i, e := range events {
		lines[i] = w.line(e)
	}
	return lines, nil
}

func distinct(ids []string) []string {
	slices.Sort(ids)
	return slices.Compact(ids)
}

// data is what the event says beyond its act and object.
func data(e store.Event) map[string]any {
	raw, _ := e.Data.(json.RawMessage)
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil // a number, a text or nothing
	}
	return m
}

func (w logWords) line(e store.Event) LogLine {
	l := LogLine{
		Number: fmt.Sprint(e.Seq), When: w.DateTime(e.At.In(time.Local)), Exact: e.At.Format(time.RFC3339Nano),
		Act: w.act(e.Act), doer: w.doer(e.Who), Object: w.object(e), Details: w.details(e),
	}
	switch {
	case w.search:
		l.Who, l.WhoURL = w.T("log.by", "who", w.doer(e.Who)), w.events("who", e.Who)
	case e.Who != w.Reader.ID:
		l.Who = w.T("log.by", "who", w.doer(e.Who))
	}
	return l
}

// act is what was done, in words.
func (w logWords) act(act string) string {
	if lang.Has(actWords + act) {
		return w.T(actWords + act)
	}
	return act
}

// doer names who did it.
func (w logWords) doer(id string) string {
	part, system := strings.CutPrefix(id, "system:")
	switch {
	case system:
		return w.T("log.system", "part", part)
	case id == "":
		return w.T("log.nobody")
	case w.people[id] != "":
		return w.people[id]
	}
	return id
}

// events is the address of the events with the value.
func (w logWords) events(name, value string) string {
	if value == "" {
		return ""
	}
	return w.URL("/admin/log?" + url.Values{name: {value}}.Encode())
}

// object names what it was done to.
func (w logWords) object(e store.Event) Link {
	link := Link{Text: e.Object}
	if w.search {
		link.URL = w.events("of", e.Object)
	}
	switch {
	case w.titles[e.Object] != "":
		link.Text = w.titles[e.Object]
		if !w.search {
			link.URL = w.URL("/library/" + e.Object)
		}
	case w.people[e.Object] != "":
		link.Text = w.people[e.Object]
	case strings.HasPrefix(e.Act, "directory.entry."):
		link.Text = w.names.Name(e.Object, "", w.Lang)
	}
	if e.Object == e.Who || !w.search && e.Object == w.Reader.ID { // who did it to herself is named once
		return Link{}
	}
	return link
}

// longDetail is how many bytes of one detail are shown; the CSV has all.
const longDetail = 200

// details are what else the event says, by names as far as there are some.
func (w logWords) details(e store.Event) (list []Fact) {
	all := data(e)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		value := w.detail(name, all[name])
		if value == "" {
			continue
		}
		label := name
		if lang.Has("log.data." + name) {
			label = w.T("log.data." + name)
		}
		list = append(list, Fact{label, []Link{{value, ""}}})
	}
	return list
}

func (w logWords) detail(name string, value any) string {
	switch v := value.(type) {
	case string:
		text := w.named(name, v)
		if text == v && identifier.MatchString(v) {
			return "" // an id that has no name says nothing to a reader; the CSV has it
		}
		return text
	case float64:
		if name == "until" && v > 0 {
			return w.Date(time.UnixMicro(int64(v)).In(time.Local))
		}
	case nil:
		return ""
	}
	text, err := json.Marshal(value)
	if key := "log.data." + name + "." + string(text); err == nil && lang.Has(key) {
		return w.T(key)
	}
	if err != nil || len(text) > longDetail {
		return "…"
	}
	return string(text)
}

// named puts names in the place of ids.
func (w logWords) named(name, id string) string {
	if parts := strings.Split(id, "+"); name == "how" && len(parts) > 1 { // a password and a code
		for i := range parts {
			parts[i] = w.named(name, parts[i])
		}
		return strings.Join(parts, " + ")
	}
	switch {
	case id == "":
		return ""
	case name == "acts_for" || name == "body":
		return w.names.Name(id, "", w.Lang)
	case name == "role" && lang.Has("access.role."+id):
		return w.T("access.role." + id)
	case (name == "from" || name == "to") && lang.Has("access.level."+id):
		return w.T("access.level." + id)
	case name == "act":
		return w.act(id)
	case lang.Has("log.data." + name + "." + id):
		return w.T("log.data." + name + "." + id)
	case w.people[id] != "":
		return w.people[id]
	case len(id) > longDetail:
		return strings.ToValidUTF8(id[:longDetail], "") + "…"
	}
	return id
}
