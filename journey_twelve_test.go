package main

import (
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/demo"
	"polis/internal/lang"
	"polis/internal/store/storetest"
)

// TestTwelveActivitiesFromARequestToALesson runs twelve activities of all kinds through
// the pages, from what a State asks for to what was learned of it, each in two languages:
// in six of them the State reads and writes in Russian and those who help in German, in
// the other six it is the other way round, on PostgreSQL where there is one. With
// POLIS_JOURNEYS=all each goes both ways.
func TestTwelveActivitiesFromARequestToALesson(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	all := os.Getenv("POLIS_JOURNEYS") == "all"
	for nth, run := range []struct {
		asks, helps lang.Tag
		postgres    bool
	}{{"ru", "de", false}, {"de", "ru", os.Getenv("POLIS_TEST_POSTGRES") != ""}} {
		t.Run(string(run.asks)+" asks, "+string(run.helps)+" helps", func(t *testing.T) {
			p := place{Data: t.TempDir()}
			if run.postgres {
				p.Database = storetest.PostgresDSN(t)
			}
			parties := openParties(t, p)
			t.Run("all", func(t *testing.T) {
				for i, c := range twelve {
					if !all && i%2 != nth {
						continue
					}
					t.Run(c.name, func(t *testing.T) {
						t.Parallel()
						r := <-parties
						defer func() { parties <- r }()
						r.cycle(t, c, run.asks, run.helps).run()
					})
				}
			})
		})
	}
}

// asking are the States of the twelve.
var asking = []string{"KG", "KZ", "TJ", "TM", "UZ"}

// party is everybody whom a cycle takes; a party runs one at a time.
type party struct {
	desk, officer *seat
	states        map[string]*seat
}

// openParties serves the demonstration with a focal point for each State, and seats as
// many parties as two processors keep busy.
func openParties(t *testing.T, p place) chan *party {
	t.Helper()
	focal := func(state string) string { return strings.ToLower(state) + ".focal-point@polis.example" }
	j := beginWith(t, p, func(h *house) (err error) {
		for _, state := range asking {
			_, made := account.Create(t.Context(), h.db, access.System("test"), account.New{
				Email: focal(state), Name: "Demo Focal Point " + state, Role: access.FocalPoint, ActsFor: state, Lang: "en", Password: demo.Password,
			})
			err = errors.Join(err, made)
		}
		return err
	})
	j.open("/en/") // there is a browser before there are seats at it
	parties := make(chan *party, 2)
	for range cap(parties) {
		r := &party{j.seat("desk-officer@polis.example"), j.seat("programme-officer@polis.example"), map[string]*seat{}}
		for _, state := range asking {
			r.states[state] = j.seat(focal(state))
		}
		parties <- r
	}
	return parties
}

// cycle is one of the twelve on its way.
type cycle struct {
	*testing.T
	twelfth
	asks, helps       lang.Tag
	desk, officer     *seat
	states            map[string]*seat
	requests          map[string]string // path, by the State that asks
	consents          map[string]string
	assessment        string // paths
	project, indicate string
	activity          string
	evaluation        string
	lesson            string
}

// cycle seats everybody in their language.
func (r *party) cycle(t *testing.T, of twelfth, asks, helps lang.Tag) *cycle {
	c := &cycle{T: t, twelfth: of, asks: asks, helps: helps, states: map[string]*seat{}, requests: map[string]string{}, consents: map[string]string{}}
	c.desk, c.officer = r.desk.take(t, helps), r.officer.take(t, helps)
	for state, s := range r.states {
		c.states[state] = s.take(t, asks)
	}
	return c
}

// run goes through it from one end to the other.
func (c *cycle) run() {
	began := time.Now()
	for _, state := range c.asked() {
		c.asksForHelp(state)
		c.isAskedForConsent(state)
		if state != c.silent {
			c.consent(state)
		}
	}
	if c.assessed {
		c.assess()
	}
	c.plansProject()
	c.approves()
	c.holds()
	if c.closes {
		c.closesArea()
	}
	c.closesProject()
	c.evaluates()
	c.learns()
	c.offers()
	pages := 0
	for _, s := range append(slices.Collect(maps.Values(c.states)), c.desk, c.officer) {
		s.leave()
		pages += s.pages
	}
	c.Logf("%d pages in %v", pages, time.Since(began).Round(time.Millisecond))
}

// asked are the States whose consent is asked for: the hosts, and one that does not
// answer.
func (c *cycle) asked() []string {
	if c.silent == "" {
		return c.hosts
	}
	return slices.Concat(c.hosts, []string{c.silent})
}

// day is the day so many days from now. The cycle lies behind us: what is planned in it
// begins fifteen months ago and was over two months ago.
func day(days int) string { return time.Now().UTC().AddDate(0, 0, days).Format(time.DateOnly) }

// The days of a cycle.
var (
	agreed, begins, takesPlace, ends, yearLater = day(-510), day(-500), day(-430), day(-63), day(-62)
)

// say and tell are shared texts in the language of the State, and of those who help.
func (c *cycle) say(key string) string  { return said[key][c.asks] }
func (c *cycle) tell(key string) string { return said[key][c.helps] }

// asksForHelp is the State's; the desk takes it up.
func (c *cycle) asksForHelp(state string) {
	c.Helper()
	s := c.states[state]
	s.goes("/assistance/requests/new")
	c.requests[state] = s.sends("/assistance/requests", typed{
		"title": c.title[c.asks], "lang": string(c.asks), "wish": c.wish[c.asks] + " " + c.say("made up"), "reason": c.say("reason"), "themes": c.areas,
		"since": begins, "until": ends, "bodies": c.say("unit"), "items": c.item, "lines": []string{c.line},
	}, "do=submit")
	c.desk.goes("/assistance")
	c.desk.shows(c.requests[state])
	c.desk.goes(c.requests[state])
	c.desk.sends("/move/acknowledge", nil)
	c.desk.sends("/move/accept", nil)
}

func (c *cycle) isAskedForConsent(state string) {
	c.Helper()
	c.desk.follows("a[href*='/consents/new']")
	c.consents[state] = c.desk.sends("/assistance/consents", typed{"why": c.tell("why")})
}

// consent is the State's: to all areas that it is asked for.
func (c *cycle) consent(state string) {
	c.Helper()
	s := c.states[state]
	s.goes("/assistance")
	s.shows(c.consents[state])
	s.goes(c.consents[state])
	s.sends("/give", typed{
		"areas": c.areas, "authority": c.say("ministry"), "office": c.say("office"), "given": agreed, "until": day(300), "conditions": c.say("agreed"), "document": state + "-17",
	})
}

// assess is the needs assessment with its context note: fielded on the ground of the
// consent, sent to the State, commented by it, and final.
func (c *cycle) assess() {
	c.Helper()
	state := c.hosts[0]
	c.officer.goes("/assistance/context/new")
	note := c.officer.sends("/assistance/context", typed{"about": state, "theme": strings.Split(c.areas[0], "/")[0], "title": c.title[c.helps], "summary": c.tell("factor")})
	c.officer.goes(note + "/factors/new")
	c.officer.sends("/factors/new", typed{"kind": "legal", "words": c.tell("factor"), "source": c.tell("source"), "dated": agreed, "review_by": day(200)})
	c.officer.goes(c.requests[state])
	c.officer.follows("a[href*='/assessments/new']")
	c.assessment = c.officer.sends("/assistance/assessments", typed{
		"purpose": c.tell("purpose"), "methods": c.tell("methods"), "team": "demo-unit", "starts": day(-505), "ends": day(-503),
	})
	c.officer.sends("/cite", typed{"note-cite": strings.TrimPrefix(note, "/assistance/context/")})
	c.officer.sends("/move/field", nil)
	c.officer.sends("/move/return", nil)
	c.officer.follows("a[href$='/findings/new']")
	c.officer.sends("/findings/new", typed{"title": c.tell("finding"), "baseline": c.tell("baseline"), "evidence": c.tell("evidence"), "dated": day(-504), "item": c.item})
	c.officer.follows("a[href$='/recommendations/new']")
	c.officer.sends("/recommendations/new", typed{"words": c.tell("wanted"), "addressee": c.tell("unit")})
	c.officer.sends("/move/send", nil)
	s := c.states[state]
	s.goes(c.assessment)
	s.sends("/move/comment", typed{"words-comment": c.say("comment"), "on-*": c.say("comment")})
	c.officer.goes(c.assessment)
	c.officer.sends("/move/finalise", nil)
	c.officer.shows(note)
}
