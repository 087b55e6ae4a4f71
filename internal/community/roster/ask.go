package roster

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/mail"
	"polis/internal/store"
)

// Stage is how far an assignment is. Messages: "expert.stage.STAGE".
type Stage string

// The stages of an assignment.
const (
	Listed    Stage = "listed"    // on a list; she was not asked
	Asked     Stage = "asked"     // she has to answer
	Agreed    Stage = "agreed"    // to this one
	Declined  Stage = "declined"  // by her
	Withdrawn Stage = "withdrawn" // by either
	Done      Stage = "done"      // with an outcome that she has to confirm
	Confirmed Stage = "confirmed" // it is part of her record
)

// Stages lists them all.
var Stages = []Stage{Listed, Asked, Agreed, Done, Confirmed, Declined, Withdrawn}

// Ask is one assignment for one expert.
type Ask struct {
	ID      string
	Person  string
	Kind    string // one of Kinds
	Object  string // its id
	Why     string // she is on the list: for those who keep it
	Host    string // State of deployment, or ""
	Starts  string
	Ends    string
	Task    string // for her to read
	Outcome string
	Body    string // structure of whoever made it, or ""
	Stage   Stage
	Moves   int64
	Moved   time.Time
	Rev     int64
	Created time.Time
	Updated time.Time
	Runs    bool // the caller runs the group of the event that it is for
	access.Label
}

const askColumns = `a.id, a.person, a.kind, a.object, a.why, a.host, a.starts, a.ends, a.task, a.outcome, a.body, a.stage, a.moves, a.moved, a.rev, a.created, a.updated,
	a.level, a.state, a.grp, a.owner`

// Keeps reports whether the subject who read it keeps the list on which it stands: the
// desk, who made it, and the officers of her structure; that of an event who runs it.
func (a Ask) Keeps(who access.Subject) bool {
	if !able(who) || who.ID == a.Person {
		return false
	}
	if a.Kind == ForEvent {
		return a.Runs
	}
	if !mayList(who) {
		return false
	}
	return who.May(access.HandleHelp, access.Label{}).Allowed || who.ID == a.Owner || a.Body != "" && a.Body == who.Body
}

// able: those who may change things.
func able(who access.Subject) bool { return who.SignedIn() && !who.Idle && !who.Limited }

// mayList: those of them who plan help.
func mayList(who access.Subject) bool {
	return able(who) && who.May(access.PlanHelp, access.Label{}).Allowed
}

// Lists reports whether the subject keeps lists of requests and projects.
func Lists(who access.Subject) bool { return mayList(who) }

// reads: who keeps it, and the expert once she was asked.
func (a Ask) reads(who access.Subject) bool {
	return a.Keeps(who) || who.SignedIn() && !who.Limited && who.ID == a.Person && a.Stage != Listed && (a.Stage != Withdrawn || a.Task != "")
}

// stands is the condition that somebody is still there for the assignment: her account and
// the word for her; while she was not asked yet, also her consent to being found.
func stands(q *query, now time.Time) string {
	return q.bound("NOT e.blocked AND e.word_ended = 0 AND e.word_until > ? AND e.held_ended = 0 AND (e.held_until = 0 OR e.held_until > ?) AND (e.found > 0 OR a.stage <> 'listed')", now, now)
}

// kept is the condition that the subject keeps the list of a: the same as Keeps.
func kept(q *query, who access.Subject) string {
	list := "FALSE"
	if who.May(access.HandleHelp, access.Label{}).Allowed {
		list = "a.kind <> 'event'"
	} else if mayList(who) {
		list = q.bound("a.kind <> 'event' AND (a.owner = ? OR a.body <> '' AND a.body = ?)", who.ID, who.Body)
	}
	return "(" + list + " OR " + running(q, who, time.Now()) + ")"
}

// Listing are the assignments on the lists that the caller keeps, of one object of a kind
// or, where object is "", of all; the newest first, from behind a place on. Whoever does
// not stand on the roster any more is not there.
func (r *Roster) Listing(ctx context.Context, who access.Subject, kind, object string, after Place, limit int) (list []Ask, more Place, err error) {
	if !able(who) {
		return nil, Place{}, nil
	}
	q := &query{}
	q.where = append(q.where, kept(q, who), stands(q, time.Now()))
	q.and("a.person <> ?", who.ID)
	if object != "" {
		q.and("a.kind = ? AND a.object = ?", kind, object)
	}
	return asks(ctx, r.DB, who, q, after, limit)
}

// Asked are the caller's own assignments, from when she was asked.
func (r *Roster) Asked(ctx context.Context, who access.Subject, after Place, limit int) (list []Ask, more Place, err error) {
	if !who.SignedIn() || who.Limited {
		return nil, Place{}, ErrForbidden
	}
	q := &query{}
	q.and("a.person = ? AND a.task <> ''", who.ID)
	return asks(ctx, r.DB, who, q, after, limit)
}

// columnsFor are those of an assignment as the subject reads it.
func columnsFor(q *query, who access.Subject, now time.Time) string {
	return askColumns + ", (" + running(q, who, now) + ") AS runs"
}

func asks(ctx context.Context, db store.Reader, who access.Subject, q *query, after Place, limit int) (list []Ask, more Place, err error) {
	if after != (Place{}) {
		q.and("(a.created, a.id) < (?, ?)", after.At, after.ID)
	}
	columns := columnsFor(q, who, nowOf(db))
	list, err = store.List[Ask](ctx, db, everything, "SELECT "+columns+" FROM expert_ask a JOIN expert e ON e.person = a.person WHERE {scope} AND "+q.conditions()+
		" ORDER BY a.created DESC, a.id DESC LIMIT "+strconv.Itoa(limit+1), q.args...)
	if err == nil && len(list) > limit {
		list = list[:limit]
		more = Place{list[limit-1].Created, list[limit-1].ID}
	}
	return list, more, err
}

// Place is where an assignment stands in a list. The zero Place is before all.
type Place struct {
	At time.Time
	ID string
}

func (p Place) String() string { return strconv.FormatInt(p.At.UnixMicro(), 10) + "-" + p.ID }

// ParsePlace reads what String wrote.
func ParsePlace(s string) (Place, bool) {
	micros, id, ok := strings.Cut(s, "-")
	n, err := strconv.ParseInt(micros, 10, 64)
	return Place{time.UnixMicro(n).UTC(), id}, ok && err == nil && id != "" && len(id) <= 100
}

// Ask reads one assignment; store.ErrNotFound for who neither keeps its list nor was asked.
func (r *Roster) Ask(ctx context.Context, who access.Subject, id string) (Ask, error) {
	return ask(ctx, r.DB, who, id)
}

func ask(ctx context.Context, db store.Reader, who access.Subject, id string) (Ask, error) {
	q := &query{}
	q.and("a.id = ?", id)
	if me := q.bound("a.person = ?", who.ID); me != "" {
		q.where = append(q.where, "("+me+" OR "+stands(q, nowOf(db))+")")
	}
	columns := columnsFor(q, who, nowOf(db))
	a, err := store.Get[Ask](ctx, db, everything, "SELECT "+columns+" FROM expert_ask a JOIN expert e ON e.person = a.person WHERE {scope} AND "+q.conditions(), q.args...)
	if err == nil && !a.reads(who) {
		return Ask{}, store.ErrNotFound
	}
	return a, err
}

// nowOf is the transaction's time, or the clock's.
func nowOf(q store.Reader) time.Time {
	if tx, ok := q.(*store.Tx); ok {
		return tx.Now()
	}
	return time.Now()
}

// List puts somebody whom the caller finds onto the list of a request or project, which the
// caller has read, or of an event that she runs; why says for what she is thought of. It returns the id; twice is once.
func (r *Roster) List(ctx context.Context, who access.Subject, a Ask) (id string, err error) {
	a.Why = strings.TrimSpace(a.Why)
	v := Invalid{}
	if a.Why == "" || len(a.Why) > maxText {
		v["why"] = "expert.error.why"
	}
	if !slices.Contains(Kinds, a.Kind) || a.Object == "" || len(a.Object) > 100 {
		v["object"] = "expert.error.object"
	}
	v.days(a)
	switch {
	case !able(who) || who.ID == a.Person || a.Kind != ForEvent && !mayList(who):
		return "", ErrForbidden
	case len(v) > 0:
		return "", v
	}
	_, err = store.Write(ctx, r.DB, who, func(tx *store.Tx) (store.Event, error) {
		if a.Kind == ForEvent {
			if err := mayInvite(ctx, tx, who, a.Object); err != nil {
				return store.Event{}, err
			}
		}
		p, err := profile(ctx, tx, a.Person)
		if err != nil {
			return store.Event{}, err
		}
		e := EyeOf(who)
		if !e.Finds(p, tx.Now()) {
			return store.Event{}, store.ErrNotFound
		}
		if !a.fits(e.only(p), tx.Now()) {
			return store.Event{}, Invalid{"host": "expert.error.own-state"}
		}
		id = store.NewID()
		n, err := tx.Exec(ctx, `
			INSERT INTO expert_ask (id, person, kind, object, why, host, starts, ends, task, outcome, body, stage, moves, moved, rev, created, updated, level, state, grp, owner)
			SELECT $1, $2, $3, $4, $5, $6, $7, $8, '', '', $9, 'listed', 0, $10, 1, $10, $10, $11, '', '', $12
			WHERE NOT EXISTS (SELECT 1 FROM expert_ask o WHERE o.person = $2 AND o.kind = $3 AND o.object = $4 AND o.stage IN ('listed', 'asked', 'agreed', 'done'))`,
			id, a.Person, a.Kind, a.Object, a.Why, a.Host, a.Starts, a.Ends, who.Body, tx.Now(), int64(access.Closed), who.ID)
		if err == nil && n == 0 {
			err = store.ErrUnchanged
		}
		if err != nil {
			return store.Event{}, err
		}
		a.ID, a.Owner, a.Level = id, who.ID, access.Closed
		return a.event("community.expert.listed"), a.step(ctx, tx, who, "list", Listed, "", "")
	})
	return id, err
}

// days checks those of an assignment.
func (v Invalid) days(a Ask) {
	if a.Host != "" && !isState(a.Host) {
		v["host"] = "expert.error.value.national"
	}
	if !validDay(a.Starts) || !validDay(a.Ends) {
		v["starts"] = "expert.error.days"
	} else if a.Starts != "" && a.Ends != "" && a.Ends < a.Starts {
		v["starts"] = "expert.error.order"
	}
}

// fits reports whether what is seen of a profile lets her be sent to the State.
func (a Ask) fits(p Profile, now time.Time) bool {
	w := Wishes{Host: a.Host, From: a.Starts}
	for _, r := range w.judgeStates(p, now) {
		if r.Outcome == refused {
			return false
		}
	}
	return true
}

func (a Ask) event(act string) store.Event {
	return store.Event{Act: act, Object: a.ID, Label: access.Label{Level: access.Closed, Owner: a.Owner}, Data: map[string]string{"person": a.Person}}
}

// tell puts a letter into the queue for each of the people but her who acted.
func tell(ctx context.Context, tx *store.Tx, who access.Subject, people []string, l mail.Letter) error {
	for _, person := range clean(people) {
		if person == who.ID {
			continue
		}
		l.To = person
		if err := mail.Queue(ctx, tx, l); err != nil {
			return err
		}
	}
	return nil
}
