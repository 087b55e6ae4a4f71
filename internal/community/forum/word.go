package forum

import (
	"context"
	"errors"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// Word is something that the facilitators ask of who raised an issue, or that she adds.
type Word struct {
	N     int64
	Side  string // "raiser" or "forum"
	Words string
	By    string `db:"by_whom"` // a person's id, "" without an account
	At    time.Time
}

// Words are what was said between the two, the first first: for them alone, as PartOf
// says.
func (f *Forum) Words(ctx context.Context, p Part, i Issue) ([]Word, error) {
	if !p.Runs && !p.Raiser {
		return nil, nil
	}
	return words(ctx, f.DB, i.ID)
}

func words(ctx context.Context, q store.Reader, id string) ([]Word, error) {
	return store.List[Word](ctx, q, everything, "SELECT n, side, words, by_whom, at FROM issue_word WHERE {scope} AND issue = $1 ORDER BY n", id)
}

// Talks reports whether words can be added still.
func (i Issue) Talks() bool { return i.Stage != Closed && i.Stage != Withdrawn }

// Say adds a question back, by who runs the forum, or words of hers by who raised it.
func (f *Forum) Say(ctx context.Context, who access.Subject, id, text string) error {
	_, err := store.Write(ctx, f.DB, who, func(tx *store.Tx) (store.Event, error) {
		i, err := read(ctx, tx, who, id)
		if err != nil {
			return store.Event{}, err
		}
		p, err := partOf(ctx, tx, who, i)
		switch {
		case err != nil:
			return store.Event{}, err
		case p.Ended:
			return store.Event{}, Impossible{"say", string(i.Stage), "issue.impossible.ended"}
		case p.Raiser:
			return i.say(ctx, tx, "raiser", who.ID, text)
		case p.Runs:
			return i.say(ctx, tx, "forum", who.ID, text)
		}
		return store.Event{}, ErrForbidden
	})
	return err
}

func (i Issue) say(ctx context.Context, tx *store.Tx, side, by, text string) (store.Event, error) {
	text = strings.TrimSpace(text)
	v := Invalid{}
	if v.text("words", text, MaxWords, true); len(v) > 0 {
		return store.Event{}, v
	}
	if !i.Talks() {
		return store.Event{}, Impossible{"say", string(i.Stage), "issue.impossible." + string(i.Stage)}
	}
	said, err := words(ctx, tx, i.ID)
	switch {
	case err != nil:
		return store.Event{}, err
	case len(said) >= mostWords:
		return store.Event{}, ErrFull
	case len(said) > 0 && said[len(said)-1].Side == side && said[len(said)-1].Words == text:
		return store.Event{}, store.ErrUnchanged // the same form, sent twice
	}
	_, err = tx.Exec(ctx, "INSERT INTO issue_word (issue, n, side, words, by_whom, at) VALUES ($1, $2, $3, $4, $5, $6)", i.ID, len(said)+1, side, text, by, tx.Now())
	return store.Event{Act: "community.issue.said", Object: i.ID, Label: access.Label{Level: access.Closed}, Quiet: true}, err
}

// Following is what who raised an issue without an account sees by her receipt.
type Following struct {
	Issue
	Steps []Step
	Words []Word
	Into  *Issue // the one into which it was merged, where everybody reads that
	Ended bool   // the forum is over: nothing is added any more
}

// ByReceipt reads what a receipt belongs to; store.ErrNotFound of one that nobody has.
// What it shows depends on nothing but the receipt.
func (f *Forum) ByReceipt(ctx context.Context, r Receipt) (Following, error) {
	i, err := one(ctx, f.DB, everything, "i.receipt = $1", r.hash())
	if err != nil {
		return Following{}, err
	}
	w := Following{Issue: i}
	if w.Steps, err = f.Steps(ctx, i.ID); err != nil {
		return Following{}, err
	}
	if w.Words, err = words(ctx, f.DB, i.ID); err != nil {
		return Following{}, err
	}
	if w.Ended, err = ended(ctx, f.DB, i.Forum); err != nil || i.Merged == "" {
		return w, err
	}
	into, err := one(ctx, f.DB, access.Subject{}.Scope(), "i.id = $1", i.Merged)
	if errors.Is(err, store.ErrNotFound) {
		return w, nil
	}
	w.Into = &into
	return w, err
}

func ended(ctx context.Context, q store.Reader, group string) (bool, error) {
	return store.Get[bool](ctx, q, everything, "SELECT (ended <> 0) AS over FROM circle WHERE {scope} AND id = $1", group)
}

// SayByReceipt adds words of who raised it; CloseByReceipt closes it where it was
// answered or declined, and takes it back where it was not.
func (f *Forum) SayByReceipt(ctx context.Context, r Receipt, text string) error {
	return f.onReceipt(ctx, r, func(tx *store.Tx, i Issue) (store.Event, error) {
		return i.say(ctx, tx, "raiser", "", text)
	})
}

// CloseByReceipt is said with SayByReceipt. m is Close or Withdraw, as the page offered
// it: an answer that came meanwhile is not taken back unread.
func (f *Forum) CloseByReceipt(ctx context.Context, r Receipt, m Move) error {
	return f.onReceipt(ctx, r, func(tx *store.Tx, i Issue) (store.Event, error) {
		for _, w := range ways {
			if w.move != m || m != Close && m != Withdraw {
				continue
			}
			if !w.fits(i) {
				return store.Event{}, w.impossible(i)
			}
			return i.take(ctx, tx, w, Act{}, "")
		}
		return store.Event{}, Invalid{"move": "issue.error.move"}
	})
}

// ReceiptMove is what somebody can do by her receipt where the issue is: Close, Withdraw
// or "".
func (w Following) ReceiptMove() Move {
	for _, m := range Moves(Part{Raiser: true, Ended: w.Ended}, w.Issue) {
		return m
	}
	return ""
}

func (f *Forum) onReceipt(ctx context.Context, r Receipt, act func(*store.Tx, Issue) (store.Event, error)) error {
	_, err := store.Write(ctx, f.DB, access.System("receipt"), func(tx *store.Tx) (store.Event, error) {
		i, err := one(ctx, tx, everything, "i.receipt = $1", r.hash())
		if err != nil {
			return store.Event{}, err
		}
		if over, err := ended(ctx, tx, i.Forum); err != nil || over {
			if err == nil {
				err = Impossible{"say", string(i.Stage), "issue.impossible.ended"}
			}
			return store.Event{}, err
		}
		return act(tx, i)
	})
	return err
}
