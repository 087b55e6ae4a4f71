-- +goose Up

-- The event log: what happened, in the order in which it happened. hash is
-- SHA-256 over the hash before it and this row; chain holds the newest one.
CREATE TABLE event (
  seq    BIGINT PRIMARY KEY,
  at     BIGINT NOT NULL,
  who    TEXT   NOT NULL,
  act    TEXT   NOT NULL CHECK (act <> ''),
  object TEXT   NOT NULL,
  level  BIGINT NOT NULL CHECK (level BETWEEN 0 AND 3),
  state  TEXT   NOT NULL,
  grp    TEXT   NOT NULL,
  owner  TEXT   NOT NULL,
  data   TEXT   NOT NULL,
  hash   TEXT   NOT NULL
);
CREATE INDEX event_object ON event (object, seq);
CREATE INDEX event_who ON event (who, seq);

CREATE TABLE chain (
  id   BIGINT PRIMARY KEY CHECK (id = 1),
  seq  BIGINT NOT NULL,
  hash TEXT   NOT NULL
);
INSERT INTO chain (id, seq, hash) VALUES (1, 0, '');

-- Facts about this installation, such as which seeds it was given.
CREATE TABLE setting (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

CREATE TABLE job (
  id          TEXT PRIMARY KEY,
  kind        TEXT   NOT NULL,
  args        TEXT   NOT NULL,
  stage       TEXT   NOT NULL CHECK (stage IN ('waiting', 'running', 'stopping', 'stopped', 'done', 'failed')),
  done        BIGINT NOT NULL,
  total       BIGINT NOT NULL,
  mark        TEXT   NOT NULL,
  reason      TEXT   NOT NULL,
  tries       BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  created     BIGINT NOT NULL,
  updated     BIGINT NOT NULL,
  level       BIGINT NOT NULL CHECK (level BETWEEN 0 AND 3),
  state       TEXT   NOT NULL,
  grp         TEXT   NOT NULL,
  owner       TEXT   NOT NULL
);
CREATE INDEX job_stage ON job (stage, created);
CREATE INDEX job_owner ON job (owner, created);
