package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/calendar"
	"polis/internal/community/forum"
	"polis/internal/lang"
	"polis/internal/sheet"
)

// deskColumns are those of the tasks as a sheet.
func deskColumns() []sheet.Column {
	what := sheet.Column{ID: "task", Names: sheet.Named("desk.sheet.task"), Kind: sheet.Choice}
	for _, kind := range assistance.TaskKinds {
		what.Choices = append(what.Choices, sheet.Option{ID: string(kind), Names: sheet.Named("desk.task." + string(kind))})
	}
	what.Choices = append(what.Choices, sheet.Option{ID: owedTask, Names: sheet.Named("issue.desk.task")})
	return []sheet.Column{
		{ID: "due", Names: sheet.Named("desk.sheet.due"), Kind: sheet.Date},
		what,
		{ID: "number", Names: sheet.Named("assistance.sheet.number")},
		{ID: "title", Names: sheet.Named("assistance.field.title")},
		{ID: "address", Names: sheet.Named("assistance.sheet.address")},
	}
}

// owedTask is an answer that her office owes in a forum of police and public.
const owedTask = "answer-owed"

// owed are those answers, on somebody's own desk: a State's and a structure's shows help.
func (h *House) owed(r *http.Request, who access.Subject, scope access.Scope) (list []forum.Issue, err error) {
	if q := r.URL.Query(); q.Get("state") != "" || q.Get("body") != "" {
		return nil, nil
	}
	list, err = h.forums().Owed(r.Context(), who, "", mostTasks)
	return slices.DeleteFunc(list, func(i forum.Issue) bool {
		_, reads := scope.Allows(i.Label)
		return !reads
	}), err
}

// mostTasks of each kind stand in a sheet or calendar.
const mostTasks = 2000

// deskSheet are the tasks, of the reader's own desk or of a State or structure.
func deskSheet(p *helping) (listSheet, error) {
	return listSheet{"desk", p.T("desk.title"), deskColumns(), func(assistance.Place) (rows [][]string, more assistance.Place, err error) {
		tasks, err := p.h.helps().Tasks(p.r.Context(), scope(p.r), watches(p.r, p.Reader.Subject), p.now, ahead(p.now, tasksAhead), mostTasks)
		if err != nil {
			return nil, more, err
		}
		rows = each(tasks, func(t assistance.Task) []string {
			return []string{t.Due, string(t.Kind), t.Number, t.Title, p.address(t.Path())}
		})
		owed, err := p.h.owed(p.r, p.Reader.Subject, scope(p.r))
		return append(rows, each(owed, func(i forum.Issue) []string {
			return []string{i.Due, owedTask, "", i.Title, p.address(i.Path())}
		})...), more, err
	}}, nil
}

// attach says that what follows is a file of that name, for this reader alone.
func attach(w http.ResponseWriter, media, name string) {
	head := w.Header()
	head.Set("Content-Type", media)
	head.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	head.Set("Cache-Control", "private, no-store")
}

// comingActivities are those of a watch that lie ahead, the first in front.
func (h *House) comingActivities(ctx context.Context, scope access.Scope, w assistance.Watch, now time.Time) ([]assistance.Activity, error) {
	list, _, err := h.helps().Activities(ctx, scope, assistance.ActivityFilter{
		State: w.State, Body: w.Body, Owner: w.Owner, Stages: []assistance.ActivityStage{assistance.ActivityPlanned}, From: ahead(now, 0), To: ahead(now, comingAhead),
	}, assistance.Place{}, shownTasks)
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 { // they come the latest first
		list[i], list[j] = list[j], list[i]
	}
	return list, err
}

// sendCalendar answers with tasks and activities as a calendar.
func (h *House) sendCalendar(w http.ResponseWriter, r *http.Request, who access.Subject, scope access.Scope) error {
	watches := watches(r, who)
	now, p := time.Now(), deskLang(r)
	base := h.origin(r) + "/" + string(LangOf(r))
	tasks, err := h.helps().Tasks(r.Context(), scope, watches, now, ahead(now, 365), mostTasks)
	if err != nil {
		return err
	}
	entries := taskEntries(p, base, tasks)
	owed, err := h.owed(r, who, scope)
	if err != nil {
		return err
	}
	for _, i := range owed {
		entries = append(entries, calendar.Entry{UID: "owed-" + i.ID, Starts: i.Due, Title: p.T("issue.desk.task") + ": " + i.Title, URL: base + i.Path(), Updated: i.Moved})
	}
	seen := map[string]bool{}
	for _, watch := range watches {
		list, _, err := h.helps().Activities(r.Context(), scope, assistance.ActivityFilter{
			State: watch.State, Body: watch.Body, Owner: watch.Owner, From: ahead(now, -30), To: ahead(now, 365),
		}, assistance.Place{}, mostTasks)
		if err != nil {
			return err
		}
		for _, x := range list {
			if !seen[x.ID] {
				seen[x.ID] = true
				entries = append(entries, activityEntry(p, base, x))
			}
		}
	}
	var body strings.Builder
	if err := calendar.Feed(&body, p.T("desk.calendar.name"), entries); err != nil {
		return err
	}
	attach(w, calendar.Media, "polis.ics")
	_, err = w.Write([]byte(body.String()))
	return err
}

func taskEntries(p *lang.Printer, base string, tasks []assistance.Task) (entries []calendar.Entry) {
	for _, t := range tasks {
		if t.Kind == assistance.ToReport {
			continue // the activity itself stands there
		}
		entries = append(entries, calendar.Entry{
			UID: t.UID(), Starts: t.Due, Title: p.T("desk.task."+string(t.Kind)) + ": " + t.Title, URL: base + t.Path(), Description: t.Number,
		})
	}
	return entries
}

func activityEntry(p *lang.Printer, base string, x assistance.Activity) calendar.Entry {
	place := x.Place
	if x.Online {
		place = strings.Trim(place+", "+p.T("desk.online"), ", ")
	}
	return calendar.Entry{
		UID: x.ID, Starts: x.Starts, Ends: x.Ends, Title: x.Title, Place: place, URL: base + activityPath(x.ID, ""), Description: x.Number,
		Updated: x.Updated, Cancelled: x.Stage == assistance.ActivityCancelled,
	}
}
