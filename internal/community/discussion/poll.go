package discussion

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/job"
	"polis/internal/store"
)

// Poll is what a topic asks all members of its group: its title is the question.
//
// In a secret poll a row says that somebody has voted and, apart from it, ballots say what
// was chosen. A ballot bears a mark that only the installation's key makes of poll and
// person, so that she may change her mind. Figures are shown when it is over, never
// before – each would tell the vote that moved it – and then the ballots are counted and
// deleted. The log says that she voted, of either kind, and never what.
type Poll struct {
	Topic   string
	Many    bool // several answers may be chosen
	Secret  bool
	Results string    // "voted": for who has voted; "end": for nobody before the end
	Until   time.Time // it is open before
	Voters  int
	Settled bool
	ByWhom  string
	Created time.Time
	Choices []Choice `db:"-"`
}

// Choice is an answer that can be chosen.
type Choice struct {
	N     int
	Text  string
	Votes int // 0 where the caller is not shown figures
	Hers  bool
	Who   []string // ids of who chose it, in a poll by name
}

// The two ways in which results are shown.
const (
	AfterVote = "voted"
	AtEnd     = "end"
)

// The bounds of a poll.
const (
	MinChoices = 2
	MaxChoices = 10
	maxChoice  = 200 // characters
	longest    = 366 * 24 * time.Hour
	// FewestSecret is of how many voters the figures of a secret poll are shown: those of
	// fewer tell what each chose.
	FewestSecret = 3
)

// Over reports whether nobody votes any more.
func (p Poll) Over(now time.Time) bool { return !now.Before(p.Until) }

// PollDraft is a poll as somebody wants it.
type PollDraft struct {
	Choices []string
	Many    bool
	Secret  bool
	Results string
	Until   time.Time
}

func (d *PollDraft) check(now time.Time) error {
	v := Invalid{}
	var list []string
	for _, c := range d.Choices {
		c = strings.Join(strings.Fields(strings.ToValidUTF8(strings.ReplaceAll(c, "\x00", ""), "")), " ")
		switch {
		case c == "":
			continue
		case utf8.RuneCountInString(c) > maxChoice:
			v["choices"] = "poll.error.choice.long"
		case slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, c) }):
			v["choices"] = "poll.error.choice.twice"
		}
		list = append(list, c)
	}
	if d.Choices = list; len(list) < MinChoices || len(list) > MaxChoices {
		v["choices"] = "poll.error.choices"
	}
	if !d.Until.After(now) || d.Until.After(now.Add(longest)) {
		v["until"] = "poll.error.until"
	}
	if d.Results != AfterVote && d.Results != AtEnd {
		v["results"] = "poll.error.results"
	}
	if d.Secret {
		d.Results = AtEnd
		delete(v, "results")
	}
	return v.orNil()
}

// AddPoll puts a poll to a topic: its author does, or who runs the group. A topic carries
// one, and it stays as it is.
func (d *Discussion) AddPoll(ctx context.Context, who access.Subject, id string, draft PollDraft) error {
	return d.onTopic(ctx, who, id, func(tx *store.Tx, t Topic) (store.Event, error) {
		if err := mayPoll(ctx, tx, who, t); err != nil {
			return store.Event{}, err
		}
		if err := draft.check(tx.Now()); err != nil {
			return store.Event{}, err
		}
		if draft.Secret && d.Keys == nil {
			return store.Event{}, errors.New("discussion: a secret poll needs the installation's key")
		}
		_, err := tx.Exec(ctx, `
			INSERT INTO poll (topic, many, secret, results, until, voters, settled, by_whom, created) VALUES ($1, $2, $3, $4, $5, 0, FALSE, $6, $7)`,
			t.ID, draft.Many, draft.Secret, draft.Results, draft.Until, who.ID, tx.Now())
		if store.Refused(err) {
			err = Impossible{Key: "poll.impossible.one"}
		}
		if err != nil {
			return store.Event{}, err
		}
		var rows [][]any
		for i, text := range draft.Choices {
			rows = append(rows, []any{t.ID, i + 1, text, 0})
		}
		return t.event("community.poll.opened", nil), tx.Insert(ctx, "poll_choice (topic, n, text, votes)", rows, "")
	})
}

// mayPoll returns nil where she decides about the topic's poll.
func mayPoll(ctx context.Context, q *store.Tx, who access.Subject, t Topic) error {
	if t.Author != who.ID {
		if err := runs(ctx, q, who, t.Group); err != nil {
			return err
		}
	} else if _, err := mayWrite(ctx, q, who, t.Group, q.Now()); err != nil {
		return err
	}
	switch {
	case !t.Locked.IsZero():
		return Impossible{Key: "topic.impossible.locked"}
	case t.Posts == 0:
		return Impossible{Key: "poll.impossible.shown"}
	}
	return nil
}

const pollColumns = "p.topic, p.many, p.secret, p.results, p.until, p.voters, p.settled, p.by_whom, p.created"

// Poll is that of a topic which the caller has read, or store.ErrNotFound. voted says that
// she has; figures and names stand in it only where sees says that she is shown them.
func (d *Discussion) Poll(ctx context.Context, who access.Subject, t Topic) (p Poll, voted, sees bool, err error) {
	if p, err = poll(ctx, d.DB, t.ID); err != nil {
		return p, false, false, err
	}
	n, err := store.Get[int](ctx, d.DB, everything, "SELECT COUNT(*) FROM poll_voter WHERE {scope} AND topic = $1 AND person = $2", t.ID, who.ID)
	if err != nil {
		return p, false, false, err
	}
	now := time.Now()
	voted = n > 0 && who.SignedIn()
	sees = p.Over(now) && (!p.Secret || p.Voters >= FewestSecret) || !p.Secret && voted && p.Results == AfterVote
	p.Choices, err = store.List[Choice](ctx, d.DB, everything, "SELECT n, text FROM poll_choice WHERE {scope} AND topic = $1 ORDER BY n", t.ID)
	if err != nil {
		return p, voted, sees, err
	}
	if !p.Secret {
		return p, voted, sees, d.named(ctx, who, &p, sees)
	}
	if sees {
		err = counted(ctx, d.DB, &p)
	}
	return p, voted, sees, err
}

func poll(ctx context.Context, q store.Reader, topic string) (Poll, error) {
	return store.Get[Poll](ctx, q, everything, "SELECT "+pollColumns+" FROM poll p WHERE {scope} AND p.topic = $1", topic)
}

// named fills in her own choice and, where she sees them, the others'.
func (d *Discussion) named(ctx context.Context, who access.Subject, p *Poll, sees bool) error {
	votes, err := store.List[struct {
		Person string
		Choice int
	}](ctx, d.DB, everything, "SELECT person, choice FROM poll_vote WHERE {scope} AND topic = $1 ORDER BY choice, person", p.Topic)
	for _, v := range votes {
		c := &p.Choices[v.Choice-1]
		if v.Person == who.ID && who.SignedIn() {
			c.Hers = true
		}
		if sees {
			c.Votes, c.Who = c.Votes+1, append(c.Who, v.Person)
		}
	}
	return err
}

// counted fills in how often each choice of a secret poll was chosen.
func counted(ctx context.Context, q store.Reader, p *Poll) error {
	list, err := store.List[struct{ N, Votes int }](ctx, q, everything, `
		SELECT c.n, c.votes + (SELECT COUNT(*) FROM poll_ballot b WHERE b.topic = c.topic AND b.choice = c.n) AS votes
		FROM poll_choice c WHERE {scope} AND c.topic = $1 ORDER BY c.n`, p.Topic)
	for _, c := range list {
		p.Choices[c.N-1].Votes = c.Votes
	}
	return err
}

// Vote chooses, or chooses anew until the poll is over: a member does who may write. A
// vote stays when she is no member any more.
func (d *Discussion) Vote(ctx context.Context, who access.Subject, id string, choices []int) error {
	slices.Sort(choices)
	choices = slices.Compact(choices)
	return d.onTopic(ctx, who, id, func(tx *store.Tx, t Topic) (store.Event, error) {
		if _, err := mayWrite(ctx, tx, who, t.Group, tx.Now()); err != nil {
			return store.Event{}, err
		}
		p, err := poll(ctx, tx, id)
		if err != nil {
			return store.Event{}, err
		}
		n, err := store.Get[int](ctx, tx, everything, "SELECT COUNT(*) FROM poll_choice WHERE {scope} AND topic = $1", id)
		switch {
		case err != nil:
			return store.Event{}, err
		case p.Over(tx.Now()):
			return store.Event{}, Impossible{Key: "poll.impossible.over"}
		case !t.Locked.IsZero():
			return store.Event{}, Impossible{Key: "topic.impossible.locked"}
		case len(choices) == 0 || choices[0] < 1 || choices[len(choices)-1] > n || len(choices) > 1 && !p.Many:
			return store.Event{}, Invalid{"choice": "poll.error.vote"}
		}
		return t.event("community.poll.voted", nil), d.vote(ctx, tx, p, who.ID, choices)
	})
}

// vote writes it in the place of what she chose before.
func (d *Discussion) vote(ctx context.Context, tx *store.Tx, p Poll, person string, choices []int) error {
	added, err := tx.Exec(ctx, "INSERT INTO poll_voter (topic, person) VALUES ($1, $2) ON CONFLICT (topic, person) DO NOTHING", p.Topic, person)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "UPDATE poll SET voters = voters + $2 WHERE topic = $1", p.Topic, added); err != nil {
		return err
	}
	table, by, mark := "poll_vote", "person", person
	if p.Secret {
		if d.Keys == nil {
			return errors.New("discussion: a secret poll needs the installation's key")
		}
		table, by, mark = "poll_ballot", "mark", d.Keys.Mark("poll", p.Topic+" "+person)
	}
	if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE topic = $1 AND "+by+" = $2", p.Topic, mark); err != nil {
		return err
	}
	var rows [][]any
	for _, n := range choices {
		rows = append(rows, []any{p.Topic, mark, n, p.Secret})
	}
	return tx.Insert(ctx, table+" (topic, "+by+", choice, secret)", rows, "")
}

// EndPoll ends a poll now: who opened the topic does, or runs the group.
func (d *Discussion) EndPoll(ctx context.Context, who access.Subject, id string) error {
	return d.onPoll(ctx, who, id, "community.poll.ended", func(tx *store.Tx, p Poll) error {
		if p.Over(tx.Now()) {
			return store.ErrUnchanged
		}
		_, err := tx.Exec(ctx, "UPDATE poll SET until = $2 WHERE topic = $1", id, tx.Now())
		return err
	})
}

// RemovePoll takes a poll away in which nobody has voted.
func (d *Discussion) RemovePoll(ctx context.Context, who access.Subject, id string) error {
	return d.onPoll(ctx, who, id, "community.poll.removed", func(tx *store.Tx, p Poll) error {
		if p.Voters > 0 {
			return Impossible{Key: "poll.impossible.voted"}
		}
		if _, err := tx.Exec(ctx, "DELETE FROM poll_choice WHERE topic = $1", id); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "DELETE FROM poll WHERE topic = $1", id)
		return err
	})
}

func (d *Discussion) onPoll(ctx context.Context, who access.Subject, id, act string, fn func(*store.Tx, Poll) error) error {
	return d.onTopic(ctx, who, id, func(tx *store.Tx, t Topic) (store.Event, error) {
		if err := mayPoll(ctx, tx, who, t); err != nil {
			return store.Event{}, err
		}
		p, err := poll(ctx, tx, id)
		if err != nil {
			return store.Event{}, err
		}
		return t.event(act, nil), fn(tx, p)
	})
}

// PollJob settles secret polls that are over.
const (
	PollJob   = "discussion.polls"
	PollEvery = 10 * time.Minute
)

// SettlePolls counts the ballots of secret polls that are over, and deletes them: from
// then on nobody, with whatever key, finds out who chose what.
func (d *Discussion) SettlePolls(ctx context.Context, _ *job.Run) error {
	list, err := store.List[Poll](ctx, d.DB, everything, "SELECT "+pollColumns+" FROM poll p WHERE {scope} AND p.secret AND NOT p.settled AND p.until <= $1 ORDER BY p.until LIMIT 100", time.Now())
	if err != nil {
		return err
	}
	who := access.System("discussion")
	for _, p := range list {
		_, err := store.Write(ctx, d.DB, who, func(tx *store.Tx) (store.Event, error) {
			label, err := store.Get[struct{ access.Label }](ctx, tx, everything, "SELECT level, state, grp, owner FROM topic WHERE {scope} AND id = $1", p.Topic)
			if err != nil {
				return store.Event{}, err
			}
			return store.Event{Act: "community.poll.settled", Object: p.Topic, Label: label.Label}, settlePoll(ctx, tx, p.Topic)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func settlePoll(ctx context.Context, tx *store.Tx, topic string) error {
	for _, query := range []string{
		"UPDATE poll_choice SET votes = votes + (SELECT COUNT(*) FROM poll_ballot b WHERE b.topic = poll_choice.topic AND b.choice = poll_choice.n) WHERE topic = $1",
		"DELETE FROM poll_ballot WHERE topic = $1",
		"UPDATE poll SET settled = TRUE WHERE topic = $1 AND NOT settled",
	} {
		if _, err := tx.Exec(ctx, query, topic); err != nil {
			return err
		}
	}
	return nil
}

// MayPoll reports whether she decides about a topic's poll: she opened the topic and may
// write, or runs the group.
func MayPoll(who access.Subject, t Topic, s account.GroupStanding, now time.Time) bool {
	return t.Posts > 0 && t.Locked.IsZero() && (s.Runs() || who.SignedIn() && t.Author == who.ID && s.Writes(now))
}
