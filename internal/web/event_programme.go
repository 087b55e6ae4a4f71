package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"polis/internal/community/event"
)

// A programme is written as lines: the day where it lasts several, the time, what, who.
// "09:30 | Opening | The host", "2027-03-28 09:30 | Second day".

// agendaLines are an agenda as its form shows it, by the event's own clock.
func agendaLines(e event.Event, items []event.Item) string {
	var lines []string
	for _, i := range items {
		at := i.At.In(e.Location())
		line := at.Format("15:04")
		if manyDays(e) {
			line = at.Format("2006-01-02 15:04")
		}
		line += " | " + i.Title
		if i.Speaker != "" {
			line += " | " + i.Speaker
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func manyDays(e event.Event) bool {
	return e.Begins.In(e.Location()).Format(time.DateOnly) != e.Ends.In(e.Location()).Format(time.DateOnly)
}

// readAgenda reads the lines; ok is false where one is none.
func readAgenda(e event.Event, text string) (items []event.Item, ok bool) {
	for _, line := range plainLines(text) {
		parts := strings.SplitN(line, "|", 3)
		if len(parts) < 2 {
			return nil, false
		}
		day, clock, found := strings.Cut(strings.TrimSpace(parts[0]), " ")
		if !found {
			day, clock = e.Begins.In(e.Location()).Format(time.DateOnly), day
		}
		at, ok := event.Moment(day, strings.TrimSpace(clock), e.Zone)
		if !ok {
			return nil, false
		}
		i := event.Item{At: at, Title: strings.TrimSpace(parts[1])}
		if len(parts) == 3 {
			i.Speaker = strings.TrimSpace(parts[2])
		}
		items = append(items, i)
	}
	return items, true
}

func (h *House) eventProgramme(w http.ResponseWriter, r *http.Request) error {
	if !signedIn(r) {
		return h.mustSignIn(w, r)
	}
	e, err := h.runEvent(r)
	if err != nil {
		return err
	}
	items, err := h.meets().Items(r.Context(), e.ID)
	if err != nil {
		return err
	}
	papers, err := h.meets().Papers(r.Context(), e.ID)
	if err != nil {
		return err
	}
	p, err := h.helping(r, h.site.Frame(r))
	if err != nil {
		return err
	}
	typed := map[string]string{"items": agendaLines(e, items), "before": p.addresses(papers.Before), "after": p.addresses(papers.After)}
	return h.showEventProgramme(w, r, e, typed, nil, false)
}

func (h *House) showEventProgramme(w http.ResponseWriter, r *http.Request, e event.Event, typed map[string]string, wrong map[string]string, stale bool) error {
	f := h.asking(r, "event.programme")
	f.Crumbs = []Link{{f.T("event.title"), f.URL("/events")}, {e.Title, f.URL(e.Path())}}
	v := EventFormView{Lead: f.T("event.programme.lead", "zone", e.Zone), Action: f.URL(e.Path() + "/programme"), Back: f.URL(e.Path()), Rev: e.Rev, Button: f.T("core.save")}
	for _, name := range []string{"items", "before", "after"} {
		v.Fields = append(v.Fields, Field{Name: name, Label: f.T("event.field." + name), Hint: f.T("event.hint." + name), Value: typed[name], Type: "textarea", Rows: 8, Auto: "off"})
	}
	f.flag(v.Fields, wrong)
	if stale {
		v.Stale, f.Status, v.Says = true, http.StatusConflict, []string{f.T("assistance.says.changed")}
		p, err := h.helping(r, f)
		if err != nil {
			return err
		}
		items, err := h.meets().Items(r.Context(), e.ID)
		if err != nil {
			return err
		}
		papers, err := h.meets().Papers(r.Context(), e.ID)
		if err != nil {
			return err
		}
		stored := map[string]string{"items": agendaLines(e, items), "before": p.addresses(papers.Before), "after": p.addresses(papers.After)}
		for _, name := range []string{"items", "before", "after"} {
			if typed[name] != stored[name] {
				v.Differences = append(v.Differences, Difference{f.T("event.field." + name), typed[name], stored[name]})
			}
		}
	}
	return eventFormPage.Show(w, f, v)
}

// setProgramme takes the agenda and the documents. Those that the writer does not find in
// the library, and that somebody else put there, stay.
func (h *House) setProgramme(w http.ResponseWriter, r *http.Request) error {
	e, err := h.runEvent(r)
	if err != nil {
		return err
	}
	_ = r.PostFormValue("items") // the form is read
	typed, wrong := map[string]string{}, map[string]string{}
	for _, name := range []string{"items", "before", "after"} {
		typed[name] = plain(r.PostForm, name)
	}
	items, ok := readAgenda(e, typed["items"])
	if !ok {
		wrong["items"] = "event.error.items.read"
	}
	p, err := h.helping(r, h.site.Frame(r))
	if err != nil {
		return err
	}
	was, err := h.meets().Papers(r.Context(), e.ID)
	if err != nil {
		return err
	}
	var papers event.Papers
	if papers.Before, ok = p.papers(typed["before"], was.Before); !ok {
		wrong["before"] = "event.error.papers"
	}
	if papers.After, ok = p.papers(typed["after"], was.After); !ok {
		wrong["after"] = "event.error.papers"
	}
	if len(wrong) > 0 {
		return h.showEventProgramme(w, r, e, typed, wrong, false)
	}
	err = h.meets().SetProgramme(r.Context(), ReaderOf(r).Subject, e.ID, revOf(r), items, papers)
	var invalid event.Invalid
	var stale event.Stale
	switch {
	case errors.As(err, &invalid):
		return h.showEventProgramme(w, r, e, typed, invalid, false)
	case errors.As(err, &stale):
		return h.showEventProgramme(w, r, e, typed, nil, true)
	case err != nil:
		return eventFault(err)
	}
	return h.site.Frame(r).Redirect(w, e.Path(), noticeEventSaved, 0)
}

// papers are the documents of the lines, all of which the writer reads, and those that she
// does not and that stand there.
func (p *helping) papers(text string, was []string) (ids []string, ok bool) {
	for _, line := range plainLines(text) {
		id := documentID(line)
		if id == "" {
			return nil, false
		}
		ids = append(ids, id)
	}
	if len(p.readable(ids)) != len(ids) {
		return nil, false
	}
	shown := p.readable(was)
	for _, id := range was {
		if !slices.Contains(shown, id) {
			ids = append(ids, id)
		}
	}
	return ids, true
}
