-- +goose Up

-- quiet events are evidence alone: they change nothing that a page shows. The
-- hash covers the mark where it is set, so those of earlier events stay as they are.
ALTER TABLE event ADD COLUMN quiet BOOLEAN NOT NULL DEFAULT FALSE;

-- The number of the newest event that is not quiet.
ALTER TABLE chain ADD COLUMN content BIGINT NOT NULL DEFAULT 0;
UPDATE chain SET content = seq;

-- The log is searched by person, object, act and time, the newest first.
DROP INDEX event_object;
DROP INDEX event_who;
CREATE INDEX event_at ON event (at, seq);
CREATE INDEX event_who ON event (who, at, seq);
CREATE INDEX event_object ON event (object, at, seq);
CREATE INDEX event_act ON event (act, at, seq);

-- Signed heads of the log. They hold nothing that the log does not, and their
-- signatures guard them: no record, so they are made without an event.
CREATE TABLE checkpoint (
  seq       BIGINT PRIMARY KEY CHECK (seq > 0),
  log       TEXT   NOT NULL,
  count     BIGINT NOT NULL,
  hash      TEXT   NOT NULL,
  at        BIGINT NOT NULL,
  key       TEXT   NOT NULL,
  signature TEXT   NOT NULL
);
