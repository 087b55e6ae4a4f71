-- +goose Up

-- People who may sign in. The row is overwritten when a person is erased; the
-- event log knows her by id only. email is kept in lower case.
CREATE TABLE person (
  id       TEXT PRIMARY KEY,
  email    TEXT    NOT NULL UNIQUE CHECK (email <> '' AND email = lower(email)),
  name     TEXT    NOT NULL CHECK (name <> ''),
  role     TEXT    NOT NULL CHECK (role IN (
    'visitor', 'member', 'expert', 'trainer', 'focal-point', 'programme-officer', 'desk-officer',
    'delegation', 'civil-society', 'partner', 'moderator', 'administrator')),
  acts_for TEXT    NOT NULL,
  body     TEXT    NOT NULL,
  lang     TEXT    NOT NULL,
  secret   TEXT    NOT NULL,
  blocked  BOOLEAN NOT NULL,
  rev      BIGINT  NOT NULL,
  created  BIGINT  NOT NULL,
  updated  BIGINT  NOT NULL,
  level    BIGINT  NOT NULL CHECK (level BETWEEN 0 AND 3),
  state    TEXT    NOT NULL,
  grp      TEXT    NOT NULL,
  owner    TEXT    NOT NULL,
  -- Delegations act for a State; a national focal point does, or for a body.
  CHECK (role <> 'delegation' OR acts_for <> ''),
  CHECK (role <> 'focal-point' OR acts_for <> '' OR body <> ''),
  CHECK (role <> 'programme-officer' OR body <> '')
);

-- Which closed groups admitted whom.
CREATE TABLE membership (
  grp    TEXT   NOT NULL,
  person TEXT   NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  since  BIGINT NOT NULL,
  PRIMARY KEY (grp, person)
);
CREATE INDEX membership_person ON membership (person);

-- Who is signed in. Only a hash of the token is kept: what is read here opens
-- no session.
CREATE TABLE session (
  hash    TEXT PRIMARY KEY,
  data    TEXT   NOT NULL,
  expires BIGINT NOT NULL
);
CREATE INDEX session_expires ON session (expires);
