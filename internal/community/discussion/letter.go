package discussion

import (
	"context"
	"errors"
	"time"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/lang"
	"polis/internal/mail"
	"polis/internal/store"
)

// The letters of the room. Messages: the kind with ".subject", ".text" and ".button".
const (
	hiddenLetter   = "topic.letter.hidden"   // her post was hidden
	shownLetter    = "topic.letter.shown"    // it is shown again, by an appeal or without one
	upheldLetter   = "topic.letter.upheld"   // her appeal was decided: it stays hidden
	warnedLetter   = "topic.letter.warned"   // she was told something about it
	silencedLetter = "topic.letter.silenced" // she reads and does not write for a time
	queueLetter    = "topic.letter.queue"    // something waits for who runs a group
)

// inform queues a letter to the author of a post, once while it waits. Who did it to her
// own post knows.
func (p Post) inform(ctx context.Context, tx *store.Tx, by, kind string) error {
	if p.Author == by {
		return nil
	}
	waiting, err := store.Get[int](ctx, tx, everything, "SELECT COUNT(*) FROM letter WHERE {scope} AND recipient = $1 AND kind = $2 AND object = $3 AND stage = 'waiting'", p.Author, kind, p.ID)
	if err != nil || waiting > 0 {
		return err
	}
	return mail.Queue(ctx, tx, mail.Letter{To: p.Author, Kind: kind, Object: p.ID})
}

// Finish writes the letters of this room when they are sent, and leaves all others to the
// next: from what is true then, and nobody one about what she does not read any more.
func (d *Discussion) Finish(next func(context.Context, mail.Letter) (mail.Letter, error)) func(context.Context, mail.Letter) (mail.Letter, error) {
	return func(ctx context.Context, l mail.Letter) (mail.Letter, error) {
		fill := d.fillPost
		switch l.Kind {
		case hiddenLetter, shownLetter, upheldLetter, warnedLetter, silencedLetter:
		case queueLetter:
			fill = d.fillQueue
		default:
			return next(ctx, l)
		}
		who, person, err := account.Subject(ctx, d.DB, l.To, account.TwoFactors)
		if err == nil {
			l.Lang = person.Lang
			err = fill(ctx, who, &l)
		}
		if errors.Is(err, store.ErrNotFound) {
			err = mail.ErrDropped
		}
		if err != nil {
			return l, err
		}
		return next(ctx, l)
	}
}

// fillPost says what became of her post. Title and reason are told where the letters of
// the group may say what was written; else they stand on the page alone.
func (d *Discussion) fillPost(ctx context.Context, who access.Subject, l *mail.Letter) error {
	p, err := d.Post(ctx, who, l.Object)
	if err != nil {
		return err
	}
	t, err := d.Topic(ctx, who, p.Topic)
	if err != nil {
		return err
	}
	g, err := account.GetGroup(ctx, d.DB, who, p.Group)
	if err != nil {
		return err
	}
	printer := lang.For(l.Lang)
	l.Args, l.Path = map[string]string{"group": groupIn(printer, g)}, p.Path()+"/about"
	said, err := d.said(ctx, who, p, l)
	if err != nil || !g.Mails {
		return err
	}
	l.Lines = []mail.Line{{Text: t.Title, Lang: t.Lang, Path: p.Path()}}
	if said != "" {
		l.Words = []mail.Words{{By: printer.T("topic.letter.by"), Text: said}}
	}
	return nil
}

// said are the words that were said to her with it, mail.ErrDropped where it is over.
func (d *Discussion) said(ctx context.Context, who access.Subject, p Post, l *mail.Letter) (string, error) {
	switch l.Kind {
	case warnedLetter, silencedLetter:
		return d.saidOfHer(ctx, who, p, l)
	case shownLetter:
		if p.Stage != Shown {
			return "", mail.ErrDropped
		}
		h, err := store.Get[Hiding](ctx, d.DB, everything, "SELECT "+hidingColumns+" FROM post_hiding h WHERE {scope} AND h.post = $1 ORDER BY h.n DESC LIMIT 1", p.ID)
		return h.Answer, err
	}
	h, err := d.HiddenNow(ctx, p) // nothing where it is shown again
	if err == nil && l.Kind == upheldLetter && h.Verdict == "" {
		err = mail.ErrDropped // shown meanwhile, and hidden anew
	}
	if l.Kind == upheldLetter {
		return h.Answer, err
	}
	return h.Reason, err
}

// saidOfHer is the last of such words about a post, with the day until which she is silent.
func (d *Discussion) saidOfHer(ctx context.Context, who access.Subject, p Post, l *mail.Letter) (text string, err error) {
	verdict := "warned"
	if l.Kind == silencedLetter {
		verdict = "silenced"
		in, err := account.StandingIn(ctx, d.DB, who, p.Group)
		if err != nil {
			return "", err
		}
		if !in.Silent.After(time.Now()) {
			return "", mail.ErrDropped
		}
		l.Args["day"] = in.Silent.UTC().Format(time.DateOnly)
	}
	told, err := d.Told(ctx, who, []Post{p})
	for _, s := range told[p.ID] {
		if s.Verdict == verdict {
			text = s.Answer
		}
	}
	return text, err
}

// groupIn names a group after "in", unless letters may not name it.
func groupIn(printer *lang.Printer, g account.Group) string {
	if g.Kind == account.GroupClosed && !g.Mails {
		return printer.T("notice.letter.group.some")
	}
	return printer.T("notice.letter.group.named", "group", g.Name)
}

// fillQueue names the groups in which something waits for her when the letter goes.
func (d *Discussion) fillQueue(ctx context.Context, who access.Subject, l *mail.Letter) error {
	printer := lang.For(l.Lang)
	groups, err := account.GroupsOf(ctx, d.DB, who)
	if err != nil {
		return err
	}
	for _, g := range groups {
		in, err := account.StandingIn(ctx, d.DB, who, g.ID)
		if err != nil {
			return err
		}
		if !in.Facilitates {
			continue
		}
		n, err := d.CountQueue(ctx, who, g.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		line := mail.Line{Under: g.Name, Text: printer.T("topic.queue.link", "n", n), Lang: printer.Tag(), Path: "/groups/" + g.ID + "/queue"}
		if g.Kind == account.GroupClosed && !g.Mails { // its address names it too
			line.Under, line.Path = printer.T("notice.digest.closed"), "/groups"
		}
		l.Lines = append(l.Lines, line)
	}
	if keeps(who) {
		appeals, err := d.Appeals(ctx, who, "")
		if err != nil {
			return err
		}
		if len(appeals) > 0 {
			l.Lines = append(l.Lines, mail.Line{Under: printer.T("topic.appeals.title"), Text: printer.T("topic.letter.appeals", "n", len(appeals)), Lang: printer.Tag(), Path: "/topics/appeals"})
		}
	}
	if len(l.Lines) == 0 {
		return mail.ErrDropped
	}
	l.Path = "/groups"
	if len(l.Lines) == 1 {
		l.Path = l.Lines[0].Path
	}
	return nil
}
