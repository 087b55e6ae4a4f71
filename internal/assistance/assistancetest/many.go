// Package assistancetest fills a store with as many projects and activities as the
// work of a century, to measure what lists and overviews take. What it writes is made
// up by rule, and every row of it satisfies the tables.
package assistancetest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/assistance"
	"polis/internal/framework"
	"polis/internal/store"
)

// chunk is how many projects one write makes.
const chunk = 1000

// Many writes projects of all stages, each with activities, evaluations and what follows
// from them, and a request and a consent each, spread over States, themes, structures and
// years. The directory has to be there.
func Many(ctx context.Context, db *store.DB, projects, activities int) error {
	states, err := store.List[string](ctx, db, store.Everything("test"), "SELECT DISTINCT id FROM directory_entry WHERE {scope} AND kind = 'state' ORDER BY id")
	if err != nil {
		return err
	}
	bodies, err := store.List[string](ctx, db, store.Everything("test"), "SELECT id FROM directory_entry WHERE {scope} AND kind IN ('unit', 'institution', 'field-operation') ORDER BY id")
	if err != nil {
		return err
	}
	m := many{states: states, bodies: bodies, projects: projects, each: activities / projects, day: time.Now().UTC().Truncate(24 * time.Hour)}
	for _, t := range framework.Themes() {
		m.themes = append(m.themes, t.ID)
		for _, n := range t.Narrower {
			m.themes = append(m.themes, n.ID)
		}
	}
	if err := m.ground(ctx, db); err != nil {
		return err
	}
	for from := 0; from < projects; from += chunk {
		if err := m.write(ctx, db, from, min(from+chunk, projects)); err != nil {
			return err
		}
	}
	_, err = store.Write(ctx, db, access.System(system), func(tx *store.Tx) (store.Event, error) {
		if err := assistance.RestoreTasks(ctx, tx); err != nil {
			return store.Event{}, err
		}
		return store.Event{Act: "test.filled"}, m.exec(ctx, tx, "DELETE FROM project_count", `
			INSERT INTO project_count (kind, place, theme, project_stage, level, state, grp, owner, n, once)
			SELECT kind, place, theme, project_stage, level, state, grp, '', COUNT(*), SUM(once)
			FROM project_place GROUP BY kind, place, theme, project_stage, level, state, grp`)
	})
	return err
}

type many struct {
	states, themes, bodies []string
	projects               int
	each                   int // activities of a project
	day                    time.Time
}

const system = "test"

func (m many) exec(ctx context.Context, tx *store.Tx, queries ...string) error {
	for _, query := range queries {
		if _, err := tx.Exec(ctx, query); err != nil {
			return fmt.Errorf("%w: %.80s", err, query)
		}
	}
	return nil
}

// ground writes a mandate, and for each State a request that was accepted and a
// consent that is open in every theme.
func (m many) ground(ctx context.Context, db *store.DB) error {
	_, err := store.Write(ctx, db, access.System(system), func(tx *store.Tx) (store.Event, error) {
		var requests, consents, areas [][]any
		for i, state := range m.states {
			request, consent := "many-r-"+state, "many-c-"+state
			requests = append(requests, []any{request, 0, 0, state, "en", "Assistance with reform", "Courses and advice", "A new law", "", "", "draft", 0, i + 1, "", "", "", 1, i + 1, i + 1, 3, state, "", system})
			consents = append(consents, []any{consent, 1990, i + 1, state, request, "asked", "Courses and advice", "", "", "", "", "", "", "", "", 0, 1, i + 1, i + 1, 2, state, "", system})
			for _, theme := range m.themes {
				areas = append(areas, []any{consent, theme, state, "given", "1990-01-01", "9999-12-31", "open", "", "", consent + "  give 2", i + 1})
			}
		}
		err := tx.Insert(ctx, "request (id, of_year, nth, asker, lang, title, wish, reason, since, until, stage, moves, moved, due, referred, handler, rev, created, updated, level, state, grp, owner)", requests, "")
		if err == nil {
			err = tx.Insert(ctx, "consent (id, of_year, nth, giver, request, stage, why, authority, office, given, since, until, conditions, document, recorded, moves, rev, created, updated, level, state, grp, owner)", consents, "")
		}
		if err != nil {
			return store.Event{}, err
		}
		const requested = "INSERT INTO request_step (request, n, prior, was, move, stage, words, former, by_whom, at, mark) SELECT id, "
		const consented = "INSERT INTO consent_step (consent, n, prior, was, move, stage, words, by_whom, at, mark, ground) SELECT id, "
		err = m.exec(ctx, tx,
			requested+"1, NULL, NULL, 'draft', 'draft', '', '', 'test', 1, id || ' 1 draft' FROM request WHERE id LIKE 'many-%'",
			requested+"2, 1, 'draft', 'submit', 'submitted', '', '', 'test', 1, id || ' 2 submitted' FROM request WHERE id LIKE 'many-%'",
			requested+"3, 2, 'submitted', 'acknowledge', 'acknowledged', '', '', 'test', 1, id || ' 3 acknowledged' FROM request WHERE id LIKE 'many-%'",
			requested+"4, 3, 'acknowledged', 'accept', 'accepted', '', '', 'test', 1, id || ' 4 accepted' FROM request WHERE id LIKE 'many-%'",
			"UPDATE request SET stage = 'accepted', moves = 4, step = id || ' 4 accepted', of_year = 1990, nth = created, level = 2, handler = 'test' WHERE id LIKE 'many-%'",
			consented+"1, NULL, NULL, 'ask', 'asked', '', 'test', 1, id || ' 1 asked', id || '  ask 1' FROM consent WHERE id LIKE 'many-%'",
			consented+"2, 1, 'asked', 'give', 'given', '', 'test', 1, id || ' 2 given', id || '  give 2' FROM consent WHERE id LIKE 'many-%'",
			`UPDATE consent SET stage = 'given', moves = 2, step = id || ' 2 given', authority = 'Ministry', office = 'Minister', given = '1990-01-01', since = '1990-01-01',
			 until = '9999-12-31', recorded = 'state' WHERE id LIKE 'many-%'`,
			`INSERT INTO mandate (id, holder, lang, title, document, since, until, rev, created, updated, level, state, grp, owner)
			 VALUES ('many-m', 'spmu', 'en', 'Police-related activities', 'PC.DEC/1049', '1990-01-01', '9999-12-31', 1, 1, 1, 2, '', '', 'test')`)
		if err == nil {
			err = tx.Insert(ctx, "consent_area (consent, theme, giver, consent_stage, since, until, standing, closed, reason, step, stood)", areas, "")
		}
		return store.Event{Act: "test.filled"}, err
	})
	return err
}

// made is one project of many.
type made struct {
	i            int
	id           string
	at           int64 // its number
	created      int64 // microseconds
	starts, ends string
	hosts        []string
	area         string
	organisers   []string
	stage        string // to which it comes
}

// project makes up the one of a number. The first of twenty and every tenth run now,
// every tenth is a draft or was stopped; the others are as far as their days say.
func (m many) project(i int) made {
	far := (i * 7) % 7300 // of twenty years
	if m.projects > 7300 {
		far = 7300 - i*7300/m.projects // the last one is the newest
	}
	from := m.day.AddDate(0, 0, 100-far)
	p := made{i: i, id: fmt.Sprintf("many-p-%07d", i), at: int64(i + 1), created: from.AddDate(0, 0, -100).UnixMicro() + int64(i), stage: "evaluated"}
	switch {
	case i%10 == 9:
		p.stage, from = []string{"idea", "appraised", "stopped", "approved"}[i/10%4], m.day.AddDate(0, 0, 20+i%80)
	case i%10 == 0 && far >= 465:
		p.stage, from = "active", m.day.AddDate(0, 0, 100-far%300)
	case far < 465:
		p.stage = "active"
		if i%50 == 1 {
			p.stage = "suspended"
		}
	case far < 700 || i%20 == 1:
		p.stage = "closed"
	}
	p.starts, p.ends = from.Format(time.DateOnly), from.AddDate(1, 0, 0).Format(time.DateOnly)
	p.hosts, p.area = []string{m.states[i%len(m.states)]}, m.themes[(i/3)%len(m.themes)]
	if i%4 == 0 {
		p.hosts = append(p.hosts, m.states[(i+7)%len(m.states)])
	}
	p.organisers = []string{"spmu"}
	if i%4 > 0 {
		p.organisers = []string{m.bodies[i%len(m.bodies)]}
	}
	if i%5 == 0 && p.organisers[0] != "odihr" {
		p.organisers = append(p.organisers, "odihr")
	}
	return p
}

// draft reports whether the project was never approved.
func (p made) draft() bool {
	return p.stage == "idea" || p.stage == "appraised" || p.stage == "stopped"
}

// over reports whether the project was brought to its end.
func (p made) over() bool { return p.stage == "closed" || p.stage == "evaluated" }

// step is how a project comes to where it is.
type step struct{ move, stage, words string }

func (p made) steps() []step {
	way := []step{{"draft", "idea", ""}, {"appraise", "appraised", ""}, {"approve", "approved", ""}, {"start", "active", ""}}
	switch p.stage {
	case "idea":
		return way[:1]
	case "appraised":
		return way[:2]
	case "stopped":
		return append(way[:2], step{"stop", "stopped", "No money."})
	case "approved":
		return way[:3]
	case "suspended":
		return append(way, step{"suspend", "suspended", "Elections."})
	case "closed":
		return append(way, step{"close", "closed", "It is done."})
	case "evaluated":
		return append(way, step{"close", "closed", "It is done."}, step{"evaluate", "evaluated", ""})
	}
	return way
}

func (m many) write(ctx context.Context, db *store.DB, from, to int) error {
	_, err := store.Write(ctx, db, access.System(system), func(tx *store.Tx) (store.Event, error) {
		list := make([]made, 0, to-from)
		for i := from; i < to; i++ {
			list = append(list, m.project(i))
		}
		for _, write := range []func(context.Context, *store.Tx, []made) error{
			m.drafts, m.gates, m.begin, m.activities, m.evaluate, m.end, m.lessons, m.watch, m.ask,
		} {
			if err := write(ctx, tx, list); err != nil {
				return store.Event{}, err
			}
		}
		return store.Event{Act: "test.filled"}, nil
	})
	return err
}

// within is a condition that these rows are of the projects, by an id that begins with
// theirs.
func within(column string, list []made) string { return beneath(column, "many-p-", list) }

// beneath is that of ids that begin with these letters and a project's number.
func beneath(column, letters string, list []made) string {
	return fmt.Sprintf("%s BETWEEN '%s%07d' AND '%s%07d~'", column, letters, list[0].i, letters, list[len(list)-1].i)
}

func (m many) drafts(ctx context.Context, tx *store.Tx, list []made) error {
	var projects, tags, answers [][]any
	for _, p := range list {
		projects = append(projects, []any{
			p.id, 1000, p.at, "en", fmt.Sprintf("Training of trainers %d", p.at), "Courses.", "Fits the reform.", "1049/12.3", "rule-of-law", "politico-military", "significant",
			p.starts, p.ends, "many-m", "1990-01-01", "9999-12-31", "idea", 0, p.created, p.due(-182), p.due(61), p.due(365), "Too short", 1, p.created, p.created, 2, "", "",
			fmt.Sprintf("many-o-%02d", p.i%20),
		})
		tag := func(kind string, values ...string) {
			for n, value := range values {
				tags = append(tags, []any{p.id, kind, value, n, p.created})
			}
		}
		tag("theme", p.area)
		tag("under", p.area)
		if top := top(p.area); top != p.area {
			tag("under", top)
		}
		tag("host", p.hosts...)
		tag("organiser", p.organisers...)
		answers = append(answers, []any{p.id, "plan", "Yes.", "Yes.", "Yes.", "Yes.", "Yes.", "Yes.", "", system, p.created, p.id + " plan"})
	}
	err := tx.Insert(ctx, "project (id, of_year, nth, lang, title, summary, tailoring, line, phase, dimension, gender, starts, ends, mandate, mandate_since, mandate_until, stage, moves, moved, interim_due, final_due, expost_due, mid_waived, rev, created, updated, level, state, grp, owner)", projects, "")
	if err == nil {
		err = tx.Insert(ctx, "project_tag (project, kind, value, n, created)", tags, "")
	}
	if err == nil {
		err = tx.Insert(ctx, "principles (project, moment, rule_of_law, human_rights, gender, minorities, partnership, accountability, not_arising, by_whom, at, mark)", answers, "")
	}
	return err
}

// top is the theme to which a theme belongs, or itself.
func top(theme string) string {
	parent, _, _ := strings.Cut(theme, "/")
	return parent
}

// gates lets each project through to its States.
func (m many) gates(ctx context.Context, tx *store.Tx, list []made) error {
	var gates, places [][]any
	for _, p := range list {
		for _, host := range p.hosts {
			gates = append(gates, []any{
				p.id, "idea", p.starts, p.ends, host, p.area, true, "many-r-" + host, "accepted", "many-c-" + host, "open", "1990-01-01", "9999-12-31", "", p.created,
				p.id + " " + host + " " + p.area + " in",
			})
			places = append(places, []any{p.id, "idea", "host", host, top(p.area), 1, p.created, 2, "", "", ""})
		}
		for _, body := range p.organisers {
			places = append(places, []any{p.id, "idea", "organiser", body, top(p.area), 1, p.created, 2, "", "", ""})
		}
	}
	err := tx.Insert(ctx, "gate (project, project_stage, starts, ends, host, area, included, request, request_stage, consent, standing, since, until, decide_by, created, mark)", gates, "")
	if err == nil {
		err = tx.Insert(ctx, "project_place (project, project_stage, kind, place, theme, once, created, level, state, grp, owner)", places, "")
	}
	return err
}

// due is the day so many days after the project's end.
func (p made) due(days int) string {
	end, _ := time.Parse(time.DateOnly, p.ends)
	return end.AddDate(0, 0, days).Format(time.DateOnly)
}

// begin takes the steps until a project is active, as far as it comes; those after are
// written here too, and taken in end.
func (m many) begin(ctx context.Context, tx *store.Tx, list []made) error {
	var rows [][]any
	for _, p := range list {
		var prior, was any
		for n, s := range p.steps() {
			rows = append(rows, []any{p.id, n + 1, prior, was, s.move, s.stage, "", "", s.words, "", system, p.created, fmt.Sprintf("%s %d %s", p.id, n+1, s.stage)})
			prior, was = n+1, s.stage
		}
	}
	err := tx.Insert(ctx, "project_step (project, n, prior, was, move, stage, host, area, words, former, by_whom, at, mark)", rows, "")
	if err != nil {
		return err
	}
	var queries []string
	for _, kind := range []string{"interim", "final", "expost"} {
		queries = append(queries, `
			INSERT INTO evaluation (id, project, kind, due, lang, evaluator, independence, summary, rule_of_law, human_rights, gender, minorities, partnership, accountability,
			  not_arising, stage, moves, moved, answer_by, rev, created, updated, mark)
			SELECT id || '-`+kind+`', id, '`+kind+`', `+kind+`_due, 'en', '', '', '', '', '', '', '', '', '', '', 'due', 0, created, '', 1, created, created,
			  id || ' `+kind+` due'
			FROM project WHERE `+within("id", list)+" AND EXISTS (SELECT 1 FROM project_step s WHERE s.project = project.id AND s.stage = 'approved')")
	}
	return m.exec(ctx, tx, append(queries, `
		UPDATE project SET planned = id || ' plan', lead = (SELECT MIN(g.mark) FROM gate g WHERE g.project = project.id), stage = s.stage, moves = s.n, step = s.mark,
		  interim_mark = (SELECT e.mark FROM evaluation e WHERE e.project = project.id AND e.kind = 'interim'),
		  final_mark = (SELECT e.mark FROM evaluation e WHERE e.project = project.id AND e.kind = 'final'),
		  expost_mark = (SELECT e.mark FROM evaluation e WHERE e.project = project.id AND e.kind = 'expost')
		FROM project_step s
		WHERE s.project = project.id AND s.n = (SELECT MAX(l.n) FROM project_step l WHERE l.project = project.id AND l.n <= 4) AND `+within("project.id", list))...)
}

// activities gives each project its activities: those of the past were held, but for
// some that were cancelled and some of which nobody has said anything yet.
func (m many) activities(ctx context.Context, tx *store.Tx, list []made) error {
	var activities, steps [][]any
	today := m.day.Format(time.DateOnly)
	for _, p := range list {
		begins, _ := time.Parse(time.DateOnly, p.starts)
		project := "active"
		for n, s := range p.steps() {
			if n < 4 {
				project = s.stage
			}
		}
		for n := range m.each {
			if p.stage == "stopped" {
				break
			}
			id := fmt.Sprintf("%s-a%02d", p.id, n)
			starts := begins.AddDate(0, 0, 10+n*340/max(m.each, 1)).Format(time.DateOnly)
			total, move, stage, words := 0, "", "planned", ""
			switch {
			case (p.i+n)%33 == 5:
				move, stage, words = "cancel", "cancelled", "Not asked for any more."
			case starts < today && project == "active" && (p.over() || (p.i+n)%25 > 0):
				total, move, stage = 20, "hold", "held"
			}
			kind := []string{"training", "workshop", "study-visit", "advice", "equipment", "monitoring", "legislative", "training", "workshop", "training"}[(p.i+n)%10]
			activities = append(activities, []any{
				id, 1000, p.at*100 + int64(n), p.id, project, p.starts, p.ends, kind, "en", fmt.Sprintf("Course %d of project %d", n+1, p.at), starts, starts, "The academy", false,
				"", "", "", "", "planned", 0, p.created, total, total / 4, total - total/4, "", "", 0, 0, 0, 0, 0, "", "", "", 1, p.created + int64(n), p.created, 2, "", "", fmt.Sprintf("many-o-%02d", p.i%20),
			})
			steps = append(steps, []any{id, 1, nil, nil, "plan", "planned", "", "", "", "", system, p.created, id + " 1 planned"})
			if move != "" {
				steps = append(steps, []any{id, 2, 1, "planned", move, stage, "", "", words, "", system, p.created, id + " 2 " + stage})
			}
		}
	}
	err := tx.Insert(ctx, "activity (id, of_year, nth, project, project_stage, project_starts, project_ends, kind, lang, title, starts, ends, place, online, agenda, coauthor, issues, replies, stage, moves, moved, total, women, men, unattended, remark, answers, relevance, content, trainers, organisation, opinions, importer, external, rev, created, updated, level, state, grp, owner)", activities, "")
	if err == nil {
		err = tx.Insert(ctx, "activity_step (activity, n, prior, was, move, stage, host, area, words, former, by_whom, at, mark)", steps, "")
	}
	if err != nil {
		return err
	}
	return m.exec(ctx, tx,
		`INSERT INTO activity_host (activity, project, activity_stage, starts, gate, host, area, dropped, mark)
		SELECT x.id, x.project, x.stage, x.starts, g.mark, g.host, g.area, FALSE, x.id || ' ' || g.host || ' ' || g.area || ' on'
		FROM activity x JOIN gate g ON g.project = x.project WHERE `+within("x.project", list),
		`INSERT INTO activity_tag (activity, kind, value, n, starts)
		SELECT x.id, t.kind, t.value, t.n, x.starts FROM activity x JOIN project_tag t ON t.project = x.project
		WHERE t.kind IN ('host', 'under', 'organiser') AND `+within("x.project", list),
		`UPDATE activity SET lead = (SELECT MIN(h.mark) FROM activity_host h WHERE h.activity = activity.id), stage = s.stage, moves = s.n, step = s.mark
		FROM activity_step s
		WHERE s.activity = activity.id AND s.n = (SELECT MAX(l.n) FROM activity_step l WHERE l.activity = activity.id) AND `+within("activity.id", list))
}
