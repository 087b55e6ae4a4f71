package assistance

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// ActivityDraft is what is written of an activity before it is held. Of Hosts the
// State and area count.
type ActivityDraft struct {
	Kind       string
	Lang       lang.Tag
	Title      string
	Starts     string // days
	Ends       string // the same day where it is ""
	Place      string
	Online     bool
	Hosts      []ActivityHost
	Organisers []string
	Languages  []string
	Trainers   []string
	Agenda     string
	Coauthor   string
	Materials  []string
	Issues     string
	Replies    string
	Groups     []string
	FollowUps  []string // days
}

// Draft is what of an activity can be written anew.
func (x Activity) Draft() ActivityDraft {
	return ActivityDraft{
		x.Kind, x.Lang, x.Title, x.Starts, x.Ends, x.Place, x.Online, x.on(), x.Organisers, x.Languages, x.Trainers,
		x.Agenda, x.Coauthor, x.Materials, x.Issues, x.Replies, x.Groups, x.FollowUps,
	}
}

// Copy is the draft of the same activity a year later in a project: without figures,
// and in those of its States and areas that are open there.
func (x Activity) Copy(p Project) ActivityDraft {
	d := x.Draft()
	d.Starts, d.Ends = yearLater(x.Starts), yearLater(x.Ends)
	d.Issues, d.Replies, d.FollowUps = "", "", nil
	d.Hosts = slices.DeleteFunc(d.Hosts, func(h ActivityHost) bool { g, ok := p.Gate(h.Host, h.Area); return !ok || !g.Included })
	return d
}

// yearLater is the same day a year later; of 29 February the day before.
func yearLater(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	later := t.AddDate(1, 0, 0)
	if later.Day() != t.Day() {
		later = later.AddDate(0, 0, -1)
	}
	return later.Format(time.DateOnly)
}

func (d *ActivityDraft) clean() {
	for _, s := range []*string{&d.Kind, &d.Title, &d.Starts, &d.Ends, &d.Place, &d.Agenda, &d.Coauthor, &d.Issues, &d.Replies} {
		*s = strings.TrimSpace(*s)
	}
	if d.Ends == "" {
		d.Ends = d.Starts
	}
	for _, list := range []*[]string{&d.Organisers, &d.Languages, &d.Trainers, &d.Materials, &d.Groups, &d.FollowUps} {
		*list = clean(*list)
	}
	var hosts []ActivityHost
	for _, h := range d.Hosts {
		if h.Dropped = false; !slices.Contains(hosts, h) {
			hosts = append(hosts, h)
		}
	}
	slices.SortFunc(hosts, func(a, b ActivityHost) int { return strings.Compare(a.Host+" "+a.Area, b.Host+" "+b.Area) })
	d.Hosts = hosts
	if d.Kind != ForumKind {
		d.Issues, d.Replies, d.Groups, d.FollowUps = "", "", nil, nil
	}
	if d.Kind != GuidanceKind {
		d.Coauthor = ""
	}
}

// Validate returns an Invalid that names the fields, or nil.
func (d ActivityDraft) Validate() error {
	d.clean()
	v := Invalid{}
	if !slices.Contains(ActivityKinds, d.Kind) {
		v["kind"] = "activity.error.kind"
	}
	if _, ok := lang.Parse(string(d.Lang)); !ok {
		v["lang"] = "assistance.error.lang"
	}
	v.text("title", d.Title, maxTitle, true)
	v.text("place", d.Place, maxTitle, false)
	v.text("coauthor", d.Coauthor, maxName, false)
	for field, text := range map[string]string{"agenda": d.Agenda, "issues": d.Issues, "replies": d.Replies} {
		v.text(field, text, maxText, false)
	}
	if d.Kind == GuidanceKind && d.Coauthor == "" {
		v["coauthor"] = "activity.error.coauthor"
	}
	v.days("starts", "ends", d.Starts, d.Ends)
	if d.Starts == "" {
		v["starts"] = "activity.error.starts"
	}
	for field, list := range map[string][]string{"organisers": d.Organisers, "languages": d.Languages, "trainers": d.Trainers, "groups": d.Groups, "materials": d.Materials} {
		v.named(field, list)
	}
	for _, day := range d.FollowUps {
		if len(day) != 10 || !validDate(day) {
			v["follow-ups"] = "activity.error.follow-ups"
		}
	}
	if len(d.FollowUps) > maxList {
		v["follow-ups"] = "assistance.error.many"
	}
	if len(d.Organisers) == 0 {
		v["organisers"] = "activity.error.organisers"
	}
	if len(d.Hosts) == 0 {
		v["hosts"] = "activity.error.hosts.missing"
	}
	return v.orNil()
}

// named asks whether a list has names of a bearable length, and not too many.
func (v Invalid) named(field string, list []string) {
	if len(list) > maxList {
		v[field] = "assistance.error.many"
	}
	if slices.ContainsFunc(list, func(name string) bool { return utf8.RuneCountInString(name) > maxName }) {
		v[field] = "activity.error.names"
	}
}

// Fits asks whether it lies within its project: its days, and the States and areas
// through which the project goes.
func (d ActivityDraft) Fits(p Project) error {
	v := Invalid{}
	v.within(p, d.Starts, d.Ends)
	for _, h := range d.Hosts {
		if g, ok := p.Gate(h.Host, h.Area); !ok || !g.Included {
			v["hosts"] = "activity.error.hosts"
		}
	}
	return v.orNil()
}

// check is all that is wrong with what is planned in the project.
func (d ActivityDraft) check(p Project) error {
	all := Invalid{}
	for _, err := range []error{d.Fits(p), d.Validate()} {
		wrong, _ := err.(Invalid)
		maps.Copy(all, wrong)
	}
	return all.orNil()
}

// within asks whether days lie within the project's, where it has some.
func (v Invalid) within(p Project, starts, ends string) {
	if p.Starts == "" {
		return
	}
	if starts < p.Starts || starts > p.Ends {
		v["starts"] = "activity.error.project.dates"
	} else if ends > p.Ends {
		v["ends"] = "activity.error.project.dates"
	}
}

// Plans reports whether activities can be planned in the project as it stands.
func (p Project) Plans() bool { return p.Stage.Drafting() || p.Stage.Runs() }

// PlanActivity plans one in a project. model is the activity of which it was made as a
// copy, or "".
func (a *Assistance) PlanActivity(ctx context.Context, who access.Subject, projectID string, d ActivityDraft, model string) (string, error) {
	d.clean()
	x := Activity{ID: store.NewID(), Model: model}
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, err := project(ctx, tx, who.Scope(), projectID)
		switch {
		case err != nil:
			return store.Event{}, err
		case !p.Writes(who):
			return store.Event{}, ErrForbidden
		case !p.Plans():
			return store.Event{}, Impossible{"plan", string(p.Stage), "activity.impossible.project." + string(p.Stage)}
		}
		if err := d.check(p); err != nil {
			return store.Event{}, err
		}
		if model != "" {
			if _, err := activity(ctx, tx, who.Scope(), model); err != nil {
				return store.Event{}, err
			}
		}
		x.apply(d)
		list := []Activity{x}
		err = p.plant(ctx, tx, who, list)
		x = list[0]
		return x.event("assistance.activity.planned"), err
	})
	return x.ID, err
}

// apply puts the draft in place of what stood there.
func (x *Activity) apply(d ActivityDraft) {
	x.Kind, x.Lang, x.Title, x.Starts, x.Ends, x.Place, x.Online, x.Hosts = d.Kind, d.Lang, d.Title, d.Starts, d.Ends, d.Place, d.Online, d.Hosts
	x.Organisers, x.Languages, x.Trainers, x.Agenda, x.Coauthor, x.Materials = d.Organisers, d.Languages, d.Trainers, d.Agenda, d.Coauthor, d.Materials
	x.Issues, x.Replies, x.Groups, x.FollowUps = d.Issues, d.Replies, d.Groups, d.FollowUps
}

// plant writes new activities of a project, each of which was found to fit, as planned:
// with number, hosts, lists and first step. Those that have figures were held, and were
// found to fit that too: it is their second step. It is made for many at once.
func (p Project) plant(ctx context.Context, tx *store.Tx, who access.Subject, list []Activity) error {
	year := int64(tx.Now().Year())
	nth, err := store.Get[int64](ctx, tx, everything, "SELECT COALESCE(MAX(nth), 0) FROM activity WHERE {scope} AND of_year = $1", year)
	if err != nil {
		return err
	}
	var rows, hosts, tags, materials, steps [][]any
	for i := range list {
		x := &list[i]
		x.Project, x.ProjectStage, x.Stage, x.Moves, x.Rev, x.Created = p.ID, p.Stage, ActivityPlanned, 1, 1, tx.Now()
		x.Label = access.Label{Level: access.Official, Owner: owner(who)}
		nth++
		rows = append(rows, []any{
			x.ID, year, nth, p.ID, string(p.Stage), p.Starts, p.Ends, x.Kind, string(x.Lang), x.Title, x.Starts, x.Ends, x.Place, x.Online, x.Agenda, x.Coauthor,
			x.Issues, x.Replies, "planned", 0, tx.Now(), x.Total, x.Women, x.Men, x.Unattended, x.Remark, 0, 0, 0, 0, 0, "", orNull(x.Model), x.Importer, x.External, 1, tx.Now(), tx.Now(), 2, "", "", x.Owner,
		})
		for _, h := range x.Hosts {
			hosts = append(hosts, x.hostRow(h))
		}
		tags, materials = append(tags, x.tagRows()...), append(materials, x.materialRows()...)
		steps = append(steps, []any{x.ID, 1, nil, nil, "plan", "planned", "", "", "", "", owner(who), tx.Now(), x.ID + " 1 planned"})
		if x.Total > 0 || x.Unattended != "" {
			x.Stage, x.Moves, x.Rev = ActivityHeld, 2, 2
			steps = append(steps, []any{x.ID, 2, 1, "planned", "hold", "held", "", "", "", "", owner(who), tx.Now(), x.ID + " 2 held"})
		}
	}
	for _, of := range []struct {
		into string
		rows [][]any
	}{
		{`activity (id, of_year, nth, project, project_stage, project_starts, project_ends, kind, lang, title, starts, ends, place, online, agenda, coauthor,
		  issues, replies, stage, moves, moved, total, women, men, unattended, remark, answers, relevance, content, trainers, organisation, opinions,
		  model, importer, external, rev, created, updated, level, state, grp, owner)`, rows},
		{hostColumns, hosts},
		{"activity_tag (activity, kind, value, n, starts)", tags},
		{"activity_material (activity, document, n)", materials},
		{"activity_step (activity, n, prior, was, move, stage, host, area, words, former, by_whom, at, mark)", steps},
	} {
		if err := tx.Insert(ctx, of.into, of.rows, ""); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `
		UPDATE activity
		SET stage = CASE WHEN total > 0 OR unattended <> '' THEN 'held' ELSE 'planned' END,
		    moves = CASE WHEN total > 0 OR unattended <> '' THEN 2 ELSE 1 END,
		    rev = CASE WHEN total > 0 OR unattended <> '' THEN 2 ELSE 1 END,
		    step = id || CASE WHEN total > 0 OR unattended <> '' THEN ' 2 held' ELSE ' 1 planned' END,
		    lead = (SELECT h.mark FROM activity_host h WHERE h.activity = activity.id AND NOT h.dropped ORDER BY h.host, h.area LIMIT 1)
		WHERE of_year = $1 AND nth > $2 AND moves = 0`, year, nth-int64(len(list)))
	if err != nil {
		return err
	}
	var planned []string
	for _, x := range list {
		if x.Stage == ActivityPlanned {
			planned = append(planned, x.ID)
		}
	}
	return keepReports(ctx, tx, planned...)
}

// tagRows are the rows by which it is listed.
func (x Activity) tagRows() (rows [][]any) {
	for _, of := range []struct {
		kind string
		list []string
	}{
		{"host", x.States()},
		{"under", above(x.Areas())},
		{"organiser", x.Organisers},
		{"language", x.Languages},
		{"trainer", x.Trainers},
		{"group", x.Groups},
		{"follow-up", x.FollowUps},
	} {
		for i, value := range of.list {
			rows = append(rows, []any{x.ID, of.kind, value, i, x.Starts})
		}
	}
	return rows
}

func (x Activity) materialRows() (rows [][]any) {
	for i, id := range x.Materials {
		rows = append(rows, []any{x.ID, id, i})
	}
	return rows
}

// putLists writes anew what it is listed by, and its materials.
func (x Activity) putLists(ctx context.Context, tx *store.Tx) error {
	for _, table := range []string{"activity_tag", "activity_material"} {
		if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE activity = $1", x.ID); err != nil {
			return err
		}
	}
	if err := tx.Insert(ctx, "activity_tag (activity, kind, value, n, starts)", x.tagRows(), ""); err != nil {
		return err
	}
	return tx.Insert(ctx, "activity_material (activity, document, n)", x.materialRows(), "")
}

// ReviseActivity writes one anew; what stood there is kept with the step. What was held
// keeps its days, its place and its States: days and place are mended with its figures.
// rev is the revision that the caller read.
func (a *Assistance) ReviseActivity(ctx context.Context, who access.Subject, id string, rev int64, d ActivityDraft) error {
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		x, p, err := writableActivity(ctx, tx, who, id, rev)
		switch {
		case err != nil:
			return store.Event{}, err
		case x.Stage == ActivityCancelled:
			return store.Event{}, Impossible{"revise", string(x.Stage), "activity.impossible." + string(x.Stage)}
		case x.Stage == ActivityHeld:
			d.Starts, d.Ends, d.Place, d.Online, d.Hosts = x.Starts, x.Ends, x.Place, x.Online, x.on()
		}
		d.clean()
		err = d.Validate()
		if x.Stage == ActivityPlanned {
			err = d.check(p)
		}
		if err != nil {
			return store.Event{}, err
		}
		if store.JSON(d) == store.JSON(x.Draft()) {
			return store.Event{}, store.ErrUnchanged
		}
		return x.event("assistance.activity.revised"), x.rewrite(ctx, tx, who, d)
	})
	return err
}

func (x Activity) rewrite(ctx context.Context, tx *store.Tx, who access.Subject, d ActivityDraft) error {
	former := x.Draft()
	if x.Stage == ActivityPlanned {
		if err := x.putHosts(ctx, tx, d.Hosts); err != nil {
			return err
		}
	}
	x.apply(d)
	_, err := tx.Exec(ctx, `
		UPDATE activity
		SET kind = $2, lang = $3, title = $4, starts = $5, ends = $6, place = $7, online = $8, agenda = $9, coauthor = $10, issues = $11, replies = $12
		WHERE id = $1`, x.ID, x.Kind, string(x.Lang), x.Title, x.Starts, x.Ends, x.Place, x.Online, x.Agenda, x.Coauthor, x.Issues, x.Replies)
	if err != nil {
		return err
	}
	if err := x.putLists(ctx, tx); err != nil {
		return err
	}
	return x.take(ctx, tx, who, activityStep{move: "revise", stage: x.Stage, former: store.JSON(Former{Draft: &former})})
}
