package discussion

import (
	"context"

	"polis/internal/store"
)

// Release is part of the erasing of a person. What she wrote in groups stays, under
// "former member"; what she was still writing, what she said with one word, where she was
// mentioned and what waited for a post of hers goes, and so does what she said for
// herself against those who hid a post.
func Release(ctx context.Context, tx *store.Tx, person string) error {
	for _, query := range []string{
		"DELETE FROM post_draft WHERE person = $1",
		"DELETE FROM post_reaction WHERE person = $1",
		"DELETE FROM post_mention WHERE person = $1",
		"DELETE FROM post_file WHERE person = $1 AND post IS NULL",
		"UPDATE post_hiding SET body = '', appeal = '', appealed = 0 WHERE author = $1 AND decided = 0",
		"UPDATE post_hiding SET appeal = '—' WHERE author = $1 AND decided > 0",
		"UPDATE post_report SET words = CASE WHEN reason = 'other' THEN '—' ELSE '' END WHERE person = $1",
	} {
		if _, err := tx.Exec(ctx, query, person); err != nil {
			return err
		}
	}
	return nil
}
