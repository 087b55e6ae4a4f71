package roster

import (
	"slices"
	"time"

	"polis/internal/access"
)

// Overdue is for how long after its review-by date a profile is still found.
const Overdue = 90 * 24 * time.Hour

// Eye is what somebody sees of other people's profiles.
type Eye struct {
	me             string
	floor          Width    // she sees of everybody what is as wide as this
	states, bodies []string // for whose people she answers: of those she sees what Keepers do
}

// blind sees nothing of anybody.
const blind = Members + 1

// EyeOf is that of a subject. Who is not signed in, or for whom nobody vouches, sees
// nothing; a token that does not reach as far as its person opens nothing of the desk's.
func EyeOf(who access.Subject) Eye {
	e := Eye{floor: blind}
	if !who.SignedIn() || who.Trust < access.Member {
		return e
	}
	e.me, e.floor = who.ID, Members
	if who.Trust >= access.Official {
		e.floor = Official
	}
	if who.Limited {
		return e
	}
	if who.May(access.HandleHelp, access.Label{}).Allowed {
		e.floor = Keepers
		return e
	}
	for _, g := range who.Grants {
		if g.Role == access.FocalPoint {
			e.states, e.bodies = append(e.states, g.State), append(e.bodies, g.Body)
		}
	}
	e.states, e.bodies = clean(e.states), clean(e.bodies)
	return e
}

// Lists reports whether she may list everybody: officials, who have people to find.
func (e Eye) Lists() bool { return e.floor <= Official }

// Blind reports whether she sees nothing of anybody.
func (e Eye) Blind() bool { return e.floor == blind }

// answers reports whether she sees only of some people what keepers do.
func (e Eye) answers() bool { return len(e.states)+len(e.bodies) > 0 }

// reach is the width from which on she sees what a profile says.
func (e Eye) reach(p Profile) Width {
	if p.ActsFor != "" && slices.Contains(e.states, p.ActsFor) || p.Body != "" && slices.Contains(e.bodies, p.Body) {
		return min(e.floor, Keepers)
	}
	return e.floor
}

// Finds reports whether she may find the profile at all at the time.
func (e Eye) Finds(p Profile, now time.Time) bool {
	return e.me != p.Person && p.Stands(now) && p.Found > Mine && p.Found >= e.reach(p) && p.ReviewBy.Add(Overdue).After(now)
}

// Sees reports whether she sees a field of that width, of a profile that she finds.
func (e Eye) Sees(p Profile, w Width) bool {
	return min(w, p.Found) > Mine && min(w, p.Found) >= e.reach(p)
}

// kept is the condition that she answers for the expert e.
func (e Eye) kept(q *query) string {
	none := "FALSE"
	if len(e.states) > 0 {
		none = q.bound("e.acts_for IN "+marks(len(e.states)), anys(e.states)...)
	}
	if len(e.bodies) > 0 {
		none += q.bound(" OR e.body IN "+marks(len(e.bodies)), anys(e.bodies)...)
	}
	return "(" + none + ")"
}

// seen is the condition that she sees the line or word x of the expert e, whom she finds.
func (e Eye) seen(q *query) string {
	wide := q.bound("x.width >= ?", int64(e.floor))
	if !e.answers() {
		return wide
	}
	return "(" + wide + " OR x.width >= 1 AND " + e.kept(q) + ")"
}

// finds is the condition that she may find the expert e: the same as Finds.
func (e Eye) finds(q *query, now time.Time) {
	q.and("NOT e.blocked AND e.word_ended = 0 AND e.word_until > ? AND e.held_ended = 0 AND (e.held_until = 0 OR e.held_until > ?) AND e.review_by > ? AND e.person <> ?",
		now, now, now.Add(-Overdue), e.me)
	wide := q.bound("e.found >= ?", int64(e.floor))
	if e.answers() {
		wide = "(" + wide + " OR e.found >= 1 AND " + e.kept(q) + ")"
	}
	q.where = append(q.where, wide)
}
