-- +goose Up

-- Where people sign in who have an account elsewhere (OpenID Connect): with their
-- ministry, with an organisation. The client secret is sealed with the
-- installation's key. What is a list or a set stands as JSON.
CREATE TABLE provider (
  id       TEXT PRIMARY KEY CHECK (id <> ''),
  names    TEXT    NOT NULL, -- language → name on the sign-in page
  issuer   TEXT    NOT NULL CHECK (issuer <> ''),
  client   TEXT    NOT NULL CHECK (client <> ''),
  sealed   TEXT    NOT NULL CHECK (sealed <> ''),
  scopes   TEXT    NOT NULL, -- asked for beside openid
  claim    TEXT    NOT NULL, -- where the groups stand, '' nowhere
  mapping  TEXT    NOT NULL, -- which group gives which role for whom
  amr      TEXT    NOT NULL, -- methods and
  acr      TEXT    NOT NULL, -- classes that count as a second factor
  acts_for TEXT    NOT NULL CHECK (LENGTH(acts_for) IN (0, 2)), -- whose people sign in there:
  body     TEXT    NOT NULL,                                    -- nothing follows from it
  enabled  BOOLEAN NOT NULL,
  rev      BIGINT  NOT NULL,
  created  BIGINT  NOT NULL,
  updated  BIGINT  NOT NULL,
  CHECK (acts_for = '' OR body = '')
);

-- Who is known there as whom. The issuer's own id for a person is the key, never
-- an address: addresses change hands.
CREATE TABLE identity (
  id       TEXT PRIMARY KEY,
  issuer   TEXT   NOT NULL CHECK (issuer <> ''),
  subject  TEXT   NOT NULL CHECK (subject <> ''),
  provider TEXT   NOT NULL REFERENCES provider (id) DEFERRABLE INITIALLY IMMEDIATE,
  person   TEXT   NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  created  BIGINT NOT NULL,
  used     BIGINT NOT NULL,
  UNIQUE (issuer, subject)
);
CREATE INDEX identity_person ON identity (person);
CREATE INDEX identity_provider ON identity (provider);
CREATE INDEX role_grant_by_whom ON role_grant (by_whom) WHERE ended = 0;
