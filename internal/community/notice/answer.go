package notice

import (
	"bytes"
	"context"
	"errors"
	"regexp"
	"strings"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/blob"
	"polis/internal/community/discussion"
	"polis/internal/eml"
	"polis/internal/extract"
	"polis/internal/lang"
	"polis/internal/mail"
	"polis/internal/store"
)

// The letters about answers that came by mail. They go to whoever wrote, by her account.
const (
	filesLetter = "notice.letter.files" // some of its files were not taken
	heldLetter  = "notice.letter.held"  // it waits for a facilitator
)

// Refused is an answer by mail that will never do. Key is the sentence that tells its
// author why, and what to do.
type Refused struct {
	Key string
	Err error
}

func (r *Refused) Error() string { return "notice: an answer was refused: " + r.Key }

// Unwrap gives the cause.
func (r *Refused) Unwrap() error { return r.Err }

// refusals are the sentences of why nobody may write there.
var refusals = map[string]string{
	"topic.impossible.member": "notice.reply.left", "topic.impossible.ended": "notice.reply.ended", "topic.impossible.locked": "notice.reply.locked", "topic.impossible.silent": "notice.reply.silent",
}

// Take makes an answer by mail a post of hers in a topic: her own words, without what she
// quoted, in the language in which they are, with the files that a post may have. entry
// is the id of the message, and of the post: taken twice it is there once. What she may
// not write any more, or what is too long, is a *Refused.
func (n *Notice) Take(ctx context.Context, d *discussion.Discussion, who access.Subject, topic, entry string, m eml.Message) error {
	again, err := store.Get[int](ctx, n.DB, everything, "SELECT COUNT(*) FROM post WHERE {scope} AND id = $1", entry)
	if err != nil || again > 0 {
		return err
	}
	t, err := d.Topic(ctx, who, topic)
	if errors.Is(err, store.ErrNotFound) {
		return &Refused{"notice.reply.left", err}
	}
	if err != nil {
		return err
	}
	if err := n.mayAnswer(ctx, d, who, t.Group); err != nil {
		return err
	}
	draft := discussion.Draft{ID: entry, Body: withoutSecrets(m.Text), Way: "mail", Lang: languageOf(ctx, n.DB, who, t, m.Text)}
	files, left, err := n.files(ctx, d, who, t.Group, m.Files)
	if err != nil {
		return err
	}
	switch {
	case draft.Body == "" && len(m.Files) == 0:
		return &Refused{Key: "notice.reply.empty"}
	case len(draft.Body) > discussion.MaxBody-10_000:
		return &Refused{Key: "notice.reply.long"}
	}
	if len(left) > 0 {
		draft.Body = strings.TrimSpace(draft.Body + "\n\n" + lang.For(draft.Lang).T("notice.reply.untaken", "files", inWords(left)))
	}
	if draft.Body == "" {
		draft.Body = lang.For(draft.Lang).T("notice.reply.files")
	}
	draft.Files = files
	p, err := d.Write(ctx, who, topic, draft)
	if err != nil {
		return refusal(err)
	}
	return n.tellAuthor(ctx, who, t, p, left)
}

// mayAnswer asks whether she writes in the group, and whether it takes answers by mail:
// one whose letters may not say what was written takes none, for they travel the same way.
func (n *Notice) mayAnswer(ctx context.Context, d *discussion.Discussion, who access.Subject, group string) error {
	s, err := d.MayWrite(ctx, who, group)
	if err != nil {
		return refusal(err)
	}
	if !s.Mails {
		return &Refused{Key: "notice.reply.mail"}
	}
	return nil
}

// refusal makes of why she may not write a sentence for a letter. Who writes faster than
// anybody reads is heard later.
func refusal(err error) error {
	var no discussion.Impossible
	var wrong discussion.Invalid
	switch {
	case errors.As(err, &no) && refusals[no.Key] != "":
		return &Refused{refusals[no.Key], err}
	case errors.As(err, &wrong) && wrong["body"] == "topic.error.mentions":
		return &Refused{"notice.reply.mentions", err}
	case errors.As(err, &wrong):
		return &Refused{"notice.reply.long", err}
	case errors.Is(err, discussion.ErrForbidden), errors.Is(err, store.ErrNotFound):
		return &Refused{"notice.reply.left", err}
	}
	return err
}

// files attaches what a post may have, and names what is left. Pictures that stand in the
// text, such as the logo of her ministry, are passed over.
func (n *Notice) files(ctx context.Context, d *discussion.Discussion, who access.Subject, group string, all []eml.File) (ids, left []string, err error) {
	for _, f := range all {
		if f.Inline {
			continue
		}
		if len(ids) == discussion.MaxFiles || d.Files == nil {
			left = append(left, f.Name)
			continue
		}
		sum, size, err := d.Store(ctx, bytes.NewReader(f.Data))
		if errors.Is(err, blob.ErrTooLarge) {
			left = append(left, f.Name)
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		kept, err := d.Attach(ctx, who, group, f.Name, sum, size)
		if err != nil {
			return nil, nil, refusal(err)
		}
		if kept.Stage == "refused" {
			left = append(left, f.Name)
			continue
		}
		ids = append(ids, kept.ID)
	}
	return ids, left, nil
}

// namedMost is how many files are named that were not taken.
const namedMost = 10

// inWords names files as a text may: without marks.
func inWords(names []string) string {
	var list []string
	for _, name := range names[:min(len(names), namedMost)] {
		list = append(list, marks.Replace(name))
	}
	if len(names) > namedMost {
		list = append(list, "…")
	}
	return strings.Join(list, ", ")
}

var marks = strings.NewReplacer("*", "", "_", " ", "`", "", "[", "(", "]", ")", "<", "", ">", "", "@", " ", "#", "", "\n", " ")

// tellAuthor writes to her what she does not see by herself.
func (n *Notice) tellAuthor(ctx context.Context, who access.Subject, t discussion.Topic, p discussion.Post, left []string) error {
	if len(left) > 0 {
		if err := mail.Put(ctx, n.DB, mail.Letter{To: who.ID, Kind: filesLetter, Object: t.ID, Path: t.Path(), Args: map[string]string{"files": inWords(left)}}); err != nil {
			return err
		}
	}
	if p.Stage == discussion.Held {
		return mail.Put(ctx, n.DB, mail.Letter{To: who.ID, Kind: heldLetter, Object: t.ID, Path: t.Path()})
	}
	return nil
}

// secrets are the addresses of a letter that only its reader is to know: where she
// answers, and what ends her letters.
var secrets = regexp.MustCompile(`(?i)\S*(reply\+[a-z2-7]{26}@\S+|/letters/(notices|stop)\?\S+|/feeds/\S{40,}|/calendars?/\S{40,})`)

// withoutSecrets takes them out of what she quotes without marks.
func withoutSecrets(text string) string {
	return strings.TrimSpace(secrets.ReplaceAllString(strings.ReplaceAll(text, "\r\n", "\n"), "…"))
}

// languageOf is the language in which she wrote: what the words say, else her own, else
// the topic's.
func languageOf(ctx context.Context, q store.Reader, who access.Subject, t discussion.Topic, text string) lang.Tag {
	if tag, sure := extract.LanguageOf(text); sure {
		return tag
	}
	if p, err := account.Load(ctx, q, who.ID); err == nil && p.Lang != "" {
		return p.Lang
	}
	return t.Lang
}
