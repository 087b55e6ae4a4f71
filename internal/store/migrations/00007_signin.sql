-- +goose Up

-- Who is signed in, with which browser, since when and how surely. Only a hash of
-- the token is kept: what is read here opens no session. A session that was ended
-- stays for a while as ended, so that a request under way cannot bring it back.
-- Everybody signs in once more.
DROP TABLE session;
CREATE TABLE session (
  hash     TEXT PRIMARY KEY,
  data     TEXT   NOT NULL,
  expires  BIGINT NOT NULL,
  person   TEXT   NOT NULL, -- '' while nobody is signed in
  device   TEXT   NOT NULL, -- browser and system, as short as people name them
  strength BIGINT NOT NULL, -- 1 one factor, 2 two
  created  BIGINT NOT NULL,
  seen     BIGINT NOT NULL,
  ended    BIGINT NOT NULL  -- 0 while it holds
);
CREATE INDEX session_expires ON session (expires);
CREATE INDEX session_person ON session (person) WHERE ended = 0;

-- What began before this moment opens nothing any more: all sessions were ended.
ALTER TABLE person ADD COLUMN signed_out BIGINT NOT NULL DEFAULT 0;

-- Passkeys (WebAuthn). The public key and what belongs to it, as JSON.
CREATE TABLE passkey (
  id         TEXT PRIMARY KEY, -- the credential's own, base64url
  person     TEXT   NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  name       TEXT   NOT NULL CHECK (name <> ''),
  site       TEXT   NOT NULL CHECK (site <> ''), -- host for which it was made
  credential TEXT   NOT NULL,
  created    BIGINT NOT NULL,
  used       BIGINT NOT NULL
);
CREATE INDEX passkey_person ON passkey (person);

-- The secret that a person shares with her authenticator app (RFC 6238), sealed
-- with the installation's key.
CREATE TABLE authenticator (
  person  TEXT PRIMARY KEY REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  secret  TEXT   NOT NULL CHECK (secret <> ''),
  created BIGINT NOT NULL
);

-- Codes for the day on which the telephone is gone. Each works once.
CREATE TABLE recovery_code (
  person TEXT   NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  hash   TEXT   NOT NULL,
  salt   TEXT   NOT NULL,
  used   BIGINT NOT NULL,
  PRIMARY KEY (person, hash)
);

-- Who has tried how often, and what was shown once and is not taken again. The
-- names are marks that tell nobody who it was.
CREATE TABLE attempt (
  bucket  TEXT PRIMARY KEY,
  count   BIGINT NOT NULL,
  wait    BIGINT NOT NULL, -- microseconds after the last try
  last    BIGINT NOT NULL,
  expires BIGINT NOT NULL
);
CREATE INDEX attempt_expires ON attempt (expires);
