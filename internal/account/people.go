package account

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// Filter chooses people. State and Body narrow to those who name it or have its word.
type Filter struct {
	Words    string // parts of name or address
	Standing Standing
	State    string
	Body     string
	Role     access.Role
	Limit    int
	Offset   int
}

// Listed is a person of a list, with who vouches for her, her roles and the
// groups that are open to her.
type Listed struct {
	Person
	Words  []Vouching // the newest first, ended ones too
	Held   []Held     // those not ended
	Groups []string   // ids
}

// People lists the people whom the caller keeps, by name, and how many there
// are: an administrator and the desk everybody, a focal point those who name
// her State or body as theirs or have its word.
func People(ctx context.Context, q store.Reader, who access.Subject, f Filter) ([]Listed, int, error) {
	c, err := choose(who, f)
	if err != nil {
		return nil, 0, err
	}
	where := c.where()
	total, err := store.Get[int](ctx, q, everything, "SELECT COUNT(*)"+where, c.args...)
	if err != nil || total == 0 {
		return nil, 0, err
	}
	limit, offset := c.bind(f.Limit), c.bind(f.Offset)
	order := "p.name, p.id"
	if f.Words != "" {
		order = "p.name || '', p.id" // few fit: SQLite is not to look up each row in the order of names
	}
	people, err := store.List[Person](ctx, q, everything,
		"SELECT "+columns+" FROM person WHERE {scope} AND id IN (SELECT p.id FROM person p WHERE "+strings.Join(c.all, " AND ")+
			fmt.Sprintf(" ORDER BY %s LIMIT %s OFFSET %s) ORDER BY name, id", order, limit, offset), c.args...)
	if err != nil {
		return nil, 0, err
	}
	listed, err := withStanding(ctx, q, people)
	return listed, total, err
}

// Count is how many people the filter chooses among those whom the caller keeps.
func Count(ctx context.Context, q store.Reader, who access.Subject, f Filter) (int, error) {
	c, err := choose(who, f)
	if err != nil {
		return 0, err
	}
	return store.Get[int](ctx, q, everything, "SELECT COUNT(*)"+c.where(), c.args...)
}

// choose is the condition of a list.
func choose(who access.Subject, f Filter) (c condition, err error) {
	c.add("NOT p.erased")
	if err := c.keptBy(who); err != nil {
		return c, err
	}
	c.filter(f, time.Now())
	return c, nil
}

func (c *condition) where() string {
	return " FROM person p WHERE {scope} AND " + strings.Join(c.all, " AND ")
}

// Reach is what the person is and reads once she is signed in with a second
// factor, as it follows from her words, roles and groups. Nobody who is blocked
// reads anything but what is public.
func (l Listed) Reach(now time.Time) access.Subject {
	if l.Blocked {
		return access.Subject{ID: l.ID}
	}
	words := slices.DeleteFunc(slices.Clone(l.Words), func(v Vouching) bool { return !v.Holds(now) })
	held := slices.DeleteFunc(slices.Clone(l.Held), func(h Held) bool { return !h.Until.IsZero() && !h.Until.After(now) })
	s := vouchedFor(l.ID, words)
	hold(&s, words, held)
	s.Groups = l.Groups
	return s
}

// Kept reads one person whom the caller keeps; ErrNotFound for anybody else's.
func Kept(ctx context.Context, q store.Reader, who access.Subject, id string) (Listed, error) {
	var c condition
	c.add("p.id = " + c.bind(id))
	if err := c.keptBy(who); err != nil {
		return Listed{}, err
	}
	p, err := store.Get[Person](ctx, q, everything, "SELECT "+columns+" FROM person p WHERE {scope} AND "+strings.Join(c.all, " AND "), c.args...)
	if err != nil {
		return Listed{}, err
	}
	listed, err := withStanding(ctx, q, []Person{p})
	if err != nil {
		return Listed{}, err
	}
	return listed[0], nil
}

// condition is a WHERE clause that grows.
type condition struct {
	all  []string
	args []any
}

func (c *condition) add(sql string) { c.all = append(c.all, sql) }

// bind gives the value a placeholder.
func (c *condition) bind(v any) string {
	c.args = append(c.args, v)
	return fmt.Sprintf("$%d", len(c.args))
}

// keptBy narrows to the people whom the subject may look after.
func (c *condition) keptBy(who access.Subject) error {
	if who.MayVouch("", "").Allowed { // the administrator, the desk, the program
		return nil
	}
	var own []string
	for _, g := range who.Grants {
		if g.Role == access.FocalPoint {
			own = append(own, c.of(g.State, g.Body))
		}
	}
	if len(own) == 0 {
		return ErrForbidden
	}
	c.add("(" + strings.Join(own, " OR ") + ")")
	return nil
}

// of is the condition that a person names the State or body, or has or had its
// word. Both halves are read from an index, however many people there are.
func (c *condition) of(state, body string) string {
	column, value := "acts_for", state
	if state == "" {
		column, value = "body", body
	}
	at := c.bind(value)
	return fmt.Sprintf("p.id IN (SELECT id FROM person WHERE %s = %s UNION SELECT person FROM vouching WHERE %s = %s)", column, at, column, at)
}

// withStanding adds to each person who vouches for her and her roles.
func withStanding(ctx context.Context, q store.Reader, people []Person) ([]Listed, error) {
	listed := make([]Listed, len(people))
	at := make(map[string]*Listed, len(people))
	var c condition
	marks := make([]string, len(people))
	for i, p := range people {
		listed[i].Person, marks[i] = p, c.bind(p.ID)
		at[p.ID] = &listed[i]
	}
	in := " WHERE {scope} AND person IN (" + strings.Join(marks, ", ") + ")"
	words, err := store.List[Vouching](ctx, q, everything, "SELECT "+vouchingColumns+" FROM vouching"+in+" ORDER BY since DESC, id DESC", c.args...)
	if err != nil {
		return nil, err
	}
	for _, v := range words {
		at[v.Person].Words = append(at[v.Person].Words, v)
	}
	held, err := store.List[Held](ctx, q, everything, "SELECT "+heldColumns+" FROM role_grant"+in+" AND ended = 0 ORDER BY since DESC, id DESC", c.args...)
	if err != nil {
		return nil, err
	}
	for _, h := range held {
		at[h.Person].Held = append(at[h.Person].Held, h)
	}
	now := c.bind(time.Now())
	open, err := store.List[struct{ Person, Grp string }](ctx, q, everything, `
		SELECT m.person, m.grp FROM membership m
		JOIN vouching v ON v.id = m.vouching
		JOIN closed_group g ON g.id = m.grp
		WHERE {scope} AND v.ended = 0 AND v.until > `+now+` AND g.ended = 0 AND m.person IN (`+strings.Join(marks, ", ")+`)
		ORDER BY g.name, m.grp`, c.args...)
	for _, m := range open {
		at[m.Person].Groups = append(at[m.Person].Groups, m.Grp)
	}
	return listed, err
}
