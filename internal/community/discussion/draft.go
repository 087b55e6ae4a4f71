package discussion

import (
	"context"
	"errors"
	"strings"
	"time"

	"polis/internal/access"
	"polis/internal/store"
)

// Drafts are kept for a person and a place: "group ID" for a topic that she begins,
// "topic ID" for a post there, "post ID" for the change of a post. They are hers whatever
// becomes of the group.

// mostDraft bounds a draft as it is kept: what does not fit any more is cut at the end.
const mostDraft = MaxBody

// maxDrafts is how many of them are kept; the oldest gives way.
const maxDrafts = 50

// Keep stores a draft; an empty one is let go.
func (d *Discussion) Keep(ctx context.Context, who access.Subject, place string, draft Draft) error {
	if !who.SignedIn() || who.Program || len(place) > 100 || !strings.Contains(place, " ") {
		return ErrForbidden
	}
	draft.clean()
	if draft.Title == "" && draft.Body == "" {
		return d.Forget(ctx, who, place)
	}
	draft.Title, draft.Body = cut(draft.Title, 4*MaxTitle), cut(draft.Body, mostDraft)
	_, err := store.Upkeep(ctx, d.DB, `
		INSERT INTO post_draft (person, place, draft, updated) VALUES ($1, $2, $3, $4)
		ON CONFLICT (person, place) DO UPDATE SET draft = excluded.draft, updated = excluded.updated`, who.ID, place, store.JSON(draft), time.Now())
	if err != nil {
		return err
	}
	_, err = store.Upkeep(ctx, d.DB, `
		DELETE FROM post_draft WHERE person = $1 AND updated < (SELECT MIN(k.updated) FROM (SELECT updated FROM post_draft WHERE person = $1 ORDER BY updated DESC LIMIT $2) k)`,
		who.ID, maxDrafts)
	return err
}

// Kept is a draft with its place and when it was kept.
type Kept struct {
	Place   string
	Draft   Draft `db:"draft,json"`
	Updated time.Time
}

// Draft reads one of hers; ok is false where there is none.
func (d *Discussion) Draft(ctx context.Context, who access.Subject, place string) (k Kept, ok bool, err error) {
	k, err = store.Get[Kept](ctx, d.DB, everything, "SELECT place, draft, updated FROM post_draft WHERE {scope} AND person = $1 AND place = $2", who.ID, place)
	if errors.Is(err, store.ErrNotFound) {
		return Kept{}, false, nil
	}
	return k, err == nil, err
}

// Drafts are all of hers, the latest first.
func (d *Discussion) Drafts(ctx context.Context, who access.Subject) ([]Kept, error) {
	if !who.SignedIn() {
		return nil, nil
	}
	return store.List[Kept](ctx, d.DB, everything, "SELECT place, draft, updated FROM post_draft WHERE {scope} AND person = $1 ORDER BY updated DESC, place", who.ID)
}

// Forget lets a draft of hers go.
func (d *Discussion) Forget(ctx context.Context, who access.Subject, place string) error {
	_, err := store.Upkeep(ctx, d.DB, "DELETE FROM post_draft WHERE person = $1 AND place = $2", who.ID, place)
	return err
}

// forget lets it go with the write that made a post of it.
func forget(ctx context.Context, tx *store.Tx, person, place string) error {
	_, err := tx.Exec(ctx, "DELETE FROM post_draft WHERE person = $1 AND place = $2", person, place)
	return err
}

// cut is the beginning of a text, of whole letters.
func cut(s string, bytes int) string {
	if len(s) <= bytes {
		return s
	}
	return strings.ToValidUTF8(s[:bytes], "")
}
