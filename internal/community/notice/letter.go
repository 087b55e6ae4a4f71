package notice

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/community/discussion"
	"polis/internal/lang"
	"polis/internal/mail"
	"polis/internal/store"
)

// What one letter says.
const (
	wordsMost  = 5     // posts with their words; of more it says how many
	letterText = 6_000 // bytes of one post
	linesMost  = 5     // topics of one group
	groupsMost = 20
)

// Finish writes the letters of this room when they are sent, in the reader's language and
// from what she reads at that moment, and leaves all others to the next. Where nothing is
// left that she reads and wants to be told, there is no letter.
func (n *Notice) Finish(next func(context.Context, mail.Letter) (mail.Letter, error)) func(context.Context, mail.Letter) (mail.Letter, error) {
	write := map[string]func(context.Context, reader, mail.Letter) (mail.Letter, error){
		postLetter: n.finishPost, digestLetter: n.finishDigest, questionLetter: n.finishQuestion, announcementLetter: n.finishAnnounced,
	}
	return func(ctx context.Context, l mail.Letter) (mail.Letter, error) {
		if finish := write[l.Kind]; finish != nil {
			r, err := n.reader(ctx, l.To)
			if err == nil {
				l.Lang = r.lang
				l, err = finish(ctx, r, l)
			}
			if errors.Is(err, store.ErrNotFound) {
				err = mail.ErrDropped
			}
			if err != nil {
				return l, err
			}
		}
		return next(ctx, l)
	}
}

// reader is to whom a letter goes.
type reader struct {
	who  access.Subject
	lang lang.Tag
	wish Wish
}

func (n *Notice) reader(ctx context.Context, person string) (r reader, err error) {
	who, p, err := account.Subject(ctx, n.DB, person, account.TwoFactors)
	if err != nil {
		return r, err
	}
	r = reader{who: who, lang: lang.For(p.Lang).Tag()}
	r.wish, err = wishOf(ctx, n.DB, person)
	return r, err
}

// group reads the group of what a letter tells, for its reader.
func (n *Notice) group(ctx context.Context, r reader, id string) (hers, error) {
	return store.Get[hers](ctx, n.DB, r.who.Scope(), `
		SELECT g.id, g.name, g.lang, g.kind, g.level, g.mails, FALSE AS member, COALESCE(c.pace, '') AS pace, g.created AS since
		FROM circle g LEFT JOIN notice_choice c ON c.person = $2 AND c.kind = 'group' AND c.object = g.id
		WHERE {scope g} AND g.id = $1`, id, r.who.ID)
}

// topicRow is a topic as letters name it.
type topicRow struct {
	ID, Title, Grp string
	Lang           lang.Tag
	Own            bool // it is her own
	Pace           Pace // that she chose for it, or ""
}

const topicOf = `
	SELECT t.id, t.title, t.grp, t.lang, (o.topic IS NOT NULL) AS own, COALESCE(c.pace, '') AS pace
	FROM topic t
	LEFT JOIN notice_own o ON o.person = $1 AND o.topic = t.id
	LEFT JOIN notice_choice c ON c.person = $1 AND c.kind = 'topic' AND c.object = t.id
	WHERE {scope t} AND t.posts > 0`

// finishPost writes what was said in a topic.
func (n *Notice) finishPost(ctx context.Context, r reader, l mail.Letter) (mail.Letter, error) {
	t, err := store.Get[topicRow](ctx, n.DB, r.who.Scope(), topicOf+" AND t.id = $2", r.who.ID, l.Object)
	if err != nil {
		return l, err
	}
	g, err := n.group(ctx, r, t.Grp)
	if err != nil {
		return l, err
	}
	if pace(t.Pace, g.Pace, t.Own, r.wish) != Once {
		return l, mail.ErrDropped // she has chosen otherwise since
	}
	posts, err := n.posts(ctx, r, strings.Fields(l.Args["posts"]))
	if err != nil {
		return l, err
	}
	if len(posts) == 0 {
		return l, mail.ErrDropped
	}
	l.Path, l.Thread = discussion.TopicPath(t.ID), t.ID
	l.Stop = n.stopOf(r, t, g)
	if !g.Mails {
		return closed(l, r, g), nil
	}
	l.Args = map[string]string{"group": g.Name, "title": t.Title, "n": strconv.Itoa(len(posts))}
	for _, p := range posts[max(0, len(posts)-wordsMost):] {
		l.Words = append(l.Words, mail.Words{By: r.called(p.Name, p.Erased), Lang: p.Lang, Text: n.text(ctx, p.Body)})
	}
	if n.Address != nil {
		l.ReplyTo, err = n.Address(ctx, r.who.ID, t.ID)
	}
	return l, err
}

// closed is the letter about a group that allows letters nothing.
func closed(l mail.Letter, r reader, g hers) mail.Letter {
	l.Kind, l.Thread = closedLetter, ""
	l.Args = map[string]string{"group": lang.For(r.lang).T("notice.letter.group.some")}
	if name := g.said(); name != "" {
		l.Args["group"] = lang.For(r.lang).T("notice.letter.group.named", "group", name)
	}
	return l
}

// stopOf ends what brought the letter: what she hears of the topic or, where it came
// because she hears of all that is said in the group, of that.
func (n *Notice) stopOf(r reader, t topicRow, g hers) string {
	if t.Pace == "" && !t.Own && g.Pace == Once {
		return StopPath(n.Keys, r.who.ID, string(Group), g.ID)
	}
	return StopPath(n.Keys, r.who.ID, string(Topic), t.ID)
}

// shownPost is a post as a letter tells it.
type shownPost struct {
	ID, Name, Body string
	Erased         bool
	Lang           lang.Tag
}

// posts are those that are shown still, as far as she reads them, in their order.
func (n *Notice) posts(ctx context.Context, r reader, ids []string) (list []shownPost, err error) {
	for _, id := range ids[:min(len(ids), saidMost)] {
		p, err := store.Get[shownPost](ctx, n.DB, r.who.Scope(), `
			SELECT p.id, a.name, p.body, a.erased, p.lang FROM post p JOIN person a ON a.id = p.author
			WHERE {scope p} AND p.id = $1 AND p.stage = 'shown' AND p.author <> $2`, id, r.who.ID)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

// called is the name of who wrote something.
func (r reader) called(name string, erased bool) string {
	if erased {
		return lang.For(r.lang).T("notice.former")
	}
	return name
}

// Plain is a post as a feed or letter says it: without marks, with names, bounded.
func (n *Notice) Plain(ctx context.Context, body string) string { return n.text(ctx, body) }

// text is a post as a letter says it: without marks, with names, bounded.
func (n *Notice) text(ctx context.Context, body string) string {
	body = discussion.Spoken(body, func(id string) string {
		list, err := store.List[string](ctx, n.DB, everything, "SELECT name FROM person WHERE {scope} AND id = $1", id)
		if err != nil || len(list) == 0 {
			return "…"
		}
		return list[0]
	})
	text := plain(body)
	if len(text) > letterText {
		text = strings.ToValidUTF8(text[:letterText], "") + " …"
	}
	return text
}

// finishDigest gathers what is new in her groups, each with its topics.
func (n *Notice) finishDigest(ctx context.Context, r reader, l mail.Letter) (mail.Letter, error) {
	w := window{daily: moment(l.Args["daily"]), weekly: moment(l.Args["weekly"]), to: moment(l.Args["to"])}
	if !r.wish.Digests || w.to.IsZero() {
		return l, mail.ErrDropped
	}
	groups, err := groupsOf(ctx, n.DB, r.who)
	if err != nil {
		return l, err
	}
	special, err := n.special(ctx, r, w)
	if err != nil {
		return l, err
	}
	total := 0
	for _, g := range groups {
		if len(l.Lines) >= groupsMost*(linesMost+1) {
			break
		}
		var topics []topicRow
		if from := w.from(g.pace()); !from.IsZero() {
			if topics, err = n.fresh(ctx, r, g.ID, w, g.pace()); err != nil {
				return l, err
			}
		}
		for _, t := range special {
			if t.Grp == g.ID {
				topics = append(topics, t)
			}
		}
		special = slices.DeleteFunc(special, func(t topicRow) bool { return t.Grp == g.ID })
		total += len(topics)
		l.Lines = append(l.Lines, r.lines(g, topics)...)
	}
	if len(l.Lines) == 0 {
		return l, mail.ErrDropped
	}
	l.Path, l.Args = NewsPath, map[string]string{"n": strconv.Itoa(total)}
	l.Stop = StopPath(n.Keys, r.who.ID, stopDigests, "")
	return l, nil
}

// NewsPath is the page of all that is new, without language.
const NewsPath = "/account/notices"

// lines are what a digest says of one group: its topics or, of a group that does not
// allow that, how many there are.
func (r reader) lines(g hers, topics []topicRow) (lines []mail.Line) {
	p := lang.For(r.lang)
	if len(topics) == 0 {
		return nil
	}
	if !g.Mails {
		line := mail.Line{Under: p.T("notice.digest.closed"), Text: p.T("notice.digest.written", "n", len(topics)), Path: NewsPath}
		if name := g.said(); name != "" {
			line.Under, line.Path = name, "/groups/"+g.ID
		}
		return []mail.Line{line}
	}
	for _, t := range topics[:min(len(topics), linesMost)] {
		lines = append(lines, mail.Line{Under: g.Name, Text: t.Title, Lang: t.Lang, Path: discussion.TopicPath(t.ID)})
	}
	if more := len(topics) - len(lines); more > 0 {
		lines = append(lines, mail.Line{Under: g.Name, Text: p.T("notice.digest.more", "n", more), Path: "/groups/" + g.ID})
	}
	return lines
}

func (g hers) pace() Pace {
	if g.Pace == "" {
		return groupPace
	}
	return g.Pace
}
