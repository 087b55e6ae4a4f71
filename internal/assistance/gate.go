package assistance

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// Gate is a host State of a project in one area, with the request and the consent on
// which the project rests there (Framework ¶3, 13). A regional project has one for
// each State and area; what a State does not agree to leaves out that State there, and
// not the project.
type Gate struct {
	Project      string
	Host         string
	Area         string // a theme
	Included     bool   // the project goes on there
	Request      string // id, or ""
	RequestStage Stage
	Consent      string // id, or ""
	Standing     Standing
	Since        string // the days on which the consent holds
	Until        string
	DecideBy     string // the day by which it is decided what becomes of what runs in an area that was closed, or ""
}

const gateColumns = `g.project, g.host, g.area, g.included, COALESCE(g.request, '') AS request, COALESCE(g.request_stage, '') AS request_stage,
	COALESCE(g.consent, '') AS consent, COALESCE(g.standing, '') AS standing, COALESCE(g.since, '') AS since, COALESCE(g.until, '') AS until, g.decide_by`

// maxGates is how many States times areas a project may have.
const maxGates = 400

// mark is the gate as project and activities rest on it.
func (g Gate) mark() string {
	if g.Included {
		return g.Project + " " + g.Host + " " + g.Area + " in"
	}
	return g.Project + " " + g.Host + " " + g.Area + " out"
}

// Need says what is missing, and where it is put right: a field of the project's form,
// or the gate of a State in an area.
type Need struct {
	Key   string // message
	Field string
	Host  string
	Area  string
}

// needParts are the parts of a project in which what a room asks for is put right, by
// how its messages begin.
var needParts = []struct{ prefix, part string }{
	{"project.needs.principles.", "principles"},
	{"result", "results"},
	{"stakeholder", "stakeholders"},
	{"risk", "stakeholders"},
	{"money.", "money"},
	{"activit", "activities"},
	{"evaluation.", "evaluation"},
	{"recommendation.", "evaluation"},
}

// Part is the part of the project in which it is put right: "gates", "principles" and
// so on; "" is what is written of the project itself.
func (n Need) Part() string {
	if n.Host != "" {
		return "gates"
	}
	for _, of := range needParts {
		if strings.HasPrefix(n.Key, of.prefix) {
			return of.part
		}
	}
	return ""
}

// needs are a list of them.
type needs []Need

// invalid are those that a form can show at its fields.
func (n needs) invalid() Invalid {
	v := Invalid{}
	for _, need := range n {
		if need.Field != "" {
			v[need.Field] = need.Key
		}
	}
	return v
}

// Incomplete is returned where a project lacks what the move needs.
type Incomplete struct {
	Move  ProjectMove
	Needs []Need
}

func (i Incomplete) Error() string { return "assistance: " + string(i.Move) + " needs more" }

// Gate finds one by its State and area.
func (p Project) Gate(host, area string) (Gate, bool) {
	for _, g := range p.Gates {
		if g.Host == host && g.Area == area {
			return g, true
		}
	}
	return Gate{}, false
}

// States are those in which it takes place, each once: a State that is left out in all
// areas is none of them. Before it has an area they are those that were named.
func (p Project) States() (list []string) {
	if len(p.Gates) == 0 {
		return p.Hosts
	}
	for _, g := range p.Gates {
		if g.Included {
			list = append(list, g.Host)
		}
	}
	return clean(list)
}

// Need is the message that says what the gate lacks on the days of the project, or "".
func (g Gate) Need(starts, ends string) string {
	switch {
	case !g.Included:
		return ""
	case g.Request == "":
		return "project.needs.request"
	case g.RequestStage != Accepted:
		return "project.needs.request.accepted"
	case g.Consent == "":
		return "project.needs.consent"
	case g.Standing == AreaClosed:
		return "project.needs.area.closed"
	case g.Standing != AreaOpen:
		return "project.needs.area"
	case starts < g.Since || ends > g.Until:
		return "project.needs.consent.dates"
	}
	return ""
}

// gateNeeds are what its gates lack. One at least has to be open.
func (p Project) gateNeeds() (list needs) {
	open := false
	for _, g := range p.Gates {
		if key := g.Need(p.Starts, p.Ends); key != "" && g.DecideBy == "" {
			list = append(list, Need{Key: key, Host: g.Host, Area: g.Area})
		}
		open = open || g.Included
	}
	if !open {
		list = append(list, Need{Key: "project.needs.host", Field: "hosts"})
	}
	return list
}

// putGates brings the gates to the hosts and areas of the draft: those that are new
// begin without a consent, and in a project that runs left out; those that are gone go,
// as long as nothing has been done there.
func (p Project) putGates(ctx context.Context, tx *store.Tx, d ProjectDraft) error {
	next := p
	next.apply(d)
	for _, g := range p.Gates {
		if _, stays := next.Gate(g.Host, g.Area); stays {
			continue
		}
		if !p.Stage.Drafting() {
			return Invalid{"hosts": "project.error.gate"} // it is left out with a reason, and its history stays
		}
		if err := freeGate(ctx, tx, g); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM gate WHERE project = $1 AND host = $2 AND area = $3", p.ID, g.Host, g.Area); err != nil {
			return err
		}
	}
	var rows [][]any
	for _, g := range next.Gates {
		if _, there := p.Gate(g.Host, g.Area); !there {
			rows = append(rows, []any{p.ID, string(p.Stage), d.Starts, d.Ends, g.Host, g.Area, g.Included, "", p.Created, g.mark()})
		}
	}
	if err := tx.Insert(ctx, "gate (project, project_stage, starts, ends, host, area, included, decide_by, created, mark)", rows, ""); err != nil {
		return err
	}
	return p.putPlaces(ctx, tx)
}

// restOn lets the gates of the State that has asked rest on its request, and on a
// consent that was given for it.
func (p Project) restOn(ctx context.Context, tx *store.Tx, who access.Subject, id string) error {
	r, err := request(ctx, tx, who.Scope(), id)
	if err != nil {
		return err
	}
	if r.Stage != Accepted {
		return Invalid{"request": "project.needs.request.accepted"}
	}
	_, err = tx.Exec(ctx, "UPDATE gate SET request = $2, request_stage = 'accepted' WHERE project = $1 AND host = $3", p.ID, r.ID, r.Asker)
	if err != nil {
		return err
	}
	areas, err := store.List[openArea](ctx, tx, everything, `
		SELECT a.consent, a.theme, a.since, a.until FROM consent_area a JOIN consent c ON c.id = a.consent
		WHERE {scope} AND c.request = $1 AND a.giver = $2 AND a.standing = 'open' ORDER BY c.created`, r.ID, r.Asker)
	for _, area := range areas {
		if err := area.bind(ctx, tx, p.ID, r.Asker); err != nil {
			return err
		}
	}
	return err
}

// openArea is an area to which a State agrees.
type openArea struct{ Consent, Theme, Since, Until string }

func (o openArea) bind(ctx context.Context, tx *store.Tx, project, host string) error {
	_, err := tx.Exec(ctx, `
		UPDATE gate SET consent = $4, standing = 'open', since = $5, until = $6
		WHERE project = $1 AND host = $2 AND area = $3`, project, host, o.Theme, o.Consent, o.Since, o.Until)
	return err
}

// Bind lets the gate of a State in an area rest on a request of that State that was
// accepted, and on a consent that holds for the area on the project's days. A gate
// that was left out, or about which is to be decided, is open by it.
func (a *Assistance) Bind(ctx context.Context, who access.Subject, id string, rev int64, host, area, requestID, consentID string) error {
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, err := writable(ctx, tx, who, id, rev)
		if err != nil {
			return store.Event{}, err
		}
		g, ok := p.Gate(host, area)
		switch {
		case !ok:
			return store.Event{}, store.ErrNotFound
		case !p.Stage.Drafting() && !p.Stage.Runs():
			return store.Event{}, Impossible{"bind", string(p.Stage), "assistance.impossible.project." + string(p.Stage)}
		}
		if err := g.rest(ctx, tx, who, requestID, consentID); err != nil {
			return store.Event{}, err
		}
		if key := g.Need(p.Starts, p.Ends); key != "" && p.Starts != "" {
			return store.Event{}, Invalid{"consent": key}
		}
		_, err = tx.Exec(ctx, `
			UPDATE gate
			SET request = $4, request_stage = 'accepted', consent = $5, standing = 'open', since = $6, until = $7, included = $8, mark = $9, decide_by = ''
			WHERE project = $1 AND host = $2 AND area = $3`, p.ID, host, area, g.Request, g.Consent, g.Since, g.Until, true, g.mark())
		if err != nil {
			return store.Event{}, err
		}
		if err := p.putPlaces(ctx, tx); err != nil {
			return store.Event{}, err
		}
		return p.event("assistance.project.bound"), p.take(ctx, tx, who, projectStep{move: "bind", stage: p.Stage, host: host, area: area})
	})
	return err
}

// rest fills in the request and the consent, as they stand.
func (g *Gate) rest(ctx context.Context, tx *store.Tx, who access.Subject, requestID, consentID string) error {
	v := Invalid{}
	r, err := request(ctx, tx, who.Scope(), requestID)
	if err != nil || r.Asker != g.Host || r.Stage != Accepted {
		v["request"] = "project.needs.request"
	}
	c, cerr := consent(ctx, tx, who.Scope(), consentID)
	area, _ := c.Area(g.Area)
	if cerr != nil || c.Giver != g.Host || area.Standing != AreaOpen {
		v["consent"] = "project.needs.consent"
	}
	if len(v) > 0 {
		return v
	}
	g.Request, g.RequestStage, g.Consent, g.Standing, g.Included, g.DecideBy = r.ID, r.Stage, c.ID, area.Standing, true, ""
	g.Since, g.Until = c.Since, c.Until
	if g.Until == "" {
		g.Until = endless
	}
	return nil
}

// LeaveOut lets a project go on without a State in an area; words say why. Where that
// is the last one, it is closed or stopped instead.
func (a *Assistance) LeaveOut(ctx context.Context, who access.Subject, id string, rev int64, host, area, words string) error {
	words = strings.TrimSpace(words)
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, err := writable(ctx, tx, who, id, rev)
		if err != nil {
			return store.Event{}, err
		}
		g, ok := p.Gate(host, area)
		switch {
		case !ok || !g.Included:
			return store.Event{}, store.ErrNotFound
		case !p.Stage.Drafting() && !p.Stage.Runs():
			return store.Event{}, Impossible{"leave", string(p.Stage), "assistance.impossible.project." + string(p.Stage)}
		case words == "":
			return store.Event{}, Invalid{"words": "assistance.error.words.leave"}
		case p.included() == 1 && p.Stage.Runs():
			return store.Event{}, Impossible{"leave", string(p.Stage), "assistance.impossible.project.last"}
		}
		if err := p.leave(ctx, tx, who, g, projectStep{move: "leave", stage: p.Stage, words: words}); err != nil {
			return store.Event{}, err
		}
		return p.event("assistance.project.left"), nil
	})
	return err
}

func (p Project) included() (n int) {
	for _, g := range p.Gates {
		if g.Included {
			n++
		}
	}
	return n
}

// leave closes one gate; a project that runs then goes through another.
func (p *Project) leave(ctx context.Context, tx *store.Tx, who access.Subject, g Gate, s projectStep) error {
	i := slices.IndexFunc(p.Gates, func(o Gate) bool { return o.Host == g.Host && o.Area == g.Area })
	p.Gates = slices.Clone(p.Gates)
	p.Gates[i].Included, p.Gates[i].DecideBy = false, ""
	if p.Stage.Runs() {
		if err := p.goThrough(ctx, tx); err != nil {
			return err
		}
	}
	if err := dropHosts(ctx, tx, who, *p, g, s.words); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "UPDATE gate SET included = $4, decide_by = '', mark = $5 WHERE project = $1 AND host = $2 AND area = $3",
		p.ID, g.Host, g.Area, false, p.Gates[i].mark())
	if err != nil {
		return err
	}
	if err := p.putPlaces(ctx, tx); err != nil {
		return err
	}
	s.host, s.area = g.Host, g.Area
	return p.take(ctx, tx, who, s)
}

// goThrough lets the project rest on the first gate that is open.
func (p Project) goThrough(ctx context.Context, tx *store.Tx) error {
	i := slices.IndexFunc(p.Gates, func(g Gate) bool { return g.Included })
	if i < 0 {
		return nil // the last one: it stops
	}
	_, err := tx.Exec(ctx, "UPDATE project SET lead = $2 WHERE id = $1", p.ID, p.Gates[i].mark())
	return err
}

// decideDays is how many working days there are to decide what becomes of what runs
// in an area that a State has closed.
const decideDays = 10

// loseGates is told before a consent ends, an area of it closes, or a request is
// withdrawn: what rests on it. Drafts stop at once, and so does what was approved and
// has not begun, in that State and area; what runs is put on the list of decisions
// with a day. area is "" for all of them.
func loseGates(ctx context.Context, tx *store.Tx, who access.Subject, column, id, area, words string) (events []store.Event, err error) {
	gates, err := store.List[Gate](ctx, tx, everything, "SELECT "+gateColumns+" FROM gate g WHERE {scope} AND "+column+` = $1 AND ($2 = '' OR area = $2) AND included
		AND decide_by = '' AND project_stage IN ('idea', 'appraised', 'approved', 'active', 'suspended') ORDER BY project, host, area`, id, area)
	for _, g := range gates {
		p, err := project(ctx, tx, everything, g.Project)
		if err != nil {
			return nil, err
		}
		came, err := p.lose(ctx, tx, who, g, words)
		if err != nil {
			return nil, err
		}
		if err := tellOfProject(ctx, tx, who, p, g, came); err != nil {
			return nil, err
		}
		events = append(events, p.event("assistance.project.lost"))
	}
	return events, err
}

// What comes of a project that loses its ground in a State and area. Messages:
// "project.lost.WHAT".
const (
	lostToDecide = "decide"
	lostState    = "left"
	lostProject  = "stopped"
)

// lose takes one gate's ground away, and says what came of it.
func (p *Project) lose(ctx context.Context, tx *store.Tx, who access.Subject, g Gate, words string) (came string, err error) {
	s := projectStep{move: "lose", stage: p.Stage, host: g.Host, area: g.Area, words: words}
	if p.Stage == Active || p.Stage == Suspended {
		_, err := tx.Exec(ctx, "UPDATE gate SET decide_by = $4 WHERE project = $1 AND host = $2 AND area = $3",
			p.ID, g.Host, g.Area, workingDays(tx.Now(), decideDays))
		if err != nil {
			return "", err
		}
		return lostToDecide, p.take(ctx, tx, who, s)
	}
	if p.included() == 1 {
		if err := p.take(ctx, tx, who, s); err != nil {
			return "", err
		}
		return lostProject, p.stop(ctx, tx, who, g, words)
	}
	return lostState, p.leave(ctx, tx, who, g, s)
}

// stop ends a project whose last gate is lost before it began.
func (p *Project) stop(ctx context.Context, tx *store.Tx, who access.Subject, g Gate, words string) error {
	if words == "" {
		words = g.Host + " · " + g.Area
	}
	return p.take(ctx, tx, who, projectStep{move: "stop", stage: Stopped, words: words})
}

// ToDecide lists the gates of what runs in areas that were closed, the one to be
// decided first in front. host is a State, or "" for all.
func (a *Assistance) ToDecide(ctx context.Context, scope access.Scope, host string, limit int) ([]Gate, error) {
	var q query
	q.and("{scope p}")
	q.and("g.decide_by <> ''")
	if host != "" {
		q.and("g.host = ?", host)
	}
	q.args = append(q.args, limit)
	return store.List[Gate](ctx, a.DB, scope, "SELECT "+gateColumns+" FROM gate g JOIN project p ON p.id = g.project WHERE "+q.conditions()+
		" ORDER BY g.decide_by, g.project LIMIT $"+strconv.Itoa(len(q.args)), q.args...)
}

// Grounds are what a gate could rest on: the State's requests that were accepted, and
// its consents that are open in the area, the newest first.
func (a *Assistance) Grounds(ctx context.Context, scope access.Scope, host, area string) ([]Request, []Consent, error) {
	requests, _, err := a.Requests(ctx, scope, RequestFilter{State: host, Stages: []Stage{Accepted}}, Place{}, maxList)
	if err != nil {
		return nil, nil, err
	}
	given, _, err := a.Consents(ctx, scope, ConsentFilter{State: host, Theme: area, Stages: []ConsentStage{ConsentGiven}}, Place{}, maxList)
	given = slices.DeleteFunc(given, func(c Consent) bool { r, ok := c.Area(area); return !ok || r.Standing != AreaOpen })
	return requests, given, err
}

// Overdue reports whether it should have been decided before this moment.
func (g Gate) Overdue(now time.Time) bool { return g.DecideBy != "" && g.DecideBy < today(now) }
