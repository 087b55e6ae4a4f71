package library

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"polis/internal/access"
	"polis/internal/store"
)

// ErrApart is returned where two documents shall become one that are for different
// readers: put together, one of them would be opened or taken away unnoticed.
var ErrApart = errors.New("library: the documents are for different readers")

// ErrReversed is returned where a document shall be the newer one of two and the
// other is said to be so already.
var ErrReversed = errors.New("library: the other document is the newer one already")

// decideTwin writes what somebody says of two documents.
func decideTwin(ctx context.Context, tx *store.Tx, who access.Subject, p Pair, stage TwinStage, kept string) error {
	p = pairOf(p.One, p.Other)
	_, err := tx.Exec(ctx, `
		INSERT INTO twin (one, other, lang, likeness, file, symbol, titled, found, stage, kept, by_whom, decided)
		VALUES ($1, $2, '', 0, $3, $3, $3, $4, $5, $6, $7, $4)
		ON CONFLICT (one, other) DO UPDATE
		SET stage = excluded.stage, kept = excluded.kept, by_whom = excluded.by_whom, decided = excluded.decided`,
		p.One, p.Other, false, tx.Now(), string(stage), kept, who.ID)
	return err
}

// decided reports whether this was said of the two before: the second click of a
// double click.
func decided(ctx context.Context, tx *store.Tx, p Pair, stage TwinStage, kept string) (bool, error) {
	t, err := twinOf(ctx, tx, p)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return t.Stage == stage && t.Kept == kept, err
}

// either reads two documents for somebody who may change one of them at least.
func either(ctx context.Context, tx *store.Tx, who access.Subject, p Pair) (list [2]Document, err error) {
	may := false
	for i, id := range []string{p.One, p.Other} {
		list[i], err = store.Get[Document](ctx, tx, who.Scope(), "SELECT "+documentColumns+" FROM document d WHERE {scope d} AND d.id = $1", id)
		if err != nil {
			return list, err
		}
		may = may || who.May(access.Edit, list[i].Label).Allowed
	}
	if !may || p.One == p.Other {
		return list, ErrForbidden
	}
	return list, nil
}

// TellApart says that two documents are not the same: they are not proposed again.
// With again it is taken back.
func (l *Library) TellApart(ctx context.Context, who access.Subject, p Pair, again bool) error {
	p = pairOf(p.One, p.Other)
	_, err := store.Write(ctx, l.DB, who, func(tx *store.Tx) (store.Event, error) {
		docs, err := either(ctx, tx, who, p)
		if err != nil {
			return store.Event{}, err
		}
		label := access.Narrowest(docs[0].Label, docs[1].Label)
		data := map[string]string{"other": p.Other}
		if again {
			n, err := tx.Exec(ctx, "UPDATE twin SET stage = 'open', by_whom = '', decided = 0 WHERE one = $1 AND other = $2 AND stage = 'different'", p.One, p.Other)
			if err == nil && n == 0 {
				err = store.ErrUnchanged
			}
			return changed("library.twins.again", p.One, label, data), err
		}
		if done, err := decided(ctx, tx, p, TwinDifferent, ""); done || err != nil {
			return store.Event{}, cmp.Or(err, store.ErrUnchanged)
		}
		return changed("library.twins.apart", p.One, label, data), decideTwin(ctx, tx, who, p, TwinDifferent, "")
	})
	return err
}

// Succeed says that a document is a newer edition of another: it supersedes it. rev
// is the revision of the newer one that the caller read.
func (l *Library) Succeed(ctx context.Context, who access.Subject, newer, older string, rev int64) error {
	_, err := store.Write(ctx, l.DB, who, func(tx *store.Tx) (store.Event, error) {
		if _, err := either(ctx, tx, who, Pair{newer, older}); err != nil {
			return store.Event{}, err
		}
		if done, err := decided(ctx, tx, Pair{newer, older}, TwinEdition, newer); done || err != nil {
			return store.Event{}, cmp.Or(err, store.ErrUnchanged)
		}
		d, err := mayEdit(ctx, tx, who, newer, rev)
		if err != nil {
			return store.Event{}, err
		}
		reversed, err := store.Get[int64](ctx, tx, parts,
			"SELECT COUNT(*) FROM relation WHERE {scope} AND document = $1 AND kind = 'supersedes' AND target = $2", older, newer)
		if err == nil && reversed > 0 {
			err = ErrReversed
		}
		if err != nil {
			return store.Event{}, err
		}
		for _, query := range []string{
			"INSERT INTO relation (document, kind, target, symbol) VALUES ($1, 'supersedes', $2, '') ON CONFLICT DO NOTHING",
			"UPDATE document SET rev = rev + 1, updated = $2 WHERE id = $1",
		} {
			arg := any(older)
			if strings.HasPrefix(query, "UPDATE") {
				arg = tx.Now()
			}
			if _, err := tx.Exec(ctx, query, newer, arg); err != nil {
				return store.Event{}, err
			}
		}
		return changed("library.document.revised", newer, d.Label, map[string]string{"supersedes": older}), decideTwin(ctx, tx, who, Pair{newer, older}, TwinEdition, newer)
	})
	return err
}

// Union is how two documents become one: which is kept, which goes, and the revisions
// of both that the caller read.
type Union struct {
	Keep, Gone       string
	KeepRev, GoneRev int64
	Reason           string
}

// Unite says that two documents are the same. One is withdrawn, and its address leads
// to the other. That one comes into all that it lacks: languages, the other's texts as
// earlier versions, metadata, themes, what led to it and where it stood.
func (l *Library) Unite(ctx context.Context, who access.Subject, u Union) error {
	if u.Reason = strings.TrimSpace(u.Reason); u.Reason == "" || len(u.Reason) > 1000 {
		return Invalid{"reason": "library.error.reason"}
	}
	pair := pairOf(u.Keep, u.Gone)
	_, err := store.WriteAll(ctx, l.DB, who, func(tx *store.Tx) ([]store.Event, error) {
		if done, err := decided(ctx, tx, pair, TwinSame, u.Keep); done || err != nil {
			return nil, cmp.Or(err, store.ErrUnchanged)
		}
		if u.Keep == u.Gone {
			return nil, ErrForbidden
		}
		keep, err := mayEdit(ctx, tx, who, u.Keep, u.KeepRev)
		if err != nil {
			return nil, err
		}
		gone, err := mayEdit(ctx, tx, who, u.Gone, u.GoneRev)
		if err != nil {
			return nil, err
		}
		if !SameReaders(keep.Label, gone.Label) {
			return nil, ErrApart
		}
		if err := inherit(ctx, tx, keep, gone); err != nil {
			return nil, err
		}
		withdrawn, err := withdraw(ctx, tx, gone, u.Reason)
		if err != nil {
			return nil, err
		}
		withdrawn.Data = map[string]string{"reason": u.Reason, "kept": keep.ID}
		return []store.Event{withdrawn, changed("library.document.extended", keep.ID, keep.Label, map[string]string{"from": gone.ID})},
			decideTwin(ctx, tx, who, pair, TwinSame, keep.ID)
	})
	return err
}

// SameReaders reports whether two records are for the same people.
func SameReaders(a, b access.Label) bool {
	return a.Circle() == b.Circle() && (a.Circle() != "nobody" || a.Owner == b.Owner)
}
