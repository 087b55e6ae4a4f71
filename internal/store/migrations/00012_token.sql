-- +goose Up

-- Tokens with which programs ask. Only a hash is kept: what is read here opens
-- nothing. A personal token acts as its person, a service token for a State or
-- body, and its person answers for it. One that has ended stays, for the list.
CREATE TABLE token (
  id       TEXT PRIMARY KEY,
  hash     TEXT    NOT NULL UNIQUE CHECK (LENGTH(hash) = 64),
  person   TEXT    NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  name     TEXT    NOT NULL CHECK (name <> ''),
  service  BOOLEAN NOT NULL,
  acts_for TEXT    NOT NULL CHECK (LENGTH(acts_for) IN (0, 2)),
  body     TEXT    NOT NULL,
  reach    BIGINT  NOT NULL CHECK (reach BETWEEN 0 AND 3), -- the highest level that it reads
  changes  BOOLEAN NOT NULL,
  strength BIGINT  NOT NULL CHECK (strength IN (1, 2)),    -- of the session in which it was made
  role     TEXT    NOT NULL, -- the role_grant on which a service token rests, and
  word     TEXT    NOT NULL, -- the vouching, '' where it rests on none
  made     BIGINT  NOT NULL,
  until    BIGINT  NOT NULL,
  ended    BIGINT  NOT NULL, -- 0 while it holds
  ended_by TEXT    NOT NULL,
  CHECK (until > made AND until <= made + 31536000000000),
  CHECK ((ended = 0) = (ended_by = '')),
  CHECK (service = (acts_for <> '' OR body <> '')),
  CHECK (acts_for = '' OR body = ''),
  CHECK (NOT service OR (reach <= 2 AND role <> ''))
);
CREATE INDEX token_person ON token (person, made);
CREATE INDEX token_service ON token (acts_for, body) WHERE service;

-- When each was last used, to the minute. Nothing else hangs on it, so it changes
-- without an event.
CREATE TABLE token_use (
  token TEXT PRIMARY KEY REFERENCES token (id) DEFERRABLE INITIALLY IMMEDIATE,
  used  BIGINT NOT NULL
);
