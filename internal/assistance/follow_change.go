package assistance

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// Change is a record that has changed since somebody has looked.
type Change struct {
	Kind   string // "request", "consent", "assessment", "project", "programme", "activity" or "lesson"
	ID     string
	Number string // "" of a lesson
	Title  string // "" of a consent
	Host   string // the State that is asked or assessed, or ""
	Lang   string
	Stage  string
	At     time.Time // when it changed last
	Act    string    // what happened then: the act of an event
}

// Place is where it stands in a list.
func (c Change) Place() Place { return Place{c.At, c.ID} }

// Path is the address of its page, without language.
func (c Change) Path() string {
	return map[string]string{
		"request": "/assistance/requests/", "consent": "/assistance/consents/", "assessment": "/assistance/assessments/", "project": "/assistance/projects/",
		"programme": "/assistance/programmes/", "activity": "/assistance/activities/", "lesson": "/assistance/lessons/",
	}[c.Kind] + c.ID
}

// changing is how changes of one kind of record are found. x is the record, f what she
// follows.
type changing struct {
	kind    string
	columns string // number, title, host
	alone   bool   // it can be followed by itself
	parts   string // records whose events are its own, beside itself
	within  string // it belongs to what she follows
}

// both says that a record stands in a State or under a theme by its tags.
func both(table, of, state string) string {
	return "(f.kind = 'state' AND EXISTS (SELECT 1 FROM " + table + " t WHERE t." + of + " = x.id AND t.kind = '" + state + "' AND t.value = f.object)" +
		" OR f.kind = 'theme' AND EXISTS (SELECT 1 FROM " + table + " t WHERE t." + of + " = x.id AND t.kind = 'under' AND t.value = f.object))"
}

// areasOf says the same of a record with areas and one State.
func areasOf(table, of, state string) string {
	return "(f.kind = 'state' AND x." + state + " = f.object" +
		" OR f.kind = 'theme' AND EXISTS (SELECT 1 FROM " + table + " t WHERE t." + of + " = x.id AND (t.theme = f.object OR t.theme LIKE f.object || '/%')))"
}

const titled = "x.of_year || '/' || x.nth AS number, x.title, x.lang"

// allChanging are the kinds of records that change.
var allChanging = []changing{
	{"request", titled + ", x.asker AS host", true, "", "(f.kind = 'state' AND x.asker = f.object OR f.kind = 'theme' AND EXISTS (SELECT 1 FROM request_tag t WHERE t.request = x.id AND t.kind = 'under' AND t.value = f.object))"},
	{"consent", "x.of_year || '/' || x.nth AS number, '' AS title, '' AS lang, x.giver AS host", false, "", areasOf("consent_area", "consent", "giver") + " OR f.kind = 'request' AND x.request = f.object"},
	{"assessment", titled + ", x.host", false, "", areasOf("assessment_area", "assessment", "host") + " OR f.kind = 'request' AND x.request = f.object"},
	{
		"project", titled + ", '' AS host", true, " UNION ALL SELECT v.id FROM evaluation v WHERE v.project = x.id",
		both("project_tag", "project", "host") + " OR f.kind = 'programme' AND x.programme = f.object",
	},
	{"programme", titled + ", '' AS host", true, "", both("programme_tag", "programme", "state")},
	{"activity", titled + ", '' AS host", true, "", both("activity_tag", "activity", "host") + " OR f.kind = 'project' AND x.project = f.object"},
	{"lesson", "'' AS number, x.title, x.lang, '' AS host", true, "", both("lesson_tag", "lesson", "state") + " OR f.kind = 'project' AND x.project = f.object OR f.kind = 'activity' AND x.activity = f.object"},
}

// changesKept is how far back changes are told.
const changesKept = 90 * 24 * time.Hour

// Changes lists what has changed in what the caller follows since she has looked, as
// far as she reads it now, the latest first, from behind a place on. Each record stands
// there once. What changed before 90 days is not told any more.
func (a *Assistance) Changes(ctx context.Context, who access.Subject, now time.Time, after Place, limit int) (list []Change, more Place, err error) {
	if !who.SignedIn() {
		return nil, Place{}, nil
	}
	seen, err := store.List[time.Time](ctx, a.DB, everything, "SELECT seen FROM follow WHERE {scope} AND person = $1 ORDER BY seen LIMIT 1", who.ID)
	if err != nil || len(seen) == 0 {
		return nil, Place{}, err
	}
	since := seen[0]
	if kept := now.Add(-changesKept); since.Before(kept) {
		since = kept
	}
	for _, c := range allChanging {
		found, err := c.among(ctx, a, who, since, after, limit+1)
		if err != nil {
			return nil, Place{}, err
		}
		list = append(list, found...)
		if !c.alone {
			continue
		}
		if found, err = c.own(ctx, a, who, since, after, limit+1); err != nil {
			return nil, Place{}, err
		}
		list = append(list, found...)
	}
	slices.SortFunc(list, func(a, b Change) int { return cmp.Or(b.At.Compare(a.At), strings.Compare(b.ID, a.ID)) })
	list, more = page(list, limit, Change.Place)
	for i := range list {
		if list[i].Act, err = list[i].last(ctx, a, who.Scope()); err != nil {
			return nil, Place{}, err
		}
	}
	return list, more, nil
}

// record are the columns of a Change, but for when it was.
func (c changing) record() string {
	return "'" + c.kind + "' AS kind, x.id, " + c.columns + ", x.stage"
}

// among are the records that stand in what she follows, and are not followed by
// themselves.
func (c changing) among(ctx context.Context, a *Assistance, who access.Subject, since time.Time, after Place, limit int) ([]Change, error) {
	var q query
	q.and("{scope x} AND x.updated > ?", since)
	if after != (Place{}) {
		q.and("(x.updated, x.id) < (?, ?)", after.At, after.ID)
	}
	q.and("EXISTS (SELECT 1 FROM follow f WHERE f.person = ? AND f.seen < x.updated AND ("+c.within+"))", who.ID)
	if c.alone {
		q.and("NOT EXISTS (SELECT 1 FROM follow f WHERE f.person = ? AND f.kind = ? AND f.object = x.id)", who.ID, c.kind)
	}
	q.args = append(q.args, limit)
	return store.List[Change](ctx, a.DB, who.Scope(), "SELECT "+c.record()+", x.updated AS at FROM "+c.kind+" x WHERE "+q.conditions()+
		" ORDER BY x.updated DESC, x.id DESC LIMIT $"+strconv.Itoa(len(q.args)), q.args...)
}

// own are the records that are followed by themselves: all that the log tells of them
// is a change, such as an entry in a project's books.
func (c changing) own(ctx context.Context, a *Assistance, who access.Subject, since time.Time, after Place, limit int) ([]Change, error) {
	var q query
	q.and("{scope x} AND f.person = ? AND f.kind = ?", who.ID, c.kind)
	inner := q.conditions()
	q.where = nil
	q.and("r.at > r.seen AND r.at > ?", since)
	if after != (Place{}) {
		q.and("(r.at, r.id) < (?, ?)", after.At, after.ID)
	}
	q.args = append(q.args, limit)
	return store.List[Change](ctx, a.DB, who.Scope(), fmt.Sprintf(`
		SELECT r.kind, r.id, r.number, r.title, r.lang, r.host, r.stage, r.at
		FROM (SELECT %s, f.seen, (SELECT MAX(e.at) FROM event e WHERE {scope e} AND e.act LIKE 'assistance.%%' AND e.object IN (SELECT x.id%s)) AS at
		  FROM follow f JOIN %s x ON x.id = f.object WHERE %s) r
		WHERE %s
		ORDER BY r.at DESC, r.id DESC LIMIT $%d`, c.record(), c.parts, c.kind, inner, q.conditions(), len(q.args)), q.args...)
}

// last is the act of the latest event about the record that the scope reads, or "".
func (c Change) last(ctx context.Context, a *Assistance, scope access.Scope) (string, error) {
	parts := ""
	if i := slices.IndexFunc(allChanging, func(x changing) bool { return x.kind == c.Kind }); allChanging[i].parts != "" {
		parts = " UNION ALL SELECT v.id FROM evaluation v WHERE v.project = $1"
	}
	acts, err := store.List[string](ctx, a.DB, scope,
		"SELECT e.act FROM event e WHERE {scope e} AND e.act LIKE 'assistance.%' AND e.object IN (SELECT $1"+parts+") ORDER BY e.at DESC, e.seq DESC LIMIT 1", c.ID)
	if err != nil || len(acts) == 0 {
		return "", err
	}
	return acts[0], nil
}
