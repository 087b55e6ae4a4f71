-- +goose Up

-- Addresses at which somebody may write to POLIS for a purpose, and about something of
-- its own where object says so. Only a hash of the secret part stands here: it is
-- computed from the installation's key and n, which moves when she renews it.
CREATE TABLE inbox_address (
  person  TEXT   NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  purpose TEXT   NOT NULL CHECK (purpose <> ''),
  object  TEXT   NOT NULL,
  n       BIGINT NOT NULL CHECK (n > 0),
  hash    TEXT   NOT NULL UNIQUE CHECK (LENGTH(hash) = 64),
  made    BIGINT NOT NULL,
  ended   BIGINT NOT NULL, -- 0 while it is open
  PRIMARY KEY (person, purpose, object)
);

-- Messages that a mail server was told are here. sum is the file in which one stays
-- until it was handled, SHA-256; mark tells the same message that comes twice. Nothing
-- of what it says stands here.
CREATE TABLE inbox_message (
  id      TEXT PRIMARY KEY,
  person  TEXT   NOT NULL CHECK (person <> ''),
  purpose TEXT   NOT NULL CHECK (purpose <> ''),
  object  TEXT   NOT NULL,
  mark    TEXT   NOT NULL CHECK (LENGTH(mark) = 64),
  domain  TEXT   NOT NULL, -- from which it says it comes
  bytes   BIGINT NOT NULL CHECK (bytes > 0),
  sum     TEXT   NOT NULL CHECK (LENGTH(sum) IN (0, 64)),
  stage   TEXT   NOT NULL CHECK (stage IN ('waiting', 'done', 'dropped', 'aside')),
  reason  TEXT   NOT NULL, -- why it was dropped or put aside, or waits longer
  tries   BIGINT NOT NULL,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  UNIQUE (person, purpose, object, mark),
  CHECK (stage <> 'waiting' OR sum <> ''),
  CHECK (sum = '' OR stage IN ('waiting', 'aside')),
  CHECK (reason <> '' OR stage IN ('waiting', 'done'))
);
CREATE INDEX inbox_message_stage ON inbox_message (stage, updated);
CREATE INDEX inbox_message_sum ON inbox_message (sum) WHERE sum <> '';
