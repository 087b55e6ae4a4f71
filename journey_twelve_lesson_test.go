package main

import "polis/internal/assistance"

// evaluate writes an evaluation of a kind with the six criteria and a recommendation,
// which is answered and acted on.
func (c *cycle) evaluate(kind assistance.EvaluationKind) {
	c.Helper()
	o := c.officer
	path := c.project + "/evaluation/" + string(kind)
	o.goes(path)
	o.sends("/move/begin", nil)
	o.follows("a[href$='/edit']")
	in := typed{"evaluator": c.tell("outsider"), "independence": c.tell("free"), "lang": string(c.helps), "summary": c.tell("judged") + " " + c.tell("made up")}
	for i, name := range assistance.Criteria {
		if name == "impact" && kind != assistance.EvaluationExPost {
			in["rating-"+name], in["why-"+name] = "0", c.tell("unrated")
			continue
		}
		in["question-"+name], in["evidence-"+name], in["finding-"+name] = c.tell("question"), c.tell("evidence"), c.tell("judged")
		in["rating-"+name] = []string{"3", "4"}[i%2]
	}
	for _, name := range assistance.Principles {
		in["answer-"+name] = c.tell("answer")
	}
	o.sends("/edit", in)
	o.sends("/recommendations", typed{"wish-recommend": c.tell("advice"), "addressee-recommend": c.tell("ministry"), "priority-recommend": "medium"})
	o.sends("/move/finish", nil)
	o.sends("/respond", typed{"response-respond-0": "accepted", "words-respond-0": c.tell("taken")})
	o.sends("/actions", typed{"task-act-0": c.tell("task"), "office-act-0": "demo-unit", "due-act-0": day(10), "mine-act-0": []string{"yes"}})
	o.sends("/done", typed{"how-done-0-0": c.tell("finished")})
	c.evaluation = path
}

// evaluates ends the project with its evaluation: the final one, or where it is asked
// what is left of it a year later, that one instead.
func (c *cycle) evaluates() {
	c.Helper()
	if c.later {
		c.waives(c.desk, assistance.EvaluationAtEnd)
		c.evaluate(assistance.EvaluationExPost)
	} else {
		c.evaluate(assistance.EvaluationAtEnd)
	}
	c.desk.goes(c.project)
	c.desk.sends("/move/evaluate", nil)
	if c.desk.has("form[action*='/move/']") {
		c.Errorf("something is left to do:\n%s", c.desk.text("main"))
	}
	c.desk.screen("project " + c.kind)
}

// learns draws a lesson from the evaluation, which somebody else reviews and publishes.
func (c *cycle) learns() {
	c.Helper()
	o, d := c.officer, c.desk
	o.goes(c.evaluation)
	o.follows("a[href*='/lessons/new?']")
	c.lesson = o.sends("/assistance/lessons", typed{
		"title": c.learned[c.helps], "lang": string(c.helps), "happened": c.done[c.helps] + " " + c.tell("made up"), "learned": c.learned[c.helps], "guidance": c.tell("guidance"),
		"evidence": c.tell("evidence"),
	})
	o.shows(c.project, c.evaluation)
	if c.silent != "" && o.has("a[href$='/directory/"+c.silent+"']") {
		c.Errorf("the lesson names %s, where nothing was done", c.silent)
	}
	d.goes(c.lesson)
	d.sends("/move/review", nil)
	d.sends("/move/publish", nil)
	d.screen("lesson " + c.kind)
	o.goes(c.evaluation)
	o.shows(c.lesson)
}

// offers shows the lesson to another State that drafts something similar, and the State
// that has asked what became of it.
func (c *cycle) offers() {
	c.Helper()
	for _, state := range asking {
		if state == c.hosts[0] {
			continue
		}
		other := c.states[state]
		other.goes("/assistance/requests/new")
		other.sends("/assistance/requests", typed{"title": c.title[c.asks], "themes": c.areas}, "do=save")
		other.shows(c.lesson)
		break
	}
	s := c.states[c.hosts[0]]
	s.goes("/assistance/territory/" + c.hosts[0])
	s.shows(c.requests[c.hosts[0]], c.lesson)
	s.screen("state " + c.kind)
	s.goes(c.requests[c.hosts[0]])
	s.shows(c.project)
	s.goes(c.project)
	s.shows(c.lesson)
}
