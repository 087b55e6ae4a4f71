package account

import (
	"context"
	"fmt"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// Standing sorts people by what has to be done about them.
type Standing string

// The standings of a list of people.
const (
	Anyone   Standing = ""
	Waiting  Standing = "waiting"   // nobody vouches, and she names a State or body
	Vouched  Standing = "vouched"   // somebody does
	Due      Standing = "due"       // the word ends within ReviewAhead
	Overdue  Standing = "overdue"   // it has ended by its term and was not renewed
	Blockade Standing = "blocked"   // the account is closed
	Staff    Standing = "with-role" // she holds a role
)

// Standings lists them in the order of the filter.
var Standings = []Standing{Anyone, Waiting, Vouched, Due, Overdue, Staff, Blockade}

// ReviewAhead is how long before its end a word comes up for review.
const ReviewAhead = 60 * 24 * time.Hour

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

// Listed is a person of a list, with who vouches for her and her roles.
type Listed struct {
	Person
	Words []Vouching // the newest first, ended ones too
	Held  []Held     // those not ended
}

// People lists the people whom the caller keeps, by name, and how many there
// are: an administrator and the desk everybody, a focal point those who name
// her State or body as theirs or have its word.
func People(ctx context.Context, q store.Reader, who access.Subject, f Filter) ([]Listed, int, error) {
	var c condition
	c.add("NOT p.erased")
	if err := c.keptBy(who); err != nil {
		return nil, 0, err
	}
	c.filter(f, time.Now())
	where := " FROM person p WHERE {scope} AND " + strings.Join(c.all, " AND ")
	total, err := store.Get[int](ctx, q, everything, "SELECT COUNT(*)"+where, c.args...)
	if err != nil || total == 0 {
		return nil, 0, err
	}
	limit, offset := c.bind(f.Limit), c.bind(f.Offset)
	people, err := store.List[Person](ctx, q, everything,
		"SELECT "+columns+where+fmt.Sprintf(" ORDER BY p.name, p.id LIMIT %s OFFSET %s", limit, offset), c.args...)
	if err != nil {
		return nil, 0, err
	}
	listed, err := withStanding(ctx, q, people)
	return listed, total, err
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

// of is the condition that a person names the State or body, or has its word.
func (c *condition) of(state, body string) string {
	column, value := "acts_for", state
	if state == "" {
		column, value = "body", body
	}
	at := c.bind(value)
	return fmt.Sprintf("(p.%s = %s OR EXISTS (SELECT 1 FROM vouching o WHERE o.person = p.id AND o.%s = %s))", column, at, column, at)
}

func (c *condition) filter(f Filter, now time.Time) {
	for _, word := range strings.Fields(strings.ToLower(f.Words)) {
		at := c.bind("%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(word) + "%")
		c.add(fmt.Sprintf(`(LOWER(p.name) LIKE %s ESCAPE '\' OR p.email LIKE %s ESCAPE '\')`, at, at))
	}
	if f.State != "" || f.Body != "" {
		c.add(c.of(f.State, f.Body))
	}
	if f.Role != "" {
		c.add("EXISTS (SELECT 1 FROM role_grant r WHERE r.person = p.id AND r.ended = 0 AND r.role = " + c.bind(string(f.Role)) + ")")
	}
	c.standing(f.Standing, now)
}

func (c *condition) standing(s Standing, now time.Time) {
	word := func() string {
		return "EXISTS (SELECT 1 FROM vouching v WHERE v.person = p.id AND v.ended = 0 AND v.until > " + c.bind(now)
	}
	switch s {
	case Waiting:
		c.add("NOT " + word() + ") AND NOT p.blocked AND (p.acts_for <> '' OR p.body <> '') AND NOT EXISTS (SELECT 1 FROM vouching b WHERE b.person = p.id)")
	case Vouched:
		c.add(word() + ")")
	case Due:
		c.add(word() + " AND v.until <= " + c.bind(now.Add(ReviewAhead)) + ")")
	case Overdue:
		c.add("NOT " + word() + ") AND EXISTS (SELECT 1 FROM vouching b WHERE b.person = p.id AND (b.ended = 0 OR b.reason = 'term'))")
	case Blockade:
		c.add("p.blocked")
	case Staff:
		c.add("EXISTS (SELECT 1 FROM role_grant h WHERE h.person = p.id AND h.ended = 0)")
	}
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
	return listed, nil
}
