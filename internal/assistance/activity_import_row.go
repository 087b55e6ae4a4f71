package assistance

import (
	"slices"
	"strconv"
	"strings"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/sheet"
	"polis/internal/store"
)

// verdict is what becomes of a row: an activity that is new, or one that was there and
// may be changed; or what is wrong with it.
type verdict struct {
	row      importRow
	troubles []sheet.Trouble
	project  *Project
	was      *Activity // nil where it is new
	draft    ActivityDraft
	held     *Held // nil where it stays planned
}

func (v *verdict) fault(column, key string, args ...any) {
	v.troubles = append(v.troubles, v.row.Trouble(column, key, args...))
}

// judge says what becomes of a row. It asks all that the forms ask: an import opens
// nothing that a form would not.
func (l *look) judge(r importRow) verdict {
	v := verdict{row: r, troubles: slices.Clone(r.troubles)}
	if len(v.troubles) > 0 {
		if p := l.projects[r.project]; p != nil {
			v.was = l.find(r, *p) // it stands in the table, and is not gone
		}
		return v
	}
	if l.place(&v); len(v.troubles) > 0 {
		return v
	}
	l.write(&v)
	l.putHosts(&v)
	l.putHeld(&v)
	l.check(&v)
	return v
}

// place finds the project of a row, and the activity that it means.
func (l *look) place(v *verdict) {
	p := l.projects[v.row.project]
	switch {
	case p == nil:
		v.fault("project", "activityimport.error.project", "number", v.row.project)
		return
	case !p.Writes(l.who):
		v.fault("project", "activityimport.error.project.yours", "number", p.Number)
		return
	}
	v.project = p
	v.was = l.find(v.row, *p)
	switch {
	case v.was == nil && !p.Plans():
		v.fault("project", "activity.impossible.project."+string(p.Stage))
	case v.was == nil:
	case v.was.Project != p.ID:
		v.fault("key", "activityimport.error.key.project", "number", v.was.ProjectNumber)
	case v.was.Stage == ActivityCancelled:
		v.fault("stage", "activityimport.error.cancelled", "number", v.was.Number)
	}
}

// find is the activity that a row of a project means, or nil.
func (l *look) find(r importRow, p Project) *Activity {
	if r.key != "" {
		return l.keyed[r.key]
	}
	return l.alike[r.likeness(p.ID)]
}

// write lays the row over what stands there, or over what a new activity begins with.
// A column that the table has not leaves what stands there.
func (l *look) write(v *verdict) {
	r, d := v.row, ActivityDraft{Lang: v.project.Lang, Organisers: l.organisers(*v.project)}
	if v.was != nil {
		d = v.was.Draft()
	}
	d.Kind, d.Title, d.Starts = r.Text("kind"), r.title, r.Text("starts")
	if r.Has("ends") || v.was == nil {
		d.Ends = r.Text("ends")
	}
	if t := r.Text("lang"); t != "" {
		d.Lang = lang.Tag(t)
	}
	if list := r.List("organisers"); len(list) > 0 {
		d.Organisers = l.table.bodies(list, l.im.Lang)
	}
	for column, to := range map[string]*string{"place": &d.Place, "agenda": &d.Agenda, "coauthor": &d.Coauthor} {
		if r.Has(column) {
			*to = r.Text(column)
		}
	}
	if r.Has("languages") {
		d.Languages = r.List("languages")
	}
	if r.Has("online") {
		d.Online = r.Text("online") == "yes"
	}
	v.draft = d
}

// organisers are those of a new activity that names none: hers, or the project's.
func (l *look) organisers(p Project) []string {
	for _, g := range l.who.Grants {
		if g.Role == access.ProgrammeOfficer && slices.Contains(p.Organisers, g.Body) {
			return []string{g.Body}
		}
	}
	return p.Organisers
}

// putHosts chooses States and areas: those of the row, else for each State the areas in
// which it stands, else those in which the project goes on there. All of them have an
// open gate, or the row is refused.
func (l *look) putHosts(v *verdict) {
	areas, held := v.row.List("areas"), v.was != nil && v.was.Stage == ActivityHeld
	var list []ActivityHost
	for _, host := range v.row.List("hosts") {
		chosen := slices.Clone(areas)
		if v.was != nil && len(chosen) == 0 {
			for _, h := range v.was.on() {
				if h.Host == host {
					chosen = append(chosen, h.Area)
				}
			}
		}
		for _, g := range v.project.Gates {
			if len(areas) == 0 && g.Host == host && g.Included && (v.was == nil || !slices.Contains(v.was.States(), host)) {
				chosen = append(chosen, g.Area)
			}
		}
		if len(chosen) == 0 {
			v.fault("hosts", "activityimport.error.state", "state", l.table.namesOf("hosts", host), "number", v.project.Number)
		}
		for _, area := range chosen {
			g, ok := v.project.Gate(host, area)
			if !held && (!ok || !g.Included) {
				column := map[bool]string{true: "areas", false: "hosts"}[len(areas) > 0]
				v.fault(column, "activityimport.error.gate", "state", l.table.namesOf("hosts", host), "area", l.table.namesOf("areas", area), "number", v.project.Number)
			}
			list = append(list, ActivityHost{Host: host, Area: area})
		}
	}
	v.draft.Hosts = list
	v.draft.clean()
	if held && !slices.Equal(v.draft.Hosts, cleaned(v.was.Draft()).Hosts) {
		v.fault("hosts", "activityimport.error.held.hosts", "number", v.was.Number)
	}
}

// cleaned is a draft as it is stored.
func cleaned(d ActivityDraft) ActivityDraft {
	d.clean()
	return d
}

// putHeld takes what the row says of how it went.
func (l *look) putHeld(v *verdict) {
	r, held := v.row, v.was != nil && v.was.Stage == ActivityHeld
	said := false
	for _, column := range []string{"total", "women", "men", "unattended"} {
		said = said || r.Text(column) != ""
	}
	switch stage := ActivityStage(r.Text("stage")); {
	case held && stage == ActivityPlanned:
		v.fault("stage", "activityimport.error.reopen", "number", v.was.Number)
		return
	case !held && stage != ActivityHeld && said:
		v.fault("stage", "activityimport.error.unheld")
		return
	case !held && stage != ActivityHeld:
		return
	}
	h := Held{}
	if held {
		h = v.was.Held()
	}
	h.Starts, h.Ends, h.Place, h.Online = v.draft.Starts, v.draft.Ends, v.draft.Place, v.draft.Online
	for column, to := range map[string]*int64{"total": &h.Total, "women": &h.Women, "men": &h.Men} {
		if r.Text(column) != "" {
			*to = r.Whole(column)
		}
	}
	if r.Text("total") != "" || r.Text("unattended") != "" {
		h.Unattended = r.Text("unattended")
	}
	if r.Has("remark") {
		h.Remark = r.Text("remark")
	}
	h.clean()
	v.held = &h
	if held {
		return
	}
	if !v.project.holds() {
		v.fault("stage", "activity.impossible.project."+string(v.project.Stage))
	}
	for _, host := range v.draft.Hosts {
		if g, _ := v.project.Gate(host.Host, host.Area); g.Included && g.DecideBy != "" {
			v.fault("hosts", "activity.needs.decision")
		}
	}
}

// inTable are sentences for a table where those of the forms speak of forms.
var inTable = map[string]string{
	"activity.error.total.missing": "activityimport.error.total", "activity.error.place": "activityimport.error.place", "activity.error.names": "activityimport.error.names",
}

// check asks what the forms ask, and tells each thing in its column.
func (l *look) check(v *verdict) {
	wrong := Invalid{}
	take := func(err error) {
		more, _ := err.(Invalid)
		for field, key := range more {
			wrong[field] = key
		}
		if _, uneven := err.(Uneven); uneven {
			wrong["total"] = "activityimport.error.groups"
		}
	}
	take(v.draft.Validate())
	if v.was == nil || v.was.Stage == ActivityPlanned {
		wrong.within(*v.project, v.draft.Starts, v.draft.Ends)
	}
	if v.held != nil {
		take(v.held.validate(*v.project, l.now))
	}
	if len(v.draft.Hosts) == 0 {
		delete(wrong, "hosts") // it was told
	}
	for _, c := range l.table.columns {
		if key := wrong[c.ID]; key != "" {
			if own := inTable[key]; own != "" {
				key = own
			}
			v.fault(c.ID, key, "n", maxName)
		}
		delete(wrong, c.ID)
	}
	for _, key := range wrong { // of what the table has no column for
		v.fault("", key)
	}
}

// next is what is written of an activity that was there: in one that was held, days and
// place go with the figures.
func (v verdict) next() ActivityDraft {
	d := v.draft
	if v.was.Stage == ActivityHeld {
		d.Starts, d.Ends, d.Place, d.Online, d.Hosts = v.was.Starts, v.was.Ends, v.was.Place, v.was.Online, v.was.on()
	}
	return cleaned(d)
}

// rewrites reports whether the draft of what was there is written anew.
func (v verdict) rewrites() bool { return store.JSON(v.next()) != store.JSON(cleaned(v.was.Draft())) }

// mends reports whether what was said of how it went is said anew.
func (v verdict) mends() bool {
	if v.held == nil || v.was.Stage != ActivityHeld {
		return false
	}
	was := v.was.Held()
	was.clean()
	return store.JSON(v.held) != store.JSON(was)
}

// holds reports whether it becomes held.
func (v verdict) holds() bool { return v.held != nil && v.was.Stage == ActivityPlanned }

func (v verdict) same() bool { return !v.rewrites() && !v.mends() && !v.holds() }

// cells are what differs, column by column.
func (v verdict) cells() (list []ImportCell) {
	was := map[string]string{}
	if v.was != nil {
		var held *Held
		if v.was.Stage == ActivityHeld {
			h := v.was.Held()
			held = &h
		}
		was = told(cleaned(v.was.Draft()), held)
	}
	is := told(v.draft, v.held)
	for _, column := range []string{
		"kind", "title", "lang", "starts", "ends", "place", "online", "hosts", "areas", "organisers", "languages", "agenda", "coauthor", "stage",
		"total", "women", "men", "unattended", "remark",
	} {
		if was[column] != is[column] {
			list = append(list, ImportCell{column, was[column], is[column]})
		}
	}
	return list
}

// told is an activity as a table has it, by column.
func told(d ActivityDraft, h *Held) map[string]string {
	x := Activity{Hosts: d.Hosts}
	states, areas := x.States(), x.Areas()
	if len(states)*len(areas) != len(d.Hosts) { // not every area in every State
		areas = nil
		for _, h := range d.Hosts {
			areas = append(areas, h.Host+" "+h.Area)
		}
	}
	list := func(l []string) string { return strings.Join(l, "; ") }
	t := map[string]string{
		"kind": d.Kind, "title": d.Title, "lang": string(d.Lang), "starts": d.Starts, "ends": d.Ends, "place": d.Place, "online": map[bool]string{true: "yes", false: "no"}[d.Online],
		"hosts": list(states), "areas": list(areas), "organisers": list(d.Organisers), "languages": list(d.Languages), "agenda": d.Agenda, "coauthor": d.Coauthor,
		"stage": string(ActivityPlanned),
	}
	if h == nil {
		return t
	}
	number := func(n int64) string { return strconv.FormatInt(n, 10) }
	t["stage"], t["starts"], t["ends"], t["place"] = string(ActivityHeld), h.Starts, h.Ends, h.Place
	t["total"], t["women"], t["men"], t["unattended"], t["remark"] = number(h.Total), number(h.Women), number(h.Men), h.Unattended, h.Remark
	return t
}
