package forum

import (
	"context"
	"errors"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/lang"
	"polis/internal/mail"
	"polis/internal/store"
)

// movedLetter says at once where an issue stands now. Messages: the kind with ".subject",
// ".text" and ".button".
const movedLetter = "issue.letter.moved"

// tell queues a letter to whoever raised the issue with her name, and to those who speak
// for an office that an answer is owed by from now on. What was raised without an account
// is followed by its receipt; who took the step knows of it.
func (i Issue) tell(ctx context.Context, tx *store.Tx, s taken) error {
	if !i.Shown || s.move == Publish || s.move == Withdraw {
		return nil
	}
	people := []string{i.Author}
	if s.move == Take || s.move == Hand {
		office, err := account.OfficeIn(ctx, tx, i.Forum, s.office)
		if err != nil {
			return err
		}
		people = append(people, office...)
	}
	for _, person := range clean(people) {
		if person == "" || person == s.by {
			continue
		}
		if err := mail.Queue(ctx, tx, mail.Letter{To: person, Kind: movedLetter, Object: i.ID}); err != nil {
			return err
		}
	}
	return nil
}

// Finish writes the letters of this room when they are sent, and leaves all others to the
// next: who owes nothing any more gets none, and nobody one about what she may not read
// at that moment. What is not shown is not named.
func (f *Forum) Finish(next func(context.Context, mail.Letter) (mail.Letter, error)) func(context.Context, mail.Letter) (mail.Letter, error) {
	return func(ctx context.Context, l mail.Letter) (mail.Letter, error) {
		fill := f.fillDue
		switch l.Kind {
		case dueLetter:
		case movedLetter:
			fill = f.fillMoved
		default:
			return next(ctx, l)
		}
		who, person, err := account.Subject(ctx, f.DB, l.To, account.TwoFactors)
		if errors.Is(err, store.ErrNotFound) {
			err = mail.ErrDropped
		}
		if err != nil {
			return l, err
		}
		l.Lang = person.Lang
		if err := fill(ctx, who, &l); err != nil {
			return l, err
		}
		return next(ctx, l)
	}
}

// fillMoved names the issue and where it stands when the letter goes.
func (f *Forum) fillMoved(ctx context.Context, who access.Subject, l *mail.Letter) error {
	i, err := f.Issue(ctx, who, l.Object)
	if errors.Is(err, store.ErrNotFound) || err == nil && !i.Shown {
		return mail.ErrDropped
	}
	if err != nil {
		return err
	}
	words := lang.For(l.Lang)
	l.Args = map[string]string{"title": i.Title, "stage": words.T("issue.stage." + string(i.Stage))}
	l.Lines, l.Path = []mail.Line{{Text: i.Title, Lang: i.Lang, Path: i.Path()}}, i.Path()
	return nil
}
