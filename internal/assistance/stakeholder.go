package assistance

import (
	"context"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// StakeholderKinds are of what kind somebody is who has a stake in a project. Messages:
// "stakeholder.kind.KIND".
var StakeholderKinds = []string{"government", "police", "justice", "civil-society", "community", "private-sector", "academia", "media", "international"}

// Stakeholder is an organisation or an office, never a private person (¶9.2).
type Stakeholder struct {
	ID      string
	Project string
	StakeholderDraft
	N   int64
	Rev int64
}

// StakeholderDraft is what of a stakeholder is written.
type StakeholderDraft struct {
	Name      string // an id of the directory, or a name
	Kind      string
	Interest  string // its role, and what it expects
	Influence int    // 1 to 3. Messages: "stakeholder.influence.N"
}

// Consultation is what was said with a stakeholder on a day, and what follows from it.
type Consultation struct {
	ID      string
	Project string
	ConsultationDraft
	Done    string // the day on which what follows was done, or ""
	Outcome string // what was done
	By      string `db:"by_whom"` // a person's id
	Rev     int64
}

// ConsultationDraft is what of a consultation is written.
type ConsultationDraft struct {
	Stakeholder string // id
	Day         string
	Said        string
	Follows     string // "" for nothing
	Due         string // the day by which it is done
}

// Overdue reports whether what follows should have been done before this moment.
func (c Consultation) Overdue(now time.Time) bool {
	return c.Due != "" && c.Done == "" && c.Due < today(now)
}

const (
	stakeholderColumns  = "s.id, s.project, s.name, s.kind, s.interest, s.influence, s.n, s.rev"
	consultationColumns = "c.id, c.project, c.stakeholder, c.day, c.said, c.follows, c.due, c.done, c.outcome, c.by_whom, c.rev"
)

// Stakeholders are those of a project that was read in the reader's scope, in their
// order.
func (a *Assistance) Stakeholders(ctx context.Context, project string) ([]Stakeholder, error) {
	return store.List[Stakeholder](ctx, a.DB, everything, "SELECT "+stakeholderColumns+" FROM stakeholder s WHERE {scope} AND s.project = $1 ORDER BY s.influence DESC, s.n", project)
}

// Consultations are those of a project, the latest first, from behind a place on.
func (a *Assistance) Consultations(ctx context.Context, project string, before DuePlace, limit int) (list []Consultation, more DuePlace, err error) {
	if before == (DuePlace{}) {
		before.Day = endless
	}
	list, err = store.List[Consultation](ctx, a.DB, everything, "SELECT "+consultationColumns+` FROM consultation c
		WHERE {scope} AND c.project = $1 AND (c.day, c.id) < ($2, $3) ORDER BY c.day DESC, c.id DESC LIMIT $4`, project, before.Day, before.ID, limit+1)
	if len(list) > limit {
		list = list[:limit]
		more = DuePlace{list[limit-1].Day, list[limit-1].ID}
	}
	return list, more, err
}

// Consultation reads one of a project that was read in the reader's scope.
func (a *Assistance) Consultation(ctx context.Context, project, id string) (Consultation, error) {
	return consultation(ctx, a.DB, project, id)
}

func consultation(ctx context.Context, q store.Reader, project, id string) (Consultation, error) {
	return store.Get[Consultation](ctx, q, everything, "SELECT "+consultationColumns+" FROM consultation c WHERE {scope} AND c.project = $1 AND c.id = $2", project, id)
}

func (d *StakeholderDraft) clean() {
	d.Name, d.Kind, d.Interest = strings.TrimSpace(d.Name), strings.TrimSpace(d.Kind), strings.TrimSpace(d.Interest)
}

func (d StakeholderDraft) check() error {
	v := Invalid{}
	v.office("name", d.Name, "stakeholder.error.name")
	v.among("kind", d.Kind, StakeholderKinds, "stakeholder.error.kind")
	v.need("interest", d.Interest, maxWords, "stakeholder.error.interest")
	if d.Influence < 1 || d.Influence > 3 {
		v["influence"] = "stakeholder.error.influence"
	}
	return v.orNil()
}

// AddStakeholder names one.
func (a *Assistance) AddStakeholder(ctx context.Context, who access.Subject, project string, d StakeholderDraft) (string, error) {
	d.clean()
	id := store.NewID()
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, err := partly(ctx, tx, who, project, "change")
		if err != nil {
			return store.Event{}, err
		}
		if err := d.alone(ctx, tx, project, ""); err != nil {
			return store.Event{}, err
		}
		n, err := lastPlace(ctx, tx, "stakeholder", project)
		if err != nil {
			return store.Event{}, err
		}
		if n > maxResults {
			return store.Event{}, Invalid{"name": "stakeholder.error.many"}
		}
		_, err = tx.Exec(ctx, `INSERT INTO stakeholder (id, project, name, kind, interest, influence, n, rev, created, updated)
			VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $8)`, id, project, d.Name, d.Kind, d.Interest, d.Influence, n, tx.Now())
		return store.Event{Act: "assistance.stakeholder.added", Object: id, Label: p.Label}, err
	})
	return id, err
}

// alone asks whether it can be written, and whether no other bears the name.
func (d StakeholderDraft) alone(ctx context.Context, tx *store.Tx, project, itself string) error {
	if err := d.check(); err != nil {
		return err
	}
	n, err := store.Get[int](ctx, tx, everything, "SELECT COUNT(*) FROM stakeholder WHERE {scope} AND project = $1 AND name = $2 AND id <> $3", project, d.Name, itself)
	if err != nil || n > 0 {
		return invalidOr(err, "name", "stakeholder.error.twice")
	}
	return nil
}

// staked reads a stakeholder for somebody who writes it, at the revision that she read.
func staked(ctx context.Context, tx *store.Tx, who access.Subject, project, id string, rev int64) (Project, Stakeholder, error) {
	p, err := partly(ctx, tx, who, project, "change")
	if err != nil {
		return p, Stakeholder{}, err
	}
	s, err := store.Get[Stakeholder](ctx, tx, everything, "SELECT "+stakeholderColumns+" FROM stakeholder s WHERE {scope} AND s.project = $1 AND s.id = $2", project, id)
	if err == nil && s.Rev != rev {
		err = Stale{s.Rev}
	}
	return p, s, err
}

// ChangeStakeholder writes one anew.
func (a *Assistance) ChangeStakeholder(ctx context.Context, who access.Subject, project, id string, rev int64, d StakeholderDraft) error {
	d.clean()
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, s, err := staked(ctx, tx, who, project, id, rev)
		switch {
		case err != nil:
			return store.Event{}, err
		case d == s.StakeholderDraft:
			return store.Event{}, store.ErrUnchanged
		}
		if err := d.alone(ctx, tx, project, id); err != nil {
			return store.Event{}, err
		}
		_, err = tx.Exec(ctx, "UPDATE stakeholder SET name = $2, kind = $3, interest = $4, influence = $5, rev = rev + 1, updated = $6 WHERE id = $1",
			id, d.Name, d.Kind, d.Interest, d.Influence, tx.Now())
		return store.Event{Act: "assistance.stakeholder.changed", Object: id, Label: p.Label}, err
	})
	return err
}

// RemoveStakeholder takes one away with whom nothing was said.
func (a *Assistance) RemoveStakeholder(ctx context.Context, who access.Subject, project, id string, rev int64) error {
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, _, err := staked(ctx, tx, who, project, id, rev)
		if err != nil {
			return store.Event{}, err
		}
		n, err := store.Get[int](ctx, tx, everything, "SELECT COUNT(*) FROM consultation WHERE {scope} AND stakeholder = $1", id)
		if err != nil {
			return store.Event{}, err
		}
		if n > 0 {
			return store.Event{}, Impossible{"remove", "consulted", "stakeholder.impossible.consulted"}
		}
		_, err = tx.Exec(ctx, "DELETE FROM stakeholder WHERE id = $1", id)
		return store.Event{Act: "assistance.stakeholder.removed", Object: id, Label: p.Label}, err
	})
	return err
}

func (d *ConsultationDraft) clean() {
	for _, s := range []*string{&d.Stakeholder, &d.Day, &d.Said, &d.Follows, &d.Due} {
		*s = strings.TrimSpace(*s)
	}
}

// check asks whether it can stand in the log of a project.
func (d ConsultationDraft) check(ctx context.Context, tx *store.Tx, project string) error {
	v := Invalid{}
	v.need("said", d.Said, maxText, "stakeholder.error.said")
	v.text("follows", d.Follows, maxWords, false)
	for field, day := range map[string]string{"day": d.Day, "due": d.Due} {
		if day != "" && (len(day) != 10 || !validDate(day)) || field == "day" && day == "" {
			v[field] = "assistance.error.day"
		}
	}
	switch {
	case v["day"] != "" || v["due"] != "":
	case d.Day > today(tx.Now()):
		v["day"] = "result.error.day.future"
	case d.Follows != "" && d.Due == "":
		v["due"] = "stakeholder.error.due"
	case d.Follows == "" && d.Due != "":
		v["follows"] = "stakeholder.error.follows"
	case d.Due != "" && d.Due < d.Day:
		v["due"] = "assistance.error.order"
	}
	n, err := store.Get[int](ctx, tx, everything, "SELECT COUNT(*) FROM stakeholder WHERE {scope} AND project = $1 AND id = $2", project, d.Stakeholder)
	if err != nil {
		return err
	}
	if n == 0 {
		v["stakeholder"] = "stakeholder.error.stakeholder"
	}
	return v.orNil()
}

// Consult writes down what was said with a stakeholder.
func (a *Assistance) Consult(ctx context.Context, who access.Subject, project string, d ConsultationDraft) (string, error) {
	d.clean()
	id := store.NewID()
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, err := partly(ctx, tx, who, project, "change")
		if err != nil {
			return store.Event{}, err
		}
		if err := d.check(ctx, tx, project); err != nil {
			return store.Event{}, err
		}
		_, err = tx.Exec(ctx, `INSERT INTO consultation (id, project, stakeholder, day, said, follows, due, done, outcome, by_whom, rev, created, updated)
			VALUES ($1, $2, $3, $4, $5, $6, $7, '', '', $8, 1, $9, $9)`, id, project, d.Stakeholder, d.Day, d.Said, d.Follows, d.Due, owner(who), tx.Now())
		return store.Event{Act: "assistance.stakeholder.consulted", Object: id, Label: p.Label}, keepTasks(ctx, tx, p.ID, err)
	})
	return id, err
}

// spoken reads a consultation for somebody who writes the project. What follows from it
// is pursued after the project's end too.
func spoken(ctx context.Context, tx *store.Tx, who access.Subject, projectID, id string, rev int64) (Project, Consultation, error) {
	p, err := project(ctx, tx, who.Scope(), projectID)
	switch {
	case err != nil:
		return p, Consultation{}, err
	case !p.Writes(who):
		return p, Consultation{}, ErrForbidden
	}
	c, err := consultation(ctx, tx, projectID, id)
	if err == nil && c.Rev != rev {
		err = Stale{c.Rev}
	}
	return p, c, err
}

// ChangeConsultation writes one anew, as long as what follows from it was not done.
func (a *Assistance) ChangeConsultation(ctx context.Context, who access.Subject, project, id string, rev int64, d ConsultationDraft) error {
	d.clean()
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, c, err := spoken(ctx, tx, who, project, id, rev)
		switch {
		case err != nil:
			return store.Event{}, err
		case c.Done != "":
			return store.Event{}, Impossible{"change", "done", "stakeholder.impossible.done"}
		case d == c.ConsultationDraft:
			return store.Event{}, store.ErrUnchanged
		}
		if err := d.check(ctx, tx, project); err != nil {
			return store.Event{}, err
		}
		_, err = tx.Exec(ctx, "UPDATE consultation SET stakeholder = $2, day = $3, said = $4, follows = $5, due = $6, rev = rev + 1, updated = $7 WHERE id = $1",
			id, d.Stakeholder, d.Day, d.Said, d.Follows, d.Due, tx.Now())
		return store.Event{Act: "assistance.stakeholder.revised", Object: id, Label: p.Label}, keepTasks(ctx, tx, p.ID, err)
	})
	return err
}

// FollowUp writes that what follows from a consultation was done, on a day, and what
// came of it.
func (a *Assistance) FollowUp(ctx context.Context, who access.Subject, project, id string, rev int64, day, outcome string) error {
	day, outcome = strings.TrimSpace(day), strings.TrimSpace(outcome)
	_, err := store.Write(ctx, a.DB, who, func(tx *store.Tx) (store.Event, error) {
		p, c, err := spoken(ctx, tx, who, project, id, rev)
		switch {
		case err != nil:
			return store.Event{}, err
		case c.Done != "" || c.Follows == "":
			return store.Event{}, Impossible{"follow", "done", "stakeholder.impossible.done"}
		}
		v := Invalid{}
		v.need("outcome", outcome, maxWords, "stakeholder.error.outcome")
		switch {
		case len(day) != 10 || !validDate(day):
			v["done"] = "assistance.error.day"
		case day > today(tx.Now()):
			v["done"] = "result.error.day.future"
		case day < c.Day:
			v["done"] = "assistance.error.order"
		}
		if err := v.orNil(); err != nil {
			return store.Event{}, err
		}
		_, err = tx.Exec(ctx, "UPDATE consultation SET done = $2, outcome = $3, rev = rev + 1, updated = $4 WHERE id = $1", id, day, outcome, tx.Now())
		return store.Event{Act: "assistance.stakeholder.followed", Object: id, Label: p.Label}, keepTasks(ctx, tx, p.ID, err)
	})
	return err
}
