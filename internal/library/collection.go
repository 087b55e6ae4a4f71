package library

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"polis/internal/access"
	"polis/internal/lang"
	"polis/internal/store"
)

// Collection is a list of documents that somebody put together and described: a
// reader for a course, the papers of a project. It opens no document: each reader
// finds in it those that she may read.
type Collection struct {
	ID      string
	Titles  lang.Names `db:"titles,json"`
	Abouts  lang.Names `db:"abouts,json"`
	Fresh   bool       // nobody but its owner could ever read it
	Rev     int64
	Created time.Time
	Updated time.Time
	access.Label
}

const collectionColumns = "k.id, k.titles, k.abouts, k.fresh, k.rev, k.created, k.updated, k.level, k.state, k.grp, k.owner"

// CollectionDraft is what a person says of a collection.
type CollectionDraft struct {
	Titles lang.Names
	Abouts lang.Names
	access.Label
}

// MaxCollected is how many documents a collection holds: a list that a person
// ordered, and not a part of the library.
const MaxCollected = 500

// ErrFull is returned where a collection holds as much as it may.
var ErrFull = errors.New("library: the collection is full")

// clean takes the blanks off, and what is empty out.
func (d *CollectionDraft) clean() {
	for _, names := range []*lang.Names{&d.Titles, &d.Abouts} {
		kept := lang.Names{}
		for t, text := range *names {
			if text = strings.TrimSpace(plainText(text)); text != "" {
				kept[t] = text
			}
		}
		*names = kept
	}
}

// Validate returns an Invalid with the fields "title-en", "about-ru" and so on, or
// nil. One title is needed, and one in each language that has a description.
func (d CollectionDraft) Validate() error {
	v := Invalid{}
	if len(d.Titles) == 0 {
		v["title-en"] = "collections.error.title"
	}
	for t, title := range d.Titles {
		if !slices.Contains(lang.All, t) || utf8.RuneCountInString(title) > 300 {
			v["title-"+string(t)] = "collections.error.title"
		}
	}
	for t, about := range d.Abouts {
		if d.Titles[t] == "" {
			v["title-"+string(t)] = "collections.error.title-too"
		}
		if utf8.RuneCountInString(about) > 5000 {
			v["about-"+string(t)] = "collections.error.about"
		}
	}
	if d.Level == access.Closed && d.State != "" && d.Group != "" {
		v["level"] = "library.error.level"
	}
	return v.orNil()
}

// Collect makes a collection and returns its id.
func (l *Library) Collect(ctx context.Context, who access.Subject, d CollectionDraft) (string, error) {
	d.clean()
	d.Owner = owner(who)
	if d.Level < access.Closed {
		d.Group = ""
	}
	if !who.May(access.Contribute, d.Label).Allowed {
		return "", ErrForbidden
	}
	if err := d.Validate(); err != nil {
		return "", err
	}
	id := store.NewID()
	_, err := store.Write(ctx, l.DB, who, func(tx *store.Tx) (store.Event, error) {
		if err := takesNew(ctx, tx, d.Label); err != nil {
			return store.Event{}, err
		}
		_, err := tx.Exec(ctx, `
			INSERT INTO collection (id, titles, abouts, fresh, rev, created, updated, level, state, grp, owner)
			VALUES ($1, $2, $3, $4, 1, $5, $5, $6, $7, $8, $9)`,
			id, store.JSON(d.Titles), store.JSON(d.Abouts), firstCircle(d.Label) == draftCircle, tx.Now(), int(d.Level), d.State, d.Group, d.Owner)
		return changed("library.collection.created", id, d.Label, nil), err
	})
	return id, err
}

// Collection reads one, or store.ErrNotFound.
func (l *Library) Collection(ctx context.Context, scope access.Scope, id string) (Collection, error) {
	return store.Get[Collection](ctx, l.DB, scope, "SELECT "+collectionColumns+" FROM collection k WHERE {scope k} AND k.id = $1", id)
}

// Collections lists those that the scope reads, the last changed first, from
// behind a place on.
func (l *Library) Collections(ctx context.Context, scope access.Scope, after Place, limit int) (list []Collection, more Place, err error) {
	where, args := "", []any{limit + 1}
	if after != (Place{}) {
		where, args = " AND (k.updated, k.id) < ($2, $3)", append(args, after.Updated, after.ID)
	}
	list, err = store.List[Collection](ctx, l.DB, scope,
		"SELECT "+collectionColumns+" FROM collection k WHERE {scope k}"+where+" ORDER BY k.updated DESC, k.id DESC LIMIT $1", args...)
	if err == nil && len(list) > limit {
		list = list[:limit]
		more = Place{list[limit-1].Updated, list[limit-1].ID}
	}
	return list, more, err
}

// maxOffered is how many collections are offered to be added to.
const maxOffered = 200

// CollectionsToEdit lists those that she may change: her own first, each the last
// changed first.
func (l *Library) CollectionsToEdit(ctx context.Context, who access.Subject) ([]Collection, error) {
	if !who.SignedIn() {
		return nil, ErrForbidden
	}
	list, err := store.List[Collection](ctx, l.DB, who.Scope(), `
		SELECT `+collectionColumns+` FROM collection k
		WHERE {scope k} AND (k.owner = $1 OR k.state <> '' AND k.state = $2 OR $3)
		ORDER BY CASE k.owner WHEN $1 THEN 0 ELSE 1 END, k.updated DESC
		LIMIT $4`, who.ID, who.State, who.May(access.Edit, access.Label{}).Allowed, maxOffered)
	return slices.DeleteFunc(list, func(k Collection) bool { return !who.May(access.Edit, k.Label).Allowed }), err
}

// CollectionsWith lists those of the collections with the document that the scope
// reads, the last changed first.
func (l *Library) CollectionsWith(ctx context.Context, scope access.Scope, document string, limit int) ([]Collection, error) {
	return store.List[Collection](ctx, l.DB, scope, `
		SELECT `+collectionColumns+` FROM collection k
		JOIN collection_document c ON c.collection = k.id
		WHERE {scope k} AND c.document = $1
		ORDER BY k.updated DESC, k.id DESC
		LIMIT $2`, document, limit)
}

// mayOpen decides whether the collection may have the label. A fresh one its owner
// publishes; to open further what others have read already is for those who may
// open documents.
func (k Collection) mayOpen(who access.Subject, next access.Label) error {
	switch {
	case !who.May(access.Contribute, next).Allowed:
		return ErrForbidden
	case !k.Fresh && access.Wider(k.Label, next) && !who.May(access.Lower, k.Label).Allowed:
		return ErrLowering
	}
	return nil
}

// Measure is what a collection's next label is held against, as a document's is.
func (k Collection) Measure(who access.Subject) Measure {
	return Measure{Label: k.Label, Free: k.Fresh || who.May(access.Lower, k.Label).Allowed}
}

// Recollect says anew what a collection is called and who may read it. rev is the
// revision that the caller read.
func (l *Library) Recollect(ctx context.Context, who access.Subject, id string, rev int64, d CollectionDraft) error {
	d.clean()
	if err := d.Validate(); err != nil {
		return err
	}
	_, err := store.Write(ctx, l.DB, who, func(tx *store.Tx) (store.Event, error) {
		k, err := mayArrange(ctx, tx, who, id)
		switch {
		case err != nil:
			return store.Event{}, err
		case k.Rev != rev:
			return store.Event{}, Stale{k.Rev}
		}
		next := d.Label
		next.Owner = k.Owner
		if next.Level < access.Closed {
			next.State, next.Group = k.State, ""
		}
		if err := k.mayOpen(who, next); err != nil {
			return store.Event{}, err
		}
		if next.Group != k.Group {
			if err := takesNew(ctx, tx, next); err != nil {
				return store.Event{}, err
			}
		}
		_, err = tx.Exec(ctx, `
			UPDATE collection
			SET titles = $2, abouts = $3, level = $4, state = $5, grp = $6, fresh = fresh AND $7, rev = rev + 1, updated = $8
			WHERE id = $1`,
			id, store.JSON(d.Titles), store.JSON(d.Abouts), int(next.Level), next.State, next.Group, firstCircle(next) == draftCircle, tx.Now())
		return changed("library.collection.revised", id, next, nil), err
	})
	return err
}

// DropCollection takes a collection away; its documents stay where they are.
func (l *Library) DropCollection(ctx context.Context, who access.Subject, id string) error {
	_, err := store.Write(ctx, l.DB, who, func(tx *store.Tx) (store.Event, error) {
		k, err := mayArrange(ctx, tx, who, id)
		if err != nil {
			return store.Event{}, err
		}
		return dropCollection(ctx, tx, k)
	})
	return err
}

func dropCollection(ctx context.Context, tx *store.Tx, k Collection) (store.Event, error) {
	for _, query := range []string{"DELETE FROM collection_document WHERE collection = $1", "DELETE FROM collection WHERE id = $1"} {
		if _, err := tx.Exec(ctx, query, k.ID); err != nil {
			return store.Event{}, err
		}
	}
	return changed("library.collection.deleted", k.ID, k.Label, nil), nil
}

// mayArrange reads the collection for a change.
func mayArrange(ctx context.Context, tx *store.Tx, who access.Subject, id string) (Collection, error) {
	k, err := store.Get[Collection](ctx, tx, who.Scope(), "SELECT "+collectionColumns+" FROM collection k WHERE {scope k} AND k.id = $1", id)
	if err == nil && !who.May(access.Edit, k.Label).Allowed {
		err = ErrForbidden
	}
	return k, err
}

// releaseCollections is what becomes of the collections of somebody who leaves:
// what only she could read goes; the rest is left to the office of her State.
func releaseCollections(ctx context.Context, tx *store.Tx, person, state string) ([]store.Event, error) {
	list, err := store.List[Collection](ctx, tx, parts, "SELECT "+collectionColumns+" FROM collection k WHERE {scope} AND k.owner = $1 ORDER BY k.id", person)
	if err != nil {
		return nil, err
	}
	var events []store.Event
	for _, k := range list {
		if k.Circle() == "nobody" {
			e, err := dropCollection(ctx, tx, k)
			if err != nil {
				return nil, err
			}
			events = append(events, e)
			continue
		}
		if k.Owner = ""; k.State == "" {
			k.State = state
		}
		if _, err := tx.Exec(ctx, "UPDATE collection SET owner = '', state = $2, rev = rev + 1, updated = $3 WHERE id = $1", k.ID, k.State, tx.Now()); err != nil {
			return nil, err
		}
		events = append(events, changed("library.collection.left", k.ID, k.Label, nil))
	}
	return events, nil
}
