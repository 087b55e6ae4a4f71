package store

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	"polis/internal/access"
)

// operational are the tables that hold no records but the program's own
// working state: what changes in them is not an event. A checkpoint holds
// nothing that the log does not, and its signature guards it; the words of a
// person's name nothing that her row does not. What somebody has looked for lately
// is hers alone, and in no log; what was not found, and how often documents are read,
// is counted without a person. What somebody is still writing is hers alone too.
var operational = []string{"job", "session", "attempt", "letter", "ticket", "checkpoint", "token_use", "person_word", "alert", "recent_search", "search_miss", "usage_count", "usage_pending", "inbox_message", "notice_seen", "notice_own", "notice_owed", "notice_digest", "notice_routed", "post_draft", "announcement_seen"}

// columnName is what a column of ours may be called; a dump comes from outside.
var columnName = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)

var changed = regexp.MustCompile(`(?i)^\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+([a-z_]+)`)

// Upkeep changes an operational table, without an event, and returns how many
// rows it touched. A statement on any other table is refused: records change
// through Write alone.
func Upkeep(ctx context.Context, db *DB, query string, args ...any) (int64, error) {
	if err := mayUpkeep(query); err != nil {
		return 0, err
	}
	args, err := bindable(args)
	if err != nil {
		return 0, err
	}
	res, err := db.write.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, fmt.Errorf("store: %w", err)
	}
	return res.RowsAffected()
}

// UpkeepGet is Upkeep for a statement with RETURNING; ErrNotFound where it
// touched no row.
func UpkeepGet[Row any](ctx context.Context, db *DB, query string, args ...any) (Row, error) {
	var none Row
	if err := mayUpkeep(query); err != nil {
		return none, err
	}
	args, err := bindable(args)
	if err != nil {
		return none, err
	}
	rows, err := db.write.QueryContext(ctx, query, args...)
	if err != nil {
		return none, fmt.Errorf("store: %w", err)
	}
	defer rows.Close()
	scan, err := scanner[Row](rows)
	if err != nil {
		return none, err
	}
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return none, fmt.Errorf("store: %w", err)
		}
		return none, ErrNotFound
	}
	return scan()
}

func mayUpkeep(query string) error {
	m := changed.FindStringSubmatch(query)
	if m == nil || !slices.Contains(operational, m[1]) {
		return fmt.Errorf("store: only %v change without an event", operational)
	}
	return nil
}

// Everything is the program's own scope, for tables without labels.
func Everything(part string) access.Scope { return access.System(part).Scope() }
