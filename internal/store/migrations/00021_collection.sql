-- +goose Up

-- A collection: documents that somebody put together, in her order and with her
-- words. fresh until anybody but its owner could read it: a fresh one she publishes
-- as she likes.
CREATE TABLE collection (
  id      TEXT PRIMARY KEY,
  titles  TEXT    NOT NULL CHECK (titles LIKE '{"%'), -- language → title
  abouts  TEXT    NOT NULL, -- language → description
  fresh   BOOLEAN NOT NULL CHECK (NOT fresh OR level = 3 AND state = '' AND grp = ''),
  rev     BIGINT  NOT NULL,
  created BIGINT  NOT NULL,
  updated BIGINT  NOT NULL,
  level   BIGINT  NOT NULL CHECK (level BETWEEN 0 AND 3),
  state   TEXT    NOT NULL,
  grp     TEXT    NOT NULL,
  owner   TEXT    NOT NULL
);
CREATE INDEX collection_updated ON collection (updated, id);
CREATE INDEX collection_owner ON collection (owner, updated);

-- n orders them; each reader sees those that she may read, in this order.
CREATE TABLE collection_document (
  collection TEXT   NOT NULL REFERENCES collection (id) DEFERRABLE INITIALLY IMMEDIATE,
  document   TEXT   NOT NULL REFERENCES document (id) DEFERRABLE INITIALLY IMMEDIATE,
  n          BIGINT NOT NULL CHECK (n > 0),
  note       TEXT   NOT NULL,
  added      BIGINT NOT NULL,
  PRIMARY KEY (collection, document)
);
CREATE INDEX collection_document_order ON collection_document (collection, n);
CREATE INDEX collection_document_document ON collection_document (document);

-- A batch: one change to many documents. edit says which; a row for each document
-- keeps the revision that was previewed and, once it is changed, what stood there
-- before: that is what an undo restores.
CREATE TABLE batch (
  id      TEXT PRIMARY KEY,
  edit    TEXT   NOT NULL,
  asked   TEXT   NOT NULL, -- the search that found them, as its address has it
  passed  TEXT   NOT NULL, -- why documents were left out: reason → how many
  stage   TEXT   NOT NULL CHECK (stage IN ('prepared', 'running', 'done', 'undoing', 'undone')),
  job     TEXT   NOT NULL CHECK ((job = '') = (stage = 'prepared')),
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  level   BIGINT NOT NULL CHECK (level = 3),
  state   TEXT   NOT NULL CHECK (state = ''),
  grp     TEXT   NOT NULL CHECK (grp = ''),
  owner   TEXT   NOT NULL
);
CREATE INDEX batch_owner ON batch (owner, created);

CREATE TABLE batch_document (
  batch    TEXT   NOT NULL REFERENCES batch (id) DEFERRABLE INITIALLY IMMEDIATE,
  n        BIGINT NOT NULL,
  document TEXT   NOT NULL,
  rev      BIGINT NOT NULL, -- as previewed
  stage    TEXT   NOT NULL CHECK (stage IN ('waiting', 'changed', 'passed', 'undone', 'kept')),
  reason   TEXT   NOT NULL CHECK (reason = '' OR stage IN ('passed', 'kept')),
  was      TEXT   NOT NULL CHECK ((was = '') = (stage IN ('waiting', 'passed'))),
  became   BIGINT NOT NULL, -- its revision after the change, 0 before
  PRIMARY KEY (batch, n)
);
CREATE INDEX batch_document_stage ON batch_document (batch, stage, n);
CREATE INDEX batch_document_document ON batch_document (document);
