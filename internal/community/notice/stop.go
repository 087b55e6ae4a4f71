package notice

import (
	"context"
	"crypto/subtle"
	"fmt"
	"net/url"

	"polis/internal/access"
	"polis/internal/account"
	"polis/internal/keyring"
	"polis/internal/store"
)

// What a letter's link ends, beside a group and a topic.
const (
	stopDigests   = "digests"
	stopQuestions = "questions"
)

// Stopping is what the link in a letter ends, or brings back: it opens nothing else.
type Stopping struct{ Person, Kind, Object, Mark string }

// ReadStopping reads it from an address.
func ReadStopping(v url.Values) Stopping {
	return Stopping{v.Get("p"), v.Get("k"), v.Get("o"), v.Get("t")}
}

// StopPath is the page, without language, that ends letters of one kind, or of one group
// or topic, for one person. The mark in it can be made by this installation alone, and
// rests nowhere.
func StopPath(keys *keyring.Ring, person, kind, object string) string {
	s := Stopping{Person: person, Kind: kind, Object: object}
	return "/letters/notices?" + url.Values{"p": {person}, "k": {kind}, "o": {object}, "t": {s.mark(keys)}}.Encode()
}

func (s Stopping) mark(keys *keyring.Ring) string {
	return keys.Mark("notices", fmt.Sprintf("%q %q %q", s.Person, s.Kind, s.Object))[:40]
}

// Good reports whether the mark is its own.
func (n *Notice) Good(s Stopping) bool {
	return len(s.Person)+len(s.Object) < 200 && subtle.ConstantTimeCompare([]byte(s.Mark), []byte(s.mark(n.Keys))) == 1
}

// Stop ends the letters for who holds the link of one, without signing in (RFC 8058), and
// again brings them back. store.ErrNotFound where the mark is not its own, or its person
// is gone.
func (n *Notice) Stop(ctx context.Context, s Stopping, again bool) error {
	if !n.Good(s) {
		return store.ErrNotFound
	}
	if p, err := account.Load(ctx, n.DB, s.Person); err != nil || p.Erased {
		return store.ErrNotFound
	}
	act := "community.notice.stopped"
	if again {
		act = "community.notice.resumed"
	}
	_, err := store.Write(ctx, n.DB, access.System("unsubscribe"), func(tx *store.Tx) (store.Event, error) {
		return of(s.Person, act, map[string]string{"kind": s.Kind, "of": s.Object}), n.stop(ctx, tx, s, again)
	})
	return err
}

func (n *Notice) stop(ctx context.Context, tx *store.Tx, s Stopping, again bool) error {
	switch s.Kind {
	case string(Group), string(Topic):
		p := None
		if again {
			p = Once // what brought the letter
		}
		return n.choose(ctx, tx, s.Person, Kind(s.Kind), s.Object, p)
	}
	w, err := wishOf(ctx, tx, s.Person)
	if err != nil {
		return err
	}
	switch s.Kind {
	case stopDigests:
		w.Digests = again
	case stopQuestions:
		w.Asked = again
	case stopAnnouncements:
		if w.Announced = None; again {
			w.Announced = announcedPace
		}
	default:
		return store.ErrNotFound
	}
	return putWish(ctx, tx, s.Person, w)
}
