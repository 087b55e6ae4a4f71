package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/chromedp/chromedp"

	"polis/internal/assistance"
)

// plansProject writes it on the ground of the first State's request, or of what was
// recommended after it, with what it needs to be approved.
func (c *cycle) plansProject() {
	c.Helper()
	o, hosts := c.officer, c.asked()
	if c.assessed {
		o.goes(c.assessment)
		o.follows("a[href*='/projects/new?recommendation=']")
	} else {
		o.goes(c.requests[c.hosts[0]])
		o.follows("a[href*='/projects/new?request=']")
	}
	c.project = o.sends("/assistance/projects", typed{
		"title": c.title[c.helps], "lang": string(c.helps), "summary": c.done[c.helps] + " " + c.tell("made up"), "tailoring": c.fits[c.helps],
		"hosts": strings.Join(hosts, "\n"), "line": c.line, "phase": "rule-of-law", "dimension": "human", "gender": c.gender, "mandate": "*",
		"starts": begins, "ends": ends, "organisers": "demo-unit\n" + strings.Join(c.organisers, "\n"), "partners": "demo-academy", "bodies": c.tell("unit"),
	})
	if c.assessed {
		o.shows(c.assessment)
	}
	for _, state := range hosts[1:] {
		c.rests(state)
	}
	if c.programme {
		c.placesInProgramme()
	}
	o.goes(c.project + "/principles")
	c.answers("plan")
	c.budgets()
	c.intends()
	o.goes(c.project)
	o.sends("/move/appraise", nil)
}

// rests lets the gates of another host State rest on what that State has asked and
// agreed to; of one that has not answered they stay without.
func (c *cycle) rests(state string) {
	c.Helper()
	if state == c.silent {
		return
	}
	for _, area := range c.areas {
		c.officer.goes(c.project + "/gates")
		c.officer.sends("/gates/rest", typed{
			"=host": state, "=area": area, "request-bind-*": last(c.requests[state]), "consent-bind-*": last(c.consents[state]),
		})
	}
}

// last is the last part of a path.
func last(path string) string { return path[strings.LastIndex(path, "/")+1:] }

// placesInProgramme makes one for the long term, of which the project is a part.
func (c *cycle) placesInProgramme() {
	c.Helper()
	o := c.officer
	number := strings.Fields(o.text(".record-head .meta"))
	o.goes("/assistance/programmes/new")
	programme := o.sends("/assistance/programmes", typed{
		"title": c.title[c.helps], "purpose": c.tell("impact"), "themes": c.areas, "states": strings.Join(c.hosts, "\n"), "government": c.tell("ministry"), "civil": "demo-forum",
		"organisers": "demo-unit", "since": begins, "until": day(600), "ownership": c.tell("handover"), "handover": c.tell("handover"), "handover_day": day(590),
	})
	o.sends("/projects", typed{"project": number[len(number)-1]})
	o.shows(c.project)
	c.desk.goes(programme)
	c.desk.sends("/move/agree", nil)
	o.goes(programme)
	o.sends("/move/begin", nil)
	o.goes(c.project)
	o.shows(programme)
}

// answers answers the six principles at a moment.
func (c *cycle) answers(moment string) {
	c.Helper()
	said := typed{}
	for _, principle := range assistance.Principles {
		said[principle+"-"+moment] = c.tell("answer")
	}
	c.officer.sends("/principles/"+moment, said)
}

// orders sends an order about the money, and confirms what it changes.
func (c *cycle) orders(s *seat, order string, in typed) {
	c.Helper()
	s.goes(c.project + "/money/" + order)
	order, _, _ = strings.Cut(order, "?")
	s.sends("/money/"+order, in)
	s.sends("/money/"+order, nil, "sure=1")
}

// budgets writes the budget, and from where it comes.
func (c *cycle) budgets() {
	c.Helper()
	o := c.officer
	o.goes(c.project + "/money/open")
	o.sends("/money/open", nil)
	c.orders(o, "plan", typed{"output": c.tell("output"), "category": c.category, "year": begins[:4], "planned": "12000"})
	if !c.donates {
		c.orders(o, "gap", typed{"words": c.tell("gap")})
		return
	}
	c.orders(o, "pledge", typed{"kind": "host", "source": c.hosts[0], "pledged": "12000", "since": begins})
	c.desk.goes(c.project + "/money")
	c.orders(c.desk, "grant?"+query(c.desk.link("a[href*='/money/grant?of=']")), nil)
}

// query is what stands behind the question mark of an address.
func query(address string) string {
	_, q, _ := strings.Cut(address, "?")
	return q
}

// intends writes what is to come of it: an impact, an outcome, an output with an
// indicator.
func (c *cycle) intends() {
	c.Helper()
	o := c.officer
	for _, kind := range []string{"impact", "outcome", "output"} {
		o.goes(c.project + "/results/new?kind=" + kind)
		in := typed{"text": c.tell(kind)}
		if kind != "impact" {
			in["parent"], in["capacity"] = "*", "training"
		}
		o.sends("/results", in)
	}
	o.follows("a[href*='/indicators/new?result=']")
	o.sends("/indicators", typed{
		"text": c.measure[c.helps], "unit": "percent", "baseline": "10", "baseline_day": begins, "target": "60", "target_day": ends, "means": c.tell("evidence"),
	})
	c.indicate = o.link("table a[href*='/indicators/']:not([href*='new'])")
}

// approves is the desk's. Where one State has not answered it is told so, and of that
// State alone; the project goes on without it.
func (c *cycle) approves() {
	c.Helper()
	d := c.desk
	d.goes(c.project)
	if c.silent != "" {
		d.isRefused("/move/approve", nil)
		for _, state := range c.asked() {
			if missing := d.link(".note-refusal a[href*='host="+state+"']") != ""; missing != (state == c.silent) {
				d.Errorf("that something of %s is missing is %t:\n%s", state, missing, d.page.Faults)
			}
		}
		d.goes(c.project + "/gates")
		d.sends("/gates/leave", typed{"=host": c.silent, "words-leave-*": c.tell("without")})
		d.goes(c.project)
	}
	d.sends("/move/approve", nil)
	c.officer.goes(c.project)
	c.officer.sends("/move/start", nil)
}

// holds plans the activity and says how it went.
func (c *cycle) holds() {
	c.Helper()
	o := c.officer
	o.goes(c.project + "/activities")
	o.follows("a[href$='/activities/new']")
	var hosts []string
	for _, state := range c.hosts {
		for _, area := range c.areas {
			hosts = append(hosts, state+" "+area)
		}
	}
	in := typed{
		"kind": c.kind, "title": c.title[c.helps], "starts": takesPlace, "ends": day(-428), "place": c.tell("place"), "hosts": hosts,
		"organisers": "demo-unit\n" + strings.Join(c.organisers, "\n"), "lang": string(c.helps), "languages": c.asks.Name(), "agenda": c.done[c.helps],
	}
	switch {
	case c.kind == assistance.GuidanceKind:
		in["coauthor"] = c.say("office")
	case c.kind == assistance.ForumKind:
		in["groups"], in["issues"], in["replies"], in["follow-ups"] = c.tell("groups"), c.tell("raised"), c.tell("replied"), day(-340)
	case len(c.hosts) == 2:
		in["online"], in["place"] = []string{"1"}, ""
	}
	if c.silent != "" && o.has("[name=hosts][value^='"+c.silent+" ']") {
		c.Errorf("%s has not agreed, and can be chosen", c.silent)
	}
	c.activity = o.sends("/activities", in)
	o.follows("a[href$='/held']")
	o.sends("/held", c.figures())
	o.says(c.total, c.women)
	if c.rounds > 1 {
		c.brings(c.rounds - 1)
	}
	if c.donates {
		c.spends()
	}
	o.goes(c.project + "/results")
	o.goes(c.indicate)
	measured := typed{"day-measure": ends, "value-measure": "55", "evidence-measure": c.tell("evidence")}
	if c.later {
		measured["day-measure"] = yearLater
	}
	o.sends("/measure", measured)
}

// figures are who took part: women and men of the police, and never who.
func (c *cycle) figures() typed {
	if c.donates {
		return typed{"unattended": c.tell("handed"), "remark": c.tell("over")}
	}
	return typed{
		"total": c.total, "women": c.women, "men": c.men, "remark": c.tell("over"), "answers": c.women, "question-content": "4",
		"number-1": c.women, "sex-1": "f", "service-1": "police", "rank-1": "line", "number-2": c.men, "sex-2": "m", "service-2": "police", "rank-2": "middle",
	}
}

// brings brings the other rounds in as a table, under the names of its columns in the
// language of the page.
func (c *cycle) brings(n int) {
	c.Helper()
	o := c.officer
	o.goes(c.project)
	number := strings.Fields(o.text(".record-head .meta"))
	o.goes("/assistance/imports")
	head := evaluateLater(o, "fetch('imports/template.csv').then(r => r.text())")
	separator := head[strings.IndexAny(head, ";,\t")]
	table := strings.TrimRight(head, "\r\n") + "\n"
	for i := range n {
		row := []string{
			"", number[len(number)-1], c.kind, c.title[c.helps] + " " + strconv.Itoa(i+2), string(c.helps), day(-429 + i), "", c.tell("place"), "no", c.hosts[0],
			strings.Join(c.areas, "; "), "demo-unit", "", "", "", "held", c.total, c.women, c.men, "", "",
		}
		table += `"` + strings.Join(row, `"`+string(separator)+`"`) + "\"\n"
	}
	file := filepath.Join(c.TempDir(), "rounds.csv")
	if err := os.WriteFile(file, []byte(table), 0o600); err != nil {
		c.Fatal(err)
	}
	o.do("choose the table", chromedp.SetUploadFiles(chromedp.CSS("main input[type=file]"), []string{file}))
	path := o.sends("/assistance/imports", nil)
	if !o.has("form[action$='/start']") {
		c.Fatalf("the table is not taken:\n%.3000s\n%s", o.text("main"), table)
	}
	o.sends("/start", nil)
	for range 100 {
		if o.goes(path); !o.has("form") {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	o.goes("/assistance/activities?project=" + last(c.project))
	if shown := evaluate[int](o.journey, "document.querySelectorAll('main .items li').length"); shown != n+1 {
		c.Errorf("%d of %d rounds are there:\n%.2000s", shown, n+1, o.text("main"))
	}
}

// evaluateLater is what a promise of the page becomes.
func evaluateLater(s *seat, script string) string {
	s.Helper()
	v, err := chromedp.Run(s.ctx, chromedp.Evaluate[string](script, chromedp.EvalAwaitPromise))
	if err != nil {
		s.Fatalf("%s: %v", script, err)
	}
	return v
}

// spends commits what the State has given, and records what was paid.
func (c *cycle) spends() {
	c.Helper()
	c.orders(c.officer, "commit", typed{"title": c.title[c.helps], "fund": "*", "line": "*", "amount": "11000"})
	c.orders(c.officer, "spend?"+query(c.officer.link("a[href*='/money/spend?of=']")), typed{"amount": "10500", "paper": "17"})
}

// closesArea is the State's, midway: it comes to be decided on the desk, and the project
// goes on without that area.
func (c *cycle) closesArea() {
	c.Helper()
	state, area := c.hosts[0], c.areas[len(c.areas)-1]
	s := c.states[state]
	s.goes(c.consents[state])
	s.shows(c.project)
	s.sends("/close", typed{"=theme": area, "reason-close-*": c.say("separate")})
	c.desk.goes("/assistance")
	c.desk.follows("a[href*='" + c.project + "/gates?']")
	c.desk.sends("/gates/leave", typed{"=host": state, "=area": area, "words-leave-*": c.tell("without")})
	c.desk.goes("/assistance")
	if c.desk.has("a[href*='" + c.project + "/gates?']") {
		c.Error("it is still to be decided")
	}
	c.officer.goes(c.project + "/activities/new")
	if value := "[name=hosts][value='" + state + " "; c.officer.has(value+area+"']") || !c.officer.has(value+c.areas[0]+"']") {
		c.Error("not the area that was closed, and that alone, is left out of what is planned")
	}
}

// closesProject asks the principles anew and closes it. Against a threat nobody skips
// them: without the answers it is refused.
func (c *cycle) closesProject() {
	c.Helper()
	o, d := c.officer, c.desk
	if c.threat {
		o.goes(c.project)
		o.isRefused("/move/close", typed{"words-close": c.tell("over")})
		o.shows(c.project + "/principles")
		o.goes(c.project + "/principles")
		c.answers("midterm")
		c.evaluate(assistance.EvaluationInterim)
		o.goes(c.project + "/principles")
	} else {
		o.goes(c.project + "/principles")
		o.sends("/principles/waive", typed{"words-waive": c.tell("short")})
		c.waives(d, assistance.EvaluationInterim)
	}
	c.answers("close")
	o.goes(c.project)
	o.sends("/move/close", typed{"words-close": c.tell("over")})
}

// waives is the desk's, with a reason.
func (c *cycle) waives(desk *seat, kind assistance.EvaluationKind) {
	c.Helper()
	desk.goes(c.project + "/evaluation/" + string(kind))
	desk.sends("/move/waive", typed{"words-waive": c.tell("short")})
}
