-- +goose Up

-- Who was erased, and which documents were taken out, by their ids alone: a
-- backup from before is put right by this list, so that it brings nobody back.
CREATE TABLE erasure (
  person TEXT PRIMARY KEY CHECK (person <> ''),
  at     BIGINT NOT NULL
);

-- A document that was taken out: nothing is left of it but its address, which
-- says so to those who could read it.
CREATE TABLE withdrawn_document (
  id    TEXT PRIMARY KEY CHECK (id <> ''),
  at    BIGINT NOT NULL,
  level BIGINT NOT NULL CHECK (level BETWEEN 0 AND 3),
  state TEXT   NOT NULL,
  grp   TEXT   NOT NULL,
  owner TEXT   NOT NULL
);

-- When a person whose account lies idle was told that it will be erased: for the
-- first time, and for the last. Older than her last sign-in, it counts no more.
ALTER TABLE person ADD COLUMN warned       BIGINT NOT NULL DEFAULT 0;
ALTER TABLE person ADD COLUMN warned_again BIGINT NOT NULL DEFAULT 0;
CREATE INDEX person_seen ON person (seen, created) WHERE NOT erased;

-- What lies in quarantine, in the order in which it came there.
CREATE INDEX intake_stage ON intake (stage, updated);
