-- +goose Up

-- Who may come in (Framework ¶9.3, 16.2, 22). A person is let in by somebody who
-- vouches for her, and may do what was granted to her; both name who did it and
-- until when. The person's row keeps only what she says of herself.
DROP INDEX membership_person;
ALTER TABLE membership RENAME TO membership_before;
ALTER TABLE person RENAME TO person_before;

CREATE TABLE person (
  id        TEXT PRIMARY KEY,
  email     TEXT    NOT NULL UNIQUE CHECK (email <> '' AND email = lower(email)),
  name      TEXT    NOT NULL CHECK (name <> ''),
  acts_for  TEXT    NOT NULL, -- the State she names as hers: nothing follows from it
  body      TEXT    NOT NULL, -- the structure, organisation or academy she names
  lang      TEXT    NOT NULL,
  secret    TEXT    NOT NULL, -- sealed password, '' where she has none
  confirmed BIGINT  NOT NULL, -- when the address was confirmed, 0 not yet
  seen      BIGINT  NOT NULL, -- when she last signed in, 0 never
  blocked   BOOLEAN NOT NULL,
  erased    BOOLEAN NOT NULL,
  rev       BIGINT  NOT NULL,
  created   BIGINT  NOT NULL,
  updated   BIGINT  NOT NULL,
  level     BIGINT  NOT NULL CHECK (level BETWEEN 0 AND 3),
  state     TEXT    NOT NULL,
  grp       TEXT    NOT NULL,
  owner     TEXT    NOT NULL,
  CHECK (NOT erased OR (secret = '' AND acts_for = '' AND body = ''))
);
CREATE INDEX person_name ON person (name, id);

INSERT INTO person (id, email, name, acts_for, body, lang, secret, confirmed, seen, blocked, erased, rev, created, updated, level, state, grp, owner)
SELECT id, email, name, acts_for, body, lang, secret, created, 0, blocked, FALSE, rev, created, updated, 3, state, grp, owner
FROM person_before;

-- Somebody's word for a person: of a State, of a body, or of the house itself
-- where both are ''. One word a State, one a body at a time.
CREATE TABLE vouching (
  id       TEXT PRIMARY KEY,
  person   TEXT   NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  acts_for TEXT   NOT NULL CHECK (LENGTH(acts_for) IN (0, 2)),
  body     TEXT   NOT NULL,
  trust    BIGINT NOT NULL CHECK (trust IN (1, 2)),
  by_whom  TEXT   NOT NULL CHECK (by_whom <> '' AND by_whom <> person),
  since    BIGINT NOT NULL,
  until    BIGINT NOT NULL,
  ended    BIGINT NOT NULL, -- 0 while it holds
  ended_by TEXT   NOT NULL,
  reason   TEXT   NOT NULL, -- of its end
  level    BIGINT NOT NULL CHECK (level BETWEEN 0 AND 3),
  state    TEXT   NOT NULL,
  grp      TEXT   NOT NULL,
  owner    TEXT   NOT NULL,
  CHECK (acts_for = '' OR body = ''),
  CHECK (acts_for = '' OR trust = 2),
  CHECK (acts_for <> '' OR body <> '' OR trust = 1),
  CHECK (until > since),
  CHECK ((ended = 0) = (ended_by = '')),
  UNIQUE (id, person)
);
CREATE UNIQUE INDEX vouching_state ON vouching (person) WHERE ended = 0 AND acts_for <> '';
CREATE UNIQUE INDEX vouching_body ON vouching (person) WHERE ended = 0 AND acts_for = '';
CREATE INDEX vouching_acts_for ON vouching (acts_for, until) WHERE ended = 0;
CREATE INDEX vouching_of_body ON vouching (body, until) WHERE ended = 0;
CREATE INDEX vouching_until ON vouching (until) WHERE ended = 0;

-- A role that was given. One that is held for a State or body is in force only
-- while that State or body vouches too: account.Subject asks.
CREATE TABLE role_grant (
  id       TEXT PRIMARY KEY,
  person   TEXT   NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  role     TEXT   NOT NULL CHECK (role IN (
    'expert', 'trainer', 'focal-point', 'programme-officer', 'desk-officer',
    'delegation', 'civil-society', 'partner', 'moderator', 'administrator')),
  acts_for TEXT   NOT NULL CHECK (LENGTH(acts_for) IN (0, 2)),
  body     TEXT   NOT NULL,
  by_whom  TEXT   NOT NULL CHECK (by_whom <> '' AND by_whom <> person),
  since    BIGINT NOT NULL,
  until    BIGINT NOT NULL, -- 0: as long as the vouching
  ended    BIGINT NOT NULL,
  ended_by TEXT   NOT NULL,
  reason   TEXT   NOT NULL,
  CHECK (acts_for = '' OR body = ''),
  CHECK (until = 0 OR until > since),
  CHECK ((ended = 0) = (ended_by = '')),
  -- Delegations act for a State; a focal point does, or for a body.
  CHECK (role <> 'delegation' OR acts_for <> ''),
  CHECK (role <> 'focal-point' OR acts_for <> '' OR body <> ''),
  CHECK (role <> 'programme-officer' OR body <> ''),
  CHECK (role NOT IN ('administrator', 'desk-officer', 'moderator') OR (acts_for = '' AND body = ''))
);
CREATE UNIQUE INDEX role_grant_held ON role_grant (person, role, acts_for, body) WHERE ended = 0;
CREATE INDEX role_grant_role ON role_grant (role, person) WHERE ended = 0;

-- What people held before is carried over as the house's own word for two years.
INSERT INTO vouching (id, person, acts_for, body, trust, by_whom, since, until, ended, ended_by, reason, level, state, grp, owner)
SELECT 'before-' || id, id,
  acts_for, CASE WHEN acts_for = '' AND role IN ('focal-point', 'programme-officer') THEN body ELSE '' END,
  CASE WHEN acts_for <> '' OR role IN ('focal-point', 'programme-officer') THEN 2 ELSE 1 END,
  'system:migration', created, created + 63072000000000, 0, '', '', 2, acts_for, '', id
FROM person_before WHERE role <> 'visitor';

INSERT INTO role_grant (id, person, role, acts_for, body, by_whom, since, until, ended, ended_by, reason)
SELECT 'before-' || id, id, role,
  CASE WHEN role IN ('administrator', 'desk-officer', 'moderator') THEN '' ELSE acts_for END,
  CASE WHEN acts_for = '' AND role IN ('focal-point', 'programme-officer') THEN body ELSE '' END,
  'system:migration', created, 0, 0, '', ''
FROM person_before WHERE role NOT IN ('visitor', 'member');

-- A closed group, of people only. Its records carry its id in grp.
CREATE TABLE closed_group (
  id      TEXT PRIMARY KEY,
  name    TEXT   NOT NULL CHECK (name <> ''),
  about   TEXT   NOT NULL,
  rev     BIGINT NOT NULL,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  ended   BIGINT NOT NULL,
  level   BIGINT NOT NULL CHECK (level BETWEEN 0 AND 3),
  state   TEXT   NOT NULL,
  grp     TEXT   NOT NULL CHECK (grp = id),
  owner   TEXT   NOT NULL
);
INSERT INTO closed_group (id, name, about, rev, created, updated, ended, level, state, grp, owner)
SELECT grp, grp, '', 1, MIN(since), MIN(since), 0, 3, '', grp, '' FROM membership_before GROUP BY grp;

-- Who is in it, on whose word: the membership holds as long as that vouching
-- does, so what is withdrawn closes every group with it, by itself.
CREATE TABLE membership (
  grp      TEXT   NOT NULL REFERENCES closed_group (id) DEFERRABLE INITIALLY IMMEDIATE,
  person   TEXT   NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY IMMEDIATE,
  vouching TEXT   NOT NULL,
  by_whom  TEXT   NOT NULL,
  since    BIGINT NOT NULL,
  PRIMARY KEY (grp, person),
  FOREIGN KEY (vouching, person) REFERENCES vouching (id, person) DEFERRABLE INITIALLY IMMEDIATE
);
CREATE INDEX membership_person ON membership (person);
INSERT INTO membership (grp, person, vouching, by_whom, since)
SELECT m.grp, m.person, 'before-' || m.person, 'system:migration', m.since
FROM membership_before m JOIN vouching v ON v.person = m.person;

-- A demonstration, whose passwords everybody knows, asks for no second factor.
INSERT INTO setting (name, value) SELECT 'account.second-factor', 'waived' FROM setting WHERE name = 'demo';

DROP TABLE membership_before;
DROP TABLE person_before;
