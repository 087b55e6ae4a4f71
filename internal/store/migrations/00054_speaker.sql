-- +goose Up

-- An assignment may also be for an event: to speak there.
-- postgres: ALTER TABLE expert_ask DROP CONSTRAINT expert_ask_kind_check;
-- postgres: ALTER TABLE expert_ask ADD CONSTRAINT expert_ask_kind_check CHECK (kind IN ('request', 'project', 'event'));
-- sqlite: PRAGMA writable_schema = ON;
-- sqlite: UPDATE sqlite_schema SET sql = REPLACE(sql, 'kind IN (''request'', ''project'')', 'kind IN (''request'', ''project'', ''event'')') WHERE type = 'table' AND name = 'expert_ask';
-- sqlite: PRAGMA writable_schema = RESET;
