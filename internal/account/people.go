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

// Tally is how many people a list has. It is counted so far as it is worth: More
// says that there are more than N.
type Tally struct {
	N    int
	More bool
}

// countAhead is how far behind what is shown people are counted, in a list of
// some. Everybody is counted exactly.
const countAhead = 1000

// People lists the people whom the caller keeps, and how many there are: an
// administrator and the desk everybody, a focal point those who name her State or
// body as theirs or have its word. They come by name, those who have to be seen to
// in the order in which that falls due.
func People(ctx context.Context, q store.Reader, who access.Subject, f Filter) ([]Listed, Tally, error) {
	c, err := choose(ctx, q, who, f)
	if err != nil {
		return nil, Tally{}, err
	}
	total, err := c.count(ctx, q, f.Offset)
	if err != nil || total.N <= f.Offset {
		return nil, total, err
	}
	people, err := c.page(ctx, q, f.Limit, f.Offset)
	if err != nil || len(people) == 0 {
		return nil, total, err
	}
	listed, err := withStanding(ctx, q, people)
	return listed, total, err
}

// Count is how many people the filter chooses among those whom the caller keeps.
func Count(ctx context.Context, q store.Reader, who access.Subject, f Filter) (Tally, error) {
	c, err := choose(ctx, q, who, f)
	if err != nil {
		return Tally{}, err
	}
	return c.count(ctx, q, 0)
}

// choose is the condition of a list.
func choose(ctx context.Context, q store.Reader, who access.Subject, f Filter) (c condition, err error) {
	c.add("NOT p.erased")
	if err := c.keptBy(who); err != nil {
		return c, err
	}
	if err := c.filter(ctx, q, f); err != nil {
		return c, err
	}
	c.parts = c.streams(f.Standing, time.Now())
	return c, nil
}

// part is the statement that reads a part of the list, and no further.
func (c *condition) part(s stream, what, order, limit string) string {
	where := strings.Join(c.all, " AND ")
	if s.where != "" {
		where += " AND " + s.where
	}
	return "SELECT " + what + " FROM person p WHERE {scope p} AND " + where + order + " LIMIT " + limit
}

func (c condition) count(ctx context.Context, q store.Reader, from int) (Tally, error) {
	most := from + countAhead
	if len(c.all) == 1 && c.parts[0].where == "" {
		most = 1 << 40
	}
	limit := c.bind(most + 1)
	parts := make([]string, len(c.parts))
	for i, s := range c.parts {
		order := " ORDER BY p." + s.by + ", p.id" // so that it is counted in the index that the list is read from
		if c.few {
			order = ""
		}
		parts[i] = fmt.Sprintf("SELECT * FROM (%s) s%d", c.part(s, "p.id", order, limit), i)
	}
	n, err := store.Get[int](ctx, q, everything, "SELECT COUNT(*) FROM ("+strings.Join(parts, " UNION ALL ")+") found", c.args...)
	return Tally{min(n, most), n > most}, err
}

// page reads one page of the list. Each part is read from its index no further
// than to the end of the page, and they are brought into one order.
func (c condition) page(ctx context.Context, q store.Reader, limit, offset int) ([]Person, error) {
	end := c.bind(limit + offset)
	parts := make([]string, len(c.parts))
	for i, s := range c.parts {
		column := "p." + s.by
		if c.few && s.by == "name" {
			column += " || ''" // few fit: SQLite is not to look up each row in the order of names
		}
		parts[i] = fmt.Sprintf("SELECT * FROM (%s) s%d", c.part(s, "p.id, p."+s.by+" AS place", " ORDER BY "+column+", p.id", end), i)
	}
	ids, err := store.List[string](ctx, q, everything, fmt.Sprintf("SELECT id FROM (%s) found ORDER BY place, id LIMIT %s OFFSET %s",
		strings.Join(parts, " UNION ALL "), c.bind(limit), c.bind(offset)), c.args...)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	in, args := list(ids, 1)
	people, err := store.List[Person](ctx, q, everything, "SELECT "+columns+" FROM person WHERE {scope} AND id IN "+in, args...)
	slices.SortFunc(people, func(a, b Person) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	return people, err
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

// condition is a WHERE clause that grows, on the table person p.
type condition struct {
	all   []string
	args  []any
	few   bool     // it names those who fit: better to read them than the list
	parts []stream // what the list is put together from
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
	c.few = true
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
		JOIN circle g ON g.id = m.grp
		WHERE {scope} AND v.ended = 0 AND v.until > `+now+` AND g.kind = 'closed' AND m.person IN (`+strings.Join(marks, ", ")+`)
		ORDER BY g.name, m.grp`, c.args...)
	for _, m := range open {
		at[m.Person].Groups = append(at[m.Person].Groups, m.Grp)
	}
	return listed, err
}
