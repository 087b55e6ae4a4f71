package notice

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// Wish is how somebody wants to be told.
type Wish struct {
	Zone      string // her time zone, one of Zones; "" that of the installation
	Quiet     Quiet  `db:"-"`
	Own       Pace   // of topics in which she wrote or is mentioned
	Digests   bool   // letters that gather what is new
	Asked     bool   // letters about questions on her themes that nobody answers
	Announced Pace   // of announcements
}

// byItself is the wish of who has not said anything.
var byItself = Wish{Own: ownPace, Digests: true, Asked: true, Announced: announcedPace}

// wishRow is a wish as the table has it.
type wishRow struct {
	Zone      string
	QuietFrom int
	QuietTo   int
	QuietDays string
	Own       Pace
	Digests   bool
	Asked     bool
	Announced Pace
}

const wishColumns = "zone, quiet_from, quiet_to, quiet_days, own, digests, asked, announced"

func (r wishRow) wish() Wish {
	return Wish{r.Zone, Quiet{r.QuietFrom, r.QuietTo, r.QuietDays}, r.Own, r.Digests, r.Asked, r.Announced}
}

func wishOf(ctx context.Context, q store.Reader, person string) (Wish, error) {
	r, err := store.Get[wishRow](ctx, q, everything, "SELECT "+wishColumns+" FROM notice_wish WHERE {scope} AND person = $1", person)
	if errors.Is(err, store.ErrNotFound) {
		return byItself, nil
	}
	return r.wish(), err
}

// Wish is how the caller wants to be told.
func (n *Notice) Wish(ctx context.Context, who access.Subject) (Wish, error) {
	if !herself(who) {
		return Wish{}, ErrForbidden
	}
	return wishOf(ctx, n.DB, who.ID)
}

func herself(who access.Subject) bool { return who.SignedIn() && !who.Program }

func (w *Wish) check() error {
	v := Invalid{}
	if w.Zone != "" && !slices.Contains(Zones, w.Zone) {
		v["zone"] = "notice.error.zone"
	}
	q := &w.Quiet
	days := []rune(q.Days)
	slices.Sort(days)
	q.Days = string(slices.Compact(days))
	switch {
	case q.From < 0 || q.From > 1439:
		v["from"] = "notice.error.time"
	case q.To < 0 || q.To > 1439:
		v["to"] = "notice.error.time"
	case q.Days != "" && q.From == q.To:
		v["to"] = "notice.error.same"
	case strings.Trim(q.Days, "1234567") != "":
		v["days"] = "notice.error.days"
	}
	if !w.Announced.Valid() {
		v["announced"] = "notice.error.pace"
	}
	if !w.Own.Valid() {
		v["own"] = "notice.error.pace"
	}
	if len(v) > 0 {
		return v
	}
	return nil
}

// SetWish changes how the caller wants to be told.
func (n *Notice) SetWish(ctx context.Context, who access.Subject, w Wish) error {
	if !herself(who) {
		return ErrForbidden
	}
	if err := w.check(); err != nil {
		return err
	}
	_, err := store.Write(ctx, n.DB, who, func(tx *store.Tx) (store.Event, error) {
		was, err := wishOf(ctx, tx, who.ID)
		if err == nil && was == w {
			err = store.ErrUnchanged
		}
		if err != nil {
			return store.Event{}, err
		}
		if err := putWish(ctx, tx, who.ID, w); err != nil {
			return store.Event{}, err
		}
		return of(who.ID, "community.notice.wished", nil), n.plan(ctx, tx, who.ID, w)
	})
	return err
}

func putWish(ctx context.Context, tx *store.Tx, person string, w Wish) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO notice_wish (person, `+wishColumns+`, updated) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (person) DO UPDATE SET zone = excluded.zone, quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to, quiet_days = excluded.quiet_days,
		  own = excluded.own, digests = excluded.digests, asked = excluded.asked, announced = excluded.announced, updated = excluded.updated`,
		person, w.Zone, w.Quiet.From, w.Quiet.To, w.Quiet.Days, string(w.Own), w.Digests, w.Asked, string(w.Announced), tx.Now())
	return err
}

// Choose sets how soon the caller is told of a group or topic that she reads; "" goes
// back to what is so by itself.
func (n *Notice) Choose(ctx context.Context, who access.Subject, kind Kind, object string, p Pace) error {
	if !herself(who) {
		return ErrForbidden
	}
	if p != "" && !p.Valid() {
		return Invalid{"pace": "notice.error.pace"}
	}
	_, err := store.Write(ctx, n.DB, who, func(tx *store.Tx) (store.Event, error) {
		if err := n.choosable(ctx, tx, who, kind, object, p); err != nil {
			return store.Event{}, err
		}
		return of(who.ID, "community.notice.chosen", map[string]string{"kind": string(kind), "of": object, "pace": string(p)}),
			n.choose(ctx, tx, who.ID, kind, object, p)
	})
	return err
}

// maxChoices is of how much one person chooses.
const maxChoices = 500

// choosable asks whether she reads it. What she reads no more she can still leave.
func (n *Notice) choosable(ctx context.Context, tx *store.Tx, who access.Subject, kind Kind, object string, p Pace) error {
	query := map[Kind]string{Group: "SELECT id FROM circle WHERE {scope} AND id = $1", Topic: "SELECT id FROM topic WHERE {scope} AND id = $1"}[kind]
	if query == "" {
		return Invalid{"kind": "notice.error.kind"}
	}
	if p == "" || p == None {
		return nil
	}
	if _, err := store.Get[string](ctx, tx, who.Scope(), query, object); err != nil {
		return err
	}
	count, err := store.Get[int](ctx, tx, everything, "SELECT COUNT(*) FROM notice_choice WHERE {scope} AND person = $1", who.ID)
	if err == nil && count >= maxChoices {
		err = Invalid{"pace": "notice.error.many"}
	}
	return err
}

// choose writes a choice as part of a write.
func (n *Notice) choose(ctx context.Context, tx *store.Tx, person string, kind Kind, object string, p Pace) (err error) {
	var changed int64
	if p == "" {
		changed, err = tx.Exec(ctx, "DELETE FROM notice_choice WHERE person = $1 AND kind = $2 AND object = $3", person, string(kind), object)
	} else {
		changed, err = tx.Exec(ctx, `
			INSERT INTO notice_choice (person, kind, object, pace, made) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (person, kind, object) DO UPDATE SET pace = excluded.pace, made = excluded.made WHERE notice_choice.pace <> excluded.pace`,
			person, string(kind), object, string(p), tx.Now())
	}
	if err == nil && changed == 0 {
		err = store.ErrUnchanged
	}
	if err != nil {
		return err
	}
	w, err := wishOf(ctx, tx, person)
	if err != nil {
		return err
	}
	return n.plan(ctx, tx, person, w)
}

// chosen is the pace that somebody chose, "" for none.
func chosen(ctx context.Context, q store.Reader, person string, kind Kind, object string) (Pace, error) {
	list, err := store.List[Pace](ctx, q, everything,
		"SELECT pace FROM notice_choice WHERE {scope} AND person = $1 AND kind = $2 AND object = $3", person, string(kind), object)
	if err != nil || len(list) == 0 {
		return "", err
	}
	return list[0], nil
}

// Chosen is the pace that the caller chose for a group or topic, "" for none.
func (n *Notice) Chosen(ctx context.Context, who access.Subject, kind Kind, object string) (Pace, error) {
	if !herself(who) {
		return "", ErrForbidden
	}
	return chosen(ctx, n.DB, who.ID, kind, object)
}

// Watched is a group or topic with how soon she is told of it.
type Watched struct {
	Kind   Kind
	ID     string
	Title  string
	Lang   string
	Pace   Pace
	Chosen bool // by her, for this one
	Member bool // of the group
	Feed   time.Time
	Feeds  bool // it may have a feed
}

// watchedMost is how many topics with a pace of their own are listed.
const watchedMost = 200

// Watches lists what the caller is told of, as far as she reads it: her groups by name,
// then the topics for which she chose something, the latest first.
func (n *Notice) Watches(ctx context.Context, who access.Subject) (groups, topics []Watched, err error) {
	if !herself(who) {
		return nil, nil, ErrForbidden
	}
	fed, err := n.feeds(ctx, who.ID)
	if err != nil {
		return nil, nil, err
	}
	hers, err := groupsOf(ctx, n.DB, who)
	if err != nil {
		return nil, nil, err
	}
	for _, g := range hers {
		w := Watched{Kind: Group, ID: g.ID, Title: g.Name, Lang: g.Lang, Pace: groupPace, Chosen: g.Pace != "", Member: g.Member, Feed: fed[string(Group)+g.ID], Feeds: g.Level <= access.Member}
		if w.Chosen {
			w.Pace = g.Pace
		}
		groups = append(groups, w)
	}
	topics, err = store.List[Watched](ctx, n.DB, who.Scope(), `
		SELECT 'topic' AS kind, t.id, t.title, t.lang, c.pace, TRUE AS chosen, FALSE AS member, COALESCE(f.made, 0) AS feed, t.level <= 1 AS feeds
		FROM notice_choice c
		JOIN topic t ON t.id = c.object
		LEFT JOIN notice_feed f ON f.person = c.person AND f.kind = 'topic' AND f.object = c.object
		WHERE {scope t} AND c.person = $1 AND c.kind = 'topic' AND t.posts > 0
		ORDER BY c.made DESC, t.id DESC LIMIT $2`, who.ID, watchedMost)
	return groups, topics, err
}

// hers is a group as it concerns one person.
type hers struct {
	ID     string
	Name   string
	Lang   string
	Kind   string // open, members, closed or forum
	Level  access.Level
	Mails  bool // letters may say what was written
	Member bool
	Pace   Pace // "" where she chose none
	Since  time.Time
}

// said is the name of the group in a letter, or "": a closed group that allows letters
// nothing is not named in one.
func (g hers) said() string {
	if g.Kind == "closed" && !g.Mails {
		return ""
	}
	return g.Name
}

// groupsOf are the groups of which she is a member on a word that holds, and those for
// which she chose a pace, as far as she reads them, by name.
func groupsOf(ctx context.Context, q store.Reader, who access.Subject) ([]hers, error) {
	return store.List[hers](ctx, q, who.Scope(), `
		SELECT g.id, g.name, g.lang, g.kind, g.level, g.mails, x.member, COALESCE(c.pace, '') AS pace, x.since
		FROM (
		  SELECT m.grp, TRUE AS member, m.since FROM membership m
		  JOIN vouching v ON v.id = m.vouching
		  WHERE m.person = $1 AND v.ended = 0 AND v.until > $2
		  UNION ALL
		  SELECT h.object AS grp, FALSE AS member, h.made AS since FROM notice_choice h
		  WHERE h.person = $1 AND h.kind = 'group'
		    AND NOT EXISTS (SELECT 1 FROM membership n JOIN vouching u ON u.id = n.vouching WHERE n.grp = h.object AND n.person = $1 AND u.ended = 0 AND u.until > $2)
		) x
		JOIN circle g ON g.id = x.grp
		LEFT JOIN notice_choice c ON c.person = $1 AND c.kind = 'group' AND c.object = g.id
		WHERE {scope g} AND g.ended = 0
		ORDER BY g.name, g.id`, who.ID, time.Now())
}
