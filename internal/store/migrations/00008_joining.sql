-- +goose Up

-- Letters that wait to be sent, and for a while those that were: the program's
-- own working state. What is secret in a letter, a link that opens something, is
-- made when it is sent and stands in no row.
CREATE TABLE letter (
  id        TEXT PRIMARY KEY,
  recipient TEXT   NOT NULL CHECK (recipient <> ''), -- a person's id, or an address
  lang      TEXT   NOT NULL,
  kind      TEXT   NOT NULL CHECK (kind <> ''),
  object    TEXT   NOT NULL, -- id of what it is about, or ''
  path      TEXT   NOT NULL, -- page that it leads to, or ''
  args      TEXT   NOT NULL,
  stage     TEXT   NOT NULL CHECK (stage IN ('waiting', 'sent', 'failed', 'dropped')),
  tries     BIGINT NOT NULL,
  due       BIGINT NOT NULL, -- not before
  reason    TEXT   NOT NULL, -- of the last failure
  created   BIGINT NOT NULL,
  updated   BIGINT NOT NULL
);
CREATE INDEX letter_due ON letter (stage, due);

-- One-time tickets: whoever brings the text that has this hash may do one thing
-- to one object, once. They are working state too; what a ticket opened is an event.
CREATE TABLE ticket (
  hash    TEXT PRIMARY KEY,
  kind    TEXT    NOT NULL CHECK (kind <> ''),
  object  TEXT    NOT NULL CHECK (object <> ''),
  mailed  BOOLEAN NOT NULL, -- it went to an address; else it was handed over in person
  made    BIGINT  NOT NULL,
  expires BIGINT  NOT NULL,
  used    BIGINT  NOT NULL, -- 0 not yet
  CHECK (expires > made)
);
CREATE INDEX ticket_object ON ticket (object, kind);
CREATE INDEX ticket_expires ON ticket (expires);

-- An invitation is somebody's word for a person, given before she has an
-- account (Framework ¶9.3, 16.2). It is looked at again when she accepts.
CREATE TABLE invitation (
  id           TEXT PRIMARY KEY,
  email        TEXT   NOT NULL CHECK (email <> '' AND email = lower(email)),
  name         TEXT   NOT NULL,
  role         TEXT   NOT NULL CHECK (role IN (
    'member', 'expert', 'trainer', 'focal-point', 'programme-officer', 'desk-officer',
    'delegation', 'civil-society', 'partner', 'moderator', 'administrator')),
  acts_for     TEXT   NOT NULL CHECK (LENGTH(acts_for) IN (0, 2)),
  body         TEXT   NOT NULL,
  lang         TEXT   NOT NULL,
  circles      TEXT   NOT NULL, -- closed groups that it opens, a list in JSON
  until        BIGINT NOT NULL, -- end of the word, 0: the usual term from when she accepts
  by_whom      TEXT   NOT NULL CHECK (by_whom <> ''),
  created      BIGINT NOT NULL,
  sent         BIGINT NOT NULL, -- when the last letter or link was made
  expires      BIGINT NOT NULL,
  accepted     BIGINT NOT NULL,
  person       TEXT   NOT NULL, -- who accepted it
  withdrawn    BIGINT NOT NULL,
  withdrawn_by TEXT   NOT NULL,
  level        BIGINT NOT NULL CHECK (level BETWEEN 0 AND 3),
  state        TEXT   NOT NULL,
  grp          TEXT   NOT NULL,
  owner        TEXT   NOT NULL,
  CHECK (acts_for = '' OR body = ''),
  CHECK (expires > created),
  CHECK ((accepted = 0) = (person = '')),
  CHECK ((withdrawn = 0) = (withdrawn_by = '')),
  CHECK (accepted = 0 OR withdrawn = 0),
  CHECK (accepted <= expires),
  CHECK (person = '' OR person <> by_whom)
);
CREATE INDEX invitation_email ON invitation (email);
CREATE INDEX invitation_by_whom ON invitation (by_whom, created);
CREATE INDEX invitation_created ON invitation (created);

-- A change of address is asked for at the account, confirmed at the new address
-- and told to the old one, which can stop it or undo it.
CREATE TABLE address_change (
  id      TEXT PRIMARY KEY,
  person  TEXT   NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  was     TEXT   NOT NULL CHECK (was <> ''),
  becomes TEXT   NOT NULL CHECK (becomes <> '' AND becomes <> was),
  asked   BIGINT NOT NULL,
  done    BIGINT NOT NULL,
  undone  BIGINT NOT NULL
);
CREATE INDEX address_change_person ON address_change (person);
