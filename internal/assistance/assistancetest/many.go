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
	"polis/internal/framework"
	"polis/internal/store"
)

// chunk is how many projects one write makes.
const chunk = 5000

// Many writes projects, each with activities, most of them held and over, spread over
// States, themes and years. The directory has to be there.
func Many(ctx context.Context, db *store.DB, projects, activities int) error {
	states, err := store.List[string](ctx, db, store.Everything("test"), "SELECT DISTINCT id FROM directory_entry WHERE {scope} AND kind = 'state' ORDER BY id")
	if err != nil {
		return err
	}
	m := many{states: states, each: activities / projects, day: time.Now().UTC().Truncate(24 * time.Hour)}
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
	return nil
}

type many struct {
	states, themes []string
	each           int // activities of a project
	day            time.Time
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
	id           string
	at           int64 // when it was made
	starts, ends string
	hosts        []string
	area         string
}

func (m many) project(i int) made {
	from := m.day.AddDate(0, 0, 100-(i*7)%7300) // of twenty years
	p := made{
		id: fmt.Sprintf("many-p-%07d", i), at: int64(i + 1), starts: from.Format(time.DateOnly), ends: from.AddDate(1, 0, 0).Format(time.DateOnly),
		hosts: []string{m.states[i%len(m.states)]}, area: m.themes[(i/3)%len(m.themes)],
	}
	if i%4 == 0 {
		p.hosts = append(p.hosts, m.states[(i+7)%len(m.states)])
	}
	return p
}

// stays reports whether the project is left an idea.
func (p made) stays() bool { return p.at%10 == 0 }

// steps are how a project comes to where it is.
var steps = []struct{ move, stage string }{{"draft", "idea"}, {"appraise", "appraised"}, {"approve", "approved"}, {"start", "active"}}

func (m many) write(ctx context.Context, db *store.DB, from, to int) error {
	_, err := store.Write(ctx, db, access.System(system), func(tx *store.Tx) (store.Event, error) {
		list := make([]made, 0, to-from)
		for i := from; i < to; i++ {
			list = append(list, m.project(i))
		}
		for _, write := range []func(context.Context, *store.Tx, []made) error{m.projects, m.gates, m.begin, m.activities} {
			if err := write(ctx, tx, list); err != nil {
				return store.Event{}, err
			}
		}
		return store.Event{Act: "test.filled"}, nil
	})
	return err
}

func (m many) projects(ctx context.Context, tx *store.Tx, list []made) error {
	var projects, tags, answers [][]any
	for i, p := range list {
		projects = append(projects, []any{
			p.id, 1000, p.at, "en", fmt.Sprintf("Training of trainers %d", p.at), "Courses.", "Fits the reform.", "1049/12.3", "rule-of-law", "politico-military", "significant",
			p.starts, p.ends, "many-m", "1990-01-01", "9999-12-31", "idea", 0, p.at, p.ends, p.ends, p.ends, "Too short", 1, p.at, p.at, 2, "", "", system,
		})
		tag := func(kind string, values ...string) {
			for n, value := range values {
				tags = append(tags, []any{p.id, kind, value, n, p.at})
			}
		}
		tag("theme", p.area)
		tag("under", p.area)
		if top := top(p.area); top != p.area {
			tag("under", top)
		}
		tag("host", p.hosts...)
		tag("organiser", []string{"spmu", "odihr", "atu", "bsmu"}[i%4])
		answers = append(answers, []any{p.id, "plan", "Yes.", "Yes.", "Yes.", "Yes.", "Yes.", "Yes.", "", system, p.at, p.id + " plan"})
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
	var gates, cells [][]any
	for _, p := range list {
		for _, host := range p.hosts {
			gates = append(gates, []any{
				p.id, "idea", p.starts, p.ends, host, p.area, true, "many-r-" + host, "accepted", "many-c-" + host, "open", "1990-01-01", "9999-12-31", "", p.at,
				p.id + " " + host + " " + p.area + " in",
			})
			cells = append(cells, []any{p.id, "idea", host, top(p.area), 1, 2, "", "", ""})
		}
	}
	err := tx.Insert(ctx, "gate (project, project_stage, starts, ends, host, area, included, request, request_stage, consent, standing, since, until, decide_by, created, mark)", gates, "")
	if err == nil {
		err = tx.Insert(ctx, "project_cell (project, project_stage, host, theme, once, level, state, grp, owner)", cells, "")
	}
	return err
}

// begin takes the steps until a project is active.
func (m many) begin(ctx context.Context, tx *store.Tx, list []made) error {
	var rows [][]any
	for _, p := range list {
		var prior, was any
		for n, s := range steps {
			if n > 0 && p.stays() {
				break
			}
			rows = append(rows, []any{p.id, n + 1, prior, was, s.move, s.stage, "", "", "", "", system, p.at, fmt.Sprintf("%s %d %s", p.id, n+1, s.stage)})
			prior, was = n+1, s.stage
		}
	}
	err := tx.Insert(ctx, "project_step (project, n, prior, was, move, stage, host, area, words, former, by_whom, at, mark)", rows, "")
	if err != nil {
		return err
	}
	these := " WHERE moves = 0 AND id BETWEEN '" + list[0].id + "' AND '" + list[len(list)-1].id + "'"
	queries := []string{"UPDATE project SET moves = 1, step = id || ' 1 idea'" + these + " AND nth % 10 = 0"}
	for _, kind := range []string{"interim", "final", "expost"} {
		queries = append(queries, `
			INSERT INTO evaluation (id, project, kind, due, lang, evaluator, independence, summary, rule_of_law, human_rights, gender, minorities, partnership, accountability,
			  not_arising, stage, moves, moved, answer_by, rev, created, updated, mark)
			SELECT id || '-`+kind+`', id, '`+kind+`', '`+m.day.AddDate(1, 0, 0).Format(time.DateOnly)+`', 'en', '', '', '', '', '', '', '', '', '', '', 'due', 0, created, '', 1, created, created,
			  id || ' `+kind+` due'
			FROM project`+these)
	}
	set := " WHERE moves = 0 AND project BETWEEN '" + list[0].id + "' AND '" + list[len(list)-1].id + "'"
	queries = append(queries,
		`INSERT INTO evaluation_step (evaluation, n, prior, was, move, stage, words, due, by_whom, at, mark)
		SELECT id, 1, NULL, NULL, 'set', 'due', '', '', 'test', created, id || ' 1 due' FROM evaluation`+set,
		"UPDATE evaluation SET moves = 1, step = id || ' 1 due'"+set)
	return m.exec(ctx, tx, append(queries, `
		UPDATE project SET planned = id || ' plan', lead = (SELECT MIN(g.mark) FROM gate g WHERE g.project = project.id), stage = 'active', moves = 4, step = id || ' 4 active',
		  interim_mark = id || ' interim due', final_mark = id || ' final due', expost_mark = id || ' expost due'`+these)...)
}

// activities gives each project its activities: those of the past were held.
func (m many) activities(ctx context.Context, tx *store.Tx, list []made) error {
	var activities, hosts, tags, steps [][]any
	today := m.day.Format(time.DateOnly)
	for _, p := range list {
		begins, _ := time.Parse(time.DateOnly, p.starts)
		for n := range m.each {
			id := fmt.Sprintf("%s-a%02d", p.id, n)
			starts := begins.AddDate(0, 0, 10+n*340/max(m.each, 1)).Format(time.DateOnly)
			state, mark := p.hosts[n%len(p.hosts)], ""
			stage, total := "planned", 0
			if starts < today && !p.stays() {
				stage, total = "held", 20
			}
			project := "active"
			if p.stays() {
				project = "idea"
			}
			kind := []string{"training", "workshop", "study-visit", "advice", "equipment"}[n%5]
			activities = append(activities, []any{
				id, 1000, p.at*100 + int64(n), p.id, project, p.starts, p.ends, kind, "en", fmt.Sprintf("Course %d of project %d", n+1, p.at), starts, starts, "The academy", false,
				"", "", "", "", "planned", 0, p.at, total, total / 4, total - total/4, "", "", 0, 0, 0, 0, 0, "", "", "", 1, p.at, p.at, 2, "", "", system,
			})
			mark = id + " " + state + " " + p.area + " on"
			hosts = append(hosts, []any{id, p.id, "planned", starts, p.id + " " + state + " " + p.area + " in", state, p.area, false, mark})
			tags = append(tags, []any{id, "host", state, 0, starts}, []any{id, "under", p.area, 0, starts}, []any{id, "organiser", "spmu", 0, starts})
			if top := top(p.area); top != p.area {
				tags = append(tags, []any{id, "under", top, 1, starts})
			}
			steps = append(steps, []any{id, 1, nil, nil, "plan", "planned", "", "", "", "", system, p.at, id + " 1 planned"})
			if stage == "held" {
				steps = append(steps, []any{id, 2, 1, "planned", "hold", "held", "", "", "", "", system, p.at, id + " 2 held"})
			}
		}
	}
	for _, into := range []struct {
		columns string
		rows    [][]any
	}{
		{"activity (id, of_year, nth, project, project_stage, project_starts, project_ends, kind, lang, title, starts, ends, place, online, agenda, coauthor, issues, replies, stage, moves, moved, total, women, men, unattended, remark, answers, relevance, content, trainers, organisation, opinions, importer, external, rev, created, updated, level, state, grp, owner)", activities},
		{"activity_host (activity, project, activity_stage, starts, gate, host, area, dropped, mark)", hosts},
		{"activity_tag (activity, kind, value, n, starts)", tags},
		{"activity_step (activity, n, prior, was, move, stage, host, area, words, former, by_whom, at, mark)", steps},
	} {
		if err := tx.Insert(ctx, into.columns, into.rows, ""); err != nil {
			return err
		}
	}
	const lead = "UPDATE activity SET lead = (SELECT MIN(h.mark) FROM activity_host h WHERE h.activity = activity.id), "
	these := " WHERE moves = 0 AND id BETWEEN '" + list[0].id + "' AND '" + list[len(list)-1].id + "-b'"
	return m.exec(ctx, tx,
		lead+"moves = 1, step = id || ' 1 planned'"+these+" AND total = 0",
		lead+"stage = 'held', moves = 2, step = id || ' 2 held'"+these+" AND total > 0")
}
