-- +goose Up

-- Who agreed to open a document that was closed to a State without being able to
-- read it agreed to the act alone. Of no other document can that be said.
ALTER TABLE lowering ADD COLUMN unread BOOLEAN NOT NULL DEFAULT FALSE
  CHECK (NOT unread OR stage = 'agreed' AND level = 3 AND grp = '' AND state <> '');
