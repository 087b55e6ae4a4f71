package inbox

import (
	"context"
	"time"

	"polis/internal/account"
	"polis/internal/lang"
	"polis/internal/mail"
	"polis/internal/store"
)

// The letters of the room. They go to the owner of an address by her account, and never
// to whoever a message says it is from. Nothing of what it says stands in them.
const (
	foreignLetter = "inbox.letter.foreign" // somebody else has written to her address
	asideLetter   = "inbox.letter.aside"   // what she has sent could not be used
)

// inADay is how many of them somebody gets within a day.
var inADay = map[string]int{foreignLetter: 1, asideLetter: 10}

// tell writes to the owner of the address what became of a message.
func (b *Box) tell(ctx context.Context, h Held, o *outcome) error {
	l := mail.Letter{To: h.Person, Kind: asideLetter, Object: h.ID, Path: b.Page(h.Purpose), Args: map[string]string{"why": o.key, "day": h.Created.UTC().Format(time.DateOnly)}}
	if o.key == "" {
		l.Args["why"] = "inbox.reason." + o.reason
	}
	if o.reason == foreign || o.reason == unproven {
		l.Kind, l.Args = foreignLetter, nil
	}
	n, err := store.Get[int](ctx, b.DB, everything,
		"SELECT COUNT(*) FROM letter WHERE {scope} AND recipient = $1 AND kind = $2 AND created > $3", h.Person, l.Kind, time.Now().Add(-24*time.Hour))
	if err != nil || n >= inADay[l.Kind] {
		return err
	}
	return mail.Put(ctx, b.DB, l)
}

// Finish writes into the letters of this room, when they are sent, why a message was
// not used, in the reader's language; next does the rest, and all others.
func (b *Box) Finish(next func(context.Context, mail.Letter) (mail.Letter, error)) func(context.Context, mail.Letter) (mail.Letter, error) {
	return func(ctx context.Context, l mail.Letter) (mail.Letter, error) {
		if l.Kind != asideLetter {
			return next(ctx, l)
		}
		p, err := account.Load(ctx, b.DB, l.To)
		if err != nil {
			return next(ctx, l) // which drops it
		}
		l.Args = map[string]string{"why": lang.For(p.Lang).T(l.Args["why"]), "day": l.Args["day"]}
		return next(ctx, l)
	}
}
