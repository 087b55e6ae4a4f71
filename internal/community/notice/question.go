package notice

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/community/discussion"
	"polis/internal/job"
	"polis/internal/lang"
	"polis/internal/mail"
	"polis/internal/store"
)

// The questions in the timetable that nobody answers: their name, and how often it looks.
const (
	QuestionJob   = "community.questions"
	QuestionEvery = time.Hour
)

const (
	unheard       = 3 * 24 * time.Hour  // so long a question waits in its group alone
	tooLate       = 30 * 24 * time.Hour // what waits longer is not brought to anybody any more
	routeAtOnce   = 50
	routedTo      = 8 // people to whom one question is brought
	questionsMost = 5 // of which a letter names
)

// Questioner is the work of the timetable.
func (n *Notice) Questioner(ctx context.Context, _ *job.Run) error {
	_, err := n.Route(ctx, time.Now())
	return err
}

// Route brings each question that nobody has answered for three days, once, to a few who
// may know: in its group, who wrote on its themes or follows them, and the experts on
// them who read it. They are told in their next morning, in one letter. It returns how
// many questions were brought to somebody or to nobody.
func (n *Notice) Route(ctx context.Context, now time.Time) (routed int, err error) {
	d := &discussion.Discussion{DB: n.DB}
	for after := (Place{}); ; {
		list, more, err := d.Unanswered(ctx, everything, discussion.TopicFilter{}, now.Add(-unheard), after, routeAtOnce)
		if err != nil {
			return routed, err
		}
		count, err := n.route(ctx, list, now)
		if routed += count; err != nil || more == (Place{}) {
			return routed, err
		}
		after = more
	}
}

func (n *Notice) route(ctx context.Context, list []discussion.Topic, now time.Time) (routed int, err error) {
	_, err = store.Write(ctx, n.DB, access.System("notice"), func(tx *store.Tx) (store.Event, error) {
		routed = 0
		for _, t := range list {
			if now.Sub(t.Created) > tooLate {
				continue
			}
			first, err := tx.Exec(ctx, "INSERT INTO notice_routed (topic, at) VALUES ($1, $2) ON CONFLICT (topic) DO NOTHING", t.ID, tx.Now())
			if err != nil {
				return store.Event{}, err
			}
			if first == 0 {
				continue
			}
			routed++
			if err := n.bring(ctx, tx, t, now); err != nil {
				return store.Event{}, err
			}
		}
		if routed == 0 {
			return store.Event{}, store.ErrUnchanged
		}
		return store.Event{Act: "community.notice.routed", Label: access.Label{Level: access.Closed}, Quiet: true, Data: map[string]int{"questions": routed}}, nil
	})
	return routed, err
}

// bring owes a letter to those who may know an answer.
func (n *Notice) bring(ctx context.Context, tx *store.Tx, t discussion.Topic, now time.Time) error {
	people, err := n.knowing(ctx, tx, t)
	if err != nil {
		return err
	}
	for _, person := range people {
		w, err := wishOf(ctx, tx, person)
		if err != nil {
			return err
		}
		if !w.Asked {
			continue
		}
		if _, err := tx.Exec(ctx, oweOne, person, "question", t.ID, t.ID, w.nextMorning(now, false), tx.Now()); err != nil {
			return err
		}
	}
	return nil
}

// knowing are those who may know an answer, the likeliest first: members whose answers on
// the themes were accepted or who wrote on them, experts, and members who follow the
// themes. Who may read the question is asked when the letter is sent.
func (n *Notice) knowing(ctx context.Context, tx *store.Tx, t discussion.Topic) (people []string, err error) {
	if len(t.Themes) == 0 {
		return nil, nil
	}
	args := []any{t.Group, t.Author, tx.Now()}
	var marks []string
	for _, theme := range t.Themes {
		args = append(args, theme)
		marks = append(marks, "$"+strconv.Itoa(len(args)))
	}
	themes := "(" + strings.Join(marks, ", ") + ")"
	member := "EXISTS (SELECT 1 FROM membership m JOIN vouching v ON v.id = m.vouching WHERE m.grp = $1 AND m.person = %s AND v.ended = 0 AND v.until > $3)"
	for _, query := range []string{
		"SELECT p.author FROM topic_theme h JOIN post p ON p.topic = h.topic AND p.stage = 'shown' WHERE {scope} AND h.theme IN " + themes + " AND p.author <> $2 AND " + strings.Replace(member, "%s", "p.author", 1) +
			" GROUP BY p.author ORDER BY MAX(CASE WHEN p.answer THEN 1 ELSE 0 END) DESC, COUNT(*) DESC, p.author LIMIT " + strconv.Itoa(routedTo),
		"",
		"SELECT DISTINCT f.person FROM follow f WHERE {scope} AND f.kind = 'theme' AND f.object IN " + themes + " AND f.person <> $2 AND " + strings.Replace(member, "%s", "f.person", 1) +
			" ORDER BY f.person LIMIT " + strconv.Itoa(routedTo),
	} {
		var found []string
		switch {
		case query != "":
			found, err = store.List[string](ctx, tx, everything, query, args...)
		case n.Experts != nil:
			found, err = n.Experts(ctx, tx, t.Themes, routedTo)
		}
		if err != nil {
			return nil, err
		}
		for _, person := range found {
			if person != t.Author && !slices.Contains(people, person) {
				people = append(people, person)
			}
		}
	}
	return people[:min(len(people), routedTo)], nil
}

// finishQuestion names the questions that wait for an answer still.
func (n *Notice) finishQuestion(ctx context.Context, r reader, l mail.Letter) (mail.Letter, error) {
	if !r.wish.Asked {
		return l, mail.ErrDropped
	}
	p, count := lang.For(r.lang), 0
	for _, id := range strings.Fields(l.Args["topics"]) {
		list, err := store.List[topicRow](ctx, n.DB, r.who.Scope(), topicOf+` AND t.id = $2 AND t.kind = 'question' AND NOT t.answered AND t.locked = 0 AND t.author <> $1
			AND NOT EXISTS (SELECT 1 FROM post a WHERE a.topic = t.id AND a.author <> t.author AND a.stage = 'shown')`, r.who.ID, id)
		if err != nil {
			return l, err
		}
		for _, t := range list {
			g, err := n.group(ctx, r, t.Grp)
			if err != nil {
				return l, err
			}
			if count++; count > questionsMost {
				continue
			}
			line := mail.Line{Text: t.Title, Lang: t.Lang, Path: discussion.TopicPath(t.ID)}
			if !g.Mails {
				line.Text, line.Lang = p.T("notice.question.some"), ""
				if name := g.said(); name != "" {
					line.Text = p.T("notice.question.in", "group", name)
				}
			}
			l.Lines = append(l.Lines, line)
		}
	}
	if count == 0 {
		return l, mail.ErrDropped
	}
	l.Path, l.Args, l.Stop = NewsPath, map[string]string{"n": strconv.Itoa(count)}, StopPath(n.Keys, r.who.ID, stopQuestions, "")
	return l, nil
}
